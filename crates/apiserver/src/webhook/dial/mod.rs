//! Connections to servers that objects name: webhooks and the API servers of
//! APIServices, by host name or by a reference to a service.

mod connect;
mod pool;
mod resolve;
mod trust;

pub use connect::Stream;
pub use pool::Dialer;
pub use resolve::Resolver;
pub use trust::Identity;

use std::fmt;
use std::sync::Arc;

use super::WebhookUser;

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A host name or an address, as in a URL.
    Host {
        /// The name; IPv6 addresses without brackets.
        name: String,
        /// The port.
        port: u16,
    },
    /// A port of a service; resolved anew for every connection.
    Service {
        /// The service's namespace.
        namespace: String,
        /// The service's name.
        name: String,
        /// The service's port, not that of its pods.
        port: u16,
    },
}

impl Place {
    /// The name that the server's certificate must be for.
    pub fn server_name(&self) -> String {
        match self {
            Place::Host { name, .. } => name.clone(),
            Place::Service {
                namespace, name, ..
            } => format!("{name}.{namespace}.svc"),
        }
    }
}

/// `host:port`, as in a URL.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Host { name, port } if name.contains(':') => write!(f, "[{name}]:{port}"),
            Place::Host { name, port } => write!(f, "{name}:{port}"),
            Place::Service { port, .. } => write!(f, "{}:{port}", self.server_name()),
        }
    }
}

/// Whose certificates are taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Trust {
    /// Those of the authorities that the system trusts.
    System,
    /// Those of these authorities, PEM.
    Bundle(Arc<[u8]>),
    /// Anybody's.
    Anyone,
}

/// A server to be called.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Peer {
    /// Where it is.
    pub place: Place,
    /// Whom it must prove to be.
    pub trust: Trust,
    /// We show it the certificate of the front proxy, when there is one.
    pub identified: bool,
    /// We show it this user's certificate instead.
    pub user: Option<WebhookUser>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_urls() {
        let check = |place: Place, url: &str, name: &str| {
            assert_eq!(
                (place.to_string().as_str(), place.server_name().as_str()),
                (url, name)
            );
        };
        let service = Place::Service {
            namespace: "ns".to_owned(),
            name: "hook".to_owned(),
            port: 443,
        };
        check(service, "hook.ns.svc:443", "hook.ns.svc");
        let host = Place::Host {
            name: "::1".to_owned(),
            port: 8443,
        };
        check(host, "[::1]:8443", "::1");
    }
}
