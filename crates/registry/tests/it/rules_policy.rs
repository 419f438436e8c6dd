//! Rule by rule: a good object, one change to it, and how what is said of that
//! begins. Messages are upstream's.

use crate::tables::{Rules, alike, check, check_update, faults, merged};
use skeg_meta::Time;
use skeg_registry::errors::Errs;
use skeg_registry::path::Path;
use skeg_registry::validation::{
    admission_policies, certificates, extension, flow, network, policy, webhooks,
};
use skeg_schema::{Value, json};

#[test]
fn rules_of_webhooks_and_policies() {
    let base = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": "p"},
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {"matchPolicy": "Exact", "resourceRules": [{
                "operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"],
            }]},
            "validations": [{"expression": "true"}],
        },
    });
    let resources = |resources: &[&str]| {
        let rule = merged(
            &base["spec"]["matchConstraints"]["resourceRules"][0],
            &json!({"resources": resources.iter().map(|r| Value::from(*r)).collect::<Vec<_>>()}),
        );
        json!({"spec": {"matchConstraints": {"resourceRules": [rule]}}})
    };
    let named = merged(
        &base["spec"]["matchConstraints"]["resourceRules"][0],
        &json!({"resourceNames": ["a", "a", "b/c"], "apiVersions": [""]}),
    );
    const R: &str = "spec.matchConstraints.resourceRules[0]";
    check(
        |obj, _, errs| admission_policies::validating_policy(obj, errs),
        &base,
        &[
            (
                resources(&["*", "pods"]),
                &[&format!(
                    "{R}.resources: Invalid value: [\"*\",\"pods\"]: if '*' is present"
                )],
            ),
            (resources(&["pods", "*"]), &[]),
            (
                resources(&["*/*", "pods/*", "pods/status"]),
                &[
                    &format!(
                        "{R}.resources[1]: Invalid value: \"pods/*\": if '*/*' is present, must not specify pods/*"
                    ),
                    &format!(
                        "{R}.resources[2]: Invalid value: \"pods/status\": if 'pods/*' is present"
                    ),
                    &format!(
                        "{R}.resources: Invalid value: [\"*/*\",\"pods/*\",\"pods/status\"]: if '*/*' is present, must not specify other resources"
                    ),
                ],
            ),
            (
                resources(&[""]),
                &[&format!("{R}.resources[0]: Required value")],
            ),
            (
                json!({"spec": {"matchConstraints": {"resourceRules": [named]}}}),
                &[
                    &format!("{R}.resourceNames[1]: Duplicate value: \"a\""),
                    &format!("{R}.resourceNames[2]: Invalid value: \"b/c\": may not contain '/'"),
                    &format!("{R}.apiVersions[0]: Required value"),
                ],
            ),
            (
                json!({"spec": {"validations": [{"expression": "true\n&& true"}]}}),
                &[],
            ),
            (
                json!({"spec": {"auditAnnotations": [
                    {"key": "k", "valueExpression": "'a'"}, {"key": "k", "valueExpression": "'b'"},
                ]}}),
                &["spec.auditAnnotations[1].key: Duplicate value: \"k\""],
            ),
            (
                json!({"spec": {"auditAnnotations": [{"key": "", "valueExpression": "'a'"}]}}),
                &[
                    "spec.auditAnnotations[0].key: Invalid value: \"p/\": name part must be non-empty",
                    "spec.auditAnnotations[0].key: Invalid value: \"p/\": name part must consist of",
                ],
            ),
            (
                json!({"spec": {"paramKind": {"apiVersion": "g.io/", "kind": "K K"}}}),
                &[
                    "spec.paramKind.apiVersion: Invalid value: \"g.io/\": version must be specified",
                    "spec.paramKind.kind: Invalid value: \"K K\": may have mixed case",
                ],
            ),
            (
                json!({"spec": {"variables": [{"name": "in", "expression": "1"}]}}),
                &["spec.variables[0].name: Invalid value: \"in\": must be a valid CEL identifier"],
            ),
        ],
    );
    check(
        |obj, _, errs| admission_policies::binding(obj, false, errs),
        &json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
            "spec": {"policyName": "p", "validationActions": ["Deny"]},
        }),
        &[(
            json!({"spec": {"policyName": null, "validationActions": null, "paramRef": {"name": "a/b", "selector": {}, "parameterNotFoundAction": "Deny"}}}),
            &[
                "spec.paramRef.name: Invalid value: \"a/b\"",
                "spec.paramRef.name: Forbidden: name and selector",
                "spec.paramRef.selector: Forbidden: name and selector",
                "spec.policyName: Required value",
                "spec.validationActions: Required value",
            ],
        )],
    );
}

