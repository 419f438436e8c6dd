//! Pods that nobody else will ever remove: those of nodes that are gone or out
//! of service, finished ones beyond a number, and going ones that never had a
//! node.

mod mark;
mod plan;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use skeg_api::core::v1::{Node, Pod};
use skeg_client::{Api, DeleteOptions, Error};
use skeg_runtime::{
    Controller, Delta, Informer, Next, ObjectName, ReconcileError, StoreIndex, WorkQueue,
};

use crate::Context;

pub(crate) use mark::{Disruption, evict, status_patch};

const NAME: &str = "pod-garbage-collector-controller";
const WORKERS: usize = 2;
/// How many finished pods may stay (`--terminated-pod-gc-threshold`).
const TERMINATED_MAX: usize = 12_500;
/// How long a node must be gone before its pods are (upstream's `quarantineTime`).
const QUARANTINE: Duration = Duration::from_secs(40);
/// How long other pods are left to those whose business they are (upstream's `gcCheckPeriod`).
const PAUSE: Duration = Duration::from_secs(20);
/// The index of pods by node.
pub(crate) const BY_NODE: StoreIndex<Pod> = StoreIndex::new("spec.nodeName", |pod| {
    let node = Some(pod.spec.node_name.clone());
    node.filter(|node| !node.is_empty()).into_iter().collect()
});
const NODE_GONE: Disruption = Disruption {
    reason: "DeletionByPodGC",
    message: "PodGC: node no longer exists",
};

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Task {
    /// The pods of a node that is perhaps no longer there.
    Vanished(String),
    /// The pods of a node that is perhaps out of service.
    OutOfService(String),
    /// A pod without a node that is going.
    Unscheduled(ObjectName),
    /// All finished pods.
    Terminated,
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Task::Vanished(node) => write!(f, "pods of vanished node {node}"),
            Task::OutOfService(node) => write!(f, "pods of node {node} out of service"),
            Task::Unscheduled(pod) => write!(f, "unscheduled pod {pod}"),
            Task::Terminated => f.write_str("terminated pods"),
        }
    }
}

/// Runs the collector of pods.
pub(crate) async fn run(context: Context) {
    let collector = Arc::new(Collector {
        pods: context.informers.informer(),
        nodes: context.informers.informer(),
        context: context.clone(),
    });
    let queue = context.queue::<Task>();
    // A pod of a node that is not known yet would be looked at for nothing.
    collector.nodes.synced().await;
    collector.listen(&queue);
    collector.pods.synced().await;
    Controller::new(NAME, queue)
        .workers(WORKERS)
        .run(context.cancel.clone(), move |task: Task| {
            let collector = Arc::clone(&collector);
            async move { collector.reconcile(task).await }
        })
        .await;
}

struct Collector {
    pods: Informer<Pod>,
    nodes: Informer<Node>,
    context: Context,
}

impl Collector {
    fn listen(&self, queue: &WorkQueue<Task>) {
        let to = queue.clone();
        self.nodes.on_change(move |delta| {
            let node = delta.object();
            if matches!(delta, Delta::Deleted { .. }) {
                to.add_after(Task::Vanished(node.metadata.name.clone()), QUARANTINE);
            } else if plan::is_out_of_service(node) {
                to.add_after(Task::OutOfService(node.metadata.name.clone()), PAUSE);
            }
        });
        let (to, nodes, terminated) = (queue.clone(), self.nodes.clone(), AtomicUsize::new(0));
        self.pods.on_change(move |delta| {
            let pod = delta.object();
            let gone = matches!(delta, Delta::Deleted { .. });
            let was_terminal = if gone {
                pod.is_finished()
            } else {
                delta.old().is_some_and(|old| old.is_finished())
            };
            let count = match (was_terminal, !gone && pod.is_finished()) {
                (false, true) => terminated.fetch_add(1, Ordering::Relaxed) + 1,
                (true, false) => terminated.fetch_sub(1, Ordering::Relaxed) - 1,
                _ => terminated.load(Ordering::Relaxed),
            };
            if count > TERMINATED_MAX {
                to.add_after(Task::Terminated, PAUSE);
            }
            if gone {
                return;
            }
            let was_going = delta.old().is_some_and(|old| old.metadata.is_deleting());
            let starts_going = pod.metadata.is_deleting() && !was_going;
            let node = &pod.spec.node_name;
            if node.is_empty() {
                if starts_going {
                    to.add_after(Task::Unscheduled(ObjectName::of(&pod.metadata)), PAUSE);
                }
                return;
            }
            let bound = delta.old().is_none_or(|old| old.spec.node_name != *node);
            match nodes.get("", node) {
                None if bound => to.add_after(Task::Vanished(node.clone()), QUARANTINE),
                Some(held) if starts_going && plan::is_out_of_service(&held) => {
                    to.add_after(Task::OutOfService(node.clone()), PAUSE);
                }
                _ => {}
            }
        });
    }

    async fn reconcile(&self, task: Task) -> Result<Next, ReconcileError> {
        match task {
            Task::Vanished(node) => {
                // The watch may be behind.
                if self.nodes.get("", &node).is_some()
                    || Api::<Node>::all(self.context.client.clone())
                        .get_opt(&node)
                        .await?
                        .is_some()
                {
                    return Ok(Next::Done);
                }
                for pod in self.pods.store().by_index(&BY_NODE, node.as_str()) {
                    tracing::info!(pod = %ObjectName::of(&pod.metadata), node, "removes a pod of a node that is gone");
                    self.remove(&pod, Some(NODE_GONE)).await?;
                }
            }
            Task::OutOfService(node) => {
                if self
                    .nodes
                    .get("", &node)
                    .is_none_or(|held| !plan::is_out_of_service(&held))
                {
                    return Ok(Next::Done);
                }
                for pod in self.pods.store().by_index(&BY_NODE, node.as_str()) {
                    if pod.metadata.is_deleting() {
                        self.remove(&pod, None).await?;
                    }
                }
            }
            Task::Unscheduled(name) => {
                if let Some(pod) = self.pods.store().get(&name)
                    && pod.metadata.is_deleting()
                    && pod.spec.node_name.is_empty()
                {
                    self.remove(&pod, None).await?;
                }
            }
            Task::Terminated => {
                for pod in plan::beyond(self.pods.store().list(), TERMINATED_MAX) {
                    self.remove(&pod, None).await?;
                }
            }
        }
        Ok(Next::Done)
    }

    /// Sees that a pod counts as ended, and deletes it without waiting for anybody.
    async fn remove(&self, pod: &Pod, why: Option<Disruption>) -> Result<(), Error> {
        let api =
            Api::<Pod>::namespaced(self.context.client.clone(), pod.metadata.namespace.as_str());
        if !pod.is_finished() {
            let patch = status_patch(pod, Some("Failed"), why, self.context.clock.now());
            match api
                .patch_status(&pod.metadata.name, &patch, &Default::default())
                .await
            {
                Err(error) if error.is_not_found() => return Ok(()),
                result => drop(result?),
            }
        }
        match api
            .delete(
                &pod.metadata.name,
                &DeleteOptions::now().uid(pod.metadata.uid.as_str()),
            )
            .await
        {
            // Another pod of that name is none of our business.
            Err(error) if error.is_not_found() || error.is_conflict() => Ok(()),
            result => result.map(drop),
        }
    }
}

#[cfg(test)]
mod tests;
