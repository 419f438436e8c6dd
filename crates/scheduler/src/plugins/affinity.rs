//! The node that a pod names, selects, must have or would like.

use std::collections::BTreeMap;

use skeg_api::core::v1::{Node, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, Pod};

use super::{Candidate, Rejection};
use crate::snapshot::NodeInfo;

pub(super) fn node_name(candidate: &Candidate<'_>, _: &NodeInfo, node: &Node) -> Option<Rejection> {
    let wanted = &candidate.pod.spec.node_name;
    (!wanted.is_empty() && *wanted != node.metadata.name)
        .then(|| Rejection::unresolvable("node(s) didn't match the requested node name"))
}

pub(super) fn filter(candidate: &Candidate<'_>, _: &NodeInfo, node: &Node) -> Option<Rejection> {
    let added = &candidate.profile.args.added_required;
    if let Some(added) = added
        && !selector_matches(added, node)
    {
        return Some(Rejection::unresolvable(
            "node(s) didn't match scheduler-enforced node affinity",
        ));
    }
    (!matches_required(candidate.pod, node))
        .then(|| Rejection::unresolvable("node(s) didn't match Pod's node affinity/selector"))
}

/// Whether a node satisfies a pod's node selector and required node affinity.
#[must_use]
pub fn matches_required(pod: &Pod, node: &Node) -> bool {
    let labels = &node.metadata.labels;
    if !pod
        .spec
        .node_selector
        .iter()
        .all(|(key, value)| labels.get(key) == Some(value))
    {
        return false;
    }
    let required = pod
        .spec
        .affinity
        .as_ref()
        .and_then(|affinity| affinity.node_affinity.as_ref())
        .and_then(|affinity| {
            affinity
                .required_during_scheduling_ignored_during_execution
                .as_ref()
        });
    required.is_none_or(|selector| selector_matches(selector, node))
}

/// Whether a selector selects a node.
pub(crate) fn selector_matches(selector: &NodeSelector, node: &Node) -> bool {
    selector
        .node_selector_terms
        .iter()
        .any(|term| term_matches(term, node))
}

/// The names that every term of a pod's required affinity asks for by
/// `metadata.name`; nodes of other names need not be looked at.
/// `None` when some term leaves the name open.
pub(crate) fn required_names(pod: &Pod) -> Option<Vec<&str>> {
    let selector = pod
        .spec
        .affinity
        .as_ref()?
        .node_affinity
        .as_ref()?
        .required_during_scheduling_ignored_during_execution
        .as_ref()?;
    let mut names = Vec::new();
    for term in &selector.node_selector_terms {
        let mut by_name = term
            .match_fields
            .iter()
            .filter(|field| field.key == "metadata.name" && field.operator == "In");
        let first = by_name.next()?;
        let others: Vec<_> = by_name.collect();
        names.extend(
            first
                .values
                .iter()
                .filter(|name| others.iter().all(|other| other.values.contains(name)))
                .map(String::as_str),
        );
    }
    Some(names)
}

/// A term without any requirement matches nothing (API documentation of NodeSelectorTerm).
fn term_matches(term: &NodeSelectorTerm, node: &Node) -> bool {
    if term.match_expressions.is_empty() && term.match_fields.is_empty() {
        return false;
    }
    let fields = BTreeMap::from([("metadata.name".to_owned(), node.metadata.name.clone())]);
    term.match_expressions
        .iter()
        .all(|requirement| matches(requirement, &node.metadata.labels))
        && term
            .match_fields
            .iter()
            .all(|requirement| matches(requirement, &fields))
}

fn matches(requirement: &NodeSelectorRequirement, held: &BTreeMap<String, String>) -> bool {
    let value = held.get(&requirement.key);
    let number = |text: &String| text.parse::<i64>().ok();
    let bound = || match requirement.values.as_slice() {
        [only] => number(only),
        _ => None,
    };
    match requirement.operator.as_str() {
        "In" => value.is_some_and(|value| requirement.values.contains(value)),
        "NotIn" => value.is_none_or(|value| !requirement.values.contains(value)),
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        "Gt" => {
            matches!((value.and_then(number), bound()), (Some(value), Some(bound)) if value > bound)
        }
        "Lt" => {
            matches!((value.and_then(number), bound()), (Some(value), Some(bound)) if value < bound)
        }
        _ => false,
    }
}

/// The weights of the preferred terms that a node satisfies, added up. An
/// empty preferred term matches every node.
pub(super) fn score(candidate: &Candidate<'_>, _: &NodeInfo, node: &Node) -> i64 {
    candidate
        .pod
        .spec
        .affinity
        .as_ref()
        .and_then(|affinity| affinity.node_affinity.as_ref())
        .into_iter()
        .flat_map(|affinity| &affinity.preferred_during_scheduling_ignored_during_execution)
        .chain(&candidate.profile.args.added_preferred)
        .filter(|preferred| {
            let term = &preferred.preference;
            term.match_expressions.is_empty() && term.match_fields.is_empty()
                || term_matches(term, node)
        })
        .map(|preferred| i64::from(preferred.weight))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(operator: &str, values: &[&str], expect: bool) {
        let requirement = NodeSelectorRequirement {
            key: "k".into(),
            operator: operator.into(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        };
        let held = BTreeMap::from([("k".to_owned(), "5".to_owned())]);
        assert_eq!(
            matches(&requirement, &held),
            expect,
            "{operator} {values:?}"
        );
    }

    #[test]
    fn requirements_compare_labels() {
        check("In", &["4", "5"], true);
        check("In", &["4"], false);
        check("NotIn", &["4"], true);
        check("NotIn", &["5"], false);
        check("Exists", &[], true);
        check("DoesNotExist", &[], false);
        check("Gt", &["4"], true);
        check("Gt", &["5"], false);
        check("Lt", &["6"], true);
        check("Lt", &["x"], false);
        check("Near", &["5"], false);
    }
}
