use std::time::Duration;

use skeg_api::core::v1::{
    Container, Node, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PersistentVolume,
    PersistentVolumeClaim, PersistentVolumeClaimVolumeSource, PodSchedulingGate, Volume,
    VolumeNodeAffinity,
};
use skeg_api::storage::v1::StorageClass;
use skeg_meta::ObjectMeta;
use skeg_runtime::testing::FakeApi;
use skeg_runtime::{Clock, EventApi, ManualClock};
use skeg_schema::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::*;

/// A scheduler over a server in memory.
struct Rig {
    api: FakeApi,
    clock: ManualClock,
    cancel: CancellationToken,
    running: JoinHandle<Result<(), Error>>,
}

impl Rig {
    fn start(api: &FakeApi, configuration: &str) -> Self {
        let (clock, cancel) = (ManualClock::new(), CancellationToken::new());
        let client = api.client();
        let recorder = EventRecorder::start(
            client.clone(),
            EventApi::Events,
            NAME,
            "test",
            clock.shared(),
            cancel.clone(),
        );
        let context = Context {
            informers: SharedInformerFactory::new(client.clone(), clock.shared(), cancel.clone()),
            client,
            recorder,
            clock: clock.shared(),
        };
        let head = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";
        let configuration = Configuration::parse(format!("{head}{configuration}").as_bytes());
        let configuration = configuration.expect("a configuration");
        let running = tokio::spawn(run_configured(context, configuration, cancel.clone()));
        Self {
            api: api.clone(),
            clock,
            cancel,
            running,
        }
    }

    async fn stop(self) {
        self.cancel.cancel();
        self.running.await.expect("it ends").expect("it ran");
    }
}

fn node(api: &FakeApi, name: &str) {
    let mut node = Node {
        metadata: ObjectMeta::named("", name),
        ..Node::default()
    };
    for (resource, amount) in [("cpu", "4"), ("memory", "8Gi"), ("pods", "110")] {
        let amount = amount.parse().expect("a quantity");
        node.status.allocatable.insert(resource.into(), amount);
    }
    api.put(&node);
}

fn pod(api: &FakeApi, name: &str, scheduler: &str) {
    let mut pod = Pod {
        metadata: ObjectMeta::named("a", name),
        ..Pod::default()
    };
    pod.spec.scheduler_name = scheduler.into();
    pod.spec.containers.push(Container::default());
    api.put(&pod);
}

fn place(api: &FakeApi, name: &str) -> String {
    api.get::<Pod>("a", name)
        .map(|pod| pod.spec.node_name.clone())
        .unwrap_or_default()
}

#[tokio::test]
async fn a_pod_is_scheduled_by_the_profile_it_names() {
    let api = FakeApi::new();
    for name in ["one", "two"] {
        node(&api, name);
    }
    let only_two = "profiles:\n- schedulerName: picky\n  pluginConfig:\n  - name: NodeAffinity\n    args:\n      addedAffinity:\n        requiredDuringSchedulingIgnoredDuringExecution:\n          nodeSelectorTerms:\n          - matchFields:\n            - {key: metadata.name, operator: In, values: [two]}\n";
    let rig = Rig::start(&api, only_two);
    pod(&api, "p", "picky");
    pod(&api, "of-another", "default-scheduler");
    api.until("it has its node", |api| !place(api, "p").is_empty())
        .await;
    assert_eq!(place(&api, "p"), "two");
    assert_eq!(place(&rig.api, "of-another"), "");
    rig.stop().await;
}

#[tokio::test]
async fn a_binding_is_tried_again() {
    let api = FakeApi::new();
    node(&api, "one");
    let rig = Rig::start(&api, "");
    let trouble = skeg_meta::Status::internal_error("not now");
    api.refuse("create", "pods", 3, trouble);
    pod(&api, "p", NAME);
    let began = rig.clock.now();
    while place(&api, "p").is_empty() {
        if rig.clock.sleepers() > 0 {
            rig.clock.advance(Duration::from_millis(1));
        }
        tokio::task::yield_now().await;
    }
    let tries = api.requests();
    let tries = tries.iter().filter(|one| one.starts_with("create pods"));
    assert_eq!(tries.count(), 4);
    // A pod that could not be bound would have to wait longer.
    let took = rig.clock.now().duration_since(began);
    assert!(took.as_millis() < 1000, "{took:?}");
    rig.stop().await;
}

