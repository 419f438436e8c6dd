//! What the workload controllers share: pods' conditions and their ranking,
//! owners and the objects they adopt or let go, writes with their events,
//! hashes of templates and the history of revisions.

mod batch;
mod control;
mod hash;
mod history;
mod owned;
mod pending;
mod pods;
mod refs;
#[cfg(test)]
mod tests;
mod written;

pub(crate) use batch::{BURST, slow_start};
pub(crate) use control::{PodControl, unless_gone};
pub(crate) use hash::{revision_hash, template_hash};
pub(crate) use history::{Revisions, history_limit, sort_by_revision};
pub(crate) use owned::{Owned, controller_of, offer};
pub(crate) use pending::Pending;
pub(crate) use pods::{is_available, next_available, sort_by_progress, sort_for_deletion};
pub(crate) use refs::Claims;
pub(crate) use written::Written;
