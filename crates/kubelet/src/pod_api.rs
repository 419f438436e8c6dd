//! What a pod's worker says to the API.

use async_trait::async_trait;
use skeg_api::core::v1::{Pod, PodStatus};

/// The API as far as a pod's worker writes to it.
#[async_trait]
pub(crate) trait PodApi: Send + Sync {
    /// Writes the pod's status. The pod's uid is a precondition.
    ///
    /// # Errors
    /// When the API cannot be reached, or somebody else wrote in between.
    async fn write_status(&self, pod: &Pod, status: &PodStatus) -> Result<(), String>;

    /// Removes a pod whose containers have ended. One that is gone counts as removed.
    ///
    /// # Errors
    /// When the API cannot be reached.
    async fn remove(&self, pod: &Pod) -> Result<(), String>;

    /// Tells of something that happened: `kind` is `Normal` or `Warning`.
    /// `container` names the container that it is about.
    fn event(
        &self,
        pod: &Pod,
        container: Option<&str>,
        kind: &'static str,
        reason: &'static str,
        message: String,
    );
}
