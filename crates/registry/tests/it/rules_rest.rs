//! Rule by rule: a good object, one change to it, and how what is said of that
//! begins. Messages are upstream's.

use crate::tables::{Rules, alike, check, check_update, merged, with_declared};
use skeg_registry::errors::Errs;
use skeg_registry::path::Path;
use skeg_registry::strategies::extension;
use skeg_registry::validation::{certificates, definition, devices};
use skeg_schema::{Value, json};

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
                    &m(".validRange.min: Invalid value: \"0\": default is less than min: 1"),
                    &m(
                        ".validRange.max: Invalid value: \"11\": max is larger than capacity value: 10",
                    ),
                ],
            ),
            (
                policy(json!({"default": "10", "validRange": {"min": "1", "max": "9"}})),
                &[&m(
                    ".validRange.max: Invalid value: \"10\": default is more than max: 9",
                )],
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
            vec![],
        ),
        (
            property(
                json!({"type": "array", "x-kubernetes-list-type": "atomic", "items": {
                    "type": "string", "maxLength": 9, "x-kubernetes-validations": [{"rule": "self == oldSelf"}],
                }}),
            ),
            vec![p(&format!(
                ".items.x-kubernetes-validations[0].rule: Invalid value: \"self == oldSelf\": oldSelf cannot be used on the uncorrelatable portion of the schema within {}",
                p("")
            ))],
        ),
        (
            // Constants of messages are converted at once, as those of rules are.
            property(json!({"type": "string", "x-kubernetes-validations": [
                {"rule": "self == 'a'", "messageExpression": "string(double(''))"},
            ]})),
            vec![p(
                ".x-kubernetes-validations[0].messageExpression: Invalid value: {\"Rule\":\"self == 'a'\",\"Message\":\"\",\"MessageExpression\":\"string(double(''))\",\"Reason\":null,\"FieldPath\":\"\",\"OptionalOldSelf\":null}: messageExpression instantiation failed: type conversion error from 'string' to 'double'",
            )],
        ),
        (
            // Those are named that cost much.
            json!({"properties": {
                "a": {"type": "array", "items": {"type": "string"}, "x-kubernetes-validations": [{"rule": "self.all(x, self.all(y, x == y))"}]},
                "b": {"type": "string", "maxLength": 9, "x-kubernetes-validations": [{"rule": "self == 'b'"}]},
            }}),
            vec![
                p(
                    ".x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget",
                ),
                p(
                    ".x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule cost total",
                ),
                format!("{S}: Forbidden: x-kubernetes-validations estimated rule cost total"),
            ],
        ),
        (
            // A default is an update from itself too.
            property(
                json!({"type": "integer", "default": 5, "x-kubernetes-validations": [
                    {"rule": "self > oldSelf"}, {"rule": "self > 6"},
                ]}),
            ),
            vec![
                p(".default: Invalid value: 5: failed rule: self > oldSelf"),
                p(".default: Invalid value: 5: failed rule: self > 6"),
            ],
        ),
        (
            property(
                json!({"type": "string", "default": "a", "x-kubernetes-validations": [{"rule": "self == 'b'"}]}),
            ),
            vec![p(
                ".default: Invalid value: \"a\": failed rule: self == 'b'",
            )],
        ),
        (
            property(
                json!({"type": "string", "x-kubernetes-validations": [{"rule": "true", "fieldPath": "   "}]}),
            ),
            vec![
                p(
                    ".x-kubernetes-validations[0].fieldPath: Invalid value: \"   \": must be non-empty if specified",
                ),
                p(
                    ".x-kubernetes-validations[0].fieldPath: Invalid value: \"   \": must be a valid path",
                ),
            ],
        ),
        (
            property(
                json!({"type": "object", "properties": {"a": {"type": "string"}}, "x-kubernetes-validations": [{"rule": "true", "fieldPath": ".b"}]}),
            ),
            vec![p(
                ".x-kubernetes-validations[0].fieldPath: Invalid value: \".b\": must be a valid path",
            )],
        ),
        // Paths are not looked for where there is no structural schema.
        (
            property(
                json!({"type": "object", "properties": {"a": {"type": "string", "id": "x"}}, "x-kubernetes-validations": [{"rule": "true", "fieldPath": ".b"}]}),
            ),
            vec![p(".properties[a].id: Forbidden: id is not supported")],
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
        alike(&with_declared(rules, &obj, None), &expect, schema);
    }
}

