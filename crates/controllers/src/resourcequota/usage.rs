//! What objects use, by the names that quotas give it. No IO.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use skeg_api::core::v1::{
    Container, PersistentVolumeClaim, Pod, ResourceQuotaSpec, ResourceRequirements, Service,
};
use skeg_api::resource::v1::ResourceClaim;
use skeg_meta::Quantity;

/// Amounts by name.
pub(super) type Amounts = BTreeMap<String, Quantity>;

const STORAGE_CLASS: &str = ".storageclass.storage.k8s.io/";
const OLD_CLASS: &str = "volume.beta.kubernetes.io/storage-class";
/// Behind the class of devices that are limited.
pub(super) const DEVICES: &str = ".deviceclass.resource.k8s.io/devices";
/// The most devices that one request can be given: what a request for all counts.
const ALL_DEVICES: usize = 32;

/// So many whole things.
pub(super) fn count(number: usize) -> Quantity {
    Quantity::new(
        i64::try_from(number).unwrap_or(i64::MAX),
        Quantity::ZERO.format(),
    )
}

/// Adds what one object uses.
pub(super) fn add(sum: &mut Amounts, used: &Amounts) {
    for (name, amount) in used {
        let held = sum.entry(name.clone()).or_insert(Quantity::ZERO);
        *held = held.plus(amount);
    }
}

/// What a service uses.
pub(super) fn service(service: &Service) -> Amounts {
    let one = |name: &str| (name.to_owned(), count(1));
    let mut used = Amounts::from([one("services"), one("count/services")]);
    let ports = &service.spec.ports;
    let own = ports.iter().filter(|port| port.node_port != 0).count();
    let given = service.spec.allocate_load_balancer_node_ports != Some(false);
    let node_ports = match service.spec.type_.as_str() {
        "NodePort" => ports.len(),
        "LoadBalancer" if given => ports.len(),
        // Only those that are asked for by number.
        "LoadBalancer" => own,
        _ => 0,
    };
    if node_ports > 0 {
        used.insert("services.nodeports".into(), count(node_ports));
    }
    if service.spec.type_ == "LoadBalancer" {
        used.extend([one("services.loadbalancers")]);
    }
    used
}

/// What a claim for a volume uses. One that is being made larger counts as what
/// it is to be, even if that is asked for no longer.
pub(super) fn claim(claim: &PersistentVolumeClaim) -> Amounts {
    let one = |name: &str| (name.to_owned(), count(1));
    let mut used = Amounts::from([
        one("persistentvolumeclaims"),
        one("count/persistentvolumeclaims"),
    ]);
    let given = claim.spec.storage_class_name.as_ref();
    let class = claim.metadata.annotations.get(OLD_CLASS).or(given);
    let class = class.map(String::as_str).unwrap_or_default();
    let asked = claim.spec.resources.requests.get("storage");
    let size = asked.max(claim.status.allocated_resources.get("storage"));
    if let Some(size) = size {
        used.insert("requests.storage".into(), *size);
    }
    if !class.is_empty() {
        used.extend([one(&format!(
            "{class}{STORAGE_CLASS}persistentvolumeclaims"
        ))]);
        if let Some(size) = size {
            used.insert(format!("{class}{STORAGE_CLASS}requests.storage"), *size);
        }
    }
    used
}

/// What a claim for devices uses: the most that it may be given of each class.
pub(super) fn devices(claim: &ResourceClaim) -> Amounts {
    let of = |class: &str, mode: &str, wanted: i64| {
        let number = match mode {
            "ExactCount" => usize::try_from(wanted).unwrap_or(0),
            "All" => ALL_DEVICES,
            _ => 0,
        };
        (format!("{class}{DEVICES}"), count(number))
    };
    let mut used = Amounts::from([("count/resourceclaims.resource.k8s.io".to_owned(), count(1))]);
    for request in &claim.spec.devices.requests {
        let exactly = request
            .exactly
            .iter()
            .map(|one| of(&one.device_class_name, &one.allocation_mode, one.count));
        let ways = request
            .first_available
            .iter()
            .map(|one| of(&one.device_class_name, &one.allocation_mode, one.count));
        let mut most = Amounts::new();
        for (name, amount) in exactly.chain(ways) {
            raise(&mut most, Amounts::from([(name, amount)]));
        }
        add(&mut used, &most);
    }
    used
}

