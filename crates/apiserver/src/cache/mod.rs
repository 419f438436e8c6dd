//! The watch cache: the newest version of every object of one resource, kept
//! by one watch of the store, and the last changes, from which any number of
//! watchers is served. Objects are shared, an event is encoded once.

mod event;
mod filter;
mod labels;
mod progress;
pub(crate) mod unread;
mod watchers;

#[cfg(test)]
mod tests;

pub use event::{Change, Event};
pub use filter::{FieldTerm, Filter};

use bytes::Bytes;
use futures::future::BoxFuture;
use parking_lot::{Mutex, RwLock};
use skeg_auth::ObjectObserver;
use skeg_meta::SharedObject;
use skeg_schema::Value;
use skeg_store::{EventKind, Key, KeyRange, KeyValue, LATEST, RangeOptions, Store, WatchOptions};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::poll_fn;
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use crate::metrics::caches::CacheStats;
use labels::LabelIndex;
use progress::Progress;
use watchers::{Watcher, Watchers};

/// Changes that are kept for watches that begin in the past.
pub(crate) const RING_LEN_MAX: usize = 4096;
/// Changes that a watcher may be behind before it is closed.
const WATCHER_QUEUE_LEN: usize = 1024;
/// Objects that writers have handed over and the store's watch has not told
/// yet.
const OFFERED_LEN_MAX: usize = 256;
/// How long a reader waits for the cache to catch up.
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(3);
/// Objects at either end that are weighed for an estimate of all.
const WEIGHED_MAX: usize = 4;
/// How often what could not be decrypted is tried again.
const UNSEAL_INTERVAL: Duration = Duration::from_secs(10);
/// How many of them.
const UNSEAL_TRIED_MAX: usize = 100;

/// Turns a stored value into an object.
pub type DecodeFn = dyn Fn(&KeyValue) -> Option<SharedObject> + Send + Sync;

/// What a watcher is sent.
#[derive(Clone)]
pub enum Delivery {
    /// A change, seen through the watcher's filter.
    Change(Change, Arc<Event>),
    /// Nothing of interest happened up to this revision.
    Bookmark(u64),
}

struct State {
    objects: BTreeMap<Key, SharedObject>,
    /// Keys below which there is something that cannot be read.
    unread: BTreeSet<Key>,
    ring: VecDeque<Arc<Event>>,
    /// Every change after this revision is in the ring.
    ring_start: u64,
    revision: u64,
    by_label: LabelIndex,
    watchers: Watchers,
    /// Nothing will be told any more.
    ended: bool,
}

/// The cache of one resource.
pub struct Cacher {
    prefix: String,
    store: Arc<dyn Store>,
    decode: Box<DecodeFn>,
    observers: Vec<(Arc<dyn ObjectObserver>, String)>,
    state: RwLock<State>,
    /// The store's watch, while there is one. Who takes a batch from it applies
    /// that before anybody takes the next.
    feed: Mutex<Option<skeg_store::Watch>>,
    progress: Progress,
    offered: Mutex<Offered>,
    /// What could not be decrypted: a key service that was away may come back.
    sealed: Mutex<BTreeSet<Key>>,
    progress_wanted: Notify,
    /// Told without the lock of the state.
    watched: AtomicBool,
    slow_watchers: Arc<dyn Fn() + Send + Sync>,
    stats: CacheStats,
}

/// What writers know of what the store will tell.
#[derive(Default)]
struct Offered {
    /// What was just stored.
    objects: VecDeque<SharedObject>,
    /// The trees of what is about to be stored, by the bytes of that; only where
    /// observers will want to see them. Of a write that fails, one stays until
    /// there are too many.
    trees: VecDeque<(Bytes, Arc<Value>)>,
}

/// A watch that was registered.
pub struct Subscription {
    /// What there is, where the watch begins with that.
    pub initial: Vec<SharedObject>,
    /// Changes that happened before the registration.
    pub backlog: Vec<Delivery>,
    /// The revision of `initial` and `backlog`.
    pub revision: u64,
    /// Changes from now on. Ends when the watcher was too slow or the cache
    /// had to start over.
    pub receiver: mpsc::Receiver<Delivery>,
    guard: Option<Guard>,
}

