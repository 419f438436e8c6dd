//! Removes requests that are of no use any more.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use skeg_api::certificates::v1::CertificateSigningRequest;
use skeg_auth::pki::certificate_ends;
use skeg_client::{Api, DeleteOptions};
use skeg_runtime::{Next, ReconcileError};

use super::condition;
use crate::Context;
use crate::each::look_after;

const NAME: &str = "certificatesigningrequest-cleaner-controller";
/// How long decided requests stay.
const DECIDED: SignedDuration = SignedDuration::from_hours(1);
/// How long a request waits for somebody to decide.
const PENDING: SignedDuration = SignedDuration::from_hours(24);
/// How often is looked (upstream's `pollingInterval`).
const PERIOD: Duration = Duration::from_secs(3600);

/// Runs the controller that cleans up.
pub(crate) async fn run(context: Context) {
    look_after(
        &context,
        NAME,
        1,
        |_| true,
        |context, request| async move { clean(&context, &request).await },
    )
    .await;
}

async fn clean(
    context: &Context,
    request: &CertificateSigningRequest,
) -> Result<Next, ReconcileError> {
    let now = context.clock.now();
    let Some(end) = expires(request) else {
        return Ok(Next::Done);
    };
    if end > now {
        let wait = Duration::try_from(end.duration_since(now)).unwrap_or(PERIOD);
        return Ok(Next::After(wait.clamp(Duration::from_secs(1), PERIOD)));
    }
    let api = Api::<CertificateSigningRequest>::all(context.client.clone());
    let options = DeleteOptions::default().uid(&*request.metadata.uid);
    api.delete(&request.metadata.name, &options).await?;
    Ok(Next::Done)
}

/// When a request is of no use any more.
pub(super) fn expires(request: &CertificateSigningRequest) -> Option<Timestamp> {
    let issued = !request.status.certificate.0.is_empty();
    let decided = |kind: &str| {
        let updated = condition(request, kind)?.last_update_time?;
        Some(updated.0 + DECIDED)
    };
    let created = request.metadata.creation_timestamp.map(|time| time.0);
    [
        decided("Approved").filter(|_| issued),
        decided("Denied"),
        decided("Failed"),
        created
            .map(|at| at + PENDING)
            .filter(|_| request.status.conditions.is_empty()),
        Some(&request.status.certificate.0)
            .filter(|_| issued && condition(request, "Approved").is_some())
            .and_then(|pem| Timestamp::try_from(certificate_ends(pem)?).ok()),
    ]
    .into_iter()
    .flatten()
    .min()
}
