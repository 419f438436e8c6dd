//! What was decided for claims, written into volumes and claims; the controller
//! of volumes does the rest.

use skeg_api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use skeg_client::{Api, Client, Error};
use skeg_meta::Status;
use skeg_runtime::reference;

use super::{ClaimKey, Step, is_bound, is_meant_for};

const BOUND_BY_CONTROLLER: &str = "pv.kubernetes.io/bound-by-controller";
const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";

/// Begins to give a claim its volume on a node.
pub(crate) async fn begin(
    client: &Client,
    claim: &ClaimKey,
    step: &Step,
    node: &str,
) -> Result<(), Error> {
    let claims = Api::<PersistentVolumeClaim>::namespaced(client.clone(), claim.0.clone());
    let held = claims.get(&claim.1).await?;
    if is_bound(&held) {
        return Ok(());
    }
    match step {
        Step::Take(name) => {
            let volumes = Api::<PersistentVolume>::all(client.clone());
            let volume = volumes.get(name).await?;
            if is_meant_for(&volume, &held) {
                return Ok(());
            }
            let mut next = PersistentVolume::clone(&volume);
            let annotations = &mut next.metadata.annotations;
            annotations.insert(BOUND_BY_CONTROLLER.to_owned(), "yes".to_owned());
            next.spec.claim_ref = Some(reference(&*held));
            volumes.update(next).await?;
        }
        Step::Make => {
            let mut next = PersistentVolumeClaim::clone(&held);
            let annotations = &mut next.metadata.annotations;
            annotations.insert(SELECTED_NODE.to_owned(), node.to_owned());
            claims.update(next).await?;
        }
    }
    Ok(())
}

/// A claim got no volume in time; in upstream's words.
pub(crate) fn too_late(claim: &ClaimKey) -> Error {
    tracing::info!(
        namespace = claim.0,
        claim = claim.1,
        "a claim got no volume in time"
    );
    Error::Api(Box::new(Status::plain_error("context deadline exceeded")))
}
