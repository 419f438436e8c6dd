//! Nodes.

use skeg_meta::Quantity;

use super::HasConditions;
use crate::core::v1::{Node, Taint, Toleration};

impl Node {
    /// Whether the node takes part: its condition `Ready` holds.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.condition_is_true("Ready")
    }

    /// Whether new pods may come: the node is ready, not cordoned, and has no
    /// taint that keeps every pod away that does not tolerate it.
    #[must_use]
    pub fn is_schedulable(&self) -> bool {
        self.is_ready()
            && !self.spec.unschedulable
            && !self.spec.taints.iter().any(Taint::keeps_away)
    }

    /// The address of a type (`InternalIP`, `Hostname`).
    #[must_use]
    pub fn address(&self, kind: &str) -> Option<&str> {
        self.status
            .addresses
            .iter()
            .find(|address| address.type_ == kind)
            .map(|address| address.address.as_str())
    }

    /// How much of a resource pods may use.
    #[must_use]
    pub fn allocatable(&self, resource: &str) -> Quantity {
        self.status
            .allocatable
            .get(resource)
            .copied()
            .unwrap_or(Quantity::ZERO)
    }

    /// The node's roles, by its labels (`control-plane`).
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.metadata
            .labels
            .keys()
            .filter_map(|key| key.strip_prefix("node-role.kubernetes.io/"))
            .filter(|role| !role.is_empty())
    }
}

impl Taint {
    /// Whether pods that do not tolerate it do not come, or do not stay.
    #[must_use]
    pub fn keeps_away(&self) -> bool {
        self.effect == "NoSchedule" || self.effect == "NoExecute"
    }

    /// Whether one of these tolerations is for it.
    #[must_use]
    pub fn is_tolerated(&self, tolerations: &[Toleration]) -> bool {
        tolerations.iter().any(|toleration| {
            (toleration.effect.is_empty() || toleration.effect == self.effect)
                && (toleration.key.is_empty() || toleration.key == self.key)
                && match toleration.operator.as_str() {
                    "Exists" => true,
                    "" | "Equal" => !toleration.key.is_empty() && toleration.value == self.value,
                    operator => compared(&self.value, operator, &toleration.value),
                }
        })
    }
}

/// `Lt` and `Gt` compare whole numbers.
fn compared(value: &str, operator: &str, bound: &str) -> bool {
    match (operator, value.parse::<i64>(), bound.parse::<i64>()) {
        ("Lt", Ok(value), Ok(bound)) => value < bound,
        ("Gt", Ok(value), Ok(bound)) => value > bound,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cordoned_and_tainted_nodes_take_no_pods() {
        let mut node: Node = serde_json::from_str(
            r#"{"metadata": {"labels": {"node-role.kubernetes.io/control-plane": ""}},
                "spec": {"taints": [{"key": "a", "effect": "PreferNoSchedule"}]},
                "status": {"allocatable": {"cpu": "4"}, "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}],
                    "conditions": [{"type": "Ready", "status": "True"}]}}"#,
        )
        .unwrap();
        assert!(node.is_schedulable());
        assert_eq!(node.address("InternalIP"), Some("10.0.0.1"));
        assert_eq!(node.allocatable("cpu").value(), 4);
        assert!(node.allocatable("memory").is_zero());
        assert_eq!(node.roles().collect::<Vec<_>>(), ["control-plane"]);
        node.spec.unschedulable = true;
        assert!(node.is_ready() && !node.is_schedulable());
        node.spec.unschedulable = false;
        node.spec.taints[0].effect = "NoExecute".to_owned();
        assert!(!node.is_schedulable());
    }

    #[test]
    fn tolerations() {
        let taint = Taint {
            key: "k".to_owned(),
            value: "5".to_owned(),
            effect: "NoSchedule".to_owned(),
            ..Taint::default()
        };
        let check = |toleration: &str, expect: bool| {
            let toleration: Toleration = serde_json::from_str(toleration).unwrap();
            assert_eq!(
                taint.is_tolerated(std::slice::from_ref(&toleration)),
                expect,
                "{toleration:?}"
            );
        };
        check(r#"{"operator": "Exists"}"#, true);
        check(r#"{"key": "k", "value": "5"}"#, true);
        check(r#"{"key": "k", "operator": "Equal", "value": "6"}"#, false);
        check(
            r#"{"key": "k", "operator": "Exists", "effect": "NoExecute"}"#,
            false,
        );
        check(r#"{"key": "k", "operator": "Gt", "value": "4"}"#, true);
        check(r#"{"key": "k", "operator": "Lt", "value": "4"}"#, false);
        check(r#"{"key": "other", "operator": "Exists"}"#, false);
        check(r#"{"value": "5"}"#, false);
    }
}
