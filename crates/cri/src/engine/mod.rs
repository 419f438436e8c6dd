//! Our own engine: shims hold pods, this holds the shims' addresses.
//!
//! Everything that has to outlive the process is in files or in a shim; [`Engine::open`] finds
//! it again. What happens is told by the shims as it happens; nothing is polled.

mod client;
mod config;
mod containers;
mod images;
mod records;
mod sandboxes;
mod service;
mod spec;
mod streams;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use parking_lot::Mutex;
use skeg_oci::{
    cgroup::Cgroups,
    image::{ImageStore, Registry},
};
use tokio::sync::{broadcast, watch};

pub use config::EngineConfig;

use self::{
    client::Conversation,
    records::{ContainerRecord, SandboxRecord},
};
use crate::{
    ContainerId, EVENT_QUEUE_LEN_MAX, Error, ErrorKind, Event, EventKind, Result, SandboxId,
    shim::{
        self,
        protocol::{Record, Reply, Request},
    },
};

/// The cgroup, below the instance's, that holds the shims themselves.
const SHIMS_CGROUP: &str = "shims";

/// A runtime of our own. Cloning it gives another handle to the same one.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    config: EngineConfig,
    cgroups: Cgroups,
    images: Arc<ImageStore>,
    registry: Registry,
    /// False: layers are copied, because the kernel cannot mount overlays here.
    overlay: bool,
    state: Mutex<State>,
    events: broadcast::Sender<Event>,
    pulls: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

#[derive(Default)]
struct State {
    sandboxes: BTreeMap<SandboxId, Sandbox>,
    containers: BTreeMap<ContainerId, Container>,
}

struct Sandbox {
    record: SandboxRecord,
    /// Whether its shim is there; watched by those who wait for its end.
    alive: watch::Sender<bool>,
    /// Held while it is being made.
    making: Arc<tokio::sync::Mutex<()>>,
}

struct Container {
    record: ContainerRecord,
    /// What the shim said last; none before it was started.
    run: watch::Sender<Option<Record>>,
}

impl Container {
    fn is_running(&self) -> bool {
        self.run
            .borrow()
            .as_ref()
            .is_some_and(|run| run.finished_unix_nanos.is_none())
    }
}

fn internal(what: impl Into<String>) -> impl FnOnce(io::Error) -> Error {
    let what = what.into();
    move |error| {
        let full = matches!(
            error.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
        );
        let kind = if full {
            ErrorKind::NoSpace
        } else {
            ErrorKind::Internal
        };
        Error::new(kind, format!("{what}: {error}")).with_source(error)
    }
}

impl Engine {
    /// Opens the engine: its image store, and the pods of its last run. Needs root and a tokio
    /// runtime.
    pub async fn open(config: EngineConfig) -> Result<Self> {
        if !rustix::process::geteuid().is_root() {
            let message = "containers need root: run skeg as root, or with --no-node";
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        let unsupported = |error: skeg_oci::cgroup::CgroupError| {
            Error::new(ErrorKind::Unsupported, error.to_string()).with_source(error)
        };
        let cgroups = Cgroups::detect(&config.cgroup_root()).map_err(unsupported)?;
        cgroups.create_holder(SHIMS_CGROUP).map_err(unsupported)?;
        for folder in [config.state_dir.join("pods"), config.image_dir.clone()] {
            let what = format!("create {}", folder.display());
            fs::create_dir_all(&folder).map_err(internal(what))?;
        }
        let images = ImageStore::open(&config.image_dir).map_err(images::error_of)?;
        let images = Arc::new(images);
        if let Some(builtin) = &config.builtin {
            builtin.register(&images).map_err(images::error_of)?;
        }
        let overlay = !config.copy_layers && probe_overlay(&config).await;
        if !overlay && !config.copy_layers {
            tracing::warn!(
                folder = %config.state_dir.display(),
                "overlay mounts are not possible here, layers will be copied: containers start \
                 slowly and take more space; put the data folder on ext4 or xfs"
            );
        }
        let inner = Inner {
            registry: Registry::new(config.registry.clone()),
            config,
            cgroups,
            images,
            overlay,
            state: Mutex::default(),
            events: broadcast::channel(EVENT_QUEUE_LEN_MAX).0,
            pulls: Mutex::default(),
        };
        let engine = Self {
            inner: Arc::new(inner),
        };
        engine.recover().await?;
        engine.sweep_images();
        Ok(engine)
    }

    /// `v1`, `hybrid` or `v2`.
    pub fn cgroup_version(&self) -> &'static str {
        self.inner.cgroups.version()
    }

