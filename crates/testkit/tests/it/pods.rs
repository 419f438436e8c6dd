//! Pods by script, and hollow nodes by the thousand.

use std::time::Duration;

use skeg_api::core::v1::{Node, Pod};
use skeg_api::resource::v1::{DeviceTaintRule, ResourceClaim};
use skeg_client::{Api, ListOptions};
use skeg_testkit::{Cluster, NodeSpec, PodScript};

use crate::support::{deployment, pod, still};

fn is_ready(pod: &Pod) -> bool {
    let mut conditions = pod.status.conditions.iter();
    conditions.any(|held| held.type_ == "Ready" && held.status == "True")
}

fn waits_for(pod: &Pod) -> &str {
    let status = pod.status.container_statuses.first();
    let waiting = status.and_then(|status| status.state.waiting.as_ref());
    waiting.map_or("", |waiting| &waiting.reason)
}

#[tokio::test]
async fn a_pod_is_ready_after_three_seconds() {
    let cluster = still().await;
    let script = PodScript::labels("app=slow").ready_after(Duration::from_secs(3));
    cluster.kubelet().script(script);
    cluster.apply(&pod("slow", "")).await.unwrap();
    let begun = cluster.now();
    cluster
        .expect::<Pod>("slow")
        .to(|pod| pod.status.phase == "Running")
        .await;
    assert_eq!(cluster.now(), begun);
    cluster.expect::<Pod>("slow").to(is_ready).await;
    assert_eq!(cluster.now().duration_since(begun).as_secs(), 3);
}

#[tokio::test]
async fn a_pod_crashes_twice_and_runs() {
    let cluster = still().await;
    cluster
        .kubelet()
        .script(PodScript::named("flaky").crashes(2, 2));
    cluster.apply(&pod("flaky", "")).await.unwrap();
    cluster
        .expect::<Pod>("flaky")
        .to(|pod| waits_for(pod) == "CrashLoopBackOff")
        .await;
    let stable = cluster
        .expect::<Pod>("flaky")
        .to(|pod| is_ready(pod) && pod.status.container_statuses[0].restart_count == 2)
        .await
        .unwrap();
    let last = stable.status.container_statuses[0]
        .last_state
        .terminated
        .as_ref();
    assert_eq!(last.unwrap().exit_code, 2);
}

#[tokio::test]
async fn pods_that_never_get_far() {
    let cluster = still().await;
    let kubelet = cluster.kubelet();
    kubelet.script(PodScript::named("pull").image_pull_error());
    kubelet.script(PodScript::named("never").never_ready());
    kubelet.script(PodScript::named("oom").out_of_memory(99));
    kubelet.script(PodScript::named("evict").evicted_after(Duration::from_secs(30), "no memory"));
    for name in ["pull", "never", "oom", "evict"] {
        cluster.apply(&pod(name, "")).await.unwrap();
    }
    cluster
        .expect::<Pod>("pull")
        .to(|pod| waits_for(pod) == "ErrImagePull")
        .await;
    cluster
        .expect::<Pod>("oom")
        .to(|pod| {
            let last = &pod.status.container_statuses[0].last_state;
            last.terminated
                .as_ref()
                .is_some_and(|ended| ended.reason == "OOMKilled")
        })
        .await;
    let evicted = cluster
        .expect::<Pod>("evict")
        .to(|pod| pod.status.reason == "Evicted")
        .await
        .unwrap();
    assert_eq!(evicted.status.phase, "Failed");
    let name = |pod: &Pod| matches!(pod.metadata.name.as_str(), "never" | "pull");
    cluster
        .never::<Pod>("default", move |pod| name(pod) && is_ready(pod))
        .within(Duration::from_secs(600))
        .await;
}

#[tokio::test]
async fn a_pod_ends_within_its_grace() {
    let cluster = still().await;
    let script = PodScript::named("slow").stops_after(Duration::from_secs(20));
    cluster.kubelet().script(script);
    cluster.apply(&pod("slow", "")).await.unwrap();
    cluster.expect::<Pod>("slow").to(is_ready).await;
    let pods = Api::<Pod>::namespaced(cluster.client(), "default");
    pods.delete("slow", &Default::default()).await.unwrap();
    let begun = cluster.now();
    cluster.expect_gone::<Pod>("slow").await;
    assert_eq!(cluster.now().duration_since(begun).as_secs(), 20);
}

