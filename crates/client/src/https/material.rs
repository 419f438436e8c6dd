//! The certificates and the key of a configuration, read again when their
//! files change.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use rustls::ClientConfig;
use tokio::time::Instant;

use crate::config::{Config, ConfigError};
use crate::tls::{self, Identity, TlsVersion, Trust};

const PROTOCOLS: &[&[u8]] = &[b"h2", b"http/1.1"];

/// Where a PEM text is from.
enum Source {
    None,
    Data(Vec<u8>),
    File(PathBuf),
}

impl Source {
    fn new(data: &Option<Vec<u8>>, file: &Option<PathBuf>) -> Self {
        match (data, file) {
            (Some(data), _) => Source::Data(data.clone()),
            (None, Some(file)) => Source::File(file.clone()),
            (None, None) => Source::None,
        }
    }

    fn read(&self) -> Result<Option<Vec<u8>>, ConfigError> {
        match self {
            Source::None => Ok(None),
            Source::Data(data) => Ok(Some(data.clone())),
            Source::File(path) => {
                std::fs::read(path)
                    .map(Some)
                    .map_err(|source| ConfigError::Read {
                        path: path.clone(),
                        source,
                    })
            }
        }
    }

    fn path(&self) -> Option<&Path> {
        match self {
            Source::File(path) => Some(path),
            _ => None,
        }
    }
}

/// By which a file that has changed is known: time, length, and the number of
/// the file, which another has where it was replaced by renaming.
type Stamp = Option<(SystemTime, u64, u64)>;

fn stamp(path: &Path) -> Stamp {
    let metadata = std::fs::metadata(path).ok()?;
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let inode = 0;
    Some((metadata.modified().ok()?, metadata.len(), inode))
}

pub(super) struct Material {
    ca: Source,
    certificate: Source,
    key: Source,
    insecure: bool,
    version_min: TlsVersion,
    age_max: Duration,
    state: Mutex<State>,
}

struct State {
    looked: Instant,
    stamps: Vec<Stamp>,
    /// Which certificate of a plugin is in use.
    plugin: Option<u64>,
}

/// The PEM texts.
struct Texts {
    ca: Option<Vec<u8>>,
    certificate: Option<Vec<u8>>,
    key: Option<Vec<u8>>,
}

impl Material {
    pub(super) fn new(config: &Config) -> Result<(Self, Arc<ClientConfig>), ConfigError> {
        let material = Self {
            ca: Source::new(&config.ca, &config.ca_file),
            certificate: Source::new(&config.client_certificate, &config.client_certificate_file),
            key: Source::new(&config.client_key, &config.client_key_file),
            insecure: config.insecure,
            version_min: config.tls_min,
            age_max: config.reload_interval,
            state: Mutex::new(State {
                looked: Instant::now(),
                stamps: Vec::new(),
                plugin: None,
            }),
        };
        if config.insecure {
            tracing::warn!(
                server = config.server,
                "THE SERVER'S CERTIFICATE IS NOT VERIFIED: anybody between us and the server can read and change all, credentials included. Name a certificate-authority instead of insecure-skip-tls-verify"
            );
        }
        // Looked at before they are read, so that no change is missed.
        material.state.lock().stamps = material.stamps();
        let tls = material.build(None)?;
        Ok((material, tls))
    }

    /// Whose certificates are believed.
    pub(super) fn trust(&self) -> Result<Trust, ConfigError> {
        if self.insecure {
            return Ok(Trust::Anyone);
        }
        Ok(self.ca.read()?.map_or(Trust::System, Trust::Bundle))
    }

    fn stamps(&self) -> Vec<Stamp> {
        [&self.ca, &self.certificate, &self.key]
            .into_iter()
            .filter_map(Source::path)
            .map(stamp)
            .collect()
    }

    fn build(&self, plugin: Option<&Identity>) -> Result<Arc<ClientConfig>, ConfigError> {
        let texts = Texts {
            ca: if self.insecure { None } else { self.ca.read()? },
            certificate: self.certificate.read()?,
            key: self.key.read()?,
        };
        let trust = match texts.ca {
            _ if self.insecure => Trust::Anyone,
            Some(pem) => Trust::Bundle(pem),
            None => Trust::System,
        };
        let verifier = tls::verifier(&trust).map_err(|error| {
            let what = match trust {
                Trust::System => "trusted certificates",
                _ => "certificate-authority",
            };
            ConfigError::invalid(what, error)
        })?;
        let own = match (&texts.certificate, &texts.key) {
            (Some(certificate), Some(key)) => Some(
                Identity::from_pem(certificate, key)
                    .map_err(|error| ConfigError::invalid("client certificate", error))?,
            ),
            (Some(_), None) => {
                return Err(ConfigError::invalid(
                    "client certificate",
                    "its key is missing",
                ));
            }
            (None, Some(_)) => {
                return Err(ConfigError::invalid(
                    "client key",
                    "its certificate is missing",
                ));
            }
            (None, None) => None,
        };
        let (identity, what) = match plugin {
            Some(plugin) => (Some(plugin), "the plugin's certificate"),
            None => (own.as_ref(), "client certificate"),
        };
        tls::client_config_with(verifier, identity, self.version_min, PROTOCOLS)
            .map(Arc::new)
            .map_err(|error| ConfigError::invalid(what, error))
    }

    /// What TLS is to use from now on, if that is something else than before.
    ///
    /// # Errors
    /// A plugin's certificate is unusable. Files that are unusable just now
    /// change nothing.
    pub(super) fn changed(
        &self,
        plugin: Option<&(u64, Arc<Identity>)>,
    ) -> Result<Option<Arc<ClientConfig>>, ConfigError> {
        let mut state = self.state.lock();
        let serial = plugin.map(|(serial, _)| *serial);
        let other_plugin = state.plugin != serial;
        let mut other_files = false;
        if state.looked.elapsed() >= self.age_max {
            state.looked = Instant::now();
            let stamps = self.stamps();
            other_files = stamps != state.stamps;
            state.stamps = stamps;
        }
        if !other_plugin && !other_files {
            return Ok(None);
        }
        match self.build(plugin.map(|(_, identity)| &**identity)) {
            Ok(tls) => {
                state.plugin = serial;
                tracing::debug!(other_plugin, other_files, "certificates have changed");
                Ok(Some(tls))
            }
            Err(error) if other_plugin => Err(error),
            Err(error) => {
                // Perhaps half of them is written; they are looked at again.
                state.stamps.clear();
                tracing::warn!(%error, "the new certificates are unusable; the old ones are kept");
                Ok(None)
            }
        }
    }
}