/// An extender that keeps to one node, and what it was asked.
async fn extender(stays: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let notes = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let notes = notes.clone();
            tokio::spawn(async move {
                while let Some((path, body)) = request(&mut stream).await {
                    notes.lock().push(path.clone());
                    let answer = match path.as_str() {
                        "/ext/filter" => {
                            let all = body["nodenames"].as_array().cloned().unwrap_or_default();
                            let (fits, fails): (Vec<Value>, Vec<Value>) = all
                                .into_iter()
                                .partition(|name| name.as_str() == Some(stays));
                            let failed: skeg_schema::Object = fails
                                .iter()
                                .filter_map(Value::as_str)
                                .map(|name| (name.to_owned().into(), Value::from("not mine")))
                                .collect();
                            let failed = Value::Object(failed);
                            json!({"nodenames": fits, "failedNodes": failed, "error": ""})
                        }
                        _ => json!({"error": ""}),
                    };
                    let text = answer.to_string();
                    let head = format!(
                        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                        text.len()
                    );
                    let _ = stream.write_all(format!("{head}{text}").as_bytes()).await;
                }
            });
        }
    });
    (format!("http://{address}/ext"), asked)
}

/// The path and the body of the next request on a connection.
async fn request(stream: &mut tokio::net::TcpStream) -> Option<(String, Value)> {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let read = stream
            .read(&mut chunk)
            .await
            .ok()
            .filter(|read| *read > 0)?;
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| {
                line.to_lowercase()
                    .strip_prefix("content-length:")?
                    .trim()
                    .parse()
                    .ok()
            })
            .unwrap_or(0);
        if body.len() >= length {
            let path = head.split(' ').nth(1)?.to_owned();
            let body = skeg_schema::decode_json_any(body.as_bytes()).ok()?;
            return Some((path, body));
        }
    }
}

