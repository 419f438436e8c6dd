//! Metadata that is none, in what is stored already and in defaults: what does
//! not fit is left out, where a request would be refused.

use super::embedded::coerce_metadata;
use skeg_schema::dynamic::{self, Node};
use skeg_schema::{Object, Value};

/// The metadata as ObjectMeta has it, without unknown fields and without those
/// that do not fit. `None`: it is no object.
pub fn metadata(meta: &Value) -> Option<Value> {
    if let Ok((formed, _)) = coerce_metadata(meta) {
        return Some(formed);
    }
    let mut fitting = Object::new();
    for (name, value) in meta.as_object()?.iter() {
        let mut one = Object::new();
        one.insert(name.clone(), value.clone());
        if coerce_metadata(&Value::Object(one)).is_ok() {
            fitting.insert(name.clone(), value.clone());
        }
    }
    let formed = coerce_metadata(&Value::Object(fitting)).ok()?;
    Some(formed.0)
}

/// The metadata of an object that is read from the store. Almost all of it has
/// been written in form, and is taken as it is.
pub fn stored(tree: &mut Value) -> Option<()> {
    match tree.get("metadata") {
        Some(meta) if !in_form(meta) => {
            let formed = metadata(meta)?;
            tree.set_at(&["metadata"], formed);
        }
        _ => {}
    }
    Some(())
}

/// Whether metadata is sure to be what ObjectMeta makes of it.
fn in_form(meta: &Value) -> bool {
    let Value::Object(members) = meta else {
        return false;
    };
    members.iter().all(|(name, value)| match &**name {
        "name" | "generateName" | "namespace" | "selfLink" | "uid" | "resourceVersion" => {
            is_text(value)
        }
        "creationTimestamp" | "deletionTimestamp" => is_time(value),
        "generation" | "deletionGracePeriodSeconds" => matches!(value, Value::Int(_)),
        "labels" | "annotations" => match value {
            Value::Object(texts) => {
                !texts.is_empty() && texts.iter().all(|(_, text)| text.is_string())
            }
            _ => false,
        },
        "finalizers" => each(value, Value::is_string),
        "ownerReferences" => each(value, |one| {
            members_are(one, |name, value| match name {
                "apiVersion" | "kind" | "name" | "uid" => value.is_string(),
                "controller" | "blockOwnerDeletion" => matches!(value, Value::Bool(_)),
                _ => false,
            })
        }),
        "managedFields" => each(value, |one| {
            members_are(one, |name, value| match name {
                "manager" | "operation" | "apiVersion" | "fieldsType" | "subresource" => {
                    is_text(value)
                }
                "time" => is_time(value),
                "fieldsV1" => value.is_object(),
                _ => false,
            })
        }),
        _ => false,
    })
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

pub(super) fn is_time(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| skeg_schema::time::parse(text, false).is_ok())
}

fn each(value: &Value, fits: impl Fn(&Value) -> bool) -> bool {
    match value {
        Value::Array(items) => !items.is_empty() && items.iter().all(fits),
        _ => false,
    }
}

fn members_are(value: &Value, fits: impl Fn(&str, &Value) -> bool) -> bool {
    match value {
        Value::Object(members) => members.iter().all(|(name, value)| fits(name, value)),
        _ => false,
    }
}

/// The same for objects embedded in others.
pub fn embedded(tree: &mut Value, schema: &Node) {
    match tree {
        Value::Object(members) => {
            if schema.embedded {
                members.retain(|name, value| {
                    !matches!(name, "apiVersion" | "kind") || value.is_string()
                });
                if let Some(meta) = members.get_mut("metadata")
                    && let Some(formed) = metadata(meta)
                {
                    *meta = formed;
                }
            }
            for (name, value) in members.iter_mut() {
                if schema.embedded && &**name == "metadata" {
                    continue;
                }
                if let Some(inner) = schema.member(name) {
                    embedded(value, inner);
                }
            }
        }
        Value::Array(items) => {
            if let Some(inner) = schema.items.as_deref() {
                items.iter_mut().for_each(|item| embedded(item, inner));
            }
        }
        _ => {}
    }
}

/// A schema whose defaults hold nothing that it does not declare.
pub fn compile(schema: &Value) -> Node {
    let mut node = Node::compile(schema);
    if node.has_defaults() {
        let whole = Node::compile(schema);
        defaults(&mut node, &whole, &mut Vec::new());
    }
    node
}

