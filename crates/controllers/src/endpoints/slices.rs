//! A service's EndpointSlices, planned: a pure function of service, pods and
//! the slices there are (KEP-752).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use skeg_api::core::v1::{ObjectReference, Pod, Service};
use skeg_api::discovery::v1::{
    Endpoint, EndpointConditions, EndpointHints, EndpointPort, EndpointSlice, ForNode, ForZone,
};
use skeg_meta::Object;

use super::{HEADLESS, SERVICE_NAME, order, pods};

/// How many endpoints a slice holds (upstream's `maxEndpointsPerSlice`).
const ENDPOINTS_MAX: usize = 100;
const MANAGED_BY: &str = "endpointslice.kubernetes.io/managed-by";
const CONTROLLER: &str = "endpointslice-controller.k8s.io";
/// The label by which nodes tell their zone.
pub(super) const ZONE: &str = "topology.kubernetes.io/zone";

/// Whether a slice is this controller's.
pub(super) fn is_ours(slice: &EndpointSlice) -> bool {
    slice
        .metadata
        .labels
        .get(MANAGED_BY)
        .is_some_and(|manager| manager == CONTROLLER)
}

/// What is to be written.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) create: Vec<EndpointSlice>,
    pub(super) update: Vec<EndpointSlice>,
    pub(super) delete: Vec<String>,
    /// Pods that are left out because their nodes are not there, in words.
    pub(super) lost: Vec<String>,
}

/// Ports in their order; slices hold endpoints that have all of them.
type Ports = Vec<EndpointPort>;

/// Plans a service's slices. `zone_of` gives a node's zone; `None` when there
/// is no such node, and then its pods are left out.
pub(super) fn plan(
    service: &Service,
    pods: &[Arc<Pod>],
    existing: &[Arc<EndpointSlice>],
    zone_of: &dyn Fn(&str) -> Option<Option<String>>,
) -> Plan {
    let mut plan = Plan::default();
    let families = families(service);
    for slice in existing
        .iter()
        .filter(|slice| !families.contains(&slice.address_type.as_str()))
    {
        plan.delete.push(slice.metadata.name.clone());
    }
    for family in families {
        let held: Vec<&EndpointSlice> = existing
            .iter()
            .filter(|slice| slice.address_type == family)
            .map(Arc::as_ref)
            .collect();
        plan_family(service, pods, &held, family, zone_of, &mut plan);
    }
    plan
}

/// The kinds of addresses that a service has.
fn families(service: &Service) -> Vec<&'static str> {
    let families: Vec<&'static str> = service
        .spec
        .ip_families
        .iter()
        .map(|family| if family == "IPv6" { "IPv6" } else { "IPv4" })
        .collect();
    if families.is_empty() {
        vec!["IPv4"]
    } else {
        families
    }
}

fn plan_family(
    service: &Service,
    pods: &[Arc<Pod>],
    existing: &[&EndpointSlice],
    family: &'static str,
    zone_of: &dyn Fn(&str) -> Option<Option<String>>,
    plan: &mut Plan,
) {
    let mut groups: Vec<(Ports, Vec<Endpoint>)> = Vec::new();
    for pod in pods.iter().filter(|pod| pods::counts(pod)) {
        let node = &pod.spec.node_name;
        if !service.spec.publish_not_ready_addresses && zone_of(node).is_none() {
            let (own, meta) = (&pod.metadata.name, &service.metadata);
            let words = format!(
                "skipping Pod {own} for Service {}/{}: Node {node} Not Found",
                meta.namespace, meta.name
            );
            // A pod of two families is lost to both, and told of once.
            if !plan.lost.contains(&words) {
                plan.lost.push(words);
            }
            continue;
        }
        let Some(endpoint) = endpoint(service, pod, family, zone_of) else {
            continue;
        };
        let ports = ports(service, pod);
        match groups.iter_mut().find(|(known, _)| *known == ports) {
            Some((_, endpoints)) => endpoints.push(endpoint),
            None => groups.push((ports, vec![endpoint])),
        }
    }
    let labels = labels(service);
    let mut deed = Deed::default();
    let is_wanted = |slice: &&&EndpointSlice| groups.iter().any(|(ports, _)| *ports == slice.ports);
    deed.delete = existing
        .iter()
        .filter(|slice| !is_wanted(slice))
        .map(|slice| (*slice).clone())
        .collect();
    for (ports, endpoints) in groups {
        let held: Vec<&EndpointSlice> = existing
            .iter()
            .copied()
            .filter(|slice| slice.ports == ports)
            .collect();
        let new = |endpoints| new_slice(service, family, &labels, &ports, endpoints);
        fill(&held, endpoints, &labels, &new, &mut deed);
    }
    if deed.delete.len() == existing.len() && deed.create.is_empty() {
        // One empty slice says that the service was looked at.
        let empty = new_slice(service, family, &labels, &Ports::new(), Vec::new());
        match deed.delete.as_slice() {
            [one] if says_the_same(one, &empty) => deed.delete.clear(),
            _ => deed.create.push(empty),
        }
    }
    deed.reuse(&service.metadata.uid);
    if service.metadata.deletion_timestamp.is_none() {
        plan.create.append(&mut deed.create);
    }
    plan.update.append(&mut deed.update);
    let gone = deed.delete.into_iter().map(|slice| slice.metadata.name);
    plan.delete.extend(gone);
}

