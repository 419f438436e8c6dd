//! How many volumes of a CSI driver a node takes.

use std::collections::{BTreeMap, BTreeSet};

use skeg_api::core::v1::Pod;
use skeg_api::storage::v1::CSINode;

use super::{Volumes, claims_of};
use crate::plugins::{Candidate, Rejection};
use crate::snapshot::NodeInfo;

/// A volume: its driver, and what the driver calls it or, before it is made,
/// namespace and name of its claim.
type VolumeId = (String, String);

/// The limits that drivers set on a node, by their names.
pub(super) fn limits_of(node: &CSINode) -> BTreeMap<String, usize> {
    node.spec
        .drivers
        .iter()
        .filter_map(|driver| {
            let count = driver.allocatable.as_ref()?.count?;
            Some((driver.name.clone(), usize::try_from(count).unwrap_or(0)))
        })
        .collect()
}

impl Volumes {
    /// The volumes of CSI drivers that a pod's claims have or will have.
    fn csi_of(&self, pod: &Pod) -> BTreeSet<VolumeId> {
        claims_of(pod)
            .filter_map(|(name, _)| {
                let key = (pod.metadata.namespace.to_string(), name);
                let claim = self.claims.get(&key)?;
                if let Some(volume) = self.volumes.get(&claim.spec.volume_name) {
                    let csi = volume.spec.csi.as_ref()?;
                    return Some((csi.driver.clone(), csi.volume_handle.clone()));
                }
                // Not made yet: it counts for the driver that will make it.
                let class = self.classes.get(super::class_of(claim))?;
                Some((class.provisioner.clone(), format!("{}/{}", key.0, key.1)))
            })
            .collect()
    }
}

