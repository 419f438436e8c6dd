//! Making, reading and replacing.

use serde_json::{Value, json};

use crate::support::{ADMIN, ALICE, MAPS, Server, YEAR_SECONDS, map};

#[tokio::test]
async fn a_new_object_gets_what_every_object_has() {
    let server = Server::start().await;
    let made = server
        .send(&format!("POST {MAPS}"), map("a"))
        .await
        .expect(201);
    let meta = &made["metadata"];
    assert_eq!(meta["name"], "a");
    assert_eq!(meta["namespace"], "default");
    assert_eq!(meta["uid"].as_str().unwrap().len(), 36);
    assert!(meta["creationTimestamp"].as_str().unwrap().ends_with('Z'));
    assert!(
        meta["resourceVersion"]
            .as_str()
            .unwrap()
            .parse::<u64>()
            .unwrap()
            > 0
    );
    let read = server.get(&format!("{MAPS}/a")).await.expect(200);
    assert_eq!(read, made);
}

#[tokio::test]
async fn a_name_is_taken_once() {
    let server = Server::start().await;
    server.make_maps(&["a"]).await;
    let again = server.send(&format!("POST {MAPS}"), map("a")).await;
    assert_eq!(
        again.refused(409, "AlreadyExists"),
        "configmaps \"a\" already exists"
    );
    let absent = server.get(&format!("{MAPS}/b")).await;
    assert_eq!(
        absent.refused(404, "NotFound"),
        "configmaps \"b\" not found"
    );
}

