//! The run of a manager, from the first port to the last.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::FutureExt;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::{Manager, ManagerAddresses, ManagerError, Task, signals};
use crate::builder::{Env, PreparedController};
use crate::controller::panic_message;
use crate::informer::{InformerPanic, SharedInformerFactory};
use crate::leader::LeaderElector;
use crate::metrics::Metrics;
use crate::serve::{Endpoints, Server};

/// What runs controllers and tasks, and hears of those that fail.
struct Runner {
    env: Env,
    tasks: TaskTracker,
    failures: mpsc::UnboundedSender<ManagerError>,
}

impl Runner {
    fn controller(&self, controller: PreparedController, cancel: &CancellationToken) {
        let env = Env {
            cancel: cancel.clone(),
            ..self.env.clone()
        };
        let (name, failures) = (controller.name, self.failures.clone());
        let work = (controller.start)(env);
        self.tasks.spawn(async move {
            tracing::info!(controller = &*name, "begins");
            if let Err(source) = work.await {
                let name = name.into_owned();
                // Whoever listened has heard enough.
                let _ = failures.send(ManagerError::Controller { name, source });
            }
        });
    }

    fn task(&self, task: Task, cancel: &CancellationToken) {
        let Task { name, work, .. } = task;
        let (failures, cancel) = (self.failures.clone(), cancel.clone());
        self.tasks.spawn(async move {
            let work = async move { work(cancel).await };
            let outcome = std::panic::AssertUnwindSafe(work).catch_unwind().await;
            let source = match outcome {
                Ok(Ok(())) => return,
                Ok(Err(source)) => source,
                Err(panic) => format!("it panicked: {}", panic_message(&*panic)).into(),
            };
            let name = name.into_owned();
            let _ = failures.send(ManagerError::Task { name, source });
        });
    }
}

/// What ends when the run is dropped.
struct Guards {
    _all: [DropGuard; 3],
}

pub(super) async fn run(mut manager: Manager) -> Result<(), ManagerError> {
    check_names(&manager.controllers)?;
    let stops = manager.stops.clone();
    let guards = Guards {
        _all: [
            stops.work.clone().drop_guard(),
            stops.informers.clone().drop_guard(),
            stops.servers.clone().drop_guard(),
        ],
    };
    let ending = Arc::new(AtomicBool::new(false));
    add_readiness(&manager, &ending);
    let servers = TaskTracker::new();
    serve(&manager, &servers).await?;

    let (failures, mut failed) = mpsc::unbounded_channel();
    let runner = Runner {
        env: Env {
            informers: manager.informers.clone(),
            metrics: Some(manager.metrics.clone()),
            cancel: stops.work.clone(),
        },
        tasks: TaskTracker::new(),
        failures,
    };
    let controllers = std::mem::take(&mut manager.controllers);
    let tasks = std::mem::take(&mut manager.tasks);
    // What the next leader has to know it reads while it waits.
    for controller in &controllers {
        (controller.warm)(&manager.informers);
    }
    let (for_leader, everywhere): (Vec<_>, Vec<_>) =
        tasks.into_iter().partition(|task| task.leader_only);
    for task in everywhere {
        runner.task(task, &stops.work);
    }
    let elected = manager.leader.is_some();
    let (leading, always): (Vec<_>, Vec<_>) = controllers
        .into_iter()
        .partition(|controller| elected && controller.leader_only);
    for controller in always {
        runner.controller(controller, &stops.work);
    }

    // How long it takes at least until another may lead when the Lease is lost.
    let spare = (manager.leader.as_ref()).map_or(Duration::MAX, |options| {
        options.lease.saturating_sub(options.renew)
    });
    let lead = async {
        let leads = &manager.leads;
        let begin = |token: CancellationToken| {
            // Within the manager's own tree, so that all of it ends together.
            for controller in leading {
                runner.controller(controller, &token);
            }
            for task in for_leader {
                runner.task(task, &token);
            }
            leads.send_replace(true);
            let (tasks, work) = (runner.tasks.clone(), stops.work.clone());
            async move {
                token.cancelled().await;
                leads.send_replace(false);
                // Whoever has lost the Lease ends as a whole, and starts anew.
                work.cancel();
                tasks.close();
                tasks.wait().await;
            }
        };
        let Some(options) = manager.leader.take() else {
            begin(stops.work.clone()).await;
            return Ok(());
        };
        let clock = Arc::clone(&manager.clock);
        let mut elector =
            LeaderElector::new(manager.client.clone(), options, clock).measured(&manager.metrics);
        if let Some(hook) = manager.on_leader.take() {
            elector = elector.on_leader(hook);
        }
        elector.check()?;
        // What does not lead ends with what does, before the Lease is given up.
        let lost = !elector.run(stops.work.clone(), begin).await;
        stops.work.cancel();
        runner.tasks.close();
        runner.tasks.wait().await;
        if lost {
            return Err(ManagerError::LeadershipLost);
        }
        Ok(())
    };
    tokio::pin!(lead);

    let asked = async {
        if manager.signals {
            tokio::select! {
                () = signals::asked() => tracing::info!("told to end by a signal"),
                () = stops.asked.cancelled() => {}
            }
        } else {
            stops.asked.cancelled().await;
        }
    };
    let (mut outcome, mut done) = (Ok(()), false);
    let (mut bound, mut late) = (manager.grace, ManagerError::Grace(manager.grace));
    tokio::select! {
        biased;
        () = asked => {}
        panic = runner.env.informers.panicked() => {
            count(&manager.metrics, &panic);
            outcome = Err(panic.into());
        }
        Some(failure) = failed.recv() => outcome = Err(failure),
        led = &mut lead => {
            outcome = led;
            done = true;
        }
        // The Lease is lost, and somebody still works.
        () = stops.work.cancelled() => {
            bound = bound.min(spare);
            late = ManagerError::LeadershipLost;
        }
    }
    ending.store(true, Ordering::Relaxed);
    stops.work.cancel();
    if !done {
        // Whoever moves the clock in a test may not move it here: this is about the process.
        match tokio::time::timeout(bound, &mut lead).await {
            Ok(led) => outcome = outcome.and(led),
            Err(_) => outcome = outcome.and(Err(late)),
        }
    }
    stops.informers.cancel();
    ended(&manager.informers).await;
    let recorders = std::mem::take(&mut *manager.recorders.lock());
    for recorder in recorders {
        recorder.ended().await;
    }
    stops.servers.cancel();
    servers.close();
    servers.wait().await;
    drop(guards);
    outcome
}

