//! The part of the table that does not depend on services, and the chains of classes.
//!
//! ```text
//! prerouting ─▶ guard   ─▶ drop clients that a load balancer's service does not allow
//!            ├▶ outside ─▶ vips-outside, node-ports-outside      (clients that are no pods)
//!            └▶ services ─▶ vips, node-ports, else refuse in service CIDRs
//! output     ──▶ services
//! postrouting ─▶ masquerade: hairpin, loopback, endpoints elsewhere for outside clients
//! ```
//!
//! A front's element names its class, a verdict map leads from the class to a chain, and this
//! chain chooses: `endpoints[front, random below N]`. The big maps hold plain data, because
//! the kernel walks every element of a verdict map whenever one changes.

use std::time::Duration;

use super::{
    compile::{Class, FrontKind, MapName},
    model::ProxyConfig,
};
use crate::{
    netlink::Writer,
    nft::{
        BaseChain, Batch, Element, Family, Hook, Set, Verdict,
        expr::{self, Compare},
        types,
    },
};

const REFUSE: &str = "refuse";
const GUARD: &str = "guard";
const OUTSIDE: &str = "outside";
const SERVICES: &str = "services";
const MASQUERADE_REMOTE: &str = "masquerade-remote";
const PRIORITY_DNAT: i32 = -100;
const PRIORITY_SNAT: i32 = 100;

/// Clients that affinity remembers; the oldest go when there are more.
const AFFINITY_MAX: u32 = 262_144;

const NUMBER_LEN: u32 = 4;

/// Number of a class that always exists.
pub(super) const CLASS_REFUSE: u32 = 0;
pub(super) const CLASS_DROP: u32 = 1;
/// The first number that others get.
pub(super) const CLASS_FIRST: u32 = 2;

/// Registers that a front's key takes.
fn key_registers(kind: FrontKind, family: Family) -> u32 {
    2 + if kind.has_address() {
        family.address_registers()
    } else {
        0
    }
}

/// Loads a front's key; answers the register behind it.
fn load_key(w: &mut Writer, kind: FrontKind, family: Family, at: u32) -> u32 {
    let mut next = at;
    if kind.has_address() {
        expr::destination(w, family, next);
        next += family.address_registers();
    }
    expr::protocol(w, next);
    expr::destination_port(w, next + 1);
    next + 2
}

fn affinity_map(kind: FrontKind) -> &'static str {
    if kind.has_address() {
        "vip-affinity"
    } else {
        "node-port-affinity"
    }
}

