//! Pod disruption budgets: how many pods may be evicted now.

mod plan;
mod scale;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use skeg_api::core::v1::Pod;
use skeg_api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetStatus};
use skeg_client::Api;
use skeg_meta::labels::Selector;
use skeg_runtime::{
    Controller, Delta, EventRecorder, EventType, Informer, Next, ObjectName, ReconcileError,
    WorkQueue,
};

use crate::Context;

use scale::Controllers;

const NAME: &str = "disruption-controller";
/// Who tells in events (upstream's name of old).
const COMPONENT: &str = "controllermanager";
const WORKERS: usize = 2;

/// Runs the controller of budgets, and the one of pods that were to be disrupted and were not.
pub(crate) async fn run(context: Context) {
    let disruption = Arc::new(Disruption {
        budgets: context.informers.informer(),
        pods: context.informers.informer(),
        controllers: Controllers::new(&context.informers, context.client.clone()),
        recorder: context.recorder(COMPONENT),
        context: context.clone(),
    });
    let queue = context.queue::<ObjectName>();
    let stale = context.queue::<ObjectName>();
    disruption.listen(&queue, &stale);
    tokio::join!(
        disruption.budgets.synced(),
        disruption.pods.synced(),
        disruption.controllers.synced()
    );
    let budgets = Controller::new(NAME, queue)
        .workers(WORKERS)
        .run(context.cancel.clone(), {
            let disruption = Arc::clone(&disruption);
            move |name: ObjectName| {
                let disruption = Arc::clone(&disruption);
                async move { disruption.reconcile(&name).await }
            }
        });
    let pods = Controller::new("stale-pod-disruption", stale).run(
        context.cancel.clone(),
        move |name: ObjectName| {
            let disruption = Arc::clone(&disruption);
            async move { disruption.release(&name).await }
        },
    );
    tokio::join!(budgets, pods);
}

struct Disruption {
    budgets: Informer<PodDisruptionBudget>,
    pods: Informer<Pod>,
    controllers: Controllers,
    recorder: EventRecorder,
    context: Context,
}

/// The pods that a budget speaks of; without a selector none.
fn selector(budget: &PodDisruptionBudget) -> Option<Selector> {
    Selector::from_label_selector(Some(budget.spec.selector.as_ref()?)).ok()
}

/// Whether two versions of a pod differ in what budgets count.
fn differ(old: &Pod, new: &Pod) -> bool {
    old.is_ready() != new.is_ready()
        || old.is_finished() != new.is_finished()
        || old.metadata.is_deleting() != new.metadata.is_deleting()
        || old.metadata.labels != new.metadata.labels
        || old.metadata.owner_references != new.metadata.owner_references
}

impl Disruption {
    fn listen(&self, queue: &WorkQueue<ObjectName>, stale: &WorkQueue<ObjectName>) {
        let to = queue.clone();
        self.budgets
            .on_change(move |delta| to.add(ObjectName::of(&delta.object().metadata)));
        let (to, stale, budgets) = (queue.clone(), stale.clone(), self.budgets.clone());
        let clock = Arc::clone(&self.context.clock);
        self.pods.on_change(move |delta| {
            let pod = delta.object();
            if !matches!(delta, Delta::Deleted { .. })
                && let Some(left) = plan::stale_in(pod, clock.now())
            {
                stale.add_after(ObjectName::of(&pod.metadata), left);
            }
            if delta.old().is_some_and(|old| !differ(old, pod)) {
                return;
            }
            for budget in budgets.store().in_namespace(&pod.metadata.namespace) {
                let Some(selector) = selector(&budget) else {
                    continue;
                };
                if selector.matches(&pod.metadata.labels)
                    || delta
                        .old()
                        .is_some_and(|old| selector.matches(&old.metadata.labels))
                {
                    to.add(ObjectName::of(&budget.metadata));
                }
            }
        });
        let (to, budgets) = (queue.clone(), self.budgets.clone());
        self.controllers.on_change(move |namespace| {
            let concerned = budgets.store().in_namespace(namespace);
            let concerned = concerned.iter().filter(|budget| plan::needs_scale(budget));
            concerned.for_each(|budget| to.add(ObjectName::of(&budget.metadata)));
        });
    }

