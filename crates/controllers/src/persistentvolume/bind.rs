//! Binding a claim to a volume.

use std::sync::Arc;
use std::time::Duration;

use skeg_api::core::v1::{Node, PersistentVolume, PersistentVolumeClaim, Pod};
use skeg_api::storage::v1::StorageClass;
use skeg_client::{Api, Error};
use skeg_meta::Time;
use skeg_runtime::{EventType, Next, ReconcileError, reference};

use super::Binder;
use super::find::{best, class_of, fault, is_for};

const BIND_COMPLETED: &str = "pv.kubernetes.io/bind-completed";
pub(super) const BOUND_BY_CONTROLLER: &str = "pv.kubernetes.io/bound-by-controller";
const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";
const PROVISIONER: &str = "volume.kubernetes.io/storage-provisioner";
const BETA_PROVISIONER: &str = "volume.beta.kubernetes.io/storage-provisioner";
const DEFAULT_CLASS: &str = "storageclass.kubernetes.io/is-default-class";
const IN_TREE: &str = "kubernetes.io/";
/// How large a volume was before it was resized without its claim.
const BEFORE_RESIZE: &str = "volume.alpha.kubernetes.io/pre-resize-capacity";
const YES: &str = "yes";
/// How often it is told again what a claim waits for (upstream's `PVClaimBinderSyncPeriod`).
const RESYNC: Duration = Duration::from_secs(15);
/// Kubernetes' own plugins that became drivers, and the names of these
/// (`k8s.io/csi-translation-lib`).
const MOVED: [(&str, &str); 7] = [
    ("gce-pd", "pd.csi.storage.gke.io"),
    ("aws-ebs", "ebs.csi.aws.com"),
    ("cinder", "cinder.csi.openstack.org"),
    ("azure-disk", "disk.csi.azure.com"),
    ("azure-file", "file.csi.azure.com"),
    ("vsphere-volume", "csi.vsphere.vmware.com"),
    ("portworx-volume", "pxd.portworx.com"),
];

impl Binder {
    fn claim_api(&self, claim: &PersistentVolumeClaim) -> Api<PersistentVolumeClaim> {
        let namespace = claim.metadata.namespace.as_str();
        Api::namespaced(self.context.client.clone(), namespace)
    }

    pub(super) fn volume_api(&self) -> Api<PersistentVolume> {
        Api::all(self.context.client.clone())
    }

    pub(super) async fn sync_claim(
        &self,
        claim: &Arc<PersistentVolumeClaim>,
    ) -> Result<Next, ReconcileError> {
        if claim.metadata.annotations.contains_key(BIND_COMPLETED) {
            return self.sync_bound(claim).await;
        }
        if !claim.spec.volume_name.is_empty() {
            return self.sync_named(claim).await;
        }
        let class = self.classes.get("", class_of(claim));
        let delay = class
            .as_ref()
            .is_some_and(|class| waits_for_consumer(class))
            && !claim.metadata.annotations.contains_key(SELECTED_NODE);
        let mut volumes = self.volumes.store().list();
        let consumer = if delay {
            self.consumer_node(claim)
        } else {
            None
        };
        if let Some(node) = &consumer {
            volumes.retain(|volume| is_reachable(volume, node));
        }
        if let Some(volume) = best(claim, &volumes, delay && consumer.is_none()) {
            return self.bind(&volume, claim).await;
        }
        if let Some(node) = consumer
            && class
                .as_ref()
                .is_some_and(|class| external(&class.provisioner).is_some())
        {
            // Whoever makes the volume makes it where the pod is.
            let mut next = PersistentVolumeClaim::clone(claim);
            let annotations = &mut next.metadata.annotations;
            annotations.insert(SELECTED_NODE.to_owned(), node.metadata.name.clone());
            self.claim_api(claim).update(next).await?;
            return Ok(Next::Done);
        }
        if delay {
            self.tell_waiting(claim);
        } else if !class_of(claim).is_empty() {
            if self.provision(claim, class.as_deref()).await? {
                // The change is looked at again.
                return Ok(Next::Done);
            }
        } else if claim.spec.storage_class_name.is_none()
            && let Some(class) = self.default_class()
        {
            let mut next = PersistentVolumeClaim::clone(claim);
            next.spec.storage_class_name = Some(class);
            self.claim_api(claim).update(next).await?;
            return Ok(Next::Done);
        } else {
            self.event(
                claim,
                EventType::Normal,
                "FailedBinding",
                "no persistent volumes available for this claim and no storage class is set",
            );
        }
        self.pend(claim).await
    }

