//! Approves what kubelets ask for: a client certificate of their own, for who
//! is allowed to have it.

use skeg_api::authorization::v1::{
    ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec,
};
use skeg_api::certificates::v1::CertificateSigningRequest;
use skeg_auth::pki::CertificateRequest;
use skeg_client::{Api, Error};
use skeg_runtime::{Next, ReconcileError};

use super::{KUBELET_CLIENT, WORKERS, condition, kubelet_client_fault, new_condition};
use crate::Context;
use crate::each::look_after;

const NAME: &str = "certificatesigningrequest-approving-controller";

/// Runs the controller that approves.
pub(crate) async fn run(context: Context) {
    look_after(
        &context,
        NAME,
        WORKERS,
        waits,
        |context, request| async move { decide(&context, &request).await },
    )
    .await;
}

fn waits(request: &CertificateSigningRequest) -> bool {
    request.spec.signer_name == KUBELET_CLIENT
        && request.status.certificate.0.is_empty()
        && condition(request, "Approved").is_none()
        && condition(request, "Denied").is_none()
}

/// Nobody may have this certificate yet; rights that come later are not seen,
/// so it is asked again.
#[derive(Debug, thiserror::Error)]
#[error("recognized as a kubelet's, but subject access review was not approved")]
struct NotAllowed;

async fn decide(
    context: &Context,
    request: &CertificateSigningRequest,
) -> Result<Next, ReconcileError> {
    let Ok(asked) = CertificateRequest::from_pem(&request.spec.request.0) else {
        return Ok(Next::Done);
    };
    if kubelet_client_fault(&asked, &request.spec.usages).is_some() {
        return Ok(Next::Done);
    }
    let own = asked.common_name == request.spec.username;
    let tries = [
        (
            own,
            "selfnodeclient",
            "Auto approving self kubelet client certificate after SubjectAccessReview.",
        ),
        (
            true,
            "nodeclient",
            "Auto approving kubelet client certificate after SubjectAccessReview.",
        ),
    ];
    for (applies, permission, message) in tries {
        if applies && is_allowed(context, request, permission).await? {
            let now = context.clock.now();
            let mut next = request.clone();
            next.status.conditions.push(new_condition(
                "Approved",
                "AutoApproved",
                message.to_owned(),
                now,
            ));
            let api = Api::<CertificateSigningRequest>::all(context.client.clone());
            api.update_part("approval", next).await?;
            return Ok(Next::Done);
        }
    }
    Err(NotAllowed.into())
}

async fn is_allowed(
    context: &Context,
    request: &CertificateSigningRequest,
    permission: &str,
) -> Result<bool, Error> {
    let spec = &request.spec;
    let review = SubjectAccessReview {
        spec: SubjectAccessReviewSpec {
            user: spec.username.clone(),
            uid: spec.uid.clone(),
            groups: spec.groups.clone(),
            extra: spec.extra.clone(),
            resource_attributes: Some(ResourceAttributes {
                group: "certificates.k8s.io".to_owned(),
                version: "*".to_owned(),
                resource: "certificatesigningrequests".to_owned(),
                subresource: permission.to_owned(),
                verb: "create".to_owned(),
                ..ResourceAttributes::default()
            }),
            ..SubjectAccessReviewSpec::default()
        },
        ..SubjectAccessReview::default()
    };
    let api = Api::<SubjectAccessReview>::all(context.client.clone());
    Ok(api.create(review).await?.status.allowed)
}
