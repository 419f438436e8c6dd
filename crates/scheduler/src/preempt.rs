//! Making room: which pods of lower priority go, and from which node.
//!
//! The rules are those of upstream's DefaultPreemption: as few victims as
//! possible, of the lowest priority, sparing what disruption budgets protect
//! where that can be.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use skeg_api::core::v1::Pod;
use skeg_api::policy::v1::PodDisruptionBudget;
use skeg_meta::Time;
use skeg_meta::labels::Selector;

use crate::plugins::Rejection;
use crate::schedule::{count, fits};
use crate::snapshot::Snapshot;

/// What upstream says of a node without any pod of lower priority.
const NO_VICTIMS: &str = "No preemption victims found for incoming pod";
const NOT_HELPFUL: &str = "Preemption is not helpful for scheduling";

/// Where room is made for a pod, and who goes.
#[derive(Clone, Debug)]
pub struct Preemption {
    /// The node.
    pub node: String,
    /// The pods that go.
    pub victims: Vec<Arc<Pod>>,
}

/// A pod's priority; none is 0.
pub(crate) fn priority(pod: &Pod) -> i32 {
    pod.spec.priority.unwrap_or(0)
}

fn started(pod: &Pod) -> Option<Time> {
    pod.status.start_time
}

/// Puts those first who should rather stay: higher priority, then who has
/// run longer.
fn by_importance(pods: &mut [Arc<Pod>]) {
    pods.sort_by_key(|pod| {
        let since = started(pod);
        (Reverse(priority(pod)), since.is_none(), since)
    });
}

/// Finds room for a pod that every node turned down.
///
/// # Errors
/// There is none; in the words of upstream's message.
pub fn preempt(
    snapshot: &Snapshot,
    pod: &Pod,
    rejections: &[(String, Rejection)],
    budgets: &[Arc<PodDisruptionBudget>],
) -> Result<Preemption, String> {
    if pod.spec.preemption_policy.as_deref() == Some("Never") {
        return Err("not eligible due to preemptionPolicy=Never.".to_owned());
    }
    if waits_for_victims(snapshot, pod) {
        return Err("not eligible due to a terminating pod on the nominated node.".to_owned());
    }
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut best: Option<(Cost, Preemption)> = None;
    // One copy, changed for each node and put right again.
    let mut trial = snapshot.clone();
    for (node, rejection) in rejections {
        if !rejection.resolvable {
            *reasons.entry(NOT_HELPFUL.to_owned()).or_default() += 1;
            continue;
        }
        match victims(&mut trial, pod, node, budgets) {
            Ok(found) => {
                let cost = found.cost();
                if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                    let preemption = Preemption {
                        node: node.clone(),
                        victims: found.victims,
                    };
                    best = Some((cost, preemption));
                }
            }
            Err(why) => {
                for reason in why {
                    *reasons.entry(reason).or_default() += 1;
                }
            }
        }
    }
    best.map(|(_, preemption)| preemption).ok_or_else(|| {
        let counts = reasons.iter().map(|(why, n)| (why.as_str(), *n)).collect();
        format!(
            "0/{} nodes are available: {}.",
            rejections.len(),
            count(counts)
        )
    })
}

/// Whether room is being made for the pod already.
fn waits_for_victims(snapshot: &Snapshot, pod: &Pod) -> bool {
    let nominated = &pod.status.nominated_node_name;
    !nominated.is_empty()
        && snapshot.node(nominated).is_some_and(|info| {
            info.pods.values().any(|placed| {
                placed.pod.metadata.deletion_timestamp.is_some()
                    && priority(&placed.pod) < priority(pod)
            })
        })
}

struct Found {
    victims: Vec<Arc<Pod>>,
    /// Of them, how many a budget would have kept.
    violations: usize,
}

/// Less is better, part by part: broken budgets, the highest priority among
/// the victims, the sum of their priorities, their number, and then who of the
/// most important ones has run the shortest.
type Cost = (usize, i64, i64, usize, Reverse<Option<Time>>);

