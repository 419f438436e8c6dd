//! Every kind through every verb, typed and as a tree, over HTTPS and without
//! sockets.

use std::fmt::Debug;
use std::sync::Arc;

use futures::StreamExt;
use skeg_api::core::v1::{Namespace, ServiceAccount};
use skeg_client::{
    Api, ApiResource, Client, CreateOptions, DeleteOptions, Deleted, DynamicApi, ListOptions,
    Patch, PatchOptions, SharedEvent, WatchEvent, WatchOptions,
};
use skeg_meta::{GroupVersionKind, Object, ObjectMeta};
use skeg_schema::resources::ServedWhen;
use skeg_schema::{Value, json};
use skeg_testkit::{Builder, Cluster, User};

/// A request for a certificate, as PEM and packed once more.
const REQUEST: &str = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIWk1JR0FBZ0VBTUI0eERqQU1CZ05WQkFNTUJXTmhjbTlzTVF3d0NnWURWUVFLREFOa1pYWXdXVEFUQmdjcQpoa2pPUFFJQkJnZ3Foa2pPUFFNQkJ3TkNBQVFaNitlNG5BQjNkcWpxUlB6NjQ2SE9SRHlPSS9rK0czbHN5VjFJCkN1S2tCOCtMU0ROOU1kd1BVOUg4UmFsRjNxUitVUFV5WHdmQVI5RHlRdXBBYVdpNG9BQXdDZ1lJS29aSXpqMEUKQXdJRFNBQXdSUUlnTXNDUTRveklhQ2kwRjBGZE1LS2RiY2U2WEZqcjlXci9Ya2JveitsWDl4VUNJUUNqUTRyeQpJUEtlWjhMUnpKTG5Ra1orQm5TdmprdndpOFArNUVPV3NZdldmZz09Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=";
/// One that says nothing of its owner, as DER.
const STUB: &str = "MIG7MGICAQAwADBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBnr57icAHd2qOpE/Prjoc5EPI4j+T4beWzJXUgK4qQHz4tIM30x3A9T0fxFqUXepH5Q9TJfB8BH0PJC6kBpaLigADAKBggqhkjOPQQDAgNJADBGAiEA5oLMJ3A9dUGzIv/cMTXNcEw1NHSD89TwrPQAit4r+ekCIQDdrrUgHZv6eyLQOcYDyu4Hd1EapZ4kxY57MhS7CZSZ0w==";
/// The certificate of an authority.
const BUNDLE: &str = "-----BEGIN CERTIFICATE-----\nMIIBKDCBzqADAgECAgMS1ocwCgYIKoZIzj0EAwIwETEPMA0GA1UEAwwGY2Egb25l\nMCAXDTIwMDEwMTAwMDAwMFoYDzIwNTAwMTAxMDAwMDAwWjARMQ8wDQYDVQQDDAZj\nYSBvbmUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQyoIlRl4Ua2ujYlx0Fm2N/\nGGeERAX+073x00iDHFO23ySQ9FLyCzp58HMVYFkffZ8KOP7vpFZKxIwSyKG6fn/i\noxMwETAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQDRiX/Tno/5\nlZlPohQ5XNc2NiXphK6zNYQpHEmu5H5rnwIhAIiwROO/s1EukgtnfIKWrkKubKdc\ntZKeqg82g/Oe5EMg\n-----END CERTIFICATE-----\n";

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
    finalize_namespace(api.client(), kind.as_ref(), name).await;
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

