//! Addresses, ranges of addresses, and URLs.

use std::net::IpAddr;
use std::sync::Arc;

use crate::address;
use crate::error::EvalError;
use crate::functions::{Row, function as f, method as m, text};
use crate::url::Url;
use crate::value::{Entries, Map, Val};

const IP: &str = ":net.IP";
const CIDR: &str = ":net.CIDR";
const URL: &str = "kubernetes.URL";

pub(crate) const ROWS: &[Row] = &[
    f("ip", "string_to_ip", "string", IP, ip).since(30),
    m("family", "ip_family", IP, "int", family).since(30),
    f(
        "ip.isCanonical",
        "ip_is_canonical",
        "string",
        "bool",
        is_canonical,
    )
    .since(30),
    m(
        "isUnspecified",
        "ip_is_unspecified",
        IP,
        "bool",
        is_unspecified,
    )
    .since(30),
    m("isLoopback", "ip_is_loopback", IP, "bool", is_loopback).since(30),
    m(
        "isLinkLocalMulticast",
        "ip_is_link_local_multicast",
        IP,
        "bool",
        is_link_local_multicast,
    )
    .since(30),
    m(
        "isLinkLocalUnicast",
        "ip_is_link_local_unicast",
        IP,
        "bool",
        is_link_local_unicast,
    )
    .since(30),
    m(
        "isGlobalUnicast",
        "ip_is_global_unicast",
        IP,
        "bool",
        is_global_unicast,
    )
    .since(30),
    f("isIP", "is_ip", "string", "bool", is_ip).since(30),
    f("string", "ip_to_string", IP, "string", to_text).since(30),
    f("cidr", "string_to_cidr", "string", CIDR, cidr).since(30),
    m(
        "containsIP",
        "cidr_contains_ip_string",
        ":net.CIDR string",
        "bool",
        contains_ip,
    )
    .since(30),
    m(
        "containsIP",
        "cidr_contains_ip_ip",
        ":net.CIDR :net.IP",
        "bool",
        contains_ip,
    )
    .since(30),
    m(
        "containsCIDR",
        "cidr_contains_cidr_string",
        ":net.CIDR string",
        "bool",
        contains_cidr,
    )
    .since(30),
    m(
        "containsCIDR",
        "cidr_contains_cidr",
        ":net.CIDR :net.CIDR",
        "bool",
        contains_cidr,
    )
    .since(30),
    m("ip", "cidr_ip", CIDR, IP, cidr_ip).since(30),
    m(
        "prefixLength",
        "cidr_prefix_length",
        CIDR,
        "int",
        prefix_length,
    )
    .since(30),
    m("masked", "cidr_masked", CIDR, CIDR, masked).since(30),
    f("isCIDR", "is_cidr", "string", "bool", is_cidr).since(30),
    f("string", "cidr_to_string", CIDR, "string", to_text).since(30),
    f("url", "string_to_url", "string", URL, url),
    m("getScheme", "url_get_scheme", URL, "string", scheme),
    m("getHost", "url_get_host", URL, "string", host),
    m("getHostname", "url_get_hostname", URL, "string", hostname),
    m("getPort", "url_get_port", URL, "string", port),
    m(
        "getEscapedPath",
        "url_get_escaped_path",
        URL,
        "string",
        escaped_path,
    ),
    m(
        "getQuery",
        "url_get_query",
        URL,
        "map(string,list(string))",
        query,
    ),
    f("isURL", "is_url_string", "string", "bool", is_url),
];

type Out<'a> = Result<Val<'a>, EvalError>;

fn quote(text: &str) -> String {
    skeg_schema::go::quote(text)
}

fn is_mapped(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some())
}

fn parse_ip(text: &str) -> Result<IpAddr, String> {
    let (parsed, zone) = address::parse(text).map_err(|why| {
        format!(
            "IP Address {} parse error during conversion from string: {why}",
            quote(text)
        )
    })?;
    if zone {
        return Err(format!(
            "IP address {} with zone value is not allowed",
            quote(text)
        ));
    }
    if is_mapped(parsed) {
        return Err(format!(
            "IPv4-mapped IPv6 address {} is not allowed",
            quote(text)
        ));
    }
    Ok(parsed)
}

