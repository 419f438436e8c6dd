//! What a watcher gives is what happened: in order, once, and without a gap.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{StreamExt, stream};
use parking_lot::Mutex;
use skeg_api::core::v1::ConfigMap;
use skeg_client::{Api, DeleteOptions, Error, ListOptions, SharedEvent, SharedList, WatchOptions};
use skeg_meta::{ObjectMeta, SharedObject, Status, StatusCause};
use skeg_runtime::testing::FakeApi;
use skeg_runtime::{
    ApiSource, Clock, ManualClock, SharedEvents, SharedInformerFactory, Source, Step, Watcher,
    WatcherEvent, WatcherOptions, watch_object,
};

fn map(name: &str, value: &str) -> ConfigMap {
    ConfigMap {
        metadata: ObjectMeta::named("a", name),
        data: [("k".to_owned(), value.to_owned())].into(),
        ..ConfigMap::default()
    }
}

fn watcher(server: &FakeApi, clock: &ManualClock) -> Watcher {
    let source = ApiSource::new(Api::<ConfigMap>::all(server.client()));
    let options = WatcherOptions::of(&source).clock(clock.shared());
    Watcher::new(Arc::new(source), options)
}

/// Every state that the server was in, as the writer has seen it.
#[derive(Default)]
struct History {
    /// What was written at each revision: the object, or none for a deletion.
    writes: BTreeMap<u64, (String, Option<String>)>,
}

impl History {
    fn at(&self, revision: u64) -> BTreeMap<String, String> {
        let mut state = BTreeMap::new();
        for (name, value) in self.writes.range(..=revision).map(|(_, write)| write) {
            match value {
                Some(value) => state.insert(name.clone(), value.clone()),
                None => state.remove(name),
            };
        }
        state
    }
}

/// Checks etcd's guarantees for watches, step by step: ordered, unique,
/// reliable (no gap), atomic (a list is one state), resumable, bookmarkable.
#[derive(Default)]
struct Checker {
    listed: Option<BTreeMap<String, String>>,
    known: BTreeMap<String, String>,
    /// Everything up to here has been given.
    revision: u64,
    lists: usize,
    events: usize,
}

fn parts(object: &SharedObject) -> (u64, String, String) {
    let tree = object.value();
    let value = tree["data"]["k"].as_str().unwrap_or_default().to_owned();
    let revision = object.resource_version().parse().expect("a revision");
    (revision, object.name().to_owned(), value)
}

impl Checker {
    fn check(&mut self, step: Step, version: &str, history: &History) {
        match step {
            Step::Restarted => self.listed = Some(BTreeMap::new()),
            Step::Initial(object) => {
                let (_, name, value) = parts(&object);
                self.listed.as_mut().expect("a list").insert(name, value);
            }
            Step::InitialGone(object) => {
                self.listed.as_mut().expect("a list").remove(object.name());
            }
            Step::Ready => {
                let revision = version.parse().expect("a revision");
                assert!(revision >= self.revision, "a list leads back in time");
                self.known = self.listed.take().expect("a list");
                assert_eq!(self.known, history.at(revision), "atomic at {revision}");
                self.revision = revision;
                self.lists += 1;
            }
            Step::Applied(object) => {
                let (revision, name, value) = parts(&object);
                self.event(revision, &name, Some(&value), history);
                self.known.insert(name, value);
            }
            Step::Deleted(object) => {
                let (revision, name, _) = parts(&object);
                self.event(revision, &name, None, history);
                self.known.remove(&name);
            }
            Step::Failed(..) => {}
        }
    }

    fn event(&mut self, revision: u64, name: &str, value: Option<&str>, history: &History) {
        assert!(revision > self.revision, "ordered and unique at {revision}");
        let missed: Vec<_> = history.writes.range(self.revision + 1..revision).collect();
        assert!(missed.is_empty(), "reliable at {revision}: {missed:?}");
        let (written, content) = &history.writes[&revision];
        assert_eq!((written.as_str(), content.as_deref()), (name, value));
        self.revision = revision;
        self.events += 1;
    }
}

