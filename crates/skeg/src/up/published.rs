//! Where pods reach the API server: the endpoints of the service `kubernetes`,
//! which no controller makes.

use std::net::{IpAddr, SocketAddr};

use skeg_client::{ApiResource, Client, CreateOptions, DynamicApi, Error, UpdateOptions};
use skeg_schema::{Value, json};

const NAMESPACE: &str = "default";
const NAME: &str = "kubernetes";

/// Writes the endpoints of the service `kubernetes`, unless they are as they should be.
///
/// # Errors
/// The API server refuses them.
pub async fn publish(client: &Client, address: SocketAddr) -> Result<(), Error> {
    let ip = address.ip().to_string();
    let port = i64::from(address.port());
    let endpoints = json!({
        "kind": "Endpoints",
        "apiVersion": "v1",
        "metadata": {
            "name": NAME,
            "namespace": NAMESPACE,
            "labels": {"endpointslice.kubernetes.io/skip-mirror": "true"},
        },
        "subsets": [{
            "addresses": [{"ip": (ip.as_str())}],
            "ports": [{"name": "https", "port": port, "protocol": "TCP"}],
        }],
    });
    let family = if matches!(address.ip(), IpAddr::V4(_)) {
        "IPv4"
    } else {
        "IPv6"
    };
    let slice = json!({
        "kind": "EndpointSlice",
        "apiVersion": "discovery.k8s.io/v1",
        "metadata": {
            "name": NAME,
            "namespace": NAMESPACE,
            "labels": {"kubernetes.io/service-name": NAME},
        },
        "addressType": family,
        "endpoints": [{"addresses": [ip], "conditions": {"ready": true}}],
        "ports": [{"name": "https", "port": port, "protocol": "TCP"}],
    });
    ensure(
        client,
        ApiResource::built_in("", "v1", "Endpoints"),
        endpoints,
        &["subsets"],
    )
    .await?;
    let resource = ApiResource::built_in("discovery.k8s.io", "v1", "EndpointSlice");
    ensure(client, resource, slice, &["endpoints", "ports"]).await
}

/// Creates an object, or sets the given members of the one that is there.
async fn ensure(
    client: &Client,
    resource: Option<ApiResource>,
    wanted: Value,
    members: &[&'static str],
) -> Result<(), Error> {
    let resource = resource.expect("endpoints and their slices are built in");
    let api = DynamicApi::namespaced(client.clone(), resource, NAMESPACE);
    let Some(held) = api.get_opt(NAME).await? else {
        return api
            .create(wanted, &CreateOptions::default())
            .await
            .map(drop);
    };
    let mut tree = Value::clone(&held.value());
    let mut changed = false;
    for member in members {
        let value = wanted[*member].clone();
        if tree[*member] != value {
            tree.set_at(&[member], value);
            changed = true;
        }
    }
    if changed {
        api.update(tree, &UpdateOptions::default()).await?;
    }
    Ok(())
}
