//! Nodes that are to be left alone: cordon, uncordon, drain, by the rules of
//! `kubectl drain`.
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

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream;
use skeg_api::apps::v1::DaemonSet;
use skeg_api::core::v1::{Node, Pod};
use skeg_meta::{OwnerReference, Time};
use skeg_schema::json;
use tokio::sync::Semaphore;

use crate::api::Api;
use crate::client::Client;
use crate::error::Error;
use crate::options::{DeleteOptions, ListOptions, PatchOptions};
use crate::patch::Patch;
use crate::pauses::Pauses;
use crate::subresources::{EvictOptions, Evicted};
use crate::wait::{ObjectWatch, WaitError};

/// How many pods are seen off at once: all that a node has, so that none waits
/// for those that a budget holds back.
const PODS_MAX: usize = 1024;
/// How many of them are asked to go at the same time.
const REQUESTS_MAX: usize = 32;
/// How often a pod's eviction is asked for again when the server has trouble.
const FAILURES_MAX: u32 = 5;
/// When a budget is asked again that does not say when.
const BLOCKED_PAUSE: Duration = Duration::from_secs(5);
/// The annotation of pods that a kubelet runs from files.
const MIRROR: &str = "kubernetes.io/config.mirror";

/// Lets no further pods onto a node.
///
/// # Errors
/// As for every request.
pub async fn cordon(client: &Client, node: &str) -> Result<(), Error> {
    set_unschedulable(client, node, true, false).await
}

/// Lets pods onto a node again.
///
/// # Errors
/// As for every request.
pub async fn uncordon(client: &Client, node: &str) -> Result<(), Error> {
    set_unschedulable(client, node, false, false).await
}

async fn set_unschedulable(
    client: &Client,
    node: &str,
    unschedulable: bool,
    dry_run: bool,
) -> Result<(), Error> {
    let nodes: Api<Node> = Api::all(client.clone());
    let value = if unschedulable {
        json!(true)
    } else {
        json!(null)
    };
    let patch = Patch::Merge(json!({"spec": {"unschedulable": value}}));
    let options = PatchOptions {
        dry_run,
        ..PatchOptions::default()
    };
    nodes.patch(node, &patch, &options).await?;
    Ok(())
}