impl Subscription {
    /// What takes the watcher out of the cache when dropped.
    pub fn take_guard(&mut self) -> Option<Guard> {
        self.guard.take()
    }
}

/// Takes a watcher out of the cache when dropped.
pub struct Guard {
    cacher: Arc<Cacher>,
    id: u64,
}

impl Guard {
    /// Tells the watcher how far the cache is, behind all that it is told before.
    pub fn bookmark(&self) -> BoxFuture<'static, ()> {
        let (cacher, id) = (Arc::clone(&self.cacher), self.id);
        Box::pin(async move {
            cacher.catch_up().await;
            let state = cacher.state.read();
            if let Some(watcher) = state.watchers.get(id) {
                bookmark(watcher, state.revision);
            }
        })
    }
}

fn bookmark(watcher: &Watcher, revision: u64) {
    if watcher.bookmarks && watcher.since < revision {
        // Who has no room has no need of a bookmark either.
        let _ = watcher.sender.try_send(Delivery::Bookmark(revision));
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let mut state = self.cacher.state.write();
        state.watchers.remove(self.id);
        let watched = state.watchers.len() > 0;
        self.cacher.watched.store(watched, Ordering::Relaxed);
    }
}

/// Where a watch begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// With what there is, then changes.
    State,
    /// With the changes after this revision.
    After(u64),
}

/// The wanted history is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooOld {
    /// What was asked for.
    pub requested: u64,
    /// The oldest revision that could be had.
    pub oldest: u64,
}

impl Cacher {
    /// A cache of the keys below `prefix` (with its last slash), still empty.
    pub fn new(
        prefix: String,
        store: Arc<dyn Store>,
        decode: Box<DecodeFn>,
        observers: Vec<(Arc<dyn ObjectObserver>, String)>,
        slow_watchers: Arc<dyn Fn() + Send + Sync>,
    ) -> Arc<Self> {
        Arc::new(Self {
            prefix,
            store,
            decode,
            observers,
            state: RwLock::new(State {
                objects: BTreeMap::new(),
                unread: BTreeSet::new(),
                ring: VecDeque::new(),
                ring_start: 0,
                revision: 0,
                by_label: LabelIndex::default(),
                watchers: Watchers::default(),
                ended: false,
            }),
            feed: Mutex::new(None),
            progress: Progress::default(),
            offered: Mutex::new(Offered::default()),
            sealed: Mutex::new(BTreeSet::new()),
            progress_wanted: Notify::new(),
            watched: AtomicBool::new(false),
            slow_watchers,
            stats: CacheStats::default(),
        })
    }

    /// Fills the cache and keeps it so until `cancel`.
    ///
    /// # Errors
    /// The store cannot be read; later failures are tried again.
    pub async fn start(self: &Arc<Self>, cancel: CancellationToken) -> skeg_store::Result<()> {
        self.fill().await?;
        let this = self.clone();
        tokio::spawn(async move { this.follow(cancel).await });
        Ok(())
    }

    async fn fill(&self) -> skeg_store::Result<()> {
        let since = Instant::now();
        let range = KeyRange::prefix(&self.prefix);
        let found = unread::read(&*self.store, &range, RangeOptions::default()).await?;
        let watch = self
            .store
            .watch(
                range,
                WatchOptions {
                    from: found.revision + 1,
                },
            )
            .await?;
        let mut objects = BTreeMap::new();
        let mut by_label = LabelIndex::default();
        let sealed: BTreeSet<Key> = found.sealed.into_iter().map(|(key, _)| key).collect();
        let mut unread = sealed.clone();
        for kv in &found.kvs {
            if let Some(object) = (self.decode)(kv) {
                by_label.insert(&kv.key, object.labels());
                objects.insert(kv.key.clone(), object);
            } else {
                unread.insert(kv.key.clone());
            }
        }
        if !unread.is_empty() {
            let prefix = &self.prefix;
            tracing::warn!(prefix, count = unread.len(), "objects cannot be read");
        }
        let mut state = self.state.write();
        for (observer, resource) in &self.observers {
            for (key, old) in &state.objects {
                if !objects.contains_key(key) {
                    observer.remove(resource, old.namespace(), old.name());
                }
            }
            for object in objects.values() {
                let tree = object.value_once();
                observer.upsert(resource, object.namespace(), object.name(), &tree);
            }
        }
        state.objects = objects;
        state.unread = unread;
        state.by_label = by_label;
        state.ring.clear();
        state.ring_start = found.revision;
        state.revision = found.revision;
        // Watchers that were there have missed something; they come again.
        state.watchers.clear();
        drop(state);
        *self.feed.lock() = Some(watch);
        *self.sealed.lock() = sealed;
        self.progress.reach(found.revision);
        self.stats.filled(since.elapsed());
        Ok(())
    }

