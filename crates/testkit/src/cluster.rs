//! A running cluster.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use jiff::Timestamp;
use skeg_apiserver::{ApiServer, Listener};
use skeg_client::{Client, Kubeconfig};
use skeg_runtime::{Clock, SharedInformerFactory, SystemClock};
use skeg_store::{Embedded, Store};
use tempfile::TempDir;
use tokio::runtime::Handle;
use tokio::sync::{OnceCell, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::builder::Builder;
use crate::error::Error;
use crate::faults::Faults;
use crate::gate::Gate;
use crate::kubelet::{Kubelet, NodeSpec};
use crate::node_api::NodeApi;
use crate::record::Recorder;
use crate::time::{Quiet, Restless, Time, VirtualClock};
use crate::traffic::Traffic;
use crate::users::{Across, Tokens, User};
use crate::{control, image, pki};

/// How long what runs in a cluster is given to end.
const END_TIMEOUT: Duration = Duration::from_secs(2);
/// The program that clients of the test call themselves.
const AGENT: &str = "test";

/// A whole control plane inside the test process. Cheap to clone; the cluster
/// ends with its last clone.
///
/// Everything runs on one thread of the cluster's own. [`Cluster::client`]
/// reaches the API server without sockets, from any runtime;
/// [`Cluster::kubeconfig`] opens an HTTPS listener for programs outside.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// use skeg_api::core::v1::ConfigMap;
/// use skeg_client::Api;
/// use skeg_meta::ObjectMeta;
/// use skeg_testkit::Cluster;
///
/// let cluster = Cluster::start().await?;
/// let maps = Api::<ConfigMap>::namespaced(cluster.client(), "default");
/// let map = ConfigMap {
///     metadata: ObjectMeta::named("default", "settings"),
///     ..ConfigMap::default()
/// };
/// maps.create(map).await?;
/// assert!(maps.get_opt("settings").await?.is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct Cluster {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) server: ApiServer,
    pub(crate) store: Arc<Embedded>,
    pub(crate) time: Time,
    pub(crate) handle: Handle,
    pub(crate) faults: Faults,
    pub(crate) traffic: Arc<Traffic>,
    pub(crate) quiet: Arc<Quiet>,
    informers: SharedInformerFactory,
    kubelet: Kubelet,
    tokens: Arc<Tokens>,
    port: u16,
    listening: OnceCell<SocketAddr>,
    files: std::sync::OnceLock<TempDir>,
    cancel: CancellationToken,
    ended: CancellationToken,
    /// The revision at which the cluster was handed to the test.
    pub(crate) begun: u64,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

/// Ends the thread's cluster if its starter goes away.
struct Started {
    server: ApiServer,
    store: Arc<Embedded>,
    time: Time,
    handle: Handle,
    faults: Faults,
    traffic: Arc<Traffic>,
    quiet: Arc<Quiet>,
    informers: SharedInformerFactory,
    kubelet: Kubelet,
    tokens: Arc<Tokens>,
}

impl Cluster {
    /// A cluster with everything: see [`Builder`].
    ///
    /// # Errors
    /// The machine has no thread left.
    pub async fn start() -> Result<Self, Error> {
        Builder::default().start().await
    }

    /// Begins to choose.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) async fn from_builder(builder: Builder) -> Result<Self, Error> {
        let cancel = CancellationToken::new();
        let ended = CancellationToken::new();
        let guard = cancel.clone().drop_guard();
        let (sender, receiver) = oneshot::channel();
        let (own, stop, told) = (builder.clone(), cancel.clone(), ended.clone());
        std::thread::Builder::new()
            .name("testkit-cluster".to_owned())
            .spawn(move || {
                let _told = told.drop_guard();
                host(own, &stop, sender);
            })
            .map_err(|source| Error::System {
                action: "start a thread",
                source,
            })?;
        let started = receiver.await.map_err(|_| Error::Stopped)??;
        guard.disarm();
        let inner = Inner {
            server: started.server,
            begun: 0,
            store: started.store,
            time: started.time,
            handle: started.handle,
            faults: started.faults,
            traffic: started.traffic,
            quiet: started.quiet,
            informers: started.informers,
            kubelet: started.kubelet,
            tokens: started.tokens,
            port: builder.port,
            listening: OnceCell::new(),
            files: std::sync::OnceLock::new(),
            cancel,
            ended,
        };
        let mut cluster = Self {
            inner: Arc::new(inner),
        };
        if !builder.nodes.is_empty() {
            let added = cluster.add_nodes(builder.nodes).await;
            added.map_err(|source| Error::Request {
                action: "register the nodes".to_owned(),
                source,
            })?;
        }
        for folder in &builder.folders {
            cluster.load(folder).await?;
        }
        for text in &builder.manifests {
            cluster.apply(text).await?;
        }
        if cluster.inner.time.movable().is_some() {
            // What a test does first, it does to a cluster that knows its nodes.
            cluster.settle().await?;
        }
        let begun = cluster.inner.store.current_revision().await?;
        if let Some(inner) = Arc::get_mut(&mut cluster.inner) {
            inner.begun = begun;
        }
        for rule in builder.faults {
            cluster.inner.faults.inject(rule);
        }
        Ok(cluster)
    }

    /// A client that may do everything.
    #[must_use]
    pub fn client(&self) -> Client {
        self.client_as(&User::admin())
    }

    /// A client that acts as a user.
    ///
    /// Under virtual time it waits between the attempts of a request by the
    /// cluster's clock: a request that is sent again (429, 503, a partition)
    /// ends when [`Cluster::advance`] has let that time pass, so that a test
    /// which awaits it itself lets time pass beside it (`tokio::join!`), or
    /// asks with a client that does not try again
    /// (`with_retry(RetryPolicy::none())`).
    #[must_use]
    pub fn client_as(&self, user: &User) -> Client {
        let transport = Across {
            inner: self.inner.server.transport(user.0.clone()),
            cluster: self.inner.handle.clone(),
        };
        let client = Client::new(Arc::new(transport)).with_user_agent(AGENT);
        client.with_clock(self.clock())
    }

    /// The address of the HTTPS listener, which is opened when it is first
    /// asked for: `https://127.0.0.1:PORT`.
    ///
    /// # Errors
    /// The port is taken.
    pub async fn url(&self) -> Result<String, Error> {
        let inner = &self.inner;
        let address = inner
            .listening
            .get_or_try_init(|| async {
                let failed = |source| Error::System {
                    action: "listen",
                    source,
                };
                let address = SocketAddr::from((Ipv4Addr::LOCALHOST, inner.port));
                let tls = pki::Shared::get()?.tls.clone();
                let (server, cancel) = (inner.server.clone(), inner.cancel.clone());
                let bound = inner.handle.spawn(async move {
                    let listener = Listener::bind(address, tls).await?;
                    let address = listener.local_addr()?;
                    tokio::spawn(listener.serve(server, cancel));
                    Ok(address)
                });
                bound.await.map_err(|_| Error::Stopped)?.map_err(failed)
            })
            .await?;
        Ok(format!("https://{address}"))
    }

    /// A kubeconfig for a program outside, as its text.
    ///
    /// # Errors
    /// The port is taken.
    pub async fn kubeconfig_text(&self, user: &User) -> Result<String, Error> {
        use base64::Engine as _;
        let url = self.url().await?;
        let token = self.inner.tokens.issue(user);
        let ca = pki::Shared::get()?.pki.ca_pem();
        let ca = base64::engine::general_purpose::STANDARD.encode(ca);
        Ok(format!(
            "apiVersion: v1\n\
             kind: Config\n\
             clusters:\n\
             - name: testkit\n\
             \x20 cluster:\n\
             \x20   server: {url}\n\
             \x20   certificate-authority-data: {ca}\n\
             users:\n\
             - name: user\n\
             \x20 user:\n\
             \x20   token: {token}\n\
             contexts:\n\
             - name: testkit\n\
             \x20 context:\n\
             \x20   cluster: testkit\n\
             \x20   user: user\n\
             current-context: testkit\n"
        ))
    }

    /// A kubeconfig file for a program outside that may do everything; it goes
    /// away with the cluster.
    ///
    /// # Errors
    /// The port is taken, or the file cannot be written.
    pub async fn kubeconfig(&self) -> Result<PathBuf, Error> {
        self.kubeconfig_as(&User::admin()).await
    }

    /// A kubeconfig file for a program outside that acts as a user.
    ///
    /// # Errors
    /// The port is taken, or the file cannot be written.
    pub async fn kubeconfig_as(&self, user: &User) -> Result<PathBuf, Error> {
        let text = self.kubeconfig_text(user).await?;
        let failed = |source| Error::System {
            action: "write a kubeconfig",
            source,
        };
        let dir = match self.inner.files.get() {
            Some(dir) => dir,
            None => {
                let dir = tempfile::tempdir().map_err(failed)?;
                self.inner.files.get_or_init(|| dir)
            }
        };
        let name: String = user
            .0
            .name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let path = dir.path().join(format!("{name}.kubeconfig"));
        std::fs::write(&path, text).map_err(failed)?;
        Ok(path)
    }

    /// A client over HTTPS, as a program outside would have it.
    ///
    /// # Errors
    /// The port is taken.
    pub async fn https_client(&self, user: &User) -> Result<Client, Error> {
        let text = self.kubeconfig_text(user).await?;
        let kubeconfig = Kubeconfig::parse(text.as_bytes(), std::path::Path::new("/"))
            .map_err(|error| Error::Option(error.to_string()))?;
        let config = kubeconfig
            .config(None)
            .map_err(|error| Error::Option(error.to_string()))?;
        let client = Client::from_config(&config).map_err(|source| Error::Request {
            action: "make a client".to_owned(),
            source,
        })?;
        Ok(client.with_user_agent(AGENT).with_clock(self.clock()))
    }

    /// The fake kubelet of all nodes.
    #[must_use]
    pub fn kubelet(&self) -> &Kubelet {
        &self.inner.kubelet
    }

    /// More nodes.
    ///
    /// # Errors
    /// The server refuses one of them.
    pub async fn add_nodes(
        &self,
        nodes: impl IntoIterator<Item = NodeSpec>,
    ) -> Result<(), skeg_client::Error> {
        let kubelet = self.inner.kubelet.clone();
        let nodes: Vec<NodeSpec> = nodes.into_iter().collect();
        self.on_cluster(async move { kubelet.add_nodes(nodes).await })
            .await
    }

    /// The faults that strike requests.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.inner.faults
    }

    /// Informers that the test may share with the controllers of the cluster.
    #[must_use]
    pub fn informers(&self) -> &SharedInformerFactory {
        &self.inner.informers
    }

    /// The cluster's clock, for what a test runs itself.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.inner.time.clock()
    }

    /// The time of day in the cluster.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock().now()
    }

    /// The revision of the newest change.
    #[must_use]
    pub fn revision(&self) -> u64 {
        match self.inner.store.current_revision().now() {
            Ok(Ok(revision)) => revision,
            _ => 0,
        }
    }

    /// Runs a controller of the test on the cluster's own thread, until the
    /// cluster ends. There it takes part in [`Cluster::settle`].
    pub fn spawn<F>(&self, task: F) -> tokio::task::JoinHandle<Option<F::Output>>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let cancel = self.inner.cancel.clone();
        self.inner
            .handle
            .spawn(async move { cancel.run_until_cancelled(task).await })
    }

    /// Cancelled when the cluster ends.
    #[must_use]
    pub fn cancelled(&self) -> CancellationToken {
        self.inner.cancel.clone()
    }

    async fn on_cluster<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, skeg_client::Error>> + Send + 'static,
    ) -> Result<T, skeg_client::Error> {
        match self.inner.handle.spawn(work).await {
            Ok(result) => result,
            Err(_) => Err(skeg_client::Error::Transport {
                verb: "request".to_owned(),
                target: "the cluster".to_owned(),
                source: skeg_client::TransportError::Stopped,
            }),
        }
    }

    /// Counts a runtime of the test in when the cluster is asked to settle.
    /// The runtime from which [`Cluster::settle`] or [`Cluster::advance`] is
    /// called is counted in by itself when it has one thread, as that of
    /// `#[tokio::test]`.
    pub fn attach(&self, runtime: Handle) {
        self.inner.quiet.attach(runtime);
    }

    /// Waits until the cluster is quiet: nothing will happen before the clock
    /// moves or somebody asks for something.
    ///
    /// # Errors
    /// It does not become quiet within 30 s of the machine's time.
    pub async fn settle(&self) -> Result<(), Error> {
        self.on_watcher(|quiet, _| quiet.wait()).await
    }

    /// Lets time pass: moves the cluster's clock from one time at which
    /// something is due to the next, in order, and waits in between until all
    /// that follows has happened.
    ///
    /// # Errors
    /// The cluster has the machine's time, or does not become quiet.
    pub async fn advance(&self, by: Duration) -> Result<(), Error> {
        let clock = self.inner.time.movable().ok_or(Error::RealTime)?.clone();
        let target = clock.elapsed().saturating_add(by);
        self.on_watcher(move |quiet, store| {
            quiet.wait()?;
            while let Some(due) = next_due(&clock, store)
                && due < target
            {
                clock.move_to(due);
                quiet.wait()?;
            }
            clock.move_to(target);
            quiet.wait()
        })
        .await
    }

    /// The same until a point in time; nothing if it has passed.
    ///
    /// # Errors
    /// As [`Cluster::advance`].
    pub async fn advance_to(&self, time: Timestamp) -> Result<(), Error> {
        let left = Duration::try_from(time.duration_since(self.now())).unwrap_or_default();
        self.advance(left).await
    }

    /// When something is due next, under virtual time.
    #[must_use]
    pub fn next_due(&self) -> Option<Duration> {
        let clock = self.inner.time.movable()?;
        let due = next_due(clock, &self.inner.store)?;
        Some(due.saturating_sub(clock.elapsed()))
    }

    async fn on_watcher(
        &self,
        work: impl FnOnce(&Quiet, &Embedded) -> Result<(), Restless> + Send + 'static,
    ) -> Result<(), Error> {
        if let Ok(own) = Handle::try_current()
            && own.runtime_flavor() == tokio::runtime::RuntimeFlavor::CurrentThread
        {
            self.attach(own);
        }
        let (quiet, store) = (self.inner.quiet.clone(), self.inner.store.clone());
        let watched = self
            .inner
            .handle
            .spawn_blocking(move || work(&quiet, &store));
        let outcome = watched.await.map_err(|_| Error::Stopped)?;
        outcome.map_err(|restless| Error::Restless(restless.to_string()))
    }

    /// Ends the cluster and waits until it has ended. Dropping it ends it too.
    pub async fn stop(self) {
        self.inner.cancel.cancel();
        self.inner.ended.cancelled().await;
    }
}

