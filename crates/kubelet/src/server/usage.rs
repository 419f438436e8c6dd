//! What node, pods and containers use, as `kubectl top` gets it through a
//! metrics server: Prometheus' text at `/metrics/resource` (KEP-727).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use skeg_cri::{ContainerFilter, ContainerState, ContainerStats, RuntimeService};

use crate::names;
use crate::node::meminfo;

/// The kernel counts CPU time in these (`USER_HZ`, the same on every architecture).
const TICKS_PER_SECOND: f64 = 100.0;

/// What the whole machine uses.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct NodeUse {
    cpu_seconds: f64,
    memory_bytes: u64,
}

impl NodeUse {
    fn read() -> Option<Self> {
        let stat = std::fs::read_to_string("/proc/stat").ok()?;
        let memory_bytes = meminfo("MemTotal")?.saturating_sub(meminfo("MemAvailable")?);
        Some(Self {
            cpu_seconds: busy_seconds(&stat)?,
            memory_bytes,
        })
    }
}

/// Seconds of CPU time that were not idle, of all cores, from `/proc/stat`.
fn busy_seconds(stat: &str) -> Option<f64> {
    let line = stat.lines().next()?.strip_prefix("cpu ")?;
    let ticks: Vec<u64> = line
        .split_whitespace()
        .map_while(|word| word.parse().ok())
        .collect();
    // user nice system idle iowait irq softirq steal; guests are counted in user and nice.
    let idle = ticks.get(3)? + ticks.get(4)?;
    let all: u64 = ticks.iter().take(8).sum();
    Some(all.saturating_sub(idle) as f64 / TICKS_PER_SECOND)
}

/// A container that runs, and what it uses.
#[derive(Clone, Debug)]
struct ContainerUse {
    namespace: String,
    pod: String,
    container: String,
    started: Option<SystemTime>,
    stats: ContainerStats,
}

/// Asks the runtime what the containers use, and writes it down with the node's.
/// What ends meanwhile is left out; whether anything could not be asked is told
/// by `resource_scrape_error`.
pub(super) async fn text(runtime: &dyn RuntimeService) -> String {
    let filter = ContainerFilter {
        state: Some(ContainerState::Running),
        ..Default::default()
    };
    let listed = runtime.list_containers(&filter).await;
    let mut failed = listed.is_err();
    let mut containers = Vec::new();
    for summary in listed.unwrap_or_default() {
        let label = |name: &str| summary.labels.get(name).cloned().unwrap_or_default();
        let stats = runtime.container_stats(&summary.id).await;
        let status = runtime.container_status(&summary.id).await;
        match (stats, status) {
            (Ok(stats), Ok(status)) => containers.push(ContainerUse {
                namespace: label(names::POD_NAMESPACE),
                pod: label(names::POD_NAME),
                container: summary.metadata.name,
                started: status.started_at,
                stats,
            }),
            (Err(error), _) | (_, Err(error)) => failed |= !error.is_not_found(),
        }
    }
    let node = NodeUse::read();
    write(
        node,
        containers,
        failed || node.is_none(),
        SystemTime::now(),
    )
}

