//! The informers of a process.

use std::any::{Any, TypeId};
use std::collections::{BTreeSet, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Weak};

use futures::FutureExt as _;
use parking_lot::Mutex;
use skeg_client::Client;
use skeg_meta::Object;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::build::Plan;
use super::feed::PartSink;
use super::{Informer, InformerBuilder, InformerPanic, OnError};
use crate::backoff::BackoffPolicy;
use crate::cached::Cached;
use crate::clock::Clock;
use crate::controller::panic_message;
use crate::reflector::Reflector;
use crate::source::Source;
use crate::watcher::{Watcher, WatcherOptions};

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
    on_error: Mutex<Option<OnError>>,
    stream_lists: Mutex<Option<bool>>,
    namespaces: Mutex<BTreeSet<String>>,
    panics: watch::Sender<Vec<InformerPanic>>,
}

type Key = (TypeId, String);

struct Entry {
    what: String,
    informer: Box<dyn Any + Send + Sync>,
    /// Of an informer that ends when nobody uses it.
    lease: Option<Weak<DropGuard>>,
    stop: CancellationToken,
    synced: watch::Receiver<bool>,
}

impl Entry {
    /// The informer, unless it has been stopped or nobody uses it.
    fn get<K: Cached>(&self) -> Option<Informer<K>> {
        if self.stop.is_cancelled() {
            return None;
        }
        let mut informer = self.informer.downcast_ref::<Informer<K>>()?.clone();
        if let Some(lease) = &self.lease {
            informer.lease = Some(lease.upgrade()?);
        }
        Some(informer)
    }
}

impl std::fmt::Debug for SharedInformerFactory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SharedInformerFactory")
            .field("informers", &self.inner.informers.lock().len())
            .finish_non_exhaustive()
    }
}

impl SharedInformerFactory {
    /// A factory whose informers run until the token is cancelled: dropping them, or the
    /// factory, ends none. `CancellationToken::default()` is fine for what lasts as long
    /// as the process; what does not keeps a clone of its token, or its drop guard.
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
        Self {
            inner: Arc::new(Factory {
                client,
                clock,
                backoff,
                cancel,
                tasks: TaskTracker::new(),
                informers: Mutex::new(HashMap::new()),
                on_error: Mutex::new(None),
                stream_lists: Mutex::new(None),
                namespaces: Mutex::default(),
                panics: watch::Sender::new(Vec::new()),
            }),
        }
    }

    /// The client that the informers read by.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.inner.client
    }

    /// Where the time comes from.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    /// Calls a hook whenever an informer that is started from now on cannot
    /// read. It is tried again in any case.
    pub fn on_error(&self, hook: impl Fn(&skeg_client::Error) + Send + Sync + 'static) {
        *self.inner.on_error.lock() = Some(Arc::new(hook));
    }

    /// Informers that are started from now on, of kinds that live in namespaces,
    /// read this one, unless they are told another or
    /// [all](InformerBuilder::all_namespaces): for programs that may read no more.
    pub fn in_namespace(&self, namespace: impl Into<String>) {
        self.in_namespaces([namespace]);
    }

    /// The same with several namespaces, each of which is listed and watched for itself.
    pub fn in_namespaces(&self, namespaces: impl IntoIterator<Item = impl Into<String>>) {
        *self.inner.namespaces.lock() = namespaces.into_iter().map(Into::into).collect();
    }

    /// The namespaces of informers of which nothing else is said; none for all.
    pub(super) fn namespaces(&self) -> BTreeSet<String> {
        self.inner.namespaces.lock().clone()
    }

    /// Whether informers that are started from now on begin by a watch that
    /// starts with the whole list, where the server can. By default over the
    /// wire. A server, or a proxy before it, that never ends such a list is
    /// found out after some ten seconds, and asked for plain lists then.
    pub fn stream_lists(&self, stream_lists: bool) {
        *self.inner.stream_lists.lock() = Some(stream_lists);
    }

    /// The informer of a kind, over all namespaces unless
    /// [`SharedInformerFactory::in_namespace`] says one. The first call starts it.
    #[must_use]
    pub fn informer<K: Object>(&self) -> Informer<K> {
        self.selected::<K>("", "")
    }

    /// The informer of those objects of a kind that selectors choose. Equal
    /// selectors share one informer.
    #[must_use]
    pub fn selected<K: Object>(&self, labels: &str, fields: &str) -> Informer<K> {
        self.build::<K>().labels(labels).fields(fields).start()
    }

    /// An informer of a kind with more to say: of one namespace, without
    /// certain fields, until nobody uses it.
    pub fn build<K: Object>(&self) -> InformerBuilder<K> {
        InformerBuilder::typed(self)
    }

    /// The informer over a source of one's own. Equal keys of one form share
    /// one informer.
    #[must_use]
    pub fn from_source<K: Cached>(
        &self,
        key: &str,
        source: impl FnOnce() -> Arc<dyn Source>,
    ) -> Informer<K> {
        self.shared(key.to_owned(), |_| Plan::over(source()))
    }

    /// The informer of a key, which a plan starts unless there is one.
    pub(super) fn shared<K: Cached>(
        &self,
        key: String,
        plan: impl FnOnce(&Self) -> Plan<K>,
    ) -> Informer<K> {
        let key: Key = (TypeId::of::<K>(), key);
        let mut informers = self.inner.informers.lock();
        if let Some(informer) = informers.get(&key).and_then(Entry::get::<K>) {
            return informer;
        }
        let plan = plan(self);
        let what = plan.what().to_owned();
        let stop = self.inner.cancel.child_token();
        let on_error = plan
            .on_error
            .clone()
            .or_else(|| self.inner.on_error.lock().clone());
        let informer = Informer::<K>::new(stop.clone(), &plan, on_error);
        let leased = plan.leased;
        self.run(&informer, &key, plan);
        let synced = informer.inner.synced.subscribe();
        let mut given = informer.clone();
        if leased {
            given.lease = Some(Arc::new(stop.clone().drop_guard()));
        }
        informers.insert(
            key,
            Entry {
                what,
                lease: given.lease.as_ref().map(Arc::downgrade),
                informer: Box::new(informer),
                stop,
                synced,
            },
        );
        given
    }

    /// Waits until every informer that has been asked for has read what there
    /// is, or has been stopped.
    pub async fn synced(&self) {
        let all: Vec<_> = self
            .inner
            .informers
            .lock()
            .values()
            .map(|entry| (entry.stop.clone(), entry.synced.clone()))
            .collect();
        for (stop, mut synced) in all {
            let _ = stop
                .run_until_cancelled(synced.wait_for(|synced| *synced))
                .await;
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

    /// The informers that a panic has ended.
    #[must_use]
    pub fn panics(&self) -> Vec<InformerPanic> {
        self.inner.panics.borrow().clone()
    }

    /// Waits until a panic has ended an informer. The process should end then,
    /// for what it stands on no longer follows the cluster.
    pub async fn panicked(&self) -> InformerPanic {
        let mut panics = self.inner.panics.subscribe();
        let first = panics.wait_for(|panics| !panics.is_empty()).await;
        match first.ok().and_then(|panics| panics.first().cloned()) {
            Some(first) => first,
            // The sender lives as long as the factory.
            None => std::future::pending().await,
        }
    }

    /// How many informers run.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inner.informers.lock().len()
    }

    /// Whether no informer runs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Waits until every informer has ended, once the token has been cancelled.
    pub async fn ended(&self) {
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
    }
}

