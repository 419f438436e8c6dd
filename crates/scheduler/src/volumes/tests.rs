//! Which nodes pods with volumes go to.

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

/// What a driver says that it has left for a class, in a zone.
fn left(zone: &str, amount: &str, largest: Option<&str>) -> Arc<CSIStorageCapacity> {
    let mut topology = skeg_meta::LabelSelector::default();
    topology
        .match_labels
        .insert("topology.kubernetes.io/zone".into(), zone.into());
    Arc::new(CSIStorageCapacity {
        storage_class_name: "made".into(),
        node_topology: Some(topology),
        capacity: Some(amount.parse().unwrap()),
        maximum_volume_size: largest.map(|largest| largest.parse().unwrap()),
        ..CSIStorageCapacity::default()
    })
}

#[test]
fn volumes_are_made_where_there_is_room() {
    let mut snapshot = snapshot();
    let mut class = StorageClass {
        provisioner: "csi.example.com".into(),
        volume_binding_mode: Some("WaitForFirstConsumer".into()),
        ..StorageClass::default()
    };
    class.metadata.name = "made".into();
    let mut wanted = claim("c", "2Gi");
    wanted.spec.storage_class_name = Some("made".into());
    let all = snapshot.volumes_mut();
    all.set_class("made", Some(Arc::new(class)));
    all.set_claim(key("c"), Some(Arc::new(wanted)));
    assert_eq!(outcome(&snapshot, &["c"]), "a", "nothing is told");
    let mut driver = skeg_api::storage::v1::CSIDriver::default();
    driver.spec.storage_capacity = Some(true);
    let volumes = snapshot.volumes_mut();
    volumes.set_driver("csi.example.com", Some(&driver));
    let short = "0/2 nodes are available: 2 node(s) did not have enough free storage.";
    assert_eq!(outcome(&snapshot, &["c"]), short);
    let all = snapshot.volumes_mut();
    all.set_capacity(key("a"), Some(left("a", "1Gi", None)));
    all.set_capacity(key("b"), Some(left("b", "9Gi", Some("1Gi"))));
    assert_eq!(outcome(&snapshot, &["c"]), short, "too small");
    let all = snapshot.volumes_mut();
    all.set_capacity(key("b"), Some(left("b", "9Gi", None)));
    assert_eq!(outcome(&snapshot, &["c"]), "b");
    let all = snapshot.volumes_mut();
    all.set_capacity(key("a"), Some(left("a", "90Gi", None)));
    assert_eq!(outcome(&snapshot, &["c"]), "a", "more room");
    snapshot.volumes_mut().set_driver("csi.example.com", None);
    assert_ne!(outcome(&snapshot, &["c"]), short);
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