    /// Applies what comes next; an error where nothing will come any more.
    fn poll_feed(&self, cx: &mut Context<'_>) -> Poll<Option<skeg_store::Error>> {
        let mut feed = self.feed.lock();
        let Some(watch) = &mut *feed else {
            return Poll::Ready(None);
        };
        let ended = loop {
            match ready!(watch.poll_next_batch(cx)) {
                Some(Ok(batch)) => self.apply(batch),
                Some(Err(error)) => break Some(error),
                None => break None,
            }
        };
        *feed = None;
        Poll::Ready(ended)
    }

    /// Applies what the store tells just now, unless somebody is at it.
    fn apply_now(&self) {
        if let Some(mut feed) = self.feed.try_lock()
            && let Some(watch) = &mut *feed
        {
            while let Some(batch) = watch.try_next() {
                self.apply(batch);
            }
        }
    }

    async fn follow(self: Arc<Self>, cancel: CancellationToken) {
        self.follow_store(&cancel).await;
        let mut state = self.state.write();
        state.ended = true;
        state.watchers.clear();
    }

    async fn follow_store(self: &Arc<Self>, cancel: &CancellationToken) {
        let mut unsealed = Box::pin(self.unsealed());
        loop {
            let ended = tokio::select! {
                () = cancel.cancelled() => return,
                () = self.progress_wanted.notified() => {
                    if let Some(watch) = &mut *self.feed.lock() {
                        watch.request_progress();
                    }
                    continue;
                }
                () = &mut unsealed => None,
                ended = poll_fn(|cx| self.poll_feed(cx)) => ended,
            };
            if let Some(error) = ended {
                tracing::warn!(%error, prefix = self.prefix, "the watch of the store broke");
            }
            loop {
                match self.fill().await {
                    Ok(()) => {
                        unsealed = Box::pin(self.unsealed());
                        break;
                    }
                    Err(skeg_store::Error::Closed) => return,
                    Err(error) => {
                        tracing::warn!(%error, prefix = self.prefix, "cannot read the store");
                        tokio::select! {
                            () = cancel.cancelled() => return,
                            () = tokio::time::sleep(Duration::from_secs(1)) => {}
                        }
                    }
                }
            }
        }
    }

    /// Waits until something can be decrypted that could not.
    async fn unsealed(&self) {
        if self.sealed.lock().is_empty() {
            return std::future::pending().await;
        }
        loop {
            tokio::time::sleep(UNSEAL_INTERVAL).await;
            let sealed = self.sealed.lock().clone();
            for key in sealed.iter().take(UNSEAL_TRIED_MAX) {
                if self.store.get(key, LATEST).await.is_ok() {
                    return;
                }
            }
        }
    }

    fn take_offered(&self, kv: &KeyValue) -> (Option<SharedObject>, Option<Arc<Value>>) {
        let mut offered = self.offered.lock();
        let Offered { objects, trees } = &mut *offered;
        let tree = trees
            .iter()
            .position(|(bytes, _)| bytes.as_ptr() == kv.value.as_ptr())
            .and_then(|at| trees.remove(at))
            .filter(|(bytes, _)| bytes.len() == kv.value.len())
            .map(|(_, tree)| tree);
        let object = objects
            .iter()
            .position(|known| known.revision() == kv.mod_revision)
            .and_then(|at| objects.remove(at));
        // What is older was told or will never be.
        while objects
            .front()
            .is_some_and(|known| known.revision() < kv.mod_revision)
        {
            objects.pop_front();
        }
        (object, tree)
    }

