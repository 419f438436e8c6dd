//! The scheduler at work: what it hears becomes a snapshot and a queue, and
//! what it decides becomes bindings and conditions.

use std::sync::Arc;

use parking_lot::Mutex;
use skeg_api::core::v1::{Binding, Node, ObjectReference, Pod, PodCondition};
use skeg_client::{Api, Client, Error, Patch, PatchOptions};
use skeg_meta::Time;
use skeg_runtime::{Delta, EventRecorder, EventType, SharedInformerFactory, reference};
use skeg_schema::json;
use tokio::sync::{Notify, Semaphore};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::queue::{Change, Queue};
use crate::schedule::{Decision, Unschedulable, schedule};
use crate::snapshot::Snapshot;

/// The name by which pods ask for this scheduler.
pub const NAME: &str = "default-scheduler";
/// How many bindings are under way at once.
const BINDINGS_MAX: usize = 64;

/// What the scheduler works with.
pub struct Context {
    /// Writes bindings and conditions.
    pub client: Client,
    /// Hears of pods and nodes.
    pub informers: SharedInformerFactory,
    /// Tells what happened to a pod.
    pub recorder: EventRecorder,
}

#[derive(Default)]
struct State {
    snapshot: Snapshot,
    queue: Queue,
}

struct Scheduler {
    client: Client,
    recorder: EventRecorder,
    state: Mutex<State>,
    stirred: Notify,
}

/// Whether a pod wants a node from us.
fn waits(pod: &Pod) -> bool {
    pod.spec.node_name.is_empty()
        && pod.spec.scheduler_name == NAME
        && pod.spec.scheduling_gates.is_empty()
        && pod.metadata.deletion_timestamp.is_none()
        && !finished(pod)
}

/// Whether a pod needs no room any more.
fn finished(pod: &Pod) -> bool {
    matches!(pod.status.phase.as_str(), "Succeeded" | "Failed")
}

/// Whether a change of a node may make room for somebody.
fn makes_room(old: &Node, new: &Node) -> bool {
    old.spec != new.spec
        || old.metadata.labels != new.metadata.labels
        || old.status.allocatable != new.status.allocatable
}

/// Schedules until cancelled. Bindings that are under way then are finished.
pub async fn run(context: Context, cancel: CancellationToken) {
    let scheduler = Arc::new(Scheduler {
        client: context.client,
        recorder: context.recorder,
        state: Mutex::default(),
        stirred: Notify::new(),
    });
    let pods = context.informers.informer::<Pod>();
    let nodes = context.informers.informer::<Node>();
    let hears = scheduler.clone();
    nodes.on_change(move |delta| hears.node(&delta));
    let hears = scheduler.clone();
    pods.on_change(move |delta| hears.pod(&delta));
    tokio::select! {
        () = async { tokio::join!(pods.synced(), nodes.synced()); } => {}
        () = cancel.cancelled() => return,
    }
    scheduler.work(&cancel).await;
}

impl Scheduler {
    fn node(&self, delta: &Delta<'_, Node>) {
        let mut state = self.state.lock();
        match delta {
            Delta::Added { object, .. } => {
                state.snapshot.set_node((*object).clone());
                state.queue.changed(Change::Node, Instant::now());
            }
            Delta::Updated { old, new } => {
                state.snapshot.set_node((*new).clone());
                if makes_room(old, new) {
                    state.queue.changed(Change::Node, Instant::now());
                }
            }
            Delta::Deleted { object } => state.snapshot.remove_node(&object.metadata.name),
        }
        drop(state);
        self.stirred.notify_one();
    }

    fn pod(&self, delta: &Delta<'_, Pod>) {
        let mut state = self.state.lock();
        let state = &mut *state;
        let now = Instant::now();
        let pod = delta.object();
        let uid = pod.metadata.uid.as_str();
        let gone = matches!(delta, Delta::Deleted { .. });
        if gone || finished(pod) {
            state.queue.remove(uid);
            if state.snapshot.remove(uid) {
                state.queue.changed(Change::PodLeft, now);
            }
        } else if !pod.spec.node_name.is_empty() {
            state.queue.remove(uid);
            state.snapshot.place(pod.clone(), &pod.spec.node_name);
        } else if waits(pod) {
            // A pod that counts on a node already is being bound.
            if state.snapshot.place_of(uid).is_none() {
                state.queue.add(pod.clone(), now);
            }
        } else {
            state.queue.remove(uid);
        }
        self.stirred.notify_one();
    }

