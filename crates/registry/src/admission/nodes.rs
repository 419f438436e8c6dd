//! TaintNodesByCondition: a node that has not reported yet takes no pods.

use super::{Attributes, Operation, Plugin, Scope, Warnings};
use crate::tree::{self, list, s};
use async_trait::async_trait;
use skeg_meta::Status;
use skeg_schema::{Value, json};

/// The plugin.
pub struct TaintNodesByCondition;

const NOT_READY: &str = "node.kubernetes.io/not-ready";

#[async_trait]
impl Plugin for TaintNodesByCondition {
    fn name(&self) -> &'static str {
        "TaintNodesByCondition"
    }

    fn scope(&self) -> Scope {
        Scope::admitting(&[("", "nodes")])
    }

    async fn admit(
        &self,
        attrs: &Attributes<'_>,
        obj: &mut Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        if !attrs.is_core("nodes") || attrs.operation != Operation::Create {
            return Ok(());
        }
        let spec = tree::obj_mut(obj, "spec");
        let there = list(spec, "taints")
            .iter()
            .any(|t| s(t, "key") == NOT_READY && s(t, "effect") == "NoSchedule");
        if !there && let Some(all) = tree::vec_mut(spec, "taints") {
            all.push(json!({"key": NOT_READY, "effect": "NoSchedule"}));
        }
        Ok(())
    }
}