#[tokio::test]
async fn nodes_are_as_they_are_made() {
    let node = NodeSpec::named("big")
        .label("disk", "ssd")
        .capacity("cpu", "128")
        .taint("only", "db", "NoSchedule");
    let cluster = Cluster::builder()
        .nodes(0)
        .node(node)
        .start()
        .await
        .unwrap();
    cluster.apply(&pod("none", "")).await.unwrap();
    cluster.expect_event("FailedScheduling").await;
    let more = "  tolerations: [{key: only, operator: Exists}]\n  nodeSelector: {disk: ssd}\n";
    cluster.apply(&pod("db", more)).await.unwrap();
    let db = cluster.expect::<Pod>("db").to(is_ready).await.unwrap();
    assert_eq!(db.spec.node_name, "big");
    cluster
        .kubelet()
        .trouble("big", "MemoryPressure", "KubeletHasInsufficientMemory")
        .await
        .unwrap();
    cluster
        .expect::<Node>("big")
        .to(|node| {
            node.spec
                .taints
                .iter()
                .any(|taint| taint.key.ends_with("memory-pressure"))
        })
        .await;
}

#[tokio::test]
async fn two_thousand_pods_on_a_thousand_nodes() {
    let cluster = Cluster::builder()
        .virtual_time()
        .nodes(1000)
        .start()
        .await
        .unwrap();
    for number in 0..5 {
        cluster
            .apply(&deployment(&format!("web-{number}"), 400))
            .await
            .unwrap();
    }
    cluster.settle().await.unwrap();
    cluster.advance(Duration::from_secs(120)).await.unwrap();
    let pods = Api::<Pod>::namespaced(cluster.client(), "default");
    let pods = pods.list(&ListOptions::default()).await.unwrap().items;
    assert_eq!(pods.len(), 2000);
    assert!(pods.iter().all(|pod| is_ready(pod)));
    let nodes = Api::<Node>::all(cluster.client());
    let nodes = nodes.list(&ListOptions::default()).await.unwrap().items;
    let well = |node: &Node| {
        let mut conditions = node.status.conditions.iter();
        conditions.any(|held| held.type_ == "Ready" && held.status == "True")
    };
    assert_eq!(nodes.iter().filter(|node| well(node)).count(), 1000);
}

#[tokio::test]
async fn a_pod_goes_when_a_rule_taints_its_device() {
    let cluster = still().await;
    cluster
        .apply(
            "
apiVersion: resource.k8s.io/v1
kind: DeviceClass
metadata: {name: gpu}
spec: {}
---
apiVersion: resource.k8s.io/v1
kind: ResourceSlice
metadata: {name: slice}
spec:
  driver: gpu.example.com
  allNodes: true
  pool: {name: pool, generation: 1, resourceSliceCount: 1}
  devices: [{name: first}]
---
apiVersion: resource.k8s.io/v1
kind: ResourceClaim
metadata: {name: claim}
spec: {devices: {requests: [{name: one, exactly: {deviceClassName: gpu}}]}}
",
        )
        .await
        .unwrap();
    let claims = "  resourceClaims: [{name: device, resourceClaimName: claim}]";
    cluster.apply(&pod("user", claims)).await.unwrap();
    cluster.expect::<Pod>("user").to(is_ready).await;
    let rule = |name: &str, effect: &str| {
        format!(
            "
apiVersion: resource.k8s.io/v1
kind: DeviceTaintRule
metadata: {{name: {name}}}
spec:
  deviceSelector: {{driver: gpu.example.com}}
  taint: {{key: broken, effect: {effect}, timeAdded: '{:.0}'}}
",
            cluster.now()
        )
    };
    let said = |rule: &DeviceTaintRule| {
        let condition = rule.status.conditions.first();
        condition.map(|held| (held.reason.clone(), held.message.clone()))
    };
    cluster.apply(&rule("would", "None")).await.unwrap();
    let would = cluster
        .expect::<DeviceTaintRule>("would")
        .to(move |rule| said(rule).is_some())
        .await
        .unwrap();
    let (reason, message) = said(&would).unwrap();
    assert_eq!(reason, "NoEffect");
    assert!(
        message.contains(" 1 pod would be evicted in 1 namespace "),
        "{message}"
    );
    cluster.apply(&rule("does", "NoExecute")).await.unwrap();
    cluster.expect_gone::<Pod>("user").await;
    let does = cluster
        .expect::<DeviceTaintRule>("does")
        .to(move |rule| said(rule).is_some_and(|(reason, _)| reason == "Completed"))
        .await
        .unwrap();
    let (_, message) = said(&does).unwrap();
    assert_eq!(message, "1 pod evicted since starting the controller.");
    // The device is free again.
    cluster
        .expect::<ResourceClaim>("claim")
        .to(|claim| claim.status.allocation.is_none())
        .await;
}
