// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `autoscaling`, version `v2`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{ObjectMeta, Quantity, Time};

/// `ContainerResourceMetricSource`.
#[derive(Clone, Default, PartialEq)]
pub struct ContainerResourceMetricSource {
    pub name: String,
    pub target: MetricTarget,
    pub container: String,
}

skeg_schema::message! { ContainerResourceMetricSource = 223 { 0 name, 1 target, 2 container, } }

/// `ContainerResourceMetricStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ContainerResourceMetricStatus {
    pub name: String,
    pub current: MetricValueStatus,
    pub container: String,
}

skeg_schema::message! { ContainerResourceMetricStatus = 224 { 0 name, 1 current, 2 container, } }

/// `CrossVersionObjectReference`.
#[derive(Clone, Default, PartialEq)]
pub struct CrossVersionObjectReference {
    pub kind: String,
    pub name: String,
    pub api_version: String,
}

skeg_schema::message! { CrossVersionObjectReference = 225 { 0 kind, 1 name, 2 api_version, } }

/// `ExternalMetricSource`.
#[derive(Clone, Default, PartialEq)]
pub struct ExternalMetricSource {
    pub metric: MetricIdentifier,
    pub target: MetricTarget,
}

skeg_schema::message! { ExternalMetricSource = 226 { 0 metric, 1 target, } }

/// `ExternalMetricStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ExternalMetricStatus {
    pub metric: MetricIdentifier,
    pub current: MetricValueStatus,
}

skeg_schema::message! { ExternalMetricStatus = 227 { 0 metric, 1 current, } }

/// `HPAScalingPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct HPAScalingPolicy {
    pub type_: String,
    pub value: i32,
    pub period_seconds: i32,
}

skeg_schema::message! { HPAScalingPolicy = 228 { 0 type_, 1 value, 2 period_seconds, } }

/// `HPAScalingRules`.
#[derive(Clone, Default, PartialEq)]
pub struct HPAScalingRules {
    pub stabilization_window_seconds: Option<i32>,
    pub select_policy: Option<String>,
    pub policies: Vec<HPAScalingPolicy>,
    pub tolerance: Option<Quantity>,
}

skeg_schema::message! { HPAScalingRules = 229 { 0 stabilization_window_seconds, 1 select_policy, 2 policies, 3 tolerance, } }

/// `HorizontalPodAutoscaler`.
#[derive(Clone, Default, PartialEq)]
pub struct HorizontalPodAutoscaler {
    pub metadata: ObjectMeta,
    pub spec: HorizontalPodAutoscalerSpec,
    pub status: HorizontalPodAutoscalerStatus,
}

skeg_schema::message! { HorizontalPodAutoscaler = 230 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { HorizontalPodAutoscaler, "autoscaling", "v2", "horizontalpodautoscalers", true, 233 }

impl skeg_meta::HasStatus for HorizontalPodAutoscaler {}

/// `HorizontalPodAutoscalerBehavior`.
#[derive(Clone, Default, PartialEq)]
pub struct HorizontalPodAutoscalerBehavior {
    pub scale_up: Option<HPAScalingRules>,
    pub scale_down: Option<HPAScalingRules>,
}

skeg_schema::message! { HorizontalPodAutoscalerBehavior = 231 { 0 scale_up, 1 scale_down, } }

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

skeg_schema::message! { HorizontalPodAutoscalerCondition = 232 { 0 type_, 1 status, 2 last_transition_time, 3 reason, 4 message, 5 observed_generation, } }

/// A list of [`HorizontalPodAutoscaler`].
pub type HorizontalPodAutoscalerList = skeg_meta::List<HorizontalPodAutoscaler>;

/// `HorizontalPodAutoscalerSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct HorizontalPodAutoscalerSpec {
    pub scale_target_ref: CrossVersionObjectReference,
    pub min_replicas: Option<i32>,
    pub max_replicas: i32,
    pub metrics: Vec<MetricSpec>,
    pub behavior: Option<HorizontalPodAutoscalerBehavior>,
}

skeg_schema::message! { HorizontalPodAutoscalerSpec = 234 { 0 scale_target_ref, 1 min_replicas, 2 max_replicas, 3 metrics, 4 behavior, } }

/// `HorizontalPodAutoscalerStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct HorizontalPodAutoscalerStatus {
    pub observed_generation: Option<i64>,
    pub last_scale_time: Option<Time>,
    pub current_replicas: i32,
    pub desired_replicas: i32,
    pub current_metrics: Vec<MetricStatus>,
    pub conditions: Vec<HorizontalPodAutoscalerCondition>,
}

skeg_schema::message! { HorizontalPodAutoscalerStatus = 235 { 0 observed_generation, 1 last_scale_time, 2 current_replicas, 3 desired_replicas, 4 current_metrics, 5 conditions, } }

/// `MetricIdentifier`.
#[derive(Clone, Default, PartialEq)]
pub struct MetricIdentifier {
    pub name: String,
    pub selector: Option<skeg_meta::LabelSelector>,
}

skeg_schema::message! { MetricIdentifier = 236 { 0 name, 1 selector, } }

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

skeg_schema::message! { MetricSpec = 237 { 0 type_, 1 object, 2 pods, 3 resource, 4 container_resource, 5 external, } }

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

skeg_schema::message! { MetricStatus = 238 { 0 type_, 1 object, 2 pods, 3 resource, 4 container_resource, 5 external, } }

/// `MetricTarget`.
#[derive(Clone, Default, PartialEq)]
pub struct MetricTarget {
    pub type_: String,
    pub value: Option<Quantity>,
    pub average_value: Option<Quantity>,
    pub average_utilization: Option<i32>,
}

skeg_schema::message! { MetricTarget = 239 { 0 type_, 1 value, 2 average_value, 3 average_utilization, } }

/// `MetricValueStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct MetricValueStatus {
    pub value: Option<Quantity>,
    pub average_value: Option<Quantity>,
    pub average_utilization: Option<i32>,
}

skeg_schema::message! { MetricValueStatus = 240 { 0 value, 1 average_value, 2 average_utilization, } }

/// `ObjectMetricSource`.
#[derive(Clone, Default, PartialEq)]
pub struct ObjectMetricSource {
    pub described_object: CrossVersionObjectReference,
    pub target: MetricTarget,
    pub metric: MetricIdentifier,
}

skeg_schema::message! { ObjectMetricSource = 241 { 0 described_object, 1 target, 2 metric, } }

/// `ObjectMetricStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ObjectMetricStatus {
    pub metric: MetricIdentifier,
    pub current: MetricValueStatus,
    pub described_object: CrossVersionObjectReference,
}

skeg_schema::message! { ObjectMetricStatus = 242 { 0 metric, 1 current, 2 described_object, } }

/// `PodsMetricSource`.
#[derive(Clone, Default, PartialEq)]
pub struct PodsMetricSource {
    pub metric: MetricIdentifier,
    pub target: MetricTarget,
}

skeg_schema::message! { PodsMetricSource = 243 { 0 metric, 1 target, } }

/// `PodsMetricStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct PodsMetricStatus {
    pub metric: MetricIdentifier,
    pub current: MetricValueStatus,
}

skeg_schema::message! { PodsMetricStatus = 244 { 0 metric, 1 current, } }

/// `ResourceMetricSource`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceMetricSource {
    pub name: String,
    pub target: MetricTarget,
}

skeg_schema::message! { ResourceMetricSource = 245 { 0 name, 1 target, } }

/// `ResourceMetricStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceMetricStatus {
    pub name: String,
    pub current: MetricValueStatus,
}

skeg_schema::message! { ResourceMetricStatus = 246 { 0 name, 1 current, } }

/// Values of `HPAScalingPolicyType`.
pub mod hpa_scaling_policy_type {
    pub const PERCENT: &str = "Percent";
    pub const PODS: &str = "Pods";
}

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

/// Values of `MetricTargetType`.
pub mod metric_target_type {
    pub const AVERAGE_VALUE: &str = "AverageValue";
    pub const UTILIZATION: &str = "Utilization";
    pub const VALUE: &str = "Value";
}

/// Values of `ScalingPolicySelect`.
pub mod scaling_policy_select {
    pub const DISABLED: &str = "Disabled";
    pub const MAX: &str = "Max";
    pub const MIN: &str = "Min";
}
