//! Lists of type set and map hold each element once.

use skeg_meta::FieldError;
use skeg_schema::dynamic::Node;
use skeg_schema::{ListType, Object, Value};

/// Repeated elements below `value`.
pub fn duplicates(value: &Value, schema: &Node, path: &str, errs: &mut Vec<FieldError>) {
    match value {
        Value::Array(items) => {
            match schema.list_type {
                Some(ListType::Set) => set(items, path, errs),
                Some(ListType::Map) => keyed(items, schema, path, errs),
                _ => {}
            }
            if let Some(inner) = schema.items.as_deref() {
                for (at, item) in items.iter().enumerate() {
                    duplicates(item, inner, &format!("{path}[{at}]"), errs);
                }
            }
        }
        Value::Object(members) => {
            for (name, inner) in &schema.properties {
                if let Some(member) = members.get(name) {
                    duplicates(member, inner, &child(path, name), errs);
                }
            }
            if let Some(inner) = schema.additional_node() {
                for (name, member) in members.iter() {
                    if schema.property(name).is_none() {
                        duplicates(member, inner, &format!("{path}[{name}]"), errs);
                    }
                }
            }
        }
        _ => {}
    }
}

fn child(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

// Each value that repeats is told once, where it does so first.
fn told_once(keys: impl Iterator<Item = (usize, Value)>, path: &str, errs: &mut Vec<FieldError>) {
    let mut seen: std::collections::HashMap<String, bool> = std::collections::HashMap::new();
    for (at, key) in keys {
        let words = identity(&key);
        match seen.get_mut(&words) {
            None => {
                seen.insert(words, false);
            }
            Some(told) if !*told => {
                *told = true;
                errs.push(FieldError::duplicate(format!("{path}[{at}]"), key));
            }
            Some(_) => {}
        }
    }
}

/// Another text for each value. A whole number with a fraction of nothing is another than one
/// without, and zero has one sign, as in Go.
fn identity(value: &Value) -> String {
    match value {
        Value::Float(number) => format!("{:?}", number + 0.0),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(identity).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{name:?}:{}", identity(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        other => other.to_string(),
    }
}

fn set(items: &[Value], path: &str, errs: &mut Vec<FieldError>) {
    // The order of members does not tell values apart.
    let ordered = items.iter().map(Value::sorted);
    told_once(ordered.enumerate(), path, errs);
}

fn keyed(items: &[Value], schema: &Node, path: &str, errs: &mut Vec<FieldError>) {
    let element = schema.items.as_deref();
    let odd = |item: &Value| !item.is_object() && !item.is_null();
    if let Some(at) = items.iter().position(odd) {
        let words = "must be an object for an array of list-type map";
        let place = format!("{path}[{at}]");
        errs.push(FieldError::invalid(place, items[at].clone(), words));
        return;
    }
    let keys = items.iter().enumerate().map(|(at, item)| {
        let mut key = Object::new();
        for name in &schema.list_map_keys {
            let given = item.get(name).cloned().or_else(|| {
                let property = element?.property(name)?;
                property.default.as_deref().cloned()
            });
            if let Some(given) = given {
                key.insert(*name, given);
            }
        }
        key.sort_keys();
        (at, Value::Object(key))
    });
    told_once(keys, path, errs);
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn numbers_are_repeated_as_go_compares_them() {
        let schema = Node::compile(&json!({
            "type": "array", "x-kubernetes-list-type": "set", "items": {"type": "number"},
        }));
        let told = |value: Value| {
            let mut errs = Vec::new();
            duplicates(&value, &schema, "l", &mut errs);
            errs.len()
        };
        assert_eq!(told(json!([1, 1.0])), 0);
        assert_eq!(told(json!([1, 1])), 1);
        assert_eq!(told(json!([-0.0, 0.0])), 1);
        assert_eq!(told(json!([{"a": 1}, {"a": 1.0}])), 0);
    }

    #[test]
    fn repeated_elements() {
        let schema = Node::compile(&json!({"type": "object", "properties": {
            "set": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
            "map": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
                "items": {"type": "object", "properties": {"k": {"type": "string"}}}},
        }}));
        let mut errs = Vec::new();
        let value = json!({"set": ["a", "a", "b", "a"], "map": [{"k": "x"}, {"k": "x", "v": 1}]});
        duplicates(&value, &schema, "", &mut errs);
        let errs: Vec<String> = errs.iter().map(ToString::to_string).collect();
        assert_eq!(
            errs,
            [
                r#"map[1]: Duplicate value: {"k":"x"}"#,
                r#"set[1]: Duplicate value: "a""#
            ]
        );
    }
}
