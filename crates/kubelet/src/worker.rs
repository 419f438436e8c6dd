//! One serial actor for each pod: it alone touches the pod's sandbox,
//! containers, volumes and status.

mod end;
mod last_words;
mod resize;
mod start;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use skeg_api::core::v1::{Container, Pod, PodStatus, ResourceRequirements};
use skeg_cri::{
    ContainerFilter, ContainerId, ContainerState, ContainerStatus, ImageService, RuntimeService,
    SandboxConfig, SandboxFilter, SandboxState,
};
use skeg_meta::{Quantity, Time};
use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;

use self::last_words::last_words;
pub(crate) use self::resize::Resizing;
use crate::admit::Refusal;
use crate::allocation::Waits;
use crate::containers;
use crate::dns::{self, Resolv};
use crate::images::Pulls;
use crate::names;
use crate::plan::{self, Action, Observed, Plan};
use crate::pod_api::PodApi;
use crate::probes::{Finding, Probes};
use crate::status::{self, Extra};
use crate::volumes::{Source, Volumes};

/// How many findings of probes wait to be taken in.
const FINDINGS_MAX: usize = 64;
/// The handlers of RuntimeClasses that there are: the runtime's own, by the name that
/// containerd gives it too.
const HANDLERS: [&str; 2] = ["", "runc"];
/// How long a pod waits after something failed that is not a container's own fault.
const RETRY: Duration = Duration::from_secs(5);

/// The files of a pod that its containers share.
const FILES: [&str; 3] = ["etc-hosts", "resolv.conf", "hostname"];

/// What all workers share.
pub(crate) struct Shared {
    pub(crate) runtime: Arc<dyn RuntimeService>,
    pub(crate) images: Arc<dyn ImageService>,
    pub(crate) source: Arc<dyn Source>,
    pub(crate) api: Arc<dyn PodApi>,
    /// Below it, a folder for each pod.
    pub(crate) pods_folder: PathBuf,
    /// Below it, a folder of logs for each pod.
    pub(crate) logs_folder: PathBuf,
    pub(crate) seccomp_profiles: PathBuf,
    pub(crate) host_ips: Vec<String>,
    pub(crate) allocatable: BTreeMap<String, Quantity>,
    pub(crate) memory_capacity: i64,
    pub(crate) cluster_dns: Vec<String>,
    pub(crate) cluster_domain: String,
    pub(crate) resolv: Resolv,
}

/// What is wanted of a pod.
#[derive(Clone, Debug)]
pub(crate) struct Desired {
    /// With the resources that the node has given to it.
    pub(crate) pod: Arc<Pod>,
    /// Why it is not given all that it asks for by now.
    pub(crate) resize: Option<Waits>,
    /// The API does not know the pod any more.
    pub(crate) removed: bool,
}

impl Desired {
    fn ending(&self) -> bool {
        self.removed || self.pod.metadata.deletion_timestamp.is_some()
    }
}

/// A pod's worker seen from outside.
pub(crate) struct Handle {
    /// The pod as the API has it.
    pub(crate) wanted: Arc<Pod>,
    pub(crate) desired: watch::Sender<Desired>,
    /// Something happened at the runtime.
    pub(crate) stirred: Arc<Notify>,
    /// The newest view of the pod's containers, for the kubelet's server.
    pub(crate) observed: watch::Receiver<Arc<Observed>>,
    /// The node has not taken the pod.
    pub(crate) refused: bool,
}

/// The worker itself.
pub(crate) struct Worker {
    shared: Arc<Shared>,
    desired: watch::Receiver<Desired>,
    stirred: Arc<Notify>,
    publish: watch::Sender<Arc<Observed>>,
    probes: Probes,
    findings: mpsc::Receiver<Finding>,
    found: mpsc::Sender<Finding>,
    volumes: Volumes,
    places: BTreeMap<String, PathBuf>,
    volumes_due: Option<SystemTime>,
    pulls: Pulls,
    waiting: HashMap<String, (String, String)>,
    /// Containers that must not be tried before a time, by name; with another image they may.
    not_before: HashMap<String, (SystemTime, String)>,
    failed: Option<(String, String)>,
    /// Why the node does not take it, until that is told.
    refusal: Option<Refusal>,
    /// It failed because it was not taken at all.
    rejected: bool,
    /// The instance from which a container's back-off counts, by its name.
    forgiven: HashMap<String, u32>,
    last_words: HashMap<String, String>,
    pre_stopped: HashSet<ContainerId>,
    /// Limits that were given are not in force in all containers yet.
    resizing: bool,
    /// Why they cannot be.
    resize_error: Option<String>,
    /// A resize that waits, as it was told.
    resize_waits: Option<Waits>,
    /// What containers have whose limits are in force.
    in_force: HashMap<ContainerId, ResourceRequirements>,
    written: Option<PodStatus>,
}

