//! From a service port to the elements of the kernel's maps. Pure.

use std::{collections::HashMap, hash::Hash, net::IpAddr, time::Duration};

use ipnet::IpNet;

use super::model::{Endpoint, L4Protocol, ServicePort};
use crate::nft::Family;

/// Longest affinity that is kept (upstream's validation allows no more).
const AFFINITY_MAX: Duration = Duration::from_secs(86_400);

/// How packets of a front are spread; every distinct one has chains of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Class {
    /// There are no endpoints at all.
    Reject,
    /// There are endpoints, but none that this packet may go to.
    Drop,
    /// So many endpoints.
    Spread(u32),
    /// So many endpoints, each client staying with its own for so many seconds.
    Sticky(u32, u32),
}

/// The kernel's maps and sets that services fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum MapName {
    /// Address, protocol, port → class. Everyone's packets.
    Vips,
    /// The same for clients from outside the cluster, looked at first.
    VipsOutside,
    /// Protocol, port → class, on the node's own addresses. Everyone's packets.
    NodePorts,
    /// The same for clients from outside the cluster, looked at first.
    NodePortsOutside,
    /// Key of `Vips` and index → address, port.
    VipEndpoints,
    /// Key of `VipsOutside` and index → address, port.
    VipEndpointsOutside,
    /// Key of `NodePorts` and index → address, port.
    NodePortEndpoints,
    /// Key of `NodePortsOutside` and index → address, port.
    NodePortEndpointsOutside,
    /// Key of `Vips` and index → token of an endpoint, for fronts with affinity.
    VipTokens,
    /// Key of `VipsOutside` and index → token of an endpoint.
    VipTokensOutside,
    /// Key of `NodePorts` and index → token of an endpoint.
    NodePortTokens,
    /// Key of `NodePortsOutside` and index → token of an endpoint.
    NodePortTokensOutside,
    /// Address, protocol, port and token → address, port: what affinity may lead to.
    VipSticky,
    /// Protocol, port and token → address, port.
    NodePortSticky,
    /// Address, address: a pod that reaches itself through a service.
    Hairpins,
    /// Address, protocol, port of endpoints on other machines.
    Remote,
    /// Address, protocol, port that not every client may use.
    Guarded,
    /// Address, protocol, port and the range of clients that may. The first and the last key
    /// of the range, one behind the other.
    Allowed,
}

impl MapName {
    pub(super) const ALL: [Self; 18] = [
        Self::Vips,
        Self::VipsOutside,
        Self::NodePorts,
        Self::NodePortsOutside,
        Self::VipEndpoints,
        Self::VipEndpointsOutside,
        Self::NodePortEndpoints,
        Self::NodePortEndpointsOutside,
        Self::VipTokens,
        Self::VipTokensOutside,
        Self::NodePortTokens,
        Self::NodePortTokensOutside,
        Self::VipSticky,
        Self::NodePortSticky,
        Self::Hairpins,
        Self::Remote,
        Self::Guarded,
        Self::Allowed,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Vips => "vips",
            Self::VipsOutside => "vips-outside",
            Self::NodePorts => "node-ports",
            Self::NodePortsOutside => "node-ports-outside",
            Self::VipEndpoints => "vip-endpoints",
            Self::VipEndpointsOutside => "vip-endpoints-outside",
            Self::NodePortEndpoints => "node-port-endpoints",
            Self::NodePortEndpointsOutside => "node-port-endpoints-outside",
            Self::VipTokens => "vip-tokens",
            Self::VipTokensOutside => "vip-tokens-outside",
            Self::NodePortTokens => "node-port-tokens",
            Self::NodePortTokensOutside => "node-port-tokens-outside",
            Self::VipSticky => "vip-sticky",
            Self::NodePortSticky => "node-port-sticky",
            Self::Hairpins => "hairpins",
            Self::Remote => "remote",
            Self::Guarded => "guarded",
            Self::Allowed => "allowed",
        }
    }

    /// Several service ports may need the same element; it goes with the last of them.
    pub(super) fn is_shared(self) -> bool {
        matches!(self, Self::Hairpins | Self::Remote)
    }
}

/// The kinds of fronts, each with its own map of classes and of endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum FrontKind {
    Vip,
    VipOutside,
    NodePort,
    NodePortOutside,
}

impl FrontKind {
    pub(super) const ALL: [Self; 4] = [
        Self::Vip,
        Self::VipOutside,
        Self::NodePort,
        Self::NodePortOutside,
    ];

    pub(super) fn classes(self) -> MapName {
        match self {
            Self::Vip => MapName::Vips,
            Self::VipOutside => MapName::VipsOutside,
            Self::NodePort => MapName::NodePorts,
            Self::NodePortOutside => MapName::NodePortsOutside,
        }
    }

