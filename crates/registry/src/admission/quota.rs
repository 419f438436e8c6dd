//! ResourceQuota: what a namespace may use altogether.

mod usage;

use super::{Attributes, LimitedResource, Operation, Plugin, Scope, Warnings};
use crate::objects::Gr;
use crate::tree::{self, at, list, s, set};
use crate::validation::numbers::quantity;
use crate::validation::pod::resources as compute;
use async_trait::async_trait;
use skeg_meta::{Quantity, Status};
use skeg_schema::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use usage::{speaks_of, usage};

/// The plugin.
#[derive(Default)]
pub struct ResourceQuota {
    /// What nobody uses without a quota that covers it.
    pub limited: Vec<LimitedResource>,
}

type Amounts = BTreeMap<String, Quantity>;

/// What a pod requests as a whole, by its spec.
pub(super) fn pod_requests(spec: &Value) -> BTreeMap<String, Quantity> {
    usage::whole(spec, "requests")
}

/// Someone else may charge the same quota meanwhile.
const TRIES: usize = 8;

#[async_trait]
impl Plugin for ResourceQuota {
    fn name(&self) -> &'static str {
        "ResourceQuota"
    }

    fn scope(&self) -> Scope {
        Scope::validating(&[])
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let creates = attrs.operation == Operation::Create && attrs.ctx.subresource.is_empty();
        let core = attrs.desc.group.is_empty();
        let grows = attrs.operation == Operation::Update
            && core
            && match attrs.desc.resource {
                "services" | "persistentvolumeclaims" => attrs.ctx.subresource.is_empty(),
                "pods" => attrs.ctx.subresource == "resize",
                _ => false,
            };
        // Nobody counts events.
        if !(creates || grows) || !attrs.desc.namespaced || attrs.desc.resource == "events" {
            return Ok(());
        }
        let quotas = attrs
            .ctx
            .objects
            .cached_list(Gr::RESOURCE_QUOTAS, Some(attrs.namespace()));
        let limits = |limited: &&LimitedResource| {
            limited.group == attrs.desc.group && limited.resource == attrs.desc.resource
        };
        let limited: Vec<&LimitedResource> = self.limited.iter().filter(limits).collect();
        if quotas.is_empty() && limited.is_empty() {
            return Ok(());
        }
        let mut names: Vec<String> = quotas.iter().map(|q| tree::name_of(q).to_owned()).collect();
        names.sort();
        let mut known: Vec<&Arc<Value>> = quotas.iter().collect();
        known.sort_by_key(|quota| tree::name_of(quota));
        // What a quota asks of an object counts, however much there is left.
        for quota in known.into_iter().filter(|quota| scoped(quota, attrs, obj)) {
            is_told(attrs, obj, quota)?;
        }
        let mut delta = usage(attrs, obj);
        if let Some(old) = old {
            for (k, v) in usage(attrs, old) {
                let left = delta.entry(k).or_default();
                *left -= v;
            }
        }
        delta.retain(|_, v| *v > Quantity::ZERO);
        if delta.is_empty() {
            return Ok(());
        }
        covered(attrs, obj, &limited, &quotas, &delta)?;
        charge(attrs, obj, names, &delta).await
    }
}

/// Refuses what must have a quota and has none.
fn covered(
    attrs: &Attributes<'_>,
    obj: &Value,
    limited: &[&LimitedResource],
    quotas: &[Arc<Value>],
    delta: &Amounts,
) -> Result<(), Status> {
    let matching: Vec<&Arc<Value>> = quotas
        .iter()
        .filter(|quota| scoped(quota, attrs, obj))
        .collect();
    let is_limited = |name: &String| {
        let mut parts = limited.iter().flat_map(|limited| &limited.contains);
        parts.any(|part| name.contains(part))
    };
    let uncovered: Vec<&str> = delta
        .keys()
        .filter(|name| is_limited(name))
        .filter(|name| {
            let mut hard = matching
                .iter()
                .map(|quota| tree::path(quota, &["status", "hard"]).get(name));
            !hard.any(|held| held.is_some())
        })
        .map(String::as_str)
        .collect();
    if !uncovered.is_empty() {
        return Err(attrs.forbidden(
            obj,
            format!("insufficient quota to consume: {}", uncovered.join(",")),
        ));
    }
    let scopes: Vec<String> = limited
        .iter()
        .flat_map(|limited| &limited.scopes)
        .filter(|scope| {
            let quota =
                json!({"spec": {"scopeSelector": {"matchExpressions": [(*scope).clone()]}}});
            scoped(&quota, attrs, obj)
        })
        .filter(|scope| {
            let selects = |quota: &Arc<Value>| {
                let spec = at(quota, "spec");
                let plain = json!({"operator": "Exists", "scopeName": s(scope, "scopeName")});
                list(at(spec, "scopeSelector"), "matchExpressions")
                    .iter()
                    .any(|held| tree::same(held, scope))
                    || (tree::same(&plain, scope)
                        && list(spec, "scopes").contains(&scope["scopeName"]))
            };
            !quotas.iter().any(selects)
        })
        .map(|scope| {
            let values: Vec<&str> = list(scope, "values")
                .iter()
                .filter_map(Value::as_str)
                .collect();
            format!(
                "{{{} {} [{}]}}",
                s(scope, "scopeName"),
                s(scope, "operator"),
                values.join(" ")
            )
        })
        .collect();
    if !scopes.is_empty() {
        // Not a refusal upstream, but a plain failure.
        return Err(Status::plain_error(format!(
            "insufficient quota to match these scopes: [{}]",
            scopes.join(" ")
        )));
    }
    Ok(())
}

