//! How far a rollout is.

use std::fmt;

use skeg_api::apps::v1::{DaemonSet, Deployment, StatefulSet};

/// How far a rollout is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// The controller has not seen the newest change yet.
    Unobserved,
    /// Not every pod is of the newest template.
    Updating {
        /// How many are.
        updated: i32,
        /// How many there should be.
        wanted: i32,
    },
    /// Pods of older templates are still there.
    Ending {
        /// How many.
        old: i32,
    },
    /// Not every new pod is available.
    Starting {
        /// How many are.
        available: i32,
        /// How many there should be.
        wanted: i32,
    },
    /// Every pod is new and available.
    Done,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Progress::Unobserved => f.write_str("the change has not been seen yet"),
            Progress::Updating { updated, wanted } => {
                write!(f, "{updated} of {wanted} pods are updated")
            }
            Progress::Ending { old } => write!(f, "{old} old pods are still ending"),
            Progress::Starting { available, wanted } => {
                write!(f, "{available} of {wanted} pods are available")
            }
            Progress::Done => f.write_str("rolled out"),
        }
    }
}

impl Progress {
    /// Whether every pod is new and available.
    #[must_use]
    pub fn is_done(&self) -> bool {
        *self == Progress::Done
    }

    /// Of a deployment.
    ///
    /// # Errors
    /// Its progress deadline has passed.
    pub fn of_deployment(deployment: &Deployment) -> Result<Self, String> {
        let (spec, status) = (&deployment.spec, &deployment.status);
        if status.observed_generation < deployment.metadata.generation {
            return Ok(Progress::Unobserved);
        }
        let mut conditions = status.conditions.iter();
        if conditions.any(|c| c.type_ == "Progressing" && c.reason == "ProgressDeadlineExceeded") {
            return Err("it has exceeded its progress deadline".to_owned());
        }
        let wanted = spec.replicas.unwrap_or(1);
        Ok(if status.updated_replicas < wanted {
            Progress::Updating {
                updated: status.updated_replicas,
                wanted,
            }
        } else if status.replicas > status.updated_replicas {
            Progress::Ending {
                old: status.replicas - status.updated_replicas,
            }
        } else if status.available_replicas < status.updated_replicas {
            Progress::Starting {
                available: status.available_replicas,
                wanted: status.updated_replicas,
            }
        } else {
            Progress::Done
        })
    }

    /// Of a stateful set. Pods below a partition are not waited for.
    ///
    /// # Errors
    /// Its pods are replaced only when somebody deletes them (`OnDelete`).
    pub fn of_stateful_set(set: &StatefulSet) -> Result<Self, String> {
        let (spec, status) = (&set.spec, &set.status);
        if spec.update_strategy.type_ == "OnDelete" {
            return Err("its pods are replaced only when they are deleted (OnDelete)".to_owned());
        }
        if status.observed_generation == 0 || status.observed_generation < set.metadata.generation {
            return Ok(Progress::Unobserved);
        }
        let wanted = spec.replicas.unwrap_or(1);
        if status.ready_replicas < wanted {
            return Ok(Progress::Starting {
                available: status.ready_replicas,
                wanted,
            });
        }
        let partition = spec.update_strategy.rolling_update.as_ref();
        let partition = partition.and_then(|rolling| rolling.partition).unwrap_or(0);
        if partition > 0 {
            let wanted = (wanted - partition).max(0);
            return Ok(if status.updated_replicas < wanted {
                Progress::Updating {
                    updated: status.updated_replicas,
                    wanted,
                }
            } else {
                Progress::Done
            });
        }
        Ok(if status.update_revision != status.current_revision {
            Progress::Updating {
                updated: status.updated_replicas,
                wanted,
            }
        } else if status.replicas > wanted {
            Progress::Ending {
                old: status.replicas - wanted,
            }
        } else {
            Progress::Done
        })
    }

    /// Of a daemon set.
    ///
    /// # Errors
    /// Its pods are replaced only when somebody deletes them (`OnDelete`).
    pub fn of_daemon_set(set: &DaemonSet) -> Result<Self, String> {
        let status = &set.status;
        if set.spec.update_strategy.type_ == "OnDelete" {
            return Err("its pods are replaced only when they are deleted (OnDelete)".to_owned());
        }
        if status.observed_generation < set.metadata.generation {
            return Ok(Progress::Unobserved);
        }
        let wanted = status.desired_number_scheduled;
        Ok(if status.updated_number_scheduled < wanted {
            Progress::Updating {
                updated: status.updated_number_scheduled,
                wanted,
            }
        } else if status.number_available < wanted {
            Progress::Starting {
                available: status.number_available,
                wanted,
            }
        } else {
            Progress::Done
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_meta::Object;
    use skeg_schema::{Value, json};

    #[test]
    fn a_deployment_is_done_when_all_are_new_and_available() {
        let check = |status: Value, expect: Result<Progress, &str>| {
            let deployment = Deployment::from_tree(json!({
                "metadata": {"name": "d", "generation": 2},
                "spec": {"replicas": 3},
                "status": status
            }))
            .expect("a deployment");
            let got = Progress::of_deployment(&deployment);
            assert_eq!(
                got.as_ref().map_err(String::as_str),
                expect.as_ref().map_err(|text| *text)
            );
        };
        check(json!({"observedGeneration": 1}), Ok(Progress::Unobserved));
        check(
            json!({"observedGeneration": 2, "replicas": 3, "updatedReplicas": 1}),
            Ok(Progress::Updating {
                updated: 1,
                wanted: 3,
            }),
        );
        check(
            json!({"observedGeneration": 2, "replicas": 4, "updatedReplicas": 3}),
            Ok(Progress::Ending { old: 1 }),
        );
        check(
            json!({"observedGeneration": 2, "replicas": 3, "updatedReplicas": 3, "availableReplicas": 2}),
            Ok(Progress::Starting {
                available: 2,
                wanted: 3,
            }),
        );
        check(
            json!({"observedGeneration": 2, "replicas": 3, "updatedReplicas": 3, "availableReplicas": 3}),
            Ok(Progress::Done),
        );
        check(
            json!({"observedGeneration": 2, "conditions": [{"type": "Progressing", "reason": "ProgressDeadlineExceeded"}]}),
            Err("it has exceeded its progress deadline"),
        );
    }

    #[test]
    fn a_stateful_set_stops_at_its_partition() {
        let check = |strategy: Value, status: Value, expect: Option<Progress>| {
            let set = StatefulSet::from_tree(json!({
                "metadata": {"name": "s", "generation": 1},
                "spec": {"replicas": 3, "updateStrategy": strategy},
                "status": status
            }))
            .expect("a stateful set");
            assert_eq!(Progress::of_stateful_set(&set).ok(), expect);
        };
        let ready = json!({"observedGeneration": 1, "replicas": 3, "readyReplicas": 3, "updatedReplicas": 1, "currentRevision": "a", "updateRevision": "b"});
        check(json!({"type": "OnDelete"}), ready.clone(), None);
        check(
            json!({"type": "RollingUpdate"}),
            ready.clone(),
            Some(Progress::Updating {
                updated: 1,
                wanted: 3,
            }),
        );
        check(
            json!({"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}),
            ready,
            Some(Progress::Done),
        );
    }
}
