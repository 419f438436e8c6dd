//! What controllers ask of pods.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use skeg_api::core::v1::{ContainerStatus, Pod, PodCondition, pod_phase};
use skeg_meta::Time;

/// How willingly a pod is given up, lower first.
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";

/// The pod's condition of a type.
fn condition<'a>(pod: &'a Pod, kind: &str) -> Option<&'a PodCondition> {
    pod.status
        .conditions
        .iter()
        .find(|condition| condition.type_ == kind)
}

/// Since when the pod is ready.
pub(crate) fn ready_since(pod: &Pod) -> Option<Timestamp> {
    let condition = condition(pod, "Ready").filter(|condition| condition.status == "True")?;
    condition.last_transition_time.map(|time| time.0)
}

/// Whether the pod has been ready for so many seconds.
pub(crate) fn is_available(pod: &Pod, min_ready_seconds: i32, now: Timestamp) -> bool {
    available_in(pod, min_ready_seconds, now) == Some(Duration::ZERO)
}

/// How long it is until the pod, ready all the time, is available: zero when it
/// is, none when it is not ready.
pub(crate) fn available_in(pod: &Pod, min_ready_seconds: i32, now: Timestamp) -> Option<Duration> {
    if !pod.is_ready() {
        return None;
    }
    if min_ready_seconds <= 0 {
        return Some(Duration::ZERO);
    }
    let since = ready_since(pod)?;
    let wait = Duration::from_secs(u64::try_from(min_ready_seconds).unwrap_or(0));
    let passed = Duration::try_from(now.duration_since(since)).unwrap_or(Duration::ZERO);
    Some(wait.saturating_sub(passed))
}

/// How long it is until the next of the pods becomes available by staying ready.
pub(crate) fn next_available(pods: &[Arc<Pod>], min: i32, now: Timestamp) -> Option<Duration> {
    pods.iter()
        .filter_map(|pod| available_in(pod, min, now))
        .filter(|wait| !wait.is_zero())
        .min()
}

fn deletion_cost(pod: &Pod) -> i32 {
    pod.metadata
        .annotations
        .get(DELETION_COST)
        .and_then(|cost| cost.parse().ok())
        .unwrap_or(0)
}

fn phase_rank(pod: &Pod) -> u8 {
    match &*pod.status.phase {
        pod_phase::PENDING => 0,
        pod_phase::UNKNOWN => 1,
        pod_phase::RUNNING => 2,
        _ => 0,
    }
}

/// The most restarts of a container, and of a sidecar, which count where those
/// are equal.
fn restarts(pod: &Pod) -> (i32, i32) {
    let most = |statuses: &[ContainerStatus], counts: &dyn Fn(&str) -> bool| {
        let counted = statuses.iter().filter(|status| counts(&status.name));
        counted
            .map(|status| status.restart_count)
            .max()
            .unwrap_or(0)
    };
    let is_sidecar = |name: &str| {
        let mut all = pod.spec.init_containers.iter();
        all.any(|one| one.name == name && one.restart_policy.as_deref() == Some("Always"))
    };
    (
        most(&pod.status.container_statuses, &|_| true),
        most(&pod.status.init_container_statuses, &is_sidecar),
    )
}

fn by_progress(a: &Pod, b: &Pod) -> Ordering {
    (!a.spec.node_name.is_empty())
        .cmp(&!b.spec.node_name.is_empty())
        .then_with(|| phase_rank(a).cmp(&phase_rank(b)))
        .then_with(|| a.is_ready().cmp(&b.is_ready()))
}

/// Sorts pods so that those that are to go first stand first, where neither
/// their cost nor their nodes count: of those that have come equally far the
/// youngest.
pub(crate) fn sort_by_progress(pods: &mut [Arc<Pod>]) {
    // No time at all is younger than any.
    let age = |time: Option<Timestamp>| std::cmp::Reverse(time.unwrap_or(Timestamp::MAX));
    let ready = |pod: &Pod| pod.is_ready().then(|| age(ready_since(pod)));
    let born = |pod: &Pod| age(pod.metadata.creation_timestamp.map(|time| time.0));
    pods.sort_by(|a, b| {
        by_progress(a, b)
            .then_with(|| ready(a).cmp(&ready(b)))
            .then_with(|| restarts(b).cmp(&restarts(a)))
            .then_with(|| born(a).cmp(&born(b)))
    });
}

/// Younger before older, though only the magnitude of an age counts: among pods
/// of about the same age chance (their uid) decides, so that failures of
/// domains filled last are not preferred (KEP-2185).
fn younger_first(
    a: Option<Timestamp>,
    b: Option<Timestamp>,
    now: Timestamp,
    uids: (&str, &str),
) -> Ordering {
    let magnitude = |time: Timestamp| {
        let nanoseconds = now.duration_since(time).as_nanos();
        if nanoseconds > 0 {
            nanoseconds.ilog2().cast_signed()
        } else {
            -1
        }
    };
    match (a, b) {
        _ if a == b => Ordering::Equal,
        (None, _) => Ordering::Less,
        (_, None) => Ordering::Greater,
        (Some(a), Some(b)) => magnitude(a)
            .cmp(&magnitude(b))
            .then_with(|| uids.0.cmp(uids.1)),
    }
}