/// Whether a pod still counts: it has not ended, and its time to end is not over.
pub(super) fn counts(pod: &Pod, now: Timestamp) -> bool {
    let overdue = match (
        &pod.metadata.deletion_timestamp,
        pod.metadata.deletion_grace_period_seconds,
    ) {
        (Some(at), Some(grace)) => {
            now > at
                .0
                .saturating_add(SignedDuration::from_secs(grace))
                .unwrap_or(at.0)
        }
        _ => false,
    };
    !pod.is_finished() && !overdue
}

/// What a pod uses. One that has ended is still an object.
pub(super) fn pod_at(pod: &Pod, now: Timestamp) -> Amounts {
    let mut used = if counts(pod, now) {
        self::pod(pod)
    } else {
        Amounts::new()
    };
    used.insert("count/pods".to_owned(), count(1));
    used
}

/// What a pod uses that counts.
fn pod(pod: &Pod) -> Amounts {
    let mut used = Amounts::from([("pods".to_owned(), count(1))]);
    for (name, amount) in total(pod, |resources| &resources.requests, true) {
        let is_plain = is_plain(&name) || name.starts_with("hugepages-");
        if is_plain || name.contains('/') {
            used.insert(format!("requests.{name}"), amount);
        }
        if is_plain {
            used.insert(name, amount);
        }
    }
    for (name, amount) in total(pod, |resources| &resources.limits, false) {
        if is_plain(&name) {
            used.insert(format!("limits.{name}"), amount);
        }
    }
    used
}

fn is_plain(name: &str) -> bool {
    matches!(name, "cpu" | "memory" | "ephemeral-storage")
}

/// What a pod needs altogether: its containers, or one that runs before them if that needs more.
fn total(pod: &Pod, part: fn(&ResourceRequirements) -> &Amounts, requests: bool) -> Amounts {
    let mut sum = Amounts::new();
    let of = |container: &Container| part(&container.resources).clone();
    pod.spec
        .containers
        .iter()
        .for_each(|container| add(&mut sum, &of(container)));
    let (mut sidecars, mut most) = (Amounts::new(), Amounts::new());
    for container in &pod.spec.init_containers {
        let needs = if container.restart_policy.as_deref() == Some("Always") {
            add(&mut sum, &of(container));
            add(&mut sidecars, &of(container));
            sidecars.clone()
        } else {
            let mut needs = of(container);
            add(&mut needs, &sidecars);
            needs
        };
        raise(&mut most, needs);
    }
    raise(&mut sum, most);
    if let Some(resources) = &pod.spec.resources {
        let whole = part(resources)
            .iter()
            .filter(|(name, _)| is_plain(name) || name.starts_with("hugepages-"));
        sum.extend(whole.map(|(name, amount)| (name.clone(), *amount)));
    }
    for (name, amount) in &pod.spec.overhead {
        if requests || sum.get(name).is_some_and(|held| !held.is_zero()) {
            add(&mut sum, &Amounts::from([(name.clone(), *amount)]));
        }
    }
    sum
}

fn raise(sum: &mut Amounts, to: Amounts) {
    for (name, amount) in to {
        let held = sum.entry(name).or_insert(amount);
        *held = (*held).max(amount);
    }
}

/// Whether a quota has scopes: then it speaks of pods, or of claims for volumes, alone.
pub(super) fn is_scoped(spec: &ResourceQuotaSpec) -> bool {
    !spec.scopes.is_empty()
        || spec
            .scope_selector
            .as_ref()
            .is_some_and(|selector| !selector.match_expressions.is_empty())
}

/// Whether all of a quota's scopes hold, as `holds` says of one: its name, an
/// operator and values.
fn all_hold(spec: &ResourceQuotaSpec, holds: impl Fn(&str, &str, &[String]) -> bool) -> bool {
    let selected = spec
        .scope_selector
        .iter()
        .flat_map(|selector| &selector.match_expressions);
    spec.scopes.iter().all(|scope| holds(scope, "Exists", &[]))
        && selected
            .into_iter()
            .all(|one| holds(&one.scope_name, &one.operator, &one.values))
}

/// Whether a quota's scopes hold of a pod.
pub(super) fn in_scope(spec: &ResourceQuotaSpec, pod: &Pod) -> bool {
    all_hold(spec, |scope, operator, values| {
        holds(scope, operator, values, pod)
    })
}

