//! Shared informers: one watch and one copy of the objects for a whole process.

use std::any::{Any, TypeId};
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use parking_lot::Mutex;
use skeg_client::Client;
use skeg_meta::{Object, SharedObject};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::backoff::BackoffPolicy;
use crate::cached::{Cached, typed_source};
use crate::clock::Clock;
use crate::name::ObjectName;
use crate::reflector::{Reflector, Sink};
use crate::source::Source;
use crate::store::Store;

/// What has become of an object, as told to a handler.
#[derive(Debug)]
pub enum Delta<'a, K> {
    /// It is there.
    Added {
        /// The object.
        object: &'a Arc<K>,
        /// Whether it was there before the handler was.
        initial: bool,
    },
    /// It has changed.
    Updated {
        /// As it was.
        old: &'a Arc<K>,
        /// As it is.
        new: &'a Arc<K>,
    },
    /// It is gone, or another of the same name has taken its place.
    Deleted {
        /// As it was last known.
        object: &'a Arc<K>,
    },
}

impl<'a, K> Delta<'a, K> {
    /// The object as it is, or was last.
    #[must_use]
    pub fn object(&self) -> &'a Arc<K> {
        match self {
            Delta::Added { object, .. } | Delta::Deleted { object } => object,
            Delta::Updated { new, .. } => new,
        }
    }

    /// The object as it was before a change.
    #[must_use]
    pub fn old(&self) -> Option<&'a Arc<K>> {
        match self {
            Delta::Updated { old, .. } => Some(old),
            _ => None,
        }
    }
}

