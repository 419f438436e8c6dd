//! The decision itself: a pure function of a snapshot and a pod.

use std::collections::BTreeMap;

use skeg_api::core::v1::{Node, Pod};

use crate::config::Profile;
use crate::devices::Claims;
use crate::plugins::{Candidate, Rejection, SCORE_MAX, Scale};
use crate::snapshot::{NodeInfo, Snapshot};
use crate::volumes::PodVolumes;

/// What came of a pod.
#[derive(Clone, Debug)]
pub enum Decision {
    /// It goes to this node.
    Place(String),
    /// No node can take it.
    Unschedulable(Unschedulable),
}

/// Why no node can take a pod.
#[derive(Clone, Debug)]
pub struct Unschedulable {
    /// Upstream's names of the plugins that turned it down: what they look at
    /// must change before it is worth another try.
    pub plugins: Vec<&'static str>,
    /// Why each node cannot.
    pub rejections: Vec<(String, Rejection)>,
    /// Why none needs to be asked.
    pub before: Option<String>,
}

impl Unschedulable {
    /// Upstream's FailedScheduling message, without what became of preemption.
    #[must_use]
    pub fn message(&self) -> String {
        if self.rejections.is_empty() {
            return "no nodes available to schedule pods".into();
        }
        if let Some(why) = &self.before {
            return format!("0/{} nodes are available: {why}.", self.rejections.len());
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, rejection) in &self.rejections {
            for reason in &rejection.reasons {
                *counts.entry(reason).or_default() += 1;
            }
        }
        format!(
            "0/{} nodes are available: {}.",
            self.rejections.len(),
            count(counts)
        )
    }
}

/// What decides beside the pod and the nodes.
pub struct Turn<'t> {
    /// The node with which to begin, by its place among all. Where there are
    /// many nodes and enough of them can take the pod, the others are not looked
    /// at; the next pod's turn begins behind those that were.
    pub from: &'t mut usize,
    /// Of n equally good nodes chooses one by a number below n.
    pub pick: &'t mut dyn FnMut(usize) -> usize,
}

/// Fewer nodes than these are all looked at (upstream's `minFeasibleNodesToFind`).
const ENOUGH_MIN: usize = 100;
/// Where nobody says it, a smaller share of more nodes is enough, down to this.
const PERCENT_MIN: usize = 5;

/// How many nodes that can take a pod are enough, by the share that the profile
/// names or the number of nodes.
fn enough(profile: &Profile, nodes: usize) -> usize {
    let percent = match profile.percent {
        0 => 50_usize.saturating_sub(nodes / 125).max(PERCENT_MIN),
        percent => percent,
    };
    (nodes * percent / 100).clamp(ENOUGH_MIN, nodes.max(ENOUGH_MIN))
}

/// Finds the best node for a pod.
///
/// `promised` is the snapshot with those pods in place for which room has been
/// made; a node must be able to take the pod with them and without. A node on
/// which room was made for this pod itself is taken at once if it fits.
pub fn schedule(
    profile: &Profile,
    snapshot: &Snapshot,
    promised: Option<&Snapshot>,
    pod: &Pod,
    turn: Turn<'_>,
) -> Decision {
    let mut candidate = Candidate::new(profile, pod, snapshot);
    let found = match find(&candidate, snapshot, promised, turn.from) {
        Ok(found) => found,
        Err(why) => return Decision::Unschedulable(why),
    };
    let totals = rank(&mut candidate, snapshot, &found.fitting);
    let chosen = best(&totals, turn.pick);
    Decision::Place(found.fitting[chosen].to_owned())
}

/// One of the largest.
pub(crate) fn best(totals: &[i64], pick: &mut dyn FnMut(usize) -> usize) -> usize {
    let best = totals.iter().max().copied().unwrap_or(0);
    let equals: Vec<usize> = (0..totals.len()).filter(|&at| totals[at] == best).collect();
    equals[pick(equals.len()).min(equals.len() - 1)]
}

/// The nodes that can take a pod, and why others cannot.
pub(crate) struct Found<'s> {
    /// At least one; only the one on which room was made for the pod, if that fits.
    pub(crate) fitting: Vec<&'s str>,
    pub(crate) rejections: Vec<(&'s str, Rejection)>,
    pub(crate) plugins: Vec<&'static str>,
}

