//! JSON patch (RFC 6902), with the freedoms that upstream's library takes:
//! `replace` on a missing key of a map adds it, `add` without a value stores
//! null, negative indexes count from the end, a path without leading slash is
//! taken as if its first segment were not there.

use crate::Value;

/// More operations than this are refused.
pub const MAX_OPERATIONS: usize = 10_000;
/// Bytes that `copy` operations of one patch may add.
const COPY_LIMIT: usize = 3 * 1024 * 1024;

/// Why a patch was not applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonPatchError {
    /// Not a list of operations; in the words of Go's decoder.
    #[error("error decoding patch: {0}")]
    Decode(String),
    /// Too many operations.
    #[error("The allowed maximum operations in a JSON patch is {MAX_OPERATIONS}, got {0}")]
    TooMany(usize),
    /// An operation failed; upstream does not tell which.
    #[error("operation {0} of the patch cannot be applied")]
    Failed(usize),
}

/// Applies `patch` to `target`. On an error `target` is in between.
pub fn apply(target: &mut Value, patch: &Value) -> Result<(), JsonPatchError> {
    let operations = match patch {
        Value::Array(items) => items,
        Value::Null => return Ok(()),
        other => {
            return Err(JsonPatchError::Decode(format!(
                "json: cannot unmarshal {} into Go value of type []handlers.jsonPatchOp",
                json_type(other)
            )));
        }
    };
    for item in operations {
        if !matches!(item, Value::Object(_) | Value::Null) {
            return Err(JsonPatchError::Decode(format!(
                "json: cannot unmarshal {} into Go value of type handlers.jsonPatchOp",
                json_type(item)
            )));
        }
        for field in ["op", "path", "from"] {
            if !matches!(item[field], Value::String(_) | Value::Null) {
                return Err(JsonPatchError::Decode(format!(
                    "json: cannot unmarshal {} into Go struct field jsonPatchOp.{field} of type string",
                    json_type(&item[field])
                )));
            }
        }
    }
    if operations.len() > MAX_OPERATIONS {
        return Err(JsonPatchError::TooMany(operations.len()));
    }
    let mut copied = 0;
    for (index, operation) in operations.iter().enumerate() {
        apply_one(target, operation, &mut copied).ok_or(JsonPatchError::Failed(index))?;
    }
    Ok(())
}

/// Puts the members of what the operations of a patch looked into in the order
/// of their keys, as [`super::merge::sort_touched`] does for merge patches.
pub fn sort_touched(target: &mut Value, patch: &Value) {
    let operations = patch.as_array().into_iter().flatten();
    for path in operations.flat_map(|operation| [&operation["path"], &operation["from"]]) {
        let mut keys = segments(path.as_str().unwrap_or_default());
        keys.pop();
        let mut here = Some(&mut *target);
        for key in keys.iter().map(Some).chain([None]) {
            let Some(value) = here else { break };
            super::merge::sort_members(value);
            here = key.and_then(|key| step(value, key));
        }
    }
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Int(_) | Value::Float(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn apply_one(target: &mut Value, operation: &Value, copied: &mut usize) -> Option<()> {
    let text = |key: &str| operation.get(key).and_then(Value::as_str);
    let path = text("path")?;
    match text("op")? {
        "add" => {
            let value = operation.get("value").cloned().unwrap_or(Value::Null);
            add(target, path, value)
        }
        "remove" => remove(target, path).map(drop),
        "replace" => {
            let value = operation.get("value").cloned().unwrap_or(Value::Null);
            replace(target, path, value)
        }
        "move" => {
            let value = remove(target, text("from")?)?;
            add(target, path, value)
        }
        "copy" => {
            let from = text("from").filter(|from| from.contains('/'))?;
            // A field that is not there is copied as null; its object must be there.
            let value = match find(target, from) {
                Some(found) => found.clone(),
                None => absent(target, from)?,
            };
            *copied += size(&value);
            if *copied > COPY_LIMIT {
                return None;
            }
            add(target, path, value)
        }
        "test" => {
            let expect = operation.get("value").unwrap_or(&Value::Null);
            if !path.is_empty() && !path.contains('/') {
                return None;
            }
            match find(target, path) {
                Some(found) => equal(found, expect).then_some(()),
                None => absent(target, path)
                    .filter(|absent| absent == expect)
                    .map(drop),
            }
        }
        _ => None,
    }
}

/// What stands where an object has no such field: null.
fn absent(target: &Value, path: &str) -> Option<Value> {
    let (parent, _) = path.rsplit_once('/')?;
    matches!(find(target, parent), Some(Value::Object(_))).then_some(Value::Null)
}

fn size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => 8,
        Value::String(s) => s.len() + 2,
        Value::Array(items) => items.iter().map(size).sum::<usize>() + 2,
        Value::Object(map) => {
            map.iter()
                .map(|(k, v)| k.len() + 3 + size(v))
                .sum::<usize>()
                + 2
        }
    }
}

