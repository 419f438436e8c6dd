//! Names and other short strings: each function returns what is wrong with a
//! value in upstream's words, nothing when it is right.

use std::net::IpAddr;

/// A DNS label may have this many characters.
pub const LABEL_MAX: usize = 63;
/// A DNS subdomain may have this many characters.
pub const SUBDOMAIN_MAX: usize = 253;

const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const SUBDOMAIN_UNDERSCORE: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')";
const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const LABEL_1035: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const WILDCARD: &str = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const NAME_PART: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_KEY: &str = "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const CONFIG_KEY: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
const PERCENT: &str = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
const HTTP_HEADER: &str = "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";
/// Upstream's words for a value that is no IP address.
pub const IP: &str = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
/// Upstream's words for a value that is no CIDR.
pub const CIDR: &str = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
/// Upstream's words for a port out of range.
pub const PORT_RANGE: &str = "must be between 1 and 65535, inclusive";

fn max_chars(n: usize) -> String {
    format!("must be no more than {n} characters")
}

fn max_bytes(n: usize) -> String {
    format!("must be no more than {n} bytes")
}

fn lower_alnum(c: u8) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

fn is_label(v: &str) -> bool {
    let b = v.as_bytes();
    match (b.first(), b.last()) {
        (Some(&f), Some(&l)) => {
            lower_alnum(f) && lower_alnum(l) && b.iter().all(|&c| lower_alnum(c) || c == b'-')
        }
        _ => false,
    }
}

/// `a-b.c` as a pattern, without the length.
pub fn is_subdomain(v: &str) -> bool {
    v.split('.').all(is_label)
}

/// What is wrong with a value as DNS label; a trailing dash is allowed in a
/// generateName.
pub fn dns1123_label(name: &str, prefix: bool) -> Vec<String> {
    let v = masked(name, prefix);
    let mut out = Vec::new();
    if v.len() > LABEL_MAX {
        out.push(max_chars(LABEL_MAX));
    }
    if !is_label(&v) {
        if is_subdomain(&v) {
            out.push("must not contain dots".into());
        } else {
            out.push(LABEL.into());
        }
    }
    out
}

/// What is wrong with a value as DNS label of RFC 1035 (begins with a letter).
pub fn dns1035_label(name: &str, prefix: bool) -> Vec<String> {
    let v = masked(name, prefix);
    let mut out = Vec::new();
    if v.len() > LABEL_MAX {
        out.push(max_chars(LABEL_MAX));
    }
    if !is_label(&v) || !v.as_bytes()[0].is_ascii_lowercase() {
        out.push(LABEL_1035.into());
    }
    out
}

/// What is wrong with a value as DNS subdomain.
pub fn dns1123_subdomain(name: &str, prefix: bool) -> Vec<String> {
    let v = masked(name, prefix);
    let mut out = Vec::new();
    if v.len() > SUBDOMAIN_MAX {
        out.push(max_chars(SUBDOMAIN_MAX));
    }
    if !is_subdomain(&v) {
        out.push(SUBDOMAIN.into());
    }
    out
}

/// The end of the names of what only files beside the server may configure.
const STATIC_SUFFIX: &str = ".static.k8s.io";

/// The name of what admits: a DNS subdomain that no file of the server's may have taken.
pub fn admission(name: &str, prefix: bool) -> Vec<String> {
    let mut out = dns1123_subdomain(name, prefix);
    if !prefix && name.ends_with(STATIC_SUFFIX) {
        out.push(format!(
            "names ending with {STATIC_SUFFIX:?} are reserved for static manifest-based configurations and cannot be managed via the API"
        ));
    }
    out
}

/// A DNS subdomain whose labels may hold underscores (search paths).
pub fn dns1123_subdomain_underscore(v: &str) -> Vec<String> {
    let mut out = Vec::new();
    if v.len() > SUBDOMAIN_MAX {
        out.push(max_chars(SUBDOMAIN_MAX));
    }
    let fine = v.split('.').all(|l| {
        let l = l.strip_prefix('_').unwrap_or(l).as_bytes();
        match (l.first(), l.last()) {
            (Some(&f), Some(&e)) => {
                lower_alnum(f)
                    && lower_alnum(e)
                    && l.iter().all(|&c| lower_alnum(c) || c == b'-' || c == b'_')
            }
            _ => false,
        }
    });
    if !fine {
        out.push(SUBDOMAIN_UNDERSCORE.into());
    }
    out
}

/// `*.example.com`
pub fn wildcard_subdomain(v: &str) -> Vec<String> {
    let mut out = Vec::new();
    if v.len() > SUBDOMAIN_MAX {
        out.push(max_chars(SUBDOMAIN_MAX));
    }
    if !v.strip_prefix("*.").is_some_and(is_subdomain) {
        out.push(WILDCARD.into());
    }
    out
}

