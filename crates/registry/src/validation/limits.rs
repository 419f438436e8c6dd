//! Rules of LimitRanges and ResourceQuotas.

use super::pod::resources as compute;
use super::{names, numbers};
use crate::dump;
use crate::errors::{Errs, IMMUTABLE};
use crate::path::Path;
use crate::tree::{self, at, list, s};
use skeg_meta::Quantity;
use skeg_schema::Value;
use std::collections::HashSet;

/// A LimitRange.
pub fn limit_range(obj: &Value, errs: &mut Errs) {
    let mut types = HashSet::new();
    let spec = Path::root("spec");
    let limits = spec.child("limits");
    for (n, l) in list(at(obj, "spec"), "limits").iter().enumerate() {
        limit_item(l, &mut types, &limits.index(n), errs);
    }
}

fn limit_item<'a>(l: &'a Value, types: &mut HashSet<&'a str>, path: &Path<'_>, errs: &mut Errs) {
    let kind = s(l, "type");
    let wrong = names::qualified_name(kind);
    if !wrong.is_empty() {
        errs.invalid_all(&path.child("type"), kind, wrong);
    } else if !kind.contains('/') && !matches!(kind, "Pod" | "Container" | "PersistentVolumeClaim")
    {
        errs.invalid(
            &path.child("type"),
            kind,
            "must be a standard limit type or fully qualified",
        );
    }
    if !types.insert(kind) {
        errs.duplicate(&path.child("type"), kind);
    }
    let name_rule = |name: &str, path: &Path<'_>, errs: &mut Errs| {
        if matches!(kind, "Pod" | "Container") {
            compute::container_resource_name(name, path, errs);
        } else {
            compute::resource_name(name, path, errs);
        }
    };
    let mut keys: Vec<&str> = Vec::new();
    let collect = |part: &str, errs: &mut Errs, keys: &mut Vec<_>| {
        for (name, _) in tree::sorted_pairs(at(l, part)) {
            name_rule(name, &path.child(part).key(name), errs);
            if !keys.contains(&name) {
                keys.push(name);
            }
        }
    };
    let mut collected = Vec::new();
    collect("max", errs, &mut collected);
    collect("min", errs, &mut collected);
    if kind == "Pod" {
        for part in ["default", "defaultRequest"] {
            if !tree::is_zero(at(l, part)) {
                errs.forbidden(
                    &path.child(part),
                    "may not be specified when `type` is 'Pod'",
                );
            }
        }
    } else {
        collect("default", errs, &mut collected);
        collect("defaultRequest", errs, &mut collected);
    }
    if kind == "PersistentVolumeClaim" {
        let storage = |part: &str| at(l, part).get("storage").is_some();
        if !storage("min") && !storage("max") {
            errs.required(
                &path.child("limits"),
                "either minimum or maximum storage value is required, but neither was provided",
            );
        }
    }
    collect("maxLimitRequestRatio", errs, &mut collected);
    keys.extend(collected);
    for k in keys {
        limit_values(l, kind, k, path, errs);
    }
}

