//! Server-side apply.

use serde_json::{Value, json};

use crate::support::{ADMIN, ALICE, Answer, MAPS, Server};

const CONTENT: (&str, &str) = ("content-type", "application/apply-patch+yaml");

async fn apply(server: &Server, query: &str, data: Value) -> Answer {
    let body =
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data});
    let line = format!("PATCH {MAPS}/a?{query}");
    server
        .ask_all(ADMIN, &line, &[CONTENT], body.to_string())
        .await
}

fn owners(object: &Value) -> Vec<(String, Value)> {
    let entries = object["metadata"]["managedFields"].as_array();
    entries
        .into_iter()
        .flatten()
        .map(|entry| {
            let name = entry["manager"].as_str().unwrap_or_default().to_owned();
            (name, entry["fieldsV1"].clone())
        })
        .collect()
}

#[tokio::test]
async fn it_creates_then_owns_and_lets_go() {
    let server = Server::start().await;
    let made = apply(&server, "fieldManager=one", json!({"k": "1", "l": "1"})).await;
    assert_eq!(made.expect(201)["data"], json!({"k": "1", "l": "1"}));
    let again = apply(&server, "fieldManager=one", json!({"k": "1", "l": "1"})).await;
    let (before, after) = (made.json(), again.expect(200));
    assert_eq!(before, after, "nothing changed, nothing is written");
    // Two own `k` now; it goes when both have let it go.
    apply(&server, "fieldManager=two", json!({"k": "1"}))
        .await
        .expect(200);
    let less = apply(&server, "fieldManager=one", json!({"l": "1"}))
        .await
        .expect(200);
    assert_eq!(less["data"], json!({"k": "1", "l": "1"}));
    let none = apply(&server, "fieldManager=two", json!({}))
        .await
        .expect(200);
    assert_eq!(none["data"], json!({"l": "1"}));
}

#[tokio::test]
async fn conflicts_are_told_and_can_be_forced() {
    let server = Server::start().await;
    apply(&server, "fieldManager=one", json!({"k": "1", "l": "1"}))
        .await
        .expect(201);
    let refused = apply(&server, "fieldManager=two", json!({"k": "2", "l": "2"})).await;
    assert_eq!(
        refused.refused(409, "Conflict"),
        "Apply failed with 2 conflicts: conflicts with \"one\":\n- .data.k\n- .data.l"
    );
    assert_eq!(
        refused.json()["details"]["causes"][0],
        json!({"reason": "FieldManagerConflict", "message": "conflict with \"one\"", "field": ".data.k"})
    );
    let forced = apply(&server, "fieldManager=two&force=true", json!({"k": "2"}))
        .await
        .expect(200);
    assert_eq!(
        owners(&forced),
        [
            ("one".to_owned(), json!({"f:data": {"f:l": {}}})),
            ("two".to_owned(), json!({"f:data": {"f:k": {}}})),
        ]
    );
}

#[tokio::test]
async fn what_others_wrote_before_is_theirs() {
    let server = Server::start().await;
    server.make_maps(&["a"]).await;
    let reset = json!({"metadata": {"managedFields": [{}]}});
    let path = format!("{MAPS}/a");
    let bare = server
        .patch(&path, "merge-patch+json", reset)
        .await
        .expect(200);
    assert_eq!(owners(&bare), []);
    let message = apply(&server, "fieldManager=one", json!({"k": "w"}))
        .await
        .refused(409, "Conflict");
    assert_eq!(
        message,
        "Apply failed with 1 conflict: conflict with \"before-first-apply\" using v1: .data.k"
    );
}

#[tokio::test]
async fn kubectl_takes_over_what_it_applied_by_itself() {
    let server = Server::start().await;
    let last = json!({"apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "a", "annotations": {}}, "data": {"k": "v"}});
    let map = json!({"metadata": {"name": "a", "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": last.to_string()}},
        "data": {"k": "v"}});
    let line = format!("POST {MAPS}?fieldManager=kubectl-client-side-apply");
    server.send(&line, map).await.expect(201);
    let refused = apply(&server, "fieldManager=other", json!({"k": "w"})).await;
    assert_eq!(refused.code, 409);
    let taken = apply(&server, "fieldManager=kubectl", json!({"k": "w"}))
        .await
        .expect(200);
    assert_eq!(taken["data"]["k"], "w");
    assert_eq!(
        taken["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"],
        "{\"apiVersion\":\"v1\",\"data\":{\"k\":\"w\"},\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"}}\n"
    );
}

#[tokio::test]
async fn refusals() {
    let server = Server::start().await;
    let invalid = apply(&server, "", json!({})).await.refused(422, "Invalid");
    assert_eq!(
        invalid,
        "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch"
    );
    let unfit = apply(&server, "fieldManager=one", json!({"k": 1})).await;
    assert_eq!(
        unfit.expect(500)["message"],
        "failed to create typed patch object (/a; /v1, Kind=ConfigMap): .data.k: expected string, got &value.valueUnstructured{Value:1}"
    );
    let line = format!("PATCH {MAPS}/a?fieldManager=one");
    for (body, message) in [
        ("{}", "invalid object type: /, Kind="),
        (
            "[]",
            "error decoding patch: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}",
        ),
        (
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, managedFields: []}}",
            "metadata.managedFields must be nil",
        ),
        (
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}",
            "the name of the object (b) does not match the name on the URL (a)",
        ),
    ] {
        let answer = server.ask_all(ADMIN, &line, &[CONTENT], body).await;
        assert_eq!(answer.refused(400, "BadRequest"), message, "{body}");
    }
    let line = format!("PATCH {MAPS}/a/status?fieldManager=one");
    assert_eq!(
        server.ask_all(ADMIN, &line, &[CONTENT], "{}").await.code,
        404
    );
}

