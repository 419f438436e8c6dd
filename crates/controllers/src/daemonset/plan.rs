//! What a DaemonSet needs next, worked out without IO.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use skeg_api::apps::v1::{DaemonSet, DaemonSetStatus};
use skeg_api::core::v1::{Node, Pod, pod_phase};
use skeg_meta::{IntOrString, Object};

use super::node::{fit, node_of, tie, tolerate};
use crate::workload::{PodControl, is_available, next_available};

/// The label by which pods name their revision.
pub(super) const HASH: &str = "controller-revision-hash";
pub(super) const GENERATION: &str = "pod-template-generation";
pub(super) const TEMPLATE_GENERATION: &str = "deprecated.daemonset.template.generation";

/// What is known.
pub(super) struct Snapshot<'a> {
    pub(super) set: &'a DaemonSet,
    pub(super) nodes: Vec<Arc<Node>>,
    pub(super) pods: Vec<Arc<Pod>>,
    /// The hash of the template's revision.
    pub(super) hash: &'a str,
    /// Nodes where pods have failed, and how long not to try again.
    pub(super) backoff: HashMap<String, Duration>,
    pub(super) now: Timestamp,
}

/// A pod that is removed because it has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) pod: String,
    pub(super) node: String,
    pub(super) failed: bool,
}

/// What to do.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Nodes that need a pod.
    pub(super) create: Vec<String>,
    pub(super) delete: Vec<Arc<Pod>>,
    pub(super) ended: Vec<Ended>,
    /// When to look again.
    pub(super) wait: Option<Duration>,
}

fn by_node(pods: &[Arc<Pod>]) -> BTreeMap<&str, Vec<&Arc<Pod>>> {
    let mut nodes: BTreeMap<&str, Vec<&Arc<Pod>>> = BTreeMap::new();
    for pod in pods
        .iter()
        .filter(|pod| !(pod.metadata.is_deleting() && pod.is_finished()))
    {
        if let Some(node) = node_of(pod) {
            nodes.entry(node).or_default().push(pod);
        }
    }
    for pods in nodes.values_mut() {
        // Those that are on their node before those that are yet to come, the oldest first.
        pods.sort_by_key(|pod| {
            let born = pod.metadata.creation_timestamp.map(|time| time.0);
            (
                pod.spec.node_name.is_empty(),
                born,
                pod.metadata.name.clone(),
            )
        });
    }
    nodes
}

fn generation(set: &DaemonSet) -> Option<&String> {
    set.metadata.annotations.get(TEMPLATE_GENERATION)
}

/// Whether a pod is made from the template as it is.
fn is_updated(snapshot: &Snapshot<'_>, pod: &Pod) -> bool {
    let label = |key: &str| pod.metadata.labels.get(key);
    let by_generation =
        generation(snapshot.set).is_some_and(|wanted| label(GENERATION) == Some(wanted));
    by_generation || label(HASH).is_some_and(|hash| hash == snapshot.hash)
}

fn available(snapshot: &Snapshot<'_>, pod: &Pod) -> bool {
    is_available(pod, snapshot.set.spec.min_ready_seconds, snapshot.now)
}

fn is_rolling(set: &DaemonSet) -> bool {
    set.spec.update_strategy.type_ != "OnDelete"
}

fn bounds(snapshot: &Snapshot<'_>) -> (i32, i32) {
    let wanted = snapshot
        .nodes
        .iter()
        .filter(|node| fit(snapshot.set, node).run)
        .count();
    let wanted = i32::try_from(wanted).unwrap_or(i32::MAX);
    let rolling = snapshot
        .set
        .spec
        .update_strategy
        .rolling_update
        .as_ref()
        .filter(|_| is_rolling(snapshot.set));
    let scaled = |value: Option<&IntOrString>| {
        value
            .and_then(|value| value.scaled(wanted, true).ok())
            .unwrap_or(0)
    };
    let surge = scaled(rolling.and_then(|rolling| rolling.max_surge.as_ref()));
    let unavailable = scaled(rolling.and_then(|rolling| rolling.max_unavailable.as_ref()));
    if surge == 0 && unavailable == 0 {
        (0, 1)
    } else {
        (surge, unavailable)
    }
}

