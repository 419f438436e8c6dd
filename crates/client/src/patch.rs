//! Patches, in the four forms that the API takes.

use std::borrow::Cow;

use bytes::Bytes;
use skeg_schema::Value;

/// A change of an object.
#[derive(Clone, Debug, PartialEq)]
pub enum Patch {
    /// RFC 6902: a list of operations.
    Json(Value),
    /// RFC 7386: a partial object; lists are replaced whole.
    Merge(Value),
    /// A partial object; lists of built-in kinds are merged by their keys.
    Strategic(Value),
    /// Server-side apply: what the manager wants to hold, as a tree.
    Apply(Value),
    /// Server-side apply of YAML as it stands in a file.
    ApplyYaml(Cow<'static, str>),
}

impl Patch {
    /// The body's media type.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        match self {
            Patch::Json(_) => "application/json-patch+json",
            Patch::Merge(_) => "application/merge-patch+json",
            Patch::Strategic(_) => "application/strategic-merge-patch+json",
            Patch::Apply(_) | Patch::ApplyYaml(_) => "application/apply-patch+yaml",
        }
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> Bytes {
        match self {
            Patch::Json(value)
            | Patch::Merge(value)
            | Patch::Strategic(value)
            | Patch::Apply(value) => {
                let mut bytes = Vec::with_capacity(256);
                skeg_schema::encode_json_any(value, &mut bytes);
                bytes.into()
            }
            Patch::ApplyYaml(text) => Bytes::copy_from_slice(text.as_bytes()),
        }
    }

    /// Whether this is a server-side apply.
    #[must_use]
    pub fn is_apply(&self) -> bool {
        matches!(self, Patch::Apply(_) | Patch::ApplyYaml(_))
    }
}
