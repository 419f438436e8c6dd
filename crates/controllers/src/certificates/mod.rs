//! Certificate signing requests: those of kubelets are approved, approved ones
//! signed, and old ones removed.

mod approve;
mod clean;
mod pods;
mod sign;
#[cfg(test)]
mod tests;
mod trust;

pub(crate) use approve::run as run_approver;
pub(crate) use clean::run as run_cleaner;
pub(crate) use pods::run as run_pods_cleaner;
pub(crate) use sign::run as run_signer;
pub(crate) use trust::run as run_trust;

use skeg_api::certificates::v1::{CertificateSigningRequest, CertificateSigningRequestCondition};
use skeg_auth::pki::CertificateRequest;
use skeg_meta::Time;

const KUBELET_CLIENT: &str = "kubernetes.io/kube-apiserver-client-kubelet";
const NODES: &str = "system:nodes";
const NODE_PREFIX: &str = "system:node:";
const WORKERS: usize = 5;
const KEY_ENCIPHERMENT: &str = "key encipherment";

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
            .all(|u| u == KEY_ENCIPHERMENT || required.contains(&u.as_str()))
}

/// The first of the faults that a request has, or that its usages are not these.
fn fault(
    faults: &[(bool, &str)],
    request: &CertificateRequest,
    usages: &[String],
    required: &[&str],
) -> Option<String> {
    let of_subject = [
        (
            request.organizations != [NODES],
            "subject organization is not system:nodes",
        ),
        (
            !request.common_name.starts_with(NODE_PREFIX),
            "subject common name does not begin with system:node: ",
        ),
    ];
    let mut all = of_subject.iter().chain(faults);
    match all.find(|(holds, _)| *holds) {
        Some((_, words)) => Some((*words).to_owned()),
        None => (!usages_are(usages, required)).then(|| {
            let mut told = [required, &[KEY_ENCIPHERMENT]].concat();
            told.sort_unstable();
            format!("usages did not match [{}]", told.join(" "))
        }),
    }
}

/// What keeps a request from being one of a kubelet for its client certificate.
fn kubelet_client_fault(request: &CertificateRequest, usages: &[String]) -> Option<String> {
    let faults = [
        (
            !request.dns_names.is_empty(),
            "DNS subjectAltNames are not allowed",
        ),
        (
            !request.emails.is_empty(),
            "Email subjectAltNames are not allowed",
        ),
        (
            !request.ip_addresses.is_empty(),
            "IP subjectAltNames are not allowed",
        ),
        (
            !request.uris.is_empty(),
            "URI subjectAltNames are not allowed",
        ),
    ];
    fault(
        &faults,
        request,
        usages,
        &["client auth", "digital signature"],
    )
}

/// What keeps a request from being one of a kubelet for its serving certificate.
fn kubelet_serving_fault(request: &CertificateRequest, usages: &[String]) -> Option<String> {
    let faults = [
        (
            request.dns_names.is_empty() && request.ip_addresses.is_empty(),
            "DNS or IP subjectAltName is required",
        ),
        (
            !request.emails.is_empty(),
            "Email subjectAltNames are not allowed",
        ),
        (
            !request.uris.is_empty(),
            "URI subjectAltNames are not allowed",
        ),
    ];
    fault(
        &faults,
        request,
        usages,
        &["digital signature", "server auth"],
    )
}
