//! How the pods of each owner are, counted as they change: a set of thousands
//! of pods need not look at all of them whenever one becomes ready.

use std::collections::{BTreeMap, HashMap};

use parking_lot::Mutex;
use skeg_api::core::v1::Pod;
use skeg_meta::labels::Selector;
use skeg_runtime::Delta;

type Labels = BTreeMap<String, String>;

/// Pods by what counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) active: i32,
    pub(super) labelled: i32,
    pub(super) ready: i32,
    pub(super) terminating: i32,
}

/// What one pod adds to the counts of its owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Share {
    active: i32,
    ready: i32,
    terminating: i32,
}

impl Share {
    fn of(pod: &Pod) -> Self {
        let active = pod.is_active();
        Self {
            active: i32::from(active),
            ready: i32::from(active && pod.is_ready()),
            terminating: i32::from(pod.metadata.is_deleting() && !pod.is_finished()),
        }
    }

    fn is_nothing(self) -> bool {
        self == Self::default()
    }

    fn add(&mut self, other: Self, sign: i32) {
        self.active += sign * other.active;
        self.ready += sign * other.ready;
        self.terminating += sign * other.terminating;
    }
}

/// The counts of all owners. One entry a sort of pods, so their number bounds it.
#[derive(Default)]
pub(super) struct Herds {
    /// By the owner's uid and the labels of its pods.
    owners: Mutex<HashMap<String, HashMap<Labels, Share>>>,
}

impl Herds {
    /// A pod has changed.
    pub(super) fn changed(&self, delta: &Delta<'_, Pod>) {
        let (old, new): (Option<&Pod>, Option<&Pod>) = match delta {
            Delta::Added { object, .. } => (None, Some(object)),
            Delta::Updated { old, new } => (Some(old), Some(new)),
            Delta::Deleted { object } => (Some(object), None),
        };
        if let (Some(old), Some(new)) = (old, new)
            && Share::of(old) == Share::of(new)
            && old.metadata.labels == new.metadata.labels
            && old.metadata.controller() == new.metadata.controller()
        {
            return;
        }
        let mut owners = self.owners.lock();
        for (pod, sign) in [(old, -1), (new, 1)] {
            let Some(pod) = pod else { continue };
            let share = Share::of(pod);
            let Some(owner) = pod.metadata.controller().filter(|_| !share.is_nothing()) else {
                continue;
            };
            let herds = owners.entry(owner.uid.clone()).or_default();
            let labels = &pod.metadata.labels;
            match herds.get_mut(labels) {
                Some(herd) => herd.add(share, sign),
                None => {
                    let mut herd = Share::default();
                    herd.add(share, sign);
                    herds.insert(labels.clone(), herd);
                }
            }
            herds.retain(|_, herd| !herd.is_nothing());
            if herds.is_empty() {
                owners.remove(&owner.uid);
            }
        }
    }

    /// The counts of an owner; none where a pod of it is no longer selected and
    /// is to be let go.
    pub(super) fn of(&self, uid: &str, selector: &Selector, template: &Labels) -> Option<Counts> {
        let owners = self.owners.lock();
        let mut counts = Counts::default();
        for (labels, herd) in owners.get(uid).into_iter().flatten() {
            if !selector.matches(labels) {
                return None;
            }
            let has_all = template
                .iter()
                .all(|(key, value)| labels.get(key) == Some(value));
            counts.active += herd.active;
            counts.labelled += if has_all { herd.active } else { 0 };
            counts.ready += herd.ready;
            counts.terminating += herd.terminating;
        }
        Some(counts)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use skeg_api::core::v1::PodCondition;
    use skeg_meta::{OwnerReference, Time};

    use super::*;

    fn pod(owner: &str, app: &str, ready: bool) -> Arc<Pod> {
        let mut pod = Pod::default();
        pod.metadata.labels.insert("app".to_owned(), app.to_owned());
        pod.metadata.owner_references.push(OwnerReference {
            uid: owner.to_owned(),
            controller: Some(true),
            ..OwnerReference::default()
        });
        let status = if ready { "True" } else { "False" };
        pod.status.conditions.push(PodCondition {
            type_: "Ready".to_owned(),
            status: status.to_owned(),
            ..PodCondition::default()
        });
        Arc::new(pod)
    }

    #[test]
    fn counts_follow_the_pods() {
        let herds = Herds::default();
        let selector = Selector::parse("app=web").expect("a selector");
        let template = Labels::from([("app".to_owned(), "web".to_owned())]);
        let counts = |owner: &str| {
            let found = herds.of(owner, &selector, &template);
            found.map(|found| (found.active, found.labelled, found.ready, found.terminating))
        };
        let (waiting, ready) = (pod("me", "web", false), pod("me", "web", true));
        let mut going = Pod::clone(&ready);
        going.metadata.deletion_timestamp = Some(Time::now());
        let going = Arc::new(going);
        let update = |old: &Arc<Pod>, new: &Arc<Pod>| herds.changed(&Delta::Updated { old, new });
        for _ in 0..2 {
            herds.changed(&Delta::Added {
                object: &waiting,
                initial: false,
            });
        }
        assert_eq!(counts("me"), Some((2, 2, 0, 0)));
        assert_eq!(counts("other"), Some((0, 0, 0, 0)));
        update(&waiting, &ready);
        update(&ready, &ready);
        assert_eq!(counts("me"), Some((2, 2, 1, 0)));
        update(&ready, &going);
        assert_eq!(counts("me"), Some((1, 1, 0, 1)));
        herds.changed(&Delta::Deleted { object: &going });
        let (strange, lost) = (pod("me", "db", false), pod("other", "web", false));
        update(&waiting, &strange);
        assert_eq!(counts("me"), None, "one is to be let go");
        update(&strange, &lost);
        assert_eq!(counts("me"), Some((0, 0, 0, 0)));
        herds.changed(&Delta::Deleted { object: &lost });
        assert!(herds.owners.lock().is_empty());
    }
}
