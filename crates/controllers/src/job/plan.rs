//! Whether a Job is over, and which pods to make or remove, worked out without IO.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use skeg_api::batch::v1::{Job, JobCondition};
use skeg_api::core::v1::{EnvVar, EnvVarSource, ObjectFieldSelector, Pod, pod_phase};
use skeg_meta::{Object, Time};

use super::facts::{
    FAILURE_COUNT, FINALIZER, Facts, IGNORED_FAILURE_COUNT, Snapshot, completions, index_failures,
    index_wait, is_indexed,
};
use super::indexes::{INDEX, index_of};
use super::policy::{Verdict, is_failed, judge, replaces_only_failed, succeeded_early};
use crate::workload::{BURST, PodControl, sort_by_progress};

pub(super) const COMPLETE: &str = "Complete";
pub(super) const FAILED: &str = "Failed";
pub(super) const FAILURE_TARGET: &str = "FailureTarget";
pub(super) const SUCCESS_CRITERIA_MET: &str = "SuccessCriteriaMet";
const INDEX_ENV: &str = "JOB_COMPLETION_INDEX";

pub(super) fn condition<'a>(job: &'a Job, kind: &str) -> Option<&'a JobCondition> {
    job.status
        .conditions
        .iter()
        .find(|condition| condition.type_ == kind && condition.status == "True")
}

pub(super) fn is_finished(job: &Job) -> bool {
    condition(job, COMPLETE)
        .or_else(|| condition(job, FAILED))
        .is_some()
}

pub(super) fn is_suspended(job: &Job) -> bool {
    job.spec.suspend == Some(true)
}

pub(super) fn new_condition(
    kind: &str,
    reason: &str,
    message: impl Into<String>,
    now: Timestamp,
) -> JobCondition {
    JobCondition {
        type_: kind.to_owned(),
        status: "True".to_owned(),
        last_probe_time: Some(Time(now)),
        last_transition_time: Some(Time(now)),
        reason: reason.to_owned(),
        message: message.into(),
    }
}

/// Why the Job is to end now, before its pods have: the interim condition, if there is a reason.
pub(super) fn verdict(snapshot: &Snapshot<'_>, facts: &Facts) -> Option<JobCondition> {
    let (job, now) = (snapshot.job, snapshot.now);
    if let Some(old) =
        condition(job, SUCCESS_CRITERIA_MET).or_else(|| condition(job, FAILURE_TARGET))
    {
        return Some(old.clone());
    }
    let fail =
        |reason: &str, message: &str| Some(new_condition(FAILURE_TARGET, reason, message, now));
    for pod in snapshot.pods.iter().filter(|pod| is_failed(job, pod)) {
        if let Verdict::FailJob(message) = judge(job, pod) {
            return fail("PodFailurePolicy", &message);
        }
    }
    if facts.failed > job.spec.backoff_limit.unwrap_or(6) || restarts_too_often(snapshot) {
        return fail(
            "BackoffLimitExceeded",
            "Job has reached the specified backoff limit",
        );
    }
    if deadline(job).is_some_and(|deadline| deadline <= now) {
        return fail(
            "DeadlineExceeded",
            "Job was active longer than specified deadline",
        );
    }
    let indexes = facts.indexes.as_ref()?;
    let total = completions(job);
    if let Some(failed) = &indexes.failed {
        if job
            .spec
            .max_failed_indexes
            .is_some_and(|most| failed.count() > most)
        {
            let message = "Job has exceeded the specified maximal number of failed indexes";
            return fail("MaxFailedIndexesExceeded", message);
        }
        if failed.count() > 0 && failed.count() + indexes.succeeded.count() >= total {
            return fail("FailedIndexes", "Job has failed indexes");
        }
    }
    let message = succeeded_early(job.spec.success_policy.as_ref()?, &indexes.succeeded, total)?;
    Some(new_condition(
        SUCCESS_CRITERIA_MET,
        "SuccessPolicy",
        message,
        now,
    ))
}