impl Worker {
    /// Makes a worker and the handle to it; it must be [run](Self::run).
    pub(crate) fn new(shared: Arc<Shared>, pod: Arc<Pod>, why: Option<Refusal>) -> (Self, Handle) {
        let (desired, wants) = watch::channel(Desired {
            pod: pod.clone(),
            resize: None,
            removed: false,
        });
        let (publish, observed) = watch::channel(Arc::new(Observed::default()));
        let (found, findings) = mpsc::channel(FINDINGS_MAX);
        let stirred = Arc::new(Notify::new());
        let refused = why.is_some();
        let volumes = Volumes::new(shared.pods_folder.join(&pod.metadata.uid));
        let worker = Self {
            shared,
            desired: wants,
            stirred: stirred.clone(),
            publish,
            probes: Probes::default(),
            findings,
            found,
            volumes,
            places: BTreeMap::new(),
            volumes_due: None,
            pulls: Pulls::default(),
            waiting: HashMap::new(),
            not_before: HashMap::new(),
            failed: None,
            refusal: why,
            rejected: false,
            forgiven: HashMap::new(),
            last_words: HashMap::new(),
            pre_stopped: HashSet::new(),
            resizing: false,
            resize_error: None,
            resize_waits: None,
            in_force: HashMap::new(),
            written: None,
        };
        (
            worker,
            Handle {
                wanted: pod,
                desired,
                stirred,
                observed,
                refused,
            },
        )
    }

    /// Works until the pod is gone, or until cancelled; then containers go on without it.
    pub(crate) async fn run(mut self, cancel: CancellationToken) {
        loop {
            let desired = self.desired.borrow_and_update().clone();
            let mut changes = self.desired.clone();
            let again = if desired.ending() {
                let ended = tokio::select! {
                    ended = self.end(&desired) => Some(ended),
                    () = became_urgent(&mut changes, &desired) => None,
                    () = cancel.cancelled() => return,
                };
                match ended {
                    Some(Ok(())) => return,
                    Some(Err(problem)) => {
                        tracing::warn!(pod = %desired.pod.metadata.name, %problem, "a pod cannot be ended yet");
                        Some(SystemTime::now() + RETRY)
                    }
                    None => continue,
                }
            } else {
                self.note_waiting(&desired.pod, desired.resize.as_ref());
                tokio::select! {
                    again = self.sync(&desired.pod) => again,
                    () = became_ending(&mut changes) => continue,
                    () = cancel.cancelled() => return,
                }
            };
            let pause = again.map(|at| at.duration_since(SystemTime::now()).unwrap_or_default());
            tokio::select! {
                changed = self.desired.changed() => if changed.is_err() { return },
                () = self.stirred.notified() => {}
                Some(finding) = self.findings.recv() => drop(self.take(&desired.pod, &finding)),
                () = async { tokio::time::sleep(pause.unwrap_or_default()).await }, if pause.is_some() => {}
                () = cancel.cancelled() => return,
            }
        }
    }

    /// Takes a finding in. Says whether anything changed by it.
    fn take(&mut self, pod: &Pod, finding: &Finding) -> bool {
        if let Some(failure) = &finding.failure {
            self.shared.api.event(
                pod,
                Some(&finding.name),
                "Warning",
                "Unhealthy",
                failure.clone(),
            );
        }
        self.probes.take(finding)
    }

