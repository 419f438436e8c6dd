//! Structural schemas of Rust types: what `#[derive(JsonSchema)]` makes, and
//! what a CustomResourceDefinition says of its objects.
//!
//! A schema is a tree as it stands under `openAPIV3Schema`. Nothing is
//! referred to: every type is written out in its place, as definitions need
//! it; a type that holds itself is any object from there on.
//!
//! ```
//! use skeg_schema::structural::schema_of;
//! use skeg_schema::json;
//!
//! assert_eq!(
//!     schema_of::<Vec<Option<u8>>>(),
//!     json!({"type": "array", "items": {
//!         "type": "integer", "format": "int32", "minimum": 0, "maximum": 255, "nullable": true,
//!     }}),
//! );
//! ```

pub mod build;
mod tables;
mod types;

#[doc(hidden)]
pub use tables::schema as of_message;
pub use types::IntOrText;

use crate::Value;

/// A type that has a structural schema.
///
/// Every type of the API has one from the tables, so that a `PodTemplateSpec`
/// can stand in a custom resource; one's own types derive it.
pub trait JsonSchema {
    /// The schema. What it holds asks `seen` for its own ([`Seen::schema`]).
    fn json_schema(seen: &mut Seen) -> Value;

    /// Whether a field of this type may be left out; only `Option` may.
    #[must_use]
    fn is_optional() -> bool {
        false
    }
}

/// The schema of a type.
#[must_use]
pub fn schema_of<T: JsonSchema + ?Sized>() -> Value {
    Seen::default().schema::<T>()
}

/// The types that are being written out, so that one that holds itself ends.
#[derive(Debug, Default)]
pub struct Seen {
    names: Vec<&'static str>,
}

impl Seen {
    /// The schema of a type, or any object where the type is being written out already.
    pub fn schema<T: JsonSchema + ?Sized>(&mut self) -> Value {
        let name = std::any::type_name::<T>();
        if self.names.contains(&name) {
            return build::any_object();
        }
        self.names.push(name);
        let schema = T::json_schema(self);
        self.names.pop();
        schema
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::build::{self, ObjectSchema};
    use super::*;
    use crate::json;

    struct Tree;

    impl JsonSchema for Tree {
        fn json_schema(seen: &mut Seen) -> Value {
            let mut object = ObjectSchema::default();
            object.field::<Vec<Tree>>(seen, "children", false, |_| {});
            object.field::<Option<String>>(seen, "name", false, |schema| {
                build::set(schema, "minLength", json!(1));
            });
            object.finish()
        }
    }

    #[test]
    fn a_type_that_holds_itself_ends() {
        assert_eq!(
            schema_of::<Tree>(),
            json!({
                "type": "object", "required": ["children"],
                "properties": {
                    "children": {"type": "array", "items": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
                    "name": {"type": "string", "nullable": true, "minLength": 1},
                },
            })
        );
    }

    #[test]
    fn types_of_the_language() {
        assert_eq!(
            schema_of::<BTreeMap<String, f32>>(),
            json!({"type": "object", "additionalProperties": {"type": "number", "format": "float"}})
        );
        assert_eq!(
            schema_of::<BTreeSet<u32>>(),
            json!({"type": "array", "x-kubernetes-list-type": "set",
                "items": {"type": "integer", "format": "int64", "minimum": 0, "maximum": 4_294_967_295_i64}})
        );
        assert_eq!(
            schema_of::<[bool; 2]>(),
            json!({"type": "array", "items": {"type": "boolean"}, "minItems": 2, "maxItems": 2})
        );
        assert_eq!(
            schema_of::<serde_json::Value>(),
            json!({"x-kubernetes-preserve-unknown-fields": true})
        );
    }

    fn variant(properties: Value, required: &[&str]) -> Value {
        let mut schema = json!({"type": "object", "properties": properties});
        if !required.is_empty() {
            let required: Vec<Value> = required.iter().map(|name| Value::from(*name)).collect();
            schema.set_at(&["required"], required);
        }
        schema
    }

    #[test]
    fn unions_are_made_structural() {
        let file = variant(json!({"path": {"type": "string"}}), &["path"]);
        let web = variant(
            json!({"url": {"type": "string"}, "path": {"type": "string", "minLength": 2}}),
            &["url"],
        );
        assert_eq!(
            build::internally_tagged(
                "type",
                vec![
                    ("file", Some(file.clone())),
                    ("web", Some(web.clone())),
                    ("none", None)
                ]
            ),
            json!({
                "type": "object", "required": ["type"],
                "properties": {
                    "type": {"type": "string", "enum": ["file", "web", "none"]},
                    "path": {"type": "string"}, "url": {"type": "string"},
                },
                "oneOf": [
                    {"properties": {"type": {"enum": ["file"]}}, "required": ["path"]},
                    {"properties": {"type": {"enum": ["web"]}}, "required": ["url"]},
                    {"properties": {"type": {"enum": ["none"]}}},
                ],
            })
        );
        assert_eq!(
            build::externally_tagged(vec![("file", file.clone()), ("web", web.clone())]),
            json!({
                "type": "object",
                "properties": {"file": file.clone(), "web": web.clone()},
                "oneOf": [{"required": ["file"]}, {"required": ["web"]}],
            })
        );
        let adjacent = build::adjacently_tagged(
            "t",
            "c",
            vec![("a", Some(json!({"type": "string"}))), ("b", None)],
        );
        assert_eq!(
            adjacent,
            json!({
                "type": "object", "required": ["t"],
                "properties": {"t": {"type": "string", "enum": ["a", "b"]}, "c": {"type": "string"}},
                "oneOf": [
                    {"properties": {"t": {"enum": ["a"]}}, "required": ["c"]},
                    {"properties": {"t": {"enum": ["b"]}}},
                ],
            })
        );
        assert_eq!(
            build::untagged(vec![
                json!({"type": "string"}),
                json!({"type": "integer", "format": "int32"})
            ]),
            json!({"x-kubernetes-int-or-string": true})
        );
        assert_eq!(
            build::untagged(vec![json!({"type": "boolean"}), json!({"type": "integer"})]),
            json!({"x-kubernetes-preserve-unknown-fields": true})
        );
        assert_eq!(
            build::untagged(vec![file, web]),
            json!({
                "type": "object",
                "properties": {"path": {"type": "string"}, "url": {"type": "string"}},
                "anyOf": [{"required": ["path"]}, {"required": ["url"]}],
            })
        );
    }
}
