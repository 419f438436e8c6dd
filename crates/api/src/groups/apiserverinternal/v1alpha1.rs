// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `apiserverinternal`, version `v1alpha1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{ObjectMeta, Time};

/// `ServerStorageVersion`.
#[derive(Clone, Default, PartialEq)]
pub struct ServerStorageVersion {
    pub api_server_id: String,
    pub encoding_version: String,
    pub decodable_versions: Vec<String>,
    pub served_versions: Vec<String>,
}

skeg_schema::message! { ServerStorageVersion = 141 { 0 api_server_id, 1 encoding_version, 2 decodable_versions, 3 served_versions, } }

/// `StorageVersion`.
#[derive(Clone, Default, PartialEq)]
pub struct StorageVersion {
    pub metadata: ObjectMeta,
    pub spec: StorageVersionSpec,
    pub status: StorageVersionStatus,
}

skeg_schema::message! { StorageVersion = 142 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { StorageVersion, "internal.apiserver.k8s.io", "v1alpha1", "storageversions", false, 144 }

impl skeg_meta::HasStatus for StorageVersion {}

/// `StorageVersionCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct StorageVersionCondition {
    pub type_: String,
    pub status: String,
    pub observed_generation: i64,
    pub last_transition_time: Option<Time>,
    pub reason: String,
    pub message: String,
}

skeg_schema::message! { StorageVersionCondition = 143 { 0 type_, 1 status, 2 observed_generation, 3 last_transition_time, 4 reason, 5 message, } }

/// A list of [`StorageVersion`].
pub type StorageVersionList = skeg_meta::List<StorageVersion>;

/// `StorageVersionSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct StorageVersionSpec {}

skeg_schema::message! { StorageVersionSpec = 145 { } }

/// `StorageVersionStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct StorageVersionStatus {
    pub storage_versions: Vec<ServerStorageVersion>,
    pub common_encoding_version: Option<String>,
    pub conditions: Vec<StorageVersionCondition>,
}

skeg_schema::message! { StorageVersionStatus = 146 { 0 storage_versions, 1 common_encoding_version, 2 conditions, } }

/// Values of `ConditionStatus`.
pub mod condition_status {
    pub const FALSE: &str = "False";
    pub const TRUE: &str = "True";
    pub const UNKNOWN: &str = "Unknown";
}

/// Values of `StorageVersionConditionType`.
pub mod storage_version_condition_type {
    pub const ALL_ENCODING_VERSIONS_EQUAL: &str = "AllEncodingVersionsEqual";
}
