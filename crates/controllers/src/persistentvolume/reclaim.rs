//! What becomes of a volume: whose it is, and what happens when that claim goes.

use std::path::{Component, Path};
use std::sync::Arc;

use skeg_api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use skeg_client::{Api, DeleteOptions, Error};
use skeg_runtime::{EventType, Next, ReconcileError};

use super::bind::BOUND_BY_CONTROLLER;
use super::{Binder, Task};
use skeg_runtime::ObjectName;

const PROVISIONED_BY: &str = "pv.kubernetes.io/provisioned-by";
/// Directories of this one are removed with their volumes, others never.
const TEMPORARY: &str = "/tmp";

impl Binder {
    pub(super) async fn sync_volume(
        &self,
        volume: &Arc<PersistentVolume>,
    ) -> Result<Next, ReconcileError> {
        let held = match &volume.spec.claim_ref {
            Some(held) if !held.uid.is_empty() => held,
            // Nobody's, or kept for a claim that is still to come.
            _ => {
                self.phase(volume, "Available", "", "").await?;
                return Ok(Next::Done);
            }
        };
        let claim = self.claim(&held.namespace, &held.name).await?;
        let Some(claim) = claim.filter(|claim| claim.metadata.uid == held.uid) else {
            return self.release(volume).await;
        };
        if claim.spec.volume_name == volume.metadata.name {
            self.phase(volume, "Bound", "", "").await?;
        } else if claim.spec.volume_name.is_empty() {
            // Half bound: the claim's turn.
            let name = ObjectName::of(&claim.metadata);
            self.queue.add(Task::Claim(name));
        } else if provisioned(volume) && policy(volume) == "Delete" {
            return self.release(volume).await;
        } else {
            self.unbind(volume).await?;
        }
        Ok(Next::Done)
    }

    async fn claim(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<Option<Arc<PersistentVolumeClaim>>, Error> {
        if let Some(claim) = self.claims.get(namespace, name) {
            return Ok(Some(claim));
        }
        // The cache may be behind, and what follows cannot be undone.
        let api = Api::<PersistentVolumeClaim>::namespaced(self.context.client.clone(), namespace);
        api.get_opt(name).await
    }

    /// The claim has another volume: this one is free again.
    async fn unbind(&self, volume: &PersistentVolume) -> Result<(), Error> {
        let mut next = volume.clone();
        if next
            .metadata
            .annotations
            .remove(BOUND_BY_CONTROLLER)
            .is_some()
        {
            next.spec.claim_ref = None;
        } else if let Some(held) = &mut next.spec.claim_ref {
            held.uid.clear();
        }
        let next = self.volume_api().update(next).await?;
        self.phase(&next, "Available", "", "").await?;
        Ok(())
    }

    async fn release(&self, volume: &Arc<PersistentVolume>) -> Result<Next, ReconcileError> {
        let mut volume = Arc::clone(volume);
        if !matches!(volume.status.phase.as_str(), "Released" | "Failed") {
            volume = self.phase(&volume, "Released", "", "").await?;
        }
        match policy(&volume) {
            "Delete" => self.delete(&volume).await?,
            "Recycle" => {
                let words = "No recycler plugin found for the volume!";
                self.fail(&volume, "VolumeFailedRecycle", words).await?;
            }
            _ => {}
        }
        Ok(Next::Done)
    }

    async fn delete(&self, volume: &Arc<PersistentVolume>) -> Result<(), Error> {
        const REASON: &str = "VolumeFailedDelete";
        if provisioned(volume) || volume.metadata.is_deleting() {
            // Whoever made it removes it.
            return Ok(());
        }
        let Some(source) = &volume.spec.host_path else {
            let name = &volume.metadata.name;
            let words = format!(
                "error getting deleter volume plugin for volume {name:?}: no deletable volume plugin matched"
            );
            return self.fail(volume, REASON, &words).await;
        };
        let path = Path::new(&source.path);
        if !is_temporary(path) {
            let words = format!(
                "host_path deleter only supports /tmp/.+ but received provided {}",
                source.path
            );
            return self.fail(volume, REASON, &words).await;
        }
        if let Err(error) = tokio::fs::remove_dir_all(path).await
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return self.fail(volume, REASON, &error.to_string()).await;
        }
        let options = DeleteOptions::default().uid(&*volume.metadata.uid);
        match self
            .volume_api()
            .delete(&volume.metadata.name, &options)
            .await
        {
            Err(error) if error.is_not_found() => Ok(()),
            result => result.map(drop),
        }
    }

    async fn fail(
        &self,
        volume: &Arc<PersistentVolume>,
        reason: &str,
        message: &str,
    ) -> Result<(), Error> {
        if volume.status.phase != "Failed" {
            self.phase(volume, "Failed", "", message).await?;
            self.recorder
                .event(&**volume, EventType::Warning, reason, message);
        }
        Ok(())
    }
}

fn policy(volume: &PersistentVolume) -> &str {
    &volume.spec.persistent_volume_reclaim_policy
}

fn provisioned(volume: &PersistentVolume) -> bool {
    volume.metadata.annotations.contains_key(PROVISIONED_BY)
}

fn is_temporary(path: &Path) -> bool {
    path.strip_prefix(TEMPORARY).is_ok_and(|rest| {
        rest.components().next().is_some()
            && rest
                .components()
                .all(|part| matches!(part, Component::Normal(_)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_temporary_directories_are_removed() {
        for (path, expect) in [
            ("/tmp/a", true),
            ("/tmp/a/b", true),
            ("/tmp", false),
            ("/tmp/", false),
            ("/tmp/../etc", false),
            ("/data/x", false),
            ("/tmpx/a", false),
        ] {
            assert_eq!(is_temporary(Path::new(path)), expect, "{path}");
        }
    }
}
