//! When a node was last heard of, and what is said of one that is silent. No IO.

use std::time::Duration;

use jiff::Timestamp;
use skeg_api::coordination::v1::Lease;
use skeg_api::core::v1::{Node, NodeCondition};
use skeg_meta::{MicroTime, Time};

/// How long a node may be silent (`--node-monitor-grace-period`).
pub(super) const GRACE: Duration = Duration::from_secs(50);
/// How long a node that never spoke may be silent (`--node-startup-grace-period`).
pub(super) const STARTUP_GRACE: Duration = Duration::from_secs(60);
pub(super) const READY: &str = "Ready";
const UNKNOWN: &str = "Unknown";
/// What is not known of a silent node.
const CONDITIONS: [&str; 4] = [READY, "MemoryPressure", "DiskPressure", "PIDPressure"];

/// A node's condition of a type.
pub(super) fn condition<'a>(node: &'a Node, kind: &str) -> Option<&'a NodeCondition> {
    node.status
        .conditions
        .iter()
        .find(|condition| condition.type_ == kind)
}

/// `True`, `False` or `Unknown`; the last for a node that says nothing of itself.
pub(super) fn readiness(node: &Node) -> &str {
    condition(node, READY).map_or(UNKNOWN, |ready| ready.status.as_str())
}

/// What was heard of a node. Times are this process's own: clocks of nodes may be wrong.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Health {
    /// When there was a sign of life.
    probed: Timestamp,
    /// The heartbeat that its condition `Ready` told, if it has that condition.
    heartbeat: Option<Option<Time>>,
    renewed: Option<MicroTime>,
    /// Whether its pods are still to be told that they are not ready.
    pub(super) pods_to_tell: bool,
}

impl Health {
    /// What is known of a node that is seen for the first time.
    pub(super) fn of(node: &Node, now: Timestamp) -> Self {
        let heartbeat = condition(node, READY).map(|ready| ready.last_heartbeat_time);
        let created = node.metadata.creation_timestamp.map_or(now, |time| time.0);
        let probed = if heartbeat.is_some() { now } else { created };
        Self {
            probed,
            heartbeat,
            renewed: None,
            pods_to_tell: false,
        }
    }

    /// The node's status was seen.
    pub(super) fn see(&mut self, node: &Node, now: Timestamp) {
        let heartbeat = condition(node, READY).map(|ready| ready.last_heartbeat_time);
        if heartbeat != self.heartbeat {
            self.heartbeat = heartbeat;
            self.probed = now;
        }
    }

    /// The node's Lease was seen.
    pub(super) fn see_lease(&mut self, lease: &Lease, now: Timestamp) {
        // An earlier time is a sign of life too: the node's clock was set back.
        let told = self.renewed.is_none()
            || lease.spec.renew_time.is_some() && lease.spec.renew_time != self.renewed;
        if told {
            self.renewed = lease.spec.renew_time;
            self.probed = now;
        }
    }

    /// How long the node may still be silent; `None` when it has been for too long.
    pub(super) fn left(&self, node: &Node, now: Timestamp) -> Option<Duration> {
        let grace = if condition(node, READY).is_some() {
            GRACE
        } else {
            STARTUP_GRACE
        };
        let silent = Duration::try_from(now.duration_since(self.probed)).unwrap_or_default();
        grace.checked_sub(silent).filter(|left| !left.is_zero())
    }
}

/// The conditions of a node that is silent, if they are not what they are already.
pub(super) fn silent(node: &Node, now: Timestamp) -> Option<Vec<NodeCondition>> {
    let mut conditions = node.status.conditions.clone();
    let now = Some(Time(now).truncated());
    for kind in CONDITIONS {
        match conditions.iter_mut().find(|held| held.type_ == kind) {
            None => conditions.push(NodeCondition {
                type_: kind.into(),
                status: UNKNOWN.into(),
                reason: "NodeStatusNeverUpdated".into(),
                message: "Kubelet never posted node status.".into(),
                last_heartbeat_time: node.metadata.creation_timestamp,
                last_transition_time: now,
            }),
            Some(held) if held.status != UNKNOWN => {
                held.status = UNKNOWN.into();
                held.reason = "NodeStatusUnknown".into();
                held.message = "Kubelet stopped posting node status.".into();
                held.last_transition_time = now;
            }
            Some(_) => {}
        }
    }
    // As long as Ready stays, the rest is left alone.
    let ready = conditions.iter().find(|held| held.type_ == READY);
    (ready != condition(node, READY)).then_some(conditions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).expect("a time")
    }

    fn node(heartbeat: Option<i64>) -> Node {
        let mut node = Node::default();
        node.metadata.creation_timestamp = Some(Time(at(0)));
        node.status.conditions = heartbeat
            .into_iter()
            .map(|second| NodeCondition {
                type_: READY.into(),
                status: "True".into(),
                last_heartbeat_time: Some(Time(at(second))),
                ..Default::default()
            })
            .collect();
        node
    }

    fn seconds(health: &Health, node: &Node, now: i64) -> Option<u64> {
        health.left(node, at(now)).map(|left| left.as_secs())
    }

    #[test]
    fn signs_of_life_buy_time() {
        let mut health = Health::of(&node(Some(0)), at(100));
        assert_eq!(seconds(&health, &node(Some(0)), 120), Some(30));
        health.see(&node(Some(0)), at(130));
        assert_eq!(seconds(&health, &node(Some(0)), 150), None);
        health.see(&node(Some(9)), at(150));
        assert_eq!(seconds(&health, &node(Some(9)), 150), Some(50));
        let mut lease = Lease::default();
        lease.spec.renew_time = Some(MicroTime(at(5)));
        health.see_lease(&lease, at(160));
        health.see_lease(&lease, at(170));
        assert_eq!(seconds(&health, &node(Some(9)), 170), Some(40));
    }

    #[test]
    fn a_node_that_never_spoke_has_longer() {
        let health = Health::of(&node(None), at(20));
        assert_eq!(seconds(&health, &node(None), 20), Some(40));
        assert_eq!(seconds(&health, &node(None), 60), None);
    }

    #[test]
    fn of_a_silent_node_nothing_is_known() {
        let told = silent(&node(Some(0)), at(100)).expect("it changes");
        let said: Vec<_> = told
            .iter()
            .map(|held| (&*held.type_, &*held.status, &*held.reason))
            .collect();
        assert_eq!(said[0], (READY, UNKNOWN, "NodeStatusUnknown"));
        assert_eq!(said[3], ("PIDPressure", UNKNOWN, "NodeStatusNeverUpdated"));
        let mut again = node(None);
        again.status.conditions = told;
        assert_eq!(silent(&again, at(200)), None);
        assert_eq!(silent(&node(None), at(100)).map(|told| told.len()), Some(4));
    }
}
