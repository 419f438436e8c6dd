//! The wiring of a whole cluster in one process.

use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tracing::info;

use skeg_apiserver::ApiServer;
use skeg_auth::pki::Pki;
use skeg_auth::{UserInfo, names};
use skeg_client::Client;
use skeg_store::Store;

use super::network::{self, NodeNetwork};
use super::node::{self, KubeletParts};
use super::parts::{self, Shared};
use super::published::Publisher;
use super::{address, api, storage};
use crate::commands::version::{KUBERNETES, VERSION};
use crate::config::{Config, Role};
use crate::control;
use crate::datadir::{DataDir, DataDirLock};
use crate::failure::OrFail;
use crate::images::Images;
use crate::supervisor::{Stage, Supervisor};

/// Runs until a signal comes or a part fails. `told` gets the text for the
/// user once everything is ready.
///
/// # Errors
/// Something could not be started, or a part failed.
pub async fn run(
    config: Config,
    dir: DataDir,
    lock: DataDirLock,
    told: impl Fn(&str) + Send,
) -> Result<()> {
    // Signals are caught from here on, so that an early one also ends in order.
    let stop = asked_to_end()?;
    tokio::pin!(stop);

    let mut supervisor = Supervisor::new();
    let outcome = tokio::select! {
        started = start(&config, &dir, lock, &supervisor) => started.map(Some),
        () = &mut stop => Ok(None),
    };
    let outcome = match outcome {
        Ok(Some((message, lock))) => {
            told(&message);
            let outcome = supervisor.wait(stop).await;
            // The folder is ours until the store is flushed.
            let ended = supervisor.shut_down().await;
            drop(lock);
            return outcome.and(ended);
        }
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    let ended = supervisor.shut_down().await;
    outcome.and(ended)
}

/// Ends when the process is asked to end.
///
/// # Errors
/// Signals cannot be caught.
pub fn asked_to_end() -> Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot catch signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot catch signals")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => info!("asked to end (SIGTERM)"),
            _ = interrupt.recv() => info!("asked to end (SIGINT)"),
        }
    })
}

async fn start(
    config: &Config,
    dir: &DataDir,
    mut lock: DataDirLock,
    supervisor: &Supervisor,
) -> Result<(String, DataDirLock)> {
    let started = Instant::now();
    let instance = dir.instance_id()?;
    info!(version = VERSION, data_dir = %dir.root().display(), roles = %config.roles, instance, "starting");

    let certificates = api::Certificates::open(dir)?;
    let network = match config.has_node() {
        true => Some(network::open(config, dir, &instance).await?),
        false => None,
    };
    // Pods cannot reach the loopback: they get a listener on their bridge.
    let bridge = network
        .as_ref()
        .filter(|_| config.listen.0.ip().is_loopback())
        .map(|network| IpAddr::V4(network.gateway()));
    let store = storage::open(config, dir, supervisor).await?;
    let shared = (!config.etcd.servers.is_empty()).then(|| Arc::clone(&store));
    let api = api::start(
        config,
        dir,
        certificates,
        store,
        bridge,
        supervisor.token(Stage::ApiServer),
    )
    .await?;
    api.server.bootstrap().await.or_fail(
        "cannot make the objects that every cluster begins with",
        "see the log; if the data folder is damaged, `skeg reset` makes a new cluster",
    )?;
    for listener in api.listeners {
        let address = listener.local_addr()?;
        info!(%address, "listening");
        let serving = listener.serve(api.server.clone(), supervisor.token(Stage::Listeners));
        supervisor.spawn(Stage::Listeners, "the API server's listener", async move {
            serving.await;
            anyhow::Ok(())
        });
    }
    let wiring = Wiring {
        config,
        dir,
        instance: &instance,
        server: &api.server,
        shared,
        pki: &api.pki,
        supervisor,
    };
    let gateway = network
        .as_ref()
        .map(|network| IpAddr::V4(network.gateway()));
    wiring.start(network).await?;
    wiring.publish(gateway, api.port).await?;

    let seconds = started.elapsed().as_secs_f64();
    lock.write(&json!({
        "version": VERSION,
        "url": api.url,
        "listen": config.listen.to_string(),
        "roles": config.roles.names(),
        "node": config.has_node().then(|| config.node_name.to_string()),
        "instance": instance,
        "readyAfterSeconds": (seconds * 1000.0).round() / 1000.0,
    }))?;
    info!(seconds, url = api.url, "ready");
    Ok((banner(config, dir, seconds, &api.url), lock))
}

/// What the roles are started from.
struct Wiring<'a> {
    config: &'a Config,
    dir: &'a DataDir,
    instance: &'a str,
    server: &'a ApiServer,
    /// The store, where other API servers may use it too.
    shared: Option<Arc<dyn Store>>,
    pki: &'a Arc<Pki>,
    supervisor: &'a Supervisor,
}

