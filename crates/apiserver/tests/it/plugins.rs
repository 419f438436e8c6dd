//! Admission plugins that are switched on and configured, and what the server does
//! with the answers of webhooks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use skeg_apiserver::Options;
use skeg_auth::audit::AuditOptions;
use skeg_registry::admission::{EventLimit, EventLimitType, PluginConfiguration};

use crate::hooks::Hook;
use crate::support::{ADMIN, ALICE, MAPS, Server, map};

const MUTATING: &str = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";

fn patch(operations: &Value) -> Value {
    let patch = STANDARD.encode(operations.to_string());
    json!({"allowed": true, "patchType": "JSONPatch", "patch": patch})
}

async fn configure(server: &Server, asked: &Hook) {
    let hook = json!({
        "name": "h.example.com",
        "clientConfig": asked.client_config(),
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "rules": [{
            "apiGroups": [""], "apiVersions": ["v1"],
            "operations": ["CREATE"], "resources": ["configmaps"],
        }],
    });
    let body = json!({"metadata": {"name": "m"}, "webhooks": [hook]});
    let line = format!("POST {MUTATING}");
    server.send(&line, body).await.expect(201);
}

#[tokio::test]
async fn webhooks_are_shown_who_asks_and_their_patches_are_audited() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let users = "users: [{name: '*.0.0.1:PORT', user: {tokenFile: token}}]";
    write("token", "secret\n");
    let asked = Hook::reviewing(|_| {
        let operations = json!([{"value": "yes", "path": "/data/more", "op": "add"}]);
        Some(patch(&operations))
    })
    .await;
    let users = write(
        "users.yaml",
        &users.replace("PORT", &asked.port.to_string()),
    );
    let policy = write(
        "policy.yaml",
        "{apiVersion: audit.k8s.io/v1, kind: Policy, rules: [{level: Request}]}",
    );
    let log = dir.path().join("audit.log");
    let server = Server::start_with(Options {
        audit: AuditOptions {
            policy_file: Some(policy),
            log_path: Some(log.clone()),
            ..AuditOptions::default()
        },
        admission: PluginConfiguration {
            mutating_webhooks: Some(users),
            ..PluginConfiguration::default()
        },
        ..Options::default()
    })
    .await;
    configure(&server, &asked).await;
    let made = server.send(&format!("POST {MAPS}"), map("a")).await;
    assert_eq!(made.expect(201)["data"]["more"], "yes");
    let question = asked.seen().pop().unwrap();
    assert_eq!(question.headers["authorization"], "Bearer secret");

    let text = std::fs::read_to_string(&log).unwrap();
    let id = made.header("audit-id");
    let events = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let event = events.rev().find(|event| event["auditID"] == id).unwrap();
    let annotations = &event["annotations"];
    assert_eq!(
        annotations["patch.webhook.admission.k8s.io/round_0_index_0"],
        r#"{"configuration":"m","webhook":"h.example.com","patch":[{"op":"add","path":"/data/more","value":"yes"}],"patchType":"JSONPatch"}"#
    );
    assert_eq!(
        annotations["mutation.webhook.admission.k8s.io/round_0_index_0"],
        r#"{"configuration":"m","webhook":"h.example.com","mutated":true}"#
    );
}

#[tokio::test]
async fn broken_managed_fields_are_repaired() {
    let server = Server::start().await;
    let asked = Hook::reviewing(|_| {
        let broken = json!([{"manager": "x", "operation": "Update", "apiVersion": "v1"}]);
        let operations = json!([{"op": "add", "path": "/metadata/managedFields", "value": broken}]);
        Some(patch(&operations))
    })
    .await;
    configure(&server, &asked).await;
    let made = server.send(&format!("POST {MAPS}"), map("a")).await;
    assert_eq!(
        made.header("warning"),
        "299 - \".metadata.managedFields was in an invalid state after admission; this could be caused by an outdated mutating admission controller; please fix your requests: missing fieldsType in managed fields entry 0\""
    );
    let managed = made.expect(201)["metadata"]["managedFields"].clone();
    let managers: Vec<&str> = managed
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|entry| entry["manager"].as_str())
        .collect();
    assert!(!managers.contains(&"x"), "{managed}");
}

#[tokio::test]
async fn events_above_the_limit_are_refused() {
    let limit = |limit_type, burst| EventLimit {
        limit_type,
        qps: 1,
        burst,
        cache_size: 10,
    };
    let server = Server::start_with(Options {
        admission: PluginConfiguration {
            event_limits: vec![
                limit(EventLimitType::Server, 100),
                limit(EventLimitType::Namespace, 1),
            ],
            ..PluginConfiguration::default()
        },
        enable_admission_plugins: vec!["EventRateLimit".to_owned()],
        ..Options::default()
    })
    .await;
    let event = |namespace: &str, name: &str| {
        json!({
            "metadata": {"name": name, "namespace": namespace},
            "involvedObject": {"kind": "Pod", "name": "p", "namespace": namespace},
            "reason": "Test", "message": "m", "type": "Normal",
        })
    };
    let send = async |namespace: &str, name: &str| {
        let line = format!("POST /api/v1/namespaces/{namespace}/events");
        server.send(&line, event(namespace, name)).await
    };
    send("default", "a").await.expect(201);
    assert_eq!(
        send("default", "b").await.refused(429, "TooManyRequests"),
        "Too many requests: limit reached on type Namespace for key default"
    );
    send("kube-system", "c").await.expect(201);
    let metrics = server.get("/metrics").await.text();
    let line = "apiserver_admission_controller_admission_duration_seconds_count{name=\"EventRateLimit\",operation=\"CREATE\",rejected=\"true\",type=\"validate\"} 1\n";
    assert!(metrics.contains(line), "{metrics}");
}

