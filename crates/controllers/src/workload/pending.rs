//! Writes that a controller has made and not yet seen in its cache.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use skeg_runtime::{Clock, ObjectName};

/// After so long a write no longer holds anybody up: the event was missed.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Writes under way, each by a key that is known before it is made.
pub(crate) struct Pending {
    clock: Arc<dyn Clock>,
    entries: Mutex<HashMap<ObjectName, (Duration, HashSet<String>)>>,
}

impl Pending {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            entries: Mutex::default(),
        }
    }

    /// A write is about to be made.
    pub(crate) fn note(&self, owner: &ObjectName, key: &str) {
        let now = self.clock.monotonic();
        let mut entries = self.entries.lock();
        let (since, keys) = entries.entry(owner.clone()).or_default();
        *since = now;
        keys.insert(key.to_owned());
    }

    /// A write has been seen, or has failed.
    pub(crate) fn seen(&self, owner: &ObjectName, key: &str) {
        let mut entries = self.entries.lock();
        if let Some((_, keys)) = entries.get_mut(owner) {
            keys.remove(key);
            if keys.is_empty() {
                entries.remove(owner);
            }
        }
    }

    /// How long to wait at most for the writes under way; none when there are none.
    pub(crate) fn wait(&self, owner: &ObjectName) -> Option<Duration> {
        let mut entries = self.entries.lock();
        let left = (entries.get(owner)?.0 + TIMEOUT).saturating_sub(self.clock.monotonic());
        if left.is_zero() {
            entries.remove(owner);
            return None;
        }
        Some(left)
    }

    /// The owner is gone.
    pub(crate) fn forget(&self, owner: &ObjectName) {
        self.entries.lock().remove(owner);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_runtime::ManualClock;

    #[test]
    fn holds_until_seen_or_too_old() {
        let clock = ManualClock::new();
        let pending = Pending::new(clock.shared());
        let owner = ObjectName::new("a", "db");
        assert_eq!(pending.wait(&owner), None);
        pending.note(&owner, "+db-0");
        assert_eq!(pending.wait(&owner), Some(TIMEOUT));
        pending.seen(&owner, "+db-0");
        assert_eq!(pending.wait(&owner), None);
        pending.note(&owner, "+db-1");
        clock.advance(TIMEOUT);
        assert_eq!(pending.wait(&owner), None);
    }
}
