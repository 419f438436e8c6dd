//! Controllers as users build them, against the fake server.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use skeg_api::core::v1::{ConfigMap, Pod, Secret};
use skeg_client::{Api, ApiResource, DeleteOptions};
use skeg_meta::{Object, ObjectMeta, OwnerReference, Status};
use skeg_runtime::testing::FakeApi;
use skeg_runtime::{
    ClusterObject, Clusters, ControllerBuilder, ControllerError, Delta, DynamicObject, ManualClock,
    Next, ObjectName, PartialObject, Predicate, PreparedController, ReconcileError,
    SharedInformerFactory,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub(crate) fn map(name: &str) -> ConfigMap {
    ConfigMap {
        metadata: ObjectMeta::named("a", name),
        ..ConfigMap::default()
    }
}

pub(crate) fn pod_of(owner: &ConfigMap, name: &str) -> Pod {
    let mut pod = Pod {
        metadata: ObjectMeta::named("a", name),
        ..Pod::default()
    };
    skeg_runtime::set_controller_reference(owner, &mut pod).expect("same namespace");
    pod
}

/// What was reconciled, as text, in order.
#[derive(Clone)]
pub(crate) struct Log(Arc<watch::Sender<Vec<String>>>);

impl Log {
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::channel(Vec::new()).0))
    }

    pub(crate) fn add(&self, text: impl ToString) {
        self.0.send_modify(|log| log.push(text.to_string()));
    }

    pub(crate) fn take(&self) -> Vec<String> {
        self.0.send_replace(Vec::new())
    }

    /// Waits until so much was logged, and gives it.
    pub(crate) async fn wait(&self, count: usize) -> Vec<String> {
        let mut log = self.0.subscribe();
        let waited = log.wait_for(|log| log.len() >= count);
        let waited = tokio::time::timeout(Duration::from_secs(10), waited).await;
        assert!(
            waited.is_ok_and(|log| log.is_ok()),
            "only {:?}",
            self.take()
        );
        self.take()
    }
}

struct Rig {
    server: FakeApi,
    clock: ManualClock,
    informers: SharedInformerFactory,
    log: Log,
    cancel: CancellationToken,
}

impl Rig {
    fn new() -> Self {
        let (server, clock) = (FakeApi::new(), ManualClock::new());
        let cancel = CancellationToken::new();
        let informers = SharedInformerFactory::new(server.client(), clock.shared(), cancel.clone());
        Self {
            server,
            clock,
            informers,
            log: Log::new(),
            cancel,
        }
    }

    fn api<K: Object>(&self) -> Api<K> {
        Api::namespaced(self.server.client(), "a")
    }

    fn start(
        &self,
        controller: PreparedController,
    ) -> tokio::task::JoinHandle<Result<(), ControllerError>> {
        let (informers, cancel) = (self.informers.clone(), self.cancel.clone());
        tokio::spawn(async move { controller.run(&informers, cancel).await })
    }
}

async fn note(log: Arc<Log>, name: ObjectName) -> Result<Next, ReconcileError> {
    log.add(name);
    Ok(Next::Done)
}

#[tokio::test]
async fn a_kind_what_it_owns_and_what_it_watches() {
    let rig = Rig::new();
    let first = rig.api().create(map("first")).await.expect("create");
    let controller = ControllerBuilder::<ConfigMap>::new("maps")
        .owns::<Pod>()
        .watches(|secret: &Secret| {
            let names = secret.data.keys().cloned();
            names
                .map(|name| ObjectName::new("a", name))
                .collect::<Vec<_>>()
        })
        .workers(2)
        .reconcile(rig.log.clone(), note);
    let running = rig.start(controller);
    assert_eq!(rig.log.wait(1).await, ["a/first"]);

    rig.api().create(pod_of(&first, "p")).await.expect("create");
    assert_eq!(rig.log.wait(1).await, ["a/first"]);

    // Of nobody's.
    let mut stray = pod_of(&first, "stray");
    stray.metadata.owner_references[0].kind = "Secret".to_owned();
    rig.api().create(stray).await.expect("create");

    let mut secret = Secret {
        metadata: ObjectMeta::named("a", "s"),
        ..Secret::default()
    };
    secret.data.insert("one".to_owned(), Vec::new().into());
    rig.api().create(secret.clone()).await.expect("create");
    assert_eq!(rig.log.wait(1).await, ["a/one"]);
    secret.data = [("two".to_owned(), Vec::new().into())].into();
    rig.api().update(secret).await.expect("update");
    assert_eq!(
        rig.log.wait(2).await,
        ["a/one", "a/two"],
        "what was and what is"
    );

    rig.api::<ConfigMap>()
        .delete("first", &DeleteOptions::default())
        .await
        .expect("delete");
    assert_eq!(rig.log.wait(1).await, ["a/first"]);
    rig.cancel.cancel();
    running.await.expect("no panic").expect("ended");
}

