//! The seam to the pod network.

use std::{collections::BTreeMap, net::IpAddr, path::PathBuf};

use async_trait::async_trait;

use crate::{PortMapping, SandboxId, SandboxMetadata};

/// An error of the pod network.
pub type NetworkError = Box<dyn std::error::Error + Send + Sync>;

/// What the network is told about a new sandbox.
#[derive(Clone, Debug)]
pub struct NetworkAttach {
    /// The sandbox; the key under which the network keeps its address.
    pub sandbox_id: SandboxId,
    /// The pod.
    pub metadata: SandboxMetadata,
    /// Its host name.
    pub hostname: String,
    /// A path that opens the sandbox's network namespace, valid for this call and as long as
    /// the sandbox lives. The loopback link in it is up already.
    pub netns: PathBuf,
    /// Host ports that lead to it.
    pub port_mappings: Vec<PortMapping>,
    /// The sandbox's annotations (bandwidth and the like).
    pub annotations: BTreeMap<String, String>,
}

/// Connects sandboxes to the pod network. Both operations can be repeated without harm.
#[async_trait]
pub trait SandboxNetwork: Send + Sync {
    /// Connects a sandbox and answers its addresses, the primary one first. A second call for
    /// a connected sandbox answers the same addresses.
    async fn attach(&self, request: NetworkAttach) -> Result<Vec<IpAddr>, NetworkError>;

    /// Disconnects a sandbox and frees its addresses and host ports. `netns` is absent when
    /// the namespace is gone; an unknown sandbox is no error.
    async fn detach(
        &self,
        sandbox_id: &SandboxId,
        netns: Option<PathBuf>,
    ) -> Result<(), NetworkError>;
}
