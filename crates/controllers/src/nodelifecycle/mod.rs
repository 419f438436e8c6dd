//! Nodes that fall silent, and what nodes say of themselves, become conditions
//! and taints; pods on a silent node are told that they are not ready.
//!
//! A node renews its Lease every ten seconds. That is only noted here; whether
//! it has stopped is looked at once in a grace period.

mod health;
mod taints;
mod zones;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use skeg_api::coordination::v1::Lease;
use skeg_api::core::v1::{Node, ObjectReference, Pod};
use skeg_client::{Api, Error, Patch, PatchOptions};
use skeg_meta::Time;
use skeg_runtime::{
    Controller, Delta, EventRecorder, EventType, Informer, Next, ObjectName, ReconcileError,
    WorkQueue,
};
use skeg_schema::{Object, Value, json, message_to_value};

use crate::Context;
use crate::podgc::BY_NODE;
use health::Health;
use taints::Eviction;
use zones::{Limiter, Pace, Zones};

const NAME: &str = "node-lifecycle-controller";
/// Who tells of nodes in events.
const COMPONENT: &str = "node-controller";
const WORKERS: usize = 2;
const LEASES: &str = "kube-node-lease";

/// Runs the controller of nodes' health.
pub(crate) async fn run(context: Context) {
    let queue = context.queue::<ObjectName>();
    let lifecycle = Arc::new(Lifecycle {
        nodes: context.informers.informer(),
        pods: context.informers.informer(),
        leases: context.informers.informer(),
        recorder: context.recorder(COMPONENT),
        health: Arc::default(),
        limiter: Mutex::default(),
        zones: Arc::default(),
        steady: steady(Arc::clone(&context.clock)),
        context: context.clone(),
    });
    lifecycle.listen(&queue);
    tokio::join!(
        lifecycle.nodes.synced(),
        lifecycle.pods.synced(),
        lifecycle.leases.synced()
    );
    Controller::new(NAME, queue)
        .workers(WORKERS)
        .run(context.cancel.clone(), move |name: ObjectName| {
            let lifecycle = Arc::clone(&lifecycle);
            async move { lifecycle.reconcile(&name.name).await }
        })
        .await;
}

struct Lifecycle {
    nodes: Informer<Node>,
    pods: Informer<Pod>,
    leases: Informer<Lease>,
    recorder: EventRecorder,
    health: Arc<Mutex<HashMap<String, Health>>>,
    limiter: Mutex<Limiter>,
    zones: Arc<Mutex<Zones>>,
    steady: Steady,
    context: Context,
}

/// Time by which silence is measured: it begins as the time of day, and does
/// not jump when that is corrected.
type Steady = Arc<dyn Fn() -> jiff::Timestamp + Send + Sync>;

fn steady(clock: Arc<dyn skeg_runtime::Clock>) -> Steady {
    let (start, begun) = (clock.now(), clock.monotonic());
    Arc::new(move || start + clock.monotonic().saturating_sub(begun))
}

