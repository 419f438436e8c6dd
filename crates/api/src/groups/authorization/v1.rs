// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `authorization`, version `v1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::ObjectMeta;
use std::collections::BTreeMap;

/// `FieldSelectorAttributes`.
#[derive(Clone, Default, PartialEq)]
pub struct FieldSelectorAttributes {
    pub raw_selector: String,
    pub requirements: Vec<skeg_meta::FieldSelectorRequirement>,
}

skeg_schema::message! { FieldSelectorAttributes = 187 { 0 raw_selector, 1 requirements, } }

/// `LabelSelectorAttributes`.
#[derive(Clone, Default, PartialEq)]
pub struct LabelSelectorAttributes {
    pub raw_selector: String,
    pub requirements: Vec<skeg_meta::LabelSelectorRequirement>,
}

skeg_schema::message! { LabelSelectorAttributes = 188 { 0 raw_selector, 1 requirements, } }

/// `LocalSubjectAccessReview`.
#[derive(Clone, Default, PartialEq)]
pub struct LocalSubjectAccessReview {
    pub metadata: ObjectMeta,
    pub spec: SubjectAccessReviewSpec,
    pub status: SubjectAccessReviewStatus,
}

skeg_schema::message! { LocalSubjectAccessReview = 189 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { LocalSubjectAccessReview, "authorization.k8s.io", "v1", "localsubjectaccessreviews", true, 189 }

/// `NonResourceAttributes`.
#[derive(Clone, Default, PartialEq)]
pub struct NonResourceAttributes {
    pub path: String,
    pub verb: String,
}

skeg_schema::message! { NonResourceAttributes = 190 { 0 path, 1 verb, } }

/// `NonResourceRule`.
#[derive(Clone, Default, PartialEq)]
pub struct NonResourceRule {
    pub verbs: Vec<String>,
    pub non_resource_urls: Vec<String>,
}

skeg_schema::message! { NonResourceRule = 191 { 0 verbs, 1 non_resource_urls, } }

/// `ResourceAttributes`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceAttributes {
    pub namespace: String,
    pub verb: String,
    pub group: String,
    pub version: String,
    pub resource: String,
    pub subresource: String,
    pub name: String,
    pub field_selector: Option<FieldSelectorAttributes>,
    pub label_selector: Option<LabelSelectorAttributes>,
}

skeg_schema::message! { ResourceAttributes = 192 { 0 namespace, 1 verb, 2 group, 3 version, 4 resource, 5 subresource, 6 name, 7 field_selector, 8 label_selector, } }

/// `ResourceRule`.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceRule {
    pub verbs: Vec<String>,
    pub api_groups: Vec<String>,
    pub resources: Vec<String>,
    pub resource_names: Vec<String>,
}

skeg_schema::message! { ResourceRule = 193 { 0 verbs, 1 api_groups, 2 resources, 3 resource_names, } }

/// `SelfSubjectAccessReview`.
#[derive(Clone, Default, PartialEq)]
pub struct SelfSubjectAccessReview {
    pub metadata: ObjectMeta,
    pub spec: SelfSubjectAccessReviewSpec,
    pub status: SubjectAccessReviewStatus,
}

skeg_schema::message! { SelfSubjectAccessReview = 194 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { SelfSubjectAccessReview, "authorization.k8s.io", "v1", "selfsubjectaccessreviews", false, 194 }

/// `SelfSubjectAccessReviewSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct SelfSubjectAccessReviewSpec {
    pub resource_attributes: Option<ResourceAttributes>,
    pub non_resource_attributes: Option<NonResourceAttributes>,
}

skeg_schema::message! { SelfSubjectAccessReviewSpec = 195 { 0 resource_attributes, 1 non_resource_attributes, } }

/// `SelfSubjectRulesReview`.
#[derive(Clone, Default, PartialEq)]
pub struct SelfSubjectRulesReview {
    pub metadata: ObjectMeta,
    pub spec: SelfSubjectRulesReviewSpec,
    pub status: SubjectRulesReviewStatus,
}

skeg_schema::message! { SelfSubjectRulesReview = 196 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { SelfSubjectRulesReview, "authorization.k8s.io", "v1", "selfsubjectrulesreviews", false, 196 }

/// `SelfSubjectRulesReviewSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct SelfSubjectRulesReviewSpec {
    pub namespace: String,
}

skeg_schema::message! { SelfSubjectRulesReviewSpec = 197 { 0 namespace, } }

/// `SubjectAccessReview`.
#[derive(Clone, Default, PartialEq)]
pub struct SubjectAccessReview {
    pub metadata: ObjectMeta,
    pub spec: SubjectAccessReviewSpec,
    pub status: SubjectAccessReviewStatus,
}

skeg_schema::message! { SubjectAccessReview = 198 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { SubjectAccessReview, "authorization.k8s.io", "v1", "subjectaccessreviews", false, 198 }

/// `SubjectAccessReviewSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct SubjectAccessReviewSpec {
    pub resource_attributes: Option<ResourceAttributes>,
    pub non_resource_attributes: Option<NonResourceAttributes>,
    pub user: String,
    pub groups: Vec<String>,
    pub extra: BTreeMap<String, Vec<String>>,
    pub uid: String,
}

skeg_schema::message! { SubjectAccessReviewSpec = 199 { 0 resource_attributes, 1 non_resource_attributes, 2 user, 3 groups, 4 extra, 5 uid, } }

/// `SubjectAccessReviewStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct SubjectAccessReviewStatus {
    pub allowed: bool,
    pub denied: bool,
    pub reason: String,
    pub evaluation_error: String,
}

skeg_schema::message! { SubjectAccessReviewStatus = 200 { 0 allowed, 1 denied, 2 reason, 3 evaluation_error, } }

/// `SubjectRulesReviewStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct SubjectRulesReviewStatus {
    pub resource_rules: Vec<ResourceRule>,
    pub non_resource_rules: Vec<NonResourceRule>,
    pub incomplete: bool,
    pub evaluation_error: String,
}

skeg_schema::message! { SubjectRulesReviewStatus = 201 { 0 resource_rules, 1 non_resource_rules, 2 incomplete, 3 evaluation_error, } }
