//! Claims and volumes: each claim is bound to a volume that fits it, and a
//! volume whose claim has gone is given back as its policy says.

mod attach;
mod bind;
mod ephemeral;
mod expand;
mod find;
mod reclaim;
#[cfg(test)]
mod tests;

pub(crate) use attach::run as run_attach_detach;
pub(crate) use ephemeral::run as run_ephemeral;
pub(crate) use expand::run as run_expander;

use std::fmt;
use std::sync::Arc;

use skeg_api::core::v1::{Node, PersistentVolume, PersistentVolumeClaim, Pod};
use skeg_api::storage::v1::StorageClass;
use skeg_runtime::{
    Controller, Delta, EventRecorder, Informer, Next, ObjectName, ReconcileError, WorkQueue,
};

use crate::Context;
use crate::workload::unless_gone;
use find::{class_of, class_of_volume};

const NAME: &str = "persistentvolume-binder-controller";
/// One: two claims must not reach for one volume at the same time.
const WORKERS: usize = 1;

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Task {
    Claim(ObjectName),
    Volume(String),
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Task::Claim(name) => write!(f, "claim {name}"),
            Task::Volume(name) => write!(f, "volume {name}"),
        }
    }
}

struct Binder {
    context: Context,
    recorder: EventRecorder,
    claims: Informer<PersistentVolumeClaim>,
    volumes: Informer<PersistentVolume>,
    classes: Informer<StorageClass>,
    pods: Informer<Pod>,
    nodes: Informer<Node>,
    queue: WorkQueue<Task>,
}

/// Runs the controller that binds claims to volumes.
pub(crate) async fn run(context: Context) {
    let this = Arc::new(Binder {
        recorder: context.recorder("persistentvolume-controller"),
        claims: context.informers.informer(),
        volumes: context.informers.informer(),
        classes: context.informers.informer(),
        pods: context.informers.informer(),
        nodes: context.informers.informer(),
        queue: context.queue(),
        context,
    });
    this.listen();
    this.volumes.synced().await;
    this.classes.synced().await;
    this.pods.synced().await;
    this.nodes.synced().await;
    this.claims.synced().await;
    let cancel = this.context.cancel.clone();
    Controller::new(NAME, this.queue.clone())
        .workers(WORKERS)
        .run(cancel, move |task| {
            let this = Arc::clone(&this);
            async move { unless_gone(this.reconcile(task).await) }
        })
        .await;
}

impl Binder {
    fn listen(self: &Arc<Self>) {
        let this = Arc::clone(self);
        self.claims.on_change(move |delta| {
            let claim = delta.object();
            if !claim.spec.volume_name.is_empty() {
                this.queue.add(Task::Volume(claim.spec.volume_name.clone()));
            }
            if matches!(delta, Delta::Deleted { .. }) {
                // A volume may have been meant for it, though it never said so.
                for volume in this.volumes.store().list() {
                    let uid = volume.spec.claim_ref.as_ref().map(|claim| &claim.uid);
                    if uid == Some(&claim.metadata.uid) {
                        this.queue.add(Task::Volume(volume.metadata.name.clone()));
                    }
                }
            } else {
                this.queue.add(Task::Claim(ObjectName::of(&claim.metadata)));
            }
        });
        let this = Arc::clone(self);
        self.volumes.on_change(move |delta| {
            let volume = delta.object();
            if !matches!(delta, Delta::Deleted { .. }) {
                this.queue.add(Task::Volume(volume.metadata.name.clone()));
            }
            this.add_claims_of(volume);
        });
        let this = Arc::clone(self);
        // A claim may wait for the pod that is the first to use it.
        self.pods.on_change(move |delta| {
            let pod = delta.object();
            let placed = !pod.spec.node_name.is_empty()
                && delta.old().is_none_or(|old| old.spec.node_name.is_empty());
            if !placed {
                return;
            }
            for claim in bind::claims_of(pod) {
                let name = ObjectName::new(pod.metadata.namespace.clone(), claim);
                this.queue.add(Task::Claim(name));
            }
        });
        let this = Arc::clone(self);
        self.classes.on_change(move |delta| {
            let class = &delta.object().metadata.name;
            for claim in this.claims.store().list() {
                let waits = claim.spec.volume_name.is_empty();
                let concerned =
                    class_of(&claim) == class || claim.spec.storage_class_name.is_none();
                if waits && concerned {
                    this.queue.add(Task::Claim(ObjectName::of(&claim.metadata)));
                }
            }
        });
    }

    /// Whoever is or could be bound to a volume that has changed.
    fn add_claims_of(&self, volume: &PersistentVolume) {
        if let Some(claim) = &volume.spec.claim_ref {
            let name = ObjectName::new(claim.namespace.clone(), claim.name.clone());
            self.queue.add(Task::Claim(name));
            return;
        }
        for claim in self.claims.store().list() {
            let named = claim.spec.volume_name == volume.metadata.name;
            let open = claim.spec.volume_name.is_empty()
                && class_of(&claim) == class_of_volume(volume)
                && volume.status.phase == "Available";
            if named || open {
                self.queue.add(Task::Claim(ObjectName::of(&claim.metadata)));
            }
        }
    }

    async fn reconcile(&self, task: Task) -> Result<Next, ReconcileError> {
        match task {
            Task::Claim(name) => match self.claims.store().get(&name) {
                Some(claim) => self.sync_claim(&claim).await,
                None => Ok(Next::Done),
            },
            Task::Volume(name) => match self.volumes.get("", &name) {
                Some(volume) => self.sync_volume(&volume).await,
                None => Ok(Next::Done),
            },
        }
    }
}
