// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `resource`, version `v1beta2`. Names and meanings are those of the Kubernetes API reference.
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

skeg_schema::message! { AllocatedDeviceStatus = 815 { 0 driver, 1 pool, 2 device, 3 share_id, 4 conditions, 5 data, 6 network_data, } }

/// `AllocationResult`.
#[derive(Clone, Default, PartialEq)]
pub struct AllocationResult {
    pub devices: DeviceAllocationResult,
    pub node_selector: Option<crate::core::v1::NodeSelector>,
    pub allocation_timestamp: Option<Time>,
}

skeg_schema::message! { AllocationResult = 816 { 0 devices, 1 node_selector, 2 allocation_timestamp, } }

/// `CELDeviceSelector`.
#[derive(Clone, Default, PartialEq)]
pub struct CELDeviceSelector {
    pub expression: String,
}

skeg_schema::message! { CELDeviceSelector = 817 { 0 expression, } }

/// `CapacityRequestPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct CapacityRequestPolicy {
    pub default: Option<Quantity>,
    pub valid_values: Vec<Quantity>,
    pub valid_range: Option<CapacityRequestPolicyRange>,
}

skeg_schema::message! { CapacityRequestPolicy = 818 { 0 default, 1 valid_values, 2 valid_range, } }

/// `CapacityRequestPolicyRange`.
#[derive(Clone, Default, PartialEq)]
pub struct CapacityRequestPolicyRange {
    pub min: Option<Quantity>,
    pub max: Option<Quantity>,
    pub step: Option<Quantity>,
}

skeg_schema::message! { CapacityRequestPolicyRange = 819 { 0 min, 1 max, 2 step, } }

/// `CapacityRequirements`.
#[derive(Clone, Default, PartialEq)]
pub struct CapacityRequirements {
    pub requests: BTreeMap<String, Quantity>,
}

skeg_schema::message! { CapacityRequirements = 820 { 0 requests, } }

/// `Counter`.
#[derive(Clone, Default, PartialEq)]
pub struct Counter {
    pub value: Quantity,
}

skeg_schema::message! { Counter = 821 { 0 value, } }

/// `CounterSet`.
#[derive(Clone, Default, PartialEq)]
pub struct CounterSet {
    pub name: String,
    pub counters: BTreeMap<String, Counter>,
}

skeg_schema::message! { CounterSet = 822 { 0 name, 1 counters, } }

/// `Device`.
#[derive(Clone, Default, PartialEq)]
pub struct Device {
    pub name: String,
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

skeg_schema::message! { Device = 823 { 0 name, 1 attributes, 2 capacity, 3 consumes_counters, 4 node_name, 5 node_selector, 6 all_nodes, 7 taints, 8 binds_to_node, 9 binding_conditions, 10 binding_failure_conditions, 11 allow_multiple_allocations, 12 node_allocatable_resources, } }

/// `DeviceAllocationConfiguration`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceAllocationConfiguration {
    pub source: String,
    pub requests: Vec<String>,
    pub opaque: Option<OpaqueDeviceConfiguration>,
}

skeg_schema::message! { DeviceAllocationConfiguration = 824 { 0 source, 1 requests, 2 opaque, } }

/// `DeviceAllocationResult`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceAllocationResult {
    pub results: Vec<DeviceRequestAllocationResult>,
    pub config: Vec<DeviceAllocationConfiguration>,
}

skeg_schema::message! { DeviceAllocationResult = 825 { 0 results, 1 config, } }

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

skeg_schema::message! { DeviceAttribute = 826 { 0 int, 1 bool, 2 string, 3 version, 4 ints, 5 bools, 6 strings, 7 versions, } }

/// `DeviceCapacity`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceCapacity {
    pub value: Quantity,
    pub request_policy: Option<CapacityRequestPolicy>,
}

skeg_schema::message! { DeviceCapacity = 827 { 0 value, 1 request_policy, } }

