//! How a request gets to the server: over HTTPS, or straight into it.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::BoxFuture;

use crate::payload::{BoxError, Payload};

/// Carries one request to an API server and brings back its answer.
///
/// Dropping the future gives the request up; the server may have carried it out.
pub trait Transport: Send + Sync + 'static {
    /// Sends a request. Its URI is a path with a query (`/api/v1/pods?limit=1`).
    fn call(
        &self,
        request: http::Request<Payload>,
    ) -> BoxFuture<'static, Result<http::Response<Payload>, TransportError>>;

    /// The server's host and port, where it has them.
    fn server(&self) -> Option<&str> {
        None
    }

    /// Whether the server is in this process and takes and gives whole objects.
    fn in_process(&self) -> bool {
        false
    }
}

/// Extension of a request: the caller is in the server's process and takes
/// whole objects as its answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct InProcess;

/// Extension of a request: who the caller is, on the word of the transport.
///
/// Only a transport inside the server's process sets it. Nothing that comes in
/// over a socket can carry it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssertedUser {
    /// The user's name.
    pub name: String,
    /// The user's uid, or empty.
    pub uid: String,
    /// The groups the user is in.
    pub groups: Vec<String>,
    /// Further attributes.
    pub extra: BTreeMap<String, Vec<String>>,
}

/// No answer came.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The server could not be reached, so the request was never sent.
    #[error("cannot connect to {server}")]
    Connect {
        /// Where the server should be.
        server: String,
        /// Why not.
        source: BoxError,
    },
    /// The connection was lost; whether the request was carried out is unknown.
    #[error("connection to {server} lost")]
    Lost {
        /// Where the server is.
        server: String,
        /// How.
        source: BoxError,
    },
    /// The server has said, or it is otherwise certain, that it did not take
    /// the request: a connection was closed at the moment it was sent.
    #[error("{server} did not take the request")]
    NotTaken {
        /// Where the server is.
        server: String,
        /// How.
        source: BoxError,
    },
    /// The server has failed so often that it is left alone for a while.
    #[error("{server} has failed {failures} times in a row; it is not asked for another {} ms", wait.as_millis())]
    CircuitOpen {
        /// Where the server is.
        server: String,
        /// How often it has failed in a row.
        failures: u32,
        /// When it is asked again.
        wait: Duration,
    },
    /// The answer took too long.
    #[error("no answer from {server} within {seconds} s")]
    Timeout {
        /// Where the server is.
        server: String,
        /// How long was waited.
        seconds: u64,
    },
    /// The credentials could not be read.
    #[error("cannot read the credentials")]
    Credentials(#[source] BoxError),
    /// The request cannot be sent as it is.
    #[error("illegal request")]
    Request(#[source] BoxError),
    /// The server in this process has been stopped.
    #[error("the server has been stopped")]
    Stopped,
}

impl TransportError {
    /// The kind of failure in a word, for metrics and spans.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            TransportError::Connect { .. } => "connect",
            TransportError::Lost { .. } => "lost",
            TransportError::NotTaken { .. } => "not_taken",
            TransportError::CircuitOpen { .. } => "circuit_open",
            TransportError::Timeout { .. } => "timeout",
            TransportError::Credentials(_) => "credentials",
            TransportError::Request(_) => "request",
            TransportError::Stopped => "stopped",
        }
    }

    /// Whether the request has certainly not reached the server.
    #[must_use]
    pub fn is_unsent(&self) -> bool {
        !matches!(
            self,
            TransportError::Lost { .. } | TransportError::Timeout { .. }
        )
    }
}