fn unix(at: SystemTime) -> std::time::Duration {
    at.duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn seconds(nanos: u64) -> f64 {
    nanos as f64 / 1e9
}

fn write(
    node: Option<NodeUse>,
    mut containers: Vec<ContainerUse>,
    failed: bool,
    now: SystemTime,
) -> String {
    containers.sort_by(|a, b| {
        let key = |one: &ContainerUse| {
            (
                one.namespace.clone(),
                one.pod.clone(),
                one.container.clone(),
            )
        };
        key(a).cmp(&key(b))
    });
    let at = unix(now).as_millis();
    let mut out = String::new();
    let mut family = |name: &str, kind: &str, help: &str, samples: Vec<(String, String)>| {
        if samples.is_empty() {
            return;
        }
        // A String takes every write.
        let _ = writeln!(out, "# HELP {name} [STABLE] {help}\n# TYPE {name} {kind}");
        for (labels, value) in samples {
            let _ = writeln!(out, "{name}{labels} {value}");
        }
    };
    let of_containers = |value: &dyn Fn(&ContainerUse) -> Option<String>| {
        let sample = |one: &ContainerUse| {
            let labels = format!(
                "{{container=\"{}\",namespace=\"{}\",pod=\"{}\"}}",
                one.container, one.namespace, one.pod
            );
            Some((labels, value(one)?))
        };
        containers.iter().filter_map(sample).collect::<Vec<_>>()
    };
    let mut pods: BTreeMap<(String, String), (u64, u64)> = BTreeMap::new();
    for one in &containers {
        let key = (one.namespace.clone(), one.pod.clone());
        let (cpu, memory) = pods.entry(key).or_default();
        *cpu += one.stats.cpu_usage_nanos;
        *memory += one.stats.memory_working_set_bytes;
    }
    let of_pods = |value: &dyn Fn(&(u64, u64)) -> String| {
        let sample = |((namespace, pod), used): (&(String, String), &(u64, u64))| {
            let labels = format!("{{namespace=\"{namespace}\",pod=\"{pod}\"}}");
            (labels, value(used))
        };
        pods.iter().map(sample).collect::<Vec<_>>()
    };
    let of_node = |value: &dyn Fn(NodeUse) -> String| {
        let sample = node.map(|node| (String::new(), value(node)));
        sample.into_iter().collect::<Vec<_>>()
    };
    family(
        "container_cpu_usage_seconds_total",
        "counter",
        "Seconds of CPU time that the container has used since its start",
        of_containers(&|one| Some(format!("{} {at}", seconds(one.stats.cpu_usage_nanos)))),
    );
    family(
        "container_memory_working_set_bytes",
        "gauge",
        "Bytes of memory of the container that cannot be dropped at once",
        of_containers(&|one| Some(format!("{} {at}", one.stats.memory_working_set_bytes))),
    );
    family(
        "container_start_time_seconds",
        "gauge",
        "When the container was started, in seconds since the Unix epoch",
        of_containers(&|one| Some(unix(one.started?).as_secs_f64().to_string())),
    );
    family(
        "node_cpu_usage_seconds_total",
        "counter",
        "Seconds of CPU time that the node has used since its start",
        of_node(&|node| format!("{} {at}", node.cpu_seconds)),
    );
    family(
        "node_memory_working_set_bytes",
        "gauge",
        "Bytes of memory of the node that cannot be dropped at once",
        of_node(&|node| format!("{} {at}", node.memory_bytes)),
    );
    family(
        "pod_cpu_usage_seconds_total",
        "counter",
        "Seconds of CPU time that the pod's running containers have used since their start",
        of_pods(&|(cpu, _)| format!("{} {at}", seconds(*cpu))),
    );
    family(
        "pod_memory_working_set_bytes",
        "gauge",
        "Bytes of memory of the pod's containers that cannot be dropped at once",
        of_pods(&|(_, memory)| format!("{memory} {at}")),
    );
    family(
        "resource_scrape_error",
        "gauge",
        "1 if something could not be asked, 0 otherwise",
        vec![(String::new(), u8::from(failed).to_string())],
    );
    out
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn busy_time_is_all_but_idle() {
        let stat = "cpu  100 0 50 1000 30 5 5 0 70 0\ncpu0 1 1 1 1\n";
        assert_eq!(busy_seconds(stat), Some(1.6));
        assert_eq!(busy_seconds("cpu 1 2\n"), None);
    }

    #[test]
    fn figures_are_written_with_their_time() {
        let of = |container: &str, cpu: u64| ContainerUse {
            namespace: "ns".into(),
            pod: "p".into(),
            container: container.into(),
            started: Some(UNIX_EPOCH + Duration::from_secs(7)),
            stats: ContainerStats {
                cpu_usage_nanos: cpu,
                memory_working_set_bytes: 10,
                ..Default::default()
            },
        };
        let node = NodeUse {
            cpu_seconds: 2.5,
            memory_bytes: 99,
        };
        let now = UNIX_EPOCH + Duration::from_secs(60);
        let both = vec![of("b", 500_000_000), of("a", 1_000_000_000)];
        let text = write(Some(node), both, false, now);
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        let labels = |name: &str| format!("{{container=\"{name}\",namespace=\"ns\",pod=\"p\"}}");
        assert_eq!(
            lines,
            [
                format!("container_cpu_usage_seconds_total{} 1 60000", labels("a")),
                format!("container_cpu_usage_seconds_total{} 0.5 60000", labels("b")),
                format!("container_memory_working_set_bytes{} 10 60000", labels("a")),
                format!("container_memory_working_set_bytes{} 10 60000", labels("b")),
                format!("container_start_time_seconds{} 7", labels("a")),
                format!("container_start_time_seconds{} 7", labels("b")),
                "node_cpu_usage_seconds_total 2.5 60000".into(),
                "node_memory_working_set_bytes 99 60000".into(),
                "pod_cpu_usage_seconds_total{namespace=\"ns\",pod=\"p\"} 1.5 60000".into(),
                "pod_memory_working_set_bytes{namespace=\"ns\",pod=\"p\"} 20 60000".into(),
                "resource_scrape_error 0".into(),
            ]
        );
        let nothing = write(None, Vec::new(), true, now);
        assert!(nothing.ends_with("resource_scrape_error 1\n"), "{nothing}");
    }
}
