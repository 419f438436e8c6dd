//! Endpoints and EndpointSlices: which pods answer for a service.

mod legacy;
pub(crate) mod order;
mod pods;
mod slices;
mod trigger;

use std::sync::Arc;

use skeg_api::core::v1::{Endpoints, Node, Pod, Service};
use skeg_api::discovery::v1::EndpointSlice;
use skeg_client::{Api, DeleteOptions, Error};
use skeg_runtime::{
    Controller, EventType, Informer, Next, ObjectName, ReconcileError, WorkQueue, reference,
};

use crate::Context;

const WORKERS: usize = 5;
/// The label that names a slice's service.
pub(crate) const SERVICE_NAME: &str = "kubernetes.io/service-name";
/// The label that tells a headless service's endpoints.
const HEADLESS: &str = "service.kubernetes.io/headless";

/// Both controllers hear of the same things.
#[derive(Clone)]
struct Sources {
    services: Informer<Service>,
    pods: Informer<Pod>,
    nodes: Informer<Node>,
}

impl Sources {
    fn of(context: &Context) -> Self {
        Self {
            services: context.informers.informer(),
            pods: context.informers.informer(),
            nodes: context.informers.informer(),
        }
    }

    /// Queues the services that a change concerns.
    fn feed(&self, queue: &WorkQueue<ObjectName>) {
        let to = queue.clone();
        self.services
            .on_change(move |delta| to.add(ObjectName::of(&delta.object().metadata)));
        let (to, services) = (queue.clone(), self.services.clone());
        self.pods.on_change(move |delta| {
            let new = delta.object();
            if let Some(old) = delta.old()
                && !pods::differ(old, new)
            {
                return;
            }
            for service in services.store().in_namespace(&new.metadata.namespace) {
                if pods::selects(&service, new)
                    || delta.old().is_some_and(|old| pods::selects(&service, old))
                {
                    to.add(ObjectName::of(&service.metadata));
                }
            }
        });
    }

    async fn synced(&self) {
        tokio::join!(
            self.services.synced(),
            self.pods.synced(),
            self.nodes.synced()
        );
    }

    fn pods_of(&self, service: &Service) -> Vec<Arc<Pod>> {
        let mut found = self.pods.store().in_namespace(&service.metadata.namespace);
        found.retain(|pod| pods::selects(service, pod));
        found.sort_by(|a, b| a.metadata.name.cmp(&b.metadata.name));
        found
    }
}

/// Runs the controller of EndpointSlices.
pub(crate) async fn run_slices(context: Context) {
    let sources = Sources::of(&context);
    let held = context.informers.informer::<EndpointSlice>();
    let queue = context.queue::<ObjectName>();
    sources.feed(&queue);
    let to = queue.clone();
    held.on_change(move |delta| {
        let meta = &delta.object().metadata;
        if let Some(service) = meta.labels.get(SERVICE_NAME)
            && slices::is_ours(delta.object())
        {
            to.add(ObjectName::new(meta.namespace.clone(), service.clone()));
        }
    });
    // A node that comes, or changes its zone, changes what is said of its pods.
    let (to, services) = (queue.clone(), sources.services.clone());
    sources.nodes.on_change(move |delta| {
        let zone = |node: &Node| node.metadata.labels.get(slices::ZONE).cloned();
        if delta
            .old()
            .is_none_or(|old| zone(old) != zone(delta.object()))
        {
            for service in services.store().list() {
                to.add(ObjectName::of(&service.metadata));
            }
        }
    });
    sources.synced().await;
    held.synced().await;
    let client = context.client.clone();
    let recorder = context.recorder("endpoint-slice-controller");
    let triggers = trigger::Triggers::default();
    Controller::new("endpointslice-controller", queue)
        .workers(WORKERS)
        .run(context.cancel.clone(), move |name: ObjectName| {
            let (sources, held, client) = (sources.clone(), held.clone(), client.clone());
            let (recorder, triggers) = (recorder.clone(), triggers.clone());
            async move {
                let service = sources.services.store().get(&name);
                let Some(service) = service.filter(|service| pods::has_endpoints(service)) else {
                    triggers.forget(&name);
                    return Ok::<_, ReconcileError>(Next::Done);
                };
                let existing: Vec<Arc<EndpointSlice>> = held
                    .store()
                    .in_namespace(&name.namespace)
                    .into_iter()
                    .filter(|slice| slices::is_ours(slice))
                    .filter(|slice| slice.metadata.labels.get(SERVICE_NAME) == Some(&name.name))
                    .collect();
                let zone_of = |node: &str| {
                    let node = sources.nodes.get("", node)?;
                    Some(node.metadata.labels.get(slices::ZONE).cloned())
                };
                let pods = sources.pods_of(&service);
                let mut plan = slices::plan(&service, &pods, &existing, &zone_of);
                let at = triggers.of(&service, &pods);
                for slice in plan.create.iter_mut().chain(&mut plan.update) {
                    trigger::tell(&mut slice.metadata, at);
                }
                let api = Api::<EndpointSlice>::namespaced(client, name.namespace.clone());
                // A node that comes has the service looked at again.
                let mut faults = std::mem::take(&mut plan.lost);
                let failed = write(&api, &name, plan).await.err();
                if let Some((words, error)) = &failed
                    && !error.is_conflict()
                {
                    faults.push(format!("{words}: {error}"));
                }
                if !faults.is_empty() {
                    let words = match faults.as_slice() {
                        [one] => one.clone(),
                        all => format!("[{}]", all.join(", ")),
                    };
                    let message =
                        format!("Error updating Endpoint Slices for Service {name}: {words}");
                    let reason = "FailedToUpdateEndpointSlices";
                    recorder.event(&*service, EventType::Warning, reason, message);
                }
                match failed {
                    Some((_, error)) => Err(error.into()),
                    None => Ok(Next::Done),
                }
            }
        })
        .await;
}

