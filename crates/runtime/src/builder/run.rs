//! Runs what the builder has put together, in one cluster or in several.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use futures::stream::{BoxStream, StreamExt};
use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::sources::{Engage, Engaged, Enqueue, Names, Unreadable};
use super::{Reconcile, Settings};
use crate::clock::Clock;
use crate::clusters::{Cluster, ClusterObject, Clusters};
use crate::controller::{Controller, Next, ReconcileError};
use crate::informer::{InformerPanic, SharedInformerFactory};
use crate::limit::{Bucket, Exponential, MaxOf, RateLimiter};
use crate::metrics::Metrics;
use crate::name::ObjectName;
use crate::queue::{LOW_PRIORITY, QueueItem, WorkQueue};

/// Why a controller ended before it was told to.
#[derive(Debug, thiserror::Error)]
pub enum ControllerError {
    /// The caches were not read in time.
    #[error("nothing was read within {timeout:?} of: {}", missing.join(", "))]
    Unsynced {
        /// How long was waited.
        timeout: Duration,
        /// What was not read, and what was wrong with it last.
        missing: Vec<String>,
    },
    /// What the controller reads no longer follows the cluster.
    #[error(transparent)]
    Informer(#[from] InformerPanic),
}

/// Where a controller runs.
#[derive(Clone)]
pub(crate) struct Env {
    pub(crate) informers: SharedInformerFactory,
    pub(crate) metrics: Option<Metrics>,
    pub(crate) cancel: CancellationToken,
}

type Start = Box<dyn FnOnce(Env) -> BoxFuture<'static, Result<(), ControllerError>> + Send + Sync>;

/// A controller that is ready to run: give it to a [`Manager`](crate::Manager),
/// or run it alone.
#[must_use = "it does nothing unless it is run"]
pub struct PreparedController {
    pub(crate) name: Cow<'static, str>,
    pub(crate) leader_only: bool,
    pub(crate) warm: Box<dyn Fn(&SharedInformerFactory) + Send + Sync>,
    pub(crate) start: Start,
}

impl fmt::Debug for PreparedController {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedController")
            .field("name", &self.name)
            .field("leader_only", &self.leader_only)
            .finish_non_exhaustive()
    }
}

impl PreparedController {
    /// Runs alone, without a manager, until the token is cancelled and the
    /// reconciles that were going on have ended.
    ///
    /// # Errors
    /// The caches were not read in time, or follow the cluster no longer.
    pub async fn run(
        self,
        informers: &SharedInformerFactory,
        cancel: CancellationToken,
    ) -> Result<(), ControllerError> {
        let env = Env {
            informers: informers.clone(),
            metrics: None,
            cancel,
        };
        (self.start)(env).await
    }
}

pub(super) struct Parts {
    pub(super) name: Cow<'static, str>,
    pub(super) sources: Vec<Engage>,
    pub(super) settings: Settings,
}

impl Parts {
    fn queue<T: QueueItem>(&self, clock: &Arc<dyn Clock>) -> WorkQueue<T> {
        let each = Exponential::new(self.settings.limit);
        let limiter: Box<dyn RateLimiter<T>> = match self.settings.bucket {
            None => Box::new(each),
            Some((per_second, burst)) => Box::new(MaxOf::new(vec![
                Box::new(each),
                Box::new(Bucket::new(per_second, burst)),
            ])),
        };
        WorkQueue::with_limiter(Arc::clone(clock), limiter)
    }

    fn controller<T: QueueItem + fmt::Display>(
        &self,
        queue: &WorkQueue<T>,
        env: &Env,
    ) -> Controller<T> {
        let settings = &self.settings;
        let mut controller =
            Controller::new(self.name.clone(), queue.clone()).workers(settings.workers);
        if let Some(timeout) = settings.timeout {
            controller = controller.timeout(timeout);
        }
        if let Some(metrics) = &env.metrics {
            controller = controller.measured(metrics);
        }
        controller
    }

