//! Watches of the embedded engine. A watch has no queue: it remembers the
//! first revision that it has not delivered, and reads the history from there.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};

use futures::task::AtomicWaker;
use parking_lot::Mutex;

use crate::engine::Shared;
use crate::memory::State;
use crate::{Error, Event, KeyRange, Result, Revision, WatchBatch, WatchSource};

/// A batch ends after the revision that fills it.
const BATCH_EVENTS_MAX: usize = 1024;

/// Revisions that are looked at in one hold of the state's lock.
const SCAN_REVISIONS_MAX: u64 = 4096;

/// What the writer sees of a watch.
pub(crate) struct Watcher {
    range: KeyRange,
    /// The first revision with events for this watch that are not delivered
    /// yet; 0 is none. Set under the state's write lock, cleared under its read
    /// lock.
    pending: AtomicU64,
    progress: AtomicBool,
    waker: AtomicWaker,
}

/// All watches of a store.
#[derive(Default)]
pub(crate) struct Watchers(Mutex<Vec<Arc<Watcher>>>);

impl Watchers {
    /// Notes what has happened; the caller holds the state's write lock.
    /// Returns whom to wake once it does not any more.
    pub(crate) fn note<'a>(&self, events: impl Iterator<Item = &'a Event>) -> Vec<Arc<Watcher>> {
        let watchers = self.0.lock();
        let mut woken = Vec::new();
        if watchers.is_empty() {
            return woken;
        }
        for event in events {
            for watcher in watchers.iter() {
                if watcher.pending.load(Ordering::Relaxed) == 0
                    && watcher.range.contains(&event.kv.key)
                {
                    watcher.pending.store(event.revision(), Ordering::Relaxed);
                    woken.push(watcher.clone());
                }
            }
        }
        woken
    }

    pub(crate) fn wake_all(&self) {
        // Waking may drop a watch, which takes the lock.
        let watchers = self.0.lock().clone();
        for watcher in watchers {
            watcher.waker.wake();
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.lock().len()
    }
}

impl Watcher {
    /// Wakes whoever waits, unless everything has been read meanwhile.
    pub(crate) fn wake_if_behind(&self) {
        if self.pending.load(Ordering::Relaxed) != 0 {
            self.waker.wake();
        }
    }
}

/// The reader's end.
pub(crate) struct Source {
    shared: Arc<Shared>,
    watcher: Arc<Watcher>,
    from: Revision,
}

impl Source {
    /// Begins to watch; the caller holds the state's lock, so that nothing
    /// happens in between.
    pub(crate) fn new(
        shared: &Arc<Shared>,
        state: &State,
        range: KeyRange,
        from: Revision,
    ) -> Result<Source> {
        let from = if from == crate::LATEST {
            state.revision + 1
        } else {
            from
        };
        if from <= state.compacted {
            return Err(Error::Compacted {
                requested: from,
                compacted: state.compacted,
            });
        }
        let pending = if from <= state.revision { from } else { 0 };
        let watcher = Arc::new(Watcher {
            range,
            pending: AtomicU64::new(pending),
            progress: AtomicBool::new(false),
            waker: AtomicWaker::new(),
        });
        shared.watchers.0.lock().push(watcher.clone());
        Ok(Source {
            shared: shared.clone(),
            watcher,
            from,
        })
    }

    /// The next batch that is there, if any.
    fn read(&mut self) -> Poll<Option<Result<WatchBatch>>> {
        loop {
            let state = self.shared.state.read();
            if self.shared.is_closed() {
                return Poll::Ready(None);
            }
            let pending = self.watcher.pending.load(Ordering::Relaxed);
            if pending != 0 {
                let start = pending.max(self.from);
                if start <= state.compacted {
                    let compacted = state.compacted;
                    return Poll::Ready(Some(Err(Error::Compacted {
                        requested: start,
                        compacted,
                    })));
                }
                let (events, next) = self.scan(&state, start);
                let ended = next > state.revision;
                self.watcher
                    .pending
                    .store(if ended { 0 } else { next }, Ordering::Relaxed);
                if !events.is_empty() {
                    let revision = next - 1;
                    return Poll::Ready(Some(Ok(WatchBatch { revision, events })));
                }
                if !ended {
                    continue;
                }
            }
            if self.watcher.progress.swap(false, Ordering::Relaxed) {
                let revision = state.revision;
                return Poll::Ready(Some(Ok(WatchBatch {
                    revision,
                    events: Vec::new(),
                })));
            }
            return Poll::Pending;
        }
    }

    /// Events of some revisions from `start` on, and the first one not looked
    /// at.
    fn scan(&self, state: &State, start: Revision) -> (Vec<Event>, Revision) {
        let mut events = Vec::new();
        let mut next = start;
        let end = state.revision.min(start.saturating_add(SCAN_REVISIONS_MAX));
        while next <= end && events.len() < BATCH_EVENTS_MAX {
            let of_range = state
                .events(next)
                .iter()
                .filter(|event| self.watcher.range.contains(&event.kv.key));
            events.extend(of_range.cloned());
            next += 1;
        }
        (events, next.max(start))
    }
}

impl WatchSource for Source {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<WatchBatch>>> {
        let ready = self.read();
        if ready.is_ready() {
            return ready;
        }
        self.watcher.waker.register(cx.waker());
        // What came before the waker was there would be missed.
        self.read()
    }

    fn try_next(&mut self) -> Option<WatchBatch> {
        match self.read() {
            Poll::Ready(Some(Ok(batch))) => Some(batch),
            // It will be found again.
            _ => None,
        }
    }

    fn request_progress(&mut self) {
        self.watcher.progress.store(true, Ordering::Relaxed);
        self.watcher.waker.wake();
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        let mut watchers = self.shared.watchers.0.lock();
        if let Some(index) = watchers
            .iter()
            .position(|other| Arc::ptr_eq(other, &self.watcher))
        {
            watchers.swap_remove(index);
        }
    }
}
