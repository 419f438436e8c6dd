//! The pod network: a bridge per instance, and a veth pair per pod.
//!
//! A pod sees its own address as a single host and everything else behind the gateway, which
//! is the bridge. So packets between pods of a node are *routed*, not bridged: replies pass
//! the machine again, where the proxy's address translation is undone, whether or not bridged
//! packets are shown to the packet filter (`bridge-nf-call-iptables`).

mod ipam;
mod rules;
mod state;

use std::{
    collections::HashSet,
    fs::File,
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
};

use ipnet::{IpNet, Ipv4Net};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::{
    Error, L4Protocol, Names, netns,
    nft::{self, NftSocket},
    route::{Mac, Route, RouteSocket, Veth},
    sysctl,
};
use rules::Rules;
use state::{Pod, State};

/// Name of the link in a pod.
const POD_LINK: &str = "eth0";
const ALIAS_PREFIX: &str = "skeg ";
/// When there is no default route to take it from.
const DEFAULT_MTU: u32 = 1500;

/// Settings of a pod network.
#[derive(Clone, Debug)]
pub struct PodNetworkConfig {
    /// Names of the instance.
    pub names: Names,
    /// The node's part of the pod network. Its first address is the gateway's.
    pub node_cidr: Ipv4Net,
    /// The pod network of all nodes: what goes there keeps its source address.
    pub cluster_cidrs: Vec<IpNet>,
    /// Service addresses, to which the machine itself gets a route, so that it needs no
    /// default route to reach them.
    pub service_cidr: Option<Ipv4Net>,
    /// Folder that the addresses are kept in; made when absent.
    pub state_dir: PathBuf,
    /// Largest packet; none takes that of the default route's link.
    pub mtu: Option<u32>,
}

/// A network namespace.
#[derive(Clone, Debug)]
pub enum NetnsRef {
    /// By a path that opens it.
    Path(PathBuf),
    /// By a process that is in it.
    Process(i32),
}

impl NetnsRef {
    fn path(&self) -> PathBuf {
        match self {
            Self::Path(path) => path.clone(),
            Self::Process(pid) => netns::path_of_process(*pid),
        }
    }
}

/// A port of the machine that leads to a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HostPort {
    /// TCP, UDP or SCTP.
    pub protocol: L4Protocol,
    /// Address of the machine; none is every one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_ip: Option<Ipv4Addr>,
    /// Port of the machine.
    pub host_port: u16,
    /// Port of the pod.
    pub pod_port: u16,
}

/// A pod on the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its sandbox.
    pub sandbox_id: String,
    /// Its address.
    pub address: Ipv4Addr,
    /// The machine's end of its veth pair.
    pub link: String,
    /// Ports of the machine that lead to it.
    pub host_ports: Vec<HostPort>,
}

/// The network of the pods on this node. Its calls block, for a millisecond or so.
#[derive(Debug)]
pub struct PodNetwork {
    config: PodNetworkConfig,
    gateway: Ipv4Addr,
    bridge: u32,
    mtu: u32,
    state: Mutex<State>,
    route: Mutex<RouteSocket>,
    rules: Mutex<Rules>,
}

impl PodNetwork {
    /// Makes the bridge, its address, routes, kernel settings and packet filter table, or
    /// finds them, and reads which sandbox has which address: from the file, and from the
    /// links that are there. All in the network namespace of the calling thread.
    pub fn open(config: PodNetworkConfig) -> Result<Self, Error> {
        let gateway = ipam::gateway(config.node_cidr)?;
        let mut route = RouteSocket::open()?;
        let mtu = match config.mtu {
            Some(mtu) => mtu,
            None => default_mtu(&mut route)?,
        };
        let bridge_name = config.names.bridge();
        refuse_overlap(&config, &mut route)?;
        let bridge = route.ensure_bridge(&bridge_name, mac_of(gateway), mtu)?;
        let gateway_net = Ipv4Net::new(gateway, config.node_cidr.prefix_len())
            .map_err(|_| Error::CidrTooSmall(config.node_cidr))?;
        route.add_address(bridge, gateway_net)?;
        set_kernel_up(&bridge_name)?;
        if let Some(cidr) = config.service_cidr {
            let link = bridge;
            route.set_route(Route {
                to: Some(cidr),
                via: None,
                link,
                source: Some(gateway),
            })?;
        }

        let mut state = State::load(&config.state_dir, config.node_cidr)?;
        adopt_links(&config, &mut route, &mut state, bridge)?;
        state.save()?;
        let rules = Rules::open(&config, &state)?;
        Ok(Self {
            config,
            gateway,
            bridge,
            mtu,
            state: Mutex::new(state),
            route: Mutex::new(route),
            rules: Mutex::new(rules),
        })
    }

