//! Webhook servers: admission and conversion, with certificates that are made
//! and rotated by themselves.
//!
//! ```no_run
//! use skeg_api::core::v1::Pod;
//! use skeg_runtime::webhook::{Admission, Certificates, Denial, WebhookServer};
//!
//! # async fn run(client: skeg_client::Client, cancel: tokio_util::sync::CancellationToken) -> Result<(), skeg_runtime::webhook::WebhookError> {
//! let server = WebhookServer::new()
//!     .validate("/no-root", |request: Admission<Pod>| async move {
//!         match &request.object {
//!             Some(pod) if pod.spec.host_network => Err(Denial::new("no host network here")),
//!             _ => Ok(()),
//!         }
//!     })
//!     .certificates(Certificates::in_secret(client.clone(), "default", "hooks-ca", ["hooks.default.svc"]))
//!     .ca_of_validating(client, "no-root");
//! server.serve("0.0.0.0:8443", cancel).await
//! # }
//! ```
//!
//! A handler that panics answers 500, so that the hook's failure policy decides.

mod admission;
mod authority;
mod certificates;
mod conversion;
mod inject;
mod metrics;
mod review;
mod server;
#[cfg(test)]
mod tests;

pub use admission::{Admission, Change, Denial, Operation, Subject, Tree, Verdict};
pub use certificates::Certificates;
pub use conversion::Conversion;
pub(crate) use server::Readiness;
pub use server::{Running, WebhookServer};

/// Why a webhook server cannot run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: String,
        /// Why not.
        source: std::io::Error,
    },
    /// A certificate cannot be made.
    #[error("cannot make a certificate")]
    Certificate(#[source] skeg_client::BoxError),
    /// A certificate or key cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The Secret with the authority cannot be read or written.
    #[error("cannot share the authority in the secret {secret}")]
    Secret {
        /// Its namespace and name.
        secret: String,
        /// Why not.
        source: skeg_client::Error,
    },
    /// A path stands for two hooks.
    #[error("the path {0} is there twice")]
    Path(String),
}
