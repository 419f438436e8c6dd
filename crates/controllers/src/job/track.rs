//! Counting: which pods have ended is written into the status before they are
//! let go, so that none is counted twice and none is lost (KEP-2307).

use std::collections::HashSet;
use std::sync::Arc;

use skeg_api::batch::v1::{Job, JobCondition, JobStatus};
use skeg_api::core::v1::{Pod, pod_phase};
use skeg_meta::Time;

use super::facts::{Facts, Snapshot, completions, is_indexed, is_tracked};
use super::indexes::{Indexes, index_of};
use super::plan::{COMPLETE, FAILED, FAILURE_TARGET, SUCCESS_CRITERIA_MET, new_condition};
use super::policy::{Verdict, is_failed, judge};

/// So many pods are counted in one go.
const UNCOUNTED_MAX: usize = 500;

/// What became of the pods in this round.
pub(super) struct Round {
    pub(super) active: i32,
    pub(super) ready: i32,
    pub(super) terminating: i32,
    /// The interim condition of a Job that is to end, once every pod is known.
    pub(super) ending: Option<JobCondition>,
    /// The condition about suspension, if it changes.
    pub(super) suspended: Option<bool>,
}

/// What is to be written before pods are let go, and which.
pub(super) struct Count {
    pub(super) status: JobStatus,
    pub(super) release: Vec<Arc<Pod>>,
    /// The last condition, to be set when nothing is left to be counted.
    pub(super) last: Option<JobCondition>,
    all: bool,
}

/// Counts the pods that have ended.
pub(super) fn count(snapshot: &Snapshot<'_>, facts: &Facts, round: Round) -> Count {
    let job = snapshot.job;
    let mut status = job.status.clone();
    status.active = round.active;
    status.ready = Some(round.ready);
    status.terminating = Some(round.terminating);
    suspend(&mut status, snapshot, round.suspended);
    let failing = round
        .ending
        .as_ref()
        .is_some_and(|ending| ending.type_ == FAILURE_TARGET);
    let mut uncounted = status.uncounted_terminated_pods.take().unwrap_or_default();
    let mut release = Vec::new();
    let mut done = facts
        .indexes
        .as_ref()
        .map(|_| Indexes::parse(&job.status.completed_indexes, completions(job)));
    let mut all = true;
    for pod in &snapshot.pods {
        if !is_tracked(pod) || snapshot.released.contains(&pod.metadata.uid) {
            continue;
        }
        let failed = is_failed(job, pod);
        if !may_release(job, facts, pod, failed, round.ending.is_some()) {
            continue;
        }
        release.push(Arc::clone(pod));
        let uid = &pod.metadata.uid;
        let index = index_of(pod, completions(job));
        if pod.status.phase == pod_phase::SUCCEEDED && !uncounted.failed.contains(uid) {
            match &mut done {
                Some(done) => done.0.extend(index),
                None if uncounted.succeeded.contains(uid) => {}
                None => uncounted.succeeded.push(uid.clone()),
            }
        } else if (failed || failing)
            && !uncounted.failed.contains(uid)
            && (!is_indexed(job) || index.is_some())
            && judge(job, pod) != Verdict::Ignore
        {
            uncounted.failed.push(uid.clone());
        }
        if uncounted.succeeded.len() + uncounted.failed.len() >= UNCOUNTED_MAX {
            all = false;
            break;
        }
    }
    if let (Some(done), Some(indexes)) = (done, &facts.indexes) {
        status.succeeded = done.count();
        status.completed_indexes = done.to_string();
        status.failed_indexes = indexes.failed.as_ref().map(ToString::to_string);
    }
    status.uncounted_terminated_pods = Some(uncounted);
    let last = round
        .ending
        .map(|ending| end(&mut status, &ending, snapshot));
    Count {
        status,
        release,
        last,
        all,
    }
}

/// Adds the interim condition; the last one that follows it.
fn end(status: &mut JobStatus, ending: &JobCondition, snapshot: &Snapshot<'_>) -> JobCondition {
    if status
        .conditions
        .iter()
        .all(|condition| condition.type_ != ending.type_ || condition.status != "True")
    {
        status.conditions.push(ending.clone());
    }
    let kind = if ending.type_ == SUCCESS_CRITERIA_MET {
        COMPLETE
    } else {
        FAILED
    };
    new_condition(kind, &ending.reason, &*ending.message, snapshot.now)
}

fn suspend(status: &mut JobStatus, snapshot: &Snapshot<'_>, suspended: Option<bool>) {
    let Some(suspended) = suspended else { return };
    let (value, reason, message) = if suspended {
        ("True", "JobSuspended", "Job suspended")
    } else {
        ("False", "JobResumed", "Job resumed")
    };
    let mut condition = new_condition("Suspended", reason, message, snapshot.now);
    condition.status = value.to_owned();
    match status
        .conditions
        .iter_mut()
        .find(|old| old.type_ == "Suspended")
    {
        Some(old) => *old = condition,
        None => status.conditions.push(condition),
    }
    status.start_time = (!suspended).then_some(Time(snapshot.now));
}

fn may_release(job: &Job, facts: &Facts, pod: &Pod, failed: bool, ending: bool) -> bool {
    if job.metadata.is_deleting() || ending || pod.status.phase == pod_phase::SUCCEEDED {
        return true;
    }
    // The last failed pod of an index keeps its count until one has taken its place.
    let waits = facts.indexes.as_ref().is_some_and(|indexes| {
        index_of(pod, completions(job))
            .and_then(|index| indexes.waiting.get(&index))
            .is_some_and(|waiting| waiting.metadata.uid == pod.metadata.uid)
    });
    failed && !waits
}

impl Count {
    /// The status when these pods have been let go: what was noted is counted,
    /// and when nothing is left the Job is over. Whether it is.
    pub(super) fn settle(&self, held: &HashSet<String>) -> (JobStatus, bool) {
        let mut status = self.status.clone();
        if let Some(uncounted) = &mut status.uncounted_terminated_pods {
            let take = |uids: &mut Vec<String>| {
                let before = uids.len();
                uids.retain(|uid| held.contains(uid));
                i32::try_from(before - uids.len()).unwrap_or(i32::MAX)
            };
            let succeeded = take(&mut uncounted.succeeded);
            let failed = take(&mut uncounted.failed);
            status.succeeded += succeeded;
            status.failed += failed;
        }
        let left = status
            .uncounted_terminated_pods
            .as_ref()
            .is_some_and(|left| !left.succeeded.is_empty() || !left.failed.is_empty());
        let Some(last) = self
            .last
            .as_ref()
            .filter(|_| self.all && !left && status.terminating.unwrap_or(0) == 0)
        else {
            return (status, false);
        };
        status
            .conditions
            .retain(|condition| condition.type_ != last.type_);
        status.conditions.push(last.clone());
        if last.type_ == COMPLETE {
            status.completion_time = last.last_transition_time;
        }
        (status, true)
    }
}
