//! Patches are held to what a server does with them.

use fastrand::Rng;
use skeg_schema::patch::{self, Tables};
use skeg_schema::{FieldDesc, FieldType, Object, TypeId, Value, json};

use super::*;
use crate::patch::Patch;
use made_up::object;

#[path = "../../../schema/tests/it/made_up.rs"]
mod made_up;

/// Gives the elements of merged lists keys from a small pool, each once.
fn with_keys(value: &mut Value, ty: TypeId, rng: &mut Rng) {
    let Some(members) = value.as_object_mut() else {
        return;
    };
    for field in ty.desc().fields {
        let Some(member) = members.get_mut(field.json) else {
            continue;
        };
        if let (FieldType::List(element), true) = (&field.ty, field.merges()) {
            merged_list(member, field, element, rng);
        }
        let Some(inner) = field.ty.message() else {
            continue;
        };
        match member {
            Value::Array(items) => items
                .iter_mut()
                .for_each(|item| with_keys(item, inner, rng)),
            Value::Object(entries) if matches!(field.ty, FieldType::Map(_)) => entries
                .iter_mut()
                .for_each(|(_, entry)| with_keys(entry, inner, rng)),
            member => with_keys(member, inner, rng),
        }
    }
}

fn merged_list(list: &mut Value, field: &FieldDesc, element: &FieldType, rng: &mut Rng) {
    let Some(items) = list.as_array_mut() else {
        return;
    };
    let mut pool: Vec<i64> = (1..=6).collect();
    rng.shuffle(&mut pool);
    items.truncate(pool.len());
    for item in items {
        let number = pool.pop().expect("as many as there are items");
        let key = |ty: &FieldType| match ty {
            FieldType::Int32 | FieldType::Int64 => Value::Int(number),
            _ => Value::String(format!("k{number}")),
        };
        match element.message() {
            Some(inner) => {
                let ty = inner
                    .desc()
                    .field(field.patch_merge_key)
                    .expect("the key is a field");
                let members = item.as_object_mut().expect("an element");
                members.insert(field.patch_merge_key, key(&ty.ty));
            }
            None => *item = key(element),
        }
    }
}

/// Something between two trees of one type.
fn mix(left: &Value, right: &Value, rng: &mut Rng) -> Value {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            let mut mixed = Object::new();
            for (key, value) in left.iter().chain(right.iter()) {
                if rng.u8(..8) == 0 || mixed.contains_key(key) {
                    continue;
                }
                let value = match (left.get(key), right.get(key)) {
                    (Some(left), Some(right)) => mix(left, right, rng),
                    _ => value.clone(),
                };
                mixed.insert(key.clone(), value);
            }
            Value::Object(mixed)
        }
        (Value::Array(left), Value::Array(right)) if rng.bool() => {
            let mut items: Vec<Value> = Vec::new();
            for item in left.iter().chain(right) {
                // Whatever the key of the list is: no two elements share it.
                let clash = |have: &Value| {
                    [
                        "name",
                        "port",
                        "containerPort",
                        "mountPath",
                        "devicePath",
                        "type",
                        "uid",
                        "ip",
                        "topologyKey",
                        "resourceClaimName",
                    ]
                    .iter()
                    .any(|key| item.get(key).is_some() && item.get(key) == have.get(key))
                        || have == item
                };
                if rng.u8(..4) > 0 && !items.iter().any(clash) {
                    items.push(item.clone());
                }
            }
            rng.shuffle(&mut items);
            Value::Array(items)
        }
        (left, right) => if rng.bool() { left } else { right }.clone(),
    }
}

fn kinds() -> Vec<TypeId> {
    [
        ("", "v1", "Pod"),
        ("", "v1", "Service"),
        ("", "v1", "Node"),
        ("", "v1", "ConfigMap"),
        ("", "v1", "ServiceAccount"),
        ("apps", "v1", "Deployment"),
        ("apps", "v1", "StatefulSet"),
        ("batch", "v1", "CronJob"),
        ("networking.k8s.io", "v1", "Ingress"),
        ("rbac.authorization.k8s.io", "v1", "ClusterRole"),
        (
            "admissionregistration.k8s.io",
            "v1",
            "ValidatingWebhookConfiguration",
        ),
    ]
    .iter()
    .map(|(group, version, kind)| TypeId::by_gvk(group, version, kind).expect("built in"))
    .collect()
}

fn made(ty: TypeId, rng: &mut Rng) -> Value {
    let mut tree = object(rng, ty, 5);
    with_keys(&mut tree, ty, rng);
    tree
}

