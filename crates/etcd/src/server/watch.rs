//! A stream of watches. Each watch is a task that reads the store's history at
//! the pace at which the stream takes its events.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use hyper::body::Incoming;
use prost::Message;
use skeg_store::{
    Error, EventKind, KeyRange, RangeOptions, Revision, Store, Watch, WatchBatch, WatchOptions,
};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::{Server, check, status_of};
use crate::proto::{
    Event, EventType, FilterType, KeyValue, WatchCreateRequest, WatchRequest, WatchResponse,
    WatchUnion, signed, unsigned,
};
use skeg_grpc::Status;
use skeg_grpc::server::{Inbound, Outbound};

/// In place of a watch's id: the stream's, or none.
const NO_WATCH: i64 = -1;

/// Watches that a stream may have.
const WATCHES_MAX: usize = 10_000;

/// What a watch is told besides what the store tells it.
enum Told {
    /// Say how far you are, for yourself, if you have said nothing since last time.
    Notify,
    /// Say so for all of the stream; who is last answers.
    Progress(Arc<Progress>),
}

/// A progress report on behalf of all watches of a stream.
struct Progress {
    left: AtomicUsize,
    revision: AtomicU64,
}

struct Running {
    told: mpsc::Sender<Told>,
    task: JoinHandle<()>,
    notify: bool,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(super) async fn watch(
        self: Arc<Server>,
        body: Incoming,
        out: Outbound,
    ) -> Result<(), Status> {
        let mut requests = Inbound::<WatchRequest>::new(body, self.options.request_bytes_max);
        let mut stream = Stream {
            server: self.clone(),
            out,
            watches: HashMap::new(),
            next_id: 0,
        };
        let mut ticks = tokio::time::interval(self.options.progress_interval);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        ticks.tick().await;
        loop {
            let request = tokio::select! {
                request = requests.next() => request?,
                _ = ticks.tick() => {
                    stream.notify();
                    continue;
                }
            };
            let goes_on = match request {
                // The client says no more, and listens still.
                None => {
                    stream.out.closed().await;
                    false
                }
                Some(WatchRequest { request_union }) => match request_union {
                    Some(WatchUnion::Create(request)) => stream.create(request).await?,
                    Some(WatchUnion::Cancel(request)) => stream.cancel(request.watch_id).await?,
                    Some(WatchUnion::Progress(_)) => {
                        stream.progress();
                        true
                    }
                    None => true,
                },
            };
            if !goes_on {
                return Ok(());
            }
        }
    }

    /// The end of a watch whose past was compacted; etcd tells no revision with it.
    fn compacted(&self, watch_id: i64, compacted: Revision) -> WatchResponse {
        WatchResponse {
            header: self.header(0),
            watch_id,
            canceled: true,
            compact_revision: signed(compacted),
            ..WatchResponse::default()
        }
    }

    /// Begins to watch, and what there is to be said before.
    async fn begin(
        &self,
        range: KeyRange,
        from: Revision,
    ) -> Result<(Option<WatchBatch>, Watch), Error> {
        let begun = self.store.watch(range.clone(), WatchOptions { from }).await;
        match begun {
            // etcd still has the keys that were changed at the revision which it
            // compacted to; so have we, if not as events.
            Err(Error::Compacted { compacted, .. }) if from == compacted => {
                let options = RangeOptions {
                    limit: 0,
                    revision: compacted,
                };
                let kept = self.store.range(&range, options).await?;
                let from = WatchOptions {
                    from: compacted + 1,
                };
                let watch = self.store.watch(range, from).await?;
                let changed = kept
                    .kvs
                    .into_iter()
                    .filter(|kv| kv.mod_revision == compacted);
                let events = changed.map(|kv| skeg_store::Event {
                    kind: EventKind::Put,
                    kv,
                    prev: None,
                });
                let batch = WatchBatch {
                    revision: compacted,
                    events: events.collect(),
                };
                Ok((Some(batch).filter(|batch| !batch.events.is_empty()), watch))
            }
            begun => Ok((None, begun?)),
        }
    }
}

struct Stream {
    server: Arc<Server>,
    out: Outbound,
    /// By their ids. One that has ended keeps its id until it is cancelled;
    /// `None` is one that could not begin, as its past was compacted.
    watches: HashMap<i64, Option<Running>>,
    next_id: i64,
}

