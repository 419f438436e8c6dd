//! Formats that markers name.

use crate::errors::Errs;
use crate::path::Path;
use crate::validation::names;

const CASELESS: &str = "an RFC 1123 subdomain must consist of alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'Example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const IDENTIFIER: &str = "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')";
/// The longest name of a pool of devices.
const POOL_MAX: usize = 253;
/// The longest domain of an attribute of devices.
const DOMAIN_MAX: usize = 63;
/// The longest name of an attribute of devices, without its domain.
const IDENTIFIER_MAX: usize = 32;

/// What keeps a text from having a format.
pub fn check(format: &str, text: &str, path: &Path<'_>, errs: &mut Errs) {
    let found = match format.trim_matches('"') {
        "k8s-short-name" => names::dns1123_label(text, false),
        "k8s-long-name" => names::dns1123_subdomain(text, false),
        "k8s-long-name-caseless" => caseless(text),
        "k8s-label-key" => names::qualified_name(text),
        "k8s-prefixed-label-key" => prefixed(text),
        "k8s-path-segment-name" => names::path_segment(text, false),
        "k8s-uuid" if !is_uuid(text) => {
            vec!["must be a lowercase UUID in 8-4-4-4-12 format".to_owned()]
        }
        "k8s-resource-pool-name" => return pool(text, path, errs),
        "k8s-extended-resource-name" => extended(text),
        "k8s-resource-fully-qualified-name" => return attribute(text, path, errs),
        _ => return,
    };
    errs.invalid_all(path, text, in_bytes(found));
}

// Declared lengths are those of bytes, and say so.
fn in_bytes(found: Vec<String>) -> Vec<String> {
    let one = |words: String| match words.strip_suffix(" characters") {
        Some(head) if head.starts_with("must be no more than ") => format!("{head} bytes"),
        _ => words,
    };
    found.into_iter().map(one).collect()
}

fn caseless(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if text.len() > names::SUBDOMAIN_MAX {
        found.push(format!(
            "must be no more than {} bytes",
            names::SUBDOMAIN_MAX
        ));
    }
    if !names::is_subdomain(&text.to_ascii_lowercase()) {
        found.push(CASELESS.to_owned());
    }
    found
}

fn prefixed(text: &str) -> Vec<String> {
    let found = names::qualified_name(text);
    if found.is_empty() && !text.contains('/') {
        return vec!["must include a prefix (e.g. 'example.com/key')".to_owned()];
    }
    found
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(n, byte)| match n {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

fn pool(text: &str, path: &Path<'_>, errs: &mut Errs) {
    if text.len() > POOL_MAX {
        errs.too_long(path, POOL_MAX);
    }
    for (n, part) in text.split('/').enumerate() {
        if part.is_empty() {
            errs.invalid(path, text, format!("segment {n}: must not be empty"));
            continue;
        }
        for words in in_bytes(names::dns1123_subdomain(part, false)) {
            errs.invalid(path, part, format!("segment {n}: {words}"));
        }
    }
}

fn extended(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if !text.contains('/') {
        found.push("a name must be a domain-prefixed path, such as 'example.com/my-prop'".into());
    } else if text.contains("kubernetes.io/") {
        found.push("must not have \"kubernetes.io/\" domain".into());
    }
    if text.starts_with("requests.") {
        found.push("must not have \"requests.\" prefix".into());
    }
    // A quota names it so.
    found.extend(names::qualified_name(&format!("requests.{text}")));
    found
}

fn attribute(text: &str, path: &Path<'_>, errs: &mut Errs) {
    match text.split('/').collect::<Vec<_>>()[..] {
        [id] => identifier(id, path, errs),
        [domain, id] => {
            if domain.is_empty() {
                errs.invalid(path, "", "prefix must not be empty");
            } else {
                if domain.len() > DOMAIN_MAX {
                    errs.too_long(path, DOMAIN_MAX);
                }
                for words in in_bytes(names::dns1123_subdomain(domain, false)) {
                    errs.invalid(path, domain, format!("prefix: {words}"));
                }
            }
            if id.is_empty() {
                errs.invalid(path, "", "name must not be empty");
            } else {
                identifier(id, path, errs);
            }
        }
        // Upstream looks at nothing of a name with more slashes.
        _ => {}
    }
    if !text.contains('/') {
        errs.invalid(
            path,
            text,
            "a fully qualified name must be a domain and a name separated by a slash",
        );
    }
}

/// The name of an attribute or capacity of a device.
pub fn identifier(text: &str, path: &Path<'_>, errs: &mut Errs) {
    if text.len() > IDENTIFIER_MAX {
        errs.too_long(path, IDENTIFIER_MAX);
    }
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !begins || !text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        errs.invalid(path, text, IDENTIFIER);
    }
}