#[test]
fn rules_of_webhooks() {
    let base = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
        "webhooks": [{
            "name": "a.b.c", "sideEffects": "None", "admissionReviewVersions": ["v1"],
            "clientConfig": {"url": "https://h/"},
        }],
    });
    let hook = |change: Value| json!({"webhooks": [merged(&base["webhooks"][0], &change)]});
    let url = |url: &str| hook(json!({"clientConfig": {"url": url}}));
    const URL: &str =
        "webhooks[0].clientConfig.url: Required value: url must be a valid URL: parse ";
    const FORM: &str = "; desired format: https://host[/path]";
    check(
        |obj, _, errs| webhooks::configuration(obj, false, errs),
        &base,
        &[
            (url("HTTPS://h"), &[]),
            (
                url("https://a b"),
                &[&format!(
                    "{URL}\"https://a b\": invalid character \" \" in host name{FORM}"
                )],
            ),
            (
                url("1:y"),
                &[&format!(
                    "{URL}\"1:y\": first path segment in URL cannot contain colon{FORM}"
                )],
            ),
            (
                url("https://h/#%zz"),
                &[&format!(
                    "{URL}\"https://h/#%zz\": invalid URL escape \"%zz\"{FORM}"
                )],
            ),
            (
                url("/%g"),
                &[&format!("{URL}\"/%g\": invalid URL escape \"%g\"{FORM}")],
            ),
            (
                hook(json!({"clientConfig": {"url": null, "service": {
                    "name": "s", "namespace": "n", "path": "",
                }}})),
                &[],
            ),
            (
                hook(json!({"admissionReviewVersions": ["v1", "_", "_"]})),
                &[
                    "webhooks[0].admissionReviewVersions[1]: Invalid value: \"_\": a DNS-1035 label",
                    "webhooks[0].admissionReviewVersions[2]: Invalid value: \"_\": duplicate version",
                ],
            ),
            (
                hook(json!({"name": "A".repeat(254)})),
                &[&format!(
                    "webhooks[0].name: Invalid value: \"{}\": must be no more than 253 characters,a lowercase RFC 1123",
                    "A".repeat(254)
                )],
            ),
        ],
    );
}

#[test]
fn policies_of_networks() {
    let rules: Rules = |obj, old, errs| network::policy(obj, old, errs);
    let with = |block: Value| json!({"spec": {"ingress": [{"from": [{"ipBlock": block}]}]}});
    const B: &str = "spec.ingress[0].from[0].ipBlock";
    let base = json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "spec": {"podSelector": {}, "policyTypes": ["Ingress"]},
    });
    check(
        rules,
        &base,
        &[
            (
                with(json!({"except": ["10.0.0.0/8"]})),
                &[&format!("{B}.cidr: Required value")],
            ),
            (
                with(json!({"cidr": "10.0.0.1/8", "except": ["10.1.0.1/16", "11.0.0.0/16"]})),
                &[
                    &format!("{B}.cidr: Invalid value: \"10.0.0.1/8\": must not have bits set"),
                    &format!(
                        "{B}.except[0]: Invalid value: \"10.1.0.1/16\": must not have bits set"
                    ),
                    &format!(
                        "{B}.except[1]: Invalid value: \"11.0.0.0/16\": must be a strict subset"
                    ),
                ],
            ),
        ],
    );
    // What was accepted before may stay, wherever it stands now.
    let old = merged(&base, &with(json!({"cidr": "10.0.0.1/8"})));
    let moved = json!({"spec": {"ingress": null, "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.1/8"}}]}]}});
    check_update(rules, &old, &[(moved, &[])]);
    let odd = merged(&base, &with(json!({"cidr": "2001:DB8::/32"})));
    assert_eq!(
        network::policy_warnings(&odd),
        [format!(
            "{B}.cidr: IPv6 CIDR value \"2001:DB8::/32\" should be in RFC 5952 canonical format (\"2001:db8::/32\")"
        )]
    );
}

