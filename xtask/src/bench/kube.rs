//! What the benchmarks ask of the API.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::http::{Address, Connection, Events};
use crate::server::{self, Server};

/// How long anything may take before a benchmark gives up.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub const PODS: &str = "/api/v1/namespaces/default/pods";

/// A cluster whose node takes pods.
pub struct Cluster {
    pub address: Address,
    // Ends the server when the cluster is dropped.
    _server: Server,
}

impl Cluster {
    pub fn start(profile: &str) -> Result<Self> {
        let server = Server::started(profile, server::NODE)?;
        let address = server.address()?;
        let cluster = Self {
            address,
            _server: server,
        };
        cluster.until("/api/v1/nodes", |event| {
            let conditions = event["object"]["status"]["conditions"].as_array();
            conditions.is_some_and(|all| {
                all.iter()
                    .any(|one| one["type"] == "Ready" && one["status"] == "True")
            })
        })?;
        cluster.until("/api/v1/namespaces/default/serviceaccounts", |event| {
            event["object"]["metadata"]["name"] == "default"
        })?;
        Ok(cluster)
    }

    pub fn connect(&self) -> Result<Connection> {
        self.address.connect(PATIENCE)
    }

    /// Watches a collection, with what is there already first.
    pub fn watch(&self, path: &str) -> Result<Events> {
        self.connect()?.watch(&format!("{path}?watch=1"))
    }

    /// Waits for an event of a collection.
    pub fn until(&self, path: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
        let mut events = self.watch(path)?;
        loop {
            let event = events
                .next()
                .with_context(|| format!("waiting for an event of {path}"))?;
            ensure!(event["type"] != "ERROR", "the watch says {event}");
            if wanted(&event) {
                return Ok(event);
            }
        }
    }
}

/// A pod that does nothing, of the image that every node has.
pub fn pod(name: &str) -> Vec<u8> {
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {
            "terminationGracePeriodSeconds": 0,
            "containers": [{
                "name": "main",
                "image": "skeg.local/toolbox:latest",
                "imagePullPolicy": "IfNotPresent",
                "command": ["sleep", "3600"],
            }],
        },
    })
    .to_string()
    .into_bytes()
}
