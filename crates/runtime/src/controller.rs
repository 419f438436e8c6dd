//! The controller loop: takes names from a queue and reconciles them.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use skeg_client::BoxError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::metrics::{ControllerMetrics, Metrics};
use crate::queue::{QueueItem, Work, WorkQueue};

/// When an object is to be reconciled next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// When something happens.
    Done,
    /// In a while, or when something happens before; as urgently as this time.
    After(Duration),
    /// The same with a priority of its own: above 0 before what others wait
    /// for, [`LOW_PRIORITY`](crate::LOW_PRIORITY) when nobody does.
    AfterWithPriority(Duration, i32),
}

/// Why a reconcile failed, and whether trying again helps. Every error becomes
/// one by `?`, and is then worth another try.
#[derive(Debug)]
pub struct ReconcileError {
    source: BoxError,
    retry: bool,
    priority: Option<i32>,
}

impl ReconcileError {
    fn new(source: BoxError, retry: bool) -> Self {
        Self {
            source,
            retry,
            priority: None,
        }
    }

    /// Trying again may help.
    #[must_use]
    pub fn retry(source: impl Into<BoxError>) -> Self {
        Self::new(source.into(), true)
    }

    /// Trying again does not help until something changes.
    #[must_use]
    pub fn terminal(source: impl Into<BoxError>) -> Self {
        Self::new(source.into(), false)
    }

    /// Tries again with this priority, in place of the one of this time.
    #[must_use]
    pub fn with_priority(mut self, priority: i32) -> Self {
        self.priority = Some(priority);
        self
    }

    /// Whether trying again may help.
    #[must_use]
    pub fn helps_to_retry(&self) -> bool {
        self.retry
    }

    /// The cause, as a certain type of error.
    #[must_use]
    pub fn downcast_ref<E: std::error::Error + 'static>(&self) -> Option<&E> {
        self.source.downcast_ref()
    }

    /// Whether the cause is a write that came too late: expected now and then.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.downcast_ref::<skeg_client::Error>()
            .is_some_and(skeg_client::Error::is_conflict)
    }
}

impl fmt::Display for ReconcileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.source)?;
        let mut cause = self.source.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for ReconcileError {
    fn from(error: E) -> Self {
        Self::new(Box::new(error), true)
    }
}

/// How a [`ReconcileError`] travels as any error does, so that functions which
/// return `anyhow::Error` or boxes may give one.
struct Carried(ReconcileError);

impl fmt::Debug for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.source, f)
    }
}

impl std::error::Error for Carried {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.source()
    }
}

impl From<ReconcileError> for BoxError {
    fn from(error: ReconcileError) -> Self {
        Box::new(Carried(error))
    }
}

impl ReconcileError {
    /// From whatever a reconcile function gives as its error.
    pub(crate) fn from_any(error: impl Into<BoxError>) -> Self {
        match error.into().downcast::<Carried>() {
            Ok(carried) => carried.0,
            Err(source) => Self::new(source, true),
        }
    }
}

/// A reconcile took longer than it may.
#[derive(Debug, thiserror::Error)]
#[error("a reconcile took longer than {0:?}")]
struct TookTooLong(Duration);

/// Takes items from a queue and reconciles them, several at a time, though
/// never one item twice at a time.
///
/// A reconcile that fails or panics is tried again, later each time. Nothing
/// runs while the queue is empty. This is the loop itself, over any items; what
/// puts them into the queue for a kind, those it owns and others is
/// [`ControllerBuilder`](crate::ControllerBuilder).
pub struct Controller<T: QueueItem> {
    name: Cow<'static, str>,
    queue: WorkQueue<T>,
    workers: usize,
    timeout: Option<Duration>,
    metrics: Option<ControllerMetrics>,
}

