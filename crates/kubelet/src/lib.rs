//! The kubelet: it makes the pods that are bound to its node run, and tells
//! how they are doing.
//!
//! Each pod has one serial actor, its worker, which alone touches the pod's
//! sandbox, containers, volumes and status. What to do next (`plan`) and what
//! to tell (`status`) are pure functions of the pod's spec and of what the
//! runtime says. Nothing polls: the runtime, the API and the probes stir a
//! worker.
//!
//! It must not know the store, nor the API server.

mod admit;
mod allocation;
mod cluster;
mod container;
mod containers;
mod dns;
mod fields;
mod grpc;
mod hooks;
mod http_get;
mod images;
mod manager;
mod names;
mod node;
mod plan;
mod pod_api;
mod probes;
mod register;
mod resources;
mod room;
mod run;
mod security;
pub mod server;
mod status;
mod volumes;
mod worker;

pub use run::{Config, run};
pub use volumes::remove_folder;
