//! Rules that the tables declare by themselves: `k8s:` markers of types and
//! fields. A marker without a stage and one in beta is enforced, one in alpha
//! is not. What is declared comes after the written rules of a kind, and a
//! written rule that says the same is left out.

mod formats;
mod unions;

pub use formats::identifier;

use crate::dump;
use crate::errors::{Errs, IMMUTABLE};
use crate::gates::{Feature, Features};
use crate::path::Path;
use crate::tree::{self, NULL, at};
use skeg_schema::{FieldDesc, FieldType, MessageDesc, TypeId, Value};

/// Checks an object (and, on update, what has become of the old one) by the
/// markers of its type.
pub fn check(obj: &Value, old: Option<&Value>, errs: &mut Errs) {
    let api_version = tree::s(obj, "apiVersion");
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let Some(ty) = TypeId::by_gvk(group, version, tree::s(obj, "kind")) else {
        return;
    };
    let desc = ty.desc();
    for field in desc.fields {
        match field.json {
            "metadata" => name(obj, old, field, errs),
            // The type's own names have rules of their own.
            "kind" | "apiVersion" => {}
            json => {
                let old = old.map(|old| at(old, json));
                self::field(at(obj, json), old, desc, field, &Path::root(json), errs);
            }
        }
    }
}

/// Of the metadata only the name can have a rule here.
fn name(obj: &Value, old: Option<&Value>, field: &FieldDesc, errs: &mut Errs) {
    let mut rules = rules(errs.features(), field.markers);
    let format = rules.find_map(|rule| rule.strip_prefix("subfield(name)=+k8s:format="));
    let (Some(format), None) = (format, old) else {
        return;
    };
    let metadata = Path::root("metadata");
    let name = tree::name_of(obj);
    if !name.is_empty() {
        formats::check(format, name, &metadata.child("name"), errs);
    }
}

/// The rules in force among a field's markers, without `k8s:` and stage.
fn rules<'a>(on: Features, markers: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    markers.iter().filter_map(move |marker| {
        let rule = marker.strip_prefix("k8s:")?;
        let rule = match rule.strip_prefix("beta(") {
            Some(rest) => rest.split_once(")=+k8s:")?.1,
            None if rule.starts_with("alpha(") => return None,
            None => rule,
        };
        let rule = match gated(on, rule) {
            Some((true, rule)) => rule,
            Some((false, _)) => return None,
            None => rule,
        };
        // What follows a number is a comment.
        Some(rule.split(" #").next().unwrap_or(rule).trim())
    })
}

/// A rule that depends on a gate: whether it is in force, and the rule.
fn gated(on: Features, rule: &str) -> Option<(bool, &str)> {
    let (wanted, rest) = match rule.strip_prefix("ifEnabled(") {
        Some(rest) => (true, rest),
        None => (false, rule.strip_prefix("ifDisabled(")?),
    };
    let (gate, rule) = rest.split_once(")=+k8s:")?;
    let gate = Feature::by_name(gate.trim_matches('"'));
    Some((gate.is_some_and(|gate| on.on(gate)) == wanted, rule))
}

fn value<'a>(on: Features, markers: &'a [&'a str], name: &str) -> Option<&'a str> {
    rules(on, markers).find_map(|rule| rule.strip_prefix(name)?.strip_prefix('='))
}

fn has(on: Features, markers: &[&str], name: &str) -> bool {
    rules(on, markers).any(|rule| rule == name)
}

fn message(
    v: &Value,
    old: Option<&Value>,
    desc: &'static MessageDesc,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    unions::members(v, old, desc, path, errs);
    unions::modes(v, old, desc, path, errs);
    for field in desc.fields {
        let old = old.map(|old| at(old, field.json));
        let path = path.child(field.json);
        self::field(at(v, field.json), old, desc, field, &path, errs);
    }
}

fn field(
    v: &Value,
    old: Option<&Value>,
    owner: &'static MessageDesc,
    field: &'static FieldDesc,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    // What did not change is not looked at again.
    if old.is_some_and(|old| tree::same(v, old))
        || has(errs.features(), field.markers, "opaqueType")
    {
        return;
    }
    let absent = v.is_null() || (!field.pointer && tree::is_zero(v));
    if stops(v, old, absent, field, path, errs) {
        return;
    }
    let inner = own_message(owner, field.ty);
    if absent {
        // A struct that is not a pointer is always there.
        if let (Some(inner), FieldType::Message(_), false) = (inner, field.ty, field.pointer) {
            message(&NULL, old, inner, path, errs);
        }
        return;
    }
    match v {
        Value::Array(items) => list(items, old, owner, field, path, errs),
        Value::Int(n) => bounds(*n, old, field.markers, path, errs),
        Value::String(text) => self::text(text, owner, field, path, errs),
        _ => {}
    }
    match (v, inner, field.ty) {
        (Value::Object(_), Some(inner), FieldType::Map(_)) => {
            for (key, item) in tree::sorted_pairs(v) {
                let before = old.map(|old| at(old, key)).filter(|old| !old.is_null());
                if !before.is_some_and(|before| tree::same(before, item)) {
                    message(item, before, inner, &path.key(key), errs);
                }
            }
            keys(v, old, field.markers, path, errs);
        }
        (Value::Object(_), Some(inner), _) => {
            let old = old.filter(|old| !field.pointer || !old.is_null());
            message(v, old, inner, path, errs);
        }
        (Value::Object(_), None, FieldType::Map(_)) => keys(v, old, field.markers, path, errs),
        _ => {}
    }
}

/// The message of a field, when it belongs to the same group: the others have
/// rules of their own.
fn own_message(owner: &MessageDesc, ty: FieldType) -> Option<&'static MessageDesc> {
    let package = |name: &str| name.split('.').next().map(str::to_owned);
    let inner = ty.message()?.desc();
    (package(inner.name) == package(owner.name)).then_some(inner)
}