impl<T: QueueItem + fmt::Display> Controller<T> {
    /// A controller with one worker.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>, queue: WorkQueue<T>) -> Self {
        let name = name.into();
        queue.named(&name);
        Self {
            name,
            queue,
            workers: 1,
            timeout: None,
            metrics: None,
        }
    }

    /// With so many workers.
    #[must_use]
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers.max(1);
        self
    }

    /// With a bound on how long a reconcile may take. One that takes longer is
    /// dropped where it waits, and has failed.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Counts what it does, and what its queue does.
    #[must_use]
    pub fn measured(mut self, metrics: &Metrics) -> Self {
        self.queue.measure(metrics, &self.name);
        self.metrics = Some(ControllerMetrics::new(metrics, &self.name));
        self
    }

    /// Runs until the token is cancelled and every reconcile that was going on
    /// has ended. Dropping the future lets those go on behind it, and no other
    /// begins.
    pub async fn run<F, R>(self, cancel: CancellationToken, reconcile: F)
    where
        F: Fn(T) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Next, ReconcileError>> + Send + 'static,
    {
        let workers = self.workers;
        if let Some(metrics) = &self.metrics {
            #[allow(clippy::cast_precision_loss, reason = "a count of workers")]
            metrics.workers.set(workers as f64);
        }
        let shared = Arc::new((self, reconcile));
        let cancel = cancel.child_token();
        let _dropped = cancel.clone().drop_guard();
        let tasks = TaskTracker::new();
        for _ in 0..workers {
            let shared = Arc::clone(&shared);
            let cancel = cancel.clone();
            tasks.spawn(async move {
                let (this, reconcile) = &*shared;
                while let Some(Some(work)) = cancel.run_until_cancelled(this.queue.next()).await {
                    this.work_on(&work, reconcile).await;
                }
            });
        }
        tasks.close();
        tasks.wait().await;
        shared.0.queue.shut_down();
    }

    async fn work_on<F, R>(&self, work: &Work<T>, reconcile: &F)
    where
        F: Fn(T) -> R,
        R: Future<Output = Result<Next, ReconcileError>>,
    {
        let item: &T = work;
        let attempt = self.queue.failures(item) + 1;
        let name = &*self.name;
        let span = tracing::debug_span!("reconcile", controller = name, object = %item, attempt);
        let begun = self.metrics.as_ref().map(|metrics| {
            metrics.active.add(1.0);
            self.queue.clock().monotonic()
        });
        // The call itself may panic too, so it happens inside.
        let done = AssertUnwindSafe(async {
            let reconcile = reconcile(item.clone());
            match self.timeout {
                None => reconcile.await,
                Some(timeout) => {
                    tokio::select! {
                        outcome = reconcile => outcome,
                        () = self.queue.clock().sleep(timeout) => {
                            if let Some(metrics) = &self.metrics {
                                metrics.timeouts.inc();
                            }
                            Err(TookTooLong(timeout).into())
                        }
                    }
                }
            }
        });
        let outcome = done.catch_unwind().instrument(span).await;
        if let (Some(metrics), Some(begun)) = (&self.metrics, begun) {
            let took = self.queue.clock().monotonic().saturating_sub(begun);
            metrics.active.add(-1.0);
            metrics.seconds.observe(took.as_secs_f64());
            count(metrics, &outcome);
        }
        self.settle(item.clone(), work.priority(), outcome);
    }

    fn settle(&self, item: T, priority: i32, outcome: Outcome) {
        let (name, queue) = (&*self.name, &self.queue);
        match outcome {
            Ok(Ok(Next::Done)) => queue.forget(&item),
            Ok(Ok(Next::After(pause))) => {
                queue.forget(&item);
                queue.add_after_with_priority(item, pause, priority);
            }
            Ok(Ok(Next::AfterWithPriority(pause, priority))) => {
                queue.forget(&item);
                queue.add_after_with_priority(item, pause, priority);
            }
            Ok(Err(error)) if error.is_conflict() => {
                tracing::debug!(controller = name, object = %item, %error, "came too late");
                queue.add_rate_limited_with_priority(item, error.priority.unwrap_or(priority));
            }
            Ok(Err(error)) if error.helps_to_retry() => {
                tracing::warn!(controller = name, object = %item, %error, "cannot reconcile");
                queue.add_rate_limited_with_priority(item, error.priority.unwrap_or(priority));
            }
            Ok(Err(error)) => {
                tracing::warn!(controller = name, object = %item, %error, "cannot reconcile until something changes");
                queue.forget(&item);
            }
            Err(panic) => {
                let message = panic_message(&*panic);
                tracing::error!(controller = name, object = %item, message, "a reconcile panicked");
                queue.add_rate_limited_with_priority(item, priority);
            }
        }
    }
}

