//! Several clusters that come and go, for controllers that work over all of them.

mod secrets;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use futures::stream::{BoxStream, StreamExt};
use parking_lot::Mutex;
use skeg_client::Client;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, SystemClock};
use crate::informer::SharedInformerFactory;
use crate::name::ObjectName;

pub use secrets::SecretClusters;

/// An object in one of several clusters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClusterObject {
    /// The cluster's name.
    pub cluster: Arc<str>,
    /// The object's.
    pub name: ObjectName,
}

impl ClusterObject {
    /// An object in a cluster.
    #[must_use]
    pub fn new(cluster: &Arc<str>, name: ObjectName) -> Self {
        Self {
            cluster: Arc::clone(cluster),
            name,
        }
    }
}

impl fmt::Display for ClusterObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.cluster, self.name)
    }
}

/// A cluster that has joined: how to reach it, and what is known of it.
#[derive(Debug)]
pub struct Cluster {
    name: Arc<str>,
    client: Client,
    informers: SharedInformerFactory,
    cancel: CancellationToken,
}

impl Cluster {
    /// The name under which it joined.
    #[must_use]
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// A client of it.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Its informers, which end when it leaves.
    #[must_use]
    pub fn informers(&self) -> &SharedInformerFactory {
        &self.informers
    }

    /// Cancelled when it leaves.
    #[must_use]
    pub fn cancelled(&self) -> &CancellationToken {
        &self.cancel
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

/// The clusters that there are now. Cheap to clone; the clones are one set.
///
/// ```no_run
/// # use skeg_client::Client;
/// # fn example(east: Client, west: Client) {
/// let clusters = skeg_runtime::Clusters::new();
/// clusters.join("east", east);
/// clusters.join("west", west);
/// # }
/// ```
#[derive(Clone)]
pub struct Clusters {
    inner: Arc<Inner>,
}

struct Inner {
    clock: Arc<dyn Clock>,
    clusters: Mutex<BTreeMap<Arc<str>, Arc<Cluster>>>,
    changed: watch::Sender<()>,
}

impl fmt::Debug for Clusters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.inner.clusters.lock().keys())
            .finish()
    }
}

impl Default for Clusters {
    fn default() -> Self {
        Self::new()
    }
}

impl Clusters {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(SystemClock::new())
    }

    /// None yet; their informers take the time from this clock.
    #[must_use]
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        let (changed, _) = watch::channel(());
        Self {
            inner: Arc::new(Inner {
                clock,
                clusters: Mutex::new(BTreeMap::new()),
                changed,
            }),
        }
    }

    /// A cluster joins, in the place of the one of its name.
    pub fn join(&self, name: &str, client: Client) -> Arc<Cluster> {
        let cancel = CancellationToken::new();
        let clock = Arc::clone(&self.inner.clock);
        let informers = SharedInformerFactory::new(client.clone(), clock, cancel.clone());
        let cluster = Arc::new(Cluster {
            name: Arc::from(name),
            client,
            informers,
            cancel,
        });
        let before = self
            .inner
            .clusters
            .lock()
            .insert(Arc::clone(&cluster.name), Arc::clone(&cluster));
        if let Some(before) = before {
            before.cancel.cancel();
        }
        self.inner.changed.send_replace(());
        cluster
    }

    /// A cluster leaves: its informers end, and nothing of it is reconciled any
    /// more. Whether there was one.
    pub fn leave(&self, name: &str) -> bool {
        let Some(cluster) = self.inner.clusters.lock().remove(name) else {
            return false;
        };
        cluster.cancel.cancel();
        self.inner.changed.send_replace(());
        true
    }

    /// The cluster of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<Cluster>> {
        self.inner.clusters.lock().get(name).cloned()
    }

    /// Every cluster, by name.
    #[must_use]
    pub fn list(&self) -> Vec<Arc<Cluster>> {
        self.inner.clusters.lock().values().cloned().collect()
    }

    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.inner.changed.subscribe()
    }

    /// Lets clusters join and leave as a provider says, until it ends.
    /// Dropping the future leaves the clusters as they are.
    pub async fn follow(&self, provider: &dyn ClusterProvider) {
        let mut changes = provider.changes();
        while let Some(change) = changes.next().await {
            match change {
                ClusterChange::Joined { name, client } => {
                    tracing::info!(cluster = name, "a cluster joins");
                    self.join(&name, client);
                }
                ClusterChange::Left { name } => {
                    tracing::info!(cluster = name, "a cluster leaves");
                    self.leave(&name);
                }
            }
        }
    }
}

/// A cluster comes, changes or goes.
#[derive(Clone, Debug)]
pub enum ClusterChange {
    /// It is there, or there is another way to reach it.
    Joined {
        /// Its name.
        name: String,
        /// A client of it.
        client: Client,
    },
    /// It is gone.
    Left {
        /// Its name.
        name: String,
    },
}

/// Knows which clusters there are: from a cloud's API, a fleet's, a file.
pub trait ClusterProvider: Send + Sync + 'static {
    /// Those that there are, and from then on what changes.
    fn changes(&self) -> BoxStream<'static, ClusterChange>;
}
