//! The server itself: what it is made of, and how it starts.

use arc_swap::ArcSwap;
use skeg_auth::audit::{AuditError, AuditOptions, Auditor};
use skeg_auth::authn::RequestAuthenticator;
use skeg_auth::authz::Rbac;
use skeg_auth::pki::Authority;
use skeg_auth::token::TokenIssuer;
use skeg_auth::{Authenticator, Authorizer, ObjectObserver, UserInfo};
use skeg_registry::alloc::ServiceAllocators;
use skeg_registry::objects::Gr;
use skeg_registry::resource::Resource;
use skeg_registry::{Enablement, Feature};
use skeg_store::Store;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

use crate::aggregation::{self, Aggregator};
use crate::ask_store::AskStore;
use crate::cache::Cacher;
use crate::components::Component;
use crate::custom::Live;
use crate::discovery::{Discovery, OpenApi};
use crate::election::Elections;
use crate::health::Health;
use crate::lease::Leases;
use crate::loopback::Loopback;
use crate::metrics::storage::Measured;
use crate::metrics::{MetricRules, Metrics};
use crate::proxy::NodeConnector;
use crate::ranges;
use crate::seam::Interceptor;
use crate::served::{Served, Table, is_stored};
use crate::server::Dress;
use crate::stored::{self, Form, StorageMediaType};
use crate::trace::{Tracer, TracingConfiguration};
use crate::webhook;

/// How often watchers that ask for it are told how far the cache is.
const BOOKMARK_INTERVAL: Duration = Duration::from_secs(60);

/// How long events are kept, unless something else is chosen.
const EVENT_TTL: Duration = Duration::from_secs(3600);

/// Writes metrics in Prometheus' text form.
#[derive(Clone)]
pub struct MoreMetrics(pub Arc<dyn Fn() -> String + Send + Sync>);

impl std::fmt::Debug for MoreMetrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MoreMetrics")
    }
}

/// What can be chosen about a server.
#[derive(Clone, Debug)]
pub struct Options {
    /// Range of service IPs, or two of different families with a comma between: the
    /// first is that of services that ask for none.
    pub service_cidr: String,
    /// Range of node ports, first and last.
    pub node_port_range: (u16, u16),
    /// Where clients inside the cluster reach the server.
    pub advertise_address: IpAddr,
    /// The port there.
    pub advertise_port: u16,
    /// Issuer of service account tokens.
    pub service_account_issuer: String,
    /// A request that is no watch and no stream may take this long.
    pub request_timeout: Duration,
    /// Requests that read, at a time. The two together are the seats of
    /// priority and fairness.
    pub max_requests_inflight: u32,
    /// Requests that write, at a time.
    pub max_mutating_requests_inflight: u32,
    /// Whether requests are let in by flow schemas and priority levels.
    pub priority_and_fairness: bool,
    /// What is audited, and where it goes.
    pub audit: AuditOptions,
    /// Where spans of requests go; without it nothing is traced.
    pub tracing: Option<TracingConfiguration>,
    /// How long a store over the network may take to answer a check of health.
    pub store_health_timeout: Duration,
    /// And one of readiness.
    pub store_readiness_timeout: Duration,
    /// Which versions and resources are served, and which feature gates are on.
    pub enablement: Enablement,
    /// Admission plugins switched on besides those that are on by default.
    pub enable_admission_plugins: Vec<String>,
    /// Admission plugins switched off.
    pub disable_admission_plugins: Vec<String>,
    /// What admission plugins are told.
    pub admission: skeg_registry::admission::PluginConfiguration,
    /// What all keys of the store begin with, as others see it: messages name
    /// keys.
    pub storage_prefix: String,
    /// The form in which objects of built-in kinds are stored.
    pub storage_media_type: StorageMediaType,
    /// How long events are kept.
    pub event_ttl: Duration,
    /// What every answer over the network is dressed in.
    pub dress: Dress,
    /// What metrics are told, and with which labels.
    pub metric_rules: MetricRules,
    /// Metrics of others in the process, in text form.
    pub more_metrics: Vec<MoreMetrics>,
    /// What ComponentStatus tells of, beside the store.
    pub components: Vec<Component>,
    /// What `/flagz` tells: flags with their values, no secrets.
    pub flags: Vec<(String, String)>,
    /// Authorities of client certificates; published for aggregated servers,
    /// whenever they change.
    pub client_ca: Arc<Authority>,
    /// Which proxies may say who asks; published for aggregated servers.
    pub request_header: Option<RequestHeader>,
    /// Certificate and key, PEM, that this server shows to aggregated servers.
    pub proxy_client: Option<(Vec<u8>, Vec<u8>)>,
}

