//! Room on a node: whether a pod fits, and where it fits best.

use skeg_api::core::v1::Node;

use super::{Candidate, Rejection, SCORE_MAX};
use crate::snapshot::NodeInfo;

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
    for (name, amount) in &wanted.others {
        let of = |list: &crate::resources::Resources| list.others.get(name).copied().unwrap_or(0);
        check(name, *amount, of(used), of(room));
    }
    (!reasons.is_empty()).then_some(Rejection {
        reasons,
        resolvable,
    })
}

/// More room left is better: the mean over CPU and memory of the share that
/// would still be free.
pub(super) fn least_allocated(candidate: &Candidate<'_>, info: &NodeInfo, _: &Node) -> i64 {
    let free = |(used, room): (i64, i64)| {
        if room == 0 || used > room {
            0
        } else {
            (room - used) * SCORE_MAX / room
        }
    };
    let [cpu, memory] = after(candidate, info, true);
    (free(cpu) + free(memory)) / 2
}

/// CPU and memory used to a like degree is better.
pub(super) fn balanced(candidate: &Candidate<'_>, info: &NodeInfo, _: &Node) -> i64 {
    let share = |(used, room): (i64, i64)| {
        if room == 0 {
            0.0
        } else {
            (used as f64 / room as f64).min(1.0)
        }
    };
    let [cpu, memory] = after(candidate, info, false).map(share);
    // The standard deviation of two shares is half their distance.
    ((1.0 - (cpu - memory).abs() / 2.0) * SCORE_MAX as f64) as i64
}

/// (used, allocatable) of CPU and memory with the pod on the node.
fn after(candidate: &Candidate<'_>, info: &NodeInfo, assumed: bool) -> [(i64, i64); 2] {
    let (wanted, used) = if assumed {
        (&candidate.request.assumed, &info.requested.assumed)
    } else {
        (&candidate.request.exact, &info.requested.exact)
    };
    [
        (
            used.milli_cpu.saturating_add(wanted.milli_cpu),
            info.allocatable.milli_cpu,
        ),
        (
            used.memory_bytes.saturating_add(wanted.memory_bytes),
            info.allocatable.memory_bytes,
        ),
    ]
}

/// Images that are on the node already need no pull; small ones count nothing.
pub(super) fn image_locality(candidate: &Candidate<'_>, _: &NodeInfo, node: &Node) -> i64 {
    const MIB: i64 = 1024 * 1024;
    const LEAST: i64 = 23 * MIB;
    const MOST_PER_CONTAINER: i64 = 1000 * MIB;
    let containers = &candidate.pod.spec.containers;
    let there: i64 = containers
        .iter()
        .filter_map(|container| {
            node.status
                .images
                .iter()
                .find(|image| image.names.contains(&container.image))
                .map(|image| image.size_bytes)
        })
        .sum();
    let most = MOST_PER_CONTAINER * containers.len() as i64;
    if most <= LEAST {
        return 0;
    }
    SCORE_MAX * (there.clamp(LEAST, most) - LEAST) / (most - LEAST)
}
