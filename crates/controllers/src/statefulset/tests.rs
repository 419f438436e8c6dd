//! Plans against tables.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use skeg_api::apps::v1::{RollingUpdateStatefulSetStrategy, StatefulSet};
use skeg_api::core::v1::{PersistentVolumeClaim, Pod, PodCondition, PodTemplateSpec};
use skeg_meta::{IntOrString, Object};

use super::identity::{REVISION, new_pod};
use super::plan::{Action, Plan, Revision, Snapshot, plan};

fn set(size: i32, policy: &str) -> StatefulSet {
    let mut set = StatefulSet::default();
    set.metadata.name = "db".to_owned();
    set.metadata.uid = "set".to_owned();
    set.spec.replicas = Some(size);
    set.spec.pod_management_policy = policy.to_owned();
    set.spec.update_strategy.type_ = "RollingUpdate".to_owned();
    set.spec.update_strategy.rolling_update = Some(RollingUpdateStatefulSetStrategy {
        partition: Some(0),
        max_unavailable: Some(IntOrString::Int(1)),
    });
    set
}

/// `0` ready, `0p` pending, `0f` failed, `0d` being deleted; `0!` ready at the old revision.
fn pod(set: &StatefulSet, text: &str) -> Arc<Pod> {
    let number: String = text.chars().take_while(char::is_ascii_digit).collect();
    let revision = if text.ends_with('!') { "old" } else { "new" };
    let mut pod = new_pod(
        set,
        &PodTemplateSpec::default(),
        revision,
        number.parse().expect("an ordinal"),
    );
    pod.metadata.uid = pod.metadata.name.clone();
    pod.status.phase = match text.chars().last() {
        Some('p') => "Pending",
        Some('f') => "Failed",
        _ => "Running",
    }
    .to_owned();
    if pod.status.phase == "Running" {
        let ready = PodCondition {
            type_: "Ready".to_owned(),
            status: "True".to_owned(),
            ..PodCondition::default()
        };
        pod.status.conditions.push(ready);
    }
    if text.ends_with('d') {
        pod.metadata.deletion_timestamp = Some(skeg_meta::Time(Timestamp::UNIX_EPOCH));
    }
    Arc::new(pod)
}

fn planned(
    set: &StatefulSet,
    pods: &[&str],
    claims: HashMap<String, Arc<PersistentVolumeClaim>>,
) -> Plan {
    let revision = |name: &str| Revision {
        name: name.to_owned(),
        template: PodTemplateSpec::default(),
    };
    let old = pods.iter().any(|pod| pod.ends_with('!'));
    plan(&Snapshot {
        set,
        current: revision(if old { "old" } else { "new" }),
        update: revision("new"),
        collision_count: 0,
        pods: pods.iter().map(|text| pod(set, text)).collect(),
        claims,
        now: Timestamp::UNIX_EPOCH,
    })
}

fn writes(plan: &Plan) -> Vec<String> {
    plan.actions
        .iter()
        .map(|action| match action {
            Action::CreateClaim { claim, .. } => format!("claim {}", claim.metadata.name),
            Action::OwnClaim { claim, owners } => {
                let owners: Vec<_> = owners.iter().map(|owner| &*owner.kind).collect();
                format!("own {} {}", claim.metadata.name, owners.join(" "))
                    .trim_end()
                    .to_owned()
            }
            Action::CreatePod(pod) => {
                format!("+{}:{}", pod.metadata.name, pod.metadata.labels[REVISION])
            }
            Action::UpdatePod(pod) => format!("~{}", pod.metadata.name),
            Action::DeletePod(pod) => format!("-{}", pod.metadata.name),
            Action::Refuse { pod, why } => format!("!{pod}: {why}"),
        })
        .collect()
}

fn check(set: &StatefulSet, pods: &[&str], expect: &[&str]) {
    assert_eq!(
        writes(&planned(set, pods, HashMap::new())),
        expect,
        "{pods:?}"
    );
}

#[test]
fn one_after_another() {
    let set = set(2, "OrderedReady");
    check(&set, &[], &["+db-0:new"]);
    check(&set, &["0p"], &[]);
    check(&set, &["0"], &["+db-1:new"]);
    check(&set, &["0", "1"], &[]);
    check(&set, &["0f", "1"], &["-db-0"]);
    check(&set, &["0d", "1"], &[]);
    // The highest goes first, and one at a time.
    check(&set, &["0", "1", "2", "3"], &["-db-3"]);
    check(&set, &["0", "1", "2", "3d"], &[]);
    check(&set, &["0p", "1", "2"], &[]);
}

#[test]
fn all_at_once() {
    let set = set(2, "Parallel");
    check(&set, &[], &["+db-0:new", "+db-1:new"]);
    check(&set, &["0p", "1", "2", "3p"], &["-db-3", "-db-2"]);
}

#[test]
fn updates_go_backwards() {
    let mut set = set(3, "OrderedReady");
    check(&set, &["0!", "1!", "2!"], &["-db-2"]);
    check(&set, &["0!", "1!", "2p"], &[]);
    check(&set, &["0!", "1!", "2"], &["-db-1"]);
    let rolling = set
        .spec
        .update_strategy
        .rolling_update
        .as_mut()
        .expect("set above");
    rolling.partition = Some(2);
    check(&set, &["0!", "1!", "2"], &[]);
    // Below the partition a pod comes back at the old revision.
    check(&set, &["0!", "2"], &["+db-1:old"]);
    let rolling = set
        .spec
        .update_strategy
        .rolling_update
        .as_mut()
        .expect("set above");
    (rolling.partition, rolling.max_unavailable) = (Some(0), Some(IntOrString::Int(2)));
    check(&set, &["0!", "1!", "2!"], &["-db-2", "-db-1"]);
    set.spec.update_strategy.type_ = "OnDelete".to_owned();
    check(&set, &["0!", "1!", "2!"], &[]);
}

