//! The workload controllers together, against a server in memory.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use skeg_api::apps::v1::{ControllerRevision, Deployment, ReplicaSet, StatefulSet};
use skeg_api::batch::v1::Job;
use skeg_api::core::v1::{Pod, PodCondition, PodTemplateSpec};
use skeg_meta::{LabelSelector, ObjectMeta, Status, Time};
use skeg_runtime::ManualClock;
use skeg_runtime::testing::FakeApi;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{Error, Options};

struct Rig {
    api: FakeApi,
    clock: ManualClock,
    cancel: CancellationToken,
    running: JoinHandle<Result<(), Error>>,
}

impl Rig {
    fn start(api: &FakeApi) -> Self {
        let (clock, cancel) = (ManualClock::new(), CancellationToken::new());
        let names = [
            "deployment-controller",
            "replicaset-controller",
            "statefulset-controller",
            "job-controller",
        ];
        let options = Options {
            controllers: names.iter().map(|&name| name.to_owned()).collect(),
            clock: clock.shared(),
            ..Options::default()
        };
        let running = tokio::spawn(crate::run(api.client(), options, cancel.clone()));
        Self {
            api: api.clone(),
            clock,
            cancel,
            running,
        }
    }

    /// Waits until something holds, while virtual time goes on.
    async fn until(&self, what: &str, holds: impl Fn(&FakeApi) -> bool) {
        for _ in 0..1_000_000 {
            if holds(&self.api) {
                return;
            }
            tokio::task::yield_now().await;
            if self.clock.sleepers() > 0 {
                self.clock.advance(Duration::from_millis(5));
            }
        }
        panic!("never: {what}; {:#?}", self.api.requests());
    }

    async fn stop(self) {
        self.cancel.cancel();
        self.running.await.expect("it ends").expect("it runs");
    }
}

fn labels(app: &str) -> std::collections::BTreeMap<String, String> {
    [("app".to_owned(), app.to_owned())].into()
}

fn selector(app: &str) -> Option<LabelSelector> {
    Some(LabelSelector {
        match_labels: labels(app),
        ..LabelSelector::default()
    })
}

fn template(app: &str) -> PodTemplateSpec {
    let mut template = PodTemplateSpec::default();
    template.metadata.labels = labels(app);
    template
}

fn pods(api: &FakeApi) -> Vec<Arc<Pod>> {
    api.all::<Pod>()
}

fn set_phase(api: &FakeApi, pod: &Pod, phase: &str) {
    let mut pod = pod.clone();
    pod.status.phase = phase.to_owned();
    pod.status.conditions = vec![PodCondition {
        type_: "Ready".to_owned(),
        status: if phase == "Running" { "True" } else { "False" }.to_owned(),
        last_transition_time: Some(Time(jiff::Timestamp::UNIX_EPOCH)),
        ..PodCondition::default()
    }];
    api.put(&pod);
}

fn creations(api: &FakeApi) -> usize {
    let refused = 2;
    let asked = api
        .requests()
        .iter()
        .filter(|request| request.starts_with("create pods"))
        .count();
    asked - refused
}

#[tokio::test]
async fn a_deployment_has_exactly_its_pods_whatever_breaks() {
    let api = FakeApi::new();
    api.refuse("create", "pods", 2, Status::internal_error("no"));
    let rig = Rig::start(&api);
    let mut deployment = Deployment {
        metadata: ObjectMeta::named("a", "web"),
        ..Deployment::default()
    };
    deployment.spec.replicas = Some(5);
    deployment.spec.selector = selector("web");
    deployment.spec.template = template("web");
    api.put(&deployment);
    rig.until("five pods", |api| pods(api).len() == 5).await;
    api.break_watches();
    for pod in pods(&api) {
        set_phase(&api, &pod, "Running");
    }
    let available = |api: &FakeApi| {
        api.get::<Deployment>("a", "web")
            .is_some_and(|found| found.status.available_replicas == 5)
    };
    rig.until("all are available", available).await;
    assert_eq!(creations(&api), 5);
    assert_eq!(api.all::<ReplicaSet>().len(), 1);
    rig.stop().await;

    // Who starts anew finds everything as it should be, and writes nothing.
    api.forget_requests();
    let rig = Rig::start(&api);
    let removed = pods(&api)[0].metadata.name.clone();
    rig.until("everything is read", |api| {
        api.requests()
            .iter()
            .any(|request| request.starts_with("watch pods"))
    })
    .await;
    api.remove::<Pod>("a", &removed);
    rig.until("another in its place", |api| pods(api).len() == 5)
        .await;
    let made = api
        .requests()
        .iter()
        .filter(|request| request.starts_with("create pods"))
        .count();
    assert_eq!(made, 1);
    rig.stop().await;
}

