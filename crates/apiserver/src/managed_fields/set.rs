//! Sets of field paths, in the form in which `fieldsV1` shows them.
//!
//! A path element is kept as its text: `f:NAME` for a field, `k:{…}` for an
//! element of a keyed list, `v:…` for an element of a set.

use skeg_schema::{Object, Value};
use std::collections::BTreeMap;

/// A set of paths, as a tree. The root itself is never a member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSet {
    /// This path itself belongs to the set.
    pub member: bool,
    /// What is below.
    pub children: BTreeMap<String, FieldSet>,
}

impl FieldSet {
    /// A set of nothing but its own path.
    pub fn leaf() -> Self {
        FieldSet {
            member: true,
            children: BTreeMap::new(),
        }
    }

    /// Nothing in it.
    pub fn is_empty(&self) -> bool {
        !self.member && self.children.is_empty()
    }

    /// Adds a subset below `element`, if there is anything in it.
    pub fn attach(&mut self, element: &str, below: FieldSet) {
        if below.is_empty() {
            return;
        }
        match self.children.get_mut(element) {
            Some(here) => here.union(&below),
            None => {
                self.children.insert(element.to_owned(), below);
            }
        }
    }

    /// Adds all paths of `other`.
    pub fn union(&mut self, other: &FieldSet) {
        self.member |= other.member;
        for (element, below) in &other.children {
            match self.children.get_mut(element) {
                Some(here) => here.union(below),
                None => {
                    self.children.insert(element.clone(), below.clone());
                }
            }
        }
    }

    /// Takes all paths of `other` away.
    pub fn subtract(&mut self, other: &FieldSet) {
        if other.member {
            self.member = false;
        }
        for (element, below) in &other.children {
            if let Some(here) = self.children.get_mut(element) {
                here.subtract(below);
                if here.is_empty() {
                    self.children.remove(element);
                }
            }
        }
    }

    /// Takes a path and all below it away.
    pub fn cut(&mut self, path: &[&str]) {
        let Some((first, rest)) = path.split_first() else {
            *self = FieldSet::default();
            return;
        };
        if let Some(below) = self.children.get_mut(*first) {
            below.cut(rest);
            if below.is_empty() {
                self.children.remove(*first);
            }
        }
    }

    /// Reads `fieldsV1`. `None`: it is no set of fields.
    pub fn decode(value: &Value) -> Option<FieldSet> {
        let Value::Object(map) = value else {
            return None;
        };
        let mut out = FieldSet::default();
        for (key, below) in map.iter() {
            if key == "." {
                out.member = true;
                continue;
            }
            let known = ["f:", "k:", "v:", "i:"].iter().any(|p| key.starts_with(p));
            if !known {
                return None;
            }
            let Value::Object(inner) = below else {
                return None;
            };
            let set = if inner.is_empty() {
                FieldSet::leaf()
            } else {
                FieldSet::decode(below)?
            };
            out.children.insert(key.to_string(), set);
        }
        Some(out)
    }

    /// Writes `fieldsV1`.
    pub fn encode(&self) -> Value {
        let mut out = Object::default();
        if self.member && !self.children.is_empty() {
            out.insert(".", Value::Object(Object::default()));
        }
        for (element, below) in &self.children {
            out.insert(element.clone(), below.encode());
        }
        Value::Object(out)
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
    fn both_directions() {
        let v = json!({"f:data": {".": {}, "f:k": {}}, "f:spec": {"f:x": {}}});
        assert_eq!(set(v.clone()).encode(), v);
        assert!(FieldSet::decode(&json!({"data": {}})).is_none());
        assert!(FieldSet::decode(&json!([])).is_none());
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
        d.cut(&["f:a"]);
        assert_eq!(d.encode(), json!({"f:b": {}}));
    }
}
