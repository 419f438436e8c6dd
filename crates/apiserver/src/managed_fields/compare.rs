//! What differs between two versions of an object, as sets of field paths.

use skeg_schema::{FieldDesc, FieldType, Object, Omit, Places, TypeId, Value};

use super::element::{Element, same};
use super::lists;
use super::node::{Node, Shape};
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
    fn attach(&mut self, element: impl FnOnce() -> Element, below: Difference) {
        if below.added.is_empty() && below.modified.is_empty() && below.removed.is_empty() {
            return;
        }
        let element = element();
        if !below.added.is_empty() {
            self.added.attach(element.clone(), below.added);
        }
        if !below.modified.is_empty() {
            self.modified.attach(element.clone(), below.modified);
        }
        self.removed.attach(element, below.removed);
    }

    fn merge(&mut self, other: Difference) {
        self.added.union(&other.added);
        self.modified.union(&other.modified);
        self.removed.union(&other.removed);
    }

    /// Does something with each of the three sets.
    pub fn each(&mut self, mut act: impl FnMut(&mut FieldSet)) {
        act(&mut self.added);
        act(&mut self.modified);
        act(&mut self.removed);
    }
}

/// Who owns what is nobody's.
const BOOKED: &str = "managedFields";

static NULL: Value = Value::Null;
static EMPTY_OBJECT: Value = Value::Object(Object::new());
static FALSE: Value = Value::Bool(false);
static ZERO: Value = Value::Int(0);

fn empty_text() -> &'static Value {
    static EMPTY: Value = Value::String(String::new());
    &EMPTY
}

/// Go's omitempty never leaves a struct out.
fn is_struct(field: &FieldDesc) -> bool {
    !field.pointer
        && matches!(
            field.ty,
            FieldType::Message(_)
                | FieldType::Time
                | FieldType::MicroTime
                | FieldType::RawExtension
                | FieldType::FieldsV1
        )
}

/// Whether Go would encode a field that holds nothing.
pub(super) fn always_stands(field: &FieldDesc) -> bool {
    match field.omit {
        Omit::Never => true,
        Omit::Empty => is_struct(field),
        Omit::Zero => false,
    }
}

/// What Go would encode of a field that holds nothing.
pub(super) fn zero(field: &FieldDesc) -> Option<&'static Value> {
    if !always_stands(field) {
        return None;
    }
    Some(if field.pointer {
        &NULL
    } else {
        match field.ty {
            FieldType::Message(_) => &EMPTY_OBJECT,
            FieldType::String => empty_text(),
            FieldType::Bool => &FALSE,
            FieldType::Int32 | FieldType::Int64 | FieldType::IntOrString => &ZERO,
            _ => &NULL,
        }
    })
}

/// The value of a field as Go would encode it; `None`: left out.
pub(super) fn encoded<'v>(value: Option<&'v Value>, field: &FieldDesc) -> Option<&'v Value> {
    let value = match value {
        Some(Value::Null) | None => return zero(field),
        Some(value) => value,
    };
    let empty = match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty() && !is_struct(field) && !field.pointer,
        Value::String(s) => s.is_empty() && !field.pointer,
        Value::Bool(b) => !b && !field.pointer,
        Value::Int(i) => *i == 0 && !field.pointer && !matches!(field.ty, FieldType::IntOrString),
        _ => false,
    };
    let left_out = empty && field.omit != Omit::Never && !matches!(field.ty, FieldType::Message(_));
    (!left_out).then_some(value)
}

/// Whether nothing of a struct would be encoded.
pub(super) fn is_hollow(object: &Object, id: TypeId) -> bool {
    !id.desc().fields.iter().any(always_stands)
        && object.iter().all(|(key, value)| {
            let field = id.desc().field(key);
            field.is_none_or(|field| encoded(Some(value), field).is_none())
        })
}

pub(super) fn is_blank(value: Option<&Value>) -> bool {
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
        (Some(a), Some(b)) if !same(a, b) => out.modified = FieldSet::leaf(),
        _ => {}
    }
    out
}

