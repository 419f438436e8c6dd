//! The wiring of a whole cluster in one process.

use std::future::Future;
use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tracing::info;

use super::{api, parts, store};
use crate::commands::version::{KUBERNETES, VERSION};
use crate::config::Config;
use crate::datadir::{DataDir, DataDirLock};
use crate::failure::OrFail;
use crate::supervisor::{Stage, Supervisor};

/// Runs until a signal comes or a part fails. `told` gets the text for the
/// user once everything is ready.
///
/// # Errors
/// Something could not be started, or a part failed.
pub async fn run(
    config: Config,
    dir: DataDir,
    lock: DataDirLock,
    told: impl Fn(&str) + Send,
) -> Result<()> {
    // Signals are caught from here on, so that an early one also ends in order.
    let stop = asked_to_end()?;
    tokio::pin!(stop);

    let mut supervisor = Supervisor::new();
    let outcome = tokio::select! {
        started = start(&config, &dir, lock, &supervisor) => started.map(Some),
        () = &mut stop => Ok(None),
    };
    let outcome = match outcome {
        Ok(Some((message, lock))) => {
            told(&message);
            let outcome = supervisor.wait(stop).await;
            // The folder is ours until the store is flushed.
            let ended = supervisor.shut_down().await;
            drop(lock);
            return outcome.and(ended);
        }
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    let ended = supervisor.shut_down().await;
    outcome.and(ended)
}

/// Ends when the process is asked to end.
///
/// # Errors
/// Signals cannot be caught.
pub fn asked_to_end() -> Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot catch signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot catch signals")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => info!("asked to end (SIGTERM)"),
            _ = interrupt.recv() => info!("asked to end (SIGINT)"),
        }
    })
}

async fn start(
    config: &Config,
    dir: &DataDir,
    mut lock: DataDirLock,
    supervisor: &Supervisor,
) -> Result<(String, DataDirLock)> {
    let started = Instant::now();
    let instance = dir.instance_id()?;
    info!(version = VERSION, data_dir = %dir.root().display(), roles = %config.roles, instance, "starting");

    let store = store::open(dir, supervisor).await?;
    let api =
        api::start(config, dir, store, None, supervisor.token(Stage::ApiServer)).await?;
    api.server.bootstrap().await.or_fail(
        "cannot make the objects that every cluster begins with",
        "see the log; if the data folder is damaged, `skeg reset` makes a new cluster",
    )?;
    for listener in api.listeners {
        let address = listener.local_addr()?;
        info!(%address, "listening");
        let serving = listener.serve(api.server.clone(), supervisor.token(Stage::Listeners));
        supervisor.spawn(Stage::Listeners, "the API server's listener", async move {
            serving.await;
            anyhow::Ok(())
        });
    }
    parts::start_roles(config, dir, &instance, &api.server, &api.pki, &api.advertised, supervisor).await?;

    let seconds = started.elapsed().as_secs_f64();
    lock.write(&json!({
        "version": VERSION,
        "url": api.url,
        "listen": config.listen.to_string(),
        "roles": config.roles.names(),
        "node": config.has_node().then(|| config.node_name.to_string()),
        "instance": instance,
        "readyAfterSeconds": (seconds * 1000.0).round() / 1000.0,
    }))?;
    info!(seconds, url = api.url, "ready");
    Ok((banner(config, dir, seconds, &api.url), lock))
}

/// What the user sees when all is ready.
fn banner(config: &Config, dir: &DataDir, seconds: f64, url: &str) -> String {
    let path = dir.admin_kubeconfig();
    let path = path.display();
    let mut next = vec!["skeg status"];
    if config.has_node() {
        next.push("skeg image import FILE");
    }
    next.push("skeg down");
    let flag = if config.data_dir == std::path::Path::new(crate::config::DEFAULT_DATA_DIR) {
        String::new()
    } else {
        format!("     (each with --data-dir {})", config.data_dir.display())
    };
    format!(
        "skeg {VERSION}, Kubernetes {KUBERNETES} · ready in {seconds:.1} s · {url}\n  \
         kubeconfig  {path}     (kubectl finds it: export KUBECONFIG={path})\n  \
         next        {}{flag}\n",
        next.join(" · "),
    )
}
