//! Rules for ObjectMeta, the same for every kind.

use super::names;
use crate::dump;
use crate::errors::{Errs, IMMUTABLE};
use crate::path::Path;
use crate::tree::{self, at, entries, list, s};
use skeg_schema::Value;
use skeg_schema::go::quote;
use std::collections::BTreeSet;

/// All annotations of an object together may have this many bytes.
const ANNOTATIONS_MAX_BYTES: usize = 256 * 1024;

/// A kind's rule for names.
pub type NameRule<'a> = &'a dyn Fn(&str, bool) -> Vec<String>;

/// Rules for the metadata of a new object, or of a template (then without a
/// name).
pub fn object_meta(
    meta: &Value,
    namespaced: bool,
    name_rule: NameRule<'_>,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    let generate_name = s(meta, "generateName");
    if !generate_name.is_empty() {
        errs.invalid_all(
            &path.child("generateName"),
            generate_name,
            name_rule(generate_name, true),
        );
    }
    let name = s(meta, "name");
    if name.is_empty() {
        errs.required(&path.child("name"), "name or generateName is required");
    } else {
        errs.invalid_all(&path.child("name"), name, name_rule(name, false));
    }
    let namespace = s(meta, "namespace");
    if namespaced {
        if namespace.is_empty() {
            errs.required(&path.child("namespace"), "");
        } else {
            errs.invalid_all(
                &path.child("namespace"),
                namespace,
                names::dns1123_label(namespace, false),
            );
        }
    } else if !namespace.is_empty() {
        errs.forbidden(&path.child("namespace"), "not allowed on this type");
    }
    errs.non_negative(&path.child("generation"), tree::i0(meta, "generation"));
    attached(meta, path, errs);
    finalizers(meta, path, errs);
    managed_fields(meta, path, errs);
}

/// The longest name of a manager of fields, in bytes.
pub const MANAGER_LEN_MAX: usize = 128;
/// The longest name of a subresource in managedFields, in bytes.
const SUBRESOURCE_LEN_MAX: usize = 256;

/// What is wrong with the characters of a manager's name.
pub fn manager_faults(manager: &str) -> Vec<String> {
    let odd = manager
        .char_indices()
        .filter(|(_, c)| !skeg_schema::go::is_printed(*c));
    odd.map(|(at, c)| format!("invalid character U+{:04X} (at position {at})", c as u32))
        .collect()
}

/// The names in managedFields; that entries can be read was seen to before.
fn managed_fields(meta: &Value, path: &Path<'_>, errs: &mut Errs) {
    let path = path.child("managedFields");
    for (at, entry) in list(meta, "managedFields").iter().enumerate() {
        let path = path.index(at);
        let manager = s(entry, "manager");
        if manager.len() > MANAGER_LEN_MAX {
            errs.too_long(&path.child("manager"), MANAGER_LEN_MAX);
        }
        errs.invalid_all(&path.child("manager"), manager, manager_faults(manager));
        if s(entry, "subresource").len() > SUBRESOURCE_LEN_MAX {
            errs.too_long(&path.child("subresource"), SUBRESOURCE_LEN_MAX);
        }
    }
}

/// Rules for labels, annotations and owners.
pub fn attached(meta: &Value, path: &Path<'_>, errs: &mut Errs) {
    labels(at(meta, "labels"), &path.child("labels"), errs);
    annotations(at(meta, "annotations"), &path.child("annotations"), errs);
    owner_references(meta, path, errs);
}

/// Rules for a changed object's metadata against its old one.
pub fn object_meta_update(new: &Value, old: &Value, path: &Path<'_>, errs: &mut Errs) {
    if tree::has(old, "deletionTimestamp") {
        let before = list(old, "finalizers");
        let added: BTreeSet<&str> = list(new, "finalizers")
            .iter()
            .filter(|f| !before.contains(f))
            .filter_map(|f| f.as_str())
            .collect();
        let added: Vec<String> = added.into_iter().map(quote).collect();
        if !added.is_empty() {
            errs.forbidden(
                &path.child("finalizers"),
                format!(
                    "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
                    added.join(", ")
                ),
            );
        }
    }
    if tree::i0(new, "generation") < tree::i0(old, "generation") {
        errs.invalid(
            &path.child("generation"),
            tree::i0(new, "generation"),
            "must not be decremented",
        );
    }
    for field in [
        "name",
        "namespace",
        "uid",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
    ] {
        let (n, o) = (at(new, field), at(old, field));
        let differ = if field.starts_with("deletionG") {
            n != o
        } else {
            !tree::same(n, o)
        };
        if differ {
            errs.invalid(&path.child(field), n.clone(), IMMUTABLE);
        }
    }
}

