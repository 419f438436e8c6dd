//! What the pods of a Job tell.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use skeg_api::batch::v1::Job;
use skeg_api::core::v1::{Pod, pod_phase};

use super::indexes::{Indexes, index_of};
use super::policy::{Verdict, is_failed, judge};

/// Keeps a pod until it has been counted.
pub(super) const FINALIZER: &str = "batch.kubernetes.io/job-tracking";
pub(super) const FAILURE_COUNT: &str = "batch.kubernetes.io/job-index-failure-count";
pub(super) const IGNORED_FAILURE_COUNT: &str =
    "batch.kubernetes.io/job-index-ignored-failure-count";

const BACKOFF_FIRST: Duration = Duration::from_secs(10);
const BACKOFF_MAX: Duration = Duration::from_secs(600);

/// How often in a row pods have failed, and when last.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Record {
    pub(super) failures: u32,
    pub(super) last: Option<Timestamp>,
}

impl Record {
    /// How long to wait yet with the next pod.
    pub(super) fn wait(self, now: Timestamp) -> Option<Duration> {
        let last = self.last.filter(|_| self.failures > 0)?;
        let pause = BACKOFF_FIRST
            .saturating_mul(1 << (self.failures - 1).min(10))
            .min(BACKOFF_MAX);
        let passed = Duration::try_from(now.duration_since(last)).unwrap_or(Duration::ZERO);
        Some(pause.saturating_sub(passed)).filter(|left| !left.is_zero())
    }
}

/// What is known.
pub(super) struct Snapshot<'a> {
    pub(super) job: &'a Job,
    pub(super) pods: Vec<Arc<Pod>>,
    /// Pods whose finalizer has been taken away, which the cache does not show yet.
    pub(super) released: HashSet<String>,
    /// Whether every pod that was made or removed shows in the cache.
    pub(super) settled: bool,
    pub(super) record: Record,
    pub(super) now: Timestamp,
}

/// What follows from that.
pub(super) struct Facts {
    pub(super) active: Vec<Arc<Pod>>,
    pub(super) ready: i32,
    pub(super) terminating: i32,
    pub(super) succeeded: i32,
    pub(super) failed: i32,
    /// Of an Indexed Job.
    pub(super) indexes: Option<IndexFacts>,
    /// The record with the pods that have ended since.
    pub(super) record: Record,
}

/// What is known of the indexes of an Indexed Job.
pub(super) struct IndexFacts {
    pub(super) succeeded: Indexes,
    /// Where indexes fail one by one.
    pub(super) failed: Option<Indexes>,
    /// The last failed pod of indexes that have none in its place yet.
    pub(super) waiting: HashMap<i32, Arc<Pod>>,
}

pub(super) fn is_indexed(job: &Job) -> bool {
    job.spec.completion_mode.as_deref() == Some("Indexed")
}

pub(super) fn completions(job: &Job) -> i32 {
    job.spec.completions.unwrap_or(0)
}

pub(super) fn is_tracked(pod: &Pod) -> bool {
    pod.metadata
        .finalizers
        .iter()
        .any(|finalizer| finalizer == FINALIZER)
}

/// When a pod ended.
fn finished_at(pod: &Pod) -> Option<Timestamp> {
    let ended = pod
        .status
        .container_statuses
        .iter()
        .chain(&pod.status.init_container_statuses);
    let by_containers = ended
        .filter_map(|status| status.state.terminated.as_ref()?.finished_at)
        .map(|time| time.0)
        .max();
    let by_condition = || {
        let unready = pod
            .status
            .conditions
            .iter()
            .find(|c| c.type_ == "Ready" && c.status == "False")?;
        unready.last_transition_time.map(|time| time.0)
    };
    let by_deletion = || {
        let grace =
            SignedDuration::from_secs(pod.metadata.deletion_grace_period_seconds.unwrap_or(0));
        pod.metadata.deletion_timestamp.map(|time| time.0 - grace)
    };
    let born = || pod.metadata.creation_timestamp.map(|time| time.0);
    by_containers
        .or_else(by_condition)
        .or_else(by_deletion)
        .or_else(born)
}

fn annotation(pod: &Pod, key: &str) -> i32 {
    pod.metadata
        .annotations
        .get(key)
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
}

/// How often an index has failed: that counted, that ignored; a failed pod included.
pub(super) fn index_failures(job: &Job, pod: &Pod) -> (i32, i32) {
    let (counted, ignored) = (
        annotation(pod, FAILURE_COUNT),
        annotation(pod, IGNORED_FAILURE_COUNT),
    );
    if judge(job, pod) == Verdict::Ignore {
        (counted, ignored + 1)
    } else {
        (counted + 1, ignored)
    }
}

