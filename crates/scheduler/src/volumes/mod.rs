//! Volumes: which nodes reach those that a pod's claims have, and which volumes
//! claims get that wait for their first consumer.

pub(crate) mod bind;
mod filters;
mod limits;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use skeg_api::core::v1::{
    Node, PersistentVolume, PersistentVolumeClaim, Pod, TopologySelectorTerm,
};
use skeg_api::storage::v1::{CSIDriver, CSINode, CSIStorageCapacity, StorageClass};
use skeg_meta::Quantity;
use skeg_meta::labels::Selector;

use crate::plugins::selector_matches;
use crate::snapshot::Snapshot;

pub(crate) use filters::{binding, restrictions, score, zone};
pub(crate) use limits::limits;

const BIND_COMPLETED: &str = "pv.kubernetes.io/bind-completed";
const BETA_CLASS: &str = "volume.beta.kubernetes.io/storage-class";
const STORAGE: &str = "storage";
/// The provisioner that makes no volumes.
const NO_PROVISIONER: &str = "kubernetes.io/no-provisioner";
const ONE_POD: &str = "ReadWriteOncePod";
/// Namespace and name of a claim.
pub type ClaimKey = (String, String);

/// All that decisions about volumes are made on.
#[derive(Clone, Debug, Default)]
pub struct Volumes {
    claims: BTreeMap<ClaimKey, Arc<PersistentVolumeClaim>>,
    volumes: BTreeMap<String, Arc<PersistentVolume>>,
    classes: BTreeMap<String, Arc<StorageClass>>,
    /// Volumes that were decided on and do not say it yet, with their claims.
    assumed: BTreeMap<String, ClaimKey>,
    /// How many volumes of each driver a node takes, by the node's name.
    limits: BTreeMap<String, BTreeMap<String, usize>>,
    /// The drivers that are on a node, by its name.
    installed: BTreeMap<String, BTreeSet<String>>,
    /// The drivers whose volumes keep pods away from nodes on which they are not.
    needed: BTreeSet<String>,
    /// The volumes that are attached, by node and attachment.
    attached: BTreeMap<String, BTreeMap<String, String>>,
    /// The drivers that tell how much room they have left.
    telling: BTreeSet<String>,
    /// What they tell.
    capacities: BTreeMap<ClaimKey, Arc<CSIStorageCapacity>>,
}

/// Why a node cannot give a pod the volumes that its claims wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lack {
    /// There are none, and none can be made.
    Volumes,
    /// They could be made if there were room.
    Room,
}

impl Lack {
    fn words(self) -> &'static str {
        match self {
            Self::Volumes => "node(s) didn't find available persistent volumes to bind",
            Self::Room => "node(s) did not have enough free storage",
        }
    }
}

/// What is done for a claim before its pod is bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It gets this volume.
    Take(String),
    /// Its provisioner makes one for the node.
    Make,
}

/// What a pod's claims say before any node is looked at.
#[derive(Clone, Debug)]
pub(crate) enum PodVolumes {
    /// No node can help: the plugin and its words.
    Hopeless(&'static str, String),
    /// What it has, and what it is still to get.
    Known {
        held: Vec<Arc<PersistentVolume>>,
        open: Vec<Arc<PersistentVolumeClaim>>,
        /// Somebody else has a volume that takes one pod.
        in_use: bool,
    },
}

fn key(claim: &PersistentVolumeClaim) -> ClaimKey {
    let meta = &claim.metadata;
    (meta.namespace.to_string(), meta.name.to_string())
}

fn class_of(claim: &PersistentVolumeClaim) -> &str {
    match claim.metadata.annotations.get(BETA_CLASS) {
        Some(class) => class,
        None => claim.spec.storage_class_name.as_deref().unwrap_or_default(),
    }
}

fn is_bound(claim: &PersistentVolumeClaim) -> bool {
    !claim.spec.volume_name.is_empty() && claim.metadata.annotations.contains_key(BIND_COMPLETED)
}

fn size(claim: &PersistentVolumeClaim) -> Option<&Quantity> {
    claim.spec.resources.requests.get(STORAGE)
}

fn is_meant_for(volume: &PersistentVolume, claim: &PersistentVolumeClaim) -> bool {
    volume.spec.claim_ref.as_ref().is_some_and(|held| {
        held.name == claim.metadata.name
            && held.namespace == claim.metadata.namespace
            && (held.uid.is_empty() || held.uid == claim.metadata.uid)
    })
}

fn reaches(volume: &PersistentVolume, node: &Node) -> bool {
    volume
        .spec
        .node_affinity
        .as_ref()
        .and_then(|affinity| affinity.required.as_ref())
        .is_none_or(|required| selector_matches(required, node))
}

/// The claims that a pod names, with the volumes that name them.
fn claims_of(pod: &Pod) -> impl Iterator<Item = (String, bool)> {
    pod.spec.volumes.iter().filter_map(|volume| {
        if let Some(source) = &volume.persistent_volume_claim {
            return Some((source.claim_name.clone(), false));
        }
        let _ = volume.ephemeral.as_ref()?;
        Some((format!("{}-{}", pod.metadata.name, volume.name), true))
    })
}

impl Volumes {
    /// A claim is new, has changed, or is gone.
    pub fn set_claim(&mut self, key: ClaimKey, claim: Option<Arc<PersistentVolumeClaim>>) {
        match claim {
            Some(claim) => {
                if is_bound(&claim) {
                    self.assumed.retain(|_, held| *held != key);
                }
                self.claims.insert(key, claim);
            }
            None => {
                self.assumed.retain(|_, held| *held != key);
                self.claims.remove(&key);
            }
        }
    }

