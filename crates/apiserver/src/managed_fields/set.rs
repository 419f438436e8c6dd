//! Sets of field paths, in the form in which `fieldsV1` shows them.

use skeg_schema::{MAX_DEPTH, Object, Value};
use std::borrow::Cow;

use super::element::Element;
use super::node::Node;
use super::steps::Steps;

/// A text that is read from its beginning.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    /// Steps over a byte, if it is the next one.
    fn eat(&mut self, byte: u8) -> bool {
        let is_next = self.text.as_bytes().get(self.at) == Some(&byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Reads on to a quote or a backslash.
    fn plain(&mut self) -> Option<&'a str> {
        let rest = self.text.get(self.at..)?;
        let ends = |byte: &u8| matches!(byte, b'"' | b'\\');
        let len = rest.as_bytes().iter().position(ends)?;
        self.at += len;
        Some(&rest[..len])
    }

    /// A text in quotes. `None` says nothing.
    fn name(&mut self) -> Option<Cow<'a, str>> {
        if !self.eat(b'"') {
            return None;
        }
        let begin = self.plain()?;
        if self.eat(b'"') {
            return Some(begin.into());
        }
        let mut out = begin.to_owned();
        while self.eat(b'\\') {
            let escaped = ['"', '\\'].into_iter().find(|c| self.eat(*c as u8))?;
            out.push(escaped);
            out.push_str(self.plain()?);
        }
        self.eat(b'"').then_some(out.into())
    }
}

/// A set of paths, as a tree. The root itself is never a member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSet {
    /// This path itself belongs to the set.
    pub member: bool,
    /// What is below.
    pub children: Steps<FieldSet>,
}

impl FieldSet {
    /// A set of nothing but its own path.
    pub fn leaf() -> Self {
        FieldSet {
            member: true,
            children: Steps::default(),
        }
    }

    /// Nothing in it.
    pub fn is_empty(&self) -> bool {
        !self.member && self.children.is_empty()
    }

    /// Adds a subset below an element, if there is anything in it.
    pub fn attach(&mut self, element: Element, below: FieldSet) {
        if below.is_empty() {
            return;
        }
        self.children.join(element, below, FieldSet::absorb);
    }

    /// Adds all paths of `other`, which is not needed any more.
    pub fn absorb(&mut self, other: FieldSet) {
        if self.is_empty() {
            *self = other;
        } else {
            self.union(&other);
        }
    }

    /// Whether all paths of `other` are in it.
    pub fn covers(&self, other: &FieldSet) -> bool {
        (self.member || !other.member)
            && other.children.iter().all(|(element, below)| {
                self.children
                    .get(element)
                    .is_some_and(|here| here.covers(below))
            })
    }

    /// Adds all paths of `other`.
    pub fn union(&mut self, other: &FieldSet) {
        self.member |= other.member;
        for (element, below) in other.children.iter() {
            match self.children.get_mut(element) {
                Some(here) => here.union(below),
                None => {
                    self.children.insert(element.clone(), below.clone());
                }
            }
        }
    }

    /// Takes all paths of `other` away, not what is below them.
    pub fn subtract(&mut self, other: &FieldSet) {
        if other.member {
            self.member = false;
        }
        for (element, below) in other.children.iter() {
            if let Some(here) = self.children.get_mut(element) {
                here.subtract(below);
                if here.is_empty() {
                    self.children.remove(element);
                }
            }
        }
    }

    /// The paths that are in both.
    pub fn intersection(&self, other: &FieldSet) -> FieldSet {
        let mut out = FieldSet {
            member: self.member && other.member,
            children: Steps::default(),
        };
        for (element, below) in self.children.iter() {
            if let Some(there) = other.children.get(element) {
                let both = below.intersection(there);
                if !both.is_empty() {
                    out.children.insert(element.clone(), both);
                }
            }
        }
        out
    }

    /// Takes a path and all below it away.
    pub fn cut(&mut self, path: &[&str]) {
        let Some((first, rest)) = path.split_first() else {
            *self = FieldSet::default();
            return;
        };
        let Some(name) = first.strip_prefix("f:") else {
            return;
        };
        if let Some(below) = self.children.field_mut(name) {
            below.cut(rest);
            if below.is_empty() {
                self.children.remove_field(name);
            }
        }
    }

