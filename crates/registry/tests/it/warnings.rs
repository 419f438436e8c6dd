//! What is odd about an object that is accepted, and cells of odd objects.
//! Words are upstream's.

use crate::tables::{faults, merged};
use skeg_registry::printers;
use skeg_registry::strategies::{apps, core, storage};
use skeg_registry::validation;
use skeg_schema::{Value, json};

const CLASS: &str = "metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use \"storageClassName\" attribute instead";
const OPTIONS: &str = "volume.beta.kubernetes.io/mount-options";

fn a_volume(source: &str) -> Value {
    let mut volume = json!({
        "metadata": {
            "name": "v",
            "annotations": {
                "volume.beta.kubernetes.io/storage-class": "c",
                OPTIONS: "ro",
            },
        },
        "spec": {
            "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"},
            "persistentVolumeReclaimPolicy": "Recycle",
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [
                {"key": "beta.kubernetes.io/os", "operator": "Exists"},
            ]}]}},
        },
    });
    let sources = [
        ("nfs", json!({"server": "s", "path": "/p"})),
        ("hostPath", json!({"path": "/tmp/p"})),
    ];
    for (name, value) in sources {
        if name == source {
            volume.set_at(&["spec", name], value);
        }
    }
    volume
}

#[test]
fn of_volumes_and_claims_whatever_changes() {
    let volume = a_volume("nfs");
    let warnings = storage::kind("persistentvolumes").warnings;
    let expect = [
        CLASS,
        "metadata.annotations[volume.beta.kubernetes.io/mount-options]: deprecated since v1.31; use \"mountOptions\" attribute instead",
        "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.",
        "spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].key: beta.kubernetes.io/os is deprecated since v1.14; use \"kubernetes.io/os\" instead",
    ];
    assert_eq!(warnings(&volume, None), expect);
    assert_eq!(warnings(&volume, Some(&volume)), expect);
    let old = json!({"spec": {"rbd": {}, "storageos": {}, "flocker": {}, "cephfs": {}}});
    assert_eq!(
        warnings(&old, None),
        [
            "spec.cephfs: deprecated in v1.28, non-functional in v1.31+",
            "spec.storageOS: deprecated in v1.22, non-functional in v1.25+",
            "spec.rbd: deprecated in v1.28, non-functional in v1.31+",
        ]
    );
    let claim = json!({
        "metadata": {"annotations": {"volume.beta.kubernetes.io/storage-class": "c"}},
        "spec": {},
    });
    let warnings = storage::kind("persistentvolumeclaims").warnings;
    assert_eq!(warnings(&claim, Some(&claim)), [CLASS]);
}

#[test]
fn mount_options_are_annotated_where_volumes_have_them() {
    let words = format!(
        "metadata.annotations.{OPTIONS}: Forbidden: may not specify mount options for this volume type"
    );
    let (host, nfs) = (a_volume("hostPath"), a_volume("nfs"));
    let rules = validation::storage::volume;
    assert_eq!(faults(|e| rules(&nfs, e)), Vec::<String>::new());
    assert_eq!(faults(|e| rules(&host, e)), [words.as_str()]);
    let rules = validation::storage::volume_update;
    assert_eq!(faults(|e| rules(&host, &host, e)), [words.as_str()]);
}

#[test]
fn volumes_that_are_the_root_or_have_less_than_nothing() {
    let rules = validation::storage::volume;
    let bare = |change: Value| merged(&a_volume("hostPath"), &merged(&unannotated(), &change));
    let path =
        |path: &str| faults(|e| rules(&bare(json!({"spec": {"hostPath": {"path": path}}})), e));
    let root = "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'";
    assert_eq!(path("/a"), Vec::<String>::new());
    assert_eq!(path("/./"), [root]);
    assert_eq!(
        path("/a/.."),
        [
            "spec.hostPath.path: Invalid value: \"/a/..\": must not contain '..'",
            root
        ]
    );
    let small = bare(json!({"spec": {"capacity": {"storage": "-4500m"}}}));
    assert_eq!(
        faults(|e| rules(&small, e)),
        [
            "spec.capacity[storage]: Invalid value: -5: must be a valid resource quantity",
            "spec.capacity[storage]: Invalid value: \"-4500m\": must be greater than zero",
        ]
    );
}

