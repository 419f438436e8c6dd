//! Claims, volumes, namespaces.

use skeg_meta::Quantity;

use crate::core::v1::{Namespace, PersistentVolume, PersistentVolumeClaim};

impl PersistentVolumeClaim {
    /// Whether the claim has its volume.
    #[must_use]
    pub fn is_bound(&self) -> bool {
        self.status.phase == "Bound"
    }

    /// How much the claim asks for.
    #[must_use]
    pub fn requested_storage(&self) -> Option<Quantity> {
        self.spec.resources.requests.get("storage").copied()
    }

    /// How much the claim has.
    #[must_use]
    pub fn capacity(&self) -> Option<Quantity> {
        self.status.capacity.get("storage").copied()
    }

    /// The claim's storage class: the field, else the annotation that came
    /// before it. None is the default class, the empty name is no class.
    #[must_use]
    pub fn storage_class(&self) -> Option<&str> {
        let annotation = "volume.beta.kubernetes.io/storage-class";
        self.metadata
            .annotations
            .get(annotation)
            .or(self.spec.storage_class_name.as_ref())
            .map(String::as_str)
    }
}

impl PersistentVolume {
    /// Whether a claim has the volume.
    #[must_use]
    pub fn is_bound(&self) -> bool {
        self.status.phase == "Bound"
    }
}

impl Namespace {
    /// Whether the namespace takes new objects.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status.phase != "Terminating" && !self.metadata.is_deleting()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims() {
        let claim: PersistentVolumeClaim = serde_json::from_str(
            r#"{"spec": {"storageClassName": "fast", "resources": {"requests": {"storage": "1Gi"}}},
                "status": {"phase": "Bound", "capacity": {"storage": "2Gi"}}}"#,
        )
        .unwrap();
        assert!(claim.is_bound());
        assert_eq!(claim.storage_class(), Some("fast"));
        assert!(claim.capacity() > claim.requested_storage());
        assert_eq!(PersistentVolumeClaim::default().storage_class(), None);
    }
}
