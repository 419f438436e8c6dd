//! Rules of resource.k8s.io.

use super::{metadata, names, pod::affinity};
use crate::dump;
use crate::errors::{Errs, IMMUTABLE};
use crate::path::Path;
use crate::tree::{self, at, has, i0, list, s};
use skeg_cel::{EnvOptions, devices as expressions};
use skeg_schema::Value;
use std::collections::HashSet;

const REQUESTS_MAX: usize = 32;
const ALTERNATIVES_MAX: usize = 8;
const SELECTORS_MAX: usize = 32;
const DEVICES_MAX: usize = 128;
const EXPRESSION_MAX: usize = 10 * 1024;
const STRING_MAX: usize = 64;
const EFFECTS: &[&str] = &["NoExecute", "NoSchedule", "None"];
const KINDS: &[&str] = &[
    "int", "bool", "string", "version", "ints", "bools", "strings", "versions",
];
const CASELESS: &str = "an RFC 1123 subdomain must consist of alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'Example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const NO_REQUEST: &str = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

/// What a claim asks for.
pub fn claim_spec(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let devices = at(spec, "devices");
    let path = path.child("devices");
    let requests = list(devices, "requests");
    let r_path = path.child("requests");
    if requests.len() > REQUESTS_MAX {
        errs.too_many(&r_path, requests.len(), REQUESTS_MAX);
    }
    let mut seen = HashSet::new();
    for (n, r) in requests.iter().enumerate() {
        let at_path = r_path.index(n);
        if !seen.insert(s(r, "name")) {
            errs.duplicate(&at_path, dump::json(r, "resource/v1.DeviceRequest"));
        }
        request(r, &at_path, errs);
    }
    let known = request_names(requests);
    for (n, c) in list(devices, "constraints").iter().enumerate() {
        constraint(c, &known, &path.child("constraints").index(n), errs);
    }
    for (n, c) in list(devices, "config").iter().enumerate() {
        let at_path = path.child("config");
        let at_path = at_path.index(n);
        chosen(c, &known, &at_path, errs);
        configuration(c, &at_path, errs);
    }
}

fn request_names(requests: &[Value]) -> HashSet<String> {
    let mut out = HashSet::new();
    for r in requests {
        out.insert(s(r, "name").to_owned());
        for sub in list(r, "firstAvailable") {
            out.insert(format!("{}/{}", s(r, "name"), s(sub, "name")));
        }
    }
    out
}

fn request(r: &Value, path: &Path<'_>, errs: &mut Errs) {
    const EITHER: &str = "exactly one of `exactly` or `firstAvailable` is required";
    let name = s(r, "name");
    errs.invalid_all(&path.child("name"), name, names::dns1123_label(name, false));
    let alternatives = list(r, "firstAvailable");
    match (has(r, "exactly"), alternatives.is_empty()) {
        (false, true) => errs.required(path, EITHER),
        (true, false) => errs.invalid(
            path,
            Value::Null,
            format!("{EITHER}, but multiple fields are set"),
        ),
        (true, true) => asked(at(r, "exactly"), &path.child("exactly"), errs),
        (false, false) => {
            let f_path = path.child("firstAvailable");
            if alternatives.len() > ALTERNATIVES_MAX {
                errs.too_many(&f_path, alternatives.len(), ALTERNATIVES_MAX);
            }
            let mut seen = HashSet::new();
            for (n, sub) in alternatives.iter().enumerate() {
                let at_path = f_path.index(n);
                let name = s(sub, "name");
                if !seen.insert(name) {
                    errs.duplicate(&at_path, dump::json(sub, "resource/v1.DeviceSubRequest"));
                }
                errs.invalid_all(
                    &at_path.child("name"),
                    name,
                    names::dns1123_label(name, false),
                );
                asked(sub, &at_path, errs);
            }
        }
    }
}