/// `DeviceClaim`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceClaim {
    pub requests: Vec<DeviceRequest>,
    pub constraints: Vec<DeviceConstraint>,
    pub config: Vec<DeviceClaimConfiguration>,
}

skeg_schema::message! { DeviceClaim = 828 { 0 requests, 1 constraints, 2 config, } }

/// `DeviceClaimConfiguration`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceClaimConfiguration {
    pub requests: Vec<String>,
    pub opaque: Option<OpaqueDeviceConfiguration>,
}

skeg_schema::message! { DeviceClaimConfiguration = 829 { 0 requests, 1 opaque, } }

/// `DeviceClass`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceClass {
    pub metadata: ObjectMeta,
    pub spec: DeviceClassSpec,
}

skeg_schema::message! { DeviceClass = 830 { 0 metadata, 1 spec, } }

skeg_meta::object! { DeviceClass, "resource.k8s.io", "v1beta2", "deviceclasses", false, 832 }

/// `DeviceClassConfiguration`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceClassConfiguration {
    pub opaque: Option<OpaqueDeviceConfiguration>,
}

skeg_schema::message! { DeviceClassConfiguration = 831 { 0 opaque, } }

/// A list of [`DeviceClass`].
pub type DeviceClassList = skeg_meta::List<DeviceClass>;

/// `DeviceClassSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceClassSpec {
    pub selectors: Vec<DeviceSelector>,
    pub config: Vec<DeviceClassConfiguration>,
    pub extended_resource_name: Option<String>,
}

skeg_schema::message! { DeviceClassSpec = 833 { 0 selectors, 1 config, 2 extended_resource_name, } }

/// `DeviceConfiguration`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceConfiguration {
    pub opaque: Option<OpaqueDeviceConfiguration>,
}

skeg_schema::message! { DeviceConfiguration = 834 { 0 opaque, } }

/// `DeviceConstraint`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceConstraint {
    pub requests: Vec<String>,
    pub match_attribute: Option<String>,
    pub distinct_attribute: Option<String>,
}

skeg_schema::message! { DeviceConstraint = 835 { 0 requests, 1 match_attribute, 2 distinct_attribute, } }

/// `DeviceCounterConsumption`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceCounterConsumption {
    pub counter_set: String,
    pub counters: BTreeMap<String, Counter>,
    pub compatibility_groups: Vec<String>,
}

skeg_schema::message! { DeviceCounterConsumption = 836 { 0 counter_set, 1 counters, 2 compatibility_groups, } }

/// `DeviceDerivedAttribute`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceDerivedAttribute {
    pub name: String,
    pub expression: String,
}

skeg_schema::message! { DeviceDerivedAttribute = 837 { 0 name, 1 expression, } }

/// `DeviceRequest`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceRequest {
    pub name: String,
    pub exactly: Option<ExactDeviceRequest>,
    pub first_available: Vec<DeviceSubRequest>,
}

skeg_schema::message! { DeviceRequest = 838 { 0 name, 1 exactly, 2 first_available, } }

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

skeg_schema::message! { DeviceRequestAllocationResult = 839 { 0 request, 1 driver, 2 pool, 3 device, 4 admin_access, 5 tolerations, 6 binding_conditions, 7 binding_failure_conditions, 8 share_id, 9 consumed_capacity, 10 skip_node_operations, } }

/// `DeviceSelector`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceSelector {
    pub cel: Option<CELDeviceSelector>,
}

skeg_schema::message! { DeviceSelector = 840 { 0 cel, } }

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

skeg_schema::message! { DeviceSubRequest = 841 { 0 name, 1 device_class_name, 2 selectors, 3 allocation_mode, 4 count, 5 tolerations, 6 capacity, 7 derived_attributes, } }

/// `DeviceTaint`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceTaint {
    pub key: String,
    pub value: String,
    pub effect: String,
    pub time_added: Option<Time>,
}

skeg_schema::message! { DeviceTaint = 842 { 0 key, 1 value, 2 effect, 3 time_added, } }

