//! The resource table of Kubernetes: strategies, validation, printers,
//! allocators, admission plugins and the objects every cluster begins with.
//!
//! [`Registry`] is all of it. A kind's differences sit behind
//! [`strategy::Strategy`]; most are one row of a table
//! ([`strategies::kind::Kind`]). Everything works on trees
//! ([`skeg_schema::Value`]); other objects are read through
//! [`objects::Objects`].
//!
//! Must not know: HTTP, how objects are stored.

pub mod admission;
pub mod alloc;
pub mod bootstrap;
pub mod context;
mod cron;
pub mod custom;
pub mod defaults;
pub mod dump;
pub mod enablement;
pub mod errors;
mod gates;
pub mod generic;
mod gojson;
pub mod objects;
pub mod path;
pub mod printers;
pub mod resource;
pub mod scale;
pub mod strategies;
pub mod strategy;
pub mod tree;
pub mod validation;
pub mod virtuals;

pub use enablement::{Enablement, EnablementError};
pub use gates::{Feature, FeatureGate, Features, GateError, UnmetNeeds};
pub use resource::{Registry, Resource};
