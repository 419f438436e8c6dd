// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `flowcontrol`, version `v1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{ObjectMeta, Time};

/// `ExemptPriorityLevelConfiguration`.
#[derive(Clone, Default, PartialEq)]
pub struct ExemptPriorityLevelConfiguration {
    pub nominal_concurrency_shares: Option<i32>,
    pub lendable_percent: Option<i32>,
}

skeg_schema::message! { ExemptPriorityLevelConfiguration = 559 { 0 nominal_concurrency_shares, 1 lendable_percent, } }

/// `FlowDistinguisherMethod`.
#[derive(Clone, Default, PartialEq)]
pub struct FlowDistinguisherMethod {
    pub type_: String,
}

skeg_schema::message! { FlowDistinguisherMethod = 560 { 0 type_, } }

/// `FlowSchema`.
#[derive(Clone, Default, PartialEq)]
pub struct FlowSchema {
    pub metadata: ObjectMeta,
    pub spec: FlowSchemaSpec,
    pub status: FlowSchemaStatus,
}

skeg_schema::message! { FlowSchema = 561 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { FlowSchema, "flowcontrol.apiserver.k8s.io", "v1", "flowschemas", false, 563 }

impl skeg_meta::HasStatus for FlowSchema {}

/// `FlowSchemaCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct FlowSchemaCondition {
    pub type_: String,
    pub status: String,
    pub last_transition_time: Option<Time>,
    pub reason: String,
    pub message: String,
}

skeg_schema::message! { FlowSchemaCondition = 562 { 0 type_, 1 status, 2 last_transition_time, 3 reason, 4 message, } }

/// A list of [`FlowSchema`].
pub type FlowSchemaList = skeg_meta::List<FlowSchema>;

/// `FlowSchemaSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct FlowSchemaSpec {
    pub priority_level_configuration: PriorityLevelConfigurationReference,
    pub matching_precedence: i32,
    pub distinguisher_method: Option<FlowDistinguisherMethod>,
    pub rules: Vec<PolicyRulesWithSubjects>,
}

skeg_schema::message! { FlowSchemaSpec = 564 { 0 priority_level_configuration, 1 matching_precedence, 2 distinguisher_method, 3 rules, } }

/// `FlowSchemaStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct FlowSchemaStatus {
    pub conditions: Vec<FlowSchemaCondition>,
}

skeg_schema::message! { FlowSchemaStatus = 565 { 0 conditions, } }

/// `GroupSubject`.
#[derive(Clone, Default, PartialEq)]
pub struct GroupSubject {
    pub name: String,
}

skeg_schema::message! { GroupSubject = 566 { 0 name, } }

/// `LimitResponse`.
#[derive(Clone, Default, PartialEq)]
pub struct LimitResponse {
    pub type_: String,
    pub queuing: Option<QueuingConfiguration>,
}

skeg_schema::message! { LimitResponse = 567 { 0 type_, 1 queuing, } }

/// `LimitedPriorityLevelConfiguration`.
#[derive(Clone, Default, PartialEq)]
pub struct LimitedPriorityLevelConfiguration {
    pub nominal_concurrency_shares: Option<i32>,
    pub limit_response: LimitResponse,
    pub lendable_percent: Option<i32>,
    pub borrowing_limit_percent: Option<i32>,
}

skeg_schema::message! { LimitedPriorityLevelConfiguration = 568 { 0 nominal_concurrency_shares, 1 limit_response, 2 lendable_percent, 3 borrowing_limit_percent, } }

/// `NonResourcePolicyRule`.
#[derive(Clone, Default, PartialEq)]
pub struct NonResourcePolicyRule {
    pub verbs: Vec<String>,
    pub non_resource_urls: Vec<String>,
}

skeg_schema::message! { NonResourcePolicyRule = 569 { 0 verbs, 1 non_resource_urls, } }

/// `PolicyRulesWithSubjects`.
#[derive(Clone, Default, PartialEq)]
pub struct PolicyRulesWithSubjects {
    pub subjects: Vec<Subject>,
    pub resource_rules: Vec<ResourcePolicyRule>,
    pub non_resource_rules: Vec<NonResourcePolicyRule>,
}

skeg_schema::message! { PolicyRulesWithSubjects = 570 { 0 subjects, 1 resource_rules, 2 non_resource_rules, } }

/// `PriorityLevelConfiguration`.
#[derive(Clone, Default, PartialEq)]
pub struct PriorityLevelConfiguration {
    pub metadata: ObjectMeta,
    pub spec: PriorityLevelConfigurationSpec,
    pub status: PriorityLevelConfigurationStatus,
}