    /// A volume is new, has changed, or is gone.
    pub fn set_volume(&mut self, name: &str, volume: Option<Arc<PersistentVolume>>) {
        match volume {
            Some(volume) => drop(self.volumes.insert(name.to_owned(), volume)),
            None => drop(self.volumes.remove(name)),
        }
    }

    /// A class is new, has changed, or is gone.
    pub fn set_class(&mut self, name: &str, class: Option<Arc<StorageClass>>) {
        match class {
            Some(class) => drop(self.classes.insert(name.to_owned(), class)),
            None => drop(self.classes.remove(name)),
        }
    }

    /// What drivers say of a node is new, has changed, or is gone.
    pub fn set_csi_node(&mut self, name: &str, node: Option<&CSINode>) {
        match node {
            Some(node) => {
                let drivers = node.spec.drivers.iter();
                let installed = drivers.map(|driver| driver.name.clone()).collect();
                self.installed.insert(name.to_owned(), installed);
                self.limits.insert(name.to_owned(), limits::limits_of(node));
            }
            None => {
                self.installed.remove(name);
                self.limits.remove(name);
            }
        }
    }

    /// An attachment is new or has changed (its node and volume), or is gone.
    pub fn set_attachment(&mut self, name: &str, of: Option<(&str, &str)>) {
        for held in self.attached.values_mut() {
            held.remove(name);
        }
        self.attached.retain(|_, held| !held.is_empty());
        if let Some((node, volume)) = of {
            let held = self.attached.entry(node.to_owned()).or_default();
            held.insert(name.to_owned(), volume.to_owned());
        }
    }

    /// A driver is new, has changed, or is gone: whether it tells how much room
    /// it has left, and whether it must be on a node.
    pub fn set_driver(&mut self, name: &str, driver: Option<&CSIDriver>) {
        let spec = driver.map(|driver| &driver.spec);
        let tells = spec.is_some_and(|spec| spec.storage_capacity == Some(true));
        let needed = spec.is_some_and(|spec| spec.prevent_pod_scheduling_if_missing == Some(true));
        for (set, belongs) in [(&mut self.telling, tells), (&mut self.needed, needed)] {
            if belongs {
                set.insert(name.to_owned());
            } else {
                set.remove(name);
            }
        }
    }

    /// What a driver tells of its room is new, has changed, or is gone.
    pub fn set_capacity(&mut self, key: ClaimKey, told: Option<Arc<CSIStorageCapacity>>) {
        match told {
            Some(told) => drop(self.capacities.insert(key, told)),
            None => drop(self.capacities.remove(&key)),
        }
    }

    /// A claim, as last seen.
    #[must_use]
    pub fn claim(&self, key: &ClaimKey) -> Option<&Arc<PersistentVolumeClaim>> {
        self.claims.get(key)
    }

    /// A volume, as last seen.
    #[must_use]
    pub fn volume(&self, name: &str) -> Option<&Arc<PersistentVolume>> {
        self.volumes.get(name)
    }