/// Finds nodes that can take a pod: all of them, or as many as are enough where
/// there are many, those from `from` on first.
pub(crate) fn find<'s>(
    candidate: &Candidate<'_>,
    snapshot: &'s Snapshot,
    promised: Option<&Snapshot>,
    from: &mut usize,
) -> Result<Found<'s>, Unschedulable> {
    let (pod, profile) = (candidate.pod, candidate.profile);
    if let Some((plugin, why)) = hopeless(candidate) {
        let rejections = snapshot
            .nodes()
            .map(|(name, ..)| (name.to_owned(), Rejection::unresolvable(why)));
        return Err(Unschedulable {
            plugins: vec![plugin],
            rejections: rejections.collect(),
            before: Some(why.to_owned()),
        });
    }
    let second = promised.map(|promised| (promised, Candidate::new(profile, pod, promised)));
    let reject = |name: &str, info: &NodeInfo, node: &Node| {
        rejection(candidate, info, node).or_else(|| {
            let (promised, candidate) = second.as_ref()?;
            rejection(candidate, promised.node(name)?, node)
        })
    };
    let names = crate::plugins::required_names(pod).filter(|_| profile.filters_by("NodeAffinity"));
    let is_named = |name: &str| {
        let names = names.as_ref();
        names.is_none_or(|names| names.contains(&name))
    };
    let mut search = Search::default();
    let nominated = pod.status.nominated_node_name.as_str();
    if let Some((name, info, node)) = snapshot.present(nominated)
        && is_named(name)
        && reject(name, info, node).is_none()
    {
        search.fitting.push(name);
        return Ok(search.found());
    }
    match &names {
        Some(names) => {
            let mut names = names.clone();
            names.sort_unstable();
            names.dedup();
            let named = names.into_iter().filter_map(|name| snapshot.present(name));
            search.ask(named, usize::MAX, reject);
        }
        None => {
            let all = snapshot.nodes().count();
            let start = *from % all.max(1);
            let nodes = snapshot.nodes().skip(start);
            let nodes = nodes.chain(snapshot.nodes().take(start));
            search.ask(nodes, enough(profile, all), reject);
            *from = (start + search.asked) % all.max(1);
        }
    }
    if !search.fitting.is_empty() {
        return Ok(search.found());
    }
    let mut rejections = search.rejections;
    if names.is_some() {
        let others = snapshot.nodes().filter(|(name, ..)| !is_named(name));
        let before = rejections.len();
        rejections.extend(others.map(|(name, ..)| (name, Rejection::by_plugins("NodeAffinity"))));
        if rejections.len() > before && !search.plugins.contains(&"NodeAffinity") {
            search.plugins.push("NodeAffinity");
        }
    }
    rejections.sort_by_key(|(name, _)| *name);
    Err(Unschedulable {
        plugins: search.plugins,
        rejections: owned(rejections),
        before: None,
    })
}

pub(crate) fn owned(rejections: Vec<(&str, Rejection)>) -> Vec<(String, Rejection)> {
    let rejections = rejections.into_iter();
    rejections
        .map(|(name, rejection)| (name.to_owned(), rejection))
        .collect()
}

/// A search for nodes under way.
#[derive(Default)]
struct Search<'s> {
    asked: usize,
    fitting: Vec<&'s str>,
    rejections: Vec<(&'s str, Rejection)>,
    plugins: Vec<&'static str>,
}

