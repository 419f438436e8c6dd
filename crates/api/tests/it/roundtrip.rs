//! What goes into a struct comes out of it, in every type.

use fastrand::Rng;
use skeg_api::core::v1::{ConfigMap, Pod, PodList, pod_phase};
use skeg_meta::{Object, Quantity};
use skeg_schema::{
    StaticMessage, Value, decode_protobuf, encode_protobuf, message_from_json,
    message_from_protobuf, message_from_value, message_to_json, message_to_value,
};

use crate::made_up::object;
use crate::structs::STRUCTS;

#[test]
fn every_struct_holds_every_field() {
    let mut rng = Rng::with_seed(11);
    for make in STRUCTS {
        let mut message = make();
        let ty = message.message_type();
        let desc = ty.desc();
        let mut made = object(&mut rng, ty, 3);
        if desc.type_meta {
            let members = made.as_object_mut().unwrap();
            members.remove("kind");
            members.remove("apiVersion");
        }
        message_from_value(made.clone(), &mut *message)
            .unwrap_or_else(|error| panic!("{}: {error}", desc.name));
        let mut back = message_to_value(&*message);
        if desc.type_meta {
            let members = back.as_object_mut().unwrap();
            members.remove("kind");
            members.remove("apiVersion");
        }
        strip_inner(&mut made, desc.name);
        strip_inner(&mut back, desc.name);
        assert_eq!(back, made, "{}", desc.name);
    }
    assert!(STRUCTS.len() > 900);
}

/// `kind` and `apiVersion` of objects within others have no place in structs.
fn strip_inner(value: &mut Value, name: &str) {
    fn walk(value: &mut Value, ty: skeg_schema::TypeId) {
        let desc = ty.desc();
        let Some(members) = value.as_object_mut() else {
            return;
        };
        for field in desc.fields {
            let Some(inner) = field.ty.message() else {
                continue;
            };
            let type_meta = inner.desc().type_meta;
            let Some(member) = members.get_mut(field.json) else {
                continue;
            };
            each(member, &mut |object| {
                if type_meta && let Some(members) = object.as_object_mut() {
                    members.remove("kind");
                    members.remove("apiVersion");
                }
                walk(object, inner);
            });
            // What is left empty is as good as absent.
            if !field.pointer
                && *member == Value::object()
                && matches!(field.ty, skeg_schema::FieldType::Message(_))
            {
                members.remove(field.json);
            }
        }
    }
    fn each(value: &mut Value, act: &mut dyn FnMut(&mut Value)) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| each(item, act)),
            other => act(other),
        }
    }
    if let Some(ty) = skeg_schema::TypeId::by_name(name) {
        walk(value, ty);
    }
}

/// Structs are read from protobuf without a tree between; a tree says the same.
#[test]
fn protobuf_reads_as_a_tree_does() {
    let mut rng = Rng::with_seed(12);
    let mut read = 0;
    for round in 0..3 {
        for make in STRUCTS {
            let (mut straight, mut by_tree) = (make(), make());
            let ty = straight.message_type();
            let name = ty.desc().name;
            if !ty.desc().has_protobuf() {
                continue;
            }
            let mut raw = Vec::new();
            encode_protobuf(&object(&mut rng, ty, 2 + round), ty, &mut raw);
            message_from_protobuf(&raw, &mut *straight)
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            let tree = decode_protobuf(&raw, ty).unwrap();
            message_from_value(tree, &mut *by_tree).unwrap();
            assert_eq!(
                message_to_value(&*straight),
                message_to_value(&*by_tree),
                "{name}"
            );
            read += 1;
        }
    }
    assert!(read > 1500, "{read}");
}

#[test]
fn a_pod_reads_as_one_expects() {
    let body = r#"{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","namespace":"n","labels":{"x":"y"},"creationTimestamp":"2026-01-02T03:04:05Z"},
        "spec":{"volumes":[{"name":"v","configMap":{"name":"c"}}],"containers":[{"name":"c","image":"i","resources":{"limits":{"cpu":"1500m"}},
        "env":[{"name":"E","valueFrom":{"configMapKeyRef":{"name":"m","key":"k"}}}],
        "livenessProbe":{"httpGet":{"port":"http"},"periodSeconds":5}}]},"status":{"phase":"Running"}}"#;
    let mut pod = Pod::default();
    message_from_json(body.as_bytes(), &mut pod).unwrap();
    assert_eq!(pod.meta().name, "a");
    assert_eq!(
        pod.metadata
            .creation_timestamp
            .map(|time| time.to_string())
            .as_deref(),
        Some("2026-01-02T03:04:05Z")
    );
    let container = &pod.spec.containers[0];
    assert_eq!(
        container.resources.limits["cpu"],
        "1.5".parse::<Quantity>().unwrap()
    );
    assert_eq!(
        container
            .liveness_probe
            .as_ref()
            .unwrap()
            .http_get
            .as_ref()
            .unwrap()
            .port,
        "http".into()
    );
    let source = container.env[0]
        .value_from
        .as_ref()
        .unwrap()
        .config_map_key_ref
        .as_ref()
        .unwrap();
    assert_eq!((source.name.as_str(), source.key.as_str()), ("m", "k"));
    assert_eq!(pod.spec.volumes[0].config_map.as_ref().unwrap().name, "c");
    assert_eq!(pod.status.phase, pod_phase::RUNNING);
    let mut out = Vec::new();
    message_to_json(&pod, &mut out);
    assert_eq!(serde_json::to_vec(&pod).unwrap(), out);
    assert_eq!(serde_json::from_slice::<Pod>(&out).unwrap(), pod);
    assert_eq!(Pod::GVK.api_version(), "v1");
    assert_eq!(Pod::TYPE.desc().name, "core/v1.Pod");
}

#[test]
fn lists_are_typed() {
    let mut list = PodList::default();
    list.items.push(Pod::default());
    list.metadata.resource_version = "5".to_owned();
    let mut out = Vec::new();
    message_to_json(&list, &mut out);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        r#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"5"},"items":[{"metadata":{},"spec":{"containers":null},"status":{}}]}"#
    );
}

#[test]
fn wrong_types_are_told_with_their_path() {
    let body = skeg_schema::json!({"metadata": {"labels": {"a": 1}}});
    let error = message_from_value(body, &mut ConfigMap::default()).unwrap_err();
    assert_eq!(error.to_string(), "metadata.labels[a]: not a string");
}
