//! Nodes that are to be left alone: cordon, uncordon, drain.
//!
//! ```no_run
//! # async fn f(client: skeg_client::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use skeg_client::drain::Drain;
//! Drain::new()
//!     .ignore_daemon_sets()
//!     .node(&client, "node-3", |event| println!("{event}"))
//!     .await?;
//! # Ok(()) }
//! ```

use std::fmt;
use std::time::Duration;

use futures::StreamExt;
use futures::stream;
use skeg_api::core::v1::{Node, Pod};
use skeg_schema::json;

use crate::api::Api;
use crate::client::Client;
use crate::error::Error;
use crate::options::{ListOptions, PatchOptions};
use crate::patch::Patch;
use crate::subresources::{EvictOptions, Evicted};
use crate::wait::{ObjectWatch, WaitError};

/// How many pods are evicted at once.
const EVICTIONS_MAX: usize = 32;
/// When a budget is asked again that does not say when.
const BLOCKED_PAUSE: Duration = Duration::from_secs(5);
/// The annotation of pods that a kubelet runs from files.
const MIRROR: &str = "kubernetes.io/config.mirror";

/// Lets no further pods onto a node.
///
/// # Errors
/// As for every request.
pub async fn cordon(client: &Client, node: &str) -> Result<(), Error> {
    set_unschedulable(client, node, true).await
}

/// Lets pods onto a node again.
///
/// # Errors
/// As for every request.
pub async fn uncordon(client: &Client, node: &str) -> Result<(), Error> {
    set_unschedulable(client, node, false).await
}

async fn set_unschedulable(client: &Client, node: &str, unschedulable: bool) -> Result<(), Error> {
    let nodes: Api<Node> = Api::all(client.clone());
    let value = if unschedulable {
        json!(true)
    } else {
        json!(null)
    };
    let patch = Patch::Merge(json!({"spec": {"unschedulable": value}}));
    nodes.patch(node, &patch, &PatchOptions::default()).await?;
    Ok(())
}

/// What happens while a node is drained.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DrainEvent {
    /// No further pods come to the node.
    Cordoned,
    /// A pod stays: a daemon set's, or the node's own.
    Left {
        /// Its namespace and name.
        pod: String,
    },
    /// A pod is being deleted.
    Evicting {
        /// Its namespace and name.
        pod: String,
    },
    /// A budget forbids it now; it is asked again.
    Blocked {
        /// Its namespace and name.
        pod: String,
        /// The server's words.
        message: String,
    },
    /// A pod is gone.
    Gone {
        /// Its namespace and name.
        pod: String,
    },
}

impl fmt::Display for DrainEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DrainEvent::Cordoned => f.write_str("cordoned"),
            DrainEvent::Left { pod } => write!(f, "pod {pod} stays"),
            DrainEvent::Evicting { pod } => write!(f, "pod {pod} is being evicted"),
            DrainEvent::Blocked { pod, message } => {
                write!(f, "pod {pod} must not be evicted yet: {message}")
            }
            DrainEvent::Gone { pod } => write!(f, "pod {pod} is gone"),
        }
    }
}

/// Why a node cannot be drained.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DrainError {
    /// A request about the node failed.
    #[error("cannot drain node {node}")]
    Node {
        /// The node.
        node: String,
        /// Why not.
        #[source]
        source: Error,
    },
    /// Some pods must not simply go; nothing was evicted.
    #[error("node {node} has pods that would be lost: {}", reasons.join("; "))]
    Refused {
        /// The node.
        node: String,
        /// The pods, and what is lost with each.
        reasons: Vec<String>,
    },
    /// A pod could not be evicted.
    #[error("cannot evict pod {pod}")]
    Evict {
        /// Its namespace and name.
        pod: String,
        /// Why not.
        #[source]
        source: Error,
    },
    /// The end of a pod could not be waited for.
    #[error("cannot wait for the end of pod {pod}")]
    Wait {
        /// Its namespace and name.
        pod: String,
        /// Why not.
        #[source]
        source: WaitError,
    },
}