/// `DeviceTaintRule`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceTaintRule {
    pub metadata: ObjectMeta,
    pub spec: DeviceTaintRuleSpec,
    pub status: DeviceTaintRuleStatus,
}

skeg_schema::message! { DeviceTaintRule = 843 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { DeviceTaintRule, "resource.k8s.io", "v1beta2", "devicetaintrules", false, 844 }

impl skeg_meta::HasStatus for DeviceTaintRule {}

/// A list of [`DeviceTaintRule`].
pub type DeviceTaintRuleList = skeg_meta::List<DeviceTaintRule>;

/// `DeviceTaintRuleSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceTaintRuleSpec {
    pub device_selector: Option<DeviceTaintSelector>,
    pub taint: DeviceTaint,
}

skeg_schema::message! { DeviceTaintRuleSpec = 845 { 0 device_selector, 1 taint, } }

/// `DeviceTaintRuleStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceTaintRuleStatus {
    pub conditions: Vec<skeg_meta::Condition>,
}

skeg_schema::message! { DeviceTaintRuleStatus = 846 { 0 conditions, } }

/// `DeviceTaintSelector`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceTaintSelector {
    pub driver: Option<String>,
    pub pool: Option<String>,
    pub device: Option<String>,
}

skeg_schema::message! { DeviceTaintSelector = 847 { 0 driver, 1 pool, 2 device, } }

/// `DeviceToleration`.
#[derive(Clone, Default, PartialEq)]
pub struct DeviceToleration {
    pub key: String,
    pub operator: String,
    pub value: String,
    pub effect: String,
    pub toleration_seconds: Option<i64>,
}

skeg_schema::message! { DeviceToleration = 848 { 0 key, 1 operator, 2 value, 3 effect, 4 toleration_seconds, } }

/// `ExactDeviceRequest`.
#[derive(Clone, Default, PartialEq)]
pub struct ExactDeviceRequest {
    pub device_class_name: String,
    pub selectors: Vec<DeviceSelector>,
    pub allocation_mode: String,
    pub count: i64,
    pub admin_access: Option<bool>,
    pub tolerations: Vec<DeviceToleration>,
    pub capacity: Option<CapacityRequirements>,
    pub derived_attributes: Vec<DeviceDerivedAttribute>,
}

skeg_schema::message! { ExactDeviceRequest = 849 { 0 device_class_name, 1 selectors, 2 allocation_mode, 3 count, 4 admin_access, 5 tolerations, 6 capacity, 7 derived_attributes, } }

/// `NetworkDeviceData`.
#[derive(Clone, Default, PartialEq)]
pub struct NetworkDeviceData {
    pub interface_name: String,
    pub ips: Vec<String>,
    pub hardware_address: String,
}

skeg_schema::message! { NetworkDeviceData = 850 { 0 interface_name, 1 ips, 2 hardware_address, } }

/// `NodeAllocatableMapping`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeAllocatableMapping {
    pub capacity_key: Option<String>,
    pub capacity_multiplier: Option<Quantity>,
    pub device_multiplier: Option<Quantity>,
}

skeg_schema::message! { NodeAllocatableMapping = 851 { 0 capacity_key, 1 capacity_multiplier, 2 device_multiplier, } }

/// `NodeAllocatableOverhead`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeAllocatableOverhead {
    pub per_pod: Option<Quantity>,
    pub per_container: Option<Quantity>,
}

skeg_schema::message! { NodeAllocatableOverhead = 852 { 0 per_pod, 1 per_container, } }

/// `NodeAllocatableResource`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeAllocatableResource {
    pub mapping: Option<NodeAllocatableMapping>,
    pub overhead: Option<NodeAllocatableOverhead>,
}

skeg_schema::message! { NodeAllocatableResource = 853 { 0 mapping, 1 overhead, } }

/// `OpaqueDeviceConfiguration`.
#[derive(Clone, Default, PartialEq)]
pub struct OpaqueDeviceConfiguration {
    pub driver: String,
    pub parameters: Value,
}

