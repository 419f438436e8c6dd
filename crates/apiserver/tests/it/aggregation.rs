//! Group versions that another server answers.

use futures::StreamExt as _;
use serde_json::{Value, json};
use skeg_client::Payload;
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
        "/apis/g.example.com/v1/namespaces/default/things?continue=a+b&limit=1" => {
            Some((200, json!({"kind": "ThingList", "items": []})))
        }
        "/apis/g.example.com/v1/elsewhere" => {
            Some((302, json!({"location": "https://localhost/"})))
        }
        "/openapi/v3" => Some((
            200,
            json!({"paths": {"apis/g.example.com/v1": {"serverRelativeURL": "/openapi/v3/apis/g.example.com/v1?hash=1"},
                "else": {"serverRelativeURL": "/openapi/v3/else?hash=2"}, "api/v1": {"serverRelativeURL": "/never"}}}),
        )),
        "/openapi/v3/else" => Some((200, json!({"openapi": "3.0.0"}))),
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
    let list = "/apis/g.example.com/v1/namespaces/default/things?continue=a+b&limit=1";
    let answer = server
        .ask(
            ADMIN,
            "GET /apis/g.example.com/v1/namespaces/default/things?limit=1&continue=a%20b&c=%zz",
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
    // A body that passes through is as long as the client says: not all read pieces.
    let pieces = ["{\"a\"", ": 1}"].map(|piece| Ok(piece.into()));
    let request = http::Request::post("/apis/g.example.com/v1/namespaces/default/things")
        .header("authorization", format!("Bearer {ADMIN}"))
        .header("content-length", "8")
        .body(Payload::Stream(futures::stream::iter(pieces).boxed()))
        .unwrap();
    server.api.call(request).await;
    let asked = other.seen();
    let asked = asked.iter().rfind(|seen| seen.body["a"] == 1).unwrap();
    assert_eq!(asked.headers["content-length"], "8");
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
    assert_ne!(index["paths"]["api/v1"]["serverRelativeURL"], "/never");
    // All that its index has is served, whatever it is of.
    assert!(index["paths"]["else"].is_object());
    let document = server.get("/openapi/v3/else").await.expect(200);
    assert_eq!(document["openapi"], "3.0.0");
    // Who is lost is counted, and known to be there.
    let other = "/api/v1/namespaces/default/services/other";
    server.delete(other, json!({})).await.expect(200);
    until(&server, &path, |o| {
        o["status"]["conditions"][0]["reason"] == "ServiceNotFound"
    })
    .await;
    let lost = "aggregator_unavailable_apiservice_total{name=\"v1.g.example.com\",reason=\"ServiceNotFound\"} 1\n";
    let work = async {
        while !server.get("/metrics").await.text().contains(lost) {
            tokio::task::yield_now().await;
        }
        loop {
            let all = server
                .ask_all(ADMIN, "GET /apis", &[("accept", accept)], "")
                .await
                .expect(200);
            if all["items"][1]["versions"] == json!([{"version": "v1", "freshness": "Stale"}]) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, work).await.unwrap();
    let gone = server.get("/apis/g.example.com/v1").await;
    assert_eq!(
        (gone.code, gone.text()),
        (503, "service unavailable\n".into())
    );
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

/// Registers a server on this port of the loopback; where its APIService is.
async fn registered(server: &Server, port: u16) -> String {
    let service = json!({"metadata": {"name": "h"}, "spec": {"type": "ExternalName", "externalName": "localhost"}});
    server
        .send("POST /api/v1/namespaces/default/services", service)
        .await
        .expect(201);
    server
        .send(&format!("POST {SERVICES}"), service_of(port))
        .await
        .expect(201);
    format!("{SERVICES}/v1.h.example.com")
}

fn service_of(port: u16) -> Value {
    json!({
        "metadata": {"name": "v1.h.example.com"},
        "spec": {
            "group": "h.example.com", "version": "v1",
            "groupPriorityMinimum": 1000, "versionPriority": 10,
            "service": {"namespace": "default", "name": "h", "port": port},
            "insecureSkipTLSVerify": true,
        },
    })
}

#[tokio::test]
async fn why_a_server_cannot_be_used() {
    let server = Server::start().await;
    server
        .send(&format!("POST {SERVICES}"), service_of(444))
        .await
        .expect(201);
    let path = format!("{SERVICES}/v1.h.example.com");
    let services = "/api/v1/namespaces/default/services";
    let is = async |reason: &str, message: &str| {
        let found = until(&server, &path, |o| {
            o["status"]["conditions"][0]["reason"] == reason
        })
        .await;
        let condition = &found["status"]["conditions"][0];
        assert_eq!(condition["message"], message);
        assert_eq!(condition["status"], "False");
    };
    is("ServiceNotFound", "service/h in \"default\" is not present").await;
    let service = json!({"metadata": {"name": "h"}, "spec": {"clusterIP": "None", "ports": [{"port": 444, "name": "p"}]}});
    server
        .send(&format!("POST {services}"), service)
        .await
        .expect(201);
    is(
        "EndpointsNotFound",
        "cannot find endpointslices for service/h in \"default\"",
    )
    .await;
    let slices = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
    let slice = |port: Value| {
        json!({
            "metadata": {"name": "h", "labels": {"kubernetes.io/service-name": "h"}},
            "addressType": "IPv4",
            "ports": [port],
            "endpoints": [{"addresses": ["10.1.2.3"]}],
        })
    };
    server
        .send(&format!("POST {slices}"), slice(json!({"name": "p"})))
        .await
        .expect(201);
    // A port without a number is none.
    is(
        "MissingEndpoints",
        "endpointslices for service/h in \"default\" have no addresses with port name \"p\"",
    )
    .await;
    server
        .send(
            &format!("PUT {slices}/h"),
            slice(json!({"name": "p", "port": 444})),
        )
        .await
        .expect(200);
    is(
        "FailedDiscoveryCheck",
        "cannot route to service with ClusterIP \"None\"",
    )
    .await;
}

#[tokio::test]
async fn the_address_of_the_service_is_shown() {
    let server = Server::start().await;
    let other = Hook::start(&["h.default.svc"], |_| Some((500, json!({})))).await;
    let path = registered(&server, other.port).await;
    let found = until(&server, &path, |o| {
        o["status"]["conditions"][0]["reason"] == "FailedDiscoveryCheck"
    })
    .await;
    let url = format!("https://localhost:{}/apis/h.example.com/v1", other.port);
    assert_eq!(
        found["status"]["conditions"][0]["message"],
        format!("failing or missing response from {url}: bad status from {url}: 500")
    );
    // Five ask at once, in the aggregator's name.
    let seen = other.seen();
    assert!(seen.len() >= 5, "{}", seen.len());
    let asked = &seen[0];
    assert_eq!(asked.headers["x-remote-user"], "system:kube-aggregator");
    assert!(!asked.headers.contains_key("accept"));
}

#[tokio::test]
async fn faults_of_services_are_told_as_often_as_they_are_found() {
    let server = Server::start().await;
    let fields = |status: &Value| -> Vec<String> {
        let causes = status["details"]["causes"].as_array().unwrap();
        let fields = causes.iter().map(|c| c["field"].as_str().unwrap());
        fields.map(str::to_owned).collect()
    };
    let mut made = service_of(443);
    made["metadata"] = json!({"generateName": "v1.h", "labels": {"a": "b c"}});
    let refused = server.send(&format!("POST {SERVICES}"), made).await;
    let refused = refused.expect(422);
    let names = ["metadata.generateName", "metadata.name", "metadata.labels"];
    assert_eq!(fields(&refused), names);
    server
        .send(&format!("POST {SERVICES}"), service_of(443))
        .await
        .expect(201);
    let path = format!("{SERVICES}/v1.h.example.com");
    let patch = json!({"metadata": {"labels": {"a": "b c"}}});
    let refused = server
        .patch(&path, "merge-patch+json", patch)
        .await
        .expect(422);
    assert_eq!(fields(&refused), ["metadata.labels"; 4]);
}

const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

#[tokio::test]
async fn what_is_known_is_not_told_again() {
    let server = Server::start().await;
    let other = Hook::start(&["h.default.svc"], |seen| match seen.path.as_str() {
        "/apis" if seen.headers.contains_key("if-none-match") => Some((304, json!({}))),
        "/apis" => Some((
            200,
            json!({
                "headers": {"etag": "\"one\"", "content-type": AGGREGATED},
                "items": [{"metadata": {"name": "h.example.com"}, "versions": [{
                    "version": "v1",
                    "resources": [{"resource": "things", "scope": "Namespaced", "verbs": ["get"]}],
                }]}],
            }),
        )),
        "/apis/h.example.com/v1" => Some((200, json!({}))),
        _ => Some((404, json!({}))),
    })
    .await;
    let path = registered(&server, other.port).await;
    let mut priority = 11;
    let work = async {
        loop {
            let seen = other.seen();
            let again = seen
                .iter()
                .rfind(|seen| seen.path == "/apis" && seen.headers.contains_key("if-none-match"));
            let all = server
                .ask_all(ADMIN, "GET /apis", &[("accept", AGGREGATED)], "")
                .await
                .expect(200);
            let items = all["items"].as_array().unwrap();
            let entry = items
                .iter()
                .find(|item| item["metadata"]["name"] == "h.example.com");
            let is_current =
                entry.is_some_and(|entry| entry["versions"][0]["freshness"] == "Current");
            if let Some(again) = again
                && is_current
            {
                assert_eq!(again.headers["if-none-match"], "\"one\"");
                assert_eq!(again.headers["accept"], AGGREGATED);
                let version = &entry.unwrap()["versions"][0];
                assert_eq!(version["resources"][0]["resource"], "things");
                return;
            }
            // Any change of the registration makes us ask again.
            let patch = json!({"spec": {"versionPriority": priority}});
            priority = (priority % 999) + 1;
            server
                .patch(&path, "merge-patch+json", patch)
                .await
                .expect(200);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, work).await.unwrap();
    let seen = other.seen();
    let openapi = seen.iter().find(|seen| seen.path == "/openapi/v2").unwrap();
    assert_eq!(openapi.headers["x-remote-user"], "system:aggregator");
    assert!(!openapi.headers.contains_key("x-remote-group"));
    let unknown = server.get("/openapi/v3/apis/nobody/v1").await;
    assert_eq!((unknown.code, unknown.text()), (404, String::new()));
}
