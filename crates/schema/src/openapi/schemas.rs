//! The schemas of types.

use std::collections::BTreeSet;

use super::descriptions::Descriptions;
use super::schema_name;
use crate::{FieldDesc, FieldType, ListType, MessageDesc, Object, Omit, TypeId, Value, json};

/// The schemas of these types and of all that they hold. `group_version` is
/// the document's own.
pub(super) fn schemas(types: &BTreeSet<TypeId>, group_version: Option<(&str, &str)>) -> Object {
    let texts = Descriptions::read();
    let mut out = Object::new();
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<TypeId> = types.iter().copied().collect();
    while let Some(ty) = waiting.pop() {
        if !seen.insert(ty) {
            continue;
        }
        let desc = ty.desc();
        let mut properties = Object::new();
        let mut required = Vec::new();
        for field in desc.fields {
            if field.required {
                required.push(Value::from(field.json));
            }
            let text = texts.of_field(desc.name, field.json);
            properties.insert(field.json, described(text, property(field, &mut out)));
            if let Some(inner) = message(&field.ty) {
                waiting.push(inner);
            }
        }
        properties.sort_keys();
        let mut schema = Object::new();
        if let Some(text) = texts.of_type(desc.name) {
            schema.insert("description", text);
        }
        schema.insert("type", "object");
        if !required.is_empty() {
            schema.insert("required", required);
        }
        if !properties.is_empty() {
            schema.insert("properties", properties);
        }
        if desc.root {
            schema.insert("x-kubernetes-group-version-kind", kinds(ty, group_version));
        }
        if desc.atomic {
            schema.insert("x-kubernetes-map-type", "atomic");
        }
        if let Some(union) = union(desc) {
            schema.insert("x-kubernetes-unions", vec![union]);
        }
        out.insert(schema_name(ty), Value::Object(schema));
    }
    out
}

/// A schema that begins with a text. References say nothing of their own.
fn described(text: Option<&'static str>, schema: Value) -> Value {
    match (text, schema) {
        (Some(text), Value::Object(schema)) if !schema.contains_key("$ref") => {
            let mut out = Object::new();
            out.insert("description", text);
            for (key, value) in schema {
                out.insert(key, value);
            }
            Value::Object(out)
        }
        (_, schema) => schema,
    }
}

/// A struct of which one field may be set.
fn union(desc: &MessageDesc) -> Option<Value> {
    let tells = |field: &FieldDesc| field.markers.contains(&"unionDiscriminator");
    let discriminator = desc.fields.iter().find(|field| tells(field));
    if !desc.markers.contains(&"union") {
        return None;
    }
    let mut union = Object::new();
    if let Some(field) = discriminator {
        union.insert("discriminator", field.json);
    }
    let members = desc.fields.iter().filter(|field| !tells(field));
    union.insert(
        "fields-to-discriminateBy",
        Value::Object(
            members
                .map(|field| (field.json.into(), Value::from(field.go)))
                .collect(),
        ),
    );
    Some(Value::Object(union))
}

fn message(ty: &FieldType) -> Option<TypeId> {
    match ty {
        FieldType::SchemaOrArray | FieldType::SchemaOrBool | FieldType::SchemaOrStrings => None,
        other => other.message(),
    }
}

