//! Pods by script, and hollow nodes by the thousand.

use std::sync::Arc;
use std::time::Duration;

use skeg_api::core::v1::{ConfigMap, Event, Node, Pod};
use skeg_api::resource::v1::{DeviceTaintRule, ResourceClaim};
use skeg_client::{Api, ListOptions};
use skeg_testkit::{Cluster, NodeSpec, PodScript};

use crate::support::{deployment, map, pod, still};

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
async fn a_resized_pod_has_what_it_asks_for() {
    let cluster = still().await;
    let asks = "{name: main, image: hello, resources: {limits: {cpu: 1}}}";
    let wanted = pod("grown", "").replace("{name: main, image: hello}", asks);
    cluster.apply(&wanted).await.unwrap();
    let has = |pod: &Pod| {
        let status = pod.status.container_statuses.first()?;
        let limits = &status.resources.as_ref()?.limits;
        Some((
            limits["cpu"].to_string(),
            status.allocated_resources["cpu"].to_string(),
        ))
    };
    let mut held = cluster
        .expect::<Pod>("grown")
        .to(move |pod| has(pod) == Some(("1".into(), "1".into())))
        .await
        .unwrap();
    let resources = &mut Arc::make_mut(&mut held).spec.containers[0].resources;
    for list in [&mut resources.limits, &mut resources.requests] {
        list.insert("cpu".into(), "2".parse().unwrap());
    }
    let pods = Api::<Pod>::namespaced(cluster.client(), "default");
    pods.update_resize(held).await.unwrap();
    cluster
        .expect::<Pod>("grown")
        .to(move |pod| has(pod) == Some(("2".into(), "2".into())))
        .await;
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

/// What a kubelet has told of a pod, each once and in order: reason and message.
async fn told(cluster: &Cluster, pod: &str) -> Vec<(String, String)> {
    let events = Api::<Event>::namespaced(cluster.client(), "default");
    let mut events = events.list(&ListOptions::default()).await.unwrap().items;
    events.retain(|event| event.involved_object.name == pod && event.source.component == "kubelet");
    let serial = |event: &Event| {
        let serial = event.metadata.name.rsplit('.').next();
        u64::from_str_radix(serial.unwrap_or_default(), 16).unwrap()
    };
    events.sort_by_key(|event| serial(event));
    let told = |event: &Arc<Event>| (event.reason.clone(), event.message.clone());
    events.iter().map(told).collect()
}

fn reasons(told: &[(String, String)]) -> Vec<&str> {
    told.iter().map(|(reason, _)| reason.as_str()).collect()
}

#[tokio::test]
async fn a_kubelet_tells_of_its_pods() {
    let cluster = still().await;
    cluster.apply(&pod("web", "")).await.unwrap();
    let pods = Api::<Pod>::namespaced(cluster.client(), "default");
    cluster.expect::<Pod>("web").to(is_ready).await;
    pods.delete("web", &Default::default()).await.unwrap();
    cluster.expect_gone::<Pod>("web").await;
    cluster.settle().await.unwrap();
    let web = told(&cluster, "web").await;
    let expect = ["Pulling", "Pulled", "Created", "Started", "Killing"];
    assert_eq!(reasons(&web), expect, "{web:?}");
    let events = Api::<Event>::namespaced(cluster.client(), "default");
    let events = events.list(&ListOptions::default()).await.unwrap().items;
    let mut events = events.iter();
    let started = events.find(|event| event.reason == "Started").unwrap();
    assert_eq!(started.involved_object.field_path, "spec.containers{main}");
    assert_eq!(started.source.host, "node-1");
    assert_eq!(started.type_, "Normal");
}

#[tokio::test]
async fn a_pull_that_fails_is_tried_again_later_and_later() {
    let cluster = still().await;
    let script = PodScript::named("pull").image_pull_error_for(Duration::from_secs(60));
    cluster.kubelet().script(script);
    cluster.apply(&pod("pull", "")).await.unwrap();
    let begun = cluster.now();
    cluster.settle().await.unwrap();
    let pods = Api::<Pod>::namespaced(cluster.client(), "default");
    // Pulled at 0, 10, 30 and 70 seconds, and shown for one.
    for (second, reason) in [
        (0, "ErrImagePull"),
        (1, "ImagePullBackOff"),
        (10, "ErrImagePull"),
        (12, "ImagePullBackOff"),
        (30, "ErrImagePull"),
        (69, "ImagePullBackOff"),
    ] {
        cluster
            .advance_to(begun + Duration::from_secs(second))
            .await
            .unwrap();
        let pod = pods.get("pull").await.unwrap();
        assert_eq!(waits_for(&pod), reason, "after {second} s");
        assert_eq!(pod.status.phase, "Pending");
    }
    cluster.expect::<Pod>("pull").to(is_ready).await;
    assert_eq!(cluster.now().duration_since(begun).as_secs(), 70);
    cluster.settle().await.unwrap();
    let said = told(&cluster, "pull").await;
    let message = |reason: &str| {
        let mut said = said.iter().filter(|(of, _)| of == reason);
        said.next().unwrap().1.clone()
    };
    assert_eq!(message("BackOff"), "Back-off pulling image \"hello\"");
    assert!(message("Failed").starts_with("Failed to pull image \"hello\": "));
}

#[tokio::test]
async fn a_pod_fails_at_its_deadline() {
    let cluster = still().await;
    let yaml = pod("brief", "  activeDeadlineSeconds: 90");
    cluster.apply(&yaml).await.unwrap();
    let begun = cluster.now();
    cluster.expect::<Pod>("brief").to(is_ready).await;
    let failed = cluster
        .expect::<Pod>("brief")
        .to(|pod| pod.status.phase == "Failed")
        .await
        .unwrap();
    assert_eq!(cluster.now().duration_since(begun).as_secs(), 90);
    assert_eq!(failed.status.reason, "DeadlineExceeded");
    assert_eq!(
        failed.status.message,
        "Pod was active on the node longer than the specified deadline"
    );
    let mut conditions = failed.status.conditions.iter();
    assert!(!conditions.any(|held| held.type_ == "DisruptionTarget"));
    cluster.settle().await.unwrap();
    let said = told(&cluster, "brief").await;
    assert!(reasons(&said).contains(&"DeadlineExceeded"), "{said:?}");
}

#[tokio::test]
async fn pods_wait_for_what_they_refer_to() {
    let cluster = still().await;
    let refers = "
apiVersion: v1
kind: Pod
metadata: {name: refers}
spec:
  containers:
  - name: main
    image: hello
    env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: a}}}]
