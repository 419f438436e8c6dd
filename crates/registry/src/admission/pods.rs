//! What pods are given by name: priority, runtime class, tolerations.

use super::{Attributes, Operation, Plugin, Scope, Warnings};
use crate::objects::Gr;
use crate::tree::{self, at, b, has, list, s, set};
use async_trait::async_trait;
use skeg_meta::Status;
use skeg_schema::{Value, json};

/// Priority: the number behind a class's name.
pub struct Priority;

/// Classes that the system itself depends on.
const SYSTEM_CLASSES: &[&str] = &["system-cluster-critical", "system-node-critical"];

#[async_trait]
impl Plugin for Priority {
    fn name(&self) -> &'static str {
        "Priority"
    }

    fn scope(&self) -> Scope {
        Scope::of(&[("", "pods"), ("scheduling.k8s.io", "priorityclasses")])
    }

    async fn admit(
        &self,
        attrs: &Attributes<'_>,
        obj: &mut Value,
        old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        if !attrs.is_core("pods") {
            return Ok(());
        }
        if let Some(old) = old {
            // An update that leaves them out keeps them.
            let kept = at(old, "spec").clone();
            let spec = tree::obj_mut(obj, "spec");
            if !has(spec, "priority") {
                tree::copy(spec, &kept, "priority");
            }
            if !has(spec, "preemptionPolicy") {
                tree::copy(spec, &kept, "preemptionPolicy");
            }
            return Ok(());
        }
        let class_name = tree::sp(obj, &["spec", "priorityClassName"]).to_owned();
        let objects = attrs.ctx.objects;
        let class = if class_name.is_empty() {
            let all = objects.cached_list(Gr::PRIORITY_CLASSES, None);
            all.into_iter()
                .filter(|c| b(c, "globalDefault"))
                .min_by_key(|c| tree::i0(c, "value"))
        } else {
            let mut found = objects.cached(Gr::PRIORITY_CLASSES, "", &class_name);
            if found.is_none() {
                found = objects.get(Gr::PRIORITY_CLASSES, "", &class_name).await?;
            }
            if found.is_none() {
                return Err(attrs.forbidden(
                    obj,
                    format!("no PriorityClass with name {class_name} was found"),
                ));
            }
            found
        };
        let (priority, policy) = class.as_deref().map_or((0, "PreemptLowerPriority"), |c| {
            let policy = at(c, "preemptionPolicy")
                .as_str()
                .unwrap_or("PreemptLowerPriority");
            (tree::i0(c, "value"), policy)
        });
        let spec = at(obj, "spec");
        if let Some(asked) = tree::i(spec, "priority")
            && asked != priority
        {
            return Err(attrs.forbidden(
                obj,
                format!("the integer value of priority ({asked}) must not be provided in pod spec; priority admission controller computed {priority} from the given PriorityClass name"),
            ));
        }
        if let Some(asked) = at(spec, "preemptionPolicy").as_str()
            && asked != policy
        {
            return Err(attrs.forbidden(
                obj,
                format!("the string value of PreemptionPolicy ({asked}) must not be provided in pod spec; priority admission controller computed {policy} from the given PriorityClass name"),
            ));
        }
        let default_name = class.as_deref().map(|c| tree::name_of(c).to_owned());
        let spec = tree::obj_mut(obj, "spec");
        if class_name.is_empty()
            && let Some(name) = default_name
        {
            set(spec, "priorityClassName", name);
        }
        set(spec, "priority", priority);
        set(spec, "preemptionPolicy", policy);
        Ok(())
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let of_system = |class: &Value| SYSTEM_CLASSES.contains(&tree::name_of(class));
        if attrs.is("scheduling.k8s.io", "priorityclasses")
            && attrs.operation == Operation::Delete
            && let Some(class) = old.filter(|class| of_system(class))
        {
            return Err(attrs.forbidden(
                class,
                "this is a system priority class and cannot be deleted",
            ));
        }
        // Only one class may be the default.
        if !attrs.is("scheduling.k8s.io", "priorityclasses")
            || obj.is_null()
            || !b(obj, "globalDefault")
        {
            return Ok(());
        }
        let name = tree::name_of(obj);
        let other = attrs
            .ctx
            .objects
            .cached_list(Gr::PRIORITY_CLASSES, None)
            .into_iter()
            .find(|c| b(c, "globalDefault") && tree::name_of(c) != name);
        if let Some(other) = other
            && !old.is_some_and(|o| b(o, "globalDefault"))
        {
            return Err(attrs.forbidden(
                obj,
                format!(
                    "PriorityClass {} is already marked as default. Only one default can exist",
                    tree::name_of(&other)
                ),
            ));
        }
        Ok(())
    }
}

