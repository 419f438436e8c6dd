//! What can go wrong at the runtime's edge.

use std::fmt;

/// A result of the runtime.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation failed, coarsely enough for a caller to act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// No such sandbox, container or image.
    NotFound,
    /// The name is taken by another object.
    AlreadyExists,
    /// The request can never succeed as it stands.
    InvalidArgument,
    /// The object is in a state that does not allow this (not running, already stopped).
    FailedPrecondition,
    /// The image's name does not parse.
    InvalidImageName,
    /// The registry could not be reached or answered with a server error; worth a retry.
    RegistryUnavailable,
    /// The registry refused the credentials, or wants some.
    Unauthorized,
    /// The image's content is broken: wrong digest, unreadable layer, a path that climbs out.
    InvalidImage,
    /// The container's program could not be started: not found, not executable.
    StartFailed,
    /// The pod network refused the sandbox.
    Network,
    /// The operation took longer than it was allowed.
    Timeout,
    /// The host lacks something that the request needs; the message names it and the remedy.
    Unsupported,
    /// The disk is full.
    NoSpace,
    /// Anything else.
    Internal,
}

/// An error of the runtime: its kind, what failed, and the cause.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of a kind with a message (lower case, no full stop).
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// Adds the cause.
    pub fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(source.into());
        self
    }

    /// `container "x" not found`, and the like.
    pub fn not_found(what: &str, id: impl fmt::Display) -> Self {
        Self::new(
            ErrorKind::NotFound,
            format!("{what} {id:?} not found", id = id.to_string()),
        )
    }

    /// What sort of failure this is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether the object is absent.
    pub fn is_not_found(&self) -> bool {
        self.kind == ErrorKind::NotFound
    }

    /// The message with all its causes, joined by colons.
    pub fn full(&self) -> String {
        let mut text = self.message.clone();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
