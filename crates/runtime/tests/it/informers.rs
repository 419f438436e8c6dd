//! Informers stay in step whatever happens to their watches.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use skeg_api::core::v1::ConfigMap;
use skeg_client::{Api, DeleteOptions};
use skeg_meta::{ObjectMeta, Status};
use skeg_runtime::testing::FakeApi;
use skeg_runtime::{
    BackoffPolicy, Clock, Delta, Informer, ManualClock, ObjectName, SharedInformerFactory,
    StoreIndex,
};
use tokio_util::sync::CancellationToken;

fn map(name: &str, value: &str) -> ConfigMap {
    ConfigMap {
        metadata: ObjectMeta::named("a", name),
        data: [("k".to_owned(), value.to_owned())].into(),
        ..ConfigMap::default()
    }
}

struct Rig {
    server: FakeApi,
    api: Api<ConfigMap>,
    clock: ManualClock,
    factory: SharedInformerFactory,
    informer: Informer<ConfigMap>,
    seen: Arc<Mutex<Vec<String>>>,
    changed: tokio::sync::watch::Sender<usize>,
    cancel: CancellationToken,
}

impl Rig {
    async fn new() -> Self {
        let server = FakeApi::new();
        let api = Api::namespaced(server.client(), "a");
        api.create(map("before", "1")).await.expect("create");
        let clock = ManualClock::new();
        let cancel = CancellationToken::new();
        let backoff = BackoffPolicy {
            jitter: 0.0,
            ..BackoffPolicy::default()
        };
        let factory = SharedInformerFactory::with_backoff(
            server.client(),
            clock.shared(),
            cancel.clone(),
            backoff,
        );
        let informer = factory.informer::<ConfigMap>();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (changed, _) = tokio::sync::watch::channel(0);
        let (sink, bell) = (Arc::clone(&seen), changed.clone());
        informer.on_change(move |delta: Delta<'_, ConfigMap>| {
            let object = delta.object();
            let value = object.data.get("k").cloned().unwrap_or_default();
            let text = match &delta {
                Delta::Added { .. } => format!("+{}={value}", object.metadata.name),
                Delta::Updated { old, .. } => {
                    format!("{}: {}→{value}", object.metadata.name, old.data["k"])
                }
                Delta::Deleted { .. } => format!("-{}", object.metadata.name),
            };
            sink.lock().push(text);
            bell.send_modify(|count| *count += 1);
        });
        factory.synced().await;
        Self {
            server,
            api,
            clock,
            factory,
            informer,
            seen,
            changed,
            cancel,
        }
    }

    async fn seen(&self, expect: &[&str]) {
        let mut changed = self.changed.subscribe();
        let limit = Duration::from_secs(10);
        let wait = changed.wait_for(|count| *count >= expect.len());
        assert!(
            tokio::time::timeout(limit, wait).await.is_ok(),
            "seen only {:?}",
            self.seen.lock()
        );
        assert_eq!(*self.seen.lock(), expect);
    }

    async fn asleep(&self) {
        while self.clock.sleepers() == 0 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn what_was_there_and_what_comes() {
    let rig = Rig::new().await;
    rig.api.create(map("new", "1")).await.expect("create");
    rig.api.update(map("new", "2")).await.expect("update");
    rig.api
        .delete("before", &DeleteOptions::default())
        .await
        .expect("delete");
    rig.seen(&["+before=1", "+new=1", "new: 1→2", "-before"])
        .await;
    let names: Vec<String> = rig
        .informer
        .store()
        .in_namespace("a")
        .iter()
        .map(|map| map.metadata.name.clone())
        .collect();
    assert_eq!(names, ["new"]);
    assert!(rig.informer.store().in_namespace("b").is_empty());
    assert_eq!(
        rig.clock.sleepers(),
        0,
        "an informer that watches holds no timer"
    );
}

#[tokio::test]
async fn a_kind_has_one_informer_and_one_object() {
    let rig = Rig::new().await;
    let again = rig.factory.informer::<ConfigMap>();
    let name = ObjectName::new("a", "before");
    let (one, two) = (rig.informer.store().get(&name), again.store().get(&name));
    assert!(Arc::ptr_eq(&one.expect("one"), &two.expect("two")));
    let watches = rig
        .server
        .requests()
        .iter()
        .filter(|request| request.starts_with("watch"))
        .count();
    assert_eq!(watches, 1);
    // A handler that comes late is told what is there.
    let late = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&late);
    again.on_change(move |delta| sink.lock().push(delta.object().metadata.name.clone()));
    assert_eq!(*late.lock(), ["before"]);
}

