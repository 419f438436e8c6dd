//! The slices of some Endpoints, planned: a pure function of these and the
//! slices there are.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use skeg_api::core::v1::{EndpointAddress, EndpointPort as LegacyPort, Endpoints};
use skeg_api::discovery::v1::{Endpoint, EndpointConditions, EndpointPort, EndpointSlice};
use skeg_meta::Object;

use crate::endpoints::{SERVICE_NAME, order};

const MANAGED_BY: &str = "endpointslice.kubernetes.io/managed-by";
const CONTROLLER: &str = "endpointslicemirroring-controller.k8s.io";
/// By this label Endpoints say that they want no mirror.
const SKIP_MIRROR: &str = "endpointslice.kubernetes.io/skip-mirror";
/// Endpoints with this annotation are no endpoints but somebody's lock.
const LEADER: &str = "control-plane.alpha.kubernetes.io/leader";
/// Annotations that speak of the Endpoints alone.
const NOT_COPIED: [&str; 2] = [
    "endpoints.kubernetes.io/last-change-trigger-time",
    "kubectl.kubernetes.io/last-applied-configuration",
];
/// How many addresses of one subset are mirrored (`--mirroring-max-endpoints-per-subset`).
const ENDPOINTS_MAX: usize = 1000;
/// What a name can be long so that the server can still add to it.
const GENERATE_NAME_LEN_MAX: usize = 253;

/// Whether a slice is this controller's.
pub(super) fn is_ours(slice: &EndpointSlice) -> bool {
    slice
        .metadata
        .labels
        .get(MANAGED_BY)
        .is_some_and(|manager| manager == CONTROLLER)
}

/// Whether Endpoints are to be mirrored at all.
pub(super) fn is_mirrored(endpoints: &Endpoints) -> bool {
    let skipped = endpoints
        .metadata
        .labels
        .get(SKIP_MIRROR)
        .is_some_and(|skip| skip == "true");
    !skipped && !endpoints.metadata.annotations.contains_key(LEADER)
}

/// What is to be written.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) create: Vec<EndpointSlice>,
    pub(super) update: Vec<EndpointSlice>,
    pub(super) delete: Vec<String>,
}

/// The endpoints that stand together: of one kind of address, with the same ports.
type Group = (&'static str, Vec<EndpointPort>, Vec<Endpoint>);

/// Plans the slices; without Endpoints there is to be none.
pub(super) fn plan(endpoints: Option<&Endpoints>, held: &[Arc<EndpointSlice>]) -> Plan {
    let mut plan = Plan::default();
    let mut left: Vec<&EndpointSlice> = held.iter().map(Arc::as_ref).collect();
    let wanted = endpoints.map(wanted).unwrap_or_default();
    // A slice that says the same ports stays; one that is of no use takes what is new.
    let mut unplaced = Vec::new();
    for slice in wanted {
        match left
            .iter()
            .position(|held| held.address_type == slice.address_type && held.ports == slice.ports)
        {
            Some(at) => rewrite(left.remove(at), slice, &mut plan),
            None => unplaced.push(slice),
        }
    }
    for slice in unplaced {
        match left
            .iter()
            .position(|held| held.address_type == slice.address_type)
        {
            Some(at) => rewrite(left.remove(at), slice, &mut plan),
            None => plan.create.push(slice),
        }
    }
    plan.delete = left
        .iter()
        .map(|slice| slice.metadata.name.clone())
        .collect();
    plan
}

fn rewrite(held: &EndpointSlice, mut wanted: EndpointSlice, plan: &mut Plan) {
    let same = held.ports == wanted.ports
        && held.endpoints == wanted.endpoints
        && held.metadata.labels == wanted.metadata.labels
        && held.metadata.annotations == wanted.metadata.annotations
        && held.metadata.owner_references == wanted.metadata.owner_references;
    if !same {
        let mut metadata = held.metadata.clone();
        metadata.labels = wanted.metadata.labels;
        metadata.annotations = wanted.metadata.annotations;
        metadata.owner_references = wanted.metadata.owner_references;
        wanted.metadata = metadata;
        plan.update.push(wanted);
    }
}

fn wanted(endpoints: &Endpoints) -> Vec<EndpointSlice> {
    let mut slices = Vec::new();
    for (address_type, ports, members) in groups(endpoints) {
        for members in members.chunks(ENDPOINTS_MAX) {
            let mut slice = EndpointSlice {
                address_type: address_type.into(),
                ports: ports.clone(),
                endpoints: members.to_vec(),
                ..Default::default()
            };
            let source = &endpoints.metadata;
            let prefix = format!("{}-", source.name);
            slice.metadata.generate_name = if prefix.len() > GENERATE_NAME_LEN_MAX {
                source.name.clone()
            } else {
                prefix
            };
            slice.metadata.namespace.clone_from(&source.namespace);
            slice.metadata.labels = labels(endpoints);
            slice.metadata.annotations.clone_from(&source.annotations);
            slice
                .metadata
                .annotations
                .retain(|key, _| !NOT_COPIED.contains(&key.as_str()));
            slice.metadata.owner_references = vec![endpoints.controller_reference()];
            slices.push(slice);
        }
    }
    slices
}

fn labels(endpoints: &Endpoints) -> BTreeMap<String, String> {
    let mut labels = endpoints.metadata.labels.clone();
    labels.insert(SERVICE_NAME.into(), endpoints.metadata.name.clone());
    labels.insert(MANAGED_BY.into(), CONTROLLER.into());
    labels
}

fn groups(endpoints: &Endpoints) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for subset in &endpoints.subsets {
        let mut ports: Vec<EndpointPort> = subset.ports.iter().map(port).collect();
        ports.sort_by_key(order::of_port);
        let ready = subset.addresses.iter().map(|address| (address, true));
        let unready = subset
            .not_ready_addresses
            .iter()
            .map(|address| (address, false));
        for (address, ready) in ready.chain(unready).take(ENDPOINTS_MAX) {
            let Some(address_type) = address_type(address) else {
                continue;
            };
            let endpoint = endpoint(address, ready);
            let group = groups
                .iter_mut()
                .find(|(held, with, _)| *held == address_type && *with == ports);
            match group {
                Some((_, _, members)) => members.push(endpoint),
                None => groups.push((address_type, ports.clone(), vec![endpoint])),
            }
        }
    }
    groups
}

