//! Rules of the small core kinds.

use super::pod::resources as compute;
use super::{names, numbers};
use crate::dump;
use crate::errors::{Errs, IMMUTABLE};
use crate::path::Path;
use crate::tree::{self, at, has, list, s, same};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use skeg_meta::Quantity;
use skeg_schema::Value;
use std::collections::HashSet;

/// ConfigMaps and Secrets hold at most a mebibyte.
const DATA_MAX: usize = 1024 * 1024;

fn size(v: &Value) -> usize {
    v.as_str().map_or(0, |t| t.len() / 4 * 3)
}

/// A ConfigMap.
pub fn config_map(obj: &Value, errs: &mut Errs) {
    let mut total = 0;
    for (k, v) in tree::sorted_pairs(at(obj, "data")) {
        let path = Path::root("data");
        let path = path.key(k);
        errs.invalid_all(&path, k, names::config_key(k));
        if at(obj, "binaryData").get(k).is_some() {
            errs.invalid(&path, k, "duplicate of key present in binaryData");
        }
        total += v.as_str().map_or(0, str::len);
    }
    for (k, v) in tree::sorted_pairs(at(obj, "binaryData")) {
        let path = Path::root("binaryData");
        errs.invalid_all(&path.key(k), k, names::config_key(k));
        total += size(v);
    }
    if total > DATA_MAX {
        errs.too_long(&Path::NIL.key(""), DATA_MAX);
    }
}

/// A changed ConfigMap may be immutable.
pub fn config_map_update(new: &Value, old: &Value, errs: &mut Errs) {
    frozen(new, old, &["data", "binaryData"], errs);
    config_map(new, errs);
}

fn frozen(new: &Value, old: &Value, fields: &[&str], errs: &mut Errs) {
    const WORDS: &str = "field is immutable when `immutable` is set";
    if !tree::b(old, "immutable") {
        return;
    }
    if !tree::b(new, "immutable") {
        errs.forbidden(&Path::root("immutable"), WORDS);
    }
    for f in fields {
        if !same(at(new, f), at(old, f)) {
            errs.forbidden(&Path::root(f), WORDS);
        }
    }
}

/// A Secret.
pub fn secret(obj: &Value, errs: &mut Errs) {
    let data = at(obj, "data");
    let path = Path::root("data");
    let mut total = 0;
    for (k, v) in tree::sorted_pairs(data) {
        errs.invalid_all(&path.key(k), k, names::config_key(k));
        total += size(v);
    }
    if total > DATA_MAX {
        errs.too_long(&path, DATA_MAX);
    }
    let need = |key: &str, errs: &mut Errs| {
        if data.get(key).is_none() {
            errs.required(&path.key(key), "");
        }
    };
    match s(obj, "type") {
        "kubernetes.io/service-account-token" => {
            let key = "kubernetes.io/service-account.name";
            if tree::annotation(obj, key).is_none_or(str::is_empty) {
                errs.required(&Path::root("metadata").child("annotations").key(key), "");
            }
        }
        "kubernetes.io/dockercfg" => docker(data, ".dockercfg", &path, errs),
        "kubernetes.io/dockerconfigjson" => docker(data, ".dockerconfigjson", &path, errs),
        "kubernetes.io/basic-auth" => {
            let none = ["username", "password"].iter().all(|k| data.get(k).is_none());
            if none {
                need("username", errs);
                need("password", errs);
            }
        }
        "kubernetes.io/ssh-auth" => {
            if tree::is_zero(data.get("ssh-privatekey").unwrap_or(&Value::Null)) {
                errs.required(&path.key("ssh-privatekey"), "");
            }
        }
        "kubernetes.io/tls" => {
            need("tls.crt", errs);
            need("tls.key", errs);
        }
        _ => {}
    }
}