/// How a node is drained. Without further words, only what is lost with
/// nobody's data, and comes again elsewhere, is evicted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drain {
    ignore_daemon_sets: bool,
    delete_empty_dir: bool,
    force: bool,
    labels: String,
    evict: EvictOptions,
}

impl Drain {
    /// Careful.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves pods of daemon sets, which would come again at once.
    #[must_use]
    pub fn ignore_daemon_sets(mut self) -> Self {
        self.ignore_daemon_sets = true;
        self
    }

    /// Also evicts pods with `emptyDir` volumes; what is in them is lost.
    #[must_use]
    pub fn delete_empty_dir_data(mut self) -> Self {
        self.delete_empty_dir = true;
        self
    }

    /// Also evicts pods that nothing will start again elsewhere.
    #[must_use]
    pub fn force(mut self) -> Self {
        self.force = true;
        self
    }

    /// Only evicts pods with these labels.
    #[must_use]
    pub fn pods(mut self, labels: impl Into<String>) -> Self {
        self.labels = labels.into();
        self
    }

    /// Gives pods this long to end by themselves.
    #[must_use]
    pub fn grace(mut self, seconds: i64) -> Self {
        self.evict.grace_period_seconds = Some(seconds);
        self
    }

    /// Cordons a node, evicts its pods and waits until they are gone. Evictions
    /// that a budget forbids are tried again for as long as it takes: bound it
    /// by [`tokio::time::timeout`] where that must not be forever.
    ///
    /// # Errors
    /// See [`DrainError`]. The node stays cordoned.
    pub async fn node(
        &self,
        client: &Client,
        node: &str,
        tell: impl Fn(DrainEvent) + Send + Sync,
    ) -> Result<(), DrainError> {
        let failed = |source| DrainError::Node {
            node: node.to_owned(),
            source,
        };
        cordon(client, node).await.map_err(failed)?;
        tell(DrainEvent::Cordoned);
        let options = ListOptions::default()
            .fields(format!("spec.nodeName={node}"))
            .labels(self.labels.as_str());
        let pods: Api<Pod> = Api::all(client.clone());
        let pods = pods.list(&options).await.map_err(failed)?;
        let mut reasons = Vec::new();
        let mut leaving = Vec::new();
        for pod in pods {
            match self.judge(&pod) {
                Fate::Stays => tell(DrainEvent::Left { pod: key(&pod) }),
                Fate::Goes => leaving.push(pod),
                Fate::Lost(why) => reasons.push(format!("{} ({why})", key(&pod))),
            }
        }
        if !reasons.is_empty() {
            return Err(DrainError::Refused {
                node: node.to_owned(),
                reasons,
            });
        }
        let tell = &tell;
        let mut evictions = stream::iter(leaving)
            .map(|pod| async move { self.evict(client, &pod, tell).await })
            .buffer_unordered(EVICTIONS_MAX);
        while let Some(evicted) = evictions.next().await {
            evicted?;
        }
        Ok(())
    }

    fn judge(&self, pod: &Pod) -> Fate {
        if pod.metadata.annotations.contains_key(MIRROR) {
            return Fate::Stays;
        }
        // Those that have ended already lose nothing.
        if matches!(pod.status.phase.as_str(), "Succeeded" | "Failed") {
            return Fate::Goes;
        }
        let mut owners = pod.metadata.owner_references.iter();
        let controller = owners.find(|owner| owner.controller == Some(true));
        if controller.is_some_and(|owner| owner.kind == "DaemonSet") {
            return if self.ignore_daemon_sets {
                Fate::Stays
            } else {
                Fate::Lost("a daemon set's, which would come again at once")
            };
        }
        if controller.is_none() && !self.force {
            return Fate::Lost("nothing will start it again elsewhere");
        }
        let local = pod.spec.volumes.iter().any(|v| v.empty_dir.is_some());
        if local && !self.delete_empty_dir {
            return Fate::Lost("with data in an emptyDir");
        }
        Fate::Goes
    }