#[test]
fn slices_of_endpoints() {
    let rules: Rules = |obj, old, errs| match old {
        Some(old) => network::slice_update(obj, old, errs),
        None => network::slice(obj, errs),
    };
    let base = json!({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.0.0.1"]}],
    });
    let endpoint = |e: Value| json!({"endpoints": [e]});
    check(
        rules,
        &base,
        &[
            (
                json!({"addressType": "IPv5"}),
                &[
                    "addressType: Unsupported value: \"IPv5\": supported values: \"FQDN\", \"IPv4\", \"IPv6\"",
                ],
            ),
            (
                endpoint(json!({})),
                &["endpoints[0].addresses: Required value"],
            ),
            (
                endpoint(
                    json!({"addresses": ["10.0.0.1"], "hints": {"forZones": [{"name": "a"}, {"name": "a"}], "forNodes": [{"name": "_"}]}}),
                ),
                &[
                    "endpoints[0].hints.forZones[1].name: Duplicate value: \"a\"",
                    "endpoints[0].hints.forNodes[0].name: Invalid value: \"_\"",
                ],
            ),
        ],
    );
    check_update(
        rules,
        &base,
        &[(
            json!({"addressType": "IPv6"}),
            &["addressType: Invalid value: null: field is immutable"],
        )],
    );
}

#[test]
fn classes_and_addresses() {
    let class = json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "IngressClass",
        "spec": {"controller": "x.io/y", "parameters": {"kind": "K", "name": "n", "scope": "Cluster"}},
    });
    check(
        |obj, _, errs| network::ingress_class(obj, errs),
        &class,
        &[
            (
                json!({"spec": {"controller": "x.io/a b"}}),
                &[
                    "spec.controller: Invalid value: \"a b\": Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')",
                ],
            ),
            (
                json!({"spec": {"parameters": {"name": null, "scope": "Namespace", "namespace": ""}}}),
                &[
                    "spec.parameters.namespace: Invalid value: \"\": a lowercase RFC 1123 label",
                    "spec.parameters.name: Required value",
                ],
            ),
        ],
    );
    let address = json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "IPAddress",
        "spec": {"parentRef": {"resource": "services", "name": "s"}},
    });
    check_update(
        |obj, _, errs| network::ip_address(obj, errs),
        &address,
        &[(
            json!({"spec": {"parentRef": null}}),
            &[
                "spec.parentRef: Required value",
                "spec.parentRef: Invalid value: null: field is immutable",
            ],
        )],
    );
}

/// What older versions took does not keep anybody from changing the rest.
#[test]
fn ingresses_keep_what_was_allowed() {
    let paths = |path: &str| {
        let service = json!({"name": "s", "port": {"number": 80}});
        json!({"paths": [{"path": path, "pathType": "Exact", "backend": {"service": service}}]})
    };
    let old = json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
        "metadata": {"name": "i", "namespace": "n"},
        "spec": {
            "tls": [{"secretName": "ABC_d"}],
            "rules": [{"host": "*.foo.io", "http": (paths("/a//b"))}],
        },
    });
    let rules = |host: &str| json!({"spec": {"rules": [{"host": host, "http": (paths("/c//d"))}]}});
    check_update(
        network::ingress,
        &old,
        &[
            (json!({"metadata": {"labels": {"a": "b"}}}), &[]),
            (rules("*.bar.io"), &[]),
            (
                rules("bar.io"),
                &[
                    "spec.rules[0].http.paths[0].path: Invalid value: \"/c//d\": must not contain '//'",
                ],
            ),
        ],
    );
    let fresh = json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
        "metadata": {"name": "i", "namespace": "n"},
        "spec": {"rules": [{"host": "foo.io"}]},
    });
    check_update(
        network::ingress,
        &fresh,
        &[(
            json!({"spec": {"tls": [{"secretName": "ABC_d"}]}}),
            &["spec.tls[0].secretName: Invalid value: \"ABC_d\": a lowercase RFC 1123 subdomain"],
        )],
    );
}

