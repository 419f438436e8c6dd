//! The document of OpenAPI v2 in pieces, so that what is defined while the server
//! runs is put between them without the whole being written again.

use bytes::{Bytes, BytesMut};
use skeg_schema::{Object, Value, encode_json_any};
use std::collections::HashSet;

use super::gnostic::{self, v2 as gnostic_v2};

/// What does not change: the members of `paths` and of `definitions`, and the rest.
pub struct Pieces {
    paths: Vec<u8>,
    definitions: Vec<u8>,
    rest: Vec<u8>,
    names: HashSet<String>,
}

/// What is put in.
#[derive(Default)]
pub struct Added {
    paths: Vec<u8>,
    definitions: Vec<u8>,
    names: HashSet<String>,
}

/// Members without the braces around them.
fn members(object: &Object, out: &mut Vec<u8>) {
    for (name, value) in object {
        if !out.is_empty() {
            out.push(b',');
        }
        encode_json_any(&Value::from(&**name), out);
        out.push(b':');
        encode_json_any(value, out);
    }
}

impl Pieces {
    /// Takes a document apart.
    pub fn new(document: &Value, protobuf: bool) -> Self {
        let empty = Object::new();
        let part = |name: &str| document[name].as_object().unwrap_or(&empty);
        let (paths, definitions) = (part("paths"), part("definitions"));
        let mut pieces = Self {
            paths: Vec::new(),
            definitions: Vec::new(),
            rest: Vec::new(),
            names: definitions.keys().map(ToString::to_string).collect(),
        };
        if protobuf {
            pieces.paths = gnostic_v2::paths(paths);
            pieces.definitions = gnostic_v2::definitions(definitions);
        } else {
            members(paths, &mut pieces.paths);
            members(definitions, &mut pieces.definitions);
        }
        let mut rest = document.as_object().cloned().unwrap_or_default();
        rest.retain(|name, _| !matches!(name, "paths" | "definitions"));
        if protobuf {
            pieces.rest = gnostic_v2::rest(&rest);
        } else {
            members(&rest, &mut pieces.rest);
        }
        pieces
    }

    /// The document with what is added.
    pub fn with(&self, added: Added, protobuf: bool) -> Bytes {
        let len = [&self.paths, &self.definitions, &self.rest, &added.paths]
            .iter()
            .map(|piece| piece.len())
            .sum::<usize>();
        let mut out = BytesMut::with_capacity(len + added.definitions.len() + 64);
        if protobuf {
            out.extend_from_slice(&self.rest);
            for (number, base, more) in [
                (8, &self.paths, &added.paths),
                (9, &self.definitions, &added.definitions),
            ] {
                let mut head = Vec::new();
                gnostic::head(number, base.len() + more.len(), &mut head);
                out.extend_from_slice(&head);
                out.extend_from_slice(base);
                out.extend_from_slice(more);
            }
            return out.freeze();
        }
        out.extend_from_slice(b"{");
        out.extend_from_slice(&self.rest);
        for (name, base, more) in [
            (&b"paths"[..], &self.paths, &added.paths),
            (b"definitions", &self.definitions, &added.definitions),
        ] {
            out.extend_from_slice(b",\"");
            out.extend_from_slice(name);
            out.extend_from_slice(b"\":{");
            out.extend_from_slice(base);
            if !base.is_empty() && !more.is_empty() {
                out.extend_from_slice(b",");
            }
            out.extend_from_slice(more);
            out.extend_from_slice(b"}");
        }
        out.extend_from_slice(b"}");
        out.freeze()
    }

    /// Whether the tables define this name.
    pub fn defines(&self, name: &str) -> bool {
        self.names.contains(name)
    }
}

impl Added {
    /// Puts paths and definitions in; names that are there already stay as they are.
    pub fn add(&mut self, base: &Pieces, paths: &Object, definitions: &Object, protobuf: bool) {
        let new: Object = definitions
            .iter()
            .filter(|(name, _)| !base.defines(name) && self.names.insert(name.to_string()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if protobuf {
            self.paths.extend(gnostic_v2::paths(paths));
            self.definitions.extend(gnostic_v2::definitions(&new));
        } else {
            members(paths, &mut self.paths);
            members(&new, &mut self.definitions);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn pieces_make_the_whole() {
        let whole = json!({
            "swagger": "2.0", "info": {"title": "K", "version": "1"}, "security": [],
            "paths": {"/a": {"get": {"operationId": "a", "responses": {}}}},
            "definitions": {"A": {"type": "string"}},
        });
        let more_paths = object(json!({"/b": {"get": {"operationId": "b", "responses": {}}}}));
        let more = object(json!({"B": {"type": "object"}, "A": {"type": "integer"}}));
        let base = Pieces::new(&whole, false);
        let mut added = Added::default();
        added.add(&base, &more_paths, &more, false);
        let made = skeg_schema::decode_json_any(&base.with(added, false)).expect("JSON");
        assert_eq!(
            made["definitions"],
            json!({"A": {"type": "string"}, "B": {"type": "object"}})
        );
        assert_eq!(made["paths"].as_object().map(Object::len), Some(2));
        assert_eq!(made["swagger"], "2.0");
    }

    #[test]
    fn nothing_added_is_the_whole() {
        let whole = json!({
            "swagger": "2.0", "info": {"title": "K", "version": "1"},
            "paths": {"/a": {"get": {"operationId": "a", "responses": {}}}},
            "definitions": {"A": {"type": "string"}},
        });
        let made = Pieces::new(&whole, false).with(Added::default(), false);
        assert_eq!(skeg_schema::decode_json_any(&made), Ok(whole.clone()));
        let made = Pieces::new(&whole, true).with(Added::default(), true);
        let mut other = Added::default();
        let base = Pieces::new(
            &json!({"swagger": "2.0", "info": {"title": "K", "version": "1"}}),
            true,
        );
        other.add(
            &base,
            &object(whole["paths"].clone()),
            &object(whole["definitions"].clone()),
            true,
        );
        assert_eq!(base.with(other, true), made);
    }
}
