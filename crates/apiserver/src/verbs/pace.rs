//! Lets a busy watch rest, so that several events go out together.
//!
//! An event that is sent on its own is encrypted, framed and handed to the kernel
//! on its own, and read by the client so. Of a thousand a second that costs both
//! several times what writing and reading the event itself does. So a watch that
//! has had that many lets a millisecond pass before it looks for further ones.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// How long events are counted before it is seen whether there are many.
const WINDOW: Duration = Duration::from_millis(20);
/// As many in a window are many: a thousand a second.
const MANY: u32 = 20;
/// How long a busy watch rests.
const REST: Duration = Duration::from_millis(1);

/// When a watch looks for further events.
pub struct Pace {
    since: Instant,
    /// Events since then.
    seen: u32,
    is_busy: bool,
    /// Events since the last rest.
    is_tired: bool,
    is_resting: bool,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Pace {
    /// That of a new watch, which does not rest.
    pub fn new() -> Self {
        Self {
            since: Instant::now(),
            seen: 0,
            is_busy: false,
            is_tired: false,
            is_resting: false,
            timer: None,
        }
    }

    /// There was an event.
    pub fn count(&mut self) {
        self.seen += 1;
        self.is_tired = true;
        if self.seen >= MANY {
            let now = Instant::now();
            self.is_busy = now - self.since <= WINDOW;
            (self.since, self.seen) = (now, 0);
        }
    }

    /// There are no more events at the moment: a busy watch rests. True if it does,
    /// and then the task is woken at the end.
    pub fn rest(&mut self, cx: &mut Context<'_>) -> bool {
        if !self.is_busy || !std::mem::take(&mut self.is_tired) {
            return false;
        }
        let now = Instant::now();
        // What has become of the rate shows when nothing is counted any more, too.
        if now - self.since > WINDOW {
            self.is_busy = false;
            return false;
        }
        let end = now + REST;
        match &mut self.timer {
            Some(timer) => timer.as_mut().reset(end),
            None => self.timer = Some(Box::pin(sleep_until(end))),
        }
        self.is_resting = true;
        self.poll(cx).is_pending()
    }

    /// Ready when it does not rest.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.is_resting
            && let Some(timer) = &mut self.timer
            && timer.as_mut().poll(cx).is_pending()
        {
            return Poll::Pending;
        }
        self.is_resting = false;
        Poll::Ready(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::poll;
    use std::future::poll_fn;

    /// Events come so often; whether the watch rests after the last.
    async fn rests(pace: &mut Pace, times: u32, gap: Duration) -> bool {
        for _ in 0..times {
            tokio::time::advance(gap).await;
            poll_fn(|cx| pace.poll(cx)).await;
            pace.count();
        }
        poll_fn(|cx| Poll::Ready(pace.rest(cx))).await
    }

    #[tokio::test(start_paused = true)]
    async fn many_events_are_followed_by_a_rest() {
        let often = Duration::from_micros(100);
        let mut pace = Pace::new();
        assert!(!rests(&mut pace, MANY - 1, often).await);
        assert!(rests(&mut pace, 1, often).await);
        assert!(poll!(poll_fn(|cx| pace.poll(cx))).is_pending());
        tokio::time::advance(REST * 2).await;
        assert!(poll!(poll_fn(|cx| pace.poll(cx))).is_ready());
        // It has rested, and nothing has come.
        assert!(!rests(&mut pace, 0, often).await);
        assert!(rests(&mut pace, 1, often).await);
    }

    #[tokio::test(start_paused = true)]
    async fn few_events_are_sent_at_once() {
        let mut pace = Pace::new();
        assert!(!rests(&mut pace, 3 * MANY, Duration::from_millis(2)).await);
        assert!(rests(&mut pace, 2 * MANY, Duration::from_micros(100)).await);
        assert!(!rests(&mut pace, 1, 2 * WINDOW).await, "a pause");
    }
}
