//! What a ReplicaSet needs, worked out without IO.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use skeg_api::core::v1::Pod;
use skeg_meta::Time;

use super::kind::{Condition, Replicas, Status};
use crate::workload::{BURST, is_available, next_available, sort_for_deletion};

const REPLICA_FAILURE: &str = "ReplicaFailure";

/// What is to be done about the number of pods.
#[derive(Debug, PartialEq)]
pub(crate) enum Scale {
    /// There are as many as there should be.
    Fits,
    /// So many are missing.
    Create(usize),
    /// These are too many, those that are to go first standing first.
    Delete(Vec<Arc<Pod>>),
}

/// Compares the pods that are active with how many there should be. `related`
/// gives the pods of the sets of the same owner, where it matters who goes.
pub(crate) fn plan_scale(
    wanted: i32,
    active: &[Arc<Pod>],
    related: impl FnOnce() -> Vec<Arc<Pod>>,
    now: Timestamp,
) -> Scale {
    let wanted = usize::try_from(wanted).unwrap_or(0);
    if active.len() < wanted {
        return Scale::Create((wanted - active.len()).min(BURST));
    }
    let surplus = (active.len() - wanted).min(BURST);
    if surplus == 0 {
        return Scale::Fits;
    }
    let mut pods = active.to_vec();
    if surplus < pods.len() {
        sort_for_deletion(&mut pods, &related(), now);
    }
    pods.truncate(surplus);
    Scale::Delete(pods)
}

/// The pods of a set by what its status tells.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) replicas: i32,
    pub(crate) labelled: i32,
    pub(crate) ready: i32,
    pub(crate) available: i32,
    pub(crate) terminating: i32,
}

/// Counts the active pods of a set.
pub(crate) fn count<K: Replicas>(
    set: &K,
    active: &[Arc<Pod>],
    terminating: usize,
    now: Timestamp,
) -> Counts {
    let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let labels = &set.template().metadata.labels;
    let mut counts = Counts {
        replicas: number(active.len()),
        terminating: number(terminating),
        ..Counts::default()
    };
    for pod in active {
        let has_all = labels
            .iter()
            .all(|(key, value)| pod.metadata.labels.get(key) == Some(value));
        counts.labelled += i32::from(has_all);
        if pod.is_ready() {
            counts.ready += 1;
            counts.available += i32::from(is_available(pod, set.min_ready_seconds(), now));
        }
    }
    counts
}

/// The status that the pods and the outcome of the last scaling give.
pub(crate) fn plan_status<K: Replicas>(
    set: &K,
    counts: Counts,
    failure: Option<&str>,
    now: Timestamp,
) -> Status {
    let old = set.read_status();
    let mut conditions = old.conditions;
    let failing = conditions
        .iter()
        .any(|condition| condition.type_ == REPLICA_FAILURE);
    match failure {
        Some(message) if !failing => {
            let missing = set.wanted() > counts.replicas;
            conditions.push(Condition {
                type_: REPLICA_FAILURE.to_owned(),
                status: "True".to_owned(),
                last_transition_time: Some(Time(now)),
                reason: if missing {
                    "FailedCreate"
                } else {
                    "FailedDelete"
                }
                .to_owned(),
                message: message.to_owned(),
            });
        }
        None => conditions.retain(|condition| condition.type_ != REPLICA_FAILURE),
        Some(_) => {}
    }
    Status {
        replicas: counts.replicas,
        fully_labeled_replicas: counts.labelled,
        ready_replicas: counts.ready,
        available_replicas: counts.available,
        terminating_replicas: K::COUNTS_TERMINATING.then_some(counts.terminating),
        observed_generation: set.meta().generation,
        conditions,
    }
}

/// When the next of the pods becomes available by staying ready.
pub(crate) fn next_check<K: Replicas>(
    set: &K,
    active: &[Arc<Pod>],
    now: Timestamp,
) -> Option<Duration> {
    if set.min_ready_seconds() <= 0 {
        return None;
    }
    next_available(active, set.min_ready_seconds(), now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_api::apps::v1::ReplicaSet;

    fn pods(count: usize) -> Vec<Arc<Pod>> {
        (0..count).map(|_| Arc::new(Pod::default())).collect()
    }

    #[test]
    fn scaling() {
        let now = Timestamp::UNIX_EPOCH;
        let check = |wanted: i32, there: usize, expect: Scale| {
            assert_eq!(
                plan_scale(wanted, &pods(there), Vec::new, now),
                expect,
                "{wanted} of {there}"
            );
        };
        check(3, 3, Scale::Fits);
        check(3, 1, Scale::Create(2));
        check(-1, 0, Scale::Fits);
        check(1, 3, Scale::Delete(pods(2)));
        check(10_000, 0, Scale::Create(BURST));
    }

    #[test]
    fn failure_comes_and_goes() {
        let now = Timestamp::UNIX_EPOCH;
        let mut set = ReplicaSet::default();
        set.spec.replicas = Some(2);
        let counts = |there: usize, going: usize| count(&set, &pods(there), going, now);
        let failed = plan_status(&set, counts(1, 0), Some("quota"), now);
        assert_eq!(failed.conditions.len(), 1);
        assert_eq!(failed.conditions[0].reason, "FailedCreate");
        let set = set.with_status(&failed);
        assert_eq!(
            plan_status(&set, count(&set, &pods(1), 0, now), Some("else"), now).conditions[0]
                .message,
            "quota"
        );
        let healed = plan_status(&set, count(&set, &pods(2), 1, now), None, now);
        assert_eq!(
            (
                healed.conditions.len(),
                healed.replicas,
                healed.terminating_replicas
            ),
            (0, 2, Some(1))
        );
    }
}
