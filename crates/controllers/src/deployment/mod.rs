//! Deployments: ReplicaSets, one a template, and the way from one to the next.

mod plan;
mod rollback;
mod status;
#[cfg(test)]
mod tests;
mod util;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use skeg_api::apps::v1::{Deployment, ReplicaSet};
use skeg_api::core::v1::Pod;
use skeg_client::{Api, DeleteOptions, Error};
use skeg_meta::ObjectMeta;
use skeg_meta::labels::Selector;
use skeg_runtime::{
    Controller, Delta, EventRecorder, EventType, Informer, Next, ObjectName, ReconcileError,
    WorkQueue, refers_to,
};

use crate::Context;
use crate::workload::{Claims, Owned, controller_of, unless_gone};
use plan::{Action, Snapshot, plan};
use util::{is_rolling, new_condition, progress_deadline, replicas, same_template, set_condition};

const WORKERS: usize = 5;

struct Deployments {
    context: Context,
    recorder: EventRecorder,
    deployments: Informer<Deployment>,
    sets: Informer<ReplicaSet>,
    pods: Informer<Pod>,
    queue: WorkQueue<ObjectName>,
}

/// Runs the controller of Deployments.
pub(crate) async fn run(context: Context) {
    let this = Arc::new(Deployments {
        recorder: context.recorder("deployment-controller"),
        deployments: context.informers.informer(),
        sets: context.informers.informer(),
        pods: context.informers.informer(),
        queue: context.queue(),
        context,
    });
    let queue = this.queue.clone();
    this.deployments
        .on_change(move |delta| queue.add(ObjectName::of(&delta.object().metadata)));
    let handler = Arc::clone(&this);
    this.sets
        .on_change(move |delta| handler.set_changed(&delta));
    let handler = Arc::clone(&this);
    this.pods
        .on_change(move |delta| handler.pod_changed(&delta));
    this.deployments.synced().await;
    this.sets.synced().await;
    this.pods.synced().await;
    let cancel = this.context.cancel.clone();
    Controller::new("deployment", this.queue.clone())
        .workers(WORKERS)
        .run(cancel, move |name| {
            let this = Arc::clone(&this);
            async move { unless_gone(this.sync(&name).await) }
        })
        .await;
}

fn selector_of(deployment: &Deployment) -> Option<Selector> {
    let selector = Selector::from_label_selector(deployment.spec.selector.as_ref()).ok()?;
    (!selector.is_everything()).then_some(selector)
}

impl Deployments {
    fn deployment_of(&self, meta: &ObjectMeta) -> Option<Arc<Deployment>> {
        controller_of(&self.deployments, meta)
    }

    fn set_changed(&self, delta: &Delta<'_, ReplicaSet>) {
        let set = delta.object();
        if let Some(old) = delta.old()
            && old.metadata.controller() != set.metadata.controller()
            && let Some(deployment) = self.deployment_of(&old.metadata)
        {
            self.queue.add(ObjectName::of(&deployment.metadata));
        }
        if let Some(deployment) = self.deployment_of(&set.metadata) {
            return self.queue.add(ObjectName::of(&deployment.metadata));
        }
        if set.metadata.controller().is_some() || matches!(delta, Delta::Deleted { .. }) {
            return;
        }
        for deployment in self
            .deployments
            .store()
            .in_namespace(&set.metadata.namespace)
        {
            if selector_of(&deployment)
                .is_some_and(|selector| selector.matches(&set.metadata.labels))
            {
                self.queue.add(ObjectName::of(&deployment.metadata));
            }
        }
    }

    /// A Deployment of the strategy Recreate waits for pods to end.
    fn pod_changed(&self, delta: &Delta<'_, Pod>) {
        let pod = delta.object();
        let ended = matches!(delta, Delta::Deleted { .. })
            || delta
                .old()
                .is_some_and(|old| !old.is_finished() && pod.is_finished());
        if !ended {
            return;
        }
        let Some(reference) = pod
            .metadata
            .controller()
            .filter(|owner| refers_to::<ReplicaSet>(owner))
        else {
            return;
        };
        let set = self.sets.get(&pod.metadata.namespace, &reference.name);
        if let Some(set) = set.filter(|set| set.metadata.uid == reference.uid)
            && let Some(deployment) = self.deployment_of(&set.metadata)
            && !is_rolling(&deployment)
        {
            self.queue.add(ObjectName::of(&deployment.metadata));
        }
    }

    async fn sync(&self, name: &ObjectName) -> Result<Next, ReconcileError> {
        let Some(deployment) = self.deployments.store().get(name) else {
            return Ok(Next::Done);
        };
        let Some(selector) = selector_of(&deployment) else {
            return self.refuse(&deployment).await;
        };
        let claims = Claims::new(&self.context.client, &*deployment);
        let sets = claims
            .claim(
                &selector,
                self.sets.owned_or_orphan(&deployment.metadata),
                |_| true,
            )
            .await?;
        let mut running = HashSet::new();
        if !is_rolling(&deployment) {
            for set in &sets {
                if self
                    .pods
                    .owned_by(&set.metadata.uid)
                    .iter()
                    .any(|pod| !pod.is_finished())
                {
                    running.insert(set.metadata.uid.clone());
                }
            }
        }
        let now = self.context.clock.now();
        let sets: Vec<ReplicaSet> = sets.iter().map(|set| ReplicaSet::clone(set)).collect();
        if !deployment.metadata.is_deleting()
            && !deployment.spec.paused
            && let Some(back) = rollback::rollback(&deployment, &sets)
        {
            let api = self.deployments_in(&deployment);
            api.update(back.deployment).await?;
            let (kind, reason, words) = back.event;
            self.recorder.event(&*deployment, kind, reason, words);
            return Ok(Next::Done);
        }
        let plan = plan(Snapshot {
            deployment: &deployment,
            sets,
            running,
            now,
        });
        self.execute(&deployment, plan).await
    }

