//! Events that are kept many at a time: a bounded queue, a task that empties
//! it, limits on how often. What finds no place is counted, never silent.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Counts, Encoded, Sink};

/// Batches that are on their way at a time.
const ON_THE_WAY_MAX: usize = 10;
/// Attempts to send one.
pub(super) const ATTEMPTS_MAX: u32 = 5;
/// How much longer each wait is.
const BACKOFF_FACTOR: f64 = 1.5;
/// At the end, what waits is sent within this time.
const LAST_TIMEOUT: Duration = Duration::from_secs(5);

/// How events are gathered.
#[derive(Clone, Debug)]
pub struct BatchOptions {
    /// Events that may wait (`…-batch-buffer-size`).
    pub buffer_size: usize,
    /// Events of one batch (`…-batch-max-size`).
    pub max_size: usize,
    /// How long the first waits for others (`…-batch-max-wait`).
    pub max_wait: Duration,
    /// Batches a second, and so many at once
    /// (`…-batch-throttle-enable`, `-qps`, `-burst`).
    pub throttle: Option<(f64, u32)>,
    /// Bytes of one batch.
    pub batch_bytes_max: usize,
}

impl BatchOptions {
    /// The defaults of `--audit-log-batch-*`.
    pub fn for_log() -> Self {
        Self {
            buffer_size: 10_000,
            max_size: 1,
            max_wait: Duration::ZERO,
            throttle: None,
            batch_bytes_max: usize::MAX,
        }
    }

    /// The defaults of `--audit-webhook-batch-*`.
    pub fn for_webhook() -> Self {
        Self {
            buffer_size: 10_000,
            max_size: 400,
            max_wait: Duration::from_secs(30),
            throttle: Some((10.0, 15)),
            batch_bytes_max: usize::MAX,
        }
    }
}

/// The queue.
pub(super) struct Batcher {
    sender: mpsc::Sender<Arc<Encoded>>,
    dropped: AtomicU64,
}

impl Batcher {
    pub(super) fn start(
        sink: Arc<Sink>,
        options: BatchOptions,
        backoff: Duration,
        counts: Arc<Counts>,
        cancel: &CancellationToken,
    ) -> Self {
        let (sender, receiver) = mpsc::channel(options.buffer_size.max(1));
        let worker = Worker {
            sink,
            options,
            backoff,
            counts,
            on_the_way: Arc::new(Semaphore::new(ON_THE_WAY_MAX)),
        };
        tokio::spawn(worker.run(receiver, cancel.clone()));
        Self {
            sender,
            dropped: AtomicU64::new(0),
        }
    }

    pub(super) fn push(&self, event: Arc<Encoded>) -> Result<(), ()> {
        self.sender.try_send(event).map_err(|_| {
            let dropped = self.dropped.fetch_add(1, Ordering::Relaxed);
            // Not a line of log for each.
            if dropped.is_power_of_two() || dropped == 0 {
                tracing::error!(
                    dropped = dropped + 1,
                    "audit events are lost: they come faster than they can be sent"
                );
            }
        })
    }
}

struct Worker {
    sink: Arc<Sink>,
    options: BatchOptions,
    backoff: Duration,
    counts: Arc<Counts>,
    on_the_way: Arc<Semaphore>,
}

impl Worker {
    async fn run(self, mut receiver: mpsc::Receiver<Arc<Encoded>>, cancel: CancellationToken) {
        let mut tokens = self.options.throttle.map(|(_, burst)| f64::from(burst));
        let mut filled = Instant::now();
        let mut pending = Vec::new();
        loop {
            tokio::select! {
                biased;
                () = cancel.cancelled() => break,
                open = self.gather(&mut receiver, &mut pending) => if !open {
                    return;
                },
            }
            let batch = std::mem::take(&mut pending);
            if let (Some(left), Some((qps, burst))) = (&mut tokens, self.options.throttle) {
                let now = Instant::now();
                *left = (*left + now.duration_since(filled).as_secs_f64() * qps)
                    .min(f64::from(burst.max(1)));
                filled = now;
                if *left < 1.0 {
                    let wait = Duration::from_secs_f64((1.0 - *left) / qps.max(0.001));
                    tokio::select! {
                        () = cancel.cancelled() => {}
                        () = tokio::time::sleep(wait) => {}
                    }
                    *left = 1.0;
                    filled = Instant::now();
                }
                *left -= 1.0;
            }
            let Ok(place) = self.on_the_way.clone().acquire_owned().await else {
                return;
            };
            if matches!(&*self.sink, Sink::File(..)) {
                // In order.
                send(&self.sink, &batch, Duration::ZERO, 1, &self.counts).await;
                continue;
            }
            let (sink, counts, backoff) = (self.sink.clone(), self.counts.clone(), self.backoff);
            tokio::spawn(async move {
                send(&sink, &batch, backoff, ATTEMPTS_MAX, &counts).await;
                drop(place);
            });
        }
        // What waits at the end goes out in as few batches as may be.
        receiver.close();
        let mut rest = pending;
        while let Ok(event) = receiver.try_recv() {
            rest.push(event);
        }
        for batch in rest.chunks(self.options.max_size.max(400)) {
            let sent = send(&self.sink, batch, Duration::ZERO, 1, &self.counts);
            if tokio::time::timeout(LAST_TIMEOUT, sent).await.is_err() {
                self.counts.failed(self.sink.plugin(), batch.len());
            }
        }
    }

    /// Gathers the next batch in `batch`, where it stays when this is
    /// cancelled. `false`: nobody writes any more.
    async fn gather(
        &self,
        receiver: &mut mpsc::Receiver<Arc<Encoded>>,
        batch: &mut Vec<Arc<Encoded>>,
    ) -> bool {
        if batch.is_empty() {
            match receiver.recv().await {
                Some(event) => batch.push(event),
                None => return false,
            }
        }
        self.fill(receiver, batch, self.options.max_size.max(1))
            .await;
        true
    }

    async fn fill(
        &self,
        receiver: &mut mpsc::Receiver<Arc<Encoded>>,
        batch: &mut Vec<Arc<Encoded>>,
        max: usize,
    ) {
        let deadline = Instant::now() + self.options.max_wait;
        let mut bytes: usize = batch.iter().map(|e| e.json.len()).sum();
        while batch.len() < max && bytes < self.options.batch_bytes_max {
            let next = match receiver.try_recv() {
                Ok(event) => Some(event),
                Err(_) if self.options.max_wait.is_zero() => None,
                Err(_) => tokio::time::timeout_at(deadline, receiver.recv())
                    .await
                    .ok()
                    .flatten(),
            };
            let Some(event) = next else { return };
            bytes += event.json.len();
            batch.push(event);
        }
    }
}

/// Sends events, again if need be; whether they arrived.
pub(super) async fn send(
    sink: &Sink,
    batch: &[Arc<Encoded>],
    backoff: Duration,
    attempts_max: u32,
    counts: &Counts,
) -> bool {
    let mut wait = backoff;
    for attempt in 1..=attempts_max {
        match sink.keep(batch).await {
            Ok(()) => return true,
            Err(error) => {
                tracing::warn!(error, attempt, "audit events cannot be sent");
            }
        }
        if attempt < attempts_max {
            tokio::time::sleep(wait).await;
            wait = wait.mul_f64(BACKOFF_FACTOR);
        }
    }
    counts.failed(sink.plugin(), batch.len());
    tracing::error!(events = batch.len(), "audit events are lost");
    false
}
