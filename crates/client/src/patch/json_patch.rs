//! JSON patches (RFC 6902), operation by operation.

use skeg_schema::{Object, Value};

use super::Patch;

/// A JSON patch that is being written. Operations are carried out in their
/// order, all or none.
///
/// ```
/// use skeg_client::{JsonPatch, Patch, pointer};
///
/// let patch = JsonPatch::new()
///     .test("/metadata/resourceVersion", "41")
///     .add(pointer(["metadata", "labels", "example.com/tier"]), "web")
///     .remove("/spec/nodeSelector");
/// assert_eq!(
///     Patch::from(patch).to_string(),
///     r#"[{"op":"test","path":"/metadata/resourceVersion","value":"41"},{"op":"add","path":"/metadata/labels/example.com~1tier","value":"web"},{"op":"remove","path":"/spec/nodeSelector"}]"#
/// );
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JsonPatch {
    operations: Vec<Value>,
}

/// A JSON pointer (RFC 6901) from its segments, each escaped where it must be:
/// the way to labels and annotations, whose keys have slashes.
///
/// ```
/// assert_eq!(
///     skeg_client::pointer(["metadata", "annotations", "a.io/b~c"]),
///     "/metadata/annotations/a.io~1b~0c"
/// );
/// ```
#[must_use]
pub fn pointer<S: AsRef<str>>(segments: impl IntoIterator<Item = S>) -> String {
    let mut pointer = String::with_capacity(48);
    for segment in segments {
        push_segment(&mut pointer, segment.as_ref());
    }
    pointer
}

pub(crate) fn push_segment(pointer: &mut String, segment: &str) {
    pointer.push('/');
    for letter in segment.chars() {
        match letter {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            letter => pointer.push(letter),
        }
    }
}

impl JsonPatch {
    /// A patch that does nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The operations that turn one tree into another. Lists are compared by
    /// place, after what they have in common at their beginning and their end.
    #[must_use]
    pub fn between(old: &Value, new: &Value) -> Self {
        crate::diff::json(old, new)
    }

    fn push(mut self, op: &'static str, path: String, more: Option<(&'static str, Value)>) -> Self {
        let mut operation = Object::with_capacity(3);
        operation.insert("op", op);
        match more {
            Some(("from", from)) => {
                operation.insert("from", from);
                operation.insert("path", path);
            }
            Some((name, value)) => {
                operation.insert("path", path);
                operation.insert(name, value);
            }
            None => {
                operation.insert("path", path);
            }
        }
        self.operations.push(Value::Object(operation));
        self
    }

    /// Adds a member or replaces the one there; into a list it is put before
    /// the element of that number, or at the end when the path ends in `-`.
    #[must_use]
    pub fn add(self, path: impl Into<String>, value: impl Into<Value>) -> Self {
        self.push("add", path.into(), Some(("value", value.into())))
    }

    /// Removes what is there; the patch fails if nothing is.
    #[must_use]
    pub fn remove(self, path: impl Into<String>) -> Self {
        self.push("remove", path.into(), None)
    }

    /// Replaces what is there.
    #[must_use]
    pub fn replace(self, path: impl Into<String>, value: impl Into<Value>) -> Self {
        self.push("replace", path.into(), Some(("value", value.into())))
    }

    /// Moves what is at `from`.
    #[must_use]
    pub fn rename(self, from: impl Into<String>, to: impl Into<String>) -> Self {
        let from = Value::String(from.into());
        self.push("move", to.into(), Some(("from", from)))
    }

    /// Copies what is at `from`.
    #[must_use]
    pub fn copy(self, from: impl Into<String>, to: impl Into<String>) -> Self {
        let from = Value::String(from.into());
        self.push("copy", to.into(), Some(("from", from)))
    }

    /// The whole patch fails unless exactly this is there.
    #[must_use]
    pub fn test(self, path: impl Into<String>, value: impl Into<Value>) -> Self {
        self.push("test", path.into(), Some(("value", value.into())))
    }

    /// Puts a test before everything: the patch fails unless the object is
    /// still at this version.
    #[must_use]
    pub fn at_version(mut self, resource_version: &str) -> Self {
        let test = Self::new().test("/metadata/resourceVersion", resource_version);
        self.operations.splice(0..0, test.operations);
        self
    }

    /// The other patch's operations after these.
    #[must_use]
    pub fn and(mut self, other: JsonPatch) -> Self {
        self.operations.extend(other.operations);
        self
    }

    /// How many operations there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.operations.len()
    }

    /// Whether there is no operation.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// The operations, as the API takes them.
    #[must_use]
    pub fn into_value(self) -> Value {
        Value::Array(self.operations)
    }
}

impl From<JsonPatch> for Patch {
    fn from(patch: JsonPatch) -> Self {
        Patch::Json(patch.into_value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn every_operation_does_what_it_says() {
        let mut tree = json!({"a": {"b~/c": 1}, "list": [1, 3], "v": {"x": true}});
        let patch = JsonPatch::new()
            .test(pointer(["a", "b~/c"]), 1)
            .add("/list/1", 2)
            .add("/list/-", 4)
            .copy("/v", "/w")
            .rename("/v/x", "/v/y")
            .replace(pointer(["a", "b~/c"]), "one")
            .remove("/w/x");
        assert_eq!(patch.len(), 7);
        skeg_schema::patch::json::apply(&mut tree, &patch.into_value()).unwrap();
        assert_eq!(
            tree,
            json!({"a": {"b~/c": "one"}, "list": [1, 2, 3, 4], "v": {"y": true}, "w": {}})
        );
    }

    #[test]
    fn a_version_is_tested_first() {
        let patch = JsonPatch::new().add("/a", 1).at_version("7").into_value();
        let mut other = json!({"metadata": {"resourceVersion": "8"}});
        assert!(skeg_schema::patch::json::apply(&mut other, &patch).is_err());
        assert!(other.get("a").is_none());
    }
}
