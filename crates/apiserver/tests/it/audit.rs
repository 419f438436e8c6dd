//! Audit events of real requests.

use crate::support::{ADMIN, ALICE, MAPS, PATIENCE, Server, map};
use serde_json::{Value, json};
use skeg_apiserver::Options;
use skeg_auth::audit::AuditOptions;
use std::path::PathBuf;

const POLICY: &str = "apiVersion: audit.k8s.io/v1
kind: Policy
omitManagedFields: true
rules:
- {level: None, nonResourceURLs: ['/metrics']}
- {level: Metadata, resources: [{group: '', resources: [secrets]}]}
- {level: RequestResponse, resources: [{group: '', resources: [configmaps]}]}
- {level: Request, resources: [{group: '', resources: [limitranges, namespaces, serviceaccounts/token]}]}
- {level: Metadata, verbs: [create], resources: [{group: '', resources: [pods]}]}
- {level: Metadata, userGroups: ['system:authenticated'], omitStages: [RequestReceived]}
- {level: Metadata}
";

struct World {
    server: Server,
    log: PathBuf,
    _dir: tempfile::TempDir,
}

async fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let policy = dir.path().join("policy.yaml");
    std::fs::write(&policy, POLICY).unwrap();
    let log = dir.path().join("audit.log");
    let server = Server::start_with(Options {
        audit: AuditOptions {
            policy_file: Some(policy),
            log_path: Some(log.clone()),
            ..AuditOptions::default()
        },
        ..Options::default()
    })
    .await;
    World {
        server,
        log,
        _dir: dir,
    }
}

impl World {
    /// The events of one request.
    fn of(&self, id: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.log).unwrap();
        text.lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .filter(|event| event["auditID"] == id)
            .collect()
    }
}

