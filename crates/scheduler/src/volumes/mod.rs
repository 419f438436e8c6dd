//! Volumes: which nodes reach those that a pod's claims have, and which volumes
//! claims get that wait for their first consumer.

pub(crate) mod bind;
mod limits;

use std::collections::BTreeMap;
use std::sync::Arc;

use skeg_api::core::v1::{
    Node, PersistentVolume, PersistentVolumeClaim, Pod, TopologySelectorTerm,
};
use skeg_api::storage::v1::{CSINode, StorageClass};
use skeg_meta::Quantity;
use skeg_meta::labels::Selector;

use crate::plugins::{Candidate, Rejection, selector_matches};
use crate::snapshot::{NodeInfo, Snapshot};

pub(crate) use limits::limits;

const BIND_COMPLETED: &str = "pv.kubernetes.io/bind-completed";
const BETA_CLASS: &str = "volume.beta.kubernetes.io/storage-class";
const STORAGE: &str = "storage";
/// The provisioner that makes no volumes.
const NO_PROVISIONER: &str = "kubernetes.io/no-provisioner";
const ONE_POD: &str = "ReadWriteOncePod";
/// Labels that say where a volume is; several places are joined by two underscores.
const PLACES: &[&str] = &[
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
];

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
    /// The volumes that are attached, by node and attachment.
    attached: BTreeMap<String, BTreeMap<String, String>>,
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
            Some(node) => drop(self.limits.insert(name.to_owned(), limits::limits_of(node))),
            None => drop(self.limits.remove(name)),
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

    /// A claim, as last seen.
    #[must_use]
    pub fn claim(&self, key: &ClaimKey) -> Option<&Arc<PersistentVolumeClaim>> {
        self.claims.get(key)
    }

    /// Whether a claim has its volume.
    #[must_use]
    pub fn has_volume(&self, key: &ClaimKey) -> bool {
        self.claims.get(key).is_some_and(|claim| is_bound(claim))
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
    ) -> Option<Vec<(ClaimKey, Step)>> {
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
                None if self.can_make(claim, node) => Step::Make,
                None => return None,
            };
            steps.push((own, step));
        }
        Some(steps)
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

/// Volumes that take one pod.
pub(crate) fn restrictions(candidate: &Candidate<'_>, _: &NodeInfo, _: &Node) -> Option<Rejection> {
    match &candidate.volumes {
        PodVolumes::Known { in_use: true, .. } => Some(Rejection::resolvable(
            "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode",
        )),
        _ => None,
    }
}

/// Volumes that a node reaches, or could.
pub(crate) fn binding(candidate: &Candidate<'_>, _: &NodeInfo, node: &Node) -> Option<Rejection> {
    let PodVolumes::Known { held, open, .. } = &candidate.volumes else {
        return None;
    };
    let mut reasons = Vec::new();
    if held.iter().any(|volume| !reaches(volume, node)) {
        reasons.push("node(s) didn't match PersistentVolume's node affinity".to_owned());
    }
    if !open.is_empty() && candidate.known_volumes.plan(open, node).is_none() {
        reasons.push("node(s) didn't find available persistent volumes to bind".to_owned());
    }
    (!reasons.is_empty()).then_some(Rejection {
        reasons,
        resolvable: false,
    })
}

