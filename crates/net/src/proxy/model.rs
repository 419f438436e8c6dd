//! What the proxy is told.

use std::{fmt, net::IpAddr, sync::Arc, time::Duration};

/// A transport protocol.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub enum L4Protocol {
    /// TCP.
    #[serde(rename = "TCP")]
    Tcp,
    /// UDP.
    #[serde(rename = "UDP")]
    Udp,
    /// SCTP.
    #[serde(rename = "SCTP")]
    Sctp,
}

impl L4Protocol {
    /// Its number in the IP header.
    pub fn number(self) -> u8 {
        match self {
            Self::Tcp => 6,
            Self::Udp => 17,
            Self::Sctp => 132,
        }
    }
}

impl fmt::Display for L4Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
        })
    }
}

/// Identity of a service's port.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServicePortName {
    /// Namespace of the service.
    pub namespace: Arc<str>,
    /// Name of the service.
    pub name: Arc<str>,
    /// Name of the port, which may be empty when there is only one.
    pub port: Arc<str>,
}

impl ServicePortName {
    /// Puts a name together.
    pub fn new(namespace: &str, name: &str, port: &str) -> Self {
        Self {
            namespace: namespace.into(),
            name: name.into(),
            port: port.into(),
        }
    }
}

impl fmt::Display for ServicePortName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)?;
        if !self.port.is_empty() {
            write!(f, ":{}", self.port)?;
        }
        Ok(())
    }
}

/// One port of a service, with everything that decides where its packets go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePort {
    /// Which.
    pub name: ServicePortName,
    /// Addresses inside the cluster (IPv4, IPv6 or both).
    pub cluster_ips: Vec<IpAddr>,
    /// Addresses that the user says are routed to the nodes.
    pub external_ips: Vec<IpAddr>,
    /// Addresses of a load balancer that keeps the destination address.
    pub load_balancer_ips: Vec<IpAddr>,
    /// Clients that may use the load balancer's addresses; none given is all.
    pub source_ranges: Vec<ipnet::IpNet>,
    /// The port on all these addresses.
    pub port: u16,
    /// Its protocol.
    pub protocol: L4Protocol,
    /// The port on every address of the node.
    pub node_port: Option<u16>,
    /// How long a client stays with an endpoint; none is no affinity.
    pub affinity: Option<Duration>,
    /// Cluster addresses lead to endpoints of this node only.
    pub internal_local: bool,
    /// Outside addresses and the node port lead to endpoints of this node only, for clients
    /// that are neither pods nor the node.
    pub external_local: bool,
    /// Where packets may go. The order does not matter.
    pub endpoints: Vec<Endpoint>,
}

/// One address and port that answers for a service port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Endpoint {
    /// Address.
    pub ip: IpAddr,
    /// Port.
    pub port: u16,
    /// On this node.
    pub local: bool,
    /// Takes new connections.
    pub ready: bool,
    /// Would be ready if it were not terminating.
    pub serving: bool,
    /// Is about to end.
    pub terminating: bool,
}

impl Endpoint {
    /// A ready endpoint.
    pub fn ready(ip: impl Into<IpAddr>, port: u16, local: bool) -> Self {
        Self {
            ip: ip.into(),
            port,
            local,
            ready: true,
            serving: true,
            terminating: false,
        }
    }
}

/// Settings of a proxy.
#[derive(Clone, Debug)]
pub struct ProxyConfig {
    /// Names of the instance.
    pub names: crate::Names,
    /// Addresses of the cluster's pods: clients that count as internal and keep their address.
    pub pod_cidrs: Vec<ipnet::IpNet>,
    /// Addresses of services: what no service has is refused.
    pub service_cidrs: Vec<ipnet::IpNet>,
}

/// What a change of the proxy did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// Service ports whose rules changed.
    pub services: usize,
    /// Elements added to the kernel's maps.
    pub added: usize,
    /// Elements removed from the kernel's maps.
    pub removed: usize,
    /// Whether the table was made anew.
    pub full: bool,
    /// Time that the kernel took.
    pub kernel: Duration,
}