    /// The machine's address on the pod network.
    pub fn gateway(&self) -> Ipv4Addr {
        self.gateway
    }

    /// Name of the bridge.
    pub fn bridge(&self) -> String {
        self.config.names.bridge()
    }

    /// Connects the namespace of a sandbox. Repeated for one that is connected it answers the
    /// same address; host ports are set to those given.
    pub fn attach(
        &self,
        sandbox_id: &str,
        netns: &NetnsRef,
        host_ports: &[HostPort],
    ) -> Result<Attachment, Error> {
        let path = netns.path();
        let file = netns::open(&path)?;
        let (pod, was) = {
            let mut state = self.state.lock();
            let was = state.get(sandbox_id).cloned();
            let pod = state.claim(sandbox_id, host_ports)?;
            if let Err(error) = state.save() {
                state.restore(sandbox_id, was);
                return Err(error);
            }
            (pod, was)
        };
        let known = was.is_some();
        let result = self
            .connect(sandbox_id, &pod, &path, &file, known)
            .and_then(|link| {
                self.rules.lock().set(sandbox_id, Some(&pod))?;
                Ok(link)
            });
        match result {
            Ok(link) => Ok(attachment(sandbox_id, &pod, link)),
            Err(error) => {
                if !known {
                    // Best effort: what remains goes with the sandbox's namespace, or at the
                    // next collection of garbage.
                    let _ = self.detach(sandbox_id);
                }
                Err(error)
            }
        }
    }

    /// Disconnects a sandbox, whose namespace may be gone already, and frees its address and
    /// host ports; answers whether it was known.
    pub fn detach(&self, sandbox_id: &str) -> Result<bool, Error> {
        self.rules.lock().set(sandbox_id, None)?;
        let had_link = self
            .route
            .lock()
            .delete_link(&self.config.names.veth(sandbox_id))?;
        // The address comes free last: nobody else gets it while its link is there.
        let mut state = self.state.lock();
        let Some(pod) = state.remove(sandbox_id) else {
            return Ok(had_link);
        };
        if let Err(error) = state.save() {
            state.restore(sandbox_id, Some(pod));
            return Err(error);
        }
        Ok(true)
    }

    /// Looks whether the packet filter table is still there (others may have flushed all of
    /// them), and makes it anew when not; answers whether all was well. Cheap enough to be
    /// called every half minute.
    pub fn verify(&self) -> Result<bool, Error> {
        self.rules.lock().verify()
    }

    /// Everything that is connected, by sandbox.
    pub fn list(&self) -> Vec<Attachment> {
        let state = self.state.lock();
        state
            .iter()
            .map(|(id, pod)| attachment(id, pod, self.config.names.veth(id)))
            .collect()
    }

    /// The address of a sandbox.
    pub fn address(&self, sandbox_id: &str) -> Option<Ipv4Addr> {
        self.state.lock().get(sandbox_id).map(|pod| pod.address)
    }

    /// Removes what belongs to no sandbox of `live`: addresses, links, host ports. Answers how
    /// many sandboxes it removed. Not to be called while sandboxes are being made that `live`
    /// does not name.
    pub fn collect_garbage(&self, live: &HashSet<String>) -> Result<usize, Error> {
        let dead: Vec<String> = {
            let state = self.state.lock();
            state
                .iter()
                .map(|(id, _)| id)
                .filter(|id| !live.contains(*id))
                .cloned()
                .collect()
        };
        for id in &dead {
            self.detach(id)?;
        }
        let wanted: HashSet<String> = live.iter().map(|id| self.config.names.veth(id)).collect();
        let mut route = self.route.lock();
        let prefix = self.config.names.veth_prefix();
        for link in route.links()? {
            if link.name.starts_with(&prefix) && link.kind == "veth" && !wanted.contains(&link.name)
            {
                route.delete_link(&link.name)?;
            }
        }
        Ok(dead.len())
    }

