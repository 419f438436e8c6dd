//! What pods are told of the volumes that they wait for.

use std::sync::Arc;

use skeg_api::core::v1::Pod;
use skeg_api::storage::v1::VolumeAttachment;
use skeg_runtime::{Delta, EventType};
use skeg_schema::go::quote;

use super::{Attacher, Use};

const FAILED: &str = "FailedAttachVolume";
const ATTACHED: &str = "SuccessfulAttachVolume";

impl Attacher {
    /// Tells the pods on a node that their volume is at others.
    pub(super) fn tell_refused(&self, node: &str, one: &Use, others: &[String]) {
        let holders: Vec<Arc<Pod>> = others
            .iter()
            .flat_map(|other| self.users(other, &one.volume))
            .collect();
        for pod in self.users(node, &one.volume) {
            let why = held_by(&pod, &holders);
            let text = format!("Multi-Attach error for volume {} {why}", quote(&one.volume));
            self.recorder
                .event(&*pod, EventType::Warning, FAILED, &text);
        }
    }

    /// Tells pods what became of an attachment.
    pub(super) fn tell_outcome(&self, delta: &Delta<'_, VolumeAttachment>) {
        let Delta::Updated { old, new } = delta else {
            return;
        };
        let Some(volume) = new.spec.source.persistent_volume_name.as_deref() else {
            return;
        };
        let tell = |kind: EventType, reason: &str, text: &str| {
            for pod in self.users(&new.spec.node_name, volume) {
                self.recorder.event(&*pod, kind, reason, text);
            }
        };
        if new.status.attached && !old.status.attached {
            // Upstream's sentence has a place behind it for more.
            let text = format!(
                "AttachVolume.Attach succeeded for volume {} ",
                quote(volume)
            );
            tell(EventType::Normal, ATTACHED, &text);
        }
        if let Some(error) = &new.status.attach_error
            && old.status.attach_error != new.status.attach_error
        {
            let text = format!(
                "AttachVolume.Attach failed for volume {} : {}",
                quote(volume),
                error.message
            );
            tell(EventType::Warning, FAILED, &text);
        }
    }
}

/// Who holds a volume that another pod wants; names of other namespaces are kept from it.
fn held_by(pod: &Pod, holders: &[Arc<Pod>]) -> String {
    let (near, far): (Vec<_>, Vec<_>) = holders
        .iter()
        .partition(|one| one.metadata.namespace == pod.metadata.namespace);
    let names: Vec<&str> = near.iter().map(|one| one.metadata.name.as_str()).collect();
    match (names.as_slice(), far.len()) {
        ([], 0) => {
            "Volume is already exclusively attached to one node and can't be attached to another"
                .to_owned()
        }
        ([], far) => format!("Volume is already used by {far} pod(s) in different namespaces"),
        (names, 0) => format!("Volume is already used by pod(s) {}", names.join(", ")),
        (names, far) => format!(
            "Volume is already used by pod(s) {} and {far} pod(s) in different namespaces",
            names.join(", ")
        ),
    }
}
