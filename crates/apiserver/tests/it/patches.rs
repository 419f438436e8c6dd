//! Patches of the three kinds.

use serde_json::json;

use crate::support::{ADMIN, MAPS, Server};

#[tokio::test]
async fn json_patches_test_before_they_change() {
    let server = Server::start().await;
    server.make_maps(&["a"]).await;
    let path = format!("{MAPS}/a");
    let body = json!([
        {"op": "test", "path": "/data/k", "value": "v"},
        {"op": "copy", "from": "/data/k", "path": "/data/l"},
        {"op": "replace", "path": "/data/k", "value": "w"},
    ]);
    let patched = server
        .patch(&path, "json-patch+json", body.clone())
        .await
        .expect(200);
    assert_eq!(patched["data"], json!({"k": "w", "l": "v"}));
    server
        .patch(&path, "json-patch+json", body)
        .await
        .refused(422, "Invalid");
    let absent = json!([{"op": "remove", "path": "/data/none"}]);
    server
        .patch(&path, "json-patch+json", absent)
        .await
        .refused(422, "Invalid");
}

#[tokio::test]
async fn merge_patches_remove_by_null() {
    let server = Server::start().await;
    server.make_maps(&["a"]).await;
    let body = json!({"data": {"k": null, "l": "1"}});
    let patched = server
        .patch(&format!("{MAPS}/a"), "merge-patch+json", body)
        .await
        .expect(200);
    assert_eq!(patched["data"], json!({"l": "1"}));
}

