//! Pauses between attempts to watch.

use std::time::Duration;

/// The first pause after trouble; each further one is twice as long.
const FIRST: Duration = Duration::from_millis(200);
/// The longest pause.
const MAX: Duration = Duration::from_secs(15);
/// A watch that ended sooner than this without a word was no good.
const SHORT_WATCH: Duration = Duration::from_secs(1);

/// Pauses that grow for as long as nothing comes of the attempts, and that
/// differ from client to client.
#[derive(Default)]
pub(crate) struct Pauses {
    failures: u32,
}

impl Pauses {
    /// How long to pause after trouble.
    pub(crate) fn next(&mut self) -> Duration {
        let doubled = FIRST.saturating_mul(1 << self.failures.min(8));
        self.failures += 1;
        doubled.min(MAX).mul_f64(0.5 + fastrand::f64())
    }

    /// Something came of it.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    /// How long to pause after a watch that lasted so long has ended. Servers end
    /// watches after some minutes; one that gave nothing, and ended at once,
    /// would do the same again.
    pub(crate) fn after_watch(&mut self, lasted: Duration, gave: bool) -> Option<Duration> {
        (!gave && lasted < SHORT_WATCH).then(|| self.next())
    }
}