impl<'s> Search<'s> {
    fn ask(
        &mut self,
        nodes: impl Iterator<Item = (&'s str, &'s NodeInfo, &'s Node)>,
        enough: usize,
        reject: impl Fn(&str, &NodeInfo, &Node) -> Option<(&'static str, Rejection)>,
    ) {
        for (name, info, node) in nodes {
            if self.fitting.len() >= enough {
                return;
            }
            self.asked += 1;
            match reject(name, info, node) {
                Some((plugin, rejection)) => {
                    if !self.plugins.contains(&plugin) {
                        self.plugins.push(plugin);
                    }
                    self.rejections.push((name, rejection));
                }
                None => self.fitting.push(name),
            }
        }
    }

    fn found(self) -> Found<'s> {
        Found {
            fitting: self.fitting,
            rejections: self.rejections,
            plugins: self.plugins,
        }
    }
}

/// Why no node needs to be asked, with the plugin that says so.
fn hopeless<'c>(candidate: &'c Candidate<'_>) -> Option<(&'static str, &'c str)> {
    let by = |plugin: &&'static str| candidate.profile.filters_by(plugin);
    match (&candidate.volumes, &candidate.claims) {
        (PodVolumes::Hopeless(plugin, why), _) if by(plugin) => Some((plugin, why)),
        (_, Claims::Hopeless(why)) if by(&"DynamicResources") => Some(("DynamicResources", why)),
        _ => None,
    }
}

/// Why one node cannot take a pod, if it cannot.
pub(crate) fn fits(
    profile: &Profile,
    snapshot: &Snapshot,
    pod: &Pod,
    name: &str,
) -> Option<Rejection> {
    let info = snapshot.node(name)?;
    let node = info.node.as_deref()?;
    let candidate = Candidate::new(profile, pod, snapshot);
    rejection(&candidate, info, node).map(|(_, rejection)| rejection)
}

/// The first plugin that turns a node down, and why.
fn rejection(
    candidate: &Candidate<'_>,
    info: &NodeInfo,
    node: &Node,
) -> Option<(&'static str, Rejection)> {
    candidate
        .profile
        .filters
        .iter()
        .find_map(|plugin| Some((plugin.name, plugin.filter?(candidate, info, node)?)))
}

/// How good each of the nodes is that can take a pod.
pub(crate) fn rank(
    candidate: &mut Candidate<'_>,
    snapshot: &Snapshot,
    fitting: &[&str],
) -> Vec<i64> {
    let mut totals = vec![0; fitting.len()];
    if fitting.len() < 2 {
        return totals;
    }
    let nodes: Vec<(&str, &NodeInfo, &Node)> = fitting
        .iter()
        .filter_map(|name| {
            let info = snapshot.node(name)?;
            Some((*name, info, info.node.as_deref()?))
        })
        .collect();
    candidate.compare(snapshot, &nodes);
    for (plugin, weight) in &candidate.profile.scores {
        let Some((score, _, scale)) = plugin.score else {
            continue;
        };
        let raw: Vec<i64> = nodes
            .iter()
            .map(|(_, info, node)| score(candidate, info, node))
            .collect();
        for (total, one) in totals.iter_mut().zip(scaled(&raw, scale)) {
            *total += weight * one;
        }
    }
    totals
}

/// Raw scores of all nodes as 0 to [`SCORE_MAX`].
fn scaled(raw: &[i64], scale: Scale) -> impl Iterator<Item = i64> {
    let largest = raw.iter().max().copied().unwrap_or(0);
    let smallest = raw.iter().min().copied().unwrap_or(0);
    let compared = raw.iter().filter(|raw| **raw >= 0);
    let least_compared = compared.min().copied().unwrap_or(0);
    raw.iter().map(move |&raw| match scale {
        Scale::AsIs => raw,
        Scale::ByLargest if largest == 0 => 0,
        Scale::ByLargest => raw * SCORE_MAX / largest,
        Scale::Reversed if largest == 0 => SCORE_MAX,
        Scale::Reversed => SCORE_MAX - raw * SCORE_MAX / largest,
        Scale::Between if largest == smallest => 0,
        Scale::Between => (raw - smallest) * SCORE_MAX / (largest - smallest),
        Scale::Even if raw < 0 => 0,
        Scale::Even if largest <= 0 => SCORE_MAX,
        Scale::Even => (largest + least_compared - raw) * SCORE_MAX / largest,
    })
}

/// Reasons with how often each was given, in the order of kube-scheduler.
pub(crate) fn count(counts: BTreeMap<&str, usize>) -> String {
    let mut parts: Vec<String> = counts
        .into_iter()
        .map(|(reason, count)| format!("{count} {reason}"))
        .collect();
    parts.sort();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
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
}
