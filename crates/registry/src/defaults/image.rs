//! Which tag the name of an image means.

/// Whether a name of an image means the tag `latest`: it says so, or says neither a
/// tag nor a digest. What is no name of an image means nothing.
pub fn is_latest(image: &str) -> bool {
    let (rest, digest) = match image.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (image, None),
    };
    // A colon after the last slash begins the tag; before it, a port.
    let (name, tag) = match rest.rfind(':') {
        Some(n) if !rest[n..].contains('/') => (&rest[..n], Some(&rest[n + 1..])),
        _ => (rest, None),
    };
    if !is_name(name) || (tag.is_none() && digest.is_none() && is_identifier(image)) {
        return false;
    }
    match (tag, digest) {
        (None, None) => true,
        (tag, digest) => tag == Some("latest") && digest.is_none_or(is_digest),
    }
}

/// Sixty-four hexadecimal digits are an image's identifier, not its name.
fn is_identifier(image: &str) -> bool {
    image.len() == 64 && hexadecimal(image)
}

fn hexadecimal(text: &str) -> bool {
    text.bytes()
        .all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c))
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, digits)) = digest.split_once(':') else {
        return false;
    };
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return false,
    };
    digits.len() == length && hexadecimal(digits)
}

/// What is longer is no path of a repository.
const PATH_LEN_MAX: usize = 255;

/// A registry, if the first part looks like one, and the path of a repository.
fn is_name(name: &str) -> bool {
    let (domain, path) = match name.split_once('/') {
        Some((first, rest)) if is_domain_like(first) => (Some(first), rest),
        _ => (None, name),
    };
    domain.is_none_or(is_domain) && path.len() <= PATH_LEN_MAX && path.split('/').all(is_component)
}

fn is_domain_like(part: &str) -> bool {
    part.contains(['.', ':']) || part == "localhost" || part.bytes().any(|c| c.is_ascii_uppercase())
}

fn is_domain(domain: &str) -> bool {
    let (host, port) = match domain.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (domain, None),
    };
    let port_fits = port.is_none_or(|p| !p.is_empty() && p.bytes().all(|c| c.is_ascii_digit()));
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || c == b'-')
    };
    let ipv6 = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .is_some_and(|ip| !ip.is_empty() && ip.bytes().all(|c| c.is_ascii_hexdigit() || c == b':'));
    port_fits && (ipv6 || host.split('.').all(label))
}

/// Lower-case letters and digits, between them `.`, `_`, `__` or dashes.
fn is_component(component: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    component.starts_with(word)
        && component.ends_with(word)
        && component.split(word).all(|between| {
            matches!(between, "" | "." | "_" | "__") || between.bytes().all(|c| c == b'-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_their_tags() {
        let check = |image: &str, expect: bool| assert_eq!(is_latest(image), expect, "{image}");
        let digest = format!("sha256:{}", "0".repeat(64));
        for image in [
            "img",
            "img:latest",
            "a/b",
            "host:5000/img",
            "HOST/img",
            "localhost/a__b/c--d:latest",
            "[::1]:80/a",
            &format!("img:latest@{digest}"),
        ] {
            check(image, true);
        }
        for image in [
            "",
            "img:1",
            "img:",
            "img:LATEST",
            "host:5000/img:1",
            "IMG",
            "host:5000/IMG",
            "a//b",
            "-a",
            "a-",
            "a_._b",
            " a",
            "a/:latest",
            "img@sha256:0",
            "img:latest@sha256:0",
            "img:latest@md5:0",
            &format!("img@{digest}"),
            &"a".repeat(64),
            &"a".repeat(256),
        ] {
            check(image, false);
        }
    }
}
