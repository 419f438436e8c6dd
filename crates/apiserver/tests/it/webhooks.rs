//! Admission webhooks, asked over TLS.

use base64::Engine;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

use crate::hooks::Hook;
use crate::support::{MAPS, Server, map};

const VALIDATING: &str = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
const MUTATING: &str = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";

fn hook(name: &str, client: &Value) -> Value {
    json!({
        "name": name,
        "clientConfig": client,
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "timeoutSeconds": 2,
        "rules": [{
            "apiGroups": [""], "apiVersions": ["v1"],
            "operations": ["CREATE", "UPDATE", "DELETE"], "resources": ["configmaps"],
        }],
    })
}

async fn configure(server: &Server, path: &str, name: &str, hooks: Vec<Value>) {
    let body = json!({"metadata": {"name": name}, "webhooks": hooks});
    server.send(&format!("POST {path}"), body).await.expect(201);
}

fn patch(operations: Value) -> Value {
    let patch = base64::engine::general_purpose::STANDARD.encode(operations.to_string());
    json!({"allowed": true, "patchType": "JSONPatch", "patch": patch})
}

#[tokio::test]
async fn a_refusal_has_its_own_words() {
    let server = Server::start().await;
    let asked = Hook::reviewing(|request| {
        let deny = request["name"] == "bad";
        Some(if deny {
            json!({"allowed": false, "status": {"code": 418, "message": "no tea", "reason": "Teapot"}, "warnings": ["careful"]})
        } else {
            json!({"allowed": true, "warnings": ["fine"]})
        })
    })
    .await;
    configure(
        &server,
        VALIDATING,
        "v",
        vec![hook("h.example.com", &asked.client_config())],
    )
    .await;
    let refused = server.send(&format!("POST {MAPS}"), map("bad")).await;
    assert_eq!(refused.header("warning"), "299 - \"careful\"");
    assert_eq!(
        refused.refused(418, "Teapot"),
        "admission webhook \"h.example.com\" denied the request: no tea"
    );
    let made = server.send(&format!("POST {MAPS}"), map("good")).await;
    assert_eq!(made.header("warning"), "299 - \"fine\"");
    made.expect(201);
    let question = asked.seen().pop().unwrap();
    assert_eq!(question.path, "/hook?timeout=2s");
    let request = &question.body["request"];
    assert_eq!(request["operation"], "CREATE");
    assert_eq!(
        request["kind"],
        json!({"group": "", "version": "v1", "kind": "ConfigMap"})
    );
    assert_eq!(request["userInfo"]["username"], "admin");
    assert_eq!(request["options"]["kind"], "CreateOptions");
    assert_eq!(request["object"]["kind"], "ConfigMap");
    assert_eq!(request["object"]["data"]["k"], "v");
    assert_eq!(request["oldObject"], Value::Null);
    let body = json!({"data": {"l": "w"}});
    (server
        .patch(&format!("{MAPS}/good"), "merge-patch+json", body)
        .await)
        .expect(200);
    let request = asked.seen().pop().unwrap().body["request"].clone();
    for (seen, owned) in [
        ("object", json!({".": {}, "f:k": {}, "f:l": {}})),
        ("oldObject", json!({".": {}, "f:k": {}})),
    ] {
        let booked = &request[seen]["metadata"]["managedFields"][0];
        assert_eq!(booked["fieldsV1"]["f:data"], owned, "{seen}");
    }
    server
        .delete(&format!("{MAPS}/good"), json!({}))
        .await
        .expect(200);
    let request = asked.seen().pop().unwrap().body["request"].clone();
    assert_eq!(request["operation"], "DELETE");
    assert_eq!(request["object"], Value::Null);
    assert_eq!(request["oldObject"]["metadata"]["name"], "good");
    let metrics = server.get("/metrics").await.text();
    assert!(metrics.contains("apiserver_admission_webhook_rejection_count{error_type=\"no_error\",name=\"h.example.com\",operation=\"CREATE\",rejection_code=\"418\",type=\"validating\"} 1"), "{metrics}");
    let line = "rest_client_requests_total{code=\"200\",host=\"127.0.0.1:";
    assert!(metrics.contains(line), "{metrics}");
}

