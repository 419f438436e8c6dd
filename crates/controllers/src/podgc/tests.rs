//! The collector of pods against a server, in virtual time.

use skeg_runtime::ManualClock;
use skeg_runtime::testing::FakeApi;
use tokio_util::sync::CancellationToken;

use super::*;

fn pod(name: &str, node: &str) -> Pod {
    let mut pod = Pod::default();
    pod.metadata.name = name.into();
    pod.metadata.namespace = "ns".into();
    pod.metadata.finalizers = vec!["example.com/hold".into()];
    pod.spec.node_name = node.into();
    pod.status.phase = "Running".into();
    pod
}

fn phase(api: &FakeApi, name: &str) -> String {
    api.get::<Pod>("ns", name)
        .expect("it is held")
        .status
        .phase
        .clone()
}

#[tokio::test]
async fn pods_of_a_node_that_is_gone_fail_and_go() {
    let (api, clock, cancel) = (FakeApi::new(), ManualClock::new(), CancellationToken::new());
    let mut node = Node::default();
    node.metadata.name = "here".into();
    api.put(&node);
    api.put(&pod("lost", "gone"));
    api.put(&pod("fine", "here"));
    let running = tokio::spawn(run(Context::for_client(
        api.client(),
        clock.shared(),
        cancel.clone(),
    )));
    while clock.sleepers() == 0 {
        tokio::task::yield_now().await;
    }
    clock.advance(QUARANTINE);
    let ending = |api: &FakeApi| {
        api.get::<Pod>("ns", "lost")
            .is_some_and(|pod| pod.metadata.is_deleting())
    };
    api.until("the pod is told to go", ending).await;
    assert_eq!(phase(&api, "lost"), "Failed");
    let lost = api.get::<Pod>("ns", "lost").expect("it is held");
    assert_eq!(lost.status.conditions[0].reason, "DeletionByPodGC");
    assert_eq!(phase(&api, "fine"), "Running");
    cancel.cancel();
    running.await.expect("it ends");
}

#[tokio::test]
async fn a_going_pod_without_a_node_fails() {
    let (api, clock, cancel) = (FakeApi::new(), ManualClock::new(), CancellationToken::new());
    let mut going = pod("going", "");
    going.metadata.deletion_timestamp = Some(skeg_meta::Time::now());
    api.put(&going);
    let running = tokio::spawn(run(Context::for_client(
        api.client(),
        clock.shared(),
        cancel.clone(),
    )));
    while clock.sleepers() == 0 {
        tokio::task::yield_now().await;
    }
    clock.advance(PAUSE);
    api.until("the pod has failed", |api| phase(api, "going") == "Failed")
        .await;
    cancel.cancel();
    running.await.expect("it ends");
}