/// Whether a quota's scopes hold of a claim for a volume: which classes of
/// attributes it has, or is to get.
pub(super) fn claim_in_scope(spec: &ResourceQuotaSpec, claim: &PersistentVolumeClaim) -> bool {
    let modifying = claim.status.modify_volume_status.as_ref();
    let classes: Vec<&String> = claim
        .spec
        .volume_attributes_class_name
        .iter()
        .chain(&claim.status.current_volume_attributes_class_name)
        .chain(modifying.map(|status| &status.target_volume_attributes_class_name))
        .filter(|class| !class.is_empty())
        .collect();
    all_hold(spec, |scope, operator, values| {
        scope == "VolumeAttributesClass"
            && match operator {
                "In" => classes.iter().any(|class| values.contains(class)),
                "NotIn" => {
                    classes.is_empty() || classes.iter().any(|class| !values.contains(class))
                }
                "DoesNotExist" => classes.is_empty(),
                _ => !classes.is_empty(),
            }
    })
}

fn holds(scope: &str, operator: &str, values: &[String], pod: &Pod) -> bool {
    let terminating = pod
        .spec
        .active_deadline_seconds
        .is_some_and(|seconds| seconds >= 0);
    match scope {
        "Terminating" => terminating,
        "NotTerminating" => !terminating,
        "BestEffort" => is_best_effort(pod),
        "NotBestEffort" => !is_best_effort(pod),
        "PriorityClass" => {
            let class = &pod.spec.priority_class_name;
            match operator {
                "In" => values.contains(class),
                "NotIn" => !values.contains(class),
                "DoesNotExist" => class.is_empty(),
                _ => !class.is_empty(),
            }
        }
        "CrossNamespacePodAffinity" => crosses_namespaces(pod),
        _ => false,
    }
}

fn is_best_effort(pod: &Pod) -> bool {
    let is_silent = |resources: &ResourceRequirements| {
        let mut amounts = resources.requests.iter().chain(&resources.limits);
        amounts.all(|(name, amount)| !matches!(name.as_str(), "cpu" | "memory") || amount.is_zero())
    };
    let mut containers = pod.spec.containers.iter().chain(&pod.spec.init_containers);
    containers.all(|container| is_silent(&container.resources))
        && pod.spec.resources.as_deref().is_none_or(is_silent)
}

/// Whether a pod's affinity looks at pods of other namespaces.
fn crosses_namespaces(pod: &Pod) -> bool {
    let Some(affinity) = &pod.spec.affinity else {
        return false;
    };
    let to = affinity.pod_affinity.iter();
    let to = to.flat_map(|affinity| {
        let preferred = affinity
            .preferred_during_scheduling_ignored_during_execution
            .iter();
        let required = affinity
            .required_during_scheduling_ignored_during_execution
            .iter();
        required.chain(preferred.map(|term| &term.pod_affinity_term))
    });
    let away = pod
        .spec
        .affinity
        .iter()
        .flat_map(|affinity| &affinity.pod_anti_affinity);
    let away = away.flat_map(|affinity| {
        let preferred = affinity
            .preferred_during_scheduling_ignored_during_execution
            .iter();
        let required = affinity
            .required_during_scheduling_ignored_during_execution
            .iter();
        required.chain(preferred.map(|term| &term.pod_affinity_term))
    });
    to.chain(away)
        .any(|term| !term.namespaces.is_empty() || term.namespace_selector.is_some())
}

#[cfg(test)]
mod tests {
    use skeg_api::core::v1::ServicePort;

    use super::*;

    fn container(requests: &[(&str, &str)], limits: &[(&str, &str)]) -> Container {
        let amounts = |list: &[(&str, &str)]| -> Amounts {
            list.iter()
                .map(|(name, amount)| ((*name).to_owned(), amount.parse().expect("a quantity")))
                .collect()
        };
        let resources = ResourceRequirements {
            requests: amounts(requests),
            limits: amounts(limits),
            ..Default::default()
        };
        Container {
            resources,
            ..Default::default()
        }
    }

    fn check(pod_: &Pod, name: &str, expect: Option<&str>) {
        assert_eq!(
            pod(pod_).get(name).map(ToString::to_string).as_deref(),
            expect,
            "{name}"
        );
    }

    #[test]
    fn pods_use_what_their_containers_need() {
        let mut pod = Pod::default();
        pod.spec.containers = vec![
            container(
                &[("cpu", "300m"), ("example.com/gpu", "1")],
                &[("memory", "600Mi")],
            ),
            container(&[("cpu", "300m")], &[]),
        ];
        let mut sidecar = container(&[("cpu", "100m")], &[]);
        sidecar.restart_policy = Some("Always".into());
        pod.spec.init_containers = vec![
            sidecar,
            container(&[("cpu", "500m"), ("memory", "1Gi")], &[]),
        ];
        check(&pod, "pods", Some("1"));
        check(&pod, "cpu", Some("700m"));
        check(&pod, "requests.cpu", Some("700m"));
        check(&pod, "requests.memory", Some("1Gi"));
        check(&pod, "limits.memory", Some("600Mi"));
        check(&pod, "requests.example.com/gpu", Some("1"));
        check(&pod, "example.com/gpu", None);
        check(&pod, "limits.cpu", None);
        pod.spec.overhead = [("cpu".to_owned(), "50m".parse().expect("a quantity"))].into();
        check(&pod, "requests.cpu", Some("750m"));
    }

