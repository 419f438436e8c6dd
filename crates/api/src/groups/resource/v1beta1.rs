// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `resource`, version `v1beta1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{ObjectMeta, Quantity, Time};
use skeg_schema::Value;
use std::collections::BTreeMap;

/// `AllocatedDeviceStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct AllocatedDeviceStatus {
    pub driver: String,
    pub pool: String,
    pub device: String,
    pub share_id: Option<String>,
    pub conditions: Vec<skeg_meta::Condition>,
    pub data: Option<Value>,
    pub network_data: Option<NetworkDeviceData>,
}

skeg_schema::message! { AllocatedDeviceStatus = 768 { 0 driver, 1 pool, 2 device, 3 share_id, 4 conditions, 5 data, 6 network_data, } }

/// `AllocationResult`.
#[derive(Clone, Default, PartialEq)]
pub struct AllocationResult {
    pub devices: DeviceAllocationResult,
    pub node_selector: Option<crate::core::v1::NodeSelector>,
    pub allocation_timestamp: Option<Time>,
}

skeg_schema::message! { AllocationResult = 769 { 0 devices, 1 node_selector, 2 allocation_timestamp, } }

/// `BasicDevice`.
#[derive(Clone, Default, PartialEq)]
pub struct BasicDevice {
    pub attributes: BTreeMap<String, DeviceAttribute>,
    pub capacity: BTreeMap<String, DeviceCapacity>,
    pub consumes_counters: Vec<DeviceCounterConsumption>,
    pub node_name: Option<String>,
    pub node_selector: Option<crate::core::v1::NodeSelector>,
    pub all_nodes: Option<bool>,
    pub taints: Vec<DeviceTaint>,
    pub binds_to_node: Option<bool>,
    pub binding_conditions: Vec<String>,
    pub binding_failure_conditions: Vec<String>,
    pub allow_multiple_allocations: Option<bool>,
    pub node_allocatable_resources: BTreeMap<String, NodeAllocatableResource>,
}

skeg_schema::message! { BasicDevice = 770 { 0 attributes, 1 capacity, 2 consumes_counters, 3 node_name, 4 node_selector, 5 all_nodes, 6 taints, 7 binds_to_node, 8 binding_conditions, 9 binding_failure_conditions, 10 allow_multiple_allocations, 11 node_allocatable_resources, } }

/// `CELDeviceSelector`.
#[derive(Clone, Default, PartialEq)]
pub struct CELDeviceSelector {
    pub expression: String,
}

skeg_schema::message! { CELDeviceSelector = 771 { 0 expression, } }

/// `CapacityRequestPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct CapacityRequestPolicy {
    pub default: Option<Quantity>,
    pub valid_values: Vec<Quantity>,
    pub valid_range: Option<CapacityRequestPolicyRange>,
}

skeg_schema::message! { CapacityRequestPolicy = 772 { 0 default, 1 valid_values, 2 valid_range, } }

/// `CapacityRequestPolicyRange`.
#[derive(Clone, Default, PartialEq)]
pub struct CapacityRequestPolicyRange {
    pub min: Option<Quantity>,
    pub max: Option<Quantity>,
    pub step: Option<Quantity>,
}

skeg_schema::message! { CapacityRequestPolicyRange = 773 { 0 min, 1 max, 2 step, } }

/// `CapacityRequirements`.
#[derive(Clone, Default, PartialEq)]
pub struct CapacityRequirements {
    pub requests: BTreeMap<String, Quantity>,
}

skeg_schema::message! { CapacityRequirements = 774 { 0 requests, } }

/// `Counter`.
#[derive(Clone, Default, PartialEq)]
pub struct Counter {
    pub value: Quantity,
}

skeg_schema::message! { Counter = 775 { 0 value, } }

/// `CounterSet`.
#[derive(Clone, Default, PartialEq)]
pub struct CounterSet {
    pub name: String,
    pub counters: BTreeMap<String, Counter>,
}

skeg_schema::message! { CounterSet = 776 { 0 name, 1 counters, } }

/// `Device`.
#[derive(Clone, Default, PartialEq)]
pub struct Device {
    pub name: String,
    pub basic: Option<BasicDevice>,
}

skeg_schema::message! { Device = 777 { 0 name, 1 basic, } }

/// `DeviceAllocationConfiguration`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceAllocationConfiguration {
    pub source: String,
    pub requests: Vec<String>,
    pub opaque: Option<OpaqueDeviceConfiguration>,
}

