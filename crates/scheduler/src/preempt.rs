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

use crate::config::Profile;
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

/// What is known where room is looked for.
pub struct Trouble<'a> {
    /// How the pod is scheduled.
    pub profile: &'a Profile,
    /// What there is.
    pub snapshot: &'a Snapshot,
    /// The same with those pods in place for which room has been made.
    pub promised: Option<&'a Snapshot>,
    /// The pod.
    pub pod: &'a Pod,
    /// Why each node turned it down.
    pub rejections: &'a [(String, Rejection)],
    /// What protects pods.
    pub budgets: &'a [Arc<PodDisruptionBudget>],
}

/// Finds room for a pod that every node turned down.
///
/// # Errors
/// There is none; in the words of upstream's message.
pub fn preempt(trouble: &Trouble<'_>) -> Result<Preemption, String> {
    Ok(choose(candidates(trouble)?))
}

/// The best of the ways; there is at least one.
pub(crate) fn choose(ways: Vec<Way>) -> Preemption {
    let best = ways.into_iter().min_by_key(Way::cost);
    let Way { node, victims, .. } = best.expect("there is a way");
    Preemption { node, victims }
}

/// The ways in which room can be made, at least one.
pub(crate) fn candidates(trouble: &Trouble<'_>) -> Result<Vec<Way>, String> {
    let (pod, rejections) = (trouble.pod, trouble.rejections);
    if pod.spec.preemption_policy.as_deref() == Some("Never") {
        return Err("not eligible due to preemptionPolicy=Never.".to_owned());
    }
    if waits_for_victims(trouble.snapshot, pod, rejections) {
        return Err("not eligible due to a terminating pod on the nominated node.".to_owned());
    }
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut ways = Vec::new();
    // Copies, changed for each node and put right again.
    let mut trials = vec![trouble.snapshot.clone()];
    trials.extend(trouble.promised.cloned());
    let (percent, least) = trouble.profile.args.candidates;
    let enough = (rejections.len() * percent / 100).max(least).max(1);
    for (node, rejection) in rejections {
        if !rejection.resolvable {
            *reasons.entry(NOT_HELPFUL.to_owned()).or_default() += 1;
            continue;
        }
        if ways.len() >= enough {
            break;
        }
        match victims(trouble, &mut trials, node) {
            Ok(way) => ways.push(way),
            Err(why) => {
                for reason in why {
                    *reasons.entry(reason).or_default() += 1;
                }
            }
        }
    }
    if ways.is_empty() {
        let counts = reasons.iter().map(|(why, n)| (why.as_str(), *n)).collect();
        return Err(format!(
            "0/{} nodes are available: {}.",
            rejections.len(),
            count(counts)
        ));
    }
    Ok(ways)
}

/// Whether room is being made for the pod already, on a node that could help.
fn waits_for_victims(snapshot: &Snapshot, pod: &Pod, rejections: &[(String, Rejection)]) -> bool {
    let nominated = &pod.status.nominated_node_name;
    let helps = rejections
        .iter()
        .all(|(node, rejection)| node != nominated || rejection.resolvable);
    !nominated.is_empty()
        && helps
        && snapshot.node(nominated).is_some_and(|info| {
            info.pods
                .values()
                .any(|placed| was_told_to_go(&placed.pod) && priority(&placed.pod) < priority(pod))
        })
}

/// Whether a pod goes because room was made on its node.
fn was_told_to_go(pod: &Pod) -> bool {
    pod.metadata.deletion_timestamp.is_some()
        && pod.status.conditions.iter().any(|condition| {
            condition.type_ == "DisruptionTarget"
                && condition.status == "True"
                && condition.reason == "PreemptionByScheduler"
        })
}

/// One way to make room.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) node: String,
    pub(crate) victims: Vec<Arc<Pod>>,
    /// Of them, how many a budget would have kept.
    pub(crate) violations: usize,
}

/// Less is better, part by part: broken budgets, the highest priority among
/// the victims, the sum of their priorities, their number, and then who of the
/// most important ones has run the shortest.
type Cost = (usize, i64, i64, usize, Reverse<Option<Time>>);

