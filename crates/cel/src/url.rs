//! URLs as Go's `net/url` reads them.

use std::fmt;

use percent::{decode_query, escape_path, unescape};

/// A URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    text: String,
    /// The scheme, in lower case.
    pub scheme: String,
    /// The host with its port.
    pub host: String,
    /// The path as it was written, or as Go would write it.
    pub escaped_path: String,
    /// What stands behind `?`.
    pub raw_query: String,
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn failed(text: &str, why: impl fmt::Display) -> String {
    format!("parse {}: {why}", skeg_schema::go::quote(text))
}

impl Url {
    /// An absolute URL or an absolute path, or what Go says of it.
    ///
    /// # Errors
    ///
    /// It is neither.
    pub fn parse_request(text: &str) -> Result<Self, String> {
        let whole = Self::parse(text)?;
        // What is behind `#` has to be readable, but belongs to no part.
        let Some((before, _)) = text.split_once('#') else {
            return Ok(whole);
        };
        Ok(match Self::parse(before) {
            Ok(url) => Self {
                text: text.to_owned(),
                ..url
            },
            Err(_) => whole,
        })
    }

    /// What Go says of a URL, absolute or not, that it cannot read.
    #[must_use]
    pub fn fault(text: &str) -> Option<String> {
        let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
        let relative = split_scheme(before).is_ok_and(|(scheme, _)| scheme.is_empty())
            && !before.starts_with('/');
        let first = before.split(['/', '?']).next().unwrap_or_default();
        let found = if before.is_empty() {
            None
        } else if !relative {
            Self::parse(before).err()
        } else if first.contains(':') {
            Some(failed(
                before,
                "first path segment in URL cannot contain colon",
            ))
        } else {
            // Told of what was given, and read like a path of its own.
            let path = before.split('?').next().unwrap_or_default();
            let controls = before.chars().any(|c| c < ' ' || c == '\u{7f}');
            controls
                .then(|| "net/url: invalid control character in URL".to_owned())
                .or_else(|| unescape(path).err())
                .map(|why| failed(before, why))
        };
        found.or_else(|| unescape(fragment).err().map(|why| failed(text, why)))
    }

    fn parse(text: &str) -> Result<Self, String> {
        if text.chars().any(|c| c < ' ' || c == '\u{7f}') {
            return Err(failed(text, "net/url: invalid control character in URL"));
        }
        if text.is_empty() {
            return Err(failed(text, "empty url"));
        }
        let (scheme, mut rest) = split_scheme(text).map_err(|why| failed(text, why))?;
        let scheme = scheme.to_ascii_lowercase();
        let mut raw_query = "";
        if let Some((before, query)) = rest.split_once('?') {
            rest = before;
            raw_query = query;
        }
        if text == "*" {
            return Ok(Self {
                text: text.to_owned(),
                scheme,
                host: String::new(),
                escaped_path: text.to_owned(),
                raw_query: String::new(),
            });
        }
        if !rest.starts_with('/') {
            if !scheme.is_empty() {
                // Opaque: mailto:x
                return Ok(Self {
                    text: text.to_owned(),
                    scheme,
                    host: String::new(),
                    escaped_path: String::new(),
                    raw_query: raw_query.to_owned(),
                });
            }
            return Err(failed(text, "invalid URI for request"));
        }
        let mut host = String::new();
        if (!scheme.is_empty() || !rest.starts_with("///")) && rest.starts_with("//") {
            let authority = &rest[2..];
            let end = authority.find('/').unwrap_or(authority.len());
            host = parse_authority(&authority[..end]).map_err(|why| failed(text, why))?;
            rest = &authority[end..];
        }
        let path = unescape(rest).map_err(|why| failed(text, why))?;
        let escaped_path = if percent::is_valid_encoded(rest) {
            rest.to_owned()
        } else {
            escape_path(&path)
        };
        Ok(Self {
            text: text.to_owned(),
            scheme,
            host,
            escaped_path,
            raw_query: raw_query.to_owned(),
        })
    }

