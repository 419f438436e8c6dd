//! What a node leaves on the machine, and how it goes.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use async_trait::async_trait;
use skeg_cri::engine::Engine;
use skeg_cri::{NetworkAttach, NetworkError, SandboxId, SandboxNetwork};
use skeg_net::{Names, PodNetwork, Proxy};

use crate::datadir::DataDir;
use crate::failure::OrFail;
use crate::up::{network, node};

/// Stops and removes all containers of a cluster that does not run.
///
/// # Errors
/// The runtime cannot be opened or a container not be removed.
pub fn remove_containers(dir: &DataDir, instance: &str) -> Result<()> {
    let pods = dir.root().join("runtime").join("pods");
    if !pods.exists() {
        return Ok(());
    }
    let config = node::engine_config(dir, instance, Arc::new(GoneNetwork));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let engine = Engine::open(config)
            .await
            .or_fail("cannot open the container runtime", "run as root")?;
        engine.remove_everything().await.or_fail(
            "cannot remove the containers",
            "try again; `ps` shows processes named skeg-shim that hold them",
        )
    })
}

/// Removes what an instance made outside its folder.
///
/// # Errors
/// Something cannot be removed.
pub fn remove_all(dir: &DataDir, instance: &str) -> Result<()> {
    remove_containers(dir, instance)?;
    let state = network::state_dir(dir);
    if state.exists() {
        let names = Names::new(instance);
        let remedy = "run as root, in the network namespace in which the cluster ran";
        Proxy::reset(&names).or_fail("cannot remove the rules of services", remedy)?;
        PodNetwork::reset(&names, &state).or_fail("cannot remove the pod network", remedy)?;
        println!("removed  network links and rules of {instance}");
    }
    Ok(())
}

/// The network as it is when all of it is about to go.
struct GoneNetwork;

#[async_trait]
impl SandboxNetwork for GoneNetwork {
    async fn attach(&self, _: NetworkAttach) -> Result<Vec<IpAddr>, NetworkError> {
        Err("no sandbox is made here".into())
    }

    async fn detach(&self, _: &SandboxId, _: Option<PathBuf>) -> Result<(), NetworkError> {
        Ok(())
    }
}
