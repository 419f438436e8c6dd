//! What informers keep.

use std::sync::Arc;

use skeg_client::{BoxError, DynamicApi};
use skeg_meta::{Object, ObjectMeta, SharedObject};

use crate::informer::selected_source;
use crate::name::ObjectName;
use crate::source::Source;

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

    /// Where objects of a resource that is known only at run time are read for
    /// this form: by default whole.
    fn dynamic_source(api: DynamicApi, labels: &str, fields: &str) -> Arc<dyn Source>
    where
        Self: Sized,
    {
        selected_source(api, labels, fields)
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
