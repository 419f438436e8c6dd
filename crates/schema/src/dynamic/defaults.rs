//! Defaults of a structural schema.

use super::Node;
use crate::{Key, Value};

fn refused_null(value: &Value, schema: &Node) -> bool {
    value.is_null() && !schema.nullable
}

/// Takes out members that are null where the schema does not allow it and has no
/// default, so that they are as good as absent.
pub fn drop_nulls(tree: &mut Value, schema: &Node) {
    match tree {
        Value::Object(members) => {
            members.retain(|name, value| {
                let Some(inner) = schema.member(name) else {
                    return true;
                };
                inner.default.is_some() || !refused_null(value, inner)
            });
            for (name, value) in members.iter_mut() {
                if let Some(inner) = schema.member(name) {
                    drop_nulls(value, inner);
                }
            }
        }
        Value::Array(items) => {
            if let Some(inner) = schema.items.as_deref() {
                items.iter_mut().for_each(|item| drop_nulls(item, inner));
            }
        }
        _ => {}
    }
}

/// Fills in the defaults of what is absent, or null where null is not allowed.
pub fn apply_defaults(tree: &mut Value, schema: &Node) {
    match tree {
        Value::Object(members) => {
            for (name, inner) in &schema.properties {
                let Some(default) = &inner.default else {
                    continue;
                };
                let absent = members
                    .get(name)
                    .is_none_or(|value| refused_null(value, inner));
                if absent {
                    members.insert(Key::Owned(name.to_string()), (**default).clone());
                }
            }
            for (name, value) in members.iter_mut() {
                let Some(inner) = schema.member(name) else {
                    continue;
                };
                fill(value, inner);
                apply_defaults(value, inner);
            }
        }
        Value::Array(items) => {
            let Some(inner) = schema.items.as_deref() else {
                return;
            };
            for item in items {
                fill(item, inner);
                apply_defaults(item, inner);
            }
        }
        _ => {}
    }
}

fn fill(value: &mut Value, schema: &Node) {
    if let Some(default) = &schema.default
        && refused_null(value, schema)
    {
        *value = (**default).clone();
    }
}
