//! The API server with its certificates, authenticators and store.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Result;
use skeg_apiserver::{ApiServer, Listener, Options};
use skeg_auth::authn::{
    RequestAuthenticator, ServiceAccountTokens, StaticTokens, TokenAuthenticator, TokenUnion,
};
use skeg_auth::authz::{AuthorizerUnion, Masters, NodeAuthorizer, Rbac};
use skeg_auth::pki::{
    KeyPair, Kubeconfig, Pki, PkiError, ServingNames, server_config, write_kubeconfig,
};
use skeg_auth::token::{DeferredLookup, TokenIssuer, system_clock};
use skeg_store::Store;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::address;
use super::connector::KubeletConnector;
use crate::config::Config;
use crate::datadir::DataDir;
use crate::failure::OrFail;

/// The domain under which services are named.
pub const CLUSTER_DOMAIN: &str = "cluster.local";
/// Who issues service account tokens, and whom they are for.
const ISSUER: &str = "https://kubernetes.default.svc.cluster.local";

/// A started API server.
pub struct Api {
    /// The server.
    pub server: ApiServer,
    /// Certificates of the cluster.
    pub pki: Arc<Pki>,
    /// Bound and not yet serving.
    pub listeners: Vec<Listener>,
    /// `https://127.0.0.1:PORT`.
    pub url: String,
    /// The port that it listens on.
    pub port: u16,
}

/// Opens the folder of certificates.
///
/// # Errors
/// It is damaged or cannot be written.
pub fn open_pki(dir: &DataDir) -> Result<Pki> {
    Pki::open(&dir.pki()).or_fail(
        "cannot use the cluster's certificates",
        format!("check the owner of {}", dir.pki().display()),
    )
}

/// The cluster's certificates, and the key that signs tokens on its way.
pub struct Certificates {
    pki: Arc<Pki>,
    service_account_key: JoinHandle<Result<KeyPair, PkiError>>,
}

impl Certificates {
    /// Opens the folder. An RSA key takes a tenth of a second to make at
    /// first, during which other things are started.
    ///
    /// # Errors
    /// The folder is damaged or cannot be written.
    pub fn open(dir: &DataDir) -> Result<Self> {
        let pki = Arc::new(open_pki(dir)?);
        let maker = pki.clone();
        let service_account_key = tokio::task::spawn_blocking(move || maker.service_account_key());
        Ok(Self {
            pki,
            service_account_key,
        })
    }
}

/// Starts the API server over `store`. `extra` are addresses to listen on
/// besides the configured one, by which pods reach the server.
///
/// # Errors
/// A port is taken, a file is damaged, or the store cannot be read.
pub async fn start(
    config: &Config,
    dir: &DataDir,
    certificates: Certificates,
    store: Arc<dyn Store>,
    extra: Option<IpAddr>,
    cancel: CancellationToken,
) -> Result<Api> {
    let Certificates {
        pki,
        service_account_key,
    } = certificates;
    let listen = config.listen.0;
    let advertised_ip = match extra {
        Some(ip) => ip,
        None if listen.ip().is_unspecified() || listen.ip().is_loopback() => address::of_machine(),
        None => listen.ip(),
    };
    let mut names = ServingNames::api_server(CLUSTER_DOMAIN);
    names.add(&listen.ip().to_string());
    names.add(&advertised_ip.to_string());
    names.add(&config.node_name.0);
    names.add(&config.service_cidr.first().to_string());
    let serving = pki.serving("apiserver", &names)?;
    let tls = Arc::new(server_config(&serving, pki.ca_der())?);

    // Ports first: a taken one is the likeliest fault.
    let mut listeners = vec![bind(listen, &tls).await?];
    let port = listeners[0].local_addr()?.port();
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    for ip in [Some(loopback), extra].into_iter().flatten() {
        if !listen.ip().is_unspecified() && listen.ip() != ip {
            listeners.push(bind(SocketAddr::new(ip, port), &tls).await?);
        }
    }

    let audiences = vec![ISSUER.to_owned()];
    let key = service_account_key.await??;
    let issuer = Arc::new(TokenIssuer::new(
        ISSUER,
        audiences.clone(),
        key,
        system_clock(),
    )?);
    let lookup = Arc::new(DeferredLookup::default());
    let mut tokens: Vec<Arc<dyn TokenAuthenticator>> = Vec::new();
    if let Some(path) = &config.token_auth_file {
        let file = StaticTokens::from_file(path, audiences.clone())
            .or_fail("cannot use the token file", "check --token-auth-file")?;
        tokens.push(Arc::new(file));
    }
    tokens.push(Arc::new(ServiceAccountTokens::new(&issuer, lookup.clone())));
    let authenticator = Arc::new(RequestAuthenticator::new(
        Arc::new(TokenUnion::new(tokens)),
        audiences,
        true,
    ));
    let rbac = Arc::new(Rbac::new());
    let nodes = Arc::new(NodeAuthorizer::new());
    let authorizer = Arc::new(AuthorizerUnion::new(vec![
        Arc::new(Masters),
        nodes.clone(),
        rbac.clone(),
    ]));

    let url = format!("https://127.0.0.1:{port}");
    let server = ApiServer::builder(store)
        .authenticator(authenticator.clone())
        .authorizer(authorizer)
        .request_authenticator(authenticator)
        .token_issuer(issuer)
        .rbac(rbac.clone())
        .node_connector(Arc::new(KubeletConnector::new(
            &pki,
            if config.has_node() {
                &config.node_name.0
            } else {
                ""
            },
        )?))
        .observer(rbac)
        .observer(nodes)
        .options(Options {
            service_cidr: config.service_cidr.to_string(),
            advertise_address: advertised_ip,
            advertise_port: port,
            ..Options::default()
        })
        .start(cancel)
        .await?;
    lookup.set(server.token_lookup());

    let admin = pki.client("admin", "kubernetes-admin", Some(skeg_auth::names::MASTERS))?;
    write_kubeconfig(
        &dir.admin_kubeconfig(),
        &Kubeconfig {
            cluster: "skeg",
            server: &url,
            ca_pem: pki.ca_pem(),
            user: "admin",
            client: &admin,
        },
    )?;
    Ok(Api {
        server,
        pki,
        listeners,
        url,
        port,
    })
}

async fn bind(address: SocketAddr, tls: &Arc<rustls::ServerConfig>) -> Result<Listener> {
    let port = address.port();
    Listener::bind(address, tls.clone()).await.or_fail(
        format!("cannot listen on {address}"),
        format!(
            "see who has the port: ss -ltnp 'sport = :{port}'\n\
             stop that program, or take another port: --listen {}:PORT",
            address.ip()
        ),
    )
}
