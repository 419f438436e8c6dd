//! Types of the crate `k8s-openapi`, for programs that have them.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

use k8s_openapi::{
    ClusterResourceScope, Metadata, NamespaceResourceScope, Resource, SubResourceScope,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use skeg_meta::{GroupVersionKind, Object, ObjectError, ObjectMeta};
use skeg_schema::{TypeId, Value};

/// An object of a type of `k8s-openapi`, which [`Api`](crate::Api), informers
/// and controllers then take.
///
/// ```
/// use k8s_openapi::api::core::v1::Pod;
/// use skeg_client::{Api, Client, Foreign};
///
/// async fn images(client: Client, name: &str) -> Result<Vec<Option<String>>, skeg_client::Error> {
///     let pods: Api<Foreign<Pod>> = Api::default_namespaced(client);
///     let pod = pods.get(name).await?;
///     let spec = pod.spec.as_ref();
///     Ok(spec.map(|spec| spec.containers.iter().map(|c| c.image.clone()).collect()).unwrap_or_default())
/// }
/// ```
///
/// It reads like the object itself. What is changed through [`Object::meta_mut`]
/// and what is changed in the object's own metadata is the same.
#[derive(Clone)]
pub struct Foreign<T> {
    object: T,
    /// The metadata in this library's form, when somebody has asked for it.
    meta: OnceLock<ObjectMeta>,
    /// The object with its metadata as `meta` has it, when `meta` was changed.
    renewed: OnceLock<T>,
    changed: bool,
}

/// Whether objects live in namespaces, by the scope of their type.
pub trait Scoped {
    /// They do.
    const NAMESPACED: bool;
}

impl Scoped for NamespaceResourceScope {
    const NAMESPACED: bool = true;
}

impl Scoped for ClusterResourceScope {
    const NAMESPACED: bool = false;
}

impl Scoped for SubResourceScope {
    const NAMESPACED: bool = true;
}

/// What a type must be to stand in [`Foreign`]: every kind of `k8s-openapi` is it.
pub trait ForeignKind:
    Resource<Scope: Scoped>
    + Metadata<Ty = k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta>
    + Serialize
    + DeserializeOwned
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<T> ForeignKind for T where
    T: Resource<Scope: Scoped>
        + Metadata<Ty = k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta>
        + Serialize
        + DeserializeOwned
        + Clone
        + Send
        + Sync
        + 'static
{
}

impl<T> From<T> for Foreign<T> {
    fn from(object: T) -> Self {
        Self {
            object,
            meta: OnceLock::new(),
            renewed: OnceLock::new(),
            changed: false,
        }
    }
}

impl<T: ForeignKind> Foreign<T> {
    fn newest(&self) -> &T {
        if !self.changed {
            return &self.object;
        }
        self.renewed.get_or_init(|| {
            let mut object = self.object.clone();
            let tree = skeg_schema::message_to_value(self.meta());
            // Every metadata of ours is one of theirs.
            if let Ok(metadata) = skeg_schema::deserialize_value(tree) {
                *object.metadata_mut() = metadata;
            }
            object
        })
    }

    /// The object itself.
    #[must_use]
    pub fn into_inner(self) -> T {
        if self.changed {
            return self.newest().clone();
        }
        self.object
    }
}

impl<T: ForeignKind> Deref for Foreign<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.newest()
    }
}

impl<T: ForeignKind> DerefMut for Foreign<T> {
    fn deref_mut(&mut self) -> &mut T {
        if self.changed {
            self.object = self.newest().clone();
            self.renewed = OnceLock::new();
            self.changed = false;
        }
        self.meta = OnceLock::new();
        &mut self.object
    }
}

impl<T: ForeignKind + fmt::Debug> fmt::Debug for Foreign<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.newest().fmt(f)
    }
}

impl<T: ForeignKind + PartialEq> PartialEq for Foreign<T> {
    fn eq(&self, other: &Self) -> bool {
        self.newest() == other.newest()
    }
}

impl<T: ForeignKind> Object for Foreign<T> {
    const GVK: GroupVersionKind = GroupVersionKind::of(T::GROUP, T::VERSION, T::KIND);
    const PLURAL: &'static str = T::URL_PATH_SEGMENT;
    const NAMESPACED: bool = <T::Scope as Scoped>::NAMESPACED;

    fn type_id() -> Option<TypeId> {
        TypeId::by_gvk(T::GROUP, T::VERSION, T::KIND)
    }

