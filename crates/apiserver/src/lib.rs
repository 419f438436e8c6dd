//! A Kubernetes API server: filters, verbs, patch, discovery, watch cache.
//!
//! One path serves every kind: a request is read ([`request_info`]), its
//! sender is authenticated, may act as another, and is authorized
//! ([`ApiServer::call`]); then its verb works on trees and bytes, and only the
//! kind's strategy (crate `registry`) knows what the bytes mean. Requests come
//! from sockets ([`Listener`]) and from inside the process
//! ([`ApiServer::transport`]) through the same filters.
//!
//! Must not know: any one kind. Names of kinds stand in the resource table.

mod admit;
mod aggregation;
mod ask_store;
mod audit;
mod bootstrap;
mod cache;
mod call;
mod checks;
mod components;
mod core;
mod custom;
mod decode;
mod discovery;
mod election;
mod error;
mod flow;
mod go;
mod health;
mod identity;
mod lease;
mod loopback;
mod managed_fields;
mod metrics;
mod negotiate;
mod objects;
mod options;
mod patch;
mod policy;
mod proxy;
mod query;
mod ranges;
mod reply;
pub mod request_info;
mod route;
mod seam;
mod selectors;
mod served;
mod server;
mod stored;
mod table;
mod token_lookup;
mod trace;
mod verbs;
mod webhook;
mod wsstream;
mod zpages;

pub use crate::bootstrap::BootstrapError;
pub use crate::components::Component;
pub use crate::core::{ApiServer, Builder, MoreMetrics, Options, RequestHeader, StartError};
pub use crate::health::{AskFn, CheckFn, Health};
pub use crate::metrics::MetricRules;
pub use crate::proxy::{NodeConnector, NodeStream, NodeTarget};
pub use crate::seam::{Asker, Interceptor, Severed};
pub use crate::server::{Connection, Dress, Listener, ListenerTls};
pub use crate::stored::{StorageMediaType, read_stored};
pub use crate::trace::TracingConfiguration;
pub use crate::zpages::{SetVerbosity, on_verbosity};
