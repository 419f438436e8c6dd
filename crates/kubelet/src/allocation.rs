//! What the node has given to each of its pods of what they ask for: a resize
//! waits until there is room for it, and the pod runs on with what it has (KEP-1287).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;
use skeg_api::core::v1::{Container, Pod, ResourceRequirements};
use skeg_meta::Quantity;

use crate::admit;

/// What was given to a pod, in its folder: a kubelet that starts anew must not
/// take a resize for granted that came while it was away.
const FILE: &str = "allocated.json";

/// A resize that waits.
#[derive(Clone, Debug)]
pub(crate) struct Waits {
    /// `Deferred` until others give back enough, `Infeasible` on this node.
    pub(crate) reason: &'static str,
    pub(crate) message: String,
    /// What is asked for, by the containers' names.
    pub(crate) wanted: BTreeMap<String, ResourceRequirements>,
    since: Instant,
}

impl Waits {
    pub(crate) fn is_deferred(&self) -> bool {
        self.reason == "Deferred"
    }
}

impl PartialEq for Waits {
    fn eq(&self, other: &Self) -> bool {
        (self.reason, &self.message, &self.wanted) == (other.reason, &other.message, &other.wanted)
    }
}

/// Why a pod cannot have what it asks for beside the others.
pub(crate) fn judge(
    wanted: &Pod,
    others: &[&Pod],
    allocatable: &BTreeMap<String, Quantity>,
    before: Option<&Waits>,
) -> Option<Waits> {
    let waits = |reason, message| Waits {
        reason,
        message,
        wanted: of(wanted),
        since: before.map_or_else(Instant::now, |before| before.since),
    };
    let requests = wanted.spec.requests();
    let too_much = ["memory", "cpu"].into_iter().find_map(|name| {
        let requested = admit::amount(name, requests.get(name));
        let capacity = admit::amount(name, allocatable.get(name));
        let what = format!(
            "Node didn't have enough capacity: {name}, requested: {requested}, capacity: {capacity}"
        );
        (requested > capacity).then_some(what)
    });
    if let Some(message) = too_much {
        return Some(waits("Infeasible", message));
    }
    let (_, message) = admit::no_room(wanted, others, allocatable)?;
    Some(waits("Deferred", message))
}

/// Whose deferred resize comes first: by priority, class of service, and age.
pub(crate) fn rank(pod: &Pod, waits: &Waits) -> (i32, u8, Instant) {
    let class = match pod.status.qos_class.as_str() {
        "Guaranteed" => 0,
        "Burstable" => 1,
        _ => 2,
    };
    let priority = pod.spec.priority.unwrap_or(0);
    (priority.saturating_neg(), class, waits.since)
}

/// The containers that can be resized, and others whose resources are kept.
fn containers(pod: &Pod) -> impl Iterator<Item = &Container> {
    pod.spec.init_containers.iter().chain(&pod.spec.containers)
}

/// Whether a pod asks for anything: else it cannot be resized.
pub(crate) fn asks(pod: &Pod) -> bool {
    containers(pod).any(|c| c.resources != ResourceRequirements::default())
}

/// Whether both ask for the same.
pub(crate) fn is_same(a: &Pod, b: &Pod) -> bool {
    let resources = |pod| containers(pod).map(|c: &Container| (&c.name, &c.resources));
    resources(a).eq(resources(b))
}

/// A pod with the resources that it was given.
pub(crate) fn with(pod: &Arc<Pod>, given: &BTreeMap<String, ResourceRequirements>) -> Arc<Pod> {
    let differs = |c: &Container| given.get(&c.name).is_some_and(|own| *own != c.resources);
    if !containers(pod).any(differs) {
        return pod.clone();
    }
    let mut out = Pod::clone(pod);
    let spec = &mut out.spec;
    for container in spec.init_containers.iter_mut().chain(&mut spec.containers) {
        if let Some(own) = given.get(&container.name) {
            container.resources.clone_from(own);
        }
    }
    Arc::new(out)
}

/// What a pod has, by its containers' names.
pub(crate) fn of(pod: &Pod) -> BTreeMap<String, ResourceRequirements> {
    containers(pod)
        .map(|container| (container.name.clone(), container.resources.clone()))
        .collect()
}

