//! Rules of resource.k8s.io that no marker declares: those that markers do are
//! checked after these, by [`super::declared`].

mod capacity;
mod slice;
mod status;

pub use slice::{slice, slice_update, taint_rule, taint_rule_status};
pub use status::{claim_status, forget_deallocated};

use super::declared::identifier;
use super::{metadata, names, storage};
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
const CONSTRAINTS_MAX: usize = 32;
const CONFIG_MAX: usize = 32;
const EXPRESSION_MAX: usize = 10 * 1024;
/// The longest parameters or data of a driver, as JSON.
const OPAQUE_MAX: usize = 10 * 1024;
const NO_REQUEST: &str = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

/// The elements of a list, none of one that is too long: that has been, or
/// will be, told.
fn at_most<'a>(v: &'a Value, field: &str, max: usize) -> &'a [Value] {
    let all = list(v, field);
    if all.len() > max { &[] } else { all }
}

/// What a claim asks for.
pub fn claim_spec(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let devices = at(spec, "devices");
    let path = path.child("devices");
    let r_path = path.child("requests");
    for (n, r) in at_most(devices, "requests", REQUESTS_MAX)
        .iter()
        .enumerate()
    {
        request(r, &r_path.index(n), errs);
    }
    let known = Requests::of(devices);
    let c_path = path.child("constraints");
    for (n, c) in at_most(devices, "constraints", CONSTRAINTS_MAX)
        .iter()
        .enumerate()
    {
        constraint(c, &known, &c_path.index(n), errs);
    }
    let c_path = path.child("config");
    for (n, c) in at_most(devices, "config", CONFIG_MAX).iter().enumerate() {
        let at_path = c_path.index(n);
        chosen(c, &known, &at_path, errs);
        configuration(c, &at_path, errs);
    }
}

/// The requests of a claim by name, and their alternatives.
struct Requests<'a>(Vec<(&'a str, Vec<&'a str>)>);

impl<'a> Requests<'a> {
    fn of(devices: &'a Value) -> Self {
        let alternatives =
            |r: &'a Value| list(r, "firstAvailable").iter().map(|sub| s(sub, "name"));
        Self(
            list(devices, "requests")
                .iter()
                .map(|r| (s(r, "name"), alternatives(r).collect()))
                .collect(),
        )
    }

    fn has(&self, name: &str) -> bool {
        let (request, alternative) = match name.split_once('/') {
            Some((request, rest)) => (request, Some(rest)),
            None => (name, None),
        };
        // Of requests with one name, the last one counts.
        let found = self.0.iter().rev().find(|(known, _)| *known == request);
        found.is_some_and(|(_, known)| alternative.is_none_or(|a| known.contains(&a)))
    }
}

fn label(name: &str, path: &Path<'_>, errs: &mut Errs) {
    errs.invalid_all(path, name, names::dns1123_label(name, false));
}

fn request(r: &Value, path: &Path<'_>, errs: &mut Errs) {
    const EITHER: &str = "exactly one of `exactly` or `firstAvailable` is required";
    label(s(r, "name"), &path.child("name"), errs);
    let alternatives = !list(r, "firstAvailable").is_empty();
    match (has(r, "exactly"), alternatives) {
        (false, false) => errs.required(path, EITHER),
        (true, true) => errs.invalid(
            path,
            Value::Null,
            format!("{EITHER}, but multiple fields are set"),
        ),
        (true, false) => {
            let exactly = at(r, "exactly");
            let path = path.child("exactly");
            let class = s(exactly, "deviceClassName");
            let c_path = path.child("deviceClassName");
            if class.is_empty() {
                errs.required(&c_path, "");
            } else {
                errs.invalid_all(&c_path, class, names::dns1123_subdomain(class, false));
            }
            asked(exactly, &path, errs);
        }
        (false, true) => {
            let f_path = path.child("firstAvailable");
            for (n, sub) in at_most(r, "firstAvailable", ALTERNATIVES_MAX)
                .iter()
                .enumerate()
            {
                let at_path = f_path.index(n);
                label(s(sub, "name"), &at_path.child("name"), errs);
                asked(sub, &at_path, errs);
            }
        }
    }
}

fn asked(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    selectors(v, path, errs);
    let count = i0(v, "count");
    let c_path = path.child("count");
    match s(v, "allocationMode") {
        "All" if count != 0 => errs.invalid(
            &c_path,
            count,
            "must not be specified when allocationMode is 'All'",
        ),
        "ExactCount" if count <= 0 => errs.invalid(&c_path, count, "must be greater than zero"),
        _ => {}
    }
    tolerations(v, path, errs);
}

