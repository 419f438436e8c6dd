//! What a pod of a StatefulSet is called, and what is its own: name, host
//! name, labels and claims.

use std::collections::BTreeMap;

use skeg_api::apps::v1::StatefulSet;
use skeg_api::core::v1::{
    PersistentVolumeClaim, PersistentVolumeClaimVolumeSource, Pod, PodTemplateSpec, Volume,
};
use skeg_meta::{Object, ObjectMeta, OwnerReference};

use crate::workload::PodControl;

const POD_NAME: &str = "statefulset.kubernetes.io/pod-name";
const POD_INDEX: &str = "apps.kubernetes.io/pod-index";
/// The label by which pods name their revision.
pub(super) const REVISION: &str = "controller-revision-hash";

/// The first ordinal.
pub(super) fn start(set: &StatefulSet) -> i32 {
    set.spec
        .ordinals
        .as_ref()
        .map_or(0, |ordinals| ordinals.start)
}

/// How many pods there should be.
pub(super) fn wanted(set: &StatefulSet) -> i32 {
    set.spec.replicas.unwrap_or(1)
}

/// Which ordinal a pod has by its name; none when it is not named after the set.
pub(super) fn ordinal(set: &StatefulSet, pod: &Pod) -> Option<i32> {
    let number = pod
        .metadata
        .name
        .strip_prefix(&*set.metadata.name)?
        .strip_prefix('-')?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| number.parse().ok())?
}

/// Whether an ordinal is one that the set should have.
pub(super) fn in_range(set: &StatefulSet, ordinal: i32) -> bool {
    ordinal >= start(set) && ordinal < start(set) + wanted(set)
}

/// The revision that a pod was made from.
pub(super) fn revision_of(pod: &Pod) -> &str {
    pod.metadata.labels.get(REVISION).map_or("", String::as_str)
}

/// What the claims of a pod are called, by the name of the volume.
fn claim_names(set: &StatefulSet, ordinal: i32) -> impl Iterator<Item = (&str, String)> {
    set.spec.volume_claim_templates.iter().map(move |template| {
        let volume = &*template.metadata.name;
        (volume, format!("{volume}-{}-{ordinal}", set.metadata.name))
    })
}

/// The claims that a pod needs.
pub(super) fn claims(set: &StatefulSet, ordinal: i32) -> Vec<PersistentVolumeClaim> {
    let names = claim_names(set, ordinal).map(|(_, name)| name);
    set.spec
        .volume_claim_templates
        .iter()
        .zip(names)
        .map(|(template, name)| {
            let mut metadata = ObjectMeta::named(&*set.metadata.namespace, name);
            metadata.labels = template.metadata.labels.clone();
            if let Some(selector) = &set.spec.selector {
                metadata.labels.extend(selector.match_labels.clone());
            }
            metadata.annotations = template.metadata.annotations.clone();
            metadata.finalizers = template.metadata.finalizers.clone();
            PersistentVolumeClaim {
                metadata,
                spec: template.spec.clone(),
                ..PersistentVolumeClaim::default()
            }
        })
        .collect()
}

/// Whether a pod's labels say who it is.
pub(super) fn has_identity(set: &StatefulSet, pod: &Pod) -> bool {
    pod.metadata.namespace == set.metadata.namespace
        && pod.metadata.labels.get(POD_NAME) == Some(&pod.metadata.name)
        && pod.metadata.labels.contains_key(POD_INDEX)
}

/// Whether a pod's volumes are its claims.
pub(super) fn has_storage(set: &StatefulSet, ordinal: i32, pod: &Pod) -> bool {
    claim_names(set, ordinal).all(|(volume, name)| {
        let claim = pod.spec.volumes.iter().find(|have| have.name == volume);
        claim
            .and_then(|have| have.persistent_volume_claim.as_ref())
            .is_some_and(|have| have.claim_name == name)
    })
}

/// Writes into a pod who it is.
pub(super) fn set_identity(pod: &mut Pod, ordinal: i32) {
    pod.metadata
        .labels
        .insert(POD_NAME.to_owned(), pod.metadata.name.clone());
    pod.metadata
        .labels
        .insert(POD_INDEX.to_owned(), ordinal.to_string());
}

/// Points a pod's volumes to its claims.
pub(super) fn set_storage(set: &StatefulSet, ordinal: i32, pod: &mut Pod) {
    let own: BTreeMap<&str, String> = claim_names(set, ordinal).collect();
    let mut volumes: Vec<Volume> = claim_names(set, ordinal)
        .map(|(volume, claim_name)| Volume {
            name: volume.to_owned(),
            persistent_volume_claim: Some(PersistentVolumeClaimVolumeSource {
                claim_name,
                read_only: false,
            }),
            ..Volume::default()
        })
        .collect();
    volumes.extend(
        std::mem::take(&mut pod.spec.volumes)
            .into_iter()
            .filter(|volume| !own.contains_key(&*volume.name)),
    );
    pod.spec.volumes = volumes;
}

/// The pod of an ordinal, as a template of a revision describes it.
pub(super) fn new_pod(
    set: &StatefulSet,
    template: &PodTemplateSpec,
    revision: &str,
    ordinal: i32,
) -> Pod {
    let mut pod = PodControl::from_template(template, &set.metadata, set.controller_reference());
    pod.metadata.name = format!("{}-{ordinal}", set.metadata.name);
    set_identity(&mut pod, ordinal);
    pod.spec.hostname = pod.metadata.name.clone();
    pod.spec.subdomain = set.spec.service_name.clone();
    set_storage(set, ordinal, &mut pod);
    pod.metadata
        .labels
        .insert(REVISION.to_owned(), revision.to_owned());
    pod
}

/// The owners that a claim should have by the set's retention policy; none
/// when it has them, or belongs to somebody else.
pub(super) fn retained(
    set: &StatefulSet,
    pod: &Pod,
    ordinal: i32,
    claim: &PersistentVolumeClaim,
) -> Option<Vec<OwnerReference>> {
    let policy = set.spec.persistent_volume_claim_retention_policy.as_ref();
    let with_set = policy.is_some_and(|policy| policy.when_deleted == "Delete");
    let with_pod =
        policy.is_some_and(|policy| policy.when_scaled == "Delete") && !in_range(set, ordinal);
    let of_pod = OwnerReference {
        api_version: "v1".to_owned(),
        kind: "Pod".to_owned(),
        name: pod.metadata.name.clone(),
        uid: pod.metadata.uid.clone(),
        controller: Some(true),
        block_owner_deletion: Some(true),
    };
    let ours = |owner: &OwnerReference| {
        owner.uid == set.metadata.uid
            || owner.uid == pod.metadata.uid
            || (owner.kind == "Pod" && owner.name == of_pod.name)
    };
    if claim
        .metadata
        .owner_references
        .iter()
        .any(|owner| owner.controller == Some(true) && !ours(owner))
    {
        return None;
    }
    let mut owners: Vec<_> = claim
        .metadata
        .owner_references
        .iter()
        .filter(|owner| !ours(owner))
        .cloned()
        .collect();
    if with_pod {
        owners.push(of_pod);
    } else if with_set {
        owners.push(set.controller_reference());
    }
    (owners != claim.metadata.owner_references).then_some(owners)
}

/// Whether a claim still belongs to an earlier pod of this name, and will go with it.
pub(super) fn is_stale(pod_name: &str, pod_uid: &str, claim: &PersistentVolumeClaim) -> bool {
    let owners = &claim.metadata.owner_references;
    owners
        .iter()
        .any(|owner| owner.kind == "Pod" && owner.name == pod_name && owner.uid != pod_uid)
}
