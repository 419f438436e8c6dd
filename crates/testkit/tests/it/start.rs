//! Starting: alone, by the hundred, and for programs outside.

use skeg_api::apps::v1::Deployment;
use skeg_api::core::v1::{ConfigMap, Namespace, Node, Pod, ServiceAccount};
use skeg_client::{Api, ListOptions};
use skeg_testkit::{Cluster, User};

use crate::support::{deployment, map, namespace};

#[tokio::test]
async fn a_cluster_runs_a_deployment() {
    let cluster = Cluster::start().await.unwrap();
    cluster.apply(&deployment("web", 3)).await.unwrap();
    cluster
        .expect::<Deployment>("web")
        .to(|web| web.status.ready_replicas == 3)
        .await;
    let pods = Api::<Pod>::namespaced(cluster.client(), "default");
    let pods = pods.list(&ListOptions::default()).await.unwrap().items;
    assert_eq!(pods.len(), 3);
    for pod in &pods {
        assert_eq!(pod.spec.node_name, "node-1");
        assert_eq!(pod.status.phase, "Running");
        assert!(!pod.status.pod_ip.is_empty());
        assert_eq!(pod.status.container_statuses[0].restart_count, 0);
    }
    let api = Api::<Deployment>::namespaced(cluster.client(), "default");
    api.delete("web", &Default::default()).await.unwrap();
    cluster.expect_gone::<Pod>(&pods[0].metadata.name).await;
    cluster.stop().await;
}

#[tokio::test]
async fn namespaces_are_complete_and_go() {
    let cluster = Cluster::start().await.unwrap();
    let namespaces = Api::<Namespace>::all(cluster.client());
    namespaces.create(namespace("team")).await.unwrap();
    cluster.expect::<ServiceAccount>("team/default").await;
    let maps = Api::<ConfigMap>::namespaced(cluster.client(), "team");
    maps.create(map("team", "a")).await.unwrap();
    namespaces
        .delete("team", &Default::default())
        .await
        .unwrap();
    cluster.expect_gone::<Namespace>("team").await;
}

#[tokio::test]
async fn only_an_api_server() {
    let cluster = Cluster::builder().only_api_server().start().await.unwrap();
    cluster.apply(&deployment("web", 3)).await.unwrap();
    let nodes = Api::<Node>::all(cluster.client());
    assert!(
        nodes
            .list(&ListOptions::default())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let unknown = Cluster::builder().controllers(["sorcery"]).start().await;
    let said = unknown.err().expect("no such controller").to_string();
    assert!(said.contains("sorcery"), "{said}");
}

#[tokio::test]
async fn feature_gates_are_those_of_the_api_server() {
    let kinds = |cluster: Cluster| async move {
        let client = cluster.client();
        let served = client.resources("scheduling.k8s.io", "v1beta1").await;
        served.map_or(0, |served| served.len())
    };
    let plain = || Cluster::builder().only_api_server();
    assert_eq!(kinds(plain().start().await.unwrap()).await, 0);
    let one = plain()
        .runtime_config("scheduling.k8s.io/v1beta1", true)
        .feature_gate("GenericWorkload", true);
    assert_eq!(kinds(one.start().await.unwrap()).await, 2);
    let all = plain()
        .runtime_config("api/beta", true)
        .feature_gates("AllBeta=true, APIServerIdentity=true");
    assert_eq!(kinds(all.start().await.unwrap()).await, 2);
    for (gates, expect) in [
        ("NoSuchGate=true", "unrecognized feature gate: NoSuchGate"),
        (
            "APIServerIdentity=false",
            "has no effect: it is always true",
        ),
        (
            "PodGroupPreemptionPolicy=true",
            "depends on features that are disabled: [GenericWorkload]",
        ),
        ("GenericWorkload", "\"GenericWorkload\" is not NAME=true"),
        ("GenericWorkload=yes", "is not NAME=true or NAME=false"),
    ] {
        let refused = plain().feature_gates(gates).start().await;
        let said = refused.err().expect("it makes no sense").to_string();
        assert!(said.contains(expect), "{said}");
    }
}

#[tokio::test]
async fn users_may_do_what_their_roles_allow() {
    let cluster = Cluster::start().await.unwrap();
    let alice = User::named("alice").group("dev");
    cluster
        .apply(
            "
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: [''], resources: [configmaps], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: dev}]
",
        )
        .await
        .unwrap();
    cluster.settle().await.unwrap();
    for client in [
        cluster.client_as(&alice),
        cluster.https_client(&alice).await.unwrap(),
    ] {
        let maps = Api::<ConfigMap>::namespaced(client, "default");
        maps.list(&ListOptions::default()).await.unwrap();
        let refused = maps.create(map("default", "a")).await;
        assert!(refused.unwrap_err().is_forbidden());
    }
    let nobody = cluster.client_as(&User::anonymous());
    let refused = Api::<ConfigMap>::namespaced(nobody, "default")
        .get("a")
        .await;
    assert!(refused.unwrap_err().is_forbidden());
}

