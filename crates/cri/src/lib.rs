//! The container runtime interface: what a kubelet asks of a runtime, as traits.
//!
//! The shape is that of CRI v1 (sandboxes, containers, images, streams, events), with Rust's
//! types in place of the protocol's messages. Implementations: our own engine, which holds
//! each pod by one small re-executed shim, and [`fake::Fake`] for tests.
//!
//! This crate knows namespaces, containers and images. It must not know the Kubernetes API:
//! no Pod, no client, no resource of any kind.

mod container;
mod docker_config;
pub mod engine;
mod error;
mod event;
pub mod fake;
mod ids;
mod image;
mod network;
mod sandbox;
mod service;
pub mod shim;
mod stream;

pub use container::{
    Capabilities, ContainerConfig, ContainerFilter, ContainerMetadata, ContainerSecurity,
    ContainerState, ContainerStats, ContainerStatus, ContainerSummary, Mount, MountPropagation,
    Resources, SeccompProfile,
};
pub use docker_config::DockerConfig;
pub use error::{Error, ErrorKind, Result};
pub use event::{EVENT_QUEUE_LEN_MAX, Event, EventKind};
pub use ids::{ContainerId, SandboxId};
pub use image::{
    FilesystemUsage, ImageInfo, ImageSummary, PullProgress, PullRequest, RegistryAuth,
};
pub use network::{NetworkAttach, NetworkError, SandboxNetwork};
pub use sandbox::{
    Namespace, NamespaceOptions, PortMapping, Protocol, SandboxConfig, SandboxFilter,
    SandboxMetadata, SandboxSecurity, SandboxState, SandboxStatus, SandboxSummary,
};
pub use service::{ImageService, RuntimeService, RuntimeStatus, RuntimeVersion};
pub use stream::{
    AttachRequest, DuplexStream, ExecRequest, ExecResult, ReadStream, Session, TerminalSize,
    WriteStream,
};