fn scoped(quota: &Value, attrs: &Attributes<'_>, obj: &Value) -> bool {
    let spec = at(quota, "spec");
    let matches = |scope: &str, operator: &str, values: &[Value]| -> bool {
        if !attrs.desc.group.is_empty() {
            return false;
        }
        if scope == "VolumeAttributesClass" {
            return attrs.desc.resource == "persistentvolumeclaims"
                && attributes_class_matches(obj, operator, values);
        }
        if attrs.desc.resource != "pods" {
            return false;
        }
        let pod_spec = at(obj, "spec");
        let terminating = tree::i(pod_spec, "activeDeadlineSeconds").is_some_and(|d| d >= 0);
        let best_effort = compute::qos_class(pod_spec) == "BestEffort";
        match scope {
            "Terminating" => terminating,
            "NotTerminating" => !terminating,
            "CrossNamespacePodAffinity" => crosses_namespaces(pod_spec),
            "BestEffort" => best_effort,
            "NotBestEffort" => !best_effort,
            "PriorityClass" => {
                let class = s(pod_spec, "priorityClassName");
                let among = values.iter().any(|v| v.as_str() == Some(class));
                match operator {
                    "In" => among,
                    "NotIn" => !among,
                    "DoesNotExist" => class.is_empty(),
                    _ => !class.is_empty(),
                }
            }
            _ => false,
        }
    };
    list(spec, "scopes")
        .iter()
        .filter_map(Value::as_str)
        .all(|scope| matches(scope, "Exists", &[]))
        && list(at(spec, "scopeSelector"), "matchExpressions")
            .iter()
            .all(|e| matches(s(e, "scopeName"), s(e, "operator"), list(e, "values")))
}

/// Whether one of the classes that a claim has, or is to get, is meant.
fn attributes_class_matches(claim: &Value, operator: &str, values: &[Value]) -> bool {
    let names: Vec<&str> = [
        &["spec", "volumeAttributesClassName"][..],
        &["status", "currentVolumeAttributesClassName"],
        &[
            "status",
            "modifyVolumeStatus",
            "targetVolumeAttributesClassName",
        ],
    ]
    .iter()
    .map(|path| tree::sp(claim, path))
    .filter(|name| !name.is_empty())
    .collect();
    let among = |name: &&str| values.iter().any(|v| v.as_str() == Some(*name));
    match operator {
        "In" => names.iter().any(among),
        "NotIn" => names.is_empty() || names.iter().any(|name| !among(name)),
        "DoesNotExist" => names.is_empty(),
        _ => !names.is_empty(),
    }
}

/// Whether a pod's affinity looks at pods of other namespaces.
fn crosses_namespaces(pod_spec: &Value) -> bool {
    let affinity = at(pod_spec, "affinity");
    ["podAffinity", "podAntiAffinity"].iter().any(|side| {
        let side = at(affinity, side);
        list(side, "requiredDuringSchedulingIgnoredDuringExecution")
            .iter()
            .chain(
                list(side, "preferredDuringSchedulingIgnoredDuringExecution")
                    .iter()
                    .map(|term| at(term, "podAffinityTerm")),
            )
            .any(|term| {
                !list(term, "namespaces").is_empty() || tree::has(term, "namespaceSelector")
            })
    })
}

fn text(all: &Amounts) -> String {
    all.iter()
        .map(|(k, v)| format!("{k}={v}"))
        .collect::<Vec<_>>()
        .join(",")
}

