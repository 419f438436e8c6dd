//! What differs between two versions of an object, as sets of field paths.
//!
//! The two are compared in the form in which Go would encode them: structs
//! that are no pointers are always there, so that a path to one is not owned
//! for its own sake.

use skeg_schema::{FieldDesc, FieldType, ListType, Object, Omit, TypeId, Value};

use super::set::FieldSet;

/// The outcome of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Only in the new one.
    pub added: FieldSet,
    /// In both, and different.
    pub modified: FieldSet,
    /// Only in the old one.
    pub removed: FieldSet,
}

impl Difference {
    fn attach(&mut self, element: &str, below: Difference) {
        self.added.attach(element, below.added);
        self.modified.attach(element, below.modified);
        self.removed.attach(element, below.removed);
    }
}

static NULL: Value = Value::Null;
static EMPTY_OBJECT: Value = Value::Object(Object::new());
static FALSE: Value = Value::Bool(false);
static ZERO: Value = Value::Int(0);

fn empty_text() -> &'static Value {
    static EMPTY: Value = Value::String(String::new());
    &EMPTY
}

/// How a value is compared.
#[derive(Clone, Copy)]
enum Shape<'s> {
    /// As one.
    Leaf,
    Struct(TypeId),
    /// A map; its values.
    Map(&'s FieldType),
    /// A set of scalars.
    Set,
    /// Objects told apart by keys.
    Keyed(&'static [&'static str], TypeId),
}

fn shape_of_field(field: &FieldDesc) -> Shape<'_> {
    if field.atomic {
        return Shape::Leaf;
    }
    match &field.ty {
        FieldType::List(inner) => match (field.list_type, inner) {
            (Some(ListType::Set), _) => Shape::Set,
            (Some(ListType::Map), FieldType::Message(id)) => Shape::Keyed(field.list_map_keys, *id),
            _ => Shape::Leaf,
        },
        // What the field says counts; it knows what its type says.
        FieldType::Message(id) => Shape::Struct(*id),
        other => shape_of_type(other),
    }
}

fn shape_of_type(ty: &FieldType) -> Shape<'_> {
    match ty {
        FieldType::Message(id) if id.desc().atomic => Shape::Leaf,
        FieldType::Message(id) => Shape::Struct(*id),
        FieldType::Map(inner) => Shape::Map(inner),
        _ => Shape::Leaf,
    }
}

/// The value of a field as Go would encode it; `None`: left out.
fn encoded<'v>(object: &'v Object, field: &FieldDesc) -> Option<&'v Value> {
    let value = object.get(field.json);
    let zero: Option<&'static Value> = if field.pointer {
        Some(&NULL)
    } else {
        match field.ty {
            FieldType::Message(_) => Some(&EMPTY_OBJECT),
            FieldType::String => Some(empty_text()),
            FieldType::Bool => Some(&FALSE),
            FieldType::Int32 | FieldType::Int64 | FieldType::IntOrString => Some(&ZERO),
            _ => Some(&NULL),
        }
    };
    // Go's omitempty never leaves a struct out.
    let is_struct = !field.pointer
        && matches!(
            field.ty,
            FieldType::Message(_)
                | FieldType::Time
                | FieldType::MicroTime
                | FieldType::RawExtension
                | FieldType::FieldsV1
        );
    match value {
        Some(Value::Null) | None => match field.omit {
            Omit::Never => zero,
            Omit::Empty if is_struct => zero,
            _ => None,
        },
        Some(v) => {
            let empty = match v {
                Value::Array(items) => items.is_empty(),
                Value::Object(map) => map.is_empty() && !is_struct && !field.pointer,
                Value::String(s) => s.is_empty() && !field.pointer,
                Value::Bool(b) => !b && !field.pointer,
                Value::Int(i) => {
                    *i == 0 && !field.pointer && !matches!(field.ty, FieldType::IntOrString)
                }
                _ => false,
            };
            if empty && field.omit != Omit::Never && !matches!(field.ty, FieldType::Message(_)) {
                None
            } else {
                Some(v)
            }
        }
    }
}

fn is_blank(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::Object(map)) => map.is_empty(),
        Some(Value::Array(items)) => items.is_empty(),
        _ => false,
    }
}

