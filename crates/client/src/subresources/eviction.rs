//! Evictions: deletions that a disruption budget may forbid.

use std::time::Duration;

use skeg_api::core::v1::Pod;
use skeg_api::policy::v1::Eviction;
use skeg_meta::{DeleteOptions, Preconditions};

use crate::api::Api;
use crate::error::Error;
use crate::options::CreateOptions;
use crate::retry::RetryPolicy;

/// How a pod is evicted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EvictOptions {
    /// How long the pod has to end by itself; its own grace period otherwise.
    pub grace_period_seconds: Option<i64>,
    /// Evict only the pod with this uid.
    pub uid: String,
    /// Go through everything but the deletion.
    pub dry_run: bool,
}

impl EvictOptions {
    /// With this grace period.
    #[must_use]
    pub fn grace(mut self, seconds: i64) -> Self {
        self.grace_period_seconds = Some(seconds);
        self
    }

    /// Only the pod with this uid.
    #[must_use]
    pub fn uid(mut self, uid: impl Into<String>) -> Self {
        self.uid = uid.into();
        self
    }

    /// Without the deletion itself.
    #[must_use]
    pub fn dry_run(mut self) -> Self {
        self.dry_run = true;
        self
    }
}

/// What became of an eviction.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Evicted {
    /// The pod is being deleted.
    Accepted,
    /// A budget forbids it now.
    Blocked {
        /// The server's words.
        message: String,
        /// When to ask again, if the server says so.
        retry_after: Option<Duration>,
    },
    /// There is no such pod (any more).
    Gone,
}

impl Evicted {
    /// Whether a budget forbids it now.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        matches!(self, Evicted::Blocked { .. })
    }
}

impl Api<Pod> {
    /// Asks for a pod to go, unless a disruption budget forbids it.
    ///
    /// # Errors
    /// The server refused for another reason than a budget; `is_conflict()`
    /// when the pod has another uid; else as for every request.
    pub async fn evict(&self, name: &str, options: &EvictOptions) -> Result<Evicted, Error> {
        if options
            .grace_period_seconds
            .is_some_and(|seconds| seconds < 0)
        {
            let why = "a grace period cannot be negative: use grace(0) to end the pod at once";
            self.core.allowed(Err(why), Some(name))?;
        }
        let mut eviction = Eviction::default();
        eviction.metadata.name = name.to_owned();
        if *options != EvictOptions::default() {
            eviction.delete_options = Some(DeleteOptions {
                grace_period_seconds: options.grace_period_seconds,
                preconditions: (!options.uid.is_empty()).then(|| Preconditions {
                    uid: Some(options.uid.clone()),
                    ..Preconditions::default()
                }),
                dry_run: if options.dry_run {
                    vec!["All".to_owned()]
                } else {
                    Vec::new()
                },
                ..DeleteOptions::default()
            });
        }
        // A budget's refusal is an answer; asking again in its stead would hide it.
        let mut once = self.clone();
        once.core.client = once.core.client.with_retry(RetryPolicy::none());
        let answer = once
            .post_for_status(name, "eviction", eviction, &CreateOptions::default())
            .await;
        match answer {
            Ok(_) => Ok(Evicted::Accepted),
            Err(error) if error.is_not_found() => Ok(Evicted::Gone),
            Err(error) if error.is_too_many_requests() && is_budget(&error) => {
                Ok(Evicted::Blocked {
                    retry_after: error.retry_after(),
                    message: words(&error),
                })
            }
            Err(error) => Err(error),
        }
    }
}

/// A budget names itself as the cause; an overloaded server does not.
fn is_budget(error: &Error) -> bool {
    let details = error.status().and_then(|status| status.details.as_ref());
    details.is_some_and(|details| {
        details
            .causes
            .iter()
            .any(|c| c.reason == "DisruptionBudget")
    })
}

fn words(error: &Error) -> String {
    let status = error.status();
    let causes = status
        .and_then(|status| status.details.as_ref())
        .map(|details| details.causes.as_slice())
        .unwrap_or_default();
    let mut text = status.map_or_else(String::new, |status| status.message.clone());
    for cause in causes.iter().filter(|cause| !cause.message.is_empty()) {
        text.push(' ');
        text.push_str(&cause.message);
    }
    text
}
