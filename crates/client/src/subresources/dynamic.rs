//! Subresources of kinds that are known only at run time: whether a kind has
//! one is looked up before anything is sent, since a server's 404 does not tell
//! a subresource that is not there from an object that is not.

use std::sync::Arc;

use http::Method;
use skeg_api::autoscaling::v1::Scale;
use skeg_meta::{Object, SharedObject};
use skeg_schema::Value;

use crate::dynamic::DynamicApi;
use crate::error::Error;
use crate::options::{CreateOptions, PatchOptions, UpdateOptions};
use crate::patch::Patch;

impl DynamicApi {
    /// Whether the resource has a subresource: by the tables for kinds that are
    /// built in, else by what the server says of itself.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn has_subresource(&self, subresource: &str) -> Result<bool, Error> {
        let resource = self.resource();
        let known =
            skeg_schema::resources::by_gvr(&resource.group, &resource.version, &resource.plural);
        if let Some(known) = known {
            return Ok(known.subresource(subresource).is_some());
        }
        let served = self
            .client()
            .resources(&resource.group, &resource.version)
            .await?;
        Ok(served
            .iter()
            .find(|served| served.resource.plural == resource.plural)
            .is_some_and(|served| served.subresources.iter().any(|have| have == subresource)))
    }

    async fn must_have(&self, subresource: &str) -> Result<(), Error> {
        if self.has_subresource(subresource).await? {
            return Ok(());
        }
        Err(Error::Request {
            target: self.resource().plural.to_string(),
            message: format!("{} has no {subresource}", self.resource().kind),
        })
    }

    /// Replaces an object's status by that of this one.
    ///
    /// # Errors
    /// The kind has no status apart; else as [`DynamicApi::update`].
    pub async fn update_status(&self, tree: Value) -> Result<SharedObject, Error> {
        self.must_have("status").await?;
        self.update_part("status", tree, &UpdateOptions::default())
            .await
    }

    /// Changes an object's status.
    ///
    /// # Errors
    /// The kind has no status apart; else as [`DynamicApi::patch`].
    pub async fn patch_status(
        &self,
        name: &str,
        patch: &Patch,
        options: &PatchOptions,
    ) -> Result<SharedObject, Error> {
        self.must_have("status").await?;
        self.patch_part(name, "status", patch, options).await
    }

    /// How many there are and should be.
    ///
    /// # Errors
    /// The kind cannot be scaled; else as for every request.
    pub async fn get_scale(&self, name: &str) -> Result<Arc<Scale>, Error> {
        self.must_have("scale").await?;
        self.get_subresource(name, "scale").await
    }

    /// Says how many there should be.
    ///
    /// # Errors
    /// The kind cannot be scaled; else as for every request.
    pub async fn update_scale(
        &self,
        name: &str,
        scale: impl Into<Arc<Scale>>,
    ) -> Result<Arc<Scale>, Error> {
        self.must_have("scale").await?;
        self.update_subresource(name, "scale", scale, &UpdateOptions::default())
            .await
    }

    /// Changes how many there should be.
    ///
    /// # Errors
    /// The kind cannot be scaled; else as for every request.
    pub async fn patch_scale(
        &self,
        name: &str,
        patch: &Patch,
        options: &PatchOptions,
    ) -> Result<Arc<Scale>, Error> {
        self.must_have("scale").await?;
        self.patch_subresource(name, "scale", patch, options).await
    }

    /// Creates something at a subresource (`eviction`, `token`, `binding`).
    ///
    /// # Errors
    /// The kind has no such subresource; else as for every request.
    pub async fn create_subresource<R: Object>(
        &self,
        name: &str,
        subresource: &str,
        object: impl Into<Arc<R>>,
        options: &CreateOptions,
    ) -> Result<Arc<R>, Error> {
        let (core, object) = (&self.core, object.into());
        self.must_have(subresource).await?;
        core.send_subresource(Method::POST, name, subresource, object, options)
            .await
    }

    /// Gets a subresource of another, typed kind (`scale`).
    ///
    /// # Errors
    /// As for every request; `is_not_found()` too where the kind has no such
    /// subresource, which [`DynamicApi::has_subresource`] tells.
    pub async fn get_subresource<R: Object>(
        &self,
        name: &str,
        subresource: &str,
    ) -> Result<Arc<R>, Error> {
        self.core.get_subresource(name, subresource).await
    }

    /// Replaces a subresource of another, typed kind (`scale`).
    ///
    /// # Errors
    /// As for every request; `is_not_found()` too where the kind has no such
    /// subresource, which [`DynamicApi::has_subresource`] tells.
    pub async fn update_subresource<R: Object>(
        &self,
        name: &str,
        subresource: &str,
        object: impl Into<Arc<R>>,
        options: &UpdateOptions,
    ) -> Result<Arc<R>, Error> {
        let (core, object) = (&self.core, object.into());
        core.send_subresource(Method::PUT, name, subresource, object, options)
            .await
    }

    /// Changes a subresource of another, typed kind (`scale`).
    ///
    /// # Errors
    /// As for every request; `is_not_found()` too where the kind has no such
    /// subresource, which [`DynamicApi::has_subresource`] tells.
    pub async fn patch_subresource<R: Object>(
        &self,
        name: &str,
        subresource: &str,
        patch: &Patch,
        options: &PatchOptions,
    ) -> Result<Arc<R>, Error> {
        let core = &self.core;
        core.patch_subresource(name, subresource, patch, options)
            .await
    }
}
