// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

#![allow(missing_docs)]

use std::borrow::Cow;
use std::collections::BTreeMap;

use skeg_schema::{Value, message};

use crate::{FieldsV1, Time};

/// `APIGroup`.
#[derive(Clone, Default, PartialEq)]
pub struct APIGroup {
    pub name: String,
    pub versions: Vec<GroupVersionForDiscovery>,
    pub preferred_version: GroupVersionForDiscovery,
    pub server_address_by_client_cidrs: Vec<ServerAddressByClientCIDR>,
}

message! { APIGroup = 601 { 0 name, 1 versions, 2 preferred_version, 3 server_address_by_client_cidrs, } }

/// `APIGroupList`.
#[derive(Clone, Default, PartialEq)]
pub struct APIGroupList {
    pub groups: Vec<APIGroup>,
}

message! { APIGroupList = 602 { 0 groups, } }

/// `APIResource`.
#[derive(Clone, Default, PartialEq)]
pub struct APIResource {
    pub name: String,
    pub singular_name: String,
    pub namespaced: bool,
    pub group: String,
    pub version: String,
    pub kind: String,
    pub verbs: Vec<String>,
    pub short_names: Vec<String>,
    pub categories: Vec<String>,
    pub storage_version_hash: String,
}

message! { APIResource = 603 { 0 name, 1 singular_name, 2 namespaced, 3 group, 4 version, 5 kind, 6 verbs, 7 short_names, 8 categories, 9 storage_version_hash, } }

/// `APIResourceList`.
#[derive(Clone, Default, PartialEq)]
pub struct APIResourceList {
    pub group_version: String,
    pub resources: Vec<APIResource>,
}

message! { APIResourceList = 604 { 0 group_version, 1 resources, } }

/// `APIVersions`.
#[derive(Clone, Default, PartialEq)]
pub struct APIVersions {
    pub versions: Vec<String>,
    pub server_address_by_client_cidrs: Vec<ServerAddressByClientCIDR>,
}

message! { APIVersions = 605 { 0 versions, 1 server_address_by_client_cidrs, } }

/// `ApplyOptions`.
#[derive(Clone, Default, PartialEq)]
pub struct ApplyOptions {
    pub dry_run: Vec<String>,
    pub force: bool,
    pub field_manager: String,
}

message! { ApplyOptions = 606 { 0 dry_run, 1 force, 2 field_manager, } }

/// `Condition`.
#[derive(Clone, Default, PartialEq)]
pub struct Condition {
    pub type_: String,
    pub status: String,
    pub observed_generation: i64,
    pub last_transition_time: Option<Time>,
    pub reason: String,
    pub message: String,
}

message! { Condition = 607 { 0 type_, 1 status, 2 observed_generation, 3 last_transition_time, 4 reason, 5 message, } }

/// `CreateOptions`.
#[derive(Clone, Default, PartialEq)]
pub struct CreateOptions {
    pub dry_run: Vec<String>,
    pub field_manager: String,
    pub field_validation: String,
}

message! { CreateOptions = 608 { 0 dry_run, 1 field_manager, 2 field_validation, } }

/// `DeleteOptions`.
#[derive(Clone, Default, PartialEq)]
pub struct DeleteOptions {
    pub grace_period_seconds: Option<i64>,
    pub preconditions: Option<Preconditions>,
    pub orphan_dependents: Option<bool>,
    pub propagation_policy: Option<String>,
    pub dry_run: Vec<String>,
    pub ignore_store_read_error_with_cluster_breaking_potential: Option<bool>,
}

message! { DeleteOptions = 609 { 0 grace_period_seconds, 1 preconditions, 2 orphan_dependents, 3 propagation_policy, 4 dry_run, 5 ignore_store_read_error_with_cluster_breaking_potential, } }

/// `FieldSelectorRequirement`.
#[derive(Clone, Default, PartialEq)]
pub struct FieldSelectorRequirement {
    pub key: String,
    pub operator: String,
    pub values: Vec<String>,
}

message! { FieldSelectorRequirement = 610 { 0 key, 1 operator, 2 values, } }

/// `GetOptions`.
#[derive(Clone, Default, PartialEq)]
pub struct GetOptions {
    pub resource_version: String,
}

message! { GetOptions = 611 { 0 resource_version, } }

/// `GroupKind`.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupKind {
    pub group: Cow<'static, str>,
    pub kind: Cow<'static, str>,
}

message! { GroupKind = 612 { 0 group, 1 kind, } }

/// `GroupResource`.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupResource {
    pub group: Cow<'static, str>,
    pub resource: Cow<'static, str>,
}

message! { GroupResource = 613 { 0 group, 1 resource, } }

