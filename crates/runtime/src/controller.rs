//! The controller loop: takes names from a queue and reconciles them.

use std::any::Any;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use skeg_client::BoxError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::queue::{QueueItem, WorkQueue};

/// When an object is to be reconciled next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// When something happens.
    Done,
    /// In a while, or when something happens before.
    After(Duration),
}

/// Why a reconcile failed, and whether trying again helps. Every error becomes
/// one by `?`, and is then worth another try.
#[derive(Debug)]
pub struct ReconcileError {
    source: BoxError,
    retry: bool,
}

impl ReconcileError {
    /// Trying again may help.
    #[must_use]
    pub fn retry(source: impl Into<BoxError>) -> Self {
        Self {
            source: source.into(),
            retry: true,
        }
    }

    /// Trying again does not help until something changes.
    #[must_use]
    pub fn terminal(source: impl Into<BoxError>) -> Self {
        Self {
            source: source.into(),
            retry: false,
        }
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
        Self {
            source: Box::new(error),
            retry: true,
        }
    }
}

/// Takes items from a queue and reconciles them, several at a time, though
/// never one item twice at a time.
///
/// A reconcile that fails or panics is tried again, later each time. Nothing
/// runs while the queue is empty.
pub struct Controller<T: QueueItem> {
    name: &'static str,
    queue: WorkQueue<T>,
    workers: usize,
}

impl<T: QueueItem + fmt::Display> Controller<T> {
    /// A controller with one worker.
    #[must_use]
    pub fn new(name: &'static str, queue: WorkQueue<T>) -> Self {
        Self {
            name,
            queue,
            workers: 1,
        }
    }

    /// With so many workers.
    #[must_use]
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers.max(1);
        self
    }

    /// Runs until the token is cancelled and every reconcile that was going on
    /// has ended. Dropping the future lets those go on behind it.
    pub async fn run<F, R>(self, cancel: CancellationToken, reconcile: F)
    where
        F: Fn(T) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Next, ReconcileError>> + Send + 'static,
    {
        let shared = Arc::new((self.name, self.queue, reconcile));
        let tasks = TaskTracker::new();
        for _ in 0..self.workers {
            let shared = Arc::clone(&shared);
            let cancel = cancel.clone();
            tasks.spawn(async move {
                let (name, queue, reconcile) = &*shared;
                while let Some(Some(work)) = cancel.run_until_cancelled(queue.next()).await {
                    let item = (*work).clone();
                    let attempt = queue.failures(&item) + 1;
                    let span = tracing::debug_span!("reconcile", controller = name, object = %item, attempt);
                    // The call itself may panic too, so it happens inside.
                    let done = AssertUnwindSafe(async { reconcile(item.clone()).await }).catch_unwind();
                    let outcome = done.instrument(span).await;
                    settle(name, queue, item, outcome);
                }
            });
        }
        tasks.close();
        tasks.wait().await;
        shared.1.shut_down();
    }
}

fn settle<T: QueueItem + fmt::Display>(
    name: &str,
    queue: &WorkQueue<T>,
    item: T,
    outcome: Result<Result<Next, ReconcileError>, Box<dyn Any + Send>>,
) {
    match outcome {
        Ok(Ok(Next::Done)) => queue.forget(&item),
        Ok(Ok(Next::After(pause))) => {
            queue.forget(&item);
            queue.add_after(item, pause);
        }
        Ok(Err(error)) if error.is_conflict() => {
            tracing::debug!(controller = name, object = %item, %error, "came too late");
            queue.add_rate_limited(item);
        }
        Ok(Err(error)) if error.helps_to_retry() => {
            tracing::warn!(controller = name, object = %item, %error, "cannot reconcile");
            queue.add_rate_limited(item);
        }
        Ok(Err(error)) => {
            tracing::warn!(controller = name, object = %item, %error, "cannot reconcile until something changes");
            queue.forget(&item);
        }
        Err(panic) => {
            let message = panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_default();
            tracing::error!(controller = name, object = %item, message, "a reconcile panicked");
            queue.add_rate_limited(item);
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
}
