//! What is done about a pod: bound, refused, or others taken away for it.

use std::sync::Arc;
use std::time::Duration;

use skeg_api::core::v1::{Binding, ObjectReference, Pod, PodCondition};
use skeg_client::{Api, DeleteOptions, Error, Patch, PatchOptions};
use skeg_meta::Time;
use skeg_runtime::{EventType, reference};
use skeg_schema::{Value, json};

use super::{Deed, Promised, Scheduler};
use crate::config::Profile;
use crate::devices::{Readiness, reserve};
use crate::preempt::{Preemption, priority};
use crate::volumes::{ClaimKey, Step, bind};

/// How long is waited between the tries of a binding (upstream's `retry.DefaultBackoff`).
const BIND_PAUSES: [Duration; 3] = [
    Duration::from_millis(10),
    Duration::from_millis(50),
    Duration::from_millis(250),
];
/// A server that wants to be left alone longer is asked again by a later attempt.
const BIND_PAUSE_MAX: Duration = Duration::from_secs(1);

impl Scheduler {
    pub(super) async fn act(&self, pod: &Arc<Pod>, profile: &Profile, deed: Deed) {
        match deed {
            Deed::Bind(node, promised) => self.bind(pod, profile, &node, &promised).await,
            Deed::Fail(message) => {
                let condition = ("SchedulerError", message.as_str());
                self.refuse(pod, condition, None, Vec::new()).await;
            }
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
                idle,
            } => {
                if let Some(preemption) = &preemption {
                    self.evict_all(pod, preemption).await;
                }
                let node = preemption.map(|preemption| preemption.node);
                let condition = ("Unschedulable", message.as_str());
                self.refuse(pod, condition, node.as_deref(), plugins).await;
                if let Some(idle) = idle
                    && let Err(error) = reserve::deallocate(&self.client, pod, &idle).await
                {
                    tracing::debug!(claim = %idle.key.1, %error, "a claim keeps its devices");
                }
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
            message: format!(
                "{}: preempting to accommodate a higher priority pod",
                pod.spec.scheduler_name
            ),
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
        if let Some(recorder) = self.recorders.get(&pod.spec.scheduler_name) {
            recorder.event_full(
                reference(&**victim),
                Some(reference(pod)),
                EventType::Normal,
                "Preempted",
                "Preempting",
                &text,
            );
        }
        Ok(())
    }

    fn event(&self, pod: &Pod, kind: EventType, reason: &str, action: &str, message: &str) {
        if let Some(recorder) = self.recorders.get(&pod.spec.scheduler_name) {
            recorder.event_full(reference(pod), None, kind, reason, action, message);
        }
    }

    /// Gives claims their volumes, and waits until they have them.
    async fn bind_volumes(
        &self,
        steps: &[(ClaimKey, Step)],
        node: &str,
        timeout: Duration,
    ) -> Result<(), Error> {
        let mut heard = self.claims_heard.subscribe();
        let mut all = Vec::with_capacity(steps.len());
        for (claim, step) in steps {
            let begun = bind::begin(&self.client, claim, step, node).await;
            // A claim that is gone is no pod that is gone.
            let written = begun.map_err(|error| failure(&error.to_string()))?;
            all.push((claim, bind::Asked::new(claim, node, written)));
        }
        let deadline = self.clock.sleep(timeout);
        tokio::pin!(deadline);
        for (claim, asked) in all {
            loop {
                let has_it = asked.has_its_volume(&self.state.lock().snapshot);
                if has_it.map_err(|why| failure(&why))? {
                    break;
                }
                tokio::select! {
                    _ = heard.changed() => {}
                    () = &mut deadline => return Err(bind::too_late(claim)),
                }
            }
        }
        Ok(())
    }

    /// Waits until the devices of a pod's claims are ready, where they must be
    /// made so first.
    async fn await_devices(&self, promised: &Promised, timeout: Duration) -> Result<(), Error> {
        let mut heard = self.claims_heard.subscribe();
        let deadline = self.clock.sleep(timeout);
        tokio::pin!(deadline);
        let must_wait = |allocation: &Value| {
            allocation
                .at(&["devices", "results"])
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .any(|result| result.get("bindingConditions").is_some())
        };
        for (wanted, allocation) in &promised.devices {
            if !must_wait(allocation) {
                continue;
            }
            loop {
                let readiness = {
                    let state = self.state.lock();
                    let devices = state.snapshot.devices();
                    devices.readiness(&wanted.key, &wanted.uid)
                };
                match readiness {
                    Readiness::Ready => break,
                    Readiness::Failed(why) => return Err(failure(&why)),
                    Readiness::Waiting => tokio::select! {
                        _ = heard.changed() => {}
                        () = &mut deadline => {
                            let why = format!("devices of claim {} are not ready in time", wanted.key.1);
                            return Err(failure(&why));
                        }
                    },
                }
            }
        }
        Ok(())
    }

    /// Says where a pod will be, unless it is bound at once: autoscalers count on it
    /// (`NominatedNodeNameForExpectation`). Returns the pod as it is then.
    async fn expect(&self, pod: &Arc<Pod>, node: &str, promised: &Promised) -> Arc<Pod> {
        let at_once = promised.volumes.is_empty() && promised.devices.is_empty();
        if at_once || pod.status.nominated_node_name == node {
            return Arc::clone(pod);
        }
        let patch = json!({"status": {"nominatedNodeName": node}});
        if let Err(error) = self.patch_status(pod, patch).await {
            tracing::warn!(pod = %pod.metadata.name, %error, "nobody can be told where a pod will be");
            return Arc::clone(pod);
        }
        let mut expected = Pod::clone(pod);
        node.clone_into(&mut expected.status.nominated_node_name);
        Arc::new(expected)
    }

    async fn bind(&self, pod: &Arc<Pod>, profile: &Profile, node: &str, promised: &Promised) {
        let pod = &self.expect(pod, node, promised).await;
        let outcome = match self.prepare(pod, profile, node, promised).await {
            Ok(()) => self.bind_prepared(pod, node).await,
            Err(why) => Err(why),
        };
        match outcome {
            Ok(()) => self.bound(pod, node),
            Err(why) => self.not_bound(pod, node, promised, &why).await,
        }
    }

    /// What a pod must have before it is bound.
    async fn prepare(
        &self,
        pod: &Arc<Pod>,
        profile: &Profile,
        node: &str,
        promised: &Promised,
    ) -> Result<(), NotBound> {
        let timeout = profile.args.volume_timeout;
        let bound = self.bind_volumes(&promised.volumes, node, timeout).await;
        bound.map_err(|error| {
            NotBound::new(
                "running PreBind plugin \"VolumeBinding\": binding volumes",
                error,
            )
        })?;
        let by_devices =
            |error| NotBound::new("running PreBind plugin \"DynamicResources\"", error);
        for (wanted, allocation) in &promised.devices {
            let reserved = reserve::reserve(
                &self.client,
                pod,
                wanted,
                allocation,
                Time(self.clock.now()),
            );
            reserved.await.map_err(by_devices)?;
        }
        let timeout = profile.args.device_timeout;
        if let Err(error) = self.await_devices(promised, timeout).await {
            for (wanted, _) in &promised.devices {
                if let Err(error) = reserve::deallocate(&self.client, pod, wanted).await {
                    tracing::debug!(claim = %wanted.key.1, %error, "a claim keeps its devices");
                }
            }
            return Err(by_devices(error));
        }
        Ok(())
    }

    async fn bind_prepared(&self, pod: &Arc<Pod>, node: &str) -> Result<(), NotBound> {
        let meta = &pod.metadata;
        let mut all = self.extenders.iter();
        let extender = all.find(|extender| extender.config.binds() && extender.minds(pod));
        if let Some(extender) = extender {
            let bound = extender.bind(pod, node).await;
            return bound.map_err(|why| NotBound::new("", failure(&why)));
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
        let posted = self.post(&binding).await;
        posted.map_err(|error| NotBound::new("running Bind plugin \"DefaultBinder\"", error))
    }

    /// Posts a binding, and again if that may help: what was prepared for the
    /// pod on its node is not given up for a moment's trouble.
    async fn post(&self, binding: &Binding) -> Result<(), Error> {
        let meta = &binding.metadata;
        let api = Api::<Pod>::namespaced(self.client.clone(), meta.namespace.clone());
        for pause in BIND_PAUSES {
            match api.bind(&meta.name, binding.clone()).await {
                Err(error) if error.is_transient() => {
                    tracing::debug!(pod = %meta.name, %error, "a binding is tried again");
                    let pause = error.retry_after().unwrap_or(pause);
                    self.clock.sleep(pause.min(BIND_PAUSE_MAX)).await;
                }
                outcome => return outcome,
            }
        }
        api.bind(&meta.name, binding.clone()).await
    }

    fn bound(&self, pod: &Pod, node: &str) {
        let meta = &pod.metadata;
        let text = format!(
            "Successfully assigned {}/{} to {node}",
            meta.namespace, meta.name
        );
        self.event(pod, EventType::Normal, "Scheduled", "Binding", &text);
    }

    async fn not_bound(&self, pod: &Arc<Pod>, node: &str, promised: &Promised, why: &NotBound) {
        let error = why.to_string();
        tracing::warn!(pod = %pod.metadata.name, node, error, "a pod cannot be bound");
        for (wanted, _) in &promised.devices {
            if let Err(error) = reserve::release(&self.client, pod, wanted).await {
                tracing::debug!(claim = %wanted.key.1, %error, "a claim stays reserved");
            }
        }
        self.take_back(pod, promised);
        if why.error.is_not_found() {
            self.state.lock().queue.remove(&pod.metadata.uid);
            self.stirred.notify_one();
            return;
        }
        let condition = ("SchedulerError", error.as_str());
        self.refuse(pod, condition, Some(""), Vec::new()).await;
    }

    /// What a pod counted on is for others again.
    fn take_back(&self, pod: &Pod, promised: &Promised) {
        let mut state = self.state.lock();
        for (claim, _) in &promised.volumes {
            state.snapshot.volumes_mut().take_back(claim);
        }
        for (wanted, _) in &promised.devices {
            state.snapshot.devices_mut().take_back(&wanted.uid);
        }
        state.snapshot.remove(&pod.metadata.uid);
    }

    async fn refuse(
        &self,
        pod: &Arc<Pod>,
        (reason, message): (&str, &str),
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
            && let Err(error) = self.tell(pod, reason, message, nominated).await
        {
            tracing::warn!(pod = %pod.metadata.name, %error, "a pod cannot be told that it has no node");
        }
        self.state
            .lock()
            .queue
            .failed(pod.metadata.uid.as_str(), plugins, self.clock.monotonic());
        self.stirred.notify_one();
    }

    async fn tell(
        &self,
        pod: &Pod,
        reason: &str,
        message: &str,
        nominated: &str,
    ) -> Result<(), Error> {
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
            reason: reason.to_owned(),
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

/// Why a pod that has its node cannot be bound to it.
struct NotBound {
    /// Which part of binding failed, in upstream's words; may be empty.
    step: &'static str,
    error: Error,
}

impl NotBound {
    fn new(step: &'static str, error: Error) -> Self {
        Self { step, error }
    }
}

impl std::fmt::Display for NotBound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.step {
            "" => write!(f, "{}", self.error),
            step => write!(f, "{step}: {}", self.error),
        }
    }
}

/// What is not an answer of the API server, as an error.
fn failure(why: &str) -> Error {
    Error::Api(Box::new(skeg_meta::Status::plain_error(why)))
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
