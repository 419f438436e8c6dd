// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `apiextensions`, version `v1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{ObjectMeta, Time};
use skeg_schema::ByteString;
use skeg_schema::Value;
use std::collections::BTreeMap;

/// `ConversionRequest`.
#[derive(Clone, Default, PartialEq)]
pub struct ConversionRequest {
    pub uid: String,
    pub desired_api_version: String,
    pub objects: Vec<Value>,
}

skeg_schema::message! { ConversionRequest = 112 { 0 uid, 1 desired_api_version, 2 objects, } }

/// `ConversionResponse`.
#[derive(Clone, Default, PartialEq)]
pub struct ConversionResponse {
    pub uid: String,
    pub converted_objects: Vec<Value>,
    pub result: skeg_meta::Status,
}

skeg_schema::message! { ConversionResponse = 113 { 0 uid, 1 converted_objects, 2 result, } }

/// `ConversionReview`.
#[derive(Clone, Default, PartialEq)]
pub struct ConversionReview {
    pub request: Option<ConversionRequest>,
    pub response: Option<ConversionResponse>,
}

skeg_schema::message! { ConversionReview = 114 { 0 request, 1 response, } }

/// `CustomResourceColumnDefinition`.
#[derive(Clone, Default, PartialEq)]
pub struct CustomResourceColumnDefinition {
    pub name: String,
    pub type_: String,
    pub format: String,
    pub description: String,
    pub priority: i32,
    pub json_path: String,
}

skeg_schema::message! { CustomResourceColumnDefinition = 115 { 0 name, 1 type_, 2 format, 3 description, 4 priority, 5 json_path, } }

/// `CustomResourceConversion`.
#[derive(Clone, Default, PartialEq)]
pub struct CustomResourceConversion {
    pub strategy: String,
    pub webhook: Option<WebhookConversion>,
}

skeg_schema::message! { CustomResourceConversion = 116 { 0 strategy, 1 webhook, } }

/// `CustomResourceDefinition`.
#[derive(Clone, Default, PartialEq)]
pub struct CustomResourceDefinition {
    pub metadata: ObjectMeta,
    pub spec: CustomResourceDefinitionSpec,
    pub status: CustomResourceDefinitionStatus,
}

skeg_schema::message! { CustomResourceDefinition = 117 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { CustomResourceDefinition, "apiextensions.k8s.io", "v1", "customresourcedefinitions", false, 119 }

impl skeg_meta::HasStatus for CustomResourceDefinition {}

/// `CustomResourceDefinitionCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct CustomResourceDefinitionCondition {
    pub type_: String,
    pub status: String,
    pub last_transition_time: Option<Time>,
    pub reason: String,
    pub message: String,
    pub observed_generation: i64,
}

skeg_schema::message! { CustomResourceDefinitionCondition = 118 { 0 type_, 1 status, 2 last_transition_time, 3 reason, 4 message, 5 observed_generation, } }

/// A list of [`CustomResourceDefinition`].
pub type CustomResourceDefinitionList = skeg_meta::List<CustomResourceDefinition>;

/// `CustomResourceDefinitionNames`.
#[derive(Clone, Default, PartialEq)]
pub struct CustomResourceDefinitionNames {
    pub plural: String,
    pub singular: String,
    pub short_names: Vec<String>,
    pub kind: String,
    pub list_kind: String,
    pub categories: Vec<String>,
}

skeg_schema::message! { CustomResourceDefinitionNames = 120 { 0 plural, 1 singular, 2 short_names, 3 kind, 4 list_kind, 5 categories, } }

/// `CustomResourceDefinitionSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct CustomResourceDefinitionSpec {
    pub group: String,
    pub names: CustomResourceDefinitionNames,
    pub scope: String,
    pub versions: Vec<CustomResourceDefinitionVersion>,
    pub conversion: Option<CustomResourceConversion>,
    pub preserve_unknown_fields: bool,
}

skeg_schema::message! { CustomResourceDefinitionSpec = 121 { 0 group, 1 names, 2 scope, 3 versions, 4 conversion, 5 preserve_unknown_fields, } }

/// `CustomResourceDefinitionStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct CustomResourceDefinitionStatus {
    pub conditions: Vec<CustomResourceDefinitionCondition>,
    pub accepted_names: CustomResourceDefinitionNames,
    pub stored_versions: Vec<String>,
    pub observed_generation: i64,
}