/// Numbers are equal by value, maps whatever their order.
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Int(i), Value::Float(f)) | (Value::Float(f), Value::Int(i)) => *i as f64 == *f,
        (Value::Array(x), Value::Array(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(a, b)| equal(a, b))
        }
        (Value::Object(x), Value::Object(y)) => {
            x.len() == y.len() && x.iter().all(|(k, v)| y.get(k).is_some_and(|w| equal(v, w)))
        }
        _ => a == b,
    }
}

/// Decoded segments. The text before the first slash is dropped.
fn segments(path: &str) -> Vec<String> {
    path.split('/')
        .skip(1)
        .map(|s| s.replace("~1", "/").replace("~0", "~"))
        .collect()
}

fn index(key: &str, len: usize) -> Option<usize> {
    let number: i64 = key.parse().ok()?;
    let at = if number < 0 {
        number + len as i64
    } else {
        number
    };
    usize::try_from(at).ok().filter(|at| *at < len)
}

fn step<'v>(value: &'v mut Value, key: &str) -> Option<&'v mut Value> {
    match value {
        Value::Object(map) => map.get_mut(key),
        Value::Array(items) => {
            let at = index(key, items.len())?;
            items.get_mut(at)
        }
        _ => None,
    }
}

fn find<'v>(target: &'v Value, path: &str) -> Option<&'v Value> {
    let mut here = target;
    for key in segments(path) {
        here = match here {
            Value::Object(map) => map.get(&key)?,
            Value::Array(items) => items.get(index(&key, items.len())?)?,
            _ => return None,
        };
    }
    Some(here)
}

/// The container that holds the last segment, and that segment.
fn container<'v>(target: &'v mut Value, path: &str) -> Option<(&'v mut Value, String)> {
    let mut keys = segments(path);
    let last = keys.pop()?;
    let mut here = target;
    for key in &keys {
        here = step(here, key)?;
    }
    Some((here, last))
}

fn add(target: &mut Value, path: &str, value: Value) -> Option<()> {
    // As upstream's library has it, the whole document may be replaced, and not
    // added, copied or copied to.
    if path.is_empty() {
        return None;
    }
    let (parent, key) = container(target, path)?;
    match parent {
        Value::Object(map) => {
            map.insert(key, value);
        }
        Value::Array(items) => {
            if key == "-" {
                items.push(value);
                return Some(());
            }
            let number: i64 = key.parse().ok()?;
            let len = items.len() as i64;
            let at = if number < 0 { number + len + 1 } else { number };
            if at < 0 || at > len {
                return None;
            }
            items.insert(at as usize, value);
        }
        _ => return None,
    }
    Some(())
}

fn remove(target: &mut Value, path: &str) -> Option<Value> {
    let (parent, key) = container(target, path)?;
    match parent {
        Value::Object(map) => map.remove(&key),
        Value::Array(items) => {
            let at = index(&key, items.len())?;
            Some(items.remove(at))
        }
        _ => None,
    }
}