async fn storm(seed: u64, server: FakeApi) -> Checker {
    const WRITES: usize = 300;
    let clock = ManualClock::new();
    let api = Api::<ConfigMap>::namespaced(server.client(), "a");
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut history = History::default();
    let mut checker = Checker::default();
    let mut watcher = watcher(&server, &clock);
    server.unreliable(seed, 12);
    for write in 0..WRITES {
        let name = format!("m{}", rng.u32(..6));
        let value = write.to_string();
        let (revision, written) = match api.get_opt(&name).await.expect("get") {
            Some(_) if rng.u32(..3) == 0 => {
                let deleted = api.delete(&name, &DeleteOptions::default()).await;
                let skeg_client::Deleted::Object(last) = deleted.expect("delete") else {
                    panic!("the last state is given");
                };
                (last.metadata.resource_version.clone(), None)
            }
            Some(_) => {
                let map = api.update(map(&name, &value)).await.expect("update");
                (map.metadata.resource_version.clone(), Some(value))
            }
            None => {
                let map = api.create(map(&name, &value)).await.expect("create");
                (map.metadata.resource_version.clone(), Some(value))
            }
        };
        let revision = revision.parse().expect("a revision");
        history.writes.insert(revision, (name, written));
        for _ in 0..rng.u32(..4) {
            step(&mut watcher, &clock, &mut checker, &history).await;
        }
    }
    server.unreliable(seed, 0);
    server.break_watches();
    let end = history.at(u64::MAX);
    let last = *history.writes.keys().next_back().expect("writes");
    let mut tries = 0;
    while checker.revision < last {
        tries += 1;
        assert!(
            tries < 2000,
            "it does not get on: {} of {last} at {}",
            checker.revision,
            watcher.version()
        );
        step(&mut watcher, &clock, &mut checker, &history).await;
    }
    assert_eq!(checker.known, end);
    checker
}

/// One step, unless nothing happens; pauses take no time.
async fn step(
    watcher: &mut Watcher,
    clock: &ManualClock,
    checker: &mut Checker,
    history: &History,
) {
    let step = {
        let next = watcher.step();
        tokio::pin!(next);
        let mut found = None;
        for _ in 0..6 {
            if let std::task::Poll::Ready(step) = futures::poll!(next.as_mut()) {
                found = Some(step);
                break;
            }
            clock.advance(Duration::from_secs(60));
            // A task that never yields gets nothing more from its channels.
            tokio::task::yield_now().await;
        }
        found
    };
    if let Some(step) = step {
        checker.check(step, watcher.version(), history);
    }
}

#[tokio::test]
async fn watches_hold_what_etcd_promises() {
    let (mut lists, mut events) = (0, 0);
    for seed in 0..25 {
        for server in [FakeApi::new(), FakeApi::new().remote()] {
            let checker = storm(seed, server).await;
            lists += checker.lists;
            events += checker.events;
        }
    }
    // Both ways of going on were taken, many times.
    assert!(
        lists > 120 && events > 10_000,
        "{lists} lists, {events} events"
    );
}

#[tokio::test]
async fn a_silent_watch_is_renewed() {
    let (server, clock) = (FakeApi::new().remote(), ManualClock::new());
    let api = Api::<ConfigMap>::namespaced(server.client(), "a");
    api.create(map("m", "1")).await.expect("create");
    let mut watcher = watcher(&server, &clock);
    while !matches!(watcher.step().await, Step::Ready) {}
    let watches = || {
        let requests = server.requests();
        requests
            .iter()
            .filter(|request| request.starts_with("watch"))
            .count()
    };
    assert_eq!(watches(), 1, "one watch gave the list and goes on");
    let mut quiet = std::pin::pin!(async {
        let step = watcher.step().await;
        (step, watcher)
    });
    // The first interval was not silent: the list came.
    for renewed in [1, 2, 3] {
        assert!(futures::poll!(quiet.as_mut()).is_pending());
        assert_eq!(watches(), renewed);
        clock.advance(Duration::from_secs(180));
    }
    api.update(map("m", "2")).await.expect("update");
    let (step, _) = quiet.await;
    assert!(matches!(step, Step::Applied(object) if parts(&object).2 == "2"));
}

