//! Server-side apply: typed configurations that say only what their writer
//! wants to own, and what comes back when two want the same.
//!
//! A configuration is an [`Apply<K>`]. It is written with [`apply!`](crate::apply!),
//! which the compiler checks against the kind's struct, taken from a struct
//! ([`Apply::of`]), or extracted from an object as the part that a manager owns
//! ([`Apply::extract`]). [`Api::apply`](crate::Api::apply) sends it.
//!
//! ```
//! use skeg_api::apps::v1::Deployment;
//! use skeg_client::apply;
//!
//! let replicas = 3;
//! let config = apply!(Deployment, "web", {
//!     metadata: { namespace: "shop", labels: { "app": "web" } },
//!     spec: {
//!         replicas: replicas,
//!         min_ready_seconds: 0,
//!         selector: { match_labels: { "app": "web" } },
//!         template: {
//!             metadata: { labels: { "app": "web" } },
//!             spec: { containers: [{
//!                 name: "web",
//!                 image: "example.com/web:1",
//!                 resources: { requests: { "cpu": "100m" } },
//!                 ports: [{ container_port: 80 }],
//!             }] },
//!         },
//!     },
//! });
//! let tree = config.into_tree()?;
//! // What is said is there, zero or not; what is not said is not.
//! assert_eq!(tree["spec"]["minReadySeconds"], 0);
//! assert!(tree["spec"].get("paused").is_none());
//! # Ok::<(), skeg_client::apply::ApplyError>(())
//! ```

mod build;
mod config;
mod conflict;
mod extract;
mod options;
mod said;
mod takeover;

pub use build::{Set, SetError};
pub use config::{Apply, ApplyError};
pub use conflict::FieldConflict;
pub use options::ApplyOptions;
pub use takeover::take_over;

#[doc(hidden)]
pub mod private {
    pub use super::build::{Builder, PlaceAny, PlaceOption};
}

#[cfg(test)]
mod tests;