    /// Takes volumes for claims before these say so.
    pub fn promise(&mut self, steps: &[(ClaimKey, Step)]) {
        for (claim, step) in steps {
            if let Step::Take(volume) = step {
                self.assumed.insert(volume.clone(), claim.clone());
            }
        }
    }

    /// What was promised to a claim is not given.
    pub fn take_back(&mut self, claim: &ClaimKey) {
        self.assumed.retain(|_, held| held != claim);
    }

    fn waits_for_consumer(&self, claim: &PersistentVolumeClaim) -> bool {
        self.classes.get(class_of(claim)).is_some_and(|class| {
            class.volume_binding_mode.as_deref() == Some("WaitForFirstConsumer")
        })
    }

    /// What a pod's claims say by themselves.
    pub(crate) fn of_pod(&self, pod: &Pod, snapshot: &Snapshot) -> PodVolumes {
        const BINDING: &str = "VolumeBinding";
        let (mut held, mut open, mut exclusive) = (Vec::new(), Vec::new(), Vec::new());
        for (name, ephemeral) in claims_of(pod) {
            let key = (pod.metadata.namespace.to_string(), name);
            let Some(claim) = self.claims.get(&key) else {
                let why = if ephemeral {
                    format!(
                        "waiting for ephemeral volume controller to create the persistentvolumeclaim {:?}",
                        key.1
                    )
                } else {
                    format!("persistentvolumeclaim {:?} not found", key.1)
                };
                return PodVolumes::Hopeless(BINDING, why);
            };
            if claim.status.phase == "Lost" {
                let why = format!(
                    "persistentvolumeclaim {:?} bound to non-existent persistentvolume {:?}",
                    key.1, claim.spec.volume_name
                );
                return PodVolumes::Hopeless(BINDING, why);
            }
            if claim.metadata.is_deleting() {
                let why = format!("persistentvolumeclaim {:?} is being deleted", key.1);
                return PodVolumes::Hopeless(BINDING, why);
            }
            if ephemeral
                && !claim
                    .metadata
                    .owner_references
                    .iter()
                    .any(|owner| owner.uid == pod.metadata.uid)
            {
                let why = format!(
                    "PVC {}/{} was not created for pod {}/{} (pod is not owner)",
                    key.0, key.1, key.0, pod.metadata.name
                );
                return PodVolumes::Hopeless(BINDING, why);
            }
            if claim.spec.access_modes.iter().any(|mode| mode == ONE_POD) {
                exclusive.push(key.clone());
            }
            if is_bound(claim) {
                let Some(volume) = self.volumes.get(&claim.spec.volume_name) else {
                    let why = format!("persistentvolume {:?} not found", claim.spec.volume_name);
                    return PodVolumes::Hopeless(BINDING, why);
                };
                held.push(volume.clone());
            } else if self.waits_for_consumer(claim) && claim.spec.volume_name.is_empty() {
                open.push(claim.clone());
            } else {
                let why = "pod has unbound immediate PersistentVolumeClaims".to_owned();
                return PodVolumes::Hopeless(BINDING, why);
            }
        }
        open.sort_by(|a, b| size(a).cmp(&size(b)));
        let in_use = !exclusive.is_empty()
            && snapshot.nodes().any(|(_, info, _)| {
                info.pods.values().any(|placed| {
                    placed.pod.metadata.uid != pod.metadata.uid
                        && placed.pod.metadata.namespace == pod.metadata.namespace
                        && claims_of(&placed.pod)
                            .any(|(name, _)| exclusive.iter().any(|(_, own)| *own == name))
                })
            });
        PodVolumes::Known { held, open, in_use }
    }

    /// What is to be done for the claims that are still open, were their pod to
    /// go to this node.
    pub(crate) fn plan(
        &self,
        open: &[Arc<PersistentVolumeClaim>],
        node: &Node,
    ) -> Result<Vec<(ClaimKey, Step)>, Lack> {
        let mut steps: Vec<(ClaimKey, Step)> = Vec::with_capacity(open.len());
        for claim in open {
            let own = key(claim);
            let taken: Vec<&str> = steps
                .iter()
                .filter_map(|(_, step)| match step {
                    Step::Take(volume) => Some(volume.as_str()),
                    Step::Make => None,
                })
                .collect();
            let step = match self.find(claim, &own, node, &taken) {
                Some(volume) => Step::Take(volume.to_owned()),
                None if !self.can_make(claim, node) => return Err(Lack::Volumes),
                None if !self.has_room(claim, node) => return Err(Lack::Room),
                None => Step::Make,
            };
            steps.push((own, step));
        }
        Ok(steps)
    }

