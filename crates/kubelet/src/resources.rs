//! Requests and limits as the kernel's control groups take them.

use std::collections::BTreeMap;

use skeg_api::core::v1::{Container, Pod};
use skeg_cri::Resources;
use skeg_meta::Quantity;

/// CPU time is given out by periods of this length.
const PERIOD_US: u64 = 100_000;
/// No quota is smaller (the kernel refuses less).
const QUOTA_US_MIN: i64 = 1_000;
/// The least weight of a group.
const SHARES_MIN: u64 = 2;
/// No weight is larger.
const SHARES_MAX: u64 = 262_144;

/// The weight of a CPU request in thousandths of a core (cgroup v1's shares).
fn shares(milli_cpu: i64) -> u64 {
    let milli = u64::try_from(milli_cpu).unwrap_or(0);
    (milli * 1024 / 1000).clamp(SHARES_MIN, SHARES_MAX)
}

fn quota(milli_cpu: i64) -> i64 {
    milli_cpu
        .saturating_mul(PERIOD_US as i64 / 1000)
        .max(QUOTA_US_MIN)
}

/// The limit of a container, or else of its pod as a whole.
fn limit<'a>(pod: &'a Pod, container: &'a Container, name: &str) -> Option<&'a Quantity> {
    let of_pod = || pod.spec.resources.as_ref()?.limits.get(name);
    container.resources.limits.get(name).or_else(of_pod)
}

/// A container's limits. Without a CPU request its limit counts as one.
pub(crate) fn container(pod: &Pod, container: &Container, memory_capacity: i64) -> Resources {
    let own = &container.resources;
    let milli = |list: &BTreeMap<String, Quantity>| list.get("cpu").map(Quantity::milli_value);
    let request = milli(&own.requests).or_else(|| milli(&own.limits));
    let cpu = limit(pod, container, "cpu").map(Quantity::milli_value);
    let cpu = cpu.filter(|limit| *limit > 0);
    let memory = limit(pod, container, "memory").map(Quantity::value);
    let memory_request = own.requests.get("memory").map_or(0, Quantity::value);
    let memory_request = memory_request.saturating_add(share_of_rest(pod));
    Resources {
        cpu_shares: Some(shares(request.unwrap_or(0))),
        cpu_quota_us: cpu.map(quota),
        cpu_period_us: cpu.map(|_| PERIOD_US),
        memory_limit_bytes: memory.filter(|memory| *memory > 0),
        oom_score_adj: Some(oom_score_adj(pod, memory_request, memory_capacity)),
        ..Default::default()
    }
}

/// What a pod requests of memory as a whole beyond its containers', in equal
/// parts (KEP-2837).
fn share_of_rest(pod: &Pod) -> i64 {
    let whole = pod.spec.resources.as_ref();
    let Some(whole) = whole.and_then(|whole| whole.requests.get("memory")) else {
        return 0;
    };
    let containers = running(pod);
    let requests = (containers.iter()).filter_map(|one| one.resources.requests.get("memory"));
    let rest = whole.value() - requests.map(Quantity::value).sum::<i64>();
    rest.max(0) / i64::try_from(containers.len().max(1)).unwrap_or(i64::MAX)
}

/// The containers of a pod that run beside each other.
fn running(pod: &Pod) -> Vec<&Container> {
    let init = pod.spec.init_containers.iter();
    let sidecars = init.filter(|container| crate::plan::is_sidecar(container));
    pod.spec.containers.iter().chain(sidecars).collect()
}

/// The pod's group holds all of its containers: their weights added up, and a
/// limit where each of them has one, or the pod as a whole.
pub(crate) fn pod(pod: &Pod) -> Resources {
    let limits = pod.spec.limits();
    let whole = pod.spec.resources.as_ref();
    let all = || pod.spec.init_containers.iter().chain(&pod.spec.containers);
    // A container without a limit of its own must not be held to that of the others.
    let limit = |name: &str, amount: fn(&Quantity) -> i64| {
        let declared = whole.is_some_and(|whole| whole.limits.contains_key(name))
            || all().all(|container| container.resources.limits.contains_key(name));
        let limit = limits.get(name).filter(|_| declared).map(amount);
        limit.filter(|limit| *limit > 0)
    };
    let cpu = limit("cpu", Quantity::milli_value);
    let request = match whole.and_then(|whole| whole.requests.get("cpu")) {
        Some(request) => request.milli_value(),
        None => running(pod)
            .iter()
            .filter_map(|container| {
                let own = &container.resources;
                own.requests.get("cpu").or_else(|| own.limits.get("cpu"))
            })
            .map(Quantity::milli_value)
            .sum(),
    };
    Resources {
        cpu_shares: Some(shares(request)),
        cpu_quota_us: cpu.map(quota),
        cpu_period_us: cpu.map(|_| PERIOD_US),
        memory_limit_bytes: limit("memory", Quantity::value),
        ..Default::default()
    }
}