impl Lifecycle {
    fn listen(&self, queue: &WorkQueue<ObjectName>) {
        let (to, nodes, recorder) = (queue.clone(), self.nodes.clone(), self.recorder.clone());
        let zones = Arc::clone(&self.zones);
        let (health, clock, leases) = (
            Arc::clone(&self.health),
            Arc::clone(&self.steady),
            self.leases.clone(),
        );
        self.nodes.on_change(move |delta| {
            let node = delta.object();
            let name = &node.metadata.name;
            match delta {
                Delta::Added { .. } => {
                    let mut new = Health::of(node, clock());
                    if let Some(lease) = leases.get(LEASES, name) {
                        new.see_lease(&lease, clock());
                    }
                    health.lock().insert(name.clone(), new);
                    tell(
                        &recorder,
                        node,
                        "RegisteredNode",
                        format!("Registered Node {name} in Controller"),
                    );
                }
                Delta::Updated { .. } => {
                    let mut health = health.lock();
                    health
                        .entry(name.clone())
                        .or_insert_with(|| Health::of(node, clock()))
                        .see(node, clock());
                }
                Delta::Deleted { .. } => {
                    health.lock().remove(name);
                    tell(
                        &recorder,
                        node,
                        "RemovingNode",
                        format!("Removing Node {name} from Controller"),
                    );
                }
            }
            to.add(ObjectName::cluster(name.clone()));
            // How many fail decides how fast those that do are emptied.
            let now = (!matches!(delta, Delta::Deleted { .. })).then_some(&**node);
            let old = match delta {
                Delta::Deleted { object } => Some(&**object),
                _ => delta.old().map(|old| &**old),
            };
            let changed = zones.lock().change(old, now);
            if changed {
                let failed = nodes
                    .store()
                    .list()
                    .into_iter()
                    .filter(|other| health::readiness(other) != "True");
                failed.for_each(|other| to.add(ObjectName::cluster(other.metadata.name.clone())));
            }
        });
        let (health, clock) = (Arc::clone(&self.health), Arc::clone(&self.steady));
        self.leases.on_change(move |delta| {
            let lease = delta.object();
            let gone = matches!(delta, Delta::Deleted { .. });
            if !gone
                && lease.metadata.namespace == LEASES
                && let Some(health) = health.lock().get_mut(&lease.metadata.name)
            {
                health.see_lease(lease, clock());
            }
        });
    }

    async fn reconcile(&self, name: &str) -> Result<Next, ReconcileError> {
        let Some(node) = self.nodes.get("", name) else {
            return Ok(Next::Done);
        };
        let now = (self.steady)();
        let health = {
            let mut all = self.health.lock();
            all.entry(name.to_owned())
                .or_insert_with(|| Health::of(&node, now))
                .clone()
        };
        let left = health.left(&node, now);
        if left.is_none()
            && let Some(conditions) = health::silent(&node, self.context.clock.now())
        {
            // A cache that is behind must not make nodes silent.
            if let Some(left) = self.lives(&node).await {
                return Ok(Next::After(left));
            }
            return self.declare_silent(&node, conditions).await;
        }
        if health.pods_to_tell {
            self.tell_pods(name).await?;
        }
        let turn = self.correct(&node).await?;
        // A node that is silent comes back by what it writes.
        Ok([left, turn]
            .into_iter()
            .flatten()
            .min()
            .map_or(Next::Done, Next::After))
    }

    /// Looks at the node's Lease itself. How long the node may still be silent,
    /// if it was renewed without our hearing of it.
    async fn lives(&self, node: &Node) -> Option<Duration> {
        let name = &node.metadata.name;
        let api = Api::<Lease>::namespaced(self.context.client.clone(), LEASES);
        let lease = api.get_opt(name).await.ok()??;
        let mut health = self.health.lock();
        let health = health.get_mut(name)?;
        let now = (self.steady)();
        health.see_lease(&lease, now);
        health.left(node, now)
    }

    /// Writes that a node is silent. What follows from that comes with the change.
    async fn declare_silent(
        &self,
        node: &Node,
        conditions: Vec<skeg_api::core::v1::NodeCondition>,
    ) -> Result<Next, ReconcileError> {
        let name = &node.metadata.name;
        let was_ready = health::readiness(node) == "True";
        let mut silent = node.clone();
        silent.status.conditions = conditions;
        match Api::<Node>::all(self.context.client.clone())
            .update_status(silent)
            .await
        {
            Err(error) if error.is_not_found() => return Ok(Next::Done),
            result => drop(result?),
        }
        if was_ready {
            tracing::info!(node = %name, "a node has fallen silent");
            let about = reference(node);
            let note = format!("Node {name} status is now: NodeNotReady");
            self.recorder
                .event_about(about, EventType::Normal, "NodeNotReady", note);
            if let Some(health) = self.health.lock().get_mut(name) {
                health.pods_to_tell = true;
            }
            self.tell_pods(name).await?;
        }
        Ok(Next::Done)
    }

