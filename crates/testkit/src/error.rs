//! Why a cluster cannot be had, or does not do what it is asked.

/// Why a cluster cannot be had, or does not do what it is asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An option makes no sense.
    #[error("{0}")]
    Option(String),
    /// Certificates and keys cannot be made.
    #[error("cannot make certificates: {0}")]
    Certificates(String),
    /// The store.
    #[error("cannot use the store")]
    Store(#[from] skeg_store::Error),
    /// The API server.
    #[error("cannot start the API server")]
    Server(#[from] skeg_apiserver::StartError),
    /// The initial objects.
    #[error(transparent)]
    Bootstrap(#[from] skeg_apiserver::BootstrapError),
    /// The server refused something, or did not answer.
    #[error("cannot {action}")]
    Request {
        /// What was to be done.
        action: String,
        /// Why not.
        #[source]
        source: skeg_client::Error,
    },
    /// A file cannot be read or written.
    #[error("cannot {action} {path}")]
    File {
        /// `read`, `write`.
        action: &'static str,
        /// Which.
        path: std::path::PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// Manifests cannot be read or applied.
    #[error(transparent)]
    Manifest(#[from] skeg_client::manifests::ManifestError),
    /// Some objects of manifests cannot be applied.
    #[error(transparent)]
    Manifests(#[from] skeg_client::manifests::ManifestErrors),
    /// A recording makes no sense.
    #[error("{origin}: {why}")]
    Recording {
        /// The file, and the place in it.
        origin: String,
        /// What is wrong.
        why: String,
    },
    /// The system has no thread or port left.
    #[error("cannot {action}")]
    System {
        /// What was to be done.
        action: &'static str,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The cluster does not come to rest.
    #[error("{0}")]
    Restless(String),
    /// The clock of this cluster is the machine's and cannot be moved.
    #[error("the time of this cluster is the machine's: build it with virtual_time()")]
    RealTime,
    /// The cluster has been stopped.
    #[error("the cluster has been stopped")]
    Stopped,
}
