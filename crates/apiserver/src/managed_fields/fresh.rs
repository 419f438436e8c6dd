//! What the writer of a new object owns, straight to text: what [`super::compare`] says of
//! an object and none before it, without the sets that only later writes need.

use skeg_schema::{FieldDesc, Key, Object, Places, TypeId, Value};

use super::compare::{always_stands, encoded, is_blank, is_hollow, zero};
use super::element::{Element, write_text};
use super::lists;
use super::node::{Node, Shape, of_field};

/// The members of metadata that nobody owns.
const STRIPPED: &[&str] = &[
    "name",
    "namespace",
    "creationTimestamp",
    "selfLink",
    "uid",
    "clusterName",
    "generation",
    "resourceVersion",
];

/// `fieldsV1` of whoever creates an object of a type, without the paths in `ignored`; empty
/// when nothing is owned. `None`: it takes sets to say.
pub fn text(new: &Value, ty: TypeId, ignored: &[&[&str]]) -> Option<String> {
    let mut out = Text(String::with_capacity(512));
    let mut left_out = Vec::with_capacity(ignored.len());
    for path in ignored {
        let [name] = path else { return None };
        left_out.push(name.strip_prefix("f:")?);
    }
    out.0.push('{');
    for (field, value) in by_name(new.as_object()?, ty) {
        if matches!(field.json, "apiVersion" | "kind") || left_out.contains(&field.json) {
            continue;
        }
        let skip = if field.json == "metadata" {
            STRIPPED
        } else {
            &[]
        };
        out.over_zero(field, value, skip)?;
    }
    if out.0.len() == 1 {
        return Some(String::new());
    }
    out.0.push('}');
    Some(out.0)
}

/// The members of a struct by ascending name. Who owns what is nobody's.
fn by_name(object: &Object, id: TypeId) -> impl Iterator<Item = (&'static FieldDesc, &Value)> {
    let desc = id.desc();
    let places = Places::of(object, desc);
    desc.sorted_places().filter_map(move |at| {
        let (field, value) = (&desc.fields[at], places.get(at)?);
        (field.json != "managedFields").then_some((field, value))
    })
}

fn sorted(map: &Object) -> Vec<(&Key, &Value)> {
    let mut all: Vec<(&Key, &Value)> = map.iter().collect();
    if !all.is_sorted_by(|a, b| a.0 <= b.0) {
        all.sort_unstable_by(|a, b| a.0.cmp(b.0));
    }
    all
}

/// How a set begins to which its own path belongs.
const OWN: &str = "{\".\":{}";

struct Text(String);

