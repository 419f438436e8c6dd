//! Formats of strings that upstream's validator knows.

use crate::validation::names;

fn plain(name: &str) -> String {
    name.replace('-', "")
}

/// `None`: no such format; else whether the text is of it.
pub fn check(name: &str, text: &str) -> Option<bool> {
    if name.is_empty() {
        return None;
    }
    let name = plain(name);
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    Some(match name.as_str() {
        "bsonobjectid" => text.len() == 24 && text.bytes().all(|b| b.is_ascii_hexdigit()),
        "uri" => uri(text),
        "email" => email(text),
        "hostname" => hostname(text),
        "ipv4" => ipv4(text),
        "ipv6" => text.parse::<std::net::Ipv6Addr>().is_ok(),
        "cidr" => cidr(text),
        "mac" => mac(text),
        "uuid" => uuid(text, None),
        "uuid3" => uuid(text, Some('3')),
        "uuid4" => uuid(text, Some('4')),
        "uuid5" => uuid(text, Some('5')),
        "isbn" => isbn10(text) || isbn13(text),
        "isbn10" => isbn10(text),
        "isbn13" => isbn13(text),
        "creditcard" => credit_card(text),
        "ssn" => {
            let parts: Vec<&str> = text.split(['-', ' ']).collect();
            matches!(parts.as_slice(), [a, b, c] if a.len() == 3 && b.len() == 2 && c.len() == 4
                && all_digits(a) && all_digits(b) && all_digits(c))
        }
        "hexcolor" => {
            let digits = text.strip_prefix('#').unwrap_or(text);
            matches!(digits.len(), 3 | 6) && digits.bytes().all(|b| b.is_ascii_hexdigit())
        }
        "rgbcolor" => rgb(text),
        "byte" => byte(text),
        "password" => true,
        "date" => date(text),
        "duration" => duration(text),
        "datetime" => date_time(text),
        "k8sshortname" => names::dns1123_label(text, false).is_empty(),
        "k8slongname" => names::dns1123_subdomain(text, false).is_empty(),
        _ => return None,
    })
}

fn ipv4(text: &str) -> bool {
    sloppy_v4(text)
        || text
            .parse::<std::net::Ipv6Addr>()
            .is_ok_and(|ip| ip.to_ipv4_mapped().is_some())
}

// As old parsers had it: parts may begin with zeros.
fn sloppy_v4(text: &str) -> bool {
    let part = |part: &str| {
        let digits = part.trim_start_matches('0');
        let number = digits.is_empty() || digits.parse::<u8>().is_ok();
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) && number
    };
    text.split('.').count() == 4 && text.split('.').all(part)
}

fn cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else {
        return false;
    };
    let bits = Some(bits)
        .filter(|bits| !bits.is_empty() && bits.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|bits| bits.parse::<u8>().ok());
    let most = if sloppy_v4(address) {
        32
    } else if address.parse::<std::net::Ipv6Addr>().is_ok() {
        128
    } else {
        return false;
    };
    bits.is_some_and(|bits| bits <= most)
}

fn uri(text: &str) -> bool {
    if text.is_empty() || text.bytes().any(|b| b <= b' ' || b == 0x7f) || !escapes(text) {
        return false;
    }
    // As Go's url.ParseRequestURI: absolute, a path, or a star.
    if text.starts_with('/') || text == "*" {
        return true;
    }
    text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
            && rest
                .strip_prefix("//")
                .is_none_or(|rest| authority(rest.split(['/', '?']).next().unwrap_or_default()))
    })
}

// Every percent sign begins two digits.
fn escapes(text: &str) -> bool {
    text.split('?')
        .next()
        .unwrap_or_default()
        .split('%')
        .skip(1)
        .all(|rest| {
            let digits = rest.as_bytes();
            digits.len() >= 2 && digits[..2].iter().all(u8::is_ascii_hexdigit)
        })
}

// `user@host:port`; a host in brackets may hold colons.
fn authority(text: &str) -> bool {
    let host = text.rsplit_once('@').map_or(text, |(_, host)| host);
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((_, port)) => ("", port),
            None => return false,
        },
        None => host.find(':').map_or((host, ""), |at| host.split_at(at)),
    };
    let port = port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()));
    port && !name.contains(['\\', '^', '`', '{', '}', '|', '[', ']', '%'])
}

fn email(text: &str) -> bool {
    let text = text.trim();
    let address = match (text.rfind('<'), text.strip_suffix('>')) {
        (Some(at), Some(inner)) => &inner[at + 1..],
        _ => text,
    };
    let Some((local, domain)) = address.rsplit_once('@') else {
        return false;
    };
    let atom =
        |c: char| c.is_ascii_alphanumeric() || !c.is_ascii() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let dotted = |text: &str| {
        !text.is_empty()
            && !text.starts_with('.')
            && !text.ends_with('.')
            && !text.contains("..")
            && text.chars().all(atom)
    };
    let literal = |text: &str| {
        text.strip_prefix('[')
            .and_then(|text| text.strip_suffix(']'))
            .is_some_and(|text| text.parse::<std::net::IpAddr>().is_ok())
    };
    (dotted(local) || quoted(local)) && (dotted(domain) || literal(domain))
}

