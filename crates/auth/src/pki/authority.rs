//! Authorities whose certificates are believed; a bundle may be exchanged for
//! another while it is in use.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, UnixTime};
use tokio::sync::watch;

use super::{PkiError, key_proof};

/// The certificates of authorities at one time.
pub struct Bundle {
    /// Differs from that of every other bundle of the process, so that what
    /// was found out by one is not taken for another.
    number: u64,
    pem: Vec<u8>,
    certificates: Vec<CertificateDer<'static>>,
    verifier: Option<Arc<dyn ClientCertVerifier>>,
}

/// A certificate is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("verifying the client certificate failed: {0}")]
pub struct NotBelieved(String);

impl Bundle {
    fn parse(pem: &[u8]) -> Result<Self, PkiError> {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let unusable = |why: String| PkiError::Tls(rustls::Error::General(why));
        let certificates = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
        let certificates = certificates.map_err(|error| unusable(error.to_string()))?;
        let verifier: Option<Arc<dyn ClientCertVerifier>> = if certificates.is_empty() {
            None
        } else {
            let mut roots = RootCertStore::empty();
            for certificate in &certificates {
                roots.add(certificate.clone()).map_err(PkiError::Tls)?;
            }
            let provider = Arc::new(aws_lc_rs::default_provider());
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            Some(verifier.build().map_err(|e| unusable(e.to_string()))?)
        };
        Ok(Self {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            pem: pem.to_vec(),
            certificates,
            verifier,
        })
    }

    /// As they were given.
    pub fn pem(&self) -> &[u8] {
        &self.pem
    }

    /// Each of them.
    pub fn certificates(&self) -> &[CertificateDer<'static>] {
        &self.certificates
    }

    /// Whether they are none.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    /// Whether they vouch for a client with this certificate, the client's own
    /// first, then those between it and its authority.
    ///
    /// # Errors
    /// They do not.
    pub fn verify(&self, chain: &[CertificateDer<'_>]) -> Result<(), NotBelieved> {
        let (Some(verifier), Some((own, between))) = (&self.verifier, chain.split_first()) else {
            return Err(NotBelieved("there is no authority".to_owned()));
        };
        let now = UnixTime::now();
        match verifier.verify_client_cert(own, between, now) {
            Ok(_) => Ok(()),
            // webpki reads version 3 only; Go, and so kube-apiserver, the others too.
            Err(_) if key_proof::is_old_and_vouched_for(own, &self.certificates, now) => Ok(()),
            Err(error) => Err(NotBelieved(error.to_string())),
        }
    }
}

/// What a bundle said of the certificate of a connection: it is asked once, and
/// again after it was exchanged.
#[derive(Debug, Default)]
pub(crate) struct Verdict(AtomicU64);

impl Verdict {
    /// Whether `bundle` vouches for `chain`.
    pub(crate) fn of(&self, bundle: &Bundle, chain: &[CertificateDer<'_>]) -> bool {
        let known = self.0.load(Ordering::Relaxed);
        if known >> 1 == bundle.number {
            return known & 1 == 1;
        }
        let verified = bundle.verify(chain);
        if let Err(error) = &verified {
            tracing::debug!(%error, "a client certificate is not believed");
        }
        let verdict = bundle.number << 1 | u64::from(verified.is_ok());
        self.0.store(verdict, Ordering::Relaxed);
        verified.is_ok()
    }
}

/// Authorities whose certificates are believed. The default vouches for
/// nobody.
pub struct Authority {
    current: watch::Sender<Arc<Bundle>>,
}

impl Authority {
    /// Those in a PEM text; there may be none.
    ///
    /// # Errors
    /// A certificate is not usable.
    pub fn from_pem(pem: &[u8]) -> Result<Self, PkiError> {
        let bundle = Bundle::parse(pem)?;
        Ok(Self {
            current: watch::Sender::new(Arc::new(bundle)),
        })
    }

    /// Goes over to those in another text, unless it is the same one: then
    /// false is returned.
    ///
    /// # Errors
    /// There is none, or one is not usable. Everything stays as it was then.
    pub fn replace(&self, pem: &[u8]) -> Result<bool, PkiError> {
        if self.current.borrow().pem == pem {
            return Ok(false);
        }
        let bundle = Bundle::parse(pem)?;
        if bundle.is_empty() {
            let why = "there is no certificate".to_owned();
            return Err(PkiError::Tls(rustls::Error::General(why)));
        }
        self.current.send_replace(Arc::new(bundle));
        Ok(true)
    }

    /// Those of now.
    pub fn current(&self) -> Arc<Bundle> {
        self.current.borrow().clone()
    }

    /// Tells when others take their place.
    pub fn changes(&self) -> watch::Receiver<Arc<Bundle>> {
        self.current.subscribe()
    }
}

impl Default for Authority {
    fn default() -> Self {
        let nobody = Bundle {
            number: 0,
            pem: Vec::new(),
            certificates: Vec::new(),
            verifier: None,
        };
        Self {
            current: watch::Sender::new(Arc::new(nobody)),
        }
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.current.borrow().certificates.len();
        f.debug_struct("Authority").field("count", &count).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::{Pki, certificates_of};

    #[test]
    fn verdicts_are_asked_for_again_after_an_exchange() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (pki, foreign) = (
            Pki::open(dir.path()).unwrap(),
            Pki::open(other.path()).unwrap(),
        );
        let pair = pki.client("x", "somebody", None).unwrap();
        let chain = certificates_of(&pair.certificate_pem);
        let authority = Authority::from_pem(foreign.ca_pem().as_bytes()).unwrap();
        let verdict = Verdict::default();
        assert!(!verdict.of(&authority.current(), &chain));
        let both = format!("{}{}", foreign.ca_pem(), pki.ca_pem());
        assert!(authority.replace(both.as_bytes()).unwrap());
        assert!(verdict.of(&authority.current(), &chain));
        assert!(!authority.replace(both.as_bytes()).unwrap());
        // What is broken changes nothing.
        authority.replace(b"").unwrap_err();
        let broken = both.replace("MII", "AAA");
        authority.replace(broken.as_bytes()).unwrap_err();
        assert!(verdict.of(&authority.current(), &chain));
        assert!(!verdict.of(&Authority::default().current(), &chain));
    }

    #[test]
    fn certificates_of_version_1_are_believed() {
        // Made by `openssl x509 -req` without extensions, as people do by hand.
        let chain = certificates_of(include_str!("testdata/v1-client.crt"));
        let authority = Authority::from_pem(include_bytes!("testdata/v1-ca.crt")).unwrap();
        authority.current().verify(&chain).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let foreign = Pki::open(dir.path()).unwrap();
        let foreign = Authority::from_pem(foreign.ca_pem().as_bytes()).unwrap();
        foreign.current().verify(&chain).unwrap_err();
        // One bit of the signature is another.
        let mut forged = chain[0].to_vec();
        *forged.last_mut().unwrap() ^= 1;
        authority.current().verify(&[forged.into()]).unwrap_err();
    }

    #[test]
    fn certificates_of_servers_are_no_users() {
        let dir = tempfile::tempdir().unwrap();
        let pki = Pki::open(dir.path()).unwrap();
        let names = crate::pki::ServingNames::api_server("cluster.local");
        let pair = pki.serving("apiserver", &names).unwrap();
        let chain = certificates_of(&pair.certificate_pem);
        let authority = Authority::from_pem(pki.ca_pem().as_bytes()).unwrap();
        authority.current().verify(&chain).unwrap_err();
    }
}