fn bits_of(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn parse_cidr(text: &str) -> Result<(IpAddr, u8), String> {
    let failed = |why: String| {
        format!(
            "network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix({}): {why}",
            quote(text)
        )
    };
    let Some(slash) = text.rfind('/') else {
        return Err(failed("no '/'".to_owned()));
    };
    let bits = &text[slash + 1..];
    let (parsed, zone) = address::parse(&text[..slash]).map_err(failed)?;
    if zone {
        return Err(failed(
            "IPv6 zones cannot be present in a prefix".to_owned(),
        ));
    }
    let plain = bits.bytes().all(|b| b.is_ascii_digit())
        && !bits.is_empty()
        && (bits.len() == 1 || !bits.starts_with('0'));
    if !plain {
        return Err(failed(format!("bad bits after slash: {}", quote(bits))));
    }
    let bits: u8 = bits
        .parse()
        .ok()
        .filter(|bits| *bits <= bits_of(parsed))
        .ok_or_else(|| failed("prefix length out of range".to_owned()))?;
    if is_mapped(parsed) {
        return Err(format!(
            "network address parse error during conversion from string: IPv4-mapped IPv6 address {} is not allowed",
            quote(text)
        ));
    }
    Ok((parsed, bits))
}

fn ip<'a>(args: &[Val<'a>]) -> Out<'a> {
    parse_ip(text(args, 0)?)
        .map(Val::Ip)
        .map_err(EvalError::new)
}

fn cidr<'a>(args: &[Val<'a>]) -> Out<'a> {
    parse_cidr(text(args, 0)?)
        .map(|(address, bits)| Val::Cidr(address, bits))
        .map_err(EvalError::new)
}

fn is_ip<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bool(parse_ip(text(args, 0)?).is_ok()))
}

fn is_cidr<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bool(parse_cidr(text(args, 0)?).is_ok()))
}

fn is_canonical<'a>(args: &[Val<'a>]) -> Out<'a> {
    let source = text(args, 0)?;
    let address = parse_ip(source).map_err(EvalError::new)?;
    Ok(Val::Bool(address.to_string() == source))
}

fn receiver(args: &[Val<'_>]) -> Result<IpAddr, EvalError> {
    match args.first() {
        Some(Val::Ip(address)) => Ok(*address),
        _ => Err(EvalError::no_such_overload()),
    }
}

fn family<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Int(if receiver(args)?.is_ipv4() { 4 } else { 6 }))
}

fn is_unspecified<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bool(receiver(args)?.is_unspecified()))
}

fn is_loopback<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bool(receiver(args)?.is_loopback()))
}

fn link_local_unicast(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.segments()[0] & 0xffc0 == 0xfe80,
    }
}

fn is_link_local_multicast<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bool(match receiver(args)? {
        IpAddr::V4(v4) => v4.octets()[..3] == [224, 0, 0],
        IpAddr::V6(v6) => v6.segments()[0] & 0xff0f == 0xff02,
    }))
}

fn is_link_local_unicast<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bool(link_local_unicast(receiver(args)?)))
}

fn is_global_unicast<'a>(args: &[Val<'a>]) -> Out<'a> {
    let address = receiver(args)?;
    let broadcast = matches!(address, IpAddr::V4(v4) if v4.is_broadcast());
    Ok(Val::Bool(
        !broadcast
            && !address.is_unspecified()
            && !address.is_loopback()
            && !address.is_multicast()
            && !link_local_unicast(address),
    ))
}

fn to_text<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(match args.first() {
        Some(Val::Ip(address)) => Val::from(address.to_string()),
        Some(Val::Cidr(address, bits)) => Val::from(format!("{address}/{bits}")),
        _ => return Err(EvalError::no_such_overload()),
    })
}

