//! Merge patches from differences.

use skeg_schema::{Object, Value};

/// The patch, or none where nothing differs.
pub(super) fn between(old: &Value, new: &Value) -> Option<Value> {
    match (old, new) {
        (Value::Object(before), Value::Object(after)) => {
            let mut patch = Object::new();
            for key in before.keys() {
                if before.get(key).is_some_and(|value| !value.is_null())
                    && after.get(key).is_none_or(Value::is_null)
                {
                    patch.insert(key.clone(), Value::Null);
                }
            }
            for (key, value) in after.iter().filter(|(_, value)| !value.is_null()) {
                let change = match before.get(key) {
                    None | Some(Value::Null) => Some(without_nulls(value)),
                    Some(there) => between(there, value),
                };
                if let Some(change) = change {
                    patch.insert(key.clone(), change);
                }
            }
            (!patch.is_empty()).then_some(Value::Object(patch))
        }
        _ if old == new => None,
        (_, new) => Some(without_nulls(new)),
    }
}

/// Objects without members that are null, which would say "remove".
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(_, member)| !member.is_null())
            .map(|(key, member)| (key.clone(), without_nulls(member)))
            .collect::<Object>()
            .into(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn only_what_differs_is_said() {
        let check = |old: Value, new: Value, expect: Option<Value>| {
            assert_eq!(between(&old, &new), expect, "{old} to {new}");
            let mut changed = old;
            skeg_schema::patch::merge::apply(&mut changed, &expect.unwrap_or_else(Value::object));
            assert_eq!(changed, new);
        };
        check(json!({"a": {"b": 1}}), json!({"a": {"b": 1}}), None);
        check(
            json!({"a": {"b": 1, "c": 2}, "d": [1, 2], "e": "x"}),
            json!({"a": {"c": 3}, "d": [1], "f": {"g": {}}}),
            Some(json!({"a": {"b": null, "c": 3}, "d": [1], "e": null, "f": {"g": {}}})),
        );
        check(
            json!({"a": {"b": 1}}),
            json!({"a": {}}),
            Some(json!({"a": {"b": null}})),
        );
        check(
            json!({"a": "x"}),
            json!({"a": {"b": 1}}),
            Some(json!({"a": {"b": 1}})),
        );
        check(
            json!({"a": {"b": 1}}),
            json!({"a": 2}),
            Some(json!({"a": 2})),
        );
    }
}
