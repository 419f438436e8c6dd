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
        if change.is_null() {
            map.remove(key);
            continue;
        }
        match map.get_mut(key) {
            Some(inner @ Value::Object(_)) => apply(inner, change),
            _ => {
                map.insert(key.clone(), without_nulls(change));
            }
        }
    }
}

/// What stands where there was nothing to merge with: upstream's library takes
/// nulls out of maps, also of those in lists.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .filter(|(_, member)| !member.is_null())
                .map(|(key, member)| (key.clone(), without_nulls(member)))
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(without_nulls).collect()),
        other => other.clone(),
    }
}

/// Puts the members of what a patch looked into in the order of their keys, as
/// Go's maps are written; what it did not touch stays as it stands. It shows in
/// values without a type only, whose text is kept.
pub fn sort_touched(target: &mut Value, patch: &Value) {
    let (Value::Object(map), Value::Object(changes)) = (&mut *target, patch) else {
        return;
    };
    for (key, change) in changes.iter() {
        if let Some(inner) = map.get_mut(key) {
            sort_touched(inner, change);
        }
    }
    sort_members(target);
}

/// Puts the members of an object in the order of their keys.
pub(super) fn sort_members(target: &mut Value) {
    let Value::Object(map) = target else { return };
    // The text that it came from says no longer what it holds.
    let mut members: Vec<_> = std::mem::take(map)
        .into_iter()
        .filter(|(key, _)| !crate::value::is_source(key))
        .collect();
    members.sort_by(|a, b| a.0.cmp(&b.0));
    *map = members.into_iter().collect();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DecodeOptions, TypeId, decode_json, json};

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
        // Not of the RFC, but of upstream's library.
        let nulls = json!({"a": [null, {"b": null, "c": 1}]});
        check(json!({}), nulls.clone(), json!({"a": [null, {"c": 1}]}));
        check(json!({"a": {}}), nulls.clone(), nulls);
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

    #[test]
    fn what_a_patch_looks_into_is_sorted() {
        let mut doc = json!({"b": {"z": 1, "y": {"d": 1, "c": 2}}, "a": {"z": 1, "y": 2}});
        let patch = json!({"b": {"x": 3}});
        apply(&mut doc, &patch);
        sort_touched(&mut doc, &patch);
        let expect = r#"{"a":{"z":1,"y":2},"b":{"x":3,"y":{"d":1,"c":2},"z":1}}"#;
        assert_eq!(doc.to_string(), expect);
        let revision = TypeId::by_gvk("apps", "v1", "ControllerRevision").expect("it is known");
        let body = br#"{"data":{"spec":{"n":null}, "a":1}}"#;
        let mut doc = decode_json(body, revision, &DecodeOptions::default())
            .expect("it decodes")
            .value;
        let patch = json!({"data": {"spec": {"x": 1}}});
        apply(&mut doc, &patch);
        sort_touched(&mut doc, &patch);
        let mut out = Vec::new();
        crate::encode_json_any(&doc["data"], &mut out);
        assert_eq!(out, br#"{"a":1,"spec":{"n":null,"x":1}}"#);
    }
}
