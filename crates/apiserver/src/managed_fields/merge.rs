//! Putting an applied tree into an object, and taking fields out of one.

use skeg_schema::{Object, Value};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::element::Element;
use super::lists;
use super::node::{ListShape, Node, Shape};
use super::set::FieldSet;

/// What becomes of `live` when `applied` is put into it. `None`: nothing is
/// left.
pub fn merge(live: Option<&Value>, applied: Option<&Value>, node: Node<'_>) -> Option<Value> {
    let shape = match (live, applied) {
        (_, None | Some(Value::Null)) => node.shape(live),
        _ => node.shape(applied),
    };
    let leaf = || applied.or(live).cloned();
    match shape {
        shape if shape.is_leaf() => leaf(),
        Shape::Map { .. } => {
            let (a, b) = (
                live.and_then(Value::as_object)
                    .filter(|map| !map.is_empty()),
                applied
                    .and_then(Value::as_object)
                    .filter(|map| !map.is_empty()),
            );
            if a.is_none() && b.is_none() {
                return leaf();
            }
            let mut out = Object::with_capacity(a.map_or(0, Object::len));
            for (name, left) in a.into_iter().flat_map(Object::iter) {
                let inner = node.member(name).unwrap_or(Node::Free);
                if let Some(value) = merge(Some(left), b.and_then(|map| map.get(name)), inner) {
                    out.push(name.clone(), value);
                }
            }
            for (name, right) in b.into_iter().flat_map(Object::iter) {
                if a.is_some_and(|map| map.contains_key(name)) {
                    continue;
                }
                let inner = node.member(name).unwrap_or(Node::Free);
                if let Some(value) = merge(None, Some(right), inner) {
                    out.push(name.clone(), value);
                }
            }
            (!out.is_empty()).then_some(Value::Object(out))
        }
        _ => {
            let items = |side: Option<&Value>| side.and_then(Value::as_array).map_or(0, Vec::len);
            if items(live) == 0 && items(applied) == 0 {
                return leaf();
            }
            let merged = merge_lists(live, applied, node);
            (!merged.is_empty()).then_some(Value::Array(merged))
        }
    }
}

/// An element and its value, in the order of the list.
fn in_order<'v>(list: Option<&'v Value>, node: Node<'_>) -> Vec<(Element, &'v Value)> {
    let Some(Value::Array(items)) = list else {
        return Vec::new();
    };
    items
        .iter()
        .filter_map(|item| Some((lists::element_of(item, node).ok()?, item)))
        .collect()
}

/// The elements of both: those of the applied list in its order, the others
/// where they stood among them.
fn merge_lists(live: Option<&Value>, applied: Option<&Value>, node: Node<'_>) -> Vec<Value> {
    let left = in_order(live, node);
    let right = in_order(applied, node);
    let inner = node.items();
    // Elements that share a key are not merged with what is applied.
    let mut by_left: BTreeMap<&Element, Option<&Value>> = BTreeMap::new();
    for (element, value) in &left {
        by_left
            .entry(element)
            .and_modify(|known| *known = None)
            .or_insert(Some(value));
    }
    let in_right: BTreeSet<&Element> = right.iter().map(|(element, _)| element).collect();
    let mut shared: VecDeque<&Element> = right
        .iter()
        .map(|(element, _)| element)
        .filter(|element| by_left.contains_key(element))
        .collect();
    let mut next_shared = shared.pop_front();
    let mut done: BTreeSet<&Element> = BTreeSet::new();
    let mut out = Vec::with_capacity(left.len().max(right.len()));
    let mut push = |a: Option<&Value>, b: Option<&Value>| {
        if let Some(value) = merge(a, b, inner) {
            out.push(value);
        }
    };
    let (mut l, mut r) = (0, 0);
    while l < left.len() || r < right.len() {
        if l < left.len() && r < right.len() {
            let element = &left[l].0;
            if *element == right[r].0 {
                done.insert(element);
                push(by_left.get(element).copied().flatten(), Some(right[r].1));
                l += 1;
                r += 1;
                next_shared = shared.pop_front();
                continue;
            }
            if in_right.contains(element) && next_shared.is_some_and(|next| next != element) {
                // Its turn comes later.
                l += 1;
                continue;
            }
        }
        if l < left.len() {
            let element = &left[l].0;
            if !in_right.contains(element) {
                push(Some(left[l].1), None);
                l += 1;
                continue;
            }
            if done.contains(element) {
                l += 1;
            }
        }
        if r < right.len() {
            let element = &right[r].0;
            done.insert(element);
            push(by_left.get(element).copied().flatten(), Some(right[r].1));
            r += 1;
            if next_shared == Some(element) {
                next_shared = shared.pop_front();
            }
        }
    }
    out
}