/// Whether containers that are restarted in place have failed too often.
fn restarts_too_often(snapshot: &Snapshot<'_>) -> bool {
    let spec = &snapshot.job.spec;
    if spec.template.spec.restart_policy != "OnFailure" {
        return false;
    }
    let alive = |pod: &&Arc<Pod>| {
        pod.status.phase == pod_phase::RUNNING || pod.status.phase == pod_phase::PENDING
    };
    let restarts: i32 = snapshot
        .pods
        .iter()
        .filter(alive)
        .flat_map(|pod| {
            pod.status
                .init_container_statuses
                .iter()
                .chain(&pod.status.container_statuses)
        })
        .map(|status| status.restart_count)
        .sum();
    let limit = spec.backoff_limit.unwrap_or(6);
    if limit == 0 {
        restarts > 0
    } else {
        restarts >= limit
    }
}

/// Until when the Job may run.
pub(super) fn deadline(job: &Job) -> Option<Timestamp> {
    if is_suspended(job) {
        return None;
    }
    let seconds = job.spec.active_deadline_seconds?;
    Some(job.status.start_time?.0 + SignedDuration::from_secs(seconds))
}

/// Whether the pods have done what was asked, with so many still active.
pub(super) fn is_complete(job: &Job, facts: &Facts, active: i32) -> bool {
    let enough = job
        .spec
        .completions
        .map_or(facts.succeeded > 0, |wanted| facts.succeeded >= wanted);
    enough && active == 0
}

/// What to do about the number of pods.
#[derive(Debug, PartialEq)]
pub(super) enum Manage {
    Nothing,
    /// These are too many; they do not count as failed.
    Remove(Vec<Arc<Pod>>),
    Create(Vec<Pod>),
    /// More are wanted, in a while.
    Wait(Duration),
}

/// Compares the pods with what should run.
pub(super) fn manage(snapshot: &Snapshot<'_>, facts: &Facts) -> Manage {
    let job = snapshot.job;
    let active = i32::try_from(facts.active.len()).unwrap_or(i32::MAX);
    if is_suspended(job) {
        return removal(snapshot, facts, facts.active.len());
    }
    let parallelism = job.spec.parallelism.unwrap_or(1);
    let wanted = match job.spec.completions {
        Some(total) => (total - facts.succeeded).min(parallelism).max(0),
        // Once one has succeeded, the others finish and none is added.
        None if facts.succeeded > 0 => active,
        None => parallelism,
    };
    let surplus = removal(
        snapshot,
        facts,
        usize::try_from(active - wanted).unwrap_or(0),
    );
    if surplus != Manage::Nothing {
        return surplus;
    }
    let ending = if replaces_only_failed(job) {
        facts.terminating
    } else {
        0
    };
    let missing = usize::try_from(wanted - ending - active)
        .unwrap_or(0)
        .min(BURST);
    if missing == 0 {
        return Manage::Nothing;
    }
    let independent = facts
        .indexes
        .as_ref()
        .is_some_and(|indexes| indexes.failed.is_some());
    if !independent && let Some(wait) = facts.record.wait(snapshot.now) {
        return Manage::Wait(wait);
    }
    if !is_indexed(job) {
        return Manage::Create(vec![new_pod(job, None, None); missing]);
    }
    create_indexed(snapshot, facts, missing)
}

fn create_indexed(snapshot: &Snapshot<'_>, facts: &Facts, missing: usize) -> Manage {
    let job = snapshot.job;
    let Some(indexes) = &facts.indexes else {
        return Manage::Nothing;
    };
    let mut taken: HashSet<i32> = facts
        .active
        .iter()
        .filter_map(|pod| index_of(pod, completions(job)))
        .collect();
    if replaces_only_failed(job) {
        let ending = snapshot
            .pods
            .iter()
            .filter(|pod| pod.metadata.is_deleting() && !pod.is_finished());
        taken.extend(ending.filter_map(|pod| index_of(pod, completions(job))));
    }
    let is_open = |index: &i32| {
        let failed = indexes
            .failed
            .as_ref()
            .is_some_and(|failed| failed.contains(*index));
        !taken.contains(index) && !indexes.succeeded.contains(*index) && !failed
    };
    let mut pods = Vec::new();
    let mut soonest: Option<Duration> = None;
    // As upstream: one that has to wait keeps its place.
    for index in (0..completions(job)).filter(is_open).take(missing) {
        let before = indexes.waiting.get(&index);
        match before.and_then(|pod| index_wait(job, pod, snapshot.now)) {
            Some(wait) => soonest = Some(soonest.map_or(wait, |old| old.min(wait))),
            None => pods.push(new_pod(job, Some(index), before)),
        }
    }
    match soonest {
        _ if !pods.is_empty() => Manage::Create(pods),
        Some(wait) => Manage::Wait(wait),
        None => Manage::Nothing,
    }
}

