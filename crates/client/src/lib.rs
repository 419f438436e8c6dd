//! A client of the Kubernetes API.
//!
//! The crate works against any API server: over HTTPS ([`Config`],
//! [`Client::from_config`]), or, where a server runs in the same process, over
//! a transport of its own ([`Transport`]) that passes whole objects and encodes
//! nothing. The typed [`Api`] and the [`DynamicApi`] are the same for both.
//!
//! It must not know any server, nor how objects are stored.

mod api;
mod client;
mod codec;
pub mod config;

mod discovery;
mod dynamic;
mod error;
mod frames;
mod https;
pub mod options;
mod patch;
mod payload;
mod resource;
mod retry;
mod scope;
mod subresources;
mod transport;
mod upgrade;

pub use api::{Api, List, Watch, WatchEvent};
pub use client::Client;
pub use config::{Config, ConfigError, Credentials, Impersonation, Kubeconfig};
pub use discovery::{ApiGroup, DiscoveredResource};
pub use dynamic::DynamicApi;
pub use error::Error;
pub use https::HttpsTransport;
pub use options::{
    CreateOptions, DeleteOptions, FieldValidation, GetOptions, ListOptions, LogOptions,
    PatchOptions, Propagation, UpdateOptions, VersionMatch, WatchOptions,
};
pub use patch::Patch;
pub use payload::{BoxError, Payload, SharedEvent, SharedList};
pub use resource::ApiResource;
pub use retry::RetryPolicy;
pub use scope::Deleted;
pub use subresources::LogStream;
pub use transport::{AssertedUser, InProcess, Transport, TransportError};
pub use upgrade::{UpgradeOffer, Upgraded, is_upgrade};
