//! Room on a node: whether a pod fits, and where it fits best.

use skeg_api::core::v1::{Node, Pod};

use super::{Candidate, Rejection, SCORE_MAX};
use crate::config::{FitStrategy, ShapePoint};
use crate::snapshot::{NodeInfo, Snapshot};

/// A node has room for a pod when every resource that the pod asks for has.
/// What exceeds the whole node cannot be helped by taking pods away.
pub(super) fn filter(candidate: &Candidate<'_>, info: &NodeInfo, _: &Node) -> Option<Rejection> {
    let mut reasons = Vec::new();
    let mut resolvable = true;
    if info.pods.len() as i64 + 1 > info.pods_max {
        reasons.push("Too many pods".to_owned());
    }
    let wanted = &candidate.request.exact;
    let used = &info.requested.exact;
    let room = &info.allocatable;
    let mut check = |name: &str, wanted: i64, used: i64, room: i64| {
        if wanted > 0 && wanted > room.saturating_sub(used) {
            reasons.push(format!("Insufficient {name}"));
            resolvable &= wanted <= room;
        }
    };
    check("cpu", wanted.milli_cpu, used.milli_cpu, room.milli_cpu);
    check(
        "memory",
        wanted.memory_bytes,
        used.memory_bytes,
        room.memory_bytes,
    );
    check(
        "ephemeral-storage",
        wanted.ephemeral_storage_bytes,
        used.ephemeral_storage_bytes,
        room.ephemeral_storage_bytes,
    );
    let args = &candidate.profile.args;
    for (name, amount) in wanted.others.iter().filter(|(name, _)| !args.ignores(name)) {
        let of = |list: &crate::resources::Resources| list.others.get(name).copied().unwrap_or(0);
        check(name, *amount, of(used), of(room));
    }
    (!reasons.is_empty()).then_some(Rejection {
        reasons,
        resolvable,
    })
}

/// What a pod and those that are there ask for of a resource together, and
/// what there is; `None` where the resource does not count for the pod.
fn after(
    candidate: &Candidate<'_>,
    info: &NodeInfo,
    resource: &str,
    assumed: bool,
) -> Option<(i64, i64)> {
    let (wanted, used) = if assumed {
        (&candidate.request.assumed, &info.requested.assumed)
    } else {
        (&candidate.request.exact, &info.requested.exact)
    };
    // What is not asked for of the rarer resources is left out.
    let is_rare = !matches!(resource, "cpu" | "memory" | "ephemeral-storage");
    let (wanted, room) = (wanted.of(resource), info.allocatable.of(resource));
    if room == 0 || is_rare && wanted == 0 {
        return None;
    }
    Some((used.of(resource).saturating_add(wanted), room))
}

/// How much room is left, by the strategy of the profile.
pub(super) fn score(candidate: &Candidate<'_>, info: &NodeInfo, _: &Node) -> i64 {
    let args = &candidate.profile.args;
    let (mut sum, mut weights) = (0, 0);
    for (resource, weight) in &args.fit_resources {
        let Some((used, room)) = after(candidate, info, resource, true) else {
            continue;
        };
        let of_one = match &args.fit {
            FitStrategy::LeastAllocated if used > room => 0,
            FitStrategy::LeastAllocated => share(room - used, room),
            FitStrategy::MostAllocated => share(used.min(room), room),
            FitStrategy::RequestedToCapacityRatio(shape) => {
                let share = if used > room { 100 } else { share(used, room) };
                let score = of_shape(shape, share);
                if score == 0 {
                    continue;
                }
                score
            }
        };
        sum += of_one * weight;
        weights += weight;
    }
    match (&args.fit, weights) {
        (_, 0) => 0,
        (FitStrategy::RequestedToCapacityRatio(_), weights) => {
            (sum as f64 / weights as f64).round() as i64
        }
        (_, weights) => sum / weights,
    }
}

/// `part` of `whole`, 0 to [`SCORE_MAX`].
fn share(part: i64, whole: i64) -> i64 {
    (i128::from(part) * i128::from(SCORE_MAX) / i128::from(whole.max(1))) as i64
}

