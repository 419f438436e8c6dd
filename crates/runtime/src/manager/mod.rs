//! Wires a program of controllers together: client, informers, controllers,
//! leader election, health, metrics, and the order in which all that ends.

mod run;
mod signals;

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use parking_lot::Mutex;
use skeg_client::telemetry::Prometheus;
use skeg_client::{BoxError, Client};
use skeg_meta::Object;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::builder::{ControllerError, PreparedController};
use crate::clock::Clock;
use crate::events::{EventApi, EventRecorder};
use crate::informer::{Informer, InformerPanic, SharedInformerFactory};
use crate::leader::{LeaderError, LeaderOptions};
use crate::metrics::Metrics;
use crate::serve::{HealthChecks, MetricsGuard};

/// How long everything may take to end.
const GRACE: Duration = Duration::from_secs(30);

/// Why a manager ended before it was told to.
#[derive(Debug, thiserror::Error)]
pub enum ManagerError {
    /// A port could not be opened.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where.
        address: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The options of the leader election make no sense.
    #[error(transparent)]
    Leader(#[from] LeaderError),
    /// Another leads now, or the Lease could not be renewed. Start the process anew.
    #[error("leadership lost")]
    LeadershipLost,
    /// A controller could not begin.
    #[error("controller {name}")]
    Controller {
        /// Which.
        name: String,
        /// Why not.
        source: ControllerError,
    },
    /// What controllers read no longer follows the cluster. Start the process anew.
    #[error(transparent)]
    Informer(#[from] InformerPanic),
    /// Something else that the manager runs failed.
    #[error("{name} failed")]
    Task {
        /// What.
        name: String,
        /// Why.
        source: BoxError,
    },
    /// Two controllers have one name.
    #[error("there are two controllers {0}")]
    NameTaken(String),
    /// Not everything ended in time.
    #[error("not everything ended within {0:?}")]
    Grace(Duration),
}

type Work =
    Box<dyn FnOnce(CancellationToken) -> BoxFuture<'static, Result<(), BoxError>> + Send + Sync>;

/// Something besides controllers that runs.
struct Task {
    name: Cow<'static, str>,
    leader_only: bool,
    work: Work,
}

/// How long-lived things end: in this order.
#[derive(Clone)]
struct Stops {
    /// Told from outside.
    asked: CancellationToken,
    /// First the controllers and tasks.
    work: CancellationToken,
    /// Then what they read.
    informers: CancellationToken,
    /// At last what answers whether all that lives.
    servers: CancellationToken,
}

impl Stops {
    fn new() -> Self {
        Self {
            asked: CancellationToken::new(),
            work: CancellationToken::new(),
            informers: CancellationToken::new(),
            servers: CancellationToken::new(),
        }
    }
}

/// What a manager shows of itself while it runs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ManagerHandle {
    asked: CancellationToken,
    leads: watch::Receiver<bool>,
    addresses: watch::Receiver<Option<ManagerAddresses>>,
}

impl ManagerHandle {
    /// Tells the manager to end, as a signal does.
    pub fn stop(&self) {
        self.asked.cancel();
    }

    /// Whether this process leads; without leader election it does from the start.
    #[must_use]
    pub fn leads(&self) -> bool {
        *self.leads.borrow()
    }

    /// Waits until this process leads, or never will.
    pub async fn elected(&self) {
        let mut leads = self.leads.clone();
        // An error means that the manager has gone.
        let _ = leads.wait_for(|leads| *leads).await;
    }

    /// Waits until what is to be served is, and says where; nowhere when the
    /// manager ends before that.
    pub async fn addresses(&self) -> ManagerAddresses {
        let mut addresses = self.addresses.clone();
        match addresses.wait_for(Option::is_some).await {
            Ok(addresses) => addresses.unwrap_or_default(),
            Err(_) => ManagerAddresses::default(),
        }
    }
}

/// Where a manager listens: the same place twice where one port serves both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ManagerAddresses {
    /// For `/livez`, `/readyz` and `/healthz`, if [`Manager::health`] asked for it.
    pub health: Option<SocketAddr>,
    /// For `/metrics`, if [`Manager::metrics_on`] asked for it.
    pub metrics: Option<SocketAddr>,
}