#[test]
fn flow_control_keeps_what_it_needs() {
    let level = json!({
        "apiVersion": "flowcontrol.apiserver.k8s.io/v1", "kind": "PriorityLevelConfiguration",
        "metadata": {"name": "catch-all"},
        "spec": {"type": "Limited", "limited": {
            "nominalConcurrencyShares": 5, "limitResponse": {"type": "Reject"}, "lendablePercent": 0,
        }},
    });
    check(
        |obj, _, errs| flow::level(obj, errs),
        &level,
        &[
            (
                json!({"spec": {"limited": {"nominalConcurrencyShares": 6}}}),
                &["spec: Invalid value: {\"Type\":\"Limited\""],
            ),
            (
                json!({"metadata": {"name": "x"}, "spec": {"limited": {"limitResponse": {"type": "Queue"}}}}),
                &["spec.limited.limitResponse.queuing: Required value"],
            ),
            (
                json!({"metadata": {"name": "x"}, "spec": {"limited": {
                    "nominalConcurrencyShares": -1, "lendablePercent": 101, "borrowingLimitPercent": -1,
                    "limitResponse": {"type": "Drop"},
                }}}),
                &[
                    "spec.limited.nominalConcurrencyShares: Invalid value: -1",
                    "spec.limited.limitResponse.type: Unsupported value: \"Drop\"",
                    "spec.limited.lendablePercent: Invalid value: 101",
                    "spec.limited.borrowingLimitPercent: Invalid value: -1",
                ],
            ),
            (
                json!({"metadata": {"name": "x"}, "spec": {"type": null, "limited": null}}),
                &["spec.type: Required value"],
            ),
        ],
    );
    let twice = json!({"status": {"conditions": [{"type": "A"}, {"type": "A"}, {"type": ""}]}});
    let mut errs = Errs::new();
    flow::status(&twice, &mut errs);
    let found: Vec<String> = errs.into_list().iter().map(ToString::to_string).collect();
    alike(
        &found,
        &[
            "status.conditions[1].type: Duplicate value: \"A\"",
            "status.conditions[2].type: Required value: must not be empty",
        ],
        &twice,
    );
}

#[test]
fn answers_of_signers() {
    let rules: Rules = |obj, old, errs| {
        certificates::pod_request_status(obj, old.expect("an update"), &Time::now(), errs);
    };
    let base = json!({
        "apiVersion": "certificates.k8s.io/v1", "kind": "PodCertificateRequest", "spec": {},
    });
    let condition = |kind: &str, status: &str| json!({"type": kind, "status": status, "reason": "R", "lastTransitionTime": "2026-01-01T00:00:00Z"});
    let answer = |all: Vec<Value>, chain: Value| json!({"status": {"conditions": all, "certificateChain": chain}});
    check_update(
        rules,
        &base,
        &[
            (answer(vec![condition("Denied", "True")], Value::Null), &[]),
            (
                answer(
                    vec![condition("Other", "True"), condition("Denied", "False")],
                    Value::Null,
                ),
                &[
                    "status.conditions.[0].type: Unsupported value: \"Other\": supported values: \"Issued\", \"Denied\", \"Failed\"",
                    "status.conditions.[1].status: Unsupported value: \"False\": supported values: \"True\"",
                ],
            ),
            (
                answer(
                    vec![condition("Denied", "True"), condition("Failed", "True")],
                    Value::Null,
                ),
                &[
                    "status.conditions.[1].type: Invalid value: \"Failed\": There may be at most one condition",
                ],
            ),
            (
                answer(vec![condition("Denied", "True")], Value::from("x")),
                &["status: Invalid value: non-condition status fields must be empty"],
            ),
            (
                answer(vec![], Value::from("x")),
                &["status: Invalid value: status is immutable unless transitioning to"],
            ),
            (
                answer(vec![condition("Issued", "True")], Value::from("x")),
                &[
                    "status.certificateChain: Invalid value: \"x\": issued certificate chain must contain at least one certificate",
                ],
            ),
        ],
    );
}

