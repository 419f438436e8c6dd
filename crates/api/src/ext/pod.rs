//! Pods.

use std::collections::BTreeMap;
use std::time::Duration;

use skeg_meta::{Quantity, Time};

use super::HasConditions;
use crate::core::v1::{Container, ContainerState, ContainerStatus, Pod, PodSpec};

/// How a pod fares when its node runs short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QosClass {
    /// It requests all that it may use.
    Guaranteed,
    /// It requests something.
    Burstable,
    /// It requests nothing, and goes first.
    BestEffort,
}

impl QosClass {
    /// As the API spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            QosClass::Guaranteed => "Guaranteed",
            QosClass::Burstable => "Burstable",
            QosClass::BestEffort => "BestEffort",
        }
    }
}

impl Pod {
    /// Whether the pod takes requests: its condition `Ready` holds.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.condition_is_true("Ready")
    }

    /// Since when the pod is ready; none while it is not.
    #[must_use]
    pub fn ready_since(&self) -> Option<Time> {
        let ready = self.condition("Ready")?;
        (ready.status == "True")
            .then_some(ready.last_transition_time)
            .flatten()
    }

    /// Whether the pod is ready, and has been for so long.
    #[must_use]
    pub fn is_available(&self, min_ready: Duration, now: Time) -> bool {
        if !self.is_ready() {
            return false;
        }
        min_ready.is_zero()
            || self.ready_since().is_some_and(|since| {
                Duration::try_from(now.0.duration_since(since.0))
                    .is_ok_and(|passed| passed >= min_ready)
            })
    }

    /// Whether the pod has a node.
    #[must_use]
    pub fn is_scheduled(&self) -> bool {
        !self.spec.node_name.is_empty()
    }

    /// Whether the pod runs, ready or not.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.status.phase == "Running"
    }

    /// Whether all containers have ended well.
    #[must_use]
    pub fn has_succeeded(&self) -> bool {
        self.status.phase == "Succeeded"
    }

    /// Whether all containers have ended, one of them badly.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.status.phase == "Failed"
    }

    /// Whether the pod has ended and will not run again.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.has_succeeded() || self.has_failed()
    }

    /// Whether the pod neither has ended nor is being deleted.
    #[must_use]
    pub fn is_active(&self) -> bool {
        !self.is_finished() && !self.metadata.is_deleting()
    }

    /// The status of a container of whatever sort: init, plain or ephemeral.
    #[must_use]
    pub fn container_status(&self, name: &str) -> Option<&ContainerStatus> {
        self.container_statuses().find(|status| status.name == name)
    }

    /// The status of every container: init, plain, ephemeral.
    pub fn container_statuses(&self) -> impl Iterator<Item = &ContainerStatus> {
        self.status
            .init_container_statuses
            .iter()
            .chain(&self.status.container_statuses)
            .chain(&self.status.ephemeral_container_statuses)
    }

    /// The exit code of a container that has ended; of its last run where it
    /// has been started again.
    #[must_use]
    pub fn exit_code(&self, container: &str) -> Option<i32> {
        self.container_status(container)?.exit_code()
    }

    /// The exit codes of all containers that have ended, by name.
    #[must_use]
    pub fn exit_codes(&self) -> BTreeMap<&str, i32> {
        self.container_statuses()
            .filter_map(|status| Some((status.name.as_str(), status.exit_code()?)))
            .collect()
    }

    /// How often its containers have been started again.
    #[must_use]
    pub fn restarts(&self) -> i32 {
        self.status
            .container_statuses
            .iter()
            .map(|status| status.restart_count)
            .fold(0, i32::saturating_add)
    }

    /// Why a container waits, where one does for a reason that time alone will
    /// not mend: `ImagePullBackOff`, `CrashLoopBackOff`, `CreateContainerConfigError`.
    #[must_use]
    pub fn stuck_on(&self) -> Option<(&str, &str)> {
        self.container_statuses().find_map(|status| {
            let reason = status.state.waiting.as_ref()?.reason.as_str();
            let harmless = matches!(reason, "" | "ContainerCreating" | "PodInitializing");
            (!harmless).then_some((status.name.as_str(), reason))
        })
    }

    /// Its quality of service: as the server says it, else as the server would.
    #[must_use]
    pub fn qos_class(&self) -> QosClass {
        match self.status.qos_class.as_str() {
            "Guaranteed" => QosClass::Guaranteed,
            "Burstable" => QosClass::Burstable,
            "BestEffort" => QosClass::BestEffort,
            _ => self.spec.qos_class(),
        }
    }
}

