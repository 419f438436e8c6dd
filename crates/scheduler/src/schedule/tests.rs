//! Decisions over small clusters, in upstream's words.

use std::sync::Arc;

use skeg_api::core::v1::{
    PodAffinityTerm, Taint, TopologySpreadConstraint, WeightedPodAffinityTerm,
};

use super::*;
use crate::testing::{node, pod};

fn decide(snapshot: &Snapshot, promised: Option<&Snapshot>, pod: &Pod) -> Decision {
    let turn = Turn {
        from: &mut 0,
        pick: &mut |_| 0,
    };
    schedule(&Profile::default(), snapshot, promised, pod, turn)
}

fn unschedulable(snapshot: &Snapshot, pod: &Pod) -> String {
    match decide(snapshot, None, pod) {
        Decision::Unschedulable(why) => why.message(),
        Decision::Place(name) => panic!("placed on {name}"),
    }
}

fn placed(snapshot: &Snapshot, pod: &Pod) -> String {
    match decide(snapshot, None, pod) {
        Decision::Unschedulable(why) => why.message(),
        Decision::Place(name) => name,
    }
}

/// Nodes a and b in zone 1, c in zone 2.
fn zones() -> Snapshot {
    let mut snapshot = Snapshot::default();
    for (name, zone) in [("a", "1"), ("b", "1"), ("c", "2")] {
        let mut node = node(name, "4", "8Gi");
        let labels = &mut node.metadata.labels;
        labels.insert("zone".into(), zone.into());
        labels.insert("topology.kubernetes.io/zone".into(), zone.into());
        labels.insert("kubernetes.io/hostname".into(), name.into());
        snapshot.set_node(Arc::new(node));
    }
    snapshot
}

fn labelled(name: &str, app: &str) -> Pod {
    let mut pod = pod(name, "100m", "1Mi");
    pod.metadata.labels.insert("app".into(), app.into());
    pod
}

fn app(name: &str) -> Option<skeg_meta::LabelSelector> {
    let mut selector = skeg_meta::LabelSelector::default();
    selector.match_labels.insert("app".into(), name.into());
    Some(selector)
}

fn near(pod: &mut Pod, key: &str, wanted: &str) {
    let affinity = pod.spec.affinity.get_or_insert_default();
    affinity
        .pod_affinity
        .get_or_insert_default()
        .required_during_scheduling_ignored_during_execution
        .push(PodAffinityTerm {
            label_selector: app(wanted),
            topology_key: key.into(),
            ..Default::default()
        });
}

fn far(pod: &mut Pod, key: &str, unwanted: &str) {
    let affinity = pod.spec.affinity.get_or_insert_default();
    affinity
        .pod_anti_affinity
        .get_or_insert_default()
        .required_during_scheduling_ignored_during_execution
        .push(PodAffinityTerm {
            label_selector: app(unwanted),
            topology_key: key.into(),
            ..Default::default()
        });
}

#[test]
fn a_pod_goes_where_the_pods_are_that_it_wants() {
    let mut snapshot = zones();
    let mut follower = labelled("p", "web");
    near(&mut follower, "zone", "db");
    assert_eq!(
        placed(&snapshot, &follower),
        "0/3 nodes are available: 3 node(s) didn't match pod affinity rules."
    );
    snapshot.place(Arc::new(labelled("db", "db")), "c");
    assert_eq!(placed(&snapshot, &follower), "c");
    let mut first_of_group = labelled("g", "group");
    near(&mut first_of_group, "zone", "group");
    assert_ne!(placed(&snapshot, &first_of_group), "");
    let mut elsewhere = follower.clone();
    elsewhere.metadata.namespace = "other".into();
    assert!(placed(&snapshot, &elsewhere).contains("affinity rules"));
}

#[test]
fn pods_that_do_not_want_each_other_are_kept_apart_from_both_sides() {
    let mut snapshot = zones();
    let mut loner = labelled("one", "x");
    far(&mut loner, "zone", "x");
    snapshot.place(Arc::new(loner.clone()), "a");
    loner.metadata.uid = "two-uid".into();
    assert_eq!(placed(&snapshot, &loner), "c");
    snapshot.place(Arc::new(loner.clone()), "c");
    loner.metadata.uid = "three-uid".into();
    assert_eq!(
        placed(&snapshot, &loner),
        "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules."
    );
    assert_eq!(
        placed(&snapshot, &labelled("plain", "x")),
        "0/3 nodes are available: 3 node(s) didn't satisfy existing pods anti-affinity rules."
    );
}

#[test]
fn wishes_for_company_are_weighed() {
    let mut snapshot = zones();
    snapshot.place(Arc::new(labelled("db", "db")), "b");
    let mut pod = labelled("p", "web");
    let affinity = pod.spec.affinity.get_or_insert_default();
    affinity
        .pod_affinity
        .get_or_insert_default()
        .preferred_during_scheduling_ignored_during_execution
        .push(WeightedPodAffinityTerm {
            weight: 100,
            pod_affinity_term: PodAffinityTerm {
                label_selector: app("db"),
                topology_key: "kubernetes.io/hostname".into(),
                ..Default::default()
            },
        });
    assert_eq!(placed(&snapshot, &pod), "b");
}

