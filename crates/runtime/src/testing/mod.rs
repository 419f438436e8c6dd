//! A small API server in memory, to test controllers against.
//!
//! It knows every built-in resource and none of their rules: no defaults, no
//! validation, no admission. What it does have is what controllers depend on:
//! names and generated names, uids, resource versions and conflicts,
//! generations, status apart from spec, finalizers and graceful deletion of
//! pods, the patch types, selectors, watches with history and bookmarks. And
//! it fails on demand.

mod request;
mod watch;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use parking_lot::Mutex;
use skeg_client::{Client, Payload, RetryPolicy, Transport, TransportError};
use skeg_meta::{Object, SharedObject, Status, Time};
use skeg_schema::Value;

use request::Verb;

/// An API server in memory. Cheap to clone; the clones are one server.
#[derive(Clone, Default)]
pub struct FakeApi {
    inner: Arc<Inner>,
    remote: bool,
}

#[derive(Default)]
struct Inner {
    state: Mutex<State>,
    /// The newest revision, and how often every watch has been broken off.
    changed: tokio::sync::watch::Sender<(u64, u64)>,
}

type ResourceKey = (String, String);
type NameKey = (String, String);

struct State {
    revision: u64,
    /// Watches from before this are answered with 410.
    oldest: u64,
    broken: u64,
    now: Timestamp,
    next_uid: u64,
    objects: HashMap<ResourceKey, BTreeMap<NameKey, Value>>,
    log: Vec<Change>,
    faults: Vec<Fault>,
    requests: Vec<String>,
    /// What goes wrong by chance, and how seldom.
    chaos: Option<(fastrand::Rng, u32)>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            revision: 1,
            oldest: 0,
            broken: 0,
            now: Timestamp::from_second(1_767_225_600).expect("2026 is a time"),
            next_uid: 1,
            objects: HashMap::new(),
            log: Vec::new(),
            faults: Vec::new(),
            requests: Vec::new(),
            chaos: None,
        }
    }
}

/// One write.
#[derive(Clone)]
struct Change {
    revision: u64,
    resource: ResourceKey,
    old: Option<Value>,
    new: Option<Value>,
}

struct Fault {
    verb: String,
    plural: String,
    left: usize,
    what: FaultKind,
}

#[derive(Clone)]
enum FaultKind {
    Refuse(Box<Status>),
    Lose,
    Silence,
}