    async fn work(self: &Arc<Self>, cancel: &CancellationToken) {
        let places = Arc::new(Semaphore::new(BINDINGS_MAX));
        let tasks = TaskTracker::new();
        loop {
            let (decided, timer) = self.decide();
            if let Some((pod, decision)) = decided {
                let place = tokio::select! {
                    place = places.clone().acquire_owned() => place.expect("the semaphore is never closed"),
                    () = cancel.cancelled() => break,
                };
                let scheduler = self.clone();
                tasks.spawn(async move {
                    scheduler.act(&pod, decision).await;
                    drop(place);
                });
                continue;
            }
            tokio::select! {
                () = self.stirred.notified() => {}
                () = async {
                    match timer {
                        Some(at) => tokio::time::sleep_until(at).await,
                        None => std::future::pending().await,
                    }
                } => {}
                () = cancel.cancelled() => break,
            }
        }
        tasks.close();
        tasks.wait().await;
    }

    /// Decides on the next pod, and lets it count on its node at once.
    fn decide(&self) -> (Option<(Arc<Pod>, Decision)>, Option<Instant>) {
        let mut state = self.state.lock();
        let state = &mut *state;
        let Some(pod) = state.queue.pop(Instant::now()) else {
            return (None, state.queue.next_timer());
        };
        let decision = schedule(&state.snapshot, &pod, &mut |n| fastrand::usize(..n.max(1)));
        if let Decision::Place(node) = &decision {
            state.snapshot.place(pod.clone(), node);
        }
        (Some((pod, decision)), None)
    }

    async fn act(&self, pod: &Arc<Pod>, decision: Decision) {
        match decision {
            Decision::Place(node) => self.bind(pod, &node).await,
            Decision::Unschedulable(why) => self.refuse(pod, why).await,
        }
    }

    fn event(&self, pod: &Pod, kind: EventType, reason: &str, action: &str, message: &str) {
        self.recorder
            .event_full(reference(pod), None, kind, reason, action, message);
    }

    async fn bind(&self, pod: &Arc<Pod>, node: &str) {
        let meta = &pod.metadata;
        let mut binding = Binding::default();
        binding.metadata.name.clone_from(&meta.name);
        binding.metadata.namespace.clone_from(&meta.namespace);
        binding.metadata.uid = meta.uid.clone();
        binding.target = ObjectReference {
            kind: "Node".into(),
            name: node.to_owned(),
            ..Default::default()
        };
        let api = Api::<Pod>::namespaced(self.client.clone(), meta.namespace.clone());
        match api.bind(&meta.name, binding).await {
            Ok(()) => {
                let text = format!(
                    "Successfully assigned {}/{} to {node}",
                    meta.namespace, meta.name
                );
                self.event(pod, EventType::Normal, "Scheduled", "Binding", &text);
            }
            Err(error) => self.not_bound(pod, node, &error),
        }
    }

    fn not_bound(&self, pod: &Arc<Pod>, node: &str, error: &Error) {
        tracing::warn!(pod = %pod.metadata.name, node, %error, "a pod cannot be bound");
        let uid = pod.metadata.uid.as_str();
        let mut state = self.state.lock();
        state.snapshot.remove(uid);
        if error.is_not_found() {
            state.queue.remove(uid);
        } else {
            state.queue.failed(uid, Vec::new(), Instant::now());
        }
        drop(state);
        self.stirred.notify_one();
    }

    async fn refuse(&self, pod: &Arc<Pod>, why: Unschedulable) {
        self.event(
            pod,
            EventType::Warning,
            "FailedScheduling",
            "Scheduling",
            &why.message,
        );
        let told = pod.status.conditions.iter().any(|condition| {
            condition.type_ == "PodScheduled"
                && condition.status == "False"
                && condition.message == why.message
        });
        if !told && let Err(error) = self.tell(pod, &why.message).await {
            tracing::warn!(pod = %pod.metadata.name, %error, "a pod cannot be told that it has no node");
        }
        self.state
            .lock()
            .queue
            .failed(pod.metadata.uid.as_str(), why.plugins, Instant::now());
        self.stirred.notify_one();
    }

    async fn tell(&self, pod: &Pod, message: &str) -> Result<(), Error> {
        let held = pod
            .status
            .conditions
            .iter()
            .find(|condition| condition.type_ == "PodScheduled");
        let since = held
            .filter(|held| held.status == "False")
            .and_then(|held| held.last_transition_time)
            .unwrap_or_else(Time::now);
        let condition = PodCondition {
            type_: "PodScheduled".into(),
            status: "False".into(),
            reason: "Unschedulable".into(),
            message: message.to_owned(),
            last_transition_time: Some(since),
            observed_generation: pod.metadata.generation,
            ..Default::default()
        };
        let mut condition = skeg_schema::message_to_value(&condition);
        if let Some(members) = condition.as_object_mut() {
            members.insert("lastProbeTime", skeg_schema::Value::Null);
        }
        let patch = json!({
            "metadata": {"uid": pod.metadata.uid.to_string()},
            "status": {"conditions": [condition]},
        });
        let api = Api::<Pod>::namespaced(self.client.clone(), pod.metadata.namespace.clone());
        api.patch_status(
            &pod.metadata.name,
            &Patch::Strategic(patch),
            &PatchOptions::default(),
        )
        .await?;
        Ok(())
    }
}
