//! The part of an object that a set of fields (`FieldsV1`) names.

use skeg_schema::{FieldType, Object, TypeId, Value};

use super::said::zero;

/// The part of a tree whose leaves are in the set, with the keys of the list
/// elements that they are in.
pub(super) fn part(tree: &Value, fields: &Value, ty: Option<TypeId>) -> Value {
    let ty = ty.map(FieldType::Message);
    walk(Some(tree), fields, ty.as_ref()).unwrap_or_else(Value::object)
}

fn walk(value: Option<&Value>, fields: &Value, ty: Option<&FieldType>) -> Option<Value> {
    let below = fields
        .as_object()
        .into_iter()
        .flat_map(Object::iter)
        .filter(|(key, _)| *key != ".");
    let mut below = below.peekable();
    if below.peek().is_none() {
        // A leaf is owned whole; a struct does not show its type's zero.
        return match value {
            Some(value) => Some(value.clone()),
            None => zero(ty?),
        };
    }
    match value {
        Some(Value::Array(items)) => {
            let owned: Vec<(&str, &Value)> = below.map(|(key, inner)| (&**key, inner)).collect();
            let element = match ty {
                Some(FieldType::List(element)) => Some(*element),
                _ => None,
            };
            Some(Value::Array(
                items
                    .iter()
                    .enumerate()
                    .filter_map(|(at, item)| {
                        owned
                            .iter()
                            .find_map(|(path, inner)| owned_item(item, at, path, inner, element))
                    })
                    .collect(),
            ))
        }
        Some(Value::Object(_)) | None => {
            let mut kept = Object::new();
            for (path, inner) in below {
                let Some(name) = path.strip_prefix("f:") else {
                    continue;
                };
                let ty = match ty {
                    Some(FieldType::Message(id)) => id.desc().field(name).map(|field| &field.ty),
                    Some(FieldType::Map(inner)) => Some(*inner),
                    _ => None,
                };
                let found = value.and_then(|value| value.get(name));
                // What is not there and has no zero has been taken away since.
                if found.is_none()
                    && !matches!(
                        ty,
                        Some(
                            FieldType::Bool
                                | FieldType::Int32
                                | FieldType::Int64
                                | FieldType::String
                        )
                    )
                {
                    continue;
                }
                if let Some(part) = walk(found, inner, ty) {
                    kept.insert(name.to_owned(), part);
                }
            }
            Some(Value::Object(kept))
        }
        Some(other) => Some(other.clone()),
    }
}

/// An element of a list, if this path of the set means it.
fn owned_item(
    item: &Value,
    at: usize,
    path: &str,
    fields: &Value,
    ty: Option<&FieldType>,
) -> Option<Value> {
    if let Some(keys) = path.strip_prefix("k:") {
        let keys = skeg_schema::decode_json_any(keys.as_bytes()).ok()?;
        let keys = keys.as_object()?;
        let matches = keys
            .iter()
            .all(|(key, wanted)| item.get(key).is_some_and(|value| value == wanted));
        if !matches {
            return None;
        }
        let mut part = walk(Some(item), fields, ty)?;
        if let Some(members) = part.as_object_mut() {
            for (key, value) in keys.iter().filter(|(key, _)| item.get(key).is_some()) {
                if !members.contains_key(key) {
                    members.insert(key.clone(), value.clone());
                }
            }
        }
        return Some(part);
    }
    if let Some(value) = path.strip_prefix("v:") {
        let wanted = skeg_schema::decode_json_any(value.as_bytes()).ok()?;
        return (*item == wanted).then(|| item.clone());
    }
    let place: usize = path.strip_prefix("i:")?.parse().ok()?;
    if place == at {
        walk(Some(item), fields, ty)
    } else {
        None
    }
}
