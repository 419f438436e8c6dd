//! Resources that are served in several forms and stored in one.

mod autoscaling;
mod devices;
mod events;

pub use autoscaling::{
    SPEC as AUTOSCALER_SPEC, STATUS as AUTOSCALER_STATUS, drop_hidden as drop_hidden_of_autoscaler,
    keep_hidden as keep_hidden_of_autoscaler, measures_more as autoscaler_measures_more,
    to_v2 as autoscaler_to_v2,
};

use crate::resource::Conversion;

/// How a served form differs from the stored one beside its apiVersion.
pub fn conversion(group: &str, version: &str, resource: &str) -> Option<Conversion> {
    let (to_storage, from_storage): (fn(&mut _), fn(&mut _)) = match (group, version, resource) {
        ("events.k8s.io", "v1", "events") => (events::to_core, events::from_core),
        ("autoscaling", "v1", "horizontalpodautoscalers") => {
            (autoscaling::to_stored, autoscaling::to_v1)
        }
        ("resource.k8s.io", "v1beta1", "resourceclaims") => {
            (devices::claim_to_v1, devices::claim_from_v1)
        }
        ("resource.k8s.io", "v1beta1", "resourceclaimtemplates") => {
            (devices::template_to_v1, devices::template_from_v1)
        }
        ("resource.k8s.io", "v1beta1", "resourceslices") => {
            (devices::slice_to_v1, devices::slice_from_v1)
        }
        _ => return None,
    };
    Some(Conversion {
        to_storage,
        from_storage,
    })
}