    /// Tells the pods of a silent node that they are not ready.
    async fn tell_pods(&self, node: &str) -> Result<(), ReconcileError> {
        for pod in self.pods.store().by_index(&BY_NODE, node) {
            if let Some(unready) = unready(&pod, self.context.clock.now()) {
                let api = Api::<Pod>::namespaced(
                    self.context.client.clone(),
                    pod.metadata.namespace.as_str(),
                );
                match api.update_status(unready).await {
                    Err(error) if error.is_not_found() => continue,
                    result => drop(result?),
                }
                self.recorder.event(
                    &*pod,
                    EventType::Warning,
                    "NodeNotReady",
                    "Node is not ready",
                );
            }
        }
        if let Some(health) = self.health.lock().get_mut(node) {
            health.pods_to_tell = false;
        }
        Ok(())
    }

    /// Corrects a node's taints and labels. How long it has to wait for its turn to be emptied.
    async fn correct(&self, node: &Node) -> Result<Option<Duration>, ReconcileError> {
        let now = self.context.clock.now();
        let mut wait = None;
        let eviction = if health::readiness(node) == "True" {
            Eviction::Allowed
        } else if health::condition(node, health::READY).is_none() {
            // It has only just come; nobody has said yet how it is.
            Eviction::Held
        } else {
            let zone = zones::zone_of(node);
            let pace = self.zones.lock().pace(&zone);
            match pace {
                Pace::Stopped => Eviction::Stopped,
                Pace::Every(pace) if taints::wants_eviction(node) => {
                    match self.limiter.lock().take(zone, pace, (self.steady)()) {
                        Ok(()) => Eviction::Allowed,
                        Err(left) => {
                            wait = Some(left);
                            Eviction::Held
                        }
                    }
                }
                Pace::Every(_) | Pace::Halted => Eviction::Held,
            }
        };
        let taints = taints::plan(node, eviction, now);
        let labels = taints::labels(node);
        if taints.is_none() && labels.is_empty() {
            return Ok(wait);
        }
        let mut patch =
            json!({"metadata": {"resourceVersion": node.metadata.resource_version.as_str()}});
        if let Some(taints) = taints {
            let taints: Vec<Value> = taints.iter().map(|taint| message_to_value(taint)).collect();
            patch.set_at(&["spec", "taints"], Value::from(taints));
        }
        if !labels.is_empty() {
            let labels: Object = labels
                .into_iter()
                .map(|(name, value)| (name.into(), Value::from(value)))
                .collect();
            patch.set_at(&["metadata", "labels"], Value::Object(labels));
        }
        self.patch(node, patch).await?;
        Ok(wait)
    }

    async fn patch(&self, node: &Node, patch: Value) -> Result<(), Error> {
        let api = Api::<Node>::all(self.context.client.clone());
        match api
            .patch(
                &node.metadata.name,
                &Patch::Merge(patch),
                &PatchOptions::default(),
            )
            .await
        {
            // The change that was in between, or the end, is told by the watch.
            Err(error) if error.is_not_found() || error.is_conflict() => Ok(()),
            result => result.map(drop),
        }
    }
}

/// A pod as it is when its node is silent, if it counts as ready now.
fn unready(pod: &Pod, now: jiff::Timestamp) -> Option<Pod> {
    let mut unready = pod.clone();
    let ready = unready
        .status
        .conditions
        .iter_mut()
        .find(|condition| condition.type_ == health::READY)?;
    if ready.status == "False" {
        return None;
    }
    ready.status = "False".into();
    ready.last_transition_time = Some(Time(now).truncated());
    Some(unready)
}

fn reference(node: &Node) -> ObjectReference {
    ObjectReference {
        kind: "Node".into(),
        api_version: "v1".into(),
        name: node.metadata.name.clone(),
        uid: node.metadata.uid.clone(),
        ..Default::default()
    }
}

fn tell(recorder: &EventRecorder, node: &Node, reason: &str, what: String) {
    let note = format!("Node {} event: {what}", node.metadata.name);
    recorder.event_about(reference(node), EventType::Normal, reason, note);
}

#[cfg(test)]
mod tests;
