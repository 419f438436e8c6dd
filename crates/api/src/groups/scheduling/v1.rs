// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `scheduling`, version `v1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::ObjectMeta;

/// `PriorityClass`.
#[derive(Clone, Default, PartialEq)]
pub struct PriorityClass {
    pub metadata: ObjectMeta,
    pub value: i32,
    pub global_default: bool,
    pub description: String,
    pub preemption_policy: Option<String>,
}

skeg_schema::message! { PriorityClass = 867 { 0 metadata, 1 value, 2 global_default, 3 description, 4 preemption_policy, } }

skeg_meta::object! { PriorityClass, "scheduling.k8s.io", "v1", "priorityclasses", false, 868 }

/// A list of [`PriorityClass`].
pub type PriorityClassList = skeg_meta::List<PriorityClass>;
