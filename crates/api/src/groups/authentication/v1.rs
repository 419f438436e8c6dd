// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `authentication`, version `v1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{ObjectMeta, Time};
use std::collections::BTreeMap;

/// `BoundObjectReference`.
#[derive(Clone, Default, PartialEq)]
pub struct BoundObjectReference {
    pub kind: String,
    pub api_version: String,
    pub name: String,
    pub uid: String,
}

skeg_schema::message! { BoundObjectReference = 177 { 0 kind, 1 api_version, 2 name, 3 uid, } }

/// `SelfSubjectReview`.
#[derive(Clone, Default, PartialEq)]
pub struct SelfSubjectReview {
    pub metadata: ObjectMeta,
    pub status: SelfSubjectReviewStatus,
}

skeg_schema::message! { SelfSubjectReview = 178 { 0 metadata, 1 status, } }

skeg_meta::object! { SelfSubjectReview, "authentication.k8s.io", "v1", "selfsubjectreviews", false, 178 }

/// `SelfSubjectReviewStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct SelfSubjectReviewStatus {
    pub user_info: UserInfo,
}

skeg_schema::message! { SelfSubjectReviewStatus = 179 { 0 user_info, } }

/// `TokenRequest`.
#[derive(Clone, Default, PartialEq)]
pub struct TokenRequest {
    pub metadata: ObjectMeta,
    pub spec: TokenRequestSpec,
    pub status: TokenRequestStatus,
}

skeg_schema::message! { TokenRequest = 180 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { TokenRequest, "authentication.k8s.io", "v1", "tokenrequests", true, 180 }

/// `TokenRequestSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct TokenRequestSpec {
    pub audiences: Vec<String>,
    pub expiration_seconds: Option<i64>,
    pub bound_object_ref: Option<BoundObjectReference>,
    pub attestations: BTreeMap<String, Vec<String>>,
}

skeg_schema::message! { TokenRequestSpec = 181 { 0 audiences, 1 expiration_seconds, 2 bound_object_ref, 3 attestations, } }

/// `TokenRequestStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct TokenRequestStatus {
    pub token: String,
    pub expiration_timestamp: Option<Time>,
}

skeg_schema::message! { TokenRequestStatus = 182 { 0 token, 1 expiration_timestamp, } }

/// `TokenReview`.
#[derive(Clone, Default, PartialEq)]
pub struct TokenReview {
    pub metadata: ObjectMeta,
    pub spec: TokenReviewSpec,
    pub status: TokenReviewStatus,
}

skeg_schema::message! { TokenReview = 183 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { TokenReview, "authentication.k8s.io", "v1", "tokenreviews", false, 183 }

/// `TokenReviewSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct TokenReviewSpec {
    pub token: String,
    pub audiences: Vec<String>,
}

skeg_schema::message! { TokenReviewSpec = 184 { 0 token, 1 audiences, } }

/// `TokenReviewStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct TokenReviewStatus {
    pub authenticated: bool,
    pub user: UserInfo,
    pub audiences: Vec<String>,
    pub error: String,
}

skeg_schema::message! { TokenReviewStatus = 185 { 0 authenticated, 1 user, 2 audiences, 3 error, } }

/// `UserInfo`.
#[derive(Clone, Default, PartialEq)]
pub struct UserInfo {
    pub username: String,
    pub uid: String,
    pub groups: Vec<String>,
    pub extra: BTreeMap<String, Vec<String>>,
}

skeg_schema::message! { UserInfo = 186 { 0 username, 1 uid, 2 groups, 3 extra, } }
