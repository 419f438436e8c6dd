//! Custom resources, from their definition to their end.

use serde_json::{Value, json};
use std::time::Instant;

use crate::hooks::Hook;
use crate::support::{ADMIN, PATIENCE, Server};

const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const WIDGETS: &str = "/apis/example.com/v1/namespaces/default/widgets";

fn schema() -> Value {
    json!({"type": "object", "properties": {
        "spec": {"type": "object", "properties": {
            "n": {"type": "integer", "minimum": 1, "default": 3},
            "color": {"type": "string"},
            "list": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
                "items": {"type": "object", "required": ["k"], "properties": {"k": {"type": "string"}, "v": {"type": "string"}}}},
        }, "x-kubernetes-validations": [{"rule": "self.n < 100", "message": "too many"}]},
        "status": {"type": "object", "properties": {"replicas": {"type": "integer"}}},
    }})
}

fn definition(versions: &[&str]) -> Value {
    let versions: Vec<Value> = versions
        .iter()
        .enumerate()
        .map(|(at, name)| {
            json!({
                "name": name, "served": true, "storage": at == 0,
                "schema": {"openAPIV3Schema": schema()},
                "subresources": {"status": {}, "scale": {"specReplicasPath": ".spec.n", "statusReplicasPath": ".status.replicas"}},
                "selectableFields": [{"jsonPath": ".spec.color"}],
                "additionalPrinterColumns": [{"name": "N", "type": "integer", "jsonPath": ".spec.n"}],
            })
        })
        .collect();
    json!({
        "metadata": {"name": "widgets.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced", "versions": versions,
            "names": {"plural": "widgets", "kind": "Widget"}},
    })
}

/// Waits until a GET is answered so.
async fn until(server: &Server, path: &str, holds: impl Fn(u16, &Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let answer = server.get(path).await;
        let body = serde_json::from_slice(&answer.bytes).unwrap_or_default();
        if holds(answer.code, &body) {
            return body;
        }
        assert!(begun.elapsed() < PATIENCE, "{path}: {}", answer.text());
        tokio::task::yield_now().await;
    }
}

async fn define(server: &Server, definition: Value) {
    server
        .send(&format!("POST {DEFINITIONS}"), definition)
        .await
        .expect(201);
    until(server, WIDGETS, |code, _| code == 200).await;
}

fn widget(name: &str, spec: Value) -> Value {
    json!({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": name}, "spec": spec})
}

#[tokio::test]
async fn objects_are_pruned_defaulted_and_checked() {
    let server = Server::start().await;
    define(&server, definition(&["v1"])).await;
    let post = format!("POST {WIDGETS}");
    let made = server
        .send(&post, widget("a", json!({"zz": 1, "color": "red"})))
        .await;
    assert_eq!(
        made.header("warning"),
        "299 - \"unknown field \\\"spec.zz\\\"\""
    );
    let made = made.expect(201);
    assert_eq!(made["spec"], json!({"n": 3, "color": "red"}));
    assert_eq!(made["metadata"]["generation"], 1);
    let strict = format!("{post}?fieldValidation=Strict");
    let refused = server.send(&strict, widget("b", json!({"zz": 1}))).await;
    assert!(
        refused
            .refused(400, "BadRequest")
            .ends_with("strict decoding error: unknown field \"spec.zz\"")
    );
    for (spec, why) in [
        (
            json!({"n": 0}),
            "spec.n: Invalid value: 0: spec.n in body should be greater than or equal to 1",
        ),
        (
            json!({"n": "x"}),
            "spec.n in body must be of type integer: \"string\"",
        ),
        (json!({"n": 100}), "spec: Invalid value: too many"),
        (
            json!({"list": [{"k": "a"}, {"k": "a"}]}),
            "spec.list[1]: Duplicate value: {\"k\":\"a\"}",
        ),
    ] {
        let message = server
            .send(&post, widget("b", spec))
            .await
            .refused(422, "Invalid");
        assert!(message.contains(why), "{message}");
    }
    let found = server
        .get(&format!("{WIDGETS}?fieldSelector=spec.color%3Dred"))
        .await
        .expect(200);
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1));
    let found = server
        .get(&format!("{WIDGETS}?fieldSelector=spec.color%3Dblue"))
        .await
        .expect(200);
    assert_eq!(found["items"], json!([]));
}

