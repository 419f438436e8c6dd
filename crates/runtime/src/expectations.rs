//! What a controller has asked for and not yet seen in its cache.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::clock::Clock;
use crate::name::ObjectName;

/// After so long an expectation no longer holds anybody up: the event was missed.
const TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// What controllers have asked for and not yet seen in their caches.
///
/// A cache lags behind. A controller that has just created three pods and sees
/// none yet must not create three more: it says what it expects before it
/// writes, its handlers say what has been seen, and it acts again only once
/// its expectations are met.
pub struct Expectations {
    clock: Arc<dyn Clock>,
    entries: Mutex<HashMap<ObjectName, Entry>>,
}

struct Entry {
    creations: i64,
    deletions: HashSet<String>,
    since: Duration,
}

impl Expectations {
    /// None yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            entries: Mutex::new(HashMap::new()),
        }
    }

    /// So many creations are on their way for a controller's object.
    pub fn expect_creations(&self, owner: &ObjectName, count: usize) {
        let creations = i64::try_from(count).unwrap_or(i64::MAX);
        let entry = Entry {
            creations,
            deletions: HashSet::new(),
            since: self.clock.monotonic(),
        };
        self.entries.lock().insert(owner.clone(), entry);
    }

    /// The deletions of these uids are on their way.
    pub fn expect_deletions(&self, owner: &ObjectName, uids: impl IntoIterator<Item = String>) {
        let entry = Entry {
            creations: 0,
            deletions: uids.into_iter().collect(),
            since: self.clock.monotonic(),
        };
        self.entries.lock().insert(owner.clone(), entry);
    }

    /// A creation was seen, or has failed.
    pub fn creation_observed(&self, owner: &ObjectName) {
        if let Some(entry) = self.entries.lock().get_mut(owner) {
            entry.creations -= 1;
        }
    }

    /// A deletion was seen, or has failed.
    pub fn deletion_observed(&self, owner: &ObjectName, uid: &str) {
        if let Some(entry) = self.entries.lock().get_mut(owner) {
            entry.deletions.remove(uid);
        }
    }

    /// Whether everything that was asked for has been seen, or has been waited for too long.
    #[must_use]
    pub fn satisfied(&self, owner: &ObjectName) -> bool {
        match self.entries.lock().get(owner) {
            Some(entry) => {
                (entry.creations <= 0 && entry.deletions.is_empty())
                    || self.clock.monotonic().saturating_sub(entry.since) > TIMEOUT
            }
            None => true,
        }
    }

    /// Forgets a controller's object that is gone.
    pub fn forget(&self, owner: &ObjectName) {
        self.entries.lock().remove(owner);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn met_when_everything_was_seen() {
        let expectations = Expectations::new(ManualClock::new().shared());
        let owner = ObjectName::new("a", "rs");
        assert!(expectations.satisfied(&owner));
        expectations.expect_creations(&owner, 2);
        expectations.creation_observed(&owner);
        assert!(!expectations.satisfied(&owner));
        expectations.creation_observed(&owner);
        assert!(expectations.satisfied(&owner));

        expectations.expect_deletions(&owner, ["u1".to_owned(), "u2".to_owned()]);
        expectations.deletion_observed(&owner, "u1");
        expectations.deletion_observed(&owner, "u1");
        expectations.deletion_observed(&owner, "else");
        assert!(!expectations.satisfied(&owner), "u2 has not been seen");
        expectations.deletion_observed(&owner, "u2");
        assert!(expectations.satisfied(&owner));
    }

    #[test]
    fn an_event_that_never_comes_blocks_nobody_for_ever() {
        let clock = ManualClock::new();
        let expectations = Expectations::new(clock.shared());
        let owner = ObjectName::new("a", "rs");
        expectations.expect_creations(&owner, 1);
        clock.advance(TIMEOUT);
        assert!(!expectations.satisfied(&owner));
        clock.advance(Duration::from_secs(1));
        assert!(expectations.satisfied(&owner));
    }
}
