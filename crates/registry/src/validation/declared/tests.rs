use super::*;
use skeg_schema::json;

fn faults_of(obj: &Value, old: Option<&Value>) -> Vec<String> {
    let mut errs = Errs::new();
    check(obj, old, &mut errs);
    errs.into_list().iter().map(ToString::to_string).collect()
}

#[test]
fn workloads() {
    let wrong = json!({
        "apiVersion": "scheduling.k8s.io/v1beta1", "kind": "Workload",
        "spec": {"podGroupTemplates": [{"name": "A_"}]},
    });
    let found = faults_of(&wrong, None);
    assert!(!found.is_empty(), "{found:?}");
}

#[test]
fn formats_of_texts() {
    for (format, text, words) in [
        ("k8s-short-name", "a-b", ""),
        ("k8s-short-name", "a.b", "must not contain dots"),
        ("\"k8s-long-name\"", "a.b", ""),
        ("k8s-long-name-caseless", "A.b", ""),
        ("k8s-uuid", "123e4567-e89b-12d3-a456-426614174000", ""),
        (
            "k8s-uuid",
            "123E4567-e89b-12d3-a456-426614174000",
            "lowercase UUID",
        ),
        ("k8s-prefixed-label-key", "example.com/x", ""),
        ("k8s-prefixed-label-key", "x", "must include a prefix"),
        ("k8s-resource-pool-name", "a/b", ""),
        (
            "k8s-resource-pool-name",
            "a//b",
            "segment 1: must not be empty",
        ),
        (
            "k8s-resource-pool-name",
            "a/B",
            "segment 1: a lowercase RFC 1123",
        ),
        ("k8s-extended-resource-name", "example.com/gpu", ""),
        (
            "k8s-extended-resource-name",
            "x.kubernetes.io/gpu",
            "must not have \"kubernetes.io/\" domain",
        ),
        ("k8s-resource-fully-qualified-name", "example.com/numa", ""),
        (
            "k8s-resource-fully-qualified-name",
            "/numa",
            "prefix must not be empty",
        ),
        ("k8s-resource-fully-qualified-name", "a.b/c/d", ""),
        (
            "k8s-resource-fully-qualified-name",
            "numa",
            "separated by a slash",
        ),
    ] {
        let mut errs = Errs::new();
        formats::check(format, text, &Path::root("x"), &mut errs);
        let found: Vec<String> = errs.as_slice().iter().map(ToString::to_string).collect();
        if words.is_empty() {
            assert_eq!(found, Vec::<String>::new(), "{format} {text}");
        } else {
            assert!(
                found.iter().any(|f| f.contains(words)),
                "{format} {text}: {found:?}"
            );
        }
    }
}

#[test]
fn stages_and_gates() {
    let markers: &[&str] = &[
        "required",
        "k8s:alpha(since: \"1.37\")=+k8s:required",
        "k8s:beta(since: \"1.37\")=+k8s:maxItems=3",
        "k8s:maximum=5 # a comment",
        "k8s:ifDisabled(Nowhere)=+k8s:forbidden",
        "k8s:ifEnabled(\"Nowhere\")=+k8s:minimum=1",
        "k8s:ifEnabled(HPAScaleToZero)=+k8s:minimum=0",
    ];
    let found: Vec<&str> = rules(Features::default(), markers).collect();
    assert_eq!(found, ["maxItems=3", "maximum=5", "forbidden", "minimum=0"]);
}

#[test]
fn gates_that_rules_name_can_be_switched() {
    // Fields of these are always dropped.
    const OFF: &[&str] = &[
        "InPlacePodVerticalScalingSchedulerPreemption",
        "WorkloadWithJob",
    ];
    let mut named = 0;
    for ty in TypeId::all() {
        for marker in ty.desc().fields.iter().flat_map(|field| field.markers) {
            for word in ["ifEnabled(", "ifDisabled("] {
                let Some((_, rest)) = marker.split_once(word) else {
                    continue;
                };
                let gate = rest.split(')').next().unwrap_or_default();
                let gate = gate.trim_matches('"');
                let known = Feature::by_name(gate).is_some() || OFF.contains(&gate);
                assert!(known, "{marker}");
                named += 1;
            }
        }
    }
    assert!(named > 0);
}

#[test]
fn names_that_their_types_speak_of() {
    let class = |name: &str| {
        json!({
            "apiVersion": "resource.k8s.io/v1", "kind": "DeviceClass",
            "metadata": {"name": name}, "spec": {},
        })
    };
    let found = faults_of(&class("A_"), None);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0]
            .starts_with("metadata.name: Invalid value: \"A_\": a lowercase RFC 1123 subdomain"),
        "{found:?}"
    );
    for (name, old) in [("a.b", None), ("A_", Some(class("A_")))] {
        assert!(faults_of(&class(name), old.as_ref()).is_empty(), "{name}");
    }
}

#[test]
fn an_eviction_request_keeps_its_target() {
    const UID: &str = "123e4567-e89b-12d3-a456-426614174000";
    let of = |requester: &str, name: &str, uid: &str| {
        json!({
            "apiVersion": "lifecycle.k8s.io/v1alpha1",
            "kind": "EvictionRequest",
            "spec": {
                "requester": requester,
                "target": {"pod": {"name": name, "uid": uid}},
            },
        })
    };
    let wrong = of("me", "A", "x");
    assert!(faults_of(&wrong, None).len() >= 3);
    let one = of("example.com/me", "a", UID);
    let other = of("example.com/me", "b", UID);
    let found = faults_of(&other, Some(&one));
    assert!(
        found
            .iter()
            .any(|fault| fault.contains("field is immutable")),
        "{found:?}"
    );
    assert!(faults_of(&one, Some(&one)).is_empty());
}

#[test]
fn decisions_exclude_each_other() {
    let of = |types: &[&str]| {
        let all: Vec<Value> = types
            .iter()
            .map(|t| json!({"type": *t, "status": "True"}))
            .collect();
        json!({
            "apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest",
            "status": {"conditions": all},
        })
    };
    let both = of(&["Approved", "Denied"]);
    let found = faults_of(&both, Some(&of(&["Approved"])));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("must specify at most one of: `conditions[{\"type\": \"Approved\"}]`")
    );
    assert!(faults_of(&both, Some(&both)).is_empty());
}

#[test]
fn changes_of_templates() {
    let of = |names: &[&str]| {
        let all: Vec<Value> = names
            .iter()
            .map(|n| json!({"name": *n, "schedulingPolicy": {"basic": {}}}))
            .collect();
        json!({
            "apiVersion": "scheduling.k8s.io/v1beta1", "kind": "Workload",
            "spec": {"podGroupTemplates": all},
        })
    };
    let found = faults_of(&of(&["a", "c"]), Some(&of(&["a", "b"])));
    assert!(
        found
            .iter()
            .any(|f| f == "spec.podGroupTemplates[1]: Forbidden: item may not be added"),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .any(|f| f == "spec.podGroupTemplates: Forbidden: item may not be removed"),
        "{found:?}"
    );
}