/// Remembers what a pod was given.
pub(crate) fn save(folder: &Path, pod: &Pod) {
    if !asks(pod) {
        return;
    }
    let written = serde_json::to_vec(&of(pod))
        .map_err(std::io::Error::from)
        .and_then(|bytes| {
            std::fs::create_dir_all(folder)?;
            let beside = folder.join("allocated.new");
            std::fs::write(&beside, bytes)?;
            std::fs::rename(beside, folder.join(FILE))
        });
    if let Err(error) = written {
        tracing::warn!(pod = %pod.metadata.name, %error, "what a pod was given cannot be remembered");
    }
}

/// What a pod was given before this kubelet began.
pub(crate) fn load(folder: &Path) -> Option<BTreeMap<String, ResourceRequirements>> {
    let bytes = std::fs::read(folder.join(FILE)).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// The message of an event about a resize.
pub(crate) fn told(what: &str, pod: &Pod, error: &str) -> String {
    #[derive(Serialize)]
    struct One<'a> {
        name: &'a str,
        resources: &'a ResourceRequirements,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Summary<'a> {
        #[serde(skip_serializing_if = "Vec::is_empty")]
        init_containers: Vec<One<'a>>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        containers: Vec<One<'a>>,
        generation: i64,
        #[serde(skip_serializing_if = "str::is_empty")]
        error: &'a str,
    }
    fn all(list: &[Container]) -> Vec<One<'_>> {
        list.iter()
            .map(|container| One {
                name: &container.name,
                resources: &container.resources,
            })
            .collect()
    }
    let summary = Summary {
        init_containers: all(&pod.spec.init_containers),
        containers: all(&pod.spec.containers),
        generation: pod.metadata.generation,
        error,
    };
    match serde_json::to_string(&summary) {
        Ok(text) => format!("Pod resize {what}: {text}"),
        Err(_) => format!("Pod resize {what}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(cpu: &str) -> Arc<Pod> {
        let text = format!(
            r#"{{"metadata": {{"generation": 3}}, "spec": {{"containers": [{{"name": "c", "resources": {{"requests": {{"cpu": "{cpu}"}}}}}}]}}}}"#
        );
        Arc::new(serde_json::from_str(&text).unwrap())
    }

    #[test]
    fn too_much_for_now_and_for_ever() {
        let node: BTreeMap<String, Quantity> =
            serde_json::from_str(r#"{"cpu": "2", "memory": "1Gi", "pods": "10"}"#).unwrap();
        let other = asking("1500m");
        let judged = |cpu: &str| {
            judge(&asking(cpu), &[&other], &node, None).map(|waits| (waits.reason, waits.message))
        };
        assert_eq!(judged("500m"), None);
        let message =
            "Node didn't have enough resource: cpu, requested: 600, used: 1500, capacity: 2000";
        assert_eq!(judged("600m"), Some(("Deferred", message.to_owned())));
        let message = "Node didn't have enough capacity: cpu, requested: 3000, capacity: 2000";
        assert_eq!(judged("3"), Some(("Infeasible", message.to_owned())));
    }

    #[test]
    fn what_was_given_survives_the_kubelet() {
        let folder = tempfile::tempdir().unwrap();
        let (given, wanted) = (asking("1"), asking("2"));
        assert!(load(folder.path()).is_none());
        save(folder.path(), &given);
        let held = with(&wanted, &load(folder.path()).unwrap());
        assert!(is_same(&held, &given) && !is_same(&held, &wanted));
        // Nothing to remember.
        let empty = tempfile::tempdir().unwrap();
        save(empty.path(), &Pod::default());
        assert!(load(empty.path()).is_none());
    }

    #[test]
    fn who_comes_first() {
        let waits = judge(&asking("9"), &[], &BTreeMap::new(), None).unwrap();
        let ranked = |priority: Option<i32>, class: &str| {
            let mut pod = Pod::default();
            pod.spec.priority = priority;
            pod.status.qos_class = class.into();
            rank(&pod, &waits)
        };
        assert!(ranked(Some(10), "BestEffort") < ranked(Some(0), "Guaranteed"));
        assert!(ranked(None, "Guaranteed") < ranked(Some(0), "Burstable"));
    }

    #[test]
    fn events_tell_what_is_asked_for() {
        assert_eq!(
            told("started", &asking("1500m"), ""),
            r#"Pod resize started: {"containers":[{"name":"c","resources":{"requests":{"cpu":"1500m"}}}],"generation":3}"#
        );
        assert!(told("error", &asking("1"), "why").ends_with(r#""generation":3,"error":"why"}"#));
    }
}
