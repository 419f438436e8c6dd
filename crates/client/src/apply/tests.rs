//! What configurations say, and what is extracted from objects.

use skeg_api::apps::v1::Deployment;
use skeg_api::core::v1::{ConfigMap, Container, Pod, Service};
use skeg_meta::{FieldsV1, ManagedFieldsEntry, Object as _, ObjectMeta, Quantity};
use skeg_schema::{Value, json};

use super::*;
use crate::apply;

#[test]
fn only_what_is_said_is_owned() {
    let labels = [("app".to_owned(), "web".to_owned())];
    let config = apply!(Deployment, String::from("web"), {
        metadata: { labels: std::collections::BTreeMap::from(labels.clone()), annotations: { "a": "b" } },
        spec: {
            replicas: 0,
            paused: false,
            min_ready_seconds: 5 - 5,
            strategy: { type_: "RollingUpdate", rolling_update: { max_surge: 1, max_unavailable: "25%" } },
            template: { spec: {
                containers: [
                    { name: "web", image: format!("x:{}", 1), args: ["--port", "80"],
                      resources: { limits: { "memory": "1Gi", "cpu": Quantity::from_millis(100) } },
                      env: [], stdin: false },
                    Container { name: "side".to_owned(), ..Container::default() },
                ],
                volumes: [{ name: "v", empty_dir: {} }],
                node_selector: {},
                termination_grace_period_seconds: 0,
            } },
        },
    });
    assert_eq!(
        config.into_tree().unwrap(),
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "web", "labels": {"app": "web"}, "annotations": {"a": "b"}},
            "spec": {
                "replicas": 0, "paused": false, "minReadySeconds": 0,
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": "25%"}},
                "template": {"spec": {
                    "containers": [
                        {"name": "web", "image": "x:1", "args": ["--port", "80"],
                         "resources": {"limits": {"memory": "1Gi", "cpu": "100m"}}, "env": [], "stdin": false},
                        {"name": "side"},
                    ],
                    "volumes": [{"name": "v", "emptyDir": {}}],
                    "nodeSelector": {},
                    "terminationGracePeriodSeconds": 0,
                }},
            },
        })
    );
}

#[test]
fn a_value_that_does_not_fit_is_refused_with_its_place() {
    let config = apply!(Pod, "p", {
        spec: { containers: [{ name: "c", resources: { limits: { "cpu": "much" } } }] },
    });
    let error = config.check().unwrap_err().to_string();
    assert!(
        error.starts_with(r#"spec.containers[0].resources.limits["cpu"]: "much" is no quantity"#),
        "{error}"
    );
}

#[test]
fn trees_are_checked_against_the_tables() {
    let tree = |spec: Value| json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": spec});
    let check = |tree: Value, expect: &str| {
        let outcome = Apply::<Service>::from_tree(tree);
        assert_eq!(
            outcome.map(drop).map_err(|e| e.to_string()),
            Err(expect.to_owned())
        );
    };
    assert!(Apply::<Service>::from_tree(tree(json!({"ports": [{"port": 80}]}))).is_ok());
    check(
        tree(json!({"ports": [{"prot": 80}]})),
        "Service has no field spec.ports[0].prot",
    );
    check(
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "s"}}),
        "the configuration is of v1 Pod, not of v1 Service",
    );
    let mut nameless = tree(json!({}));
    nameless.remove_at(&["metadata", "name"]);
    assert_eq!(
        Apply::<Service>::from_tree(nameless),
        Err(ApplyError::NoName)
    );
    let wrong = Apply::<Service>::from_tree(tree(json!({"ports": "80"}))).unwrap_err();
    assert!(matches!(wrong, ApplyError::Value(_)), "{wrong}");
}

#[test]
fn fields_are_set_and_given_up_by_path() {
    let config = Apply::<Deployment>::new("web")
        .namespace("shop")
        .label("a", "b")
        .finalizer("x/y")
        .set("spec.replicas", 0)
        .unwrap()
        .set("spec.template.spec.containers[name=web].image", "x:1")
        .unwrap()
        .set(
            "spec.template.spec.containers[name=web].ports[containerPort=80].name",
            "http",
        )
        .unwrap();
    assert_eq!(
        config.tree().to_string(),
        r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop","labels":{"a":"b"},"finalizers":["x/y"]},"spec":{"replicas":0,"template":{"spec":{"containers":[{"name":"web","image":"x:1","ports":[{"containerPort":80,"name":"http"}]}]}}}}"#
    );
    let config = config
        .unset("spec.template.spec.containers[name=web].ports")
        .unset("spec.replicas")
        .unset("spec.nothing.at.all");
    assert_eq!(
        config.tree()["spec"].to_string(),
        r#"{"template":{"spec":{"containers":[{"name":"web","image":"x:1"}]}}}"#
    );
    let error = |path: &str, value: Value| config.clone().set(path, value).unwrap_err().to_string();
    assert_eq!(
        error("spec.replica", json!(1)),
        "Deployment has no field spec.replica"
    );
    assert!(error("spec.replicas", json!("x")).contains("replicas"));
    let set = config.clone().set("spec.replicas", 1).unwrap();
    assert_eq!(
        set.set("spec.replicas.x", 1).unwrap_err().to_string(),
        "spec.replicas.x: x is looked for in what is no object"
    );
}