skeg_schema::message! { DeviceAllocationConfiguration = 778 { 0 source, 1 requests, 2 opaque, } }

/// `DeviceAllocationResult`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceAllocationResult {
    pub results: Vec<DeviceRequestAllocationResult>,
    pub config: Vec<DeviceAllocationConfiguration>,
}

skeg_schema::message! { DeviceAllocationResult = 779 { 0 results, 1 config, } }

/// `DeviceAttribute`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceAttribute {
    pub int: Option<i64>,
    pub bool: Option<bool>,
    pub string: Option<String>,
    pub version: Option<String>,
    pub ints: Vec<i64>,
    pub bools: Vec<bool>,
    pub strings: Vec<String>,
    pub versions: Vec<String>,
}

skeg_schema::message! { DeviceAttribute = 780 { 0 int, 1 bool, 2 string, 3 version, 4 ints, 5 bools, 6 strings, 7 versions, } }

/// `DeviceCapacity`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceCapacity {
    pub value: Quantity,
    pub request_policy: Option<CapacityRequestPolicy>,
}

skeg_schema::message! { DeviceCapacity = 781 { 0 value, 1 request_policy, } }

/// `DeviceClaim`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceClaim {
    pub requests: Vec<DeviceRequest>,
    pub constraints: Vec<DeviceConstraint>,
    pub config: Vec<DeviceClaimConfiguration>,
}

skeg_schema::message! { DeviceClaim = 782 { 0 requests, 1 constraints, 2 config, } }

/// `DeviceClaimConfiguration`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceClaimConfiguration {
    pub requests: Vec<String>,
    pub opaque: Option<OpaqueDeviceConfiguration>,
}

skeg_schema::message! { DeviceClaimConfiguration = 783 { 0 requests, 1 opaque, } }

/// `DeviceClass`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceClass {
    pub metadata: ObjectMeta,
    pub spec: DeviceClassSpec,
}

skeg_schema::message! { DeviceClass = 784 { 0 metadata, 1 spec, } }

skeg_meta::object! { DeviceClass, "resource.k8s.io", "v1beta1", "deviceclasses", false, 786 }

/// `DeviceClassConfiguration`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceClassConfiguration {
    pub opaque: Option<OpaqueDeviceConfiguration>,
}

skeg_schema::message! { DeviceClassConfiguration = 785 { 0 opaque, } }

/// A list of [`DeviceClass`].
pub type DeviceClassList = skeg_meta::List<DeviceClass>;

/// `DeviceClassSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceClassSpec {
    pub selectors: Vec<DeviceSelector>,
    pub config: Vec<DeviceClassConfiguration>,
    pub extended_resource_name: Option<String>,
}

skeg_schema::message! { DeviceClassSpec = 787 { 0 selectors, 1 config, 2 extended_resource_name, } }

/// `DeviceConfiguration`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceConfiguration {
    pub opaque: Option<OpaqueDeviceConfiguration>,
}

skeg_schema::message! { DeviceConfiguration = 788 { 0 opaque, } }

/// `DeviceConstraint`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceConstraint {
    pub requests: Vec<String>,
    pub match_attribute: Option<String>,
    pub distinct_attribute: Option<String>,
}

skeg_schema::message! { DeviceConstraint = 789 { 0 requests, 1 match_attribute, 2 distinct_attribute, } }

/// `DeviceCounterConsumption`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceCounterConsumption {
    pub counter_set: String,
    pub counters: BTreeMap<String, Counter>,
    pub compatibility_groups: Vec<String>,
}

skeg_schema::message! { DeviceCounterConsumption = 790 { 0 counter_set, 1 counters, 2 compatibility_groups, } }

/// `DeviceDerivedAttribute`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceDerivedAttribute {
    pub name: String,
    pub expression: String,
}

skeg_schema::message! { DeviceDerivedAttribute = 791 { 0 name, 1 expression, } }

/// `DeviceRequest`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceRequest {
    pub name: String,
    pub device_class_name: String,
    pub selectors: Vec<DeviceSelector>,
    pub allocation_mode: String,
    pub count: i64,
    pub admin_access: Option<bool>,
    pub first_available: Vec<DeviceSubRequest>,
    pub tolerations: Vec<DeviceToleration>,
    pub capacity: Option<CapacityRequirements>,
    pub derived_attributes: Vec<DeviceDerivedAttribute>,
}

