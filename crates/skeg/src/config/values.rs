//! The types of settings, each read from the same text in the configuration
//! file, the environment and flags.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use ipnet::IpNet;

/// A part of the cluster that can run in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The API server with its store.
    ApiServer,
    /// Chooses a node for each pod.
    Scheduler,
    /// The controllers.
    ControllerManager,
    /// Runs pods on this machine.
    Kubelet,
    /// Makes services reachable from this machine.
    Proxy,
    /// Cluster DNS.
    Dns,
}

impl Role {
    /// All roles, in the order in which they start.
    pub const ALL: [Self; 6] = [
        Self::ApiServer,
        Self::Scheduler,
        Self::ControllerManager,
        Self::Kubelet,
        Self::Proxy,
        Self::Dns,
    ];

    /// The name in `--roles`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ApiServer => "apiserver",
            Self::Scheduler => "scheduler",
            Self::ControllerManager => "controller-manager",
            Self::Kubelet => "kubelet",
            Self::Proxy => "proxy",
            Self::Dns => "dns",
        }
    }
}

/// A set of roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles(BTreeSet<Role>);

impl Roles {
    /// Every role.
    pub fn all() -> Self {
        Self(Role::ALL.into())
    }

    /// The control plane alone, which needs no root: `--no-node`.
    pub fn without_node() -> Self {
        Self([Role::ApiServer, Role::Scheduler, Role::ControllerManager].into())
    }

    /// Whether `role` is among them.
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// Their names, in the order of [`Role::ALL`].
    pub fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|role| role.name()).collect()
    }
}

impl FromStr for Roles {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut roles = BTreeSet::new();
        for name in text
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            let role = Role::ALL
                .into_iter()
                .find(|role| role.name() == name)
                .ok_or_else(|| {
                    let names = Role::ALL.map(Role::name);
                    match super::nearest(name, &names) {
                        Some(near) => format!("no role is called {name:?}; did you mean {near}?"),
                        None => {
                            format!("no role is called {name:?}; roles are {}", names.join(", "))
                        }
                    }
                })?;
            roles.insert(role);
        }
        if roles.is_empty() {
            return Err(format!(
                "name at least one of {}",
                Role::ALL.map(Role::name).join(", ")
            ));
        }
        Ok(Self(roles))
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().join(","))
    }
}

/// Where the API server listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listen(pub SocketAddr);

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(address) = text.parse() {
            return Ok(Self(address));
        }
        let (host, port) = text
            .rsplit_once(':')
            .ok_or("expected ADDR:PORT, for example 127.0.0.1:6443")?;
        let port: u16 = port
            .parse()
            .map_err(|_| format!("{port:?} is not a port (0 to 65535)"))?;
        let address = match host {
            "" => IpAddr::from([0, 0, 0, 0]),
            "localhost" => IpAddr::from([127, 0, 0, 1]),
            host => {
                return Err(format!(
                    "{host:?} is not an IP address; expected ADDR:PORT, for example 127.0.0.1:{port}"
                ));
            }
        };
        Ok(Self(SocketAddr::new(address, port)))
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr(pub IpNet);

impl FromStr for Cidr {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let net: IpNet = text
            .parse()
            .map_err(|_| "expected an address range such as 10.96.0.0/16".to_owned())?;
        if net.trunc() != net {
            return Err(format!(
                "the address has bits beyond its prefix; did you mean {}?",
                net.trunc()
            ));
        }
        let left = net.max_prefix_len() - net.prefix_len();
        if left < 3 {
            return Err(format!(
                "a range of /{} is too small; use at least 8 addresses",
                net.prefix_len()
            ));
        }
        Ok(Self(net))
    }
}

impl Cidr {
    /// The address after the network's own: the service `kubernetes` in the
    /// service range, the bridge in the node's pod range.
    pub fn first(&self) -> IpAddr {
        match self.0 {
            IpNet::V4(net) => IpAddr::from((u32::from(net.network()) + 1).to_be_bytes()),
            IpNet::V6(net) => IpAddr::from((u128::from(net.network()) + 1).to_be_bytes()),
        }
    }

    /// Whether its addresses are of IPv4.
    pub fn is_ipv4(&self) -> bool {
        matches!(self.0, IpNet::V4(_))
    }