impl Stream {
    async fn response(&self, watch_id: i64) -> Result<WatchResponse, Status> {
        Ok(WatchResponse {
            header: self.server.header_now().await?,
            watch_id,
            ..WatchResponse::default()
        })
    }

    /// Refuses a watch; etcd does so within the stream.
    async fn refuse(&self, reason: &str) -> Result<bool, Status> {
        let mut response = self.response(NO_WATCH).await?;
        response.created = true;
        response.canceled = true;
        response.cancel_reason = reason.to_owned();
        Ok(self.out.send(&response).await)
    }

    fn running(&self) -> impl Iterator<Item = &Running> {
        let watches = self.watches.values().flatten();
        watches.filter(|running| !running.task.is_finished())
    }

    async fn create(&mut self, mut request: WatchCreateRequest) -> Result<bool, Status> {
        if request.key.is_empty() {
            request.key = bytes::Bytes::from_static(b"\0");
        }
        if request.start_revision < 0 {
            return self.refuse(check::COMPACTED).await;
        }
        let range = check::range_of(&request.key, &request.range_end);
        if range.is_empty() {
            return self.refuse("mvcc: watcher range is empty").await;
        }
        if self.watches.len() >= WATCHES_MAX {
            return self.refuse("etcdserver: too many requests").await;
        }
        let id = match request.watch_id {
            0 => {
                while self.watches.contains_key(&self.next_id) {
                    self.next_id += 1;
                }
                self.next_id += 1;
                self.next_id - 1
            }
            id if self.watches.contains_key(&id) => {
                return self
                    .refuse("mvcc: duplicate watch ID provided on the WatchStream")
                    .await;
            }
            id => id,
        };
        let mut created = self.response(id).await?;
        created.created = true;
        // From now on is from the revision on that the client is told.
        let now = unsigned(created.header.as_ref().map_or(0, |header| header.revision));
        let from = match unsigned(request.start_revision) {
            0 => now + 1,
            revision => revision,
        };
        let begun = self.server.begin(range, from).await;
        if !self.out.send(&created).await {
            return Ok(false);
        }
        let (first, watch) = match begun {
            Ok(begun) => begun,
            Err(Error::Compacted { compacted, .. }) => {
                self.watches.insert(id, None);
                return Ok(self.out.send(&self.server.compacted(id, compacted)).await);
            }
            Err(error) => return Err(status_of(error)),
        };
        let (told, telling) = mpsc::channel(4);
        let task = Task {
            id,
            wants: Wants::of(&request),
            server: self.server.clone(),
            out: self.out.clone(),
            telling,
            waiting: Vec::new(),
            notify: false,
        };
        let running = Running {
            told,
            task: tokio::spawn(task.run(first, watch)),
            notify: request.progress_notify,
        };
        self.watches.insert(id, Some(running));
        Ok(true)
    }

    async fn cancel(&mut self, id: i64) -> Result<bool, Status> {
        let Some(watch) = self.watches.remove(&id) else {
            return Ok(true);
        };
        if let Some(mut running) = watch {
            running.task.abort();
            // Nothing of it may come after the answer.
            drop((&mut running.task).await);
        }
        let mut response = self.response(id).await?;
        response.canceled = true;
        Ok(self.out.send(&response).await)
    }

    fn notify(&self) {
        for running in self.running().filter(|running| running.notify) {
            // One that has not even taken the last one is busy with events.
            drop(running.told.try_send(Told::Notify));
        }
    }

    /// Has all watches say how far they are. Who asks repeats it, as etcd's may
    /// go unanswered when a watch is behind.
    fn progress(&self) {
        let running: Vec<&Running> = self.running().collect();
        let progress = Arc::new(Progress {
            left: AtomicUsize::new(running.len()),
            revision: AtomicU64::new(Revision::MAX),
        });
        for running in running {
            drop(running.told.try_send(Told::Progress(progress.clone())));
        }
    }
}

/// What a client wants of a watch's events.
struct Wants {
    puts: bool,
    deletes: bool,
    prev: bool,
    fragments: bool,
}

impl Wants {
    fn of(request: &WatchCreateRequest) -> Wants {
        let filters = |filter: FilterType| request.filters.contains(&(filter as i32));
        Wants {
            puts: !filters(FilterType::NoPut),
            deletes: !filters(FilterType::NoDelete),
            prev: request.prev_kv,
            fragments: request.fragment,
        }
    }

