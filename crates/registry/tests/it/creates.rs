//! What is said of new objects as a whole: names, metadata, rules, and in which
//! order. Words are upstream's.

use crate::world::World;
use skeg_auth::UserInfo;
use skeg_meta::Time;
use skeg_registry::context::Ctx;
use skeg_registry::{Registry, generic, tree};
use skeg_schema::{Value, json};

/// Makes (or, with an old one, changes) an object and answers the causes.
pub fn causes(
    resource: &str,
    subresource: &str,
    mut obj: Value,
    old: Option<&Value>,
) -> Vec<String> {
    let registry = Registry::new(Default::default());
    let api_version = tree::s(&obj, "apiVersion").to_owned();
    let res = registry
        .resources
        .iter()
        .find(|r| r.desc.resource == resource && r.desc.api_version() == api_version)
        .expect("the resource is known");
    let (world, user) = (
        World::default(),
        UserInfo::new("admin", &["system:masters"]),
    );
    let ctx = Ctx {
        user: &user,
        namespace: "default",
        name: "",
        subresource,
        verb: "update",
        now: Time::now(),
        dry_run: false,
        features: skeg_registry::Features::default(),
        objects: &world,
    };
    res.strategy.default(&mut obj);
    let meta = tree::obj_mut(&mut obj, "metadata");
    if res.desc.namespaced {
        tree::set(meta, "namespace", "default");
    }
    tree::set(meta, "uid", "u");
    tree::set(meta, "creationTimestamp", "2026-01-01T00:00:00Z");
    let refused = match old {
        Some(old) => generic::before_update(res, &ctx, &mut obj, old, &mut Vec::new()).err(),
        None => generic::before_create(res, &ctx, &mut obj, &mut Vec::new()).err(),
    };
    let details = refused.and_then(|status| status.details);
    let causes = details.map(|d| d.causes).unwrap_or_default();
    causes
        .into_iter()
        .map(|cause| format!("{}: {}", cause.field, cause.message))
        .collect()
}

#[test]
fn a_budget_is_looked_at_before_its_metadata() {
    let budget = |name: &str, label: &str, min: i64| {
        json!({
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
            "metadata": {"name": name, "labels": {"a": label}},
            "spec": {"minAvailable": min, "selector": {}},
        })
    };
    let told =
        |name, label, min| causes("poddisruptionbudgets", "", budget(name, label, min), None);
    assert_eq!(told("A_b", "c", 1), [""; 0]);
    assert_eq!(
        told("a", "x y", -1),
        ["spec.minAvailable: Invalid value: -1: must be greater than or equal to 0"]
    );
    let metadata = told("a%b", "x y", 1);
    assert_eq!(metadata.len(), 2, "{metadata:?}");
    assert_eq!(
        metadata[0],
        "metadata.name: Invalid value: \"a%b\": may not contain '%'"
    );
    let old = merged_status(budget("a", "b", 1), json!({}));
    let new = merged_status(budget("a", "b", 1), json!({"observedGeneration": -1}));
    assert_eq!(
        causes("poddisruptionbudgets", "status", new, Some(&old)),
        [""; 0]
    );
}

fn merged_status(mut obj: Value, status: Value) -> Value {
    let meta = tree::obj_mut(&mut obj, "metadata");
    for (name, value) in [
        ("namespace", "default"),
        ("uid", "u"),
        ("creationTimestamp", "2026-01-01T00:00:00Z"),
        ("resourceVersion", "1"),
    ] {
        tree::set(meta, name, value);
    }
    tree::set(&mut obj, "status", status);
    obj
}

#[test]
fn a_request_for_a_certificate_may_have_any_name() {
    let request = |name: &str| {
        json!({
            "apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest",
            "metadata": {"name": name},
            "spec": {"signerName": "a.io/b", "request": "", "usages": ["client auth"]},
        })
    };
    let names = |name: &str| {
        let mut told = causes("certificatesigningrequests", "", request(name), None);
        told.retain(|cause| cause.starts_with("metadata"));
        told
    };
    assert_eq!(names("John_Doe"), [""; 0]);
    assert_eq!(
        names("a%b"),
        ["metadata.name: Invalid value: \"a%b\": may not contain '%'"]
    );
}

