//! Structural schemas of custom resources: what a CustomResourceDefinition says
//! of its objects, compiled once from its `openAPIV3Schema`, and the walks over
//! trees that need nothing else: pruning and defaulting.
//!
//! Compiling never fails: what a schema may hold is checked where definitions
//! are written; what is stored all the same is read as far as it goes.

mod compile;
mod defaults;
mod names;
mod prune;

pub use defaults::{apply_defaults, drop_nulls};
pub use names::{intern, intern_list};
pub use prune::{META_FIELDS, prune};

use crate::{ListType, Value};

/// What a value may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Not said: anything.
    #[default]
    Any,
    /// `object`
    Object,
    /// `array`
    Array,
    /// `string`
    String,
    /// `integer`
    Integer,
    /// `number`
    Number,
    /// `boolean`
    Boolean,
}

impl Kind {
    /// As schemas spell it; empty for [`Kind::Any`].
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Any => "",
            Kind::Object => "object",
            Kind::Array => "array",
            Kind::String => "string",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::Boolean => "boolean",
        }
    }
}

/// What `additionalProperties` says.
#[derive(Debug)]
pub enum Additional {
    /// `true`: anything.
    Any,
    /// `false`: what is there all the same is kept, and refused.
    Nothing,
    /// Values of this schema.
    Node(Box<Node>),
}

/// What a value must hold to beside its structure.
#[derive(Debug, Default)]
pub struct Rules {
    /// `format`
    pub format: String,
    /// `maximum`
    pub maximum: Option<f64>,
    /// The maximum itself is too much.
    pub exclusive_maximum: bool,
    /// `minimum`
    pub minimum: Option<f64>,
    /// The minimum itself is too little.
    pub exclusive_minimum: bool,
    /// `multipleOf`
    pub multiple_of: Option<f64>,
    /// `maxLength`, in characters
    pub max_length: Option<i64>,
    /// `minLength`, in characters
    pub min_length: Option<i64>,
    /// `pattern`
    pub pattern: String,
    /// `maxItems`
    pub max_items: Option<i64>,
    /// `minItems`
    pub min_items: Option<i64>,
    /// `maxProperties`
    pub max_properties: Option<i64>,
    /// `minProperties`
    pub min_properties: Option<i64>,
    /// `required`
    pub required: Vec<Box<str>>,
    /// `enum`
    pub allowed: Vec<Value>,
    /// `allOf`
    pub all_of: Vec<Node>,
    /// `anyOf`
    pub any_of: Vec<Node>,
    /// `oneOf`
    pub one_of: Vec<Node>,
    /// `not`
    pub not: Option<Box<Node>>,
}

/// One rule of `x-kubernetes-validations`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CelRule {
    /// `rule`
    pub rule: String,
    /// `message`
    pub message: String,
    /// `messageExpression`
    pub message_expression: String,
    /// `reason`
    pub reason: String,
    /// `fieldPath`
    pub field_path: String,
    /// `optionalOldSelf`
    pub optional_old_self: Option<bool>,
}

/// A place of a structural schema.
#[derive(Debug, Default)]
pub struct Node {
    /// `type`
    pub kind: Kind,
    /// `properties`, by name.
    pub properties: Vec<(Box<str>, Node)>,
    /// `additionalProperties`
    pub additional: Option<Additional>,
    /// `items`
    pub items: Option<Box<Node>>,
    /// `nullable`
    pub nullable: bool,
    /// `x-kubernetes-int-or-string`
    pub int_or_string: bool,
    /// `x-kubernetes-preserve-unknown-fields`
    pub preserve_unknown: bool,
    /// `x-kubernetes-embedded-resource`
    pub embedded: bool,
    /// `default`
    pub default: Option<Box<Value>>,
    /// `x-kubernetes-list-type`
    pub list_type: Option<ListType>,
    /// `x-kubernetes-list-map-keys`
    pub list_map_keys: Vec<&'static str>,
    /// `x-kubernetes-map-type: atomic`
    pub map_atomic: bool,
    /// Value validations; `None` where there are none.
    pub rules: Option<Box<Rules>>,
    /// `x-kubernetes-validations`
    pub validations: Vec<CelRule>,
}

impl Node {
    /// From an `openAPIV3Schema`.
    #[must_use]
    pub fn compile(schema: &Value) -> Self {
        compile::node(schema)
    }

