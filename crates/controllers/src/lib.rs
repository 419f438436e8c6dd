//! The controllers of Kubernetes, one module each, in one table.
//!
//! A controller is a row of [`CONTROLLERS`]: its name and how it is started. It
//! reads from shared informers, is told by them which objects to look at,
//! compares what is with what should be (`plan`, without IO), and writes the
//! difference through the API (`execute`). It never writes what it reads, and
//! an idle one does nothing.
//!
//! The crate must not know how the server stores objects.

mod admissionpolicy;
mod bootstrap;
mod certificates;
mod clusterroleaggregation;
mod context;
mod cronjob;
mod daemonset;
mod defined;
mod deployment;
mod devicetainteviction;
mod disruption;
mod each;
mod endpoints;
mod endpointslicemirroring;
mod garbagecollector;
mod horizontalpodautoscaler;
mod job;
mod namespace;
mod nodelifecycle;
mod nodettl;
mod persistentvolume;
mod podgc;
mod replicaset;
mod resourceclaim;
mod resourcequota;
mod served;
mod serviceaccount;
mod servicecidr;
mod snapshot;
mod statefulset;
mod storageversionmigration;
mod table;
mod tainteviction;
mod volumeprotection;
mod workload;

pub use context::{ClientFor, Context, Options};
pub use table::{CONTROLLERS, Row};

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt;
use skeg_client::Client;
use skeg_runtime::{Backoff, BackoffPolicy, Clock, SharedInformerFactory};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Why the controllers cannot run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The options name a controller that does not exist.
    #[error("no controller is called {0:?}")]
    UnknownController(String),
}

/// Runs the controllers that the options choose, until the token is cancelled
/// and each has finished what it was doing.
///
/// `client` reads for all of them; each writes as its own service account
/// where [`Options::client_for`] gives it one.
///
/// # Errors
/// The options are unusable. Trouble with the server never ends a controller.
pub async fn run(client: Client, options: Options, cancel: CancellationToken) -> Result<(), Error> {
    let rows = table::chosen(&options.controllers)?;
    let client = client.with_user_agent(context::USER_AGENT);
    let clock = Arc::clone(&options.clock);
    let own = options.informers.is_none();
    let informers = options.informers.clone().unwrap_or_else(|| {
        SharedInformerFactory::new(client.clone(), Arc::clone(&clock), cancel.clone())
    });
    let options = Arc::new(options);
    let tasks = TaskTracker::new();
    for row in rows {
        let context = Context::new(row, &client, &informers, &options, &cancel);
        tasks.spawn(supervise(row, context, Arc::clone(&clock)));
    }
    tasks.close();
    tasks.wait().await;
    // Without any controller there is nothing to wait for but the end.
    cancel.cancelled().await;
    if own {
        informers.ended().await;
    }
    Ok(())
}

/// Starts a controller, and again should it end before its time.
async fn supervise(row: &'static Row, context: Context, clock: Arc<dyn Clock>) {
    let mut backoff = Backoff::new(BackoffPolicy::default());
    while !context.cancel.is_cancelled() {
        tracing::debug!(controller = row.name, "starting");
        let ended = AssertUnwindSafe((row.start)(context.clone()))
            .catch_unwind()
            .await;
        if context.cancel.is_cancelled() {
            return;
        }
        let pause = backoff.pause(&*clock);
        tracing::error!(
            controller = row.name,
            panicked = ended.is_err(),
            ?pause,
            "ended before its time"
        );
        let _ = context.cancel.run_until_cancelled(clock.sleep(pause)).await;
    }
}
