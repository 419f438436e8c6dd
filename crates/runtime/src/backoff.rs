//! Pauses that grow.

use std::time::Duration;

use crate::clock::Clock;

/// How pauses grow after failures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BackoffPolicy {
    /// The first pause.
    pub first: Duration,
    /// The longest pause.
    pub max: Duration,
    /// How much longer each is than the one before.
    pub factor: f64,
    /// How much of a pause is added to it at random, at most.
    pub jitter: f64,
    /// After so long without a failure the pauses begin anew.
    pub reset_after: Duration,
}

impl Default for BackoffPolicy {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(800),
            max: Duration::from_secs(30),
            factor: 2.0,
            jitter: 1.0,
            reset_after: Duration::from_secs(120),
        }
    }
}

/// Pauses that grow with every failure.
#[derive(Clone, Debug)]
pub struct Backoff {
    policy: BackoffPolicy,
    next: Duration,
    last: Duration,
}

impl Backoff {
    /// Pauses by this policy.
    #[must_use]
    pub fn new(policy: BackoffPolicy) -> Self {
        Self {
            policy,
            next: policy.first,
            last: Duration::ZERO,
        }
    }

    /// How long to pause now.
    pub fn pause(&mut self, clock: &dyn Clock) -> Duration {
        let now = clock.monotonic();
        if now.saturating_sub(self.last) > self.policy.reset_after {
            self.next = self.policy.first;
        }
        self.last = now;
        let pause = self.next;
        self.next = pause.mul_f64(self.policy.factor).min(self.policy.max);
        pause.mul_f64(1.0 + self.policy.jitter * fastrand::f64())
    }

    /// Begins anew.
    pub fn reset(&mut self) {
        self.next = self.policy.first;
    }
}
