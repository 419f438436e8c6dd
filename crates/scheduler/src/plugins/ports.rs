//! Ports of the host.

use skeg_api::core::v1::Node;

use super::{Candidate, Rejection};
use crate::snapshot::NodeInfo;

pub(super) fn filter(candidate: &Candidate<'_>, info: &NodeInfo, _: &Node) -> Option<Rejection> {
    let taken = candidate.ports.iter().any(|wanted| {
        info.pods
            .values()
            .flat_map(|placed| &placed.ports)
            .any(|held| held.conflicts(wanted))
    });
    taken.then(|| Rejection {
        reasons: vec!["node(s) didn't have free ports for the requested pod ports".into()],
        resolvable: true,
    })
}
