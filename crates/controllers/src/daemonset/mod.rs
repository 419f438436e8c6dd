//! DaemonSets: a pod on each node that fits.

mod node;
mod plan;
#[cfg(test)]
mod tests;

pub(crate) use node::matches as node_matches;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use skeg_api::apps::v1::{ControllerRevision, DaemonSet, DaemonSetStatus};
use skeg_api::core::v1::{Node, Pod};
use skeg_client::{Api, Error, Patch, PatchOptions};
use skeg_meta::labels::Selector;
use skeg_runtime::{
    Controller, Delta, EventRecorder, EventType, Expectations, Informer, Next, ObjectName,
    ReconcileError, WorkQueue,
};
use skeg_schema::{Value, json};

use crate::Context;
use crate::workload::{
    Claims, Owned, PodControl, Revisions, controller_of, history_limit, offer, slow_start,
    sort_by_revision, template_hash, unless_gone,
};
use plan::{HASH, Plan, Snapshot, new_pod, next_check, plan, status};

const WORKERS: usize = 2;
/// Until what was just written is read back.
const RELABELLED_PAUSE: Duration = Duration::from_millis(50);
/// How many pods of a set are made or removed in one go.
const BURST: usize = 250;
/// How long a node is left alone after a pod has failed there: twice as long each time.
const BACKOFF_FIRST: Duration = Duration::from_secs(1);
const BACKOFF_MAX: Duration = Duration::from_secs(15 * 60);

/// A node of a set at one generation.
type Place = (String, i64, String);

struct Failures {
    pause: Duration,
    since: Duration,
}

struct DaemonSets {
    context: Context,
    recorder: EventRecorder,
    control: PodControl,
    sets: Informer<DaemonSet>,
    pods: Informer<Pod>,
    nodes: Informer<Node>,
    revisions: Informer<ControllerRevision>,
    creations: Expectations,
    deletions: Expectations,
    failures: Mutex<HashMap<Place, Failures>>,
    queue: WorkQueue<ObjectName>,
}

/// Runs the controller of DaemonSets.
pub(crate) async fn run(context: Context) {
    let recorder = context.recorder("daemonset-controller");
    let this = Arc::new(DaemonSets {
        control: PodControl {
            client: context.client.clone(),
            recorder: recorder.clone(),
        },
        recorder,
        sets: context.informers.informer(),
        pods: context.informers.informer(),
        nodes: context.informers.informer(),
        revisions: context.informers.informer(),
        creations: Expectations::new(Arc::clone(&context.clock)),
        deletions: Expectations::new(Arc::clone(&context.clock)),
        failures: Mutex::default(),
        queue: context.queue(),
        context,
    });
    let handler = Arc::clone(&this);
    this.sets.on_change(move |delta| {
        let set = delta.object();
        let name = ObjectName::of(&set.metadata);
        if matches!(delta, Delta::Deleted { .. }) {
            handler.creations.forget(&name);
            handler.deletions.forget(&name);
            handler
                .failures
                .lock()
                .retain(|(uid, ..), _| *uid != set.metadata.uid);
        }
        handler.queue.add(name);
    });
    let handler = Arc::clone(&this);
    this.pods
        .on_change(move |delta| handler.pod_changed(&delta));
    let handler = Arc::clone(&this);
    this.nodes
        .on_change(move |delta| handler.node_changed(&delta));
    this.sets.synced().await;
    this.pods.synced().await;
    this.nodes.synced().await;
    this.revisions.synced().await;
    let cancel = this.context.cancel.clone();
    Controller::new("daemonset", this.queue.clone())
        .workers(WORKERS)
        .run(cancel, move |name| {
            let this = Arc::clone(&this);
            async move { unless_gone(this.sync(&name).await) }
        })
        .await;
}

impl DaemonSets {
    fn pod_changed(&self, delta: &Delta<'_, Pod>) {
        let pod = delta.object();
        let gone = matches!(delta, Delta::Deleted { .. });
        if let Some(old) = delta.old()
            && old.metadata.controller() != pod.metadata.controller()
            && let Some(set) = controller_of(&self.sets, &old.metadata)
        {
            self.queue.add(ObjectName::of(&set.metadata));
        }
        if let Some(set) = controller_of(&self.sets, &pod.metadata) {
            let name = ObjectName::of(&set.metadata);
            if gone || pod.metadata.is_deleting() {
                self.deletions.deletion_observed(&name, &pod.metadata.uid);
            } else if matches!(delta, Delta::Added { .. }) {
                self.creations.creation_observed(&name);
            }
            return self.queue.add(name);
        }
        if gone || pod.metadata.controller().is_some() {
            return;
        }
        let (sets, queue) = (&self.sets, &self.queue);
        offer(sets, &pod.metadata, |set| set.spec.selector.as_ref(), queue);
    }

