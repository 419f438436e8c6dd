//! Removes what pods asked for their certificates: nobody reads it for long
//! (KEP-4317).

use std::time::Duration;

use jiff::SignedDuration;
use skeg_api::certificates::v1::PodCertificateRequest;
use skeg_client::{Api, DeleteOptions};
use skeg_runtime::{Next, ReconcileError};

use crate::Context;
use crate::each::look_after;

const NAME: &str = "podcertificaterequest-cleaner-controller";
/// How long a request stays.
const AGE_MAX: SignedDuration = SignedDuration::from_mins(15);

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

async fn clean(context: &Context, request: &PodCertificateRequest) -> Result<Next, ReconcileError> {
    let meta = &request.metadata;
    let Some(created) = meta.creation_timestamp else {
        return Ok(Next::Done);
    };
    let left = (created.0 + AGE_MAX).duration_since(context.clock.now());
    if left.is_positive() {
        let left = Duration::try_from(left).unwrap_or_default();
        return Ok(Next::After(left));
    }
    let api = Api::<PodCertificateRequest>::namespaced(context.client.clone(), &*meta.namespace);
    let options = DeleteOptions::default().uid(&*meta.uid);
    api.delete(&meta.name, &options).await?;
    Ok(Next::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_meta::{ObjectMeta, Time};
    use skeg_runtime::ManualClock;
    use skeg_runtime::testing::FakeApi;
    use tokio_util::sync::CancellationToken;

    #[tokio::test]
    async fn requests_go_after_a_while() {
        let (api, clock, cancel) = (FakeApi::new(), ManualClock::new(), CancellationToken::new());
        let context = Context::for_client(api.client(), clock.shared(), cancel);
        let now = clock.shared().now();
        let mut request = PodCertificateRequest {
            metadata: ObjectMeta::named("a", "r"),
            ..PodCertificateRequest::default()
        };
        for (age, left) in [(14 * 60, Some(60)), (15 * 60, None)] {
            let created = now - SignedDuration::from_secs(age);
            request.metadata.creation_timestamp = Some(Time(created));
            api.put(&request);
            let held = api
                .get::<PodCertificateRequest>("a", "r")
                .expect("it is there");
            let next = clean(&context, &held).await.expect("it is looked at");
            let expect = left.map_or(Next::Done, |left| Next::After(Duration::from_secs(left)));
            assert_eq!(next, expect);
            let there = api.get::<PodCertificateRequest>("a", "r").is_some();
            assert_eq!(there, left.is_some());
        }
    }
}
