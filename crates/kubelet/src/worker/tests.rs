//! A worker over the runtime in memory.

use async_trait::async_trait;
use parking_lot::Mutex;
use skeg_api::core::v1::{ConfigMap, Secret, Service};
use skeg_cri::ErrorKind;
use skeg_cri::fake::Fake;

use super::*;
use crate::volumes::Token;

/// A cluster in which there is nothing but the pod.
struct Nothing;

#[async_trait]
impl Source for Nothing {
    async fn config_map(&self, _: &str, _: &str) -> Result<Option<Arc<ConfigMap>>, String> {
        Ok(None)
    }

    async fn secret(&self, _: &str, _: &str) -> Result<Option<Arc<Secret>>, String> {
        Ok(None)
    }

    async fn runtime_handler(&self, class: &str) -> Result<String, String> {
        Ok(class.to_owned())
    }

    async fn services(&self, _: &Pod) -> Result<Vec<Arc<Service>>, String> {
        Ok(vec![])
    }

    async fn token(&self, _: &Pod, _: &str, _: i64) -> Result<Token, String> {
        Err("no tokens here".into())
    }
}

/// Keeps what is written.
pub(crate) struct Written {
    pub(crate) status: watch::Sender<PodStatus>,
    /// By the pods' names.
    pub(crate) all: watch::Sender<BTreeMap<String, PodStatus>>,
    pub(crate) events: Mutex<Vec<&'static str>>,
    /// One after the other.
    pub(crate) writes: Mutex<Vec<PodStatus>>,
}

#[async_trait]
impl PodApi for Written {
    async fn write_status(&self, pod: &Pod, status: &PodStatus) -> Result<(), String> {
        self.writes.lock().push(status.clone());
        self.all.send_modify(|all| {
            all.insert(pod.metadata.name.clone(), status.clone());
        });
        self.status.send_replace(status.clone());
        Ok(())
    }

    async fn remove(&self, _: &Pod) -> Result<(), String> {
        Ok(())
    }

    fn event(&self, _: &Pod, _: Option<&str>, _: &'static str, reason: &'static str, _: String) {
        self.events.lock().push(reason);
    }
}

pub(crate) fn pod(policy: &str) -> Arc<Pod> {
    let mut pod = Pod::default();
    pod.metadata.name = "p".into();
    pod.metadata.namespace = "default".into();
    pod.metadata.uid = "u".into();
    pod.spec.restart_policy = policy.into();
    pod.spec.containers = vec![Container {
        name: "c".into(),
        image: "image:1".into(),
        image_pull_policy: "IfNotPresent".into(),
        ..Default::default()
    }];
    Arc::new(pod)
}

/// What a worker shares with the others, over this runtime.
pub(crate) fn shared(dir: &std::path::Path, runtime: &Fake, api: &Arc<Written>) -> Arc<Shared> {
    Arc::new(Shared {
        runtime: Arc::new(runtime.clone()),
        images: Arc::new(runtime.clone()),
        source: Arc::new(Nothing),
        api: api.clone(),
        pods_folder: dir.join("pods"),
        logs_folder: dir.join("logs"),
        seccomp_profiles: dir.join("seccomp"),
        host_ips: vec!["192.0.2.1".into()],
        allocatable: BTreeMap::new(),
        memory_capacity: 1 << 30,
        cluster_dns: vec![],
        cluster_domain: "cluster.local".into(),
        resolv: Resolv::parse(""),
    })
}

async fn run(
    runtime: &Fake,
    pod: Arc<Pod>,
    enough: impl Fn(&PodStatus) -> bool,
) -> (PodStatus, Vec<&'static str>) {
    let dir = tempfile::tempdir().unwrap();
    run_in(dir.path(), runtime, pod, enough).await
}

/// Runs the pod's worker until its status satisfies `enough`; gives the status and the events.
async fn run_in(
    dir: &std::path::Path,
    runtime: &Fake,
    pod: Arc<Pod>,
    enough: impl Fn(&PodStatus) -> bool,
) -> (PodStatus, Vec<&'static str>) {
    let (status, mut seen) = watch::channel(PodStatus::default());
    let api = Arc::new(Written {
        status,
        all: watch::Sender::default(),
        events: Mutex::default(),
        writes: Mutex::default(),
    });
    let (worker, _handle) = Worker::new(shared(dir, runtime, &api), pod, None);
    let cancel = CancellationToken::new();
    let running = tokio::spawn(worker.run(cancel.clone()));
    let found = tokio::time::timeout(Duration::from_secs(30), seen.wait_for(|s| enough(s)))
        .await
        .map(|found| found.unwrap().clone());
    cancel.cancel();
    running.await.unwrap();
    let status = found.unwrap_or_else(|_| panic!("{:#?}", seen.borrow().container_statuses));
    let events = api.events.lock().clone();
    (status, events)
}

