//! Expressions of rules.
//!
//! Registers are counted in units of four bytes, 0 to 15. Expressions hand values on in
//! registers *within one rule*; newer kernels refuse a rule that reads what it did not write.

use std::time::Duration;

use super::{Family, Verdict};
use crate::netlink::Writer;

const LIST_ELEM: u16 = 1;
const EXPR_NAME: u16 = 1;
const EXPR_DATA: u16 = 2;
pub(super) const DATA_VALUE: u16 = 1;
const DATA_VERDICT: u16 = 2;
const VERDICT_CODE: u16 = 1;
const VERDICT_CHAIN: u16 = 2;
const REGISTER_VERDICT: u32 = 0;

/// Registers there are.
pub const REGISTERS: u32 = 16;

fn register(number: u32) -> u32 {
    debug_assert!(number < REGISTERS);
    8 + number
}

fn expression(w: &mut Writer, name: &str, data: impl FnOnce(&mut Writer)) {
    w.nested(LIST_ELEM, |w| {
        w.attr_str(EXPR_NAME, name);
        w.nested(EXPR_DATA, data);
    });
}

pub(super) fn write_verdict(w: &mut Writer, verdict: &Verdict) {
    let (code, chain) = match verdict {
        Verdict::Drop => (0_i32, None),
        Verdict::Accept => (1, None),
        Verdict::Jump(chain) => (-3, Some(chain)),
        Verdict::Goto(chain) => (-4, Some(chain)),
        Verdict::Return => (-5, None),
    };
    w.nested(DATA_VERDICT, |w| {
        w.attr(VERDICT_CODE, &code.to_be_bytes());
        if let Some(chain) = chain {
            w.attr_str(VERDICT_CHAIN, chain);
        }
    });
}

/// Part of a packet.
#[derive(Clone, Copy, Debug)]
pub enum Header {
    /// Address header.
    Network = 1,
    /// Ports.
    Transport = 2,
}

/// Loads `len` bytes of a packet.
pub fn payload(w: &mut Writer, to: u32, header: Header, offset: u32, len: u32) {
    expression(w, "payload", |w| {
        w.attr_be32(1, register(to));
        w.attr_be32(2, header as u32);
        w.attr_be32(3, offset);
        w.attr_be32(4, len);
    });
}

/// Loads the source address.
pub fn source(w: &mut Writer, family: Family, to: u32) {
    payload(
        w,
        to,
        Header::Network,
        family.source_offset(),
        family.address_len(),
    );
}

/// Loads the destination address.
pub fn destination(w: &mut Writer, family: Family, to: u32) {
    payload(
        w,
        to,
        Header::Network,
        family.destination_offset(),
        family.address_len(),
    );
}

/// Loads the destination port.
pub fn destination_port(w: &mut Writer, to: u32) {
    payload(w, to, Header::Transport, 2, 2);
}

fn meta(w: &mut Writer, to: u32, key: u32) {
    expression(w, "meta", |w| {
        w.attr_be32(1, register(to));
        w.attr_be32(2, key);
    });
}

/// Loads the transport protocol (one byte).
pub fn protocol(w: &mut Writer, to: u32) {
    meta(w, to, 16);
}

/// Loads the name of the link that the packet leaves by (sixteen bytes).
pub fn output_link(w: &mut Writer, to: u32) {
    meta(w, to, 7);
}

/// Loads the name of the link that the packet came by (sixteen bytes).
pub fn input_link(w: &mut Writer, to: u32) {
    meta(w, to, 6);
}

/// The bytes of a link name as [`output_link`] loads them.
pub fn link_name(name: &str) -> [u8; 16] {
    let mut bytes = [0; 16];
    let len = name.len().min(15);
    bytes[..len].copy_from_slice(&name.as_bytes()[..len]);
    bytes
}

/// How a comparison goes on.
#[derive(Clone, Copy, Debug)]
pub enum Compare {
    /// Goes on when equal.
    Equal = 0,
    /// Goes on when different.
    Different = 1,
}

/// Ends the rule unless the register compares so with `value`.
pub fn compare(w: &mut Writer, from: u32, how: Compare, value: &[u8]) {
    expression(w, "cmp", |w| {
        w.attr_be32(1, register(from));
        w.attr_be32(2, how as u32);
        w.nested(3, |w| w.attr(DATA_VALUE, value));
    });
}

/// Masks a register in place.
pub fn mask(w: &mut Writer, at: u32, mask: &[u8]) {
    let len = u32::try_from(mask.len()).expect("a mask is sixteen bytes at most");
    expression(w, "bitwise", |w| {
        w.attr_be32(1, register(at));
        w.attr_be32(2, register(at));
        w.attr_be32(3, len);
        w.nested(4, |w| w.attr(DATA_VALUE, mask));
        w.nested(5, |w| w.attr(DATA_VALUE, &vec![0; mask.len()]));
    });
}

/// Compares the address loaded in a register with a network.
pub fn in_network(w: &mut Writer, at: u32, net: ipnet::IpNet, how: Compare) {
    let bytes = |ip: std::net::IpAddr| match ip {
        std::net::IpAddr::V4(v4) => v4.octets().to_vec(),
        std::net::IpAddr::V6(v6) => v6.octets().to_vec(),
    };
    mask(w, at, &bytes(net.netmask()));
    compare(w, at, how, &bytes(net.network()));
}

