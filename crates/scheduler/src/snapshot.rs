//! The state that a decision is made on, kept up incrementally.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use skeg_api::core::v1::{Node, Pod};

use crate::devices::Devices;
use crate::plugins::cares;
use crate::resources::{PodRequest, Resources};
use crate::volumes::Volumes;
use crate::workloads::Workloads;

/// A port of the host that a pod takes: address, protocol, port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPort {
    /// `0.0.0.0` when the pod names no address.
    pub ip: String,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: String,
    /// 1 to 65535.
    pub port: i32,
}

impl HostPort {
    /// The ports of the host that a pod takes.
    #[must_use]
    pub fn of(pod: &Pod) -> Vec<Self> {
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
            .filter(|port| port.host_port > 0)
            .map(|port| Self {
                ip: if port.host_ip.is_empty() {
                    "0.0.0.0".into()
                } else {
                    port.host_ip.clone()
                },
                protocol: if port.protocol.is_empty() {
                    "TCP".into()
                } else {
                    port.protocol.clone()
                },
                port: port.host_port,
            })
            .collect()
    }

    /// Whether both cannot be held at once: `0.0.0.0` takes every address.
    #[must_use]
    pub fn conflicts(&self, other: &Self) -> bool {
        self.port == other.port
            && self.protocol == other.protocol
            && (self.ip == other.ip || self.ip == "0.0.0.0" || other.ip == "0.0.0.0")
    }
}

/// A pod that sits on a node, with what a decision needs of it.
#[derive(Clone, Debug)]
pub struct PlacedPod {
    /// The pod as last seen.
    pub pod: Arc<Pod>,
    /// What it asks for.
    pub request: PodRequest,
    /// Which ports of the host it takes.
    pub ports: Vec<HostPort>,
}

/// A node and what sits on it.
#[derive(Clone, Debug, Default)]
pub struct NodeInfo {
    /// The node as last seen; absent while only pods of it are known.
    pub node: Option<Arc<Node>>,
    /// What it has to give.
    pub allocatable: Resources,
    /// How many pods it takes.
    pub pods_max: i64,
    /// What its pods ask for together.
    pub requested: PodRequest,
    /// Its pods by uid.
    pub pods: BTreeMap<String, PlacedPod>,
}

impl NodeInfo {
    fn place(&mut self, pod: Arc<Pod>) {
        let placed = PlacedPod {
            request: PodRequest::of(&pod),
            ports: HostPort::of(&pod),
            pod,
        };
        self.requested.exact.add(&placed.request.exact);
        self.requested.assumed.add(&placed.request.assumed);
        if let Some(old) = self
            .pods
            .insert(placed.pod.metadata.uid.to_string(), placed)
        {
            self.forget(&old);
        }
    }

    fn remove(&mut self, uid: &str) -> bool {
        let Some(old) = self.pods.remove(uid) else {
            return false;
        };
        self.forget(&old);
        true
    }

    fn forget(&mut self, old: &PlacedPod) {
        self.requested.exact.subtract(&old.request.exact);
        self.requested.assumed.subtract(&old.request.assumed);
    }
}

/// All nodes with their pods. A change touches one node; the others are shared
/// with earlier snapshots.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    nodes: BTreeMap<String, Arc<NodeInfo>>,
    /// Which node each pod counts on, by the pod's uid.
    places: HashMap<String, String>,
    /// The nodes that hold a pod that cares which other pods are near.
    with_affinity: BTreeSet<String>,
    /// The labels of namespaces.
    namespaces: Arc<Namespaces>,
    devices: Arc<Devices>,
    volumes: Arc<Volumes>,
    workloads: Arc<Workloads>,
}

/// The labels of namespaces by their names.
pub type Namespaces = BTreeMap<String, BTreeMap<String, String>>;

impl Snapshot {
    /// The nodes by name, those only known through their pods left out.
    pub fn nodes(&self) -> impl Iterator<Item = (&str, &NodeInfo, &Node)> {
        self.nodes
            .iter()
            .filter_map(|(name, info)| Some((name.as_str(), info.as_ref(), info.node.as_deref()?)))
    }

    /// One node, also if only its pods are known.
    #[must_use]
    pub fn node(&self, name: &str) -> Option<&NodeInfo> {
        self.nodes.get(name).map(AsRef::as_ref)
    }

    /// The nodes that hold pods with affinity or anti-affinity to other pods.
    pub(crate) fn nodes_with_affinity(&self) -> impl Iterator<Item = (&NodeInfo, &Node)> {
        self.with_affinity.iter().filter_map(|name| {
            let info = self.nodes.get(name)?;
            Some((info.as_ref(), info.node.as_deref()?))
        })
    }

    /// The labels of namespaces, as far as they are known.
    #[must_use]
    pub fn namespaces(&self) -> &Namespaces {
        &self.namespaces
    }

    /// The devices that drivers offer, and the claims for them.
    #[must_use]
    pub fn devices(&self) -> &Arc<Devices> {
        &self.devices
    }

    /// The same, to be changed.
    pub fn devices_mut(&mut self) -> &mut Devices {
        Arc::make_mut(&mut self.devices)
    }

