//! Certificate signing requests: those of kubelets are approved, approved ones
//! signed, and old ones removed.

mod approve;
mod clean;
mod sign;
#[cfg(test)]
mod tests;

pub(crate) use approve::run as run_approver;
pub(crate) use clean::run as run_cleaner;
pub(crate) use sign::run as run_signer;

use skeg_api::certificates::v1::{CertificateSigningRequest, CertificateSigningRequestCondition};
use skeg_auth::pki::CertificateRequest;
use skeg_meta::Time;

const KUBELET_CLIENT: &str = "kubernetes.io/kube-apiserver-client-kubelet";
const NODES: &str = "system:nodes";
const NODE_PREFIX: &str = "system:node:";

fn condition<'a>(
    request: &'a CertificateSigningRequest,
    kind: &str,
) -> Option<&'a CertificateSigningRequestCondition> {
    let mut all = request.status.conditions.iter();
    all.find(|condition| condition.type_ == kind)
}

fn new_condition(
    kind: &str,
    reason: &str,
    message: String,
    now: jiff::Timestamp,
) -> CertificateSigningRequestCondition {
    CertificateSigningRequestCondition {
        type_: kind.to_owned(),
        status: "True".to_owned(),
        reason: reason.to_owned(),
        message,
        last_update_time: Some(Time(now)),
        last_transition_time: None,
    }
}

/// Whether the usages are all of the required ones and no others but key
/// encipherment, which not every kind of key can be used for.
fn usages_are(usages: &[String], required: &[&str]) -> bool {
    required.iter().all(|one| usages.iter().any(|u| u == one))
        && usages
            .iter()
            .all(|u| u == "key encipherment" || required.contains(&u.as_str()))
}

/// What keeps a request from being one of a kubelet for its client certificate.
fn kubelet_client_fault(request: &CertificateRequest, usages: &[String]) -> Option<String> {
    let required = ["client auth", "digital signature"];
    let fault = kubelet_subject_fault(request).or(if !request.dns_names.is_empty() {
        Some("DNS subjectAltNames are not allowed")
    } else if !request.emails.is_empty() {
        Some("Email subjectAltNames are not allowed")
    } else if !request.ip_addresses.is_empty() {
        Some("IP subjectAltNames are not allowed")
    } else if !request.uris.is_empty() {
        Some("URI subjectAltNames are not allowed")
    } else {
        None
    });
    fault
        .map(str::to_owned)
        .or_else(|| (!usages_are(usages, &required)).then(|| usage_fault(&required)))
}

/// What keeps a request from being one of a kubelet for its serving certificate.
fn kubelet_serving_fault(request: &CertificateRequest, usages: &[String]) -> Option<String> {
    let required = ["digital signature", "server auth"];
    let fault = kubelet_subject_fault(request).or(
        if request.dns_names.is_empty() && request.ip_addresses.is_empty() {
            Some("DNS or IP subjectAltName is required")
        } else if !request.emails.is_empty() {
            Some("Email subjectAltNames are not allowed")
        } else if !request.uris.is_empty() {
            Some("URI subjectAltNames are not allowed")
        } else {
            None
        },
    );
    fault
        .map(str::to_owned)
        .or_else(|| (!usages_are(usages, &required)).then(|| usage_fault(&required)))
}

fn kubelet_subject_fault(request: &CertificateRequest) -> Option<&'static str> {
    if request.organizations != [NODES] {
        Some("subject organization is not system:nodes")
    } else if !request.common_name.starts_with(NODE_PREFIX) {
        Some("subject common name does not begin with system:node: ")
    } else {
        None
    }
}

fn usage_fault(required: &[&str]) -> String {
    format!("usages did not match [{}]", required.join(" "))
}
