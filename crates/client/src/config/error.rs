//! Why a configuration is unusable.

use std::fmt;
use std::path::PathBuf;

/// Why a configuration is unusable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file is no kubeconfig.
    #[error("{} is no kubeconfig", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: skeg_schema::DecodeError,
    },
    /// No kubeconfig is there.
    #[error("no kubeconfig found; set KUBECONFIG or create {}", path.display())]
    NotFound {
        /// Where it would have been looked for last.
        path: PathBuf,
    },
    /// The kubeconfig does not have something that it names.
    #[error("the kubeconfig has no {what} {name:?}{}", listed(.known))]
    Missing {
        /// What is missing: context, cluster or user.
        what: &'static str,
        /// Its name.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// The kubeconfig names no context to use.
    #[error(
        "the kubeconfig has no current-context; name one, or choose one with `kubectl config use-context`"
    )]
    NoContext,
    /// This is not a pod.
    #[error("not in a pod: {0} is not set")]
    NotInCluster(&'static str),
    /// A value has the wrong form.
    #[error("{what}: {message}")]
    Invalid {
        /// What is wrong.
        what: String,
        /// And why.
        message: String,
    },
}

/// The names there are, as long as they fit a line.
fn listed(names: &[String]) -> String {
    const NAMES_MAX: usize = 8;
    if names.is_empty() {
        return String::new();
    }
    let more = if names.len() > NAMES_MAX { ", …" } else { "" };
    let names = names[..names.len().min(NAMES_MAX)].join(", ");
    format!("; it has {names}{more}")
}

impl ConfigError {
    pub(crate) fn invalid(what: impl Into<String>, message: impl fmt::Display) -> Self {
        ConfigError::Invalid {
            what: what.into(),
            message: message.to_string(),
        }
    }
}
