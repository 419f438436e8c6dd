//! How the API server reaches kubelets: TLS with its own client certificate.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use async_trait::async_trait;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use skeg_apiserver::{NodeConnector, NodeStream, NodeTarget};
use skeg_auth::names::MASTERS;
use skeg_auth::pki::Pki;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// A kubelet that does not answer for so long is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The connector.
pub struct KubeletConnector {
    /// The node whose kubelet has its certificate from our own CA.
    own_node: String,
    checked: TlsConnector,
    unchecked: TlsConnector,
}

impl KubeletConnector {
    /// Makes the client certificate if there is none. The kubelet of
    /// `own_node` must show a certificate of the cluster's CA. Kubelets of
    /// other machines sign their certificates themselves, as upstream's do by
    /// default, and are taken at their word, as kube-apiserver does.
    ///
    /// # Errors
    /// The certificates are not usable.
    pub fn new(pki: &Pki, own_node: &str) -> Result<Self> {
        let pair = pki.client(
            "apiserver-kubelet-client",
            "kube-apiserver-kubelet-client",
            Some(MASTERS),
        )?;
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(pki.ca_der().to_vec()))?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let certificate = || -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
            let key = pair
                .key_der()
                .ok_or_else(|| anyhow::anyhow!("the client key is damaged"))?;
            Ok((vec![CertificateDer::from(pair.certificate_der())], key))
        };
        let begin = || {
            ClientConfig::builder_with_provider(provider.clone())
                .with_safe_default_protocol_versions()
        };
        let (chain, key) = certificate()?;
        let checked = begin()?
            .with_root_certificates(roots)
            .with_client_auth_cert(chain, key)?;
        let (chain, key) = certificate()?;
        let anyone = AnyCertificate {
            algorithms: provider.signature_verification_algorithms,
        };
        let unchecked = begin()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(anyone))
            .with_client_auth_cert(chain, key)?;
        Ok(Self {
            own_node: own_node.to_owned(),
            checked: TlsConnector::from(Arc::new(checked)),
            unchecked: TlsConnector::from(Arc::new(unchecked)),
        })
    }
}

/// Takes any certificate whose key the other side has.
#[derive(Debug)]
struct AnyCertificate {
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[async_trait]
impl NodeConnector for KubeletConnector {
    async fn connect(&self, target: &NodeTarget) -> io::Result<Box<dyn NodeStream>> {
        let name = ServerName::try_from(target.host.clone())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let connect = async {
            let stream = TcpStream::connect((target.host.as_str(), target.port)).await?;
            stream.set_nodelay(true)?;
            let tls = if target.node == self.own_node {
                &self.checked
            } else {
                &self.unchecked
            };
            tls.connect(name, stream).await
        };
        match tokio::time::timeout(CONNECT_TIMEOUT, connect).await {
            Ok(stream) => Ok(Box::new(stream?)),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}
