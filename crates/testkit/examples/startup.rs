//! Measures what a cluster costs: time to start, and memory. The first of a
//! process makes what the others share.

use std::time::Instant;

use skeg_testkit::Cluster;

/// Clusters that are kept beside each other.
const CLUSTERS: usize = 50;

/// The memory of this process that is in use, in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or_default()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bare = resident();
    let begun = Instant::now();
    let first = Cluster::start().await?;
    let ready = begun.elapsed();
    first.settle().await?;
    println!(
        "first cluster of the process: ready in {:.1} ms, quiet after {:.1} ms, {:.1} MiB",
        ready.as_secs_f64() * 1e3,
        begun.elapsed().as_secs_f64() * 1e3,
        (resident() - bare) as f64 / 1024.0
    );
    let before = resident();
    let mut kept = Vec::new();
    let mut ready = Vec::new();
    let mut quiet = Vec::new();
    for _ in 0..CLUSTERS {
        let begun = Instant::now();
        let cluster = Cluster::start().await?;
        ready.push(begun.elapsed().as_secs_f64() * 1e3);
        cluster.settle().await?;
        quiet.push(begun.elapsed().as_secs_f64() * 1e3);
        kept.push(cluster);
    }
    ready.sort_by(f64::total_cmp);
    quiet.sort_by(f64::total_cmp);
    println!(
        "{CLUSTERS} more: ready in {:.1} ms (median; worst {:.1}), quiet after {:.1} ms, {:.1} MiB each",
        ready[CLUSTERS / 2],
        ready[CLUSTERS - 1],
        quiet[CLUSTERS / 2],
        (resident() - before) as f64 / 1024.0 / CLUSTERS as f64
    );
    Ok(())
}
