//! Plans against tables.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use skeg_api::apps::v1::{ControllerRevision, DaemonSet, RollingUpdateDaemonSet};
use skeg_api::core::v1::{Node, Pod, PodCondition, Taint};
use skeg_meta::{IntOrString, LabelSelector};
use skeg_runtime::ManualClock;
use skeg_runtime::testing::FakeApi;
use tokio_util::sync::CancellationToken;

use crate::Context;
use crate::workload::template_hash;

use super::node::fit;
use super::plan::{HASH, Snapshot, new_pod, plan, status};

fn set(surge: i32, unavailable: i32) -> DaemonSet {
    let mut set = DaemonSet::default();
    set.metadata.name = "agent".to_owned();
    set.spec.update_strategy.type_ = "RollingUpdate".to_owned();
    set.spec.update_strategy.rolling_update = Some(RollingUpdateDaemonSet {
        max_unavailable: Some(IntOrString::Int(unavailable)),
        max_surge: Some(IntOrString::Int(surge)),
    });
    set
}

fn node(name: &str, taint: Option<(&str, &str)>) -> Arc<Node> {
    let mut node = Node::default();
    node.metadata.name = name.to_owned();
    node.metadata
        .labels
        .insert("zone".to_owned(), name.to_owned());
    node.spec.taints.extend(taint.map(|(key, effect)| Taint {
        key: key.to_owned(),
        effect: effect.to_owned(),
        ..Taint::default()
    }));
    Arc::new(node)
}

/// `a` ready on node a, `a-` not ready, `af` failed, `ad` being deleted; `old:a` of the old template.
fn pod(set: &DaemonSet, at: usize, text: &str) -> Arc<Pod> {
    let (hash, place) = text.split_once(':').unwrap_or(("new", text));
    let (name, state) = place.split_at(1);
    let mut pod = new_pod(set, hash, name);
    pod.metadata.name = text.to_owned();
    pod.metadata.uid = text.to_owned();
    pod.metadata.creation_timestamp = Some(skeg_meta::Time(
        Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(at as i64),
    ));
    pod.spec.node_name = name.to_owned();
    pod.status.phase = if state == "f" { "Failed" } else { "Running" }.to_owned();
    let ready = if state == "-" { "False" } else { "True" };
    pod.status.conditions.push(PodCondition {
        type_: "Ready".to_owned(),
        status: ready.to_owned(),
        ..PodCondition::default()
    });
    if state == "d" {
        pod.metadata.deletion_timestamp = Some(skeg_meta::Time(Timestamp::UNIX_EPOCH));
    }
    Arc::new(pod)
}

fn snapshot<'a>(set: &'a DaemonSet, nodes: &str, pods: &str) -> Snapshot<'a> {
    Snapshot {
        set,
        nodes: nodes
            .split_whitespace()
            .map(|name| node(name, None))
            .collect(),
        pods: pods
            .split_whitespace()
            .enumerate()
            .map(|(at, text)| pod(set, at, text))
            .collect(),
        hash: "new",
        backoff: HashMap::new(),
        now: Timestamp::UNIX_EPOCH,
    }
}

fn check(set: &DaemonSet, pods: &str, expect: &str) {
    let plan = plan(&snapshot(set, "a b c", pods));
    let created = plan.create.iter().map(|node| format!("+{node}"));
    let deleted = plan
        .delete
        .iter()
        .map(|pod| format!("-{}", pod.metadata.name));
    assert_eq!(
        created.chain(deleted).collect::<Vec<_>>().join(" "),
        expect,
        "{pods}"
    );
}

#[test]
fn one_pod_a_node() {
    let set = set(0, 1);
    check(&set, "", "+a +b +c");
    check(&set, "a b c", "");
    check(&set, "a b", "+c");
    check(&set, "a b c c-", "-c-");
    check(&set, "a b cd", "");
    check(&set, "a b cf", "-cf");
    check(&set, "a b c d", "");
}

