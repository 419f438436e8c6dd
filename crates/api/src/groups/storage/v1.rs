// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `storage`, version `v1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{ObjectMeta, Quantity, Time};
use std::collections::BTreeMap;

/// `CSIDriver`.
#[derive(Clone, Default, PartialEq)]
pub struct CSIDriver {
    pub metadata: ObjectMeta,
    pub spec: CSIDriverSpec,
}

skeg_schema::message! { CSIDriver = 959 { 0 metadata, 1 spec, } }

skeg_meta::object! { CSIDriver, "storage.k8s.io", "v1", "csidrivers", false, 960 }

/// A list of [`CSIDriver`].
pub type CSIDriverList = skeg_meta::List<CSIDriver>;

/// `CSIDriverSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct CSIDriverSpec {
    pub attach_required: Option<bool>,
    pub pod_info_on_mount: Option<bool>,
    pub volume_lifecycle_modes: Vec<String>,
    pub storage_capacity: Option<bool>,
    pub fs_group_policy: Option<String>,
    pub token_requests: Vec<TokenRequest>,
    pub requires_republish: Option<bool>,
    pub se_linux_mount: Option<bool>,
    pub node_allocatable_update_period_seconds: Option<i64>,
    pub service_account_token_in_secrets: Option<bool>,
    pub prevent_pod_scheduling_if_missing: Option<bool>,
}

skeg_schema::message! { CSIDriverSpec = 961 { 0 attach_required, 1 pod_info_on_mount, 2 volume_lifecycle_modes, 3 storage_capacity, 4 fs_group_policy, 5 token_requests, 6 requires_republish, 7 se_linux_mount, 8 node_allocatable_update_period_seconds, 9 service_account_token_in_secrets, 10 prevent_pod_scheduling_if_missing, } }

/// `CSINode`.
#[derive(Clone, Default, PartialEq)]
pub struct CSINode {
    pub metadata: ObjectMeta,
    pub spec: CSINodeSpec,
    pub status: CSINodeStatus,
}

skeg_schema::message! { CSINode = 962 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { CSINode, "storage.k8s.io", "v1", "csinodes", false, 964 }

impl skeg_meta::HasStatus for CSINode {}

/// `CSINodeDriver`.
#[derive(Clone, Default, PartialEq)]
pub struct CSINodeDriver {
    pub name: String,
    pub node_id: String,
    pub topology_keys: Vec<String>,
    pub allocatable: Option<VolumeNodeResources>,
}

skeg_schema::message! { CSINodeDriver = 963 { 0 name, 1 node_id, 2 topology_keys, 3 allocatable, } }

/// A list of [`CSINode`].
pub type CSINodeList = skeg_meta::List<CSINode>;

/// `CSINodeSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct CSINodeSpec {
    pub drivers: Vec<CSINodeDriver>,
}

skeg_schema::message! { CSINodeSpec = 965 { 0 drivers, } }

/// `CSINodeStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct CSINodeStatus {
    pub storage_health: Vec<StorageHealth>,
}

skeg_schema::message! { CSINodeStatus = 966 { 0 storage_health, } }

/// `CSIStorageCapacity`.
#[derive(Clone, Default, PartialEq)]
pub struct CSIStorageCapacity {
    pub metadata: ObjectMeta,
    pub node_topology: Option<skeg_meta::LabelSelector>,
    pub storage_class_name: String,
    pub capacity: Option<Quantity>,
    pub maximum_volume_size: Option<Quantity>,
}

skeg_schema::message! { CSIStorageCapacity = 967 { 0 metadata, 1 node_topology, 2 storage_class_name, 3 capacity, 4 maximum_volume_size, } }

skeg_meta::object! { CSIStorageCapacity, "storage.k8s.io", "v1", "csistoragecapacities", true, 968 }

/// A list of [`CSIStorageCapacity`].
pub type CSIStorageCapacityList = skeg_meta::List<CSIStorageCapacity>;

/// `StorageClass`.
#[derive(Clone, Default, PartialEq)]
pub struct StorageClass {
    pub metadata: ObjectMeta,
    pub provisioner: String,
    pub parameters: BTreeMap<String, String>,
    pub reclaim_policy: Option<String>,
    pub mount_options: Vec<String>,
    pub allow_volume_expansion: Option<bool>,
    pub volume_binding_mode: Option<String>,
    pub allowed_topologies: Vec<crate::core::v1::TopologySelectorTerm>,
}

skeg_schema::message! { StorageClass = 969 { 0 metadata, 1 provisioner, 2 parameters, 3 reclaim_policy, 4 mount_options, 5 allow_volume_expansion, 6 volume_binding_mode, 7 allowed_topologies, } }

skeg_meta::object! { StorageClass, "storage.k8s.io", "v1", "storageclasses", false, 970 }

