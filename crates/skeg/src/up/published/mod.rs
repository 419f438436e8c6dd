//! Where pods reach the API server: the endpoints of the service `kubernetes`,
//! which no controller makes.

mod servers;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use skeg_client::{
    ApiResource, Client, CreateOptions, DeleteOptions, DynamicApi, Error, ListOptions,
    UpdateOptions,
};
use skeg_schema::{Value, json};
use skeg_store::Store;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::supervisor::{Stage, Supervisor};
use servers::Servers;

const NAMESPACE: &str = "default";
const NAME: &str = "kubernetes";
const SERVICE_OF: &str = "kubernetes.io/service-name";

/// How often it is looked whether the endpoints are as they should be, as upstream.
const INTERVAL: Duration = Duration::from_secs(10);

/// So often a write is tried that another server came before with.
const TRIES: usize = 4;

/// Keeps the endpoints of the service `kubernetes` at the API servers that live.
pub struct Publisher {
    client: Client,
    address: SocketAddr,
    /// The servers on the same store; `None` where the store is this process's own.
    servers: Option<Servers>,
}

impl Publisher {
    /// For the server at `address`, which is the only one or, with a `shared` store, one of
    /// those that use it. The client must be allowed to write endpoints and their slices.
    /// `None` for a loopback address, which no endpoint may have.
    pub fn new(
        client: Client,
        address: SocketAddr,
        shared: Option<Arc<dyn Store>>,
    ) -> Option<Self> {
        let servers = shared.map(|store| Servers::new(store, address.ip()));
        let published = Self {
            client,
            address,
            servers,
        };
        (!address.ip().is_loopback()).then_some(published)
    }

    /// Writes the endpoints, unless they are as they should be.
    ///
    /// # Errors
    /// The store does not answer, or the API server refuses them.
    pub async fn publish(&mut self) -> Result<()> {
        let alive = match &mut self.servers {
            Some(servers) => servers.renew().await?,
            None => BTreeSet::from([self.address.ip()]),
        };
        self.write(&alive).await
    }

    /// Publishes every ten seconds until the process ends; then the other servers are left.
    pub fn spawn(self, supervisor: &Supervisor) {
        let running = self.run(supervisor.token(Stage::Controllers));
        let what = "what publishes the API server's address";
        supervisor.spawn(Stage::Controllers, what, async move {
            running.await;
            anyhow::Ok(())
        });
    }

    async fn run(mut self, token: CancellationToken) {
        let mut tick = interval(INTERVAL);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first time was the caller's.
        tick.tick().await;
        loop {
            tokio::select! {
                () = token.cancelled() => break,
                _ = tick.tick() => {}
            }
            if let Err(error) = self.publish().await {
                warn!(
                    error = format!("{error:#}"),
                    "cannot say where pods reach the API server"
                );
            }
        }
        if let Err(error) = self.leave().await {
            warn!(
                error = format!("{error:#}"),
                "cannot take back where pods reach this API server"
            );
        }
    }

    /// The last one leaves its address behind: there is nobody to ask anyway.
    async fn leave(&mut self) -> Result<()> {
        let Some(servers) = &mut self.servers else {
            return Ok(());
        };
        let left = servers.leave().await?;
        if left.is_empty() {
            return Ok(());
        }
        self.write(&left).await
    }

    async fn write(&self, servers: &BTreeSet<IpAddr>) -> Result<()> {
        // One family, as upstream; in the order of their text.
        let own = self.address.ip();
        let mut ips: Vec<String> = servers
            .iter()
            .filter(|ip| ip.is_ipv4() == own.is_ipv4())
            .map(IpAddr::to_string)
            .collect();
        ips.sort_unstable();
        let port = i64::from(self.address.port());
        let endpoints = json!({
            "kind": "Endpoints",
            "apiVersion": "v1",
            "metadata": {
                "name": NAME,
                "namespace": NAMESPACE,
                "labels": {"endpointslice.kubernetes.io/skip-mirror": "true"},
            },
            "subsets": [{
                "addresses": (Value::Array(ips.iter().map(|ip| json!({"ip": (ip.as_str())})).collect())),
                "ports": [{"name": "https", "port": port, "protocol": "TCP"}],
            }],
        });
        let slice = json!({
            "kind": "EndpointSlice",
            "apiVersion": "discovery.k8s.io/v1",
            "metadata": {
                "name": NAME,
                "namespace": NAMESPACE,
                "labels": {(SERVICE_OF): NAME},
            },
            "addressType": (if own.is_ipv4() { "IPv4" } else { "IPv6" }),
            "endpoints": (Value::Array(ips.iter().map(|ip| {
                json!({"addresses": [(ip.as_str())], "conditions": {"ready": true}})
            }).collect())),
            "ports": [{"name": "https", "port": port, "protocol": "TCP"}],
        });
        let all = self.api("", "v1", "Endpoints");
        let written = ensure(&all, &endpoints, &["subsets"]).await;
        written.context("cannot write the endpoints of the service kubernetes")?;
        let slices = self.api("discovery.k8s.io", "v1", "EndpointSlice");
        let written = async {
            clear_others(&slices, &slice).await?;
            ensure(&slices, &slice, &["endpoints", "ports"]).await
        };
        written
            .await
            .context("cannot write the endpoint slice of the service kubernetes")
    }

    fn api(&self, group: &str, version: &str, kind: &str) -> DynamicApi {
        let resource = ApiResource::built_in(group, version, kind);
        let resource = resource.expect("endpoints and their slices are built in");
        DynamicApi::namespaced(self.client.clone(), resource, NAMESPACE)
    }
}

/// Deletes the service's slices that are not ours, as upstream: pods would be sent to them.
async fn clear_others(api: &DynamicApi, wanted: &Value) -> Result<(), Error> {
    let of_service = ListOptions::default().labels(format!("{SERVICE_OF}={NAME}"));
    for held in api.list(&of_service).await?.items {
        let held = held.value();
        let name = held["metadata"]["name"].as_str().unwrap_or_default();
        if name == NAME && held["addressType"] == wanted["addressType"] {
            continue;
        }
        match api.delete(name, &DeleteOptions::default()).await {
            Err(error) if !error.is_not_found() => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Creates an object, or sets its labels and the given members of the one that is there.
async fn ensure(api: &DynamicApi, wanted: &Value, members: &[&'static str]) -> Result<(), Error> {
    let mut outcome = ensure_once(api, wanted, members).await;
    for _ in 1..TRIES {
        match &outcome {
            Err(error) if error.is_conflict() || error.is_already_exists() => {
                outcome = ensure_once(api, wanted, members).await;
            }
            _ => break,
        }
    }
    outcome
}

async fn ensure_once(
    api: &DynamicApi,
    wanted: &Value,
    members: &[&'static str],
) -> Result<(), Error> {
    let Some(held) = api.get_opt(NAME).await? else {
        let options = CreateOptions::default();
        return api.create(wanted.clone(), &options).await.map(drop);
    };
    let held = held.value();
    let mut tree = Value::clone(&held);
    tree.set_at(
        &["metadata", "labels"],
        wanted["metadata"]["labels"].clone(),
    );
    for member in members {
        tree.set_at(&[member], wanted[*member].clone());
    }
    if tree != *held {
        api.update(tree, &UpdateOptions::default()).await?;
    }
    Ok(())
}
