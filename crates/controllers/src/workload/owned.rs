//! An index by controller, so that no reconcile walks a namespace.

use std::sync::Arc;

use skeg_meta::{Object, ObjectMeta};
use skeg_runtime::Informer;

const INDEX: &str = "workload.controller";

fn orphans_of(namespace: &str) -> String {
    format!("orphan/{namespace}")
}

/// Lets an informer answer whose controller is whom.
pub(crate) fn owned_index<K: Object>(informer: &Informer<K>) {
    informer.store().add_index(INDEX, |object: &K| {
        let meta = object.meta();
        vec![meta.controller().map_or_else(
            || orphans_of(&meta.namespace),
            |reference| reference.uid.clone(),
        )]
    });
}

/// Reads that index.
pub(crate) trait Owned<K> {
    /// The objects that the one with this uid controls.
    fn owned_by(&self, uid: &str) -> Vec<Arc<K>>;
    /// Those, and those in its namespace that nobody controls.
    fn owned_or_orphan(&self, owner: &ObjectMeta) -> Vec<Arc<K>>;
}

impl<K: Object> Owned<K> for Informer<K> {
    fn owned_by(&self, uid: &str) -> Vec<Arc<K>> {
        self.store().by_index(INDEX, uid)
    }

    fn owned_or_orphan(&self, owner: &ObjectMeta) -> Vec<Arc<K>> {
        let mut objects = self.owned_by(&owner.uid);
        objects.extend(self.store().by_index(INDEX, &orphans_of(&owner.namespace)));
        objects
    }
}
