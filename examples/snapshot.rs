//! A volume snapshot through the API: a user asks for one, a driver makes its
//! content and says when it is ready. The driver is played by this program;
//! the data comes with CSI.
//!
//! `cargo run --example snapshot` (the cluster must have the snapshot kinds,
//! which this program applies where they are missing)

use skeg_api::snapshot::v1::{VolumeSnapshot, VolumeSnapshotClass, VolumeSnapshotContent};
use skeg_client::manifests::{self, Applier};
use skeg_client::{Api, Client, Patch, PatchOptions, apply, wait};
use skeg_meta::Object;
use skeg_schema::json;

const DRIVER: &str = "csi.example.com";

/// The definition of a snapshot kind, as loose as can be.
fn definition(kind: &str, plural: &str, scope: &str) -> String {
    format!(
        "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: {plural}.snapshot.storage.k8s.io
  annotations: {{api-approved.kubernetes.io: 'https://github.com/kubernetes-csi/external-snapshotter/pull/814'}}
spec:
  group: snapshot.storage.k8s.io
  scope: {scope}
  names: {{plural: {plural}, kind: {kind}}}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {{status: {{}}}}
    schema: {{openAPIV3Schema: {{type: object, x-kubernetes-preserve-unknown-fields: true}}}}
---
"
    )
}

async fn kinds(client: &Client) -> anyhow::Result<()> {
    if client
        .resources("snapshot.storage.k8s.io", "v1")
        .await
        .is_ok()
    {
        return Ok(());
    }
    let text = [
        definition("VolumeSnapshot", "volumesnapshots", "Namespaced"),
        definition("VolumeSnapshotClass", "volumesnapshotclasses", "Cluster"),
        definition("VolumeSnapshotContent", "volumesnapshotcontents", "Cluster"),
    ]
    .concat();
    let definitions = manifests::parse(&text, "the snapshot kinds")?;
    Applier::new(client.clone(), "snapshot-example")
        .apply(&definitions)
        .await?;
    Ok(())
}

/// What the driver's side does: makes the content, and says that it is ready.
async fn drive(client: &Client, snapshot: &VolumeSnapshot) -> anyhow::Result<()> {
    let contents: Api<VolumeSnapshotContent> = Api::all(client.clone());
    let name = format!("snapcontent-{}", snapshot.meta().uid);
    let content = apply!(VolumeSnapshotContent, name.clone(), {
        spec: {
            driver: DRIVER,
            deletion_policy: "Delete",
            source: { volume_handle: "volume-1" },
            volume_snapshot_ref: {
                name: snapshot.meta().name.clone(),
                namespace: snapshot.meta().namespace.clone(),
            },
        },
    });
    contents.apply(&content, DRIVER).await?;
    let snapshots: Api<VolumeSnapshot> =
        Api::namespaced(client.clone(), snapshot.meta().namespace.clone());
    let ready = Patch::Merge(json!({"status": {
        "boundVolumeSnapshotContentName": name, "readyToUse": true, "restoreSize": "1Gi",
    }}));
    let options = PatchOptions::default();
    snapshots
        .patch_status(&snapshot.meta().name, &ready, &options)
        .await?;
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let client = Client::from_environment()?;
    kinds(&client).await?;
    let classes: Api<VolumeSnapshotClass> = Api::all(client.clone());
    let snapshots: Api<VolumeSnapshot> = Api::default_namespaced(client.clone());

    let class = apply!(VolumeSnapshotClass, "fast", { driver: DRIVER, deletion_policy: "Delete" });
    classes.apply(&class, "administrator").await?;
    let wanted = apply!(VolumeSnapshot, "before-upgrade", {
        spec: {
            volume_snapshot_class_name: "fast",
            source: { persistent_volume_claim_name: "data" },
        },
    });
    let snapshot = snapshots.apply(&wanted, "user").await?;

    drive(&client, &snapshot).await?;
    let ready = |snapshot: Option<&VolumeSnapshot>| {
        snapshot
            .and_then(|snapshot| snapshot.status.as_ref())
            .is_some_and(|status| status.ready_to_use == Some(true))
    };
    wait::await_condition(&snapshots, "before-upgrade", ready).await?;
    println!("before-upgrade is ready to use");
    Ok(())
}