    /// The host without its port and brackets.
    #[must_use]
    pub fn hostname(&self) -> &str {
        let host = self
            .port_at()
            .map_or(self.host.as_str(), |at| &self.host[..at]);
        host.strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host)
    }

    /// The port; empty where there is none.
    #[must_use]
    pub fn port(&self) -> &str {
        self.port_at().map_or("", |at| &self.host[at + 1..])
    }

    fn port_at(&self) -> Option<usize> {
        let colon = self.host.rfind(':')?;
        let digits = &self.host[colon + 1..];
        (digits.bytes().all(|b| b.is_ascii_digit()) && !self.host[colon..].contains(']'))
            .then_some(colon)
    }

    /// The query's keys and values, in order; what cannot be read is left out.
    #[must_use]
    pub fn query(&self) -> Vec<(String, Vec<String>)> {
        let mut out: Vec<(String, Vec<String>)> = Vec::new();
        for pair in self.raw_query.split('&') {
            if pair.is_empty() || pair.contains(';') {
                continue;
            }
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (Some(key), Some(value)) = (decode_query(key), decode_query(value)) else {
                continue;
            };
            match out.iter_mut().find(|(held, _)| *held == key) {
                Some((_, values)) => values.push(value),
                None => out.push((key, vec![value])),
            }
        }
        out
    }
}

fn split_scheme(text: &str) -> Result<(&str, &str), &'static str> {
    for (at, c) in text.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' => {
                if at == 0 {
                    return Ok(("", text));
                }
            }
            ':' => {
                if at == 0 {
                    return Err("missing protocol scheme");
                }
                return Ok((&text[..at], &text[at + 1..]));
            }
            _ => return Ok(("", text)),
        }
    }
    Ok(("", text))
}

fn parse_authority(authority: &str) -> Result<String, String> {
    let host = match authority.rfind('@') {
        None => authority,
        Some(at) => {
            let user = &authority[..at];
            let fine = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
            if !user.chars().all(fine) {
                return Err("net/url: invalid userinfo".to_owned());
            }
            unescape(user)?;
            &authority[at + 1..]
        }
    };
    if host.starts_with('[') {
        let Some(close) = host.rfind(']') else {
            return Err("missing ']' in host".to_owned());
        };
        check_port(&host[close + 1..])?;
        let inside = &host[1..close];
        let address = inside
            .split_once("%25")
            .map_or(inside, |(address, _)| address);
        if !matches!(address.parse(), Ok(std::net::IpAddr::V6(_))) {
            return Err(format!(
                "invalid host: ParseAddr({}): unable to parse IP",
                skeg_schema::go::quote(inside)
            ));
        }
        return Ok(host.to_owned());
    }
    if let Some(colon) = host.rfind(':') {
        check_port(&host[colon..])?;
        if host[..colon].contains(':') {
            return Err(format!(
                "invalid port {} after host",
                skeg_schema::go::quote(&host[host.find(':').unwrap_or(colon)..])
            ));
        }
    }
    let mut rest = host;
    while let Some(at) = rest.find('%') {
        let bytes = rest.as_bytes();
        let value = percent::hex_pair(bytes.get(at + 1), bytes.get(at + 2));
        // Only what is no ASCII may be escaped in a host.
        match value {
            Some(byte) if byte >= 0x80 => {}
            Some(_) | None => {
                // Two bytes behind it may be a part of a character.
                let shown = String::from_utf8_lossy(&bytes[at..(at + 3).min(bytes.len())]);
                return Err(format!(
                    "invalid URL escape {}",
                    skeg_schema::go::quote(&shown)
                ));
            }
        }
        rest = &rest[at + 3..];
    }
    if let Some(c) = host.chars().find(|c| " #\\^`{|}".contains(*c)) {
        return Err(format!(
            "invalid character {} in host name",
            skeg_schema::go::quote(&c.to_string())
        ));
    }
    Ok(host.to_owned())
}

