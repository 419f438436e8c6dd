//! Whether a node suits a pod's volumes, and how well.

use std::collections::BTreeMap;
use std::sync::Arc;

use skeg_api::core::v1::{Node, PersistentVolume, Volume};
use skeg_meta::Quantity;

use super::{PodVolumes, STORAGE, Step, class_of, reaches, size};
use crate::config::ShapePoint;
use crate::plugins::{Candidate, Rejection, of_shape};
use crate::snapshot::NodeInfo;

/// Labels that say where a volume is; several places are joined by two underscores.
const PLACES: &[&str] = &[
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
];

/// Whether a node cannot have two volumes at once: they are the same disk, and
/// not both only read it.
fn clash(one: &Volume, other: &Volume) -> bool {
    if let (Some(a), Some(b)) = (&one.gce_persistent_disk, &other.gce_persistent_disk) {
        return a.pd_name == b.pd_name && !(a.read_only && b.read_only);
    }
    if let (Some(a), Some(b)) = (&one.aws_elastic_block_store, &other.aws_elastic_block_store) {
        return a.volume_id == b.volume_id;
    }
    if let (Some(a), Some(b)) = (&one.iscsi, &other.iscsi) {
        return a.iqn == b.iqn && !(a.read_only && b.read_only);
    }
    if let (Some(a), Some(b)) = (&one.rbd, &other.rbd) {
        let meet = a
            .monitors
            .iter()
            .any(|monitor| b.monitors.contains(monitor));
        let same = a.pool == b.pool && a.image == b.image;
        return meet && same && !(a.read_only && b.read_only);
    }
    false
}

/// Disks that are in use, and volumes that take one pod.
pub(crate) fn restrictions(
    candidate: &Candidate<'_>,
    info: &NodeInfo,
    _: &Node,
) -> Option<Rejection> {
    let wanted = &candidate.pod.spec.volumes;
    let taken = wanted.iter().any(|volume| {
        let mut there = info
            .pods
            .values()
            .flat_map(|placed| &placed.pod.spec.volumes);
        there.any(|held| clash(volume, held))
    });
    if taken {
        return Some(Rejection::resolvable("node(s) had no available disk"));
    }
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
    if let Err(lack) = candidate.known_volumes.plan(open, node) {
        reasons.push(lack.words().to_owned());
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

/// How full storage becomes by what a pod's claims get on a node, by the shape
/// of the profile; a class at a time (KEP-4049).
pub(crate) fn score(candidate: &Candidate<'_>, _: &NodeInfo, node: &Node) -> i64 {
    let PodVolumes::Known { open, .. } = &candidate.volumes else {
        return 0;
    };
    let volumes = &candidate.known_volumes;
    let Ok(steps) = volumes.plan(open, node) else {
        return 0;
    };
    let mut taken: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    let mut made = taken.clone();
    for (claim, (_, step)) in open.iter().zip(&steps) {
        let wanted = size(claim).map_or(0, Quantity::value);
        let (uses, room) = match step {
            Step::Take(volume) => {
                let volume = volumes.volumes.get(volume);
                let has = volume.and_then(|volume| volume.spec.capacity.get(STORAGE));
                (&mut taken, has.map(Quantity::value))
            }
            Step::Make => (&mut made, volumes.room_for(claim, node)),
        };
        if let Some(room) = room {
            let use_of = uses.entry(class_of(claim)).or_default();
            use_of.0 += wanted;
            use_of.1 += room;
        }
    }
    // What is there already counts before what is to be made.
    let uses = if steps.iter().any(|(_, step)| *step != Step::Make) {
        taken
    } else {
        made
    };
    mean(&candidate.profile.args.volume_shape, uses.into_values())
}

/// The mean score of these uses: what is wanted, and what there is.
fn mean(shape: &[ShapePoint], uses: impl Iterator<Item = (i64, i64)>) -> i64 {
    let scores: Vec<i64> = uses
        .map(|(wanted, room)| {
            if room == 0 || wanted > room {
                return of_shape(shape, 100);
            }
            let share = i128::from(wanted) * 100 / i128::from(room);
            of_shape(shape, i64::try_from(share).unwrap_or(100))
        })
        .collect();
    if scores.is_empty() {
        return 0;
    }
    (scores.iter().sum::<i64>() as f64 / scores.len() as f64).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disks_are_for_one_writer() {
        use skeg_api::core::v1::{GCEPersistentDiskVolumeSource, RBDVolumeSource};
        let disk = |name: &str, read_only| Volume {
            gce_persistent_disk: Some(Box::new(GCEPersistentDiskVolumeSource {
                pd_name: name.into(),
                read_only,
                ..Default::default()
            })),
            ..Default::default()
        };
        assert!(clash(&disk("a", false), &disk("a", true)));
        assert!(!clash(&disk("a", true), &disk("a", true)));
        assert!(!clash(&disk("a", false), &disk("b", false)));
        let image = |monitors: &[&str]| Volume {
            rbd: Some(Box::new(RBDVolumeSource {
                monitors: monitors.iter().map(|one| (*one).to_owned()).collect(),
                ..Default::default()
            })),
            ..Default::default()
        };
        assert!(clash(&image(&["x", "y"]), &image(&["y"])));
        assert!(!clash(&image(&["x"]), &image(&["y"])));
        assert!(!clash(&image(&["x"]), &disk("a", false)));
    }

    #[test]
    fn storage_that_stays_emptier_is_better() {
        let shape = crate::config::Args::default().volume_shape;
        for (uses, expect) in [
            (&[][..], 0),
            (&[(1, 4)], 75),
            (&[(4, 4)], 0),
            (&[(5, 4)], 0),
            (&[(0, 0)], 0),
            (&[(1, 4), (1, 2)], 63),
        ] {
            assert_eq!(mean(&shape, uses.iter().copied()), expect, "{uses:?}");
        }
    }
}
