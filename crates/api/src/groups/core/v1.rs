// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `core`, version `v1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{IntOrString, ListMeta, MicroTime, ObjectMeta, Quantity, Time};
use skeg_schema::ByteString;
use skeg_schema::Value;
use std::collections::BTreeMap;

/// `AWSElasticBlockStoreVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct AWSElasticBlockStoreVolumeSource {
    pub volume_id: String,
    pub fs_type: String,
    pub partition: i32,
    pub read_only: bool,
}

skeg_schema::message! { AWSElasticBlockStoreVolumeSource = 301 { 0 volume_id, 1 fs_type, 2 partition, 3 read_only, } }

/// `Affinity`.
#[derive(Clone, Default, PartialEq)]
pub struct Affinity {
    pub node_affinity: Option<NodeAffinity>,
    pub pod_affinity: Option<PodAffinity>,
    pub pod_anti_affinity: Option<PodAntiAffinity>,
}

skeg_schema::message! { Affinity = 302 { 0 node_affinity, 1 pod_affinity, 2 pod_anti_affinity, } }

/// `AppArmorProfile`.
#[derive(Clone, Default, PartialEq)]
pub struct AppArmorProfile {
    pub type_: String,
    pub localhost_profile: Option<String>,
}

skeg_schema::message! { AppArmorProfile = 303 { 0 type_, 1 localhost_profile, } }

/// `AttachedVolume`.
#[derive(Clone, Default, PartialEq)]
pub struct AttachedVolume {
    pub name: String,
    pub device_path: String,
}

skeg_schema::message! { AttachedVolume = 304 { 0 name, 1 device_path, } }

/// `AvoidPods`.
#[derive(Clone, Default, PartialEq)]
pub struct AvoidPods {
    pub prefer_avoid_pods: Vec<PreferAvoidPodsEntry>,
}

skeg_schema::message! { AvoidPods = 305 { 0 prefer_avoid_pods, } }

/// `AzureDiskVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct AzureDiskVolumeSource {
    pub disk_name: String,
    pub disk_uri: String,
    pub caching_mode: Option<String>,
    pub fs_type: Option<String>,
    pub read_only: Option<bool>,
    pub kind: Option<String>,
}

skeg_schema::message! { AzureDiskVolumeSource = 306 { 0 disk_name, 1 disk_uri, 2 caching_mode, 3 fs_type, 4 read_only, 5 kind, } }

/// `AzureFilePersistentVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct AzureFilePersistentVolumeSource {
    pub secret_name: String,
    pub share_name: String,
    pub read_only: bool,
    pub secret_namespace: Option<String>,
}

skeg_schema::message! { AzureFilePersistentVolumeSource = 307 { 0 secret_name, 1 share_name, 2 read_only, 3 secret_namespace, } }

/// `AzureFileVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct AzureFileVolumeSource {
    pub secret_name: String,
    pub share_name: String,
    pub read_only: bool,
}

skeg_schema::message! { AzureFileVolumeSource = 308 { 0 secret_name, 1 share_name, 2 read_only, } }

/// `Binding`.
#[derive(Clone, Default, PartialEq)]
pub struct Binding {
    pub metadata: ObjectMeta,
    pub target: ObjectReference,
}

skeg_schema::message! { Binding = 309 { 0 metadata, 1 target, } }

skeg_meta::object! { Binding, "", "v1", "bindings", true, 309 }

/// `CSIPersistentVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct CSIPersistentVolumeSource {
    pub driver: String,
    pub volume_handle: String,
    pub read_only: bool,
    pub fs_type: String,
    pub volume_attributes: BTreeMap<String, String>,
    pub controller_publish_secret_ref: Option<SecretReference>,
    pub node_stage_secret_ref: Option<SecretReference>,
    pub node_publish_secret_ref: Option<SecretReference>,
    pub controller_expand_secret_ref: Option<SecretReference>,
    pub node_expand_secret_ref: Option<SecretReference>,
}

skeg_schema::message! { CSIPersistentVolumeSource = 310 { 0 driver, 1 volume_handle, 2 read_only, 3 fs_type, 4 volume_attributes, 5 controller_publish_secret_ref, 6 node_stage_secret_ref, 7 node_publish_secret_ref, 8 controller_expand_secret_ref, 9 node_expand_secret_ref, } }

/// `CSIVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct CSIVolumeSource {
    pub driver: String,
    pub read_only: Option<bool>,
    pub fs_type: Option<String>,
    pub volume_attributes: BTreeMap<String, String>,
    pub node_publish_secret_ref: Option<LocalObjectReference>,
}

skeg_schema::message! { CSIVolumeSource = 311 { 0 driver, 1 read_only, 2 fs_type, 3 volume_attributes, 4 node_publish_secret_ref, } }

/// `Capabilities`.
#[derive(Clone, Default, PartialEq)]
pub struct Capabilities {
    pub add: Vec<String>,
    pub drop: Vec<String>,
}

skeg_schema::message! { Capabilities = 312 { 0 add, 1 drop, } }

/// `CephFSPersistentVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct CephFSPersistentVolumeSource {
    pub monitors: Vec<String>,
    pub path: String,
    pub user: String,
    pub secret_file: String,
    pub secret_ref: Option<SecretReference>,
    pub read_only: bool,
}

skeg_schema::message! { CephFSPersistentVolumeSource = 313 { 0 monitors, 1 path, 2 user, 3 secret_file, 4 secret_ref, 5 read_only, } }

/// `CephFSVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct CephFSVolumeSource {
    pub monitors: Vec<String>,
    pub path: String,
    pub user: String,
    pub secret_file: String,
    pub secret_ref: Option<LocalObjectReference>,
    pub read_only: bool,
}

skeg_schema::message! { CephFSVolumeSource = 314 { 0 monitors, 1 path, 2 user, 3 secret_file, 4 secret_ref, 5 read_only, } }

/// `CinderPersistentVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct CinderPersistentVolumeSource {
    pub volume_id: String,
    pub fs_type: String,
    pub read_only: bool,
    pub secret_ref: Option<SecretReference>,
}

skeg_schema::message! { CinderPersistentVolumeSource = 315 { 0 volume_id, 1 fs_type, 2 read_only, 3 secret_ref, } }

/// `CinderVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct CinderVolumeSource {
    pub volume_id: String,
    pub fs_type: String,
    pub read_only: bool,
    pub secret_ref: Option<LocalObjectReference>,
}

skeg_schema::message! { CinderVolumeSource = 316 { 0 volume_id, 1 fs_type, 2 read_only, 3 secret_ref, } }

/// `ClientIPConfig`.
#[derive(Clone, Default, PartialEq)]
pub struct ClientIPConfig {
    pub timeout_seconds: Option<i32>,
}

skeg_schema::message! { ClientIPConfig = 317 { 0 timeout_seconds, } }

/// `ClusterTrustBundleProjection`.
#[derive(Clone, Default, PartialEq)]
pub struct ClusterTrustBundleProjection {
    pub name: Option<String>,
    pub signer_name: Option<String>,
    pub label_selector: Option<skeg_meta::LabelSelector>,
    pub optional: Option<bool>,
    pub path: String,
    pub user: Option<i64>,
}

skeg_schema::message! { ClusterTrustBundleProjection = 318 { 0 name, 1 signer_name, 2 label_selector, 3 optional, 4 path, 5 user, } }

/// `ComponentCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct ComponentCondition {
    pub type_: String,
    pub status: String,
    pub message: String,
    pub error: String,
}

skeg_schema::message! { ComponentCondition = 319 { 0 type_, 1 status, 2 message, 3 error, } }

/// `ComponentStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ComponentStatus {
    pub metadata: ObjectMeta,
    pub conditions: Vec<ComponentCondition>,
}

skeg_schema::message! { ComponentStatus = 320 { 0 metadata, 1 conditions, } }

skeg_meta::object! { ComponentStatus, "", "v1", "componentstatuses", false, 321 }

/// A list of [`ComponentStatus`].
pub type ComponentStatusList = skeg_meta::List<ComponentStatus>;

/// `ConfigMap`.
#[derive(Clone, Default, PartialEq)]
pub struct ConfigMap {
    pub metadata: ObjectMeta,
    pub immutable: Option<bool>,
    pub data: BTreeMap<String, String>,
    pub binary_data: BTreeMap<String, ByteString>,
}

skeg_schema::message! { ConfigMap = 322 { 0 metadata, 1 immutable, 2 data, 3 binary_data, } }

skeg_meta::object! { ConfigMap, "", "v1", "configmaps", true, 325 }

/// `ConfigMapEnvSource`.
#[derive(Clone, Default, PartialEq)]
pub struct ConfigMapEnvSource {
    pub name: String,
    pub optional: Option<bool>,
}

skeg_schema::message! { ConfigMapEnvSource = 323 { 0 name, 1 optional, } }

/// `ConfigMapKeySelector`.
#[derive(Clone, Default, PartialEq)]
pub struct ConfigMapKeySelector {
    pub name: String,
    pub key: String,
    pub optional: Option<bool>,
}

skeg_schema::message! { ConfigMapKeySelector = 324 { 0 name, 1 key, 2 optional, } }

/// A list of [`ConfigMap`].
pub type ConfigMapList = skeg_meta::List<ConfigMap>;

/// `ConfigMapNodeConfigSource`.
#[derive(Clone, Default, PartialEq)]
pub struct ConfigMapNodeConfigSource {
    pub namespace: String,
    pub name: String,
    pub uid: String,
    pub resource_version: String,
    pub kubelet_config_key: String,
}

skeg_schema::message! { ConfigMapNodeConfigSource = 326 { 0 namespace, 1 name, 2 uid, 3 resource_version, 4 kubelet_config_key, } }

/// `ConfigMapProjection`.
#[derive(Clone, Default, PartialEq)]
pub struct ConfigMapProjection {
    pub name: String,
    pub items: Vec<KeyToPath>,
    pub optional: Option<bool>,
}

skeg_schema::message! { ConfigMapProjection = 327 { 0 name, 1 items, 2 optional, } }

/// `ConfigMapVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct ConfigMapVolumeSource {
    pub name: String,
    pub items: Vec<KeyToPath>,
    pub default_mode: Option<i32>,
    pub optional: Option<bool>,
    pub default_user: Option<i64>,
}

skeg_schema::message! { ConfigMapVolumeSource = 328 { 0 name, 1 items, 2 default_mode, 3 optional, 4 default_user, } }

/// `Container`.
#[derive(Clone, Default, PartialEq)]
pub struct Container {
    pub name: String,
    pub image: String,
    pub command: Vec<String>,
    pub args: Vec<String>,
    pub working_dir: String,
    pub ports: Vec<ContainerPort>,
    pub env_from: Vec<EnvFromSource>,
    pub env: Vec<EnvVar>,
    pub resources: ResourceRequirements,
    pub resize_policy: Vec<ContainerResizePolicy>,
    pub restart_policy: Option<String>,
    pub restart_policy_rules: Vec<ContainerRestartRule>,
    pub volume_mounts: Vec<VolumeMount>,
    pub volume_devices: Vec<VolumeDevice>,
    pub liveness_probe: Option<Box<Probe>>,
    pub readiness_probe: Option<Box<Probe>>,
    pub startup_probe: Option<Box<Probe>>,
    pub lifecycle: Option<Box<Lifecycle>>,
    pub termination_message_path: String,
    pub termination_message_policy: String,
    pub image_pull_policy: String,
    pub security_context: Option<Box<SecurityContext>>,
    pub stdin: bool,
    pub stdin_once: bool,
    pub tty: bool,
}

skeg_schema::message! { Container = 329 { 0 name, 1 image, 2 command, 3 args, 4 working_dir, 5 ports, 6 env_from, 7 env, 8 resources, 9 resize_policy, 10 restart_policy, 11 restart_policy_rules, 12 volume_mounts, 13 volume_devices, 14 liveness_probe, 15 readiness_probe, 16 startup_probe, 17 lifecycle, 18 termination_message_path, 19 termination_message_policy, 20 image_pull_policy, 21 security_context, 22 stdin, 23 stdin_once, 24 tty, } }

/// `ContainerExtendedResourceRequest`.
#[derive(Clone, Default, PartialEq)]
pub struct ContainerExtendedResourceRequest {
    pub container_name: String,
    pub resource_name: String,
    pub request_name: String,
}

skeg_schema::message! { ContainerExtendedResourceRequest = 330 { 0 container_name, 1 resource_name, 2 request_name, } }

/// `ContainerImage`.
#[derive(Clone, Default, PartialEq)]
pub struct ContainerImage {
    pub names: Vec<String>,
    pub size_bytes: i64,
}

skeg_schema::message! { ContainerImage = 331 { 0 names, 1 size_bytes, } }

/// `ContainerPort`.
#[derive(Clone, Default, PartialEq)]
pub struct ContainerPort {
    pub name: String,
    pub host_port: i32,
    pub container_port: i32,
    pub protocol: String,
    pub host_ip: String,
}

skeg_schema::message! { ContainerPort = 332 { 0 name, 1 host_port, 2 container_port, 3 protocol, 4 host_ip, } }

/// `ContainerResizePolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct ContainerResizePolicy {
    pub resource_name: String,
    pub restart_policy: String,
}

skeg_schema::message! { ContainerResizePolicy = 333 { 0 resource_name, 1 restart_policy, } }

/// `ContainerRestartRule`.
#[derive(Clone, Default, PartialEq)]
pub struct ContainerRestartRule {
    pub action: String,
    pub exit_codes: Option<ContainerRestartRuleOnExitCodes>,
}

skeg_schema::message! { ContainerRestartRule = 334 { 0 action, 1 exit_codes, } }

/// `ContainerRestartRuleOnExitCodes`.
#[derive(Clone, Default, PartialEq)]
pub struct ContainerRestartRuleOnExitCodes {
    pub operator: String,
    pub values: Vec<i32>,
}

skeg_schema::message! { ContainerRestartRuleOnExitCodes = 335 { 0 operator, 1 values, } }

/// `ContainerState`.
#[derive(Clone, Default, PartialEq)]
pub struct ContainerState {
    pub waiting: Option<ContainerStateWaiting>,
    pub running: Option<ContainerStateRunning>,
    pub terminated: Option<Box<ContainerStateTerminated>>,
}

skeg_schema::message! { ContainerState = 336 { 0 waiting, 1 running, 2 terminated, } }

/// `ContainerStateRunning`.
#[derive(Clone, Default, PartialEq)]
pub struct ContainerStateRunning {
    pub started_at: Option<Time>,
}

skeg_schema::message! { ContainerStateRunning = 337 { 0 started_at, } }

/// `ContainerStateTerminated`.
#[derive(Clone, Default, PartialEq)]
pub struct ContainerStateTerminated {
    pub exit_code: i32,
    pub signal: i32,
    pub reason: String,
    pub message: String,
    pub started_at: Option<Time>,
    pub finished_at: Option<Time>,
    pub container_id: String,
}

skeg_schema::message! { ContainerStateTerminated = 338 { 0 exit_code, 1 signal, 2 reason, 3 message, 4 started_at, 5 finished_at, 6 container_id, } }

/// `ContainerStateWaiting`.
#[derive(Clone, Default, PartialEq)]
pub struct ContainerStateWaiting {
    pub reason: String,
    pub message: String,
}

skeg_schema::message! { ContainerStateWaiting = 339 { 0 reason, 1 message, } }

/// `ContainerStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ContainerStatus {
    pub name: String,
    pub state: ContainerState,
    pub last_state: ContainerState,
    pub ready: bool,
    pub restart_count: i32,
    pub image: String,
    pub image_id: String,
    pub container_id: String,
    pub started: Option<bool>,
    pub allocated_resources: BTreeMap<String, Quantity>,
    pub resources: Option<Box<ResourceRequirements>>,
    pub volume_mounts: Vec<VolumeMountStatus>,
    pub user: Option<ContainerUser>,
    pub allocated_resources_status: Vec<ResourceStatus>,
    pub stop_signal: Option<String>,
}

skeg_schema::message! { ContainerStatus = 340 { 0 name, 1 state, 2 last_state, 3 ready, 4 restart_count, 5 image, 6 image_id, 7 container_id, 8 started, 9 allocated_resources, 10 resources, 11 volume_mounts, 12 user, 13 allocated_resources_status, 14 stop_signal, } }

