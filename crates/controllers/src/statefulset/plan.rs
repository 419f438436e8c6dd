//! What a StatefulSet needs next, worked out without IO.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use skeg_api::apps::v1::{StatefulSet, StatefulSetStatus};
use skeg_api::core::v1::{PersistentVolumeClaim, Pod, PodTemplateSpec, pod_phase};
use skeg_meta::OwnerReference;

use super::identity::{
    claims, has_identity, has_storage, in_range, is_stale, new_pod, ordinal, retained, revision_of,
    set_identity, set_storage, start, wanted,
};
use crate::workload::{is_available, next_available};

/// A template and what it is called.
pub(super) struct Revision {
    pub(super) name: String,
    pub(super) template: PodTemplateSpec,
}

/// What is known.
pub(super) struct Snapshot<'a> {
    pub(super) set: &'a StatefulSet,
    pub(super) current: Revision,
    pub(super) update: Revision,
    pub(super) collision_count: i32,
    pub(super) pods: Vec<Arc<Pod>>,
    /// The claims of its namespace that its pods may have, by name.
    pub(super) claims: HashMap<String, Arc<PersistentVolumeClaim>>,
    pub(super) now: Timestamp,
}

/// One write.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Action {
    CreateClaim {
        claim: Box<PersistentVolumeClaim>,
        pod: String,
    },
    OwnClaim {
        claim: Arc<PersistentVolumeClaim>,
        owners: Vec<OwnerReference>,
    },
    CreatePod(Box<Pod>),
    UpdatePod(Box<Pod>),
    DeletePod(Arc<Pod>),
    /// This pod cannot be made now.
    Refuse {
        pod: String,
        why: String,
    },
}

impl Action {
    /// The pod that it is about.
    fn pod(&self) -> Option<&str> {
        match self {
            Self::CreateClaim { pod, .. } | Self::Refuse { pod, .. } => Some(pod),
            Self::OwnClaim { .. } => None,
            Self::CreatePod(pod) | Self::UpdatePod(pod) => Some(&pod.metadata.name),
            Self::DeletePod(pod) => Some(&pod.metadata.name),
        }
    }
}

/// The writes and the status.
pub(super) struct Plan {
    pub(super) actions: Vec<Action>,
    pub(super) status: StatefulSetStatus,
}

impl Plan {
    /// The writes, those together that must follow each other: a pod comes
    /// after its claims.
    pub(super) fn groups(&self) -> Vec<&[Action]> {
        let together = |a: &Action, b: &Action| a.pod().is_some() && a.pod() == b.pod();
        self.actions.chunk_by(together).collect()
    }
}

/// Whether pods need not wait for each other.
pub(super) fn is_parallel(set: &StatefulSet) -> bool {
    set.spec.pod_management_policy == "Parallel"
}

fn is_healthy(pod: &Pod) -> bool {
    pod.status.phase == pod_phase::RUNNING && pod.is_ready() && !pod.metadata.is_deleting()
}

fn is_running_and_available(snapshot: &Snapshot<'_>, pod: &Pod) -> bool {
    pod.status.phase == pod_phase::RUNNING
        && is_available(pod, snapshot.set.spec.min_ready_seconds, snapshot.now)
}

/// Works out what to do.
pub(super) fn plan(snapshot: &Snapshot<'_>) -> Plan {
    let mut status = status(snapshot);
    let mut actions = Vec::new();
    if !snapshot.set.metadata.is_deleting() {
        let replaced = pods(snapshot, &mut actions);
        status.current_replicas -= replaced;
    }
    complete_update(snapshot.set, &mut status);
    Plan { actions, status }
}

fn status(snapshot: &Snapshot<'_>) -> StatefulSetStatus {
    let set = snapshot.set;
    let mut status = StatefulSetStatus {
        observed_generation: set.metadata.generation,
        current_revision: snapshot.current.name.clone(),
        update_revision: snapshot.update.name.clone(),
        collision_count: Some(snapshot.collision_count),
        conditions: set.status.conditions.clone(),
        ..StatefulSetStatus::default()
    };
    for pod in &snapshot.pods {
        status.replicas += 1;
        if pod.status.phase == pod_phase::RUNNING && pod.is_ready() {
            status.ready_replicas += 1;
        }
        status.available_replicas += i32::from(is_running_and_available(snapshot, pod));
        if !pod.metadata.is_deleting() {
            status.current_replicas += i32::from(revision_of(pod) == snapshot.current.name);
            status.updated_replicas += i32::from(revision_of(pod) == snapshot.update.name);
        }
    }
    status
}

