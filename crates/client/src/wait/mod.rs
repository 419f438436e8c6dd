//! Waiting until an object is as it should be.
//!
//! All of this watches; nothing polls.
//!
//! ```no_run
//! # async fn f(client: skeg_client::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use skeg_api::core::v1::Pod;
//! use skeg_client::{Api, wait};
//! let pods: Api<Pod> = Api::default_namespaced(client);
//! let pod = wait::within(
//!     Duration::from_secs(60),
//!     wait::await_condition(&pods, "web-0", wait::pod_ready()),
//! )
//! .await?;
//! # Ok(()) }
//! ```

mod conditions;
mod deletion;
mod seen;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use skeg_meta::{Object, SharedObject};

use crate::api::Api;
use crate::dynamic::DynamicApi;
use crate::error::Error;

pub(crate) use seen::unless;

pub use conditions::{
    all, any, crd_established, deleted, deleted_uid, deployment_rolled_out, has_condition,
    has_condition_status, job_finished, not, pod_finished, pod_ready, pod_running, tree_condition,
};
pub use watch::{DynamicWatch, ObjectWatch};

/// What an object is waited for. Any `Fn(Option<&K>) -> bool` is one; `None`
/// stands for an object that does not exist.
pub trait Condition<K>: Send + Sync {
    /// Whether the object is as it should be.
    fn is_met(&self, object: Option<&K>) -> bool;
}

impl<K, F: Fn(Option<&K>) -> bool + Send + Sync> Condition<K> for F {
    fn is_met(&self, object: Option<&K>) -> bool {
        self(object)
    }
}

/// Why waiting has ended without success.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WaitError {
    /// The object cannot be watched.
    #[error("cannot watch {target}")]
    Watch {
        /// What was watched.
        target: String,
        /// Why not.
        #[source]
        source: Error,
    },
    /// The object whose end was to be waited for cannot be deleted.
    #[error("cannot delete {target}")]
    Delete {
        /// What was to be deleted.
        target: String,
        /// Why not.
        #[source]
        source: Error,
    },
    /// What was waited for can no longer happen.
    #[error("{target}: {message}")]
    Failed {
        /// What was waited for.
        target: String,
        /// Why it cannot happen.
        message: String,
    },
    /// It took too long.
    #[error("not within {seconds} s{}", last_seen(last.as_deref()))]
    Timeout {
        /// How long was waited.
        seconds: u64,
        /// How what was watched was last, in words: `pods web-0 is Pending; Ready is
        /// False (…)`. None when the server had said nothing until then.
        last: Option<String>,
    },
}

fn last_seen(last: Option<&str>) -> String {
    last.map(|last| format!(": {last}")).unwrap_or_default()
}

impl WaitError {
    pub(crate) fn watch(target: impl Into<String>, source: Error) -> Self {
        WaitError::Watch {
            target: target.into(),
            source,
        }
    }

    /// Whether it only took too long.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self, WaitError::Timeout { .. })
    }
}

/// Waits until the object of this name is as it should be, and gives it as it
/// is then; none when the condition is about one that does not exist.
///
/// Lost watches are taken up again, however often. Dropping the future ends the
/// watch; see [`within`] for a bound.
///
/// # Errors
/// The object cannot be watched: a refusal that a later attempt would meet as well.
pub async fn await_condition<K: Object>(
    api: &Api<K>,
    name: &str,
    condition: impl Condition<K>,
) -> Result<Option<Arc<K>>, WaitError> {
    let mut watch = ObjectWatch::new(api, name);
    loop {
        let object = watch.next().await?;
        if condition.is_met(object.as_deref()) {
            return Ok(object);
        }
    }
}

/// The same for a kind that is known only at run time.
///
/// # Errors
/// As [`await_condition`].
pub async fn await_dynamic(
    api: &DynamicApi,
    name: &str,
    condition: impl Condition<SharedObject>,
) -> Result<Option<SharedObject>, WaitError> {
    let mut watch = DynamicWatch::new(api, name);
    loop {
        let object = watch.next().await?;
        if condition.is_met(object.as_ref()) {
            return Ok(object);
        }
    }
}

/// Bounds how long something may take, by the machine's clock;
/// [`Client::within`](crate::Client::within) goes by the client's. What is waited for
/// in tasks of their own is not told of.
///
/// # Errors
/// It took too long: it says how what was watched was last. Else its own.
pub async fn within<T>(
    timeout: Duration,
    work: impl Future<Output = Result<T, WaitError>>,
) -> Result<T, WaitError> {
    let over = tokio::time::sleep(timeout);
    seen::unless(work, over, timeout.as_secs()).await
}
