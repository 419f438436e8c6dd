//! StatefulSets: pods with names, claims and an order.

mod identity;
mod plan;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use skeg_api::apps::v1::{ControllerRevision, StatefulSet, StatefulSetStatus};
use skeg_api::core::v1::{PersistentVolumeClaim, Pod, PodTemplateSpec};
use skeg_client::{Api, DeleteOptions, Error};
use skeg_meta::labels::Selector;
use skeg_runtime::{
    Controller, Delta, EventRecorder, EventType, Informer, Next, ObjectName, ReconcileError,
    WorkQueue,
};
use skeg_schema::Value;

use crate::Context;
use crate::workload::{
    Claims, Owned, Pending, Revisions, controller_of, history_limit, offer, revision_hash,
    slow_start, sort_by_revision, unless_gone,
};
use plan::{Action, Plan, Revision, Snapshot, is_parallel, next_check, plan};

const WORKERS: usize = 5;
const HASH: &str = "controller.kubernetes.io/hash";

struct StatefulSets {
    context: Context,
    recorder: EventRecorder,
    sets: Informer<StatefulSet>,
    pods: Informer<Pod>,
    claims: Informer<PersistentVolumeClaim>,
    revisions: Informer<ControllerRevision>,
    pending: Pending,
    queue: WorkQueue<ObjectName>,
}

/// Runs the controller of StatefulSets.
pub(crate) async fn run(context: Context) {
    let this = Arc::new(StatefulSets {
        recorder: context.recorder("statefulset-controller"),
        sets: context.informers.informer(),
        pods: context.informers.informer(),
        claims: context.informers.informer(),
        revisions: context.informers.informer(),
        pending: Pending::new(Arc::clone(&context.clock)),
        queue: context.queue(),
        context,
    });
    let handler = Arc::clone(&this);
    this.sets.on_change(move |delta| {
        let name = ObjectName::of(&delta.object().metadata);
        if matches!(delta, Delta::Deleted { .. }) {
            handler.pending.forget(&name);
        }
        handler.queue.add(name);
    });
    let handler = Arc::clone(&this);
    this.pods
        .on_change(move |delta| handler.pod_changed(&delta));
    let handler = Arc::clone(&this);
    // A claim that a new pod waits for has gone.
    this.claims.on_change(move |delta| {
        if matches!(delta, Delta::Deleted { .. }) {
            let claim = delta.object();
            for set in handler.sets.store().in_namespace(&claim.metadata.namespace) {
                if claim.metadata.name.contains(&*set.metadata.name)
                    && !set.spec.volume_claim_templates.is_empty()
                {
                    handler.queue.add(ObjectName::of(&set.metadata));
                }
            }
        }
    });
    this.sets.synced().await;
    this.pods.synced().await;
    this.claims.synced().await;
    this.revisions.synced().await;
    let cancel = this.context.cancel.clone();
    Controller::new("statefulset", this.queue.clone())
        .workers(WORKERS)
        .run(cancel, move |name| {
            let this = Arc::clone(&this);
            async move { unless_gone(this.sync(&name).await) }
        })
        .await;
}

/// How a pod that is made is remembered until it is seen.
fn created(pod: &str) -> String {
    format!("+{pod}")
}

/// How a pod that is removed is remembered until that is seen.
fn deleted(uid: &str) -> String {
    format!("-{uid}")
}