    fn apply(&self, batch: skeg_store::WatchBatch) {
        match batch.events.len() {
            0 => self.stats.bookmarks.inc(),
            some => self.stats.received.add(some as u64),
        }
        let mut state = self.state.write();
        let mut events = Vec::with_capacity(batch.events.len());
        for change in &batch.events {
            let revision = change.revision();
            let key = &change.kv.key;
            let event = match change.kind {
                EventKind::Put => {
                    let (object, mut tree) = self.take_offered(&change.kv);
                    let Some(object) = object.or_else(|| (self.decode)(&change.kv)) else {
                        state.unread.insert(key.clone());
                        continue;
                    };
                    state.unread.remove(key);
                    for (observer, resource) in &self.observers {
                        let tree = tree.get_or_insert_with(|| object.value_once());
                        observer.upsert(resource, object.namespace(), object.name(), tree);
                    }
                    let prev = state.objects.insert(key.clone(), object.clone());
                    let State { by_label, .. } = &mut *state;
                    match &prev {
                        Some(prev) if prev.labels() == object.labels() => {}
                        prev => {
                            if let Some(prev) = prev {
                                by_label.remove(key, prev.labels());
                            }
                            by_label.insert(key, object.labels());
                        }
                    }
                    Event::put(revision, object, prev.map(|prev| prev.bare()))
                }
                EventKind::Delete => {
                    state.unread.remove(key);
                    let Some(prev) = state.objects.remove(key) else {
                        continue;
                    };
                    state.by_label.remove(key, prev.labels());
                    for (observer, resource) in &self.observers {
                        observer.remove(resource, prev.namespace(), prev.name());
                    }
                    Event::delete(revision, prev)
                }
            };
            let event = Arc::new(event);
            events.push(event.clone());
            state.ring.push_back(event);
            if state.ring.len() > RING_LEN_MAX
                && let Some(gone) = state.ring.pop_front()
            {
                state.ring_start = gone.revision;
            }
        }
        state.watchers.deliver(&events, &*self.slow_watchers);
        state.revision = state.revision.max(batch.revision);
        let revision = state.revision;
        drop(state);
        self.progress.reach(revision);
    }

    /// Tells watchers that want it how far the cache is.
    pub async fn send_bookmarks(&self) {
        if !self.state.read().watchers.iter().any(|w| w.bookmarks) {
            return;
        }
        self.catch_up().await;
        let state = self.state.read();
        for watcher in state.watchers.iter() {
            bookmark(watcher, state.revision);
        }
    }

    /// A writer hands over what it has just stored, so that it need not be
    /// decoded again.
    pub fn offer(&self, object: SharedObject) {
        let objects = &mut self.offered.lock().objects;
        if objects.len() >= OFFERED_LEN_MAX {
            objects.pop_front();
        }
        objects.push_back(object);
    }

    /// A writer is about to store bytes, which would be decoded to this tree.
    pub fn expect(&self, bytes: &Bytes, tree: &Arc<Value>) {
        let trees = &mut self.offered.lock().trees;
        if trees.len() >= OFFERED_LEN_MAX {
            trees.pop_front();
        }
        trees.push_back((bytes.clone(), Arc::clone(tree)));
    }

    /// Whether anybody wants to see the trees of what is stored.
    pub fn is_observed(&self) -> bool {
        !self.observers.is_empty()
    }

    /// Whether anybody watches.
    pub fn is_watched(&self) -> bool {
        self.watched.load(Ordering::Relaxed)
    }

    /// Waits until the changes up to `revision` are in the cache. `false`:
    /// they did not come in time.
    pub async fn wait_for(&self, revision: u64) -> bool {
        let Some(reached) = self.progress.wait(revision) else {
            return true;
        };
        self.progress_wanted.notify_one();
        let since = Instant::now();
        let in_time = Self::in_time(reached).await;
        self.stats.waited(since.elapsed());
        in_time
    }

    /// The same for a change of this very resource, which the store tells of
    /// without being asked.
    pub async fn wait_for_own(&self, revision: u64) -> bool {
        if !self.progress.has(revision) {
            self.apply_now();
        }
        match self.progress.wait(revision) {
            Some(reached) => Self::in_time(reached).await,
            None => true,
        }
    }

    async fn in_time(reached: tokio::sync::oneshot::Receiver<()>) -> bool {
        matches!(
            tokio::time::timeout(CATCH_UP_TIMEOUT, reached).await,
            Ok(Ok(()))
        )
    }

