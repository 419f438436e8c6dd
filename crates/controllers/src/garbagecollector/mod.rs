//! Garbage collection: what nobody owns any more goes, and owners wait for
//! their dependents, or let go of them, as their deletion asked.
//!
//! Of every object only name, uid, owners and two finalizers are kept, in one
//! graph that the watches of all kinds feed. The graph says what to look at;
//! what is done about it is decided by what the server says then.

mod collect;
mod graph;
mod kinds;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use skeg_client::ApiResource;
use skeg_meta::{ObjectMeta, SharedObject};
use skeg_runtime::{Cached, Controller, PartialObject, Sink, WorkQueue};
use tokio::sync::watch;

use crate::{Context, defined};
use graph::{Graph, Task};

const NAME: &str = "garbage-collector-controller";
const WORKERS: usize = 8;
/// After this long work begins though a kind could not be read (upstream's `initialSyncTimeout`).
const SYNC_TIMEOUT: Duration = Duration::from_secs(30);

/// Runs the garbage collector.
pub(crate) async fn run(context: Context) {
    let queue = context.queue::<Task>();
    let graph: Arc<Mutex<Graph>> = Arc::default();
    let reading = context.cancel.child_token();
    // However this ends, reading ends with it.
    let _reading = reading.clone().drop_guard();
    let (unread, mut read) = watch::channel(0_usize);
    let unread = Arc::new(unread);
    let begun = || Some(Reading::begin(&unread));
    for resource in kinds::built_in() {
        let feed = Feed::new(resource.clone(), &graph, &queue, begun());
        kinds::read(&context, resource, Arc::new(feed), &reading);
    }
    let kinds = kinds::Kinds::new(&context, &graph, &queue, &reading, Reading::begin(&unread));
    if let Some(definitions) = defined::definitions() {
        kinds::read(&context, definitions, kinds.clone(), &reading);
    }
    tokio::select! {
        _ = read.wait_for(|count| *count == 0) => {}
        () = context.clock.sleep(SYNC_TIMEOUT) => tracing::warn!("not every kind could be read yet; collecting without them"),
        () = context.cancel.cancelled() => return,
    }
    let collector = Arc::new(collect::Collector::new(
        &context,
        graph,
        queue.clone(),
        kinds,
        NAME,
    ));
    Controller::new(NAME, queue)
        .workers(WORKERS)
        .run(context.cancel.clone(), move |task: Task| {
            let collector = Arc::clone(&collector);
            async move { collector.reconcile(&task).await }
        })
        .await;
}

/// One of the kinds that have not been read yet; counted until it has been.
struct Reading(Mutex<Option<Arc<watch::Sender<usize>>>>);

impl Reading {
    fn begin(count: &Arc<watch::Sender<usize>>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(Mutex::new(Some(Arc::clone(count))))
    }

    fn done(&self) {
        if let Some(count) = self.0.lock().take() {
            count.send_modify(|count| *count -= 1);
        }
    }
}

/// Feeds the graph with one kind.
struct Feed {
    resource: Arc<ApiResource>,
    graph: Arc<Mutex<Graph>>,
    queue: WorkQueue<Task>,
    unread: Option<Reading>,
}

impl Feed {
    fn new(
        resource: ApiResource,
        graph: &Arc<Mutex<Graph>>,
        queue: &WorkQueue<Task>,
        unread: Option<Reading>,
    ) -> Self {
        Self {
            resource: Arc::new(resource),
            graph: Arc::clone(graph),
            queue: queue.clone(),
            unread,
        }
    }

    fn look_at(&self, tasks: Vec<Task>) {
        tasks.into_iter().for_each(|task| self.queue.add(task));
    }
}

/// The metadata of an object; `None` when it cannot be read, which is logged.
fn metadata(object: &SharedObject) -> Option<ObjectMeta> {
    match PartialObject::from_shared(object) {
        Ok(partial) => Some(partial.meta().clone()),
        Err(error) => {
            tracing::error!(namespace = object.namespace(), name = object.name(), %error, "cannot read an object's metadata");
            None
        }
    }
}

impl Sink for Feed {
    fn replace(&self, objects: Vec<SharedObject>) {
        let mut graph = self.graph.lock();
        let mut present = HashSet::with_capacity(objects.len());
        let mut tasks = Vec::new();
        for meta in objects.iter().filter_map(metadata) {
            tasks.extend(graph.observe(&self.resource, &meta));
            present.insert(meta.uid);
        }
        tasks.extend(graph.keep_only(&self.resource, &present));
        drop(graph);
        self.look_at(tasks);
        if let Some(unread) = &self.unread {
            unread.done();
        }
    }

    fn apply(&self, object: SharedObject) {
        if let Some(meta) = metadata(&object) {
            let tasks = self.graph.lock().observe(&self.resource, &meta);
            self.look_at(tasks);
        }
    }

    fn remove(&self, object: SharedObject) {
        if let Some(meta) = metadata(&object) {
            let tasks = self.graph.lock().forget(&meta.uid);
            self.look_at(tasks);
        }
    }
}

#[cfg(test)]
mod tests;
