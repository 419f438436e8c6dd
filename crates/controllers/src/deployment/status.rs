//! The status of a Deployment, worked out without IO.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use skeg_api::apps::v1::{Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet};

use super::plan::Work;
use super::util::{
    AVAILABLE, PROGRESSING, REPLICA_FAILURE, condition, is_complete, max_unavailable,
    new_condition, progress_deadline, remove_condition, set_condition, total, wanted,
};

fn terminating(sets: &[ReplicaSet]) -> Option<i32> {
    let mut sum = 0;
    for set in sets {
        match set.status.terminating_replicas {
            Some(count) => sum += count,
            // Nobody has looked at it yet.
            None if set.status.observed_generation == 0 => {}
            None => return None,
        }
    }
    Some(sum)
}

fn numbers(work: &Work<'_>) -> DeploymentStatus {
    let deployment = &work.deployment;
    let sum = |number: fn(&ReplicaSet) -> i32| work.sets.iter().map(number).sum::<i32>();
    let available = sum(|set| set.status.available_replicas);
    let mut status = DeploymentStatus {
        observed_generation: deployment.metadata.generation,
        replicas: sum(|set| set.status.replicas),
        updated_replicas: work.newest.map_or(0, |at| work.sets[at].status.replicas),
        ready_replicas: sum(|set| set.status.ready_replicas),
        available_replicas: available,
        unavailable_replicas: (total(&work.sets) - available).max(0),
        terminating_replicas: terminating(&work.sets),
        collision_count: deployment.status.collision_count,
        conditions: deployment.status.conditions.clone(),
    };
    let enough = available >= wanted(deployment) - max_unavailable(deployment);
    let (value, reason, message) = if enough {
        (
            "True",
            "MinimumReplicasAvailable",
            "Deployment has minimum availability.",
        )
    } else {
        (
            "False",
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.",
        )
    };
    set_condition(
        &mut status,
        new_condition(AVAILABLE, value, reason, message, work.now),
    );
    status
}

/// The status while nothing is rolled out.
pub(super) fn plan_status(work: &mut Work<'_>) {
    work.deployment.status = numbers(work);
}

/// The status while a template is rolled out, with how that goes.
pub(super) fn plan_rollout_status(work: &mut Work<'_>) {
    let mut status = numbers(work);
    let deployment = &work.deployment;
    let old = &deployment.status;
    let current = condition(old, PROGRESSING).cloned();
    if progress_deadline(deployment).is_none() {
        remove_condition(&mut status, PROGRESSING);
    } else {
        let done_before = current
            .as_ref()
            .is_some_and(|current| current.reason == "NewReplicaSetAvailable");
        if !(status.replicas == status.updated_replicas && done_before) {
            progress(work, &mut status, current.as_ref());
        }
    }
    match failure(work) {
        Some(failure) => set_condition(&mut status, failure),
        None => remove_condition(&mut status, REPLICA_FAILURE),
    }
    work.deployment.status = status;
}

fn progress(work: &Work<'_>, status: &mut DeploymentStatus, current: Option<&DeploymentCondition>) {
    let deployment = &work.deployment;
    let subject = work.newest.map_or_else(
        || format!("Deployment \"{}\"", deployment.metadata.name),
        |at| format!("ReplicaSet \"{}\"", work.sets[at].metadata.name),
    );
    let make = |value: &str, reason: &str, what: &str| {
        new_condition(
            PROGRESSING,
            value,
            reason,
            format!("{subject} {what}."),
            work.now,
        )
    };
    if is_complete(deployment, status) {
        set_condition(
            status,
            make(
                "True",
                "NewReplicaSetAvailable",
                "has successfully progressed",
            ),
        );
    } else if is_progressing(&deployment.status, status) {
        let mut condition = make("True", "ReplicaSetUpdated", "is progressing");
        if let Some(current) = current {
            if current.status == "True" {
                condition.last_transition_time = current.last_transition_time;
            }
            remove_condition(status, PROGRESSING);
        }
        set_condition(status, condition);
    } else if has_timed_out(deployment, status, work.now) {
        set_condition(
            status,
            make(
                "False",
                "ProgressDeadlineExceeded",
                "has timed out progressing",
            ),
        );
    }
}

fn is_progressing(old: &DeploymentStatus, new: &DeploymentStatus) -> bool {
    new.updated_replicas > old.updated_replicas
        || new.replicas - new.updated_replicas < old.replicas - old.updated_replicas
        || new.ready_replicas > old.ready_replicas
        || new.available_replicas > old.available_replicas
}

fn deadline(deployment: &Deployment, status: &DeploymentStatus) -> Option<Timestamp> {
    let seconds = progress_deadline(deployment)?;
    let since = condition(status, PROGRESSING)?.last_update_time?.0;
    Some(since + SignedDuration::from_secs(i64::from(seconds)))
}

fn has_timed_out(deployment: &Deployment, status: &DeploymentStatus, now: Timestamp) -> bool {
    match condition(status, PROGRESSING).map(|condition| &*condition.reason) {
        None | Some("NewReplicaSetAvailable") => false,
        Some("ProgressDeadlineExceeded") => true,
        Some(_) => deadline(deployment, status).is_some_and(|deadline| deadline < now),
    }
}

/// When to look whether the rollout has missed its deadline.
pub(super) fn next_check(deployment: &Deployment, now: Timestamp) -> Option<Duration> {
    let status = &deployment.status;
    let reason = condition(status, PROGRESSING).map(|condition| &*condition.reason)?;
    // A rollout that has succeeded cannot miss its deadline, whatever its pods do later.
    let decided = matches!(
        reason,
        "ProgressDeadlineExceeded" | "NewReplicaSetAvailable"
    );
    if decided || is_complete(deployment, status) || deployment.spec.paused {
        return None;
    }
    let left = deadline(deployment, status)?.duration_since(now);
    // One second more: times are written in whole seconds.
    Some(Duration::try_from(left).unwrap_or(Duration::ZERO) + Duration::from_secs(1))
}

/// Why pods cannot be made or removed, the newest set's reason first.
fn failure(work: &Work<'_>) -> Option<DeploymentCondition> {
    let newest = work.newest.map(|at| &work.sets[at]);
    let sets = newest.into_iter().chain(&work.sets);
    let found = sets
        .flat_map(|set| &set.status.conditions)
        .find(|condition| condition.type_ == REPLICA_FAILURE)?;
    Some(DeploymentCondition {
        type_: found.type_.clone(),
        status: found.status.clone(),
        last_update_time: found.last_transition_time,
        last_transition_time: found.last_transition_time,
        reason: found.reason.clone(),
        message: found.message.clone(),
    })
}
