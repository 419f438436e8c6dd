//! A whole Kubernetes control plane inside a test process.
//!
//! [`Cluster::start`] gives an API server with its store in memory, all
//! controllers, the scheduler, and nodes whose kubelet plays the phases of pods
//! by script. It takes some milliseconds; hundreds run beside each other.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! use skeg_api::core::v1::Pod;
//! use skeg_testkit::Cluster;
//!
//! let cluster = Cluster::start().await?;
//! cluster.apply("
//! apiVersion: v1
//! kind: Pod
//! metadata: {name: hello}
//! spec: {containers: [{name: main, image: hello}]}
//! ").await?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! It may know every crate of the control plane, and nothing of a node's
//! runtime, network or images: what a node does is played by script.

mod about;
mod builder;
mod cluster;
mod control;
mod error;
mod expect;
mod faults;
mod gate;
pub mod guarantees;
mod history;
mod image;
mod kubelet;
mod manifests;
mod node_api;
mod pki;
mod record;
mod replay;
mod time;
mod timeline;
mod traffic;
mod users;

pub use about::About;
pub use builder::Builder;
pub use cluster::Cluster;
pub use error::Error;
pub use expect::{Expect, Unmet};
pub use faults::{Fault, Faults, Injected, Rule};
pub use history::{At, Change, ChangeKind, FieldChange};
pub use kubelet::{End, Kubelet, NodeSpec, PodScript};
pub use node_api::Answer;
pub use replay::Replay;
pub use time::VirtualClock;
pub use timeline::{Line, Timeline};
pub use traffic::Entry;
pub use users::User;

/// The programs of the README are compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
