//! Schemas of the types of the API, from the tables.

use super::build;
use crate::{FieldDesc, FieldType, ListType, Object, TypeId, Value, json};

/// The schema of a type, with everything it holds written out.
#[must_use]
pub fn schema(ty: TypeId) -> Value {
    message(ty, &mut Vec::new(), &[])
}

/// `keys` are the fields by which elements of a list are told apart: each must
/// be required or have a default.
fn message(ty: TypeId, seen: &mut Vec<TypeId>, keys: &[&str]) -> Value {
    if seen.contains(&ty) {
        return build::any_object();
    }
    seen.push(ty);
    let desc = ty.desc();
    let mut properties = Object::with_capacity(desc.fields.len());
    let mut required = Vec::new();
    for field in desc.fields {
        let mut property = property(field, seen);
        let default = field.default_value().filter(|_| keys.contains(&field.json));
        match default {
            Some(default) => build::set(&mut property, "default", default),
            None if field.required => required.push(Value::from(field.json)),
            None => {}
        }
        properties.push(field.json.into(), property);
    }
    seen.pop();
    let mut schema = Object::new();
    schema.insert("type", "object");
    if !required.is_empty() {
        schema.insert("required", required);
    }
    if !properties.is_empty() {
        schema.insert("properties", Value::Object(properties));
    }
    if desc.atomic {
        schema.insert("x-kubernetes-map-type", "atomic");
    }
    Value::Object(schema)
}

fn property(field: &FieldDesc, seen: &mut Vec<TypeId>) -> Value {
    let keys = match field.list_type {
        Some(ListType::Map) if keyed(field, seen) => field.list_map_keys,
        _ => &[],
    };
    let mut schema = of(&field.ty, seen, keys);
    match (field.list_type, &field.ty) {
        (Some(ListType::Map), FieldType::List(_)) if !keys.is_empty() => {
            let names: Vec<Value> = keys.iter().map(|key| Value::from(*key)).collect();
            build::set(&mut schema, "x-kubernetes-list-type", "map".into());
            build::set(&mut schema, "x-kubernetes-list-map-keys", names.into());
        }
        (Some(ListType::Set), FieldType::List(_)) => {
            build::set(&mut schema, "x-kubernetes-list-type", "set".into());
        }
        (Some(ListType::Atomic), FieldType::List(_)) => {
            build::set(&mut schema, "x-kubernetes-list-type", "atomic".into());
        }
        _ => {}
    }
    if field.atomic && matches!(field.ty, FieldType::Map(_) | FieldType::Message(_)) {
        build::set(&mut schema, "x-kubernetes-map-type", "atomic".into());
    }
    schema
}

/// Whether a definition may say of the list that its elements have keys.
fn keyed(field: &FieldDesc, seen: &[TypeId]) -> bool {
    let Some(ty) = field.ty.message().filter(|ty| !seen.contains(ty)) else {
        return false;
    };
    field.list_map_keys.iter().all(|key| {
        ty.desc()
            .field(key)
            .is_some_and(|field| field.required || field.default_value().is_some())
    })
}

fn of(ty: &FieldType, seen: &mut Vec<TypeId>, keys: &[&str]) -> Value {
    match ty {
        FieldType::String => json!({"type": "string"}),
        FieldType::Bool => json!({"type": "boolean"}),
        FieldType::Int32 => json!({"type": "integer", "format": "int32"}),
        FieldType::Int64 => json!({"type": "integer", "format": "int64"}),
        FieldType::Double => json!({"type": "number", "format": "double"}),
        FieldType::Bytes => json!({"type": "string", "format": "byte"}),
        FieldType::Time | FieldType::MicroTime => json!({"type": "string", "format": "date-time"}),
        FieldType::Quantity => build::quantity(),
        FieldType::IntOrString => build::int_or_string(),
        FieldType::RawExtension | FieldType::FieldsV1 => build::any_object(),
        FieldType::Json
        | FieldType::Any
        | FieldType::SchemaOrArray
        | FieldType::SchemaOrBool
        | FieldType::SchemaOrStrings => build::anything(),
        FieldType::Strings => json!({"type": "array", "items": {"type": "string"}}),
        FieldType::Message(id) => message(*id, seen, keys),
        FieldType::List(inner) => json!({"type": "array", "items": of(inner, seen, keys)}),
        FieldType::Map(inner) => {
            json!({"type": "object", "additionalProperties": of(inner, seen, &[])})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_template_is_written_out() {
        let ty = TypeId::by_name("core/v1.PodTemplateSpec").expect("in the tables");
        let schema = schema(ty);
        let container = schema
            .at(&["properties", "spec", "properties", "containers"])
            .expect("containers");
        assert_eq!(container["x-kubernetes-list-type"], "map");
        assert_eq!(container["x-kubernetes-list-map-keys"], json!(["name"]));
        let ports = container
            .at(&["items", "properties", "ports"])
            .expect("ports");
        assert_eq!(
            ports["items"]["properties"]["protocol"],
            json!({"type": "string", "default": "TCP"})
        );
        assert_eq!(ports["items"]["required"], json!(["containerPort"]));
        assert_eq!(
            schema.at(&["properties", "metadata", "properties", "labels"]),
            Some(&json!({"type": "object", "additionalProperties": {"type": "string"}}))
        );
    }

    #[test]
    fn every_list_with_keys_has_them_required_or_defaulted() {
        fn look(path: &str, schema: &Value) {
            if let Some(keys) = schema["x-kubernetes-list-map-keys"].as_array() {
                let items = &schema["items"];
                let required = items["required"].as_array().cloned().unwrap_or_default();
                for key in keys {
                    let name = key.as_str().expect("a name");
                    let default = &items["properties"][name]["default"];
                    assert!(
                        required.contains(key) || !default.is_null(),
                        "{path}: {name}"
                    );
                }
            }
            for (name, inner) in schema["properties"]
                .as_object()
                .into_iter()
                .flat_map(Object::iter)
            {
                look(&format!("{path}.{name}"), inner);
            }
            for inner in ["items", "additionalProperties"] {
                if !schema[inner].is_null() {
                    look(&format!("{path}.{inner}"), &schema[inner]);
                }
            }
        }
        for ty in TypeId::all() {
            look(ty.desc().name, &schema(ty));
        }
    }
}
