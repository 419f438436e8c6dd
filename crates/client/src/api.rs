//! The typed API: one kind, in one namespace or in all.

use std::marker::PhantomData;
use std::sync::Arc;

use futures::stream::BoxStream;
use skeg_meta::{Object, SharedObject, Status};

use crate::client::Client;
use crate::codec::{Answer, Decoder, Packed, Typed};
use crate::error::Error;
use crate::options::{
    CreateOptions, DeleteOptions, GetOptions, ListOptions, PatchOptions, UpdateOptions,
    WatchOptions,
};
use crate::patch::Patch;
use crate::payload::{SharedEvent, SharedList};
use crate::resource::ApiResource;
use crate::scope::{Deleted, Scope};

/// A page of a list.
#[derive(Clone, Debug)]
pub struct List<T> {
    /// The version of the whole list: where a watch goes on from.
    pub resource_version: String,
    /// The token for the next page, if there is one.
    pub continue_token: Option<String>,
    /// How many objects follow this page, where the server knows.
    pub remaining: Option<i64>,
    /// The objects.
    pub items: Vec<T>,
}

impl<T> List<T> {
    pub(crate) fn from_shared(
        list: SharedList,
        convert: impl Fn(SharedObject) -> Result<T, Error>,
    ) -> Result<Self, Error> {
        Ok(Self {
            resource_version: list.resource_version,
            continue_token: list.continue_token,
            remaining: list.remaining,
            items: list
                .items
                .into_iter()
                .map(convert)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<'a, T> IntoIterator for &'a mut List<T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter_mut()
    }
}

/// One event of a watch.
#[derive(Clone, Debug)]
pub enum WatchEvent<T> {
    /// The object is there, and was not before.
    Added(T),
    /// The object has changed.
    Modified(T),
    /// The object is gone; this was its last state.
    Deleted(T),
    /// Every event up to this version has been sent.
    Bookmark {
        /// The version.
        resource_version: String,
        /// Whether this ends the initial events.
        initial_events_end: bool,
    },
    /// The watch is over.
    Error(Box<Status>),
}

impl<T> WatchEvent<T> {
    pub(crate) fn from_shared(
        event: SharedEvent,
        convert: impl Fn(SharedObject) -> Result<T, Error>,
    ) -> Result<Self, Error> {
        Ok(match event {
            SharedEvent::Added(object) => WatchEvent::Added(convert(object)?),
            SharedEvent::Modified(object) => WatchEvent::Modified(convert(object)?),
            SharedEvent::Deleted(object) => WatchEvent::Deleted(convert(object)?),
            SharedEvent::Bookmark {
                resource_version,
                initial_events_end,
            } => WatchEvent::Bookmark {
                resource_version,
                initial_events_end,
            },
            SharedEvent::Error(status) => WatchEvent::Error(status),
        })
    }
}

impl From<List<SharedObject>> for SharedList {
    fn from(list: List<SharedObject>) -> Self {
        Self {
            resource_version: list.resource_version,
            continue_token: list.continue_token,
            remaining: list.remaining,
            items: list.items,
        }
    }
}

impl From<WatchEvent<SharedObject>> for SharedEvent {
    fn from(event: WatchEvent<SharedObject>) -> Self {
        match event {
            WatchEvent::Added(object) => SharedEvent::Added(object),
            WatchEvent::Modified(object) => SharedEvent::Modified(object),
            WatchEvent::Deleted(object) => SharedEvent::Deleted(object),
            WatchEvent::Bookmark {
                resource_version,
                initial_events_end,
            } => SharedEvent::Bookmark {
                resource_version,
                initial_events_end,
            },
            WatchEvent::Error(status) => SharedEvent::Error(status),
        }
    }
}

/// A stream of watch events. It ends when the server ends the watch; after an
/// error nothing more comes.
pub type Watch<T> = BoxStream<'static, Result<WatchEvent<T>, Error>>;

/// The typed form of an object.
pub(crate) fn typed<K: Object>(object: &SharedObject) -> Result<Arc<K>, Error> {
    object
        .typed::<K>()
        .map_err(|error| Error::decode(format!("{} {}", K::GVK.kind, object.name()), error))
}

pub(crate) fn shared<K: Object>(object: impl Into<Arc<K>>) -> SharedObject {
    SharedObject::from_typed(object.into())
}

/// The API of one kind, in one namespace or in all of them. Cheap to clone.
///
/// Objects come as `Arc<K>`: within the server's process they are shared with
/// everybody who reads them. Writes take a `K` or an `Arc<K>`.
pub struct Api<K> {
    pub(crate) core: Scope,
    kind: PhantomData<fn() -> K>,
}

impl<K> Clone for Api<K> {
    fn clone(&self) -> Self {
        Self {
            core: self.core.clone(),
            kind: PhantomData,
        }
    }
}

impl<K> std::fmt::Debug for Api<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api")
            .field("resource", &self.core.resource.plural)
            .field("namespace", &self.core.namespace)
            .finish_non_exhaustive()
    }
}