fn replace(target: &mut Value, path: &str, value: Value) -> Option<()> {
    if path.is_empty() {
        *target = value;
        return Some(());
    }
    let (parent, key) = container(target, path)?;
    match parent {
        Value::Object(map) => {
            map.insert(key, value);
        }
        Value::Array(items) => {
            let at = index(&key, items.len())?;
            items[at] = value;
        }
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn check(mut doc: Value, patch: Value, expect: Option<Value>) {
        let got = apply(&mut doc, &patch).ok().map(|()| doc);
        assert_eq!(got, expect, "{patch}");
    }

    #[test]
    fn operations() {
        let doc = json!({"data": {"a": "1"}, "list": ["x", "y"]});
        let with = |path: &str, op: &str, value: Value| {
            let mut d = doc.clone();
            apply(&mut d, &json!([{"op": op, "path": path, "value": value}]))
                .ok()
                .map(|()| d)
        };
        assert_eq!(
            with("/data/b", "add", json!("2")).expect("ok")["data"]["b"],
            json!("2")
        );
        assert_eq!(
            with("/data/none", "replace", json!("1")).expect("ok")["data"]["none"],
            json!("1")
        );
        assert_eq!(
            with("/list/-", "add", json!("z")).expect("ok")["list"],
            json!(["x", "y", "z"])
        );
        assert_eq!(
            with("/list/-1", "replace", json!("z")).expect("ok")["list"],
            json!(["x", "z"])
        );
        assert!(with("/nope/x", "add", json!("1")).is_none());
        assert!(with("/data/none", "remove", Value::Null).is_none());
        assert!(with("/data/a", "frob", Value::Null).is_none());
        assert!(with("/data/a", "test", json!("2")).is_none());
        assert!(with("/data/none", "test", Value::Null).is_some());
        assert!(with("/data/none", "test", json!("1")).is_none());
        assert!(with("/nope/x", "test", Value::Null).is_none());
        assert!(with("/data/a", "test", Value::Null).is_none());
        assert!(with("/list/7", "replace", json!("z")).is_none());
        check(
            json!({"a/b": 1}),
            json!([{"op": "move", "from": "/a~1b", "path": "/c~0d"}]),
            Some(json!({"c~d": 1})),
        );
        check(
            json!({"a": 1}),
            json!([{"op": "add", "path": "/q"}]),
            Some(json!({"a": 1, "q": null})),
        );
        check(json!({"a": 1}), json!([{"op": "copy", "path": "/q"}]), None);
        // What is not there is copied as null where an object could hold it.
        let copy = |from: &str| json!([{"op": "copy", "from": from, "path": "/q"}]);
        check(
            json!({"a": 1}),
            copy("/b"),
            Some(json!({"a": 1, "q": null})),
        );
        check(json!({"a": [1]}), copy("/a/5"), None);
        check(json!({"a": 1}), copy("/b/c"), None);
        check(json!({"a": 1}), copy("a"), None);
    }

    #[test]
    fn what_was_looked_into_is_sorted() {
        let mut doc = json!({"b": {"z": 1, "y": {"d": 1, "c": 2}}, "a": {"z": 1, "y": 2}});
        sort_touched(
            &mut doc,
            &json!([{"op": "add", "path": "/b/x", "value": 1}]),
        );
        assert_eq!(
            doc.to_string(),
            r#"{"a":{"z":1,"y":2},"b":{"y":{"d":1,"c":2},"z":1}}"#
        );
    }

    #[test]
    fn malformed_patches() {
        let err = |patch: Value| {
            apply(&mut json!({}), &patch)
                .expect_err("refused")
                .to_string()
        };
        assert_eq!(
            err(json!({"op": "add"})),
            "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"
        );
        assert_eq!(
            err(json!([1])),
            "error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp"
        );
    }
}