    pub(super) fn endpoints(self) -> MapName {
        match self {
            Self::Vip => MapName::VipEndpoints,
            Self::VipOutside => MapName::VipEndpointsOutside,
            Self::NodePort => MapName::NodePortEndpoints,
            Self::NodePortOutside => MapName::NodePortEndpointsOutside,
        }
    }

    pub(super) fn tokens(self) -> MapName {
        match self {
            Self::Vip => MapName::VipTokens,
            Self::VipOutside => MapName::VipTokensOutside,
            Self::NodePort => MapName::NodePortTokens,
            Self::NodePortOutside => MapName::NodePortTokensOutside,
        }
    }

    pub(super) fn sticky(self) -> MapName {
        match self {
            Self::Vip | Self::VipOutside => MapName::VipSticky,
            Self::NodePort | Self::NodePortOutside => MapName::NodePortSticky,
        }
    }

    /// Name of the verdict map that leads from a class to its chain.
    pub(super) fn verdicts(self) -> &'static str {
        match self {
            Self::Vip => "vip-classes",
            Self::VipOutside => "vip-classes-outside",
            Self::NodePort => "node-port-classes",
            Self::NodePortOutside => "node-port-classes-outside",
        }
    }

    pub(super) fn has_address(self) -> bool {
        matches!(self, Self::Vip | Self::VipOutside)
    }

    /// How the names of its chains begin.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Vip => "vip",
            Self::VipOutside => "vip-outside",
            Self::NodePort => "node-port",
            Self::NodePortOutside => "node-port-outside",
        }
    }
}

/// Bytes of a key or of data.
pub(super) type Bytes = Box<[u8]>;

/// What an element holds beside its key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Data {
    /// Nothing: a set's member.
    Member,
    /// The class of a front.
    Class(Class),
    /// An address and a port, or a token.
    Value(Bytes),
}

/// Everything that one service port puts into the maps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Compiled {
    pub(super) elements: HashMap<(MapName, Bytes), Data>,
    /// Endpoints in the order of their index, by group: kept so that a change moves few.
    order: [Vec<Endpoint>; 2],
    /// Addresses and ports that packets come to, for connection tracking.
    pub(super) fronts: Vec<(Option<IpAddr>, u16)>,
    /// Endpoints in use.
    pub(super) targets: Vec<(IpAddr, u16)>,
}

/// The two groups of endpoints that a service port may have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Cluster = 0,
    Local = 1,
}

/// Works out what `port` puts into the maps of `family`, keeping the places of the endpoints
/// that `before` has too.
pub(super) fn compile(port: &ServicePort, family: Family, before: Option<&Compiled>) -> Compiled {
    let of_family = |ip: &&IpAddr| is_family(**ip, family);
    let mut all: Vec<Endpoint> = port
        .endpoints
        .iter()
        .filter(|e| is_family(e.ip, family))
        .copied()
        .collect();
    all.sort_unstable();
    all.dedup_by_key(|e| (e.ip, e.port));
    let empty: [Vec<Endpoint>; 2] = Default::default();
    let old = before.map_or(&empty, |b| &b.order);
    let cluster = in_order(&old[Group::Cluster as usize], usable(&all, |_| true));
    let local = in_order(&old[Group::Local as usize], usable(&all, |e| e.local));

    let mut out = Compiled::default();
    let sticky = port.affinity.map(|d| {
        u32::try_from(d.min(AFFINITY_MAX).as_secs())
            .unwrap_or(u32::MAX)
            .max(1)
    });
    let class = |group: Group| {
        let count = u32::try_from(match group {
            Group::Cluster => cluster.len(),
            Group::Local => local.len(),
        })
        .unwrap_or(u32::MAX);
        match (count, sticky) {
            (0, _) if group == Group::Local && !cluster.is_empty() => Class::Drop,
            (0, _) => Class::Reject,
            (count, None) => Class::Spread(count),
            (count, Some(seconds)) => Class::Sticky(count, seconds),
        }
    };
    let mut front = |kind: FrontKind, address: Option<IpAddr>, number: u16, group: Group| {
        let key = front_key(address, port.protocol, number);
        let class = class(group);
        out.elements
            .insert((kind.classes(), key.clone().into()), Data::Class(class));
        let group = match group {
            Group::Cluster => &cluster,
            Group::Local => &local,
        };
        for (index, endpoint) in (0_u32..).zip(group) {
            let target = target(endpoint);
            let place = [&key[..], &index.to_ne_bytes()].concat();
            if matches!(class, Class::Sticky(..)) {
                let token = token(&target);
                let known = [&key[..], &token].concat();
                out.elements.insert(
                    (kind.tokens(), place.into()),
                    Data::Value(token.as_slice().into()),
                );
                out.elements
                    .insert((kind.sticky(), known.into()), Data::Value(target.into()));
            } else {
                out.elements
                    .insert((kind.endpoints(), place.into()), Data::Value(target.into()));
            }
        }
        if !out.fronts.contains(&(address, number)) {
            out.fronts.push((address, number));
        }
    };

    let internal = if port.internal_local {
        Group::Local
    } else {
        Group::Cluster
    };
    for ip in port.cluster_ips.iter().filter(of_family) {
        front(FrontKind::Vip, Some(*ip), port.port, internal);
    }
    for ip in port
        .external_ips
        .iter()
        .chain(&port.load_balancer_ips)
        .filter(of_family)
    {
        // Pods and the node itself reach outside addresses as if they were cluster addresses.
        front(FrontKind::Vip, Some(*ip), port.port, Group::Cluster);
        if port.external_local {
            front(FrontKind::VipOutside, Some(*ip), port.port, Group::Local);
        }
    }
    // A node port belongs to the families that the service has addresses of.
    let has_family = port.cluster_ips.iter().any(|ip| is_family(*ip, family));
    if let (Some(node_port), true) = (port.node_port, has_family) {
        front(FrontKind::NodePort, None, node_port, Group::Cluster);
        if port.external_local {
            front(FrontKind::NodePortOutside, None, node_port, Group::Local);
        }
    }
    let ranges: Vec<IpNet> = port
        .source_ranges
        .iter()
        .filter(|net| is_family(net.addr(), family))
        .copied()
        .collect();
    if !ranges.is_empty() {
        for ip in port.load_balancer_ips.iter().filter(of_family) {
            guard(
                &mut out,
                &front_key(Some(*ip), port.protocol, port.port),
                &ranges,
            );
        }
    }
    if out.fronts.is_empty() {
        return out;
    }

    for endpoint in cluster.iter().chain(&local) {
        let address = address_bytes(endpoint.ip);
        let (map, key) = if endpoint.local {
            (MapName::Hairpins, [&address[..], &address].concat())
        } else {
            (
                MapName::Remote,
                front_key(Some(endpoint.ip), port.protocol, endpoint.port),
            )
        };
        out.elements.insert((map, key.into()), Data::Member);
        if !out.targets.contains(&(endpoint.ip, endpoint.port)) {
            out.targets.push((endpoint.ip, endpoint.port));
        }
    }
    out.order = [cluster, local];
    out
}

