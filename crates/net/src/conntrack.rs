//! Connection tracking: forgetting flows whose endpoint is gone.
//!
//! A UDP client that keeps its port keeps its tracked flow, and with it the endpoint chosen
//! for the first packet, for as long as it sends. So when an endpoint goes, its flows must; and
//! when the first endpoint of a service comes, so must flows that were tracked without one.

use std::{
    collections::HashSet,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::mpsc,
    thread,
};

use crate::{
    Error, L4Protocol,
    netlink::{Attrs, Family, Message, NetlinkError, Socket},
};

const SUBSYSTEM: u16 = 1;
const CT_GET: u16 = 1;
const CT_DELETE: u16 = 2;
const TUPLE_ORIG: u16 = 1;
const TUPLE_REPLY: u16 = 2;
const ZONE: u16 = 18;
const TUPLE_IP: u16 = 1;
const TUPLE_PROTO: u16 = 2;
const PROTO_NUMBER: u16 = 1;
const PROTO_SOURCE_PORT: u16 = 2;
const PROTO_DESTINATION_PORT: u16 = 3;
const NESTED: u16 = 0x8000;
const NFGENMSG_LEN: usize = 4;

/// Requests that may wait for the cleaner; more wait in their senders.
const QUEUE_MAX: usize = 256;

/// Flows that have become stale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// Their protocol.
    pub protocol: L4Protocol,
    /// Where they were sent to; no address is any of the node's own.
    pub fronts: Vec<(Option<IpAddr>, u16)>,
    /// Endpoints that are gone.
    pub targets: Vec<(IpAddr, u16)>,
    /// Whether flows that were never sent on to an endpoint are stale too.
    pub unclaimed: bool,
}

/// A tracked flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Number of the transport protocol.
    pub protocol: u8,
    /// Where the client sent to.
    pub destination: (IpAddr, u16),
    /// Who answers.
    pub answers: (IpAddr, u16),
}

impl Stale {
    fn concerns(&self, flow: &Flow) -> bool {
        flow.protocol == self.protocol.number()
            && self.fronts.iter().any(|(ip, port)| {
                *port == flow.destination.1 && ip.is_none_or(|ip| ip == flow.destination.0)
            })
            && (self.targets.contains(&flow.answers)
                || (self.unclaimed && flow.answers == flow.destination))
    }
}

/// A conversation with connection tracking in one network namespace.
#[derive(Debug)]
pub struct ConntrackSocket(Socket);

impl ConntrackSocket {
    /// Opens it in this thread's network namespace.
    pub fn open() -> Result<Self, Error> {
        Ok(Self(Socket::open(Family::Netfilter)?))
    }

    /// All tracked flows that have ports.
    pub fn flows(&mut self) -> Result<Vec<Flow>, Error> {
        let mut flows = Vec::new();
        self.dump(|flow, _| flows.push(flow))
            .map_err(Error::Conntrack)?;
        Ok(flows)
    }

    /// Forgets the stale among the tracked flows; answers how many there were.
    pub fn forget(&mut self, stale: &[Stale]) -> Result<usize, Error> {
        // Most flows are none of ours: one look at the port first.
        let ports: HashSet<u16> = stale
            .iter()
            .flat_map(|s| s.fronts.iter().map(|(_, port)| *port))
            .collect();
        let mut found: Vec<(u8, Vec<u8>, Option<Vec<u8>>)> = Vec::new();
        self.dump(|flow, message| {
            if ports.contains(&flow.destination.1) && stale.iter().any(|s| s.concerns(&flow)) {
                let attrs = Attrs::after(message.payload, NFGENMSG_LEN);
                let family = message.payload.first().copied().unwrap_or_default();
                if let Some(tuple) = attrs.find(TUPLE_ORIG) {
                    found.push((family, tuple.to_vec(), attrs.find(ZONE).map(<[u8]>::to_vec)));
                }
            }
        })
        .map_err(Error::Conntrack)?;
        for (family, tuple, zone) in &found {
            let result = self.0.request((SUBSYSTEM << 8) | CT_DELETE, 0, |w| {
                w.raw(&[*family, 0, 0, 0]);
                w.attr(TUPLE_ORIG | NESTED, tuple);
                if let Some(zone) = zone {
                    w.attr(ZONE, zone);
                }
            });
            match result {
                Err(error) if !error.is_absent() => return Err(Error::Conntrack(error)),
                _ => {}
            }
        }
        Ok(found.len())
    }