#[test]
fn certificates_that_are_issued() {
    use base64::Engine;
    let with = |text: &str| {
        let text = base64::engine::general_purpose::STANDARD.encode(text);
        json!({"status": {"certificate": text}})
    };
    let block = |label: &str, body: &str| {
        with(&format!(
            "-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"
        ))
    };
    const FAULT: &str = "status.certificate: Invalid value: \"<certificate data>\": ";
    for (new, words) in [
        (
            with("garbage"),
            "must contain at least one CERTIFICATE PEM block",
        ),
        (
            block("PRIVATE KEY", "AAAA"),
            "only CERTIFICATE PEM blocks are allowed, found \"PRIVATE KEY\"",
        ),
        (
            block("CERTIFICATE", "A: b\n\nAAAA"),
            "no PEM block headers are permitted",
        ),
        (
            block("CERTIFICATE", ""),
            "found CERTIFICATE PEM block containing 0 certificates",
        ),
        (block("CERTIFICATE", "AAAA"), "x509: malformed certificate"),
    ] {
        let mut errs = Errs::new();
        certificates::status(&new, &json!({"status": {}}), &mut errs);
        let found: Vec<String> = errs.into_list().iter().map(ToString::to_string).collect();
        assert_eq!(found, [format!("{FAULT}{words}")]);
    }
}

#[test]
fn requests_and_anchors() {
    let request = json!({
        "apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest",
        "status": {"conditions": [{"type": "Approved", "status": "True"}]},
    });
    let conditions = |all: Value| json!({"status": {"conditions": all}});
    check_update(
        |obj, old, errs| certificates::approval(obj, old.expect("an update"), errs),
        &request,
        &[
            (
                conditions(json!([])),
                &[
                    "status.conditions: Forbidden: updates may not remove a condition of type \"Approved\"",
                ],
            ),
            (
                conditions(
                    json!([{"type": "Approved", "status": "True"}, {"type": "X", "status": "x"}]),
                ),
                &[
                    "status.conditions[1].status: Unsupported value: \"x\": supported values: \"False\", \"True\", \"Unknown\"",
                ],
            ),
            (
                conditions(
                    json!([{"type": "Approved", "status": "True"}, {"type": "Denied", "status": "True"}]),
                ),
                &[
                    "status.conditions: Invalid value: \"{conditions[{\\\"type\\\": \\\"Approved\\\"}]",
                ],
            ),
        ],
    );
    const BLOCK: &str = "-----BEGIN X-----\nAAAA\n-----END X-----\n";
    let bundle =
        json!({"metadata": {"name": "b"}, "spec": {"trustBundle": format!("{BLOCK}{BLOCK}")}});
    let mut errs = Errs::new();
    extension::trust_bundle(&bundle, &mut errs);
    assert_eq!(errs.len(), 2, "every entry is told");
    let mut errs = Errs::new();
    extension::trust_bundle_update(&bundle, &bundle, &mut errs);
    assert!(errs.is_empty(), "what did not change is not read again");
}

#[test]
fn roles_and_bindings() {
    check(
        |obj, _, errs| policy::role(obj, false, errs),
        &json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
            "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
        }),
        &[(
            json!({"rules": [{}], "aggregationRule": {}}),
            &[
                "rules[0].apiGroups: Required value",
                "rules[0].resources: Required value",
                "aggregationRule.clusterRoleSelectors: Required value",
                "rules[0].verbs: Required value",
            ],
        )],
    );
    check(
        |obj, _, errs| policy::binding(obj, true, errs),
        &json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"},
        }),
        &[(
            json!({"roleRef": {"name": null}, "subjects": [{"kind": "Robot"}]}),
            &[
                "subjects[0].kind: Unsupported value: \"Robot\"",
                "subjects[0].name: Required value",
                "roleRef.name: Required value",
            ],
        )],
    );
}