/// Two states of an object.
fn pair(ty: TypeId, rng: &mut Rng) -> (Value, Value) {
    let (old, other) = (made(ty, rng), made(ty, rng));
    let new = mix(&old, &other, rng);
    (old, new)
}

#[test]
fn patches_turn_old_into_new() {
    let mut rng = Rng::with_seed(5);
    for round in 0..20 {
        for ty in kinds() {
            let (old, new) = pair(ty, &mut rng);
            let what = || format!("round {round} of {}: {old}\nto {new}", ty.desc().name);

            let mut by_json = old.clone();
            let operations = json(&old, &new).into_value();
            patch::json::apply(&mut by_json, &operations).unwrap();
            assert_eq!(by_json, new, "{operations} {}", what());

            let mut by_merge = old.clone();
            let change = merge(&old, &new);
            patch::merge::apply(&mut by_merge, &change);
            assert_eq!(by_merge, new, "{change} {}", what());

            let change = strategic(&old, &new, ty).unwrap();
            let by_keys = patch::strategic::apply(old.clone(), change.clone(), Tables(ty)).unwrap();
            assert_eq!(by_keys, new, "{change} {}", what());
            assert_eq!(strategic(&new, &new, ty).unwrap(), Value::object());
        }
    }
}

/// Whether everything that is wanted is there, whatever else is.
fn holds(there: &Value, wanted: &Value, ty: Option<TypeId>) -> bool {
    match (there, wanted) {
        (Value::Object(there), Value::Object(wanted)) => wanted.iter().all(|(key, wanted)| {
            let field = ty.and_then(|ty| ty.desc().field(key));
            let inner = field.and_then(|field| field.ty.message());
            let Some(there) = there.get(key) else {
                return wanted.is_null();
            };
            let merged = field.filter(|field| field.merges());
            match (there, wanted, merged) {
                (Value::Array(there), Value::Array(wanted), Some(field)) => {
                    wanted.iter().all(|wanted| {
                        there.iter().any(|there| {
                            let key = field.patch_merge_key;
                            (key.is_empty() || there.get(key) == wanted.get(key))
                                && holds(there, wanted, inner)
                        })
                    })
                }
                _ => holds(there, wanted, inner),
            }
        }),
        (there, wanted) => there == wanted,
    }
}

#[test]
fn a_three_way_patch_sets_what_is_wanted() {
    let mut rng = Rng::with_seed(6);
    for round in 0..20 {
        for ty in kinds() {
            let (mut last, mut wanted) = pair(ty, &mut rng);
            let mut live = mix(&last, &made(ty, &mut rng), &mut rng);
            for tree in [&mut last, &mut live, &mut wanted] {
                tree.set_at(&["kind"], "Same");
                tree.set_at(&["apiVersion"], "same/v1");
                tree.set_at(&["metadata", "name"], "same");
            }
            for ty in [Some(ty), None] {
                let patch = ThreeWay::new(&wanted, &live)
                    .last_applied(Some(&last))
                    .of_type(ty)
                    .patch()
                    .unwrap();
                let mut after = live.clone();
                patch.apply_to(&mut after, ty).unwrap();
                assert!(
                    holds(&after, &wanted, ty),
                    "round {round}: {patch}\nlast {last}\nwanted {wanted}\nlive {live}\nafter {after}"
                );
                // When nobody else has written, exactly what is wanted comes about.
                let own = last.clone();
                let patch = ThreeWay::new(&wanted, &own)
                    .last_applied(Some(&own))
                    .of_type(ty)
                    .patch()
                    .unwrap();
                let mut after = own;
                patch.apply_to(&mut after, ty).unwrap();
                assert_eq!(after, wanted, "round {round}: {patch}");
            }
        }
    }
}

fn deployment() -> TypeId {
    TypeId::by_gvk("apps", "v1", "Deployment").unwrap()
}

fn pod() -> TypeId {
    TypeId::by_gvk("", "v1", "Pod").unwrap()
}

