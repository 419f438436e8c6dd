//! Pods of a kind spread over the places of a cluster (KEP-895, KEP-3022, KEP-3094).

use std::collections::{HashMap, HashSet};

use skeg_api::core::v1::{Node, Pod, TopologySpreadConstraint};
use skeg_meta::labels::Selector;

use super::{Candidate, Rejection, affinity, taints};
use crate::config::Args;
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
    /// Matching pods by the value of the label.
    counts: HashMap<String, i64>,
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
            counts: HashMap::new(),
            weight: 0.0,
        }
    }

    /// Whether a node's pods count.
    fn includes(&self, pod: &Pod, node: &Node) -> bool {
        (!self.honors_affinity || affinity::matches_required(pod, node))
            && (!self.honors_taints || !taints::keep_away(pod, node))
    }

    fn matching(&self, pod: &Pod, info: &NodeInfo) -> i64 {
        info.pods
            .values()
            .filter(|placed| {
                let meta = &placed.pod.metadata;
                meta.namespace == pod.metadata.namespace
                    && meta.deletion_timestamp.is_none()
                    && self.selector.matches(&meta.labels)
            })
            .count() as i64
    }

    /// The emptiest place; none at all where there are too few places.
    fn least(&self) -> i64 {
        if self.counts.len() < self.min_domains {
            return 0;
        }
        self.counts.values().min().copied().unwrap_or(0)
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

/// Counts the matching pods of all nodes; unless `some` labels do, of those
/// that have the labels of all constraints.
fn count(constraints: &mut [Constraint], pod: &Pod, snapshot: &Snapshot, some: bool) {
    for (_, info, node) in snapshot.nodes() {
        if !some && !has_all(constraints, node) {
            continue;
        }
        for constraint in constraints.iter_mut() {
            // The label first: it is the cheapest to ask for, and often all that there is to ask.
            let Some(value) = node.metadata.labels.get(&constraint.key) else {
                continue;
            };
            if !constraint.includes(pod, node) {
                continue;
            }
            let matching = constraint.matching(pod, info);
            match constraint.counts.get_mut(value) {
                Some(count) => *count += matching,
                None => {
                    constraint.counts.insert(value.clone(), matching);
                }
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
            count(&mut hard, pod, snapshot, false);
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
        count(&mut self.soft, pod, snapshot, self.nobodys);
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
        if there + constraint.own - constraint.least() > constraint.max_skew {
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
            let there = constraint.counts.get(value).copied().unwrap_or(0);
            Some(there as f64 * constraint.weight + (constraint.max_skew - 1) as f64)
        })
        .sum();
    crowded.round() as i64
}
