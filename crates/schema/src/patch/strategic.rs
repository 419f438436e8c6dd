//! Strategic merge patch: a merge patch that knows, from the API's tables,
//! which lists are merged by a key, and that carries directives:
//! `$patch: replace|delete`, `$retainKeys`, `$setElementOrder/FIELD`,
//! `$deleteFromPrimitiveList/FIELD`.
//!
//! What surprises is upstream's and clients rely on it: new elements of a
//! merged list come first, a merged list keeps the relative order of the patch.

use std::mem::discriminant;

use crate::go;
use crate::{Object, Value};

const DIRECTIVE: &str = "$patch";
const RETAIN_KEYS: &str = "$retainKeys";
const DELETE_FROM_LIST: &str = "$deleteFromPrimitiveList";
const ELEMENT_ORDER: &str = "$setElementOrder";

/// What the tables say about one field, as far as patches care.
#[derive(Clone, Copy, Debug)]
pub struct FieldMeta<S> {
    /// The field's list is merged, not replaced.
    pub merge: bool,
    /// The field's struct or map is replaced, not merged.
    pub replace: bool,
    /// Key by which list elements are matched; empty for lists of scalars.
    pub merge_key: &'static str,
    /// A patch says which of the struct's members stay (`$retainKeys`).
    pub retain_keys: bool,
    /// The struct that the field, or an element of the field's list, is.
    pub inner: Option<S>,
}

/// Where patches look fields up.
pub trait PatchSchema: Copy {
    /// Looks a field of this struct up by its JSON name.
    fn field(&self, name: &str) -> Option<FieldMeta<Self>>;
}

/// Why a patch was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StrategicError {
    /// The client is told 400.
    #[error("{0}")]
    Bad(String),
    /// The client is told 500, as upstream does.
    #[error("{0}")]
    Internal(String),
}

type Result<T> = std::result::Result<T, StrategicError>;

fn internal<T>(text: String) -> Result<T> {
    Err(StrategicError::Internal(text))
}

/// Applies `patch` to `original`.
pub fn apply<S: PatchSchema>(original: Value, patch: Value, schema: S) -> Result<Value> {
    let original = match original {
        Value::Object(map) => map,
        _ => Object::default(),
    };
    let patch = match patch {
        Value::Object(map) => map,
        Value::Null => return Ok(Value::Object(original)),
        other => {
            return Err(StrategicError::Bad(format!(
                "json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
                match other {
                    Value::Array(_) => "array",
                    Value::String(_) => "string",
                    Value::Bool(_) => "bool",
                    _ => "number",
                }
            )));
        }
    };
    Ok(Value::Object(merge_map(original, patch, Some(schema))?))
}

fn merge_map<S: PatchSchema>(
    mut original: Object,
    mut patch: Object,
    schema: Option<S>,
) -> Result<Object> {
    if let Some(directive) = patch.get(DIRECTIVE) {
        return match directive.as_str() {
            Some("replace") => {
                patch.remove(DIRECTIVE);
                Ok(patch)
            }
            Some("delete") => Ok(Object::default()),
            _ => internal(format!(
                "unknown patch type: {} in map: {}",
                as_text(directive),
                go::print(&Value::Object(patch.clone()))
            )),
        };
    }
    retain_keys(&mut original, &mut patch)?;
    ordered_lists(&mut original, &mut patch, schema)?;
    for (key, change) in patch.into_iter() {
        let (key, deletes) = match key.strip_prefix(DELETE_FROM_LIST) {
            Some(rest) => match rest.strip_prefix('/') {
                Some(field) => (field.to_owned(), true),
                None => {
                    return Err(StrategicError::Bad(
                        "invalid patch format of primitive list".to_owned(),
                    ));
                }
            },
            None => (key.into_owned(), false),
        };
        if change.is_null() {
            original.remove(&key);
            continue;
        }
        let Some(current) = original.get_mut(&key) else {
            if !deletes && let Some(value) = without_directives(change) {
                original.insert(key, value);
            }
            continue;
        };
        let meta = schema.and_then(|s| s.field(&key));
        match (current, change) {
            (current, Value::Object(new)) if meta.is_some_and(|m| m.replace) => {
                *current = without_directives(Value::Object(new)).unwrap_or_default();
            }
            (Value::Object(old), Value::Object(new)) => {
                let taken = std::mem::take(old);
                *old = merge_map(taken, new, meta.and_then(|m| m.inner))?;
            }
            (Value::Array(old), Value::Array(new)) => {
                let taken = std::mem::take(old);
                *old = merge_list(taken, new, meta, deletes, schema)?;
            }
            (current, change) => {
                if !deletes {
                    match without_directives(change) {
                        Some(value) => *current = value,
                        None => {
                            original.remove(&key);
                        }
                    }
                }
            }
        }
    }
    Ok(original)
}