/// A list of [`StorageClass`].
pub type StorageClassList = skeg_meta::List<StorageClass>;

/// `StorageHealth`.
#[derive(Clone, Default, PartialEq)]
pub struct StorageHealth {
    pub name: String,
    pub health_conditions: Vec<StorageHealthCondition>,
}

skeg_schema::message! { StorageHealth = 971 { 0 name, 1 health_conditions, } }

/// `StorageHealthCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct StorageHealthCondition {
    pub status: String,
    pub reason: String,
    pub message: String,
    pub access_mode: Option<String>,
    pub volume_mode: Option<String>,
    pub last_transition_time: Option<Time>,
}

skeg_schema::message! { StorageHealthCondition = 972 { 0 status, 1 reason, 2 message, 3 access_mode, 4 volume_mode, 5 last_transition_time, } }

/// `TokenRequest`.
#[derive(Clone, Default, PartialEq)]
pub struct TokenRequest {
    pub audience: String,
    pub expiration_seconds: Option<i64>,
}

skeg_schema::message! { TokenRequest = 973 { 0 audience, 1 expiration_seconds, } }

/// `VolumeAttachment`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeAttachment {
    pub metadata: ObjectMeta,
    pub spec: VolumeAttachmentSpec,
    pub status: VolumeAttachmentStatus,
}

skeg_schema::message! { VolumeAttachment = 974 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { VolumeAttachment, "storage.k8s.io", "v1", "volumeattachments", false, 975 }

impl skeg_meta::HasStatus for VolumeAttachment {}

/// A list of [`VolumeAttachment`].
pub type VolumeAttachmentList = skeg_meta::List<VolumeAttachment>;

/// `VolumeAttachmentSource`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeAttachmentSource {
    pub persistent_volume_name: Option<String>,
    pub inline_volume_spec: Option<crate::core::v1::PersistentVolumeSpec>,
}

skeg_schema::message! { VolumeAttachmentSource = 976 { 0 persistent_volume_name, 1 inline_volume_spec, } }

/// `VolumeAttachmentSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeAttachmentSpec {
    pub attacher: String,
    pub source: VolumeAttachmentSource,
    pub node_name: String,
}

skeg_schema::message! { VolumeAttachmentSpec = 977 { 0 attacher, 1 source, 2 node_name, } }

/// `VolumeAttachmentStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeAttachmentStatus {
    pub attached: bool,
    pub attachment_metadata: BTreeMap<String, String>,
    pub attach_error: Option<VolumeError>,
    pub detach_error: Option<VolumeError>,
}

skeg_schema::message! { VolumeAttachmentStatus = 978 { 0 attached, 1 attachment_metadata, 2 attach_error, 3 detach_error, } }

/// `VolumeAttributesClass`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeAttributesClass {
    pub metadata: ObjectMeta,
    pub driver_name: String,
    pub parameters: BTreeMap<String, String>,
}

skeg_schema::message! { VolumeAttributesClass = 979 { 0 metadata, 1 driver_name, 2 parameters, } }

skeg_meta::object! { VolumeAttributesClass, "storage.k8s.io", "v1", "volumeattributesclasses", false, 980 }

/// A list of [`VolumeAttributesClass`].
pub type VolumeAttributesClassList = skeg_meta::List<VolumeAttributesClass>;

/// `VolumeError`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeError {
    pub time: Option<Time>,
    pub message: String,
    pub error_code: Option<i32>,
}

skeg_schema::message! { VolumeError = 981 { 0 time, 1 message, 2 error_code, } }

/// `VolumeNodeResources`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeNodeResources {
    pub count: Option<i32>,
}

skeg_schema::message! { VolumeNodeResources = 982 { 0 count, } }

/// Values of `FSGroupPolicy`.
pub mod fs_group_policy {
    pub const FILE: &str = "File";
    pub const NONE: &str = "None";
    pub const READ_WRITE_ONCE_WITH_FS_TYPE: &str = "ReadWriteOnceWithFSType";
}

/// Values of `StorageHealthStatusType`.
pub mod storage_health_status_type {
    pub const STORAGE_DEGRADED: &str = "StorageDegraded";
    pub const STORAGE_UNREACHABLE: &str = "StorageUnreachable";
}

/// Values of `VolumeBindingMode`.
pub mod volume_binding_mode {
    pub const IMMEDIATE: &str = "Immediate";
    pub const WAIT_FOR_FIRST_CONSUMER: &str = "WaitForFirstConsumer";
}

/// Values of `VolumeLifecycleMode`.
pub mod volume_lifecycle_mode {
    pub const EPHEMERAL: &str = "Ephemeral";
    pub const PERSISTENT: &str = "Persistent";
}
