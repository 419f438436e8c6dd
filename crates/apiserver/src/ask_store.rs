//! Whether a store that is asked over the network answers: for the checks of
//! health, as upstream has it (apiserver/pkg/storage/storagebackend/factory).

use parking_lot::Mutex;
use skeg_store::{LATEST, Store};
use std::time::Duration;
use tokio::time::Instant;

use crate::health::Endpoint;
use crate::query::Query;
use crate::{ApiServer, Options};

/// What is read; whether it is there does not matter.
const KEY: &[u8] = b"/registry/health";

/// The check that counts everywhere.
pub(crate) const HEALTH: &str = "etcd";
/// The one for readiness only.
pub(crate) const READINESS: &str = "etcd-readiness";

/// A check's questions to the store. They are asked no more often than twice
/// in the time that one may take; in between the last answer holds.
pub(crate) struct Asked {
    timeout: Duration,
    /// When it was asked last. Who comes meanwhile waits for that answer.
    at: tokio::sync::Mutex<Option<Instant>>,
    last: Mutex<Result<(), String>>,
}

impl Asked {
    fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            at: tokio::sync::Mutex::default(),
            last: Mutex::new(Ok(())),
        }
    }

    async fn ask(&self, store: &dyn Store) {
        let mut at = self.at.lock().await;
        if at.is_some_and(|at| at.elapsed() < self.timeout / 2) {
            return;
        }
        *at = Some(Instant::now());
        let outcome = match tokio::time::timeout(self.timeout, store.get(KEY, LATEST)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(format!("error getting data from etcd: {error}")),
            Err(_) => Err("error getting data from etcd: context deadline exceeded".to_owned()),
        };
        *self.last.lock() = outcome;
    }

    /// What the store said last.
    pub(crate) fn last(&self) -> Result<(), String> {
        self.last.lock().clone()
    }
}

/// The questions of both checks.
pub(crate) struct AskStore {
    pub(crate) health: Asked,
    pub(crate) readiness: Asked,
}

impl AskStore {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            health: Asked::new(options.store_health_timeout),
            readiness: Asked::new(options.store_readiness_timeout),
        }
    }
}

impl ApiServer {
    /// Asks the store what the checks that are about to be run need to know of
    /// it. A store of this process tells it at once, and is not asked.
    pub(crate) async fn ask_store(&self, endpoint: Endpoint, check: Option<&str>, query: &Query) {
        let store = &*self.inner.store;
        if store.status().now().is_ok() {
            return;
        }
        let is_run = |name: &str| match check {
            Some(check) => check == name,
            None => !query.all("exclude").any(|excluded| excluded == name),
        };
        let asked = &self.inner.asked;
        let health = async {
            if is_run(HEALTH) {
                asked.health.ask(store).await;
            }
        };
        let readiness = async {
            if endpoint == Endpoint::Readyz && is_run(READINESS) {
                asked.readiness.ask(store).await;
            }
        };
        tokio::join!(health, readiness);
    }
}