    /// Packet filter chains of others that drop what passes through the machine unless they
    /// know it: pods then cannot reach the outside, and nothing of ours can override that.
    pub fn forward_obstacles() -> Result<Vec<String>, Error> {
        const FORWARD: u32 = 2;
        let mut socket = NftSocket::open()?;
        Ok(nft::list_chains(&mut socket, nft::Family::Ip)?
            .into_iter()
            .filter(|chain| chain.hook == FORWARD && chain.drops)
            .map(|chain| format!("table ip {} chain {}", chain.table, chain.name))
            .collect())
    }

    /// Removes all that an instance made: links, bridge, packet filter table, address file.
    /// Its pods lose their network.
    pub fn reset(names: &Names, state_dir: &Path) -> Result<(), Error> {
        let mut route = RouteSocket::open()?;
        let prefix = names.veth_prefix();
        for link in route.links()? {
            if link.name.starts_with(&prefix) && link.kind == "veth" {
                route.delete_link(&link.name)?;
            }
        }
        route.delete_link(&names.bridge())?;
        NftSocket::open()?.delete_table(nft::Family::Ip, &names.pod_table())?;
        State::delete(state_dir)
    }

    /// Makes the veth pair and configures both ends; answers the name of the machine's.
    fn connect(
        &self,
        sandbox_id: &str,
        pod: &Pod,
        path: &Path,
        netns: &File,
        known: bool,
    ) -> Result<String, Error> {
        let name = self.config.names.veth(sandbox_id);
        let mac = mac_of(pod.address);
        let present = known && {
            let there = self.route.lock().link(&name)?.is_some();
            there
                && netns::within(netns, path, || {
                    let link = RouteSocket::open()?.link(POD_LINK)?;
                    Ok(link.is_some_and(|link| link.mac == Some(mac)))
                })?
        };
        if !present {
            let mut route = self.route.lock();
            // One that leads elsewhere is of a sandbox that died.
            route.delete_link(&name)?;
            route.add_veth(&Veth {
                name: &name,
                alias: &alias(sandbox_id, pod.address),
                peer_name: POD_LINK,
                peer_netns: netns,
                peer_mac: mac,
                mtu: self.mtu,
            })?;
        }
        plug(&mut self.route.lock(), &name, self.bridge, pod.address)?;
        let gateway = self.gateway;
        netns::within(netns, path, || configure_pod(pod.address, gateway))?;
        Ok(name)
    }
}

/// Connects the machine's end of a veth pair to the bridge, and says where its pod is, so that
/// nobody has to ask.
fn plug(route: &mut RouteSocket, name: &str, bridge: u32, address: Ipv4Addr) -> Result<(), Error> {
    let Some(link) = route.link(name)? else {
        // Its namespace ended in this moment.
        return Ok(());
    };
    route.join_bridge(name, link.index, bridge)?;
    route.set_bridge_neighbour(link.index, mac_of(address))?;
    route.set_neighbour(bridge, IpAddr::V4(address), mac_of(address))
}

/// Configures the pod's end, on a thread inside the pod's namespace.
fn configure_pod(address: Ipv4Addr, gateway: Ipv4Addr) -> Result<(), Error> {
    let mut route = RouteSocket::open()?;
    if let Some(lo) = route.link("lo")?
        && !lo.up
    {
        route.set_up("lo", lo.index)?;
    }
    let Some(link) = route.link(POD_LINK)? else {
        return Err(Error::Netns {
            path: PathBuf::from(POD_LINK),
            source: std::io::Error::from(std::io::ErrorKind::NotFound),
        });
    };
    // The gateway sends packets back through the link they came from; that there is no shorter
    // way must not be "corrected". Where /proc is read-only the kernel's default stays, which
    // costs a needless packet.
    for key in ["all", POD_LINK] {
        let _ = sysctl::set(&format!("ipv4/conf/{key}/accept_redirects"), "0");
    }
    route.add_address(link.index, Ipv4Net::from(address))?;
    route.set_up(POD_LINK, link.index)?;
    let to_gateway = Some(Ipv4Net::from(gateway));
    let source = Some(address);
    let link = link.index;
    route.set_route(Route {
        to: to_gateway,
        via: None,
        link,
        source,
    })?;
    route.set_route(Route {
        to: None,
        via: Some(gateway),
        link,
        source,
    })?;
    route.set_neighbour(link, IpAddr::V4(gateway), mac_of(gateway))
}

