//! The API server with its certificates, authenticators and store.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Result;
use skeg_apiserver::{ApiServer, Component, Listener, Options, RequestHeader};
use skeg_auth::assemble::AuthnOptions;
use skeg_auth::pki::{
    Authority, KeyPair, Kubeconfig, Pki, PkiError, ServingNames, write_kubeconfig,
};
use skeg_auth::token::{TokenIssuer, system_clock};
use skeg_store::Store;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::connector::KubeletConnector;
use super::server::{self, EncryptionFile, Parts};
use super::{address, parts};
use crate::config::{Config, Role};
use crate::datadir::DataDir;
use crate::failure::{Failure, OrFail};
use crate::upstream::choices::Choices;
use crate::upstream::tls_files::{TlsFiles, TlsRules, TlsSources};

/// The domain under which services are named.
pub const CLUSTER_DOMAIN: &str = "cluster.local";
/// Who issues service account tokens, and whom they are for.
const ISSUER: &str = "https://kubernetes.default.svc.cluster.local";

/// The admission plugin that keeps a node to its own objects: on where there
/// is a node.
const NODE_RESTRICTION: &str = "NodeRestriction";

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
    names.add(&config.service_cidr.primary.first().to_string());
    let serving = pki.serving("apiserver", &names)?;
    let (choices, warnings) = Choices::from_arguments(&config.kube_apiserver_args).map_err(|why| {
        let remedy = "see `skeg kube-apiserver --help`; they are given as --kube-apiserver-arg NAME=VALUE";
        Failure::new(why, remedy)
    })?;
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    let client_authority = Arc::new(Authority::from_pem(pki.ca_pem().as_bytes())?);
    let clients = (client_authority.clone(), None);
    let files = TlsFiles::new(TlsSources {
        serving,
        serving_files: None,
        by_name: Vec::new(),
        authorities: [clients].into_iter().chain(choices.proxies()).collect(),
        rules: TlsRules::default(),
    })?;
    let tls = files.configs();
    tokio::spawn(files.follow(cancel.clone()));

    // Ports first: a taken one is the likeliest fault.
    let other_port = format!("--listen {}:PORT", listen.ip());
    let mut listeners = vec![server::bind(listen, tls.clone(), &other_port).await?];
    let port = listeners[0].local_addr()?.port();
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    for ip in [Some(loopback), extra].into_iter().flatten() {
        if !listen.ip().is_unspecified() && listen.ip() != ip {
            listeners
                .push(server::bind(SocketAddr::new(ip, port), tls.clone(), &other_port).await?);
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
    let url = format!("https://127.0.0.1:{port}");
    let own_node = if config.has_node() {
        &config.node_name.0
    } else {
        ""
    };
    let mut options = Options {
        service_cidr: config.service_cidr.to_string(),
        advertise_address: advertised_ip,
        advertise_port: port,
        client_ca: client_authority.clone(),
        components: Component::usual(
            config.roles.has(Role::Scheduler),
            config.roles.has(Role::ControllerManager),
        ),
        ..Options::default()
    };
    choices.fill(&mut options);
    parts::tell_of_queues(&mut options);
    let restriction = NODE_RESTRICTION.to_owned();
    let chosen = [&choices.plugins_on, &choices.plugins_off];
    if config.has_node() && chosen.iter().all(|names| !names.contains(&restriction)) {
        options.enable_admission_plugins.push(restriction);
    }
    if options.proxy_client.is_none() {
        front_proxy(&pki, &mut options)?;
    }
    let encryption = config.encryption_provider_config.as_ref();
    let parts = Parts {
        store,
        encryption: encryption.map(|path| EncryptionFile {
            path: path.clone(),
            reloads: choices.encryption_reloads,
        }),
        issuer,
        authn: AuthnOptions {
            audiences,
            token_file: config.token_auth_file.clone(),
            client_authority,
            ..choices.authn.clone()
        },
        authz: choices.authz.clone(),
        connector: Arc::new(KubeletConnector::of_cluster(&pki, own_node)?),
        options,
    };
    let server = server::start(parts, cancel).await?;

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

/// What aggregated servers believe when this server says who asks: an authority
/// of its own, which vouches for nothing else.
fn front_proxy(pki: &Pki, options: &mut Options) -> Result<()> {
    const NAME: &str = "front-proxy-client";
    let authority = Pki::open(&pki.dir().join("front-proxy"))?;
    let client = authority.client(NAME, NAME, None)?;
    let vouches = Authority::from_pem(authority.ca_pem().as_bytes())?;
    options.proxy_client = Some((
        client.certificate_pem.into_bytes(),
        client.key_pem.into_bytes(),
    ));
    let texts = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    options.request_header.get_or_insert_with(|| RequestHeader {
        ca: Arc::new(vouches),
        allowed_names: texts(&[NAME]),
        username_headers: texts(&["X-Remote-User"]),
        uid_headers: texts(&["X-Remote-Uid"]),
        group_headers: texts(&["X-Remote-Group"]),
        extra_prefixes: texts(&["X-Remote-Extra-"]),
    });
    Ok(())
}
