//! TLS: whom we trust, and who we are.
//!
//! This is the one place of its kind: the client itself stands on it, and so
//! does whoever else opens TLS connections (an API server calling webhooks, a
//! kubelet probing pods). There is one provider of cryptography, aws-lc-rs.

mod validity;
mod verify;

use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::{fmt, io};

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, SupportedProtocolVersion};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};

pub use verify::Verifier;

/// The crate that TLS is done with; [`tls::rustls::ClientConfig`](rustls::ClientConfig) and the like.
pub use rustls;

/// What a read from TLS comes to when the peer has closed the connection without
/// saying so by TLS (`close_notify`): the end, as with Go's crypto/tls. Many
/// servers close like that; HTTP knows of itself whether something is missing,
/// except of a body that the end of the connection ends.
pub fn unannounced_end(read: Poll<io::Result<()>>) -> Poll<io::Result<()>> {
    match read {
        Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Poll::Ready(Ok(()))
        }
        read => read,
    }
}

/// Why certificates or keys are of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TlsError(String);

impl TlsError {
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        Self(message.to_string())
    }
}

/// Whose certificates are believed.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trust {
    /// Those that the authorities of the operating system have signed
    /// (`SSL_CERT_FILE` and `SSL_CERT_DIR` name others).
    System,
    /// Those that an authority of this bundle (PEM) has signed, and as with Go
    /// those that stand in the bundle themselves.
    Bundle(Vec<u8>),
    /// Those of the bundle (PEM) and of the system alike.
    BundleAndSystem(Vec<u8>),
    /// Anybody's.
    Anyone,
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trust::System => f.write_str("System"),
            Trust::Bundle(pem) => write!(f, "Bundle({} bytes)", pem.len()),
            Trust::BundleAndSystem(pem) => write!(f, "BundleAndSystem({} bytes)", pem.len()),
            Trust::Anyone => f.write_str("Anyone"),
        }
    }
}

/// A certificate with its chain and its key.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Clone for Identity {
    fn clone(&self) -> Self {
        Self {
            chain: self.chain.clone(),
            key: self.key.clone_key(),
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({} certificates, key …)", self.chain.len())
    }
}

impl Identity {
    /// From PEM texts. The key may be PKCS#8, PKCS#1 (RSA) or SEC1 (EC), and
    /// either text may hold both certificate and key.
    ///
    /// # Errors
    /// There is no certificate or no key in them, or the key is encrypted.
    pub fn from_pem(certificate: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        let chain = certificates(certificate)?;
        let encrypted = [
            &b"BEGIN ENCRYPTED PRIVATE KEY"[..],
            b"Proc-Type: 4,ENCRYPTED",
        ]
        .iter()
        .any(|mark| key.windows(mark.len()).any(|window| window == *mark));
        if encrypted {
            return Err(TlsError::new(
                "private key: it is encrypted; decrypt it first (openssl pkey -in KEY -out PLAIN)",
            ));
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| match error {
            rustls_pki_types::pem::Error::NoItemsFound => {
                TlsError::new("private key: no key in it")
            }
            error => TlsError::new(format_args!("private key: {error}")),
        })?;
        Ok(Self { chain, key })
    }

    /// From DER.
    #[must_use]
    pub fn from_der(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Self {
        Self { chain, key }
    }

    /// The certificates, our own first.
    #[must_use]
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.chain
    }
}

/// The lowest version of TLS that is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum TlsVersion {
    /// TLS 1.2.
    #[default]
    V1_2,
    /// TLS 1.3.
    V1_3,
}

impl TlsVersion {
    fn versions(self) -> &'static [&'static SupportedProtocolVersion] {
        static ONLY_1_3: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13];
        match self {
            TlsVersion::V1_2 => rustls::DEFAULT_VERSIONS,
            TlsVersion::V1_3 => ONLY_1_3,
        }
    }
}

/// The provider of cryptography.
#[must_use]
pub fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    Arc::clone(PROVIDER.get_or_init(|| Arc::new(rustls::crypto::aws_lc_rs::default_provider())))
}

/// The certificates of a PEM text.
///
/// # Errors
/// There is none in it, or one is broken.
pub fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(TlsError::new)?;
    if found.is_empty() {
        return Err(TlsError::new("no certificate in it"));
    }
    Ok(found)
}

/// The certificates that the operating system trusts.
///
/// # Errors
/// There are none.
pub fn system_roots() -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        let why = found
            .errors
            .first()
            .map(|error| format!(" ({error})"))
            .unwrap_or_default();
        return Err(TlsError::new(format_args!(
            "the system has no trusted certificates{why}; name a certificate-authority, or set SSL_CERT_FILE"
        )));
    }
    Ok(found.certs)
}

/// A name to find in a server's certificate: a host name or an address.
///
/// # Errors
/// It is neither.
pub fn server_name(name: &str) -> Result<ServerName<'static>, TlsError> {
    ServerName::try_from(name.to_owned()).map_err(TlsError::new)
}

/// Verifies servers as this trust has it.
///
/// # Errors
/// The bundle has no usable certificate, or the system trusts none.
pub fn verifier(trust: &Trust) -> Result<Arc<dyn ServerCertVerifier>, TlsError> {
    Ok(Arc::new(Verifier::new(trust)?))
}

/// What a TLS client needs: whom it believes, who it is, which protocols it
/// offers over TLS (`h2`, `http/1.1`).
///
/// # Errors
/// The certificates or the key are unusable, or do not belong together.
pub fn client_config(
    trust: &Trust,
    identity: Option<&Identity>,
    version_min: TlsVersion,
    protocols: &[&[u8]],
) -> Result<ClientConfig, TlsError> {
    client_config_with(verifier(trust)?, identity, version_min, protocols)
}

/// The same with a verifier of one's own.
///
/// # Errors
/// The certificate or the key is unusable, or they do not belong together.
pub fn client_config_with(
    verifier: Arc<dyn ServerCertVerifier>,
    identity: Option<&Identity>,
    version_min: TlsVersion,
    protocols: &[&[u8]],
) -> Result<ClientConfig, TlsError> {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(version_min.versions())
        .map_err(TlsError::new)?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = match identity {
        Some(identity) => builder
            .with_client_auth_cert(identity.chain.clone(), identity.key.clone_key())
            .map_err(|error| match error {
                rustls::Error::InconsistentKeys(_) => {
                    TlsError::new("certificate and key do not belong together")
                }
                error => TlsError::new(error),
            })?,
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    Ok(config)
}
