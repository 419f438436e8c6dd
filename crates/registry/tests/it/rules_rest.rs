//! Rule by rule: a good object, one change to it, and how what is said of that
//! begins. Messages are upstream's.

use skeg_meta::Time;
use skeg_registry::errors::Errs;
use skeg_registry::validation::{
    certificates, declared, definition, devices, extension, flow, network, policy, webhooks,
};
use skeg_schema::{Value, json};

type Rules = fn(&Value, Option<&Value>, &mut Errs);

fn faults(rules: Rules, obj: &Value, old: Option<&Value>) -> Vec<String> {
    let mut errs = Errs::new();
    rules(obj, old, &mut errs);
    declared::check(obj, old, &mut errs);
    errs.into_list().iter().map(ToString::to_string).collect()
}

/// Lays `change` over `base`: objects merge, null removes, all else replaces.
fn merged(base: &Value, change: &Value) -> Value {
    let (Value::Object(_), Value::Object(over)) = (base, change) else {
        return change.clone();
    };
    let mut out = base.clone();
    for (k, v) in over.iter() {
        let now = merged(out.get(k).unwrap_or(&Value::Null), v);
        if let Value::Object(o) = &mut out {
            if now.is_null() {
                o.remove(k);
            } else {
                o.insert(k.clone(), now);
            }
        }
    }
    out
}

fn alike(found: &[String], expect: &[&str], what: &Value) {
    let same =
        found.len() == expect.len() && found.iter().zip(expect).all(|(f, e)| f.starts_with(e));
    assert!(same, "{what}\nfound {found:#?}\nexpected {expect:#?}");
}

/// Each change makes a new object with these faults.
fn check(rules: Rules, base: &Value, rows: &[(Value, &[&str])]) {
    assert_eq!(faults(rules, base, None), Vec::<String>::new(), "the base");
    for (change, expect) in rows {
        alike(&faults(rules, &merged(base, change), None), expect, change);
    }
}

/// Each change is made to an object that is there.
fn check_update(rules: Rules, old: &Value, rows: &[(Value, &[&str])]) {
    for (change, expect) in rows {
        let found = faults(rules, &merged(old, change), Some(old));
        alike(&found, expect, change);
    }
}

fn claim() -> Value {
    json!({
        "apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaim",
        "spec": {"devices": {"requests": [{"name": "r", "exactly": {
            "deviceClassName": "c", "allocationMode": "ExactCount", "count": 1,
        }}]}},
    })
}

fn claim_with(devices: Value) -> Value {
    json!({"spec": {"devices": devices}})
}

#[test]
fn claims() {
    const CONSTRAINED: &str = "spec.devices.constraints[0]";
    let constraint = |c: Value| claim_with(json!({"constraints": [c]}));
    let rules: Rules = |obj, _, errs| {
        devices::claim_spec(&obj["spec"], &skeg_registry::path::Path::root("spec"), errs);
    };
    check(
        rules,
        &claim(),
        &[
            (
                constraint(json!({"requests": ["r/s/t"], "matchAttribute": "a.b/c"})),
                &[
                    "spec.devices.constraints[0].requests[0]: Invalid value: \"r/s/t\": must be the name of a request",
                ],
            ),
            (
                constraint(json!({"requests": ["R"], "distinctAttribute": "c"})),
                &[
                    "spec.devices.constraints[0].requests[0]: Invalid value: \"R\": a lowercase RFC 1123 label",
                    "spec.devices.constraints[0].requests[0]: Invalid value: \"R\": must be the name of a request",
                    "spec.devices.constraints[0].distinctAttribute: Invalid value: \"c\": a fully qualified name",
                ],
            ),
            (
                constraint(json!({"matchAttribute": "/9"})),
                &[
                    "spec.devices.constraints[0].matchAttribute: Invalid value: \"\": prefix must not be empty",
                    "spec.devices.constraints[0].matchAttribute: Invalid value: \"9\": a valid C identifier",
                ],
            ),
            (
                constraint(json!({})),
                &[&format!("{CONSTRAINED}: Required value: exactly one of")],
            ),
            (
                claim_with(json!({"constraints": vec![json!({}); 33]})),
                &["spec.devices.constraints: Too many: 33: must have at most 32 items"],
            ),
            (
                claim_with(json!({"requests": [{"name": "r", "firstAvailable": [
                    {"name": "S", "allocationMode": "All", "count": 2, "tolerations": [
                        {"operator": "Equal", "value": "a b", "effect": "No", "key": "a b"},
                    ]},
                ]}]})),
                &[
                    "spec.devices.requests[0].firstAvailable[0].name: Invalid value: \"S\"",
                    "spec.devices.requests[0].firstAvailable[0].count: Invalid value: 2",
                    "spec.devices.requests[0].firstAvailable[0].tolerations[0].value: Invalid value: \"a b\"",
                    "spec.devices.requests[0].firstAvailable[0].deviceClassName: Required value",
                    "spec.devices.requests[0].firstAvailable[0].tolerations[0].key: Invalid value: \"a b\"",
                    "spec.devices.requests[0].firstAvailable[0].tolerations[0].effect: Unsupported value: \"No\"",
                ],
            ),
            (
                claim_with(
                    json!({"config": [{"opaque": {"driver": "d", "parameters": {"x": "y".repeat(11_000)}}}]}),
                ),
                &[
                    "spec.devices.config[0].opaque.parameters: Too long: may not be more than 10240 bytes",
                ],
            ),
        ],
    );
    check_update(
        |_, _, _| {},
        &claim(),
        &[(
            claim_with(json!({"requests": []})),
            &["spec: Invalid value: null: field is immutable"],
        )],
    );
}