/// Wires a program of controllers together and runs it.
///
/// Everything is optional: without [`Manager::leader_election`] the controllers
/// run at once, without [`Manager::health`] and [`Manager::metrics_on`] nothing
/// listens. By default the program ends, in order, at SIGTERM and SIGINT, and
/// at once at the second of them.
///
/// ```no_run
/// use std::sync::Arc;
/// use skeg_api::core::v1::ConfigMap;
/// use skeg_client::Client;
/// use skeg_runtime::{ControllerBuilder, LeaderOptions, Manager, Next, ObjectName};
///
/// async fn reconcile(client: Arc<Client>, name: ObjectName) -> Result<Next, skeg_client::Error> {
///     Ok(Next::Done)
/// }
///
/// #[tokio::main]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let mut manager = Manager::from_environment("maps")?
///         .leader_election(LeaderOptions::of_process("default", "maps"))
///         .health(":8081")
///         .metrics_on(":8080");
///     let client = manager.client().clone();
///     manager.add(ControllerBuilder::<ConfigMap>::new("maps").reconcile(client, reconcile));
///     Ok(manager.run().await?)
/// }
/// ```
pub struct Manager {
    name: String,
    client: Client,
    clock: Arc<dyn Clock>,
    informers: SharedInformerFactory,
    metrics: Metrics,
    checks: HealthChecks,
    controllers: Vec<PreparedController>,
    tasks: Vec<Task>,
    recorders: Mutex<Vec<EventRecorder>>,
    leader: Option<LeaderOptions>,
    on_leader: Option<Box<dyn Fn(&str) + Send + Sync>>,
    health: Option<String>,
    metrics_on: Option<String>,
    guard: Option<Arc<MetricsGuard>>,
    tls: Option<Arc<rustls::ServerConfig>>,
    signals: bool,
    grace: Duration,
    stops: Stops,
    leads: watch::Sender<bool>,
    addresses: watch::Sender<Option<ManagerAddresses>>,
}

impl std::fmt::Debug for Manager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Manager")
            .field("name", &self.name)
            .field("controllers", &self.controllers)
            .field("leader", &self.leader)
            .finish_non_exhaustive()
    }
}

/// Counts a client's requests, unless somebody does already.
fn measured(client: Client, metrics: &Metrics) -> Client {
    if client.recorder().is_some() {
        return client;
    }
    let recorder = Arc::new(Prometheus::new());
    let requests = Arc::clone(&recorder);
    metrics.foreign(move |out| out.push_str(&requests.render()));
    client.with_recorder(recorder)
}

impl Manager {
    /// A manager of a program of this name, against the cluster of this client.
    /// What the program writes is kept under that name too, unless the client was
    /// given another ([`Client::with_user_agent`]). It takes the time from the
    /// client's clock.
    #[must_use]
    pub fn new(name: impl Into<String>, client: Client) -> Self {
        let clock = Arc::clone(client.clock());
        Self::with_clock(name, client, clock)
    }

    /// A manager that takes the time from another clock than its client.
    #[must_use]
    pub fn with_clock(name: impl Into<String>, client: Client, clock: Arc<dyn Clock>) -> Self {
        let name = name.into();
        let stops = Stops::new();
        let metrics = Metrics::new();
        metrics.process();
        let client = measured(client, &metrics).with_default_program(&name);
        let informers =
            SharedInformerFactory::new(client.clone(), Arc::clone(&clock), stops.informers.clone());
        Self {
            name,
            client,
            clock,
            informers,
            metrics,
            checks: HealthChecks::new(),
            controllers: Vec::new(),
            tasks: Vec::new(),
            recorders: Mutex::default(),
            leader: None,
            on_leader: None,
            health: None,
            metrics_on: None,
            guard: None,
            tls: None,
            signals: true,
            grace: GRACE,
            stops,
            leads: watch::channel(false).0,
            addresses: watch::channel(None).0,
        }
    }

    /// A manager against the cluster that the environment names: `KUBECONFIG`,
    /// the pod's service account, `~/.kube/config`.
    ///
    /// # Errors
    /// No configuration is found, or it is unusable.
    pub fn from_environment(name: impl Into<String>) -> Result<Self, skeg_client::Error> {
        Ok(Self::new(name, Client::from_environment()?))
    }

    /// Runs controllers only in the process that holds a Lease, those apart
    /// that are [everywhere](crate::ControllerBuilder::everywhere).
    #[must_use]
    pub fn leader_election(mut self, options: LeaderOptions) -> Self {
        self.leader = Some(options);
        self
    }

    /// Calls a hook whenever another process leads than before. It is given the
    /// leader's identity.
    #[must_use]
    pub fn on_leader(mut self, hook: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.on_leader = Some(Box::new(hook));
        self
    }

    /// Reads only this namespace, where kinds live in one and nothing else is
    /// said: [`SharedInformerFactory::in_namespace`]. To be said before informers
    /// are asked for.
    #[must_use]
    pub fn namespace(self, namespace: impl Into<String>) -> Self {
        self.informers.in_namespace(namespace);
        self
    }

    /// The same with several namespaces: [`SharedInformerFactory::in_namespaces`].
    #[must_use]
    pub fn namespaces(self, namespaces: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.informers.in_namespaces(namespaces);
        self
    }

    /// Answers `/healthz`, `/livez` and `/readyz` on an address (`:8081`,
    /// `127.0.0.1:0`).
    #[must_use]
    pub fn health(mut self, address: impl Into<String>) -> Self {
        self.health = Some(address.into());
        self
    }

    /// Answers `/metrics` on an address; it may be that of health.
    #[must_use]
    pub fn metrics_on(mut self, address: impl Into<String>) -> Self {
        self.metrics_on = Some(address.into());
        self
    }