skeg_schema::message! { CustomResourceDefinitionStatus = 122 { 0 conditions, 1 accepted_names, 2 stored_versions, 3 observed_generation, } }

/// `CustomResourceDefinitionVersion`.
#[derive(Clone, Default, PartialEq)]
pub struct CustomResourceDefinitionVersion {
    pub name: String,
    pub served: bool,
    pub storage: bool,
    pub deprecated: bool,
    pub deprecation_warning: Option<String>,
    pub schema: Option<CustomResourceValidation>,
    pub subresources: Option<CustomResourceSubresources>,
    pub additional_printer_columns: Vec<CustomResourceColumnDefinition>,
    pub selectable_fields: Vec<SelectableField>,
}

skeg_schema::message! { CustomResourceDefinitionVersion = 123 { 0 name, 1 served, 2 storage, 3 deprecated, 4 deprecation_warning, 5 schema, 6 subresources, 7 additional_printer_columns, 8 selectable_fields, } }

/// `CustomResourceSubresourceScale`.
#[derive(Clone, Default, PartialEq)]
pub struct CustomResourceSubresourceScale {
    pub spec_replicas_path: String,
    pub status_replicas_path: String,
    pub label_selector_path: Option<String>,
}

skeg_schema::message! { CustomResourceSubresourceScale = 124 { 0 spec_replicas_path, 1 status_replicas_path, 2 label_selector_path, } }

/// `CustomResourceSubresourceStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct CustomResourceSubresourceStatus {}

skeg_schema::message! { CustomResourceSubresourceStatus = 125 { } }

/// `CustomResourceSubresources`.
#[derive(Clone, Default, PartialEq)]
pub struct CustomResourceSubresources {
    pub status: Option<CustomResourceSubresourceStatus>,
    pub scale: Option<CustomResourceSubresourceScale>,
}

skeg_schema::message! { CustomResourceSubresources = 126 { 0 status, 1 scale, } }

/// `CustomResourceValidation`.
#[derive(Clone, Default, PartialEq)]
pub struct CustomResourceValidation {
    pub open_apiv3_schema: Option<JSONSchemaProps>,
}

skeg_schema::message! { CustomResourceValidation = 127 { 0 open_apiv3_schema, } }

/// `ExternalDocumentation`.
#[derive(Clone, Default, PartialEq)]
pub struct ExternalDocumentation {
    pub description: String,
    pub url: String,
}

skeg_schema::message! { ExternalDocumentation = 128 { 0 description, 1 url, } }

/// `JSONSchemaProps`.
#[derive(Clone, Default, PartialEq)]
pub struct JSONSchemaProps {
    pub id: String,
    pub schema: String,
    pub ref_: Option<String>,
    pub description: String,
    pub type_: String,
    pub format: String,
    pub title: String,
    pub default: Option<Value>,
    pub maximum: Option<f64>,
    pub exclusive_maximum: bool,
    pub minimum: Option<f64>,
    pub exclusive_minimum: bool,
    pub max_length: Option<i64>,
    pub min_length: Option<i64>,
    pub pattern: String,
    pub max_items: Option<i64>,
    pub min_items: Option<i64>,
    pub unique_items: bool,
    pub multiple_of: Option<f64>,
    pub enum_: Vec<Value>,
    pub max_properties: Option<i64>,
    pub min_properties: Option<i64>,
    pub required: Vec<String>,
    pub items: Option<Value>,
    pub all_of: Vec<JSONSchemaProps>,
    pub one_of: Vec<JSONSchemaProps>,
    pub any_of: Vec<JSONSchemaProps>,
    pub not: Option<Box<JSONSchemaProps>>,
    pub properties: BTreeMap<String, JSONSchemaProps>,
    pub additional_properties: Option<Value>,
    pub pattern_properties: BTreeMap<String, JSONSchemaProps>,
    pub dependencies: BTreeMap<String, Value>,
    pub additional_items: Option<Value>,
    pub definitions: BTreeMap<String, JSONSchemaProps>,
    pub external_docs: Option<ExternalDocumentation>,
    pub example: Option<Value>,
    pub nullable: bool,
    pub x_kubernetes_preserve_unknown_fields: Option<bool>,
    pub x_kubernetes_embedded_resource: bool,
    pub x_kubernetes_int_or_string: bool,
    pub x_kubernetes_list_map_keys: Vec<String>,
    pub x_kubernetes_list_type: Option<String>,
    pub x_kubernetes_map_type: Option<String>,
    pub x_kubernetes_validations: Vec<ValidationRule>,
}

