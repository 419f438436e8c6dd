//! Workloads, rule by rule.

use crate::rules_core::{check, check_update, container};
use crate::tables::{faults, merged};
use skeg_registry::validation::{apps, batch};
use skeg_schema::{Value, json};

fn a_job() -> Value {
    json!({
        "metadata": {"name": "j", "uid": "u"},
        "spec": {
            "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": "u"}},
            "completionMode": "Indexed", "completions": 3, "parallelism": 1,
            "template": {
                "metadata": {"labels": {
                    "batch.kubernetes.io/controller-uid": "u", "batch.kubernetes.io/job-name": "j",
                    "controller-uid": "u", "job-name": "j",
                }},
                "spec": {
                    "containers": [container()], "restartPolicy": "Never", "dnsPolicy": "ClusterFirst",
                },
            },
        },
    })
}

#[test]
fn an_index_fails_or_completes() {
    let job = merged(&a_job(), &json!({"spec": {"backoffLimitPerIndex": 1}}));
    let new = merged(
        &job,
        &json!({"status": {"succeeded": 2, "failedIndexes": "1", "completedIndexes": "0,1"}}),
    );
    let told = faults(|errs| batch::job_status(&new, &job, errs));
    let words = "status.failedIndexes: Invalid value: \"1\": failedIndexes and completedIndexes overlap at index: 1";
    assert!(told.iter().any(|fault| fault == words), "{told:#?}");
}

#[test]
fn a_selector_that_cannot_be_used_is_shown() {
    let set = json!({
        "metadata": {"name": "s"},
        "spec": {
            "selector": {
                "matchLabels": {"a": "b"},
                "matchExpressions": [{"key": "c", "operator": "X"}],
            },
            "podManagementPolicy": "OrderedReady", "updateStrategy": {"type": "RollingUpdate"},
            "template": {
                "metadata": {"labels": {"a": "b"}},
                "spec": {"containers": [container()], "restartPolicy": "Always", "dnsPolicy": "ClusterFirst"},
            },
        },
    });
    let told = faults(|errs| apps::stateful_set(&set, errs));
    let words = "spec.selector: Invalid value: {\"matchLabels\":{\"a\":\"b\"},\"matchExpressions\":[{\"key\":\"c\",\"operator\":\"X\"}]}";
    assert_eq!(told.last().map(String::as_str), Some(words), "{told:#?}");
}

#[test]
fn jobs_and_schedules() {
    check(
        batch::job,
        &a_job(),
        &[
            (
                json!({"spec": {"selector": {"matchLabels": {"job-name": "j"}}}}),
                &[],
            ),
            (
                json!({"spec": {"selector": {"matchLabels": {"x": "y"}}}}),
                &[
                    "spec.selector: Invalid value: {\"matchLabels\":{\"batch.kubernetes.io/controller-uid\":\"u\",\"x\":\"y\"}}: `selector` not auto-generated",
                    "spec.template.metadata.labels: Invalid value: {\"batch.kubernetes.io/controller-uid\":\"u\",\"batch.kubernetes.io/job-name\":\"j\",\"controller-uid\":\"u\",\"job-name\":\"j\"}: `selector` does not match template `labels`",
                ],
            ),
            (
                json!({"spec": {"completions": 100001, "parallelism": 10001, "backoffLimitPerIndex": 1}}),
                &[
                    "spec.maxFailedIndexes: Required value: must be specified when completions is above 100000",
                    "spec.parallelism: Invalid value: 10001: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index",
                ],
            ),
            (
                json!({"spec": {"successPolicy": {"rules": [{"succeededIndexes": "2-1", "succeededCount": 1}]}}}),
                &[
                    "spec.successPolicy.rules[0].succeededIndexes: Invalid value: \"2-1\": error parsing succeededIndexes: non-increasing order, previous: 2, current: 1",
                    "spec.successPolicy.rules[0].succeededCount: Invalid value: 1: must be less than or equal to 0 (the number of indexes in the specified succeededIndexes field)",
                ],
            ),
        ],
    );
    let cron = json!({
        "metadata": {"name": "c"},
        "spec": {
            "schedule": "* * * * *", "concurrencyPolicy": "Allow",
            "jobTemplate": {"spec": {"template": a_job()["spec"]["template"].clone()}},
        },
    });
    check(
        |obj, errs| batch::cron_job(obj, None, errs),
        &cron,
        &[
            (
                json!({"spec": {"schedule": "TZ=UTC"}}),
                &[
                    "spec.schedule: Invalid value: \"TZ=UTC\": invalid schedule format: runtime error: slice bounds out of range [:-1]",
                    "spec.schedule: Invalid value: \"TZ=UTC\": cannot use TZ or CRON_TZ in schedule, use timeZone field instead",
                ],
            ),
            (
                json!({"spec": {"schedule": "", "startingDeadlineSeconds": -1}}),
                &[
                    "spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0",
                    "spec.schedule: Required value",
                ],
            ),
            (
                json!({"spec": {"schedule": "TZ=Mars/X * * * * *"}}),
                &[
                    "spec.schedule: Invalid value: \"TZ=Mars/X * * * * *\": provided bad location Mars/X: unknown time zone Mars/X",
                    "spec.schedule: Invalid value: \"TZ=Mars/X * * * * *\": cannot use TZ or CRON_TZ in schedule, use timeZone field instead",
                ],
            ),
            (
                json!({"spec": {"timeZone": "a//b"}}),
                &["spec.timeZone: Invalid value: \"a//b\": unknown time zone a//b"],
            ),
            (
                json!({"spec": {"timeZone": "Local"}}),
                &[
                    "spec.timeZone: Invalid value: \"Local\": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones",
                ],
            ),
        ],
    );
    let zoned = merged(&cron, &json!({"spec": {"schedule": "TZ=UTC * * * * *"}}));
    check_update(
        |new, old, errs| batch::cron_job(new, Some(old), errs),
        &zoned,
        &[
            (json!({"spec": {"suspend": true}}), &[]),
            (
                json!({"spec": {"timeZone": "UTC"}}),
                &[
                    "spec.schedule: Invalid value: \"TZ=UTC * * * * *\": cannot use both timeZone field and TZ or CRON_TZ in schedule",
                ],
            ),
        ],
    );
}

