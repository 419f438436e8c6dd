//! Finalizers, ownership, and writing only what differs.

use std::sync::Arc;

use skeg_api::apps::v1::Deployment;
use skeg_api::core::v1::{ConfigMap, Pod};
use skeg_client::{Api, DeleteOptions};
use skeg_meta::{ObjectMeta, Status};
use skeg_runtime::testing::FakeApi;
use skeg_runtime::{
    EnsureError, Ensured, Finalize, Next, ReconcileError, adopt, create_or_patch, create_or_update,
    finalize, patch_status_if_changed, release, remove_finalizer, update_status_if_changed,
};

use crate::controllers::{map, pod_of};

const FINALIZER: &str = "example.com/bucket";

fn api(server: &FakeApi) -> Api<ConfigMap> {
    Api::namespaced(server.client(), "a")
}

async fn run(
    server: &FakeApi,
    object: Arc<ConfigMap>,
    clean: Result<Next, &'static str>,
) -> (Option<&'static str>, Result<Next, ReconcileError>) {
    let mut asked = None;
    let asked_for = &mut asked;
    let outcome = finalize(&api(server), FINALIZER, object, |event| async move {
        match event {
            Finalize::Apply(map) => {
                assert!(map.metadata.finalizers.iter().any(|name| name == FINALIZER));
                *asked_for = Some("apply");
                Ok(Next::Done)
            }
            Finalize::Cleanup(_) => {
                *asked_for = Some("cleanup");
                clean
            }
        }
    })
    .await;
    (asked, outcome)
}

#[tokio::test]
async fn an_object_stays_until_it_is_cleaned_up() {
    let server = FakeApi::new();
    let stale = api(&server).create(map("m")).await.expect("create");
    // Another writes meanwhile, so what the cache has is too old.
    let mut newer = (*stale).clone();
    newer.metadata.finalizers.push("other/one".to_owned());
    api(&server).update(newer).await.expect("update");
    let (asked, outcome) = run(&server, Arc::clone(&stale), Ok(Next::Done)).await;
    assert_eq!(
        (asked, outcome.expect("applied")),
        (Some("apply"), Next::Done)
    );
    let there = api(&server).get("m").await.expect("get");
    assert_eq!(there.metadata.finalizers, ["other/one", FINALIZER]);
    // Once more with the same old object: nothing is put in twice.
    run(&server, stale, Ok(Next::Done))
        .await
        .1
        .expect("applied again");
    assert_eq!(api(&server).get("m").await.expect("get"), there);

    api(&server)
        .delete("m", &DeleteOptions::default())
        .await
        .expect("delete");
    let going = api(&server).get("m").await.expect("it has finalizers");
    let (asked, outcome) = run(&server, Arc::clone(&going), Err("busy")).await;
    assert!(asked == Some("cleanup") && outcome.is_err());
    let (_, outcome) = run(
        &server,
        Arc::clone(&going),
        Ok(Next::After(std::time::Duration::from_secs(9))),
    )
    .await;
    assert!(matches!(outcome, Ok(Next::After(_))), "it takes its time");
    assert_eq!(
        api(&server)
            .get("m")
            .await
            .expect("get")
            .metadata
            .finalizers
            .len(),
        2
    );
    let (asked, outcome) = run(&server, Arc::clone(&going), Ok(Next::Done)).await;
    assert!(asked == Some("cleanup") && outcome.is_ok());
    let left = api(&server).get("m").await.expect("the other's finalizer");
    assert_eq!(left.metadata.finalizers, ["other/one"]);
    assert_eq!(run(&server, left.clone(), Err("not asked")).await.0, None);
    remove_finalizer(&api(&server), &*left, "other/one")
        .await
        .expect("removed");
    assert!(api(&server).get_opt("m").await.expect("get").is_none());
    let removed = remove_finalizer(&api(&server), &*going, FINALIZER).await;
    assert!(removed.expect("gone is fine").is_none());
}

#[tokio::test]
async fn another_object_of_the_name_is_left_alone() {
    let server = FakeApi::new();
    let old = api(&server).create(map("m")).await.expect("create");
    api(&server)
        .delete("m", &DeleteOptions::default())
        .await
        .expect("delete");
    api(&server).create(map("m")).await.expect("create");
    let (asked, outcome) = run(&server, old, Ok(Next::Done)).await;
    assert!(asked.is_none() && outcome.is_ok());
    let new = api(&server).get("m").await.expect("get");
    assert!(new.metadata.finalizers.is_empty());
}

fn writes(server: &FakeApi) -> Vec<String> {
    let requests = server.requests();
    server.forget_requests();
    requests
        .into_iter()
        .filter(|request| !request.starts_with("get"))
        .collect()
}