/// How trees are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// In the form in which Go would encode them, whatever they say: structs
    /// that are no pointers are always there, so that a path to one is not
    /// owned for its own sake.
    Go,
    /// As they stand.
    Plain,
}

/// Compares two objects. What is booked itself does not count.
pub fn compare(old: &Value, new: &Value, node: Node<'_>, form: Form) -> Difference {
    walk(Some(old), Some(new), node, form)
}

fn walk(old: Option<&Value>, new: Option<&Value>, node: Node<'_>, form: Form) -> Difference {
    // Of a large object most is as it was.
    if matches!((old, new), (Some(old), Some(new)) if old == new) {
        return Difference::default();
    }
    if let (None, Some(new)) = (old, new) {
        return Difference {
            added: added(new, node, form),
            ..Difference::default()
        };
    }
    let (left, right) = (node.shape(old), node.shape(new));
    match (old, new) {
        (None | Some(Value::Null), _) => walk_as(old, new, node, right, form),
        (_, None | Some(Value::Null)) => walk_as(old, new, node, left, form),
        _ if left == right => walk_as(old, new, node, right, form),
        _ => {
            let mut out = walk_as(old, new, node, left, form);
            out.merge(walk_as(old, new, node, right, form));
            out
        }
    }
}

fn walk_as(
    old: Option<&Value>,
    new: Option<&Value>,
    node: Node<'_>,
    shape: Shape,
    form: Form,
) -> Difference {
    if shape.is_leaf() {
        return leaf(old, new);
    }
    let (a, b) = (
        old.and_then(Value::as_object),
        new.and_then(Value::as_object),
    );
    let mut out = match (shape, node, form) {
        (Shape::Map { .. }, Node::Message(id), Form::Go) => {
            // A struct without any encoded field is a leaf.
            let hollow = |side: Option<&Object>| side.is_none_or(|o| is_hollow(o, id));
            if hollow(b) && hollow(a) {
                return leaf(old, new);
            }
            structs(a, b, id)
        }
        (Shape::Map { .. }, ..) => {
            if is_blank(old) && is_blank(new) {
                return leaf(old, new);
            }
            maps(a, b, node, form)
        }
        _ => {
            if is_blank(old) && is_blank(new) {
                return leaf(old, new);
            }
            lists_of(old, new, node, form)
        }
    };
    if let (Some(_), None) = (old, new) {
        out.removed.member = true;
    }
    out
}

/// All paths of what was not there before.
fn added(new: &Value, node: Node<'_>, form: Form) -> FieldSet {
    let shape = node.shape(Some(new));
    let mut out = FieldSet::leaf();
    match (shape, node, form) {
        (shape, ..) if shape.is_leaf() => {}
        (Shape::Map { .. }, Node::Message(id), Form::Go) => {
            let Some(object) = new.as_object() else {
                return out;
            };
            let desc = id.desc();
            let places = Places::of(object, desc);
            for at in desc.sorted_places() {
                let (field, value) = (&desc.fields[at], places.get(at));
                if field.json == BOOKED || (value.is_none() && !always_stands(field)) {
                    continue;
                }
                if let Some(value) = encoded(value, field) {
                    let below = added(value, super::node::of_field(field), form);
                    out.attach(Element::Field(field.json.into()), below);
                }
            }
        }
        (Shape::Map { .. }, ..) => {
            for (key, value) in new.as_object().into_iter().flat_map(Object::iter) {
                let inner = node.member(key).unwrap_or(Node::Free);
                out.attach(Element::Field(key.clone()), added(value, inner, form));
            }
        }
        _ => {
            let inner = node.items();
            for (element, items) in lists::group(Some(new), node) {
                let below = match items.as_slice() {
                    [one] => added(one, inner, form),
                    _ => FieldSet::leaf(),
                };
                out.attach(element, below);
            }
        }
    }
    out
}