/// How long to wait yet with the pod that takes the place of a failed one of an index.
pub(super) fn index_wait(job: &Job, pod: &Pod, now: Timestamp) -> Option<Duration> {
    let (counted, ignored) = index_failures(job, pod);
    let failures = u32::try_from(counted + ignored).unwrap_or(0);
    Record {
        failures,
        last: finished_at(pod),
    }
    .wait(now)
}

/// Works it out.
pub(super) fn facts(snapshot: &Snapshot<'_>) -> Facts {
    let job = snapshot.job;
    let uncounted = job
        .status
        .uncounted_terminated_pods
        .clone()
        .unwrap_or_default();
    let indexed = is_indexed(job);
    // Pods that have ended, are not counted, and are not about to be let go.
    let fresh = |pod: &&Arc<Pod>, counted: &[String]| {
        is_tracked(pod)
            && !snapshot.released.contains(&pod.metadata.uid)
            && !counted.contains(&pod.metadata.uid)
            && (!indexed || index_of(pod, completions(job)).is_some())
    };
    let pods = &snapshot.pods;
    let succeeded: Vec<_> = pods
        .iter()
        .filter(|pod| pod.status.phase == pod_phase::SUCCEEDED && fresh(pod, &uncounted.succeeded))
        .collect();
    let failed: Vec<_> = pods
        .iter()
        .filter(|pod| is_failed(job, pod) && fresh(pod, &uncounted.failed))
        .collect();
    let not_ignored = failed
        .iter()
        .filter(|pod| judge(job, pod) != Verdict::Ignore)
        .count();

    let mut record = snapshot.record;
    let last_success = succeeded.iter().filter_map(|pod| finished_at(pod)).max();
    if last_success.is_some() {
        record = Record::default();
    }
    for at in failed
        .iter()
        .map(|pod| finished_at(pod).unwrap_or(snapshot.now))
    {
        if last_success.is_none_or(|success| at > success) {
            record.failures = record.failures.saturating_add(1);
            record.last = record.last.max(Some(at));
        }
    }

    let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    let active: Vec<_> = pods.iter().filter(|pod| pod.is_active()).cloned().collect();
    let mut facts = Facts {
        ready: count(active.iter().filter(|pod| pod.is_ready()).count()),
        terminating: count(
            pods.iter()
                .filter(|pod| pod.metadata.is_deleting() && !pod.is_finished())
                .count(),
        ),
        succeeded: job.status.succeeded + count(succeeded.len() + uncounted.succeeded.len()),
        failed: job.status.failed + count(not_ignored + uncounted.failed.len()),
        indexes: None,
        active,
        record,
    };
    if indexed {
        let indexes = index_facts(snapshot);
        facts.succeeded = indexes.succeeded.count();
        facts.indexes = Some(indexes);
    }
    facts
}

fn index_facts(snapshot: &Snapshot<'_>) -> IndexFacts {
    let job = snapshot.job;
    let total = completions(job);
    let held = |pod: &&Arc<Pod>| is_tracked(pod) && !snapshot.released.contains(&pod.metadata.uid);
    let mut succeeded = Indexes::parse(&job.status.completed_indexes, total);
    let done = snapshot
        .pods
        .iter()
        .filter(held)
        .filter(|pod| pod.status.phase == pod_phase::SUCCEEDED);
    succeeded
        .0
        .extend(done.filter_map(|pod| index_of(pod, total)));
    let Some(limit) = job.spec.backoff_limit_per_index else {
        return IndexFacts {
            succeeded,
            failed: None,
            waiting: HashMap::new(),
        };
    };
    let mut failed = Indexes::parse(job.status.failed_indexes.as_deref().unwrap_or(""), total);
    let mut waiting: HashMap<i32, Arc<Pod>> = HashMap::new();
    for pod in snapshot
        .pods
        .iter()
        .filter(held)
        .filter(|pod| is_failed(job, pod))
    {
        let Some(index) = index_of(pod, total) else {
            continue;
        };
        if judge(job, pod) == Verdict::FailIndex || index_failures(job, pod).0 > limit {
            failed.0.insert(index);
        } else {
            let newer = |old: &Arc<Pod>| {
                let failures = |pod: &Pod| {
                    let (counted, ignored) = index_failures(job, pod);
                    counted + ignored
                };
                failures(pod) > failures(old)
            };
            if waiting.get(&index).is_none_or(newer) {
                waiting.insert(index, Arc::clone(pod));
            }
        }
    }
    failed.0.retain(|index| !succeeded.contains(*index));
    // Those that have been replaced need not wait.
    let replaced: HashSet<i32> = snapshot
        .pods
        .iter()
        .filter(|pod| pod.is_active())
        .filter_map(|pod| index_of(pod, total))
        .collect();
    waiting.retain(|index, _| {
        !succeeded.contains(*index) && !failed.contains(*index) && !replaced.contains(index)
    });
    IndexFacts {
        succeeded,
        failed: Some(failed),
        waiting,
    }
}
