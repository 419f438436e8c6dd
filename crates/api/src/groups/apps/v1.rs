// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `apps`, version `v1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{IntOrString, ObjectMeta, Time};
use skeg_schema::Value;

/// `ControllerRevision`.
#[derive(Clone, Default, PartialEq)]
pub struct ControllerRevision {
    pub metadata: ObjectMeta,
    pub data: Value,
    pub revision: i64,
}

skeg_schema::message! { ControllerRevision = 147 { 0 metadata, 1 data, 2 revision, } }

skeg_meta::object! { ControllerRevision, "apps", "v1", "controllerrevisions", true, 148 }

/// A list of [`ControllerRevision`].
pub type ControllerRevisionList = skeg_meta::List<ControllerRevision>;

/// `DaemonSet`.
#[derive(Clone, Default, PartialEq)]
pub struct DaemonSet {
    pub metadata: ObjectMeta,
    pub spec: DaemonSetSpec,
    pub status: DaemonSetStatus,
}

skeg_schema::message! { DaemonSet = 149 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { DaemonSet, "apps", "v1", "daemonsets", true, 151 }

impl skeg_meta::HasStatus for DaemonSet {}

/// `DaemonSetCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct DaemonSetCondition {
    pub type_: String,
    pub status: String,
    pub last_transition_time: Option<Time>,
    pub reason: String,
    pub message: String,
}

skeg_schema::message! { DaemonSetCondition = 150 { 0 type_, 1 status, 2 last_transition_time, 3 reason, 4 message, } }

/// A list of [`DaemonSet`].
pub type DaemonSetList = skeg_meta::List<DaemonSet>;

/// `DaemonSetSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct DaemonSetSpec {
    pub selector: Option<skeg_meta::LabelSelector>,
    pub template: crate::core::v1::PodTemplateSpec,
    pub update_strategy: DaemonSetUpdateStrategy,
    pub min_ready_seconds: i32,
    pub revision_history_limit: Option<i32>,
}

skeg_schema::message! { DaemonSetSpec = 152 { 0 selector, 1 template, 2 update_strategy, 3 min_ready_seconds, 4 revision_history_limit, } }

/// `DaemonSetStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct DaemonSetStatus {
    pub current_number_scheduled: i32,
    pub number_misscheduled: i32,
    pub desired_number_scheduled: i32,
    pub number_ready: i32,
    pub observed_generation: i64,
    pub updated_number_scheduled: i32,
    pub number_available: i32,
    pub number_unavailable: i32,
    pub collision_count: Option<i32>,
    pub conditions: Vec<DaemonSetCondition>,
}

skeg_schema::message! { DaemonSetStatus = 153 { 0 current_number_scheduled, 1 number_misscheduled, 2 desired_number_scheduled, 3 number_ready, 4 observed_generation, 5 updated_number_scheduled, 6 number_available, 7 number_unavailable, 8 collision_count, 9 conditions, } }

/// `DaemonSetUpdateStrategy`.
#[derive(Clone, Default, PartialEq)]
pub struct DaemonSetUpdateStrategy {
    pub type_: String,
    pub rolling_update: Option<RollingUpdateDaemonSet>,
}

skeg_schema::message! { DaemonSetUpdateStrategy = 154 { 0 type_, 1 rolling_update, } }

/// `Deployment`.
#[derive(Clone, Default, PartialEq)]
pub struct Deployment {
    pub metadata: ObjectMeta,
    pub spec: DeploymentSpec,
    pub status: DeploymentStatus,
}

skeg_schema::message! { Deployment = 155 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { Deployment, "apps", "v1", "deployments", true, 157 }

impl skeg_meta::HasStatus for Deployment {}

impl skeg_meta::HasScale for Deployment {}

/// `DeploymentCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct DeploymentCondition {
    pub type_: String,
    pub status: String,
    pub last_update_time: Option<Time>,
    pub last_transition_time: Option<Time>,
    pub reason: String,
    pub message: String,
}

skeg_schema::message! { DeploymentCondition = 156 { 0 type_, 1 status, 2 last_update_time, 3 last_transition_time, 4 reason, 5 message, } }

/// A list of [`Deployment`].
pub type DeploymentList = skeg_meta::List<Deployment>;

/// `DeploymentSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct DeploymentSpec {
    pub replicas: Option<i32>,
    pub selector: Option<skeg_meta::LabelSelector>,
    pub template: crate::core::v1::PodTemplateSpec,
    pub strategy: DeploymentStrategy,
    pub min_ready_seconds: i32,
    pub revision_history_limit: Option<i32>,
    pub paused: bool,
    pub progress_deadline_seconds: Option<i32>,
}

skeg_schema::message! { DeploymentSpec = 158 { 0 replicas, 1 selector, 2 template, 3 strategy, 4 min_ready_seconds, 5 revision_history_limit, 6 paused, 7 progress_deadline_seconds, } }