    /// Heartbeats and the like concern no DaemonSet.
    fn node_changed(&self, delta: &Delta<'_, Node>) {
        let node = delta.object();
        if delta
            .old()
            .is_some_and(|old| old.metadata.labels == node.metadata.labels && old.spec == node.spec)
        {
            return;
        }
        for set in self.sets.store().list() {
            let fits = node::fit(&set, node);
            let pods = || self.pods.owned_by(&set.metadata.uid);
            let on_it = || {
                pods()
                    .iter()
                    .any(|pod| node::node_of(pod) == Some(&*node.metadata.name))
            };
            let changed = match delta {
                // A pod that may stay where none would be made now changes nothing yet; but
                // one that was told to be in the wrong place may be in the right one.
                Delta::Updated { .. } => {
                    let there = on_it();
                    let misplaced = set.status.number_misscheduled > 0;
                    (fits.run && !there) || (there && (!fits.stay || misplaced))
                }
                Delta::Added { .. } => fits.run,
                Delta::Deleted { .. } => true,
            };
            if changed {
                self.queue.add(ObjectName::of(&set.metadata));
            }
        }
    }

    async fn sync(&self, name: &ObjectName) -> Result<Next, ReconcileError> {
        let Some(set) = self.sets.store().get(name) else {
            return Ok(Next::Done);
        };
        if set.metadata.is_deleting() {
            return Ok(Next::Done);
        }
        let Some(selector) = Selector::from_label_selector(set.spec.selector.as_ref())
            .ok()
            .filter(|all| !all.is_everything())
        else {
            let message =
                "This daemon set is selecting all pods. A non-empty selector is required.";
            self.recorder
                .event(&*set, EventType::Warning, "SelectingAll", message);
            return Ok(Next::Done);
        };
        let claims = Claims::new(&self.context.client, &*set);
        let mut revisions = claims
            .claim(
                &selector,
                self.revisions.owned_or_orphan(&set.metadata),
                |_| true,
            )
            .await?;
        sort_by_revision(&mut revisions);
        let settled = self.creations.satisfied(name) && self.deletions.satisfied(name);
        let pods = claims
            .claim(&selector, self.pods.owned_or_orphan(&set.metadata), |_| {
                true
            })
            .await?;
        let (current, collisions) = self.current_revision(&set, &revisions).await?;
        if self.keep_one(&current, &revisions, &pods).await? {
            // With the pods as they are then.
            return Ok(Next::After(RELABELLED_PAUSE));
        }
        let hash = current
            .metadata
            .labels
            .get(HASH)
            .cloned()
            .unwrap_or_default();
        let nodes = self.nodes.store().list();
        let snapshot = Snapshot {
            set: &set,
            nodes,
            pods,
            hash: &hash,
            backoff: self.backoff(&set),
            now: self.context.clock.now(),
        };
        let mut wait = next_check(&snapshot);
        let mut outcome = Ok(());
        if settled {
            let mut plan = plan(&snapshot);
            plan.create.truncate(BURST);
            plan.delete.truncate(BURST);
            wait = [wait, plan.wait].into_iter().flatten().min();
            outcome = self.execute(name, &set, &hash, &plan).await;
            if outcome.is_ok() {
                outcome = self.truncate(&set, &revisions, &current, &snapshot).await;
            }
        }
        let mut status = status(&snapshot, settled);
        status.collision_count = collisions;
        self.write_status(&set, status).await?;
        outcome?;
        Ok(wait.map_or(Next::Done, |wait| {
            Next::After(wait.max(Duration::from_millis(50)))
        }))
    }

    fn backoff(&self, set: &DaemonSet) -> HashMap<String, Duration> {
        let now = self.context.clock.monotonic();
        let failures = self.failures.lock();
        let own = failures.iter().filter(|((uid, generation, _), _)| {
            *uid == set.metadata.uid && *generation == set.status.observed_generation
        });
        own.map(|((.., node), failure)| {
            (
                node.clone(),
                (failure.since + failure.pause).saturating_sub(now),
            )
        })
        .filter(|(_, left)| !left.is_zero())
        .collect()
    }

    fn note_failure(&self, set: &DaemonSet, node: &str) {
        let now = self.context.clock.monotonic();
        let place = (
            set.metadata.uid.clone(),
            set.status.observed_generation,
            node.to_owned(),
        );
        let mut failures = self.failures.lock();
        let failure = failures.entry(place).or_insert(Failures {
            pause: Duration::ZERO,
            since: now,
        });
        let quiet = now.saturating_sub(failure.since) > BACKOFF_MAX * 2;
        failure.pause = if quiet || failure.pause.is_zero() {
            BACKOFF_FIRST
        } else {
            (failure.pause * 2).min(BACKOFF_MAX)
        };
        failure.since = now;
    }

