//! What may be a name, a label, a key. Every function gives what is wrong, in
//! upstream's words; nothing is wrong when the list is empty.

/// Upstream's words for "does not match".
fn form(rule: &str, regex: &str, examples: &[&str]) -> String {
    let examples: Vec<String> = examples
        .iter()
        .map(|example| format!("'{example}'"))
        .collect();
    match examples.as_slice() {
        [] => format!("{rule} (regex used for validation is '{regex}')"),
        _ => format!(
            "{rule} (e.g. {}, regex used for validation is '{regex}')",
            examples.join(",  or ")
        ),
    }
}

/// `must be no more than 63 characters`.
#[must_use]
pub fn too_long_characters(max: usize) -> String {
    format!("must be no more than {max} characters")
}

/// `must be no more than 63 bytes`.
#[must_use]
pub fn too_long_bytes(max: usize) -> String {
    format!("must be no more than {max} bytes")
}

/// The most characters of a label of DNS.
pub const DNS_LABEL_MAX: usize = 63;
/// The most characters of a subdomain of DNS.
pub const DNS_SUBDOMAIN_MAX: usize = 253;
/// The most bytes of a label's value, and of the name part of a key.
pub const LABEL_MAX: usize = 63;

fn is_lower(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn is_label(text: &str) -> bool {
    let bytes = text.as_bytes();
    matches!((bytes.first(), bytes.last()), (Some(first), Some(last)) if is_lower(*first) && is_lower(*last))
        && bytes.iter().all(|byte| is_lower(*byte) || *byte == b'-')
}

fn is_subdomain(text: &str) -> bool {
    text.split('.').all(is_label)
}

/// `[A-Za-z0-9]` at both ends, and `-`, `_`, `.` between.
fn is_name_part(text: &str) -> bool {
    let bytes = text.as_bytes();
    let end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    end(bytes.first())
        && end(bytes.last())
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

fn check(matches: bool, long: Option<String>, words: impl FnOnce() -> String) -> Vec<String> {
    let mut wrong: Vec<String> = long.into_iter().collect();
    if !matches {
        wrong.push(words());
    }
    wrong
}

/// The words about a label of RFC 1123.
#[must_use]
pub fn dns1123_label_words() -> String {
    form(
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
        "[a-z0-9]([-a-z0-9]*[a-z0-9])?",
        &["my-name", "123-abc"],
    )
}

/// The words about a subdomain of RFC 1123.
#[must_use]
pub fn dns1123_subdomain_words() -> String {
    form(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
        r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
        &["example.com"],
    )
}

/// A label of RFC 1123: `my-name`.
#[must_use]
pub fn dns1123_label(text: &str) -> Vec<String> {
    let long = (text.len() > DNS_LABEL_MAX).then(|| too_long_characters(DNS_LABEL_MAX));
    check(is_label(text), long, dns1123_label_words)
}

/// A subdomain of RFC 1123: `my.name`.
#[must_use]
pub fn dns1123_subdomain(text: &str) -> Vec<String> {
    let long = (text.len() > DNS_SUBDOMAIN_MAX).then(|| too_long_characters(DNS_SUBDOMAIN_MAX));
    check(is_subdomain(text), long, dns1123_subdomain_words)
}

/// A label of RFC 1035: begins with a letter.
#[must_use]
pub fn dns1035_label(text: &str) -> Vec<String> {
    let long = (text.len() > DNS_LABEL_MAX).then(|| too_long_characters(DNS_LABEL_MAX));
    let fits = is_label(text) && text.starts_with(|c: char| c.is_ascii_lowercase());
    check(fits, long, || {
        form(
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
            "[a-z]([-a-z0-9]*[a-z0-9])?",
            &["my-name", "abc-123"],
        )
    })
}

/// A subdomain whose first label may be `*`.
#[must_use]
pub fn wildcard_dns1123_subdomain(text: &str) -> Vec<String> {
    let long = (text.len() > DNS_SUBDOMAIN_MAX).then(|| too_long_characters(DNS_SUBDOMAIN_MAX));
    let fits = text.strip_prefix("*.").is_some_and(is_subdomain);
    check(fits, long, || {
        form(
            "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
            r"\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
            &["*.example.com"],
        )
    })
}

fn name_part_words(subject: &str) -> String {
    form(
        &format!(
            "{subject} must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
        ),
        "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]",
        &["MyName", "my.name", "123-abc"],
    )
}

/// A key of a label or an annotation, a finalizer, a resource: `name` or `prefix/name`.
#[must_use]
pub fn qualified_name(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let parts: Vec<&str> = text.split('/').collect();
    let name = match parts.as_slice() {
        [name] => name,
        [prefix, name] => {
            if prefix.is_empty() {
                wrong.push("prefix part must be non-empty".to_owned());
            } else {
                if prefix.len() > DNS_SUBDOMAIN_MAX {
                    wrong.push(format!("prefix part {}", too_long_bytes(DNS_SUBDOMAIN_MAX)));
                }
                if !is_subdomain(prefix) {
                    wrong.push(format!("prefix part {}", dns1123_subdomain_words()));
                }
            }
            name
        }
        _ => {
            let words = name_part_words("a valid label key");
            wrong.push(format!(
                "{words} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            ));
            return wrong;
        }
    };
    if name.is_empty() {
        wrong.push("name part must be non-empty".to_owned());
    } else if name.len() > LABEL_MAX {
        wrong.push(format!("name part {}", too_long_bytes(LABEL_MAX)));
    }
    if !is_name_part(name) {
        wrong.push(name_part_words("name part"));
    }
    wrong
}

/// The value of a label.
#[must_use]
pub fn label_value(text: &str) -> Vec<String> {
    let long = (text.len() > LABEL_MAX).then(|| too_long_bytes(LABEL_MAX));
    check(text.is_empty() || is_name_part(text), long, || {
        form(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
            "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?",
            &["MyValue", "my_value", "12345"],
        )
    })
}

/// A key of a ConfigMap or a Secret.
#[must_use]
pub fn config_map_key(text: &str) -> Vec<String> {
    let long = (text.len() > DNS_SUBDOMAIN_MAX).then(|| too_long_characters(DNS_SUBDOMAIN_MAX));
    let fits = !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    let mut wrong = check(fits, long, || {
        form(
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
            "[-._a-zA-Z0-9]+",
            &["key.name", "KEY_NAME", "key-name"],
        )
    });
    match text {
        "." => wrong.push("must not be '.'".to_owned()),
        ".." => wrong.push("must not be '..'".to_owned()),
        _ if text.starts_with("..") => wrong.push("must not start with '..'".to_owned()),
        _ => {}
    }
    wrong
}

/// A name that stands in a path: no `/`, no `%`, not `.` or `..`.
#[must_use]
pub fn path_segment(text: &str) -> Vec<String> {
    match text {
        "." => return vec!["may not be '.'".to_owned()],
        ".." => return vec!["may not be '..'".to_owned()],
        _ => {}
    }
    ["/", "%"]
        .into_iter()
        .filter(|part| text.contains(part))
        .map(|part| format!("may not contain '{part}'"))
        .collect()
}

/// The number of a port.
#[must_use]
pub fn port_number(port: i64) -> Vec<String> {
    if (1..=65_535).contains(&port) {
        Vec::new()
    } else {
        vec!["must be between 1 and 65535, inclusive".to_owned()]
    }
}

/// The name of a port.
#[must_use]
pub fn port_name(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > 15 {
        wrong.push(too_long_characters(15));
    }
    if !text.bytes().all(|byte| is_lower(byte) || byte == b'-') || text.is_empty() {
        wrong.push(
            "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)".to_owned(),
        );
    }
    if !text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        wrong.push("must contain at least one letter (a-z)".to_owned());
    }
    if text.contains("--") {
        wrong.push("must not contain consecutive hyphens".to_owned());
    }
    if text.starts_with('-') || text.ends_with('-') {
        wrong.push("must not begin or end with a hyphen".to_owned());
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits() {
        assert!(dns1123_label("my-name").is_empty());
        assert!(dns1123_subdomain("a.b-c.d1").is_empty());
        assert!(dns1035_label("a1").is_empty());
        assert!(qualified_name("example.com/My_Name.x").is_empty());
        assert!(label_value("").is_empty());
        assert!(config_map_key("..data").len() == 1);
        assert!(wildcard_dns1123_subdomain("*.a.b").is_empty());
        assert!(port_name("http-alt").is_empty());
    }

    #[test]
    fn what_does_not() {
        for text in ["", "-a", "a-", "A", "a.b", "a_b", "é"] {
            assert_eq!(dns1123_label(text), [dns1123_label_words()], "{text}");
        }
        for text in ["", ".a", "a.", "a..b", "a.-b"] {
            assert_eq!(
                dns1123_subdomain(text),
                [dns1123_subdomain_words()],
                "{text}"
            );
        }
        assert_eq!(
            dns1123_label(&"a".repeat(64)),
            ["must be no more than 63 characters"]
        );
        assert_eq!(dns1035_label("1a").len(), 1);
        assert_eq!(
            label_value(&"v".repeat(64)),
            ["must be no more than 63 bytes"]
        );
        assert_eq!(qualified_name("").len(), 2);
        assert_eq!(
            qualified_name("").first().map(String::as_str),
            Some("name part must be non-empty")
        );
        assert_eq!(
            qualified_name("a/b/c"),
            [
                "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            ]
        );
        assert_eq!(
            path_segment("a/b%"),
            ["may not contain '/'", "may not contain '%'"]
        );
    }
}
