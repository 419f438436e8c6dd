//! The HTTPS API of nodes, which nobody serves: the API server is told so.

use std::io;

use async_trait::async_trait;
use skeg_apiserver::{NodeConnector, NodeStream, NodeTarget};

/// Refuses every connection.
pub(crate) struct NodeApi;

#[async_trait]
impl NodeConnector for NodeApi {
    async fn connect(&self, target: &NodeTarget) -> io::Result<Box<dyn NodeStream>> {
        Err(io::Error::new(
            io::ErrorKind::ConnectionRefused,
            format!("node {:?} is played by the test kit", target.node),
        ))
    }
}
