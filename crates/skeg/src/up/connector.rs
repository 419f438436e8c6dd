//! How the API server reaches kubelets: TLS with its own client certificate.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use async_trait::async_trait;
use rustls::client::WantsClientCert;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore};
use skeg_apiserver::{NodeConnector, NodeStream, NodeTarget};
use skeg_auth::names::MASTERS;
use skeg_auth::pki::{KeyAndCertificate, Pki, certificates_of};
use skeg_client::tls::{self, Trust};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// A kubelet that does not answer for so long is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The connector.
pub struct KubeletConnector {
    checks: Checks,
    checked: TlsConnector,
    unchecked: TlsConnector,
}

/// What a connector shows to kubelets and believes of them.
#[derive(Default)]
pub struct ConnectorOptions {
    /// The client certificate; without it, kubelets see nobody in particular.
    pub client: Option<KeyAndCertificate>,
    /// The CAs, as DER, of the certificates that are checked.
    pub authorities: Vec<Vec<u8>>,
    /// The one node whose certificate is checked; without it, those of all
    /// are, if there is a CA to check them by.
    pub only_node: Option<String>,
}

impl KubeletConnector {
    /// For a cluster with certificates of its own. The kubelet of `own_node`
    /// must show a certificate of the cluster's CA. Kubelets of other machines
    /// sign their certificates themselves, as upstream's do by default, and
    /// are taken at their word, as kube-apiserver does.
    ///
    /// # Errors
    /// The certificates are not usable.
    pub fn of_cluster(pki: &Pki, own_node: &str) -> Result<Self> {
        Self::new(ConnectorOptions {
            client: Some(pki.client(
                "apiserver-kubelet-client",
                "kube-apiserver-kubelet-client",
                Some(MASTERS),
            )?),
            authorities: vec![pki.ca_der().to_vec()],
            only_node: Some(own_node.to_owned()),
        })
    }

    /// Makes a connector.
    ///
    /// # Errors
    /// The certificates are not usable.
    pub fn new(options: ConnectorOptions) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        for authority in &options.authorities {
            roots.add(CertificateDer::from(authority.clone()))?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let begin = || {
            ClientConfig::builder_with_provider(provider.clone())
                .with_safe_default_protocol_versions()
        };
        let finish = |builder: ConfigBuilder<ClientConfig, WantsClientCert>| {
            let Some(pair) = &options.client else {
                return Ok(builder.with_no_client_auth());
            };
            let key = pair
                .key_der()
                .ok_or_else(|| anyhow::anyhow!("the client key is damaged"))?;
            let chain = certificates_of(&pair.certificate_pem);
            anyhow::Ok(builder.with_client_auth_cert(chain, key)?)
        };
        let checks_any = !options.authorities.is_empty();
        let checked = finish(begin()?.with_root_certificates(roots))?;
        let unchecked = begin()?
            .dangerous()
            .with_custom_certificate_verifier(tls::verifier(&Trust::Anyone)?);
        let unchecked = finish(unchecked)?;
        Ok(Self {
            checks: match options.only_node {
                Some(node) => Checks::One(node),
                None if checks_any => Checks::All,
                None => Checks::None,
            },
            checked: TlsConnector::from(Arc::new(checked)),
            unchecked: TlsConnector::from(Arc::new(unchecked)),
        })
    }
}

/// Whose certificates are checked.
enum Checks {
    None,
    One(String),
    All,
}

impl Checks {
    fn include(&self, node: &str) -> bool {
        match self {
            Self::None => false,
            Self::One(own) => own == node,
            Self::All => true,
        }
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
            let tls = if self.checks.include(&target.node) {
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
