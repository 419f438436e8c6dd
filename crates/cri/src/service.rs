//! The two services of a runtime.

use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{broadcast, mpsc};

use crate::{
    AttachRequest, ContainerConfig, ContainerFilter, ContainerId, ContainerStats, ContainerStatus,
    ContainerSummary, DuplexStream, Event, ExecRequest, ExecResult, FilesystemUsage, ImageInfo,
    ImageSummary, PullProgress, PullRequest, Resources, Result, SandboxConfig, SandboxFilter,
    SandboxId, SandboxStatus, SandboxSummary, Session,
};

/// Who the runtime is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuntimeVersion {
    /// Name, also the scheme of container ids in pod statuses: `skeg`.
    pub name: String,
    /// Version.
    pub version: String,
}

/// Whether the runtime can work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuntimeStatus {
    /// Sandboxes and containers can be made.
    pub runtime_ready: bool,
    /// The pod network works.
    pub network_ready: bool,
    /// What is wrong, and what to do about it.
    pub message: String,
}

/// Sandboxes and containers. Stop and remove operations can be repeated without harm: an
/// absent object is no error for them.
#[async_trait]
pub trait RuntimeService: Send + Sync {
    /// Name and version.
    fn version(&self) -> RuntimeVersion;

    /// Whether the runtime can work.
    async fn status(&self) -> Result<RuntimeStatus>;

    /// Makes and starts a sandbox: namespaces, cgroup, network. Cancelling it leaves nothing
    /// running.
    async fn run_sandbox(&self, config: SandboxConfig) -> Result<SandboxId>;

    /// Kills what runs in the sandbox, disconnects its network. Its records stay.
    async fn stop_sandbox(&self, id: &SandboxId) -> Result<()>;

    /// Stops the sandbox if need be, and removes it with its containers.
    async fn remove_sandbox(&self, id: &SandboxId) -> Result<()>;

    /// The sandbox as it is now.
    async fn sandbox_status(&self, id: &SandboxId) -> Result<SandboxStatus>;

    /// Sandboxes that fit the filter.
    async fn list_sandboxes(&self, filter: &SandboxFilter) -> Result<Vec<SandboxSummary>>;

    /// Makes a container in a ready sandbox: root file system, mounts. It does not run yet.
    async fn create_container(
        &self,
        sandbox: &SandboxId,
        config: ContainerConfig,
    ) -> Result<ContainerId>;

    /// Starts a created container; answers when its program was executed, or why it was not.
    async fn start_container(&self, id: &ContainerId) -> Result<()>;

    /// Sends the stop signal, waits for at most `grace`, then kills every process of the
    /// container. Answers when it has ended. A shorter second call shortens the first.
    async fn stop_container(&self, id: &ContainerId, grace: Duration) -> Result<()>;

    /// Removes a container, killing it if need be. Its log stays.
    async fn remove_container(&self, id: &ContainerId) -> Result<()>;

    /// The container as it is now.
    async fn container_status(&self, id: &ContainerId) -> Result<ContainerStatus>;

    /// Containers that fit the filter.
    async fn list_containers(&self, filter: &ContainerFilter) -> Result<Vec<ContainerSummary>>;

    /// Changes limits of a created or running container.
    async fn update_container_resources(
        &self,
        id: &ContainerId,
        resources: Resources,
    ) -> Result<()>;

    /// Changes limits of the pod as a whole.
    async fn update_sandbox_resources(&self, id: &SandboxId, resources: Resources) -> Result<()>;

    /// Opens the log anew after someone moved it away.
    async fn reopen_container_log(&self, id: &ContainerId) -> Result<()>;

    /// What the container uses.
    async fn container_stats(&self, id: &ContainerId) -> Result<ContainerStats>;

    /// Runs a program to its end. After `timeout` it is killed and the error is of kind
    /// `Timeout`. Cancelling it kills the program.
    async fn exec_sync(
        &self,
        id: &ContainerId,
        command: &[String],
        timeout: Option<Duration>,
    ) -> Result<ExecResult>;

    /// Runs a program with streams.
    async fn exec(&self, id: &ContainerId, request: ExecRequest) -> Result<Session>;

    /// Joins a running container's streams.
    async fn attach(&self, id: &ContainerId, request: AttachRequest) -> Result<Session>;

    /// Connects to a TCP port on the sandbox's loopback address. Call it once per connection.
    async fn port_forward(&self, id: &SandboxId, port: u16) -> Result<DuplexStream>;

    /// What happens from now on. A listener that lags gets `Lagged` and has to list again.
    fn events(&self) -> broadcast::Receiver<Event>;
}

/// Images.
#[async_trait]
pub trait ImageService: Send + Sync {
    /// Images that are present.
    async fn list_images(&self) -> Result<Vec<ImageSummary>>;

    /// One image by name or identity; `None` when absent. A name that does not parse is
    /// `InvalidImageName`.
    async fn image_status(&self, image: &str) -> Result<Option<ImageInfo>>;

    /// Fetches an image and answers its identity (digest of its configuration). Progress goes
    /// to `progress` where given; a full queue drops reports. A second pull of the same name
    /// at the same time joins the first. Cancelling it keeps complete blobs.
    async fn pull_image(
        &self,
        request: PullRequest,
        progress: Option<mpsc::Sender<PullProgress>>,
    ) -> Result<String>;

    /// Removes an image by name (the content goes with the last name) or by identity (all its
    /// names). An absent image is no error.
    async fn remove_image(&self, image: &str) -> Result<()>;

    /// Space that images take.
    async fn image_fs_info(&self) -> Result<FilesystemUsage>;
}
