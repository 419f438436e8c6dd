// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `batch`, version `v1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{ObjectMeta, Time};

/// `CronJob`.
#[derive(Clone, Default, PartialEq)]
pub struct CronJob {
    pub metadata: ObjectMeta,
    pub spec: CronJobSpec,
    pub status: CronJobStatus,
}

skeg_schema::message! { CronJob = 247 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { CronJob, "batch", "v1", "cronjobs", true, 248 }

impl skeg_meta::HasStatus for CronJob {}

/// A list of [`CronJob`].
pub type CronJobList = skeg_meta::List<CronJob>;

/// `CronJobSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct CronJobSpec {
    pub schedule: String,
    pub time_zone: Option<String>,
    pub starting_deadline_seconds: Option<i64>,
    pub concurrency_policy: String,
    pub suspend: Option<bool>,
    pub job_template: JobTemplateSpec,
    pub successful_jobs_history_limit: Option<i32>,
    pub failed_jobs_history_limit: Option<i32>,
}

skeg_schema::message! { CronJobSpec = 249 { 0 schedule, 1 time_zone, 2 starting_deadline_seconds, 3 concurrency_policy, 4 suspend, 5 job_template, 6 successful_jobs_history_limit, 7 failed_jobs_history_limit, } }

/// `CronJobStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct CronJobStatus {
    pub active: Vec<crate::core::v1::ObjectReference>,
    pub last_schedule_time: Option<Time>,
    pub last_successful_time: Option<Time>,
}

skeg_schema::message! { CronJobStatus = 250 { 0 active, 1 last_schedule_time, 2 last_successful_time, } }

/// `Job`.
#[derive(Clone, Default, PartialEq)]
pub struct Job {
    pub metadata: ObjectMeta,
    pub spec: JobSpec,
    pub status: JobStatus,
}

skeg_schema::message! { Job = 251 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { Job, "batch", "v1", "jobs", true, 253 }

impl skeg_meta::HasStatus for Job {}

/// `JobCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct JobCondition {
    pub type_: String,
    pub status: String,
    pub last_probe_time: Option<Time>,
    pub last_transition_time: Option<Time>,
    pub reason: String,
    pub message: String,
}

skeg_schema::message! { JobCondition = 252 { 0 type_, 1 status, 2 last_probe_time, 3 last_transition_time, 4 reason, 5 message, } }

/// A list of [`Job`].
pub type JobList = skeg_meta::List<Job>;

/// `JobSchedulingConfiguration`.
#[derive(Clone, Default, PartialEq)]
pub struct JobSchedulingConfiguration {
    pub scheduling_policy: Option<crate::scheduling::v1alpha3::WorkloadPodGroupSchedulingPolicy>,
    pub scheduling_constraints:
        Option<crate::scheduling::v1alpha3::WorkloadPodGroupSchedulingConstraints>,
    pub disruption_mode: Option<crate::scheduling::v1alpha3::WorkloadPodGroupDisruptionMode>,
    pub resource_claims: Vec<crate::scheduling::v1alpha3::WorkloadPodGroupResourceClaim>,
}

skeg_schema::message! { JobSchedulingConfiguration = 254 { 0 scheduling_policy, 1 scheduling_constraints, 2 disruption_mode, 3 resource_claims, } }

/// `JobSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct JobSpec {
    pub parallelism: Option<i32>,
    pub completions: Option<i32>,
    pub active_deadline_seconds: Option<i64>,
    pub pod_failure_policy: Option<PodFailurePolicy>,
    pub success_policy: Option<SuccessPolicy>,
    pub backoff_limit: Option<i32>,
    pub backoff_limit_per_index: Option<i32>,
    pub max_failed_indexes: Option<i32>,
    pub selector: Option<skeg_meta::LabelSelector>,
    pub manual_selector: Option<bool>,
    pub template: crate::core::v1::PodTemplateSpec,
    pub ttl_seconds_after_finished: Option<i32>,
    pub completion_mode: Option<String>,
    pub suspend: Option<bool>,
    pub pod_replacement_policy: Option<String>,
    pub managed_by: Option<String>,
    pub scheduling: Option<JobSchedulingConfiguration>,
}

skeg_schema::message! { JobSpec = 255 { 0 parallelism, 1 completions, 2 active_deadline_seconds, 3 pod_failure_policy, 4 success_policy, 5 backoff_limit, 6 backoff_limit_per_index, 7 max_failed_indexes, 8 selector, 9 manual_selector, 10 template, 11 ttl_seconds_after_finished, 12 completion_mode, 13 suspend, 14 pod_replacement_policy, 15 managed_by, 16 scheduling, } }

