//! The pod network's packet filter table: masquerading and host ports.

use std::{collections::BTreeMap, net::IpAddr};

use super::{
    HostPort, PodNetworkConfig,
    state::{Pod, State},
};
use crate::{
    Error, L4Protocol,
    conntrack::{Cleaner, Stale},
    netlink::Writer,
    nft::{
        self, BaseChain, Batch, Element, Family, Hook, NftSocket, Set, Verdict,
        expr::{self, Compare},
        types,
    },
    proxy::masquerade_loopback,
};

const FAMILY: Family = Family::Ip;
/// Protocol, port → address, port.
const HOST_PORTS: &str = "host-ports";
/// Address, protocol, port → address, port.
const HOST_PORTS_AT: &str = "host-ports-at";
/// Pods that reach themselves through a host port: address, address.
const HAIRPINS: &str = "hairpins";
const FROM_PODS: &str = "from-pods";
const PRIORITY_RAW: i32 = -300;
const PRIORITY_DNAT: i32 = -100;
const PRIORITY_SNAT: i32 = 100;

#[derive(Debug)]
pub(super) struct Rules {
    socket: NftSocket,
    cleaner: Cleaner,
    config: PodNetworkConfig,
    /// Pods with host ports, as the kernel has them.
    pods: BTreeMap<String, Pod>,
    in_step: bool,
}

impl Rules {
    /// Makes the table anew, in one step, with the host ports of known pods.
    pub(super) fn open(config: &PodNetworkConfig, state: &State) -> Result<Self, Error> {
        let pods = state
            .iter()
            .filter(|(_, pod)| !pod.host_ports.is_empty())
            .map(|(id, pod)| (id.clone(), pod.clone()))
            .collect();
        let mut rules = Self {
            socket: NftSocket::open()?,
            cleaner: Cleaner::start()?,
            config: config.clone(),
            pods,
            in_step: false,
        };
        rules.replace()?;
        Ok(rules)
    }

    /// Sets a pod's host ports, or removes them.
    pub(super) fn set(&mut self, id: &str, pod: Option<&Pod>) -> Result<(), Error> {
        let pod = pod.filter(|pod| !pod.host_ports.is_empty());
        if self.in_step && self.pods.get(id) == pod {
            return Ok(());
        }
        let old = match pod {
            Some(pod) => self.pods.insert(id.to_owned(), pod.clone()),
            None => self.pods.remove(id),
        };
        self.apply(old.as_ref(), pod)?;
        let gone = old.as_ref().map(|pod| stale_flows(pod, false));
        let new = pod.map(|pod| stale_flows(pod, true));
        self.cleaner
            .forget(gone.into_iter().chain(new).flatten().collect());
        Ok(())
    }

    /// Looks whether the table is still there, and makes it anew when someone has removed it;
    /// answers whether all was well.
    pub(super) fn verify(&mut self) -> Result<bool, Error> {
        let table = self.config.names.pod_table();
        let there = nft::list_tables(&mut self.socket, FAMILY)?.contains(&table);
        if self.in_step && there {
            return Ok(true);
        }
        self.replace()?;
        Ok(false)
    }

    fn apply(&mut self, old: Option<&Pod>, new: Option<&Pod>) -> Result<(), Error> {
        if self.in_step {
            let mut batch = Batch::new(FAMILY, &self.config.names.pod_table());
            if let Some(old) = old {
                write_pod(&mut batch, old, |b, map, elements| {
                    b.delete_elements(map, elements)
                });
            }
            if let Some(new) = new {
                write_pod(&mut batch, new, |b, map, elements| {
                    b.add_elements(map, elements)
                });
            }
            match self.socket.apply(batch) {
                Ok(()) => return Ok(()),
                Err(error) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the kernel refused a change of host ports; making the table anew"
                ),
            }
        }
        self.replace()
    }

    fn replace(&mut self) -> Result<(), Error> {
        self.in_step = false;
        let mut batch = Batch::new(FAMILY, &self.config.names.pod_table());
        batch.replace_table();
        write_table(&mut batch, &self.config);
        for pod in self.pods.values() {
            write_pod(&mut batch, pod, |b, map, elements| {
                b.add_elements(map, elements)
            });
        }
        self.socket.apply(batch)?;
        self.in_step = true;
        Ok(())
    }
}

/// UDP flows through a pod's host ports: those that lead to it or, before it came, to nobody.
fn stale_flows(pod: &Pod, unclaimed: bool) -> Vec<Stale> {
    let udp = pod
        .host_ports
        .iter()
        .filter(|port| port.protocol == L4Protocol::Udp);
    udp.map(|port| Stale {
        protocol: L4Protocol::Udp,
        fronts: vec![(port.host_ip.map(IpAddr::V4), port.host_port)],
        targets: match unclaimed {
            true => Vec::new(),
            false => vec![(IpAddr::V4(pod.address), port.pod_port)],
        },
        unclaimed,
    })
    .collect()
}

