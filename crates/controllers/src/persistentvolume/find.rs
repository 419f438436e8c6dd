//! Which volume fits a claim.

use std::sync::Arc;

use skeg_api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use skeg_meta::Quantity;
use skeg_meta::labels::Selector;

const STORAGE: &str = "storage";
const BETA_CLASS: &str = "volume.beta.kubernetes.io/storage-class";
const FILESYSTEM: &str = "Filesystem";

/// The class that a claim asks for.
pub(super) fn class_of(claim: &PersistentVolumeClaim) -> &str {
    match claim.metadata.annotations.get(BETA_CLASS) {
        Some(class) => class,
        None => claim.spec.storage_class_name.as_deref().unwrap_or_default(),
    }
}

/// The class of a volume.
pub(super) fn class_of_volume(volume: &PersistentVolume) -> &str {
    match volume.metadata.annotations.get(BETA_CLASS) {
        Some(class) => class,
        None => &volume.spec.storage_class_name,
    }
}

/// Whether a volume says that it is for this claim.
pub(super) fn is_for(volume: &PersistentVolume, claim: &PersistentVolumeClaim) -> bool {
    let (meta, reference) = (&claim.metadata, volume.spec.claim_ref.as_ref());
    reference.is_some_and(|reference| {
        reference.name == meta.name
            && reference.namespace == meta.namespace
            && (reference.uid.is_empty() || reference.uid == meta.uid)
    })
}

fn requested(claim: &PersistentVolumeClaim) -> Option<&Quantity> {
    claim.spec.resources.requests.get(STORAGE)
}

fn is_large_enough(volume: &PersistentVolume, claim: &PersistentVolumeClaim) -> bool {
    match (volume.spec.capacity.get(STORAGE), requested(claim)) {
        (Some(has), Some(wanted)) => has >= wanted,
        (_, None) => true,
        (None, Some(_)) => false,
    }
}

fn has_mode(volume: &PersistentVolume, claim: &PersistentVolumeClaim) -> bool {
    let of = |mode: &Option<String>| mode.clone().unwrap_or_else(|| FILESYSTEM.to_owned());
    of(&volume.spec.volume_mode) == of(&claim.spec.volume_mode)
}

fn has_access(volume: &PersistentVolume, claim: &PersistentVolumeClaim) -> bool {
    let mut wanted = claim.spec.access_modes.iter();
    wanted.all(|mode| volume.spec.access_modes.contains(mode))
}

/// What keeps a claim from the volume that it names.
pub(super) fn fault(volume: &PersistentVolume, claim: &PersistentVolumeClaim) -> Option<String> {
    let words = if volume.metadata.is_deleting() {
        let name = &volume.metadata.name;
        return Some(format!("the volume is marked for deletion {name:?}"));
    } else if !is_large_enough(volume, claim) {
        "requested PV is too small"
    } else if class_of_volume(volume) != class_of(claim) {
        "storageClassName does not match"
    } else if volume
        .spec
        .volume_attributes_class_name
        .as_deref()
        .unwrap_or_default()
        != claim
            .spec
            .volume_attributes_class_name
            .as_deref()
            .unwrap_or_default()
    {
        "volumeAttributesClassName does not match"
    } else if !has_mode(volume, claim) {
        "incompatible volumeMode"
    } else if !has_access(volume, claim) {
        "incompatible accessMode"
    } else {
        return None;
    };
    Some(words.to_owned())
}