#[tokio::test]
async fn only_what_differs_is_written() {
    let server = FakeApi::new();
    let set = |value: &'static str| {
        move |map: &mut ConfigMap| {
            map.data.insert("k".to_owned(), value.to_owned());
            Ok(())
        }
    };
    let api = api(&server);
    let (made, ensured) = create_or_update(&api, map("m"), set("1"))
        .await
        .expect("created");
    assert_eq!((ensured, made.data["k"].as_str()), (Ensured::Created, "1"));
    let (_, ensured) = create_or_update(&api, map("m"), set("1"))
        .await
        .expect("there");
    assert_eq!(ensured, Ensured::Unchanged);
    let (_, ensured) = create_or_update(&api, map("m"), set("2"))
        .await
        .expect("updated");
    assert_eq!(ensured, Ensured::Updated);
    let renamed = create_or_update(&api, map("m"), |map| {
        map.metadata.name = "n".to_owned();
        Ok(())
    });
    assert!(matches!(renamed.await, Err(EnsureError::Renamed(_))));
    let refused = create_or_update(&api, map("m"), |_| Err("no".into())).await;
    assert!(matches!(refused, Err(EnsureError::Change(_))));
    assert_eq!(
        writes(&server),
        ["create configmaps a/", "update configmaps a/m"]
    );
}

#[tokio::test]
async fn the_status_is_written_apart() {
    let server = FakeApi::new();
    let api = Api::<Deployment>::namespaced(server.client(), "a");
    let deployment = || Deployment {
        metadata: ObjectMeta::named("a", "d"),
        ..Deployment::default()
    };
    let set = |replicas: i32, ready: i32| {
        move |deployment: &mut Deployment| {
            deployment.spec.replicas = Some(replicas);
            deployment.status.ready_replicas = ready;
            Ok(())
        }
    };
    let mut seen = Vec::new();
    for (replicas, ready) in [(1, 1), (1, 1), (2, 1), (2, 2), (3, 3)] {
        let ensured = create_or_patch(&api, deployment(), set(replicas, ready)).await;
        let (object, ensured) = ensured.expect("written");
        assert_eq!(object.spec.replicas, Some(replicas));
        assert_eq!(object.status.ready_replicas, ready);
        seen.push((ensured, writes(&server).len()));
    }
    let expect = [
        // This server takes a status along with the rest; others have it apart.
        (Ensured::Created, 1),
        (Ensured::Unchanged, 0),
        (Ensured::Updated, 1),
        (Ensured::StatusUpdated, 1),
        (Ensured::BothUpdated, 2),
    ];
    assert_eq!(seen, expect);

    let old = api.get("d").await.expect("get");
    writes(&server);
    assert!(
        patch_status_if_changed(&api, &*old, &old)
            .await
            .expect("same")
            .is_none()
    );
    assert!(
        update_status_if_changed(&api, &old, (*old).clone())
            .await
            .expect("same")
            .is_none()
    );
    let mut new = (*old).clone();
    new.status.ready_replicas = 0;
    new.status.replicas = 7;
    let patched = patch_status_if_changed(&api, &*old, &new)
        .await
        .expect("patched");
    let patched = patched.expect("it differs");
    assert_eq!(
        (patched.status.ready_replicas, patched.status.replicas),
        (0, 7)
    );
    let stale = update_status_if_changed(&api, &old, (*old).clone())
        .await
        .expect("same as old");
    assert!(stale.is_none());
    new.status.replicas = 8;
    let error = update_status_if_changed(&api, &old, new)
        .await
        .expect_err("too late");
    assert!(error.is_conflict());
    assert_eq!(writes(&server).len(), 2);
}

#[tokio::test]
async fn adopted_and_released() {
    let server = FakeApi::new();
    let owner = api(&server).create(map("owner")).await.expect("create");
    let pods = Api::<Pod>::namespaced(server.client(), "a");
    let orphan = Pod {
        metadata: ObjectMeta::named("a", "p"),
        ..Pod::default()
    };
    let orphan = pods.create(orphan).await.expect("create");
    let adopted = adopt(&pods, &*owner, &*orphan).await.expect("adopted");
    assert!(skeg_runtime::is_controlled_by(
        &adopted.metadata,
        &owner.metadata.uid
    ));
    let released = release(&pods, &*owner, &*adopted).await.expect("released");
    assert!(
        released
            .expect("there")
            .metadata
            .owner_references
            .is_empty()
    );
    let mut gone = pod_of(&owner, "gone");
    gone.metadata.uid = "1".to_owned();
    assert!(
        release(&pods, &*owner, &gone)
            .await
            .expect("gone")
            .is_none()
    );
    server.refuse(
        "patch",
        "pods",
        1,
        Status::failure(500, "InternalError", "no"),
    );
    assert!(release(&pods, &*owner, &*adopted).await.is_err());
}
