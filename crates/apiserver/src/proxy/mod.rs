//! Requests that go on to a node or a workload: logs, exec, attach,
//! port-forward, and plain HTTP proxying.

mod forward;
mod pods;
mod rewrite;
mod target;

pub use forward::{forward, forwarded, onward_headers};
pub use pods::{Call, node_call};
pub use rewrite::Rewriter;
pub use target::{endpoint_of_service, node_address, workload};

use async_trait::async_trait;
use std::io;
use tokio::io::{AsyncRead, AsyncWrite};

/// A kubelet to be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeTarget {
    /// The node's name.
    pub node: String,
    /// Host name or address.
    pub host: String,
    /// Port of its HTTPS API.
    pub port: u16,
}

/// A connection to a kubelet, TLS done.
pub trait NodeStream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> NodeStream for T {}

/// Opens connections to kubelets, with the API server's client certificate.
#[async_trait]
pub trait NodeConnector: Send + Sync {
    /// A connection on which HTTP/1.1 is spoken next.
    async fn connect(&self, target: &NodeTarget) -> io::Result<Box<dyn NodeStream>>;
}
