//! The decision itself: a pure function of a snapshot and a pod.

use std::collections::BTreeMap;

use skeg_api::core::v1::{Node, Pod};

use crate::plugins::{Candidate, PLUGINS, Rejection, SCORE_MAX, Scale};
use crate::snapshot::{NodeInfo, Snapshot};

/// What came of a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It goes to this node.
    Place(String),
    /// No node can take it. The message is upstream's FailedScheduling message.
    Unschedulable(Unschedulable),
}

/// Why no node can take a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unschedulable {
    /// For the pod's condition and the event.
    pub message: String,
    /// Upstream's names of the plugins that turned it down: what they look at
    /// must change before it is worth another try.
    pub plugins: Vec<&'static str>,
}

/// Finds the best node for a pod. Of equally good nodes `pick(n)` chooses one
/// by a number below n.
pub fn schedule(snapshot: &Snapshot, pod: &Pod, pick: &mut dyn FnMut(usize) -> usize) -> Decision {
    let candidate = Candidate::new(pod);
    let names = crate::plugins::required_names(pod);
    let mut fitting = Vec::new();
    let mut rejections = Vec::new();
    let mut plugins = Vec::new();
    let mut note = |name| {
        if !plugins.contains(&name) {
            plugins.push(name);
        }
    };
    for (name, info, node) in snapshot.nodes() {
        if names.as_ref().is_some_and(|names| !names.contains(&name)) {
            note("NodeAffinity");
            rejections.push(Rejection {
                reasons: vec!["node(s) didn't satisfy plugin(s) [NodeAffinity]".into()],
                resolvable: false,
            });
            continue;
        }
        match rejection(&candidate, info, node) {
            Some((plugin, rejection)) => {
                note(plugin);
                rejections.push(rejection);
            }
            None => fitting.push((name, info, node)),
        }
    }
    if fitting.is_empty() {
        return Decision::Unschedulable(Unschedulable {
            message: message(pod, &rejections),
            plugins,
        });
    }
    let totals = scores(&candidate, &fitting);
    let best = totals.iter().max().copied().unwrap_or(0);
    let equals: Vec<usize> = (0..fitting.len())
        .filter(|&at| totals[at] == best)
        .collect();
    let chosen = equals[pick(equals.len()).min(equals.len() - 1)];
    Decision::Place(fitting[chosen].0.to_owned())
}

/// The first plugin that turns a node down, and why.
fn rejection(
    candidate: &Candidate<'_>,
    info: &NodeInfo,
    node: &Node,
) -> Option<(&'static str, Rejection)> {
    PLUGINS
        .iter()
        .find_map(|plugin| Some((plugin.name, plugin.filter?(candidate, info, node)?)))
}

fn scores(candidate: &Candidate<'_>, fitting: &[(&str, &NodeInfo, &Node)]) -> Vec<i64> {
    let mut totals = vec![0; fitting.len()];
    for (score, weight, scale) in PLUGINS.iter().filter_map(|plugin| plugin.score) {
        let raw: Vec<i64> = fitting
            .iter()
            .map(|(_, info, node)| score(candidate, info, node))
            .collect();
        let largest = raw.iter().max().copied().unwrap_or(0);
        for (total, raw) in totals.iter_mut().zip(raw) {
            *total += weight
                * match scale {
                    Scale::AsIs => raw,
                    Scale::ByLargest if largest == 0 => 0,
                    Scale::ByLargest => raw * SCORE_MAX / largest,
                    Scale::Reversed if largest == 0 => SCORE_MAX,
                    Scale::Reversed => SCORE_MAX - raw * SCORE_MAX / largest,
                };
        }
    }
    totals
}

/// Counts the reasons, in the words and the order of kube-scheduler.
fn message(pod: &Pod, rejections: &[Rejection]) -> String {
    if rejections.is_empty() {
        return "no nodes available to schedule pods".into();
    }
    let nodes = rejections.len();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for reason in rejections.iter().flat_map(|rejection| &rejection.reasons) {
        *counts.entry(reason).or_default() += 1;
    }
    let reasons = join(counts);
    let preemption = if pod.spec.preemption_policy.as_deref() == Some("Never") {
        "not eligible due to preemptionPolicy=Never.".to_owned()
    } else {
        let resolvable = rejections
            .iter()
            .filter(|rejection| rejection.resolvable)
            .count();
        let mut counts = BTreeMap::new();
        if resolvable > 0 {
            counts.insert("No preemption victims found for incoming pod", resolvable);
        }
        if resolvable < nodes {
            counts.insert(
                "Preemption is not helpful for scheduling",
                nodes - resolvable,
            );
        }
        format!("0/{nodes} nodes are available: {}.", join(counts))
    };
    format!("0/{nodes} nodes are available: {reasons}. preemption: {preemption}")
}

fn join(counts: BTreeMap<&str, usize>) -> String {
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

    use skeg_api::core::v1::Taint;

    use super::*;
    use crate::testing::{node, pod};

    fn first(_: usize) -> usize {
        0
    }

    fn unschedulable(snapshot: &Snapshot, pod: &Pod) -> String {
        match schedule(snapshot, pod, &mut first) {
            Decision::Unschedulable(why) => why.message,
            Decision::Place(name) => panic!("placed on {name}"),
        }
    }

    #[test]
    fn the_emptier_node_is_taken() {
        let mut snapshot = Snapshot::default();
        snapshot.set_node(Arc::new(node("a", "4", "8Gi")));
        snapshot.set_node(Arc::new(node("b", "4", "8Gi")));
        snapshot.place(Arc::new(pod("one", "1", "1Gi")), "a");
        let decision = schedule(&snapshot, &pod("p", "1", "1Gi"), &mut first);
        assert_eq!(decision, Decision::Place("b".into()));
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
            "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). \
             preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling."
        );
        let mut full = Snapshot::default();
        full.set_node(Arc::new(node("a", "4", "8Gi")));
        full.place(Arc::new(pod("big", "3", "1Gi")), "a");
        assert_eq!(
            unschedulable(&full, &wanted),
            "0/1 nodes are available: 1 Insufficient cpu. \
             preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod."
        );
        let mut never = wanted.clone();
        never.spec.preemption_policy = Some("Never".into());
        assert!(
            unschedulable(&full, &never)
                .ends_with("preemption: not eligible due to preemptionPolicy=Never.")
        );
    }
}
