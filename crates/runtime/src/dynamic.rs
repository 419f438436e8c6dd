//! Objects of any kind, as trees.

use std::sync::Arc;

use skeg_client::BoxError;
use skeg_meta::{GroupVersionKind, ObjectMeta, SharedObject};
use skeg_schema::Value;

use crate::cached::Cached;

/// An object of a kind that is known only at run time: its metadata, and the
/// whole as a tree.
#[derive(Clone)]
pub struct DynamicObject {
    shared: SharedObject,
    meta: ObjectMeta,
}

impl std::fmt::Debug for DynamicObject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DynamicObject")
            .field("kind", &self.shared.gvk().kind)
            .field("namespace", &self.meta.namespace)
            .field("name", &self.meta.name)
            .finish_non_exhaustive()
    }
}

impl DynamicObject {
    /// The group, version and kind.
    #[must_use]
    pub fn gvk(&self) -> &GroupVersionKind {
        self.shared.gvk()
    }

    /// The metadata.
    #[must_use]
    pub fn meta(&self) -> &ObjectMeta {
        &self.meta
    }

    /// The whole object as a tree, shared with everybody who reads it.
    #[must_use]
    pub fn value(&self) -> Arc<Value> {
        self.shared.value()
    }

    /// The object as it came.
    #[must_use]
    pub fn shared(&self) -> &SharedObject {
        &self.shared
    }
}

impl Cached for DynamicObject {
    fn from_shared(object: &SharedObject) -> Result<Arc<Self>, BoxError> {
        let mut meta = ObjectMeta::default();
        let tree = object.try_value()?;
        skeg_schema::message_from_value(tree["metadata"].clone(), &mut meta)?;
        Ok(Arc::new(Self {
            shared: object.clone(),
            meta,
        }))
    }

    fn object_meta(&self) -> &ObjectMeta {
        &self.meta
    }
}
