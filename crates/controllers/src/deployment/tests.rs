//! Plans against tables.

use std::collections::HashSet;

use jiff::Timestamp;
use skeg_api::apps::v1::{Deployment, DeploymentStrategy, ReplicaSet, RollingUpdateDeployment};
use skeg_meta::{IntOrString, LabelSelector, Time};

use super::plan::{Action, Plan, Snapshot, plan};
use super::util::{DESIRED_REPLICAS, MAX_REPLICAS, REVISION};

fn now() -> Timestamp {
    Timestamp::from_second(1_767_225_600).expect("a time")
}

fn deployment(size: i32, surge: i32, unavailable: i32) -> Deployment {
    let mut deployment = Deployment::default();
    deployment.metadata.name = "web".to_owned();
    deployment.metadata.namespace = "a".to_owned();
    deployment.metadata.uid = "d".to_owned();
    deployment.metadata.generation = 1;
    deployment.spec.replicas = Some(size);
    deployment.spec.progress_deadline_seconds = Some(600);
    deployment.spec.revision_history_limit = Some(1);
    deployment.spec.selector = Some(LabelSelector {
        match_labels: [("app".to_owned(), "web".to_owned())].into(),
        ..LabelSelector::default()
    });
    deployment
        .spec
        .template
        .metadata
        .labels
        .insert("v".to_owned(), "new".to_owned());
    deployment.spec.strategy = DeploymentStrategy {
        type_: "RollingUpdate".to_owned(),
        rolling_update: Some(RollingUpdateDeployment {
            max_surge: Some(IntOrString::Int(surge)),
            max_unavailable: Some(IntOrString::Int(unavailable)),
        }),
    };
    deployment
}

/// A set with so many pods, so many of them available; `v` is its template.
fn set(of: &Deployment, v: &str, revision: i64, size: i32, available: i32) -> ReplicaSet {
    let mut set = ReplicaSet::default();
    set.metadata.name = format!("web-{v}");
    set.metadata.uid = v.to_owned();
    set.metadata.creation_timestamp = Some(Time(now() + jiff::SignedDuration::from_secs(revision)));
    let wanted = of.spec.replicas.unwrap_or(1);
    let most = wanted + super::util::max_surge(of);
    for (key, value) in [
        (REVISION, revision),
        (DESIRED_REPLICAS, wanted.into()),
        (MAX_REPLICAS, most.into()),
    ] {
        set.metadata
            .annotations
            .insert(key.to_owned(), value.to_string());
    }
    set.spec.replicas = Some(size);
    set.spec
        .template
        .metadata
        .labels
        .insert("v".to_owned(), v.to_owned());
    set.status.replicas = size;
    set.status.ready_replicas = available;
    set.status.available_replicas = available;
    set
}

fn planned(deployment: &Deployment, sets: Vec<ReplicaSet>) -> Plan {
    plan(Snapshot {
        deployment,
        sets,
        running: HashSet::new(),
        now: now(),
    })
}

/// The sizes that a plan gives, and the sets it removes.
fn writes(plan: &Plan) -> Vec<(String, i32)> {
    let size = |set: &ReplicaSet| set.spec.replicas.unwrap_or(1);
    plan.actions
        .iter()
        .map(|action| match action {
            Action::Create(set) => ("new".to_owned(), size(set)),
            Action::Update { set, .. } => (set.metadata.uid.clone(), size(set)),
            Action::Delete(meta) => (meta.uid.clone(), -1),
        })
        .collect()
}

fn check(deployment: &Deployment, sets: Vec<ReplicaSet>, expect: &[(&str, i32)]) {
    let expect: Vec<_> = expect
        .iter()
        .map(|(uid, size)| ((*uid).to_owned(), *size))
        .collect();
    assert_eq!(writes(&planned(deployment, sets)), expect);
}

#[test]
fn a_first_set_takes_all() {
    check(&deployment(3, 1, 0), vec![], &[("new", 3)]);
}

#[test]
fn the_name_of_a_set_has_room_for_its_hash() {
    let mut long = deployment(1, 1, 0);
    long.metadata.name = "n".repeat(250);
    let plan = planned(&long, vec![]);
    let [Action::Create(set)] = plan.actions.as_slice() else {
        panic!("{:?}", plan.actions);
    };
    assert_eq!(set.metadata.name.len(), 253);
    let hash = &set.metadata.labels["pod-template-hash"];
    assert!(set.metadata.name.ends_with(&format!("n-{hash}")));
}