impl Wiring<'_> {
    /// A client in this process that acts as `user`.
    fn client(&self, user: UserInfo) -> Client {
        Client::new(self.server.transport(user))
    }

    /// Says where pods reach the API server. Without a node, a server that listens on the
    /// loopback alone can be reached by none; programs read the endpoints all the same, and
    /// so the machine's address is told, as kube-apiserver does.
    async fn publish(&self, gateway: Option<IpAddr>, port: u16) -> Result<()> {
        let listen = self.config.listen.0;
        let ip = match gateway {
            _ if !listen.ip().is_loopback() && !listen.ip().is_unspecified() => listen.ip(),
            Some(gateway) if listen.ip().is_loopback() => gateway,
            _ => address::of_machine(),
        };
        let client = self.client(UserInfo::new(names::API_SERVER, &[names::MASTERS]));
        let client = client.with_user_agent("kube-apiserver");
        let shared = self.shared.clone();
        let Some(mut publisher) = Publisher::new(client, (ip, port).into(), shared) else {
            return Ok(());
        };
        publisher.publish().await.or_fail(
            "cannot say where pods reach the API server",
            "see the log; Endpoints and EndpointSlice \"kubernetes\" in namespace default must be writable",
        )?;
        publisher.spawn(self.supervisor);
        Ok(())
    }

    /// Starts every role beside the API server.
    async fn start(&self, network: Option<NodeNetwork>) -> Result<()> {
        let Self {
            config, supervisor, ..
        } = self;
        let has = |role| config.roles.has(role);
        let reader = self.client(UserInfo::new(names::API_SERVER, &[names::MASTERS]));
        let shared = Shared::new(reader, supervisor);
        if has(Role::Scheduler) {
            let client = self.client(UserInfo::new(names::SCHEDULER, &[]));
            let token = supervisor.token(Stage::Controllers);
            let part = parts::scheduler(client, &shared, Default::default(), token);
            supervisor.spawn(Stage::Controllers, "the scheduler", part);
        }
        if has(Role::ControllerManager) {
            let client = self.client(UserInfo::new(names::CONTROLLER_MANAGER, &[names::MASTERS]));
            let server = self.server.clone();
            let client_for = Arc::new(move |account: &str| {
                Client::new(server.transport(parts::controller_user(account)))
            });
            let root_ca = Some(self.pki.ca_pem().to_owned());
            let token = supervisor.token(Stage::Controllers);
            let pki = Some(Arc::clone(self.pki));
            let issuer = self.server.token_issuer();
            let part = parts::controllers(
                client,
                &shared,
                Some(client_for),
                root_ca,
                pki,
                issuer,
                token,
            );
            supervisor.spawn(Stage::Controllers, "the controllers", part);
        }
        let bridge = network
            .as_ref()
            .map(|network| IpAddr::V4(network.gateway()));
        if let Some(network) = network {
            self.start_node(network, &shared).await?;
        }
        if has(Role::Proxy) {
            let token = supervisor.token(Stage::Node);
            let part = parts::proxy(config, self.instance, &shared, token);
            supervisor.spawn(Stage::Node, "the service proxy", part);
        }
        if has(Role::Dns) {
            let client = self.client(UserInfo::new(names::API_SERVER, &[names::MASTERS]));
            let address = bridge.unwrap_or_else(address::of_machine);
            let token = supervisor.token(Stage::Node);
            let part = parts::dns(config, address, client, &shared, token)?;
            supervisor.spawn(Stage::Node, "cluster DNS", part);
        }
        Ok(())
    }

    async fn start_node(&self, network: NodeNetwork, shared: &Shared) -> Result<()> {
        let Self {
            config, supervisor, ..
        } = self;
        let engine = node::open_engine(self.dir, self.instance, network).await?;
        let socket = control::listen(self.dir)?;
        let images = Images::Engine(engine.clone());
        let token = supervisor.token(Stage::Node);
        supervisor.spawn(Stage::Node, "the control socket", async move {
            control::serve(socket, images, token).await;
            anyhow::Ok(())
        });
        let user = UserInfo::new(
            format!("{}{}", names::NODE_PREFIX, config.node_name),
            &[names::NODES],
        );
        let parts = KubeletParts {
            config,
            dir: self.dir,
            pki: self.pki,
            client_ca: self.pki.ca_pem(),
            client: self.client(user).with_user_agent("kubelet"),
            shared,
            engine,
        };
        let part = node::kubelet(parts, supervisor.token(Stage::Node)).await?;
        supervisor.spawn(Stage::Node, "the kubelet", part);
        Ok(())
    }
}

/// What the user sees when all is ready.
fn banner(config: &Config, dir: &DataDir, seconds: f64, url: &str) -> String {
    let path = dir.admin_kubeconfig();
    let path = path.display();
    let mut next = vec!["skeg status"];
    if config.has_node() {
        next.push("skeg image import FILE");
    }
    next.push("skeg down");
    let flag = if config.data_dir == std::path::Path::new(crate::config::DEFAULT_DATA_DIR) {
        String::new()
    } else {
        format!("     (each with --data-dir {})", config.data_dir.display())
    };
    format!(
        "skeg {VERSION}, Kubernetes {KUBERNETES} · ready in {seconds:.1} s · {url}\n  \
         kubeconfig  {path}     (kubectl finds it: export KUBECONFIG={path})\n  \
         next        {}{flag}\n",
        next.join(" · "),
    )
}