#[tokio::test]
async fn only_what_is_worth_it() {
    let rig = Rig::new();
    let controller = ControllerBuilder::<ConfigMap>::new("maps")
        .filter(Predicate::labels_changed())
        .reconcile(rig.log.clone(), note);
    let running = rig.start(controller);
    rig.api().create(map("m")).await.expect("create");
    rig.log.wait(1).await;
    let mut changed = map("m");
    changed.data.insert("k".to_owned(), "v".to_owned());
    rig.api().update(changed.clone()).await.expect("update");
    changed
        .metadata
        .labels
        .insert("k".to_owned(), "v".to_owned());
    rig.api().update(changed).await.expect("update");
    rig.api().create(map("n")).await.expect("create");
    assert_eq!(rig.log.wait(2).await, ["a/m", "a/n"]);
    rig.cancel.cancel();
    running.await.expect("no panic").expect("ended");
}

#[tokio::test]
async fn what_was_there_before_waits_behind_what_happens() {
    let rig = Rig::new();
    for at in 0..50 {
        rig.api()
            .create(map(&format!("old{at:02}")))
            .await
            .expect("create");
    }
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let context = (rig.log.clone(), Arc::clone(&gate));
    let controller = ControllerBuilder::<ConfigMap>::new("maps").reconcile(
        context,
        async |context: Arc<(Log, Arc<tokio::sync::Semaphore>)>, name: ObjectName| {
            context.0.add(name);
            context.1.acquire().await.expect("open").forget();
            Ok::<_, std::io::Error>(Next::Done)
        },
    );
    let running = rig.start(controller);
    assert_eq!(rig.log.wait(1).await, ["a/old00"], "the one worker has it");
    rig.api().create(map("new")).await.expect("create");
    while rig
        .informers
        .informer::<ConfigMap>()
        .get("a", "new")
        .is_none()
    {
        tokio::task::yield_now().await;
    }
    gate.add_permits(100);
    let order = rig.log.wait(50).await;
    assert_eq!((order[0].as_str(), order[1].as_str()), ("a/new", "a/old01"));
    rig.cancel.cancel();
    running.await.expect("no panic").expect("ended");
}

