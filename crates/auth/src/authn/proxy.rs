//! Front proxies: they show their own certificate and name their user in
//! headers.

use std::sync::Arc;

use http::HeaderMap;
use percent_encoding::percent_decode_str;

use super::PeerIdentity;
use crate::pki::Authority;
use crate::user::UserInfo;

/// Which proxies are believed, and where they name the user.
#[derive(Clone, Debug, Default)]
pub struct RequestHeaderOptions {
    /// `--requestheader-client-ca-file`.
    pub authority: Arc<Authority>,
    /// `--requestheader-allowed-names`; none: every certificate of the CAs.
    pub allowed_names: Vec<String>,
    /// `--requestheader-username-headers`; the first that is there counts.
    pub username_headers: Vec<String>,
    /// `--requestheader-uid-headers`.
    pub uid_headers: Vec<String>,
    /// `--requestheader-group-headers`; all count.
    pub group_headers: Vec<String>,
    /// `--requestheader-extra-headers-prefix`.
    pub extra_prefixes: Vec<String>,
}

/// Believes front proxies.
pub(super) struct FrontProxies {
    options: RequestHeaderOptions,
}

impl FrontProxies {
    pub(super) fn new(mut options: RequestHeaderOptions) -> Self {
        let lower = |names: &mut Vec<String>| {
            for name in names {
                *name = name.to_ascii_lowercase();
            }
        };
        lower(&mut options.username_headers);
        lower(&mut options.uid_headers);
        lower(&mut options.group_headers);
        lower(&mut options.extra_prefixes);
        Self { options }
    }

    /// Whether this peer is a proxy that may name users.
    pub(super) fn believes(&self, peer: &PeerIdentity) -> bool {
        let names = &self.options.allowed_names;
        let name = peer.user().map_or("", |user| &user.name);
        (names.is_empty() || names.iter().any(|allowed| allowed == name))
            && peer.is_proxy(&self.options.authority.current())
    }

    /// The user that the headers name, if they do.
    pub(super) fn user(&self, headers: &HeaderMap) -> Option<UserInfo> {
        let text =
            |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let first = |names: &[String]| {
            names
                .iter()
                .filter_map(|name| headers.get(name.as_str()))
                .map(text)
                .find(|value| !value.is_empty())
        };
        let name = first(&self.options.username_headers)?;
        let mut user = UserInfo::new(name, &[]);
        user.uid = first(&self.options.uid_headers).unwrap_or_default();
        for name in &self.options.group_headers {
            let groups = headers.get_all(name.as_str()).iter().map(text);
            user.groups.extend(groups.filter(|group| !group.is_empty()));
        }
        for (name, value) in headers {
            for prefix in &self.options.extra_prefixes {
                if let Some(key) = name.as_str().strip_prefix(prefix.as_str()) {
                    let key = percent_decode_str(key)
                        .decode_utf8()
                        .map_or_else(|_| key.to_owned(), |k| k.to_lowercase());
                    user.extra.entry(key).or_default().push(text(value));
                }
            }
        }
        Some(user.with_authenticated_group())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::{Pki, certificates_of};

    #[test]
    fn only_proxies_of_the_ca_and_of_a_name_are_believed() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let pki = Pki::open(dir.path()).unwrap();
        let foreign = Pki::open(other.path()).unwrap();
        let peer = |pki: &Pki, name: &str| {
            let pair = pki.client("x", name, None).unwrap();
            let chain = certificates_of(&pair.certificate_pem);
            PeerIdentity::from_chain(&chain).unwrap()
        };
        let proxies = FrontProxies::new(RequestHeaderOptions {
            authority: Arc::new(Authority::from_pem(pki.ca_pem().as_bytes()).unwrap()),
            allowed_names: vec!["front-proxy".into()],
            username_headers: vec!["X-Remote-User".into()],
            uid_headers: vec!["X-Remote-Uid".into()],
            group_headers: vec!["X-Remote-Group".into()],
            extra_prefixes: vec!["X-Remote-Extra-".into()],
        });
        assert!(proxies.believes(&peer(&pki, "front-proxy")));
        assert!(!proxies.believes(&peer(&pki, "somebody")));
        assert!(!proxies.believes(&peer(&foreign, "front-proxy")));
        let mut headers = HeaderMap::new();
        assert_eq!(proxies.user(&headers), None);
        for (name, value) in [
            ("x-remote-user", "eve"),
            ("x-remote-uid", "7"),
            ("x-remote-group", "a"),
            ("x-remote-extra-example.com%2fk", "v"),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        headers.append("x-remote-group", "b".parse().unwrap());
        let user = proxies.user(&headers).unwrap();
        assert_eq!((user.name.as_str(), user.uid.as_str()), ("eve", "7"));
        assert_eq!(user.groups, ["a", "b", "system:authenticated"]);
        assert_eq!(user.extra["example.com/k"], ["v"]);
    }
}
