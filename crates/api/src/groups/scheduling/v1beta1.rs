// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `scheduling`, version `v1beta1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::ObjectMeta;

/// `AllCompositeDisruptionMode`.
#[derive(Clone, Default, PartialEq)]
pub struct AllCompositeDisruptionMode {}

skeg_schema::message! { AllCompositeDisruptionMode = 916 { } }

/// `AllDisruptionMode`.
#[derive(Clone, Default, PartialEq)]
pub struct AllDisruptionMode {}

skeg_schema::message! { AllDisruptionMode = 917 { } }

/// `BasicSchedulingPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct BasicSchedulingPolicy {}

skeg_schema::message! { BasicSchedulingPolicy = 918 { } }

/// `CompositeBasicSchedulingPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct CompositeBasicSchedulingPolicy {}

skeg_schema::message! { CompositeBasicSchedulingPolicy = 919 { } }

/// `CompositeDisruptionMode`.
#[derive(Clone, Default, PartialEq)]
pub struct CompositeDisruptionMode {
    pub single: Option<SingleCompositeDisruptionMode>,
    pub all: Option<AllCompositeDisruptionMode>,
}

skeg_schema::message! { CompositeDisruptionMode = 920 { 0 single, 1 all, } }

/// `CompositeGangSchedulingPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct CompositeGangSchedulingPolicy {
    pub min_group_count: i32,
}

skeg_schema::message! { CompositeGangSchedulingPolicy = 921 { 0 min_group_count, } }

/// `CompositePodGroupSchedulingConstraints`.
#[derive(Clone, Default, PartialEq)]
pub struct CompositePodGroupSchedulingConstraints {
    pub topology: Vec<TopologyConstraint>,
}

skeg_schema::message! { CompositePodGroupSchedulingConstraints = 922 { 0 topology, } }

/// `CompositePodGroupSchedulingPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct CompositePodGroupSchedulingPolicy {
    pub basic: Option<CompositeBasicSchedulingPolicy>,
    pub gang: Option<CompositeGangSchedulingPolicy>,
}

skeg_schema::message! { CompositePodGroupSchedulingPolicy = 923 { 0 basic, 1 gang, } }

/// `CompositePodGroupTemplate`.
#[derive(Clone, Default, PartialEq)]
pub struct CompositePodGroupTemplate {
    pub name: String,
    pub scheduling_policy: CompositePodGroupSchedulingPolicy,
    pub scheduling_constraints: Option<CompositePodGroupSchedulingConstraints>,
    pub disruption_mode: Option<CompositeDisruptionMode>,
    pub priority_class_name: String,
    pub priority: Option<i32>,
    pub preemption_policy: Option<String>,
    pub pod_group_templates: Vec<PodGroupTemplate>,
    pub composite_pod_group_templates: Vec<CompositePodGroupTemplate>,
}

skeg_schema::message! { CompositePodGroupTemplate = 924 { 0 name, 1 scheduling_policy, 2 scheduling_constraints, 3 disruption_mode, 4 priority_class_name, 5 priority, 6 preemption_policy, 7 pod_group_templates, 8 composite_pod_group_templates, } }

/// `DisruptionMode`.
#[derive(Clone, Default, PartialEq)]
pub struct DisruptionMode {
    pub single: Option<SingleDisruptionMode>,
    pub all: Option<AllDisruptionMode>,
}

skeg_schema::message! { DisruptionMode = 925 { 0 single, 1 all, } }

/// `GangSchedulingPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct GangSchedulingPolicy {
    pub min_count: i32,
}

skeg_schema::message! { GangSchedulingPolicy = 926 { 0 min_count, } }

/// `PodGroup`.
#[derive(Clone, Default, PartialEq)]
pub struct PodGroup {
    pub metadata: ObjectMeta,
    pub spec: PodGroupSpec,
    pub status: PodGroupStatus,
}

skeg_schema::message! { PodGroup = 927 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { PodGroup, "scheduling.k8s.io", "v1beta1", "podgroups", true, 928 }

impl skeg_meta::HasStatus for PodGroup {}

/// A list of [`PodGroup`].
pub type PodGroupList = skeg_meta::List<PodGroup>;

/// `PodGroupResourceClaim`.
#[derive(Clone, Default, PartialEq)]
pub struct PodGroupResourceClaim {
    pub name: String,
    pub resource_claim_name: Option<String>,
    pub resource_claim_template_name: Option<String>,
}

skeg_schema::message! { PodGroupResourceClaim = 929 { 0 name, 1 resource_claim_name, 2 resource_claim_template_name, } }

/// `PodGroupResourceClaimStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct PodGroupResourceClaimStatus {
    pub name: String,
    pub resource_claim_name: Option<String>,
}

skeg_schema::message! { PodGroupResourceClaimStatus = 930 { 0 name, 1 resource_claim_name, } }

/// `PodGroupSchedulingConstraints`.
#[derive(Clone, Default, PartialEq)]
pub struct PodGroupSchedulingConstraints {
    pub topology: Vec<TopologyConstraint>,
}

skeg_schema::message! { PodGroupSchedulingConstraints = 931 { 0 topology, } }