/// `ContainerUser`.
#[derive(Clone, Default, PartialEq)]
pub struct ContainerUser {
    pub linux: Option<LinuxContainerUser>,
}

skeg_schema::message! { ContainerUser = 341 { 0 linux, } }

/// `DaemonEndpoint`.
#[derive(Clone, Default, PartialEq)]
pub struct DaemonEndpoint {
    pub port: i32,
}

skeg_schema::message! { DaemonEndpoint = 342 { 0 port, } }

/// `DownwardAPIProjection`.
#[derive(Clone, Default, PartialEq)]
pub struct DownwardAPIProjection {
    pub items: Vec<DownwardAPIVolumeFile>,
}

skeg_schema::message! { DownwardAPIProjection = 343 { 0 items, } }

/// `DownwardAPIVolumeFile`.
#[derive(Clone, Default, PartialEq)]
pub struct DownwardAPIVolumeFile {
    pub path: String,
    pub field_ref: Option<ObjectFieldSelector>,
    pub resource_field_ref: Option<ResourceFieldSelector>,
    pub mode: Option<i32>,
    pub user: Option<i64>,
}

skeg_schema::message! { DownwardAPIVolumeFile = 344 { 0 path, 1 field_ref, 2 resource_field_ref, 3 mode, 4 user, } }

/// `DownwardAPIVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct DownwardAPIVolumeSource {
    pub items: Vec<DownwardAPIVolumeFile>,
    pub default_mode: Option<i32>,
    pub default_user: Option<i64>,
}

skeg_schema::message! { DownwardAPIVolumeSource = 345 { 0 items, 1 default_mode, 2 default_user, } }

/// `EmptyDirVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct EmptyDirVolumeSource {
    pub medium: String,
    pub size_limit: Option<Quantity>,
    pub mode: Option<i32>,
}

skeg_schema::message! { EmptyDirVolumeSource = 346 { 0 medium, 1 size_limit, 2 mode, } }

/// `EndpointAddress`.
#[derive(Clone, Default, PartialEq)]
pub struct EndpointAddress {
    pub ip: String,
    pub hostname: String,
    pub node_name: Option<String>,
    pub target_ref: Option<ObjectReference>,
}

skeg_schema::message! { EndpointAddress = 347 { 0 ip, 1 hostname, 2 node_name, 3 target_ref, } }

/// `EndpointPort`.
#[derive(Clone, Default, PartialEq)]
pub struct EndpointPort {
    pub name: String,
    pub port: i32,
    pub protocol: String,
    pub app_protocol: Option<String>,
}

skeg_schema::message! { EndpointPort = 348 { 0 name, 1 port, 2 protocol, 3 app_protocol, } }

/// `EndpointSubset`.
#[derive(Clone, Default, PartialEq)]
pub struct EndpointSubset {
    pub addresses: Vec<EndpointAddress>,
    pub not_ready_addresses: Vec<EndpointAddress>,
    pub ports: Vec<EndpointPort>,
}

skeg_schema::message! { EndpointSubset = 349 { 0 addresses, 1 not_ready_addresses, 2 ports, } }

/// `Endpoints`.
#[derive(Clone, Default, PartialEq)]
pub struct Endpoints {
    pub metadata: ObjectMeta,
    pub subsets: Vec<EndpointSubset>,
}

skeg_schema::message! { Endpoints = 350 { 0 metadata, 1 subsets, } }

skeg_meta::object! { Endpoints, "", "v1", "endpoints", true, 351 }

/// A list of [`Endpoints`].
pub type EndpointsList = skeg_meta::List<Endpoints>;

/// `EnvFromSource`.
#[derive(Clone, Default, PartialEq)]
pub struct EnvFromSource {
    pub prefix: String,
    pub config_map_ref: Option<ConfigMapEnvSource>,
    pub secret_ref: Option<SecretEnvSource>,
}

skeg_schema::message! { EnvFromSource = 352 { 0 prefix, 1 config_map_ref, 2 secret_ref, } }

/// `EnvVar`.
#[derive(Clone, Default, PartialEq)]
pub struct EnvVar {
    pub name: String,
    pub value: String,
    pub value_from: Option<Box<EnvVarSource>>,
}

skeg_schema::message! { EnvVar = 353 { 0 name, 1 value, 2 value_from, } }

/// `EnvVarSource`.
#[derive(Clone, Default, PartialEq)]
pub struct EnvVarSource {
    pub field_ref: Option<ObjectFieldSelector>,
    pub resource_field_ref: Option<ResourceFieldSelector>,
    pub config_map_key_ref: Option<ConfigMapKeySelector>,
    pub secret_key_ref: Option<SecretKeySelector>,
    pub file_key_ref: Option<FileKeySelector>,
}

skeg_schema::message! { EnvVarSource = 354 { 0 field_ref, 1 resource_field_ref, 2 config_map_key_ref, 3 secret_key_ref, 4 file_key_ref, } }

/// `EphemeralContainer`.
#[derive(Clone, Default, PartialEq)]
pub struct EphemeralContainer {
    pub name: String,
    pub image: String,
    pub command: Vec<String>,
    pub args: Vec<String>,
    pub working_dir: String,
    pub ports: Vec<ContainerPort>,
    pub env_from: Vec<EnvFromSource>,
    pub env: Vec<EnvVar>,
    pub resources: ResourceRequirements,
    pub resize_policy: Vec<ContainerResizePolicy>,
    pub restart_policy: Option<String>,
    pub restart_policy_rules: Vec<ContainerRestartRule>,
    pub volume_mounts: Vec<VolumeMount>,
    pub volume_devices: Vec<VolumeDevice>,
    pub liveness_probe: Option<Box<Probe>>,
    pub readiness_probe: Option<Box<Probe>>,
    pub startup_probe: Option<Box<Probe>>,
    pub lifecycle: Option<Box<Lifecycle>>,
    pub termination_message_path: String,
    pub termination_message_policy: String,
    pub image_pull_policy: String,
    pub security_context: Option<Box<SecurityContext>>,
    pub stdin: bool,
    pub stdin_once: bool,
    pub tty: bool,
    pub target_container_name: String,
}

skeg_schema::message! { EphemeralContainer = 355 { 0 name, 1 image, 2 command, 3 args, 4 working_dir, 5 ports, 6 env_from, 7 env, 8 resources, 9 resize_policy, 10 restart_policy, 11 restart_policy_rules, 12 volume_mounts, 13 volume_devices, 14 liveness_probe, 15 readiness_probe, 16 startup_probe, 17 lifecycle, 18 termination_message_path, 19 termination_message_policy, 20 image_pull_policy, 21 security_context, 22 stdin, 23 stdin_once, 24 tty, 25 target_container_name, } }

/// `EphemeralContainerCommon`.
#[derive(Clone, Default, PartialEq)]
pub struct EphemeralContainerCommon {
    pub name: String,
    pub image: String,
    pub command: Vec<String>,
    pub args: Vec<String>,
    pub working_dir: String,
    pub ports: Vec<ContainerPort>,
    pub env_from: Vec<EnvFromSource>,
    pub env: Vec<EnvVar>,
    pub resources: ResourceRequirements,
    pub resize_policy: Vec<ContainerResizePolicy>,
    pub restart_policy: Option<String>,
    pub restart_policy_rules: Vec<ContainerRestartRule>,
    pub volume_mounts: Vec<VolumeMount>,
    pub volume_devices: Vec<VolumeDevice>,
    pub liveness_probe: Option<Probe>,
    pub readiness_probe: Option<Probe>,
    pub startup_probe: Option<Probe>,
    pub lifecycle: Option<Lifecycle>,
    pub termination_message_path: String,
    pub termination_message_policy: String,
    pub image_pull_policy: String,
    pub security_context: Option<SecurityContext>,
    pub stdin: bool,
    pub stdin_once: bool,
    pub tty: bool,
}

skeg_schema::message! { EphemeralContainerCommon = 356 { 0 name, 1 image, 2 command, 3 args, 4 working_dir, 5 ports, 6 env_from, 7 env, 8 resources, 9 resize_policy, 10 restart_policy, 11 restart_policy_rules, 12 volume_mounts, 13 volume_devices, 14 liveness_probe, 15 readiness_probe, 16 startup_probe, 17 lifecycle, 18 termination_message_path, 19 termination_message_policy, 20 image_pull_policy, 21 security_context, 22 stdin, 23 stdin_once, 24 tty, } }

/// `EphemeralVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct EphemeralVolumeSource {
    pub volume_claim_template: Option<PersistentVolumeClaimTemplate>,
}

skeg_schema::message! { EphemeralVolumeSource = 357 { 0 volume_claim_template, } }

/// `Event`.
#[derive(Clone, Default, PartialEq)]
pub struct Event {
    pub metadata: ObjectMeta,
    pub involved_object: ObjectReference,
    pub reason: String,
    pub message: String,
    pub source: EventSource,
    pub first_timestamp: Option<Time>,
    pub last_timestamp: Option<Time>,
    pub count: i32,
    pub type_: String,
    pub event_time: Option<MicroTime>,
    pub series: Option<EventSeries>,
    pub action: String,
    pub related: Option<ObjectReference>,
    pub reporting_component: String,
    pub reporting_instance: String,
}

skeg_schema::message! { Event = 358 { 0 metadata, 1 involved_object, 2 reason, 3 message, 4 source, 5 first_timestamp, 6 last_timestamp, 7 count, 8 type_, 9 event_time, 10 series, 11 action, 12 related, 13 reporting_component, 14 reporting_instance, } }

skeg_meta::object! { Event, "", "v1", "events", true, 359 }

/// A list of [`Event`].
pub type EventList = skeg_meta::List<Event>;

/// `EventSeries`.
#[derive(Clone, Default, PartialEq)]
pub struct EventSeries {
    pub count: i32,
    pub last_observed_time: Option<MicroTime>,
}

skeg_schema::message! { EventSeries = 360 { 0 count, 1 last_observed_time, } }

/// `EventSource`.
#[derive(Clone, Default, PartialEq)]
pub struct EventSource {
    pub component: String,
    pub host: String,
}

skeg_schema::message! { EventSource = 361 { 0 component, 1 host, } }

/// `EvictionResponder`.
#[derive(Clone, Default, PartialEq)]
pub struct EvictionResponder {
    pub name: String,
    pub priority: Option<i32>,
}

skeg_schema::message! { EvictionResponder = 362 { 0 name, 1 priority, } }

/// `ExecAction`.
#[derive(Clone, Default, PartialEq)]
pub struct ExecAction {
    pub command: Vec<String>,
}

skeg_schema::message! { ExecAction = 363 { 0 command, } }

/// `FCVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct FCVolumeSource {
    pub target_wwns: Vec<String>,
    pub lun: Option<i32>,
    pub fs_type: String,
    pub read_only: bool,
    pub wwids: Vec<String>,
}

skeg_schema::message! { FCVolumeSource = 364 { 0 target_wwns, 1 lun, 2 fs_type, 3 read_only, 4 wwids, } }

/// `FileKeySelector`.
#[derive(Clone, Default, PartialEq)]
pub struct FileKeySelector {
    pub volume_name: String,
    pub path: String,
    pub key: String,
    pub optional: Option<bool>,
}

skeg_schema::message! { FileKeySelector = 365 { 0 volume_name, 1 path, 2 key, 3 optional, } }

/// `FlexPersistentVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct FlexPersistentVolumeSource {
    pub driver: String,
    pub fs_type: String,
    pub secret_ref: Option<SecretReference>,
    pub read_only: bool,
    pub options: BTreeMap<String, String>,
}

skeg_schema::message! { FlexPersistentVolumeSource = 366 { 0 driver, 1 fs_type, 2 secret_ref, 3 read_only, 4 options, } }

/// `FlexVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct FlexVolumeSource {
    pub driver: String,
    pub fs_type: String,
    pub secret_ref: Option<LocalObjectReference>,
    pub read_only: bool,
    pub options: BTreeMap<String, String>,
}

skeg_schema::message! { FlexVolumeSource = 367 { 0 driver, 1 fs_type, 2 secret_ref, 3 read_only, 4 options, } }

/// `FlockerVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct FlockerVolumeSource {
    pub dataset_name: String,
    pub dataset_uuid: String,
}

skeg_schema::message! { FlockerVolumeSource = 368 { 0 dataset_name, 1 dataset_uuid, } }

/// `GCEPersistentDiskVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct GCEPersistentDiskVolumeSource {
    pub pd_name: String,
    pub fs_type: String,
    pub partition: i32,
    pub read_only: bool,
}

skeg_schema::message! { GCEPersistentDiskVolumeSource = 369 { 0 pd_name, 1 fs_type, 2 partition, 3 read_only, } }

/// `GRPCAction`.
#[derive(Clone, Default, PartialEq)]
pub struct GRPCAction {
    pub port: i32,
    pub service: Option<String>,
    pub mode: Option<String>,
}

skeg_schema::message! { GRPCAction = 370 { 0 port, 1 service, 2 mode, } }

/// `GitRepoVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct GitRepoVolumeSource {
    pub repository: String,
    pub revision: String,
    pub directory: String,
}

skeg_schema::message! { GitRepoVolumeSource = 371 { 0 repository, 1 revision, 2 directory, } }

/// `GlusterfsPersistentVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct GlusterfsPersistentVolumeSource {
    pub endpoints: String,
    pub path: String,
    pub read_only: bool,
    pub endpoints_namespace: Option<String>,
}

skeg_schema::message! { GlusterfsPersistentVolumeSource = 372 { 0 endpoints, 1 path, 2 read_only, 3 endpoints_namespace, } }

/// `GlusterfsVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct GlusterfsVolumeSource {
    pub endpoints: String,
    pub path: String,
    pub read_only: bool,
}

skeg_schema::message! { GlusterfsVolumeSource = 373 { 0 endpoints, 1 path, 2 read_only, } }

/// `HTTPGetAction`.
#[derive(Clone, Default, PartialEq)]
pub struct HTTPGetAction {
    pub path: String,
    pub port: IntOrString,
    pub host: String,
    pub scheme: String,
    pub http_headers: Vec<HTTPHeader>,
    pub protocol: Option<String>,
}

skeg_schema::message! { HTTPGetAction = 374 { 0 path, 1 port, 2 host, 3 scheme, 4 http_headers, 5 protocol, } }

/// `HTTPHeader`.
#[derive(Clone, Default, PartialEq)]
pub struct HTTPHeader {
    pub name: String,
    pub value: String,
}

skeg_schema::message! { HTTPHeader = 375 { 0 name, 1 value, } }

/// `HostAlias`.
#[derive(Clone, Default, PartialEq)]
pub struct HostAlias {
    pub ip: String,
    pub hostnames: Vec<String>,
}

skeg_schema::message! { HostAlias = 376 { 0 ip, 1 hostnames, } }

/// `HostIP`.
#[derive(Clone, Default, PartialEq)]
pub struct HostIP {
    pub ip: String,
}

skeg_schema::message! { HostIP = 377 { 0 ip, } }

/// `HostPathVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct HostPathVolumeSource {
    pub path: String,
    pub type_: Option<String>,
}

skeg_schema::message! { HostPathVolumeSource = 378 { 0 path, 1 type_, } }

/// `ISCSIPersistentVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct ISCSIPersistentVolumeSource {
    pub target_portal: String,
    pub iqn: String,
    pub lun: i32,
    pub iscsi_interface: String,
    pub fs_type: String,
    pub read_only: bool,
    pub portals: Vec<String>,
    pub chap_auth_discovery: bool,
    pub chap_auth_session: bool,
    pub secret_ref: Option<SecretReference>,
    pub initiator_name: Option<String>,
}

skeg_schema::message! { ISCSIPersistentVolumeSource = 379 { 0 target_portal, 1 iqn, 2 lun, 3 iscsi_interface, 4 fs_type, 5 read_only, 6 portals, 7 chap_auth_discovery, 8 chap_auth_session, 9 secret_ref, 10 initiator_name, } }