/// Lets only clients of some ranges to a front.
fn guard(out: &mut Compiled, front: &[u8], ranges: &[IpNet]) {
    out.elements
        .insert((MapName::Guarded, front.into()), Data::Member);
    // The kernel refuses ranges that overlap.
    for net in IpNet::aggregate(&ranges.to_vec()) {
        let key = |ip: IpAddr| [front, &address_bytes(ip)].concat();
        let range = [key(net.network()), key(net.broadcast())].concat();
        out.elements
            .insert((MapName::Allowed, range.into()), Data::Member);
    }
}

/// The endpoints that take packets: the ready ones or, when there is none, those that still
/// serve while they terminate (KEP-1669).
fn usable(all: &[Endpoint], keep: impl Fn(&Endpoint) -> bool) -> Vec<Endpoint> {
    let pick = |test: fn(&Endpoint) -> bool| -> Vec<Endpoint> {
        all.iter().filter(|e| keep(e) && test(e)).copied().collect()
    };
    let ready = pick(|e| e.ready);
    if ready.is_empty() {
        pick(|e| e.serving && e.terminating)
    } else {
        ready
    }
}

/// Puts `wanted` in an order in which as many as possible have the place they had in `old`.
fn in_order(old: &[Endpoint], mut wanted: Vec<Endpoint>) -> Vec<Endpoint> {
    let place = |e: &Endpoint| old.iter().position(|o| (o.ip, o.port) == (e.ip, e.port));
    let mut out: Vec<Option<Endpoint>> = vec![None; wanted.len()];
    wanted.retain(
        |endpoint| match place(endpoint).and_then(|at| out.get_mut(at)) {
            Some(slot) => {
                *slot = Some(*endpoint);
                false
            }
            None => true,
        },
    );
    let mut rest = wanted.into_iter();
    out.into_iter()
        .filter_map(|slot| slot.or_else(|| rest.next()))
        .collect()
}

pub(super) fn is_family(ip: IpAddr, family: Family) -> bool {
    match ip {
        IpAddr::V4(_) => family == Family::Ip,
        IpAddr::V6(_) => family == Family::Ip6,
    }
}

fn address_bytes(ip: IpAddr) -> Vec<u8> {
    match ip {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    }
}

/// Address (unless it is the node's), protocol and port, each padded to four bytes.
fn front_key(address: Option<IpAddr>, protocol: L4Protocol, port: u16) -> Vec<u8> {
    let mut key = address.map(address_bytes).unwrap_or_default();
    let [high, low] = port.to_be_bytes();
    key.extend_from_slice(&[protocol.number(), 0, 0, 0, high, low, 0, 0]);
    key
}

