//! What informers keep.

use std::sync::Arc;

use skeg_client::{ApiResource, BoxError, Client, DynamicApi};
use skeg_meta::{Object, ObjectMeta, SharedObject};

use crate::name::ObjectName;
use crate::source::Source;

/// A form of objects that an informer can keep. Every typed kind is one.
pub trait Cached: Send + Sync + 'static {
    /// This form of an object.
    ///
    /// # Errors
    /// The object does not have this form.
    fn from_shared(object: &SharedObject) -> Result<Arc<Self>, BoxError>;

    /// Whether an object that came over the wire may be kept as it came, and
    /// decoded by [`from_shared`](Self::from_shared) each time it is read anew.
    const PACKS: bool = false;

    /// The object's metadata.
    fn object_meta(&self) -> &ObjectMeta;

    /// What the object is called.
    fn object_name(&self) -> ObjectName {
        ObjectName::of(self.object_meta())
    }

    /// Where objects of a resource that is known only at run time are read for
    /// this form, in all namespaces or in one: by default whole.
    fn dynamic_source(
        resource: &ApiResource,
        client: Client,
        namespace: Option<&str>,
    ) -> Arc<dyn Source>
    where
        Self: Sized,
    {
        let resource = resource.clone();
        Arc::new(match namespace {
            None => DynamicApi::all(client, resource),
            Some(namespace) => DynamicApi::namespaced(client, resource, namespace),
        })
    }
}

impl<K: Object> Cached for K {
    const PACKS: bool = true;

    fn from_shared(object: &SharedObject) -> Result<Arc<Self>, BoxError> {
        object.typed::<K>().map_err(Into::into)
    }

    fn object_meta(&self) -> &ObjectMeta {
        self.meta()
    }
}
