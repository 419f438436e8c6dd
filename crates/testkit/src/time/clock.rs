//! The clock of a cluster: the machine's, or one that stands until it is moved.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use parking_lot::Mutex;
use skeg_runtime::Clock;
use skeg_store::OnMove;
use tokio::sync::oneshot;

/// A clock that stands still until it is moved, and tells when somebody waits
/// for it next. Clones are the same clock.
#[derive(Clone)]
pub struct VirtualClock(Arc<Mutex<Inner>>);

struct Inner {
    start: Timestamp,
    elapsed: Duration,
    next: u64,
    sleepers: BTreeMap<(Duration, u64), oneshot::Sender<()>>,
    on_move: Vec<OnMove>,
}

impl VirtualClock {
    pub(crate) fn starting_at(start: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            start,
            elapsed: Duration::ZERO,
            next: 0,
            sleepers: BTreeMap::new(),
            on_move: Vec::new(),
        })))
    }

    /// When the next sleeper is due, as time since the start.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        let mut inner = self.0.lock();
        while let Some(first) = inner.sleepers.first_entry() {
            if !first.get().is_closed() {
                return Some(first.key().0);
            }
            // Whoever slept there has given up.
            first.remove();
        }
        None
    }

    /// Moves the clock to a time since the start, and wakes whoever is due.
    pub(crate) fn move_to(&self, at: Duration) {
        let mut inner = self.0.lock();
        inner.elapsed = inner.elapsed.max(at);
        let now = inner.elapsed;
        while let Some(first) = inner.sleepers.first_entry()
            && first.key().0 <= now
        {
            // Whoever has stopped waiting does not care.
            let _ = first.remove().send(());
        }
        let callbacks = inner.on_move.clone();
        drop(inner);
        for callback in callbacks {
            callback();
        }
    }

    /// Time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        self.0.lock().elapsed
    }

    /// How many wait for the clock.
    #[must_use]
    pub fn sleepers(&self) -> usize {
        let mut inner = self.0.lock();
        inner.sleepers.retain(|_, sleeper| !sleeper.is_closed());
        inner.sleepers.len()
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        let inner = self.0.lock();
        inner.start + inner.elapsed
    }

    fn monotonic(&self) -> Duration {
        self.elapsed()
    }

    fn sleep(&self, pause: Duration) -> BoxFuture<'static, ()> {
        let (wake, woken) = oneshot::channel();
        let mut inner = self.0.lock();
        if pause.is_zero() {
            let _ = wake.send(());
        } else {
            let key = (inner.elapsed.saturating_add(pause), inner.next);
            inner.next += 1;
            inner.sleepers.insert(key, wake);
        }
        Box::pin(async move {
            // The clock going away ends the wait too.
            let _ = woken.await;
        })
    }
}

impl skeg_store::Clock for VirtualClock {
    fn monotonic(&self) -> Duration {
        self.elapsed()
    }

    fn unix_millis(&self) -> u64 {
        let inner = self.0.lock();
        let millis = (inner.start + inner.elapsed).as_millisecond();
        u64::try_from(millis).unwrap_or_default()
    }

    fn on_move(&self, callback: OnMove) {
        self.0.lock().on_move.push(callback);
    }
}

/// The time of one cluster.
#[derive(Clone)]
pub(crate) enum Time {
    /// The machine's.
    Real(Arc<dyn Clock>),
    /// One that the test moves.
    Virtual(VirtualClock),
}

impl Time {
    /// As controllers and kubelets take it.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        match self {
            Time::Real(clock) => clock.clone(),
            Time::Virtual(clock) => Arc::new(clock.clone()),
        }
    }

    /// As the store takes it.
    pub(crate) fn for_store(&self) -> Arc<dyn skeg_store::Clock> {
        match self {
            Time::Real(_) => Arc::new(skeg_store::SystemClock::new()),
            Time::Virtual(clock) => Arc::new(clock.clone()),
        }
    }

    /// The clock that can be moved.
    pub(crate) fn movable(&self) -> Option<&VirtualClock> {
        match self {
            Time::Real(_) => None,
            Time::Virtual(clock) => Some(clock),
        }
    }

    /// As token issuers take it.
    pub(crate) fn for_tokens(&self) -> skeg_auth::token::Clock {
        let clock = self.clock();
        Arc::new(move || clock.now().as_second())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sleepers_are_woken_when_their_time_comes() {
        let clock = VirtualClock::starting_at(Timestamp::UNIX_EPOCH);
        let first = clock.sleep(Duration::from_secs(2));
        let given_up = clock.sleep(Duration::from_secs(1));
        drop(given_up);
        assert_eq!(clock.next_due(), Some(Duration::from_secs(2)));
        assert_eq!(clock.sleepers(), 1);
        clock.move_to(Duration::from_secs(2));
        first.await;
        assert_eq!(clock.next_due(), None);
        assert_eq!(Clock::now(&clock).as_second(), 2);
        clock.sleep(Duration::ZERO).await;
    }
}