/// What came of a reconcile; the outer error is a panic.
type Outcome = Result<Result<Next, ReconcileError>, Box<dyn Any + Send>>;

/// What somebody said who panicked.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or_default()
}

fn count(metrics: &ControllerMetrics, outcome: &Outcome) {
    match outcome {
        Ok(Ok(Next::Done)) => metrics.success.inc(),
        Ok(Ok(Next::After(_) | Next::AfterWithPriority(..))) => metrics.requeue_after.inc(),
        Ok(Err(error)) => {
            if !error.helps_to_retry() {
                metrics.terminal.inc();
            }
            metrics.error.inc();
            metrics.errors.inc();
        }
        Err(_) => {
            metrics.panics.inc();
            metrics.error.inc();
            metrics.errors.inc();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use parking_lot::Mutex;
    use tokio::sync::Notify;

    struct Rig {
        clock: ManualClock,
        queue: WorkQueue<String>,
        seen: Arc<Mutex<Vec<String>>>,
        changed: Arc<Notify>,
        cancel: CancellationToken,
    }

    impl Rig {
        fn new() -> Self {
            let clock = ManualClock::new();
            let queue = WorkQueue::new(clock.shared());
            Self {
                clock,
                queue,
                seen: Arc::default(),
                changed: Arc::default(),
                cancel: CancellationToken::new(),
            }
        }

        fn start(&self) -> tokio::task::JoinHandle<()> {
            let (seen, changed) = (Arc::clone(&self.seen), Arc::clone(&self.changed));
            let controller = Controller::new("test", self.queue.clone()).workers(2);
            tokio::spawn(controller.run(self.cancel.clone(), move |item: String| {
                let (seen, changed) = (Arc::clone(&seen), Arc::clone(&changed));
                async move {
                    seen.lock().push(item.clone());
                    changed.notify_one();
                    match item.as_str() {
                        "fails" => Err(std::io::Error::other("no"))?,
                        "panics" => panic!("no"),
                        "terminal" => Err(ReconcileError::terminal("no")),
                        "later" => Ok(Next::After(Duration::from_secs(60))),
                        _ => Ok(Next::Done),
                    }
                }
            }))
        }

        async fn seen(&self, count: usize) -> Vec<String> {
            while self.seen.lock().len() < count {
                self.changed.notified().await;
            }
            self.seen.lock().clone()
        }
    }

    async fn settled(rig: &Rig) {
        // The worker holds a timer again once the item has been put back.
        while rig.clock.sleepers() == 0 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn failures_and_panics_come_again() {
        for item in ["fails", "panics", "later"] {
            let rig = Rig::new();
            let running = rig.start();
            rig.queue.add(item.to_owned());
            rig.seen(1).await;
            settled(&rig).await;
            assert_eq!(
                rig.queue.failures(&item.to_owned()),
                u32::from(item != "later")
            );
            rig.clock.advance(Duration::from_secs(60));
            assert_eq!(rig.seen(2).await, [item, item]);
            rig.cancel.cancel();
            running.await.expect("the loop itself does not panic");
        }
    }

    #[tokio::test]
    async fn a_reconcile_says_how_urgent_the_next_is() {
        let rig = Rig::new();
        for item in ["a", "b", "c"] {
            rig.queue.add(item.to_owned());
        }
        let (seen, changed) = (Arc::clone(&rig.seen), Arc::clone(&rig.changed));
        let controller = Controller::new("test", rig.queue.clone());
        let running = tokio::spawn(controller.run(rig.cancel.clone(), move |item: String| {
            seen.lock().push(item.clone());
            changed.notify_one();
            let again = seen.lock().iter().filter(|seen| **seen == item).count() > 1;
            let next = match item.as_str() {
                _ if again => Next::Done,
                "a" => Next::AfterWithPriority(Duration::ZERO, crate::LOW_PRIORITY),
                "b" => Next::AfterWithPriority(Duration::ZERO, 1),
                _ => Next::Done,
            };
            std::future::ready(Ok(next))
        }));
        assert_eq!(rig.seen(5).await, ["a", "b", "b", "c", "a"]);
        rig.cancel.cancel();
        running.await.expect("run");
    }

    #[tokio::test]
    async fn what_cannot_help_is_left() {
        let rig = Rig::new();
        let running = rig.start();
        rig.queue.add("terminal".to_owned());
        rig.seen(1).await;
        rig.queue.add("done".to_owned());
        rig.seen(2).await;
        rig.cancel.cancel();
        running.await.expect("run");
        assert_eq!(rig.clock.sleepers(), 0);
        assert!(rig.queue.is_empty());
    }

    #[tokio::test]
    async fn counted() {
        let rig = Rig::new();
        let metrics = Metrics::new();
        let seen = Arc::clone(&rig.seen);
        let controller = Controller::new("test", rig.queue.clone())
            .measured(&metrics)
            .timeout(Duration::from_secs(9));
        let running = tokio::spawn(controller.run(rig.cancel.clone(), move |item: String| {
            seen.lock().push(item.clone());
            async move {
                match item.as_str() {
                    "hangs" => std::future::pending().await,
                    "panics" => panic!("no"),
                    "terminal" => Err(ReconcileError::terminal("no")),
                    "later" => Ok(Next::After(Duration::from_secs(60))),
                    _ => Ok(Next::Done),
                }
            }
        }));
        for item in ["done", "later", "terminal", "panics", "hangs"] {
            rig.queue.add(item.to_owned());
        }
        while rig.seen.lock().len() < 5 {
            tokio::task::yield_now().await;
        }
        let text = metrics.render();
        assert!(text.contains("controller_runtime_active_workers{controller=\"test\"} 1\n"));
        // Its timer and no other: the only worker has not looked at what is delayed.
        assert_eq!(rig.clock.sleepers(), 1);
        rig.clock.advance(Duration::from_secs(9));
        while rig.seen.lock().len() < 6 {
            tokio::task::yield_now().await;
        }
        rig.cancel.cancel();
        running.await.expect("run");
        let text = metrics.render();
        for line in [
            "controller_runtime_reconcile_total{controller=\"test\",result=\"success\"} 1",
            "controller_runtime_reconcile_total{controller=\"test\",result=\"requeue_after\"} 1",
            "controller_runtime_reconcile_total{controller=\"test\",result=\"requeue\"} 0",
            "controller_runtime_reconcile_panics_total{controller=\"test\"} 2",
            "controller_runtime_reconcile_timeouts_total{controller=\"test\"} 1",
            "controller_runtime_terminal_reconcile_errors_total{controller=\"test\"} 1",
            "controller_runtime_max_concurrent_reconciles{controller=\"test\"} 1",
            "controller_runtime_active_workers{controller=\"test\"} 0",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
    }

    #[test]
    fn errors_of_every_sort() {
        let terminal: BoxError = ReconcileError::terminal("no").into();
        assert!(!ReconcileError::from_any(terminal).helps_to_retry());
        assert!(ReconcileError::from_any("text").helps_to_retry());
        let carried: BoxError = ReconcileError::from(std::io::Error::other("inner")).into();
        assert_eq!(carried.to_string(), "inner");
        let back = ReconcileError::from_any(carried);
        assert!(back.downcast_ref::<std::io::Error>().is_some());
    }
}
