//! Owns every task of the process and ends them in order.
//!
//! The order of shutdown: listeners stop accepting and drain, then
//! controllers and scheduler, then the node's loops, then the API server's
//! caches, and last the store is flushed. Whoever is stopped later serves
//! those who are stopped earlier.

use std::any::Any;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};

/// When a task is stopped; in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Network listeners with their connections.
    Listeners,
    /// Scheduler and controllers.
    Controllers,
    /// Kubelet, proxy, DNS.
    Node,
    /// What the API server does in the background.
    ApiServer,
    /// The store.
    Store,
}

const STAGES: [Stage; 5] = [
    Stage::Listeners,
    Stage::Controllers,
    Stage::Node,
    Stage::ApiServer,
    Stage::Store,
];

/// A process that was asked to end is gone after this time, from when its
/// clients are served.
pub const SHUTDOWN_MAX: Duration = Duration::from_millis(3500);

/// How much of it one stage may take while others wait.
const STAGE_MAX: Duration = Duration::from_millis(1500);
/// How long clients have to end their requests, unless it is said otherwise.
const DRAIN_MAX: Duration = Duration::from_millis(1000);
/// What listeners take besides.
const DRAIN_MARGIN: Duration = Duration::from_millis(1500);

/// At most this many failures wait to be looked at; the first ends the process.
const FAILURES_MAX: usize = 16;

/// The owner of all tasks.
pub struct Supervisor {
    stages: Vec<(Stage, CancellationToken, TaskTracker)>,
    failed: mpsc::Sender<anyhow::Error>,
    failures: mpsc::Receiver<anyhow::Error>,
    kept: Mutex<Vec<Box<dyn Any + Send>>>,
    drain: Mutex<Duration>,
}

impl Default for Supervisor {
    fn default() -> Self {
        Self::new()
    }
}

impl Supervisor {
    /// Owns nothing yet.
    pub fn new() -> Self {
        let (failed, failures) = mpsc::channel(FAILURES_MAX);
        let stages = STAGES.map(|s| (s, CancellationToken::new(), TaskTracker::new()));
        Self {
            stages: stages.into(),
            failed,
            failures,
            kept: Mutex::default(),
            drain: Mutex::new(DRAIN_MAX),
        }
    }

    fn stage(&self, stage: Stage) -> &(Stage, CancellationToken, TaskTracker) {
        self.stages
            .iter()
            .find(|(s, ..)| *s == stage)
            .expect("every stage is in the table")
    }

    /// The token that ends what belongs to `stage`.
    pub fn token(&self, stage: Stage) -> CancellationToken {
        self.stage(stage).1.child_token()
    }

    /// At the end, requests in flight may take this long.
    pub fn await_requests(&self, longest: Duration) {
        *self.drain.lock().unwrap_or_else(PoisonError::into_inner) = longest + DRAIN_MARGIN;
    }