/// Writes the slices of a service; with an error, which of them could not be written.
async fn write(
    api: &Api<EndpointSlice>,
    service: &ObjectName,
    plan: slices::Plan,
) -> Result<(), (String, Error)> {
    for slice in plan.create {
        match api.create(slice).await {
            // Nothing new comes into a namespace that goes.
            Err(error) if error.is_namespace_terminating() => return Ok(()),
            Err(error) => {
                let words = format!("failed to create EndpointSlice for Service {service}");
                return Err((words, error));
            }
            Ok(_) => {}
        }
    }
    for slice in plan.update {
        let slice_name = slice.metadata.name.clone();
        api.update(slice).await.map_err(|error| {
            let words =
                format!("failed to update {slice_name} EndpointSlice for Service {service}");
            (words, error)
        })?;
    }
    for slice in plan.delete {
        match api.delete(&slice, &DeleteOptions::default()).await {
            Err(error) if error.is_not_found() => {}
            Err(error) => {
                let words = format!("failed to delete {slice} EndpointSlice for Service {service}");
                return Err((words, error));
            }
            Ok(_) => {}
        }
    }
    Ok(())
}

/// Runs the controller of Endpoints.
pub(crate) async fn run_endpoints(context: Context) {
    let sources = Sources::of(&context);
    let held = context.informers.informer::<Endpoints>();
    let queue = context.queue::<ObjectName>();
    sources.feed(&queue);
    let to = queue.clone();
    held.on_change(move |delta| {
        if delta
            .object()
            .metadata
            .labels
            .contains_key(legacy::MANAGED_BY)
        {
            to.add(ObjectName::of(&delta.object().metadata));
        }
    });
    sources.synced().await;
    held.synced().await;
    let client = context.client.clone();
    let recorder = context.recorder("endpoint-controller");
    let triggers = trigger::Triggers::default();
    Controller::new("endpoints-controller", queue)
        .workers(WORKERS)
        .run(context.cancel.clone(), move |name: ObjectName| {
            let (sources, held, client) = (sources.clone(), held.clone(), client.clone());
            let (recorder, triggers) = (recorder.clone(), triggers.clone());
            async move {
                let api = Api::<Endpoints>::namespaced(client, name.namespace.clone());
                let existing = held.store().get(&name);
                let Some(service) = sources.services.store().get(&name) else {
                    triggers.forget(&name);
                    if existing
                        .is_some_and(|held| held.metadata.labels.contains_key(legacy::MANAGED_BY))
                    {
                        match api.delete(&name.name, &DeleteOptions::default()).await {
                            Err(error) if error.is_not_found() => {}
                            result => drop(result?),
                        }
                    }
                    return Ok::<_, ReconcileError>(Next::Done);
                };
                if !pods::has_endpoints(&service) {
                    return Ok(Next::Done);
                }
                let pods = sources.pods_of(&service);
                let at = triggers.of(&service, &pods);
                let Some(mut new) = legacy::plan(&service, &pods, existing.as_deref()) else {
                    return Ok(Next::Done);
                };
                trigger::tell(&mut new.metadata, at);
                let about = reference(&new);
                let (written, reason, words) = if existing.is_some() {
                    let words = format!("Failed to update endpoint {name}");
                    (api.update(new).await, "FailedToUpdateEndpoint", words)
                } else {
                    let words = format!("Failed to create endpoint for service {name}");
                    (api.create(new).await, "FailedToCreateEndpoint", words)
                };
                match written {
                    Err(error) if error.is_namespace_terminating() => {}
                    Err(error) => {
                        let message = format!("{words}: {error}");
                        recorder.event_about(about, EventType::Warning, reason, message);
                        return Err(error.into());
                    }
                    Ok(_) => {}
                }
                Ok(Next::Done)
            }
        })
        .await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_api::core::v1::Event;
    use skeg_meta::{ObjectMeta, Status};
    use skeg_runtime::ManualClock;
    use skeg_runtime::testing::FakeApi;
    use tokio_util::sync::CancellationToken;

    #[tokio::test]
    async fn slices_that_cannot_be_written_are_told() {
        let (api, cancel, clock) = (FakeApi::new(), CancellationToken::new(), ManualClock::new());
        api.refuse(
            "create",
            "endpointslices",
            1,
            Status::internal_error("no room"),
        );
        let mut service = Service {
            metadata: ObjectMeta::named("a", "s"),
            ..Service::default()
        };
        service.spec.selector.insert("a".into(), "b".into());
        service.spec.ip_families = vec!["IPv4".into()];
        service.spec.cluster_ip = "10.0.0.1".into();
        api.put(&service);
        let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
        let running = tokio::spawn(run_slices(context));
        let told = |api: &FakeApi| -> Vec<String> {
            let events = api.all::<Event>();
            events.iter().map(|event| event.message.clone()).collect()
        };
        api.until("it is told", |api| !told(api).is_empty()).await;
        let expect = "Error updating Endpoint Slices for Service a/s: failed to create EndpointSlice for Service a/s: ";
        assert!(told(&api)[0].starts_with(expect), "{:?}", told(&api));
        cancel.cancel();
        running.await.expect("it ends");
    }
}
