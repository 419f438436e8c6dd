//! What is odd about persistent volumes and claims to them.

use super::pod::warnings::{claim_spec, deprecated_volume, node_term};
use crate::tree::{self, at, has, list, s};
use crate::validation::storage;
use skeg_schema::Value;

/// Sources that upstream warns of in a persistent volume.
const DEPRECATED: [&str; 6] = [
    "cephfs",
    "photonPersistentDisk",
    "scaleIO",
    "storageos",
    "glusterfs",
    "rbd",
];

/// The annotation that was a class before there was a field for it.
fn class_annotation(obj: &Value) -> Option<String> {
    const KEY: &str = "volume.beta.kubernetes.io/storage-class";
    tree::annotation(obj, KEY).map(|_| {
        format!(
            "metadata.annotations[{KEY}]: deprecated since v1.8; use \"storageClassName\" attribute instead"
        )
    })
}

/// What is odd about a claim.
pub(super) fn claim_warnings(obj: &Value, _: Option<&Value>) -> Vec<String> {
    let mut out: Vec<String> = class_annotation(obj).into_iter().collect();
    claim_spec(at(obj, "spec"), format_args!("spec"), &mut out);
    out
}

/// What is odd about a volume.
pub(super) fn volume_warnings(obj: &Value, _: Option<&Value>) -> Vec<String> {
    const OPTIONS: &str = storage::MOUNT_OPTIONS;
    let spec = at(obj, "spec");
    let mut out: Vec<String> = class_annotation(obj).into_iter().collect();
    if tree::annotation(obj, OPTIONS).is_some() {
        out.push(format!(
            "metadata.annotations[{OPTIONS}]: deprecated since v1.31; use \"mountOptions\" attribute instead"
        ));
    }
    if s(spec, "persistentVolumeReclaimPolicy") == "Recycle" {
        out.push("spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.".into());
    }
    let affinity = tree::path(spec, &["nodeAffinity", "required"]);
    for (n, term) in list(affinity, "nodeSelectorTerms").iter().enumerate() {
        let path = format_args!("spec.nodeAffinity.required.nodeSelectorTerms[{n}]");
        node_term(term, false, path, &mut out);
    }
    for field in DEPRECATED {
        if has(spec, field)
            && let Some((shown, words)) = deprecated_volume(field)
        {
            out.push(format!("spec.{shown}: {words}"));
        }
    }
    out
}
