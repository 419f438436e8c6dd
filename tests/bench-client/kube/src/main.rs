//! The works of `cargo xtask bench client`, done with the crate `kube`.
//!
//! `bench-kube KUBECONFIG list|watch|create|cold|informer` prints a line
//! `name<TAB>value<TAB>unit` for each figure.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use futures::{StreamExt, TryStreamExt, stream};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Pod};
use kube::api::{Api, ListParams, PostParams, WatchEvent, WatchParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::runtime::{WatchStreamExt, reflector, watcher};
use kube::{Client, Config, ResourceExt};

fn tell(name: &str, value: f64, unit: &str) {
    println!("{name}\t{value}\t{unit}");
}

fn status_mib(field: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kib = line.and_then(|rest| rest.trim().split(' ').next()?.parse::<f64>().ok());
    kib.unwrap_or(f64::NAN) / 1024.0
}

fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat
        .rsplit_once(") ")
        .map_or(vec![], |(_, rest)| rest.split(' ').collect());
    let tick = |at: usize| {
        fields
            .get(at)
            .and_then(|text| text.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    (tick(11) + tick(12)) * 10.0
}

async fn config(path: &str) -> Result<Config> {
    let file = Kubeconfig::read_from(Path::new(path))?;
    Ok(Config::from_custom_kubeconfig(file, &KubeConfigOptions::default()).await?)
}

async fn list(client: Client) -> Result<()> {
    let pods: Api<Pod> = Api::namespaced(client, "many");
    let (mut least, mut before) = (f64::MAX, cpu_ms());
    let (mut cpu, mut peak) = (f64::MAX, None);
    for _ in 0..5 {
        let begun = Instant::now();
        let found = pods.list(&ListParams::default()).await?;
        least = least.min(begun.elapsed().as_secs_f64() * 1e3);
        anyhow::ensure!(found.items.len() == 10_000, "{} pods", found.items.len());
        cpu = cpu.min(cpu_ms() - before);
        peak.get_or_insert(status_mib("VmHWM:"));
        drop(found);
        before = cpu_ms();
    }
    tell("time", least, "ms");
    tell("CPU", cpu, "ms");
    tell("peak memory", peak.unwrap_or(f64::NAN), "MiB");
    tell("peak memory of five", status_mib("VmHWM:"), "MiB");
    Ok(())
}

async fn watch(client: Client, count: usize) -> Result<()> {
    let maps: Api<ConfigMap> = Api::namespaced(client, "watched");
    let mut events = maps
        .watch(&WatchParams::default().timeout(290), "0")
        .await?
        .boxed();
    println!("ready");
    let mut begun = None;
    let mut before = 0.0;
    let mut seen = 0;
    while seen < count {
        match events.try_next().await?.context("the watch ended")? {
            WatchEvent::Added(map) | WatchEvent::Modified(map) | WatchEvent::Deleted(map) => {
                if begun.is_none() {
                    begun = Some(Instant::now());
                    before = cpu_ms();
                }
                anyhow::ensure!(!map.name_any().is_empty());
                seen += 1;
            }
            _ => {}
        }
    }
    tell("CPU", cpu_ms() - before, "ms");
    Ok(())
}

async fn create(client: Client) -> Result<()> {
    let maps: Api<ConfigMap> = Api::namespaced(client, "made-kube");
    let begun = Instant::now();
    stream::iter(0..10_000)
        .map(|at| {
            let maps = maps.clone();
            async move {
                let mut map = ConfigMap::default();
                map.metadata.name = Some(format!("m-{at}"));
                map.data = Some([("key".to_owned(), "x".repeat(700))].into());
                maps.create(&PostParams::default(), &map).await
            }
        })
        .buffer_unordered(64)
        .try_for_each(|_| async { Ok(()) })
        .await?;
    tell("time", begun.elapsed().as_secs_f64() * 1e3, "ms");
    tell("CPU", cpu_ms(), "ms");
    Ok(())
}

async fn cold(path: &str) -> Result<()> {
    let mut took = Vec::new();
    for _ in 0..20 {
        let begun = Instant::now();
        let client = Client::try_from(config(path).await?)?;
        let namespaces: Api<Namespace> = Api::all(client);
        namespaces.get("default").await?;
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    tell("time", took[took.len() / 2].as_secs_f64() * 1e3, "ms");
    Ok(())
}

async fn informer(client: Client) -> Result<()> {
    let before = status_mib("VmRSS:");
    let pods: Api<Pod> = Api::namespaced(client, "many");
    let (reader, writer) = reflector::store();
    let mut events = reflector(writer, watcher(pods, watcher::Config::default()))
        .default_backoff()
        .boxed();
    tokio::spawn(async move { while events.next().await.is_some() {} });
    reader.wait_until_ready().await?;
    anyhow::ensure!(reader.len() == 10_000, "{} pods", reader.len());
    tokio::time::sleep(Duration::from_secs(3)).await;
    tell("memory", status_mib("VmRSS:") - before, "MiB");
    tell("peak memory", status_mib("VmHWM:"), "MiB");
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let usage = "bench-kube KUBECONFIG list|watch|create|cold|informer";
    let path = args.next().context(usage)?;
    let work = args.next().context(usage)?;
    if work == "cold" {
        return cold(&path).await;
    }
    let client = Client::try_from(config(&path).await?)?;
    match work.as_str() {
        "list" => list(client).await,
        "watch" => watch(client, args.next().context(usage)?.parse()?).await,
        "create" => create(client).await,
        "informer" => informer(client).await,
        _ => anyhow::bail!(usage),
    }
}
