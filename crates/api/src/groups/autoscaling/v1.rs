// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `autoscaling`, version `v1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{ObjectMeta, Quantity, Time};

/// `ContainerResourceMetricSource`.
#[derive(Clone, Default, PartialEq)]
pub struct ContainerResourceMetricSource {
    pub name: String,
    pub target_average_utilization: Option<i32>,
    pub target_average_value: Option<Quantity>,
    pub container: String,
}

skeg_schema::message! { ContainerResourceMetricSource = 202 { 0 name, 1 target_average_utilization, 2 target_average_value, 3 container, } }

/// `ContainerResourceMetricStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ContainerResourceMetricStatus {
    pub name: String,
    pub current_average_utilization: Option<i32>,
    pub current_average_value: Quantity,
    pub container: String,
}

skeg_schema::message! { ContainerResourceMetricStatus = 203 { 0 name, 1 current_average_utilization, 2 current_average_value, 3 container, } }

/// `CrossVersionObjectReference`.
#[derive(Clone, Default, PartialEq)]
pub struct CrossVersionObjectReference {
    pub kind: String,
    pub name: String,
    pub api_version: String,
}

skeg_schema::message! { CrossVersionObjectReference = 204 { 0 kind, 1 name, 2 api_version, } }

/// `ExternalMetricSource`.
#[derive(Clone, Default, PartialEq)]
pub struct ExternalMetricSource {
    pub metric_name: String,
    pub metric_selector: Option<skeg_meta::LabelSelector>,
    pub target_value: Option<Quantity>,
    pub target_average_value: Option<Quantity>,
}

skeg_schema::message! { ExternalMetricSource = 205 { 0 metric_name, 1 metric_selector, 2 target_value, 3 target_average_value, } }

/// `ExternalMetricStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ExternalMetricStatus {
    pub metric_name: String,
    pub metric_selector: Option<skeg_meta::LabelSelector>,
    pub current_value: Quantity,
    pub current_average_value: Option<Quantity>,
}

skeg_schema::message! { ExternalMetricStatus = 206 { 0 metric_name, 1 metric_selector, 2 current_value, 3 current_average_value, } }

/// `HorizontalPodAutoscaler`.
#[derive(Clone, Default, PartialEq)]
pub struct HorizontalPodAutoscaler {
    pub metadata: ObjectMeta,
    pub spec: HorizontalPodAutoscalerSpec,
    pub status: HorizontalPodAutoscalerStatus,
}

skeg_schema::message! { HorizontalPodAutoscaler = 207 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { HorizontalPodAutoscaler, "autoscaling", "v1", "horizontalpodautoscalers", true, 209 }

impl skeg_meta::HasStatus for HorizontalPodAutoscaler {}

/// `HorizontalPodAutoscalerCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct HorizontalPodAutoscalerCondition {
    pub type_: String,
    pub status: String,
    pub last_transition_time: Option<Time>,
    pub reason: String,
    pub message: String,
    pub observed_generation: Option<i64>,
}

skeg_schema::message! { HorizontalPodAutoscalerCondition = 208 { 0 type_, 1 status, 2 last_transition_time, 3 reason, 4 message, 5 observed_generation, } }

/// A list of [`HorizontalPodAutoscaler`].
pub type HorizontalPodAutoscalerList = skeg_meta::List<HorizontalPodAutoscaler>;

/// `HorizontalPodAutoscalerSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct HorizontalPodAutoscalerSpec {
    pub scale_target_ref: CrossVersionObjectReference,
    pub min_replicas: Option<i32>,
    pub max_replicas: i32,
    pub target_cpu_utilization_percentage: Option<i32>,
}

skeg_schema::message! { HorizontalPodAutoscalerSpec = 210 { 0 scale_target_ref, 1 min_replicas, 2 max_replicas, 3 target_cpu_utilization_percentage, } }

/// `HorizontalPodAutoscalerStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct HorizontalPodAutoscalerStatus {
    pub observed_generation: Option<i64>,
    pub last_scale_time: Option<Time>,
    pub current_replicas: i32,
    pub desired_replicas: i32,
    pub current_cpu_utilization_percentage: Option<i32>,
}

skeg_schema::message! { HorizontalPodAutoscalerStatus = 211 { 0 observed_generation, 1 last_scale_time, 2 current_replicas, 3 desired_replicas, 4 current_cpu_utilization_percentage, } }