#[tokio::test]
async fn servers_that_cannot_stream_lists_are_asked_for_them() {
    let (server, clock) = (FakeApi::new().remote(), ManualClock::new());
    let api = Api::<ConfigMap>::namespaced(server.client(), "a");
    api.create(map("m", "1")).await.expect("create");
    let refusal = Status::bad_request("sendInitialEvents is forbidden");
    server.refuse("watch", "configmaps", 1, refusal);
    server.forget_requests();
    let mut watcher = watcher(&server, &clock);
    while !matches!(watcher.step().await, Step::Ready) {}
    api.update(map("m", "2")).await.expect("update");
    assert!(matches!(watcher.step().await, Step::Applied(_)));
    let requests = server.requests();
    let kinds: Vec<_> = requests
        .iter()
        .map(|request| request.split(' ').next().unwrap_or_default())
        .filter(|verb| *verb != "update")
        .collect();
    assert_eq!(kinds, ["watch", "list", "watch"]);
}

/// What comes of a watch.
type Watch = Result<Vec<Result<SharedEvent, Error>>, Error>;

/// Gives what a script says, and notes down what it was asked for.
#[derive(Default)]
struct Script {
    watches: Mutex<VecDeque<Watch>>,
    /// The first watch, in place of one that ends.
    silent: Mutex<Option<SharedEvents>>,
    asked: Mutex<Vec<String>>,
}

impl Source for Script {
    fn list(&self, options: ListOptions) -> BoxFuture<'_, Result<SharedList, Error>> {
        let asked = format!("list from {:?}", options.resource_version);
        self.asked.lock().push(asked);
        let list = SharedList {
            items: vec![shared("m", 7)],
            resource_version: "7".to_owned(),
            ..SharedList::default()
        };
        Box::pin(async { Ok(list) })
    }

    fn watch(&self, options: WatchOptions) -> BoxFuture<'_, Result<SharedEvents, Error>> {
        let what = if options.send_initial_events {
            "stream"
        } else {
            "watch"
        };
        let asked = format!("{what} from {:?}", options.resource_version);
        self.asked.lock().push(asked);
        let silent = self.silent.lock().take();
        let events = self.watches.lock().pop_front();
        Box::pin(async move {
            if let Some(silent) = silent {
                return Ok(silent);
            }
            Ok(match events {
                Some(events) => stream::iter(events?).boxed(),
                None => stream::pending().boxed(),
            })
        })
    }

    fn what(&self) -> &str {
        "configmaps"
    }

    fn in_process(&self) -> bool {
        false
    }
}

fn shared(name: &str, version: u32) -> SharedObject {
    let mut map = map(name, "1");
    map.metadata.resource_version = version.to_string();
    SharedObject::from_typed(Arc::new(map))
}

/// What a watcher has asked a source for after so many lists.
async fn asked(watches: Vec<Watch>, lists: usize) -> Vec<String> {
    let source = Arc::new(Script {
        watches: Mutex::new(watches.into()),
        ..Script::default()
    });
    let clock = ManualClock::new();
    let options = WatcherOptions::of(&*source).clock(clock.shared());
    let mut watcher = Watcher::new(Arc::clone(&source) as Arc<dyn Source>, options);
    let mut readies = 0;
    while readies < lists {
        // Pauses take no time.
        let step = tokio::select! {
            biased;
            step = watcher.step() => step,
            () = async {
                tokio::task::yield_now().await;
                clock.advance(Duration::from_secs(1));
            } => continue,
        };
        readies += usize::from(matches!(step, Step::Ready));
    }
    std::mem::take(&mut *source.asked.lock())
}

fn added(name: &str, version: u32) -> Result<SharedEvent, Error> {
    Ok(SharedEvent::Added(shared(name, version)))
}

fn complete(version: &str) -> Result<SharedEvent, Error> {
    Ok(SharedEvent::Bookmark {
        resource_version: version.to_owned(),
        initial_events_end: true,
    })
}

/// As servers answer whose cache has not come as far.
fn too_large() -> Status {
    let mut status = Status::timeout("Too large resource version: 9, current: 8", 1);
    let cause = StatusCause {
        reason: "ResourceVersionTooLarge".to_owned(),
        message: "Too large resource version".to_owned(),
        ..StatusCause::default()
    };
    status.details.get_or_insert_default().causes = vec![cause];
    status
}

