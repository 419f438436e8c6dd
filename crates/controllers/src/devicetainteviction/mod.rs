//! Pods that use a device with a taint of effect `NoExecute` which they do not
//! tolerate, or no longer, are deleted (KEP-5055). The taints are told by the
//! driver of the device, in its slices, or by rules.

mod plan;
mod rules;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use skeg_api::core::v1::Pod;
use skeg_api::resource::v1::{DeviceTaintRule, ResourceClaim, ResourceSlice};
use skeg_client::Api;
use skeg_runtime::{
    Controller, Delta, EventRecorder, EventType, Informer, Next, ObjectName, ReconcileError,
    TypedIndex, WorkQueue,
};

use crate::Context;
use crate::podgc::{Disruption, evict};
use plan::{Eviction, Facts, NO_EXECUTE};

const NAME: &str = "device-taint-eviction-controller";
const WORKERS: usize = 8;
const REASON: &str = "DeviceTaintManagerEviction";
const TAINTED: Disruption = Disruption {
    reason: "DeletionByDeviceTaintManager",
    message: "Device Taint manager: deleting due to NoExecute taint",
};

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Task {
    /// A pod that may have to go.
    Pod(ObjectName),
    /// A rule whose status may have to be written.
    Rule(String),
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Task::Pod(name) => write!(f, "pod {name}"),
            Task::Rule(name) => write!(f, "rule {name}"),
        }
    }
}

/// A driver and one of its pools.
type Pool = (String, String);

struct Evictor {
    context: Context,
    recorder: EventRecorder,
    pods: Informer<Pod>,
    claims: Informer<ResourceClaim>,
    slices: Informer<ResourceSlice>,
    rules: Informer<DeviceTaintRule>,
    /// Slices by pool.
    by_pool: TypedIndex<ResourceSlice, Pool>,
    /// Claims by the pools of their devices.
    users: TypedIndex<ResourceClaim, Pool>,
    queue: WorkQueue<Task>,
    /// The uids of pods that are to go.
    doomed: Mutex<HashMap<ObjectName, String>>,
    /// How many pods went because of a rule, by its uid.
    evicted: Mutex<HashMap<String, u64>>,
}

/// Runs the eviction of pods by taints of their devices.
pub(crate) async fn run(context: Context) {
    let slices = context.informers.informer::<ResourceSlice>();
    let claims = context.informers.informer::<ResourceClaim>();
    let this = Arc::new(Evictor {
        recorder: context.recorder(NAME),
        pods: context.informers.informer(),
        rules: context.informers.informer(),
        by_pool: slices.store().index(|slice| vec![pool_of(slice)]),
        users: claims.store().index(|claim| {
            let results = plan::results(claim).iter();
            let pools = results.map(|one| (one.driver.clone(), one.pool.clone()));
            pools.collect()
        }),
        slices,
        claims,
        queue: context.queue(),
        doomed: Mutex::default(),
        evicted: Mutex::default(),
        context,
    });
    this.listen();
    this.slices.synced().await;
    this.rules.synced().await;
    this.claims.synced().await;
    this.pods.synced().await;
    let cancel = this.context.cancel.clone();
    Controller::new(NAME, this.queue.clone())
        .workers(WORKERS)
        .run(cancel, move |task| {
            let this = Arc::clone(&this);
            async move {
                match task {
                    Task::Pod(name) => this.reconcile(&name).await,
                    Task::Rule(name) => this.tell_rule(&name).await,
                }
            }
        })
        .await;
}

fn pool_of(slice: &ResourceSlice) -> Pool {
    (slice.spec.driver.clone(), slice.spec.pool.name.clone())
}

impl Facts for Evictor {
    fn pool(&self, driver: &str, pool: &str) -> Vec<Arc<ResourceSlice>> {
        self.by_pool.get(&(driver.to_owned(), pool.to_owned()))
    }

    fn claim(&self, namespace: &str, name: &str) -> Option<Arc<ResourceClaim>> {
        self.claims.get(namespace, name)
    }
}

impl Evictor {
    fn listen(self: &Arc<Self>) {
        let this = Arc::clone(self);
        self.pods.on_change(move |delta| {
            let pod = delta.object();
            let same = delta.old().is_some_and(|old| {
                old.metadata.uid == pod.metadata.uid
                    && old.spec.node_name == pod.spec.node_name
                    && old.status.resource_claim_statuses == pod.status.resource_claim_statuses
            });
            let gone = matches!(delta, Delta::Deleted { .. });
            if !pod.spec.resource_claims.is_empty() && (gone || !same) {
                this.queue.add(Task::Pod(ObjectName::of(&pod.metadata)));
            }
        });
        let this = Arc::clone(self);
        self.claims.on_change(move |delta| {
            if let Some(old) = delta.old() {
                this.look_at_users(old);
            }
            this.look_at_users(delta.object());
        });
        let this = Arc::clone(self);
        self.slices.on_change(move |delta| {
            let slice = delta.object();
            let old = delta.old();
            if old.is_some_and(|old| old.spec == slice.spec) {
                return;
            }
            // Taints also go when a newer generation of the pool has none.
            let pool = pool_of(slice);
            let before = old.is_some_and(|old| plan::is_tainted(old)) || plan::is_tainted(slice);
            let held = || this.by_pool.get(&pool);
            if before || held().iter().any(|slice| plan::is_tainted(slice)) {
                for claim in this.users.get(&pool) {
                    this.look_at_users(&claim);
                }
            }
        });
        let this = Arc::clone(self);
        self.rules.on_change(move |delta| this.rule(&delta));
    }

