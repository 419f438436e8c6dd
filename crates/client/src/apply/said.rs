//! Which fields were mentioned, and the part of a tree that they are.

use skeg_schema::{FieldDesc, FieldType, Key, Object, TypeId, Value};

use super::build::SetError;

/// One step on the way to a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// A field, by its name in the struct.
    Field(&'static str),
    /// An entry of a map.
    Key(String),
    /// An element of a list.
    Item(usize),
}

/// What has been said so far.
#[doc(hidden)]
#[derive(Clone, Debug, Default)]
pub struct Said {
    way: Vec<Step>,
    pub(super) leaves: Vec<Vec<Step>>,
    pub(super) error: Option<String>,
}

impl Said {
    /// Goes into a field.
    pub fn enter(&mut self, field: &'static str) {
        self.way.push(Step::Field(field));
    }

    /// Goes into an entry of a map.
    pub fn key(&mut self, key: &str) {
        self.way.push(Step::Key(key.to_owned()));
    }

    /// Goes into an element of a list; an element without fields is said as well.
    pub fn item(&mut self, at: usize) {
        self.way.push(Step::Item(at));
    }

    /// Goes back out of an object or a list.
    pub fn leave(&mut self) {
        // What had nothing within is said itself.
        if !self.leaves.iter().any(|leaf| leaf.starts_with(&self.way)) {
            self.leaves.push(self.way.clone());
        }
        self.way.pop();
    }

    /// Says the field and goes back out of it.
    pub fn say(&mut self) {
        self.leaves.push(self.way.clone());
        self.way.pop();
    }

    /// Notes that a value did not fit; the first is told.
    pub fn check(&mut self, outcome: Result<(), SetError>) {
        if let Err(error) = outcome {
            let path = self.path();
            self.error.get_or_insert_with(|| format!("{path}: {error}"));
        }
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.way {
            match step {
                Step::Field(name) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(name);
                }
                Step::Key(key) => path.push_str(&format!("[{key:?}]")),
                Step::Item(at) => path.push_str(&format!("[{at}]")),
            }
        }
        path
    }

    /// The part of a tree that was said.
    pub(super) fn part(&self, whole: &Value, ty: Option<TypeId>) -> Value {
        let ty = ty.map(FieldType::Message);
        let leaves: Vec<&[Step]> = self.leaves.iter().map(Vec::as_slice).collect();
        part(Some(whole), &leaves, ty.as_ref()).unwrap_or_else(Value::object)
    }
}

/// Whether a name of a struct's field is that of a JSON member: `cluster_ip` of
/// `clusterIP`, `type_` of `type`.
fn same_name(field: &str, json: &str) -> bool {
    let field = field.strip_prefix("r#").unwrap_or(field);
    let letters = |name: &str| {
        name.bytes()
            .filter(|byte| *byte != b'_' && *byte != b'$' && *byte != b'-')
            .map(|byte| byte.to_ascii_lowercase())
            .collect::<Vec<u8>>()
    };
    letters(field) == letters(json)
}

fn field_of(ty: Option<&FieldType>, name: &str) -> Option<&'static FieldDesc> {
    let FieldType::Message(id) = ty? else {
        return None;
    };
    let fields = id.desc().typed_fields();
    fields.iter().find(|field| same_name(name, field.json))
}

/// What a type's zero looks like; a struct leaves it out of its tree.
pub(super) fn zero(ty: &FieldType) -> Option<Value> {
    Some(match ty {
        FieldType::String | FieldType::Bytes => Value::from(""),
        FieldType::Bool => Value::Bool(false),
        FieldType::Int32 | FieldType::Int64 | FieldType::Double => Value::Int(0),
        FieldType::Quantity => Value::from("0"),
        FieldType::IntOrString => Value::Int(0),
        FieldType::List(_) | FieldType::Strings => Value::Array(Vec::new()),
        FieldType::Map(_) | FieldType::Message(_) => Value::object(),
        _ => return None,
    })
}

fn part(whole: Option<&Value>, leaves: &[&[Step]], ty: Option<&FieldType>) -> Option<Value> {
    if leaves.iter().any(|leaf| leaf.is_empty()) {
        // All of it.
        return match whole {
            Some(whole) => Some(whole.clone()),
            None => zero(ty?),
        };
    }
    let mut object = Object::new();
    let mut items: Vec<Value> = Vec::new();
    let mut is_list = false;
    let mut at = 0;
    while let Some((step, _)) = leaves.get(at).and_then(|leaf| leaf.split_first()) {
        // Leaves of one field need not stand together.
        let first = leaves
            .iter()
            .position(|leaf| leaf.first() == Some(step))
            .unwrap_or(at);
        if first < at {
            at += 1;
            continue;
        }
        let below: Vec<&[Step]> = leaves
            .iter()
            .filter(|leaf| leaf.first() == Some(step))
            .map(|leaf| &leaf[1..])
            .collect();
        match step {
            Step::Field(name) => {
                let field = field_of(ty, name);
                let key = match field {
                    Some(field) => Some(Key::Borrowed(field.json)),
                    None => whole
                        .and_then(Value::as_object)
                        .and_then(|whole| whole.keys().find(|key| same_name(name, key)).cloned()),
                };
                if let Some(key) = key {
                    let inner = whole.and_then(|whole| whole.get(&key));
                    if let Some(value) = part(inner, &below, field.map(|field| &field.ty)) {
                        object.insert(key, value);
                    }
                }
            }
            Step::Key(key) => {
                let inner = whole.and_then(|whole| whole.get(key));
                let ty = match ty {
                    Some(FieldType::Map(inner)) => Some(*inner),
                    _ => None,
                };
                if let Some(value) = part(inner, &below, ty) {
                    object.insert(key.clone(), value);
                }
            }
            Step::Item(place) => {
                is_list = true;
                let inner = whole
                    .and_then(Value::as_array)
                    .and_then(|all| all.get(*place));
                let ty = match ty {
                    Some(FieldType::List(inner)) => Some(*inner),
                    _ => None,
                };
                items.extend(part(inner, &below, ty));
            }
        }
        at += 1;
    }
    Some(if is_list {
        Value::Array(items)
    } else {
        Value::Object(object)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_of_fields_are_told_apart() {
        assert!(same_name("cluster_ip", "clusterIP"));
        assert!(same_name("type_", "type"));
        assert!(!same_name("replicas", "replica"));
        for ty in TypeId::all() {
            let mut seen = HashSet::new();
            for field in ty.desc().typed_fields() {
                let plain = field.json.to_ascii_lowercase().replace(['_', '$', '-'], "");
                assert!(seen.insert(plain), "{}.{}", ty.desc().name, field.json);
            }
        }
    }
}