    /// Brings the pod towards its spec, and writes its status. Says when to look again.
    async fn sync(&mut self, pod: &Arc<Pod>) -> Option<SystemTime> {
        let mut again: Option<SystemTime> = None;
        let sooner = |again: &mut Option<SystemTime>, at: SystemTime| {
            *again = Some(again.map_or(at, |held| held.min(at)));
        };
        let mut tries = 0;
        loop {
            let now = SystemTime::now();
            let observed = match self.observe(pod).await {
                Ok(observed) => observed,
                Err(problem) => {
                    tracing::warn!(pod = %pod.metadata.name, %problem, "the runtime does not answer");
                    return Some(now + RETRY);
                }
            };
            if observed.sandbox.is_none() && pod.is_finished() {
                return None; // It was over before this kubelet began.
            }
            if let Some(deadline) = deadline(pod) {
                if deadline <= now {
                    let message =
                        "Pod was active on the node longer than the specified deadline".to_owned();
                    self.failed = Some(("DeadlineExceeded".into(), message));
                } else {
                    sooner(&mut again, deadline);
                }
            }
            if self.failed.is_none()
                && observed.sandbox.is_none()
                && let Some((reason, why)) = self.refusal.take()
            {
                (self.shared.api).event(pod, None, "Warning", reason, why.clone());
                self.failed = Some((reason.into(), format!("Pod was rejected: {why}")));
                self.rejected = true;
            }
            if self.over(pod, &observed) {
                self.finish(pod, &observed).await;
                return self.write(pod, false).await.err().map(|_| now + RETRY);
            }
            let mut plan = plan::plan(pod, &observed, now);
            self.note_back_off(pod, &plan);
            plan.actions.retain_mut(|action| match action {
                // An instance that could not be started waits as it is, too.
                Action::Start { container, .. } | Action::Kill { container, .. } => {
                    let due = self.due(pod, container).filter(|due| *due > now);
                    if let Some(due) = due {
                        sooner(&mut again, due);
                    }
                    due.is_none()
                }
                Action::Resize { containers } => {
                    containers.retain(|container| {
                        let due = self.due(pod, container).filter(|due| *due > now);
                        if let Some(due) = due {
                            sooner(&mut again, due);
                        }
                        due.is_none()
                    });
                    !containers.is_empty()
                }
                _ => true,
            });
            if let Some(at) = plan.look_again {
                sooner(&mut again, at);
            }
            let volumes_due = self.volumes_due.is_some_and(|due| due <= now);
            if !plan.actions.is_empty() || volumes_due {
                match self.prepare(pod, now).await {
                    Ok(()) => {}
                    Err(problem) => {
                        self.shared.api.event(
                            pod,
                            None,
                            "Warning",
                            "FailedMount",
                            problem.to_string(),
                        );
                        sooner(&mut again, now + RETRY);
                        plan.actions.clear();
                    }
                }
            }
            if let Some(due) = self.volumes_due {
                sooner(&mut again, due);
            }
            let acted = !plan.actions.is_empty();
            if self.note_resize(pod, &observed) {
                // That it goes on is told before, as it may take a while.
                drop(self.write(pod, false).await);
            }
            if acted {
                self.execute(pod, &observed, plan).await;
                tries += 1;
            }
            if !acted || tries > 64 {
                if self.write(pod, false).await.is_err() {
                    sooner(&mut again, now + RETRY);
                }
                return again;
            }
        }
    }

    /// Whether nothing will run any more: the pod failed, or its containers are through.
    fn over(&self, pod: &Pod, observed: &Observed) -> bool {
        self.failed.is_some()
            || matches!(
                self.status(pod, observed, false).phase.as_str(),
                "Succeeded" | "Failed"
            )
    }

    fn note_back_off(&mut self, pod: &Pod, plan: &Plan) {
        self.waiting
            .retain(|_, (reason, _)| reason != "CrashLoopBackOff");
        for (container, wait) in &plan.backing_off {
            let message = format!(
                "back-off {}s restarting failed container={container} pod={}_{}({})",
                wait.as_secs(),
                pod.metadata.name,
                pod.metadata.namespace,
                pod.metadata.uid
            );
            let before = self.waiting.insert(
                container.clone(),
                ("CrashLoopBackOff".into(), message.clone()),
            );
            // Each look at a pod that backs off is told, as upstream's kubelet does.
            if before.is_none_or(|(reason, _)| reason != "CrashLoopBackOff") {
                let text = format!(
                    "Back-off restarting failed container {container} in pod {}",
                    &message[message.find("pod=").map_or(0, |at| at + 4)..]
                );
                self.shared
                    .api
                    .event(pod, Some(container), "Warning", "BackOff", text);
            }
        }
    }

    async fn prepare(
        &mut self,
        pod: &Pod,
        now: SystemTime,
    ) -> Result<(), crate::volumes::VolumeError> {
        let shared = self.shared.clone();
        let (places, due) = self
            .volumes
            .prepare(
                pod,
                shared.source.as_ref(),
                &shared.host_ips,
                &shared.allocatable,
                now,
            )
            .await?;
        self.places = places;
        self.volumes_due = due;
        Ok(())
    }