/// A node takes no more volumes of a driver than the driver says, and none of
/// one that is not there and asks to be (KEP-5030).
pub(crate) fn limits(
    candidate: &Candidate<'_>,
    info: &NodeInfo,
    node: &skeg_api::core::v1::Node,
) -> Option<Rejection> {
    let volumes = &candidate.known_volumes;
    let limits = volumes.limits.get(&node.metadata.name);
    let limits = limits.filter(|limits| !limits.is_empty());
    if limits.is_none() && volumes.needed.is_empty() {
        return None;
    }
    let wanted = volumes.csi_of(candidate.pod);
    let installed = volumes.installed.get(&node.metadata.name);
    let is_missing = |driver: &String| {
        volumes.needed.contains(driver) && !installed.is_some_and(|all| all.contains(driver))
    };
    if let Some((driver, _)) = wanted.iter().find(|(driver, _)| is_missing(driver)) {
        let why = format!("{driver} CSI driver is not installed on the node");
        return Some(Rejection::resolvable(&why));
    }
    let limits = limits?;
    if !wanted.iter().any(|(driver, _)| limits.contains_key(driver)) {
        return None;
    }
    let attached = volumes.attached.get(&node.metadata.name);
    let mut there: BTreeSet<VolumeId> = attached
        .into_iter()
        .flat_map(BTreeMap::values)
        .filter_map(|name| {
            let csi = volumes.volumes.get(name)?.spec.csi.as_ref()?;
            Some((csi.driver.clone(), csi.volume_handle.clone()))
        })
        .collect();
    for placed in info.pods.values() {
        if !placed.pod.spec.volumes.is_empty() {
            there.extend(volumes.csi_of(&placed.pod));
        }
    }
    let exceeded = limits.iter().any(|(driver, most)| {
        let of_driver =
            |all: &BTreeSet<VolumeId>| all.iter().filter(|(other, _)| other == driver).count();
        let new = wanted
            .iter()
            .filter(|(other, _)| other == driver)
            .filter(|id| !there.contains(id))
            .count();
        new > 0 && new + of_driver(&there) > *most
    });
    exceeded.then(|| Rejection::resolvable("node(s) exceed max volume count"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use skeg_api::core::v1::{
        CSIPersistentVolumeSource, PersistentVolume, PersistentVolumeClaim,
        PersistentVolumeClaimVolumeSource, Volume,
    };
    use skeg_api::storage::v1::{CSINodeDriver, VolumeNodeResources};

    use super::*;
    use crate::config::Profile;
    use crate::schedule::{Decision, schedule};
    use crate::snapshot::Snapshot;

    fn pod(name: &str, claim: &str) -> Pod {
        let mut pod = crate::testing::pod(name, "100m", "1Mi");
        pod.spec.volumes.push(Volume {
            name: "v".into(),
            persistent_volume_claim: Some(PersistentVolumeClaimVolumeSource {
                claim_name: claim.into(),
                ..Default::default()
            }),
            ..Default::default()
        });
        pod
    }

    fn snapshot(most: i32) -> Snapshot {
        let mut snapshot = Snapshot::default();
        snapshot.set_node(Arc::new(crate::testing::node("a", "4", "8Gi")));
        let mut node = CSINode::default();
        node.metadata.name = "a".into();
        node.spec.drivers.push(CSINodeDriver {
            name: "disk.example.com".into(),
            allocatable: Some(VolumeNodeResources { count: Some(most) }),
            ..CSINodeDriver::default()
        });
        let volumes = snapshot.volumes_mut();
        volumes.set_csi_node("a", Some(&node));
        for name in ["one", "two"] {
            let mut volume = PersistentVolume::default();
            volume.metadata.name = name.into();
            volume.spec.csi = Some(CSIPersistentVolumeSource {
                driver: "disk.example.com".into(),
                volume_handle: name.into(),
                ..Default::default()
            });
            volumes.set_volume(name, Some(Arc::new(volume)));
            let mut claim = PersistentVolumeClaim::default();
            claim.metadata.name = name.into();
            claim.metadata.namespace = "default".into();
            claim.spec.volume_name = name.into();
            let annotations = &mut claim.metadata.annotations;
            annotations.insert(super::super::BIND_COMPLETED.into(), "yes".into());
            let key = ("default".to_owned(), name.to_owned());
            volumes.set_claim(key, Some(Arc::new(claim)));
        }
        snapshot
    }

    fn outcome(snapshot: &Snapshot, claim: &str) -> String {
        let profile = Profile::default();
        let turn = crate::schedule::Turn {
            from: &mut 0,
            pick: &mut |_| 0,
        };
        match schedule(&profile, snapshot, None, &pod("p", claim), turn) {
            Decision::Place(name) => name,
            Decision::Unschedulable(why) => why.message(),
        }
    }

    #[test]
    fn a_node_takes_so_many_volumes() {
        let mut full = snapshot(1);
        assert_eq!(outcome(&full, "two"), "a");
        full.place(Arc::new(pod("other", "one")), "a");
        assert_eq!(
            outcome(&full, "two"),
            "0/1 nodes are available: 1 node(s) exceed max volume count."
        );
        // The volume that is there already counts once.
        assert_eq!(outcome(&full, "one"), "a");
        let mut roomy = snapshot(2);
        roomy.place(Arc::new(pod("other", "one")), "a");
        assert_eq!(outcome(&roomy, "two"), "a");
    }

    #[test]
    fn a_driver_may_have_to_be_on_the_node() {
        let mut snapshot = snapshot(1);
        let mut driver = skeg_api::storage::v1::CSIDriver::default();
        driver.spec.prevent_pod_scheduling_if_missing = Some(true);
        let volumes = snapshot.volumes_mut();
        volumes.set_driver("disk.example.com", Some(&driver));
        assert_eq!(outcome(&snapshot, "one"), "a");
        let missing = "0/1 nodes are available: \
            1 disk.example.com CSI driver is not installed on the node.";
        let without = CSINode::default();
        snapshot.volumes_mut().set_csi_node("a", Some(&without));
        assert_eq!(outcome(&snapshot, "one"), missing);
        snapshot.volumes_mut().set_csi_node("a", None);
        assert_eq!(outcome(&snapshot, "one"), missing);
        driver.spec.prevent_pod_scheduling_if_missing = Some(false);
        let volumes = snapshot.volumes_mut();
        volumes.set_driver("disk.example.com", Some(&driver));
        assert_eq!(outcome(&snapshot, "one"), "a");
    }

    #[test]
    fn what_is_attached_counts_though_no_pod_has_it() {
        let mut full = snapshot(1);
        let volumes = full.volumes_mut();
        volumes.set_attachment("x", Some(("a", "one")));
        assert!(outcome(&full, "two").contains("max volume count"));
        full.volumes_mut().set_attachment("x", None);
        assert_eq!(outcome(&full, "two"), "a");
    }
}