#[tokio::test]
async fn what_cannot_be_started_waits_as_what_crashes_does() {
    let runtime = Fake::new();
    for _ in 0..2 {
        runtime.fail_next("start_container", ErrorKind::StartFailed, "no such file");
    }
    let waiting = |status: &PodStatus| {
        let state = status.container_statuses.first()?.state.waiting.clone()?;
        Some(state.reason)
    };
    let (status, events) = run(&runtime, pod("Always"), |status| {
        waiting(status).as_deref() == Some("CrashLoopBackOff")
    })
    .await;
    let container = &status.container_statuses[0];
    let message = &container.state.waiting.as_ref().unwrap().message;
    assert!(
        message.starts_with("back-off 10s restarting failed container=c"),
        "{message}"
    );
    let last = container.last_state.terminated.as_ref().unwrap();
    assert_eq!((last.exit_code, last.reason.as_str()), (128, "StartError"));
    assert_eq!(container.restart_count, 1, "the first restart is at once");
    assert_eq!(status.phase, "Running");
    assert!(events.contains(&"BackOff"), "{events:?}");
}

#[tokio::test]
async fn what_cannot_be_started_and_is_not_to_be_restarted_has_failed() {
    let runtime = Fake::new();
    runtime.fail_next("start_container", ErrorKind::StartFailed, "no such file");
    let (status, _) = run(&runtime, pod("Never"), |status| status.phase == "Failed").await;
    let ended = status.container_statuses[0]
        .state
        .terminated
        .clone()
        .unwrap();
    assert_eq!(
        (ended.exit_code, ended.reason.as_str()),
        (128, "StartError")
    );
    assert!(ended.message.contains("no such file"), "{}", ended.message);
}

#[tokio::test]
async fn the_files_of_a_sandbox_that_was_found_are_written_before_its_containers() {
    let runtime = Fake::new();
    let running = |status: &PodStatus| {
        let state = status.container_statuses.first();
        state.is_some_and(|container| container.state.running.is_some())
    };
    run(&runtime, pod("Always"), running).await;
    // The next kubelet finds the sandbox, and nothing that was written beside it.
    runtime.exit(&runtime.container("u", "c").unwrap().id, 1);
    let dir = tempfile::tempdir().unwrap();
    let (status, _) = run_in(dir.path(), &runtime, pod("Always"), |status| {
        running(status) && status.container_statuses[0].restart_count == 1
    })
    .await;
    let hosts = std::fs::read_to_string(dir.path().join("pods/u/etc-hosts")).unwrap();
    assert!(hosts.contains(&status.pod_ip), "{hosts}");
}

#[tokio::test(start_paused = true)]
async fn a_pod_that_ends_is_told_to_be_unready_when_its_probe_says_so() {
    let runtime = Fake::new();
    let ready = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let answer = ready.clone();
    runtime.on_exec(move |_, _| {
        Ok(skeg_cri::ExecResult {
            exit_code: i32::from(!answer.load(std::sync::atomic::Ordering::Relaxed)),
            ..Default::default()
        })
    });
    runtime.ignore_stop_signal("c");
    let mut pod = Pod::clone(&pod("Always"));
    let probe = skeg_api::core::v1::Probe {
        exec: Some(skeg_api::core::v1::ExecAction {
            command: vec!["ask".into()],
        }),
        period_seconds: 1,
        failure_threshold: 1,
        ..Default::default()
    };
    pod.spec.containers[0].readiness_probe = Some(Box::new(probe.clone()));
    pod.spec.containers[0].liveness_probe = Some(Box::new(probe));
    let (status, mut seen) = watch::channel(PodStatus::default());
    let api = Arc::new(Written {
        status,
        all: watch::Sender::default(),
        events: Mutex::default(),
        writes: Mutex::default(),
    });
    let dir = tempfile::tempdir().unwrap();
    let shared = shared(dir.path(), &runtime, &api);
    let (worker, handle) = Worker::new(shared, Arc::new(pod.clone()), None);
    let running = tokio::spawn(worker.run(CancellationToken::new()));
    let told = |status: &PodStatus, value: &str| {
        let mut conditions = status.conditions.iter();
        conditions.any(|one| one.type_ == "Ready" && one.status == value)
    };
    seen.wait_for(|status| told(status, "True")).await.unwrap();
    pod.metadata.deletion_timestamp = Some(Time::now());
    pod.metadata.deletion_grace_period_seconds = Some(30);
    handle
        .desired
        .send_modify(|desired| desired.pod = Arc::new(pod));
    while !api.events.lock().contains(&"Killing") {
        tokio::task::yield_now().await;
    }
    ready.store(false, std::sync::atomic::Ordering::Relaxed);
    let status = seen
        .wait_for(|status| told(status, "False"))
        .await
        .unwrap()
        .clone();
    assert_eq!(status.phase, "Running");
    assert!(status.container_statuses[0].state.running.is_some());
    running.await.unwrap();
    // Nobody asked whether it lives: it was killed once only.
    let kills = api
        .events
        .lock()
        .iter()
        .filter(|one| **one == "Killing")
        .count();
    assert_eq!(kills, 1);
}

