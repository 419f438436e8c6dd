//! Every kind through every verb, typed and as a tree, over HTTPS and without
//! sockets.

use std::fmt::Debug;
use std::sync::Arc;

use futures::StreamExt;
use skeg_api::core::v1::ServiceAccount;
use skeg_client::{
    Api, ApiResource, Client, CreateOptions, DeleteOptions, Deleted, DynamicApi, ListOptions,
    Patch, PatchOptions, SharedEvent, WatchEvent, WatchOptions,
};
use skeg_meta::{Object, ObjectMeta};
use skeg_schema::{Value, json};
use skeg_testkit::{Cluster, User};

fn label(value: &str) -> Patch {
    Patch::Merge(json!({"metadata": {"labels": {"tried": value}}}))
}

async fn typed<K: Object + Debug>(client: &Client, tree: &Value) {
    let kind = K::GVK.kind;
    let object = K::from_tree(tree.clone()).unwrap_or_else(|error| panic!("{kind}: {error}"));
    let name = object.meta().name.clone();
    let api: Api<K> = Api::namespaced(client.clone(), "default");
    let created = api
        .create(object)
        .await
        .unwrap_or_else(|e| panic!("{kind}: {}", e.chain()));
    assert_eq!(created.meta().name, name, "{kind}");
    assert!(!created.meta().uid.is_empty(), "{kind}");

    let got = api
        .get(&name)
        .await
        .unwrap_or_else(|e| panic!("{kind}: {}", e.chain()));
    assert_eq!(got.meta().uid, created.meta().uid, "{kind}");
    let fields = ListOptions::default().fields(format!("metadata.name={name}"));
    let list = api
        .list(&fields)
        .await
        .unwrap_or_else(|e| panic!("{kind}: {}", e.chain()));
    assert_eq!(list.items.len(), 1, "{kind}");

    let watch =
        WatchOptions::from_version(&*list.resource_version).fields(format!("metadata.name={name}"));
    let mut events = api
        .watch(&watch)
        .await
        .unwrap_or_else(|e| panic!("{kind}: {}", e.chain()));
    let options = PatchOptions::default();
    let patched = api
        .patch(&name, &label("typed"), &options)
        .await
        .unwrap_or_else(|e| panic!("{kind}: {}", e.chain()));
    assert_eq!(patched.meta().labels["tried"], "typed", "{kind}");
    let seen = loop {
        match events
            .next()
            .await
            .expect("the watch goes on")
            .expect("an event")
        {
            WatchEvent::Modified(object) if object.meta().labels.contains_key("tried") => {
                break object;
            }
            WatchEvent::Error(status) => panic!("{kind}: {}", status.message),
            _ => {}
        }
    };
    assert_eq!(seen.meta().uid, created.meta().uid, "{kind}");
    delete_typed(&api, &name, &mut events).await;
}

async fn delete_typed<K: Object + Debug>(
    api: &Api<K>,
    name: &str,
    events: &mut skeg_client::Watch<Arc<K>>,
) {
    let kind = K::GVK.kind;
    let options = DeleteOptions::now();
    match api
        .delete(name, &options)
        .await
        .unwrap_or_else(|e| panic!("{kind}: {}", e.chain()))
    {
        Deleted::Object(object) => assert_eq!(object.meta().name, name, "{kind}"),
        Deleted::Status(status) => assert_eq!(status.status, "Success", "{kind}"),
    }
    // Finalizers go with nobody there to take them off.
    let bare = Patch::Merge(json!({"metadata": {"finalizers": null}}));
    match api.patch(name, &bare, &PatchOptions::default()).await {
        Ok(_) => {}
        Err(error) => assert!(error.is_not_found(), "{kind}: {}", error.chain()),
    }
    if kind == "Namespace" {
        return;
    }
    loop {
        match events
            .next()
            .await
            .expect("the watch goes on")
            .expect("an event")
        {
            WatchEvent::Deleted(object) => {
                assert_eq!(object.meta().name, name, "{kind}");
                break;
            }
            WatchEvent::Error(status) => panic!("{kind}: {}", status.message),
            _ => {}
        }
    }
}

