//! How a store holds its objects: whole, or in the bytes in which they came,
//! which take a fifth of the room.
//!
//! What is packed is decoded when somebody reads it. It stays decoded as long as
//! anybody holds it, so that there is only one, and among the last that were
//! read a while longer. A store that is read all the time keeps everything
//! decoded, until it no longer is.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use skeg_meta::SharedObject;

use crate::cached::Cached;

/// How many objects that nobody holds stay decoded.
const KEPT: usize = 256;
/// How many are looked at when one is added, so that those that nobody holds
/// any more do not pile up.
const LOOKED_AT: usize = 4;
/// How long reads are counted before it is decided what stays decoded.
const SPAN: Duration = Duration::from_secs(30);
/// Who decodes everything so often within that time keeps it.
const OFTEN: usize = 2;

/// An object of a store.
pub(crate) enum Held<K> {
    /// Decoded: others in the process have it anyway, or it is not what came.
    Whole(Arc<K>),
    /// As it came.
    Packed(Arc<Packed<K>>),
    /// As it came, for it cannot be read.
    Unreadable(Arc<Unreadable<K>>),
}

/// An object that does not have the form that the store keeps.
pub(crate) struct Unreadable<K> {
    pub(crate) object: SharedObject,
    /// Why not.
    pub(crate) error: String,
    /// As it was last when it could be read.
    pub(crate) last: Option<Arc<K>>,
}

/// An object as it came, and decoded while that is of use.
pub(crate) struct Packed<K> {
    object: SharedObject,
    opened: Mutex<Option<Arc<K>>>,
}

impl<K: Cached> Held<K> {
    /// An object as it came.
    pub(crate) fn packed(object: SharedObject) -> Self {
        Held::Packed(Arc::new(Packed {
            object,
            opened: Mutex::new(None),
        }))
    }

    /// The UID and the resource version.
    pub(crate) fn identity(&self) -> (&str, &str) {
        match self {
            Held::Whole(object) => {
                let meta = object.object_meta();
                (&meta.uid, &meta.resource_version)
            }
            Held::Packed(packed) => (packed.object.uid(), packed.object.resource_version()),
            Held::Unreadable(unreadable) => {
                let object = &unreadable.object;
                (object.uid(), object.resource_version())
            }
        }
    }
}

impl<K> Clone for Held<K> {
    fn clone(&self) -> Self {
        match self {
            Held::Whole(object) => Held::Whole(Arc::clone(object)),
            Held::Packed(packed) => Held::Packed(Arc::clone(packed)),
            Held::Unreadable(unreadable) => Held::Unreadable(Arc::clone(unreadable)),
        }
    }
}

/// What is decoded of a store's packed objects.
pub(crate) struct Opened<K> {
    kept: Mutex<Kept<K>>,
    reads: AtomicUsize,
}

struct Kept<K> {
    queue: VecDeque<Weak<Packed<K>>>,
    /// How many may be kept.
    most: usize,
    /// How many were decoded since the time.
    decoded: usize,
    since: Instant,
}

impl<K> Default for Opened<K> {
    fn default() -> Self {
        Self {
            kept: Mutex::new(Kept {
                queue: VecDeque::new(),
                most: KEPT,
                decoded: 0,
                since: Instant::now(),
            }),
            reads: AtomicUsize::new(0),
        }
    }
}