fn docker(data: &Value, key: &str, path: &Path<'_>, errs: &mut Errs) {
    let path = path.key(key);
    let Some(text) = data.get(key).and_then(Value::as_str) else {
        errs.required(&path, "");
        return;
    };
    let bytes = STANDARD.decode(text).unwrap_or_default();
    if let Err(words) = crate::gojson::check_object(&bytes) {
        errs.invalid(&path, "<secret contents redacted>", words);
    }
}

/// A changed Secret keeps its type.
pub fn secret_update(new: &Value, old: &Value, errs: &mut Errs) {
    errs.immutable(&Path::root("type"), at(new, "type"), at(old, "type"));
    frozen(new, old, &["data"], errs);
    secret(new, errs);
}

/// A Namespace's changed status.
pub fn namespace_status(new: &Value, _old: &Value, errs: &mut Errs) {
    let phase = tree::sp(new, &["status", "phase"]);
    let path = Path::root("status").child("Phase").to_string();
    let path = Path::root(&path);
    if tree::is_deleting(new) {
        if phase != "Terminating" {
            errs.invalid(&path, phase, "may only be 'Terminating' if `deletionTimestamp` is not empty");
        }
    } else if phase != "Active" {
        errs.invalid(&path, phase, "may only be 'Active' if `deletionTimestamp` is empty");
    }
}

/// A Namespace's finalizers.
pub fn namespace_finalizers(obj: &Value, errs: &mut Errs) {
    let path = Path::root("spec");
    for f in list(at(obj, "spec"), "finalizers").iter().filter_map(Value::as_str) {
        errs.invalid_all(&path.child("finalizers"), f, names::qualified_name(f));
        if !f.contains('/') && !matches!(f, "kubernetes" | "orphan" | "foregroundDeletion") {
            errs.invalid(
                &path.child("finalizers"),
                f,
                "name is neither a standard finalizer name nor is it fully qualified",
            );
        }
    }
}

/// A Node.
pub fn node(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    const AVOID: &str = "scheduler.alpha.kubernetes.io/preferAvoidPods";
    // Upstream hangs these on the metadata.
    let meta = Path::root("metadata");
    if let Some(text) = tree::annotation(obj, AVOID)
        && !text.is_empty()
        && let Err(words) = crate::gojson::check_object(text.as_bytes())
    {
        errs.invalid(&meta.child("annotations").child("AvoidPods"), AVOID, words);
    }
    taints(list(spec, "taints"), &meta.child("taints"), errs);
    node_capacity(obj, errs);
    let cidrs = list(spec, "podCIDRs");
    let c_path = path.child("podCIDRs");
    for (n, c) in cidrs.iter().filter_map(Value::as_str).enumerate() {
        errs.invalid_all(&c_path.index(n), c, names::cidr(c, false));
    }
    let families: Vec<bool> = cidrs
        .iter()
        .filter_map(|c| names::parse_cidr(c.as_str()?))
        .map(|(ip, _)| ip.is_ipv6())
        .collect();
    let mixed = families.len() == 2 && families[0] != families[1];
    if cidrs.len() > 1 && families.len() == cidrs.len() && !mixed {
        errs.invalid(
            &c_path,
            Value::Array(cidrs.to_vec()),
            "may specify no more than one CIDR for each IP family",
        );
    }
}

fn taints(all: &[Value], path: &Path<'_>, errs: &mut Errs) {
    let mut seen = HashSet::new();
    for (n, t) in all.iter().enumerate() {
        let at_path = path.index(n);
        let (key, value, effect) = (s(t, "key"), s(t, "value"), s(t, "effect"));
        errs.invalid_all(&at_path.child("key"), key, names::qualified_name(key));
        if !value.is_empty() {
            errs.invalid_all(&at_path.child("value"), value, names::label_value(value));
        }
        match effect {
            "" => errs.required(&at_path.child("effect"), ""),
            other => errs.one_of(
                &at_path.child("effect"),
                other,
                &["NoSchedule", "PreferNoSchedule", "NoExecute"],
            ),
        }
        if !seen.insert((key, effect)) {
            errs.duplicate(&at_path, dump::go(t, "core/v1.Taint"));
            if let Some(last) = errs.last_mut() {
                last.detail = "taints must be unique by key and effect pair".into();
            }
        }
    }
}