/// A fully qualified domain name of at least two labels.
pub fn fully_qualified(v: &str) -> Vec<String> {
    let errs = dns1123_subdomain(v, false);
    if !errs.is_empty() {
        return errs;
    }
    if v.split('.').count() < 2 {
        return vec!["should be a domain with at least two segments separated by dots".into()];
    }
    Vec::new()
}

/// Any name that can be one segment of a path.
pub fn path_segment(name: &str, prefix: bool) -> Vec<String> {
    if !prefix {
        for bad in [".", ".."] {
            if name == bad {
                return vec![format!("may not be '{bad}'")];
            }
        }
    }
    ["/", "%"]
        .iter()
        .filter(|c| name.contains(**c))
        .map(|c| format!("may not contain '{c}'"))
        .collect()
}

// A generateName may end in a dash, because something follows it.
fn masked(name: &str, prefix: bool) -> std::borrow::Cow<'_, str> {
    if prefix && name.len() > 1 && name.ends_with('-') {
        format!("{}a", &name[..name.len() - 1]).into()
    } else {
        name.into()
    }
}

fn is_name_part(v: &str) -> bool {
    let b = v.as_bytes();
    match (b.first(), b.last()) {
        (Some(f), Some(l)) => {
            f.is_ascii_alphanumeric()
                && l.is_ascii_alphanumeric()
                && b.iter()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.'))
        }
        _ => false,
    }
}

/// `[prefix/]name`, the form of label keys, finalizers, condition types.
pub fn qualified_name(v: &str) -> Vec<String> {
    let mut out = Vec::new();
    let parts: Vec<&str> = v.split('/').collect();
    let name = match parts[..] {
        [name] => name,
        [prefix, name] => {
            if prefix.is_empty() {
                out.push("prefix part must be non-empty".into());
            } else {
                if prefix.len() > SUBDOMAIN_MAX {
                    out.push(format!("prefix part {}", max_bytes(SUBDOMAIN_MAX)));
                }
                if !is_subdomain(prefix) {
                    out.push(format!("prefix part {SUBDOMAIN}"));
                }
            }
            name
        }
        _ => return vec![LABEL_KEY.into()],
    };
    if name.is_empty() {
        out.push("name part must be non-empty".into());
    } else if name.len() > LABEL_MAX {
        out.push(format!("name part {}", max_bytes(LABEL_MAX)));
    }
    if !is_name_part(name) {
        out.push(NAME_PART.into());
    }
    out
}

/// The value of a label.
pub fn label_value(v: &str) -> Vec<String> {
    let mut out = Vec::new();
    if v.len() > LABEL_MAX {
        out.push(max_bytes(LABEL_MAX));
    }
    if !v.is_empty() && !is_name_part(v) {
        out.push(LABEL_VALUE.into());
    }
    out
}

/// A key of a ConfigMap or Secret.
pub fn config_key(v: &str) -> Vec<String> {
    let mut out = Vec::new();
    if v.len() > SUBDOMAIN_MAX {
        out.push(max_chars(SUBDOMAIN_MAX));
    }
    if v.is_empty()
        || !v
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.'))
    {
        out.push(CONFIG_KEY.into());
    }
    if v == "." {
        out.push("must not be '.'".into());
    } else if v == ".." {
        out.push("must not be '..'".into());
    } else if v.starts_with("..") {
        out.push("must not start with '..'".into());
    }
    out
}

/// The name of an environment variable: printable ASCII without `=`.
pub fn env_var_name(v: &str) -> Vec<String> {
    let mut out = Vec::new();
    if v.is_empty() {
        out.push("environment variable name must be non-empty".into());
    } else if !v.bytes().all(|c| (0x20..0x7f).contains(&c) && c != b'=') {
        out.push("a valid environment variable name must consist only of printable ASCII characters other than '='".into());
    }
    out
}

/// The name of an HTTP header.
pub fn http_header_name(v: &str) -> Vec<String> {
    if !v.is_empty() && v.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-') {
        Vec::new()
    } else {
        vec![HTTP_HEADER.into()]
    }
}

/// The name of a port (an IANA service name).
pub fn port_name(v: &str) -> Vec<String> {
    let mut out = Vec::new();
    if v.len() > 15 {
        out.push(max_chars(15));
    }
    if v.is_empty() || !v.bytes().all(|c| lower_alnum(c) || c == b'-') {
        out.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)".into());
    }
    if !v.bytes().any(|c| c.is_ascii_lowercase()) {
        out.push("must contain at least one letter (a-z)".into());
    }
    if v.contains("--") {
        out.push("must not contain consecutive hyphens".into());
    }
    if !v.is_empty() && (v.starts_with('-') || v.ends_with('-')) {
        out.push("must not begin or end with a hyphen".into());
    }
    out
}

