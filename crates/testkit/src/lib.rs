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
//! | to | use |
//! |---|---|
//! | have a cluster | [`Cluster::start`], [`Cluster::builder`] |
//! | talk to it | [`Cluster::client`], [`Cluster::https_client`]; other programs: [`Cluster::kubeconfig`] |
//! | fill it | [`Cluster::apply`], [`Cluster::load`], [`Builder::load`] |
//! | say how pods and nodes fare | [`PodScript`], [`NodeSpec`], [`Cluster::kubelet`] |
//! | wait for something | [`Cluster::expect`], [`Cluster::never`] |
//! | move time | [`Builder::virtual_time`], [`Cluster::advance`] |
//! | break something | [`Rule`], [`Fault`], [`Cluster::faults`] |
//! | try a custom kind without a cluster | [`check_definition`], [`admit`], [`admit_update`] |
//! | look back | [`Cluster::timeline`], [`Cluster::at`], [`Cluster::diff`] |
//! | play the server's part again without it | [`Builder::record`], [`Replay`] |
//!
//! # Time and faults
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! use std::time::Duration;
//! use skeg_api::batch::v1::Job;
//! use skeg_testkit::{Cluster, Fault, PodScript, Rule};
//!
//! let cluster = Cluster::builder()
//!     .virtual_time()
//!     .pods(PodScript::all().succeeds_after(Duration::from_secs(600)))
//!     .start()
//!     .await?;
//! // The controllers meet a conflict at every tenth write.
//! let conflicts = Rule::new(Fault::Conflict).agent("kube-").probability(0.1);
//! cluster.faults().inject(conflicts);
//! cluster.apply("
//! apiVersion: batch/v1
//! kind: Job
//! metadata: {name: report}
//! spec:
//!   template:
//!     spec: {restartPolicy: Never, containers: [{name: main, image: report}]}
//! ").await?;
//! let begun = cluster.revision();
//! // Ten minutes, in milliseconds.
//! cluster.expect::<Job>("report").to(|job| job.status.succeeded == 1).within(Duration::from_secs(900)).await;
//!
//! // What was there before, and what has happened since.
//! let then = cluster.at(begun).get::<Job>("report").await?.expect("there");
//! assert_eq!(then.status.succeeded, 0);
//! println!("{}", cluster.timeline_after(begun).await?.text());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! It may know every crate of the control plane, and nothing of a node's
//! runtime, network or images: what a node does is played by script.

#![deny(missing_docs)]

mod about;
mod builder;
mod cluster;
mod control;
mod definition;
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
pub use definition::{admit, admit_update, check_definition};
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
