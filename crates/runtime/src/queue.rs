//! The work queue: each item once, by one worker at a time, the urgent first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::hash::Hash;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::limit::{Exponential, RateLimit, RateLimiter};
use crate::metrics::{Metrics, QueueMetrics, QueueState};

/// What can be queued.
pub trait QueueItem: Clone + Eq + Hash + Ord + Send + Sync + 'static {}

impl<T: Clone + Eq + Hash + Ord + Send + Sync + 'static> QueueItem for T {}

/// The priority of what nobody waits for: objects that were there when a
/// controller began, and those that are looked at again now and then.
pub const LOW_PRIORITY: i32 = -100;

/// A queue of work. Cheap to clone; the clones are one queue.
///
/// An item that is added several times before a worker takes it is there once,
/// with the highest of its priorities. An item that is added while a worker has
/// it comes again when that worker is done, so that no two workers have the
/// same item. Items of higher priority come first, those of one priority in
/// the order in which they were added. The queue holds as many items as differ,
/// which is its bound. While nothing is due it holds no timer.
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
    limiter: Box<dyn RateLimiter<T>>,
    metrics: OnceLock<QueueMetrics>,
    /// Where what it does is to be shown, once its controller has a name.
    registry: Option<Metrics>,
    state: Mutex<State<T>>,
    /// Wakes one worker for one item.
    ready: Notify,
    /// Wakes whoever waits until nothing is left.
    idle: Notify,
}

/// Urgent first, then in the order of coming.
type Place = (Reverse<i32>, u64);

/// An item that is wanted, whether in the queue or to be queued when its
/// worker is done.
struct Wanted {
    priority: i32,
    serial: u64,
    since: Duration,
    queued: bool,
}

struct Due {
    at: Duration,
    priority: i32,
}

struct State<T: QueueItem> {
    queue: BTreeMap<Place, T>,
    wanted: HashMap<T, Wanted>,
    /// What workers have, and since when.
    processing: HashMap<T, Duration>,
    delayed: BinaryHeap<Reverse<(Duration, T)>>,
    /// When a delayed item is due; entries of the heap that differ are stale.
    due: HashMap<T, Due>,
    serial: u64,
    stopping: bool,
}

impl<T: QueueItem> State<T> {
    /// Whether there is one more item to be taken.
    fn add(&mut self, item: T, priority: i32, now: Duration) -> bool {
        if self.stopping {
            return false;
        }
        if let Some(wanted) = self.wanted.get_mut(&item) {
            if wanted.priority < priority {
                let place = (Reverse(wanted.priority), wanted.serial);
                wanted.priority = priority;
                if let Some(item) = self.queue.remove(&place) {
                    self.queue.insert((Reverse(priority), wanted.serial), item);
                }
            }
            return false;
        }
        let serial = self.serial;
        self.serial += 1;
        let queued = !self.processing.contains_key(&item);
        if queued {
            self.queue.insert((Reverse(priority), serial), item.clone());
        }
        let wanted = Wanted {
            priority,
            serial,
            since: now,
            queued,
        };
        self.wanted.insert(item, wanted);
        queued
    }

    /// Moves what is due into the queue; how much that was, and when the next will be.
    fn promote(&mut self, now: Duration) -> (u64, Option<Duration>) {
        let mut moved = 0;
        while let Some(Reverse((at, item))) = self.delayed.peek() {
            if self.due.get(item).is_none_or(|due| due.at != *at) {
                self.delayed.pop();
                continue;
            }
            if *at > now {
                return (moved, Some(*at));
            }
            let Some(Reverse((_, item))) = self.delayed.pop() else {
                break;
            };
            let priority = self.due.remove(&item).map_or(0, |due| due.priority);
            moved += 1;
            self.add(item, priority, now);
        }
        (moved, None)
    }

    /// The most urgent item, its priority, and since when it has waited.
    fn take(&mut self, now: Duration) -> Option<(T, i32, Duration)> {
        let ((Reverse(priority), _), item) = self.queue.pop_first()?;
        let wanted = self.wanted.remove(&item);
        self.processing.insert(item.clone(), now);
        Some((item, priority, wanted.map_or(now, |wanted| wanted.since)))
    }

    fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.processing.is_empty()
    }
}