    fn engage(&self, informers: &SharedInformerFactory, enqueue: &Enqueue) -> Vec<Engaged> {
        let sources = self.sources.iter();
        sources.map(|engage| engage(informers, enqueue)).collect()
    }

    fn prepared(self, start: impl FnOnce(Parts) -> Start) -> PreparedController {
        let sources = self.sources.clone();
        PreparedController {
            name: self.name.clone(),
            leader_only: self.settings.leader_only,
            warm: Box::new(move |informers| {
                // An informer once asked for reads on, whoever listens.
                let nowhere = Enqueue::new(|_, _| {});
                for engage in &sources {
                    drop(engage(informers, &nowhere));
                }
            }),
            start: start(self),
        }
    }
}

/// Waits until every source has read what there is.
async fn synced(
    engaged: &mut [Engaged],
    clock: &Arc<dyn Clock>,
    timeout: Duration,
) -> Result<(), ControllerError> {
    let pending = parking_lot::Mutex::new(vec![true; engaged.len()]);
    let all = join_all(engaged.iter_mut().enumerate().map(|(at, engaged)| {
        let pending = &pending;
        async move {
            (&mut engaged.synced).await;
            if let Some(pending) = pending.lock().get_mut(at) {
                *pending = false;
            }
        }
    }));
    tokio::select! {
        _ = all => return Ok(()),
        () = clock.sleep(timeout) => {}
    }
    let pending = pending.into_inner();
    let missing = engaged.iter().zip(pending);
    let missing = missing.filter(|(_, pending)| *pending);
    Err(ControllerError::Unsynced {
        timeout,
        missing: missing.map(|(engaged, _)| (engaged.missing)()).collect(),
    })
}

pub(super) fn in_one_cluster(
    parts: Parts,
    feeds: Vec<BoxStream<'static, ObjectName>>,
    reconcile: Reconcile<ObjectName>,
) -> PreparedController {
    parts.prepared(|parts| {
        // A stream is not shared between threads; it is only moved.
        let feeds = Mutex::new(feeds);
        Box::new(move |env| {
            let feeds = feeds.into_inner();
            Box::pin(one_cluster(parts, feeds, reconcile, env))
        })
    })
}

async fn one_cluster(
    parts: Parts,
    feeds: Vec<BoxStream<'static, ObjectName>>,
    reconcile: Reconcile<ObjectName>,
    env: Env,
) -> Result<(), ControllerError> {
    let clock = Arc::clone(env.informers.clock());
    let queue = parts.queue::<ObjectName>(&clock);
    // Before anything is added, so that all of it is counted.
    let controller = parts.controller(&queue, &env);
    let enqueue = {
        let queue = queue.clone();
        Enqueue::new(move |name, priority| queue.add_with_priority(name, priority))
    };
    let mut engaged = parts.engage(&env.informers, &enqueue);
    let synced = synced(&mut engaged, &clock, parts.settings.sync_timeout);
    let synced = async {
        tokio::select! {
            outcome = synced => outcome,
            panic = env.informers.panicked() => Err(panic.into()),
        }
    };
    match env.cancel.run_until_cancelled(synced).await {
        None => return Ok(()),
        Some(outcome) => outcome?,
    }
    let (tasks, stop) = (TaskTracker::new(), env.cancel.child_token());
    for mut feed in feeds {
        let (cancel, enqueue) = (stop.clone(), enqueue.clone());
        tasks.spawn(async move {
            while let Some(Some(name)) = cancel.run_until_cancelled(feed.next()).await {
                enqueue.add(name, 0);
            }
        });
    }
    let primary = engaged.first().map(|primary| Arc::clone(&primary.names));
    let unreadable = engaged
        .first()
        .map(|primary| Arc::clone(&primary.unreadable));
    let loops = controller.run(stop.clone(), move |name: ObjectName| {
        // Without what the object says it would seem to have been deleted.
        match unreadable.as_ref().and_then(|why| refusal(&name, why)) {
            Some(refusal) => Box::pin(std::future::ready(Err(refusal))),
            None => reconcile(name),
        }
    });
    let resync = resync(&parts.settings, &clock, || {
        for name in primary.iter().flat_map(|names| names()) {
            enqueue.add(name, LOW_PRIORITY);
        }
    });
    let outcome = unless(env.informers.panicked(), loops, resync, &stop).await;
    tasks.close();
    tasks.wait().await;
    outcome
}

