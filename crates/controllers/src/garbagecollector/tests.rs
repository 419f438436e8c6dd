//! The collector against a server that knows no owners.

use skeg_api::core::v1::{ConfigMap, Secret};
use skeg_meta::{Object, OwnerReference};
use skeg_runtime::SystemClock;
use skeg_runtime::testing::FakeApi;
use tokio_util::sync::CancellationToken;

use super::*;

fn owned_by<K: Object + Default>(name: &str, owners: &[(&str, &str)]) -> K {
    let mut object = K::default();
    object.meta_mut().name = name.into();
    object.meta_mut().namespace = "ns".into();
    object.meta_mut().owner_references = owners
        .iter()
        .map(|(name, uid)| OwnerReference {
            api_version: "v1".into(),
            kind: "ConfigMap".into(),
            name: (*name).into(),
            uid: (*uid).into(),
            block_owner_deletion: Some(true),
            ..Default::default()
        })
        .collect();
    object
}

fn uid(api: &FakeApi, name: &str) -> String {
    api.get::<ConfigMap>("ns", name)
        .expect("it is there")
        .metadata
        .uid
        .clone()
}

/// A collector at work, and an object `boss` for others to depend on.
async fn with_boss(test: impl AsyncFnOnce(&FakeApi, String)) {
    let api = FakeApi::new();
    api.put(&owned_by::<ConfigMap>("boss", &[]));
    let boss = uid(&api, "boss");
    let cancel = CancellationToken::new();
    let context = Context::for_client(api.client(), SystemClock::new(), cancel.clone());
    let running = tokio::spawn(run(context));
    test(&api, boss).await;
    cancel.cancel();
    running.await.expect("it ends");
}

fn there<K: Object>(api: &FakeApi, name: &str) -> bool {
    api.get::<K>("ns", name).is_some()
}

#[tokio::test]
async fn dependents_follow_their_owner() {
    with_boss(async |api, boss| {
        api.put(&owned_by::<Secret>("dep", &[("boss", &boss)]));
        api.put(&owned_by::<ConfigMap>("lost", &[("nobody", "no-such-uid")]));
        api.until("the lost one is gone", |api| {
            !there::<ConfigMap>(api, "lost")
        })
        .await;
        assert!(there::<Secret>(api, "dep"));
        api.remove::<ConfigMap>("ns", "boss");
        api.until("the dependent is gone", |api| !there::<Secret>(api, "dep"))
            .await;
    })
    .await;
}

#[tokio::test]
async fn one_owner_is_enough_to_stay() {
    with_boss(async |api, boss| {
        api.put(&owned_by::<Secret>(
            "dep",
            &[("boss", &boss), ("nobody", "no-such-uid")],
        ));
        let owners = |api: &FakeApi| {
            api.get::<Secret>("ns", "dep")
                .map_or(0, |secret| secret.metadata.owner_references.len())
        };
        api.until("the lost owner is taken away", |api| owners(api) == 1)
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_waiting_owner_goes_last() {
    with_boss(async |api, boss| {
        let mut held = owned_by::<Secret>("dep", &[("boss", &boss)]);
        held.metadata.finalizers = vec!["example.com/hold".into()];
        api.put(&held);
        let mut going = ConfigMap::clone(&api.get("ns", "boss").expect("it is there"));
        going.metadata.deletion_timestamp = Some(skeg_meta::Time::now());
        going.metadata.finalizers = vec![graph::FOREGROUND.into()];
        api.put(&going);
        let ending = |api: &FakeApi| {
            api.get::<Secret>("ns", "dep")
                .is_some_and(|secret| secret.metadata.deletion_timestamp.is_some())
        };
        api.until("the dependent is told to go", ending).await;
        assert!(there::<ConfigMap>(api, "boss"));
        api.remove::<Secret>("ns", "dep");
        api.until("the owner is let go", |api| {
            !there::<ConfigMap>(api, "boss")
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn orphans_stay() {
    with_boss(async |api, boss| {
        api.put(&owned_by::<ConfigMap>("dep", &[("boss", &boss)]));
        let mut going = ConfigMap::clone(&api.get("ns", "boss").expect("it is there"));
        going.metadata.deletion_timestamp = Some(skeg_meta::Time::now());
        going.metadata.finalizers = vec![graph::ORPHAN.into()];
        api.put(&going);
        api.until("the owner is gone", |api| !there::<ConfigMap>(api, "boss"))
            .await;
        assert!(
            api.get::<ConfigMap>("ns", "dep")
                .expect("it stays")
                .metadata
                .owner_references
                .is_empty()
        );
    })
    .await;
}

#[test]
fn each_kind_is_read_once() {
    let kinds = kinds::built_in();
    let plurals: Vec<&str> = kinds.iter().map(|kind| &*kind.plural).collect();
    assert!(
        plurals.contains(&"pods") && plurals.contains(&"leases") && !plurals.contains(&"events")
    );
    assert_eq!(
        plurals
            .iter()
            .filter(|plural| **plural == "horizontalpodautoscalers")
            .count(),
        1
    );
}
