//! JSON patches from differences.

use skeg_schema::Value;

use crate::patch::{JsonPatch, push_segment};

pub(super) fn between(old: &Value, new: &Value) -> JsonPatch {
    compare(JsonPatch::new(), &mut String::new(), old, new)
}

/// Does something with the pointer one segment longer.
fn within<T>(path: &mut String, segment: &str, then: impl FnOnce(&mut String) -> T) -> T {
    let len = path.len();
    push_segment(path, segment);
    let done = then(path);
    path.truncate(len);
    done
}

fn compare(patch: JsonPatch, path: &mut String, old: &Value, new: &Value) -> JsonPatch {
    match (old, new) {
        _ if old == new => patch,
        (Value::Object(before), Value::Object(after)) => {
            let mut patch = patch;
            for (key, value) in before.iter() {
                patch = within(path, key, |path| match after.get(key) {
                    Some(wanted) => compare(patch, path, value, wanted),
                    None => patch.remove(path.as_str()),
                });
            }
            for (key, value) in after.iter().filter(|(key, _)| !before.contains_key(key)) {
                patch = within(path, key, |path| patch.add(path.as_str(), value));
            }
            patch
        }
        (Value::Array(before), Value::Array(after)) => lists(patch, path, before, after),
        _ => patch.replace(path.as_str(), new),
    }
}

/// What lists have in common at their ends stays untouched; between, elements
/// are compared by place.
fn lists(mut patch: JsonPatch, path: &mut String, before: &[Value], after: &[Value]) -> JsonPatch {
    let head = before
        .iter()
        .zip(after)
        .take_while(|(old, new)| old == new)
        .count();
    let tail = before[head..]
        .iter()
        .rev()
        .zip(after[head..].iter().rev())
        .take_while(|(old, new)| old == new)
        .count();
    let (old, new) = (
        &before[head..before.len() - tail],
        &after[head..after.len() - tail],
    );
    for (at, (old, new)) in old.iter().zip(new).enumerate() {
        patch = within(path, &(head + at).to_string(), |path| {
            compare(patch, path, old, new)
        });
    }
    let both = old.len().min(new.len());
    // From the end on, so that no number moves under what follows.
    for at in (both..old.len()).rev() {
        patch = within(path, &(head + at).to_string(), |path| {
            patch.remove(path.as_str())
        });
    }
    for (at, value) in new.iter().enumerate().skip(both) {
        patch = within(path, &(head + at).to_string(), |path| {
            patch.add(path.as_str(), value)
        });
    }
    patch
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn only_what_differs_is_said() {
        let check = |old: Value, new: Value, expect: Value| {
            let patch = between(&old, &new).into_value();
            assert_eq!(patch, expect, "{old} to {new}");
            let mut changed = old;
            skeg_schema::patch::json::apply(&mut changed, &patch).expect("applies");
            assert_eq!(changed, new);
        };
        check(json!({"a": 1}), json!({"a": 1}), json!([]));
        check(
            json!({"a": 1, "b/c": 2}),
            json!({"b/c": 3, "d": {"e": 1}}),
            json!([
                {"op": "remove", "path": "/a"},
                {"op": "replace", "path": "/b~1c", "value": 3},
                {"op": "add", "path": "/d", "value": {"e": 1}},
            ]),
        );
        check(
            json!([1, 2, 3, 4]),
            json!([1, 4]),
            json!([{"op": "remove", "path": "/2"}, {"op": "remove", "path": "/1"}]),
        );
        check(
            json!([1, 4]),
            json!([1, 2, 3, 4]),
            json!([
                {"op": "add", "path": "/1", "value": 2},
                {"op": "add", "path": "/2", "value": 3},
            ]),
        );
        check(
            json!({"l": [{"n": "a", "v": 1}, {"n": "b"}]}),
            json!({"l": [{"n": "a", "v": 2}, {"n": "b"}]}),
            json!([{"op": "replace", "path": "/l/0/v", "value": 2}]),
        );
        check(
            json!([1]),
            json!({}),
            json!([{"op": "replace", "path": "", "value": {}}]),
        );
    }
}
