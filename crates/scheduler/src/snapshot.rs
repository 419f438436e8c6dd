//! The state that a decision is made on, kept up incrementally.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use skeg_api::core::v1::{Node, Pod};

use crate::crowds::Crowds;
use crate::devices::Devices;
use crate::plugins::Terms;
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
    /// What it says of other pods.
    pub(crate) terms: Option<Arc<Terms>>,
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
    /// The images that it has, with their sizes in bytes.
    pub(crate) images: Arc<HashMap<String, i64>>,
}

impl NodeInfo {
    /// Gives the pod as it was before.
    fn place(&mut self, pod: Arc<Pod>) -> Option<PlacedPod> {
        let placed = PlacedPod {
            request: PodRequest::of(&pod),
            ports: HostPort::of(&pod),
            terms: Terms::of(&pod),
            pod,
        };
        self.requested.exact.add(&placed.request.exact);
        self.requested.assumed.add(&placed.request.assumed);
        let old = self
            .pods
            .insert(placed.pod.metadata.uid.to_string(), placed)?;
        self.forget(&old);
        Some(old)
    }

    fn remove(&mut self, uid: &str) -> Option<PlacedPod> {
        let old = self.pods.remove(uid)?;
        self.forget(&old);
        Some(old)
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
    /// How many pods of each sort sit where.
    crowds: Crowds,
    /// How many nodes have an image.
    images: Arc<HashMap<String, usize>>,
    /// The labels of namespaces.
    namespaces: Arc<Namespaces>,
    devices: Arc<Devices>,
    volumes: Arc<Volumes>,
    workloads: Arc<Workloads>,
}

/// The names of a node's images, with their sizes.
fn images_of(node: &Node) -> impl Iterator<Item = (String, i64)> {
    let images = node.status.images.iter();
    images.flat_map(|image| {
        let names = image.names.iter();
        names.map(|name| (name.clone(), image.size_bytes))
    })
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

    /// One node, unless only its pods are known.
    pub(crate) fn present(&self, name: &str) -> Option<(&str, &NodeInfo, &Node)> {
        let (name, info) = self.nodes.get_key_value(name)?;
        Some((name.as_str(), info.as_ref(), info.node.as_deref()?))
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

    /// How many pods of each sort sit where.
    pub(crate) fn crowds(&self) -> &Crowds {
        &self.crowds
    }

    /// How many nodes have an image.
    pub(crate) fn nodes_with_image(&self, image: &str) -> usize {
        self.images.get(image).copied().unwrap_or(0)
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
        let old = self.nodes.get(&node.metadata.name);
        let old = old.and_then(|info| info.node.clone());
        let has_other_images = old
            .as_deref()
            .map_or(!node.status.images.is_empty(), |old| {
                old.status.images != node.status.images
            });
        if has_other_images {
            self.count_images(old.as_deref(), Some(&node));
        }
        let info = Arc::make_mut(self.nodes.entry(node.metadata.name.clone()).or_default());
        if has_other_images {
            info.images = Arc::new(images_of(&node).collect());
        }
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
        let Some(info) = self.nodes.get_mut(name) else {
            return;
        };
        let old = info.node.clone();
        if info.pods.is_empty() {
            self.nodes.remove(name);
        } else {
            let info = Arc::make_mut(info);
            info.node = None;
            info.images = Arc::default();
        }
        if let Some(old) = old.filter(|old| !old.status.images.is_empty()) {
            self.count_images(Some(&old), None);
        }
    }

    /// A node has other images than before.
    fn count_images(&mut self, old: Option<&Node>, new: Option<&Node>) {
        let names = |node: Option<&Node>| -> BTreeSet<String> {
            let images = node.into_iter().flat_map(images_of);
            images.map(|(name, _)| name).collect()
        };
        let counts = Arc::make_mut(&mut self.images);
        for name in names(new) {
            *counts.entry(name).or_default() += 1;
        }
        for name in names(old) {
            if let Some(count) = counts.get_mut(&name) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(&name);
                }
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
        let info = Arc::make_mut(self.nodes.entry(node.to_owned()).or_default());
        let old = info.place(pod.clone());
        if Terms::are_in(&pod) && !self.with_affinity.contains(node) {
            self.with_affinity.insert(node.to_owned());
        }
        match old {
            Some(old) if Crowds::alike(&old.pod, &pod) => {}
            old => {
                self.crowds.add(&pod, node);
                if let Some(old) = old {
                    self.crowds.remove(&old.pod, node);
                }
            }
        }
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
        if !info.pods.values().any(|placed| placed.terms.is_some()) {
            self.with_affinity.remove(&name);
        }
        if info.node.is_none() && info.pods.is_empty() {
            self.nodes.remove(&name);
        }
        if let Some(removed) = &removed {
            self.crowds.remove(&removed.pod, &name);
        }
        removed.is_some()
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