#[test]
fn a_failed_pod_waits_out_its_backoff() {
    let set = set(0, 1);
    let mut snapshot = snapshot(&set, "a", "af");
    snapshot
        .backoff
        .insert("a".to_owned(), Duration::from_secs(4));
    let plan = plan(&snapshot);
    assert_eq!(
        (plan.delete.len(), plan.wait),
        (0, Some(Duration::from_secs(4)))
    );
}

#[test]
fn updates_keep_their_bounds() {
    let calm = set(0, 1);
    check(&calm, "old:a old:b old:c", "-old:a");
    check(&calm, "a- old:b old:c", "");
    check(&calm, "a- old:b- old:c", "-old:b-");
    check(&set(0, 2), "a old:b old:c", "-old:b -old:c");
    let surging = set(1, 0);
    check(&surging, "old:a old:b old:c", "+a");
    check(&surging, "old:a a- old:b old:c", "");
    check(&surging, "old:a a old:b old:c", "-old:a");
    let mut manual = set(0, 1);
    manual.spec.update_strategy.type_ = "OnDelete".to_owned();
    check(&manual, "old:a old:b old:c", "");
}

#[test]
fn no_pod_is_added_where_none_would_be_made() {
    let surging = set(2, 0);
    for old in ["old:a", "old:a-"] {
        let mut snapshot = snapshot(&surging, "a b", &format!("{old} old:b old:z"));
        snapshot.nodes[0] = node("a", Some(("own", "NoSchedule")));
        let plan = plan(&snapshot);
        assert_eq!(plan.create, ["b"]);
        let gone: Vec<_> = plan.delete.iter().map(|pod| &*pod.metadata.name).collect();
        assert_eq!(gone, [old]);
    }
}

#[test]
fn numbers() {
    let set = set(0, 1);
    let status = status(&snapshot(&set, "a b c", "a old:b- x"), true);
    let counted = (
        status.desired_number_scheduled,
        status.current_number_scheduled,
        status.number_available,
    );
    assert_eq!(counted, (3, 2, 1));
    assert_eq!(
        (status.updated_number_scheduled, status.number_unavailable),
        (1, 2)
    );
}

#[test]
fn who_fits_where() {
    let mut set = set(0, 1);
    let check = |set: &DaemonSet, taint: Option<(&str, &str)>, run: bool, stay: bool| {
        let fit = fit(set, &node("a", taint));
        assert_eq!((fit.run, fit.stay), (run, stay), "{taint:?}");
    };
    check(&set, None, true, true);
    check(&set, Some(("own", "NoSchedule")), false, true);
    check(&set, Some(("own", "NoExecute")), false, false);
    check(&set, Some(("own", "PreferNoSchedule")), true, true);
    check(
        &set,
        Some(("node.kubernetes.io/not-ready", "NoExecute")),
        true,
        true,
    );
    check(
        &set,
        Some(("node.kubernetes.io/network-unavailable", "NoSchedule")),
        false,
        true,
    );
    set.spec.template.spec.host_network = true;
    check(
        &set,
        Some(("node.kubernetes.io/network-unavailable", "NoSchedule")),
        true,
        true,
    );
    set.spec
        .template
        .spec
        .node_selector
        .insert("zone".to_owned(), "b".to_owned());
    check(&set, None, false, false);
    assert!(new_pod(&set, "h", "a").metadata.labels[HASH] == "h");
}