fn structs(a: Option<&Object>, b: Option<&Object>, id: TypeId) -> Difference {
    let (Some(a), Some(b)) = (a, b) else {
        return lone_struct(a, b, id);
    };
    let desc = id.desc();
    let mut out = Difference::default();
    let mut one = |field: &'static FieldDesc, left: Option<&Value>, right: Option<&Value>| {
        let [left, right] = [encoded(left, field), encoded(right, field)];
        if left.is_none() && right.is_none() {
            return;
        }
        let below = walk(left, right, super::node::of_field(field), Form::Go);
        out.attach(|| Element::Field(field.json.into()), below);
    };
    // What neither has is alike. Members of both come in one order more often than not.
    let (mut hint, mut met) = (0, 0);
    let mut before = a.iter();
    for (name, right) in b.iter() {
        let left = match before.next() {
            Some((known, left)) if known == name => Some(left),
            _ => a.get(name),
        };
        met += usize::from(left.is_some());
        if name == BOOKED || left == Some(right) {
            continue;
        }
        if let Some((at, field)) = desc.find(name, hint) {
            hint = at + 1;
            one(field, left, Some(right));
        }
    }
    if met == a.len() {
        return out;
    }
    for (name, left) in a.iter() {
        if name != BOOKED
            && !b.contains_key(name)
            && let Some(field) = desc.field(name)
        {
            one(field, Some(left), None);
        }
    }
    out
}

/// A struct that is there on one side only, if at all.
fn lone_struct(a: Option<&Object>, b: Option<&Object>, id: TypeId) -> Difference {
    let desc = id.desc();
    let [a, b] = [a, b].map(|side| side.map(|object| Places::of(object, desc)));
    let mut out = Difference::default();
    for at in desc.sorted_places() {
        let [left, right] = [&a, &b].map(|side| side.as_ref().map(|places| places.get(at)));
        let given = left.flatten().is_some() || right.flatten().is_some();
        let field = &desc.fields[at];
        if field.json == BOOKED || !(given || always_stands(field)) {
            continue;
        }
        let [left, right] = [left, right].map(|side| encoded(side?, field));
        if left.is_none() && right.is_none() {
            continue;
        }
        let below = walk(left, right, super::node::of_field(field), Form::Go);
        out.attach(|| Element::Field(field.json.into()), below);
    }
    out
}

fn maps(a: Option<&Object>, b: Option<&Object>, node: Node<'_>, form: Form) -> Difference {
    let mut out = Difference::default();
    let free = Node::Free;
    for (key, left) in a.into_iter().flat_map(Object::iter) {
        let inner = node.member(key).unwrap_or(free);
        let below = walk(Some(left), b.and_then(|o| o.get(key)), inner, form);
        out.attach(|| Element::Field(key.clone()), below);
    }
    for (key, right) in b.into_iter().flat_map(Object::iter) {
        if a.is_some_and(|o| o.contains_key(key)) {
            continue;
        }
        let inner = node.member(key).unwrap_or(free);
        let below = walk(None, Some(right), inner, form);
        out.attach(|| Element::Field(key.clone()), below);
    }
    out
}

fn lists_of(old: Option<&Value>, new: Option<&Value>, node: Node<'_>, form: Form) -> Difference {
    let mut out = Difference::default();
    let (a, b) = (lists::group(old, node), lists::group(new, node));
    let inner = node.items();
    let none: Vec<&Value> = Vec::new();
    let mut one = |element: &Element, left: &[&Value], right: &[&Value]| {
        let below = if left.len() <= 1 && right.len() <= 1 {
            walk(left.first().copied(), right.first().copied(), inner, form)
        } else {
            repeated(left, right)
        };
        out.attach(|| element.clone(), below);
    };
    for (element, left) in &a {
        one(element, left, b.get(element).unwrap_or(&none));
    }
    for (element, right) in &b {
        if !a.contains_key(element) {
            one(element, &none, right);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn added(kind: (&str, &str, &str), new: Value) -> Value {
        let ty = TypeId::by_gvk(kind.0, kind.1, kind.2).expect("a known kind");
        let mut set = compare(&json!({}), &new, Node::Message(ty), Form::Go);
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
            Node::Message(ty),
            Form::Go,
        );
        assert_eq!(d.added.encode(), json!({"f:data": {"f:c": {}}}));
        assert_eq!(d.modified.encode(), json!({"f:data": {"f:a": {}}}));
        assert_eq!(d.removed.encode(), json!({"f:data": {"f:b": {}}}));
    }
}
