//! One change of one object, encoded at most once for all who watch.

use bytes::Bytes;
use parking_lot::Mutex;
use skeg_meta::SharedObject;
use std::sync::OnceLock;

use crate::negotiate::Wanted;

/// What happened, as one watcher sees it through its filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// It came into being, or into view.
    Added,
    /// It changed.
    Modified,
    /// It is gone, or out of view.
    Deleted,
}

impl Change {
    /// The `type` of a watch event.
    pub fn as_str(self) -> &'static str {
        match self {
            Change::Added => "ADDED",
            Change::Modified => "MODIFIED",
            Change::Deleted => "DELETED",
        }
    }
}

/// One change of one object.
pub struct Event {
    /// When.
    pub revision: u64,
    /// The object as it is now; of a deletion, as it was, with the revision of
    /// the deletion.
    pub object: SharedObject,
    /// The object before, if it was there.
    pub prev: Option<SharedObject>,
    /// It was deleted.
    pub deleted: bool,
    parting: OnceLock<SharedObject>,
    frames: Mutex<Vec<(FrameKey, Bytes)>>,
}

/// What tells encoded frames apart: the served resource's address (a kind may
/// be served in several versions), the change and the form.
pub type FrameKey = (usize, Change, Wanted);

impl Event {
    /// The object was created or changed.
    pub fn put(revision: u64, object: SharedObject, prev: Option<SharedObject>) -> Self {
        Self {
            revision,
            object,
            prev,
            deleted: false,
            parting: OnceLock::new(),
            frames: Mutex::new(Vec::new()),
        }
    }

    /// The object is gone.
    pub fn delete(revision: u64, prev: SharedObject) -> Self {
        Self {
            revision,
            object: prev.with_revision(revision),
            prev: Some(prev),
            deleted: true,
            parting: OnceLock::new(),
            frames: Mutex::new(Vec::new()),
        }
    }

    /// The object to show with `change`. Who loses sight of it is shown what
    /// it was, with the revision of the change.
    pub fn shown(&self, change: Change) -> &SharedObject {
        match (change, &self.prev) {
            (Change::Deleted, Some(prev)) if !self.deleted => self
                .parting
                .get_or_init(|| prev.with_revision(self.revision)),
            _ => &self.object,
        }
    }

    /// The encoded frame for `key`, made at the first call.
    pub fn frame(&self, key: FrameKey, make: impl FnOnce() -> Bytes) -> Bytes {
        let mut frames = self.frames.lock();
        if let Some((_, frame)) = frames.iter().find(|(k, _)| *k == key) {
            return frame.clone();
        }
        let frame = make();
        frames.push((key, frame.clone()));
        frame
    }
}
