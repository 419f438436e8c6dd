//! No bytes make the decoders panic, run away or recurse without end.

use fastrand::Rng;
use skeg_schema::{
    DecodeError, DecodeOptions, TypeId, decode_json, decode_json_any, decode_protobuf, decode_yaml,
    encode_json, encode_json_pretty, encode_protobuf, envelope, protobuf_to_json,
};

use crate::golden::{pairs, type_of};

fn mutated(rng: &mut Rng, bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..1 + rng.usize(..4) {
        if out.is_empty() {
            break;
        }
        let at = rng.usize(..out.len());
        match rng.u8(..6) {
            0 => out[at] = rng.u8(..),
            1 => out[at] ^= 1 << rng.u8(..8),
            2 => out.truncate(at),
            3 => {
                out.remove(at);
            }
            4 => out.insert(at, rng.u8(..)),
            _ => {
                let to = (at + rng.usize(..40)).min(out.len());
                let piece = out[at..to].to_vec();
                let into = rng.usize(..=out.len());
                out.splice(into..into, piece);
            }
        }
    }
    out
}

#[test]
fn mutated_bytes_are_refused_or_read() {
    let mut rng = Rng::with_seed(7);
    for (name, pair) in pairs() {
        let ty = type_of(name);
        for _ in 0..6 {
            let json = mutated(&mut rng, &pair.json);
            if let Ok(decoded) = decode_json(&json, ty, &DecodeOptions::strict()) {
                encode_protobuf(&decoded.value, ty, &mut Vec::new());
            }
            let _ = decode_json_any(&json);
            let _ = encode_json_pretty(&json);
            let _ = decode_yaml(&json, Some(ty), &DecodeOptions::strict());
            let proto = mutated(&mut rng, &pair.proto);
            if let Ok(unknown) = envelope::unwrap(&proto)
                && let Ok(value) = decode_protobuf(unknown.raw, ty)
            {
                let mut by_tree = Vec::new();
                encode_json(&value, ty, &mut by_tree);
                let mut straight = Vec::new();
                // Raw JSON keeps its spelling on the straight way, so only refusals must agree.
                assert!(
                    protobuf_to_json(unknown.raw, ty, None, &mut straight).is_ok(),
                    "{name}"
                );
            }
            let raw = mutated(&mut rng, pair.proto.get(30..).unwrap_or_default());
            let _ = decode_protobuf(&raw, ty);
            let _ = protobuf_to_json(&raw, ty, None, &mut Vec::new());
            let _ = envelope::index(&raw, ty);
            let _ = envelope::with_resource_version(&raw, ty, "7");
        }
    }
}

#[test]
fn depth_is_bounded() {
    let schema = TypeId::by_name("apiextensions/v1.JSONSchemaProps").unwrap();
    let deep = format!("{}{}", "{\"not\":".repeat(100_000), "}".repeat(100_000));
    let lists = "[".repeat(100_000);
    let options = DecodeOptions::strict();
    assert_eq!(
        decode_json(deep.as_bytes(), schema, &options).map(|_| ()),
        Err(DecodeError::TooDeep)
    );
    assert_eq!(
        decode_json_any(deep.as_bytes()).map(|_| ()),
        Err(DecodeError::TooDeep)
    );
    assert_eq!(
        decode_json_any(lists.as_bytes()).map(|_| ()),
        Err(DecodeError::TooDeep)
    );
    let unknown = format!("{{\"x\":{lists}");
    assert_eq!(
        decode_json(unknown.as_bytes(), schema, &options).map(|_| ()),
        Err(DecodeError::TooDeep)
    );
    assert!(decode_yaml(lists.as_bytes(), Some(schema), &options).is_err());

    for deep in [
        "{".repeat(100_000),
        "- ".repeat(100_000),
        "a: {b: ".repeat(50_000),
        "? ".repeat(100_000),
    ] {
        assert!(
            decode_yaml(deep.as_bytes(), None, &options).is_err(),
            "{}",
            &deep[..10]
        );
    }

    // `not` within `not`, in protobuf.
    let mut proto = Vec::new();
    for _ in 0..2000 {
        let mut outer = vec![0xe2, 0x01];
        let mut length = proto.len();
        while length >= 0x80 {
            outer.push(length as u8 | 0x80);
            length >>= 7;
        }
        outer.push(length as u8);
        outer.extend_from_slice(&proto);
        proto = outer;
    }
    assert_eq!(
        decode_protobuf(&proto, schema).map(|_| ()),
        Err(DecodeError::TooDeep)
    );
}

#[test]
fn size_is_bounded() {
    let pod = TypeId::by_gvk("", "v1", "Pod").unwrap();
    let options = DecodeOptions {
        max_bytes: 10,
        ..DecodeOptions::default()
    };
    let error = decode_json(b"{\"metadata\":{}}", pod, &options).unwrap_err();
    assert_eq!(error.to_string(), "Request entity too large: limit is 10");
}
