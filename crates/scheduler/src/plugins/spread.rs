//! Pods of a kind spread over the places of a cluster (KEP-895, KEP-3022, KEP-3094).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use skeg_api::core::v1::{Node, Pod, TopologySpreadConstraint};
use skeg_meta::labels::Selector;

use super::{Candidate, Rejection, affinity, taints};
use crate::config::Args;
use crate::crowds::Crowd;
use crate::snapshot::{NodeInfo, Snapshot};

const HOSTNAME: &str = "kubernetes.io/hostname";
const ZONE: &str = "topology.kubernetes.io/zone";
/// A raw score: the node lacks a label and is not compared.
pub(super) const NOT_COMPARED: i64 = -1;

#[derive(Debug)]
struct Constraint {
    key: String,
    selector: Selector,
    max_skew: i64,
    min_domains: usize,
    honors_affinity: bool,
    honors_taints: bool,
    /// Matching pods by node.
    crowd: Arc<Crowd>,
    /// Matching pods by the value of the label. Wishes for nodes have none:
    /// their pods are counted by node already.
    counts: HashMap<String, i64>,
    /// The emptiest place; none at all where there are too few places.
    least: i64,
    /// 1 when the pod itself matches.
    own: i64,
    /// How much a pod counts where wishes are compared: more places, more weight.
    weight: f64,
}

impl Constraint {
    fn new(given: &TopologySpreadConstraint, pod: &Pod) -> Self {
        let mut selector = given.label_selector.clone().unwrap_or_default();
        for key in &given.match_label_keys {
            if let Some(value) = pod.metadata.labels.get(key) {
                selector.match_labels.insert(key.clone(), value.clone());
            }
        }
        let selector =
            Selector::from_label_selector(given.label_selector.as_ref().map(|_| &selector))
                .unwrap_or(Selector::nothing());
        Self {
            key: given.topology_key.clone(),
            own: i64::from(selector.matches(&pod.metadata.labels)),
            selector,
            max_skew: i64::from(given.max_skew),
            min_domains: usize::try_from(given.min_domains.unwrap_or(1)).unwrap_or(1),
            honors_affinity: given.node_affinity_policy.as_deref() != Some("Ignore"),
            honors_taints: given.node_taints_policy.as_deref() == Some("Honor"),
            crowd: Arc::default(),
            counts: HashMap::new(),
            least: 0,
            weight: 0.0,
        }
    }

    /// Whether a node's pods count.
    fn includes(&self, pod: &Pod, node: &Node) -> bool {
        (!self.honors_affinity || affinity::matches_required(pod, node))
            && (!self.honors_taints || !taints::keep_away(pod, node))
    }

    /// Matching pods on a node.
    fn on(&self, node: &str) -> i64 {
        self.crowd.get(node).copied().unwrap_or(0)
    }

    fn add(&mut self, value: &str, matching: i64) {
        match self.counts.get_mut(value) {
            Some(count) => *count += matching,
            None => drop(self.counts.insert(value.to_owned(), matching)),
        }
    }

    /// Matching pods where a node is, as a wish sees it.
    fn around(&self, value: &str, node: &Node) -> i64 {
        if self.key == HOSTNAME {
            return self.on(&node.metadata.name);
        }
        self.counts.get(value).copied().unwrap_or(0)
    }
}

fn constraints(given: &[TopologySpreadConstraint], pod: &Pod, hard: bool) -> Vec<Constraint> {
    given
        .iter()
        .filter(|given| (given.when_unsatisfiable == "DoNotSchedule") == hard)
        .map(|given| Constraint::new(given, pod))
        .collect()
}

/// What holds where nobody says anything: a wish for zones and for nodes, both
/// weak.
fn by_default() -> Vec<TopologySpreadConstraint> {
    let wish = |key: &str, max_skew| TopologySpreadConstraint {
        topology_key: key.to_owned(),
        max_skew,
        when_unsatisfiable: "ScheduleAnyway".to_owned(),
        ..Default::default()
    };
    vec![wish(HOSTNAME, 3), wish(ZONE, 5)]
}

/// The constraints for a pod that names none, over the pods that its services
/// and its controller select; and whether they are nobody's choice.
fn defaults(
    args: &Args,
    pod: &Pod,
    snapshot: &Snapshot,
) -> (Vec<Constraint>, Vec<Constraint>, bool) {
    let none = (Vec::new(), Vec::new(), false);
    if args.default_constraints.as_ref().is_some_and(Vec::is_empty) {
        return none;
    }
    let Some(selector) = snapshot.workloads().selector_of(pod) else {
        return none;
    };
    let nobodys = args.default_constraints.is_none();
    let given = args.default_constraints.clone().unwrap_or_else(by_default);
    let [hard, soft] = [true, false].map(|hard| {
        let mut constraints = constraints(&given, pod, hard);
        for constraint in &mut constraints {
            constraint.own = i64::from(selector.matches(&pod.metadata.labels));
            constraint.selector = selector.clone();
        }
        constraints
    });
    (hard, soft, nobodys)
}

fn has_all(constraints: &[Constraint], node: &Node) -> bool {
    constraints
        .iter()
        .all(|constraint| node.metadata.labels.contains_key(&constraint.key))
}