#[tokio::test]
async fn a_job_counts_each_pod_once() {
    let api = FakeApi::new();
    let rig = Rig::start(&api);
    let mut job = Job {
        metadata: ObjectMeta::named("a", "work"),
        ..Job::default()
    };
    job.spec.completions = Some(4);
    job.spec.parallelism = Some(2);
    job.spec.selector = selector("work");
    job.spec.template = template("work");
    api.put(&job);
    let mut ended = BTreeSet::new();
    for round in 0..2 {
        let fresh = |api: &FakeApi, ended: &BTreeSet<String>| {
            pods(api)
                .iter()
                .filter(|pod| !ended.contains(&pod.metadata.name))
                .count()
        };
        rig.until("two run", |api| fresh(api, &ended) == 2).await;
        // The counting is disturbed: the status first, then the finalizers.
        api.refuse("update", "jobs", 1, Status::internal_error("no"));
        api.refuse("patch", "pods", 1, Status::internal_error("no"));
        for pod in pods(&api) {
            if ended.insert(pod.metadata.name.clone()) {
                set_phase(&api, &pod, "Succeeded");
            }
        }
        let counted = |api: &FakeApi| {
            api.get::<Job>("a", "work")
                .is_some_and(|job| job.status.succeeded == 2 * (round + 1))
        };
        rig.until("they are counted", counted).await;
    }
    let complete = |api: &FakeApi| {
        let job = api.get::<Job>("a", "work").expect("it is there");
        job.status
            .conditions
            .iter()
            .any(|condition| condition.type_ == "Complete")
    };
    rig.until("the job is complete", complete).await;
    let job = api.get::<Job>("a", "work").expect("it is there");
    assert_eq!(
        (job.status.succeeded, job.status.failed, job.status.active),
        (4, 0, 0)
    );
    assert!(
        pods(&api)
            .iter()
            .all(|pod| pod.metadata.finalizers.is_empty())
    );
    rig.stop().await;
}

#[tokio::test]
async fn a_job_whose_pods_are_refused_asks_again_after_a_second() {
    let api = FakeApi::new();
    // The Job's own status, written after the first, makes it be looked at once more.
    api.refuse("create", "pods", 2, Status::internal_error("no"));
    let mut job = Job {
        metadata: ObjectMeta::named("a", "work"),
        ..Job::default()
    };
    job.spec.parallelism = Some(1);
    job.spec.selector = selector("work");
    job.spec.template = template("work");
    api.put(&job);
    let rig = Rig::start(&api);
    let asked = |api: &FakeApi| {
        let requests = api.requests();
        let asked = requests
            .iter()
            .filter(|line| line.starts_with("create pods"));
        asked.count() == 2
    };
    rig.until("a pod is asked for twice", asked).await;
    let since = rig.clock.shared().monotonic();
    rig.until("the pod", |api| pods(api).len() == 1).await;
    let passed = rig.clock.shared().monotonic() - since;
    assert!(passed >= Duration::from_millis(990), "{passed:?}");
    rig.stop().await;
}

#[tokio::test]
async fn a_stateful_set_goes_on_where_it_was() {
    let api = FakeApi::new();
    let mut set = StatefulSet {
        metadata: ObjectMeta::named("a", "db"),
        ..StatefulSet::default()
    };
    set.spec.replicas = Some(3);
    set.spec.selector = selector("db");
    set.spec.template = template("db");
    api.put(&set);
    for at in 0..3 {
        // Each pod by another process.
        let rig = Rig::start(&api);
        let name = format!("db-{at}");
        rig.until("the next pod", |api| api.get::<Pod>("a", &name).is_some())
            .await;
        assert_eq!(pods(&api).len(), at + 1, "one after another");
        let mut pod = Pod::clone(&api.get::<Pod>("a", &name).expect("it is there"));
        pod.status.phase = "Pending".to_owned();
        api.put(&pod);
        set_phase(&api, &pod, "Running");
        rig.stop().await;
    }
    let rig = Rig::start(&api);
    let ready = |api: &FakeApi| {
        api.get::<StatefulSet>("a", "db")
            .is_some_and(|set| set.status.ready_replicas == 3)
    };
    rig.until("all are ready", ready).await;
    assert_eq!(api.all::<ControllerRevision>().len(), 1);
    rig.stop().await;
}
