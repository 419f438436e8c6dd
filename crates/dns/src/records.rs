//! From a name to records: the DNS-based service discovery specification, 1.1.0.

use std::net::IpAddr;

use hickory_proto::rr::{
    Name, RData, Record, RecordType,
    rdata::{CNAME, NS, PTR, SOA, SRV, TXT},
};

use crate::zone::{Endpoint, Port, Service, ServiceKind, Zone, undashed};

const SPECIFICATION: &str = "1.1.0";
const REFRESH_SECONDS: i32 = 7200;
const RETRY_SECONDS: i32 = 1800;
const EXPIRE_SECONDS: i32 = 86_400;

/// How long answers may be kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ttl {
    pub(crate) positive: u32,
    pub(crate) negative: u32,
}

/// What a zone says about a name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Lookup {
    /// Nothing: the name is not in the cluster's domain.
    Elsewhere,
    /// The name does not exist.
    NoName,
    /// The name exists, and these are its records of the type asked for (maybe none).
    Found {
        answers: Vec<Record>,
        additionals: Vec<Record>,
    },
    /// The name stands for another.
    Alias { record: Box<Record>, target: Name },
}

impl Lookup {
    fn nothing() -> Self {
        Self::Found {
            answers: Vec::new(),
            additionals: Vec::new(),
        }
    }
}

/// One question to a zone.
pub(crate) struct Question<'a> {
    zone: &'a Zone,
    name: &'a Name,
    ty: RecordType,
    ttl: Ttl,
}

impl<'a> Question<'a> {
    pub(crate) fn new(zone: &'a Zone, name: &'a Name, ty: RecordType, ttl: Ttl) -> Self {
        Self {
            zone,
            name,
            ty,
            ttl,
        }
    }

    /// The zone's start-of-authority record, for negative answers.
    pub(crate) fn authority(&self) -> Option<Record> {
        let origin = origin(self.zone)?;
        let server = Name::from_labels(["ns", "dns"])
            .ok()?
            .append_domain(&origin)
            .ok()?;
        let contact = Name::from_labels(["hostmaster"])
            .ok()?
            .append_domain(&origin)
            .ok()?;
        let negative = self.ttl.negative;
        let soa = SOA::new(
            server,
            contact,
            self.zone.serial(),
            REFRESH_SECONDS,
            RETRY_SECONDS,
            EXPIRE_SECONDS,
            negative,
        );
        Some(Record::from_rdata(origin, negative, RData::SOA(soa)))
    }

    pub(crate) fn answer(&self) -> Lookup {
        let Some(labels) = labels(self.name) else {
            // Not text: nobody's name, but maybe in our domain.
            return if self.is_inside_roughly() {
                Lookup::NoName
            } else {
                Lookup::Elsewhere
            };
        };
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        if let Some(ip) = reverse_address(&labels) {
            return self.reverse(ip);
        }
        match labels.strip_suffix_of(self.zone.origin()) {
            Some(rest) => self.inside(rest),
            None => Lookup::Elsewhere,
        }
    }

    fn is_inside_roughly(&self) -> bool {
        origin(self.zone).is_some_and(|origin| origin.zone_of(self.name))
    }

    /// Names below the cluster's domain.
    fn inside(&self, rest: &[&str]) -> Lookup {
        match rest {
            [] => self.apex(),
            ["dns-version"] => {
                let version = RData::TXT(TXT::new(vec![SPECIFICATION.to_owned()]));
                self.found([version])
            }
            ["dns" | "svc" | "pod"] => Lookup::nothing(),
            ["ns", "dns"] => self.addresses(self.zone.name_servers().iter().copied()),
            [rest @ .., "svc"] => self.services(rest),
            [rest @ .., "pod"] => self.pods(rest),
            _ => Lookup::NoName,
        }
    }

    fn apex(&self) -> Lookup {
        match self.ty {
            RecordType::SOA => Lookup::Found {
                answers: self.authority().into_iter().collect(),
                additionals: vec![],
            },
            RecordType::NS => {
                let server = origin(self.zone).and_then(|origin| {
                    Name::from_labels(["ns", "dns"])
                        .ok()?
                        .append_domain(&origin)
                        .ok()
                });
                self.found(server.map(|name| RData::NS(NS(name))))
            }
            _ => Lookup::nothing(),
        }
    }