impl Found {
    fn cost(&self) -> Cost {
        let highest = self.victims.iter().map(|pod| priority(pod)).max();
        let sum = self
            .victims
            .iter()
            .map(|pod| i64::from(priority(pod)) + i64::from(i32::MAX) + 1)
            .sum();
        let earliest = self
            .victims
            .iter()
            .filter(|pod| Some(priority(pod)) == highest)
            .filter_map(|pod| started(pod))
            .min();
        (
            self.violations,
            highest.map_or(i64::MIN, i64::from),
            sum,
            self.victims.len(),
            Reverse(earliest),
        )
    }
}

/// Who must go from a node. `trial` is as before afterwards.
fn victims(
    trial: &mut Snapshot,
    pod: &Pod,
    node: &str,
    budgets: &[Arc<PodDisruptionBudget>],
) -> Result<Found, Vec<String>> {
    let mut lower: Vec<Arc<Pod>> = trial
        .node(node)
        .into_iter()
        .flat_map(|info| info.pods.values())
        .filter(|placed| priority(&placed.pod) < priority(pod))
        .map(|placed| placed.pod.clone())
        .collect();
    if lower.is_empty() {
        return Err(vec![NO_VICTIMS.to_owned()]);
    }
    for gone in &lower {
        trial.remove(&gone.metadata.uid);
    }
    let outcome = match fits(trial, pod, node) {
        Some(rejection) => Err(rejection.reasons),
        None => {
            by_importance(&mut lower);
            Ok(spare(trial, pod, node, &lower, budgets))
        }
    };
    for back in &lower {
        trial.place(back.clone(), node);
    }
    outcome
}

/// Lets stay who can, those that a budget protects first.
fn spare(
    trial: &mut Snapshot,
    pod: &Pod,
    node: &str,
    lower: &[Arc<Pod>],
    budgets: &[Arc<PodDisruptionBudget>],
) -> Found {
    let (protected, others) = by_budget(lower, budgets);
    let mut found = Found {
        victims: Vec::new(),
        violations: 0,
    };
    let both = protected.iter().map(|pod| (pod, true));
    for (one, is_protected) in both.chain(others.iter().map(|pod| (pod, false))) {
        trial.place(one.clone(), node);
        if fits(trial, pod, node).is_some() {
            trial.remove(&one.metadata.uid);
            found.violations += usize::from(is_protected);
            found.victims.push(one.clone());
        }
    }
    found
}

