//! The work queue: each item once, by one worker at a time.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};
use std::hash::Hash;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::clock::Clock;

/// What can be queued.
pub trait QueueItem: Clone + Eq + Hash + Ord + Send + Sync + 'static {}

impl<T: Clone + Eq + Hash + Ord + Send + Sync + 'static> QueueItem for T {}

/// How long an item that fails waits: twice as long each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// After the first failure.
    pub first: Duration,
    /// At most.
    pub max: Duration,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(5),
            max: Duration::from_secs(1000),
        }
    }
}

impl RateLimit {
    fn pause(self, failures: u32) -> Duration {
        let factor = 1u32
            .checked_shl(failures)
            .filter(|_| failures < 31)
            .unwrap_or(u32::MAX);
        self.first.saturating_mul(factor).min(self.max)
    }
}

/// A queue of work. Cheap to clone; the clones are one queue.
///
/// An item that is added several times before a worker takes it is there once.
/// An item that is added while a worker has it comes again when that worker is
/// done, so that no two workers have the same item. The queue holds as many
/// items as differ, which is its bound. While nothing is due it holds no timer.
pub struct WorkQueue<T: QueueItem> {
    inner: Arc<Inner<T>>,
}

impl<T: QueueItem> Clone for WorkQueue<T> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

struct Inner<T: QueueItem> {
    clock: Arc<dyn Clock>,
    limit: RateLimit,
    state: Mutex<State<T>>,
    /// Wakes one worker for one item.
    ready: Notify,
}

struct State<T: QueueItem> {
    queue: VecDeque<T>,
    /// Wanted, whether in the queue or to be queued when its worker is done.
    dirty: HashSet<T>,
    processing: HashSet<T>,
    delayed: BinaryHeap<Reverse<(Duration, T)>>,
    /// When a delayed item is due; entries of the heap that differ are stale.
    due: HashMap<T, Duration>,
    failures: HashMap<T, u32>,
    stopping: bool,
}

impl<T: QueueItem> State<T> {
    fn add(&mut self, item: T) -> bool {
        if self.stopping || !self.dirty.insert(item.clone()) {
            return false;
        }
        if self.processing.contains(&item) {
            return false;
        }
        self.queue.push_back(item);
        true
    }

    /// Moves what is due into the queue; when the next will be.
    fn promote(&mut self, now: Duration) -> (usize, Option<Duration>) {
        let mut moved = 0;
        while let Some(Reverse((at, item))) = self.delayed.peek() {
            if self.due.get(item) != Some(at) {
                self.delayed.pop();
                continue;
            }
            if *at > now {
                return (moved, Some(*at));
            }
            let Some(Reverse((_, item))) = self.delayed.pop() else {
                break;
            };
            self.due.remove(&item);
            moved += usize::from(self.add(item));
        }
        (moved, None)
    }
}

impl<T: QueueItem> WorkQueue<T> {
    /// A queue with the usual rate limit: 5 ms after the first failure, 1000 s at most.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with_limit(clock, RateLimit::default())
    }

    /// A queue with another rate limit.
    #[must_use]
    pub fn with_limit(clock: Arc<dyn Clock>, limit: RateLimit) -> Self {
        let state = State {
            queue: VecDeque::new(),
            dirty: HashSet::new(),
            processing: HashSet::new(),
            delayed: BinaryHeap::new(),
            due: HashMap::new(),
            failures: HashMap::new(),
            stopping: false,
        };
        Self {
            inner: Arc::new(Inner {
                clock,
                limit,
                state: Mutex::new(state),
                ready: Notify::new(),
            }),
        }
    }

    /// Adds an item.
    pub fn add(&self, item: T) {
        if self.inner.state.lock().add(item) {
            self.inner.ready.notify_one();
        }
    }

    /// Adds an item in a while. If it is to come earlier already, it does.
    pub fn add_after(&self, item: T, pause: Duration) {
        if pause.is_zero() {
            return self.add(item);
        }
        let mut state = self.inner.state.lock();
        if state.stopping {
            return;
        }
        let at = self.inner.clock.monotonic() + pause;
        if state.due.get(&item).is_some_and(|&due| due <= at) {
            return;
        }
        state.due.insert(item.clone(), at);
        state.delayed.push(Reverse((at, item)));
        drop(state);
        // Somebody must wait for it.
        self.inner.ready.notify_one();
    }

    /// Adds an item that has failed: the later, the more often it has.
    pub fn add_rate_limited(&self, item: T) {
        let pause = {
            let mut state = self.inner.state.lock();
            let failures = state.failures.entry(item.clone()).or_insert(0);
            let pause = self.inner.limit.pause(*failures);
            *failures = failures.saturating_add(1);
            pause
        };
        self.add_after(item, pause);
    }

    /// Forgets that an item has failed.
    pub fn forget(&self, item: &T) {
        self.inner.state.lock().failures.remove(item);
    }

    /// How often an item has failed since it was forgotten.
    #[must_use]
    pub fn failures(&self, item: &T) -> u32 {
        self.inner
            .state
            .lock()
            .failures
            .get(item)
            .copied()
            .unwrap_or(0)
    }

    /// How many items wait to be taken, without those that are delayed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inner.state.lock().queue.len()
    }

    /// Whether no item waits to be taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes no more items and lets workers finish: [`WorkQueue::next`] gives
    /// what is queued, then nothing.
    pub fn shut_down(&self) {
        let mut state = self.inner.state.lock();
        state.stopping = true;
        state.delayed.clear();
        state.due.clear();
        drop(state);
        self.inner.ready.notify_waiters();
        self.inner.ready.notify_one();
    }

    /// The next item, when there is one; none once the queue has been shut down.
    ///
    /// Dropping the future takes nothing.
    pub async fn next(&self) -> Option<Work<T>> {
        loop {
            let notified = self.inner.ready.notified();
            tokio::pin!(notified);
            notified.as_mut().enable();
            let (taken, next_due, more) = {
                let mut state = self.inner.state.lock();
                let (_, next_due) = state.promote(self.inner.clock.monotonic());
                let taken = state.queue.pop_front();
                if let Some(item) = &taken {
                    state.dirty.remove(item);
                    state.processing.insert(item.clone());
                } else if state.stopping {
                    drop(state);
                    self.inner.ready.notify_one();
                    return None;
                }
                (
                    taken,
                    next_due,
                    !state.queue.is_empty() || next_due.is_some(),
                )
            };
            if let Some(item) = taken {
                // This call may have eaten the wake-up of another item, or of a timer to wait for.
                if more {
                    self.inner.ready.notify_one();
                }
                return Some(Work {
                    item,
                    queue: self.clone(),
                });
            }
            match next_due {
                None => notified.await,
                Some(at) => {
                    let pause = at.saturating_sub(self.inner.clock.monotonic());
                    tokio::select! {
                        () = notified => {}
                        () = self.inner.clock.sleep(pause) => {}
                    }
                }
            }
        }
    }

    fn done(&self, item: &T) {
        let mut state = self.inner.state.lock();
        state.processing.remove(item);
        if state.dirty.contains(item) {
            state.queue.push_back(item.clone());
            drop(state);
            self.inner.ready.notify_one();
        }
    }
}

