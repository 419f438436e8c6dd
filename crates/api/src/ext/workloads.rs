//! Workloads: whether they are where they should be.

use skeg_meta::LabelSelector;
use skeg_meta::labels::Selector;

use super::HasConditions;

/// None where there is no selector, or none that makes sense.
fn selector_of(selector: Option<&LabelSelector>) -> Option<Selector> {
    Selector::from_label_selector(Some(selector?)).ok()
}

#[cfg(feature = "apps")]
mod apps {
    use super::{HasConditions, Selector};
    use crate::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};

    impl Deployment {
        /// Which pods it is for, as far as that can be understood.
        #[must_use]
        pub fn pod_selector(&self) -> Option<Selector> {
            super::selector_of(self.spec.selector.as_ref())
        }

        /// How many pods there should be.
        #[must_use]
        pub fn wanted(&self) -> i32 {
            self.spec.replicas.unwrap_or(1)
        }

        /// Whether its controller has seen the newest change, every pod is of
        /// the newest template and available, and no older one is left.
        #[must_use]
        pub fn is_rolled_out(&self) -> bool {
            let status = &self.status;
            status.observed_generation >= self.metadata.generation
                && status.updated_replicas >= self.wanted()
                && status.replicas <= status.updated_replicas
                && status.available_replicas >= status.updated_replicas
        }

        /// Whether the rollout has passed its progress deadline.
        #[must_use]
        pub fn is_stuck(&self) -> bool {
            self.condition("Progressing")
                .is_some_and(|condition| condition.reason == "ProgressDeadlineExceeded")
        }

        /// Whether enough pods are available: its condition `Available` holds.
        #[must_use]
        pub fn is_available(&self) -> bool {
            self.condition_is_true("Available")
        }
    }

    impl StatefulSet {
        /// Which pods it is for, as far as that can be understood.
        #[must_use]
        pub fn pod_selector(&self) -> Option<Selector> {
            super::selector_of(self.spec.selector.as_ref())
        }

        /// How many pods there should be.
        #[must_use]
        pub fn wanted(&self) -> i32 {
            self.spec.replicas.unwrap_or(1)
        }

        /// Whether its controller has seen the newest change, every pod is
        /// ready, and those above the partition are of the newest template.
        #[must_use]
        pub fn is_rolled_out(&self) -> bool {
            let (status, wanted) = (&self.status, self.wanted());
            let rolling = self.spec.update_strategy.rolling_update.as_ref();
            let partition = rolling.and_then(|rolling| rolling.partition).unwrap_or(0);
            let updated = if partition > 0 {
                status.updated_replicas >= (wanted - partition).max(0)
            } else {
                status.update_revision == status.current_revision
            };
            status.observed_generation > 0
                && status.observed_generation >= self.metadata.generation
                && status.ready_replicas >= wanted
                && updated
        }
    }

    impl DaemonSet {
        /// Which pods it is for, as far as that can be understood.
        #[must_use]
        pub fn pod_selector(&self) -> Option<Selector> {
            super::selector_of(self.spec.selector.as_ref())
        }

        /// Whether its controller has seen the newest change, and every node
        /// that should have a pod has one of the newest template, available.
        #[must_use]
        pub fn is_rolled_out(&self) -> bool {
            let status = &self.status;
            status.observed_generation >= self.metadata.generation
                && status.updated_number_scheduled >= status.desired_number_scheduled
                && status.number_available >= status.desired_number_scheduled
        }
    }

    impl ReplicaSet {
        /// Which pods it is for, as far as that can be understood.
        #[must_use]
        pub fn pod_selector(&self) -> Option<Selector> {
            super::selector_of(self.spec.selector.as_ref())
        }

        /// How many pods there should be.
        #[must_use]
        pub fn wanted(&self) -> i32 {
            self.spec.replicas.unwrap_or(1)
        }

        /// Whether as many pods as there should be are there and available.
        #[must_use]
        pub fn is_rolled_out(&self) -> bool {
            let status = &self.status;
            status.observed_generation >= self.metadata.generation
                && status.replicas == self.wanted()
                && status.available_replicas == self.wanted()
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn rollouts() {
            let mut deployment: Deployment = serde_json::from_str(
                r#"{"metadata": {"generation": 2}, "spec": {"replicas": 2},
                    "status": {"observedGeneration": 2, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2}}"#,
            )
            .unwrap();
            assert!(deployment.is_rolled_out() && !deployment.is_stuck());
            assert_eq!(deployment.pod_selector(), None);
            deployment.spec.selector = serde_json::from_str(
                r#"{"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "tier", "operator": "Exists"}]}"#,
            )
            .unwrap();
            let selector = deployment.pod_selector().map(|found| found.to_query());
            assert_eq!(selector.as_deref(), Some("app=web,tier"));
            deployment.status.replicas = 3;
            assert!(!deployment.is_rolled_out());
            deployment.status.replicas = 2;
            deployment.metadata.generation = 3;
            assert!(!deployment.is_rolled_out());
            let mut set: StatefulSet = serde_json::from_str(
                r#"{"spec": {"replicas": 3}, "status": {"observedGeneration": 1, "readyReplicas": 3,
                    "updatedReplicas": 1, "currentRevision": "a", "updateRevision": "b"}}"#,
            )
            .unwrap();
            assert!(!set.is_rolled_out());
            set.spec.update_strategy.rolling_update =
                serde_json::from_str(r#"{"partition": 2}"#).unwrap();
            assert!(set.is_rolled_out());
            let daemons: DaemonSet = serde_json::from_str(
                r#"{"status": {"desiredNumberScheduled": 2, "updatedNumberScheduled": 2, "numberAvailable": 1}}"#,
            )
            .unwrap();
            assert!(!daemons.is_rolled_out());
        }
    }
}

#[cfg(feature = "batch")]
mod batch {
    use super::{HasConditions, Selector};
    use crate::batch::v1::Job;

    impl Job {
        /// Which pods it is for, as far as that can be understood.
        #[must_use]
        pub fn pod_selector(&self) -> Option<Selector> {
            super::selector_of(self.spec.selector.as_ref())
        }

        /// Whether all that it should do is done.
        #[must_use]
        pub fn has_succeeded(&self) -> bool {
            self.condition_is_true("Complete")
        }

        /// Whether it has given up.
        #[must_use]
        pub fn has_failed(&self) -> bool {
            self.condition_is_true("Failed")
        }

        /// Whether it has ended, well or badly.
        #[must_use]
        pub fn is_finished(&self) -> bool {
            self.has_succeeded() || self.has_failed()
        }

        /// Why it has given up, in a word and a sentence.
        #[must_use]
        pub fn failure(&self) -> Option<(&str, &str)> {
            let failed = self.condition("Failed")?;
            (failed.status == "True").then_some((&*failed.reason, &*failed.message))
        }

        /// Whether it waits to be let go.
        #[must_use]
        pub fn is_suspended(&self) -> bool {
            self.spec.suspend.unwrap_or(false)
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn jobs_end() {
            let job = |conditions: &str| -> Job {
                serde_json::from_str(&format!(
                    r#"{{"status": {{"conditions": [{conditions}]}}}}"#
                ))
                .unwrap()
            };
            let failed = job(
                r#"{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "m"}"#,
            );
            assert!(failed.is_finished() && !failed.has_succeeded());
            assert_eq!(failed.failure(), Some(("BackoffLimitExceeded", "m")));
            assert!(!job(r#"{"type": "Complete", "status": "False"}"#).is_finished());
            assert!(job(r#"{"type": "Complete", "status": "True"}"#).has_succeeded());
        }
    }
}