/// Writes sets, maps, base chains and fixed rules into an empty table.
pub(super) fn write(batch: &mut Batch, family: Family, config: &ProxyConfig) {
    for map in MapName::ALL {
        add_map(batch, family, map);
    }
    let address = address_type(family);
    for kind in [FrontKind::Vip, FrontKind::NodePort] {
        let mut key = front_types(kind, family);
        key.push(address);
        batch.add_set(Set {
            name: affinity_map(kind),
            key: key_of(&key, family),
            data: Some((types::NUMBER, NUMBER_LEN)),
            dynamic_size: Some(AFFINITY_MAX),
            range_fields: &[],
        });
    }
    for kind in FrontKind::ALL {
        batch.add_set(Set {
            name: kind.verdicts(),
            key: (types::NUMBER, NUMBER_LEN),
            data: Some((types::VERDICT, 0)),
            dynamic_size: None,
            range_fields: &[],
        });
    }

    batch.add_chain(REFUSE);
    batch.add_rule(REFUSE, |w| {
        expr::protocol(w, 0);
        expr::compare(w, 0, Compare::Equal, &[libc::IPPROTO_TCP as u8]);
        expr::reset(w);
    });
    batch.add_rule(REFUSE, |w| expr::unreachable(w, family));

    for kind in FrontKind::ALL {
        let refuse = Verdict::Goto(REFUSE.to_owned());
        batch.add_elements(
            kind.verdicts(),
            [
                Element::Verdict(&CLASS_REFUSE.to_ne_bytes(), &refuse),
                Element::Verdict(&CLASS_DROP.to_ne_bytes(), &Verdict::Drop),
            ],
        );
    }

    batch.add_chain(GUARD);
    batch.add_rule(GUARD, |w| {
        load_key(w, FrontKind::Vip, family, 0);
        expr::in_set(w, 0, MapName::Guarded.name());
        let client = load_key(w, FrontKind::Vip, family, 0);
        expr::source(w, family, client);
        expr::not_in_set(w, 0, MapName::Allowed.name());
        expr::verdict(w, &Verdict::Drop);
    });

    batch.add_chain(OUTSIDE);
    let cidrs = |nets: &[ipnet::IpNet]| -> Vec<ipnet::IpNet> {
        nets.iter()
            .filter(|net| super::compile::is_family(net.addr(), family))
            .copied()
            .collect()
    };
    for net in cidrs(&config.pod_cidrs) {
        batch.add_rule(OUTSIDE, |w| {
            expr::source(w, family, 0);
            expr::in_network(w, 0, net, Compare::Equal);
            expr::verdict(w, &Verdict::Return);
        });
    }
    lead_to_class(batch, OUTSIDE, family, FrontKind::VipOutside);
    lead_to_class(batch, OUTSIDE, family, FrontKind::NodePortOutside);

    batch.add_chain(SERVICES);
    lead_to_class(batch, SERVICES, family, FrontKind::Vip);
    lead_to_class(batch, SERVICES, family, FrontKind::NodePort);
    for net in cidrs(&config.service_cidrs) {
        batch.add_rule(SERVICES, |w| {
            expr::destination(w, family, 0);
            expr::in_network(w, 0, net, Compare::Equal);
            expr::verdict(w, &Verdict::Goto(REFUSE.to_owned()));
        });
    }

    let base = |name, hook, priority| BaseChain {
        name,
        ty: "nat",
        hook,
        priority,
    };
    batch.add_base_chain(base("prerouting", Hook::Prerouting, PRIORITY_DNAT));
    for chain in [GUARD, OUTSIDE, SERVICES] {
        batch.add_rule("prerouting", |w| {
            expr::verdict(w, &Verdict::Jump(chain.to_owned()))
        });
    }
    batch.add_base_chain(base("output", Hook::Output, PRIORITY_DNAT));
    for chain in [GUARD, SERVICES] {
        batch.add_rule("output", |w| {
            expr::verdict(w, &Verdict::Jump(chain.to_owned()))
        });
    }

    batch.add_chain(MASQUERADE_REMOTE);
    for net in cidrs(&config.pod_cidrs) {
        batch.add_rule(MASQUERADE_REMOTE, |w| {
            expr::source(w, family, 0);
            expr::in_network(w, 0, net, Compare::Equal);
            expr::verdict(w, &Verdict::Return);
        });
    }
    batch.add_rule(MASQUERADE_REMOTE, |w| {
        load_key(w, FrontKind::Vip, family, 0);
        expr::in_set(w, 0, MapName::Remote.name());
        expr::masquerade(w);
    });
    batch.add_base_chain(base("postrouting", Hook::Postrouting, PRIORITY_SNAT));
    batch.add_rule("postrouting", |w| {
        expr::destination_was_rewritten(w, 0);
        expr::source(w, family, 0);
        expr::destination(w, family, family.address_registers());
        expr::in_set(w, 0, MapName::Hairpins.name());
        expr::masquerade(w);
    });
    if family == Family::Ip {
        batch.add_rule("postrouting", masquerade_loopback);
    }
    batch.add_rule("postrouting", |w| {
        expr::destination_was_rewritten(w, 0);
        expr::verdict(w, &Verdict::Jump(MASQUERADE_REMOTE.to_owned()));
    });
}

/// What the machine sent to a loopback address and was led to a pod needs another source.
pub(crate) fn masquerade_loopback(w: &mut Writer) {
    let loopback = ipnet::Ipv4Net::new_assert(std::net::Ipv4Addr::new(127, 0, 0, 0), 8);
    expr::destination_was_rewritten(w, 0);
    expr::source(w, Family::Ip, 0);
    expr::in_network(w, 0, loopback.into(), Compare::Equal);
    expr::output_link(w, 0);
    expr::compare(w, 0, Compare::Different, &expr::link_name("lo"));
    expr::masquerade(w);
}

fn lead_to_class(batch: &mut Batch, chain: &str, family: Family, kind: FrontKind) {
    batch.add_rule(chain, |w| {
        if !kind.has_address() {
            expr::destination_is_local(w, 0);
        }
        let next = load_key(w, kind, family, 0);
        expr::map(w, 0, kind.classes().name(), next);
        expr::retype(w, next, next + 1);
        expr::verdict_map(w, next, kind.verdicts());
    });
}

/// Name of a class's chain.
pub(super) fn class_chain(kind: FrontKind, class: Class) -> Option<String> {
    match class {
        Class::Reject | Class::Drop => None,
        Class::Spread(count) => Some(format!("{}-{count}", kind.prefix())),
        Class::Sticky(count, seconds) => {
            Some(format!("{}-{count}-sticky-{seconds}", kind.prefix()))
        }
    }
}

/// Makes the chain of a class and leads to it from `number`.
pub(super) fn add_class(
    batch: &mut Batch,
    family: Family,
    kind: FrontKind,
    class: Class,
    number: u32,
) {
    let Some(chain) = class_chain(kind, class) else {
        return;
    };
    batch.add_chain(&chain);
    match class {
        Class::Spread(count) => batch.add_rule(&chain, |w| {
            let index = load_key(w, kind, family, 0);
            expr::random(w, index, count);
            let target = index + 1;
            expr::map(w, 0, kind.endpoints().name(), target);
            expr::dnat(w, family, target, target + family.address_registers());
        }),
        Class::Sticky(count, seconds) => {
            let timeout = Duration::from_secs(seconds.into());
            add_sticky_rules(batch, family, kind, &chain, count, timeout);
        }
        Class::Reject | Class::Drop => {}
    }
    batch.add_elements(
        kind.verdicts(),
        [Element::Verdict(
            &number.to_ne_bytes(),
            &Verdict::Goto(chain),
        )],
    );
}

