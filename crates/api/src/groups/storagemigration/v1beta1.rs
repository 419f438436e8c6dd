// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `storagemigration`, version `v1beta1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::ObjectMeta;

/// `StorageVersionMigration`.
#[derive(Clone, Default, PartialEq)]
pub struct StorageVersionMigration {
    pub metadata: ObjectMeta,
    pub spec: StorageVersionMigrationSpec,
    pub status: StorageVersionMigrationStatus,
}

skeg_schema::message! { StorageVersionMigration = 987 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { StorageVersionMigration, "storagemigration.k8s.io", "v1beta1", "storageversionmigrations", false, 988 }

impl skeg_meta::HasStatus for StorageVersionMigration {}

/// A list of [`StorageVersionMigration`].
pub type StorageVersionMigrationList = skeg_meta::List<StorageVersionMigration>;

/// `StorageVersionMigrationSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct StorageVersionMigrationSpec {
    pub resource: skeg_meta::GroupResource,
}

skeg_schema::message! { StorageVersionMigrationSpec = 989 { 0 resource, } }

/// `StorageVersionMigrationStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct StorageVersionMigrationStatus {
    pub conditions: Vec<skeg_meta::Condition>,
    pub resource_version: String,
}

skeg_schema::message! { StorageVersionMigrationStatus = 990 { 0 conditions, 1 resource_version, } }

/// Values of `MigrationConditionType`.
pub mod migration_condition_type {
    pub const FAILED: &str = "Failed";
    pub const RUNNING: &str = "Running";
    pub const SUCCEEDED: &str = "Succeeded";
}
