//! What is odd about addresses and ranges that are accepted.

use std::net::IpAddr;

use super::names::{network, parse_cidr, parse_cidr_sloppy, parse_ip, parse_ip_sloppy};

/// What is odd about an address (upstream's `GetWarningsForIP`).
pub fn ip_warning(field: &str, value: &str) -> Option<String> {
    let meant = parse_ip_sloppy(value)?;
    match parse_ip(value) {
        None => Some(format!(
            "{field}: non-standard IP address {value:?} is invalid: use {:?}",
            meant.to_string()
        )),
        Some(ip) if ip.is_ipv6() && ip.to_string() != value => Some(format!(
            "{field}: IPv6 address {value:?} should be in RFC 5952 canonical format ({:?})",
            ip.to_string()
        )),
        Some(_) => None,
    }
}

/// What is odd about a range (upstream's `GetWarningsForCIDR`).
pub fn cidr_warnings(field: &str, value: &str) -> Vec<String> {
    let Some((ip, bits)) = parse_cidr_sloppy(value) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    let meant = in_short(network(ip, bits), bits);
    if network(ip, bits) != ip {
        let alone = ip.to_canonical();
        let all = if ip.is_ipv4() { 32 } else { 128 };
        out.push(format!(
            "{field}: CIDR value {value:?} is ambiguous in this context (should be {meant:?} or {:?}?)",
            format!("{alone}/{all}")
        ));
    }
    if parse_cidr(value).is_none() {
        out.push(format!(
            "{field}: non-standard CIDR value {value:?} is invalid: use {meant:?}"
        ));
    }
    if out.is_empty() && ip.is_ipv6() && meant != value {
        out.push(format!(
            "{field}: IPv6 CIDR value {value:?} should be in RFC 5952 canonical format ({meant:?})"
        ));
    }
    out
}

/// As Go writes a network: IPv4 that is written as IPv6 is IPv4.
fn in_short(network: IpAddr, bits: u8) -> String {
    match network.to_canonical() {
        four @ IpAddr::V4(_) if network.is_ipv6() => format!("{four}/{}", bits.saturating_sub(96)),
        ip => format!("{ip}/{bits}"),
    }
}
