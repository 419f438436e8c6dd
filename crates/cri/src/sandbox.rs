//! Pod sandboxes.

use std::{collections::BTreeMap, net::IpAddr, path::PathBuf, time::SystemTime};

use serde::{Deserialize, Serialize};

use crate::{Resources, SandboxId, SeccompProfile};

/// Which pod a sandbox belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SandboxMetadata {
    /// The pod's name.
    pub name: String,
    /// The pod's namespace.
    pub namespace: String,
    /// The pod's UID.
    pub uid: String,
    /// How often a sandbox was made for this pod before.
    pub attempt: u32,
}

/// Whose instance of a kernel namespace is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Namespace {
    /// The pod's own, shared by its containers.
    #[default]
    Pod,
    /// One for each container.
    Container,
    /// The machine's.
    Node,
}

/// The namespaces of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamespaceOptions {
    /// `Pod` or `Node`.
    pub network: Namespace,
    /// `Container` (the default), `Pod` (shareProcessNamespace) or `Node`.
    pub pid: Namespace,
    /// `Pod` or `Node`.
    pub ipc: Namespace,
}

impl Default for NamespaceOptions {
    fn default() -> Self {
        Self {
            network: Namespace::Pod,
            pid: Namespace::Container,
            ipc: Namespace::Pod,
        }
    }
}

/// Security settings of a whole pod.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SandboxSecurity {
    /// Which namespaces are the pod's own.
    pub namespaces: NamespaceOptions,
    /// The profile that containers without one of their own get.
    pub seccomp: SeccompProfile,
}

/// Transport protocol of a port mapping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Protocol {
    /// TCP.
    #[default]
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

/// A port of the machine that leads into the sandbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortMapping {
    /// TCP, UDP or SCTP.
    pub protocol: Protocol,
    /// Port inside the sandbox.
    pub container_port: u16,
    /// Port on the machine.
    pub host_port: u16,
    /// Address of the machine; none is every address.
    pub host_ip: Option<IpAddr>,
}

/// What `run_sandbox` is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SandboxConfig {
    /// Which pod this is for.
    pub metadata: SandboxMetadata,
    /// The pod's host name (ignored when the network is the node's).
    pub hostname: String,
    /// Folder under which containers' `log_path` are resolved; made when absent.
    pub log_directory: PathBuf,
    /// Ports of the machine that lead into the pod.
    pub port_mappings: Vec<PortMapping>,
    /// Labels, stored as given and matched by filters.
    pub labels: BTreeMap<String, String>,
    /// Annotations, stored as given.
    pub annotations: BTreeMap<String, String>,
    /// The pod's cgroup, relative to the runtime's root: `burstable/pod1234`.
    pub cgroup_parent: String,
    /// Limits of the pod as a whole, written to `cgroup_parent`.
    pub resources: Resources,
    /// Namespaced sysctls. Those of the network and IPC namespace need a namespace of the pod's own.
    pub sysctls: BTreeMap<String, String>,
    /// Namespaces and the like.
    pub security: SandboxSecurity,
    /// Size of the `/dev/shm` that the pod's containers share; none is 64 MiB.
    pub shm_bytes: Option<u64>,
}

/// Whether a sandbox's holder runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SandboxState {
    /// Running, containers can be made in it.
    Ready,
    /// Stopped or died; only good for removal.
    NotReady,
}

/// A row of `list_sandboxes`.
#[derive(Clone, Debug, PartialEq)]
pub struct SandboxSummary {
    /// Identity.
    pub id: SandboxId,
    /// The pod.
    pub metadata: SandboxMetadata,
    /// Whether it runs.
    pub state: SandboxState,
    /// When it was made.
    pub created_at: SystemTime,
    /// As given.
    pub labels: BTreeMap<String, String>,
    /// As given.
    pub annotations: BTreeMap<String, String>,
}

/// The answer to `sandbox_status`.
#[derive(Clone, Debug, PartialEq)]
pub struct SandboxStatus {
    /// Identity.
    pub id: SandboxId,
    /// The pod.
    pub metadata: SandboxMetadata,
    /// Whether it runs.
    pub state: SandboxState,
    /// When it was made.
    pub created_at: SystemTime,
    /// Addresses in the pod network, the primary one first; empty when the network is the node's.
    pub ips: Vec<IpAddr>,
    /// The namespaces it was made with.
    pub namespaces: NamespaceOptions,
    /// As given.
    pub labels: BTreeMap<String, String>,
    /// As given.
    pub annotations: BTreeMap<String, String>,
}

/// Which sandboxes to list; every given criterion has to hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SandboxFilter {
    /// Only this one.
    pub id: Option<SandboxId>,
    /// Only in this state.
    pub state: Option<SandboxState>,
    /// Only with these labels.
    pub labels: BTreeMap<String, String>,
}
