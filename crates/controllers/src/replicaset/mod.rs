//! ReplicaSets and ReplicationControllers: a number of equal pods.

mod herds;
mod kind;
mod plan;

use std::sync::Arc;
use std::time::Duration;

use skeg_api::apps::v1::ReplicaSet;
use skeg_api::core::v1::{Pod, ReplicationController};
use skeg_client::Api;
use skeg_meta::labels::Selector;
use skeg_runtime::{
    Controller, Delta, Expectations, Informer, Next, ObjectName, ReconcileError, WorkQueue,
};

use crate::Context;
use crate::workload::{Claims, Owned, PodControl, controller_of, slow_start, unless_gone};
use herds::Herds;
use kind::{Replicas, Status};
use plan::{Scale, count, next_check, plan_scale, plan_status};

const WORKERS: usize = 5;

/// Runs the controller of ReplicaSets.
pub(crate) async fn run(context: Context) {
    run_kind::<ReplicaSet>(context, "replicaset-controller").await;
}

/// Runs the controller of ReplicationControllers.
pub(crate) async fn run_replication_controllers(context: Context) {
    run_kind::<ReplicationController>(context, "replication-controller").await;
}

struct Sets<K> {
    context: Context,
    control: PodControl,
    sets: Informer<K>,
    pods: Informer<Pod>,
    expectations: Expectations,
    herds: Herds,
    queue: WorkQueue<ObjectName>,
}

async fn run_kind<K: Replicas>(context: Context, component: &'static str) {
    let sets = context.informers.informer::<K>();
    let pods = context.informers.informer::<Pod>();
    let queue = context.queue::<ObjectName>();
    let this = Arc::new(Sets {
        control: PodControl {
            client: context.client.clone(),
            recorder: context.recorder(component),
        },
        expectations: Expectations::new(Arc::clone(&context.clock)),
        herds: Herds::default(),
        sets,
        pods,
        queue,
        context,
    });
    let handler = Arc::clone(&this);
    this.sets.on_change(move |delta| {
        let name = ObjectName::of(delta.object().meta());
        if matches!(delta, Delta::Deleted { .. }) {
            handler.expectations.forget(&name);
        }
        handler.queue.add(name);
    });
    let handler = Arc::clone(&this);
    this.pods
        .on_change(move |delta| handler.pod_changed(&delta));
    this.sets.synced().await;
    this.pods.synced().await;
    let controller = Controller::new(component, this.queue.clone()).workers(WORKERS);
    let cancel = this.context.cancel.clone();
    controller
        .run(cancel, move |name| {
            let this = Arc::clone(&this);
            async move { unless_gone(this.sync(&name).await) }
        })
        .await;
}

impl<K: Replicas> Sets<K> {
    /// The set that controls a pod, if it is there.
    fn set_of(&self, pod: &Pod) -> Option<ObjectName> {
        let set = controller_of(&self.sets, &pod.metadata)?;
        Some(ObjectName::of(set.meta()))
    }

    /// Lets every set look at an orphan that it may want.
    fn offer(&self, pod: &Pod) {
        for set in self.sets.store().in_namespace(&pod.metadata.namespace) {
            if set
                .selector()
                .is_some_and(|selector| selector.matches(&pod.metadata.labels))
            {
                self.queue.add(ObjectName::of(set.meta()));
            }
        }
    }

    fn pod_changed(&self, delta: &Delta<'_, Pod>) {
        self.herds.changed(delta);
        let pod = delta.object();
        let gone = matches!(delta, Delta::Deleted { .. }) || pod.metadata.is_deleting();
        if let Some(old) = delta.old()
            && old.metadata.controller() != pod.metadata.controller()
            && let Some(set) = self.set_of(old)
        {
            self.queue.add(set);
        }
        let Some(set) = self.set_of(pod) else {
            let relabelled = delta.old().is_none_or(|old| {
                old.metadata.labels != pod.metadata.labels || old.metadata.controller().is_some()
            });
            if pod.metadata.controller().is_none() && !gone && relabelled {
                self.offer(pod);
            }
            return;
        };
        if gone {
            self.expectations.deletion_observed(&set, &pod.metadata.uid);
        } else if matches!(delta, Delta::Added { .. }) {
            self.expectations.creation_observed(&set);
        } else if let Some(old) = delta.old()
            && !old.is_ready()
            && pod.is_ready()
            && let Some(owner) = self.sets.store().get(&set)
            && owner.min_ready_seconds() > 0
        {
            // One second more: what was written has been rounded down.
            let wait = u64::try_from(owner.min_ready_seconds()).unwrap_or(0) + 1;
            self.queue.add_after(set.clone(), Duration::from_secs(wait));
        }
        self.queue.add(set);
    }

