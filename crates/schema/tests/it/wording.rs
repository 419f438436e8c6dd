//! What the decoder says, as kube-apiserver 1.37.1 was recorded saying it.

use skeg_schema::{DecodeOptions, TypeId, decode_json, decode_json_any, json};

fn refusal(kind: &str, body: &str) -> String {
    let ty = TypeId::by_name(kind).unwrap();
    match decode_json(body.as_bytes(), ty, &DecodeOptions::strict()) {
        Ok(decoded) => format!("read: {}", decoded.value),
        Err(error) => error.to_string(),
    }
}

#[test]
fn wrong_types() {
    for (kind, body, words) in [
        (
            "core/v1.ConfigMap",
            r#"{"data":{"a":1}}"#,
            "json: cannot unmarshal number into Go struct field ConfigMap.data of type string",
        ),
        (
            "core/v1.ConfigMap",
            r#"{"data":{"a":true}}"#,
            "json: cannot unmarshal bool into Go struct field ConfigMap.data of type string",
        ),
        (
            "core/v1.ConfigMap",
            r#"{"metadata":"x"}"#,
            "json: cannot unmarshal string into Go struct field ConfigMap.metadata of type v1.ObjectMeta",
        ),
        (
            "core/v1.ConfigMap",
            r#"{"metadata":{"name":1}}"#,
            "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string",
        ),
        (
            "core/v1.ConfigMap",
            r#"{"metadata":{"labels":{"a":1}}}"#,
            "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string",
        ),
        (
            "storage/v1.StorageClass",
            r#"{"allowVolumeExpansion":"x"}"#,
            "json: cannot unmarshal string into Go struct field StorageClass.allowVolumeExpansion of type bool",
        ),
        // Structs that stand inlined are named on the way.
        (
            "core/v1.Pod",
            r#"{"spec":{"volumes":[{"configMap":{"name":1}}]}}"#,
            "json: cannot unmarshal number into Go struct field ConfigMapVolumeSource.spec.volumes.VolumeSource.configMap.LocalObjectReference.name of type string",
        ),
        (
            "core/v1.Pod",
            r#"{"spec":{"volumes":[{"name":1}]}}"#,
            "json: cannot unmarshal number into Go struct field Volume.spec.volumes.name of type string",
        ),
        (
            "networking/v1.Ingress",
            r#"{"spec":{"rules":[{"http":{"paths":false}}]}}"#,
            "json: cannot unmarshal bool into Go struct field HTTPIngressRuleValue.spec.rules.IngressRuleValue.http.paths of type []v1.HTTPIngressPath",
        ),
        (
            "core/v1.Service",
            r#"{"spec":{"ports":"x"}}"#,
            "json: cannot unmarshal string into Go struct field ServiceSpec.spec.ports of type []v1.ServicePort",
        ),
        (
            "core/v1.Service",
            r#"{"spec":{"ports":[{"port":"80"}]}}"#,
            "json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32",
        ),
        (
            "core/v1.Service",
            r#"{"spec":{"ports":[{"port":80,"targetPort":8.0}]}}"#,
            "json: cannot unmarshal number 8.0 into Go struct field ServicePort.spec.ports.targetPort of type int32",
        ),
        (
            "apps/v1.Deployment",
            r#"{"spec":{"replicas":3.0}}"#,
            "json: cannot unmarshal number 3.0 into Go struct field DeploymentSpec.spec.replicas of type int32",
        ),
        (
            "apps/v1.Deployment",
            r#"{"spec":{"replicas":1e1}}"#,
            "json: cannot unmarshal number 1e1 into Go struct field DeploymentSpec.spec.replicas of type int32",
        ),
        (
            "apps/v1.Deployment",
            r#"{"spec":{"replicas":9007199254740993}}"#,
            "json: cannot unmarshal number 9007199254740993 into Go struct field DeploymentSpec.spec.replicas of type int32",
        ),
        (
            "apps/v1.Deployment",
            r#"{"spec":{"replicas":true}}"#,
            "json: cannot unmarshal bool into Go struct field DeploymentSpec.spec.replicas of type int32",
        ),
        (
            "policy/v1.PodDisruptionBudget",
            r#"{"spec":{"minAvailable":1.5}}"#,
            "json: cannot unmarshal number 1.5 into Go struct field PodDisruptionBudgetSpec.spec.minAvailable of type int32",
        ),
        (
            "policy/v1.PodDisruptionBudget",
            r#"{"spec":{"minAvailable":true}}"#,
            "json: cannot unmarshal bool into Go struct field PodDisruptionBudgetSpec.spec.minAvailable of type int32",
        ),
        (
            "coordination/v1.Lease",
            r#"{"spec":[]}"#,
            "json: cannot unmarshal array into Go struct field Lease.spec of type v1.LeaseSpec",
        ),
        (
            "core/v1.Secret",
            r#"{"data":{"a":"!"}}"#,
            "illegal base64 data at input byte 0",
        ),
        (
            "core/v1.Secret",
            r#"{"data":{"a":"abc"}}"#,
            "illegal base64 data at input byte 0",
        ),
        (
            "core/v1.Secret",
            r#"{"data":{"a":"aGk\n"}}"#,
            "illegal base64 data at input byte 1",
        ),
        (
            "core/v1.Secret",
            r#"{"data":{"a":"ab=c"}}"#,
            "illegal base64 data at input byte 2",
        ),
        (
            "core/v1.Secret",
            r#"{"data":{"a":"ab==x"}}"#,
            "illegal base64 data at input byte 4",
        ),
        (
            "core/v1.Secret",
            r#"{"data":{"a":[1,256]}}"#,
            "json: cannot unmarshal number 256 into Go struct field Secret.data of type uint8",
        ),
        (
            // What reads itself ends the reading: faults before it are not told.
            "core/v1.Secret",
            r#"{"type":5,"metadata":{"creationTimestamp":5}}"#,
            "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.creationTimestamp of type string",
        ),
        (
            "coordination/v1.Lease",
            r#"{"spec":{"renewTime":"yesterday"}}"#,
            "parsing time \"yesterday\" as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse \"yesterday\" as \"2006\"",
        ),
        (
            "core/v1.Pod",
            r#"{"spec":{"containers":[{"resources":{"limits":{"cpu":"x"}}}]}}"#,
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
        ),
        (
            "meta/v1.DeleteOptions",
            r#"{"gracePeriodSeconds":"x"}"#,
            "json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64",
        ),
    ] {
        assert_eq!(refusal(kind, body), words, "{body}");
    }
}

