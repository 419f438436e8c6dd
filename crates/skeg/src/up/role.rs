//! One role alone, over HTTPS, against any Kubernetes API.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use skeg_client::{Client, Kubeconfig};

use super::node::{self, KubeletParts};
use super::parts::{self, Shared};
use super::{address, api, cluster, network, preflight, skew};
use crate::cli::{NodeRoleArgs, RoleArgs, SchedulerArgs};
use crate::commands::remote;
use crate::commands::version::VERSION;
use crate::config::{Config, Role};
use crate::control;
use crate::datadir::DataDir;
use crate::failure::{Failure, OrFail};
use crate::images::Images;
use crate::supervisor::{Stage, Supervisor};

/// `skeg scheduler`.
///
/// # Errors
/// The kubeconfig is not usable, or the role failed.
pub fn scheduler(args: &SchedulerArgs) -> Result<()> {
    let configuration = match &args.config {
        Some(path) => scheduler_configuration(path)?,
        None => skeg_scheduler::Configuration::default(),
    };
    alone(
        Role::Scheduler,
        &args.role.kubeconfig,
        async |client, shared, supervisor| {
            let token = supervisor.token(Stage::Controllers);
            let part = parts::scheduler(client, shared, configuration, token);
            supervisor.spawn(Stage::Controllers, "the scheduler", part);
            Ok(())
        },
    )
}

fn scheduler_configuration(path: &Path) -> Result<skeg_scheduler::Configuration> {
    let text = std::fs::read(path).or_fail(
        format!("cannot read {}", path.display()),
        "--config names a file with a KubeSchedulerConfiguration",
    )?;
    skeg_scheduler::Configuration::parse(&text).or_fail(
        format!("{} is no configuration of a scheduler", path.display()),
        "write a KubeSchedulerConfiguration of kubescheduler.config.k8s.io/v1",
    )
}

/// `skeg controller-manager`.
///
/// # Errors
/// As [`scheduler`].
pub fn controller_manager(args: &RoleArgs) -> Result<()> {
    alone(
        Role::ControllerManager,
        &args.kubeconfig,
        async |client, shared, supervisor| {
            let ca = cluster_ca(&args.kubeconfig);
            let token = supervisor.token(Stage::Controllers);
            let part = parts::controllers(client, shared, None, ca, None, None, token);
            supervisor.spawn(Stage::Controllers, "the controllers", part);
            Ok(())
        },
    )
}

/// `skeg proxy`.
///
/// # Errors
/// As [`scheduler`].
pub fn proxy(args: &NodeRoleArgs) -> Result<()> {
    let config = args.resolve(Role::Proxy)?;
    preflight::check(&config)?;
    alone(
        Role::Proxy,
        &args.role.kubeconfig,
        async |_, shared, supervisor| {
            let (_, instance) = folder(&config)?;
            let part = parts::proxy(&config, &instance, shared, supervisor.token(Stage::Node));
            supervisor.spawn(Stage::Node, "the service proxy", part);
            Ok(())
        },
    )
}

/// `skeg dns`.
///
/// # Errors
/// As [`scheduler`].
pub fn dns(args: &NodeRoleArgs) -> Result<()> {
    let config = args.resolve(Role::Dns)?;
    alone(
        Role::Dns,
        &args.role.kubeconfig,
        async |client, shared, supervisor| {
            let address: IpAddr = address::of_machine();
            let token = supervisor.token(Stage::Node);
            let part = parts::dns(&config, address, client, shared, token)?;
            supervisor.spawn(Stage::Node, "cluster DNS", part);
            Ok(())
        },
    )
}

/// `skeg kubelet`.
///
/// # Errors
/// As [`scheduler`], and if this machine cannot be a node.
pub fn kubelet(args: &NodeRoleArgs) -> Result<()> {
    let config = args.resolve(Role::Kubelet)?;
    preflight::check(&config)?;
    alone(
        Role::Kubelet,
        &args.role.kubeconfig,
        async |client, shared, supervisor| {
            let (dir, instance) = folder(&config)?;
            // Held to the end: images and containers have one owner.
            let mut lock = dir.lock()?;
            lock.write(&json!({"version": VERSION, "roles": [Role::Kubelet.name()]}))?;
            supervisor.keep(lock);
            let ca = cluster_ca(&args.role.kubeconfig).ok_or_else(|| {
                Failure::new(
                    "the kubeconfig names no CA, so the API server could not be told from others",
                    "give the cluster's CA in the kubeconfig: certificate-authority-data",
                )
            })?;
            let pki = api::open_pki(&dir)?;
            let network = network::open(&config, &dir, &instance).await?;
            let engine = node::open_engine(&dir, &instance, network).await?;
            let socket = control::listen(&dir)?;
            let images = Images::Engine(engine.clone());
            let token = supervisor.token(Stage::Node);
            supervisor.spawn(Stage::Node, "the control socket", async move {
                control::serve(socket, images, token).await;
                anyhow::Ok(())
            });
            let client = client.with_user_agent("kubelet");
            let parts = KubeletParts {
                config: &config,
                dir: &dir,
                pki: &pki,
                client_ca: &ca,
                client,
                shared,
                engine,
            };
            let part = node::kubelet(parts, supervisor.token(Stage::Node)).await?;
            supervisor.spawn(Stage::Node, "the kubelet", part);
            Ok(())
        },
    )
}

/// The folder of a role and the id in it.
fn folder(config: &Config) -> Result<(DataDir, String)> {
    let dir = DataDir::new(&config.data_dir);
    dir.create()?;
    let instance = dir.instance_id()?;
    Ok((dir, instance))
}

/// The CA in a kubeconfig, as PEM.
fn cluster_ca(kubeconfig: &Path) -> Option<String> {
    let config = Kubeconfig::from_file(kubeconfig).ok()?.config(None).ok()?;
    String::from_utf8(config.ca_pem().ok()??).ok()
}

/// Runs what `start` spawns until a signal comes or a part fails.
fn alone(
    role: Role,
    kubeconfig: &Path,
    start: impl AsyncFnOnce(Client, &Shared, &Supervisor) -> Result<()>,
) -> Result<()> {
    crate::logging::to_stderr("info");
    let runtime = super::runtime()?;
    let outcome = runtime.block_on(async {
        let client = remote::client(kubeconfig)?;
        let stop = cluster::asked_to_end()?;
        tokio::pin!(stop);
        tokio::select! {
            fits = skew::check(role, &client) => fits?,
            () = &mut stop => return Ok(()),
        }
        let mut supervisor = Supervisor::new();
        let shared = Shared::new(client.clone(), &supervisor);
        let outcome = match start(client, &shared, &supervisor).await {
            Ok(()) => supervisor.wait(stop).await,
            Err(error) => Err(error),
        };
        outcome.and(supervisor.shut_down().await)
    });
    runtime.shutdown_timeout(Duration::from_millis(300));
    outcome
}