skeg_schema::message! { OpaqueDeviceConfiguration = 854 { 0 driver, 1 parameters, } }

/// `ResourceClaim`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceClaim {
    pub metadata: ObjectMeta,
    pub spec: ResourceClaimSpec,
    pub status: ResourceClaimStatus,
}

skeg_schema::message! { ResourceClaim = 855 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { ResourceClaim, "resource.k8s.io", "v1beta2", "resourceclaims", true, 857 }

impl skeg_meta::HasStatus for ResourceClaim {}

/// `ResourceClaimConsumerReference`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceClaimConsumerReference {
    pub api_group: String,
    pub resource: String,
    pub name: String,
    pub uid: String,
}

skeg_schema::message! { ResourceClaimConsumerReference = 856 { 0 api_group, 1 resource, 2 name, 3 uid, } }

/// A list of [`ResourceClaim`].
pub type ResourceClaimList = skeg_meta::List<ResourceClaim>;

/// `ResourceClaimSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceClaimSpec {
    pub devices: DeviceClaim,
}

skeg_schema::message! { ResourceClaimSpec = 858 { 0 devices, } }

/// `ResourceClaimStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceClaimStatus {
    pub allocation: Option<AllocationResult>,
    pub reserved_for: Vec<ResourceClaimConsumerReference>,
    pub devices: Vec<AllocatedDeviceStatus>,
}

skeg_schema::message! { ResourceClaimStatus = 859 { 0 allocation, 1 reserved_for, 2 devices, } }

/// `ResourceClaimTemplate`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceClaimTemplate {
    pub metadata: ObjectMeta,
    pub spec: ResourceClaimTemplateSpec,
}

skeg_schema::message! { ResourceClaimTemplate = 860 { 0 metadata, 1 spec, } }

skeg_meta::object! { ResourceClaimTemplate, "resource.k8s.io", "v1beta2", "resourceclaimtemplates", true, 861 }

/// A list of [`ResourceClaimTemplate`].
pub type ResourceClaimTemplateList = skeg_meta::List<ResourceClaimTemplate>;

/// `ResourceClaimTemplateSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceClaimTemplateSpec {
    pub metadata: ObjectMeta,
    pub spec: ResourceClaimSpec,
}

skeg_schema::message! { ResourceClaimTemplateSpec = 862 { 0 metadata, 1 spec, } }

/// `ResourcePool`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourcePool {
    pub name: String,
    pub generation: i64,
    pub resource_slice_count: i64,
}

skeg_schema::message! { ResourcePool = 863 { 0 name, 1 generation, 2 resource_slice_count, } }

/// `ResourceSlice`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceSlice {
    pub metadata: ObjectMeta,
    pub spec: ResourceSliceSpec,
}

skeg_schema::message! { ResourceSlice = 864 { 0 metadata, 1 spec, } }

skeg_meta::object! { ResourceSlice, "resource.k8s.io", "v1beta2", "resourceslices", false, 865 }

/// A list of [`ResourceSlice`].
pub type ResourceSliceList = skeg_meta::List<ResourceSlice>;

/// `ResourceSliceSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceSliceSpec {
    pub driver: String,
    pub pool: ResourcePool,
    pub node_name: Option<String>,
    pub node_selector: Option<crate::core::v1::NodeSelector>,
    pub all_nodes: Option<bool>,
    pub devices: Vec<Device>,
    pub per_device_node_selection: Option<bool>,
    pub shared_counters: Vec<CounterSet>,
    pub partition_type_attribute: Option<String>,
    pub skip_node_operations: Vec<String>,
}

skeg_schema::message! { ResourceSliceSpec = 866 { 0 driver, 1 pool, 2 node_name, 3 node_selector, 4 all_nodes, 5 devices, 6 per_device_node_selection, 7 shared_counters, 8 partition_type_attribute, 9 skip_node_operations, } }

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