impl FakeApi {
    /// An empty server.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A client of it, which tries nothing twice.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(Arc::new(self.clone())).with_retry(RetryPolicy::none())
    }

    /// Refuses the next requests with a verb (`create`, `list`, `watch`,
    /// `patch`, …) on a resource, so many times.
    pub fn refuse(&self, verb: &str, plural: &str, times: usize, status: Status) {
        self.fault(verb, plural, times, FaultKind::Refuse(Box::new(status)));
    }

    /// Breaks the connection of the next requests with a verb on a resource, so many times.
    pub fn lose(&self, verb: &str, plural: &str, times: usize) {
        self.fault(verb, plural, times, FaultKind::Lose);
    }

    /// Leaves the next requests with a verb on a resource without an answer, so
    /// many times: they wait for ever.
    pub fn silence(&self, verb: &str, plural: &str, times: usize) {
        self.fault(verb, plural, times, FaultKind::Silence);
    }

    fn fault(&self, verb: &str, plural: &str, left: usize, what: FaultKind) {
        let fault = Fault {
            verb: verb.to_owned(),
            plural: plural.to_owned(),
            left,
            what,
        };
        self.inner.state.lock().faults.push(fault);
    }

    /// The same server as one that is reached over a network, of which clients
    /// expect what they do of such: that it can stream lists, and fall silent.
    #[must_use]
    pub fn remote(mut self) -> Self {
        self.remote = true;
        self
    }

    /// From now on things go wrong by chance, once in so many times: watches end
    /// before an event or behind it, lists and watches get no answer, and the
    /// history is forgotten. The same seed makes the same choices. Bookmarks come
    /// by chance too. One in none ends all that.
    pub fn unreliable(&self, seed: u64, one_in: u32) {
        let chaos = (one_in > 0).then(|| (fastrand::Rng::with_seed(seed), one_in));
        self.inner.state.lock().chaos = chaos;
    }

    /// Breaks every watch off.
    pub fn break_watches(&self) {
        let mut state = self.inner.state.lock();
        state.broken += 1;
        self.announce(&state);
    }

    /// Forgets all history: watches from before now are answered with 410.
    pub fn compact(&self) {
        let mut state = self.inner.state.lock();
        state.oldest = state.revision;
        state.log.clear();
    }

    /// The requests so far, as `verb plural[/subresource] [namespace/]name`.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.inner.state.lock().requests.clone()
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        self.inner.state.lock().requests.clear();
    }

    /// Sets the time that new objects are stamped with.
    pub fn set_time(&self, now: Timestamp) {
        self.inner.state.lock().now = now;
    }

    /// Puts an object in, or in the place of the one there, past every check.
    ///
    /// # Panics
    /// The kind is not built in.
    pub fn put<K: Object>(&self, object: &K) {
        let value = (*SharedObject::from_typed(Arc::new(object.clone())).value()).clone();
        let resource = (K::GVK.group.into_owned(), K::PLURAL.to_owned());
        let mut state = self.inner.state.lock();
        let name = name_of(&value);
        let old = state
            .objects
            .get(&resource)
            .and_then(|objects| objects.get(&name))
            .cloned();
        let mut value = value;
        if old.is_none() {
            state.stamp(&mut value);
        } else if let Some(uid) = old.as_ref().map(|old| old["metadata"]["uid"].clone())
            && value["metadata"]["uid"].is_null()
        {
            value.set_at(&["metadata", "uid"], uid);
        }
        state.write(resource, name, old, Some(value));
        self.announce(&state);
    }

    /// The object of a name.
    #[must_use]
    pub fn get<K: Object>(&self, namespace: &str, name: &str) -> Option<Arc<K>> {
        let state = self.inner.state.lock();
        let objects = state
            .objects
            .get(&(K::GVK.group.into_owned(), K::PLURAL.to_owned()))?;
        let value = objects
            .get(&(namespace.to_owned(), name.to_owned()))?
            .clone();
        SharedObject::from_tree(value).typed().ok()
    }

    /// Every object of a kind, by namespace and name.
    #[must_use]
    pub fn all<K: Object>(&self) -> Vec<Arc<K>> {
        let state = self.inner.state.lock();
        let objects = state
            .objects
            .get(&(K::GVK.group.into_owned(), K::PLURAL.to_owned()));
        objects
            .into_iter()
            .flat_map(BTreeMap::values)
            .filter_map(|value| SharedObject::from_tree(value.clone()).typed().ok())
            .collect()
    }

    /// Takes an object away at once, whatever its finalizers.
    pub fn remove<K: Object>(&self, namespace: &str, name: &str) {
        let resource = (K::GVK.group.into_owned(), K::PLURAL.to_owned());
        let name = (namespace.to_owned(), name.to_owned());
        let mut state = self.inner.state.lock();
        let old = state
            .objects
            .get(&resource)
            .and_then(|objects| objects.get(&name))
            .cloned();
        if old.is_some() {
            state.write(resource, name, old, None);
            self.announce(&state);
        }
    }

    /// Waits until something holds of the server.
    ///
    /// # Panics
    /// It does not hold within ten seconds.
    pub async fn until(&self, what: &str, mut holds: impl FnMut(&FakeApi) -> bool) {
        let mut changed = self.inner.changed.subscribe();
        let wait = async {
            while !holds(self) {
                changed.changed().await.expect("the server lives");
            }
        };
        let limit = std::time::Duration::from_secs(10);
        assert!(
            tokio::time::timeout(limit, wait).await.is_ok(),
            "waited in vain until {what}"
        );
    }

    fn announce(&self, state: &State) {
        self.inner
            .changed
            .send_replace((state.revision, state.broken));
    }
}

impl State {
    fn time(&self) -> Value {
        Value::from(Time(self.now).to_string())
    }

