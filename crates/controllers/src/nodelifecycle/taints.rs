//! The taints and labels that a node should have. No IO.

use jiff::Timestamp;
use skeg_api::core::v1::{Node, Taint};
use skeg_meta::Time;

use super::health;

const NOT_READY: &str = "node.kubernetes.io/not-ready";
const UNREACHABLE: &str = "node.kubernetes.io/unreachable";
const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";
const NO_SCHEDULE: &str = "NoSchedule";
const NO_EXECUTE: &str = "NoExecute";
/// Which status of which condition is which taint.
const BY_CONDITION: [(&str, &str, &str); 6] = [
    ("Ready", "False", NOT_READY),
    ("Ready", "Unknown", UNREACHABLE),
    (
        "MemoryPressure",
        "True",
        "node.kubernetes.io/memory-pressure",
    ),
    ("DiskPressure", "True", "node.kubernetes.io/disk-pressure"),
    (
        "NetworkUnavailable",
        "True",
        "node.kubernetes.io/network-unavailable",
    ),
    ("PIDPressure", "True", "node.kubernetes.io/pid-pressure"),
];
/// Labels that stand under an old name too.
const LABELS: [(&str, &str); 2] = [
    ("kubernetes.io/os", "beta.kubernetes.io/os"),
    ("kubernetes.io/arch", "beta.kubernetes.io/arch"),
];

/// What may become of the pods of a node that is not ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Eviction {
    /// They may be evicted.
    Allowed,
    /// It is left as it is, for now.
    Held,
    /// Nobody is evicted: it is not the node that has failed.
    Stopped,
}

/// Whether a node is not ready and its pods are not being evicted for that yet.
pub(super) fn wants_eviction(node: &Node) -> bool {
    let key = match health::readiness(node) {
        "True" => return false,
        _ => [NOT_READY, UNREACHABLE],
    };
    !node
        .spec
        .taints
        .iter()
        .any(|taint| taint.effect == NO_EXECUTE && key.contains(&taint.key.as_str()))
}

/// The taints that a node should have, if they are not those it has.
pub(super) fn plan(node: &Node, eviction: Eviction, now: Timestamp) -> Option<Vec<Taint>> {
    let held = &node.spec.taints;
    let mut wanted: Vec<(&str, &str)> = Vec::new();
    for condition in &node.status.conditions {
        let found = BY_CONDITION
            .iter()
            .find(|(kind, status, _)| (*kind, *status) == (&*condition.type_, &*condition.status));
        wanted.extend(found.map(|(_, _, key)| (*key, NO_SCHEDULE)));
    }
    if node.spec.unschedulable {
        wanted.push((UNSCHEDULABLE, NO_SCHEDULE));
    }
    wanted.extend(no_execute(node, eviction).map(|key| (key, NO_EXECUTE)));
    let is_wanted = |taint: &Taint| wanted.contains(&(taint.key.as_str(), taint.effect.as_str()));
    let mut taints: Vec<Taint> = held
        .iter()
        .filter(|taint| !is_ours(taint) || is_wanted(taint))
        .cloned()
        .collect();
    for (key, effect) in wanted {
        if !taints
            .iter()
            .any(|taint| taint.key == key && taint.effect == effect)
        {
            taints.push(Taint {
                key: key.into(),
                effect: effect.into(),
                time_added: Some(Time(now).truncated()),
                ..Default::default()
            });
        }
    }
    (taints != *held).then_some(taints)
}

/// The key of the taint by which a node's pods are evicted.
fn no_execute(node: &Node, eviction: Eviction) -> Option<&'static str> {
    let key = match health::readiness(node) {
        "True" => return None,
        "False" => NOT_READY,
        _ => UNREACHABLE,
    };
    // Going on from one to the other is no new eviction.
    let goes_on = eviction == Eviction::Held && !wants_eviction(node);
    (eviction == Eviction::Allowed || goes_on).then_some(key)
}

