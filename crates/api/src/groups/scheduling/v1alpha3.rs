// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `scheduling`, version `v1alpha3`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::ObjectMeta;

/// `AllCompositeDisruptionMode`.
#[derive(Clone, Default, PartialEq)]
pub struct AllCompositeDisruptionMode {}

skeg_schema::message! { AllCompositeDisruptionMode = 869 { } }

/// `AllDisruptionMode`.
#[derive(Clone, Default, PartialEq)]
pub struct AllDisruptionMode {}

skeg_schema::message! { AllDisruptionMode = 870 { } }

/// `BasicSchedulingPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct BasicSchedulingPolicy {}

skeg_schema::message! { BasicSchedulingPolicy = 871 { } }

/// `CompositeBasicSchedulingPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct CompositeBasicSchedulingPolicy {}

skeg_schema::message! { CompositeBasicSchedulingPolicy = 872 { } }

/// `CompositeDisruptionMode`.
#[derive(Clone, Default, PartialEq)]
pub struct CompositeDisruptionMode {
    pub single: Option<SingleCompositeDisruptionMode>,
    pub all: Option<AllCompositeDisruptionMode>,
}

skeg_schema::message! { CompositeDisruptionMode = 873 { 0 single, 1 all, } }

/// `CompositeGangSchedulingPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct CompositeGangSchedulingPolicy {
    pub min_group_count: i32,
}

skeg_schema::message! { CompositeGangSchedulingPolicy = 874 { 0 min_group_count, } }

/// `CompositePodGroup`.
#[derive(Clone, Default, PartialEq)]
pub struct CompositePodGroup {
    pub metadata: ObjectMeta,
    pub spec: CompositePodGroupSpec,
    pub status: CompositePodGroupStatus,
}

skeg_schema::message! { CompositePodGroup = 875 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { CompositePodGroup, "scheduling.k8s.io", "v1alpha3", "compositepodgroups", true, 876 }

impl skeg_meta::HasStatus for CompositePodGroup {}

/// A list of [`CompositePodGroup`].
pub type CompositePodGroupList = skeg_meta::List<CompositePodGroup>;

/// `CompositePodGroupSchedulingConstraints`.
#[derive(Clone, Default, PartialEq)]
pub struct CompositePodGroupSchedulingConstraints {
    pub topology: Vec<TopologyConstraint>,
}

skeg_schema::message! { CompositePodGroupSchedulingConstraints = 877 { 0 topology, } }

/// `CompositePodGroupSchedulingPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct CompositePodGroupSchedulingPolicy {
    pub basic: Option<CompositeBasicSchedulingPolicy>,
    pub gang: Option<CompositeGangSchedulingPolicy>,
}

skeg_schema::message! { CompositePodGroupSchedulingPolicy = 878 { 0 basic, 1 gang, } }

/// `CompositePodGroupSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct CompositePodGroupSpec {
    pub parent_composite_pod_group_name: Option<String>,
    pub workload_ref: Option<WorkloadReference>,
    pub scheduling_policy: CompositePodGroupSchedulingPolicy,
    pub scheduling_constraints: Option<CompositePodGroupSchedulingConstraints>,
    pub disruption_mode: Option<CompositeDisruptionMode>,
    pub priority_class_name: String,
    pub priority: Option<i32>,
    pub preemption_policy: Option<String>,
}

skeg_schema::message! { CompositePodGroupSpec = 879 { 0 parent_composite_pod_group_name, 1 workload_ref, 2 scheduling_policy, 3 scheduling_constraints, 4 disruption_mode, 5 priority_class_name, 6 priority, 7 preemption_policy, } }

/// `CompositePodGroupStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct CompositePodGroupStatus {
    pub conditions: Vec<skeg_meta::Condition>,
}

skeg_schema::message! { CompositePodGroupStatus = 880 { 0 conditions, } }

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

skeg_schema::message! { CompositePodGroupTemplate = 881 { 0 name, 1 scheduling_policy, 2 scheduling_constraints, 3 disruption_mode, 4 priority_class_name, 5 priority, 6 preemption_policy, 7 pod_group_templates, 8 composite_pod_group_templates, } }

/// `DisruptionMode`.
#[derive(Clone, Default, PartialEq)]
pub struct DisruptionMode {
    pub single: Option<SingleDisruptionMode>,
    pub all: Option<AllDisruptionMode>,
}

skeg_schema::message! { DisruptionMode = 882 { 0 single, 1 all, } }

/// `GangSchedulingPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct GangSchedulingPolicy {
    pub min_count: i32,
}

skeg_schema::message! { GangSchedulingPolicy = 883 { 0 min_count, } }

/// `PodGroup`.
#[derive(Clone, Default, PartialEq)]
pub struct PodGroup {
    pub metadata: ObjectMeta,
    pub spec: PodGroupSpec,
    pub status: PodGroupStatus,
}

