// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `lifecycle`, version `v1alpha1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{ObjectMeta, Time};

/// `Eviction`.
#[derive(Clone, Default, PartialEq)]
pub struct Eviction {
    pub metadata: ObjectMeta,
    pub spec: EvictionSpec,
    pub status: EvictionStatus,
}

skeg_schema::message! { Eviction = 586 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { Eviction, "lifecycle.k8s.io", "v1alpha1", "evictions", true, 587 }

impl skeg_meta::HasStatus for Eviction {}

/// A list of [`Eviction`].
pub type EvictionList = skeg_meta::List<Eviction>;

/// `EvictionPodReference`.
#[derive(Clone, Default, PartialEq)]
pub struct EvictionPodReference {
    pub name: String,
    pub uid: String,
}

skeg_schema::message! { EvictionPodReference = 588 { 0 name, 1 uid, } }

/// `EvictionRequest`.
#[derive(Clone, Default, PartialEq)]
pub struct EvictionRequest {
    pub metadata: ObjectMeta,
    pub spec: EvictionRequestSpec,
    pub status: EvictionRequestStatus,
}

skeg_schema::message! { EvictionRequest = 589 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { EvictionRequest, "lifecycle.k8s.io", "v1alpha1", "evictionrequests", true, 590 }

impl skeg_meta::HasStatus for EvictionRequest {}

/// A list of [`EvictionRequest`].
pub type EvictionRequestList = skeg_meta::List<EvictionRequest>;

/// `EvictionRequestPodReference`.
#[derive(Clone, Default, PartialEq)]
pub struct EvictionRequestPodReference {
    pub name: String,
    pub uid: String,
}

skeg_schema::message! { EvictionRequestPodReference = 591 { 0 name, 1 uid, } }

/// `EvictionRequestSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct EvictionRequestSpec {
    pub target: EvictionRequestTarget,
    pub requester: String,
    pub intent: String,
}

skeg_schema::message! { EvictionRequestSpec = 592 { 0 target, 1 requester, 2 intent, } }

/// `EvictionRequestStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct EvictionRequestStatus {
    pub conditions: Vec<skeg_meta::Condition>,
    pub observed_generation: Option<i64>,
}

skeg_schema::message! { EvictionRequestStatus = 593 { 0 conditions, 1 observed_generation, } }

/// `EvictionRequestTarget`.
#[derive(Clone, Default, PartialEq)]
pub struct EvictionRequestTarget {
    pub pod: Option<EvictionRequestPodReference>,
}

skeg_schema::message! { EvictionRequestTarget = 594 { 0 pod, } }

/// `EvictionSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct EvictionSpec {
    pub target: EvictionTarget,
}

skeg_schema::message! { EvictionSpec = 595 { 0 target, } }

/// `EvictionStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct EvictionStatus {
    pub conditions: Vec<skeg_meta::Condition>,
    pub observed_generation: Option<i64>,
    pub requesters: Vec<Requester>,
    pub target_responders: Vec<TargetResponder>,
    pub responders: Vec<ResponderStatus>,
}

skeg_schema::message! { EvictionStatus = 596 { 0 conditions, 1 observed_generation, 2 requesters, 3 target_responders, 4 responders, } }

/// `EvictionTarget`.
#[derive(Clone, Default, PartialEq)]
pub struct EvictionTarget {
    pub pod: Option<EvictionPodReference>,
}

skeg_schema::message! { EvictionTarget = 597 { 0 pod, } }

/// `Requester`.
#[derive(Clone, Default, PartialEq)]
pub struct Requester {
    pub name: String,
    pub intent: String,
}

skeg_schema::message! { Requester = 598 { 0 name, 1 intent, } }

/// `ResponderStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ResponderStatus {
    pub name: String,
    pub start_time: Option<Time>,
    pub heartbeat_time: Option<Time>,
    pub expected_completion_time: Option<Time>,
    pub completion_time: Option<Time>,
    pub message: Option<String>,
}

skeg_schema::message! { ResponderStatus = 599 { 0 name, 1 start_time, 2 heartbeat_time, 3 expected_completion_time, 4 completion_time, 5 message, } }

/// `TargetResponder`.
#[derive(Clone, Default, PartialEq)]
pub struct TargetResponder {
    pub name: String,
    pub priority: Option<i32>,
    pub state: String,
}

skeg_schema::message! { TargetResponder = 600 { 0 name, 1 priority, 2 state, } }

/// Values of `EvictionConditionReason`.
pub mod eviction_condition_reason {
    pub const AWAITING_EVICTION: &str = "AwaitingEviction";
    pub const CANCELED_DUE_TO_NO_REQUESTERS: &str = "CanceledDueToNoRequesters";
    pub const EVICTION_FAILED: &str = "EvictionFailed";
    pub const EVICTION_INVALID: &str = "EvictionInvalid";
    pub const NO_FURTHER_RESPONDER: &str = "NoFurtherResponder";
    pub const POD_DELETED: &str = "PodDeleted";
    pub const POD_TERMINAL: &str = "PodTerminal";
    pub const SUCCEEDED: &str = "Succeeded";
}

/// Values of `EvictionConditionType`.
pub mod eviction_condition_type {
    pub const FAILED: &str = "Failed";
    pub const TARGET_EVICTED: &str = "TargetEvicted";
}

/// Values of `EvictionParticipantRole`.
pub mod eviction_participant_role {
    pub const REQUESTER: &str = "requester";
    pub const REQUESTER_RESPONDER: &str = "requester-responder";
    pub const RESPONDER: &str = "responder";
}

/// Values of `EvictionRequestIntent`.
pub mod eviction_request_intent {
    pub const EVICTION: &str = "Eviction";
    pub const WITHDRAWN: &str = "Withdrawn";
}

/// Values of `RequesterIntent`.
pub mod requester_intent {
    pub const EVICTION: &str = "Eviction";
    pub const WITHDRAWN: &str = "Withdrawn";
}

/// Values of `ResponderStateType`.
pub mod responder_state_type {
    pub const ACTIVE: &str = "Active";
    pub const CANCELED: &str = "Canceled";
    pub const COMPLETED: &str = "Completed";
    pub const INACTIVE: &str = "Inactive";
    pub const INTERRUPTED: &str = "Interrupted";
}
