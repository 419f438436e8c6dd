//! How elements of lists are told apart.

use skeg_schema::{Key, Value};
use std::collections::BTreeMap;

use super::element::Element;
use super::node::{ListShape, Node, Shape};

/// The step to an element of a list; the text of what is wrong with it.
pub fn element_of(item: &Value, node: Node<'_>) -> Result<Element, String> {
    match node.shape(None) {
        Shape::List(ListShape::Keyed) => keyed(item, node),
        _ => match item {
            Value::Object(_) => {
                Err("associative list without keys has an element that's a map type".to_owned())
            }
            Value::Array(_) => {
                Err("not supported: associative list with lists as elements".to_owned())
            }
            Value::Null => Err(
                "associative list without keys has an element that's an explicit null".to_owned(),
            ),
            value => Ok(Element::Value(value.clone())),
        },
    }
}

fn keyed(item: &Value, node: Node<'_>) -> Result<Element, String> {
    let map = match item {
        Value::Null => {
            return Err("associative list with keys may not have a null element".to_owned());
        }
        Value::Object(map) => map,
        _ => {
            return Err("associative list with keys may not have non-map elements".to_owned());
        }
    };
    let mut keys: Vec<(Key, Value)> = Vec::with_capacity(node.keys().len());
    let mut given = false;
    for key in node.keys() {
        let value = match map.get(key) {
            Some(value) => Some(value.clone()),
            None => node.key_default(key),
        };
        if let Some(value) = value {
            given = true;
            keys.push(((*key).to_owned().into(), value));
        }
    }
    if !given {
        let quoted: Vec<String> = node.keys().iter().map(|k| crate::go::quote(k)).collect();
        return Err(format!(
            "associative list with keys has an element that omits all key fields [{}] (and doesn't have default values for any key fields)",
            quoted.join(" ")
        ));
    }
    keys.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(Element::Key(keys))
}

/// The elements of a list by their keys; those that share one together.
pub fn group<'v>(list: Option<&'v Value>, node: Node<'_>) -> BTreeMap<Element, Vec<&'v Value>> {
    let mut out: BTreeMap<Element, Vec<&'v Value>> = BTreeMap::new();
    let Some(Value::Array(items)) = list else {
        return out;
    };
    let by_keys = node.shape(None) == Shape::List(ListShape::Keyed);
    for item in items {
        let element = if by_keys {
            let mut keys: Vec<(Key, Value)> = Vec::with_capacity(node.keys().len());
            for key in node.keys() {
                let value = match item.get(key) {
                    Some(value) if !value.is_null() => Some(value.clone()),
                    _ => node.key_default(key),
                };
                if let Some(value) = value {
                    keys.push(((*key).to_owned().into(), value));
                }
            }
            keys.sort_by(|a, b| a.0.cmp(&b.0));
            Element::Key(keys)
        } else {
            Element::Value(item.clone())
        };
        out.entry(element).or_default().push(item);
    }
    out
}