/// `ISCSIVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct ISCSIVolumeSource {
    pub target_portal: String,
    pub iqn: String,
    pub lun: i32,
    pub iscsi_interface: String,
    pub fs_type: String,
    pub read_only: bool,
    pub portals: Vec<String>,
    pub chap_auth_discovery: bool,
    pub chap_auth_session: bool,
    pub secret_ref: Option<LocalObjectReference>,
    pub initiator_name: Option<String>,
}

skeg_schema::message! { ISCSIVolumeSource = 380 { 0 target_portal, 1 iqn, 2 lun, 3 iscsi_interface, 4 fs_type, 5 read_only, 6 portals, 7 chap_auth_discovery, 8 chap_auth_session, 9 secret_ref, 10 initiator_name, } }

/// `ImageVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct ImageVolumeSource {
    pub reference: String,
    pub pull_policy: String,
}

skeg_schema::message! { ImageVolumeSource = 381 { 0 reference, 1 pull_policy, } }

/// `ImageVolumeStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ImageVolumeStatus {
    pub image_ref: String,
}

skeg_schema::message! { ImageVolumeStatus = 382 { 0 image_ref, } }

/// `KeyToPath`.
#[derive(Clone, Default, PartialEq)]
pub struct KeyToPath {
    pub key: String,
    pub path: String,
    pub mode: Option<i32>,
    pub user: Option<i64>,
}

skeg_schema::message! { KeyToPath = 383 { 0 key, 1 path, 2 mode, 3 user, } }

/// `Lifecycle`.
#[derive(Clone, Default, PartialEq)]
pub struct Lifecycle {
    pub post_start: Option<LifecycleHandler>,
    pub pre_stop: Option<LifecycleHandler>,
    pub stop_signal: Option<String>,
}

skeg_schema::message! { Lifecycle = 384 { 0 post_start, 1 pre_stop, 2 stop_signal, } }

/// `LifecycleHandler`.
#[derive(Clone, Default, PartialEq)]
pub struct LifecycleHandler {
    pub exec: Option<ExecAction>,
    pub http_get: Option<HTTPGetAction>,
    pub tcp_socket: Option<TCPSocketAction>,
    pub sleep: Option<SleepAction>,
}

skeg_schema::message! { LifecycleHandler = 385 { 0 exec, 1 http_get, 2 tcp_socket, 3 sleep, } }

/// `LimitRange`.
#[derive(Clone, Default, PartialEq)]
pub struct LimitRange {
    pub metadata: ObjectMeta,
    pub spec: LimitRangeSpec,
}

skeg_schema::message! { LimitRange = 386 { 0 metadata, 1 spec, } }

skeg_meta::object! { LimitRange, "", "v1", "limitranges", true, 388 }

/// `LimitRangeItem`.
#[derive(Clone, Default, PartialEq)]
pub struct LimitRangeItem {
    pub type_: String,
    pub max: BTreeMap<String, Quantity>,
    pub min: BTreeMap<String, Quantity>,
    pub default: BTreeMap<String, Quantity>,
    pub default_request: BTreeMap<String, Quantity>,
    pub max_limit_request_ratio: BTreeMap<String, Quantity>,
}

skeg_schema::message! { LimitRangeItem = 387 { 0 type_, 1 max, 2 min, 3 default, 4 default_request, 5 max_limit_request_ratio, } }

/// A list of [`LimitRange`].
pub type LimitRangeList = skeg_meta::List<LimitRange>;

/// `LimitRangeSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct LimitRangeSpec {
    pub limits: Vec<LimitRangeItem>,
}

skeg_schema::message! { LimitRangeSpec = 389 { 0 limits, } }

/// `LinuxContainerUser`.
#[derive(Clone, Default, PartialEq)]
pub struct LinuxContainerUser {
    pub uid: i64,
    pub gid: i64,
    pub supplemental_groups: Vec<i64>,
}

skeg_schema::message! { LinuxContainerUser = 390 { 0 uid, 1 gid, 2 supplemental_groups, } }

/// `List`.
#[derive(Clone, Default, PartialEq)]
pub struct List {
    pub metadata: ListMeta,
    pub items: Vec<Value>,
}

skeg_schema::message! { List = 391 { 0 metadata, 1 items, } }

/// `LoadBalancerIngress`.
#[derive(Clone, Default, PartialEq)]
pub struct LoadBalancerIngress {
    pub ip: String,
    pub hostname: String,
    pub ip_mode: Option<String>,
    pub ports: Vec<PortStatus>,
}

skeg_schema::message! { LoadBalancerIngress = 392 { 0 ip, 1 hostname, 2 ip_mode, 3 ports, } }

/// `LoadBalancerStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct LoadBalancerStatus {
    pub ingress: Vec<LoadBalancerIngress>,
}

skeg_schema::message! { LoadBalancerStatus = 393 { 0 ingress, } }

/// `LocalObjectReference`.
#[derive(Clone, Default, PartialEq)]
pub struct LocalObjectReference {
    pub name: String,
}

skeg_schema::message! { LocalObjectReference = 394 { 0 name, } }

/// `LocalVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct LocalVolumeSource {
    pub path: String,
    pub fs_type: Option<String>,
}

skeg_schema::message! { LocalVolumeSource = 395 { 0 path, 1 fs_type, } }

/// `ModifyVolumeStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ModifyVolumeStatus {
    pub target_volume_attributes_class_name: String,
    pub status: String,
}

skeg_schema::message! { ModifyVolumeStatus = 396 { 0 target_volume_attributes_class_name, 1 status, } }

/// `NFSVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct NFSVolumeSource {
    pub server: String,
    pub path: String,
    pub read_only: bool,
}

skeg_schema::message! { NFSVolumeSource = 397 { 0 server, 1 path, 2 read_only, } }

/// `Namespace`.
#[derive(Clone, Default, PartialEq)]
pub struct Namespace {
    pub metadata: ObjectMeta,
    pub spec: NamespaceSpec,
    pub status: NamespaceStatus,
}

skeg_schema::message! { Namespace = 398 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { Namespace, "", "v1", "namespaces", false, 400 }

impl skeg_meta::HasStatus for Namespace {}

/// `NamespaceCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct NamespaceCondition {
    pub type_: String,
    pub status: String,
    pub last_transition_time: Option<Time>,
    pub reason: String,
    pub message: String,
}

skeg_schema::message! { NamespaceCondition = 399 { 0 type_, 1 status, 2 last_transition_time, 3 reason, 4 message, } }

/// A list of [`Namespace`].
pub type NamespaceList = skeg_meta::List<Namespace>;

/// `NamespaceSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct NamespaceSpec {
    pub finalizers: Vec<String>,
}

skeg_schema::message! { NamespaceSpec = 401 { 0 finalizers, } }

/// `NamespaceStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct NamespaceStatus {
    pub phase: String,
    pub conditions: Vec<NamespaceCondition>,
}

skeg_schema::message! { NamespaceStatus = 402 { 0 phase, 1 conditions, } }

/// `Node`.
#[derive(Clone, Default, PartialEq)]
pub struct Node {
    pub metadata: ObjectMeta,
    pub spec: NodeSpec,
    pub status: NodeStatus,
}

skeg_schema::message! { Node = 403 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { Node, "", "v1", "nodes", false, 414 }

impl skeg_meta::HasStatus for Node {}

impl skeg_meta::HasProxy for Node {}

/// `NodeAddress`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeAddress {
    pub type_: String,
    pub address: String,
}

skeg_schema::message! { NodeAddress = 404 { 0 type_, 1 address, } }

/// `NodeAffinity`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeAffinity {
    pub required_during_scheduling_ignored_during_execution: Option<NodeSelector>,
    pub preferred_during_scheduling_ignored_during_execution: Vec<PreferredSchedulingTerm>,
}

skeg_schema::message! { NodeAffinity = 405 { 0 required_during_scheduling_ignored_during_execution, 1 preferred_during_scheduling_ignored_during_execution, } }

/// `NodeAllocatableMappedResources`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeAllocatableMappedResources {
    pub name: String,
    pub quantity: Option<Quantity>,
}

skeg_schema::message! { NodeAllocatableMappedResources = 406 { 0 name, 1 quantity, } }

/// `NodeAllocatableOverheadResources`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeAllocatableOverheadResources {
    pub name: String,
    pub per_pod: Option<Quantity>,
    pub per_container: Option<Quantity>,
}

skeg_schema::message! { NodeAllocatableOverheadResources = 407 { 0 name, 1 per_pod, 2 per_container, } }

/// `NodeAllocatableResourceClaimStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeAllocatableResourceClaimStatus {
    pub resource_claim_name: String,
    pub containers: Vec<String>,
    pub mapping: Vec<NodeAllocatableMappedResources>,
    pub overhead: Vec<NodeAllocatableOverheadResources>,
}

skeg_schema::message! { NodeAllocatableResourceClaimStatus = 408 { 0 resource_claim_name, 1 containers, 2 mapping, 3 overhead, } }

/// `NodeCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeCondition {
    pub type_: String,
    pub status: String,
    pub last_heartbeat_time: Option<Time>,
    pub last_transition_time: Option<Time>,
    pub reason: String,
    pub message: String,
}

skeg_schema::message! { NodeCondition = 409 { 0 type_, 1 status, 2 last_heartbeat_time, 3 last_transition_time, 4 reason, 5 message, } }

/// `NodeConfigSource`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeConfigSource {
    pub config_map: Option<ConfigMapNodeConfigSource>,
}

skeg_schema::message! { NodeConfigSource = 410 { 0 config_map, } }

/// `NodeConfigStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeConfigStatus {
    pub assigned: Option<NodeConfigSource>,
    pub active: Option<NodeConfigSource>,
    pub last_known_good: Option<NodeConfigSource>,
    pub error: String,
}

skeg_schema::message! { NodeConfigStatus = 411 { 0 assigned, 1 active, 2 last_known_good, 3 error, } }

/// `NodeDaemonEndpoints`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeDaemonEndpoints {
    pub kubelet_endpoint: DaemonEndpoint,
}

skeg_schema::message! { NodeDaemonEndpoints = 412 { 0 kubelet_endpoint, } }

/// `NodeFeatures`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeFeatures {
    pub supplemental_groups_policy: Option<bool>,
}

skeg_schema::message! { NodeFeatures = 413 { 0 supplemental_groups_policy, } }

/// A list of [`Node`].
pub type NodeList = skeg_meta::List<Node>;

/// `NodePodPreemptionPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct NodePodPreemptionPolicy {
    pub disable_resize_preemption: Vec<String>,
}

skeg_schema::message! { NodePodPreemptionPolicy = 415 { 0 disable_resize_preemption, } }

/// `NodeProxyOptions`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeProxyOptions {
    pub path: String,
}

skeg_schema::message! { NodeProxyOptions = 416 { 0 path, } }

/// `NodeRuntimeHandler`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeRuntimeHandler {
    pub name: String,
    pub features: Option<NodeRuntimeHandlerFeatures>,
}

skeg_schema::message! { NodeRuntimeHandler = 417 { 0 name, 1 features, } }

/// `NodeRuntimeHandlerFeatures`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeRuntimeHandlerFeatures {
    pub recursive_read_only_mounts: Option<bool>,
    pub user_namespaces: Option<bool>,
}

skeg_schema::message! { NodeRuntimeHandlerFeatures = 418 { 0 recursive_read_only_mounts, 1 user_namespaces, } }

/// `NodeSelector`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeSelector {
    pub node_selector_terms: Vec<NodeSelectorTerm>,
}

skeg_schema::message! { NodeSelector = 419 { 0 node_selector_terms, } }

/// `NodeSelectorRequirement`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeSelectorRequirement {
    pub key: String,
    pub operator: String,
    pub values: Vec<String>,
}

skeg_schema::message! { NodeSelectorRequirement = 420 { 0 key, 1 operator, 2 values, } }

/// `NodeSelectorTerm`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeSelectorTerm {
    pub match_expressions: Vec<NodeSelectorRequirement>,
    pub match_fields: Vec<NodeSelectorRequirement>,
}

skeg_schema::message! { NodeSelectorTerm = 421 { 0 match_expressions, 1 match_fields, } }

/// `NodeSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeSpec {
    pub pod_cidr: String,
    pub pod_cidrs: Vec<String>,
    pub provider_id: String,
    pub unschedulable: bool,
    pub taints: Vec<Taint>,
    pub config_source: Option<NodeConfigSource>,
    pub external_id: String,
    pub pod_preemption_policy: Option<NodePodPreemptionPolicy>,
}

skeg_schema::message! { NodeSpec = 422 { 0 pod_cidr, 1 pod_cidrs, 2 provider_id, 3 unschedulable, 4 taints, 5 config_source, 6 external_id, 7 pod_preemption_policy, } }

/// `NodeStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeStatus {
    pub capacity: BTreeMap<String, Quantity>,
    pub allocatable: BTreeMap<String, Quantity>,
    pub phase: String,
    pub conditions: Vec<NodeCondition>,
    pub addresses: Vec<NodeAddress>,
    pub daemon_endpoints: NodeDaemonEndpoints,
    pub node_info: NodeSystemInfo,
    pub images: Vec<ContainerImage>,
    pub volumes_in_use: Vec<String>,
    pub volumes_attached: Vec<AttachedVolume>,
    pub config: Option<NodeConfigStatus>,
    pub runtime_handlers: Vec<NodeRuntimeHandler>,
    pub features: Option<NodeFeatures>,
    pub declared_features: Vec<String>,
}

skeg_schema::message! { NodeStatus = 423 { 0 capacity, 1 allocatable, 2 phase, 3 conditions, 4 addresses, 5 daemon_endpoints, 6 node_info, 7 images, 8 volumes_in_use, 9 volumes_attached, 10 config, 11 runtime_handlers, 12 features, 13 declared_features, } }

/// `NodeSwapStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeSwapStatus {
    pub capacity: Option<i64>,
}

skeg_schema::message! { NodeSwapStatus = 424 { 0 capacity, } }

/// `NodeSystemInfo`.
#[derive(Clone, Default, PartialEq)]
pub struct NodeSystemInfo {
    pub machine_id: String,
    pub system_uuid: String,
    pub boot_id: String,
    pub kernel_version: String,
    pub os_image: String,
    pub container_runtime_version: String,
    pub kubelet_version: String,
    pub kube_proxy_version: String,
    pub operating_system: String,
    pub architecture: String,
    pub swap: Option<NodeSwapStatus>,
    pub running_in_user_namespace: Option<bool>,
}

skeg_schema::message! { NodeSystemInfo = 425 { 0 machine_id, 1 system_uuid, 2 boot_id, 3 kernel_version, 4 os_image, 5 container_runtime_version, 6 kubelet_version, 7 kube_proxy_version, 8 operating_system, 9 architecture, 10 swap, 11 running_in_user_namespace, } }

/// `ObjectFieldSelector`.
#[derive(Clone, Default, PartialEq)]
pub struct ObjectFieldSelector {
    pub api_version: String,
    pub field_path: String,
}

skeg_schema::message! { ObjectFieldSelector = 426 { 0 api_version, 1 field_path, } }

/// `ObjectReference`.
#[derive(Clone, Default, PartialEq)]
pub struct ObjectReference {
    pub kind: String,
    pub namespace: String,
    pub name: String,
    pub uid: String,
    pub api_version: String,
    pub resource_version: String,
    pub field_path: String,
}

skeg_schema::message! { ObjectReference = 427 { 0 kind, 1 namespace, 2 name, 3 uid, 4 api_version, 5 resource_version, 6 field_path, } }

/// `PersistentVolume`.
#[derive(Clone, Default, PartialEq)]
pub struct PersistentVolume {
    pub metadata: ObjectMeta,
    pub spec: PersistentVolumeSpec,
    pub status: PersistentVolumeStatus,
}