fn limit_values(l: &Value, kind: &str, k: &str, path: &Path<'_>, errs: &mut Errs) {
    let q = |part: &str| at(l, part).get(k).map(numbers::quantity);
    let (min, max, default, request, ratio) = (
        q("min"),
        q("max"),
        if kind == "Pod" { None } else { q("default") },
        if kind == "Pod" {
            None
        } else {
            q("defaultRequest")
        },
        q("maxLimitRequestRatio"),
    );
    let above = |a: &Option<Quantity>, b: &Option<Quantity>| match (a, b) {
        (Some(a), Some(b)) if a > b => Some((a.to_string(), b.to_string())),
        _ => None,
    };
    if let Some((a, b)) = above(&min, &max) {
        errs.invalid(
            &path.child("min").key(k),
            a.clone(),
            format!("min value {a} is greater than max value {b}"),
        );
    }
    if let Some((a, b)) = above(&min, &request) {
        errs.invalid(
            &path.child("defaultRequest").key(k),
            b.clone(),
            format!("min value {a} is greater than default request value {b}"),
        );
    }
    if let Some((a, b)) = above(&request, &max) {
        errs.invalid(
            &path.child("defaultRequest").key(k),
            a.clone(),
            format!("default request value {a} is greater than max value {b}"),
        );
    }
    if let Some((a, b)) = above(&request, &default) {
        errs.invalid(
            &path.child("defaultRequest").key(k),
            a.clone(),
            format!("default request value {a} is greater than default limit value {b}"),
        );
    }
    if let Some((a, b)) = above(&min, &default) {
        errs.invalid(
            &path.child("default").key(k),
            a.clone(),
            format!("min value {a} is greater than default value {b}"),
        );
    }
    if let Some((a, b)) = above(&default, &max) {
        errs.invalid(
            &path.child("default").key(k),
            b.clone(),
            format!("default value {a} is greater than max value {b}"),
        );
    }
    if let Some(r) = &ratio {
        let at_path = path.child("maxLimitRequestRatio");
        if *r < Quantity::new(1, Default::default()) {
            errs.invalid(
                &at_path.key(k),
                r.to_string(),
                format!("ratio {r} is less than 1"),
            );
        }
        if let (Some(min), Some(max)) = (&min, &max)
            && min.as_f64() != 0.0
        {
            let allowed = max.as_f64() / min.as_f64();
            if r.as_f64() > allowed {
                errs.invalid(
                    &at_path.key(k),
                    r.to_string(),
                    format!("ratio {r} is greater than max/min = {allowed:.6}"),
                );
            }
        }
    }
    // Resources that cannot be promised twice have equal default and request.
    if !compute::overcommit(k)
        && let (Some(a), Some(b)) = (&default, &request)
        && a != b
    {
        errs.invalid(
            &path.child("defaultRequest").key(k),
            b.to_string(),
            format!("default value {a} must equal to defaultRequest value {b} in {k}"),
        );
    }
}

const QUOTA_SCOPES: &[&str] = &[
    "Terminating",
    "NotTerminating",
    "BestEffort",
    "NotBestEffort",
    "PriorityClass",
    "CrossNamespacePodAffinity",
    "VolumeAttributesClass",
];

/// Resources that quotas know by a plain name.
fn standard_quota(name: &str) -> bool {
    const STANDARD_QUOTA: &[&str] = &[
        "cpu",
        "memory",
        "ephemeral-storage",
        "requests.cpu",
        "requests.memory",
        "requests.storage",
        "requests.ephemeral-storage",
        "limits.cpu",
        "limits.memory",
        "limits.ephemeral-storage",
        "persistentvolumeclaims",
        "pods",
        "services",
        "replicationcontrollers",
        "resourcequotas",
        "secrets",
        "configmaps",
        "services.nodeports",
        "services.loadbalancers",
    ];
    STANDARD_QUOTA.contains(&name)
        || name.starts_with("hugepages-")
        || name.starts_with("requests.hugepages-")
}

fn quota_name(name: &str, path: &Path<'_>, errs: &mut Errs) {
    compute::resource_name(name, path, errs);
    if !name.contains('/') && !standard_quota(name) {
        errs.invalid(path, name, "must be a standard resource for quota");
    }
}

/// A ResourceQuota.
pub fn quota(obj: &Value, errs: &mut Errs) {
    quota_spec(at(obj, "spec"), errs);
}

fn quota_list(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    for (name, q) in tree::sorted_pairs(v) {
        let at_path = path.key(name);
        quota_name(name, &at_path, errs);
        compute::amount(name, q, &at_path, errs);
    }
}

fn quota_spec(spec: &Value, errs: &mut Errs) {
    let path = Path::root("spec");
    let hard = path.child("hard");
    quota_list(at(spec, "hard"), &hard, errs);
    scopes(spec, &path, errs);
    scope_selector(spec, &path, errs);
}

/// Whether a scope can be asked for with a resource; scopes and resources that
/// Kubernetes does not know go with everything.
fn scope_allows(scope: &str, resource: &str) -> bool {
    if !standard_quota(resource) {
        return true;
    }
    let compute = matches!(
        resource,
        "cpu" | "memory" | "requests.cpu" | "requests.memory" | "limits.cpu" | "limits.memory"
    );
    match scope {
        "BestEffort" => resource == "pods",
        "Terminating"
        | "NotTerminating"
        | "NotBestEffort"
        | "PriorityClass"
        | "CrossNamespacePodAffinity" => resource == "pods" || compute,
        "VolumeAttributesClass" => {
            matches!(resource, "persistentvolumeclaims" | "requests.storage")
        }
        _ => true,
    }
}

