//! Trees that were put together by hand, made what a decoder would have made.

use super::json_read::{shows_empty, zero};
use super::{DecodeOptions, MAX_DEPTH, go_base64};
use crate::message::is_zero;
use crate::{FieldType, TypeId, Value};

/// How deep a tree may nest here: deeper ones are for the decoder to judge.
const DEPTH_MAX: usize = MAX_DEPTH / 2;

/// Makes of a tree what [`decode_json`](super::decode_json) would make of its
/// JSON, where nothing is odd about it. `false`: something is, and the tree is
/// as it was; the decoder finds the words for it.
#[must_use]
pub fn conform(value: &mut Value, ty: TypeId, options: &DecodeOptions) -> bool {
    if !fits_message(value, ty, 0) {
        return false;
    }
    settle_message(value, ty, options.keep_empty);
    if value.is_null() {
        *value = Value::object();
    }
    true
}

fn fits_message(value: &Value, ty: TypeId, depth: usize) -> bool {
    let members = match value {
        Value::Object(members) => members,
        other => return other.is_null(),
    };
    let desc = ty.desc();
    let mut hint = 0;
    depth < DEPTH_MAX
        && members.iter().all(|(key, member)| {
            desc.find(key, hint).is_some_and(|(at, field)| {
                hint = at + 1;
                fits(member, &field.ty, depth + 1)
            })
        })
}

fn fits(value: &Value, ty: &FieldType, depth: usize) -> bool {
    if value.is_null() {
        return true;
    }
    match ty {
        FieldType::Message(id) => fits_message(value, *id, depth),
        FieldType::List(inner) => fits_list(value, inner, depth),
        FieldType::Strings => fits_list(value, &FieldType::String, depth),
        FieldType::Map(inner) => value.as_object().is_some_and(|members| {
            depth < DEPTH_MAX
                && members
                    .values()
                    .all(|member| fits(member, inner, depth + 1))
        }),
        FieldType::FieldsV1 | FieldType::Json | FieldType::Any => fits_any(value, depth),
        FieldType::String => matches!(value, Value::String(_)),
        FieldType::Bool => matches!(value, Value::Bool(_)),
        FieldType::Int64 | FieldType::Double => matches!(value, Value::Int(_)),
        FieldType::Int32 => is_int32(value),
        FieldType::IntOrString => is_int32(value) || matches!(value, Value::String(_)),
        FieldType::Quantity => value.as_str().is_some_and(|text| quantity(text).is_some()),
        FieldType::Time | FieldType::MicroTime => value
            .as_str()
            .is_some_and(|text| crate::time::parse(text, *ty == FieldType::MicroTime).is_ok()),
        FieldType::Bytes => value
            .as_str()
            .is_some_and(|text| !text.contains(['\n', '\r']) && go_base64(text).is_ok()),
        _ => false,
    }
}

fn quantity(text: &str) -> Option<String> {
    crate::quantity::shown(text.trim()).ok()
}

fn is_int32(value: &Value) -> bool {
    matches!(value, Value::Int(number) if i32::try_from(*number).is_ok())
}

fn fits_list(value: &Value, inner: &FieldType, depth: usize) -> bool {
    value.as_array().is_some_and(|items| {
        depth < DEPTH_MAX && items.iter().all(|item| fits(item, inner, depth + 1))
    })
}

/// Numbers with a fraction may come back from text as another number.
fn fits_any(value: &Value, depth: usize) -> bool {
    match value {
        Value::Float(_) => false,
        Value::Array(items) => {
            depth < DEPTH_MAX && items.iter().all(|item| fits_any(item, depth + 1))
        }
        Value::Object(members) => {
            depth < DEPTH_MAX && members.values().all(|member| fits_any(member, depth + 1))
        }
        _ => true,
    }
}

fn settle_message(value: &mut Value, ty: TypeId, keep_empty: bool) {
    let Value::Object(members) = value else {
        return;
    };
    let desc = ty.desc();
    let mut hint = 0;
    members.retain(|key, member| {
        let Some((at, field)) = desc.find(key, hint) else {
            return false;
        };
        hint = at + 1;
        settle(member, &field.ty, keep_empty);
        let absent = member.is_null() || (!field.pointer && is_zero(&field.ty, member));
        !absent || (keep_empty && shows_empty(desc, field, member))
    });
}

