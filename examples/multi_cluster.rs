//! One controller over several clusters: the contexts of the kubeconfig that
//! are named, or all of them. Labels every namespace with its cluster's name.
//!
//! `multi_cluster [CONTEXT…]`

use std::sync::Arc;

use anyhow::Result;
use skeg_api::core::v1::Namespace;
use skeg_client::{Api, Client, Kubeconfig, Patch, PatchOptions};
use skeg_runtime::{ClusterObject, Clusters, ControllerBuilder, Manager, Next};
use skeg_schema::json;

const LABEL: &str = "example.com/cluster";

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let kubeconfig = Kubeconfig::from_environment()?;
    let mut contexts: Vec<String> = std::env::args().skip(1).collect();
    if contexts.is_empty() {
        contexts = kubeconfig.contexts().map(|context| context.name).collect();
    }
    let clusters = Clusters::new();
    for context in &contexts {
        let config = kubeconfig.config(Some(context))?;
        clusters.join(context, Client::from_config(&config)?);
    }
    // Clusters may join and leave while it runs: `clusters.join`, `clusters.leave`.
    let controller = ControllerBuilder::<Namespace>::new("labels")
        .workers(4)
        .reconcile_clusters(&clusters, clusters.clone(), reconcile);
    let mut manager = Manager::from_environment("multi-cluster")?;
    manager.add(controller);
    Ok(manager.run().await?)
}

async fn reconcile(clusters: Arc<Clusters>, object: ClusterObject) -> Result<Next> {
    let Some(cluster) = clusters.get(&object.cluster) else {
        return Ok(Next::Done);
    };
    let namespaces = cluster.informers().informer::<Namespace>();
    let Some(namespace) = namespaces.store().get(&object.name) else {
        return Ok(Next::Done);
    };
    if namespace.metadata.labels.get(LABEL).map(String::as_str) == Some(&*object.cluster) {
        return Ok(Next::Done);
    }
    let api = Api::<Namespace>::all(cluster.client().clone());
    let patch = Patch::Merge(json!({"metadata": {"labels": {LABEL: object.cluster.to_string()}}}));
    api.patch(&object.name.name, &patch, &PatchOptions::default())
        .await?;
    println!("{object}");
    Ok(Next::Done)
}