    /// Whether the two share an address.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.0.contains(&other.0) || other.0.contains(&self.0)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The ranges of services: one, or one of each family with a comma between. The
/// first is that of services that ask for no family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceCidrs {
    /// The first.
    pub primary: Cidr,
    /// That of the other family.
    pub secondary: Option<Cidr>,
}

impl FromStr for ServiceCidrs {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((primary, secondary)) = text.split_once(',') else {
            return Ok(Self {
                primary: text.parse()?,
                secondary: None,
            });
        };
        if secondary.contains(',') {
            return Err("expected one range, or one of each family".to_owned());
        }
        let (primary, secondary): (Cidr, Cidr) = (primary.parse()?, secondary.parse()?);
        if primary.is_ipv4() == secondary.is_ipv4() {
            return Err(format!(
                "{primary} and {secondary} are of one family; one must be of IPv4 and one of IPv6"
            ));
        }
        Ok(Self {
            primary,
            secondary: Some(secondary),
        })
    }
}

impl fmt::Display for ServiceCidrs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.primary.fmt(f)?;
        match &self.secondary {
            Some(secondary) => write!(f, ",{secondary}"),
            None => Ok(()),
        }
    }
}

/// A node's name: a DNS subdomain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeName(pub String);

impl FromStr for NodeName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let good = |part: &str| {
            !part.is_empty()
                && !part.starts_with('-')
                && !part.ends_with('-')
                && part
                    .bytes()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
        };
        if text.len() <= 253 && text.split('.').all(good) {
            Ok(Self(text.to_owned()))
        } else {
            Err("a node's name is made of lower-case letters, digits, '-' and '.'".to_owned())
        }
    }
}

impl NodeName {
    /// The machine's host name, as a node is named after it.
    pub fn of_machine() -> Self {
        let name = nix::unistd::gethostname()
            .ok()
            .and_then(|n| n.into_string().ok());
        let name: String = name
            .unwrap_or_default()
            .to_lowercase()
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || c == '.' {
                    c
                } else {
                    '-'
                }
            })
            .collect();
        name.trim_matches(['-', '.'])
            .parse()
            .unwrap_or_else(|_| Self("node".to_owned()))
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error<T: FromStr<Err = String> + fmt::Debug>(text: &str) -> String {
        text.parse::<T>().unwrap_err()
    }

    #[test]
    fn roles() {
        let roles: Roles = "scheduler, apiserver".parse().unwrap();
        assert_eq!(roles.to_string(), "apiserver,scheduler");
        assert!(error::<Roles>("apiserver,schedular").contains("did you mean scheduler?"));
        assert!(error::<Roles>("").starts_with("name at least one"));
    }

    #[test]
    fn addresses() {
        assert_eq!(
            ":6443".parse::<Listen>().unwrap().to_string(),
            "0.0.0.0:6443"
        );
        assert_eq!(
            "localhost:1".parse::<Listen>().unwrap().to_string(),
            "127.0.0.1:1"
        );
        assert_eq!("[::1]:1".parse::<Listen>().unwrap().to_string(), "[::1]:1");
        assert!(error::<Listen>("6443").starts_with("expected ADDR:PORT"));
        assert!(error::<Listen>("host:6443").contains("is not an IP address"));
        assert!(error::<Listen>("127.0.0.1:66666").contains("is not a port"));
    }

    #[test]
    fn ranges() {
        let services: Cidr = "10.96.0.0/16".parse().unwrap();
        assert_eq!(services.first().to_string(), "10.96.0.1");
        assert!(services.overlaps(&"10.96.4.0/24".parse().unwrap()));
        assert!(!services.overlaps(&"10.244.0.0/16".parse().unwrap()));
        assert!(error::<Cidr>("10.96.0.1/16").contains("did you mean 10.96.0.0/16?"));
        assert!(error::<Cidr>("10.96.0.0/30").contains("too small"));
        assert!(error::<Cidr>("10.96").starts_with("expected an address range"));
    }

    #[test]
    fn node_names() {
        assert_eq!("n-1.example".parse::<NodeName>().unwrap().0, "n-1.example");
        assert!("N1".parse::<NodeName>().is_err());
        assert!("a..b".parse::<NodeName>().is_err());
        assert!(!NodeName::of_machine().0.is_empty());
    }
}