    fn dump(&mut self, mut each: impl FnMut(Flow, &Message<'_>)) -> Result<(), NetlinkError> {
        self.0.query(
            (SUBSYSTEM << 8) | CT_GET,
            true,
            |w| w.raw(&[libc::AF_UNSPEC as u8, 0, 0, 0]),
            |message| {
                if let Some(flow) = parse(&message) {
                    each(flow, &message);
                }
            },
        )
    }
}

fn parse(message: &Message<'_>) -> Option<Flow> {
    let attrs = Attrs::after(message.payload, NFGENMSG_LEN);
    let (orig, reply) = (attrs.nested(TUPLE_ORIG), attrs.nested(TUPLE_REPLY));
    let proto = orig.nested(TUPLE_PROTO);
    Some(Flow {
        protocol: *proto.find(PROTO_NUMBER)?.first()?,
        destination: (
            address(&orig.nested(TUPLE_IP), 2, 4)?,
            proto.be16(PROTO_DESTINATION_PORT)?,
        ),
        answers: (
            address(&reply.nested(TUPLE_IP), 1, 3)?,
            reply.nested(TUPLE_PROTO).be16(PROTO_SOURCE_PORT)?,
        ),
    })
}

fn address(attrs: &Attrs<'_>, v4: u16, v6: u16) -> Option<IpAddr> {
    if let Some(bytes) = attrs.find(v4) {
        return Some(Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?).into());
    }
    Some(Ipv6Addr::from(<[u8; 16]>::try_from(attrs.find(v6)?).ok()?).into())
}

/// A thread that forgets flows, so that a large connection table does not hold up services.
/// Ends when it is dropped and what was asked for is done.
#[derive(Debug)]
pub(crate) struct Cleaner(mpsc::SyncSender<Vec<Stale>>);

impl Cleaner {
    pub(crate) fn start() -> Result<Self, Error> {
        let mut socket = ConntrackSocket::open()?;
        let (sender, receiver) = mpsc::sync_channel::<Vec<Stale>>(QUEUE_MAX);
        thread::Builder::new()
            .name("skeg-conntrack".into())
            .spawn(move || {
                while let Ok(mut stale) = receiver.recv() {
                    stale.extend(receiver.try_iter().flatten());
                    match socket.forget(&stale) {
                        Ok(0) => {}
                        Ok(flows) => tracing::debug!(flows, "stale UDP flows forgotten"),
                        Err(error) => {
                            tracing::warn!(
                                error = &error as &dyn std::error::Error,
                                "stale UDP flows remain"
                            );
                        }
                    }
                }
            })
            .map_err(|source| Error::Open {
                family: "conntrack thread",
                source,
            })?;
        Ok(Self(sender))
    }

    pub(crate) fn forget(&self, stale: Vec<Stale>) {
        if !stale.is_empty() {
            // The thread only ends with its sender.
            let _ = self.0.send(stale);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_flows_of_the_gone_are_stale() {
        let (vip, pod, other) = ("10.96.0.9", "10.244.0.2", "10.244.0.3");
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let flow = |destination: &str, port, answers: &str| Flow {
            protocol: 17,
            destination: (ip(destination), port),
            answers: (ip(answers), 53),
        };
        let mut stale = Stale {
            protocol: L4Protocol::Udp,
            fronts: vec![(Some(ip(vip)), 53), (None, 30_053)],
            targets: vec![(ip(pod), 53)],
            unclaimed: false,
        };
        assert!(stale.concerns(&flow(vip, 53, pod)));
        assert!(stale.concerns(&flow("192.0.2.1", 30_053, pod)));
        assert!(!stale.concerns(&flow(vip, 53, other)));
        assert!(!stale.concerns(&flow(vip, 54, pod)));
        assert!(!stale.concerns(&flow(pod, 53, pod)));
        assert!(!stale.concerns(&Flow {
            protocol: 6,
            ..flow(vip, 53, pod)
        }));
        assert!(!stale.concerns(&flow(vip, 53, vip)));
        stale.unclaimed = true;
        assert!(stale.concerns(&flow(vip, 53, vip)));
    }
}
