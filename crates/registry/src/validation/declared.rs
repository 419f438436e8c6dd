//! Rules that the tables declare by themselves: `k8s:` markers of types and
//! fields. Kinds whose rules upstream writes only in this way are checked by
//! nothing else.

use super::names;
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at};
use skeg_schema::{FieldDesc, FieldType, MessageDesc, TypeId, Value};

/// Checks an object (and, on update, what has become of the old one) by the
/// markers of its type.
pub fn check(obj: &Value, old: Option<&Value>, errs: &mut Errs) {
    let api_version = tree::s(obj, "apiVersion");
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let Some(ty) = TypeId::by_gvk(group, version, tree::s(obj, "kind")) else {
        return;
    };
    for field in ty.desc().fields {
        // Metadata and the type's own names have rules of their own.
        if matches!(field.json, "metadata" | "kind" | "apiVersion") {
            continue;
        }
        let old = old.map(|old| at(old, field.json));
        self::field(
            at(obj, field.json),
            old,
            field,
            &Path::root(field.json),
            errs,
        );
    }
}

fn message(
    v: &Value,
    old: Option<&Value>,
    desc: &'static MessageDesc,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    union(v, desc, path, errs);
    for field in desc.fields {
        let old = old.map(|old| at(old, field.json));
        self::field(at(v, field.json), old, field, &path.child(field.json), errs);
    }
}

