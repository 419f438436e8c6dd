//! The low-level runtime: from a [`Spec`] to a running program.
//!
//! [`start_container`] and [`start_exec`] run in a freshly forked, single-threaded process and
//! end in the container's program. They report over a [`Channel`] to the process that forked.

mod channel;
mod dev;
mod mounts;
mod process;
mod rootfs;
mod seal;
mod spec;
mod user;

pub use channel::{Channel, Report};
pub use mounts::enter_shared_memory;
pub use process::{Streams, start_container, start_exec};
pub use rootfs::{copy_layers, probe_overlay};
pub use seal::seal_program;
pub use spec::{
    ContainerMount, Credentials, DEFAULT_MASKED_PATHS, DEFAULT_READONLY_PATHS, Propagation, Root,
    Spec, UserSpec,
};

/// Why a container or a program in it could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A step failed in the system.
    #[error("{what}")]
    Step {
        /// What was tried.
        what: String,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
    /// The program could not be executed.
    #[error("exec: {program:?}: {reason}")]
    Exec {
        /// The program as the container's configuration names it.
        program: String,
        /// Why it failed.
        reason: String,
    },
    /// The filter of system calls could not be installed.
    #[error(transparent)]
    Seccomp(#[from] crate::seccomp::SeccompError),
    /// The specification asks for something impossible.
    #[error("{0}")]
    Invalid(String),
}

impl StartError {
    /// The message with all causes.
    pub fn full(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}

type Result<T, E = StartError> = std::result::Result<T, E>;

/// Names what was tried when it fails.
trait Context<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: Into<std::io::Error>> Context<T> for std::result::Result<T, E> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|error| StartError::Step {
            what: what(),
            source: error.into(),
        })
    }
}
