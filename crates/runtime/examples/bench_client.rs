//! The works of `cargo xtask bench client`, done with this client.
//!
//! `bench_client KUBECONFIG list|watch N|create|cold|informer|produce N` prints
//! a line `name<TAB>value<TAB>unit` for each figure. `produce` is no work: it
//! makes the events that all the clients watch.

use std::path::Path;
use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt, stream};
use skeg_api::core::v1::{ConfigMap, Namespace, Pod};
use skeg_client::{
    Api, Client, Kubeconfig, ListOptions, Patch, PatchOptions, WatchEvent, WatchOptions,
};
use skeg_meta::ObjectMeta;
use skeg_runtime::{SharedInformerFactory, SystemClock};
use tokio_util::sync::CancellationToken;

type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T, E = Error> = std::result::Result<T, E>;

/// Requests in flight.
const CLIENTS: usize = 64;
/// Objects that are listed, and objects that are made.
const MANY: usize = 10_000;

fn tell(name: &str, value: f64, unit: &str) {
    println!("{name}\t{value}\t{unit}");
}

fn status_mib(field: &str) -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kib = line.ok_or("no such field")?.trim();
    Ok(kib.trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}

fn cpu_ms() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after = stat.rsplit_once(") ").ok_or("no such process")?.1;
    let fields: Vec<&str> = after.split(' ').collect();
    Ok((fields[11].parse::<f64>()? + fields[12].parse::<f64>()?) * 10.0)
}

fn client(path: &str) -> Result<Client> {
    let config = Kubeconfig::from_file(Path::new(path))?.config(None)?;
    Ok(Client::from_config(&config)?)
}

async fn list(client: &Client) -> Result<()> {
    let pods = Api::<Pod>::namespaced(client.clone(), "many");
    let (mut least, mut cpu, mut peak) = (f64::MAX, f64::MAX, None);
    for _ in 0..5 {
        let before = cpu_ms()?;
        let begun = Instant::now();
        let found = pods.list(&ListOptions::default()).await?;
        least = least.min(begun.elapsed().as_secs_f64() * 1e3);
        if found.items.len() != MANY {
            return Err(format!("{} pods", found.items.len()).into());
        }
        cpu = cpu.min(cpu_ms()? - before);
        peak.get_or_insert(status_mib("VmHWM:")?);
    }
    tell("time", least, "ms");
    tell("CPU", cpu, "ms");
    tell("peak memory", peak.unwrap_or_default(), "MiB");
    tell("peak memory of five", status_mib("VmHWM:")?, "MiB");
    Ok(())
}

async fn watch(client: &Client, count: usize) -> Result<()> {
    let maps = Api::<ConfigMap>::namespaced(client.clone(), "watched");
    let options = WatchOptions {
        resource_version: "0".to_owned(),
        ..WatchOptions::default()
    };
    let mut events = maps.watch(&options).await?;
    println!("ready");
    let mut before = None;
    let mut seen = 0;
    while seen < count {
        match events.try_next().await?.ok_or("the watch ended")? {
            WatchEvent::Added(map) | WatchEvent::Modified(map) | WatchEvent::Deleted(map) => {
                if before.is_none() {
                    before = Some(cpu_ms()?);
                }
                if map.metadata.name.is_empty() {
                    return Err("no name".into());
                }
                seen += 1;
            }
            WatchEvent::Bookmark { .. } => {}
            WatchEvent::Error(status) => return Err(status.message.into()),
        }
    }
    tell("CPU", cpu_ms()? - before.unwrap_or_default(), "ms");
    Ok(())
}

fn map(name: String) -> ConfigMap {
    ConfigMap {
        metadata: ObjectMeta {
            name,
            ..ObjectMeta::default()
        },
        data: [("key".to_owned(), "x".repeat(700))].into(),
        ..ConfigMap::default()
    }
}

async fn create(client: &Client) -> Result<()> {
    let maps = Api::<ConfigMap>::namespaced(client.clone(), "made-ours");
    let begun = Instant::now();
    stream::iter(0..MANY)
        .map(|at| maps.create(map(format!("m-{at}"))))
        .buffer_unordered(CLIENTS)
        .try_for_each(|_| std::future::ready(Ok(())))
        .await?;
    tell("time", begun.elapsed().as_secs_f64() * 1e3, "ms");
    tell("CPU", cpu_ms()?, "ms");
    Ok(())
}

async fn cold(path: &str) -> Result<()> {
    let mut took = Vec::new();
    for _ in 0..20 {
        let begun = Instant::now();
        Api::<Namespace>::all(client(path)?).get("default").await?;
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    tell("time", took[took.len() / 2].as_secs_f64() * 1e3, "ms");
    Ok(())
}

async fn informer(client: &Client) -> Result<()> {
    let before = status_mib("VmRSS:")?;
    let cancel = CancellationToken::new();
    let factory = SharedInformerFactory::new(client.clone(), SystemClock::new(), cancel);
    let pods = factory.build::<Pod>().namespace("many").start();
    pods.synced().await;
    if pods.store().len() != MANY {
        return Err(format!("{} pods", pods.store().len()).into());
    }
    // What is held a while later is what counts.
    tokio::time::sleep(Duration::from_secs(3)).await;
    tell("memory", status_mib("VmRSS:")? - before, "MiB");
    tell("peak memory", status_mib("VmHWM:")?, "MiB");
    Ok(())
}

/// Changes a few objects so many times.
async fn produce(client: &Client, count: usize) -> Result<()> {
    let maps = Api::<ConfigMap>::namespaced(client.clone(), "watched");
    for at in 0..CLIENTS {
        maps.create(map(format!("w-{at}"))).await?;
    }
    let maps = &maps;
    stream::iter(CLIENTS..count)
        .map(|at| async move {
            let change = skeg_schema::json!({"data": {"round": (at.to_string())}});
            let name = format!("w-{}", at % CLIENTS);
            maps.patch(&name, &Patch::Merge(change), &PatchOptions::default())
                .await
        })
        .buffer_unordered(16)
        .try_for_each(|_| std::future::ready(Ok(())))
        .await?;
    for at in 0..CLIENTS {
        maps.delete(&format!("w-{at}"), &Default::default()).await?;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let usage = "bench_client KUBECONFIG list|watch N|create|cold|informer|produce N";
    let path = args.next().ok_or(usage)?;
    let work = args.next().ok_or(usage)?;
    let mut count = || -> Result<usize> { Ok(args.next().ok_or(usage)?.parse()?) };
    match work.as_str() {
        "list" => list(&client(&path)?).await,
        "watch" => watch(&client(&path)?, count()?).await,
        "create" => create(&client(&path)?).await,
        "cold" => cold(&path).await,
        "informer" => informer(&client(&path)?).await,
        "produce" => produce(&client(&path)?, count()?).await,
        _ => Err(usage.into()),
    }
}
