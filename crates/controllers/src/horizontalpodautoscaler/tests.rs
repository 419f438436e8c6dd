use super::*;
use skeg_meta::ObjectMeta;
use skeg_runtime::ManualClock;
use skeg_runtime::testing::FakeApi;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn a_target_that_is_missing_is_said() {
    let (api, cancel, clock) = (FakeApi::new(), CancellationToken::new(), ManualClock::new());
    let mut hpa = HorizontalPodAutoscaler {
        metadata: ObjectMeta::named("a", "h"),
        ..HorizontalPodAutoscaler::default()
    };
    hpa.spec.max_replicas = 3;
    hpa.spec.scale_target_ref.kind = "Deployment".to_owned();
    hpa.spec.scale_target_ref.api_version = "apps/v1".to_owned();
    hpa.spec.scale_target_ref.name = "web".to_owned();
    api.put(&hpa);
    let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
    let running = tokio::spawn(run(context));
    api.until("it says so", |api| {
        let hpa = api.get::<HorizontalPodAutoscaler>("a", "h");
        hpa.is_some_and(|hpa| {
            let mut all = hpa.status.conditions.iter();
            all.any(|c| c.reason == "FailedGetScale" && c.status == "False")
        })
    })
    .await;
    cancel.cancel();
    running.await.expect("it ends");
}