#[tokio::test]
async fn a_watch_that_breaks_off_is_resumed() {
    let rig = Rig::new().await;
    rig.server.forget_requests();
    rig.server.break_watches();
    rig.api.create(map("new", "1")).await.expect("create");
    // A watch that gave nothing is followed by a pause.
    rig.asleep().await;
    rig.clock.advance(Duration::from_secs(1));
    rig.seen(&["+before=1", "+new=1"]).await;
    assert!(
        !rig.server
            .requests()
            .iter()
            .any(|request| request.starts_with("list")),
        "it did not list again"
    );
}

#[tokio::test]
async fn lost_history_means_listing_again() {
    let rig = Rig::new().await;
    rig.server.break_watches();
    rig.asleep().await;
    rig.api.create(map("new", "1")).await.expect("create");
    rig.api
        .delete("before", &DeleteOptions::default())
        .await
        .expect("delete");
    rig.server.compact();
    rig.clock.advance(Duration::from_secs(1));
    rig.seen(&["+before=1", "+new=1", "-before"]).await;
}

#[tokio::test]
async fn failures_are_followed_by_growing_pauses() {
    let rig = Rig::new().await;
    rig.server.refuse(
        "watch",
        "configmaps",
        2,
        Status::failure(500, "InternalError", "no"),
    );
    rig.server.lose("watch", "configmaps", 1);
    rig.server.break_watches();
    let begun = rig.clock.monotonic();
    rig.api.create(map("new", "1")).await.expect("create");
    for pause in [800, 1600, 3200, 6400] {
        rig.asleep().await;
        rig.clock.advance(Duration::from_millis(pause - 1));
        assert_eq!(rig.clock.sleepers(), 1, "still in the pause of {pause} ms");
        rig.clock.advance(Duration::from_millis(1));
    }
    rig.seen(&["+before=1", "+new=1"]).await;
    assert_eq!(rig.clock.monotonic() - begun, Duration::from_secs(12));
}

#[tokio::test]
async fn another_object_of_the_same_name_is_another() {
    let rig = Rig::new().await;
    rig.server.break_watches();
    rig.asleep().await;
    rig.api
        .delete("before", &DeleteOptions::default())
        .await
        .expect("delete");
    rig.api.create(map("before", "2")).await.expect("create");
    rig.server.compact();
    rig.clock.advance(Duration::from_secs(1));
    rig.seen(&["+before=1", "-before", "+before=2"]).await;
}

#[tokio::test]
async fn indexes_follow() {
    let rig = Rig::new().await;
    let store = rig.informer.store().clone();
    const BY_VALUE: StoreIndex<ConfigMap> =
        StoreIndex::new("value", |map| map.data.values().cloned().collect());
    // Of other keys, so another.
    const BY_LENGTH: StoreIndex<ConfigMap, usize> =
        StoreIndex::new("value", |map| map.data.values().map(String::len).collect());
    let typed = store.index(|map: &ConfigMap| {
        let numbers = map
            .data
            .values()
            .filter_map(|value| value.parse::<u8>().ok());
        numbers.collect()
    });
    assert_eq!((typed.keys(), typed.get(&1).len()), (vec![1], 1));
    let names = |key: &str| -> Vec<String> {
        store
            .by_index(&BY_VALUE, key)
            .iter()
            .map(|map| map.metadata.name.clone())
            .collect()
    };
    assert_eq!(names("1"), ["before"]);
    assert_eq!(store.by_index(&BY_LENGTH, &1).len(), 1);
    assert_eq!(store.named_index(&BY_VALUE).keys(), ["1"]);
    rig.api.update(map("before", "2")).await.expect("update");
    rig.seen(&["+before=1", "before: 1→2"]).await;
    assert_eq!(
        (names("1").len(), names("2")),
        (0, vec!["before".to_owned()])
    );
    assert_eq!((typed.keys(), typed.get(&1).len()), (vec![2], 0));
    rig.api
        .delete("before", &DeleteOptions::default())
        .await
        .expect("delete");
    rig.seen(&["+before=1", "before: 1→2", "-before"]).await;
    assert!(names("2").is_empty() && store.is_empty() && typed.keys().is_empty());
}

