//! Whether a cluster is quiet.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use skeg_store::{Embedded, Store};
use tokio::runtime::Handle;

/// How long a cluster may be busy without writing anything, in the machine's time.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked at at once before the looking thread rests.
const LOOKS_AT_ONCE: u32 = 64;
/// The longest rest between two looks.
const REST_MAX: Duration = Duration::from_millis(1);

/// What there is to look at.
pub(crate) struct Quiet {
    cluster: Handle,
    store: Arc<Embedded>,
    /// Requests on their way through the server.
    requests: Arc<AtomicUsize>,
    /// Runtimes of the test.
    attached: Mutex<Vec<Handle>>,
}

/// A cluster does not become quiet.
#[derive(Debug, thiserror::Error)]
#[error("the cluster writes nothing for {} s and is not quiet: {why}", PATIENCE.as_secs())]
pub(crate) struct Restless {
    why: String,
}

/// How often the threads of a runtime have gone to sleep and woken; `None` when one is awake
/// or has something to do.
fn asleep(handle: &Handle) -> Option<u64> {
    let metrics = handle.metrics();
    if metrics.global_queue_depth() > 0 {
        return None;
    }
    let mut sum = 0;
    for worker in 0..metrics.num_workers() {
        let count = metrics.worker_park_unpark_count(worker);
        // Odd: it sleeps.
        if count.is_multiple_of(2) {
            return None;
        }
        sum += count;
    }
    (metrics.global_queue_depth() == 0).then_some(sum)
}

impl Quiet {
    pub(crate) fn new(cluster: Handle, store: Arc<Embedded>, requests: Arc<AtomicUsize>) -> Self {
        Self {
            cluster,
            store,
            requests,
            attached: Mutex::new(Vec::new()),
        }
    }

    /// Counts a runtime of the test in.
    pub(crate) fn attach(&self, handle: Handle) {
        let mut attached = self.attached.lock();
        if attached.iter().all(|known| known.id() != handle.id()) {
            attached.push(handle);
        }
    }

    /// Why it is not quiet.
    fn look(&self) -> Result<(), &'static str> {
        let attached = self.attached.lock().clone();
        let all = || -> Result<u64, &'static str> {
            let mut sum = asleep(&self.cluster).ok_or("a task of the cluster runs")?;
            for handle in &attached {
                sum += asleep(handle).ok_or("a task of the test's runtime runs")?;
            }
            Ok(sum)
        };
        let idle = || -> Result<(), &'static str> {
            if !self.store.is_idle() {
                return Err("the store is writing");
            }
            if self.requests.load(Ordering::Acquire) > 0 {
                return Err("a request is being answered");
            }
            Ok(())
        };
        idle()?;
        let before = all()?;
        idle()?;
        // Whoever woke in between may have left something behind.
        if all()? != before {
            return Err("a task ran just now");
        }
        Ok(())
    }

    /// Waits, on a thread that may block, until it is quiet.
    pub(crate) fn wait(&self) -> Result<(), Restless> {
        let mut begun = Instant::now();
        let mut revision = 0;
        let mut looks = 0u32;
        loop {
            let Err(why) = self.look() else {
                return Ok(());
            };
            looks += 1;
            if looks < LOOKS_AT_ONCE {
                std::thread::yield_now();
                continue;
            }
            if let Ok(Ok(now)) = self.store.current_revision().now()
                && now != revision
            {
                (begun, revision) = (Instant::now(), now);
            }
            if begun.elapsed() > PATIENCE {
                return Err(Restless {
                    why: why.to_owned(),
                });
            }
            let rest = Duration::from_micros(20) * (looks / LOOKS_AT_ONCE);
            std::thread::sleep(rest.min(REST_MAX));
        }
    }
}