    /// The volumes that there are, and the claims for them.
    #[must_use]
    pub fn volumes(&self) -> &Arc<Volumes> {
        &self.volumes
    }

    /// The same, to be changed.
    pub fn volumes_mut(&mut self) -> &mut Volumes {
        Arc::make_mut(&mut self.volumes)
    }

    /// What selects pods.
    #[must_use]
    pub fn workloads(&self) -> &Workloads {
        &self.workloads
    }

    /// The same, to be changed.
    pub fn workloads_mut(&mut self) -> &mut Workloads {
        Arc::make_mut(&mut self.workloads)
    }

    /// A namespace is new, has changed, or is gone.
    pub fn set_namespace(&mut self, name: &str, labels: Option<BTreeMap<String, String>>) {
        let namespaces = Arc::make_mut(&mut self.namespaces);
        match labels {
            Some(labels) => namespaces.insert(name.to_owned(), labels),
            None => namespaces.remove(name),
        };
    }

    /// A node is new or has changed.
    pub fn set_node(&mut self, node: Arc<Node>) {
        let info = Arc::make_mut(self.nodes.entry(node.metadata.name.clone()).or_default());
        info.allocatable = Resources::from_list(&node.status.allocatable);
        info.pods_max = node
            .status
            .allocatable
            .get("pods")
            .map_or(0, skeg_meta::Quantity::value);
        info.node = Some(node);
    }

    /// A node is gone; its pods still count until they are gone too.
    pub fn remove_node(&mut self, name: &str) {
        if let Some(info) = self.nodes.get_mut(name) {
            if info.pods.is_empty() {
                self.nodes.remove(name);
            } else {
                Arc::make_mut(info).node = None;
            }
        }
    }

    /// A pod counts on a node from now on, moved from wherever it counted before.
    pub fn place(&mut self, pod: Arc<Pod>, node: &str) {
        let uid = pod.metadata.uid.to_string();
        if self.places.get(&uid).is_some_and(|place| place != node) {
            self.remove(&uid);
        }
        self.places.insert(uid, node.to_owned());
        if cares(&pod) {
            self.with_affinity.insert(node.to_owned());
        }
        Arc::make_mut(self.nodes.entry(node.to_owned()).or_default()).place(pod);
    }

    /// A pod counts no longer. Says whether it did.
    pub fn remove(&mut self, uid: &str) -> bool {
        let Some(name) = self.places.remove(uid) else {
            return false;
        };
        let Some(info) = self.nodes.get_mut(&name) else {
            return false;
        };
        let removed = Arc::make_mut(info).remove(uid);
        if !info.pods.values().any(|placed| cares(&placed.pod)) {
            self.with_affinity.remove(&name);
        }
        if info.node.is_none() && info.pods.is_empty() {
            self.nodes.remove(&name);
        }
        removed
    }

    /// The node on which a pod counts.
    #[must_use]
    pub fn place_of(&self, uid: &str) -> Option<&str> {
        self.places.get(uid).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{node, pod};

    #[test]
    fn a_pod_counts_once_wherever_it_is_placed() {
        let mut snapshot = Snapshot::default();
        snapshot.set_node(Arc::new(node("a", "4", "8Gi")));
        snapshot.set_node(Arc::new(node("b", "4", "8Gi")));
        let pod = Arc::new(pod("p", "500m", "1Gi"));
        snapshot.place(pod.clone(), "a");
        snapshot.place(pod.clone(), "a");
        snapshot.place(pod.clone(), "b");
        let cpu: Vec<i64> = snapshot
            .nodes()
            .map(|(_, info, _)| info.requested.exact.milli_cpu)
            .collect();
        assert_eq!(cpu, [0, 500]);
        assert!(snapshot.remove("p-uid"));
        assert!(!snapshot.remove("p-uid"));
        assert_eq!(
            snapshot
                .nodes()
                .map(|(_, info, _)| info.requested.exact.milli_cpu)
                .sum::<i64>(),
            0
        );
    }

    #[test]
    fn a_node_that_goes_keeps_its_pods_until_they_go() {
        let mut snapshot = Snapshot::default();
        snapshot.set_node(Arc::new(node("a", "4", "8Gi")));
        snapshot.place(Arc::new(pod("p", "500m", "1Gi")), "a");
        snapshot.remove_node("a");
        assert_eq!(snapshot.nodes().count(), 0);
        snapshot.set_node(Arc::new(node("a", "4", "8Gi")));
        assert_eq!(
            snapshot.nodes().next().unwrap().1.requested.exact.milli_cpu,
            500
        );
    }

    #[test]
    fn host_ports_conflict_by_address() {
        let port = |ip: &str, port| HostPort {
            ip: ip.into(),
            protocol: "TCP".into(),
            port,
        };
        assert!(port("0.0.0.0", 80).conflicts(&port("10.0.0.1", 80)));
        assert!(!port("10.0.0.2", 80).conflicts(&port("10.0.0.1", 80)));
        assert!(!port("0.0.0.0", 80).conflicts(&port("0.0.0.0", 81)));
    }
}