#[tokio::test]
async fn a_handler_that_panics_harms_nobody() {
    let rig = Rig::new().await;
    rig.informer
        .on_change(|delta| assert!(delta.object().metadata.name == "before", "no"));
    rig.api.create(map("new", "1")).await.expect("create");
    rig.api.create(map("newer", "1")).await.expect("create");
    rig.seen(&["+before=1", "+new=1", "+newer=1"]).await;
}

/// What a user's function does with the object that it cannot stand.
fn stumble(map: &ConfigMap) {
    assert!(map.metadata.name != "bad", "a bad name");
}

#[tokio::test]
async fn a_panic_of_an_index_ends_the_informer_and_is_told() {
    let rig = Rig::new().await;
    let other = rig.factory.selected::<ConfigMap>("", "metadata.name!=x");
    other.synced().await;
    let _index = rig.informer.store().index(|map: &ConfigMap| {
        stumble(map);
        vec![map.metadata.name.clone()]
    });
    assert!(rig.informer.panicked().is_none() && rig.factory.panics().is_empty());
    rig.api.create(map("bad", "1")).await.expect("create");
    let panic = rig.factory.panicked().await;
    assert_eq!(
        panic.to_string(),
        "the informer of configmaps panicked: a bad name"
    );
    assert_eq!(rig.informer.panicked(), Some(&panic));
    // It follows nothing any more; others do.
    rig.api.create(map("later", "1")).await.expect("create");
    let name = ObjectName::new("a", "later");
    while other.store().get(&name).is_none() {
        tokio::task::yield_now().await;
    }
    assert!(rig.informer.store().get(&name).is_none());
    assert!(other.panicked().is_none());
    rig.cancel.cancel();
    rig.factory.ended().await;
}

#[tokio::test]
async fn an_informer_that_panics_over_its_list_is_never_synced() {
    let rig = Rig::new().await;
    rig.api.create(map("bad", "1")).await.expect("create");
    let build = rig.factory.build::<ConfigMap>();
    let informer = build.transform("stumbling", |map| stumble(map)).start();
    let panic = rig.factory.panicked().await;
    assert_eq!(informer.panicked(), Some(&panic));
    assert!(!informer.has_synced());
    assert!(
        futures::poll!(std::pin::pin!(informer.synced())).is_pending(),
        "nobody is to work on a part of the list"
    );
    assert_eq!(rig.factory.unsynced(), ["configmaps"]);
    informer.stop();
    informer.synced().await;
}

#[tokio::test]
async fn cancelled_informers_end() {
    let rig = Rig::new().await;
    rig.cancel.cancel();
    rig.factory.ended().await;
}

#[tokio::test]
async fn of_any_kind_the_metadata() {
    let rig = Rig::new().await;
    let mut owned = map("owned", "1");
    owned
        .metadata
        .owner_references
        .push(skeg_meta::OwnerReference {
            kind: "Pod".to_owned(),
            uid: "u".to_owned(),
            ..Default::default()
        });
    rig.api.create(owned).await.expect("create");
    let resource = skeg_client::ApiResource::of::<ConfigMap>();
    let informer = rig.factory.partial(&resource);
    informer.synced().await;
    let object = informer.get("a", "owned").expect("owned");
    assert_eq!(
        (
            object.gvk().kind.as_ref(),
            object.meta().owner_references[0].uid.as_str()
        ),
        ("ConfigMap", "u")
    );
    assert!(!object.meta().resource_version.is_empty());
}

#[tokio::test]
async fn lists_are_streamed_unless_told_otherwise() {
    let server = FakeApi::new().remote();
    let cancel = CancellationToken::new();
    let clock = ManualClock::new();
    let factory = SharedInformerFactory::new(server.client(), clock.shared(), cancel.clone());
    let lists = || {
        let requests = server.requests();
        requests
            .iter()
            .filter(|one| one.starts_with("list"))
            .count()
    };
    factory.informer::<ConfigMap>().synced().await;
    assert_eq!(lists(), 0);
    let build = || factory.build::<ConfigMap>();
    build().stream_lists(false).start().synced().await;
    assert_eq!(lists(), 1);
    factory.stream_lists(false);
    build().namespace("a").start().synced().await;
    assert_eq!(lists(), 2);
    cancel.cancel();
}

