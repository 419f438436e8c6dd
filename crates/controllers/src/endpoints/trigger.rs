//! When what changed a service's endpoints last happened, told by an annotation
//! for those who measure how long the news takes.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use parking_lot::Mutex;
use skeg_api::core::v1::{Pod, Service};
use skeg_meta::{ObjectMeta, Time};
use skeg_runtime::ObjectName;

/// The annotation (upstream's `EndpointsLastChangeTriggerTime`).
const ANNOTATION: &str = "endpoints.kubernetes.io/last-change-trigger-time";

/// What was seen of a service when it was looked at last.
#[derive(Default)]
struct Seen {
    service: Option<Time>,
    /// Since when its pods are as ready as they are, by their names.
    pods: HashMap<String, Time>,
}

/// Remembers what was seen of each service that there is.
#[derive(Clone, Default)]
pub(super) struct Triggers(Arc<Mutex<HashMap<ObjectName, Seen>>>);

/// Since when a pod is as ready as it is.
fn since(pod: &Pod) -> Option<Time> {
    let mut all = pod.status.conditions.iter();
    all.find(|condition| condition.type_ == "Ready")?
        .last_transition_time
}

impl Triggers {
    /// The first of the changes since this was asked last; for a new service,
    /// when it was made. `None`: nothing that has a time.
    pub(super) fn of(&self, service: &Service, pods: &[Arc<Pod>]) -> Option<Time> {
        let mut all = self.0.lock();
        let name = ObjectName::of(&service.metadata);
        let before = all.remove(&name);
        let created = service.metadata.creation_timestamp;
        let now = Seen {
            service: created,
            pods: pods
                .iter()
                .filter_map(|pod| Some((pod.metadata.name.clone(), since(pod)?)))
                .collect(),
        };
        let first = match &before {
            None => created,
            Some(before) => {
                let changed = now.pods.iter().filter_map(|(name, at)| {
                    let known = before.pods.get(name);
                    known.is_none_or(|known| at > known).then_some(*at)
                });
                let made = created.filter(|_| created > before.service);
                changed.chain(made).min()
            }
        };
        all.insert(name, now);
        first
    }

    /// A service has gone.
    pub(super) fn forget(&self, name: &ObjectName) {
        self.0.lock().remove(name);
    }
}

/// Tells a time, or that there is none.
pub(super) fn tell(meta: &mut ObjectMeta, at: Option<Time>) {
    let annotations: &mut BTreeMap<String, String> = &mut meta.annotations;
    match at {
        Some(at) => drop(annotations.insert(ANNOTATION.to_owned(), at.truncated().to_string())),
        None => drop(annotations.remove(ANNOTATION)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_api::core::v1::PodCondition;

    fn at(second: i64) -> Time {
        Time(jiff::Timestamp::from_second(second).expect("a time"))
    }

    #[test]
    fn the_first_change_is_told() {
        let pod = |name: &str, second: i64| {
            let mut pod = Pod::default();
            pod.metadata.name = name.into();
            pod.status.conditions = vec![PodCondition {
                type_: "Ready".into(),
                last_transition_time: Some(at(second)),
                ..Default::default()
            }];
            Arc::new(pod)
        };
        let mut service = Service::default();
        service.metadata.creation_timestamp = Some(at(100));
        let triggers = Triggers::default();
        let check = |pods: &[Arc<Pod>], expect: Option<i64>| {
            assert_eq!(triggers.of(&service, pods), expect.map(at));
        };
        check(&[pod("a", 50)], Some(100));
        check(&[pod("a", 50)], None);
        check(&[pod("a", 130), pod("b", 120)], Some(120));
        check(&[pod("a", 130)], None);
        triggers.forget(&ObjectName::of(&service.metadata));
        check(&[pod("a", 130)], Some(100));
        let mut meta = ObjectMeta::default();
        tell(&mut meta, Some(at(0)));
        assert_eq!(meta.annotations[ANNOTATION], "1970-01-01T00:00:00Z");
        tell(&mut meta, None);
        assert!(meta.annotations.is_empty());
    }
}
