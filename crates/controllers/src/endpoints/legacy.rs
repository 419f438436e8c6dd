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

/// The Endpoints to be written, or `None` when they are as they should be.
pub(super) fn plan(
    service: &Service,
    pods: &[Arc<Pod>],
    existing: Option<&Endpoints>,
) -> Option<Endpoints> {
    let subsets = subsets(service, pods);
    let labels = labels(service);
    if existing.is_some_and(|held| held.subsets == subsets && held.metadata.labels == labels) {
        return None;
    }
    let mut new = existing.cloned().unwrap_or_default();
    new.metadata.name.clone_from(&service.metadata.name);
    new.metadata
        .namespace
        .clone_from(&service.metadata.namespace);
    new.metadata.labels = labels;
    new.subsets = subsets;
    Some(new)
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
    let chosen = pods
        .iter()
        .filter(|pod| pods::counts(pod) && (publish || pod.metadata.deletion_timestamp.is_none()));
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
        if publish || pods::is_ready(pod) {
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