    /// The image store, for commands on images.
    pub fn images(&self) -> &Arc<ImageStore> {
        &self.inner.images
    }

    /// Imports images from an OCI layout or a `docker save` archive, and answers their names.
    pub async fn import_image(&self, path: &Path, name: Option<&str>) -> Result<Vec<String>> {
        let (store, path, name) = (
            self.inner.images.clone(),
            path.to_owned(),
            name.map(str::to_owned),
        );
        let imported = tokio::task::spawn_blocking(move || {
            skeg_oci::image::import(&store, &path, name.as_deref())
        });
        let imported = imported
            .await
            .map_err(|error| Error::new(ErrorKind::Internal, format!("import: {error}")))?;
        let imported = imported.map_err(images::error_of)?;
        let names = imported.iter().map(|record| {
            record
                .tags
                .first()
                .cloned()
                .unwrap_or_else(|| record.id.clone())
        });
        Ok(names.collect())
    }

    /// Removes every sandbox and all that the engine made on the machine but images: for
    /// `skeg reset` and `skeg down --containers`.
    pub async fn remove_everything(&self) -> Result<()> {
        let ids: Vec<_> = self.inner.state.lock().sandboxes.keys().cloned().collect();
        for id in ids {
            crate::RuntimeService::remove_sandbox(self, &id).await?;
        }
        // Shims of which nobody knows any more are ended, too.
        self.inner.cgroups.kill(SHIMS_CGROUP);
        self.remove_cgroup(SHIMS_CGROUP).await;
        self.inner.cgroups.remove_root();
        Ok(())
    }

    /// Removes, in the background, what images of the last run left without use.
    fn sweep_images(&self) {
        let (images, in_use) = (self.inner.images.clone(), self.layers_in_use());
        tokio::task::spawn_blocking(move || {
            if let Err(error) = images.sweep(&in_use) {
                tracing::warn!(error = error.full(), "remove unused layers");
            }
        });
    }

    fn sandbox_folder(&self, id: &SandboxId) -> PathBuf {
        self.inner.config.state_dir.join("pods").join(id.as_str())
    }

    fn container_folder(&self, sandbox: &SandboxId, id: &ContainerId) -> PathBuf {
        shim::container_folder(&self.sandbox_folder(sandbox), id.as_str())
    }

    fn emit(&self, kind: EventKind, sandbox: &SandboxId, container: Option<&ContainerId>) {
        let state = self.inner.state.lock();
        let pod_uid = state
            .sandboxes
            .get(sandbox)
            .map(|s| s.record.config.metadata.uid.clone());
        drop(state);
        // No listener is no error.
        let _ = self.inner.events.send(Event {
            kind,
            sandbox_id: sandbox.clone(),
            pod_uid: pod_uid.unwrap_or_default(),
            container_id: container.cloned(),
            at: SystemTime::now(),
        });
    }

    /// Finds the pods of the last run.
    async fn recover(&self) -> Result<()> {
        let folder = self.inner.config.state_dir.join("pods");
        let entries = fs::read_dir(&folder).map_err(internal("list pods"))?;
        for entry in entries.flatten() {
            let folder = entry.path();
            let record: SandboxRecord = match records::read(&folder.join(records::SANDBOX_FILE)) {
                Ok(record) => record,
                Err(error) => {
                    // Made in the moment of a crash, and never started.
                    tracing::warn!(folder = %folder.display(), %error, "removing half a sandbox");
                    let _ = fs::remove_dir_all(&folder);
                    continue;
                }
            };
            let id = SandboxId::new(record.id.clone());
            let found = Sandbox {
                record,
                alive: watch::channel(false).0,
                making: Arc::default(),
            };
            self.inner.state.lock().sandboxes.insert(id.clone(), found);
            self.recover_containers(&id, &folder);
            if self.watch(&id).await.is_err() {
                self.lost(&id);
            }
            self.remove_unfinished(&id).await;
        }
        Ok(())
    }