fn leaf(old: Option<&Value>, new: Option<&Value>) -> Difference {
    let mut out = Difference::default();
    match (old, new) {
        (None, Some(_)) => out.added = FieldSet::leaf(),
        (Some(_), None) => out.removed = FieldSet::leaf(),
        (Some(a), Some(b)) if a != b => out.modified = FieldSet::leaf(),
        _ => {}
    }
    out
}

/// Compares two objects of a type. `None`: the object was not there.
pub fn compare(old: &Value, new: &Value, ty: TypeId) -> Difference {
    walk(Some(old), Some(new), Shape::Struct(ty))
}

fn walk(old: Option<&Value>, new: Option<&Value>, shape: Shape<'_>) -> Difference {
    let mut out = match shape {
        Shape::Leaf => return leaf(old, new),
        Shape::Struct(id) => {
            let fields = id.desc().fields;
            let (a, b) = (
                old.and_then(Value::as_object),
                new.and_then(Value::as_object),
            );
            // A struct without any encoded field is a leaf.
            let blank = |side: Option<&Object>| {
                side.is_none_or(|o| fields.iter().all(|f| encoded(o, f).is_none()))
            };
            if blank(a) && blank(b) {
                return leaf(old, new);
            }
            let mut out = Difference::default();
            for field in fields {
                let left = a.and_then(|o| encoded(o, field));
                let right = b.and_then(|o| encoded(o, field));
                if left.is_none() && right.is_none() {
                    continue;
                }
                let below = walk(left, right, shape_of_field(field));
                out.attach(&format!("f:{}", field.json), below);
            }
            out
        }
        Shape::Map(inner) => {
            if is_blank(old) && is_blank(new) {
                return leaf(old, new);
            }
            let (a, b) = (
                old.and_then(Value::as_object),
                new.and_then(Value::as_object),
            );
            let mut out = Difference::default();
            let keys = |side: Option<&Object>| -> Vec<String> {
                side.map(|o| o.keys().map(|k| k.to_string()).collect())
                    .unwrap_or_default()
            };
            let mut all = keys(a);
            for key in keys(b) {
                if !all.contains(&key) {
                    all.push(key);
                }
            }
            for key in all {
                let left = a.and_then(|o| o.get(&key));
                let right = b.and_then(|o| o.get(&key));
                out.attach(&format!("f:{key}"), walk(left, right, shape_of_type(inner)));
            }
            out
        }
        Shape::Set | Shape::Keyed(..) => {
            if is_blank(old) && is_blank(new) {
                return leaf(old, new);
            }
            let (a, b) = (elements(old, shape), elements(new, shape));
            let mut out = Difference::default();
            let mut all: Vec<&str> = a.iter().map(|(k, _)| k.as_str()).collect();
            for (key, _) in &b {
                if !all.contains(&key.as_str()) {
                    all.push(key);
                }
            }
            all.dedup();
            let inner = match shape {
                Shape::Keyed(_, id) if !id.desc().atomic => Shape::Struct(id),
                _ => Shape::Leaf,
            };
            let mut seen: Vec<&str> = Vec::with_capacity(all.len());
            for key in all {
                if seen.contains(&key) {
                    continue;
                }
                seen.push(key);
                let left: Vec<&Value> = a
                    .iter()
                    .filter(|(k, _)| k == key)
                    .map(|(_, v)| *v)
                    .collect();
                let right: Vec<&Value> = b
                    .iter()
                    .filter(|(k, _)| k == key)
                    .map(|(_, v)| *v)
                    .collect();
                let below = if left.len() <= 1 && right.len() <= 1 {
                    walk(left.first().copied(), right.first().copied(), inner)
                } else {
                    repeated(&left, &right)
                };
                out.attach(key, below);
            }
            out
        }
    };
    match (old, new) {
        (None, Some(_)) => out.added.member = true,
        (Some(_), None) => out.removed.member = true,
        _ => {}
    }
    out
}

/// Elements that share a key are compared as one.
fn repeated(old: &[&Value], new: &[&Value]) -> Difference {
    let mut out = Difference::default();
    if old.is_empty() {
        out.added = FieldSet::leaf();
    } else if new.is_empty() {
        out.removed = FieldSet::leaf();
    } else if old != new {
        out.modified = FieldSet::leaf();
    }
    out
}