    /// A claim that names its volume.
    async fn sync_named(&self, claim: &Arc<PersistentVolumeClaim>) -> Result<Next, ReconcileError> {
        let Some(volume) = self.volumes.get("", &claim.spec.volume_name) else {
            return self.pend(claim).await;
        };
        if volume.spec.claim_ref.is_none() {
            if let Some(fault) = fault(&volume, claim) {
                let name = &volume.metadata.name;
                let message = format!("Cannot bind to requested volume {name:?}: {fault}");
                self.event(claim, EventType::Warning, "VolumeMismatch", message);
                return self.pend(claim).await;
            }
            return self.bind(&volume, claim).await;
        }
        if is_for(&volume, claim) {
            return self.bind(&volume, claim).await;
        }
        let name = &volume.metadata.name;
        let message = format!("volume {name:?} already bound to a different claim.");
        self.event(claim, EventType::Warning, "FailedBinding", message);
        self.pend(claim).await
    }

    /// A claim that was bound once.
    async fn sync_bound(&self, claim: &Arc<PersistentVolumeClaim>) -> Result<Next, ReconcileError> {
        if claim.spec.volume_name.is_empty() {
            return self
                .lose(
                    claim,
                    "ClaimLost",
                    "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!",
                )
                .await;
        }
        let Some(volume) = self.volumes.get("", &claim.spec.volume_name) else {
            return self
                .lose(
                    claim,
                    "ClaimLost",
                    "Bound claim has lost its PersistentVolume. Data on the volume is lost!",
                )
                .await;
        };
        match &volume.spec.claim_ref {
            Some(held) if held.uid != claim.metadata.uid => {
                self.lose(
                    claim,
                    "ClaimMisbound",
                    "Two claims are bound to the same volume, this one is bound incorrectly",
                )
                .await
            }
            _ => self.bind(&volume, claim).await,
        }
    }

    /// Writes on both sides that they belong together: the volume first, so that
    /// a claim never says it has what another has got.
    async fn bind(
        &self,
        volume: &Arc<PersistentVolume>,
        claim: &Arc<PersistentVolumeClaim>,
    ) -> Result<Next, ReconcileError> {
        let volume = self.bind_volume(volume, claim).await?;
        let volume = self.phase(&volume, "Bound", "", "").await?;
        let mut claim = Arc::clone(claim);
        let mut next = PersistentVolumeClaim::clone(&claim);
        let annotations = &mut next.metadata.annotations;
        if next.spec.volume_name != volume.metadata.name {
            next.spec.volume_name.clone_from(&volume.metadata.name);
            annotations.insert(BOUND_BY_CONTROLLER.to_owned(), YES.to_owned());
        }
        annotations
            .entry(BIND_COMPLETED.to_owned())
            .or_insert_with(|| YES.to_owned());
        if next != *claim {
            claim = self.claim_api(&claim).update(next).await?;
        }
        let mut next = PersistentVolumeClaim::clone(&claim);
        let was_bound = next.status.phase == "Bound";
        next.status.phase = "Bound".to_owned();
        next.status
            .access_modes
            .clone_from(&volume.spec.access_modes);
        if !was_bound {
            // Later on whoever makes the volume larger, or another, says what it is.
            next.status.capacity.clone_from(&volume.spec.capacity);
            let before = volume.metadata.annotations.get(BEFORE_RESIZE);
            if let Some(size) = before.and_then(|size| size.parse().ok()) {
                next.status.capacity.insert("storage".to_owned(), size);
            }
            let class = &volume.spec.volume_attributes_class_name;
            next.status
                .current_volume_attributes_class_name
                .clone_from(class);
        }
        if next != *claim {
            self.claim_api(&claim).update_status(next).await?;
        }
        Ok(Next::Done)
    }

