//! Pods beside each other on a node that has two cores and a gibibyte.

use super::*;
use crate::worker::tests::{Written, pod, shared};
use skeg_api::core::v1::{ContainerResizePolicy, PodStatus};
use skeg_cri::fake::Fake;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::watch;

struct Node {
    runtime: Fake,
    api: Arc<Written>,
    seen: watch::Receiver<BTreeMap<String, PodStatus>>,
    changes: mpsc::Sender<PodChange>,
    cancel: CancellationToken,
    dir: tempfile::TempDir,
}

impl Node {
    fn start(runtime: &Fake, dir: tempfile::TempDir) -> Self {
        let all = watch::Sender::new(BTreeMap::new());
        let seen = all.subscribe();
        let api = Arc::new(Written {
            status: watch::Sender::default(),
            all,
            events: Mutex::default(),
            writes: Mutex::default(),
        });
        let mut of_all = shared(dir.path(), runtime, &api);
        let node = r#"{"cpu": "2", "memory": "1Gi", "pods": "10"}"#;
        Arc::get_mut(&mut of_all).unwrap().allocatable = serde_json::from_str(node).unwrap();
        let (changes, receiver) = mpsc::channel(8);
        let cancel = CancellationToken::new();
        tokio::spawn(Manager::new(of_all).run(receiver, cancel.clone()));
        Self {
            runtime: runtime.clone(),
            api,
            seen,
            changes,
            cancel,
            dir,
        }
    }

    async fn tell(&self, pod: &Pod) {
        let change = PodChange::Upsert(Arc::new(pod.clone()));
        self.changes.send(change).await.unwrap();
    }

    async fn sees(&mut self, name: &str, what: impl Fn(&PodStatus) -> bool) -> PodStatus {
        let found = self.seen.wait_for(|all| all.get(name).is_some_and(&what));
        let found = tokio::time::timeout(Duration::from_secs(30), found).await;
        let found = found.map(|found| found.unwrap()[name].clone());
        found.unwrap_or_else(|_| panic!("{:#?}", self.seen.borrow()))
    }

    fn events(&self, of: &str) -> Vec<&'static str> {
        let events = self.api.events.lock();
        let about = events.iter().filter(|reason| reason.starts_with(of));
        about.copied().collect()
    }
}

fn asking(uid: &str, cpu: &str) -> Pod {
    let mut pod = Pod::clone(&pod("Always"));
    pod.metadata.uid = uid.into();
    pod.metadata.name = uid.into();
    resize(&mut pod, cpu);
    pod
}

fn resize(pod: &mut Pod, cpu: &str) {
    let resources = &mut pod.spec.containers[0].resources;
    for list in [&mut resources.requests, &mut resources.limits] {
        list.insert("cpu".into(), cpu.parse().unwrap());
    }
    pod.metadata.generation += 1;
}

/// What the status says that the container has, and how often it was started again.
fn has(status: &PodStatus) -> Option<(String, i32)> {
    let container = status.container_statuses.first()?;
    container.state.running.as_ref()?;
    let cpu = container.resources.as_ref()?.limits.get("cpu")?.to_string();
    Some((cpu, container.restart_count))
}

fn condition<'a>(status: &'a PodStatus, name: &str) -> Option<&'a str> {
    let found = status.conditions.iter().find(|held| held.type_ == name)?;
    Some(&found.reason)
}

#[tokio::test]
async fn running_containers_are_resized() {
    let runtime = Fake::new();
    let mut node = Node::start(&runtime, tempfile::tempdir().unwrap());
    let mut pod = asking("a", "500m");
    node.tell(&pod).await;
    node.sees("a", |status| has(status) == Some(("500m".into(), 0)))
        .await;
    resize(&mut pod, "1");
    node.tell(&pod).await;
    let status = node
        .sees("a", |status| has(status) == Some(("1".into(), 0)))
        .await;
    assert_eq!(condition(&status, "PodResizeInProgress"), None);
    let allocated = &status.container_statuses[0].allocated_resources;
    assert_eq!(allocated["cpu"].to_string(), "1");
    let given = node.runtime.container("a", "c").unwrap().resources;
    assert_eq!(
        (given.cpu_shares, given.cpu_quota_us),
        (Some(1024), Some(100_000))
    );
    assert_eq!(node.events("Resize"), ["ResizeStarted", "ResizeCompleted"]);
    // Its own wish is that it starts anew.
    pod.spec.containers[0].resize_policy = vec![ContainerResizePolicy {
        resource_name: "cpu".into(),
        restart_policy: "RestartContainer".into(),
    }];
    resize(&mut pod, "250m");
    node.tell(&pod).await;
    node.sees("a", |status| has(status) == Some(("250m".into(), 1)))
        .await;
    node.cancel.cancel();
}

#[tokio::test]
async fn a_resize_waits_for_room() {
    let runtime = Fake::new();
    let mut node = Node::start(&runtime, tempfile::tempdir().unwrap());
    let mut other = asking("b", "1");
    node.tell(&other).await;
    node.sees("b", |status| has(status).is_some()).await;
    let mut pod = asking("a", "500m");
    node.tell(&pod).await;
    node.sees("a", |status| has(status) == Some(("500m".into(), 0)))
        .await;
    resize(&mut pod, "1500m");
    node.tell(&pod).await;
    let status = node
        .sees("a", |status| {
            condition(status, "PodResizePending") == Some("Deferred")
        })
        .await;
    assert_eq!(has(&status), Some(("500m".into(), 0)));
    assert_eq!(
        status.conditions[0].message,
        "Node didn't have enough resource: cpu, requested: 1500, used: 1000, capacity: 2000"
    );
    // The kubelet starts anew, and gives nothing that it had not given before.
    node.cancel.cancel();
    let mut node = Node::start(&runtime, node.dir);
    node.tell(&other).await;
    node.sees("b", |status| has(status) == Some(("1".into(), 0)))
        .await;
    pod.status = status;
    node.tell(&pod).await;
    resize(&mut other, "500m");
    node.tell(&other).await;
    let status = node
        .sees("a", |status| has(status) == Some(("1500m".into(), 0)))
        .await;
    assert_eq!(condition(&status, "PodResizePending"), None);
    resize(&mut pod, "3");
    node.tell(&pod).await;
    let status = node
        .sees("a", |status| {
            condition(status, "PodResizePending") == Some("Infeasible")
        })
        .await;
    assert_eq!(has(&status), Some(("1500m".into(), 0)));
    assert!(node.events("Resize").contains(&"ResizeInfeasible"));
    node.cancel.cancel();
}

#[tokio::test]
async fn what_the_runtime_refuses_is_told() {
    let runtime = Fake::new();
    let mut node = Node::start(&runtime, tempfile::tempdir().unwrap());
    let mut pod = asking("a", "500m");
    node.tell(&pod).await;
    node.sees("a", |status| has(status).is_some()).await;
    let kind = skeg_cri::ErrorKind::Internal;
    runtime.fail_next("update_container_resources", kind, "busy");
    resize(&mut pod, "1");
    node.tell(&pod).await;
    let status = node
        .sees("a", |status| {
            condition(status, "PodResizeInProgress") == Some("Error")
        })
        .await;
    assert_eq!(has(&status), Some(("500m".into(), 0)));
    assert!(status.conditions[0].message.contains("busy"), "{status:?}");
    assert_eq!(node.events("Resize"), ["ResizeStarted", "ResizeError"]);
    node.cancel.cancel();
}
