//! Tells in a pod's status that somebody, not the pod, ended it (KEP-3329).

use jiff::Timestamp;
use skeg_api::core::v1::Pod;
use skeg_client::{Api, DeleteOptions, Error, Patch};
use skeg_meta::Time;
use skeg_schema::{Object, Value, json};

use crate::Context;

const DISRUPTION_TARGET: &str = "DisruptionTarget";

/// Why a pod is taken away.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Disruption {
    pub(crate) reason: &'static str,
    pub(crate) message: &'static str,
}

/// A patch of a pod's status: a phase, and the condition that tells why the pod goes.
pub(crate) fn status_patch(
    pod: &Pod,
    phase: Option<&str>,
    why: Option<Disruption>,
    now: Timestamp,
) -> Patch {
    let mut status = Object::default();
    if pod.metadata.generation != 0 {
        status.insert("observedGeneration", pod.metadata.generation);
    }
    if let Some(phase) = phase {
        status.insert("phase", phase);
    }
    if let Some(why) = why {
        let held = pod
            .status
            .conditions
            .iter()
            .find(|held| held.type_ == DISRUPTION_TARGET);
        let since = held
            .filter(|held| held.status == "True")
            .and_then(|held| held.last_transition_time);
        let mut condition = Object::default();
        condition.insert("type", DISRUPTION_TARGET);
        condition.insert("status", "True");
        condition.insert("reason", why.reason);
        condition.insert("message", why.message);
        condition.insert("lastTransitionTime", since.unwrap_or(Time(now)).to_string());
        if pod.metadata.generation != 0 {
            condition.insert("observedGeneration", pod.metadata.generation);
        }
        // New conditions stand after those there are.
        let others = pod
            .status
            .conditions
            .iter()
            .map(|held| held.type_.as_str())
            .filter(|kind| *kind != DISRUPTION_TARGET);
        let order: Vec<Value> = others
            .chain([DISRUPTION_TARGET])
            .map(|kind| json!({"type": kind}))
            .collect();
        status.insert("$setElementOrder/conditions", order);
        status.insert("conditions", vec![Value::Object(condition)]);
    }
    let mut metadata = Object::default();
    metadata.insert("uid", pod.metadata.uid.as_str());
    let mut patch = Object::default();
    patch.insert("metadata", metadata);
    patch.insert("status", status);
    Patch::Strategic(Value::Object(patch))
}

/// Tells why a pod goes, then deletes it. Says whether it was there to be deleted.
pub(crate) async fn evict(context: &Context, pod: &Pod, why: Disruption) -> Result<bool, Error> {
    let meta = &pod.metadata;
    let api = Api::<Pod>::namespaced(context.client.clone(), meta.namespace.as_str());
    let patch = status_patch(pod, None, Some(why), context.clock.now());
    match api
        .patch_status(&meta.name, &patch, &Default::default())
        .await
    {
        Err(error) if error.is_not_found() => return Ok(false),
        result => drop(result?),
    }
    // Another pod of that name stays.
    let options = DeleteOptions::default().uid(meta.uid.as_str());
    match api.delete(&meta.name, &options).await {
        Err(error) if error.is_not_found() || error.is_conflict() => Ok(false),
        result => result.map(|_| true),
    }
}
