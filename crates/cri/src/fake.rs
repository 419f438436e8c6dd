//! A runtime in memory, for tests of what stands on the runtime.
//!
//! Containers "run" until a test ends them; failures, images, exec answers and stubbornness
//! are set up by name. Time is tokio's, so tests with paused time work.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    io::Write as _,
    net::{IpAddr, Ipv4Addr},
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use parking_lot::Mutex;
use tokio::{
    io::AsyncWriteExt as _,
    sync::{Notify, broadcast, mpsc},
};

use crate::{
    AttachRequest, ContainerConfig, ContainerFilter, ContainerId, ContainerState, ContainerStats,
    ContainerStatus, ContainerSummary, DuplexStream, EVENT_QUEUE_LEN_MAX, Error, ErrorKind, Event,
    EventKind, ExecRequest, ExecResult, FilesystemUsage, ImageInfo, ImageService, ImageSummary,
    PullProgress, PullRequest, Resources, Result, RuntimeService, RuntimeStatus, RuntimeVersion,
    SandboxConfig, SandboxFilter, SandboxId, SandboxState, SandboxStatus, SandboxSummary, Session,
};

/// Answers a program run in a container: its status and the command.
pub type ExecHandler = Arc<dyn Fn(&ContainerStatus, &[String]) -> Result<ExecResult> + Send + Sync>;

/// The runtime in memory. Cloning it gives another handle to the same one.
#[derive(Clone)]
pub struct Fake {
    inner: Arc<Inner>,
}

struct Inner {
    state: Mutex<State>,
    changed: Notify,
    events: broadcast::Sender<Event>,
}

#[derive(Default)]
struct State {
    next_id: u64,
    sandboxes: BTreeMap<SandboxId, FakeSandbox>,
    containers: BTreeMap<ContainerId, FakeContainer>,
    images: BTreeMap<String, ImageInfo>,
    failures: HashMap<&'static str, VecDeque<(ErrorKind, String)>>,
    pull_failures: HashMap<String, (ErrorKind, String)>,
    exit_at_start: HashMap<String, i32>,
    stubborn: BTreeSet<String>,
    exec: Option<ExecHandler>,
    calls: Vec<String>,
}

struct FakeSandbox {
    config: SandboxConfig,
    status: SandboxStatus,
}

struct FakeContainer {
    config: ContainerConfig,
    status: ContainerStatus,
    stats: ContainerStats,
}

impl Default for Fake {
    fn default() -> Self {
        Self::new()
    }
}

impl Fake {
    /// A runtime with nothing in it, where every pull succeeds.
    pub fn new() -> Self {
        Self {
            inner: Arc::new(Inner {
                state: Mutex::default(),
                changed: Notify::new(),
                events: broadcast::channel(EVENT_QUEUE_LEN_MAX).0,
            }),
        }
    }

    /// Puts an image into the store. Names are taken as they stand.
    pub fn add_image(&self, name: &str) {
        let info = image_of(name);
        self.inner.state.lock().images.insert(name.to_owned(), info);
    }

    /// Changes the stored form of an image (its user, entry point).
    pub fn edit_image(&self, name: &str, edit: impl FnOnce(&mut ImageInfo)) {
        let mut state = self.inner.state.lock();
        edit(
            state
                .images
                .entry(name.to_owned())
                .or_insert_with(|| image_of(name)),
        );
    }

    /// Lets pulls of an image fail, until `allow_pull`.
    pub fn fail_pull(&self, image: &str, kind: ErrorKind, message: &str) {
        let failure = (kind, message.to_owned());
        self.inner
            .state
            .lock()
            .pull_failures
            .insert(image.to_owned(), failure);
    }

    /// Lets pulls of an image succeed again.
    pub fn allow_pull(&self, image: &str) {
        self.inner.state.lock().pull_failures.remove(image);
    }

    /// Lets the next call of a method (`"run_sandbox"`) fail. Several add up.
    pub fn fail_next(&self, method: &'static str, kind: ErrorKind, message: &str) {
        let mut state = self.inner.state.lock();
        state
            .failures
            .entry(method)
            .or_default()
            .push_back((kind, message.to_owned()));
    }

