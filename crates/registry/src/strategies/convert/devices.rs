//! resource.k8s.io/v1beta1: a request says what it wants in its own fields, and
//! a device hides what it is in `basic`.

use crate::tree::{self, at, set};
use skeg_schema::{Value, json};

const STORED: &str = "resource.k8s.io/v1";
const SERVED: &str = "resource.k8s.io/v1beta1";

/// What a request wants, when it wants exactly one kind of device.
const EXACTLY: &[&str] = &[
    "deviceClassName",
    "selectors",
    "allocationMode",
    "count",
    "adminAccess",
    "tolerations",
    "capacity",
    "derivedAttributes",
];

/// Moves the named members into (or out of) one member.
fn nest(v: &mut Value, into: &'static str, members: &[&'static str]) {
    let mut inner = Value::object();
    for member in members {
        if let Some(value) = tree::remove(v, member) {
            set(&mut inner, *member, value);
        }
    }
    if !tree::is_zero(&inner) {
        set(v, into, inner);
    }
}

fn unnest(v: &mut Value, from: &str) {
    if let Some(Value::Object(inner)) = tree::remove(v, from) {
        for (key, value) in inner {
            set(v, key, value);
        }
    }
}

fn requests(spec: &mut Value, each: fn(&mut Value)) {
    if let Some(devices) = tree::get_mut(spec, "devices") {
        tree::list_mut(devices, "requests")
            .iter_mut()
            .for_each(each);
    }
}

fn request_to_v1(request: &mut Value) {
    nest(request, "exactly", EXACTLY);
}

fn request_from_v1(request: &mut Value) {
    unnest(request, "exactly");
}

pub(super) fn claim_to_v1(claim: &mut Value) {
    set(claim, "apiVersion", STORED);
    if let Some(spec) = tree::get_mut(claim, "spec") {
        requests(spec, request_to_v1);
    }
}

pub(super) fn claim_from_v1(claim: &mut Value) {
    set(claim, "apiVersion", SERVED);
    if let Some(spec) = tree::get_mut(claim, "spec") {
        requests(spec, request_from_v1);
    }
}

fn template(template: &mut Value, version: &'static str, each: fn(&mut Value)) {
    set(template, "apiVersion", version);
    let spec = tree::get_mut(template, "spec").and_then(|spec| tree::get_mut(spec, "spec"));
    if let Some(spec) = spec {
        requests(spec, each);
    }
}

pub(super) fn template_to_v1(v: &mut Value) {
    template(v, STORED, request_to_v1);
}

pub(super) fn template_from_v1(v: &mut Value) {
    template(v, SERVED, request_from_v1);
}

pub(super) fn slice_to_v1(slice: &mut Value) {
    set(slice, "apiVersion", STORED);
    if let Some(spec) = tree::get_mut(slice, "spec") {
        for device in tree::list_mut(spec, "devices") {
            unnest(device, "basic");
        }
    }
}

pub(super) fn slice_from_v1(slice: &mut Value) {
    set(slice, "apiVersion", SERVED);
    let Some(spec) = tree::get_mut(slice, "spec") else {
        return;
    };
    for device in tree::list_mut(spec, "devices") {
        let name = at(device, "name").clone();
        tree::remove(device, "name");
        let basic = std::mem::replace(device, json!({"name": name}));
        set(device, "basic", basic);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back(v: Value, to: fn(&mut Value), from: fn(&mut Value), expect: &Value) {
        let mut changed = v.clone();
        to(&mut changed);
        assert!(tree::same(&changed, expect), "{changed}");
        from(&mut changed);
        assert!(tree::same(&changed, &v), "{changed}");
    }

    #[test]
    fn claims() {
        there_and_back(
            json!({"apiVersion": SERVED, "spec": {"devices": {"requests": [
                {"name": "a", "deviceClassName": "c", "count": 2},
                {"name": "b", "firstAvailable": [{"name": "x"}]},
            ]}}}),
            claim_to_v1,
            claim_from_v1,
            &json!({"apiVersion": STORED, "spec": {"devices": {"requests": [
                {"name": "a", "exactly": {"deviceClassName": "c", "count": 2}},
                {"name": "b", "firstAvailable": [{"name": "x"}]},
            ]}}}),
        );
    }

    #[test]
    fn slices() {
        there_and_back(
            json!({"apiVersion": SERVED, "spec": {"devices": [
                {"name": "a", "basic": {"attributes": {"x": {"int": 1}}}},
            ]}}),
            slice_to_v1,
            slice_from_v1,
            &json!({"apiVersion": STORED, "spec": {"devices": [
                {"name": "a", "attributes": {"x": {"int": 1}}},
            ]}}),
        );
    }
}
