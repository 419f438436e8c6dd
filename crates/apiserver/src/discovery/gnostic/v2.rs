//! The document of OpenAPI v2 in protobuf, as clients before 1.30 ask for it:
//! the messages of `openapi.v2` (gnostic).

use skeg_schema::{Object, Value};

use super::{Message, members, objects, security_requirement};

/// The media type.
pub const MEDIA_TYPE: &str = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
/// The same with a sign that media types may not have, as older clients write it.
pub const OLD_MEDIA_TYPE: &str = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

/// Paths, as the inside of their message (8).
pub fn paths(paths: &Object) -> Vec<u8> {
    let mut out = Message::default();
    for (path, item) in objects(paths) {
        out.named(2, path, path_item(item));
    }
    out.0
}

/// Definitions, as the inside of their message (9).
pub fn definitions(definitions: &Object) -> Vec<u8> {
    let mut out = Message::default();
    for (name, definition) in objects(definitions) {
        out.named(1, name, schema(definition));
    }
    out.0
}

/// All else of a document.
pub fn rest(document: &Object) -> Vec<u8> {
    let mut out = Message::default();
    out.text(1, document.get("swagger"));
    let mut info = Message::default();
    let about = document.get("info").unwrap_or(&Value::Null);
    info.text(1, about.get("title"));
    info.text(2, about.get("version"));
    out.message(2, info);
    let requirements = document.get("security").and_then(Value::as_array);
    for requirement in requirements.into_iter().flatten() {
        out.message(12, security_requirement(requirement));
    }
    let mut security = Message::default();
    for (name, definition) in members(document.get("securityDefinitions")) {
        let mut key = Message::default();
        for (number, member) in [(1, "type"), (2, "name"), (3, "in"), (4, "description")] {
            key.text(number, definition.get(member));
        }
        let mut item = Message::default();
        item.message(2, key);
        security.named(1, name, item);
    }
    out.message(13, security);
    out.0
}

fn path_item(item: &Object) -> Message {
    let mut out = Message::default();
    out.text(1, item.get("$ref"));
    for (number, method) in [
        (2, "get"),
        (3, "put"),
        (4, "post"),
        (5, "delete"),
        (6, "options"),
        (7, "head"),
        (8, "patch"),
    ] {
        if let Some(operation) = item.get(method).and_then(Value::as_object) {
            out.message(number, self::operation(operation));
        }
    }
    parameters(&mut out, 9, item.get("parameters"));
    out.extensions(10, item);
    out
}

fn operation(operation: &Object) -> Message {
    let mut out = Message::default();
    out.texts(1, operation.get("tags"));
    out.text(2, operation.get("summary"));
    out.text(3, operation.get("description"));
    out.text(5, operation.get("operationId"));
    out.texts(6, operation.get("produces"));
    out.texts(7, operation.get("consumes"));
    parameters(&mut out, 8, operation.get("parameters"));
    let mut responses = Message::default();
    for (code, response) in members(operation.get("responses")) {
        let mut inner = Message::default();
        // The text is required, also where there is none to give.
        let text = response.get("description").and_then(Value::as_str);
        inner.bytes(1, text.unwrap_or("OK").as_bytes());
        if let Some(of) = response.get("schema").and_then(Value::as_object) {
            let mut item = Message::default();
            item.message(1, schema(of));
            inner.message(2, item);
        }
        let mut value = Message::default();
        value.message(1, inner);
        responses.named(1, code, value);
    }
    out.message(9, responses);
    out.texts(10, operation.get("schemes"));
    out.flag(11, operation.get("deprecated"));
    out.extensions(13, operation);
    out
}

fn parameters(out: &mut Message, number: u32, list: Option<&Value>) {
    for parameter in list.and_then(Value::as_array).into_iter().flatten() {
        let Some(parameter) = parameter.as_object() else {
            continue;
        };
        let mut item = Message::default();
        if parameter.contains_key("$ref") {
            let mut reference = Message::default();
            reference.text(1, parameter.get("$ref"));
            item.message(2, reference);
        } else {
            item.message(1, self::parameter(parameter));
        }
        out.message(number, item);
    }
}

