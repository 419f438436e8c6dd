//! What a kubelet may write, in upstream's words.

use crate::world::World;
use skeg_auth::UserInfo;
use skeg_auth::authz::Always;
use skeg_meta::{Status, Time};
use skeg_registry::admission::{Attributes, Chain, Operation};
use skeg_registry::context::Ctx;
use skeg_schema::resources::RESOURCES;
use skeg_schema::{Value, json};
use std::sync::Arc;

/// A cluster with the pod `p` of account `sa` on node `n`.
fn world() -> World {
    let world = World::default();
    world.namespace("ns");
    world.put(
        "",
        "nodes",
        "",
        json!({"metadata": {"name": "n", "uid": "nu"}}),
    );
    world.put(
        "",
        "serviceaccounts",
        "ns",
        json!({"metadata": {"name": "sa", "namespace": "ns", "uid": "su"}}),
    );
    let volumes = json!([
        {"name": "t", "projected": {"sources": [
            {"serviceAccountToken": {"path": "t"}},
            {"serviceAccountToken": {"path": "v", "audience": "vault"}},
            {"podCertificate": {"signerName": "example.com/a"}},
        ]}},
        {"name": "c", "persistentVolumeClaim": {"claimName": "data"}},
    ]);
    world.put(
        "",
        "pods",
        "ns",
        json!({
            "metadata": {"name": "p", "namespace": "ns", "uid": "pu"},
            "spec": {"nodeName": "n", "serviceAccountName": "sa", "volumes": volumes},
        }),
    );
    world.put(
        "",
        "persistentvolumeclaims",
        "ns",
        json!({
            "metadata": {"name": "data", "namespace": "ns"}, "spec": {"volumeName": "pv"},
        }),
    );
    world.put(
        "",
        "persistentvolumes",
        "",
        json!({"metadata": {"name": "pv"}, "spec": {"csi": {"driver": "disk"}}}),
    );
    world.put(
        "storage.k8s.io",
        "csidrivers",
        "",
        json!({"metadata": {"name": "disk"}, "spec": {"tokenRequests": [{"audience": "disks"}]}}),
    );
    world
}

struct Write<'a> {
    resource: (&'a str, &'a str),
    name: &'a str,
    operation: Operation,
    obj: Value,
    old: Option<Value>,
    /// What else the kubelet is allowed.
    allowed: bool,
}

async fn write(world: &World, write: Write<'_>) -> Result<(), Status> {
    let user = UserInfo::new("system:node:n", &["system:nodes", "system:authenticated"]);
    let (resource, subresource) = write.resource;
    let chain = Chain::new()
        .choose(&["NodeRestriction".to_owned()], &[])
        .expect("known plugins");
    chain.set_authorizer(Arc::new(Always(write.allowed)));
    let attrs = Attributes {
        ctx: Ctx {
            user: &user,
            namespace: "ns",
            name: write.name,
            subresource,
            verb: "update",
            now: Time::now(),
            dry_run: false,
            features: skeg_registry::Features::default(),
            objects: world,
        },
        desc: RESOURCES
            .iter()
            .find(|desc| desc.resource == resource)
            .expect("a resource"),
        operation: write.operation,
    };
    let mut obj = write.obj;
    let asked = chain.admit(&attrs, &mut obj, write.old.as_ref());
    asked.await.map(drop)
}

/// Code and message of the refusal; nothing if there is none.
fn told(outcome: Result<(), Status>) -> (i32, String) {
    outcome
        .err()
        .map_or((0, String::new()), |status| (status.code, status.message))
}

#[tokio::test]
async fn tokens_are_for_audiences_that_the_pod_mounts() {
    let world = world();
    let ask = async |audiences: &[&str], pod: &str, allowed: bool| {
        let obj = json!({"spec": {
            "audiences": audiences.iter().map(|a| Value::from(*a)).collect::<Value>(),
            "boundObjectRef": {"apiVersion": "v1", "kind": "Pod", "name": pod, "uid": "pu"},
        }});
        let token = Write {
            resource: ("serviceaccounts", "token"),
            name: "sa",
            operation: Operation::Create,
            obj,
            old: None,
            allowed,
        };
        told(write(&world, token).await)
    };
    let fine = (0, String::new());
    for mounted in [&[][..], &["vault"], &["disks"]] {
        assert_eq!(ask(mounted, "p", false).await, fine, "{mounted:?}");
    }
    assert_eq!(ask(&["other"], "p", true).await, fine);
    let refused = |words: &str| (403, format!("serviceaccounts \"sa\" is forbidden: {words}"));
    assert_eq!(
        ask(&["other"], "p", false).await,
        refused(
            "audience \"other\" not found in pod spec volume, system:node:n is not authorized to request tokens for this audience"
        )
    );
    assert_eq!(
        ask(&["vault", "disks"], "p", true).await,
        refused("node may only request 0 or 1 audiences")
    );
    assert_eq!(
        ask(&[], "q", true).await,
        (404, "pod \"q\" not found".to_owned())
    );
    // A driver that is not known may want any.
    world.put(
        "",
        "persistentvolumes",
        "",
        json!({"metadata": {"name": "pv"}, "spec": {"gcePersistentDisk": {"pdName": "d"}}}),
    );
    assert_eq!(ask(&["vault"], "p", false).await, fine);
    assert_eq!(
        ask(&["disks"], "p", true).await,
        refused(
            "error validating audience \"disks\": csidriver.storage.k8s.io \"pd.csi.storage.gke.io\" not found"
        )
    );
}