/// Finds the matching pods of each constraint.
fn gather(constraints: &mut [Constraint], pod: &Pod, snapshot: &Snapshot) {
    for at in 0..constraints.len() {
        let (before, rest) = constraints.split_at_mut(at);
        let constraint = &mut rest[0];
        let known = before
            .iter()
            .find(|other| other.selector == constraint.selector);
        constraint.crowd = match known {
            Some(other) => other.crowd.clone(),
            None => {
                let namespace = &pod.metadata.namespace;
                snapshot.crowds().selected(namespace, &constraint.selector)
            }
        };
    }
}

/// Counts for constraints that must hold: the empty places matter too, so every
/// node that has the labels of all of them is looked at.
fn count_places(constraints: &mut [Constraint], pod: &Pod, snapshot: &Snapshot) {
    for (name, _, node) in snapshot.nodes() {
        if !has_all(constraints, node) {
            continue;
        }
        for constraint in constraints.iter_mut() {
            if let Some(value) = node.metadata.labels.get(&constraint.key)
                && constraint.includes(pod, node)
            {
                let matching = constraint.on(name);
                constraint.add(value, matching);
            }
        }
    }
    for constraint in constraints {
        constraint.least = if constraint.counts.len() < constraint.min_domains {
            0
        } else {
            constraint.counts.values().min().copied().unwrap_or(0)
        };
    }
}

/// Counts for wishes: only nodes with matching pods matter, and of these, unless
/// `some` labels do, those that have the labels of all wishes.
fn count_pods(constraints: &mut [Constraint], pod: &Pod, snapshot: &Snapshot, some: bool) {
    let keys: Vec<String> = constraints
        .iter()
        .map(|constraint| constraint.key.clone())
        .collect();
    for constraint in constraints {
        if constraint.key == HOSTNAME {
            continue;
        }
        let crowd = constraint.crowd.clone();
        for (name, matching) in &*crowd {
            let info = snapshot.node(name);
            let Some(node) = info.and_then(|info| info.node.as_deref()) else {
                continue;
            };
            let labels = &node.metadata.labels;
            if !some && keys.iter().any(|key| !labels.contains_key(key)) {
                continue;
            }
            if let Some(value) = labels.get(&constraint.key)
                && constraint.includes(pod, node)
            {
                constraint.add(value, *matching);
            }
        }
    }
}

/// How the pods that are there are spread, for one that is to be placed.
#[derive(Debug, Default)]
pub(crate) struct Spread {
    hard: Vec<Constraint>,
    soft: Vec<Constraint>,
    /// The wishes are nobody's: nodes that lack a label are compared too.
    nobodys: bool,
}

impl Spread {
    /// Counts for the constraints that must hold.
    pub fn new(args: &Args, pod: &Pod, snapshot: &Snapshot) -> Self {
        let own = &pod.spec.topology_spread_constraints;
        let (mut hard, soft, nobodys) = if own.is_empty() {
            defaults(args, pod, snapshot)
        } else {
            (
                constraints(own, pod, true),
                constraints(own, pod, false),
                false,
            )
        };
        if !hard.is_empty() {
            gather(&mut hard, pod, snapshot);
            count_places(&mut hard, pod, snapshot);
        }
        Self {
            hard,
            soft,
            nobodys,
        }
    }

    /// Counts for the wishes, now that it is known which nodes can take the pod.
    pub fn compare(
        &mut self,
        pod: &Pod,
        snapshot: &Snapshot,
        fitting: &[(&str, &NodeInfo, &Node)],
    ) {
        if self.soft.is_empty() {
            return;
        }
        let compared: Vec<&Node> = fitting
            .iter()
            .map(|(_, _, node)| *node)
            .filter(|node| self.nobodys || has_all(&self.soft, node))
            .collect();
        for constraint in &mut self.soft {
            let values: HashSet<&String> = compared
                .iter()
                .filter_map(|node| node.metadata.labels.get(&constraint.key))
                .collect();
            let places = if constraint.key == HOSTNAME {
                compared.len()
            } else {
                values.len()
            };
            constraint.weight = (places as f64 + 2.0).ln();
        }
        gather(&mut self.soft, pod, snapshot);
        count_pods(&mut self.soft, pod, snapshot, self.nobodys);
    }
}

pub(super) fn filter(candidate: &Candidate<'_>, _: &NodeInfo, node: &Node) -> Option<Rejection> {
    for constraint in &candidate.spread.hard {
        let Some(value) = node.metadata.labels.get(&constraint.key) else {
            return Some(Rejection::unresolvable(
                "node(s) didn't match pod topology spread constraints (missing required label)",
            ));
        };
        let there = constraint.counts.get(value).copied().unwrap_or(0);
        if there + constraint.own - constraint.least > constraint.max_skew {
            return Some(Rejection::resolvable(
                "node(s) didn't match pod topology spread constraints",
            ));
        }
    }
    None
}

/// How crowded the places of a node are; fewer is better.
pub(super) fn score(candidate: &Candidate<'_>, _: &NodeInfo, node: &Node) -> i64 {
    let soft = &candidate.spread.soft;
    if !candidate.spread.nobodys && !has_all(soft, node) {
        return NOT_COMPARED;
    }
    let crowded: f64 = soft
        .iter()
        .filter_map(|constraint| {
            let value = node.metadata.labels.get(&constraint.key)?;
            let there = constraint.around(value, node);
            Some(there as f64 * constraint.weight + (constraint.max_skew - 1) as f64)
        })
        .sum();
    crowded.round() as i64
}
