//! The roles beside the API server, each as one future over a client.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use anyhow::Result;
use skeg_apiserver::MoreMetrics;
use skeg_auth::names;
use skeg_auth::pki::Pki;
use skeg_auth::token::TokenIssuer;
use skeg_client::Client;
use skeg_controllers::ClientFor;
use skeg_dns::ServerOptions;
use skeg_dns::kube::Dns;
use skeg_net::{Names, ProxyConfig};
use skeg_runtime::{Clock, EventApi, EventRecorder, Metrics, SharedInformerFactory, SystemClock};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{api, node};
use crate::config::{Config, NodeName};
use crate::failure::OrFail;
use crate::supervisor::{Stage, Supervisor};

/// How long to wait before the service of cluster DNS is tried again.
const DNS_SERVICE_PAUSE: Duration = Duration::from_secs(2);

/// What the work queues of this process do.
pub fn queues() -> &'static Metrics {
    static QUEUES: LazyLock<Metrics> = LazyLock::new(Metrics::new);
    &QUEUES
}

/// Has the API server of this process tell of its work queues too.
pub fn tell_of_queues(options: &mut skeg_apiserver::Options) {
    let told = Arc::new(|| queues().render());
    options.more_metrics.push(MoreMetrics(told));
}

/// What every role of one process shares.
#[derive(Clone)]
pub struct Shared {
    /// One informer for each kind, whoever wants it.
    pub informers: SharedInformerFactory,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Shared {
    /// `reader` must be allowed to list all that the roles want to know. An
    /// informer that panics ends the process: who reads it would never hear
    /// of a change again.
    pub fn new(reader: Client, supervisor: &Supervisor) -> Self {
        let clock = SystemClock::new();
        let cancel = supervisor.token(Stage::ApiServer);
        let informers = SharedInformerFactory::new(reader, clock.clone(), cancel.clone());
        let watched = informers.clone();
        supervisor.spawn(Stage::ApiServer, "an informer", async move {
            match cancel.run_until_cancelled(watched.panicked()).await {
                Some(panic) => Err(panic),
                None => Ok(()),
            }
        });
        Self { informers, clock }
    }

    /// A recorder of events for a component.
    pub fn recorder(
        &self,
        client: &Client,
        api: EventApi,
        component: &str,
        host: &str,
        cancel: &CancellationToken,
    ) -> EventRecorder {
        EventRecorder::start(
            client.clone(),
            api,
            component,
            host,
            self.clock.clone(),
            cancel.clone(),
        )
    }
}

/// The scheduler, until cancelled.
pub fn scheduler(
    client: Client,
    shared: &Shared,
    configuration: skeg_scheduler::Configuration,
    cancel: CancellationToken,
) -> impl Future<Output = Result<()>> + Send + use<> {
    let client = client.with_user_agent("kube-scheduler");
    let name = skeg_scheduler::NAME;
    let host = NodeName::of_machine().to_string();
    let recorder = shared.recorder(&client, EventApi::Events, name, &host, &cancel);
    let context = skeg_scheduler::Context {
        client,
        informers: shared.informers.clone(),
        recorder,
        clock: shared.clock.clone(),
    };
    async move {
        skeg_scheduler::run_configured(context, configuration, cancel)
            .await
            .or_fail(
                "an extender of the scheduler cannot be used",
                "see its urlPrefix and tlsConfig in the scheduler's configuration",
            )
    }
}

/// The controllers, until cancelled. `client_for` gives each the client of its
/// service account; `root_ca` is what pods are given to trust, `pki` signs what
/// certificates are asked for, and `token_issuer` tokens in Secrets.
pub fn controllers(
    client: Client,
    shared: &Shared,
    client_for: Option<ClientFor>,
    root_ca: Option<String>,
    pki: Option<Arc<Pki>>,
    token_issuer: Option<Arc<TokenIssuer>>,
    cancel: CancellationToken,
) -> impl Future<Output = Result<()>> + Send + use<> {
    let options = skeg_controllers::Options {
        client_for,
        root_ca,
        pki,
        token_issuer,
        informers: Some(shared.informers.clone()),
        clock: shared.clock.clone(),
        metrics: Some(queues().clone()),
        ..Default::default()
    };
    async move { Ok(skeg_controllers::run(client, options, cancel).await?) }
}

/// The user of a controller: its service account in `kube-system`.
pub fn controller_user(account: &str) -> skeg_auth::UserInfo {
    const NAMESPACE: &str = "kube-system";
    skeg_auth::UserInfo {
        name: names::service_account(NAMESPACE, account),
        groups: names::service_account_groups(NAMESPACE),
        ..Default::default()
    }
}

/// The service proxy, until cancelled.
pub fn proxy(
    config: &Config,
    instance: &str,
    shared: &Shared,
    cancel: CancellationToken,
) -> impl Future<Output = Result<()>> + Send + use<> {
    let informers = shared.informers.clone();
    let options = skeg_net::kube::Options {
        proxy: ProxyConfig {
            names: Names::new(instance),
            pod_cidrs: vec![config.pod_cidr.0],
            service_cidrs: vec![config.service_cidr.primary.0],
        },
        node_name: config.node_name.to_string(),
    };
    async move {
        skeg_net::kube::run_with_informers(&informers, options, cancel)
            .await
            .or_fail(
                "the service proxy cannot use nftables",
                "modprobe nf_tables; run as root in a network namespace of which you are root",
            )
    }
}

/// Cluster DNS at `address`, until cancelled. Makes the service that leads to it.
///
/// # Errors
/// Its sockets cannot be opened.
pub fn dns(
    config: &Config,
    address: IpAddr,
    client: Client,
    shared: &Shared,
    cancel: CancellationToken,
) -> Result<impl Future<Output = Result<()>> + Send + use<>> {
    let service = node::cluster_dns(config);
    let bind = |port| {
        Dns::bind(skeg_dns::kube::Options {
            server: ServerOptions {
                listen: vec![SocketAddr::new(address, port)],
                ..ServerOptions::default()
            },
            domain: api::CLUSTER_DOMAIN.to_owned(),
            name_servers: vec![service],
            ..skeg_dns::kube::Options::default()
        })
    };
    // The service carries whatever port it gets.
    let dns = bind(53).or_else(|_| bind(0)).or_fail(
        format!("cluster DNS cannot listen on {address}"),
        "run as root, or leave role dns out",
    )?;
    let target = dns.addresses().first().copied();
    let informers = shared.informers.clone();
    let node = config.node_name.to_string();
    Ok(async move {
        let announce = async {
            let Some(target) = target else { return };
            while let Err(error) =
                skeg_dns::kube::ensure_service(&client, service, target, &node).await
            {
                warn!(
                    error = error.chain(),
                    "cannot make the service of cluster DNS yet"
                );
                tokio::time::sleep(DNS_SERVICE_PAUSE).await;
            }
        };
        let announcing = cancel.run_until_cancelled(announce);
        tokio::join!(
            announcing,
            dns.run_with_informers(&informers, cancel.clone())
        );
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use skeg_api::core::v1::ConfigMap;
    use skeg_meta::ObjectMeta;
    use skeg_runtime::testing::FakeApi;

    use super::*;

    #[tokio::test]
    async fn an_informer_that_panics_ends_the_process() {
        let api = FakeApi::new();
        api.put(&ConfigMap {
            metadata: ObjectMeta::named("default", "map"),
            ..ConfigMap::default()
        });
        let mut supervisor = Supervisor::new();
        let shared = Shared::new(api.client(), &supervisor);
        let maps = shared.informers.build::<ConfigMap>();
        let maps = maps.transform("bad", |_| panic!("boom")).start();
        let error = supervisor.wait(std::future::pending()).await.unwrap_err();
        let text = format!("{error:#}");
        assert!(
            text.contains("an informer failed") && text.contains("boom"),
            "{text}"
        );
        drop(maps);
    }
}
