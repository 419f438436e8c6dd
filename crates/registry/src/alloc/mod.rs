//! Service addresses and node ports: who has which, in memory, rebuilt from
//! the services at start and checked against them by `repair`.
//!
//! An allocator is never asked to guess: state that contradicts itself is
//! repaired in favour of the services, and said so.

mod held;
mod ips;
mod ports;

pub use ips::IpError;
pub use ports::{PortAllocator, PortError};

use crate::tree::{self, at, list};
use held::Holdings;
use ips::IpRange;
use parking_lot::Mutex;
use skeg_schema::Value;
use std::net::IpAddr;
use std::sync::Arc;

/// The ServiceCIDR that is made of the server's own range.
const DEFAULT_RANGE: &str = "kubernetes";

/// Ranges of services.
#[derive(Clone, Debug)]
pub struct ServiceOptions {
    /// The range of cluster IPs: network address and prefix length. Its family is
    /// the one that services have when they say nothing.
    pub service_cidr: (IpAddr, u8),
    /// The range of the other family, on a cluster of two.
    pub secondary_cidr: Option<(IpAddr, u8)>,
    /// The range of node ports, both ends included.
    pub node_ports: (u16, u16),
}

impl Default for ServiceOptions {
    fn default() -> Self {
        Self {
            service_cidr: (IpAddr::from([10, 96, 0, 0]), 16),
            secondary_cidr: None,
            node_ports: (30_000, 32_767),
        }
    }
}

/// All allocators of services.
pub struct ServiceAllocators {
    options: ServiceOptions,
    addresses: Mutex<Addresses>,
    /// Node ports.
    pub ports: PortAllocator,
}

struct Addresses {
    /// The default one first, then those of other ServiceCIDR objects.
    ranges: Vec<Range>,
    /// The object of the default range was seen: it is followed from then on.
    follows_default: bool,
    taken: Holdings<u128>,
}

struct Range {
    /// The object that it is of.
    owner: String,
    cidr: String,
    /// It is ready, and stays.
    gives: bool,
    ips: IpRange,
}

impl Addresses {
    fn give(&self, ip: IpAddr) -> bool {
        let mut giving = self.ranges.iter().filter(|range| range.gives);
        giving.any(|range| range.ips.contains(ip))
    }
}

impl Range {
    fn is_of(&self, family: &str) -> bool {
        self.gives && self.ips.is_v4() == (family == "IPv4")
    }
}

/// What one service has of addresses and ports.
#[derive(Clone, Debug, Default)]
pub struct Held {
    ips: Vec<(IpAddr, u64)>,
    ports: Vec<(u16, u64)>,
}

impl Held {
    /// Without what a service's spec has.
    pub fn without(mut self, spec: &Value) -> Self {
        let ips = cluster_ips(spec);
        let ports = node_ports(spec);
        self.ips.retain(|(ip, _)| !ips.contains(ip));
        self.ports.retain(|(port, _)| !ports.contains(port));
        self
    }

    /// All of both.
    pub fn and(mut self, other: Self) -> Self {
        self.ips.extend(other.ips);
        self.ports.extend(other.ports);
        self
    }
}

impl ServiceAllocators {
    /// Allocators of the default range.
    pub fn new(options: ServiceOptions) -> Arc<Self> {
        let cidrs = [Some(options.service_cidr), options.secondary_cidr];
        let range = |(ip, len): (IpAddr, u8)| Range {
            owner: DEFAULT_RANGE.to_owned(),
            cidr: format!("{ip}/{len}"),
            gives: true,
            ips: IpRange::new(ip, len),
        };
        let addresses = Addresses {
            ranges: cidrs.into_iter().flatten().map(range).collect(),
            follows_default: false,
            taken: Holdings::default(),
        };
        Arc::new(Self {
            ports: PortAllocator::new(options.node_ports.0, options.node_ports.1),
            addresses: Mutex::new(addresses),
            options,
        })
    }

    /// The ranges these were made for.
    pub fn options(&self) -> &ServiceOptions {
        &self.options
    }