#[tokio::test]
async fn patches_are_applied_and_seen_again() {
    let server = Server::start().await;
    let first = Hook::reviewing(|request| {
        let seen = request["object"]["data"]["second"].is_string();
        Some(patch(json!([{"op": "add", "path": "/data/first", "value": if seen { "again" } else { "once" }}])))
    })
    .await;
    let second = Hook::reviewing(|request| {
        let done = request["object"]["data"]["second"].is_string();
        Some(if done {
            json!({"allowed": true})
        } else {
            patch(json!([{"op": "add", "path": "/data/second", "value": "yes"}]))
        })
    })
    .await;
    let mut again = hook("first.example.com", &first.client_config());
    again["reinvocationPolicy"] = json!("IfNeeded");
    let hooks = vec![again, hook("second.example.com", &second.client_config())];
    configure(&server, MUTATING, "m", hooks).await;
    let made = server
        .send(&format!("POST {MAPS}"), map("a"))
        .await
        .expect(201);
    assert_eq!(
        made["data"],
        json!({"first": "again", "k": "v", "second": "yes"})
    );
    assert_eq!((first.seen().len(), second.seen().len()), (2, 1));
}

#[tokio::test]
async fn a_patch_may_take_away_what_a_known_object_is() {
    let server = Server::start().await;
    let asked = Hook::reviewing(|_| {
        Some(patch(json!([
            {"op": "remove", "path": "/kind"},
            {"op": "remove", "path": "/apiVersion"},
            {"op": "add", "path": "/data/seen", "value": "yes"},
        ])))
    })
    .await;
    let hooks = vec![hook("h.example.com", &asked.client_config())];
    configure(&server, MUTATING, "m", hooks).await;
    let made = server
        .send(&format!("POST {MAPS}"), map("a"))
        .await
        .expect(201);
    assert_eq!(made["kind"], "ConfigMap");
    assert_eq!(made["apiVersion"], "v1");
    assert_eq!(made["data"], json!({"k": "v", "seen": "yes"}));
}

#[tokio::test]
async fn who_hangs_holds_up_nobody_else() {
    let server = Server::start().await;
    let hanging = Hook::reviewing(|_| None).await;
    let mut hook = hook("slow.example.com", &hanging.client_config());
    hook["timeoutSeconds"] = json!(1);
    configure(&server, VALIDATING, "v", vec![hook]).await;
    let line = format!("POST {MAPS}");
    let begun = Instant::now();
    let blocked = server.send(&line, map("a"));
    let secret = json!({"metadata": {"name": "s"}});
    let other = async {
        let answer = server
            .send("POST /api/v1/namespaces/default/secrets", secret)
            .await;
        (answer, begun.elapsed())
    };
    let (blocked, (other, took)) = tokio::join!(blocked, other);
    other.expect(201);
    assert!(took < Duration::from_millis(900), "{took:?}");
    let url = format!("https://127.0.0.1:{}/hook?timeout=1s", hanging.port);
    assert_eq!(
        blocked.refused(500, "InternalError"),
        format!(
            "Internal error occurred: failed calling webhook \"slow.example.com\": failed to call webhook: Post \"{url}\": context deadline exceeded"
        )
    );
}

#[tokio::test]
async fn failures_and_dry_runs() {
    let server = Server::start().await;
    let broken = Hook::start(&["127.0.0.1"], |_| Some((500, json!("boom")))).await;
    let mut open = hook("open.example.com", &broken.client_config());
    open["failurePolicy"] = json!("Ignore");
    open["sideEffects"] = json!("None");
    let stranger = Hook::reviewing(|_| Some(json!({"allowed": true}))).await;
    let mut untrusted = stranger.client_config();
    untrusted["caBundle"] = json!(broken.bundle());
    let mut labelled = hook("tls.example.com", &untrusted);
    labelled["objectSelector"] = json!({"matchLabels": {"tls": "yes"}});
    configure(&server, VALIDATING, "v", vec![open, labelled]).await;
    server
        .send(&format!("POST {MAPS}"), map("a"))
        .await
        .expect(201);
    assert_eq!(broken.seen().len(), 1);
    let mut body = map("b");
    body["metadata"]["labels"] = json!({"tls": "yes"});
    let message = server
        .send(&format!("POST {MAPS}"), body)
        .await
        .refused(500, "InternalError");
    assert!(
        message.ends_with(
            "tls: failed to verify certificate: x509: certificate signed by unknown authority"
        ),
        "{message}"
    );
    assert!(stranger.seen().is_empty());
}

