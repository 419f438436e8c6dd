//! What code that decides on a transaction sees.

use std::fmt;
use std::sync::Arc;

use crate::stage::Stage;
use crate::{KeyRange, KeyValue, LATEST, LeaseId, Op, Result, Revision};

/// Decides what to write.
pub(crate) type Decide = Box<dyn FnOnce(&View<'_>) -> Result<Vec<Op>> + Send>;

/// The state that a transaction will be applied to, transactions that are on
/// their way to the disk included.
pub struct View<'a> {
    pub(crate) stage: &'a Stage<'a>,
}

impl View<'_> {
    /// The current revision; the transaction, if it writes, makes the next.
    pub fn revision(&self) -> Revision {
        self.stage.revision()
    }

    /// A key as it is.
    pub fn get(&self, key: &[u8]) -> Option<Arc<KeyValue>> {
        self.stage.current(key).cloned()
    }

    /// The keys of a range as they are, in order.
    pub fn range(&self, range: &KeyRange) -> Vec<Arc<KeyValue>> {
        self.stage
            .range(range, LATEST)
            .expect("the newest state can be read")
    }

    /// The keys of a range as they were, in order.
    ///
    /// # Errors
    /// `Compacted` and `FutureRevision`.
    pub fn range_at(&self, range: &KeyRange, revision: Revision) -> Result<Vec<Arc<KeyValue>>> {
        self.stage.range(range, revision)
    }

    /// Whether there is such a lease.
    pub fn has_lease(&self, id: LeaseId) -> bool {
        self.stage.lease_ttl(id).is_some()
    }
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View")
            .field("revision", &self.revision())
            .finish_non_exhaustive()
    }
}
