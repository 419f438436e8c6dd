//! Rules of the small core kinds.

use super::pod::resources as compute;
use super::{names, numbers};
use crate::dump;
use crate::errors::{Errs, IMMUTABLE};
use crate::path::Path;
use crate::tree::{self, at, has, list, s, same};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use skeg_schema::{Value, json};
use std::collections::HashSet;

/// ConfigMaps and Secrets hold at most a mebibyte.
const DATA_MAX: usize = 1024 * 1024;

/// How many bytes a base64 text stands for.
fn size(v: &Value) -> usize {
    v.as_str().map_or(0, |t| {
        let padding = t.bytes().rev().take_while(|c| *c == b'=').count();
        (t.len() / 4 * 3).saturating_sub(padding)
    })
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
            let none = ["username", "password"]
                .iter()
                .all(|k| data.get(k).is_none());
            if none {
                need("username", errs);
                need("password", errs);
            }
        }
        "kubernetes.io/ssh-auth"
            if tree::is_zero(data.get("ssh-privatekey").unwrap_or(&Value::Null)) =>
        {
            errs.required(&path.key("ssh-privatekey"), "");
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
            errs.invalid(
                &path,
                phase,
                "may only be 'Terminating' if `deletionTimestamp` is not empty",
            );
        }
    } else if phase != "Active" {
        errs.invalid(
            &path,
            phase,
            "may only be 'Active' if `deletionTimestamp` is empty",
        );
    }
}

/// A new Namespace's finalizers.
pub fn namespace_finalizers(obj: &Value, errs: &mut Errs) {
    let path = Path::root("spec");
    let path = path.child("finalizers");
    for f in list(at(obj, "spec"), "finalizers")
        .iter()
        .filter_map(Value::as_str)
    {
        finalizer(f, &path, errs);
    }
}

/// The finalizers that are left.
pub fn namespace_finalize(new: &Value, errs: &mut Errs) {
    let path = Path::root("spec");
    let path = path.child("finalizers");
    for (n, f) in list(at(new, "spec"), "finalizers").iter().enumerate() {
        finalizer(f.as_str().unwrap_or(""), &path.index(n), errs);
    }
}

fn finalizer(f: &str, path: &Path<'_>, errs: &mut Errs) {
    errs.invalid_all(path, f, names::qualified_name(f));
    if !f.contains('/') && !matches!(f, "kubernetes" | "orphan" | "foregroundDeletion") {
        errs.invalid(
            path,
            f,
            "name is neither a standard finalizer name nor is it fully qualified",
        );
    }
}

const AVOID: &str = "scheduler.alpha.kubernetes.io/preferAvoidPods";

/// A Node.
pub fn node(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    /// What taints were before they had a field: it does nothing, but is checked.
    const TAINTS: &str = "scheduler.alpha.kubernetes.io/taints";
    // Upstream hangs these on the metadata.
    let meta = Path::root("metadata");
    if let Some(text) = tree::annotation(obj, TAINTS) {
        let path = meta.child("annotations");
        match crate::gojson::annotated_list(text, "[]core.Taint") {
            Ok(all) => taints(&all, &path.child(TAINTS), errs),
            Err(words) => errs.invalid(&path, TAINTS, words),
        }
    }
    if let Some(text) = tree::annotation(obj, AVOID)
        && !text.is_empty()
    {
        avoided(text, &meta.child("annotations"), errs);
    }
    taints(list(spec, "taints"), &meta.child("taints"), errs);
    node_capacity(obj, errs);
    if let Some(capacity) = tree::path(obj, &["status", "nodeInfo", "swap", "capacity"]).as_i64()
        && capacity <= 0
    {
        errs.invalid(
            &meta.child("nodeSwapStatus").child("capacity"),
            capacity,
            "must be greater than zero",
        );
    }
    declared_features(obj, errs);
    let cidrs = list(spec, "podCIDRs");
    let c_path = path.child("podCIDRs");
    for (n, c) in cidrs.iter().filter_map(Value::as_str).enumerate() {
        errs.invalid_all(&c_path.index(n), c, names::cidr(c, true));
    }
    if cidrs.len() < 2 {
        return;
    }
    let texts: Vec<&str> = cidrs.iter().filter_map(Value::as_str).collect();
    let families: Vec<bool> = texts
        .iter()
        .filter_map(|c| names::parse_cidr(c))
        .map(|(ip, _)| ip.is_ipv6())
        .collect();
    if let Some(n) = texts.iter().position(|c| names::parse_cidr(c).is_none()) {
        errs.internal(
            &c_path,
            format!(
                "invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[{n}]: <nil> (invalid CIDR address: {})",
                texts[n]
            ),
        );
    }
    let mixed = families.len() == 2 && families[0] != families[1] && cidrs.len() == 2;
    if !mixed {
        errs.invalid(
            &c_path,
            Value::Array(cidrs.to_vec()),
            "may specify no more than one CIDR for each IP family",
        );
    }
    let mut seen = HashSet::new();
    for (n, text) in texts.into_iter().enumerate() {
        if !seen.insert(text) {
            errs.duplicate(&c_path.index(n), text);
        }
    }
}