    fn pods(&self, rest: &[&str]) -> Lookup {
        match rest {
            [namespace] if self.zone.has_namespace(namespace) => Lookup::nothing(),
            // Whether there is such a pod is not looked up (CoreDNS' mode "insecure").
            [label, namespace] if self.zone.has_namespace(namespace) => match undashed(label) {
                Some(ip) => self.addresses([ip]),
                None => Lookup::NoName,
            },
            _ => Lookup::NoName,
        }
    }

    fn services(&self, rest: &[&str]) -> Lookup {
        let (below, name, namespace) = match rest {
            [namespace] if self.zone.has_services_in(namespace) => return Lookup::nothing(),
            [below @ .., name, namespace] => (below, *name, *namespace),
            _ => return Lookup::NoName,
        };
        let Some(service) = self.zone.service(namespace, name) else {
            return Lookup::NoName;
        };
        let endpoints = || self.zone.endpoints(namespace, name);
        if let ServiceKind::ExternalName(target) = &service.kind {
            return if below.is_empty() {
                self.alias(target)
            } else {
                Lookup::NoName
            };
        }
        match below {
            [] if self.ty == RecordType::SRV => self.srv(service, name, namespace, |_| true),
            [] => match &service.kind {
                ServiceKind::ClusterIp(ips) => self.addresses(ips.iter().copied()),
                _ => self.addresses(endpoints().iter().map(|endpoint| endpoint.ip)),
            },
            [label] if label.starts_with('_') => {
                let ports = ports_of(service, &endpoints());
                if ports.iter().any(|port| port.protocol.label() == *label) {
                    Lookup::nothing()
                } else {
                    Lookup::NoName
                }
            }
            [label] => {
                let all = endpoints();
                let mut with_label = all
                    .iter()
                    .filter(|e| e.label().eq_ignore_ascii_case(label))
                    .peekable();
                if with_label.peek().is_none() {
                    return Lookup::NoName;
                }
                self.addresses(with_label.map(|endpoint| endpoint.ip))
            }
            [port, protocol] => {
                let (Some(port), protocol) = (port.strip_prefix('_'), *protocol) else {
                    return Lookup::NoName;
                };
                let wanted = |p: &Port| {
                    !p.name.is_empty()
                        && p.name.eq_ignore_ascii_case(port)
                        && p.protocol.label() == protocol
                };
                if !ports_of(service, &endpoints())
                    .iter()
                    .any(|port| wanted(port))
                {
                    return Lookup::NoName;
                }
                if self.ty != RecordType::SRV && self.ty != RecordType::ANY {
                    return Lookup::nothing();
                }
                self.srv(service, name, namespace, wanted)
            }
            _ => Lookup::NoName,
        }
    }

    fn srv(
        &self,
        service: &Service,
        name: &str,
        namespace: &str,
        wanted: impl Fn(&Port) -> bool,
    ) -> Lookup {
        let Some(base) = service_name(self.zone, name, namespace) else {
            return Lookup::nothing();
        };
        let mut targets: Vec<(Name, u16, Vec<IpAddr>)> = Vec::new();
        match &service.kind {
            ServiceKind::ClusterIp(ips) => {
                for port in service.ports.iter().filter(|port| wanted(port)) {
                    targets.push((base.clone(), port.number, ips.clone()));
                }
            }
            _ => {
                for endpoint in self.zone.endpoints(namespace, name) {
                    let Some(target) = prepend(&endpoint.label(), &base) else {
                        continue;
                    };
                    for port in endpoint.ports.iter().filter(|port| wanted(port)) {
                        targets.push((target.clone(), port.number, vec![endpoint.ip]));
                    }
                }
            }
        }
        fastrand::shuffle(&mut targets);
        let weight = u16::try_from(100 / targets.len().max(1))
            .unwrap_or(1)
            .max(1);
        let mut additionals = Vec::new();
        let mut answers = Vec::with_capacity(targets.len());
        for (target, port, ips) in targets {
            for ip in ips {
                let record = Record::from_rdata(target.clone(), self.ttl.positive, RData::from(ip));
                if !additionals.contains(&record) {
                    additionals.push(record);
                }
            }
            answers.push(self.record(RData::SRV(SRV::new(0, weight, port, target))));
        }
        Lookup::Found {
            answers,
            additionals,
        }
    }