/// Proxies that may say who asks, as flags of the API server name them.
#[derive(Clone, Debug, Default)]
pub struct RequestHeader {
    /// Authorities of their certificates.
    pub ca: Arc<Authority>,
    /// Common names of their certificates; empty: any.
    pub allowed_names: Vec<String>,
    /// Headers with the user's name.
    pub username_headers: Vec<String>,
    /// Headers with the user's uid.
    pub uid_headers: Vec<String>,
    /// Headers with groups.
    pub group_headers: Vec<String>,
    /// Beginnings of headers with further facts.
    pub extra_prefixes: Vec<String>,
}

impl Options {
    fn front_proxy_identity(&self) -> Result<Option<webhook::dial::Identity>, StartError> {
        let Some((certificate, key)) = &self.proxy_client else {
            return Ok(None);
        };
        webhook::dial::Identity::from_pem(certificate, key)
            .map(Some)
            .map_err(|why| StartError::Option {
                name: "proxy_client",
                why: why.to_string(),
            })
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            service_cidr: "10.96.0.0/16".to_owned(),
            node_port_range: (30000, 32767),
            advertise_address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            advertise_port: 6443,
            service_account_issuer: "https://kubernetes.default.svc.cluster.local".to_owned(),
            request_timeout: Duration::from_secs(60),
            max_requests_inflight: 400,
            max_mutating_requests_inflight: 200,
            priority_and_fairness: true,
            audit: AuditOptions::default(),
            tracing: None,
            store_health_timeout: Duration::from_secs(2),
            store_readiness_timeout: Duration::from_secs(2),
            enablement: Enablement::default(),
            enable_admission_plugins: Vec::new(),
            disable_admission_plugins: Vec::new(),
            admission: Default::default(),
            event_ttl: EVENT_TTL,
            dress: Dress::default(),
            metric_rules: MetricRules::default(),
            more_metrics: Vec::new(),
            components: Component::usual(false, false),
            flags: Vec::new(),
            storage_prefix: "/registry".to_owned(),
            storage_media_type: StorageMediaType::default(),
            client_ca: Arc::default(),
            request_header: None,
            proxy_client: None,
        }
    }
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A part that it cannot do without was not given.
    #[error("the API server was given no {0}")]
    Missing(&'static str),
    /// The store cannot be read.
    #[error("cannot read the store")]
    Store(#[from] skeg_store::Error),
    /// Requests cannot be audited as they should be.
    #[error("cannot audit requests")]
    Audit(#[from] AuditError),
    /// An option makes no sense.
    #[error("the option {name} is not valid: {why}")]
    Option {
        /// Which.
        name: &'static str,
        /// Why.
        why: String,
    },
}

/// Puts a server together.
pub struct Builder {
    store: Arc<dyn Store>,
    authenticator: Option<Arc<dyn Authenticator>>,
    request_authenticator: Option<Arc<RequestAuthenticator>>,
    authorizer: Option<Arc<dyn Authorizer>>,
    observers: Vec<Arc<dyn ObjectObserver>>,
    rbac: Option<Arc<Rbac>>,
    issuer: Option<Arc<TokenIssuer>>,
    connector: Option<Arc<dyn NodeConnector>>,
    options: Options,
    table: Option<Vec<Resource>>,
    clock: Option<Arc<dyn skeg_store::Clock>>,
    interceptor: Option<Arc<dyn Interceptor>>,
}

impl Builder {
    /// Who is asking. [`Builder::request_authenticator`] gives both this and
    /// the answers of TokenReviews.
    pub fn authenticator(mut self, authenticator: Arc<dyn Authenticator>) -> Self {
        self.authenticator = Some(authenticator);
        self
    }

    /// Who is asking, and what TokenReviews are answered with.
    pub fn request_authenticator(mut self, authenticator: Arc<RequestAuthenticator>) -> Self {
        self.authenticator = Some(authenticator.clone());
        self.request_authenticator = Some(authenticator);
        self
    }

    /// Whether they may.
    pub fn authorizer(mut self, authorizer: Arc<dyn Authorizer>) -> Self {
        self.authorizer = Some(authorizer);
        self
    }

    /// Something that follows objects; fed from the watch caches.
    pub fn observer(mut self, observer: Arc<dyn ObjectObserver>) -> Self {
        self.observers.push(observer);
        self
    }

    /// The role index: fed from the watch caches, and asked by
    /// SelfSubjectRulesReviews.
    pub fn rbac(mut self, rbac: Arc<Rbac>) -> Self {
        self.observers.push(rbac.clone());
        self.rbac = Some(rbac);
        self
    }

    /// Issues service account tokens.
    pub fn token_issuer(mut self, issuer: Arc<TokenIssuer>) -> Self {
        self.issuer = Some(issuer);
        self
    }

    /// How kubelets are reached.
    pub fn node_connector(mut self, connector: Arc<dyn NodeConnector>) -> Self {
        self.connector = Some(connector);
        self
    }

    /// The options.
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Another clock than the machine's.
    pub fn clock(mut self, clock: Arc<dyn skeg_store::Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Something that every request passes before the server sees it.
    pub fn interceptor(mut self, interceptor: Arc<dyn Interceptor>) -> Self {
        self.interceptor = Some(interceptor);
        self
    }

    /// Other resources than those of the built-in table.
    pub fn table(mut self, table: Vec<Resource>) -> Self {
        self.table = Some(table);
        self
    }

    /// Opens the watch caches and waits until they are filled. They follow the
    /// store until `cancel`.
    ///
    /// # Errors
    /// A part is missing, an option is not valid, the store cannot be read.
    pub async fn start(self, cancel: CancellationToken) -> Result<ApiServer, StartError> {
        let authenticator = self
            .authenticator
            .ok_or(StartError::Missing("authenticator"))?;
        let authorizer = self.authorizer.ok_or(StartError::Missing("authorizer"))?;
        let ranges = ranges::service_options(&self.options)?;
        let registry = skeg_registry::Registry::with(ranges, &self.options.enablement);
        let configured = registry.admission.configured(&self.options.admission);
        let chosen = configured.choose(
            &self.options.enable_admission_plugins,
            &self.options.disable_admission_plugins,
        );
        let admission = chosen.map_err(|why| StartError::Option {
            name: "admission plugins",
            why: why.to_string(),
        })?;
        admission.set_authorizer(authorizer.clone());
        let services = registry.services;
        let table = self.table.unwrap_or(registry.resources);
        let metrics = Arc::new(Metrics::default());
        let openapi = OpenApi::new(table.iter().map(|r| r.desc));
        let mut observers = self.observers;
        observers.push(Arc::new(ranges::RangeFollower::new(services.clone())));
        let configurations = webhook::Configurations::switched(
            !admission.is_off("MutatingAdmissionWebhook"),
            !admission.is_off("ValidatingAdmissionWebhook"),
        )
        .with_credentials(&self.options.admission)
        .map_err(|why| StartError::Option {
            name: "admission configuration",
            why,
        })?;
        let configurations = Arc::new(configurations);
        observers.push(configurations.clone());
        let policies = Arc::new(crate::policy::Definitions::default());
        observers.push(policies.clone());
        let registered = Arc::new(aggregation::Registered::default());
        observers.push(registered.clone());
        let definitions = Arc::new(aggregation::Definitions::default());
        observers.push(definitions.clone());
        let elections = self.options.enablement.features();
        let elections = elections
            .on(Feature::CoordinatedLeaderElection)
            .then(|| Arc::new(Elections::default()));
        observers.extend(elections.clone().map(|it| it as Arc<dyn ObjectObserver>));
        let auditor = Auditor::start(&self.options.audit, &cancel)?;
        let tracer = self.options.tracing.as_ref();
        let tracer = tracer
            .map(|config| Tracer::start(config, &self.options, cancel.clone()))
            .transpose()
            .map_err(|why| StartError::Option {
                name: "tracing configuration",
                why,
            })?;
        let seats =
            self.options.max_requests_inflight + self.options.max_mutating_requests_inflight;
        let flow = self
            .options
            .priority_and_fairness
            .then(|| crate::flow::Flow::new(seats));
        if let Some(flow) = &flow {
            observers.push(flow.control.clone());
        }
        let rows = table.iter().filter(|row| is_stored(row));
        let rows = rows.map(|row| (row.storage_prefix, row.desc.group, row.desc.resource));
        let measured = Measured::new(self.store, rows);
        let store: Arc<dyn Store> = measured.clone();
        let media_type = self.options.storage_media_type;
        let table = open_caches(table, &store, &observers, &metrics, media_type);
        let fills = table.cachers().into_iter().map(|(_, _, cacher)| {
            let cancel = cancel.clone();
            async move { cacher.start(cancel).await }
        });
        futures::future::try_join_all(fills).await?;
        let resolver = webhook::dial::Resolver::new(&table);
        let pages = crate::zpages::Pages::new(&self.options.flags);
        let identity = self.options.front_proxy_identity()?;
        let dialer = Arc::new(webhook::dial::Dialer::new(resolver, identity));
        let caller = webhook::client::WebhookClient::new(dialer.clone());
        let webhooks = webhook::Webhooks::new(configurations, caller);
        let aggregator = Aggregator::new(registered, definitions, dialer);
        let built_in = table.iter().cloned().collect();
        let asked = AskStore::new(&self.options);
        let inner = Inner {
            store,
            measured,
            authenticator,
            request_authenticator: self.request_authenticator,
            authorizer,
            rbac: self.rbac,
            issuer: self.issuer,
            connector: self.connector,
            options: self.options,
            built_in,
            serving: ArcSwap::from_pointee(table),
            custom: Live::default(),
            openapi,
            health: Health::default(),
            asked,
            metrics,
            flow,
            impersonation: skeg_auth::impersonation::Modes::default(),
            auditor,
            tracer,
            leases: Leases::default(),
            ready: AtomicBool::new(false),
            range_reported: AtomicBool::new(false),
            cancel: cancel.clone(),
            admission,
            webhooks,
            policies: crate::policy::Policies::new(policies),
            aggregator,
            pages,
            services,
            clock: self.clock,
            interceptor: self.interceptor,
        };
        let server = ApiServer {
            inner: Arc::new(inner),
        };
        server.fill_allocators();
        server.start_custom(cancel.clone()).await;
        server.add_checks();
        server.spawn_flow(cancel.clone());
        server.spawn_bookmarks(cancel);
        server.spawn_aggregation();
        if let Some(elections) = elections {
            elections.spawn(&server);
        }
        Ok(server)
    }
}

fn open_caches(
    table: Vec<Resource>,
    store: &Arc<dyn Store>,
    observers: &[Arc<dyn ObjectObserver>],
    metrics: &Arc<Metrics>,
    media_type: StorageMediaType,
) -> Table {
    let mut by_prefix: HashMap<&'static str, Arc<Cacher>> = HashMap::new();
    // The row whose version is the stored one decodes for all.
    let owners: HashMap<&'static str, Resource> = table
        .iter()
        .filter(|r| is_stored(r))
        .map(|r| (r.storage_prefix, r.clone()))
        .collect();
    for (prefix, resource) in &owners {
        let followers: Vec<(Arc<dyn ObjectObserver>, String)> = observers
            .iter()
            .filter(|o| {
                table.iter().any(|r| {
                    r.storage_prefix == *prefix
                        && o.resources().contains(&(r.desc.group, r.desc.resource))
                })
            })
            .map(|o| (o.clone(), resource.desc.resource.to_owned()))
            .collect();
        let ty = resource.storage_type;
        let counter = metrics.clone();
        let cacher = Cacher::new(
            format!("{prefix}/"),
            store.clone(),
            Box::new(
                move |kv| match stored::read(kv.value.clone(), ty, kv.mod_revision) {
                    Ok(object) => Some(object),
                    Err(error) => {
                        tracing::error!(key = %kv.key, %error, "a stored object cannot be decoded");
                        None
                    }
                },
            ),
            followers,
            Arc::new(move || {
                counter.slow_watchers.fetch_add(1, Ordering::Relaxed);
            }),
        );
        by_prefix.insert(prefix, cacher);
    }
    let all = table
        .into_iter()
        .enumerate()
        .map(|(index, resource)| {
            let cacher = if is_stored(&resource) {
                by_prefix.get(resource.storage_prefix).cloned()
            } else {
                None
            };
            Arc::new(Served {
                form: Form::of(&resource, media_type),
                resource,
                index,
                cacher,
            })
        })
        .collect();
    Table::new(all)
}

pub(crate) struct Inner {
    pub store: Arc<dyn Store>,
    /// The same, as what counts its requests.
    pub measured: Arc<Measured>,
    pub authenticator: Arc<dyn Authenticator>,
    pub request_authenticator: Option<Arc<RequestAuthenticator>>,
    pub authorizer: Arc<dyn Authorizer>,
    pub rbac: Option<Arc<Rbac>>,
    pub issuer: Option<Arc<TokenIssuer>>,
    pub connector: Option<Arc<dyn NodeConnector>>,
    pub options: Options,
    /// The rows that are always there.
    pub built_in: Vec<Arc<Served>>,
    /// The rows of now: custom resources come and go.
    pub serving: ArcSwap<Table>,
    pub custom: Live,
    pub openapi: OpenApi,
    pub health: Health,
    /// What a store over the network said to the checks of health.
    pub asked: AskStore,
    pub metrics: Arc<Metrics>,
    pub flow: Option<crate::flow::Flow>,
    pub impersonation: skeg_auth::impersonation::Modes,
    pub auditor: Option<Arc<Auditor>>,
    pub tracer: Option<Arc<Tracer>>,
    pub leases: Leases,
    pub ready: AtomicBool,
    /// An event said that the default ServiceCIDR is not as it should be.
    pub range_reported: AtomicBool,
    pub cancel: CancellationToken,
    pub admission: crate::admit::Plugins,
    pub webhooks: webhook::Webhooks,
    /// Admission policies.
    pub policies: crate::policy::Policies,
    pub aggregator: Aggregator,
    pub pages: crate::zpages::Pages,
    pub services: Arc<ServiceAllocators>,
    /// The time, where it is not the machine's.
    pub clock: Option<Arc<dyn skeg_store::Clock>>,
    pub interceptor: Option<Arc<dyn Interceptor>>,
}

impl Inner {
    /// The resources that are served now.
    pub(crate) fn table(&self) -> Arc<Table> {
        self.serving.load_full()
    }

    /// Where clients reach the server.
    pub(crate) fn address(&self) -> String {
        format!(
            "{}:{}",
            self.options.advertise_address, self.options.advertise_port
        )
    }

    /// The discovery documents of what is served now.
    pub(crate) fn discovery(&self) -> Arc<Discovery> {
        self.table().discovery(&self.address())
    }
}

/// A running API server. Cheap to clone; all clones are the same server.
#[derive(Clone)]
pub struct ApiServer {
    pub(crate) inner: Arc<Inner>,
}

impl ApiServer {
    /// Begins to put a server together.
    pub fn builder(store: Arc<dyn Store>) -> Builder {
        Builder {
            store,
            authenticator: None,
            request_authenticator: None,
            authorizer: None,
            observers: Vec::new(),
            rbac: None,
            issuer: None,
            connector: None,
            options: Options::default(),
            table: None,
            clock: None,
            interceptor: None,
        }
    }

    /// A transport for a component inside the process that acts as `user`.
    pub fn transport(&self, user: UserInfo) -> Arc<dyn skeg_client::Transport> {
        Arc::new(Loopback::new(self.clone(), user))
    }

    /// What is kept for so many seconds by itself is kept for as long as was
    /// chosen: those are the events.
    pub(crate) fn ttl_of(&self, seconds: u64) -> u64 {
        if seconds == EVENT_TTL.as_secs() {
            self.inner.options.event_ttl.as_secs().max(1)
        } else {
            seconds
        }
    }

    /// The checks of `/healthz`, `/livez` and `/readyz`.
    pub fn health(&self) -> &Health {
        &self.inner.health
    }

    /// Whether [`ApiServer::bootstrap`] is through.
    pub fn ready(&self) -> bool {
        self.inner.ready.load(Ordering::Acquire)
    }

    /// Tells the allocators which addresses and ports are taken.
    fn fill_allocators(&self) {
        let list = |gr: Gr| {
            let Some(served) = self.inner.table().find_any(gr.0, gr.1).cloned() else {
                return Vec::new();
            };
            let Some(cacher) = &served.cacher else {
                return Vec::new();
            };
            cacher
                .list(&served.prefix())
                .0
                .iter()
                .map(|o| o.value())
                .collect::<Vec<_>>()
        };
        let services = list(Gr::SERVICES);
        for repaired in self
            .inner
            .services
            .repair(services.iter().map(|tree| &**tree))
        {
            tracing::warn!(repaired, "services and their addresses did not agree");
        }
    }

    /// What answers of requests that store nothing need.
    pub(crate) fn virtual_env(&self) -> skeg_registry::virtuals::Env {
        skeg_registry::virtuals::Env {
            authorizer: self.inner.authorizer.clone(),
            rbac: self.inner.rbac.clone(),
            tokens: self.inner.issuer.clone(),
            reviewer: self.inner.request_authenticator.clone(),
            components: Some(self.components()),
        }
    }

    fn spawn_bookmarks(&self, cancel: CancellationToken) {
        let inner = Arc::downgrade(&self.inner);
        tokio::spawn(async move {
            let mut tick = tokio::time::interval(BOOKMARK_INTERVAL);
            tick.tick().await;
            loop {
                tokio::select! {
                    () = cancel.cancelled() => return,
                    _ = tick.tick() => {}
                }
                let Some(inner) = inner.upgrade() else { return };
                for (_, _, cacher) in inner.table().cachers() {
                    cacher.send_bookmarks().await;
                }
            }
        });
    }
}
