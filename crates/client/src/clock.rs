//! Time, injected, so that tests can move it.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use tokio::time::Instant;

/// Where the time comes from.
pub trait Clock: Send + Sync + 'static {
    /// The time of day, for what is written into objects.
    fn now(&self) -> Timestamp;
    /// Time since some fixed point, which never goes backwards; for pauses.
    fn monotonic(&self) -> Duration;
    /// Ends after this long. Dropping the future ends the wait.
    fn sleep(&self, pause: Duration) -> BoxFuture<'static, ()>;
}

/// The clock of the machine.
#[derive(Clone, Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// The clock of the machine, as it is injected.
    #[must_use]
    #[allow(clippy::new_ret_no_self, reason = "nobody needs it in another form")]
    pub fn new() -> Arc<dyn Clock> {
        Arc::new(Self {
            start: Instant::now(),
        })
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, pause: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(pause))
    }
}