/// DefaultTolerationSeconds: pods outlive a silent node by five minutes.
pub struct DefaultTolerationSeconds;

const SECONDS: i64 = 300;

#[async_trait]
impl Plugin for DefaultTolerationSeconds {
    fn name(&self) -> &'static str {
        "DefaultTolerationSeconds"
    }

    fn scope(&self) -> Scope {
        Scope::admitting(&[("", "pods")])
    }

    async fn admit(
        &self,
        attrs: &Attributes<'_>,
        obj: &mut Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        if !attrs.is_core("pods") {
            return Ok(());
        }
        let spec = tree::obj_mut(obj, "spec");
        let add: Vec<Value> = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]
            .into_iter()
            .filter(|key| {
                !list(spec, "tolerations").iter().any(|t| {
                    (s(t, "key") == *key || s(t, "key").is_empty())
                        && matches!(s(t, "effect"), "NoExecute" | "")
                })
            })
            .map(|key| {
                json!({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": SECONDS})
            })
            .collect();
        if !add.is_empty()
            && let Some(all) = tree::vec_mut(spec, "tolerations")
        {
            all.extend(add);
        }
        Ok(())
    }
}

/// RuntimeClass: overhead, node selector and tolerations of the class.
pub struct RuntimeClass;

#[async_trait]
impl Plugin for RuntimeClass {
    fn name(&self) -> &'static str {
        "RuntimeClass"
    }

    fn scope(&self) -> Scope {
        Scope::of(&[("", "pods")])
    }

    async fn admit(
        &self,
        attrs: &Attributes<'_>,
        obj: &mut Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        if !attrs.creates_pod() {
            return Ok(());
        }
        let Some(class) = class_of(attrs, obj).await? else {
            return Ok(());
        };
        let overhead = tree::path(&class, &["overhead", "podFixed"]);
        if !overhead.is_null() {
            let given = tree::path(obj, &["spec", "overhead"]);
            if !tree::is_zero(given) && !same_quantities(given, overhead) {
                return Err(attrs.forbidden(
                    obj,
                    "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
                ));
            }
            let overhead = overhead.clone();
            set(tree::obj_mut(obj, "spec"), "overhead", overhead);
        }
        let scheduling = at(&class, "scheduling");
        if scheduling.is_null() {
            return Ok(());
        }
        for (k, v) in tree::entries(scheduling, "nodeSelector") {
            let asked = tree::path(obj, &["spec", "nodeSelector", k]);
            if !asked.is_null() && asked != v {
                return Err(attrs.forbidden(
                    obj,
                    format!(
                        "conflict: runtimeClass.scheduling.nodeSelector[{k}] = {}; pod.spec.nodeSelector[{k}] = {}",
                        v.as_str().unwrap_or(""),
                        asked.as_str().unwrap_or("")
                    ),
                ));
            }
        }
        let selector: Vec<(String, Value)> = tree::entries(scheduling, "nodeSelector")
            .map(|(k, v)| (k.to_owned(), v.clone()))
            .collect();
        let spec = tree::obj_mut(obj, "spec");
        if !selector.is_empty() {
            let all = tree::obj_mut(spec, "nodeSelector");
            for (k, v) in selector {
                set(all, k, v);
            }
        }
        let tolerations = list(scheduling, "tolerations").to_vec();
        let mut all = list(spec, "tolerations").to_vec();
        all.extend(tolerations);
        if !all.is_empty() {
            set(spec, "tolerations", Value::Array(merged(all)));
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
        if !attrs.creates_pod() {
            return Ok(());
        }
        let class = class_of(attrs, obj).await?;
        let overhead = tree::path(obj, &["spec", "overhead"]);
        match class {
            Some(class) => {
                let wanted = tree::path(&class, &["overhead", "podFixed"]);
                if !overhead.is_null() && wanted.is_null() {
                    return Err(attrs.forbidden(
                        obj,
                        "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead",
                    ));
                }
                Ok(())
            }
            None if !tree::is_zero(overhead) => Err(attrs.forbidden(
                obj,
                "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead",
            )),
            None => Ok(()),
        }
    }
}

