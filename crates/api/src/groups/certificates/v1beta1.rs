// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `certificates`, version `v1beta1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::{ObjectMeta, Time};
use skeg_schema::ByteString;
use std::collections::BTreeMap;

/// `CertificateSigningRequest`.
#[derive(Clone, Default, PartialEq)]
pub struct CertificateSigningRequest {
    pub metadata: ObjectMeta,
    pub spec: CertificateSigningRequestSpec,
    pub status: CertificateSigningRequestStatus,
}

skeg_schema::message! { CertificateSigningRequest = 277 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { CertificateSigningRequest, "certificates.k8s.io", "v1beta1", "certificatesigningrequests", false, 279 }

/// `CertificateSigningRequestCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct CertificateSigningRequestCondition {
    pub type_: String,
    pub status: String,
    pub reason: String,
    pub message: String,
    pub last_update_time: Option<Time>,
    pub last_transition_time: Option<Time>,
}

skeg_schema::message! { CertificateSigningRequestCondition = 278 { 0 type_, 1 status, 2 reason, 3 message, 4 last_update_time, 5 last_transition_time, } }

/// A list of [`CertificateSigningRequest`].
pub type CertificateSigningRequestList = skeg_meta::List<CertificateSigningRequest>;

/// `CertificateSigningRequestSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct CertificateSigningRequestSpec {
    pub request: ByteString,
    pub signer_name: Option<String>,
    pub expiration_seconds: Option<i32>,
    pub usages: Vec<String>,
    pub username: String,
    pub uid: String,
    pub groups: Vec<String>,
    pub extra: BTreeMap<String, Vec<String>>,
}

skeg_schema::message! { CertificateSigningRequestSpec = 280 { 0 request, 1 signer_name, 2 expiration_seconds, 3 usages, 4 username, 5 uid, 6 groups, 7 extra, } }

/// `CertificateSigningRequestStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct CertificateSigningRequestStatus {
    pub conditions: Vec<CertificateSigningRequestCondition>,
    pub certificate: ByteString,
}

skeg_schema::message! { CertificateSigningRequestStatus = 281 { 0 conditions, 1 certificate, } }

/// `ClusterTrustBundle`.
#[derive(Clone, Default, PartialEq)]
pub struct ClusterTrustBundle {
    pub metadata: ObjectMeta,
    pub spec: ClusterTrustBundleSpec,
}

skeg_schema::message! { ClusterTrustBundle = 282 { 0 metadata, 1 spec, } }

skeg_meta::object! { ClusterTrustBundle, "certificates.k8s.io", "v1beta1", "clustertrustbundles", false, 283 }

/// A list of [`ClusterTrustBundle`].
pub type ClusterTrustBundleList = skeg_meta::List<ClusterTrustBundle>;

/// `ClusterTrustBundleSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct ClusterTrustBundleSpec {
    pub signer_name: String,
    pub trust_bundle: String,
}

skeg_schema::message! { ClusterTrustBundleSpec = 284 { 0 signer_name, 1 trust_bundle, } }

/// `PodCertificateRequest`.
#[derive(Clone, Default, PartialEq)]
pub struct PodCertificateRequest {
    pub metadata: ObjectMeta,
    pub spec: PodCertificateRequestSpec,
    pub status: PodCertificateRequestStatus,
}

skeg_schema::message! { PodCertificateRequest = 285 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { PodCertificateRequest, "certificates.k8s.io", "v1beta1", "podcertificaterequests", true, 286 }

impl skeg_meta::HasStatus for PodCertificateRequest {}

/// A list of [`PodCertificateRequest`].
pub type PodCertificateRequestList = skeg_meta::List<PodCertificateRequest>;

/// `PodCertificateRequestSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct PodCertificateRequestSpec {
    pub signer_name: String,
    pub pod_name: String,
    pub pod_uid: String,
    pub service_account_name: String,
    pub service_account_uid: String,
    pub node_name: String,
    pub node_uid: String,
    pub max_expiration_seconds: Option<i32>,
    pub pkix_public_key: ByteString,
    pub proof_of_possession: ByteString,
    pub stub_pkcs10_request: ByteString,
    pub unverified_user_annotations: BTreeMap<String, String>,
}

skeg_schema::message! { PodCertificateRequestSpec = 287 { 0 signer_name, 1 pod_name, 2 pod_uid, 3 service_account_name, 4 service_account_uid, 5 node_name, 6 node_uid, 7 max_expiration_seconds, 8 pkix_public_key, 9 proof_of_possession, 10 stub_pkcs10_request, 11 unverified_user_annotations, } }

/// `PodCertificateRequestStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct PodCertificateRequestStatus {
    pub conditions: Vec<skeg_meta::Condition>,
    pub certificate_chain: String,
    pub not_before: Option<Time>,
    pub begin_refresh_at: Option<Time>,
    pub not_after: Option<Time>,
}

skeg_schema::message! { PodCertificateRequestStatus = 288 { 0 conditions, 1 certificate_chain, 2 not_before, 3 begin_refresh_at, 4 not_after, } }

/// Values of `KeyUsage`.
pub mod key_usage {
    pub const ANY: &str = "any";
    pub const CERT_SIGN: &str = "cert sign";
    pub const CLIENT_AUTH: &str = "client auth";
    pub const CODE_SIGNING: &str = "code signing";
    pub const CONTENT_COMMITMENT: &str = "content commitment";
    pub const CRL_SIGN: &str = "crl sign";
    pub const DATA_ENCIPHERMENT: &str = "data encipherment";
    pub const DECIPHER_ONLY: &str = "decipher only";
    pub const DIGITAL_SIGNATURE: &str = "digital signature";
    pub const EMAIL_PROTECTION: &str = "email protection";
    pub const ENCIPHER_ONLY: &str = "encipher only";
    pub const IPSEC_END_SYSTEM: &str = "ipsec end system";
    pub const IPSEC_TUNNEL: &str = "ipsec tunnel";
    pub const IPSEC_USER: &str = "ipsec user";
    pub const KEY_AGREEMENT: &str = "key agreement";
    pub const KEY_ENCIPHERMENT: &str = "key encipherment";
    pub const MICROSOFT_SGC: &str = "microsoft sgc";
    pub const NETSCAPE_SGC: &str = "netscape sgc";
    pub const OCSP_SIGNING: &str = "ocsp signing";
    pub const S_MIME: &str = "s/mime";
    pub const SERVER_AUTH: &str = "server auth";
    pub const SIGNING: &str = "signing";
    pub const TIMESTAMPING: &str = "timestamping";
}

/// Values of `RequestConditionType`.
pub mod request_condition_type {
    pub const APPROVED: &str = "Approved";
    pub const DENIED: &str = "Denied";
    pub const FAILED: &str = "Failed";
}
