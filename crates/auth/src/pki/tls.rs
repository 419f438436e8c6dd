//! TLS of a server that knows its clients by the CA's certificates.

use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use rustls_pki_types::CertificateDer;

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
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from(client_ca.to_vec()))
        .map_err(PkiError::Tls)?;
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .allow_unauthenticated()
        .build()
        .map_err(|e| PkiError::Tls(rustls::Error::General(e.to_string())))?;
    let key = serving
        .key_der()
        .ok_or_else(|| PkiError::Tls(rustls::Error::General("no private key".to_owned())))?;
    let chain = vec![CertificateDer::from(serving.certificate_der())];
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(PkiError::Tls)?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .map_err(PkiError::Tls)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
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