#[tokio::test]
async fn owners_are_given_by_those_who_may_delete() {
    let server = Server::start_with(Options {
        enable_admission_plugins: vec!["OwnerReferencesPermissionEnforcement".to_owned()],
        ..Options::default()
    })
    .await;
    let role = |verbs: &[&str]| {
        json!({
            "metadata": {"name": "maps"},
            "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": verbs}],
        })
    };
    let roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/default";
    let line = format!("POST {roles}/roles");
    server.send(&line, role(&["create"])).await.expect(201);
    let binding = json!({
        "metadata": {"name": "maps"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "maps"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "alice"}],
    });
    let line = format!("POST {roles}/rolebindings");
    server.send(&line, binding).await.expect(201);
    let owned = |blocks: bool| {
        let mut out = map("owned");
        out["metadata"]["ownerReferences"] = json!([{
            "apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u",
            "blockOwnerDeletion": blocks,
        }]);
        out.to_string()
    };
    let send = async |blocks: bool| {
        let headers = [("content-type", "application/json")];
        let line = format!("POST {MAPS}");
        server.ask_all(ALICE, &line, &headers, owned(blocks)).await
    };
    let told = send(false).await.refused(403, "Forbidden");
    let expect = "configmaps \"owned\" is forbidden: cannot set an ownerRef on a resource you can't delete: ";
    assert!(told.starts_with(expect), "{told}");
    let line = format!("PUT {roles}/roles/maps");
    let allowed = role(&["create", "delete"]);
    server.send(&line, allowed).await.expect(200);
    let told = send(true).await.refused(403, "Forbidden");
    let expect = "configmaps \"owned\" is forbidden: cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: ";
    assert!(told.starts_with(expect), "{told}");
    send(false).await.expect(201);
}

/// What was allocated is the scheduler's to say, what of a device a driver's
/// (test/integration/auth/resourceclaim_test.go).
#[tokio::test]
async fn the_status_of_claims_is_written_by_who_may_bind_and_who_drives() {
    let server = Server::start().await;
    let claims = "/apis/resource.k8s.io/v1/namespaces/default/resourceclaims";
    let claim = json!({"metadata": {"name": "c"}, "spec": {"devices": {"requests": [
        {"name": "r", "exactly": {"deviceClassName": "class"}},
    ]}}});
    server
        .send(&format!("POST {claims}"), claim)
        .await
        .expect(201);
    let roles = "/apis/rbac.authorization.k8s.io/v1";
    let claim_rule = json!({
        "apiGroups": ["resource.k8s.io"], "resources": ["resourceclaims/status"], "verbs": ["update", "patch"],
    });
    let allow = async |method: &str, rules: Value| {
        let named = if method == "PUT" { "/claims" } else { "" };
        let body = json!({"metadata": {"name": "claims"}, "rules": rules});
        let line = format!("{method} {roles}/clusterroles{named}");
        let made = server.send(&line, body).await;
        assert!(made.code < 300, "{}", made.text());
    };
    allow("POST", json!([claim_rule])).await;
    let binding = json!({
        "metadata": {"name": "claims"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "claims"},
        "subjects": [{"kind": "ServiceAccount", "namespace": "default", "name": "sa"}],
    });
    let line = format!("POST {roles}/clusterrolebindings");
    server.send(&line, binding).await.expect(201);

    let status = |device: Option<&str>| {
        let device =
            device.map(|name| json!({"driver": "d.example.com", "pool": "p", "device": name}));
        json!({"status": {
            "allocation": {
                "devices": {"results": [
                    {"request": "r", "driver": "d.example.com", "pool": "p", "device": "one"},
                ]},
                "nodeSelector": {"nodeSelectorTerms": [{"matchFields": [
                    {"key": "metadata.name", "operator": "In", "values": ["n1"]},
                ]}]},
            },
            "devices": (device.into_iter().collect::<Vec<_>>()),
        }})
    };
    let write = async |node: &str, body: Value| {
        let headers = [
            ("content-type", "application/merge-patch+json"),
            ("impersonate-user", "system:serviceaccount:default:sa"),
            (
                "impersonate-extra-authentication.kubernetes.io%2Fnode-name",
                node,
            ),
        ];
        let line = format!("PATCH {claims}/c/status");
        server
            .ask_all(ADMIN, &line, &headers, body.to_string())
            .await
    };
    let told = write("n1", status(None)).await.refused(422, "Invalid");
    assert_eq!(
        told,
        "ResourceClaim.resource.k8s.io \"c\" is invalid: status: Forbidden: changing status.allocation or status.reservedFor requires resource=\"resourceclaims/binding\", verb=\"patch\" permission: resourceclaims.resource.k8s.io is forbidden: User \"system:serviceaccount:default:sa\" cannot patch resource \"resourceclaims/binding\" in API group \"resource.k8s.io\" at the cluster scope"
    );
    let bind = json!({
        "apiGroups": ["resource.k8s.io"], "resources": ["resourceclaims/binding"], "verbs": ["patch"],
    });
    allow("PUT", json!([claim_rule, bind])).await;
    write("n1", status(None)).await.expect(200);

    let told = write("n2", status(Some("one")))
        .await
        .refused(422, "Invalid");
    let expect = "status.devices: Forbidden: changing status.devices requires resource=\"resourceclaims/driver\", verb=\"[arbitrary-node:patch]\" permission: resourceclaims.resource.k8s.io \"d.example.com\" is forbidden: ";
    assert!(told.contains(expect), "{told}");
    let told = write("n1", status(Some("one")))
        .await
        .refused(422, "Invalid");
    let expect = "verb=\"[associated-node:patch arbitrary-node:patch]\" permission: ";
    assert!(told.contains(expect), "{told}");
    let drive = json!({
        "apiGroups": ["resource.k8s.io"], "resources": ["resourceclaims/driver"],
        "resourceNames": ["d.example.com"], "verbs": ["associated-node:patch"],
    });
    allow("PUT", json!([claim_rule, bind, drive])).await;
    write("n2", status(Some("one")))
        .await
        .refused(422, "Invalid");
    write("n1", status(Some("one"))).await.expect(200);
    write("n2", status(None)).await.refused(422, "Invalid");
    write("n1", status(None)).await.expect(200);
}