// A local part in quotes may hold anything but a bare quote.
fn quoted(local: &str) -> bool {
    let Some(inner) = local.strip_prefix('"').and_then(|l| l.strip_suffix('"')) else {
        return false;
    };
    let mut escaped = false;
    for c in inner.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' | '\r' | '\n' => return false,
            _ => {}
        }
    }
    !escaped
}

fn hostname(text: &str) -> bool {
    if text.is_empty() || text.len() > 255 {
        return false;
    }
    let labels: Vec<&str> = text.split('.').collect();
    let fine = labels.iter().all(|label| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    });
    // A last label of one letter is no top level domain.
    fine && labels
        .last()
        .is_some_and(|last| labels.len() == 1 || last.len() > 1)
}

fn mac(text: &str) -> bool {
    let hex =
        |part: &str, len: usize| part.len() == len && part.bytes().all(|b| b.is_ascii_hexdigit());
    for separator in [':', '-'] {
        let parts: Vec<&str> = text.split(separator).collect();
        if matches!(parts.len(), 6 | 8 | 20) && parts.iter().all(|p| hex(p, 2)) {
            return true;
        }
    }
    let parts: Vec<&str> = text.split('.').collect();
    let dotted = matches!(parts.len(), 3 | 4 | 10) && parts.iter().all(|p| hex(p, 4));
    dotted || [12, 16, 40].iter().any(|digits| hex(text, *digits))
}

fn uuid(text: &str, version: Option<char>) -> bool {
    let bare: String = text.chars().filter(|c| *c != '-').collect();
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    let shaped = lengths == [8, 4, 4, 4, 12] || (version.is_none() && lengths == [32]);
    shaped
        && bare.len() == 32
        && bare.bytes().all(|b| b.is_ascii_hexdigit())
        && version.is_none_or(|v| bare.chars().nth(12) == Some(v))
        && (version.is_none_or(|v| v == '3')
            || matches!(
                bare.chars().nth(16),
                Some('8' | '9' | 'a' | 'b' | 'A' | 'B')
            ))
}

fn isbn_digits(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '-' | ' ')).collect()
}

fn isbn10(text: &str) -> bool {
    let digits = isbn_digits(text);
    if digits.len() != 10 || !digits.is_ascii() {
        return false;
    }
    let mut sum = 0u32;
    for (at, c) in digits.chars().enumerate() {
        let value = match c {
            'X' if at == 9 => 10,
            c => match c.to_digit(10) {
                Some(d) => d,
                None => return false,
            },
        };
        sum += (at as u32 + 1) * value;
    }
    sum.is_multiple_of(11)
}

fn isbn13(text: &str) -> bool {
    let digits = isbn_digits(text);
    if digits.len() != 13 || !(digits.starts_with("978") || digits.starts_with("979")) {
        return false;
    }
    let mut sum = 0u32;
    for (at, c) in digits.chars().enumerate() {
        let Some(d) = c.to_digit(10) else {
            return false;
        };
        sum += if at % 2 == 0 { d } else { 3 * d };
    }
    sum.is_multiple_of(10)
}

fn credit_card(text: &str) -> bool {
    let digits: Vec<u32> = text
        .chars()
        .filter(|c| !matches!(c, '-' | ' '))
        .map(|c| c.to_digit(10).unwrap_or(99))
        .collect();
    if digits.contains(&99) || !issued(&digits) {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, d)| match at % 2 {
            1 if *d > 4 => d * 2 - 9,
            1 => d * 2,
            _ => *d,
        })
        .sum();
    sum.is_multiple_of(10)
}

// The lengths and first digits that issuers give out.
fn issued(digits: &[u32]) -> bool {
    let first = |n: usize| digits.iter().take(n).fold(0, |number, d| number * 10 + d);
    match digits.len() {
        13 => first(1) == 4,
        14 => matches!(first(3), 300..=305) || matches!(first(2), 36 | 38),
        15 => matches!(first(2), 34 | 37) || matches!(first(4), 2131 | 1800),
        16 => {
            first(1) == 4
                || matches!(first(2), 51..=55 | 62 | 67 | 65 | 35)
                || matches!(first(4), 2221..=2720 | 6011)
        }
        _ => false,
    }
}

fn rgb(text: &str) -> bool {
    let Some(inner) = text
        .strip_prefix("rgb(")
        .and_then(|rest| rest.strip_suffix(')'))
    else {
        return false;
    };
    let parts: Vec<&str> = inner.split(',').map(str::trim).collect();
    parts.len() == 3
        && parts
            .iter()
            .all(|p| p.parse::<u8>().is_ok_and(|n| n.to_string() == **p))
}