type Handler<K> = Box<dyn Fn(Delta<'_, K>) + Send + Sync>;

/// The objects of one kind, kept in step with the server. Cheap to clone.
pub struct Informer<K> {
    inner: Arc<Inner<K>>,
}

impl<K> Clone for Informer<K> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

struct Inner<K> {
    store: Store<K>,
    /// Held while the store changes and the handlers are told, so that a new
    /// handler sees each object exactly once.
    handlers: Mutex<Vec<Handler<K>>>,
    synced: watch::Sender<bool>,
}

impl<K: Cached> Informer<K> {
    fn new() -> Self {
        let (synced, _) = watch::channel(false);
        Self {
            inner: Arc::new(Inner {
                store: Store::default(),
                handlers: Mutex::new(Vec::new()),
                synced,
            }),
        }
    }

    /// The objects.
    #[must_use]
    pub fn store(&self) -> &Store<K> {
        &self.inner.store
    }

    /// The object of a name.
    #[must_use]
    pub fn get(&self, namespace: &str, name: &str) -> Option<Arc<K>> {
        self.inner.store.get(&ObjectName::new(namespace, name))
    }

    /// Calls a handler for everything that happens from now on, after calling
    /// it for every object that is there already.
    ///
    /// Handlers are called one after another, in the order of events. They
    /// must be quick, typically adding to a queue, and must not add handlers.
    /// A panic in one is caught and logged.
    pub fn on_change(&self, handler: impl Fn(Delta<'_, K>) + Send + Sync + 'static) {
        let mut handlers = self.inner.handlers.lock();
        let handler: Handler<K> = Box::new(handler);
        for object in self.inner.store.list() {
            call(
                &handler,
                Delta::Added {
                    object: &object,
                    initial: true,
                },
            );
        }
        handlers.push(handler);
    }

    /// Whether everything that was there at the start has been read.
    #[must_use]
    pub fn has_synced(&self) -> bool {
        *self.inner.synced.borrow()
    }

    /// Waits until everything that was there at the start has been read.
    pub async fn synced(&self) {
        // The sender lives in the informer itself.
        let _ = self
            .inner
            .synced
            .subscribe()
            .wait_for(|synced| *synced)
            .await;
    }
}

fn call<K>(handler: &Handler<K>, delta: Delta<'_, K>) {
    if catch_unwind(AssertUnwindSafe(|| handler(delta))).is_err() {
        tracing::error!(kind = std::any::type_name::<K>(), "a handler panicked");
    }
}

impl<K: Cached> Inner<K> {
    fn decode(&self, object: &SharedObject) -> Option<(ObjectName, Arc<K>)> {
        match K::from_shared(object) {
            Ok(object) => Some((object.object_name(), object)),
            Err(error) => {
                tracing::error!(namespace = object.namespace(), name = object.name(), %error, "cannot decode an object");
                None
            }
        }
    }

    fn put(&self, handlers: &[Handler<K>], name: ObjectName, object: &Arc<K>, initial: bool) {
        let old = self.store.put(name, Arc::clone(object));
        match &old {
            None => handlers
                .iter()
                .for_each(|handler| call(handler, Delta::Added { object, initial })),
            Some(old) if old.object_meta().uid != object.object_meta().uid => {
                handlers.iter().for_each(|handler| {
                    call(handler, Delta::Deleted { object: old });
                    call(handler, Delta::Added { object, initial });
                })
            }
            Some(old)
                if old.object_meta().resource_version == object.object_meta().resource_version => {}
            Some(old) => handlers
                .iter()
                .for_each(|handler| call(handler, Delta::Updated { old, new: object })),
        }
    }

    fn take(&self, handlers: &[Handler<K>], name: &ObjectName, last: Option<&Arc<K>>) {
        if let Some(old) = self.store.take(name) {
            let object = last.unwrap_or(&old);
            handlers
                .iter()
                .for_each(|handler| call(handler, Delta::Deleted { object }));
        }
    }
}

impl<K: Cached> Sink for Inner<K> {
    fn replace(&self, objects: Vec<SharedObject>) {
        let handlers = self.handlers.lock();
        let initial = !*self.synced.borrow();
        let mut present = HashSet::with_capacity(objects.len());
        for object in &objects {
            let Some((name, object)) = self.decode(object) else {
                continue;
            };
            present.insert(name.clone());
            self.put(&handlers, name, &object, initial);
        }
        for name in self.store.names() {
            if !present.contains(&name) {
                self.take(&handlers, &name, None);
            }
        }
        drop(handlers);
        self.synced.send_replace(true);
    }

    fn apply(&self, object: SharedObject) {
        let Some((name, object)) = self.decode(&object) else {
            return;
        };
        let handlers = self.handlers.lock();
        self.put(&handlers, name, &object, false);
    }

    fn remove(&self, object: SharedObject) {
        let name = ObjectName::new(object.namespace(), object.name());
        let last = self.decode(&object).map(|(_, object)| object);
        let handlers = self.handlers.lock();
        self.take(&handlers, &name, last.as_ref());
    }
}

/// The informers of a process: one for each kind, however many want it. Cheap to clone.
#[derive(Clone)]
pub struct SharedInformerFactory {
    inner: Arc<Factory>,
}

struct Factory {
    client: Client,
    clock: Arc<dyn Clock>,
    backoff: BackoffPolicy,
    cancel: CancellationToken,
    tasks: TaskTracker,
    informers: Mutex<HashMap<Key, Entry>>,
}

type Key = (TypeId, String);

struct Entry {
    what: String,
    informer: Box<dyn Any + Send + Sync>,
    synced: watch::Receiver<bool>,
}

impl SharedInformerFactory {
    /// A factory whose informers run until the token is cancelled.
    #[must_use]
    pub fn new(client: Client, clock: Arc<dyn Clock>, cancel: CancellationToken) -> Self {
        Self::with_backoff(client, clock, cancel, BackoffPolicy::default())
    }

    /// The same with other pauses after failures.
    #[must_use]
    pub fn with_backoff(
        client: Client,
        clock: Arc<dyn Clock>,
        cancel: CancellationToken,
        backoff: BackoffPolicy,
    ) -> Self {
        let informers = Mutex::new(HashMap::new());
        Self {
            inner: Arc::new(Factory {
                client,
                clock,
                backoff,
                cancel,
                tasks: TaskTracker::new(),
                informers,
            }),
        }
    }

    /// The client that the informers read by.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.inner.client
    }

    /// The informer of a kind, over all namespaces. The first call starts it.
    #[must_use]
    pub fn informer<K: Object>(&self) -> Informer<K> {
        self.selected::<K>("", "")
    }

    /// The informer of those objects of a kind that selectors choose. Equal
    /// selectors share one informer.
    #[must_use]
    pub fn selected<K: Object>(&self, labels: &str, fields: &str) -> Informer<K> {
        self.from_source(&format!("{labels}\n{fields}"), || {
            typed_source::<K>(self.inner.client.clone(), labels, fields)
        })
    }

    /// The informer over a source of one's own. Equal keys of one form share
    /// one informer.
    #[must_use]
    pub fn from_source<K: Cached>(
        &self,
        key: &str,
        source: impl FnOnce() -> Arc<dyn Source>,
    ) -> Informer<K> {
        let mut informers = self.inner.informers.lock();
        let entry = informers
            .entry((TypeId::of::<K>(), key.to_owned()))
            .or_insert_with(|| {
                let informer = Informer::<K>::new();
                let source = source();
                let what = source.what().to_owned();
                let sink: Arc<dyn Sink> = Arc::clone(&informer.inner) as Arc<dyn Sink>;
                let reflector = Reflector::new(
                    source,
                    sink,
                    Arc::clone(&self.inner.clock),
                    self.inner.backoff,
                );
                let cancel = self.inner.cancel.clone();
                self.inner.tasks.spawn(async move {
                    let _ = cancel.run_until_cancelled(reflector.run()).await;
                });
                let synced = informer.inner.synced.subscribe();
                Entry {
                    what,
                    informer: Box::new(informer),
                    synced,
                }
            });
        entry
            .informer
            .downcast_ref::<Informer<K>>()
            .expect("the key holds the type")
            .clone()
    }

    /// Waits until every informer that has been asked for has read what there is.
    pub async fn synced(&self) {
        let all: Vec<_> = self
            .inner
            .informers
            .lock()
            .values()
            .map(|entry| (entry.what.clone(), entry.synced.clone()))
            .collect();
        for (_, mut synced) in all {
            let _ = synced.wait_for(|synced| *synced).await;
        }
    }

    /// What has not been read yet, for messages.
    #[must_use]
    pub fn unsynced(&self) -> Vec<String> {
        let informers = self.inner.informers.lock();
        let mut missing: Vec<String> = informers
            .values()
            .filter(|entry| !*entry.synced.borrow())
            .map(|entry| entry.what.clone())
            .collect();
        missing.sort();
        missing
    }

    /// Waits until every informer has ended, once the token has been cancelled.
    pub async fn ended(&self) {
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
    }
}