/// The error of an object that cannot be read: trying again does not help until
/// it is written anew.
fn refusal(name: &ObjectName, unreadable: &Unreadable) -> Option<ReconcileError> {
    let why = unreadable(name)?;
    Some(ReconcileError::terminal(format!(
        "{name} cannot be read: {why}"
    )))
}

/// Runs a controller's loops, and what goes on beside them, unless an informer
/// panics: then the loops are told to end.
async fn unless(
    panicked: impl Future<Output = InformerPanic>,
    loops: impl Future<Output = ()>,
    beside: impl Future<Output = ()>,
    stop: &CancellationToken,
) -> Result<(), ControllerError> {
    tokio::pin!(loops);
    let panic = tokio::select! {
        () = &mut loops => return Ok(()),
        () = beside => return Ok(()),
        panic = panicked => panic,
    };
    stop.cancel();
    loops.await;
    Err(panic.into())
}

/// Never ends.
async fn resync(settings: &Settings, clock: &Arc<dyn Clock>, add_all: impl Fn()) {
    let Some(period) = settings.resync else {
        return std::future::pending().await;
    };
    loop {
        clock.sleep(period).await;
        add_all();
    }
}

pub(super) fn in_clusters(
    parts: Parts,
    clusters: Clusters,
    reconcile: Reconcile<ClusterObject>,
) -> PreparedController {
    let mut prepared = parts.prepared(|parts| {
        Box::new(move |env| Box::pin(many_clusters(parts, clusters, reconcile, env)))
    });
    // What is read is the business of each cluster.
    prepared.warm = Box::new(|_| {});
    prepared
}

/// What a cluster that has joined feeds into the queue.
struct Joined {
    cluster: Arc<Cluster>,
    primary: Option<Names>,
    unreadable: Option<Unreadable>,
    /// Ends waiting for its caches, and its handlers.
    leave: CancellationToken,
}

impl Drop for Joined {
    fn drop(&mut self) {
        self.leave.cancel();
    }
}

async fn many_clusters(
    parts: Parts,
    clusters: Clusters,
    reconcile: Reconcile<ClusterObject>,
    env: Env,
) -> Result<(), ControllerError> {
    let clock = Arc::clone(env.informers.clock());
    let queue = parts.queue::<ClusterObject>(&clock);
    let (tasks, stop) = (TaskTracker::new(), env.cancel.child_token());
    let (tell, mut panics) = mpsc::channel(1);
    let known = clusters.clone();
    let controller = parts.controller(&queue, &env);
    let joined: Arc<Mutex<HashMap<Arc<str>, Joined>>> = Arc::default();
    let members = Arc::clone(&joined);
    let loops = controller.run(stop.clone(), move |object: ClusterObject| {
        let unreadable = members
            .lock()
            .get(&object.cluster)
            .and_then(|joined| joined.unreadable.clone());
        let refusal = unreadable.and_then(|why| refusal(&object.name, &why));
        // The cluster may have gone while the object waited.
        let there = refusal.is_none() && known.get(&object.cluster).is_some();
        let outcome = there.then(|| reconcile(object));
        async move {
            match outcome {
                Some(outcome) => outcome.await,
                None => refusal.map_or(Ok(Next::Done), Err),
            }
        }
    });
    let mut changes = clusters.changes();
    let follow = async {
        loop {
            follow_clusters(&mut joined.lock(), clusters.list(), |cluster| {
                join(&parts, &queue, cluster, &tasks, &tell)
            });
            if changes.changed().await.is_err() {
                // Nobody is left who could change anything.
                return std::future::pending().await;
            }
        }
    };
    let resync = resync(&parts.settings, &clock, || {
        for joined in joined.lock().values() {
            for name in joined.primary.iter().flat_map(|names| names()) {
                let object = ClusterObject::new(joined.cluster.name(), name);
                queue.add_with_priority(object, LOW_PRIORITY);
            }
        }
    });
    let beside = async {
        tokio::select! {
            () = follow => {}
            () = resync => {}
        }
    };
    let panicked = async {
        match panics.recv().await {
            Some(panic) => panic,
            // The sender is ours.
            None => std::future::pending().await,
        }
    };
    let outcome = unless(panicked, loops, beside, &stop).await;
    joined.lock().clear();
    tasks.close();
    tasks.wait().await;
    outcome
}