/// The metadata of a template: labels and annotations, nothing else.
pub fn template_meta(meta: &Value, path: &Path<'_>, errs: &mut Errs) {
    annotations(at(meta, "annotations"), &path.child("annotations"), errs);
    labels(at(meta, "labels"), &path.child("labels"), errs);
    for field in [
        "name",
        "generateName",
        "namespace",
        "selfLink",
        "uid",
        "resourceVersion",
        "generation",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "ownerReferences",
        "finalizers",
        "managedFields",
    ] {
        if !tree::is_zero(at(meta, field)) {
            errs.forbidden(&path.child(field), "cannot be set");
        }
    }
}

/// Keys and values of labels.
pub fn labels(labels: &Value, path: &Path<'_>, errs: &mut Errs) {
    for (k, v) in tree::pairs(labels) {
        errs.invalid_all(path, k, names::qualified_name(k));
        let v = v.as_str().unwrap_or("");
        errs.invalid_all(path, v, names::label_value(v));
    }
}

/// Keys and total size of annotations.
pub fn annotations(annotations: &Value, path: &Path<'_>, errs: &mut Errs) {
    for (k, _) in tree::pairs(annotations) {
        errs.invalid_all(path, k, names::qualified_name(&k.to_lowercase()));
    }
    annotations_size(annotations, path, errs);
}

/// Keys and total size of what a pod tells a signer of certificates.
pub fn user_annotations(annotations: &Value, path: &Path<'_>, errs: &mut Errs) {
    for (key, _) in tree::sorted_pairs(annotations) {
        let key = key.to_lowercase();
        let wrong = names::qualified_name(&key);
        if wrong.is_empty() && !key.contains('/') {
            let words = "must be a domain-prefixed key (such as \"acme.io/foo\")";
            errs.invalid(path, key, words);
        } else {
            errs.invalid_all(path, &key, wrong);
        }
    }
    annotations_size(annotations, path, errs);
}

fn annotations_size(annotations: &Value, path: &Path<'_>, errs: &mut Errs) {
    let len = |v: &Value| v.as_str().map_or(0, str::len);
    let total: usize = tree::pairs(annotations)
        .map(|(k, v)| k.len() + len(v))
        .sum();
    if total > ANNOTATIONS_MAX_BYTES {
        errs.too_long(path, ANNOTATIONS_MAX_BYTES);
    }
}

const OWNER: &str = "meta/v1.OwnerReference";

/// Whether a text names a version and at most one group.
fn is_group_version(text: &str) -> bool {
    let version = text.split_once('/').map_or(text, |(_, version)| version);
    !version.is_empty() && !version.contains('/')
}

fn owner_references(meta: &Value, path: &Path<'_>, errs: &mut Errs) {
    let refs = list(meta, "ownerReferences");
    let path = path.child("ownerReferences");
    let mut controller: Option<&Value> = None;
    for (n, r) in refs.iter().enumerate() {
        let at = path.index(n);
        for field in ["apiVersion", "kind", "name", "uid"] {
            let value = s(r, field);
            let child = at.child(field);
            if value.is_empty() {
                errs.required(&child, "must not be empty");
            } else if field == "apiVersion" && !is_group_version(value) {
                errs.invalid(&child, value, "must be <group>/<version> or <version>");
            }
        }
        if s(r, "apiVersion") == "v1" && s(r, "kind") == "Event" {
            errs.invalid(
                &at,
                dump::json(r, OWNER),
                "/v1, Kind=Event is disallowed from being an owner",
            );
        }
        if tree::b(r, "controller") {
            if let Some(first) = controller {
                errs.invalid(
                    &path,
                    Value::Array(refs.iter().map(|r| dump::json(r, OWNER)).collect()),
                    format!(
                        "Only one reference can have Controller set to true. Found \"true\" in references for {}/{} and {}/{}",
                        s(first, "kind"),
                        s(first, "name"),
                        s(r, "kind"),
                        s(r, "name")
                    ),
                );
            } else {
                controller = Some(r);
            }
        }
    }
}

