//! The patch types that a request may name. What they do to trees stands in
//! `skeg-schema`.

mod typed;

pub use skeg_schema::patch::{Tables, json, merge, strategic};
pub use typed::{fit, refused, spent};

use skeg_schema::Value;

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

/// Whether a tree is too deep to be worked on.
pub fn too_deep(value: &Value, depth_max: usize) -> bool {
    match value {
        Value::Array(items) => depth_max == 0 || items.iter().any(|v| too_deep(v, depth_max - 1)),
        Value::Object(map) => depth_max == 0 || map.values().any(|v| too_deep(v, depth_max - 1)),
        _ => false,
    }
}