impl SharedInformerFactory {
    fn run<K: Cached>(&self, informer: &Informer<K>, key: &Key, plan: Plan<K>) {
        let what = plan.what().to_owned();
        let stream_lists = plan.stream_lists.or(*self.inner.stream_lists.lock());
        let reflectors = plan.parts.into_iter().map(|part| {
            let mut options = WatcherOptions::of(&*part.source)
                .clock(Arc::clone(&self.inner.clock))
                .backoff(self.inner.backoff);
            if let Some(stream_lists) = stream_lists {
                options.stream_lists = stream_lists;
            }
            let watcher = Watcher::new(part.source, options);
            let sink = PartSink::new(Arc::clone(&informer.inner), part.namespace);
            Reflector::over(watcher, Arc::new(sink)).run()
        });
        let reflectors = futures::future::join_all(reflectors);
        let stop = informer.inner.stop.clone();
        let (factory, key) = (Arc::downgrade(&self.inner), key.clone());
        let inner = Arc::clone(&informer.inner);
        self.inner.tasks.spawn(async move {
            let reading = AssertUnwindSafe(stop.run_until_cancelled(reflectors));
            let panicked = reading.catch_unwind().await.err().map(|panic| {
                let message = panic_message(&*panic).to_owned();
                tracing::error!(
                    resource = what,
                    message,
                    "an informer panicked, and has ended"
                );
                inner
                    .panicked
                    .get_or_init(|| InformerPanic { what, message })
            });
            // Nobody is told anything any more, and what handlers hold may hold the informer.
            let handlers = std::mem::take(&mut *inner.handlers.lock());
            drop(handlers);
            if let Some(factory) = factory.upgrade() {
                if let Some(panic) = panicked {
                    let told = |panics: &mut Vec<_>| panics.push(panic.clone());
                    factory.panics.send_modify(told);
                }
                let mut informers = factory.informers.lock();
                // Another may have taken its place.
                if informers
                    .get(&key)
                    .is_some_and(|entry| entry.stop.is_cancelled())
                {
                    informers.remove(&key);
                }
            }
        });
        if let Some(period) = plan.resync {
            let informer = informer.clone();
            let clock = Arc::clone(&self.inner.clock);
            self.inner.tasks.spawn(async move {
                let stop = informer.inner.stop.clone();
                while stop
                    .run_until_cancelled(clock.sleep(period))
                    .await
                    .is_some()
                    && informer.panicked().is_none()
                {
                    informer.resync();
                }
            });
        }
    }
}