fn asked(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let class = s(v, "deviceClassName");
    let c_path = path.child("deviceClassName");
    if class.is_empty() {
        errs.required(&c_path, "");
    } else {
        errs.invalid_all(&c_path, class, names::dns1123_subdomain(class, false));
    }
    selectors(v, path, errs);
    let count = i0(v, "count");
    match s(v, "allocationMode") {
        "All" if count != 0 => errs.invalid(
            &path.child("count"),
            count,
            "must not be specified when allocationMode is 'All'",
        ),
        "All" => {}
        "ExactCount" => {
            if count <= 0 {
                errs.invalid(&path.child("count"), count, "must be greater than zero");
            }
        }
        other => errs.not_supported(&path.child("allocationMode"), other, &["All", "ExactCount"]),
    }
    let tolerations = list(v, "tolerations");
    let t_path = path.child("tolerations");
    for (n, t) in tolerations.iter().enumerate() {
        let at_path = t_path.index(n);
        if s(t, "operator") == "Exists" && !s(t, "value").is_empty() {
            errs.invalid(
                &at_path.child("value"),
                s(t, "value"),
                "must be empty for operator `Exists`",
            );
        }
    }
    // Declared rules come after the written ones.
    for (n, t) in tolerations.iter().enumerate() {
        let at_path = t_path.index(n);
        if let Some(effect) = at(t, "effect").as_str() {
            errs.one_of(&at_path.child("effect"), effect, EFFECTS);
        }
        if let Some(key) = at(t, "key").as_str().filter(|k| !k.is_empty()) {
            errs.invalid_all(&at_path.child("key"), key, names::qualified_name(key));
        }
        if let Some(operator) = at(t, "operator").as_str() {
            errs.one_of(&at_path.child("operator"), operator, &["Equal", "Exists"]);
        }
    }
}

fn selectors(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let all = list(v, "selectors");
    let path = path.child("selectors");
    if all.len() > SELECTORS_MAX {
        errs.too_many(&path, all.len(), SELECTORS_MAX);
    }
    for (n, one) in all.iter().enumerate() {
        let at_path = path.index(n);
        let cel = at(one, "cel");
        if cel.is_null() {
            errs.required(&at_path.child("cel"), "");
            continue;
        }
        let cel_path = at_path.child("cel");
        let path = cel_path.child("expression");
        let expression = s(cel, "expression");
        if expression.len() > EXPRESSION_MAX {
            errs.too_long(&path, EXPRESSION_MAX);
            continue;
        }
        match expressions::compile(EnvOptions::new_expressions(), expression) {
            Err(why) => errs.invalid(&path, expression, why),
            Ok(program) if program.estimate().max > expressions::COST_MAX => {
                errs.forbidden(&path, "too complex, exceeds cost limit");
            }
            Ok(_) => {}
        }
    }
}

fn constraint(c: &Value, known: &HashSet<String>, path: &Path<'_>, errs: &mut Errs) {
    const EITHER: &str = "exactly one of \"matchAttribute\" or \"distinctAttribute\" is required, but multiple fields are set";
    chosen(c, known, path, errs);
    let (same, distinct) = (
        at(c, "matchAttribute").as_str(),
        at(c, "distinctAttribute").as_str(),
    );
    if same.is_none() && distinct.is_none() {
        errs.required(path, EITHER);
    }
    for (f, name) in [("matchAttribute", same), ("distinctAttribute", distinct)] {
        if let Some(name) = name
            && !name.contains('/')
        {
            errs.invalid(
                &path.child(f),
                name,
                "a fully qualified name must be a domain and a name separated by a slash",
            );
        }
    }
}

// Which requests a constraint or configuration is about.
fn chosen(c: &Value, known: &HashSet<String>, path: &Path<'_>, errs: &mut Errs) {
    let mut seen = HashSet::new();
    for (n, r) in list(c, "requests")
        .iter()
        .filter_map(Value::as_str)
        .enumerate()
    {
        let at_path = path.child("requests");
        let at_path = at_path.index(n);
        if !known.contains(r) {
            errs.invalid(&at_path, r, NO_REQUEST);
        }
        if !seen.insert(r) {
            errs.duplicate(&at_path, r);
        }
    }
}

fn configuration(c: &Value, path: &Path<'_>, errs: &mut Errs) {
    let opaque = at(c, "opaque");
    let path = path.child("opaque");
    if opaque.is_null() {
        errs.required(&path, "");
        return;
    }
    let driver = s(opaque, "driver");
    let parameters = at(opaque, "parameters");
    if parameters.is_null() {
        errs.required(&path.child("parameters"), "");
    } else if parameters.as_object().is_none() {
        errs.invalid(
            &path.child("parameters"),
            "<value omitted>",
            "must be a valid JSON object",
        );
    }
    driver_name(driver, &path.child("driver"), errs);
}

fn driver_name(name: &str, path: &Path<'_>, errs: &mut Errs) {
    if name.is_empty() {
        errs.required(path, "");
    } else if !names::is_subdomain(&name.to_lowercase()) {
        errs.invalid(path, name, CASELESS);
    }
}

