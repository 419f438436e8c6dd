//! Who owns which field.

use serde_json::json;

use crate::support::{ADMIN, MAPS, Server, map};

#[tokio::test]
async fn writers_own_what_they_wrote_last() {
    let server = Server::start().await;
    let made = server
        .send(&format!("POST {MAPS}?fieldManager=one"), map("a"))
        .await
        .expect(201);
    let entry = &made["metadata"]["managedFields"][0];
    assert_eq!(entry["manager"], "one");
    assert_eq!(entry["operation"], "Update");
    assert_eq!(entry["fieldsV1"], json!({"f:data": {".": {}, "f:k": {}}}));
    let body = json!({"data": {"k": "w", "l": "1"}});
    let path = format!("{MAPS}/a?fieldManager=two");
    let patched = server
        .patch(&path, "merge-patch+json", body)
        .await
        .expect(200);
    let entries = patched["metadata"]["managedFields"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0]["fieldsV1"], json!({"f:data": {}}));
    assert_eq!(entries[1]["manager"], "two");
    assert_eq!(
        entries[1]["fieldsV1"],
        json!({"f:data": {"f:k": {}, "f:l": {}}})
    );
}

#[tokio::test]
async fn a_manager_without_a_name_is_called_after_its_program() {
    let server = Server::start().await;
    let headers = [
        ("content-type", "application/json"),
        ("user-agent", "tool/v1.2 (linux)"),
    ];
    let line = format!("POST {MAPS}");
    let made = server
        .ask_all(ADMIN, &line, &headers, map("a").to_string())
        .await
        .expect(201);
    assert_eq!(made["metadata"]["managedFields"][0]["manager"], "tool");
}

#[tokio::test]
async fn a_manager_has_a_name_of_bounded_length() {
    let server = Server::start().await;
    let long = "m".repeat(129);
    let body = json!({
        "metadata": {"name": "a", "managedFields": [{
            "manager": long, "operation": "Update", "apiVersion": "v1",
            "fieldsType": "FieldsV1", "fieldsV1": {"f:data": {"f:z": {}}}
        }]},
        "data": {"a": "b"}
    });
    let refused = server.send(&format!("POST {MAPS}"), body).await;
    assert_eq!(
        refused.refused(422, "Invalid"),
        "ConfigMap \"a\" is invalid: metadata.managedFields[0].manager: Too long: may not be more than 128 bytes"
    );
}

#[tokio::test]
async fn a_resize_that_drops_a_field_is_a_write_all_the_same() {
    let server = Server::start().await;
    let account = json!({"metadata": {"name": "default"}});
    let path = "POST /api/v1/namespaces/default/serviceaccounts";
    server.send(path, account).await.expect(201);
    let path = "/api/v1/namespaces/default/pods";
    let containers = json!([{"name": "c", "image": "i:1"}]);
    let pod = json!({"metadata": {"name": "p"}, "spec": {"containers": containers}});
    let made = server.send(&format!("POST {path}"), pod).await.expect(201);
    let body = json!({"spec": {"containers": [{"name": "c", "image": "x"}]}});
    let path = format!("{path}/p/resize?fieldManager=other");
    let patched = server
        .patch(&path, "strategic-merge-patch+json", body)
        .await
        .expect(200);
    assert_eq!(patched["spec"], made["spec"]);
    // kube-apiserver's recorded answer has a new version too.
    assert_ne!(
        patched["metadata"]["resourceVersion"],
        made["metadata"]["resourceVersion"]
    );
}