    /// The revision of the template as it is, made if need be.
    async fn current_revision(
        &self,
        set: &DaemonSet,
        revisions: &[Arc<ControllerRevision>],
    ) -> Result<(Arc<ControllerRevision>, Option<i32>), Error> {
        let writer = Revisions {
            client: &self.context.client,
        };
        let template = &set.spec.template;
        let name = |_: &Value, collisions: i32| {
            let hash = template_hash(template, (collisions > 0).then_some(collisions));
            (format!("{}-{hash}", set.metadata.name), Some((HASH, hash)))
        };
        let counted = set.status.collision_count;
        let before = counted.unwrap_or(0);
        let (revision, collisions) = writer
            .of_template(set, template, revisions, before, name)
            .await?;
        let counted = if collisions == before {
            counted
        } else {
            Some(collisions)
        };
        Ok((revision, counted))
    }

    /// Keeps one of several revisions of one template, and says whether there were several. The
    /// pods are given that one's hash, as upstream does it: all of them.
    async fn keep_one(
        &self,
        kept: &ControllerRevision,
        revisions: &[Arc<ControllerRevision>],
        pods: &[Arc<Pod>],
    ) -> Result<bool, Error> {
        let is_other = |one: &Arc<ControllerRevision>| {
            one.data == kept.data && one.metadata.name != kept.metadata.name
        };
        let others: Vec<_> = revisions.iter().filter(|one| is_other(one)).collect();
        if others.is_empty() {
            return Ok(false);
        }
        let hash = kept.metadata.labels.get(HASH);
        for pod in pods
            .iter()
            .filter(|pod| pod.metadata.labels.get(HASH) != hash)
        {
            let api =
                Api::<Pod>::namespaced(self.context.client.clone(), pod.metadata.namespace.clone());
            let patch = Patch::Merge(json!({"metadata": {"labels": {HASH: hash.cloned()}}}));
            let options = PatchOptions::default();
            api.patch(&pod.metadata.name, &patch, &options).await?;
        }
        let writer = Revisions {
            client: &self.context.client,
        };
        writer.remove(others.into_iter()).await?;
        Ok(true)
    }

    async fn execute(
        &self,
        name: &ObjectName,
        set: &DaemonSet,
        hash: &str,
        plan: &Plan,
    ) -> Result<(), Error> {
        for ended in &plan.ended {
            let place = format!(
                "daemon pod {}/{} on node {}",
                name.namespace, ended.pod, ended.node
            );
            if ended.failed {
                self.note_failure(set, &ended.node);
                let message = format!("Found failed {place}, will try to kill it");
                self.recorder
                    .event(set, EventType::Warning, "FailedDaemonPod", message);
            } else {
                let message = format!("Found succeeded {place}, will try to delete it");
                self.recorder
                    .event(set, EventType::Normal, "SucceededDaemonPod", message);
            }
        }
        self.creations.expect_creations(name, plan.create.len());
        self.deletions
            .expect_deletions(name, plan.delete.iter().map(|pod| pod.metadata.uid.clone()));
        let (created, mut outcome) = slow_start(plan.create.len(), |at| async move {
            self.control
                .create(set, new_pod(set, hash, &plan.create[at]))
                .await
                .map(drop)
        })
        .await;
        for _ in created..plan.create.len() {
            self.creations.creation_observed(name);
        }
        if matches!(&outcome, Err(error) if error.is_namespace_terminating()) {
            outcome = Ok(());
        }
        let deletions = plan.delete.iter().map(|pod| async move {
            let outcome = self.control.delete(set, pod).await;
            if outcome.is_err() {
                self.deletions.deletion_observed(name, &pod.metadata.uid);
            }
            outcome
        });
        for deleted in futures::future::join_all(deletions).await {
            match deleted {
                Err(error) if !error.is_not_found() => outcome = outcome.and(Err(error)),
                _ => {}
            }
        }
        outcome
    }

    async fn write_status(&self, set: &DaemonSet, status: DaemonSetStatus) -> Result<(), Error> {
        if set.status == status {
            return Ok(());
        }
        let api =
            Api::<DaemonSet>::namespaced(self.context.client.clone(), &*set.metadata.namespace);
        match api
            .update_status(DaemonSet {
                status,
                ..set.clone()
            })
            .await
        {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }

    /// Removes the oldest revisions that are beyond the limit and that no pod has.
    async fn truncate(
        &self,
        set: &DaemonSet,
        revisions: &[Arc<ControllerRevision>],
        current: &ControllerRevision,
        snapshot: &Snapshot<'_>,
    ) -> Result<(), Error> {
        let is_live = |revision: &ControllerRevision| {
            let hash = revision.metadata.labels.get(HASH);
            snapshot
                .pods
                .iter()
                .any(|pod| pod.metadata.labels.get(HASH) == hash)
        };
        let old: Vec<_> = revisions
            .iter()
            .filter(|revision| revision.metadata.name != current.metadata.name)
            .collect();
        let surplus = old
            .len()
            .saturating_sub(history_limit(set.spec.revision_history_limit));
        let writer = Revisions {
            client: &self.context.client,
        };
        let unused = old.into_iter().filter(|revision| !is_live(revision));
        writer.remove(unused.take(surplus)).await
    }
}
