//! `skeg up`: the whole cluster, or the roles of it that were asked for, as
//! this one process.

pub mod address;
mod api;
pub mod cluster;
pub mod connector;
mod detach;
pub mod encryption;
pub mod network;
pub mod node;
pub mod parts;
pub mod prefix;
mod preflight;
pub mod published;
pub mod role;
pub mod server;
mod skew;
mod storage;
pub mod store;

use std::time::Duration;

use anyhow::Result;
use tokio::runtime::{Builder, Runtime};

use crate::cli::{ClusterArgs, UpArgs};
use crate::config::{Config, Role};
use crate::datadir::DataDir;
use crate::failure::{Failure, OrFail, render};
use crate::logging;

/// More threads would only cost memory: the work is asynchronous.
const WORKER_THREADS_MAX: usize = 4;
/// Threads for file and system calls that block, at most.
const BLOCKING_THREADS_MAX: usize = 32;

/// Runs the command.
///
/// # Errors
/// The cluster could not be started, or a part of it failed.
pub fn run(args: UpArgs) -> Result<()> {
    let outcome = up(&args);
    match outcome {
        Err(error) if args.detached => {
            detach::tell_failure(&render(&error));
            Err(error)
        }
        outcome => outcome,
    }
}

fn up(args: &UpArgs) -> Result<()> {
    let config = args.cluster.resolve()?;
    if !config.roles.has(Role::ApiServer) {
        return Err(Failure::new(
            "--roles is without apiserver, so there would be no cluster",
            "add apiserver, or run one role against a cluster elsewhere: `skeg kubelet --kubeconfig FILE`",
        )
        .into());
    }
    preflight::check(&config)?;
    if args.detach && !args.detached {
        return detach::start(&config);
    }
    if args.detached {
        detach::become_background();
        logging::to_file(&DataDir::new(&config.data_dir).log_file())?;
    } else {
        logging::to_stderr("info");
    }
    serve(config, args.detached)
}

/// `skeg apiserver`: the one role in the foreground.
///
/// # Errors
/// As [`run`].
pub fn run_api_server(mut args: ClusterArgs) -> Result<()> {
    args.roles = Role::ApiServer.name().parse().ok();
    args.no_node = false;
    let config = args.resolve()?;
    logging::to_stderr("info");
    serve(config, false)
}

fn serve(config: Config, detached: bool) -> Result<()> {
    let dir = DataDir::new(&config.data_dir);
    dir.create()?;
    let lock = dir.lock()?;
    let runtime = runtime()?;
    let told = move |message: &str| {
        if detached {
            detach::tell_ready(message);
        } else {
            print!("{message}");
        }
    };
    let outcome = runtime.block_on(cluster::run(config, dir, lock, told));
    runtime.shutdown_timeout(Duration::from_millis(300));
    outcome
}

pub(crate) fn runtime() -> Result<Runtime> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Builder::new_multi_thread()
        .worker_threads(cores.clamp(1, WORKER_THREADS_MAX))
        .max_blocking_threads(BLOCKING_THREADS_MAX)
        .thread_keep_alive(Duration::from_secs(2))
        .thread_name("skeg")
        .enable_all()
        .build()
        .or_fail(
            "cannot start threads",
            "check the limit of processes (ulimit -u)",
        )
}
