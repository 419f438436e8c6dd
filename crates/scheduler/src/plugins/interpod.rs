//! Pods that want to be near others, or far from them.

use std::collections::HashMap;

use skeg_api::core::v1::{Node, Pod, PodAffinityTerm};
use skeg_meta::labels::Selector;

use super::{Candidate, Rejection};
use crate::config::Args;
use crate::snapshot::{Namespaces, NodeInfo, Snapshot};

/// How many pods, or how much weight, there is in each place: by the key and
/// the value of a node's label.
type Places = HashMap<(String, String), i64>;

/// One term, ready to be asked about pods.
#[derive(Debug)]
struct Term {
    selector: Selector,
    namespaces: Vec<String>,
    namespace_selector: Selector,
    key: String,
}

impl Term {
    /// A term of `owner`. What cannot be parsed selects nothing; the API server
    /// lets no such term in.
    fn of(term: &PodAffinityTerm, owner: &Pod) -> Self {
        let selector = |given| Selector::from_label_selector(given).unwrap_or(Selector::nothing());
        let mut namespaces = term.namespaces.clone();
        if namespaces.is_empty() && term.namespace_selector.is_none() {
            namespaces.push(owner.metadata.namespace.clone());
        }
        Self {
            selector: selector(term.label_selector.as_ref()),
            namespaces,
            namespace_selector: selector(term.namespace_selector.as_ref()),
            key: term.topology_key.clone(),
        }
    }

    fn matches(&self, pod: &Pod, namespaces: &Namespaces) -> bool {
        let namespace = &pod.metadata.namespace;
        let here = self.namespaces.contains(namespace)
            || namespaces
                .get(namespace)
                .is_some_and(|labels| self.namespace_selector.matches(labels))
            || self.namespace_selector.is_everything();
        here && self.selector.matches(&pod.metadata.labels)
    }

    /// The place that a node is in, as this term sees it.
    fn place(&self, node: &Node) -> Option<(String, String)> {
        let value = node.metadata.labels.get(&self.key)?;
        Some((self.key.clone(), value.clone()))
    }
}

fn terms(list: &[PodAffinityTerm], owner: &Pod) -> Vec<Term> {
    list.iter().map(|term| Term::of(term, owner)).collect()
}

fn required_affinity(pod: &Pod) -> &[PodAffinityTerm] {
    let affinity = pod.spec.affinity.as_ref();
    affinity
        .and_then(|affinity| affinity.pod_affinity.as_ref())
        .map_or(&[], |near| {
            &near.required_during_scheduling_ignored_during_execution
        })
}

fn required_anti_affinity(pod: &Pod) -> &[PodAffinityTerm] {
    let affinity = pod.spec.affinity.as_ref();
    affinity
        .and_then(|affinity| affinity.pod_anti_affinity.as_ref())
        .map_or(&[], |far| {
            &far.required_during_scheduling_ignored_during_execution
        })
}

/// The wishes of a pod with their weights: being far counts below zero.
fn preferred(pod: &Pod) -> Vec<(Term, i64)> {
    let Some(affinity) = &pod.spec.affinity else {
        return Vec::new();
    };
    let near = affinity.pod_affinity.iter().flat_map(|near| {
        let wishes = &near.preferred_during_scheduling_ignored_during_execution;
        wishes.iter().map(|wish| (wish, 1))
    });
    let far = affinity.pod_anti_affinity.iter().flat_map(|far| {
        let wishes = &far.preferred_during_scheduling_ignored_during_execution;
        wishes.iter().map(|wish| (wish, -1))
    });
    near.chain(far)
        .map(|(wish, sign)| {
            let term = Term::of(&wish.pod_affinity_term, pod);
            (term, sign * i64::from(wish.weight))
        })
        .collect()
}

/// Whether a pod says anything about other pods.
pub(crate) fn cares(pod: &Pod) -> bool {
    pod.spec.affinity.as_ref().is_some_and(|affinity| {
        affinity.pod_affinity.is_some() || affinity.pod_anti_affinity.is_some()
    })
}

/// What the pods that are there mean for one that is to be placed.
#[derive(Debug, Default)]
pub(crate) struct InterPod {
    affinity: Vec<Term>,
    /// Pods that match all terms of the required affinity.
    near: Places,
    /// The pod itself matches all terms of its required affinity.
    matches_itself: bool,
    anti_affinity: Vec<Term>,
    /// Pods that match a term of the required anti-affinity.
    far: Places,
    /// Pods whose required anti-affinity the pod matches.
    shunned: Places,
    /// The weights of all wishes, its own and those of pods that are there.
    wishes: Places,
}