    /// A rule is new, has changed, or is gone.
    fn rule(&self, delta: &Delta<'_, DeviceTaintRule>) {
        let rule = delta.object();
        let (old, uid) = (delta.old(), &rule.metadata.uid);
        if matches!(delta, Delta::Deleted { .. }) {
            self.evicted.lock().remove(uid);
        } else {
            let same = |old: &&Arc<DeviceTaintRule>| old.metadata.uid == *uid;
            if old.filter(same).is_some_and(|old| old.spec == rule.spec) {
                return;
            }
            // Its status is told before any pod goes.
            self.queue.add(Task::Rule(rule.metadata.name.clone()));
        }
        let ending: Vec<_> = old
            .into_iter()
            .chain([rule])
            .filter(|rule| rule.spec.taint.effect == NO_EXECUTE)
            .collect();
        if ending.is_empty() {
            return;
        }
        for claim in self.claims.store().list() {
            let mut results = plan::results(&claim).iter();
            if results.any(|one| ending.iter().any(|rule| plan::taints(rule, one))) {
                self.look_at_users(&claim);
            }
        }
    }

    /// Looks at the pods that use a claim.
    fn look_at_users(&self, claim: &ResourceClaim) {
        for user in &claim.status.reserved_for {
            if user.api_group.is_empty() && user.resource == "pods" {
                let namespace = claim.metadata.namespace.clone();
                let pod = ObjectName::new(namespace, user.name.clone());
                self.queue.add(Task::Pod(pod));
            }
        }
    }

    /// The rules that end pods.
    fn ending_rules(&self) -> Vec<Arc<DeviceTaintRule>> {
        let ends = |rule: &DeviceTaintRule| rule.spec.taint.effect == NO_EXECUTE;
        self.rules.store().filtered(ends)
    }

    /// The status of these rules is told in a while: there may be more to tell by then.
    fn tell_later(&self, eviction: &Eviction) {
        for rule in self.ending_rules() {
            if eviction.rules.contains(&rule.metadata.uid) {
                let task = Task::Rule(rule.metadata.name.clone());
                self.queue.add_after(task, rules::PERIOD);
            }
        }
    }

    async fn reconcile(&self, name: &ObjectName) -> Result<Next, ReconcileError> {
        let held = self.pods.store().get(name);
        let Some(pod) = held.filter(|pod| !pod.metadata.is_deleting()) else {
            self.doomed.lock().remove(name);
            return Ok(Next::Done);
        };
        let Some(eviction) = plan::of_pod(&pod, self, &self.ending_rules()) else {
            let doomed = self.doomed.lock().remove(name);
            if doomed.is_some_and(|uid| uid == pod.metadata.uid) {
                self.tell(&pod, "Cancelling deletion");
            }
            return Ok(Next::Done);
        };
        let uid = pod.metadata.uid.clone();
        self.doomed.lock().insert(name.clone(), uid);
        self.tell_later(&eviction);
        let left = eviction.when.duration_since(self.context.clock.now());
        if left.is_positive() {
            return Ok(Next::After(Duration::try_from(left).unwrap_or_default()));
        }
        self.evict(&pod, &eviction).await
    }

    fn tell(&self, pod: &Pod, what: &str) {
        self.recorder.event(pod, EventType::Normal, REASON, what);
    }

    async fn evict(&self, pod: &Pod, eviction: &Eviction) -> Result<Next, ReconcileError> {
        let meta = &pod.metadata;
        // The cache may not have seen yet that it goes already.
        let api = Api::<Pod>::namespaced(self.context.client.clone(), meta.namespace.as_str());
        let there = api.get_opt(&meta.name).await?;
        let Some(pod) =
            there.filter(|one| one.metadata.uid == meta.uid && !one.metadata.is_deleting())
        else {
            return Ok(Next::Done);
        };
        tracing::info!(pod = %ObjectName::of(meta), "evicts a pod that does not tolerate a taint of its device");
        self.tell(&pod, "Marking for deletion");
        if evict(&self.context, &pod, TAINTED).await? {
            let mut evicted = self.evicted.lock();
            for rule in &eviction.rules {
                *evicted.entry(rule.clone()).or_default() += 1;
            }
        }
        self.doomed.lock().remove(&ObjectName::of(meta));
        Ok(Next::Done)
    }
}

#[cfg(test)]
mod tests;
