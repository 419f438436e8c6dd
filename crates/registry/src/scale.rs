//! The `/scale` subresource of every kind that has one: trees of
//! autoscaling/v1 Scale in and out.

use crate::errors::Errs;
use crate::path::Path;
use crate::strategy::{METADATA, ScalePaths};
use crate::tree::{self, at};
use crate::validation::{metadata, names};
use skeg_meta::{GroupKind, Status};
use skeg_schema::{Object, Value, json};

/// The Scale of an object.
pub fn get(paths: &ScalePaths, obj: &Value) -> Value {
    let meta = at(obj, "metadata");
    let mut scale_meta = Object::new();
    for field in [
        "name",
        "namespace",
        "uid",
        "resourceVersion",
        "creationTimestamp",
    ] {
        if let Some(v) = meta.get(field) {
            scale_meta.insert(field, v.clone());
        }
    }
    let count = |p: &[&str]| tree::path(obj, p).as_i64().unwrap_or(0);
    let mut status = Object::new();
    status.insert("replicas", Value::Int(count(paths.status_replicas)));
    let selector = tree::path(obj, paths.selector);
    let text = if paths.custom {
        selector.as_str().unwrap_or_default().to_owned()
    } else if paths.selector_is_map {
        map_text(selector)
    } else {
        selector_text(selector)
    };
    if !text.is_empty() {
        status.insert("selector", Value::String(text));
    }
    let mut spec = Object::new();
    let wanted = count(paths.spec_replicas);
    if wanted != 0 {
        spec.insert("replicas", Value::Int(wanted));
    }
    json!({
        "apiVersion": "autoscaling/v1",
        "kind": "Scale",
        "metadata": Value::Object(scale_meta),
        "spec": Value::Object(spec),
        "status": Value::Object(status),
    })
}

/// Checks a Scale and sets the wanted count of `obj` from it. Also carries over
/// resourceVersion as a precondition; the uid is not the Scale's to change.
pub fn apply(paths: &ScalePaths, obj: &mut Value, scale: &Value) -> Result<(), Status> {
    let mut errs = Errs::new();
    let replicas = tree::path(scale, &["spec", "replicas"])
        .as_i64()
        .unwrap_or(0);
    if !paths.custom {
        let mut meta = at(scale, "metadata").clone();
        tree::copy(&mut meta, at(obj, "metadata"), "namespace");
        metadata::object_meta(&meta, true, &names::dns1123_subdomain, &METADATA, &mut errs);
        errs.non_negative(&Path::root("spec").child("replicas"), replicas);
    }
    if !errs.is_empty() {
        return Err(crate::generic::invalid(
            &GroupKind::new("autoscaling", "Scale"),
            tree::name_of(scale),
            errs,
        ));
    }
    let wanted = tree::path(scale, &["metadata", "resourceVersion"]);
    if !tree::is_zero(wanted) {
        let wanted = wanted.clone();
        tree::set(tree::obj_mut(obj, "metadata"), "resourceVersion", wanted);
    }
    obj.set_at(paths.spec_replicas, replicas);
    Ok(())
}

fn map_text(labels: &Value) -> String {
    tree::sorted_pairs(labels)
        .into_iter()
        .map(|(k, v)| format!("{k}={}", v.as_str().unwrap_or("")))
        .collect::<Vec<_>>()
        .join(",")
}

/// A LabelSelector as a selector string, requirements in the order of keys.
pub fn selector_text(selector: &Value) -> String {
    let mut parts: Vec<(String, String)> = tree::entries(selector, "matchLabels")
        .map(|(k, v)| (k.to_owned(), format!("{k}={}", v.as_str().unwrap_or(""))))
        .collect();
    for e in tree::list(selector, "matchExpressions") {
        let key = tree::s(e, "key");
        let mut values: Vec<&str> = tree::list(e, "values")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        values.sort_unstable();
        let values = values.join(",");
        let text = match tree::s(e, "operator") {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "Exists" => key.to_owned(),
            _ => format!("!{key}"),
        };
        parts.push((key.to_owned(), text));
    }
    parts.sort_by(|a, b| a.0.cmp(&b.0));
    parts
        .into_iter()
        .map(|(_, t)| t)
        .collect::<Vec<_>>()
        .join(",")
}
