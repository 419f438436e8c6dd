//! How many requests a client sends at most: a token bucket, as client-go has
//! it, with priorities.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use parking_lot::Mutex;
use tokio::sync::oneshot;

use crate::clock::{Clock, SystemClock};
use crate::payload::Payload;
use crate::telemetry::{Event, Recorder};
use crate::transport::{Transport, TransportError};

/// The most requests that wait for the limit. Further ones are refused.
const WAITING_MAX: usize = 100_000;

/// How many requests are sent at most. As in client-go a rate of 0 (and one
/// that is no number) is 5 a second, and a negative or infinite one is no limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateLimit {
    /// Requests a second in the long run.
    pub per_second: f64,
    /// How many may be sent at once after a pause.
    pub burst: u32,
}

impl RateLimit {
    /// So many a second in the long run, and so many at once after a pause.
    #[must_use]
    pub fn new(per_second: f64, burst: u32) -> Self {
        Self { per_second, burst }
    }

    /// The rate that is kept to; none where there is no limit.
    fn rate(&self) -> Option<f64> {
        if self.per_second == 0.0 || self.per_second.is_nan() {
            Some(Self::client_go().per_second)
        } else {
            Some(self.per_second).filter(|rate| (0.0..f64::INFINITY).contains(rate))
        }
    }

    /// What client-go does where nothing is said: 5 a second, 10 at once.
    #[must_use]
    pub fn client_go() -> Self {
        Self::new(5.0, 10)
    }
}

/// Which requests go first when they have to wait: an extension of a request.
/// Those of one class go in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Priority {
    /// Before all others: renewing leases, status of leaders.
    System,
    /// Before most: what a person waits for.
    High,
    /// As most requests.
    #[default]
    Normal,
    /// After all others: clean-up, statistics.
    Low,
}

const CLASSES: usize = 4;

/// A token bucket that hands out tokens by priority. Cheap to clone; clones
/// share the bucket.
#[derive(Clone)]
pub struct RateLimiter(Arc<Mutex<Bucket>>);

struct Bucket {
    limit: RateLimit,
    tokens: f64,
    clock: Arc<dyn Clock>,
    /// When it was filled last, by the clock.
    filled: Duration,
    waiting: [VecDeque<oneshot::Sender<()>>; CLASSES],
    /// Whether a task hands out tokens to those who wait.
    is_served: bool,
}

impl Bucket {
    fn fill(&mut self) {
        let now = self.clock.monotonic();
        let since = now.saturating_sub(self.filled).as_secs_f64();
        self.filled = now;
        let most = f64::from(self.limit.burst.max(1));
        self.tokens = match self.limit.rate() {
            Some(rate) => (self.tokens + since * rate).min(most),
            None => most,
        };
    }

    fn take(&mut self) -> bool {
        self.fill();
        if self.tokens < 1.0 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }

    /// Hands tokens to those who wait; says how long until the next token, and
    /// nothing when nobody waits any more.
    fn serve(&mut self) -> Option<Duration> {
        self.fill();
        while self.tokens >= 1.0 || self.limit.rate().is_none() {
            let next = self.waiting.iter_mut().find_map(VecDeque::pop_front);
            let Some(next) = next else {
                self.is_served = false;
                return None;
            };
            // Those who have given up cost nothing.
            if next.send(()).is_ok() {
                self.tokens -= 1.0;
            }
        }
        if self.waiting.iter().all(VecDeque::is_empty) {
            self.is_served = false;
            return None;
        }
        const PAUSE_MAX: f64 = 1.0;
        let rate = self.limit.rate().unwrap_or(f64::INFINITY);
        let seconds = (1.0 - self.tokens) / rate.max(f64::MIN_POSITIVE);
        Some(Duration::from_secs_f64(seconds.clamp(0.0, PAUSE_MAX)))
    }
}

/// No request can be sent: too many wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "more than {WAITING_MAX} requests wait for the client's rate limit; raise it, or send fewer"
)]
pub struct TooManyWaiting;

impl RateLimiter {
    /// A full bucket.
    #[must_use]
    pub fn new(limit: RateLimit) -> Self {
        let clock = SystemClock::new();
        Self(Arc::new(Mutex::new(Bucket {
            limit,
            tokens: f64::from(limit.burst.max(1)),
            filled: clock.monotonic(),
            clock,
            waiting: Default::default(),
            is_served: false,
        })))
    }

    /// Goes by another clock from now on.
    pub(crate) fn set_clock(&self, clock: Arc<dyn Clock>) {
        let mut bucket = self.0.lock();
        bucket.fill();
        bucket.filled = clock.monotonic();
        bucket.clock = clock;
    }

    /// Changes the limit, also for those who wait.
    pub fn set(&self, limit: RateLimit) {
        let mut bucket = self.0.lock();
        bucket.fill();
        bucket.limit = limit;
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.0.lock().clock)
    }

    /// The limit.
    #[must_use]
    pub fn limit(&self) -> RateLimit {
        self.0.lock().limit
    }

    /// Waits for a token. Dropping the future gives up the place in the queue.
    ///
    /// # Errors
    /// Too many wait already.
    pub async fn acquire(&self, priority: Priority) -> Result<(), TooManyWaiting> {
        let turn = {
            let mut bucket = self.0.lock();
            let nobody_waits = bucket.waiting.iter().all(VecDeque::is_empty);
            if nobody_waits && bucket.take() {
                return Ok(());
            }
            if bucket.waiting.iter().map(VecDeque::len).sum::<usize>() >= WAITING_MAX {
                return Err(TooManyWaiting);
            }
            let (sender, turn) = oneshot::channel();
            bucket.waiting[priority as usize].push_back(sender);
            if !bucket.is_served {
                bucket.is_served = true;
                tokio::spawn(serve(Arc::clone(&self.0)));
            }
            turn
        };
        let mut turn = turn;
        loop {
            // The task that serves may have gone with its runtime.
            match tokio::time::timeout(Duration::from_secs(2), &mut turn).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(_)) => return Ok(()),
                Err(_) => {
                    self.0.lock().serve();
                }
            }
        }
    }
}

