//! Which pods are to go, decided without IO.

use std::sync::Arc;

use skeg_api::core::v1::{Node, Pod};

/// By this taint an administrator says that a node is off for good.
const OUT_OF_SERVICE: &str = "node.kubernetes.io/out-of-service";

/// Whether a node is declared out of service, and does not say otherwise itself.
pub(super) fn is_out_of_service(node: &Node) -> bool {
    let ready = node
        .status
        .conditions
        .iter()
        .any(|condition| condition.type_ == "Ready" && condition.status == "True");
    !ready
        && node
            .spec
            .taints
            .iter()
            .any(|taint| taint.key == OUT_OF_SERVICE)
}

/// The finished pods beyond a number: evicted ones first, then the oldest.
pub(super) fn beyond(mut pods: Vec<Arc<Pod>>, max: usize) -> Vec<Arc<Pod>> {
    pods.retain(|pod| pod.is_finished());
    let excess = pods.len().saturating_sub(max);
    let key = |pod: &Pod| {
        let evicted = pod.status.phase == "Failed" && pod.status.reason == "Evicted";
        (!evicted, pod.metadata.creation_timestamp.map(|time| time.0))
    };
    pods.sort_by(|a, b| {
        key(a)
            .cmp(&key(b))
            .then_with(|| a.metadata.name.cmp(&b.metadata.name))
    });
    pods.truncate(excess);
    pods
}

#[cfg(test)]
mod tests {
    use skeg_api::core::v1::{NodeCondition, Taint};
    use skeg_meta::Time;

    use super::*;

    fn pod(name: &str, phase: &str, reason: &str, age_seconds: i64) -> Arc<Pod> {
        let mut pod = Pod::default();
        pod.metadata.name = name.into();
        pod.status.phase = phase.into();
        pod.status.reason = reason.into();
        let created = jiff::Timestamp::from_second(1_000_000 - age_seconds).expect("a time");
        pod.metadata.creation_timestamp = Some(Time(created));
        Arc::new(pod)
    }

    #[test]
    fn evicted_and_old_pods_go_first() {
        let pods = vec![
            pod("young", "Succeeded", "", 1),
            pod("old", "Failed", "", 9),
            pod("evicted", "Failed", "Evicted", 0),
            pod("running", "Running", "", 99),
        ];
        let names = |max| -> Vec<String> {
            beyond(pods.clone(), max)
                .iter()
                .map(|pod| pod.metadata.name.clone())
                .collect()
        };
        assert_eq!(names(1), ["evicted", "old"]);
        assert_eq!(names(2), ["evicted"]);
        assert!(names(3).is_empty());
    }

    #[test]
    fn only_silent_nodes_are_out_of_service() {
        let mut node = Node::default();
        assert!(!is_out_of_service(&node));
        node.spec.taints = vec![Taint {
            key: OUT_OF_SERVICE.into(),
            ..Default::default()
        }];
        assert!(is_out_of_service(&node));
        node.status.conditions = vec![NodeCondition {
            type_: "Ready".into(),
            status: "True".into(),
            ..Default::default()
        }];
        assert!(!is_out_of_service(&node));
    }
}