/// Parts pods into those whose going would break a budget, and the others.
fn by_budget(
    pods: &[Arc<Pod>],
    budgets: &[Arc<PodDisruptionBudget>],
) -> (Vec<Arc<Pod>>, Vec<Arc<Pod>>) {
    let mut allowed: Vec<i32> = budgets
        .iter()
        .map(|budget| budget.status.disruptions_allowed)
        .collect();
    pods.iter().cloned().partition(|pod| {
        let mut breaks = false;
        for (budget, left) in budgets.iter().zip(&mut allowed) {
            let selector = Selector::from_label_selector(budget.spec.selector.as_ref());
            let selects = budget.metadata.namespace == pod.metadata.namespace
                && selector.is_ok_and(|selector| {
                    !selector.is_everything() && selector.matches(&pod.metadata.labels)
                })
                && !budget
                    .status
                    .disrupted_pods
                    .contains_key(&pod.metadata.name);
            if selects {
                *left -= 1;
                breaks |= *left < 0;
            }
        }
        breaks
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plugins::Rejection;
    use crate::testing::{node, pod};

    fn ranked(name: &str, cpu: &str, priority: i32) -> Pod {
        let mut pod = pod(name, cpu, "1Mi");
        pod.spec.priority = Some(priority);
        pod
    }

    fn full(nodes: &[(&str, &[(&str, &str, i32)])]) -> (Snapshot, Vec<(String, Rejection)>) {
        let mut snapshot = Snapshot::default();
        let mut rejections = Vec::new();
        for (name, pods) in nodes {
            snapshot.set_node(Arc::new(node(name, "2", "8Gi")));
            for (pod, cpu, priority) in *pods {
                snapshot.place(Arc::new(ranked(pod, cpu, *priority)), name);
            }
            let rejection = Rejection {
                reasons: vec!["Insufficient cpu".to_owned()],
                resolvable: true,
            };
            rejections.push(((*name).to_owned(), rejection));
        }
        (snapshot, rejections)
    }

    fn check(
        nodes: &[(&str, &[(&str, &str, i32)])],
        cpu: &str,
        expect: Result<(&str, &[&str]), &str>,
    ) {
        let (snapshot, rejections) = full(nodes);
        let outcome = preempt(&snapshot, &ranked("p", cpu, 100), &rejections, &[]);
        let outcome = outcome.map(|found| {
            let names: Vec<String> = found
                .victims
                .iter()
                .map(|pod| pod.metadata.name.clone())
                .collect();
            (found.node, names)
        });
        let expect = expect
            .map(|(node, names)| {
                let names = names.iter().map(|name| (*name).to_owned()).collect();
                (node.to_owned(), names)
            })
            .map_err(str::to_owned);
        assert_eq!(outcome, expect);
    }

    #[test]
    fn as_few_as_needed_go_and_those_of_least_priority() {
        check(
            &[("a", &[("low", "1", 1), ("mid", "1", 5)])],
            "1",
            Ok(("a", &["low"])),
        );
        check(
            &[("a", &[("mid", "2", 5)]), ("b", &[("low", "2", 1)])],
            "1",
            Ok(("b", &["low"])),
        );
        check(
            &[
                ("a", &[("one", "1", 1), ("two", "1", 1)]),
                ("b", &[("big", "2", 1)]),
            ],
            "2",
            Ok(("b", &["big"])),
        );
    }

    #[test]
    fn nobody_of_the_same_priority_goes() {
        check(
            &[("a", &[("equal", "2", 100)])],
            "1",
            Err("0/1 nodes are available: 1 No preemption victims found for incoming pod."),
        );
        check(
            &[("a", &[("equal", "2", 100), ("low", "0", 1)])],
            "1",
            Err("0/1 nodes are available: 1 Insufficient cpu."),
        );
    }

    #[test]
    fn budgets_are_kept_where_that_can_be() {
        let (mut snapshot, rejections) =
            full(&[("a", &[("guarded", "2", 1)]), ("b", &[("free", "2", 5)])]);
        let mut guarded = ranked("guarded", "2", 1);
        guarded.metadata.labels.insert("app".into(), "db".into());
        snapshot.place(Arc::new(guarded), "a");
        let mut budget = PodDisruptionBudget::default();
        budget.metadata.namespace = "default".into();
        let mut selector = skeg_meta::LabelSelector::default();
        selector.match_labels.insert("app".into(), "db".into());
        budget.spec.selector = Some(selector);
        let found = preempt(
            &snapshot,
            &ranked("p", "1", 100),
            &rejections,
            &[Arc::new(budget)],
        )
        .unwrap();
        assert_eq!(found.node, "b", "though its pod has the higher priority");
    }

    #[test]
    fn a_pod_for_which_room_is_made_waits() {
        let (mut snapshot, rejections) = full(&[("a", &[("low", "2", 1)])]);
        let mut leaving = ranked("low", "2", 1);
        leaving.metadata.deletion_timestamp = Some(Time::now());
        snapshot.place(Arc::new(leaving), "a");
        let mut waiting = ranked("p", "1", 100);
        waiting.status.nominated_node_name = "a".into();
        assert_eq!(
            preempt(&snapshot, &waiting, &rejections, &[]).map(|found| found.node),
            Err("not eligible due to a terminating pod on the nominated node.".to_owned())
        );
    }
}