/// The score of a share of use: straight lines between the points.
pub(crate) fn of_shape(shape: &[ShapePoint], share: i64) -> i64 {
    let Some(at) = shape.iter().position(|point| share <= point.utilization) else {
        return shape.last().map_or(0, |point| point.score);
    };
    let right = shape[at];
    if at == 0 {
        return right.score;
    }
    let left = shape[at - 1];
    let (wide, high) = (
        right.utilization - left.utilization,
        right.score - left.score,
    );
    left.score + high * (share - left.utilization) / wide
}

/// Resources used to a like degree are better. It says nothing of pods that ask
/// for none of them: these would all go to the same node.
pub(super) fn balanced(candidate: &Candidate<'_>, info: &NodeInfo, _: &Node) -> i64 {
    let resources = &candidate.profile.args.balanced_resources;
    let exact = &candidate.request.exact;
    if resources.iter().all(|resource| exact.of(resource) == 0) {
        return 0;
    }
    let shares: Vec<f64> = resources
        .iter()
        .filter_map(|resource| after(candidate, info, resource, false))
        .map(|(used, room)| (used as f64 / room as f64).min(1.0))
        .collect();
    let deviation = match shares.as_slice() {
        [] | [_] => 0.0,
        [one, other] => (one - other).abs() / 2.0,
        all => {
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            let squares = all.iter().map(|share| (share - mean).powi(2)).sum::<f64>();
            (squares / all.len() as f64).sqrt()
        }
    };
    ((1.0 - deviation) * SCORE_MAX as f64) as i64
}

/// The images of a pod, each with the share of nodes that have it: what is on
/// one node only draws less than what is on many.
pub(super) fn images(pod: &Pod, snapshot: &Snapshot) -> Vec<(String, f64)> {
    let spec = &pod.spec;
    let of_volumes = spec
        .volumes
        .iter()
        .filter_map(|volume| volume.image.as_ref());
    let containers = spec.init_containers.iter().chain(&spec.containers);
    let named = containers
        .map(|container| &container.image)
        .chain(of_volumes.map(|source| &source.reference));
    let all = snapshot.nodes().count().max(1);
    named
        .map(|name| {
            let name = with_tag(name);
            let share = snapshot.nodes_with_image(&name) as f64 / all as f64;
            (name, share)
        })
        .collect()
}

/// Nodes name images with their tags.
fn with_tag(image: &str) -> String {
    let last = image.rsplit('/').next().unwrap_or_default();
    if last.contains([':', '@']) {
        image.to_owned()
    } else {
        format!("{image}:latest")
    }
}

/// Images that are on the node already need no pull; small ones count nothing.
pub(super) fn image_locality(candidate: &Candidate<'_>, info: &NodeInfo, _: &Node) -> i64 {
    const MIB: i64 = 1024 * 1024;
    const LEAST: i64 = 23 * MIB;
    const MOST_PER_IMAGE: i64 = 1000 * MIB;
    let there: i64 = candidate
        .images
        .iter()
        .filter_map(|(name, share)| Some((*info.images.get(name)? as f64 * share) as i64))
        .sum();
    let most = MOST_PER_IMAGE * candidate.images.len() as i64;
    if most <= LEAST {
        return 0;
    }
    SCORE_MAX * (there.clamp(LEAST, most) - LEAST) / (most - LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_lines_between_points() {
        let point = |utilization, score| ShapePoint { utilization, score };
        let shape = [point(0, 0), point(50, 100), point(100, 20)];
        for (share, expect) in [(0, 0), (25, 50), (50, 100), (75, 60), (100, 20)] {
            assert_eq!(of_shape(&shape, share), expect, "{share}");
        }
        assert_eq!(of_shape(&[point(20, 10), point(80, 90)], 10), 10);
        assert_eq!(of_shape(&[point(20, 10), point(80, 90)], 90), 90);
    }

    #[test]
    fn images_are_known_with_tags() {
        assert_eq!(with_tag("app"), "app:latest");
        assert_eq!(with_tag("host:5000/app"), "host:5000/app:latest");
        assert_eq!(with_tag("host/app:1"), "host/app:1");
        assert_eq!(with_tag("app@sha256:1"), "app@sha256:1");
    }
}