/// Goes on when the key in registers from `key` on is in the set.
pub fn in_set(w: &mut Writer, key: u32, set: &str) {
    expression(w, "lookup", |w| {
        w.attr_str(1, set);
        w.attr_be32(2, register(key));
    });
}

/// Goes on when the key in registers from `key` on is not in the set.
pub fn not_in_set(w: &mut Writer, key: u32, set: &str) {
    expression(w, "lookup", |w| {
        w.attr_str(1, set);
        w.attr_be32(2, register(key));
        // Inverted.
        w.attr_be32(5, 1);
    });
}

/// Loads what a map has for a key; ends the rule when it has nothing.
pub fn map(w: &mut Writer, key: u32, map: &str, to: u32) {
    expression(w, "lookup", |w| {
        w.attr_str(1, map);
        w.attr_be32(2, register(key));
        w.attr_be32(3, register(to));
    });
}

/// Decides as a verdict map has it for a key; ends the rule when it has nothing.
pub fn verdict_map(w: &mut Writer, key: u32, map: &str) {
    expression(w, "lookup", |w| {
        w.attr_str(1, map);
        w.attr_be32(2, register(key));
        w.attr_be32(3, REGISTER_VERDICT);
    });
}

/// Decides.
pub fn verdict(w: &mut Writer, verdict: &Verdict) {
    expression(w, "immediate", |w| {
        w.attr_be32(1, REGISTER_VERDICT);
        w.nested(2, |w| write_verdict(w, verdict));
    });
}

/// Loads a random number below `modulus`.
pub fn random(w: &mut Writer, to: u32, modulus: u32) {
    expression(w, "numgen", |w| {
        w.attr_be32(1, register(to));
        w.attr_be32(2, modulus.max(1));
        w.attr_be32(3, 1);
        w.attr_be32(4, 0);
    });
}

/// Rewrites the destination to the address (and port) in registers.
pub fn dnat(w: &mut Writer, family: Family, address: u32, port: u32) {
    expression(w, "nat", |w| {
        w.attr_be32(1, 1);
        w.attr_be32(2, u32::from(family.number()));
        w.attr_be32(3, register(address));
        w.attr_be32(5, register(port));
        // A range is named by its flag: addresses mapped, port specified.
        w.attr_be32(7, 0x3);
    });
}

/// Rewrites the source to the address of the link that the packet leaves by, with a port that
/// an observer cannot guess.
pub fn masquerade(w: &mut Writer) {
    expression(w, "masq", |w| w.attr_be32(1, 1 << 4));
}

/// Refuses with a TCP reset.
pub fn reset(w: &mut Writer) {
    expression(w, "reject", |w| {
        w.attr_be32(1, 1);
        w.attr(2, &[0]);
    });
}

/// Refuses with "port unreachable".
pub fn unreachable(w: &mut Writer, family: Family) {
    let code = match family {
        Family::Ip => 3,
        Family::Ip6 => 4,
    };
    expression(w, "reject", |w| {
        w.attr_be32(1, 0);
        w.attr(2, &[code]);
    });
}

/// Goes on when the packet's destination is one of the machine's own addresses.
pub fn destination_is_local(w: &mut Writer, scratch: u32) {
    expression(w, "fib", |w| {
        w.attr_be32(1, register(scratch));
        w.attr_be32(2, 3);
        w.attr_be32(3, 2);
    });
    compare(w, scratch, Compare::Equal, &2_u32.to_ne_bytes());
}

/// Goes on when the connection's destination was rewritten.
pub fn destination_was_rewritten(w: &mut Writer, scratch: u32) {
    const STATUS: u32 = 2;
    const IPS_DST_NAT: u32 = 1 << 5;
    expression(w, "ct", |w| {
        w.attr_be32(1, register(scratch));
        w.attr_be32(2, STATUS);
    });
    mask(w, scratch, &IPS_DST_NAT.to_ne_bytes());
    compare(w, scratch, Compare::Different, &0_u32.to_ne_bytes());
}

/// Adds a pair to a dynamic map. A pair whose key is there already keeps its data; only its
/// timeout begins anew.
pub fn remember(w: &mut Writer, map: &str, key: u32, data: u32, timeout: Duration) {
    let millis = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
    expression(w, "dynset", |w| {
        w.attr_str(1, map);
        w.attr_be32(3, 1);
        w.attr_be32(4, register(key));
        w.attr_be32(5, register(data));
        w.attr(6, &millis.to_be_bytes());
    });
}

/// Removes the pair of a key from a dynamic map. The data register must have been loaded,
/// although its value does not matter.
pub fn forget(w: &mut Writer, map: &str, key: u32, data: u32) {
    expression(w, "dynset", |w| {
        w.attr_str(1, map);
        w.attr_be32(3, 2);
        w.attr_be32(4, register(key));
        w.attr_be32(5, register(data));
    });
}

/// Changes nothing, but gives four bytes that a map has delivered the type of a packet mark.
///
/// Without it the program `nft` (1.0.6) ends in an assertion when it lists a rule that looks
/// such a value up again. The packet's mark is as it was when the rule goes on; `scratch` is
/// a register to keep it in.
pub fn retype(w: &mut Writer, at: u32, scratch: u32) {
    const MARK: u32 = 3;
    let set = |w: &mut Writer, from: u32| {
        expression(w, "meta", |w| {
            w.attr_be32(2, MARK);
            w.attr_be32(3, register(from));
        });
    };
    meta(w, scratch, MARK);
    set(w, at);
    meta(w, at, MARK);
    set(w, scratch);
}
