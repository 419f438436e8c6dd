// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `admission`, version `v1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_schema::ByteString;
use skeg_schema::Value;
use std::collections::BTreeMap;

/// `AdmissionRequest`.
#[derive(Clone, Default, PartialEq)]
pub struct AdmissionRequest {
    pub uid: String,
    pub kind: skeg_meta::GroupVersionKind,
    pub resource: skeg_meta::GroupVersionResource,
    pub sub_resource: String,
    pub request_kind: Option<skeg_meta::GroupVersionKind>,
    pub request_resource: Option<skeg_meta::GroupVersionResource>,
    pub request_sub_resource: String,
    pub name: String,
    pub namespace: String,
    pub operation: String,
    pub user_info: crate::authentication::v1::UserInfo,
    pub object: Value,
    pub old_object: Value,
    pub dry_run: Option<bool>,
    pub options: Value,
}

skeg_schema::message! { AdmissionRequest = 0 { 0 uid, 1 kind, 2 resource, 3 sub_resource, 4 request_kind, 5 request_resource, 6 request_sub_resource, 7 name, 8 namespace, 9 operation, 10 user_info, 11 object, 12 old_object, 13 dry_run, 14 options, } }

/// `AdmissionResponse`.
#[derive(Clone, Default, PartialEq)]
pub struct AdmissionResponse {
    pub uid: String,
    pub allowed: bool,
    pub status: Option<skeg_meta::Status>,
    pub patch: ByteString,
    pub patch_type: Option<String>,
    pub audit_annotations: BTreeMap<String, String>,
    pub warnings: Vec<String>,
}

skeg_schema::message! { AdmissionResponse = 1 { 0 uid, 1 allowed, 2 status, 3 patch, 4 patch_type, 5 audit_annotations, 6 warnings, } }

/// `AdmissionReview`.
#[derive(Clone, Default, PartialEq)]
pub struct AdmissionReview {
    pub request: Option<AdmissionRequest>,
    pub response: Option<AdmissionResponse>,
}

skeg_schema::message! { AdmissionReview = 2 { 0 request, 1 response, } }

/// Values of `Operation`.
pub mod operation {
    pub const CONNECT: &str = "CONNECT";
    pub const CREATE: &str = "CREATE";
    pub const DELETE: &str = "DELETE";
    pub const UPDATE: &str = "UPDATE";
}

/// Values of `PatchType`.
pub mod patch_type {
    pub const JSON_PATCH: &str = "JSONPatch";
}