impl Way {
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

/// Why a pod does not fit in some of the trials.
fn refused(trouble: &Trouble<'_>, trials: &[Snapshot], node: &str) -> Option<Rejection> {
    trials
        .iter()
        .find_map(|trial| fits(trouble.profile, trial, trouble.pod, node))
}

/// Who must go from a node. The trials are as before afterwards.
fn victims(trouble: &Trouble<'_>, trials: &mut [Snapshot], node: &str) -> Result<Way, Vec<String>> {
    let mut lower: Vec<Arc<Pod>> = trouble
        .snapshot
        .node(node)
        .into_iter()
        .flat_map(|info| info.pods.values())
        .filter(|placed| priority(&placed.pod) < priority(trouble.pod))
        .map(|placed| placed.pod.clone())
        .collect();
    if lower.is_empty() {
        return Err(vec![NO_VICTIMS.to_owned()]);
    }
    for gone in &lower {
        for trial in &mut *trials {
            trial.remove(&gone.metadata.uid);
        }
    }
    let outcome = match refused(trouble, trials, node) {
        Some(rejection) => Err(rejection.reasons),
        None => {
            by_importance(&mut lower);
            Ok(spare(trouble, trials, node, &lower))
        }
    };
    for back in &lower {
        for trial in &mut *trials {
            trial.place(back.clone(), node);
        }
    }
    outcome
}

/// Lets stay who can, those that a budget protects first.
fn spare(trouble: &Trouble<'_>, trials: &mut [Snapshot], node: &str, lower: &[Arc<Pod>]) -> Way {
    let (protected, others) = by_budget(lower, trouble.budgets);
    let mut way = Way {
        node: node.to_owned(),
        victims: Vec::new(),
        violations: 0,
    };
    let both = protected.iter().map(|pod| (pod, true));
    for (one, is_protected) in both.chain(others.iter().map(|pod| (pod, false))) {
        for trial in &mut *trials {
            trial.place(one.clone(), node);
        }
        if refused(trouble, trials, node).is_some() {
            for trial in &mut *trials {
                trial.remove(&one.metadata.uid);
            }
            way.violations += usize::from(is_protected);
            way.victims.push(one.clone());
        }
    }
    way
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
    use crate::testing::{node, pod};
    use skeg_api::core::v1::PodCondition;

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
        let outcome = preempt_by(&snapshot, None, &ranked("p", cpu, 100), &rejections, &[]);
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
        let pod = ranked("p", "1", 100);
        let found = preempt_by(&snapshot, None, &pod, &rejections, &[Arc::new(budget)]).unwrap();
        assert_eq!(found.node, "b", "though its pod has the higher priority");
    }

    #[test]
    fn a_pod_for_which_room_is_made_waits() {
        let (mut snapshot, rejections) = full(&[("a", &[("low", "2", 1)])]);
        let mut leaving = ranked("low", "2", 1);
        leaving.metadata.deletion_timestamp = Some(Time::now());
        snapshot.place(Arc::new(leaving.clone()), "a");
        let mut waiting = ranked("p", "1", 100);
        waiting.status.nominated_node_name = "a".into();
        let node = |snapshot: &Snapshot, rejections: &[(String, Rejection)]| {
            let found = preempt_by(snapshot, None, &waiting, rejections, &[]);
            found.map(|found| found.node)
        };
        assert_eq!(
            node(&snapshot, &rejections),
            Ok("a".into()),
            "it goes for another reason"
        );
        leaving.status.conditions.push(PodCondition {
            type_: "DisruptionTarget".into(),
            status: "True".into(),
            reason: "PreemptionByScheduler".into(),
            ..PodCondition::default()
        });
        snapshot.place(Arc::new(leaving), "a");
        let waits = "not eligible due to a terminating pod on the nominated node.".to_owned();
        assert_eq!(node(&snapshot, &rejections), Err(waits));
        // A node that cannot help any more is not waited for.
        let lost = [("a".to_owned(), Rejection::unresolvable("gone"))];
        assert_eq!(
            node(&snapshot, &lost),
            Err("0/1 nodes are available: 1 Preemption is not helpful for scheduling.".into())
        );
    }

    #[test]
    fn room_made_for_others_counts_as_taken() {
        let (snapshot, rejections) = full(&[("a", &[("low", "1", 1), ("mid", "1", 5)])]);
        let mut promised = snapshot.clone();
        promised.place(Arc::new(ranked("other", "1", 100)), "a");
        let pod = ranked("p", "1", 100);
        let found = preempt_by(&snapshot, Some(&promised), &pod, &rejections, &[]).unwrap();
        assert_eq!(found.victims.len(), 2);
    }

    fn preempt_by(
        snapshot: &Snapshot,
        promised: Option<&Snapshot>,
        pod: &Pod,
        rejections: &[(String, Rejection)],
        budgets: &[Arc<PodDisruptionBudget>],
    ) -> Result<Preemption, String> {
        preempt(&Trouble {
            profile: &Profile::default(),
            snapshot,
            promised,
            pod,
            rejections,
            budgets,
        })
    }
}