#[tokio::test]
async fn certificates_are_for_pods_as_they_run() {
    let world = world();
    let fit = json!({
        "podName": "p", "podUID": "pu", "serviceAccountName": "sa", "serviceAccountUID": "su",
        "nodeName": "n", "nodeUID": "nu", "signerName": "example.com/a",
    });
    let ask = async |field: &'static str, value: &str, allowed: bool, operation: Operation| {
        let mut spec = fit.clone();
        if !field.is_empty() {
            spec.set_at(&[field], value);
        }
        let request = Write {
            resource: ("podcertificaterequests", ""),
            name: "r",
            operation,
            obj: json!({"metadata": {"name": "r", "namespace": "ns"}, "spec": spec}),
            old: None,
            allowed,
        };
        told(write(&world, request).await)
    };
    let create = Operation::Create;
    let fine = (0, String::new());
    assert_eq!(ask("", "", false, create).await, fine);
    assert_eq!(ask("signerName", "example.com/b", true, create).await, fine);
    let check = async |field: &'static str, value: &str, code: i32, words: &str| {
        let (got, said) = ask(field, value, false, create).await;
        assert_eq!(got, code, "{said}");
        assert!(said.ends_with(words), "{said}");
    };
    let refused = "podcertificaterequests.certificates.k8s.io \"r\" is forbidden: ";
    check(
        "nodeName",
        "m",
        403,
        &format!("{refused}PodCertificateRequest.Spec.NodeName=\"m\", which is not the requesting node \"n\""),
    )
    .await;
    check(
        "nodeUID",
        "x",
        500,
        "PodCertificateRequest for pod \"ns/p\" names node UID \"x\", inconsistent with the running node (\"nu\")",
    )
    .await;
    check(
        "podName",
        "q",
        500,
        "while retrieving pod \"ns/q\" named in the PodCertificateRequest: pod \"q\" not found",
    )
    .await;
    check(
        "podUID",
        "x",
        500,
        "PodCertificateRequest for pod \"ns/p\" contains pod UID (\"x\") which differs from running pod \"pu\"",
    )
    .await;
    check(
        "serviceAccountName",
        "x",
        403,
        "PodCertificateRequest for pod \"ns/p\" contains serviceAccountName (\"x\") that differs from running pod (\"sa\")",
    )
    .await;
    check(
        "serviceAccountUID",
        "x",
        500,
        "PodCertificateRequest for pod \"ns/p\" names service account UID \"x\", which differs from the running service account (\"su\")",
    )
    .await;
    check(
        "signerName",
        "example.com/b",
        403,
        "pod \"ns/p\" does not mount a podCertificate projected volume for signer \"example.com/b\"",
    )
    .await;
    let (code, said) = ask("", "", true, Operation::Update).await;
    assert_eq!(
        (code, said),
        (403, format!("{refused}unexpected operation UPDATE"))
    );
}

#[tokio::test]
async fn mirror_pods_are_the_nodes_own_and_refer_to_nothing() {
    let world = world();
    let make = async |change: &dyn Fn(&mut Value)| {
        let mut obj = json!({
            "metadata": {"name": "m", "namespace": "ns",
                "annotations": {"kubernetes.io/config.mirror": "1"},
                "ownerReferences": [
                    {"apiVersion": "v1", "kind": "Node", "name": "n", "uid": "nu", "controller": true},
                ]},
            "spec": {"nodeName": "n", "containers": [{"name": "c", "image": "i"}]},
        });
        change(&mut obj);
        let pod = Write {
            resource: ("pods", ""),
            name: "m",
            operation: Operation::Create,
            obj,
            old: None,
            allowed: true,
        };
        told(write(&world, pod).await)
    };
    assert_eq!(make(&|_| {}).await, (0, String::new()));
    let check = async |path: &[&'static str], value: Value, words: &str| {
        let (code, said) = make(&|obj| obj.set_at(path, value.clone())).await;
        let expected = format!("pods \"m\" is forbidden: node {words}");
        assert_eq!((code, said), (403, expected));
    };
    let owners = ["metadata", "ownerReferences"];
    let owner = json!({"apiVersion": "v1", "kind": "Node", "name": "n", "uid": "nu"});
    check(
        &owners,
        json!([]),
        "\"n\" can only create pods with an owner reference set to itself",
    )
    .await;
    check(
        &owners,
        json!([owner.clone(), owner.clone()]),
        "\"n\" can only create pods with a single owner reference set to itself",
    )
    .await;
    check(
        &owners,
        json!([owner]),
        "\"n\" can only create pods with a controller owner reference set to itself",
    )
    .await;
    check(
        &owners,
        json!([{"apiVersion": "v1", "kind": "Node", "name": "n", "uid": "x", "controller": true}]),
        "n UID mismatch: expected x got nu",
    )
    .await;
    check(
        &["spec", "volumes"],
        json!([{"name": "c", "csi": {"driver": "d"}}]),
        "\"n\" can not create pods that reference csidrivers (via CSI volumes)",
    )
    .await;
}