/// The resources a node has; amounts must be possible.
pub fn node_capacity(obj: &Value, errs: &mut Errs) {
    for part in ["capacity", "allocatable"] {
        let path = Path::root("status");
        let path = path.child(part);
        for (name, v) in tree::sorted_pairs(tree::path(obj, &["status", part])) {
            compute::amount(name, v, &path.child(name), errs);
        }
    }
}

/// A changed Node.
pub fn node_update(new: &Value, old: &Value, errs: &mut Errs) {
    let (n, o) = (at(new, "spec"), at(old, "spec"));
    let path = Path::root("spec");
    node_addresses(new, errs);
    node(new, errs);
    let (now, before) = (list(n, "podCIDRs"), list(o, "podCIDRs"));
    if !before.is_empty() && now != before {
        errs.forbidden(
            &path.child("podCIDRs"),
            "node updates may not change podCIDR except from \"\" to valid",
        );
    }
    let (id, old_id) = (s(n, "providerID"), s(o, "providerID"));
    if !old_id.is_empty() && id != old_id {
        errs.forbidden(
            &path.child("providerID"),
            "node updates may not change providerID except from \"\" to valid",
        );
    }
}

fn node_addresses(obj: &Value, errs: &mut Errs) {
    let mut seen = HashSet::new();
    for (n, a) in list(at(obj, "status"), "addresses").iter().enumerate() {
        if !seen.insert((s(a, "type"), s(a, "address"))) {
            errs.duplicate(
                &Path::root("status").child("addresses").index(n),
                dump::go(a, "core/v1.NodeAddress"),
            );
        }
    }
}

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
    } else if !kind.contains('/') && !matches!(kind, "Pod" | "Container" | "PersistentVolumeClaim") {
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
                errs.forbidden(&path.child(part), "may not be specified when `type` is 'Pod'");
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
        if kind == "Pod" { None } else { q("defaultRequest") },
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
    let countable = k.contains('/') && !k.contains("kubernetes.io/") || k.starts_with("hugepages-");
    if countable && let (Some(a), Some(b)) = (&default, &request)
        && a != b
    {
        errs.invalid(
            &path.child("defaultRequest").key(k),
            b.to_string(),
            format!("default value {a} must equal to defaultRequest value {b} in non-overcommit resources"),
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

fn quota_name(name: &str, path: &Path<'_>, errs: &mut Errs) {
    compute::resource_name(name, path, errs);
    if !name.contains('/') {
        const STANDARD_QUOTA: &[&str] = &[
            "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory",
            "requests.storage", "requests.ephemeral-storage", "limits.cpu", "limits.memory",
            "limits.ephemeral-storage", "persistentvolumeclaims", "pods", "services",
            "replicationcontrollers", "resourcequotas", "secrets", "configmaps",
            "services.nodeports", "services.loadbalancers",
        ];
        let fine = STANDARD_QUOTA.contains(&name)
            || name.starts_with("hugepages-")
            || name.starts_with("requests.hugepages-");
        if !fine {
            errs.invalid(path, name, "must be a standard resource for quota");
        }
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

fn scope_allows(scope: &str, resource: &str) -> bool {
    let pod = matches!(
        resource,
        "pods" | "cpu" | "memory" | "requests.cpu" | "requests.memory" | "limits.cpu" | "limits.memory"
    );
    match scope {
        "BestEffort" => resource == "pods",
        "VolumeAttributesClass" => {
            resource == "persistentvolumeclaims" || resource == "requests.storage"
        }
        _ => pod || resource.contains('/') || resource.contains("ephemeral-storage"),
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
            if QUOTA_SCOPES.contains(&scope) && !scope_allows(scope, name) {
                errs.invalid(&path, whole(), "unsupported scope applied to resource");
            }
        }
    }
    let has = |name: &str| all.iter().any(|v| v.as_str() == Some(name));
    for (a, b) in [("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")] {
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
            if QUOTA_SCOPES.contains(&scope) && !scope_allows(scope, name) {
                errs.invalid(
                    &path,
                    dump::go(selector, "core/v1.ScopeSelector"),
                    "unsupported scope applied to resource",
                );
            }
        }
        match scope {
            "BestEffort" | "NotBestEffort" | "Terminating" | "NotTerminating"
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
            other => errs.invalid(&path.child("operator"), other, "not a valid selector operator"),
        }
    }
}

/// A changed ResourceQuota keeps its scopes.
pub fn quota_update(new: &Value, old: &Value, errs: &mut Errs) {
    quota(new, errs);
    let set = |v: &Value| {
        let mut out: Vec<String> = list(at(v, "spec"), "scopes").iter().map(Value::to_string).collect();
        out.sort();
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

/// Endpoints.
pub fn endpoints(obj: &Value, errs: &mut Errs) {
    let path = Path::root("subsets");
    for (n, subset) in list(obj, "subsets").iter().enumerate() {
        let at_path = path.index(n);
        let (ready, waiting) = (list(subset, "addresses"), list(subset, "notReadyAddresses"));
        if ready.is_empty() && waiting.is_empty() {
            errs.required(&at_path, "must specify `addresses` or `notReadyAddresses`");
        }
        for (field, all) in [("addresses", ready), ("notReadyAddresses", waiting)] {
            for (m, a) in all.iter().enumerate() {
                endpoint_address(a, &at_path.child(field).index(m), errs);
            }
        }
        let ports = list(subset, "ports");
        for (m, p) in ports.iter().enumerate() {
            endpoint_port(p, ports.len() > 1, &at_path.child("ports").index(m), errs);
        }
    }
}

fn endpoint_address(a: &Value, path: &Path<'_>, errs: &mut Errs) {
    let ip = s(a, "ip");
    errs.invalid_all(&path.child("ip"), ip, names::ip(ip));
    if !s(a, "hostname").is_empty() {
        let h = s(a, "hostname");
        errs.invalid_all(&path.child("hostname"), h, names::dns1123_label(h, false));
    }
    if let Some(node) = at(a, "nodeName").as_str() {
        errs.invalid_all(
            &path.child("nodeName"),
            node,
            names::dns1123_subdomain(node, false),
        );
    }
    match names::parse_ip(ip) {
        Some(parsed) => errs.invalid_all(
            &path.child("ip"),
            ip,
            names::non_special_ip(parsed).into_iter().collect(),
        ),
        None => errs.invalid(&path.child("ip"), ip, "must be a valid IP address"),
    }
}

fn endpoint_port(p: &Value, named: bool, path: &Path<'_>, errs: &mut Errs) {
    let name = s(p, "name");
    if name.is_empty() {
        if named {
            errs.required(&path.child("name"), "");
        }
    } else {
        errs.invalid_all(&path.child("name"), name, names::dns1123_label(name, false));
    }
    numbers::port(tree::i0(p, "port"), &path.child("port"), errs);
    match s(p, "protocol") {
        "" => errs.required(&path.child("protocol"), ""),
        other => errs.one_of(&path.child("protocol"), other, &["SCTP", "TCP", "UDP"]),
    }
    if let Some(app) = at(p, "appProtocol").as_str() {
        errs.invalid_all(&path.child("appProtocol"), app, names::qualified_name(app));
    }
}

/// The bound on ServiceAccount fields: only names of secrets, unchecked.
pub fn service_account(_obj: &Value, _errs: &mut Errs) {}

/// An Event. Those with an eventTime are of the new kind and must be whole;
/// `strict_group` is events.k8s.io, which knows no others.
pub fn event(obj: &Value, strict_group: bool, old: Option<&Value>, errs: &mut Errs) {
    let ns = tree::namespace_of(obj);
    let of = tree::sp(obj, &["involvedObject", "namespace"]);
    let path = Path::root("involvedObject");
    let path = path.child("namespace");
    const MISMATCH: &str = "does not match event.namespace";
    if has(obj, "eventTime") {
        if of.is_empty() && ns != "default" && ns != "kube-system" {
            errs.invalid(&path, of, MISMATCH);
        }
        new_event(obj, strict_group, errs);
    } else if (of.is_empty() && !matches!(ns, "" | "default")) || (!of.is_empty() && of != ns) {
        errs.invalid(&path, of, MISMATCH);
    }
    if strict_group {
        strict_event(obj, errs);
        if let Some(old) = old {
            event_update(obj, old, errs);
        }
    }
}

fn new_event(obj: &Value, strict_group: bool, errs: &mut Errs) {
    let controller = s(obj, "reportingComponent");
    let path = Path::root(if strict_group {
        "reportingController"
    } else {
        "reportingComponent"
    });
    if controller.is_empty() {
        errs.required(&path, "");
    }
    errs.invalid_all(&path, controller, names::qualified_name(controller));
    for (field, max, must) in [
        ("reportingInstance", 128, true),
        ("action", 128, true),
        ("reason", 128, true),
        ("message", 1024, false),
    ] {
        let v = s(obj, field);
        if must && v.is_empty() {
            errs.required(&Path::root(field), "");
        }
        if v.len() > max {
            errs.invalid(
                &Path::root(field),
                "",
                format!("can have at most {max} characters"),
            );
        }
    }
}

fn strict_event(obj: &Value, errs: &mut Errs) {
    if !has(obj, "eventTime") {
        errs.required(&Path::root("eventTime"), "");
    }
    let series = at(obj, "series");
    if !series.is_null() {
        let path = Path::root("series");
        if tree::i0(series, "count") < 2 {
            errs.invalid(&path.child("count"), "", "should be at least 2");
        }
        if !has(series, "lastObservedTime") {
            errs.required(&path.child("lastObservedTime"), "");
        }
    }
    let kind = s(obj, "type");
    if kind != "Normal" && kind != "Warning" {
        errs.invalid(
            &Path::root("type"),
            "",
            format!("has invalid value: {kind}"),
        );
    }
    let source = at(obj, "source");
    for (field, unset) in [
        ("firstTimestamp", at(obj, "firstTimestamp").is_null()),
        ("lastTimestamp", at(obj, "lastTimestamp").is_null()),
        ("count", tree::i0(obj, "count") == 0),
        (
            "source",
            s(source, "component").is_empty() && s(source, "host").is_empty(),
        ),
    ] {
        if !unset {
            errs.invalid(&Path::root(field), "", "needs to be unset");
        }
    }
}

fn event_update(new: &Value, old: &Value, errs: &mut Errs) {
    for f in [
        "involvedObject",
        "reason",
        "message",
        "source",
        "firstTimestamp",
        "lastTimestamp",
        "count",
        "type",
    ] {
        errs.immutable(&Path::root(f), at(new, f), at(old, f));
    }
    let micro = |v: &Value| at(v, "eventTime").as_str().map(|t| t.to_owned());
    if micro(new) != micro(old) {
        errs.invalid(&Path::root("eventTime"), at(new, "eventTime").clone(), IMMUTABLE);
    }
    for f in ["action", "related", "reportingComponent", "reportingInstance"] {
        errs.immutable(&Path::root(f), at(new, f), at(old, f));
    }
}

/// A PriorityClass.
pub fn priority_class(obj: &Value, errs: &mut Errs) {
    const HIGHEST: i64 = 1_000_000_000;
    let name = tree::name_of(obj);
    let value = tree::i0(obj, "value");
    if name.starts_with("system-") {
        let known = [
            ("system-node-critical", 2_000_001_000, "Used for system critical pods that must not be moved from their current node."),
            ("system-cluster-critical", 2_000_000_000, "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."),
        ]
        .into_iter()
        .find(|k| k.0 == name);
        let wrong = match known {
            None => Some(format!("{name} is not a known system priority class")),
            Some((_, v, _)) if v != value => Some(format!("value of {name} PriorityClass must be {v}")),
            Some(_) if tree::b(obj, "globalDefault") => {
                Some(format!("globalDefault of {name} PriorityClass must be false"))
            }
            Some(_) => None,
        };
        if let Some(words) = wrong {
            errs.forbidden(
                &Path::root("metadata").child("name"),
                format!("priority class names with 'system-' prefix are reserved for system use only. error: {words}"),
            );
        }
    } else if value > HIGHEST {
        errs.forbidden(
            &Path::root("value"),
            format!("maximum allowed value of a user defined priority is {HIGHEST}"),
        );
    }
    if let Some(policy) = at(obj, "preemptionPolicy").as_str() {
        let path = Path::root("preemptionPolicy");
        if policy.is_empty() {
            errs.required(&path, "");
        } else {
            errs.one_of(&path, policy, &["PreemptLowerPriority", "Never"]);
        }
    }
}

/// A changed PriorityClass keeps its value.
pub fn priority_class_update(new: &Value, old: &Value, errs: &mut Errs) {
    if tree::i0(new, "value") != tree::i0(old, "value") {
        errs.forbidden(&Path::root("value"), "may not be changed in an update.");
    }
    errs.immutable(
        &Path::root("preemptionPolicy"),
        at(new, "preemptionPolicy"),
        at(old, "preemptionPolicy"),
    );
}

/// A Lease.
pub fn lease(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    if let Some(d) = tree::i(spec, "leaseDurationSeconds")
        && d <= 0
    {
        errs.invalid(&path.child("leaseDurationSeconds"), d, "must be greater than 0");
    }
    numbers::non_negative(spec, "leaseTransitions", &path, errs);
    if let Some(strategy) = at(spec, "strategy").as_str() {
        errs.invalid_all(
            &path.child("strategy"),
            strategy,
            names::qualified_name(strategy),
        );
    }
}

/// A RuntimeClass.
pub fn runtime_class(obj: &Value, errs: &mut Errs) {
    let handler = s(obj, "handler");
    let path = Path::root("handler");
    if handler.is_empty() {
        errs.required(&path, "");
    } else {
        // Declared by a format marker, hence counted in bytes.
        let words = names::dns1123_label(handler, false)
            .into_iter()
            .map(|w| w.replace("63 characters", "63 bytes"))
            .collect();
        errs.invalid_all(&path, handler, words);
    }
    let overhead = Path::root("overhead");
    let limits = overhead.child("limits");
    for (name, v) in tree::sorted_pairs(tree::path(obj, &["overhead", "podFixed"])) {
        compute::container_resource_name(name, &limits.key(name), errs);
        compute::amount(name, v, &limits.key(name), errs);
    }
    let scheduling = at(obj, "scheduling");
    if !scheduling.is_null() {
        let path = Path::root("scheduling");
        super::metadata::labels(at(scheduling, "nodeSelector"), &path.child("nodeSelector"), errs);
        super::pod::scheduling::tolerations(
            list(scheduling, "tolerations"),
            &path.child("tolerations"),
            errs,
        );
    }
}

/// A changed RuntimeClass keeps its handler.
pub fn runtime_class_update(new: &Value, old: &Value, errs: &mut Errs) {
    if s(new, "handler") != s(old, "handler") {
        errs.invalid(&Path::root("handler"), Value::Null, IMMUTABLE);
    }
}
