//! The pod network of this machine, as the container runtime sees it.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Result, bail};
use async_trait::async_trait;
use ipnet::{IpNet, Ipv4Net};
use skeg_cri::{NetworkAttach, NetworkError, PortMapping, SandboxId, SandboxNetwork};
use skeg_net::{HostPort, L4Protocol, Names, NetnsRef, PodNetwork, PodNetworkConfig};

use crate::config::{Cidr, Config};
use crate::datadir::DataDir;
use crate::failure::{Failure, OrFail};

/// A node gets so many addresses of the pod range.
const NODE_PREFIX_LEN: u8 = 24;

/// The network, opened.
#[derive(Clone)]
pub struct NodeNetwork {
    network: Arc<PodNetwork>,
}

/// Where the addresses of pods are written down.
pub fn state_dir(dir: &DataDir) -> PathBuf {
    dir.root().join("network")
}

/// Makes the bridge and its rules, or finds them.
///
/// # Errors
/// The kernel refuses, or the ranges are not of IPv4.
pub async fn open(config: &Config, dir: &DataDir, instance: &str) -> Result<NodeNetwork> {
    let pods = ipv4(&config.pod_cidr, "pod")?;
    let node_cidr = Ipv4Net::new(pods.network(), pods.prefix_len().max(NODE_PREFIX_LEN))?;
    let settings = PodNetworkConfig {
        names: Names::new(instance),
        node_cidr,
        cluster_cidrs: vec![IpNet::V4(pods)],
        service_cidr: Some(ipv4(&config.service_cidr.primary, "service")?),
        state_dir: state_dir(dir),
        mtu: None,
    };
    let network = tokio::task::spawn_blocking(move || PodNetwork::open(settings))
        .await?
        .or_fail(
            "cannot make the pod network",
            "run as root, in a network namespace of which you are root\n\
             another cluster on this machine needs other ranges: --pod-cidr and --service-cidr\n\
             without a node: skeg up --no-node",
        )?;
    if let Ok(Ok(obstacles)) = tokio::task::spawn_blocking(PodNetwork::forward_obstacles).await {
        for chain in obstacles {
            tracing::warn!(
                chain,
                "this packet filter drops what pods send to other machines"
            );
        }
    }
    Ok(NodeNetwork {
        network: Arc::new(network),
    })
}

fn ipv4(cidr: &Cidr, what: &str) -> Result<Ipv4Net> {
    match cidr.0 {
        IpNet::V4(net) => Ok(net),
        IpNet::V6(net) => bail!(Failure::new(
            format!("the {what} range {net} is of IPv6, which nodes of this release cannot use"),
            format!("give an IPv4 range: --{what}-cidr"),
        )),
    }
}

impl NodeNetwork {
    /// This machine's address on the bridge, by which pods reach it.
    pub fn gateway(&self) -> Ipv4Addr {
        self.network.gateway()
    }
}

#[async_trait]
impl SandboxNetwork for NodeNetwork {
    async fn attach(&self, request: NetworkAttach) -> Result<Vec<IpAddr>, NetworkError> {
        let network = self.network.clone();
        let attached = tokio::task::spawn_blocking(move || {
            let ports: Vec<HostPort> = request.port_mappings.iter().filter_map(host_port).collect();
            network.attach(
                request.sandbox_id.as_str(),
                &NetnsRef::Path(request.netns),
                &ports,
            )
        });
        Ok(vec![IpAddr::V4(attached.await??.address)])
    }

    async fn detach(
        &self,
        sandbox_id: &SandboxId,
        _netns: Option<PathBuf>,
    ) -> Result<(), NetworkError> {
        let network = self.network.clone();
        let id = sandbox_id.as_str().to_owned();
        tokio::task::spawn_blocking(move || network.detach(&id)).await??;
        Ok(())
    }
}

fn host_port(mapping: &PortMapping) -> Option<HostPort> {
    let host_ip = match mapping.host_ip {
        None => None,
        Some(IpAddr::V4(ip)) if ip.is_unspecified() => None,
        Some(IpAddr::V4(ip)) => Some(ip),
        Some(IpAddr::V6(ip)) if ip.is_unspecified() => None,
        // Pods have no IPv6 address for it to lead to.
        Some(IpAddr::V6(_)) => return None,
    };
    Some(HostPort {
        protocol: match mapping.protocol {
            skeg_cri::Protocol::Tcp => L4Protocol::Tcp,
            skeg_cri::Protocol::Udp => L4Protocol::Udp,
            skeg_cri::Protocol::Sctp => L4Protocol::Sctp,
        },
        host_ip,
        host_port: mapping.host_port,
        pod_port: mapping.container_port,
    })
}