/// `50%`
pub fn percent(v: &str) -> Vec<String> {
    let fine = v
        .strip_suffix('%')
        .is_some_and(|n| !n.is_empty() && n.bytes().all(|c| c.is_ascii_digit()));
    if fine {
        Vec::new()
    } else {
        vec![PERCENT.into()]
    }
}

/// A sysctl's name, with dots or slashes.
pub fn is_sysctl(v: &str) -> bool {
    v.len() <= 253
        && v.split(['.', '/']).all(|seg| {
            let b = seg.as_bytes();
            match (b.first(), b.last()) {
                (Some(&f), Some(&l)) => {
                    lower_alnum(f)
                        && lower_alnum(l)
                        && b.iter().all(|&c| lower_alnum(c) || c == b'-' || c == b'_')
                }
                _ => false,
            }
        })
}

/// Why a string is no IP address. Leading zeros have words of their own.
pub fn ip(v: &str) -> Vec<String> {
    if parse_ip(v).is_some() {
        return Vec::new();
    }
    let words = match (v.parse::<IpAddr>(), unpadded(v).parse::<IpAddr>()) {
        (Ok(_), _) => "must not be an IPv4-mapped IPv6 address",
        (_, Ok(_)) => "must not have leading 0s",
        _ => IP,
    };
    vec![words.into()]
}

/// The parts of an address without the zeros that they begin with.
fn unpadded(v: &str) -> String {
    let mut out = String::with_capacity(v.len());
    for part in v.split_inclusive(['.', ':']) {
        let (digits, end) = match part.strip_suffix(['.', ':']) {
            Some(digits) => (digits, &part[digits.len()..]),
            None => (part, ""),
        };
        let bare = digits.trim_start_matches('0');
        out.push_str(if bare.is_empty() && !digits.is_empty() {
            "0"
        } else {
            bare
        });
        out.push_str(end);
    }
    out
}

/// Parses strictly: no leading zeros, no zone, no IPv4 in IPv6.
pub fn parse_ip(v: &str) -> Option<IpAddr> {
    match v.parse::<IpAddr>().ok()? {
        IpAddr::V6(six) if six.to_ipv4_mapped().is_some() => None,
        ip => Some(ip),
    }
}

/// Parses as old versions did: numbers may have leading zeros, and IPv4 may be
/// written as IPv6.
pub fn parse_ip_sloppy(v: &str) -> Option<IpAddr> {
    match unpadded(v).parse::<IpAddr>().ok()? {
        IpAddr::V6(six) => Some(six.to_ipv4_mapped().map_or(six.into(), Into::into)),
        four => Some(four),
    }
}

/// A network parsed as old versions did: numbers may have leading zeros.
pub fn parse_cidr_sloppy(v: &str) -> Option<(IpAddr, u8)> {
    let (ip, len) = v.split_once('/')?;
    let ip: IpAddr = unpadded(ip).parse().ok()?;
    if !len.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let len: u8 = len.parse().ok()?;
    (len <= if ip.is_ipv4() { 32 } else { 128 }).then_some((ip, len))
}

/// An address and a prefix length, as written: bits beyond the prefix are kept.
pub fn parse_cidr(v: &str) -> Option<(IpAddr, u8)> {
    let (ip, len) = v.split_once('/')?;
    let ip = parse_ip(ip)?;
    if len.len() > 1 && len.starts_with('0') || len.starts_with('+') {
        return None;
    }
    let len: u8 = len.parse().ok()?;
    (len <= if ip.is_ipv4() { 32 } else { 128 }).then_some((ip, len))
}

/// The network of an address.
pub fn network(ip: IpAddr, len: u8) -> IpAddr {
    match ip {
        IpAddr::V4(a) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(len)).unwrap_or(0);
            std::net::Ipv4Addr::from(u32::from(a) & mask).into()
        }
        IpAddr::V6(a) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(len)).unwrap_or(0);
            std::net::Ipv6Addr::from(u128::from(a) & mask).into()
        }
    }
}

/// Why a string is no CIDR; `strict` also refuses bits beyond the prefix.
pub fn cidr(v: &str, strict: bool) -> Vec<String> {
    let words = match (parse_cidr(v), parse_cidr_sloppy(v)) {
        (Some((ip, len)), _) if strict && network(ip, len) != ip => {
            "must not have bits set beyond the prefix length"
        }
        (Some(_), _) => return Vec::new(),
        (None, None) => CIDR,
        (None, Some((_, len))) => match v.split_once('/') {
            Some((ip, as_written)) if is_mapped(ip) && as_written == len.to_string() => {
                "must not have an IPv4-mapped IPv6 address"
            }
            _ => "must not have leading 0s in IP or prefix length",
        },
    };
    vec![words.into()]
}

fn is_mapped(ip: &str) -> bool {
    ip.parse::<std::net::Ipv6Addr>()
        .is_ok_and(|six| six.to_ipv4_mapped().is_some())
}

