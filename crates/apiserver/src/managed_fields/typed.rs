//! Whether a tree fits a schema, and which paths are in it.

use skeg_schema::Value;

use super::element::Element;
use super::lists;
use super::node::{ListShape, Node, Scalar, Shape};
use super::set::FieldSet;
use crate::go;

/// What does not fit, as upstream tells it; `None`: everything does.
pub fn validate(value: &Value, node: Node<'_>) -> Option<String> {
    let mut errors = Complaints::default();
    check(value, node, &mut String::new(), &mut errors);
    match errors.texts.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        many => Some(format!("errors:\n  {}", many.join("\n  "))),
    }
}

/// Whether it can be told what of a stored tree is whose. Elements that share a key do not hinder that.
pub fn fits(value: &Value, node: Node<'_>) -> bool {
    let mut errors = Complaints {
        duplicates_pass: true,
        ..Complaints::default()
    };
    check(value, node, &mut String::new(), &mut errors);
    errors.texts.is_empty()
}

/// What does not fit.
#[derive(Default)]
struct Complaints {
    texts: Vec<String>,
    /// Elements of a list may share a key.
    duplicates_pass: bool,
}

fn tell(path: &str, text: &str, errors: &mut Complaints) {
    errors.texts.push(if path.is_empty() {
        text.to_owned()
    } else {
        format!("{path}: {text}")
    });
}

fn check(value: &Value, node: Node<'_>, path: &mut String, errors: &mut Complaints) {
    if value.is_null() {
        return;
    }
    match node.shape(Some(value)) {
        Shape::Scalar(scalar) => {
            if let Some(text) = misfit(value, scalar) {
                tell(path, &text, errors);
            }
        }
        Shape::Map { .. } => {
            let Value::Object(map) = value else {
                let text = format!("expected map, got &{{{}}}", go::print(value));
                return tell(path, &text, errors);
            };
            let len = path.len();
            for (name, inner) in map.iter() {
                path.push('.');
                path.push_str(name);
                match node.member(name) {
                    Some(below) => check(inner, below, path, errors),
                    None => {
                        tell(path, "field not declared in schema", errors);
                        path.truncate(len);
                        return;
                    }
                }
                path.truncate(len);
            }
        }
        Shape::List(shape) => {
            let Value::Array(items) = value else {
                let text = format!("expected list, got &{{{}}}", go::print(value));
                return tell(path, &text, errors);
            };
            check_list(items, shape, node, path, errors);
        }
    }
}

fn check_list(
    items: &[Value],
    shape: ListShape,
    node: Node<'_>,
    path: &mut String,
    errors: &mut Complaints,
) {
    let mut seen: std::collections::BTreeSet<Element> = std::collections::BTreeSet::new();
    let len = path.len();
    for (at, item) in items.iter().enumerate() {
        let element = if shape == ListShape::Atomic {
            Element::Index(i64::try_from(at).unwrap_or(i64::MAX))
        } else {
            match lists::element_of(item, node) {
                Ok(element) => element,
                Err(text) => {
                    tell(path, &format!("element {at}: {text}"), errors);
                    return;
                }
            }
        };
        path.push_str(&element.to_string());
        let here = std::mem::take(path);
        *path = here[..len].to_owned();
        if !errors.duplicates_pass && seen.contains(&element) {
            let text = format!("duplicate entries for key {element}");
            tell(path, &text, errors);
        }
        *path = here;
        check(item, node.items(), path, errors);
        path.truncate(len);
        if shape != ListShape::Atomic && !errors.duplicates_pass {
            seen.insert(element);
        }
    }
}

fn misfit(value: &Value, scalar: Scalar) -> Option<String> {
    let fits = match scalar {
        Scalar::Text => value.as_str().is_some(),
        Scalar::Number => matches!(value, Value::Int(_) | Value::Float(_)),
        Scalar::Bool => value.as_bool().is_some(),
        Scalar::Any => !matches!(value, Value::Array(_) | Value::Object(_)),
    };
    if fits {
        return None;
    }
    Some(match scalar {
        Scalar::Text => format!(
            "expected string, got &value.valueUnstructured{{Value:{}}}",
            go::syntax(value)
        ),
        Scalar::Number => format!(
            "expected numeric (int or float), got {}",
            go::full_type_name(value)
        ),
        Scalar::Bool => format!("expected boolean, got &{{{}}}", go::print(value)),
        Scalar::Any => format!("expected any scalar, got &{{{}}}", go::print(value)),
    })
}

