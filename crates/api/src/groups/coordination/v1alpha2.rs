// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `coordination`, version `v1alpha2`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{MicroTime, ObjectMeta};

/// `LeaseCandidate`.
#[derive(Clone, Default, PartialEq)]
pub struct LeaseCandidate {
    pub metadata: ObjectMeta,
    pub spec: LeaseCandidateSpec,
}

skeg_schema::message! { LeaseCandidate = 292 { 0 metadata, 1 spec, } }

skeg_meta::object! { LeaseCandidate, "coordination.k8s.io", "v1alpha2", "leasecandidates", true, 293 }

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

skeg_schema::message! { LeaseCandidateSpec = 294 { 0 lease_name, 1 ping_time, 2 renew_time, 3 binary_version, 4 emulation_version, 5 strategy, } }
