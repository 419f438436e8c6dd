//! Keeps every pod of the cluster in a shared informer and says how much
//! memory that takes: once as they are, or trimmed.
//!
//! `informer_memory [plain|unmanaged|trimmed|metadata]`

use std::io::Write;

use skeg_api::core::v1::Pod;
use skeg_client::{ApiResource, Client};
use skeg_runtime::{Cached, Informer, SharedInformerFactory, SystemClock};
use tokio_util::sync::CancellationToken;

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0)
}

async fn report<K: Cached>(before: u64, informer: Informer<K>) -> std::io::Result<()> {
    informer.synced().await;
    let grown = resident_kib().saturating_sub(before);
    let count = informer.store().len();
    writeln!(
        std::io::stdout(),
        "{count} pods: {grown} KiB more than before, {} bytes each",
        grown * 1024 / count.max(1) as u64
    )
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_environment()?;
    client.server_version().await?;
    let cancel = CancellationToken::new();
    let informers = SharedInformerFactory::new(client, SystemClock::new(), cancel.clone());
    let before = resident_kib();
    let pods = informers.build::<Pod>();
    match std::env::args().nth(1).as_deref() {
        Some("unmanaged") => report(before, pods.without_managed_fields().start()).await?,
        Some("trimmed") => {
            let kept = pods.keep_only(&["metadata.labels", "spec.nodeName", "status.phase"]);
            report(before, kept.start()).await?;
        }
        Some("metadata") => {
            let metadata = informers.partial(&ApiResource::of::<Pod>());
            report(before, metadata).await?;
        }
        _ => report(before, pods.start()).await?,
    }
    cancel.cancel();
    informers.ended().await;
    Ok(())
}