fn next_due(clock: &VirtualClock, store: &Embedded) -> Option<Duration> {
    let lease = store
        .next_lease_end()
        .map(|left| clock.elapsed().saturating_add(left));
    [clock.next_due(), lease].into_iter().flatten().min()
}

/// The cluster's thread.
fn host(
    builder: Builder,
    cancel: &CancellationToken,
    ready: oneshot::Sender<Result<Started, Error>>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(source) => {
            let _ = ready.send(Err(Error::System {
                action: "start a runtime",
                source,
            }));
            return;
        }
    };
    let tasks = TaskTracker::new();
    runtime.block_on(async {
        let started = tokio::select! {
            started = start(&builder, cancel, &tasks) => started,
            () = cancel.cancelled() => return,
        };
        let store = started.as_ref().ok().map(|started| started.store.clone());
        if ready.send(started).is_ok() {
            cancel.cancelled().await;
        }
        cancel.cancel();
        tasks.close();
        let _ = tokio::time::timeout(END_TIMEOUT, tasks.wait()).await;
        if let Some(store) = store {
            let _ = store.close().await;
        }
    });
    runtime.shutdown_background();
}

async fn start(
    builder: &Builder,
    cancel: &CancellationToken,
    tasks: &TaskTracker,
) -> Result<Started, Error> {
    let time = match builder.virtual_from {
        Some(start) => Time::Virtual(VirtualClock::starting_at(start)),
        None => Time::Real(SystemClock::new()),
    };
    let clock = time.clock();
    let store = Arc::new(control::open_store(&time));
    let kind = builder.kind();
    let image = image::find(&kind);
    if let Some(image) = &image {
        image.fill(&store).await?;
    }
    let recorder = match &builder.recording {
        None => None,
        Some(path) => Some(Arc::new(Recorder::create(path).map_err(|source| {
            Error::File {
                action: "write",
                path: path.clone(),
                source,
            }
        })?)),
    };
    let of_store = store.clone();
    let revision = Arc::new(move || match of_store.current_revision().now() {
        Ok(Ok(revision)) => revision,
        _ => 0,
    });
    let faults = Faults::new(builder.seed, revision);
    let traffic = Arc::new(Traffic::new(clock.clone(), recorder));
    let requests = Arc::new(AtomicUsize::new(0));
    let gate = Arc::new(Gate {
        requests: requests.clone(),
        faults: faults.clone(),
        traffic: traffic.clone(),
        clock: clock.clone(),
    });
    let tokens = Arc::new(Tokens::default());
    let nodes_api = NodeApi::default();
    let server = control::start_server(
        builder,
        &store,
        &time,
        gate,
        tokens.clone(),
        &nodes_api,
        cancel.clone(),
    )
    .await?;
    server.bootstrap().await?;
    let parts = control::start_parts(builder, &server, &clock, cancel, tasks)?;
    parts.kubelet.serve(&nodes_api);
    if image.is_none() {
        if control::completes_namespaces(builder) {
            control::namespaces_complete(&store).await?;
        }
        image::keep(&kind, &store).await?;
    }
    let handle = Handle::current();
    Ok(Started {
        quiet: Arc::new(Quiet::new(handle.clone(), store.clone(), requests)),
        server,
        store,
        time,
        handle,
        faults,
        traffic,
        informers: parts.informers,
        kubelet: parts.kubelet,
        tokens,
    })
}
