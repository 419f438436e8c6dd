//! Pieces that schemas are built from: what derived code calls.

use super::{JsonSchema, Seen};
use crate::{Key, Object, Value, json, serialize_value};

/// Any JSON at all.
#[must_use]
pub fn anything() -> Value {
    json!({"x-kubernetes-preserve-unknown-fields": true})
}

/// Any object.
#[must_use]
pub fn any_object() -> Value {
    json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true})
}

/// A number or a text.
#[must_use]
pub fn int_or_string() -> Value {
    json!({"x-kubernetes-int-or-string": true})
}

/// A quantity: `100m`, `1.5Gi`, `2e3`, or a plain number.
#[must_use]
pub fn quantity() -> Value {
    json!({
        "x-kubernetes-int-or-string": true,
        "pattern": r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$",
    })
}

/// Sets a member of a schema, in place of the one it may have.
pub fn set(schema: &mut Value, key: &'static str, value: Value) {
    if let Some(members) = schema.as_object_mut() {
        members.insert(key, value);
    }
}

/// Says that what has no type is an object: any tree that is to be an object
/// of some kind, which the server asks of embedded resources.
pub fn object_by_default(schema: &mut Value) {
    if schema["type"].is_null() && schema["x-kubernetes-int-or-string"].is_null() {
        set(schema, "type", "object".into());
    }
}

/// Any data as a tree: defaults, bounds, lists of what is allowed. What cannot
/// be said in JSON is null.
#[must_use]
pub fn value<T: serde::Serialize + ?Sized>(data: &T) -> Value {
    serialize_value(data).unwrap_or_default()
}

/// Adds rules to a schema.
pub fn rules(schema: &mut Value, rules: Vec<Value>) {
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    match members.get_mut("x-kubernetes-validations") {
        Some(Value::Array(present)) => present.extend(rules),
        _ => {
            members.insert("x-kubernetes-validations", rules);
        }
    }
}

/// Changes the schema of a list's elements (`items`) or a map's values
/// (`additionalProperties`), where there is one.
pub fn inner(schema: &mut Value, key: &str, change: impl FnOnce(&mut Value)) {
    if let Some(inner) = schema.get_mut(key) {
        change(inner);
    }
}

/// The schema of an object that is put together field by field.
#[derive(Debug, Default)]
pub struct ObjectSchema {
    properties: Object,
    required: Vec<Value>,
    /// What enums that stand among the fields ask for: one of their variants each.
    choices: Vec<Value>,
    preserve: bool,
}

impl ObjectSchema {
    /// Adds a field. It is required unless its type or `optional` says otherwise.
    pub fn field<T: JsonSchema + ?Sized>(
        &mut self,
        seen: &mut Seen,
        name: &'static str,
        optional: bool,
        change: impl FnOnce(&mut Value),
    ) {
        let mut schema = seen.schema::<T>();
        change(&mut schema);
        self.put(name, optional || T::is_optional(), schema);
    }

    /// Adds a field whose schema is there already.
    pub fn put(&mut self, name: &'static str, optional: bool, schema: Value) {
        if !optional && schema.get("default").is_none() {
            self.required.push(name.into());
        }
        self.properties.insert(name, schema);
    }

    /// Adds the fields of another object; a map takes any other field.
    pub fn flatten<T: JsonSchema + ?Sized>(&mut self, seen: &mut Seen) {
        let optional = T::is_optional();
        let schema = seen.schema::<T>();
        if let Some(properties) = schema["properties"].as_object() {
            for (name, property) in properties.iter() {
                self.properties.insert(name.clone(), property.clone());
            }
        }
        if !optional {
            if let Some(required) = schema["required"].as_array() {
                self.required.extend(required.iter().cloned());
            }
            self.choices.extend(schema.get("oneOf").cloned());
            if let Some(all) = schema["allOf"].as_array() {
                let of = all.iter().filter_map(|one| one.get("oneOf"));
                self.choices.extend(of.cloned());
            }
        }
        self.preserve |= schema["x-kubernetes-preserve-unknown-fields"] == true
            || !schema["additionalProperties"].is_null();
    }

    /// The schema.
    #[must_use]
    pub fn finish(self) -> Value {
        let mut schema = Object::new();
        schema.insert("type", "object");
        if !self.required.is_empty() {
            schema.insert("required", self.required);
        }
        if !self.properties.is_empty() {
            schema.insert("properties", Value::Object(self.properties));
        }
        let mut choices = self.choices;
        if choices.len() > 1 {
            let all = choices.into_iter().map(|one| json!({"oneOf": one}));
            schema.insert("allOf", all.collect::<Vec<Value>>());
        } else if let Some(one) = choices.pop() {
            schema.insert("oneOf", one);
        }
        if self.preserve {
            schema.insert("x-kubernetes-preserve-unknown-fields", true);
        }
        Value::Object(schema)
    }
}