/// Volumes that are elsewhere by their labels.
pub(crate) fn zone(candidate: &Candidate<'_>, _: &NodeInfo, node: &Node) -> Option<Rejection> {
    let PodVolumes::Known { held, .. } = &candidate.volumes else {
        return None;
    };
    let labels = &node.metadata.labels;
    if !PLACES.iter().any(|place| labels.contains_key(*place)) {
        return None;
    }
    let elsewhere = |volume: &Arc<PersistentVolume>| {
        PLACES.iter().any(|place| {
            volume.metadata.labels.get(*place).is_some_and(|wanted| {
                let here = labels.get(*place).map(String::as_str);
                !wanted.split("__").any(|zone| Some(zone) == here)
            })
        })
    };
    held.iter()
        .any(elsewhere)
        .then(|| Rejection::unresolvable("node(s) had no available volume zone"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{Decision, schedule};
    use skeg_api::core::v1::{
        NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PersistentVolumeClaimVolumeSource,
        Volume, VolumeNodeAffinity,
    };

    fn key(name: &str) -> ClaimKey {
        ("default".to_owned(), name.to_owned())
    }

    /// Nodes a and b; a class that waits.
    fn snapshot() -> Snapshot {
        let mut snapshot = Snapshot::default();
        for name in ["a", "b"] {
            let mut node = crate::testing::node(name, "4", "8Gi");
            let labels = &mut node.metadata.labels;
            labels.insert("kubernetes.io/hostname".into(), name.into());
            labels.insert("topology.kubernetes.io/zone".into(), name.into());
            snapshot.set_node(Arc::new(node));
        }
        let mut class = StorageClass {
            provisioner: NO_PROVISIONER.into(),
            volume_binding_mode: Some("WaitForFirstConsumer".into()),
            ..StorageClass::default()
        };
        class.metadata.name = "late".into();
        snapshot
            .volumes_mut()
            .set_class("late", Some(Arc::new(class)));
        snapshot
    }

    fn volume(name: &str, size: &str, host: &str) -> Arc<PersistentVolume> {
        let mut volume = PersistentVolume::default();
        volume.metadata.name = name.into();
        volume.spec.access_modes = vec!["ReadWriteOnce".into()];
        volume.spec.storage_class_name = "late".into();
        volume.status.phase = "Available".into();
        let size = size.parse().unwrap();
        volume.spec.capacity.insert(STORAGE.into(), size);
        if !host.is_empty() {
            volume.spec.node_affinity = Some(VolumeNodeAffinity {
                required: Some(NodeSelector {
                    node_selector_terms: vec![NodeSelectorTerm {
                        match_expressions: vec![NodeSelectorRequirement {
                            key: "kubernetes.io/hostname".into(),
                            operator: "In".into(),
                            values: vec![host.into()],
                        }],
                        ..NodeSelectorTerm::default()
                    }],
                }),
            });
        }
        Arc::new(volume)
    }

    fn claim(name: &str, size: &str) -> PersistentVolumeClaim {
        let mut claim = PersistentVolumeClaim::default();
        claim.metadata.name = name.into();
        claim.metadata.namespace = "default".into();
        claim.spec.access_modes = vec!["ReadWriteOnce".into()];
        claim.spec.storage_class_name = Some("late".into());
        let size = size.parse().unwrap();
        claim.spec.resources.requests.insert(STORAGE.into(), size);
        claim
    }

    fn bound(name: &str, to: &str) -> PersistentVolumeClaim {
        let mut claim = claim(name, "1Gi");
        claim.spec.volume_name = to.into();
        let annotations = &mut claim.metadata.annotations;
        annotations.insert(BIND_COMPLETED.into(), "yes".into());
        claim
    }

    fn pod(claims: &[&str]) -> Pod {
        let mut pod = crate::testing::pod("p", "1", "1Mi");
        for name in claims {
            pod.spec.volumes.push(Volume {
                name: (*name).into(),
                persistent_volume_claim: Some(PersistentVolumeClaimVolumeSource {
                    claim_name: (*name).into(),
                    ..Default::default()
                }),
                ..Default::default()
            });
        }
        pod
    }

    fn outcome(snapshot: &Snapshot, claims: &[&str]) -> String {
        let profile = crate::config::Profile::default();
        let turn = crate::schedule::Turn {
            from: &mut 0,
            pick: &mut |_| 0,
        };
        match schedule(&profile, snapshot, None, &pod(claims), turn) {
            Decision::Place(name) => name,
            Decision::Unschedulable(why) => why.message(),
        }
    }

    #[test]
    fn a_pod_goes_where_its_volume_is() {
        let mut snapshot = snapshot();
        let all = snapshot.volumes_mut();
        all.set_volume("v", Some(volume("v", "1Gi", "b")));
        all.set_claim(key("c"), Some(Arc::new(bound("c", "v"))));
        assert_eq!(outcome(&snapshot, &["c"]), "b");
        let all = snapshot.volumes_mut();
        all.set_volume("v", Some(volume("v", "1Gi", "elsewhere")));
        assert_eq!(
            outcome(&snapshot, &["c"]),
            "0/2 nodes are available: 2 node(s) didn't match PersistentVolume's node affinity."
        );
        let mut zoned = PersistentVolume::clone(&volume("v", "1Gi", ""));
        let labels = &mut zoned.metadata.labels;
        labels.insert("topology.kubernetes.io/zone".into(), "x__b".into());
        snapshot
            .volumes_mut()
            .set_volume("v", Some(Arc::new(zoned)));
        assert_eq!(outcome(&snapshot, &["c"]), "b");
    }

    #[test]
    fn what_waits_gets_a_volume_of_the_node() {
        let mut snapshot = snapshot();
        let all = snapshot.volumes_mut();
        all.set_claim(key("c"), Some(Arc::new(claim("c", "2Gi"))));
        assert_eq!(
            outcome(&snapshot, &["c"]),
            "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind."
        );
        let all = snapshot.volumes_mut();
        all.set_volume("small", Some(volume("small", "1Gi", "a")));
        all.set_volume("large", Some(volume("large", "9Gi", "b")));
        all.set_volume("right", Some(volume("right", "2Gi", "b")));
        assert_eq!(outcome(&snapshot, &["c"]), "b");
        let node = crate::testing::node("b", "1", "1");
        let mut node = node;
        node.metadata
            .labels
            .insert("kubernetes.io/hostname".into(), "b".into());
        let open = [Arc::new(claim("c", "2Gi"))];
        let steps = snapshot.volumes().plan(&open, &node).unwrap();
        assert_eq!(steps, [(key("c"), Step::Take("right".into()))]);
        snapshot.volumes_mut().promise(&steps);
        let open = [Arc::new(claim("d", "2Gi"))];
        let steps = snapshot.volumes().plan(&open, &node).unwrap();
        assert_eq!(steps, [(key("d"), Step::Take("large".into()))]);
    }

    #[test]
    fn what_is_missing_is_told() {
        let mut snapshot = snapshot();
        assert_eq!(
            outcome(&snapshot, &["c"]),
            "0/2 nodes are available: persistentvolumeclaim \"c\" not found."
        );
        let mut early = claim("c", "1Gi");
        early.spec.storage_class_name = Some("early".into());
        snapshot
            .volumes_mut()
            .set_claim(key("c"), Some(Arc::new(early)));
        assert_eq!(
            outcome(&snapshot, &["c"]),
            "0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims."
        );
    }

    #[test]
    fn a_volume_for_one_pod_is_not_shared() {
        let mut snapshot = snapshot();
        let mut only = bound("c", "v");
        only.spec.access_modes = vec![ONE_POD.into()];
        let all = snapshot.volumes_mut();
        all.set_volume("v", Some(volume("v", "1Gi", "")));
        all.set_claim(key("c"), Some(Arc::new(only)));
        let mut other = pod(&["c"]);
        other.metadata.uid = "other".into();
        snapshot.place(Arc::new(other), "a");
        assert!(outcome(&snapshot, &["c"]).contains("ReadWriteOncePod access mode"));
    }
}
