//! How many there are and should be.

use std::sync::Arc;

use skeg_api::autoscaling::v1::Scale;
use skeg_meta::HasScale;

use crate::api::Api;
use crate::error::Error;
use crate::options::{PatchOptions, UpdateOptions};
use crate::patch::Patch;

impl<K: HasScale> Api<K> {
    /// How many there are and should be.
    ///
    /// # Errors
    /// As for every request.
    pub async fn get_scale(&self, name: &str) -> Result<Arc<Scale>, Error> {
        self.get_subresource(name, "scale").await
    }

    /// Says how many there should be.
    ///
    /// # Errors
    /// As for every request.
    pub async fn update_scale(
        &self,
        name: &str,
        scale: impl Into<Arc<Scale>>,
    ) -> Result<Arc<Scale>, Error> {
        self.update_subresource(name, "scale", scale, &UpdateOptions::default())
            .await
    }

    /// Changes how many there should be.
    ///
    /// # Errors
    /// As for every request.
    pub async fn patch_scale(
        &self,
        name: &str,
        patch: &Patch,
        options: &PatchOptions,
    ) -> Result<Arc<Scale>, Error> {
        self.patch_subresource(name, "scale", patch, options).await
    }
}