fn settle(value: &mut Value, ty: &FieldType, keep_empty: bool) {
    match (ty, &mut *value) {
        (FieldType::Message(id), _) => settle_message(value, *id, keep_empty),
        (FieldType::List(inner), Value::Array(items)) => {
            for item in items {
                settle_element(item, inner, keep_empty);
            }
        }
        (FieldType::Strings, Value::Array(items)) => {
            for item in items {
                settle_element(item, &FieldType::String, keep_empty);
            }
        }
        (FieldType::Map(inner), Value::Object(members)) => {
            for (_, member) in members.iter_mut() {
                settle_element(member, inner, keep_empty);
            }
        }
        (FieldType::Quantity, Value::String(text)) => {
            if let Some(canonical) = quantity(text) {
                *text = canonical;
            }
        }
        (FieldType::Time | FieldType::MicroTime, Value::String(text)) => {
            let micro = *ty == FieldType::MicroTime;
            if let Ok(instant) = crate::time::parse(text, micro)
                && (micro || !instant.is_written_as(text))
            {
                *text = if micro {
                    instant.to_micro_text()
                } else {
                    instant.to_seconds_text()
                };
            }
        }
        _ => {}
    }
}

fn settle_element(value: &mut Value, inner: &FieldType, keep_empty: bool) {
    settle(value, inner, keep_empty);
    if value.is_null() {
        *value = zero(inner);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{decode_json, encode_json_any, json};

    fn kind(group: &str, kind: &str) -> TypeId {
        TypeId::by_gvk(group, "v1", kind).expect("a kind")
    }

    /// A tree is taken, and becomes what the decoder makes of its JSON.
    fn same(tree: Value, ty: TypeId) {
        for options in [
            DecodeOptions::default(),
            DecodeOptions {
                keep_empty: true,
                ..DecodeOptions::strict()
            },
        ] {
            let mut bytes = Vec::new();
            encode_json_any(&tree, &mut bytes);
            let decoded = decode_json(&bytes, ty, &options).expect("decodable");
            assert!(decoded.complaints.is_empty(), "{tree}");
            let mut conformed = tree.clone();
            assert!(conform(&mut conformed, ty, &options), "{tree}");
            assert_eq!(conformed, decoded.value, "{tree}");
            assert_eq!(conformed.to_string(), decoded.value.to_string());
        }
    }

    #[test]
    fn what_the_decoder_would_make() {
        let pod = kind("", "Pod");
        same(Value::Null, pod);
        same(
            json!({"kind": "Pod", "apiVersion": "v1",
                "metadata": {"name": "a", "creationTimestamp": null, "labels": {"a": null},
                    "finalizers": [], "deletionGracePeriodSeconds": 0, "generation": 0,
                    "managedFields": [{"manager": "m", "time": "2026-01-02T03:04:05+01:00",
                        "fieldsV1": {"f:spec": {"f:x": null}}}]},
                "spec": {"containers": [null, {"name": "c", "resources": {
                    "limits": {"cpu": "1000m", "memory": "5."}},
                    "ports": [{"containerPort": 80, "hostPort": 0}],
                    "livenessProbe": {"httpGet": {"port": "web"}}}],
                    "nodeSelector": {}, "hostNetwork": false, "overhead": {"cpu": " 0 "}},
                "status": {}}),
            pod,
        );
        same(json!({"spec": {"containers": []}}), pod);
        same(
            json!({"data": {"a": "aGVsbG8=", "b": ""}, "stringData": {"k": ""}, "type": ""}),
            kind("", "Secret"),
        );
        same(
            json!({"spec": {"renewTime": "2026-01-02T03:04:05.100000Z", "leaseDurationSeconds": 0}}),
            kind("coordination.k8s.io", "Lease"),
        );
    }

    #[test]
    fn what_is_odd_is_left_alone() {
        let pod = kind("", "Pod");
        for tree in [
            json!({"spec": {"nope": 1}}),
            json!({"spec": []}),
            json!({"spec": {"containers": {}}}),
            json!({"spec": {"containers": [{"name": 1}]}}),
            json!({"spec": {"priority": 5_000_000_000_i64}}),
            json!({"spec": {"priority": 1.5}}),
            json!({"metadata": {"creationTimestamp": "yesterday"}}),
            json!({"metadata": {"labels": {"a": 1}}}),
            json!({"spec": {"overhead": {"cpu": "much"}}}),
            json!({"spec": {"overhead": {"cpu": ""}}}),
            json!({"metadata": {"managedFields": [{"fieldsV1": {"f:a": 1.0}}]}}),
            json!("pod"),
        ] {
            let mut kept = tree.clone();
            assert!(!conform(&mut kept, pod, &DecodeOptions::default()));
            assert_eq!(kept, tree);
        }
        let mut deep = Value::object();
        for _ in 0..MAX_DEPTH {
            deep = json!({"f:a": (deep)});
        }
        let mut deep = json!({"metadata": {"managedFields": [{"fieldsV1": (deep)}]}});
        assert!(!conform(&mut deep, pod, &DecodeOptions::default()));
    }
}