skeg_schema::message! { PersistentVolume = 428 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { PersistentVolume, "", "v1", "persistentvolumes", false, 436 }

impl skeg_meta::HasStatus for PersistentVolume {}

/// `PersistentVolumeClaim`.
#[derive(Clone, Default, PartialEq)]
pub struct PersistentVolumeClaim {
    pub metadata: ObjectMeta,
    pub spec: PersistentVolumeClaimSpec,
    pub status: PersistentVolumeClaimStatus,
}

skeg_schema::message! { PersistentVolumeClaim = 429 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { PersistentVolumeClaim, "", "v1", "persistentvolumeclaims", true, 431 }

impl skeg_meta::HasStatus for PersistentVolumeClaim {}

/// `PersistentVolumeClaimCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct PersistentVolumeClaimCondition {
    pub type_: String,
    pub status: String,
    pub last_probe_time: Option<Time>,
    pub last_transition_time: Option<Time>,
    pub reason: String,
    pub message: String,
}

skeg_schema::message! { PersistentVolumeClaimCondition = 430 { 0 type_, 1 status, 2 last_probe_time, 3 last_transition_time, 4 reason, 5 message, } }

/// A list of [`PersistentVolumeClaim`].
pub type PersistentVolumeClaimList = skeg_meta::List<PersistentVolumeClaim>;

/// `PersistentVolumeClaimSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct PersistentVolumeClaimSpec {
    pub access_modes: Vec<String>,
    pub selector: Option<skeg_meta::LabelSelector>,
    pub resources: VolumeResourceRequirements,
    pub volume_name: String,
    pub storage_class_name: Option<String>,
    pub volume_mode: Option<String>,
    pub data_source: Option<TypedLocalObjectReference>,
    pub data_source_ref: Option<TypedObjectReference>,
    pub volume_attributes_class_name: Option<String>,
}

skeg_schema::message! { PersistentVolumeClaimSpec = 432 { 0 access_modes, 1 selector, 2 resources, 3 volume_name, 4 storage_class_name, 5 volume_mode, 6 data_source, 7 data_source_ref, 8 volume_attributes_class_name, } }

/// `PersistentVolumeClaimStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct PersistentVolumeClaimStatus {
    pub phase: String,
    pub access_modes: Vec<String>,
    pub capacity: BTreeMap<String, Quantity>,
    pub conditions: Vec<PersistentVolumeClaimCondition>,
    pub allocated_resources: BTreeMap<String, Quantity>,
    pub allocated_resource_statuses: BTreeMap<String, String>,
    pub current_volume_attributes_class_name: Option<String>,
    pub modify_volume_status: Option<ModifyVolumeStatus>,
    pub health_status: Option<VolumeHealthStatus>,
}

skeg_schema::message! { PersistentVolumeClaimStatus = 433 { 0 phase, 1 access_modes, 2 capacity, 3 conditions, 4 allocated_resources, 5 allocated_resource_statuses, 6 current_volume_attributes_class_name, 7 modify_volume_status, 8 health_status, } }

/// `PersistentVolumeClaimTemplate`.
#[derive(Clone, Default, PartialEq)]
pub struct PersistentVolumeClaimTemplate {
    pub metadata: ObjectMeta,
    pub spec: PersistentVolumeClaimSpec,
}

skeg_schema::message! { PersistentVolumeClaimTemplate = 434 { 0 metadata, 1 spec, } }

/// `PersistentVolumeClaimVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct PersistentVolumeClaimVolumeSource {
    pub claim_name: String,
    pub read_only: bool,
}

skeg_schema::message! { PersistentVolumeClaimVolumeSource = 435 { 0 claim_name, 1 read_only, } }

/// A list of [`PersistentVolume`].
pub type PersistentVolumeList = skeg_meta::List<PersistentVolume>;

/// `PersistentVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct PersistentVolumeSource {
    pub gce_persistent_disk: Option<GCEPersistentDiskVolumeSource>,
    pub aws_elastic_block_store: Option<AWSElasticBlockStoreVolumeSource>,
    pub host_path: Option<HostPathVolumeSource>,
    pub glusterfs: Option<GlusterfsPersistentVolumeSource>,
    pub nfs: Option<NFSVolumeSource>,
    pub rbd: Option<RBDPersistentVolumeSource>,
    pub iscsi: Option<ISCSIPersistentVolumeSource>,
    pub cinder: Option<CinderPersistentVolumeSource>,
    pub cephfs: Option<CephFSPersistentVolumeSource>,
    pub fc: Option<FCVolumeSource>,
    pub flocker: Option<FlockerVolumeSource>,
    pub flex_volume: Option<FlexPersistentVolumeSource>,
    pub azure_file: Option<AzureFilePersistentVolumeSource>,
    pub vsphere_volume: Option<VsphereVirtualDiskVolumeSource>,
    pub quobyte: Option<QuobyteVolumeSource>,
    pub azure_disk: Option<AzureDiskVolumeSource>,
    pub photon_persistent_disk: Option<PhotonPersistentDiskVolumeSource>,
    pub portworx_volume: Option<PortworxVolumeSource>,
    pub scale_io: Option<ScaleIOPersistentVolumeSource>,
    pub local: Option<LocalVolumeSource>,
    pub storageos: Option<StorageOSPersistentVolumeSource>,
    pub csi: Option<CSIPersistentVolumeSource>,
}

skeg_schema::message! { PersistentVolumeSource = 437 { 0 gce_persistent_disk, 1 aws_elastic_block_store, 2 host_path, 3 glusterfs, 4 nfs, 5 rbd, 6 iscsi, 7 cinder, 8 cephfs, 9 fc, 10 flocker, 11 flex_volume, 12 azure_file, 13 vsphere_volume, 14 quobyte, 15 azure_disk, 16 photon_persistent_disk, 17 portworx_volume, 18 scale_io, 19 local, 20 storageos, 21 csi, } }

/// `PersistentVolumeSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct PersistentVolumeSpec {
    pub capacity: BTreeMap<String, Quantity>,
    pub gce_persistent_disk: Option<Box<GCEPersistentDiskVolumeSource>>,
    pub aws_elastic_block_store: Option<Box<AWSElasticBlockStoreVolumeSource>>,
    pub host_path: Option<HostPathVolumeSource>,
    pub glusterfs: Option<Box<GlusterfsPersistentVolumeSource>>,
    pub nfs: Option<NFSVolumeSource>,
    pub rbd: Option<Box<RBDPersistentVolumeSource>>,
    pub iscsi: Option<Box<ISCSIPersistentVolumeSource>>,
    pub cinder: Option<Box<CinderPersistentVolumeSource>>,
    pub cephfs: Option<Box<CephFSPersistentVolumeSource>>,
    pub fc: Option<Box<FCVolumeSource>>,
    pub flocker: Option<Box<FlockerVolumeSource>>,
    pub flex_volume: Option<Box<FlexPersistentVolumeSource>>,
    pub azure_file: Option<Box<AzureFilePersistentVolumeSource>>,
    pub vsphere_volume: Option<Box<VsphereVirtualDiskVolumeSource>>,
    pub quobyte: Option<Box<QuobyteVolumeSource>>,
    pub azure_disk: Option<Box<AzureDiskVolumeSource>>,
    pub photon_persistent_disk: Option<Box<PhotonPersistentDiskVolumeSource>>,
    pub portworx_volume: Option<Box<PortworxVolumeSource>>,
    pub scale_io: Option<Box<ScaleIOPersistentVolumeSource>>,
    pub local: Option<LocalVolumeSource>,
    pub storageos: Option<Box<StorageOSPersistentVolumeSource>>,
    pub csi: Option<CSIPersistentVolumeSource>,
    pub access_modes: Vec<String>,
    pub claim_ref: Option<ObjectReference>,
    pub persistent_volume_reclaim_policy: String,
    pub storage_class_name: String,
    pub mount_options: Vec<String>,
    pub volume_mode: Option<String>,
    pub node_affinity: Option<VolumeNodeAffinity>,
    pub volume_attributes_class_name: Option<String>,
}

skeg_schema::message! { PersistentVolumeSpec = 438 { 0 capacity, 1 gce_persistent_disk, 2 aws_elastic_block_store, 3 host_path, 4 glusterfs, 5 nfs, 6 rbd, 7 iscsi, 8 cinder, 9 cephfs, 10 fc, 11 flocker, 12 flex_volume, 13 azure_file, 14 vsphere_volume, 15 quobyte, 16 azure_disk, 17 photon_persistent_disk, 18 portworx_volume, 19 scale_io, 20 local, 21 storageos, 22 csi, 23 access_modes, 24 claim_ref, 25 persistent_volume_reclaim_policy, 26 storage_class_name, 27 mount_options, 28 volume_mode, 29 node_affinity, 30 volume_attributes_class_name, } }

/// `PersistentVolumeStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct PersistentVolumeStatus {
    pub phase: String,
    pub message: String,
    pub reason: String,
    pub last_phase_transition_time: Option<Time>,
}

skeg_schema::message! { PersistentVolumeStatus = 439 { 0 phase, 1 message, 2 reason, 3 last_phase_transition_time, } }

/// `PhotonPersistentDiskVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct PhotonPersistentDiskVolumeSource {
    pub pd_id: String,
    pub fs_type: String,
}

skeg_schema::message! { PhotonPersistentDiskVolumeSource = 440 { 0 pd_id, 1 fs_type, } }

/// `Pod`.
#[derive(Clone, Default, PartialEq)]
pub struct Pod {
    pub metadata: ObjectMeta,
    pub spec: PodSpec,
    pub status: PodStatus,
}

skeg_schema::message! { Pod = 441 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { Pod, "", "v1", "pods", true, 453 }

impl skeg_meta::HasStatus for Pod {}

impl skeg_meta::HasProxy for Pod {}

/// `PodAffinity`.
#[derive(Clone, Default, PartialEq)]
pub struct PodAffinity {
    pub required_during_scheduling_ignored_during_execution: Vec<PodAffinityTerm>,
    pub preferred_during_scheduling_ignored_during_execution: Vec<WeightedPodAffinityTerm>,
}

skeg_schema::message! { PodAffinity = 442 { 0 required_during_scheduling_ignored_during_execution, 1 preferred_during_scheduling_ignored_during_execution, } }

/// `PodAffinityTerm`.
#[derive(Clone, Default, PartialEq)]
pub struct PodAffinityTerm {
    pub label_selector: Option<skeg_meta::LabelSelector>,
    pub namespaces: Vec<String>,
    pub topology_key: String,
    pub namespace_selector: Option<skeg_meta::LabelSelector>,
    pub match_label_keys: Vec<String>,
    pub mismatch_label_keys: Vec<String>,
}

skeg_schema::message! { PodAffinityTerm = 443 { 0 label_selector, 1 namespaces, 2 topology_key, 3 namespace_selector, 4 match_label_keys, 5 mismatch_label_keys, } }

/// `PodAntiAffinity`.
#[derive(Clone, Default, PartialEq)]
pub struct PodAntiAffinity {
    pub required_during_scheduling_ignored_during_execution: Vec<PodAffinityTerm>,
    pub preferred_during_scheduling_ignored_during_execution: Vec<WeightedPodAffinityTerm>,
}

skeg_schema::message! { PodAntiAffinity = 444 { 0 required_during_scheduling_ignored_during_execution, 1 preferred_during_scheduling_ignored_during_execution, } }

/// `PodAttachOptions`.
#[derive(Clone, Default, PartialEq)]
pub struct PodAttachOptions {
    pub stdin: bool,
    pub stdout: bool,
    pub stderr: bool,
    pub tty: bool,
    pub container: String,
}

skeg_schema::message! { PodAttachOptions = 445 { 0 stdin, 1 stdout, 2 stderr, 3 tty, 4 container, } }

/// `PodCertificateProjection`.
#[derive(Clone, Default, PartialEq)]
pub struct PodCertificateProjection {
    pub signer_name: String,
    pub key_type: String,
    pub max_expiration_seconds: Option<i32>,
    pub credential_bundle_path: String,
    pub key_path: String,
    pub certificate_chain_path: String,
    pub user_annotations: BTreeMap<String, String>,
    pub user: Option<i64>,
}

skeg_schema::message! { PodCertificateProjection = 446 { 0 signer_name, 1 key_type, 2 max_expiration_seconds, 3 credential_bundle_path, 4 key_path, 5 certificate_chain_path, 6 user_annotations, 7 user, } }

/// `PodCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct PodCondition {
    pub type_: String,
    pub observed_generation: i64,
    pub status: String,
    pub last_probe_time: Option<Time>,
    pub last_transition_time: Option<Time>,
    pub reason: String,
    pub message: String,
}

skeg_schema::message! { PodCondition = 447 { 0 type_, 1 observed_generation, 2 status, 3 last_probe_time, 4 last_transition_time, 5 reason, 6 message, } }

/// `PodDNSConfig`.
#[derive(Clone, Default, PartialEq)]
pub struct PodDNSConfig {
    pub nameservers: Vec<String>,
    pub searches: Vec<String>,
    pub options: Vec<PodDNSConfigOption>,
}

skeg_schema::message! { PodDNSConfig = 448 { 0 nameservers, 1 searches, 2 options, } }

/// `PodDNSConfigOption`.
#[derive(Clone, Default, PartialEq)]
pub struct PodDNSConfigOption {
    pub name: String,
    pub value: Option<String>,
}

skeg_schema::message! { PodDNSConfigOption = 449 { 0 name, 1 value, } }

/// `PodExecOptions`.
#[derive(Clone, Default, PartialEq)]
pub struct PodExecOptions {
    pub stdin: bool,
    pub stdout: bool,
    pub stderr: bool,
    pub tty: bool,
    pub container: String,
    pub command: Vec<String>,
}

skeg_schema::message! { PodExecOptions = 450 { 0 stdin, 1 stdout, 2 stderr, 3 tty, 4 container, 5 command, } }

/// `PodExtendedResourceClaimStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct PodExtendedResourceClaimStatus {
    pub request_mappings: Vec<ContainerExtendedResourceRequest>,
    pub resource_claim_name: String,
}

skeg_schema::message! { PodExtendedResourceClaimStatus = 451 { 0 request_mappings, 1 resource_claim_name, } }

/// `PodIP`.
#[derive(Clone, Default, PartialEq)]
pub struct PodIP {
    pub ip: String,
}

skeg_schema::message! { PodIP = 452 { 0 ip, } }

/// A list of [`Pod`].
pub type PodList = skeg_meta::List<Pod>;

/// `PodLogOptions`.
#[derive(Clone, Default, PartialEq)]
pub struct PodLogOptions {
    pub container: String,
    pub follow: bool,
    pub previous: bool,
    pub since_seconds: Option<i64>,
    pub since_time: Option<Time>,
    pub timestamps: bool,
    pub tail_lines: Option<i64>,
    pub limit_bytes: Option<i64>,
    pub insecure_skip_tls_verify_backend: bool,
    pub stream: Option<String>,
}

skeg_schema::message! { PodLogOptions = 454 { 0 container, 1 follow, 2 previous, 3 since_seconds, 4 since_time, 5 timestamps, 6 tail_lines, 7 limit_bytes, 8 insecure_skip_tls_verify_backend, 9 stream, } }

/// `PodOS`.
#[derive(Clone, Default, PartialEq)]
pub struct PodOS {
    pub name: String,
}

skeg_schema::message! { PodOS = 455 { 0 name, } }

/// `PodPortForwardOptions`.
#[derive(Clone, Default, PartialEq)]
pub struct PodPortForwardOptions {
    pub ports: Vec<i32>,
}

skeg_schema::message! { PodPortForwardOptions = 456 { 0 ports, } }

/// `PodProxyOptions`.
#[derive(Clone, Default, PartialEq)]
pub struct PodProxyOptions {
    pub path: String,
}

skeg_schema::message! { PodProxyOptions = 457 { 0 path, } }

/// `PodReadinessGate`.
#[derive(Clone, Default, PartialEq)]
pub struct PodReadinessGate {
    pub condition_type: String,
}

skeg_schema::message! { PodReadinessGate = 458 { 0 condition_type, } }

/// `PodResourceClaim`.
#[derive(Clone, Default, PartialEq)]
pub struct PodResourceClaim {
    pub name: String,
    pub resource_claim_name: Option<String>,
    pub resource_claim_template_name: Option<String>,
}

skeg_schema::message! { PodResourceClaim = 459 { 0 name, 1 resource_claim_name, 2 resource_claim_template_name, } }

/// `PodResourceClaimStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct PodResourceClaimStatus {
    pub name: String,
    pub resource_claim_name: Option<String>,
}

skeg_schema::message! { PodResourceClaimStatus = 460 { 0 name, 1 resource_claim_name, } }