/// When every pod runs the new revision, it is the current one, whoever
/// removed the pods before.
fn complete_update(set: &StatefulSet, status: &mut StatefulSetStatus) {
    let wanted = wanted(set);
    let counts = [
        status.updated_replicas,
        status.ready_replicas,
        status.replicas,
    ];
    if counts.iter().all(|&count| count == wanted) {
        status.current_replicas = status.updated_replicas;
        status.current_revision.clone_from(&status.update_revision);
    }
}

/// The lowest ordinal that takes the new revision: partitions count pods, from
/// the first one on.
fn partition(set: &StatefulSet) -> i32 {
    let rolling = set.spec.update_strategy.rolling_update.as_ref();
    let pods = rolling.and_then(|rolling| rolling.partition).unwrap_or(0);
    start(set).saturating_add(pods)
}

/// Whether a pod counts as one that can be used.
fn is_usable(snapshot: &Snapshot<'_>, pod: &Pod) -> bool {
    is_healthy(pod) && is_running_and_available(snapshot, pod)
}

/// Which revision a pod that has to be made is made from.
fn revision_for<'a>(snapshot: &'a Snapshot<'_>, at: i32) -> &'a Revision {
    let set = snapshot.set;
    let rolling = set.spec.update_strategy.type_ != "OnDelete";
    let current = match &set.spec.update_strategy.rolling_update {
        Some(_) => at < partition(set),
        None => at < set.status.current_replicas + start(set),
    };
    if rolling && current {
        &snapshot.current
    } else {
        &snapshot.update
    }
}

/// Decides about the pods; how many of the current revision are removed to be updated.
fn pods(snapshot: &Snapshot<'_>, actions: &mut Vec<Action>) -> i32 {
    let set = snapshot.set;
    let ordered = !is_parallel(set);
    let mut there: HashMap<i32, &Arc<Pod>> = HashMap::new();
    let mut condemned = Vec::new();
    for pod in &snapshot.pods {
        match ordinal(set, pod) {
            Some(at) if in_range(set, at) => drop(there.insert(at, pod)),
            Some(at) => condemned.push((at, pod)),
            None => {}
        }
    }
    condemned.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let range = start(set)..start(set) + wanted(set);
    let replicas: Vec<_> = range.map(|at| (at, there.get(&at).copied())).collect();
    // A pod that has not been made cannot be used either.
    let sick = replicas
        .iter()
        .find(|(_, pod)| pod.is_none_or(|pod| !is_usable(snapshot, pod)))
        .map(|(at, _)| *at);
    let sick = sick.or_else(|| {
        condemned
            .iter()
            .rev()
            .find(|(_, pod)| !is_usable(snapshot, pod))
            .map(|(at, _)| *at)
    });

    for &(at, pod) in &replicas {
        if replica(snapshot, at, pod, ordered, actions) && ordered {
            return 0;
        }
    }
    for &(at, pod) in &condemned {
        retain(snapshot, at, pod, actions);
    }
    for &(at, pod) in &condemned {
        let usable = is_running_and_available(snapshot, pod);
        if ordered && (pod.metadata.is_deleting() || (!usable && sick != Some(at))) {
            return 0;
        }
        if !pod.metadata.is_deleting() {
            actions.push(Action::DeletePod(Arc::clone(pod)));
            if ordered {
                return 0;
            }
        }
    }
    if set.spec.update_strategy.type_ == "OnDelete" {
        0
    } else {
        roll(snapshot, &replicas, actions)
    }
}

