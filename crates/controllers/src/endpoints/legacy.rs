//! A service's Endpoints, planned: a pure function of service and pods.

use std::collections::BTreeMap;
use std::sync::Arc;

use skeg_api::core::v1::{
    EndpointAddress, EndpointPort, EndpointSubset, Endpoints, ObjectReference, Pod, Service,
};

use super::{HEADLESS, order, pods};

/// The label by which these Endpoints are known not to be a user's.
pub(super) const MANAGED_BY: &str = "endpoints.kubernetes.io/managed-by";
const CONTROLLER: &str = "endpoint-controller";
/// Says that there are more addresses than are told.
const OVER_CAPACITY: &str = "endpoints.kubernetes.io/over-capacity";
/// How many addresses Endpoints may have (upstream's `maxCapacity`).
const ADDRESSES_MAX: usize = 1000;

/// The Endpoints to be written, or `None` when they are as they should be.
pub(super) fn plan(
    service: &Service,
    pods: &[Arc<Pod>],
    existing: Option<&Endpoints>,
) -> Option<Endpoints> {
    let mut subsets = subsets(service, pods);
    let truncated = truncate(&mut subsets);
    let labels = labels(service);
    let as_it_is = |held: &Endpoints| {
        held.subsets == subsets
            && held.metadata.labels == labels
            && held.metadata.annotations.contains_key(OVER_CAPACITY) == truncated
    };
    if existing.is_some_and(as_it_is) {
        return None;
    }
    let mut new = existing.cloned().unwrap_or_default();
    new.metadata.name.clone_from(&service.metadata.name);
    new.metadata
        .namespace
        .clone_from(&service.metadata.namespace);
    new.metadata.labels = labels;
    new.subsets = subsets;
    if truncated {
        let annotations = &mut new.metadata.annotations;
        annotations.insert(OVER_CAPACITY.into(), "truncated".into());
    } else {
        new.metadata.annotations.remove(OVER_CAPACITY);
    }
    Some(new)
}

/// Leaves no more addresses than Endpoints may have, those that are ready before
/// the others, and of each subset in proportion. Whether some had to go.
fn truncate(subsets: &mut [EndpointSubset]) -> bool {
    let sum = |of: fn(&EndpointSubset) -> usize| subsets.iter().map(of).sum::<usize>();
    let ready = sum(|subset| subset.addresses.len());
    let not_ready = sum(|subset| subset.not_ready_addresses.len());
    if ready + not_ready <= ADDRESSES_MAX {
        return false;
    }
    let too_many_ready = ready > ADDRESSES_MAX;
    let (room, all) = if too_many_ready {
        (ADDRESSES_MAX, ready)
    } else {
        (ADDRESSES_MAX - ready, not_ready)
    };
    let mut left = room;
    for subset in subsets {
        let EndpointSubset {
            addresses,
            not_ready_addresses,
            ..
        } = subset;
        let list = if too_many_ready {
            not_ready_addresses.clear();
            addresses
        } else {
            not_ready_addresses
        };
        let share = (list.len() * room).div_ceil(all.max(1)).min(left);
        list.truncate(share);
        left -= list.len();
    }
    true
}

fn labels(service: &Service) -> BTreeMap<String, String> {
    let mut labels = service.metadata.labels.clone();
    labels.remove(HEADLESS);
    if service.spec.cluster_ip == "None" {
        labels.insert(HEADLESS.into(), String::new());
    }
    labels.insert(MANAGED_BY.into(), CONTROLLER.into());
    labels
}

/// Who offers a port: their places among the addresses, and whether they are ready.
type Offers = Vec<(usize, bool)>;

/// Ports that are offered by the same addresses stand in one subset.
fn subsets(service: &Service, pods: &[Arc<Pod>]) -> Vec<EndpointSubset> {
    let publish = service.spec.publish_not_ready_addresses;
    // Who has no node yet answers nobody.
    let answers = |pod: &Pod| pod.metadata.deletion_timestamp.is_none() && pod.is_scheduled();
    let chosen = pods
        .iter()
        .filter(|pod| pods::counts(pod) && (publish || answers(pod)))
        .filter_map(|pod| Some((pod, address(service, pod)?)));
    let mut addresses = Vec::new();
    let mut by_port: Vec<(Option<EndpointPort>, Offers)> = Vec::new();
    for (pod, address) in chosen {
        let ports = service.spec.ports.iter();
        let mut offered: Vec<Option<EndpointPort>> = ports
            .filter_map(|port| {
                Some(Some(EndpointPort {
                    name: port.name.clone(),
                    port: pods::target_port(port, pod)?,
                    protocol: port.protocol.clone(),
                    app_protocol: port.app_protocol.clone(),
                }))
            })
            .collect();
        if service.spec.ports.is_empty() {
            offered.push(None);
        }
        let offer = (addresses.len(), publish || pod.is_ready());
        addresses.push(address);
        for port in offered {
            match by_port.iter_mut().find(|(known, _)| *known == port) {
                Some((_, offers)) => offers.push(offer),
                None => by_port.push((port, vec![offer])),
            }
        }
    }
    let mut groups: Vec<(Offers, Vec<EndpointPort>)> = Vec::new();
    for (port, offers) in by_port {
        match groups.iter_mut().find(|(known, _)| *known == offers) {
            Some((_, ports)) => ports.extend(port),
            None => groups.push((offers, port.into_iter().collect())),
        }
    }
    let mut subsets: Vec<EndpointSubset> = groups
        .into_iter()
        .map(|(offers, mut ports)| {
            ports.sort_by_key(order::of_legacy_port);
            let of = |wanted: bool| {
                let places = offers.iter().filter(|(_, ready)| *ready == wanted);
                let mut list: Vec<_> = places.map(|(at, _)| addresses[*at].clone()).collect();
                list.sort_by(|a, b| place(a).cmp(&place(b)));
                list
            };
            EndpointSubset {
                addresses: of(true),
                not_ready_addresses: of(false),
                ports,
            }
        })
        .collect();
    subsets.sort_by_key(|subset| subset.ports.first().map(order::of_legacy_port));
    subsets
}