#[test]
fn structs_become_configurations() {
    let mut object = ConfigMap {
        metadata: ObjectMeta::named("n", "c"),
        ..ConfigMap::default()
    };
    object.metadata.uid = "u".to_owned();
    object.metadata.resource_version = "5".to_owned();
    object.data.insert("k".to_owned(), "v".to_owned());
    let config = Apply::of(&object);
    assert_eq!(
        *config.tree(),
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "n"}, "data": {"k": "v"}})
    );
    let edited = config
        .edit(|map| {
            map.data.insert("l".to_owned(), "w".to_owned());
            map.data.remove("k");
        })
        .unwrap();
    assert_eq!(edited.tree()["data"], json!({"l": "w"}));
    assert_eq!(edited.object().unwrap().data.len(), 1);
}

fn owned(manager: &str, operation: &str, subresource: &str, fields: Value) -> ManagedFieldsEntry {
    ManagedFieldsEntry {
        manager: manager.to_owned(),
        operation: operation.to_owned(),
        subresource: subresource.to_owned(),
        api_version: "apps/v1".to_owned(),
        fields_type: "FieldsV1".to_owned(),
        fields_v1: Some(FieldsV1::from(fields)),
        ..ManagedFieldsEntry::default()
    }
}

#[test]
fn what_a_manager_owns_is_extracted() {
    let mut object = Deployment::from_tree(json!({
        "metadata": {"name": "web", "namespace": "n", "labels": {"a": "1", "b": "2"}, "finalizers": ["x/y", "z/w"]},
        "spec": {
            "replicas": 3,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {"spec": {
                "dnsPolicy": "ClusterFirst",
                "containers": [
                    {"name": "web", "image": "x:1", "imagePullPolicy": "Always",
                     "ports": [{"containerPort": 80, "protocol": "TCP", "name": "http"}, {"containerPort": 81, "protocol": "TCP"}]},
                    {"name": "other", "image": "o"},
                ],
            }},
        },
        "status": {"replicas": 2},
    }))
    .unwrap();
    object.metadata.managed_fields = vec![
        owned("other", "Apply", "", json!({"f:spec": {"f:replicas": {}}})),
        owned("me", "Update", "", json!({"f:spec": {"f:replicas": {}}})),
        owned(
            "me",
            "Apply",
            "status",
            json!({"f:status": {"f:replicas": {}}}),
        ),
        owned(
            "me",
            "Apply",
            "",
            json!({
                "f:metadata": {"f:labels": {"f:b": {}}, "f:finalizers": {"v:\"z/w\"": {}}},
                "f:spec": {
                    "f:minReadySeconds": {},
                    "f:selector": {},
                    "f:template": {"f:spec": {"f:containers": {"k:{\"name\":\"web\"}": {
                        ".": {}, "f:name": {}, "f:image": {},
                        "f:ports": {"k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {".": {}, "f:containerPort": {}}},
                        "f:gone": {},
                    }}}},
                },
            }),
        ),
    ];
    assert_eq!(
        *Apply::extract(&object, "me").tree(),
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "web", "namespace": "n", "labels": {"b": "2"}, "finalizers": ["z/w"]},
            "spec": {
                // A struct does not show its zeros; they are owned all the same.
                "minReadySeconds": 0,
                "selector": {"matchLabels": {"app": "web"}},
                "template": {"spec": {"containers": [
                    {"name": "web", "image": "x:1", "ports": [{"containerPort": 80, "protocol": "TCP"}]}
                ]}},
            },
        })
    );
    assert_eq!(
        Apply::extract_from(&object, "me", "status").tree()["status"],
        json!({"replicas": 2})
    );
    let nothing = Apply::extract(&object, "nobody");
    assert!(nothing.tree().get("spec").is_none());
    assert_eq!(nothing.name(), "web");
}