#[tokio::test]
async fn a_namespace_that_gets_its_name_here_is_in_no_namespace() {
    let server = Server::start().await;
    let tells = Hook::reviewing(|request| {
        let message = format!("{} {}", request["namespace"], request["name"]);
        Some(json!({"allowed": false, "status": {"message": message}}))
    })
    .await;
    let mut told = hook("h.example.com", &tells.client_config());
    told["rules"][0]["resources"] = json!(["namespaces"]);
    configure(&server, VALIDATING, "v", vec![told]).await;
    for (metadata, expect) in [
        (json!({"name": "a"}), "request: \"a\" \"a\""),
        (
            json!({"name": "a", "generateName": "b"}),
            "request: \"a\" \"a\"",
        ),
        (json!({"generateName": "made-"}), "request: null \"made-"),
    ] {
        let body = json!({"metadata": metadata});
        let refused = server.send("POST /api/v1/namespaces", body).await;
        let message = refused.expect(400)["message"].to_string();
        let message = message.replace('\\', "");
        assert!(message.contains(expect), "{message}");
    }
}

#[tokio::test]
async fn match_conditions_and_services() {
    let server = Server::start().await;
    let asked = Hook::reviewing(|_| Some(json!({"allowed": false}))).await;
    let service =
        json!({"metadata": {"name": "hook"}, "spec": {"ports": [{"port": 443, "name": "s"}]}});
    server
        .send("POST /api/v1/namespaces/default/services", service)
        .await
        .expect(201);
    let client = json!({"service": {"namespace": "default", "name": "hook", "path": "/hook"}, "caBundle": asked.bundle()});
    let mut conditional = hook("c.example.com", &client);
    conditional["matchConditions"] = json!([
        {"name": "named", "expression": "object.metadata.name.startsWith('x')"},
        {"name": "user", "expression": "request.userInfo.username == 'admin' && authorizer.group('').resource('secrets').check('get').allowed()"},
    ]);
    configure(&server, VALIDATING, "v", vec![conditional]).await;
    server
        .send(&format!("POST {MAPS}"), map("a"))
        .await
        .expect(201);
    let message = server
        .send(&format!("POST {MAPS}"), map("xa"))
        .await
        .refused(500, "InternalError");
    assert!(
        message.ends_with("no endpoints available for service \"hook\""),
        "{message}"
    );
    let slice = json!({
        "metadata": {"name": "hook-1", "labels": {"kubernetes.io/service-name": "hook"}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.254.0.1"]}],
        "ports": [{"name": "other", "port": 1}],
    });
    server
        .send(
            "POST /apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
            slice,
        )
        .await
        .expect(201);
    let again = server.send(&format!("POST {MAPS}"), map("xb")).await;
    assert_eq!(again.code, 500, "a port that no endpoint has");
    // A service that stands for a name outside is asked there, under its own name.
    let port = asked.port;
    let service = json!({
        "metadata": {"name": "hook"},
        "spec": {"type": "ExternalName", "externalName": "localhost", "ports": null, "clusterIP": "", "clusterIPs": null},
    });
    server
        .patch(
            "/api/v1/namespaces/default/services/hook",
            "merge-patch+json",
            service,
        )
        .await
        .expect(200);
    let change =
        json!([{"op": "replace", "path": "/webhooks/0/clientConfig/service/port", "value": port}]);
    server
        .patch(&format!("{VALIDATING}/v"), "json-patch+json", change)
        .await
        .expect(200);
    let refused = server
        .send(&format!("POST {MAPS}"), map("xc"))
        .await
        .expect(400);
    assert_eq!(
        refused["message"],
        "admission webhook \"c.example.com\" denied the request without explanation"
    );
}
