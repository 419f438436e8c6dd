//! `skeg etcd`: the embedded store behind etcd's v3 API, with etcd's flags.

mod flags;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use skeg_store::{Disk, Embedded, Error, Options, Store, SystemDisk, UnsyncedDisk};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::failure::{Failure, OrFail};
use flags::{Asked, Flags};

/// With compaction by number, it is looked after so often.
const COMPACT_BY_NUMBER_EVERY: Duration = Duration::from_secs(300);

/// Where only pages about the server are.
const METRICS_URLS: &str = "--listen-metrics-urls";

/// The quota that stands for none being given, as etcd has it.
const QUOTA_BYTES: u64 = 2 << 30;

/// Runs as etcd would; `args` are without the program's name.
pub fn main(args: Vec<OsString>) -> ExitCode {
    match run(args) {
        Ok(code) => code,
        Err(error) => {
            eprint!("{}", crate::failure::render(&error));
            ExitCode::FAILURE
        }
    }
}

/// Runs until the process is asked to end.
///
/// # Errors
/// A flag is not known or cannot be honoured, an address is taken, the data
/// cannot be opened.
pub fn run(args: Vec<OsString>) -> Result<ExitCode> {
    let flags = match flags::parse(args, |name| std::env::var(name).ok())? {
        Asked::Help => {
            print!("{}", flags::help());
            return Ok(ExitCode::SUCCESS);
        }
        Asked::Version => {
            println!("etcd Version: {}", skeg_etcd::VERSION);
            println!("Served by: skeg {}", env!("CARGO_PKG_VERSION"));
            return Ok(ExitCode::SUCCESS);
        }
        Asked::Run(flags) => *flags,
    };
    crate::logging::to_stderr(flags.log_filter());
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(serve(flags))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(flags: Flags) -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let tls = flags.tls()?;

    // Ports first: a taken one is the likeliest fault.
    let mut listeners = Vec::new();
    let client = flags.listen_client_urls.iter();
    let client = client.map(|url| (url, "--listen-client-urls"));
    let metrics = flags.listen_metrics_urls.iter();
    let metrics = metrics.map(|url| (url, METRICS_URLS));
    for (url, flag) in client.chain(metrics) {
        if url.is_tls && tls.is_none() {
            bail!(Failure::new(
                format!("cannot serve {url} without a certificate"),
                "give --cert-file and --key-file, or listen on an http URL"
            ));
        }
        let listener = TcpListener::bind(&url.authority).await.or_fail(
            format!("cannot listen on {}", url.authority),
            format!("stop who has the port, or take another: {flag}"),
        )?;
        let tls = tls.clone().filter(|_| url.is_tls);
        listeners.push((listener, tls, flag == METRICS_URLS));
    }
    let store = Arc::new(open(&flags).await?);

    let stopping = CancellationToken::new();
    let server = skeg_etcd::Server::new(store.clone(), flags.presented(), stopping.clone());
    let mut serving = tokio::task::JoinSet::new();
    for (listener, tls, only_pages) in listeners {
        let (address, is_tls) = (listener.local_addr()?, tls.is_some());
        if only_pages {
            info!(%address, tls = is_tls, "serving metrics and health");
            serving.spawn(server.clone().serve_pages(listener, tls));
        } else {
            info!(%address, tls = is_tls, "serving etcd clients");
            serving.spawn(server.clone().serve(listener, tls));
        }
    }
    if let Some(keep) = flags.compact_to_last {
        let (store, stopping) = (store.clone(), stopping.clone());
        serving.spawn(async move { compact_by_number(&store, keep, stopping).await });
    }
    let failed = tokio::select! {
        _ = terminate.recv() => None,
        _ = interrupt.recv() => None,
        Some(ended) = serving.join_next() => Some(ended),
    };
    stopping.cancel();
    while serving.join_next().await.is_some() {}
    store.close().await.context("close the store")?;
    if let Some(ended) = failed {
        ended.context("cannot accept connections any more")?;
    }
    Ok(())
}

async fn open(flags: &Flags) -> Result<Embedded> {
    let dir = flags.data_dir.clone();
    if is_of_another_etcd(&dir) {
        bail!(Failure::new(
            format!("{} holds the data of another etcd", dir.display()),
            "take an empty --data-dir, and move the data there first, while that etcd runs: \
             skeg store move --from http://HOST:PORT --to DIR"
        ));
    }
    let path = store_dir(&dir);
    let disk: Arc<dyn Disk> = if flags.unsafe_no_fsync {
        Arc::new(UnsyncedDisk)
    } else {
        Arc::new(SystemDisk)
    };
    let options = Options {
        // History ends when a client says so, or by the flags for it; the quota
        // bounds it.
        history: flags.compact_after.unwrap_or(Duration::MAX),
        history_bytes_max: u64::MAX,
        disk,
        ..Options::default()
    };
    let opening = path.clone();
    let opened = tokio::task::spawn_blocking(move || Embedded::open(opening, options)).await?;
    let remedy = match &opened {
        Err(Error::Corrupt { remedy, .. }) => remedy.clone(),
        Err(Error::Locked { .. }) => "stop that process, or take another --data-dir".to_owned(),
        _ => format!("check the owner of {}", path.display()),
    };
    opened.or_fail(format!("cannot open the store {}", path.display()), remedy)
}

/// Where the store is in a data folder.
fn store_dir(data_dir: &Path) -> PathBuf {
    data_dir.join("store")
}

fn is_of_another_etcd(data_dir: &Path) -> bool {
    data_dir.join("member/snap/db").exists()
}

async fn compact_by_number(store: &Embedded, keep: u64, stopping: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(COMPACT_BY_NUMBER_EVERY) => {}
            () = stopping.cancelled() => return,
        }
        let Ok(status) = store.status().await else {
            return;
        };
        let target = status.revision.saturating_sub(keep);
        if target > status.compacted
            && let Err(error) = store.compact(target).await
        {
            tracing::warn!(%error, "cannot compact");
        }
    }
}
