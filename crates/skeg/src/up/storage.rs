//! The store that the configuration asks for: the embedded one or an etcd.

use std::sync::Arc;

use anyhow::Result;
use skeg_etcd::ClientFiles;
use skeg_store::Store;

use super::store;
use crate::config::Config;
use crate::datadir::DataDir;
use crate::supervisor::Supervisor;

/// Opens it; it is closed last of all.
///
/// # Errors
/// It cannot be opened or reached, or a file for it does not do.
pub async fn open(
    config: &Config,
    dir: &DataDir,
    supervisor: &Supervisor,
) -> Result<Arc<dyn Store>> {
    let etcd = &config.etcd;
    if etcd.servers.is_empty() {
        store::open(dir, supervisor).await
    } else {
        let tls = etcd.ca_file.clone().map(|ca| ClientFiles {
            ca,
            identity: etcd.cert_file.clone().zip(etcd.key_file.clone()),
        });
        store::etcd(&etcd.servers, tls, Some(store::HISTORY), supervisor).await
    }
}