/// The volume that fits best: one that is meant for the claim, else the
/// smallest of those that can do the least beyond what is asked. With `delay`
/// only the former: where the pod will run decides about the others.
pub(super) fn best(
    claim: &PersistentVolumeClaim,
    volumes: &[Arc<PersistentVolume>],
    delay: bool,
) -> Option<Arc<PersistentVolume>> {
    let selector = Selector::from_label_selector(claim.spec.selector.as_ref());
    let labelled = |volume: &PersistentVolume| match &selector {
        _ if claim.spec.selector.is_none() => true,
        Ok(selector) => selector.matches(&volume.metadata.labels),
        Err(_) => false,
    };
    let usable = |volume: &&Arc<PersistentVolume>| {
        !volume.metadata.is_deleting()
            && has_mode(volume, claim)
            && has_access(volume, claim)
            && is_large_enough(volume, claim)
    };
    let meant = volumes
        .iter()
        .filter(|volume| is_for(volume, claim))
        .find(usable);
    if meant.is_some() || delay {
        return meant.cloned();
    }
    volumes
        .iter()
        .filter(|volume| volume.spec.claim_ref.is_none() && volume.status.phase == "Available")
        .filter(usable)
        .filter(|volume| fault(volume, claim).is_none() && labelled(volume))
        .min_by_key(|volume| {
            (
                volume.spec.access_modes.len(),
                volume.spec.capacity.get(STORAGE).cloned(),
                volume.metadata.name.clone(),
            )
        })
        .cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_api::core::v1::ObjectReference;
    use skeg_meta::ObjectMeta;

    fn volume(name: &str, size: &str, modes: &[&str]) -> Arc<PersistentVolume> {
        let mut volume = PersistentVolume {
            metadata: ObjectMeta::named("", name),
            ..PersistentVolume::default()
        };
        let size = size.parse().expect("a quantity");
        volume.spec.capacity.insert(STORAGE.to_owned(), size);
        volume.spec.access_modes = modes.iter().map(|mode| (*mode).to_owned()).collect();
        volume.spec.storage_class_name = "fast".to_owned();
        volume.status.phase = "Available".to_owned();
        Arc::new(volume)
    }

    fn claim(size: &str, mode: &str) -> PersistentVolumeClaim {
        let mut claim = PersistentVolumeClaim {
            metadata: ObjectMeta::named("a", "c"),
            ..PersistentVolumeClaim::default()
        };
        let size = size.parse().expect("a quantity");
        claim
            .spec
            .resources
            .requests
            .insert(STORAGE.to_owned(), size);
        claim.spec.access_modes.push(mode.to_owned());
        claim.spec.storage_class_name = Some("fast".to_owned());
        claim
    }

    #[test]
    fn the_smallest_that_is_large_enough() {
        let all = [
            volume("a", "5Gi", &["ReadWriteOnce"]),
            volume("b", "2Gi", &["ReadWriteOnce"]),
            volume("c", "500Mi", &["ReadWriteOnce"]),
            volume("d", "1Gi", &["ReadOnlyMany"]),
            volume("e", "1Gi", &["ReadWriteOnce", "ReadOnlyMany"]),
        ];
        for (size, mode, expect) in [
            ("1Gi", "ReadWriteOnce", Some("b")),
            ("3Gi", "ReadWriteOnce", Some("a")),
            ("1Gi", "ReadOnlyMany", Some("d")),
            ("9Gi", "ReadWriteOnce", None),
        ] {
            let found = best(&claim(size, mode), &all, false);
            let name = found.as_ref().map(|volume| volume.metadata.name.as_str());
            assert_eq!(name, expect, "{size} {mode}");
        }
        assert!(best(&claim("1Gi", "ReadWriteOnce"), &all, true).is_none());
    }

    #[test]
    fn what_is_meant_for_a_claim_comes_first() {
        let mut meant = PersistentVolume::clone(&volume("z", "9Gi", &["ReadWriteOnce"]));
        meant.spec.claim_ref = Some(ObjectReference {
            name: "c".to_owned(),
            namespace: "a".to_owned(),
            ..ObjectReference::default()
        });
        let all = [volume("b", "2Gi", &["ReadWriteOnce"]), Arc::new(meant)];
        let found = best(&claim("1Gi", "ReadWriteOnce"), &all, true).expect("one");
        assert_eq!(found.metadata.name, "z");
    }
}