/// `DeploymentStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct DeploymentStatus {
    pub observed_generation: i64,
    pub replicas: i32,
    pub updated_replicas: i32,
    pub ready_replicas: i32,
    pub available_replicas: i32,
    pub unavailable_replicas: i32,
    pub terminating_replicas: Option<i32>,
    pub conditions: Vec<DeploymentCondition>,
    pub collision_count: Option<i32>,
}

skeg_schema::message! { DeploymentStatus = 159 { 0 observed_generation, 1 replicas, 2 updated_replicas, 3 ready_replicas, 4 available_replicas, 5 unavailable_replicas, 6 terminating_replicas, 7 conditions, 8 collision_count, } }

/// `DeploymentStrategy`.
#[derive(Clone, Default, PartialEq)]
pub struct DeploymentStrategy {
    pub type_: String,
    pub rolling_update: Option<RollingUpdateDeployment>,
}

skeg_schema::message! { DeploymentStrategy = 160 { 0 type_, 1 rolling_update, } }

/// `ReplicaSet`.
#[derive(Clone, Default, PartialEq)]
pub struct ReplicaSet {
    pub metadata: ObjectMeta,
    pub spec: ReplicaSetSpec,
    pub status: ReplicaSetStatus,
}

skeg_schema::message! { ReplicaSet = 161 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { ReplicaSet, "apps", "v1", "replicasets", true, 163 }

impl skeg_meta::HasStatus for ReplicaSet {}

impl skeg_meta::HasScale for ReplicaSet {}

/// `ReplicaSetCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct ReplicaSetCondition {
    pub type_: String,
    pub status: String,
    pub last_transition_time: Option<Time>,
    pub reason: String,
    pub message: String,
}

skeg_schema::message! { ReplicaSetCondition = 162 { 0 type_, 1 status, 2 last_transition_time, 3 reason, 4 message, } }

/// A list of [`ReplicaSet`].
pub type ReplicaSetList = skeg_meta::List<ReplicaSet>;

/// `ReplicaSetSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct ReplicaSetSpec {
    pub replicas: Option<i32>,
    pub min_ready_seconds: i32,
    pub selector: Option<skeg_meta::LabelSelector>,
    pub template: crate::core::v1::PodTemplateSpec,
}

skeg_schema::message! { ReplicaSetSpec = 164 { 0 replicas, 1 min_ready_seconds, 2 selector, 3 template, } }

/// `ReplicaSetStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ReplicaSetStatus {
    pub replicas: i32,
    pub fully_labeled_replicas: i32,
    pub ready_replicas: i32,
    pub available_replicas: i32,
    pub terminating_replicas: Option<i32>,
    pub observed_generation: i64,
    pub conditions: Vec<ReplicaSetCondition>,
}

skeg_schema::message! { ReplicaSetStatus = 165 { 0 replicas, 1 fully_labeled_replicas, 2 ready_replicas, 3 available_replicas, 4 terminating_replicas, 5 observed_generation, 6 conditions, } }

/// `RollingUpdateDaemonSet`.
#[derive(Clone, Default, PartialEq)]
pub struct RollingUpdateDaemonSet {
    pub max_unavailable: Option<IntOrString>,
    pub max_surge: Option<IntOrString>,
}

skeg_schema::message! { RollingUpdateDaemonSet = 166 { 0 max_unavailable, 1 max_surge, } }

/// `RollingUpdateDeployment`.
#[derive(Clone, Default, PartialEq)]
pub struct RollingUpdateDeployment {
    pub max_unavailable: Option<IntOrString>,
    pub max_surge: Option<IntOrString>,
}

skeg_schema::message! { RollingUpdateDeployment = 167 { 0 max_unavailable, 1 max_surge, } }

/// `RollingUpdateStatefulSetStrategy`.
#[derive(Clone, Default, PartialEq)]
pub struct RollingUpdateStatefulSetStrategy {
    pub partition: Option<i32>,
    pub max_unavailable: Option<IntOrString>,
}

skeg_schema::message! { RollingUpdateStatefulSetStrategy = 168 { 0 partition, 1 max_unavailable, } }

/// `StatefulSet`.
#[derive(Clone, Default, PartialEq)]
pub struct StatefulSet {
    pub metadata: ObjectMeta,
    pub spec: StatefulSetSpec,
    pub status: StatefulSetStatus,
}

skeg_schema::message! { StatefulSet = 169 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { StatefulSet, "apps", "v1", "statefulsets", true, 171 }

impl skeg_meta::HasStatus for StatefulSet {}

impl skeg_meta::HasScale for StatefulSet {}

/// `StatefulSetCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct StatefulSetCondition {
    pub type_: String,
    pub status: String,
    pub last_transition_time: Option<Time>,
    pub reason: String,
    pub message: String,
}

