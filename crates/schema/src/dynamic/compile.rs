//! From a tree of JSONSchemaProps to nodes.

use super::{Additional, CelRule, Kind, Node, Rules, intern};
use crate::{ListType, Value};

pub(super) fn node(schema: &Value) -> Node {
    let text = |key: &str| schema[key].as_str().unwrap_or_default();
    let flag = |key: &str| schema[key].as_bool().unwrap_or(false);
    let kind = match text("type") {
        "object" => Kind::Object,
        "array" => Kind::Array,
        "string" => Kind::String,
        "integer" => Kind::Integer,
        "number" => Kind::Number,
        "boolean" => Kind::Boolean,
        _ => Kind::Any,
    };
    let mut properties: Vec<(Box<str>, Node)> = schema["properties"]
        .as_object()
        .into_iter()
        .flat_map(|all| all.iter())
        .map(|(name, inner)| ((**name).into(), node(inner)))
        .collect();
    properties.sort_by(|a, b| a.0.cmp(&b.0));
    properties.shrink_to_fit();
    let additional = match &schema["additionalProperties"] {
        Value::Bool(true) => Some(Additional::Any),
        Value::Bool(false) => Some(Additional::Nothing),
        inner @ Value::Object(_) => Some(Additional::Node(Box::new(node(inner)))),
        _ => None,
    };
    let items = match &schema["items"] {
        inner @ Value::Object(_) => Some(Box::new(node(inner))),
        _ => None,
    };
    Node {
        kind,
        properties,
        additional,
        items,
        nullable: flag("nullable"),
        int_or_string: flag("x-kubernetes-int-or-string"),
        preserve_unknown: flag("x-kubernetes-preserve-unknown-fields"),
        embedded: flag("x-kubernetes-embedded-resource"),
        default: match &schema["default"] {
            Value::Null => None,
            value => Some(Box::new(value.clone())),
        },
        list_type: match text("x-kubernetes-list-type") {
            "set" => Some(ListType::Set),
            "map" => Some(ListType::Map),
            "atomic" => Some(ListType::Atomic),
            _ => None,
        },
        list_map_keys: strings(&schema["x-kubernetes-list-map-keys"])
            .map(intern)
            .collect(),
        map_atomic: text("x-kubernetes-map-type") == "atomic",
        rules: rules(schema).map(Box::new),
        validations: items_of(&schema["x-kubernetes-validations"])
            .iter()
            .map(cel_rule)
            .collect(),
    }
}

fn items_of(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    items_of(value).iter().filter_map(Value::as_str)
}

fn cel_rule(value: &Value) -> CelRule {
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    CelRule {
        rule: text("rule"),
        message: text("message"),
        message_expression: text("messageExpression"),
        reason: text("reason"),
        field_path: text("fieldPath"),
        optional_old_self: value["optionalOldSelf"].as_bool(),
    }
}

fn rules(schema: &Value) -> Option<Rules> {
    const KEYS: &[&str] = &[
        "format",
        "maximum",
        "minimum",
        "multipleOf",
        "maxLength",
        "minLength",
        "pattern",
        "maxItems",
        "minItems",
        "maxProperties",
        "minProperties",
        "required",
        "enum",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
    ];
    if !KEYS.iter().any(|key| !schema[*key].is_null()) {
        return None;
    }
    let text = |key: &str| schema[key].as_str().unwrap_or_default().to_owned();
    let flag = |key: &str| schema[key].as_bool().unwrap_or(false);
    let number = |key: &str| schema[key].as_f64();
    let count = |key: &str| schema[key].as_i64();
    let nodes = |key: &str| items_of(&schema[key]).iter().map(node).collect();
    Some(Rules {
        format: text("format"),
        maximum: number("maximum"),
        exclusive_maximum: flag("exclusiveMaximum"),
        minimum: number("minimum"),
        exclusive_minimum: flag("exclusiveMinimum"),
        multiple_of: number("multipleOf"),
        max_length: count("maxLength"),
        min_length: count("minLength"),
        pattern: text("pattern"),
        max_items: count("maxItems"),
        min_items: count("minItems"),
        max_properties: count("maxProperties"),
        min_properties: count("minProperties"),
        required: strings(&schema["required"]).map(Into::into).collect(),
        allowed: items_of(&schema["enum"]).to_vec(),
        all_of: nodes("allOf"),
        any_of: nodes("anyOf"),
        one_of: nodes("oneOf"),
        not: match &schema["not"] {
            inner @ Value::Object(_) => Some(Box::new(node(inner))),
            _ => None,
        },
    })
}
