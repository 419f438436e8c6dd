//! Service addresses and node ports: who has which, in memory, rebuilt from
//! the services at start and checked against them by `repair`.
//!
//! An allocator is never asked to guess: state that contradicts itself is
//! repaired in favour of the services, and said so.

mod ips;
mod ports;

pub use ips::{IpAllocator, IpError};
pub use ports::{PortAllocator, PortError};

use crate::tree::{self, at, list};
use parking_lot::RwLock;
use skeg_schema::Value;
use std::net::IpAddr;
use std::sync::Arc;

/// Ranges of services.
#[derive(Clone, Debug)]
pub struct ServiceOptions {
    /// The range of cluster IPs: network address and prefix length.
    pub service_cidr: (IpAddr, u8),
    /// The range of node ports, both ends included.
    pub node_ports: (u16, u16),
}

impl Default for ServiceOptions {
    fn default() -> Self {
        Self {
            service_cidr: (IpAddr::from([10, 96, 0, 0]), 16),
            node_ports: (30_000, 32_767),
        }
    }
}

/// All allocators of services.
pub struct ServiceAllocators {
    options: ServiceOptions,
    /// Ranges in order: the default one first, then those of ServiceCIDR
    /// objects.
    ranges: RwLock<Vec<(String, Arc<IpAllocator>)>>,
    /// Node ports.
    pub ports: PortAllocator,
}

impl ServiceAllocators {
    /// Allocators of the default range.
    pub fn new(options: ServiceOptions) -> Arc<Self> {
        let (ip, len) = options.service_cidr;
        let first = ("kubernetes".to_owned(), Arc::new(IpAllocator::new(ip, len)));
        Arc::new(Self {
            ports: PortAllocator::new(options.node_ports.0, options.node_ports.1),
            ranges: RwLock::new(vec![first]),
            options,
        })
    }

    /// The ranges these were made for.
    pub fn options(&self) -> &ServiceOptions {
        &self.options
    }

    /// The service IP of `kubernetes.default`: the first of the range.
    pub fn kubernetes_ip(&self) -> IpAddr {
        self.ranges.read()[0].1.first()
    }

    /// Follows the ServiceCIDR objects: adds and removes ranges. Called with
    /// all of them whenever one changes.
    pub fn set_ranges<'a>(&self, cidrs: impl IntoIterator<Item = &'a Value>) {
        let mut wanted = Vec::new();
        for obj in cidrs {
            if tree::is_deleting(obj) || tree::name_of(obj) == "kubernetes" || !is_ready(obj) {
                continue;
            }
            for c in list(at(obj, "spec"), "cidrs")
                .iter()
                .filter_map(Value::as_str)
            {
                if let Some((ip, len)) = crate::validation::names::parse_cidr(c)
                    && ip.is_ipv4() == self.options.service_cidr.0.is_ipv4()
                {
                    wanted.push((format!("{}/{c}", tree::name_of(obj)), ip, len));
                }
            }
        }
        let mut ranges = self.ranges.write();
        ranges.retain(|(name, _)| {
            name == "kubernetes" || wanted.iter().any(|(other, ..)| other == name)
        });
        for (name, ip, len) in wanted {
            if !ranges.iter().any(|(other, _)| *other == name) {
                ranges.push((name, Arc::new(IpAllocator::new(ip, len))));
            }
        }
    }

    /// Takes an address that someone asked for.
    pub fn take(&self, ip: IpAddr) -> Result<(), IpError> {
        let ranges = self.ranges.read();
        let holders: Vec<_> = ranges.iter().filter(|(_, r)| r.contains(ip)).collect();
        if holders.is_empty() {
            return Err(IpError::NotInRange);
        }
        if holders.iter().any(|(_, r)| r.has(ip)) {
            return Err(IpError::Allocated);
        }
        for (_, r) in &holders {
            r.take(ip)?;
        }
        Ok(())
    }

    /// Takes any free address.
    pub fn take_next(&self) -> Result<IpAddr, IpError> {
        let ranges = self.ranges.read();
        let mut last = IpError::Full;
        for (_, r) in ranges.iter() {
            match r.take_next() {
                Ok(ip) => {
                    for (_, other) in ranges.iter() {
                        if other.contains(ip) {
                            // Overlapping ranges know of each other's addresses.
                            let _ = other.take(ip);
                        }
                    }
                    return Ok(ip);
                }
                Err(e) => last = e,
            }
        }
        Err(last)
    }

    /// Gives an address back.
    pub fn release(&self, ip: IpAddr) {
        for (_, r) in self.ranges.read().iter() {
            r.release(ip);
        }
    }

    /// Each range as text, how many of its addresses are taken, and how many
    /// there are.
    pub fn usage(&self) -> Vec<(String, u64, u64)> {
        let (ip, len) = self.options.service_cidr;
        let ranges = self.ranges.read();
        let told = ranges.iter().map(|(name, range)| {
            let (taken, all) = range.usage();
            let cidr = match name.split_once('/') {
                Some((_, cidr)) => cidr.to_owned(),
                None => format!("{ip}/{len}"),
            };
            (cidr, taken, all)
        });
        told.collect()
    }

    /// Is it taken?
    pub fn has(&self, ip: IpAddr) -> bool {
        self.ranges.read().iter().any(|(_, r)| r.has(ip))
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
        for (_, r) in self.ranges.read().iter() {
            r.reset(&ips);
        }
        for ip in &ips {
            if !self.has(*ip) {
                wrong.push(format!("cluster IP {ip} is outside of every range"));
            }
        }
        self.ports.reset(&ports);
        wrong
    }
}

/// Whether a ServiceCIDR gives addresses: so does one of which nothing is said yet.
fn is_ready(cidr: &Value) -> bool {
    list(at(cidr, "status"), "conditions")
        .iter()
        .filter(|condition| tree::s(condition, "type") == "Ready")
        .all(|condition| tree::s(condition, "status") == "True")
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
}