#[tokio::test]
async fn a_pod_grows_no_further_than_its_node() {
    let server = Server::start().await;
    let pods = "/api/v1/namespaces/default/pods";
    let node = |name: &str, os: &str| {
        json!({
            "metadata": {"name": name, "labels": {"kubernetes.io/os": os}},
            "status": {"allocatable": {"cpu": "1", "memory": "1Gi"}},
        })
    };
    for (name, os) in [("n", "linux"), ("w", "windows")] {
        let made = server.send("POST /api/v1/nodes", node(name, os)).await;
        made.expect(201);
    }
    server
        .send(
            "POST /api/v1/namespaces/default/serviceaccounts",
            json!({"metadata": {"name": "default"}}),
        )
        .await;
    let own = |cpu: &str| {
        json!({"containers": [{"name": "c", "image": "i", "resources": {
            "requests": {"cpu": cpu, "memory": "16Mi"}, "limits": {"cpu": "9"}}}]})
    };
    for (name, on) in [("p", "n"), ("q", "w"), ("r", "gone")] {
        let mut spec = own("100m");
        spec["nodeName"] = json!(on);
        let body = json!({"metadata": {"name": name}, "spec": spec});
        server.send(&format!("POST {pods}"), body).await.expect(201);
    }
    let resize = async |name: &str, spec: Value| {
        let path = format!("{pods}/{name}/resize");
        let kind = "strategic-merge-patch+json";
        server.patch(&path, kind, json!({"spec": spec})).await
    };
    resize("p", own("900m")).await.expect(200);
    let refused = resize("p", own("2")).await;
    assert_eq!(
        refused.refused(403, "Forbidden"),
        "pods \"p\" is forbidden: node didn't have enough allocatable resources: cpu, requested: 2000, allocatable: 1000"
    );
    assert_eq!(
        refused.json()["details"]["causes"],
        json!([{"reason": "NodeCapacity"}])
    );
    for (name, expect) in [
        (
            "q",
            "pod resize is only supported on linux nodes, node \"w\" is \"windows\"",
        ),
        ("r", "node \"gone\" not found"),
    ] {
        let refused = resize(name, own("200m")).await;
        let expect = format!("pods \"{name}\" is forbidden: {expect}");
        assert_eq!(refused.refused(403, "Forbidden"), expect);
    }
    let whole = |cpu: &str| {
        let mut spec = own("100m");
        spec["resources"] = json!({"requests": {"cpu": cpu, "memory": "64Mi"}});
        spec
    };
    let mut spec = whole("200m");
    spec["nodeName"] = json!("n");
    let body = json!({"metadata": {"name": "s"}, "spec": spec});
    server.send(&format!("POST {pods}"), body).await.expect(201);
    let refused = resize("s", whole("300m")).await;
    assert_eq!(
        refused.refused(403, "Forbidden"),
        "pods \"s\" is forbidden: pod update requires features InPlacePodLevelResourcesVerticalScaling which are not available on node \"n\""
    );
}