    async fn execute(&mut self, pod: &Arc<Pod>, observed: &Observed, plan: Plan) {
        let mut killed = HashSet::new();
        for action in plan.actions {
            match action {
                Action::StopSandbox => {
                    if let Some(sandbox) = &observed.sandbox
                        && let Err(error) = self.shared.runtime.stop_sandbox(&sandbox.id).await
                    {
                        tracing::warn!(%error, "a dead sandbox cannot be stopped");
                    }
                    self.shared.api.event(
                        pod,
                        None,
                        "Normal",
                        "SandboxChanged",
                        "Pod sandbox changed, it will be killed and re-created.".into(),
                    );
                }
                Action::RunSandbox { attempt } => {
                    if let Err(problem) = self.run_sandbox(pod, attempt).await {
                        let text = format!("Failed to create pod sandbox: {problem}");
                        self.shared
                            .api
                            .event(pod, None, "Warning", "FailedCreatePodSandBox", text);
                        let due = SystemTime::now() + RETRY;
                        for container in pod.spec.init_containers.iter().chain(&pod.spec.containers)
                        {
                            let wait = (due, container.image.clone());
                            self.not_before.insert(container.name.clone(), wait);
                        }
                        // Nothing but the time can help; the loop must not spin.
                        tokio::time::sleep(RETRY).await;
                        return;
                    }
                }
                Action::Kill {
                    id,
                    container,
                    message,
                } => {
                    self.shared
                        .api
                        .event(pod, Some(&container), "Normal", "Killing", message);
                    if let Some(spec) = containers::find(pod, &container) {
                        let grace = self.grace(pod, &spec, &id);
                        self.stop_container(pod, &spec, &id, grace).await;
                    }
                    killed.insert(container);
                }
                Action::Start { container, attempt } => {
                    if let Some(spec) = containers::find(pod, &container) {
                        let replaces = killed.contains(&container);
                        self.start(pod, &spec, attempt, replaces).await;
                    }
                }
                Action::Resize { containers } => self.resize(pod, observed, &containers).await,
            }
        }
    }

    /// The grace period of a container that is replaced; a probe may have its own.
    fn grace(&self, pod: &Pod, container: &Container, id: &ContainerId) -> Duration {
        let own = match self
            .probes
            .health()
            .get(id)
            .and_then(|health| health.failed)
        {
            Some("liveness") => container.liveness_probe.as_ref(),
            Some(_) => container.startup_probe.as_ref(),
            None => None,
        };
        let seconds = own
            .and_then(|probe| probe.termination_grace_period_seconds)
            .or(pod.spec.termination_grace_period_seconds)
            .unwrap_or(30);
        Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
    }

    async fn run_sandbox(&mut self, pod: &Pod, attempt: u32) -> Result<(), String> {
        if let Some(class) = pod
            .spec
            .runtime_class_name
            .as_deref()
            .filter(|class| !class.is_empty())
        {
            let handler = self.shared.source.runtime_handler(class).await?;
            // Isolation that was asked for is not to be had otherwise.
            if !HANDLERS.contains(&handler.as_str()) {
                return Err(format!("no runtime for {handler:?} is configured"));
            }
        }
        let config = self.sandbox_config(pod, attempt)?;
        std::fs::create_dir_all(&config.log_directory)
            .map_err(|error| format!("{}: {error}", config.log_directory.display()))?;
        let id = self
            .shared
            .runtime
            .run_sandbox(config)
            .await
            .map_err(|error| error.full())?;
        let status = self
            .shared
            .runtime
            .sandbox_status(&id)
            .await
            .map_err(|error| error.full())?;
        self.write_files(pod, &status)
    }

    /// Writes the files of a pod that its containers share.
    fn write_files(&self, pod: &Pod, status: &skeg_cri::SandboxStatus) -> Result<(), String> {
        let ips: Vec<String> = if pod.spec.host_network {
            self.shared.host_ips.clone()
        } else {
            status.ips.iter().map(ToString::to_string).collect()
        };
        let resolv = dns::resolv(
            pod,
            &self.shared.resolv,
            &self.shared.cluster_dns,
            &self.shared.cluster_domain,
        );
        let of_node = if pod.spec.host_network {
            std::fs::read_to_string("/etc/hosts").unwrap_or_default()
        } else {
            String::new()
        };
        let texts = [
            dns::hosts(pod, &ips, &self.shared.cluster_domain, &of_node),
            resolv.text(),
            format!("{}\n", self.hostname(pod)?),
        ];
        for (name, text) in FILES.into_iter().zip(texts) {
            let path = self.volumes.file(name);
            let beside = path.with_extension("new");
            // Half a file must not look like one: whoever dies here starts anew.
            path.parent()
                .map_or(Ok(()), std::fs::create_dir_all)
                .and_then(|()| std::fs::write(&beside, text))
                .and_then(|()| std::fs::rename(&beside, &path))
                .map_err(|error| format!("{}: {error}", path.display()))?;
        }
        Ok(())
    }