#[test]
fn a_rollout_moves_within_its_bounds() {
    let d = deployment(3, 1, 0);
    // One more pod than wanted may be there.
    check(&d, vec![set(&d, "old", 1, 3, 3)], &[("new", 1)]);
    // Nothing more until it is available,
    check(
        &d,
        vec![set(&d, "old", 1, 3, 3), set(&d, "new", 2, 1, 0)],
        &[],
    );
    // then an old one may go,
    check(
        &d,
        vec![set(&d, "old", 1, 3, 3), set(&d, "new", 2, 1, 1)],
        &[("old", 2)],
    );
    // and the next comes.
    check(
        &d,
        vec![set(&d, "old", 1, 2, 2), set(&d, "new", 2, 1, 1)],
        &[("new", 2)],
    );
    // Pods that do not work go first, whatever the bounds.
    check(
        &d,
        vec![set(&d, "old", 1, 3, 1), set(&d, "new", 2, 1, 1)],
        &[("old", 2)],
    );
    let d = deployment(3, 0, 1);
    check(&d, vec![set(&d, "old", 1, 3, 3)], &[("new", 0), ("old", 2)]);
}

#[test]
fn recreate_waits_for_the_old_pods() {
    let mut d = deployment(2, 0, 0);
    d.spec.strategy = DeploymentStrategy {
        type_: "Recreate".to_owned(),
        rolling_update: None,
    };
    check(&d, vec![set(&d, "old", 1, 2, 2)], &[("old", 0)]);
    let mut gone = set(&d, "old", 1, 0, 0);
    check(&d, vec![gone.clone()], &[("new", 2)]);
    gone.status.replicas = 1;
    check(&d, vec![gone], &[]);
}

#[test]
fn scaling_amid_a_rollout_keeps_proportions() {
    let before = deployment(4, 2, 1);
    let mut d = deployment(8, 2, 1);
    d.status.replicas = 6;
    let sets = vec![set(&before, "old", 1, 3, 3), set(&before, "new", 2, 3, 0)];
    check(&d, sets, &[("new", 5), ("old", 5)]);
}

#[test]
fn a_paused_deployment_scales_and_says_so() {
    let mut d = deployment(5, 1, 0);
    d.spec.paused = true;
    let sets = vec![set(&deployment(3, 1, 0), "old", 1, 3, 3)];
    let plan = planned(&d, sets);
    assert_eq!(writes(&plan), [("old".to_owned(), 5)]);
    let reasons: Vec<_> = plan
        .deployment
        .status
        .conditions
        .iter()
        .map(|condition| &*condition.reason)
        .collect();
    assert_eq!(reasons, ["DeploymentPaused", "MinimumReplicasUnavailable"]);
}

#[test]
fn history_beyond_the_limit_goes() {
    let mut d = deployment(1, 1, 0);
    d.metadata.generation = 0;
    let mut sets = vec![
        set(&d, "o1", 1, 0, 0),
        set(&d, "o2", 2, 0, 0),
        set(&d, "new", 3, 1, 1),
    ];
    let first = planned(&d, sets.clone());
    assert_eq!(writes(&first), []);
    d.status = first.deployment.status;
    check(&d, sets.clone(), &[("o1", -1)]);
    // One that still has pods stays.
    sets[0].status.replicas = 1;
    d.status.replicas = 1;
    check(&d, sets, &[]);
}

#[test]
fn a_template_used_before_takes_the_next_revision() {
    let d = deployment(1, 1, 0);
    let plan = planned(&d, vec![set(&d, "new", 1, 0, 0), set(&d, "old", 2, 1, 1)]);
    let Some(Action::Update { set, .. }) = plan.actions.last() else {
        panic!("the set is written")
    };
    assert_eq!(set.metadata.annotations[REVISION], "3");
    assert_eq!(
        set.metadata.annotations["deployment.kubernetes.io/revision-history"],
        "1"
    );
    assert_eq!(plan.deployment.metadata.annotations[REVISION], "3");
}

#[test]
fn a_rollout_without_progress_misses_its_deadline() {
    let d = deployment(1, 1, 0);
    let sets = vec![set(&d, "new", 1, 1, 0)];
    let mut started = d.clone();
    started.status = planned(&d, sets.clone()).deployment.status;
    let reason = |plan: &Plan| {
        plan.deployment
            .status
            .conditions
            .last()
            .map(|last| last.reason.clone())
    };
    assert_eq!(
        reason(&planned(&d, sets.clone())).as_deref(),
        Some("ReplicaSetUpdated")
    );
    let later = now() + jiff::SignedDuration::from_secs(601);
    let late = plan(Snapshot {
        deployment: &started,
        sets,
        running: HashSet::new(),
        now: later,
    });
    assert_eq!(reason(&late).as_deref(), Some("ProgressDeadlineExceeded"));
}
