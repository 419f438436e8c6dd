//! A fake kubelet for all nodes of a cluster: it moves pods through their
//! phases as scripts say, and keeps the nodes alive. Nothing is run.
//!
//! It tells of pods as a kubelet does, and starts no container before the
//! config maps, secrets and service account that it takes are there.

mod needs;
mod nodes;
mod run;
mod said;
mod script;
mod status;
mod wanted;

pub use nodes::NodeSpec;
pub(crate) use nodes::numbered;
pub use script::{End, PodScript};

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, RwLock};
use skeg_api::core::v1::{Node, Pod, PodStatus};
use skeg_apiserver::ApiServer;
use skeg_auth::{UserInfo, names};
use skeg_client::{Api, Client, DeleteOptions, Error, Patch, PatchOptions};
use skeg_runtime::{
    Clock, Controller, Delta, Informer, Next, ObjectName, ReconcileError, SharedInformerFactory,
    WorkQueue,
};
use skeg_schema::{Value, json, message_to_value};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use nodes::NodeState;
use run::{Now, Run, State};

use crate::control;
use crate::node_api::{Commands, Line, NodeApi};

/// Pods that are looked after at the same time.
const WORKERS: usize = 8;
const AGENT: &str = "kubelet/v1.37.1 (linux/amd64) fake";

pub(crate) struct Inner {
    server: ApiServer,
    clock: Arc<dyn Clock>,
    heartbeat: Duration,
    pods: Informer<Pod>,
    informers: SharedInformerFactory,
    /// Kinds of objects that pods wait for.
    awaited: wanted::Awaited,
    recorders: said::Recorders,
    queue: WorkQueue<ObjectName>,
    scripts: RwLock<Vec<Arc<PodScript>>>,
    /// By namespace and name.
    runs: Mutex<HashMap<ObjectName, Run>>,
    nodes: RwLock<BTreeMap<String, NodeState>>,
    /// Told whenever there may be more in a log.
    logged: watch::Sender<()>,
    cancel: CancellationToken,
}

/// The fake kubelet of a cluster, for all its nodes. Cheap to clone.
#[derive(Clone)]
pub struct Kubelet {
    inner: Arc<Inner>,
}