#[tokio::test]
async fn status_and_scale_have_doors_of_their_own() {
    let server = Server::start().await;
    define(&server, definition(&["v1"])).await;
    server
        .send(&format!("POST {WIDGETS}"), widget("a", json!({})))
        .await
        .expect(201);
    let path = format!("{WIDGETS}/a");
    let body = json!({"status": {"replicas": 2}, "spec": {"n": 9}});
    let merged = server
        .patch(&format!("{path}/status"), "merge-patch+json", body.clone())
        .await
        .expect(200);
    assert_eq!(
        (&merged["spec"]["n"], &merged["status"]["replicas"]),
        (&json!(3), &json!(2))
    );
    let merged = server
        .patch(
            &path,
            "merge-patch+json",
            json!({"status": {"replicas": 7}}),
        )
        .await
        .expect(200);
    assert_eq!(
        (
            &merged["metadata"]["generation"],
            &merged["status"]["replicas"]
        ),
        (&json!(1), &json!(2))
    );
    let scaled = server
        .patch(
            &format!("{path}/scale"),
            "merge-patch+json",
            json!({"spec": {"replicas": 5}}),
        )
        .await
        .expect(200);
    assert_eq!(
        (&scaled["spec"]["replicas"], &scaled["status"]["replicas"]),
        (&json!(5), &json!(2))
    );
    assert_eq!(server.get(&path).await.expect(200)["spec"]["n"], 5);
    let refused = server
        .patch(&path, "strategic-merge-patch+json", json!({}))
        .await;
    refused.refused(415, "UnsupportedMediaType");
}

#[tokio::test]
async fn the_scale_of_a_custom_resource_is_shown_and_guarded() {
    let server = Server::start().await;
    define(&server, definition(&["v1"])).await;
    let made = server
        .send(&format!("POST {WIDGETS}"), widget("a", json!({})))
        .await
        .expect(201);
    let uid = made["metadata"]["uid"].as_str().unwrap();
    let path = format!("{WIDGETS}/a/scale");
    let as_form = async |form: &str| {
        let accept = format!("application/json;as={form};v=v1;g=meta.k8s.io");
        let headers = [("accept", accept.as_str())];
        server
            .ask_all(ADMIN, &format!("GET {path}"), &headers, "")
            .await
    };
    let metadata = as_form("PartialObjectMetadata").await.expect(200);
    assert_eq!(metadata["kind"], "PartialObjectMetadata");
    assert_eq!(metadata["metadata"]["uid"], uid);
    assert!(metadata.get("spec").is_none(), "{metadata}");
    let table = as_form("Table").await.expect(200);
    assert_eq!(table["rows"][0]["object"]["kind"], "PartialObjectMetadata");
    let refused = as_form("PartialObjectMetadataList").await;
    assert_eq!(
        refused.refused(406, "NotAcceptable"),
        "you requested PartialObjectMetadataList, but the requested object is not a list (*v1.Scale)"
    );
    // As its object, it has no protobuf.
    let protobuf = [("accept", "application/vnd.kubernetes.protobuf")];
    let plain = server
        .ask_all(ADMIN, &format!("GET {path}"), &protobuf, "")
        .await;
    assert_eq!(plain.code, 406);

    let stranger = json!({
        "apiVersion": "autoscaling/v1", "kind": "Scale",
        "metadata": {"name": "a", "uid": "x"}, "spec": {"replicas": 6},
    });
    let refused = server.send(&format!("PUT {path}"), stranger.clone()).await;
    let words = format!("Precondition failed: UID in precondition: x, UID in object meta: {uid}");
    let said = refused.refused(409, "Conflict");
    assert!(said.ends_with(&words), "{said}");
    // Nobody has said how many there shall be until somebody does.
    let none = json!({"spec": null});
    let object = format!("{WIDGETS}/a");
    server
        .patch(&object, "merge-patch+json", none)
        .await
        .expect(200);
    let labels = json!({"metadata": {"labels": {"a": "b"}}});
    let unsaid = server.patch(&path, "merge-patch+json", labels).await;
    assert_eq!(
        unsaid.refused(400, "BadRequest"),
        "the spec replicas field \".spec.n\" cannot be empty"
    );
    // A patch makes no such condition.
    let patched = server.patch(&path, "merge-patch+json", stranger).await;
    assert_eq!(patched.expect(200)["metadata"]["uid"], uid);
}