fn kinds(ty: TypeId, group_version: Option<(&str, &str)>) -> Value {
    let desc = ty.desc();
    let kind =
        |group: &str, version: &str| json!({"group": group, "kind": desc.go, "version": version});
    if !desc.in_every_group {
        return vec![kind(desc.api_group, desc.version)].into();
    }
    let mut kinds = vec![kind("", "v1")];
    // These stand in the documents of each group version as its own.
    if let Some((group, version)) =
        group_version.filter(|_| matches!(desc.go, "DeleteOptions" | "WatchEvent"))
    {
        kinds.push(kind(group, version));
    }
    kinds.into()
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// The schema of a type that stands alone, by name; the schema is added where it is one of the special ones.
fn named(ty: &FieldType, out: &mut Object) -> Option<String> {
    let extensions = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1";
    let (name, schema) = match ty {
        FieldType::Message(id) => return Some(schema_name(*id)),
        FieldType::Time => (
            "io.k8s.apimachinery.pkg.apis.meta.v1.Time".to_owned(),
            json!({"type": "string", "format": "date-time"}),
        ),
        FieldType::MicroTime => (
            "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime".to_owned(),
            json!({"type": "string", "format": "date-time"}),
        ),
        FieldType::Quantity => (
            "io.k8s.apimachinery.pkg.api.resource.Quantity".to_owned(),
            json!({"oneOf": [{"type": "string"}, {"type": "number"}]}),
        ),
        FieldType::IntOrString => (
            "io.k8s.apimachinery.pkg.util.intstr.IntOrString".to_owned(),
            json!({"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]}),
        ),
        FieldType::RawExtension => (
            "io.k8s.apimachinery.pkg.runtime.RawExtension".to_owned(),
            json!({"type": "object"}),
        ),
        FieldType::FieldsV1 => (
            "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1".to_owned(),
            json!({"type": "object"}),
        ),
        FieldType::Json => (format!("{extensions}.JSON"), json!({})),
        FieldType::SchemaOrArray => (format!("{extensions}.JSONSchemaPropsOrArray"), json!({})),
        FieldType::SchemaOrBool => (format!("{extensions}.JSONSchemaPropsOrBool"), json!({})),
        FieldType::SchemaOrStrings => (
            format!("{extensions}.JSONSchemaPropsOrStringArray"),
            json!({}),
        ),
        _ => return None,
    };
    out.insert(name.clone(), schema);
    Some(name)
}

/// The schema of an element or a value.
fn element(ty: &FieldType, out: &mut Object) -> Value {
    if let Some(name) = named(ty, out) {
        return reference(&name);
    }
    match ty {
        FieldType::Bool => json!({"type": "boolean"}),
        FieldType::Int32 => json!({"type": "integer", "format": "int32"}),
        FieldType::Int64 => json!({"type": "integer", "format": "int64"}),
        FieldType::Double => json!({"type": "number", "format": "double"}),
        FieldType::Bytes => json!({"type": "string", "format": "byte"}),
        FieldType::List(inner) => json!({"type": "array", "items": element(inner, out)}),
        FieldType::Strings => json!({"type": "array", "items": {"type": "string"}}),
        FieldType::Map(inner) => {
            json!({"type": "object", "additionalProperties": element(inner, out)})
        }
        _ => json!({"type": "string"}),
    }
}

/// The schema of a field.
pub(super) fn property(field: &FieldDesc, out: &mut Object) -> Value {
    let mut schema = Object::new();
    let default = field.default_value();
    let bare = matches!(
        field.ty,
        FieldType::SchemaOrArray | FieldType::SchemaOrBool | FieldType::SchemaOrStrings
    );
    if let Some(name) = named(&field.ty, out) {
        if bare {
            return reference(&name);
        }
        let empty = matches!(field.ty, FieldType::Message(_)) && !field.pointer;
        if let Some(default) = default.or(empty.then(Value::object)) {
            schema.insert("default", default);
        }
        schema.insert("allOf", vec![reference(&name)]);
    } else {
        let Value::Object(plain) = element(&field.ty, out) else {
            return Value::Null;
        };
        schema = plain;
        let zero = match field.ty {
            _ if field.pointer || field.omit != Omit::Never => None,
            FieldType::String => Some(Value::from("")),
            FieldType::Bool => Some(Value::from(false)),
            FieldType::Int32 | FieldType::Int64 | FieldType::Double => Some(Value::from(0)),
            _ => None,
        };
        if let Some(default) = default.or(zero) {
            schema.insert("default", default);
        }
        if !field.enum_values.is_empty() {
            let place = match &mut schema {
                schema if field.ty == FieldType::String => Some(schema),
                schema => schema
                    .get_mut(if matches!(field.ty, FieldType::Map(_)) {
                        "additionalProperties"
                    } else {
                        "items"
                    })
                    .and_then(Value::as_object_mut),
            };
            if let Some(place) = place {
                place.insert("enum", field.enum_values.to_vec());
            }
        }
    }
    if let Some(list_type) = field.list_type {
        let name = match list_type {
            ListType::Atomic => "atomic",
            ListType::Set => "set",
            ListType::Map => "map",
        };
        if !field.list_map_keys.is_empty() {
            schema.insert("x-kubernetes-list-map-keys", field.list_map_keys.to_vec());
        }
        schema.insert("x-kubernetes-list-type", name);
    }
    if field
        .markers
        .iter()
        .any(|marker| matches!(*marker, "mapType=granular" | "structType=granular"))
    {
        schema.insert("x-kubernetes-map-type", "granular");
    }
    if field.atomic && !matches!(field.ty, FieldType::Message(id) if id.desc().atomic) {
        schema.insert("x-kubernetes-map-type", "atomic");
    }
    if !field.patch_merge_key.is_empty() {
        schema.insert("x-kubernetes-patch-merge-key", field.patch_merge_key);
    }
    if !field.patch_strategy.is_empty() {
        schema.insert("x-kubernetes-patch-strategy", field.patch_strategy);
    }
    Value::Object(schema)
}