    fn reverse(&self, ip: IpAddr) -> Lookup {
        let mut names: Vec<Name> = Vec::new();
        for pointer in self.zone.pointers(ip) {
            if self
                .zone
                .service(&pointer.namespace, &pointer.service)
                .is_none()
            {
                continue;
            }
            let Some(base) = service_name(self.zone, &pointer.service, &pointer.namespace) else {
                continue;
            };
            let name = match &pointer.label {
                // A service's own address is its own alone, and comes first.
                None => {
                    names.push(base);
                    break;
                }
                Some(label) => prepend(label, &base),
            };
            if let Some(name) = name
                && !names.contains(&name)
            {
                names.push(name);
            }
        }
        if names.is_empty() {
            return Lookup::Elsewhere;
        }
        if !matches!(self.ty, RecordType::PTR | RecordType::ANY) {
            return Lookup::nothing();
        }
        let answers = names
            .into_iter()
            .map(|name| self.record(RData::PTR(PTR(name))))
            .collect();
        Lookup::Found {
            answers,
            additionals: vec![],
        }
    }

    fn alias(&self, target: &str) -> Lookup {
        // A target that is no name cannot be answered with; the name exists all the same.
        let Ok(mut target) = Name::from_ascii(target) else {
            return Lookup::nothing();
        };
        target.set_fqdn(true);
        let record = self.record(RData::CNAME(CNAME(target.clone())));
        if self.ty == RecordType::CNAME {
            return Lookup::Found {
                answers: vec![record],
                additionals: vec![],
            };
        }
        Lookup::Alias {
            record: Box::new(record),
            target,
        }
    }

    /// Those of the addresses that are of the type asked for, in random order.
    fn addresses(&self, ips: impl IntoIterator<Item = IpAddr>) -> Lookup {
        let mut data: Vec<RData> = Vec::new();
        for ip in ips {
            let wanted = match self.ty {
                RecordType::A => ip.is_ipv4(),
                RecordType::AAAA => ip.is_ipv6(),
                RecordType::ANY => true,
                _ => false,
            };
            let ip = RData::from(ip);
            if wanted && !data.contains(&ip) {
                data.push(ip);
            }
        }
        fastrand::shuffle(&mut data);
        self.found(data)
    }

    /// Those of the data that are of the type asked for.
    fn found(&self, data: impl IntoIterator<Item = RData>) -> Lookup {
        let answers = data
            .into_iter()
            .filter(|d| self.ty == RecordType::ANY || d.record_type() == self.ty)
            .map(|d| self.record(d))
            .collect();
        Lookup::Found {
            answers,
            additionals: vec![],
        }
    }

    /// A record of the name asked for, spelled as the client spelled it.
    fn record(&self, data: RData) -> Record {
        Record::from_rdata(self.name.clone(), self.ttl.positive, data)
    }
}

