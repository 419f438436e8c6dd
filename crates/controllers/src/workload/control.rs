//! Making and removing pods, and telling of it.

use std::sync::Arc;

use skeg_api::core::v1::{Pod, PodTemplateSpec};
use skeg_client::{Api, Client, DeleteOptions, Error};
use skeg_meta::{Object, ObjectMeta, OwnerReference};
use skeg_runtime::{EventRecorder, EventType, Next, ReconcileError};

/// Takes the error out of a reconcile that only shows that something has gone,
/// or is going with its namespace: the cache will tell, and that is looked at.
pub(crate) fn unless_gone(outcome: Result<Next, ReconcileError>) -> Result<Next, ReconcileError> {
    let gone = |error: &Error| error.is_not_found() || error.is_namespace_terminating();
    match outcome {
        Err(error) if error.downcast_ref::<Error>().is_some_and(gone) => Ok(Next::Done),
        outcome => outcome,
    }
}

/// Makes and removes pods on behalf of controllers, with their events.
#[derive(Clone)]
pub(crate) struct PodControl {
    pub(crate) client: Client,
    pub(crate) recorder: EventRecorder,
}

impl PodControl {
    /// A pod as a template describes it, owned by a controller.
    pub(crate) fn from_template(
        template: &PodTemplateSpec,
        owner: &ObjectMeta,
        reference: OwnerReference,
    ) -> Pod {
        let metadata = ObjectMeta {
            namespace: owner.namespace.clone(),
            generate_name: format!("{}-", owner.name),
            labels: template.metadata.labels.clone(),
            annotations: template.metadata.annotations.clone(),
            finalizers: template.metadata.finalizers.clone(),
            owner_references: vec![reference],
            ..ObjectMeta::default()
        };
        Pod {
            metadata,
            spec: template.spec.clone(),
            ..Pod::default()
        }
    }

    /// Makes a pod.
    pub(crate) async fn create<O: Object>(&self, owner: &O, pod: Pod) -> Result<Arc<Pod>, Error> {
        let api = Api::<Pod>::namespaced(self.client.clone(), &*owner.meta().namespace);
        match api.create(pod).await {
            Ok(pod) => {
                let message = format!("Created pod: {}", pod.metadata.name);
                self.recorder
                    .event(owner, EventType::Normal, "SuccessfulCreate", message);
                Ok(pod)
            }
            Err(error) => {
                // A namespace that goes takes no more events either.
                if !error.is_namespace_terminating() {
                    let message = format!("Error creating: {error}");
                    self.recorder
                        .event(owner, EventType::Warning, "FailedCreate", message);
                }
                Err(error)
            }
        }
    }

    /// Removes a pod; one that is gone already is not found.
    pub(crate) async fn delete<O: Object>(&self, owner: &O, pod: &Pod) -> Result<(), Error> {
        let api = Api::<Pod>::namespaced(self.client.clone(), &*pod.metadata.namespace);
        let options = DeleteOptions::default().uid(&*pod.metadata.uid);
        match api.delete(&pod.metadata.name, &options).await {
            Ok(_) => {
                let message = format!("Deleted pod: {}", pod.metadata.name);
                self.recorder
                    .event(owner, EventType::Normal, "SuccessfulDelete", message);
                Ok(())
            }
            Err(error) if error.is_not_found() => Err(error),
            Err(error) => {
                let message = format!("Error deleting: {error}");
                self.recorder
                    .event(owner, EventType::Warning, "FailedDelete", message);
                Err(error)
            }
        }
    }
}
