//! A client of the Kubernetes API.
//!
//! The crate works against any API server: over HTTPS ([`Config`],
//! [`Client::from_config`]), or, where a server runs in the same process, over
//! a transport of its own ([`Transport`]) that passes whole objects and encodes
//! nothing. The typed [`Api`] and the [`DynamicApi`] are the same for both.
//!
//! It must not know any server, nor how objects are stored.

#![deny(missing_docs)]

pub mod access;
mod api;
pub mod apply;
mod attempt;
mod batch;
pub mod breaker;
mod client;
mod codec;
pub mod config;

pub mod crd;
#[cfg(feature = "csr")]
pub mod csr;
pub mod diff;
mod discovery;
pub mod drain;
mod dynamic;
mod error;
mod flight;
#[cfg(feature = "k8s-openapi")]
mod foreign;
mod frames;
mod https;
pub mod limit;
mod listing;
pub mod manifests;
mod metadata;
pub mod openapi;
pub mod options;
mod patch;
mod payload;
mod resource;
mod retry;
pub mod rollout;
mod scope;
pub mod streams;
mod subresources;
pub mod telemetry;
pub mod tls;
mod transport;
mod upgrade;
pub mod validate;
pub mod wait;

pub use api::{Api, List, Watch, WatchEvent};
pub use apply::{Apply, ApplyOptions, FieldConflict};
pub use batch::Batch;
pub use breaker::BreakerPolicy;
pub use client::Client;
pub use config::{Config, ConfigError, Credentials, Impersonation, Kubeconfig};
#[doc(hidden)]
pub use crd::support as __derive;
pub use crd::{CustomResource, JsonSchema};
pub use discovery::{
    ApiGroup, Catalog, CatalogGroup, CatalogVersion, DiscoveredResource, Discovery, MapError,
    RestMapper, ServerVersion,
};
pub use dynamic::DynamicApi;
pub use error::Error;
pub use flight::Coalesced;
#[cfg(feature = "k8s-openapi")]
pub use foreign::{Foreign, ForeignKind, Scoped};
pub use https::HttpsTransport;
pub use limit::{Priority, RateLimit};
pub use metadata::MetadataApi;
pub use options::{
    CreateOptions, DeleteOptions, FieldValidation, GetOptions, ListOptions, LogOptions,
    PatchOptions, Propagation, UpdateOptions, VersionMatch, WatchOptions,
};
pub use patch::{JsonPatch, Patch, PatchError, pointer};
pub use payload::{BoxError, Payload, SharedEvent, SharedList};
pub use resource::ApiResource;
pub use retry::RetryPolicy;
pub use scope::Deleted;
#[cfg(feature = "derive")]
pub use skeg_derive::{CustomResource, JsonSchema};
pub use subresources::LogStream;

/// Subresources and what they take and give.
pub mod subresource {
    pub use crate::subresources::{
        EvictOptions, Evicted, HasProxy, HasScale, HasStatus, ProxyAnswer, ProxyRequest,
    };
}
pub use transport::{AssertedUser, InProcess, Transport, TransportError};
pub use upgrade::{UpgradeOffer, Upgraded, is_upgrade};

/// The programs of the README are compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// Those of the README of the derive macros, which stand on this crate.
#[cfg(all(doctest, feature = "derive"))]
#[doc = include_str!("../../derive/README.md")]
struct ReadmeOfDerive;
