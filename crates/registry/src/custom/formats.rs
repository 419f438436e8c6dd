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

// A plain address, or one of IPv6 that ends like one.
fn ipv4(text: &str) -> bool {
    sloppy_v4(text) || (text.contains('.') && text.parse::<std::net::Ipv6Addr>().is_ok())
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

// As Go's url.ParseRequestURI: absolute, a path, or a star.
fn uri(text: &str) -> bool {
    skeg_cel::Url::parse_request(text).is_ok()
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

// A single label has at most one dash, right behind its first character; of several, the last one
// is of letters alone.
fn hostname(text: &str) -> bool {
    let labels: Vec<&str> = text.split('.').collect();
    if text.len() > 255 || labels.iter().any(|label| label.len() > 63) {
        return false;
    }
    let all = |part: &str, dash: bool| part.chars().all(|c| of_label(c) || (dash && c == '-'));
    let split = |label: &str| {
        let first = label.chars().next().filter(|c| of_label(*c))?;
        Some(label[first.len_utf8()..].to_owned())
    };
    let Some((last, others)) = labels.split_last() else {
        return false;
    };
    if others.is_empty() {
        return split(last).is_some_and(|rest| {
            let rest = rest.strip_prefix('-').unwrap_or(&rest);
            all(rest, false)
        });
    }
    let inner = others
        .iter()
        .all(|label| split(label).is_some_and(|rest| all(&rest, true) && !rest.ends_with('-')));
    let letters = |c: char| c.is_ascii_alphabetic() || (!c.is_ascii() && c.is_alphabetic());
    inner && last.chars().count() > 1 && last.chars().all(letters)
}

// What a label of a host may hold: letters, and symbols, of which these are the blocks in use.
fn of_label(c: char) -> bool {
    match c {
        '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~' => true,
        _ if c.is_ascii() => c.is_ascii_alphanumeric(),
        '¢'..='¦' | '¨' | '©' | '¬' | '®'..='±' | '´' | '¸' | '×' | '÷' => true,
        '\u{20a0}'..='\u{20cf}'
        | '\u{2190}'..='\u{23ff}'
        | '\u{2500}'..='\u{2767}'
        | '\u{1f000}'..='\u{1faff}' => true,
        _ => c.is_alphabetic(),
    }
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
    // Between the groups dashes may be, or not.
    let mut rest = text;
    let mut bare = String::new();
    for (n, len) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        if n > 0 {
            rest = rest.strip_prefix('-').unwrap_or(rest);
        }
        let Some((group, behind)) = rest.split_at_checked(len) else {
            return false;
        };
        bare.push_str(group);
        rest = behind;
    }
    rest.is_empty()
        && bare.bytes().all(|b| b.is_ascii_hexdigit())
        && version.is_none_or(|v| bare.chars().nth(12) == Some(v))
        && (version.is_none_or(|v| v == '3')
            || matches!(
                bare.chars().nth(16),
                Some('8' | '9' | 'a' | 'b' | 'A' | 'B')
            ))
}

fn isbn_digits(text: &str) -> String {
    // Go's \s.
    text.chars()
        .filter(|c| !matches!(c, '-' | ' ' | '\t' | '\n' | '\r' | '\x0c'))
        .collect()
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
    if digits.len() != 13 {
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
    // Whatever is no digit does not count.
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    if !issued(&digits) {
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

// Base64 with padding, whatever the bits that are not used.
fn byte(text: &str) -> bool {
    let body = text.strip_suffix("==").or(text.strip_suffix('='));
    !text.is_empty()
        && text.len().is_multiple_of(4)
        && body
            .unwrap_or(text)
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
}

fn date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

// A date, and a time with its zone behind the first `t`; of more pieces nothing is looked at.
fn date_time(text: &str) -> bool {
    let text = text.to_lowercase();
    let mut pieces = text.split('t');
    let (Some(day), Some(time)) = (pieces.next(), pieces.next()) else {
        return false;
    };
    date(day) && time_of_day(time).is_some()
}

fn time_of_day(text: &str) -> Option<()> {
    let two = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    let (time, rest) = text.split_at_checked(8)?;
    let parts: Vec<&str> = time.split(':').collect();
    let most = ["23", "59", "59"];
    let fine = parts.len() == 3 && parts.iter().zip(most).all(|(p, most)| two(p) && *p <= most);
    let fraction = match rest.strip_suffix('z') {
        Some(fraction) => fraction,
        None => {
            let (fraction, zone) = rest.split_at_checked(rest.len().checked_sub(6)?)?;
            let (hours, minutes) = zone.strip_prefix(['+', '-'])?.split_once(':')?;
            if !two(hours) || !two(minutes) {
                return None;
            }
            fraction
        }
    };
    // Any character stands before the digits of a fraction.
    let mut chars = fraction.chars();
    let is_fraction = match chars.next() {
        None => true,
        Some(mark) => {
            let digits = chars.as_str();
            mark != '\n' && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
        }
    };
    (fine && is_fraction).then_some(())
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
                "2020-01-01T00:00:00&123+01:00",
                "2020-01-01T00:00:00.1234567890123Z",
                "2020-01-01T00:00:00+61:00",
                "2020-01-01T00:00:00ZTfoo",
            ],
        ),
        ("date", &["2020-01-02"]),
        (
            "ipv4",
            &["1.2.3.4", "01.2.3.4", "::ffff:1.2.3.4", "64:ff9b::1.2.3.4"],
        ),
        ("ipv6", &["::1", "::ffff:1.2.3.4"]),
        ("cidr", &["10.0.0.0/8", "10.0.0.0/08", "01.0.0.0/8", "::/0"]),
        (
            "mac",
            &["00:11:22:33:44:55", "0011.2233.4455", "001122334455"],
        ),
        (
            "uuid",
            &[
                "123e4567-e89b-12d3-a456-426614174000",
                "123e4567e89b-12d3a456426614174000",
            ],
        ),
        ("uuid4", &["12345678123442349234123456789012"]),
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
        (
            "hostname",
            &[
                "example.com",
                "a",
                "a-bc",
                "a-",
                "a--b.com",
                "YQ==",
                "😀.com",
                "<",
            ],
        ),
        (
            "uri",
            &[
                "https://a/b",
                "/",
                "http:",
                "*",
                "http://[::1]/",
                "mailto:a@b",
                "fe80::1%eth0",
                "http:7/a b",
            ],
        ),
        (
            "duration",
            &["1h30m", "3 days", "P1D", "-3s", "-1 day", "abc 3 days xyz"],
        ),
        ("byte", &["YQ==", "Y9=="]),
        (
            "isbn",
            &["978-3-16-148410-0", "978-3-16\t148410\n0", "0001122334455"],
        ),
        (
            "creditcard",
            &[
                "4111 1111 1111 1111",
                "6011000990139424",
                "4111x1111x1111x1111",
            ],
        ),
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
        (
            "hostname",
            &[
                "a.b",
                "a_b.cd",
                "2020-01-01",
                "a--b",
                "1.5s",
                "a.b.c-d",
                "",
                "a..bc",
            ],
        ),
        (
            "uri",
            &[
                "a",
                "http://h:port/",
                "http://[::1",
                "http://%zz/",
                "http://h/%zz",
                "http://h\\x",
                "http://[:1]:80",
                "http://[)::]:80",
            ],
        ),
        ("duration", &["3", "s", "1 fortnight", ""]),
        ("byte", &["", "YQ", "Y===", "===="]),
        ("creditcard", &["0000000000000000", "9999999999999995"]),
        ("rgbcolor", &["rgb(01,2,3)", "rgb(256,1,1)"]),
    ];

    #[test]
    fn any_text_is_judged() {
        const PARTS: &[&str] = &[
            "a",
            "1",
            "%",
            "é",
            "\u{fffd}",
            ":",
            "/",
            "@",
            "[",
            "]",
            ".",
            "-",
            "t",
            "Z",
            "+",
            "=",
            " ",
            "http://",
            "😀",
            "0:0",
            "2020-01-01",
            "\0",
            "#",
            "?",
            "<",
            ">",
            "\"",
            "12",
            "rgb(",
            ",",
        ];
        let mut seed = 1_u64;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as usize
        };
        for _ in 0..20_000 {
            let text: String = (0..next() % 9)
                .map(|_| PARTS[next() % PARTS.len()])
                .collect();
            for (name, _) in GOOD {
                assert!(check(name, &text).is_some(), "{name} {text:?}");
            }
        }
    }

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