    /// Containers of this name (within their pod) end with a code as soon as they start;
    /// `None` undoes it.
    pub fn exit_at_start(&self, container: &str, code: Option<i32>) {
        let mut state = self.inner.state.lock();
        match code {
            Some(code) => state.exit_at_start.insert(container.to_owned(), code),
            None => state.exit_at_start.remove(container),
        };
    }

    /// Containers of this name ignore their stop signal and have to be killed.
    pub fn ignore_stop_signal(&self, container: &str) {
        self.inner
            .state
            .lock()
            .stubborn
            .insert(container.to_owned());
    }

    /// Answers all programs that are run in containers. Without a handler they print nothing
    /// and end with 0.
    pub fn on_exec(
        &self,
        handler: impl Fn(&ContainerStatus, &[String]) -> Result<ExecResult> + Send + Sync + 'static,
    ) {
        self.inner.state.lock().exec = Some(Arc::new(handler));
    }

    /// Ends a container as if its program had.
    pub fn exit(&self, id: &ContainerId, code: i32) {
        self.finish(
            id,
            code,
            None,
            if code == 0 { "Completed" } else { "Error" },
        );
    }

    /// Ends a container as the kernel does when memory runs out.
    pub fn oom_kill(&self, id: &ContainerId) {
        self.finish(id, 137, Some(9), "OOMKilled");
    }

    /// Ends a sandbox as if its holder had been killed.
    pub fn kill_sandbox(&self, id: &SandboxId) {
        self.end_sandbox(id);
    }

    /// Sets what `container_stats` answers.
    pub fn set_stats(&self, id: &ContainerId, stats: ContainerStats) {
        if let Some(container) = self.inner.state.lock().containers.get_mut(id) {
            container.stats = stats;
        }
    }

    /// Writes a line to a container's log file, in the log's format.
    pub fn write_log(&self, id: &ContainerId, timestamp: &str, stream: &str, line: &str) {
        let path = self
            .inner
            .state
            .lock()
            .containers
            .get(id)
            .map(|c| c.status.log_path.clone());
        if let Some(path) = path {
            append(&path, &format!("{timestamp} {stream} F {line}\n"));
        }
    }

    /// The container of a pod (by UID) and name with the highest attempt.
    pub fn container(&self, pod_uid: &str, name: &str) -> Option<ContainerStatus> {
        let state = self.inner.state.lock();
        state
            .containers
            .values()
            .filter(|c| c.status.metadata.name == name)
            .filter(|c| {
                let sandbox = state.sandboxes.get(&c.status.sandbox_id);
                sandbox.is_some_and(|s| s.config.metadata.uid == pod_uid)
            })
            .max_by_key(|c| c.status.metadata.attempt)
            .map(|c| c.status.clone())
    }

    /// The configuration that a container was made with.
    pub fn container_config(&self, id: &ContainerId) -> Option<ContainerConfig> {
        self.inner
            .state
            .lock()
            .containers
            .get(id)
            .map(|c| c.config.clone())
    }

    /// The configuration that a sandbox was made with.
    pub fn sandbox_config(&self, id: &SandboxId) -> Option<SandboxConfig> {
        self.inner
            .state
            .lock()
            .sandboxes
            .get(id)
            .map(|s| s.config.clone())
    }

    /// Every call so far: `run_sandbox NAMESPACE/POD`, `start_container NAME`, `pull_image IMAGE`.
    pub fn calls(&self) -> Vec<String> {
        self.inner.state.lock().calls.clone()
    }

    /// Waits until a condition holds; it is asked after every change of the runtime's state.
    pub async fn wait_for<T>(&self, mut condition: impl FnMut(&Self) -> Option<T>) -> T {
        loop {
            let changed = self.inner.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if let Some(value) = condition(self) {
                return value;
            }
            changed.await;
        }
    }

