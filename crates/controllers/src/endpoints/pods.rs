//! What a service wants to know of a pod.

use skeg_api::core::v1::{Pod, Service, ServicePort};
use skeg_meta::IntOrString;

/// Whether a service's endpoints are its pods' addresses.
pub(super) fn has_endpoints(service: &Service) -> bool {
    !service.spec.selector.is_empty() && service.spec.type_ != "ExternalName"
}

/// Whether a service's selector chooses a pod of its namespace.
pub(super) fn selects(service: &Service, pod: &Pod) -> bool {
    has_endpoints(service)
        && service
            .spec
            .selector
            .iter()
            .all(|(key, value)| pod.metadata.labels.get(key) == Some(value))
}

/// Whether two versions of a pod differ in what endpoints say.
pub(super) fn differ(old: &Pod, new: &Pod) -> bool {
    old.status.pod_ips != new.status.pod_ips
        || old.status.phase != new.status.phase
        || old.is_ready() != new.is_ready()
        || old.metadata.deletion_timestamp != new.metadata.deletion_timestamp
        || old.metadata.labels != new.metadata.labels
        || old.metadata.uid != new.metadata.uid
        || old.spec.node_name != new.spec.node_name
        || old.spec.hostname != new.spec.hostname
}

/// Whether a pod may be an endpoint at all.
pub(super) fn counts(pod: &Pod) -> bool {
    !pod.status.pod_ip.is_empty() && !pod.is_finished()
}

/// The name that DNS gives a pod below a headless service.
pub(super) fn hostname<'a>(service: &Service, pod: &'a Pod) -> Option<&'a str> {
    let named = !pod.spec.hostname.is_empty() && pod.spec.subdomain == service.metadata.name;
    named.then_some(pod.spec.hostname.as_str())
}

/// The port of a pod to which a service's port leads; `None` when the pod has no port of that name.
pub(super) fn target_port(port: &ServicePort, pod: &Pod) -> Option<i32> {
    match &port.target_port {
        IntOrString::Int(0) => Some(port.port),
        IntOrString::Int(number) => Some(*number),
        IntOrString::String(name) => {
            let sidecars = pod
                .spec
                .init_containers
                .iter()
                .filter(|container| container.restart_policy.as_deref() == Some("Always"));
            pod.spec
                .containers
                .iter()
                .chain(sidecars)
                .flat_map(|container| &container.ports)
                .find(|held| held.name == *name && held.protocol == port.protocol)
                .map(|held| held.container_port)
        }
    }
}
