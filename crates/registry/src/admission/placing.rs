//! Plugins, off until they are switched on by name, by which a namespace decides
//! where its pods go.

use super::{Attributes, Operation, Plugin, Warnings};
use crate::objects::Gr;
use crate::tree::{self, at, list, s, set};
use async_trait::async_trait;
use skeg_meta::Status;
use skeg_schema::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

const NODE_SELECTOR: &str = "scheduler.alpha.kubernetes.io/node-selector";
const DEFAULT_TOLERATIONS: &str = "scheduler.alpha.kubernetes.io/defaultTolerations";
const ALLOWED_TOLERATIONS: &str = "scheduler.alpha.kubernetes.io/tolerationsWhitelist";
const HOST: &str = "kubernetes.io/hostname";

fn is_new_pod(attrs: &Attributes<'_>) -> bool {
    attrs.is_core("pods")
        && attrs.operation == Operation::Create
        && attrs.ctx.subresource.is_empty()
}

fn namespace(attrs: &Attributes<'_>) -> Option<Arc<Value>> {
    let objects = attrs.ctx.objects;
    objects.cached(Gr::NAMESPACES, "", attrs.namespace())
}

/// Pods may keep away from each other by node only: who keeps a whole zone free
/// keeps others out.
pub struct LimitPodHardAntiAffinityTopology;

#[async_trait]
impl Plugin for LimitPodHardAntiAffinityTopology {
    fn name(&self) -> &'static str {
        "LimitPodHardAntiAffinityTopology"
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        if !is_new_pod(attrs) {
            return Ok(());
        }
        let away = tree::path(obj, &["spec", "affinity", "podAntiAffinity"]);
        for term in list(away, "requiredDuringSchedulingIgnoredDuringExecution") {
            let key = s(term, "topologyKey");
            if key != HOST {
                return Err(attrs.forbidden(
                    obj,
                    format!(
                        "affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey {key} but only key {HOST} is allowed"
                    ),
                ));
            }
        }
        Ok(())
    }
}

/// Pods go to the nodes that their namespace selects, and to those that the
/// server's configuration selects for it.
pub struct PodNodeSelector(pub BTreeMap<String, String>);

/// The selector of namespaces that say nothing.
const CLUSTER_DEFAULT: &str = "clusterDefaultNodeSelector";

/// `a=b,c=d`, as an annotation has it.
fn pairs(text: &str) -> Option<Vec<(&str, &str)>> {
    let parts = text.split(',').map(str::trim).filter(|p| !p.is_empty());
    parts
        .map(|part| {
            let (key, value) = part.split_once('=')?;
            Some((key.trim(), value.trim_start_matches('=').trim()))
        })
        .collect()
}

#[async_trait]
impl Plugin for PodNodeSelector {
    fn name(&self) -> &'static str {
        "PodNodeSelector"
    }

    async fn admit(
        &self,
        attrs: &Attributes<'_>,
        obj: &mut Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let Some(ns) = is_new_pod(attrs).then(|| namespace(attrs)).flatten() else {
            return Ok(());
        };
        let text = tree::annotation(&ns, NODE_SELECTOR)
            .or_else(|| self.0.get(CLUSTER_DEFAULT).map(String::as_str));
        let text = text.unwrap_or_default();
        let Some(wanted) = pairs(text) else {
            return Err(attrs.forbidden(obj, format!("invalid selector: {text:?}")));
        };
        let conflicts = wanted.iter().any(|(key, value)| {
            tree::path(obj, &["spec", "nodeSelector"])
                .get(key)
                .is_some_and(|own| own != *value)
        });
        if conflicts {
            return Err(attrs.forbidden(
                obj,
                "pod node label selector conflicts with its namespace node label selector",
            ));
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let selector = tree::obj_mut(tree::obj_mut(obj, "spec"), "nodeSelector");
        for (key, value) in wanted {
            set(selector, key.to_owned(), value);
        }
        Ok(())
    }

    /// What the configuration allows a namespace is not exceeded by its pods.
    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let allowed = self.0.get(attrs.namespace());
        let Some(allowed) = allowed.filter(|_| is_new_pod(attrs)) else {
            return Ok(());
        };
        let allowed = pairs(allowed).unwrap_or_default();
        let conflicts = allowed.iter().any(|(key, value)| {
            tree::path(obj, &["spec", "nodeSelector"])
                .get(key)
                .is_some_and(|own| own != *value)
        });
        // An empty list allows everything.
        let exceeds = !allowed.is_empty()
            && tree::pairs(tree::path(obj, &["spec", "nodeSelector"]))
                .any(|(key, _)| !allowed.iter().any(|(known, _)| *known == key));
        if conflicts || exceeds {
            return Err(attrs.forbidden(
                obj,
                "pod node label selector labels conflict with its namespace whitelist",
            ));
        }
        Ok(())
    }
}

