//! What does not fit a type in the result of a strategic merge, in the words
//! of upstream's converter.

use skeg_schema::{FieldType, TypeId, Value};

use crate::go;

/// The first value that does not fit.
pub fn mismatch(value: &Value, ty: TypeId) -> Option<String> {
    check(value, &FieldType::Message(ty))
}

fn check(value: &Value, ty: &FieldType) -> Option<String> {
    if value.is_null() {
        return None;
    }
    let convert = |to: &str| Some(format!("cannot convert {} to {to}", go::type_name(value)));
    match ty {
        FieldType::Message(id) => match value {
            Value::Object(map) => id.desc().fields.iter().find_map(|field| {
                let inner = map.get(field.json)?;
                check(inner, &field.ty)
            }),
            _ => Some(format!(
                "cannot restore struct from: {}",
                go::type_name(value)
            )),
        },
        FieldType::Map(inner) => match value {
            Value::Object(map) => map.values().find_map(|v| check(v, inner)),
            _ => Some(format!("cannot restore map from {}", go::type_name(value))),
        },
        FieldType::List(inner) => match value {
            Value::Array(items) => items.iter().find_map(|v| check(v, inner)),
            _ => Some(format!(
                "cannot restore slice from {}",
                go::type_name(value)
            )),
        },
        FieldType::Bytes => match value {
            Value::String(_) => None,
            _ => Some(format!(
                "cannot restore slice from {}",
                go::type_name(value)
            )),
        },
        FieldType::String => match value {
            Value::String(_) => None,
            _ => convert("string"),
        },
        FieldType::Bool => match value {
            Value::Bool(_) => None,
            _ => convert("bool"),
        },
        FieldType::Int32 => match value {
            Value::Int(_) | Value::Float(_) => None,
            _ => convert("int32"),
        },
        FieldType::Int64 => match value {
            Value::Int(_) | Value::Float(_) => None,
            _ => convert("int64"),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn words() {
        let ty = TypeId::by_gvk("", "v1", "ConfigMap").expect("kind");
        let check = |v: Value, expect: Option<&str>| {
            assert_eq!(mismatch(&v, ty).as_deref(), expect, "{v}");
        };
        check(json!({"data": {"k": "v"}}), None);
        check(json!({"data": "x"}), Some("cannot restore map from string"));
        check(
            json!({"data": {"k": 1}}),
            Some("cannot convert int64 to string"),
        );
        check(
            json!({"metadata": {"finalizers": "x"}}),
            Some("cannot restore slice from string"),
        );
    }
}