fn unannotated() -> Value {
    json!({"metadata": {"annotations": null}})
}

#[test]
fn of_very_many_indexes() {
    let words = "In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail";
    let spec = |mode: &str, completions: i64, parallelism: i64| {
        json!({
            "completionMode": mode, "completions": completions, "parallelism": parallelism,
            "template": {},
        })
    };
    for (spec, expect) in [
        (spec("Indexed", 100_001, 10_001), true),
        (spec("Indexed", 100_000, 10_001), false),
        (spec("Indexed", 100_001, 10_000), false),
        (spec("NonIndexed", 100_001, 10_001), false),
    ] {
        let job = json!({"metadata": {"name": "j"}, "spec": spec.clone()});
        let told = |at: &str| -> Vec<String> {
            let told = expect.then(|| format!("{at}: {words}"));
            told.into_iter().collect()
        };
        assert_eq!((apps::kind("jobs").warnings)(&job, None), told("spec"));
        assert!((apps::kind("jobs").warnings)(&job, Some(&job)).is_empty());
        let template = json!({"spec": spec});
        let cron = json!({"metadata": {"name": "j"}, "spec": {"jobTemplate": template}});
        assert_eq!(
            (apps::kind("cronjobs").warnings)(&cron, None),
            told("spec.jobTemplate.spec")
        );
    }
}

#[test]
fn of_claims_of_stateful_sets_and_of_nodes() {
    let claim = json!({"spec": {"resources": {"requests": {"storage": "1500m"}}}});
    let set = json!({"metadata": {"name": "s"}, "spec": {"volumeClaimTemplates": [claim]}});
    assert_eq!(
        (apps::kind("statefulsets").warnings)(&set, Some(&set)),
        [
            "spec.volumeClaimTemplates[0].Spec.resources.requests[storage]: fractional byte value \"1500m\" is invalid, must be an integer"
        ]
    );
    let fresh = (apps::kind("statefulsets").warnings)(&set, None);
    assert!(fresh[0].starts_with("spec.volumeClaimTemplates[0].resources"));
    let node = json!({"metadata": {"name": "n"}, "spec": {"externalID": "e"}});
    assert_eq!(
        (core::kind("nodes").warnings)(&node, Some(&node)),
        ["spec.externalID: this field is deprecated, and is unused by Kubernetes"]
    );
}

#[test]
fn ranges_of_pods_that_cannot_be_compared() {
    let node = json!({"spec": {"podCIDRs": ["10.0.0.0/24", "x"]}});
    assert_eq!(
        faults(|e| validation::core::node(&node, e)),
        [
            "spec.podCIDRs[1]: Invalid value: \"x\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)",
            "spec.podCIDRs: Internal error: invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[1]: <nil> (invalid CIDR address: x)",
            "spec.podCIDRs: Invalid value: [\"10.0.0.0/24\",\"x\"]: may specify no more than one CIDR for each IP family",
        ]
    );
}

#[test]
fn of_names_that_are_no_hostnames() {
    let words = "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]";
    let object = json!({"metadata": {"name": "a.b"}, "spec": {"template": {}}});
    let warnings = core::kind("replicationcontrollers").warnings;
    assert_eq!(warnings(&object, None), [words]);
    assert_eq!(warnings(&object, Some(&object)), Vec::<String>::new());
}