fn finalizers(meta: &Value, path: &Path<'_>, errs: &mut Errs) {
    let all = list(meta, "finalizers");
    let path = path.child("finalizers");
    let has = |name: &str| all.iter().any(|f| f.as_str() == Some(name));
    for f in all.iter().filter_map(Value::as_str) {
        errs.invalid_all(&path, f, names::qualified_name(f));
    }
    if has("orphan") && has("foregroundDeletion") {
        errs.invalid(
            &path,
            Value::Array(all.to_vec()),
            "finalizer orphan and foregroundDeletion cannot be both set",
        );
    }
    for (n, f) in all.iter().filter_map(Value::as_str).enumerate() {
        if !f.contains('/') && !matches!(f, "kubernetes" | "orphan" | "foregroundDeletion") {
            errs.invalid(
                &path.index(n),
                f,
                "name is neither a standard finalizer name nor is it fully qualified",
            );
        }
    }
}

/// A LabelSelector's expressions and labels.
pub fn label_selector(selector: &Value, path: &Path<'_>, errs: &mut Errs) {
    labels(
        at(selector, "matchLabels"),
        &path.child("matchLabels"),
        errs,
    );
    let expressions = path.child("matchExpressions");
    for (n, e) in list(selector, "matchExpressions").iter().enumerate() {
        let at_path = expressions.index(n);
        selector_values(e, &at_path, errs);
        let operator = s(e, "operator");
        if !matches!(operator, "In" | "NotIn" | "Exists" | "DoesNotExist") {
            errs.invalid(
                &at_path.child("operator"),
                operator,
                "not a valid selector operator",
            );
        }
        selector_labels(e, &at_path, errs);
    }
}

/// How many values the operator of a selector's requirement wants. Of unknown operators
/// nothing is said.
pub fn selector_values(requirement: &Value, path: &Path<'_>, errs: &mut Errs) {
    let values = list(requirement, "values");
    match s(requirement, "operator") {
        "In" | "NotIn" if values.is_empty() => errs.required(
            &path.child("values"),
            "must be specified when `operator` is 'In' or 'NotIn'",
        ),
        "Exists" | "DoesNotExist" if !values.is_empty() => errs.forbidden(
            &path.child("values"),
            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        ),
        _ => {}
    }
}

/// Key and values of a requirement on labels.
pub fn selector_labels(requirement: &Value, path: &Path<'_>, errs: &mut Errs) {
    let key = s(requirement, "key");
    errs.invalid_all(&path.child("key"), key, names::qualified_name(key));
    for (n, value) in list(requirement, "values").iter().enumerate() {
        let value = value.as_str().unwrap_or("");
        errs.invalid_all(
            &path.child("values").index(n),
            value,
            names::label_value(value),
        );
    }
}

/// A LabelSelector that has nothing in it.
pub fn is_empty_selector(selector: &Value) -> bool {
    entries(selector, "matchLabels").next().is_none()
        && list(selector, "matchExpressions").is_empty()
}

/// Whether a LabelSelector can be used at all.
pub fn selector_is_usable(selector: &Value) -> bool {
    let mut errs = Errs::new();
    label_selector(selector, &Path::NIL, &mut errs);
    errs.is_empty()
}

/// Whether a LabelSelector matches labels; null matches nothing.
pub fn selector_matches(selector: &Value, labels: &Value) -> bool {
    if selector.is_null() {
        return false;
    }
    let get = |k: &str| at(labels, k).as_str();
    entries(selector, "matchLabels").all(|(k, v)| get(k) == v.as_str())
        && list(selector, "matchExpressions").iter().all(|e| {
            let found = get(s(e, "key"));
            let among = || list(e, "values").iter().any(|v| v.as_str() == found);
            match s(e, "operator") {
                "In" => found.is_some() && among(),
                "NotIn" => found.is_none() || !among(),
                "Exists" => found.is_some(),
                "DoesNotExist" => found.is_none(),
                _ => false,
            }
        })
}

/// A template's labels as messages show them; `null` for none, not for an empty map.
pub fn shown_labels(labels: &Value) -> Value {
    if labels.is_null() {
        return Value::Null;
    }
    dump::json(labels, "")
}
