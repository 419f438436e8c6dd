//! How many replicas a metric asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use skeg_api::autoscaling::v2::{HPAScalingRules, HorizontalPodAutoscalerBehavior};
use skeg_api::core::v1::Pod;
use skeg_meta::Quantity;

/// Deviations from the target up to this part of it are left alone
/// (`--horizontal-pod-autoscaler-tolerance`).
const TOLERANCE: f64 = 0.1;
/// What a pod uses of the CPU while it starts says little
/// (`--horizontal-pod-autoscaler-cpu-initialization-period`).
const STARTING: SignedDuration = SignedDuration::from_mins(5);
/// A pod that became unready within this time of its start never was ready
/// (`--horizontal-pod-autoscaler-initial-readiness-delay`).
const FIRST_READY: SignedDuration = SignedDuration::from_secs(30);

/// How far from its target a ratio may be before it counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tolerances {
    up: f64,
    down: f64,
}

impl Tolerances {
    /// Those of an autoscaler: its own, or the usual ones.
    pub(super) fn of(behavior: Option<&HorizontalPodAutoscalerBehavior>) -> Self {
        let own = |rules: Option<&HPAScalingRules>| {
            rules
                .and_then(|rules| rules.tolerance.as_ref())
                .map_or(TOLERANCE, Quantity::as_f64)
        };
        Self {
            up: own(behavior.and_then(|behavior| behavior.scale_up.as_ref())),
            down: own(behavior.and_then(|behavior| behavior.scale_down.as_ref())),
        }
    }

    fn cover(self, ratio: f64) -> bool {
        1.0 - self.down <= ratio && ratio <= 1.0 + self.up
    }
}

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

/// What is known where replicas are asked for.
pub(super) struct Case<'a> {
    pub(super) current: i32,
    pub(super) pods: &'a [Arc<Pod>],
    pub(super) tolerances: Tolerances,
    pub(super) now: Timestamp,
}

const NO_PODS: &str = "no pods returned by selector while calculating replica count";