#[test]
fn the_new_revision_becomes_current_when_all_have_it() {
    let mut set = set(2, "OrderedReady");
    let status = planned(&set, &["0!", "1"], HashMap::new()).status;
    assert_eq!(
        (
            &*status.current_revision,
            status.current_replicas,
            status.updated_replicas
        ),
        ("old", 0, 1)
    );
    let status = planned(&set, &["0", "1"], HashMap::new()).status;
    assert_eq!(
        (
            &*status.current_revision,
            status.current_replicas,
            status.updated_replicas
        ),
        ("new", 2, 2)
    );
    set.spec.update_strategy.type_ = "OnDelete".to_owned();
    let status = planned(&set, &["0", "1"], HashMap::new()).status;
    assert_eq!(
        (&*status.current_revision, status.current_replicas),
        ("new", 2)
    );
    let status = planned(&set, &["0!", "1"], HashMap::new()).status;
    assert_eq!(status.current_revision, "old");
}

#[test]
fn claims_follow_the_retention_policy() {
    let mut set = set(1, "Parallel");
    let mut template = PersistentVolumeClaim::default();
    template.metadata.name = "data".to_owned();
    set.spec.volume_claim_templates.push(template);
    check(&set, &[], &["claim data-db-0", "+db-0:new"]);
    let policy = |deleted: &str, scaled: &str| {
        Some(
            skeg_api::apps::v1::StatefulSetPersistentVolumeClaimRetentionPolicy {
                when_deleted: deleted.to_owned(),
                when_scaled: scaled.to_owned(),
            },
        )
    };
    let claims = |owner: Option<&StatefulSet>| -> HashMap<String, Arc<PersistentVolumeClaim>> {
        ["data-db-0", "data-db-1"]
            .into_iter()
            .map(|name| {
                let mut claim = PersistentVolumeClaim::default();
                claim.metadata.name = name.to_owned();
                claim
                    .metadata
                    .owner_references
                    .extend(owner.map(Object::controller_reference));
                (name.to_owned(), Arc::new(claim))
            })
            .collect()
    };
    assert_eq!(writes(&planned(&set, &["0"], claims(None))), [""; 0]);
    assert_eq!(
        writes(&planned(&set, &["0"], claims(Some(&set)))),
        ["own data-db-0", "~db-0"]
    );
    set.spec.persistent_volume_claim_retention_policy = policy("Delete", "Retain");
    assert_eq!(
        writes(&planned(&set, &["0"], claims(None))),
        ["own data-db-0 StatefulSet", "~db-0"]
    );
    set.spec.persistent_volume_claim_retention_policy = policy("Retain", "Delete");
    assert_eq!(
        writes(&planned(&set, &["0", "1"], claims(None))),
        ["own data-db-1 Pod", "-db-1"]
    );
    let going = |owner: &str| {
        let mut all = claims(None);
        let claim = all.get_mut("data-db-0").expect("made above");
        let claim = Arc::make_mut(claim);
        claim.metadata.deletion_timestamp = Some(skeg_meta::Time(Timestamp::UNIX_EPOCH));
        claim
            .metadata
            .owner_references
            .push(skeg_meta::OwnerReference {
                kind: "Pod".to_owned(),
                name: "db-0".to_owned(),
                uid: owner.to_owned(),
                ..skeg_meta::OwnerReference::default()
            });
        all
    };
    // The claim of the pod before goes with it: nothing is to be told.
    assert_eq!(writes(&planned(&set, &[], going("before"))), [""; 0]);
    set.spec.persistent_volume_claim_retention_policy = policy("Retain", "Retain");
    assert_eq!(
        writes(&planned(&set, &[], going("before"))),
        ["!db-0: pvc data-db-0 is being deleted"]
    );
}

#[test]
fn partitions_count_from_the_first_ordinal() {
    let mut set = set(3, "OrderedReady");
    set.spec.ordinals = Some(skeg_api::apps::v1::StatefulSetOrdinals { start: 5 });
    let rolling = set.spec.update_strategy.rolling_update.as_mut();
    rolling.expect("set above").partition = Some(1);
    check(&set, &["5!", "6!", "7"], &["-db-6"]);
    check(&set, &["5!", "6", "7"], &[]);
    check(&set, &["6!", "7"], &["+db-5:old"]);
    check(&set, &["5!", "7"], &["+db-6:new"]);
}

#[test]
fn pods_that_are_of_no_use_are_updated_first() {
    let mut set = set(4, "Parallel");
    let old = |text: &str| {
        let mut sick = Pod::clone(&pod(&set, text));
        sick.status.conditions.clear();
        Arc::new(sick)
    };
    let revision = |name: &str| Revision {
        name: name.to_owned(),
        template: PodTemplateSpec::default(),
    };
    let roll = |set: &StatefulSet, pods: Vec<Arc<Pod>>| {
        let plan = plan(&Snapshot {
            set,
            current: revision("old"),
            update: revision("new"),
            collision_count: 0,
            pods,
            claims: HashMap::new(),
            now: Timestamp::UNIX_EPOCH,
        });
        (writes(&plan), plan.status.current_replicas)
    };
    let sick = vec![pod(&set, "0!"), old("1!"), pod(&set, "2!"), pod(&set, "3!")];
    assert_eq!(roll(&set, sick.clone()), (vec!["-db-1".to_owned()], 3));
    let rolling = set.spec.update_strategy.rolling_update.as_mut();
    rolling.expect("set above").max_unavailable = Some(IntOrString::Int(2));
    assert_eq!(
        roll(&set, sick),
        (vec!["-db-1".to_owned(), "-db-3".to_owned()], 2)
    );
}