    async fn bind_volume(
        &self,
        volume: &Arc<PersistentVolume>,
        claim: &PersistentVolumeClaim,
    ) -> Result<Arc<PersistentVolume>, Error> {
        let known = volume.spec.claim_ref.as_ref();
        if known.is_some_and(|known| known.uid == claim.metadata.uid) && is_for(volume, claim) {
            return Ok(Arc::clone(volume));
        }
        let mut next = PersistentVolume::clone(volume);
        if !is_for(volume, claim) {
            let annotations = &mut next.metadata.annotations;
            annotations.insert(BOUND_BY_CONTROLLER.to_owned(), YES.to_owned());
        }
        next.spec.claim_ref = Some(reference(claim));
        self.volume_api().update(next).await
    }

    /// Writes a volume's phase, if it is another.
    pub(super) async fn phase(
        &self,
        volume: &Arc<PersistentVolume>,
        phase: &str,
        reason: &str,
        message: &str,
    ) -> Result<Arc<PersistentVolume>, Error> {
        if volume.status.phase == phase {
            return Ok(Arc::clone(volume));
        }
        let mut next = PersistentVolume::clone(volume);
        next.status.phase = phase.to_owned();
        next.status.reason = reason.to_owned();
        next.status.message = message.to_owned();
        next.status.last_phase_transition_time = Some(Time(self.context.clock.now()));
        self.volume_api().update_status(next).await
    }

    async fn pend(&self, claim: &PersistentVolumeClaim) -> Result<Next, ReconcileError> {
        self.claim_phase(claim, "Pending").await?;
        Ok(Next::After(RESYNC))
    }

    async fn lose(
        &self,
        claim: &PersistentVolumeClaim,
        reason: &str,
        message: &str,
    ) -> Result<Next, ReconcileError> {
        if self.claim_phase(claim, "Lost").await? {
            self.event(claim, EventType::Warning, reason, message);
        }
        Ok(Next::Done)
    }

    /// Writes the phase of a claim without a volume; whether it was another.
    async fn claim_phase(&self, claim: &PersistentVolumeClaim, phase: &str) -> Result<bool, Error> {
        let mut next = claim.clone();
        next.status.phase = phase.to_owned();
        next.status.access_modes.clear();
        next.status.capacity.clear();
        next.status.current_volume_attributes_class_name = None;
        if next == *claim {
            return Ok(false);
        }
        self.claim_api(claim).update_status(next).await?;
        Ok(claim.status.phase != phase)
    }

    /// The node of the first pod that uses the claim, once it has one.
    fn consumer_node(&self, claim: &PersistentVolumeClaim) -> Option<Arc<Node>> {
        let pods = self.pods.store().in_namespace(&claim.metadata.namespace);
        let mut placed = pods
            .iter()
            .filter(|pod| !pod.is_finished() && !pod.spec.node_name.is_empty());
        let user = placed.find(|pod| uses(pod, &claim.metadata.name))?;
        self.nodes.get("", &user.spec.node_name)
    }

    fn tell_waiting(&self, claim: &PersistentVolumeClaim) {
        let mut pods: Vec<String> = self
            .pods
            .store()
            .in_namespace(&claim.metadata.namespace)
            .iter()
            .filter(|pod| !pod.is_finished() && pod.spec.node_name.is_empty())
            .filter(|pod| uses(pod, &claim.metadata.name))
            .map(|pod| pod.metadata.name.clone())
            .collect();
        pods.sort_unstable();
        if pods.is_empty() {
            self.event(
                claim,
                EventType::Normal,
                "WaitForFirstConsumer",
                "waiting for first consumer to be created before binding",
            );
        } else {
            let message = if pods.len() == 1 {
                format!("waiting for pod {} to be scheduled", pods[0])
            } else {
                format!("waiting for pods {} to be scheduled", pods.join(","))
            };
            self.event(claim, EventType::Normal, "WaitForPodScheduled", message);
        }
    }