/// `GroupVersion`.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupVersion {
    pub group: Cow<'static, str>,
    pub version: Cow<'static, str>,
}

message! { GroupVersion = 614 { 0 group, 1 version, } }

/// `GroupVersionForDiscovery`.
#[derive(Clone, Default, PartialEq)]
pub struct GroupVersionForDiscovery {
    pub group_version: String,
    pub version: String,
}

message! { GroupVersionForDiscovery = 615 { 0 group_version, 1 version, } }

/// `GroupVersionKind`.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupVersionKind {
    pub group: Cow<'static, str>,
    pub version: Cow<'static, str>,
    pub kind: Cow<'static, str>,
}

message! { GroupVersionKind = 616 { 0 group, 1 version, 2 kind, } }

/// `GroupVersionResource`.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupVersionResource {
    pub group: Cow<'static, str>,
    pub version: Cow<'static, str>,
    pub resource: Cow<'static, str>,
}

message! { GroupVersionResource = 617 { 0 group, 1 version, 2 resource, } }

/// `LabelSelector`.
#[derive(Clone, Default, PartialEq)]
pub struct LabelSelector {
    pub match_labels: BTreeMap<String, String>,
    pub match_expressions: Vec<LabelSelectorRequirement>,
}

message! { LabelSelector = 618 { 0 match_labels, 1 match_expressions, } }

/// `LabelSelectorRequirement`.
#[derive(Clone, Default, PartialEq)]
pub struct LabelSelectorRequirement {
    pub key: String,
    pub operator: String,
    pub values: Vec<String>,
}

message! { LabelSelectorRequirement = 619 { 0 key, 1 operator, 2 values, } }

/// `ListMeta`.
#[derive(Clone, Default, PartialEq)]
pub struct ListMeta {
    pub self_link: String,
    pub resource_version: String,
    pub continue_: String,
    pub remaining_item_count: Option<i64>,
    pub shard_info: Option<ShardInfo>,
}

message! { ListMeta = 621 { 0 self_link, 1 resource_version, 2 continue_, 3 remaining_item_count, 4 shard_info, } }

/// `ListOptions`.
#[derive(Clone, Default, PartialEq)]
pub struct ListOptions {
    pub label_selector: String,
    pub field_selector: String,
    pub watch: bool,
    pub allow_watch_bookmarks: bool,
    pub resource_version: String,
    pub resource_version_match: String,
    pub timeout_seconds: Option<i64>,
    pub limit: i64,
    pub continue_: String,
    pub send_initial_events: Option<bool>,
    pub shard_selector: String,
}

message! { ListOptions = 622 { 0 label_selector, 1 field_selector, 2 watch, 3 allow_watch_bookmarks, 4 resource_version, 5 resource_version_match, 6 timeout_seconds, 7 limit, 8 continue_, 9 send_initial_events, 10 shard_selector, } }

/// `ManagedFieldsEntry`.
#[derive(Clone, Default, PartialEq)]
pub struct ManagedFieldsEntry {
    pub manager: String,
    pub operation: String,
    pub api_version: String,
    pub time: Option<Time>,
    pub fields_type: String,
    pub fields_v1: Option<FieldsV1>,
    pub subresource: String,
}

message! { ManagedFieldsEntry = 623 { 0 manager, 1 operation, 2 api_version, 3 time, 4 fields_type, 5 fields_v1, 6 subresource, } }

/// `ObjectMeta`.
#[derive(Clone, Default, PartialEq)]
pub struct ObjectMeta {
    pub name: String,
    pub generate_name: String,
    pub namespace: String,
    pub self_link: String,
    pub uid: String,
    pub resource_version: String,
    pub generation: i64,
    pub creation_timestamp: Option<Time>,
    pub deletion_timestamp: Option<Time>,
    pub deletion_grace_period_seconds: Option<i64>,
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
    pub owner_references: Vec<OwnerReference>,
    pub finalizers: Vec<String>,
    pub managed_fields: Vec<ManagedFieldsEntry>,
}

message! { ObjectMeta = 624 { 0 name, 1 generate_name, 2 namespace, 3 self_link, 4 uid, 5 resource_version, 6 generation, 7 creation_timestamp, 8 deletion_timestamp, 9 deletion_grace_period_seconds, 10 labels, 11 annotations, 12 owner_references, 13 finalizers, 14 managed_fields, } }

/// `OwnerReference`.
#[derive(Clone, Default, PartialEq)]
pub struct OwnerReference {
    pub api_version: String,
    pub kind: String,
    pub name: String,
    pub uid: String,
    pub controller: Option<bool>,
    pub block_owner_deletion: Option<bool>,
}

message! { OwnerReference = 625 { 0 api_version, 1 kind, 2 name, 3 uid, 4 controller, 5 block_owner_deletion, } }

