//! The patch types: JSON patch, merge patch, strategic merge patch.

pub mod json;
pub mod merge;
pub mod strategic;
mod typed;

pub use typed::mismatch;

use skeg_schema::{FieldType, TypeId, Value};

use strategic::{FieldMeta, PatchSchema};

/// How a patch is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchType {
    /// RFC 6902.
    Json,
    /// RFC 7396.
    Merge,
    /// Merge by the tables' keys.
    Strategic,
    /// Server-side apply.
    Apply,
}

impl PatchType {
    /// By content type; parameters do not count.
    pub fn of_media_type(header: &str) -> Option<Self> {
        match header.split(';').next().unwrap_or_default().trim() {
            "application/json-patch+json" => Some(PatchType::Json),
            "application/merge-patch+json" => Some(PatchType::Merge),
            "application/strategic-merge-patch+json" => Some(PatchType::Strategic),
            "application/apply-patch+yaml" => Some(PatchType::Apply),
            _ => None,
        }
    }
}

/// The static tables as a schema for strategic merge.
#[derive(Clone, Copy, Debug)]
pub struct Tables(pub TypeId);

impl PatchSchema for Tables {
    fn field(&self, name: &str) -> Option<FieldMeta<Self>> {
        let field = self.0.desc().field(name)?;
        let inner = match &field.ty {
            FieldType::Message(id) => Some(Tables(*id)),
            FieldType::List(FieldType::Message(id)) => Some(Tables(*id)),
            _ => None,
        };
        let replace = field
            .patch_strategy
            .split(',')
            .any(|part| part == "replace");
        Some(FieldMeta {
            merge: field.merges(),
            replace,
            merge_key: field.patch_merge_key,
            inner,
        })
    }

    fn go_name(&self) -> &'static str {
        self.0.desc().go
    }
}

/// Whether a tree is too deep to be worked on.
pub fn too_deep(value: &Value, depth_max: usize) -> bool {
    match value {
        Value::Array(items) => depth_max == 0 || items.iter().any(|v| too_deep(v, depth_max - 1)),
        Value::Object(map) => depth_max == 0 || map.values().any(|v| too_deep(v, depth_max - 1)),
        _ => false,
    }
}