    /// Waits until the cache has all that the store has now.
    pub async fn catch_up(&self) -> bool {
        let in_time = match self.store.current_revision().await {
            Ok(revision) => self.wait_for(revision).await,
            Err(_) => false,
        };
        match in_time {
            true => self.stats.consistent.inc(),
            false => self.stats.behind.inc(),
        }
        in_time
    }

    /// What it counts of itself.
    pub(crate) fn stats(&self) -> &CacheStats {
        &self.stats
    }

    /// About how many bytes one of its objects takes in the store, by a look at
    /// a few of them.
    pub(crate) fn average_bytes(&self) -> usize {
        let state = self.state.read();
        let (first, last) = (state.objects.values(), state.objects.values().rev());
        let (mut weighed, mut bytes) = (0, 0);
        for object in first.take(WEIGHED_MAX).chain(last.take(WEIGHED_MAX)) {
            weighed += 1;
            bytes += match object.stored_len() {
                Some(len) => len,
                None => object.json_once().len(),
            };
        }
        bytes.checked_div(weighed).unwrap_or(0)
    }

    /// About how many bytes its objects take in the store.
    pub(crate) fn size_estimate(&self) -> usize {
        self.average_bytes() * self.counts().0
    }

    /// The revision that the cache has reached.
    pub fn revision(&self) -> u64 {
        self.state.read().revision
    }

    /// One object.
    pub fn get(&self, key: &str) -> Option<SharedObject> {
        self.state.read().objects.get(key.as_bytes()).cloned()
    }

    /// One object, with the revision of the state in which it is so.
    pub fn get_now(&self, key: &str) -> (Option<SharedObject>, u64) {
        let state = self.state.read();
        (state.objects.get(key.as_bytes()).cloned(), state.revision)
    }

    /// One object, if the cache has this very version of it.
    pub fn get_version(&self, key: &Key, revision: u64) -> Option<SharedObject> {
        let state = self.state.read();
        state
            .objects
            .get(key.as_bytes())
            .filter(|o| o.revision() == revision)
            .cloned()
    }

    /// Whether something in a range cannot be read.
    pub fn has_unread(&self, range: &KeyRange) -> bool {
        let state = self.state.read();
        !state.unread.is_empty() && (state.unread.range::<[u8], _>(bounds(range)).next()).is_some()
    }

    /// The objects below `prefix`, in the order of their keys, with the
    /// revision of that state.
    pub fn list(&self, prefix: &str) -> (Vec<SharedObject>, u64) {
        let state = self.state.read();
        (below(&state.objects, prefix), state.revision)
    }

    /// The objects below `prefix` that pass a filter, at most `limit` (0: all are
    /// wanted), and whether there is anything after those; with the revision of
    /// that state.
    pub fn select(&self, prefix: &str, filter: &Filter, limit: usize) -> Selected {
        let state = self.state.read();
        let mut out = Selected {
            items: Vec::new(),
            revision: state.revision,
            last: None,
            rest: 0,
            seen: 0,
        };
        let plain = filter.selects_all();
        let mut take = |key: &Key, object: &SharedObject| {
            if limit > 0 && out.items.len() == limit {
                // How many more there are is told of unfiltered lists only.
                out.rest += 1;
                return plain;
            }
            out.seen += 1;
            if plain || filter.matches(object) {
                out.items.push(object.clone());
                if limit > 0 && out.items.len() == limit {
                    out.last = Some(key.clone());
                }
            }
            true
        };
        let by_label = filter
            .labels
            .as_ref()
            .and_then(|selector| state.by_label.candidates(selector));
        let range = KeyRange::prefix(prefix);
        let bounds = bounds(&range);
        match by_label.as_deref() {
            Some([]) => {}
            Some([keys]) => {
                for key in keys.range::<[u8], _>(bounds) {
                    if let Some(object) = state.objects.get(key)
                        && !take(key, object)
                    {
                        break;
                    }
                }
            }
            // Several sets would have to be put in order.
            _ => {
                for (key, object) in state.objects.range::<[u8], _>(bounds) {
                    if !take(key, object) {
                        break;
                    }
                }
            }
        }
        // Whether what follows passes is not looked at.
        if let (0, Some(last)) = (out.rest, &out.last) {
            let after = (Bound::Excluded(last.as_bytes()), bounds.1);
            out.rest = state.objects.range::<[u8], _>(after).take(1).count();
        }
        out
    }