/// Rules after which nothing else is said of a field, in the order of the
/// markers. `true`: one of them found fault.
fn stops(
    v: &Value,
    old: Option<&Value>,
    absent: bool,
    field: &'static FieldDesc,
    path: &Path<'_>,
    errs: &mut Errs,
) -> bool {
    let before = errs.len();
    for rule in rules(errs.features(), field.markers) {
        match rule {
            "required" if absent => errs.required(path, ""),
            "forbidden" if !absent => errs.forbidden(path, ""),
            "immutable" if old.is_some() => errs.invalid(path, Value::Null, IMMUTABLE),
            _ => {
                if let (Some(change), Some(old)) = (rule.strip_prefix("update="), old) {
                    changed(change, v, old, field, path, errs);
                }
                if let (Some(most), Value::Array(items)) = (rule.strip_prefix("maxItems="), v)
                    && let Ok(most) = most.parse()
                    && items.len() > most
                {
                    errs.too_many(path, items.len(), most);
                }
            }
        }
    }
    errs.len() > before
}

/// What an update may not do to a field.
fn changed(
    change: &str,
    v: &Value,
    old: &Value,
    field: &'static FieldDesc,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    let set = |v: &Value| !(v.is_null() || (!field.pointer && tree::is_zero(v)));
    let words = match change {
        "NoSet" if !set(old) && set(v) => "field cannot be set once created",
        "NoUnset" if set(old) && !set(v) => "field cannot be cleared once set",
        "NoModify" if set(old) && set(v) => "field cannot be modified once set",
        "NoAddItem" | "NoRemoveItem" => {
            let equal = Equal::of(errs.features(), field.markers);
            let (new, old) = (tree::items(v), tree::items(old));
            if change == "NoAddItem" {
                for (n, item) in new.iter().enumerate() {
                    if !old.iter().any(|one| equal.alike(one, item)) {
                        errs.forbidden(&path.index(n), "item may not be added");
                    }
                }
            } else {
                for item in old {
                    if !new.iter().any(|one| equal.alike(one, item)) {
                        errs.forbidden(path, "item may not be removed");
                    }
                }
            }
            return;
        }
        _ => return,
    };
    errs.invalid(path, Value::Null, words);
}

fn bounds(n: i64, old: Option<&Value>, markers: &[&str], path: &Path<'_>, errs: &mut Errs) {
    let on = errs.features();
    let number = |name: &str| value(on, markers, name)?.parse::<i64>().ok();
    if let Some(least) = number("minimum").filter(|least| n < *least) {
        errs.invalid(path, n, format!("must be greater than or equal to {least}"));
    }
    if let Some(most) = number("maximum").filter(|most| n > *most) {
        errs.invalid(path, n, format!("must be less than or equal to {most}"));
    }
    if has(on, markers, "monotonic")
        && let Some(old) = old.and_then(Value::as_i64)
        && n < old
    {
        errs.invalid(path, n, "must not decrease");
    }
}

fn text(
    text: &str,
    owner: &MessageDesc,
    field: &'static FieldDesc,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    for rule in rules(errs.features(), field.markers) {
        words(rule, text, path, errs);
    }
    enumerated(text, owner, field, path, errs);
}