fn refused(status: Status) -> Result<SharedEvent, Error> {
    Ok(SharedEvent::Error(Box::new(status)))
}

#[tokio::test]
async fn a_streamed_list_that_ends_early_is_no_refusal() {
    let early = vec![added("m", 5)];
    let lost = vec![refused(Status::expired("too old"))];
    let whole = vec![added("m", 9), complete("9")];
    let asked = asked(vec![Ok(early), Ok(lost), Ok(whole)], 2).await;
    assert_eq!(
        asked,
        [
            r#"stream from """#,
            r#"list from "0""#,
            r#"watch from "7""#,
            r#"stream from """#,
        ]
    );
}

#[tokio::test]
async fn a_server_that_does_not_know_streamed_lists_is_not_asked_again() {
    let refusal = Status::bad_request("sendInitialEvents is forbidden");
    let lost = vec![refused(Status::expired("too old"))];
    let asked = asked(vec![Err(Error::from(refusal)), Ok(lost)], 2).await;
    assert_eq!(
        asked,
        [
            r#"stream from """#,
            r#"list from "0""#,
            r#"watch from "7""#,
            r#"list from """#,
        ]
    );
}

/// What a watcher has asked for once it has read everything, of a server whose
/// first watch gives this, and then nothing.
async fn asked_by_ten_seconds(events: Vec<Result<SharedEvent, Error>>) -> Vec<String> {
    let first = stream::iter(events).chain(stream::pending()).boxed();
    let source = Arc::new(Script {
        silent: Mutex::new(Some(first)),
        ..Script::default()
    });
    let clock = ManualClock::new();
    let options = WatcherOptions::of(&*source).clock(clock.shared());
    let mut watcher = Watcher::new(Arc::clone(&source) as Arc<dyn Source>, options);
    let mut ready = std::pin::pin!(async { while !matches!(watcher.step().await, Step::Ready) {} });
    let mut seconds = 0;
    while futures::poll!(ready.as_mut()).is_pending() {
        clock.advance(Duration::from_secs(1));
        seconds += 1;
        assert!(seconds <= 21, "{:?}", source.asked.lock());
    }
    std::mem::take(&mut *source.asked.lock())
}