/// Kernel settings that the pod network needs on the machine.
fn set_kernel_up(bridge: &str) -> Result<(), Error> {
    sysctl::set("ipv4/ip_forward", "1")?;
    // The machine may reach node and host ports by its loopback addresses. Packets of pods to
    // such addresses are dropped by a rule.
    sysctl::set(&format!("ipv4/conf/{bridge}/route_localnet"), "1")?;
    // Pods only know their gateway, so every packet between them comes and goes by the bridge.
    // Telling them of a shorter way is useless, and uses up the rate of real errors such as
    // "port unreachable". Both switches must be off for it to stop.
    for key in ["all", bridge] {
        let _ = sysctl::set(&format!("ipv4/conf/{key}/send_redirects"), "0");
    }
    Ok(())
}

/// Refuses ranges that are in use behind other links: two networks would take each other's
/// packets.
fn refuse_overlap(config: &PodNetworkConfig, route: &mut RouteSocket) -> Result<(), Error> {
    let links = route.links()?;
    let routes = route.routes()?;
    let own = links.iter().find(|link| link.name == config.names.bridge());
    for cidr in [Some(config.node_cidr), config.service_cidr]
        .into_iter()
        .flatten()
    {
        for (other, index) in &routes {
            // A default route, and a private network as a whole behind a router, do no harm:
            // the more precise route wins.
            let link = links.iter().find(|link| link.index == *index);
            let within = other.prefix_len() >= cidr.prefix_len() && cidr.contains(other);
            // Unless the wider network is another instance's.
            let instance = link.is_some_and(|link| link.name.starts_with(Names::BRIDGE_PREFIX));
            let around = instance && other.contains(&cidr);
            if (within || around) && own.is_none_or(|own| own.index != *index) {
                return Err(Error::RangeTaken {
                    cidr,
                    other: *other,
                    link: link.map_or_else(|| format!("number {index}"), |l| l.name.clone()),
                });
            }
        }
    }
    Ok(())
}

fn default_mtu(route: &mut RouteSocket) -> Result<u32, Error> {
    let Some(index) = route.default_link()? else {
        return Ok(DEFAULT_MTU);
    };
    let link = route.links()?.into_iter().find(|link| link.index == index);
    Ok(link.map_or(DEFAULT_MTU, |link| link.mtu))
}

/// Takes over the links of an earlier process: connects them to the bridge again, believes
/// what they say about addresses where the file says nothing, removes what nobody can name.
fn adopt_links(
    config: &PodNetworkConfig,
    route: &mut RouteSocket,
    state: &mut State,
    bridge: u32,
) -> Result<(), Error> {
    let prefix = config.names.veth_prefix();
    for link in route.links()? {
        if !link.name.starts_with(&prefix) || link.kind != "veth" {
            continue;
        }
        let owner = link.alias.as_deref().and_then(parse_alias);
        match owner {
            Some((id, address))
                if config.names.veth(&id) == link.name && state.adopt(&id, address) =>
            {
                plug(route, &link.name, bridge, address)?;
            }
            _ => {
                tracing::warn!(link = link.name, "link of an unknown sandbox removed");
                route.delete_link(&link.name)?;
            }
        }
    }
    Ok(())
}

fn attachment(id: &str, pod: &Pod, link: String) -> Attachment {
    Attachment {
        sandbox_id: id.to_owned(),
        address: pod.address,
        link,
        host_ports: pod.host_ports.clone(),
    }
}

/// A hardware address that follows from the address: whoever has the address next has the same,
/// so nobody's memory of it can be wrong.
fn mac_of(address: Ipv4Addr) -> Mac {
    let [a, b, c, d] = address.octets();
    [0x02, 0x6b, a, b, c, d]
}

fn alias(sandbox_id: &str, address: Ipv4Addr) -> String {
    format!("{ALIAS_PREFIX}{address} {sandbox_id}")
}

fn parse_alias(alias: &str) -> Option<(String, Ipv4Addr)> {
    let (address, id) = alias.strip_prefix(ALIAS_PREFIX)?.split_once(' ')?;
    Some((id.to_owned(), address.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_whose_it_is() {
        let address = Ipv4Addr::new(10, 244, 0, 7);
        let text = alias("0f3a", address);
        assert_eq!(parse_alias(&text), Some(("0f3a".to_owned(), address)));
        for text in ["", "skeg", "skeg x y", "other 10.0.0.1 z"] {
            assert_eq!(parse_alias(text), None);
        }
    }
}
