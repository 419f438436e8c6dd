//! What the cluster's names mean.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    net::IpAddr,
    sync::Arc,
};

/// A transport protocol, as it stands in names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Protocol {
    /// `_tcp`
    Tcp,
    /// `_udp`
    Udp,
    /// `_sctp`
    Sctp,
}

impl Protocol {
    /// The label of this protocol.
    pub fn label(self) -> &'static str {
        match self {
            Self::Tcp => "_tcp",
            Self::Udp => "_udp",
            Self::Sctp => "_sctp",
        }
    }
}

/// A named port.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Port {
    /// Its name; a port without one has no SRV record.
    pub name: String,
    /// Its protocol.
    pub protocol: Protocol,
    /// Its number.
    pub number: u16,
}

/// What a service's name leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceKind {
    /// Its own addresses.
    ClusterIp(Vec<IpAddr>),
    /// Its endpoints.
    Headless,
    /// Another name.
    ExternalName(String),
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// What its name leads to.
    pub kind: ServiceKind,
    /// Its ports.
    pub ports: Vec<Port>,
    /// Whether endpoints count before they are ready.
    pub publish_not_ready: bool,
}

/// An endpoint of a service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Endpoint {
    /// Its address.
    pub ip: IpAddr,
    /// Its own name below the service's; none is made of the address.
    pub hostname: Option<String>,
    /// Whether it counts.
    pub ready: bool,
    /// The ports that it has.
    pub ports: Arc<[Port]>,
}

impl Endpoint {
    /// The label below the service's name.
    pub(crate) fn label(&self) -> String {
        self.hostname.clone().unwrap_or_else(|| dashed(self.ip))
    }
}

/// An address as a label: dots and colons are dashes.
pub(crate) fn dashed(ip: IpAddr) -> String {
    ip.to_string().replace(['.', ':'], "-")
}

/// The address that a label made by [`dashed`] stands for.
pub(crate) fn undashed(label: &str) -> Option<IpAddr> {
    let dots = label.replace('-', ".");
    dots.parse()
        .ok()
        .or_else(|| label.replace('-', ":").parse().ok())
}

type Key = (Box<str>, Box<str>);

#[derive(Debug, Default)]
struct Entry {
    service: Option<Service>,
    /// By slice.
    endpoints: BTreeMap<Box<str>, Vec<Endpoint>>,
}

/// The names of a cluster. Changed piece by piece; each change takes time in proportion to the
/// service or slice that it is about.
#[derive(Debug)]
pub struct Zone {
    /// Labels of the cluster's domain, lower case.
    origin: Vec<String>,
    /// Addresses of the name server, for its own name.
    name_servers: Vec<IpAddr>,
    namespaces: HashSet<Box<str>>,
    /// By namespace and name: only services that exist or have endpoints.
    services: HashMap<Box<str>, HashMap<Box<str>, Entry>>,
    /// Which service a slice belongs to, by namespace and name.
    slices: HashMap<Key, Box<str>>,
    /// Services and endpoints by address.
    pointers: HashMap<IpAddr, BTreeSet<Pointer>>,
    serial: u32,
    complete: bool,
}

/// Whose an address is. Services come before endpoints.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pointer {
    /// None is the service itself.
    pub(crate) label: Option<Box<str>>,
    pub(crate) service: Box<str>,
    pub(crate) namespace: Box<str>,
    /// The slice that says so.
    slice: Box<str>,
}

impl Zone {
    /// An empty zone for a domain such as `cluster.local`.
    pub fn new(domain: &str) -> Self {
        let origin = domain
            .trim_matches('.')
            .split('.')
            .map(str::to_ascii_lowercase)
            .collect();
        Self {
            origin,
            name_servers: Vec::new(),
            namespaces: HashSet::new(),
            services: HashMap::new(),
            slices: HashMap::new(),
            pointers: HashMap::new(),
            serial: 1,
            complete: true,
        }
    }

    /// Sets the addresses that clients reach this name server by.
    pub fn set_name_servers(&mut self, addresses: Vec<IpAddr>) {
        self.name_servers = addresses;
    }