/// Why a string is no network in its one form, which kinds that came late ask for.
pub fn canonical_cidr(v: &str) -> Vec<String> {
    let wrong = cidr(v, true);
    match parse_cidr(v) {
        Some((ip, len)) if wrong.is_empty() && format!("{ip}/{len}") != v => {
            let form = format!("{ip}/{len}");
            vec![format!("must be in canonical form ({form:?})")]
        }
        _ => wrong,
    }
}

/// Addresses that no endpoint may have.
pub fn non_special_ip(ip: IpAddr) -> Option<String> {
    let text = match ip {
        IpAddr::V4(a) if a.is_unspecified() => "may not be unspecified (0.0.0.0)",
        IpAddr::V6(a) if a.is_unspecified() => "may not be unspecified (::)",
        _ if ip.is_loopback() => "may not be in the loopback range (127.0.0.0/8, ::1/128)",
        IpAddr::V4(a) if a.is_link_local() => {
            "may not be in the link-local range (169.254.0.0/16, fe80::/10)"
        }
        IpAddr::V6(a) if a.is_unicast_link_local() => {
            "may not be in the link-local range (169.254.0.0/16, fe80::/10)"
        }
        IpAddr::V4(a) if a.octets()[..3] == [224, 0, 0] => {
            "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"
        }
        IpAddr::V6(a) if a.segments()[0] & 0xff0f == 0xff02 => {
            "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"
        }
        _ => return None,
    };
    Some(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(f: fn(&str) -> Vec<String>, fine: &[&str], bad: &[(&str, &str)]) {
        for v in fine {
            assert_eq!(f(v), Vec::<String>::new(), "{v:?}");
        }
        for (v, words) in bad {
            let got = f(v).join("; ");
            assert!(got.contains(words), "{v:?}: {got}");
        }
    }

    #[test]
    fn labels_subdomains_and_qualified_names() {
        check(
            |v| dns1123_label(v, false),
            &["a", "a-b", "0"],
            &[
                ("a.b", "dots"),
                ("A", "RFC 1123 label"),
                ("", "RFC"),
                ("-a", "RFC"),
            ],
        );
        check(
            |v| dns1123_subdomain(v, false),
            &["a.b", "1"],
            &[("a..b", "subdomain"), ("é", "subdomain"), ("", "subdomain")],
        );
        check(
            qualified_name,
            &["a", "x.y/A_b", "9"],
            &[
                ("", "non-empty"),
                ("/a", "prefix part must be non-empty"),
                ("a/b/c", "a valid label key"),
                ("A.B/c", "prefix part a lowercase"),
            ],
        );
        assert!(dns1123_label("abc-", true).is_empty());
        assert!(!dns1123_label("abc-", false).is_empty());
    }

    #[test]
    fn addresses() {
        check(
            ip,
            &["1.2.3.4", "::1"],
            &[
                ("01.2.3.4", "leading 0s"),
                ("fd00::00001", "leading 0s"),
                ("::ffff:010.2.3.4", "leading 0s"),
                ("::ffff:102:304", "IPv4-mapped"),
                ("1.2.3.0256", "valid IP"),
                ("1.2.3.4.", "valid IP"),
                ("1.2.3", "valid IP"),
                ("", "valid IP"),
            ],
        );
        check(
            |v| cidr(v, true),
            &["10.0.0.0/8", "fd00::/64"],
            &[
                ("10.0.0.1/8", "bits set"),
                ("10.0.0.0", "valid CIDR"),
                ("10.0.0.0/08", "leading 0s"),
                ("fd00::00001/64", "leading 0s"),
                ("::ffff:1.2.3.0/08", "leading 0s"),
                ("::ffff:1.2.3.4/120", "IPv4-mapped"),
                ("10.0.0.0/+8", "valid CIDR"),
                ("10.0.0.0/33", "valid CIDR"),
                ("10.0.0.0/", "valid CIDR"),
            ],
        );
        check(
            canonical_cidr,
            &["fd00::/64", "10.0.0.0/8"],
            &[
                ("FD00::/64", "must be in canonical form (\"fd00::/64\")"),
                ("fd00::1/64", "bits set"),
            ],
        );
        assert_eq!(
            network("10.1.2.3".parse().unwrap(), 0).to_string(),
            "0.0.0.0"
        );
    }

    #[test]
    fn ports_and_env() {
        check(
            port_name,
            &["http", "a1"],
            &[
                ("123", "letter"),
                ("-", "begin or end"),
                ("a--b", "consecutive"),
            ],
        );
        check(env_var_name, &["A B", "1"], &[("A=B", "printable")]);
        check(
            percent,
            &["0%", "100%"],
            &[("10", "percent"), ("%", "percent")],
        );
    }
}