fn retain_keys(original: &mut Object, patch: &mut Object) -> Result<()> {
    let Some(directive) = patch.remove(RETAIN_KEYS) else {
        return Ok(());
    };
    let bad = || StrategicError::Bad("invalid patch format of retainKeys".to_owned());
    let Value::Array(list) = directive else {
        return Err(bad());
    };
    let retained = |key: &str| list.iter().any(|v| v.as_str() == Some(key));
    for (key, value) in patch.iter() {
        let directive = key.starts_with(DELETE_FROM_LIST) || key.starts_with(ELEMENT_ORDER);
        if !value.is_null() && !directive && !retained(key) {
            return Err(bad());
        }
    }
    original.retain(|key, _| retained(key));
    Ok(())
}

fn not_a_list<T>(value: &Value) -> Result<T> {
    let ty = match value {
        Value::Null => "%!s(<nil>)",
        Value::Object(_) => "map[string]interface {}",
        other => go::type_name(other),
    };
    internal(format!("expected a []interface {{}}, but received a {ty}"))
}

/// Handles every `$setElementOrder/FIELD` together with its field.
fn ordered_lists<S: PatchSchema>(
    original: &mut Object,
    patch: &mut Object,
    schema: Option<S>,
) -> Result<()> {
    let directives: Vec<String> = patch
        .keys()
        .filter(|k| k.starts_with(ELEMENT_ORDER))
        .map(|k| k.to_string())
        .collect();
    for directive in directives {
        let Some(order) = patch.remove(&directive) else {
            continue;
        };
        let Value::Array(order) = order else {
            return not_a_list(&order);
        };
        let Some(field) = directive
            .strip_prefix(ELEMENT_ORDER)
            .and_then(|d| d.strip_prefix('/'))
        else {
            return Err(StrategicError::Bad(
                "invalid patch format of setElementOrder list".to_owned(),
            ));
        };
        let as_list = |value: Option<&Value>| -> Result<Option<Vec<Value>>> {
            match value {
                None => Ok(None),
                Some(Value::Array(items)) => Ok(Some(items.clone())),
                Some(other) => not_a_list(other),
            }
        };
        let old = as_list(original.get(field))?;
        let new = as_list(patch.get(field))?;
        let meta = schema.and_then(|s| s.field(field));
        let merge_key = meta.map(|m| m.merge_key).unwrap_or_default();
        if let Some(new) = &new {
            check_order(new, &order, merge_key)?;
        }
        let server_order = old.clone().unwrap_or_default();
        let merged = match (old, new) {
            (None, None) => continue,
            (Some(old), None) => old,
            (None, Some(new)) => match without_directives(Value::Array(new)) {
                Some(Value::Array(items)) => items,
                _ => continue,
            },
            (Some(old), Some(new)) => merge_list(old, new, meta, false, schema)?,
        };
        let ordered = order_list(merged, &order, &server_order, merge_key)?;
        original.insert(field.to_owned(), Value::Array(ordered));
        patch.remove(field);
    }
    Ok(())
}

/// Every element of the patch must be in the order list, in that order.
fn check_order(patch: &[Value], order: &[Value], merge_key: &str) -> Result<()> {
    let elements: Vec<&Value> = patch
        .iter()
        .filter(|item| merge_key.is_empty() || item.get(DIRECTIVE).is_none())
        .collect();
    let mut at = 0;
    for element in &elements {
        while at < order.len() && !same_element(element, &order[at], merge_key) {
            at += 1;
        }
        if at == order.len() {
            return internal(format!(
                "The order in patch list:\n{}\n doesn't match {ELEMENT_ORDER} list:\n{}\n",
                go::print(&Value::Array(patch.to_vec())),
                go::print(&Value::Array(order.to_vec()))
            ));
        }
        at += 1;
    }
    Ok(())
}