impl InterPod {
    /// Looks at all pods if the pod cares about others, else at those that do.
    pub fn new(args: &Args, pod: &Pod, snapshot: &Snapshot) -> Self {
        let namespaces = snapshot.namespaces();
        let affinity = terms(required_affinity(pod), pod);
        let mut out = Self {
            matches_itself: affinity.iter().all(|term| term.matches(pod, namespaces)),
            affinity,
            anti_affinity: terms(required_anti_affinity(pod), pod),
            ..Self::default()
        };
        let wishes = preferred(pod);
        if cares(pod) {
            for (_, info, node) in snapshot.nodes() {
                for placed in info.pods.values() {
                    out.count_own(&placed.pod, node, &wishes, namespaces);
                }
            }
        }
        for (info, node) in snapshot.nodes_with_affinity() {
            for placed in info.pods.values().filter(|placed| cares(&placed.pod)) {
                out.count_theirs(args, pod, &placed.pod, node, namespaces);
            }
        }
        out
    }

    /// Counts a pod that is there by the terms of the one that comes.
    fn count_own(
        &mut self,
        there: &Pod,
        node: &Node,
        wishes: &[(Term, i64)],
        namespaces: &Namespaces,
    ) {
        if !self.affinity.is_empty()
            && self
                .affinity
                .iter()
                .all(|term| term.matches(there, namespaces))
        {
            for place in self.affinity.iter().filter_map(|term| term.place(node)) {
                *self.near.entry(place).or_default() += 1;
            }
        }
        for term in &self.anti_affinity {
            if term.matches(there, namespaces)
                && let Some(place) = term.place(node)
            {
                *self.far.entry(place).or_default() += 1;
            }
        }
        for (term, weight) in wishes {
            if term.matches(there, namespaces)
                && let Some(place) = term.place(node)
            {
                *self.wishes.entry(place).or_default() += weight;
            }
        }
    }

    /// Counts what a pod that is there says of the one that comes.
    fn count_theirs(
        &mut self,
        args: &Args,
        pod: &Pod,
        there: &Pod,
        node: &Node,
        namespaces: &Namespaces,
    ) {
        for term in terms(required_anti_affinity(there), there) {
            if term.matches(pod, namespaces)
                && let Some(place) = term.place(node)
            {
                *self.shunned.entry(place).or_default() += 1;
            }
        }
        let required = terms(required_affinity(there), there)
            .into_iter()
            .map(|term| (term, args.hard_pod_affinity_weight));
        let wishes = if args.ignore_wishes_of_others {
            Vec::new()
        } else {
            preferred(there)
        };
        for (term, weight) in required.chain(wishes) {
            if term.matches(pod, namespaces)
                && let Some(place) = term.place(node)
            {
                *self.wishes.entry(place).or_default() += weight;
            }
        }
    }

    /// A pod is let in where the others are, or, as the first of a group that
    /// it belongs to itself, anywhere that has the labels.
    fn is_near_enough(&self, node: &Node) -> bool {
        let places: Option<Vec<_>> = self.affinity.iter().map(|term| term.place(node)).collect();
        let Some(places) = places else {
            return false;
        };
        let found = places
            .iter()
            .all(|place| self.near.get(place).is_some_and(|count| *count > 0));
        found || self.near.is_empty() && self.matches_itself
    }

    fn is_in(places: &Places, node: &Node) -> bool {
        places
            .iter()
            .any(|((key, value), count)| *count > 0 && node.metadata.labels.get(key) == Some(value))
    }
}

pub(super) fn filter(candidate: &Candidate<'_>, _: &NodeInfo, node: &Node) -> Option<Rejection> {
    let inter = &candidate.inter_pod;
    if !inter.is_near_enough(node) {
        return Some(Rejection::unresolvable(
            "node(s) didn't match pod affinity rules",
        ));
    }
    if InterPod::is_in(&inter.far, node) {
        return Some(Rejection::resolvable(
            "node(s) didn't match pod anti-affinity rules",
        ));
    }
    InterPod::is_in(&inter.shunned, node)
        .then(|| Rejection::resolvable("node(s) didn't satisfy existing pods anti-affinity rules"))
}

pub(super) fn score(candidate: &Candidate<'_>, _: &NodeInfo, node: &Node) -> i64 {
    candidate
        .inter_pod
        .wishes
        .iter()
        .filter(|((key, value), _)| node.metadata.labels.get(key) == Some(value))
        .map(|(_, weight)| weight)
        .sum()
}