/// Addresses stand in the order of their letters, not of their numbers.
fn place(address: &EndpointAddress) -> (&str, &str) {
    let target = address.target_ref.as_ref();
    (&address.ip, target.map_or("", |target| &target.uid))
}

/// A pod's address of the service's first family, if it has one.
fn address(service: &Service, pod: &Pod) -> Option<EndpointAddress> {
    let is_v6 = match service.spec.ip_families.first() {
        Some(family) => family == "IPv6",
        None => service.spec.cluster_ip.contains(':'),
    };
    let own = Some(&pod.status.pod_ip);
    let mut all = pod.status.pod_ips.iter().map(|ip| &ip.ip).chain(own);
    Some(EndpointAddress {
        ip: all.find(|ip| ip.contains(':') == is_v6)?.clone(),
        hostname: pods::hostname(service, pod).unwrap_or_default().to_owned(),
        node_name: (!pod.spec.node_name.is_empty()).then(|| pod.spec.node_name.clone()),
        target_ref: Some(ObjectReference {
            kind: "Pod".into(),
            namespace: pod.metadata.namespace.clone(),
            name: pod.metadata.name.clone(),
            uid: pod.metadata.uid.clone(),
            ..Default::default()
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subset(ready: usize, not_ready: usize) -> EndpointSubset {
        EndpointSubset {
            addresses: vec![EndpointAddress::default(); ready],
            not_ready_addresses: vec![EndpointAddress::default(); not_ready],
            ..EndpointSubset::default()
        }
    }

    fn check(given: &[(usize, usize)], expect: Option<&[(usize, usize)]>) {
        let mut subsets: Vec<_> = given.iter().map(|(a, b)| subset(*a, *b)).collect();
        let truncated = truncate(&mut subsets);
        let left: Vec<_> = subsets
            .iter()
            .map(|one| (one.addresses.len(), one.not_ready_addresses.len()))
            .collect();
        assert_eq!(truncated, expect.is_some());
        assert_eq!(left, expect.unwrap_or(given));
    }

    #[test]
    fn a_thousand_addresses_are_told() {
        check(&[(600, 400)], None);
        check(&[(1100, 50)], Some(&[(1000, 0)]));
        check(&[(900, 300), (0, 100)], Some(&[(900, 75), (0, 25)]));
        check(
            &[(1001, 0), (500, 9), (1, 0)],
            Some(&[(667, 0), (333, 0), (0, 0)]),
        );
    }

    #[test]
    fn ports_of_the_same_pods_stand_together() {
        use skeg_api::core::v1::{Container, ContainerPort, PodCondition, PodIP, ServicePort};
        use skeg_meta::IntOrString;
        let pod = |ip: &str, named: &[(&str, i32)]| {
            let mut pod = Pod::default();
            pod.metadata.uid = ip.into();
            pod.spec.node_name = "n".into();
            pod.status.pod_ip = ip.into();
            pod.status.pod_ips = vec![
                PodIP { ip: ip.into() },
                PodIP {
                    ip: "fd00::1".into(),
                },
            ];
            pod.status.conditions = vec![PodCondition {
                type_: "Ready".into(),
                status: "True".into(),
                ..Default::default()
            }];
            let ports = named.iter().map(|(name, port)| ContainerPort {
                name: (*name).into(),
                container_port: *port,
                protocol: "TCP".into(),
                ..Default::default()
            });
            pod.spec.containers = vec![Container {
                ports: ports.collect(),
                ..Default::default()
            }];
            Arc::new(pod)
        };
        let mut service = Service::default();
        let port = |name: &str| ServicePort {
            name: name.into(),
            protocol: "TCP".into(),
            target_port: IntOrString::String(name.into()),
            ..Default::default()
        };
        service.spec.ports = vec![port("web"), port("metrics")];
        let pods = [
            pod("10.0.0.9", &[("web", 80)]),
            pod("10.0.0.10", &[("web", 80), ("metrics", 81)]),
        ];
        let mut told: Vec<_> = subsets(&service, &pods)
            .iter()
            .map(|subset| {
                let ips = subset.addresses.iter().map(|address| address.ip.clone());
                let ports = subset.ports.iter().map(|port| port.port);
                (ports.collect::<Vec<_>>(), ips.collect::<Vec<_>>())
            })
            .collect();
        told.sort();
        let ip = |ip: &str| ip.to_owned();
        assert_eq!(
            told,
            [
                (vec![80], vec![ip("10.0.0.10"), ip("10.0.0.9")]),
                (vec![81], vec![ip("10.0.0.10")]),
            ]
        );
        service.spec.ip_families = vec!["IPv6".into()];
        let of_v6 = subsets(&service, &pods[..1]);
        assert_eq!(of_v6[0].addresses[0].ip, "fd00::1");
    }
}