/// Whether a taint is this controller's to give and take.
fn is_ours(taint: &Taint) -> bool {
    match taint.effect.as_str() {
        NO_SCHEDULE => {
            taint.key == UNSCHEDULABLE || BY_CONDITION.iter().any(|(_, _, key)| *key == taint.key)
        }
        NO_EXECUTE => taint.key == NOT_READY || taint.key == UNREACHABLE,
        _ => false,
    }
}

/// The labels that a node should have besides those it has.
pub(super) fn labels(node: &Node) -> Vec<(&'static str, String)> {
    let held = &node.metadata.labels;
    let missing = LABELS.iter().filter_map(|(name, old_name)| {
        let value = held.get(*name)?;
        (held.get(*old_name) != Some(value)).then(|| (*old_name, value.clone()))
    });
    missing.collect()
}

#[cfg(test)]
mod tests {
    use skeg_api::core::v1::NodeCondition;

    use super::*;

    fn node(conditions: &[(&str, &str)], taints: &[(&str, &str)]) -> Node {
        let mut node = Node::default();
        let condition = |(kind, status): &(&str, &str)| NodeCondition {
            type_: (*kind).into(),
            status: (*status).into(),
            ..Default::default()
        };
        node.status.conditions = conditions.iter().map(condition).collect();
        let taint = |(key, effect): &(&str, &str)| Taint {
            key: (*key).into(),
            effect: (*effect).into(),
            ..Default::default()
        };
        node.spec.taints = taints.iter().map(taint).collect();
        node
    }

    fn check(node: &Node, eviction: Eviction, expect: Option<&[(&str, &str)]>) {
        let found = plan(node, eviction, Timestamp::UNIX_EPOCH);
        let found = found.as_ref().map(|taints| {
            taints
                .iter()
                .map(|taint| (&*taint.key, &*taint.effect))
                .collect::<Vec<_>>()
        });
        assert_eq!(found.as_deref(), expect);
    }

    const OWN: (&str, &str) = ("own", NO_SCHEDULE);
    const FALSE: [(&str, &str); 2] = [(NOT_READY, NO_SCHEDULE), (NOT_READY, NO_EXECUTE)];
    const UNKNOWN: [(&str, &str); 2] = [(UNREACHABLE, NO_SCHEDULE), (UNREACHABLE, NO_EXECUTE)];

    #[test]
    fn conditions_become_taints() {
        use Eviction::{Allowed, Held, Stopped};
        check(&node(&[("Ready", "True")], &[OWN]), Allowed, None);
        check(
            &node(&[("Ready", "True")], &[OWN, FALSE[0], UNKNOWN[1]]),
            Held,
            Some(&[OWN]),
        );
        check(
            &node(&[("Ready", "False")], &[OWN]),
            Allowed,
            Some(&[OWN, FALSE[0], FALSE[1]]),
        );
        check(
            &node(&[("Ready", "False")], &[OWN]),
            Held,
            Some(&[OWN, FALSE[0]]),
        );
        check(&node(&[("Ready", "Unknown")], &FALSE), Held, Some(&UNKNOWN));
        check(
            &node(&[("Ready", "Unknown")], &UNKNOWN),
            Stopped,
            Some(&UNKNOWN[..1]),
        );
        check(&node(&[], &[]), Held, None);
        let pressed = [
            ("MemoryPressure", "True"),
            ("DiskPressure", "False"),
            ("Ready", "True"),
        ];
        check(
            &node(&pressed, &[]),
            Allowed,
            Some(&[("node.kubernetes.io/memory-pressure", NO_SCHEDULE)]),
        );
        let mut cordoned = node(&[("Ready", "True")], &[OWN]);
        cordoned.spec.unschedulable = true;
        check(
            &cordoned,
            Allowed,
            Some(&[OWN, (UNSCHEDULABLE, NO_SCHEDULE)]),
        );
    }

    #[test]
    fn old_labels_follow() {
        let mut node = node(&[], &[]);
        assert!(labels(&node).is_empty());
        node.metadata
            .labels
            .insert("kubernetes.io/os".into(), "linux".into());
        node.metadata
            .labels
            .insert("beta.kubernetes.io/os".into(), "plan9".into());
        assert_eq!(
            labels(&node),
            [("beta.kubernetes.io/os", "linux".to_owned())]
        );
    }
}
