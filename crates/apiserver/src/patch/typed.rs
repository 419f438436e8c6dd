//! What does not fit a type in the result of a strategic merge, in the words
//! of upstream's converter.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use skeg_schema::{FieldType, Object, TypeId, Value};

use crate::go;

/// The first value that does not fit. Numbers of other types become the field's as Go
/// converts them: whole ones lose what is too large for it.
pub fn fit(value: &mut Value, ty: TypeId) -> Option<String> {
    check(value, &FieldType::Message(ty), "")
}

/// `go` is the name of the type in Go, of an item or a member where `ty` is that.
fn check(value: &mut Value, ty: &FieldType, go: &str) -> Option<String> {
    if value.is_null() {
        return None;
    }
    let found = go::type_name(value);
    let unknown = |kind: &str| Some(format!("unrecognized type: {kind}"));
    match (ty, value) {
        (FieldType::Message(id), Value::Object(map)) => id.desc().fields.iter().find_map(|field| {
            let inner = map.get_mut(field.json)?;
            check(inner, &field.ty, field.go_type.trim_start_matches('*'))
        }),
        (FieldType::Message(_), _) => Some(format!("cannot restore struct from: {found}")),
        (FieldType::Map(inner), Value::Object(map)) => {
            let go = go.split_once(']').map_or(go, |(_, member)| member);
            map.iter_mut()
                .find_map(|(_, value)| check(value, inner, go))
        }
        (FieldType::Map(_), _) => Some(format!("cannot restore map from {found}")),
        (FieldType::List(inner), Value::Array(items)) => {
            let go = go.strip_prefix("[]").unwrap_or(go);
            items.iter_mut().find_map(|value| check(value, inner, go))
        }
        (FieldType::Bytes, Value::String(_)) => None,
        (FieldType::Bytes, value @ Value::Array(_)) => match bytes(value) {
            Some(text) => {
                *value = Value::String(text);
                None
            }
            None => unknown("uint8"),
        },
        (FieldType::List(_) | FieldType::Bytes, _) => {
            Some(format!("cannot restore slice from {found}"))
        }
        // Go turns whole numbers into texts, where nobody forbids it.
        (FieldType::String, Value::Int(_)) => Some(format!("cannot convert {found} to {go}")),
        (FieldType::String, value) if !matches!(value, Value::String(_)) => unknown("string"),
        (FieldType::Bool, value) if !matches!(value, Value::Bool(_)) => unknown("bool"),
        (FieldType::Int32 | FieldType::Int64, value) => {
            let number = match *value {
                Value::Int(number) => number,
                Value::Float(number) if number.fract() == 0.0 => number as i64,
                Value::Float(_) => return Some(format!("cannot convert {found} to {go}")),
                _ if *ty == FieldType::Int32 => return unknown("int32"),
                _ => return unknown("int64"),
            };
            let number = match ty {
                FieldType::Int32 => i64::from(number as i32),
                _ => number,
            };
            *value = Value::Int(number);
            None
        }
        _ => None,
    }
}

/// The text of bytes that are written as numbers.
fn bytes(value: &Value) -> Option<String> {
    let items = value.as_array()?.iter();
    // As Go converts them.
    let bytes = items.map(|item| item.as_i64().map(|number| number as u8));
    Some(STANDARD.encode(bytes.collect::<Option<Vec<u8>>>()?))
}

/// The words for a value that its type refused: upstream's converter asks the
/// type itself, which does not know where it stands.
pub fn refused(why: &str) -> String {
    if why.starts_with("illegal base64") {
        return format!("error decoding from json: {why}");
    }
    match (
        why.split_once(" Go struct field "),
        why.rsplit_once(" of type "),
    ) {
        (Some((before, _)), Some((_, ty))) => format!("{before} Go value of type {ty}"),
        _ => why.to_owned(),
    }
}

/// A patch as it is after it was applied: upstream takes directives out of it
/// on the way, and shows what is left.
pub fn spent(patch: &Value) -> Value {
    match patch {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .filter(|(name, value)| {
                    let replaces = **name == *"$patch" && value.as_str() == Some("replace");
                    let orders = name.starts_with("$setElementOrder");
                    !replaces && !orders && **name != *"$retainKeys"
                })
                .map(|(name, value)| (name.clone(), spent(value)))
                .collect::<Object>(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(spent).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn words() {
        let check = |kind: &str, mut v: Value, expect: Option<&str>| {
            let ty = TypeId::by_gvk("", "v1", kind).expect("kind");
            assert_eq!(fit(&mut v, ty).as_deref(), expect, "{v}");
        };
        check("ConfigMap", json!({"data": {"k": "v"}}), None);
        for (kind, value, words) in [
            (
                "ConfigMap",
                json!({"data": "x"}),
                "cannot restore map from string",
            ),
            (
                "ConfigMap",
                json!({"data": {"k": 1}}),
                "cannot convert int64 to string",
            ),
            (
                "ConfigMap",
                json!({"data": {"k": true}}),
                "unrecognized type: string",
            ),
            (
                "ConfigMap",
                json!({"data": {"k": {}}}),
                "unrecognized type: string",
            ),
            (
                "ConfigMap",
                json!({"immutable": 1}),
                "unrecognized type: bool",
            ),
            (
                "ConfigMap",
                json!({"metadata": {"finalizers": "x"}}),
                "cannot restore slice from string",
            ),
            (
                "Service",
                json!({"spec": {"type": 1}}),
                "cannot convert int64 to v1.ServiceType",
            ),
            (
                "Service",
                json!({"spec": {"type": 1.5}}),
                "unrecognized type: string",
            ),
            (
                "Service",
                json!({"spec": {"ports": [{"port": "x"}]}}),
                "unrecognized type: int32",
            ),
            (
                "Service",
                json!({"spec": {"ports": [{"port": 1.5}]}}),
                "cannot convert float64 to int32",
            ),
            (
                "ResourceQuota",
                json!({"spec": {"scopes": [1]}}),
                "cannot convert int64 to v1.ResourceQuotaScope",
            ),
        ] {
            check(kind, value, Some(words));
        }
    }

    #[test]
    fn numbers_are_converted() {
        let secret = TypeId::by_gvk("", "v1", "Secret").expect("kind");
        let mut tree = json!({"data": {"a": [1, 2], "b": []}});
        assert_eq!(fit(&mut tree, secret), None);
        assert_eq!(tree, json!({"data": {"a": "AQI=", "b": ""}}));
        let ty = TypeId::by_gvk("", "v1", "Service").expect("kind");
        let mut tree = json!({"spec": {"ports": [{"port": 80.0}, {"port": 4294967376i64}]}});
        assert_eq!(fit(&mut tree, ty), None);
        assert_eq!(
            tree.to_string(),
            r#"{"spec":{"ports":[{"port":80},{"port":80}]}}"#
        );
    }

    #[test]
    fn directives_are_spent() {
        let patch = json!({"$retainKeys": ["a"], "a": [{"$patch": "replace", "b": 1}, {"$patch": "delete"}]});
        assert_eq!(
            spent(&patch),
            json!({"a": [{"b": 1}, {"$patch": "delete"}]})
        );
    }
}
