//! Keeps claims and volumes that are deleted until nobody uses them: admission
//! gives them a finalizer, which is taken away here.

mod classes;

use std::sync::Arc;

use skeg_api::core::v1::{
    PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimCondition, Pod,
};
use skeg_client::Api;
use skeg_meta::{ObjectMeta, Time};
use skeg_runtime::{Controller, Delta, Informer, Next, ObjectName, ReconcileError, StoreIndex};

use crate::Context;
use crate::workload::unless_gone;

pub(crate) use classes::run as run_classes;

const CLAIM_FINALIZER: &str = "kubernetes.io/pvc-protection";
const VOLUME_FINALIZER: &str = "kubernetes.io/pv-protection";
const UNUSED: &str = "Unused";
const KEPT: StoreIndex<Pod, ObjectName> = StoreIndex::new("volumeprotection.kept", kept_by);
const USED: StoreIndex<Pod, ObjectName> = StoreIndex::new("volumeprotection.used", used_by);

/// Whether an object is only held by a finalizer that may be taken away.
fn is_candidate(meta: &ObjectMeta, finalizer: &str) -> bool {
    meta.is_deleting() && meta.finalizers.iter().any(|held| held == finalizer)
}

/// The claims that a pod names, and which of them is made for the pod alone.
fn named(pod: &Pod) -> impl Iterator<Item = (ObjectName, bool)> {
    pod.spec.volumes.iter().filter_map(|volume| {
        let (name, own) = match &volume.persistent_volume_claim {
            Some(claim) => (claim.claim_name.clone(), false),
            None if volume.ephemeral.is_some() => {
                (format!("{}-{}", pod.metadata.name, volume.name), true)
            }
            None => return None,
        };
        Some((ObjectName::new(&*pod.metadata.namespace, name), own))
    })
}

/// The claims that a pod keeps from being deleted. One that is on no node keeps
/// none yet, and will not be let near a claim that is being deleted.
fn kept_by(pod: &Pod) -> Vec<ObjectName> {
    let ended = pod.is_finished();
    named(pod)
        .filter(|(_, own)| !(pod.spec.node_name.is_empty() || *own && ended))
        .map(|(name, _)| name)
        .collect()
}

/// The claims that a pod is told to use: as long as it has not ended, on a node or not.
fn used_by(pod: &Pod) -> Vec<ObjectName> {
    if pod.is_finished() {
        return Vec::new();
    }
    named(pod).map(|(name, _)| name).collect()
}

/// Runs the controller that protects claims.
pub(crate) async fn run_claims(context: Context) {
    let claims: Informer<PersistentVolumeClaim> = context.informers.informer();
    let pods: Informer<Pod> = context.informers.informer();
    let queue = context.queue::<ObjectName>();
    let handler = queue.clone();
    claims.on_change(move |delta| {
        if !matches!(delta, Delta::Deleted { .. }) {
            handler.add(ObjectName::of(&delta.object().metadata));
        }
    });
    let handler = queue.clone();
    pods.on_change(move |delta| {
        let both = |pod: &Pod| (kept_by(pod), used_by(pod));
        let after = both(delta.object());
        let before = delta.old().map(|old| both(old)).unwrap_or_default();
        if after != before || matches!(delta, Delta::Deleted { .. }) {
            for claims in [after.0, after.1, before.0, before.1] {
                claims.into_iter().for_each(|claim| handler.add(claim));
            }
        }
    });
    claims.synced().await;
    pods.synced().await;
    let cancel = context.cancel.clone();
    Controller::new("pvc-protection", queue)
        .run(cancel, move |name| {
            let (context, claims, pods) = (context.clone(), claims.clone(), pods.clone());
            async move { unless_gone(release_claim(&context, &claims, &pods, &name).await) }
        })
        .await;
}

async fn release_claim(
    context: &Context,
    claims: &Informer<PersistentVolumeClaim>,
    pods: &Informer<Pod>,
    name: &ObjectName,
) -> Result<Next, ReconcileError> {
    let Some(claim) = claims.store().get(name) else {
        return Ok(Next::Done);
    };
    let any = |index| !pods.store().by_index(index, name).is_empty();
    if !claim.metadata.is_deleting() {
        // One that has nothing yet is not idle.
        if claim.status.phase != "Bound" {
            return Ok(Next::Done);
        }
        return say_whether_used(context, &claim, any(&USED)).await;
    }
    if any(&KEPT) || !is_candidate(&claim.metadata, CLAIM_FINALIZER) {
        return Ok(Next::Done);
    }
    let mut released = PersistentVolumeClaim::clone(&claim);
    let finalizers = &mut released.metadata.finalizers;
    finalizers.retain(|held| held != CLAIM_FINALIZER);
    let api = Api::<PersistentVolumeClaim>::namespaced(context.client.clone(), &*name.namespace);
    api.update(released).await?;
    Ok(Next::Done)
}

/// Keeps the condition up that tells whether any pod has the claim.
async fn say_whether_used(
    context: &Context,
    claim: &PersistentVolumeClaim,
    used: bool,
) -> Result<Next, ReconcileError> {
    let (status, reason, message) = if used {
        (
            "False",
            "PodUsingPVC",
            "A pod is currently referencing this PVC",
        )
    } else {
        (
            "True",
            "NoPodsUsingPVC",
            "No pods are currently referencing this PVC",
        )
    };
    let mut next = claim.clone();
    let conditions = &mut next.status.conditions;
    if conditions
        .iter()
        .any(|known| known.type_ == UNUSED && known.status == status)
    {
        return Ok(Next::Done);
    }
    conditions.retain(|known| known.type_ != UNUSED);
    conditions.push(PersistentVolumeClaimCondition {
        type_: UNUSED.to_owned(),
        status: status.to_owned(),
        reason: reason.to_owned(),
        message: message.to_owned(),
        last_transition_time: Some(Time(context.clock.now())),
        ..PersistentVolumeClaimCondition::default()
    });
    let client = context.client.clone();
    let api = Api::<PersistentVolumeClaim>::namespaced(client, &*claim.metadata.namespace);
    api.update_status(next).await?;
    Ok(Next::Done)
}

