//! The control plane of a cluster, put together.

use std::sync::Arc;
use std::time::Duration;

use skeg_apiserver::{ApiServer, Component, Options};
use skeg_auth::assemble::{AuthzOptions, authorizer};
use skeg_auth::authn::{RequestAuthenticator, ServiceAccountTokens, TokenUnion};
use skeg_auth::authz::{NodeAuthorizer, Rbac};
use skeg_auth::expr::Cel;
use skeg_auth::token::{DeferredLookup, TokenIssuer};
use skeg_auth::{UserInfo, names};
use skeg_client::Client;
use skeg_runtime::{Clock, EventApi, EventRecorder, SharedInformerFactory};
use skeg_store::{Embedded, Store};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::builder::Builder;
use crate::error::Error;
use crate::gate::Gate;
use crate::kubelet::Kubelet;
use crate::node_api::NodeApi;
use crate::pki::Shared;
use crate::time::Time;
use crate::users::{KnownTokens, Tokens};

/// Who issues service account tokens, and whom they are for.
const ISSUER: &str = "https://kubernetes.default.svc.cluster.local";
/// How far back a cluster's states are kept.
const HISTORY: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
const HISTORY_BYTES_MAX: u64 = 512 << 20;
/// The namespaces of a fresh cluster that service accounts are made in.
const NAMESPACES: [&str; 4] = ["default", "kube-system", "kube-public", "kube-node-lease"];
/// Controllers without which a fresh namespace is not complete.
const COMPLETING: [&str; 2] = [
    "serviceaccount-controller",
    "root-ca-certificate-publisher-controller",
];

/// The store of a cluster, which keeps every state there was.
pub(crate) fn open_store(time: &Time) -> Embedded {
    Embedded::in_memory_with(skeg_store::Options {
        history: HISTORY,
        history_bytes_max: HISTORY_BYTES_MAX,
        clock: time.for_store(),
        ..skeg_store::Options::default()
    })
}

/// The API server over a store.
pub(crate) async fn start_server(
    builder: &Builder,
    store: &Arc<Embedded>,
    time: &Time,
    gate: Arc<Gate>,
    tokens: Arc<Tokens>,
    nodes_api: &NodeApi,
    cancel: CancellationToken,
) -> Result<ApiServer, Error> {
    let shared = Shared::get()?;
    let audiences = vec![ISSUER.to_owned()];
    let issuer = TokenIssuer::new(
        ISSUER,
        audiences.clone(),
        shared.token_key()?,
        time.for_tokens(),
    )
    .map_err(|error| Error::Certificates(error.to_string()))?;
    let issuer = Arc::new(issuer);
    let lookup = Arc::new(DeferredLookup::default());
    let authenticators = TokenUnion::new(vec![
        Arc::new(KnownTokens(tokens)),
        Arc::new(ServiceAccountTokens::new(&issuer, lookup.clone())),
    ]);
    let authenticator = RequestAuthenticator::new(Arc::new(authenticators), audiences, true)
        .with_client_authority(shared.authority.clone());
    let rbac = Arc::new(Rbac::new());
    let nodes = Arc::new(NodeAuthorizer::new());
    let authorizer = authorizer(&AuthzOptions::default(), &rbac, &nodes, &Cel)
        .map_err(|error| Error::Option(error.to_string()))?;
    let options = Options {
        enablement: builder.enablement()?,
        enable_admission_plugins: builder.plugins_on.clone(),
        disable_admission_plugins: builder.plugins_off.clone(),
        client_ca: shared.authority.clone(),
        components: Component::usual(true, true),
        ..Options::default()
    };
    let mut server = ApiServer::builder(store.clone() as Arc<dyn Store>)
        .request_authenticator(Arc::new(authenticator))
        .authorizer(Arc::new(authorizer))
        .token_issuer(issuer)
        .rbac(rbac)
        .observer(nodes)
        .node_connector(Arc::new(nodes_api.clone()))
        .options(options)
        .interceptor(gate);
    if let Time::Virtual(clock) = time {
        server = server.clock(Arc::new(clock.clone()));
    }
    let server = server.start(cancel).await?;
    lookup.set(server.token_lookup());
    Ok(server)
}

/// A client inside the process that acts as `user`.
pub(crate) fn client(server: &ApiServer, user: UserInfo, clock: &Arc<dyn Clock>) -> Client {
    Client::new(server.transport(user)).with_clock(clock.clone())
}

/// Everything beside the API server.
pub(crate) struct Parts {
    pub(crate) informers: SharedInformerFactory,
    pub(crate) kubelet: Kubelet,
}

