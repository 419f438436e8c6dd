//! Cluster DNS.
//!
//! * [`Zone`] holds what the cluster's names mean, as plain data that is changed piece by
//!   piece: services, the endpoints of their slices, namespaces.
//! * [`Server`] answers over UDP and TCP: from the zone what is in the cluster's domain, from
//!   the machine's own name servers what is not.
//!
//! Messages are hickory's; sockets, limits and forwarding are our own, so that a query which
//! is forwarded reaches the other server as the client wrote it.
//!
//! The core must not know Kubernetes' types. Only the adapter [`kube`] knows the API.

mod answer;
mod forward;
pub mod kube;
mod metrics;
mod records;
mod server;
mod zone;

pub use forward::{ForwardOptions, Upstreams};
pub use metrics::Metrics;
pub use server::{Error, Server, ServerOptions};
pub use zone::{Endpoint, Port, Protocol, Service, ServiceKind, Zone};
