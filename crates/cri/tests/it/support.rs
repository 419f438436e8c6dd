//! A real engine on a network that is none, with the example program as shim and image.

use std::{
    net::IpAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use skeg_cri::{
    ContainerConfig, ContainerId, ContainerMetadata, ContainerState, ContainerStatus, Event,
    NetworkAttach, NetworkError, RuntimeService as _, SandboxConfig, SandboxId, SandboxMetadata,
    SandboxNetwork,
    engine::{Engine, EngineConfig},
};
use skeg_oci::image::BuiltinImage;
use tempfile::TempDir;

pub const TOOLBOX: &str = "skeg.local/toolbox:latest";

/// Gives every pod the same address and connects nothing.
pub struct NoNetwork;

#[async_trait]
impl SandboxNetwork for NoNetwork {
    async fn attach(&self, request: NetworkAttach) -> Result<Vec<IpAddr>, NetworkError> {
        std::fs::metadata(&request.netns)?;
        Ok(vec![IpAddr::from([10, 244, 0, 2])])
    }

    async fn detach(&self, _: &SandboxId, _: Option<PathBuf>) -> Result<(), NetworkError> {
        Ok(())
    }
}

/// An engine in a folder of its own, with all that it made removed at the end.
pub struct Rig {
    pub engine: Engine,
    pub config: EngineConfig,
    pub folder: TempDir,
    next: AtomicU32,
    _leftovers: Leftovers,
}

/// Kills what a failed test left.
struct Leftovers(String);

impl Drop for Leftovers {
    fn drop(&mut self) {
        let Ok(cgroups) = skeg_oci::cgroup::Cgroups::detect(&self.0) else {
            return;
        };
        for _ in 0..100 {
            cgroups.kill("");
            if cgroups.remove_root() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Whether this machine lets tests run containers; says so when not.
pub fn can_run_containers() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        println!("skipped: containers need root");
    }
    root
}

pub fn program() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.parent()
        .unwrap()
        .parent()
        .unwrap()
        .join("examples/shim")
}

impl Rig {
    /// `None`, with a message, where containers cannot run.
    pub async fn new() -> Option<Self> {
        Self::with(|_| {}).await
    }

    pub async fn with(edit: impl FnOnce(&mut EngineConfig)) -> Option<Self> {
        if !can_run_containers() {
            return None;
        }
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let folder = tempfile::tempdir().unwrap();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let instance = format!("test-{}-{number}", std::process::id());
        let mut config = EngineConfig::new(instance, folder.path(), Arc::new(NoNetwork));
        config.program = program();
        config.builtin = Some(BuiltinImage {
            name: TOOLBOX.into(),
            program: program(),
            applets: skeg_toolbox::APPLETS
                .iter()
                .map(|name| name.to_string())
                .collect(),
            files: Vec::new(),
            cmd: vec!["http-echo".into()],
        });
        edit(&mut config);
        let leftovers = Leftovers(config.cgroup_root());
        let engine = Engine::open(config.clone()).await.unwrap();
        Some(Self {
            engine,
            config,
            folder,
            next: AtomicU32::new(0),
            _leftovers: leftovers,
        })
    }

    pub fn sandbox_config(&self) -> SandboxConfig {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        SandboxConfig {
            metadata: SandboxMetadata {
                name: format!("pod{number}"),
                namespace: "default".into(),
                uid: format!("uid{number}"),
                attempt: 0,
            },
            hostname: format!("host{number}"),
            log_directory: self.folder.path().join(format!("logs/{number}")),
            cgroup_parent: format!("burstable/poduid{number}"),
            ..SandboxConfig::default()
        }
    }

    pub async fn sandbox(&self) -> SandboxId {
        self.engine
            .run_sandbox(self.sandbox_config())
            .await
            .unwrap()
    }

    pub async fn start(&self, sandbox: &SandboxId, config: ContainerConfig) -> ContainerId {
        let id = self.engine.create_container(sandbox, config).await.unwrap();
        self.engine.start_container(&id).await.unwrap();
        id
    }

    /// Runs a script of the toolbox's shell to its end.
    pub async fn run(&self, script: &str) -> (ContainerStatus, String) {
        self.run_with(script, |_| {}).await
    }

    pub async fn run_with(
        &self,
        script: &str,
        edit: impl FnOnce(&mut ContainerConfig),
    ) -> (ContainerStatus, String) {
        let sandbox = self.sandbox().await;
        let mut config = shell(script);
        edit(&mut config);
        let id = self.start(&sandbox, config).await;
        let status = self.ended(&id).await;
        let log = log_text(&status);
        (status, log)
    }

    /// Waits for a container's end.
    pub async fn ended(&self, id: &ContainerId) -> ContainerStatus {
        let mut events = self.engine.events();
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let status = self.engine.container_status(id).await.unwrap();
            if status.state == ContainerState::Exited {
                return status;
            }
            assert!(Instant::now() < end, "{id} does not end");
            let _ = tokio::time::timeout(Duration::from_secs(5), next(&mut events)).await;
        }
    }

    pub async fn finish(self) {
        self.engine.remove_everything().await.unwrap();
    }
}

pub async fn next(events: &mut tokio::sync::broadcast::Receiver<Event>) -> Event {
    events.recv().await.unwrap()
}

/// A container that runs a script.
pub fn shell(script: &str) -> ContainerConfig {
    command(&["sh", "-c", script])
}

pub fn command(words: &[&str]) -> ContainerConfig {
    ContainerConfig {
        metadata: ContainerMetadata {
            name: "main".into(),
            attempt: 0,
        },
        image: TOOLBOX.into(),
        command: words.iter().map(|word| word.to_string()).collect(),
        log_path: "main/0.log".into(),
        ..ContainerConfig::default()
    }
}

/// A log's texts, without times and streams.
pub fn log_text(status: &ContainerStatus) -> String {
    let text = std::fs::read_to_string(&status.log_path).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.splitn(4, ' ').nth(3));
    lines.map(|line| format!("{line}\n")).collect()
}

/// Waits for something that no event tells of.
pub async fn until(mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < end, "waited too long");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
