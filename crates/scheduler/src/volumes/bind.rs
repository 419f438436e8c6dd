//! What was decided for claims, written into volumes and claims; the controller
//! of volumes does the rest.

use skeg_api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use skeg_client::{Api, Client, Error};
use skeg_meta::Status;
use skeg_runtime::reference;

use skeg_schema::go::quote;

use super::{ClaimKey, Step, is_bound, is_meant_for, reaches};
use crate::snapshot::Snapshot;

const BOUND_BY_CONTROLLER: &str = "pv.kubernetes.io/bound-by-controller";
const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";

/// Begins to give a claim its volume on a node. The version of the claim that says so, if it
/// must say something.
pub(crate) async fn begin(
    client: &Client,
    claim: &ClaimKey,
    step: &Step,
    node: &str,
) -> Result<Option<u64>, Error> {
    let claims = Api::<PersistentVolumeClaim>::namespaced(client.clone(), claim.0.clone());
    let held = claims.get(&claim.1).await?;
    if is_bound(&held) {
        return Ok(None);
    }
    match step {
        Step::Take(name) => {
            let volumes = Api::<PersistentVolume>::all(client.clone());
            let volume = volumes.get(name).await?;
            if is_meant_for(&volume, &held) {
                return Ok(None);
            }
            let mut next = PersistentVolume::clone(&volume);
            let annotations = &mut next.metadata.annotations;
            annotations.insert(BOUND_BY_CONTROLLER.to_owned(), "yes".to_owned());
            next.spec.claim_ref = Some(reference(&*held));
            volumes.update(next).await?;
            Ok(None)
        }
        Step::Make => {
            let mut next = PersistentVolumeClaim::clone(&held);
            let annotations = &mut next.metadata.annotations;
            annotations.insert(SELECTED_NODE.to_owned(), node.to_owned());
            let written = claims.update(next).await?;
            Ok(version(&written))
        }
    }
}

fn version(claim: &PersistentVolumeClaim) -> Option<u64> {
    claim.metadata.resource_version.parse().ok()
}

/// A claim that was asked to get its volume on a node.
pub(crate) struct Asked<'a> {
    claim: &'a ClaimKey,
    node: &'a str,
    /// The version in which it was given the node: without it, later ones are given back.
    written: Option<u64>,
}

impl<'a> Asked<'a> {
    pub fn new(claim: &'a ClaimKey, node: &'a str, written: Option<u64>) -> Self {
        Self {
            claim,
            node,
            written,
        }
    }

    /// Whether the claim has its volume.
    ///
    /// # Errors
    ///
    /// It will get none on this node; in the words of upstream's `checkBindings`.
    pub fn has_its_volume(&self, snapshot: &Snapshot) -> Result<bool, String> {
        let (namespace, name) = self.claim;
        let node = snapshot.node(self.node).and_then(|info| info.node.as_ref());
        let Some(node) = node else {
            let node = quote(self.node);
            return Err(format!("failed to get node {node}: node {node} not found"));
        };
        let volumes = snapshot.volumes();
        let Some(held) = volumes.claim(self.claim) else {
            let full = quote(&format!("{namespace}/{name}"));
            let why = format!("could not find v1.PersistentVolumeClaim {full}");
            return Err(format!("failed to check provisioning pvc: {why}"));
        };
        if self.written.is_some() && version(held) >= self.written {
            let chosen = held.metadata.annotations.get(SELECTED_NODE);
            if chosen.is_none_or(|chosen| chosen != self.node) {
                return Err(format!("provisioning failed for PVC {}", quote(name)));
            }
        }
        if !is_bound(held) {
            return Ok(false);
        }
        let Some(volume) = volumes.volume(&held.spec.volume_name) else {
            return Ok(false);
        };
        if !reaches(volume, node) {
            return Err(format!(
                "pv {} node affinity doesn't match node {}: no matching NodeSelectorTerms",
                quote(&volume.metadata.name),
                quote(self.node)
            ));
        }
        Ok(true)
    }
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