#[test]
fn defaults_of_embedded_objects() {
    const S: &str = "spec.validation.openAPIV3Schema.properties[a]";
    const META: &str = "must result in valid metadata: metadata";
    let told = |schema: Value, expect: &[String]| {
        let obj = definition_of(json!({"properties": {"a": schema}}));
        let mut errs = Errs::new();
        definition::create(&obj, &mut errs);
        let found: Vec<String> = errs.into_list().iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), expect.len(), "{obj} {found:#?}");
        for (found, expect) in found.iter().zip(expect) {
            assert!(found.starts_with(expect), "{found}\n{expect}");
        }
    };
    let embedded = |properties: Value| json!({"type": "object", "x-kubernetes-embedded-resource": true, "properties": properties});
    // Parts of what a resource is called, and of its metadata.
    told(
        embedded(json!({"kind": {"type": "string", "default": "%"}})),
        &[format!(
            "{S}.properties[kind].default: Invalid value: \"%\": must result in valid metadata: kind: Invalid value: \"%\": may have mixed case"
        )],
    );
    told(
        embedded(json!({"kind": {"type": "string", "default": ""}})),
        &[format!(
            "{S}.properties[kind].default: Invalid value: \"\": must result in valid metadata: kind: Invalid value: \"\": must not be empty"
        )],
    );
    told(
        embedded(json!({"apiVersion": {"type": "string", "default": 42}})),
        &[format!(
            "{S}.properties[apiVersion].default: Invalid value: 42: must result in valid metadata: apiVersion: Invalid value: 42: must be a string"
        )],
    );
    told(
        embedded(json!({"metadata": {"type": "object", "properties": {
            "name": {"type": "string", "default": "%"},
        }}})),
        &[format!(
            "{S}.properties[metadata].properties[name].default: Invalid value: \"%\": {META}.name: Invalid value: \"%\": may not contain '%'"
        )],
    );
    told(
        embedded(json!({"metadata": {"type": "object", "default": {"labels": {"bar": "x y"}}}})),
        &[format!(
            "{S}.properties[metadata].default: Invalid value: {{\"labels\":{{\"bar\":\"x y\"}}}}: {META}.labels: Invalid value: \"x y\": a valid label"
        )],
    );
    told(
        embedded(json!({
            "kind": {"type": "string", "default": "Pod"},
            "metadata": {"type": "object", "properties": {
                "finalizers": {"type": "array", "items": {"type": "string", "default": "x.io/a"}},
            }},
        })),
        &[],
    );
    told(
        embedded(json!({"kind": {"type": "string", "maxLength": 2, "default": "Pod"}})),
        &[format!(
            "{S}.properties[kind].default: Too long: may not be more than 2"
        )],
    );
    // Whole resources, on their own and within others.
    let broken = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"annotations": 42}});
    let mut whole = embedded(json!({}));
    whole.set_at(&["x-kubernetes-preserve-unknown-fields"], true);
    let mut direct = whole.clone();
    direct.set_at(&["default"], broken.clone());
    told(
        direct,
        &[format!(
            "{S}.default.metadata: Invalid value: {{\"annotations\":42}}: json: cannot unmarshal number"
        )],
    );
    told(
        json!({"type": "object", "properties": {"e": whole}, "default": {"e": broken}}),
        &[format!(
            "{S}.default.e.metadata: Invalid value: {{\"annotations\":42}}: json: cannot unmarshal number"
        )],
    );
}

#[test]
fn sets_of_what_cannot_be_compared_are_warned_of() {
    let set =
        |items: Value| json!({"type": "array", "x-kubernetes-list-type": "set", "items": items});
    let lists = set(json!({"type": "array", "items": {"type": "string"}}));
    let maps = set(json!({"type": "object", "x-kubernetes-map-type": "atomic"}));
    let both =
        definition_of(json!({"properties": {"a": maps.clone(), "b": lists.clone(), "c": lists}}));
    let one =
        definition_of(json!({"properties": {"a": {"type": "object", "properties": {"x": maps}}}}));
    let warnings = extension::kind("customresourcedefinitions").warnings;
    let words = |ty: &str| {
        format!(
            "x-kubernetes-list-type: set for items of type {ty:?} is not supported by server-side apply or CEL validation rules"
        )
    };
    assert_eq!(warnings(&both, None), [words("array"), words("object")]);
    assert_eq!(warnings(&both, Some(&one)), [words("array")]);
    assert_eq!(warnings(&one, Some(&both)), [""; 0]);
}

#[test]
fn groups_of_devices_are_behind_a_gate() {
    let slice = |groups: Value| {
        slice_of(json!({"name": "x", "consumesCounters": [
            {"counterSet": "s", "counters": {"c": {"value": "1"}}, "compatibilityGroups": groups},
        ]}))
    };
    let new = slice(json!(["g"]));
    let left = |old: Option<&Value>| {
        let mut spec = new["spec"].clone();
        devices::forget_gated_devices(&mut spec, old);
        spec["devices"][0]["consumesCounters"][0]["compatibilityGroups"].clone()
    };
    assert_eq!(left(None), Value::Null);
    assert_eq!(left(Some(&slice(Value::Null))), Value::Null);
    assert_eq!(left(Some(&new)), json!(["g"]));
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
fn names_of_signers() {
    let long = ["a"; 5].map(|part| part.repeat(60)).join(".");
    let check = |name: &str, expect: &[&str]| {
        let mut errs = Errs::new();
        certificates::signer_name(name, &Path::root("signerName"), &mut errs);
        let told: Vec<String> = errs.into_list().iter().map(ToString::to_string).collect();
        assert_eq!(told, expect, "{name}");
    };
    check(&format!("example.com/{long}"), &[]);
    check(
        "A.B/x",
        &[
            "signerName: Invalid value: \"A.B\": validating label \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
        ],
    );
    check(
        &format!("{long}/x"),
        &["signerName: Too long: may not be more than 253 bytes"],
    );
}

#[test]
fn api_services_are_named_by_what_they_serve() {
    let rules: Rules = |obj, _, errs| skeg_registry::validation::extension::api_service(obj, errs);
    let base = json!({
        "metadata": {"name": "v2.g.example.com"},
        "spec": {"group": "g.example.com", "version": "v2", "groupPriorityMinimum": 5, "versionPriority": 5},
    });
    check(
        rules,
        &base,
        &[
            (
                json!({"metadata": {"name": "other"}}),
                &[
                    "metadata.name: Invalid value: \"other\": must be `spec.version+\".\"+spec.group`: \"v2.g.example.com\"",
                ],
            ),
            // Names that no object may have are told of elsewhere.
            (json!({"metadata": {"name": "a/b"}}), &[]),
            (
                json!({"metadata": {"name": "v2."}, "spec": {"group": ""}}),
                &[
                    "spec.group: Required value: only v1 may have an empty group and it better be legacy kube",
                ],
            ),
            (
                json!({"metadata": {"name": "v1."}, "spec": {"group": "", "version": "v1"}}),
                &[],
            ),
        ],
    );
}