    /// Takes a path away, not what is below it.
    pub fn drop_path(&mut self, path: &[&str]) {
        let Some((first, rest)) = path.split_first() else {
            self.member = false;
            return;
        };
        let Some(name) = first.strip_prefix("f:") else {
            return;
        };
        if let Some(below) = self.children.field_mut(name) {
            below.drop_path(rest);
            if below.is_empty() {
                self.children.remove_field(name);
            }
        }
    }

    /// Makes a member of each declared field that something is below of.
    pub fn with_named(&self, node: Node<'_>) -> FieldSet {
        let mut out = FieldSet {
            member: self.member,
            children: Steps::default(),
        };
        for (element, below) in self.children.iter() {
            let (inner, declared) = match element {
                Element::Field(name) => match node.field(name) {
                    Some(inner) => (inner, true),
                    None => (node.values().unwrap_or(Node::Free), false),
                },
                Element::Key(_) => (node.items(), false),
                _ => (Node::Free, false),
            };
            let mut here = below.with_named(inner);
            here.member |= declared && !below.children.is_empty();
            out.children.insert(element.clone(), here);
        }
        out
    }

    /// What stands below an element.
    pub fn below(&self, element: &Element) -> Option<&FieldSet> {
        self.children.get(element)
    }

    /// All paths as messages show them, in order.
    pub fn paths(&self) -> Vec<String> {
        let mut out = Vec::new();
        self.collect(&mut String::new(), &mut out);
        out
    }

    fn collect(&self, prefix: &mut String, out: &mut Vec<String>) {
        let len = prefix.len();
        // The members of a level come before what is below of any of them.
        for (element, below) in self.children.iter() {
            if below.member {
                out.push(format!("{prefix}{element}"));
            }
        }
        for (element, below) in self.children.iter() {
            if !below.children.is_empty() {
                prefix.push_str(&element.to_string());
                below.collect(prefix, out);
                prefix.truncate(len);
            }
        }
    }

    /// Reads `fieldsV1`. `None`: it is no set of fields.
    pub fn decode(value: &Value) -> Option<FieldSet> {
        let Value::Object(map) = value else {
            return None;
        };
        if map.is_folded() {
            let read = map.source().and_then(FieldSet::read);
            return read.or_else(|| FieldSet::decode(&map.unfolded()?));
        }
        let mut out = FieldSet::default();
        for (key, below) in map.iter() {
            if key == "." {
                out.member = true;
                continue;
            }
            let element = Element::parse(key)?;
            let Value::Object(inner) = below else {
                return None;
            };
            let set = if inner.is_empty() {
                FieldSet::leaf()
            } else {
                FieldSet::decode(below)?
            };
            out.children.insert(element, set);
        }
        Some(out)
    }

    /// Reads `fieldsV1` as [`text`](Self::text) writes it. `None` says nothing.
    fn read(text: &str) -> Option<FieldSet> {
        if text == "{}" {
            return Some(FieldSet::default());
        }
        let mut reader = Reader { text, at: 0 };
        let set = FieldSet::read_one(&mut reader, 0)?;
        (reader.at == text.len()).then_some(set)
    }

    fn read_one(reader: &mut Reader<'_>, depth: usize) -> Option<FieldSet> {
        if depth > MAX_DEPTH || !reader.eat(b'{') {
            return None;
        }
        if reader.eat(b'}') {
            return Some(FieldSet::leaf());
        }
        let mut out = FieldSet::default();
        loop {
            let key = reader.name()?;
            if !reader.eat(b':') {
                return None;
            }
            let below = FieldSet::read_one(reader, depth + 1)?;
            if key == "." {
                out.member = true;
            } else {
                out.children.insert(Element::parse(&key)?, below);
            }
            if !reader.eat(b',') {
                return reader.eat(b'}').then_some(out);
            }
        }
    }

    /// Writes `fieldsV1`.
    pub fn encode(&self) -> Value {
        let dot = self.member && !self.children.is_empty();
        let mut out = Object::with_capacity(self.children.len() + usize::from(dot));
        if dot {
            out.insert(".", Value::Object(Object::default()));
        }
        for (element, below) in self.children.iter() {
            out.push(element.text().into(), below.encode());
        }
        Value::Object(out)
    }

