//! Arithmetic and annotations of rollouts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use skeg_api::apps::v1::{Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet};
use skeg_api::core::v1::PodTemplateSpec;
use skeg_meta::{IntOrString, Time};

pub(super) const REVISION: &str = "deployment.kubernetes.io/revision";
pub(super) const REVISION_HISTORY: &str = "deployment.kubernetes.io/revision-history";
pub(super) const DESIRED_REPLICAS: &str = "deployment.kubernetes.io/desired-replicas";
pub(super) const MAX_REPLICAS: &str = "deployment.kubernetes.io/max-replicas";
pub(super) const TEMPLATE_HASH: &str = "pod-template-hash";
pub(super) const ROLLBACK_TO: &str = "deprecated.deployment.rollback.to";
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The history of revisions in an annotation may be so long.
const HISTORY_LEN_MAX: usize = 2000;

pub(super) const AVAILABLE: &str = "Available";
pub(super) const PROGRESSING: &str = "Progressing";
pub(super) const REPLICA_FAILURE: &str = "ReplicaFailure";

pub(super) fn wanted(deployment: &Deployment) -> i32 {
    deployment.spec.replicas.unwrap_or(1)
}

pub(super) fn replicas(set: &ReplicaSet) -> i32 {
    set.spec.replicas.unwrap_or(1)
}

pub(super) fn total<'a>(sets: impl IntoIterator<Item = &'a ReplicaSet>) -> i32 {
    sets.into_iter().map(replicas).sum()
}

pub(super) fn is_rolling(deployment: &Deployment) -> bool {
    deployment.spec.strategy.type_ != "Recreate"
}

/// How many pods there may be too many and too few during a rollout. Both zero
/// would let nothing ever move, so then one may be missing.
fn fenceposts(deployment: &Deployment) -> (i32, i32) {
    let rolling = deployment.spec.strategy.rolling_update.as_ref();
    let scaled = |value: Option<&IntOrString>, up: bool| {
        value
            .and_then(|value| value.scaled(wanted(deployment), up).ok())
            .unwrap_or(0)
    };
    let surge = scaled(rolling.and_then(|rolling| rolling.max_surge.as_ref()), true);
    let unavailable = scaled(
        rolling.and_then(|rolling| rolling.max_unavailable.as_ref()),
        false,
    );
    if surge == 0 && unavailable == 0 {
        (0, 1)
    } else {
        (surge, unavailable)
    }
}

pub(super) fn max_surge(deployment: &Deployment) -> i32 {
    if is_rolling(deployment) {
        fenceposts(deployment).0
    } else {
        0
    }
}

pub(super) fn max_unavailable(deployment: &Deployment) -> i32 {
    if !is_rolling(deployment) || wanted(deployment) == 0 {
        return 0;
    }
    fenceposts(deployment).1.min(wanted(deployment))
}

pub(super) fn progress_deadline(deployment: &Deployment) -> Option<i32> {
    deployment
        .spec
        .progress_deadline_seconds
        .filter(|&seconds| seconds != i32::MAX)
}

pub(super) fn condition<'a>(
    status: &'a DeploymentStatus,
    kind: &str,
) -> Option<&'a DeploymentCondition> {
    status
        .conditions
        .iter()
        .find(|condition| condition.type_ == kind)
}

pub(super) fn remove_condition(status: &mut DeploymentStatus, kind: &str) {
    status
        .conditions
        .retain(|condition| condition.type_ != kind);
}

/// A condition as of now.
pub(super) fn new_condition(
    kind: &str,
    status: &str,
    reason: &str,
    message: impl Into<String>,
    now: Timestamp,
) -> DeploymentCondition {
    DeploymentCondition {
        type_: kind.to_owned(),
        status: status.to_owned(),
        last_update_time: Some(Time(now)),
        last_transition_time: Some(Time(now)),
        reason: reason.to_owned(),
        message: message.into(),
    }
}

/// Sets a condition, which moves to the end, unless it says what it said.
pub(super) fn set_condition(status: &mut DeploymentStatus, mut condition: DeploymentCondition) {
    if let Some(old) = self::condition(status, &condition.type_) {
        if old.status == condition.status && old.reason == condition.reason {
            return;
        }
        if old.status == condition.status {
            condition.last_transition_time = old.last_transition_time;
        }
    }
    remove_condition(status, &condition.type_);
    status.conditions.push(condition);
}