#[test]
fn broken_json() {
    for (body, words) in [
        ("", "unexpected end of JSON input"),
        ("{", "unexpected end of JSON input"),
        ("{\"a\":1", "unexpected end of JSON input"),
        ("\"abc", "unexpected end of JSON input"),
        (
            "not json",
            "invalid character 'o' in literal null (expecting 'u')",
        ),
        ("{\"a\":1}{", "invalid character '{' after top-level value"),
        (
            "{\"a\":\"\\x\"}",
            "invalid character 'x' in string escape code",
        ),
        (
            "{\"a\":1x}",
            "invalid character 'x' after object key:value pair",
        ),
        (
            "{'a':1}",
            "invalid character '\\'' looking for beginning of object key string",
        ),
        (
            "{\"a\":01}",
            "invalid character '1' after object key:value pair",
        ),
        (
            "{/*c*/}",
            "invalid character '/' looking for beginning of object key string",
        ),
        (
            "{\"a\":+1}",
            "invalid character '+' looking for beginning of value",
        ),
        (
            "{\"a\":1,}",
            "invalid character '}' looking for beginning of object key string",
        ),
        (
            "[1,]",
            "invalid character ']' looking for beginning of value",
        ),
        (
            "{\"a\":}",
            "invalid character '}' looking for beginning of value",
        ),
        ("{\"a\" 1}", "invalid character '1' after object key"),
        ("[1 2]", "invalid character '2' after array element"),
        ("\"\n\"", "invalid character '\\n' in string literal"),
        (
            "1.x",
            "invalid character 'x' after decimal point in numeric literal",
        ),
        ("-x", "invalid character 'x' in numeric literal"),
        (
            "1ex",
            "invalid character 'x' in exponent of numeric literal",
        ),
        (
            "\"\\u12x4\"",
            "invalid character 'x' in \\u hexadecimal character escape",
        ),
    ] {
        assert_eq!(
            decode_json_any(body.as_bytes()).map_err(|error| error.to_string()),
            Err(words.to_owned()),
            "{body}"
        );
    }
}

