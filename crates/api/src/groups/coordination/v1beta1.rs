// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `coordination`, version `v1beta1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{MicroTime, ObjectMeta};

/// `Lease`.
#[derive(Clone, Default, PartialEq)]
pub struct Lease {
    pub metadata: ObjectMeta,
    pub spec: LeaseSpec,
}

skeg_schema::message! { Lease = 295 { 0 metadata, 1 spec, } }

skeg_meta::object! { Lease, "coordination.k8s.io", "v1beta1", "leases", true, 299 }

/// `LeaseCandidate`.
#[derive(Clone, Default, PartialEq)]
pub struct LeaseCandidate {
    pub metadata: ObjectMeta,
    pub spec: LeaseCandidateSpec,
}

skeg_schema::message! { LeaseCandidate = 296 { 0 metadata, 1 spec, } }

skeg_meta::object! { LeaseCandidate, "coordination.k8s.io", "v1beta1", "leasecandidates", true, 297 }

/// A list of [`LeaseCandidate`].
pub type LeaseCandidateList = skeg_meta::List<LeaseCandidate>;

/// `LeaseCandidateSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct LeaseCandidateSpec {
    pub lease_name: String,
    pub ping_time: Option<MicroTime>,
    pub renew_time: Option<MicroTime>,
    pub binary_version: String,
    pub emulation_version: String,
    pub strategy: String,
}

skeg_schema::message! { LeaseCandidateSpec = 298 { 0 lease_name, 1 ping_time, 2 renew_time, 3 binary_version, 4 emulation_version, 5 strategy, } }

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

skeg_schema::message! { LeaseSpec = 300 { 0 holder_identity, 1 lease_duration_seconds, 2 acquire_time, 3 renew_time, 4 lease_transitions, 5 strategy, 6 preferred_holder, } }