/// Pods that a node would rather not have: each entry names a controller.
fn avoided(text: &str, path: &Path<'_>, errs: &mut Errs) {
    if let Err(words) = crate::gojson::check_object(text.as_bytes()) {
        errs.invalid(&path.child("AvoidPods"), AVOID, words);
        return;
    }
    let Ok(avoided) = skeg_schema::decode_json_any(text.as_bytes()) else {
        return;
    };
    let path = path.child(AVOID);
    for (n, entry) in list(&avoided, "preferAvoidPods").iter().enumerate() {
        let at_path = path.index(n);
        let at_path = at_path.child("PodSignature");
        let controller = tree::path(entry, &["podSignature", "podController"]);
        if controller.is_null() {
            errs.required(&at_path, "");
        } else if !tree::b(controller, "controller") {
            errs.invalid(
                &at_path.child("PodController").child("Controller"),
                false,
                "must point to a controller",
            );
        }
    }
}

fn taints(all: &[Value], path: &Path<'_>, errs: &mut Errs) {
    let mut seen = HashSet::new();
    for (n, t) in all.iter().enumerate() {
        let at_path = path.index(n);
        let (key, value, effect) = (s(t, "key"), s(t, "value"), s(t, "effect"));
        errs.invalid_all(&at_path.child("key"), key, names::qualified_name(key));
        let wrong = names::label_value(value);
        if !wrong.is_empty() {
            errs.invalid(&at_path.child("value"), value, wrong.join(";"));
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
    node(new, errs);
    node_addresses(new, errs);
    let (now, before) = (list(n, "podCIDRs"), list(o, "podCIDRs"));
    if !before.is_empty() && now != before {
        errs.forbidden(
            &path.child("podCIDRs"),
            "node updates may not change podCIDR except from \"\" to valid",
        );
    }
    let (id, old_id) = (s(n, "providerID"), s(o, "providerID"));
    if !old_id.is_empty() && id != old_id {
        let what = if id.is_empty() { "cleared" } else { "modified" };
        errs.invalid(
            &path.child("providerID"),
            Value::Null,
            format!("field cannot be {what} once set"),
        );
    }
    if has(n, "configSource") {
        config_source(
            at(n, "configSource"),
            false,
            &path.child("configSource"),
            errs,
        );
    }
    let status = Path::root("status");
    let config = status.child("config");
    for part in ["assigned", "active", "lastKnownGood"] {
        let source = tree::path(new, &["status", "config", part]);
        if !source.is_null() {
            config_source(source, true, &config.child(part), errs);
        }
    }
    if s(n, "externalID") != s(o, "externalID") {
        errs.forbidden(&path.child("externalID"), "may not be updated");
    }
}

/// Features a kubelet says it has: sorted, `Name/part`.
fn declared_features(obj: &Value, errs: &mut Errs) {
    const NAME_MAX: usize = 253;
    let path = Path::root("status");
    let path = path.child("declaredFeatures");
    let all: Vec<&str> = list(at(obj, "status"), "declaredFeatures")
        .iter()
        .map(|v| v.as_str().unwrap_or(""))
        .collect();
    for (n, name) in all.iter().enumerate() {
        let well_formed = name.starts_with(|c: char| c.is_ascii_uppercase())
            && name
                .split('/')
                .all(|part| !part.is_empty() && part.bytes().all(|c| c.is_ascii_alphanumeric()));
        if name.len() > NAME_MAX {
            errs.invalid(
                &path.index(n),
                *name,
                format!(
                    "invalid feature name {name:?}: must be no more than {NAME_MAX} characters"
                ),
            );
        } else if !well_formed {
            errs.invalid(
                &path.index(n),
                *name,
                format!("invalid feature name {name:?}: must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes"),
            );
        }
        let Some(next) = all.get(n + 1) else {
            continue;
        };
        if next == name {
            errs.duplicate(&path.index(n + 1), *next);
        } else if next < name {
            errs.invalid(
                &path.index(n + 1),
                *next,
                "list must be sorted alphabetically",
            );
        }
    }
}

/// Where a kubelet's configuration comes from, of which nothing is left but
/// the rules.
fn config_source(source: &Value, in_status: bool, path: &Path<'_>, errs: &mut Errs) {
    let map = at(source, "configMap");
    if map.is_null() {
        errs.invalid(
            path,
            dump::go(source, "core/v1.NodeConfigSource"),
            "exactly one reference subfield must be non-nil",
        );
        return;
    }
    let path = path.child("configMap");
    for field in ["uid", "resourceVersion"] {
        match (in_status, s(map, field).is_empty()) {
            (true, true) => {
                errs.required(&path.child(field), format!("{field} must be set in status"))
            }
            (false, false) => errs.forbidden(
                &path.child(field),
                format!("{field} must not be set in spec"),
            ),
            _ => {}
        }
    }
    for (field, rule) in [
        (
            "namespace",
            names::dns1123_label as fn(&str, bool) -> Vec<String>,
        ),
        ("name", names::dns1123_subdomain),
        ("kubeletConfigKey", |v, _| names::config_key(v)),
    ] {
        let v = s(map, field);
        if v.is_empty() {
            errs.required(&path.child(field), format!("{field} must be set"));
        } else {
            errs.invalid_all(&path.child(field), v, rule(v, false));
        }
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

/// Changed Endpoints; what was accepted before and is not touched stays.
pub fn endpoints_update(new: &Value, old: &Value, errs: &mut Errs) {
    if !same(at(new, "subsets"), at(old, "subsets")) {
        endpoints(new, errs);
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
    errs.invalid_all(&path.child("ip"), ip, super::service::endpoint_ip(ip));
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
        match old {
            None => strict_event(obj, errs),
            Some(old) => event_update(obj, old, errs),
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

fn event_series(obj: &Value, errs: &mut Errs) {
    let series = at(obj, "series");
    if series.is_null() {
        return;
    }
    let path = Path::root("series");
    if tree::i0(series, "count") < 2 {
        errs.invalid(&path.child("count"), "", "should be at least 2");
    }
    if !has(series, "lastObservedTime") {
        errs.required(&path.child("lastObservedTime"), "");
    }
}

fn strict_event(obj: &Value, errs: &mut Errs) {
    event_series(obj, errs);
    if !has(obj, "eventTime") {
        errs.required(&Path::root("eventTime"), "");
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

// Only what changes is looked at: events that the older group wrote stay as they are.
fn event_update(new: &Value, old: &Value, errs: &mut Errs) {
    const REFERENCE: &str = "core/v1.ObjectReference";
    if !tree::same(at(new, "series"), at(old, "series")) {
        event_series(new, errs);
    }
    // Field, its name in messages, its type, what it is when absent.
    let fields: [(&str, &str, &str, Value); 12] = [
        (
            "involvedObject",
            "involvedObject",
            REFERENCE,
            Value::object(),
        ),
        ("reason", "reason", "", Value::from("")),
        ("message", "message", "", Value::from("")),
        ("source", "source", "core/v1.EventSource", Value::object()),
        ("firstTimestamp", "firstTimestamp", "", Value::Null),
        ("lastTimestamp", "lastTimestamp", "", Value::Null),
        ("count", "count", "", Value::Int(0)),
        ("type", "type", "", Value::from("")),
        ("eventTime", "eventTime", "", Value::Null),
        ("action", "action", "", Value::from("")),
        ("related", "related", REFERENCE, Value::Null),
        (
            "reportingComponent",
            "reportingController",
            "",
            Value::from(""),
        ),
    ];
    let last = (
        "reportingInstance",
        "reportingInstance",
        "",
        Value::from(""),
    );
    for (field, named, ty, zero) in fields.into_iter().chain([last]) {
        if tree::same(at(new, field), at(old, field)) {
            continue;
        }
        let shown = if has(new, field) {
            at(new, field).clone()
        } else {
            zero
        };
        let shown = if ty.is_empty() {
            shown
        } else {
            crate::dump::go(&shown, ty)
        };
        errs.invalid(&Path::root(named), shown, IMMUTABLE);
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
            Some((_, v, _)) if v != value => {
                Some(format!("value of {name} PriorityClass must be {v}"))
            }
            Some(_) if tree::b(obj, "globalDefault") => Some(format!(
                "globalDefault of {name} PriorityClass must be false"
            )),
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

/// A RuntimeClass.
pub fn runtime_class(obj: &Value, errs: &mut Errs) {
    let fixed = tree::path(obj, &["overhead", "podFixed"]).clone();
    let resources = json!({"limits": (fixed)});
    compute::requirements(&resources, &HashSet::new(), &Path::root("overhead"), errs);
    let scheduling = at(obj, "scheduling");
    if !scheduling.is_null() {
        let path = Path::root("scheduling");
        super::metadata::labels(
            at(scheduling, "nodeSelector"),
            &path.child("nodeSelector"),
            errs,
        );
        let tolerations = list(scheduling, "tolerations");
        let path = path.child("tolerations");
        super::pod::scheduling::tolerations(tolerations, &path, errs);
        // How long something is tolerated does not make it another.
        let own = |t: &Value| ["key", "operator", "value", "effect"].map(|f| s(t, f).to_owned());
        for (n, t) in tolerations.iter().enumerate() {
            if tolerations[..n].iter().any(|other| own(other) == own(t)) {
                errs.duplicate(&path.index(n), dump::go(t, "core/v1.Toleration"));
            }
        }
    }
}
