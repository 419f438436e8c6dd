//! Objects of every type, made up from the tables, keep themselves on every way
//! through the codec.

use fastrand::Rng;
use skeg_schema::{
    DecodeOptions, FieldType, TypeId, Value, decode_json, decode_protobuf, decode_yaml,
    encode_json, encode_protobuf, encode_yaml, fill, lean, protobuf_to_json,
};

use crate::made_up::object;

/// How deep made-up objects go.
const DEPTH_MAX: usize = 5;

#[test]
fn objects_of_every_type_keep_themselves() {
    let mut rng = Rng::with_seed(0x5ee9);
    for ty in TypeId::all() {
        let name = ty.desc().name;
        for round in 0..2 {
            let made = object(&mut rng, ty, DEPTH_MAX);
            let mut json = Vec::new();
            encode_json(&made, ty, &mut json);
            let shown = String::from_utf8_lossy(&json).into_owned();
            let decoded = decode_json(&json, ty, &DecodeOptions::strict())
                .unwrap_or_else(|error| panic!("{name} {round}: {error}\n{shown}"));
            assert!(
                decoded.complaints.is_empty(),
                "{name}: {:?}",
                decoded.complaints
            );
            assert_eq!(decoded.value, made, "{name} through JSON\n{shown}");

            let mut filled = made.clone();
            fill(&mut filled, ty);
            let mut lean_again = filled.clone();
            lean(&mut lean_again, ty);
            assert_eq!(lean_again, made, "{name} lean again");
            let mut again = Vec::new();
            encode_json(&filled, ty, &mut again);
            assert_eq!(String::from_utf8_lossy(&again), shown, "{name} filled");
            let from_yaml = decode_yaml(
                encode_yaml(&filled).as_bytes(),
                Some(ty),
                &DecodeOptions::strict(),
            )
            .unwrap_or_else(|error| {
                panic!("{name} through YAML: {error}\n{}", encode_yaml(&filled))
            });
            assert_eq!(
                from_yaml.value,
                made,
                "{name} through YAML\n{}",
                encode_yaml(&filled)
            );

            if ty.desc().wire.is_empty() {
                continue;
            }
            let mut proto = Vec::new();
            encode_protobuf(&made, ty, &mut proto);
            let mut back =
                decode_protobuf(&proto, ty).unwrap_or_else(|error| panic!("{name}: {error}"));
            // Protobuf has no place for these; the envelope does.
            let mut bare = made.clone();
            strip_type_meta(&mut bare, ty, false);
            strip_type_meta(&mut back, ty, false);
            assert_eq!(back, bare, "{name} through protobuf\n{shown}");
            let mut straight = Vec::new();
            protobuf_to_json(&proto, ty, None, &mut straight).unwrap();
            let mut by_tree = Vec::new();
            encode_json(&bare, ty, &mut by_tree);
            assert_eq!(
                String::from_utf8_lossy(&straight),
                String::from_utf8_lossy(&by_tree),
                "{name} straight to JSON"
            );
            let mut lengthwise = Vec::new();
            encode_protobuf(&filled, ty, &mut lengthwise);
            assert_eq!(lengthwise, proto, "{name}: filled and lean encode alike");
        }
    }
}

/// Takes out what protobuf does not carry: `kind` and `apiVersion` of the
/// object and of those within, and fields without a number.
fn strip_type_meta(value: &mut Value, ty: TypeId, below: bool) {
    let desc = ty.desc();
    if below && desc.wire.is_empty() && !desc.fields.is_empty() {
        *value = Value::object();
        return;
    }
    let Value::Object(members) = value else {
        return;
    };
    for field in desc.fields {
        if field.number == 0 {
            members.remove(field.json);
            continue;
        }
        let Some(member) = members.get_mut(field.json) else {
            continue;
        };
        strip_field(member, &field.ty);
        if !field.pointer && *member == Value::object() && matches!(field.ty, FieldType::Message(_))
        {
            members.remove(field.json);
        }
    }
}

fn strip_field(value: &mut Value, ty: &FieldType) {
    match (ty, &mut *value) {
        (FieldType::Message(id), _) => strip_type_meta(value, *id, true),
        (FieldType::List(inner), Value::Array(items)) => {
            items.iter_mut().for_each(|item| strip_field(item, inner))
        }
        (FieldType::Map(inner), Value::Object(members)) => {
            members
                .iter_mut()
                .for_each(|(_, member)| strip_field(member, inner));
        }
        _ => {}
    }
}
