//! An index by controller, so that no reconcile walks a namespace.

use std::collections::HashSet;
use std::sync::Arc;

use skeg_meta::labels::Selector;
use skeg_meta::{LabelSelector, Object, ObjectMeta};
use skeg_runtime::{Informer, ObjectName, StoreIndex, WorkQueue, refers_to};

fn orphans_of(namespace: &str) -> String {
    format!("orphan/{namespace}")
}

fn by_controller<K: Object>() -> StoreIndex<K> {
    StoreIndex::new("workload.controller", |object: &K| {
        let meta = object.meta();
        vec![meta.controller().map_or_else(
            || orphans_of(&meta.namespace),
            |reference| reference.uid.clone(),
        )]
    })
}

/// Whose controller is whom.
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
        self.store().by_index(&by_controller(), uid)
    }

    fn orphans(&self, namespace: &str) -> Vec<Arc<K>> {
        self.store()
            .by_index(&by_controller(), &orphans_of(namespace))
    }

    fn owned_or_orphan(&self, owner: &ObjectMeta) -> Vec<Arc<K>> {
        let mut orphans = self.orphans(&owner.namespace);
        loop {
            let mut objects = self.owned_by(&owner.uid);
            let still = self.orphans(&owner.namespace);
            // What changes hands between these would be seen twice, or not at all,
            // and another be made in its place.
            let free: HashSet<&str> = still.iter().map(|one| &*one.meta().name).collect();
            let changed = still.len() != orphans.len()
                || orphans.iter().any(|one| !free.contains(&*one.meta().name))
                || objects.iter().any(|one| free.contains(&*one.meta().name));
            if !changed {
                objects.extend(still);
                return objects;
            }
            orphans = still;
        }
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use skeg_api::core::v1::Pod;
    use skeg_meta::OwnerReference;
    use skeg_runtime::ManualClock;
    use skeg_runtime::testing::FakeApi;
    use tokio_util::sync::CancellationToken;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_changes_hands_meanwhile_is_there_once() {
        let owner = ObjectMeta {
            uid: "me".to_owned(),
            ..ObjectMeta::named("a", "owner")
        };
        let mut pod = Pod {
            metadata: ObjectMeta::named("a", "p"),
            ..Pod::default()
        };
        let (api, cancel) = (FakeApi::new(), CancellationToken::new());
        api.put(&pod);
        let context =
            crate::Context::for_client(api.client(), ManualClock::new().shared(), cancel.clone());
        let pods: Informer<Pod> = context.informers.informer();
        pods.synced().await;
        let reads = Arc::new(AtomicUsize::new(0));
        let reading = {
            let (pods, cancel, reads) = (pods.clone(), cancel.clone(), reads.clone());
            tokio::task::spawn_blocking(move || {
                let mut wrong = 0;
                while !cancel.is_cancelled() {
                    wrong += usize::from(pods.owned_or_orphan(&owner).len() != 1);
                    reads.fetch_add(1, Ordering::SeqCst);
                }
                wrong
            })
        };
        for round in 0..100 {
            let mine = OwnerReference {
                uid: "me".to_owned(),
                controller: Some(true),
                ..OwnerReference::default()
            };
            pod.metadata.owner_references = (round % 2 == 0).then_some(mine).into_iter().collect();
            api.put(&pod);
            while pods.owned_by("me").is_empty() != pod.metadata.owner_references.is_empty() {
                tokio::task::yield_now().await;
            }
            // No reading sees it change hands twice.
            let end = reads.load(Ordering::SeqCst) + 2;
            while reads.load(Ordering::SeqCst) < end {
                tokio::task::yield_now().await;
            }
        }
        cancel.cancel();
        assert_eq!(reading.await.expect("it reads"), 0);
    }
}
