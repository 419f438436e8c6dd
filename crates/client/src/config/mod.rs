//! Where the server is and who we are there.

mod credentials;
mod error;
mod exec;
mod file;
mod incluster;
mod kubeconfig;
mod oidc;
mod options;
mod proxy;
mod user;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::breaker::BreakerPolicy;
use crate::limit::RateLimit;
use crate::telemetry::Recorder;
use crate::tls::TlsVersion;

pub use credentials::{Credentials, FrontProxyUser, Impersonation};
pub use error::ConfigError;
pub use exec::{ExecPlugin, ExecVersion, InteractiveMode};
pub use file::{KubeconfigCluster, KubeconfigFile, KubeconfigUser};
pub use kubeconfig::{Kubeconfig, KubeconfigContext, KubeconfigOverrides};
pub use oidc::{OidcLogin, OidcTokens, TokenKeeper};
pub use options::{Compression, PoolOptions};
pub use proxy::{ProxyChoice, ProxyScheme, ProxyUrl};
pub(crate) use proxy::{bare, is_loopback, of_environment};

/// Where the server is, who we are there, and how it is spoken to.
///
/// ```
/// use skeg_client::{Config, Credentials};
/// use std::time::Duration;
///
/// let mut config = Config::new("https://cluster.example.com:6443");
/// config.credentials = Credentials::Token("abc".to_owned());
/// config.timeout = Some(Duration::from_secs(30));
/// // Secrets do not show.
/// assert!(!format!("{config:?}").contains("abc"));
/// ```
#[derive(Clone)]
pub struct Config {
    /// The server's URL (`https://host:6443`, perhaps with a path).
    pub server: String,
    /// The certificates that the server's may be signed by, as PEM; the system's when absent.
    pub ca: Option<Vec<u8>>,
    /// The file with these certificates, where `ca` is not given. It is read
    /// again when it has changed.
    pub ca_file: Option<PathBuf>,
    /// Our certificate and its chain, as PEM.
    pub client_certificate: Option<Vec<u8>>,
    /// The file with our certificate, where it is not given itself. It is read
    /// again when it has changed.
    pub client_certificate_file: Option<PathBuf>,
    /// The key of our certificate, as PEM: PKCS#8, PKCS#1 or SEC1.
    pub client_key: Option<Vec<u8>>,
    /// The file with this key, where it is not given itself.
    pub client_key_file: Option<PathBuf>,
    /// The name that the server's certificate must have, if not the URL's.
    pub server_name: Option<String>,
    /// Take any certificate for the server's.
    pub insecure: bool,
    /// The lowest version of TLS that is spoken.
    pub tls_min: TlsVersion,
    /// Who we are.
    pub credentials: Credentials,
    /// As whom to act instead.
    pub impersonation: Option<Impersonation>,
    /// The namespace where none is named.
    pub namespace: String,
    /// The proxy between us and the server.
    pub proxy: ProxyChoice,
    /// Whether large answers are packed on their way.
    pub compression: Compression,
    /// How long to wait for a connection.
    pub connect_timeout: Duration,
    /// How long a request that is no stream may take.
    pub timeout: Option<Duration>,
    /// How long an answer may be silent midway, or keep us waiting for its
    /// beginning; for requests that are no watch. Exec, attach and port-forward
    /// may be silent once they have begun; a log that is followed may be at any
    /// time, for kubelets begin their answer with its first line.
    pub read_timeout: Option<Duration>,
    /// How long a watch that is sent bookmarks may be silent before it counts
    /// as dead. API servers send a bookmark about every minute.
    pub watch_idle_timeout: Option<Duration>,
    /// How old what was read from files (tokens, certificates) may be before
    /// they are looked at again.
    pub reload_interval: Duration,
    /// How many connections there may be, and for how long.
    pub pool: PoolOptions,
    /// How many requests are sent at most; as many as there are without it.
    pub rate_limit: Option<RateLimit>,
    /// When a server that fails is left alone for a while; never without it.
    pub breaker: Option<BreakerPolicy>,
    /// Who is told of requests, connections and the like.
    pub recorder: Option<Arc<dyn Recorder>>,
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has_certificate =
            self.client_certificate.is_some() || self.client_certificate_file.is_some();
        f.debug_struct("Config")
            .field("server", &self.server)
            .field("credentials", &self.credentials)
            .field("client_certificate", &has_certificate)
            .field("impersonation", &self.impersonation)
            .field("insecure", &self.insecure)
            .field("proxy", &self.proxy)
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
            ca_file: None,
            client_certificate: None,
            client_certificate_file: None,
            client_key: None,
            client_key_file: None,
            server_name: None,
            insecure: false,
            tls_min: TlsVersion::default(),
            credentials: Credentials::None,
            impersonation: None,
            namespace: "default".to_owned(),
            proxy: ProxyChoice::default(),
            compression: Compression::default(),
            connect_timeout: Duration::from_secs(15),
            timeout: None,
            read_timeout: None,
            watch_idle_timeout: Some(Duration::from_secs(180)),
            reload_interval: Duration::from_secs(10),
            pool: PoolOptions::default(),
            rate_limit: None,
            breaker: None,
            recorder: None,
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

    /// The certificates that the server's may be signed by, as PEM, wherever
    /// they are; the system's when there are none.
    ///
    /// # Errors
    /// Their file cannot be read.
    pub fn ca_pem(&self) -> Result<Option<Vec<u8>>, ConfigError> {
        match (&self.ca, &self.ca_file) {
            (Some(ca), _) => Ok(Some(ca.clone())),
            (None, Some(path)) => {
                std::fs::read(path)
                    .map(Some)
                    .map_err(|source| ConfigError::Read {
                        path: path.clone(),
                        source,
                    })
            }
            (None, None) => Ok(None),
        }
    }

    /// From the service account of the pod in which this runs. Its token and
    /// the certificates are read again when they are rotated. Without a `ca.crt`
    /// that holds certificates, which is logged as an error, the server's may be
    /// signed by the system's, as with client-go.
    ///
    /// # Errors
    /// This is not a pod, or its service account is not mounted.
    pub fn in_cluster() -> Result<Self, ConfigError> {
        incluster::load()
    }

    /// The same for a service account that is mounted in another folder, as by
    /// tools that bring a pod's surroundings to a developer's machine.
    ///
    /// # Errors
    /// The folder has no `token`.
    pub fn from_service_account(
        folder: impl AsRef<Path>,
        host: &str,
        port: u16,
    ) -> Result<Self, ConfigError> {
        incluster::from_folder(folder.as_ref(), host, &port.to_string())
    }
}
