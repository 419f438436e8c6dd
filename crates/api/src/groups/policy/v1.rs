// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `policy`, version `v1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{IntOrString, ObjectMeta, Time};
use std::collections::BTreeMap;

/// `Eviction`.
#[derive(Clone, Default, PartialEq)]
pub struct Eviction {
    pub metadata: ObjectMeta,
    pub delete_options: Option<skeg_meta::DeleteOptions>,
}

skeg_schema::message! { Eviction = 683 { 0 metadata, 1 delete_options, } }

skeg_meta::object! { Eviction, "policy", "v1", "evictions", true, 683 }

/// `PodDisruptionBudget`.
#[derive(Clone, Default, PartialEq)]
pub struct PodDisruptionBudget {
    pub metadata: ObjectMeta,
    pub spec: PodDisruptionBudgetSpec,
    pub status: PodDisruptionBudgetStatus,
}

skeg_schema::message! { PodDisruptionBudget = 684 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { PodDisruptionBudget, "policy", "v1", "poddisruptionbudgets", true, 685 }

impl skeg_meta::HasStatus for PodDisruptionBudget {}

/// A list of [`PodDisruptionBudget`].
pub type PodDisruptionBudgetList = skeg_meta::List<PodDisruptionBudget>;

/// `PodDisruptionBudgetSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct PodDisruptionBudgetSpec {
    pub min_available: Option<IntOrString>,
    pub selector: Option<skeg_meta::LabelSelector>,
    pub max_unavailable: Option<IntOrString>,
    pub unhealthy_pod_eviction_policy: Option<String>,
}

skeg_schema::message! { PodDisruptionBudgetSpec = 686 { 0 min_available, 1 selector, 2 max_unavailable, 3 unhealthy_pod_eviction_policy, } }

/// `PodDisruptionBudgetStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct PodDisruptionBudgetStatus {
    pub observed_generation: i64,
    pub disrupted_pods: BTreeMap<String, Time>,
    pub disruptions_allowed: i32,
    pub current_healthy: i32,
    pub desired_healthy: i32,
    pub expected_pods: i32,
    pub conditions: Vec<skeg_meta::Condition>,
}

skeg_schema::message! { PodDisruptionBudgetStatus = 687 { 0 observed_generation, 1 disrupted_pods, 2 disruptions_allowed, 3 current_healthy, 4 desired_healthy, 5 expected_pods, 6 conditions, } }

/// Values of `UnhealthyPodEvictionPolicyType`.
pub mod unhealthy_pod_eviction_policy_type {
    pub const ALWAYS_ALLOW: &str = "AlwaysAllow";
    pub const IF_HEALTHY_BUDGET: &str = "IfHealthyBudget";
}