impl ContainerStatus {
    /// The exit code, where the container has ended; of its last run where it
    /// has been started again.
    #[must_use]
    pub fn exit_code(&self) -> Option<i32> {
        let ended = |state: &ContainerState| state.terminated.as_ref().map(|t| t.exit_code);
        ended(&self.state).or_else(|| ended(&self.last_state))
    }

    /// Whether it runs now.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.state.running.is_some()
    }
}

impl Container {
    /// Whether an init container stays for the pod's whole life.
    #[must_use]
    pub fn is_sidecar(&self) -> bool {
        self.restart_policy.as_deref() == Some("Always")
    }
}

impl PodSpec {
    /// The containers that live as long as the pod: the plain ones and the sidecars.
    pub fn lasting_containers(&self) -> impl Iterator<Item = &Container> {
        let sidecars = self.init_containers.iter().filter(|c| c.is_sidecar());
        self.containers.iter().chain(sidecars)
    }

    /// The quality of service that follows from requests and limits of CPU and
    /// memory: the pod's own where it states some, else its containers'.
    #[must_use]
    pub fn qos_class(&self) -> QosClass {
        const COMPUTE: [&str; 2] = ["cpu", "memory"];
        let whole = self
            .resources
            .as_deref()
            .filter(|own| !own.requests.is_empty() || !own.limits.is_empty());
        let parts: Vec<_> = match whole {
            Some(own) => vec![own],
            None => self
                .containers
                .iter()
                .chain(&self.init_containers)
                .map(|container| &container.resources)
                .collect(),
        };
        let mut requests: BTreeMap<&str, Quantity> = BTreeMap::new();
        let mut limits: BTreeMap<&str, Quantity> = BTreeMap::new();
        let mut all_limited = true;
        for part in &parts {
            for name in COMPUTE {
                let amount = |list: &BTreeMap<String, Quantity>| {
                    list.get(name).copied().filter(|amount| amount.sign() > 0)
                };
                if let Some(amount) = amount(&part.requests) {
                    *requests.entry(name).or_default() += amount;
                }
                match amount(&part.limits) {
                    Some(amount) => *limits.entry(name).or_default() += amount,
                    None => all_limited = false,
                }
            }
        }
        if requests.is_empty() && limits.is_empty() {
            QosClass::BestEffort
        } else if all_limited && requests == limits {
            QosClass::Guaranteed
        } else {
            QosClass::Burstable
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(json: &str) -> Pod {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_containers_do() {
        let pod = pod(r#"{"status": {"phase": "Running",
            "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-02T03:04:05Z"}],
            "initContainerStatuses": [{"name": "i", "state": {"terminated": {"exitCode": 0}}}],
            "containerStatuses": [
                {"name": "a", "restartCount": 2, "state": {"running": {}}, "lastState": {"terminated": {"exitCode": 137}}},
                {"name": "b", "restartCount": 1, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]}}"#);
        assert!(pod.is_ready() && pod.is_running() && pod.is_active() && !pod.is_finished());
        assert_eq!(pod.exit_codes(), [("a", 137), ("i", 0)].into());
        assert_eq!(pod.exit_code("b"), None);
        assert_eq!(pod.restarts(), 3);
        assert_eq!(pod.stuck_on(), Some(("b", "CrashLoopBackOff")));
        assert!(pod.container_status("a").unwrap().is_running());
        let at = |text: &str| text.parse::<Time>().unwrap();
        let ten = Duration::from_secs(10);
        assert!(!pod.is_available(ten, at("2026-01-02T03:04:14Z")));
        assert!(pod.is_available(ten, at("2026-01-02T03:04:15Z")));
    }

    #[test]
    fn quality_of_service() {
        let check = |spec: &str, expect: QosClass| {
            let spec: PodSpec = serde_json::from_str(spec).unwrap();
            assert_eq!(spec.qos_class(), expect, "{spec:?}");
        };
        let full = r#"{"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1000m", "memory": "1Gi"}}"#;
        check(r#"{"containers": [{"name": "a"}]}"#, QosClass::BestEffort);
        check(
            &format!(r#"{{"containers": [{{"name": "a", "resources": {full}}}]}}"#),
            QosClass::Guaranteed,
        );
        check(
            &format!(
                r#"{{"containers": [{{"name": "a", "resources": {full}}}, {{"name": "b"}}]}}"#
            ),
            QosClass::Burstable,
        );
        check(
            r#"{"containers": [{"name": "a", "resources": {"requests": {"cpu": "1"}}}]}"#,
            QosClass::Burstable,
        );
        check(
            &format!(r#"{{"resources": {full}, "containers": [{{"name": "a"}}]}}"#),
            QosClass::Guaranteed,
        );
    }
}