/// `PodSchedulingGate`.
#[derive(Clone, Default, PartialEq)]
pub struct PodSchedulingGate {
    pub name: String,
}

skeg_schema::message! { PodSchedulingGate = 461 { 0 name, } }

/// `PodSchedulingGroup`.
#[derive(Clone, Default, PartialEq)]
pub struct PodSchedulingGroup {
    pub pod_group_name: Option<String>,
}

skeg_schema::message! { PodSchedulingGroup = 462 { 0 pod_group_name, } }

/// `PodSecurityContext`.
#[derive(Clone, Default, PartialEq)]
pub struct PodSecurityContext {
    pub se_linux_options: Option<Box<SELinuxOptions>>,
    pub windows_options: Option<Box<WindowsSecurityContextOptions>>,
    pub run_as_user: Option<i64>,
    pub run_as_group: Option<i64>,
    pub run_as_non_root: Option<bool>,
    pub supplemental_groups: Vec<i64>,
    pub supplemental_groups_policy: Option<String>,
    pub fs_group: Option<i64>,
    pub sysctls: Vec<Sysctl>,
    pub fs_group_change_policy: Option<String>,
    pub seccomp_profile: Option<Box<SeccompProfile>>,
    pub app_armor_profile: Option<Box<AppArmorProfile>>,
    pub se_linux_change_policy: Option<String>,
}

skeg_schema::message! { PodSecurityContext = 463 { 0 se_linux_options, 1 windows_options, 2 run_as_user, 3 run_as_group, 4 run_as_non_root, 5 supplemental_groups, 6 supplemental_groups_policy, 7 fs_group, 8 sysctls, 9 fs_group_change_policy, 10 seccomp_profile, 11 app_armor_profile, 12 se_linux_change_policy, } }

/// `PodSignature`.
#[derive(Clone, Default, PartialEq)]
pub struct PodSignature {
    pub pod_controller: Option<skeg_meta::OwnerReference>,
}

skeg_schema::message! { PodSignature = 464 { 0 pod_controller, } }

/// `PodSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct PodSpec {
    pub volumes: Vec<Volume>,
    pub init_containers: Vec<Container>,
    pub containers: Vec<Container>,
    pub ephemeral_containers: Vec<EphemeralContainer>,
    pub restart_policy: String,
    pub termination_grace_period_seconds: Option<i64>,
    pub active_deadline_seconds: Option<i64>,
    pub dns_policy: String,
    pub node_selector: BTreeMap<String, String>,
    pub service_account_name: String,
    pub service_account: String,
    pub automount_service_account_token: Option<bool>,
    pub node_name: String,
    pub host_network: bool,
    pub host_pid: bool,
    pub host_ipc: bool,
    pub share_process_namespace: Option<bool>,
    pub security_context: Option<PodSecurityContext>,
    pub image_pull_secrets: Vec<LocalObjectReference>,
    pub hostname: String,
    pub subdomain: String,
    pub affinity: Option<Box<Affinity>>,
    pub scheduler_name: String,
    pub tolerations: Vec<Toleration>,
    pub host_aliases: Vec<HostAlias>,
    pub priority_class_name: String,
    pub priority: Option<i32>,
    pub dns_config: Option<Box<PodDNSConfig>>,
    pub readiness_gates: Vec<PodReadinessGate>,
    pub runtime_class_name: Option<String>,
    pub enable_service_links: Option<bool>,
    pub preemption_policy: Option<String>,
    pub overhead: BTreeMap<String, Quantity>,
    pub topology_spread_constraints: Vec<TopologySpreadConstraint>,
    pub set_hostname_as_fqdn: Option<bool>,
    pub os: Option<PodOS>,
    pub host_users: Option<bool>,
    pub scheduling_gates: Vec<PodSchedulingGate>,
    pub resource_claims: Vec<PodResourceClaim>,
    pub resources: Option<Box<ResourceRequirements>>,
    pub hostname_override: Option<String>,
    pub scheduling_group: Option<PodSchedulingGroup>,
    pub eviction_responders: Vec<EvictionResponder>,
}

skeg_schema::message! { PodSpec = 465 { 0 volumes, 1 init_containers, 2 containers, 3 ephemeral_containers, 4 restart_policy, 5 termination_grace_period_seconds, 6 active_deadline_seconds, 7 dns_policy, 8 node_selector, 9 service_account_name, 10 service_account, 11 automount_service_account_token, 12 node_name, 13 host_network, 14 host_pid, 15 host_ipc, 16 share_process_namespace, 17 security_context, 18 image_pull_secrets, 19 hostname, 20 subdomain, 21 affinity, 22 scheduler_name, 23 tolerations, 24 host_aliases, 25 priority_class_name, 26 priority, 27 dns_config, 28 readiness_gates, 29 runtime_class_name, 30 enable_service_links, 31 preemption_policy, 32 overhead, 33 topology_spread_constraints, 34 set_hostname_as_fqdn, 35 os, 36 host_users, 37 scheduling_gates, 38 resource_claims, 39 resources, 40 hostname_override, 41 scheduling_group, 42 eviction_responders, } }

/// `PodStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct PodStatus {
    pub observed_generation: i64,
    pub phase: String,
    pub conditions: Vec<PodCondition>,
    pub message: String,
    pub reason: String,
    pub nominated_node_name: String,
    pub host_ip: String,
    pub host_ips: Vec<HostIP>,
    pub pod_ip: String,
    pub pod_ips: Vec<PodIP>,
    pub start_time: Option<Time>,
    pub init_container_statuses: Vec<ContainerStatus>,
    pub container_statuses: Vec<ContainerStatus>,
    pub qos_class: String,
    pub ephemeral_container_statuses: Vec<ContainerStatus>,
    pub resize: String,
    pub resource_claim_statuses: Vec<PodResourceClaimStatus>,
    pub extended_resource_claim_status: Option<Box<PodExtendedResourceClaimStatus>>,
    pub allocated_resources: BTreeMap<String, Quantity>,
    pub resources: Option<Box<ResourceRequirements>>,
    pub node_allocatable_resource_claim_statuses: Vec<NodeAllocatableResourceClaimStatus>,
    pub volume_health: Vec<PodVolumeHealth>,
}

skeg_schema::message! { PodStatus = 466 { 0 observed_generation, 1 phase, 2 conditions, 3 message, 4 reason, 5 nominated_node_name, 6 host_ip, 7 host_ips, 8 pod_ip, 9 pod_ips, 10 start_time, 11 init_container_statuses, 12 container_statuses, 13 qos_class, 14 ephemeral_container_statuses, 15 resize, 16 resource_claim_statuses, 17 extended_resource_claim_status, 18 allocated_resources, 19 resources, 20 node_allocatable_resource_claim_statuses, 21 volume_health, } }

/// `PodTemplate`.
#[derive(Clone, Default, PartialEq)]
pub struct PodTemplate {
    pub metadata: ObjectMeta,
    pub template: PodTemplateSpec,
}

skeg_schema::message! { PodTemplate = 467 { 0 metadata, 1 template, } }

skeg_meta::object! { PodTemplate, "", "v1", "podtemplates", true, 468 }

/// A list of [`PodTemplate`].
pub type PodTemplateList = skeg_meta::List<PodTemplate>;

/// `PodTemplateSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct PodTemplateSpec {
    pub metadata: ObjectMeta,
    pub spec: PodSpec,
}

skeg_schema::message! { PodTemplateSpec = 469 { 0 metadata, 1 spec, } }

/// `PodVolumeHealth`.
#[derive(Clone, Default, PartialEq)]
pub struct PodVolumeHealth {
    pub name: String,
    pub health_conditions: Vec<VolumeHealthCondition>,
    pub last_transition_time: Option<Time>,
}

skeg_schema::message! { PodVolumeHealth = 470 { 0 name, 1 health_conditions, 2 last_transition_time, } }

/// `PortStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct PortStatus {
    pub port: i32,
    pub protocol: String,
    pub error: Option<String>,
}

skeg_schema::message! { PortStatus = 471 { 0 port, 1 protocol, 2 error, } }

/// `PortworxVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct PortworxVolumeSource {
    pub volume_id: String,
    pub fs_type: String,
    pub read_only: bool,
}

skeg_schema::message! { PortworxVolumeSource = 472 { 0 volume_id, 1 fs_type, 2 read_only, } }

/// `Preconditions`.
#[derive(Clone, Default, PartialEq)]
pub struct Preconditions {
    pub uid: Option<String>,
}

skeg_schema::message! { Preconditions = 473 { 0 uid, } }

/// `PreferAvoidPodsEntry`.
#[derive(Clone, Default, PartialEq)]
pub struct PreferAvoidPodsEntry {
    pub pod_signature: PodSignature,
    pub eviction_time: Option<Time>,
    pub reason: String,
    pub message: String,
}

skeg_schema::message! { PreferAvoidPodsEntry = 474 { 0 pod_signature, 1 eviction_time, 2 reason, 3 message, } }

/// `PreferredSchedulingTerm`.
#[derive(Clone, Default, PartialEq)]
pub struct PreferredSchedulingTerm {
    pub weight: i32,
    pub preference: NodeSelectorTerm,
}

skeg_schema::message! { PreferredSchedulingTerm = 475 { 0 weight, 1 preference, } }

/// `Probe`.
#[derive(Clone, Default, PartialEq)]
pub struct Probe {
    pub exec: Option<ExecAction>,
    pub http_get: Option<HTTPGetAction>,
    pub tcp_socket: Option<TCPSocketAction>,
    pub grpc: Option<GRPCAction>,
    pub initial_delay_seconds: i32,
    pub timeout_seconds: i32,
    pub period_seconds: i32,
    pub success_threshold: i32,
    pub failure_threshold: i32,
    pub termination_grace_period_seconds: Option<i64>,
}

skeg_schema::message! { Probe = 476 { 0 exec, 1 http_get, 2 tcp_socket, 3 grpc, 4 initial_delay_seconds, 5 timeout_seconds, 6 period_seconds, 7 success_threshold, 8 failure_threshold, 9 termination_grace_period_seconds, } }

/// `ProbeHandler`.
#[derive(Clone, Default, PartialEq)]
pub struct ProbeHandler {
    pub exec: Option<ExecAction>,
    pub http_get: Option<HTTPGetAction>,
    pub tcp_socket: Option<TCPSocketAction>,
    pub grpc: Option<GRPCAction>,
}

skeg_schema::message! { ProbeHandler = 477 { 0 exec, 1 http_get, 2 tcp_socket, 3 grpc, } }

/// `ProjectedVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct ProjectedVolumeSource {
    pub sources: Vec<VolumeProjection>,
    pub default_mode: Option<i32>,
    pub default_user: Option<i64>,
}

skeg_schema::message! { ProjectedVolumeSource = 478 { 0 sources, 1 default_mode, 2 default_user, } }

/// `QuobyteVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct QuobyteVolumeSource {
    pub registry: String,
    pub volume: String,
    pub read_only: bool,
    pub user: String,
    pub group: String,
    pub tenant: String,
}

skeg_schema::message! { QuobyteVolumeSource = 479 { 0 registry, 1 volume, 2 read_only, 3 user, 4 group, 5 tenant, } }

/// `RBDPersistentVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct RBDPersistentVolumeSource {
    pub monitors: Vec<String>,
    pub image: String,
    pub fs_type: String,
    pub pool: String,
    pub user: String,
    pub keyring: String,
    pub secret_ref: Option<SecretReference>,
    pub read_only: bool,
}

skeg_schema::message! { RBDPersistentVolumeSource = 480 { 0 monitors, 1 image, 2 fs_type, 3 pool, 4 user, 5 keyring, 6 secret_ref, 7 read_only, } }

/// `RBDVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct RBDVolumeSource {
    pub monitors: Vec<String>,
    pub image: String,
    pub fs_type: String,
    pub pool: String,
    pub user: String,
    pub keyring: String,
    pub secret_ref: Option<LocalObjectReference>,
    pub read_only: bool,
}

skeg_schema::message! { RBDVolumeSource = 481 { 0 monitors, 1 image, 2 fs_type, 3 pool, 4 user, 5 keyring, 6 secret_ref, 7 read_only, } }

/// `RangeAllocation`.
#[derive(Clone, Default, PartialEq)]
pub struct RangeAllocation {
    pub metadata: ObjectMeta,
    pub range: String,
    pub data: ByteString,
}

skeg_schema::message! { RangeAllocation = 482 { 0 metadata, 1 range, 2 data, } }

skeg_meta::object! { RangeAllocation, "", "v1", "rangeallocations", true, 482 }

/// `ReplicationController`.
#[derive(Clone, Default, PartialEq)]
pub struct ReplicationController {
    pub metadata: ObjectMeta,
    pub spec: ReplicationControllerSpec,
    pub status: ReplicationControllerStatus,
}

skeg_schema::message! { ReplicationController = 483 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { ReplicationController, "", "v1", "replicationcontrollers", true, 485 }

impl skeg_meta::HasStatus for ReplicationController {}

impl skeg_meta::HasScale for ReplicationController {}

/// `ReplicationControllerCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct ReplicationControllerCondition {
    pub type_: String,
    pub status: String,
    pub last_transition_time: Option<Time>,
    pub reason: String,
    pub message: String,
}

skeg_schema::message! { ReplicationControllerCondition = 484 { 0 type_, 1 status, 2 last_transition_time, 3 reason, 4 message, } }

/// A list of [`ReplicationController`].
pub type ReplicationControllerList = skeg_meta::List<ReplicationController>;

/// `ReplicationControllerSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct ReplicationControllerSpec {
    pub replicas: Option<i32>,
    pub min_ready_seconds: i32,
    pub selector: BTreeMap<String, String>,
    pub template: Option<PodTemplateSpec>,
}

skeg_schema::message! { ReplicationControllerSpec = 486 { 0 replicas, 1 min_ready_seconds, 2 selector, 3 template, } }

/// `ReplicationControllerStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ReplicationControllerStatus {
    pub replicas: i32,
    pub fully_labeled_replicas: i32,
    pub ready_replicas: i32,
    pub available_replicas: i32,
    pub observed_generation: i64,
    pub conditions: Vec<ReplicationControllerCondition>,
}

skeg_schema::message! { ReplicationControllerStatus = 487 { 0 replicas, 1 fully_labeled_replicas, 2 ready_replicas, 3 available_replicas, 4 observed_generation, 5 conditions, } }

/// `ResourceClaim`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceClaim {
    pub name: String,
    pub request: String,
}

skeg_schema::message! { ResourceClaim = 488 { 0 name, 1 request, } }

/// `ResourceFieldSelector`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceFieldSelector {
    pub container_name: String,
    pub resource: String,
    pub divisor: Quantity,
}

skeg_schema::message! { ResourceFieldSelector = 489 { 0 container_name, 1 resource, 2 divisor, } }

/// `ResourceHealth`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceHealth {
    pub resource_id: String,
    pub health: String,
    pub message: Option<String>,
}

skeg_schema::message! { ResourceHealth = 490 { 0 resource_id, 1 health, 2 message, } }

/// `ResourceQuota`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceQuota {
    pub metadata: ObjectMeta,
    pub spec: ResourceQuotaSpec,
    pub status: ResourceQuotaStatus,
}

skeg_schema::message! { ResourceQuota = 491 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { ResourceQuota, "", "v1", "resourcequotas", true, 492 }

impl skeg_meta::HasStatus for ResourceQuota {}

/// A list of [`ResourceQuota`].
pub type ResourceQuotaList = skeg_meta::List<ResourceQuota>;

/// `ResourceQuotaSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceQuotaSpec {
    pub hard: BTreeMap<String, Quantity>,
    pub scopes: Vec<String>,
    pub scope_selector: Option<ScopeSelector>,
}

skeg_schema::message! { ResourceQuotaSpec = 493 { 0 hard, 1 scopes, 2 scope_selector, } }

/// `ResourceQuotaStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceQuotaStatus {
    pub hard: BTreeMap<String, Quantity>,
    pub used: BTreeMap<String, Quantity>,
}

skeg_schema::message! { ResourceQuotaStatus = 494 { 0 hard, 1 used, } }

