//! Messages as kubectl's, from documents as servers write them.

use skeg_schema::{Value, json};

use super::*;

fn check(schemas: &Schemas, object: Value, expect: &[&str]) {
    let found: Vec<String> = schemas
        .validate(&object)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(found, expect, "{object}");
}

fn pod(spec: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "labels": {"x": "y"}}, "spec": spec})
}

#[test]
fn built_in_kinds() {
    let mut v2 = Schemas::new();
    v2.add(&skeg_schema::openapi::v2_document(&|desc| {
        desc.group.is_empty()
    }));
    for schemas in [Schemas::built_in("", "v1"), v2] {
        check(
            &schemas,
            pod(json!({
                "containers": [{"name": "c", "image": "x", "ports": [{"containerPort": 80}],
                    "resources": {"limits": {"cpu": 1, "memory": "1Gi"}},
                    "livenessProbe": {"httpGet": {"port": "http"}}}],
                "nodeSelector": {"a": "b"}, "terminationGracePeriodSeconds": null})),
            &[],
        );
        check(
            &schemas,
            pod(json!({"containerz": []})),
            &[
                "ValidationError(Pod.spec): unknown field \"containerz\" in io.k8s.api.core.v1.PodSpec",
                "ValidationError(Pod.spec): missing required field \"containers\" in io.k8s.api.core.v1.PodSpec",
            ],
        );
        check(
            &schemas,
            pod(json!({"containers": "c", "nodeSelector": {"a": 1}})),
            &[
                "ValidationError(Pod.spec.containers): invalid type for io.k8s.api.core.v1.PodSpec.containers: got \"string\", expected \"array\"",
                "ValidationError(Pod.spec.nodeSelector.a): invalid type for io.k8s.api.core.v1.PodSpec.nodeSelector: got \"integer\", expected \"string\"",
            ],
        );
        check(
            &schemas,
            pod(
                json!({"containers": [{"name": "c", "ports": [{"containerPort": "80"}]}, {"image": "x"}], "hostNetwork": "yes"}),
            ),
            &[
                "ValidationError(Pod.spec.containers[0].ports[0].containerPort): invalid type for io.k8s.api.core.v1.ContainerPort.containerPort: got \"string\", expected \"integer\"",
                "ValidationError(Pod.spec.containers[1]): missing required field \"name\" in io.k8s.api.core.v1.Container",
                "ValidationError(Pod.spec.hostNetwork): invalid type for io.k8s.api.core.v1.PodSpec.hostNetwork: got \"string\", expected \"boolean\"",
            ],
        );
        check(
            &schemas,
            json!({"apiVersion": "v9", "kind": "Pod"}),
            &["unknown object type /v9, Kind=Pod"],
        );
    }
}

#[test]
fn schemas_of_custom_kinds_from_a_file() {
    let document = json!({"components": {"schemas": {"io.x.v1.Frob": {
    "type": "object",
    "x-kubernetes-group-version-kind": [{"group": "x.io", "version": "v1", "kind": "Frob"}],
    "required": ["spec"],
    "properties": {
        "apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"},
        "spec": {"type": "object", "properties": {
            "mode": {"type": "string", "enum": ["Fast", "Slow"]},
            "port": {"x-kubernetes-int-or-string": true},
            "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true, "properties": {"n": {"type": "integer"}}},
            "template": {"type": "object", "x-kubernetes-embedded-resource": true, "properties": {}},
            "ratio": {"type": "number"},
        }},
    }}}}});
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("openapi.json");
    std::fs::write(&path, document.to_string()).unwrap();
    let schemas = Schemas::from_file(&path).unwrap();
    let frob = |spec: Value| json!({"apiVersion": "x.io/v1", "kind": "Frob", "metadata": {"name": "a"}, "spec": spec});
    check(
        &schemas,
        frob(
            json!({"mode": "Fast", "port": "http", "free": {"any": [1], "n": 2}, "template": {"kind": "Pod"}, "ratio": 1}),
        ),
        &[],
    );
    check(
        &schemas,
        frob(
            json!({"mode": "Sideways", "port": true, "free": {"n": "x"}, "template": {"nope": 1}}),
        ),
        &[
            "ValidationError(Frob.spec.mode): unsupported value \"Sideways\": supported values: \"Fast\", \"Slow\"",
            "ValidationError(Frob.spec.free.n): invalid type for io.x.v1.Frob.spec.free.n: got \"string\", expected \"integer\"",
            "ValidationError(Frob.spec.template): unknown field \"nope\" in io.x.v1.Frob.spec.template",
        ],
    );
    let mut bare = frob(json!({}));
    bare.remove_at(&["spec"]);
    let problems = schemas.validate(&bare);
    assert_eq!(
        summary(&problems),
        "error validating data: ValidationError(Frob): missing required field \"spec\" in io.x.v1.Frob"
    );
    assert!(Schemas::from_file(dir.path().join("none")).is_err());
}