#[test]
fn strategic_patches_look_as_kubectl_makes_them() {
    let check = |ty, old: Value, new: Value, expect: Value| {
        assert_eq!(strategic(&old, &new, ty).unwrap(), expect);
    };
    // A union: what another member had is cleared by the keys that stay.
    check(
        deployment(),
        json!({"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}}),
        json!({"spec": {"strategy": {"type": "Recreate"}}}),
        json!({"spec": {"strategy": {"type": "Recreate", "rollingUpdate": null, "$retainKeys": ["type"]}}}),
    );
    // Elements of a union list too.
    check(
        pod(),
        json!({"spec": {"volumes": [{"name": "v", "emptyDir": {}}]}}),
        json!({"spec": {"volumes": [{"name": "v", "hostPath": {"path": "/x"}}]}}),
        json!({"spec": {"volumes": [{"hostPath": {"path": "/x"}, "emptyDir": null, "$retainKeys": ["hostPath", "name"], "name": "v"}],
            "$setElementOrder/volumes": [{"name": "v"}]}}),
    );
    // Sets of scalars.
    check(
        pod(),
        json!({"metadata": {"finalizers": ["a/x", "b/y"]}}),
        json!({"metadata": {"finalizers": ["b/y", "c/z"]}}),
        json!({"metadata": {"finalizers": ["c/z"], "$deleteFromPrimitiveList/finalizers": ["a/x"],
            "$setElementOrder/finalizers": ["b/y", "c/z"]}}),
    );
    // Only the order.
    check(
        pod(),
        json!({"spec": {"containers": [{"name": "a"}, {"name": "b"}]}}),
        json!({"spec": {"containers": [{"name": "b"}, {"name": "a"}]}}),
        json!({"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}}),
    );
    // Atomic lists are replaced.
    check(
        pod(),
        json!({"spec": {"containers": [{"name": "a", "args": ["1"]}], "tolerations": [{"key": "x"}]}}),
        json!({"spec": {"containers": [{"name": "a", "args": ["2"]}], "tolerations": []}}),
        json!({"spec": {"containers": [{"args": ["2"], "name": "a"}], "$setElementOrder/containers": [{"name": "a"}],
            "tolerations": []}}),
    );
    // Keys that repeat cannot be merged.
    let ports = |number: i64| json!({"spec": {"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP", "nodePort": number}]}});
    let service = TypeId::by_gvk("", "v1", "Service").unwrap();
    let change = strategic(&ports(1), &ports(2), service).unwrap();
    assert_eq!(
        patch::strategic::apply(ports(1), change, Tables(service)),
        Ok(ports(2))
    );
}

#[test]
fn lists_that_cannot_be_merged_are_named() {
    let check = |old: Value, new: Value, expect: &str| {
        let error = strategic(&old, &new, pod()).unwrap_err();
        assert_eq!(error.to_string(), expect);
    };
    check(
        json!({"spec": {"containers": [{"image": "x"}]}}),
        json!({"spec": {"containers": [{"name": "x"}]}}),
        "spec.containers: an element does not contain the declared merge key: name",
    );
    check(
        json!({"spec": {"containers": [{"name": "x", "env": [{"name": "a"}]}]}}),
        json!({"spec": {"containers": [{"name": "x", "env": ["a"]}]}}),
        "spec.containers[name=x].env: the elements of the list are not of one type",
    );
}

#[test]
fn what_others_set_stays() {
    let last = json!({"spec": {"replicas": 3, "template": {"spec": {"containers": [{"name": "web", "image": "x:1", "env": [{"name": "OLD", "value": "1"}]}, {"name": "gone"}]}}}});
    let wanted =
        json!({"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "x:2"}]}}}});
    let live = json!({"spec": {"replicas": 5, "paused": true, "template": {"spec": {
        "containers": [{"name": "web", "image": "x:1", "env": [{"name": "OLD", "value": "1"}, {"name": "INJECTED", "value": "2"}]}, {"name": "gone"}, {"name": "sidecar", "image": "s"}]}}}});
    let patch = ThreeWay::new(&wanted, &live)
        .last_applied(Some(&last))
        .of_type(Some(deployment()))
        .patch()
        .unwrap();
    let mut after = live.clone();
    patch.apply_to(&mut after, Some(deployment())).unwrap();
    // `env` as a whole is no longer wanted, so it goes, with what others put in.
    assert_eq!(
        after,
        json!({"spec": {"paused": true, "template": {"spec": {"containers": [
            {"name": "web", "image": "x:2"}, {"name": "sidecar", "image": "s"}]}}}})
    );
    assert_eq!(
        patch.to_string(),
        r#"{"spec":{"template":{"spec":{"containers":[{"env":null,"name":"web","image":"x:2"},{"$patch":"delete","name":"gone"}],"$setElementOrder/containers":[{"name":"web"}]}},"replicas":null}}"#
    );
}

#[test]
fn a_three_way_patch_tells_elements_of_one_key_apart() {
    let service = TypeId::by_gvk("", "v1", "Service");
    let port = |protocol: &str, name: &str| json!({"port": 53, "protocol": protocol, "name": name});
    let ports = |ports: Vec<Value>| json!({"spec": {"ports": ports}});
    let (tcp, udp) = (port("TCP", "dns-tcp"), port("UDP", "dns"));
    let both = ports(vec![udp.clone(), tcp.clone()]);
    let turned = ports(vec![tcp.clone(), udp.clone()]);
    for live in [&both, &turned] {
        let patch = ThreeWay::new(&both, live)
            .last_applied(Some(&both))
            .of_type(service)
            .patch()
            .unwrap();
        // As kubectl: nothing has changed, whichever comes first.
        assert_eq!(patch.to_string(), "{}");
    }
    let renamed = ports(vec![port("UDP", "names"), tcp]);
    let patch = ThreeWay::new(&renamed, &both)
        .last_applied(Some(&both))
        .of_type(service)
        .patch()
        .unwrap();
    assert_eq!(
        patch.to_string(),
        r#"{"spec":{"ports":[{"name":"names","port":53}],"$setElementOrder/ports":[{"port":53},{"port":53}]}}"#
    );
}

#[test]
fn a_three_way_patch_refuses_the_impossible() {
    let named = |name: &str| json!({"kind": "W", "apiVersion": "x.io/v1", "metadata": {"name": name}, "spec": {"a": name}});
    let (one, two) = (named("one"), named("two"));
    assert_eq!(
        ThreeWay::new(&two, &one).patch().unwrap_err().to_string(),
        "At least one of apiVersion, kind and name was changed"
    );
    let last = json!({"spec": {"replicas": 1, "minReadySeconds": 1}});
    let live = json!({"spec": {"replicas": 5, "minReadySeconds": 1}});
    let wanted = json!({"spec": {"replicas": 2, "minReadySeconds": 2}});
    for ty in [None, Some(deployment())] {
        let compare = ThreeWay::new(&wanted, &live)
            .last_applied(Some(&last))
            .of_type(ty);
        assert!(compare.clone().patch().is_ok());
        assert_eq!(
            compare.overwrite(false).patch(),
            Err(DiffError::Conflict {
                path: "spec.replicas".to_owned()
            })
        );
    }
}

#[test]
fn no_order_is_asked_for_of_nothing() {
    let list = |items: Value| json!({"metadata": {"finalizers": items}});
    let patch = ThreeWay::new(&list(json!([])), &list(json!(["a/1"])))
        .last_applied(Some(&list(json!(["a/1"]))))
        .of_type(Some(deployment()))
        .patch()
        .unwrap();
    assert_eq!(
        patch.to_string(),
        r#"{"metadata":{"$deleteFromPrimitiveList/finalizers":["a/1"]}}"#
    );
    // Another's element of such a list is no conflict.
    let (wanted, live) = (list(json!(["f/2"])), list(json!(["theirs/1"])));
    let added = ThreeWay::new(&wanted, &live)
        .of_type(Some(deployment()))
        .overwrite(false);
    assert!(added.patch().is_ok());
}

#[test]
fn a_null_unsets_what_another_has_set() {
    let spec = |replicas: Value| json!({"spec": {"replicas": replicas}});
    let patch = |last: &Value, live: &Value, wanted: &Value| {
        let compare = ThreeWay::new(wanted, live).last_applied(Some(last));
        compare.patch().unwrap().to_string()
    };
    let (empty, null) = (json!({"spec": {}}), spec(Value::Null));
    let said = r#"{"spec":{"replicas":null}}"#;
    assert_eq!(patch(&empty, &spec(json!(1)), &null), said);
    assert_eq!(patch(&json!({}), &empty, &null), said);
    assert_eq!(patch(&null, &empty, &null), "{}");
}

#[test]
fn the_annotation_holds_what_was_applied() {
    let mut manifest = json!({"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "c", "annotations": {"a": "b"}}, "data": {"k": "v"}});
    stamp_last_applied(&mut manifest);
    let text = r#"{"apiVersion":"v1","data":{"k":"v"},"kind":"ConfigMap","metadata":{"annotations":{"a":"b"},"name":"c"}}"#;
    assert_eq!(
        manifest.at(&["metadata", "annotations", LAST_APPLIED]),
        Some(&Value::from(format!("{text}\n")))
    );
    let again = manifest.clone();
    stamp_last_applied(&mut manifest);
    assert_eq!(manifest, again);
    assert_eq!(last_applied(&manifest).unwrap().unwrap().to_string(), text);
    assert_eq!(last_applied(&json!({"metadata": {}})), Ok(None));
    let broken = json!({"metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": "x"}}});
    assert_eq!(last_applied(&broken), Err(DiffError::LastApplied));
    assert!(matches!(
        ThreeWay::new(&manifest, &again).patch(),
        Ok(Patch::Merge(patch)) if patch == Value::object()
    ));
}