impl Kubelet {
    pub(crate) fn new(
        server: ApiServer,
        informers: &SharedInformerFactory,
        clock: Arc<dyn Clock>,
        heartbeat: Duration,
        scripts: Vec<PodScript>,
        cancel: CancellationToken,
    ) -> Self {
        let inner = Inner {
            server,
            heartbeat,
            pods: informers.informer(),
            informers: informers.clone(),
            awaited: wanted::Awaited::default(),
            recorders: said::Recorders::default(),
            queue: WorkQueue::new(clock.clone()),
            clock,
            scripts: RwLock::new(scripts.into_iter().map(Arc::new).collect()),
            runs: Mutex::default(),
            nodes: RwLock::default(),
            logged: watch::Sender::new(()),
            cancel,
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Looks after pods until the cluster ends.
    pub(crate) async fn run(self) {
        let inner = self.inner.clone();
        let queue = inner.queue.clone();
        let hears = inner.clone();
        inner.pods.on_change(move |delta| hears.hear(&delta));
        inner.pods.synced().await;
        let cancel = inner.cancel.clone();
        let heartbeats = inner.clone().heartbeats();
        let worker = inner.clone();
        let looked_after = Controller::new("fake-kubelet", queue).workers(WORKERS).run(
            cancel.clone(),
            move |name: ObjectName| {
                let inner = worker.clone();
                async move { inner.reconcile(&name).await }
            },
        );
        tokio::join!(looked_after, cancel.run_until_cancelled(heartbeats));
    }

    /// Adds a script; it decides about pods that come to a node from now on.
    pub fn script(&self, script: PodScript) {
        self.inner.scripts.write().push(Arc::new(script));
    }

    /// A pod's containers end well: the work of a job is done.
    ///
    /// # Panics
    /// The pod is on no node.
    pub fn succeed(&self, namespace: &str, pod: &str) {
        self.finish(namespace, pod, End::exit(0));
    }

    /// A pod's containers end like this; they may be started again.
    ///
    /// # Panics
    /// The pod is on no node.
    #[track_caller]
    pub fn finish(&self, namespace: &str, pod: &str, end: End) {
        self.with_run(namespace, pod, |run, now| run.finish(None, &end, now));
    }

    /// One container of a pod ends like this.
    ///
    /// # Panics
    /// The pod is on no node.
    #[track_caller]
    pub fn finish_container(&self, namespace: &str, pod: &str, container: &str, end: End) {
        self.with_run(namespace, pod, |run, now| {
            run.finish(Some(container), &end, now);
        });
    }

    /// The node evicts a pod: it fails with reason `Evicted`.
    ///
    /// # Panics
    /// The pod is on no node.
    #[track_caller]
    pub fn evict(&self, namespace: &str, pod: &str, message: &str) {
        self.with_run(namespace, pod, |run, now| {
            run.evict(message.to_owned(), now)
        });
    }

    /// A container writes a line to its log.
    ///
    /// # Panics
    /// The pod is on no node.
    #[track_caller]
    pub fn log(&self, namespace: &str, pod: &str, container: &str, line: &str) {
        self.with_run(namespace, pod, |run, now| {
            for of in &mut run.containers {
                if of.name == container && of.runs > 0 {
                    of.log.push((now.day, line.to_owned()));
                }
            }
        });
        self.inner.logged.send_replace(());
    }

    /// Answers for the nodes from now on.
    pub(crate) fn serve(&self, api: &NodeApi) {
        api.serve(&self.inner);
    }

    #[track_caller]
    fn with_run(&self, namespace: &str, pod: &str, change: impl FnOnce(&mut Run, Now)) {
        let name = ObjectName::new(namespace, pod);
        let now = self.inner.now();
        let mut runs = self.inner.runs.lock();
        let Some(run) = runs.get_mut(&name) else {
            panic!("no node has a pod {namespace}/{pod}");
        };
        change(run, now);
        drop(runs);
        self.inner.queue.add(name);
    }
}

impl Inner {
    fn now(&self) -> Now {
        Now {
            since: self.clock.monotonic(),
            day: self.clock.now(),
        }
    }

    /// A client that acts as a node.
    fn client(&self, node: &str) -> Client {
        let name = format!("{}{node}", names::NODE_PREFIX);
        let user = UserInfo::new(name, &[names::NODES]);
        control::client(&self.server, user, &self.clock).with_user_agent(AGENT)
    }

    /// What commands in a container that runs do.
    pub(crate) fn commands(&self, namespace: &str, pod: &str, container: &str) -> Option<Commands> {
        let runs = self.runs.lock();
        let run = runs.get(&ObjectName::new(namespace, pod))?;
        let mut containers = run.containers.iter();
        let of = containers.find(|of| of.name == container)?;
        matches!(of.state, State::Running { .. }).then(|| run.script.commands.clone())
    }

    /// Where connections to a pod's ports go.
    pub(crate) fn ports(&self, namespace: &str, pod: &str) -> Option<HashMap<u16, SocketAddr>> {
        let runs = self.runs.lock();
        let run = runs.get(&ObjectName::new(namespace, pod))?;
        (run.phase() == "Running").then(|| run.script.ports.clone())
    }

    /// The log of a container, and whether nothing more will come.
    pub(crate) fn log(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
        previous: bool,
    ) -> Option<(Vec<Line>, bool)> {
        let runs = self.runs.lock();
        let run = runs.get(&ObjectName::new(namespace, pod))?;
        let mut containers = run.containers.iter();
        let of = containers.find(|of| of.name == container && of.runs > 0)?;
        if previous {
            return of.previous_log.clone().map(|lines| (lines, true));
        }
        Some((of.log.clone(), !matches!(of.state, State::Running { .. })))
    }

    /// Told whenever there may be more in a log.
    pub(crate) fn logged(&self) -> watch::Receiver<()> {
        self.logged.subscribe()
    }

    /// The time of day.
    pub(crate) fn day(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    fn hear(&self, delta: &Delta<'_, Pod>) {
        let pod = delta.object();
        if pod.spec.node_name.is_empty() {
            return;
        }
        let name = ObjectName::of(&pod.metadata);
        if let Delta::Deleted { .. } = delta {
            let mut runs = self.runs.lock();
            if runs
                .get(&name)
                .is_some_and(|run| run.uid == pod.metadata.uid.as_str())
            {
                runs.remove(&name);
            }
            return;
        }
        self.queue.add(name);
    }

    /// The node's address, if it is one of ours and lives.
    pub(crate) fn host_of(&self, node: &str) -> Option<String> {
        let nodes = self.nodes.read();
        nodes
            .get(node)
            .filter(|state| !state.silent)
            .map(|state| state.ip.clone())
    }

    fn script_for(&self, pod: &Pod) -> PodScript {
        let scripts = self.scripts.read();
        scripts
            .iter()
            .rev()
            .find(|script| script.selects(pod))
            .map_or_else(PodScript::all, |script| PodScript::clone(script))
    }

    async fn reconcile(self: &Arc<Self>, name: &ObjectName) -> Result<Next, ReconcileError> {
        let Some(pod) = self.pods.get(&name.namespace, &name.name) else {
            return Ok(Next::Done);
        };
        let node = pod.spec.node_name.as_str();
        let Some(host_ip) = self.host_of(node) else {
            return Ok(Next::Done);
        };
        if self.may_start(name, &pod) {
            let lacks = self.lacks_of(&pod).await?;
            self.note_lacks(name, &pod, lacks).await;
        }
        let now = self.now();
        let Some((status, next, ended)) = self.step(name, &pod, &host_ip, now) else {
            // It ended before we knew of it; all that is left is to go.
            if pod.metadata.is_deleting() {
                self.remove(&pod, node).await?;
            }
            return Ok(Next::Done);
        };
        let leaves = pod.metadata.is_deleting();
        if status != pod.status {
            self.write_status(&pod, node, message_to_value(&status))
                .await?;
        }
        if leaves && ended {
            self.remove(&pod, node).await?;
            return Ok(Next::Done);
        }
        let now = self.clock.monotonic();
        Ok(next.map_or(Next::Done, |at| {
            Next::After(at.saturating_sub(now).max(Duration::from_millis(1)))
        }))
    }

    /// Lets everything happen to a pod that is due: its status, when something
    /// is due next, and whether it has ended. `None` for a pod that had ended
    /// before.
    fn step(
        &self,
        name: &ObjectName,
        pod: &Pod,
        host_ip: &str,
        now: Now,
    ) -> Option<(PodStatus, Option<Duration>, bool)> {
        let mut runs = self.runs.lock();
        let run = self.run_of(&mut runs, name, pod, now)?;
        run.set_active_max(pod.spec.active_deadline_seconds);
        let leaves = pod.metadata.is_deleting();
        let mut next = None;
        if !leaves || run.has_started() {
            next = run.step(now);
        }
        if leaves {
            let grace = pod.metadata.deletion_grace_period_seconds.unwrap_or(0);
            let grace = Duration::from_secs(u64::try_from(grace).unwrap_or(0));
            let at = run.stop(grace, now);
            next = Some(next.map_or(at, |next| next.min(at))).filter(|at| *at > now.since);
        }
        let status = status::of_pod(pod, run, host_ip, now);
        self.tell(pod, run.said());
        self.logged.send_replace(());
        Some((status, next, run.has_ended()))
    }

    /// The run of a pod, made when it comes; `None` for a pod that had ended
    /// before.
    fn run_of<'a>(
        &self,
        runs: &'a mut HashMap<ObjectName, Run>,
        name: &ObjectName,
        pod: &Pod,
        now: Now,
    ) -> Option<&'a mut Run> {
        let uid = pod.metadata.uid.as_str();
        if runs.get(name).is_none_or(|run| run.uid != uid) {
            if matches!(pod.status.phase.as_str(), "Succeeded" | "Failed") {
                return None;
            }
            let ip = self.address(&pod.spec.node_name);
            let run = Run::new(pod, self.script_for(pod), ip, now);
            runs.insert(name.clone(), run);
        }
        runs.get_mut(name)
    }

    async fn write_status(
        &self,
        pod: &Pod,
        node: &str,
        status: Value,
    ) -> Result<(), ReconcileError> {
        let uid = pod.metadata.uid.to_string();
        let patch = Patch::Strategic(json!({"metadata": {"uid": uid}, "status": status}));
        let options = PatchOptions::default();
        let namespace = pod.metadata.namespace.clone();
        let api = Api::<Pod>::namespaced(self.client(node), namespace);
        let patched = api.patch_status(&pod.metadata.name, &patch, &options);
        match patched.await {
            Err(error) if gone(&error) => Ok(()),
            result => Ok(result.map(drop)?),
        }
    }

    async fn remove(&self, pod: &Pod, node: &str) -> Result<(), ReconcileError> {
        let namespace = pod.metadata.namespace.clone();
        let api = Api::<Pod>::namespaced(self.client(node), namespace);
        let options = DeleteOptions::now().uid(pod.metadata.uid.to_string());
        match api.delete(&pod.metadata.name, &options).await {
            Err(error) if gone(&error) => Ok(()),
            result => Ok(result.map(drop)?),
        }
    }

    /// Pods of a node are looked at again.
    fn stir(&self, node: &str) {
        for pod in self.pods.store().list() {
            if pod.spec.node_name == node {
                self.queue.add(ObjectName::of(&pod.metadata));
            }
        }
    }
}

/// The pod is gone, or another has taken its name.
fn gone(error: &Error) -> bool {
    error.is_not_found() || error.is_conflict()
}

/// The client of a node's kubelet, for what it writes of itself.
fn nodes_api(client: Client) -> Api<Node> {
    Api::all(client)
}