    /// The same as JSON.
    pub fn text(&self) -> String {
        let mut out = String::with_capacity(256);
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        out.push('{');
        let mut first = true;
        if self.member && !self.children.is_empty() {
            out.push_str("\".\":{}");
            first = false;
        }
        for (element, below) in self.children.iter() {
            if !first {
                out.push(',');
            }
            first = false;
            element.write_name(out);
            out.push(':');
            below.write(out);
        }
        out.push('}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn set(v: Value) -> FieldSet {
        FieldSet::decode(&v).expect("a set")
    }

    #[test]
    fn texts_are_read_as_trees_are() {
        for text in [
            "{}",
            r#"{".":{}}"#,
            r#"{"f:a":{".":{}},"f:b":{}}"#,
            r#"{"f:data":{".":{},"f:k":{},"f:l\u0041":{}}}"#,
            r#"{"f:c":{"k:{\"name\":\"a\"}":{".":{},"f:n":{}},"v:\"\\\"\"":{},"i:3":{}}}"#,
            r#"{"f:b":{},"f:a":{},"f:a":{"f:c":{}}}"#,
            r#"{ "f:a": {} }"#,
            r#"{"x:a":{}}"#,
            r#"{"f:a":{},}"#,
            r#"{"f:a":1}"#,
            r#"{"f:a":{}"#,
            r#"{"f:a"#,
            "{,}",
            "}",
            "",
        ] {
            let told = FieldSet::decode(&Value::Object(Object::folded(text.to_owned())));
            let tree = skeg_schema::decode_json_any(text.as_bytes()).ok();
            assert_eq!(
                told,
                tree.and_then(|tree| FieldSet::decode(&tree)),
                "{text}"
            );
        }
        let deep = "{\"f:a\":".repeat(2 * MAX_DEPTH) + "{}" + &"}".repeat(2 * MAX_DEPTH);
        assert_eq!(FieldSet::decode(&Value::Object(Object::folded(deep))), None);
    }

    #[test]
    fn both_directions() {
        let v = json!({"f:data": {".": {}, "f:k": {}}, "f:spec": {"f:x": {}}});
        assert_eq!(set(v.clone()).encode(), v);
        let folded = Value::Object(Object::folded(set(v.clone()).text()));
        assert_eq!(set(folded).encode(), v);
        assert!(FieldSet::decode(&json!({"data": {}})).is_none());
        assert!(FieldSet::decode(&json!([])).is_none());
    }

    #[test]
    fn as_text() {
        for v in [
            json!({}),
            json!({"f:a": {".": {}, "f:<b>&\u{2028}\"": {}, "k:{\"name\":\"c\"}": {".": {}, "f:x": {}}}}),
            json!({"v:\"<\"": {}, "v:1.5": {}, "i:3": {}, "k:{\"port\":80,\"protocol\":\"TCP\"}": {}}),
        ] {
            let set = set(v);
            assert_eq!(set.text(), set.encode().to_string());
        }
    }

    #[test]
    fn algebra() {
        let a = set(json!({"f:a": {".": {}, "f:x": {}, "f:y": {}}, "f:b": {}}));
        let b = set(json!({"f:a": {"f:x": {}}, "f:c": {}}));
        let mut u = a.clone();
        u.union(&b);
        assert_eq!(
            u.encode(),
            json!({"f:a": {".": {}, "f:x": {}, "f:y": {}}, "f:b": {}, "f:c": {}})
        );
        let mut d = a.clone();
        d.subtract(&b);
        assert_eq!(d.encode(), json!({"f:a": {".": {}, "f:y": {}}, "f:b": {}}));
        assert_eq!(a.intersection(&b).encode(), json!({"f:a": {"f:x": {}}}));
        d.drop_path(&["f:a"]);
        assert_eq!(d.encode(), json!({"f:a": {"f:y": {}}, "f:b": {}}));
        d.cut(&["f:a"]);
        assert_eq!(d.encode(), json!({"f:b": {}}));
    }

    #[test]
    fn paths_by_level() {
        let all = set(json!({"f:b": {"f:z": {}}, "f:c": {}, "f:a": {".": {}, "k:{\"n\":1}": {}}}));
        assert_eq!(all.paths(), [".a", ".c", ".a[n=1]", ".b.z"]);
    }
}