#[tokio::test]
async fn custom_resources_are_loaded() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("crds")).unwrap();
    std::fs::write(
        dir.path().join("crds/bears.yaml"),
        "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: bears.zoo.example}
spec:
  group: zoo.example
  scope: Namespaced
  names: {plural: bears, kind: Bear}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {hunger: {type: integer, maximum: 9}}}}}}
",
    )
    .unwrap();
    // Definitions come first, whatever the files are called.
    std::fs::write(
        dir.path().join("a-bear.json"),
        r#"{"apiVersion": "zoo.example/v1", "kind": "Bear", "metadata": {"name": "ben"}, "spec": {"hunger": 3}}"#,
    )
    .unwrap();
    let cluster = Cluster::builder().load(dir.path()).start().await.unwrap();
    let bear =
        "{apiVersion: zoo.example/v1, kind: Bear, metadata: {name: ben}, spec: {hunger: 10}}";
    let refused = cluster.apply(bear).await.unwrap_err();
    let said = refused.to_string();
    assert!(said.contains("spec.hunger"), "{said}");
}

#[test]
fn two_hundred_clusters_beside_each_other() {
    const CLUSTERS: usize = 200;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let started = (0..CLUSTERS).map(|number| {
            tokio::spawn(async move {
                let cluster = Cluster::start().await.unwrap();
                let name = format!("map-{number}");
                let maps = Api::<ConfigMap>::namespaced(cluster.client(), "default");
                maps.create(map("default", name.clone())).await.unwrap();
                (cluster, name)
            })
        });
        let clusters = futures::future::try_join_all(started).await.unwrap();
        assert_eq!(clusters.len(), CLUSTERS);
        // Each has its own objects and no others.
        for (cluster, name) in &clusters {
            let maps = Api::<ConfigMap>::namespaced(cluster.client(), "default");
            let all = maps.list(&ListOptions::default()).await.unwrap().items;
            let names: Vec<&str> = all.iter().map(|map| map.metadata.name.as_str()).collect();
            assert_eq!(names, ["kube-root-ca.crt", name]);
        }
    });
}

#[tokio::test]
async fn a_folder_that_is_missing_is_named_whole() {
    let cluster = Cluster::builder().only_api_server().start().await.unwrap();
    let error = cluster.load("no/such").await.unwrap_err().to_string();
    let whole = std::path::absolute("no/such").unwrap();
    assert!(
        error.ends_with(&format!("no file or folder {}", whole.display())),
        "{error}"
    );
}

#[tokio::test]
async fn two_nodes_have_two_names() {
    let twice = Cluster::builder()
        .nodes(1)
        .node(skeg_testkit::NodeSpec::named("node-1"));
    let error = twice.start().await.map(drop).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("a node of this name already"), "{cause}");
}
