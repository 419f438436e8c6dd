//! Time of a request that is not the server's own: in queues, and with
//! webhooks. What is measured for service levels leaves it out.

use std::cell::Cell;
use std::future::Future;
use std::time::{Duration, Instant};

tokio::task_local! {
    static WAITED: Cell<Duration>;
}

/// Runs a request, and tells how long of it was waiting.
pub(crate) async fn during<F: Future>(request: F) -> (F::Output, Duration) {
    let run = async {
        let output = request.await;
        (output, WAITED.with(Cell::get))
    };
    WAITED.scope(Cell::new(Duration::ZERO), run).await
}

/// Waiting, from when it is made until it is dropped.
pub(crate) struct Waiting(Instant);

impl Waiting {
    /// It begins now.
    pub fn begin() -> Self {
        Self(Instant::now())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let more = self.0.elapsed();
        // Outside of a request nobody asks.
        let _ = WAITED.try_with(|waited| waited.set(waited.get() + more));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waiting_adds_up() {
        let ((), waited) = during(async {
            for _ in 0..2 {
                let waiting = Waiting::begin();
                while waiting.0.elapsed() < Duration::from_micros(10) {
                    tokio::task::yield_now().await;
                }
            }
        })
        .await;
        assert!(waited >= Duration::from_micros(20), "{waited:?}");
        drop(Waiting::begin());
    }
}