enum Step {
    Member(String),
    Element,
}

fn defaults(node: &mut Node, whole: &Node, path: &mut Vec<Step>) {
    if let Some(default) = node.default.take() {
        node.default = fitting(*default, whole, path).map(Box::new);
    }
    if let Some(dynamic::Additional::Node(inner)) = &mut node.additional {
        path.push(Step::Member("*".to_owned()));
        defaults(inner, whole, path);
        path.pop();
    }
    if let Some(inner) = &mut node.items {
        path.push(Step::Element);
        defaults(inner, whole, path);
        path.pop();
    }
    for (name, inner) in &mut node.properties {
        path.push(Step::Member(name.to_string()));
        defaults(inner, whole, path);
        path.pop();
    }
}

/// What is left of a default in an object that holds nothing but it.
fn fitting(default: Value, whole: &Node, path: &[Step]) -> Option<Value> {
    let mut tree = default;
    for step in path.iter().rev() {
        tree = match step {
            Step::Element => Value::Array(vec![tree]),
            Step::Member(name) => {
                let mut around = Object::new();
                around.insert(name.clone(), tree);
                Value::Object(around)
            }
        };
    }
    embedded(&mut tree, whole);
    dynamic::prune(&mut tree, whole, true);
    for step in path {
        tree = match (step, tree) {
            (Step::Element, Value::Array(mut items)) => items.pop()?,
            (Step::Member(name), Value::Object(mut members)) => members.remove(name)?,
            _ => return None,
        };
    }
    Some(tree)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn what_does_not_fit_is_left_out() {
        let check = |meta: Value, wanted: Value| {
            let mut tree = json!({ "metadata": meta });
            assert_eq!(stored(&mut tree), Some(()));
            let mut made = tree["metadata"].clone();
            made.remove_at(&["creationTimestamp"]);
            assert_eq!(made, wanted);
        };
        check(
            json!({"name": "a", "unspecified": 1, "annotations": {"a": 1}, "labels": {"l": "x"}}),
            json!({"name": "a", "labels": {"l": "x"}}),
        );
        check(
            json!({"name": "a", "unspecified": "x"}),
            json!({"name": "a"}),
        );
        let whole = json!({"name": "a", "finalizers": ["a/b"], "generation": 2,
            "ownerReferences": [{"apiVersion": "v1", "kind": "K", "name": "n", "uid": "u", "controller": true}],
            "managedFields": [{"manager": "m", "operation": "Update", "time": "2020-01-01T00:00:00Z",
                "fieldsType": "FieldsV1", "fieldsV1": {"f:a": {}}}]});
        assert!(in_form(&whole));
        check(whole.clone(), whole);
        assert_eq!(stored(&mut json!({"metadata": 1})), None);
        for odd in [
            json!({"creationTimestamp": null}),
            json!({"creationTimestamp": "soon"}),
            json!({"ownerReferences": [{"kind": 1}]}),
            json!({"managedFields": [{"time": "soon"}]}),
            json!({"labels": {}}),
            json!({"name": ""}),
        ] {
            assert!(!in_form(&odd), "{odd}");
        }
    }

    #[test]
    fn defaults_hold_only_what_is_declared() {
        let embedded = json!({"type": "object", "x-kubernetes-embedded-resource": true,
            "properties": {"n": {"type": "integer"}},
            "default": {"apiVersion": "v1", "kind": "K", "n": 1,
                "metadata": {"name": "a", "unspecified": "x", "labels": {"l": 1}}}});
        let node = compile(&json!({"type": "object", "properties": {
            "one": embedded.clone(), "many": {"type": "array", "items": {"type": "object", "properties": {"in": embedded.clone()}}},
            "map": {"type": "object", "additionalProperties": {"type": "object", "properties": {"in": embedded}}},
        }}));
        let wanted = json!({"apiVersion": "v1", "kind": "K", "n": 1, "metadata": {"name": "a"}});
        let mut tree = json!({"many": [{}], "map": {"m": {}}});
        dynamic::apply_defaults(&mut tree, &node);
        assert_eq!(
            tree.sorted(),
            json!({"one": wanted.clone(), "many": [{"in": wanted.clone()}], "map": {"m": {"in": wanted}}}).sorted()
        );
    }
}
