//! Admission policies, as clients meet them.

use serde_json::{Value, json};

use crate::support::{MAPS, Server, map};

const GROUP: &str = "/apis/admissionregistration.k8s.io/v1";

fn constraints() -> Value {
    json!({"resourceRules": [{
        "apiGroups": [""], "apiVersions": ["v1"],
        "operations": ["CREATE", "UPDATE"], "resources": ["configmaps"],
    }]})
}

async fn policy(server: &Server, sort: &str, name: &str, mut spec: Value, binding: Value) {
    if spec["matchConstraints"].is_null() {
        spec["matchConstraints"] = constraints();
    }
    let body = json!({"metadata": {"name": name}, "spec": spec});
    let path = format!("POST {GROUP}/{sort}admissionpolicies");
    server.send(&path, body).await.expect(201);
    let mut bound = binding;
    bound["policyName"] = json!(name);
    let body = json!({"metadata": {"name": name}, "spec": bound});
    let path = format!("POST {GROUP}/{sort}admissionpolicybindings");
    server.send(&path, body).await.expect(201);
}

#[tokio::test]
async fn a_policy_refuses_with_its_words_and_reason() {
    let server = Server::start().await;
    let spec = json!({"validations": [
        {
            "expression": "variables.name != 'bad'",
            "messageExpression": "'not ' + variables.name",
            "reason": "Forbidden",
        },
        {"expression": "object.data.k == 'v' || !object.metadata.name.startsWith('k')"},
    ], "variables": [{"name": "name", "expression": "object.metadata.name"}]});
    let binding = json!({"validationActions": ["Deny"]});
    policy(&server, "validating", "p", spec, binding).await;
    let refused = server.send(&format!("POST {MAPS}"), map("bad")).await;
    assert_eq!(
        refused.refused(403, "Forbidden"),
        "configmaps \"bad\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'p' denied request: not bad"
    );
    let keyless = json!({"metadata": {"name": "keyless"}});
    let refused = server.send(&format!("POST {MAPS}"), keyless).await;
    let message = refused.refused(422, "Invalid");
    assert!(
        message.contains("resulted in error: no such key"),
        "{message}"
    );
    server
        .send(&format!("POST {MAPS}"), map("good"))
        .await
        .expect(201);
}

#[tokio::test]
async fn a_binding_may_only_warn() {
    let server = Server::start().await;
    let spec = json!({"validations": [{"expression": "false", "message": "no"}]});
    let binding = json!({"validationActions": ["Warn", "Audit"]});
    policy(&server, "validating", "p", spec, binding).await;
    let made = server.send(&format!("POST {MAPS}"), map("a")).await;
    assert!(
        made.header("warning")
            .contains("Validation failed for ValidatingAdmissionPolicy 'p' with binding 'p': no")
    );
    made.expect(201);
}

#[tokio::test]
async fn parameters_are_those_of_the_binding() {
    let server = Server::start().await;
    server
        .send(&format!("POST {MAPS}"), map("limits"))
        .await
        .expect(201);
    let spec = json!({
        "paramKind": {"apiVersion": "v1", "kind": "ConfigMap"},
        "validations": [{"expression": "params.metadata.name == 'limits' && object.metadata.name != 'b'"}],
    });
    let binding = json!({
        "validationActions": ["Deny"],
        "paramRef": {"name": "limits", "parameterNotFoundAction": "Deny"},
    });
    policy(&server, "validating", "p", spec, binding).await;
    server
        .send(&format!("POST {MAPS}"), map("a"))
        .await
        .expect(201);
    let refused = server.send(&format!("POST {MAPS}"), map("b")).await;
    refused.refused(422, "Invalid");
    server
        .delete(&format!("{MAPS}/limits"), json!({}))
        .await
        .expect(200);
    let refused = server.send(&format!("POST {MAPS}"), map("c")).await;
    let message = refused.refused(422, "Invalid");
    assert!(message.contains("no params found"), "{message}");
}

#[tokio::test]
async fn a_policy_changes_and_others_come_again() {
    let server = Server::start().await;
    // The first one sees what the second one made only when it comes again.
    let first = json!({
        "reinvocationPolicy": "IfNeeded",
        "mutations": [{"patchType": "ApplyConfiguration", "applyConfiguration": {"expression":
            "Object{metadata: Object.metadata{labels: {'seen': has(object.data) && 'made' in object.data ? 'yes' : 'no'}}}"}}],
    });
    policy(&server, "mutating", "a", first, json!({})).await;
    let second = json!({
        "reinvocationPolicy": "Never",
        "mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression":
            "[JSONPatch{op: 'add', path: '/data/made', value: 'x'}]"}}],
    });
    policy(&server, "mutating", "b", second, json!({})).await;
    let made = server.send(&format!("POST {MAPS}"), map("m")).await;
    let object = made.expect(201);
    assert_eq!(object["data"]["made"], "x");
    assert_eq!(object["metadata"]["labels"]["seen"], "yes");
}

