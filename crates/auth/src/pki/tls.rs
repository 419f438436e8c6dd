//! TLS of a server that knows its clients by the CA's certificates.

use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use super::{KeyAndCertificate, PkiError};

/// A configuration for HTTP/2 and HTTP/1.1 that asks for a client certificate
/// of `client_ca` and goes on without one. A certificate of another CA ends
/// the handshake.
///
/// # Errors
/// The certificate, key or CA is not usable.
pub fn server_config(
    serving: &KeyAndCertificate,
    client_ca: &[u8],
) -> Result<ServerConfig, PkiError> {
    server_config_with(
        serving,
        &ServerTls {
            client_cas: vec![client_ca.to_vec()],
            ..ServerTls::default()
        },
    )
}

/// What can be chosen about a server's TLS.
#[derive(Clone, Debug, Default)]
pub struct ServerTls {
    /// Whose certificates are asked of clients, each as DER; clients are not
    /// asked for one if there is none.
    pub client_cas: Vec<Vec<u8>>,
    /// TLS 1.2 is refused.
    pub only_13: bool,
}

/// The same with choices. All certificates in the PEM are shown: the server's
/// own and, after it, those between it and its CA.
///
/// # Errors
/// A certificate or key is not usable, or they do not go together.
pub fn server_config_with(
    serving: &KeyAndCertificate,
    choices: &ServerTls,
) -> Result<ServerConfig, PkiError> {
    let general = |text: String| PkiError::Tls(rustls::Error::General(text));
    let provider = Arc::new(aws_lc_rs::default_provider());
    let versions: &[&rustls::SupportedProtocolVersion] = if choices.only_13 {
        &[&rustls::version::TLS13]
    } else {
        rustls::ALL_VERSIONS
    };
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(versions)
        .map_err(PkiError::Tls)?;
    let builder = if choices.client_cas.is_empty() {
        builder.with_no_client_auth()
    } else {
        let mut roots = RootCertStore::empty();
        for ca in &choices.client_cas {
            roots
                .add(CertificateDer::from(ca.clone()))
                .map_err(PkiError::Tls)?;
        }
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
            .allow_unauthenticated()
            .build()
            .map_err(|e| general(e.to_string()))?;
        builder.with_client_cert_verifier(verifier)
    };
    let key = serving
        .key_der()
        .ok_or_else(|| general("no private key".to_owned()))?;
    let chain = certificates_of(&serving.certificate_pem);
    let mut config = builder
        .with_single_cert(chain, key)
        .map_err(PkiError::Tls)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The certificates in a PEM text, in their order.
pub fn certificates_of(pem: &str) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem.as_bytes())
        .filter_map(Result::ok)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::{Pki, ServingNames};

    #[test]
    fn our_own_certificates_are_usable() {
        let dir = tempfile::tempdir().unwrap();
        let pki = Pki::open(dir.path()).unwrap();
        let names = ServingNames::api_server("cluster.local");
        let serving = pki.serving("apiserver", &names).unwrap();
        let config = server_config(&serving, pki.ca_der()).unwrap();
        assert_eq!(config.alpn_protocols.len(), 2);
    }
}
