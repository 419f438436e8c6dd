//! TLS: whom we trust, and who we are.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};

use crate::config::{Config, ConfigError};

/// Where systems keep the certificates that they trust.
const SYSTEM_ROOTS: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

pub(super) fn server_name(name: &str) -> Result<ServerName<'static>, ConfigError> {
    ServerName::try_from(name.to_owned())
        .map_err(|error| ConfigError::invalid(format!("server name {name:?}"), error))
}

fn certificates(pem: &[u8], what: &str) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let certificates = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| ConfigError::invalid(what, error))?;
    if certificates.is_empty() {
        return Err(ConfigError::invalid(what, "no certificate in it"));
    }
    Ok(certificates)
}

fn system_roots() -> Result<Vec<u8>, ConfigError> {
    let named = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    let found = named
        .into_iter()
        .chain(SYSTEM_ROOTS.iter().map(PathBuf::from))
        .find_map(|path| std::fs::read(path).ok());
    found.ok_or_else(|| {
        ConfigError::invalid(
            "certificates of the system",
            "none found; name a certificate-authority or set SSL_CERT_FILE",
        )
    })
}

pub(super) fn client_config(config: &Config) -> Result<Arc<ClientConfig>, ConfigError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| ConfigError::invalid("TLS", error))?;
    let builder = if config.insecure {
        tracing::warn!(
            server = config.server,
            "the server's certificate is not verified"
        );
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyServer { provider }))
    } else {
        let mut roots = RootCertStore::empty();
        match &config.ca {
            Some(pem) => {
                for certificate in certificates(pem, "certificate-authority")? {
                    roots
                        .add(certificate)
                        .map_err(|error| ConfigError::invalid("certificate-authority", error))?;
                }
            }
            None => {
                // A system's store may hold certificates too odd for us; the rest will do.
                roots.add_parsable_certificates(certificates(
                    &system_roots()?,
                    "certificates of the system",
                )?);
            }
        }
        builder.with_root_certificates(roots)
    };
    let mut tls = match (&config.client_certificate, &config.client_key) {
        (Some(certificate), Some(key)) => {
            let chain = certificates(certificate, "client certificate")?;
            let key = PrivateKeyDer::from_pem_slice(key)
                .map_err(|error| ConfigError::invalid("client key", error))?;
            builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| ConfigError::invalid("client certificate", error))?
        }
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
        (None, None) => builder.with_no_client_auth(),
    };
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(tls))
}

/// Takes any certificate, as `insecure-skip-tls-verify` asks for.
#[derive(Debug)]
struct AnyServer {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