/// One of several texts.
#[must_use]
pub fn one_of_texts(names: &[&'static str]) -> Value {
    let names: Vec<Value> = names.iter().map(|name| Value::from(*name)).collect();
    json!({"type": "string", "enum": names})
}

/// What two properties of one name have in common. Definitions know one
/// structure for each field, whatever the variant.
fn common(one: Value, other: Value) -> Value {
    if one == other {
        return one;
    }
    let structure = |schema: &Value| {
        let mut bare = Object::new();
        for key in [
            "type",
            "format",
            "items",
            "properties",
            "additionalProperties",
            "x-kubernetes-int-or-string",
            "x-kubernetes-preserve-unknown-fields",
            "x-kubernetes-list-type",
            "x-kubernetes-list-map-keys",
        ] {
            if let Some(value) = schema.get(key) {
                bare.insert(key, value.clone());
            }
        }
        Value::Object(bare)
    };
    let bare = structure(&one);
    if bare == structure(&other) {
        return bare;
    }
    if one["type"] == "object" && other["type"] == "object" {
        return untagged(vec![one, other]);
    }
    anything()
}

/// The properties of several objects in one.
#[derive(Default)]
struct Merged {
    properties: Object,
    preserve: bool,
}

impl Merged {
    fn add(&mut self, schema: &Value) {
        self.preserve |= schema["x-kubernetes-preserve-unknown-fields"] == true
            || !schema["additionalProperties"].is_null();
        let properties = schema["properties"].as_object();
        for (name, property) in properties.into_iter().flat_map(Object::iter) {
            self.put(name.clone(), property.clone());
        }
    }

    fn put(&mut self, name: Key, property: Value) {
        let merged = match self.properties.get_mut(&name) {
            Some(present) => common(present.take(), property),
            None => property,
        };
        self.properties.insert(name, merged);
    }

    fn schema(self) -> Object {
        let mut schema = Object::new();
        schema.insert("type", "object");
        if !self.properties.is_empty() {
            schema.insert("properties", Value::Object(self.properties));
        }
        if self.preserve {
            schema.insert("x-kubernetes-preserve-unknown-fields", true);
        }
        schema
    }
}

fn required(names: impl Into<Value>) -> Value {
    json!({"required": names.into()})
}

/// An enum as serde writes it by itself: an object with one member, named
/// after the variant.
#[must_use]
pub fn externally_tagged(variants: Vec<(&'static str, Value)>) -> Value {
    let mut merged = Merged::default();
    let mut choices = Vec::new();
    for (name, schema) in variants {
        choices.push(required(vec![Value::from(name)]));
        merged.put(name.into(), schema);
    }
    let mut schema = merged.schema();
    schema.insert("oneOf", choices);
    Value::Object(schema)
}

/// An enum with `#[serde(tag = "…")]`: the members of the variant beside the tag.
#[must_use]
pub fn internally_tagged(tag: &'static str, variants: Vec<(&'static str, Option<Value>)>) -> Value {
    let names: Vec<&'static str> = variants.iter().map(|(name, _)| *name).collect();
    let mut merged = Merged::default();
    merged.put(tag.into(), one_of_texts(&names));
    let mut choices = Vec::new();
    for (name, data) in variants {
        let mut choice = json!({"properties": {tag: {"enum": [name]}}});
        if let Some(data) = data {
            merged.add(&data);
            if let Some(needed) = data.get("required") {
                set(&mut choice, "required", needed.clone());
            }
        }
        choices.push(choice);
    }
    let mut schema = merged.schema();
    schema.insert("required", vec![Value::from(tag)]);
    schema.insert("oneOf", choices);
    Value::Object(schema)
}

/// An enum with `#[serde(tag = "…", content = "…")]`.
#[must_use]
pub fn adjacently_tagged(
    tag: &'static str,
    content: &'static str,
    variants: Vec<(&'static str, Option<Value>)>,
) -> Value {
    let names: Vec<&'static str> = variants.iter().map(|(name, _)| *name).collect();
    let mut merged = Merged::default();
    merged.put(tag.into(), one_of_texts(&names));
    let mut choices = Vec::new();
    for (name, data) in variants {
        let mut choice = json!({"properties": {tag: {"enum": [name]}}});
        if let Some(data) = data {
            merged.put(content.into(), data);
            set(&mut choice, "required", json!([content]));
        }
        choices.push(choice);
    }
    let mut schema = merged.schema();
    schema.insert("required", vec![Value::from(tag)]);
    schema.insert("oneOf", choices);
    Value::Object(schema)
}

/// An enum with `#[serde(untagged)]`: as much of a structure as its variants
/// have in common.
#[must_use]
pub fn untagged(variants: Vec<Value>) -> Value {
    let ty = |schema: &Value| schema["type"].as_str().unwrap_or_default().to_owned();
    if let [only] = variants.as_slice() {
        return only.clone();
    }
    if !variants.is_empty() && variants.iter().all(|schema| ty(schema) == "object") {
        let mut merged = Merged::default();
        let mut choices = Vec::new();
        for schema in &variants {
            merged.add(schema);
            if let Some(needed) = schema.get("required") {
                choices.push(required(needed.clone()));
            }
        }
        let mut schema = merged.schema();
        // A variant that needs nothing makes every choice moot.
        if choices.len() == variants.len() {
            schema.insert("anyOf", choices);
        }
        return Value::Object(schema);
    }
    let either = |schema: &Value| {
        matches!(ty(schema).as_str(), "integer" | "string")
            || schema["x-kubernetes-int-or-string"] == true
    };
    let mut variants = variants.into_iter();
    let Some(first) = variants.next() else {
        return anything();
    };
    let all: Vec<Value> = variants.collect();
    if all.iter().all(|schema| ty(schema) == ty(&first)) && !ty(&first).is_empty() {
        return all.into_iter().fold(first, common);
    }
    if either(&first) && all.iter().all(either) {
        return int_or_string();
    }
    anything()
}
