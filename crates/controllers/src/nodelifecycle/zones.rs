//! How many nodes of a zone fail at once, and how fast their pods may be
//! evicted for that. No IO.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use skeg_api::core::v1::Node;

use super::health;

/// One node in so long (`--node-eviction-rate`).
const PACE: Duration = Duration::from_secs(10);
/// The same while much of a large zone fails (`--secondary-node-eviction-rate`).
const SLOW_PACE: Duration = Duration::from_secs(100);
/// How many nodes make a zone large (`--large-cluster-size-threshold`).
const LARGE: usize = 50;
/// From how many percent on much of a zone fails (`--unhealthy-zone-threshold`).
const UNHEALTHY_PERCENT: usize = 55;
/// So few nodes are not much.
const UNHEALTHY_MIN: usize = 3;

/// A zone: region and zone of a node.
pub(super) type Zone = (String, String);

/// The zone of a node.
pub(super) fn zone_of(node: &Node) -> Zone {
    let label = |name: &str| node.metadata.labels.get(name).cloned().unwrap_or_default();
    (
        label("topology.kubernetes.io/region"),
        label("topology.kubernetes.io/zone"),
    )
}

/// How fast nodes may be emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// One in so long.
    Every(Duration),
    /// None for now.
    Halted,
    /// None at all: where every node fails, it is not the nodes.
    Stopped,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Count {
    ready: usize,
    failed: usize,
}

impl Count {
    fn pace(self) -> Pace {
        let Self { ready, failed } = self;
        let total = ready + failed;
        // A zone that fails altogether is emptied as one node is.
        let partly =
            ready > 0 && failed >= UNHEALTHY_MIN && failed * 100 >= total * UNHEALTHY_PERCENT;
        match partly {
            false => Pace::Every(PACE),
            true if total > LARGE => Pace::Every(SLOW_PACE),
            true => Pace::Halted,
        }
    }
}

/// How many nodes are ready and fail in each zone.
#[derive(Default)]
pub(super) struct Zones {
    counts: HashMap<Zone, Count>,
}

impl Zones {
    /// A node is new, has changed or is gone. Whether nodes may be emptied
    /// faster or more slowly than before.
    pub(super) fn change(&mut self, old: Option<&Node>, new: Option<&Node>) -> bool {
        let facts = |node: &Node| (zone_of(node), health::readiness(node) == "True");
        let (old, new) = (old.map(facts), new.map(facts));
        if old == new {
            return false;
        }
        let before = self.paces(&old, &new);
        if let Some((zone, ready)) = &old
            && let Some(count) = self.counts.get_mut(zone)
        {
            let held = if *ready {
                &mut count.ready
            } else {
                &mut count.failed
            };
            *held = held.saturating_sub(1);
            if *count == Count::default() {
                self.counts.remove(zone);
            }
        }
        if let Some((zone, ready)) = &new {
            let count = self.counts.entry(zone.clone()).or_default();
            if *ready {
                count.ready += 1;
            } else {
                count.failed += 1;
            }
        }
        before != self.paces(&old, &new)
    }

    fn paces(&self, old: &Option<(Zone, bool)>, new: &Option<(Zone, bool)>) -> [Option<Pace>; 2] {
        [old, new].map(|facts| facts.as_ref().map(|(zone, _)| self.pace(zone)))
    }

    /// How fast the failed nodes of a zone may be emptied.
    pub(super) fn pace(&self, zone: &Zone) -> Pace {
        if self.counts.values().all(|count| count.ready == 0) {
            return Pace::Stopped;
        }
        self.counts.get(zone).copied().unwrap_or_default().pace()
    }
}

/// When the next node of each zone may be emptied.
#[derive(Default)]
pub(super) struct Limiter {
    next: HashMap<Zone, Timestamp>,
}

impl Limiter {
    /// Takes a turn; how long to wait when it is not one's turn.
    pub(super) fn take(
        &mut self,
        zone: Zone,
        pace: Duration,
        now: Timestamp,
    ) -> Result<(), Duration> {
        // What is over limits nobody.
        self.next.retain(|_, next| *next > now);
        if let Some(next) = self.next.get(&zone) {
            return Err(Duration::try_from(next.duration_since(now)).unwrap_or(pace));
        }
        self.next.insert(zone, now + pace);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use skeg_api::core::v1::NodeCondition;

    use super::*;

    fn node(zone: &str, ready: bool) -> Node {
        let mut node = Node::default();
        node.metadata
            .labels
            .insert("topology.kubernetes.io/zone".into(), zone.into());
        let status = if ready { "True" } else { "False" };
        node.status.conditions = vec![NodeCondition {
            type_: "Ready".into(),
            status: status.into(),
            ..Default::default()
        }];
        node
    }

    /// The pace in zone `a`, given how many are ready and fail there, and in zone `b`.
    fn check(a: (usize, usize), b: (usize, usize), expect: Pace) {
        let nodes: Vec<Node> = [("a", a), ("b", b)]
            .into_iter()
            .flat_map(|(zone, (ready, failed))| {
                (0..ready + failed).map(move |n| node(zone, n < ready))
            })
            .collect();
        let mut zones = Zones::default();
        for node in &nodes {
            zones.change(None, Some(node));
        }
        let zone = zone_of(&node("a", true));
        assert_eq!(zones.pace(&zone), expect);
        // What came and went again changes nothing.
        zones.change(None, Some(&node("a", false)));
        zones.change(Some(&node("a", false)), Some(&node("b", true)));
        zones.change(Some(&node("b", true)), None);
        assert_eq!(zones.pace(&zone), expect);
    }

    #[test]
    fn failures_slow_evictions_down() {
        check((2, 1), (0, 0), Pace::Every(PACE));
        check((0, 1), (0, 0), Pace::Stopped);
        check((0, 1), (0, 3), Pace::Stopped);
        check((0, 9), (1, 0), Pace::Every(PACE));
        check((1, 2), (1, 0), Pace::Every(PACE));
        check((2, 3), (0, 0), Pace::Halted);
        check((20, 40), (0, 0), Pace::Every(SLOW_PACE));
    }

    #[test]
    fn only_another_pace_is_told() {
        let mut zones = Zones::default();
        let (ready, failed) = (node("a", true), node("a", false));
        zones.change(None, Some(&failed));
        assert!(!zones.change(None, Some(&failed)), "nobody is ready");
        assert!(!zones.change(Some(&failed), Some(&failed)));
        assert!(zones.change(None, Some(&ready)), "it is the nodes");
        assert!(!zones.change(None, Some(&ready)));
        assert!(!zones.change(None, Some(&ready)));
        assert!(zones.change(Some(&ready), Some(&failed)), "3 of 5");
        assert!(zones.change(Some(&failed), None));
    }

    #[test]
    fn turns_are_taken_one_after_another() {
        let mut limiter = Limiter::default();
        let zone = |name: &str| (String::new(), name.to_owned());
        let at = |second: i64| Timestamp::from_second(second).expect("a time");
        assert_eq!(limiter.take(zone("a"), PACE, at(0)), Ok(()));
        assert_eq!(
            limiter.take(zone("a"), PACE, at(4)),
            Err(Duration::from_secs(6))
        );
        assert_eq!(limiter.take(zone("b"), PACE, at(4)), Ok(()));
        assert_eq!(limiter.take(zone("a"), PACE, at(10)), Ok(()));
    }
}
