//! What objects use, by the names that quotas give it. No IO.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use skeg_api::core::v1::{
    Container, PersistentVolumeClaim, Pod, ResourceQuotaSpec, ResourceRequirements, Service,
};
use skeg_meta::Quantity;

/// Amounts by name.
pub(super) type Amounts = BTreeMap<String, Quantity>;

const STORAGE_CLASS: &str = ".storageclass.storage.k8s.io/";

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
    let mut used = Amounts::from([("services".to_owned(), count(1))]);
    let ports = count(service.spec.ports.len());
    match service.spec.type_.as_str() {
        "NodePort" => {
            used.insert("services.nodeports".into(), ports);
        }
        "LoadBalancer" => {
            used.insert("services.loadbalancers".into(), count(1));
            if service.spec.allocate_load_balancer_node_ports != Some(false) {
                used.insert("services.nodeports".into(), ports);
            }
        }
        _ => {}
    }
    used
}

/// What a claim uses.
pub(super) fn claim(claim: &PersistentVolumeClaim) -> Amounts {
    let mut used = Amounts::from([("persistentvolumeclaims".to_owned(), count(1))]);
    let class = claim.spec.storage_class_name.as_deref().unwrap_or_default();
    let size = claim.spec.resources.requests.get("storage");
    if let Some(size) = size {
        used.insert("requests.storage".into(), *size);
    }
    if !class.is_empty() {
        used.insert(
            format!("{class}{STORAGE_CLASS}persistentvolumeclaims"),
            count(1),
        );
        if let Some(size) = size {
            used.insert(format!("{class}{STORAGE_CLASS}requests.storage"), *size);
        }
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

/// What a pod uses that counts.
pub(super) fn pod(pod: &Pod) -> Amounts {
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

/// Whether a quota has scopes: then it speaks of pods alone.
pub(super) fn is_scoped(spec: &ResourceQuotaSpec) -> bool {
    !spec.scopes.is_empty()
        || spec
            .scope_selector
            .as_ref()
            .is_some_and(|selector| !selector.match_expressions.is_empty())
}

/// Whether a quota's scopes hold of a pod.
pub(super) fn in_scope(spec: &ResourceQuotaSpec, pod: &Pod) -> bool {
    let selected = spec
        .scope_selector
        .iter()
        .flat_map(|selector| &selector.match_expressions);
    spec.scopes
        .iter()
        .all(|scope| holds(scope, "Exists", &[], pod))
        && selected.into_iter().all(|expression| {
            holds(
                &expression.scope_name,
                &expression.operator,
                &expression.values,
                pod,
            )
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
        check(&held, &["services=1"]);
        held.spec.type_ = "LoadBalancer".into();
        check(
            &held,
            &[
                "services=1",
                "services.loadbalancers=1",
                "services.nodeports=2",
            ],
        );
        held.spec.allocate_load_balancer_node_ports = Some(false);
        check(&held, &["services=1", "services.loadbalancers=1"]);
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
}