/// A step as it is written.
enum Step<'a> {
    /// A field of a type, whose name is plain.
    Declared(&'static str),
    Field(&'a str),
    Element(&'a Element),
}

/// Whether the path of a value belongs to the set, beside those below.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Own {
    Yes,
    No,
}

impl Text {
    /// Begins a member: a comma where it is not the first, and its name.
    fn begin(&mut self, element: Step<'_>) {
        if !self.0.ends_with('{') {
            self.0.push(',');
        }
        match element {
            Step::Declared(name) => {
                self.0.reserve(name.len() + "\"f:\":{}".len());
                self.0.push_str("\"f:");
                self.0.push_str(name);
                self.0.push_str("\":");
                return;
            }
            Step::Field(name) => write_text("f:", name, &mut self.0),
            Step::Element(element) => element.write_name(&mut self.0),
        }
        self.0.push(':');
    }

    /// A field of a struct that Go makes anew with each object: only what differs from its
    /// zero value is owned.
    fn over_zero(&mut self, field: &'static FieldDesc, value: &Value, skip: &[&str]) -> Option<()> {
        let left = zero(field);
        let Some(value) = encoded(Some(value), field) else {
            return left.is_none().then_some(());
        };
        let node = of_field(field);
        let Some(left) = left else {
            self.begin(Step::Declared(field.json));
            self.whole(value, node, Own::Yes);
            return Some(());
        };
        if left == value {
            return Some(());
        }
        let before = self.0.len();
        self.begin(Step::Declared(field.json));
        match (node, left, value) {
            (Node::Message(id), Value::Object(_), Value::Object(object))
                if !is_hollow(object, id) =>
            {
                let start = self.0.len();
                self.0.push('{');
                for (field, value) in by_name(object, id) {
                    if !skip.contains(&field.json) {
                        self.over_zero(field, value, &[])?;
                    }
                }
                if self.0.len() == start + 1 {
                    self.0.truncate(before);
                } else {
                    self.0.push('}');
                }
            }
            // Nobody owns metadata for its own sake.
            (Node::Message(_), Value::Object(_), _) if !skip.is_empty() => self.0.truncate(before),
            (Node::Message(_), Value::Object(_), _) => self.leaf(),
            _ if node.shape(Some(value)).is_leaf() => self.leaf(),
            (Node::Message(_), Value::Null, _) => self.whole(value, node, Own::No),
            _ if is_blank(Some(value)) => self.leaf(),
            (_, Value::Null, _) => self.whole(value, node, Own::No),
            _ => return None,
        }
        Some(())
    }

    fn leaf(&mut self) {
        self.0.push_str("{}");
    }

    /// All paths of a value.
    fn whole(&mut self, value: &Value, node: Node<'_>, own: Own) {
        let shape = node.shape(Some(value));
        if shape.is_leaf() {
            return self.leaf();
        }
        let start = self.0.len();
        self.0.push('{');
        match (shape, node, value) {
            (Shape::Map { .. }, Node::Message(id), Value::Object(object)) => {
                self.own(own);
                self.structure(object, id);
            }
            (Shape::Map { .. }, _, Value::Object(object)) => {
                self.own(own);
                for (name, value) in sorted(object) {
                    self.begin(Step::Field(name));
                    self.whole(value, node.member(name).unwrap_or(Node::Free), Own::Yes);
                }
            }
            (Shape::List(_), _, Value::Array(_)) => {
                self.own(own);
                for (element, items) in lists::group(Some(value), node) {
                    self.begin(Step::Element(&element));
                    match items.as_slice() {
                        [one] => self.whole(one, node.items(), Own::Yes),
                        _ => self.leaf(),
                    }
                }
            }
            _ => {}
        }
        if self.0[start..] == *OWN {
            self.0.truncate(start + 1);
        }
        self.0.push('}');
    }

    fn own(&mut self, own: Own) {
        if own == Own::Yes {
            self.0.push_str(&OWN[1..]);
        }
    }

    /// The fields of a struct that was not there before.
    fn structure(&mut self, object: &Object, id: TypeId) {
        let desc = id.desc();
        let places = Places::of(object, desc);
        for at in desc.sorted_places() {
            let field = &desc.fields[at];
            let value = match places.get(at) {
                Some(_) if field.json == "managedFields" => continue,
                Some(value) => value,
                None if always_stands(field) => &Value::Null,
                None => continue,
            };
            if let Some(value) = encoded(Some(value), field) {
                self.begin(Step::Declared(field.json));
                self.whole(value, of_field(field), Own::Yes);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::compare::{Form, compare};
    use super::super::updater::strip;
    use super::*;
    use skeg_schema::FieldType;

    /// Numbers that come in the same order in every run.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, sides: u64) -> u64 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (self.0 >> 33) % sides
        }

        fn value(&mut self, ty: &FieldType, depth: u64) -> Value {
            let texts = ["", "b", "a\"<", "80"];
            match ty {
                FieldType::Bool => Value::Bool(self.roll(2) == 0),
                FieldType::Int32
                | FieldType::Int64
                | FieldType::Double
                | FieldType::IntOrString => Value::Int(i64::try_from(self.roll(3)).expect("small")),
                FieldType::Message(id) => self.object(*id, depth),
                FieldType::List(inner) => {
                    let count = self.roll(4);
                    Value::Array((0..count).map(|_| self.value(inner, depth)).collect())
                }
                FieldType::Map(inner) => {
                    let mut out = Object::new();
                    for _ in 0..self.roll(4) {
                        let name = texts[usize::try_from(self.roll(4)).expect("small")];
                        out.insert(name, self.value(inner, depth));
                    }
                    Value::Object(out)
                }
                _ => Value::from(texts[usize::try_from(self.roll(4)).expect("small")]),
            }
        }

        fn object(&mut self, id: TypeId, depth: u64) -> Value {
            let mut out = Object::new();
            for field in id.desc().fields {
                if self.roll(2 + (6 - depth)) == 0 || (depth == 6 && field.json == "spec") {
                    let value = if depth == 0 || self.roll(16) == 0 {
                        Value::Null
                    } else {
                        self.value(&field.ty, depth - 1)
                    };
                    out.insert(field.json, value);
                }
            }
            Value::Object(out)
        }
    }

    #[test]
    fn the_same_as_by_comparison_for_all_kinds() {
        let mut dice = Dice(37);
        let (mut told, mut long) = (0, 0);
        for ty in TypeId::all().filter(|ty| ty.desc().root) {
            for _ in 0..40 {
                let mut new = dice.object(ty, 6);
                new.set_at(&["kind"], ty.desc().go);
                let mut difference = compare(&Value::object(), &new, Node::Message(ty), Form::Go);
                difference.each(|set| set.cut(&["f:status"]));
                let mut by_sets = difference.modified;
                by_sets.absorb(difference.added);
                strip(&mut by_sets);
                let by_sets = match by_sets.is_empty() {
                    true => String::new(),
                    false => by_sets.text(),
                };
                if let Some(text) = text(&new, ty, &[&["f:status"]]) {
                    assert_eq!(text, by_sets, "{}: {new}", ty.desc().name);
                    told += 1;
                    long += usize::from(text.len() > 200);
                }
            }
        }
        assert!(
            told > 8000 && long > 300,
            "{told} told, {long} of them long"
        );
    }
}
