//! Pod network and service proxy, by netlink to the kernel.
//!
//! Two independent halves, each with one nftables table of its own per instance:
//!
//! * [`PodNetwork`] connects pods to a bridge: addresses that survive restarts, veth pairs,
//!   routes, host ports, and masquerading of what leaves the cluster.
//! * [`Proxy`] makes services reachable: it takes plain [`ServicePort`]s and keeps nftables
//!   *maps* in step with them, so that a change costs as many netlink attributes as it has
//!   changed endpoints, however many services there are.
//!
//! All of it is spoken to the kernel directly, by the small encoders in [`netlink`] and
//! [`nft`]; no `ip`, `nft` or `conntrack` program is needed.
//!
//! The core must not know Kubernetes' types, pods' containers or the kubelet. Only the
//! adapter [`kube`] knows the API.

pub mod conntrack;
mod error;
pub mod kube;
mod names;
pub mod netlink;
pub mod netns;
pub mod nft;
mod pod;
mod proxy;
pub mod route;
mod sys;
pub mod sysctl;

pub use error::Error;
pub use names::Names;
pub use pod::{Attachment, HostPort, NetnsRef, PodNetwork, PodNetworkConfig};
pub use proxy::{
    Endpoint, L4Protocol, Proxy, ProxyConfig, ServicePort, ServicePortName, SyncReport,
};