skeg_schema::message! { PriorityLevelConfiguration = 571 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { PriorityLevelConfiguration, "flowcontrol.apiserver.k8s.io", "v1", "prioritylevelconfigurations", false, 573 }

impl skeg_meta::HasStatus for PriorityLevelConfiguration {}

/// `PriorityLevelConfigurationCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct PriorityLevelConfigurationCondition {
    pub type_: String,
    pub status: String,
    pub last_transition_time: Option<Time>,
    pub reason: String,
    pub message: String,
}

skeg_schema::message! { PriorityLevelConfigurationCondition = 572 { 0 type_, 1 status, 2 last_transition_time, 3 reason, 4 message, } }

/// A list of [`PriorityLevelConfiguration`].
pub type PriorityLevelConfigurationList = skeg_meta::List<PriorityLevelConfiguration>;

/// `PriorityLevelConfigurationReference`.
#[derive(Clone, Default, PartialEq)]
pub struct PriorityLevelConfigurationReference {
    pub name: String,
}

skeg_schema::message! { PriorityLevelConfigurationReference = 574 { 0 name, } }

/// `PriorityLevelConfigurationSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct PriorityLevelConfigurationSpec {
    pub type_: String,
    pub limited: Option<LimitedPriorityLevelConfiguration>,
    pub exempt: Option<ExemptPriorityLevelConfiguration>,
}

skeg_schema::message! { PriorityLevelConfigurationSpec = 575 { 0 type_, 1 limited, 2 exempt, } }

/// `PriorityLevelConfigurationStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct PriorityLevelConfigurationStatus {
    pub conditions: Vec<PriorityLevelConfigurationCondition>,
}

skeg_schema::message! { PriorityLevelConfigurationStatus = 576 { 0 conditions, } }

/// `QueuingConfiguration`.
#[derive(Clone, Default, PartialEq)]
pub struct QueuingConfiguration {
    pub queues: i32,
    pub hand_size: i32,
    pub queue_length_limit: i32,
}

skeg_schema::message! { QueuingConfiguration = 577 { 0 queues, 1 hand_size, 2 queue_length_limit, } }

/// `ResourcePolicyRule`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourcePolicyRule {
    pub verbs: Vec<String>,
    pub api_groups: Vec<String>,
    pub resources: Vec<String>,
    pub cluster_scope: bool,
    pub namespaces: Vec<String>,
}

skeg_schema::message! { ResourcePolicyRule = 578 { 0 verbs, 1 api_groups, 2 resources, 3 cluster_scope, 4 namespaces, } }

/// `ServiceAccountSubject`.
#[derive(Clone, Default, PartialEq)]
pub struct ServiceAccountSubject {
    pub namespace: String,
    pub name: String,
}

skeg_schema::message! { ServiceAccountSubject = 579 { 0 namespace, 1 name, } }

/// `Subject`.
#[derive(Clone, Default, PartialEq)]
pub struct Subject {
    pub kind: String,
    pub user: Option<UserSubject>,
    pub group: Option<GroupSubject>,
    pub service_account: Option<ServiceAccountSubject>,
}

skeg_schema::message! { Subject = 580 { 0 kind, 1 user, 2 group, 3 service_account, } }

/// `UserSubject`.
#[derive(Clone, Default, PartialEq)]
pub struct UserSubject {
    pub name: String,
}

skeg_schema::message! { UserSubject = 581 { 0 name, } }

/// Values of `ConditionStatus`.
pub mod condition_status {
    pub const FALSE: &str = "False";
    pub const TRUE: &str = "True";
    pub const UNKNOWN: &str = "Unknown";
}

/// Values of `FlowDistinguisherMethodType`.
pub mod flow_distinguisher_method_type {
    pub const BY_NAMESPACE: &str = "ByNamespace";
    pub const BY_USER: &str = "ByUser";
}

/// Values of `LimitResponseType`.
pub mod limit_response_type {
    pub const QUEUE: &str = "Queue";
    pub const REJECT: &str = "Reject";
}

/// Values of `PriorityLevelEnablement`.
pub mod priority_level_enablement {
    pub const EXEMPT: &str = "Exempt";
    pub const LIMITED: &str = "Limited";
}

/// Values of `SubjectKind`.
pub mod subject_kind {
    pub const GROUP: &str = "Group";
    pub const SERVICE_ACCOUNT: &str = "ServiceAccount";
    pub const USER: &str = "User";
}
