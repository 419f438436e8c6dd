//! Watches.

use serde_json::{Value, json};

use crate::support::{ADMIN, MAPS, Server, Watch, map};

fn pair(kind: &str, name: &str) -> (String, String) {
    (kind.to_owned(), name.to_owned())
}

#[tokio::test]
async fn a_watch_tells_what_happens_after_its_version() {
    let server = Server::start().await;
    server.make_maps(&["a"]).await;
    let list = server.get(MAPS).await.expect(200);
    let version = list["metadata"]["resourceVersion"]
        .as_str()
        .unwrap()
        .to_owned();
    server.make_maps(&["b"]).await;
    let mut watch = server
        .watch(&format!("{MAPS}?watch=1&resourceVersion={version}"))
        .await;
    assert_eq!(watch.next_name().await, pair("ADDED", "b"));
    let patch = json!({"data": {"k": "w"}});
    server
        .patch(&format!("{MAPS}/a"), "merge-patch+json", patch)
        .await
        .expect(200);
    let event = watch.next().await.unwrap();
    assert_eq!(
        (&event["type"], &event["object"]["data"]["k"]),
        (&json!("MODIFIED"), &json!("w"))
    );
    server
        .delete(&format!("{MAPS}/b"), json!({}))
        .await
        .expect(200);
    assert_eq!(watch.next_name().await, pair("DELETED", "b"));
}

#[tokio::test]
async fn initial_events_end_with_a_bookmark() {
    let server = Server::start().await;
    server.make_maps(&["a", "b"]).await;
    let query =
        "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
    let mut watch = server.watch(&format!("{MAPS}?{query}")).await;
    assert_eq!(watch.next_name().await, pair("ADDED", "a"));
    assert_eq!(watch.next_name().await, pair("ADDED", "b"));
    let bookmark = watch.next().await.unwrap();
    assert_eq!(bookmark["type"], "BOOKMARK");
    assert_eq!(bookmark["object"]["kind"], "ConfigMap");
    assert_eq!(
        bookmark["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"],
        "true"
    );
    server.make_maps(&["c"]).await;
    assert_eq!(watch.next_name().await, pair("ADDED", "c"));
}

#[tokio::test]
async fn the_bookmark_after_the_initial_events_is_a_row_of_a_table() {
    let server = Server::start().await;
    server.make_maps(&["a"]).await;
    for (include, kind) in [("None", "PartialObjectMetadata"), ("Object", "ConfigMap")] {
        let query = format!(
            "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&includeObject={include}"
        );
        let table = "application/json;as=Table;g=meta.k8s.io;v=v1";
        let mut watch = server.watch_as(&format!("{MAPS}?{query}"), table).await;
        assert_eq!(watch.next().await.unwrap()["type"], "ADDED");
        let bookmark = watch.next().await.unwrap();
        assert_eq!(bookmark["type"], "BOOKMARK");
        let rows = &bookmark["object"]["rows"];
        assert_eq!(rows.as_array().unwrap().len(), 1, "{bookmark}");
        let object = &rows[0]["object"];
        assert_eq!(object["kind"], kind);
        assert_eq!(
            object["metadata"]["annotations"]["k8s.io/initial-events-end"],
            "true"
        );
    }
}

#[tokio::test]
async fn an_object_comes_and_goes_with_its_labels() {
    let server = Server::start().await;
    server.make_maps(&["a"]).await;
    let mut watch = server
        .watch(&format!("{MAPS}?watch=1&labelSelector=x"))
        .await;
    let label = async |value| {
        let body = json!({"metadata": {"labels": {"x": value}}});
        server
            .patch(&format!("{MAPS}/a"), "merge-patch+json", body)
            .await
            .expect(200);
    };
    label(json!("1")).await;
    assert_eq!(watch.next_name().await, pair("ADDED", "a"));
    label(json!("2")).await;
    assert_eq!(watch.next_name().await, pair("MODIFIED", "a"));
    label(json!(null)).await;
    assert_eq!(watch.next_name().await, pair("DELETED", "a"));
}

#[tokio::test]
async fn a_watch_ends_when_it_was_asked_to() {
    let server = Server::start().await;
    let mut watch = server
        .watch(&format!("{MAPS}?watch=1&timeoutSeconds=1"))
        .await;
    assert_eq!(watch.next().await, None);
}