impl<T: QueueItem> WorkQueue<T> {
    /// A queue with the usual rate limit: 5 ms after the first failure, 1000 s at most.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with_limit(clock, RateLimit::default())
    }

    /// A queue whose items wait twice as long each time they fail, within these bounds.
    #[must_use]
    pub fn with_limit(clock: Arc<dyn Clock>, limit: RateLimit) -> Self {
        Self::with_limiter(clock, Box::new(Exponential::new(limit)))
    }

    /// A queue with a rate limit of one's own.
    #[must_use]
    pub fn with_limiter(clock: Arc<dyn Clock>, limiter: Box<dyn RateLimiter<T>>) -> Self {
        Self::made(clock, limiter, None)
    }

    /// A queue with the usual limit, that is shown in metrics under the name of
    /// the controller that gets it.
    #[must_use]
    pub fn shown_in(clock: Arc<dyn Clock>, metrics: Option<Metrics>) -> Self {
        let limiter = Box::new(Exponential::new(RateLimit::default()));
        Self::made(clock, limiter, metrics)
    }

    fn made(
        clock: Arc<dyn Clock>,
        limiter: Box<dyn RateLimiter<T>>,
        registry: Option<Metrics>,
    ) -> Self {
        let state = State {
            queue: BTreeMap::new(),
            wanted: HashMap::new(),
            processing: HashMap::new(),
            delayed: BinaryHeap::new(),
            due: HashMap::new(),
            serial: 0,
            stopping: false,
        };
        Self {
            inner: Arc::new(Inner {
                clock,
                limiter,
                metrics: OnceLock::new(),
                registry,
                state: Mutex::new(state),
                ready: Notify::new(),
                idle: Notify::new(),
            }),
        }
    }

    /// Shows what the queue does in metrics, under a name. The first call counts.
    pub fn measure(&self, metrics: &Metrics, name: &str) {
        let weak = Arc::downgrade(&self.inner);
        let state = move || weak.upgrade().map(|inner| inner.report());
        let _ = self
            .inner
            .metrics
            .set(QueueMetrics::new(metrics, name, state));
    }

    /// Shows it where it was made to be shown.
    pub(crate) fn named(&self, name: &str) {
        if let Some(registry) = &self.inner.registry {
            self.measure(registry, name);
        }
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    fn counted(&self, count: impl FnOnce(&QueueMetrics)) {
        if let Some(metrics) = self.inner.metrics.get() {
            count(metrics);
        }
    }

    /// Adds an item.
    pub fn add(&self, item: T) {
        self.add_with_priority(item, 0);
    }

    /// Adds an item that is more urgent than others, or less.
    pub fn add_with_priority(&self, item: T, priority: i32) {
        self.counted(|metrics| metrics.adds.inc());
        let now = self.inner.clock.monotonic();
        if self.inner.state.lock().add(item, priority, now) {
            self.inner.ready.notify_one();
        }
    }

    /// Adds an item in a while. If it is to come earlier already, it does.
    pub fn add_after(&self, item: T, pause: Duration) {
        self.add_after_with_priority(item, pause, 0);
    }

    /// Adds an item in a while, with a priority.
    pub fn add_after_with_priority(&self, item: T, pause: Duration, priority: i32) {
        if pause.is_zero() {
            return self.add_with_priority(item, priority);
        }
        let mut state = self.inner.state.lock();
        if state.stopping {
            return;
        }
        let at = self.inner.clock.monotonic().saturating_add(pause);
        if let Some(due) = state.due.get_mut(&item) {
            due.priority = due.priority.max(priority);
            if due.at <= at {
                return;
            }
            due.at = at;
        } else {
            state.due.insert(item.clone(), Due { at, priority });
        }
        state.delayed.push(Reverse((at, item)));
        drop(state);
        // Somebody must wait for it.
        self.inner.ready.notify_one();
    }

    /// Adds an item that has failed: the later, the more often it has.
    pub fn add_rate_limited(&self, item: T) {
        self.add_rate_limited_with_priority(item, 0);
    }

    /// Adds an item that has failed, with a priority.
    pub fn add_rate_limited_with_priority(&self, item: T, priority: i32) {
        self.counted(|metrics| metrics.retries.inc());
        let now = self.inner.clock.monotonic();
        let pause = self.inner.limiter.pause(&item, now);
        self.add_after_with_priority(item, pause, priority);
    }

    /// Forgets that an item has failed.
    pub fn forget(&self, item: &T) {
        self.inner.limiter.forget(item);
    }

    /// How often an item has failed since it was forgotten.
    #[must_use]
    pub fn failures(&self, item: &T) -> u32 {
        self.inner.limiter.failures(item)
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

    /// Takes no more items, and waits until workers have done all there are.
    /// Dropping the future leaves the queue shut down.
    pub async fn drain(&self) {
        self.shut_down();
        loop {
            let idle = self.inner.idle.notified();
            tokio::pin!(idle);
            idle.as_mut().enable();
            if self.inner.state.lock().is_idle() {
                return;
            }
            idle.await;
        }
    }

    /// The next item, when there is one; none once the queue has been shut down.
    ///
    /// Dropping the future takes nothing.
    pub async fn next(&self) -> Option<Work<T>> {
        loop {
            let notified = self.inner.ready.notified();
            tokio::pin!(notified);
            notified.as_mut().enable();
            let now = self.inner.clock.monotonic();
            let (taken, next_due, more) = {
                let mut state = self.inner.state.lock();
                let (moved, next_due) = state.promote(now);
                if moved > 0 {
                    self.counted(|metrics| metrics.adds.add(moved));
                }
                let taken = state.take(now);
                if taken.is_none() && state.stopping {
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
            if let Some((item, priority, since)) = taken {
                // This call may have eaten the wake-up of another item, or of a timer to wait for.
                if more {
                    self.inner.ready.notify_one();
                }
                self.counted(|metrics| {
                    let waited = now.saturating_sub(since);
                    metrics.waited.observe(waited.as_secs_f64());
                });
                return Some(Work {
                    item,
                    priority,
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
        let begun = state.processing.remove(item);
        let mut ready = false;
        if let Some(wanted) = state.wanted.get_mut(item)
            && !wanted.queued
        {
            wanted.queued = true;
            let place = (Reverse(wanted.priority), wanted.serial);
            state.queue.insert(place, item.clone());
            ready = true;
        }
        let idle = state.is_idle();
        drop(state);
        if ready {
            self.inner.ready.notify_one();
        }
        if idle {
            self.inner.idle.notify_waiters();
        }
        if let (Some(begun), Some(metrics)) = (begun, self.inner.metrics.get()) {
            let worked = self.inner.clock.monotonic().saturating_sub(begun);
            metrics.worked.observe(worked.as_secs_f64());
        }
    }
}

impl<T: QueueItem> Inner<T> {
    fn report(&self) -> QueueState {
        let state = self.state.lock();
        let mut waiting: BTreeMap<i32, usize> = BTreeMap::from([(0, 0)]);
        for (Reverse(priority), _) in state.queue.keys() {
            *waiting.entry(*priority).or_default() += 1;
        }
        let now = self.clock.monotonic();
        let worked = |since: &Duration| now.saturating_sub(*since).as_secs_f64();
        QueueState {
            waiting: waiting.into_iter().collect(),
            // A sum of nothing is -0.
            unfinished: state.processing.values().map(worked).sum::<f64>() + 0.0,
            longest: state.processing.values().map(worked).fold(0.0, f64::max),
        }
    }
}

/// An item that a worker has. Dropping it says that the worker is done.
pub struct Work<T: QueueItem> {
    item: T,
    priority: i32,
    queue: WorkQueue<T>,
}

impl<T: QueueItem> Work<T> {
    /// The priority with which the item was taken.
    #[must_use]
    pub fn priority(&self) -> i32 {
        self.priority
    }
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

    #[tokio::test]
    async fn the_urgent_comes_first() {
        let (clock, queue) = queue();
        for item in ["old 1", "old 2", "old 3"] {
            queue.add_with_priority(item, LOW_PRIORITY);
        }
        queue.add("new");
        queue.add("old 3");
        queue.add_with_priority("old 1", LOW_PRIORITY - 1);
        queue.add_after_with_priority("late", Duration::from_secs(1), 7);
        clock.advance(Duration::from_secs(1));
        let mut seen = Vec::new();
        while let Some(work) = take(&queue) {
            seen.push((*work, work.priority()));
        }
        let low = LOW_PRIORITY;
        let expect = [
            ("late", 7),
            ("old 3", 0),
            ("new", 0),
            ("old 1", low),
            ("old 2", low),
        ];
        assert_eq!(seen, expect, "what was raised keeps its place in time");
    }

    #[tokio::test]
    async fn draining_waits_for_the_workers() {
        let (_, queue) = queue();
        queue.add("a");
        queue.add("b");
        let first = take(&queue).expect("a");
        let mut drained = std::pin::pin!(queue.drain());
        assert!(futures::poll!(drained.as_mut()).is_pending());
        drop(first);
        assert!(futures::poll!(drained.as_mut()).is_pending(), "b waits");
        drop(take(&queue).expect("b"));
        drained.await;
    }

    #[tokio::test]
    async fn measured() {
        let (clock, queue) = queue();
        let metrics = Metrics::new();
        queue.measure(&metrics, "q");
        queue.add("a");
        queue.add_with_priority("b", LOW_PRIORITY);
        queue.add_rate_limited("c");
        clock.advance(Duration::from_secs(2));
        let work = take(&queue).expect("a");
        clock.advance(Duration::from_secs(3));
        let text = metrics.render();
        let labels = "name=\"q\",controller=\"q\"";
        for line in [
            format!("workqueue_adds_total{{{labels}}} 3"),
            format!("workqueue_retries_total{{{labels}}} 1"),
            format!("workqueue_depth{{{labels},priority=\"-100\"}} 1"),
            format!("workqueue_depth{{{labels},priority=\"0\"}} 1"),
            format!("workqueue_unfinished_work_seconds{{{labels}}} 3"),
            format!("workqueue_queue_duration_seconds_bucket{{{labels},le=\"1\"}} 0"),
            format!("workqueue_queue_duration_seconds_bucket{{{labels},le=\"10\"}} 1"),
        ] {
            assert!(text.contains(&line), "{line} in\n{text}");
        }
        drop(work);
        let done = format!("workqueue_work_duration_seconds_count{{{labels}}} 1");
        assert!(metrics.render().contains(&done));
    }
}
