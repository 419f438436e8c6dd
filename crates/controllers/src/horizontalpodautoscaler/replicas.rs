//! How many replicas a metric asks for.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use skeg_api::core::v1::Pod;

use crate::workload::is_ready;

/// Deviations from the target up to this part of it are left alone
/// (`--horizontal-pod-autoscaler-tolerance`).
const TOLERANCE: f64 = 0.1;
/// What a pod uses of the CPU while it starts says little
/// (`--horizontal-pod-autoscaler-cpu-initialization-period`).
const STARTING: SignedDuration = SignedDuration::from_mins(5);
/// A pod that became unready within this time of its start never was ready
/// (`--horizontal-pod-autoscaler-initial-readiness-delay`).
const FIRST_READY: SignedDuration = SignedDuration::from_secs(30);

/// What one pod uses, in thousandths, and when and over how long that was measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub value: i64,
    pub at: Timestamp,
    pub window: SignedDuration,
}

/// What is aimed at.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// Percent of what the pods request.
    Utilization(i64),
    /// An average, in thousandths.
    Average(i64),
}

/// What came out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Proposal {
    pub replicas: i32,
    /// Percent of what is requested, where that is the target.
    pub utilization: Option<i64>,
    /// In thousandths.
    pub average: i64,
}

/// The replicas that keep the pods' use of a resource at the target.
pub(super) fn propose(
    current: i32,
    pods: &[Arc<Pod>],
    mut samples: BTreeMap<String, Sample>,
    resource: &str,
    container: Option<&str>,
    target: Target,
    now: Timestamp,
) -> Result<Proposal, String> {
    if pods.is_empty() {
        return Err("no pods returned by selector while calculating replica count".to_owned());
    }
    let groups = group(pods, &samples, resource, now);
    samples.retain(|name, _| groups.counted.contains(name));
    let mut used: BTreeMap<String, i64> = samples
        .iter()
        .map(|(name, sample)| (name.clone(), sample.value))
        .collect();
    let requests = match target {
        Target::Utilization(_) => requests(pods, resource, container)?,
        Target::Average(_) => BTreeMap::new(),
    };
    let first = ratio(&used, &requests, target)?;
    let proposal = |replicas| Proposal {
        replicas,
        utilization: first.utilization,
        average: first.average,
    };
    let up_with_unready = !groups.unready.is_empty() && first.ratio > 1.0;
    if !up_with_unready && groups.missing.is_empty() {
        if within(first.ratio) {
            return Ok(proposal(current));
        }
        return Ok(proposal(ceil(first.ratio * groups.ready as f64)));
    }
    // What is not known counts against a change.
    for name in &groups.missing {
        let assumed = if first.ratio < 1.0 {
            match target {
                Target::Utilization(percent) => {
                    requests.get(name).copied().unwrap_or_default() * percent.max(100) / 100
                }
                Target::Average(value) => value,
            }
        } else {
            0
        };
        used.insert(name.clone(), assumed);
    }
    if up_with_unready {
        for name in &groups.unready {
            used.insert(name.clone(), 0);
        }
    }
    let second = ratio(&used, &requests, target)?;
    let turned =
        (first.ratio < 1.0 && second.ratio > 1.0) || (first.ratio > 1.0 && second.ratio < 1.0);
    if within(second.ratio) || turned {
        return Ok(proposal(current));
    }
    let replicas = ceil(second.ratio * used.len() as f64);
    let against =
        (second.ratio < 1.0 && replicas > current) || (second.ratio > 1.0 && replicas < current);
    Ok(proposal(if against { current } else { replicas }))
}

fn within(ratio: f64) -> bool {
    (1.0 - ratio).abs() <= TOLERANCE
}

fn ceil(count: f64) -> i32 {
    // Saturates, and no cluster has so many pods.
    count.ceil() as i32
}

#[derive(Default)]
struct Groups {
    /// Whose use counts.
    counted: Vec<String>,
    ready: usize,
    unready: Vec<String>,
    missing: Vec<String>,
}

fn group(
    pods: &[Arc<Pod>],
    samples: &BTreeMap<String, Sample>,
    resource: &str,
    now: Timestamp,
) -> Groups {
    let mut groups = Groups::default();
    for pod in pods {
        let name = &pod.metadata.name;
        if pod.metadata.is_deleting() || pod.status.phase == "Failed" {
            continue;
        }
        if pod.status.phase == "Pending" {
            groups.unready.push(name.clone());
            continue;
        }
        let Some(sample) = samples.get(name) else {
            groups.missing.push(name.clone());
            continue;
        };
        if resource == "cpu" && is_starting(pod, sample, now) {
            groups.unready.push(name.clone());
            continue;
        }
        groups.counted.push(name.clone());
        groups.ready += 1;
    }
    groups
}

/// Whether what a pod uses is still that of its start.
fn is_starting(pod: &Pod, sample: &Sample, now: Timestamp) -> bool {
    let condition = pod.status.conditions.iter().find(|c| c.type_ == "Ready");
    let (Some(condition), Some(start)) = (condition, pod.status.start_time) else {
        return true;
    };
    let changed = condition
        .last_transition_time
        .map_or(start.0, |time| time.0);
    if start.0 + STARTING > now {
        // Measured since it was ready, and not before.
        !is_ready(pod) || sample.at < changed + sample.window
    } else {
        !is_ready(pod) && start.0 + FIRST_READY > changed
    }
}