/// Whoever has seen nothing begins anew where the watch has ended, not where it began.
#[tokio::test]
async fn a_watch_that_ends_soon_tells_how_far_it_has_come() {
    let server = Server::start().await;
    let query = "watch=1&allowWatchBookmarks=true&labelSelector=none&timeoutSeconds=3";
    let mut watch = server.watch(&format!("{MAPS}?{query}")).await;
    let begin = watch.next().await.unwrap();
    assert_eq!(begin["type"], "BOOKMARK");
    server.make_maps(&["a"]).await;
    let made = server.get(&format!("{MAPS}/a")).await.expect(200);
    let revision = |object: &Value| -> u64 {
        let text = object["metadata"]["resourceVersion"].as_str();
        text.unwrap_or_default().parse().unwrap()
    };
    let told = watch.next().await.unwrap();
    assert_eq!(told["type"], "BOOKMARK");
    assert!(revision(&told["object"]) >= revision(&made), "{told}");
    assert_eq!(watch.next().await, None);
}

#[tokio::test]
async fn a_watch_of_metadata_tells_of_objects_and_never_of_lists() {
    let server = Server::start().await;
    server.make_maps(&["a"]).await;
    let watch = async |form: &str| {
        let accept = format!("application/json;as={form};v=v1;g=meta.k8s.io");
        let line = format!("GET {MAPS}?watch=1&timeoutSeconds=60");
        let headers = [("accept", accept.as_str())];
        Watch::of(server.ask(ADMIN, &line, &headers, "").await)
    };
    let event = watch("PartialObjectMetadata").await.next().await;
    let object = &event.expect("an event")["object"];
    assert_eq!(object["kind"], "PartialObjectMetadata");
    assert_eq!(object["metadata"]["name"], "a");
    assert!(object.get("data").is_none(), "{object}");

    // The first object cannot be written as a list, which ends the watch.
    assert_eq!(watch("PartialObjectMetadataList").await.next().await, None);
}

#[tokio::test]
async fn a_watch_of_one_object_sees_only_that() {
    let server = Server::start().await;
    server.make_maps(&["a", "b"]).await;
    let query = "watch=1&fieldSelector=metadata.name%3Db";
    let mut watch = server.watch(&format!("{MAPS}?{query}")).await;
    assert_eq!(watch.next_name().await, pair("ADDED", "b"));
    server
        .send(&format!("POST {MAPS}"), map("c"))
        .await
        .expect(201);
    server
        .delete(&format!("{MAPS}/b"), json!({}))
        .await
        .expect(200);
    assert_eq!(watch.next_name().await, pair("DELETED", "b"));
}

#[tokio::test]
async fn every_watcher_gets_every_event_in_order() {
    let server = Server::start().await;
    let mut watches = Vec::new();
    for _ in 0..20 {
        watches.push(server.watch(&format!("{MAPS}?watch=1")).await);
    }
    let expected: Vec<String> = (0..50).map(|n| format!("m{n:02}")).collect();
    for name in &expected {
        server.make_maps(&[name]).await;
    }
    for watch in &mut watches {
        for name in &expected {
            assert_eq!(watch.next_name().await, pair("ADDED", name));
        }
    }
}

#[tokio::test]
async fn a_watch_goes_over_a_websocket() {
    use futures::StreamExt;
    use skeg_client::streams::websocket::over;
    use skeg_client::{Payload, UpgradeOffer, Upgraded};
    use tokio_tungstenite::tungstenite::protocol::Role;

    let server = Server::start().await;
    let ask = async |origin: Option<&str>| {
        let mut request = http::Request::get(format!("{MAPS}?watch=1"))
            .header("authorization", format!("Bearer {}", crate::support::ADMIN))
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        let mut request = request.body(Payload::Empty).unwrap();
        let (ours, theirs) = Upgraded::pair(4096);
        request.extensions_mut().insert(UpgradeOffer::new(theirs));
        (server.api.call(request).await, ours)
    };
    let (refused, _) = ask(None).await;
    assert_eq!(refused.status(), 403);
    let (answer, io) = ask(Some("http://localhost")).await;
    assert_eq!(answer.status(), 101);
    assert_eq!(
        answer.headers()["sec-websocket-accept"],
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    );
    let mut socket = over(io, Role::Client).await;
    server.make_maps(&["a"]).await;
    let message = tokio::time::timeout(crate::support::PATIENCE, socket.next()).await;
    let message = message.expect("in time").expect("a message").unwrap();
    let event: serde_json::Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
    assert_eq!(event["type"], "ADDED");
    assert_eq!(event["object"]["metadata"]["name"], "a");
}