fn count(metrics: &Metrics, panic: &InformerPanic) {
    let help = "Informers that have ended because a function they were given panicked.";
    let labels = [("resource", panic.what.as_str())];
    let panics = metrics.counter("informer_panics_total", help, &labels);
    panics.inc();
}

async fn ended(informers: &SharedInformerFactory) {
    informers.ended().await;
}

fn check_names(controllers: &[PreparedController]) -> Result<(), ManagerError> {
    let mut names = HashSet::new();
    match controllers
        .iter()
        .find(|controller| !names.insert(&*controller.name))
    {
        Some(twice) => Err(ManagerError::NameTaken(twice.name.to_string())),
        None => Ok(()),
    }
}

fn add_readiness(manager: &Manager, ending: &Arc<AtomicBool>) {
    let informers = manager.informers.clone();
    manager.checks.add_readiness("informer-sync", move || {
        let missing = informers.unsynced();
        let panic = informers.panics().into_iter().next();
        async move {
            if let Some(panic) = panic {
                Err(panic.to_string())
            } else if missing.is_empty() {
                Ok(())
            } else {
                Err(format!("not read yet: {}", missing.join(", ")))
            }
        }
    });
    let ending = Arc::clone(ending);
    manager.checks.add_readiness("shutdown", move || {
        let ending = ending.load(Ordering::Relaxed);
        async move {
            if ending {
                Err("the process is ending".to_owned())
            } else {
                Ok(())
            }
        }
    });
}

/// Opens the ports, so that whoever asks gets an answer from the start.
async fn serve(manager: &Manager, servers: &TaskTracker) -> Result<(), ManagerError> {
    let health = || Some(manager.checks.clone());
    let metrics = || Some((manager.metrics.clone(), manager.guard.clone()));
    let open = async |address: &str, tls, endpoints: Endpoints| {
        let failed = |source| ManagerError::Listen {
            address: address.to_owned(),
            source,
        };
        let server = Server::bind(address, tls).await.map_err(failed)?;
        let at = server.address().map_err(failed)?;
        servers.spawn(server.run(endpoints.handler(), manager.stops.servers.clone()));
        Ok::<_, ManagerError>(at)
    };
    let mut addresses = ManagerAddresses::default();
    let both = manager.tls.is_none() && manager.health == manager.metrics_on;
    if let Some(address) = &manager.health {
        let endpoints = Endpoints {
            health: health(),
            metrics: both.then(metrics).flatten(),
        };
        addresses.health = Some(open(address, None, endpoints).await?);
    }
    if both {
        addresses.metrics = addresses.health;
    } else if let Some(address) = &manager.metrics_on {
        let endpoints = Endpoints {
            health: None,
            metrics: metrics(),
        };
        addresses.metrics = Some(open(address, manager.tls.clone(), endpoints).await?);
    }
    manager.addresses.send_replace(Some(addresses));
    Ok(())
}
