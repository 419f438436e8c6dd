//! What lies in the store, byte by byte where upstream's clients of etcd see it.

use serde_json::{Value, json};
use skeg_apiserver::{Options, StorageMediaType};
use skeg_meta::SharedObject;
use skeg_schema::TypeId;
use skeg_store::{Embedded, Expect, Key, Store};
use std::sync::Arc;
use std::time::Instant;

use crate::support::{PATIENCE, Server};

const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const DEFINITION_KEY: &str =
    "/registry/apiextensions.k8s.io/customresourcedefinitions/widgets.example.com";
const SERVICES: &str = "/apis/apiregistration.k8s.io/v1/apiservices";
const MAPS: &str = "/api/v1/namespaces/default/configmaps";

fn definition() -> Value {
    let version = |name: &str, storage: bool| {
        json!({"name": name, "served": true, "storage": storage,
            "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
            "additionalPrinterColumns": [{"name": "N", "type": "integer", "jsonPath": ".n"}]})
    };
    json!({"metadata": {"name": "widgets.example.com"},
        "spec": {"group": "example.com", "scope": "Cluster",
            "versions": [version("v1", true), version("v2", false)],
            "names": {"plural": "widgets", "kind": "Widget"}}})
}

async fn bytes(store: &Embedded, key: &str) -> Vec<u8> {
    let found = store.get(key.as_bytes(), 0).await.unwrap();
    let found = found.unwrap_or_else(|| panic!("{key} is not there"));
    found.value.to_vec()
}

async fn tree(store: &Embedded, key: &str) -> Value {
    let bytes = bytes(store, key).await;
    assert!(
        bytes.ends_with(b"}\n"),
        "{}",
        String::from_utf8_lossy(&bytes)
    );
    serde_json::from_slice(&bytes).unwrap()
}

/// Waits until what is defined is served.
async fn served(server: &Server) {
    let begun = Instant::now();
    while server.get("/apis/example.com/v1/widgets").await.code != 200 {
        assert!(begun.elapsed() < PATIENCE);
        tokio::task::yield_now().await;
    }
}

async fn start(store: &Arc<Embedded>, media: StorageMediaType) -> Server {
    let options = Options {
        storage_media_type: media,
        ..Options::default()
    };
    Server::start_over(store.clone(), options).await
}

#[tokio::test]
async fn objects_are_stored_as_upstream_stores_them() {
    let store = Arc::new(Embedded::in_memory());
    let server = start(&store, StorageMediaType::default()).await;
    server
        .send(&format!("POST {DEFINITIONS}"), definition())
        .await
        .expect(201);
    served(&server).await;
    let stored = tree(&store, DEFINITION_KEY).await;
    assert_eq!(stored["apiVersion"], "apiextensions.k8s.io/v1beta1");
    assert_eq!(stored["spec"]["version"], "v1");
    assert_eq!(
        stored["spec"]["versions"],
        json!([{"name": "v1", "served": true, "storage": true},
            {"name": "v2", "served": true, "storage": false}])
    );
    assert_eq!(
        stored["spec"]["additionalPrinterColumns"][0]["JSONPath"],
        ".n"
    );
    assert_eq!(stored["spec"]["preserveUnknownFields"], false);
    // What is shown is v1 all the same.
    let path = format!("{DEFINITIONS}/widgets.example.com");
    let shown = server.get(&path).await.expect(200);
    assert_eq!(shown["apiVersion"], "apiextensions.k8s.io/v1");
    let columns = &shown["spec"]["versions"][1]["additionalPrinterColumns"];
    assert_eq!(columns[0]["jsonPath"], ".n");
    assert_eq!(shown["spec"].get("version"), None);

    let widget = json!({"apiVersion": "example.com/v1", "kind": "Widget",
        "metadata": {"name": "a"}, "n": 1});
    let made = server
        .send("POST /apis/example.com/v1/widgets", widget)
        .await;
    let made = made.expect(201);
    let key = "/registry/example.com/widgets/a";
    assert_eq!(tree(&store, key).await["n"], 1);
    let again = server
        .get("/apis/example.com/v1/widgets/a")
        .await
        .expect(200);
    assert_eq!(again, made);

    let service = json!({"metadata": {"name": "v1.other.io"},
        "spec": {"group": "other.io", "version": "v1", "groupPriorityMinimum": 100,
            "versionPriority": 10, "service": {"namespace": "n", "name": "s"}}});
    server
        .send(&format!("POST {SERVICES}"), service)
        .await
        .expect(201);
    let key = "/registry/apiregistration.k8s.io/apiservices/v1.other.io";
    let text = bytes(&store, key).await;
    let begin = br#"{"kind":"APIService","apiVersion":"apiregistration.k8s.io/v1","metadata":{"name":"v1.other.io","#;
    assert!(
        text.starts_with(begin),
        "{}",
        String::from_utf8_lossy(&text)
    );
    assert_eq!(tree(&store, key).await["spec"]["service"]["port"], 443);
}