    fn meta(&self) -> &ObjectMeta {
        self.meta.get_or_init(|| {
            skeg_schema::serialize_value(self.object.metadata())
                .ok()
                .and_then(|tree| skeg_schema::from_value(tree).ok())
                .unwrap_or_default()
        })
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        self.meta();
        self.changed = true;
        self.renewed = OnceLock::new();
        self.meta.get_mut_or_default()
    }

    fn to_tree(&self) -> Value {
        let mut tree =
            skeg_schema::serialize_value(self.newest()).unwrap_or_else(|_| Value::object());
        if let Some(members) = tree.as_object_mut() {
            members.insert("apiVersion", Self::GVK.api_version());
            members.insert("kind", T::KIND);
        }
        tree
    }

    fn from_tree(mut tree: Value) -> Result<Self, ObjectError> {
        // Their types insist on both.
        if let Some(members) = tree.as_object_mut() {
            members.insert("apiVersion", Self::GVK.api_version());
            members.insert("kind", T::KIND);
        }
        skeg_schema::deserialize_value::<T>(tree)
            .map(Self::from)
            .map_err(ObjectError::Custom)
    }

    fn from_protobuf(bytes: &[u8]) -> Result<Self, ObjectError> {
        let ty = Self::type_id().ok_or(ObjectError::NoProtobuf)?;
        let mut tree = skeg_schema::decode_protobuf(bytes, ty)?;
        skeg_schema::fill(&mut tree, ty);
        Self::from_tree(tree)
    }
}

/// `OnceLock::get_mut` of one that has been set.
trait GetMut<T> {
    fn get_mut_or_default(&mut self) -> &mut T;
}

impl<T: Default> GetMut<T> for OnceLock<T> {
    fn get_mut_or_default(&mut self) -> &mut T {
        if self.get().is_none() {
            let _ = self.set(T::default());
        }
        self.get_mut().expect("it has just been set")
    }
}

#[cfg(test)]
#[cfg(feature = "k8s-openapi-latest")]
mod tests {
    use super::*;
    use k8s_openapi::api::apps::v1::Deployment;
    use k8s_openapi::api::core::v1::{Node, Pod};
    use skeg_meta::SharedObject;
    use skeg_schema::json;
    use std::sync::Arc;

    fn pod() -> Foreign<Pod> {
        Foreign::from_tree(json!({
            "metadata": {"name": "a", "namespace": "n", "labels": {"k": "v"}},
            "spec": {"containers": [{"name": "c", "image": "x", "resources": {"requests": {"cpu": "1"}}}]},
        }))
        .unwrap()
    }

    #[test]
    fn their_types_are_objects() {
        assert_eq!(
            Foreign::<Deployment>::GVK.to_string(),
            "apps/v1, Kind=Deployment"
        );
        assert_eq!(Foreign::<Pod>::PLURAL, "pods");
        let namespaced = [Foreign::<Pod>::NAMESPACED, Foreign::<Node>::NAMESPACED];
        assert_eq!(namespaced, [true, false]);
        let pod = pod();
        assert_eq!(pod.meta().labels["k"], "v");
        assert_eq!(
            pod.spec.as_ref().unwrap().containers[0].image.as_deref(),
            Some("x")
        );
        assert_eq!(pod.to_tree()["kind"], "Pod");
    }

    #[test]
    fn metadata_is_one_whoever_changes_it() {
        let mut pod = pod();
        pod.meta_mut().labels.insert("l".to_owned(), "w".to_owned());
        assert_eq!(pod.metadata.labels.as_ref().unwrap()["l"], "w");
        pod.metadata.name = Some("b".to_owned());
        assert_eq!(pod.meta().name, "b");
        assert_eq!(pod.meta().labels.len(), 2);
        pod.meta_mut().name = "c".to_owned();
        assert_eq!(pod.into_inner().metadata.name.as_deref(), Some("c"));
    }

    #[test]
    fn they_travel_as_protobuf() {
        let shared = SharedObject::from_typed(Arc::new(pod()));
        let bytes = shared.protobuf();
        let raw = skeg_schema::envelope::unwrap(&bytes).unwrap().raw;
        // What JSON always shows is there afterwards.
        let back = Foreign::<Pod>::from_protobuf(raw).unwrap();
        assert_eq!((&back.metadata, &back.spec), (&pod().metadata, &pod().spec));
        assert_eq!(*shared.typed::<Foreign<Pod>>().unwrap(), pod());
    }
}
