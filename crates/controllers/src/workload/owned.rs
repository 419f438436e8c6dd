//! An index by controller, so that no reconcile walks a namespace.

use std::sync::Arc;

use skeg_meta::labels::Selector;
use skeg_meta::{LabelSelector, Object, ObjectMeta};
use skeg_runtime::{Informer, ObjectName, WorkQueue, refers_to};

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
    /// Those in a namespace that nobody controls.
    fn orphans(&self, namespace: &str) -> Vec<Arc<K>>;
    /// Both.
    fn owned_or_orphan(&self, owner: &ObjectMeta) -> Vec<Arc<K>>;
}

impl<K: Object> Owned<K> for Informer<K> {
    fn owned_by(&self, uid: &str) -> Vec<Arc<K>> {
        self.store().by_index(INDEX, uid)
    }

    fn orphans(&self, namespace: &str) -> Vec<Arc<K>> {
        self.store().by_index(INDEX, &orphans_of(namespace))
    }

    fn owned_or_orphan(&self, owner: &ObjectMeta) -> Vec<Arc<K>> {
        let mut objects = self.owned_by(&owner.uid);
        objects.extend(self.orphans(&owner.namespace));
        objects
    }
}

/// The object of a kind that controls another, if it is there.
pub(crate) fn controller_of<K: Object>(
    informer: &Informer<K>,
    meta: &ObjectMeta,
) -> Option<Arc<K>> {
    let reference = meta
        .controller()
        .filter(|reference| refers_to::<K>(reference))?;
    informer
        .get(&meta.namespace, &reference.name)
        .filter(|found| found.meta().uid == reference.uid)
}

/// Lets every object of a kind look at an orphan that it selects.
pub(crate) fn offer<K: Object>(
    informer: &Informer<K>,
    orphan: &ObjectMeta,
    selector: impl Fn(&K) -> Option<&LabelSelector>,
    queue: &WorkQueue<ObjectName>,
) {
    for object in informer.store().in_namespace(&orphan.namespace) {
        let selects = Selector::from_label_selector(selector(&object))
            .is_ok_and(|selector| selector.matches(&orphan.labels));
        if selects {
            queue.add(ObjectName::of(object.meta()));
        }
    }
}