#[test]
fn what_a_jobs_status_may_become() {
    let ran = merged(
        &a_job(),
        &json!({
            "spec": {"successPolicy": {"rules": [{"succeededCount": 1}]}},
            "status": {
                "startTime": "2024-01-01T00:00:00Z", "completionTime": "2024-01-01T01:00:00Z",
                "conditions": [{"type": "Complete", "status": "True"}],
            },
        }),
    );
    let conditions = |kinds: &[&str]| -> Value {
        let of = |kind: &&str| json!({"type": *kind, "status": "True"});
        Value::Array(kinds.iter().map(of).collect())
    };
    check_update(
        batch::job_status,
        &ran,
        &[
            (
                json!({"status": {
                    "terminating": 1, "active": 1, "ready": 2,
                    "uncountedTerminatedPods": {"failed": ["u"]}, "completedIndexes": "x",
                    "conditions": conditions(&["Complete", "SuccessCriteriaMet"]),
                }}),
                &[
                    "status.active: Invalid value: 1: active>0 is invalid for finished job",
                    "status.uncountedTerminatedPods: Invalid value: {\"Succeeded\":null,\"Failed\":[\"u\"]}: must be empty for finished job",
                    "status.completedIndexes: Invalid value: \"x\": error parsing completedIndexes: cannot convert string to integer for index: \"x\"",
                    "status.terminating: Invalid value: 1: terminating>0 is invalid for finished job",
                    "status.ready: Invalid value: 2: cannot set more ready pods than active",
                    "status.conditions: Invalid value: cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions",
                ],
            ),
            (
                json!({"status": {"completionTime": "2024-01-01T02:00:00Z", "startTime": null}}),
                &[
                    "status.startTime: Required value: startTime is required for finished job",
                    "status.conditions: Invalid value: cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True",
                    "status.completionTime: Invalid value: \"2024-01-01T02:00:00Z\": field is immutable",
                    "status.startTime: Invalid value: null: field is immutable for unsuspended job once set",
                ],
            ),
        ],
    );
    let job = merged(&a_job(), &json!({"spec": {"backoffLimitPerIndex": 1}}));
    check_update(
        batch::job_status,
        &job,
        &[(
            json!({"status": {"failedIndexes": "x,1", "completedIndexes": "0,1"}}),
            &[
                "status.failedIndexes: Invalid value: \"x,1\": error parsing failedIndexes: cannot convert string to integer for index: \"x\"",
                "status.failedIndexes: Invalid value: \"x,1\": failedIndexes and completedIndexes overlap at index: 1",
            ],
        )],
    );
}

#[test]
fn what_of_a_suspended_job_may_change() {
    let pods = json!({"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": []}});
    let asleep = merged(&a_job(), &json!({"spec": {"suspend": true}}));
    let template = |change: Value| json!({"spec": {"template": {"spec": change}}});
    let nodes = |affinity: &Value| {
        let nodes = json!({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution":
            {"nodeSelectorTerms": [{"matchFields": [
                {"key": "metadata.name", "operator": "In", "values": ["n"]},
            ]}]},
        }});
        template(json!({"affinity": merged(affinity, &nodes)}))
    };
    let refused = |old: &Value, change: &Value| -> Vec<String> {
        let told = faults(|errs| batch::job_update(&merged(old, change), old, errs));
        let path = |fault: &String| fault.split(": ").next().unwrap_or_default().to_owned();
        told.iter().map(path).collect()
    };
    let nothing: [&str; 0] = [];
    assert_eq!(refused(&asleep, &nodes(&json!({}))), nothing);
    assert_eq!(refused(&asleep, &nodes(&pods)), ["spec.template.spec"]);
    assert_eq!(
        refused(&asleep, &template(json!({"affinity": {}}))),
        nothing
    );
    let with_pods = merged(&asleep, &template(json!({"affinity": pods.clone()})));
    assert_eq!(refused(&with_pods, &nodes(&pods)), nothing);
    assert_eq!(
        refused(&with_pods, &template(json!({"affinity": null}))),
        ["spec.template.spec"]
    );
    let gates = template(json!({"schedulingGates": [{"name": "g"}]}));
    let image = template(json!({"containers": [merged(&container(), &json!({"image": "j"}))]}));
    let words = json!({"spec": {"template": {"metadata": {"annotations": {"a": "b"}}}}});
    let ran = merged(
        &asleep,
        &json!({"status": {
            "startTime": "2024-01-01T00:00:00Z",
            "conditions": [{"type": "Suspended", "status": "True"}],
        }}),
    );
    for old in [&asleep, &ran] {
        assert_eq!(refused(old, &gates), nothing);
        assert_eq!(refused(old, &words), nothing);
        assert_eq!(refused(old, &image), ["spec.template.spec"]);
    }
    // Not while pods of one that ran still run.
    let busy = merged(&ran, &json!({"status": {"active": 1}}));
    assert_eq!(refused(&busy, &gates), ["spec.template"]);
    assert_eq!(refused(&busy, &words), ["spec.template"]);
}