fn stages(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|e| e["stage"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_write_with_its_objects() {
    let world = world().await;
    let made = world.server.send(&format!("POST {MAPS}"), map("a")).await;
    let events = world.of(made.header("audit-id"));
    assert_eq!(stages(&events), ["RequestReceived", "ResponseComplete"]);
    assert_eq!(events[0].get("requestObject"), None);
    let event = &events[1];
    assert_eq!(event["user"]["username"], "admin");
    assert_eq!(event["verb"], "create");
    assert_eq!(event["requestURI"], MAPS);
    assert_eq!(event["objectRef"]["name"], "a");
    assert_eq!(event["objectRef"]["namespace"], "default");
    assert_eq!(event["responseStatus"]["code"], 201);
    assert_eq!(event["requestObject"]["data"], json!({"k": "v"}));
    let answered = &event["responseObject"]["metadata"];
    assert_eq!(answered["uid"], made.json()["metadata"]["uid"]);
    assert_eq!(answered.get("managedFields"), None);
    let annotations = &event["annotations"];
    assert_eq!(annotations["authorization.k8s.io/decision"], "allow");
    let patch = json!({"data": {"k": "w"}});
    let path = format!("{MAPS}/a");
    let patched = world
        .server
        .patch(&path, "merge-patch+json", patch.clone())
        .await;
    let events = world.of(patched.header("audit-id"));
    assert_eq!(events[1]["requestObject"], patch);
}

#[tokio::test]
async fn objects_stand_as_their_types_show_them() {
    let world = world().await;
    let limits = json!({
        "metadata": {"name": "l"},
        "spec": {"limits": [{"type": "Container", "max": {"cpu": "1"}}]},
    });
    let path = "POST /api/v1/namespaces/default/limitranges";
    let made = world.server.send(path, limits).await;
    let event = &world.of(made.header("audit-id"))[1];
    // Filled in, and in the order of the type.
    let sent = event["requestObject"].to_string();
    let limit = r#"{"type":"Container","max":{"cpu":"1"},"default":{"cpu":"1"},"defaultRequest":{"cpu":"1"}}"#;
    let expect = format!(
        r#"{{"kind":"LimitRange","apiVersion":"v1","metadata":{{"name":"l"}},"spec":{{"limits":[{limit}]}}}}"#
    );
    let parsed: Value = serde_json::from_str(&expect).unwrap();
    assert_eq!(event["requestObject"], parsed, "{sent}");
    let space = json!({"metadata": {"name": "space"}});
    let made = world.server.send("POST /api/v1/namespaces", space).await;
    let event = &world.of(made.header("audit-id"))[1];
    assert_eq!(
        event["requestObject"],
        json!({
            "kind": "Namespace", "apiVersion": "v1",
            "metadata": {"name": "space", "labels": {"kubernetes.io/metadata.name": "space"}},
            "spec": {}, "status": {"phase": "Active"},
        })
    );
}

#[tokio::test]
async fn long_lists_are_written_whole() {
    let world = world().await;
    let long = "x".repeat(200 << 10);
    for name in ["a", "b", "c"] {
        let map = json!({"metadata": {"name": name}, "data": {"k": long}});
        let made = world.server.send(&format!("POST {MAPS}"), map).await;
        made.expect(201);
    }
    for coding in ["identity", "gzip"] {
        let accept = [("accept-encoding", coding)];
        let line = format!("GET {MAPS}");
        let listed = world.server.ask_all(ADMIN, &line, &accept, "").await;
        let event = &world.of(listed.header("audit-id"))[1];
        let items = event["responseObject"]["items"].as_array();
        assert_eq!(items.map(Vec::len), Some(3), "{coding}");
    }
}

#[tokio::test]
async fn secrets_are_not_written_at_metadata() {
    let world = world().await;
    let secret = json!({
        "metadata": {"name": "s"},
        "stringData": {"password": "very-secret"},
    });
    let path = "POST /api/v1/namespaces/default/secrets";
    world.server.send(path, secret).await.expect(201);
    world.server.get("/api/v1/secrets").await.expect(200);
    let text = std::fs::read_to_string(&world.log).unwrap();
    assert!(text.contains("\"secrets\""));
    assert!(!text.contains("very-secret") && !text.contains("dmVyeS1zZWNyZXQ"));
}

#[tokio::test]
async fn refusals_and_strangers() {
    let world = world().await;
    let headers = [("audit-id", "chosen-by-client")];
    let line = format!("GET {MAPS}/a");
    let refused = world.server.ask_all(ALICE, &line, &headers, "").await;
    assert_eq!(refused.header("audit-id"), "chosen-by-client");
    let events = world.of("chosen-by-client");
    let event = events.last().unwrap();
    assert_eq!(event["responseStatus"]["reason"], "Forbidden");
    assert_eq!(
        event["annotations"]["authorization.k8s.io/decision"],
        "forbid"
    );

    let stranger = world.server.ask_all("wrong", &line, &[], "").await;
    let events = world.of(stranger.header("audit-id"));
    assert_eq!(stages(&events), ["ResponseStarted"]);
    assert_eq!(
        events[0]["responseStatus"],
        json!({
            "metadata": {},
            "status": "Failure",
            "message": "Unauthorized",
            "reason": "Unauthorized",
            "code": 401,
        })
    );
    assert_eq!(events[0]["user"], json!({}));

    let headers = [("impersonate-user", "bob"), ("audit-id", "as-bob")];
    let path = "GET /api/v1/nodes";
    world
        .server
        .ask_all(ADMIN, path, &headers, "")
        .await
        .expect(403);
    let events = world.of("as-bob");
    assert_eq!(stages(&events), ["ResponseComplete"]);
    assert_eq!(events[0]["user"]["username"], "admin");
    assert_eq!(events[0]["impersonatedUser"]["username"], "bob");
}

#[tokio::test]
async fn a_watch_ends_when_the_client_goes() {
    let world = world().await;
    let line = format!("GET {MAPS}?watch=1");
    let headers = [("audit-id", "watching")];
    let answer = world.server.ask(ADMIN, &line, &headers, "").await;
    assert_eq!(
        stages(&world.of("watching")),
        ["RequestReceived", "ResponseStarted"]
    );
    drop(answer);
    let ended = async {
        while world.of("watching").len() < 3 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, ended)
        .await
        .expect("in time");
    assert_eq!(world.of("watching")[2]["stage"], "ResponseComplete");
    let text = world.server.get("/metrics").await.text();
    assert!(text.contains("\napiserver_audit_event_total "), "{text}");
}

#[tokio::test]
async fn admission_tells_what_it_judged_by() {
    let world = world().await;
    let labels = json!({"pod-security.kubernetes.io/audit": "baseline"});
    let namespace = json!({"metadata": {"name": "judged", "labels": labels}});
    world
        .server
        .send("POST /api/v1/namespaces", namespace)
        .await
        .expect(201);
    let account = json!({"metadata": {"name": "default"}});
    let path = "POST /api/v1/namespaces/judged/serviceaccounts";
    world.server.send(path, account).await.expect(201);
    let pod = json!({
        "metadata": {"name": "p"},
        "spec": {"hostNetwork": true, "containers": [{"name": "c", "image": "i"}]}
    });
    let made = world
        .server
        .send("POST /api/v1/namespaces/judged/pods", pod)
        .await;
    made.expect(201);
    let events = world.of(made.header("audit-id"));
    let annotations = &events.last().unwrap()["annotations"];
    assert_eq!(
        annotations["pod-security.kubernetes.io/enforce-policy"],
        "privileged:latest"
    );
    assert_eq!(
        annotations["pod-security.kubernetes.io/audit-violations"],
        "would violate PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true)"
    );
}

#[tokio::test]
async fn an_issued_token_is_named() {
    let world = world().await;
    let account = json!({"metadata": {"name": "worker"}});
    let path = "POST /api/v1/namespaces/default/serviceaccounts";
    world.server.send(path, account).await.expect(201);
    let issued = world
        .server
        .send(
            "POST /api/v1/namespaces/default/serviceaccounts/worker/token",
            json!({"spec": {"audiences": ["a"]}}),
        )
        .await;
    issued.expect(201);
    let token = issued.json()["status"]["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let claims = token.split('.').nth(1).unwrap();
    let claims = base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, claims).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    let events = world.of(issued.header("audit-id"));
    // What was sent is told as it was sent.
    let sent = &events.last().unwrap()["requestObject"];
    assert_eq!(sent["spec"]["audiences"], json!(["a"]));
    assert_eq!(sent["metadata"].get("namespace"), None, "{sent}");
    assert_eq!(
        events.last().unwrap()["annotations"]["authentication.kubernetes.io/issued-credential-id"],
        format!("JTI={}", claims["jti"].as_str().unwrap())
    );
}
