//! Verifying the certificates of servers.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::{CertificateError, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::{TlsError, Trust, certificates, provider, system_roots, validity};

/// Verifies as Go does, which also takes a server's certificate when that very
/// certificate is in the bundle. That the server has the certificate's key is
/// verified whoever is trusted.
#[derive(Debug)]
pub struct Verifier {
    provider: Arc<CryptoProvider>,
    belief: Belief,
}

/// Which certificates are believed.
#[derive(Debug)]
enum Belief {
    /// Any: what `insecure-skip-tls-verify` asks for, and what probes do.
    Anyone,
    /// Those with a chain to a root, and those that are known themselves.
    These {
        chains: Option<Arc<WebPkiServerVerifier>>,
        pinned: Vec<CertificateDer<'static>>,
    },
}

impl Verifier {
    /// The verifier that believes so.
    ///
    /// # Errors
    /// The bundle has no usable certificate, or the system trusts none.
    pub fn new(trust: &Trust) -> Result<Self, TlsError> {
        let provider = provider();
        let (trusted, pinned) = match trust {
            Trust::System => (system_roots()?, false),
            Trust::Bundle(pem) => (certificates(pem)?, true),
            Trust::BundleAndSystem(pem) => {
                let mut both = certificates(pem)?;
                // The bundle alone may well be enough.
                both.extend(system_roots().unwrap_or_default());
                (both, true)
            }
            Trust::Anyone => {
                let belief = Belief::Anyone;
                return Ok(Self { provider, belief });
            }
        };
        let mut roots = RootCertStore::empty();
        // A bundle may hold certificates too odd for us; the rest will do.
        roots.add_parsable_certificates(trusted.iter().cloned());
        let chains = if roots.is_empty() {
            None
        } else {
            let chains =
                WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                    .build()
                    .map_err(TlsError::new)?;
            Some(chains)
        };
        if pinned && chains.is_none() {
            return Err(TlsError::new("no usable certificate in it"));
        }
        let pinned = if pinned { trusted } else { Vec::new() };
        let belief = Belief::These { chains, pinned };
        Ok(Self { provider, belief })
    }

    fn verify_pinned(
        end_entity: &CertificateDer<'_>,
        server_name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let validity = validity::of(end_entity).ok_or(CertificateError::BadEncoding)?;
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        if now < validity.not_before {
            return Err(CertificateError::NotValidYet.into());
        }
        if now > validity.not_after {
            return Err(CertificateError::Expired.into());
        }
        let certificate = rustls::server::ParsedCertificate::try_from(end_entity)?;
        rustls::client::verify_server_name(&certificate, server_name)?;
        Ok(ServerCertVerified::assertion())
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Belief::These { chains, pinned } = &self.belief else {
            return Ok(ServerCertVerified::assertion());
        };
        if pinned.iter().any(|known| known == end_entity) {
            return Self::verify_pinned(end_entity, server_name, now);
        }
        match chains {
            Some(chains) => chains.verify_server_cert(
                end_entity,
                intermediates,
                server_name,
                ocsp_response,
                now,
            ),
            None => Err(CertificateError::UnknownIssuer.into()),
        }
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