#[tokio::test]
async fn definitions_stored_as_protobuf_are_read_and_written_anew() {
    let store = Arc::new(Embedded::in_memory());
    // As earlier releases stored them.
    let ty = TypeId::by_gvk("apiextensions.k8s.io", "v1", "CustomResourceDefinition").unwrap();
    let mut old = definition();
    old["metadata"]["uid"] = json!("5b8f8a39-0a7e-4d9c-8c49-0f3d1d0a4a01");
    old["spec"]["names"]["listKind"] = json!("WidgetList");
    old["spec"]["names"]["singular"] = json!("widget");
    old["spec"]["conversion"] = json!({"strategy": "None"});
    old["status"] = json!({"acceptedNames": old["spec"]["names"], "storedVersions": ["v1"],
    "conditions": [
        {"type": "NamesAccepted", "status": "True", "reason": "NoConflicts",
            "message": "no conflicts found", "lastTransitionTime": "2026-01-01T00:00:00Z"},
        {"type": "Established", "status": "True", "reason": "InitialNamesAccepted",
            "message": "the initial names have been accepted", "lastTransitionTime": "2026-01-01T00:00:00Z"},
    ]});
    let old = skeg_schema::decode_json(
        old.to_string().as_bytes(),
        ty,
        &skeg_schema::DecodeOptions::default(),
    );
    let protobuf = SharedObject::from_value(old.unwrap().value, ty, 0).protobuf();
    let key = Key::from(DEFINITION_KEY);
    store
        .put_if(key, protobuf.clone(), Expect::Absent, None)
        .await
        .unwrap();
    let server = start(&store, StorageMediaType::default()).await;
    served(&server).await;
    assert_eq!(bytes(&store, DEFINITION_KEY).await, protobuf.to_vec());
    let path = format!("{DEFINITIONS}/widgets.example.com");
    let shown = server.get(&path).await.expect(200);
    // An update that changes nothing stores it in its new form.
    let updated = server.send(&format!("PUT {path}"), shown.clone()).await;
    let updated = updated.expect(200);
    let stored = tree(&store, DEFINITION_KEY).await;
    assert_eq!(stored["apiVersion"], "apiextensions.k8s.io/v1beta1");
    assert_ne!(
        updated["metadata"]["resourceVersion"],
        shown["metadata"]["resourceVersion"]
    );
    // And another one nothing at all.
    let same = server.send(&format!("PUT {path}"), updated.clone()).await;
    assert_eq!(
        same.expect(200)["metadata"]["resourceVersion"],
        updated["metadata"]["resourceVersion"]
    );
}

#[tokio::test]
async fn the_media_type_is_that_of_the_option_and_all_are_read() {
    let store = Arc::new(Embedded::in_memory());
    for (at, (name, media)) in StorageMediaType::ALL.into_iter().enumerate() {
        let server = start(&store, media).await;
        let map = json!({"metadata": {"name": format!("m{at}")}, "data": {"type": name}});
        server.send(&format!("POST {MAPS}"), map).await.expect(201);
        let key = format!("/registry/configmaps/default/m{at}");
        let stored = bytes(&store, &key).await;
        let begins: &[u8] = match media {
            StorageMediaType::Json => br#"{"kind":"ConfigMap","apiVersion":"v1","#,
            StorageMediaType::Yaml => b"apiVersion: v1\ndata:\n  type: application/yaml\n",
            StorageMediaType::Protobuf => b"k8s\0",
        };
        assert!(
            stored.starts_with(begins),
            "{}",
            String::from_utf8_lossy(&stored)
        );
        // What others wrote before is read.
        for known in 0..=at {
            let map = server.get(&format!("{MAPS}/m{known}")).await.expect(200);
            assert_eq!(map["data"]["type"], StorageMediaType::ALL[known].0);
        }
        let all = server.get(MAPS).await.expect(200);
        let own = |item: &&Value| {
            item["metadata"]["name"]
                .as_str()
                .is_some_and(|n| n.starts_with('m'))
        };
        assert_eq!(
            all["items"].as_array().unwrap().iter().filter(own).count(),
            at + 1
        );
    }
}