/// Charges the quotas, once all of them have agreed.
async fn charge(
    attrs: &Attributes<'_>,
    obj: &Value,
    mut names: Vec<String>,
    delta: &Amounts,
) -> Result<(), Status> {
    let objects = attrs.ctx.objects;
    for _ in 0..TRIES {
        let mut charged = Vec::new();
        for name in &names {
            if let Some(next) = judged(attrs, obj, name, delta).await? {
                charged.push((name.clone(), next));
            }
        }
        names.clear();
        if attrs.ctx.dry_run {
            return Ok(());
        }
        for (name, next) in charged {
            let written = objects.update(Gr::RESOURCE_QUOTAS, attrs.namespace(), "status", next);
            match written.await {
                Ok(_) => {}
                Err(e) if e.code == 409 => names.push(name),
                Err(e) => return Err(e),
            }
        }
        if names.is_empty() {
            return Ok(());
        }
    }
    Err(Status::conflict(
        &skeg_meta::GroupResource::new("", "resourcequotas"),
        names.first().map_or("", String::as_str),
        "the object has been modified; please apply your changes to the latest version and try again",
    ))
}

fn amounts(quota: &Value, field: &str) -> Amounts {
    tree::entries(at(quota, "status"), field)
        .map(|(k, v)| (k.to_owned(), quantity(v)))
        .collect()
}

/// Refuses what does not say what a quota restricts, and all that a quota
/// restricts of which it is not known how much is used.
fn is_told(attrs: &Attributes<'_>, obj: &Value, quota: &Value) -> Result<(), Status> {
    let name = tree::name_of(quota);
    let (hard, used) = (amounts(quota, "hard"), amounts(quota, "used"));
    if attrs.desc.resource == "pods" && attrs.desc.group.is_empty() {
        let missing = unsaid(at(obj, "spec"), &hard);
        if !missing.is_empty() {
            return Err(attrs.forbidden(
                obj,
                format!("failed quota: {name}: must specify {}", missing.join("; ")),
            ));
        }
    }
    let concerned: Vec<&str> = hard
        .keys()
        .map(String::as_str)
        .filter(|key| speaks_of(key, attrs.desc.group, attrs.desc.resource))
        .collect();
    if concerned.iter().all(|key| used.contains_key(*key)) {
        return Ok(());
    }
    let concerned = concerned.join(",");
    Err(attrs.forbidden(
        obj,
        format!("status unknown for quota: {name}, resources: {concerned}"),
    ))
}

/// The quota with the object's usage added; `None` if it is none of its business.
async fn judged(
    attrs: &Attributes<'_>,
    obj: &Value,
    name: &str,
    delta: &Amounts,
) -> Result<Option<Value>, Status> {
    let objects = attrs.ctx.objects;
    let quota = objects.get(Gr::RESOURCE_QUOTAS, attrs.namespace(), name);
    let Some(quota) = quota.await?.filter(|quota| scoped(quota, attrs, obj)) else {
        return Ok(None);
    };
    is_told(attrs, obj, &quota)?;
    let (hard, used) = (amounts(&quota, "hard"), amounts(&quota, "used"));
    let wanted: Amounts = delta
        .iter()
        .filter(|(k, _)| hard.contains_key(*k) && used.contains_key(*k))
        .map(|(k, v)| (k.clone(), *v))
        .collect();
    if wanted.is_empty() {
        return Ok(None);
    }
    let over: Vec<&String> = wanted
        .iter()
        .filter(|(k, v)| used[*k] + **v > hard[*k])
        .map(|(k, _)| k)
        .collect();
    if !over.is_empty() {
        let pick =
            |all: &Amounts| -> Amounts { over.iter().map(|k| ((*k).clone(), all[*k])).collect() };
        return Err(attrs.forbidden(
            obj,
            format!(
                "exceeded quota: {name}, requested: {}, used: {}, limited: {}",
                text(&pick(&wanted)),
                text(&pick(&used)),
                text(&pick(&hard))
            ),
        ));
    }
    let mut next = (*quota).clone();
    let all = tree::obj_mut(tree::obj_mut(&mut next, "status"), "used");
    for (k, v) in &wanted {
        set(all, k.clone(), (used[k] + *v).to_string());
    }
    Ok(Some(next))
}

// "limits.cpu for: c; requests.memory for: c,d"
fn unsaid(spec: &Value, hard: &Amounts) -> Vec<String> {
    let mut out: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for key in hard.keys() {
        let (part, resource) = match key.as_str() {
            "cpu" | "memory" => ("requests", key.as_str()),
            other => match other.split_once('.') {
                Some((part @ ("requests" | "limits"), r @ ("cpu" | "memory"))) => (part, r),
                _ => continue,
            },
        };
        if tree::path(spec, &["resources", part])
            .get(resource)
            .is_some()
        {
            continue;
        }
        for c in list(spec, "containers")
            .iter()
            .chain(list(spec, "initContainers"))
        {
            if tree::path(c, &["resources", part]).get(resource).is_none() {
                out.entry(key.clone()).or_default().push(s(c, "name"));
            }
        }
    }
    out.into_iter()
        .map(|(k, mut names)| {
            names.sort_unstable();
            names.dedup();
            format!("{k} for: {}", names.join(","))
        })
        .collect()
}