    /// The smallest volume that a claim can have on a node; one that is meant for
    /// it before all.
    fn find(
        &self,
        claim: &PersistentVolumeClaim,
        own: &ClaimKey,
        node: &Node,
        taken: &[&str],
    ) -> Option<&str> {
        let selector = match &claim.spec.selector {
            Some(selector) => Some(Selector::from_label_selector(Some(selector)).ok()?),
            None => None,
        };
        let mode = |mode: &Option<String>| mode.clone().unwrap_or_else(|| "Filesystem".to_owned());
        let can = |volume: &PersistentVolume| {
            let class = match volume.metadata.annotations.get(BETA_CLASS) {
                Some(class) => class,
                None => &volume.spec.storage_class_name,
            };
            let has = volume.spec.capacity.get(STORAGE);
            !volume.metadata.is_deleting()
                && mode(&volume.spec.volume_mode) == mode(&claim.spec.volume_mode)
                && claim
                    .spec
                    .access_modes
                    .iter()
                    .all(|mode| volume.spec.access_modes.contains(mode))
                && size(claim).is_none_or(|wanted| has.is_some_and(|has| has >= wanted))
                && class == class_of(claim)
                && reaches(volume, node)
                && selector
                    .as_ref()
                    .is_none_or(|selector| selector.matches(&volume.metadata.labels))
        };
        let free = |name: &str, volume: &PersistentVolume| {
            let assumed = self.assumed.get(name);
            !taken.contains(&name)
                && assumed.is_none_or(|held| held == own)
                && (is_meant_for(volume, claim)
                    || volume.spec.claim_ref.is_none() && volume.status.phase == "Available")
        };
        self.volumes
            .iter()
            .filter(|(name, volume)| free(name, volume) && can(volume))
            .min_by_key(|(name, volume)| {
                (
                    !is_meant_for(volume, claim),
                    volume.spec.capacity.get(STORAGE).copied(),
                    *name,
                )
            })
            .map(|(name, _)| name.as_str())
    }

    fn can_make(&self, claim: &PersistentVolumeClaim, node: &Node) -> bool {
        self.classes.get(class_of(claim)).is_some_and(|class| {
            !class.provisioner.is_empty()
                && class.provisioner != NO_PROVISIONER
                && is_allowed(&class.allowed_topologies, node)
        })
    }

    /// What a driver tells of a place that a node reaches, with room for a claim.
    fn told(&self, claim: &PersistentVolumeClaim, node: &Node) -> Option<&Arc<CSIStorageCapacity>> {
        let wanted = size(claim)?;
        self.capacities.values().find(|told| {
            let largest = told.maximum_volume_size.or(told.capacity);
            let topology = told.node_topology.as_ref();
            told.storage_class_name == class_of(claim)
                && largest.is_some_and(|largest| largest.value() >= wanted.value())
                && topology.is_some_and(|topology| {
                    Selector::from_label_selector(Some(topology))
                        .is_ok_and(|topology| topology.matches(&node.metadata.labels))
                })
        })
    }

    fn tells(&self, claim: &PersistentVolumeClaim) -> bool {
        let class = self.classes.get(class_of(claim));
        class.is_some_and(|class| self.telling.contains(&class.provisioner))
    }

    /// Whether there is room to make a volume, as far as its driver tells.
    fn has_room(&self, claim: &PersistentVolumeClaim, node: &Node) -> bool {
        size(claim).is_none() || !self.tells(claim) || self.told(claim, node).is_some()
    }

    /// How much room there is where a volume would be made, if its driver tells.
    fn room_for(&self, claim: &PersistentVolumeClaim, node: &Node) -> Option<i64> {
        let told = self.tells(claim).then(|| self.told(claim, node))?;
        Some(told?.capacity.as_ref().map_or(0, Quantity::value))
    }
}

/// Whether one of the terms holds of a node; no terms hold of every node.
fn is_allowed(terms: &[TopologySelectorTerm], node: &Node) -> bool {
    terms.is_empty()
        || terms.iter().any(|term| {
            term.match_label_expressions.iter().all(|wanted| {
                let label = node.metadata.labels.get(&wanted.key);
                label.is_some_and(|label| wanted.values.contains(label))
            })
        })
}

#[cfg(test)]
mod tests;
