//! Priority and fairness.

use crate::support::{ADMIN, ALICE, Answer, MAPS, PATIENCE, Server, map};
use bytes::Bytes;
use futures::{FutureExt, StreamExt};
use http::Request;
use serde_json::json;
use skeg_client::Payload;

const FLOW: &str = "/apis/flowcontrol.apiserver.k8s.io/v1";

/// Alice may do everything, one request at a time.
async fn server() -> Server {
    let server = Server::start().await;
    let level = json!({
        "metadata": {"name": "tiny"},
        "spec": {"type": "Limited", "limited": {
            "nominalConcurrencyShares": 0, "borrowingLimitPercent": 0,
            "limitResponse": {"type": "Reject"}
        }}
    });
    let path = format!("POST {FLOW}/prioritylevelconfigurations");
    server.send(&path, level).await.expect(201);
    let schema = json!({
        "metadata": {"name": "tiny"},
        "spec": {
            "priorityLevelConfiguration": {"name": "tiny"},
            "matchingPrecedence": 5,
            "rules": [{
                "subjects": [{"kind": "User", "user": {"name": "alice"}}],
                "resourceRules": [{
                    "verbs": ["*"], "apiGroups": ["*"], "resources": ["*"],
                    "clusterScope": true, "namespaces": ["*"]
                }]
            }]
        }
    });
    let path = format!("POST {FLOW}/flowschemas");
    server.send(&path, schema).await.expect(201);
    let binding = json!({
        "metadata": {"name": "alice"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "alice"}]
    });
    let path = "POST /apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
    server.send(path, binding).await.expect(201);
    server
}

async fn get(server: &Server) -> Answer {
    server.ask_all(ALICE, &format!("GET {MAPS}"), &[], "").await
}

/// Asks until the answer is of this code.
async fn until(server: &Server, code: u16) -> Answer {
    let asked = async {
        loop {
            let answer = get(server).await;
            if answer.code == code {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, asked)
        .await
        .expect("in time")
}

#[tokio::test]
async fn a_level_without_seats_refuses() {
    let server = server().await;
    let schema = server.get(&format!("{FLOW}/flowschemas/tiny")).await.json();
    let uid = schema["metadata"]["uid"].as_str().unwrap();
    let first = tokio::time::timeout(PATIENCE, async {
        loop {
            let answer = get(&server).await;
            if answer.header("x-kubernetes-pf-flowschema-uid") == uid {
                return answer;
            }
        }
    });
    first.await.expect("the schema is heeded").expect(200);

    // A write whose body does not come keeps the seat.
    let body = futures::stream::pending::<Result<Bytes, skeg_client::BoxError>>();
    let request = Request::builder()
        .method("POST")
        .uri(MAPS)
        .header("authorization", format!("Bearer {ALICE}"))
        .header("content-type", "application/json")
        .body(Payload::Stream(body.boxed()))
        .unwrap();
    let mut hanging = Box::pin(server.api.call(request));
    assert!(hanging.as_mut().now_or_never().is_none());
    let refused = get(&server).await;
    assert_eq!(refused.code, 429);
    assert_eq!(
        refused.text(),
        "Too many requests, please try again later.\n"
    );
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(refused.header("x-kubernetes-pf-flowschema-uid"), uid);
    // Others are not held up, and exempt ones never.
    server
        .send(&format!("POST {MAPS}"), map("a"))
        .await
        .expect(201);
    drop(hanging);
    get(&server).await.expect(200);
    let text = server.get("/metrics").await.text();
    let line = "apiserver_flowcontrol_priority_level_seat_utilization_count{phase=\"executing\",priority_level=\"tiny\"} ";
    assert!(text.contains(line), "{text}");
    let line = "apiserver_flowcontrol_rejected_requests_total{flow_schema=\"tiny\",priority_level=\"tiny\",reason=\"concurrency-limit\"} 1";
    assert!(text.contains(line), "{text}");
}

#[tokio::test]
async fn a_schema_is_told_whether_its_level_exists() {
    let server = server().await;
    let path = format!("{FLOW}/flowschemas/tiny");
    let status = async |expect: &str| {
        let seen = async {
            loop {
                let schema = server.get(&path).await.json();
                let condition = &schema["status"]["conditions"][0];
                if condition["status"] == expect {
                    assert_eq!(condition["type"], "Dangling");
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, seen).await.expect("in time");
    };
    status("False").await;
    let level = format!("{FLOW}/prioritylevelconfigurations/tiny");
    server.delete(&level, json!({})).await.expect(200);
    status("True").await;
    // And then it leads nowhere: the default takes its requests.
    let answer = until(&server, 200).await;
    let uid = server.get(&path).await.json()["metadata"]["uid"].clone();
    assert_ne!(answer.header("x-kubernetes-pf-flowschema-uid"), uid);
    let of_admin = server.ask_all(ADMIN, &format!("GET {MAPS}"), &[], "").await;
    let exempt = server.get(&format!("{FLOW}/flowschemas/exempt")).await;
    assert_eq!(
        of_admin.header("x-kubernetes-pf-flowschema-uid"),
        exempt.json()["metadata"]["uid"].as_str().unwrap()
    );
}
