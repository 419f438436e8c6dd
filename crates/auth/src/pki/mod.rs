//! Certificates and keys, kept in a folder: the cluster's CA, the API
//! server's serving certificate, a client certificate for each component and
//! the service account key. Made at first use, renewed at start when near
//! their end.

mod authority;
mod certificates;
mod files;
mod key_proof;
mod kubeconfig;
mod possession;
mod requests;
mod signatures;
mod tls;

pub(crate) use authority::Verdict;
pub use authority::{Authority, Bundle, NotBelieved};
pub use certificates::{KeyAndCertificate, ServingNames};
pub use kubeconfig::{Kubeconfig, write_kubeconfig};
pub use possession::{KeyKind, PossessedKey};
pub use rcgen::KeyPair;
pub use requests::{CertificateRequest, certificate_ends};
pub use signatures::is_signed_by_its_key;
pub use tls::{ServerTls, certificates_of, has_cipher_suite, has_group, server_config};

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rcgen::{Issuer, PKCS_RSA_SHA256, RsaKeySize};

use certificates::{CertificateState, inspect};

/// Certificates with less than this left are replaced.
const RENEW_BEFORE: Duration = Duration::from_secs(60 * DAY);
const LEAF_LIFETIME: Duration = Duration::from_secs(365 * DAY);
const CA_LIFETIME: Duration = Duration::from_secs(3650 * DAY);
const DAY: u64 = 24 * 3600;

