//! What informers keep.

use std::sync::Arc;

use skeg_client::{BoxError, Client};
use skeg_meta::{Object, ObjectMeta, SharedObject};

use crate::name::ObjectName;
use crate::source::{Source, TypedSource};

/// A form of objects that an informer can keep. Every typed kind is one.
pub trait Cached: Send + Sync + 'static {
    /// This form of an object.
    ///
    /// # Errors
    /// The object does not have this form.
    fn from_shared(object: &SharedObject) -> Result<Arc<Self>, BoxError>;

    /// The object's metadata.
    fn object_meta(&self) -> &ObjectMeta;

    /// What the object is called.
    fn object_name(&self) -> ObjectName {
        ObjectName::of(self.object_meta())
    }
}

impl<K: Object> Cached for K {
    fn from_shared(object: &SharedObject) -> Result<Arc<Self>, BoxError> {
        object.typed::<K>().map_err(Into::into)
    }

    fn object_meta(&self) -> &ObjectMeta {
        self.meta()
    }
}

/// Where the objects of a typed kind come from.
pub(crate) fn typed_source<K: Object>(
    client: Client,
    labels: &str,
    fields: &str,
) -> Arc<dyn Source> {
    Arc::new(TypedSource::<K>::new(client, labels, fields))
}