#[test]
fn one_that_goes_on_begins_anew() {
    let resumed = |conditions: Value| {
        let status = json!({"startTime": "2024-02-01T00:00:00Z", "conditions": conditions});
        let old = merged(
            &a_job(),
            &json!({"status": {
                "startTime": "2024-01-01T00:00:00Z",
                "conditions": [{"type": "Suspended", "status": "True"}],
            }}),
        );
        let new = merged(&old, &json!({"status": status}));
        faults(|errs| batch::job_status(&new, &old, errs))
    };
    assert!(resumed(json!([{"type": "Suspended", "status": "False"}])).is_empty());
    assert_eq!(resumed(json!([])).len(), 1);
}

#[test]
fn jobs_are_managed_by_a_path() {
    let refused = |name: &str, words: &str| {
        let told = faults(|errs| {
            let change = json!({"spec": {"managedBy": name}});
            batch::job(&merged(&a_job(), &change), errs);
        });
        assert_eq!(told, [format!("spec.managedBy: {words}")], "{name}");
    };
    refused("", "Required value");
    refused(
        "x",
        "Invalid value: \"x\": must be a domain-prefixed path (such as \"acme.io/foo\")",
    );
    refused(
        "a.b/u x",
        "Invalid value: \"u x\": Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')",
    );
}

#[test]
fn shares_and_labels_are_shown_as_they_were_sent() {
    let set = json!({
        "metadata": {"name": "s"},
        "spec": {
            "selector": {"matchLabels": {"a": "b"}}, "podManagementPolicy": "OrderedReady",
            "updateStrategy": {"type": "OnDelete", "rollingUpdate": {}},
            "template": {
                "metadata": {"labels": {}},
                "spec": {"containers": [container()], "restartPolicy": "Always", "dnsPolicy": "ClusterFirst"},
            },
        },
    });
    assert_eq!(
        faults(|errs| apps::stateful_set(&set, errs)),
        [
            "spec.updateStrategy.rollingUpdate: Invalid value: {\"Partition\":0,\"MaxUnavailable\":null}: only allowed for updateStrategy 'RollingUpdate'",
            "spec.template.metadata.labels: Invalid value: {}: `selector` does not match template `labels`",
        ]
    );
    let huge = json!({"spec": {
        "updateStrategy": {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxUnavailable": "99999999999999999999%"},
        },
        "template": {"metadata": {"labels": {"a": "b"}}},
    }});
    assert_eq!(
        faults(|errs| apps::stateful_set(&merged(&set, &huge), errs)),
        [
            "spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: \"99999999999999999999%\": must not be greater than 100%",
        ]
    );
}

#[test]
fn what_a_set_keeps_is_not_judged_again() {
    let set = json!({
        "metadata": {"name": "s"},
        "spec": {
            "selector": {"matchLabels": {"a": "b"}}, "podManagementPolicy": "OrderedReady",
            "serviceName": "s", "updateStrategy": {"type": "RollingUpdate"},
            "template": {
                "metadata": {"labels": {"a": "b"}},
                "spec": {"containers": [container()], "restartPolicy": "Always", "dnsPolicy": "ClusterFirst"},
            },
        },
    });
    check_update(
        apps::stateful_set_update,
        &set,
        &[(
            json!({"spec": {"serviceName": "Q_", "podManagementPolicy": "Parallel"}}),
            &[
                "spec.serviceName: Invalid value: \"Q_\": field is immutable",
                "spec.podManagementPolicy: Invalid value: \"Parallel\": field is immutable",
            ],
        )],
    );
    let claim = json!({
        "metadata": {"name": "d"},
        "spec": {
            "accessModes": ["ReadWriteOnce"], "volumeMode": "Filesystem",
            "resources": {"requests": {"storage": "1"}},
        },
    });
    let twice = json!({"spec": {"volumeClaimTemplates": [claim.clone(), claim]}});
    let told = faults(|errs| apps::stateful_set(&merged(&set, &twice), errs));
    assert!(told.is_empty(), "{told:?}");
}