fn spread(pod: &mut Pod, key: &str, when: &str) {
    pod.spec
        .topology_spread_constraints
        .push(TopologySpreadConstraint {
            max_skew: 1,
            topology_key: key.into(),
            when_unsatisfiable: when.into(),
            label_selector: app("x"),
            ..Default::default()
        });
}

#[test]
fn pods_are_spread_evenly_over_places() {
    let mut snapshot = zones();
    let mut pod = labelled("p", "x");
    spread(&mut pod, "zone", "DoNotSchedule");
    snapshot.place(Arc::new(labelled("one", "x")), "a");
    assert_eq!(placed(&snapshot, &pod), "c");
    pod.spec
        .node_selector
        .insert("kubernetes.io/hostname".into(), "b".into());
    snapshot.place(Arc::new(labelled("two", "x")), "b");
    // Only node b counts now, by the policy of honouring the node selector.
    assert_eq!(placed(&snapshot, &pod), "b");
    pod.spec.topology_spread_constraints[0].min_domains = Some(2);
    assert_eq!(
        placed(&snapshot, &pod),
        "0/3 nodes are available: 1 node(s) didn't match pod topology spread constraints, \
         2 node(s) didn't match Pod's node affinity/selector."
    );
    let mut wishing = labelled("w", "x");
    spread(&mut wishing, "zone", "ScheduleAnyway");
    assert_eq!(placed(&snapshot, &wishing), "c");
    let mut lost = labelled("l", "x");
    spread(&mut lost, "rack", "DoNotSchedule");
    assert!(placed(&snapshot, &lost).contains("(missing required label)"));
}

#[test]
fn what_a_service_selects_is_spread_though_nobody_says_so() {
    let mut snapshot = zones();
    let labels = [("app".to_owned(), "x".to_owned())].into();
    // The fuller node is better by its room alone.
    snapshot.place(Arc::new(pod("big", "500m", "512Mi")), "c");
    snapshot.place(Arc::new(labelled("one", "x")), "a");
    let pod = labelled("p", "x");
    assert_eq!(placed(&snapshot, &pod), "b", "by room");
    snapshot
        .workloads_mut()
        .set_service("default", "web", Some(&labels));
    assert_eq!(placed(&snapshot, &pod), "c", "another zone");
    // A node without the labels is compared as well.
    snapshot.set_node(Arc::new(node("d", "4", "8Gi")));
    assert_eq!(placed(&snapshot, &pod), "d");
}

#[test]
fn room_that_was_made_for_another_is_not_taken() {
    let mut snapshot = Snapshot::default();
    snapshot.set_node(Arc::new(node("a", "2", "8Gi")));
    let mut promised = snapshot.clone();
    promised.place(Arc::new(pod("important", "2", "1Gi")), "a");
    let wanted = pod("p", "1", "1Gi");
    let decision = decide(&snapshot, Some(&promised), &wanted);
    assert!(matches!(decision, Decision::Unschedulable(_)));
}

#[test]
fn of_many_nodes_some_are_enough() {
    for (nodes, percent, expect) in [
        (10, 0, 100),
        (1000, 0, 420),
        (6000, 0, 300),
        (1000, 5, 100),
        (1000, 70, 700),
        (1000, 100, 1000),
        (50, 100, 100),
    ] {
        let profile = Profile {
            percent,
            ..Profile::default()
        };
        assert_eq!(enough(&profile, nodes), expect, "{percent} % of {nodes}");
    }
    let mut snapshot = Snapshot::default();
    for number in 0..300 {
        snapshot.set_node(Arc::new(node(&format!("n{number:03}"), "4", "8Gi")));
    }
    let (profile, wanted) = (Profile::default(), pod("p", "1", "1Gi"));
    let candidate = Candidate::new(&profile, &wanted, &snapshot);
    let mut from = 0;
    let mut turns = Vec::new();
    for _ in 0..3 {
        let found = find(&candidate, &snapshot, None, &mut from).expect("room");
        turns.push((found.fitting[0].to_owned(), found.fitting.len(), from));
    }
    // 48 % of 300; each turn begins where the last one ended.
    let expect = [("n000", 144, 144), ("n144", 144, 288), ("n288", 144, 132)];
    let expect: Vec<_> = expect
        .iter()
        .map(|(name, n, from)| ((*name).to_owned(), *n, *from))
        .collect();
    assert_eq!(turns, expect);
}

#[test]
fn the_emptier_node_is_taken() {
    let mut snapshot = Snapshot::default();
    snapshot.set_node(Arc::new(node("a", "4", "8Gi")));
    snapshot.set_node(Arc::new(node("b", "4", "8Gi")));
    snapshot.place(Arc::new(pod("one", "1", "1Gi")), "a");
    assert_eq!(placed(&snapshot, &pod("p", "1", "1Gi")), "b");
}

#[test]
fn reasons_are_counted_in_upstreams_words() {
    let mut snapshot = Snapshot::default();
    let wanted = pod("p", "2", "1Gi");
    assert_eq!(
        unschedulable(&snapshot, &wanted),
        "no nodes available to schedule pods"
    );
    snapshot.set_node(Arc::new(node("small", "1", "8Gi")));
    let mut tainted = node("tainted", "4", "8Gi");
    tainted.spec.taints.push(Taint {
        key: "k".into(),
        effect: "NoSchedule".into(),
        ..Default::default()
    });
    snapshot.set_node(Arc::new(tainted));
    assert_eq!(
        unschedulable(&snapshot, &wanted),
        "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s)."
    );
}