#[test]
fn what_an_autoscaler_scales_has_a_group() {
    let scaler = |version: &str, kind: &str| {
        json!({
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "h"},
            "spec": {"maxReplicas": 3, "scaleTargetRef": {"apiVersion": version, "kind": kind, "name": "x"}},
        })
    };
    let told = |version: &str, kind: &str, old: Option<&Value>| {
        causes("horizontalpodautoscalers", "", scaler(version, kind), old)
    };
    for version in ["", "v1", "/v1", "/"] {
        assert_eq!(
            told(version, "Deployment", None),
            [format!(
                "spec.scaleTargetRef.apiVersion: Invalid value: {version:?}: apiVersion must specify API group"
            )]
        );
        assert_eq!(told(version, "ReplicationController", None), [""; 0]);
        // What was so may stay so.
        let old = merged_status(scaler(version, "Deployment"), json!({}));
        assert_eq!(told(version, "Deployment", Some(&old)), [""; 0]);
        assert_eq!(told(version, "ReplicaSet", Some(&old)).len(), 1);
    }
    const UNREADABLE: &str = "spec.scaleTargetRef.apiVersion: Invalid value: \"a/b/c\": unexpected GroupVersion string: a/b/c";
    assert_eq!(told("a/b/c", "Deployment", None), [UNREADABLE]);
    assert_eq!(told("a/b/c", "ReplicationController", None), [UNREADABLE]);
    let old = merged_status(scaler("apps/v1", "Deployment"), json!({}));
    assert_eq!(told("v1", "Deployment", Some(&old)).len(), 1);
}

#[test]
fn a_runtime_class_tolerates_each_taint_once() {
    let toleration = |key: &str, seconds: i64| json!({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": seconds});
    let class = json!({
        "apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": "r"}, "handler": "h",
        "scheduling": {"tolerations": [toleration("a", 1), toleration("b", 1), toleration("a", 2)]},
    });
    assert_eq!(
        causes("runtimeclasses", "", class, None),
        [
            "scheduling.tolerations[2]: Duplicate value: {\"Key\":\"a\",\"Operator\":\"Exists\",\"Value\":\"\",\"Effect\":\"NoExecute\",\"TolerationSeconds\":2}"
        ]
    );
}

#[test]
fn the_same_fault_of_a_definition_is_told_as_often_as_it_is_found() {
    let definition = |label: &str| {
        json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": "as.x.io", "labels": {"a": label}},
            "spec": {
                "group": "x.io", "scope": "Cluster",
                "names": {"plural": "as", "singular": "a", "kind": "A", "listKind": "AList",
                    "shortNames": ["b"], "categories": ["c"]},
                "versions": [{"name": "v1", "served": true, "storage": true,
                    "schema": {"openAPIV3Schema": {"type": "object"}}}],
            },
        })
    };
    let status = json!({
        "acceptedNames": {"plural": "as", "kind": "A"}, "storedVersions": ["v1"], "conditions": [],
    });
    let mut old = merged_status(definition("b"), status.clone());
    tree::remove(tree::obj_mut(&mut old, "metadata"), "namespace");
    let mut new = merged_status(definition("x y"), status);
    tree::remove(tree::obj_mut(&mut new, "metadata"), "namespace");
    for subresource in ["", "status"] {
        let told = causes(
            "customresourcedefinitions",
            subresource,
            new.clone(),
            Some(&old),
        );
        assert_eq!(told.len(), 3, "{subresource} {told:?}");
        assert_eq!((&told[0], &told[0]), (&told[1], &told[2]));
        assert!(told[0].starts_with("metadata.labels: Invalid value: \"x y\": "));
    }
}