/// `PartialObjectMetadata`.
#[derive(Clone, Default, PartialEq)]
pub struct PartialObjectMetadata {
    pub metadata: ObjectMeta,
}

message! { PartialObjectMetadata = 626 { 0 metadata, } }

/// `PartialObjectMetadataList`.
#[derive(Clone, Default, PartialEq)]
pub struct PartialObjectMetadataList {
    pub metadata: ListMeta,
    pub items: Vec<PartialObjectMetadata>,
}

message! { PartialObjectMetadataList = 627 { 0 metadata, 1 items, } }

/// `PatchOptions`.
#[derive(Clone, Default, PartialEq)]
pub struct PatchOptions {
    pub dry_run: Vec<String>,
    pub force: Option<bool>,
    pub field_manager: String,
    pub field_validation: String,
}

message! { PatchOptions = 628 { 0 dry_run, 1 force, 2 field_manager, 3 field_validation, } }

/// `Preconditions`.
#[derive(Clone, Default, PartialEq)]
pub struct Preconditions {
    pub uid: Option<String>,
    pub resource_version: Option<String>,
}

message! { Preconditions = 629 { 0 uid, 1 resource_version, } }

/// `RootPaths`.
#[derive(Clone, Default, PartialEq)]
pub struct RootPaths {
    pub paths: Vec<String>,
}

message! { RootPaths = 630 { 0 paths, } }

/// `ServerAddressByClientCIDR`.
#[derive(Clone, Default, PartialEq)]
pub struct ServerAddressByClientCIDR {
    pub client_cidr: String,
    pub server_address: String,
}

message! { ServerAddressByClientCIDR = 631 { 0 client_cidr, 1 server_address, } }

/// `ShardInfo`.
#[derive(Clone, Default, PartialEq)]
pub struct ShardInfo {
    pub selector: String,
}

message! { ShardInfo = 632 { 0 selector, } }

/// `Status`.
#[derive(Clone, Default, PartialEq)]
pub struct Status {
    pub metadata: ListMeta,
    pub status: String,
    pub message: String,
    pub reason: String,
    pub details: Option<StatusDetails>,
    pub code: i32,
}

message! { Status = 633 { 0 metadata, 1 status, 2 message, 3 reason, 4 details, 5 code, } }

/// `StatusCause`.
#[derive(Clone, Default, PartialEq)]
pub struct StatusCause {
    pub reason: String,
    pub message: String,
    pub field: String,
}

message! { StatusCause = 634 { 0 reason, 1 message, 2 field, } }

/// `StatusDetails`.
#[derive(Clone, Default, PartialEq)]
pub struct StatusDetails {
    pub name: String,
    pub group: String,
    pub kind: String,
    pub uid: String,
    pub causes: Vec<StatusCause>,
    pub retry_after_seconds: i32,
}

message! { StatusDetails = 635 { 0 name, 1 group, 2 kind, 3 uid, 4 causes, 5 retry_after_seconds, } }

/// `Table`.
#[derive(Clone, Default, PartialEq)]
pub struct Table {
    pub metadata: ListMeta,
    pub column_definitions: Vec<TableColumnDefinition>,
    pub rows: Vec<TableRow>,
}

message! { Table = 636 { 0 metadata, 1 column_definitions, 2 rows, } }

/// `TableColumnDefinition`.
#[derive(Clone, Default, PartialEq)]
pub struct TableColumnDefinition {
    pub name: String,
    pub type_: String,
    pub format: String,
    pub description: String,
    pub priority: i32,
}

message! { TableColumnDefinition = 637 { 0 name, 1 type_, 2 format, 3 description, 4 priority, } }

/// `TableOptions`.
#[derive(Clone, Default, PartialEq)]
pub struct TableOptions {
    pub include_object: String,
}

message! { TableOptions = 638 { 0 include_object, } }

/// `TableRow`.
#[derive(Clone, Default, PartialEq)]
pub struct TableRow {
    pub cells: Vec<Value>,
    pub conditions: Vec<TableRowCondition>,
    pub object: Value,
}

message! { TableRow = 639 { 0 cells, 1 conditions, 2 object, } }

/// `TableRowCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct TableRowCondition {
    pub type_: String,
    pub status: String,
    pub reason: String,
    pub message: String,
}

message! { TableRowCondition = 640 { 0 type_, 1 status, 2 reason, 3 message, } }

/// `UpdateOptions`.
#[derive(Clone, Default, PartialEq)]
pub struct UpdateOptions {
    pub dry_run: Vec<String>,
    pub field_manager: String,
    pub field_validation: String,
}

message! { UpdateOptions = 641 { 0 dry_run, 1 field_manager, 2 field_validation, } }