/// Whether two templates are alike but for the hash label.
pub(super) fn same_template(a: &PodTemplateSpec, b: &PodTemplateSpec) -> bool {
    let labels = |template: &PodTemplateSpec| -> BTreeMap<String, String> {
        template
            .metadata
            .labels
            .iter()
            .filter(|(key, _)| *key != TEMPLATE_HASH)
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect()
    };
    a.spec == b.spec
        && a.metadata.annotations == b.metadata.annotations
        && labels(a) == labels(b)
        && a.metadata.name == b.metadata.name
        && a.metadata.finalizers == b.metadata.finalizers
}

pub(super) fn revision(set: &ReplicaSet) -> i64 {
    set.metadata
        .annotations
        .get(REVISION)
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
}

pub(super) fn number(set: &ReplicaSet, annotation: &str) -> Option<i32> {
    set.metadata
        .annotations
        .get(annotation)
        .and_then(|text| text.parse().ok())
}

fn put(annotations: &mut BTreeMap<String, String>, key: &str, value: &str) -> bool {
    if annotations.get(key).is_some_and(|old| old == value) {
        return false;
    }
    annotations.insert(key.to_owned(), value.to_owned());
    true
}

/// Notes on a set how many pods the whole Deployment wants; whether that is news.
pub(super) fn note_replicas(set: &mut ReplicaSet, deployment: &Deployment) -> bool {
    let wanted = wanted(deployment);
    let desired = put(
        &mut set.metadata.annotations,
        DESIRED_REPLICAS,
        &wanted.to_string(),
    );
    let most = (wanted + max_surge(deployment)).to_string();
    put(&mut set.metadata.annotations, MAX_REPLICAS, &most) || desired
}

/// Whether an annotation is of one object alone and not copied to the other.
pub(super) fn is_own_annotation(key: &str) -> bool {
    matches!(
        key,
        LAST_APPLIED | REVISION | REVISION_HISTORY | DESIRED_REPLICAS | MAX_REPLICAS | ROLLBACK_TO
    )
}

/// Gives the newest set the Deployment's annotations and its revision; whether that is news.
pub(super) fn annotate(set: &mut ReplicaSet, deployment: &Deployment, new_revision: i64) -> bool {
    let mut changed = false;
    for (key, value) in &deployment.metadata.annotations {
        if !is_own_annotation(key) {
            changed |= put(&mut set.metadata.annotations, key, value);
        }
    }
    let annotations = &mut set.metadata.annotations;
    let old = annotations.get(REVISION).cloned();
    let number = match old.as_deref() {
        None | Some("") => Some(0),
        Some(text) => text.parse::<i64>().ok(),
    };
    // What somebody wrote that is no number is left alone.
    if number.is_some_and(|number| number < new_revision) {
        annotations.insert(REVISION.to_owned(), new_revision.to_string());
        changed = true;
        if let Some(old) = old {
            let mut history: Vec<String> = annotations
                .get(REVISION_HISTORY)
                .map(|text| {
                    text.split(',')
                        .filter(|text| !text.is_empty())
                        .map(str::to_owned)
                        .collect()
                })
                .unwrap_or_default();
            history.push(old);
            while history.len() > 1
                && history.iter().map(|text| text.len() + 1).sum::<usize>() > HISTORY_LEN_MAX
            {
                history.remove(0);
            }
            annotations.insert(REVISION_HISTORY.to_owned(), history.join(","));
        }
    }
    changed
}

/// Whether everything runs as the template says.
pub(super) fn is_complete(deployment: &Deployment, status: &DeploymentStatus) -> bool {
    let wanted = wanted(deployment);
    status.updated_replicas == wanted
        && status.replicas == wanted
        && status.available_replicas == wanted
        && status.observed_generation >= deployment.metadata.generation
}

/// By how much a set is to grow or shrink when the whole Deployment does.
pub(super) fn fraction(set: &ReplicaSet, deployment: &Deployment) -> i32 {
    if wanted(deployment) == 0 {
        return -replicas(set);
    }
    let most = wanted(deployment) + max_surge(deployment);
    let before = number(set, MAX_REPLICAS)
        .filter(|&count| count != 0)
        .unwrap_or(deployment.status.replicas);
    if before == 0 {
        return 0;
    }
    let size = i64::from(replicas(set)) * i64::from(most);
    // Rounded to the nearest, halves up.
    let rounded = (2 * size + i64::from(before)).div_euclid(2 * i64::from(before));
    i32::try_from(rounded).unwrap_or(i32::MAX) - replicas(set)
}