/// The replicas that keep what the pods use, or any other number that each of
/// them has (then `resource` is empty), at the target.
pub(super) fn propose(
    case: &Case<'_>,
    mut samples: BTreeMap<String, Sample>,
    resource: &str,
    container: Option<&str>,
    target: Target,
) -> Result<Proposal, String> {
    let (current, pods) = (case.current, case.pods);
    if pods.is_empty() {
        return Err(NO_PODS.to_owned());
    }
    let groups = group(pods, &samples, resource, case.now);
    samples.retain(|name, _| !groups.ignored.contains(name) && !groups.unready.contains(name));
    let mut used: BTreeMap<String, i64> = samples
        .iter()
        .map(|(name, sample)| (name.clone(), sample.value))
        .collect();
    let requests = match target {
        Target::Utilization(_) => requests(pods, resource, container)?,
        Target::Average(_) => BTreeMap::new(),
    };
    if used.is_empty() {
        let message = "did not receive metrics for targeted pods (pods might be unready)";
        return Err(message.to_owned());
    }
    let first = ratio(&used, &requests, target)?;
    let proposal = |replicas| Proposal {
        replicas,
        utilization: first.utilization,
        average: first.average,
    };
    let up_with_unready = !groups.unready.is_empty() && first.ratio > 1.0;
    if !up_with_unready && groups.missing.is_empty() {
        if case.tolerances.cover(first.ratio) {
            return Ok(proposal(current));
        }
        return Ok(proposal(ceil(first.ratio * groups.ready as f64)));
    }
    // What is not known counts against a change.
    let on_target = matches!(target, Target::Utilization(_)) && first.ratio == 1.0;
    for name in groups.missing.iter().filter(|_| !on_target) {
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
    if case.tolerances.cover(second.ratio) || turned {
        return Ok(proposal(current));
    }
    let replicas = ceil(second.ratio * used.len() as f64);
    let against =
        (second.ratio < 1.0 && replicas > current) || (second.ratio > 1.0 && replicas < current);
    Ok(proposal(if against { current } else { replicas }))
}

/// The replicas that bring one number, `usage`, which all pods share, to
/// `target`; both in thousandths.
pub(super) fn for_whole(case: &Case<'_>, usage: i64, target: i64) -> Result<i32, String> {
    let ratio = usage as f64 / target.max(1) as f64;
    if case.current == 0 {
        return Ok(ceil(ratio));
    }
    if case.tolerances.cover(ratio) {
        return Ok(case.current);
    }
    if case.pods.is_empty() {
        return Err(format!("unable to calculate ready pods: {NO_PODS}"));
    }
    let ready = case
        .pods
        .iter()
        .filter(|pod| pod.is_running() && pod.is_ready());
    Ok(ceil(ratio * ready.count() as f64))
}

/// The replicas that bring each one's share of a number, `usage`, to `target`,
/// with what the share is now; all in thousandths. `replicas` is how many there
/// are.
pub(super) fn for_shares(
    tolerances: Tolerances,
    replicas: i32,
    usage: i64,
    target: i64,
) -> (i32, i64) {
    let target = target.max(1) as f64;
    let ratio = usage as f64 / (target * f64::from(replicas));
    let share = (usage as f64 / f64::from(replicas.max(1))).ceil() as i64;
    if tolerances.cover(ratio) {
        (replicas, share)
    } else {
        (ceil(usage as f64 / target), share)
    }
}

fn ceil(count: f64) -> i32 {
    // Saturates, and no cluster has so many pods.
    count.ceil() as i32
}

#[derive(Default)]
struct Groups {
    /// Whose use counts.
    ready: usize,
    /// They go, or have failed.
    ignored: BTreeSet<String>,
    unready: BTreeSet<String>,
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
        if pod.metadata.is_deleting() || pod.has_failed() {
            groups.ignored.insert(name.clone());
            continue;
        }
        if pod.status.phase == "Pending" {
            groups.unready.insert(name.clone());
            continue;
        }
        let Some(sample) = samples.get(name) else {
            groups.missing.push(name.clone());
            continue;
        };
        if resource == "cpu" && is_starting(pod, sample, now) {
            groups.unready.insert(name.clone());
            continue;
        }
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
    let unready = condition.status == "False";
    if start.0 + STARTING > now {
        // Measured since it was ready, and not before.
        unready || sample.at < changed + sample.window
    } else {
        unready && start.0 + FIRST_READY > changed
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
        let case = Case {
            current,
            pods: &pods,
            tolerances: Tolerances::of(None),
            now,
        };
        let got = propose(&case, samples, "cpu", None, target).expect("a proposal");
        assert_eq!(got.replicas, expect, "{used:?} {pending:?} {missing:?}");
    }

    #[test]
    fn replicas_follow_use() {
        check(&[("a", 1000), ("b", 1000)], &[], &[], 4);
        check(&[("a", 520), ("b", 520)], &[], &[], 2);
        check(&[("a", 100), ("b", 100), ("c", 100)], &[], &[], 1);
    }

    #[test]
    fn on_target_nothing_changes_whatever_is_unknown() {
        check(&[("a", 500)], &[], &["b"], 2);
    }

    #[test]
    fn numbers_that_all_share() {
        let now = Timestamp::UNIX_EPOCH;
        let pods = [
            pod("a", "Running"),
            pod("b", "Running"),
            pod("c", "Pending"),
        ];
        let behavior = HorizontalPodAutoscalerBehavior {
            scale_up: Some(HPAScalingRules {
                tolerance: Some(Quantity::from_millis(500)),
                ..HPAScalingRules::default()
            }),
            ..HorizontalPodAutoscalerBehavior::default()
        };
        let case = |current, behavior| Case {
            current,
            pods: &pods,
            tolerances: Tolerances::of(behavior),
            now,
        };
        // Two are ready.
        assert_eq!(for_whole(&case(3, None), 3000, 2000), Ok(3));
        assert_eq!(for_whole(&case(3, None), 6000, 2000), Ok(6));
        assert_eq!(for_whole(&case(3, Some(&behavior)), 2900, 2000), Ok(3));
        assert_eq!(for_whole(&case(0, None), 2500, 1000), Ok(3));
        let usual = Tolerances::of(None);
        assert_eq!(for_shares(usual, 2, 10_000, 2000), (5, 5000));
        assert_eq!(for_shares(usual, 2, 4100, 2000), (2, 2050));
    }

    #[test]
    fn what_is_unknown_counts_against_a_change() {
        // One that does not run yet is taken to use nothing.
        check(&[("a", 1000)], &["b"], &[], 2);
        // One without a measurement is taken to use all it asks for.
        check(&[("a", 100), ("b", 100)], &[], &["c"], 3);
    }
}
