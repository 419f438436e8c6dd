//! This machine as a node: pod network, container runtime, kubelet.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use skeg_auth::pki::{Authority, KeyAndCertificate, Pki, ServerTls, ServingNames, server_config};
use skeg_client::Client;
use skeg_cri::engine::{Engine, EngineConfig};
use skeg_oci::image::BuiltinImage;
use skeg_runtime::EventApi;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::network::NodeNetwork;
use super::parts::Shared;
use super::{address, api};
use crate::config::{Config, Role};
use crate::datadir::DataDir;
use crate::failure::OrFail;

/// The image that is there without a pull.
const TOOLBOX_IMAGE: &str = "skeg.local/toolbox:latest";

/// Opens the container runtime over the network. Containers of an earlier
/// process are found again.
///
/// # Errors
/// This machine cannot run containers.
pub async fn open_engine(
    dir: &DataDir,
    instance: &str,
    network: NodeNetwork,
) -> Result<Arc<Engine>> {
    let config = engine_config(dir, instance, Arc::new(network));
    let engine = Engine::open(config).await.or_fail(
        "cannot open the container runtime",
        "run as root on a machine with cgroups and overlay mounts\n\
         without a node: skeg up --no-node",
    )?;
    Ok(Arc::new(engine))
}

/// The runtime's settings for a cluster's folder.
pub fn engine_config(
    dir: &DataDir,
    instance: &str,
    network: Arc<dyn skeg_cri::SandboxNetwork>,
) -> EngineConfig {
    let mut config = EngineConfig::new(instance, dir.root(), network);
    config.builtin = Some(BuiltinImage {
        name: TOOLBOX_IMAGE.to_owned(),
        // Not by its path: that may be another version by the time it is wanted.
        program: "/proc/self/exe".into(),
        applets: skeg_toolbox::APPLETS
            .iter()
            .map(|name| (*name).to_owned())
            .collect(),
        files: Vec::new(),
        cmd: vec!["/bin/sh".to_owned()],
    });
    config
}

/// Where pods find cluster DNS: the tenth address of the service range.
pub fn cluster_dns(config: &Config) -> IpAddr {
    match config.service_cidr.primary.0 {
        ipnet::IpNet::V4(net) => {
            let last = u32::from(net.broadcast());
            IpAddr::V4(Ipv4Addr::from((u32::from(net.network()) + 10).min(last)))
        }
        ipnet::IpNet::V6(net) => IpAddr::from((u128::from(net.network()) + 10).to_be_bytes()),
    }
}

/// What a kubelet is started with.
pub struct KubeletParts<'a> {
    /// The cluster's settings.
    pub config: &'a Config,
    /// The cluster's folder.
    pub dir: &'a DataDir,
    /// Certificates.
    pub pki: &'a Pki,
    /// The CA of those who may ask this kubelet, as PEM.
    pub client_ca: &'a str,
    /// Reaches the API as the node.
    pub client: Client,
    /// What the roles share.
    pub shared: &'a Shared,
    /// The runtime.
    pub engine: Arc<Engine>,
}

/// The kubelet, until cancelled.
///
/// # Errors
/// Its port cannot be opened or its certificate not made.
pub async fn kubelet(
    parts: KubeletParts<'_>,
    cancel: CancellationToken,
) -> Result<impl Future<Output = Result<()>> + Send + use<>> {
    let config = parts.config;
    let address = address::of_machine();
    let serving = kubelet_certificate(config, parts.pki, address)?;
    let authority = Authority::from_pem(parts.client_ca.as_bytes())?;
    let tls = ServerTls {
        client_cas: authority.current().certificates().to_vec(),
        ..ServerTls::default()
    };
    let tls = Arc::new(server_config(&serving, &tls)?);
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0))
        .await
        .or_fail(
            "cannot listen for the API server",
            "check the limit of open files (ulimit -n)",
        )?;
    let node = config.node_name.to_string();
    let recorder = parts
        .shared
        .recorder(&parts.client, EventApi::Core, "kubelet", &node, &cancel);
    // A kubelet alone has its DNS elsewhere, by the address that it always has.
    let alone = !config.roles.has(Role::ApiServer);
    let cluster_dns = if alone || config.roles.has(Role::Dns) {
        vec![cluster_dns(config)]
    } else {
        Vec::new()
    };
    let root = parts.dir.root();
    let kubelet = skeg_kubelet::Config {
        node_name: node,
        folder: root.join("kubelet"),
        logs_folder: pod_logs(parts.dir),
        addresses: vec![address],
        cluster_dns,
        cluster_domain: api::CLUSTER_DOMAIN.to_owned(),
        client: parts.client,
        informers: parts.shared.informers.clone(),
        recorder,
        runtime: parts.engine.clone(),
        images: parts.engine,
        listener,
        tls,
        authority: Arc::new(authority),
    };
    Ok(async move { Ok(skeg_kubelet::run(kubelet, cancel).await?) })
}

/// Where the logs of containers are.
pub fn pod_logs(dir: &DataDir) -> PathBuf {
    dir.root().join("logs").join("pods")
}

fn kubelet_certificate(config: &Config, pki: &Pki, address: IpAddr) -> Result<KeyAndCertificate> {
    let mut names = ServingNames::default();
    for name in [
        "127.0.0.1",
        "localhost",
        &config.node_name.0,
        &address.to_string(),
    ] {
        names.add(name);
    }
    Ok(pki.serving("kubelet", &names)?)
}