/// `JobStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct JobStatus {
    pub conditions: Vec<JobCondition>,
    pub start_time: Option<Time>,
    pub completion_time: Option<Time>,
    pub active: i32,
    pub succeeded: i32,
    pub failed: i32,
    pub terminating: Option<i32>,
    pub completed_indexes: String,
    pub failed_indexes: Option<String>,
    pub uncounted_terminated_pods: Option<UncountedTerminatedPods>,
    pub ready: Option<i32>,
}

skeg_schema::message! { JobStatus = 256 { 0 conditions, 1 start_time, 2 completion_time, 3 active, 4 succeeded, 5 failed, 6 terminating, 7 completed_indexes, 8 failed_indexes, 9 uncounted_terminated_pods, 10 ready, } }

/// `JobTemplateSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct JobTemplateSpec {
    pub metadata: ObjectMeta,
    pub spec: JobSpec,
}

skeg_schema::message! { JobTemplateSpec = 257 { 0 metadata, 1 spec, } }

/// `PodFailurePolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct PodFailurePolicy {
    pub rules: Vec<PodFailurePolicyRule>,
}

skeg_schema::message! { PodFailurePolicy = 258 { 0 rules, } }

/// `PodFailurePolicyOnExitCodesRequirement`.
#[derive(Clone, Default, PartialEq)]
pub struct PodFailurePolicyOnExitCodesRequirement {
    pub container_name: Option<String>,
    pub operator: String,
    pub values: Vec<i32>,
}

skeg_schema::message! { PodFailurePolicyOnExitCodesRequirement = 259 { 0 container_name, 1 operator, 2 values, } }

/// `PodFailurePolicyOnPodConditionsPattern`.
#[derive(Clone, Default, PartialEq)]
pub struct PodFailurePolicyOnPodConditionsPattern {
    pub type_: String,
    pub status: String,
}

skeg_schema::message! { PodFailurePolicyOnPodConditionsPattern = 260 { 0 type_, 1 status, } }

/// `PodFailurePolicyRule`.
#[derive(Clone, Default, PartialEq)]
pub struct PodFailurePolicyRule {
    pub action: String,
    pub on_exit_codes: Option<PodFailurePolicyOnExitCodesRequirement>,
    pub on_pod_conditions: Vec<PodFailurePolicyOnPodConditionsPattern>,
}

skeg_schema::message! { PodFailurePolicyRule = 261 { 0 action, 1 on_exit_codes, 2 on_pod_conditions, } }

/// `SuccessPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct SuccessPolicy {
    pub rules: Vec<SuccessPolicyRule>,
}

skeg_schema::message! { SuccessPolicy = 262 { 0 rules, } }

/// `SuccessPolicyRule`.
#[derive(Clone, Default, PartialEq)]
pub struct SuccessPolicyRule {
    pub succeeded_indexes: Option<String>,
    pub succeeded_count: Option<i32>,
}

skeg_schema::message! { SuccessPolicyRule = 263 { 0 succeeded_indexes, 1 succeeded_count, } }

/// `UncountedTerminatedPods`.
#[derive(Clone, Default, PartialEq)]
pub struct UncountedTerminatedPods {
    pub succeeded: Vec<String>,
    pub failed: Vec<String>,
}

skeg_schema::message! { UncountedTerminatedPods = 264 { 0 succeeded, 1 failed, } }

/// Values of `CompletionMode`.
pub mod completion_mode {
    pub const INDEXED: &str = "Indexed";
    pub const NON_INDEXED: &str = "NonIndexed";
}

/// Values of `ConcurrencyPolicy`.
pub mod concurrency_policy {
    pub const ALLOW: &str = "Allow";
    pub const FORBID: &str = "Forbid";
    pub const REPLACE: &str = "Replace";
}

/// Values of `JobConditionType`.
pub mod job_condition_type {
    pub const COMPLETE: &str = "Complete";
    pub const FAILED: &str = "Failed";
    pub const FAILURE_TARGET: &str = "FailureTarget";
    pub const SUCCESS_CRITERIA_MET: &str = "SuccessCriteriaMet";
    pub const SUSPENDED: &str = "Suspended";
}

/// Values of `PodFailurePolicyAction`.
pub mod pod_failure_policy_action {
    pub const COUNT: &str = "Count";
    pub const FAIL_INDEX: &str = "FailIndex";
    pub const FAIL_JOB: &str = "FailJob";
    pub const IGNORE: &str = "Ignore";
}

/// Values of `PodFailurePolicyOnExitCodesOperator`.
pub mod pod_failure_policy_on_exit_codes_operator {
    pub const IN: &str = "In";
    pub const NOT_IN: &str = "NotIn";
}

/// Values of `PodReplacementPolicy`.
pub mod pod_replacement_policy {
    pub const FAILED: &str = "Failed";
    pub const TERMINATING_OR_FAILED: &str = "TerminatingOrFailed";
}
