//! How long a pod tolerates the taints of its node. No IO.

use std::time::Duration;

use skeg_api::core::v1::{Node, Pod, Taint};

/// How long a pod may stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stay {
    /// As long as it likes.
    Forever,
    /// So long after its node was tainted.
    For(Duration),
}

/// The taints of a node that end pods.
pub(super) fn ending(node: &Node) -> Vec<&Taint> {
    node.spec
        .taints
        .iter()
        .filter(|taint| taint.effect == "NoExecute")
        .collect()
}

/// How long a pod may stay on a node with these taints.
pub(super) fn stay(pod: &Pod, taints: &[&Taint]) -> Stay {
    let mut least: Option<i64> = None;
    for taint in taints {
        // The first that matches is the one that counts.
        let Some(used) = pod
            .spec
            .tolerations
            .iter()
            .find(|toleration| taint.is_tolerated(std::slice::from_ref(toleration)))
        else {
            return Stay::For(Duration::ZERO);
        };
        if let Some(seconds) = used.toleration_seconds {
            least = Some(least.map_or(seconds, |least| least.min(seconds)));
        }
    }
    least.map_or(Stay::Forever, |seconds| {
        Stay::For(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_api::core::v1::Toleration;

    fn taint(key: &str) -> Taint {
        Taint {
            key: key.into(),
            value: "x".into(),
            effect: "NoExecute".into(),
            ..Default::default()
        }
    }

    /// Tolerations as key, operator, value, seconds.
    fn check(tolerations: &[(&str, &str, &str, Option<i64>)], expect: Stay) {
        let mut pod = Pod::default();
        pod.spec.tolerations = tolerations
            .iter()
            .map(|(key, operator, value, seconds)| Toleration {
                key: (*key).into(),
                operator: (*operator).into(),
                value: (*value).into(),
                toleration_seconds: *seconds,
                ..Default::default()
            })
            .collect();
        assert_eq!(stay(&pod, &[&taint("a"), &taint("b")]), expect);
    }

    #[test]
    fn every_taint_must_be_tolerated() {
        let at_once = Stay::For(Duration::ZERO);
        check(&[], at_once);
        check(&[("a", "Exists", "", None)], at_once);
        check(&[("", "Exists", "", None)], Stay::Forever);
        check(&[("a", "Equal", "x", None), ("b", "", "y", None)], at_once);
        check(
            &[("a", "Equal", "x", Some(9)), ("b", "", "x", Some(5))],
            Stay::For(Duration::from_secs(5)),
        );
        check(
            &[("a", "Exists", "", Some(-1)), ("", "Exists", "", None)],
            at_once,
        );
    }

    #[test]
    fn other_effects_end_nobody() {
        let mut node = Node::default();
        node.spec.taints = vec![
            taint("a"),
            Taint {
                effect: "NoSchedule".into(),
                ..taint("b")
            },
        ];
        assert_eq!(ending(&node), [&taint("a")]);
    }
}