    fn enter(&self, method: &'static str, what: &str) -> Result<()> {
        let mut state = self.inner.state.lock();
        state
            .calls
            .push(format!("{method} {what}").trim_end().to_owned());
        let failure = state.failures.get_mut(method).and_then(VecDeque::pop_front);
        drop(state);
        self.inner.changed.notify_waiters();
        match failure {
            Some((kind, message)) => Err(Error::new(kind, message)),
            None => Ok(()),
        }
    }

    fn name_of(&self, id: &ContainerId) -> String {
        let state = self.inner.state.lock();
        state
            .containers
            .get(id)
            .map(|c| c.status.metadata.name.clone())
            .unwrap_or_default()
    }

    fn emit(&self, kind: EventKind, sandbox: &SandboxId, container: Option<&ContainerId>) {
        let pod_uid = {
            let state = self.inner.state.lock();
            state
                .sandboxes
                .get(sandbox)
                .map(|s| s.config.metadata.uid.clone())
                .unwrap_or_default()
        };
        // No listener is no error.
        let _ = self.inner.events.send(Event {
            kind,
            sandbox_id: sandbox.clone(),
            pod_uid,
            container_id: container.cloned(),
            at: SystemTime::now(),
        });
        self.inner.changed.notify_waiters();
    }

    fn finish(&self, id: &ContainerId, code: i32, signal: Option<i32>, reason: &str) {
        let sandbox = {
            let mut state = self.inner.state.lock();
            let Some(container) = state.containers.get_mut(id) else {
                return;
            };
            if container.status.state != ContainerState::Running {
                return;
            }
            let status = &mut container.status;
            status.state = ContainerState::Exited;
            status.finished_at = Some(SystemTime::now());
            status.exit_code = Some(code);
            status.signal = signal;
            status.reason = reason.to_owned();
            status.pid = None;
            status.sandbox_id.clone()
        };
        self.emit(EventKind::ContainerStopped, &sandbox, Some(id));
    }

    fn end_sandbox(&self, id: &SandboxId) {
        let containers: Vec<_> = {
            let mut state = self.inner.state.lock();
            let Some(sandbox) = state.sandboxes.get_mut(id) else {
                return;
            };
            if sandbox.status.state == SandboxState::NotReady {
                return;
            }
            sandbox.status.state = SandboxState::NotReady;
            let of_sandbox = state
                .containers
                .values()
                .filter(|c| &c.status.sandbox_id == id);
            of_sandbox.map(|c| c.status.id.clone()).collect()
        };
        for container in containers {
            self.finish(&container, 137, Some(9), "Error");
        }
        self.emit(EventKind::SandboxStopped, id, None);
    }

    fn running(&self, id: &ContainerId) -> Result<ContainerStatus> {
        let state = self.inner.state.lock();
        let container = state
            .containers
            .get(id)
            .ok_or_else(|| Error::not_found("container", id))?;
        if container.status.state != ContainerState::Running {
            let message = format!("container {id} is not running");
            return Err(Error::new(ErrorKind::FailedPrecondition, message));
        }
        Ok(container.status.clone())
    }
}

fn image_of(name: &str) -> ImageInfo {
    let sum: u64 = name
        .bytes()
        .fold(7, |sum, byte| sum.wrapping_mul(31) + u64::from(byte));
    let digest = format!("sha256:{sum:064x}");
    let repository = name
        .rsplit_once(':')
        .map_or(name, |(repository, _)| repository);
    ImageInfo {
        summary: ImageSummary {
            id: digest.clone(),
            repo_tags: vec![name.to_owned()],
            repo_digests: vec![format!("{repository}@{digest}")],
            size_bytes: 1 << 20,
            pinned: false,
        },
        entrypoint: vec!["/entrypoint".into()],
        ..ImageInfo::default()
    }
}

fn append(path: &Path, text: &str) {
    if let Some(folder) = path.parent() {
        let _ = std::fs::create_dir_all(folder);
    }
    let file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path);
    if let Ok(mut file) = file {
        let _ = file.write_all(text.as_bytes());
    }
}

