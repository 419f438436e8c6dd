//! The nodes of a fake kubelet: registered, kept alive, and brought down.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream};
use skeg_api::coordination::v1::Lease;
use skeg_api::core::v1::Taint;
use skeg_client::{Api, Error, Patch, PatchOptions};
use skeg_meta::{MicroTime, ObjectMeta, Quantity};
use skeg_schema::json;

use super::{Inner, Kubelet, nodes_api, status};

const LEASES: &str = "kube-node-lease";
/// Nodes that are written at the same time.
const WRITES_AT_ONCE: usize = 16;
/// How long a lease is good, in units of its renewal.
const LEASE_PERIODS: u32 = 4;

/// A node to be made.
#[derive(Clone, Debug, Default)]
pub struct NodeSpec {
    name: String,
    labels: BTreeMap<String, String>,
    capacity: BTreeMap<String, Quantity>,
    taints: Vec<Taint>,
}

impl NodeSpec {
    /// A node of this name, with 32 CPUs, 128 GiB of memory and room for 110 pods.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// With a label.
    #[must_use]
    pub fn label(mut self, key: &str, value: &str) -> Self {
        self.labels.insert(key.to_owned(), value.to_owned());
        self
    }

    /// With so much of a resource (`cpu`, `4`; `example.com/gpu`, `2`).
    ///
    /// # Panics
    /// The amount is no quantity.
    #[must_use]
    #[track_caller]
    pub fn capacity(mut self, resource: &str, amount: &str) -> Self {
        let Ok(quantity) = amount.parse() else {
            panic!("{amount:?} is no quantity");
        };
        self.capacity.insert(resource.to_owned(), quantity);
        self
    }

    /// With a taint.
    #[must_use]
    pub fn taint(mut self, key: &str, value: &str, effect: &str) -> Self {
        self.taints.push(Taint {
            key: key.to_owned(),
            value: value.to_owned(),
            effect: effect.to_owned(),
            ..Taint::default()
        });
        self
    }
}

/// What is known of a node of ours.
pub(super) struct NodeState {
    pub(super) ip: String,
    /// The first two numbers of its pods' addresses.
    network: (u8, u8),
    /// Addresses given out.
    given: u32,
    /// It does nothing and says nothing.
    pub(super) silent: bool,
}

impl Inner {
    /// An address for a pod of a node.
    pub(super) fn address(&self, node: &str) -> String {
        let mut nodes = self.nodes.write();
        let Some(state) = nodes.get_mut(node) else {
            return String::new();
        };
        state.given += 1;
        let (a, b) = state.network;
        // Each node has a /24; addresses come around again.
        format!("10.{a}.{b}.{}", 2 + state.given % 250)
    }

    async fn register(&self, spec: NodeSpec) -> Result<(), Error> {
        let now = self.now();
        let (ip, known) = {
            let mut nodes = self.nodes.write();
            let count = nodes.len();
            let part = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
            let ip = format!("192.168.{}.{}", count / 250 % 250, count % 250 + 1);
            let state = NodeState {
                ip: ip.clone(),
                network: (part(64 + count / 256 % 128), part(count % 256)),
                given: 0,
                silent: false,
            };
            match nodes.entry(spec.name.clone()) {
                Entry::Occupied(there) => (there.get().ip.clone(), true),
                Entry::Vacant(free) => {
                    free.insert(state);
                    (ip, false)
                }
            }
        };
        let client = self.client(&spec.name);
        let mut node = status::node(&spec.name, &ip, now);
        node.metadata.labels.extend(spec.labels);
        node.spec.taints = spec.taints;
        node.status.capacity.extend(spec.capacity.clone());
        node.status.allocatable.extend(spec.capacity);
        let made = match nodes_api(client.clone()).create(node.clone()).await {
            // One that was deleted may come again.
            Err(error) if error.is_already_exists() && known => {
                return Err(Error::Request {
                    target: format!("node {}", spec.name),
                    message: "the cluster has a node of this name already".to_owned(),
                });
            }
            Err(error) if error.is_already_exists() => {
                nodes_api(client.clone()).get(&spec.name).await?
            }
            result => result?,
        };
        if made.status.conditions.is_empty() {
            node.metadata.resource_version = made.metadata.resource_version.clone();
            nodes_api(client.clone()).update_status(node).await?;
        }
        let mut lease = Lease {
            metadata: ObjectMeta::named(LEASES, spec.name.clone()),
            ..Lease::default()
        };
        lease.spec.holder_identity = Some(spec.name);
        let seconds = (self.heartbeat * LEASE_PERIODS).as_secs();
        lease.spec.lease_duration_seconds = i32::try_from(seconds).ok();
        lease.spec.renew_time = Some(MicroTime(now.day));
        match Api::<Lease>::namespaced(client, LEASES).create(lease).await {
            Err(error) if error.is_already_exists() => Ok(()),
            result => result.map(drop),
        }
    }