fn same_element(a: &Value, b: &Value, merge_key: &str) -> bool {
    if merge_key.is_empty() {
        return a == b;
    }
    match (a.get(merge_key), b.get(merge_key)) {
        (Some(x), Some(y)) => x == y,
        _ => false,
    }
}

fn position(list: &[Value], item: &Value, merge_key: &str) -> Option<usize> {
    list.iter()
        .position(|other| same_element(item, other, merge_key))
}

fn merge_list<S: PatchSchema>(
    original: Vec<Value>,
    patch: Vec<Value>,
    meta: Option<FieldMeta<S>>,
    deletes: bool,
    parent: Option<S>,
) -> Result<Vec<Value>> {
    let merges = meta.is_some_and(|m| m.merge);
    if !merges && !deletes {
        return Ok(patch);
    }
    if original.is_empty() && patch.is_empty() {
        return Ok(original);
    }
    let of_maps = original
        .iter()
        .chain(&patch)
        .any(|v| matches!(v, Value::Object(_)));
    let form = original.iter().chain(&patch).next().map(discriminant);
    let uniform = original
        .iter()
        .chain(&patch)
        .all(|v| Some(discriminant(v)) == form && !matches!(v, Value::Array(_)));
    if !uniform {
        let both = Value::Array(vec![Value::Array(original), Value::Array(patch)]);
        return internal(format!(
            "list element types are not identical: {}",
            go::print(&both)
        ));
    }
    if !of_maps {
        if deletes {
            return Ok(original
                .into_iter()
                .filter(|v| !patch.contains(v))
                .collect());
        }
        let server_order = original.clone();
        let mut merged: Vec<Value> = Vec::with_capacity(original.len() + patch.len());
        for item in original.into_iter().chain(patch.iter().cloned()) {
            if !merged.contains(&item) {
                merged.push(item);
            }
        }
        return order_list(merged, &patch, &server_order, "");
    }
    let merge_key = meta.map(|m| m.merge_key).unwrap_or_default();
    if merge_key.is_empty() {
        return internal(format!(
            "cannot merge lists without merge key for {}",
            // Upstream names the kind of the type, not the type.
            parent.map(|_| "struct").unwrap_or_default()
        ));
    }
    let server_order = original.clone();
    let (mut merged, patch) = special_elements(original, patch, merge_key)?;
    for item in &patch {
        let Some(wanted) = item.get(merge_key) else {
            return no_merge_key(item, merge_key);
        };
        let found = merged.iter().position(|m| m.get(merge_key) == Some(wanted));
        match (found, item) {
            (Some(at), Value::Object(change)) => {
                let old = match merged[at].take() {
                    Value::Object(map) => map,
                    _ => Object::default(),
                };
                merged[at] =
                    Value::Object(merge_map(old, change.clone(), meta.and_then(|m| m.inner))?);
            }
            _ => {
                if let Some(value) = without_directives(item.clone()) {
                    merged.push(value);
                }
            }
        }
    }
    order_list(merged, &patch, &server_order, merge_key)
}

/// What Go prints where a text is expected (`%s`).
fn as_text(value: &Value) -> String {
    match value {
        Value::Null => "%!s(<nil>)".to_owned(),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => {
            format!("%!s({}={})", go::type_name(value), go::print(value))
        }
        other => go::print(other),
    }
}

fn no_merge_key<T>(item: &Value, merge_key: &str) -> Result<T> {
    internal(format!(
        "map: {} does not contain declared merge key: {merge_key}",
        go::print(item)
    ))
}

/// Takes the elements with a `$patch` directive out of the patch and obeys
/// them.
fn special_elements(
    mut original: Vec<Value>,
    patch: Vec<Value>,
    merge_key: &str,
) -> Result<(Vec<Value>, Vec<Value>)> {
    let mut plain = Vec::with_capacity(patch.len());
    let mut replace = false;
    for item in patch {
        let Some(directive) = item.get(DIRECTIVE) else {
            plain.push(item);
            continue;
        };
        match directive.as_str() {
            Some("delete") => match item.get(merge_key) {
                Some(wanted) => original.retain(|v| v.get(merge_key) != Some(wanted)),
                None => return no_merge_key(&item, merge_key),
            },
            Some("replace") => replace = true,
            Some("merge") => {
                return internal("merging lists cannot yet be specified in the patch".to_owned());
            }
            _ => {
                return internal(format!(
                    "unknown patch type: {} in map: {}",
                    as_text(directive),
                    go::print(&item)
                ));
            }
        }
    }
    if replace {
        original = std::mem::take(&mut plain);
    }
    Ok((original, plain))
}