/// The paths of a tree that was validated. Of elements that share a key, the
/// key alone is told.
pub fn field_set(value: &Value, node: Node<'_>) -> FieldSet {
    let mut out = FieldSet::default();
    match node.shape(Some(value)) {
        shape if shape.is_leaf() => out.member = true,
        Shape::Map { .. } => {
            let Value::Object(map) = value else {
                return out;
            };
            for (name, inner) in map.iter() {
                let declared = node.field(name);
                let is_field = declared.is_some();
                let below = declared.or_else(|| node.values()).unwrap_or(Node::Free);
                let mut set = field_set(inner, below);
                let hollow = inner.is_null() || inner.as_object().is_some_and(|map| map.is_empty());
                set.member |= hollow || !is_field;
                out.attach(Element::Field(name.clone()), set);
            }
        }
        _ => {
            for (element, items) in lists::group(Some(value), node) {
                let mut set = match items.as_slice() {
                    [one] => field_set(one, node.items()),
                    _ => FieldSet::default(),
                };
                set.member = true;
                out.attach(element, set);
            }
        }
    }
    out
}

/// Brings a set that was booked under an earlier schema in line with what is
/// taken as one by now: of such a value only its own path is owned.
pub fn reconcile(set: &mut FieldSet, node: Node<'_>) {
    for (element, below) in set.children.iter_mut() {
        let inner = match element {
            Element::Field(name) => node.member(name),
            Element::Key(_) => Some(node.items()),
            _ => None,
        };
        let Some(inner) = inner else { continue };
        if below.children.is_empty() || matches!(inner, Node::Free) {
            continue;
        }
        match inner.shape(None) {
            Shape::Map { atomic: true } | Shape::List(ListShape::Atomic) => {
                *below = FieldSet::leaf();
            }
            _ => reconcile(below, inner),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::{TypeId, json};

    fn node(kind: (&str, &str, &str)) -> Node<'static> {
        Node::Message(TypeId::by_gvk(kind.0, kind.1, kind.2).expect("kind"))
    }

    #[test]
    fn misfits() {
        let check = |tree: Value, expect: Option<&str>| {
            assert_eq!(
                validate(&tree, node(("", "v1", "Service"))).as_deref(),
                expect,
                "{tree}"
            );
        };
        check(json!({"spec": {"ports": [{"port": 1}]}}), None);
        check(
            json!({"spec": {"ports": [{"name": "x"}]}}),
            None, // the protocol has a default, which is a key
        );
        check(
            json!({"spec": {"ports": "x"}}),
            Some(".spec.ports: expected list, got &{x}"),
        );
        check(
            json!({"spec": {"ports": [{"port": "80"}]}}),
            Some(
                ".spec.ports[port=\"80\",protocol=\"TCP\"].port: expected numeric (int or float), got string",
            ),
        );
        check(
            json!({"spec": {"nope": 1}}),
            Some(".spec.nope: field not declared in schema"),
        );
        check(
            json!({"metadata": {"labels": {"a": 1.5}}, "spec": {"type": []}}),
            Some(
                "errors:\n  .metadata.labels.a: expected string, got &value.valueUnstructured{Value:1.5}\n  .spec.type: expected string, got &value.valueUnstructured{Value:[]interface {}{}}",
            ),
        );
        check(
            json!({"metadata": {"finalizers": ["a", "a"]}}),
            Some(".metadata.finalizers: duplicate entries for key [=\"a\"]"),
        );
    }

    #[test]
    fn sets_of_trees() {
        let set = field_set(
            &json!({"spec": {
                "ports": [{"port": 80}, {"port": 53, "protocol": "UDP", "name": "d"}],
                "selector": {"a": "b"},
                "externalIPs": []}}),
            node(("", "v1", "Service")),
        );
        assert_eq!(
            set.encode(),
            json!({"f:spec": {
                "f:externalIPs": {},
                "f:ports": {
                    "k:{\"port\":53,\"protocol\":\"UDP\"}": {".": {}, "f:name": {}, "f:port": {}, "f:protocol": {}},
                    "k:{\"port\":80,\"protocol\":\"TCP\"}": {".": {}, "f:port": {}}},
                "f:selector": {}}})
        );
    }

    #[test]
    fn what_became_atomic_is_owned_as_one() {
        let mut set = FieldSet::decode(&json!({"f:spec": {"f:selector": {".": {}, "f:a": {}}}}))
            .expect("set");
        reconcile(&mut set, node(("", "v1", "Service")));
        assert_eq!(set.encode(), json!({"f:spec": {"f:selector": {}}}));
    }
}