/// Proxies between may not know the question.
#[tokio::test]
async fn a_streamed_list_without_an_end_is_asked_for_plainly() {
    let plain = Ok(SharedEvent::Bookmark {
        resource_version: "5".to_owned(),
        initial_events_end: false,
    });
    for events in [vec![], vec![added("m", 5)], vec![added("m", 5), plain]] {
        let asked = asked_by_ten_seconds(events).await;
        assert_eq!(asked, [r#"stream from """#, r#"list from "0""#]);
    }
}

/// A server that is behind what was seen, or has forgotten it, is asked for
/// whatever is newest.
#[tokio::test]
async fn a_streamed_list_of_a_version_that_is_not_there_is_asked_for_anew() {
    let whole = |version: &str| Ok(vec![complete(version)]);
    for missing in [Status::expired("too old"), too_large()] {
        let watches = vec![
            whole("9"),
            Err(Error::from(missing.clone())),
            Ok(vec![refused(missing)]),
            whole("12"),
        ];
        let asked = asked(watches, 2).await;
        assert_eq!(
            asked,
            [
                r#"stream from """#,
                r#"watch from "9""#,
                r#"stream from """#,
                r#"stream from """#,
            ]
        );
    }
}

/// Bytes that are no event: they would come again for as long as the watch is
/// taken up before them.
#[tokio::test]
async fn an_event_that_cannot_be_read_leads_to_a_list() {
    let nonsense = Error::Decode {
        target: "configmaps".to_owned(),
        source: "no event".into(),
    };
    let watches = vec![
        Ok(vec![complete("9")]),
        Ok(vec![Err(nonsense)]),
        Ok(vec![complete("12")]),
    ];
    let asked = asked(watches, 2).await;
    assert_eq!(
        asked,
        [
            r#"stream from """#,
            r#"watch from "9""#,
            r#"stream from "9""#
        ]
    );
}

/// An event whose object is not what its kind says.
#[tokio::test]
async fn an_object_that_cannot_be_read_is_told_and_passed_over() {
    let script = || {
        let bad = skeg_schema::json!({
            "kind": "ConfigMap", "apiVersion": "v1",
            "metadata": {"namespace": "a", "name": "bad", "resourceVersion": "6"},
            "data": {"k": 3},
        });
        let bad = SharedEvent::Added(SharedObject::from_tree(bad));
        let events = vec![complete("5"), added("m", 5), Ok(bad), added("later", 7)];
        Arc::new(Script {
            watches: Mutex::new(VecDeque::from([Ok(events)])),
            ..Script::default()
        })
    };
    let clock = ManualClock::new();
    let source = script();
    let options = WatcherOptions::of(&*source).clock(clock.shared());
    let events = Watcher::new(source, options).into_stream::<ConfigMap>();
    let events: Vec<_> = events.skip(2).take(3).collect().await;
    let told: Vec<_> = events
        .iter()
        .map(|event| match event {
            Ok(WatcherEvent::Apply(map)) => map.metadata.name.clone(),
            Err(Error::Decode { target, .. }) => format!("not {target}"),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(told, ["m", "not a/bad", "later"]);

    let cancel = tokio_util::sync::CancellationToken::new();
    let client = FakeApi::new().client();
    let factory = SharedInformerFactory::new(client, clock.shared(), cancel);
    let informer = factory.from_source::<ConfigMap>("script", || script());
    while informer.get("a", "later").is_none() {
        tokio::task::yield_now().await;
    }
    assert!(informer.get("a", "m").is_some() && informer.get("a", "bad").is_none());
}

#[tokio::test]
async fn history_that_is_lost_twice_is_waited_for() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let mut watcher = watcher(&server, &clock);
    let gone = || Status::expired("too old");
    server.refuse("watch", "configmaps", 2, gone());
    let begun = clock.monotonic();
    let mut readies = 0;
    let failure = loop {
        match watcher.step().await {
            Step::Ready => readies += 1,
            Step::Failed(error, pause) => break (error, pause),
            _ => {}
        }
    };
    assert!(failure.0.is_expired() && failure.1 >= Duration::from_millis(800));
    assert_eq!(
        (readies, clock.monotonic()),
        (2, begun),
        "once it listed again at once"
    );
}

#[tokio::test]
async fn as_a_stream() {
    let server = FakeApi::new();
    let api = Api::<ConfigMap>::namespaced(server.client(), "a");
    api.create(map("m", "1")).await.expect("create");
    let source = ApiSource::new(Api::<ConfigMap>::all(server.client()));
    assert!(source.in_process());
    let mut events = skeg_runtime::watcher::<ConfigMap>(source);
    let mut next = async || {
        events
            .next()
            .await
            .expect("it never ends")
            .expect("no error")
    };
    assert!(matches!(next().await, WatcherEvent::Init));
    assert!(matches!(next().await, WatcherEvent::InitApply(map) if map.metadata.name == "m"));
    assert!(matches!(next().await, WatcherEvent::InitDone));
    api.delete("m", &DeleteOptions::default())
        .await
        .expect("delete");
    let gone = next().await;
    assert!(matches!(&gone, WatcherEvent::Delete(map) if map.metadata.name == "m"));
    assert!(gone.touched().is_some());
}

#[tokio::test]
async fn one_object() {
    let server = FakeApi::new();
    let api = Api::<ConfigMap>::namespaced(server.client(), "a");
    let mut states = watch_object(api.clone(), "m");
    let value = |map: &ConfigMap| map.data.get("k").cloned();
    let mut next = async || {
        let state = states
            .next()
            .await
            .expect("it never ends")
            .expect("no error");
        state.as_deref().and_then(value)
    };
    assert_eq!(next().await, None);
    api.create(map("other", "1")).await.expect("create");
    api.create(map("m", "1")).await.expect("create");
    assert_eq!(next().await.as_deref(), Some("1"));
    api.update(map("m", "2")).await.expect("update");
    assert_eq!(next().await.as_deref(), Some("2"));
    api.delete("m", &DeleteOptions::default())
        .await
        .expect("delete");
    assert_eq!(next().await, None);
}
