//! Requests and limits as the kernel's control groups take them.

use skeg_api::core::v1::{Container, Pod};
use skeg_cri::Resources;

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

/// A container's limits. Without a CPU request its limit counts as one.
pub(crate) fn container(pod: &Pod, container: &Container, memory_capacity: i64) -> Resources {
    let resources = &container.resources;
    let limit = resources
        .limits
        .get("cpu")
        .map(skeg_meta::Quantity::milli_value);
    let request = resources
        .requests
        .get("cpu")
        .map(skeg_meta::Quantity::milli_value)
        .or(limit)
        .unwrap_or(0);
    let memory = resources
        .limits
        .get("memory")
        .map(skeg_meta::Quantity::value);
    let memory_request = resources
        .requests
        .get("memory")
        .map_or(0, skeg_meta::Quantity::value);
    Resources {
        cpu_shares: Some(shares(request)),
        cpu_quota_us: limit.filter(|limit| *limit > 0).map(quota),
        cpu_period_us: limit.filter(|limit| *limit > 0).map(|_| PERIOD_US),
        memory_limit_bytes: memory.filter(|memory| *memory > 0),
        oom_score_adj: Some(oom_score_adj(pod, memory_request, memory_capacity)),
        ..Default::default()
    }
}

/// The pod's group holds all of its containers: their weights added up, and a
/// limit where each of them has one.
pub(crate) fn pod(pod: &Pod) -> Resources {
    let sidecars = pod
        .spec
        .init_containers
        .iter()
        .filter(|container| crate::plan::is_sidecar(container));
    let containers: Vec<&Container> = pod.spec.containers.iter().chain(sidecars).collect();
    let sum = |of: &dyn Fn(&Container) -> Option<i64>| {
        containers
            .iter()
            .map(|container| of(container))
            .try_fold(0_i64, |sum, amount| Some(sum + amount?))
    };
    let cpu = sum(&|container| {
        container
            .resources
            .limits
            .get("cpu")
            .map(skeg_meta::Quantity::milli_value)
    });
    let memory = sum(&|container| {
        container
            .resources
            .limits
            .get("memory")
            .map(skeg_meta::Quantity::value)
    });
    let request: i64 = containers
        .iter()
        .filter_map(|container| {
            let resources = &container.resources;
            resources
                .requests
                .get("cpu")
                .or_else(|| resources.limits.get("cpu"))
        })
        .map(skeg_meta::Quantity::milli_value)
        .sum();
    let initial = |name: &str, of: fn(&skeg_meta::Quantity) -> i64| {
        pod.spec
            .init_containers
            .iter()
            .filter_map(|container| container.resources.limits.get(name))
            .map(of)
            .max()
    };
    let with_init = |sum: Option<i64>, init: Option<i64>| {
        sum.map(|sum| sum.max(init.unwrap_or(0))).filter(|n| *n > 0)
    };
    let cpu = with_init(cpu, initial("cpu", skeg_meta::Quantity::milli_value));
    // An init container without a limit of its own must not be held to that of the others.
    let unlimited = |name: &str| {
        pod.spec
            .init_containers
            .iter()
            .any(|container| !container.resources.limits.contains_key(name))
    };
    let memory = with_init(memory, initial("memory", skeg_meta::Quantity::value))
        .filter(|_| !unlimited("memory"));
    let cpu = cpu.filter(|_| !unlimited("cpu"));
    Resources {
        cpu_shares: Some(shares(request)),
        cpu_quota_us: cpu.map(quota),
        cpu_period_us: cpu.map(|_| PERIOD_US),
        memory_limit_bytes: memory,
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