fn requests(
    pods: &[Arc<Pod>],
    resource: &str,
    container: Option<&str>,
) -> Result<BTreeMap<String, i64>, String> {
    let mut all = BTreeMap::new();
    for pod in pods {
        let name = &pod.metadata.name;
        let whole = pod.spec.resources.as_ref();
        if container.is_none()
            && let Some(quantity) = whole.and_then(|whole| whole.requests.get(resource))
        {
            all.insert(name.clone(), quantity.milli_value());
            continue;
        }
        let sidecars = pod.spec.init_containers.iter();
        let sidecars = sidecars.filter(|c| c.restart_policy.as_deref() == Some("Always"));
        let chosen: Vec<_> = pod
            .spec
            .containers
            .iter()
            .chain(sidecars)
            .filter(|c| container.is_none_or(|wanted| c.name == wanted))
            .collect();
        let mut sum = 0;
        for one in &chosen {
            let Some(quantity) = one.resources.requests.get(resource) else {
                let container = &one.name;
                return Err(format!(
                    "missing request for {resource} in container {container} of Pod {name}"
                ));
            };
            sum += quantity.milli_value();
        }
        if let Some(wanted) = container
            && chosen.is_empty()
        {
            return Err(format!("Container {wanted} not found in Pod {name}"));
        }
        all.insert(name.clone(), sum);
    }
    Ok(all)
}

struct Ratio {
    ratio: f64,
    utilization: Option<i64>,
    average: i64,
}

fn ratio(
    used: &BTreeMap<String, i64>,
    requests: &BTreeMap<String, i64>,
    target: Target,
) -> Result<Ratio, String> {
    let sum: i64 = used.values().sum();
    let count = i64::try_from(used.len()).unwrap_or(i64::MAX).max(1);
    Ok(match target {
        Target::Average(value) => Ratio {
            ratio: (sum / count) as f64 / value.max(1) as f64,
            utilization: None,
            average: sum / count,
        },
        Target::Utilization(percent) => {
            let known = used.iter().filter(|(name, _)| requests.contains_key(*name));
            let (mut total, mut requested, mut pods) = (0, 0, 0);
            for (name, value) in known {
                total += value;
                requested += requests[name];
                pods += 1;
            }
            if requested == 0 {
                return Err("no metrics returned matched known pods".to_owned());
            }
            let utilization = total * 100 / requested;
            Ratio {
                ratio: utilization as f64 / percent.max(1) as f64,
                utilization: Some(utilization),
                average: total / pods,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_api::core::v1::{Container, PodCondition};
    use skeg_meta::{ObjectMeta, Time};

    fn pod(name: &str, phase: &str) -> Arc<Pod> {
        let mut pod = Pod {
            metadata: ObjectMeta::named("a", name),
            ..Pod::default()
        };
        pod.status.phase = phase.to_owned();
        let start = Time(Timestamp::UNIX_EPOCH);
        pod.status.start_time = Some(start);
        pod.status.conditions.push(PodCondition {
            type_: "Ready".to_owned(),
            status: "True".to_owned(),
            last_transition_time: Some(start),
            ..PodCondition::default()
        });
        let mut container = Container {
            name: "c".to_owned(),
            ..Container::default()
        };
        let request = "1".parse().expect("a quantity");
        container
            .resources
            .requests
            .insert("cpu".to_owned(), request);
        pod.spec.containers.push(container);
        Arc::new(pod)
    }

    fn check(used: &[(&str, i64)], pending: &[&str], missing: &[&str], expect: i32) {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1);
        let sample = |value| Sample {
            value,
            at: now,
            window: SignedDuration::from_secs(30),
        };
        let samples = used
            .iter()
            .map(|(name, value)| ((*name).to_owned(), sample(*value)))
            .collect();
        let running = used
            .iter()
            .map(|(name, _)| *name)
            .chain(missing.iter().copied());
        let mut pods: Vec<Arc<Pod>> = running.map(|name| pod(name, "Running")).collect();
        pods.extend(pending.iter().map(|name| pod(name, "Pending")));
        let current = i32::try_from(pods.len()).expect("few");
        let target = Target::Utilization(50);
        let got = propose(current, &pods, samples, "cpu", None, target, now).expect("a proposal");
        assert_eq!(got.replicas, expect, "{used:?} {pending:?} {missing:?}");
    }

    #[test]
    fn replicas_follow_use() {
        check(&[("a", 1000), ("b", 1000)], &[], &[], 4);
        check(&[("a", 520), ("b", 520)], &[], &[], 2);
        check(&[("a", 100), ("b", 100), ("c", 100)], &[], &[], 1);
    }

    #[test]
    fn what_is_unknown_counts_against_a_change() {
        // One that does not run yet is taken to use nothing.
        check(&[("a", 1000)], &["b"], &[], 2);
        // One without a measurement is taken to use all it asks for.
        check(&[("a", 100), ("b", 100)], &[], &["c"], 3);
    }
}