fn write_pod(
    batch: &mut Batch,
    pod: &Pod,
    change: impl for<'a> Fn(&mut Batch, &str, Vec<Element<'a>>),
) {
    let hairpin = [pod.address.octets(), pod.address.octets()].concat();
    change(batch, HAIRPINS, vec![Element::Key(&hairpin)]);
    let mut written: Vec<HostPort> = Vec::new();
    for port in &pod.host_ports {
        let same = |w: &HostPort| {
            (w.host_ip, w.protocol, w.host_port) == (port.host_ip, port.protocol, port.host_port)
        };
        if written.iter().any(same) {
            continue;
        }
        written.push(*port);
        let mut key = port
            .host_ip
            .map_or_else(Vec::new, |ip| ip.octets().to_vec());
        let [high, low] = port.host_port.to_be_bytes();
        key.extend_from_slice(&[port.protocol.number(), 0, 0, 0, high, low, 0, 0]);
        let mut target = pod.address.octets().to_vec();
        let [high, low] = port.pod_port.to_be_bytes();
        target.extend_from_slice(&[high, low, 0, 0]);
        let map = if port.host_ip.is_some() {
            HOST_PORTS_AT
        } else {
            HOST_PORTS
        };
        change(batch, map, vec![Element::Pair(&key, &target)]);
    }
}

fn write_table(batch: &mut Batch, config: &PodNetworkConfig) {
    let bridge = expr::link_name(&config.names.bridge());
    let target = Some((types::concat(&[types::IPV4, types::PORT]), 8));
    for (name, parts, data) in [
        (HOST_PORTS, &[types::PROTOCOL, types::PORT][..], target),
        (
            HOST_PORTS_AT,
            &[types::IPV4, types::PROTOCOL, types::PORT][..],
            target,
        ),
        (HAIRPINS, &[types::IPV4, types::IPV4][..], None),
    ] {
        let len = u32::try_from(parts.len() * 4).expect("a few parts");
        batch.add_set(Set {
            name,
            key: (types::concat(parts), len),
            data,
            dynamic_size: None,
            range_fields: &[],
        });
    }

    // Loopback addresses are routed for the machine's own packets; pods must not use that.
    let loopback = ipnet::Ipv4Net::new_assert(std::net::Ipv4Addr::new(127, 0, 0, 0), 8);
    batch.add_base_chain(BaseChain {
        name: "raw",
        ty: "filter",
        hook: Hook::Prerouting,
        priority: PRIORITY_RAW,
    });
    batch.add_rule("raw", |w| {
        expr::input_link(w, 0);
        expr::compare(w, 0, Compare::Equal, &bridge);
        expr::destination(w, FAMILY, 0);
        expr::in_network(w, 0, loopback.into(), Compare::Equal);
        expr::verdict(w, &Verdict::Drop);
    });

    for (name, hook) in [("prerouting", Hook::Prerouting), ("output", Hook::Output)] {
        batch.add_base_chain(BaseChain {
            name,
            ty: "nat",
            hook,
            priority: PRIORITY_DNAT,
        });
        batch.add_rule(name, |w| {
            expr::destination(w, FAMILY, 0);
            lead_to_pod(w, HOST_PORTS_AT, 1);
        });
        batch.add_rule(name, |w| {
            expr::destination_is_local(w, 0);
            lead_to_pod(w, HOST_PORTS, 0);
        });
    }

    batch.add_chain(FROM_PODS);
    for net in &config.cluster_cidrs {
        if net.addr().is_ipv4() {
            batch.add_rule(FROM_PODS, |w| {
                expr::destination(w, FAMILY, 0);
                expr::in_network(w, 0, *net, Compare::Equal);
                expr::verdict(w, &Verdict::Return);
            });
        }
    }
    batch.add_rule(FROM_PODS, |w| {
        expr::output_link(w, 0);
        expr::compare(w, 0, Compare::Different, &bridge);
        expr::masquerade(w);
    });
    batch.add_base_chain(BaseChain {
        name: "postrouting",
        ty: "nat",
        hook: Hook::Postrouting,
        priority: PRIORITY_SNAT,
    });
    batch.add_rule("postrouting", |w| {
        expr::source(w, FAMILY, 0);
        expr::in_network(w, 0, config.node_cidr.into(), Compare::Equal);
        expr::verdict(w, &Verdict::Jump(FROM_PODS.to_owned()));
    });
    batch.add_rule("postrouting", |w| {
        expr::destination_was_rewritten(w, 0);
        expr::source(w, FAMILY, 0);
        expr::destination(w, FAMILY, 1);
        expr::in_set(w, 0, HAIRPINS);
        expr::masquerade(w);
    });
    batch.add_rule("postrouting", masquerade_loopback);
}

/// Completes the key whose beginning is in the registers before `at`, and rewrites.
fn lead_to_pod(w: &mut Writer, map: &str, at: u32) {
    expr::protocol(w, at);
    expr::destination_port(w, at + 1);
    expr::map(w, 0, map, at + 2);
    expr::dnat(w, FAMILY, at + 2, at + 3);
}
