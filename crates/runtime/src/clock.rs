//! Time, injected, so that tests can move it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::sync::oneshot;

pub use skeg_client::{Clock, SystemClock};

/// A clock that stands still until it is moved; for tests.
#[derive(Clone)]
pub struct ManualClock {
    inner: Arc<Mutex<Manual>>,
}

struct Manual {
    start: Timestamp,
    elapsed: Duration,
    next: u64,
    sleepers: BTreeMap<(Duration, u64), oneshot::Sender<()>>,
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl ManualClock {
    /// A clock that stands at the start of 2026.
    #[must_use]
    pub fn new() -> Self {
        let start = Timestamp::from_second(1_767_225_600).expect("2026 is a time");
        let manual = Manual {
            start,
            elapsed: Duration::ZERO,
            next: 0,
            sleepers: BTreeMap::new(),
        };
        Self {
            inner: Arc::new(Mutex::new(manual)),
        }
    }

    /// Moves the clock on and wakes whoever has slept long enough.
    pub fn advance(&self, by: Duration) {
        let mut manual = self.inner.lock();
        manual.elapsed += by;
        let now = manual.elapsed;
        while let Some(sleeper) = manual.sleepers.first_entry()
            && sleeper.key().0 <= now
        {
            // Whoever has stopped waiting does not care.
            let _ = sleeper.remove().send(());
        }
    }

    /// Sets the time of day, as somebody who corrects the machine's clock does:
    /// no time passes by that.
    pub fn set(&self, now: Timestamp) {
        let mut manual = self.inner.lock();
        manual.start = now - manual.elapsed;
    }

    /// How many are asleep.
    #[must_use]
    pub fn sleepers(&self) -> usize {
        let mut manual = self.inner.lock();
        manual.sleepers.retain(|_, sleeper| !sleeper.is_closed());
        manual.sleepers.len()
    }

    /// As the clock that is injected.
    #[must_use]
    pub fn shared(&self) -> Arc<dyn Clock> {
        Arc::new(self.clone())
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        let manual = self.inner.lock();
        manual.start + manual.elapsed
    }

    fn monotonic(&self) -> Duration {
        self.inner.lock().elapsed
    }

    fn sleep(&self, pause: Duration) -> BoxFuture<'static, ()> {
        let mut manual = self.inner.lock();
        let key = (manual.elapsed + pause, manual.next);
        manual.next += 1;
        let (wake, woken) = oneshot::channel();
        if pause.is_zero() {
            let _ = wake.send(());
        } else {
            manual.sleepers.insert(key, wake);
        }
        Box::pin(async move {
            // The clock going away ends the wait too.
            let _ = woken.await;
        })
    }
}