/// Whether two slices differ in nothing that this controller writes.
fn says_the_same(held: &EndpointSlice, wanted: &EndpointSlice) -> bool {
    held.ports == wanted.ports
        && held.endpoints == wanted.endpoints
        && held.metadata.labels == wanted.metadata.labels
        && held.metadata.owner_references == wanted.metadata.owner_references
}

/// What is to be done about the slices of one family.
#[derive(Default)]
struct Deed {
    create: Vec<EndpointSlice>,
    update: Vec<EndpointSlice>,
    delete: Vec<EndpointSlice>,
}

impl Deed {
    /// Rather than that one slice goes and another comes, the one becomes the
    /// other; but not one that was an older service's.
    fn reuse(&mut self, service_uid: &str) {
        let (create, update) = (&mut self.create, &mut self.update);
        self.delete.retain(|held| {
            let owners = &held.metadata.owner_references;
            if !owners.iter().any(|owner| owner.uid == service_uid) {
                return true;
            }
            let Some(mut next) = create.pop() else {
                return true;
            };
            let mut metadata = held.metadata.clone();
            metadata.labels = next.metadata.labels;
            metadata.annotations.clear();
            metadata.owner_references = next.metadata.owner_references;
            next.metadata = metadata;
            update.push(next);
            false
        });
    }
}

/// Spreads endpoints over the slices with their ports: those that are in one
/// stay there; what is new goes into slices that change anyway, then into one
/// that has room for all that is left, and else into new ones. A slice that
/// loses all it had goes.
fn fill(
    held: &[&EndpointSlice],
    wanted: Vec<Endpoint>,
    labels: &BTreeMap<String, String>,
    new: &dyn Fn(Vec<Endpoint>) -> EndpointSlice,
    deed: &mut Deed,
) {
    let uid = |endpoint: &Endpoint| {
        endpoint
            .target_ref
            .as_ref()
            .map(|target| target.uid.clone())
    };
    let mut left: Vec<Option<Endpoint>> = wanted.into_iter().map(Some).collect();
    let places: HashMap<_, usize> = left
        .iter()
        .enumerate()
        .filter_map(|(at, endpoint)| Some((uid(endpoint.as_ref()?)?, at)))
        .collect();
    let (mut changed, mut same) = (Vec::new(), Vec::new());
    for slice in held {
        let stay = slice
            .endpoints
            .iter()
            .filter_map(|endpoint| left[*places.get(&uid(endpoint)?)?].take());
        let mut next = (*slice).clone();
        next.endpoints = stay.take(ENDPOINTS_MAX).collect();
        next.metadata.labels.clone_from(labels);
        if next.endpoints == slice.endpoints && next.metadata.labels == slice.metadata.labels {
            same.push(next);
        } else if next.endpoints.is_empty() && !slice.endpoints.is_empty() {
            deed.delete.push((*slice).clone());
        } else {
            changed.push(next);
        }
    }
    let mut left: Vec<Endpoint> = left.into_iter().flatten().collect();
    changed.sort_by_key(|slice| std::cmp::Reverse(slice.endpoints.len()));
    for slice in &mut changed {
        let room = ENDPOINTS_MAX.saturating_sub(slice.endpoints.len());
        slice.endpoints.extend(left.drain(..room.min(left.len())));
    }
    deed.update.append(&mut changed);
    while !left.is_empty() {
        let some = left.len().min(ENDPOINTS_MAX);
        let fitting = same
            .iter()
            .enumerate()
            .filter(|(_, slice)| {
                some < ENDPOINTS_MAX && slice.endpoints.len() + some <= ENDPOINTS_MAX
            })
            .max_by_key(|(_, slice)| slice.endpoints.len())
            .map(|(at, _)| at);
        let endpoints = left.drain(..some);
        match fitting {
            Some(at) => {
                let mut slice = same.remove(at);
                slice.endpoints.extend(endpoints);
                deed.update.push(slice);
            }
            None => deed.create.push(new(endpoints.collect())),
        }
    }
}