/// Sorts pods so that those that are to go first stand first. `related` are
/// the pods by which the crowding of nodes is counted.
pub(crate) fn sort_for_deletion(pods: &mut [Arc<Pod>], related: &[Arc<Pod>], now: Timestamp) {
    let mut crowd: HashMap<&str, usize> = HashMap::new();
    for pod in related
        .iter()
        .filter(|pod| pod.is_active() && !pod.spec.node_name.is_empty())
    {
        *crowd.entry(&pod.spec.node_name).or_default() += 1;
    }
    let time = |time: Option<Time>| time.map(|time| time.0);
    pods.sort_by(|a, b| {
        let crowd_of = |pod: &Pod| crowd.get(&*pod.spec.node_name).copied().unwrap_or(0);
        let uids = (&*a.metadata.uid, &*b.metadata.uid);
        let both_ready = a.is_ready() && b.is_ready();
        let by_ready = || {
            if both_ready {
                younger_first(ready_since(a), ready_since(b), now, uids)
            } else {
                Ordering::Equal
            }
        };
        let born = (
            time(a.metadata.creation_timestamp),
            time(b.metadata.creation_timestamp),
        );
        by_progress(a, b)
            .then_with(|| deletion_cost(a).cmp(&deletion_cost(b)))
            .then_with(|| crowd_of(b).cmp(&crowd_of(a)))
            .then_with(by_ready)
            .then_with(|| restarts(b).cmp(&restarts(a)))
            .then_with(|| younger_first(born.0, born.1, now, uids))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(
        name: &str,
        node: &str,
        phase: &str,
        ready_seconds_ago: Option<i64>,
        cost: i32,
    ) -> Arc<Pod> {
        let mut pod = Pod::default();
        name.clone_into(&mut pod.metadata.name);
        name.clone_into(&mut pod.metadata.uid);
        node.clone_into(&mut pod.spec.node_name);
        phase.clone_into(&mut pod.status.phase);
        pod.metadata
            .annotations
            .insert(DELETION_COST.to_owned(), cost.to_string());
        if let Some(ago) = ready_seconds_ago {
            pod.status.conditions.push(PodCondition {
                type_: "Ready".to_owned(),
                status: "True".to_owned(),
                last_transition_time: Some(Time(now() - jiff::SignedDuration::from_secs(ago))),
                ..PodCondition::default()
            });
        }
        Arc::new(pod)
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_767_225_600).expect("a time")
    }

    #[test]
    fn who_goes_first() {
        let mut pods = [
            pod("old", "n1", "Running", Some(10_000), 0),
            pod("crowded", "n2", "Running", Some(10_000), 0),
            pod("young", "n1", "Running", Some(2), 0),
            pod("cheap", "n1", "Running", Some(10_000), -1),
            pod("unready", "n1", "Running", None, 5),
            pod("pending", "n1", "Pending", None, 0),
            pod("unassigned", "", "Pending", None, 9),
        ];
        let related = [
            pods[0].clone(),
            pods[1].clone(),
            pods[1].clone(),
            pods[1].clone(),
            pods[0].clone(),
        ];
        sort_for_deletion(&mut pods, &related, now());
        let order: Vec<_> = pods.iter().map(|pod| &*pod.metadata.name).collect();
        assert_eq!(
            order,
            [
                "unassigned",
                "pending",
                "unready",
                "cheap",
                "crowded",
                "young",
                "old"
            ]
        );
    }

    #[test]
    fn who_goes_first_where_only_progress_counts() {
        let born = |pod: Arc<Pod>, ago: i64| {
            let mut pod = Pod::clone(&pod);
            let time = now() - jiff::SignedDuration::from_secs(ago);
            pod.metadata.creation_timestamp = Some(Time(time));
            Arc::new(pod)
        };
        let restarted = |pod: Arc<Pod>, container: i32, sidecar: i32| {
            let mut pod = Pod::clone(&pod);
            let status = |restart_count| ContainerStatus {
                name: "c".to_owned(),
                restart_count,
                ..ContainerStatus::default()
            };
            pod.status.container_statuses.push(status(container));
            pod.status.init_container_statuses.push(status(sidecar));
            pod.spec
                .init_containers
                .push(skeg_api::core::v1::Container {
                    name: "c".to_owned(),
                    restart_policy: Some("Always".to_owned()),
                    ..Default::default()
                });
            Arc::new(pod)
        };
        let pending = |name: &str| pod(name, "n1", "Pending", None, 0);
        let mut pods = [
            pod("ready", "n1", "Running", Some(100), -9),
            pod("just ready", "n1", "Running", Some(99), 9),
            born(pending("old"), 1003),
            born(pending("younger"), 1002),
            born(pending("youngest"), 1001),
            born(restarted(pending("sidecar"), 1, 2), 2000),
            born(restarted(pending("restarted"), 2, 0), 2000),
            pod("unassigned", "", "Pending", None, 0),
        ];
        sort_by_progress(&mut pods);
        let order: Vec<_> = pods.iter().map(|pod| &*pod.metadata.name).collect();
        assert_eq!(
            order,
            [
                "unassigned",
                "restarted",
                "sidecar",
                "youngest",
                "younger",
                "old",
                "just ready",
                "ready"
            ]
        );
    }

    #[test]
    fn availability() {
        let check = |pod: &Pod, min: i32, expect: Option<u64>| {
            assert_eq!(
                available_in(pod, min, now()),
                expect.map(Duration::from_secs)
            );
        };
        check(&pod("a", "n", "Running", None, 0), 0, None);
        check(&pod("a", "n", "Running", Some(0), 0), 0, Some(0));
        check(&pod("a", "n", "Running", Some(3), 10), 10, Some(7));
        check(&pod("a", "n", "Running", Some(10), 0), 10, Some(0));
    }
}