/// Tolerations without those that another one makes needless.
fn merged(all: Vec<Value>) -> Vec<Value> {
    let mut out: Vec<Value> = Vec::with_capacity(all.len());
    for (n, t) in all.iter().enumerate() {
        let wider = |other: &Value| !tree::same(t, other) && covers(other, t);
        let needless = out.iter().any(|kept| covers(kept, t)) || all[n + 1..].iter().any(wider);
        if !needless {
            out.push(t.clone());
        }
    }
    out
}

/// Whether one toleration tolerates all that another does.
fn covers(wide: &Value, narrow: &Value) -> bool {
    if tree::same(wide, narrow) {
        return true;
    }
    let every_key = s(wide, "key").is_empty() && s(wide, "operator") == "Exists";
    let effect = s(wide, "effect");
    if (s(wide, "key") != s(narrow, "key") && !every_key)
        || !(effect.is_empty() || effect == s(narrow, "effect"))
    {
        return false;
    }
    if effect == "NoExecute"
        && let Some(most) = tree::i(wide, "tolerationSeconds")
        && tree::i(narrow, "tolerationSeconds").is_none_or(|seconds| seconds > most)
    {
        return false;
    }
    match s(wide, "operator") {
        "Equal" | "" => s(narrow, "operator") == "Equal" && s(wide, "value") == s(narrow, "value"),
        "Exists" => true,
        _ => false,
    }
}

fn same_quantities(a: &Value, b: &Value) -> bool {
    use crate::validation::numbers::quantity;
    tree::pairs(a).count() == tree::pairs(b).count()
        && tree::pairs(a).all(|(k, v)| b.get(k).is_some_and(|o| quantity(o) == quantity(v)))
}

async fn class_of(
    attrs: &Attributes<'_>,
    obj: &Value,
) -> Result<Option<std::sync::Arc<Value>>, Status> {
    let Some(name) = tree::path(obj, &["spec", "runtimeClassName"]).as_str() else {
        return Ok(None);
    };
    let objects = attrs.ctx.objects;
    if let Some(class) = objects.cached(Gr::RUNTIME_CLASSES, "", name) {
        return Ok(Some(class));
    }
    match objects.get(Gr::RUNTIME_CLASSES, "", name).await? {
        Some(class) => Ok(Some(class)),
        None => Err(attrs.forbidden(
            obj,
            format!("pod rejected: RuntimeClass {name:?} not found"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needless_tolerations_go() {
        let check = |all: &[&Value], expect: &[&Value]| {
            let all: Vec<Value> = all.iter().map(|t| (*t).clone()).collect();
            let got = merged(all.clone());
            assert_eq!(got.iter().collect::<Vec<_>>(), expect, "{all:?}");
        };
        let every = json!({"operator": "Exists"});
        let key = json!({"key": "k", "operator": "Exists"});
        let short = json!({"key": "k", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5});
        let value = json!({"key": "k", "operator": "Equal", "value": "v", "effect": "NoSchedule"});
        let bare = json!({"key": "k", "value": "v"});
        check(&[], &[]);
        check(&[&key, &every], &[&every]);
        check(&[&every, &key, &value], &[&every]);
        check(&[&value, &short], &[&value, &short]);
        check(&[&short, &value, &key], &[&key]);
        check(&[&value, &value], &[&value]);
        check(&[&bare, &value], &[&bare]);
        check(&[&value, &bare], &[&bare]);
    }
}