async fn dynamic<K: Object>(client: &Client, tree: &Value) {
    let kind = K::GVK.kind;
    let api = DynamicApi::namespaced(client.clone(), ApiResource::of::<K>(), "default");
    let mut tree = tree.clone();
    tree.set_at(&["apiVersion"], K::GVK.api_version());
    tree.set_at(&["kind"], &*kind);
    let name = tree["metadata"]["name"]
        .as_str()
        .expect("a name")
        .to_owned();
    let created = api
        .create(tree, &CreateOptions::default())
        .await
        .unwrap_or_else(|e| panic!("{kind}: {}", e.chain()));
    assert_eq!(*created.gvk(), K::GVK);
    let got = api
        .get(&name)
        .await
        .unwrap_or_else(|e| panic!("{kind}: {}", e.chain()));
    assert_eq!(got.uid(), created.uid(), "{kind}");
    let fields = ListOptions::default().fields(format!("metadata.name={name}"));
    let list = api
        .list(&fields)
        .await
        .unwrap_or_else(|e| panic!("{kind}: {}", e.chain()));
    assert_eq!(list.items.len(), 1, "{kind}");
    let watch =
        WatchOptions::from_version(&*list.resource_version).fields(format!("metadata.name={name}"));
    let mut events = api
        .watch(&watch)
        .await
        .unwrap_or_else(|e| panic!("{kind}: {}", e.chain()));
    api.patch(&name, &label("tree"), &PatchOptions::default())
        .await
        .unwrap_or_else(|e| panic!("{kind}: {}", e.chain()));
    loop {
        match events
            .next()
            .await
            .expect("the watch goes on")
            .expect("an event")
        {
            SharedEvent::Modified(object) if object.labels().contains_key("tried") => break,
            SharedEvent::Error(status) => panic!("{kind}: {}", status.message),
            _ => {}
        }
    }
    api.delete(&name, &DeleteOptions::now())
        .await
        .unwrap_or_else(|e| panic!("{kind}: {}", e.chain()));
    let bare = Patch::Merge(json!({"metadata": {"finalizers": null}}));
    // It may be gone already.
    let _ = api.patch(&name, &bare, &PatchOptions::default()).await;
}

async fn both<K: Object + Debug>((https, loopback): &(Client, Client), mut tree: Value) -> usize {
    if tree.at(&["metadata", "name"]).is_none() {
        tree.set_at(&["metadata", "name"], "tried");
    }
    typed::<K>(https, &tree).await;
    if K::GVK.kind == "Namespace" {
        // The first one is still going.
        tree.set_at(&["metadata", "name"], "tried-as-tree");
    }
    dynamic::<K>(loopback, &tree).await;
    1
}

macro_rules! each_kind {
    ($clients:expr; $($group:ident::$version:ident::$kind:ident $tree:tt)*) => {
        0 $(+ both::<skeg_api::$group::$version::$kind>(&$clients, json!($tree)).await)*
    };
}

async fn clients() -> (Cluster, (Client, Client)) {
    let cluster = Cluster::builder().only_api_server().start().await.unwrap();
    let https = cluster.https_client(&User::admin()).await.unwrap();
    let loopback = cluster.client();
    // Pods want one, and its controller does not run.
    let account = ServiceAccount {
        metadata: ObjectMeta::named("default", "default"),
        ..ServiceAccount::default()
    };
    Api::all(loopback.clone()).create(account).await.unwrap();
    (cluster, (https, loopback))
}

#[tokio::test]
async fn core_kinds() {
    let (_cluster, clients) = clients().await;
    let tried = each_kind! { clients;
        core::v1::Namespace {}
        core::v1::Node {}
        core::v1::Pod {"spec": {"containers": [{"name": "c", "image": "x"}]}}
        core::v1::Service {"spec": {"ports": [{"port": 80}]}}
        core::v1::Endpoints {"subsets": [{"addresses": [{"ip": "10.1.1.1"}], "ports": [{"port": 80}]}]}
        core::v1::ConfigMap {"data": {"a": "b"}}
        core::v1::Secret {"stringData": {"a": "b"}}
        core::v1::ServiceAccount {}
        core::v1::PersistentVolume {"spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/x"}}}
        core::v1::PersistentVolumeClaim {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}
        core::v1::Event {"metadata": {"name": "tried", "namespace": "default"}, "involvedObject": {"kind": "Pod", "name": "a", "namespace": "default"}, "reason": "R", "message": "m"}
        core::v1::ResourceQuota {"spec": {"hard": {"pods": "5"}}}
        core::v1::LimitRange {"spec": {"limits": [{"type": "Container", "default": {"cpu": "1"}}]}}
        core::v1::ReplicationController {"spec": {"selector": {"a": "b"}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "x"}]}}}}
    };
    assert_eq!(tried, 14);
}

