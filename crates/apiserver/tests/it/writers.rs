//! What a write may change, and who may write what.

use serde_json::{Value, json};

use crate::support::{ALICE, Answer, Server};

const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";
const POLICIES: &str = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
const BINDINGS: &str = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings";

#[tokio::test]
async fn a_write_of_some_statuses_changes_nothing_else() {
    let server = Server::start().await;
    let conditions = |kind: &str| {
        json!({"conditions": [{"type": kind, "status": "True", "reason": "R",
        "lastTransitionTime": "2026-01-01T00:00:00Z"}]})
    };
    for (path, spec, status) in [
        (
            "/apis/storage.k8s.io/v1/volumeattachments",
            json!({"attacher": "a.b", "nodeName": "n", "source": {"persistentVolumeName": "p"}}),
            json!({"attached": true}),
        ),
        (
            "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas",
            json!({"priorityLevelConfiguration": {"name": "exempt"}}),
            conditions("X"),
        ),
        (
            "/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations",
            json!({"type": "Limited", "limited": {"limitResponse": {"type": "Reject"}}}),
            conditions("X"),
        ),
        (
            "/apis/storagemigration.k8s.io/v1/storageversionmigrations",
            json!({"resource": {"resource": "pods"}}),
            conditions("Running"),
        ),
        (
            "/apis/resource.k8s.io/v1/namespaces/default/resourceclaims",
            json!({"devices": {}}),
            json!({"reservedFor": []}),
        ),
    ] {
        let body = json!({"metadata": {"name": "a", "labels": {"l": "one"}}, "spec": spec});
        server.send(&format!("POST {path}"), body).await.expect(201);
        let patch = json!({
            "metadata": {"labels": {"l": "two"}, "annotations": {"a": "b"}, "finalizers": ["x.y/z"]},
            "status": status,
        });
        let changed = server
            .patch(&format!("{path}/a/status"), "merge-patch+json", patch)
            .await
            .expect(200);
        let metadata = &changed["metadata"];
        assert_eq!(metadata["labels"], json!({"l": "one"}), "{path}");
        assert_eq!(metadata["annotations"], Value::Null, "{path}");
        assert_eq!(metadata["finalizers"], Value::Null, "{path}");
        let owned = metadata["managedFields"].to_string();
        assert_eq!(owned.matches("f:metadata").count(), 1, "{path}: {owned}");
    }
}

#[tokio::test]
async fn a_rule_that_taints_otherwise_does_it_from_now_on() {
    let server = Server::start().await;
    let path = "/apis/resource.k8s.io/v1/devicetaintrules";
    let then = "2020-01-01T00:00:00Z";
    let taint = json!({"key": "k", "effect": "NoSchedule", "timeAdded": then});
    let body = json!({"metadata": {"name": "a"}, "spec": {"taint": taint}});
    server.send(&format!("POST {path}"), body).await.expect(201);
    let changed = async |taint: Value| {
        let patch = json!({"spec": {"taint": taint}});
        let answer = server
            .patch(&format!("{path}/a"), "merge-patch+json", patch)
            .await;
        answer.expect(200)["spec"]["taint"]["timeAdded"].clone()
    };
    assert_eq!(changed(json!({"key": "l", "value": "v"})).await, then);
    assert_ne!(changed(json!({"effect": "NoExecute"})).await, then);
    let given = "2021-01-01T00:00:00Z";
    let taint = json!({"effect": "NoSchedule", "timeAdded": given});
    assert_eq!(changed(taint).await, given);
}

#[tokio::test]
async fn a_local_service_has_conditions_of_three_kinds() {
    let server = Server::start().await;
    let path = "/apis/apiregistration.k8s.io/v1/apiservices";
    let body = json!({"metadata": {"name": "v1.a.b"},
        "spec": {"group": "a.b", "version": "v1", "groupPriorityMinimum": 1, "versionPriority": 1}});
    server.send(&format!("POST {path}"), body).await.expect(201);
    let patch = json!({"status": {"conditions": [{"type": "Available", "status": "Maybe"}]}});
    let message = server
        .patch(&format!("{path}/v1.a.b/status"), "merge-patch+json", patch)
        .await
        .refused(422, "Invalid");
    assert!(
        message.ends_with(
            "status.conditions[0].status: Unsupported value: \"Maybe\": supported values: \"True\", \"False\", \"Unknown\""
        ),
        "{message}"
    );
}