/// Puts the elements named in `order` into that order and the server's own
/// between them, each before the first of `order` that follows it in
/// `server_order`.
fn order_list(
    merged: Vec<Value>,
    order: &[Value],
    server_order: &[Value],
    merge_key: &str,
) -> Result<Vec<Value>> {
    if !merge_key.is_empty() {
        for item in merged.iter().chain(order) {
            if item.get(merge_key).is_none() {
                return no_merge_key(item, merge_key);
            }
        }
    }
    let (mut named, mut own): (Vec<Value>, Vec<Value>) = merged
        .into_iter()
        .partition(|item| position(order, item, merge_key).is_some());
    named.sort_by_key(|item| position(order, item, merge_key));
    // Items that share a merge key come together.
    own.sort_by_key(|item| position(server_order, item, merge_key).unwrap_or(usize::MAX));
    let mut out = Vec::with_capacity(named.len() + own.len());
    let mut own = own.into_iter().peekable();
    let mut named = named.into_iter().peekable();
    loop {
        match (own.peek(), named.peek()) {
            (None, None) => return Ok(out),
            (Some(_), None) => out.extend(own.next()),
            (None, Some(_)) => out.extend(named.next()),
            (Some(left), Some(right)) => {
                let l = position(server_order, left, merge_key);
                let r = position(server_order, right, merge_key);
                let own_first = matches!((l, r), (Some(l), Some(r)) if l < r);
                if own_first {
                    out.extend(own.next());
                } else {
                    out.extend(named.next());
                }
            }
        }
    }
}

