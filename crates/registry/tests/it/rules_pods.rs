//! Rules of pods, of their status and of templates, and what is warned of.

use crate::tables::{faults, merged};
use skeg_registry::path::Path;
use skeg_registry::strategies::pod::warnings;
use skeg_registry::validation::pod;
use skeg_schema::{Value, json};

/// A pod that says what decoding would have filled in.
pub fn a_pod() -> Value {
    json!({
        "metadata": {"name": "p", "namespace": "n"},
        "spec": {
            "containers": [{
                "name": "c", "image": "i", "imagePullPolicy": "Always",
                "terminationMessagePolicy": "File",
            }],
            "restartPolicy": "Always", "dnsPolicy": "ClusterFirst",
            "terminationGracePeriodSeconds": 30, "serviceAccountName": "default",
        },
    })
}

#[test]
fn what_only_pods_must_have() {
    let check = |change: Value, in_pod: &[&str], in_template: &[&str]| {
        let all = merged(&a_pod(), &change);
        assert_eq!(faults(|e| pod::create(&all, e)), in_pod, "{change}");
        let template = json!({"metadata": {}, "spec": all["spec"].clone()});
        let path = Path::root("template");
        let found = faults(|e| pod::template(&template, &path, e));
        assert_eq!(found, in_template, "{change}");
    };
    let image = json!({"spec": {"volumes": [{"name": "v", "image": {"pullPolicy": "Always"}}]}});
    check(
        image,
        &["spec.volumes[0].image.reference: Required value"],
        &["template.spec.volumes[0].image.reference: Required value"],
    );
    let hook = json!({"sleep": {"seconds": 5}});
    let container = merged(
        &a_pod()["spec"]["containers"][0],
        &json!({"lifecycle": {"preStop": hook}}),
    );
    let slow = |grace: i64| {
        json!({"spec": {
            "terminationGracePeriodSeconds": grace, "containers": [container.clone()],
        }})
    };
    check(slow(-1), &[], &[]);
    check(
        slow(4),
        &[
            "spec.containers[0].lifecycle.preStop.sleep: Invalid value: 5: must be non-negative and less than terminationGracePeriodSeconds (4)",
        ],
        &[
            "template.spec.containers[0].lifecycle.preStop.sleep: Invalid value: 5: must be non-negative and less than terminationGracePeriodSeconds (4)",
        ],
    );
}

#[test]
fn signals_that_stop_containers() {
    let check = |os: Value, signal: &str, expect: &str| {
        let container = merged(
            &a_pod()["spec"]["containers"][0],
            &json!({"lifecycle": {"stopSignal": signal}}),
        );
        let spec = json!({"spec": {"os": os, "containers": [container]}});
        let found = faults(|e| pod::create(&merged(&a_pod(), &spec), e));
        let path = "spec.containers[0].lifecycle.stopSignal: ";
        match expect {
            "" => assert_eq!(found, Vec::<String>::new(), "{signal}"),
            expect => assert!(
                found.len() == 1 && found[0].starts_with(&format!("{path}{expect}")),
                "{signal}: {found:?}"
            ),
        }
    };
    let named = |name: &str| json!({ "name": name });
    check(named("linux"), "SIGRTMIN+3", "");
    check(named("windows"), "SIGTERM", "");
    check(
        Value::Null,
        "SIGTERM",
        "Forbidden: may not be set for containers with empty `spec.os.name`",
    );
    check(
        named("windows"),
        "SIGINT",
        "Unsupported value: \"SIGINT\": supported values: \"SIGKILL\", \"SIGTERM\"",
    );
    check(
        named("linux"),
        "INT",
        "Unsupported value: \"INT\": supported values: \"SIGABRT\", \"SIGALRM\", ",
    );
}

#[test]
fn the_order_of_a_security_context() {
    let odd = json!({"spec": {
        "hostPID": true, "shareProcessNamespace": true,
        "securityContext": {"fsGroup": -1, "sysctls": [{"name": ""}]},
    }});
    assert_eq!(
        faults(|e| pod::create(&merged(&a_pod(), &odd), e)),
        [
            "spec.securityContext.fsGroup: Invalid value: -1: must be between 0 and 2147483647, inclusive",
            "spec.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled",
            "spec.securityContext.sysctls[0].name: Required value",
        ]
    );
}