fn check_port(port: &str) -> Result<(), String> {
    let fine = port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    if fine {
        Ok(())
    } else {
        Err(format!(
            "invalid port {} after host",
            skeg_schema::go::quote(port)
        ))
    }
}

/// Escapes with a percent sign.
mod percent {
    pub(super) fn hex_pair(high: Option<&u8>, low: Option<&u8>) -> Option<u8> {
        let digit = |b: Option<&u8>| char::from(*b?).to_digit(16);
        u8::try_from(digit(high)? * 16 + digit(low)?).ok()
    }

    pub(super) fn unescape(text: &str) -> Result<Vec<u8>, String> {
        let bytes = text.as_bytes();
        let mut out = Vec::with_capacity(bytes.len());
        let mut at = 0;
        while at < bytes.len() {
            if bytes[at] != b'%' {
                out.push(bytes[at]);
                at += 1;
                continue;
            }
            let Some(byte) = hex_pair(bytes.get(at + 1), bytes.get(at + 2)) else {
                let end = (at + 3).min(bytes.len());
                let shown = String::from_utf8_lossy(&bytes[at..end]).into_owned();
                return Err(format!(
                    "invalid URL escape {}",
                    skeg_schema::go::quote(&shown)
                ));
            };
            out.push(byte);
            at += 3;
        }
        Ok(out)
    }

    pub(super) fn decode_query(text: &str) -> Option<String> {
        let bytes = unescape(&text.replace('+', " ")).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn stays(byte: u8) -> bool {
        byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&byte)
    }

    /// Whether Go leaves a path as it was written.
    pub(super) fn is_valid_encoded(path: &str) -> bool {
        path.bytes()
            .all(|byte| stays(byte) || b"!'()*[]%".contains(&byte))
    }

    pub(super) fn escape_path(path: &[u8]) -> String {
        let mut out = String::new();
        for byte in path {
            if stays(*byte) {
                out.push(char::from(*byte));
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_may_be_followed_by_any_character() {
        for text in [
            "x://a%é:1",
            "x://a%1é",
            "x://a%",
            "x://a%�_",
            "/a%é",
            "/?a=%é",
        ] {
            // What matters is that there is an answer.
            let _ = Url::parse_request(text);
        }
        let refused = Url::parse_request("x://a%�b:1").unwrap_err();
        assert!(refused.contains("invalid URL escape"), "{refused}");
    }

    #[test]
    fn parts_are_found() {
        let url = Url::parse_request("https://u:p@host.example:8080/a b%20c?k=v&k=w&l=").unwrap();
        assert_eq!(url.scheme, "https");
        assert_eq!(url.host, "host.example:8080");
        assert_eq!(url.hostname(), "host.example");
        assert_eq!(url.port(), "8080");
        assert_eq!(url.escaped_path, "/a%20b%20c");
        assert_eq!(url.query().len(), 2);
        let url = Url::parse_request("https://[::1]:80/").unwrap();
        assert_eq!((url.host.as_str(), url.hostname()), ("[::1]:80", "::1"));
    }

    #[test]
    fn mistakes_are_told_as_go_tells_them() {
        for (text, words) in [
            ("bad bad", r#"parse "bad bad": invalid URI for request"#),
            (
                "http://%zz",
                r#"parse "http://%zz": invalid URL escape "%zz""#,
            ),
            ("", r#"parse "": empty url"#),
            (
                "http://h:x/",
                r#"parse "http://h:x/": invalid port ":x" after host"#,
            ),
            (":a", r#"parse ":a": missing protocol scheme"#),
            ("../up", r#"parse "../up": invalid URI for request"#),
        ] {
            assert_eq!(Url::parse_request(text).unwrap_err(), words);
        }
    }
}
