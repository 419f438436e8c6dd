//! Shared informers: one watch and one copy of each object for the whole
//! process, with an index to look them up by. Prints how many pods each node
//! has whenever that changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use skeg_api::core::v1::Pod;
use skeg_client::Client;
use skeg_runtime::{SharedInformerFactory, SystemClock};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> Result<()> {
    let cancel = CancellationToken::new();
    let client = Client::from_environment()?;
    let informers = SharedInformerFactory::new(client, SystemClock::new(), cancel.clone());

    // Only what is looked at is kept: a tenth of the memory.
    let pods = informers
        .build::<Pod>()
        .keep_only(&["spec.nodeName", "status.phase"])
        .start();
    let by_node = pods.store().index(|pod| vec![pod.spec.node_name.clone()]);
    let changed = Arc::new(Notify::new());
    let bell = Arc::clone(&changed);
    pods.on_change(move |_| bell.notify_one());
    pods.synced().await;

    let mut shown = BTreeMap::new();
    loop {
        let nodes: BTreeMap<String, usize> = by_node
            .keys()
            .into_iter()
            .map(|node| {
                let count = by_node.get(&node).len();
                (node, count)
            })
            .collect();
        if nodes != shown {
            println!("{nodes:?}");
            shown = nodes;
        }
        tokio::select! {
            () = changed.notified() => {}
            _ = tokio::signal::ctrl_c() => break,
        }
    }
    cancel.cancel();
    informers.ended().await;
    Ok(())
}