fn has_labels(labels: &BTreeMap<String, String>, wanted: &BTreeMap<String, String>) -> bool {
    wanted
        .iter()
        .all(|(key, value)| labels.get(key) == Some(value))
}

#[async_trait]
impl RuntimeService for Fake {
    fn version(&self) -> RuntimeVersion {
        RuntimeVersion {
            name: "fake".into(),
            version: "0.0.0".into(),
        }
    }

    async fn status(&self) -> Result<RuntimeStatus> {
        self.enter("status", "")?;
        Ok(RuntimeStatus {
            runtime_ready: true,
            network_ready: true,
            message: String::new(),
        })
    }

    async fn run_sandbox(&self, config: SandboxConfig) -> Result<SandboxId> {
        let what = format!("{}/{}", config.metadata.namespace, config.metadata.name);
        self.enter("run_sandbox", &what)?;
        let id = {
            let mut state = self.inner.state.lock();
            state.next_id += 1;
            let number = state.next_id;
            let id = SandboxId::new(format!("sandbox{number:04}"));
            let host_network = config.security.namespaces.network == crate::Namespace::Node;
            let ip = IpAddr::V4(Ipv4Addr::from(0x0af4_0000 + (number as u32 & 0xffff) + 1));
            let status = SandboxStatus {
                id: id.clone(),
                metadata: config.metadata.clone(),
                state: SandboxState::Ready,
                created_at: SystemTime::now(),
                ips: if host_network { Vec::new() } else { vec![ip] },
                namespaces: config.security.namespaces,
                labels: config.labels.clone(),
                annotations: config.annotations.clone(),
            };
            state
                .sandboxes
                .insert(id.clone(), FakeSandbox { config, status });
            id
        };
        self.emit(EventKind::SandboxStarted, &id, None);
        Ok(id)
    }

    async fn stop_sandbox(&self, id: &SandboxId) -> Result<()> {
        self.enter("stop_sandbox", id.as_str())?;
        self.end_sandbox(id);
        Ok(())
    }

    async fn remove_sandbox(&self, id: &SandboxId) -> Result<()> {
        self.enter("remove_sandbox", id.as_str())?;
        self.end_sandbox(id);
        self.emit(EventKind::SandboxDeleted, id, None);
        let mut state = self.inner.state.lock();
        state.sandboxes.remove(id);
        state.containers.retain(|_, c| &c.status.sandbox_id != id);
        drop(state);
        self.inner.changed.notify_waiters();
        Ok(())
    }

    async fn sandbox_status(&self, id: &SandboxId) -> Result<SandboxStatus> {
        let state = self.inner.state.lock();
        let sandbox = state
            .sandboxes
            .get(id)
            .ok_or_else(|| Error::not_found("sandbox", id))?;
        Ok(sandbox.status.clone())
    }

    async fn list_sandboxes(&self, filter: &SandboxFilter) -> Result<Vec<SandboxSummary>> {
        let state = self.inner.state.lock();
        let sandboxes = state.sandboxes.values().map(|s| &s.status);
        let found = sandboxes.filter(|s| {
            filter.id.as_ref().is_none_or(|id| *id == s.id)
                && filter.state.is_none_or(|state| state == s.state)
                && has_labels(&s.labels, &filter.labels)
        });
        Ok(found
            .map(|s| SandboxSummary {
                id: s.id.clone(),
                metadata: s.metadata.clone(),
                state: s.state,
                created_at: s.created_at,
                labels: s.labels.clone(),
                annotations: s.annotations.clone(),
            })
            .collect())
    }