fn new_slice(
    service: &Service,
    family: &str,
    labels: &BTreeMap<String, String>,
    ports: &Ports,
    endpoints: Vec<Endpoint>,
) -> EndpointSlice {
    let mut slice = EndpointSlice {
        address_type: family.into(),
        ports: ports.clone(),
        endpoints,
        ..Default::default()
    };
    slice.metadata.generate_name = format!("{}-", service.metadata.name);
    slice
        .metadata
        .namespace
        .clone_from(&service.metadata.namespace);
    slice.metadata.labels.clone_from(labels);
    slice.metadata.owner_references = vec![service.controller_reference()];
    slice
}

/// The service's labels, and ours.
fn labels(service: &Service) -> BTreeMap<String, String> {
    let mut labels = service.metadata.labels.clone();
    labels.remove(HEADLESS);
    if service.spec.cluster_ip == "None" {
        labels.insert(HEADLESS.into(), String::new());
    }
    labels.insert(SERVICE_NAME.into(), service.metadata.name.clone());
    labels.insert(MANAGED_BY.into(), CONTROLLER.into());
    labels
}

fn ports(service: &Service, pod: &Pod) -> Ports {
    let ports = service.spec.ports.iter();
    let mut ports: Ports = ports
        .filter_map(|port| {
            Some(EndpointPort {
                name: Some(port.name.clone()),
                protocol: Some(port.protocol.clone()),
                port: Some(pods::target_port(port, pod)?),
                app_protocol: port.app_protocol.clone(),
            })
        })
        .collect();
    ports.sort_by_key(order::of_port);
    ports
}

fn endpoint(
    service: &Service,
    pod: &Pod,
    family: &str,
    zone_of: &dyn Fn(&str) -> Option<Option<String>>,
) -> Option<Endpoint> {
    let addresses: Vec<String> = pod
        .status
        .pod_ips
        .iter()
        .map(|ip| ip.ip.clone())
        .filter(|ip| ip.contains(':') == (family == "IPv6"))
        .collect();
    if addresses.is_empty() {
        return None;
    }
    let publish = service.spec.publish_not_ready_addresses;
    let zone = match zone_of(&pod.spec.node_name) {
        Some(zone) => zone,
        None if publish => None,
        None => return None,
    };
    let serving = pod.is_ready();
    let terminating = pod.metadata.deletion_timestamp.is_some();
    let ready = publish || serving && !terminating;
    Some(Endpoint {
        addresses,
        hints: ready
            .then(|| hints(service, pod, zone.as_deref()))
            .flatten(),
        conditions: EndpointConditions {
            ready: Some(ready),
            serving: Some(serving),
            terminating: Some(terminating),
        },
        hostname: pods::hostname(service, pod).map(ToOwned::to_owned),
        node_name: (!pod.spec.node_name.is_empty()).then(|| pod.spec.node_name.clone()),
        zone,
        target_ref: Some(ObjectReference {
            kind: "Pod".into(),
            namespace: pod.metadata.namespace.clone(),
            name: pod.metadata.name.clone(),
            uid: pod.metadata.uid.clone(),
            ..Default::default()
        }),
        ..Default::default()
    })
}

/// Whose requests an endpoint is for, by the service's `trafficDistribution`:
/// those of its own zone and, where nodes are preferred, of its own node.
fn hints(service: &Service, pod: &Pod, zone: Option<&str>) -> Option<EndpointHints> {
    let by_node = match service.spec.traffic_distribution.as_deref()? {
        "PreferClose" | "PreferSameZone" => false,
        "PreferSameNode" => true,
        _ => return None,
    };
    let name = zone.map(ToOwned::to_owned);
    let node = Some(&pod.spec.node_name).filter(|node| by_node && !node.is_empty());
    let hints = EndpointHints {
        for_zones: name.map(|name| ForZone { name }).into_iter().collect(),
        for_nodes: node
            .map(|name| ForNode { name: name.clone() })
            .into_iter()
            .collect(),
    };
    (hints != EndpointHints::default()).then_some(hints)
}

