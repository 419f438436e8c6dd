//! Every state there was, and what is told of a failed expectation.

use std::time::Duration;

use skeg_api::apps::v1::Deployment;
use skeg_api::core::v1::{ConfigMap, Pod};
use skeg_client::Api;
use skeg_testkit::{ChangeKind, Cluster, Fault, Rule};

use crate::support::{deployment, map, still};

#[tokio::test]
async fn objects_are_as_they_were() {
    let cluster = Cluster::builder().only_api_server().start().await.unwrap();
    let maps = Api::<ConfigMap>::namespaced(cluster.client(), "default");
    let mut one = map("default", "a");
    one.data.insert("key".into(), "old".into());
    maps.create(one).await.unwrap();
    let then = cluster.revision();
    let mut one = (*maps.get("a").await.unwrap()).clone();
    one.data.insert("key".into(), "new".into());
    maps.update(one).await.unwrap();
    maps.create(map("default", "b")).await.unwrap();
    maps.delete("a", &Default::default()).await.unwrap();
    let old = cluster
        .at(then)
        .get::<ConfigMap>("a")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(old.data["key"], "old");
    let newer = cluster
        .at(then + 1)
        .get::<ConfigMap>("default/a")
        .await
        .unwrap();
    assert_eq!(newer.unwrap().data["key"], "new");
    let now = cluster.at(cluster.revision());
    assert!(now.get::<ConfigMap>("a").await.unwrap().is_none());
    let kinds: Vec<(ChangeKind, String)> = cluster
        .diff(then, cluster.revision())
        .await
        .unwrap()
        .iter()
        .map(|change| (change.kind, change.subject()))
        .collect();
    let expect = [
        (ChangeKind::Created, "ConfigMap default/b".to_owned()),
        (ChangeKind::Deleted, "ConfigMap default/a".to_owned()),
    ];
    assert_eq!(kinds, expect);
    let dir = tempfile::tempdir().unwrap();
    let dumped = cluster.at(then).dump(dir.path()).await.unwrap();
    assert!(dumped > 100, "{dumped}");
    let file = std::fs::read_to_string(dir.path().join("default/configmap.a.yaml")).unwrap();
    assert!(file.contains("key: old"), "{file}");
}

#[tokio::test]
async fn a_failed_expectation_tells_what_happened() {
    let cluster = still().await;
    cluster.faults().inject(
        Rule::new(Fault::Conflict)
            .resource("deployments/status")
            .times(1),
    );
    cluster.apply(&deployment("web", 2)).await.unwrap();
    let unmet = cluster
        .expect::<Deployment>("web")
        .to(|web| web.status.ready_replicas == 3)
        .within(Duration::from_secs(5))
        .check()
        .await
        .unwrap_err();
    let told = unmet.to_string();
    for part in [
        "expected Deployment \"web\" to be there and as wanted, not within 5s",
        "readyReplicas: 2",
        "deployment-controller",
        "replicaset-controller",
        "kubelet node-1",
        "Deployment default/web",
        "status.readyReplicas",
        "ScalingReplicaSet on Deployment web",
        "refused with 409 (injected)",
    ] {
        assert!(told.contains(part), "{part} is not in\n{told}");
    }
    assert!(!told.contains('\u{1b}'), "colours in {told}");
}

#[tokio::test]
async fn the_timeline_tells_who_did_what() {
    let cluster = still().await;
    cluster.apply(&deployment("web", 1)).await.unwrap();
    cluster
        .expect::<Deployment>("web")
        .to(|web| web.status.ready_replicas == 1)
        .await;
    let api = Api::<Deployment>::namespaced(cluster.client(), "default");
    api.delete("web", &Default::default()).await.unwrap();
    let gone = |pods: &Pod| pods.metadata.deletion_timestamp.is_some();
    cluster
        .expect_any::<Pod>("default")
        .to(gone)
        .within(Duration::from_secs(60))
        .check()
        .await
        .ok();
    let timeline = cluster
        .timeline()
        .await
        .unwrap()
        .about("Deployment default/web");
    let told: Vec<(String, String)> = timeline
        .lines
        .iter()
        .map(|line| (line.who.clone(), line.verb.clone()))
        .collect();
    assert_eq!(told[0], ("test".to_owned(), "apply".to_owned()));
    assert!(
        told.iter()
            .any(|(who, verb)| who == "deployment-controller" && verb == "update status"),
        "{told:?}"
    );
    assert!(
        told.iter()
            .any(|(who, verb)| who == "test" && verb == "delete"),
        "{told:?}"
    );
}

#[tokio::test]
async fn at_the_beginning_nothing_is_there() {
    let cluster = Cluster::builder().only_api_server().start().await.unwrap();
    assert!(cluster.at(0).objects().await.unwrap().is_empty());
    let error = cluster.at(999_999).objects().await.unwrap_err();
    assert!(error.to_string().contains("999999 is to come"), "{error}");
}

#[tokio::test]
async fn what_was_dumped_can_be_loaded() {
    let cluster = Cluster::builder().only_api_server().start().await.unwrap();
    cluster.apply(&deployment("web", 2)).await.unwrap();
    let maps = Api::<ConfigMap>::namespaced(cluster.client(), "default");
    let mut one = map("default", "a");
    one.data.insert("key".into(), "value".into());
    maps.create(one).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let dumped = cluster.at(cluster.revision()).dump(folder.path()).await;

    let other = Cluster::builder().only_api_server().start().await.unwrap();
    let loaded = other.load(folder.path()).await.unwrap();
    assert_eq!(loaded.len(), dumped.unwrap());
    let maps = Api::<ConfigMap>::namespaced(other.client(), "default");
    assert_eq!(maps.get("a").await.unwrap().data["key"], "value");
    let webs = Api::<Deployment>::namespaced(other.client(), "default");
    assert_eq!(webs.get("web").await.unwrap().spec.replicas, Some(2));
}