    async fn create_container(
        &self,
        sandbox: &SandboxId,
        config: ContainerConfig,
    ) -> Result<ContainerId> {
        self.enter("create_container", &config.metadata.name)?;
        let id = {
            let mut state = self.inner.state.lock();
            state.next_id += 1;
            let id = ContainerId::new(format!("container{:04}", state.next_id));
            let owner = state
                .sandboxes
                .get(sandbox)
                .ok_or_else(|| Error::not_found("sandbox", sandbox))?;
            if owner.status.state != SandboxState::Ready {
                let message = format!("sandbox {sandbox} is not ready");
                return Err(Error::new(ErrorKind::FailedPrecondition, message));
            }
            let image = state.images.values().find(|i| {
                i.summary.id == config.image || i.summary.repo_tags.contains(&config.image)
            });
            let image = image.ok_or_else(|| Error::not_found("image", &config.image))?;
            let status = ContainerStatus {
                id: id.clone(),
                sandbox_id: sandbox.clone(),
                metadata: config.metadata.clone(),
                state: ContainerState::Created,
                created_at: SystemTime::now(),
                started_at: None,
                finished_at: None,
                exit_code: None,
                signal: None,
                reason: String::new(),
                message: String::new(),
                image: config.image.clone(),
                image_id: image.summary.id.clone(),
                image_ref: image
                    .summary
                    .repo_digests
                    .first()
                    .cloned()
                    .unwrap_or_default(),
                labels: config.labels.clone(),
                annotations: config.annotations.clone(),
                mounts: config.mounts.clone(),
                log_path: owner.config.log_directory.join(&config.log_path),
                user: None,
                resources: config.resources.clone(),
                pid: None,
            };
            let stats = ContainerStats::default();
            state.containers.insert(
                id.clone(),
                FakeContainer {
                    config,
                    status,
                    stats,
                },
            );
            id
        };
        self.emit(EventKind::ContainerCreated, sandbox, Some(&id));
        Ok(id)
    }

    async fn start_container(&self, id: &ContainerId) -> Result<()> {
        let name = self.name_of(id);
        self.enter("start_container", &name)?;
        let (sandbox, exit) = {
            let mut state = self.inner.state.lock();
            let exit = state.exit_at_start.get(&name).copied();
            let container = state
                .containers
                .get_mut(id)
                .ok_or_else(|| Error::not_found("container", id))?;
            if container.status.state != ContainerState::Created {
                let message = format!("container {id} was started before");
                return Err(Error::new(ErrorKind::FailedPrecondition, message));
            }
            let security = &container.config.security;
            let user = security.run_as_user.unwrap_or(0);
            let group = security.run_as_group.unwrap_or(0);
            container.status.user = Some((user, group, security.supplemental_groups.clone()));
            container.status.state = ContainerState::Running;
            container.status.started_at = Some(SystemTime::now());
            (container.status.sandbox_id.clone(), exit)
        };
        self.emit(EventKind::ContainerStarted, &sandbox, Some(id));
        if let Some(code) = exit {
            self.exit(id, code);
        }
        Ok(())
    }

    async fn stop_container(&self, id: &ContainerId, grace: Duration) -> Result<()> {
        let name = self.name_of(id);
        self.enter("stop_container", &name)?;
        if self.running(id).is_err() {
            return Ok(());
        }
        let stubborn = self.inner.state.lock().stubborn.contains(&name);
        if stubborn || grace.is_zero() {
            tokio::time::sleep(grace).await;
            self.finish(id, 137, Some(9), "Error");
        } else {
            self.finish(id, 143, Some(15), "Error");
        }
        Ok(())
    }

    async fn remove_container(&self, id: &ContainerId) -> Result<()> {
        let name = self.name_of(id);
        self.enter("remove_container", &name)?;
        self.finish(id, 137, Some(9), "Error");
        let removed = self.inner.state.lock().containers.remove(id);
        if let Some(container) = removed {
            self.emit(
                EventKind::ContainerDeleted,
                &container.status.sandbox_id,
                Some(id),
            );
        }
        Ok(())
    }

    async fn container_status(&self, id: &ContainerId) -> Result<ContainerStatus> {
        let state = self.inner.state.lock();
        let container = state
            .containers
            .get(id)
            .ok_or_else(|| Error::not_found("container", id))?;
        Ok(container.status.clone())
    }