/// `MetricSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct MetricSpec {
    pub type_: String,
    pub object: Option<ObjectMetricSource>,
    pub pods: Option<PodsMetricSource>,
    pub resource: Option<ResourceMetricSource>,
    pub container_resource: Option<ContainerResourceMetricSource>,
    pub external: Option<ExternalMetricSource>,
}

skeg_schema::message! { MetricSpec = 212 { 0 type_, 1 object, 2 pods, 3 resource, 4 container_resource, 5 external, } }

/// `MetricStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct MetricStatus {
    pub type_: String,
    pub object: Option<ObjectMetricStatus>,
    pub pods: Option<PodsMetricStatus>,
    pub resource: Option<ResourceMetricStatus>,
    pub container_resource: Option<ContainerResourceMetricStatus>,
    pub external: Option<ExternalMetricStatus>,
}

skeg_schema::message! { MetricStatus = 213 { 0 type_, 1 object, 2 pods, 3 resource, 4 container_resource, 5 external, } }

/// `ObjectMetricSource`.
#[derive(Clone, Default, PartialEq)]
pub struct ObjectMetricSource {
    pub target: CrossVersionObjectReference,
    pub metric_name: String,
    pub target_value: Quantity,
    pub selector: Option<skeg_meta::LabelSelector>,
    pub average_value: Option<Quantity>,
}

skeg_schema::message! { ObjectMetricSource = 214 { 0 target, 1 metric_name, 2 target_value, 3 selector, 4 average_value, } }

/// `ObjectMetricStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ObjectMetricStatus {
    pub target: CrossVersionObjectReference,
    pub metric_name: String,
    pub current_value: Quantity,
    pub selector: Option<skeg_meta::LabelSelector>,
    pub average_value: Option<Quantity>,
}

skeg_schema::message! { ObjectMetricStatus = 215 { 0 target, 1 metric_name, 2 current_value, 3 selector, 4 average_value, } }

/// `PodsMetricSource`.
#[derive(Clone, Default, PartialEq)]
pub struct PodsMetricSource {
    pub metric_name: String,
    pub target_average_value: Quantity,
    pub selector: Option<skeg_meta::LabelSelector>,
}

skeg_schema::message! { PodsMetricSource = 216 { 0 metric_name, 1 target_average_value, 2 selector, } }

/// `PodsMetricStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct PodsMetricStatus {
    pub metric_name: String,
    pub current_average_value: Quantity,
    pub selector: Option<skeg_meta::LabelSelector>,
}

skeg_schema::message! { PodsMetricStatus = 217 { 0 metric_name, 1 current_average_value, 2 selector, } }

/// `ResourceMetricSource`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceMetricSource {
    pub name: String,
    pub target_average_utilization: Option<i32>,
    pub target_average_value: Option<Quantity>,
}

skeg_schema::message! { ResourceMetricSource = 218 { 0 name, 1 target_average_utilization, 2 target_average_value, } }

/// `ResourceMetricStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceMetricStatus {
    pub name: String,
    pub current_average_utilization: Option<i32>,
    pub current_average_value: Quantity,
}

skeg_schema::message! { ResourceMetricStatus = 219 { 0 name, 1 current_average_utilization, 2 current_average_value, } }

/// `Scale`.
#[derive(Clone, Default, PartialEq)]
pub struct Scale {
    pub metadata: ObjectMeta,
    pub spec: ScaleSpec,
    pub status: ScaleStatus,
}

skeg_schema::message! { Scale = 220 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { Scale, "autoscaling", "v1", "scales", true, 220 }

/// `ScaleSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct ScaleSpec {
    pub replicas: i32,
}

skeg_schema::message! { ScaleSpec = 221 { 0 replicas, } }

/// `ScaleStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ScaleStatus {
    pub replicas: i32,
    pub selector: String,
}

skeg_schema::message! { ScaleStatus = 222 { 0 replicas, 1 selector, } }

/// Values of `HorizontalPodAutoscalerConditionType`.
pub mod horizontal_pod_autoscaler_condition_type {
    pub const ABLE_TO_SCALE: &str = "AbleToScale";
    pub const SCALED_TO_ZERO: &str = "ScaledToZero";
    pub const SCALING_ACTIVE: &str = "ScalingActive";
    pub const SCALING_LIMITED: &str = "ScalingLimited";
}

/// Values of `MetricSourceType`.
pub mod metric_source_type {
    pub const CONTAINER_RESOURCE: &str = "ContainerResource";
    pub const EXTERNAL: &str = "External";
    pub const OBJECT: &str = "Object";
    pub const PODS: &str = "Pods";
    pub const RESOURCE: &str = "Resource";
}
