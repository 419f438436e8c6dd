//! Measures what a cluster costs: time to start, and memory. The first of a
//! process makes what the others share. `cargo xtask bench testkit` asks it for
//! `figures`: name, value and unit, with tabs between.

use std::time::Instant;

use skeg_testkit::Cluster;

/// Clusters that are kept beside each other.
const CLUSTERS: usize = 50;

/// The memory of this process that is in use, in KiB: all of it (`VmRSS:`), or
/// what no file backs (`RssAnon:`).
fn resident(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(field));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or_default()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (bare, bare_anonymous) = (resident("VmRSS:"), resident("RssAnon:"));
    let begun = Instant::now();
    let first = Cluster::start().await?;
    let ready = begun.elapsed();
    first.settle().await?;
    let mib = |kib: u64| kib as f64 / 1024.0;
    let quiet_first = begun.elapsed().as_secs_f64() * 1e3;
    let first_mib = mib(resident("VmRSS:").saturating_sub(bare));
    let first_anonymous = mib(resident("RssAnon:").saturating_sub(bare_anonymous));
    let before = resident("VmRSS:");
    let mut kept = Vec::new();
    let mut more = Vec::new();
    let mut quiet = Vec::new();
    for _ in 0..CLUSTERS {
        let begun = Instant::now();
        let cluster = Cluster::start().await?;
        more.push(begun.elapsed().as_secs_f64() * 1e3);
        cluster.settle().await?;
        quiet.push(begun.elapsed().as_secs_f64() * 1e3);
        kept.push(cluster);
    }
    more.sort_by(f64::total_cmp);
    quiet.sort_by(f64::total_cmp);
    let each_mib = mib(resident("VmRSS:").saturating_sub(before)) / CLUSTERS as f64;
    let figures = [
        (
            "first cluster of a process, ready",
            ready.as_secs_f64() * 1e3,
            "ms",
        ),
        ("first cluster of a process, quiet", quiet_first, "ms"),
        ("first cluster of a process, memory", first_mib, "MiB"),
        ("  of it not backed by files", first_anonymous, "MiB"),
        ("further clusters, ready, p50", more[CLUSTERS / 2], "ms"),
        ("further clusters, ready, slowest", more[CLUSTERS - 1], "ms"),
        ("further clusters, quiet, p50", quiet[CLUSTERS / 2], "ms"),
        ("further clusters, memory each", each_mib, "MiB"),
    ];
    let plain = std::env::args().nth(1).as_deref() == Some("figures");
    for (name, value, unit) in figures {
        if plain {
            println!("{name}\t{value}\t{unit}");
        } else {
            println!("{name:<40} {value:>8.1} {unit}");
        }
    }
    Ok(())
}
