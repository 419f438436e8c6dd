//! A service's Endpoints, planned: a pure function of service and pods.

use std::collections::BTreeMap;
use std::sync::Arc;

use skeg_api::core::v1::{
    EndpointAddress, EndpointPort, EndpointSubset, Endpoints, ObjectReference, Pod, Service,
};

use super::{HEADLESS, pods};

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

/// Pods with the same ports stand in one subset, in the order of their addresses.
fn subsets(service: &Service, pods: &[Arc<Pod>]) -> Vec<EndpointSubset> {
    let publish = service.spec.publish_not_ready_addresses;
    let mut out: Vec<EndpointSubset> = Vec::new();
    // Who has no node yet answers nobody.
    let answers = |pod: &Pod| pod.metadata.deletion_timestamp.is_none() && pod.is_scheduled();
    let chosen = pods
        .iter()
        .filter(|pod| pods::counts(pod) && (publish || answers(pod)));
    for pod in chosen {
        let ports: Vec<EndpointPort> = service
            .spec
            .ports
            .iter()
            .filter_map(|port| {
                Some(EndpointPort {
                    name: port.name.clone(),
                    port: pods::target_port(port, pod)?,
                    protocol: port.protocol.clone(),
                    app_protocol: port.app_protocol.clone(),
                })
            })
            .collect();
        if ports.is_empty() && !service.spec.ports.is_empty() {
            continue;
        }
        let address = address(service, pod);
        let at = out
            .iter()
            .position(|subset| subset.ports == ports)
            .unwrap_or_else(|| {
                out.push(EndpointSubset {
                    ports,
                    ..Default::default()
                });
                out.len() - 1
            });
        let subset = &mut out[at];
        if publish || pod.is_ready() {
            subset.addresses.push(address);
        } else {
            subset.not_ready_addresses.push(address);
        }
    }
    for subset in &mut out {
        let order = |address: &EndpointAddress| address.ip.parse::<std::net::IpAddr>().ok();
        subset.addresses.sort_by_key(order);
        subset.not_ready_addresses.sort_by_key(order);
    }
    out
}

fn address(service: &Service, pod: &Pod) -> EndpointAddress {
    EndpointAddress {
        ip: pod.status.pod_ip.clone(),
        hostname: pods::hostname(service, pod).unwrap_or_default().to_owned(),
        node_name: (!pod.spec.node_name.is_empty()).then(|| pod.spec.node_name.clone()),
        target_ref: Some(ObjectReference {
            kind: "Pod".into(),
            namespace: pod.metadata.namespace.clone(),
            name: pod.metadata.name.clone(),
            uid: pod.metadata.uid.clone(),
            ..Default::default()
        }),
    }
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
}
