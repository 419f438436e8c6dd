//! A runtime in memory, for tests of what stands on the runtime.
//!
//! Containers "run" until a test ends them; failures, images, exec answers and stubbornness
//! are set up by name. Time is tokio's, so tests with paused time work.

mod images;
mod runtime;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    io::Write as _,
    path::Path,
    sync::Arc,
    time::SystemTime,
};

use parking_lot::Mutex;
use tokio::sync::{Notify, broadcast};

use crate::{
    ContainerConfig, ContainerId, ContainerState, ContainerStats, ContainerStatus,
    EVENT_QUEUE_LEN_MAX, Error, ErrorKind, Event, EventKind, ExecResult, ImageInfo, ImageSummary,
    Result, SandboxConfig, SandboxId, SandboxState, SandboxStatus,
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

    /// As the engine leaves a container whose program cannot be executed.
    fn fail_start(&self, id: &ContainerId, error: &Error) {
        let mut state = self.inner.state.lock();
        let Some(container) = state.containers.get_mut(id) else {
            return;
        };
        let status = &mut container.status;
        status.state = ContainerState::Exited;
        status.started_at = Some(SystemTime::now());
        status.finished_at = status.started_at;
        status.exit_code = Some(128);
        status.reason = "StartError".to_owned();
        status.message = error.to_string();
        let sandbox = status.sandbox_id.clone();
        drop(state);
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