fn range(args: &[Val<'_>]) -> Result<(IpAddr, u8), EvalError> {
    match args.first() {
        Some(Val::Cidr(address, bits)) => Ok((*address, *bits)),
        _ => Err(EvalError::no_such_overload()),
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

fn network(address: IpAddr, bits: u8) -> u128 {
    let free = u32::from(bits_of(address) - bits);
    number(address).checked_shr(free).unwrap_or(0)
}

fn holds((address, bits): (IpAddr, u8), other: IpAddr) -> bool {
    address.is_ipv4() == other.is_ipv4() && network(address, bits) == network(other, bits)
}

fn contains_ip<'a>(args: &[Val<'a>]) -> Out<'a> {
    let other = match args.get(1) {
        Some(Val::Ip(address)) => *address,
        // Not told what is wrong with it.
        Some(Val::String(text)) => parse_ip(text).map_err(|_| EvalError::no_such_overload())?,
        _ => return Err(EvalError::no_such_overload()),
    };
    Ok(Val::Bool(holds(range(args)?, other)))
}

fn contains_cidr<'a>(args: &[Val<'a>]) -> Out<'a> {
    let other = match args.get(1) {
        Some(Val::Cidr(address, bits)) => (*address, *bits),
        Some(Val::String(text)) => parse_cidr(text).map_err(EvalError::new)?,
        _ => return Err(EvalError::no_such_overload()),
    };
    let this = range(args)?;
    Ok(Val::Bool(this.1 <= other.1 && holds(this, other.0)))
}

fn cidr_ip<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Ip(range(args)?.0))
}

fn prefix_length<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Int(i64::from(range(args)?.1)))
}

fn masked<'a>(args: &[Val<'a>]) -> Out<'a> {
    let (address, bits) = range(args)?;
    let free = u32::from(bits_of(address) - bits);
    let start = network(address, bits).checked_shl(free).unwrap_or(0);
    let address = match address {
        IpAddr::V4(_) => IpAddr::V4(u32::try_from(start).unwrap_or(0).into()),
        IpAddr::V6(_) => IpAddr::V6(start.into()),
    };
    Ok(Val::Cidr(address, bits))
}

fn url<'a>(args: &[Val<'a>]) -> Out<'a> {
    Url::parse_request(text(args, 0)?)
        .map(|url| Val::Url(Arc::new(url)))
        .map_err(|why| {
            EvalError::new(format!(
                "URL parse error during conversion from string: {why}"
            ))
        })
}

fn is_url<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bool(Url::parse_request(text(args, 0)?).is_ok()))
}

fn of_url<'a>(args: &[Val<'_>], part: impl FnOnce(&Url) -> &str) -> Out<'a> {
    match args.first() {
        Some(Val::Url(url)) => Ok(Val::from(part(url).to_owned())),
        _ => Err(EvalError::no_such_overload()),
    }
}

fn scheme<'a>(args: &[Val<'a>]) -> Out<'a> {
    of_url(args, |url| &url.scheme)
}

fn host<'a>(args: &[Val<'a>]) -> Out<'a> {
    of_url(args, |url| &url.host)
}

fn hostname<'a>(args: &[Val<'a>]) -> Out<'a> {
    of_url(args, Url::hostname)
}

fn port<'a>(args: &[Val<'a>]) -> Out<'a> {
    of_url(args, Url::port)
}

fn escaped_path<'a>(args: &[Val<'a>]) -> Out<'a> {
    of_url(args, |url| &url.escaped_path)
}

fn query<'a>(args: &[Val<'a>]) -> Out<'a> {
    let Some(Val::Url(url)) = args.first() else {
        return Err(EvalError::no_such_overload());
    };
    let mut entries = Entries::default();
    for (key, values) in url.query() {
        let values: Vec<Val<'a>> = values.into_iter().map(Val::from).collect();
        entries.insert(Val::from(key), Val::from(values));
    }
    Ok(Val::Map(Map::Entries(Arc::new(entries))))
}
