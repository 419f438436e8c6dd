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

pub(crate) use batch::{BURST, slow_start};
pub(crate) use control::{PodControl, unless_gone};
pub(crate) use hash::{safe_hash, template_hash};
pub(crate) use history::{Revisions, next_revision, sort_by_revision, template_data};
pub(crate) use owned::{Owned, owned_index};
pub(crate) use pending::Pending;
pub(crate) use pods::{available_in, exists_condition, is_available, sort_for_deletion};
pub(crate) use refs::Claims;