    /// Asks for a volume to be made; `true` when the claim was changed to do so.
    async fn provision(
        &self,
        claim: &PersistentVolumeClaim,
        class: Option<&StorageClass>,
    ) -> Result<bool, Error> {
        let Some(class) = class else {
            let name = class_of(claim);
            let message = format!("storageclass.storage.k8s.io \"{name}\" not found");
            self.event(claim, EventType::Warning, "ProvisioningFailed", message);
            return Ok(false);
        };
        let Some(provisioner) = external(&class.provisioner) else {
            let message = format!("no volume plugin matched name: {}", class.provisioner);
            self.event(claim, EventType::Warning, "ProvisioningFailed", message);
            return Ok(false);
        };
        let mut next = claim.clone();
        for key in [PROVISIONER, BETA_PROVISIONER] {
            let annotations = &mut next.metadata.annotations;
            annotations.insert(key.to_owned(), provisioner.to_owned());
        }
        if next != *claim {
            self.claim_api(claim).update(next).await?;
            return Ok(true);
        }
        let message = format!(
            "Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered."
        );
        self.event(claim, EventType::Normal, "ExternalProvisioning", message);
        Ok(false)
    }

    fn default_class(&self) -> Option<String> {
        let classes = self.classes.store().list();
        let default = |class: &&Arc<StorageClass>| {
            let annotation = class.metadata.annotations.get(DEFAULT_CLASS);
            annotation.is_some_and(|value| value == "true")
        };
        // The newest, as admission takes it too.
        let newest = classes.iter().filter(default).max_by_key(|class| {
            let created = class.metadata.creation_timestamp.map(|time| time.0);
            (created, std::cmp::Reverse(class.metadata.name.clone()))
        });
        newest.map(|class| class.metadata.name.clone())
    }

    pub(super) fn event(
        &self,
        claim: &PersistentVolumeClaim,
        kind: EventType,
        reason: &str,
        message: impl Into<String>,
    ) {
        self.recorder.event(claim, kind, reason, message);
    }
}

/// Who makes the volumes of a class; None where no program outside does. Kubernetes' own
/// plugins have moved to drivers.
fn external(provisioner: &str) -> Option<&str> {
    match provisioner.strip_prefix(IN_TREE) {
        None => Some(provisioner),
        Some(moved) => {
            let driver = MOVED.iter().find(|(plugin, _)| *plugin == moved);
            driver.map(|(_, driver)| *driver)
        }
    }
}

/// Whether a pod uses a claim, be it one that is made for the pod.
fn uses(pod: &Pod, claim: &str) -> bool {
    claims_of(pod).any(|used| used == claim)
}

/// The names of the claims that a pod uses.
pub(super) fn claims_of(pod: &Pod) -> impl Iterator<Item = String> {
    pod.spec.volumes.iter().filter_map(|volume| {
        let named = volume.persistent_volume_claim.as_ref();
        let own = volume.ephemeral.as_ref();
        let own = own.map(|_| format!("{}-{}", pod.metadata.name, volume.name));
        named.map(|source| source.claim_name.clone()).or(own)
    })
}

fn is_reachable(volume: &PersistentVolume, node: &Node) -> bool {
    let affinity = volume.spec.node_affinity.as_ref();
    affinity
        .and_then(|affinity| affinity.required.as_ref())
        .is_none_or(|required| crate::daemonset::node_matches(required, node))
}

fn waits_for_consumer(class: &StorageClass) -> bool {
    class.volume_binding_mode.as_deref() == Some("WaitForFirstConsumer")
}

#[cfg(test)]
mod tests {
    use skeg_api::core::v1::Volume;

    use super::*;

    #[test]
    fn plugins_that_became_drivers_make_volumes() {
        assert_eq!(external("example.com/disks"), Some("example.com/disks"));
        assert_eq!(
            external("kubernetes.io/gce-pd"),
            Some("pd.csi.storage.gke.io")
        );
        assert_eq!(external("kubernetes.io/no-provisioner"), None);
    }

    #[test]
    fn a_pod_uses_the_claims_that_are_made_for_it() {
        let mut pod = Pod::default();
        pod.metadata.name = "p".into();
        pod.spec.volumes = vec![Volume {
            name: "e".into(),
            ephemeral: Some(Box::default()),
            ..Default::default()
        }];
        assert!(uses(&pod, "p-e") && !uses(&pod, "e"));
    }
}
