//! Where the server is and who we are there.

mod incluster;
mod kubeconfig;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

pub use kubeconfig::{Kubeconfig, KubeconfigContext};

/// Who we are, beside a client certificate.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Credentials {
    /// Nobody, or whom the client certificate names.
    #[default]
    None,
    /// A bearer token.
    Token(String),
    /// A bearer token in a file that is replaced now and then.
    TokenFile(PathBuf),
    /// Name and password.
    Basic {
        /// The name.
        username: String,
        /// The password.
        password: String,
    },
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Credentials::None => f.write_str("None"),
            Credentials::Token(_) => f.write_str("Token(…)"),
            Credentials::TokenFile(path) => write!(f, "TokenFile({})", path.display()),
            Credentials::Basic { username, .. } => write!(f, "Basic({username})"),
        }
    }
}

/// As whom to act instead of oneself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Impersonation {
    /// The user.
    pub user: String,
    /// The user's uid, or empty.
    pub uid: String,
    /// The groups.
    pub groups: Vec<String>,
    /// Further attributes.
    pub extra: Vec<(String, Vec<String>)>,
}

/// Where the server is and who we are there.
#[derive(Clone)]
pub struct Config {
    /// The server's URL (`https://host:6443`, perhaps with a path).
    pub server: String,
    /// The certificates that the server's may be signed by, as PEM; the system's when absent.
    pub ca: Option<Vec<u8>>,
    /// Our certificate and its chain, as PEM.
    pub client_certificate: Option<Vec<u8>>,
    /// The key of our certificate, as PEM.
    pub client_key: Option<Vec<u8>>,
    /// The name that the server's certificate must have, if not the URL's.
    pub server_name: Option<String>,
    /// Take any certificate for the server's.
    pub insecure: bool,
    /// Who we are.
    pub credentials: Credentials,
    /// As whom to act instead.
    pub impersonation: Option<Impersonation>,
    /// The namespace where none is named.
    pub namespace: String,
    /// How long to wait for a connection.
    pub connect_timeout: Duration,
    /// How long a request that is no stream may take.
    pub timeout: Option<Duration>,
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("server", &self.server)
            .field("credentials", &self.credentials)
            .field("client_certificate", &self.client_certificate.is_some())
            .field("namespace", &self.namespace)
            .finish_non_exhaustive()
    }
}

impl Config {
    /// A server, without credentials.
    #[must_use]
    pub fn new(server: impl Into<String>) -> Self {
        Self {
            server: server.into(),
            ca: None,
            client_certificate: None,
            client_key: None,
            server_name: None,
            insecure: false,
            credentials: Credentials::None,
            impersonation: None,
            namespace: "default".to_owned(),
            connect_timeout: Duration::from_secs(15),
            timeout: None,
        }
    }

    /// From `KUBECONFIG` if that is set, else from the pod's service account
    /// if this is a pod, else from `~/.kube/config`.
    ///
    /// # Errors
    /// None of these is there, or the first that is there is unusable.
    pub fn from_environment() -> Result<Self, ConfigError> {
        if std::env::var_os("KUBECONFIG").is_some_and(|paths| !paths.is_empty()) {
            return Kubeconfig::from_environment()?.config(None);
        }
        if incluster::is_here() {
            return Self::in_cluster();
        }
        Kubeconfig::from_environment()?.config(None)
    }

    /// From the service account of the pod in which this runs.
    ///
    /// # Errors
    /// This is not a pod, or its service account is not mounted.
    pub fn in_cluster() -> Result<Self, ConfigError> {
        incluster::load()
    }
}

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
    #[error("the kubeconfig has no {what} {name:?}")]
    Missing {
        /// What is missing: context, cluster or user.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The kubeconfig names no context to use.
    #[error("the kubeconfig has no current-context")]
    NoContext,
    /// This is not a pod.
    #[error("not in a pod: {0}")]
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

impl ConfigError {
    pub(crate) fn invalid(what: impl Into<String>, message: impl fmt::Display) -> Self {
        ConfigError::Invalid {
            what: what.into(),
            message: message.to_string(),
        }
    }
}