impl<K: Object> Api<K> {
    fn new(client: Client, namespace: Option<String>) -> Self {
        let core = Scope {
            client,
            resource: ApiResource::of::<K>(),
            // As in Go: the empty one stands for all.
            namespace: namespace.filter(|namespace| !namespace.is_empty()),
            decoder: Arc::new(Typed::<K>::new()),
        };
        Self {
            core,
            kind: PhantomData,
        }
    }

    /// All namespaces, or the one scope of a kind that lives in none.
    ///
    /// Lists and watches then go over every namespace; creates and updates go
    /// to the namespace that the object names.
    #[must_use]
    pub fn all(client: Client) -> Self {
        Self::new(client, None)
    }

    /// One namespace; the empty one stands for all. Kinds that live in none
    /// ignore it.
    #[must_use]
    pub fn namespaced(client: Client, namespace: impl Into<String>) -> Self {
        Self::new(client, Some(namespace.into()))
    }

    /// The namespace that the client's configuration names.
    #[must_use]
    pub fn default_namespaced(client: Client) -> Self {
        let namespace = client.default_namespace().to_owned();
        Self::new(client, Some(namespace))
    }

    /// The client below.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.core.client
    }

    /// The resource.
    #[must_use]
    pub fn resource(&self) -> &ApiResource {
        &self.core.resource
    }

    /// The namespace, unless it is all of them.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.core.namespace.as_deref()
    }

    /// Gets an object.
    ///
    /// # Errors
    /// `is_not_found()` when there is none; else as for every request.
    pub async fn get(&self, name: &str) -> Result<Arc<K>, Error> {
        self.get_with(name, &GetOptions::default()).await
    }

    /// Gets an object, with options.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub async fn get_with(&self, name: &str, options: &GetOptions) -> Result<Arc<K>, Error> {
        typed(&self.core.get(name, options).await?)
    }

    /// Gets an object, or none when there is none.
    ///
    /// # Errors
    /// As for every request.
    pub async fn get_opt(&self, name: &str) -> Result<Option<Arc<K>>, Error> {
        match self.get(name).await {
            Ok(object) => Ok(Some(object)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Lists objects: one page, if there is a limit.
    ///
    /// # Errors
    /// As for every request; `is_expired()` when a continue token is too old.
    pub async fn list(&self, options: &ListOptions) -> Result<List<Arc<K>>, Error> {
        let decoder = Typed::<K>::new();
        self.core
            .list(options, Arc::new(decoder), |object| typed(&object))
            .await
    }

    /// Watches objects.
    ///
    /// # Errors
    /// As for every request. What ends a watch that has begun comes in the stream.
    pub async fn watch(&self, options: &WatchOptions) -> Result<Watch<Arc<K>>, Error> {
        let decoder: Arc<dyn Decoder<Arc<K>>> = Arc::new(Typed::<K>::new());
        self.core
            .watch(options, decoder, |event| {
                WatchEvent::from_shared(event, |object| typed(&object))
            })
            .await
    }

    /// Creates an object.
    ///
    /// # Errors
    /// `is_already_exists()`, `is_invalid()`; else as for every request.
    pub async fn create(&self, object: impl Into<Arc<K>>) -> Result<Arc<K>, Error> {
        self.create_with(object, &CreateOptions::default()).await
    }

    /// Creates an object, with options.
    ///
    /// # Errors
    /// As [`Api::create`].
    pub async fn create_with(
        &self,
        object: impl Into<Arc<K>>,
        options: &CreateOptions,
    ) -> Result<Arc<K>, Error> {
        typed(&self.core.create(shared(object), options).await?)
    }

    /// Replaces an object by this one.
    ///
    /// # Errors
    /// `is_conflict()` when the object has a resource version that is not the
    /// newest; else as for every request.
    pub async fn update(&self, object: impl Into<Arc<K>>) -> Result<Arc<K>, Error> {
        self.update_with(object, &UpdateOptions::default()).await
    }

    /// Replaces an object by this one, with options.
    ///
    /// # Errors
    /// As [`Api::update`].
    pub async fn update_with(
        &self,
        object: impl Into<Arc<K>>,
        options: &UpdateOptions,
    ) -> Result<Arc<K>, Error> {
        typed(&self.core.update(shared(object), None, options).await?)
    }

    /// Replaces the part of an object that a subresource of the same kind covers.
    ///
    /// # Errors
    /// As [`Api::update`].
    pub async fn update_part(
        &self,
        subresource: &str,
        object: impl Into<Arc<K>>,
    ) -> Result<Arc<K>, Error> {
        typed(
            &self
                .core
                .update(shared(object), Some(subresource), &UpdateOptions::default())
                .await?,
        )
    }

    /// Changes an object.
    ///
    /// # Errors
    /// `is_conflict()` when the patch names a resource version that is not the
    /// newest, or an apply collides with another manager; else as for every request.
    pub async fn patch(
        &self,
        name: &str,
        patch: &Patch,
        options: &PatchOptions,
    ) -> Result<Arc<K>, Error> {
        typed(
            &self
                .core
                .patch(name, None, patch, options, &*self.core.decoder)
                .await?,
        )
    }

    /// Changes the part of an object that a subresource of the same kind covers.
    ///
    /// # Errors
    /// As [`Api::patch`].
    pub async fn patch_part(
        &self,
        name: &str,
        subresource: &str,
        patch: &Patch,
        options: &PatchOptions,
    ) -> Result<Arc<K>, Error> {
        typed(
            &self
                .core
                .patch(name, Some(subresource), patch, options, &*self.core.decoder)
                .await?,
        )
    }

    /// Deletes an object.
    ///
    /// # Errors
    /// `is_not_found()`; `is_conflict()` when a precondition fails; else as for every request.
    pub async fn delete(
        &self,
        name: &str,
        options: &DeleteOptions,
    ) -> Result<Deleted<Arc<K>>, Error> {
        Ok(match self.core.delete(name, options).await? {
            Answer::Object(object) => Deleted::Object(typed(&object)?),
            Answer::Status(status) => Deleted::Status(status),
        })
    }

    /// Deletes every object that a list with these options would show, in one
    /// namespace: servers do not do that to all of them.
    ///
    /// # Errors
    /// As for every request.
    pub async fn delete_collection(
        &self,
        options: &DeleteOptions,
        list: &ListOptions,
    ) -> Result<(), Error> {
        self.core.delete_collection(options, list).await
    }

    /// Watches objects without decoding them: what informers stand on.
    ///
    /// # Errors
    /// As [`Api::watch`].
    pub async fn watch_shared(
        &self,
        options: &WatchOptions,
    ) -> Result<BoxStream<'static, Result<SharedEvent, Error>>, Error> {
        let decoder = Arc::new(Packed::<K>::new());
        self.core.watch_shared(options, decoder).await
    }

    /// Lists objects without decoding them: what informers stand on.
    ///
    /// # Errors
    /// As [`Api::list`].
    pub async fn list_shared(&self, options: &ListOptions) -> Result<SharedList, Error> {
        self.core
            .list_shared(options, Arc::new(Packed::<K>::new()))
            .await
    }
}