skeg_schema::message! { DeviceRequest = 792 { 0 name, 1 device_class_name, 2 selectors, 3 allocation_mode, 4 count, 5 admin_access, 6 first_available, 7 tolerations, 8 capacity, 9 derived_attributes, } }

/// `DeviceRequestAllocationResult`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceRequestAllocationResult {
    pub request: String,
    pub driver: String,
    pub pool: String,
    pub device: String,
    pub admin_access: Option<bool>,
    pub tolerations: Vec<DeviceToleration>,
    pub binding_conditions: Vec<String>,
    pub binding_failure_conditions: Vec<String>,
    pub share_id: Option<String>,
    pub consumed_capacity: BTreeMap<String, Quantity>,
    pub skip_node_operations: Vec<String>,
}

skeg_schema::message! { DeviceRequestAllocationResult = 793 { 0 request, 1 driver, 2 pool, 3 device, 4 admin_access, 5 tolerations, 6 binding_conditions, 7 binding_failure_conditions, 8 share_id, 9 consumed_capacity, 10 skip_node_operations, } }

/// `DeviceSelector`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceSelector {
    pub cel: Option<CELDeviceSelector>,
}

skeg_schema::message! { DeviceSelector = 794 { 0 cel, } }

/// `DeviceSubRequest`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceSubRequest {
    pub name: String,
    pub device_class_name: String,
    pub selectors: Vec<DeviceSelector>,
    pub allocation_mode: String,
    pub count: i64,
    pub tolerations: Vec<DeviceToleration>,
    pub capacity: Option<CapacityRequirements>,
    pub derived_attributes: Vec<DeviceDerivedAttribute>,
}

skeg_schema::message! { DeviceSubRequest = 795 { 0 name, 1 device_class_name, 2 selectors, 3 allocation_mode, 4 count, 5 tolerations, 6 capacity, 7 derived_attributes, } }

/// `DeviceTaint`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceTaint {
    pub key: String,
    pub value: String,
    pub effect: String,
    pub time_added: Option<Time>,
}

skeg_schema::message! { DeviceTaint = 796 { 0 key, 1 value, 2 effect, 3 time_added, } }

/// `DeviceToleration`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceToleration {
    pub key: String,
    pub operator: String,
    pub value: String,
    pub effect: String,
    pub toleration_seconds: Option<i64>,
}

skeg_schema::message! { DeviceToleration = 797 { 0 key, 1 operator, 2 value, 3 effect, 4 toleration_seconds, } }

/// `NetworkDeviceData`.
#[derive(Clone, Default, PartialEq)]
pub struct NetworkDeviceData {
    pub interface_name: String,
    pub ips: Vec<String>,
    pub hardware_address: String,
}

skeg_schema::message! { NetworkDeviceData = 798 { 0 interface_name, 1 ips, 2 hardware_address, } }

/// `NodeAllocatableMapping`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeAllocatableMapping {
    pub capacity_key: Option<String>,
    pub capacity_multiplier: Option<Quantity>,
    pub device_multiplier: Option<Quantity>,
}

skeg_schema::message! { NodeAllocatableMapping = 799 { 0 capacity_key, 1 capacity_multiplier, 2 device_multiplier, } }

/// `NodeAllocatableOverhead`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeAllocatableOverhead {
    pub per_pod: Option<Quantity>,
    pub per_container: Option<Quantity>,
}

skeg_schema::message! { NodeAllocatableOverhead = 800 { 0 per_pod, 1 per_container, } }

/// `NodeAllocatableResource`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeAllocatableResource {
    pub mapping: Option<NodeAllocatableMapping>,
    pub overhead: Option<NodeAllocatableOverhead>,
}

skeg_schema::message! { NodeAllocatableResource = 801 { 0 mapping, 1 overhead, } }

/// `OpaqueDeviceConfiguration`.
#[derive(Clone, Default, PartialEq)]
pub struct OpaqueDeviceConfiguration {
    pub driver: String,
    pub parameters: Value,
}

skeg_schema::message! { OpaqueDeviceConfiguration = 802 { 0 driver, 1 parameters, } }

/// `ResourceClaim`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceClaim {
    pub metadata: ObjectMeta,
    pub spec: ResourceClaimSpec,
    pub status: ResourceClaimStatus,
}

skeg_schema::message! { ResourceClaim = 803 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { ResourceClaim, "resource.k8s.io", "v1beta1", "resourceclaims", true, 805 }

impl skeg_meta::HasStatus for ResourceClaim {}

/// `ResourceClaimConsumerReference`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceClaimConsumerReference {
    pub api_group: String,
    pub resource: String,
    pub name: String,
    pub uid: String,
}