#[cfg(test)]
mod tests {
    use skeg_api::core::v1::{PodCondition, PodIP, ServicePort};

    use super::*;

    fn pod(name: &str, ready: bool) -> Arc<Pod> {
        let mut pod = Pod::default();
        pod.metadata.name = name.into();
        pod.metadata.uid = format!("{name}-uid");
        pod.spec.node_name = "n".into();
        pod.status.pod_ip = "10.0.0.1".into();
        pod.status.pod_ips = vec![PodIP {
            ip: "10.0.0.1".into(),
        }];
        let status = if ready { "True" } else { "False" };
        pod.status.conditions = vec![PodCondition {
            type_: "Ready".into(),
            status: status.into(),
            ..Default::default()
        }];
        Arc::new(pod)
    }

    fn service() -> Service {
        let mut service = Service::default();
        service.metadata.name = "s".into();
        service.spec.ports = vec![ServicePort {
            port: 80,
            protocol: "TCP".into(),
            ..Default::default()
        }];
        service
    }

    fn run(pods: &[Arc<Pod>], existing: &[Arc<EndpointSlice>]) -> Plan {
        plan(&service(), pods, existing, &|node| {
            (node == "n").then_some(None)
        })
    }

    #[test]
    fn a_service_without_pods_has_one_empty_slice() {
        let made = run(&[], &[]);
        assert_eq!(made.create.len(), 1);
        let held = [Arc::new(made.create[0].clone())];
        let again = run(&[], &held);
        assert!(again.create.is_empty() && again.update.is_empty() && again.delete.is_empty());
    }

    #[test]
    fn endpoints_stay_in_their_slice_and_changes_are_written() {
        let made = run(&[pod("a", true)], &[]);
        let held = [Arc::new(made.create[0].clone())];
        let again = run(&[pod("a", false), pod("b", true)], &held);
        assert!(again.create.is_empty());
        let ready: Vec<_> = again.update[0]
            .endpoints
            .iter()
            .map(|endpoint| endpoint.conditions.ready)
            .collect();
        assert_eq!(ready, [Some(false), Some(true)]);
    }

    #[test]
    fn a_full_slice_is_followed_by_another() {
        let pods: Vec<_> = (0..150).map(|n| pod(&format!("p{n}"), true)).collect();
        let made = run(&pods, &[]);
        let sizes: Vec<usize> = made
            .create
            .iter()
            .map(|slice| slice.endpoints.len())
            .collect();
        assert_eq!(sizes, [100, 50]);
        let named = made.create.into_iter().enumerate().map(|(n, mut slice)| {
            slice.metadata.name = format!("s-{n}");
            Arc::new(slice)
        });
        let held: Vec<_> = named.collect();
        let fewer = run(&pods[..100], &held);
        assert_eq!((fewer.update.len(), fewer.delete.len()), (0, 1));
    }

    #[test]
    fn endpoints_are_for_who_is_close() {
        let check = |distribution: &str, ready: bool, expect: Option<(usize, usize)>| {
            let mut service = service();
            service.spec.traffic_distribution = Some(distribution.into());
            let zone = |_: &str| Some(Some("east".to_owned()));
            let made = plan(&service, &[pod("a", ready)], &[], &zone);
            let hints = made.create[0].endpoints[0].hints.as_ref();
            let counts = hints.map(|hints| (hints.for_zones.len(), hints.for_nodes.len()));
            assert_eq!(counts, expect, "{distribution}");
        };
        check("PreferClose", true, Some((1, 0)));
        check("PreferSameZone", true, Some((1, 0)));
        check("PreferSameNode", true, Some((1, 1)));
        check("PreferSameNode", false, None);
        check("Anything", true, None);
    }

    #[test]
    fn a_pod_of_a_node_that_is_not_there_is_left_out() {
        let mut lost = Pod::clone(&pod("a", true));
        lost.spec.node_name = "gone".into();
        let made = run(&[Arc::new(lost)], &[]);
        assert!(made.create[0].endpoints.is_empty());
        assert_eq!(
            made.lost,
            ["skipping Pod a for Service /s: Node gone Not Found"]
        );
    }
}