/// A claim's changed status.
pub fn claim_status(new: &Value, old: &Value, errs: &mut Errs) {
    let known = request_names(list(tree::path(new, &["spec", "devices"]), "requests"));
    let status = at(new, "status");
    let path = Path::root("status");
    let allocation = at(status, "allocation");
    let a_path = path.child("allocation");
    if !allocation.is_null() {
        let d_path = a_path.child("devices");
        for (n, r) in list(at(allocation, "devices"), "results")
            .iter()
            .enumerate()
        {
            result(r, &known, &d_path.child("results").index(n), errs);
        }
        for (n, c) in list(at(allocation, "devices"), "config").iter().enumerate() {
            let at_path = d_path.child("config");
            let at_path = at_path.index(n);
            chosen(c, &known, &at_path, errs);
            configuration(c, &at_path, errs);
            errs.one_of(
                &at_path.child("source"),
                s(c, "source"),
                &["FromClaim", "FromClass"],
            );
        }
        if has(allocation, "nodeSelector") {
            affinity::node_selector(
                at(allocation, "nodeSelector"),
                &a_path.child("nodeSelector"),
                errs,
            );
        }
    }
    reserved(status, &path, errs);
    own_devices(status, &path, errs);
    let before = tree::path(old, &["status", "allocation"]);
    if !before.is_null() && !allocation.is_null() && !tree::same(before, allocation) {
        errs.invalid(&a_path, Value::Null, "field cannot be modified once set");
    }
}

fn result(r: &Value, known: &HashSet<String>, path: &Path<'_>, errs: &mut Errs) {
    let asked = s(r, "request");
    let r_path = path.child("request");
    for part in asked.split('/') {
        errs.invalid_all(&r_path, part, names::dns1123_label(part, false));
    }
    if !known.contains(asked) {
        errs.invalid(&r_path, asked, NO_REQUEST);
    }
    let device = s(r, "device");
    errs.invalid_all(
        &path.child("device"),
        device,
        names::dns1123_label(device, false),
    );
    driver_name(s(r, "driver"), &path.child("driver"), errs);
    pool_name(s(r, "pool"), &path.child("pool"), errs);
}

fn pool_name(name: &str, path: &Path<'_>, errs: &mut Errs) {
    if name.is_empty() {
        errs.required(path, "");
        return;
    }
    for (n, part) in name.split('/').enumerate() {
        if part.is_empty() && name.contains('/') {
            errs.invalid(path, name, format!("segment {n}: must not be empty"));
        } else {
            errs.invalid_all(path, part, names::dns1123_subdomain(part, false));
        }
    }
}

fn reserved(status: &Value, path: &Path<'_>, errs: &mut Errs) {
    let path = path.child("reservedFor");
    let all = list(status, "reservedFor");
    if !all.is_empty() && !has(status, "allocation") {
        errs.forbidden(&path, "may not be specified when `allocated` is not set");
        return;
    }
    let mut seen = HashSet::new();
    for (n, r) in all.iter().enumerate() {
        let at_path = path.index(n);
        for f in ["resource", "name", "uid"] {
            if s(r, f).is_empty() {
                errs.required(&at_path.child(f), "");
            }
        }
        if !seen.insert(s(r, "uid")) {
            errs.duplicate(
                &at_path,
                dump::json(r, "resource/v1.ResourceClaimConsumerReference"),
            );
        }
    }
}

// What the drivers say about the devices that the claim got.
fn own_devices(status: &Value, path: &Path<'_>, errs: &mut Errs) {
    const KEY: &[&str] = &["driver", "pool", "device"];
    let results = list(tree::path(status, &["allocation", "devices"]), "results");
    for (n, d) in list(status, "devices").iter().enumerate() {
        let at_path = path.child("devices");
        let at_path = at_path.index(n);
        let own = |r: &Value| KEY.iter().all(|f| s(r, f) == s(d, f));
        if !results.iter().any(own) {
            let mut shown = Value::object();
            for (name, f) in [
                ("Driver", "driver"),
                ("Pool", "pool"),
                ("Device", "device"),
                ("ShareID", "shareID"),
            ] {
                tree::set(&mut shown, name, s(d, f));
            }
            errs.invalid(&at_path, shown, "must be an allocated device in the claim");
        }
        let network = at(d, "networkData");
        let n_path = at_path.child("networkData");
        for (m, ip) in list(network, "ips")
            .iter()
            .filter_map(Value::as_str)
            .enumerate()
        {
            if names::parse_cidr(ip).is_none() {
                errs.invalid(
                    &n_path.child("ips").index(m),
                    ip,
                    "must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)",
                );
            }
        }
        for (f, max) in [("interfaceName", 256), ("hardwareAddress", 128)] {
            if s(network, f).len() > max {
                errs.too_long(&n_path.child(f), max);
            }
        }
    }
}