#[tokio::test]
async fn strategic_patches_merge_lists_by_their_keys() {
    let server = Server::start().await;
    let pods = "/apis/apps/v1/namespaces/default/deployments";
    let body = json!({
        "metadata": {"name": "d", "finalizers": ["example.com/a", "example.com/b"]},
        "spec": {
            "selector": {"matchLabels": {"a": "b"}},
            "template": {
                "metadata": {"labels": {"a": "b"}},
                "spec": {"containers": [{"name": "x", "image": "i"}, {"name": "y", "image": "j"}]},
            },
        },
    });
    server.send(&format!("POST {pods}"), body).await.expect(201);
    let kind = "strategic-merge-patch+json";
    let path = format!("{pods}/d");
    let patch = json!({
        "metadata": {"$deleteFromPrimitiveList/finalizers": ["example.com/a"]},
        "spec": {"template": {"spec": {
            "$setElementOrder/containers": [{"name": "z"}, {"name": "y"}],
            "containers": [
                {"name": "x", "$patch": "delete"},
                {"name": "z", "image": "l"},
                {"name": "y", "image": "k"},
            ],
        }}},
    });
    let patched = server.patch(&path, kind, patch).await.expect(200);
    assert_eq!(patched["metadata"]["finalizers"], json!(["example.com/b"]));
    let containers = patched["spec"]["template"]["spec"]["containers"]
        .as_array()
        .unwrap();
    let seen: Vec<_> = containers
        .iter()
        .map(|c| (&c["name"], &c["image"]))
        .collect();
    assert_eq!(
        seen,
        [(&json!("z"), &json!("l")), (&json!("y"), &json!("k"))]
    );
    let kept = json!({"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}});
    let patched = server.patch(&path, kind, kept).await.expect(200);
    assert_eq!(patched["spec"]["strategy"], json!({"type": "Recreate"}));
}

#[tokio::test]
async fn a_patch_of_no_known_kind_is_refused() {
    let server = Server::start().await;
    server.make_maps(&["a"]).await;
    let refusal = server.patch(&format!("{MAPS}/a"), "odd", json!({})).await;
    refusal.refused(415, "UnsupportedMediaType");
}

#[tokio::test]
async fn what_a_patch_says_twice_is_told() {
    let server = Server::start().await;
    server.make_maps(&["a"]).await;
    let check = async |kind: &str, body: &str, expect: &str| {
        let line = format!("PATCH {MAPS}/a?dryRun=All");
        let kind = format!("application/{kind}");
        let headers = [("content-type", kind.as_str())];
        let answer = server
            .ask_all(ADMIN, &line, &headers, body.to_owned())
            .await;
        assert_eq!(answer.code, 200, "{}", answer.text());
        assert_eq!(answer.header("warning"), format!("299 - \"{expect}\""));
        let line = format!("{line}&fieldValidation=Strict");
        let answer = server
            .ask_all(ADMIN, &line, &headers, body.to_owned())
            .await;
        let message = answer.refused(422, "Invalid");
        assert!(message.contains("strict decoding error"), "{message}");
    };
    let twice = r#"{"data":{"k":"1","k":"2"}}"#;
    let words = r#"duplicate field \"data.k\""#;
    check("merge-patch+json", twice, words).await;
    check("strategic-merge-patch+json", twice, words).await;
    let odd = r#"[{"op":"add","path":"/data/l","value":"1","why":"so"}]"#;
    let words = r#"json patch unknown field \"[0].why\""#;
    check("json-patch+json", odd, words).await;
}

#[tokio::test]
async fn patches_of_another_form_are_refused() {
    let server = Server::start().await;
    server.make_maps(&["a"]).await;
    let path = format!("{MAPS}/a");
    for (kind, body, words) in [
        (
            "merge-patch+json",
            json!([]),
            "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}",
        ),
        (
            "json-patch+json",
            json!([{"op": "add", "path": 1}]),
            "error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.path of type string",
        ),
    ] {
        let answer = server.patch(&path, kind, body).await;
        assert_eq!(answer.refused(400, "BadRequest"), words);
    }
    let answer = server
        .send(
            &format!("POST {MAPS}"),
            json!({"kind": 1, "metadata": {"name": "b"}}),
        )
        .await;
    let message = answer.refused(400, "BadRequest");
    assert!(
        message.contains("json: cannot unmarshal number into Go struct field .kind of type string"),
        "{message}"
    );
}

#[tokio::test]
async fn strategic_patches_say_nothing_of_the_kind() {
    let server = Server::start().await;
    server.make_maps(&["a"]).await;
    let path = format!("{MAPS}/a");
    let kind = "strategic-merge-patch+json";
    let body = json!({"kind": "Other", "apiVersion": "none/v0", "data": {"k": "w"}});
    let patched = server.patch(&path, kind, body).await.expect(200);
    assert_eq!(patched["kind"], "ConfigMap");
    assert_eq!(patched["apiVersion"], "v1");
    assert_eq!(patched["data"], json!({"k": "w"}));
    let body = json!({"data": {"$retainKeys": ["k"], "k": true}});
    let told = server.patch(&path, kind, body).await;
    assert_eq!(
        told.refused(422, "Invalid"),
        " \"\" is invalid: patch: Invalid value: \"map[data:map[k:true]]\": unrecognized type: string"
    );
}

#[tokio::test]
async fn other_patches_say_what_the_object_is() {
    let server = Server::start().await;
    server.make_maps(&["a"]).await;
    let path = format!("{MAPS}/a");
    for (body, words) in [
        (
            json!({"kind": "Other"}),
            ": no kind \"Other\" is registered for version \"v1\" in scheme \"pkg/runtime/scheme.go:111\"",
        ),
        (
            json!({"kind": 1, "data": 2}),
            ": couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .kind of type string",
        ),
        // Members are read in the order of their names.
        (
            json!({"metadata": {"labels": 1}, "data": 2}),
            ": json: cannot unmarshal number into Go struct field ConfigMap.data of type map[string]string",
        ),
    ] {
        let told = server.patch(&path, "merge-patch+json", body.clone()).await;
        let told = told.refused(422, "Invalid");
        assert!(told.ends_with(words), "{body}: {told}");
        assert!(told.contains("{\\\"apiVersion\\\":"), "{body}: {told}");
    }
    let body =
        json!([{"op": "remove", "path": "/metadata/labels"}, {"op": "remove", "path": "/kind"}]);
    let labels = json!({"metadata": {"labels": {"a": "b"}}});
    server
        .patch(&path, "merge-patch+json", labels)
        .await
        .expect(200);
    let patched = server
        .patch(&path, "json-patch+json", body)
        .await
        .expect(200);
    assert_eq!(patched["kind"], "ConfigMap");
    assert_eq!(patched["metadata"].get("labels"), None);
}

#[tokio::test]
async fn whole_numbers_with_a_fraction_are_none() {
    let server = Server::start().await;
    let services = "/api/v1/namespaces/default/services";
    let body = json!({
        "metadata": {"name": "s"},
        "spec": {"clusterIP": "None", "ports": [{"port": 80}]},
    });
    server
        .send(&format!("POST {services}"), body)
        .await
        .expect(201);
    let path = format!("{services}/s");
    let merge = json!({"spec": {"healthCheckNodePort": 3.0}});
    let replace = json!([{"op": "add", "path": "/spec/healthCheckNodePort", "value": 3.0}]);
    for (ty, body) in [("merge-patch+json", merge), ("json-patch+json", replace)] {
        let told = server.patch(&path, ty, body).await;
        let told = told.refused(422, "Invalid");
        assert!(told.contains("\\\"healthCheckNodePort\\\":3.0"), "{told}");
        let words = ": json: cannot unmarshal number 3.0 into Go struct field ServiceSpec.spec.healthCheckNodePort of type int32";
        assert!(told.ends_with(words), "{told}");
    }
}

#[tokio::test]
async fn ports_that_share_a_number_come_together() {
    let server = Server::start().await;
    let services = "/api/v1/namespaces/default/services";
    let port = |name: &str, port: u16, protocol: &str| json!({"name": name, "port": port, "protocol": protocol});
    let body = json!({
        "metadata": {"name": "s"},
        "spec": {"clusterIP": "None", "ports": [port("p", 80, "TCP"), port("q", 81, "TCP"), port("u", 80, "UDP")]},
    });
    server
        .send(&format!("POST {services}"), body)
        .await
        .expect(201);
    let kind = "strategic-merge-patch+json";
    let patched = server
        .patch(
            &format!("{services}/s"),
            kind,
            json!({"spec": {"ports": []}}),
        )
        .await
        .expect(200);
    let ports = patched["spec"]["ports"].as_array().unwrap();
    let names: Vec<_> = ports.iter().map(|port| port["name"].clone()).collect();
    assert_eq!(names, ["p", "u", "q"]);
}
