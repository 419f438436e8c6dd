//! What a pod asks for and what a node has, as plain numbers.

use std::collections::BTreeMap;

use skeg_api::core::v1::{Container, ContainerStatus, Pod, PodSpec};
use skeg_api::ext::ResourceList;
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
    ///
    /// Of a pod that is being resized each amount is the largest of what it
    /// wants, was given and has; what its node never can give is not counted
    /// (KEP-1287).
    #[must_use]
    pub fn of(pod: &Pod) -> Self {
        let mut out = Self::by(pod, &|container| &container.resources.requests);
        if !is_told(pod) {
            return out;
        }
        let infeasible = pod.status.conditions.iter().any(|condition| {
            condition.type_ == "PodResizePending" && condition.reason == "Infeasible"
        });
        let none = ResourceList::new();
        let given = |container| {
            let status = status_of(pod, container);
            let allocated = status.map(|status| &status.allocated_resources);
            match allocated.filter(|list| !list.is_empty()) {
                Some(list) => list,
                None if infeasible => &none,
                None => &container.resources.requests,
            }
        };
        let had = |container| {
            let status = status_of(pod, container);
            let resources = status.and_then(|status| status.resources.as_deref());
            let list = resources.map(|resources| &resources.requests);
            list.filter(|list| !list.is_empty())
                .unwrap_or_else(|| given(container))
        };
        if infeasible {
            out = Self::default();
        }
        for other in [Self::by(pod, &given), Self::by(pod, &had)] {
            out.exact.raise_to(&other.exact);
            out.assumed.raise_to(&other.assumed);
        }
        out
    }

    fn by<'a>(pod: &'a Pod, list: &dyn Fn(&'a Container) -> &'a ResourceList) -> Self {
        Self {
            exact: total(&pod.spec, &|container| {
                Resources::from_list(list(container))
            }),
            assumed: total(&pod.spec, &|container| {
                let list = list(container);
                let mut request = Resources::from_list(list);
                if !list.contains_key("cpu") {
                    request.milli_cpu = UNSET_MILLI_CPU;
                }
                if !list.contains_key("memory") {
                    request.memory_bytes = UNSET_MEMORY_BYTES;
                }
                request
            }),
        }
    }
}

/// What the node tells of a container.
fn status_of<'a>(pod: &'a Pod, container: &Container) -> Option<&'a ContainerStatus> {
    let mut all = (pod.status.container_statuses.iter()).chain(&pod.status.init_container_statuses);
    all.find(|status| status.name == container.name)
}

/// Whether the node tells what containers have.
fn is_told(pod: &Pod) -> bool {
    (pod.status.container_statuses.iter())
        .any(|status| status.resources.is_some() || !status.allocated_resources.is_empty())
}

fn total<'a>(spec: &'a PodSpec, of: &dyn Fn(&'a Container) -> Resources) -> Resources {
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
    use skeg_api::core::v1::{PodCondition, ResourceRequirements};

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
    fn a_pod_that_is_resized_counts_the_most_of_what_it_has_and_wants() {
        let list = |cpu: &str| ResourceList::from([("cpu".to_owned(), cpu.parse().unwrap())]);
        let of = |cpu: &str| ResourceRequirements {
            requests: list(cpu),
            ..Default::default()
        };
        let check = |reason: &str, wanted: &str, has: &str, expect: i64| {
            let mut pod = Pod::default();
            pod.spec.containers = vec![Container {
                name: "c".into(),
                resources: of(wanted),
                ..Default::default()
            }];
            pod.status.container_statuses = vec![ContainerStatus {
                name: "c".into(),
                allocated_resources: list("1"),
                resources: Some(Box::new(of(has))),
                ..Default::default()
            }];
            pod.status.conditions = vec![PodCondition {
                type_: "PodResizePending".into(),
                reason: reason.into(),
                ..Default::default()
            }];
            assert_eq!(PodRequest::of(&pod).exact.milli_cpu, expect, "{reason}");
        };
        check("Deferred", "3", "1", 3000);
        check("Deferred", "500m", "2", 2000);
        check("Infeasible", "9", "500m", 1000);
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