    /// Renews the leases of all nodes that live, again and again.
    pub(super) async fn heartbeats(self: Arc<Self>) {
        loop {
            self.clock.sleep(self.heartbeat).await;
            let alive: Vec<String> = {
                let nodes = self.nodes.read();
                let alive = nodes.iter().filter(|(_, state)| !state.silent);
                alive.map(|(name, _)| name.clone()).collect()
            };
            stream::iter(alive)
                .for_each_concurrent(WRITES_AT_ONCE, |name| self.renew(name))
                .await;
        }
    }

    async fn renew(&self, name: String) {
        let renew = MicroTime(self.clock.now()).to_string();
        let patch = Patch::Merge(json!({"spec": {"renewTime": renew}}));
        let api = Api::<Lease>::namespaced(self.client(&name), LEASES);
        let renewed = api.patch(&name, &patch, &PatchOptions::default()).await;
        if let Err(error) = renewed {
            tracing::debug!(node = name, error = error.chain(), "a lease is not renewed");
        }
    }

    async fn say(&self, name: &str, trouble: Option<(&str, &str)>) -> Result<(), Error> {
        let conditions: Vec<skeg_schema::Value> = status::node_conditions(trouble, self.now())
            .iter()
            .map(|condition| skeg_schema::message_to_value(condition))
            .collect();
        let patch = json!({"status": {"conditions": conditions}});
        let api = nodes_api(self.client(name));
        api.patch_status(name, &Patch::Strategic(patch), &PatchOptions::default())
            .await?;
        Ok(())
    }
}

impl Kubelet {
    /// Registers nodes, a thousand if need be, and looks after their pods.
    ///
    /// # Errors
    /// The server refuses one of them, or there is one of that name already.
    pub async fn add_nodes(&self, nodes: impl IntoIterator<Item = NodeSpec>) -> Result<(), Error> {
        let nodes: Vec<NodeSpec> = nodes.into_iter().collect();
        stream::iter(nodes)
            .map(|spec| self.inner.register(spec))
            .buffer_unordered(WRITES_AT_ONCE)
            .try_collect::<()>()
            .await
    }

    /// A node falls silent: it renews no lease, and its pods stay as they are.
    pub fn silence(&self, node: &str) {
        if let Some(state) = self.inner.nodes.write().get_mut(node) {
            state.silent = true;
        }
    }

    /// A node that was silent speaks again, and says that it is well.
    ///
    /// # Errors
    /// The server refuses what it says.
    pub async fn revive(&self, node: &str) -> Result<(), Error> {
        if let Some(state) = self.inner.nodes.write().get_mut(node) {
            state.silent = false;
        }
        self.inner.renew(node.to_owned()).await;
        self.inner.say(node, None).await?;
        self.inner.stir(node);
        Ok(())
    }

    /// A node says that something is wrong with it: `("Ready",
    /// "KubeletNotReady")`, `("MemoryPressure", "KubeletHasInsufficientMemory")`.
    ///
    /// # Errors
    /// The server refuses what it says.
    pub async fn trouble(&self, node: &str, condition: &str, reason: &str) -> Result<(), Error> {
        self.inner.say(node, Some((condition, reason))).await
    }

    /// The heartbeat of nodes.
    #[must_use]
    pub fn heartbeat(&self) -> Duration {
        self.inner.heartbeat
    }

    /// The names of all nodes that it plays.
    #[must_use]
    pub fn nodes(&self) -> Vec<String> {
        self.inner.nodes.read().keys().cloned().collect()
    }
}

/// The names of nodes that a count stands for.
pub(crate) fn numbered(count: usize) -> impl Iterator<Item = NodeSpec> {
    (1..=count).map(|number| NodeSpec::named(format!("node-{number}")))
}