    /// Whether the files that containers share are there. A kubelet that ends
    /// between making a sandbox and writing them leaves them out.
    fn has_files(&self) -> bool {
        FILES.iter().all(|name| self.volumes.file(name).exists())
    }

    fn hostname(&self, pod: &Pod) -> Result<String, String> {
        if pod.spec.host_network && pod.spec.hostname_override.is_none() {
            let names = rustix::system::uname();
            Ok(names.nodename().to_string_lossy().into_owned())
        } else {
            dns::kernel_hostname(pod, &self.shared.cluster_domain)
        }
    }

    fn sandbox_config(&self, pod: &Pod, attempt: u32) -> Result<SandboxConfig, String> {
        let hostname = if pod.spec.host_network {
            String::new()
        } else {
            self.hostname(pod)?
        };
        let log_directory = self.shared.logs_folder.join(names::log_folder(pod));
        Ok(start::sandbox_config(pod, attempt, hostname, log_directory))
    }

    /// Asks the runtime what there is of this pod.
    async fn observe(&mut self, pod: &Pod) -> Result<Observed, String> {
        let runtime = &self.shared.runtime;
        let labels = BTreeMap::from([(names::POD_UID.to_owned(), pod.metadata.uid.to_string())]);
        let filter = SandboxFilter {
            labels: labels.clone(),
            ..Default::default()
        };
        let sandboxes = runtime
            .list_sandboxes(&filter)
            .await
            .map_err(|error| error.full())?;
        let newest = sandboxes
            .into_iter()
            .max_by_key(|sandbox| (sandbox.metadata.attempt, sandbox.created_at));
        let sandbox = match newest {
            Some(sandbox) => Some(
                runtime
                    .sandbox_status(&sandbox.id)
                    .await
                    .map_err(|error| error.full())?,
            ),
            None => None,
        };
        let filter = ContainerFilter {
            labels,
            ..Default::default()
        };
        let mut instances: HashMap<String, Vec<ContainerStatus>> = HashMap::new();
        for summary in runtime
            .list_containers(&filter)
            .await
            .map_err(|error| error.full())?
        {
            match runtime.container_status(&summary.id).await {
                Ok(status) => instances
                    .entry(status.metadata.name.clone())
                    .or_default()
                    .push(status),
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error.full()),
            }
        }
        for of_one in instances.values_mut() {
            of_one.sort_by_key(|status| std::cmp::Reverse(status.metadata.attempt));
            for old in of_one
                .iter()
                .skip(2)
                .filter(|status| status.state == ContainerState::Exited)
            {
                // Two instances tell all that a status does; what cannot be removed now is tried next time.
                if runtime.remove_container(&old.id).await.is_ok() {
                    let words = old.annotations.get(names::TERMINATION_LOG);
                    let log = self.shared.logs_folder.join(&old.log_path);
                    remove_traces(&log, words.map(Path::new));
                }
            }
            of_one.truncate(2);
        }
        let ip = self.pod_ip(pod, sandbox.as_ref());
        let running: Vec<ContainerId> = instances
            .values()
            .flatten()
            .filter(|status| status.state == ContainerState::Running)
            .map(|status| status.id.clone())
            .collect();
        self.probes.retain(&running);
        let ephemeral = containers::ephemeral(pod);
        let listed = pod.spec.init_containers.iter().chain(&pod.spec.containers);
        for container in listed.chain(&ephemeral) {
            let Some(status) = instances
                .get(&container.name)
                .and_then(|of_one| of_one.first())
            else {
                continue;
            };
            if status.state == ContainerState::Running {
                let before = status::health_before(pod, &container.name, &status.id);
                self.probes.begin(
                    container,
                    &status.id,
                    ip,
                    &self.shared.runtime,
                    &self.found,
                    before,
                );
                self.waiting.remove(&container.name);
            }
        }
        for status in instances
            .values()
            .flatten()
            .filter(|status| status.state == ContainerState::Exited)
        {
            if plan::is_forgiven(status) {
                let from = self.forgiven.entry(status.metadata.name.clone());
                let from = from.or_default();
                *from = (*from).max(status.metadata.attempt);
            }
            if !self.last_words.contains_key(status.id.as_str())
                && let Some(text) = last_words(
                    status,
                    &self.shared.logs_folder.join(names::log_folder(pod)),
                )
            {
                self.last_words.insert(status.id.to_string(), text);
            }
        }
        let resizes = self.resizes(pod, &instances);
        let observed = Observed {
            sandbox,
            containers: instances,
            health: self.probes.health().clone(),
            forgiven: self.forgiven.clone(),
            resizes,
        };
        self.publish.send_replace(Arc::new(observed.clone()));
        Ok(observed)
    }

    fn pod_ip(&self, pod: &Pod, sandbox: Option<&skeg_cri::SandboxStatus>) -> Option<IpAddr> {
        if pod.spec.host_network {
            self.shared.host_ips.first().and_then(|ip| ip.parse().ok())
        } else {
            sandbox.and_then(|sandbox| sandbox.ips.first().copied())
        }
    }

    fn status(&self, pod: &Pod, observed: &Observed, ending: bool) -> PodStatus {
        let extra = Extra {
            waiting: self.waiting.clone(),
            failed: self.failed.clone(),
            rejected: self.rejected,
            host_ips: self.shared.host_ips.clone(),
            termination_messages: self.last_words.clone(),
            ending,
            resize_waits: self.resize_waits.clone(),
            resize_error: self.resize_error.clone(),
        };
        status::status(pod, observed, &extra, &Time::now())
    }

    /// Writes the status if it is not what was written last.
    async fn write(&mut self, pod: &Pod, ending: bool) -> Result<(), String> {
        let observed = self.observe(pod).await?;
        let new = self.status(pod, &observed, ending);
        if self.written.as_ref() == Some(&new) || self.written.is_none() && pod.status == new {
            return Ok(());
        }
        self.shared.api.write_status(pod, &new).await.inspect_err(|problem| {
            tracing::warn!(pod = %pod.metadata.name, %problem, "a pod's status cannot be written");
        })?;
        self.written = Some(new);
        Ok(())
    }

    /// Frees what a pod holds that will not run again. Its containers stay, for their logs.
    async fn finish(&mut self, pod: &Pod, observed: &Observed) {
        // Sidecars may run still, and all that does when the pod has failed.
        let grace = pod.spec.termination_grace_period_seconds.unwrap_or(30);
        self.stop_all(
            pod,
            observed,
            Duration::from_secs(u64::try_from(grace).unwrap_or(0)),
            // How it ended is told when nothing of it runs any more.
            false,
        )
        .await;
        if let Some(sandbox) = &observed.sandbox
            && sandbox.state == SandboxState::Ready
            && let Err(error) = self.shared.runtime.stop_sandbox(&sandbox.id).await
        {
            tracing::warn!(%error, "the sandbox of a finished pod cannot be stopped");
        }
    }
}