    /// Replaces the stored values of a list by the objects that the cache has
    /// of the same version, and decodes the others.
    pub fn objects_of(&self, kvs: &[Arc<KeyValue>]) -> Vec<Option<SharedObject>> {
        let state = self.state.read();
        let known: Vec<Option<SharedObject>> = kvs
            .iter()
            .map(|kv| {
                let object = state.objects.get(kv.key.as_bytes())?;
                (object.revision() == kv.mod_revision).then(|| object.clone())
            })
            .collect();
        drop(state);
        kvs.iter()
            .zip(known)
            .map(|(kv, known)| known.or_else(|| (self.decode)(kv)))
            .collect()
    }

    /// Decodes a stored value, or takes the cache's object of that version.
    pub fn object_of(&self, kv: &KeyValue) -> Option<SharedObject> {
        self.get_version(&kv.key, kv.mod_revision)
            .or_else(|| (self.decode)(kv))
    }

    /// How many objects and watchers there are.
    pub fn counts(&self) -> (usize, usize) {
        let state = self.state.read();
        (state.objects.len(), state.watchers.len())
    }

    /// Registers a watcher for the keys below `prefix`.
    ///
    /// # Errors
    /// The history after the wanted revision is not kept any more.
    pub fn subscribe(
        self: &Arc<Self>,
        prefix: &str,
        filter: Filter,
        begin: Begin,
        bookmarks: bool,
    ) -> Result<Subscription, TooOld> {
        let (sender, receiver) = mpsc::channel(WATCHER_QUEUE_LEN);
        let mut state = self.state.write();
        let mut initial = Vec::new();
        let mut backlog = Vec::new();
        let since = match begin {
            Begin::State => {
                initial = below(&state.objects, prefix);
                initial.retain(|object| filter.matches(object));
                self.stats.initial.add(initial.len() as u64);
                state.revision
            }
            Begin::After(revision) => {
                if revision < state.ring_start {
                    return Err(TooOld {
                        requested: revision,
                        oldest: state.ring_start,
                    });
                }
                let first = state
                    .ring
                    .partition_point(|event| event.revision <= revision);
                for event in state.ring.iter().skip(first) {
                    if let Some(change) = filter.see(event) {
                        backlog.push(Delivery::Change(change, event.clone()));
                    }
                }
                revision.max(state.revision)
            }
        };
        let watcher = Watcher {
            since,
            bookmarks,
            sender,
        };
        let id = state.watchers.add(filter, watcher);
        if state.ended {
            // Whoever comes later than the end is told of it at once.
            state.watchers.clear();
        }
        self.watched.store(true, Ordering::Relaxed);
        let revision = since;
        drop(state);
        let guard = Some(Guard {
            cacher: self.clone(),
            id,
        });
        Ok(Subscription {
            initial,
            backlog,
            revision,
            receiver,
            guard,
        })
    }
}

/// A part of what there is.
pub struct Selected {
    /// The objects.
    pub items: Vec<SharedObject>,
    /// When that was so.
    pub revision: u64,
    /// The key of the last one, if a limit was reached.
    pub last: Option<Key>,
    /// How many objects follow, whether they pass or not: of an unfiltered list
    /// all, else none or one. As upstream's cache, which looks no further.
    pub rest: usize,
    /// How many were looked at.
    pub seen: usize,
}

fn bounds(range: &KeyRange) -> (Bound<&[u8]>, Bound<&[u8]>) {
    let end = match &range.end {
        Some(end) => Bound::Excluded(end.as_bytes()),
        None => Bound::Unbounded,
    };
    (Bound::Included(range.start.as_bytes()), end)
}

fn below(objects: &BTreeMap<Key, SharedObject>, prefix: &str) -> Vec<SharedObject> {
    let prefix = prefix.as_bytes();
    objects
        .range::<[u8], _>((Bound::Included(prefix), Bound::Unbounded))
        .take_while(|(key, _)| key.as_bytes().starts_with(prefix))
        .map(|(_, object)| object.clone())
        .collect()
}