async fn serve(bucket: Arc<Mutex<Bucket>>) {
    loop {
        let pause = {
            let mut bucket = bucket.lock();
            bucket.serve().map(|pause| bucket.clock.sleep(pause))
        };
        match pause {
            Some(pause) => pause.await,
            None => return,
        }
    }
}

/// A transport that keeps to a limit.
pub struct Limited {
    below: Arc<dyn Transport>,
    limiter: RateLimiter,
    recorder: Option<Arc<dyn Recorder>>,
}

impl Limited {
    /// Keeps requests over this transport to this limit.
    #[must_use]
    pub fn new(below: Arc<dyn Transport>, limiter: RateLimiter) -> Self {
        Self {
            below,
            limiter,
            recorder: None,
        }
    }

    /// Tells a recorder how long requests wait.
    #[must_use]
    pub fn recorded(mut self, recorder: Option<Arc<dyn Recorder>>) -> Self {
        self.recorder = recorder;
        self
    }

    /// Waits until the request may be sent.
    fn turn(
        &self,
        request: &http::Request<Payload>,
    ) -> impl Future<Output = Result<(), TransportError>> + Send + 'static {
        let priority = request
            .extensions()
            .get::<Priority>()
            .copied()
            .unwrap_or_default();
        let (limiter, recorder) = (self.limiter.clone(), self.recorder.clone());
        let method = request.method().clone();
        let server = self.below.server().unwrap_or_default().to_owned();
        async move {
            let clock = limiter.clock();
            let begun = clock.monotonic();
            limiter
                .acquire(priority)
                .await
                .map_err(|error| TransportError::Request(error.into()))?;
            if let Some(recorder) = recorder {
                recorder.record(&Event::RateLimit {
                    method: method.as_str(),
                    server: &server,
                    waited: clock.monotonic().saturating_sub(begun),
                });
            }
            Ok(())
        }
    }
}

impl Transport for Limited {
    fn call(
        &self,
        request: http::Request<Payload>,
    ) -> BoxFuture<'static, Result<http::Response<Payload>, TransportError>> {
        let (turn, below) = (self.turn(&request), Arc::clone(&self.below));
        Box::pin(async move {
            turn.await?;
            below.call(request).await
        })
    }

    fn in_process(&self) -> bool {
        self.below.in_process()
    }

    fn server(&self) -> Option<&str> {
        self.below.server()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn a_burst_and_then_the_rate() {
        let limiter = RateLimiter::new(RateLimit::new(10.0, 3));
        let begun = Instant::now();
        for _ in 0..3 {
            limiter.acquire(Priority::Normal).await.expect("a token");
        }
        assert!(begun.elapsed() < Duration::from_millis(5));
        for _ in 0..5 {
            limiter.acquire(Priority::Normal).await.expect("a token");
        }
        let took = begun.elapsed();
        assert!(took >= Duration::from_millis(490), "{took:?}");
        assert!(took < Duration::from_millis(600), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn rates_that_are_none_mean_what_they_mean_in_go() {
        for (rate, least, most) in [
            (0.0, 190, 210),
            (f64::NAN, 190, 210),
            (-1.0, 0, 5),
            (f64::INFINITY, 0, 5),
        ] {
            let limiter = RateLimiter::new(RateLimit::new(rate, 1));
            let begun = Instant::now();
            for _ in 0..2 {
                limiter.acquire(Priority::Normal).await.expect("a token");
            }
            let took = begun.elapsed().as_millis();
            assert!((least..=most).contains(&took), "{rate}: {took} ms");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_more_important_go_first() {
        let limiter = RateLimiter::new(RateLimit::new(10.0, 1));
        limiter.acquire(Priority::Normal).await.expect("a token");
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut waiting = Vec::new();
        for (name, priority) in [
            ("low", Priority::Low),
            ("normal", Priority::Normal),
            ("given up", Priority::System),
            ("high", Priority::High),
            ("system", Priority::System),
        ] {
            let (limiter, order) = (limiter.clone(), Arc::clone(&order));
            let task = tokio::spawn(async move {
                limiter.acquire(priority).await.expect("a token");
                order.lock().push(name);
            });
            tokio::task::yield_now().await;
            if name == "given up" {
                task.abort();
            } else {
                waiting.push(task);
            }
        }
        for task in waiting {
            task.await.expect("done");
        }
        assert_eq!(*order.lock(), ["system", "high", "normal", "low"]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_limit_can_be_raised() {
        let limiter = RateLimiter::new(RateLimit::new(0.001, 1));
        limiter.acquire(Priority::Normal).await.expect("a token");
        let begun = Instant::now();
        let waiting = {
            let limiter = limiter.clone();
            tokio::spawn(async move { limiter.acquire(Priority::Normal).await })
        };
        tokio::task::yield_now().await;
        limiter.set(RateLimit::new(1000.0, 10));
        waiting.await.expect("done").expect("a token");
        assert!(begun.elapsed() < Duration::from_secs(3));
    }
}
