//! Gives each pod of this node its worker, and passes on what concerns it.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::StatusCode;
use parking_lot::Mutex;
use skeg_api::core::v1::Pod;
use skeg_cri::{ContainerState, ContainerStatus, SandboxFilter, SandboxId, SandboxState};
use tokio::sync::{broadcast, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::admit::{self, Refusal};
use crate::allocation;
use crate::names;
use crate::server::{ContainerPlace, ContainerTarget, Pods, Problem};
use crate::worker::{Desired, Handle, Shared, Worker};

/// What the API says of this node's pods.
#[derive(Clone, Debug)]
pub(crate) enum PodChange {
    /// A pod is new, or has changed.
    Upsert(Arc<Pod>),
    /// A pod is gone.
    Removed(Arc<Pod>),
    /// All pods that were there at the start have been told.
    Synced,
}

/// The workers of this node's pods, by the pods' uids.
pub(crate) struct Manager {
    shared: Arc<Shared>,
    handles: Mutex<HashMap<String, Handle>>,
}

impl Manager {
    pub(crate) fn new(shared: Arc<Shared>) -> Arc<Self> {
        Arc::new(Self {
            shared,
            handles: Mutex::new(HashMap::new()),
        })
    }

    /// Works until cancelled. Workers stop with it; containers go on.
    pub(crate) async fn run(
        self: Arc<Self>,
        mut changes: mpsc::Receiver<PodChange>,
        cancel: CancellationToken,
    ) {
        let workers = TaskTracker::new();
        let mut events = self.shared.runtime.events();
        loop {
            tokio::select! {
                change = changes.recv() => match change {
                    Some(PodChange::Upsert(pod)) => self.upsert(pod, &workers, &cancel),
                    Some(PodChange::Removed(pod)) => self.removed(&pod),
                    Some(PodChange::Synced) => self.adopt_orphans(&workers, &cancel).await,
                    None => break,
                },
                event = events.recv() => match event {
                    Ok(event) => self.stir(&event.pod_uid),
                    Err(broadcast::error::RecvError::Lagged(_)) => self.stir_all(),
                    Err(broadcast::error::RecvError::Closed) => break,
                },
                () = cancel.cancelled() => break,
            }
        }
        workers.close();
        workers.wait().await;
    }

    fn upsert(self: &Arc<Self>, pod: Arc<Pod>, workers: &TaskTracker, cancel: &CancellationToken) {
        let uid = pod.metadata.uid.to_string();
        let mut handles = self.handles.lock();
        if let Some(handle) = handles.get_mut(&uid) {
            handle.wanted = pod;
            self.allocate(&uid, &handles);
            self.allocate_deferred(&handles);
            return;
        }
        let folder = self.shared.pods_folder.join(&uid);
        let given = allocation::load(&folder).unwrap_or_default();
        let held = allocation::with(&pod, &given);
        let refusal = self.refusal(&held, &handles);
        if given.is_empty() && refusal.is_none() {
            allocation::save(&folder, &held);
        }
        let mut handle = self.spawn(held, refusal, workers, cancel);
        handle.wanted = pod;
        handles.insert(uid.clone(), handle);
        self.allocate(&uid, &handles);
    }

    /// Tells a pod's worker what is wanted, with as much of what the pod asks
    /// for as the node has for it.
    fn allocate(&self, uid: &str, handles: &HashMap<String, Handle>) {
        let Some(handle) = handles.get(uid) else {
            return;
        };
        let held = handle.desired.borrow().clone();
        let asks = !handle.refused && !allocation::is_same(&handle.wanted, &held.pod);
        let resize = match asks {
            true => self.judge(uid, handles, &held),
            false => None,
        };
        let pod = match resize {
            Some(_) => allocation::with(&handle.wanted, &allocation::of(&held.pod)),
            None => handle.wanted.clone(),
        };
        if asks && resize.is_none() {
            allocation::save(&self.shared.pods_folder.join(uid), &pod);
        }
        handle.desired.send_if_modified(|desired| {
            // Our own status comes back to us; it asks for nothing.
            let same = desired.pod.spec == pod.spec
                && desired.pod.metadata.deletion_timestamp == pod.metadata.deletion_timestamp
                && desired.pod.metadata.deletion_grace_period_seconds
                    == pod.metadata.deletion_grace_period_seconds
                && desired.pod.metadata.annotations == pod.metadata.annotations
                && desired.pod.metadata.labels == pod.metadata.labels
                && desired.resize == resize
                && gates(&desired.pod) == gates(&pod);
            desired.pod = pod;
            desired.resize = resize;
            !same
        });
    }

    /// Why a pod's resize has to wait.
    fn judge(
        &self,
        uid: &str,
        handles: &HashMap<String, Handle>,
        held: &Desired,
    ) -> Option<allocation::Waits> {
        let wanted = &handles.get(uid)?.wanted;
        let others = held_by(handles.iter().filter(|(other, _)| *other != uid));
        let others: Vec<&Pod> = others.iter().map(AsRef::as_ref).collect();
        let allocatable = &self.shared.allocatable;
        allocation::judge(wanted, &others, allocatable, held.resize.as_ref())
    }

    /// Looks again at the resizes that others were in the way of.
    fn allocate_deferred(&self, handles: &HashMap<String, Handle>) {
        let mut deferred: Vec<_> = handles
            .iter()
            .filter_map(|(uid, handle)| {
                let desired = handle.desired.borrow();
                let waits = desired
                    .resize
                    .as_ref()
                    .filter(|waits| waits.is_deferred())?;
                Some((allocation::rank(&handle.wanted, waits), uid))
            })
            .collect();
        deferred.sort();
        for (_, uid) in deferred {
            self.allocate(uid, handles);
        }
    }

    /// Why the node does not take a pod beside those that it has.
    fn refusal(&self, pod: &Pod, handles: &HashMap<String, Handle>) -> Option<Refusal> {
        let others = held_by(handles.iter());
        let others: Vec<&Pod> = others.iter().map(AsRef::as_ref).collect();
        admit::refusal(pod, &others, &self.shared.allocatable)
    }

    fn spawn(
        self: &Arc<Self>,
        pod: Arc<Pod>,
        refusal: Option<Refusal>,
        workers: &TaskTracker,
        cancel: &CancellationToken,
    ) -> Handle {
        let uid = pod.metadata.uid.to_string();
        let (worker, handle) = Worker::new(self.shared.clone(), pod, refusal);
        let (manager, cancel) = (self.clone(), cancel.clone());
        workers.spawn(async move {
            worker.run(cancel).await;
            let mut handles = manager.handles.lock();
            handles.remove(&uid);
            manager.allocate_deferred(&handles);
        });
        handle
    }

    fn removed(&self, pod: &Pod) {
        if let Some(handle) = self.handles.lock().get(pod.metadata.uid.as_str()) {
            handle.desired.send_modify(|desired| desired.removed = true);
        }
    }

    fn stir(&self, uid: &str) {
        if let Some(handle) = self.handles.lock().get(uid) {
            handle.stirred.notify_one();
        }
    }

    fn stir_all(&self) {
        for handle in self.handles.lock().values() {
            handle.stirred.notify_one();
        }
    }

    /// Ends the sandboxes of pods that the API does not know.
    async fn adopt_orphans(self: &Arc<Self>, workers: &TaskTracker, cancel: &CancellationToken) {
        let sandboxes = match self
            .shared
            .runtime
            .list_sandboxes(&SandboxFilter::default())
            .await
        {
            Ok(sandboxes) => sandboxes,
            Err(error) => {
                return tracing::warn!(error = %error.full(), "sandboxes of earlier pods cannot be listed");
            }
        };
        for sandbox in sandboxes {
            let Some(uid) = sandbox.labels.get(names::POD_UID) else {
                continue;
            };
            let mut handles = self.handles.lock();
            if handles.contains_key(uid) {
                continue;
            }
            let mut pod = Pod::default();
            pod.metadata.name.clone_from(&sandbox.metadata.name);
            pod.metadata
                .namespace
                .clone_from(&sandbox.metadata.namespace);
            pod.metadata.uid = uid.clone();
            let handle = self.spawn(Arc::new(pod), None, workers, cancel);
            handle
                .desired
                .send_modify(|desired: &mut Desired| desired.removed = true);
            handles.insert(uid.clone(), handle);
        }
    }

    fn place(&self, status: &ContainerStatus, pod: &Pod) -> ContainerPlace {
        ContainerPlace {
            id: status.id.clone(),
            log: self
                .shared
                .logs_folder
                .join(names::log_folder(pod))
                .join(&status.log_path),
            running: status.state == ContainerState::Running,
        }
    }

    fn not_found(namespace: &str, pod: &str) -> Problem {
        Problem::new(
            StatusCode::NOT_FOUND,
            format!("pod \"{pod}\" in namespace \"{namespace}\" is not on this node"),
        )
    }
}

/// The pods that hold room on the node.
fn held_by<'a>(handles: impl Iterator<Item = (&'a String, &'a Handle)>) -> Vec<Arc<Pod>> {
    handles
        .filter(|(_, handle)| !handle.refused)
        .map(|(_, handle)| handle.desired.borrow())
        .filter(|desired| !desired.removed && !desired.pod.is_finished())
        .map(|desired| desired.pod.clone())
        .collect()
}