impl StatefulSets {
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
            self.pending.seen(&name, &created(&pod.metadata.name));
            if gone || pod.metadata.is_deleting() {
                self.pending.seen(&name, &deleted(&pod.metadata.uid));
            }
            return self.queue.add(name);
        }
        if gone || pod.metadata.controller().is_some() {
            return;
        }
        let (sets, queue) = (&self.sets, &self.queue);
        offer(sets, &pod.metadata, |set| set.spec.selector.as_ref(), queue);
    }

    async fn sync(&self, name: &ObjectName) -> Result<Next, ReconcileError> {
        let Some(set) = self.sets.store().get(name) else {
            return Ok(Next::Done);
        };
        if let Some(wait) = self.pending.wait(name) {
            return Ok(Next::After(wait));
        }
        let Ok(selector) = Selector::from_label_selector(set.spec.selector.as_ref()) else {
            return Ok(Next::Done);
        };
        let client = &self.context.client;
        let claims = Claims::new(client, &*set);
        let mut revisions = claims
            .claim(
                &selector,
                self.revisions.owned_or_orphan(&set.metadata),
                |_| true,
            )
            .await?;
        sort_by_revision(&mut revisions);
        let candidates = self.pods.owned_or_orphan(&set.metadata);
        let pods = claims
            .claim(&selector, candidates, |pod| {
                identity::ordinal(&set, pod).is_some()
            })
            .await?;

        let (current, update, collision_count) = self.revisions_of(&set, &revisions).await?;
        let snapshot = Snapshot {
            set: &set,
            current: read(&current, &set),
            update: read(&update, &set),
            collision_count,
            claims: self.claims_of(&set, &pods),
            pods,
            now: self.context.clock.now(),
        };
        let plan = plan(&snapshot);
        let outcome = self.execute(name, &set, &plan).await;
        self.write_status(&set, plan.status).await?;
        outcome?;
        self.truncate(&set, &revisions, &snapshot, [&current, &update])
            .await?;
        Ok(next_check(&snapshot).map_or(Next::Done, |wait| {
            Next::After(wait.max(Duration::from_millis(100)))
        }))
    }

    fn claims_of(
        &self,
        set: &StatefulSet,
        pods: &[Arc<Pod>],
    ) -> std::collections::HashMap<String, Arc<PersistentVolumeClaim>> {
        let from = identity::start(set);
        let ordinals = (from..from + identity::wanted(set))
            .chain(pods.iter().filter_map(|pod| identity::ordinal(set, pod)));
        ordinals
            .flat_map(|at| identity::claims(set, at))
            .filter_map(|claim| {
                self.claims
                    .get(&set.metadata.namespace, &claim.metadata.name)
            })
            .map(|claim| (claim.metadata.name.clone(), claim))
            .collect()
    }

    /// The revision that pods are at, and the one that they are to be at.
    async fn revisions_of(
        &self,
        set: &StatefulSet,
        revisions: &[Arc<ControllerRevision>],
    ) -> Result<(Arc<ControllerRevision>, Arc<ControllerRevision>, i32), Error> {
        let writer = Revisions {
            client: &self.context.client,
        };
        let name = |data: &Value, collisions| {
            let hash = revision_hash(data, collisions);
            (format!("{}-{hash}", set.metadata.name), Some((HASH, hash)))
        };
        let collisions = set.status.collision_count.unwrap_or(0);
        let template = &set.spec.template;
        let (update, collisions) = writer
            .of_template(set, template, revisions, collisions, name)
            .await?;
        let current = revisions
            .iter()
            .find(|revision| revision.metadata.name == set.status.current_revision);
        let current = current.map_or_else(|| Arc::clone(&update), Arc::clone);
        Ok((current, update, collisions))
    }

    /// Writes, one after another or, where the pods need not wait for each
    /// other, more and more at once.
    async fn execute(
        &self,
        name: &ObjectName,
        set: &StatefulSet,
        plan: &Plan,
    ) -> Result<(), ReconcileError> {
        let groups = plan.groups();
        if is_parallel(set) {
            let write = |at: usize| self.write_all(name, set, groups[at]);
            return slow_start(groups.len(), write).await.1;
        }
        for group in groups {
            self.write_all(name, set, group).await?;
        }
        Ok(())
    }

    async fn write_all(
        &self,
        name: &ObjectName,
        set: &StatefulSet,
        actions: &[Action],
    ) -> Result<(), ReconcileError> {
        for action in actions {
            self.write(name, set, action).await?;
        }
        Ok(())
    }

    async fn write(
        &self,
        name: &ObjectName,
        set: &StatefulSet,
        action: &Action,
    ) -> Result<(), ReconcileError> {
        let client = &self.context.client;
        let pods = Api::<Pod>::namespaced(client.clone(), &*set.metadata.namespace);
        let claims =
            Api::<PersistentVolumeClaim>::namespaced(client.clone(), &*set.metadata.namespace);
        match action {
            Action::CreateClaim { claim, pod } => {
                let outcome = claims.create((**claim).clone()).await;
                let Err(error) = &outcome else {
                    self.tell_claim(set, claim, pod, None);
                    return Ok(());
                };
                if error.is_already_exists() {
                    return Ok(());
                }
                self.tell_claim(set, claim, pod, Some(error));
                let why = format!("failed to create PVC {}: {error}", claim.metadata.name);
                self.tell_pod(set, "Create", pod, Some(&why));
                outcome?;
            }
            Action::OwnClaim { claim, owners } => {
                let mut changed = PersistentVolumeClaim::clone(claim);
                changed.metadata.owner_references.clone_from(owners);
                match claims.update(changed).await {
                    Err(error) if !error.is_not_found() => return Err(error.into()),
                    _ => {}
                }
            }
            Action::CreatePod(pod) => {
                let key = created(&pod.metadata.name);
                self.pending.note(name, &key);
                let outcome = pods.create((**pod).clone()).await;
                let Err(error) = &outcome else {
                    self.tell_pod(set, "Create", &pod.metadata.name, None);
                    return Ok(());
                };
                self.pending.seen(name, &key);
                if error.is_already_exists() || error.is_namespace_terminating() {
                    return Ok(());
                }
                self.tell_pod(set, "Create", &pod.metadata.name, Some(&error.to_string()));
                outcome?;
            }
            Action::UpdatePod(pod) => {
                let outcome = pods.update((**pod).clone()).await;
                let why = outcome.as_ref().err().map(ToString::to_string);
                self.tell_pod(set, "Update", &pod.metadata.name, why.as_deref());
                outcome?;
            }
            Action::DeletePod(pod) => {
                let key = deleted(&pod.metadata.uid);
                self.pending.note(name, &key);
                let options = DeleteOptions::default().uid(&*pod.metadata.uid);
                let outcome = pods.delete(&pod.metadata.name, &options).await;
                let Err(error) = &outcome else {
                    self.tell_pod(set, "Delete", &pod.metadata.name, None);
                    return Ok(());
                };
                self.pending.seen(name, &key);
                if error.is_not_found() {
                    return Ok(());
                }
                self.tell_pod(set, "Delete", &pod.metadata.name, Some(&error.to_string()));
                outcome?;
            }
            Action::Refuse { pod, why } => {
                self.tell_pod(set, "Create", pod, Some(why));
                return Err(ReconcileError::retry(why.clone()));
            }
        }
        Ok(())
    }

    fn tell_pod(&self, set: &StatefulSet, verb: &str, pod: &str, error: Option<&str>) {
        let what = format!("{verb} Pod {pod} in StatefulSet {}", set.metadata.name);
        self.tell(set, verb, &what, "successful", error);
    }

    fn tell_claim(
        &self,
        set: &StatefulSet,
        claim: &PersistentVolumeClaim,
        pod: &str,
        error: Option<&Error>,
    ) {
        let (claim, name) = (&claim.metadata.name, &set.metadata.name);
        let of = if error.is_some() { "for Pod" } else { "Pod" };
        let what = format!("Create Claim {claim} {of} {pod} in StatefulSet {name}");
        let error = error.map(ToString::to_string);
        self.tell(set, "Create", &what, "success", error.as_deref());
    }

    fn tell(&self, set: &StatefulSet, verb: &str, what: &str, done: &str, error: Option<&str>) {
        let (kind, reason, end) = match error {
            None => (
                EventType::Normal,
                format!("Successful{verb}"),
                done.to_owned(),
            ),
            Some(error) => (
                EventType::Warning,
                format!("Failed{verb}"),
                format!("failed error: {error}"),
            ),
        };
        self.recorder
            .event(set, kind, &reason, format!("{what} {end}"));
    }

    async fn write_status(
        &self,
        set: &StatefulSet,
        status: StatefulSetStatus,
    ) -> Result<(), Error> {
        if set.status == status {
            return Ok(());
        }
        let api =
            Api::<StatefulSet>::namespaced(self.context.client.clone(), &*set.metadata.namespace);
        match api
            .update_status(StatefulSet {
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
        set: &StatefulSet,
        revisions: &[Arc<ControllerRevision>],
        snapshot: &Snapshot<'_>,
        live: [&Arc<ControllerRevision>; 2],
    ) -> Result<(), Error> {
        let is_live = |revision: &ControllerRevision| {
            let name = &revision.metadata.name;
            live.iter().any(|live| live.metadata.name == *name)
                || snapshot
                    .pods
                    .iter()
                    .any(|pod| identity::revision_of(pod) == name)
        };
        let history: Vec<_> = revisions
            .iter()
            .filter(|revision| !is_live(revision))
            .collect();
        let surplus = history
            .len()
            .saturating_sub(history_limit(set.spec.revision_history_limit));
        let writer = Revisions {
            client: &self.context.client,
        };
        writer.remove(history.into_iter().take(surplus)).await
    }
}

/// The template that a revision keeps.
fn read(revision: &ControllerRevision, set: &StatefulSet) -> Revision {
    let mut tree = revision
        .data
        .at(&["spec", "template"])
        .cloned()
        .unwrap_or_default();
    if let Some(tree) = tree.as_object_mut() {
        tree.remove("$patch");
    }
    let template = skeg_schema::from_value::<PodTemplateSpec>(tree)
        .unwrap_or_else(|_| set.spec.template.clone());
    Revision {
        name: revision.metadata.name.clone(),
        template,
    }
}