/// Runs the controller that protects volumes.
pub(crate) async fn run_volumes(context: Context) {
    let volumes: Informer<PersistentVolume> = context.informers.informer();
    let queue = context.queue::<ObjectName>();
    let handler = queue.clone();
    volumes.on_change(move |delta| {
        if is_candidate(&delta.object().metadata, VOLUME_FINALIZER) {
            handler.add(ObjectName::of(&delta.object().metadata));
        }
    });
    volumes.synced().await;
    let cancel = context.cancel.clone();
    Controller::new("pv-protection", queue)
        .run(cancel, move |name| {
            let (context, volumes) = (context.clone(), volumes.clone());
            async move { unless_gone(release_volume(&context, volumes.store().get(&name)).await) }
        })
        .await;
}

async fn release_volume(
    context: &Context,
    volume: Option<Arc<PersistentVolume>>,
) -> Result<Next, ReconcileError> {
    let Some(volume) = volume.filter(|volume| is_candidate(&volume.metadata, VOLUME_FINALIZER))
    else {
        return Ok(Next::Done);
    };
    // A claim has it.
    if volume.status.phase == "Bound" {
        return Ok(Next::Done);
    }
    let mut released = PersistentVolume::clone(&volume);
    let finalizers = &mut released.metadata.finalizers;
    finalizers.retain(|held| held != VOLUME_FINALIZER);
    let api = Api::<PersistentVolume>::all(context.client.clone());
    api.update(released).await?;
    Ok(Next::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_api::core::v1::{PersistentVolumeClaimVolumeSource, Volume};
    use skeg_runtime::ManualClock;
    use skeg_runtime::testing::FakeApi;
    use tokio_util::sync::CancellationToken;

    fn claim(name: &str) -> PersistentVolumeClaim {
        let metadata = ObjectMeta::named("a", name);
        let mut claim = PersistentVolumeClaim {
            metadata,
            ..PersistentVolumeClaim::default()
        };
        claim.metadata.finalizers.push(CLAIM_FINALIZER.to_owned());
        claim.metadata.deletion_timestamp = Some(Time(jiff::Timestamp::UNIX_EPOCH));
        claim
    }

    fn pod(node: &str, claim: &str) -> Pod {
        let metadata = ObjectMeta::named("a", format!("of-{claim}"));
        let mut pod = Pod {
            metadata,
            ..Pod::default()
        };
        pod.spec.node_name = node.to_owned();
        let source = PersistentVolumeClaimVolumeSource {
            claim_name: claim.to_owned(),
            read_only: false,
        };
        pod.spec.volumes.push(Volume {
            persistent_volume_claim: Some(source),
            ..Volume::default()
        });
        pod
    }

    #[tokio::test]
    async fn a_claim_goes_when_no_pod_on_a_node_has_it() {
        let (api, cancel) = (FakeApi::new(), CancellationToken::new());
        for name in ["used", "free", "unscheduled"] {
            api.put(&claim(name));
        }
        api.put(&pod("n", "used"));
        api.put(&pod("", "unscheduled"));
        let clock = ManualClock::new();
        let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
        let running = tokio::spawn(run_claims(context));
        let held = |api: &FakeApi, name: &str| {
            let claim = api.get::<PersistentVolumeClaim>("a", name);
            claim.is_some_and(|claim| !claim.metadata.finalizers.is_empty())
        };
        api.until("what nobody uses is let go", |api| {
            !held(api, "free") && !held(api, "unscheduled")
        })
        .await;
        assert!(held(&api, "used"));
        api.remove::<Pod>("a", "of-used");
        api.until("the last is let go", |api| !held(api, "used"))
            .await;
        cancel.cancel();
        running.await.expect("it ends");
    }

    #[tokio::test]
    async fn who_waits_for_a_node_uses_a_claim_and_who_has_ended_does_not() {
        let (api, cancel) = (FakeApi::new(), CancellationToken::new());
        for name in ["idle", "waiting", "ended"] {
            let mut claim = claim(name);
            claim.metadata.deletion_timestamp = None;
            claim.status.phase = "Bound".into();
            api.put(&claim);
        }
        api.put(&pod("", "waiting"));
        api.put(&pod("n", "ended"));
        let clock = ManualClock::new();
        let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
        let running = tokio::spawn(run_claims(context));
        let told = |api: &FakeApi| {
            ["idle", "waiting", "ended"].map(|name| {
                let claim = api.get::<PersistentVolumeClaim>("a", name);
                let unused = claim.and_then(|claim| claim.status.conditions.last().cloned());
                unused.map(|unused| unused.status).unwrap_or_default()
            })
        };
        api.until("each is told of", |api| {
            told(api) == ["True", "False", "False"]
        })
        .await;
        let mut ended = pod("n", "ended");
        ended.status.phase = "Succeeded".into();
        api.put(&ended);
        api.remove::<Pod>("a", "of-waiting");
        api.until("all are idle", |api| told(api) == ["True"; 3])
            .await;
        cancel.cancel();
        running.await.expect("it ends");
    }
}