fn elements<'v>(list: Option<&'v Value>, shape: Shape<'_>) -> Vec<(String, &'v Value)> {
    let Some(Value::Array(items)) = list else {
        return Vec::new();
    };
    items
        .iter()
        .map(|item| {
            let text = match shape {
                Shape::Keyed(keys, id) => keyed_element(item, keys, id),
                _ => format!("v:{item}"),
            };
            (text, item)
        })
        .collect()
}

/// `k:{"name":"a"}`, its keys in alphabetical order, absent ones by their
/// default.
fn keyed_element(item: &Value, keys: &[&str], id: TypeId) -> String {
    let mut sorted: Vec<&str> = keys.to_vec();
    sorted.sort_unstable();
    let mut out = Object::with_capacity(sorted.len());
    for key in sorted {
        let field = id.desc().field(key);
        let value = match item.get(key) {
            Some(v) if !v.is_null() => Some(v.clone()),
            _ => field.and_then(FieldDesc::default_value).or_else(|| {
                let field = field?;
                (field.omit == Omit::Never && !field.pointer).then(|| match field.ty {
                    FieldType::Int32 | FieldType::Int64 => Value::Int(0),
                    _ => Value::from(""),
                })
            }),
        };
        if let Some(value) = value {
            out.insert(key.to_owned(), value);
        }
    }
    format!("k:{}", Value::Object(out))
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn added(kind: (&str, &str, &str), new: Value) -> Value {
        let ty = TypeId::by_gvk(kind.0, kind.1, kind.2).expect("a known kind");
        let mut set = compare(&json!({}), &new, ty);
        set.added.union(&set.modified);
        set.added.encode()
    }

    #[test]
    fn a_new_object_owns_what_is_in_it() {
        assert_eq!(
            added(("", "v1", "ConfigMap"), json!({"data": {"k": "v"}})),
            json!({"f:data": {".": {}, "f:k": {}}})
        );
        assert_eq!(
            added(
                ("", "v1", "Service"),
                json!({"spec": {"ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}], "type": "ClusterIP"}})
            ),
            json!({"f:spec": {
                "f:ports": {".": {}, "k:{\"port\":80,\"protocol\":\"TCP\"}": {".": {}, "f:port": {}, "f:protocol": {}, "f:targetPort": {}}},
                "f:type": {}}})
        );
        assert_eq!(
            added(
                ("", "v1", "ConfigMap"),
                json!({"metadata": {"finalizers": ["x.io/y"], "labels": {"a": "b"}}})
            ),
            json!({"f:metadata": {"f:finalizers": {".": {}, "v:\"x.io/y\"": {}}, "f:labels": {".": {}, "f:a": {}}}})
        );
    }

    #[test]
    fn templates_do_not_own_their_structs() {
        let got = added(
            ("apps", "v1", "Deployment"),
            json!({"spec": {
                "selector": {"matchLabels": {"a": "b"}},
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%"}},
                "template": {"spec": {"containers": [{"name": "c", "image": "i", "resources": {}}], "securityContext": {}}}}}),
        );
        assert_eq!(
            got,
            json!({"f:spec": {
                "f:selector": {},
                "f:strategy": {"f:type": {}, "f:rollingUpdate": {".": {}, "f:maxSurge": {}}},
                "f:template": {"f:spec": {
                    "f:containers": {"k:{\"name\":\"c\"}": {".": {}, "f:image": {}, "f:name": {}, "f:resources": {}}},
                    "f:securityContext": {}}}}})
        );
    }

    #[test]
    fn changes_and_removals() {
        let ty = TypeId::by_gvk("", "v1", "ConfigMap").expect("kind");
        let d = compare(
            &json!({"data": {"a": "1", "b": "2"}}),
            &json!({"data": {"a": "9", "c": "3"}}),
            ty,
        );
        assert_eq!(d.added.encode(), json!({"f:data": {"f:c": {}}}));
        assert_eq!(d.modified.encode(), json!({"f:data": {"f:a": {}}}));
        assert_eq!(d.removed.encode(), json!({"f:data": {"f:b": {}}}));
    }
}
