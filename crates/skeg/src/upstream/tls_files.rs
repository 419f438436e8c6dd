//! Certificates in files: they are read again when they change, as certificates
//! are renewed in place (upstream's dynamiccertificates). What is broken changes
//! nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Result;
use skeg_auth::pki::{Authority, KeyAndCertificate, PkiError, ServerTls, server_config};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::settings::Pair;
use crate::failure::OrFail;

/// How often files are asked whether they have changed.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// After so many looks they are read whatever they say of themselves.
const LOOKS_PER_READ: u32 = 60;

type Configs = watch::Sender<Arc<rustls::ServerConfig>>;

/// What tells one state of a file from another, short of reading it.
#[derive(Clone, PartialEq)]
struct Stamp {
    inode: u64,
    len: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self {
            inode: metadata.ino(),
            len: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }
}

/// What the files of one thing are for.
enum Use {
    /// What is shown to who asks for no name.
    Serving,
    /// What is shown to who asks for a name: the place among such pairs.
    ByName(usize),
    /// Whose certificates clients may show.
    Clients(Arc<Authority>),
}

struct Followed {
    paths: Vec<PathBuf>,
    stamps: Vec<Option<Stamp>>,
    used_for: Use,
    /// What was last wrong: it is told once.
    complaint: String,
}

impl Followed {
    fn new(paths: Vec<PathBuf>, used_for: Use) -> Self {
        Self {
            stamps: paths.iter().map(|path| Stamp::of(path)).collect(),
            paths,
            used_for,
            complaint: String::new(),
        }
    }

    /// Whether they are other files than at the last look.
    fn is_changed(&mut self) -> bool {
        let now: Vec<_> = self.paths.iter().map(|path| Stamp::of(path)).collect();
        let before = std::mem::replace(&mut self.stamps, now);
        before != self.stamps
    }
}

/// TLS of a server, made from files.
pub struct TlsFiles {
    followed: Vec<Followed>,
    serving: KeyAndCertificate,
    by_name: Vec<(KeyAndCertificate, Vec<String>)>,
    authorities: Vec<Arc<Authority>>,
    rules: TlsRules,
    configs: Configs,
    looks: u32,
}

/// What is chosen about it besides certificates.
#[derive(Clone, Debug, Default)]
pub struct TlsRules {
    /// TLS 1.2 is refused.
    pub only_13: bool,
    /// The cipher suites of TLS 1.2, by IANA's numbers; `None`: all that there are.
    pub cipher_suites: Option<Vec<u16>>,
    /// The groups of key exchanges, likewise; `None`: the usual ones.
    pub groups: Option<Vec<u16>>,
}

/// What it is made from.
pub struct TlsSources {
    /// What is shown to who asks for no name.
    pub serving: KeyAndCertificate,
    /// Where that is, unless it is nowhere that others write to.
    pub serving_files: Option<Pair>,
    /// Certificates by server name.
    pub by_name: Vec<(Pair, Vec<String>)>,
    /// Whose certificates clients may show, and the file of them, if they are in one.
    pub authorities: Vec<(Arc<Authority>, Option<PathBuf>)>,
    /// What is chosen besides.
    pub rules: TlsRules,
}

/// Reads certificate and key.
///
/// # Errors
/// A file cannot be read.
pub fn read_pair(pair: &Pair) -> Result<KeyAndCertificate> {
    Ok(KeyAndCertificate {
        certificate_pem: super::apiserver::read(&pair.certificate)?,
        key_pem: super::apiserver::read(&pair.key)?,
    })
}

impl TlsFiles {
    /// Reads them.
    ///
    /// # Errors
    /// A file cannot be read, or a certificate cannot be used.
    pub fn new(sources: TlsSources) -> Result<Self> {
        let mut followed = Vec::new();
        let files = |pair: &Pair| vec![pair.certificate.clone(), pair.key.clone()];
        if let Some(pair) = &sources.serving_files {
            followed.push(Followed::new(files(pair), Use::Serving));
        }
        let mut by_name = Vec::new();
        for (index, (pair, names)) in sources.by_name.iter().enumerate() {
            followed.push(Followed::new(files(pair), Use::ByName(index)));
            by_name.push((read_pair(pair)?, names.clone()));
        }
        let mut authorities = Vec::new();
        for (authority, path) in sources.authorities {
            if let Some(path) = path {
                followed.push(Followed::new(vec![path], Use::Clients(authority.clone())));
            }
            authorities.push(authority);
        }
        let config = configuration(&sources.serving, &by_name, &authorities, &sources.rules)
            .or_fail(
                "cannot use the serving certificate",
                "check that certificate and key are PEM and belong together",
            )?;
        Ok(Self {
            followed,
            serving: sources.serving,
            by_name,
            authorities,
            rules: sources.rules,
            configs: watch::Sender::new(Arc::new(config)),
            looks: 0,
        })
    }

    /// For listeners: the configuration, and each that takes its place.
    pub fn configs(&self) -> watch::Receiver<Arc<rustls::ServerConfig>> {
        self.configs.subscribe()
    }

    /// Follows the files until `cancel`.
    pub async fn follow(mut self, cancel: CancellationToken) {
        if self.followed.is_empty() {
            return cancel.cancelled().await;
        }
        loop {
            tokio::select! {
                () = cancel.cancelled() => return,
                () = tokio::time::sleep(LOOK_INTERVAL) => self.look(),
            }
        }
    }