/// Lets go of clusters that have left, and takes in those that have joined.
fn follow_clusters(
    joined: &mut HashMap<Arc<str>, Joined>,
    now: Vec<Arc<Cluster>>,
    join: impl Fn(Arc<Cluster>) -> Joined,
) {
    joined.retain(|_, joined| {
        now.iter()
            .any(|cluster| Arc::ptr_eq(cluster, &joined.cluster))
    });
    for cluster in now {
        if !joined.contains_key(cluster.name()) {
            let name = Arc::clone(cluster.name());
            joined.insert(name, join(cluster));
        }
    }
}

/// Lets a cluster's events into the queue: the first ones only once all its
/// caches have been read, so that no reconcile sees half a cluster.
fn join(
    parts: &Parts,
    queue: &WorkQueue<ClusterObject>,
    cluster: Arc<Cluster>,
    tasks: &TaskTracker,
    tell: &mpsc::Sender<InformerPanic>,
) -> Joined {
    let early: Arc<Mutex<Option<HashMap<ObjectName, i32>>>> =
        Arc::new(Mutex::new(Some(HashMap::new())));
    let enqueue = {
        let (queue, name, early) = (
            queue.clone(),
            Arc::clone(cluster.name()),
            Arc::clone(&early),
        );
        Enqueue::new(move |object, priority| match &mut *early.lock() {
            Some(early) => {
                let there = early.entry(object).or_insert(priority);
                *there = (*there).max(priority);
            }
            None => queue.add_with_priority(ClusterObject::new(&name, object), priority),
        })
    };
    let leave = cluster.cancelled().child_token();
    let mut engaged = parts.engage(cluster.informers(), &enqueue);
    let primary = engaged.first().map(|primary| Arc::clone(&primary.names));
    let unreadable = engaged
        .first()
        .map(|primary| Arc::clone(&primary.unreadable));
    let (queue, name, end) = (queue.clone(), Arc::clone(cluster.name()), leave.clone());
    let (informers, ended, tell) = (cluster.informers().clone(), leave.clone(), tell.clone());
    tasks.spawn(async move {
        if let Some(panic) = ended.run_until_cancelled(informers.panicked()).await {
            // One is enough to end it all.
            let _ = tell.try_send(panic);
        }
    });
    tasks.spawn(async move {
        let all = join_all(engaged.iter_mut().map(|engaged| &mut engaged.synced));
        if end.run_until_cancelled(all).await.is_none() {
            return;
        }
        let waiting = early.lock().take();
        for (object, priority) in waiting.into_iter().flatten() {
            queue.add_with_priority(ClusterObject::new(&name, object), priority);
        }
        // The handlers stay until the cluster leaves.
        end.cancelled().await;
        drop(engaged);
    });
    Joined {
        cluster,
        primary,
        unreadable,
        leave,
    }
}
