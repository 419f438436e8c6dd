//! Names of images, completed as container engines do.

use std::fmt;

use super::{Digest, ImageError, Result};

/// The domain whose images never leave the machine.
pub const LOCAL_DOMAIN: &str = "skeg.local";

const DEFAULT_DOMAIN: &str = "docker.io";
const NAME_LEN_MAX: usize = 255;

/// A complete name: `docker.io/library/nginx:latest`, `ghcr.io/a/b@sha256:…`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    domain: String,
    path: String,
    tag: Option<String>,
    digest: Option<Digest>,
}

impl Reference {
    /// Parses a name as a user writes it: without a domain it is Docker Hub's, without a tag
    /// and digest the tag is `latest`.
    pub fn parse(name: &str) -> Result<Self> {
        let invalid = |reason| ImageError::InvalidName {
            name: name.to_owned(),
            reason,
        };
        let format = "invalid reference format";
        let (rest, digest) = match name.split_once('@') {
            Some((rest, digest)) => (
                rest,
                Some(
                    digest
                        .parse()
                        .map_err(|_| invalid("invalid reference format"))?,
                ),
            ),
            None => (name, None),
        };
        // A colon after the last slash begins the tag; before it, a port.
        let (rest, tag) = match rest.rfind(':') {
            Some(at) if !rest[at..].contains('/') => (&rest[..at], Some(&rest[at + 1..])),
            _ => (rest, None),
        };
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(invalid(format));
        }
        let (domain, path) = match rest.split_once('/') {
            Some((first, path)) if is_domain_like(first) => (first, path.to_owned()),
            _ => (DEFAULT_DOMAIN, rest.to_owned()),
        };
        let domain = if domain == "index.docker.io" {
            DEFAULT_DOMAIN
        } else {
            domain
        };
        let path = if domain == DEFAULT_DOMAIN && !path.contains('/') {
            format!("library/{path}")
        } else {
            path
        };
        if !is_domain(domain) {
            return Err(invalid(format));
        }
        if path.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(invalid(
                "invalid reference format: repository name must be lowercase",
            ));
        }
        if !path.split('/').all(is_component) {
            return Err(invalid(format));
        }
        if domain.len() + 1 + path.len() > NAME_LEN_MAX {
            return Err(invalid(
                "repository name must not be more than 255 characters",
            ));
        }
        let tag = match (tag, digest) {
            (None, None) => Some("latest".to_owned()),
            (tag, _) => tag.map(str::to_owned),
        };
        Ok(Self {
            domain: domain.to_owned(),
            path,
            tag,
            digest,
        })
    }

    /// The registry.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The repository within the registry.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The tag.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest of the manifest.
    pub fn digest(&self) -> Option<Digest> {
        self.digest
    }

    /// Registry and repository.
    pub fn name(&self) -> String {
        format!("{}/{}", self.domain, self.path)
    }

    /// Registry, repository and digest.
    pub fn with_digest(&self, digest: Digest) -> String {
        format!("{}@{digest}", self.name())
    }

    /// Whether the image must not be asked of any registry.
    pub fn is_local(&self) -> bool {
        self.domain == LOCAL_DOMAIN
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.domain, self.path)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

/// Whether the first part of a name is a domain and not a part of the path.
fn is_domain_like(part: &str) -> bool {
    part == "localhost"
        || part.contains(['.', ':'])
        || part.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn is_domain(domain: &str) -> bool {
    let (host, port) = match domain.rsplit_once(':') {
        Some((host, port)) if !host.ends_with(':') && !port.contains(']') => (host, Some(port)),
        _ => (domain, None),
    };
    let good_port =
        port.is_none_or(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()));
    let is_address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let good_host = match is_address {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => host.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        }),
    };
    good_host && good_port
}

fn is_tag(tag: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(word)
        && tag
            .bytes()
            .all(|byte| word(byte) || byte == b'.' || byte == b'-')
}

/// Letters and digits, with `.`, `_`, `__` or dashes between them.
fn is_component(part: &str) -> bool {
    let alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = part.bytes().next().is_some_and(alphanumeric)
        && part.bytes().last().is_some_and(alphanumeric);
    let separators = part.split(|c: char| c.is_ascii_alphanumeric());
    ends && part.is_ascii()
        && separators.into_iter().all(|separator| {
            matches!(separator, "" | "." | "_" | "__") || separator.bytes().all(|b| b == b'-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expect: &str) {
        assert_eq!(
            Reference::parse(name).unwrap().to_string(),
            expect,
            "{name}"
        );
    }

    #[test]
    fn names_are_completed() {
        let digest = Digest::of(b"").to_string();
        check("nginx", "docker.io/library/nginx:latest");
        check("nginx:1.2", "docker.io/library/nginx:1.2");
        check("a/b", "docker.io/a/b:latest");
        check("docker.io/nginx", "docker.io/library/nginx:latest");
        check("index.docker.io/a/b:x", "docker.io/a/b:x");
        check("localhost/a", "localhost/a:latest");
        check("localhost:5000/a/b:1", "localhost:5000/a/b:1");
        check("[::1]:5000/a", "[::1]:5000/a:latest");
        check("skeg.local/toolbox", "skeg.local/toolbox:latest");
        check(
            &format!("a@{digest}"),
            &format!("docker.io/library/a@{digest}"),
        );
        check(&format!("x.y/a:1@{digest}"), &format!("x.y/a:1@{digest}"));
        check("a__b/c---d/e.f", "docker.io/a__b/c---d/e.f:latest");
    }

    #[test]
    fn bad_names_are_refused() {
        let long = "a".repeat(300);
        for name in [
            "",
            ":",
            "a:",
            "a:b c",
            "a b",
            "/a",
            "a/",
            "a//b",
            "-a",
            "a-",
            "a..b",
            "a___b",
            "A",
            "a@sha256:1",
            "x.y:/a",
            "x.y:p/a",
            "../a",
            "a:-x",
            "é",
            &long,
            "http://x.y/a",
        ] {
            assert!(Reference::parse(name).is_err(), "{name:?}");
        }
        let error = Reference::parse("Nginx").unwrap_err().to_string();
        assert!(
            error.ends_with("repository name must be lowercase"),
            "{error}"
        );
    }

    #[test]
    fn local_names_stay_here() {
        assert!(Reference::parse("skeg.local/toolbox").unwrap().is_local());
        assert!(
            !Reference::parse("skeg.local.example/toolbox")
                .unwrap()
                .is_local()
        );
    }
}