/// The kind of an address; none for what is no address.
fn address_type(address: &EndpointAddress) -> Option<&'static str> {
    Some(match address.ip.parse().ok()? {
        IpAddr::V4(_) => "IPv4",
        IpAddr::V6(_) => "IPv6",
    })
}

fn port(port: &LegacyPort) -> EndpointPort {
    EndpointPort {
        name: Some(port.name.clone()),
        port: Some(port.port),
        protocol: Some(port.protocol.clone()),
        app_protocol: port.app_protocol.clone(),
    }
}

fn endpoint(address: &EndpointAddress, ready: bool) -> Endpoint {
    Endpoint {
        addresses: vec![address.ip.clone()],
        conditions: EndpointConditions {
            ready: Some(ready),
            ..Default::default()
        },
        hostname: Some(address.hostname.clone()).filter(|name| !name.is_empty()),
        node_name: address.node_name.clone(),
        target_ref: address.target_ref.clone(),
        ..Default::default()
    }
}

#[cfg(test)]
mod tests {
    use skeg_api::core::v1::EndpointSubset;

    use super::*;

    fn endpoints(ips: &[&str], port: i32) -> Endpoints {
        let addresses = ips
            .iter()
            .map(|ip| EndpointAddress {
                ip: (*ip).into(),
                ..Default::default()
            })
            .collect();
        let ports = vec![LegacyPort {
            port,
            protocol: "TCP".into(),
            ..Default::default()
        }];
        let mut endpoints = Endpoints::default();
        endpoints.metadata.name = "s".into();
        endpoints.metadata.labels.insert("mine".into(), "1".into());
        endpoints
            .metadata
            .annotations
            .insert(NOT_COPIED[1].into(), "x".into());
        endpoints.subsets = vec![EndpointSubset {
            addresses,
            ports,
            ..Default::default()
        }];
        endpoints
    }

    fn counts(plan: &Plan) -> (usize, usize, usize) {
        (plan.create.len(), plan.update.len(), plan.delete.len())
    }

    fn held(plan: Plan) -> Vec<Arc<EndpointSlice>> {
        plan.create.into_iter().map(Arc::new).collect()
    }

    #[test]
    fn each_family_has_its_slices() {
        let made = plan(
            Some(&endpoints(
                &["192.0.2.1", "2001:db8::1", "192.0.2.2", "nonsense"],
                80,
            )),
            &[],
        );
        let sizes: Vec<_> = made
            .create
            .iter()
            .map(|slice| (&*slice.address_type, slice.endpoints.len()))
            .collect();
        assert_eq!(sizes, [("IPv4", 2), ("IPv6", 1)]);
        let meta = &made.create[0].metadata;
        assert_eq!(
            (
                meta.generate_name.as_str(),
                meta.labels.len(),
                meta.annotations.len()
            ),
            ("s-", 3, 0)
        );
        assert!(is_ours(&made.create[0]));
    }

    #[test]
    fn slices_follow_and_are_used_again() {
        let slices = held(plan(Some(&endpoints(&["192.0.2.1"], 80)), &[]));
        assert_eq!(
            counts(&plan(Some(&endpoints(&["192.0.2.1"], 80)), &slices)),
            (0, 0, 0)
        );
        assert_eq!(
            counts(&plan(Some(&endpoints(&["192.0.2.9"], 80)), &slices)),
            (0, 1, 0)
        );
        assert_eq!(
            counts(&plan(Some(&endpoints(&["192.0.2.9"], 81)), &slices)),
            (0, 1, 0)
        );
        assert_eq!(
            counts(&plan(Some(&endpoints(&["2001:db8::1"], 80)), &slices)),
            (1, 0, 1)
        );
        assert_eq!(counts(&plan(None, &slices)), (0, 0, 1));
    }

    #[test]
    fn locks_and_the_unwilling_are_not_mirrored() {
        let mut lock = endpoints(&[], 80);
        assert!(is_mirrored(&lock));
        lock.metadata.annotations.insert(LEADER.into(), "{}".into());
        assert!(!is_mirrored(&lock));
        let mut unwilling = endpoints(&[], 80);
        unwilling
            .metadata
            .labels
            .insert(SKIP_MIRROR.into(), "true".into());
        assert!(!is_mirrored(&unwilling));
    }
}