#[test]
fn schemas_of_two_forms_have_decoders_of_their_own() {
    let kind = "apiextensions/v1.CustomResourceDefinition";
    let ty = TypeId::by_name(kind).unwrap();
    let body = |schema: &str| {
        format!(
            r#"{{"kind":5,"spec":{{"versions":[{{"schema":{{"openAPIV3Schema":{{{schema}}}}}}}]}}}}"#
        )
    };
    let before = "json: cannot unmarshal number into Go struct field";
    let check = |schema: &str, words: &str| {
        let read = decode_json(body(schema).as_bytes(), ty, &DecodeOptions::strict());
        assert_eq!(
            read.map(|_| ()).map_err(|e| e.to_string()),
            Err(words.to_owned())
        );
    };
    let kind = format!("{before} CustomResourceDefinition.kind of type string");
    check(r#""items":5"#, &kind);
    check(
        r#""additionalProperties":5"#,
        "boolean or JSON schema expected",
    );
    check(
        r#""items":{"type":5}"#,
        &format!(
            "{before} JSONSchemaProps.spec.versions.schema.openAPIV3Schema.items.type of type string"
        ),
    );
    let fine = body(r#""items":{"a":1,"a":2},"b":1"#).replace("5", "\"\"");
    let read = decode_json(fine.as_bytes(), ty, &DecodeOptions::strict()).unwrap();
    assert_eq!(
        read.complaints,
        ["unknown field \"spec.versions[0].schema.openAPIV3Schema.b\""]
    );
}

#[test]
fn unknown_and_duplicate_fields() {
    let ty = TypeId::by_name("core/v1.Pod").unwrap();
    let body = r#"{"foo":1,"metadata":{"name":"a","Labels":{},"name":"b","labels":{"x":"1","x":"2"}},
        "spec":{"containers":[{"name":"c","ports":[{"prot":1}]},{"Image":"x"}],"foo":[{}]},"spec":{"nodeName":"n","bar":1}}"#;
    let decoded = decode_json(body.as_bytes(), ty, &DecodeOptions::strict()).unwrap();
    assert_eq!(
        decoded.complaints,
        [
            "unknown field \"foo\"",
            "unknown field \"metadata.Labels\"",
            "duplicate field \"metadata.name\"",
            "duplicate field \"metadata.labels.x\"",
            "unknown field \"spec.containers[0].ports[0].prot\"",
            "unknown field \"spec.containers[1].Image\"",
            "unknown field \"spec.foo\"",
            "duplicate field \"spec\"",
            "unknown field \"spec.bar\"",
        ]
    );
    assert_eq!(decoded.unknown.len() + decoded.duplicates.len(), 9);
    assert_eq!(
        decoded.value["metadata"],
        json!({"name": "b", "labels": {"x": "2"}})
    );
    // As in Go, what comes twice is read into what is there.
    assert_eq!(decoded.value.at(&["spec", "nodeName"]), Some(&json!("n")));
    assert_eq!(
        decoded
            .value
            .at(&["spec", "containers"])
            .and_then(|list| list.as_array())
            .map(Vec::len),
        Some(2)
    );
    let lax = decode_json(body.as_bytes(), ty, &DecodeOptions::default()).unwrap();
    assert!(lax.complaints.is_empty() && lax.value == decoded.value);
}

#[test]
fn complaints_about_yaml_come_by_name() {
    let ty = TypeId::by_name("core/v1.ConfigMap").unwrap();
    let decoded =
        skeg_schema::decode_yaml(b"foo: 1\nbar: 2\n", Some(ty), &DecodeOptions::strict()).unwrap();
    assert_eq!(
        decoded.complaints,
        ["unknown field \"bar\"", "unknown field \"foo\""]
    );
}

#[test]
fn empty_lists_may_be_kept() {
    let ty = TypeId::by_name("rbac/v1.Role").unwrap();
    let options = DecodeOptions {
        keep_empty: true,
        ..DecodeOptions::default()
    };
    let decoded = decode_json(br#"{"metadata":{"labels":{}},"rules":[]}"#, ty, &options).unwrap();
    assert_eq!(decoded.value, json!({"rules": []}));
}

#[test]
fn trees_are_lean_and_canonical() {
    let ty = TypeId::by_name("core/v1.Pod").unwrap();
    let body = r#"{"metadata":{"creationTimestamp":null,"generateName":""},"status":{},"spec":{"hostNetwork":false,"priority":0,
        "volumes":[],"nodeSelector":{},"terminationGracePeriodSeconds":null,"containers":[{"name":"c","command":null,
        "resources":{"limits":{"cpu":"1000m","memory":1024}},"livenessProbe":{"exec":{}}}]}}"#;
    let decoded = decode_json(body.as_bytes(), ty, &DecodeOptions::strict()).unwrap();
    assert_eq!(
        decoded.value,
        json!({"spec": {"priority": 0, "containers": [{"name": "c", "resources": {"limits": {"cpu": "1", "memory": "1024"}}, "livenessProbe": {"exec": {}}}]}})
    );
}