#[tokio::test]
async fn one_namespace_for_a_whole_program() {
    let rig = Rig::new().await;
    let mut other = map("other", "1");
    other.metadata.namespace = "b".to_owned();
    rig.server.put(&other);
    let clock = rig.clock.shared();
    let factory = SharedInformerFactory::new(rig.server.client(), clock, rig.cancel.clone());
    factory.in_namespace("b");
    let names = async |informer: Informer<ConfigMap>| {
        informer.synced().await;
        let maps = informer.store().list();
        let names = maps.iter().map(|map| map.metadata.name.clone());
        names.collect::<Vec<_>>()
    };
    let build = || factory.build::<ConfigMap>();
    assert_eq!(names(factory.informer()).await, ["other"]);
    assert_eq!(names(build().namespace("a").start()).await, ["before"]);
    assert_eq!(names(build().all_namespaces().start()).await.len(), 2);
    // What lives in no namespace is read as ever.
    let nodes = factory.informer::<skeg_api::core::v1::Node>();
    nodes.synced().await;
    rig.cancel.cancel();
}

#[tokio::test]
async fn several_namespaces_and_no_others() {
    let rig = Rig::new().await;
    let put = |namespace: &str, name: &str| {
        let mut other = map(name, "1");
        other.metadata.namespace = namespace.to_owned();
        rig.server.put(&other);
    };
    put("b", "in-b");
    put("c", "in-c");
    let clock = rig.clock.shared();
    let factory = SharedInformerFactory::new(rig.server.client(), clock, rig.cancel.clone());
    factory.stream_lists(false);
    factory.in_namespaces(["b", "a"]);
    let informer = factory.informer::<ConfigMap>();
    informer.synced().await;
    let names = || {
        let maps = informer.store().list();
        let names = maps.iter().map(|map| map.metadata.name.clone());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(), ["before", "in-b"]);
    // Said in another order it is the same informer, and reads nothing again.
    let reads = rig.server.requests().len();
    factory
        .build::<ConfigMap>()
        .namespaces(["a", "b"])
        .start()
        .synced()
        .await;
    assert_eq!(rig.server.requests().len(), reads);
    // What is read again in one namespace is nothing to the objects of the other.
    rig.server.forget_requests();
    rig.server.break_watches();
    put("a", "later");
    rig.server.remove::<ConfigMap>("a", "before");
    rig.server.compact();
    while names() != ["later", "in-b"] {
        rig.clock.advance(Duration::from_millis(100));
        tokio::task::yield_now().await;
    }
    assert!(
        rig.server
            .requests()
            .iter()
            .any(|one| one.starts_with("list"))
    );
    rig.cancel.cancel();
}

#[tokio::test]
async fn read_when_every_namespace_is() {
    let server = FakeApi::new();
    let (clock, cancel) = (ManualClock::new(), CancellationToken::new());
    let factory = SharedInformerFactory::new(server.client(), clock.shared(), cancel.clone());
    factory.stream_lists(false);
    server.refuse(
        "list",
        "configmaps",
        1,
        Status::service_unavailable("not now"),
    );
    let informer = factory.build::<ConfigMap>().namespaces(["a", "b"]).start();
    while clock.sleepers() == 0 {
        tokio::task::yield_now().await;
    }
    assert!(!informer.has_synced(), "one namespace could not be read");
    while !informer.has_synced() {
        clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
    cancel.cancel();
}

#[tokio::test]
async fn an_informer_that_has_ended_holds_no_handlers() {
    let rig = Rig::new().await;
    // A handler that holds its informer, as the method of a controller does.
    let held = Arc::new(rig.informer.clone());
    let weak = Arc::downgrade(&held);
    rig.informer.on_change(move |_| {
        let _ = held.store().len();
    });
    assert!(weak.upgrade().is_some());
    rig.cancel.cancel();
    rig.factory.ended().await;
    assert!(weak.upgrade().is_none());
}

#[tokio::test]
async fn a_test_of_objects_may_read_the_store() {
    let rig = Rig::new().await;
    let store = rig.informer.store();
    let found = store.filtered(|map| {
        // Somebody waits to write meanwhile.
        let (other, name) = (store.clone(), ObjectName::of(&map.metadata));
        let reading = std::thread::spawn(move || other.get(&name).is_some());
        let writing = std::thread::spawn({
            let store = store.clone();
            move || {
                store
                    .index(|map: &ConfigMap| vec![map.metadata.name.clone()])
                    .keys()
            }
        });
        let written = writing.join().expect("no panic");
        reading.join().expect("no panic") && written == [map.metadata.name.clone()]
    });
    assert_eq!(found.len(), 1);
}