/// Takes the members of a set out of a tree, and what is below them. A map or
/// list of which nothing is left becomes null.
pub fn remove(value: &Value, set: &FieldSet, node: Node<'_>) -> Value {
    match node.shape(Some(value)) {
        Shape::Scalar(_) => value.clone(),
        Shape::Map { atomic: true } | Shape::List(ListShape::Atomic) => Value::Null,
        Shape::Map { .. } => {
            let Value::Object(map) = value else {
                return Value::Null;
            };
            let mut out = Object::with_capacity(map.len());
            for (name, inner) in map.iter() {
                let kept = match set.below(&Element::Field(name.clone())) {
                    Some(below) if below.member => continue,
                    Some(below) if !below.children.is_empty() => {
                        remove(inner, below, node.member(name).unwrap_or(Node::Free))
                    }
                    _ => inner.clone(),
                };
                out.push(name.clone(), kept);
            }
            if out.is_empty() {
                Value::Null
            } else {
                Value::Object(out)
            }
        }
        Shape::List(_) => {
            let mut out = Vec::new();
            for (element, item) in in_order(Some(value), node) {
                match set.below(&element) {
                    Some(below) if below.member => {}
                    Some(below) if !below.children.is_empty() => {
                        out.push(remove(item, below, node.items()));
                    }
                    _ => out.push(item.clone()),
                }
            }
            if out.is_empty() {
                Value::Null
            } else {
                Value::Array(out)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::{TypeId, json};

    fn pod() -> Node<'static> {
        Node::Message(TypeId::by_gvk("", "v1", "Pod").expect("kind"))
    }

    fn finalizers(live: &[&str], applied: &[&str]) -> Vec<String> {
        let tree = |items: &[&str]| {
            let items: Vec<Value> = items.iter().map(|i| Value::from(*i)).collect();
            json!({"metadata": {"finalizers": (Value::Array(items))}})
        };
        let merged = merge(Some(&tree(live)), Some(&tree(applied)), pod()).expect("something");
        merged["metadata"]["finalizers"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|v| v.as_str().unwrap_or_default().to_owned())
            .collect()
    }

    #[test]
    fn order_of_merged_lists() {
        assert_eq!(finalizers(&["a", "b"], &["c"]), ["a", "b", "c"]);
        assert_eq!(finalizers(&["a", "b"], &["b", "a"]), ["b", "a"]);
        assert_eq!(
            finalizers(&["a", "x", "b"], &["a", "b", "c"]),
            ["a", "x", "b", "c"]
        );
        assert_eq!(finalizers(&[], &["b", "a"]), ["b", "a"]);
        assert_eq!(finalizers(&["a", "a"], &["b"]), ["a", "a", "b"]);
    }

    #[test]
    fn members_of_both() {
        let merged = merge(
            Some(
                &json!({"spec": {"nodeName": "n", "containers": [{"name": "a", "image": "1"}], "nodeSelector": {"a": "1"}}}),
            ),
            Some(
                &json!({"spec": {"containers": [{"name": "a", "tty": true}], "nodeSelector": {"b": "2"}}}),
            ),
            pod(),
        );
        assert_eq!(
            merged,
            Some(json!({"spec": {"nodeName": "n",
                "containers": [{"name": "a", "image": "1", "tty": true}],
                // one value: atomic
                "nodeSelector": {"b": "2"}}}))
        );
    }

    #[test]
    fn taking_out() {
        let set = FieldSet::decode(&json!({"f:metadata": {"f:labels": {"f:a": {}}}})).expect("set");
        let tree = json!({"metadata": {"name": "x", "labels": {"a": "1"}}});
        assert_eq!(
            remove(&tree, &set, pod()),
            json!({"metadata": {"name": "x", "labels": null}})
        );
    }
}