#[tokio::test]
async fn names_are_generated() {
    let server = Server::start().await;
    let body = json!({"metadata": {"generateName": "some-"}});
    let made = server.send(&format!("POST {MAPS}"), body).await.expect(201);
    let name = made["metadata"]["name"].as_str().unwrap();
    assert!(
        name.starts_with("some-") && name.len() == "some-".len() + 5,
        "{name}"
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_all_at_once() {
    let server = Server::start().await;
    let mut body = map("Not_a_name");
    body["metadata"]["labels"] = json!({"a b": "c d"});
    let refusal = server.send(&format!("POST {MAPS}"), body).await;
    refusal.refused(422, "Invalid");
    let causes = refusal.json()["details"]["causes"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(causes, 3);
}

#[tokio::test]
async fn a_stale_write_is_refused() {
    let server = Server::start().await;
    let mut first = server
        .send(&format!("POST {MAPS}"), map("a"))
        .await
        .expect(201);
    let mut second = first.clone();
    first["data"]["k"] = json!("first");
    server
        .send(&format!("PUT {MAPS}/a"), first)
        .await
        .expect(200);
    second["data"]["k"] = json!("second");
    let refusal = server.send(&format!("PUT {MAPS}/a"), second).await;
    assert!(
        refusal
            .refused(409, "Conflict")
            .contains("the object has been modified")
    );
    assert_eq!(
        server.get(&format!("{MAPS}/a")).await.json()["data"]["k"],
        "first"
    );
}

#[tokio::test]
async fn a_write_that_changes_nothing_writes_nothing() {
    let server = Server::start().await;
    let made = server
        .send(&format!("POST {MAPS}"), map("a"))
        .await
        .expect(201);
    let same = server
        .send(&format!("PUT {MAPS}/a"), map("a"))
        .await
        .expect(200);
    assert_eq!(
        same["metadata"]["resourceVersion"],
        made["metadata"]["resourceVersion"]
    );
}

#[tokio::test]
async fn two_writers_of_one_object_both_succeed_by_patch() {
    let server = Server::start().await;
    server.make_maps(&["a"]).await;
    let path = format!("{MAPS}/a");
    let writes = (0..16).map(|n| {
        let body = json!({"data": {format!("k{n}"): "v"}});
        server.patch(&path, "merge-patch+json", body)
    });
    for answer in futures::future::join_all(writes).await {
        answer.expect(200);
    }
    let data = server.get(&path).await.json()["data"]
        .as_object()
        .unwrap()
        .len();
    assert_eq!(data, 17);
}

#[tokio::test]
async fn a_dry_run_leaves_no_trace() {
    let server = Server::start().await;
    let made = server
        .send(&format!("POST {MAPS}?dryRun=All"), map("a"))
        .await
        .expect(201);
    assert_eq!(made["metadata"]["resourceVersion"], json!(null));
    server
        .get(&format!("{MAPS}/a"))
        .await
        .refused(404, "NotFound");
    server.make_maps(&["a"]).await;
    server
        .delete(&format!("{MAPS}/a"), json!({"dryRun": ["All"]}))
        .await
        .expect(200);
    server.get(&format!("{MAPS}/a")).await.expect(200);
    let refusal = server
        .send(&format!("POST {MAPS}?dryRun=Some"), map("b"))
        .await;
    assert_eq!(refusal.code, 422, "{}", refusal.text());
}

#[tokio::test]
async fn unknown_fields_are_dropped_told_or_refused() {
    let server = Server::start().await;
    let odd = |name: &str| {
        let mut body = map(name);
        body["odd"] = json!(1);
        body
    };
    let kept = server
        .send(&format!("POST {MAPS}?fieldValidation=Ignore"), odd("a"))
        .await;
    assert_eq!(kept.header("warning"), "");
    assert_eq!(kept.expect(201)["odd"], json!(null));
    let told = server.send(&format!("POST {MAPS}"), odd("b")).await;
    assert_eq!(
        told.header("warning"),
        "299 - \"unknown field \\\"odd\\\"\""
    );
    told.expect(201);
    let refused = server
        .send(&format!("POST {MAPS}?fieldValidation=Strict"), odd("c"))
        .await;
    let text = refused.refused(400, "BadRequest");
    assert!(
        text.ends_with("strict decoding error: unknown field \"odd\""),
        "{text}"
    );
}

#[tokio::test]
async fn status_and_spec_are_written_apart() {
    let server = Server::start().await;
    let path = "/apis/apps/v1/namespaces/default/deployments";
    let body = json!({
        "metadata": {"name": "d"},
        "spec": {
            "selector": {"matchLabels": {"a": "b"}},
            "template": {
                "metadata": {"labels": {"a": "b"}},
                "spec": {"containers": [{"name": "c", "image": "i"}]},
            },
        },
        "status": {"replicas": 7},
    });
    let made = server.send(&format!("POST {path}"), body).await.expect(201);
    assert_eq!(made["status"], json!({}));
    assert_eq!(made["metadata"]["generation"], 1);
    let both = json!({"spec": {"replicas": 3}, "status": {"replicas": 2}});
    let kind = "merge-patch+json";
    let written = server
        .patch(&format!("{path}/d/status"), kind, both.clone())
        .await
        .expect(200);
    assert_eq!(
        (&written["spec"]["replicas"], &written["status"]["replicas"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(written["metadata"]["generation"], 1);
    let written = server
        .patch(&format!("{path}/d"), kind, both)
        .await
        .expect(200);
    assert_eq!(written["spec"]["replicas"], 3);
    assert_eq!(written["metadata"]["generation"], 2);
    let scale = json!({"spec": {"replicas": 5}});
    let scaled = server
        .patch(&format!("{path}/d/scale"), kind, scale)
        .await
        .expect(200);
    assert_eq!(scaled["kind"], "Scale");
    assert_eq!(scaled["status"], json!({"replicas": 2, "selector": "a=b"}));
    let read = server.get(&format!("{path}/d")).await.expect(200);
    assert_eq!(read["spec"]["replicas"], 5);

    // A Scale may name the object it means, and is an object with rules of its own.
    let uid = made["metadata"]["uid"].as_str().unwrap();
    let words = format!("Precondition failed: UID in precondition: x, UID in object meta: {uid}");
    let stranger = json!({"metadata": {"name": "d", "uid": "x"}, "spec": {"replicas": 6}});
    let refused = server
        .patch(&format!("{path}/d/scale"), kind, stranger.clone())
        .await
        .refused(409, "Conflict");
    let expect = format!("Operation cannot be fulfilled on deployments/scale.apps \"d\": {words}");
    assert_eq!(refused, expect);
    let refused = server
        .send(&format!("PUT {path}/d/scale"), stranger)
        .await
        .refused(409, "Conflict");
    let expect = "Operation cannot be fulfilled on deployments.apps \"d\": StorageError: invalid object, Code: 4";
    assert!(
        refused.starts_with(expect) && refused.ends_with(&words),
        "{refused}"
    );
    let labels = json!({"metadata": {"name": "d", "labels": {"a b": ""}}, "spec": {"replicas": 6}});
    let refused = server
        .send(&format!("PUT {path}/d/scale"), labels)
        .await
        .refused(422, "Invalid");
    let expect = "Scale.autoscaling \"d\" is invalid: metadata.labels: Invalid value: \"a b\": ";
    assert!(refused.starts_with(expect), "{refused}");
}

#[tokio::test]
async fn nobody_does_what_no_role_allows() {
    let server = Server::start().await;
    let line = format!("GET {MAPS}");
    let refusal = server.ask_all(ALICE, &line, &[], "").await;
    let text = refusal.refused(403, "Forbidden");
    assert!(
        text.starts_with("configmaps is forbidden: User \"alice\" cannot list resource"),
        "{text}"
    );
    let stranger = server.ask_all("no-such-token", &line, &[], "").await;
    assert_eq!(stranger.refused(401, "Unauthorized"), "Unauthorized");
    let nobody = server.ask_all("", &line, &[], "").await;
    assert!(
        nobody
            .refused(403, "Forbidden")
            .contains("system:anonymous")
    );
    let posing = [("impersonate-user", "alice")];
    let refusal = server.ask_all(ADMIN, &line, &posing, "").await;
    assert!(refusal.refused(403, "Forbidden").contains("User \"alice\""));

    let role = json!({
        "metadata": {"name": "reader"},
        "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]}],
    });
    let binding = json!({
        "metadata": {"name": "reader"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "alice"}],
    });
    let folder = "/apis/rbac.authorization.k8s.io/v1/namespaces/default";
    server
        .send(&format!("POST {folder}/roles"), role)
        .await
        .expect(201);
    server
        .send(&format!("POST {folder}/rolebindings"), binding)
        .await
        .expect(201);
    // Whoever was told that the binding is there is allowed from then on.
    let allowed = async {
        while server.ask_all(ALICE, &line, &[], "").await.code != 200 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(crate::support::PATIENCE, allowed)
        .await
        .expect("the role takes effect");
}

/// What a pointer holds, or stands under a key of a map, differs from nothing even if it is zero.
#[tokio::test]
async fn zeros_that_are_set_are_changes() {
    let server = Server::start().await;
    let ns = "/api/v1/namespaces/default";
    let pod = json!({"metadata": {"name": "p"}, "spec": {"automountServiceAccountToken": true,
        "containers": [{"name": "c", "image": "i"}]}});
    let config = json!({"metadata": {"name": "m"}, "immutable": true, "data": {"a": "b"}});
    let deployment = json!({"metadata": {"name": "d"}, "spec": {
        "selector": {"matchLabels": {"a": "b"}},
        "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}});
    let deployments = "/apis/apps/v1/namespaces/default/deployments";
    let account = json!({"metadata": {"name": "default"}});
    server
        .send(&format!("POST {ns}/serviceaccounts"), account)
        .await
        .expect(201);
    server
        .send(&format!("POST {ns}/pods"), pod)
        .await
        .expect(201);
    server
        .send(&format!("POST {MAPS}"), config)
        .await
        .expect(201);
    server
        .send(&format!("POST {deployments}"), deployment)
        .await
        .expect(201);
    let merge = "merge-patch+json";
    for change in [
        json!({"securityContext": {"runAsUser": 0}}),
        json!({"automountServiceAccountToken": false}),
        json!({"hostUsers": false}),
        json!({"affinity": {}}),
    ] {
        let body = json!({"spec": change});
        let refused = server.patch(&format!("{ns}/pods/p"), merge, body).await;
        let message = refused.refused(422, "Invalid");
        assert!(
            message.contains("pod updates may not change fields"),
            "{message}"
        );
    }
    for same in [
        json!({"securityContext": {}}),
        json!({"containers": [{"name": "c", "image": "i", "args": []}]}),
        json!({"nodeSelector": {}, "hostNetwork": false}),
    ] {
        let body = json!({"spec": same});
        server
            .patch(&format!("{ns}/pods/p"), "strategic-merge-patch+json", body)
            .await
            .expect(200);
    }
    let refused = server
        .patch(&format!("{MAPS}/m"), merge, json!({"data": {"b": ""}}))
        .await;
    assert_eq!(
        refused.refused(422, "Invalid"),
        "ConfigMap \"m\" is invalid: data: Forbidden: field is immutable when `immutable` is set"
    );
    let body = json!({"spec": {"template": {"spec": {"hostUsers": false}}}});
    let rolled = server
        .patch(&format!("{deployments}/d"), merge, body)
        .await
        .expect(200);
    assert_eq!(rolled["metadata"]["generation"], 2);
}

#[tokio::test]
async fn a_token_is_asked_for_one_life_of_an_account() {
    let server = Server::start().await;
    let accounts = "/api/v1/namespaces/default/serviceaccounts";
    let robot = json!({"metadata": {"name": "robot"}});
    let made = server.send(&format!("POST {accounts}"), robot).await;
    let uid = made.expect(201)["metadata"]["uid"].clone();
    let line = format!("POST {accounts}/robot/token");
    let of = |uid: &str| json!({"metadata": {"uid": uid}, "spec": {}});
    for known in ["", uid.as_str().unwrap()] {
        let token = server.send(&line, of(known)).await.expect(201);
        assert_eq!(token["metadata"]["uid"], uid);
    }
    let longer = json!({"spec": {"expirationSeconds": YEAR_SECONDS + 1}});
    let token = server.send(&line, longer).await;
    assert_eq!(token.expect(201)["spec"]["expirationSeconds"], YEAR_SECONDS);
    let words = "requested expiration of 31536001 seconds shortened to 31536000 seconds";
    assert_eq!(token.header("warning"), format!("299 - \"{words}\""));
    let other = server.send(&line, of("other")).await;
    assert_eq!(
        other.refused(409, "Conflict"),
        format!(
            "Operation cannot be fulfilled on TokenRequest.authentication.k8s.io \"robot\": the UID in the token request (other) does not match the UID of the service account ({})",
            uid.as_str().unwrap()
        )
    );
}

#[tokio::test]
async fn a_dry_run_answers_what_would_be_stored() {
    const SCALERS: &str = "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers";
    let server = Server::start().await;
    let body = json!({
        "apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "h", "annotations": {
            "a": "b",
            "autoscaling.alpha.kubernetes.io/metrics": "x",
            "autoscaling.alpha.kubernetes.io/behavior": "{",
        }},
        "spec": {
            "maxReplicas": 3,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"},
        },
    });
    let tried = server
        .send(&format!("POST {SCALERS}?dryRun=All"), body.clone())
        .await
        .expect(201);
    assert_eq!(tried["metadata"]["annotations"], json!({"a": "b"}));
    assert_eq!(tried["metadata"]["resourceVersion"], json!(null));
    assert_eq!(tried["apiVersion"], "autoscaling/v1");
    let made = server
        .send(&format!("POST {SCALERS}"), body.clone())
        .await
        .expect(201);
    assert_eq!(tried["spec"], made["spec"]);
    // Of a change too.
    let mut change = body;
    change["spec"]["maxReplicas"] = json!(4);
    let tried = server
        .send(&format!("PUT {SCALERS}/h?dryRun=All"), change)
        .await
        .expect(200);
    assert_eq!(tried["metadata"]["annotations"], json!({"a": "b"}));
    assert_eq!(tried["spec"]["maxReplicas"], 4);
    assert_eq!(
        tried["metadata"]["resourceVersion"],
        made["metadata"]["resourceVersion"]
    );
}

#[tokio::test]
async fn a_dry_run_is_refused_without_the_stores_prefix() {
    let server = Server::start().await;
    server.make_maps(&["a"]).await;
    let stranger = json!({"metadata": {"name": "a", "uid": "x"}});
    for (query, key) in [
        ("", "/registry/configmaps/default/a"),
        ("?dryRun=All", "/configmaps/default/a"),
    ] {
        let line = format!("PUT {MAPS}/a{query}");
        let refused = server.send(&line, stranger.clone()).await;
        let said = refused.refused(409, "Conflict");
        assert!(said.contains(&format!("Code: 4, Key: {key}, ")), "{said}");
    }
}

#[tokio::test]
async fn owners_have_a_group_and_a_version() {
    let server = Server::start().await;
    for (version, words) in [
        ("", "Required value: must not be empty"),
        (
            "a/b/c",
            "Invalid value: \"a/b/c\": must be <group>/<version> or <version>",
        ),
        (
            "a/",
            "Invalid value: \"a/\": must be <group>/<version> or <version>",
        ),
    ] {
        let owner = json!({"apiVersion": version, "kind": "K", "name": "n", "uid": "u"});
        let body = json!({"metadata": {"name": "a", "ownerReferences": [owner]}});
        let refused = server.send(&format!("POST {MAPS}"), body).await;
        let said = refused.refused(422, "Invalid");
        let expect = format!("metadata.ownerReferences[0].apiVersion: {words}");
        assert!(said.contains(&expect), "{said}");
    }
}

#[tokio::test]
async fn accounts_refer_to_secrets_by_name_and_ranges_are_named() {
    let server = Server::start().await;
    let namespace = "/api/v1/namespaces/default";
    let account = json!({"metadata": {"name": "robot"}, "secrets": [
        {"name": "a", "kind": "Secret", "namespace": "x", "uid": "u"}, {"kind": "Secret"}]});
    let line = format!("POST {namespace}/serviceaccounts");
    let made = server.send(&line, account).await.expect(201);
    assert_eq!(made["secrets"], json!([{"name": "a"}, {}]));
    let line = format!("POST {namespace}/limitranges");
    let range = json!({"metadata": {}, "spec": {"limits": []}});
    let made = server.send(&line, range).await.expect(201);
    let name = made["metadata"]["name"].as_str().unwrap();
    assert_eq!(name.len(), 36, "{name}");
}

#[tokio::test]
async fn what_a_controller_has_of_newer_kinds_is_not_carried_over() {
    let server = Server::start().await;
    let line = "/api/v1/namespaces/default/replicationcontrollers";
    let controller = |name: &str, field: &str| {
        let key = format!("non-convertible.kubernetes.io/{field}");
        json!({
            "metadata": {"name": name, "annotations": {key: "bar"}},
            "spec": {"selector": {"a": "b"}, "template": {
                "metadata": {"labels": {"a": "b", "c": "d"}},
                "spec": {"containers": [{"name": "c", "image": "i"}]},
            }},
        })
    };
    let post = format!("POST {line}");
    for (name, field) in [("one", "foo"), ("two", "selector")] {
        server
            .send(&post, controller(name, field))
            .await
            .expect(201);
    }
    let patch = async |name: &str, spec: Value| {
        let path = format!("{line}/{name}");
        let body = json!({"spec": spec});
        server.patch(&path, "merge-patch+json", body).await
    };
    let refused = patch("one", json!({"replicas": 2})).await;
    assert_eq!(
        refused.refused(422, "Invalid"),
        "ReplicationController \"one\" is invalid: foo: Not found: \"bar\": unknown non-convertible field"
    );
    patch("two", json!({"replicas": 2})).await.expect(200);
    let refused = patch("two", json!({"selector": {"c": "d"}})).await;
    assert_eq!(
        refused.refused(422, "Invalid"),
        "ReplicationController \"two\" is invalid: spec.selector: Invalid value: {\"a\":\"b\",\"c\":\"d\"}: cannot update non-convertible selector"
    );
}

#[tokio::test]
async fn a_namespace_that_goes_is_not_changed_by_who_asks_again() {
    let server = Server::start().await;
    let line = "/api/v1/namespaces";
    let body = json!({"metadata": {"name": "t"}});
    let made = server.send(&format!("POST {line}"), body).await.expect(201);
    let uid = made["metadata"]["uid"].as_str().unwrap();
    let other = json!({"preconditions": {"uid": "x"}});
    let refused = server.send(&format!("DELETE {line}/t"), other).await;
    assert_eq!(
        refused.refused(409, "Conflict"),
        format!(
            "Operation cannot be fulfilled on namespaces \"t\": precondition failed: UID in precondition: x, UID in object meta: {uid}"
        )
    );
    let end = async |policy: &str| {
        let options = json!({"propagationPolicy": policy});
        server
            .send(&format!("DELETE {line}/t"), options)
            .await
            .expect(200)
    };
    let first = end("Orphan").await;
    assert_eq!(first["metadata"]["finalizers"], json!(["orphan"]));
    for policy in ["Foreground", "Background"] {
        assert_eq!(end(policy).await, first, "{policy}");
    }
}
