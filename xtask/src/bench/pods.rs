//! From the request that creates a pod until a watcher sees that it runs.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::kube::{Cluster, PATIENCE, PODS, pod};
use super::{Options, figure};
use crate::http::Events;
use crate::server;

const ONE_BY_ONE: usize = 20;
const AT_ONCE: usize = 30;
const MANY: usize = 100;

pub fn run(options: &Options) -> Result<()> {
    if !server::is_root() {
        println!("skipped: a node needs root");
        return Ok(());
    }
    let cluster = Cluster::start(options.profile())?;
    let seen = Seen::start(cluster.watch(PODS)?);
    // The first pod pays for what is made once: namespaces, mounts, caches.
    let warm = together(&cluster, &seen, "warm", 1)?;
    figure::plain("the very first pod", figure::quantile(&warm, 1.0), "ms");

    let mut single = Vec::new();
    for index in 0..ONE_BY_ONE {
        single.extend(together(&cluster, &seen, &format!("one-{index}"), 1)?);
    }
    quantiles(&format!("pod runs, one at a time ×{ONE_BY_ONE}"), &single);

    let at_once = together(&cluster, &seen, "few", AT_ONCE)?;
    quantiles(&format!("pod runs, {AT_ONCE} at once"), &at_once);

    let many = together(&cluster, &seen, "many", MANY)?;
    figure::plain(
        &format!("{MANY} pods created and running after"),
        figure::quantile(&many, 1.0),
        "ms",
    );
    Ok(())
}

fn quantiles(what: &str, samples: &[Duration]) {
    figure::at_most(
        &format!("{what}, p50"),
        figure::quantile(samples, 0.5),
        250.0,
        "ms",
    );
    figure::at_most(
        &format!("{what}, p99"),
        figure::quantile(samples, 0.99),
        1_000.0,
        "ms",
    );
}

/// Creates pods, waits until all run, removes them, and says how long each took.
/// For several the clock of each starts with the first request.
fn together(cluster: &Cluster, seen: &Seen, prefix: &str, count: usize) -> Result<Vec<Duration>> {
    let names: Vec<String> = (0..count)
        .map(|index| format!("{prefix}-{index}"))
        .collect();
    let mut connection = cluster.connect()?;
    let begun = Instant::now();
    for name in &names {
        connection.send("POST", PODS, &pod(name))?.ok()?;
    }
    let mut running = BTreeMap::new();
    while running.len() < count {
        if let (Change::Runs(name), at) = seen.next()?
            && names.contains(&name)
        {
            running.entry(name).or_insert(at - begun);
        }
    }
    for name in &names {
        connection
            .send("DELETE", &format!("{PODS}/{name}"), b"")?
            .ok()?;
    }
    let mut gone = 0;
    while gone < count {
        if let (Change::Gone(name), _) = seen.next()?
            && names.contains(&name)
        {
            gone += 1;
        }
    }
    Ok(running.into_values().collect())
}

enum Change {
    Runs(String),
    Gone(String),
}

/// What a watcher on a connection of its own has seen, and when.
struct Seen(Receiver<Result<(Change, Instant)>>);

impl Seen {
    fn start(mut events: Events) -> Self {
        let (sender, receiver) = channel();
        // Ends with the watch, or when nobody listens any more.
        std::thread::spawn(move || {
            loop {
                let event = match events.next() {
                    Ok(event) => event,
                    Err(error) => {
                        drop(sender.send(Err(error)));
                        return;
                    }
                };
                let at = Instant::now();
                let object = &event["object"];
                let name = object["metadata"]["name"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned();
                let change = if event["type"] == "DELETED" {
                    Change::Gone(name)
                } else if object["status"]["phase"] == "Running" {
                    Change::Runs(name)
                } else {
                    continue;
                };
                if sender.send(Ok((change, at))).is_err() {
                    return;
                }
            }
        });
        Self(receiver)
    }

    fn next(&self) -> Result<(Change, Instant)> {
        let next = self.0.recv_timeout(PATIENCE);
        ensure!(next.is_ok(), "no pod changed for {PATIENCE:?}");
        next.context("the watcher ended")?
    }
}