    /// A selector that matches everything is never acted on.
    async fn refuse(&self, deployment: &Deployment) -> Result<Next, ReconcileError> {
        let message = "This deployment is selecting all pods. A non-empty selector is required.";
        self.recorder
            .event(deployment, EventType::Warning, "SelectingAll", message);
        if deployment.status.observed_generation < deployment.metadata.generation {
            let mut seen = deployment.clone();
            seen.status.observed_generation = deployment.metadata.generation;
            self.deployments_in(deployment).update_status(seen).await?;
        }
        Ok(Next::Done)
    }

    fn deployments_in(&self, deployment: &Deployment) -> Api<Deployment> {
        Api::namespaced(self.context.client.clone(), &*deployment.metadata.namespace)
    }

    async fn execute(
        &self,
        before: &Arc<Deployment>,
        plan: plan::Plan,
    ) -> Result<Next, ReconcileError> {
        let sets =
            Api::<ReplicaSet>::namespaced(self.context.client.clone(), &*before.metadata.namespace);
        // A set may be written more than once; each write needs the version of the one before.
        let mut versions: HashMap<String, String> = HashMap::new();
        for action in plan.actions {
            match action {
                Action::Create(set) => {
                    if !self.create(before, &plan.deployment, &sets, *set).await? {
                        return Ok(Next::Done);
                    }
                }
                Action::Update { mut set, event } => {
                    if let Some(version) = versions.get(&set.metadata.name) {
                        set.metadata.resource_version.clone_from(version);
                    }
                    let written = sets.update(*set).await?;
                    versions.insert(
                        written.metadata.name.clone(),
                        written.metadata.resource_version.clone(),
                    );
                    if let Some(event) = event {
                        self.recorder.event(
                            &**before,
                            EventType::Normal,
                            "ScalingReplicaSet",
                            event,
                        );
                    }
                }
                Action::Delete(meta) => {
                    let options = DeleteOptions::default().uid(&*meta.uid);
                    match sets.delete(&meta.name, &options).await {
                        Err(error) if !error.is_not_found() => return Err(error.into()),
                        _ => {}
                    }
                }
            }
        }
        let after = plan.deployment;
        if after.status != before.status
            || after.metadata.annotations != before.metadata.annotations
        {
            match self.deployments_in(before).update_status(after).await {
                Err(error) if error.is_not_found() => {}
                outcome => drop(outcome?),
            }
            // What has been written comes back and is looked at again.
            return Ok(Next::Done);
        }
        Ok(status::next_check(before, self.context.clock.now()).map_or(Next::Done, Next::After))
    }

    /// Makes the newest set; whether to go on.
    async fn create(
        &self,
        before: &Deployment,
        after: &Deployment,
        sets: &Api<ReplicaSet>,
        set: ReplicaSet,
    ) -> Result<bool, Error> {
        let size = replicas(&set);
        let name = set.metadata.name.clone();
        let error = match sets.create(set).await {
            Ok(_) => {
                if size > 0 {
                    let message = format!("Scaled up replica set {name} from 0 to {size}");
                    self.recorder
                        .event(before, EventType::Normal, "ScalingReplicaSet", message);
                }
                return Ok(true);
            }
            Err(error) => error,
        };
        if error.is_namespace_terminating() {
            return Ok(false);
        }
        let mut failed = before.clone();
        if error.is_already_exists() {
            let there = sets.get_opt(&name).await?;
            let own = there.is_some_and(|there| {
                there
                    .metadata
                    .controller()
                    .is_some_and(|reference| reference.uid == before.metadata.uid)
                    && same_template(&there.spec.template, &before.spec.template)
            });
            if own {
                // The cache lags behind; the set will be seen.
                return Ok(true);
            }
            failed.status.collision_count = Some(failed.status.collision_count.unwrap_or(0) + 1);
        } else {
            let message = format!("Failed to create new replica set \"{name}\": {error}");
            if progress_deadline(before).is_some() {
                failed
                    .status
                    .conditions
                    .clone_from(&before.status.conditions);
                let now = self.context.clock.now();
                let condition = new_condition(
                    "Progressing",
                    "False",
                    "ReplicaSetCreateError",
                    &*message,
                    now,
                );
                set_condition(&mut failed.status, condition);
            }
            self.recorder
                .event(after, EventType::Warning, "ReplicaSetCreateError", message);
        }
        self.deployments_in(before).update_status(failed).await?;
        Err(error)
    }
}
