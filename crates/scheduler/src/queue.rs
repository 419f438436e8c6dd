//! Which pod is next: what is ready, what waits out a back-off, and what waits
//! for the cluster to change.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use skeg_api::core::v1::Pod;

/// The first wait after a failed attempt; it doubles with every further one.
pub const BACKOFF_FIRST: Duration = Duration::from_secs(1);
/// No wait is longer.
pub const BACKOFF_MAX: Duration = Duration::from_secs(10);
/// A pod that nothing woke for so long is tried all the same.
pub const UNSCHEDULABLE_MAX: Duration = Duration::from_secs(5 * 60);

/// Stands among the plugins for other programs that turned a pod down: any
/// change may change their mind.
pub(crate) const EXTENDER: &str = "Extender";

/// Time since some fixed point.
pub type Moment = Duration;

/// A change of the cluster that may make room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A node came, or something of it that plugins look at changed.
    Node,
    /// A node is gone, and with it a place that others are compared with.
    NodeGone,
    /// A pod left a node, needs less of it, or is promised it no more.
    PodLeft,
    /// A pod came to a node, or its labels changed.
    PodCame,
    /// Devices came or became free, or a claim for them came or changed.
    Devices,
    /// A volume, a claim for one or a class came or changed.
    Volumes,
}

impl Change {
    /// Whether it can change a plugin's mind.
    fn concerns(self, plugin: &str) -> bool {
        match self {
            Self::Node => true,
            Self::NodeGone => matches!(plugin, "PodTopologySpread" | EXTENDER),
            Self::PodLeft => matches!(
                plugin,
                "NodeResourcesFit"
                    | "NodePorts"
                    | "InterPodAffinity"
                    | "PodTopologySpread"
                    | "VolumeRestrictions"
                    | "NodeVolumeLimits"
                    | EXTENDER
            ),
            Self::PodCame => matches!(plugin, "InterPodAffinity" | "PodTopologySpread" | EXTENDER),
            Self::Devices => matches!(plugin, "DynamicResources" | EXTENDER),
            Self::Volumes => matches!(
                plugin,
                "VolumeBinding"
                    | "VolumeZone"
                    | "NodeVolumeLimits"
                    | "VolumeRestrictions"
                    | EXTENDER
            ),
        }
    }
}

#[derive(Debug)]
struct Waiting {
    pod: Arc<Pod>,
    /// How often it was tried in vain.
    attempts: u32,
    /// When it entered the queue first.
    since: Moment,
    state: State,
}

#[derive(Debug)]
enum State {
    Active,
    Backoff {
        until: Moment,
    },
    Unschedulable {
        plugins: Vec<&'static str>,
        failed: Moment,
    },
    /// Popped, and not settled yet. A change meanwhile is remembered.
    InFlight {
        changes: Vec<Change>,
    },
}

/// Orders ready pods: higher priority first, then who waited longer.
type Rank = (std::cmp::Reverse<i32>, Moment, String);

/// The pods that want a node. It holds one entry a pod, so its size is bounded
/// by the pods of the cluster.
#[derive(Debug)]
pub struct Queue {
    backoff_first: Duration,
    backoff_max: Duration,
    pods: HashMap<String, Waiting>,
    active: BTreeSet<Rank>,
    /// The uids of those that wait for a change or may miss one: those that are
    /// unschedulable or in flight, and perhaps some that were a moment ago.
    listening: HashSet<String>,
    /// Times at which something must be looked at again, with the pod's uid.
    timers: BTreeSet<(Moment, String)>,
}

fn rank(uid: &str, waiting: &Waiting) -> Rank {
    (
        std::cmp::Reverse(waiting.pod.spec.priority.unwrap_or(0)),
        waiting.since,
        uid.to_owned(),
    )
}

/// Whether a change of a pod may make it fit: only its spec, labels and
/// annotations count, not the condition that we write ourselves.
fn fits_otherwise(old: &Pod, new: &Pod) -> bool {
    old.spec != new.spec || old.metadata.labels != new.metadata.labels
}

impl Default for Queue {
    fn default() -> Self {
        Self::new(BACKOFF_FIRST, BACKOFF_MAX)
    }
}