    /// The families of this cluster's services, the default one first.
    pub fn families(&self) -> &'static [&'static str] {
        let second = self.options.secondary_cidr.is_some();
        match (self.options.service_cidr.0.is_ipv4(), second) {
            (true, false) => &["IPv4"],
            (true, true) => &["IPv4", "IPv6"],
            (false, false) => &["IPv6"],
            (false, true) => &["IPv6", "IPv4"],
        }
    }

    /// The service IP of `kubernetes.default`: the first of the range.
    pub fn kubernetes_ip(&self) -> IpAddr {
        let (ip, len) = self.options.service_cidr;
        IpRange::new(ip, len).first()
    }

    /// Follows the ServiceCIDR objects: adds and removes ranges, and says which of
    /// them give addresses. Called with all of them whenever one changes. Until the
    /// default one is made, the range of the options stands for it.
    pub fn set_ranges<'a>(&self, cidrs: impl IntoIterator<Item = &'a Value>) {
        let mut addresses = self.addresses.lock();
        let mut before = std::mem::take(&mut addresses.ranges);
        let mut now = Vec::new();
        for obj in cidrs {
            let owner = tree::name_of(obj);
            addresses.follows_default |= owner == DEFAULT_RANGE;
            let gives = !tree::is_deleting(obj) && is_ready(obj);
            for cidr in list(at(obj, "spec"), "cidrs")
                .iter()
                .filter_map(Value::as_str)
            {
                let Some((ip, len)) = crate::validation::names::parse_cidr(cidr) else {
                    continue;
                };
                if !self.families().contains(&family_of(ip)) {
                    continue;
                }
                let known = before
                    .iter()
                    .position(|range| range.owner == owner && range.cidr == cidr);
                now.push(match known {
                    Some(index) => Range {
                        gives,
                        ..before.swap_remove(index)
                    },
                    None => Range {
                        owner: owner.to_owned(),
                        cidr: cidr.to_owned(),
                        gives,
                        ips: IpRange::new(ip, len),
                    },
                });
            }
        }
        if !addresses.follows_default {
            now.extend(before.into_iter().filter(|r| r.owner == DEFAULT_RANGE));
        }
        now.sort_by_key(|range| range.owner != DEFAULT_RANGE);
        addresses.ranges = now;
    }

    /// Takes an address that someone asked for.
    pub fn take(&self, ip: IpAddr) -> Result<(), IpError> {
        let mut addresses = self.addresses.lock();
        if !addresses.give(ip) {
            return Err(IpError::NotInRange);
        }
        if addresses.taken.take(ips::number(ip)) {
            Ok(())
        } else {
            Err(IpError::Allocated)
        }
    }

    /// What a dry run may ask for: any address of the ranges, whoever has it.
    pub fn would_take(&self, ip: IpAddr) -> Result<(), IpError> {
        let gives = self.addresses.lock().give(ip);
        gives.then_some(()).ok_or(IpError::NotInRange)
    }

    /// What a dry run is given, as upstream's: the address of the network of a family.
    pub fn would_take_next(&self, family: &str) -> Result<IpAddr, IpError> {
        let addresses = self.addresses.lock();
        let of_family = addresses.ranges.iter().find(|range| range.is_of(family));
        of_family
            .map(|range| range.ips.network())
            .ok_or(IpError::Full)
    }

    /// Takes any free address of a family.
    pub fn take_next(&self, family: &str) -> Result<IpAddr, IpError> {
        let Addresses { ranges, taken, .. } = &mut *self.addresses.lock();
        ranges
            .iter_mut()
            .filter(|range| range.is_of(family))
            .find_map(|range| range.ips.take_next(taken).ok())
            .ok_or(IpError::Full)
    }

    /// Gives an address back.
    pub fn release(&self, ip: IpAddr) {
        self.addresses.lock().taken.release(ips::number(ip));
    }

    /// What is taken of these, as it is held now.
    pub fn held(
        &self,
        ips: impl IntoIterator<Item = IpAddr>,
        ports: impl IntoIterator<Item = u16>,
    ) -> Held {
        let addresses = self.addresses.lock();
        let ips = ips.into_iter();
        let ports = ports.into_iter();
        Held {
            ips: ips
                .filter_map(|ip| Some((ip, addresses.taken.number(ips::number(ip))?)))
                .collect(),
            ports: ports
                .filter_map(|port| Some((port, self.ports.number(port)?)))
                .collect(),
        }
    }

    /// What a stored service has.
    pub fn held_by(&self, spec: &Value) -> Held {
        self.held(cluster_ips(spec), node_ports(spec))
    }

    /// Gives back what is still held as it was: what was given back in the meantime
    /// may have another holder.
    pub fn give_back(&self, held: &Held) {
        let mut addresses = self.addresses.lock();
        for (ip, number) in &held.ips {
            addresses.taken.release_numbered(ips::number(*ip), *number);
        }
        drop(addresses);
        for (port, number) in &held.ports {
            self.ports.release_numbered(*port, *number);
        }
    }

    /// Each range as text, how many of its addresses are taken, and how many
    /// there are.
    pub fn usage(&self) -> Vec<(String, u64, u64)> {
        let addresses = self.addresses.lock();
        let told = addresses.ranges.iter().map(|range| {
            let (taken, all) = range.ips.usage(&addresses.taken);
            (range.cidr.clone(), taken, all)
        });
        told.collect()
    }

    /// Is it taken?
    pub fn has(&self, ip: IpAddr) -> bool {
        self.addresses.lock().taken.has(ips::number(ip))
    }

    /// Makes the allocators agree with the services: at start, and now and
    /// then afterwards. Answers what was wrong, in words for a log.
    pub fn repair<'a>(&self, services: impl IntoIterator<Item = &'a Value>) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut ips = Vec::new();
        let mut ports = Vec::new();
        for svc in services {
            let who = format!("{}/{}", tree::namespace_of(svc), tree::name_of(svc));
            let spec = at(svc, "spec");
            for ip in list(spec, "clusterIPs").iter().filter_map(Value::as_str) {
                match ip.parse::<IpAddr>() {
                    Ok(ip) => {
                        if ips.contains(&ip) {
                            wrong.push(format!(
                                "{who}: cluster IP {ip} is used by another service too"
                            ));
                        } else {
                            ips.push(ip);
                        }
                    }
                    Err(_) if ip == "None" => {}
                    Err(_) => wrong.push(format!("{who}: cluster IP {ip:?} is no address")),
                }
            }
            for p in node_ports(spec) {
                if !ports.contains(&p) {
                    ports.push(p);
                }
            }
        }
        let mut addresses = self.addresses.lock();
        for ip in &ips {
            if !addresses.ranges.iter().any(|range| range.ips.contains(*ip)) {
                wrong.push(format!("cluster IP {ip} is outside of every range"));
            }
        }
        let taken = ips.iter().map(|ip| ips::number(*ip));
        addresses.taken.reset(taken);
        drop(addresses);
        self.ports.reset(&ports);
        wrong
    }
}