/// Whether there is a node of this name on which the set makes pods.
fn runs_on(snapshot: &Snapshot<'_>, name: &str) -> bool {
    let mut nodes = snapshot.nodes.iter();
    let node = nodes.find(|node| node.metadata.name == name);
    node.is_some_and(|node| fit(snapshot.set, node).run)
}

/// Works out what to do: first that each node has its pod, then, when that is
/// so, the way to a new template.
pub(super) fn plan(snapshot: &Snapshot<'_>) -> Plan {
    let nodes = by_node(&snapshot.pods);
    let mut plan = manage(snapshot, &nodes);
    if plan.create.is_empty() && plan.delete.is_empty() && is_rolling(snapshot.set) {
        roll(snapshot, &nodes, &mut plan);
    }
    plan
}

fn manage(snapshot: &Snapshot<'_>, nodes: &BTreeMap<&str, Vec<&Arc<Pod>>>) -> Plan {
    let mut plan = Plan::default();
    let (surge, _) = bounds(snapshot);
    for node in &snapshot.nodes {
        let name = &*node.metadata.name;
        let fit = fit(snapshot.set, node);
        match nodes.get(name) {
            None if fit.run => plan.create.push(name.to_owned()),
            None => {}
            Some(pods) if fit.stay => keep(snapshot, name, pods, surge > 0, fit.run, &mut plan),
            Some(pods) => {
                plan.delete.extend(
                    pods.iter()
                        .filter(|pod| !pod.metadata.is_deleting())
                        .map(|pod| Arc::clone(pod)),
                );
            }
        }
    }
    // Pods that wait for a node that is gone.
    let known = |name: &str| snapshot.nodes.iter().any(|node| node.metadata.name == name);
    for (_, pods) in nodes.iter().filter(|(name, _)| !known(name)) {
        let waiting = pods
            .iter()
            .filter(|pod| pod.spec.node_name.is_empty() && !pod.metadata.is_deleting());
        plan.delete.extend(waiting.map(|pod| Arc::clone(pod)));
    }
    plan
}

/// Of the pods on a node keeps as many as there should be.
fn keep(
    snapshot: &Snapshot<'_>,
    node: &str,
    pods: &[&Arc<Pod>],
    surges: bool,
    run: bool,
    plan: &mut Plan,
) {
    let mut running = Vec::new();
    for pod in pods.iter().filter(|pod| !pod.metadata.is_deleting()) {
        let failed = pod.status.phase == pod_phase::FAILED;
        if !pod.is_finished() {
            running.push(*pod);
        } else if let Some(&wait) = snapshot.backoff.get(node).filter(|_| failed) {
            plan.wait = Some(plan.wait.map_or(wait, |old| old.min(wait)));
        } else {
            plan.ended.push(Ended {
                pod: pod.metadata.name.clone(),
                node: node.to_owned(),
                failed,
            });
            plan.delete.push(Arc::clone(pod));
        }
    }
    if !surges {
        plan.delete
            .extend(running.into_iter().skip(1).map(Arc::clone));
        return;
    }
    if running.is_empty() && run {
        plan.create.push(node.to_owned());
        return;
    }
    let (mut new, mut old) = (None, None);
    for pod in running {
        let place = if is_updated(snapshot, pod) {
            &mut new
        } else {
            &mut old
        };
        if place.is_some() {
            plan.delete.push(Arc::clone(pod));
        } else {
            *place = Some(pod);
        }
    }
    if let (Some(new), Some(old)) = (new, old)
        && (!old.is_ready() || available(snapshot, new))
    {
        plan.delete.push(Arc::clone(old));
    }
}

/// The pods of a node, by whether they are up to date; none when there are several alike.
fn pair<'a>(
    snapshot: &Snapshot<'_>,
    pods: &[&'a Arc<Pod>],
) -> Option<(Option<&'a Arc<Pod>>, Option<&'a Arc<Pod>>)> {
    let (mut new, mut old) = (None, None);
    for pod in pods.iter().filter(|pod| !pod.metadata.is_deleting()) {
        let place = if is_updated(snapshot, pod) {
            &mut new
        } else {
            &mut old
        };
        if place.replace(*pod).is_some() {
            return None;
        }
    }
    Some((new, old))
}