    /// Says whether all names are known. While they are not, questions about the cluster's
    /// domain are answered with a failure: nobody must hear that a service does not exist
    /// because it is not known yet.
    pub fn set_complete(&mut self, complete: bool) {
        self.complete = complete;
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.complete
    }

    /// A number that grows with every change.
    pub fn serial(&self) -> u32 {
        self.serial
    }

    /// Says that a namespace exists, whose pods then have names.
    pub fn add_namespace(&mut self, namespace: &str) {
        self.changed();
        self.namespaces.insert(namespace.into());
    }

    /// Says that a namespace is gone.
    pub fn remove_namespace(&mut self, namespace: &str) {
        self.changed();
        self.namespaces.remove(namespace);
    }

    /// Adds a service, or changes it.
    pub fn set_service(&mut self, namespace: &str, name: &str, service: Service) {
        self.changed();
        self.point_service(namespace, name, false);
        self.entry(namespace, name).service = Some(service);
        self.point_service(namespace, name, true);
    }

    /// Removes a service.
    pub fn remove_service(&mut self, namespace: &str, name: &str) {
        self.changed();
        self.point_service(namespace, name, false);
        if let Some(entry) = self
            .services
            .get_mut(namespace)
            .and_then(|all| all.get_mut(name))
        {
            entry.service = None;
        }
        self.tidy(namespace, name);
    }

    /// Sets the endpoints that one slice gives a service.
    pub fn set_slice(
        &mut self,
        namespace: &str,
        slice: &str,
        service: &str,
        endpoints: Vec<Endpoint>,
    ) {
        self.remove_slice(namespace, slice);
        self.slices
            .insert((namespace.into(), slice.into()), service.into());
        for endpoint in &endpoints {
            let pointer = Pointer {
                label: Some(endpoint.label().into()),
                service: service.into(),
                namespace: namespace.into(),
                slice: slice.into(),
            };
            self.pointers
                .entry(endpoint.ip)
                .or_default()
                .insert(pointer);
        }
        self.entry(namespace, service)
            .endpoints
            .insert(slice.into(), endpoints);
    }

    /// Removes a slice.
    pub fn remove_slice(&mut self, namespace: &str, slice: &str) {
        self.changed();
        let Some(service) = self.slices.remove(&(namespace.into(), slice.into())) else {
            return;
        };
        let entry = self
            .services
            .get_mut(namespace)
            .and_then(|all| all.get_mut(&service));
        let endpoints = entry.and_then(|entry| entry.endpoints.remove(slice));
        for endpoint in endpoints.unwrap_or_default() {
            self.unpoint(endpoint.ip, |p| {
                &*p.slice == slice && &*p.namespace == namespace
            });
        }
        self.tidy(namespace, &service);
    }

    /// Labels of the cluster's domain.
    pub(crate) fn origin(&self) -> &[String] {
        &self.origin
    }

    pub(crate) fn name_servers(&self) -> &[IpAddr] {
        &self.name_servers
    }

    pub(crate) fn has_namespace(&self, namespace: &str) -> bool {
        self.namespaces.contains(namespace)
    }

    /// Whether there are names of services in a namespace.
    pub(crate) fn has_services_in(&self, namespace: &str) -> bool {
        self.has_namespace(namespace) || self.services.contains_key(namespace)
    }

    pub(crate) fn service(&self, namespace: &str, name: &str) -> Option<&Service> {
        self.services.get(namespace)?.get(name)?.service.as_ref()
    }

    /// The endpoints of a service that count, each once.
    pub(crate) fn endpoints(&self, namespace: &str, name: &str) -> Vec<&Endpoint> {
        let Some(entry) = self.services.get(namespace).and_then(|all| all.get(name)) else {
            return Vec::new();
        };
        let all = entry
            .service
            .as_ref()
            .is_some_and(|service| service.publish_not_ready);
        let mut seen = HashSet::new();
        // While slices are rewritten an endpoint may be in two of them.
        entry
            .endpoints
            .values()
            .flatten()
            .filter(|endpoint| all || endpoint.ready)
            .filter(|endpoint| seen.insert((endpoint.ip, &endpoint.hostname, &endpoint.ports)))
            .collect()
    }

