//! From Kubernetes' objects to plain service ports.

use std::{collections::BTreeMap, net::IpAddr, sync::Arc, time::Duration};

use skeg_api::{
    core::v1::Service,
    discovery::v1::{Endpoint as SliceEndpoint, EndpointSlice},
};
use skeg_runtime::ObjectName;

use crate::{Endpoint, L4Protocol, ServicePort, ServicePortName};

/// The label by which a slice names its service.
pub const SERVICE_NAME_LABEL: &str = "kubernetes.io/service-name";
/// Services and slices with one of these labels are another proxy's, or nobody's.
const NOT_OURS: [&str; 2] = [
    "service.kubernetes.io/service-proxy-name",
    "service.kubernetes.io/headless",
];
const AFFINITY_SECONDS_DEFAULT: i32 = 10_800;

/// The service that a slice belongs to.
pub fn service_of(slice: &EndpointSlice) -> Option<ObjectName> {
    let name = slice
        .metadata
        .labels
        .get(SERVICE_NAME_LABEL)
        .filter(|name| !name.is_empty())?;
    Some(ObjectName::new(
        slice.metadata.namespace.as_str(),
        name.as_str(),
    ))
}

fn is_of_others(labels: &BTreeMap<String, String>) -> bool {
    NOT_OURS.iter().any(|label| labels.contains_key(*label))
}

/// What a service and its slices mean for the proxy of a node; nothing for services without
/// addresses of their own.
pub fn service_ports(
    service: &Service,
    slices: &[Arc<EndpointSlice>],
    node_name: &str,
) -> Vec<ServicePort> {
    let spec = &service.spec;
    let meta = &service.metadata;
    if spec.type_ == "ExternalName" || spec.cluster_ip == "None" || is_of_others(&meta.labels) {
        return Vec::new();
    }
    let slices: Vec<_> = slices
        .iter()
        .filter(|slice| !is_of_others(&slice.metadata.labels))
        .cloned()
        .collect();
    let slices = &slices;
    let cluster_ips = match spec.cluster_ips.is_empty() {
        true => addresses([&spec.cluster_ip]),
        false => addresses(&spec.cluster_ips),
    };
    if cluster_ips.is_empty() {
        return Vec::new();
    }
    let ingress = service.status.load_balancer.ingress.iter();
    // A balancer that rewrites the destination sends to node ports.
    let balancers = ingress
        .filter(|i| i.ip_mode.as_deref() != Some("Proxy"))
        .map(|i| &i.ip);
    let is_outside = matches!(spec.type_.as_str(), "NodePort" | "LoadBalancer");
    let affinity = (spec.session_affinity == "ClientIP").then(|| {
        let config = spec
            .session_affinity_config
            .as_ref()
            .and_then(|c| c.client_ip.as_ref());
        let seconds = config
            .and_then(|c| c.timeout_seconds)
            .unwrap_or(AFFINITY_SECONDS_DEFAULT);
        Duration::from_secs(u64::try_from(seconds).unwrap_or(1))
    });
    let load_balancer_ips = match spec.type_.as_str() {
        "LoadBalancer" => addresses(balancers),
        _ => Vec::new(),
    };
    // Written with spaces by some (validation trims them).
    let ranges = spec.load_balancer_source_ranges.iter();
    let source_ranges: Vec<ipnet::IpNet> =
        ranges.filter_map(|text| text.trim().parse().ok()).collect();
    let external_ips = addresses(&spec.external_ips);
    let mut out = Vec::with_capacity(spec.ports.len());
    for port in &spec.ports {
        let (Some(protocol), Ok(number)) = (protocol(&port.protocol), u16::try_from(port.port))
        else {
            continue;
        };
        let node_port = u16::try_from(port.node_port)
            .ok()
            .filter(|p| *p > 0 && is_outside);
        out.push(ServicePort {
            name: ServicePortName::new(&meta.namespace, &meta.name, &port.name),
            cluster_ips: cluster_ips.clone(),
            external_ips: external_ips.clone(),
            load_balancer_ips: load_balancer_ips.clone(),
            source_ranges: source_ranges.clone(),
            port: number,
            protocol,
            node_port,
            affinity,
            internal_local: spec.internal_traffic_policy.as_deref() == Some("Local"),
            external_local: spec.external_traffic_policy == "Local",
            endpoints: endpoints(slices, &port.name, protocol, node_name),
        });
    }
    out
}

fn endpoints(
    slices: &[Arc<EndpointSlice>],
    port_name: &str,
    protocol_wanted: L4Protocol,
    node_name: &str,
) -> Vec<Endpoint> {
    // While slices are rewritten an endpoint may be in two of them; the better news counts.
    let mut found: BTreeMap<(IpAddr, u16), Endpoint> = BTreeMap::new();
    for slice in slices {
        let numbers = slice.ports.iter().filter(|port| {
            port.name.as_deref().unwrap_or_default() == port_name
                && protocol(port.protocol.as_deref().unwrap_or_default()) == Some(protocol_wanted)
        });
        for number in numbers.filter_map(|port| u16::try_from(port.port?).ok()) {
            for endpoint in &slice.endpoints {
                let Some(new) = endpoint_of(endpoint, number, node_name) else {
                    continue;
                };
                let known = found.entry((new.ip, new.port)).or_insert(new);
                if (new.ready, new.serving) > (known.ready, known.serving) {
                    *known = new;
                }
            }
        }
    }
    found.into_values().collect()
}

