//! Taints and tolerations, and nodes that are cordoned.

use skeg_api::core::v1::{Node, Pod, Taint};

use super::{Candidate, Rejection};
use crate::snapshot::NodeInfo;

/// The taint that a cordoned node carries.
const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";

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
    (node.spec.unschedulable && !taint.is_tolerated(&candidate.pod.spec.tolerations))
        .then(|| Rejection::unresolvable("node(s) were unschedulable"))
}

/// Whether a node has a taint that keeps the pod away.
pub(super) fn keep_away(pod: &Pod, node: &Node) -> bool {
    node.spec
        .taints
        .iter()
        .filter(|taint| taint.keeps_away())
        .any(|taint| !taint.is_tolerated(&pod.spec.tolerations))
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
        .filter(|taint| !taint.is_tolerated(&candidate.pod.spec.tolerations))
        .count() as i64
}
