//! The adapter: watches services, endpoint slices and namespaces, and keeps a [`Zone`] in step.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use parking_lot::RwLock;
use skeg_api::{
    core::v1::{Namespace, Service as ApiService, ServicePort, ServiceSpec},
    discovery::v1::{Endpoint as SliceEndpoint, EndpointPort, EndpointSlice},
};
use skeg_client::{Api, Client};
use skeg_meta::ObjectMeta;
use skeg_runtime::{Delta, SharedInformerFactory, SystemClock};
use tokio_util::sync::CancellationToken;

use crate::{
    Endpoint, Error, Metrics, Port, Protocol, Server, ServerOptions, Service, ServiceKind, Zone,
};

const SERVICE_NAME_LABEL: &str = "kubernetes.io/service-name";
const MANAGED_BY_LABEL: &str = "endpointslice.kubernetes.io/managed-by";
const MANAGER: &str = "dns.skeg.dev";
/// Where pods expect cluster DNS.
const NAMESPACE: &str = "kube-system";
const SERVICE: &str = "kube-dns";
const DNS_PORT: u16 = 53;

/// Settings of [`Dns`].
#[derive(Clone, Debug)]
pub struct Options {
    /// Settings of the server.
    pub server: ServerOptions,
    /// The cluster's domain.
    pub domain: String,
    /// The addresses that clients reach the server by (the service's), for its own name.
    pub name_servers: Vec<IpAddr>,
    /// How long queries wait for the cluster's names to be read, at the start. Afterwards
    /// they are answered without: names of the cluster with a failure, others as ever.
    pub patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            server: ServerOptions::default(),
            domain: "cluster.local".to_owned(),
            name_servers: Vec::new(),
            patience: Duration::from_secs(5),
        }
    }
}

/// Cluster DNS: sockets that are open, and a zone that is empty until it [runs](Dns::run).
#[derive(Debug)]
pub struct Dns {
    server: Server,
    zone: Arc<RwLock<Zone>>,
    patience: Duration,
}

impl Dns {
    /// Opens the sockets. Must be called inside a Tokio runtime.
    pub fn bind(options: Options) -> Result<Self, Error> {
        let mut zone = Zone::new(&options.domain);
        zone.set_name_servers(options.name_servers);
        zone.set_complete(false);
        let zone = Arc::new(RwLock::new(zone));
        let server = Server::bind(options.server, Arc::clone(&zone))?;
        Ok(Self {
            server,
            zone,
            patience: options.patience,
        })
    }

    /// Where it listens, with the ports that it got.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.server.addresses()
    }

    /// Its counters.
    pub fn metrics(&self) -> Arc<Metrics> {
        self.server.metrics()
    }

    /// Answers until cancelled. Queries that come before the cluster's names are known wait
    /// in the sockets for a while, so that nobody is told that a service does not exist.
    ///
    /// Needs to watch `services`, `endpointslices` and `namespaces`.
    pub async fn run(self, client: Client, cancel: CancellationToken) {
        let stop = cancel.child_token();
        let informers = SharedInformerFactory::new(client, SystemClock::new(), stop.clone());
        self.run_with_informers(&informers, cancel).await;
        stop.cancel();
        informers.ended().await;
    }

    /// The same with informers that others in the process use too.
    pub async fn run_with_informers(
        self,
        informers: &SharedInformerFactory,
        cancel: CancellationToken,
    ) {
        let services = informers.informer::<ApiService>();
        let slices = informers.informer::<EndpointSlice>();
        let namespaces = informers.informer::<Namespace>();
        let zone = Arc::clone(&self.zone);
        services.on_change(move |delta| apply_service(&mut zone.write(), &delta));
        let zone = Arc::clone(&self.zone);
        slices.on_change(move |delta| apply_slice(&mut zone.write(), &delta));
        let zone = Arc::clone(&self.zone);
        namespaces.on_change(move |delta| {
            let name = &delta.object().metadata.name;
            match delta {
                Delta::Deleted { .. } => zone.write().remove_namespace(name),
                _ => zone.write().add_namespace(name),
            }
        });
        let complete = CancellationToken::new();
        let synced = async {
            services.synced().await;
            slices.synced().await;
            namespaces.synced().await;
            self.zone.write().set_complete(true);
            complete.cancel();
        };
        let serve = async {
            tokio::select! {
                () = cancel.cancelled() => return,
                () = complete.cancelled() => {}
                () = tokio::time::sleep(self.patience) => {
                    tracing::warn!("the cluster's names are not known yet; answering without");
                }
            }
            self.server.run(cancel.clone()).await;
        };
        tokio::join!(serve, async {
            tokio::select! {
                () = cancel.cancelled() => {}
                () = synced => {}
            }
        });
    }
}

