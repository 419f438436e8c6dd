//! Strategic merge patch: a merge patch that knows, from the API's tables,
//! which lists are merged by a key, and that carries directives:
//! `$patch: replace|delete`, `$retainKeys`, `$setElementOrder/FIELD`,
//! `$deleteFromPrimitiveList/FIELD`.
//!
//! What surprises is upstream's and clients rely on it: new elements of a
//! merged list come first, a merged list keeps the relative order of the patch.

mod order;

use std::mem::discriminant;

use crate::go;
use crate::{Object, Value};

const DIRECTIVE: &str = "$patch";
const DELETE: &str = "delete";
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
            Some(DELETE) => Ok(Object::default()),
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
            if !deletes && let Some(value) = taken_over(change) {
                original.insert(key, value);
            }
            continue;
        };
        let meta = schema.and_then(|s| s.field(&key));
        match (current, change) {
            (Value::Object(old), Value::Object(new)) if meta.is_some_and(|m| m.replace) => {
                *old = new
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
                    match taken_over(change) {
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
    not_a("[]interface {}", value)
}

fn not_a<T>(expected: &str, value: &Value) -> Result<T> {
    let ty = match value {
        Value::Null => "%!s(<nil>)",
        Value::Object(_) => "map[string]interface {}",
        Value::Array(_) => "[]interface {}",
        other => go::type_name(other),
    };
    internal(format!("expected a {expected}, but received a {ty}"))
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
            order::check(new, &order, merge_key)?;
        }
        let server_order = old.clone().unwrap_or_default();
        let added = new.clone().unwrap_or_default();
        let merged = match (old, new) {
            (None, None) => continue,
            (Some(old), None) => old,
            (None, Some(new)) => match without_directives(Value::Array(new)) {
                Some(Value::Array(items)) => items,
                _ => continue,
            },
            (Some(old), Some(new)) => merge_list(old, new, meta, false, schema)?,
        };
        if server_order.is_empty() && added.is_empty() {
            return internal("no elements in any of the given slices".to_owned());
        }
        of_one_type(&server_order, &added)?;
        let ordered = order::enforce(merged, &order, &server_order, merge_key)?;
        original.insert(field.to_owned(), Value::Array(ordered));
        patch.remove(field);
    }
    Ok(())
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
    of_one_type(&original, &patch)?;
    let of_maps = original
        .iter()
        .chain(&patch)
        .any(|v| matches!(v, Value::Object(_)));
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
        return order::enforce(merged, &patch, &server_order, "");
    }
    let merge_key = meta.map(|m| m.merge_key).unwrap_or_default();
    if merge_key.is_empty() {
        return internal(format!(
            "cannot merge lists without merge key for {}",
            // Upstream names the kind of the type, not the type.
            parent.map(|_| "struct").unwrap_or_default()
        ));
    }
    let (mut merged, patch) = special_elements(original, patch, merge_key)?;
    // What the directives have left.
    let server_order = merged.clone();
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
            _ => merged.push(item.clone()),
        }
    }
    order::enforce(merged, &patch, &server_order, merge_key)
}

/// All elements of both lists are of one type, and are no lists.
fn of_one_type(original: &[Value], patch: &[Value]) -> Result<()> {
    let mut elements = original.iter().chain(patch);
    let Some(first) = elements.next() else {
        return Ok(());
    };
    if matches!(first, Value::Array(_)) {
        return internal("lists of lists are not supported".to_owned());
    }
    if elements.all(|v| discriminant(v) == discriminant(first)) {
        return Ok(());
    }
    let both = [original, patch].map(|list| Value::Array(list.to_vec()));
    internal(format!(
        "list element types are not identical: {}",
        go::print(&Value::Array(both.to_vec()))
    ))
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
            Some(DELETE) => match item.get(merge_key) {
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

/// A value of the patch that is taken over where there was none: without nulls and what is left out.
fn taken_over(value: Value) -> Option<Value> {
    let mut value = value;
    discard_nulls(&mut value);
    without_directives(value)
}

fn discard_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, inner| !inner.is_null());
            members
                .iter_mut()
                .for_each(|(_, inner)| discard_nulls(inner));
        }
        Value::Array(items) => items.iter_mut().for_each(discard_nulls),
        _ => {}
    }
}

/// A value without what has a `$patch`, whatever that says. Other directives stay, as
/// fields that nobody knows.
fn without_directives(value: Value) -> Option<Value> {
    match value {
        Value::Object(members) if members.contains_key(DIRECTIVE) => None,
        Value::Object(members) => Some(Value::Object(
            members
                .into_iter()
                .filter_map(|(key, inner)| Some((key, without_directives(inner)?)))
                .collect::<Object>(),
        )),
        Value::Array(items) => Some(Value::Array(
            items.into_iter().filter_map(without_directives).collect(),
        )),
        other => Some(other),
    }
}

#[cfg(test)]
mod tests;
