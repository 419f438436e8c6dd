//! Node and pod affinity.

use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, has, list, s};
use crate::validation::{metadata, names};
use skeg_schema::Value;
use std::collections::HashSet;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

/// `spec.affinity`.
pub fn affinity(a: &Value, path: &Path<'_>, errs: &mut Errs) {
    if a.is_null() {
        return;
    }
    node_affinity(at(a, "nodeAffinity"), &path.child("nodeAffinity"), errs);
    for kind in ["podAffinity", "podAntiAffinity"] {
        let (side, side_path) = (at(a, kind), path.child(kind));
        for (n, t) in list(side, REQUIRED).iter().enumerate() {
            pod_term(t, &side_path.child(REQUIRED).index(n), errs);
        }
        for (n, w) in list(side, PREFERRED).iter().enumerate() {
            let at_path = side_path.child(PREFERRED);
            let at_path = at_path.index(n);
            weight(w, &at_path, errs);
            pod_term(
                at(w, "podAffinityTerm"),
                &at_path.child("podAffinityTerm"),
                errs,
            );
        }
    }
}

fn weight(w: &Value, path: &Path<'_>, errs: &mut Errs) {
    let v = tree::i0(w, "weight");
    if !(1..=100).contains(&v) {
        errs.invalid(&path.child("weight"), v, "must be in the range 1-100");
    }
}

fn node_affinity(a: &Value, path: &Path<'_>, errs: &mut Errs) {
    if has(a, REQUIRED) {
        node_selector(at(a, REQUIRED), &path.child(REQUIRED), errs);
    }
    for (n, w) in list(a, PREFERRED).iter().enumerate() {
        let at_path = path.child(PREFERRED);
        let at_path = at_path.index(n);
        weight(w, &at_path, errs);
        node_term(
            at(w, "preference"),
            false,
            &at_path.child("preference"),
            errs,
        );
    }
}

/// A NodeSelector (of affinity or of a volume).
pub fn node_selector(selector: &Value, path: &Path<'_>, errs: &mut Errs) {
    let terms = list(selector, "nodeSelectorTerms");
    let path = path.child("nodeSelectorTerms");
    if terms.is_empty() {
        errs.required(&path, "must have at least one node selector term");
        return;
    }
    for (n, t) in terms.iter().enumerate() {
        node_term(t, true, &path.index(n), errs);
    }
}

/// Of what is only preferred, the values may be anything.
fn node_term(t: &Value, required: bool, path: &Path<'_>, errs: &mut Errs) {
    for (n, e) in list(t, "matchExpressions").iter().enumerate() {
        expression(e, required, &path.child("matchExpressions").index(n), errs);
    }
    for (n, f) in list(t, "matchFields").iter().enumerate() {
        field(f, &path.child("matchFields").index(n), errs);
    }
}

fn expression(e: &Value, required: bool, path: &Path<'_>, errs: &mut Errs) {
    let values = list(e, "values");
    match s(e, "operator") {
        "In" | "NotIn" => {
            if values.is_empty() {
                errs.required(
                    &path.child("values"),
                    "must be specified when `operator` is 'In' or 'NotIn'",
                );
            }
        }
        "Exists" | "DoesNotExist" => {
            if !values.is_empty() {
                errs.forbidden(
                    &path.child("values"),
                    "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
                );
            }
        }
        "Gt" | "Lt" => {
            if values.len() != 1 {
                errs.required(
                    &path.child("values"),
                    "must be specified single value when `operator` is 'Lt' or 'Gt'",
                );
            }
        }
        other => errs.invalid(
            &path.child("operator"),
            other,
            "not a valid selector operator",
        ),
    }
    let key = s(e, "key");
    errs.invalid_all(&path.child("key"), key, names::qualified_name(key));
    if !required {
        return;
    }
    for (n, v) in values.iter().filter_map(Value::as_str).enumerate() {
        errs.invalid_all(&path.child("values").index(n), v, names::label_value(v));
    }
}

fn field(f: &Value, path: &Path<'_>, errs: &mut Errs) {
    let values = list(f, "values");
    match s(f, "operator") {
        "In" | "NotIn" => {
            if values.len() != 1 {
                errs.required(
                    &path.child("values"),
                    "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
                );
            }
        }
        other => errs.invalid(
            &path.child("operator"),
            other,
            "not a valid selector operator",
        ),
    }
    let key = s(f, "key");
    if key != "metadata.name" {
        errs.invalid(&path.child("key"), key, "not a valid field selector key");
        return;
    }
    for (n, v) in values.iter().filter_map(Value::as_str).enumerate() {
        errs.invalid_all(
            &path.child("values").index(n),
            v,
            names::dns1123_subdomain(v, false),
        );
    }
}

fn pod_term(t: &Value, path: &Path<'_>, errs: &mut Errs) {
    if has(t, "labelSelector") {
        metadata::label_selector(at(t, "labelSelector"), &path.child("labelSelector"), errs);
    }
    if has(t, "namespaceSelector") {
        metadata::label_selector(
            at(t, "namespaceSelector"),
            &path.child("namespaceSelector"),
            errs,
        );
    }
    for ns in list(t, "namespaces").iter().filter_map(Value::as_str) {
        errs.invalid_all(
            &path.child("namespace"),
            ns,
            names::dns1123_label(ns, false),
        );
    }
    label_keys(t, path, errs);
    let key = s(t, "topologyKey");
    if key.is_empty() {
        errs.required(&path.child("topologyKey"), "can not be empty");
    }
    errs.invalid_all(&path.child("topologyKey"), key, names::qualified_name(key));
}

/// `matchLabelKeys` and `mismatchLabelKeys` of a pod affinity term or of a
/// topology spread constraint (which has no second one).
pub fn label_keys(t: &Value, path: &Path<'_>, errs: &mut Errs) {
    let selector = at(t, "labelSelector");
    for field in ["matchLabelKeys", "mismatchLabelKeys"] {
        let keys = list(t, field);
        let at_path = path.child(field);
        if !keys.is_empty() && selector.is_null() {
            errs.forbidden(
                &at_path,
                "must not be specified when labelSelector is not set",
            );
            continue;
        }
        for (n, k) in keys.iter().filter_map(Value::as_str).enumerate() {
            errs.invalid_all(&at_path.index(n), k, names::qualified_name(k));
        }
    }
    let keys = list(t, "matchLabelKeys");
    let place = |key: &str| keys.iter().rposition(|k| k.as_str() == Some(key));
    // The keys have become requirements of the selector already: what stands
    // there twice was in it before.
    let mut seen: HashSet<&str> = tree::entries(selector, "matchLabels")
        .map(|(k, _)| k)
        .collect();
    for e in list(selector, "matchExpressions") {
        let key = s(e, "key");
        if let Some(n) = place(key)
            && seen.contains(key)
        {
            errs.invalid(
                &path.index(n),
                key,
                "exists in both matchLabelKeys and labelSelector",
            );
        }
        seen.insert(key);
    }
    let others = list(t, "mismatchLabelKeys");
    for (n, k) in keys.iter().enumerate() {
        if others.contains(k) {
            errs.invalid(
                &path.child("matchLabelKeys").index(n),
                k.clone(),
                "exists in both matchLabelKeys and mismatchLabelKeys",
            );
        }
    }
}
