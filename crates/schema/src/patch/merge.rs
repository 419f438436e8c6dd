//! JSON merge patch (RFC 7396).

use crate::Value;

/// Applies `patch` to `target`: null removes, maps merge, all else replaces.
pub fn apply(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !matches!(target, Value::Object(_)) {
        *target = Value::Object(Default::default());
    }
    let Value::Object(map) = target else { return };
    for (key, change) in changes.iter() {
        match change {
            Value::Null => {
                map.remove(key);
            }
            Value::Object(_) => {
                if !matches!(map.get(key), Some(Value::Object(_))) {
                    map.insert(key.clone(), Value::Object(Default::default()));
                }
                if let Some(inner) = map.get_mut(key) {
                    apply(inner, change);
                }
            }
            other => {
                map.insert(key.clone(), other.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn examples_of_the_rfc() {
        let check = |mut doc: Value, patch: Value, expect: Value| {
            apply(&mut doc, &patch);
            assert_eq!(doc, expect, "{patch}");
        };
        check(json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"}));
        check(
            json!({"a": "b"}),
            json!({"b": "c"}),
            json!({"a": "b", "b": "c"}),
        );
        check(json!({"a": "b"}), json!({"a": null}), json!({}));
        check(json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"}));
        check(
            json!({"a": {"b": "c"}}),
            json!({"a": {"b": "d", "c": null}}),
            json!({"a": {"b": "d"}}),
        );
        check(
            json!({"a": [1]}),
            json!({"a": {"b": {"c": null}}}),
            json!({"a": {"b": {}}}),
        );
        check(json!(["a"]), json!({"a": 1}), json!({"a": 1}));
    }
}