#[tokio::test]
async fn answers_that_are_not_stored_show_their_metadata_too() {
    let server = Server::start().await;
    let review = json!({"spec": {"resourceAttributes": {"verb": "get", "resource": "pods"}}});
    let answer = async |form: &str| {
        let accept = format!("application/json;as={form};v=v1;g=meta.k8s.io");
        let headers = [
            ("accept", accept.as_str()),
            ("content-type", "application/json"),
        ];
        let line = "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
        (server.ask_all(ADMIN, line, &headers, review.to_string())).await
    };
    let metadata = answer("PartialObjectMetadata").await.expect(201);
    assert_eq!(metadata["kind"], "PartialObjectMetadata");
    assert!(metadata.get("status").is_none(), "{metadata}");
    let refused = answer("PartialObjectMetadataList").await;
    assert_eq!(
        refused.refused(406, "NotAcceptable"),
        "you requested PartialObjectMetadataList, but the requested object is not a list (*authorization.SelfSubjectAccessReview)"
    );
}

#[tokio::test]
async fn applies_merge_lists_by_the_definitions_keys() {
    let server = Server::start().await;
    define(&server, definition(&["v1"])).await;
    let list = |k: &str| widget("a", json!({"list": [{"k": k, "v": "1"}]}));
    for (manager, k) in [("one", "x"), ("two", "y")] {
        let path = format!("{WIDGETS}/a?fieldManager={manager}");
        server.patch(&path, "apply-patch+yaml", list(k)).await;
    }
    let path = format!("{WIDGETS}/a");
    assert_eq!(
        server.get(&path).await.expect(200)["spec"]["list"],
        json!([{"k": "x", "v": "1"}, {"k": "y", "v": "1"}])
    );
    let other = widget("a", json!({"list": [{"k": "x", "v": "2"}]}));
    let refused = server
        .patch(
            &format!("{path}?fieldManager=two"),
            "apply-patch+yaml",
            other,
        )
        .await;
    let message = refused.refused(409, "Conflict");
    assert!(message.contains(".spec.list[k=\"x\"].v"), "{message}");
}

/// Without a webhook only the version is renamed, so nobody can tell in one version what another
/// alone declares: upstream's merge fails, and says so.
#[tokio::test]
async fn applies_fail_where_a_managers_version_lacks_a_field() {
    let server = Server::start().await;
    let version = |name: &str, field: &str| {
        json!({"name": name, "served": true, "storage": name == "v1",
            "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": {
                "type": "object", "properties": {
                    "both": {"type": "string"}, (field): {"type": "string"} }}}}}})
    };
    let mut made = definition(&[]);
    made["spec"]["versions"] = json!([version("v1", "color"), version("v1beta1", "hue")]);
    define(&server, made).await;
    let apply = async |version: &str, spec: Value| {
        let body = json!({"apiVersion": format!("example.com/{version}"), "kind": "Widget",
            "metadata": {"name": "a"}, "spec": spec});
        let path = WIDGETS.replace("/v1/", &format!("/{version}/"));
        let path = format!("{path}/a?fieldManager={version}");
        server.patch(&path, "apply-patch+yaml", body).await
    };
    let both = || json!({"both": "x"});
    apply("v1", both()).await.expect(201);
    apply("v1beta1", both()).await.expect(200);
    for (version, field) in [("v1beta1", "hue"), ("v1", "color")] {
        let refused = apply(version, json!({ (field): "x" })).await.expect(500);
        let said = refused["message"].as_str().unwrap();
        let expect = format!(".spec.{field}: field not declared in schema");
        assert!(said.ends_with(&expect), "{said}");
    }
    let left = server.get(&format!("{WIDGETS}/a")).await.expect(200);
    assert_eq!(left["spec"], both());
}