/// Who is killed first when the node's memory runs out: those without requests,
/// then those that use the least of what they asked for (upstream's
/// `qos.GetContainerOOMScoreAdjust`).
fn oom_score_adj(pod: &Pod, memory_request: i64, memory_capacity: i64) -> i32 {
    match pod.status.qos_class.as_str() {
        "Guaranteed" => -997,
        "BestEffort" => 1000,
        _ if memory_capacity > 0 => {
            let share = memory_request.saturating_mul(1000) / memory_capacity;
            i32::try_from((1000 - share).clamp(3, 999)).unwrap_or(999)
        }
        _ => 999,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_api::core::v1::ResourceRequirements;

    fn with(cpu: Option<&str>, memory: Option<&str>) -> Container {
        let mut container = Container::default();
        for (name, amount) in [("cpu", cpu), ("memory", memory)] {
            if let Some(amount) = amount {
                container
                    .resources
                    .limits
                    .insert(name.into(), amount.parse().unwrap());
            }
        }
        container
    }

    #[test]
    fn limits_become_quota_and_weight() {
        let resources = container(&Pod::default(), &with(Some("500m"), Some("64Mi")), 1 << 30);
        assert_eq!(resources.cpu_shares, Some(512));
        assert_eq!(
            (resources.cpu_quota_us, resources.cpu_period_us),
            (Some(50_000), Some(100_000))
        );
        assert_eq!(resources.memory_limit_bytes, Some(64 << 20));
        let none = container(&Pod::default(), &with(None, None), 1 << 30);
        assert_eq!(
            (none.cpu_shares, none.cpu_quota_us, none.memory_limit_bytes),
            (Some(2), None, None)
        );
    }

    #[test]
    fn a_pod_is_limited_when_all_its_containers_are() {
        let mut limited = Pod::default();
        limited.spec.containers = vec![with(Some("1"), Some("1Mi")), with(Some("1"), None)];
        let resources = pod(&limited);
        assert_eq!(
            (resources.cpu_quota_us, resources.memory_limit_bytes),
            (Some(200_000), None)
        );
        limited.spec.init_containers = vec![with(Some("3"), None)];
        assert_eq!(pod(&limited).cpu_quota_us, Some(300_000));
    }

    #[test]
    fn a_pod_has_limits_as_a_whole() {
        let of = |list: &[(&str, &str)]| {
            let amounts = list.iter();
            amounts
                .map(|(name, amount)| ((*name).to_owned(), amount.parse().unwrap()))
                .collect()
        };
        let mut whole = Pod::default();
        whole.status.qos_class = "Burstable".into();
        whole.spec.containers = vec![with(Some("500m"), None), with(None, None)];
        whole.spec.resources = Some(Box::new(ResourceRequirements {
            limits: of(&[("cpu", "2"), ("memory", "64Mi")]),
            requests: of(&[("cpu", "1"), ("memory", "32Mi")]),
            ..Default::default()
        }));
        let limits = pod(&whole);
        assert_eq!(
            (
                limits.cpu_shares,
                limits.cpu_quota_us,
                limits.memory_limit_bytes
            ),
            (Some(1024), Some(200_000), Some(64 << 20))
        );
        let one = container(&whole, &whole.spec.containers[0], 64 << 20);
        assert_eq!(
            (one.cpu_quota_us, one.memory_limit_bytes, one.oom_score_adj),
            (Some(50_000), Some(64 << 20), Some(750))
        );
        let other = container(&whole, &whole.spec.containers[1], 64 << 20);
        assert_eq!(other.cpu_quota_us, Some(200_000));
    }

    #[test]
    fn who_asks_for_nothing_is_killed_first() {
        let mut pod = Pod::default();
        for (class, expect) in [
            ("BestEffort", 1000),
            ("Guaranteed", -997),
            ("Burstable", 500),
        ] {
            pod.status.qos_class = class.into();
            assert_eq!(oom_score_adj(&pod, 1 << 20, 2 << 20), expect);
        }
    }
}
