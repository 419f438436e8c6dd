//! How the API server reaches kubelets: TLS with its own client certificate,
//! the kubelet's certificate checked against the cluster's CA.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use async_trait::async_trait;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use skeg_apiserver::{NodeConnector, NodeStream, NodeTarget};
use skeg_auth::names::MASTERS;
use skeg_auth::pki::Pki;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// A kubelet that does not answer for so long is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The connector.
pub struct KubeletConnector {
    tls: TlsConnector,
}

impl KubeletConnector {
    /// Makes the client certificate if there is none.
    ///
    /// # Errors
    /// The certificates are not usable.
    pub fn new(pki: &Pki) -> Result<Self> {
        let pair = pki.client(
            "apiserver-kubelet-client",
            "kube-apiserver-kubelet-client",
            Some(MASTERS),
        )?;
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(pki.ca_der().to_vec()))?;
        let key = pair
            .key_der()
            .ok_or_else(|| anyhow::anyhow!("the client key is damaged"))?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_client_auth_cert(vec![CertificateDer::from(pair.certificate_der())], key)?;
        Ok(Self {
            tls: TlsConnector::from(Arc::new(config)),
        })
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
            self.tls.connect(name, stream).await
        };
        match tokio::time::timeout(CONNECT_TIMEOUT, connect).await {
            Ok(stream) => Ok(Box::new(stream?)),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}
