//! What people ask of the kinds, as methods of their structs: whether a pod is
//! ready, what it requests, whether a job has ended, which port a service's
//! port leads to.
//!
//! Conditions of every kind are reached in one way, through [`HasConditions`].

mod conditions;
#[cfg(feature = "resource")]
mod devices;
#[cfg(feature = "discovery")]
mod endpoints;
#[cfg(feature = "core")]
mod node;
#[cfg(feature = "core")]
mod pod;
#[cfg(feature = "core")]
mod requests;
#[cfg(feature = "core")]
mod service;
#[cfg(feature = "core")]
mod storage;
#[cfg(any(feature = "apps", feature = "batch"))]
mod workloads;

pub use conditions::HasConditions;
#[cfg(feature = "core")]
pub use pod::QosClass;
#[cfg(feature = "core")]
pub use requests::ResourceList;
