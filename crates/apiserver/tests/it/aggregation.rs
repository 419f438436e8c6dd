//! Group versions that another server answers.

use serde_json::{Value, json};
use std::time::Duration;

use crate::hooks::{Hook, Seen};
use crate::support::{ADMIN, PATIENCE, Server};

const SERVICES: &str = "/apis/apiregistration.k8s.io/v1/apiservices";

fn other_server(seen: &Seen) -> Option<(u16, Value)> {
    let things = json!({"name": "things", "singularName": "thing", "namespaced": true, "kind": "Thing", "verbs": ["get", "list"]});
    match seen.path.as_str() {
        "/apis/g.example.com/v1" => Some((
            200,
            json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "g.example.com/v1", "resources": [things]}),
        )),
        "/apis/g.example.com/v1/namespaces/default/things?limit=1" => {
            Some((200, json!({"kind": "ThingList", "items": []})))
        }
        "/apis/g.example.com/v1/elsewhere" => {
            Some((302, json!({"location": "https://localhost/"})))
        }
        "/openapi/v3" => Some((
            200,
            json!({"paths": {"apis/g.example.com/v1": {"serverRelativeURL": "/openapi/v3/apis/g.example.com/v1?hash=1"}}}),
        )),
        _ => Some((404, json!({}))),
    }
}

async fn until(server: &Server, path: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let work = async {
        loop {
            let answer = server.get(path).await;
            if answer.code == 200 && holds(&answer.json()) {
                return answer.json();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, work)
        .await
        .unwrap_or_else(|_| panic!("{path} never gets there"))
}

#[tokio::test]
async fn another_server_answers_its_group() {
    let server = Server::start().await;
    let other = Hook::start(&["other.default.svc"], other_server).await;
    let service = json!({"metadata": {"name": "other"}, "spec": {"type": "ExternalName", "externalName": "localhost"}});
    server
        .send("POST /api/v1/namespaces/default/services", service)
        .await
        .expect(201);
    let path = format!("{SERVICES}/v1.g.example.com");
    let body = json!({
        "metadata": {"name": "v1.g.example.com"},
        "spec": {
            "group": "g.example.com", "version": "v1",
            "groupPriorityMinimum": 17900, "versionPriority": 10,
            "service": {"namespace": "default", "name": "other", "port": other.port},
            "caBundle": other.bundle(),
        },
    });
    server
        .send(&format!("POST {SERVICES}"), body)
        .await
        .expect(201);
    let found = until(&server, &path, |o| {
        o["status"]["conditions"][0]["status"] == "True"
    })
    .await;
    assert_eq!(found["status"]["conditions"][0]["reason"], "Passed");
    // Who passes requests on reads the condition by a watch of its own.
    until(&server, "/apis/g.example.com/v1", |_| true).await;
    let list = "/apis/g.example.com/v1/namespaces/default/things?limit=1";
    let answer = server
        .ask(
            ADMIN,
            &format!("GET {list}"),
            &[
                ("x-remote-user", "forged"),
                ("x-remote-else", "kept"),
                ("x-forwarded-for", "10.0.0.7"),
            ],
            "",
        )
        .await;
    assert_eq!(answer.status(), 200);
    let id = answer.headers()["audit-id"].clone();
    let asked = other.seen();
    let asked = asked.iter().find(|seen| seen.path == list).unwrap();
    assert_eq!(asked.headers["x-remote-user"], "admin");
    assert_eq!(asked.headers["x-remote-group"], "system:masters");
    assert_eq!(asked.headers["x-remote-else"], "kept");
    assert_eq!(asked.headers["x-forwarded-for"], "10.0.0.7");
    assert_eq!(asked.headers["audit-id"], id);
    assert!(!asked.headers.contains_key("authorization"));
    // Nobody is sent elsewhere in our name.
    let away = server.get("/apis/g.example.com/v1/elsewhere").await;
    assert_eq!(away.code, 502);
    assert_eq!(
        away.text(),
        "the backend attempted to redirect this request, which is not permitted"
    );
    // By its priority, after the registry itself.
    let groups = server.get("/apis").await.expect(200);
    let names: Vec<&str> = groups["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|g| g["name"].as_str().unwrap())
        .collect();
    let first = ["apiregistration.k8s.io", "g.example.com", "apps"];
    assert_eq!(names[..3], first, "{names:?}");
    let accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    let work = async {
        loop {
            let all = server
                .ask_all(ADMIN, "GET /apis", &[("accept", accept)], "")
                .await
                .expect(200);
            let version = &all["items"][1]["versions"][0];
            if version["freshness"] == "Current" {
                assert_eq!(version["resources"][0]["resource"], "things");
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, work).await.unwrap();
    let index = server.get("/openapi/v3").await.expect(200);
    assert!(index["paths"]["apis/g.example.com/v1"].is_object());
    server.delete(&path, json!({})).await.expect(200);
    assert_eq!(server.get("/apis/g.example.com/v1").await.code, 404);
}

#[tokio::test]
async fn our_own_groups_are_registered() {
    let server = Server::start().await;
    let found = until(&server, &format!("{SERVICES}/v1.apps"), |_| true).await;
    assert_eq!(
        found["metadata"]["labels"]["kube-aggregator.kubernetes.io/automanaged"],
        "onstart"
    );
    assert_eq!(
        found["spec"],
        json!({"group": "apps", "version": "v1", "groupPriorityMinimum": 17800, "versionPriority": 15})
    );
    assert_eq!(found["status"]["conditions"][0]["reason"], "Local");
}