/// Conditions by which others hold a pod's readiness back.
fn gates(pod: &Pod) -> Vec<(&str, &str)> {
    let wanted = &pod.spec.readiness_gates;
    pod.status
        .conditions
        .iter()
        .filter(|condition| {
            wanted
                .iter()
                .any(|gate| gate.condition_type == condition.type_)
        })
        .map(|condition| (condition.type_.as_str(), condition.status.as_str()))
        .collect()
}

/// Of two pods of one name the one that the API knows, and the younger.
fn newest(desired: &Desired) -> (bool, Option<skeg_meta::Time>) {
    (!desired.removed, desired.pod.metadata.creation_timestamp)
}

/// What a container waits for, as far as its pod's status tells it.
fn waits_for(pod: &Pod, container: &str) -> String {
    let status = &pod.status;
    let mut all = status
        .container_statuses
        .iter()
        .chain(&status.init_container_statuses);
    let found = all.find(|status| status.name == container);
    let waiting = found.and_then(|status| status.state.waiting.as_ref());
    match waiting.map_or("", |waiting| waiting.reason.as_str()) {
        "" => String::new(),
        "ErrImagePull" => ": image can't be pulled".to_owned(),
        "ImagePullBackOff" => ": trying and failing to pull image".to_owned(),
        reason => format!(": {reason}"),
    }
}