---
apiVersion: v1
kind: Pod
metadata: {name: mounts}
spec:
  containers: [{name: main, image: hello}]
  volumes: [{name: files, secret: {secretName: files}}]
";
    cluster.apply(refers).await.unwrap();
    cluster.settle().await.unwrap();
    let pods = Api::<Pod>::namespaced(cluster.client(), "default");
    let check = |pod: &Pod, reason: &str, message: &str| {
        let state = &pod.status.container_statuses[0].state;
        let waiting = state.waiting.as_ref().unwrap();
        assert_eq!((&*waiting.reason, &*waiting.message), (reason, message));
    };
    let error = "CreateContainerConfigError";
    let pod = pods.get("refers").await.unwrap();
    check(&pod, error, "configmap \"settings\" not found");
    let pod = pods.get("mounts").await.unwrap();
    check(&pod, "ContainerCreating", "");
    let said = told(&cluster, "mounts").await;
    let text = "MountVolume.SetUp failed for volume \"files\" : secret \"files\" not found";
    assert_eq!(said, [("FailedMount".to_owned(), text.to_owned())]);

    let maps = Api::<ConfigMap>::namespaced(cluster.client(), "default");
    maps.create(map("default", "settings")).await.unwrap();
    cluster.settle().await.unwrap();
    let pod = pods.get("refers").await.unwrap();
    let text = "couldn't find key a in ConfigMap default/settings";
    check(&pod, error, text);
    let rest = "
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: b}
---
apiVersion: v1
kind: Secret
metadata: {name: files}
";
    cluster.apply(rest).await.unwrap();
    cluster.expect::<Pod>("refers").to(is_ready).await;
    cluster.expect::<Pod>("mounts").to(is_ready).await;
    cluster.settle().await.unwrap();
    let said = told(&cluster, "refers").await;
    let failed = said.iter().filter(|(reason, _)| reason == "Failed").count();
    assert_eq!(failed, 2, "{said:?}");
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
