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
        "ipv4" => text.parse::<std::net::Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<std::net::Ipv6Addr>().is_ok(),
        "cidr" => names::parse_cidr(text).is_some(),
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

fn uri(text: &str) -> bool {
    if text.is_empty() || text.bytes().any(|b| b <= b' ' || b == 0x7f) {
        return false;
    }
    // As Go's url.ParseRequestURI: absolute, or a path.
    if text.starts_with('/') {
        return true;
    }
    text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
            && !rest.is_empty()
    })
}

fn email(text: &str) -> bool {
    let address = match (text.rfind('<'), text.strip_suffix('>')) {
        (Some(at), Some(inner)) => &inner[at + 1..],
        _ => text,
    };
    let Some((local, domain)) = address.rsplit_once('@') else {
        return false;
    };
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    !local.is_empty()
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(atom)
        && !domain.is_empty()
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && domain.chars().all(atom)
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
    matches!(parts.len(), 3 | 4 | 10) && parts.iter().all(|p| hex(p, 4))
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
    if !(13..=19).contains(&digits.len()) || digits.contains(&99) {
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

fn rgb(text: &str) -> bool {
    let Some(inner) = text
        .strip_prefix("rgb(")
        .and_then(|rest| rest.strip_suffix(')'))
    else {
        return false;
    };
    let parts: Vec<&str> = inner.split(',').map(str::trim).collect();
    parts.len() == 3 && parts.iter().all(|p| p.parse::<u8>().is_ok())
}

fn byte(text: &str) -> bool {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .is_ok()
}

fn date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

fn date_time(text: &str) -> bool {
    // Full time with zone; RFC 3339, and what strfmt takes beside it.
    let shaped = text.len() >= 20 && matches!(text.as_bytes().get(10), Some(b'T' | b't' | b' '));
    let zoned = text.ends_with(['Z', 'z'])
        || text
            .rfind(['+', '-'])
            .is_some_and(|at| at > 18 && text.len() - at >= 5);
    shaped && zoned && text.parse::<jiff::Timestamp>().is_ok()
}

fn duration(text: &str) -> bool {
    let text = text.trim();
    if text.parse::<skeg_meta::Duration>().is_ok() {
        return true;
    }
    // "3 days", "1 week 2 hours".
    const UNITS: &[&str] = &[
        "ns", "nano", "us", "µs", "micro", "ms", "milli", "s", "sec", "second", "m", "min",
        "minute", "h", "hr", "hour", "d", "day", "w", "wk", "week",
    ];
    let mut any = false;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        if digits == 0 {
            return false;
        }
        rest = rest[digits..].trim_start();
        let letters = rest
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(rest.len());
        let unit = rest[..letters].to_lowercase();
        let unit = if unit.len() > 2 {
            unit.trim_end_matches('s')
        } else {
            &unit
        };
        if !UNITS.contains(&unit) {
            return false;
        }
        any = true;
        rest = rest[letters..].trim_start();
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        let good = [
            ("date-time", "2020-01-02T03:04:05Z"),
            ("date", "2020-01-02"),
            ("ipv4", "1.2.3.4"),
            ("ipv6", "::1"),
            ("cidr", "10.0.0.0/8"),
            ("mac", "00:11:22:33:44:55"),
            ("uuid", "123e4567-e89b-12d3-a456-426614174000"),
            ("email", "a@b.c"),
            ("hostname", "example.com"),
            ("uri", "https://a/b"),
            ("duration", "1h30m"),
            ("duration", "3 days"),
            ("byte", "YQ=="),
            ("isbn", "978-3-16-148410-0"),
        ];
        for (name, text) in good {
            assert_eq!(check(name, text), Some(true), "{name} {text}");
        }
        for (name, _) in good {
            assert_eq!(check(name, "!! no"), Some(false), "{name}");
        }
        assert_eq!(check("hostname", "a.b"), Some(false));
        assert_eq!(check("nothing", "x"), None);
    }
}
