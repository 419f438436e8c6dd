//! Objects of unknown type keep the text from which they were read.

use skeg_schema::{
    DecodeOptions, Object, TypeId, Value, decode_json, decode_protobuf, encode_json,
    encode_protobuf, json,
};

fn revision(text: &str) -> (Value, TypeId) {
    let ty = TypeId::by_name("apps/v1.ControllerRevision").expect("the kind");
    let decoded = decode_json(text.as_bytes(), ty, &DecodeOptions::default()).expect("JSON");
    (decoded.value, ty)
}

fn source(value: &Value) -> Option<&str> {
    value["data"].as_object().and_then(Object::source)
}

#[test]
fn blanks_are_stored_and_not_shown() {
    let (value, ty) = revision(r#"{"data":{"b": 1, "a":[ ]}}"#);
    assert_eq!(source(&value), Some(r#"{"b": 1, "a":[ ]}"#));
    assert_eq!(value["data"], json!({"b": 1, "a": []}));
    let mut bytes = Vec::new();
    encode_protobuf(&value, ty, &mut bytes);
    let stored = decode_protobuf(&bytes, ty).expect("protobuf");
    assert_eq!(source(&stored), source(&value));
    let mut shown = Vec::new();
    encode_json(&stored, ty, &mut shown);
    assert!(String::from_utf8_lossy(&shown).contains(r#""data":{"b":1,"a":[]}"#));
    assert_eq!(stored["data"].to_string(), r#"{"b":1,"a":[]}"#);
    assert_eq!(
        serde_json::to_string(&stored["data"]).expect("JSON"),
        r#"{"b":1,"a":[]}"#
    );
}

#[test]
fn what_would_be_written_so_needs_no_text() {
    let (value, _) = revision(r#"{"data":{"b":1,"a":[]}}"#);
    assert_eq!(source(&value), None);
}

#[test]
fn no_member_passes_for_it() {
    let (value, ty) = revision(r#"{"data":{"\u0000source":"}{"}}"#);
    assert_eq!(source(&value), None);
    let mut bytes = Vec::new();
    encode_protobuf(&value, ty, &mut bytes);
    let stored = decode_protobuf(&bytes, ty).expect("protobuf");
    assert_eq!(stored["data"], value["data"]);
}
