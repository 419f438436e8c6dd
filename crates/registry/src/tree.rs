//! Short readers and writers for trees. Absent, null and zero are the same to
//! them, as they are to Go's non-pointer fields; where upstream tells them
//! apart, callers use `get` themselves.

use skeg_schema::{Object, Value};

/// What an absent child reads as.
pub static NULL: Value = Value::Null;

/// A child, or null.
pub fn at<'a>(v: &'a Value, key: &str) -> &'a Value {
    v.get(key).unwrap_or(&NULL)
}

/// A descendant, or null.
pub fn path<'a>(v: &'a Value, keys: &[&str]) -> &'a Value {
    let mut v = v;
    for k in keys {
        v = at(v, k);
    }
    v
}

/// A string child, or "".
pub fn s<'a>(v: &'a Value, key: &str) -> &'a str {
    at(v, key).as_str().unwrap_or("")
}

/// A string descendant, or "".
pub fn sp<'a>(v: &'a Value, keys: &[&str]) -> &'a str {
    path(v, keys).as_str().unwrap_or("")
}

/// An integer child.
pub fn i(v: &Value, key: &str) -> Option<i64> {
    at(v, key).as_i64()
}

/// An integer child, or 0.
pub fn i0(v: &Value, key: &str) -> i64 {
    i(v, key).unwrap_or(0)
}

/// A boolean child, or false.
pub fn b(v: &Value, key: &str) -> bool {
    at(v, key).as_bool().unwrap_or(false)
}

/// A list child, or the empty list.
pub fn list<'a>(v: &'a Value, key: &str) -> &'a [Value] {
    items(at(v, key))
}

/// The elements of a list, none of anything else.
pub fn items(v: &Value) -> &[Value] {
    match v {
        Value::Array(a) => a,
        _ => &[],
    }
}

/// The entries of a map child, none when absent.
pub fn entries<'a>(v: &'a Value, key: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    pairs(at(v, key))
}

/// The entries of a map, none of anything else.
pub fn pairs(v: &Value) -> impl Iterator<Item = (&str, &Value)> {
    v.as_object()
        .into_iter()
        .flat_map(|o| o.iter().map(|(k, v)| (&**k, v)))
}

/// A map's entries in the order of their keys, as Go prints and checks maps.
pub fn sorted_pairs(v: &Value) -> Vec<(&str, &Value)> {
    let mut out: Vec<_> = pairs(v).collect();
    out.sort_by(|a, b| a.0.cmp(b.0));
    out
}

/// Is there something (not null) under this key?
pub fn has(v: &Value, key: &str) -> bool {
    !at(v, key).is_null()
}

/// Is this null, or the zero value of any type?
pub fn is_zero(v: &Value) -> bool {
    match v {
        Value::Null => true,
        Value::Bool(b) => !b,
        Value::Int(i) => *i == 0,
        Value::Float(f) => *f == 0.0,
        Value::String(s) => s.is_empty(),
        Value::Array(a) => a.is_empty(),
        Value::Object(o) => o.iter().all(|(_, v)| v.is_null()),
    }
}

/// Equality as upstream's semantic DeepEqual has it, of trees that are lean: what is there and
/// zero was set through a pointer, or is a key of a map, and differs from what is absent. Unset
/// and empty lists are alike.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(x), Value::Object(y)) => {
            x.iter().all(|(k, v)| same(v, y.get(k).unwrap_or(&NULL)))
                && y.iter().all(|(k, v)| x.get(k).is_some() || is_unset(v))
        }
        (Value::Array(x), Value::Array(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(a, b)| same(a, b))
        }
        _ => a == b || (is_unset(a) && is_unset(b)),
    }
}

fn is_unset(v: &Value) -> bool {
    v.is_null() || v.as_array().is_some_and(|items| items.is_empty())
}

/// The object under `key`, made when absent.
pub fn obj_mut<'a>(v: &'a mut Value, key: &'static str) -> &'a mut Value {
    if !v.is_object() {
        *v = Value::Object(Object::new());
    }
    let Value::Object(o) = v else {
        unreachable!("made an object just above")
    };
    let child = o.entry_or_insert_with(key, || Value::Object(Object::new()));
    if child.is_null() {
        *child = Value::Object(Object::new());
    }
    child
}

/// A child that is there and not null.
pub fn get_mut<'a>(v: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    v.get_mut(key).filter(|c| !c.is_null())
}

/// The elements of a list child, for change.
pub fn list_mut<'a>(v: &'a mut Value, key: &str) -> &'a mut [Value] {
    match v.get_mut(key) {
        Some(Value::Array(a)) => a,
        _ => &mut [],
    }
}

/// The list under `key`, made when absent, for appending.
pub fn vec_mut<'a>(v: &'a mut Value, key: &'static str) -> Option<&'a mut Vec<Value>> {
    let Value::Object(o) = v else { return None };
    let child = o.entry_or_insert_with(key, || Value::Array(Vec::new()));
    if child.is_null() {
        *child = Value::Array(Vec::new());
    }
    child.as_array_mut()
}

/// Sets a child; does nothing unless `v` is an object.
pub fn set(v: &mut Value, key: impl Into<skeg_schema::Key>, to: impl Into<Value>) {
    if let Value::Object(o) = v {
        o.insert(key.into(), to.into());
    }
}

/// Removes a child.
pub fn remove(v: &mut Value, key: &str) -> Option<Value> {
    match v {
        Value::Object(o) => o.remove(key),
        _ => None,
    }
}

/// Makes `key` of `to` what it is in `from`.
pub fn copy(to: &mut Value, from: &Value, key: &'static str) {
    match from.get(key) {
        Some(v) => set(to, key, v.clone()),
        None => {
            remove(to, key);
        }
    }
}

/// Sets when absent or null (a pointer's default).
pub fn default_to(v: &mut Value, key: &'static str, to: impl Into<Value>) {
    if !has(v, key) {
        set(v, key, to);
    }
}

/// Sets when absent, null, "" or 0 (a scalar's default).
pub fn default_zero(v: &mut Value, key: &'static str, to: impl Into<Value>) {
    if is_zero(at(v, key)) {
        set(v, key, to);
    }
}

/// Name, or generateName when there is none yet.
pub fn name_of(obj: &Value) -> &str {
    sp(obj, &["metadata", "name"])
}

/// metadata.namespace or "".
pub fn namespace_of(obj: &Value) -> &str {
    sp(obj, &["metadata", "namespace"])
}

/// A label of the object.
pub fn label<'a>(obj: &'a Value, key: &str) -> Option<&'a str> {
    path(obj, &["metadata", "labels", key]).as_str()
}

/// An annotation of the object.
pub fn annotation<'a>(obj: &'a Value, key: &str) -> Option<&'a str> {
    path(obj, &["metadata", "annotations", key]).as_str()
}

/// Is the object marked for deletion?
pub fn is_deleting(obj: &Value) -> bool {
    !path(obj, &["metadata", "deletionTimestamp"]).is_null()
}