/// What Kubernetes calls the family of an address.
pub fn family_of(ip: IpAddr) -> &'static str {
    match ip {
        IpAddr::V4(_) => "IPv4",
        IpAddr::V6(_) => "IPv6",
    }
}

/// Whether a ServiceCIDR gives addresses: so does one of which nothing is said yet.
fn is_ready(cidr: &Value) -> bool {
    list(at(cidr, "status"), "conditions")
        .iter()
        .filter(|condition| tree::s(condition, "type") == "Ready")
        .all(|condition| tree::s(condition, "status") == "True")
}

/// All addresses of a service's spec.
fn cluster_ips(spec: &Value) -> Vec<IpAddr> {
    list(spec, "clusterIPs")
        .iter()
        .filter_map(Value::as_str)
        .filter_map(|ip| ip.parse().ok())
        .collect()
}

/// All node ports of a service's spec.
pub fn node_ports(spec: &Value) -> Vec<u16> {
    let mut out: Vec<u16> = list(spec, "ports")
        .iter()
        .map(|p| tree::i0(p, "nodePort"))
        .chain(std::iter::once(tree::i0(spec, "healthCheckNodePort")))
        .filter_map(|p| u16::try_from(p).ok())
        .filter(|p| *p != 0)
        .collect();
    out.sort_unstable();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn a_range_that_is_not_ready_gives_nothing() {
        let allocators = ServiceAllocators::new(ServiceOptions::default());
        let ip = IpAddr::from([10, 50, 0, 6]);
        let range = |status: Value| json!({"metadata": {"name": "more"}, "spec": {"cidrs": ["10.50.0.0/24"]}, "status": status});
        let said =
            |status: &str| range(json!({"conditions": [{"type": "Ready", "status": status}]}));
        for (cidr, gives) in [
            (range(json!({})), true),
            (said("False"), false),
            (said("True"), true),
        ] {
            allocators.set_ranges([&cidr]);
            assert_eq!(allocators.take(ip).is_ok(), gives, "{cidr}");
            allocators.release(ip);
        }
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_named_address_is_had_once_and_comes_back() {
        let a = ServiceAllocators::new(ServiceOptions::default());
        let one = ip("10.96.0.3");
        assert_eq!(a.take(one), Ok(()));
        assert_eq!(a.take(one), Err(IpError::Allocated));
        assert_eq!(a.take(ip("10.96.0.0")), Err(IpError::NotInRange));
        assert_eq!(a.take(ip("10.1.0.1")), Err(IpError::NotInRange));
        a.release(one);
        assert_eq!(a.take(one), Ok(()));
    }

    #[test]
    fn the_default_range_follows_its_object() {
        let a = ServiceAllocators::new(ServiceOptions::default());
        let other = json!({"metadata": {"name": "a"}, "spec": {"cidrs": ["10.50.0.0/30"]}});
        let mut own =
            json!({"metadata": {"name": "kubernetes"}, "spec": {"cidrs": ["10.96.0.0/16"]}});
        // Before there is one, the range of the options stands.
        a.set_ranges([&other]);
        assert_eq!(a.take_next("IPv4"), Ok(ip("10.96.1.1")));
        a.set_ranges([&other, &own]);
        assert_eq!(a.take_next("IPv4"), Ok(ip("10.96.1.2")));
        own.set_at(&["metadata", "deletionTimestamp"], "2026-01-01T00:00:00Z");
        a.set_ranges([&other, &own]);
        assert_eq!(a.take(ip("10.96.0.9")), Err(IpError::NotInRange));
        assert_eq!(a.take_next("IPv4"), Ok(ip("10.50.0.1")));
        assert_eq!(a.take_next("IPv4"), Ok(ip("10.50.0.2")));
        assert_eq!(a.take_next("IPv4"), Err(IpError::Full));
        a.set_ranges([&other]);
        assert_eq!(a.take_next("IPv4"), Err(IpError::Full));
    }

    #[test]
    fn each_family_has_its_ranges() {
        let a = ServiceAllocators::new(ServiceOptions {
            secondary_cidr: Some((ip("2001:db8:1::"), 112)),
            ..ServiceOptions::default()
        });
        assert_eq!(a.families(), ["IPv4", "IPv6"]);
        assert_eq!(a.take_next("IPv6"), Ok(ip("2001:db8:1::101")));
        assert_eq!(a.take_next("IPv4"), Ok(ip("10.96.1.1")));
        // The object has lost its second range: nothing more comes of it.
        let own = json!({"metadata": {"name": "kubernetes"}, "spec": {"cidrs": ["10.96.0.0/16"]}});
        a.set_ranges([&own]);
        assert_eq!(a.take_next("IPv6"), Err(IpError::Full));
        assert_eq!(a.take(ip("2001:db8:1::5")), Err(IpError::NotInRange));
        let six = json!({"metadata": {"name": "six"}, "spec": {"cidrs": ["2001:db8:2::/64"]}});
        a.set_ranges([&own, &six]);
        assert_eq!(a.take_next("IPv6"), Ok(ip("2001:db8:2::101")));
        // Of a family that the cluster lacks, nothing is given.
        let single = ServiceAllocators::new(ServiceOptions::default());
        single.set_ranges([&own, &six]);
        assert_eq!(single.take_next("IPv6"), Err(IpError::Full));
    }

    #[test]
    fn a_range_over_another_or_back_again_gives_nothing_twice() {
        let a = ServiceAllocators::new(ServiceOptions::default());
        let ready = |status: &str| {
            json!({"metadata": {"name": "more"}, "spec": {"cidrs": ["10.96.0.0/30"]},
                "status": {"conditions": [{"type": "Ready", "status": status}]}})
        };
        let one = ip("10.96.0.2");
        assert_eq!(a.take(one), Ok(()));
        for status in ["True", "False", "True"] {
            a.set_ranges([&ready(status)]);
            assert_eq!(a.take(one), Err(IpError::Allocated), "{status}");
        }
        assert_eq!(a.usage()[1], ("10.96.0.0/30".to_owned(), 1, 2));
    }

    #[test]
    fn what_has_a_new_holder_stays_with_it() {
        let a = ServiceAllocators::new(ServiceOptions::default());
        let (one, port) = (ip("10.96.0.3"), 30_100);
        let take = || {
            a.take(one).unwrap();
            a.ports.take(port).unwrap();
            a.held([one], [port])
        };
        let first = take();
        a.give_back(&first);
        let second = take();
        a.give_back(&first);
        assert_eq!(a.take(one), Err(IpError::Allocated));
        assert_eq!(a.ports.take(port), Err(PortError::Allocated));
        let spec = json!({"clusterIPs": ["10.96.0.3"], "ports": []});
        a.give_back(&second.without(&spec));
        assert_eq!(a.take(one), Err(IpError::Allocated));
        assert_eq!(a.ports.take(port), Ok(()));
    }
}