#[test]
fn what_a_claim_got() {
    let result = json!({"request": "r", "driver": "d.io", "pool": "p", "device": "x"});
    let got = merged(
        &claim(),
        &json!({"status": {"allocation": {"devices": {"results": [result.clone()]}}}}),
    );
    let rules: Rules = |obj, old, errs| {
        devices::claim_status(obj, old.expect("an update"), errs);
    };
    let status = |change: Value| json!({"status": change});
    check_update(
        rules,
        &got,
        &[
            (
                status(
                    json!({"devices": [{"driver": "d.io", "pool": "p", "device": "x", "data": [1], "networkData": {
                        "ips": ["10.0.0.1/8", "2001:DB8::1/64", "10.0.0.1/8"],
                    }}]}),
                ),
                &[
                    "status.devices[0].data: Invalid value: \"<value omitted>\": must be a valid JSON object",
                    "status.devices[0].networkData.ips[1]: Invalid value: \"2001:DB8::1/64\": must be in canonical form (\"2001:db8::1/64\")",
                    "status.devices[0].networkData.ips[2]: Duplicate value: \"10.0.0.1/8\"",
                ],
            ),
            (
                status(json!({"allocation": {"devices": {"results": []}}})),
                &["status.allocation: Invalid value: null: field cannot be modified once set"],
            ),
        ],
    );
    let going = merged(
        &got,
        &json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}),
    );
    check_update(
        rules,
        &going,
        &[(
            status(json!({"reservedFor": [{"resource": "pods", "name": "a", "uid": "u"}]})),
            &["status.reservedFor: Forbidden: new entries may not be added"],
        )],
    );
    check_update(
        rules,
        &claim(),
        &[(
            status(json!({"allocation": {"devices": {"results": [merged(
                &result,
                &json!({"shareID": "X", "bindingConditions": ["a", "a"], "bindingFailureConditions": ["a"]}),
            )]}}})),
            &[
                "status.allocation.devices.results[0].bindingConditions[1]: Duplicate value: \"a\"",
                "status.allocation.devices.results[0].bindingFailureConditions[0]: Invalid value: \"a\": bindingFailureConditions must not overlap",
                "status.allocation.devices.results[0].shareID: Invalid value: \"X\": must be a lowercase UUID",
            ],
        )],
    );
}

fn slice_of(device: Value) -> Value {
    json!({
        "apiVersion": "resource.k8s.io/v1", "kind": "ResourceSlice",
        "spec": {
            "driver": "d.io", "nodeName": "n", "pool": {"name": "p", "resourceSliceCount": 1},
            "devices": [device],
        },
    })
}

