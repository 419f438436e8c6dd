//! Claims that ask for more than they have: whose work it is to make their
//! volumes larger.

use skeg_api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use skeg_runtime::{Controller, Delta, EventType, Next, ObjectName, ReconcileError};

use crate::Context;

const NAME: &str = "persistentvolume-expander-controller";

/// Runs the controller. No kind of volume is made larger by the control plane
/// itself: drivers bring controllers of their own.
pub(crate) async fn run(context: Context) {
    let claims = context.informers.informer::<PersistentVolumeClaim>();
    let volumes = context.informers.informer::<PersistentVolume>();
    let recorder = context.recorder("volume_expand");
    let queue = context.queue::<ObjectName>();
    let to = queue.clone();
    claims.on_change(move |delta| {
        let claim = delta.object();
        let grows = delta.old().is_none_or(|old| old.spec != claim.spec) && wants_more(claim);
        if grows && !matches!(delta, Delta::Deleted { .. }) {
            to.add(ObjectName::of(&claim.metadata));
        }
    });
    claims.synced().await;
    volumes.synced().await;
    let cancel = context.cancel.clone();
    Controller::new(NAME, queue)
        .run(cancel, move |name| {
            let claim = claims.store().get(&name).filter(|claim| wants_more(claim));
            let is_bound = claim.as_ref().is_some_and(|claim| {
                let volume = volumes.get("", &claim.spec.volume_name);
                let held = volume.and_then(|volume| volume.spec.claim_ref.clone());
                held.is_some_and(|held| held.uid == claim.metadata.uid)
            });
            if let Some(claim) = claim.filter(|_| is_bound) {
                recorder.event(
                    &*claim,
                    EventType::Normal,
                    "ExternalExpanding",
                    "waiting for an external controller to expand this PVC",
                );
            }
            async { Ok::<_, ReconcileError>(Next::Done) }
        })
        .await;
}

fn wants_more(claim: &PersistentVolumeClaim) -> bool {
    let wanted = claim.spec.resources.requests.get("storage");
    let has = claim.status.capacity.get("storage");
    claim.status.phase == "Bound" && has.is_some() && wanted > has
}