    /// A sandbox in whose making the last run ended would look ready and have
    /// no network.
    async fn remove_unfinished(&self, id: &SandboxId) {
        let finished = {
            let state = self.inner.state.lock();
            state.sandboxes.get(id).is_none_or(|s| s.record.finished)
        };
        if finished {
            return;
        }
        tracing::info!(sandbox = %id, "removing a sandbox that was not finished");
        if let Err(error) = self.remove_sandbox_now(id).await {
            tracing::warn!(sandbox = %id, error = error.full(), "it cannot be removed");
        }
    }

    fn recover_containers(&self, sandbox: &SandboxId, folder: &Path) {
        let Ok(entries) = fs::read_dir(folder.join("containers")) else {
            return;
        };
        for entry in entries.flatten() {
            let folder = entry.path();
            let record: ContainerRecord = match records::read(&folder.join(records::CONTAINER_FILE))
            {
                Ok(record) => record,
                Err(error) => {
                    tracing::warn!(%sandbox, %error, "removing half a container");
                    let _ = fs::remove_dir_all(&folder);
                    continue;
                }
            };
            let run: Option<Record> = records::read(&folder.join(shim::RECORD_FILE)).ok();
            let container = Container {
                run: watch::channel(run).0,
                record,
            };
            let id = ContainerId::new(container.record.id.clone());
            self.inner.state.lock().containers.insert(id, container);
        }
    }

    /// Begins to listen to a sandbox's shim, and takes in how its containers are.
    async fn subscribe(&self, id: &SandboxId) -> io::Result<Conversation> {
        let folder = self.sandbox_folder(id);
        let mut conversation = Conversation::begin(&folder, &Request::Subscribe, &[])?;
        let (first, _) = conversation.expect().await?;
        if let Reply::Containers(records) = first {
            for record in records {
                self.learn(id, record);
            }
        }
        Ok(conversation)
    }

    /// Listens to a sandbox's shim from now on.
    async fn watch(&self, id: &SandboxId) -> io::Result<()> {
        let mut conversation = self.subscribe(id).await?;
        if let Some(sandbox) = self.inner.state.lock().sandboxes.get(id) {
            sandbox.alive.send_replace(true);
        }
        let weak = Arc::downgrade(&self.inner);
        let id = id.clone();
        tokio::spawn(async move {
            loop {
                let answer = conversation.next().await;
                let Some(inner) = weak.upgrade() else { return };
                let engine = Engine { inner };
                match answer {
                    Ok(Some((Reply::Changed(record), _))) => engine.learn(&id, *record),
                    Ok(Some(_)) => {}
                    // It hung up on us though it is there: we were too slow, and ask anew.
                    Ok(None) | Err(_) if engine.is_shim_there(&id) => {
                        match engine.subscribe(&id).await {
                            Ok(new) => conversation = new,
                            Err(_) => return engine.lost(&id),
                        }
                    }
                    Ok(None) | Err(_) => return engine.lost(&id),
                }
            }
        });
        Ok(())
    }

    fn is_shim_there(&self, id: &SandboxId) -> bool {
        let state = self.inner.state.lock();
        let pid = state
            .sandboxes
            .get(id)
            .map_or(0, |sandbox| sandbox.record.shim_pid);
        let name = fs::read(format!("/proc/{pid}/comm")).unwrap_or_default();
        pid > 0 && name.starts_with(shim::ARGV0.as_bytes())
    }