/// `ResourceRequirements`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceRequirements {
    pub limits: BTreeMap<String, Quantity>,
    pub requests: BTreeMap<String, Quantity>,
    pub claims: Vec<ResourceClaim>,
}

skeg_schema::message! { ResourceRequirements = 495 { 0 limits, 1 requests, 2 claims, } }

/// `ResourceStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceStatus {
    pub name: String,
    pub resources: Vec<ResourceHealth>,
}

skeg_schema::message! { ResourceStatus = 496 { 0 name, 1 resources, } }

/// `SELinuxOptions`.
#[derive(Clone, Default, PartialEq)]
pub struct SELinuxOptions {
    pub user: String,
    pub role: String,
    pub type_: String,
    pub level: String,
}

skeg_schema::message! { SELinuxOptions = 497 { 0 user, 1 role, 2 type_, 3 level, } }

/// `ScaleIOPersistentVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct ScaleIOPersistentVolumeSource {
    pub gateway: String,
    pub system: String,
    pub secret_ref: Option<SecretReference>,
    pub ssl_enabled: bool,
    pub protection_domain: String,
    pub storage_pool: String,
    pub storage_mode: String,
    pub volume_name: String,
    pub fs_type: String,
    pub read_only: bool,
}

skeg_schema::message! { ScaleIOPersistentVolumeSource = 498 { 0 gateway, 1 system, 2 secret_ref, 3 ssl_enabled, 4 protection_domain, 5 storage_pool, 6 storage_mode, 7 volume_name, 8 fs_type, 9 read_only, } }

/// `ScaleIOVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct ScaleIOVolumeSource {
    pub gateway: String,
    pub system: String,
    pub secret_ref: Option<LocalObjectReference>,
    pub ssl_enabled: bool,
    pub protection_domain: String,
    pub storage_pool: String,
    pub storage_mode: String,
    pub volume_name: String,
    pub fs_type: String,
    pub read_only: bool,
}

skeg_schema::message! { ScaleIOVolumeSource = 499 { 0 gateway, 1 system, 2 secret_ref, 3 ssl_enabled, 4 protection_domain, 5 storage_pool, 6 storage_mode, 7 volume_name, 8 fs_type, 9 read_only, } }

/// `ScopeSelector`.
#[derive(Clone, Default, PartialEq)]
pub struct ScopeSelector {
    pub match_expressions: Vec<ScopedResourceSelectorRequirement>,
}

skeg_schema::message! { ScopeSelector = 500 { 0 match_expressions, } }

/// `ScopedResourceSelectorRequirement`.
#[derive(Clone, Default, PartialEq)]
pub struct ScopedResourceSelectorRequirement {
    pub scope_name: String,
    pub operator: String,
    pub values: Vec<String>,
}

skeg_schema::message! { ScopedResourceSelectorRequirement = 501 { 0 scope_name, 1 operator, 2 values, } }

/// `SeccompProfile`.
#[derive(Clone, Default, PartialEq)]
pub struct SeccompProfile {
    pub type_: String,
    pub localhost_profile: Option<String>,
}

skeg_schema::message! { SeccompProfile = 502 { 0 type_, 1 localhost_profile, } }

/// `Secret`.
#[derive(Clone, Default, PartialEq)]
pub struct Secret {
    pub metadata: ObjectMeta,
    pub immutable: Option<bool>,
    pub data: BTreeMap<String, ByteString>,
    pub string_data: BTreeMap<String, String>,
    pub type_: String,
}

skeg_schema::message! { Secret = 503 { 0 metadata, 1 immutable, 2 data, 3 string_data, 4 type_, } }

skeg_meta::object! { Secret, "", "v1", "secrets", true, 506 }

/// `SecretEnvSource`.
#[derive(Clone, Default, PartialEq)]
pub struct SecretEnvSource {
    pub name: String,
    pub optional: Option<bool>,
}

skeg_schema::message! { SecretEnvSource = 504 { 0 name, 1 optional, } }

/// `SecretKeySelector`.
#[derive(Clone, Default, PartialEq)]
pub struct SecretKeySelector {
    pub name: String,
    pub key: String,
    pub optional: Option<bool>,
}

skeg_schema::message! { SecretKeySelector = 505 { 0 name, 1 key, 2 optional, } }

/// A list of [`Secret`].
pub type SecretList = skeg_meta::List<Secret>;

/// `SecretProjection`.
#[derive(Clone, Default, PartialEq)]
pub struct SecretProjection {
    pub name: String,
    pub items: Vec<KeyToPath>,
    pub optional: Option<bool>,
}

skeg_schema::message! { SecretProjection = 507 { 0 name, 1 items, 2 optional, } }

/// `SecretReference`.
#[derive(Clone, Default, PartialEq)]
pub struct SecretReference {
    pub name: String,
    pub namespace: String,
}

skeg_schema::message! { SecretReference = 508 { 0 name, 1 namespace, } }

/// `SecretVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct SecretVolumeSource {
    pub secret_name: String,
    pub items: Vec<KeyToPath>,
    pub default_mode: Option<i32>,
    pub optional: Option<bool>,
    pub default_user: Option<i64>,
}

skeg_schema::message! { SecretVolumeSource = 509 { 0 secret_name, 1 items, 2 default_mode, 3 optional, 4 default_user, } }

/// `SecurityContext`.
#[derive(Clone, Default, PartialEq)]
pub struct SecurityContext {
    pub capabilities: Option<Capabilities>,
    pub privileged: Option<bool>,
    pub se_linux_options: Option<Box<SELinuxOptions>>,
    pub windows_options: Option<Box<WindowsSecurityContextOptions>>,
    pub run_as_user: Option<i64>,
    pub run_as_group: Option<i64>,
    pub run_as_non_root: Option<bool>,
    pub read_only_root_filesystem: Option<bool>,
    pub allow_privilege_escalation: Option<bool>,
    pub proc_mount: Option<String>,
    pub seccomp_profile: Option<Box<SeccompProfile>>,
    pub app_armor_profile: Option<Box<AppArmorProfile>>,
}

skeg_schema::message! { SecurityContext = 510 { 0 capabilities, 1 privileged, 2 se_linux_options, 3 windows_options, 4 run_as_user, 5 run_as_group, 6 run_as_non_root, 7 read_only_root_filesystem, 8 allow_privilege_escalation, 9 proc_mount, 10 seccomp_profile, 11 app_armor_profile, } }

/// `SerializedReference`.
#[derive(Clone, Default, PartialEq)]
pub struct SerializedReference {
    pub reference: ObjectReference,
}

skeg_schema::message! { SerializedReference = 511 { 0 reference, } }

/// `Service`.
#[derive(Clone, Default, PartialEq)]
pub struct Service {
    pub metadata: ObjectMeta,
    pub spec: ServiceSpec,
    pub status: ServiceStatus,
}

skeg_schema::message! { Service = 512 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { Service, "", "v1", "services", true, 516 }

impl skeg_meta::HasStatus for Service {}

impl skeg_meta::HasProxy for Service {}

/// `ServiceAccount`.
#[derive(Clone, Default, PartialEq)]
pub struct ServiceAccount {
    pub metadata: ObjectMeta,
    pub secrets: Vec<ObjectReference>,
    pub image_pull_secrets: Vec<LocalObjectReference>,
    pub automount_service_account_token: Option<bool>,
}

skeg_schema::message! { ServiceAccount = 513 { 0 metadata, 1 secrets, 2 image_pull_secrets, 3 automount_service_account_token, } }

skeg_meta::object! { ServiceAccount, "", "v1", "serviceaccounts", true, 514 }

/// A list of [`ServiceAccount`].
pub type ServiceAccountList = skeg_meta::List<ServiceAccount>;

/// `ServiceAccountTokenProjection`.
#[derive(Clone, Default, PartialEq)]
pub struct ServiceAccountTokenProjection {
    pub audience: String,
    pub expiration_seconds: Option<i64>,
    pub path: String,
    pub user: Option<i64>,
}

skeg_schema::message! { ServiceAccountTokenProjection = 515 { 0 audience, 1 expiration_seconds, 2 path, 3 user, } }

/// A list of [`Service`].
pub type ServiceList = skeg_meta::List<Service>;

/// `ServicePort`.
#[derive(Clone, Default, PartialEq)]
pub struct ServicePort {
    pub name: String,
    pub protocol: String,
    pub app_protocol: Option<String>,
    pub port: i32,
    pub target_port: IntOrString,
    pub node_port: i32,
}

skeg_schema::message! { ServicePort = 517 { 0 name, 1 protocol, 2 app_protocol, 3 port, 4 target_port, 5 node_port, } }

/// `ServiceProxyOptions`.
#[derive(Clone, Default, PartialEq)]
pub struct ServiceProxyOptions {
    pub path: String,
}

skeg_schema::message! { ServiceProxyOptions = 518 { 0 path, } }

/// `ServiceSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct ServiceSpec {
    pub ports: Vec<ServicePort>,
    pub selector: BTreeMap<String, String>,
    pub cluster_ip: String,
    pub cluster_ips: Vec<String>,
    pub type_: String,
    pub external_ips: Vec<String>,
    pub session_affinity: String,
    pub load_balancer_ip: String,
    pub load_balancer_source_ranges: Vec<String>,
    pub external_name: String,
    pub external_traffic_policy: String,
    pub health_check_node_port: i32,
    pub publish_not_ready_addresses: bool,
    pub session_affinity_config: Option<SessionAffinityConfig>,
    pub ip_families: Vec<String>,
    pub ip_family_policy: Option<String>,
    pub allocate_load_balancer_node_ports: Option<bool>,
    pub load_balancer_class: Option<String>,
    pub internal_traffic_policy: Option<String>,
    pub traffic_distribution: Option<String>,
}

skeg_schema::message! { ServiceSpec = 519 { 0 ports, 1 selector, 2 cluster_ip, 3 cluster_ips, 4 type_, 5 external_ips, 6 session_affinity, 7 load_balancer_ip, 8 load_balancer_source_ranges, 9 external_name, 10 external_traffic_policy, 11 health_check_node_port, 12 publish_not_ready_addresses, 13 session_affinity_config, 14 ip_families, 15 ip_family_policy, 16 allocate_load_balancer_node_ports, 17 load_balancer_class, 18 internal_traffic_policy, 19 traffic_distribution, } }

/// `ServiceStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ServiceStatus {
    pub load_balancer: LoadBalancerStatus,
    pub conditions: Vec<skeg_meta::Condition>,
}

skeg_schema::message! { ServiceStatus = 520 { 0 load_balancer, 1 conditions, } }

/// `SessionAffinityConfig`.
#[derive(Clone, Default, PartialEq)]
pub struct SessionAffinityConfig {
    pub client_ip: Option<ClientIPConfig>,
}

skeg_schema::message! { SessionAffinityConfig = 521 { 0 client_ip, } }

/// `SleepAction`.
#[derive(Clone, Default, PartialEq)]
pub struct SleepAction {
    pub seconds: i64,
}

skeg_schema::message! { SleepAction = 522 { 0 seconds, } }

/// `StorageOSPersistentVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct StorageOSPersistentVolumeSource {
    pub volume_name: String,
    pub volume_namespace: String,
    pub fs_type: String,
    pub read_only: bool,
    pub secret_ref: Option<ObjectReference>,
}

skeg_schema::message! { StorageOSPersistentVolumeSource = 523 { 0 volume_name, 1 volume_namespace, 2 fs_type, 3 read_only, 4 secret_ref, } }

/// `StorageOSVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct StorageOSVolumeSource {
    pub volume_name: String,
    pub volume_namespace: String,
    pub fs_type: String,
    pub read_only: bool,
    pub secret_ref: Option<LocalObjectReference>,
}

skeg_schema::message! { StorageOSVolumeSource = 524 { 0 volume_name, 1 volume_namespace, 2 fs_type, 3 read_only, 4 secret_ref, } }

/// `Sysctl`.
#[derive(Clone, Default, PartialEq)]
pub struct Sysctl {
    pub name: String,
    pub value: String,
}

skeg_schema::message! { Sysctl = 525 { 0 name, 1 value, } }

/// `TCPSocketAction`.
#[derive(Clone, Default, PartialEq)]
pub struct TCPSocketAction {
    pub port: IntOrString,
    pub host: String,
}

skeg_schema::message! { TCPSocketAction = 526 { 0 port, 1 host, } }

/// `Taint`.
#[derive(Clone, Default, PartialEq)]
pub struct Taint {
    pub key: String,
    pub value: String,
    pub effect: String,
    pub time_added: Option<Time>,
}

skeg_schema::message! { Taint = 527 { 0 key, 1 value, 2 effect, 3 time_added, } }

/// `Toleration`.
#[derive(Clone, Default, PartialEq)]
pub struct Toleration {
    pub key: String,
    pub operator: String,
    pub value: String,
    pub effect: String,
    pub toleration_seconds: Option<i64>,
}

skeg_schema::message! { Toleration = 528 { 0 key, 1 operator, 2 value, 3 effect, 4 toleration_seconds, } }

/// `TopologySelectorLabelRequirement`.
#[derive(Clone, Default, PartialEq)]
pub struct TopologySelectorLabelRequirement {
    pub key: String,
    pub values: Vec<String>,
}

skeg_schema::message! { TopologySelectorLabelRequirement = 529 { 0 key, 1 values, } }

/// `TopologySelectorTerm`.
#[derive(Clone, Default, PartialEq)]
pub struct TopologySelectorTerm {
    pub match_label_expressions: Vec<TopologySelectorLabelRequirement>,
}

skeg_schema::message! { TopologySelectorTerm = 530 { 0 match_label_expressions, } }

/// `TopologySpreadConstraint`.
#[derive(Clone, Default, PartialEq)]
pub struct TopologySpreadConstraint {
    pub max_skew: i32,
    pub topology_key: String,
    pub when_unsatisfiable: String,
    pub label_selector: Option<skeg_meta::LabelSelector>,
    pub min_domains: Option<i32>,
    pub node_affinity_policy: Option<String>,
    pub node_taints_policy: Option<String>,
    pub match_label_keys: Vec<String>,
}

skeg_schema::message! { TopologySpreadConstraint = 531 { 0 max_skew, 1 topology_key, 2 when_unsatisfiable, 3 label_selector, 4 min_domains, 5 node_affinity_policy, 6 node_taints_policy, 7 match_label_keys, } }

/// `TypedLocalObjectReference`.
#[derive(Clone, Default, PartialEq)]
pub struct TypedLocalObjectReference {
    pub api_group: Option<String>,
    pub kind: String,
    pub name: String,
}

skeg_schema::message! { TypedLocalObjectReference = 532 { 0 api_group, 1 kind, 2 name, } }

/// `TypedObjectReference`.
#[derive(Clone, Default, PartialEq)]
pub struct TypedObjectReference {
    pub api_group: Option<String>,
    pub kind: String,
    pub name: String,
    pub namespace: Option<String>,
}

skeg_schema::message! { TypedObjectReference = 533 { 0 api_group, 1 kind, 2 name, 3 namespace, } }

/// `Volume`.
#[derive(Clone, Default, PartialEq)]
pub struct Volume {
    pub name: String,
    pub host_path: Option<HostPathVolumeSource>,
    pub empty_dir: Option<EmptyDirVolumeSource>,
    pub gce_persistent_disk: Option<Box<GCEPersistentDiskVolumeSource>>,
    pub aws_elastic_block_store: Option<Box<AWSElasticBlockStoreVolumeSource>>,
    pub git_repo: Option<Box<GitRepoVolumeSource>>,
    pub secret: Option<SecretVolumeSource>,
    pub nfs: Option<NFSVolumeSource>,
    pub iscsi: Option<Box<ISCSIVolumeSource>>,
    pub glusterfs: Option<Box<GlusterfsVolumeSource>>,
    pub persistent_volume_claim: Option<PersistentVolumeClaimVolumeSource>,
    pub rbd: Option<Box<RBDVolumeSource>>,
    pub flex_volume: Option<Box<FlexVolumeSource>>,
    pub cinder: Option<Box<CinderVolumeSource>>,
    pub cephfs: Option<Box<CephFSVolumeSource>>,
    pub flocker: Option<Box<FlockerVolumeSource>>,
    pub downward_api: Option<DownwardAPIVolumeSource>,
    pub fc: Option<Box<FCVolumeSource>>,
    pub azure_file: Option<Box<AzureFileVolumeSource>>,
    pub config_map: Option<ConfigMapVolumeSource>,
    pub vsphere_volume: Option<Box<VsphereVirtualDiskVolumeSource>>,
    pub quobyte: Option<Box<QuobyteVolumeSource>>,
    pub azure_disk: Option<Box<AzureDiskVolumeSource>>,
    pub photon_persistent_disk: Option<Box<PhotonPersistentDiskVolumeSource>>,
    pub projected: Option<ProjectedVolumeSource>,
    pub portworx_volume: Option<Box<PortworxVolumeSource>>,
    pub scale_io: Option<Box<ScaleIOVolumeSource>>,
    pub storageos: Option<Box<StorageOSVolumeSource>>,
    pub csi: Option<CSIVolumeSource>,
    pub ephemeral: Option<Box<EphemeralVolumeSource>>,
    pub image: Option<Box<ImageVolumeSource>>,
}