/// One rule about a text.
fn words(rule: &str, text: &str, path: &Path<'_>, errs: &mut Errs) {
    let Some((name, argument)) = rule.split_once('=') else {
        return;
    };
    match name {
        "format" => formats::check(argument, text, path, errs),
        "maxBytes" if argument.parse().is_ok_and(|most| text.len() > most) => {
            errs.too_long(path, argument.parse().unwrap_or_default());
        }
        "maxLength"
            if argument
                .parse()
                .is_ok_and(|most| text.chars().count() > most) =>
        {
            errs.too_many_characters(path, argument.parse().unwrap_or_default());
        }
        _ => {}
    }
}

/// Groups whose enumerated types are declared so.
const ENUMERATED: &[&str] = &["resource/", "scheduling/", "lifecycle/"];

fn enumerated(
    text: &str,
    owner: &MessageDesc,
    field: &'static FieldDesc,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    let declared = ENUMERATED.iter().any(|group| owner.name.starts_with(group))
        || (owner.name == "discovery/v1.EndpointSlice" && field.json == "addressType");
    if declared && !field.enum_values.is_empty() && !field.enum_values.contains(&text) {
        let mut allowed = field.enum_values.to_vec();
        allowed.sort_unstable();
        errs.not_supported(path, text, &allowed);
    }
}

/// How the elements of two lists are told to be the same.
enum Equal<'a> {
    Never,
    Whole,
    Keys(Vec<&'a str>),
}

impl<'a> Equal<'a> {
    fn of(on: Features, markers: &'a [&'a str]) -> Self {
        let is = |kind: &str| {
            ["listType", "unique"]
                .iter()
                .any(|name| value(on, markers, name) == Some(kind))
        };
        if is("set") {
            return Self::Whole;
        }
        let keys: Vec<&str> = rules(on, markers)
            .filter_map(|rule| rule.strip_prefix("listMapKey="))
            .collect();
        if is("map") && !keys.is_empty() {
            Self::Keys(keys)
        } else {
            Self::Never
        }
    }

    fn alike(&self, a: &Value, b: &Value) -> bool {
        match self {
            Self::Never => false,
            Self::Whole => tree::same(a, b),
            Self::Keys(keys) => keys.iter().all(|key| tree::same(at(a, key), at(b, key))),
        }
    }
}

fn list(
    items: &[Value],
    old: Option<&Value>,
    owner: &'static MessageDesc,
    field: &'static FieldDesc,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    let equal = Equal::of(errs.features(), field.markers);
    let own_unique = has(errs.features(), field.markers, "customUnique");
    for (n, item) in items.iter().enumerate() {
        if !own_unique && items[..n].iter().any(|earlier| equal.alike(earlier, item)) {
            let shown = match field.ty.message() {
                Some(id) => dump::json(item, id.desc().name),
                None => item.clone(),
            };
            errs.duplicate(&path.index(n), shown);
        }
    }
    unions::items(items, old, field, path, errs);
    let before = old.map(tree::items).unwrap_or_default();
    let known = |item: &Value| before.iter().find(|one| equal.alike(one, item));
    for rule in
        rules(errs.features(), field.markers).filter_map(|rule| rule.strip_prefix("eachVal=+k8s:"))
    {
        for (n, item) in items.iter().enumerate() {
            if let (Some(text), None) = (item.as_str(), known(item)) {
                words(rule, text, &path.index(n), errs);
            }
        }
    }
    let inner = own_message(owner, field.ty);
    for (n, item) in items.iter().enumerate() {
        let before = known(item);
        if before.is_some_and(|before| tree::same(before, item)) {
            continue;
        }
        match (inner, item.as_str()) {
            (Some(inner), _) => message(item, before, inner, &path.index(n), errs),
            (None, Some(text)) => enumerated(text, owner, field, &path.index(n), errs),
            (None, None) => {}
        }
    }
}

/// Rules about the keys of a map; they are told of the map, not of its member.
fn keys(v: &Value, old: Option<&Value>, markers: &[&str], path: &Path<'_>, errs: &mut Errs) {
    for rule in
        rules(errs.features(), markers).filter_map(|rule| rule.strip_prefix("eachKey=+k8s:"))
    {
        for (key, _) in tree::sorted_pairs(v) {
            if old.is_none_or(|old| old.get(key).is_none()) {
                words(rule, key, path, errs);
            }
        }
    }
}

#[cfg(test)]
mod tests;