// Alice may write roles, policies and bindings, and read nothing but roles.
async fn trusted() -> Server {
    let server = Server::start().await;
    let role = json!({"metadata": {"name": "writer"}, "rules": [
        {"apiGroups": ["admissionregistration.k8s.io"], "resources": ["*"], "verbs": ["*"]},
        {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["*"], "verbs": ["create", "get"]},
    ]});
    let binding = json!({"metadata": {"name": "writer"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "writer"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "alice"}]});
    for (resource, body) in [("clusterroles", role), ("clusterrolebindings", binding)] {
        let line = format!("POST {RBAC}/{resource}");
        server.send(&line, body).await.expect(201);
    }
    server
}

async fn alice(server: &Server, line: &str, body: Value) -> Answer {
    let headers = [("content-type", "application/json")];
    server
        .ask_all(ALICE, line, &headers, body.to_string())
        .await
}

#[tokio::test]
async fn rights_are_asked_about_before_all_else_in_a_role() {
    let server = trusted().await;
    let role = json!({"metadata": {"name": "r"}, "rules": [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"], "nonResourceURLs": ["/x"]},
    ]});
    let line = format!("POST {RBAC}/namespaces/default/roles");
    let message = alice(&server, &line, role).await.refused(403, "Forbidden");
    assert!(
        message.contains("attempting to grant RBAC permissions not currently held"),
        "{message}"
    );
}