/// A template of claims.
pub fn template(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    let meta = at(spec, "metadata");
    let m_path = path.child("metadata");
    metadata::annotations(at(meta, "annotations"), &m_path.child("annotations"), errs);
    metadata::labels(at(meta, "labels"), &m_path.child("labels"), errs);
    for f in [
        "name",
        "generateName",
        "namespace",
        "uid",
        "ownerReferences",
        "finalizers",
    ] {
        if !tree::is_zero(at(meta, f)) {
            errs.forbidden(&m_path.child(f), "cannot be set");
        }
    }
    claim_spec(at(spec, "spec"), &path.child("spec"), errs);
}

/// A changed template keeps its spec.
pub fn template_update(new: &Value, old: &Value, errs: &mut Errs) {
    template(new, errs);
    let (n, o) = (at(new, "spec"), at(old, "spec"));
    if tree::same(n, o) {
        return;
    }
    let mut shown = Value::object();
    for f in ["labels", "annotations"] {
        tree::copy(&mut shown, at(n, "metadata"), f);
    }
    tree::set(
        &mut shown,
        "Spec",
        dump::go(at(n, "spec"), "resource/v1.ResourceClaimSpec"),
    );
    errs.invalid(&Path::root("spec"), shown, IMMUTABLE);
}

/// A DeviceClass.
pub fn class(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    selectors(spec, &path, errs);
    for (n, c) in list(spec, "config").iter().enumerate() {
        configuration(c, &path.child("config").index(n), errs);
    }
    if let Some(name) = at(spec, "extendedResourceName").as_str() {
        let path = path.child("extendedResourceName");
        if name.contains('/') {
            errs.invalid_all(&path, name, names::qualified_name(name));
        } else {
            errs.invalid(
                &path,
                name,
                "a name must be a domain-prefixed path, such as 'example.com/my-prop'",
            );
        }
    }
}

/// A ResourceSlice.
pub fn slice(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    let driver = s(spec, "driver");
    if driver.is_empty() {
        errs.required(&path.child("driver"), "");
    } else {
        errs.invalid_all(
            &path.child("driver"),
            driver,
            names::dns1123_subdomain(driver, false),
        );
    }
    let pool = at(spec, "pool");
    let p_path = path.child("pool");
    pool_name(s(pool, "name"), &p_path.child("name"), errs);
    let count = i0(pool, "resourceSliceCount");
    if count <= 0 {
        errs.invalid(
            &p_path.child("resourceSliceCount"),
            count,
            "must be greater than zero",
        );
    }
    let generation = i0(pool, "generation");
    if generation < 0 {
        errs.invalid(
            &p_path.child("generation"),
            generation,
            "must be greater than or equal to zero",
        );
    }
    placement(spec, &path, errs);
    let devices = list(spec, "devices");
    let d_path = path.child("devices");
    if devices.len() > DEVICES_MAX {
        errs.too_many(&d_path, devices.len(), DEVICES_MAX);
    }
    let mut seen = HashSet::new();
    for (n, d) in devices.iter().enumerate() {
        let at_path = d_path.index(n);
        let name = s(d, "name");
        if !seen.insert(name) {
            errs.duplicate(&at_path, name);
        }
        errs.invalid_all(
            &at_path.child("name"),
            name,
            names::dns1123_label(name, false),
        );
        for (key, v) in tree::sorted_pairs(at(d, "attributes")) {
            attribute(key, v, &at_path.child("attributes"), errs);
        }
        for (m, t) in list(d, "taints").iter().enumerate() {
            taint(t, &at_path.child("taints").index(m), errs);
        }
    }
}

// Where the devices of a slice are.
fn placement(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    const ONE: &str = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";
    const TRUE: &str = "must be either unset or set to true";
    let mut given = Vec::new();
    match at(spec, "nodeName").as_str() {
        None => {}
        Some("") => errs.invalid(
            &path.child("nodeName"),
            "",
            "must be either unset or set to a non-empty string",
        ),
        Some(node) => {
            given.push("`nodeName`");
            errs.invalid_all(
                &path.child("nodeName"),
                node,
                names::dns1123_subdomain(node, false),
            );
        }
    }
    let selector = at(spec, "nodeSelector");
    if !selector.is_null() {
        given.push("`nodeSelector`");
        let path = path.child("nodeSelector");
        let terms = list(selector, "nodeSelectorTerms");
        if terms.len() == 1 {
            affinity::node_selector(selector, &path, errs);
        } else {
            errs.invalid(
                &path.child("nodeSelectorTerms"),
                dump::go_list(
                    at(selector, "nodeSelectorTerms"),
                    "core/v1.NodeSelectorTerm",
                ),
                "must have exactly one node selector term",
            );
        }
    }
    for (f, shown) in [
        ("allNodes", "`allNodes`"),
        ("perDeviceNodeSelection", "`perDeviceNodeSelection`"),
    ] {
        match at(spec, f).as_bool() {
            None => {}
            Some(false) => errs.invalid(&path.child(f), false, TRUE),
            Some(true) => given.push(shown),
        }
    }
    match given.len() {
        0 => errs.required(path, ONE),
        1 => {}
        _ => errs.invalid(
            path,
            format!("{{{}}}", given.join(", ")),
            format!("{ONE}, but multiple fields are set"),
        ),
    }
}

