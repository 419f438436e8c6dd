//! Whether a pod of a DaemonSet belongs on a node.

use std::collections::BTreeMap;

use skeg_api::apps::v1::DaemonSet;
use skeg_api::core::v1::{
    Node, NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, Pod, PodSpec,
    Toleration,
};

const NAME_FIELD: &str = "metadata.name";

/// Whether a daemon pod is to be made on a node, and whether one that is there may stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fit {
    pub(super) run: bool,
    pub(super) stay: bool,
}

/// Decides about a node.
pub(super) fn fit(set: &DaemonSet, node: &Node) -> Fit {
    let spec = &set.spec.template.spec;
    let named = spec.node_name.is_empty() || spec.node_name == node.metadata.name;
    if !named || !fits_affinity(spec, node) {
        return Fit {
            run: false,
            stay: false,
        };
    }
    let mut spec = PodSpec {
        tolerations: spec.tolerations.clone(),
        host_network: spec.host_network,
        ..PodSpec::default()
    };
    tolerate(&mut spec);
    let repels = |effects: &[&str]| {
        let mut taints = node
            .spec
            .taints
            .iter()
            .filter(|taint| effects.contains(&&*taint.effect));
        taints.any(|taint| !taint.is_tolerated(&spec.tolerations))
    };
    Fit {
        run: !repels(&["NoSchedule", "NoExecute"]),
        stay: !repels(&["NoExecute"]),
    }
}

/// Gives a daemon pod the tolerations that every daemon has.
pub(super) fn tolerate(spec: &mut PodSpec) {
    let always = [
        ("node.kubernetes.io/not-ready", "NoExecute"),
        ("node.kubernetes.io/unreachable", "NoExecute"),
        ("node.kubernetes.io/disk-pressure", "NoSchedule"),
        ("node.kubernetes.io/memory-pressure", "NoSchedule"),
        ("node.kubernetes.io/pid-pressure", "NoSchedule"),
        ("node.kubernetes.io/unschedulable", "NoSchedule"),
    ];
    let with_host_network = spec
        .host_network
        .then_some(("node.kubernetes.io/network-unavailable", "NoSchedule"));
    for (key, effect) in always.into_iter().chain(with_host_network) {
        let toleration = Toleration {
            key: key.to_owned(),
            operator: "Exists".to_owned(),
            effect: effect.to_owned(),
            ..Toleration::default()
        };
        let same = |old: &Toleration| {
            old.key == toleration.key
                && old.effect == toleration.effect
                && old.operator == toleration.operator
        };
        match spec.tolerations.iter_mut().find(|old| same(old)) {
            Some(old) => *old = toleration,
            None => spec.tolerations.push(toleration),
        }
    }
}

fn fits_affinity(spec: &PodSpec, node: &Node) -> bool {
    let labels = &node.metadata.labels;
    if spec
        .node_selector
        .iter()
        .any(|(key, value)| labels.get(key) != Some(value))
    {
        return false;
    }
    let affinity = spec
        .affinity
        .as_ref()
        .and_then(|affinity| affinity.node_affinity.as_ref());
    let Some(required) = affinity.and_then(|node| {
        node.required_during_scheduling_ignored_during_execution
            .as_ref()
    }) else {
        return true;
    };
    matches(required, node)
}

/// Whether a node is one of those that a selector chooses.
pub(crate) fn matches(selector: &NodeSelector, node: &Node) -> bool {
    let labels = &node.metadata.labels;
    selector.node_selector_terms.iter().any(|term| {
        let nothing = term.match_expressions.is_empty() && term.match_fields.is_empty();
        let name = BTreeMap::from([(NAME_FIELD.to_owned(), node.metadata.name.clone())]);
        !nothing
            && term
                .match_expressions
                .iter()
                .all(|wanted| meets(wanted, labels))
            && term.match_fields.iter().all(|wanted| meets(wanted, &name))
    })
}

fn meets(wanted: &NodeSelectorRequirement, labels: &BTreeMap<String, String>) -> bool {
    let value = labels.get(&wanted.key);
    let listed = value.is_some_and(|value| wanted.values.contains(value));
    let numbers = || {
        let bound = wanted.values.first()?.parse::<i64>().ok()?;
        Some((value?.parse::<i64>().ok()?, bound))
    };
    match &*wanted.operator {
        "In" => listed,
        "NotIn" => !listed,
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        "Gt" => numbers().is_some_and(|(value, bound)| value > bound),
        "Lt" => numbers().is_some_and(|(value, bound)| value < bound),
        _ => false,
    }
}

/// Ties a pod to a node by its name, for the scheduler to bind it there.
pub(super) fn tie(spec: &mut PodSpec, node: &str) {
    let requirement = NodeSelectorRequirement {
        key: NAME_FIELD.to_owned(),
        operator: "In".to_owned(),
        values: vec![node.to_owned()],
    };
    let term = NodeSelectorTerm {
        match_fields: vec![requirement],
        ..NodeSelectorTerm::default()
    };
    let affinity = spec.affinity.get_or_insert_default();
    let affinity = affinity
        .node_affinity
        .get_or_insert_with(NodeAffinity::default);
    affinity.required_during_scheduling_ignored_during_execution = Some(NodeSelector {
        node_selector_terms: vec![term],
    });
}

/// The node that a pod is on or is tied to.
pub(super) fn node_of(pod: &Pod) -> Option<&str> {
    if !pod.spec.node_name.is_empty() {
        return Some(&pod.spec.node_name);
    }
    let affinity = pod.spec.affinity.as_ref()?.node_affinity.as_ref()?;
    let required = affinity
        .required_during_scheduling_ignored_during_execution
        .as_ref()?;
    let mut fields = required
        .node_selector_terms
        .iter()
        .flat_map(|term| &term.match_fields);
    let tied = fields.find(|field| {
        field.key == NAME_FIELD && field.operator == "In" && field.values.len() == 1
    })?;
    tied.values.first().map(String::as_str)
}
