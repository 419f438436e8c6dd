// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `coordination`, version `v1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{MicroTime, ObjectMeta};

/// `Lease`.
#[derive(Clone, Default, PartialEq)]
pub struct Lease {
    pub metadata: ObjectMeta,
    pub spec: LeaseSpec,
}

skeg_schema::message! { Lease = 289 { 0 metadata, 1 spec, } }

skeg_meta::object! { Lease, "coordination.k8s.io", "v1", "leases", true, 290 }

/// A list of [`Lease`].
pub type LeaseList = skeg_meta::List<Lease>;

/// `LeaseSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct LeaseSpec {
    pub holder_identity: Option<String>,
    pub lease_duration_seconds: Option<i32>,
    pub acquire_time: Option<MicroTime>,
    pub renew_time: Option<MicroTime>,
    pub lease_transitions: Option<i32>,
    pub strategy: Option<String>,
    pub preferred_holder: Option<String>,
}

skeg_schema::message! { LeaseSpec = 291 { 0 holder_identity, 1 lease_duration_seconds, 2 acquire_time, 3 renew_time, 4 lease_transitions, 5 strategy, 6 preferred_holder, } }

/// Values of `CoordinatedLeaseStrategy`.
pub mod coordinated_lease_strategy {
    pub const OLDEST_EMULATION_VERSION: &str = "OldestEmulationVersion";
}
