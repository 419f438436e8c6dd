//! What a pod asks for and what a node has, as plain numbers.

use std::collections::BTreeMap;

use skeg_api::core::v1::{Container, Pod, PodSpec};
use skeg_meta::Quantity;

/// Amounts of resources: CPU in thousandths of a core, memory and ephemeral
/// storage in bytes, everything else in the units of its own quantity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    /// Thousandths of a core.
    pub milli_cpu: i64,
    /// Bytes.
    pub memory_bytes: i64,
    /// Bytes.
    pub ephemeral_storage_bytes: i64,
    /// Extended resources and huge pages by name.
    pub others: BTreeMap<String, i64>,
}

/// What a container without requests is taken to need when nodes are compared
/// (upstream's `schedutil.DefaultMilliCPURequest` and `DefaultMemoryRequest`).
const UNSET_MILLI_CPU: i64 = 100;
const UNSET_MEMORY_BYTES: i64 = 200 * 1024 * 1024;

impl Resources {
    /// Reads a resource list; `pods` is not a resource that is asked for and is left out.
    #[must_use]
    pub fn from_list(list: &BTreeMap<String, Quantity>) -> Self {
        let mut out = Self::default();
        for (name, quantity) in list {
            match name.as_str() {
                "cpu" => out.milli_cpu = quantity.milli_value(),
                "memory" => out.memory_bytes = quantity.value(),
                "ephemeral-storage" => out.ephemeral_storage_bytes = quantity.value(),
                "pods" => {}
                _ => {
                    out.others.insert(name.clone(), quantity.value());
                }
            }
        }
        out
    }

    /// The amount of one resource, in its own unit.
    #[must_use]
    pub fn of(&self, resource: &str) -> i64 {
        match resource {
            "cpu" => self.milli_cpu,
            "memory" => self.memory_bytes,
            "ephemeral-storage" => self.ephemeral_storage_bytes,
            other => self.others.get(other).copied().unwrap_or(0),
        }
    }

    /// Adds another amount.
    pub fn add(&mut self, other: &Self) {
        self.milli_cpu = self.milli_cpu.saturating_add(other.milli_cpu);
        self.memory_bytes = self.memory_bytes.saturating_add(other.memory_bytes);
        self.ephemeral_storage_bytes = self
            .ephemeral_storage_bytes
            .saturating_add(other.ephemeral_storage_bytes);
        for (name, amount) in &other.others {
            let entry = self.others.entry(name.clone()).or_default();
            *entry = entry.saturating_add(*amount);
        }
    }

    /// Takes another amount away.
    pub fn subtract(&mut self, other: &Self) {
        self.milli_cpu = self.milli_cpu.saturating_sub(other.milli_cpu);
        self.memory_bytes = self.memory_bytes.saturating_sub(other.memory_bytes);
        self.ephemeral_storage_bytes = self
            .ephemeral_storage_bytes
            .saturating_sub(other.ephemeral_storage_bytes);
        for (name, amount) in &other.others {
            if let Some(entry) = self.others.get_mut(name) {
                *entry = entry.saturating_sub(*amount);
            }
        }
    }

    /// Raises each amount to that of another where it is larger.
    fn raise_to(&mut self, other: &Self) {
        self.milli_cpu = self.milli_cpu.max(other.milli_cpu);
        self.memory_bytes = self.memory_bytes.max(other.memory_bytes);
        self.ephemeral_storage_bytes = self
            .ephemeral_storage_bytes
            .max(other.ephemeral_storage_bytes);
        for (name, amount) in &other.others {
            let entry = self.others.entry(name.clone()).or_default();
            *entry = (*entry).max(*amount);
        }
    }
}

/// What a pod asks for, twice: as it counts against a node's room, and as it
/// counts when nodes are compared, where a container that asks for no CPU or
/// memory is taken to need a little.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodRequest {
    /// Counts against the room of a node.
    pub exact: Resources,
    /// Counts when nodes are scored.
    pub assumed: Resources,
}

impl PodRequest {
    /// Sums a pod's requests as KEP-753 (sidecars) and KEP-2837 (pod-level
    /// resources) say: containers and sidecars run together; an init container
    /// runs beside the sidecars started before it; overhead comes on top.
    #[must_use]
    pub fn of(pod: &Pod) -> Self {
        Self {
            exact: total(&pod.spec, &|container| {
                Resources::from_list(&container.resources.requests)
            }),
            assumed: total(&pod.spec, &|container| {
                let mut request = Resources::from_list(&container.resources.requests);
                if !container.resources.requests.contains_key("cpu") {
                    request.milli_cpu = UNSET_MILLI_CPU;
                }
                if !container.resources.requests.contains_key("memory") {
                    request.memory_bytes = UNSET_MEMORY_BYTES;
                }
                request
            }),
        }
    }
}

fn total(spec: &PodSpec, of: &dyn Fn(&Container) -> Resources) -> Resources {
    let mut running = Resources::default();
    for container in &spec.containers {
        running.add(&of(container));
    }
    let mut sidecars = Resources::default();
    let mut starting = Resources::default();
    for container in &spec.init_containers {
        let mut need = of(container);
        if container.restart_policy.as_deref() == Some("Always") {
            sidecars.add(&need);
            need = sidecars.clone();
        } else {
            need.add(&sidecars);
        }
        starting.raise_to(&need);
    }
    running.add(&sidecars);
    running.raise_to(&starting);
    if let Some(whole_pod) = &spec.resources {
        let stated = Resources::from_list(&whole_pod.requests);
        if whole_pod.requests.contains_key("cpu") {
            running.milli_cpu = stated.milli_cpu;
        }
        if whole_pod.requests.contains_key("memory") {
            running.memory_bytes = stated.memory_bytes;
        }
        for (name, amount) in stated.others {
            running.others.insert(name, amount);
        }
    }
    running.add(&Resources::from_list(&spec.overhead));
    running
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(cpu: &str, sidecar: bool) -> Container {
        let mut container = Container::default();
        if !cpu.is_empty() {
            container
                .resources
                .requests
                .insert("cpu".into(), cpu.parse().unwrap());
        }
        if sidecar {
            container.restart_policy = Some("Always".into());
        }
        container
    }

    fn check(init: Vec<Container>, containers: Vec<Container>, milli_cpu: i64) {
        let pod = Pod {
            spec: PodSpec {
                init_containers: init,
                containers,
                ..Default::default()
            },
            ..Default::default()
        };
        assert_eq!(PodRequest::of(&pod).exact.milli_cpu, milli_cpu);
    }

    #[test]
    fn containers_add_up_and_init_containers_take_turns() {
        check(
            vec![],
            vec![container("100m", false), container("1", false)],
            1100,
        );
        check(
            vec![container("2", false), container("3", false)],
            vec![container("1", false)],
            3000,
        );
        check(
            vec![container("500m", true)],
            vec![container("1", false)],
            1500,
        );
        check(
            vec![container("500m", true), container("2", false)],
            vec![container("1", false)],
            2500,
        );
        check(
            vec![container("2", false), container("500m", true)],
            vec![container("1", false)],
            2000,
        );
    }

    #[test]
    fn a_container_without_requests_counts_a_little_when_nodes_are_compared() {
        let pod = Pod {
            spec: PodSpec {
                containers: vec![container("", false)],
                ..Default::default()
            },
            ..Default::default()
        };
        let request = PodRequest::of(&pod);
        assert_eq!(
            (request.exact.milli_cpu, request.assumed.milli_cpu),
            (0, 100)
        );
        assert_eq!(request.assumed.memory_bytes, 200 << 20);
    }
}
