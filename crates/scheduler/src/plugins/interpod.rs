//! Pods that want to be near others, or far from them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use skeg_api::core::v1::{Node, Pod, PodAffinityTerm};
use skeg_meta::labels::Selector;

use super::{Candidate, Rejection};
use crate::config::Args;
use crate::snapshot::{Namespaces, NodeInfo, Snapshot};

/// How many pods, or how much weight, there is in each place: by the key and
/// the value of a node's label.
#[derive(Debug, Default)]
struct Places(HashMap<String, HashMap<String, i64>>);

impl Places {
    /// Adds to the place that a node is in; a node without the label is in none.
    fn add(&mut self, key: &str, node: &Node, weight: i64) {
        let Some(value) = node.metadata.labels.get(key) else {
            return;
        };
        if !self.0.contains_key(key) {
            self.0.insert(key.to_owned(), HashMap::new());
        }
        let Some(values) = self.0.get_mut(key) else {
            return;
        };
        match values.get_mut(value) {
            Some(held) => *held += weight,
            None => drop(values.insert(value.clone(), weight)),
        }
    }

    /// What there is where a node is, by one label; `None` without the label.
    fn at(&self, key: &str, node: &Node) -> Option<i64> {
        let value = node.metadata.labels.get(key)?;
        let held = self.0.get(key).and_then(|values| values.get(value));
        Some(held.copied().unwrap_or(0))
    }

    /// What there is where a node is, by each label.
    fn around<'p>(&'p self, node: &'p Node) -> impl Iterator<Item = i64> + 'p {
        self.0.keys().filter_map(|key| self.at(key, node))
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

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
        let meta = &pod.metadata;
        self.selects(&meta.namespace, &meta.labels, namespaces)
    }

    /// Whether it means pods with these labels in this namespace.
    fn selects(
        &self,
        namespace: &str,
        labels: &BTreeMap<String, String>,
        namespaces: &Namespaces,
    ) -> bool {
        let here = self.namespaces.iter().any(|own| own == namespace)
            || namespaces
                .get(namespace)
                .is_some_and(|labels| self.namespace_selector.matches(labels))
            || self.namespace_selector.is_everything();
        here && self.selector.matches(labels)
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

/// What a pod says about other pods, ready to be asked.
#[derive(Debug)]
pub(crate) struct Terms {
    affinity: Vec<Term>,
    anti_affinity: Vec<Term>,
    wishes: Vec<(Term, i64)>,
}

impl Terms {
    /// Whether a pod says anything about other pods.
    pub(crate) fn are_in(pod: &Pod) -> bool {
        pod.spec.affinity.as_ref().is_some_and(|affinity| {
            affinity.pod_affinity.is_some() || affinity.pod_anti_affinity.is_some()
        })
    }

    /// What a pod says, if it says anything.
    pub(crate) fn of(pod: &Pod) -> Option<Arc<Self>> {
        Self::are_in(pod).then(|| {
            Arc::new(Self {
                affinity: terms(required_affinity(pod), pod),
                anti_affinity: terms(required_anti_affinity(pod), pod),
                wishes: preferred(pod),
            })
        })
    }
}

/// What the pods that are there mean for one that is to be placed.
#[derive(Debug, Default)]
pub(crate) struct InterPod {
    own: Option<Arc<Terms>>,
    /// Pods that match all terms of the required affinity.
    near: Places,
    /// The pod itself matches all terms of its required affinity.
    matches_itself: bool,
    /// Pods that match a term of the required anti-affinity.
    far: Places,
    /// Pods whose required anti-affinity the pod matches.
    shunned: Places,
    /// The weights of all wishes, its own and those of pods that are there.
    wishes: Places,
}

impl InterPod {
    /// Looks at all sorts of pods if the pod cares about others, and at those
    /// pods that do.
    pub fn new(args: &Args, pod: &Pod, snapshot: &Snapshot) -> Self {
        let namespaces = snapshot.namespaces();
        let mut out = Self::default();
        if let Some(own) = Terms::of(pod) {
            let mut affinity = own.affinity.iter();
            out.matches_itself = affinity.all(|term| term.matches(pod, namespaces));
            out.count_own(&own, snapshot);
            out.own = Some(own);
        }
        for (info, node) in snapshot.nodes_with_affinity() {
            for theirs in info.pods.values().filter_map(|there| there.terms.as_ref()) {
                out.count_theirs(args, pod, theirs, node, namespaces);
            }
        }
        out
    }

    /// Counts the pods that are there by the terms of the one that comes.
    fn count_own(&mut self, own: &Terms, snapshot: &Snapshot) {
        let namespaces = snapshot.namespaces();
        for (namespace, labels, crowd) in snapshot.crowds().all() {
            let selects = |term: &Term| term.selects(namespace, labels, namespaces);
            let near = !own.affinity.is_empty() && own.affinity.iter().all(selects);
            let far: Vec<&Term> = own
                .anti_affinity
                .iter()
                .filter(|term| selects(term))
                .collect();
            let wishes: Vec<&(Term, i64)> = own
                .wishes
                .iter()
                .filter(|(term, _)| selects(term))
                .collect();
            if !near && far.is_empty() && wishes.is_empty() {
                continue;
            }
            for (name, count) in crowd {
                let info = snapshot.node(name);
                let Some(node) = info.and_then(|info| info.node.as_deref()) else {
                    continue;
                };
                for term in own.affinity.iter().filter(|_| near) {
                    self.near.add(&term.key, node, *count);
                }
                for term in &far {
                    self.far.add(&term.key, node, *count);
                }
                for (term, weight) in &wishes {
                    self.wishes.add(&term.key, node, weight * count);
                }
            }
        }
    }

    /// Counts what a pod that is there says of the one that comes.
    fn count_theirs(
        &mut self,
        args: &Args,
        pod: &Pod,
        theirs: &Terms,
        node: &Node,
        namespaces: &Namespaces,
    ) {
        let selects = |term: &Term| term.matches(pod, namespaces);
        for term in theirs.anti_affinity.iter().filter(|term| selects(term)) {
            self.shunned.add(&term.key, node, 1);
        }
        for term in theirs.affinity.iter().filter(|term| selects(term)) {
            self.wishes
                .add(&term.key, node, args.hard_pod_affinity_weight);
        }
        if args.ignore_wishes_of_others {
            return;
        }
        for (term, weight) in theirs.wishes.iter().filter(|(term, _)| selects(term)) {
            self.wishes.add(&term.key, node, *weight);
        }
    }

    /// A pod is let in where the others are, or, as the first of a group that
    /// it belongs to itself, anywhere that has the labels.
    fn is_near_enough(&self, node: &Node) -> bool {
        let Some(own) = &self.own else {
            return true;
        };
        let mut found = true;
        for term in &own.affinity {
            match self.near.at(&term.key, node) {
                None => return false,
                Some(count) => found &= count > 0,
            }
        }
        found || self.near.is_empty() && self.matches_itself
    }

    fn is_in(places: &Places, node: &Node) -> bool {
        places.around(node).any(|count| count > 0)
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
    candidate.inter_pod.wishes.around(node).sum()
}