#[test]
fn slices() {
    let rules: Rules = |obj, old, errs| match old {
        Some(old) => devices::slice_update(obj, old, errs),
        None => devices::slice(obj, errs),
    };
    let device = |change: Value| merged(&json!({"name": "x"}), &change);
    let on_devices = |change: Value| json!({"spec": {"devices": [device(change)]}});
    let policy = |policy: Value| {
        on_devices(json!({
            "allowMultipleAllocations": true,
            "capacity": {"m": {"value": "10", "requestPolicy": policy}},
        }))
    };
    const M: &str = "spec.devices[0].capacity[m].requestPolicy";
    let m = |rest: &str| format!("{M}{rest}");
    check(
        rules,
        &slice_of(device(json!({}))),
        &[
            (
                json!({"spec": {"sharedCounters": [{"name": "A", "counters": {"B": {"value": "1"}}}]}}),
                &[
                    "spec: Invalid value: \"\": only one of `sharedCounters` or `devices` is allowed",
                    "spec.sharedCounters[0].name: Invalid value: \"A\"",
                    "spec.sharedCounters[0].counters: Invalid value: \"B\"",
                ],
            ),
            (
                on_devices(
                    json!({"attributes": {"9": {"int": 1}, "x": {"int": 1, "string": "y"}, "y": {"version": "1"}}}),
                ),
                &[
                    "spec.devices[0].attributes: Invalid value: \"9\": a valid C identifier",
                    "spec.devices[0].attributes[y].version: Invalid value: \"1\": must be a string compatible",
                    "spec.devices[0].attributes[x]: Invalid value: \"{int, string}\": must specify exactly one of: `int`, `bool`",
                ],
            ),
            (
                on_devices(json!({"nodeName": "n"})),
                &[
                    "spec.devices[0]: Invalid value: null: `nodeName`, `nodeSelector` and `allNodes` can only be set",
                ],
            ),
            (
                json!({"spec": {"nodeName": null, "perDeviceNodeSelection": true}}),
                &[
                    "spec.devices[0]: Required value: exactly one of `nodeName`, `nodeSelector`, or `allNodes`",
                ],
            ),
            (
                on_devices(
                    json!({"consumesCounters": [{"counterSet": "s"}, {"counterSet": "s", "counters": {"c": {"value": "1"}}}]}),
                ),
                &[
                    "spec.devices[0].consumesCounters[1]: Duplicate value:",
                    "spec.devices[0].consumesCounters[0].counters: Required value",
                ],
            ),
            (
                on_devices(json!({"bindingConditions": ["a"]})),
                &[
                    "spec.devices[0].bindingFailureConditions: Invalid value: null: bindingFailureConditions are required",
                ],
            ),
            (
                on_devices(json!({"capacity": {"m": {"value": "1", "requestPolicy": {}}}})),
                &[&m(": Forbidden: allowMultipleAllocations must be true")],
            ),
            (
                policy(json!({"validValues": ["1"]})),
                &[&m(
                    ".default: Required value: required when validValues is defined",
                )],
            ),
            (
                policy(json!({"default": "3", "validValues": ["2", "1", "20"]})),
                &[
                    &m(".validValues[1]: Invalid value: \"1\": values must be sorted"),
                    &m(
                        ".validValues[2]: Invalid value: \"20\": option is larger than capacity value: 10",
                    ),
                    &m(".validValues: Invalid value: \"3\": default value is not valid"),
                ],
            ),
            (
                policy(
                    json!({"default": "4", "validRange": {"min": "1", "max": "9", "step": "2"}}),
                ),
                &[&m(
                    ".validRange.step: Invalid value: \"4\": value is not a multiple of a given step (2) from (1)",
                )],
            ),
            (
                policy(json!({"default": "0", "validRange": {"min": "1", "max": "11"}})),
                &[
                    &m(".validRange.default: Invalid value: \"0\": default is less than min: 1"),
                    &m(
                        ".validRange.max: Invalid value: \"11\": max is larger than capacity value: 10",
                    ),
                ],
            ),
            (
                on_devices(json!({"taints": [{"key": "a b"}]})),
                &[
                    "spec.devices[0].taints[0].key: Invalid value: \"a b\"",
                    "spec.devices[0].taints[0].effect: Required value",
                ],
            ),
        ],
    );
    check_update(
        rules,
        &slice_of(device(json!({}))),
        &[(
            json!({"spec": {"nodeName": null, "allNodes": true}}),
            &["spec.nodeName: Invalid value: null: field is immutable"],
        )],
    );
}

fn definition_of(schema: Value) -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "as.x.io"},
        "spec": {
            "group": "x.io", "scope": "Namespaced", "conversion": {"strategy": "None"},
            "names": {"plural": "as", "singular": "a", "kind": "A", "listKind": "AList"},
            "versions": [{"name": "v1", "served": true, "storage": true,
                "schema": {"openAPIV3Schema": merged(&json!({"type": "object"}), &schema)}}],
        },
        "status": {"storedVersions": ["v1"]},
    })
}