skeg_schema::message! { PodGroup = 884 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { PodGroup, "scheduling.k8s.io", "v1alpha3", "podgroups", true, 885 }

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

skeg_schema::message! { PodGroupResourceClaim = 886 { 0 name, 1 resource_claim_name, 2 resource_claim_template_name, } }

/// `PodGroupResourceClaimStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct PodGroupResourceClaimStatus {
    pub name: String,
    pub resource_claim_name: Option<String>,
}

skeg_schema::message! { PodGroupResourceClaimStatus = 887 { 0 name, 1 resource_claim_name, } }

/// `PodGroupSchedulingConstraints`.
#[derive(Clone, Default, PartialEq)]
pub struct PodGroupSchedulingConstraints {
    pub topology: Vec<TopologyConstraint>,
}

skeg_schema::message! { PodGroupSchedulingConstraints = 888 { 0 topology, } }

/// `PodGroupSchedulingPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct PodGroupSchedulingPolicy {
    pub basic: Option<BasicSchedulingPolicy>,
    pub gang: Option<GangSchedulingPolicy>,
}

skeg_schema::message! { PodGroupSchedulingPolicy = 889 { 0 basic, 1 gang, } }

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

skeg_schema::message! { PodGroupSpec = 890 { 0 parent_composite_pod_group_name, 1 workload_ref, 2 scheduling_policy, 3 scheduling_constraints, 4 resource_claims, 5 disruption_mode, 6 priority_class_name, 7 priority, 8 preemption_policy, } }

/// `PodGroupStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct PodGroupStatus {
    pub conditions: Vec<skeg_meta::Condition>,
    pub resource_claim_statuses: Vec<PodGroupResourceClaimStatus>,
}

skeg_schema::message! { PodGroupStatus = 891 { 0 conditions, 1 resource_claim_statuses, } }

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

skeg_schema::message! { PodGroupTemplate = 892 { 0 name, 1 scheduling_policy, 2 scheduling_constraints, 3 resource_claims, 4 disruption_mode, 5 priority_class_name, 6 priority, 7 preemption_policy, } }

/// `SingleCompositeDisruptionMode`.
#[derive(Clone, Default, PartialEq)]
pub struct SingleCompositeDisruptionMode {}

skeg_schema::message! { SingleCompositeDisruptionMode = 893 { } }

/// `SingleDisruptionMode`.
#[derive(Clone, Default, PartialEq)]
pub struct SingleDisruptionMode {}

skeg_schema::message! { SingleDisruptionMode = 894 { } }

/// `TopologyConstraint`.
#[derive(Clone, Default, PartialEq)]
pub struct TopologyConstraint {
    pub key: String,
}

skeg_schema::message! { TopologyConstraint = 895 { 0 key, } }

/// `TypedLocalObjectReference`.
#[derive(Clone, Default, PartialEq)]
pub struct TypedLocalObjectReference {
    pub api_group: String,
    pub kind: String,
    pub name: String,
}

skeg_schema::message! { TypedLocalObjectReference = 896 { 0 api_group, 1 kind, 2 name, } }

/// `Workload`.
#[derive(Clone, Default, PartialEq)]
pub struct Workload {
    pub metadata: ObjectMeta,
    pub spec: WorkloadSpec,
}

skeg_schema::message! { Workload = 897 { 0 metadata, 1 spec, } }

skeg_meta::object! { Workload, "scheduling.k8s.io", "v1alpha3", "workloads", true, 905 }

/// `WorkloadCompositePodGroupAllDisruptionMode`.
#[derive(Clone, Default, PartialEq)]
pub struct WorkloadCompositePodGroupAllDisruptionMode {}

skeg_schema::message! { WorkloadCompositePodGroupAllDisruptionMode = 898 { } }

/// `WorkloadCompositePodGroupBasicSchedulingPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct WorkloadCompositePodGroupBasicSchedulingPolicy {}

skeg_schema::message! { WorkloadCompositePodGroupBasicSchedulingPolicy = 899 { } }

/// `WorkloadCompositePodGroupDisruptionMode`.
#[derive(Clone, Default, PartialEq)]
pub struct WorkloadCompositePodGroupDisruptionMode {
    pub single: Option<WorkloadCompositePodGroupSingleDisruptionMode>,
    pub all: Option<WorkloadCompositePodGroupAllDisruptionMode>,
}

skeg_schema::message! { WorkloadCompositePodGroupDisruptionMode = 900 { 0 single, 1 all, } }

/// `WorkloadCompositePodGroupGangSchedulingPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct WorkloadCompositePodGroupGangSchedulingPolicy {
    pub min_group_count: Option<i32>,
}

skeg_schema::message! { WorkloadCompositePodGroupGangSchedulingPolicy = 901 { 0 min_group_count, } }