    /// Gives a new object what the server gives it.
    fn stamp(&mut self, value: &mut Value) {
        let uid = format!("00000000-0000-4000-8000-{:012}", self.next_uid);
        self.next_uid += 1;
        if value["metadata"]["uid"].is_null() {
            value.set_at(&["metadata", "uid"], uid);
        }
        if value["metadata"]["creationTimestamp"].is_null() {
            let time = self.time();
            value.set_at(&["metadata", "creationTimestamp"], time);
        }
        if !value["spec"].is_null() && value["metadata"]["generation"].is_null() {
            value.set_at(&["metadata", "generation"], 1i64);
        }
    }

    /// Writes, deletes or creates, and notes it down. The object as it is, or was last.
    fn write(
        &mut self,
        resource: ResourceKey,
        name: NameKey,
        old: Option<Value>,
        new: Option<Value>,
    ) -> Value {
        self.revision += 1;
        let version = self.revision.to_string();
        let objects = self.objects.entry(resource.clone()).or_default();
        let mut change = Change {
            revision: self.revision,
            resource,
            old,
            new,
        };
        let result = match &mut change.new {
            Some(new) => {
                new.set_at(&["metadata", "resourceVersion"], version);
                objects.insert(name, new.clone());
                new.clone()
            }
            None => {
                objects.remove(&name);
                // The event of a deletion has the version of the deletion.
                let mut last = change.old.clone().unwrap_or_default();
                last.set_at(&["metadata", "resourceVersion"], version);
                change.old = Some(last.clone());
                last
            }
        };
        self.log.push(change);
        result
    }

    /// Whether something goes wrong now.
    fn chance(&mut self) -> bool {
        let chaos = self.chaos.as_mut();
        chaos.is_some_and(|(rng, one_in)| rng.u32(..*one_in) == 0)
    }

    fn fault(&mut self, verb: &str, plural: &str) -> Option<FaultKind> {
        if matches!(verb, "list" | "watch") {
            if self.chance() {
                self.oldest = self.revision;
                self.log.clear();
            }
            if self.chance() {
                return Some(FaultKind::Lose);
            }
        }
        let fault = self.faults.iter_mut().find(|fault| {
            fault.left > 0 && (fault.verb == "*" || fault.verb == verb) && fault.plural == plural
        })?;
        fault.left -= 1;
        Some(fault.what.clone())
    }
}

fn name_of(value: &Value) -> NameKey {
    let text = |key: &str| {
        value["metadata"][key]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    (text("namespace"), text("name"))
}

impl Transport for FakeApi {
    fn call(
        &self,
        request: http::Request<Payload>,
    ) -> BoxFuture<'static, Result<http::Response<Payload>, TransportError>> {
        let api = self.clone();
        async move {
            let verb = match Verb::parse(&request) {
                Ok(verb) => verb,
                Err(status) => return Ok(refusal(status)),
            };
            let fault = {
                let mut state = api.inner.state.lock();
                state.requests.push(verb.describe());
                state.fault(verb.name(), verb.desc.resource)
            };
            match fault {
                Some(FaultKind::Refuse(status)) => return Ok(refusal(*status)),
                Some(FaultKind::Lose) => {
                    return Err(TransportError::Lost {
                        server: "fake".to_owned(),
                        source: "lost on demand".into(),
                    });
                }
                Some(FaultKind::Silence) => std::future::pending::<()>().await,
                None => {}
            }
            Ok(match api.serve(verb, request) {
                Ok((code, payload)) => answer(code, payload),
                Err(status) => refusal(status),
            })
        }
        .boxed()
    }

    fn in_process(&self) -> bool {
        !self.remote
    }
}

fn answer(code: u16, payload: Payload) -> http::Response<Payload> {
    let mut response = http::Response::new(payload);
    *response.status_mut() = http::StatusCode::from_u16(code).unwrap_or_default();
    response
}

fn refusal(status: Status) -> http::Response<Payload> {
    let code = u16::try_from(status.code).unwrap_or(500);
    answer(code, Payload::Status(Box::new(status)))
}
