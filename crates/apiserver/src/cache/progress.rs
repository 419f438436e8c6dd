//! How far a cache is, and those who wait until it is further.

use parking_lot::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::oneshot;

/// The revision that a cache has reached.
#[derive(Default)]
pub struct Progress {
    reached: AtomicU64,
    waiting: Mutex<Vec<(u64, oneshot::Sender<()>)>>,
}

impl Progress {
    /// The cache has everything up to `revision`.
    pub fn reach(&self, revision: u64) {
        let mut waiting = self.waiting.lock();
        self.reached.store(revision, Ordering::Release);
        let mut at = 0;
        while at < waiting.len() {
            if waiting[at].0 <= revision || waiting[at].1.is_closed() {
                let (_, waiter) = waiting.swap_remove(at);
                // Who gave up need not be told.
                let _ = waiter.send(());
            } else {
                at += 1;
            }
        }
    }

    /// Whether the cache has everything up to `revision`.
    pub fn has(&self, revision: u64) -> bool {
        self.reached.load(Ordering::Acquire) >= revision
    }

    /// Whether the cache has everything up to `revision`; else what tells when
    /// it has.
    pub fn wait(&self, revision: u64) -> Option<oneshot::Receiver<()>> {
        if self.has(revision) {
            return None;
        }
        let mut waiting = self.waiting.lock();
        if self.reached.load(Ordering::Acquire) >= revision {
            return None;
        }
        let (sender, receiver) = oneshot::channel();
        waiting.push((revision, sender));
        Some(receiver)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_is_told_once_it_is_there() {
        let progress = Progress::default();
        progress.reach(5);
        assert!(progress.wait(5).is_none());
        let mut late = progress.wait(8).expect("must wait");
        let soon = progress.wait(6).expect("must wait");
        progress.reach(7);
        soon.await.expect("told");
        assert!(late.try_recv().is_err());
        progress.reach(8);
        late.await.expect("told");
    }
}