/// An item that a worker has. Dropping it says that the worker is done.
pub struct Work<T: QueueItem> {
    item: T,
    queue: WorkQueue<T>,
}

impl<T: QueueItem> Deref for Work<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.item
    }
}

impl<T: QueueItem> Drop for Work<T> {
    fn drop(&mut self) {
        self.queue.done(&self.item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use futures::FutureExt;

    fn queue() -> (ManualClock, WorkQueue<&'static str>) {
        let clock = ManualClock::new();
        let queue = WorkQueue::new(clock.shared());
        (clock, queue)
    }

    fn take(queue: &WorkQueue<&'static str>) -> Option<Work<&'static str>> {
        queue.next().now_or_never().flatten()
    }

    #[tokio::test]
    async fn an_item_is_there_once() {
        let (_, queue) = queue();
        queue.add("a");
        queue.add("b");
        queue.add("a");
        assert_eq!(*take(&queue).expect("a"), "a");
        assert_eq!(*take(&queue).expect("b"), "b");
        assert!(take(&queue).is_none());
    }

    #[tokio::test]
    async fn no_two_workers_have_the_same_item() {
        let (_, queue) = queue();
        queue.add("a");
        let first = take(&queue).expect("a");
        queue.add("a");
        assert!(take(&queue).is_none(), "another worker got it");
        drop(first);
        assert_eq!(*take(&queue).expect("a again"), "a");
        assert!(take(&queue).is_none());
    }

    #[tokio::test]
    async fn the_earlier_time_counts() {
        let (clock, queue) = queue();
        queue.add_after("a", Duration::from_secs(5));
        queue.add_after("a", Duration::from_secs(2));
        queue.add_after("a", Duration::from_secs(9));
        assert!(take(&queue).is_none());
        clock.advance(Duration::from_secs(2));
        drop(take(&queue).expect("after 2 s"));
        clock.advance(Duration::from_secs(20));
        assert!(take(&queue).is_none(), "it comes once");
    }

    #[tokio::test]
    async fn a_sleeping_worker_is_woken() {
        let (clock, queue) = queue();
        let worker = tokio::spawn({
            let queue = queue.clone();
            async move { queue.next().await.map(|work| *work) }
        });
        queue.add_after("a", Duration::from_secs(3));
        while clock.sleepers() == 0 {
            tokio::task::yield_now().await;
        }
        clock.advance(Duration::from_secs(3));
        assert_eq!(worker.await.expect("worker"), Some("a"));
        assert_eq!(clock.sleepers(), 0, "an idle queue holds no timer");
    }

    #[tokio::test]
    async fn failures_wait_longer_and_longer() {
        let (clock, queue) = queue();
        for pause in [5, 10, 20, 40] {
            queue.add_rate_limited("a");
            clock.advance(Duration::from_millis(pause - 1));
            assert!(take(&queue).is_none());
            clock.advance(Duration::from_millis(1));
            drop(take(&queue).expect("due"));
        }
        assert_eq!(queue.failures(&"a"), 4);
        queue.forget(&"a");
        assert_eq!(queue.failures(&"a"), 0);
        assert_eq!(RateLimit::default().pause(60), Duration::from_secs(1000));
    }

    #[tokio::test]
    async fn shutting_down_gives_what_is_queued() {
        let (_, queue) = queue();
        queue.add("a");
        queue.add_after("b", Duration::from_secs(1));
        let waiting = tokio::spawn({
            let queue = queue.clone();
            async move {
                let mut seen = Vec::new();
                while let Some(work) = queue.next().await {
                    seen.push(*work);
                }
                seen
            }
        });
        queue.shut_down();
        queue.add("c");
        assert_eq!(waiting.await.expect("worker"), ["a"]);
        assert!(queue.next().await.is_none());
    }
}