/// Waits until a pod that ends is to end sooner: it is gone from the API, or has less grace.
/// All else about it is of no matter any more.
async fn became_urgent(changes: &mut watch::Receiver<Desired>, known: &Desired) {
    let grace = |desired: &Desired| desired.pod.metadata.deletion_grace_period_seconds;
    let sooner = |now: &Desired| {
        now.removed != known.removed
            || grace(now).unwrap_or(i64::MAX) < grace(known).unwrap_or(i64::MAX)
    };
    if changes.wait_for(sooner).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Removes what an instance of a container wrote, when nobody can ask for it any more.
fn remove_traces(log: &Path, last_words: Option<&Path>) {
    let name = log
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let folder = log
        .parent()
        .and_then(|folder| std::fs::read_dir(folder).ok());
    for entry in folder.into_iter().flatten().flatten() {
        let own = entry.file_name().to_string_lossy().into_owned();
        let rotated = name.as_deref().and_then(|name| own.strip_prefix(name));
        if rotated.is_some_and(|rest| rest.is_empty() || rest.starts_with('.')) {
            // What is left goes with the pod.
            drop(std::fs::remove_file(entry.path()));
        }
    }
    if let Some(file) = last_words {
        drop(std::fs::remove_file(file));
    }
}

async fn became_ending(changes: &mut watch::Receiver<Desired>) {
    // A closed channel ends nothing; the worker sees it by itself.
    if changes.wait_for(Desired::ending).await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn deadline(pod: &Pod) -> Option<SystemTime> {
    let seconds = u64::try_from(pod.spec.active_deadline_seconds?).ok()?;
    Some(SystemTime::from(pod.status.start_time?.0) + Duration::from_secs(seconds))
}