/// Pods tolerate what their namespace says, and nothing that it does not allow.
pub struct PodTolerationRestriction {
    /// What namespaces that say nothing give.
    pub default: Vec<Value>,
    /// And what they allow; empty is everything.
    pub allowed: Vec<Value>,
}

fn tolerations(ns: &Value, key: &str) -> Option<Vec<Value>> {
    let text = tree::annotation(ns, key).filter(|text| !text.is_empty())?;
    match skeg_schema::decode_json_any(text.as_bytes()) {
        Ok(Value::Array(all)) => Some(all),
        _ => None,
    }
}

/// Whether a toleration allows another: it is as wide in each part.
fn allows(wide: &Value, narrow: &Value) -> bool {
    let operator = |t: &Value| match s(t, "operator") {
        "" => "Equal".to_owned(),
        other => other.to_owned(),
    };
    let key = s(wide, "key");
    let seconds = |t: &Value| tree::i(t, "tolerationSeconds");
    (s(wide, "effect").is_empty() || s(wide, "effect") == s(narrow, "effect"))
        && (key.is_empty() || key == s(narrow, "key"))
        && seconds(wide).is_none_or(|most| seconds(narrow).is_some_and(|own| own <= most))
        && match operator(wide).as_str() {
            "Exists" => true,
            _ => operator(narrow) == "Equal" && s(wide, "value") == s(narrow, "value"),
        }
}

#[async_trait]
impl Plugin for PodTolerationRestriction {
    fn name(&self) -> &'static str {
        "PodTolerationRestriction"
    }

    async fn admit(
        &self,
        attrs: &Attributes<'_>,
        obj: &mut Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let Some(ns) = is_new_pod(attrs).then(|| namespace(attrs)).flatten() else {
            return Ok(());
        };
        let mut all = list(at(obj, "spec"), "tolerations").to_vec();
        let mut add = |one: Value| {
            if !all.iter().any(|held| tree::same(held, &one)) {
                all.push(one);
            }
        };
        tolerations(&ns, DEFAULT_TOLERATIONS)
            .unwrap_or_else(|| self.default.clone())
            .into_iter()
            .for_each(&mut add);
        if crate::validation::pod::resources::qos_class(at(obj, "spec")) != "BestEffort" {
            add(json!({
                "key": "node.kubernetes.io/memory-pressure",
                "operator": "Exists",
                "effect": "NoSchedule",
            }));
        }
        if !all.is_empty() {
            set(tree::obj_mut(obj, "spec"), "tolerations", all);
        }
        Ok(())
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let Some(ns) = is_new_pod(attrs).then(|| namespace(attrs)).flatten() else {
            return Ok(());
        };
        let allowed = tolerations(&ns, ALLOWED_TOLERATIONS).unwrap_or_else(|| self.allowed.clone());
        if allowed.is_empty() {
            return Ok(());
        }
        let own = list(at(obj, "spec"), "tolerations");
        if own
            .iter()
            .all(|one| allowed.iter().any(|wide| allows(wide, one)))
        {
            return Ok(());
        }
        Err(attrs.forbidden(
            obj,
            "pod tolerations (possibly merged with namespace default tolerations) conflict with its namespace whitelist",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_of_namespaces() {
        assert_eq!(pairs("a=b, c==d"), Some(vec![("a", "b"), ("c", "d")]));
        assert_eq!(pairs(""), Some(Vec::new()));
        assert_eq!(pairs("a"), None);
    }

    #[test]
    fn wide_tolerations_allow_narrow_ones() {
        let check = |wide: Value, expect: bool| {
            let narrow = json!({"key": "k", "operator": "Equal", "value": "v", "effect": "NoExecute", "tolerationSeconds": 5});
            assert_eq!(allows(&wide, &narrow), expect, "{wide}");
        };
        check(json!({"operator": "Exists"}), true);
        check(
            json!({"key": "k", "operator": "Exists", "effect": "NoSchedule"}),
            false,
        );
        check(json!({"key": "k", "value": "v"}), true);
        check(json!({"key": "k", "value": "w"}), false);
        check(json!({"operator": "Exists", "tolerationSeconds": 4}), false);
    }
}