skeg_schema::message! { ResourceClaimConsumerReference = 804 { 0 api_group, 1 resource, 2 name, 3 uid, } }

/// A list of [`ResourceClaim`].
pub type ResourceClaimList = skeg_meta::List<ResourceClaim>;

/// `ResourceClaimSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceClaimSpec {
    pub devices: DeviceClaim,
}

skeg_schema::message! { ResourceClaimSpec = 806 { 0 devices, } }

/// `ResourceClaimStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceClaimStatus {
    pub allocation: Option<AllocationResult>,
    pub reserved_for: Vec<ResourceClaimConsumerReference>,
    pub devices: Vec<AllocatedDeviceStatus>,
}

skeg_schema::message! { ResourceClaimStatus = 807 { 0 allocation, 1 reserved_for, 2 devices, } }

/// `ResourceClaimTemplate`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceClaimTemplate {
    pub metadata: ObjectMeta,
    pub spec: ResourceClaimTemplateSpec,
}

skeg_schema::message! { ResourceClaimTemplate = 808 { 0 metadata, 1 spec, } }

skeg_meta::object! { ResourceClaimTemplate, "resource.k8s.io", "v1beta1", "resourceclaimtemplates", true, 809 }

/// A list of [`ResourceClaimTemplate`].
pub type ResourceClaimTemplateList = skeg_meta::List<ResourceClaimTemplate>;

/// `ResourceClaimTemplateSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceClaimTemplateSpec {
    pub metadata: ObjectMeta,
    pub spec: ResourceClaimSpec,
}

skeg_schema::message! { ResourceClaimTemplateSpec = 810 { 0 metadata, 1 spec, } }

/// `ResourcePool`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourcePool {
    pub name: String,
    pub generation: i64,
    pub resource_slice_count: i64,
}

skeg_schema::message! { ResourcePool = 811 { 0 name, 1 generation, 2 resource_slice_count, } }

/// `ResourceSlice`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceSlice {
    pub metadata: ObjectMeta,
    pub spec: ResourceSliceSpec,
}

skeg_schema::message! { ResourceSlice = 812 { 0 metadata, 1 spec, } }

skeg_meta::object! { ResourceSlice, "resource.k8s.io", "v1beta1", "resourceslices", false, 813 }

/// A list of [`ResourceSlice`].
pub type ResourceSliceList = skeg_meta::List<ResourceSlice>;

/// `ResourceSliceSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceSliceSpec {
    pub driver: String,
    pub pool: ResourcePool,
    pub node_name: String,
    pub node_selector: Option<crate::core::v1::NodeSelector>,
    pub all_nodes: bool,
    pub devices: Vec<Device>,
    pub per_device_node_selection: Option<bool>,
    pub shared_counters: Vec<CounterSet>,
    pub partition_type_attribute: Option<String>,
    pub skip_node_operations: Vec<String>,
}

skeg_schema::message! { ResourceSliceSpec = 814 { 0 driver, 1 pool, 2 node_name, 3 node_selector, 4 all_nodes, 5 devices, 6 per_device_node_selection, 7 shared_counters, 8 partition_type_attribute, 9 skip_node_operations, } }

/// Values of `AllocationConfigSource`.
pub mod allocation_config_source {
    pub const FROM_CLAIM: &str = "FromClaim";
    pub const FROM_CLASS: &str = "FromClass";
}

/// Values of `DeviceAllocationMode`.
pub mod device_allocation_mode {
    pub const ALL: &str = "All";
    pub const EXACT_COUNT: &str = "ExactCount";
}

/// Values of `DeviceTaintEffect`.
pub mod device_taint_effect {
    pub const NO_EXECUTE: &str = "NoExecute";
    pub const NO_SCHEDULE: &str = "NoSchedule";
    pub const NONE: &str = "None";
}

/// Values of `DeviceTolerationOperator`.
pub mod device_toleration_operator {
    pub const EQUAL: &str = "Equal";
    pub const EXISTS: &str = "Exists";
}

/// Values of `SkipNodeOperation`.
pub mod skip_node_operation {
    pub const NODE_PREPARE_RESOURCES: &str = "NodePrepareResources";
    pub const NODE_UNPREPARE_RESOURCES: &str = "NodeUnprepareResources";
}