#[test]
fn odd_nodes() {
    let check = |node: Value, expect: &[&str]| {
        assert_eq!(
            faults(|e| validation::core::node(&node, e)),
            expect,
            "{node}"
        );
    };
    check(
        json!({"spec": {"podCIDRs": ["10.0.0.0/24", "10.0.0.0/24"]}}),
        &[
            "spec.podCIDRs: Invalid value: [\"10.0.0.0/24\",\"10.0.0.0/24\"]: may specify no more than one CIDR for each IP family",
            "spec.podCIDRs[1]: Duplicate value: \"10.0.0.0/24\"",
        ],
    );
    const AVOID: &str = "scheduler.alpha.kubernetes.io/preferAvoidPods";
    let avoiding = |text: &str| json!({"metadata": {"annotations": {AVOID: text}}});
    check(avoiding(""), &[]);
    let entry =
        |signature: &str| format!("{{\"preferAvoidPods\": [{{\"podSignature\": {signature}}}]}}");
    check(
        avoiding(&entry("{\"podController\": {\"controller\": true}}")),
        &[],
    );
    check(
        avoiding(&entry("{}")),
        &[
            "metadata.annotations.scheduler.alpha.kubernetes.io/preferAvoidPods[0].PodSignature: Required value",
        ],
    );
    check(
        avoiding(&entry("{\"podController\": {\"controller\": false}}")),
        &[
            "metadata.annotations.scheduler.alpha.kubernetes.io/preferAvoidPods[0].PodSignature.PodController.Controller: Invalid value: false: must point to a controller",
        ],
    );
    let source = json!({"configMap": {"name": ""}});
    let old = json!({"metadata": {"name": "n"}});
    let new = json!({
        "metadata": {"name": "n"}, "spec": {"configSource": source.clone()},
        "status": {"config": {"active": source}},
    });
    let spec = ["namespace", "name", "kubeletConfigKey"]
        .map(|f| format!("spec.configSource.configMap.{f}: Required value: {f} must be set"));
    let status = ["uid", "resourceVersion"].map(|f| {
        format!("status.config.active.configMap.{f}: Required value: {f} must be set in status")
    });
    let rest = ["namespace", "name", "kubeletConfigKey"]
        .map(|f| format!("status.config.active.configMap.{f}: Required value: {f} must be set"));
    let expect: Vec<String> = spec.into_iter().chain(status).chain(rest).collect();
    let found = faults(|e| validation::core::node_update(&new, &old, e));
    assert_eq!(found, expect);
    let named = |id: &str| json!({"metadata": {"name": "n"}, "spec": {"providerID": id}});
    for (id, what) in [("b", "modified"), ("", "cleared")] {
        let found = faults(|e| validation::core::node_update(&named(id), &named("a"), e));
        let told = format!("spec.providerID: Invalid value: null: field cannot be {what} once set");
        assert_eq!(found, [told]);
    }
}

#[test]
fn cells_name_each_address_and_role_once() {
    let cells = |resource: &str, object: &Value| {
        let desc = skeg_schema::resources::by_gvr("", "v1", resource).expect("a core resource");
        let now = "2026-01-01T00:00:00Z".parse().expect("a time");
        printers::row(desc, object, now).cells
    };
    let service = json!({
        "spec": {"type": "LoadBalancer", "externalIPs": ["9.9.9.9"]},
        "status": {"loadBalancer": {"ingress": [
            {"ip": "2.2.2.2"}, {"hostname": "b.c"}, {"ip": "1.1.1.1"}, {"ip": "2.2.2.2"},
        ]}},
    });
    assert_eq!(
        cells("services", &service)[3],
        json!("1.1.1.1,2.2.2.2,b.c,9.9.9.9")
    );
    let node = json!({"metadata": {"labels": {
        "kubernetes.io/role": "a", "node-role.kubernetes.io/a": "",
    }}});
    assert_eq!(cells("nodes", &node)[2], json!("a"));
}

#[test]
fn rules_about_reviews_have_no_effect() {
    let told = |groups: &[&str], resources: &[&str]| {
        let rule = json!({"apiGroups": (groups.to_vec()), "resources": (resources.to_vec())});
        validation::webhooks::warnings(&json!({"webhooks": [{"rules": [rule]}]}))
    };
    let said = told(
        &["authentication.k8s.io", ""],
        &["tokenreviews", "pods", "tokenreviews"],
    );
    let expect = "webhooks[0].rules[0]: tokenreviews.authentication.k8s.io is excluded from admission webhooks; this rule will have no effect";
    assert_eq!(said, [expect]);
    assert!(told(&["authentication.k8s.io"], &["*"]).is_empty());
    assert!(told(&[""], &["tokenreviews"]).is_empty());
}

