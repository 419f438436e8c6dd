//! What drivers publish: slices of devices, and rules that taint them.

use super::{at_most, attribute_name, binding, capacity, label, pool_name};
use crate::dump;
use crate::errors::{Errs, IMMUTABLE};
use crate::path::Path;
use crate::tree::{self, at, has, i0, list, s, same};
use crate::validation::{names, pod::affinity, policy, storage};
use skeg_schema::Value;

const DEVICES_MAX: usize = 128;
/// The most devices of a slice that uses taints, counters or lists.
const DEVICES_ADVANCED_MAX: usize = 64;
const COUNTER_SETS_MAX: usize = 8;
const COUNTERS_MAX: usize = 32;
const CONSUMED_MAX: usize = 2;
const TAINTS_MAX: usize = 16;
const PROPERTIES_MAX: usize = 32;
const VALUES_MAX: usize = 48;
const STRING_MAX: usize = 64;
/// Keys of attributes are cut in the middle when messages show them.
const KEY_SHOWN_MAX: usize = 96;
const CONDITIONS_MAX: usize = 8;
const LISTS: [&str; 4] = ["bools", "ints", "strings", "versions"];

/// A new ResourceSlice.
pub fn slice(obj: &Value, errs: &mut Errs) {
    check(at(obj, "spec"), None, errs);
}

/// A changed ResourceSlice stays where it is.
pub fn slice_update(new: &Value, old: &Value, errs: &mut Errs) {
    check(at(new, "spec"), Some(at(old, "spec")), errs);
}

fn check(spec: &Value, old: Option<&Value>, errs: &mut Errs) {
    let path = Path::root("spec");
    storage::csi_driver_name(s(spec, "driver"), &path.child("driver"), errs);
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
    if let Some(old) = old {
        let before = at(old, "pool");
        errs.immutable(&p_path.child("name"), at(pool, "name"), at(before, "name"));
        errs.immutable(&path.child("driver"), at(spec, "driver"), at(old, "driver"));
        if at(spec, "nodeName") != at(old, "nodeName") {
            errs.invalid(
                &path.child("nodeName"),
                at(spec, "nodeName").clone(),
                IMMUTABLE,
            );
        }
    }
    placement(spec, &path, errs);
    if has(spec, "sharedCounters") && has(spec, "devices") {
        errs.invalid(
            &path,
            "",
            "only one of `sharedCounters` or `devices` is allowed",
        );
    }
    devices(spec, old, &path.child("devices"), errs);
    let c_path = path.child("sharedCounters");
    for (n, set) in at_most(spec, "sharedCounters", COUNTER_SETS_MAX)
        .iter()
        .enumerate()
    {
        counters(set, &c_path.index(n), errs);
    }
}

fn counters(v: &Value, path: &Path<'_>, errs: &mut Errs) {
    let count = tree::pairs(at(v, "counters")).count();
    if count > COUNTERS_MAX {
        errs.too_many(&path.child("counters"), count, COUNTERS_MAX);
    }
}

fn devices(spec: &Value, old: Option<&Value>, path: &Path<'_>, errs: &mut Errs) {
    let all = list(spec, "devices");
    let advanced = all.iter().any(|d| {
        !list(d, "taints").is_empty()
            || !list(d, "consumesCounters").is_empty()
            || tree::pairs(at(d, "attributes")).any(|(_, a)| LISTS.iter().any(|f| has(a, f)))
    });
    let most = if advanced {
        DEVICES_ADVANCED_MAX
    } else {
        DEVICES_MAX
    };
    if all.len() > most {
        errs.too_many(path, all.len(), most);
        return;
    }
    let each = at(spec, "perDeviceNodeSelection").as_bool() == Some(true);
    for (n, d) in all.iter().enumerate() {
        let before = old.and_then(|old| {
            let mut olds = list(old, "devices").iter();
            olds.find(|one| s(one, "name") == s(d, "name"))
        });
        device(d, before, each, &path.index(n), errs);
    }
    for (n, d) in all.iter().enumerate() {
        let name = s(d, "name");
        if all[..n].iter().any(|earlier| s(earlier, "name") == name) {
            errs.duplicate(&path.index(n), name);
        }
    }
}