    /// Whose an address is: the service's own before endpoints.
    pub(crate) fn pointers(&self, ip: IpAddr) -> impl Iterator<Item = &Pointer> {
        self.pointers.get(&ip).into_iter().flatten()
    }

    fn changed(&mut self) {
        self.serial = self.serial.wrapping_add(1).max(1);
    }

    fn entry(&mut self, namespace: &str, name: &str) -> &mut Entry {
        self.services
            .entry(namespace.into())
            .or_default()
            .entry(name.into())
            .or_default()
    }

    /// Removes entries that hold nothing.
    fn tidy(&mut self, namespace: &str, name: &str) {
        let Some(all) = self.services.get_mut(namespace) else {
            return;
        };
        if all
            .get(name)
            .is_some_and(|e| e.service.is_none() && e.endpoints.is_empty())
        {
            all.remove(name);
        }
        if all.is_empty() {
            self.services.remove(namespace);
        }
    }

    fn point_service(&mut self, namespace: &str, name: &str, add: bool) {
        let ips = match self.service(namespace, name).map(|service| &service.kind) {
            Some(ServiceKind::ClusterIp(ips)) => ips.clone(),
            _ => return,
        };
        for ip in ips {
            let pointer = Pointer {
                label: None,
                service: name.into(),
                namespace: namespace.into(),
                slice: "".into(),
            };
            if add {
                self.pointers.entry(ip).or_default().insert(pointer);
            } else {
                self.unpoint(ip, |p| *p == pointer);
            }
        }
    }

    fn unpoint(&mut self, ip: IpAddr, which: impl Fn(&Pointer) -> bool) {
        if let Some(pointers) = self.pointers.get_mut(&ip) {
            pointers.retain(|pointer| !which(pointer));
            if pointers.is_empty() {
                self.pointers.remove(&ip);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(last: u8) -> Endpoint {
        Endpoint {
            ip: [10, 244, 0, last].into(),
            hostname: None,
            ready: true,
            ports: Arc::new([]),
        }
    }

    #[test]
    fn what_is_removed_leaves_nothing() {
        let mut zone = Zone::new("cluster.local.");
        let service = Service {
            kind: ServiceKind::ClusterIp(vec![[10, 96, 0, 9].into()]),
            ports: vec![],
            publish_not_ready: false,
        };
        zone.set_slice("ns", "a-1", "a", vec![endpoint(1), endpoint(2)]);
        zone.set_service("ns", "a", service.clone());
        zone.set_slice("ns", "a-2", "a", vec![endpoint(2), endpoint(3)]);
        assert_eq!(zone.endpoints("ns", "a").len(), 3);
        assert_eq!(zone.pointers([10, 244, 0, 2].into()).count(), 2);
        // The slice moves to another service.
        zone.set_slice("ns", "a-2", "b", vec![endpoint(3)]);
        assert_eq!(zone.endpoints("ns", "a").len(), 2);
        let changed = Service {
            kind: ServiceKind::ClusterIp(vec![[10, 96, 0, 10].into()]),
            ..service
        };
        zone.set_service("ns", "a", changed);
        assert_eq!(zone.pointers([10, 96, 0, 9].into()).count(), 0);
        zone.remove_service("ns", "a");
        zone.remove_slice("ns", "a-1");
        zone.remove_slice("ns", "a-1");
        zone.remove_slice("ns", "a-2");
        assert!(zone.services.is_empty() && zone.pointers.is_empty() && zone.slices.is_empty());
    }

    #[test]
    fn addresses_are_labels() {
        for text in ["10.244.0.9", "fd00::1", "::1", "2001:db8:1:2:3:4:5:6"] {
            let ip: IpAddr = text.parse().unwrap();
            assert_eq!(undashed(&dashed(ip)), Some(ip), "{text}");
        }
        for label in ["", "1-2-3", "1-2-3-256", "a-b", "1-2-3-4-5"] {
            assert_eq!(undashed(label), None, "{label}");
        }
    }
}