#[test]
fn what_a_pod_tells_a_signer() {
    let rules: Rules = |obj, _, errs| certificates::pod_request(obj, errs);
    // The request is of a key on P-521.
    let good = json!({"spec": {
        "signerName": "example.com/a", "podName": "p", "podUID": "pu",
        "serviceAccountName": "sa", "serviceAccountUID": "su", "nodeName": "n", "nodeUID": "nu",
        "maxExpirationSeconds": 3600,
        "stubPKCS10Request": "MIIBQjCBpQIBADAAMIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQAf7kvbTV7S8egdbyVzWJS9YyMDUYHaAhB\
         A1qvGOePk/n+wQn3zQmvX4C5riLD1mAj1uKyOEWX8EOfry+lEG0YAisBsrPUnKDnXEKRmDwRJ0Dh0lQSnQvg\
         r7XisDVWdDkivsVZSMgkNH83SVLLUhcLClgLEhpApKPXXH1p9k27CtM+tHCgADAKBggqhkjOPQQDBAOBiwAw\
         gYcCQRmZ0COfP0Yxae/6vhrwqgHP93MPU+KqMFOykIP80nz4NGTB8k+US6JG1BqjOxi2FRWSzChPM46RZX2T\
         OVqa0TPdAkIB2JosF0jjhdCCRWV9+m43MHqaNMjc0oVXiZRCZ/M71wF95IDVuvQ0LU7pAxySLLa+SEjJw3sA\
         uq75rKY10pdoGZo=",
    }});
    let told = |annotations: Value| json!({"spec": {"unverifiedUserAnnotations": annotations}});
    check(
        rules,
        &good,
        &[
            (
                told(json!({"acme.io/a": ("x".repeat(256 * 1024 - 9))})),
                &[],
            ),
            (
                told(json!({"acme.io/a": ("x".repeat(256 * 1024 - 8))})),
                &["spec.unverifiedUserAnnotations: Too long: may not be more than 262144 bytes"],
            ),
            (
                told(json!({"a": "x"})),
                &[
                    "spec.unverifiedUserAnnotations: Invalid value: \"a\": must be a domain-prefixed key",
                ],
            ),
        ],
    );
}

#[test]
fn conditions_of_the_common_form() {
    let said = |condition: Value| {
        let faults = faults(|errs| {
            let all = [condition];
            policy::conditions(&all, &Path::root("c"), errs);
        });
        faults.join("; ")
    };
    let good = json!({
        "type": "A", "status": "True", "reason": "R", "lastTransitionTime": "2026-01-01T00:00:00Z",
    });
    let with = |change: Value| said(merged(&good, &change));
    assert_eq!(with(json!({})), "");
    assert_eq!(
        with(json!({"type": ""})),
        "c[0].type: Required value: is required"
    );
    assert_eq!(with(json!({"status": ""})), "c[0].status: Required value");
    assert_eq!(
        with(json!({"observedGeneration": -1})),
        "c[0].observedGeneration: Invalid value: -1: must be greater than or equal to zero"
    );
    assert_eq!(
        with(json!({"reason": ("r".repeat(1025))})),
        "c[0].reason: Too long: may not be more than 1024 bytes"
    );
    assert_eq!(
        with(json!({"message": ("m".repeat(32769))})),
        "c[0].message: Too long: may not be more than 32768 bytes"
    );
    let twice = faults(|errs| {
        policy::conditions(&[good.clone(), good.clone()], &Path::root("c"), errs);
    });
    assert_eq!(twice, ["c[1]: Duplicate value: \"A\""]);
}

#[test]
fn a_pod_proves_that_it_has_its_key() {
    // On P-256; the proof is a signature of `pod-uid`.
    const KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE6FK4o0ejOtsVxfI4weAAK9VWd6hguVxSh2t0PNg5ncEy2EqqrWqXZG4a1d/UlD2RJ3TT4kdcVgrZVhJtWzcLUw==";
    const PROOF: &str = "MEQCIDnIzNn+ZH5OBqGggE9FVeIWtM/s4+CsDfibuPUvFX6eAiA+5+D2Kb2uVMPsJCElCKwge7omXid9xREGbWys2qTLGg==";
    let said = |uid: &str, key: &str, proof: &str| {
        faults(|errs| {
            let request = json!({"spec": {
                "signerName": "example.com/a", "podName": "p", "podUID": uid,
                "serviceAccountName": "sa", "serviceAccountUID": "su",
                "nodeName": "n", "nodeUID": "nu", "maxExpirationSeconds": 3600,
                "pkixPublicKey": key, "proofOfPossession": proof,
            }});
            certificates::pod_request(&request, errs);
        })
    };
    assert_eq!(said("pod-uid", KEY, PROOF), [""; 0]);
    assert_eq!(
        said("other", KEY, PROOF),
        ["spec.proofOfPossession: Invalid value: could not verify proof-of-possession signature"]
    );
    assert_eq!(
        said("pod-uid", "AAAA", PROOF),
        ["spec.pkixPublicKey: Invalid value: \"AAAA\": must be a valid PKIX-serialized public key"]
    );
    let long = "AAAA".repeat(3414);
    assert_eq!(
        said("pod-uid", &long, PROOF),
        ["spec.pkixPublicKey: Too long: may not be more than 10240 bytes"]
    );
}
