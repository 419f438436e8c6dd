//! Dynamic resource allocation through the API: a driver offers devices, a
//! claim asks for one, and the claim is given it. The driver and the scheduler
//! are played by this program.
//!
//! `cargo run --example dra_claim`

use skeg_api::resource::v1::{DeviceClass, ResourceClaim, ResourceSlice};
use skeg_client::{Api, Client, Patch, PatchOptions, apply, wait};
use skeg_schema::json;

const DRIVER: &str = "gpu.example.com";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = Client::from_environment()?;
    let classes: Api<DeviceClass> = Api::all(client.clone());
    let slices: Api<ResourceSlice> = Api::all(client.clone());
    let claims: Api<ResourceClaim> = Api::default_namespaced(client);

    // The administrator names what there is to be had, the driver says where it is.
    let class = apply!(DeviceClass, DRIVER, {
        spec: { selectors: [{ cel: { expression: "device.driver == 'gpu.example.com'" } }] },
    });
    classes.apply(&class, "administrator").await?;
    let slice = apply!(ResourceSlice, "node-1-gpus", {
        spec: {
            driver: DRIVER,
            node_name: "node-1",
            pool: { name: "node-1", generation: 1, resource_slice_count: 1 },
            devices: [{ name: "gpu-0" }, { name: "gpu-1" }],
        },
    });
    slices.apply(&slice, "driver").await?;

    // Somebody wants one.
    let claim = apply!(ResourceClaim, "one-gpu", {
        spec: { devices: { requests: [{ name: "gpu", exactly: { device_class_name: DRIVER } }] } },
    });
    claims.apply(&claim, "user").await?;

    // The scheduler gives it one.
    let slice = slices.get("node-1-gpus").await?;
    let device = &slice.spec.devices[0].name;
    let allocation = Patch::Merge(json!({"status": {"allocation": {"devices": {"results": [{
        "request": "gpu", "driver": DRIVER, "pool": "node-1", "device": device.as_str(),
    }]}}}}));
    claims
        .patch_status("one-gpu", &allocation, &PatchOptions::default())
        .await?;
    let claim = wait::await_condition(&claims, "one-gpu", |claim: Option<&ResourceClaim>| {
        claim.is_some_and(|claim| claim.status.allocation.is_some())
    })
    .await?;
    let allocation = claim
        .as_ref()
        .and_then(|claim| claim.status.allocation.as_ref());
    for result in allocation
        .iter()
        .flat_map(|allocation| &allocation.devices.results)
    {
        println!(
            "{} is given {} of {}",
            result.request, result.device, result.pool
        );
    }
    Ok(())
}