fn attribute(key: &str, v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let (domain, id) = key.split_once('/').unwrap_or(("", key));
    if !domain.is_empty() {
        errs.invalid_all(path, domain, names::dns1123_subdomain(domain, false));
    }
    if !is_identifier(id) {
        errs.invalid(path, id, "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')");
    }
    let at_path = path.key(key);
    let given: Vec<&str> = KINDS.iter().copied().filter(|k| has(v, k)).collect();
    let all = KINDS
        .iter()
        .map(|k| format!("`{k}`"))
        .collect::<Vec<_>>()
        .join(", ");
    match given.len() {
        0 => errs.invalid(&at_path, "", format!("must specify one of: {all}")),
        1 => {}
        _ => errs.invalid(
            &at_path,
            format!("{{{}}}", given.join(", ")),
            format!("must specify exactly one of: {all}"),
        ),
    }
    for f in ["string", "version"] {
        let Some(text) = at(v, f).as_str() else {
            continue;
        };
        if f == "version" && !is_version(text) {
            errs.invalid(
                &at_path.child(f),
                text,
                "must be a string compatible with semver.org spec 2.0.0",
            );
        }
        if text.len() > STRING_MAX {
            errs.too_long(&at_path.child(f), STRING_MAX);
        }
    }
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

// MAJOR.MINOR.PATCH[-PRERELEASE][+BUILD]
fn is_version(text: &str) -> bool {
    let number = |t: &str| {
        !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit()) && (t == "0" || !t.starts_with('0'))
    };
    let word = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let (text, build) = text
        .split_once('+')
        .map_or((text, None), |(t, b)| (t, Some(b)));
    let (core, pre) = text
        .split_once('-')
        .map_or((text, None), |(t, p)| (t, Some(p)));
    let parts: Vec<&str> = core.split('.').collect();
    parts.len() == 3
        && parts.iter().all(|p| number(p))
        && build.is_none_or(|b| b.split('.').all(word))
        && pre.is_none_or(|p| {
            p.split('.')
                .all(|w| word(w) && (number(w) || !w.bytes().all(|b| b.is_ascii_digit())))
        })
}

/// A taint of a device.
pub fn taint(t: &Value, path: &Path<'_>, errs: &mut Errs) {
    errs.invalid_all(
        &path.child("key"),
        s(t, "key"),
        names::qualified_name(s(t, "key")),
    );
    errs.invalid_all(
        &path.child("value"),
        s(t, "value"),
        names::label_value(s(t, "value")),
    );
    match s(t, "effect") {
        "" => errs.required(&path.child("effect"), ""),
        effect => errs.one_of(&path.child("effect"), effect, EFFECTS),
    }
}

/// A changed ResourceSlice stays where it is.
pub fn slice_update(new: &Value, old: &Value, errs: &mut Errs) {
    slice(new, errs);
    let path = Path::root("spec");
    let (n, o) = (at(new, "spec"), at(old, "spec"));
    errs.immutable(&path.child("driver"), at(n, "driver"), at(o, "driver"));
    let (np, op) = (at(n, "pool"), at(o, "pool"));
    errs.immutable(
        &path.child("pool").child("name"),
        at(np, "name"),
        at(op, "name"),
    );
    for f in ["nodeName", "allNodes"] {
        if has(o, f) {
            errs.immutable(&path.child(f), at(n, f), at(o, f));
        }
    }
}

/// A taint of devices chosen by a rule.
pub fn taint_rule(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    let chosen = at(spec, "deviceSelector");
    let c_path = path.child("deviceSelector");
    for f in ["driver", "pool", "device"] {
        let Some(v) = at(chosen, f).as_str() else {
            continue;
        };
        let wrong = match f {
            "device" => names::dns1123_label(v, false),
            _ => names::dns1123_subdomain(v, false),
        };
        errs.invalid_all(&c_path.child(f), v, wrong);
    }
    taint(at(spec, "taint"), &path.child("taint"), errs);
}