fn roll(snapshot: &Snapshot<'_>, nodes: &BTreeMap<&str, Vec<&Arc<Pod>>>, plan: &mut Plan) {
    let (surge, unavailable) = bounds(snapshot);
    let mut busy = 0;
    let mut candidates = Vec::new();
    for (&node, pods) in nodes {
        match (surge > 0, pair(snapshot, pods)) {
            (_, None) => busy += 1,
            (false, Some((None, Some(old)))) if !available(snapshot, old) => {
                plan.delete.push(Arc::clone(old))
            }
            (false, Some((None, Some(old)))) => candidates.push((node, old)),
            (false, Some((Some(new), None))) => busy += i32::from(!available(snapshot, new)),
            (false, Some(_)) => busy += 1,
            (true, Some((_, None))) => {}
            (true, Some((None, Some(old)))) if !runs_on(snapshot, node) => {
                // None would be made here now: the old one goes, and none comes in its place.
                // With a node that is gone its pods go anyway.
                let known = snapshot.nodes.iter().any(|one| one.metadata.name == node);
                plan.delete.extend(known.then(|| Arc::clone(old)));
            }
            (true, Some((None, Some(old)))) if !available(snapshot, old) => {
                plan.create.push(node.to_owned())
            }
            (true, Some((None, Some(old)))) => candidates.push((node, old)),
            (true, Some((Some(new), Some(_)))) if !available(snapshot, new) => busy += 1,
            (true, Some((Some(_), Some(old)))) => plan.delete.push(Arc::clone(old)),
        }
    }
    let most = if surge > 0 { surge } else { unavailable };
    let free = usize::try_from(most - busy).unwrap_or(0);
    for (node, old) in candidates.into_iter().take(free) {
        if surge > 0 {
            plan.create.push(node.to_owned());
        } else {
            plan.delete.push(Arc::clone(old));
        }
    }
}

/// The status that nodes and pods give.
pub(super) fn status(snapshot: &Snapshot<'_>, observe: bool) -> DaemonSetStatus {
    let set = snapshot.set;
    let nodes = by_node(&snapshot.pods);
    let mut status = DaemonSetStatus {
        observed_generation: if observe {
            set.metadata.generation
        } else {
            set.status.observed_generation
        },
        collision_count: set.status.collision_count,
        conditions: set.status.conditions.clone(),
        ..DaemonSetStatus::default()
    };
    for node in &snapshot.nodes {
        let pod = nodes
            .get(&*node.metadata.name)
            .and_then(|pods| pods.first());
        if !fit(set, node).run {
            status.number_misscheduled += i32::from(pod.is_some());
            continue;
        }
        status.desired_number_scheduled += 1;
        let Some(pod) = pod else { continue };
        status.current_number_scheduled += 1;
        status.number_ready += i32::from(pod.is_ready());
        status.number_available += i32::from(available(snapshot, pod));
        status.updated_number_scheduled += i32::from(is_updated(snapshot, pod));
    }
    status.number_unavailable = status.desired_number_scheduled - status.number_available;
    status
}

/// When the next pod becomes available by staying ready.
pub(super) fn next_check(snapshot: &Snapshot<'_>) -> Option<Duration> {
    let min = snapshot.set.spec.min_ready_seconds;
    next_available(&snapshot.pods, min, snapshot.now)
}

/// The pod of a node.
pub(super) fn new_pod(set: &DaemonSet, hash: &str, node: &str) -> Pod {
    let mut pod = PodControl::from_template(
        &set.spec.template,
        &set.metadata,
        set.controller_reference(),
    );
    if let Some(generation) = generation(set) {
        pod.metadata
            .labels
            .insert(GENERATION.to_owned(), generation.clone());
    }
    pod.metadata.labels.insert(HASH.to_owned(), hash.to_owned());
    tolerate(&mut pod.spec);
    tie(&mut pod.spec, node);
    pod
}
