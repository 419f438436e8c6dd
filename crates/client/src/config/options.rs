//! How a server is spoken to.

use std::time::Duration;

/// Whether large answers are packed on their way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// Unless the server is on this machine, where packing costs more than it saves.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never; `disable-compression` of a kubeconfig.
    Never,
}

/// How many connections there may be to a server, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolOptions {
    /// The most connections over HTTP/2. Beyond that requests wait for a stream.
    pub connections_max: usize,
    /// The most requests at a time over one connection of HTTP/2, if the server
    /// does not allow fewer.
    pub streams_max: usize,
    /// The most connections over HTTP/1.1, each of which carries one request
    /// (or one watch) at a time.
    pub http1_connections_max: usize,
    /// How long an unused connection is kept.
    pub idle_timeout: Duration,
    /// How often a connection of HTTP/2 is asked whether it lives.
    pub ping_interval: Duration,
    /// How long the answer to that may take.
    pub ping_timeout: Duration,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            connections_max: 16,
            streams_max: 100,
            http1_connections_max: 512,
            idle_timeout: Duration::from_secs(90),
            ping_interval: Duration::from_secs(30),
            ping_timeout: Duration::from_secs(15),
        }
    }
}