#[tokio::test]
async fn caches_that_cannot_be_read_are_not_waited_for_for_ever() {
    let rig = Rig::new();
    rig.server.refuse(
        "list",
        "pods",
        1000,
        Status::failure(403, "Forbidden", "no"),
    );
    let controller = ControllerBuilder::<ConfigMap>::new("maps")
        .owns::<Pod>()
        .sync_timeout(Duration::from_secs(20))
        .reconcile(rig.log.clone(), note);
    let running = rig.start(controller);
    while !running.is_finished() {
        rig.clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
    let error = running.await.expect("no panic").expect_err("unsynced");
    let ControllerError::Unsynced { missing, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(*missing, ["pods (no)"], "what was wrong is told");
    assert!(
        rig.log.take().is_empty(),
        "nothing is reconciled from half a cache"
    );
}

#[tokio::test]
async fn other_sources_and_a_rhythm() {
    let rig = Rig::new();
    rig.api().create(map("m")).await.expect("create");
    let (send, receive) = tokio::sync::mpsc::channel(1);
    let names = futures::stream::unfold(receive, |mut receive| async move {
        Some((receive.recv().await?, receive))
    });
    let controller = ControllerBuilder::<ConfigMap>::new("maps")
        .feed(names)
        .resync(Duration::from_secs(600))
        .reconcile(rig.log.clone(), note);
    let running = rig.start(controller);
    rig.log.wait(1).await;
    send.send(ObjectName::new("a", "fed")).await.expect("send");
    assert_eq!(rig.log.wait(1).await, ["a/fed"]);
    while rig.clock.sleepers() == 0 {
        tokio::task::yield_now().await;
    }
    rig.clock.advance(Duration::from_secs(600));
    assert_eq!(rig.log.wait(1).await, ["a/m"]);
    rig.cancel.cancel();
    running.await.expect("no panic").expect("ended");
}

#[tokio::test]
async fn kinds_known_at_run_time() {
    let rig = Rig::new();
    let maps = ApiResource::of::<ConfigMap>();
    let by_tree = ControllerBuilder::<DynamicObject>::of_resource("trees", &maps)
        .owns_resource(&ApiResource::of::<Pod>())
        .reconcile(rig.log.clone(), note);
    let running = rig.start(by_tree);
    let first = rig.api().create(map("first")).await.expect("create");
    assert_eq!(rig.log.wait(1).await, ["a/first"]);
    rig.api().create(pod_of(&first, "p")).await.expect("create");
    assert_eq!(rig.log.wait(1).await, ["a/first"]);
    let tree = rig
        .informers
        .dynamic(&maps)
        .get("a", "first")
        .expect("first");
    assert_eq!(tree.value()["metadata"]["name"], "first");

    let by_metadata = ControllerBuilder::<PartialObject>::of_resource("metadata", &maps)
        .reconcile(rig.log.clone(), note);
    let other = rig.start(by_metadata);
    assert_eq!(rig.log.wait(1).await, ["a/first"]);
    rig.cancel.cancel();
    running.await.expect("no panic").expect("ended");
    other.await.expect("no panic").expect("ended");
}

#[tokio::test]
async fn clusters_come_and_go() {
    let rig = Rig::new();
    let (east, west) = (FakeApi::new(), FakeApi::new());
    let clusters = Clusters::with_clock(rig.clock.shared());
    clusters.join("east", east.client());
    Api::namespaced(east.client(), "a")
        .create(map("m"))
        .await
        .expect("create");
    struct Ctx {
        clusters: Clusters,
        log: Log,
    }
    let context = Ctx {
        clusters: clusters.clone(),
        log: rig.log.clone(),
    };
    let reconcile = async |context: Arc<Ctx>, object: ClusterObject| {
        let cluster = context.clusters.get(&object.cluster);
        let maps = cluster
            .expect("it is there")
            .informers()
            .informer::<ConfigMap>();
        let there = maps.store().get(&object.name).is_some();
        context.log.add(format!("{object} {there}"));
        Ok::<_, ReconcileError>(Next::Done)
    };
    let controller = ControllerBuilder::<ConfigMap>::new("maps")
        .owns::<Pod>()
        .reconcile_clusters(&clusters, context, reconcile);
    let running = rig.start(controller);
    assert_eq!(rig.log.wait(1).await, ["east: a/m true"]);

    Api::namespaced(west.client(), "a")
        .create(map("m"))
        .await
        .expect("create");
    let joined = clusters.join("west", west.client());
    assert_eq!(rig.log.wait(1).await, ["west: a/m true"]);
    Api::<ConfigMap>::namespaced(west.client(), "a")
        .delete("m", &DeleteOptions::default())
        .await
        .expect("delete");
    assert_eq!(rig.log.wait(1).await, ["west: a/m false"]);

    assert!(clusters.leave("west"));
    joined.informers().ended().await;
    Api::namespaced(west.client(), "a")
        .create(map("late"))
        .await
        .expect("create");
    Api::namespaced(east.client(), "a")
        .create(map("late"))
        .await
        .expect("create");
    assert_eq!(rig.log.wait(1).await, ["east: a/late true"]);
    rig.cancel.cancel();
    running.await.expect("no panic").expect("ended");
}

#[tokio::test]
async fn informers_are_described() {
    let rig = Rig::new();
    let mut first = map("first");
    first
        .metadata
        .labels
        .insert("app".to_owned(), "web".to_owned());
    first
        .metadata
        .owner_references
        .push(OwnerReference::default());
    first.data.insert("k".to_owned(), "v".to_owned());
    rig.api().create(first).await.expect("create");
    rig.api().create(map("second")).await.expect("create");
    let mut elsewhere = map("elsewhere");
    elsewhere.metadata.namespace = "b".to_owned();
    Api::namespaced(rig.server.client(), "b")
        .create(elsewhere)
        .await
        .expect("create");

    let trimmed = || {
        let builder = rig
            .informers
            .build::<ConfigMap>()
            .namespace("a")
            .labels("app=web");
        builder.keep_only(&["metadata.labels"]).stop_when_unused()
    };
    let informer = trimmed().start();
    informer.synced().await;
    let names: Vec<_> = informer
        .store()
        .list()
        .iter()
        .map(|map| map.metadata.name.clone())
        .collect();
    assert_eq!(names, ["first"]);
    let kept = informer.get("a", "first").expect("first");
    assert!(kept.data.is_empty() && kept.metadata.owner_references.is_empty());
    assert!(kept.metadata.labels.len() == 1 && !kept.metadata.uid.is_empty());

    let again = trimmed().start();
    assert_eq!(rig.informers.len(), 1);
    let upper = rig
        .informers
        .build::<ConfigMap>()
        .transform("upper", |map: &mut ConfigMap| {
            map.data
                .values_mut()
                .for_each(|value| *value = value.to_uppercase());
        });
    let upper = upper.start();
    upper.synced().await;
    assert_eq!(upper.get("a", "first").expect("first").data["k"], "V");
    assert_eq!((upper.store().len(), rig.informers.len()), (3, 2));

    drop(informer);
    let held = again.subscribe(|_| {});
    drop(again);
    tokio::task::yield_now().await;
    assert_eq!(rig.informers.len(), 2, "a subscription uses it too");
    drop(held);
    while rig.informers.len() > 1 {
        tokio::task::yield_now().await;
    }
    upper.stop();
    while !rig.informers.is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(upper.store().len(), 3, "what it knows stays");
    trimmed().start().synced().await;
}

#[tokio::test]
async fn handlers_can_be_taken_away_and_told_again() {
    let rig = Rig::new();
    rig.api().create(map("m")).await.expect("create");
    let informer = rig
        .informers
        .build::<ConfigMap>()
        .resync(Duration::from_secs(60))
        .start();
    informer.synced().await;
    let seen: Arc<Mutex<HashMap<&str, usize>>> = Arc::default();
    let count = |who: &'static str| {
        let seen = Arc::clone(&seen);
        move |_: Delta<'_, ConfigMap>| *seen.lock().entry(who).or_default() += 1
    };
    informer.on_change(count("stays"));
    let subscription = informer.subscribe(count("goes"));
    assert_eq!(*seen.lock(), HashMap::from([("stays", 1), ("goes", 1)]));
    drop(subscription);
    while rig.clock.sleepers() == 0 {
        tokio::task::yield_now().await;
    }
    rig.clock.advance(Duration::from_secs(60));
    while seen.lock()["stays"] < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(seen.lock()["goes"], 1);
}

#[tokio::test]
async fn errors_of_informers_are_told() {
    let rig = Rig::new();
    rig.server.refuse(
        "list",
        "configmaps",
        1,
        Status::failure(500, "InternalError", "no"),
    );
    let log = rig.log.clone();
    let informer = rig
        .informers
        .build::<ConfigMap>()
        .on_error(move |error| log.add(error))
        .start();
    assert_eq!(rig.log.wait(1).await, ["no"]);
    while !informer.has_synced() {
        rig.clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn clusters_by_secrets() {
    use futures::StreamExt;
    use skeg_runtime::{ClusterChange, ClusterProvider, SecretClusters};

    fn secret(name: &str, user: &str) -> Secret {
        let kubeconfig = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: c\n\
             clusters: [{{name: c, cluster: {{server: 'https://127.0.0.1:1'}}}}]\n\
             users: [{{name: u, user: {user}}}]\n\
             contexts: [{{name: c, context: {{cluster: c, user: u}}}}]\n"
        );
        let mut secret = Secret {
            metadata: ObjectMeta::named("fleet", name),
            ..Secret::default()
        };
        let label = "sigs.k8s.io/multicluster-runtime-kubeconfig".to_owned();
        secret.metadata.labels.insert(label, "true".to_owned());
        let bytes = kubeconfig.into_bytes();
        secret.data.insert("kubeconfig".to_owned(), bytes.into());
        secret
    }

    let rig = Rig::new();
    let api = Api::<Secret>::namespaced(rig.server.client(), "fleet");
    api.create(secret("east", "{token: t}"))
        .await
        .expect("create");
    let mut changes = SecretClusters::new(&rig.informers, "fleet").changes();
    let mut next = async || match changes.next().await.expect("it never ends") {
        ClusterChange::Joined { name, .. } => format!("+{name}"),
        ClusterChange::Left { name } => format!("-{name}"),
    };
    assert_eq!(next().await, "+east");
    // Nobody runs programs here by writing a Secret there.
    let exec = "{exec: {apiVersion: client.authentication.k8s.io/v1, command: sh}}";
    api.create(secret("evil", exec)).await.expect("create");
    api.create(secret("file", "{tokenFile: /etc/passwd}"))
        .await
        .expect("create");
    api.update(secret("east", "{token: u}"))
        .await
        .expect("update");
    assert_eq!(next().await, "+east");
    api.update(secret("east", exec)).await.expect("update");
    assert_eq!(next().await, "-east");
    api.update(secret("evil", "{token: t}"))
        .await
        .expect("update");
    assert_eq!(next().await, "+evil");
    api.delete("evil", &DeleteOptions::default())
        .await
        .expect("delete");
    assert_eq!(next().await, "-evil");
}

#[tokio::test]
async fn what_is_owned_is_read_where_one_says() {
    let rig = Rig::new();
    let first = rig.api().create(map("first")).await.expect("create");
    let controller = ControllerBuilder::<ConfigMap>::new("maps")
        .owns_informer(
            |informers| informers.build::<Pod>().namespace("a").start(),
            Predicate::default(),
        )
        .reconcile(rig.log.clone(), note);
    let running = rig.start(controller);
    assert_eq!(rig.log.wait(1).await, ["a/first"]);
    rig.api()
        .create(pod_of(&first, "one"))
        .await
        .expect("create");
    assert_eq!(rig.log.wait(1).await, ["a/first"]);
    let requests = rig.server.requests();
    let reads = requests.iter().filter(|one| one.starts_with("list pods"));
    assert_eq!(reads.collect::<Vec<_>>(), ["list pods a/"]);
    rig.cancel.cancel();
    running.await.expect("no panic").expect("no error");
}