#[tokio::test]
async fn statuses_say_what_is_a_kubelets_to_say() {
    let world = world();
    let pod = json!({
        "metadata": {"name": "p", "namespace": "ns", "uid": "pu", "labels": {"a": "b"}},
        "spec": {"nodeName": "n"},
        "status": {"phase": "Pending"},
    });
    let claim = json!({
        "metadata": {"name": "data", "namespace": "ns", "resourceVersion": "7"},
        "spec": {"volumeName": "pv"},
        "status": {"phase": "Bound", "capacity": {"storage": "1Gi"}},
    });
    let update = async |resource: &str, old: &Value, path: &[&'static str], value: &str| {
        let mut obj = old.clone();
        obj.set_at(path, value);
        let status = Write {
            resource: (resource, "status"),
            name: "p",
            operation: Operation::Update,
            obj,
            old: Some(old.clone()),
            allowed: true,
        };
        told(write(&world, status).await).1
    };
    let pods = async |path: &[&'static str]| update("pods", &pod, path, "x").await;
    assert_eq!(pods(&["status", "phase"]).await, "");
    assert_eq!(
        pods(&["metadata", "labels", "a"]).await,
        "pods \"p\" is forbidden: node \"n\" cannot update labels through pod status"
    );
    let claims =
        async |path: &[&'static str]| update("persistentvolumeclaims", &claim, path, "2Gi").await;
    assert_eq!(claims(&["status", "capacity", "storage"]).await, "");
    assert_eq!(claims(&["metadata", "resourceVersion"]).await, "");
    assert_eq!(
        claims(&["status", "phase"]).await,
        "persistentvolumeclaims \"data\" is forbidden: node \"n\" is not allowed to update fields other than status.quantity and status.conditions"
    );
}

#[tokio::test]
async fn nodes_are_configured_by_others() {
    let world = world();
    let node = |source: Value| json!({"metadata": {"name": "n"}, "spec": {"configSource": source}});
    let source = |name: &str| json!({"configMap": {"name": name, "namespace": "ns"}});
    let ask = async |operation: Operation, obj: Value, old: Option<Value>| {
        let request = Write {
            resource: ("nodes", ""),
            name: "n",
            operation,
            obj,
            old,
            allowed: false,
        };
        told(write(&world, request).await)
    };
    let refused = |words: &str| (403, format!("nodes \"n\" is forbidden: node \"n\" {words}"));
    assert_eq!(
        ask(Operation::Create, node(source("a")), None).await,
        refused("is not allowed to create pods with a non-nil configSource")
    );
    let new = refused("is not allowed to update configSource to a new non-nil configSource");
    for old in [Value::Null, source("b")] {
        let update = ask(Operation::Update, node(source("a")), Some(node(old)));
        assert_eq!(update.await, new);
    }
    for (obj, old) in [(source("a"), source("a")), (Value::Null, source("a"))] {
        let update = ask(Operation::Update, node(obj), Some(node(old)));
        assert_eq!(update.await, (0, String::new()));
    }
}

#[tokio::test]
async fn requests_of_kubelets_can_be_read() {
    let world = world();
    let request = Write {
        resource: ("certificatesigningrequests", ""),
        name: "r",
        operation: Operation::Create,
        obj: json!({"metadata": {"name": "r"}, "spec": {
            "signerName": "kubernetes.io/kubelet-serving", "request": "bm9uc2Vuc2U=",
        }}),
        old: None,
        allowed: false,
    };
    assert_eq!(
        told(write(&world, request).await),
        (
            403,
            "certificatesigningrequests.certificates.k8s.io \"r\" is forbidden: unable to parse csr: PEM block type must be CERTIFICATE REQUEST".to_owned()
        )
    );
}
