//! Which versions of its objects a controller has written itself.

use std::collections::HashMap;

use parking_lot::Mutex;
use skeg_meta::ObjectMeta;
use skeg_runtime::ObjectName;

/// A version as a number, for order; none where a server's versions are none.
fn revision(meta: &ObjectMeta) -> Option<u64> {
    meta.resource_version.parse().ok()
}

/// The newest version of each object that was written here. An older one in the
/// cache does not tell yet what has been done, and would have it done again.
#[derive(Default)]
pub(crate) struct Written {
    newest: Mutex<HashMap<ObjectName, u64>>,
}

impl Written {
    /// An object has been written, and is now this.
    pub(crate) fn note(&self, meta: &ObjectMeta) {
        if let Some(revision) = revision(meta) {
            self.newest.lock().insert(ObjectName::of(meta), revision);
        }
    }

    /// Whether this is older than what was written.
    pub(crate) fn is_newer_than(&self, meta: &ObjectMeta) -> bool {
        let newest = self.newest.lock().get(&ObjectName::of(meta)).copied();
        revision(meta) < newest
    }

    /// The object is gone, or will not be written any more.
    pub(crate) fn forget(&self, name: &ObjectName) {
        self.newest.lock().remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_older_is_known() {
        let meta = |version: &str| ObjectMeta {
            resource_version: version.to_owned(),
            ..ObjectMeta::named("a", "n")
        };
        let written = Written::default();
        assert!(!written.is_newer_than(&meta("9")));
        written.note(&meta("10"));
        assert!(written.is_newer_than(&meta("9")));
        assert!(!written.is_newer_than(&meta("10")));
        assert!(!written.is_newer_than(&meta("11")));
        written.forget(&ObjectName::new("a", "n"));
        assert!(!written.is_newer_than(&meta("9")));
        // A server whose versions are no numbers tells no order.
        written.note(&meta("x"));
        assert!(!written.is_newer_than(&meta("y")));
    }
}