fn target(endpoint: &Endpoint) -> Vec<u8> {
    let mut data = address_bytes(endpoint.ip);
    let [high, low] = endpoint.port.to_be_bytes();
    data.extend_from_slice(&[high, low, 0, 0]);
    data
}

/// What a client with affinity remembers of its endpoint. That it follows from the endpoint
/// alone lets clients stay where they are when others come and go, and when `skeg` restarts.
/// Should two endpoints of a service have the same (one chance in four thousand million), both
/// tokens lead to one of them.
fn token(target: &[u8]) -> [u8; 4] {
    let hash = target.iter().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    });
    hash.to_ne_bytes()
}

#[cfg(test)]
mod tests {
    use super::super::model::ServicePortName;
    use super::*;

    fn port(endpoints: Vec<Endpoint>) -> ServicePort {
        ServicePort {
            name: ServicePortName::new("default", "web", "http"),
            cluster_ips: vec!["10.96.0.9".parse().unwrap()],
            external_ips: vec![],
            load_balancer_ips: vec![],
            source_ranges: vec![],
            port: 80,
            protocol: L4Protocol::Tcp,
            node_port: None,
            affinity: None,
            internal_local: false,
            external_local: false,
            endpoints,
        }
    }

    fn endpoint(last: u8) -> Endpoint {
        Endpoint::ready([10, 244, 0, last], 8080, true)
    }

    fn classes(compiled: &Compiled, map: MapName) -> Vec<Class> {
        compiled
            .elements
            .iter()
            .filter(|((m, _), _)| *m == map)
            .filter_map(|(_, d)| {
                if let Data::Class(c) = d {
                    Some(*c)
                } else {
                    None
                }
            })
            .collect()
    }

    #[test]
    fn a_removed_endpoint_moves_one_other() {
        let before = compile(&port((1..=5).map(endpoint).collect()), Family::Ip, None);
        let after = port([1, 3, 4, 5].map(endpoint).to_vec());
        let after = compile(&after, Family::Ip, Some(&before));
        let moved = after
            .elements
            .iter()
            .filter(|((map, key), data)| {
                *map == MapName::VipEndpoints
                    && before.elements.get(&(*map, key.clone())) != Some(*data)
            })
            .count();
        assert_eq!(moved, 1);
        assert_eq!(classes(&after, MapName::Vips), [Class::Spread(4)]);
    }

    #[test]
    fn nothing_ready_falls_back_to_the_terminating() {
        let ending = Endpoint {
            ready: false,
            terminating: true,
            ..endpoint(1)
        };
        let dead = Endpoint {
            ready: false,
            serving: false,
            terminating: true,
            ..endpoint(2)
        };
        let check = |endpoints: &[Endpoint], expect: Class| {
            let compiled = compile(&port(endpoints.to_vec()), Family::Ip, None);
            assert_eq!(classes(&compiled, MapName::Vips), [expect]);
        };
        check(&[ending, dead], Class::Spread(1));
        check(&[ending, dead, endpoint(3)], Class::Spread(1));
        check(&[dead], Class::Reject);
        check(&[], Class::Reject);
    }

    #[test]
    fn local_policies_drop_only_when_others_have_endpoints() {
        let remote = Endpoint {
            local: false,
            ..endpoint(1)
        };
        let mut port = port(vec![remote]);
        port.internal_local = true;
        port.external_local = true;
        port.node_port = Some(30_080);
        port.load_balancer_ips = vec!["192.0.2.7".parse().unwrap()];
        let compiled = compile(&port, Family::Ip, None);
        let mut vips = classes(&compiled, MapName::Vips);
        vips.sort();
        assert_eq!(vips, [Class::Drop, Class::Spread(1)]);
        assert_eq!(classes(&compiled, MapName::VipsOutside), [Class::Drop]);
        assert_eq!(classes(&compiled, MapName::NodePorts), [Class::Spread(1)]);
        assert_eq!(classes(&compiled, MapName::NodePortsOutside), [Class::Drop]);
        port.endpoints.clear();
        let compiled = compile(&port, Family::Ip, None);
        assert_eq!(
            classes(&compiled, MapName::NodePortsOutside),
            [Class::Reject]
        );
    }

    #[test]
    fn families_are_apart() {
        let mut port = port(vec![endpoint(1), Endpoint::ready([0; 16], 1, false)]);
        port.node_port = Some(30_080);
        assert!(compile(&port, Family::Ip6, None).elements.is_empty());
        port.cluster_ips.push("fd00::1".parse().unwrap());
        let six = compile(&port, Family::Ip6, None);
        assert_eq!(classes(&six, MapName::Vips), [Class::Spread(1)]);
        assert_eq!(classes(&six, MapName::NodePorts), [Class::Spread(1)]);
    }
}