    fn event(&self, event: &skeg_store::Event) -> Option<Event> {
        let (wanted, kind) = match event.kind {
            EventKind::Put => (self.puts, EventType::Put),
            EventKind::Delete => (self.deletes, EventType::Delete),
        };
        wanted.then(|| Event {
            r#type: kind as i32,
            kv: Some(KeyValue::from(&*event.kv)),
            prev_kv: event
                .prev
                .as_deref()
                .filter(|_| self.prev)
                .map(KeyValue::from),
        })
    }
}

struct Task {
    id: i64,
    wants: Wants,
    server: Arc<Server>,
    out: Outbound,
    telling: mpsc::Receiver<Told>,
    waiting: Vec<Arc<Progress>>,
    notify: bool,
}

impl Task {
    async fn run(mut self, first: Option<WatchBatch>, mut watch: Watch) {
        if let Some(first) = first
            && !self.batch(first).await
        {
            return;
        }
        // Whether there were events since the last tick.
        let mut said = false;
        loop {
            let batch = tokio::select! {
                biased;
                told = self.telling.recv() => {
                    match told {
                        None => return,
                        Some(Told::Notify) if std::mem::take(&mut said) => continue,
                        Some(Told::Notify) => self.notify = true,
                        Some(Told::Progress(progress)) => self.waiting.push(progress),
                    }
                    watch.request_progress();
                    continue;
                }
                batch = watch.next() => batch,
            };
            let goes_on = match batch {
                Some(Ok(batch)) => {
                    said |= !batch.events.is_empty();
                    self.batch(batch).await
                }
                Some(Err(Error::Compacted { compacted, .. })) => {
                    let response = self.server.compacted(self.id, compacted);
                    self.out.send(&response).await;
                    false
                }
                Some(Err(error)) => {
                    let mut response = self.response(0);
                    response.canceled = true;
                    response.cancel_reason = error.to_string();
                    self.out.send(&response).await;
                    false
                }
                // The store was closed: the stream ends with the server.
                None => false,
            };
            if !goes_on {
                return;
            }
        }
    }

    fn response(&self, revision: Revision) -> WatchResponse {
        WatchResponse {
            header: self.server.header(revision),
            watch_id: self.id,
            ..WatchResponse::default()
        }
    }

    /// Passes a batch on; whether anybody listens still.
    async fn batch(&mut self, batch: WatchBatch) -> bool {
        if batch.events.is_empty() {
            return self.report(batch.revision).await;
        }
        let events: Vec<Event> = batch
            .events
            .iter()
            .filter_map(|event| self.wants.event(event))
            .collect();
        if events.is_empty() {
            return true;
        }
        let mut response = self.response(batch.revision);
        response.events = events;
        let max = self.server.options.request_bytes_max;
        if !self.wants.fragments || response.encoded_len() < max {
            return self.out.send(&response).await;
        }
        self.fragments(response, max).await
    }

    /// Sends one response in parts that are smaller, where events are.
    async fn fragments(&self, mut response: WatchResponse, max: usize) -> bool {
        let mut events = std::mem::take(&mut response.events).into_iter().peekable();
        let empty = response.encoded_len() + 16;
        while let Some(event) = events.next() {
            let mut bytes = empty + event.encoded_len();
            response.events = vec![event];
            while let Some(event) = events.next_if(|event| bytes + event.encoded_len() + 8 < max) {
                bytes += event.encoded_len() + 8;
                response.events.push(event);
            }
            response.fragment = events.peek().is_some();
            if !self.out.send(&response).await {
                return false;
            }
        }
        true
    }

    /// Everything up to `revision` has been sent.
    async fn report(&mut self, revision: Revision) -> bool {
        if std::mem::take(&mut self.notify) {
            let response = self.response(revision);
            if !self.out.send(&response).await {
                return false;
            }
        }
        for progress in std::mem::take(&mut self.waiting) {
            progress.revision.fetch_min(revision, Ordering::Relaxed);
            if progress.left.fetch_sub(1, Ordering::AcqRel) == 1 {
                let mut response = self.response(progress.revision.load(Ordering::Relaxed));
                response.watch_id = NO_WATCH;
                if !self.out.send(&response).await {
                    return false;
                }
            }
        }
        true
    }
}