#[tokio::test]
async fn a_mutation_that_fails_refuses() {
    let server = Server::start().await;
    let spec = json!({
        "reinvocationPolicy": "Never",
        "mutations": [{"patchType": "ApplyConfiguration", "applyConfiguration": {"expression":
            "Object{metadata: Object.wrong{labels: {'a': 'b'}}}"}}],
    });
    policy(&server, "mutating", "p", spec, json!({})).await;
    let refused = server.send(&format!("POST {MAPS}"), map("m")).await;
    let message = refused.refused(403, "Invalid");
    assert_eq!(
        message,
        "policy 'p' with binding 'p' denied request: type mismatch: unexpected type name \"Object.wrong\", expected \"Object.metadata\", which matches field name path from root Object type"
    );
}

#[tokio::test]
async fn the_last_policy_that_changed_comes_again_too() {
    let server = Server::start().await;
    let growing = |field: &str, again: &str| {
        let at = format!("'{field}' in object.data ? object.data.{field} + 'x' : 'x'");
        json!({
            "reinvocationPolicy": again,
            "mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression":
                format!("[JSONPatch{{op: 'add', path: '/data/{field}', value: {at}}}]")}}],
        })
    };
    policy(&server, "mutating", "a", growing("a", "Never"), json!({})).await;
    policy(
        &server,
        "mutating",
        "b",
        growing("b", "IfNeeded"),
        json!({}),
    )
    .await;
    let made = server.send(&format!("POST {MAPS}"), map("m")).await;
    let object = made.expect(201);
    assert_eq!(
        (&object["data"]["a"], &object["data"]["b"]),
        (&json!("x"), &json!("xx"))
    );
}

#[tokio::test]
async fn a_patch_that_does_not_fit_the_type_fails_the_request() {
    let check = async |path: &str, value: &str, expect: &str| {
        let server = Server::start().await;
        let patch = format!("[JSONPatch{{op: 'add', path: '{path}', value: {value}}}]");
        let spec = json!({
            "reinvocationPolicy": "Never",
            "failurePolicy": "Ignore",
            "mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression": patch}}],
        });
        policy(&server, "mutating", "p", spec, json!({})).await;
        let refused = server.send(&format!("POST {MAPS}"), map("m")).await;
        let message = refused.refused(500, "InternalError");
        assert_eq!(message, format!("Internal error occurred: {expect}"));
    };
    check(
        "/nope",
        "1",
        "strict decoding error: unknown field \"nope\"",
    )
    .await;
    check(
        "/immutable",
        "'x'",
        "json: cannot unmarshal string into Go struct field ConfigMap.immutable of type bool",
    )
    .await;
    check(
        "/apiVersion",
        "'v7'",
        "no kind \"ConfigMap\" is registered for version \"v7\" in scheme \"pkg/runtime/scheme.go:111\"",
    )
    .await;
}

#[tokio::test]
async fn policies_see_events_of_the_other_group() {
    let server = Server::start().await;
    let of = |group: &str| {
        json!({"resourceRules": [{
            "apiGroups": [group], "apiVersions": ["v1"],
            "operations": ["CREATE"], "resources": ["events"],
        }]})
    };
    let spec = json!({"matchConstraints": of("events.k8s.io"), "validations": [
        {"expression": "object.note != 'no' && object.regarding.name == 'x'"},
    ]});
    let binding = json!({"validationActions": ["Deny"]});
    policy(&server, "validating", "new", spec, binding.clone()).await;
    let spec = json!({"matchConstraints": of(""), "validations": [
        {"expression": "object.message != 'never' && object.involvedObject.name == 'x'"},
    ]});
    policy(&server, "validating", "old", spec, binding).await;
    let spec = json!({"matchConstraints": of("events.k8s.io"), "reinvocationPolicy": "Never",
        "mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression":
            "[JSONPatch{op: 'add', path: '/note', value: object.note + '!'}]"}}],
    });
    policy(&server, "mutating", "louder", spec, json!({})).await;
    let core = |name: &str, message: &str| {
        json!({
            "metadata": {"name": name}, "message": message, "type": "Normal",
            "involvedObject": {"kind": "Pod", "namespace": "default", "name": "x"},
        })
    };
    let post = "POST /api/v1/namespaces/default/events";
    let made = server.send(post, core("a", "yes")).await.expect(201);
    assert_eq!(made["message"], "yes!");
    assert_eq!(made["apiVersion"], "v1");
    let event = json!({
        "metadata": {"name": "b"}, "note": "yes", "type": "Normal", "reason": "R", "action": "A",
        "eventTime": "2026-01-01T00:00:00.000000Z",
        "reportingController": "example.com/c", "reportingInstance": "i",
        "regarding": {"kind": "Pod", "namespace": "default", "name": "y"},
    });
    let post = "POST /apis/events.k8s.io/v1/namespaces/default/events";
    let refused = server.send(post, event).await;
    let message = refused.refused(422, "Invalid");
    assert!(
        message.contains("failed expression: object.note"),
        "{message}"
    );
}