    /// A declared property.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Node> {
        let at = self
            .properties
            .binary_search_by(|(known, _)| (**known).cmp(name))
            .ok()?;
        Some(&self.properties[at].1)
    }

    /// The schema of undeclared members, where there is one.
    #[must_use]
    pub fn additional_node(&self) -> Option<&Node> {
        match &self.additional {
            Some(Additional::Node(node)) => Some(node),
            _ => None,
        }
    }

    /// What stands under a name: a property or an additional one.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Node> {
        self.property(name).or_else(|| self.additional_node())
    }

    /// Whether a rule of `x-kubernetes-validations` stands here or below.
    #[must_use]
    pub fn has_validations(&self) -> bool {
        !self.validations.is_empty()
            || self
                .properties
                .iter()
                .any(|(_, node)| node.has_validations())
            || self.additional_node().is_some_and(Node::has_validations)
            || self.items.as_deref().is_some_and(Node::has_validations)
    }

    /// Whether the walk of defaults finds anything here or below.
    #[must_use]
    pub fn has_defaults(&self) -> bool {
        self.default.is_some()
            || self.properties.iter().any(|(_, node)| node.has_defaults())
            || self.additional_node().is_some_and(Node::has_defaults)
            || self.items.as_deref().is_some_and(Node::has_defaults)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn schema() -> Node {
        Node::compile(&json!({
            "type": "object",
            "properties": {
                "spec": {"type": "object", "properties": {
                    "n": {"type": "integer", "default": 3, "minimum": 1},
                    "s": {"type": "string"},
                    "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true,
                        "properties": {"in": {"type": "object"}}},
                    "map": {"type": "object", "additionalProperties": {"type": "object",
                        "properties": {"a": {"type": "string", "default": "x"}}}},
                    "list": {"type": "array", "x-kubernetes-list-type": "map",
                        "x-kubernetes-list-map-keys": ["k"],
                        "items": {"type": "object", "properties": {"k": {"type": "string"}}}},
                }},
            },
        }))
    }

    #[test]
    fn unknown_fields_go_and_are_told() {
        let mut tree = json!({
            "apiVersion": "a/v1", "kind": "K", "metadata": {"name": "x"}, "top": 1,
            "spec": {"n": 1, "zz": 1, "free": {"any": {"b": 1}, "in": {"gone": 1}},
                "map": {"m": {"a": "1", "b": 2}}, "list": [{"k": "a", "l": 1}]},
        });
        let mut unknown = prune(&mut tree, &schema(), true);
        unknown.sort();
        assert_eq!(
            unknown,
            [
                "spec.free.in.gone",
                "spec.list[0].l",
                "spec.map.m.b",
                "spec.zz",
                "top"
            ]
        );
        assert_eq!(
            tree["spec"],
            json!({"n": 1, "free": {"any": {"b": 1}, "in": {}}, "map": {"m": {"a": "1"}}, "list": [{"k": "a"}]})
        );
        assert_eq!(tree["metadata"]["name"], "x");
    }

    #[test]
    fn defaults_fill_what_is_absent_or_null() {
        let schema = schema();
        let mut tree = json!({"spec": {"s": null, "n": null, "map": {"m": {}}}});
        drop_nulls(&mut tree, &schema);
        apply_defaults(&mut tree, &schema);
        assert_eq!(tree, json!({"spec": {"n": 3, "map": {"m": {"a": "x"}}}}));
        let mut tree = json!({});
        apply_defaults(&mut tree, &schema);
        assert_eq!(tree, json!({}));
    }

    #[test]
    fn nulls_of_maps_are_as_good_as_absent() {
        for (texts, left) in [
            (json!({"type": "string"}), json!({"b": "x"})),
            (
                json!({"type": "string", "nullable": true}),
                json!({"a": null, "b": "x"}),
            ),
            (
                json!({"type": "string", "default": "d"}),
                json!({"a": "d", "b": "x"}),
            ),
        ] {
            let map = json!({"type": "object", "additionalProperties": texts});
            let schema = Node::compile(&map);
            let mut tree = json!({"a": null, "b": "x"});
            drop_nulls(&mut tree, &schema);
            apply_defaults(&mut tree, &schema);
            assert_eq!(tree, left);
        }
    }

    #[test]
    fn lists_are_told_apart_by_their_keys() {
        let schema = schema();
        let list = schema
            .property("spec")
            .and_then(|s| s.property("list"))
            .expect("declared");
        assert_eq!(list.list_type, Some(ListType::Map));
        assert_eq!(list.list_map_keys, ["k"]);
        assert!(schema.has_defaults());
        assert!(!schema.has_validations());
    }
}