fn scopes(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let all = list(spec, "scopes");
    if all.is_empty() {
        return;
    }
    let path = path.child("scopes");
    let whole = || Value::Array(all.to_vec());
    for scope in all.iter().filter_map(Value::as_str) {
        if !QUOTA_SCOPES.contains(&scope) {
            errs.invalid(&path, whole(), "unsupported scope");
        }
        for (name, _) in tree::sorted_pairs(at(spec, "hard")) {
            if !scope_allows(scope, name) {
                errs.invalid(&path, whole(), "unsupported scope applied to resource");
            }
        }
    }
    let has = |name: &str| all.iter().any(|v| v.as_str() == Some(name));
    for (a, b) in CONFLICTING {
        if has(a) && has(b) {
            errs.invalid(&path, whole(), "conflicting scopes");
        }
    }
}

fn scope_selector(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let selector = at(spec, "scopeSelector");
    if selector.is_null() {
        return;
    }
    let path = path.child("scopeSelector");
    let path = path.child("matchExpressions");
    for e in list(selector, "matchExpressions") {
        let (scope, operator, values) = (s(e, "scopeName"), s(e, "operator"), list(e, "values"));
        if !QUOTA_SCOPES.contains(&scope) {
            errs.invalid(&path.child("scopeName"), scope, "unsupported scope");
        }
        for (name, _) in tree::sorted_pairs(at(spec, "hard")) {
            if !scope_allows(scope, name) {
                errs.invalid(
                    &path,
                    dump::go(selector, "core/v1.ScopeSelector"),
                    "unsupported scope applied to resource",
                );
            }
        }
        match scope {
            "BestEffort"
            | "NotBestEffort"
            | "Terminating"
            | "NotTerminating"
            | "CrossNamespacePodAffinity"
                if operator != "Exists" =>
            {
                errs.invalid(
                    &path.child("operator"),
                    operator,
                    "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
                );
            }
            _ => {}
        }
        match operator {
            "In" | "NotIn" => {
                if values.is_empty() {
                    errs.required(
                        &path.child("values"),
                        "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
                    );
                }
            }
            "Exists" | "DoesNotExist" => {
                if !values.is_empty() {
                    errs.invalid(
                        &path.child("values"),
                        Value::Array(values.to_vec()),
                        "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
                    );
                }
            }
            other => errs.invalid(
                &path.child("operator"),
                other,
                "not a valid selector operator",
            ),
        }
    }
    let has = |name: &str| {
        list(selector, "matchExpressions")
            .iter()
            .any(|e| s(e, "scopeName") == name)
    };
    for (a, b) in CONFLICTING {
        if has(a) && has(b) {
            // Upstream shows the other list of scopes.
            errs.invalid(&path, at(spec, "scopes").clone(), "conflicting scopes");
        }
    }
}

/// Scopes that no pod has both of.
const CONFLICTING: [(&str, &str); 2] = [
    ("BestEffort", "NotBestEffort"),
    ("Terminating", "NotTerminating"),
];

/// A changed ResourceQuota keeps its scopes.
pub fn quota_update(new: &Value, old: &Value, errs: &mut Errs) {
    quota(new, errs);
    let set = |v: &Value| {
        let mut out: Vec<String> = list(at(v, "spec"), "scopes")
            .iter()
            .map(Value::to_string)
            .collect();
        out.sort();
        out.dedup();
        out
    };
    if set(new) != set(old) {
        errs.invalid(
            &Path::root("spec").child("scopes"),
            at(at(new, "spec"), "scopes").clone(),
            IMMUTABLE,
        );
    }
}

/// A ResourceQuota's changed status.
pub fn quota_status(new: &Value, errs: &mut Errs) {
    let path = Path::root("status");
    for part in ["hard", "used"] {
        quota_list(tree::path(new, &["status", part]), &path.child(part), errs);
    }
}