/// Looks after one pod; whether those after it have to wait.
fn replica(
    snapshot: &Snapshot<'_>,
    at: i32,
    pod: Option<&Arc<Pod>>,
    ordered: bool,
    actions: &mut Vec<Action>,
) -> bool {
    let set = snapshot.set;
    let Some(pod) = pod else {
        let revision = revision_for(snapshot, at);
        let pod = new_pod(set, &revision.template, &revision.name, at);
        let held: Vec<_> = claims(set, at)
            .into_iter()
            .filter_map(|claim| snapshot.claims.get(&claim.metadata.name))
            .collect();
        let name = &pod.metadata.name;
        // What goes with the pod before must be gone before the pod is made anew.
        if goes_with_pods(set) && held.iter().any(|claim| is_stale(name, "", claim)) {
            return true;
        }
        create_claims(snapshot, at, &pod, actions);
        let going: Vec<String> = held
            .iter()
            .filter(|claim| claim.metadata.is_deleting())
            .map(|claim| format!("pvc {} is being deleted", claim.metadata.name))
            .collect();
        actions.push(match going.as_slice() {
            [] => Action::CreatePod(Box::new(pod)),
            [one] => Action::Refuse {
                pod: pod.metadata.name,
                why: one.clone(),
            },
            many => Action::Refuse {
                pod: pod.metadata.name,
                why: format!("[{}]", many.join(", ")),
            },
        });
        return true;
    };
    if pod.is_finished() {
        if !pod.metadata.is_deleting() {
            actions.push(Action::DeletePod(Arc::clone(pod)));
        }
        return true;
    }
    if pod.status.phase == pod_phase::PENDING && !pod.metadata.is_deleting() {
        create_claims(snapshot, at, pod, actions);
    }
    if ordered && (pod.metadata.is_deleting() || !is_running_and_available(snapshot, pod)) {
        // Its claims are looked after all the same.
        retain(snapshot, at, pod, actions);
        return true;
    }
    let settled =
        !retain(snapshot, at, pod, actions) && has_identity(set, pod) && has_storage(set, at, pod);
    if !settled && !pod.metadata.is_deleting() {
        let mut changed = Pod::clone(pod);
        set_identity(&mut changed, at);
        set_storage(set, at, &mut changed);
        actions.push(Action::UpdatePod(Box::new(changed)));
    }
    false
}

fn create_claims(snapshot: &Snapshot<'_>, at: i32, pod: &Pod, actions: &mut Vec<Action>) {
    for claim in claims(snapshot.set, at) {
        if !snapshot.claims.contains_key(&claim.metadata.name) {
            actions.push(Action::CreateClaim {
                claim: Box::new(claim),
                pod: pod.metadata.name.clone(),
            });
        }
    }
}

/// Gives a pod's claims the owners that the retention policy wants; whether
/// some had others.
fn retain(snapshot: &Snapshot<'_>, at: i32, pod: &Pod, actions: &mut Vec<Action>) -> bool {
    let before = actions.len();
    for claim in claims(snapshot.set, at) {
        let Some(claim) = snapshot.claims.get(&claim.metadata.name) else {
            continue;
        };
        if let Some(owners) = retained(snapshot.set, pod, at, claim) {
            actions.push(Action::OwnClaim {
                claim: Arc::clone(claim),
                owners,
            });
        }
    }
    actions.len() > before
}

/// Whether claims go when their pods are scaled away.
fn goes_with_pods(set: &StatefulSet) -> bool {
    let policy = set.spec.persistent_volume_claim_retention_policy.as_ref();
    policy.is_some_and(|policy| policy.when_scaled == "Delete")
}

/// Removes pods of an old revision, the highest ordinal first: those that are
/// of no use anyway, and of the others as many as may be unavailable.
fn roll(
    snapshot: &Snapshot<'_>,
    replicas: &[(i32, Option<&Arc<Pod>>)],
    actions: &mut Vec<Action>,
) -> i32 {
    let set = snapshot.set;
    let most = set
        .spec
        .update_strategy
        .rolling_update
        .as_ref()
        .and_then(|rolling| rolling.max_unavailable.as_ref())
        .and_then(|most| most.scaled(wanted(set), false).ok())
        .unwrap_or(1)
        .max(1);
    let missing = replicas
        .iter()
        .filter(|(_, pod)| pod.is_none_or(|pod| !is_usable(snapshot, pod)))
        .count();
    let budget = usize::try_from(most).unwrap_or(1).saturating_sub(missing);
    let outdated: Vec<_> = replicas
        .iter()
        .rev()
        .filter(|(at, _)| *at >= partition(set))
        .filter_map(|(_, pod)| *pod)
        .filter(|pod| revision_of(pod) != snapshot.update.name && !pod.metadata.is_deleting())
        .collect();
    let useless = outdated.iter().filter(|pod| !is_usable(snapshot, pod));
    let usable = outdated.iter().filter(|pod| is_usable(snapshot, pod));
    let before = actions.len();
    actions.extend(
        useless
            .chain(usable.take(budget))
            .map(|pod| Action::DeletePod(Arc::clone(pod))),
    );
    i32::try_from(actions.len() - before).unwrap_or(i32::MAX)
}

/// When the next pod becomes available by staying ready.
pub(super) fn next_check(snapshot: &Snapshot<'_>) -> Option<Duration> {
    let min = snapshot.set.spec.min_ready_seconds;
    next_available(&snapshot.pods, min, snapshot.now)
}