/// Removes what [`add_class`] made.
pub(super) fn delete_class(batch: &mut Batch, kind: FrontKind, class: Class, number: u32) {
    let Some(chain) = class_chain(kind, class) else {
        return;
    };
    batch.delete_elements(kind.verdicts(), [Element::Key(&number.to_ne_bytes())]);
    batch.delete_chain(&chain);
}

fn add_sticky_rules(
    batch: &mut Batch,
    family: Family,
    kind: FrontKind,
    chain: &str,
    count: u32,
    timeout: Duration,
) {
    // Front and client, then the endpoint's token, then the endpoint itself: sixteen registers
    // for IPv6, which is all there are.
    let key_len = key_registers(kind, family);
    let token = key_len + family.address_registers();
    let target = token + 1;
    let load_client = |w: &mut Writer| {
        let client = load_key(w, kind, family, 0);
        expr::source(w, family, client);
    };
    // With a token loaded: finds its endpoint (or ends the rule), notes it for the client, and
    // goes there.
    let follow = |w: &mut Writer| {
        expr::retype(w, token, expr::REGISTERS - 1);
        load_key(w, kind, family, token - key_len);
        expr::map(w, token - key_len, kind.sticky().name(), target);
        load_client(w);
        expr::remember(w, affinity_map(kind), 0, token, timeout);
        expr::dnat(w, family, target, target + family.address_registers());
    };
    // A client that is known, unless its endpoint is gone.
    batch.add_rule(chain, |w| {
        load_client(w);
        expr::map(w, 0, affinity_map(kind), token);
        follow(w);
    });
    // One whose endpoint is gone is forgotten, because a pair that is there keeps its data.
    batch.add_rule(chain, |w| {
        load_client(w);
        expr::map(w, 0, affinity_map(kind), token);
        expr::retype(w, token, expr::REGISTERS - 1);
        expr::forget(w, affinity_map(kind), 0, token);
    });
    // Now the client is new.
    batch.add_rule(chain, |w| {
        let index = load_key(w, kind, family, 0);
        expr::random(w, index, count);
        expr::map(w, 0, kind.tokens().name(), token);
        follow(w);
    });
}

fn address_type(family: Family) -> u32 {
    match family {
        Family::Ip => types::IPV4,
        Family::Ip6 => types::IPV6,
    }
}

fn front_types(kind: FrontKind, family: Family) -> Vec<u32> {
    let mut all = Vec::with_capacity(4);
    if kind.has_address() {
        all.push(address_type(family));
    }
    all.extend([types::PROTOCOL, types::PORT]);
    all
}

/// The type and the length of a concatenation.
fn key_of(parts: &[u32], family: Family) -> (u32, u32) {
    let len = parts
        .iter()
        .map(|ty| match *ty {
            types::IPV4 | types::IPV6 => family.address_len(),
            _ => 4,
        })
        .sum();
    (types::concat(parts), len)
}

fn add_map(batch: &mut Batch, family: Family, map: MapName) {
    let address = address_type(family);
    let front = |kind| front_types(kind, family);
    let with = |mut key: Vec<u32>, more: &[u32]| {
        key.extend_from_slice(more);
        key
    };
    let target = [address, types::PORT];
    let (key, data): (Vec<u32>, &[u32]) = match map {
        MapName::Vips | MapName::VipsOutside => (front(FrontKind::Vip), &[types::NUMBER]),
        MapName::NodePorts | MapName::NodePortsOutside => {
            (front(FrontKind::NodePort), &[types::NUMBER])
        }
        MapName::VipEndpoints | MapName::VipEndpointsOutside => {
            (with(front(FrontKind::Vip), &[types::NUMBER]), &target)
        }
        MapName::NodePortEndpoints | MapName::NodePortEndpointsOutside => {
            (with(front(FrontKind::NodePort), &[types::NUMBER]), &target)
        }
        MapName::VipTokens | MapName::VipTokensOutside => (
            with(front(FrontKind::Vip), &[types::NUMBER]),
            &[types::NUMBER],
        ),
        MapName::NodePortTokens | MapName::NodePortTokensOutside => (
            with(front(FrontKind::NodePort), &[types::NUMBER]),
            &[types::NUMBER],
        ),
        MapName::VipSticky => (with(front(FrontKind::Vip), &[types::NUMBER]), &target),
        MapName::NodePortSticky => (with(front(FrontKind::NodePort), &[types::NUMBER]), &target),
        MapName::Hairpins => (vec![address, address], &[]),
        MapName::Remote | MapName::Guarded => (front(FrontKind::Vip), &[]),
        MapName::Allowed => (with(front(FrontKind::Vip), &[address]), &[]),
    };
    let address_len = family.address_len();
    let ranges = [address_len, 1, 2, address_len];
    batch.add_set(Set {
        name: map.name(),
        key: key_of(&key, family),
        data: (!data.is_empty()).then(|| key_of(data, family)),
        dynamic_size: None,
        range_fields: if map == MapName::Allowed {
            &ranges
        } else {
            &[]
        },
    });
}