impl<K: Cached> Opened<K> {
    /// The object, decoded if it is not yet; `len` is how many the store has.
    pub(crate) fn open(&self, packed: &Arc<Packed<K>>, len: usize) -> Option<Arc<K>> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        let object = self.decoded(packed, len);
        if let Err(error) = &object {
            let (namespace, name) = (packed.object.namespace(), packed.object.name());
            tracing::error!(namespace, name, %error, "cannot decode an object");
        }
        object.ok()
    }

    /// As [`Opened::open`], or why it cannot be decoded; does not count as a read.
    pub(crate) fn decoded(&self, packed: &Arc<Packed<K>>, len: usize) -> Result<Arc<K>, String> {
        let mut opened = packed.opened.lock();
        if let Some(object) = &*opened {
            return Ok(Arc::clone(object));
        }
        let object = K::from_shared(&packed.object).map_err(|error| error.to_string())?;
        *opened = Some(Arc::clone(&object));
        drop(opened);
        self.keep(packed, len);
        Ok(object)
    }

    fn keep(&self, packed: &Arc<Packed<K>>, len: usize) {
        let mut kept = self.kept.lock();
        kept.queue.push_back(Arc::downgrade(packed));
        kept.decoded += 1;
        if kept.decoded > OFTEN * len && kept.since.elapsed() < SPAN {
            kept.most = kept.most.max(len);
        }
        self.span(&mut kept);
        let most = kept.most;
        kept.let_go(most, LOOKED_AT);
    }

    /// Lets go of what is no longer read; to be called now and then.
    pub(crate) fn tend(&self) {
        let mut kept = self.kept.lock();
        self.span(&mut kept);
        let most = kept.most;
        kept.let_go(most, LOOKED_AT);
    }

    /// Begins to count anew when the time is over.
    fn span(&self, kept: &mut Kept<K>) {
        if kept.since.elapsed() < SPAN {
            return;
        }
        kept.since = Instant::now();
        kept.decoded = 0;
        if self.reads.swap(0, Ordering::Relaxed) < OFTEN * kept.most {
            kept.most = KEPT;
        }
    }
}

impl<K> Kept<K> {
    /// Goes on until no more than `most` are kept, or so many were looked at
    /// that somebody holds.
    fn let_go(&mut self, most: usize, looks: usize) {
        let mut held = 0;
        while self.queue.len() > most && held < looks {
            let Some(packed) = self.queue.pop_front() else {
                return;
            };
            let Some(whole) = packed.upgrade() else {
                continue;
            };
            let mut opened = whole.opened.lock();
            if opened
                .as_ref()
                .is_some_and(|object| Arc::strong_count(object) > 1)
            {
                // It takes no room of its own as long as somebody holds it.
                drop(opened);
                self.queue.push_back(packed);
                held += 1;
            } else {
                *opened = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_api::core::v1::ConfigMap;
    use skeg_meta::ObjectMeta;

    fn packed(at: usize) -> Arc<Packed<ConfigMap>> {
        let map = ConfigMap {
            metadata: ObjectMeta::named("n", format!("m-{at}")),
            ..ConfigMap::default()
        };
        let mut raw = Vec::new();
        skeg_schema::message_to_protobuf(&map, &mut raw);
        let object = SharedObject::from_wire::<ConfigMap>(&raw).unwrap();
        match Held::packed(object) {
            Held::Packed(packed) => packed,
            Held::Whole(_) | Held::Unreadable(_) => unreachable!("it is packed"),
        }
    }

    #[test]
    fn one_decoded_object_for_all_who_hold_it() {
        let opened = Opened::default();
        let many: Vec<_> = (0..3 * KEPT).map(packed).collect();
        let first = opened.open(&many[0], many.len()).unwrap();
        assert_eq!(first.metadata.name, "m-0");
        for packed in &many {
            opened.open(packed, many.len()).unwrap();
        }
        // Nobody holds the second, which was read long ago; somebody holds the first.
        assert!(many[1].opened.lock().is_none());
        let again = opened.open(&many[0], many.len()).unwrap();
        assert!(Arc::ptr_eq(&first, &again));
        let decoded = |many: &[Arc<Packed<ConfigMap>>]| {
            many.iter()
                .filter(|one| one.opened.lock().is_some())
                .count()
        };
        assert!(decoded(&many) <= KEPT + 1, "{}", decoded(&many));
        // Who reads everything all the time finds it decoded.
        for _ in 0..4 {
            for packed in &many {
                opened.open(packed, many.len()).unwrap();
            }
        }
        assert_eq!(decoded(&many), many.len());
    }
}