fn device(d: &Value, old: Option<&Value>, each: bool, path: &Path<'_>, errs: &mut Errs) {
    label(s(d, "name"), &path.child("name"), errs);
    let (attributes, capacity) = (at(d, "attributes"), at(d, "capacity"));
    let properties = tree::pairs(attributes).count() + tree::pairs(capacity).count();
    if properties > PROPERTIES_MAX {
        errs.invalid(
            path,
            properties as i64,
            format!(
                "the total number of attributes and capacities must not exceed {PROPERTIES_MAX}"
            ),
        );
    }
    let values: usize = tree::pairs(attributes)
        .map(|(_, a)| LISTS.iter().map(|f| list(a, f).len()).sum::<usize>().max(1))
        .sum();
    if values > VALUES_MAX {
        errs.invalid(
            path,
            values as i64,
            format!("the total number of attribute values must not exceed {VALUES_MAX}"),
        );
    }
    let a_path = path.child("attributes");
    for (key, a) in tree::sorted_pairs(attributes) {
        attribute_name(key, &a_path, errs);
        attribute(a, &a_path.key(&shortened(key)), errs);
    }
    let changed = |field: &str| old.is_none_or(|old| !same(at(old, field), at(d, field)));
    if changed("capacity") {
        let shared = tree::b(d, "allowMultipleAllocations");
        let c_path = path.child("capacity");
        for (key, c) in tree::sorted_pairs(capacity) {
            attribute_name(key, &c_path, errs);
            capacity::check(c, shared, &c_path.key(&shortened(key)), errs);
        }
    }
    if changed("taints") {
        let taints = list(d, "taints");
        let t_path = path.child("taints");
        if taints.len() > TAINTS_MAX {
            errs.too_many(&t_path, taints.len(), TAINTS_MAX);
        } else {
            for (n, t) in taints.iter().enumerate() {
                taint(t, &t_path.index(n), errs);
            }
        }
    }
    let c_path = path.child("consumesCounters");
    for (n, c) in at_most(d, "consumesCounters", CONSUMED_MAX)
        .iter()
        .enumerate()
    {
        counters(c, &c_path.index(n), errs);
    }
    own_placement(d, each, path, errs);
    binding(d, path, errs);
}

// A long key with its middle left out.
fn shortened(key: &str) -> String {
    if key.len() <= KEY_SHOWN_MAX || !key.is_ascii() {
        return key.to_owned();
    }
    let rest = KEY_SHOWN_MAX - 3;
    format!(
        "{}...{}",
        &key[..rest.div_ceil(2)],
        &key[key.len() - rest / 2..]
    )
}

fn attribute(a: &Value, path: &Path<'_>, errs: &mut Errs) {
    let string = |v: &str, path: &Path<'_>, errs: &mut Errs| {
        if v.len() > STRING_MAX {
            errs.too_long(path, STRING_MAX);
        }
    };
    let version = |v: &str, path: &Path<'_>, errs: &mut Errs| {
        if !is_version(v) {
            errs.invalid(
                path,
                v,
                "must be a string compatible with semver.org spec 2.0.0",
            );
        }
        string(v, path, errs);
    };
    if let Some(text) = at(a, "string").as_str() {
        string(text, &path.child("string"), errs);
    }
    if let Some(text) = at(a, "version").as_str() {
        version(text, &path.child("version"), errs);
    }
    for field in LISTS {
        let path = path.child(field);
        if has(a, field) && list(a, field).is_empty() {
            errs.invalid(
                &path,
                Value::Array(Vec::new()),
                "must not be empty if specified",
            );
        }
        for (n, text) in list(a, field).iter().enumerate() {
            match (field, text.as_str()) {
                ("strings", Some(text)) => string(text, &path.index(n), errs),
                ("versions", Some(text)) => version(text, &path.index(n), errs),
                _ => {}
            }
        }
    }
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

