//! How long an item that has failed waits before it comes again.

use std::collections::HashMap;
use std::time::Duration;

use parking_lot::Mutex;

use crate::queue::QueueItem;

/// Says how long an item that has failed waits.
pub trait RateLimiter<T>: Send + Sync + 'static {
    /// How long the item waits now, that it has failed once more. `now` is the
    /// queue's monotonic time.
    fn pause(&self, item: &T, now: Duration) -> Duration;
    /// How often the item has failed since it was forgotten.
    fn failures(&self, item: &T) -> u32;
    /// The item has not failed any more, or is no more.
    fn forget(&self, item: &T);
}

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

/// How often each item has failed.
struct Failures<T>(Mutex<HashMap<T, u32>>);

impl<T: QueueItem> Failures<T> {
    fn new() -> Self {
        Self(Mutex::new(HashMap::new()))
    }

    /// How often it had failed before; it has once more now.
    fn count(&self, item: &T) -> u32 {
        let mut failures = self.0.lock();
        if let Some(count) = failures.get_mut(item) {
            let before = *count;
            *count = count.saturating_add(1);
            before
        } else {
            failures.insert(item.clone(), 1);
            0
        }
    }

    fn get(&self, item: &T) -> u32 {
        self.0.lock().get(item).copied().unwrap_or(0)
    }

    fn forget(&self, item: &T) {
        self.0.lock().remove(item);
    }
}

/// Each item waits twice as long as the time before.
pub struct Exponential<T> {
    limit: RateLimit,
    failures: Failures<T>,
}

impl<T: QueueItem> Exponential<T> {
    /// With these bounds.
    #[must_use]
    pub fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            failures: Failures::new(),
        }
    }
}

impl<T: QueueItem> RateLimiter<T> for Exponential<T> {
    fn pause(&self, item: &T, _now: Duration) -> Duration {
        self.limit.pause(self.failures.count(item))
    }

    fn failures(&self, item: &T) -> u32 {
        self.failures.get(item)
    }

    fn forget(&self, item: &T) {
        self.failures.forget(item);
    }
}

/// An item waits briefly the first few times, and long after.
pub struct FastSlow<T> {
    fast: Duration,
    slow: Duration,
    tries: u32,
    failures: Failures<T>,
}

impl<T: QueueItem> FastSlow<T> {
    /// `fast` for the first `tries` failures, `slow` after.
    #[must_use]
    pub fn new(fast: Duration, slow: Duration, tries: u32) -> Self {
        Self {
            fast,
            slow,
            tries,
            failures: Failures::new(),
        }
    }
}

impl<T: QueueItem> RateLimiter<T> for FastSlow<T> {
    fn pause(&self, item: &T, _now: Duration) -> Duration {
        if self.failures.count(item) < self.tries {
            self.fast
        } else {
            self.slow
        }
    }

    fn failures(&self, item: &T) -> u32 {
        self.failures.get(item)
    }

    fn forget(&self, item: &T) {
        self.failures.forget(item);
    }
}

/// All items share a bucket of tokens: so many a second, and a burst.
pub struct Bucket {
    per_second: f64,
    burst: f64,
    /// Tokens, below none when they have been promised; and when that was.
    state: Mutex<(f64, Duration)>,
}

impl Bucket {
    /// So many a second in the long run, and `burst` at once.
    #[must_use]
    pub fn new(per_second: f64, burst: u32) -> Self {
        let burst = f64::from(burst);
        Self {
            per_second: per_second.max(f64::MIN_POSITIVE),
            burst,
            state: Mutex::new((burst, Duration::ZERO)),
        }
    }
}

impl<T: QueueItem> RateLimiter<T> for Bucket {
    fn pause(&self, _item: &T, now: Duration) -> Duration {
        let mut state = self.state.lock();
        let (tokens, at) = *state;
        let refilled = now.saturating_sub(at).as_secs_f64() * self.per_second;
        let tokens = (tokens + refilled).min(self.burst) - 1.0;
        *state = (tokens, now);
        if tokens >= 0.0 {
            return Duration::ZERO;
        }
        Duration::try_from_secs_f64(-tokens / self.per_second).unwrap_or(Duration::MAX)
    }

    fn failures(&self, _item: &T) -> u32 {
        0
    }

    fn forget(&self, _item: &T) {}
}

/// The longest of what several say.
pub struct MaxOf<T>(Vec<Box<dyn RateLimiter<T>>>);

impl<T: QueueItem> MaxOf<T> {
    /// The longest of what these say.
    #[must_use]
    pub fn new(limiters: Vec<Box<dyn RateLimiter<T>>>) -> Self {
        Self(limiters)
    }

    /// What client-go's controllers use: each item exponentially from 5 ms to
    /// 1000 s, and all together ten a second with a burst of a hundred.
    #[must_use]
    pub fn usual() -> Self {
        Self(vec![
            Box::new(Exponential::new(RateLimit::default())),
            Box::new(Bucket::new(10.0, 100)),
        ])
    }
}

impl<T: QueueItem> RateLimiter<T> for MaxOf<T> {
    fn pause(&self, item: &T, now: Duration) -> Duration {
        let pauses = self.0.iter().map(|limiter| limiter.pause(item, now));
        pauses.max().unwrap_or_default()
    }

    fn failures(&self, item: &T) -> u32 {
        let failures = self.0.iter().map(|limiter| limiter.failures(item));
        failures.max().unwrap_or_default()
    }

    fn forget(&self, item: &T) {
        self.0.iter().for_each(|limiter| limiter.forget(item));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(limiter: &dyn RateLimiter<u8>, expect_ms: &[u64]) {
        let pauses: Vec<u64> = expect_ms
            .iter()
            .map(|_| {
                let pause = limiter.pause(&7, Duration::ZERO).as_millis();
                u64::try_from(pause).expect("short")
            })
            .collect();
        assert_eq!(pauses, expect_ms);
    }

    #[test]
    fn pauses() {
        let exponential = Exponential::new(RateLimit {
            first: Duration::from_millis(5),
            max: Duration::from_millis(30),
        });
        check(&exponential, &[5, 10, 20, 30, 30]);
        assert_eq!(exponential.failures(&7), 5);
        exponential.forget(&7);
        check(&exponential, &[5]);

        let (fast, slow) = (Duration::from_millis(1), Duration::from_millis(9));
        check(&FastSlow::new(fast, slow, 2), &[1, 1, 9, 9]);

        check(&Bucket::new(10.0, 2), &[0, 0, 100, 200]);
        let max: Vec<Box<dyn RateLimiter<u8>>> = vec![
            Box::new(Bucket::new(10.0, 2)),
            Box::new(FastSlow::new(fast, slow, 0)),
        ];
        check(&MaxOf::new(max), &[9, 9, 100]);
        assert_eq!(RateLimit::default().pause(60), Duration::from_secs(1000));
    }

    #[test]
    fn a_bucket_refills() {
        let bucket = Bucket::new(10.0, 1);
        assert_eq!(bucket.pause(&1u8, Duration::ZERO), Duration::ZERO);
        let later = Duration::from_secs(5);
        assert_eq!(bucket.pause(&1u8, later), Duration::ZERO);
        assert_eq!(bucket.pause(&1u8, later), Duration::from_millis(100));
    }
}