    /// Answers `/metrics` only to those whom the cluster allows it: see
    /// [`MetricsGuard`]. Give it certificates as well.
    #[must_use]
    pub fn guard_metrics(mut self) -> Self {
        let guard = MetricsGuard::new(self.client.clone(), Arc::clone(&self.clock));
        self.guard = Some(Arc::new(guard));
        self
    }

    /// Serves metrics by TLS. Health stays plain, as the kubelet asks for it.
    #[must_use]
    pub fn metrics_tls(mut self, config: Arc<rustls::ServerConfig>) -> Self {
        self.tls = Some(config);
        self
    }

    /// Leaves signals to the program.
    #[must_use]
    pub fn without_signals(mut self) -> Self {
        self.signals = false;
        self
    }

    /// How long everything may take to end; 30 seconds otherwise.
    #[must_use]
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// The client, whose requests are counted in the metrics.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Where the time comes from.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The informers that all controllers of the program share.
    #[must_use]
    pub fn informers(&self) -> &SharedInformerFactory {
        &self.informers
    }

    /// The informer of a kind.
    #[must_use]
    pub fn informer<K: Object>(&self) -> Informer<K> {
        self.informers.informer()
    }

    /// The metrics, to which a program may add its own.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The checks of life and readiness, to which a program may add its own.
    #[must_use]
    pub fn checks(&self) -> &HealthChecks {
        &self.checks
    }

    /// Records events in the name of a component of the program. What was recorded
    /// when the manager ends is written before that.
    #[must_use]
    pub fn events(&self, component: impl Into<String>) -> EventRecorder {
        let recorder = EventRecorder::start(
            self.client.clone(),
            EventApi::Core,
            component,
            "",
            Arc::clone(&self.clock),
            self.stops.informers.clone(),
        );
        self.recorders.lock().push(recorder.clone());
        recorder
    }

    /// Stops the manager, and tells how it is, while it runs.
    #[must_use]
    pub fn handle(&self) -> ManagerHandle {
        ManagerHandle {
            asked: self.stops.asked.clone(),
            leads: self.leads.subscribe(),
            addresses: self.addresses.subscribe(),
        }
    }

    /// Adds a controller.
    pub fn add(&mut self, controller: PreparedController) {
        self.controllers.push(controller);
    }

    /// Adds something else that runs in the process that leads, until the token
    /// it is given is cancelled. When it fails the manager ends; it may end before.
    pub fn add_task<F, R, E>(&mut self, name: impl Into<Cow<'static, str>>, work: F)
    where
        F: FnOnce(CancellationToken) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError>,
    {
        self.push_task(name.into(), true, work);
    }

    /// As [`Manager::add_task`], in every process: webhooks, other servers,
    /// what follows clusters.
    pub fn add_task_everywhere<F, R, E>(&mut self, name: impl Into<Cow<'static, str>>, work: F)
    where
        F: FnOnce(CancellationToken) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError>,
    {
        self.push_task(name.into(), false, work);
    }

    /// Serves webhooks in every process, on an address. The program is ready
    /// only once they are served and every configuration knows the authority.
    #[cfg(feature = "webhook")]
    pub fn add_webhooks(
        &mut self,
        server: crate::webhook::WebhookServer,
        address: impl Into<String>,
    ) {
        let address = address.into();
        let server = match server.is_measured() {
            true => server,
            false => server.measured(&self.metrics),
        };
        let (serves, started) = watch::channel(None::<crate::webhook::Readiness>);
        let name = format!("webhooks-{address}");
        self.checks.add_readiness(name, move || {
            let ready = match &*started.borrow() {
                None => Err("nothing is served yet".to_owned()),
                Some(readiness) => readiness.check(),
            };
            std::future::ready(ready)
        });
        self.add_task_everywhere("webhooks", move |cancel| async move {
            let running = server.start(&address, cancel).await?;
            serves.send_replace(Some(running.readiness()));
            running.ended().await;
            Ok::<_, crate::webhook::WebhookError>(())
        });
    }

    fn push_task<F, R, E>(&mut self, name: Cow<'static, str>, leader_only: bool, work: F)
    where
        F: FnOnce(CancellationToken) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let work: Work = Box::new(move |cancel| {
            let work = work(cancel);
            Box::pin(async move { work.await.map_err(Into::into) })
        });
        self.tasks.push(Task {
            name,
            leader_only,
            work,
        });
    }

    /// Runs until a signal comes, [`ManagerHandle::stop`] is called, or
    /// something fails; then ends everything in order: readiness is taken back,
    /// controllers finish what they are at, the Lease is given up, informers
    /// end, servers close.
    ///
    /// Dropping the future stops everything at once.
    ///
    /// # Errors
    /// Something failed, leadership was lost, or not everything ended in time.
    pub async fn run(self) -> Result<(), ManagerError> {
        run::run(self).await
    }
}
