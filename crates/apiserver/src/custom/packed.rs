//! A definition between two times that somebody asks what it says.

use skeg_registry::tree;
use skeg_schema::{Object, TypeId, Value, decode_protobuf, encode_protobuf, json};

use crate::stored::DEFINITION;

/// What a definition says of its resources. A hundred definitions are trees of
/// megabytes, and documents and changes of them are rare: it is kept encoded.
pub struct Packed {
    uid: String,
    generation: i64,
    bytes: Box<[u8]>,
}

impl Packed {
    /// What `definition` says.
    pub fn new(definition: &Value) -> Self {
        let metadata = &definition["metadata"];
        let said = json!({
            "spec": definition["spec"].clone(),
            "status": {"acceptedNames": accepted(definition).clone()},
        });
        let mut bytes = Vec::new();
        if let Some(ty) = TypeId::by_name(DEFINITION) {
            encode_protobuf(&said, ty, &mut bytes);
        }
        Self {
            uid: metadata["uid"].as_str().unwrap_or_default().to_owned(),
            generation: metadata["generation"].as_i64().unwrap_or(0),
            bytes: bytes.into_boxed_slice(),
        }
    }

    /// The tree, which has spec and accepted names and nothing else.
    pub fn tree(&self) -> Value {
        TypeId::by_name(DEFINITION)
            .and_then(|ty| decode_protobuf(&self.bytes, ty).ok())
            .unwrap_or_else(|| Value::Object(Object::new()))
    }

    /// Whether both make the same rows.
    pub fn is_like(&self, other: &Self) -> bool {
        if self.bytes == other.bytes {
            return true;
        }
        // The same may be said in another order.
        let (a, b) = (self.tree(), other.tree());
        a["spec"] == b["spec"] && accepted(&a) == accepted(&b)
    }

    /// What tells it from another definition, or from itself before a change.
    pub fn identity(&self) -> (&str, i64) {
        (&self.uid, self.generation)
    }
}

fn accepted(definition: &Value) -> &Value {
    tree::path(definition, &["status", "acceptedNames"])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(maximum: Value, plural: &str, label: &str) -> Value {
        json!({
            "metadata": {"name": "as.x.io", "uid": "u", "generation": 3, "labels": {"l": label}},
            "spec": {"group": "x.io", "scope": "Cluster", "names": {"plural": "as", "kind": "A"},
                "versions": [{"name": "v1", "served": true, "storage": true,
                    "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                        "b": {"type": "number", "maximum": maximum, "default": 1},
                        "a": {"type": "string", "enum": ["x", null]}}}}}]},
            "status": {"acceptedNames": {"plural": plural, "kind": "A"}, "storedVersions": ["v1"]},
        })
    }

    #[test]
    fn it_says_what_the_definition_said() {
        let given = definition(Value::Float(2.5), "as", "x");
        let packed = Packed::new(&given);
        assert_eq!(packed.identity(), ("u", 3));
        let tree = packed.tree();
        let schema = ["schema", "openAPIV3Schema"];
        assert_eq!(
            tree["spec"]["versions"][0].at(&schema),
            given["spec"]["versions"][0].at(&schema)
        );
        assert_eq!(accepted(&tree), accepted(&given));
    }

    #[test]
    fn only_spec_and_accepted_names_make_rows() {
        let packed = |maximum: f64, plural: &str, label: &str| {
            Packed::new(&definition(Value::Float(maximum), plural, label))
        };
        let one = packed(2.5, "as", "x");
        assert!(one.is_like(&packed(2.5, "as", "y")));
        assert!(!one.is_like(&packed(3.5, "as", "x")));
        assert!(!one.is_like(&packed(2.5, "", "x")));
    }
}
