//! What objects use, by the names that quotas give it.

use super::Amounts;
use crate::admission::Attributes;
use crate::tree::{self, at, list, s};
use crate::validation::numbers::quantity;
use crate::validation::pod::resources as compute;
use skeg_meta::Quantity;
use skeg_schema::Value;

/// Between a storage class and what of it is limited.
const STORAGE_CLASS: &str = ".storageclass.storage.k8s.io/";
/// Behind the class of devices that are limited.
const DEVICES: &str = ".deviceclass.resource.k8s.io/devices";
/// The most devices that one request can be given: what a request for all counts.
const ALL_DEVICES: i64 = 32;
/// What an object uses, by the names quotas give it.
pub(super) fn usage(attrs: &Attributes<'_>, obj: &Value) -> Amounts {
    let mut out = Amounts::new();
    let one = Quantity::new(1, Default::default());
    let (group, resource) = (attrs.desc.group, attrs.desc.resource);
    out.insert(count_name(group, resource), one);
    if (group, resource) == ("resource.k8s.io", "resourceclaims") {
        devices(obj, &mut out);
    }
    if !group.is_empty() {
        return out;
    }
    match resource {
        "pods" => pod(obj, &mut out),
        "services" => {
            out.insert("services".into(), one);
            let spec = at(obj, "spec");
            let ports = list(spec, "ports");
            let own = || ports.iter().filter(|port| tree::i0(port, "nodePort") != 0);
            let given = at(spec, "allocateLoadBalancerNodePorts").as_bool() != Some(false);
            let node_ports = match s(spec, "type") {
                "NodePort" => ports.len(),
                "LoadBalancer" if given => ports.len(),
                // Only those that are asked for by number.
                "LoadBalancer" => own().count(),
                _ => 0,
            };
            if s(spec, "type") == "LoadBalancer" {
                out.insert("services.loadbalancers".into(), one);
            }
            out.insert("services.nodeports".into(), number(node_ports));
        }
        "persistentvolumeclaims" => claim(obj, &mut out),
        "configmaps" | "secrets" | "replicationcontrollers" | "resourcequotas" => {
            out.insert(resource.into(), one);
        }
        _ => {}
    }
    out
}

fn number(count: usize) -> Quantity {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    Quantity::new(count, Default::default())
}

fn claim(obj: &Value, out: &mut Amounts) {
    const OLD_CLASS: &str = "volume.beta.kubernetes.io/storage-class";
    out.insert("persistentvolumeclaims".into(), number(1));
    let given = tree::sp(obj, &["spec", "storageClassName"]);
    let class = tree::annotation(obj, OLD_CLASS).unwrap_or(given);
    if !class.is_empty() {
        let name = format!("{class}{STORAGE_CLASS}persistentvolumeclaims");
        out.insert(name, number(1));
    }
    // One that is being made larger counts as what it is to be, even if that is
    // asked for no longer.
    let sizes = [
        tree::path(obj, &["spec", "resources", "requests", "storage"]),
        tree::path(obj, &["status", "allocatedResources", "storage"]),
    ];
    let sizes = sizes.into_iter().filter(|size| !size.is_null());
    if let Some(size) = sizes.map(quantity).max() {
        out.insert("requests.storage".into(), size);
        if !class.is_empty() {
            out.insert(format!("{class}{STORAGE_CLASS}requests.storage"), size);
        }
    }
}

/// The devices that a claim may be given, by their classes.
fn devices(claim: &Value, out: &mut Amounts) {
    let wanted = |request: &Value| {
        let count = match s(request, "allocationMode") {
            "ExactCount" => tree::i0(request, "count"),
            "All" => ALL_DEVICES,
            _ => 0,
        };
        let name = format!("{}{DEVICES}", s(request, "deviceClassName"));
        (name, Quantity::new(count, Default::default()))
    };
    for request in list(tree::path(claim, &["spec", "devices"]), "requests") {
        let mut of_request = Amounts::new();
        if tree::has(request, "exactly") {
            of_request.extend([wanted(at(request, "exactly"))]);
        }
        // Of several ways, the one that takes the most of a class counts for it.
        for (name, count) in list(request, "firstAvailable").iter().map(wanted) {
            let most = of_request.entry(name).or_default();
            *most = (*most).max(count);
        }
        for (name, count) in of_request {
            *out.entry(name).or_default() += count;
        }
    }
}