#[tokio::test]
async fn who_may_not_read_parameters_may_not_name_them() {
    let server = trusted().await;
    let policy = json!({"metadata": {"name": "p"}, "spec": {
        "paramKind": {"apiVersion": "v1", "kind": "ConfigMap"},
        "matchConstraints": {"resourceRules": [{
            "apiGroups": ["none"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["x"],
        }]},
        "validations": [{"expression": "true"}],
    }});
    let line = format!("POST {POLICIES}");
    let message = alice(&server, &line, policy.clone())
        .await
        .refused(422, "Invalid");
    assert!(
        message.ends_with(
            "spec.paramKind: Forbidden: user &{alice 2 [system:authenticated] map[]} must have \"get\" permission on all objects of the referenced paramKind (kind=ConfigMap, apiVersion=v1)"
        ),
        "{message}"
    );
    server.send(&line, policy).await.expect(201);
    let mut binding = json!({"metadata": {"name": "b"}, "spec": {
        "policyName": "p", "validationActions": ["Deny"],
        "paramRef": {"name": "x", "namespace": "default", "parameterNotFoundAction": "Deny"},
    }});
    let line = format!("POST {BINDINGS}");
    let message = alice(&server, &line, binding.clone())
        .await
        .refused(422, "Invalid");
    assert!(
        message.contains("spec.paramRef: Forbidden: user &{alice"),
        "{message}"
    );
    // What is wrong otherwise is told alone.
    binding["spec"]["validationActions"] = json!([]);
    let message = alice(&server, &line, binding.clone())
        .await
        .refused(422, "Invalid");
    assert!(
        message.ends_with("spec.validationActions: Required value"),
        "{message}"
    );
    binding["spec"]["validationActions"] = json!(["Deny"]);
    binding["spec"]["paramRef"] = Value::Null;
    alice(&server, &line, binding).await.expect(201);
}

#[tokio::test]
async fn a_local_review_tells_of_its_metadata_before_its_namespace() {
    let server = Server::start().await;
    let review = json!({"metadata": {"name": "n"},
        "spec": {"user": "u", "resourceAttributes": {"namespace": "other"}}});
    let line = "POST /apis/authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews";
    let answer = server.send(line, review).await.expect(422);
    let causes = answer["details"]["causes"].as_array().unwrap();
    let fields: Vec<&str> = causes.iter().filter_map(|c| c["field"].as_str()).collect();
    assert_eq!(fields, ["metadata", "spec.resourceAttributes.namespace"]);
}

#[tokio::test]
async fn a_stateful_set_written_again_as_it_is_stays_as_it_is() {
    let server = Server::start().await;
    let sets = "/apis/apps/v1/namespaces/default/statefulsets";
    let set = json!({"metadata": {"name": "s"}, "spec": {
        "selector": {"matchLabels": {"a": "b"}},
        "template": {
            "metadata": {"labels": {"a": "b"}},
            "spec": {"containers": [{"name": "c", "image": "i"}]},
        },
        "volumeClaimTemplates": [{"metadata": {"name": "v"}, "spec": {
            "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
        }}],
    }});
    let made = server.send(&format!("POST {sets}"), set).await.expect(201);
    let line = format!("PUT {sets}/s");
    let again = server.send(&line, made.clone()).await.expect(200);
    assert_eq!(again, made);
    let labels = json!({"metadata": {"labels": {"l": "v"}}});
    let path = format!("{sets}/s");
    let labelled = server.patch(&path, "merge-patch+json", labels).await;
    assert_eq!(labelled.expect(200)["metadata"]["generation"], 1);
    let more = json!({"spec": {"replicas": 2}});
    let more = server.patch(&path, "merge-patch+json", more).await;
    assert_eq!(more.expect(200)["metadata"]["generation"], 2);
}

#[tokio::test]
async fn a_write_of_the_status_leaves_the_metadata() {
    let server = Server::start().await;
    let policy = json!({"metadata": {"name": "p"}, "spec": {
        "matchConstraints": {"resourceRules": [{
            "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"],
        }]},
        "validations": [{"expression": "true"}],
    }});
    let policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
    let range = json!({"metadata": {"name": "r"}, "spec": {"cidrs": ["10.99.0.0/24"]}});
    let ranges = "/apis/networking.k8s.io/v1/servicecidrs";
    for (path, body) in [(policies, policy), (ranges, range)] {
        let made = server.send(&format!("POST {path}"), body).await.expect(201);
        let name = made["metadata"]["name"].as_str().unwrap();
        let change = json!({"metadata": {
            "labels": {"w": "v"}, "annotations": {"a": "b"}, "finalizers": ["x.y/z"],
        }});
        let status = format!("{path}/{name}/status");
        let written = server.patch(&status, "merge-patch+json", change).await;
        let written = written.expect(200);
        for field in ["labels", "annotations"] {
            assert!(written["metadata"][field].is_null(), "{written}");
        }
        let finalizers = &written["metadata"]["finalizers"];
        assert!(!finalizers.to_string().contains("x.y/z"), "{written}");
    }
}

#[tokio::test]
async fn owners_that_a_patch_names_twice_are_found_after_admission() {
    let server = Server::start().await;
    server.make_maps(&["m"]).await;
    let owner = json!({"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u"});
    let owners = json!({"metadata": {"ownerReferences": [owner, owner]}});
    let path = "/api/v1/namespaces/default/configmaps/m";
    let patched = server.patch(path, "merge-patch+json", owners.clone()).await;
    let expect = "299 - \".metadata.ownerReferences contains duplicate entries after mutating admission happens; API server";
    assert!(
        patched.header("warning").starts_with(expect),
        "{}",
        patched.header("warning")
    );
    let mut map = patched.expect(200);
    map["metadata"]["ownerReferences"] = owners["metadata"]["ownerReferences"].clone();
    let put = server.send(&format!("PUT {path}"), map).await;
    let expect = "299 - \".metadata.ownerReferences contains duplicate entries; API server";
    assert!(
        put.header("warning").starts_with(expect),
        "{}",
        put.header("warning")
    );
}
