//! Claims of pods that live as long as these.

use std::sync::Arc;

use skeg_api::core::v1::{PersistentVolumeClaim, Pod, Volume};
use skeg_client::{Api, Error};
use skeg_meta::{Object, ObjectMeta};
use skeg_runtime::{
    Controller, Delta, EventType, Next, ObjectName, ReconcileError, is_controlled_by,
};

use crate::Context;
use crate::workload::unless_gone;

const NAME: &str = "ephemeral-volume-controller";
const WORKERS: usize = 5;

/// Runs the controller that makes claims for pods' ephemeral volumes.
pub(crate) async fn run(context: Context) {
    let pods = context.informers.informer::<Pod>();
    let claims = context.informers.informer::<PersistentVolumeClaim>();
    let recorder = context.recorder("ephemeral_volume");
    let queue = context.queue::<ObjectName>();
    let to = queue.clone();
    pods.on_change(move |delta| {
        let pod = delta.object();
        let has = pod.spec.volumes.iter().any(|v| v.ephemeral.is_some());
        if has && !matches!(delta, Delta::Deleted { .. }) {
            to.add(ObjectName::of(&pod.metadata));
        }
    });
    let (to, known) = (queue.clone(), pods.clone());
    claims.on_change(move |delta| {
        if matches!(delta, Delta::Deleted { .. })
            && let Some(owner) = delta.object().metadata.controller()
            && owner.kind == "Pod"
        {
            let namespace = &delta.object().metadata.namespace;
            if let Some(pod) = known.get(namespace, &owner.name) {
                to.add(ObjectName::of(&pod.metadata));
            }
        }
    });
    pods.synced().await;
    claims.synced().await;
    let cancel = context.cancel.clone();
    Controller::new(NAME, queue)
        .workers(WORKERS)
        .run(cancel, move |name| {
            let (pod, context) = (pods.store().get(&name), context.clone());
            let (claims, recorder) = (claims.clone(), recorder.clone());
            async move {
                let Some(pod) = pod.filter(|pod| !pod.metadata.is_deleting()) else {
                    return Ok(Next::Done);
                };
                for volume in &pod.spec.volumes {
                    let Some(claim) = wanted(&pod, volume) else {
                        continue;
                    };
                    let known = claims.get(&claim.metadata.namespace, &claim.metadata.name);
                    if known
                        .is_some_and(|known| is_controlled_by(&known.metadata, &pod.metadata.uid))
                    {
                        continue;
                    }
                    let name = claim.metadata.name.clone();
                    if let Err(error) = make(&context, &pod, claim).await {
                        let doing = match error.downcast_ref::<Error>() {
                            Some(_) => format!("create PVC {name}: "),
                            None => String::new(),
                        };
                        let message = format!("ephemeral volume {}: {doing}{error}", volume.name);
                        recorder.event(&*pod, EventType::Warning, "FailedBinding", message);
                        return unless_gone(Err(error));
                    }
                }
                Ok(Next::Done)
            }
        })
        .await;
}

/// A claim of that name is somebody else's.
#[derive(Debug, thiserror::Error)]
#[error("PVC {claim} was not created for pod {pod} (pod is not owner)")]
struct NotOwned {
    claim: String,
    pod: String,
}

async fn make(
    context: &Context,
    pod: &Arc<Pod>,
    claim: PersistentVolumeClaim,
) -> Result<(), ReconcileError> {
    let name = claim.metadata.name.clone();
    let api = Api::<PersistentVolumeClaim>::namespaced(
        context.client.clone(),
        pod.metadata.namespace.as_str(),
    );
    match api.create(claim).await {
        Err(error) if error.is_already_exists() => {
            let known = api.get(&name).await?;
            if is_controlled_by(&known.metadata, &pod.metadata.uid) {
                return Ok(());
            }
            Err(NotOwned {
                claim: format!("{}/{name}", pod.metadata.namespace),
                pod: format!("{}/{}", pod.metadata.namespace, pod.metadata.name),
            }
            .into())
        }
        result => Ok(result.map(drop)?),
    }
}

/// The claim for a volume, if it is an ephemeral one.
fn wanted(pod: &Pod, volume: &Volume) -> Option<PersistentVolumeClaim> {
    let template = volume.ephemeral.as_ref()?.volume_claim_template.as_ref()?;
    Some(PersistentVolumeClaim {
        metadata: ObjectMeta {
            name: format!("{}-{}", pod.metadata.name, volume.name),
            namespace: pod.metadata.namespace.clone(),
            labels: template.metadata.labels.clone(),
            annotations: template.metadata.annotations.clone(),
            owner_references: vec![pod.controller_reference()],
            ..ObjectMeta::default()
        },
        spec: template.spec.clone(),
        ..PersistentVolumeClaim::default()
    })
}
