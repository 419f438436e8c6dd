// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `resource`, version `v1alpha3`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{ObjectMeta, Quantity, Time};

/// `CELDeviceSelector`.
#[derive(Clone, Default, PartialEq)]
pub struct CELDeviceSelector {
    pub expression: String,
}

skeg_schema::message! { CELDeviceSelector = 752 { 0 expression, } }

/// `DeviceSelector`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceSelector {
    pub cel: Option<CELDeviceSelector>,
}

skeg_schema::message! { DeviceSelector = 753 { 0 cel, } }

/// `DeviceTaint`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceTaint {
    pub key: String,
    pub value: String,
    pub effect: String,
    pub time_added: Option<Time>,
}

skeg_schema::message! { DeviceTaint = 754 { 0 key, 1 value, 2 effect, 3 time_added, } }

/// `DeviceTaintRule`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceTaintRule {
    pub metadata: ObjectMeta,
    pub spec: DeviceTaintRuleSpec,
    pub status: DeviceTaintRuleStatus,
}

skeg_schema::message! { DeviceTaintRule = 755 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { DeviceTaintRule, "resource.k8s.io", "v1alpha3", "devicetaintrules", false, 756 }

impl skeg_meta::HasStatus for DeviceTaintRule {}

/// A list of [`DeviceTaintRule`].
pub type DeviceTaintRuleList = skeg_meta::List<DeviceTaintRule>;

/// `DeviceTaintRuleSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceTaintRuleSpec {
    pub device_selector: Option<DeviceTaintSelector>,
    pub taint: DeviceTaint,
}

skeg_schema::message! { DeviceTaintRuleSpec = 757 { 0 device_selector, 1 taint, } }

/// `DeviceTaintRuleStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceTaintRuleStatus {
    pub conditions: Vec<skeg_meta::Condition>,
}

skeg_schema::message! { DeviceTaintRuleStatus = 758 { 0 conditions, } }

/// `DeviceTaintSelector`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceTaintSelector {
    pub driver: Option<String>,
    pub pool: Option<String>,
    pub device: Option<String>,
}

skeg_schema::message! { DeviceTaintSelector = 759 { 0 driver, 1 pool, 2 device, } }

/// `PartitionTypeStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct PartitionTypeStatus {
    pub attribute: String,
    pub type_: String,
    pub total: Option<i32>,
    pub allocatable: Option<i32>,
}

skeg_schema::message! { PartitionTypeStatus = 760 { 0 attribute, 1 type_, 2 total, 3 allocatable, } }

/// `PoolStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct PoolStatus {
    pub driver: String,
    pub pool_name: String,
    pub generation: i64,
    pub resource_slice_count: Option<i32>,
    pub total_devices: Option<i32>,
    pub allocated_devices: Option<i32>,
    pub available_devices: Option<i32>,
    pub unavailable_devices: Option<i32>,
    pub node_name: Option<String>,
    pub validation_error: Option<String>,
    pub partition_summary: Vec<PartitionTypeStatus>,
    pub shareable_summary: Option<ShareableSummaryStatus>,
}

skeg_schema::message! { PoolStatus = 761 { 0 driver, 1 pool_name, 2 generation, 3 resource_slice_count, 4 total_devices, 5 allocated_devices, 6 available_devices, 7 unavailable_devices, 8 node_name, 9 validation_error, 10 partition_summary, 11 shareable_summary, } }

/// `ResourcePoolStatusRequest`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourcePoolStatusRequest {
    pub metadata: ObjectMeta,
    pub spec: ResourcePoolStatusRequestSpec,
    pub status: Option<ResourcePoolStatusRequestStatus>,
}

skeg_schema::message! { ResourcePoolStatusRequest = 762 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { ResourcePoolStatusRequest, "resource.k8s.io", "v1alpha3", "resourcepoolstatusrequests", false, 763 }

impl skeg_meta::HasStatus for ResourcePoolStatusRequest {}

/// A list of [`ResourcePoolStatusRequest`].
pub type ResourcePoolStatusRequestList = skeg_meta::List<ResourcePoolStatusRequest>;

/// `ResourcePoolStatusRequestSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourcePoolStatusRequestSpec {
    pub driver: String,
    pub pool_name: Option<String>,
    pub limit: Option<i32>,
    pub default_partition_type_attribute: Option<String>,
}

skeg_schema::message! { ResourcePoolStatusRequestSpec = 764 { 0 driver, 1 pool_name, 2 limit, 3 default_partition_type_attribute, } }

/// `ResourcePoolStatusRequestStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourcePoolStatusRequestStatus {
    pub pool_count: Option<i32>,
    pub pools: Vec<PoolStatus>,
    pub conditions: Vec<skeg_meta::Condition>,
}

skeg_schema::message! { ResourcePoolStatusRequestStatus = 765 { 0 pool_count, 1 pools, 2 conditions, } }

/// `ShareableCapacityStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ShareableCapacityStatus {
    pub name: String,
    pub total: Option<Quantity>,
    pub consumed: Option<Quantity>,
    pub available: Option<Quantity>,
}

skeg_schema::message! { ShareableCapacityStatus = 766 { 0 name, 1 total, 2 consumed, 3 available, } }

/// `ShareableSummaryStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ShareableSummaryStatus {
    pub fully_available_devices: Option<i32>,
    pub partially_available_devices: Option<i32>,
    pub capacity: Vec<ShareableCapacityStatus>,
}

skeg_schema::message! { ShareableSummaryStatus = 767 { 0 fully_available_devices, 1 partially_available_devices, 2 capacity, } }

/// Values of `DeviceTaintEffect`.
pub mod device_taint_effect {
    pub const NO_EXECUTE: &str = "NoExecute";
    pub const NO_SCHEDULE: &str = "NoSchedule";
    pub const NONE: &str = "None";
}
