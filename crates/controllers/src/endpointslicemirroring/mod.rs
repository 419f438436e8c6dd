//! Endpoints that somebody else than the endpoints controller keeps, mirrored
//! into EndpointSlices (KEP-752), so that readers of slices need nothing else.

mod plan;

use std::sync::Arc;

use skeg_api::core::v1::{Endpoints, Service};
use skeg_api::discovery::v1::EndpointSlice;
use skeg_client::{Api, DeleteOptions};
use skeg_runtime::{Controller, Next, ObjectName, ReconcileError};

use crate::Context;
use crate::endpoints::SERVICE_NAME;

const NAME: &str = "endpointslice-mirroring-controller";
const WORKERS: usize = 5;

/// Runs the mirroring controller.
pub(crate) async fn run(context: Context) {
    let services = context.informers.informer::<Service>();
    let endpoints = context.informers.informer::<Endpoints>();
    let slices = context.informers.informer::<EndpointSlice>();
    let queue = context.queue::<ObjectName>();
    let to = queue.clone();
    services.on_change(move |delta| {
        let new = delta.object();
        // Only whether there is a selector matters.
        if delta
            .old()
            .is_none_or(|old| old.spec.selector.is_empty() != new.spec.selector.is_empty())
        {
            to.add(ObjectName::of(&new.metadata));
        }
    });
    let to = queue.clone();
    endpoints.on_change(move |delta| to.add(ObjectName::of(&delta.object().metadata)));
    let to = queue.clone();
    slices.on_change(move |delta| {
        let meta = &delta.object().metadata;
        if plan::is_ours(delta.object())
            && let Some(service) = meta.labels.get(SERVICE_NAME)
        {
            to.add(ObjectName::new(meta.namespace.clone(), service.clone()));
        }
    });
    tokio::join!(services.synced(), endpoints.synced(), slices.synced());
    let client = context.client.clone();
    Controller::new(NAME, queue)
        .workers(WORKERS)
        .run(context.cancel.clone(), move |name: ObjectName| {
            let service = services
                .store()
                .get(&name)
                .filter(|service| service.spec.selector.is_empty());
            let source = endpoints
                .store()
                .get(&name)
                .filter(|source| service.is_some() && plan::is_mirrored(source));
            let mut held = slices.store().in_namespace(&name.namespace);
            held.retain(|slice| {
                plan::is_ours(slice) && slice.metadata.labels.get(SERVICE_NAME) == Some(&name.name)
            });
            let api = Api::<EndpointSlice>::namespaced(client.clone(), name.namespace.clone());
            async move { write(&api, source, &held).await }
        })
        .await;
}

async fn write(
    api: &Api<EndpointSlice>,
    source: Option<Arc<Endpoints>>,
    held: &[Arc<EndpointSlice>],
) -> Result<Next, ReconcileError> {
    let plan = plan::plan(source.as_deref(), held);
    for slice in plan.create {
        match api.create(slice).await {
            Err(error) if error.is_namespace_terminating() => return Ok(Next::Done),
            result => drop(result?),
        }
    }
    for slice in plan.update {
        api.update(slice).await?;
    }
    for slice in plan.delete {
        match api.delete(&slice, &DeleteOptions::default()).await {
            Err(error) if error.is_not_found() => {}
            result => drop(result?),
        }
    }
    Ok(Next::Done)
}