    async fn sync(&self, name: &ObjectName) -> Result<Next, ReconcileError> {
        let Some(set) = self.sets.store().get(name) else {
            self.expectations.forget(name);
            return Ok(Next::Done);
        };
        let settled = self.expectations.satisfied(name);
        let Some(selector) = set.selector() else {
            return Ok(Next::Done);
        };
        let now = self.context.clock.now();
        if settled && let Some(counts) = self.nothing_to_do(&set, &selector) {
            let status = plan_status(&*set, counts, None, now);
            self.write_status(&set, &status).await?;
            return Ok(Next::Done);
        }
        let client = &self.context.client;
        let candidates = self.pods.owned_or_orphan(set.meta());
        let terminating = candidates.iter().filter(|pod| {
            let own = || {
                let reference = pod.metadata.controller();
                reference.is_some_and(|reference| reference.uid == set.meta().uid)
            };
            pod.metadata.is_deleting()
                && !pod.is_finished()
                && own()
                && selector.matches(&pod.metadata.labels)
        });
        let terminating = terminating.count();
        let active = candidates.into_iter().filter(|pod| pod.is_active());
        let active = Claims::new(client, &*set)
            .claim(&selector, active, |_| true)
            .await?;

        let outcome = if settled && !set.meta().is_deleting() {
            self.scale(name, &set, &active).await
        } else {
            Ok(())
        };
        let failure = outcome.as_ref().err().map(ToString::to_string);
        let counts = count(&*set, &active, terminating, now);
        let status = plan_status(&*set, counts, failure.as_deref(), now);
        self.write_status(&set, &status).await?;
        outcome?;
        Ok(next_check(&*set, &active, now).map_or(Next::Done, Next::After))
    }

    /// What there is to tell of a set that has the pods that it should have, and
    /// nobody to adopt or to let go; so its pods need not be looked at.
    fn nothing_to_do(&self, set: &K, selector: &Selector) -> Option<plan::Counts> {
        let meta = set.meta();
        if set.min_ready_seconds() > 0 || meta.is_deleting() {
            return None;
        }
        let counts = self
            .herds
            .of(&meta.uid, selector, &set.template().metadata.labels)?;
        if counts.active != set.wanted() {
            return None;
        }
        let orphans = self.pods.orphans(&meta.namespace);
        let wanted = |pod: &Arc<Pod>| pod.is_active() && selector.matches(&pod.metadata.labels);
        if orphans.iter().any(wanted) {
            return None;
        }
        Some(plan::Counts {
            replicas: counts.active,
            labelled: counts.labelled,
            ready: counts.ready,
            available: counts.ready,
            terminating: counts.terminating,
        })
    }

    /// Makes what is missing, or removes what is too much.
    async fn scale(
        &self,
        name: &ObjectName,
        set: &K,
        active: &[Arc<Pod>],
    ) -> Result<(), skeg_client::Error> {
        let related = || self.related(set);
        match plan_scale(set.wanted(), active, related, self.context.clock.now()) {
            Scale::Fits => Ok(()),
            Scale::Create(count) => {
                self.expectations.expect_creations(name, count);
                let (created, outcome) = slow_start(count, |_| async {
                    let pod = PodControl::from_template(
                        set.template(),
                        set.meta(),
                        set.controller_reference(),
                    );
                    self.control.create(set, pod).await.map(drop)
                })
                .await;
                for _ in created..count {
                    self.expectations.creation_observed(name);
                }
                match outcome {
                    Err(error) if error.is_namespace_terminating() => Ok(()),
                    outcome => outcome,
                }
            }
            Scale::Delete(pods) => {
                self.expectations
                    .expect_deletions(name, pods.iter().map(|pod| pod.metadata.uid.clone()));
                let deletions = pods.iter().map(|pod| async move {
                    let outcome = self.control.delete(set, pod).await;
                    if outcome.is_err() {
                        self.expectations.deletion_observed(name, &pod.metadata.uid);
                    }
                    outcome
                });
                let outcomes = futures::future::join_all(deletions).await;
                outcomes
                    .into_iter()
                    .filter(|outcome| !matches!(outcome, Err(error) if error.is_not_found()))
                    .collect()
            }
        }
    }

    /// The pods of all sets that have the same owner as this one.
    fn related(&self, set: &K) -> Vec<Arc<Pod>> {
        match set.meta().controller() {
            Some(owner) => {
                let sets = self.sets.owned_by(&owner.uid);
                sets.iter()
                    .flat_map(|set| self.pods.owned_by(&set.meta().uid))
                    .collect()
            }
            None => self.pods.owned_by(&set.meta().uid),
        }
    }

    async fn write_status(&self, set: &Arc<K>, status: &Status) -> Result<(), skeg_client::Error> {
        if set.read_status() == *status {
            return Ok(());
        }
        let api = Api::<K>::namespaced(self.context.client.clone(), &*set.meta().namespace);
        match api.update_status(set.with_status(status)).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_conflict() => {
                // Somebody wrote meanwhile; the numbers are still right, or will be looked at again.
                let Some(fresh) = api.get_opt(&set.meta().name).await? else {
                    return Ok(());
                };
                if fresh.meta().uid != set.meta().uid {
                    return Ok(());
                }
                api.update_status(fresh.with_status(status)).await.map(drop)
            }
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => Err(error),
        }
    }
}