#[tokio::test]
async fn who_applies_to_nothing_must_be_allowed_to_create() {
    let server = Server::start().await;
    let role = json!({"metadata": {"name": "patcher"}, "rules": [
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["patch"]}]});
    let group = "/apis/rbac.authorization.k8s.io/v1";
    server
        .send(&format!("POST {group}/clusterroles"), role)
        .await
        .expect(201);
    let binding = json!({"metadata": {"name": "patcher"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "patcher"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "alice"}]});
    server
        .send(&format!("POST {group}/clusterrolebindings"), binding)
        .await
        .expect(201);
    let body = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}";
    let line = format!("PATCH {MAPS}/a?fieldManager=one");
    let refused = server.ask_all(ALICE, &line, &[CONTENT], body).await;
    let message = refused.refused(403, "Forbidden");
    assert!(message.contains("cannot create resource"), "{message}");
    server
        .ask_all(ADMIN, &line, &[CONTENT], body)
        .await
        .expect(201);
    server
        .ask_all(ALICE, &line, &[CONTENT], body)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_scale_is_applied_to() {
    let server = Server::start().await;
    let apps = "/apis/apps/v1/namespaces/default/deployments";
    let deployment = json!({"metadata": {"name": "d"}, "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"a": "b"}},
        "template": {"metadata": {"labels": {"a": "b"}},
            "spec": {"containers": [{"name": "c", "image": "i"}]}}}});
    server
        .send(&format!("POST {apps}?fieldManager=maker"), deployment)
        .await
        .expect(201);
    let body =
        "{apiVersion: autoscaling/v1, kind: Scale, metadata: {name: d}, spec: {replicas: 5}}";
    let line = format!("PATCH {apps}/d/scale?fieldManager=scaler");
    let message = server
        .ask_all(ADMIN, &line, &[CONTENT], body)
        .await
        .refused(409, "Conflict");
    assert_eq!(
        message,
        "Apply failed with 1 conflict: conflict with \"maker\" using autoscaling/v1: .spec.replicas"
    );
    let line = format!("{line}&force=true");
    let scale = server
        .ask_all(ADMIN, &line, &[CONTENT], body)
        .await
        .expect(200);
    assert_eq!(scale["spec"]["replicas"], 5);
    let now = server.get(&format!("{apps}/d")).await.expect(200);
    assert_eq!(now["spec"]["replicas"], 5);
    let scaler = owners(&now)
        .into_iter()
        .find(|(name, _)| name == "scaler")
        .expect("an owner");
    assert_eq!(scaler.1, json!({"f:spec": {"f:replicas": {}}}));
}

#[tokio::test]
async fn what_cannot_be_read_is_told_by_its_form() {
    let server = Server::start().await;
    let head = "\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"}";
    let line = format!("PATCH {MAPS}/a?fieldManager=m&fieldValidation=Strict");
    for (body, words) in [
        (
            format!("{{{head},\"data\":{{\"a\":\"1\" \"b\"}}}}"),
            "error decoding patch: error converting YAML to JSON: yaml: ",
        ),
        (
            "kind: ConfigMap\ndata: {a".to_owned(),
            "error encoding patch: yaml: ",
        ),
        (
            format!("{{{head},\"data\":{{\"a\":\"1\",\"a\":\"2\"}}}}"),
            "error strict decoding patch: error converting YAML to JSON: yaml: ",
        ),
    ] {
        let told = server.ask_all(ADMIN, &line, &[CONTENT], body.clone()).await;
        let told = told.refused(400, "BadRequest");
        assert!(told.starts_with(words), "{body}: {told}");
    }
}

/// Of two who apply what is not there yet, one makes it and the other changes it.
#[tokio::test]
async fn two_that_apply_at_once_both_succeed() {
    let server = Server::start().await;
    for round in 0..20 {
        let path = format!("{MAPS}/both-{round}");
        let apply = |who: &'static str| {
            let body = json!({"apiVersion": "v1", "kind": "ConfigMap",
                "metadata": {"name": format!("both-{round}")}, "data": {who: "x"}});
            let asked = format!("{path}?fieldManager={who}");
            let server = &server;
            async move {
                let answer = server.patch(&asked, "apply-patch+yaml", body).await;
                assert!(matches!(answer.code, 200 | 201), "{}", answer.text());
            }
        };
        futures::join!(apply("one"), apply("two"), apply("three"));
        let made = server.get(&path).await.expect(200);
        assert_eq!(made["data"], json!({"one": "x", "two": "x", "three": "x"}));
    }
}