#[test]
fn what_a_status_may_say() {
    let check = |change: Value, expect: &[&str]| {
        let new = merged(&a_pod(), &change);
        let found = faults(|e| pod::status::status(&new, &a_pod(), e));
        assert_eq!(found, expect, "{change}");
    };
    let ips = |all: &[&str]| {
        let all: Vec<Value> = all.iter().map(|ip| json!({"ip": *ip})).collect();
        json!({"status": {"podIPs": all}})
    };
    check(ips(&["10.0.0.1", "::1"]), &[]);
    check(
        ips(&["10.0.0.1", "10.0.0.1"]),
        &[
            "status.podIPs: Invalid value: [{\"IP\":\"10.0.0.1\"},{\"IP\":\"10.0.0.1\"}]: may specify no more than one IP for each IP family",
            "status.podIPs[1]: Duplicate value: {\"IP\":\"10.0.0.1\"}",
        ],
    );
    check(
        ips(&["::1", "x"]),
        &[
            "status.podIPs[1]: Invalid value: \"x\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
            "status.podIPs: Internal error: failed to check for dual stack with error:invalid IP[1]: x",
            "status.podIPs: Invalid value: [{\"IP\":\"::1\"},{\"IP\":\"x\"}]: may specify no more than one IP for each IP family",
        ],
    );
    let hosts = json!([{"ip": "10.0.0.1"}, {"ip": "10.0.0.1"}]);
    check(
        json!({"status": {"hostIP": "10.0.0.1", "hostIPs": hosts}}),
        &[
            "status.hostIPs[1]: Duplicate value: {\"IP\":\"10.0.0.1\"}",
            "status.hostIPs: Invalid value: [{\"IP\":\"10.0.0.1\"},{\"IP\":\"10.0.0.1\"}]: may specify no more than one IP for each IP family",
        ],
    );
    let claim = json!({"name": "x", "resourceClaimName": "A"});
    check(
        json!({"spec": {"resourceClaims": [{"name": "x"}]}, "status": {"resourceClaimStatuses": [claim]}}),
        &[
            "status.resourceClaimStatuses[0].resourceClaimName: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        ],
    );
    check(
        json!({"metadata": {"annotations": {"controller.kubernetes.io/pod-deletion-cost": ""}}}),
        &[
            "metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: \"\": must be a 32bit integer",
        ],
    );
}

#[test]
fn huge_pages_and_static_claims() {
    let check = |change: Value, expect: &[&str]| {
        let pod = merged(&a_pod(), &change);
        assert_eq!(faults(|e| pod::create(&pod, e)), expect, "{change}");
    };
    let pages = |name: &str, amount: &str| {
        let mut container = a_pod()["spec"]["containers"][0].clone();
        let mut amounts = json!({"cpu": "1"});
        if let Value::Object(members) = &mut amounts {
            members.insert(name.to_owned(), amount);
        }
        let resources = json!({"limits": amounts.clone(), "requests": amounts});
        container.set_at(&["resources"], resources);
        json!({"spec": {"containers": [container]}})
    };
    check(pages("hugepages-2Mi", "4Mi"), &[]);
    for (name, amount) in [
        ("hugepages-x", "1"),
        ("hugepages-1m", "1"),
        ("hugepages-2Mi", "3Mi"),
    ] {
        let faults = ["limits", "requests"].map(|list| {
            format!(
                "spec.containers[0].resources.{list}[{name}]: Invalid value: \"{amount}\": {amount} is not positive integer multiple of {name}"
            )
        });
        check(pages(name, amount), &faults.each_ref().map(String::as_str));
    }
    check(
        json!({
            "metadata": {"annotations": {"kubernetes.io/config.mirror": "x"}},
            "spec": {"nodeName": "n", "resourceClaims": [{"name": "a", "resourceClaimName": "b"}]},
        }),
        &["[]: Forbidden: static pods do not support resource claims"],
    );
}

#[test]
fn odd_values_that_are_taken() {
    let check = |change: Value, expect: &[&str]| {
        let found = warnings::pod(&merged(&a_pod(), &change), None);
        assert_eq!(found, expect, "{change}");
    };
    let preference =
        json!({"matchExpressions": [{"key": "k", "operator": "In", "values": ["a", "-b"]}]});
    let preferred = json!([{"weight": 1, "preference": preference}]);
    check(
        json!({"spec": {"affinity": {"nodeAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": preferred,
        }}}}),
        &[
            "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].values[1]: a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
        ],
    );
    check(
        json!({"spec": {
            "hostAliases": [{"ip": "::01"}],
            "dnsConfig": {"nameservers": ["1.1.1.1", "2001:DB8::1"]},
        }}),
        &[
            "spec.dnsConfig.nameservers[1]: IPv6 address \"2001:DB8::1\" should be in RFC 5952 canonical format (\"2001:db8::1\")",
            "spec.hostAliases[0].ip: IPv6 address \"::01\" should be in RFC 5952 canonical format (\"::1\")",
        ],
    );
    let status = json!({"status": {"podIPs": [{"ip": "::A"}], "hostIPs": [{"ip": "10.0.0.1"}]}});
    assert_eq!(
        warnings::status(&status),
        [
            "status.podIPs[0].ip: IPv6 address \"::A\" should be in RFC 5952 canonical format (\"::a\")"
        ]
    );
}

#[test]
fn what_windows_does_not_know() {
    let check = |change: Value, expect: &[&str]| {
        let os = json!({"spec": {"os": {"name": "windows"}}});
        let all = merged(&merged(&a_pod(), &os), &change);
        assert_eq!(faults(|e| pod::create(&all, e)), expect, "{change}");
    };
    // What is said counts, even if it is no.
    check(
        json!({"spec": {"hostUsers": false, "shareProcessNamespace": false}}),
        &[
            "spec.hostUsers: Forbidden: cannot be set for a windows pod",
            "spec.shareProcessNamespace: Forbidden: cannot be set for a windows pod",
        ],
    );
    check(
        json!({"spec": {"hostPID": false, "hostIPC": false, "hostNetwork": false}}),
        &[],
    );
}

#[test]
fn bundles_are_named_like_their_signers() {
    let check = |name: &str, expect: &[&str]| {
        let bundle = json!({"name": name, "path": "p"});
        let volume = json!({"name": "v", "projected": {
            "defaultMode": 420, "sources": [{"clusterTrustBundle": bundle}],
        }});
        let all = merged(&a_pod(), &json!({"spec": {"volumes": [volume]}}));
        assert_eq!(faults(|e| pod::create(&all, e)), expect, "{name}");
    };
    check("a", &[]);
    check("a.b:c:d", &[]);
    check(
        "a.b/c:d",
        &[
            "spec.volumes[0].projected.sources[0].clusterTrustBundle.name: Invalid value: \"a.b/c:d\": not a valid clustertrustbundlename: ClusterTrustBundle for signerName a.b/c must be named with prefix a.b:c:",
        ],
    );
    check(
        ":d",
        &[
            "spec.volumes[0].projected.sources[0].clusterTrustBundle.name: Invalid value: \":d\": not a valid clustertrustbundlename: ClusterTrustBundle without signer name must not have \":\" in its name",
        ],
    );
}