fn endpoint_of(endpoint: &SliceEndpoint, port: u16, node_name: &str) -> Option<Endpoint> {
    // The addresses of an endpoint are fungible; the first is the one to use.
    let ip = endpoint.addresses.first()?.parse().ok()?;
    let conditions = &endpoint.conditions;
    // What is not known counts as good (API conventions of EndpointSlice).
    let ready = conditions.ready.unwrap_or(true);
    Some(Endpoint {
        ip,
        port,
        local: endpoint.node_name.as_deref() == Some(node_name),
        ready,
        serving: conditions.serving.unwrap_or(ready),
        terminating: conditions.terminating.unwrap_or(false),
    })
}

fn addresses<'a>(list: impl IntoIterator<Item = &'a String>) -> Vec<IpAddr> {
    list.into_iter()
        .filter_map(|text| text.parse().ok())
        .collect()
}

/// The protocol of a name; none given is TCP.
fn protocol(name: &str) -> Option<L4Protocol> {
    match name {
        "TCP" | "" => Some(L4Protocol::Tcp),
        "UDP" => Some(L4Protocol::Udp),
        "SCTP" => Some(L4Protocol::Sctp),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use skeg_api::{
        core::v1::{LoadBalancerIngress, ServicePort as ApiPort},
        discovery::v1::EndpointPort,
    };

    use super::*;

    fn service() -> Service {
        let mut service = Service::default();
        service.metadata.namespace = "default".into();
        service.metadata.name = "web".into();
        service.spec.type_ = "ClusterIP".into();
        service.spec.cluster_ip = "10.96.0.9".into();
        service.spec.cluster_ips = vec!["10.96.0.9".into()];
        service.spec.ports = vec![ApiPort {
            name: "http".into(),
            protocol: "TCP".into(),
            port: 80,
            ..ApiPort::default()
        }];
        service
    }

    fn slice(name: &str, ready: Option<bool>) -> EndpointSlice {
        let mut slice = EndpointSlice::default();
        slice.metadata.namespace = "default".into();
        slice.metadata.name = name.into();
        slice
            .metadata
            .labels
            .insert(SERVICE_NAME_LABEL.into(), "web".into());
        slice.address_type = "IPv4".into();
        slice.ports = vec![EndpointPort {
            name: Some("http".into()),
            protocol: Some("TCP".into()),
            port: Some(8080),
            ..EndpointPort::default()
        }];
        let mut endpoint = SliceEndpoint {
            addresses: vec!["10.244.0.2".into()],
            node_name: Some("here".into()),
            ..SliceEndpoint::default()
        };
        endpoint.conditions.ready = ready;
        slice.endpoints = vec![endpoint];
        slice
    }

    #[test]
    fn services_become_ports() {
        let mut service = service();
        let ports = service_ports(&service, &[Arc::new(slice("a", None))], "here");
        assert_eq!(ports.len(), 1);
        assert_eq!(
            ports[0].endpoints,
            [Endpoint::ready([10, 244, 0, 2], 8080, true)]
        );
        assert_eq!((ports[0].node_port, ports[0].affinity), (None, None));

        service.spec.type_ = "LoadBalancer".into();
        service.spec.ports[0].node_port = 30_080;
        service.spec.session_affinity = "ClientIP".into();
        service.spec.external_traffic_policy = "Local".into();
        let ingress = |ip: &str, mode: Option<&str>| LoadBalancerIngress {
            ip: ip.into(),
            ip_mode: mode.map(str::to_owned),
            ..LoadBalancerIngress::default()
        };
        service.status.load_balancer.ingress = vec![
            ingress("192.0.2.1", None),
            ingress("192.0.2.2", Some("Proxy")),
            ingress("", None),
        ];
        let ports = service_ports(&service, &[], "here");
        assert_eq!(ports[0].node_port, Some(30_080));
        assert_eq!(ports[0].affinity, Some(Duration::from_secs(10_800)));
        assert_eq!(
            ports[0].load_balancer_ips,
            ["192.0.2.1".parse::<IpAddr>().unwrap()]
        );
        assert!(ports[0].external_local && !ports[0].internal_local);
    }

    #[test]
    fn services_without_addresses_are_left_out() {
        let check = |change: fn(&mut Service)| {
            let mut service = service();
            change(&mut service);
            assert!(service_ports(&service, &[], "here").is_empty());
        };
        check(|s| s.spec.cluster_ip = "None".into());
        check(|s| s.spec.type_ = "ExternalName".into());
        check(|s| {
            s.spec.cluster_ip.clear();
            s.spec.cluster_ips.clear();
        });
        check(|s| {
            s.metadata.labels.insert(NOT_OURS[0].into(), "other".into());
        });
        check(|s| {
            s.metadata.labels.insert(NOT_OURS[1].into(), String::new());
        });
    }

    #[test]
    fn slices_of_others_have_no_endpoints() {
        let mut other = slice("a", None);
        other
            .metadata
            .labels
            .insert(NOT_OURS[1].into(), String::new());
        let ports = service_ports(&service(), &[Arc::new(other)], "here");
        assert!(ports.iter().all(|port| port.endpoints.is_empty()));
        assert!(!ports.is_empty());
    }

    #[test]
    fn slices_are_merged() {
        let slices = [
            slice("a", Some(false)),
            slice("b", Some(true)),
            slice("c", Some(false)),
        ];
        let ports = service_ports(&service(), &slices.map(Arc::new), "elsewhere");
        assert_eq!(
            ports[0].endpoints,
            [Endpoint::ready([10, 244, 0, 2], 8080, false)]
        );
        // A slice of other ports, and one of names.
        let mut other = slice("d", None);
        other.ports[0].name = Some("metrics".into());
        let mut names = slice("e", None);
        names.address_type = "FQDN".into();
        names.endpoints[0].addresses = vec!["example.com".into()];
        let ports = service_ports(&service(), &[Arc::new(other), Arc::new(names)], "here");
        assert!(ports[0].endpoints.is_empty());
    }
}