#[test]
fn schemas_of_definitions() {
    const S: &str = "spec.validation.openAPIV3Schema";
    let p = |rest: &str| format!("{S}.properties[a]{rest}");
    let property = |schema: Value| json!({"properties": {"a": schema}});
    let rows: &[(Value, Vec<String>)] = &[
        (json!({}), vec![]),
        (
            json!({"type": null, "x-kubernetes-preserve-unknown-fields": true}),
            vec![],
        ),
        (
            property(
                json!({"type": "object", "not": {"properties": {"metadata": {}}}, "properties": {"metadata": {"type": "object"}}}),
            ),
            vec![p(
                ".not.properties[metadata]: Forbidden: must not be specified in a nested context",
            )],
        ),
        (
            // Faults of the structure come before those of the schema.
            property(json!({"uniqueItems": true})),
            vec![
                p(".type: Required value: must not be empty for specified object fields"),
                p(".uniqueItems: Forbidden: uniqueItems cannot be set to true"),
            ],
        ),
        (
            property(
                json!({"type": "object", "x-kubernetes-map-type": "atomic", "properties": {
                    "b": {"type": "string", "maxLength": 9, "x-kubernetes-validations": [{"rule": "self == oldSelf"}]},
                }}),
            ),
            vec![p(&format!(
                ".properties[b].x-kubernetes-validations[0].rule: Invalid value: \"self == oldSelf\": oldSelf cannot be used on the uncorrelatable portion of the schema within {}",
                p("")
            ))],
        ),
        (
            property(
                json!({"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "object", "x-kubernetes-map-type": "granular"}}),
            ),
            vec![p(
                ".items.x-kubernetes-map-type: Invalid value: null: must be atomic as item",
            )],
        ),
        (
            property(
                json!({"type": "object", "x-kubernetes-embedded-resource": true, "properties": {
                    "metadata": {"type": "object", "properties": {"labels": {"type": "object"}}},
                }}),
            ),
            vec![],
        ),
        (
            // A rule beside a fault elsewhere is compiled all the same.
            json!({"properties": {
                "a": {"type": "string", "x-kubernetes-validations": [{"rule": "self.x"}]},
                "b": {"type": "array", "uniqueItems": true, "items": {"type": "string"}},
            }}),
            vec![
                format!("{S}.properties[b].uniqueItems: Forbidden:"),
                p(".x-kubernetes-validations[0].rule: Invalid value:"),
            ],
        ),
    ];
    for (schema, expect) in rows {
        let obj = definition_of(schema.clone());
        let expect: Vec<&str> = expect.iter().map(String::as_str).collect();
        let rules: Rules = |obj, _, errs| definition::create(obj, errs);
        alike(&faults(rules, &obj, None), &expect, schema);
    }
}

#[test]
fn versions_of_definitions() {
    let rules: Rules = |obj, _, errs| definition::create(obj, errs);
    let base = definition_of(
        json!({"properties": {"a": {"type": "string"}, "m": {"type": "object", "additionalProperties": {"type": "string"}}}}),
    );
    let version = |change: Value| json!({"spec": {"versions": [merged(&base["spec"]["versions"][0], &change)]}});
    let field = |path: &str| version(json!({"selectableFields": [{"jsonPath": path}]}));
    const F: &str = "spec.selectableFields[0].jsonPath: Invalid value:";
    let long = "x".repeat(257);
    check(
        rules,
        &base,
        &[
            (field(".a"), &[]),
            (field(".m.k"), &[]),
            (
                field("a"),
                &[&format!(
                    "{F} \"a\": is an invalid path: expected [ or . but got: a"
                )],
            ),
            (
                field(".a."),
                &[&format!(
                    "{F} \".a.\": is an invalid path: unexpected end of JSON path"
                )],
            ),
            (
                field(".m['k']"),
                &[&format!(
                    "{F} \".m['k']\": is an invalid path: array notation is not allowed"
                )],
            ),
            (
                field(".a.b"),
                &[&format!(
                    "{F} \".a.b\": is an invalid path: does not refer to a valid field"
                )],
            ),
            (
                version(json!({"deprecationWarning": ""})),
                &[
                    "spec.versions[0].deprecationWarning: Invalid value: \"\": can only be set for deprecated versions",
                ],
            ),
            (
                version(json!({"deprecated": true, "deprecationWarning": long.as_str()})),
                &[&format!(
                    "spec.versions[0].deprecationWarning: Invalid value: \"{long}\": must be <= 256 characters long"
                )],
            ),
            (
                json!({"spec": {"preserveUnknownFields": true, "conversion": {"strategy": "Webhook"}}}),
                &[
                    "spec.conversion.strategy: Invalid value: \"Webhook\": must be None if spec.preserveUnknownFields is true",
                    "spec.conversion.webhookClientConfig: Required value",
                    "spec.conversion.conversionReviewVersions: Required value",
                    "spec.preserveUnknownFields: Invalid value: true: cannot set to true",
                ],
            ),
        ],
    );
}

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
        |obj, _, errs| webhooks::validating_policy(obj, errs),
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
        |obj, _, errs| webhooks::binding(obj, false, errs),
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
