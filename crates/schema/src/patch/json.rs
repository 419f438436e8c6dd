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
    #[error(
        "Request entity too large: The allowed maximum operations in a JSON patch is {MAX_OPERATIONS}, got {0}"
    )]
    TooMany(usize),
    /// An operation failed, in the words of upstream's library.
    #[error("{0}")]
    Failed(String),
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
    apply_all(target, operations)
}

/// The same for operations that have not been looked at: a member that is no
/// text is as good as absent.
pub fn apply_all(target: &mut Value, operations: &[Value]) -> Result<(), JsonPatchError> {
    let mut copied = 0;
    for operation in operations {
        apply_one(target, operation, &mut copied).map_err(JsonPatchError::Failed)?;
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

type Outcome<T = ()> = Result<T, String>;

/// Upstream ends many of its messages so.
const MISSING: &str = "missing value";

fn apply_one(target: &mut Value, operation: &Value, copied: &mut usize) -> Outcome {
    let text = |key: &str| operation.get(key).and_then(Value::as_str);
    let value = || operation.get("value").cloned().unwrap_or(Value::Null);
    let op = text("op").unwrap_or("unknown");
    if !matches!(op, "add" | "remove" | "replace" | "move" | "copy" | "test") {
        return Err(format!("Unexpected kind: {op}"));
    }
    let from = || {
        text("from").ok_or_else(|| {
            format!(
                "{op} operation failed to decode from: operation, missing from field: {MISSING}"
            )
        })
    };
    let from = match op {
        "move" | "copy" => from()?,
        _ => "",
    };
    let path =
        text("path").ok_or_else(|| format!("{op} operation failed to decode path: {MISSING}"))?;
    match op {
        "add" => add(target, path, value()),
        "remove" => remove(target, path).map(drop),
        "replace" => replace(target, path, value()),
        "move" => {
            let (parent, key) =
                container(target, from).ok_or_else(|| lacking(op, "from ", from))?;
            let value = take(parent, &key)
                .map_err(|why| format!("error in move for path: '{key}': {why}"))?;
            let (parent, key) =
                container(target, path).ok_or_else(|| lacking(op, "destination ", path))?;
            put(parent, &key, value)
                .map_err(|why| format!("error in move for path: '{path}': {why}"))
        }
        "copy" => {
            let (parent, key) =
                container(target, from).ok_or_else(|| lacking(op, "from ", from))?;
            let value = held(parent, &key)
                .map_err(|why| format!("error in copy for from: '{from}': {why}"))?
                .cloned()
                .unwrap_or(Value::Null);
            *copied += size(&value);
            if *copied > COPY_LIMIT {
                return Err(format!(
                    "Unable to complete the copy, the accumulated size increase of copy is {copied}, exceeding the limit {COPY_LIMIT}"
                ));
            }
            let (parent, key) =
                container(target, path).ok_or_else(|| lacking(op, "destination ", path))?;
            put(parent, &key, value)
                .map_err(|why| format!("error in copy for path: '{path}': {why}"))
        }
        _ => {
            let expect = operation.get("value").unwrap_or(&Value::Null);
            let found = if path.is_empty() {
                Some(&*target)
            } else {
                let (parent, key) = container(target, path).ok_or_else(|| {
                    format!("test operation does not apply: is missing path: {path}: {MISSING}")
                })?;
                held(parent, &key)
                    .map_err(|why| format!("error in test for path: '{path}': {why}"))?
            };
            // A field that is not there is null.
            if equal(found.unwrap_or(&Value::Null), expect) {
                Ok(())
            } else {
                Err(format!("testing value {path} failed: test failed"))
            }
        }
    }
}

fn lacking(op: &str, which: &str, path: &str) -> String {
    format!("{op} operation does not apply: doc is missing {which}path: {path}: {MISSING}")
}

/// The member of a container; `None`: a map has none of this name.
fn held<'v>(parent: &'v Value, key: &str) -> Outcome<Option<&'v Value>> {
    match parent {
        Value::Object(map) => Ok(map.get(key)),
        Value::Array(items) => Ok(items.get(place(key, items.len())?)),
        _ => Ok(None),
    }
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

fn place(key: &str, len: usize) -> Outcome<usize> {
    let number: i64 = key
        .parse()
        .map_err(|_| format!("strconv.Atoi: parsing {key:?}: invalid syntax"))?;
    let at = if number < 0 {
        number + len as i64
    } else {
        number
    };
    usize::try_from(at)
        .ok()
        .filter(|at| *at < len)
        .ok_or_else(|| beyond(number))
}

fn beyond(number: i64) -> String {
    format!("Unable to access invalid index: {number}: invalid index referenced")
}

fn step<'v>(value: &'v mut Value, key: &str) -> Option<&'v mut Value> {
    match value {
        Value::Object(map) => map.get_mut(key),
        Value::Array(items) => {
            let at = place(key, items.len()).ok()?;
            items.get_mut(at)
        }
        _ => None,
    }
}