/// `WorkloadCompositePodGroupSchedulingConstraints`.
#[derive(Clone, Default, PartialEq)]
pub struct WorkloadCompositePodGroupSchedulingConstraints {
    pub topology: Vec<TopologyConstraint>,
}

skeg_schema::message! { WorkloadCompositePodGroupSchedulingConstraints = 902 { 0 topology, } }

/// `WorkloadCompositePodGroupSchedulingPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct WorkloadCompositePodGroupSchedulingPolicy {
    pub basic: Option<WorkloadCompositePodGroupBasicSchedulingPolicy>,
    pub gang: Option<WorkloadCompositePodGroupGangSchedulingPolicy>,
}

skeg_schema::message! { WorkloadCompositePodGroupSchedulingPolicy = 903 { 0 basic, 1 gang, } }

/// `WorkloadCompositePodGroupSingleDisruptionMode`.
#[derive(Clone, Default, PartialEq)]
pub struct WorkloadCompositePodGroupSingleDisruptionMode {}

skeg_schema::message! { WorkloadCompositePodGroupSingleDisruptionMode = 904 { } }

/// A list of [`Workload`].
pub type WorkloadList = skeg_meta::List<Workload>;

/// `WorkloadPodGroupAllDisruptionMode`.
#[derive(Clone, Default, PartialEq)]
pub struct WorkloadPodGroupAllDisruptionMode {}

skeg_schema::message! { WorkloadPodGroupAllDisruptionMode = 906 { } }

/// `WorkloadPodGroupBasicSchedulingPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct WorkloadPodGroupBasicSchedulingPolicy {}

skeg_schema::message! { WorkloadPodGroupBasicSchedulingPolicy = 907 { } }

/// `WorkloadPodGroupDisruptionMode`.
#[derive(Clone, Default, PartialEq)]
pub struct WorkloadPodGroupDisruptionMode {
    pub single: Option<WorkloadPodGroupSingleDisruptionMode>,
    pub all: Option<WorkloadPodGroupAllDisruptionMode>,
}

skeg_schema::message! { WorkloadPodGroupDisruptionMode = 908 { 0 single, 1 all, } }

/// `WorkloadPodGroupGangSchedulingPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct WorkloadPodGroupGangSchedulingPolicy {
    pub min_count: Option<i32>,
}

skeg_schema::message! { WorkloadPodGroupGangSchedulingPolicy = 909 { 0 min_count, } }

/// `WorkloadPodGroupResourceClaim`.
#[derive(Clone, Default, PartialEq)]
pub struct WorkloadPodGroupResourceClaim {
    pub name: String,
    pub resource_claim_name: Option<String>,
    pub resource_claim_template_name: Option<String>,
}

skeg_schema::message! { WorkloadPodGroupResourceClaim = 910 { 0 name, 1 resource_claim_name, 2 resource_claim_template_name, } }

/// `WorkloadPodGroupSchedulingConstraints`.
#[derive(Clone, Default, PartialEq)]
pub struct WorkloadPodGroupSchedulingConstraints {
    pub topology: Vec<TopologyConstraint>,
}

skeg_schema::message! { WorkloadPodGroupSchedulingConstraints = 911 { 0 topology, } }

/// `WorkloadPodGroupSchedulingPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct WorkloadPodGroupSchedulingPolicy {
    pub basic: Option<WorkloadPodGroupBasicSchedulingPolicy>,
    pub gang: Option<WorkloadPodGroupGangSchedulingPolicy>,
}

skeg_schema::message! { WorkloadPodGroupSchedulingPolicy = 912 { 0 basic, 1 gang, } }

/// `WorkloadPodGroupSingleDisruptionMode`.
#[derive(Clone, Default, PartialEq)]
pub struct WorkloadPodGroupSingleDisruptionMode {}

skeg_schema::message! { WorkloadPodGroupSingleDisruptionMode = 913 { } }

/// `WorkloadReference`.
#[derive(Clone, Default, PartialEq)]
pub struct WorkloadReference {
    pub workload_name: String,
    pub template_name: String,
}

skeg_schema::message! { WorkloadReference = 914 { 0 workload_name, 1 template_name, } }

/// `WorkloadSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct WorkloadSpec {
    pub controller_ref: Option<TypedLocalObjectReference>,
    pub pod_group_templates: Vec<PodGroupTemplate>,
    pub composite_pod_group_templates: Vec<CompositePodGroupTemplate>,
}

skeg_schema::message! { WorkloadSpec = 915 { 0 controller_ref, 1 pod_group_templates, 2 composite_pod_group_templates, } }

/// Values of `PreemptionPolicy`.
pub mod preemption_policy {
    pub const NEVER: &str = "Never";
    pub const PREEMPT_LOWER_PRIORITY: &str = "PreemptLowerPriority";
}
