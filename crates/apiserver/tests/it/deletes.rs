//! Deletions.

use serde_json::json;

use crate::support::{MAPS, Server, map};

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