skeg_schema::message! { JSONSchemaProps = 129 { 0 id, 1 schema, 2 ref_, 3 description, 4 type_, 5 format, 6 title, 7 default, 8 maximum, 9 exclusive_maximum, 10 minimum, 11 exclusive_minimum, 12 max_length, 13 min_length, 14 pattern, 15 max_items, 16 min_items, 17 unique_items, 18 multiple_of, 19 enum_, 20 max_properties, 21 min_properties, 22 required, 23 items, 24 all_of, 25 one_of, 26 any_of, 27 not, 28 properties, 29 additional_properties, 30 pattern_properties, 31 dependencies, 32 additional_items, 33 definitions, 34 external_docs, 35 example, 36 nullable, 37 x_kubernetes_preserve_unknown_fields, 38 x_kubernetes_embedded_resource, 39 x_kubernetes_int_or_string, 40 x_kubernetes_list_map_keys, 41 x_kubernetes_list_type, 42 x_kubernetes_map_type, 43 x_kubernetes_validations, } }

/// `SelectableField`.
#[derive(Clone, Default, PartialEq)]
pub struct SelectableField {
    pub json_path: String,
}

skeg_schema::message! { SelectableField = 130 { 0 json_path, } }

/// `ServiceReference`.
#[derive(Clone, Default, PartialEq)]
pub struct ServiceReference {
    pub namespace: String,
    pub name: String,
    pub path: Option<String>,
    pub port: Option<i32>,
}

skeg_schema::message! { ServiceReference = 131 { 0 namespace, 1 name, 2 path, 3 port, } }

/// `ValidationRule`.
#[derive(Clone, Default, PartialEq)]
pub struct ValidationRule {
    pub rule: String,
    pub message: String,
    pub message_expression: String,
    pub reason: Option<String>,
    pub field_path: String,
    pub optional_old_self: Option<bool>,
}

skeg_schema::message! { ValidationRule = 132 { 0 rule, 1 message, 2 message_expression, 3 reason, 4 field_path, 5 optional_old_self, } }

/// `WebhookClientConfig`.
#[derive(Clone, Default, PartialEq)]
pub struct WebhookClientConfig {
    pub url: Option<String>,
    pub service: Option<ServiceReference>,
    pub ca_bundle: ByteString,
}

skeg_schema::message! { WebhookClientConfig = 133 { 0 url, 1 service, 2 ca_bundle, } }

/// `WebhookConversion`.
#[derive(Clone, Default, PartialEq)]
pub struct WebhookConversion {
    pub client_config: Option<WebhookClientConfig>,
    pub conversion_review_versions: Vec<String>,
}

skeg_schema::message! { WebhookConversion = 134 { 0 client_config, 1 conversion_review_versions, } }

/// Values of `ConditionStatus`.
pub mod condition_status {
    pub const FALSE: &str = "False";
    pub const TRUE: &str = "True";
    pub const UNKNOWN: &str = "Unknown";
}

/// Values of `ConversionStrategyType`.
pub mod conversion_strategy_type {
    pub const NONE: &str = "None";
    pub const WEBHOOK: &str = "Webhook";
}

/// Values of `CustomResourceDefinitionConditionType`.
pub mod custom_resource_definition_condition_type {
    pub const ESTABLISHED: &str = "Established";
    pub const KUBERNETES_API_APPROVAL_POLICY_CONFORMANT: &str =
        "KubernetesAPIApprovalPolicyConformant";
    pub const NAMES_ACCEPTED: &str = "NamesAccepted";
    pub const NON_STRUCTURAL_SCHEMA: &str = "NonStructuralSchema";
    pub const STORAGE_MIGRATING: &str = "StorageMigrating";
    pub const TERMINATING: &str = "Terminating";
}

/// Values of `FieldValueErrorReason`.
pub mod field_value_error_reason {
    pub const FIELD_VALUE_DUPLICATE: &str = "FieldValueDuplicate";
    pub const FIELD_VALUE_FORBIDDEN: &str = "FieldValueForbidden";
    pub const FIELD_VALUE_INVALID: &str = "FieldValueInvalid";
    pub const FIELD_VALUE_REQUIRED: &str = "FieldValueRequired";
}

/// Values of `ResourceScope`.
pub mod resource_scope {
    pub const CLUSTER: &str = "Cluster";
    pub const NAMESPACED: &str = "Namespaced";
}
