//! Signs approved requests to the signers of `kubernetes.io`.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use skeg_api::certificates::v1::CertificateSigningRequest;
use skeg_auth::pki::{CertificateRequest, Pki};
use skeg_client::Api;
use skeg_meta::ByteString;
use skeg_runtime::{Next, ReconcileError};

use super::{
    KUBELET_CLIENT, WORKERS, condition, kubelet_client_fault, kubelet_serving_fault, new_condition,
};
use crate::Context;
use crate::each::look_after;

const NAME: &str = "certificatesigningrequest-signing-controller";
/// How long certificates are good for (`--cluster-signing-duration`).
const LIFETIME: Duration = Duration::from_secs(365 * 24 * 3600);
/// The least that a request can ask for.
const LIFETIME_MIN: Duration = Duration::from_secs(600);

/// Runs the controller that signs. Without a CA there is nothing to sign with.
pub(crate) async fn run(context: Context) {
    let Some(pki) = context.options.pki.clone() else {
        return context.cancel.cancelled().await;
    };
    look_after(&context, NAME, WORKERS, waits, move |context, request| {
        let pki = Arc::clone(&pki);
        async move { sign(&context, &pki, &request).await }
    })
    .await;
}

/// Whether it is approved, one of ours, and neither signed nor failed.
fn waits(request: &CertificateSigningRequest) -> bool {
    let is = |kind| condition(request, kind).is_some();
    is("Approved")
        && !is("Denied")
        && condition(request, "Failed").is_none_or(|failed| failed.status != "True")
        && request.status.certificate.0.is_empty()
        && signer(&request.spec.signer_name).is_some()
}

/// What keeps a signer from signing.
type Fault = fn(&CertificateRequest, &[String]) -> Option<String>;

fn signer(name: &str) -> Option<Fault> {
    Some(match name {
        "kubernetes.io/kube-apiserver-client" => client_fault,
        KUBELET_CLIENT => kubelet_client_fault,
        "kubernetes.io/kubelet-serving" => kubelet_serving_fault,
        "kubernetes.io/legacy-unknown" => |_, _| None,
        _ => return None,
    })
}

pub(super) fn client_fault(_: &CertificateRequest, usages: &[String]) -> Option<String> {
    for usage in usages {
        if !["digital signature", "key encipherment", "client auth"].contains(&usage.as_str()) {
            return Some(format!("invalid usage for client certificate: {usage}"));
        }
    }
    let has = usages.iter().any(|usage| usage == "client auth");
    (!has).then(|| "missing required usage for client certificate: client auth".to_owned())
}

/// How long a certificate is to be good for.
pub(super) fn lifetime(asked: Option<i32>) -> Duration {
    let asked = asked.and_then(|seconds| u64::try_from(seconds).ok());
    asked.map_or(LIFETIME, |seconds| {
        Duration::from_secs(seconds).clamp(LIFETIME_MIN, LIFETIME)
    })
}

async fn sign(
    context: &Context,
    pki: &Pki,
    request: &CertificateSigningRequest,
) -> Result<Next, ReconcileError> {
    let (pem, usages) = (&request.spec.request.0, &request.spec.usages);
    let asked = CertificateRequest::from_pem(pem)?;
    let mut next = request.clone();
    let fault = signer(&request.spec.signer_name).and_then(|fault| fault(&asked, usages));
    if let Some(message) = fault {
        let now = context.clock.now();
        next.status.conditions.push(new_condition(
            "Failed",
            "SignerValidationFailure",
            message,
            now,
        ));
    } else {
        let lifetime = lifetime(request.spec.expiration_seconds);
        let now = SystemTime::from(context.clock.now());
        let signed = pki.sign_request(pem, usages, lifetime, now)?;
        next.status.certificate = ByteString(signed.into_bytes());
    }
    let api = Api::<CertificateSigningRequest>::all(context.client.clone());
    api.update_status(next).await?;
    Ok(Next::Done)
}