    async fn list_containers(&self, filter: &ContainerFilter) -> Result<Vec<ContainerSummary>> {
        let state = self.inner.state.lock();
        let containers = state.containers.values().map(|c| &c.status);
        let found = containers.filter(|c| {
            filter.id.as_ref().is_none_or(|id| *id == c.id)
                && filter
                    .sandbox_id
                    .as_ref()
                    .is_none_or(|id| *id == c.sandbox_id)
                && filter.state.is_none_or(|state| state == c.state)
                && has_labels(&c.labels, &filter.labels)
        });
        Ok(found
            .map(|c| ContainerSummary {
                id: c.id.clone(),
                sandbox_id: c.sandbox_id.clone(),
                metadata: c.metadata.clone(),
                image: c.image.clone(),
                image_id: c.image_id.clone(),
                state: c.state,
                created_at: c.created_at,
                labels: c.labels.clone(),
                annotations: c.annotations.clone(),
            })
            .collect())
    }

    async fn update_container_resources(
        &self,
        id: &ContainerId,
        resources: Resources,
    ) -> Result<()> {
        self.enter("update_container_resources", &self.name_of(id))?;
        let mut state = self.inner.state.lock();
        let container = state
            .containers
            .get_mut(id)
            .ok_or_else(|| Error::not_found("container", id))?;
        container.status.resources = resources;
        Ok(())
    }

    async fn update_sandbox_resources(&self, id: &SandboxId, resources: Resources) -> Result<()> {
        self.enter("update_sandbox_resources", id.as_str())?;
        let mut state = self.inner.state.lock();
        let sandbox = state
            .sandboxes
            .get_mut(id)
            .ok_or_else(|| Error::not_found("sandbox", id))?;
        sandbox.config.resources = resources;
        Ok(())
    }

    async fn reopen_container_log(&self, id: &ContainerId) -> Result<()> {
        self.running(id).map(drop)
    }

    async fn container_stats(&self, id: &ContainerId) -> Result<ContainerStats> {
        let state = self.inner.state.lock();
        let container = state
            .containers
            .get(id)
            .ok_or_else(|| Error::not_found("container", id))?;
        Ok(container.stats.clone())
    }

    async fn exec_sync(
        &self,
        id: &ContainerId,
        command: &[String],
        _timeout: Option<Duration>,
    ) -> Result<ExecResult> {
        self.enter("exec_sync", &self.name_of(id))?;
        let status = self.running(id)?;
        let handler = self.inner.state.lock().exec.clone();
        handler.map_or_else(
            || Ok(ExecResult::default()),
            |handler| handler(&status, command),
        )
    }