fn removal(snapshot: &Snapshot<'_>, facts: &Facts, at_least: usize) -> Manage {
    let job = snapshot.job;
    let mut left = facts.active.clone();
    let mut gone = Vec::new();
    sort_by_progress(&mut left);
    if is_indexed(job) {
        // Of pods of one index the one that would be removed last stays.
        let mut seen = HashSet::new();
        let mut keep = Vec::new();
        for pod in left.into_iter().rev() {
            match index_of(&pod, completions(job)) {
                Some(index) if seen.insert(index) => keep.push(pod),
                _ => gone.push(pod),
            }
        }
        keep.reverse();
        left = keep;
    }
    let more = at_least.saturating_sub(gone.len()).min(left.len());
    gone.extend(left.into_iter().take(more));
    gone.truncate(BURST);
    if gone.is_empty() {
        Manage::Nothing
    } else {
        Manage::Remove(gone)
    }
}

/// What the names of an index's pods begin with. Of a long name so much is left
/// that the index stays in it.
fn name_with_index(job: &str, index: i32) -> String {
    /// A name may be so long beside what is generated.
    const LEN_MAX: usize = 58;
    let end = format!("-{index}-");
    let room = LEN_MAX.saturating_sub(end.len());
    format!("{}{end}", job.get(..room).unwrap_or(job))
}

/// A pod of the Job; of an index, perhaps in the place of one that failed.
fn new_pod(job: &Job, index: Option<i32>, before: Option<&Arc<Pod>>) -> Pod {
    let mut pod = PodControl::from_template(
        &job.spec.template,
        &job.metadata,
        job.controller_reference(),
    );
    pod.metadata
        .finalizers
        .retain(|finalizer| finalizer != FINALIZER);
    pod.metadata.finalizers.push(FINALIZER.to_owned());
    let Some(index) = index else { return pod };
    pod.metadata.generate_name = name_with_index(&job.metadata.name, index);
    pod.metadata
        .annotations
        .insert(INDEX.to_owned(), index.to_string());
    pod.metadata
        .labels
        .insert(INDEX.to_owned(), index.to_string());
    pod.spec.hostname = format!("{}-{index}", job.metadata.name);
    if job.spec.backoff_limit_per_index.is_some() {
        let (counted, ignored) = before.map_or((0, 0), |before| index_failures(job, before));
        pod.metadata
            .annotations
            .insert(FAILURE_COUNT.to_owned(), counted.to_string());
        if ignored > 0 {
            pod.metadata
                .annotations
                .insert(IGNORED_FAILURE_COUNT.to_owned(), ignored.to_string());
        }
    }
    let field = ObjectFieldSelector {
        field_path: format!("metadata.labels['{INDEX}']"),
        ..ObjectFieldSelector::default()
    };
    let source = EnvVarSource {
        field_ref: Some(field),
        ..EnvVarSource::default()
    };
    for container in pod
        .spec
        .init_containers
        .iter_mut()
        .chain(&mut pod.spec.containers)
    {
        if container
            .env
            .iter()
            .all(|variable| variable.name != INDEX_ENV)
        {
            let variable = EnvVar {
                name: INDEX_ENV.to_owned(),
                value_from: Some(Box::new(source.clone())),
                ..EnvVar::default()
            };
            container.env.push(variable);
        }
    }
    pod
}