#[test]
fn ranges_of_nodes() {
    let node = |cidr: &str| json!({"metadata": {"name": "n"}, "spec": {"podCIDRs": [cidr]}});
    let told = faults(|errs| validation::core::node(&node("10.0.0.1/16"), errs));
    let expect = "spec.podCIDRs[0]: Invalid value: \"10.0.0.1/16\": must not have bits set beyond the prefix length";
    assert_eq!(told, [expect]);
}

#[test]
fn of_templates_with_each_new_generation() {
    let twice = json!([{"name": "A", "value": "x"}, {"name": "A", "value": "y"}]);
    let of = |env: Value, generation: i64| {
        json!({
            "metadata": {"name": "d", "generation": generation},
            "spec": {"template": {"spec": {"containers": [{"name": "c", "env": env}]}}},
        })
    };
    let (before, clean) = (of(twice.clone(), 1), of(json!([]), 1));
    let (after, mended) = (of(twice, 2), of(json!([]), 2));
    let told = |kind: &str, new: &Value, old: &Value| {
        let kind = match kind {
            "replicationcontrollers" => core::kind(kind),
            kind => apps::kind(kind),
        };
        (kind.warnings)(new, Some(old)).len()
    };
    for kind in ["deployments", "replicasets", "statefulsets", "jobs"] {
        assert_eq!(told(kind, &after, &before), 1, "{kind}");
        assert_eq!(told(kind, &before, &before), 0, "{kind}");
    }
    assert_eq!(told("daemonsets", &after, &before), 0);
    assert_eq!(told("daemonsets", &after, &clean), 1);
    // About what it was.
    assert_eq!(told("replicationcontrollers", &after, &clean), 0);
    assert_eq!(told("replicationcontrollers", &mended, &before), 1);
}

#[test]
fn of_addresses_and_ranges_that_are_not_as_they_should_be() {
    use skeg_registry::validation::addresses::{cidr_warnings, ip_warning};
    let ips = [
        ("10.0.0.1", None),
        ("2001:db8::1", None),
        ("x", None),
        (
            "010.0.0.1",
            Some("f: non-standard IP address \"010.0.0.1\" is invalid: use \"10.0.0.1\""),
        ),
        (
            "::ffff:1.2.3.4",
            Some("f: non-standard IP address \"::ffff:1.2.3.4\" is invalid: use \"1.2.3.4\""),
        ),
        (
            "2001:DB8::1",
            Some(
                "f: IPv6 address \"2001:DB8::1\" should be in RFC 5952 canonical format (\"2001:db8::1\")",
            ),
        ),
    ];
    for (ip, expect) in ips {
        assert_eq!(ip_warning("f", ip).as_deref(), expect, "{ip}");
    }
    let ranges: [(&str, &[&str]); 6] = [
        ("10.0.0.0/8", &[]),
        (
            "10.0.0.1/8",
            &[
                "f: CIDR value \"10.0.0.1/8\" is ambiguous in this context (should be \"10.0.0.0/8\" or \"10.0.0.1/32\"?)",
            ],
        ),
        (
            "010.0.0.0/8",
            &["f: non-standard CIDR value \"010.0.0.0/8\" is invalid: use \"10.0.0.0/8\""],
        ),
        (
            "10.0.1.0/08",
            &[
                "f: CIDR value \"10.0.1.0/08\" is ambiguous in this context (should be \"10.0.0.0/8\" or \"10.0.1.0/32\"?)",
                "f: non-standard CIDR value \"10.0.1.0/08\" is invalid: use \"10.0.0.0/8\"",
            ],
        ),
        (
            "::ffff:1.2.3.0/120",
            &["f: non-standard CIDR value \"::ffff:1.2.3.0/120\" is invalid: use \"1.2.3.0/24\""],
        ),
        (
            "2001:DB8::/64",
            &[
                "f: IPv6 CIDR value \"2001:DB8::/64\" should be in RFC 5952 canonical format (\"2001:db8::/64\")",
            ],
        ),
    ];
    for (range, expect) in ranges {
        assert_eq!(cidr_warnings("f", range), expect, "{range}");
    }
}
