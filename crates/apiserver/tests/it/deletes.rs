//! Deletions.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::json;
use skeg_store::{Expect, Key, Store as _};

use crate::support::{ALICE, MAPS, Server, map};

#[tokio::test]
async fn a_deleted_object_is_gone() {
    let server = Server::start().await;
    let made = server
        .send(&format!("POST {MAPS}"), map("a"))
        .await
        .expect(201);
    let answer = server
        .delete(&format!("{MAPS}/a"), json!({}))
        .await
        .expect(200);
    assert_eq!(answer["status"], "Success");
    assert_eq!(answer["details"]["uid"], made["metadata"]["uid"]);
    server
        .delete(&format!("{MAPS}/a"), json!({}))
        .await
        .refused(404, "NotFound");
}

#[tokio::test]
async fn a_finalizer_keeps_an_object_until_it_is_taken_off() {
    let server = Server::start().await;
    let mut body = map("a");
    body["metadata"]["finalizers"] = json!(["example.com/keep"]);
    server.send(&format!("POST {MAPS}"), body).await.expect(201);
    let marked = server
        .delete(&format!("{MAPS}/a"), json!({}))
        .await
        .expect(200);
    assert!(marked["metadata"]["deletionTimestamp"].is_string());
    assert_eq!(marked["metadata"]["deletionGracePeriodSeconds"], 0);
    server.get(&format!("{MAPS}/a")).await.expect(200);
    let off = json!({"metadata": {"finalizers": null}});
    server
        .patch(&format!("{MAPS}/a"), "merge-patch+json", off)
        .await
        .expect(200);
    server
        .get(&format!("{MAPS}/a"))
        .await
        .refused(404, "NotFound");
}

#[tokio::test]
async fn what_becomes_of_dependents_is_told_by_finalizers() {
    let server = Server::start().await;
    server.make_maps(&["a", "b"]).await;
    for (name, policy, finalizer) in [
        ("a", "Foreground", "foregroundDeletion"),
        ("b", "Orphan", "orphan"),
    ] {
        let options = json!({"propagationPolicy": policy});
        let marked = server
            .delete(&format!("{MAPS}/{name}"), options)
            .await
            .expect(200);
        assert_eq!(marked["metadata"]["finalizers"], json!([finalizer]));
    }
    let both = json!({"propagationPolicy": "Orphan", "orphanDependents": true});
    server
        .delete(&format!("{MAPS}/a"), both)
        .await
        .refused(422, "Invalid");
}

#[tokio::test]
async fn preconditions_are_conditions() {
    let server = Server::start().await;
    let made = server
        .send(&format!("POST {MAPS}"), map("a"))
        .await
        .expect(201);
    for condition in [json!({"uid": "other"}), json!({"resourceVersion": "1"})] {
        let options = json!({"preconditions": condition});
        server
            .delete(&format!("{MAPS}/a"), options)
            .await
            .refused(409, "Conflict");
    }
    let options = json!({"preconditions": {"uid": made["metadata"]["uid"]}});
    server
        .delete(&format!("{MAPS}/a"), options)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_collection_is_emptied_where_the_selector_matches() {
    let server = Server::start().await;
    server.make_maps(&["a", "b", "c"]).await;
    let line = format!("{MAPS}?fieldSelector=metadata.name!%3Db");
    let gone = server.delete(&line, json!({})).await.expect(200);
    assert_eq!(gone["items"].as_array().unwrap().len(), 2);
    let rest = server.get(MAPS).await.expect(200);
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    assert_eq!(rest["items"][0]["metadata"]["name"], "b");
}

#[tokio::test]
async fn a_collection_is_deleted_in_pages() {
    let server = Server::start().await;
    server.make_maps(&["a", "b", "c", "d"]).await;
    let names = |list: &serde_json::Value| -> Vec<String> {
        let items = list["items"].as_array().unwrap();
        let name = |item: &serde_json::Value| item["metadata"]["name"].as_str().unwrap().to_owned();
        items.iter().map(name).collect()
    };
    let line = format!("{MAPS}?limit=1");
    let gone = server.delete(&line, json!({})).await.expect(200);
    assert_eq!(names(&gone), ["a"]);
    assert_eq!(gone["metadata"]["remainingItemCount"], 3);
    // From there on, all that are left, as they were at the first page.
    let token = gone["metadata"]["continue"].as_str().unwrap();
    let line = format!("{MAPS}?limit=2&continue={token}");
    let gone = server.delete(&line, json!({})).await.expect(200);
    assert_eq!(names(&gone), ["b", "c"]);
    let token = gone["metadata"]["continue"].as_str().unwrap();
    let gone = server
        .delete(&format!("{MAPS}?continue={token}"), json!({}))
        .await
        .expect(200);
    assert_eq!(names(&gone), ["d"]);
    assert!(gone["metadata"].get("continue").is_none(), "{gone}");
}

#[tokio::test]
async fn what_cannot_be_read_is_deleted_by_who_may() {
    const KEY: &str = "/registry/configmaps/default/broken";
    const UNSAFE: &str = "ignoreStoreReadErrorWithClusterBreakingPotential";
    let store = Arc::new(skeg_store::Embedded::in_memory());
    let server = Server::start_over(store.clone(), Default::default()).await;
    server.make_maps(&["a"]).await;
    let bytes = Bytes::from_static(b"k8s\0nonsense");
    let stored = store.put_if(Key::from(KEY), bytes, Expect::Absent, None);
    stored.await.unwrap();
    let broken = format!("{MAPS}/broken");
    let options = json!({UNSAFE: true});

    let said = server.get(&broken).await.refused(500, "InternalError");
    let words = "Internal error occurred: StorageError: corrupt object, Code: 7, Key: /configmaps/default/broken, ResourceVersion: 0, AdditionalErrorMsg: object not decodable revision=";
    assert!(said.starts_with(words), "{said}");
    let plain = server.delete(&broken, json!({})).await;
    assert!(plain.refused(500, "InternalError").starts_with(words));

    // It is a right of its own.
    let role = json!({
        "metadata": {"name": "r"},
        "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["delete"]}],
    });
    let binding = json!({
        "metadata": {"name": "r"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "r"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "alice"}],
    });
    let group = "/apis/rbac.authorization.k8s.io/v1";
    for (resource, object) in [("clusterroles", role), ("clusterrolebindings", binding)] {
        let line = format!("POST {group}/{resource}");
        server.send(&line, object).await.expect(201);
    }
    let headers = [("content-type", "application/json")];
    let refused = async || {
        let line = format!("DELETE {broken}");
        server
            .ask_all(ALICE, &line, &headers, options.to_string())
            .await
    };
    let said = refused().await.refused(403, "Forbidden");
    let words = "configmaps \"broken\" is forbidden: not permitted to do \"unsafe-delete-ignore-read-errors\", reason: ";
    assert!(said.starts_with(words), "{said}");

    let readable = server.delete(&format!("{MAPS}/a"), options.clone()).await;
    let said = readable.refused(409, "Conflict");
    assert!(
        said.ends_with("because the object is decodable from storage"),
        "{said}"
    );
    let none = format!("{MAPS}/none");
    let none = server.delete(&none, options.clone()).await;
    none.refused(404, "NotFound");
    let graceful = json!({UNSAFE: true, "gracePeriodSeconds": 0});
    let said = server
        .delete(&broken, graceful)
        .await
        .refused(422, "Invalid");
    assert!(
        said.ends_with("cannot be set together with .gracePeriodSeconds"),
        "{said}"
    );
    let dry = json!({UNSAFE: true, "dryRun": ["All"]});
    for options in [dry, options.clone()] {
        let status = server.delete(&broken, options).await.expect(200);
        assert_eq!(status["status"], "Success");
        assert_eq!(
            status["details"],
            json!({"name": "broken", "kind": "ConfigMap"})
        );
    }
    server.get(&broken).await.refused(404, "NotFound");
}