    /// Keeps something until everything has ended.
    pub fn keep(&self, thing: impl Any + Send) {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Box::new(thing));
    }

    /// Runs a part of the process. It must end soon after its stage's token
    /// is cancelled. If it ends before, with or without an error, or panics,
    /// the whole process ends with an error that names it.
    pub fn spawn<F, E>(&self, stage: Stage, name: &'static str, part: F)
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<anyhow::Error> + Send,
    {
        let (_, token, tracker) = self.stage(stage);
        let token = token.clone();
        let failed = self.failed.clone();
        // The inner task turns a panic into an error that can be told.
        let inner = tracker.spawn(async move { part.await.map_err(Into::into) });
        tracker.spawn(async move {
            let outcome = match inner.await {
                Ok(outcome) => outcome,
                Err(join) => Err(anyhow::anyhow!("{join}")),
            };
            let error = match outcome {
                Err(error) => error,
                Ok(()) if token.is_cancelled() => return,
                Ok(()) => anyhow::anyhow!("it ended without being asked to"),
            };
            error!(
                part = name,
                error = format!("{error:#}"),
                "a part of the process failed"
            );
            let _ = failed.try_send(error.context(format!("{name} failed")));
        });
    }

    /// Waits until `stop` ends (a signal) or a part fails.
    ///
    /// # Errors
    /// A part failed.
    pub async fn wait(&mut self, stop: impl Future<Output = ()>) -> Result<()> {
        tokio::select! {
            () = stop => Ok(()),
            Some(error) = self.failures.recv() => Err(error),
        }
    }

    /// Ends everything, stage by stage: the listeners, who may have requests
    /// in flight, and after them the others within [`SHUTDOWN_MAX`].
    ///
    /// # Errors
    /// A stage has not ended in time; the process should exit all the same.
    pub async fn shut_down(self) -> Result<()> {
        let drain = *self.drain.lock().unwrap_or_else(PoisonError::into_inner);
        let mut end = Instant::now() + drain + SHUTDOWN_MAX;
        let mut late = Vec::new();
        for (stage, token, tracker) in &self.stages {
            token.cancel();
            tracker.close();
            let most = if *stage == Stage::Listeners {
                drain
            } else {
                STAGE_MAX
            };
            let patience = end.min(Instant::now() + most);
            let has_ended = timeout_at(patience, tracker.wait()).await.is_ok();
            if *stage == Stage::Listeners {
                end = Instant::now() + SHUTDOWN_MAX;
            }
            if has_ended {
                continue;
            }
            if *stage == Stage::Listeners {
                // Clients that hold a log or a terminal open do not end by themselves.
                info!("the connections that are still open are cut");
                continue;
            }
            warn!(?stage, tasks = tracker.len(), "has not ended in time");
            late.push(format!("{stage:?}"));
        }
        if late.is_empty() {
            info!("all parts have ended");
            return Ok(());
        }
        Err(anyhow::anyhow!("{}", late.join(", "))).context("some parts have not ended in time")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Mutex as AsyncMutex;

    use super::*;

    #[tokio::test]
    async fn stages_end_in_order() {
        let supervisor = Supervisor::new();
        let ended = Arc::new(AsyncMutex::new(Vec::new()));
        for stage in STAGES.into_iter().rev() {
            let token = supervisor.token(stage);
            let ended = ended.clone();
            supervisor.spawn(stage, "part", async move {
                token.cancelled().await;
                ended.lock().await.push(stage);
                anyhow::Ok(())
            });
        }
        supervisor.shut_down().await.unwrap();
        assert_eq!(*ended.lock().await, STAGES);
    }

    #[tokio::test]
    async fn a_failed_part_ends_the_process() {
        let mut supervisor = Supervisor::new();
        supervisor.spawn(Stage::Node, "kubelet", async {
            Err(anyhow::anyhow!("no cgroup"))
        });
        let error = supervisor.wait(std::future::pending()).await.unwrap_err();
        assert_eq!(format!("{error:#}"), "kubelet failed: no cgroup");

        let mut supervisor = Supervisor::new();
        supervisor.spawn(Stage::Node, "proxy", async { anyhow::Ok(()) });
        let error = supervisor.wait(std::future::pending()).await.unwrap_err();
        assert!(format!("{error:#}").contains("without being asked"));

        let mut supervisor = Supervisor::new();
        supervisor.spawn(Stage::Node, "dns", async { panic!("boom") as Result<()> });
        let error = supervisor.wait(std::future::pending()).await.unwrap_err();
        assert!(format!("{error:#}").contains("dns failed"), "{error:#}");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_holds_the_end_up() {
        let supervisor = Supervisor::new();
        for stage in STAGES {
            supervisor.spawn(stage, "deaf", std::future::pending::<Result<()>>());
        }
        let start = Instant::now();
        assert!(supervisor.shut_down().await.is_err());
        let most = DRAIN_MAX + SHUTDOWN_MAX + Duration::from_millis(10);
        assert!(start.elapsed() <= most);
    }

    #[tokio::test(start_paused = true)]
    async fn requests_in_flight_are_waited_for() {
        let supervisor = Supervisor::new();
        supervisor.await_requests(Duration::from_secs(60));
        let took = Duration::from_secs(40);
        let token = supervisor.token(Stage::Listeners);
        supervisor.spawn(Stage::Listeners, "a listener", async move {
            token.cancelled().await;
            tokio::time::sleep(took).await;
            anyhow::Ok(())
        });
        // Who comes after them has its own time.
        let token = supervisor.token(Stage::Store);
        supervisor.spawn(Stage::Store, "the store", async move {
            token.cancelled().await;
            tokio::time::sleep(STAGE_MAX / 2).await;
            anyhow::Ok(())
        });
        let start = Instant::now();
        supervisor.shut_down().await.unwrap();
        assert!(start.elapsed() >= took, "{:?}", start.elapsed());
    }
}
