//! TLS: who is trusted, and who we are.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use skeg_api::core::v1::Namespace;
use skeg_client::tls::TlsVersion;
use skeg_client::{Api, Client, Config, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::server::{Answer, Server};

pub const NAMESPACE: &str = r#"{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"a"}}"#;

pub struct Authority(CertifiedIssuer<'static, KeyPair>);

pub struct Pair {
    pub certificate: String,
    pub key: String,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(vec![]).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(
            CertifiedIssuer::self_signed(params, KeyPair::generate().expect("key"))
                .expect("authority"),
        )
    }

    pub fn pem(&self) -> Vec<u8> {
        self.0.pem().into_bytes()
    }

    pub fn issue(&self, name: &str) -> Pair {
        let key = KeyPair::generate().expect("key");
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        let certificate = params.signed_by(&key, &self.0).expect("certificate");
        Pair {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }
}

/// TLS of a server of this name that believes client certificates of the authority.
pub fn tls(authority: &Authority, name: &str) -> rustls::ServerConfig {
    tls_believing(authority, name, authority)
}

pub fn tls_believing(
    authority: &Authority,
    name: &str,
    of_clients: &Authority,
) -> rustls::ServerConfig {
    let pair = authority.issue(name);
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(&of_clients.pem()).expect("ca"))
        .expect("ca");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(
        roots.into(),
        Arc::clone(&provider),
    )
    .allow_unauthenticated()
    .build()
    .expect("verifier");
    let mut tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_client_cert_verifier(verifier)
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(pair.certificate.as_bytes()).expect("certificate")],
            PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).expect("key"),
        )
        .expect("server");
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    tls
}

async fn server(authority: &Authority, name: &str) -> Server {
    Server::start(
        Some(tls(authority, name)),
        (0..3).map(|_| Answer::json(200, NAMESPACE)).collect(),
    )
    .await
}

pub async fn get(config: &Config) -> Result<(), Error> {
    Api::<Namespace>::all(Client::from_config(config)?)
        .get("a")
        .await
        .map(|_| ())
}

#[tokio::test]
async fn a_certificate_over_http_2() {
    let authority = Authority::new();
    let server = server(&authority, "localhost").await;
    let mut config = Config::new(format!("https://localhost:{}", server.address.port()));
    config.ca = Some(authority.pem());
    get(&config).await.expect("anonymous");
    let ours = authority.issue("me");
    config.client_certificate = Some(ours.certificate.into_bytes());
    config.client_key = Some(ours.key.into_bytes());
    get(&config).await.expect("with a certificate");
    let seen = server.seen();
    assert!(seen.iter().all(|seen| seen.http2));
    assert_eq!(
        (seen[0].client_certificate, seen[1].client_certificate),
        (false, true)
    );
}

#[tokio::test]
async fn servers_may_close_without_a_word() {
    let authority = Authority::new();
    let mut tls = tls(&authority, "localhost");
    tls.alpn_protocols.clear();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("it is bound").port();
    let served = tokio::spawn(async move {
        let (tcp, _) = listener.accept().await.expect("a client");
        let mut tls = TlsAcceptor::from(Arc::new(tls))
            .accept(tcp)
            .await
            .expect("TLS");
        let count = tls.read(&mut [0; 4096]).await.expect("a request");
        assert!(count > 0);
        // Only the end of the connection tells that this is all.
        let answer =
            format!("HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n{NAMESPACE}");
        tls.write_all(answer.as_bytes()).await.expect("it is read");
        tls.flush().await.expect("it is read");
        // Not by `shutdown`, which would say so.
        drop(tls);
    });
    let mut config = Config::new(format!("https://localhost:{port}"));
    config.ca = Some(authority.pem());
    get(&config).await.expect("the whole answer");
    served.await.expect("it served");
}

#[tokio::test]
async fn strangers_are_not_believed() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let server = server(&authority, "kubernetes").await;
    let mut config = Config::new(format!("https://127.0.0.1:{}", server.address.port()));
    config.ca = Some(stranger.pem());
    config.server_name = Some("kubernetes".to_owned());
    let error = get(&config).await.expect_err("another authority").chain();
    assert!(error.contains("invalid peer certificate"), "{error}");
    config.ca = Some(authority.pem());
    get(&config).await.expect("by the name that was named");
    config.server_name = None;
    let error = get(&config).await.expect_err("another name").chain();
    assert!(error.contains("not valid for name"), "{error}");
    config.insecure = true;
    get(&config).await.expect("not verified");
}

#[tokio::test]
async fn half_a_pair_is_none() {
    let authority = Authority::new();
    let mut config = Config::new("https://localhost:1");
    config.ca = Some(authority.pem());
    config.client_certificate = Some(authority.issue("me").certificate.into_bytes());
    let error = get(&config).await.expect_err("no key").to_string();
    assert_eq!(error, "client certificate: its key is missing");
    config.ca = Some(b"nothing".to_vec());
    assert_eq!(
        get(&config).await.expect_err("no CA").to_string(),
        "certificate-authority: no certificate in it"
    );
}

#[tokio::test]
async fn a_certificate_in_the_bundle_itself_is_believed_as_go_does() {
    // Signed by itself and no authority: what `openssl req -x509` often gives.
    let key = KeyPair::generate().expect("key");
    let certificate = CertificateParams::new(vec!["localhost".to_owned()])
        .expect("parameters")
        .self_signed(&key)
        .expect("certificate");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12])
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).expect("key"),
        )
        .expect("server");
    let answers = (0..2).map(|_| Answer::json(200, NAMESPACE)).collect();
    let server = Server::start(Some(tls), answers).await;
    let mut config = Config::new(format!("https://localhost:{}", server.address.port()));
    config.ca = Some(certificate.pem().into_bytes());
    get(&config).await.expect("pinned");
    // But not under another name, nor below the lowest version.
    config.server_name = Some("other".to_owned());
    let error = get(&config).await.expect_err("another name").chain();
    assert!(error.contains("set tls-server-name"), "{error}");
    config.server_name = None;
    config.tls_min = TlsVersion::V1_3;
    get(&config).await.expect_err("TLS 1.2 is too old");
}