skeg_schema::message! { Volume = 534 { 0 name, 1 host_path, 2 empty_dir, 3 gce_persistent_disk, 4 aws_elastic_block_store, 5 git_repo, 6 secret, 7 nfs, 8 iscsi, 9 glusterfs, 10 persistent_volume_claim, 11 rbd, 12 flex_volume, 13 cinder, 14 cephfs, 15 flocker, 16 downward_api, 17 fc, 18 azure_file, 19 config_map, 20 vsphere_volume, 21 quobyte, 22 azure_disk, 23 photon_persistent_disk, 24 projected, 25 portworx_volume, 26 scale_io, 27 storageos, 28 csi, 29 ephemeral, 30 image, } }

/// `VolumeDevice`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeDevice {
    pub name: String,
    pub device_path: String,
}

skeg_schema::message! { VolumeDevice = 535 { 0 name, 1 device_path, } }

/// `VolumeHealthCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeHealthCondition {
    pub status: String,
    pub reason: String,
    pub message: String,
}

skeg_schema::message! { VolumeHealthCondition = 536 { 0 status, 1 reason, 2 message, } }

/// `VolumeHealthStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeHealthStatus {
    pub health_conditions: Vec<VolumeHealthCondition>,
    pub last_transition_time: Option<Time>,
}

skeg_schema::message! { VolumeHealthStatus = 537 { 0 health_conditions, 1 last_transition_time, } }

/// `VolumeMount`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeMount {
    pub name: String,
    pub read_only: bool,
    pub recursive_read_only: Option<String>,
    pub mount_path: String,
    pub sub_path: String,
    pub mount_propagation: Option<String>,
    pub sub_path_expr: String,
    pub bind_mount_options: Vec<String>,
}

skeg_schema::message! { VolumeMount = 538 { 0 name, 1 read_only, 2 recursive_read_only, 3 mount_path, 4 sub_path, 5 mount_propagation, 6 sub_path_expr, 7 bind_mount_options, } }

/// `VolumeMountStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeMountStatus {
    pub name: String,
    pub mount_path: String,
    pub read_only: bool,
    pub recursive_read_only: Option<String>,
    pub volume_status: Option<VolumeStatus>,
}

skeg_schema::message! { VolumeMountStatus = 539 { 0 name, 1 mount_path, 2 read_only, 3 recursive_read_only, 4 volume_status, } }

/// `VolumeNodeAffinity`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeNodeAffinity {
    pub required: Option<NodeSelector>,
}

skeg_schema::message! { VolumeNodeAffinity = 540 { 0 required, } }

/// `VolumeProjection`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeProjection {
    pub secret: Option<SecretProjection>,
    pub downward_api: Option<DownwardAPIProjection>,
    pub config_map: Option<ConfigMapProjection>,
    pub service_account_token: Option<ServiceAccountTokenProjection>,
    pub cluster_trust_bundle: Option<Box<ClusterTrustBundleProjection>>,
    pub pod_certificate: Option<Box<PodCertificateProjection>>,
}

skeg_schema::message! { VolumeProjection = 541 { 0 secret, 1 downward_api, 2 config_map, 3 service_account_token, 4 cluster_trust_bundle, 5 pod_certificate, } }

/// `VolumeResourceRequirements`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeResourceRequirements {
    pub limits: BTreeMap<String, Quantity>,
    pub requests: BTreeMap<String, Quantity>,
}

skeg_schema::message! { VolumeResourceRequirements = 542 { 0 limits, 1 requests, } }

/// `VolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeSource {
    pub host_path: Option<HostPathVolumeSource>,
    pub empty_dir: Option<EmptyDirVolumeSource>,
    pub gce_persistent_disk: Option<GCEPersistentDiskVolumeSource>,
    pub aws_elastic_block_store: Option<AWSElasticBlockStoreVolumeSource>,
    pub git_repo: Option<GitRepoVolumeSource>,
    pub secret: Option<SecretVolumeSource>,
    pub nfs: Option<NFSVolumeSource>,
    pub iscsi: Option<ISCSIVolumeSource>,
    pub glusterfs: Option<GlusterfsVolumeSource>,
    pub persistent_volume_claim: Option<PersistentVolumeClaimVolumeSource>,
    pub rbd: Option<RBDVolumeSource>,
    pub flex_volume: Option<FlexVolumeSource>,
    pub cinder: Option<CinderVolumeSource>,
    pub cephfs: Option<CephFSVolumeSource>,
    pub flocker: Option<FlockerVolumeSource>,
    pub downward_api: Option<DownwardAPIVolumeSource>,
    pub fc: Option<FCVolumeSource>,
    pub azure_file: Option<AzureFileVolumeSource>,
    pub config_map: Option<ConfigMapVolumeSource>,
    pub vsphere_volume: Option<VsphereVirtualDiskVolumeSource>,
    pub quobyte: Option<QuobyteVolumeSource>,
    pub azure_disk: Option<AzureDiskVolumeSource>,
    pub photon_persistent_disk: Option<PhotonPersistentDiskVolumeSource>,
    pub projected: Option<ProjectedVolumeSource>,
    pub portworx_volume: Option<PortworxVolumeSource>,
    pub scale_io: Option<ScaleIOVolumeSource>,
    pub storageos: Option<StorageOSVolumeSource>,
    pub csi: Option<CSIVolumeSource>,
    pub ephemeral: Option<EphemeralVolumeSource>,
    pub image: Option<ImageVolumeSource>,
}

skeg_schema::message! { VolumeSource = 543 { 0 host_path, 1 empty_dir, 2 gce_persistent_disk, 3 aws_elastic_block_store, 4 git_repo, 5 secret, 6 nfs, 7 iscsi, 8 glusterfs, 9 persistent_volume_claim, 10 rbd, 11 flex_volume, 12 cinder, 13 cephfs, 14 flocker, 15 downward_api, 16 fc, 17 azure_file, 18 config_map, 19 vsphere_volume, 20 quobyte, 21 azure_disk, 22 photon_persistent_disk, 23 projected, 24 portworx_volume, 25 scale_io, 26 storageos, 27 csi, 28 ephemeral, 29 image, } }

/// `VolumeStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct VolumeStatus {
    pub image: Option<ImageVolumeStatus>,
}

skeg_schema::message! { VolumeStatus = 544 { 0 image, } }

/// `VsphereVirtualDiskVolumeSource`.
#[derive(Clone, Default, PartialEq)]
pub struct VsphereVirtualDiskVolumeSource {
    pub volume_path: String,
    pub fs_type: String,
    pub storage_policy_name: String,
    pub storage_policy_id: String,
}

skeg_schema::message! { VsphereVirtualDiskVolumeSource = 545 { 0 volume_path, 1 fs_type, 2 storage_policy_name, 3 storage_policy_id, } }

/// `WeightedPodAffinityTerm`.
#[derive(Clone, Default, PartialEq)]
pub struct WeightedPodAffinityTerm {
    pub weight: i32,
    pub pod_affinity_term: PodAffinityTerm,
}

skeg_schema::message! { WeightedPodAffinityTerm = 546 { 0 weight, 1 pod_affinity_term, } }

/// `WindowsSecurityContextOptions`.
#[derive(Clone, Default, PartialEq)]
pub struct WindowsSecurityContextOptions {
    pub gmsa_credential_spec_name: Option<String>,
    pub gmsa_credential_spec: Option<String>,
    pub run_as_user_name: Option<String>,
    pub host_process: Option<bool>,
}

skeg_schema::message! { WindowsSecurityContextOptions = 547 { 0 gmsa_credential_spec_name, 1 gmsa_credential_spec, 2 run_as_user_name, 3 host_process, } }

/// Values of `AppArmorProfileType`.
pub mod app_armor_profile_type {
    pub const LOCALHOST: &str = "Localhost";
    pub const RUNTIME_DEFAULT: &str = "RuntimeDefault";
    pub const UNCONFINED: &str = "Unconfined";
}

/// Values of `AzureDataDiskCachingMode`.
pub mod azure_data_disk_caching_mode {
    pub const NONE: &str = "None";
    pub const READ_ONLY: &str = "ReadOnly";
    pub const READ_WRITE: &str = "ReadWrite";
}

/// Values of `AzureDataDiskKind`.
pub mod azure_data_disk_kind {
    pub const DEDICATED: &str = "Dedicated";
    pub const MANAGED: &str = "Managed";
    pub const SHARED: &str = "Shared";
}

/// Values of `BindMountOption`.
pub mod bind_mount_option {
    pub const NODEV: &str = "nodev";
    pub const NOEXEC: &str = "noexec";
    pub const NOSUID: &str = "nosuid";
}

/// Values of `ClaimResourceStatus`.
pub mod claim_resource_status {
    pub const CONTROLLER_RESIZE_IN_PROGRESS: &str = "ControllerResizeInProgress";
    pub const CONTROLLER_RESIZE_INFEASIBLE: &str = "ControllerResizeInfeasible";
    pub const NODE_RESIZE_IN_PROGRESS: &str = "NodeResizeInProgress";
    pub const NODE_RESIZE_INFEASIBLE: &str = "NodeResizeInfeasible";
    pub const NODE_RESIZE_PENDING: &str = "NodeResizePending";
}

/// Values of `ComponentConditionType`.
pub mod component_condition_type {
    pub const HEALTHY: &str = "Healthy";
}

/// Values of `ConditionStatus`.
pub mod condition_status {
    pub const FALSE: &str = "False";
    pub const TRUE: &str = "True";
    pub const UNKNOWN: &str = "Unknown";
}

/// Values of `ContainerRestartPolicy`.
pub mod container_restart_policy {
    pub const ALWAYS: &str = "Always";
    pub const NEVER: &str = "Never";
    pub const ON_FAILURE: &str = "OnFailure";
}

/// Values of `ContainerRestartRuleAction`.
pub mod container_restart_rule_action {
    pub const RESTART: &str = "Restart";
    pub const RESTART_ALL_CONTAINERS: &str = "RestartAllContainers";
}

/// Values of `ContainerRestartRuleOnExitCodesOperator`.
pub mod container_restart_rule_on_exit_codes_operator {
    pub const IN: &str = "In";
    pub const NOT_IN: &str = "NotIn";
}

/// Values of `DNSPolicy`.
pub mod dns_policy {
    pub const CLUSTER_FIRST: &str = "ClusterFirst";
    pub const CLUSTER_FIRST_WITH_HOST_NET: &str = "ClusterFirstWithHostNet";
    pub const DEFAULT: &str = "Default";
    pub const NONE: &str = "None";
}

/// Values of `FinalizerName`.
pub mod finalizer_name {
    pub const KUBERNETES: &str = "kubernetes";
}

/// Values of `GRPCProbeMode`.
pub mod grpc_probe_mode {
    pub const PLAINTEXT: &str = "Plaintext";
    pub const TLS: &str = "TLS";
}

/// Values of `HTTPProtocol`.
pub mod http_protocol {
    pub const HTTP1: &str = "HTTP1";
    pub const HTTP2: &str = "HTTP2";
}

/// Values of `HostPathType`.
pub mod host_path_type {
    pub const BLOCK_DEVICE: &str = "BlockDevice";
    pub const CHAR_DEVICE: &str = "CharDevice";
    pub const DIRECTORY: &str = "Directory";
    pub const DIRECTORY_OR_CREATE: &str = "DirectoryOrCreate";
    pub const FILE: &str = "File";
    pub const FILE_OR_CREATE: &str = "FileOrCreate";
    pub const SOCKET: &str = "Socket";
}

/// Values of `IPFamily`.
pub mod ip_family {
    pub const I_PV4: &str = "IPv4";
    pub const I_PV6: &str = "IPv6";
}

/// Values of `IPFamilyPolicy`.
pub mod ip_family_policy {
    pub const PREFER_DUAL_STACK: &str = "PreferDualStack";
    pub const REQUIRE_DUAL_STACK: &str = "RequireDualStack";
    pub const SINGLE_STACK: &str = "SingleStack";
}

/// Values of `LimitType`.
pub mod limit_type {
    pub const CONTAINER: &str = "Container";
    pub const PERSISTENT_VOLUME_CLAIM: &str = "PersistentVolumeClaim";
    pub const POD: &str = "Pod";
}

/// Values of `LoadBalancerIPMode`.
pub mod load_balancer_ip_mode {
    pub const PROXY: &str = "Proxy";
    pub const VIP: &str = "VIP";
}

/// Values of `MountPropagationMode`.
pub mod mount_propagation_mode {
    pub const BIDIRECTIONAL: &str = "Bidirectional";
    pub const HOST_TO_CONTAINER: &str = "HostToContainer";
    pub const NONE: &str = "None";
}

/// Values of `NamespaceConditionType`.
pub mod namespace_condition_type {
    pub const NAMESPACE_CONTENT_REMAINING: &str = "NamespaceContentRemaining";
    pub const NAMESPACE_DELETION_CONTENT_FAILURE: &str = "NamespaceDeletionContentFailure";
    pub const NAMESPACE_DELETION_DISCOVERY_FAILURE: &str = "NamespaceDeletionDiscoveryFailure";
    pub const NAMESPACE_DELETION_GROUP_VERSION_PARSING_FAILURE: &str =
        "NamespaceDeletionGroupVersionParsingFailure";
    pub const NAMESPACE_FINALIZERS_REMAINING: &str = "NamespaceFinalizersRemaining";
}

/// Values of `NamespacePhase`.
pub mod namespace_phase {
    pub const ACTIVE: &str = "Active";
    pub const TERMINATING: &str = "Terminating";
}

/// Values of `NodeAddressType`.
pub mod node_address_type {
    pub const EXTERNAL_DNS: &str = "ExternalDNS";
    pub const EXTERNAL_IP: &str = "ExternalIP";
    pub const HOSTNAME: &str = "Hostname";
    pub const INTERNAL_DNS: &str = "InternalDNS";
    pub const INTERNAL_IP: &str = "InternalIP";
}

/// Values of `NodeConditionType`.
pub mod node_condition_type {
    pub const DISK_PRESSURE: &str = "DiskPressure";
    pub const DRAIN_IN_PROGRESS: &str = "DrainInProgress";
    pub const DRAINED: &str = "Drained";
    pub const GRACEFUL_NODE_SHUTDOWN_IN_PROGRESS: &str = "GracefulNodeShutdownInProgress";
    pub const MAINTENANCE_IN_PROGRESS: &str = "MaintenanceInProgress";
    pub const MAINTENANCE_PLANNED: &str = "MaintenancePlanned";
    pub const MEMORY_PRESSURE: &str = "MemoryPressure";
    pub const NETWORK_UNAVAILABLE: &str = "NetworkUnavailable";
    pub const PID_PRESSURE: &str = "PIDPressure";
    pub const READY: &str = "Ready";
}

/// Values of `NodeInclusionPolicy`.
pub mod node_inclusion_policy {
    pub const HONOR: &str = "Honor";
    pub const IGNORE: &str = "Ignore";
}

/// Values of `NodePhase`.
pub mod node_phase {
    pub const PENDING: &str = "Pending";
    pub const RUNNING: &str = "Running";
    pub const TERMINATED: &str = "Terminated";
}