#[tokio::test]
async fn workload_kinds() {
    let (_cluster, clients) = clients().await;
    let tried = each_kind! { clients;
        apps::v1::Deployment {"spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "x"}]}}}}
        apps::v1::ReplicaSet {"spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "x"}]}}}}
        apps::v1::StatefulSet {"spec": {"serviceName": "s", "selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "x"}]}}}}
        apps::v1::DaemonSet {"spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "x"}]}}}}
        batch::v1::Job {"spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "x"}]}}}}
        batch::v1::CronJob {"spec": {"schedule": "0 * * * *", "jobTemplate": {"spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "x"}]}}}}}}
        autoscaling::v2::HorizontalPodAutoscaler {"spec": {"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}}}
        policy::v1::PodDisruptionBudget {"spec": {"minAvailable": 1, "selector": {"matchLabels": {"a": "b"}}}}
        scheduling::v1::PriorityClass {"value": 5}
        coordination::v1::Lease {"spec": {"holderIdentity": "me"}}
        node::v1::RuntimeClass {"handler": "runc"}
    };
    assert_eq!(tried, 11);
}

#[tokio::test]
async fn network_and_rights_kinds() {
    let (_cluster, clients) = clients().await;
    let tried = each_kind! { clients;
        discovery::v1::EndpointSlice {"addressType": "IPv4", "endpoints": [{"addresses": ["10.1.1.1"]}]}
        networking::v1::Ingress {"spec": {"defaultBackend": {"service": {"name": "s", "port": {"number": 80}}}}}
        networking::v1::IngressClass {"spec": {"controller": "example.com/c"}}
        networking::v1::NetworkPolicy {"spec": {"podSelector": {}}}
        rbac::v1::Role {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}
        rbac::v1::ClusterRole {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}
        rbac::v1::RoleBinding {"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"}, "subjects": [{"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "u"}]}
        rbac::v1::ClusterRoleBinding {"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "r"}}
        admissionregistration::v1::MutatingWebhookConfiguration {"webhooks": []}
        admissionregistration::v1::ValidatingWebhookConfiguration {"webhooks": []}
        apiregistration::v1::APIService {"metadata": {"name": "v1.x.io"}, "spec": {"group": "x.io", "version": "v1", "groupPriorityMinimum": 100, "versionPriority": 10, "insecureSkipTLSVerify": true, "service": {"namespace": "default", "name": "s"}}}
        apiextensions::v1::CustomResourceDefinition {"metadata": {"name": "frobs.y.io"}, "spec": {"group": "y.io", "scope": "Namespaced", "names": {"plural": "frobs", "kind": "Frob"}, "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object"}}}]}}
    };
    assert_eq!(tried, 12);
}

#[tokio::test]
async fn storage_and_device_kinds() {
    let (_cluster, clients) = clients().await;
    let tried = each_kind! { clients;
        storage::v1::StorageClass {"provisioner": "example.com/p"}
        storage::v1::CSIDriver {"metadata": {"name": "csi.example.com"}, "spec": {}}
        storage::v1::CSINode {"spec": {"drivers": [{"name": "csi.example.com", "nodeID": "n"}]}}
        storage::v1::VolumeAttributesClass {"driverName": "csi.example.com", "parameters": {"iops": "5"}}
        resource::v1::DeviceClass {"spec": {}}
        resource::v1::ResourceClaim {"spec": {"devices": {"requests": [{"name": "r", "exactly": {"deviceClassName": "c"}}]}}}
        resource::v1::ResourceClaimTemplate {"spec": {"spec": {"devices": {"requests": [{"name": "r", "exactly": {"deviceClassName": "c"}}]}}}}
        resource::v1::ResourceSlice {"spec": {"driver": "d.example.com", "nodeName": "n", "pool": {"name": "p", "generation": 1, "resourceSliceCount": 1}, "devices": [{"name": "gpu"}]}}
    };
    assert_eq!(tried, 8);
}

#[tokio::test]
async fn snapshot_kinds() {
    let (cluster, clients) = clients().await;
    for (plural, kind, scope) in [
        ("volumesnapshots", "VolumeSnapshot", "Namespaced"),
        ("volumesnapshotclasses", "VolumeSnapshotClass", "Cluster"),
        ("volumesnapshotcontents", "VolumeSnapshotContent", "Cluster"),
    ] {
        cluster
            .apply(&definition(plural, kind, scope))
            .await
            .unwrap();
    }
    let tried = each_kind! { clients;
        snapshot::v1::VolumeSnapshot {"spec": {"source": {"persistentVolumeClaimName": "c"}}}
        snapshot::v1::VolumeSnapshotClass {"driver": "csi.example.com", "deletionPolicy": "Delete"}
        snapshot::v1::VolumeSnapshotContent {"spec": {"driver": "csi.example.com", "deletionPolicy": "Delete", "source": {"volumeHandle": "h"}, "volumeSnapshotRef": {"name": "s", "namespace": "default"}}}
    };
    assert_eq!(tried, 3);
}

/// Snapshots come with their driver, as custom resources.
fn definition(plural: &str, kind: &str, scope: &str) -> String {
    format!(
        r#"{{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {{"name": "{plural}.snapshot.storage.k8s.io", "annotations": {{"api-approved.kubernetes.io": "https://github.com/kubernetes-csi/external-snapshotter/pull/814"}}}},
            "spec": {{"group": "snapshot.storage.k8s.io", "scope": "{scope}", "names": {{"plural": "{plural}", "kind": "{kind}"}},
                "versions": [{{"name": "v1", "served": true, "storage": true, "subresources": {{"status": {{}}}},
                    "schema": {{"openAPIV3Schema": {{"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}}}}]}}}}"#
    )
}