#[tokio::test]
async fn pull_secrets_that_are_not_there_are_told() {
    let mut pod = Pod::clone(&pod("Always"));
    pod.spec.image_pull_secrets = ["", "gone"]
        .map(|name| skeg_api::core::v1::LocalObjectReference { name: name.into() })
        .to_vec();
    let (_, events) = run(&Fake::new(), Arc::new(pod), |status| {
        status.phase == "Running"
    })
    .await;
    assert!(
        events.contains(&"FailedToRetrieveImagePullSecret"),
        "{events:?}"
    );
}

#[tokio::test]
async fn another_image_does_not_wait_for_the_first() {
    let runtime = Fake::new();
    let mut pod = Pod::clone(&pod("Always"));
    pod.spec.containers[0].image_pull_policy = "Always".into();
    runtime.fail_next("pull_image", ErrorKind::NotFound, "no such image");
    let (status, mut seen) = watch::channel(PodStatus::default());
    let api = Arc::new(Written {
        status,
        all: watch::Sender::default(),
        events: Mutex::default(),
        writes: Mutex::default(),
    });
    let dir = tempfile::tempdir().unwrap();
    let shared = shared(dir.path(), &runtime, &api);
    let (worker, handle) = Worker::new(shared, Arc::new(pod.clone()), None);
    let cancel = CancellationToken::new();
    let running = tokio::spawn(worker.run(cancel.clone()));
    let waits = |status: &PodStatus| {
        let state = status.container_statuses.first().map(|one| &one.state);
        let waiting = state.and_then(|state| state.waiting.as_ref());
        waiting.is_some_and(|waiting| waiting.reason == "ErrImagePull")
    };
    seen.wait_for(waits).await.unwrap();
    pod.spec.containers[0].image = "image:2".into();
    handle
        .desired
        .send_modify(|desired| desired.pod = Arc::new(pod));
    // Half of what the first image has to wait.
    let runs = seen.wait_for(|status| status.phase == "Running");
    let runs = tokio::time::timeout(Duration::from_secs(5), runs).await;
    assert!(runs.is_ok(), "the new image waits");
    cancel.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn a_replaced_container_is_told_when_the_next_one_runs() {
    let runtime = Fake::new();
    let (status, mut seen) = watch::channel(PodStatus::default());
    let api = Arc::new(Written {
        status,
        all: watch::Sender::default(),
        events: Mutex::default(),
        writes: Mutex::default(),
    });
    let dir = tempfile::tempdir().unwrap();
    let mut pod = Pod::clone(&pod("Always"));
    let (worker, handle) = Worker::new(
        shared(dir.path(), &runtime, &api),
        Arc::new(pod.clone()),
        None,
    );
    let cancel = CancellationToken::new();
    let running = tokio::spawn(worker.run(cancel.clone()));
    let runs = |image: &'static str| {
        move |status: &PodStatus| {
            let one = status.container_statuses.first();
            one.is_some_and(|one| one.image == image && one.state.running.is_some())
        }
    };
    seen.wait_for(runs("image:1")).await.unwrap();
    let before = api.writes.lock().len();
    pod.spec.containers[0].image = "image:2".into();
    handle
        .desired
        .send_modify(|desired| desired.pod = Arc::new(pod));
    seen.wait_for(runs("image:2")).await.unwrap();
    // The image had to be pulled first: nobody is told of a container that is gone.
    let between = api.writes.lock()[before..].to_vec();
    assert!(between.iter().all(runs("image:2")), "{between:#?}");
    cancel.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn what_was_over_is_not_begun_anew() {
    let runtime = Fake::new();
    let mut pod = Pod::clone(&pod("Always"));
    pod.status.phase = "Failed".into();
    pod.status.reason = "OutOfcpu".into();
    let api = Arc::new(Written {
        status: watch::channel(PodStatus::default()).0,
        all: watch::Sender::default(),
        events: Mutex::default(),
        writes: Mutex::default(),
    });
    let dir = tempfile::tempdir().unwrap();
    let shared = shared(dir.path(), &runtime, &api);
    let (mut worker, _handle) = Worker::new(shared, Arc::new(pod.clone()), None);
    assert_eq!(worker.sync(&Arc::new(pod)).await, None);
    let sandboxes = runtime.list_sandboxes(&SandboxFilter::default()).await;
    assert!(sandboxes.unwrap().is_empty());
    assert!(api.events.lock().is_empty());
}

#[tokio::test]
async fn isolation_that_is_not_there_is_not_done_without() {
    let (dir, runtime) = (tempfile::tempdir().unwrap(), Fake::new());
    let api = Arc::new(Written {
        status: watch::channel(PodStatus::default()).0,
        all: watch::Sender::default(),
        events: Mutex::default(),
        writes: Mutex::default(),
    });
    let mut pod = Pod::clone(&pod("Always"));
    for (class, expect) in [
        (None, Ok(())),
        (Some("runc"), Ok(())),
        (
            Some("gvisor"),
            Err("no runtime for \"gvisor\" is configured".to_owned()),
        ),
    ] {
        pod.spec.runtime_class_name = class.map(Into::into);
        let pod = Arc::new(pod.clone());
        let (mut worker, _handle) =
            Worker::new(shared(dir.path(), &runtime, &api), pod.clone(), None);
        assert_eq!(worker.run_sandbox(&pod, 0).await, expect, "{class:?}");
    }
}

#[tokio::test]
async fn sidecars_end_in_order_when_the_others_are_through() {
    let runtime = Fake::new();
    runtime.exit_at_start("c", Some(0));
    let mut pod = Pod::clone(&pod("Never"));
    let mut side = pod.spec.containers[0].clone();
    side.restart_policy = Some("Always".into());
    for name in ["one", "two"] {
        side.name = name.into();
        pod.spec.init_containers.push(side.clone());
    }
    let (status, events) = run(&runtime, Arc::new(pod), |status| {
        status.phase == "Succeeded"
    })
    .await;
    assert!(events.contains(&"Killing"), "{events:?}");
    let ended = status.init_container_statuses.iter();
    assert!(ended.clone().count() == 2, "{status:?}");
    let calls = runtime.calls();
    let stops: Vec<&String> = calls
        .iter()
        .filter(|call| call.starts_with("stop_"))
        .collect();
    let expect = [
        "stop_container two",
        "stop_container one",
        "stop_sandbox sandbox0001",
    ];
    assert_eq!(stops, expect);
}

#[tokio::test]
async fn a_pod_that_ends_is_hurried_by_less_grace_alone() {
    let mut pod = Pod::clone(&pod("Always"));
    pod.metadata.deletion_grace_period_seconds = Some(30);
    let desired = |pod: &Pod, removed| Desired {
        pod: Arc::new(pod.clone()),
        resize: None,
        removed,
    };
    let known = desired(&pod, false);
    let (to, mut changes) = watch::channel(known.clone());
    let mut urgent = std::pin::pin!(became_urgent(&mut changes, &known));
    assert!(futures::poll!(&mut urgent).is_pending());
    pod.metadata.labels.insert("a".into(), "b".into());
    to.send_replace(desired(&pod, false));
    assert!(futures::poll!(&mut urgent).is_pending());
    pod.metadata.deletion_grace_period_seconds = Some(5);
    to.send_replace(desired(&pod, false));
    assert!(futures::poll!(&mut urgent).is_ready());
}

#[test]
fn instances_leave_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["1.log", "1.log.1", "10.log", "words"] {
        std::fs::write(dir.path().join(name), "x").unwrap();
    }
    remove_traces(&dir.path().join("1.log"), Some(&dir.path().join("words")));
    let left = std::fs::read_dir(dir.path()).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["10.log"]);
}