/// Values of `NodeSelectorOperator`.
pub mod node_selector_operator {
    pub const DOES_NOT_EXIST: &str = "DoesNotExist";
    pub const EXISTS: &str = "Exists";
    pub const GT: &str = "Gt";
    pub const IN: &str = "In";
    pub const LT: &str = "Lt";
    pub const NOT_IN: &str = "NotIn";
}

/// Values of `OSName`.
pub mod os_name {
    pub const LINUX: &str = "linux";
    pub const WINDOWS: &str = "windows";
}

/// Values of `PersistentVolumeAccessMode`.
pub mod persistent_volume_access_mode {
    pub const READ_ONLY_MANY: &str = "ReadOnlyMany";
    pub const READ_WRITE_MANY: &str = "ReadWriteMany";
    pub const READ_WRITE_ONCE: &str = "ReadWriteOnce";
    pub const READ_WRITE_ONCE_POD: &str = "ReadWriteOncePod";
}

/// Values of `PersistentVolumeClaimConditionType`.
pub mod persistent_volume_claim_condition_type {
    pub const CONTROLLER_RESIZE_ERROR: &str = "ControllerResizeError";
    pub const FILE_SYSTEM_RESIZE_PENDING: &str = "FileSystemResizePending";
    pub const MODIFY_VOLUME_ERROR: &str = "ModifyVolumeError";
    pub const MODIFYING_VOLUME: &str = "ModifyingVolume";
    pub const NODE_RESIZE_ERROR: &str = "NodeResizeError";
    pub const RESIZING: &str = "Resizing";
    pub const UNUSED: &str = "Unused";
}

/// Values of `PersistentVolumeClaimModifyVolumeStatus`.
pub mod persistent_volume_claim_modify_volume_status {
    pub const IN_PROGRESS: &str = "InProgress";
    pub const INFEASIBLE: &str = "Infeasible";
    pub const PENDING: &str = "Pending";
}

/// Values of `PersistentVolumeClaimPhase`.
pub mod persistent_volume_claim_phase {
    pub const BOUND: &str = "Bound";
    pub const LOST: &str = "Lost";
    pub const PENDING: &str = "Pending";
}

/// Values of `PersistentVolumeMode`.
pub mod persistent_volume_mode {
    pub const BLOCK: &str = "Block";
    pub const FILESYSTEM: &str = "Filesystem";
}

/// Values of `PersistentVolumePhase`.
pub mod persistent_volume_phase {
    pub const AVAILABLE: &str = "Available";
    pub const BOUND: &str = "Bound";
    pub const FAILED: &str = "Failed";
    pub const PENDING: &str = "Pending";
    pub const RELEASED: &str = "Released";
}

/// Values of `PersistentVolumeReclaimPolicy`.
pub mod persistent_volume_reclaim_policy {
    pub const DELETE: &str = "Delete";
    pub const RECYCLE: &str = "Recycle";
    pub const RETAIN: &str = "Retain";
}

/// Values of `PodConditionType`.
pub mod pod_condition_type {
    pub const ALL_CONTAINERS_RESTARTING: &str = "AllContainersRestarting";
    pub const CONTAINERS_READY: &str = "ContainersReady";
    pub const DISRUPTION_TARGET: &str = "DisruptionTarget";
    pub const INITIALIZED: &str = "Initialized";
    pub const POD_READY_TO_START_CONTAINERS: &str = "PodReadyToStartContainers";
    pub const POD_RESIZE_IN_PROGRESS: &str = "PodResizeInProgress";
    pub const POD_RESIZE_PENDING: &str = "PodResizePending";
    pub const POD_SCHEDULED: &str = "PodScheduled";
    pub const READY: &str = "Ready";
}

/// Values of `PodFSGroupChangePolicy`.
pub mod pod_fs_group_change_policy {
    pub const ALWAYS: &str = "Always";
    pub const ON_ROOT_MISMATCH: &str = "OnRootMismatch";
}

/// Values of `PodPhase`.
pub mod pod_phase {
    pub const FAILED: &str = "Failed";
    pub const PENDING: &str = "Pending";
    pub const RUNNING: &str = "Running";
    pub const SUCCEEDED: &str = "Succeeded";
    pub const UNKNOWN: &str = "Unknown";
}

/// Values of `PodQOSClass`.
pub mod pod_qos_class {
    pub const BEST_EFFORT: &str = "BestEffort";
    pub const BURSTABLE: &str = "Burstable";
    pub const GUARANTEED: &str = "Guaranteed";
}

/// Values of `PodResizeStatus`.
pub mod pod_resize_status {
    pub const DEFERRED: &str = "Deferred";
    pub const IN_PROGRESS: &str = "InProgress";
    pub const INFEASIBLE: &str = "Infeasible";
}

/// Values of `PodSELinuxChangePolicy`.
pub mod pod_se_linux_change_policy {
    pub const MOUNT_OPTION: &str = "MountOption";
    pub const RECURSIVE: &str = "Recursive";
}

/// Values of `PreemptionPolicy`.
pub mod preemption_policy {
    pub const NEVER: &str = "Never";
    pub const PREEMPT_LOWER_PRIORITY: &str = "PreemptLowerPriority";
}

/// Values of `ProcMountType`.
pub mod proc_mount_type {
    pub const DEFAULT: &str = "Default";
    pub const UNMASKED: &str = "Unmasked";
}

/// Values of `Protocol`.
pub mod protocol {
    pub const SCTP: &str = "SCTP";
    pub const TCP: &str = "TCP";
    pub const UDP: &str = "UDP";
}

/// Values of `PullPolicy`.
pub mod pull_policy {
    pub const ALWAYS: &str = "Always";
    pub const IF_NOT_PRESENT: &str = "IfNotPresent";
    pub const NEVER: &str = "Never";
}

/// Values of `RecursiveReadOnlyMode`.
pub mod recursive_read_only_mode {
    pub const DISABLED: &str = "Disabled";
    pub const ENABLED: &str = "Enabled";
    pub const IF_POSSIBLE: &str = "IfPossible";
}

/// Values of `ReplicationControllerConditionType`.
pub mod replication_controller_condition_type {
    pub const REPLICA_FAILURE: &str = "ReplicaFailure";
}

/// Values of `ResourceHealthStatus`.
pub mod resource_health_status {
    pub const HEALTHY: &str = "Healthy";
    pub const UNHEALTHY: &str = "Unhealthy";
    pub const UNKNOWN: &str = "Unknown";
}

/// Values of `ResourceName`.
pub mod resource_name {
    pub const CONFIGMAPS: &str = "configmaps";
    pub const CPU: &str = "cpu";
    pub const EPHEMERAL_STORAGE: &str = "ephemeral-storage";
    pub const LIMITS_CPU: &str = "limits.cpu";
    pub const LIMITS_EPHEMERAL_STORAGE: &str = "limits.ephemeral-storage";
    pub const LIMITS_MEMORY: &str = "limits.memory";
    pub const MEMORY: &str = "memory";
    pub const PERSISTENTVOLUMECLAIMS: &str = "persistentvolumeclaims";
    pub const PODS: &str = "pods";
    pub const REPLICATIONCONTROLLERS: &str = "replicationcontrollers";
    pub const REQUESTS_CPU: &str = "requests.cpu";
    pub const REQUESTS_EPHEMERAL_STORAGE: &str = "requests.ephemeral-storage";
    pub const REQUESTS_MEMORY: &str = "requests.memory";
    pub const REQUESTS_STORAGE: &str = "requests.storage";
    pub const RESOURCEQUOTAS: &str = "resourcequotas";
    pub const SECRETS: &str = "secrets";
    pub const SERVICES: &str = "services";
    pub const SERVICES_LOADBALANCERS: &str = "services.loadbalancers";
    pub const SERVICES_NODEPORTS: &str = "services.nodeports";
    pub const STORAGE: &str = "storage";
}

/// Values of `ResourceQuotaScope`.
pub mod resource_quota_scope {
    pub const BEST_EFFORT: &str = "BestEffort";
    pub const CROSS_NAMESPACE_POD_AFFINITY: &str = "CrossNamespacePodAffinity";
    pub const NOT_BEST_EFFORT: &str = "NotBestEffort";
    pub const NOT_TERMINATING: &str = "NotTerminating";
    pub const PRIORITY_CLASS: &str = "PriorityClass";
    pub const TERMINATING: &str = "Terminating";
    pub const VOLUME_ATTRIBUTES_CLASS: &str = "VolumeAttributesClass";
}

/// Values of `ResourceResizeRestartPolicy`.
pub mod resource_resize_restart_policy {
    pub const NOT_REQUIRED: &str = "NotRequired";
    pub const RESTART_CONTAINER: &str = "RestartContainer";
}

/// Values of `RestartPolicy`.
pub mod restart_policy {
    pub const ALWAYS: &str = "Always";
    pub const NEVER: &str = "Never";
    pub const ON_FAILURE: &str = "OnFailure";
}

/// Values of `ScopeSelectorOperator`.
pub mod scope_selector_operator {
    pub const DOES_NOT_EXIST: &str = "DoesNotExist";
    pub const EXISTS: &str = "Exists";
    pub const IN: &str = "In";
    pub const NOT_IN: &str = "NotIn";
}

/// Values of `SeccompProfileType`.
pub mod seccomp_profile_type {
    pub const LOCALHOST: &str = "Localhost";
    pub const RUNTIME_DEFAULT: &str = "RuntimeDefault";
    pub const UNCONFINED: &str = "Unconfined";
}

/// Values of `SecretType`.
pub mod secret_type {
    pub const OPAQUE: &str = "Opaque";
    pub const BOOTSTRAP_KUBERNETES_IO_TOKEN: &str = "bootstrap.kubernetes.io/token";
    pub const KUBERNETES_IO_BASIC_AUTH: &str = "kubernetes.io/basic-auth";
    pub const KUBERNETES_IO_DOCKERCFG: &str = "kubernetes.io/dockercfg";
    pub const KUBERNETES_IO_DOCKERCONFIGJSON: &str = "kubernetes.io/dockerconfigjson";
    pub const KUBERNETES_IO_SERVICE_ACCOUNT_TOKEN: &str = "kubernetes.io/service-account-token";
    pub const KUBERNETES_IO_SSH_AUTH: &str = "kubernetes.io/ssh-auth";
    pub const KUBERNETES_IO_TLS: &str = "kubernetes.io/tls";
}

/// Values of `ServiceAffinity`.
pub mod service_affinity {
    pub const CLIENT_IP: &str = "ClientIP";
    pub const NONE: &str = "None";
}

/// Values of `ServiceExternalTrafficPolicy`.
pub mod service_external_traffic_policy {
    pub const CLUSTER: &str = "Cluster";
    pub const LOCAL: &str = "Local";
}

/// Values of `ServiceInternalTrafficPolicy`.
pub mod service_internal_traffic_policy {
    pub const CLUSTER: &str = "Cluster";
    pub const LOCAL: &str = "Local";
}

/// Values of `ServiceType`.
pub mod service_type {
    pub const CLUSTER_IP: &str = "ClusterIP";
    pub const EXTERNAL_NAME: &str = "ExternalName";
    pub const LOAD_BALANCER: &str = "LoadBalancer";
    pub const NODE_PORT: &str = "NodePort";
}

/// Values of `Signal`.
pub mod signal {
    pub const SIGABRT: &str = "SIGABRT";
    pub const SIGALRM: &str = "SIGALRM";
    pub const SIGBUS: &str = "SIGBUS";
    pub const SIGCHLD: &str = "SIGCHLD";
    pub const SIGCLD: &str = "SIGCLD";
    pub const SIGCONT: &str = "SIGCONT";
    pub const SIGFPE: &str = "SIGFPE";
    pub const SIGHUP: &str = "SIGHUP";
    pub const SIGILL: &str = "SIGILL";
    pub const SIGINT: &str = "SIGINT";
    pub const SIGIO: &str = "SIGIO";
    pub const SIGIOT: &str = "SIGIOT";
    pub const SIGKILL: &str = "SIGKILL";
    pub const SIGPIPE: &str = "SIGPIPE";
    pub const SIGPOLL: &str = "SIGPOLL";
    pub const SIGPROF: &str = "SIGPROF";
    pub const SIGPWR: &str = "SIGPWR";
    pub const SIGQUIT: &str = "SIGQUIT";
    pub const SIGRTMAX: &str = "SIGRTMAX";
    pub const SIGRTMAX_1: &str = "SIGRTMAX-1";
    pub const SIGRTMAX_10: &str = "SIGRTMAX-10";
    pub const SIGRTMAX_11: &str = "SIGRTMAX-11";
    pub const SIGRTMAX_12: &str = "SIGRTMAX-12";
    pub const SIGRTMAX_13: &str = "SIGRTMAX-13";
    pub const SIGRTMAX_14: &str = "SIGRTMAX-14";
    pub const SIGRTMAX_2: &str = "SIGRTMAX-2";
    pub const SIGRTMAX_3: &str = "SIGRTMAX-3";
    pub const SIGRTMAX_4: &str = "SIGRTMAX-4";
    pub const SIGRTMAX_5: &str = "SIGRTMAX-5";
    pub const SIGRTMAX_6: &str = "SIGRTMAX-6";
    pub const SIGRTMAX_7: &str = "SIGRTMAX-7";
    pub const SIGRTMAX_8: &str = "SIGRTMAX-8";
    pub const SIGRTMAX_9: &str = "SIGRTMAX-9";
    pub const SIGRTMIN: &str = "SIGRTMIN";
    pub const SIGSEGV: &str = "SIGSEGV";
    pub const SIGSTKFLT: &str = "SIGSTKFLT";
    pub const SIGSTOP: &str = "SIGSTOP";
    pub const SIGSYS: &str = "SIGSYS";
    pub const SIGTERM: &str = "SIGTERM";
    pub const SIGTRAP: &str = "SIGTRAP";
    pub const SIGTSTP: &str = "SIGTSTP";
    pub const SIGTTIN: &str = "SIGTTIN";
    pub const SIGTTOU: &str = "SIGTTOU";
    pub const SIGURG: &str = "SIGURG";
    pub const SIGUSR1: &str = "SIGUSR1";
    pub const SIGUSR2: &str = "SIGUSR2";
    pub const SIGVTALRM: &str = "SIGVTALRM";
    pub const SIGWINCH: &str = "SIGWINCH";
    pub const SIGXCPU: &str = "SIGXCPU";
    pub const SIGXFSZ: &str = "SIGXFSZ";
}

/// Values of `StorageMedium`.
pub mod storage_medium {
    pub const HUGE_PAGES: &str = "HugePages";
    pub const HUGE_PAGES_: &str = "HugePages-";
    pub const MEMORY: &str = "Memory";
}

/// Values of `SupplementalGroupsPolicy`.
pub mod supplemental_groups_policy {
    pub const MERGE: &str = "Merge";
    pub const STRICT: &str = "Strict";
}

/// Values of `TaintEffect`.
pub mod taint_effect {
    pub const NO_EXECUTE: &str = "NoExecute";
    pub const NO_SCHEDULE: &str = "NoSchedule";
    pub const PREFER_NO_SCHEDULE: &str = "PreferNoSchedule";
}

/// Values of `TerminationMessagePolicy`.
pub mod termination_message_policy {
    pub const FALLBACK_TO_LOGS_ON_ERROR: &str = "FallbackToLogsOnError";
    pub const FILE: &str = "File";
}

/// Values of `TolerationOperator`.
pub mod toleration_operator {
    pub const EQUAL: &str = "Equal";
    pub const EXISTS: &str = "Exists";
    pub const GT: &str = "Gt";
    pub const LT: &str = "Lt";
}

/// Values of `URIScheme`.
pub mod uri_scheme {
    pub const HTTP: &str = "HTTP";
    pub const HTTPS: &str = "HTTPS";
}

/// Values of `UnsatisfiableConstraintAction`.
pub mod unsatisfiable_constraint_action {
    pub const DO_NOT_SCHEDULE: &str = "DoNotSchedule";
    pub const SCHEDULE_ANYWAY: &str = "ScheduleAnyway";
}

/// Values of `VolumeHealthStatusType`.
pub mod volume_health_status_type {
    pub const DATA_LOSS: &str = "DataLoss";
    pub const DEGRADED: &str = "Degraded";
    pub const INACCESSIBLE: &str = "Inaccessible";
}