    #[test]
    fn pods_that_ended_are_free() {
        let now = Timestamp::from_second(1_000_000).expect("a time");
        let mut pod = Pod::default();
        assert!(counts(&pod, now));
        pod.metadata.deletion_timestamp = Some(skeg_meta::Time(now - SignedDuration::from_secs(9)));
        pod.metadata.deletion_grace_period_seconds = Some(10);
        assert!(counts(&pod, now));
        pod.metadata.deletion_grace_period_seconds = Some(5);
        assert!(!counts(&pod, now));
        pod = Pod::default();
        pod.status.phase = "Succeeded".into();
        assert!(!counts(&pod, now));
    }

    #[test]
    fn services_use_ports() {
        let mut held = Service::default();
        held.spec.ports = vec![ServicePort::default(), ServicePort::default()];
        let check = |held: &Service, expect: &[&str]| {
            assert_eq!(
                service(held)
                    .iter()
                    .map(|(name, amount)| format!("{name}={amount}"))
                    .collect::<Vec<_>>(),
                expect
            );
        };
        check(&held, &["count/services=1", "services=1"]);
        held.spec.type_ = "LoadBalancer".into();
        check(
            &held,
            &[
                "count/services=1",
                "services=1",
                "services.loadbalancers=1",
                "services.nodeports=2",
            ],
        );
        held.spec.allocate_load_balancer_node_ports = Some(false);
        let without = ["count/services=1", "services=1", "services.loadbalancers=1"];
        check(&held, &without);
        held.spec.ports[0].node_port = 30_000;
        check(&held, &[&without[..], &["services.nodeports=1"]].concat());
    }

    #[test]
    fn scopes_hold_or_not() {
        let check = |scope: &str, pod: &Pod, expect: bool| {
            let spec = ResourceQuotaSpec {
                scopes: vec![scope.into()],
                ..Default::default()
            };
            assert!(is_scoped(&spec));
            assert_eq!(in_scope(&spec, pod), expect, "{scope}");
        };
        let mut pod = Pod::default();
        check("BestEffort", &pod, true);
        check("NotTerminating", &pod, true);
        check("PriorityClass", &pod, false);
        check("CrossNamespacePodAffinity", &pod, false);
        pod.spec.active_deadline_seconds = Some(5);
        pod.spec.containers = vec![container(&[("cpu", "1")], &[])];
        check("NotBestEffort", &pod, true);
        check("Terminating", &pod, true);
    }

    #[test]
    fn claims_use_volumes_and_devices() {
        use skeg_api::resource::v1::{DeviceRequest, DeviceSubRequest};
        let mut wanted = PersistentVolumeClaim::default();
        let size = |text: &str| -> Amounts {
            Amounts::from([("storage".to_owned(), text.parse().expect("a quantity"))])
        };
        wanted.spec.resources.requests = size("1Gi");
        wanted.status.allocated_resources = size("2Gi");
        assert_eq!(claim(&wanted)["requests.storage"].to_string(), "2Gi");
        let spec = ResourceQuotaSpec {
            scopes: vec!["VolumeAttributesClass".into()],
            ..Default::default()
        };
        assert!(!claim_in_scope(&spec, &wanted));
        wanted.spec.volume_attributes_class_name = Some("gold".into());
        assert!(claim_in_scope(&spec, &wanted));

        let mut wanted = ResourceClaim::default();
        let way = |class: &str, count: i64| DeviceSubRequest {
            device_class_name: class.into(),
            allocation_mode: "ExactCount".into(),
            count,
            ..Default::default()
        };
        wanted.spec.devices.requests = vec![DeviceRequest {
            first_available: vec![way("a", 3), way("a", 1), way("b", 2)],
            ..Default::default()
        }];
        let told: Vec<_> = devices(&wanted)
            .iter()
            .map(|(name, amount)| format!("{name}={amount}"))
            .collect();
        assert_eq!(
            told,
            [
                "a.deviceclass.resource.k8s.io/devices=3",
                "b.deviceclass.resource.k8s.io/devices=2",
                "count/resourceclaims.resource.k8s.io=1",
            ]
        );
    }
}
