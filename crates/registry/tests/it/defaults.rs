//! What objects get that do not say it, and rules of kinds that few ask for.

use crate::creates::causes;
use skeg_registry::{Registry, tree};
use skeg_schema::{Value, json};

fn defaulted(resource: &str, mut obj: Value) -> Value {
    let registry = Registry::new(Default::default());
    let version = tree::s(&obj, "apiVersion").to_owned();
    let found = registry
        .resources
        .iter()
        .find(|r| r.desc.resource == resource && r.desc.api_version() == version);
    found.expect("a resource").strategy.default(&mut obj);
    obj
}

#[test]
fn a_type_of_update_that_was_given_gets_no_parameters() {
    let strategy = |given: Value| {
        let set = json!({
            "apiVersion": "apps/v1", "kind": "StatefulSet", "spec": {"updateStrategy": given},
        });
        tree::path(&defaulted("statefulsets", set), &["spec", "updateStrategy"]).clone()
    };
    let all = json!({
        "type": "RollingUpdate", "rollingUpdate": {"partition": 0, "maxUnavailable": 1},
    });
    assert_eq!(strategy(json!({})), all);
    let given = json!({"type": "RollingUpdate"});
    assert_eq!(strategy(given.clone()), given);
    let empty = json!({"type": "RollingUpdate", "rollingUpdate": {}});
    assert_eq!(strategy(empty), all);
}

#[test]
fn quantities_of_a_pods_status_are_rounded_up() {
    let given = json!({"cpu": "1.5u", "memory": "1.0001"});
    let rounded = json!({"cpu": "1m", "memory": "1001m"});
    let status = |given: &Value| {
        let part = json!({
            "allocatedResources": given.clone(),
            "resources": {"limits": given.clone(), "requests": given.clone()},
        });
        let mut status = part.clone();
        tree::set(&mut status, "containerStatuses", json!([part]));
        status
    };
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "status": status(&given)});
    let shown = defaulted("pods", pod);
    assert_eq!(tree::at(&shown, "status"), &status(&rounded));
}

#[test]
fn what_old_versions_wrote_is_not_kept() {
    let annotations = json!({"pod.beta.kubernetes.io/init-containers": "[]", "keep": "x"});
    let metadata = json!({"annotations": annotations});
    let kept = json!({"keep": "x"});
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata.clone()});
    let pod = defaulted("pods", pod);
    assert_eq!(tree::path(&pod, &["metadata", "annotations"]), &kept);
    let template = json!({"metadata": metadata.clone()});
    let deployment = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata.clone(),
        "spec": {"template": template},
    });
    let deployment = defaulted("deployments", deployment);
    assert_eq!(tree::at(&deployment, "metadata"), &metadata);
    let annotations = ["spec", "template", "metadata", "annotations"];
    assert_eq!(tree::path(&deployment, &annotations), &kept);

    let selector = |given: Value| {
        let budget = json!({
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "spec": {"selector": given},
        });
        tree::path(
            &defaulted("poddisruptionbudgets", budget),
            &["spec", "selector"],
        )
        .clone()
    };
    let key = "pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match";
    let exists = json!({"key": key, "operator": "Exists"});
    let nothing = json!({"matchExpressions": [exists.clone()]});
    assert_eq!(selector(nothing.clone()), nothing);
    let labels = json!({"a": "b"});
    let both = selector(json!({"matchLabels": labels.clone(), "matchExpressions": [exists]}));
    assert_eq!(both, json!({"matchLabels": labels, "matchExpressions": []}));
}

#[test]
fn tolerations_of_what_a_claim_got_have_operators() {
    let claim = json!({
        "apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaim",
        "status": {"allocation": {"devices": {"results": [{"tolerations": [{"key": "a"}]}]}}},
    });
    let shown = defaulted("resourceclaims", claim);
    let results = tree::path(&shown, &["status", "allocation", "devices", "results"]);
    assert_eq!(
        results,
        &json!([{"tolerations": [{"key": "a", "operator": "Equal"}]}])
    );
}

#[test]
fn a_migration_has_one_outcome_for_good() {
    let migration = |status: Value| {
        json!({
            "apiVersion": "storagemigration.k8s.io/v1", "kind": "StorageVersionMigration",
            "metadata": {
                "name": "m", "resourceVersion": "1", "uid": "u",
                "creationTimestamp": "2026-01-01T00:00:00Z",
            },
            "spec": {"resource": {"group": "", "resource": "pods"}},
            "status": status,
        })
    };
    let condition = |kind: &str, status: &str| {
        json!({
            "type": kind, "status": status, "reason": "R",
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        })
    };
    let told = |new: Value, old: Value| {
        causes(
            "storageversionmigrations",
            "status",
            migration(new),
            Some(&migration(old)),
        )
    };
    let conditions = |all: &[Value]| json!({"conditions": all.to_vec()});
    let done = condition("Succeeded", "True");
    assert_eq!(
        told(conditions(std::slice::from_ref(&done)), json!({})),
        [""; 0]
    );
    let version = told(json!({"resourceVersion": "007"}), json!({}));
    assert_eq!(version.len(), 1, "{version:?}");
    assert!(version[0].ends_with("resource version is not well formed: 007"));
    let both = told(
        conditions(&[done.clone(), condition("Failed", "True")]),
        json!({}),
    );
    assert_eq!(both.len(), 1, "{both:?}");
    assert!(
        both[0].ends_with("cannot be true at the same time"),
        "{both:?}"
    );
    let back = told(
        conditions(&[condition("Succeeded", "False")]),
        conditions(&[done]),
    );
    assert_eq!(back.len(), 1, "{back:?}");
    assert!(back[0].ends_with("Success condition cannot be set to false once it is true"));
}

#[test]
fn terms_of_a_topology_are_alike_in_any_order() {
    let class = |values: Value| {
        let term =
            |values: Value| json!({"matchLabelExpressions": [{"key": "k", "values": values}]});
        json!({
            "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "provisioner": "a.b",
            "metadata": {"name": "c"},
            "allowedTopologies": [term(json!(["a", "b"])), term(values)],
        })
    };
    assert_eq!(
        causes("storageclasses", "", class(json!(["c"])), None),
        [""; 0]
    );
    let told = causes("storageclasses", "", class(json!(["b", "a"])), None);
    assert_eq!(
        told,
        ["allowedTopologies[1].matchLabelExpressions: Duplicate value: \"\""]
    );
}

#[test]
fn what_is_deleted_is_not_mutated() {
    let binding = |operation: &str| {
        let rule = json!({
            "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"],
            "operations": [operation],
        });
        json!({
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "MutatingAdmissionPolicyBinding",
            "metadata": {"name": "b"},
            "spec": {"policyName": "p", "matchResources": {"resourceRules": [rule]}},
        })
    };
    let told = |operation: &str| {
        let binding = binding(operation);
        causes("mutatingadmissionpolicybindings", "", binding, None)
    };
    assert_eq!(told("UPDATE"), [""; 0]);
    assert_eq!(
        told("DELETE"),
        [
            "spec.matchResources.resourceRules.operations: Unsupported value: \"DELETE\": supported values: \"*\", \"CONNECT\", \"CREATE\", \"UPDATE\""
        ]
    );
}