/// `PodGroupSchedulingPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct PodGroupSchedulingPolicy {
    pub basic: Option<BasicSchedulingPolicy>,
    pub gang: Option<GangSchedulingPolicy>,
}

skeg_schema::message! { PodGroupSchedulingPolicy = 932 { 0 basic, 1 gang, } }

/// `PodGroupSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct PodGroupSpec {
    pub parent_composite_pod_group_name: Option<String>,
    pub workload_ref: Option<WorkloadReference>,
    pub scheduling_policy: PodGroupSchedulingPolicy,
    pub scheduling_constraints: Option<PodGroupSchedulingConstraints>,
    pub resource_claims: Vec<PodGroupResourceClaim>,
    pub disruption_mode: Option<DisruptionMode>,
    pub priority_class_name: String,
    pub priority: Option<i32>,
    pub preemption_policy: Option<String>,
}

skeg_schema::message! { PodGroupSpec = 933 { 0 parent_composite_pod_group_name, 1 workload_ref, 2 scheduling_policy, 3 scheduling_constraints, 4 resource_claims, 5 disruption_mode, 6 priority_class_name, 7 priority, 8 preemption_policy, } }

/// `PodGroupStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct PodGroupStatus {
    pub conditions: Vec<skeg_meta::Condition>,
    pub resource_claim_statuses: Vec<PodGroupResourceClaimStatus>,
}

skeg_schema::message! { PodGroupStatus = 934 { 0 conditions, 1 resource_claim_statuses, } }

/// `PodGroupTemplate`.
#[derive(Clone, Default, PartialEq)]
pub struct PodGroupTemplate {
    pub name: String,
    pub scheduling_policy: PodGroupSchedulingPolicy,
    pub scheduling_constraints: Option<PodGroupSchedulingConstraints>,
    pub resource_claims: Vec<PodGroupResourceClaim>,
    pub disruption_mode: Option<DisruptionMode>,
    pub priority_class_name: String,
    pub priority: Option<i32>,
    pub preemption_policy: Option<String>,
}

skeg_schema::message! { PodGroupTemplate = 935 { 0 name, 1 scheduling_policy, 2 scheduling_constraints, 3 resource_claims, 4 disruption_mode, 5 priority_class_name, 6 priority, 7 preemption_policy, } }

/// `PriorityClass`.
#[derive(Clone, Default, PartialEq)]
pub struct PriorityClass {
    pub metadata: ObjectMeta,
    pub value: i32,
    pub global_default: bool,
    pub description: String,
    pub preemption_policy: Option<String>,
}

skeg_schema::message! { PriorityClass = 936 { 0 metadata, 1 value, 2 global_default, 3 description, 4 preemption_policy, } }

skeg_meta::object! { PriorityClass, "scheduling.k8s.io", "v1beta1", "priorityclasses", false, 937 }

/// A list of [`PriorityClass`].
pub type PriorityClassList = skeg_meta::List<PriorityClass>;

/// `SingleCompositeDisruptionMode`.
#[derive(Clone, Default, PartialEq)]
pub struct SingleCompositeDisruptionMode {}

skeg_schema::message! { SingleCompositeDisruptionMode = 938 { } }

/// `SingleDisruptionMode`.
#[derive(Clone, Default, PartialEq)]
pub struct SingleDisruptionMode {}

skeg_schema::message! { SingleDisruptionMode = 939 { } }

/// `TopologyConstraint`.
#[derive(Clone, Default, PartialEq)]
pub struct TopologyConstraint {
    pub key: String,
}

skeg_schema::message! { TopologyConstraint = 940 { 0 key, } }

/// `TypedLocalObjectReference`.
#[derive(Clone, Default, PartialEq)]
pub struct TypedLocalObjectReference {
    pub api_group: String,
    pub kind: String,
    pub name: String,
}

skeg_schema::message! { TypedLocalObjectReference = 941 { 0 api_group, 1 kind, 2 name, } }

/// `Workload`.
#[derive(Clone, Default, PartialEq)]
pub struct Workload {
    pub metadata: ObjectMeta,
    pub spec: WorkloadSpec,
}

skeg_schema::message! { Workload = 942 { 0 metadata, 1 spec, } }

skeg_meta::object! { Workload, "scheduling.k8s.io", "v1beta1", "workloads", true, 943 }

/// A list of [`Workload`].
pub type WorkloadList = skeg_meta::List<Workload>;

/// `WorkloadReference`.
#[derive(Clone, Default, PartialEq)]
pub struct WorkloadReference {
    pub workload_name: String,
    pub template_name: String,
}

skeg_schema::message! { WorkloadReference = 944 { 0 workload_name, 1 template_name, } }

/// `WorkloadSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct WorkloadSpec {
    pub controller_ref: Option<TypedLocalObjectReference>,
    pub pod_group_templates: Vec<PodGroupTemplate>,
    pub composite_pod_group_templates: Vec<CompositePodGroupTemplate>,
}

skeg_schema::message! { WorkloadSpec = 945 { 0 controller_ref, 1 pod_group_templates, 2 composite_pod_group_templates, } }

/// Values of `PreemptionPolicy`.
pub mod preemption_policy {
    pub const NEVER: &str = "Never";
    pub const PREEMPT_LOWER_PRIORITY: &str = "PreemptLowerPriority";
}