fn tolerations(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let path = path.child("tolerations");
    for (n, t) in list(v, "tolerations").iter().enumerate() {
        let at_path = path.index(n);
        let value = s(t, "value");
        let v_path = at_path.child("value");
        match s(t, "operator") {
            "Exists" if !value.is_empty() => {
                errs.invalid(&v_path, value, "must be empty for operator `Exists`");
            }
            "Equal" => errs.invalid_all(&v_path, value, names::label_value(value)),
            _ => {}
        }
    }
}

fn selectors(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let path = path.child("selectors");
    for (n, one) in at_most(v, "selectors", SELECTORS_MAX).iter().enumerate() {
        let at_path = path.index(n);
        let cel = at(one, "cel");
        let path = at_path.child("cel");
        if cel.is_null() {
            errs.required(&path, "");
            continue;
        }
        let path = path.child("expression");
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

fn constraint(c: &Value, known: &Requests<'_>, path: &Path<'_>, errs: &mut Errs) {
    const EITHER: &str = "exactly one of \"matchAttribute\" or \"distinctAttribute\" is required, but multiple fields are set";
    chosen(c, known, path, errs);
    if has(c, "matchAttribute") {
        // Its form is declared.
        return;
    }
    let Some(distinct) = at(c, "distinctAttribute").as_str() else {
        errs.required(path, EITHER);
        return;
    };
    let path = path.child("distinctAttribute");
    attribute_name(distinct, &path, errs);
    if !distinct.contains('/') {
        errs.invalid(
            &path,
            distinct,
            "a fully qualified name must be a domain and a name separated by a slash",
        );
    }
}

/// `[domain/]identifier`
fn attribute_name(name: &str, path: &Path<'_>, errs: &mut Errs) {
    match name.split('/').collect::<Vec<_>>()[..] {
        [id] => identifier(id, path, errs),
        [domain, id] => {
            if domain.is_empty() {
                errs.invalid(path, "", "the domain must not be empty");
            } else {
                storage::csi_driver_name(domain, path, errs);
            }
            if id.is_empty() {
                errs.invalid(path, "", "the name must not be empty");
            } else {
                identifier(id, path, errs);
            }
        }
        // Upstream looks at nothing of a name with more slashes.
        _ => {}
    }
}

// Which requests a constraint or configuration is about.
fn chosen(c: &Value, known: &Requests<'_>, path: &Path<'_>, errs: &mut Errs) {
    let path = path.child("requests");
    for (n, name) in at_most(c, "requests", REQUESTS_MAX).iter().enumerate() {
        request_name(name.as_str().unwrap_or(""), known, &path.index(n), errs);
    }
}

fn request_name(name: &str, known: &Requests<'_>, path: &Path<'_>, errs: &mut Errs) {
    let parts: Vec<&str> = name.split('/').collect();
    if parts.len() > 2 {
        errs.invalid(path, name, NO_REQUEST);
        return;
    }
    for part in parts {
        label(part, path, errs);
    }
    if !known.has(name) {
        errs.invalid(path, name, NO_REQUEST);
    }
}

fn configuration(c: &Value, path: &Path<'_>, errs: &mut Errs) {
    let opaque = at(c, "opaque");
    let path = path.child("opaque");
    if opaque.is_null() {
        errs.required(&path, "");
    } else {
        json_object(at(opaque, "parameters"), &path.child("parameters"), errs);
    }
}

// What only a driver understands.
fn json_object(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    if v.is_null() {
        errs.required(path, "");
    } else if v.to_string().len() > OPAQUE_MAX {
        errs.too_long(path, OPAQUE_MAX);
    } else if !v.is_object() {
        errs.invalid(path, "<value omitted>", "must be a valid JSON object");
    }
}

/// The name of a pool of devices.
fn pool_name(name: &str, path: &Path<'_>, errs: &mut Errs) {
    if name.is_empty() {
        errs.required(path, "");
        return;
    }
    if name.len() > names::SUBDOMAIN_MAX {
        errs.too_long(path, names::SUBDOMAIN_MAX);
    }
    for part in name.split('/') {
        errs.invalid_all(path, part, names::dns1123_subdomain(part, false));
    }
}

/// Conditions that a device's use waits for, and those that end the waiting.
fn binding(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    const WAITED_MAX: usize = 4;
    const FIELDS: [&str; 2] = ["bindingConditions", "bindingFailureConditions"];
    for field in FIELDS {
        let path = path.child(field);
        for (n, name) in at_most(v, field, WAITED_MAX).iter().enumerate() {
            let name = name.as_str().unwrap_or("");
            errs.invalid_all(&path.index(n), name, names::qualified_name(name));
        }
    }
    let [waited, failed] = FIELDS.map(|field| list(v, field));
    let [w_path, f_path] = FIELDS.map(|field| path.child(field));
    for (n, name) in waited.iter().enumerate() {
        if waited[..n].contains(name) {
            errs.duplicate(&w_path.index(n), name.clone());
        }
    }
    for (n, name) in failed.iter().enumerate() {
        if failed[..n].contains(name) {
            errs.duplicate(&f_path.index(n), name.clone());
        }
        if waited.contains(name) {
            errs.invalid(
                &f_path.index(n),
                name.clone(),
                "bindingFailureConditions must not overlap with bindingConditions",
            );
        }
    }
    let shown = |field: &str| at(v, field).clone();
    if waited.is_empty() && !failed.is_empty() {
        errs.invalid(
            &w_path,
            shown(FIELDS[0]),
            "bindingConditions are required to use bindingFailureConditions",
        );
    }
    if failed.is_empty() && !waited.is_empty() {
        errs.invalid(
            &f_path,
            shown(FIELDS[1]),
            "bindingFailureConditions are required to use bindingConditions",
        );
    }
}

/// A template of claims.
pub fn template(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    metadata::template_meta(at(spec, "metadata"), &path.child("metadata"), errs);
    claim_spec(at(spec, "spec"), &path.child("spec"), errs);
}

/// A changed template keeps its spec.
pub fn template_update(new: &Value, old: &Value, errs: &mut Errs) {
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

/// A DeviceClass; what did not change on update was right when it was stored.
pub fn class(obj: &Value, old: Option<&Value>, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    let kept = |field: &str| {
        old.is_some_and(|old| tree::same(at(spec, field), tree::path(old, &["spec", field])))
    };
    if !kept("selectors") {
        selectors(spec, &path, errs);
    }
    if !kept("config") {
        let path = path.child("config");
        for (n, c) in at_most(spec, "config", CONFIG_MAX).iter().enumerate() {
            configuration(c, &path.index(n), errs);
        }
    }
}

/// Fields behind gates that are off are not stored.
pub fn forget_gated_requests(spec: &mut Value) {
    let Some(devices) = tree::get_mut(spec, "devices") else {
        return;
    };
    for r in tree::list_mut(devices, "requests") {
        if let Some(exactly) = tree::get_mut(r, "exactly") {
            tree::remove(exactly, "derivedAttributes");
        }
        for sub in tree::list_mut(r, "firstAvailable") {
            tree::remove(sub, "derivedAttributes");
        }
    }
}

/// The same for a slice; `old` may go on with what it has.
pub fn forget_gated_devices(spec: &mut Value, old: Option<&Value>) {
    const LISTS: [&str; 4] = ["ints", "bools", "strings", "versions"];
    let kept = |test: &dyn Fn(&Value) -> bool| {
        old.is_some_and(|old| list(at(old, "spec"), "devices").iter().any(test))
    };
    let lists = |d: &Value| {
        tree::pairs(at(d, "attributes")).any(|(_, a)| LISTS.iter().any(|field| has(a, field)))
    };
    let keep_lists = kept(&lists);
    let keep_groups = kept(&|d| {
        let mut consumed = list(d, "consumesCounters").iter();
        consumed.any(|c| has(c, "compatibilityGroups"))
    });
    let keep_node = kept(&|d| has(d, "nodeAllocatableResources"));
    if !old.is_some_and(|old| has(at(old, "spec"), "skipNodeOperations")) {
        tree::remove(spec, "skipNodeOperations");
    }
    for d in tree::list_mut(spec, "devices") {
        if !keep_node {
            tree::remove(d, "nodeAllocatableResources");
        }
        for consumed in tree::list_mut(d, "consumesCounters") {
            if !keep_groups {
                tree::remove(consumed, "compatibilityGroups");
            }
        }
        let attributes = tree::get_mut(d, "attributes").and_then(Value::as_object_mut);
        for (_, a) in attributes.into_iter().flat_map(|o| o.iter_mut()) {
            for field in LISTS.iter().filter(|_| !keep_lists) {
                tree::remove(a, field);
            }
        }
    }
}

/// Drivers with capitals are taken, and warned of.
pub fn slice_warnings(obj: &Value) -> Vec<String> {
    let driver = tree::sp(obj, &["spec", "driver"]);
    if driver == driver.to_lowercase() {
        return Vec::new();
    }
    vec![format!(
        "spec.driver: driver names should be lowercase; {driver:?} contains uppercase characters"
    )]
}

fn allocated(status: &Value) -> HashSet<[&str; 4]> {
    let results = list(tree::path(status, &["allocation", "devices"]), "results");
    results.iter().map(device_id).collect()
}

fn device_id(v: &Value) -> [&str; 4] {
    ["driver", "pool", "device", "shareID"].map(|field| s(v, field))
}