/// The value of a marker such as `k8s:maxItems=4`.
fn value<'a>(markers: &'a [&'a str], name: &str) -> Option<&'a str> {
    let mut values = markers.iter().filter_map(|marker| {
        let rest = marker.strip_prefix("k8s:")?.strip_prefix(name)?;
        let rest = rest.strip_prefix('=')?;
        Some(rest.split(" #").next().unwrap_or(rest).trim())
    });
    values.next()
}

fn has(markers: &[&str], name: &str) -> bool {
    markers
        .iter()
        .any(|marker| marker.strip_prefix("k8s:") == Some(name))
}

fn number(markers: &[&str], name: &str) -> Option<i64> {
    value(markers, name)?.parse().ok()
}

fn field(
    v: &Value,
    old: Option<&Value>,
    field: &'static FieldDesc,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    let markers = field.markers;
    let absent = v.is_null() || (!field.pointer && tree::is_zero(v));
    if let Some(old) = old {
        if changes(v, old, field, path, errs) {
            return;
        }
        if !absent && tree::same(v, old) {
            // What was there before a rule was made may stay.
            return;
        }
    }
    if markers
        .iter()
        .any(|marker| marker.starts_with("k8s:ifDisabled(") && marker.ends_with("k8s:forbidden"))
    {
        // No gate that brings such a field is on.
        if !absent {
            errs.forbidden(path, "");
        }
        return;
    }
    if absent {
        if has(markers, "required") {
            errs.required(path, "");
        }
        return;
    }
    match v {
        Value::Array(items) => list(items, old, field, path, errs),
        Value::Int(n) => bounds(*n, markers, path, errs),
        Value::String(text) => self::text(text, field, path, errs),
        _ => {}
    }
    if let (FieldType::Message(id), Value::Object(_)) = (&field.ty, v) {
        message(v, old.filter(|old| !old.is_null()), id.desc(), path, errs);
    }
}

/// Rules about what a change may do. `true`: the change is not allowed, and
/// what it leads to is not looked at.
fn changes(
    v: &Value,
    old: &Value,
    field: &'static FieldDesc,
    path: &Path<'_>,
    errs: &mut Errs,
) -> bool {
    let markers = field.markers;
    if tree::same(v, old) {
        return false;
    }
    if has(markers, "immutable") {
        errs.invalid(path, v.clone(), crate::errors::IMMUTABLE);
        return true;
    }
    let (set, unset) = (!tree::is_zero(v), tree::is_zero(v));
    let (was_set, was_unset) = (!tree::is_zero(old), tree::is_zero(old));
    let rule = |name: &str| {
        let wanted = format!("k8s:update={name}");
        markers.contains(&wanted.as_str())
    };
    if rule("NoSet") && was_unset && set {
        errs.invalid(path, v.clone(), "field cannot be set once created");
        return true;
    }
    if rule("NoUnset") && was_set && unset {
        errs.invalid(path, v.clone(), "field cannot be cleared once set");
        return true;
    }
    if rule("NoModify") && was_set && set {
        errs.invalid(path, v.clone(), "field cannot be modified once set");
        return true;
    }
    if has(markers, "monotonic")
        && let (Some(new), Some(old)) = (v.as_i64(), old.as_i64())
        && new < old
    {
        errs.invalid(path, new, "must not decrease");
        return true;
    }
    false
}

fn bounds(n: i64, markers: &[&str], path: &Path<'_>, errs: &mut Errs) {
    if let Some(least) = number(markers, "minimum").filter(|least| n < *least) {
        errs.invalid(path, n, format!("must be greater than or equal to {least}"));
    }
    if let Some(most) = number(markers, "maximum").filter(|most| n > *most) {
        errs.invalid(path, n, format!("must be less than or equal to {most}"));
    }
}

fn text(text: &str, field: &'static FieldDesc, path: &Path<'_>, errs: &mut Errs) {
    let markers = field.markers;
    for name in ["maxBytes", "maxLength"] {
        let length = if name == "maxBytes" {
            text.len()
        } else {
            text.chars().count()
        };
        if let Some(most) = number(markers, name).and_then(|most| usize::try_from(most).ok())
            && length > most
        {
            errs.too_long(path, most);
            return;
        }
    }
    if !field.enum_values.is_empty() && !field.enum_values.contains(&text) {
        errs.not_supported(path, text, field.enum_values);
    }
    if let Some(format) = value(markers, "format") {
        errs.invalid_all(path, text, faults(format, text));
    }
}

/// What keeps a text from having a format.
fn faults(format: &str, text: &str) -> Vec<String> {
    match format {
        "k8s-short-name" => names::dns1123_label(text, false),
        "k8s-long-name" => names::dns1123_subdomain(text, false),
        "k8s-long-name-caseless" => names::dns1123_subdomain(&text.to_lowercase(), false),
        "k8s-label-key" => names::qualified_name(text),
        "k8s-prefixed-label-key" => {
            let mut faults = names::qualified_name(text);
            if !text.contains('/') {
                faults.push("must be prefixed with a domain name".to_owned());
            }
            faults
        }
        "k8s-uuid" if !is_uuid(text) => {
            vec!["must be a lowercase UUID in 8-4-4-4-12 format".to_owned()]
        }
        _ => Vec::new(),
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(n, byte)| match n {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

fn list(
    items: &[Value],
    old: Option<&Value>,
    field: &'static FieldDesc,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    let markers = field.markers;
    if let Some(most) = number(markers, "maxItems").and_then(|most| usize::try_from(most).ok())
        && items.len() > most
    {
        errs.too_many(path, items.len(), most);
        // Of a list that is too long the elements are not looked at.
        return;
    }
    let keys: Vec<&str> = markers
        .iter()
        .filter_map(|marker| marker.strip_prefix("k8s:listMapKey="))
        .collect();
    let is_set = value(markers, "listType") == Some("set");
    let equal = |a: &Value, b: &Value| {
        if is_set {
            tree::same(a, b)
        } else {
            !keys.is_empty() && keys.iter().all(|key| tree::same(at(a, key), at(b, key)))
        }
    };
    for (n, item) in items.iter().enumerate() {
        if items[..n].iter().any(|earlier| equal(earlier, item)) {
            errs.duplicate(&path.index(n), item.clone());
        }
    }
    let before = old.and_then(Value::as_array);
    for (n, item) in items.iter().enumerate() {
        let path = path.index(n);
        let same = before.and_then(|before| before.iter().find(|one| equal(one, item)));
        if same.is_some_and(|same| tree::same(same, item)) {
            continue;
        }
        if let (Some(text), Some(rule)) = (item.as_str(), value(markers, "eachVal"))
            && let Some(format) = rule.strip_prefix("+k8s:format=")
        {
            errs.invalid_all(&path, text, faults(format, text));
        }
        if let FieldType::List(inner) = &field.ty
            && let FieldType::Message(id) = inner
        {
            message(item, same, id.desc(), &path, errs);
        }
    }
}

/// Of a union's members exactly one is set.
fn union(v: &Value, desc: &'static MessageDesc, path: &Path<'_>, errs: &mut Errs) {
    let is_member = |field: &&FieldDesc| {
        let mut markers = field.markers.iter();
        markers.any(|marker| marker.starts_with("k8s:unionMember"))
    };
    let members: Vec<&FieldDesc> = desc.fields.iter().filter(is_member).collect();
    if members.is_empty() {
        return;
    }
    let quoted = |fields: &[&FieldDesc]| {
        let names: Vec<String> = fields.iter().map(|f| format!("`{}`", f.json)).collect();
        names.join(", ")
    };
    let set: Vec<&FieldDesc> = members
        .iter()
        .copied()
        .filter(|field| !at(v, field.json).is_null())
        .collect();
    let all = quoted(&members);
    match set.len() {
        1 => {}
        0 => errs.invalid(path, "", format!("must specify one of: {all}")),
        _ => errs.invalid(
            path,
            format!("{{{}}}", quoted(&set)),
            format!("must specify exactly one of: {all}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn faults_of(obj: &Value, old: Option<&Value>) -> Vec<String> {
        let mut errs = Errs::new();
        check(obj, old, &mut errs);
        errs.into_list().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn workloads() {
        let wrong = json!({
            "apiVersion": "scheduling.k8s.io/v1beta1", "kind": "Workload",
            "spec": {"podGroupTemplates": [{"name": "A_"}]},
        });
        let found = faults_of(&wrong, None);
        assert!(!found.is_empty(), "{found:?}");
    }

    #[test]
    fn formats() {
        for (format, text, good) in [
            ("k8s-short-name", "a-b", true),
            ("k8s-short-name", "a.b", false),
            ("k8s-long-name", "a.b", true),
            ("k8s-uuid", "123e4567-e89b-12d3-a456-426614174000", true),
            ("k8s-uuid", "123E4567-e89b-12d3-a456-426614174000", false),
            ("k8s-prefixed-label-key", "example.com/x", true),
            ("k8s-prefixed-label-key", "x", false),
        ] {
            assert_eq!(faults(format, text).is_empty(), good, "{format} {text}");
        }
    }

    #[test]
    fn an_eviction_request_keeps_its_target() {
        const UID: &str = "123e4567-e89b-12d3-a456-426614174000";
        let of = |requester: &str, name: &str, uid: &str| {
            json!({
                "apiVersion": "lifecycle.k8s.io/v1alpha1",
                "kind": "EvictionRequest",
                "spec": {
                    "requester": requester,
                    "target": {"pod": {"name": name, "uid": uid}},
                },
            })
        };
        let wrong = of("me", "A", "x");
        assert!(faults_of(&wrong, None).len() >= 3);
        let one = of("example.com/me", "a", UID);
        let other = of("example.com/me", "b", UID);
        let found = faults_of(&other, Some(&one));
        assert!(
            found
                .iter()
                .any(|fault| fault.contains("field is immutable")),
            "{found:?}"
        );
        assert!(faults_of(&one, Some(&one)).is_empty());
    }
}
