//! The dynamic API: any kind, as trees.

use std::sync::Arc;

use futures::stream::BoxStream;
use skeg_meta::SharedObject;
use skeg_schema::Value;

use crate::api::List;
use crate::client::Client;
use crate::codec::{Answer, Trees};
use crate::error::Error;
use crate::options::{
    CreateOptions, DeleteOptions, GetOptions, ListOptions, PatchOptions, UpdateOptions,
    WatchOptions,
};
use crate::patch::Patch;
use crate::payload::{SharedEvent, SharedList};
use crate::resource::ApiResource;
use crate::scope::{Deleted, Scope};

/// The API of a kind that is known only at run time. Cheap to clone.
///
/// Objects are trees ([`Value`]) behind [`SharedObject`]. They travel as JSON,
/// so that fields which only a newer server knows come and go unharmed.
#[derive(Clone)]
pub struct DynamicApi {
    pub(crate) core: Scope,
}

impl std::fmt::Debug for DynamicApi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DynamicApi")
            .field("resource", &self.core.resource)
            .field("namespace", &self.core.namespace)
            .finish_non_exhaustive()
    }
}

impl DynamicApi {
    fn new(client: Client, resource: ApiResource, namespace: Option<String>) -> Self {
        let decoder = Arc::new(Trees::new(&resource));
        Self {
            core: Scope {
                client,
                resource,
                // As in Go: the empty one stands for all.
                namespace: namespace.filter(|namespace| !namespace.is_empty()),
                decoder,
            },
        }
    }

    /// All namespaces, or the one scope of a kind that lives in none.
    #[must_use]
    pub fn all(client: Client, resource: ApiResource) -> Self {
        Self::new(client, resource, None)
    }

    /// One namespace; the empty one stands for all. Kinds that live in none
    /// ignore it.
    #[must_use]
    pub fn namespaced(client: Client, resource: ApiResource, namespace: impl Into<String>) -> Self {
        Self::new(client, resource, Some(namespace.into()))
    }

    /// The namespace that the client's configuration names.
    #[must_use]
    pub fn default_namespaced(client: Client, resource: ApiResource) -> Self {
        let namespace = client.default_namespace().to_owned();
        Self::new(client, resource, Some(namespace))
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
    pub async fn get(&self, name: &str) -> Result<SharedObject, Error> {
        self.get_with(name, &GetOptions::default()).await
    }

    /// Gets an object, with options.
    ///
    /// # Errors
    /// As [`DynamicApi::get`].
    pub async fn get_with(&self, name: &str, options: &GetOptions) -> Result<SharedObject, Error> {
        self.core.get(name, options).await
    }

    /// Gets an object, or none when there is none.
    ///
    /// # Errors
    /// As for every request.
    pub async fn get_opt(&self, name: &str) -> Result<Option<SharedObject>, Error> {
        match self.get(name).await {
            Ok(object) => Ok(Some(object)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Lists objects: one page, if there is a limit.
    ///
    /// # Errors
    /// As for every request.
    pub async fn list(&self, options: &ListOptions) -> Result<List<SharedObject>, Error> {
        self.core
            .list(options, Arc::clone(&self.core.decoder), Ok)
            .await
    }

    /// Lists objects, as they come from the transport.
    ///
    /// # Errors
    /// As for every request.
    pub async fn list_shared(&self, options: &ListOptions) -> Result<SharedList, Error> {
        self.core
            .list_shared(options, Arc::clone(&self.core.decoder))
            .await
    }

    /// Watches objects.
    ///
    /// # Errors
    /// As for every request. What ends a watch that has begun comes in the stream.
    pub async fn watch(
        &self,
        options: &WatchOptions,
    ) -> Result<BoxStream<'static, Result<SharedEvent, Error>>, Error> {
        let decoder = Arc::clone(&self.core.decoder);
        self.core.watch_shared(options, decoder).await
    }

    fn object(&self, tree: Value) -> Result<SharedObject, Error> {
        self.core
            .decoder
            .tree(tree)
            .map_err(|error| Error::Request {
                target: self.core.resource.plural.to_string(),
                message: error.to_string(),
            })
    }

    /// Creates an object.
    ///
    /// # Errors
    /// `is_already_exists()`, `is_invalid()`; else as for every request.
    pub async fn create(
        &self,
        tree: Value,
        options: &CreateOptions,
    ) -> Result<SharedObject, Error> {
        self.core.create(self.object(tree)?, options).await
    }

    /// Replaces an object by this one.
    ///
    /// # Errors
    /// `is_conflict()` when the object has a resource version that is not the
    /// newest; else as for every request.
    pub async fn update(
        &self,
        tree: Value,
        options: &UpdateOptions,
    ) -> Result<SharedObject, Error> {
        self.core.update(self.object(tree)?, None, options).await
    }

    /// Replaces the part of an object that a subresource of the same kind covers (`status`).
    ///
    /// # Errors
    /// As [`DynamicApi::update`].
    pub async fn update_part(
        &self,
        subresource: &str,
        tree: Value,
        options: &UpdateOptions,
    ) -> Result<SharedObject, Error> {
        self.core
            .update(self.object(tree)?, Some(subresource), options)
            .await
    }

    /// Changes an object.
    ///
    /// # Errors
    /// As for every request.
    pub async fn patch(
        &self,
        name: &str,
        patch: &Patch,
        options: &PatchOptions,
    ) -> Result<SharedObject, Error> {
        self.core
            .patch(name, None, patch, options, &*self.core.decoder)
            .await
    }

    /// Changes the part of an object that a subresource of the same kind covers.
    ///
    /// # Errors
    /// As for every request.
    pub async fn patch_part(
        &self,
        name: &str,
        subresource: &str,
        patch: &Patch,
        options: &PatchOptions,
    ) -> Result<SharedObject, Error> {
        self.core
            .patch(name, Some(subresource), patch, options, &*self.core.decoder)
            .await
    }

    /// Deletes an object.
    ///
    /// # Errors
    /// `is_not_found()`; `is_conflict()` when a precondition fails; else as for every request.
    pub async fn delete(
        &self,
        name: &str,
        options: &DeleteOptions,
    ) -> Result<Deleted<SharedObject>, Error> {
        Ok(match self.core.delete(name, options).await? {
            Answer::Object(object) => Deleted::Object(object),
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
}
