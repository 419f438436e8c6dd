//! Pods that do not tolerate a taint of their node, or no longer, are deleted.

mod plan;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use parking_lot::Mutex;
use skeg_api::core::v1::{Node, Pod};
use skeg_runtime::{
    Controller, Delta, EventRecorder, EventType, Informer, Next, ObjectName, ReconcileError,
    WorkQueue,
};

use crate::Context;
use crate::podgc::{BY_NODE, Disruption, evict};
use plan::Stay;

const NAME: &str = "taint-eviction-controller";
const WORKERS: usize = 4;
const REASON: &str = "TaintManagerEviction";
const TAINTED: Disruption = Disruption {
    reason: "DeletionByTaintManager",
    message: "Taint manager: deleting due to NoExecute taint",
};

/// Runs the eviction of pods by taints.
pub(crate) async fn run(context: Context) {
    let queue = context.queue::<ObjectName>();
    let evictor = Arc::new(Evictor {
        pods: context.informers.informer(),
        nodes: context.informers.informer(),
        recorder: context.recorder(NAME),
        since: Mutex::default(),
        context: context.clone(),
    });
    evictor.nodes.synced().await;
    evictor.listen(&queue);
    evictor.pods.synced().await;
    Controller::new(NAME, queue)
        .workers(WORKERS)
        .run(context.cancel.clone(), move |name: ObjectName| {
            let evictor = Arc::clone(&evictor);
            async move { evictor.reconcile(&name).await }
        })
        .await;
}

struct Evictor {
    pods: Informer<Pod>,
    nodes: Informer<Node>,
    recorder: EventRecorder,
    /// Since when a pod's time runs.
    since: Mutex<HashMap<ObjectName, (String, Timestamp)>>,
    context: Context,
}

impl Evictor {
    fn listen(&self, queue: &WorkQueue<ObjectName>) {
        let (to, pods) = (queue.clone(), self.pods.clone());
        self.nodes.on_change(move |delta| {
            let node = delta.object();
            let before = delta.old().map(|old| plan::ending(old)).unwrap_or_default();
            let after = if matches!(delta, Delta::Deleted { .. }) {
                Vec::new()
            } else {
                plan::ending(node)
            };
            if before != after || matches!(delta, Delta::Deleted { .. }) {
                let concerned = pods.store().by_index(&BY_NODE, node.metadata.name.as_str());
                concerned
                    .iter()
                    .for_each(|pod| to.add(ObjectName::of(&pod.metadata)));
            }
        });
        let (to, nodes) = (queue.clone(), self.nodes.clone());
        self.pods.on_change(move |delta| {
            let pod = delta.object();
            let same = delta.old().is_some_and(|old| {
                old.spec.node_name == pod.spec.node_name
                    && old.spec.tolerations == pod.spec.tolerations
                    && old.metadata.is_deleting() == pod.metadata.is_deleting()
            });
            let tainted = || {
                nodes
                    .get("", &pod.spec.node_name)
                    .is_some_and(|node| !plan::ending(&node).is_empty())
            };
            if !same && !pod.spec.node_name.is_empty() && tainted() {
                to.add(ObjectName::of(&pod.metadata));
            }
        });
    }

    async fn reconcile(&self, name: &ObjectName) -> Result<Next, ReconcileError> {
        let Some(pod) = self
            .pods
            .store()
            .get(name)
            .filter(|pod| !pod.metadata.is_deleting())
        else {
            self.since.lock().remove(name);
            return Ok(Next::Done);
        };
        let node = self.nodes.get("", &pod.spec.node_name);
        let taints = node.as_deref().map(plan::ending).unwrap_or_default();
        let Stay::For(stay) = plan::stay(&pod, &taints) else {
            if self.since.lock().remove(name).is_some() {
                self.tell(&pod, "Cancelling deletion of Pod");
            }
            return Ok(Next::Done);
        };
        let now = self.context.clock.now();
        let since = {
            let mut all = self.since.lock();
            let (uid, since) = all
                .entry(name.clone())
                .or_insert_with(|| (pod.metadata.uid.clone(), now));
            if *uid != pod.metadata.uid {
                (*uid, *since) = (pod.metadata.uid.clone(), now);
            }
            *since
        };
        let passed = Duration::try_from(now.duration_since(since)).unwrap_or_default();
        match stay.checked_sub(passed).filter(|left| !left.is_zero()) {
            Some(left) => Ok(Next::After(left)),
            None => self.evict(&pod).await,
        }
    }

    fn tell(&self, pod: &Pod, what: &str) {
        let note = format!("{what} {}", ObjectName::of(&pod.metadata));
        self.recorder.event(pod, EventType::Normal, REASON, note);
    }

    async fn evict(&self, pod: &Pod) -> Result<Next, ReconcileError> {
        tracing::info!(pod = %ObjectName::of(&pod.metadata), "evicts a pod that does not tolerate a taint of its node");
        self.tell(pod, "Marking for deletion Pod");
        evict(&self.context, pod, TAINTED).await?;
        self.since.lock().remove(&ObjectName::of(&pod.metadata));
        Ok(Next::Done)
    }
}

#[cfg(test)]
mod tests {
    use skeg_api::core::v1::{Taint, Toleration};
    use skeg_runtime::ManualClock;
    use skeg_runtime::testing::FakeApi;
    use tokio_util::sync::CancellationToken;

    use super::*;

    fn pod(name: &str, tolerated: Option<i64>) -> Pod {
        let mut pod = Pod::default();
        pod.metadata.name = name.into();
        pod.metadata.namespace = "ns".into();
        pod.metadata.finalizers = vec!["example.com/hold".into()];
        pod.spec.node_name = "n".into();
        pod.spec.tolerations = tolerated
            .map(|seconds| Toleration {
                operator: "Exists".into(),
                toleration_seconds: Some(seconds),
                ..Default::default()
            })
            .into_iter()
            .collect();
        pod
    }

    fn going(api: &FakeApi, name: &str) -> bool {
        api.get::<Pod>("ns", name)
            .is_some_and(|pod| pod.metadata.is_deleting())
    }

    #[tokio::test]
    async fn pods_go_when_their_time_is_over() {
        let (api, clock, cancel) = (FakeApi::new(), ManualClock::new(), CancellationToken::new());
        let mut node = Node::default();
        node.metadata.name = "n".into();
        node.spec.taints = vec![Taint {
            key: "out".into(),
            effect: "NoExecute".into(),
            ..Default::default()
        }];
        api.put(&node);
        api.put(&pod("now", None));
        api.put(&pod("later", Some(20)));
        let running = tokio::spawn(run(Context::for_client(
            api.client(),
            clock.shared(),
            cancel.clone(),
        )));
        api.until("the one that does not tolerate it goes", |api| {
            going(api, "now")
        })
        .await;
        assert_eq!(
            api.get::<Pod>("ns", "now").expect("held").status.conditions[0].reason,
            TAINTED.reason
        );
        assert!(!going(&api, "later"));
        while clock.sleepers() == 0 {
            tokio::task::yield_now().await;
        }
        clock.advance(Duration::from_secs(20));
        api.until("the one that tolerated it for a while goes", |api| {
            going(api, "later")
        })
        .await;
        cancel.cancel();
        running.await.expect("it ends");
    }
}
