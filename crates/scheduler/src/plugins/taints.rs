//! Taints and tolerations, and nodes that are cordoned.

use skeg_api::core::v1::{Node, Pod, Taint, Toleration};

use super::{Candidate, Rejection};
use crate::snapshot::NodeInfo;

/// The taint that a cordoned node carries.
const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";

/// Whether one of the tolerations covers a taint.
#[must_use]
pub fn tolerates(tolerations: &[Toleration], taint: &Taint) -> bool {
    tolerations.iter().any(|toleration| {
        let effect = toleration.effect.is_empty() || toleration.effect == taint.effect;
        let key = toleration.key.is_empty() && toleration.operator == "Exists"
            || toleration.key == taint.key;
        let value = match toleration.operator.as_str() {
            "" | "Equal" => toleration.value == taint.value,
            "Exists" => true,
            "Lt" | "Gt" => compares(toleration, taint),
            _ => false,
        };
        effect && key && value
    })
}

/// Numeric comparison of KEP-5471: the taint's value against the toleration's.
fn compares(toleration: &Toleration, taint: &Taint) -> bool {
    match (taint.value.parse::<i64>(), toleration.value.parse::<i64>()) {
        (Ok(held), Ok(bound)) if toleration.operator == "Lt" => held < bound,
        (Ok(held), Ok(bound)) => held > bound,
        _ => false,
    }
}

pub(super) fn unschedulable(
    candidate: &Candidate<'_>,
    _: &NodeInfo,
    node: &Node,
) -> Option<Rejection> {
    let taint = Taint {
        key: UNSCHEDULABLE.into(),
        effect: "NoSchedule".into(),
        ..Default::default()
    };
    (node.spec.unschedulable && !tolerates(&candidate.pod.spec.tolerations, &taint))
        .then(|| Rejection::unresolvable("node(s) were unschedulable"))
}

/// Whether a node has a taint that keeps the pod away.
pub(super) fn keep_away(pod: &Pod, node: &Node) -> bool {
    node.spec
        .taints
        .iter()
        .filter(|taint| taint.effect == "NoSchedule" || taint.effect == "NoExecute")
        .any(|taint| !tolerates(&pod.spec.tolerations, taint))
}

pub(super) fn filter(candidate: &Candidate<'_>, _: &NodeInfo, node: &Node) -> Option<Rejection> {
    keep_away(candidate.pod, node)
        .then(|| Rejection::unresolvable("node(s) had untolerated taint(s)"))
}

/// How many taints of effect PreferNoSchedule are not tolerated; fewer is better.
pub(super) fn score(candidate: &Candidate<'_>, _: &NodeInfo, node: &Node) -> i64 {
    node.spec
        .taints
        .iter()
        .filter(|taint| taint.effect == "PreferNoSchedule")
        .filter(|taint| !tolerates(&candidate.pod.spec.tolerations, taint))
        .count() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(toleration: (&str, &str, &str, &str), expect: bool) {
        let (key, operator, value, effect) = toleration;
        let toleration = Toleration {
            key: key.into(),
            operator: operator.into(),
            value: value.into(),
            effect: effect.into(),
            ..Default::default()
        };
        let taint = Taint {
            key: "k".into(),
            value: "7".into(),
            effect: "NoSchedule".into(),
            ..Default::default()
        };
        assert_eq!(
            tolerates(std::slice::from_ref(&toleration), &taint),
            expect,
            "{toleration:?}"
        );
    }

    #[test]
    fn tolerations_cover_taints() {
        check(("k", "Equal", "7", "NoSchedule"), true);
        check(("k", "", "7", ""), true);
        check(("k", "Equal", "8", ""), false);
        check(("k", "Exists", "", ""), true);
        check(("", "Exists", "", ""), true);
        check(("", "Equal", "7", ""), false);
        check(("k", "Exists", "", "NoExecute"), false);
        check(("k", "Lt", "8", ""), true);
        check(("k", "Gt", "8", ""), false);
    }
}