/// The container that holds the last segment, and that segment.
fn container<'v>(target: &'v mut Value, path: &str) -> Option<(&'v mut Value, String)> {
    let mut keys = segments(path);
    let last = keys.pop()?;
    let mut here = target;
    for key in &keys {
        here = step(here, key)?;
    }
    matches!(here, Value::Object(_) | Value::Array(_)).then_some((here, last))
}

/// The whole document may be replaced, and not added, copied or copied to.
fn add(target: &mut Value, path: &str, value: Value) -> Outcome {
    let (parent, key) = container(target, path).ok_or_else(|| {
        format!("add operation does not apply: doc is missing path: {path:?}: {MISSING}")
    })?;
    put(parent, &key, value).map_err(|why| format!("error in add for path: '{path}': {why}"))
}

/// Puts a member in; what comes after it in a list moves on.
fn put(parent: &mut Value, key: &str, value: Value) -> Outcome {
    match parent {
        Value::Object(map) => {
            map.insert(key.to_owned(), value);
        }
        Value::Array(items) if key == "-" => items.push(value),
        Value::Array(items) => {
            let number: i64 = key.parse().map_err(|_| {
                format!(
                    "value was not a proper array index: '{key}': strconv.Atoi: parsing {key:?}: invalid syntax"
                )
            })?;
            let len = items.len() as i64;
            let at = if number < 0 { number + len + 1 } else { number };
            if at < 0 || at > len {
                return Err(beyond(number));
            }
            items.insert(at as usize, value);
        }
        _ => return Err(MISSING.to_owned()),
    }
    Ok(())
}

fn remove(target: &mut Value, path: &str) -> Outcome<Value> {
    let (parent, key) = container(target, path).ok_or_else(|| {
        format!("remove operation does not apply: doc is missing path: {path:?}: {MISSING}")
    })?;
    take(parent, &key).map_err(|why| format!("error in remove for path: '{path}': {why}"))
}

/// Takes a member out.
fn take(parent: &mut Value, key: &str) -> Outcome<Value> {
    match parent {
        Value::Object(map) => map
            .remove(key)
            .ok_or_else(|| format!("Unable to remove nonexistent key: {key}: {MISSING}")),
        Value::Array(items) => {
            let at = place(key, items.len())?;
            Ok(items.remove(at))
        }
        _ => Err(MISSING.to_owned()),
    }
}

fn replace(target: &mut Value, path: &str, value: Value) -> Outcome {
    if path.is_empty() {
        if !matches!(value, Value::Object(_) | Value::Array(_)) {
            return Err("replace operation value must be object or array".to_owned());
        }
        *target = value;
        return Ok(());
    }
    let (parent, key) = container(target, path).ok_or_else(|| lacking("replace", "", path))?;
    match parent {
        Value::Object(map) => {
            map.insert(key, value);
        }
        Value::Array(items) => {
            let at = place(&key, items.len()).map_err(|_| {
                format!("replace operation does not apply: doc is missing key: {path}: {MISSING}")
            })?;
            items[at] = value;
        }
        _ => return Err(lacking("replace", "", path)),
    }
    Ok(())
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
        assert!(with("", "replace", json!("z")).is_none());
        assert!(with("", "replace", json!(null)).is_none());
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
    fn words_of_what_cannot_be_applied() {
        let check = |operation: Value, expect: &str| {
            let mut doc = json!({"o": {"i": 1}, "l": ["a"]});
            let why = apply(&mut doc, &json!([operation])).expect_err("refused");
            assert_eq!(why.to_string(), expect);
        };
        check(
            json!({"op": "remove", "path": "/o/x"}),
            "error in remove for path: '/o/x': Unable to remove nonexistent key: x: missing value",
        );
        check(
            json!({"op": "add", "path": "/l/9", "value": 1}),
            "error in add for path: '/l/9': Unable to access invalid index: 9: invalid index referenced",
        );
        check(
            json!({"op": "add", "path": "/o/i/x", "value": 1}),
            "add operation does not apply: doc is missing path: \"/o/i/x\": missing value",
        );
        check(
            json!({"op": "move", "from": "/o/x", "path": "/o/y"}),
            "error in move for path: 'x': Unable to remove nonexistent key: x: missing value",
        );
        check(
            json!({"op": "test", "path": "/o/i", "value": 2}),
            "testing value /o/i failed: test failed",
        );
        check(json!({"path": "/o/i"}), "Unexpected kind: unknown");
        check(
            json!({"op": "add", "value": 1}),
            "add operation failed to decode path: missing value",
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