#[tokio::test]
async fn another_revision_of_the_same_name_is_a_collision() {
    let (api, clock) = (FakeApi::new(), ManualClock::new());
    let cancel = CancellationToken::new();
    let mut set = set(0, 1);
    set.metadata.namespace = "a".to_owned();
    set.spec.selector = Some(LabelSelector {
        match_labels: [("app".to_owned(), "agent".to_owned())].into(),
        ..LabelSelector::default()
    });
    let mut foreign = ControllerRevision::default();
    foreign.metadata.namespace = "a".to_owned();
    foreign.metadata.name = format!("agent-{}", template_hash(&set.spec.template, None));
    api.put(&foreign);
    api.put(&set);
    let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
    let running = tokio::spawn(super::run(context));
    let counted = |api: &FakeApi| {
        api.get::<DaemonSet>("a", "agent")
            .is_some_and(|set| set.status.collision_count == Some(1))
    };
    api.until("the collision is counted", counted).await;
    assert_eq!(api.all::<ControllerRevision>().len(), 2);
    cancel.cancel();
    running.await.expect("it ends");
}

#[tokio::test]
async fn of_revisions_that_are_the_same_one_is_kept() {
    let (api, clock) = (FakeApi::new(), ManualClock::new());
    let cancel = CancellationToken::new();
    let mut set = set(0, 1);
    set.metadata.namespace = "a".to_owned();
    set.metadata.uid = "u".to_owned();
    set.spec.selector = Some(LabelSelector {
        match_labels: [("app".to_owned(), "agent".to_owned())].into(),
        ..LabelSelector::default()
    });
    let template = &mut set.spec.template.metadata.labels;
    template.insert("app".to_owned(), "agent".to_owned());
    api.put(&Node::clone(&node("a", None)));
    api.put(&set);
    let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
    let running = tokio::spawn(super::run(context));
    let made = |api: &FakeApi| !api.all::<Pod>().is_empty();
    api.until("there is a pod", made).await;
    let mut double = ControllerRevision::clone(&api.all::<ControllerRevision>()[0]);
    double.metadata.name = "double".to_owned();
    double.metadata.uid = "another".to_owned();
    double.metadata.resource_version.clear();
    double.revision = 2;
    double
        .metadata
        .labels
        .insert(HASH.to_owned(), "double".to_owned());
    api.put(&double);
    let merged = |api: &FakeApi| {
        let all = api.all::<ControllerRevision>();
        all.len() == 1 && all[0].metadata.name == "double"
    };
    // Something of the set must change for it to be looked at.
    let mut next = DaemonSet::clone(&api.get("a", "agent").expect("a set"));
    next.metadata
        .annotations
        .insert("a".to_owned(), "b".to_owned());
    api.put(&next);
    api.until("one is kept", merged).await;
    assert_eq!(api.all::<Pod>()[0].metadata.labels[HASH], "double");
    cancel.cancel();
    running.await.expect("it ends");
}

#[tokio::test]
async fn a_pod_that_is_in_the_right_place_again_is_no_longer_misscheduled() {
    let (api, clock) = (FakeApi::new(), ManualClock::new());
    let cancel = CancellationToken::new();
    let mut set = set(0, 1);
    set.metadata.namespace = "a".to_owned();
    set.metadata.uid = "u".to_owned();
    set.spec.selector = Some(LabelSelector {
        match_labels: [("app".to_owned(), "agent".to_owned())].into(),
        ..LabelSelector::default()
    });
    let template = &mut set.spec.template.metadata.labels;
    template.insert("app".to_owned(), "agent".to_owned());
    api.put(&Node::clone(&node("a", Some(("own", "NoSchedule")))));
    let mut there = Pod::clone(&pod(&set, 0, "a"));
    there.metadata.namespace = "a".to_owned();
    api.put(&there);
    api.put(&set);
    let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
    let running = tokio::spawn(super::run(context));
    let misplaced = |api: &FakeApi, count: i32| {
        api.get::<DaemonSet>("a", "agent").is_some_and(|set| {
            set.status.number_misscheduled == count
                && set.status.desired_number_scheduled == 1 - count
        })
    };
    api.until("it is misscheduled", |api| misplaced(api, 1))
        .await;
    api.put(&Node::clone(&node("a", None)));
    api.until("it is no longer", |api| misplaced(api, 0)).await;
    cancel.cancel();
    running.await.expect("it ends");
}