/// `WatchEvent`.
#[derive(Clone, Default, PartialEq)]
pub struct WatchEvent {
    pub type_: String,
    pub object: Value,
}

message! { WatchEvent = 642 { 0 type_, 1 object, } }

/// Values of `CauseType`.
pub mod cause_type {
    pub const FIELD_MANAGER_CONFLICT: &str = "FieldManagerConflict";
    pub const FIELD_VALUE_DUPLICATE: &str = "FieldValueDuplicate";
    pub const FIELD_VALUE_FORBIDDEN: &str = "FieldValueForbidden";
    pub const FIELD_VALUE_INVALID: &str = "FieldValueInvalid";
    pub const FIELD_VALUE_NOT_FOUND: &str = "FieldValueNotFound";
    pub const FIELD_VALUE_NOT_SUPPORTED: &str = "FieldValueNotSupported";
    pub const FIELD_VALUE_REQUIRED: &str = "FieldValueRequired";
    pub const FIELD_VALUE_TOO_LONG: &str = "FieldValueTooLong";
    pub const FIELD_VALUE_TOO_MANY: &str = "FieldValueTooMany";
    pub const FIELD_VALUE_TYPE_INVALID: &str = "FieldValueTypeInvalid";
    pub const INTERNAL_ERROR: &str = "InternalError";
    pub const RESOURCE_VERSION_TOO_LARGE: &str = "ResourceVersionTooLarge";
    pub const UNEXPECTED_SERVER_RESPONSE: &str = "UnexpectedServerResponse";
}

/// Values of `ConditionStatus`.
pub mod condition_status {
    pub const FALSE: &str = "False";
    pub const TRUE: &str = "True";
    pub const UNKNOWN: &str = "Unknown";
}

/// Values of `DeletionPropagation`.
pub mod deletion_propagation {
    pub const BACKGROUND: &str = "Background";
    pub const FOREGROUND: &str = "Foreground";
    pub const ORPHAN: &str = "Orphan";
}

/// Values of `FieldSelectorOperator`.
pub mod field_selector_operator {
    pub const DOES_NOT_EXIST: &str = "DoesNotExist";
    pub const EXISTS: &str = "Exists";
    pub const IN: &str = "In";
    pub const NOT_IN: &str = "NotIn";
}

/// Values of `IncludeObjectPolicy`.
pub mod include_object_policy {
    pub const METADATA: &str = "Metadata";
    pub const NONE: &str = "None";
    pub const OBJECT: &str = "Object";
}

/// Values of `LabelSelectorOperator`.
pub mod label_selector_operator {
    pub const DOES_NOT_EXIST: &str = "DoesNotExist";
    pub const EXISTS: &str = "Exists";
    pub const IN: &str = "In";
    pub const NOT_IN: &str = "NotIn";
}

/// Values of `ManagedFieldsOperationType`.
pub mod managed_fields_operation_type {
    pub const APPLY: &str = "Apply";
    pub const UPDATE: &str = "Update";
}

/// Values of `ResourceVersionMatch`.
pub mod resource_version_match {
    pub const EXACT: &str = "Exact";
    pub const NOT_OLDER_THAN: &str = "NotOlderThan";
}

/// Values of `RowConditionType`.
pub mod row_condition_type {
    pub const COMPLETED: &str = "Completed";
}

/// Values of `StatusReason`.
pub mod status_reason {
    pub const ALREADY_EXISTS: &str = "AlreadyExists";
    pub const BAD_REQUEST: &str = "BadRequest";
    pub const CONFLICT: &str = "Conflict";
    pub const EXPIRED: &str = "Expired";
    pub const FORBIDDEN: &str = "Forbidden";
    pub const GONE: &str = "Gone";
    pub const INTERNAL_ERROR: &str = "InternalError";
    pub const INVALID: &str = "Invalid";
    pub const METHOD_NOT_ALLOWED: &str = "MethodNotAllowed";
    pub const NOT_ACCEPTABLE: &str = "NotAcceptable";
    pub const NOT_FOUND: &str = "NotFound";
    pub const REQUEST_ENTITY_TOO_LARGE: &str = "RequestEntityTooLarge";
    pub const SERVER_TIMEOUT: &str = "ServerTimeout";
    pub const SERVICE_UNAVAILABLE: &str = "ServiceUnavailable";
    pub const STORAGE_READ_ERROR: &str = "StorageReadError";
    pub const TIMEOUT: &str = "Timeout";
    pub const TOO_MANY_REQUESTS: &str = "TooManyRequests";
    pub const UNAUTHORIZED: &str = "Unauthorized";
    pub const UNSUPPORTED_MEDIA_TYPE: &str = "UnsupportedMediaType";
}