    async fn evict(
        &self,
        client: &Client,
        pod: &Pod,
        tell: &(impl Fn(DrainEvent) + Send + Sync),
    ) -> Result<(), DrainError> {
        let meta = &pod.metadata;
        let pods: Api<Pod> = Api::namespaced(client.clone(), meta.namespace.as_str());
        let options = self.evict.clone().uid(meta.uid.as_str());
        loop {
            match pods.evict(&meta.name, &options).await {
                Ok(Evicted::Accepted) => break,
                Ok(Evicted::Blocked {
                    message,
                    retry_after,
                }) => {
                    tell(DrainEvent::Blocked {
                        pod: key(pod),
                        message,
                    });
                    let pause = retry_after.unwrap_or(BLOCKED_PAUSE);
                    tokio::time::sleep(pause.min(BLOCKED_PAUSE)).await;
                }
                Ok(Evicted::Gone) => {
                    tell(DrainEvent::Gone { pod: key(pod) });
                    return Ok(());
                }
                // Another pod of the same name has taken its place, elsewhere.
                Err(error) if error.is_conflict() => {
                    tell(DrainEvent::Gone { pod: key(pod) });
                    return Ok(());
                }
                Err(source) => {
                    let pod = key(pod);
                    return Err(DrainError::Evict { pod, source });
                }
            }
        }
        tell(DrainEvent::Evicting { pod: key(pod) });
        let mut watch = ObjectWatch::new(&pods, &meta.name);
        loop {
            let now = watch.next().await.map_err(|source| DrainError::Wait {
                pod: key(pod),
                source,
            })?;
            if now.is_none_or(|now| now.metadata.uid != meta.uid) {
                tell(DrainEvent::Gone { pod: key(pod) });
                return Ok(());
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Stays,
    Goes,
    Lost(&'static str),
}

fn key(pod: &Pod) -> String {
    format!("{}/{}", pod.metadata.namespace, pod.metadata.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_meta::Object;
    use skeg_schema::Value;

    #[test]
    fn what_would_be_lost_is_refused() {
        let owned = |kind: &str| json!([{"apiVersion": "apps/v1", "kind": kind, "name": "o", "uid": "u", "controller": true}]);
        let fate = |drain: &Drain, meta: Value, spec: Value, phase: &str| {
            let pod =
                Pod::from_tree(json!({"metadata": meta, "spec": spec, "status": {"phase": phase}}))
                    .expect("a pod");
            drain.judge(&pod)
        };
        let careful = Drain::new();
        let bold = Drain::new()
            .force()
            .ignore_daemon_sets()
            .delete_empty_dir_data();
        let set = json!({"ownerReferences": owned("ReplicaSet")});
        let daemon = json!({"ownerReferences": owned("DaemonSet")});
        let local = json!({"volumes": [{"name": "v", "emptyDir": {}}]});
        assert_eq!(
            fate(&careful, set.clone(), json!({}), "Running"),
            Fate::Goes
        );
        assert!(matches!(
            fate(&careful, daemon.clone(), json!({}), "Running"),
            Fate::Lost(_)
        ));
        assert_eq!(fate(&bold, daemon, json!({}), "Running"), Fate::Stays);
        assert!(matches!(
            fate(&careful, json!({}), json!({}), "Running"),
            Fate::Lost(_)
        ));
        assert_eq!(fate(&bold, json!({}), json!({}), "Running"), Fate::Goes);
        assert!(matches!(
            fate(&careful, set.clone(), local.clone(), "Running"),
            Fate::Lost(_)
        ));
        assert_eq!(fate(&bold, set, local, "Running"), Fate::Goes);
        assert_eq!(
            fate(&careful, json!({}), json!({}), "Succeeded"),
            Fate::Goes
        );
        let mirror = json!({"annotations": {MIRROR: "x"}});
        assert_eq!(fate(&bold, mirror, json!({}), "Running"), Fate::Stays);
    }
}