/// A value of the patch that is taken over whole: without directives and
/// nulls. `None` if nothing is left of it.
fn without_directives(value: Value) -> Option<Value> {
    match value {
        Value::Object(map) => {
            if map.get(DIRECTIVE).and_then(Value::as_str) == Some("delete") {
                return None;
            }
            let mut out = Object::default();
            for (key, inner) in map.into_iter() {
                let directive = key == DIRECTIVE
                    || key == RETAIN_KEYS
                    || key.starts_with(DELETE_FROM_LIST)
                    || key.starts_with(ELEMENT_ORDER);
                if directive || inner.is_null() {
                    continue;
                }
                if let Some(inner) = without_directives(inner) {
                    out.insert(key, inner);
                }
            }
            Some(Value::Object(out))
        }
        Value::Array(items) => Some(Value::Array(
            items
                .into_iter()
                .filter(|v| {
                    // A lone {"$patch": "replace"} is no element.
                    !v.as_object()
                        .is_some_and(|m| m.len() == 1 && m.contains_key(DIRECTIVE))
                })
                .filter_map(without_directives)
                .collect(),
        )),
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[derive(Clone, Copy)]
    enum Toy {
        Root,
        Item,
    }

    impl PatchSchema for Toy {
        fn field(&self, name: &str) -> Option<FieldMeta<Toy>> {
            let meta = |merge, merge_key, inner| {
                Some(FieldMeta {
                    merge,
                    replace: name == "whole",
                    merge_key,
                    retain_keys: false,
                    inner,
                })
            };
            match (self, name) {
                (Toy::Root, "items") => meta(true, "name", Some(Toy::Item)),
                (Toy::Root, "set") => meta(true, "", None),
                (Toy::Root, "plain" | "whole") => meta(false, "", None),
                (Toy::Item, "ports") => meta(true, "port", Some(Toy::Item)),
                _ => None,
            }
        }
    }

    fn check(original: Value, patch: Value, expect: std::result::Result<Value, &str>) {
        let got = apply(original, patch.clone(), Toy::Root).map_err(|e| e.to_string());
        assert_eq!(got, expect.map_err(str::to_owned), "{patch}");
    }

    fn items() -> Value {
        json!({"items": [{"name": "a", "v": 1}, {"name": "b", "v": 2}]})
    }

    #[test]
    fn lists_merge_by_key() {
        check(
            items(),
            json!({"items": [{"name": "b", "v": 9}]}),
            Ok(json!({"items": [{"name": "a", "v": 1}, {"name": "b", "v": 9}]})),
        );
        check(
            items(),
            json!({"items": [{"name": "c"}]}),
            Ok(json!({"items": [{"name": "c"}, {"name": "a", "v": 1}, {"name": "b", "v": 2}]})),
        );
        check(
            items(),
            json!({"items": [{"name": "b", "$patch": "delete"}]}),
            Ok(json!({"items": [{"name": "a", "v": 1}]})),
        );
        check(
            items(),
            json!({"items": [{"$patch": "replace"}, {"name": "z"}]}),
            Ok(json!({"items": [{"name": "z"}]})),
        );
        check(items(), json!({"items": []}), Ok(items()));
        for (order, ty) in [
            (json!(null), "%!s(<nil>)"),
            (json!({}), "map[string]interface {}"),
            (json!(5), "int64"),
        ] {
            let mut patch = Value::object();
            patch.set_at(&["$setElementOrder/items"], order);
            let words = format!("expected a []interface {{}}, but received a {ty}");
            check(items(), patch, Err(&words));
        }
        check(
            items(),
            json!({"items": [{"v": 7}]}),
            Err("map: map[v:7] does not contain declared merge key: name"),
        );
    }

    #[test]
    fn scalars_merge_as_sets() {
        let doc = || json!({"set": ["x", "y"]});
        check(
            doc(),
            json!({"set": ["z"]}),
            Ok(json!({"set": ["z", "x", "y"]})),
        );
        check(doc(), json!({"set": ["x"]}), Ok(doc()));
        check(
            doc(),
            json!({"$deleteFromPrimitiveList/set": ["y"]}),
            Ok(json!({"set": ["x"]})),
        );
        check(
            doc(),
            json!({"$setElementOrder/set": ["z", "y", "x"], "set": ["z"]}),
            Ok(json!({"set": ["z", "y", "x"]})),
        );
        check(
            doc(),
            json!({"$setElementOrder/set": ["q"], "set": ["p"]}),
            Err("The order in patch list:\n[p]\n doesn't match $setElementOrder list:\n[q]\n"),
        );
    }

    #[test]
    fn directives_in_maps() {
        let doc = || json!({"m": {"a": 1, "b": 2}, "plain": [1, 2]});
        check(
            doc(),
            json!({"m": {"$patch": "replace", "c": 3}}),
            Ok(json!({"m": {"c": 3}, "plain": [1, 2]})),
        );
        check(
            doc(),
            json!({"m": {"$retainKeys": ["a"], "a": 5}}),
            Ok(json!({"m": {"a": 5}, "plain": [1, 2]})),
        );
        check(
            doc(),
            json!({"m": {"$retainKeys": ["a"], "b": 5}}),
            Err("invalid patch format of retainKeys"),
        );
        check(
            doc(),
            json!({"m": {"$patch": "frob"}}),
            Err("unknown patch type: frob in map: map[$patch:frob]"),
        );
        check(
            doc(),
            json!({"plain": [3], "m": null}),
            Ok(json!({"plain": [3]})),
        );
        check(
            json!({"whole": {"a": 1}}),
            json!({"whole": {"b": 2}}),
            Ok(json!({"whole": {"b": 2}})),
        );
    }

    #[test]
    fn lists_of_one_type() {
        check(
            json!({"set": ["a", "b"]}),
            json!({"set": [{}]}),
            Err("list element types are not identical: [[a b] [map[]]]"),
        );
        check(
            json!({"set": ["a"]}),
            json!({"$deleteFromPrimitiveList/set": [null]}),
            Err("list element types are not identical: [[a] [<nil>]]"),
        );
        check(
            json!({"whole": {}, "items": [{"name": "a"}]}),
            json!({"items": [{"name": "a", "$patch": 1}]}),
            Err("unknown patch type: %!s(int64=1) in map: map[$patch:1 name:a]"),
        );
    }

    #[test]
    fn order_directive_reorders() {
        check(
            items(),
            json!({"$setElementOrder/items": [{"name": "b"}, {"name": "a"}]}),
            Ok(json!({"items": [{"name": "b", "v": 2}, {"name": "a", "v": 1}]})),
        );
    }
}