/// What the controller of namespaces does, which does not run here.
async fn finalize_namespace(client: &Client, kind: &str, name: &str) {
    if kind == "Namespace" {
        let namespaces = Api::<Namespace>::all(client.clone());
        let mut going = Namespace::clone(&*namespaces.get(name).await.unwrap());
        going.spec.finalizers.clear();
        namespaces.finalize(going).await.unwrap();
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
    finalize_namespace(client, &kind, &name).await;
    loop {
        match events
            .next()
            .await
            .expect("the watch goes on")
            .expect("an event")
        {
            SharedEvent::Deleted(object) if object.name() == name => break,
            SharedEvent::Error(status) => panic!("{kind}: {}", status.message),
            _ => {}
        }
    }
    assert!(api.get_opt(&name).await.unwrap().is_none(), "{kind}");
}

async fn both<K: Object + Debug>((https, loopback): &(Client, Client), mut tree: Value) {
    if tree.at(&["metadata", "name"]).is_none() {
        tree.set_at(&["metadata", "name"], "tried");
    }
    typed::<K>(https, &tree).await;
    dynamic::<K>(loopback, &tree).await;
}

/// Tests of many kinds, and the list of all that they try.
macro_rules! kinds {
    ($($test:ident in $cluster:ident { $($group:ident::$version:ident::$kind:ident $tree:tt)* })*) => {
        $(
            #[tokio::test]
            async fn $test() {
                let (_cluster, clients) = clients($cluster()).await;
                $(both::<skeg_api::$group::$version::$kind>(&clients, json!($tree)).await;)*
            }
        )*

        fn tried() -> Vec<GroupVersionKind> {
            vec![$($(skeg_api::$group::$version::$kind::GVK),*),*]
        }
    };
}

fn plain() -> Builder {
    Cluster::builder().only_api_server()
}

/// With everything that is not served by default.
fn with_all_gates() -> Builder {
    plain()
        .feature_gates("AllAlpha=true,AllBeta=true")
        .runtime_config("api/all", true)
}

/// Snapshots come with their driver, as custom resources.
fn with_snapshots() -> Builder {
    let kinds = [
        ("volumesnapshots", "VolumeSnapshot", "Namespaced"),
        ("volumesnapshotclasses", "VolumeSnapshotClass", "Cluster"),
        ("volumesnapshotcontents", "VolumeSnapshotContent", "Cluster"),
    ];
    kinds
        .iter()
        .fold(plain(), |builder, (plural, kind, scope)| {
            builder.manifest(definition(plural, kind, scope))
        })
}

async fn clients(builder: Builder) -> (Cluster, (Client, Client)) {
    let cluster = builder.start().await.unwrap();
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

kinds! {
    core_kinds in plain {
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
    }
    workload_kinds in plain {
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
    }
    network_and_rights_kinds in plain {
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
    }
    storage_and_device_kinds in plain {
        storage::v1::StorageClass {"provisioner": "example.com/p"}
        storage::v1::CSIDriver {"metadata": {"name": "csi.example.com"}, "spec": {}}
        storage::v1::CSINode {"spec": {"drivers": [{"name": "csi.example.com", "nodeID": "n"}]}}
        storage::v1::VolumeAttributesClass {"driverName": "csi.example.com", "parameters": {"iops": "5"}}
        resource::v1::DeviceClass {"spec": {}}
        resource::v1::ResourceClaim {"spec": {"devices": {"requests": [{"name": "r", "exactly": {"deviceClassName": "c"}}]}}}
        resource::v1::ResourceClaimTemplate {"spec": {"spec": {"devices": {"requests": [{"name": "r", "exactly": {"deviceClassName": "c"}}]}}}}
        resource::v1::ResourceSlice {"spec": {"driver": "d.example.com", "nodeName": "n", "pool": {"name": "p", "generation": 1, "resourceSliceCount": 1}, "devices": [{"name": "gpu"}]}}
    }
    snapshot_kinds in with_snapshots {
        snapshot::v1::VolumeSnapshot {"spec": {"source": {"persistentVolumeClaimName": "c"}}}
        snapshot::v1::VolumeSnapshotClass {"driver": "csi.example.com", "deletionPolicy": "Delete"}
        snapshot::v1::VolumeSnapshotContent {"spec": {"driver": "csi.example.com", "deletionPolicy": "Delete", "source": {"volumeHandle": "h"}, "volumeSnapshotRef": {"name": "s", "namespace": "default"}}}
    }
    policy_kinds in plain {
        admissionregistration::v1::ValidatingAdmissionPolicy {"spec": {"validations": [{"expression": "object.spec.replicas <= 100"}], "matchConstraints": {"resourceRules": [{"apiGroups": ["x.io"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["xs"]}]}}}
        admissionregistration::v1::ValidatingAdmissionPolicyBinding {"spec": {"policyName": "p.x.io", "validationActions": ["Deny"]}}
        admissionregistration::v1::MutatingAdmissionPolicy {"spec": {"reinvocationPolicy": "Never", "mutations": [{"patchType": "ApplyConfiguration", "applyConfiguration": {"expression": "Object{metadata: Object.metadata{annotations: {\"a\": \"b\"}}}"}}], "matchConstraints": {"resourceRules": [{"apiGroups": ["x.io"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["xs"]}]}}}
        admissionregistration::v1::MutatingAdmissionPolicyBinding {"spec": {"policyName": "p.x.io"}}
        flowcontrol::v1::FlowSchema {"spec": {"matchingPrecedence": 10000, "priorityLevelConfiguration": {"name": "global-default"}, "rules": [{"subjects": [{"kind": "User", "user": {"name": "u"}}], "nonResourceRules": [{"verbs": ["get"], "nonResourceURLs": ["/none"]}]}]}}
        flowcontrol::v1::PriorityLevelConfiguration {"spec": {"type": "Limited", "limited": {"nominalConcurrencyShares": 2, "limitResponse": {"type": "Reject"}}}}
        certificates::v1::CertificateSigningRequest {"spec": {"signerName": "x.io/signer", "usages": ["client auth"], "request": REQUEST}}
        certificates::v1::ClusterTrustBundle {"spec": {"trustBundle": BUNDLE}}
        certificates::v1::PodCertificateRequest {"spec": {"signerName": "x.io/s", "podName": "p", "podUID": "pu", "serviceAccountName": "default", "serviceAccountUID": "su", "nodeName": "n", "nodeUID": "nu", "stubPKCS10Request": STUB}}
    }
    further_kinds in plain {
        core::v1::PodTemplate {"template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "x"}]}}}
        apps::v1::ControllerRevision {"revision": 1, "data": {"a": 1}}
        autoscaling::v1::HorizontalPodAutoscaler {"spec": {"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}}}
        events::v1::Event {"note": "n", "action": "Do", "reason": "R", "type": "Normal", "eventTime": "2026-01-02T03:04:05.000000Z", "reportingController": "x.io/c", "reportingInstance": "i", "regarding": {"kind": "Pod", "namespace": "default", "name": "p"}}
        networking::v1::IPAddress {"metadata": {"name": "192.0.2.77"}, "spec": {"parentRef": {"group": "x.io", "resource": "xs", "namespace": "default", "name": "p"}}}
        networking::v1::ServiceCIDR {"spec": {"cidrs": ["192.168.77.0/24"]}}
        storage::v1::CSIStorageCapacity {"storageClassName": "sc", "capacity": "8Gi", "nodeTopology": {"matchLabels": {"a": "b"}}}
        storage::v1::VolumeAttachment {"spec": {"attacher": "x.io", "nodeName": "n", "source": {"persistentVolumeName": "pv"}}}
        resource::v1::DeviceTaintRule {"spec": {"deviceSelector": {"driver": "d.example.com"}, "taint": {"key": "x.io/k", "value": "v", "effect": "NoSchedule"}}}
        storagemigration::v1::StorageVersionMigration {"spec": {"resource": {"group": "apps", "resource": "deployments"}}}
    }
    kinds_behind_gates in with_all_gates {
        apiserverinternal::v1alpha1::StorageVersion {"metadata": {"name": "x.io.xs"}, "spec": {}}
        coordination::v1beta1::LeaseCandidate {"spec": {"leaseName": "l", "binaryVersion": "1.37.0", "emulationVersion": "1.37.0", "strategy": "OldestEmulationVersion"}}
        lifecycle::v1alpha1::EvictionRequest {"spec": {"target": {"pod": {"name": "p", "uid": "123e4567-e89b-12d3-a456-426614174000"}}, "requester": "x.io/r", "intent": "Eviction"}}
        lifecycle::v1alpha1::Eviction {"metadata": {"name": "123e4567-e89b-12d3-a456-426614174000"}, "spec": {"target": {"pod": {"name": "p", "uid": "123e4567-e89b-12d3-a456-426614174000"}}}}
        resource::v1alpha3::ResourcePoolStatusRequest {"spec": {"driver": "d.example.com"}}
        scheduling::v1beta1::Workload {"spec": {"podGroupTemplates": [{"name": "t", "schedulingPolicy": {"gang": {"minCount": 2}}}]}}
        scheduling::v1beta1::PodGroup {"spec": {"schedulingPolicy": {"gang": {"minCount": 2}}}}
        scheduling::v1alpha3::CompositePodGroup {"spec": {"workloadRef": {"workloadName": "w", "templateName": "t"}, "schedulingPolicy": {"gang": {"minGroupCount": 2}}}}
    }
}

/// What is served and has all six verbs is tried: stable versions each, others
/// in one version of the kind.
#[test]
fn no_kind_is_left_out() {
    let tried = tried();
    for row in skeg_schema::resources::RESOURCES {
        let verbs = ["create", "get", "list", "patch", "watch", "delete"];
        if !verbs.iter().all(|verb| row.verbs.contains(verb)) {
            continue;
        }
        let is_stable = row.served == ServedWhen::Default;
        let of_row = |tried: &GroupVersionKind| {
            tried.group == row.group
                && tried.kind == row.kind
                && (!is_stable || tried.version == row.version)
        };
        let (group, version, kind) = (row.group, row.version, row.kind);
        assert!(tried.iter().any(of_row), "{group}/{version} {kind}");
    }
}

fn definition(plural: &str, kind: &str, scope: &str) -> String {
    format!(
        r#"{{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {{"name": "{plural}.snapshot.storage.k8s.io", "annotations": {{"api-approved.kubernetes.io": "https://github.com/kubernetes-csi/external-snapshotter/pull/814"}}}},
            "spec": {{"group": "snapshot.storage.k8s.io", "scope": "{scope}", "names": {{"plural": "{plural}", "kind": "{kind}"}},
                "versions": [{{"name": "v1", "served": true, "storage": true, "subresources": {{"status": {{}}}},
                    "schema": {{"openAPIV3Schema": {{"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}}}}]}}}}"#
    )
}