/// The ports that a service's names may speak of.
fn ports_of<'a>(service: &'a Service, endpoints: &[&'a Endpoint]) -> Vec<&'a Port> {
    match service.kind {
        ServiceKind::Headless => {
            let own = service.ports.iter();
            own.chain(endpoints.iter().flat_map(|endpoint| endpoint.ports.iter()))
                .collect()
        }
        _ => service.ports.iter().collect(),
    }
}

trait StripSuffix {
    fn strip_suffix_of(&self, suffix: &[String]) -> Option<&Self>;
}

impl StripSuffix for [&str] {
    fn strip_suffix_of(&self, suffix: &[String]) -> Option<&Self> {
        let at = self.len().checked_sub(suffix.len())?;
        let (rest, end) = self.split_at(at);
        end.iter()
            .zip(suffix)
            .all(|(a, b)| *a == b.as_str())
            .then_some(rest)
    }
}

/// Labels in lower case; none when one of them is not text.
fn labels(name: &Name) -> Option<Vec<String>> {
    name.iter()
        .map(|label| std::str::from_utf8(label).ok().map(str::to_ascii_lowercase))
        .collect()
}

/// The address that a whole name of a reverse domain stands for.
fn reverse_address(labels: &[&str]) -> Option<IpAddr> {
    match labels {
        [d, c, b, a, "in-addr", "arpa"] => {
            let octet = |text: &str| text.parse::<u8>().ok().filter(|n| n.to_string() == text);
            Some(IpAddr::from([octet(a)?, octet(b)?, octet(c)?, octet(d)?]))
        }
        [nibbles @ .., "ip6", "arpa"] if nibbles.len() == 32 => {
            let mut value = 0_u128;
            for nibble in nibbles.iter().rev() {
                if nibble.len() != 1 {
                    return None;
                }
                value = (value << 4) | u128::from(u8::from_str_radix(nibble, 16).ok()?);
            }
            Some(IpAddr::from(value.to_be_bytes()))
        }
        _ => None,
    }
}

fn origin(zone: &Zone) -> Option<Name> {
    let mut name = Name::from_labels(zone.origin().iter().map(|label| label.as_bytes())).ok()?;
    name.set_fqdn(true);
    Some(name)
}

fn service_name(zone: &Zone, name: &str, namespace: &str) -> Option<Name> {
    let base = Name::from_labels([name, namespace, "svc"].map(str::as_bytes)).ok()?;
    base.append_domain(&origin(zone)?).ok()
}

fn prepend(label: &str, base: &Name) -> Option<Name> {
    base.prepend_label(label.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::zone::Protocol;

    const TTL: Ttl = Ttl {
        positive: 30,
        negative: 5,
    };

    fn zone() -> Zone {
        let mut zone = Zone::new("cluster.local");
        zone.set_name_servers(vec![[10, 96, 0, 10].into()]);
        zone.add_namespace("default");
        zone.add_namespace("empty");
        let http = Port {
            name: "http".into(),
            protocol: Protocol::Tcp,
            number: 80,
        };
        let target = Port {
            number: 8080,
            ..http.clone()
        };
        let service = |kind| Service {
            kind,
            ports: vec![http.clone()],
            publish_not_ready: false,
        };
        let ips = vec![[10, 96, 0, 9].into(), "fd00:96::9".parse().unwrap()];
        zone.set_service("default", "web", service(ServiceKind::ClusterIp(ips)));
        zone.set_service("default", "db", service(ServiceKind::Headless));
        zone.set_service("default", "none", service(ServiceKind::Headless));
        let external = ServiceKind::ExternalName("example.com".into());
        zone.set_service("default", "ext", service(external));
        let endpoint = |last, hostname: Option<&str>, ready| Endpoint {
            ip: [10, 244, 0, last].into(),
            hostname: hostname.map(str::to_owned),
            ready,
            ports: Arc::new([target.clone()]),
        };
        zone.set_slice("default", "web-1", "web", vec![endpoint(2, None, true)]);
        let list = vec![
            endpoint(3, Some("db-0"), true),
            endpoint(4, Some("db-1"), false),
            endpoint(5, None, true),
        ];
        zone.set_slice("default", "db-1", "db", list);
        zone
    }

    /// Records as text, sorted; a plain word for the rest.
    fn ask(zone: &Zone, name: &str, ty: RecordType) -> String {
        let name = Name::from_ascii(name).unwrap();
        match Question::new(zone, &name, ty, TTL).answer() {
            Lookup::Elsewhere => "elsewhere".into(),
            Lookup::NoName => "no name".into(),
            Lookup::Alias { target, .. } => format!("alias {target}"),
            Lookup::Found { answers, .. } => {
                assert!(answers.iter().all(|r| r.name == name));
                let mut all: Vec<String> = answers.iter().map(|r| r.data.to_string()).collect();
                all.sort();
                all.join(", ")
            }
        }
    }

    #[test]
    fn names_have_records() {
        use RecordType::*;
        let zone = zone();
        let check = |name: &str, ty, expect: &str| {
            assert_eq!(ask(&zone, name, ty), expect, "{name} {ty}");
        };
        check("web.default.svc.cluster.local.", A, "10.96.0.9");
        check("WEB.Default.svc.CLUSTER.local.", A, "10.96.0.9");
        check("web.default.svc.cluster.local.", AAAA, "fd00:96::9");
        check("web.default.svc.cluster.local.", MX, "");
        check("db.default.svc.cluster.local.", A, "10.244.0.3, 10.244.0.5");
        check("db.default.svc.cluster.local.", AAAA, "");
        check("none.default.svc.cluster.local.", A, "");
        check("db-0.db.default.svc.cluster.local.", A, "10.244.0.3");
        check("db-1.db.default.svc.cluster.local.", A, "no name");
        check("10-244-0-5.db.default.svc.cluster.local.", A, "10.244.0.5");
        check("10-244-0-2.web.default.svc.cluster.local.", A, "10.244.0.2");
        check("db-9.db.default.svc.cluster.local.", A, "no name");
        check("ext.default.svc.cluster.local.", A, "alias example.com.");
        check("ext.default.svc.cluster.local.", CNAME, "example.com.");
        check("x.ext.default.svc.cluster.local.", A, "no name");
        check("missing.default.svc.cluster.local.", A, "no name");
        check("web.missing.svc.cluster.local.", A, "no name");
        check("a.b.c.d.web.default.svc.cluster.local.", A, "no name");
        check(
            "_http._tcp.web.default.svc.cluster.local.",
            SRV,
            "0 100 80 web.default.svc.cluster.local.",
        );
        check(
            "_http._tcp.db.default.svc.cluster.local.",
            SRV,
            "0 50 8080 10-244-0-5.db.default.svc.cluster.local., \
             0 50 8080 db-0.db.default.svc.cluster.local.",
        );
        check("_http._tcp.web.default.svc.cluster.local.", A, "");
        check("_tcp.web.default.svc.cluster.local.", A, "");
        check("_udp.web.default.svc.cluster.local.", A, "no name");
        check("_http._udp.web.default.svc.cluster.local.", SRV, "no name");
        check("_ftp._tcp.web.default.svc.cluster.local.", SRV, "no name");
        check("10-244-0-77.default.pod.cluster.local.", A, "10.244.0.77");
        check("fd00--9.default.pod.cluster.local.", AAAA, "fd00::9");
        check("10-244-0-77.missing.pod.cluster.local.", A, "no name");
        check("word.default.pod.cluster.local.", A, "no name");
        check("dns-version.cluster.local.", TXT, "1.1.0");
        check("cluster.local.", NS, "ns.dns.cluster.local.");
        check("ns.dns.cluster.local.", A, "10.96.0.10");
        check("google.com.", A, "elsewhere");
        check("local.", A, "elsewhere");
        check("notcluster.local.", A, "elsewhere");
    }

    #[test]
    fn names_between_exist_without_records() {
        let zone = zone();
        for name in [
            "",
            "svc.",
            "pod.",
            "dns.",
            "default.svc.",
            "empty.svc.",
            "default.pod.",
        ] {
            let name = format!("{name}cluster.local.");
            assert_eq!(ask(&zone, &name, RecordType::A), "", "{name}");
        }
        for name in ["x.", "missing.svc.", "missing.pod."] {
            let name = format!("{name}cluster.local.");
            assert_eq!(ask(&zone, &name, RecordType::A), "no name", "{name}");
        }
    }

    #[test]
    fn addresses_have_names() {
        use RecordType::*;
        let zone = zone();
        let check = |name: &str, ty, expect: &str| assert_eq!(ask(&zone, name, ty), expect);
        check(
            "9.0.96.10.in-addr.arpa.",
            PTR,
            "web.default.svc.cluster.local.",
        );
        check(
            "3.0.244.10.in-addr.arpa.",
            PTR,
            "db-0.db.default.svc.cluster.local.",
        );
        check(
            "2.0.244.10.in-addr.arpa.",
            PTR,
            "10-244-0-2.web.default.svc.cluster.local.",
        );
        check("9.0.96.10.in-addr.arpa.", A, "");
        // Others' addresses are others' business.
        check("1.2.0.192.in-addr.arpa.", PTR, "elsewhere");
        check("096.10.in-addr.arpa.", PTR, "elsewhere");
        let six = "9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.9.0.0.0.0.d.f.ip6.arpa.";
        check(six, PTR, "web.default.svc.cluster.local.");
    }

    #[test]
    fn unready_endpoints_count_when_published() {
        let mut zone = zone();
        let service = Service {
            kind: ServiceKind::Headless,
            ports: vec![],
            publish_not_ready: true,
        };
        zone.set_service("default", "db", service);
        let found = ask(&zone, "db-1.db.default.svc.cluster.local.", RecordType::A);
        assert_eq!(found, "10.244.0.4");
    }
}