/// Starts the scheduler, the controllers and the fake kubelet.
pub(crate) fn start_parts(
    builder: &Builder,
    server: &ApiServer,
    clock: &Arc<dyn Clock>,
    cancel: &CancellationToken,
    tasks: &TaskTracker,
) -> Result<Parts, Error> {
    let reader = UserInfo::new(names::API_SERVER, &[names::MASTERS]);
    let reader = client(server, reader, clock).with_user_agent("kube-controller-manager");
    let informers = SharedInformerFactory::new(reader, clock.clone(), cancel.clone());
    if builder.scheduler {
        let client = client(server, UserInfo::new(names::SCHEDULER, &[]), clock);
        let client = client.with_user_agent("kube-scheduler");
        let recorder = EventRecorder::start(
            client.clone(),
            EventApi::Events,
            skeg_scheduler::NAME,
            "testkit",
            clock.clone(),
            cancel.clone(),
        );
        let context = skeg_scheduler::Context {
            client,
            informers: informers.clone(),
            recorder,
            clock: clock.clone(),
        };
        tasks.spawn(skeg_scheduler::run(context, cancel.clone()));
    }
    if !builder.controllers.is_empty() {
        start_controllers(builder, server, clock, cancel, tasks, &informers)?;
    }
    let kubelet = Kubelet::new(
        server.clone(),
        &informers,
        clock.clone(),
        builder.heartbeat_period(),
        builder.scripts.clone(),
        cancel.clone(),
    );
    if builder.kubelet {
        tasks.spawn(kubelet.clone().run());
    }
    Ok(Parts { informers, kubelet })
}

fn start_controllers(
    builder: &Builder,
    server: &ApiServer,
    clock: &Arc<dyn Clock>,
    cancel: &CancellationToken,
    tasks: &TaskTracker,
    informers: &SharedInformerFactory,
) -> Result<(), Error> {
    let known = |name: &String| {
        let name = name.trim_start_matches('-');
        let mut rows = skeg_controllers::CONTROLLERS.iter();
        name == "*" || rows.any(|row| row.name == name)
    };
    if let Some(unknown) = builder.controllers.iter().find(|name| !known(name)) {
        return Err(Error::Option(format!(
            "no controller is called {unknown:?}"
        )));
    }
    let shared = Shared::get()?;
    let (acting, clock_of) = (server.clone(), clock.clone());
    let client_for = Arc::new(move |account: &str| {
        const NAMESPACE: &str = "kube-system";
        let user = UserInfo {
            name: names::service_account(NAMESPACE, account),
            groups: names::service_account_groups(NAMESPACE),
            ..UserInfo::default()
        };
        client(&acting, user, &clock_of)
    });
    let options = skeg_controllers::Options {
        controllers: builder.controllers.clone(),
        client_for: Some(client_for),
        root_ca: Some(shared.pki.ca_pem().to_owned()),
        pki: Some(shared.pki.clone()),
        token_issuer: server.token_issuer(),
        informers: Some(informers.clone()),
        clock: clock.clone(),
        metrics: None,
    };
    let reader = UserInfo::new(names::CONTROLLER_MANAGER, &[names::MASTERS]);
    let run = skeg_controllers::run(client(server, reader, clock), options, cancel.clone());
    tasks.spawn(async move {
        if let Err(error) = run.await {
            tracing::error!(%error, "the controllers do not run");
        }
    });
    Ok(())
}

/// Whether the controllers that complete a fresh namespace run.
pub(crate) fn completes_namespaces(builder: &Builder) -> bool {
    let runs = |name: &str| {
        let off = format!("-{name}");
        let named = |wanted: &str| builder.controllers.iter().any(|held| held == wanted);
        !named(&off) && (named("*") || named(name))
    };
    COMPLETING.into_iter().all(runs)
}

/// Waits until the namespaces of a fresh cluster are complete.
pub(crate) async fn namespaces_complete(store: &Embedded) -> skeg_store::Result<()> {
    for namespace in NAMESPACES {
        for key in [
            format!("/registry/serviceaccounts/{namespace}/default"),
            format!("/registry/configmaps/{namespace}/kube-root-ca.crt"),
        ] {
            let range = skeg_store::KeyRange::prefix(&*key);
            let from = store.current_revision().await? + 1;
            let mut changes = store
                .watch(range, skeg_store::WatchOptions { from })
                .await?;
            while store
                .get(key.as_bytes(), skeg_store::LATEST)
                .await?
                .is_none()
            {
                if changes.next().await.is_none() {
                    return Err(skeg_store::Error::Closed);
                }
            }
        }
    }
    Ok(())
}