fn byte(text: &str) -> bool {
    use base64::Engine as _;
    !text.is_empty()
        && base64::engine::general_purpose::STANDARD
            .decode(text)
            .is_ok()
}

fn date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

fn date_time(text: &str) -> bool {
    // Full time with zone, as RFC 3339 writes it.
    let bytes = text.as_bytes();
    let shaped = text.is_ascii() && text.len() >= 20 && matches!(bytes[10], b'T' | b't');
    let second = bytes.get(17..19).is_some_and(|second| second != b"60");
    let zoned = text.ends_with(['Z', 'z'])
        || bytes
            .len()
            .checked_sub(6)
            .is_some_and(|at| matches!(bytes[at], b'+' | b'-') && bytes[at + 3] == b':');
    shaped && second && zoned && text.parse::<jiff::Timestamp>().is_ok()
}

fn duration(text: &str) -> bool {
    if text.parse::<skeg_meta::Duration>().is_ok() {
        return true;
    }
    // Else a number and a unit somewhere: "3 days", "P1D".
    const UNITS: &[&str] = &["ns", "us", "µs", "ms", "s", "m", "h", "hr", "d", "w", "wk"];
    const BEGINNINGS: &[&str] = &[
        "nano", "micro", "milli", "sec", "min", "hour", "day", "week",
    ];
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        rest = rest[at..]
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .trim_start();
        let letters = rest
            .find(|c: char| !c.is_ascii_alphabetic() && c != 'µ')
            .unwrap_or(rest.len());
        let unit = rest[..letters].to_lowercase();
        if UNITS.contains(&unit.as_str()) || BEGINNINGS.iter().any(|b| unit.starts_with(b)) {
            return true;
        }
        rest = &rest[letters..];
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    // Each was asked of apiextensions-apiserver 1.37.
    const GOOD: &[(&str, &[&str])] = &[
        (
            "date-time",
            &[
                "2020-01-02T03:04:05Z",
                "2020-01-01T00:00:00.123+01:00",
                "2020-01-01t00:00:00z",
            ],
        ),
        ("date", &["2020-01-02"]),
        ("ipv4", &["1.2.3.4", "01.2.3.4", "::ffff:1.2.3.4"]),
        ("ipv6", &["::1", "::ffff:1.2.3.4"]),
        ("cidr", &["10.0.0.0/8", "10.0.0.0/08", "01.0.0.0/8", "::/0"]),
        (
            "mac",
            &["00:11:22:33:44:55", "0011.2233.4455", "001122334455"],
        ),
        ("uuid", &["123e4567-e89b-12d3-a456-426614174000"]),
        (
            "email",
            &[
                "a@b.c",
                "\"a b\"@c",
                "A <a@b.c>",
                "a@[1.2.3.4]",
                "é@b.c",
                " a@b.c ",
            ],
        ),
        ("hostname", &["example.com", "a"]),
        (
            "uri",
            &[
                "https://a/b",
                "/",
                "http:",
                "*",
                "http://[::1]/",
                "mailto:a@b",
            ],
        ),
        (
            "duration",
            &["1h30m", "3 days", "P1D", "-3s", "-1 day", "abc 3 days xyz"],
        ),
        ("byte", &["YQ=="]),
        ("isbn", &["978-3-16-148410-0"]),
        ("creditcard", &["4111 1111 1111 1111", "6011000990139424"]),
        ("rgbcolor", &["rgb(1,2,3)"]),
    ];
    const BAD: &[(&str, &[&str])] = &[
        (
            "date-time",
            &[
                "2020-01-01 00:00:00Z",
                "2020-01-01T00:00:00+0100",
                "2020-01-01T00:00:60Z",
                "2020-01-01",
                "é",
            ],
        ),
        ("ipv4", &["1.2.3.256", "1.2.3", "0x1.2.3.4", "::1"]),
        ("cidr", &["1.2.3.4/33", "1.2.3.4", "1.2.3.4/+8"]),
        ("email", &["a b@c.d", ".a@b.c", "a@b.c.", "\"a@b.c"]),
        ("hostname", &["a.b", "a_b.cd"]),
        (
            "uri",
            &[
                "a",
                "http://h:port/",
                "http://[::1",
                "http://%zz/",
                "http://h/%zz",
                "http://h\\x",
            ],
        ),
        ("duration", &["3", "s", "1 fortnight", ""]),
        ("byte", &["", "YQ"]),
        ("creditcard", &["0000000000000000", "9999999999999995"]),
        ("rgbcolor", &["rgb(01,2,3)", "rgb(256,1,1)"]),
    ];

    #[test]
    fn formats() {
        for (name, texts) in GOOD {
            for text in *texts {
                assert_eq!(check(name, text), Some(true), "{name} {text}");
            }
            assert_eq!(check(name, "!! no"), Some(false), "{name}");
        }
        for (name, texts) in BAD {
            for text in *texts {
                assert_eq!(check(name, text), Some(false), "{name} {text}");
            }
        }
        assert_eq!(check("nothing", "x"), None);
    }
}