const UNSET_OR_TRUE: &str = "must be either unset or set to true";

fn node_name(node: &str, path: &Path<'_>, errs: &mut Errs) {
    errs.invalid_all(path, node, names::dns1123_subdomain(node, false));
}

// Where the devices of a slice are.
fn placement(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    const ONE: &str = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";
    let mut given = Vec::new();
    let n_path = path.child("nodeName");
    match at(spec, "nodeName").as_str() {
        None => {}
        Some("") => errs.invalid(
            &n_path,
            "",
            "must be either unset or set to a non-empty string",
        ),
        Some(node) => {
            given.push("`nodeName`");
            node_name(node, &n_path, errs);
        }
    }
    let selector = at(spec, "nodeSelector");
    if !selector.is_null() {
        given.push("`nodeSelector`");
        let path = path.child("nodeSelector");
        affinity::node_selector(selector, &path, errs);
        if list(selector, "nodeSelectorTerms").len() != 1 {
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
            Some(false) => errs.invalid(&path.child(f), false, UNSET_OR_TRUE),
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

// Where one device is, when a slice leaves it to each of them.
fn own_placement(d: &Value, each: bool, path: &Path<'_>, errs: &mut Errs) {
    const ONE: &str = "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec";
    if !each {
        if ["nodeName", "nodeSelector", "allNodes"]
            .iter()
            .any(|f| has(d, f))
        {
            errs.invalid(
                path,
                Value::Null,
                "`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec",
            );
        }
        return;
    }
    let mut given = Vec::new();
    match at(d, "nodeName").as_str() {
        None => {}
        Some("") => errs.invalid(&path.child("nodeName"), "", "must not be empty"),
        Some(node) => {
            given.push("`nodeName`");
            node_name(node, &path.child("nodeName"), errs);
        }
    }
    if has(d, "nodeSelector") {
        given.push("`nodeSelector`");
        affinity::node_selector(at(d, "nodeSelector"), &path.child("nodeSelector"), errs);
    }
    match at(d, "allNodes").as_bool() {
        None => {}
        Some(false) => errs.invalid(&path.child("allNodes"), false, UNSET_OR_TRUE),
        Some(true) => given.push("`allNodes`"),
    }
    match given.len() {
        0 => errs.required(path, ONE),
        1 => {}
        _ => errs.invalid(path, format!("{{{}}}", given.join(", ")), ONE),
    }
}

/// A taint of a device.
fn taint(t: &Value, path: &Path<'_>, errs: &mut Errs) {
    let (key, value) = (s(t, "key"), s(t, "value"));
    errs.invalid_all(&path.child("key"), key, names::qualified_name(key));
    errs.invalid_all(&path.child("value"), value, names::label_value(value));
}

/// A taint of devices chosen by a rule.
pub fn taint_rule(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    let chosen = at(spec, "deviceSelector");
    let c_path = path.child("deviceSelector");
    if let Some(driver) = at(chosen, "driver").as_str() {
        storage::csi_driver_name(driver, &c_path.child("driver"), errs);
    }
    if let Some(pool) = at(chosen, "pool").as_str() {
        pool_name(pool, &c_path.child("pool"), errs);
    }
    if let Some(device) = at(chosen, "device").as_str() {
        label(device, &c_path.child("device"), errs);
    }
    taint(at(spec, "taint"), &path.child("taint"), errs);
}

/// What has become of such a rule.
pub fn taint_rule_status(obj: &Value, errs: &mut Errs) {
    let conditions = list(at(obj, "status"), "conditions");
    let path = Path::root("status");
    let path = path.child("conditions");
    policy::conditions(conditions, &path, errs);
    if conditions.len() > CONDITIONS_MAX {
        errs.too_many(&path, conditions.len(), CONDITIONS_MAX);
    }
}
