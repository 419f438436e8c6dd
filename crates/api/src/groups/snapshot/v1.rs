// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `snapshot`, version `v1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{ObjectMeta, Quantity, Time};
use std::collections::BTreeMap;

/// `VolumeSnapshot`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeSnapshot {
    pub metadata: ObjectMeta,
    pub spec: VolumeSnapshotSpec,
    pub status: Option<VolumeSnapshotStatus>,
}

skeg_schema::message! { VolumeSnapshot = 946 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { VolumeSnapshot, "snapshot.storage.k8s.io", "v1", "volumesnapshots", true, 955 }

impl skeg_meta::HasStatus for VolumeSnapshot {}

/// `VolumeSnapshotClass`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeSnapshotClass {
    pub metadata: ObjectMeta,
    pub driver: String,
    pub parameters: BTreeMap<String, String>,
    pub deletion_policy: String,
}

skeg_schema::message! { VolumeSnapshotClass = 947 { 0 metadata, 1 driver, 2 parameters, 3 deletion_policy, } }

skeg_meta::object! { VolumeSnapshotClass, "snapshot.storage.k8s.io", "v1", "volumesnapshotclasses", false, 948 }

/// A list of [`VolumeSnapshotClass`].
pub type VolumeSnapshotClassList = skeg_meta::List<VolumeSnapshotClass>;

/// `VolumeSnapshotContent`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeSnapshotContent {
    pub metadata: ObjectMeta,
    pub spec: VolumeSnapshotContentSpec,
    pub status: Option<VolumeSnapshotContentStatus>,
}

skeg_schema::message! { VolumeSnapshotContent = 949 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { VolumeSnapshotContent, "snapshot.storage.k8s.io", "v1", "volumesnapshotcontents", false, 950 }

impl skeg_meta::HasStatus for VolumeSnapshotContent {}

/// A list of [`VolumeSnapshotContent`].
pub type VolumeSnapshotContentList = skeg_meta::List<VolumeSnapshotContent>;

/// `VolumeSnapshotContentSource`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeSnapshotContentSource {
    pub volume_handle: Option<String>,
    pub snapshot_handle: Option<String>,
}

skeg_schema::message! { VolumeSnapshotContentSource = 951 { 0 volume_handle, 1 snapshot_handle, } }

/// `VolumeSnapshotContentSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeSnapshotContentSpec {
    pub volume_snapshot_ref: crate::core::v1::ObjectReference,
    pub deletion_policy: String,
    pub driver: String,
    pub volume_snapshot_class_name: Option<String>,
    pub source: VolumeSnapshotContentSource,
    pub source_volume_mode: Option<String>,
}

skeg_schema::message! { VolumeSnapshotContentSpec = 952 { 0 volume_snapshot_ref, 1 deletion_policy, 2 driver, 3 volume_snapshot_class_name, 4 source, 5 source_volume_mode, } }

/// `VolumeSnapshotContentStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeSnapshotContentStatus {
    pub snapshot_handle: Option<String>,
    pub creation_time: Option<i64>,
    pub restore_size: Option<i64>,
    pub ready_to_use: Option<bool>,
    pub error: Option<VolumeSnapshotError>,
    pub volume_group_snapshot_handle: Option<String>,
}

skeg_schema::message! { VolumeSnapshotContentStatus = 953 { 0 snapshot_handle, 1 creation_time, 2 restore_size, 3 ready_to_use, 4 error, 5 volume_group_snapshot_handle, } }

/// `VolumeSnapshotError`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeSnapshotError {
    pub time: Option<Time>,
    pub message: Option<String>,
}

skeg_schema::message! { VolumeSnapshotError = 954 { 0 time, 1 message, } }

/// A list of [`VolumeSnapshot`].
pub type VolumeSnapshotList = skeg_meta::List<VolumeSnapshot>;

/// `VolumeSnapshotSource`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeSnapshotSource {
    pub persistent_volume_claim_name: Option<String>,
    pub volume_snapshot_content_name: Option<String>,
}

skeg_schema::message! { VolumeSnapshotSource = 956 { 0 persistent_volume_claim_name, 1 volume_snapshot_content_name, } }

/// `VolumeSnapshotSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeSnapshotSpec {
    pub source: VolumeSnapshotSource,
    pub volume_snapshot_class_name: Option<String>,
}

skeg_schema::message! { VolumeSnapshotSpec = 957 { 0 source, 1 volume_snapshot_class_name, } }

/// `VolumeSnapshotStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeSnapshotStatus {
    pub bound_volume_snapshot_content_name: Option<String>,
    pub creation_time: Option<Time>,
    pub ready_to_use: Option<bool>,
    pub restore_size: Option<Quantity>,
    pub error: Option<VolumeSnapshotError>,
    pub volume_group_snapshot_name: Option<String>,
}

skeg_schema::message! { VolumeSnapshotStatus = 958 { 0 bound_volume_snapshot_content_name, 1 creation_time, 2 ready_to_use, 3 restore_size, 4 error, 5 volume_group_snapshot_name, } }

/// Values of `DeletionPolicy`.
pub mod deletion_policy {
    pub const DELETE: &str = "Delete";
    pub const RETAIN: &str = "Retain";
}
