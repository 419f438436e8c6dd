// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `imagepolicy`, version `v1alpha1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::ObjectMeta;
use std::collections::BTreeMap;

/// `ImageReview`.
#[derive(Clone, Default, PartialEq)]
pub struct ImageReview {
    pub metadata: ObjectMeta,
    pub spec: ImageReviewSpec,
    pub status: ImageReviewStatus,
}

skeg_schema::message! { ImageReview = 582 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { ImageReview, "imagepolicy.k8s.io", "v1alpha1", "imagereviews", true, 582 }

/// `ImageReviewContainerSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct ImageReviewContainerSpec {
    pub image: String,
}

skeg_schema::message! { ImageReviewContainerSpec = 583 { 0 image, } }

/// `ImageReviewSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct ImageReviewSpec {
    pub containers: Vec<ImageReviewContainerSpec>,
    pub annotations: BTreeMap<String, String>,
    pub namespace: String,
}

skeg_schema::message! { ImageReviewSpec = 584 { 0 containers, 1 annotations, 2 namespace, } }

/// `ImageReviewStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ImageReviewStatus {
    pub allowed: bool,
    pub reason: String,
    pub audit_annotations: BTreeMap<String, String>,
}

skeg_schema::message! { ImageReviewStatus = 585 { 0 allowed, 1 reason, 2 audit_annotations, } }
