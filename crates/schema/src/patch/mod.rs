//! What patches do to trees: JSON patch (RFC 6902), merge patch (RFC 7396) and
//! strategic merge patch by the tables' merge keys. A server applies them, and a
//! client's tests hold its patches to them.

pub mod json;
pub mod merge;
pub mod strategic;

use crate::{FieldType, TypeId};
use strategic::{FieldMeta, PatchSchema};

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
            retain_keys: field.retains_keys(),
            inner,
        })
    }
}