    /// Takes in what a shim says about a container.
    fn learn(&self, sandbox: &SandboxId, record: Record) {
        let id = ContainerId::new(record.container.clone());
        let mut events = Vec::new();
        {
            let state = self.inner.state.lock();
            let Some(container) = state.containers.get(&id) else {
                return;
            };
            container.run.send_if_modified(|known| {
                let was = known
                    .as_ref()
                    .map(|known| known.finished_unix_nanos.is_some());
                match (was, record.finished_unix_nanos.is_some()) {
                    // What is known is newer.
                    (Some(true), false) => return false,
                    (None, false) => events.push(EventKind::ContainerStarted),
                    (None | Some(false), true) => events.push(EventKind::ContainerStopped),
                    _ => {}
                }
                *known = Some(record);
                true
            });
        }
        for kind in events {
            self.emit(kind, sandbox, Some(&id));
        }
    }

    /// A sandbox's shim is gone: so are its containers, and what is left of them is killed.
    fn lost(&self, id: &SandboxId) {
        let mut stopped = Vec::new();
        let mut was_alive = false;
        {
            let state = self.inner.state.lock();
            if let Some(sandbox) = state.sandboxes.get(id) {
                was_alive = sandbox.alive.send_replace(false);
            }
            let containers = state.containers.iter();
            for (cid, container) in
                containers.filter(|(_, c)| c.record.sandbox == id.as_str() && c.is_running())
            {
                self.inner.cgroups.kill(&container.record.cgroup);
                container.run.send_modify(|run| {
                    if let Some(run) = run {
                        run.finished_unix_nanos = Some(records::now_unix_nanos());
                    }
                });
                if let Some(run) = container.run.borrow().as_ref() {
                    let folder = self.container_folder(id, cid);
                    // The next run would come to the same end without it.
                    let _ = records::write(&folder.join(shim::RECORD_FILE), run);
                }
                stopped.push(cid.clone());
            }
        }
        for container in stopped {
            self.emit(EventKind::ContainerStopped, id, Some(&container));
        }
        if was_alive {
            self.emit(EventKind::SandboxStopped, id, None);
        }
    }

    /// The layers that containers stand on.
    fn layers_in_use(&self) -> HashSet<String> {
        let state = self.inner.state.lock();
        state
            .containers
            .values()
            .flat_map(|c| c.record.layers.iter().cloned())
            .collect()
    }
}

/// Tries whether the kernel mounts overlays in the state folder.
async fn probe_overlay(config: &EngineConfig) -> bool {
    let folder = config.state_dir.join("probe");
    if let Err(error) = fs::create_dir_all(&folder) {
        tracing::debug!(%error, "overlay probe");
        return false;
    }
    let (program, argument) = (config.program.clone(), folder.clone());
    let outcome =
        tokio::task::spawn_blocking(move || run_shim(&program, "probe-overlay", &argument));
    let outcome = outcome.await;
    let _ = fs::remove_dir_all(&folder);
    match outcome {
        Ok(Ok(_)) => true,
        Ok(Err(message)) => {
            tracing::debug!(message, "overlay probe");
            false
        }
        Err(_) => false,
    }
}

/// Executes this program as a shim and waits until it says that it is ready. Answers what it
/// said.
fn run_shim(program: &Path, mode: &str, folder: &Path) -> Result<String, String> {
    use std::os::{fd::AsRawFd as _, unix::process::CommandExt as _};
    let sealed = skeg_oci::runtime::seal_program(program);
    let by_descriptor = match &sealed {
        Ok(fd) => PathBuf::from(format!("/proc/self/fd/{}", fd.as_raw_fd())),
        Err(error) => {
            tracing::debug!(%error, "the shim's program cannot be sealed on this kernel");
            program.to_owned()
        }
    };
    let output = std::process::Command::new(by_descriptor)
        .arg0(shim::ARGV0)
        .arg(mode)
        .arg(folder)
        .env_clear()
        .stdin(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .current_dir("/")
        .output()
        .map_err(|error| format!("execute {}: {error}", program.display()))?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match said.strip_prefix("error: ") {
        Some(message) => Err(message.to_owned()),
        None if output.status.success() => Ok(said),
        None => Err(format!("the shim ended with {}", output.status)),
    }
}

/// Makes a folder with exactly these permissions, whatever the umask.
fn create_folder(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::create_dir_all(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}
