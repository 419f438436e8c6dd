//! Tells kubelets, by an annotation of their nodes, how long they may keep what
//! they know of secrets and configuration: longer in larger clusters.

use std::sync::Arc;

use parking_lot::Mutex;
use skeg_api::core::v1::Node;
use skeg_client::{Api, Patch, PatchOptions};
use skeg_runtime::{Controller, Delta, Informer, Next, ObjectName, ReconcileError};
use skeg_schema::json;

use crate::Context;
use crate::workload::unless_gone;

const NAME: &str = "ttl-controller";
const TTL: &str = "node.alpha.kubernetes.io/ttl";

/// A size of clusters: how many nodes it ends and begins with, and the seconds
/// that hold there. The sizes overlap, so that a cluster at the edge of one
/// does not change to and fro.
const SIZES: [(usize, usize, u32); 5] = [
    (0, 100, 0),
    (90, 500, 15),
    (450, 1000, 30),
    (900, 2000, 60),
    (1800, usize::MAX, 300),
];

/// The size that a cluster of so many nodes has, which had another before.
fn size(before: usize, nodes: usize) -> usize {
    let mut at = before.min(SIZES.len() - 1);
    while at + 1 < SIZES.len() && nodes > SIZES[at].1 {
        at += 1;
    }
    while at > 0 && nodes < SIZES[at].0 {
        at -= 1;
    }
    at
}

/// Runs the controller.
pub(crate) async fn run(context: Context) {
    let nodes: Informer<Node> = context.informers.informer();
    let queue = context.queue::<ObjectName>();
    let at = Arc::new(Mutex::new(0));
    let (to, all, now) = (queue.clone(), nodes.clone(), Arc::clone(&at));
    nodes.on_change(move |delta| {
        let count = all.store().len();
        let changed = {
            let mut at = now.lock();
            let before = *at;
            *at = size(before, count);
            *at != before
        };
        if changed {
            for node in all.store().list() {
                to.add(ObjectName::of(&node.metadata));
            }
        }
        if !matches!(delta, Delta::Deleted { .. }) {
            to.add(ObjectName::of(&delta.object().metadata));
        }
    });
    nodes.synced().await;
    let client = context.client.clone();
    Controller::new(NAME, queue)
        .run(context.cancel.clone(), move |name: ObjectName| {
            let (nodes, client, at) = (nodes.clone(), client.clone(), Arc::clone(&at));
            async move {
                let seconds = SIZES[*at.lock()].2.to_string();
                let told = nodes.store().get(&name);
                let Some(node) =
                    told.filter(|node| node.metadata.annotations.get(TTL) != Some(&seconds))
                else {
                    return Ok(Next::Done);
                };
                let patch = Patch::Strategic(json!({
                    "metadata": {"annotations": {TTL: seconds}},
                }));
                let api = Api::<Node>::all(client);
                let options = PatchOptions::default();
                let name = &node.metadata.name;
                let written = api.patch(name, &patch, &options).await;
                unless_gone(written.map(|_| Next::Done).map_err(ReconcileError::from))
            }
        })
        .await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_meta::ObjectMeta;
    use skeg_runtime::ManualClock;
    use skeg_runtime::testing::FakeApi;
    use tokio_util::sync::CancellationToken;

    #[test]
    fn sizes_overlap() {
        for (before, nodes, expect) in [
            (0, 100, 0),
            (0, 101, 1),
            (1, 95, 1),
            (1, 89, 0),
            (0, 3000, 4),
            (4, 10, 0),
        ] {
            assert_eq!(size(before, nodes), expect, "{nodes} after {before}");
        }
    }

    #[tokio::test]
    async fn nodes_are_told() {
        let (api, clock, cancel) = (FakeApi::new(), ManualClock::new(), CancellationToken::new());
        api.put(&Node {
            metadata: ObjectMeta::named("", "n"),
            ..Node::default()
        });
        let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
        let running = tokio::spawn(run(context));
        api.until("it is told", |api| {
            let node = api.get::<Node>("", "n").expect("it is there");
            node.metadata
                .annotations
                .get(TTL)
                .is_some_and(|ttl| ttl == "0")
        })
        .await;
        cancel.cancel();
        running.await.expect("it ends");
    }
}
