//! Types of the crate `k8s-openapi`, for programs that are full of them: every
//! kind of it is one for this client, in `Foreign`.
//!
//! `cargo run -p skeg-examples --example k8s_openapi_types` prints the images
//! that run, then a ConfigMap that it has written.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use k8s_openapi::api::core::v1::{ConfigMap, Pod};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use skeg_client::{Api, Client, Foreign, ListOptions};

#[tokio::main]
async fn main() -> Result<()> {
    let client = Client::from_environment()?;
    let pods: Api<Foreign<Pod>> = Api::all(client.clone());
    let mut images = BTreeSet::new();
    for pod in pods.list(&ListOptions::default()).await? {
        let containers = pod.spec.iter().flat_map(|spec| &spec.containers);
        images.extend(containers.filter_map(|container| container.image.clone()));
    }
    for image in &images {
        println!("{image}");
    }

    let maps: Api<Foreign<ConfigMap>> = Api::default_namespaced(client);
    let map = ConfigMap {
        metadata: ObjectMeta {
            generate_name: Some("images-".to_owned()),
            ..ObjectMeta::default()
        },
        data: Some(BTreeMap::from([(
            "images".to_owned(),
            Vec::from_iter(images).join("\n"),
        )])),
        ..ConfigMap::default()
    };
    let written = maps.create(Foreign::from(map)).await?;
    let name = written.metadata.name.as_deref().unwrap_or_default();
    println!("written to configmap/{name}");
    Ok(())
}