fn parameter(parameter: &Object) -> Message {
    let get = |name: &str| parameter.get(name);
    let mut out = Message::default();
    let place = get("in").and_then(Value::as_str).unwrap_or_default();
    if place == "body" {
        let mut body = Message::default();
        body.text(1, get("description"));
        body.text(2, get("name"));
        body.text(3, get("in"));
        body.flag(4, get("required"));
        if let Some(of) = get("schema").and_then(Value::as_object) {
            body.message(5, schema(of));
        }
        out.message(1, body);
        return out;
    }
    let mut plain = Message::default();
    plain.flag(1, get("required"));
    plain.text(2, get("in"));
    plain.text(3, get("description"));
    plain.text(4, get("name"));
    // Of a path everything after the name stands one number lower: it cannot
    // be empty.
    let (kind, from) = match place {
        "path" => (4, 5),
        "header" => (1, 5),
        _ => (3, 6),
    };
    plain.text(from, get("type"));
    plain.text(from + 1, get("format"));
    plain.flag(from + 14, get("uniqueItems"));
    let mut non_body = Message::default();
    non_body.message(kind, plain);
    out.message(2, non_body);
    out
}

fn schema(object: &Object) -> Message {
    let get = |name: &str| object.get(name);
    let mut out = Message::default();
    out.text(1, get("$ref"));
    out.text(2, get("format"));
    out.text(3, get("title"));
    out.text(4, get("description"));
    out.any(5, get("default"));
    out.number(6, get("multipleOf"));
    out.number(7, get("maximum"));
    out.flag(8, get("exclusiveMaximum"));
    out.number(9, get("minimum"));
    out.flag(10, get("exclusiveMinimum"));
    out.count(11, get("maxLength"));
    out.count(12, get("minLength"));
    out.text(13, get("pattern"));
    out.count(14, get("maxItems"));
    out.count(15, get("minItems"));
    out.flag(16, get("uniqueItems"));
    out.count(17, get("maxProperties"));
    out.count(18, get("minProperties"));
    out.texts(19, get("required"));
    for value in get("enum").and_then(Value::as_array).into_iter().flatten() {
        out.any(20, Some(value));
    }
    match get("additionalProperties") {
        Some(Value::Object(inner)) => {
            let mut item = Message::default();
            item.message(1, schema(inner));
            out.message(21, item);
        }
        Some(Value::Bool(flag)) => {
            let mut item = Message::default();
            item.present_flag(2, *flag);
            out.message(21, item);
        }
        _ => {}
    }
    if let Some(kind) = get("type") {
        let mut item = Message::default();
        match kind {
            Value::Array(_) => item.texts(1, Some(kind)),
            one => item.text(1, Some(one)),
        }
        out.message(22, item);
    }
    if let Some(Value::Object(items)) = get("items") {
        let mut item = Message::default();
        item.message(1, schema(items));
        out.message(23, item);
    }
    for inner in get("allOf").and_then(Value::as_array).into_iter().flatten() {
        if let Some(inner) = inner.as_object() {
            out.message(24, schema(inner));
        }
    }
    if get("properties").is_some() {
        let mut properties = Message::default();
        for (name, inner) in members(get("properties")) {
            properties.named(1, name, schema(inner));
        }
        out.message(25, properties);
    }
    out.extensions(31, object);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn a_small_document() {
        let document = json!({
            "swagger": "2.0",
            "info": {"title": "K", "version": "1"},
            "definitions": {"A": {"type": "string", "x-y": [1]}},
        });
        let definition = [
            &[0x0a, 0x01, b'A', 0x12, 0x1b][..],
            // type
            &[0xb2, 0x01, 0x08, 0x0a, 0x06],
            b"string",
            // x-y: its name and its value as YAML
            &[0xfa, 0x01, 0x0d, 0x0a, 0x03],
            b"x-y",
            &[0x12, 0x06, 0x12, 0x04],
            b"- 1\n",
        ]
        .concat();
        let mut expect = vec![0x0a];
        expect.push(definition.len() as u8);
        expect.extend_from_slice(&definition);
        let object = |value: &Value| value.as_object().cloned().expect("an object");
        assert_eq!(definitions(&object(&document["definitions"])), expect);
        let mut expect = vec![0x0a, 0x03];
        expect.extend_from_slice(b"2.0");
        expect.extend_from_slice(&[0x12, 0x06, 0x0a, 0x01, b'K', 0x12, 0x01, b'1', 0x6a, 0x00]);
        assert_eq!(rest(&object(&document)), expect);
    }
}
