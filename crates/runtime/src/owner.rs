//! Owner references.

use skeg_meta::{Object, ObjectMeta, OwnerReference};

/// Whether an object is controlled by the one with this uid.
#[must_use]
pub fn is_controlled_by(meta: &ObjectMeta, uid: &str) -> bool {
    meta.controller()
        .is_some_and(|reference| reference.uid == uid)
}

/// Whether a reference points at a kind, in whatever version of its group.
#[must_use]
pub fn refers_to<K: Object>(reference: &OwnerReference) -> bool {
    let group = reference
        .api_version
        .split_once('/')
        .map_or("", |(group, _)| group);
    reference.kind == K::GVK.kind && group == K::GVK.group
}