skeg_schema::message! { StatefulSetCondition = 170 { 0 type_, 1 status, 2 last_transition_time, 3 reason, 4 message, } }

/// A list of [`StatefulSet`].
pub type StatefulSetList = skeg_meta::List<StatefulSet>;

/// `StatefulSetOrdinals`.
#[derive(Clone, Default, PartialEq)]
pub struct StatefulSetOrdinals {
    pub start: i32,
}

skeg_schema::message! { StatefulSetOrdinals = 172 { 0 start, } }

/// `StatefulSetPersistentVolumeClaimRetentionPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct StatefulSetPersistentVolumeClaimRetentionPolicy {
    pub when_deleted: String,
    pub when_scaled: String,
}

skeg_schema::message! { StatefulSetPersistentVolumeClaimRetentionPolicy = 173 { 0 when_deleted, 1 when_scaled, } }

/// `StatefulSetSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct StatefulSetSpec {
    pub replicas: Option<i32>,
    pub selector: Option<skeg_meta::LabelSelector>,
    pub template: crate::core::v1::PodTemplateSpec,
    pub volume_claim_templates: Vec<crate::core::v1::PersistentVolumeClaim>,
    pub service_name: String,
    pub pod_management_policy: String,
    pub update_strategy: StatefulSetUpdateStrategy,
    pub revision_history_limit: Option<i32>,
    pub min_ready_seconds: i32,
    pub persistent_volume_claim_retention_policy:
        Option<StatefulSetPersistentVolumeClaimRetentionPolicy>,
    pub ordinals: Option<StatefulSetOrdinals>,
}

skeg_schema::message! { StatefulSetSpec = 174 { 0 replicas, 1 selector, 2 template, 3 volume_claim_templates, 4 service_name, 5 pod_management_policy, 6 update_strategy, 7 revision_history_limit, 8 min_ready_seconds, 9 persistent_volume_claim_retention_policy, 10 ordinals, } }

/// `StatefulSetStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct StatefulSetStatus {
    pub observed_generation: i64,
    pub replicas: i32,
    pub ready_replicas: i32,
    pub current_replicas: i32,
    pub updated_replicas: i32,
    pub current_revision: String,
    pub update_revision: String,
    pub collision_count: Option<i32>,
    pub conditions: Vec<StatefulSetCondition>,
    pub available_replicas: i32,
}

skeg_schema::message! { StatefulSetStatus = 175 { 0 observed_generation, 1 replicas, 2 ready_replicas, 3 current_replicas, 4 updated_replicas, 5 current_revision, 6 update_revision, 7 collision_count, 8 conditions, 9 available_replicas, } }

/// `StatefulSetUpdateStrategy`.
#[derive(Clone, Default, PartialEq)]
pub struct StatefulSetUpdateStrategy {
    pub type_: String,
    pub rolling_update: Option<RollingUpdateStatefulSetStrategy>,
}

skeg_schema::message! { StatefulSetUpdateStrategy = 176 { 0 type_, 1 rolling_update, } }

/// Values of `DaemonSetUpdateStrategyType`.
pub mod daemon_set_update_strategy_type {
    pub const ON_DELETE: &str = "OnDelete";
    pub const ROLLING_UPDATE: &str = "RollingUpdate";
}

/// Values of `DeploymentConditionType`.
pub mod deployment_condition_type {
    pub const AVAILABLE: &str = "Available";
    pub const PROGRESSING: &str = "Progressing";
    pub const REPLICA_FAILURE: &str = "ReplicaFailure";
}

/// Values of `DeploymentStrategyType`.
pub mod deployment_strategy_type {
    pub const RECREATE: &str = "Recreate";
    pub const ROLLING_UPDATE: &str = "RollingUpdate";
}

/// Values of `PersistentVolumeClaimRetentionPolicyType`.
pub mod persistent_volume_claim_retention_policy_type {
    pub const DELETE: &str = "Delete";
    pub const RETAIN: &str = "Retain";
}

/// Values of `PodManagementPolicyType`.
pub mod pod_management_policy_type {
    pub const ORDERED_READY: &str = "OrderedReady";
    pub const PARALLEL: &str = "Parallel";
}

/// Values of `ReplicaSetConditionType`.
pub mod replica_set_condition_type {
    pub const REPLICA_FAILURE: &str = "ReplicaFailure";
}

/// Values of `StatefulSetConditionType`.
pub mod stateful_set_condition_type {
    pub const PROGRESSING: &str = "Progressing";
}

/// Values of `StatefulSetUpdateStrategyType`.
pub mod stateful_set_update_strategy_type {
    pub const ON_DELETE: &str = "OnDelete";
    pub const RECREATE: &str = "Recreate";
    pub const ROLLING_UPDATE: &str = "RollingUpdate";
}