#[tokio::test]
async fn extenders_have_a_say() {
    let api = FakeApi::new();
    for name in ["one", "two", "three"] {
        node(&api, name);
    }
    let (url, asked) = extender("two").await;
    let configuration = format!(
        "extenders:\n- urlPrefix: {url}\n  filterVerb: filter\n  bindVerb: bind\n  nodeCacheCapable: true\n"
    );
    let rig = Rig::start(&api, &configuration);
    pod(&api, "p", NAME);
    let limit = Duration::from_secs(10);
    let bound = async {
        while !asked.lock().iter().any(|path| path == "/ext/bind") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(limit, bound)
        .await
        .expect("it is bound");
    assert_eq!(*asked.lock(), ["/ext/filter", "/ext/bind"]);
    rig.stop().await;
}

#[tokio::test]
async fn what_extenders_turn_down_is_told() {
    let api = FakeApi::new();
    for name in ["one", "two"] {
        node(&api, name);
    }
    let (url, _) = extender("nowhere").await;
    let configuration =
        format!("extenders:\n- urlPrefix: {url}\n  filterVerb: filter\n  nodeCacheCapable: true\n");
    let rig = Rig::start(&api, &configuration);
    pod(&api, "p", NAME);
    let told = |api: &FakeApi| {
        let pod = api.get::<Pod>("a", "p")?;
        let mut all = pod.status.conditions.iter();
        all.find(|c| c.type_ == "PodScheduled")
            .map(|c| c.message.clone())
    };
    api.until("it is told", |api| told(api).is_some()).await;
    assert_eq!(
        told(&api).unwrap_or_default(),
        "0/2 nodes are available: 2 not mine. preemption: 0/2 nodes are available: \
         2 No preemption victims found for incoming pod."
    );
    rig.stop().await;
}

#[tokio::test]
async fn an_extender_that_is_silent_is_told_or_left_out() {
    for (ignorable, expect) in [("true", "one"), ("false", "")] {
        let api = FakeApi::new();
        node(&api, "one");
        let configuration = format!(
            "extenders:\n- urlPrefix: http://127.0.0.1:1\n  filterVerb: filter\n  ignorable: {ignorable}\n"
        );
        let rig = Rig::start(&api, &configuration);
        pod(&api, "p", NAME);
        api.until("something came of it", |api| {
            let pod = api.get::<Pod>("a", "p").expect("it is there");
            !pod.spec.node_name.is_empty()
                || pod
                    .status
                    .conditions
                    .iter()
                    .any(|c| c.reason == "SchedulerError")
        })
        .await;
        assert_eq!(place(&api, "p"), expect);
        rig.stop().await;
    }
}

/// A claim whose volume must be made for the node of its pod.
fn waiting_claim(api: &FakeApi, name: &str) {
    let class = StorageClass {
        metadata: ObjectMeta::named("", "late"),
        provisioner: "nobody.example.com".into(),
        volume_binding_mode: Some("WaitForFirstConsumer".into()),
        ..StorageClass::default()
    };
    api.put(&class);
    let mut claim = PersistentVolumeClaim {
        metadata: ObjectMeta::named("a", name),
        ..PersistentVolumeClaim::default()
    };
    claim.spec.storage_class_name = Some("late".into());
    claim.spec.access_modes.push("ReadWriteOnce".into());
    api.put(&claim);
}

/// A pod with that claim.
fn claimant(api: &FakeApi) {
    let mut pod = Pod {
        metadata: ObjectMeta::named("a", "p"),
        ..Pod::default()
    };
    pod.spec.scheduler_name = NAME.into();
    pod.spec.containers.push(Container::default());
    pod.spec.volumes.push(Volume {
        name: "v".into(),
        persistent_volume_claim: Some(PersistentVolumeClaimVolumeSource {
            claim_name: "c".into(),
            ..Default::default()
        }),
        ..Default::default()
    });
    api.put(&pod);
}

fn nominated(api: &FakeApi) -> String {
    let pod = api.get::<Pod>("a", "p").expect("it is there");
    pod.status.nominated_node_name.clone()
}

/// What the scheduler says of its failure.
fn told(api: &FakeApi) -> Option<String> {
    let pod = api.get::<Pod>("a", "p").expect("it is there");
    let mut all = pod.status.conditions.iter();
    let found = all.find(|c| c.reason == "SchedulerError");
    found.map(|c| c.message.clone())
}

#[tokio::test]
async fn a_pod_whose_volume_will_not_come_is_tried_again() {
    type Change = fn(&FakeApi);
    let changes: [(Change, &str); 3] = [
        (
            |api| {
                let claim = api.get::<PersistentVolumeClaim>("a", "c").expect("a claim");
                let mut claim = PersistentVolumeClaim::clone(&claim);
                claim.metadata.annotations.clear();
                api.put(&claim);
            },
            "provisioning failed for PVC \"c\"",
        ),
        (
            |api| api.remove::<PersistentVolumeClaim>("a", "c"),
            "failed to check provisioning pvc: could not find v1.PersistentVolumeClaim \"a/c\"",
        ),
        (
            |api| api.remove::<Node>("", "one"),
            "failed to get node \"one\": node \"one\" not found",
        ),
    ];
    for (change, why) in changes {
        let api = FakeApi::new();
        node(&api, "one");
        waiting_claim(&api, "c");
        let rig = Rig::start(&api, "");
        claimant(&api);
        api.until("its node is chosen", |api| {
            let claim = api.get::<PersistentVolumeClaim>("a", "c").expect("a claim");
            !claim.metadata.annotations.is_empty()
        })
        .await;
        change(&api);
        api.until("the failure is told", |api| told(api).is_some())
            .await;
        let prefix = "running PreBind plugin \"VolumeBinding\": binding volumes: ";
        assert_eq!(told(&api), Some(format!("{prefix}{why}")));
        rig.stop().await;
    }
}

#[tokio::test]
async fn a_volume_that_came_elsewhere_holds_its_pod_back() {
    let api = FakeApi::new();
    node(&api, "one");
    waiting_claim(&api, "c");
    let rig = Rig::start(&api, "");
    claimant(&api);
    api.until("it is expected", |api| nominated(api) == "one")
        .await;
    let mut volume = PersistentVolume {
        metadata: ObjectMeta::named("", "far"),
        ..PersistentVolume::default()
    };
    let elsewhere = NodeSelectorRequirement {
        key: "kubernetes.io/hostname".into(),
        operator: "In".into(),
        values: vec!["two".into()],
    };
    let term = NodeSelectorTerm {
        match_expressions: vec![elsewhere],
        ..NodeSelectorTerm::default()
    };
    volume.spec.node_affinity = Some(VolumeNodeAffinity {
        required: Some(NodeSelector {
            node_selector_terms: vec![term],
        }),
    });
    api.put(&volume);
    let claim = api.get::<PersistentVolumeClaim>("a", "c").expect("a claim");
    let mut claim = PersistentVolumeClaim::clone(&claim);
    claim.spec.volume_name = "far".into();
    claim.status.phase = "Bound".into();
    let annotations = &mut claim.metadata.annotations;
    annotations.insert("pv.kubernetes.io/bind-completed".into(), "yes".into());
    api.put(&claim);
    api.until("the failure is told", |api| told(api).is_some())
        .await;
    assert_eq!(
        told(&api).unwrap_or_default(),
        "running PreBind plugin \"VolumeBinding\": binding volumes: pv \"far\" node affinity doesn't match node \"one\": no matching NodeSelectorTerms"
    );
    assert_eq!(place(&api, "p"), "");
    rig.stop().await;
}

#[tokio::test]
async fn a_pod_that_waits_for_its_volume_is_expected_on_its_node() {
    let api = FakeApi::new();
    node(&api, "one");
    waiting_claim(&api, "c");
    let rig = Rig::start(&api, "");
    claimant(&api);
    api.until("it is expected", |api| nominated(api) == "one")
        .await;
    // Nobody makes the volume.
    while told(&api).is_none() {
        if rig.clock.sleepers() > 0 {
            rig.clock.advance(Duration::from_secs(1));
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(
        told(&api).unwrap_or_default(),
        "running PreBind plugin \"VolumeBinding\": binding volumes: context deadline exceeded"
    );
    assert_eq!(nominated(&api), "");
    rig.stop().await;
}

/// A pod that wants so much CPU.
fn eater(api: &FakeApi, name: &str, cpu: &str, change: impl FnOnce(&mut Pod)) {
    let mut pod = Pod {
        metadata: ObjectMeta::named("a", name),
        ..Pod::default()
    };
    pod.spec.scheduler_name = NAME.into();
    let mut container = Container::default();
    let amount = cpu.parse().expect("a quantity");
    container.resources.requests.insert("cpu".into(), amount);
    pod.spec.containers.push(container);
    change(&mut pod);
    api.put(&pod);
}

fn is_refused(api: &FakeApi, name: &str) -> bool {
    let pod = api.get::<Pod>("a", name).expect("it is there");
    let mut all = pod.status.conditions.iter();
    all.any(|c| c.reason == "Unschedulable")
}

#[tokio::test]
async fn pods_are_tried_again_when_others_need_less() {
    type Change = fn(&FakeApi);
    let changes: [(&str, Change); 3] = [
        ("a promised pod goes", |api| {
            api.remove::<Pod>("a", "promised")
        }),
        ("a promise ends", |api| {
            let pod = api.get::<Pod>("a", "promised").expect("it is there");
            let mut pod = Pod::clone(&pod);
            pod.status.nominated_node_name = String::new();
            api.put(&pod);
        }),
        ("a running pod is made smaller", |api| {
            let one_less = |pod: &mut Pod| pod.spec.node_name = "one".into();
            eater(api, "running", "500m", one_less);
        }),
    ];
    for (what, change) in changes {
        let api = FakeApi::new();
        node(&api, "one");
        eater(&api, "running", "1", |pod| {
            pod.spec.node_name = "one".into()
        });
        // It waits for its gate, and its room is held all the same.
        eater(&api, "promised", "1", |pod| {
            pod.spec.priority = Some(300);
            pod.spec
                .scheduling_gates
                .push(PodSchedulingGate { name: "g".into() });
            pod.status.nominated_node_name = "one".into();
        });
        let rig = Rig::start(&api, "");
        eater(&api, "p", "2500m", |_| {});
        api.until("it has no room", |api| is_refused(api, "p"))
            .await;
        change(&api);
        for _ in 0..100_000 {
            if !place(&api, "p").is_empty() {
                break;
            }
            if rig.clock.sleepers() > 0 {
                rig.clock.advance(Duration::from_millis(20));
            }
            tokio::task::yield_now().await;
            // Long before all pods are tried again.
            let waited = rig.clock.monotonic() < crate::queue::UNSCHEDULABLE_MAX / 2;
            assert!(waited, "{what}");
        }
        assert_eq!(place(&api, "p"), "one", "{what}");
        rig.stop().await;
    }
}