    async fn exec(&self, id: &ContainerId, request: ExecRequest) -> Result<Session> {
        self.enter("exec", &self.name_of(id))?;
        let status = self.running(id)?;
        let handler = self.inner.state.lock().exec.clone();
        let result = match handler {
            Some(handler) => handler(&status, &request.command)?,
            None => ExecResult::default(),
        };
        // With a standard input the program is `cat`: what goes in comes out, then the answer.
        let (near, far) = tokio::io::duplex(64 << 10);
        let (out_read, mut out_write) = tokio::io::duplex(64 << 10);
        let (err_read, mut err_write) = tokio::io::duplex(64 << 10);
        let echo = request.stdin;
        let code = result.exit_code;
        let exit = tokio::spawn(async move {
            let mut far = far;
            if echo {
                // Who has gone does not read the rest.
                let _ = tokio::io::copy(&mut far, &mut out_write).await;
            }
            let _ = out_write.write_all(&result.stdout).await;
            let _ = err_write.write_all(&result.stderr).await;
            code
        });
        Ok(Session {
            stdin: request.stdin.then(|| Box::pin(near) as _),
            stdout: request.stdout.then(|| Box::pin(out_read) as _),
            stderr: (request.stderr && !request.tty).then(|| Box::pin(err_read) as _),
            resize: request.tty.then(|| mpsc::channel(8).0),
            exit: Box::pin(async move {
                exit.await
                    .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))
            }),
        })
    }

    async fn attach(&self, id: &ContainerId, request: AttachRequest) -> Result<Session> {
        self.enter("attach", &self.name_of(id))?;
        self.running(id)?;
        let (near, far) = tokio::io::duplex(64 << 10);
        let (far_read, far_write) = tokio::io::split(far);
        let (this, id) = (self.clone(), id.clone());
        let stdout = request.stdout.then(|| Box::pin(far_read) as _);
        // Without a standard input the near end is held, so that standard output stays open.
        let (stdin, held) = if request.stdin {
            (Some(Box::pin(near) as crate::WriteStream), None)
        } else {
            (None, Some(near))
        };
        Ok(Session {
            stdin,
            stdout,
            stderr: None,
            resize: request.tty.then(|| mpsc::channel(8).0),
            exit: Box::pin(async move {
                let _open = (far_write, held);
                this.wait_for(|fake| {
                    let state = fake.inner.state.lock();
                    match state.containers.get(&id) {
                        Some(c) if c.status.state == ContainerState::Running => None,
                        Some(c) => Some(Ok(c.status.exit_code.unwrap_or(0))),
                        None => Some(Err(Error::not_found("container", &id))),
                    }
                })
                .await
            }),
        })
    }

    async fn port_forward(&self, id: &SandboxId, port: u16) -> Result<DuplexStream> {
        self.enter("port_forward", &format!("{id} {port}"))?;
        self.sandbox_status(id).await?;
        // The port echoes.
        let (near, far) = tokio::io::duplex(64 << 10);
        tokio::spawn(async move {
            let (mut read, mut write) = tokio::io::split(far);
            let _ = tokio::io::copy(&mut read, &mut write).await;
            let _ = write.shutdown().await;
        });
        Ok(Box::pin(near))
    }

    fn events(&self) -> broadcast::Receiver<Event> {
        self.inner.events.subscribe()
    }
}

#[async_trait]
impl ImageService for Fake {
    async fn list_images(&self) -> Result<Vec<ImageSummary>> {
        Ok(self
            .inner
            .state
            .lock()
            .images
            .values()
            .map(|i| i.summary.clone())
            .collect())
    }

    async fn image_status(&self, image: &str) -> Result<Option<ImageInfo>> {
        if image.is_empty() || image.chars().any(|c| c.is_whitespace() || c.is_uppercase()) {
            let message = format!("couldn't parse image name {image:?}: invalid reference format");
            return Err(Error::new(ErrorKind::InvalidImageName, message));
        }
        let state = self.inner.state.lock();
        let by_id = || state.images.values().find(|i| i.summary.id == image);
        Ok(state.images.get(image).or_else(by_id).cloned())
    }

    async fn pull_image(
        &self,
        request: PullRequest,
        progress: Option<mpsc::Sender<PullProgress>>,
    ) -> Result<String> {
        self.enter("pull_image", &request.image)?;
        let failure = self
            .inner
            .state
            .lock()
            .pull_failures
            .get(&request.image)
            .cloned();
        if let Some((kind, message)) = failure {
            return Err(Error::new(kind, message));
        }
        let info = image_of(&request.image);
        if let Some(progress) = progress {
            let size = info.summary.size_bytes;
            let report = PullProgress {
                done_bytes: size,
                total_bytes: size,
                phase: "done",
            };
            let _ = progress.try_send(report);
        }
        let id = info.summary.id.clone();
        self.inner
            .state
            .lock()
            .images
            .entry(request.image)
            .or_insert(info);
        self.inner.changed.notify_waiters();
        Ok(id)
    }

    async fn remove_image(&self, image: &str) -> Result<()> {
        self.enter("remove_image", image)?;
        let mut state = self.inner.state.lock();
        state
            .images
            .retain(|name, info| name != image && info.summary.id != image);
        Ok(())
    }

    async fn image_fs_info(&self) -> Result<FilesystemUsage> {
        Ok(FilesystemUsage {
            capacity_bytes: 100 << 30,
            available_bytes: 50 << 30,
            inodes: 1 << 20,
            inodes_free: 1 << 19,
            ..FilesystemUsage::default()
        })
    }
}