/// Opens the sockets and answers until cancelled.
pub async fn run(client: Client, options: Options, cancel: CancellationToken) -> Result<(), Error> {
    Dns::bind(options)?.run(client, cancel).await;
    Ok(())
}

/// Makes the service `kube-dns` in `kube-system`, with the address that pods are told, and the
/// slice that leads from it to `target`, the address where this node's server listens. Both are
/// put right when they differ.
///
/// A service of that name that selects pods is the user's own name server, and left alone:
/// then the answer is false.
pub async fn ensure_service(
    client: &Client,
    cluster_ip: IpAddr,
    target: SocketAddr,
    node_name: &str,
) -> Result<bool, skeg_client::Error> {
    let services = Api::<ApiService>::namespaced(client.clone(), NAMESPACE);
    match services.get_opt(SERVICE).await? {
        None => {
            let made = services.create(dns_service(cluster_ip)).await;
            match made {
                // Another node was faster.
                Err(error) if error.is_already_exists() => {}
                made => drop(made?),
            }
        }
        Some(there) if !there.spec.selector.is_empty() => return Ok(false),
        Some(there) => {
            let wanted = dns_service(cluster_ip).spec.ports;
            let same = |a: &ServicePort, b: &ServicePort| {
                (&a.name, &a.protocol, a.port) == (&b.name, &b.protocol, b.port)
            };
            let has = |port: &ServicePort| there.spec.ports.iter().any(|other| same(port, other));
            if !wanted.iter().all(has) {
                let mut service = ApiService::clone(&there);
                service.spec.ports = wanted;
                services.update(service).await?;
            }
            if there.spec.cluster_ip != cluster_ip.to_string() {
                tracing::warn!(
                    wanted = %cluster_ip, is = there.spec.cluster_ip,
                    "service kube-system/kube-dns has another address than pods are told; \
                     delete it, and it is made anew"
                );
            }
        }
    }

    let slices = Api::<EndpointSlice>::namespaced(client.clone(), NAMESPACE);
    let wanted = dns_slice(target, node_name);
    match slices.get_opt(&wanted.metadata.name).await? {
        None => match slices.create(wanted).await {
            Err(error) if !error.is_already_exists() => return Err(error),
            _ => {}
        },
        Some(there) => {
            if there.endpoints != wanted.endpoints || there.ports != wanted.ports {
                let mut slice = EndpointSlice::clone(&there);
                slice.endpoints = wanted.endpoints;
                slice.ports = wanted.ports;
                slices.update(slice).await?;
            }
        }
    }
    Ok(true)
}

fn dns_service(cluster_ip: IpAddr) -> ApiService {
    let port = |name: &str, protocol: &str| ServicePort {
        name: name.into(),
        protocol: protocol.into(),
        port: DNS_PORT.into(),
        ..ServicePort::default()
    };
    let labels = [
        ("k8s-app", "kube-dns"),
        ("kubernetes.io/cluster-service", "true"),
        ("kubernetes.io/name", "CoreDNS"),
    ];
    ApiService {
        metadata: ObjectMeta {
            namespace: NAMESPACE.into(),
            name: SERVICE.into(),
            labels: texts(&labels),
            ..ObjectMeta::default()
        },
        spec: ServiceSpec {
            type_: "ClusterIP".into(),
            cluster_ip: cluster_ip.to_string(),
            cluster_ips: vec![cluster_ip.to_string()],
            ports: vec![port("dns", "UDP"), port("dns-tcp", "TCP")],
            ..ServiceSpec::default()
        },
        ..ApiService::default()
    }
}