/// A kubelet deletes a pod as soon as it sees the mark. Whoever made the mark
/// has deleted the pod all the same, and is not told that there is none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_marks_a_pod_is_answered_though_another_removes_it() {
    const ROUNDS: usize = 60;
    const PODS: &str = "/api/v1/namespaces/default/pods";
    let server = std::sync::Arc::new(Server::start().await);
    let account = json!({
        "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"},
    });
    let accounts = "POST /api/v1/namespaces/default/serviceaccounts";
    server.send(accounts, account).await.expect(201);
    let mut watch = server.watch(&format!("{PODS}?watch=true")).await;
    let kubelet = server.clone();
    let kubelet = tokio::spawn(async move {
        let mut gone = 0;
        while gone < ROUNDS {
            let event = watch.next().await.expect("an event");
            let name = event["object"]["metadata"]["name"].as_str().unwrap_or("");
            match event["type"].as_str() {
                Some("DELETED") => gone += 1,
                Some("MODIFIED") => {
                    let now = json!({"gracePeriodSeconds": 0});
                    let answer = kubelet.delete(&format!("{PODS}/{name}"), now).await;
                    assert!([200, 404].contains(&answer.code), "{}", answer.text());
                }
                _ => {}
            }
        }
    });
    for round in 0..ROUNDS {
        let name = format!("p{round}");
        let pod = json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
            "spec": {
                "nodeName": "n", "terminationGracePeriodSeconds": 0,
                "containers": [{"name": "c", "image": "i"}],
            },
        });
        server.send(&format!("POST {PODS}"), pod).await.expect(201);
        server
            .delete(&format!("{PODS}/{name}"), json!({}))
            .await
            .expect(200);
    }
    kubelet.await.unwrap();
}

/// Less than nothing is soon, not at once: containers that run are told to end.
#[tokio::test]
async fn a_negative_grace_is_a_short_one() {
    let server = Server::start().await;
    let ns = "/api/v1/namespaces/default";
    let account = json!({"metadata": {"name": "default"}});
    let pod = json!({"metadata": {"name": "p"}, "spec": {"nodeName": "n",
        "containers": [{"name": "c", "image": "i"}]}});
    for (path, body) in [("serviceaccounts", account), ("pods", pod)] {
        server
            .send(&format!("POST {ns}/{path}"), body)
            .await
            .expect(201);
    }
    let path = format!("{ns}/pods/p");
    let running = json!({"status": {"phase": "Running"}});
    let status = format!("{path}/status");
    server
        .patch(&status, "merge-patch+json", running)
        .await
        .expect(200);
    server.delete(&path, json!({})).await.expect(200);
    let soon = json!({"gracePeriodSeconds": -1});
    server.delete(&path, soon).await.expect(200);
    let left = server.get(&path).await.expect(200);
    assert_eq!(left["metadata"]["deletionGracePeriodSeconds"], 1);
}
