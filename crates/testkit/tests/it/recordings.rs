//! Traffic recorded, and played back without a cluster.

use futures::StreamExt;
use skeg_api::core::v1::ConfigMap;
use skeg_client::{Api, Client, Error, ListOptions, WatchOptions};
use skeg_testkit::{Cluster, Replay};

use crate::support::map;

/// What a program does: it is the same with a cluster and without.
async fn program(client: Client, value: &str) -> Result<Vec<String>, Error> {
    let maps = Api::<ConfigMap>::namespaced(client, "default");
    let mut one = map("default", "one");
    one.data.insert("key".into(), value.into());
    let made = maps.create(one).await?;
    let found = maps.list(&ListOptions::default()).await?;
    let mut seen: Vec<String> = found
        .items
        .iter()
        .map(|map| map.metadata.name.clone())
        .collect();
    assert!(maps.create((*made).clone()).await.is_err());
    let version = made.metadata.resource_version.to_string();
    let mut events = maps.watch(&WatchOptions::from_version(version)).await?;
    maps.delete("one", &Default::default()).await?;
    let gone = events.next().await.expect("an event")?;
    seen.push(format!("{gone:?}").chars().take(7).collect());
    Ok(seen)
}

#[tokio::test]
async fn a_program_is_played_back() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("traffic.jsonl");
    let cluster = Cluster::builder().record(&file).start().await.unwrap();
    let seen = program(cluster.client(), "value").await.unwrap();
    cluster.settle().await.unwrap();
    cluster.stop().await;
    let replay = Replay::open(&file, "test").unwrap();
    assert_eq!(program(replay.client(), "value").await.unwrap(), seen);
    replay.assert_same();
    // Another program is told what it does otherwise.
    let replay = Replay::open(&file, "test").unwrap();
    let refused = program(replay.client(), "other").await.unwrap_err();
    assert!(refused.to_string().contains("not recorded"), "{refused}");
    let strange = replay.strange();
    assert!(
        strange[0].contains("data.key \"value\" → \"other\""),
        "{strange:?}"
    );
    assert!(!replay.missing().is_empty());
    // Every controller is in the recording too.
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("kube-controller-manager"));
    assert!(text.lines().count() > 50);
}