/// The requests or limits of a pod as a whole.
pub(super) fn whole(spec: &Value, part: &str) -> Amounts {
    let mut sum = compute::aggregate(spec, part);
    for (k, v) in tree::entries(at(spec, "resources"), part) {
        sum.insert(k.to_owned(), quantity(v));
    }
    for (k, v) in tree::entries(spec, "overhead") {
        if part == "requests" || sum.contains_key(k) {
            let total = sum.entry(k.to_owned()).or_default();
            *total += quantity(v);
        }
    }
    sum
}

fn pod(obj: &Value, out: &mut Amounts) {
    let spec = at(obj, "spec");
    out.insert("pods".into(), Quantity::new(1, Default::default()));
    for (part, prefix) in [("requests", "requests."), ("limits", "limits.")] {
        for (k, v) in whole(spec, part) {
            let plain = matches!(k.as_str(), "cpu" | "memory" | "ephemeral-storage")
                || k.starts_with("hugepages-");
            if part == "requests" && plain {
                out.insert(k.clone(), v);
            }
            if part == "requests" || plain && !k.starts_with("hugepages-") {
                out.insert(format!("{prefix}{k}"), v);
            }
        }
    }
}

/// The name by which objects of a kind are counted.
fn count_name(group: &str, resource: &str) -> String {
    match group {
        "" => format!("count/{resource}"),
        group => format!("count/{resource}.{group}"),
    }
}

/// Whether a name in a quota speaks of a kind.
pub(super) fn speaks_of(name: &str, group: &str, resource: &str) -> bool {
    if name == count_name(group, resource) {
        return true;
    }
    match (group, resource) {
        ("", "pods") => {
            let asked = ["requests.", "limits."]
                .iter()
                .find_map(|part| name.strip_prefix(part))
                .unwrap_or(name);
            name == "pods"
                || matches!(asked, "cpu" | "memory" | "ephemeral-storage")
                || name.starts_with("hugepages-")
                || name.starts_with("requests.hugepages-")
                || name.starts_with("requests.") && name.contains('/')
        }
        ("", "services") => name == "services" || name.starts_with("services."),
        ("", "persistentvolumeclaims") => {
            matches!(name, "persistentvolumeclaims" | "requests.storage")
                || name.contains(STORAGE_CLASS)
        }
        ("", "configmaps" | "secrets" | "replicationcontrollers" | "resourcequotas") => {
            name == resource
        }
        ("resource.k8s.io", "resourceclaims") => name.ends_with(DEVICES),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn told(amounts: &Amounts) -> Vec<String> {
        amounts
            .iter()
            .map(|(name, amount)| format!("{name}={amount}"))
            .collect()
    }

    #[test]
    fn a_claim_counts_what_it_may_be_given() {
        let claim = json!({"spec": {"devices": {"requests": [
            {"name": "a", "exactly": {"deviceClassName": "x", "allocationMode": "ExactCount", "count": 2}},
            {"name": "b", "exactly": {"deviceClassName": "y", "allocationMode": "All"}},
            {"name": "c", "firstAvailable": [
                {"name": "d", "deviceClassName": "x", "allocationMode": "ExactCount", "count": 3},
                {"name": "e", "deviceClassName": "x", "allocationMode": "ExactCount", "count": 1},
                {"name": "f", "deviceClassName": "z", "allocationMode": "ExactCount", "count": 1},
            ]},
        ]}}});
        let mut used = Amounts::new();
        devices(&claim, &mut used);
        let expect = [
            "x.deviceclass.resource.k8s.io/devices=5",
            "y.deviceclass.resource.k8s.io/devices=32",
            "z.deviceclass.resource.k8s.io/devices=1",
        ];
        assert_eq!(told(&used), expect);
        for name in expect {
            let name = name.split('=').next().unwrap_or_default();
            assert!(speaks_of(name, "resource.k8s.io", "resourceclaims"));
        }
    }

    #[test]
    fn a_volume_counts_by_its_class_and_its_size_to_be() {
        let given = json!({
            "metadata": {"annotations": {"volume.beta.kubernetes.io/storage-class": "old"}},
            "spec": {"resources": {"requests": {"storage": "1Gi"}}},
            "status": {"allocatedResources": {"storage": "2Gi"}},
        });
        let mut used = Amounts::new();
        claim(&given, &mut used);
        assert_eq!(
            told(&used),
            [
                "old.storageclass.storage.k8s.io/persistentvolumeclaims=1",
                "old.storageclass.storage.k8s.io/requests.storage=2Gi",
                "persistentvolumeclaims=1",
                "requests.storage=2Gi",
            ]
        );
    }
}