#[tokio::test]
async fn sets_of_maps_are_written_and_not_applied() {
    let server = Server::start().await;
    let mut definition = definition(&["v1"]);
    definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
        ["set"] = json!({"type": "array", "x-kubernetes-list-type": "set",
            "items": {"type": "object", "x-kubernetes-map-type": "atomic",
                "properties": {"k": {"type": "string"}}}});
    define(&server, definition).await;
    let set = |k: &str| widget("a", json!({"set": [{"k": k}]}));
    let path = format!("{WIDGETS}/a?fieldManager=one");
    let refused = server.patch(&path, "apply-patch+yaml", set("x")).await;
    assert_eq!(
        refused.expect(500)["message"],
        "failed to create typed patch object (/a; example.com/v1, Kind=Widget): \
         .spec.set: element 0: associative list without keys has an element that's a map type"
    );
    let made = server
        .send(&format!("POST {WIDGETS}"), set("x"))
        .await
        .expect(201);
    // Of what cannot be told apart nobody is booked as the owner.
    assert_eq!(made["metadata"]["managedFields"], Value::Null);
}

/// Who owns what is not lost because one entry is of a version that never was.
#[tokio::test]
async fn entries_of_no_version_change_nothing_of_what_is_booked() {
    let server = Server::start().await;
    define(&server, definition(&["v1"])).await;
    let post = format!("POST {WIDGETS}");
    let made = server.send(&post, widget("w", json!({"n": 4}))).await;
    let booked = made.expect(201)["metadata"]["managedFields"].clone();
    assert!(booked.is_array(), "{booked}");
    let odd = json!([{"manager": "z", "operation": "Update", "apiVersion": "example.com/v0",
        "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {"f:n": {}}}}]);
    let patch = json!({"metadata": {"managedFields": odd}, "spec": {"color": "red"}});
    let path = format!("{WIDGETS}/w");
    let later = server.patch(&path, "merge-patch+json", patch).await;
    assert_eq!(later.expect(200)["metadata"]["managedFields"], booked);

    let mut new = widget("x", json!({"n": 4}));
    new["metadata"]["managedFields"] = odd;
    let made = server.send(&post, new).await.expect(201);
    assert_eq!(made["metadata"].get("managedFields"), None);
}

#[tokio::test]
async fn discovery_and_openapi_tell_of_it_at_once() {
    let server = Server::start().await;
    define(&server, definition(&["v1", "v2beta1"])).await;
    let group = server.get("/apis/example.com").await.expect(200);
    assert_eq!(group["preferredVersion"]["version"], "v1");
    let resources = server.get("/apis/example.com/v1").await.expect(200);
    let names: Vec<&str> = resources["resources"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|r| r["name"].as_str())
        .collect();
    assert_eq!(names, ["widgets", "widgets/status", "widgets/scale"]);
    let index = server.get("/openapi/v3").await.json();
    let url = index["paths"]["apis/example.com/v1"]["serverRelativeURL"]
        .as_str()
        .unwrap()
        .to_owned();
    let document = server.get(&url).await.expect(200);
    let kind = &document["components"]["schemas"]["com.example.v1.Widget"];
    assert_eq!(kind["properties"]["spec"]["properties"]["n"]["minimum"], 1);
    assert_eq!(server.get("/apis/example.com/v9").await.code, 404);
}

#[tokio::test]
async fn a_definition_goes_with_its_objects() {
    let server = Server::start().await;
    define(&server, definition(&["v1"])).await;
    let mut held = widget("held", json!({}));
    held["metadata"]["finalizers"] = json!(["example.com/f"]);
    for body in [held, widget("free", json!({}))] {
        server
            .send(&format!("POST {WIDGETS}"), body)
            .await
            .expect(201);
    }
    let mut watch = server.watch(&format!("{WIDGETS}?watch=1")).await;
    let path = format!("{DEFINITIONS}/widgets.example.com");
    server.delete(&path, json!({})).await.expect(200);
    until(&server, &format!("{WIDGETS}/free"), |code, _| code == 404).await;
    let refused = server
        .send(&format!("POST {WIDGETS}"), widget("new", json!({})))
        .await;
    refused.refused(403, "Forbidden");
    let body = json!({"metadata": {"finalizers": null}});
    server
        .patch(&format!("{WIDGETS}/held"), "merge-patch+json", body)
        .await
        .expect(200);
    until(&server, &path, |code, _| code == 404).await;
    until(&server, WIDGETS, |code, _| code == 404).await;
    // Whoever watched is not left waiting.
    while watch.next().await.is_some() {}
}

#[tokio::test]
async fn what_cannot_be_served_is_refused_whole() {
    let server = Server::start().await;
    let mut wrong = definition(&["v1"]);
    wrong["spec"]["versions"][0]["schema"]["openAPIV3Schema"] = json!({"type": "object", "properties": {
        "a": {}, "b": {"type": "array"}, "c": {"type": "string", "pattern": "("},
        "d": {"type": "integer", "x-kubernetes-validations": [{"rule": "self.x"}]},
    }});
    wrong["spec"]["group"] = json!("nodots");
    let message = server
        .send(&format!("POST {DEFINITIONS}"), wrong)
        .await
        .refused(422, "Invalid");
    for part in [
        "spec.group: Invalid value: \"nodots\": should be a domain with at least one dot",
        "properties[a].type: Required value: must not be empty for specified object fields",
        "properties[b].items: Required value: must be specified",
        "properties[c].pattern: Invalid value: \"(\"",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
}

#[tokio::test]
async fn versions_are_converted_by_a_webhook() {
    let server = Server::start().await;
    let hook = Hook::start(&["127.0.0.1"], |seen| {
        let request = &seen.body["request"];
        let wanted = request["desiredAPIVersion"].clone();
        let objects: Vec<Value> = request["objects"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|object| {
                let mut object = object.clone();
                object["apiVersion"] = wanted.clone();
                object["spec"]["color"] = json!(format!("for {}", wanted.as_str().unwrap()));
                object
            })
            .collect();
        Some((200, json!({
            "apiVersion": seen.body["apiVersion"], "kind": "ConversionReview",
            "response": {"uid": request["uid"], "result": {"status": "Success"}, "convertedObjects": objects},
        })))
    })
    .await;
    let mut both = definition(&["v1", "v2"]);
    both["spec"]["conversion"] = json!({"strategy": "Webhook", "webhook": {
        "conversionReviewVersions": ["v1"],
        "clientConfig": {"url": format!("https://127.0.0.1:{}/convert", hook.port),
            "caBundle": base64(hook.ca.as_bytes())},
    }});
    define(&server, both).await;
    server
        .send(
            &format!("POST {WIDGETS}"),
            widget("a", json!({"color": "red"})),
        )
        .await
        .expect(201);
    let other = "/apis/example.com/v2/namespaces/default/widgets";
    let shown = server.get(&format!("{other}/a")).await.expect(200);
    assert_eq!(shown["spec"]["color"], "for example.com/v2");
    let listed = server.get(other).await.expect(200);
    assert_eq!(listed["items"][0]["apiVersion"], "example.com/v2");
    assert_eq!(
        server.get(&format!("{WIDGETS}/a")).await.expect(200)["spec"]["color"],
        "red"
    );
    let mut body = widget("b", json!({}));
    body["apiVersion"] = json!("example.com/v2");
    server
        .send(&format!("POST {other}"), body)
        .await
        .expect(201);
    let stored = server.get(&format!("{WIDGETS}/b")).await.expect(200);
    assert_eq!(stored["spec"]["color"], "for example.com/v1");
    let mut watch = server
        .watch(&format!("{other}?watch=1&resourceVersion=0"))
        .await;
    let event = watch.next().await.unwrap();
    assert_eq!(event["object"]["apiVersion"], "example.com/v2");
}

#[tokio::test]
async fn fields_are_selected_in_the_version_that_is_asked_for() {
    let server = Server::start().await;
    let hook = Hook::start(&["127.0.0.1"], |seen| {
        let request = &seen.body["request"];
        let wanted = request["desiredAPIVersion"].clone();
        let (from, to) = match wanted.as_str() {
            Some("example.com/v1") => ("hue", "color"),
            _ => ("color", "hue"),
        };
        let objects: Vec<Value> = request["objects"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|object| {
                let mut object = object.clone();
                object["apiVersion"] = wanted.clone();
                object["spec"] = json!({ (to): object["spec"][from] });
                object
            })
            .collect();
        Some((200, json!({
            "apiVersion": seen.body["apiVersion"], "kind": "ConversionReview",
            "response": {"uid": request["uid"], "result": {"status": "Success"}, "convertedObjects": objects},
        })))
    })
    .await;
    let version = |name: &str, field: &str| {
        json!({"name": name, "served": true, "storage": name == "v1",
            "selectableFields": [{"jsonPath": format!(".spec.{field}")}],
            "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": {
                "type": "object", "properties": { (field): {"type": "string"} }}}}}})
    };
    let mut made = definition(&[]);
    made["spec"]["versions"] = json!([version("v1", "color"), version("v1beta1", "hue")]);
    made["spec"]["conversion"] = json!({"strategy": "Webhook", "webhook": {
        "conversionReviewVersions": ["v1"],
        "clientConfig": {"url": format!("https://127.0.0.1:{}/convert", hook.port),
            "caBundle": base64(hook.ca.as_bytes())},
    }});
    define(&server, made).await;
    for (name, color) in [("a", "blue"), ("b", "red"), ("c", "blue")] {
        let body = widget(name, json!({ "color": color }));
        server
            .send(&format!("POST {WIDGETS}"), body)
            .await
            .expect(201);
    }
    let names = |list: &Value| -> Vec<String> {
        let items = list["items"].as_array().into_iter().flatten();
        items
            .map(|o| {
                o["metadata"]["name"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect()
    };
    let blue = "/apis/example.com/v1beta1/namespaces/default/widgets?fieldSelector=spec.hue%3Dblue";
    let all = server.get(blue).await.expect(200);
    assert_eq!(names(&all), ["a", "c"]);
    assert_eq!(all["items"][1]["spec"], json!({"hue": "blue"}));
    let first = server.get(&format!("{blue}&limit=1")).await.expect(200);
    assert_eq!(names(&first), ["a"]);
    let token = first["metadata"]["continue"].as_str().expect("a token");
    let second = format!("{blue}&limit=1&continue={token}");
    assert_eq!(names(&server.get(&second).await.expect(200)), ["c"]);
    let revision = all["metadata"]["resourceVersion"]
        .as_str()
        .expect("a revision");
    let mut watch = server
        .watch(&format!("{blue}&watch=1&resourceVersion={revision}"))
        .await;
    for (name, color) in [("b", "green"), ("b", "blue"), ("a", "red"), ("c", "blue")] {
        let body = json!({"spec": {"color": color}, "metadata": {"labels": {"l": color}}});
        server
            .patch(&format!("{WIDGETS}/{name}"), "merge-patch+json", body)
            .await
            .expect(200);
    }
    for (change, name) in [("ADDED", "b"), ("DELETED", "a"), ("MODIFIED", "c")] {
        let event = watch.next().await.expect("an event");
        assert_eq!(event["type"], change);
        assert_eq!(event["object"]["metadata"]["name"], name);
        assert_eq!(event["object"]["spec"], json!({"hue": "blue"}));
    }
    server.delete(blue, json!({})).await.expect(200);
    assert_eq!(names(&server.get(WIDGETS).await.expect(200)), ["a"]);
}

/// A definition of one version that holds whatever it is given.
fn loose(group: &str, plural: &str, kind: &str) -> Value {
    json!({
        "metadata": {"name": format!("{plural}.{group}"),
            "annotations": {"api-approved.kubernetes.io": "https://github.com/kubernetes/kubernetes/pull/1"}},
        "spec": {"group": group, "scope": "Namespaced",
            "names": {"plural": plural, "kind": kind},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema":
                {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]},
    })
}

fn has_condition(definition: &Value, kind: &str, status: &str) -> bool {
    definition["status"]["conditions"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|c| c["type"] == kind && c["status"] == status)
}

#[tokio::test]
async fn names_that_come_free_are_given_to_who_waits() {
    let server = Server::start().await;
    let post = format!("POST {DEFINITIONS}");
    let (first, second) = ("things.example.com", "others.example.com");
    server
        .send(&post, loose("example.com", "things", "Thing"))
        .await
        .expect(201);
    let first = format!("{DEFINITIONS}/{first}");
    let second = format!("{DEFINITIONS}/{second}");
    until(&server, &first, |_, d| {
        has_condition(d, "Established", "True")
    })
    .await;
    server
        .send(&post, loose("example.com", "others", "Thing"))
        .await
        .expect(201);
    until(&server, &second, |_, d| {
        has_condition(d, "NamesAccepted", "False")
    })
    .await;
    server.delete(&first, json!({})).await.expect(200);
    let told = until(&server, &second, |_, d| {
        has_condition(d, "Established", "True")
    })
    .await;
    assert!(has_condition(&told, "NamesAccepted", "True"));
    assert_eq!(told["status"]["acceptedNames"]["kind"], "Thing");
}

#[tokio::test]
async fn nothing_is_added_to_the_servers_own_versions() {
    let server = Server::start().await;
    let mut foos = loose("networking.k8s.io", "foos", "Foo");
    let mut other = foos["spec"]["versions"][0].clone();
    other["name"] = json!("v9");
    other["storage"] = json!(false);
    foos["spec"]["versions"].as_array_mut().unwrap().push(other);
    server
        .send(&format!("POST {DEFINITIONS}"), foos)
        .await
        .expect(201);
    let at = |version: &str| format!("/apis/networking.k8s.io/{version}");
    until(&server, &format!("{}/foos", at("v9")), |code, _| {
        code == 200
    })
    .await;
    let told = server.get(&at("v1")).await.expect(200);
    let names = told["resources"].as_array().unwrap();
    assert!(names.iter().any(|r| r["name"] == "ingresses"));
    assert!(names.iter().all(|r| r["name"] != "foos"));
    let answer = server
        .get(&format!("{}/namespaces/default/foos", at("v1")))
        .await;
    assert_eq!(answer.code, 404);
}

#[tokio::test]
async fn defaults_are_in_form_too() {
    let server = Server::start().await;
    let mut made = definition(&["v1"]);
    made["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
        ["in"] = json!({"type": "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true,
        "default": {"apiVersion": "v1", "kind": "K", "metadata": {"name": "x", "unspecified": "y"}}});
    define(&server, made).await;
    let body = widget("a", json!({"n": 1}));
    let told = server.send(&format!("POST {WIDGETS}"), body).await;
    let wanted = json!({"apiVersion": "v1", "kind": "K", "metadata": {"name": "x"}});
    assert_eq!(told.expect(201)["spec"]["in"], wanted);
    let told = server.get(&format!("{WIDGETS}/a")).await.expect(200);
    assert_eq!(told["spec"]["in"], wanted);
}

#[tokio::test]
async fn status_is_checked_alone() {
    let server = Server::start().await;
    define(&server, definition(&["v1"])).await;
    let mut bare = widget("a", json!({}));
    bare.as_object_mut().unwrap().remove("spec");
    server
        .send(&format!("POST {WIDGETS}"), bare)
        .await
        .expect(201);
    let stricter = format!("{DEFINITIONS}/widgets.example.com");
    let mut now = server.get(&stricter).await.expect(200);
    let schema = &mut now["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
    schema["required"] = json!(["spec"]);
    schema["properties"]["status"]["properties"]["replicas"]["maximum"] = json!(10);
    server
        .send(&format!("PUT {stricter}"), now)
        .await
        .expect(200);
    let dry = format!("POST {WIDGETS}?dryRun=All");
    loop {
        let mut bare = widget("b", json!({}));
        bare.as_object_mut().unwrap().remove("spec");
        if server.send(&dry, bare).await.code == 422 {
            break;
        }
        tokio::task::yield_now().await;
    }
    let path = format!("{WIDGETS}/a/status");
    let patch = async |replicas: i64| {
        let body = json!({"status": {"replicas": replicas}});
        server.patch(&path, "merge-patch+json", body).await
    };
    assert_eq!(patch(3).await.expect(200)["status"]["replicas"], 3);
    let told = patch(15).await.expect(422);
    assert_eq!(
        told["details"]["causes"][0]["message"],
        "Invalid value: 15: replicas in body should be less than or equal to 10"
    );
    assert_eq!(told["details"]["causes"][0]["field"], "status.replicas");
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[tokio::test]
async fn the_old_openapi_document_tells_of_custom_kinds() {
    let server = Server::start().await;
    let name = "com.example.v1.Widget";
    let before = server.get("/openapi/v2").await;
    assert!(before.expect(200)["definitions"].get(name).is_none());
    define(&server, definition(&["v1"])).await;
    let document = until(&server, "/openapi/v2", |_, body| {
        body["definitions"].get(name).is_some()
    })
    .await;
    let schema = &document["definitions"][name];
    assert_eq!(
        schema["properties"]["spec"]["properties"]["n"]["minimum"],
        1
    );
    assert!(
        schema["properties"]["spec"]["properties"]["n"]
            .get("default")
            .is_none()
    );
    assert_eq!(
        schema["x-kubernetes-group-version-kind"],
        json!([{"group": "example.com", "version": "v1", "kind": "Widget"}])
    );
    let path = "/apis/example.com/v1/namespaces/{namespace}/widgets/{name}/status";
    assert_eq!(
        document["paths"][path]["put"]["operationId"],
        "replaceExampleComV1NamespacedWidgetStatus"
    );
    assert!(
        document["definitions"]
            .get("io.k8s.api.core.v1.Pod")
            .is_some()
    );
    let after = server.get("/openapi/v2").await;
    assert_ne!(before.header("etag"), after.header("etag"));
    let headers = [(
        "accept",
        "application/com.github.proto-openapi.spec.v2.v1.0+protobuf",
    )];
    let protobuf = server
        .ask_all(crate::support::ADMIN, "GET /openapi/v2", &headers, "")
        .await;
    assert_eq!(protobuf.code, 200);
    let bytes = name.as_bytes();
    assert!(
        protobuf
            .bytes
            .windows(bytes.len())
            .any(|window| window == bytes)
    );
}

#[tokio::test]
async fn documents_and_odd_paths_of_custom_resources() {
    let server = Server::start().await;
    define(&server, definition(&["v1"])).await;
    for line in ["POST /apis/example.com", "DELETE /apis/example.com/v1"] {
        server.ask_all(ADMIN, line, &[], "").await.expect(200);
    }
    let answer = server.ask_all(ADMIN, "POST /apis/apps", &[], "").await;
    answer.refused(405, "MethodNotAllowed");
    let answer = server.get(&format!("{WIDGETS}/a%2Fb")).await;
    let told = "widgets.example.com \"a\" not found";
    assert_eq!(answer.refused(404, "NotFound"), told);
}
