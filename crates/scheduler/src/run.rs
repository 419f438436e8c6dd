//! The scheduler at work: what it hears becomes a snapshot and a queue, and
//! what it decides becomes bindings and conditions.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use skeg_api::core::v1::{
    Binding, Namespace, Node, ObjectReference, PersistentVolume, PersistentVolumeClaim, Pod,
    PodCondition,
};
use skeg_api::policy::v1::PodDisruptionBudget;
use skeg_api::resource::v1::{DeviceClass, DeviceTaintRule, ResourceClaim, ResourceSlice};
use skeg_api::storage::v1::StorageClass;
use skeg_client::{Api, Client, DeleteOptions, Error, Patch, PatchOptions};
use skeg_meta::Time;
use skeg_runtime::{
    Clock, Delta, EventRecorder, EventType, Informer, SharedInformerFactory, reference,
};
use skeg_schema::{Message, Value, json};
use tokio::sync::{Notify, Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::devices::{Claims, Devices, Wanted, reserve};
use crate::preempt::{Preemption, preempt, priority};
use crate::queue::{Change, Moment, Queue};
use crate::schedule::{Decision, Unschedulable, schedule};
use crate::snapshot::Snapshot;
use crate::volumes::{ClaimKey, PodVolumes, Step, Volumes, bind};

/// The name by which pods ask for this scheduler.
pub const NAME: &str = "default-scheduler";
/// How many bindings are under way at once.
const BINDINGS_MAX: usize = 256;
/// How long a pod waits for its volumes before it is tried anew.
const BIND_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(600);

/// What the scheduler works with.
pub struct Context {
    /// Writes bindings and conditions.
    pub client: Client,
    /// Hears of pods and nodes.
    pub informers: SharedInformerFactory,
    /// Tells what happened to a pod.
    pub recorder: EventRecorder,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct State {
    snapshot: Snapshot,
    queue: Queue,
    /// Pods for which room is made on a node, by uid.
    nominated: BTreeMap<String, Arc<Pod>>,
}

impl State {
    /// Remembers or forgets on which node room is made for a waiting pod.
    fn nominate(&mut self, pod: &Arc<Pod>) {
        let uid = pod.metadata.uid.as_str();
        if pod.status.nominated_node_name.is_empty() {
            self.nominated.remove(uid);
        } else {
            self.nominated.insert(uid.to_owned(), pod.clone());
        }
    }

    /// The snapshot with the pods in place that were promised a node and are
    /// no less important than `pod`; `None` when there are none.
    fn promised(&self, pod: &Pod) -> Option<Snapshot> {
        let mut others = self
            .nominated
            .values()
            .filter(|other| {
                other.metadata.uid != pod.metadata.uid && priority(other) >= priority(pod)
            })
            .peekable();
        others.peek()?;
        let mut snapshot = self.snapshot.clone();
        for other in others {
            snapshot.place(other.clone(), &other.status.nominated_node_name);
        }
        Some(snapshot)
    }
}

/// What is to be done about a pod.
enum Deed {
    /// To this node, with what was promised there.
    Bind(String, Promised),
    /// A claim of it is not there yet: nothing is to be told.
    Hold,
    /// It waits, and perhaps others make room for it.
    Wait {
        message: String,
        plugins: Vec<&'static str>,
        preemption: Option<Preemption>,
    },
}

/// What a pod was promised on its node.
struct Promised {
    devices: Vec<(Wanted, Arc<Value>)>,
    volumes: Vec<(ClaimKey, Step)>,
}

struct Scheduler {
    client: Client,
    recorder: EventRecorder,
    clock: Arc<dyn Clock>,
    budgets: Informer<PodDisruptionBudget>,
    state: Mutex<State>,
    stirred: Notify,
    /// Counts what was heard of claims for volumes.
    claims_heard: watch::Sender<u64>,
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
    let budgets = context.informers.informer::<PodDisruptionBudget>();
    let scheduler = Arc::new(Scheduler {
        client: context.client,
        recorder: context.recorder,
        clock: context.clock,
        budgets: budgets.clone(),
        state: Mutex::default(),
        stirred: Notify::new(),
        claims_heard: watch::Sender::new(0),
    });
    let pods = context.informers.informer::<Pod>();
    let nodes = context.informers.informer::<Node>();
    let namespaces = context.informers.informer::<Namespace>();
    let hears = scheduler.clone();
    namespaces.on_change(move |delta| hears.namespace(&delta));
    let hears = scheduler.clone();
    nodes.on_change(move |delta| hears.node(&delta));
    let hears = scheduler.clone();
    pods.on_change(move |delta| hears.pod(&delta));
    let (slices, classes) = (
        context.informers.informer::<ResourceSlice>(),
        context.informers.informer::<DeviceClass>(),
    );
    let (claims, rules) = (
        context.informers.informer::<ResourceClaim>(),
        context.informers.informer::<DeviceTaintRule>(),
    );
    let hears = scheduler.clone();
    slices.on_change(move |delta| {
        let (name, now) = (&delta.object().metadata.name, tree_of(&delta));
        hears.devices(|devices| devices.set_slice(name, now.as_ref()));
    });
    let hears = scheduler.clone();
    classes.on_change(move |delta| {
        let (name, now) = (&delta.object().metadata.name, tree_of(&delta));
        hears.devices(|devices| devices.set_class(name, now));
    });
    let hears = scheduler.clone();
    rules.on_change(move |delta| {
        let (name, now) = (&delta.object().metadata.name, tree_of(&delta));
        hears.devices(|devices| devices.set_rule(name, now));
    });
    let hears = scheduler.clone();
    claims.on_change(move |delta| {
        let (meta, now) = (&delta.object().metadata, tree_of(&delta));
        let key = (meta.namespace.to_string(), meta.name.to_string());
        hears.devices(|devices| devices.set_claim(key, now));
    });
    let (persistent, storage_claims, storage_classes) = (
        context.informers.informer::<PersistentVolume>(),
        context.informers.informer::<PersistentVolumeClaim>(),
        context.informers.informer::<StorageClass>(),
    );
    let hears = scheduler.clone();
    persistent.on_change(move |delta| {
        let (name, now) = (&delta.object().metadata.name, now_of(&delta));
        hears.volumes(|volumes| volumes.set_volume(name, now));
    });
    let hears = scheduler.clone();
    storage_classes.on_change(move |delta| {
        let (name, now) = (&delta.object().metadata.name, now_of(&delta));
        hears.volumes(|volumes| volumes.set_class(name, now));
    });
    let hears = scheduler.clone();
    storage_claims.on_change(move |delta| {
        let (meta, now) = (&delta.object().metadata, now_of(&delta));
        let key = (meta.namespace.to_string(), meta.name.to_string());
        hears.volumes(|volumes| volumes.set_claim(key, now));
        hears.claims_heard.send_modify(|count| *count += 1);
    });
    tokio::select! {
        () = async {
            tokio::join!(persistent.synced(), storage_claims.synced(), storage_classes.synced());
            tokio::join!(pods.synced(), nodes.synced(), budgets.synced(), namespaces.synced());
            tokio::join!(slices.synced(), classes.synced(), claims.synced(), rules.synced());
        } => {}
        () = cancel.cancelled() => return,
    }
    scheduler.work(&cancel).await;
}

/// What is there of an object now, shared.
fn now_of<K>(delta: &Delta<'_, K>) -> Option<Arc<K>> {
    match delta {
        Delta::Deleted { .. } => None,
        _ => Some(delta.object().clone()),
    }
}

/// What is there of an object now, as a tree.
fn tree_of<K: Message + 'static>(delta: &Delta<'_, K>) -> Option<Value> {
    match delta {
        Delta::Deleted { .. } => None,
        _ => Some(skeg_schema::message_to_value(&**delta.object())),
    }
}

/// Takes what a pod's claims get on a node before the claims say so.
fn promise(snapshot: &mut Snapshot, pod: &Pod, claims: &Claims, node: &str) -> Promised {
    let node = snapshot.node(node).and_then(|info| info.node.clone());
    let devices = match (claims, &node) {
        (Claims::Wanted(wanted), Some(node)) => snapshot.devices().allocate(wanted, node),
        _ => None,
    };
    let volumes = match (snapshot.volumes().of_pod(pod, snapshot), &node) {
        (PodVolumes::Known { open, .. }, Some(node)) => snapshot.volumes().plan(&open, node),
        _ => None,
    };
    let promised = Promised {
        devices: devices.unwrap_or_default(),
        volumes: volumes.unwrap_or_default(),
    };
    if !promised.devices.is_empty() {
        snapshot.devices_mut().promise(&promised.devices);
    }
    if !promised.volumes.is_empty() {
        snapshot.volumes_mut().promise(&promised.volumes);
    }
    promised
}

impl Scheduler {
    fn namespace(&self, delta: &Delta<'_, Namespace>) {
        let meta = &delta.object().metadata;
        let labels = match delta {
            Delta::Deleted { .. } => None,
            _ => Some(meta.labels.clone()),
        };
        self.state.lock().snapshot.set_namespace(&meta.name, labels);
    }

    fn node(&self, delta: &Delta<'_, Node>) {
        let mut state = self.state.lock();
        match delta {
            Delta::Added { object, .. } => {
                state.snapshot.set_node((*object).clone());
                state.queue.changed(Change::Node, self.clock.monotonic());
            }
            Delta::Updated { old, new } => {
                state.snapshot.set_node((*new).clone());
                if makes_room(old, new) {
                    state.queue.changed(Change::Node, self.clock.monotonic());
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
        let now = self.clock.monotonic();
        let pod = delta.object();
        let uid = pod.metadata.uid.as_str();
        let gone = matches!(delta, Delta::Deleted { .. });
        if gone || finished(pod) {
            state.queue.remove(uid);
            state.nominated.remove(uid);
            if state.snapshot.remove(uid) {
                state.queue.changed(Change::PodLeft, now);
            }
        } else if !pod.spec.node_name.is_empty() {
            state.queue.remove(uid);
            state.nominated.remove(uid);
            let came = state.snapshot.place_of(uid) != Some(pod.spec.node_name.as_str());
            let relabelled = matches!(delta, Delta::Updated { old, new }
                if old.metadata.labels != new.metadata.labels);
            state.snapshot.place(pod.clone(), &pod.spec.node_name);
            if came || relabelled {
                state.queue.changed(Change::PodCame, now);
            }
        } else if waits(pod) {
            // A pod that counts on a node already is being bound.
            if state.snapshot.place_of(uid).is_none() {
                state.nominate(pod);
                state.queue.add(pod.clone(), now);
            }
        } else {
            state.queue.remove(uid);
            state.nominated.remove(uid);
        }
        self.stirred.notify_one();
    }

    async fn work(self: &Arc<Self>, cancel: &CancellationToken) {
        let places = Arc::new(Semaphore::new(BINDINGS_MAX));
        let tasks = TaskTracker::new();
        loop {
            let (decided, timer) = self.decide();
            if let Some((pod, deed)) = decided {
                let place = tokio::select! {
                    place = places.clone().acquire_owned() => place.expect("the semaphore is never closed"),
                    () = cancel.cancelled() => break,
                };
                let scheduler = self.clone();
                tasks.spawn(async move {
                    scheduler.act(&pod, deed).await;
                    drop(place);
                });
                continue;
            }
            tokio::select! {
                () = self.stirred.notified() => {}
                () = async {
                    match timer {
                        Some(at) => {
                            let left = at.saturating_sub(self.clock.monotonic());
                            self.clock.sleep(left).await;
                        }
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
    fn decide(&self) -> (Option<(Arc<Pod>, Deed)>, Option<Moment>) {
        let mut state = self.state.lock();
        let state = &mut *state;
        let Some(pod) = state.queue.pop(self.clock.monotonic()) else {
            return (None, state.queue.next_timer());
        };
        let claims = state.snapshot.devices().of_pod(&pod);
        if matches!(claims, Claims::Missing) {
            return (Some((pod, Deed::Hold)), None);
        }
        let promised = state.promised(&pod);
        let mut pick = |n: usize| fastrand::usize(..n.max(1));
        let decision = schedule(&state.snapshot, promised.as_ref(), &pod, &mut pick);
        let deed = match decision {
            Decision::Place(node) => {
                let promised = promise(&mut state.snapshot, &pod, &claims, &node);
                state.snapshot.place(pod.clone(), &node);
                state.nominated.remove(pod.metadata.uid.as_str());
                state.queue.changed(Change::PodCame, self.clock.monotonic());
                Deed::Bind(node, promised)
            }
            Decision::Unschedulable(why) => self.make_room(state, &pod, why),
        };
        (Some((pod, deed)), None)
    }

    /// Finds out whether less important pods can go.
    fn make_room(&self, state: &mut State, pod: &Arc<Pod>, why: Unschedulable) -> Deed {
        let mut message = why.message();
        let mut preemption = None;
        if !why.rejections.is_empty() {
            let budgets = self.budgets.store().list();
            let found = preempt(&state.snapshot, pod, &why.rejections, &budgets);
            let became = match &found {
                Ok(found) => format!(
                    "found a potential placement for pod on node {}, preempting {} victims",
                    found.node,
                    found.victims.len()
                ),
                Err(why_not) => why_not.clone(),
            };
            message = match why.before {
                // Upstream has nothing to look at then.
                Some(_) => format!("{message} not found"),
                None => format!("{message} preemption: {became}"),
            };
            preemption = found.ok();
        }
        if let Some(found) = &preemption {
            let mut promised = Pod::clone(pod);
            promised.status.nominated_node_name.clone_from(&found.node);
            state.nominate(&Arc::new(promised));
        }
        Deed::Wait {
            message,
            plugins: why.plugins,
            preemption,
        }
    }

    async fn act(&self, pod: &Arc<Pod>, deed: Deed) {
        match deed {
            Deed::Bind(node, promised) => self.bind(pod, &node, &promised).await,
            Deed::Hold => {
                let plugins = vec!["DynamicResources"];
                let now = self.clock.monotonic();
                let uid = pod.metadata.uid.as_str();
                self.state.lock().queue.failed(uid, plugins, now);
            }
            Deed::Wait {
                message,
                plugins,
                preemption,
            } => {
                if let Some(preemption) = &preemption {
                    self.evict_all(pod, preemption).await;
                }
                let node = preemption.map(|preemption| preemption.node);
                self.refuse(pod, &message, node.as_deref(), plugins).await;
            }
        }
    }

    /// Takes the victims away, and the promise from less important pods that
    /// were to go to the same node.
    async fn evict_all(&self, pod: &Arc<Pod>, preemption: &Preemption) {
        for victim in &preemption.victims {
            if let Err(error) = self.evict(pod, victim, &preemption.node).await
                && !error.is_not_found()
            {
                tracing::warn!(pod = %victim.metadata.name, %error, "a victim cannot be taken away");
            }
        }
        let lower: Vec<Arc<Pod>> = {
            let mut state = self.state.lock();
            let lower: Vec<Arc<Pod>> = state
                .nominated
                .values()
                .filter(|other| {
                    other.status.nominated_node_name == preemption.node
                        && priority(other) < priority(pod)
                })
                .cloned()
                .collect();
            for other in &lower {
                state.nominated.remove(other.metadata.uid.as_str());
            }
            lower
        };
        for other in lower {
            let patch = json!({"status": {"nominatedNodeName": null}});
            if let Err(error) = self.patch_status(&other, patch).await {
                tracing::debug!(pod = %other.metadata.name, %error, "a promise is not taken back");
            }
        }
    }

    async fn evict(&self, pod: &Pod, victim: &Arc<Pod>, node: &str) -> Result<(), Error> {
        let meta = &victim.metadata;
        if meta.deletion_timestamp.is_some() {
            return Ok(());
        }
        let condition = PodCondition {
            type_: "DisruptionTarget".into(),
            status: "True".into(),
            reason: "PreemptionByScheduler".into(),
            message: format!("{NAME}: preempting to accommodate a higher priority pod"),
            last_transition_time: Some(Time(self.clock.now())),
            observed_generation: meta.generation,
            ..Default::default()
        };
        let status = with_condition(victim, &condition);
        self.patch_status(victim, json!({"status": status})).await?;
        let api = Api::<Pod>::namespaced(self.client.clone(), meta.namespace.clone());
        let options = DeleteOptions::default().uid(meta.uid.to_string());
        api.delete(&meta.name, &options).await?;
        let text = format!("Preempted by pod {} on node {node}", pod.metadata.uid);
        self.recorder.event_full(
            reference(&**victim),
            Some(reference(pod)),
            EventType::Normal,
            "Preempted",
            "Preempting",
            &text,
        );
        Ok(())
    }

    fn event(&self, pod: &Pod, kind: EventType, reason: &str, action: &str, message: &str) {
        self.recorder
            .event_full(reference(pod), None, kind, reason, action, message);
    }

    /// Changes what is known of devices; who waits for them is tried again.
    fn devices(&self, change: impl FnOnce(&mut Devices)) {
        let mut state = self.state.lock();
        let state = &mut *state;
        change(state.snapshot.devices_mut());
        state.queue.changed(Change::Devices, self.clock.monotonic());
        self.stirred.notify_one();
    }

    /// Changes what is known of volumes; who waits for them is tried again.
    fn volumes(&self, change: impl FnOnce(&mut Volumes)) {
        let mut state = self.state.lock();
        let state = &mut *state;
        change(state.snapshot.volumes_mut());
        state.queue.changed(Change::Volumes, self.clock.monotonic());
        self.stirred.notify_one();
    }

    /// Gives claims their volumes, and waits until they have them.
    async fn bind_volumes(&self, steps: &[(ClaimKey, Step)], node: &str) -> Result<(), Error> {
        let mut heard = self.claims_heard.subscribe();
        for (claim, step) in steps {
            bind::begin(&self.client, claim, step, node).await?;
        }
        let deadline = self.clock.sleep(BIND_TIMEOUT);
        tokio::pin!(deadline);
        for (claim, _) in steps {
            while !self.state.lock().snapshot.volumes().has_volume(claim) {
                tokio::select! {
                    _ = heard.changed() => {}
                    () = &mut deadline => return Err(bind::too_late(claim)),
                }
            }
        }
        Ok(())
    }

    async fn bind(&self, pod: &Arc<Pod>, node: &str, promised: &Promised) {
        let meta = &pod.metadata;
        if let Err(error) = self.bind_volumes(&promised.volumes, node).await {
            return self.not_bound(pod, node, promised, &error).await;
        }
        for (wanted, allocation) in &promised.devices {
            let reserved = reserve::reserve(
                &self.client,
                pod,
                wanted,
                allocation,
                Time(self.clock.now()),
            );
            if let Err(error) = reserved.await {
                return self.not_bound(pod, node, promised, &error).await;
            }
        }
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
            Err(error) => self.not_bound(pod, node, promised, &error).await,
        }
    }

    async fn not_bound(&self, pod: &Arc<Pod>, node: &str, promised: &Promised, error: &Error) {
        tracing::warn!(pod = %pod.metadata.name, node, %error, "a pod cannot be bound");
        for (wanted, _) in &promised.devices {
            if let Err(error) = reserve::release(&self.client, pod, wanted).await {
                tracing::debug!(claim = %wanted.key.1, %error, "a claim stays reserved");
            }
        }
        let uid = pod.metadata.uid.as_str();
        let mut state = self.state.lock();
        for (claim, _) in &promised.volumes {
            state.snapshot.volumes_mut().take_back(claim);
        }
        for (wanted, _) in &promised.devices {
            state.snapshot.devices_mut().take_back(&wanted.uid);
        }
        state.snapshot.remove(uid);
        if error.is_not_found() {
            state.queue.remove(uid);
        } else {
            state.queue.failed(uid, Vec::new(), self.clock.monotonic());
        }
        drop(state);
        self.stirred.notify_one();
    }

    async fn refuse(
        &self,
        pod: &Arc<Pod>,
        message: &str,
        nominated: Option<&str>,
        plugins: Vec<&'static str>,
    ) {
        self.event(
            pod,
            EventType::Warning,
            "FailedScheduling",
            "Scheduling",
            message,
        );
        let status = &pod.status;
        // Room that is being made stays promised while its victims go.
        let waits = message.ends_with("terminating pod on the nominated node.");
        let nominated = nominated.unwrap_or(match waits {
            true => &status.nominated_node_name,
            false => "",
        });
        let told = status.conditions.iter().any(|condition| {
            condition.type_ == "PodScheduled"
                && condition.status == "False"
                && condition.message == message
        });
        if !(told && status.nominated_node_name == nominated)
            && let Err(error) = self.tell(pod, message, nominated).await
        {
            tracing::warn!(pod = %pod.metadata.name, %error, "a pod cannot be told that it has no node");
        }
        self.state
            .lock()
            .queue
            .failed(pod.metadata.uid.as_str(), plugins, self.clock.monotonic());
        self.stirred.notify_one();
    }

    async fn tell(&self, pod: &Pod, message: &str, nominated: &str) -> Result<(), Error> {
        let held = pod
            .status
            .conditions
            .iter()
            .find(|condition| condition.type_ == "PodScheduled");
        let since = held
            .filter(|held| held.status == "False")
            .and_then(|held| held.last_transition_time)
            .unwrap_or_else(|| Time(self.clock.now()));
        let condition = PodCondition {
            type_: "PodScheduled".into(),
            status: "False".into(),
            reason: "Unschedulable".into(),
            message: message.to_owned(),
            last_transition_time: Some(since),
            observed_generation: pod.metadata.generation,
            ..Default::default()
        };
        let mut status = with_condition(pod, &condition);
        if pod.status.nominated_node_name != nominated
            && let Some(members) = status.as_object_mut()
        {
            let node = match nominated {
                "" => Value::Null,
                node => node.into(),
            };
            members.insert("nominatedNodeName", node);
        }
        self.patch_status(pod, json!({"status": status})).await
    }

    /// Patches a pod's status, unless it is another pod of the same name by now.
    async fn patch_status(&self, pod: &Pod, mut patch: Value) -> Result<(), Error> {
        if let Some(members) = patch.as_object_mut() {
            members.insert("metadata", json!({"uid": pod.metadata.uid.to_string()}));
        }
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

/// A status with one condition, in its place among those that the pod has or
/// behind them. As in upstream's patches, no probe time is null.
fn with_condition(pod: &Pod, condition: &PodCondition) -> Value {
    let mut tree = skeg_schema::message_to_value(condition);
    if let Some(members) = tree.as_object_mut() {
        members.insert("lastProbeTime", Value::Null);
    }
    let mut order: Vec<&str> = pod
        .status
        .conditions
        .iter()
        .map(|held| held.type_.as_str())
        .collect();
    if !order.contains(&condition.type_.as_str()) {
        order.push(&condition.type_);
    }
    let order: Vec<Value> = order
        .into_iter()
        .map(|of_type| json!({"type": of_type}))
        .collect();
    json!({"$setElementOrder/conditions": order, "conditions": [tree]})
}
