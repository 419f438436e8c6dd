//! Which events are worth a reconcile.

use std::sync::Arc;

use skeg_meta::{ObjectMeta, labels};

use crate::cached::Cached;
use crate::informer::Delta;

type Test<K> = dyn Fn(&Delta<'_, K>) -> bool + Send + Sync;

/// Says which events are worth a reconcile. Cheap to clone.
///
/// ```
/// use skeg_api::apps::v1::Deployment;
/// use skeg_runtime::Predicate;
///
/// // Changes of the spec, or of labels; not those of the status.
/// let worth = Predicate::<Deployment>::generation_changed().or(Predicate::labels_changed());
/// # let _ = worth;
/// ```
pub struct Predicate<K>(Arc<Test<K>>);

impl<K> Clone for Predicate<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K> Default for Predicate<K> {
    /// Every event is.
    fn default() -> Self {
        Self(Arc::new(|_| true))
    }
}

impl<K: Cached> Predicate<K> {
    /// By a test of one's own.
    #[must_use]
    pub fn new(test: impl Fn(&Delta<'_, K>) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(test))
    }

    /// By a test of the object, whatever happened to it.
    #[must_use]
    pub fn object(test: impl Fn(&K) -> bool + Send + Sync + 'static) -> Self {
        Self::new(move |delta| test(delta.object()))
    }

    /// Updates that something says has changed; and all that is no update.
    fn updates(changed: impl Fn(&ObjectMeta, &ObjectMeta) -> bool + Send + Sync + 'static) -> Self {
        Self::new(move |delta| match delta {
            Delta::Updated { old, new } => changed(old.object_meta(), new.object_meta()),
            Delta::Added { .. } | Delta::Deleted { .. } => true,
        })
    }

    /// Updates that changed the generation: the spec, where the kind has one,
    /// and not the status. Additions and deletions pass.
    #[must_use]
    pub fn generation_changed() -> Self {
        Self::updates(|old, new| old.generation != new.generation)
    }

    /// Updates that changed labels. Additions and deletions pass.
    #[must_use]
    pub fn labels_changed() -> Self {
        Self::updates(|old, new| old.labels != new.labels)
    }

    /// Updates that changed annotations. Additions and deletions pass.
    #[must_use]
    pub fn annotations_changed() -> Self {
        Self::updates(|old, new| old.annotations != new.annotations)
    }

    /// Updates that changed anything, not those that only say again what is
    /// known. Additions and deletions pass.
    #[must_use]
    pub fn resource_version_changed() -> Self {
        Self::updates(|old, new| old.resource_version != new.resource_version)
    }

    /// Updates after which an object that was not is being deleted, or has
    /// other finalizers. Additions and deletions pass.
    #[must_use]
    pub fn deletion_changed() -> Self {
        Self::updates(|old, new| {
            old.is_deleting() != new.is_deleting() || old.finalizers != new.finalizers
        })
    }

    /// Objects with certain labels, or that had them until now.
    #[must_use]
    pub fn selected(selector: labels::Selector) -> Self {
        Self::new(move |delta| {
            selector.matches(&delta.object().object_meta().labels)
                || delta
                    .old()
                    .is_some_and(|old| selector.matches(&old.object_meta().labels))
        })
    }

    /// Additions only.
    #[must_use]
    pub fn added() -> Self {
        Self::new(|delta| matches!(delta, Delta::Added { .. }))
    }

    /// Updates only.
    #[must_use]
    pub fn updated() -> Self {
        Self::new(|delta| matches!(delta, Delta::Updated { .. }))
    }

    /// Deletions only.
    #[must_use]
    pub fn deleted() -> Self {
        Self::new(|delta| matches!(delta, Delta::Deleted { .. }))
    }

    /// What is worth it by both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::new(move |delta| self.passes(delta) && other.passes(delta))
    }

    /// What is worth it by either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::new(move |delta| self.passes(delta) || other.passes(delta))
    }

    /// What is not worth it by this.
    #[must_use]
    #[allow(clippy::should_implement_trait, reason = "it reads like and, or")]
    pub fn not(self) -> Self {
        Self::new(move |delta| !self.passes(delta))
    }

    /// Whether an event is worth it.
    #[must_use]
    pub fn passes(&self, delta: &Delta<'_, K>) -> bool {
        (self.0)(delta)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_api::core::v1::ConfigMap;

    fn map(change: impl FnOnce(&mut ObjectMeta)) -> Arc<ConfigMap> {
        let mut map = ConfigMap::default();
        map.metadata.generation = 1;
        map.metadata.resource_version = "1".to_owned();
        change(&mut map.metadata);
        Arc::new(map)
    }

    fn check(predicate: &Predicate<ConfigMap>, change: impl FnOnce(&mut ObjectMeta), expect: bool) {
        let (old, new) = (map(|_| {}), map(change));
        let update = Delta::Updated {
            old: &old,
            new: &new,
        };
        assert_eq!(predicate.passes(&update), expect);
    }

    fn label(meta: &mut ObjectMeta) {
        meta.labels.insert("app".to_owned(), "web".to_owned());
    }

    #[test]
    fn of_updates() {
        check(
            &Predicate::generation_changed(),
            |meta| meta.generation = 2,
            true,
        );
        check(&Predicate::generation_changed(), label, false);
        check(&Predicate::labels_changed(), label, true);
        check(&Predicate::annotations_changed(), label, false);
        check(&Predicate::resource_version_changed(), |_| {}, false);
        let later = |meta: &mut ObjectMeta| meta.resource_version = "2".to_owned();
        check(&Predicate::resource_version_changed(), later, true);
        let finalizer = |meta: &mut ObjectMeta| meta.finalizers.push("a/b".to_owned());
        check(&Predicate::deletion_changed(), finalizer, true);
        let web = labels::Selector::parse("app=web").expect("a selector");
        check(&Predicate::selected(web.clone()), label, true);
        check(&Predicate::selected(web), |_| {}, false);
        check(&Predicate::updated(), |_| {}, true);
        check(&Predicate::added(), |_| {}, false);
        check(&Predicate::deleted().not(), |_| {}, true);
        let either = Predicate::generation_changed().or(Predicate::labels_changed());
        check(&either, label, true);
        let both = Predicate::generation_changed().and(Predicate::labels_changed());
        check(&both, label, false);
    }

    #[test]
    fn what_is_no_update_passes() {
        let object = map(|_| {});
        for predicate in [
            Predicate::generation_changed(),
            Predicate::labels_changed(),
            Predicate::default(),
        ] {
            assert!(predicate.passes(&Delta::Deleted { object: &object }));
            assert!(predicate.passes(&Delta::Added {
                object: &object,
                initial: false
            }));
        }
    }
}