fn dns_slice(target: SocketAddr, node_name: &str) -> EndpointSlice {
    let port = |name: &str, protocol: &str| EndpointPort {
        name: Some(name.into()),
        protocol: Some(protocol.into()),
        port: Some(target.port().into()),
        ..EndpointPort::default()
    };
    let mut endpoint = SliceEndpoint {
        addresses: vec![target.ip().to_string()],
        node_name: Some(node_name.to_owned()),
        ..SliceEndpoint::default()
    };
    endpoint.conditions.ready = Some(true);
    endpoint.conditions.serving = Some(true);
    endpoint.conditions.terminating = Some(false);
    EndpointSlice {
        metadata: ObjectMeta {
            namespace: NAMESPACE.into(),
            name: format!("{SERVICE}-{node_name}"),
            labels: texts(&[(SERVICE_NAME_LABEL, SERVICE), (MANAGED_BY_LABEL, MANAGER)]),
            ..ObjectMeta::default()
        },
        address_type: if target.is_ipv4() { "IPv4" } else { "IPv6" }.into(),
        endpoints: vec![endpoint],
        ports: vec![port("dns", "UDP"), port("dns-tcp", "TCP")],
    }
}

fn texts(list: &[(&str, &str)]) -> BTreeMap<String, String> {
    list.iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn apply_service(zone: &mut Zone, delta: &Delta<'_, ApiService>) {
    let object = delta.object();
    let (namespace, name) = (&object.metadata.namespace, &object.metadata.name);
    match (delta, service_of(object)) {
        (Delta::Deleted { .. }, _) | (_, None) => zone.remove_service(namespace, name),
        (_, Some(service)) => zone.set_service(namespace, name, service),
    }
}

fn apply_slice(zone: &mut Zone, delta: &Delta<'_, EndpointSlice>) {
    let slice = delta.object();
    let (namespace, name) = (&slice.metadata.namespace, &slice.metadata.name);
    let service = slice
        .metadata
        .labels
        .get(SERVICE_NAME_LABEL)
        .filter(|name| !name.is_empty());
    match (delta, service) {
        (Delta::Deleted { .. }, _) | (_, None) => zone.remove_slice(namespace, name),
        (_, Some(service)) => zone.set_slice(namespace, name, service, endpoints_of(slice)),
    }
}

/// What a service means for names; nothing before it has an address.
fn service_of(service: &ApiService) -> Option<Service> {
    let spec = &service.spec;
    let kind = if spec.type_ == "ExternalName" {
        ServiceKind::ExternalName(spec.external_name.clone())
    } else if spec.cluster_ip == "None" {
        ServiceKind::Headless
    } else {
        let all = match spec.cluster_ips.is_empty() {
            true => std::slice::from_ref(&spec.cluster_ip),
            false => &spec.cluster_ips[..],
        };
        let ips: Vec<IpAddr> = all.iter().filter_map(|ip| ip.parse().ok()).collect();
        if ips.is_empty() {
            return None;
        }
        ServiceKind::ClusterIp(ips)
    };
    let ports = spec.ports.iter().filter_map(|port| {
        Some(Port {
            name: port.name.clone(),
            protocol: protocol(&port.protocol)?,
            number: u16::try_from(port.port).ok()?,
        })
    });
    Some(Service {
        kind,
        ports: ports.collect(),
        publish_not_ready: spec.publish_not_ready_addresses,
    })
}

fn endpoints_of(slice: &EndpointSlice) -> Vec<Endpoint> {
    let ports: Arc<[Port]> = slice
        .ports
        .iter()
        .filter_map(|port| {
            Some(Port {
                name: port.name.clone().unwrap_or_default(),
                protocol: protocol(port.protocol.as_deref().unwrap_or_default())?,
                number: u16::try_from(port.port?).ok()?,
            })
        })
        .collect();
    let mut out = Vec::with_capacity(slice.endpoints.len());
    for endpoint in &slice.endpoints {
        for ip in endpoint.addresses.iter().filter_map(|ip| ip.parse().ok()) {
            out.push(Endpoint {
                ip,
                hostname: endpoint.hostname.clone().filter(|name| !name.is_empty()),
                // What is not known counts as ready (API conventions of EndpointSlice).
                ready: endpoint.conditions.ready.unwrap_or(true),
                ports: Arc::clone(&ports),
            });
        }
    }
    out
}

/// The protocol of a name; none given is TCP.
fn protocol(name: &str) -> Option<Protocol> {
    match name {
        "TCP" | "" => Some(Protocol::Tcp),
        "UDP" => Some(Protocol::Udp),
        "SCTP" => Some(Protocol::Sctp),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_become_names() {
        let vip: IpAddr = [10, 96, 0, 10].into();
        let service = service_of(&dns_service(vip)).unwrap();
        assert_eq!(service.kind, ServiceKind::ClusterIp(vec![vip]));
        let ports: Vec<_> = service
            .ports
            .iter()
            .map(|p| (p.name.as_str(), p.protocol))
            .collect();
        assert_eq!(ports, [("dns", Protocol::Udp), ("dns-tcp", Protocol::Tcp)]);

        let mut headless = dns_service(vip);
        headless.spec.cluster_ip = "None".into();
        headless.spec.cluster_ips = vec!["None".into()];
        assert_eq!(service_of(&headless).unwrap().kind, ServiceKind::Headless);
        let mut waiting = dns_service(vip);
        waiting.spec.cluster_ip.clear();
        waiting.spec.cluster_ips.clear();
        assert!(service_of(&waiting).is_none());
    }

    #[test]
    fn slices_become_endpoints() {
        let mut slice = dns_slice("10.244.0.1:5353".parse().unwrap(), "here");
        slice.endpoints[0].hostname = Some("dns-0".into());
        slice.endpoints[0].conditions.ready = None;
        let endpoints = endpoints_of(&slice);
        assert_eq!(endpoints.len(), 1);
        assert!(endpoints[0].ready);
        assert_eq!(endpoints[0].hostname.as_deref(), Some("dns-0"));
        assert_eq!(endpoints[0].ports.len(), 2);
        assert_eq!(endpoints[0].ports[0].number, 5353);
        slice.endpoints[0].addresses = vec!["example.com".into()];
        assert!(endpoints_of(&slice).is_empty());
    }

    #[test]
    fn changes_reach_the_zone() {
        let mut zone = Zone::new("cluster.local");
        let service = Arc::new(dns_service([10, 96, 0, 10].into()));
        let slice = Arc::new(dns_slice("10.244.0.1:53".parse().unwrap(), "here"));
        apply_service(
            &mut zone,
            &Delta::Added {
                object: &service,
                initial: true,
            },
        );
        apply_slice(
            &mut zone,
            &Delta::Added {
                object: &slice,
                initial: true,
            },
        );
        assert_eq!(zone.endpoints(NAMESPACE, SERVICE).len(), 1);
        // A slice that loses its label is nobody's.
        let mut nobodys = EndpointSlice::clone(&slice);
        nobodys.metadata.labels.clear();
        let nobodys = Arc::new(nobodys);
        apply_slice(
            &mut zone,
            &Delta::Updated {
                old: &slice,
                new: &nobodys,
            },
        );
        assert!(zone.endpoints(NAMESPACE, SERVICE).is_empty());
        apply_service(&mut zone, &Delta::Deleted { object: &service });
        assert!(zone.service(NAMESPACE, SERVICE).is_none());
    }
}