    async fn reconcile(&self, name: &ObjectName) -> Result<Next, ReconcileError> {
        let Some(budget) = self.budgets.store().get(name) else {
            return Ok(Next::Done);
        };
        let mut pods = Vec::new();
        if let Some(selector) = selector(&budget) {
            pods = self.pods.store().in_namespace(&name.namespace);
            pods.retain(|pod| selector.matches(&pod.metadata.labels));
        }
        if pods.is_empty() {
            self.recorder.event(
                &*budget,
                EventType::Normal,
                "NoPods",
                "No matching pods found",
            );
        }
        let now = self.context.clock.now();
        let scale = if plan::needs_scale(&budget) {
            self.controllers.scale(pods.iter().map(Arc::as_ref)).await
        } else {
            Ok(plan::Scale::default())
        };
        let has_unmanaged = scale.as_ref().is_ok_and(|scale| scale.has_unmanaged);
        let outcome = match scale.and_then(|scale| plan::plan(&budget, &pods, &scale, now)) {
            Ok(outcome) => outcome,
            Err(why) => {
                let note = format!("Failed to calculate the number of expected pods: {why}");
                self.recorder.event(
                    &*budget,
                    EventType::Warning,
                    "CalculateExpectedPodCountFailed",
                    note,
                );
                self.write(&budget, plan::failed(&budget, &why, now))
                    .await?;
                // Only a change of the budget or of its pods can help.
                return Ok(Next::Done);
            }
        };
        if has_unmanaged {
            let selector = plan::print(budget.spec.selector.as_ref());
            let note = format!(
                "Pods selected by this PodDisruptionBudget (selector: {selector}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set \".spec.minAvailable\" field of the PDB to an integer value."
            );
            self.recorder
                .event(&*budget, EventType::Warning, "UnmanagedPods", note);
        }
        for pod in outcome.not_deleted {
            // The words are upstream's, which say the namespace twice.
            let namespace = &budget.metadata.namespace;
            let note = format!(
                "Pod was expected by PDB {namespace}/{namespace} to be deleted but it wasn't"
            );
            self.recorder
                .event(&*pod, EventType::Warning, "NotDeleted", note);
        }
        self.write(&budget, outcome.status).await?;
        Ok(outcome.again.map_or(Next::Done, Next::After))
    }

    async fn write(
        &self,
        budget: &PodDisruptionBudget,
        status: PodDisruptionBudgetStatus,
    ) -> Result<(), ReconcileError> {
        if budget.status == status {
            return Ok(());
        }
        let mut told = budget.clone();
        told.status = status;
        let api = Api::<PodDisruptionBudget>::namespaced(
            self.context.client.clone(),
            told.metadata.namespace.as_str(),
        );
        match api.update_status(told).await {
            Err(error) if error.is_not_found() => Ok(()),
            result => Ok(result.map(drop)?),
        }
    }

    /// A pod that nobody deleted in time is no disruption's target any more.
    async fn release(&self, name: &ObjectName) -> Result<Next, ReconcileError> {
        let Some(pod) = self.pods.store().get(name) else {
            return Ok(Next::Done);
        };
        let now = self.context.clock.now();
        match plan::stale_in(&pod, now) {
            None => Ok(Next::Done),
            Some(left) if left > Duration::ZERO => Ok(Next::After(left)),
            Some(_) => {
                let api =
                    Api::<Pod>::namespaced(self.context.client.clone(), name.namespace.as_str());
                match api.update_status(plan::released(&pod, now)).await {
                    Err(error) if error.is_not_found() => Ok(Next::Done),
                    result => Ok(result.map(|_| Next::Done)?),
                }
            }
        }
    }
}