    /// Goes over to what has changed.
    fn look(&mut self) {
        self.looks = (self.looks + 1) % LOOKS_PER_READ;
        let mut followed = std::mem::take(&mut self.followed);
        for files in &mut followed {
            if !files.is_changed() && self.looks != 0 {
                continue;
            }
            let path = files.paths[0].display();
            match self.adopt(files) {
                Ok(is_new) => {
                    files.complaint.clear();
                    if is_new {
                        info!(%path, "certificates were read again");
                    }
                }
                Err(why) if why != files.complaint => {
                    warn!(%path, why, "certificates stay as they were");
                    files.complaint = why;
                }
                Err(_) => {}
            }
        }
        self.followed = followed;
    }

    /// Reads files; false: they say what they said before.
    fn adopt(&mut self, files: &Followed) -> Result<bool, String> {
        let mut read = Vec::new();
        for path in &files.paths {
            let text = std::fs::read_to_string(path);
            read.push(text.map_err(|why| format!("cannot read {}: {why}", path.display()))?);
        }
        let said = |error: PkiError| format!("{:#}", anyhow::Error::from(error));
        let mut serving = self.serving.clone();
        let mut by_name = self.by_name.clone();
        match (&files.used_for, read.as_slice()) {
            (Use::Clients(authority), [pem]) => {
                if !authority.replace(pem.as_bytes()).map_err(said)? {
                    return Ok(false);
                }
            }
            (Use::Serving, [certificate, key]) => {
                if !exchange(&mut serving, certificate, key) {
                    return Ok(false);
                }
            }
            (Use::ByName(index), [certificate, key]) => {
                let pair = by_name.get_mut(*index);
                if !pair.is_some_and(|(pair, _)| exchange(pair, certificate, key)) {
                    return Ok(false);
                }
            }
            _ => return Ok(false),
        }
        let config = configuration(&serving, &by_name, &self.authorities, &self.rules);
        let config = config.map_err(said)?;
        (self.serving, self.by_name) = (serving, by_name);
        self.configs.send_replace(Arc::new(config));
        Ok(true)
    }
}

/// False: it is the same pair.
fn exchange(pair: &mut KeyAndCertificate, certificate: &str, key: &str) -> bool {
    if pair.certificate_pem == certificate && pair.key_pem == key {
        return false;
    }
    *pair = KeyAndCertificate {
        certificate_pem: certificate.to_owned(),
        key_pem: key.to_owned(),
    };
    true
}

fn configuration(
    serving: &KeyAndCertificate,
    by_name: &[(KeyAndCertificate, Vec<String>)],
    authorities: &[Arc<Authority>],
    rules: &TlsRules,
) -> Result<rustls::ServerConfig, PkiError> {
    let bundles = authorities.iter().map(|authority| authority.current());
    let choices = ServerTls {
        client_cas: bundles
            .flat_map(|bundle| bundle.certificates().to_vec())
            .collect(),
        only_13: rules.only_13,
        cipher_suites: rules.cipher_suites.clone(),
        groups: rules.groups.clone(),
        by_name: by_name.to_vec(),
    };
    server_config(serving, &choices)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_auth::pki::{Pki, ServingNames};

    fn pki(dir: &Path) -> Pki {
        Pki::open(dir).unwrap()
    }

    #[test]
    fn files_that_change_are_read_again() {
        let temp = tempfile::tempdir().unwrap();
        let at = |name: &str| temp.path().join(name);
        let (one, other) = (pki(&at("one")), pki(&at("other")));
        let names = ServingNames::api_server("cluster.local");
        let pairs = [&one, &other].map(|pki| pki.serving("apiserver", &names).unwrap());
        let files = Pair {
            certificate: at("tls.crt"),
            key: at("tls.key"),
        };
        // A file is put in the place of another, as programs that renew do.
        let put = |path: &Path, text: &str| {
            let fresh = path.with_extension("new");
            std::fs::write(&fresh, text).unwrap();
            std::fs::rename(&fresh, path).unwrap();
        };
        put(&files.certificate, &pairs[0].certificate_pem);
        put(&files.key, &pairs[0].key_pem);
        put(&at("ca.crt"), one.ca_pem());
        let authority = Authority::from_pem(one.ca_pem().as_bytes()).unwrap();
        let authority = Arc::new(authority);
        let mut tls = TlsFiles::new(TlsSources {
            serving: read_pair(&files).unwrap(),
            serving_files: Some(files.clone()),
            by_name: vec![(files.clone(), vec!["a.example".to_owned()])],
            authorities: vec![(authority.clone(), Some(at("ca.crt")))],
            rules: TlsRules::default(),
        })
        .unwrap();
        let mut configs = tls.configs();
        tls.look();
        assert!(!configs.has_changed().unwrap());
        // The pair does not go together yet.
        put(&files.certificate, &pairs[1].certificate_pem);
        tls.look();
        assert!(!configs.has_changed().unwrap());
        assert!(!tls.followed[0].complaint.is_empty());
        put(&files.key, &pairs[1].key_pem);
        tls.look();
        assert!(configs.has_changed().unwrap());
        configs.mark_unchanged();
        assert_eq!(tls.serving.certificate_pem, pairs[1].certificate_pem);
        assert_eq!(tls.by_name[0].0.key_pem, pairs[1].key_pem);
        assert!(tls.followed[0].complaint.is_empty());
        let both = format!("{}{}", one.ca_pem(), other.ca_pem());
        for (text, certificates) in [("", 1), (both.as_str(), 2), ("nonsense", 2)] {
            put(&at("ca.crt"), text);
            tls.look();
            assert_eq!(authority.current().certificates().len(), certificates);
        }
        assert!(configs.has_changed().unwrap());
        std::fs::remove_file(at("ca.crt")).unwrap();
        tls.look();
        assert_eq!(authority.current().certificates().len(), 2);
        assert!(tls.followed[2].complaint.contains("cannot read"));
    }
}
