//! The store of this process.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use skeg_etcd::{ClientFiles, Etcd, EtcdOptions};
use skeg_store::{Embedded, Error, Options, Store};

use crate::datadir::DataDir;
use crate::failure::{Failure, OrFail};
use crate::supervisor::{Stage, Supervisor};

/// So long an etcd's history is kept at least, as kube-apiserver does.
pub const HISTORY: Duration = Duration::from_secs(300);

/// An etcd that is started beside us has so long to come up, as kube-apiserver
/// waits for it.
const ETCD_STARTS: Duration = Duration::from_secs(20);

/// Opens the embedded store; it is flushed and closed last of all.
///
/// # Errors
/// Its files cannot be opened or are damaged.
pub async fn open(dir: &DataDir, supervisor: &Supervisor) -> Result<Arc<dyn Store>> {
    embedded(dir.store(), supervisor).await
}

/// The embedded store in a folder.
///
/// # Errors
/// As [`open`].
pub async fn embedded(path: PathBuf, supervisor: &Supervisor) -> Result<Arc<dyn Store>> {
    let opened = {
        let path = path.clone();
        tokio::task::spawn_blocking(move || Embedded::open(path, Options::default())).await?
    };
    let remedy = match &opened {
        Err(Error::Corrupt { remedy, .. }) => remedy.clone(),
        Err(Error::NoSpace { .. }) => "free some space on the disk".to_owned(),
        Err(Error::Locked { .. }) => "`skeg down` stops the other process".to_owned(),
        _ => format!("check the owner of {}", path.display()),
    };
    // What to do comes as the remedy, not in the reason too.
    let opened = opened.map_err(|error| match error {
        Error::Corrupt {
            file, offset, what, ..
        } => anyhow::anyhow!("{} is damaged at byte {offset}: {what}", file.display()),
        other => other.into(),
    });
    let what = format!("cannot open the store {}", path.display());
    let store: Arc<dyn Store> =
        Arc::new(opened.map_err(|error| error.context(Failure::new(what, remedy)))?);
    keep(&store, supervisor);
    Ok(store)
}

/// An etcd, which must answer before long. Its history is dropped when it is as
/// old as `history` says, or by others.
///
/// # Errors
/// What was given is of no use, or nothing answers.
pub async fn etcd(
    endpoints: &[String],
    tls: Option<ClientFiles>,
    history: Option<Duration>,
    supervisor: &Supervisor,
) -> Result<Arc<dyn Store>> {
    let options = EtcdOptions {
        endpoints: endpoints.to_vec(),
        tls,
        wait: ETCD_STARTS,
    };
    let etcd = Etcd::connect(&options).await.or_fail(
        format!("cannot use the etcd at {}", endpoints.join(", ")),
        "check that it runs there: etcdctl --endpoints URL endpoint health",
    )?;
    let store: Arc<dyn Store> = Arc::new(etcd);
    keep(&store, supervisor);
    if let Some(every) = history {
        let (token, compacted) = (supervisor.token(Stage::Store), store.clone());
        supervisor.spawn(Stage::Store, "the store's history", async move {
            tokio::select! {
                () = token.cancelled() => {}
                () = skeg_etcd::compact_history(&*compacted, every) => {}
            }
            anyhow::Ok(())
        });
    }
    Ok(store)
}

/// Closes the store last of all.
fn keep(store: &Arc<dyn Store>, supervisor: &Supervisor) {
    let token = supervisor.token(Stage::Store);
    let closing = store.clone();
    supervisor.spawn(Stage::Store, "the store", async move {
        token.cancelled().await;
        closing.close().await
    });
}
