//! Registers the node, keeps its status true, and shows by its Lease that it lives.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use skeg_api::coordination::v1::{Lease, LeaseSpec};
use skeg_api::core::v1::Node;
use skeg_client::{Api, Client, Error, Patch, PatchOptions};
use skeg_cri::{ImageService, RuntimeService};
use skeg_meta::{MicroTime, OwnerReference, Time};
use skeg_schema::json;
use tokio_util::sync::CancellationToken;

use crate::node::{self, Facts, Machine};
use crate::room::Room;

/// The namespace of all nodes' leases.
const LEASES: &str = "kube-node-lease";
/// How long a Lease counts (upstream's `nodeLeaseDurationSeconds`).
const LEASE_SECONDS: i32 = 40;
/// How often it is renewed.
const RENEW: Duration = Duration::from_secs(10);
/// How often a status is written although nothing has changed (upstream's `nodeStatusReportFrequency`).
const REPORT_ROUNDS: u32 = 30;
/// The wait after a failure.
const RETRY: Duration = Duration::from_secs(1);

pub(crate) struct Registration {
    pub(crate) name: String,
    pub(crate) client: Client,
    pub(crate) runtime: Arc<dyn RuntimeService>,
    pub(crate) images: Arc<dyn ImageService>,
    pub(crate) machine: Machine,
    pub(crate) folder: PathBuf,
    pub(crate) room: Room,
    pub(crate) addresses: Vec<String>,
    pub(crate) port: u16,
}

impl Registration {
    /// Works until cancelled. One timer beats for the Lease; the status is
    /// looked at with it and written when it has changed.
    pub(crate) async fn run(self, cancel: CancellationToken) {
        let mut registered = false;
        let mut rounds = 0;
        loop {
            let result = if registered {
                let report = rounds % REPORT_ROUNDS == 0;
                rounds = rounds.wrapping_add(1);
                self.beat(report).await
            } else {
                self.register().await.inspect(|()| registered = true)
            };
            let pause = match result {
                Ok(()) if rounds == 0 => {
                    rounds = 1;
                    Duration::ZERO
                }
                Ok(()) => RENEW,
                Err(error) => {
                    tracing::warn!(error = %error.chain(), node = %self.name, "the node cannot report itself");
                    // Somebody may have deleted the node.
                    registered = !error.is_not_found();
                    RETRY
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = cancel.cancelled() => return,
            }
        }
    }

    async fn facts(&self) -> Facts<'_> {
        let runtime_problem = match self.runtime.status().await {
            Ok(status) if status.runtime_ready && status.network_ready => None,
            Ok(status) => Some(status.message),
            Err(error) => Some(format!("container runtime is down: {}", error.full())),
        };
        Facts {
            machine: &self.machine,
            disk: node::disk(&self.folder),
            images: self.images.list_images().await.unwrap_or_default(),
            addresses: self.addresses.clone(),
            port: self.port,
            runtime_problem,
            // What disk pressure means.
            disk_full: self.room.is_none_left(&self.folder),
        }
    }

    async fn register(&self) -> Result<(), Error> {
        let nodes = Api::<Node>::all(self.client.clone());
        let now = Time::now();
        let facts = self.facts().await;
        match nodes.create(node::new_node(&self.name, &facts, &now)).await {
            Ok(_) => {}
            Err(error) if error.is_already_exists() => {
                let fresh = node::new_node(&self.name, &facts, &now);
                let labels: skeg_schema::Object = fresh
                    .metadata
                    .labels
                    .iter()
                    .map(|(key, value)| (key.clone().into(), skeg_schema::Value::from(value)))
                    .collect();
                let patch = Patch::Merge(json!({"metadata": {"labels": (labels)}}));
                nodes
                    .patch(&self.name, &patch, &PatchOptions::default())
                    .await?;
                self.report(true).await?;
            }
            Err(error) => return Err(error),
        }
        self.renew().await
    }

    async fn beat(&self, report: bool) -> Result<(), Error> {
        self.renew().await?;
        self.report(report).await
    }

    /// Writes the status if it has changed, or in any case when `always`.
    async fn report(&self, always: bool) -> Result<(), Error> {
        let nodes = Api::<Node>::all(self.client.clone());
        let held = nodes.get(&self.name).await?;
        let status = node::status(&held, &self.name, &self.facts().await, &Time::now());
        if !always && node::same(&held.status, &status) {
            return Ok(());
        }
        let mut node = Node::clone(&held);
        node.status = status;
        match nodes.update_status(node).await {
            // Somebody else wrote in between; the next beat comes soon.
            Err(error) if error.is_conflict() => Ok(()),
            result => result.map(drop),
        }
    }

    async fn renew(&self) -> Result<(), Error> {
        let leases = Api::<Lease>::namespaced(self.client.clone(), LEASES);
        let spec = LeaseSpec {
            holder_identity: Some(self.name.clone()),
            lease_duration_seconds: Some(LEASE_SECONDS),
            renew_time: Some(MicroTime::now()),
            ..Default::default()
        };
        if let Some(held) = leases.get_opt(&self.name).await? {
            let mut lease = Lease::clone(&held);
            lease.spec = spec;
            return leases.update(lease).await.map(drop);
        }
        let node = Api::<Node>::all(self.client.clone())
            .get(&self.name)
            .await?;
        let mut lease = Lease {
            spec,
            ..Default::default()
        };
        lease.metadata.name.clone_from(&self.name);
        lease.metadata.namespace = LEASES.into();
        lease.metadata.owner_references = vec![OwnerReference {
            api_version: "v1".into(),
            kind: "Node".into(),
            name: self.name.clone(),
            uid: node.metadata.uid.clone(),
            ..Default::default()
        }];
        leases.create(lease).await.map(drop)
    }
}