impl Queue {
    /// An empty queue; who failed waits for `first`, and twice as long each
    /// further time, up to `max`.
    #[must_use]
    pub fn new(first: Duration, max: Duration) -> Self {
        Self {
            backoff_first: first,
            backoff_max: max,
            pods: HashMap::new(),
            active: BTreeSet::new(),
            listening: HashSet::new(),
            timers: BTreeSet::new(),
        }
    }

    fn backoff(&self, attempts: u32) -> Duration {
        self.backoff_first
            .saturating_mul(1 << attempts.saturating_sub(1).min(16))
            .min(self.backoff_max)
    }

    /// A pod wants a node, or one that does has changed.
    pub fn add(&mut self, pod: Arc<Pod>, now: Moment) {
        let uid = pod.metadata.uid.to_string();
        if let Some(waiting) = self.pods.get_mut(&uid) {
            let changed = fits_otherwise(&waiting.pod, &pod);
            if matches!(waiting.state, State::Active) {
                self.active.remove(&rank(&uid, waiting));
            }
            waiting.pod = pod;
            match &mut waiting.state {
                State::Active => {
                    self.active.insert(rank(&uid, waiting));
                }
                State::Unschedulable { .. } if changed => self.wake(&uid, now),
                State::InFlight { changes } if changed => changes.push(Change::Node),
                _ => {}
            }
            return;
        }
        let waiting = Waiting {
            pod,
            attempts: 0,
            since: now,
            state: State::Active,
        };
        self.active.insert(rank(&uid, &waiting));
        self.pods.insert(uid, waiting);
    }

    /// A pod has a node, or is gone.
    pub fn remove(&mut self, uid: &str) {
        if let Some(waiting) = self.pods.remove(uid) {
            self.active.remove(&rank(uid, &waiting));
            self.listening.remove(uid);
        }
    }

    /// The next pod to try. It stays known until [`Queue::remove`] or [`Queue::failed`].
    pub fn pop(&mut self, now: Moment) -> Option<Arc<Pod>> {
        self.advance(now);
        let (_, _, uid) = self.active.pop_first()?;
        let waiting = self.pods.get_mut(&uid)?;
        waiting.state = State::InFlight {
            changes: Vec::new(),
        };
        waiting.attempts += 1;
        let pod = waiting.pod.clone();
        self.listening.insert(uid);
        Some(pod)
    }

    /// No node could take a popped pod; it waits for what the plugins look at.
    /// Without plugins (an error of ours) it waits out its back-off only.
    pub fn failed(&mut self, uid: &str, plugins: Vec<&'static str>, now: Moment) {
        let attempts = self.pods.get(uid).map_or(0, |waiting| waiting.attempts);
        let until = now + self.backoff(attempts);
        let Some(waiting) = self.pods.get_mut(uid) else {
            return;
        };
        let missed = match &waiting.state {
            State::InFlight { changes } => changes
                .iter()
                .any(|change| plugins.iter().any(|plugin| change.concerns(plugin))),
            _ => false,
        };
        if missed || plugins.is_empty() {
            waiting.state = State::Backoff { until };
            self.timers.insert((until, uid.to_owned()));
        } else {
            waiting.state = State::Unschedulable {
                plugins,
                failed: now,
            };
            self.listening.insert(uid.to_owned());
            self.timers
                .insert((now + UNSCHEDULABLE_MAX, uid.to_owned()));
        }
    }

    /// Something changed: who may fit now is tried again after its back-off.
    pub fn changed(&mut self, change: Change, now: Moment) {
        let mut woken = Vec::new();
        let pods = &mut self.pods;
        self.listening.retain(|uid| {
            let Some(waiting) = pods.get_mut(uid) else {
                return false;
            };
            match &mut waiting.state {
                State::Unschedulable { plugins, .. } => {
                    if plugins.iter().any(|plugin| change.concerns(plugin)) {
                        woken.push(uid.clone());
                    }
                    true
                }
                State::InFlight { changes } => {
                    if !changes.contains(&change) {
                        changes.push(change);
                    }
                    true
                }
                State::Active | State::Backoff { .. } => false,
            }
        });
        for uid in woken {
            self.wake(&uid, now);
        }
    }

