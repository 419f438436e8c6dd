//! Time, injected, so that tests can let an hour pass.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use std::sync::Arc;

/// Called when a clock was moved by hand.
pub type OnMove = Arc<dyn Fn() + Send + Sync>;

/// Where the store reads the time.
pub trait Clock: Send + Sync + 'static {
    /// Time since some fixed moment; never goes back, whatever is done to the
    /// machine's date. Leases and history are measured by it.
    fn monotonic(&self) -> Duration;

    /// The date, in milliseconds since 1970. Only used to carry a lease's rest
    /// over a restart.
    fn unix_millis(&self) -> u64;

    /// Has `callback` called whenever the clock is moved by something else
    /// than time passing. Real clocks ignore it.
    fn on_move(&self, callback: OnMove) {
        drop(callback);
    }
}

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// The machine's clock.
    pub fn new() -> SystemClock {
        SystemClock {
            start: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> SystemClock {
        SystemClock::new()
    }
}

impl Clock for SystemClock {
    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }

    fn unix_millis(&self) -> u64 {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }
}