/// Keys or certificates cannot be read, made or kept.
#[derive(Debug, thiserror::Error)]
pub enum PkiError {
    /// A file or folder cannot be read or written.
    #[error("cannot {action} {path}")]
    Io {
        /// `read`, `write`, `create`.
        action: &'static str,
        /// What.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A file does not hold what it should.
    #[error(
        "{path} is damaged: {why}; remove it together with the other file of the same name, and it is made again"
    )]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The crypto library refused.
    #[error("cannot make a key or certificate")]
    Crypto(#[from] rcgen::Error),
    /// TLS refuses the certificates.
    #[error("cannot set TLS up")]
    Tls(#[source] rustls::Error),
}

/// The folder with its CA.
pub struct Pki {
    dir: PathBuf,
    ca_pem: String,
    ca_der: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

impl Pki {
    /// Opens the folder, and makes it and the CA if they are not there. Keys
    /// are readable by their owner only.
    ///
    /// # Errors
    /// A file cannot be used; the message names it.
    pub fn open(dir: &Path) -> Result<Self, PkiError> {
        files::create_private_dir(dir)?;
        let (cert_path, key_path) = (dir.join("ca.crt"), dir.join("ca.key"));
        let (ca_pem, key) = match (files::read(&cert_path)?, files::read(&key_path)?) {
            (Some(cert), Some(key)) => (cert, files::parse_key(&key_path, &key)?),
            (None, None) => {
                let (cert, key) = certificates::authority(CA_LIFETIME)?;
                files::write_key(&key_path, &key.serialize_pem())?;
                files::write_public(&cert_path, &cert)?;
                (cert, key)
            }
            (cert, _) => {
                let path = if cert.is_some() { cert_path } else { key_path };
                let why = "only one of ca.crt and ca.key is there".to_owned();
                return Err(PkiError::Damaged { path, why });
            }
        };
        let ca_der = files::pem_to_der(&cert_path, &ca_pem)?;
        let issuer = Issuer::from_ca_cert_der(&ca_der.as_slice().into(), key).map_err(|e| {
            PkiError::Damaged {
                path: cert_path,
                why: e.to_string(),
            }
        })?;
        Ok(Self {
            dir: dir.to_owned(),
            ca_pem,
            ca_der,
            issuer,
        })
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The CA's certificate.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The CA's certificate as DER.
    pub fn ca_der(&self) -> &[u8] {
        &self.ca_der
    }

    /// A serving certificate called `name` in the folder (`apiserver`,
    /// `kubelet`). Made anew when it is near its end, names something else or
    /// is another CA's.
    ///
    /// # Errors
    /// See [`PkiError`].
    pub fn serving(&self, name: &str, names: &ServingNames) -> Result<KeyAndCertificate, PkiError> {
        self.leaf(
            name,
            |state| state.names == names.canonical(),
            || certificates::serving(&self.issuer, names, LEAF_LIFETIME),
        )
    }

    /// A client certificate called `name` in the folder, for this user and
    /// group.
    ///
    /// # Errors
    /// See [`PkiError`].
    pub fn client(
        &self,
        name: &str,
        user: &str,
        group: Option<&str>,
    ) -> Result<KeyAndCertificate, PkiError> {
        let same = |state: &CertificateState| {
            state.common_name == user && state.organization.as_deref() == group
        };
        self.leaf(name, same, || {
            certificates::client(&self.issuer, user, group, LEAF_LIFETIME)
        })
    }

    /// The key that signs service account tokens (`sa.key`, `sa.pub`).
    ///
    /// # Errors
    /// See [`PkiError`].
    pub fn service_account_key(&self) -> Result<KeyPair, PkiError> {
        let path = self.dir.join("sa.key");
        if let Some(pem) = files::read(&path)? {
            return files::parse_key(&path, &pem);
        }
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?;
        files::write_key(&path, &key.serialize_pem())?;
        files::write_public(&self.dir.join("sa.pub"), &key.public_key_pem())?;
        Ok(key)
    }

    fn leaf(
        &self,
        name: &str,
        fits: impl Fn(&CertificateState) -> bool,
        make: impl FnOnce() -> Result<KeyAndCertificate, PkiError>,
    ) -> Result<KeyAndCertificate, PkiError> {
        let cert_path = self.dir.join(format!("{name}.crt"));
        let key_path = self.dir.join(format!("{name}.key"));
        if let (Some(certificate_pem), Some(key_pem)) =
            (files::read(&cert_path)?, files::read(&key_path)?)
            && let Some(state) = inspect(&certificate_pem, &self.ca_der)
            && state.ends > SystemTime::now() + RENEW_BEFORE
            && fits(&state)
            && KeyPair::from_pem(&key_pem).is_ok()
        {
            return Ok(KeyAndCertificate {
                certificate_pem,
                key_pem,
            });
        }
        let made = make()?;
        files::write_key(&key_path, &made.key_pem)?;
        files::write_public(&cert_path, &made.certificate_pem)?;
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn kept_and_made_again_when_they_no_longer_fit() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pki");
        let mut names = ServingNames::default();
        names.add("127.0.0.1");
        names.add("kubernetes.default.svc");
        let pki = Pki::open(&path).unwrap();
        let first = pki.serving("apiserver", &names).unwrap();
        let admin = pki
            .client("admin", "admin", Some("system:masters"))
            .unwrap();

        let pki = Pki::open(&path).unwrap();
        assert_eq!(
            pki.serving("apiserver", &names).unwrap().certificate_pem,
            first.certificate_pem
        );
        names.add("10.0.0.7");
        let second = pki.serving("apiserver", &names).unwrap();
        assert_ne!(second.certificate_pem, first.certificate_pem);
        let same = pki
            .client("admin", "admin", Some("system:masters"))
            .unwrap();
        assert_eq!(same.key_pem, admin.key_pem);
        let other = pki.client("admin", "admin", Some("g")).unwrap();
        assert_ne!(other.key_pem, admin.key_pem);

        // Another CA: everything it signed is made anew.
        for file in ["ca.crt", "ca.key"] {
            std::fs::remove_file(path.join(file)).unwrap();
        }
        let pki = Pki::open(&path).unwrap();
        let third = pki.serving("apiserver", &names).unwrap();
        assert_ne!(third.certificate_pem, second.certificate_pem);
    }

    #[test]
    fn keys_are_private() {
        let dir = tempfile::tempdir().unwrap();
        let pki = Pki::open(&dir.path().join("pki")).unwrap();
        pki.service_account_key().unwrap();
        pki.client("x", "x", None).unwrap();
        let mode = |name: &str| {
            std::fs::metadata(pki.dir().join(name))
                .unwrap()
                .permissions()
                .mode()
                & 0o777
        };
        for key in ["ca.key", "sa.key", "x.key"] {
            assert_eq!(mode(key), 0o600, "{key}");
        }
        assert_eq!(mode("ca.crt"), 0o644);
        assert_eq!(mode("."), 0o700);
    }

    #[test]
    fn half_a_ca_is_an_error_with_a_remedy() {
        let dir = tempfile::tempdir().unwrap();
        Pki::open(dir.path()).unwrap();
        std::fs::remove_file(dir.path().join("ca.key")).unwrap();
        let error = Pki::open(dir.path()).err().unwrap().to_string();
        assert!(
            error.contains("ca.crt is damaged") && error.contains("remove it"),
            "{error}"
        );
    }

    #[test]
    fn the_service_account_key_stays() {
        let dir = tempfile::tempdir().unwrap();
        let first = Pki::open(dir.path())
            .unwrap()
            .service_account_key()
            .unwrap();
        let second = Pki::open(dir.path())
            .unwrap()
            .service_account_key()
            .unwrap();
        assert_eq!(first.serialize_pem(), second.serialize_pem());
    }
}
