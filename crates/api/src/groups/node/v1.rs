// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `node`, version `v1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{ObjectMeta, Quantity};
use std::collections::BTreeMap;

/// `Overhead`.
#[derive(Clone, Default, PartialEq)]
pub struct Overhead {
    pub pod_fixed: BTreeMap<String, Quantity>,
}

skeg_schema::message! { Overhead = 679 { 0 pod_fixed, } }

/// `RuntimeClass`.
#[derive(Clone, Default, PartialEq)]
pub struct RuntimeClass {
    pub metadata: ObjectMeta,
    pub handler: String,
    pub overhead: Option<Overhead>,
    pub scheduling: Option<Scheduling>,
}

skeg_schema::message! { RuntimeClass = 680 { 0 metadata, 1 handler, 2 overhead, 3 scheduling, } }

skeg_meta::object! { RuntimeClass, "node.k8s.io", "v1", "runtimeclasses", false, 681 }

/// A list of [`RuntimeClass`].
pub type RuntimeClassList = skeg_meta::List<RuntimeClass>;

/// `Scheduling`.
#[derive(Clone, Default, PartialEq)]
pub struct Scheduling {
    pub node_selector: BTreeMap<String, String>,
    pub tolerations: Vec<crate::core::v1::Toleration>,
}

skeg_schema::message! { Scheduling = 682 { 0 node_selector, 1 tolerations, } }
