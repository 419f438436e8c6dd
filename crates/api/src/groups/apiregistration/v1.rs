// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `apiregistration`, version `v1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{ObjectMeta, Time};
use skeg_schema::ByteString;

/// `APIService`.
#[derive(Clone, Default, PartialEq)]
pub struct APIService {
    pub metadata: ObjectMeta,
    pub spec: APIServiceSpec,
    pub status: APIServiceStatus,
}

skeg_schema::message! { APIService = 135 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { APIService, "apiregistration.k8s.io", "v1", "apiservices", false, 137 }

impl skeg_meta::HasStatus for APIService {}

/// `APIServiceCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct APIServiceCondition {
    pub type_: String,
    pub status: String,
    pub last_transition_time: Option<Time>,
    pub reason: String,
    pub message: String,
}

skeg_schema::message! { APIServiceCondition = 136 { 0 type_, 1 status, 2 last_transition_time, 3 reason, 4 message, } }

/// A list of [`APIService`].
pub type APIServiceList = skeg_meta::List<APIService>;

/// `APIServiceSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct APIServiceSpec {
    pub service: Option<ServiceReference>,
    pub group: String,
    pub version: String,
    pub insecure_skip_tls_verify: bool,
    pub ca_bundle: ByteString,
    pub group_priority_minimum: i32,
    pub version_priority: i32,
}

skeg_schema::message! { APIServiceSpec = 138 { 0 service, 1 group, 2 version, 3 insecure_skip_tls_verify, 4 ca_bundle, 5 group_priority_minimum, 6 version_priority, } }

/// `APIServiceStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct APIServiceStatus {
    pub conditions: Vec<APIServiceCondition>,
}

skeg_schema::message! { APIServiceStatus = 139 { 0 conditions, } }

/// `ServiceReference`.
#[derive(Clone, Default, PartialEq)]
pub struct ServiceReference {
    pub namespace: String,
    pub name: String,
    pub port: Option<i32>,
}

skeg_schema::message! { ServiceReference = 140 { 0 namespace, 1 name, 2 port, } }

/// Values of `APIServiceConditionType`.
pub mod api_service_condition_type {
    pub const AVAILABLE: &str = "Available";
}

/// Values of `ConditionStatus`.
pub mod condition_status {
    pub const FALSE: &str = "False";
    pub const TRUE: &str = "True";
    pub const UNKNOWN: &str = "Unknown";
}