    fn wake(&mut self, uid: &str, now: Moment) {
        let attempts = self.pods.get(uid).map_or(0, |waiting| waiting.attempts);
        let wait = self.backoff(attempts);
        let Some(waiting) = self.pods.get_mut(uid) else {
            return;
        };
        let State::Unschedulable { failed, .. } = waiting.state else {
            return;
        };
        let until = failed + wait;
        if until <= now {
            waiting.state = State::Active;
            self.active.insert(rank(uid, waiting));
        } else {
            waiting.state = State::Backoff { until };
            self.timers.insert((until, uid.to_owned()));
        }
    }

    /// When something must be looked at although nothing happened.
    #[must_use]
    pub fn next_timer(&self) -> Option<Moment> {
        self.timers.first().map(|(at, _)| *at)
    }

    fn advance(&mut self, now: Moment) {
        while let Some((at, uid)) = self.timers.first().cloned() {
            if at > now {
                return;
            }
            self.timers.pop_first();
            let Some(waiting) = self.pods.get_mut(&uid) else {
                continue;
            };
            let due = match &waiting.state {
                State::Backoff { until } => *until <= now,
                State::Unschedulable { failed, .. } => *failed + UNSCHEDULABLE_MAX <= now,
                _ => false,
            };
            if due {
                waiting.state = State::Active;
                self.active.insert(rank(&uid, waiting));
            }
        }
    }

    /// How many pods want a node.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pods.len()
    }

    /// Whether no pod wants a node.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pods.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::pod;

    fn names(queue: &mut Queue, now: Moment) -> Vec<String> {
        std::iter::from_fn(|| queue.pop(now))
            .map(|pod| pod.metadata.name.clone())
            .collect()
    }

    #[test]
    fn higher_priority_comes_first_then_who_waited_longer() {
        let now = Duration::ZERO;
        let mut queue = Queue::default();
        for (name, priority, after) in [("late", 0, 2), ("early", 0, 1), ("urgent", 9, 3)] {
            let mut pod = pod(name, "1", "1Gi");
            pod.spec.priority = Some(priority);
            queue.add(Arc::new(pod), now + Duration::from_secs(after));
        }
        assert_eq!(names(&mut queue, now), ["urgent", "early", "late"]);
    }

    #[test]
    fn a_failed_pod_waits_for_a_change_that_concerns_it() {
        let now = Duration::ZERO;
        let mut queue = Queue::default();
        queue.add(Arc::new(pod("p", "1", "1Gi")), now);
        assert_eq!(names(&mut queue, now), ["p"]);
        queue.failed("p-uid", vec!["NodeAffinity"], now);
        let later = now + Duration::from_secs(30);
        queue.changed(Change::PodLeft, later);
        assert!(names(&mut queue, later).is_empty());
        queue.changed(Change::Node, later);
        assert_eq!(names(&mut queue, later), ["p"]);
        queue.failed("p-uid", vec!["PodTopologySpread"], later);
        queue.changed(Change::NodeGone, later);
        assert_eq!(names(&mut queue, later + BACKOFF_MAX), ["p"]);
    }

    #[test]
    fn back_off_doubles_and_a_change_in_flight_is_not_missed() {
        let now = Duration::ZERO;
        let mut queue = Queue::default();
        queue.add(Arc::new(pod("p", "1", "1Gi")), now);
        assert_eq!(names(&mut queue, now), ["p"]);
        queue.changed(Change::Node, now);
        queue.failed("p-uid", vec!["NodeAffinity"], now);
        assert_eq!(queue.next_timer(), Some(now + Duration::from_secs(1)));
        let then = now + Duration::from_secs(1);
        assert_eq!(names(&mut queue, then), ["p"]);
        queue.failed("p-uid", vec![], then);
        assert_eq!(queue.next_timer(), Some(then + Duration::from_secs(2)));
        queue.remove("p-uid");
        assert!(names(&mut queue, then + Duration::from_secs(60)).is_empty());
    }

    #[test]
    fn a_pod_that_nothing_wakes_is_tried_after_five_minutes() {
        let now = Duration::ZERO;
        let mut queue = Queue::default();
        queue.add(Arc::new(pod("p", "1", "1Gi")), now);
        assert_eq!(names(&mut queue, now).len(), 1);
        queue.failed("p-uid", vec!["NodeResourcesFit"], now);
        assert!(names(&mut queue, now + UNSCHEDULABLE_MAX - Duration::from_secs(1)).is_empty());
        assert_eq!(names(&mut queue, now + UNSCHEDULABLE_MAX).len(), 1);
    }
}
