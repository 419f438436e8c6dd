//! Deleting an object, and waiting until it is gone.

use skeg_meta::Object;

use crate::api::Api;
use crate::codec::Answer;
use crate::dynamic::DynamicApi;
use crate::options::DeleteOptions;
use crate::scope::Scope;

use super::WaitError;
use super::watch::ScopeWatch;

async fn delete(scope: &Scope, name: &str, options: &DeleteOptions) -> Result<(), WaitError> {
    let deleted = scope.delete(name, options).await;
    let answer = deleted.map_err(|source| WaitError::Delete {
        target: format!("{} {name}", scope.resource.plural),
        source,
    })?;
    if options.dry_run {
        return Ok(());
    }
    // Another object of the name, which a controller may make at once, is not
    // the one that was to go.
    let uid = match &answer {
        Answer::Object(object) => object.uid(),
        Answer::Status(status) => match &status.details {
            Some(details) if !details.uid.is_empty() => &details.uid,
            _ => &options.uid,
        },
    };
    let mut watch = ScopeWatch::new(scope, name);
    loop {
        let object = watch.next().await?;
        if object.is_none_or(|object| !uid.is_empty() && object.uid() != uid) {
            return Ok(());
        }
    }
}

impl<K: Object> Api<K> {
    /// Deletes an object and waits until it is gone: its finalizers have run,
    /// its grace period is over. One that takes its name meanwhile is another.
    ///
    /// Dropping the future leaves the deletion to the server; see
    /// [`within`](super::within) for a bound.
    ///
    /// # Errors
    /// The object cannot be deleted or watched.
    pub async fn delete_and_wait(
        &self,
        name: &str,
        options: &DeleteOptions,
    ) -> Result<(), WaitError> {
        delete(&self.core, name, options).await
    }
}

impl DynamicApi {
    /// Deletes an object and waits until it is gone: as [`Api::delete_and_wait`].
    ///
    /// # Errors
    /// As [`Api::delete_and_wait`].
    pub async fn delete_and_wait(
        &self,
        name: &str,
        options: &DeleteOptions,
    ) -> Result<(), WaitError> {
        delete(&self.core, name, options).await
    }
}
