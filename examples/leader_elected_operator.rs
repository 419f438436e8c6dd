//! An operator: for every ConfigMap labelled `example.com/replicate-to=NAMESPACE`
//! it keeps a copy in that namespace, and takes the copy away when the original
//! goes. Of several such processes one works; the others stand by.
//!
//! Health stands on :8081 (`/healthz`, `/readyz`), metrics on :8080
//! (`/metrics`), or where `HEALTH` and `METRICS` say.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use skeg_api::core::v1::ConfigMap;
use skeg_client::{Api, Client, DeleteOptions};
use skeg_meta::{ObjectMeta, labels};
use skeg_runtime::{
    ControllerBuilder, EventRecorder, EventType, Finalize, Informer, LeaderOptions, Manager, Next,
    ObjectName, Predicate, create_or_update, finalize,
};

const TARGET: &str = "example.com/replicate-to";
const COPY_OF: &str = "example.com/copy-of";
const FINALIZER: &str = "example.com/replica";

/// What the reconcile function works with.
struct Ctx {
    client: Client,
    maps: Informer<ConfigMap>,
    events: EventRecorder,
}

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let address = |name: &str, otherwise: &str| std::env::var(name).unwrap_or(otherwise.to_owned());
    let mut manager = Manager::from_environment("replicator")?
        .leader_election(LeaderOptions::of_process("default", "replicator"))
        .health(address("HEALTH", ":8081"))
        .metrics_on(address("METRICS", ":8080"));
    let ctx = Ctx {
        client: manager.client().clone(),
        maps: manager.informer(),
        events: manager.events("replicator"),
    };
    let controller = ControllerBuilder::<ConfigMap>::new("replicator")
        .filter(Predicate::selected(
            labels::Selector::parse(TARGET).map_err(anyhow::Error::msg)?,
        ))
        // A copy that somebody changes or deletes is put right.
        .watches(|map: &ConfigMap| original_of(map))
        .workers(4)
        .reconcile(ctx, reconcile);
    manager.add(controller);
    Ok(manager.run().await?)
}

fn original_of(copy: &ConfigMap) -> Option<ObjectName> {
    let (namespace, name) = copy.metadata.annotations.get(COPY_OF)?.split_once('/')?;
    Some(ObjectName::new(namespace, name))
}

/// Called for every name that something has happened to, as often as it takes.
async fn reconcile(ctx: Arc<Ctx>, name: ObjectName) -> Result<Next> {
    let Some(map) = ctx.maps.store().get(&name) else {
        return Ok(Next::Done);
    };
    let api = Api::<ConfigMap>::namespaced(ctx.client.clone(), &*name.namespace);
    let next = finalize(&api, FINALIZER, map, async |event| match event {
        Finalize::Apply(map) => copy(&ctx, &map).await,
        Finalize::Cleanup(map) => remove_copy(&ctx, &map).await,
    });
    next.await
        .map_err(|error| anyhow::Error::from_boxed(error.into()))
}

async fn copy(ctx: &Ctx, map: &ConfigMap) -> Result<Next> {
    let Some(target) = map.metadata.labels.get(TARGET) else {
        return Ok(Next::Done);
    };
    let api = Api::<ConfigMap>::namespaced(ctx.client.clone(), &**target);
    let copy = ConfigMap {
        metadata: ObjectMeta::named(&**target, &*map.metadata.name),
        ..ConfigMap::default()
    };
    let original = ObjectName::of(&map.metadata).to_string();
    let (_, ensured) = create_or_update(&api, copy, |copy| {
        copy.metadata
            .annotations
            .insert(COPY_OF.to_owned(), original);
        copy.data.clone_from(&map.data);
        copy.binary_data.clone_from(&map.binary_data);
        Ok(())
    })
    .await
    .with_context(|| format!("cannot copy to {target}"))?;
    if ensured != skeg_runtime::Ensured::Unchanged {
        let message = format!("copied to {target}");
        ctx.events
            .event(map, EventType::Normal, "Replicated", message);
    }
    Ok(Next::Done)
}

async fn remove_copy(ctx: &Ctx, map: &ConfigMap) -> Result<Next> {
    let Some(target) = map.metadata.labels.get(TARGET) else {
        return Ok(Next::Done);
    };
    let api = Api::<ConfigMap>::namespaced(ctx.client.clone(), &**target);
    match api
        .delete(&map.metadata.name, &DeleteOptions::default())
        .await
    {
        Ok(_) => Ok(Next::Done),
        Err(error) if error.is_not_found() => Ok(Next::Done),
        Err(error) => Err(error.into()),
    }
}