/// What happens while a node is drained.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DrainEvent {
    /// No further pods come to the node.
    Cordoned,
    /// A pod stays: a daemon set's, the node's own, or one that has long been ending.
    Left {
        /// Its namespace and name.
        pod: String,
    },
    /// Something is lost with a pod, as the options allow.
    Lost {
        /// Its namespace and name.
        pod: String,
        /// What is lost.
        what: String,
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
            DrainEvent::Lost { pod, what } => write!(f, "pod {pod} goes though {what}"),
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
    /// Several pods could not be evicted, or their end not be waited for; the
    /// others are gone.
    #[error("cannot drain node {node}: {}", told(errors))]
    Several {
        /// The node.
        node: String,
        /// What happened to each.
        errors: Vec<DrainError>,
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

/// Errors with their causes, in one line.
fn told(errors: &[DrainError]) -> String {
    let mut texts = Vec::with_capacity(errors.len());
    for error in errors {
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(error);
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        texts.push(text);
    }
    texts.join("; ")
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
    delete: bool,
    ending: Option<Duration>,
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

    /// Also evicts pods that nothing will start again elsewhere, and those of
    /// daemon sets that are no more.
    #[must_use]
    pub fn force(mut self) -> Self {
        self.force = true;
        self
    }

    /// Deletes pods instead of evicting them, whatever budgets forbid. Where the
    /// server knows no evictions, that is done anyway.
    #[must_use]
    pub fn without_eviction(mut self) -> Self {
        self.delete = true;
        self
    }

    /// Leaves pods that have been ending for longer than this.
    #[must_use]
    pub fn skip_ending_since(mut self, longer_than: Duration) -> Self {
        self.ending = Some(longer_than);
        self
    }

    /// Goes through everything but the writes, and waits for nothing.
    #[must_use]
    pub fn dry_run(mut self) -> Self {
        self.evict = self.evict.dry_run();
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
    /// A pod that cannot be evicted keeps none of the others; what happened is
    /// told at the end.
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
        set_unschedulable(client, node, true, self.evict.dry_run)
            .await
            .map_err(failed)?;
        tell(DrainEvent::Cordoned);
        let options = ListOptions::default()
            .fields(format!("spec.nodeName={node}"))
            .labels(self.labels.as_str());
        let pods: Api<Pod> = Api::all(client.clone());
        let pods = pods.list(&options).await.map_err(failed)?;
        let gone = gone_daemon_sets(client, &pods.items)
            .await
            .map_err(failed)?;
        let mut reasons = Vec::new();
        let mut leaving = Vec::new();
        for pod in pods {
            let orphaned = daemon_set(&pod).is_some_and(|owner| gone.contains(&owner));
            match self.judge(&pod, orphaned, &Time(client.clock().now())) {
                Fate::Stays => tell(DrainEvent::Left { pod: key(&pod) }),
                Fate::Lost(why) => reasons.push(format!("{} ({})", key(&pod), why.join(", "))),
                Fate::Goes(losses) => {
                    for what in losses {
                        let (pod, what) = (key(&pod), what.to_owned());
                        tell(DrainEvent::Lost { pod, what });
                    }
                    leaving.push(pod);
                }
            }
        }
        if !reasons.is_empty() {
            return Err(DrainError::Refused {
                node: node.to_owned(),
                reasons,
            });
        }
        let delete = self.delete || !has_evictions(client).await.map_err(failed)?;
        let leave = Leave {
            client,
            delete,
            places: Semaphore::new(REQUESTS_MAX),
            tell: &tell,
        };
        let leave = &leave;
        let mut evictions = stream::iter(leaving)
            .map(|pod| async move { self.remove(leave, &pod).await })
            .buffer_unordered(PODS_MAX);
        let mut errors = Vec::new();
        while let Some(evicted) = evictions.next().await {
            errors.extend(evicted.err());
        }
        match errors.len() {
            0 | 1 => errors.pop().map_or(Ok(()), Err),
            _ => Err(DrainError::Several {
                node: node.to_owned(),
                errors,
            }),
        }
    }

    /// How long a pod is waited for once it is ending, and how long it has been.
    fn patience(&self, pod: &Pod, now: &Time) -> Option<(Duration, Duration)> {
        let (longest, since) = (self.ending?, pod.metadata.deletion_timestamp.as_ref()?);
        let past = Duration::try_from(now.0.duration_since(since.0)).unwrap_or_default();
        Some((longest, past))
    }

    fn judge(&self, pod: &Pod, orphaned: bool, now: &Time) -> Fate {
        let patience = self.patience(pod, now);
        if patience.is_some_and(|(longest, past)| past > longest) {
            return Fate::Stays;
        }
        if pod.metadata.annotations.contains_key(MIRROR) {
            return Fate::Stays;
        }
        let (mut losses, mut allowed) = (Vec::new(), true);
        let mut lost = |what, may: bool| {
            losses.push(what);
            allowed &= may;
        };
        // Those that have ended already lose nothing.
        if !matches!(pod.status.phase.as_str(), "Succeeded" | "Failed") {
            let owner = controller(pod);
            if orphaned {
                lost("its daemon set is no more", self.force);
            } else if owner.is_some_and(is_daemon_set) {
                if self.ignore_daemon_sets {
                    return Fate::Stays;
                }
                lost("it is a daemon set's and would come again at once", false);
            } else if owner.is_none() {
                lost("nothing will start it again elsewhere", self.force);
            }
            if pod.spec.volumes.iter().any(|v| v.empty_dir.is_some()) {
                lost("it has data in an emptyDir", self.delete_empty_dir);
            }
        }
        if !allowed {
            return Fate::Lost(losses);
        }
        Fate::Goes(losses)
    }

    /// Asks for a pod to go, again while a budget forbids it; whether it is
    /// going, rather than gone.
    async fn evict(
        &self,
        leave: &Leave<'_, impl Fn(DrainEvent) + Send + Sync>,
        pods: &Api<Pod>,
        pod: &Pod,
    ) -> Result<bool, Error> {
        let options = self.evict.clone().uid(pod.metadata.uid.as_str());
        let (mut failures, mut pauses) = (0, Pauses::default());
        loop {
            let place = leave.places.acquire().await;
            let asked = pods.evict(&pod.metadata.name, &options).await;
            drop(place);
            let (message, retry_after) = match asked {
                Ok(Evicted::Accepted) => return Ok(true),
                Ok(Evicted::Gone) => return Ok(false),
                Ok(Evicted::Blocked {
                    message,
                    retry_after,
                }) => (message, retry_after),
                // Its namespace is ending, and it with that.
                Err(error) if error.is_namespace_terminating() => return Ok(true),
                // Asked twice, it goes but once.
                Err(error) if error.is_transient() && failures < FAILURES_MAX => {
                    failures += 1;
                    let pause = error.retry_after().unwrap_or_else(|| pauses.next());
                    tracing::debug!(error = %error.chain(), pod = key(pod), ?pause, "an eviction is asked for again");
                    leave.client.sleep(pause).await;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let pod = key(pod);
            (leave.tell)(DrainEvent::Blocked { pod, message });
            let pause = retry_after.unwrap_or(BLOCKED_PAUSE);
            leave.client.sleep(pause.min(BLOCKED_PAUSE)).await;
        }
    }

    async fn delete(
        &self,
        leave: &Leave<'_, impl Fn(DrainEvent) + Send + Sync>,
        pods: &Api<Pod>,
        pod: &Pod,
    ) -> Result<bool, Error> {
        let _place = leave.places.acquire().await;
        let options = DeleteOptions {
            grace_period_seconds: self.evict.grace_period_seconds,
            uid: pod.metadata.uid.clone(),
            dry_run: self.evict.dry_run,
            ..DeleteOptions::default()
        };
        match pods.delete(&pod.metadata.name, &options).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn remove(
        &self,
        leave: &Leave<'_, impl Fn(DrainEvent) + Send + Sync>,
        pod: &Pod,
    ) -> Result<(), DrainError> {
        let (meta, tell) = (&pod.metadata, leave.tell);
        let pods: Api<Pod> = Api::namespaced(leave.client.clone(), meta.namespace.as_str());
        let asked = if leave.delete {
            self.delete(leave, &pods, pod).await
        } else {
            self.evict(leave, &pods, pod).await
        };
        let going = match asked {
            Ok(going) => going,
            // Another pod of the same name has taken its place, elsewhere.
            Err(error) if error.is_conflict() => false,
            Err(source) => {
                let pod = key(pod);
                return Err(DrainError::Evict { pod, source });
            }
        };
        if !going {
            tell(DrainEvent::Gone { pod: key(pod) });
            return Ok(());
        }
        tell(DrainEvent::Evicting { pod: key(pod) });
        if self.evict.dry_run {
            return Ok(());
        }
        let mut watch = ObjectWatch::new(&pods, &meta.name);
        let mut rest = None;
        loop {
            let overdue = async {
                match rest {
                    Some(rest) => leave.client.sleep(rest).await,
                    None => std::future::pending().await,
                }
            };
            let seen = tokio::select! {
                biased;
                seen = watch.next() => seen,
                () = overdue => {
                    tell(DrainEvent::Left { pod: key(pod) });
                    return Ok(());
                }
            };
            let seen = seen.map_err(|source| DrainError::Wait {
                pod: key(pod),
                source,
            })?;
            let Some(seen) = seen.filter(|seen| seen.metadata.uid == meta.uid) else {
                tell(DrainEvent::Gone { pod: key(pod) });
                return Ok(());
            };
            let patience = self.patience(&seen, &Time(leave.client.clock().now()));
            rest = patience.map(|(longest, past)| longest.saturating_sub(past));
        }
    }
}

/// How the pods of a node are asked to go.
struct Leave<'a, F> {
    client: &'a Client,
    /// They are deleted instead of evicted.
    delete: bool,
    places: Semaphore,
    tell: &'a F,
}

/// What becomes of a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    Stays,
    /// It goes, and so may go what is lost with it.
    Goes(Vec<&'static str>),
    /// It must not go, for what would be lost.
    Lost(Vec<&'static str>),
}

fn controller(pod: &Pod) -> Option<&OwnerReference> {
    let mut owners = pod.metadata.owner_references.iter();
    owners.find(|owner| owner.controller == Some(true))
}

/// Kubernetes' own: other groups have kinds of that name too.
fn is_daemon_set(owner: &OwnerReference) -> bool {
    owner.kind == "DaemonSet" && owner.api_version == "apps/v1"
}

/// The namespace and name of the daemon set that a pod is of.
fn daemon_set(pod: &Pod) -> Option<(String, String)> {
    let owner = controller(pod).filter(|owner| is_daemon_set(owner))?;
    Some((pod.metadata.namespace.clone(), owner.name.clone()))
}

/// The daemon sets of pods that are no more.
async fn gone_daemon_sets(
    client: &Client,
    pods: &[Arc<Pod>],
) -> Result<HashSet<(String, String)>, Error> {
    let named: HashSet<_> = pods.iter().filter_map(|pod| daemon_set(pod)).collect();
    let mut gone = HashSet::new();
    for (namespace, name) in named {
        let sets: Api<DaemonSet> = Api::namespaced(client.clone(), namespace.as_str());
        if sets.get_opt(&name).await?.is_none() {
            gone.insert((namespace, name));
        }
    }
    Ok(gone)
}

/// Whether the server knows evictions.
async fn has_evictions(client: &Client) -> Result<bool, Error> {
    let served = client.resources("", "v1").await?;
    let pods = served.iter().find(|found| found.resource.plural == "pods");
    Ok(pods.is_some_and(|pods| pods.subresources.iter().any(|name| name == "eviction")))
}

fn key(pod: &Pod) -> String {
    format!("{}/{}", pod.metadata.namespace, pod.metadata.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_meta::Object;
    use skeg_schema::Value;

    fn fate(drain: &Drain, meta: Value, spec: Value, phase: &str) -> Fate {
        let pod =
            Pod::from_tree(json!({"metadata": meta, "spec": spec, "status": {"phase": phase}}))
                .expect("a pod");
        let now = "2026-01-01T01:00:00Z".parse().expect("a time");
        drain.judge(&pod, pod.metadata.name == "orphan", &Time(now))
    }

    fn owned(kind: &str) -> Value {
        json!([{"apiVersion": "apps/v1", "kind": kind, "name": "o", "uid": "u", "controller": true}])
    }

    #[test]
    fn what_would_be_lost_is_refused() {
        let bold = Drain::new()
            .force()
            .ignore_daemon_sets()
            .delete_empty_dir_data();
        let set = json!({"ownerReferences": owned("ReplicaSet")});
        let daemon = json!({"ownerReferences": owned("DaemonSet")});
        let orphan = json!({"name": "orphan", "ownerReferences": owned("DaemonSet")});
        let mirror = json!({"annotations": {MIRROR: "x"}});
        let local = json!({"volumes": [{"name": "v", "emptyDir": {}}]});
        let data = "it has data in an emptyDir";
        let alone = "nothing will start it again elsewhere";
        let rows = [
            (&set, json!({}), Fate::Goes(vec![]), Fate::Goes(vec![])),
            (
                &set,
                local.clone(),
                Fate::Lost(vec![data]),
                Fate::Goes(vec![data]),
            ),
            (
                &daemon,
                json!({}),
                Fate::Lost(vec!["it is a daemon set's and would come again at once"]),
                Fate::Stays,
            ),
            (
                &orphan,
                json!({}),
                Fate::Lost(vec!["its daemon set is no more"]),
                Fate::Goes(vec!["its daemon set is no more"]),
            ),
            (
                &json!({}),
                local.clone(),
                Fate::Lost(vec![alone, data]),
                Fate::Goes(vec![alone, data]),
            ),
            (&mirror, json!({}), Fate::Stays, Fate::Stays),
        ];
        for (meta, spec, careful, daring) in rows {
            let judged = fate(&Drain::new(), meta.clone(), spec.clone(), "Running");
            assert_eq!(judged, careful, "{meta}");
            assert_eq!(fate(&bold, meta.clone(), spec, "Running"), daring, "{meta}");
        }
        let ended = fate(&Drain::new(), json!({}), local, "Succeeded");
        assert_eq!(ended, Fate::Goes(vec![]), "it loses nothing");
    }

    #[test]
    fn what_has_long_been_ending_is_left() {
        let ending = json!({
            "ownerReferences": owned("ReplicaSet"),
            "deletionTimestamp": "2026-01-01T00:50:00Z",
        });
        let minutes =
            |minutes: u64| Drain::new().skip_ending_since(Duration::from_secs(minutes * 60));
        let judged = |drain: &Drain| fate(drain, ending.clone(), json!({}), "Running");
        assert_eq!(judged(&minutes(5)), Fate::Stays);
        assert_eq!(judged(&minutes(15)), Fate::Goes(vec![]));
        assert_eq!(judged(&Drain::new()), Fate::Goes(vec![]));
    }

    #[test]
    fn what_is_stuck_is_left_whatever_it_would_lose() {
        let stuck = json!({"deletionTimestamp": "2026-01-01T00:50:00Z"});
        let drain = Drain::new().skip_ending_since(Duration::from_secs(300));
        assert_eq!(
            fate(&drain, stuck, json!({}), "Running"),
            Fate::Stays,
            "nothing would start it again"
        );
        let foreign = json!([{"apiVersion": "apps.kruise.io/v1alpha1", "kind": "DaemonSet",
                              "name": "o", "uid": "u", "controller": true}]);
        let foreign = json!({"ownerReferences": foreign});
        assert_eq!(
            fate(&Drain::new(), foreign, json!({}), "Running"),
            Fate::Goes(vec![])
        );
    }
}
