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

#[derive(Clone, Copy, Default)]
struct Count {
    ready: usize,
    failed: usize,
}

/// How fast the failed nodes of a zone may be emptied.
pub(super) fn pace<'a>(nodes: impl Iterator<Item = &'a Node>, zone: &Zone) -> Pace {
    let mut zones: HashMap<Zone, Count> = HashMap::new();
    for node in nodes {
        let count = zones.entry(zone_of(node)).or_default();
        if health::readiness(node) == "True" {
            count.ready += 1;
        } else {
            count.failed += 1;
        }
    }
    if zones.values().all(|count| count.ready == 0) {
        return Pace::Stopped;
    }
    let Count { ready, failed } = zones.get(zone).copied().unwrap_or_default();
    let total = ready + failed;
    // A zone that fails altogether is emptied as one node is.
    let partly = ready > 0 && failed >= UNHEALTHY_MIN && failed * 100 >= total * UNHEALTHY_PERCENT;
    match partly {
        false => Pace::Every(PACE),
        true if total > LARGE => Pace::Every(SLOW_PACE),
        true => Pace::Halted,
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
        assert_eq!(pace(nodes.iter(), &zone_of(&node("a", true))), expect);
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