#[async_trait]
impl Pods for Manager {
    async fn container(
        &self,
        target: &ContainerTarget,
        previous: bool,
    ) -> Result<ContainerPlace, Problem> {
        let handles = self.handles.lock();
        let (desired, observed) = handles
            .values()
            .map(|handle| (handle.desired.borrow(), handle.observed.borrow().clone()))
            .filter(|(desired, _)| {
                let meta = &desired.pod.metadata;
                let uid = target.uid.as_deref();
                meta.namespace == target.namespace
                    && meta.name == target.pod
                    && uid.is_none_or(|uid| meta.uid.as_str() == uid)
            })
            .max_by_key(|(desired, _)| newest(desired))
            .ok_or_else(|| Self::not_found(&target.namespace, &target.pod))?;
        let pod = desired.pod.clone();
        drop(desired);
        let name = &target.container;
        let instances = observed.containers.get(name).map_or(&[][..], Vec::as_slice);
        if let Some(status) = instances.get(usize::from(previous)) {
            return Ok(self.place(status, &pod));
        }
        let whose = format!("container \"{name}\" in pod \"{}\"", target.pod);
        if crate::containers::find(&pod, name).is_none() {
            let text = format!("container {name} is not valid for pod {}", target.pod);
            return Err(Problem::new(StatusCode::BAD_REQUEST, text));
        }
        let text = if previous {
            format!("previous terminated {whose} not found")
        } else {
            format!("{whose} is waiting to start{}", waits_for(&pod, name))
        };
        Err(Problem::new(StatusCode::BAD_REQUEST, text))
    }

    async fn sandbox(&self, namespace: &str, name: &str) -> Result<SandboxId, Problem> {
        let handles = self.handles.lock();
        handles
            .values()
            .filter(|handle| {
                let desired = handle.desired.borrow();
                desired.pod.metadata.namespace == namespace && desired.pod.metadata.name == name
            })
            .max_by_key(|handle| newest(&handle.desired.borrow()))
            .and_then(|handle| {
                let observed = handle.observed.borrow();
                let sandbox = observed.sandbox.as_ref()?;
                (sandbox.state == SandboxState::Ready).then(|| sandbox.id.clone())
            })
            .ok_or_else(|| Self::not_found(namespace, name))
    }

    fn list(&self) -> Bytes {
        let handles = self.handles.lock();
        let items: Vec<serde_json::Value> = handles
            .values()
            .filter_map(|handle| serde_json::to_value(handle.desired.borrow().pod.as_ref()).ok())
            .collect();
        let list = serde_json::json!({"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": items});
        list.to_string().into()
    }
}
