//! The codec: JSON, protobuf, YAML and trees, by table.
//!
//! A decoded tree is *lean*: what Go's struct could not tell from absent is
//! left out (`""`, `0`, `false`, empty lists and objects of fields that are not
//! pointers, `null`), whichever form it came in, so that equal objects make
//! equal trees. The encoders write what upstream prints for absent fields
//! (`"status":{}`, `"containers":null`); [`fill`] puts the same into a tree.

mod conform;
mod embedded;
mod fill;
mod json_read;
mod json_write;
mod places;
pub(crate) mod proto;
mod proto_json;
mod proto_read;
pub(crate) mod proto_typed;
mod proto_write;
mod scan;
mod yaml_read;
mod yaml_write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub use conform::conform;
pub use fill::{fill, holds_kinds, lean, lean_but_lists, restore_kinds};
pub use json_read::{decode_json, decode_json_any, decode_json_free};
pub use json_write::{
    encode_json, encode_json_any, encode_json_pretty, encode_json_sent, escape_json,
};
pub use places::Places;
pub use proto_json::{protobuf_to_json, protobuf_to_json_at};
pub use proto_read::{decode_protobuf, decode_protobuf_folded};
pub use proto_write::encode_protobuf;
pub use yaml_read::{decode_yaml, decode_yaml_any, decode_yaml_documents};
pub use yaml_write::encode_yaml;

use crate::message::Mismatch;
use crate::{TypeId, Value};

/// How deep objects and lists may nest. Go's parser allows 10,000; nothing
/// real comes near this.
pub const MAX_DEPTH: usize = 256;

/// What a decoder is to do.
#[derive(Clone, Debug)]
pub struct DecodeOptions {
    /// The most bytes it takes.
    pub max_bytes: usize,
    /// Whether to tell of unknown and duplicate fields.
    pub strict: bool,
    /// Whether to keep empty lists and maps of fields that are never omitted,
    /// which Go prints as `[]` rather than `null` until they have been stored.
    pub keep_empty: bool,
}

impl Default for DecodeOptions {
    fn default() -> Self {
        Self {
            max_bytes: usize::MAX,
            strict: false,
            keep_empty: false,
        }
    }
}

impl DecodeOptions {
    /// Tells of unknown and duplicate fields.
    #[must_use]
    pub fn strict() -> Self {
        Self {
            strict: true,
            ..Self::default()
        }
    }
}

/// A decoded object, and what was odd about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decoded {
    /// The object.
    pub value: Value,
    /// Paths of fields that the type does not have, in the order in which they came: `spec.foo`.
    pub unknown: Vec<String>,
    /// Paths of fields that stood there more than once.
    pub duplicates: Vec<String>,
    /// Both, in the order in which they came and in upstream's words: `unknown field "spec.foo"`.
    pub complaints: Vec<String>,
}

/// Why something could not be decoded. The text is what upstream would say.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// It is not JSON.
    #[error("{0}")]
    Syntax(String),
    /// A value has another type than its field.
    #[error("{0}")]
    Type(String),
    /// It nests too deep.
    #[error("exceeded max depth")]
    TooDeep,
    /// It is too large.
    #[error("Request entity too large: limit is {limit}")]
    TooLarge {
        /// The most bytes that are taken.
        limit: usize,
    },
    /// It is not such a protobuf message.
    #[error("{0}")]
    Protobuf(String),
    /// It is not YAML.
    #[error("{0}")]
    Yaml(String),
}

impl From<Mismatch> for DecodeError {
    fn from(mismatch: Mismatch) -> Self {
        Self::Type(mismatch.to_string())
    }
}

pub(crate) fn base64_encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(crate) fn base64_decode(text: &str) -> Option<Vec<u8>> {
    go_base64(text).ok()
}

/// Bytes of a base64 text; line breaks are passed over, as Go does.
pub(crate) fn go_base64(text: &str) -> Result<Vec<u8>, String> {
    let given = text;
    let broken = text.bytes().any(|byte| byte == b'\n' || byte == b'\r');
    let joined;
    let text = if broken {
        joined = text.replace(['\n', '\r'], "");
        &joined
    } else {
        text
    };
    STANDARD
        .decode(text)
        .map_err(|_| format!("illegal base64 data at input byte {}", corrupt_at(given)))
}

/// Where Go finds a text to be no base64: at what is wrong, or where the last
/// four began if some are missing.
fn corrupt_at(text: &str) -> usize {
    let is_break = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let bytes = text.as_bytes();
    let mut places = 0;
    for (at, byte) in bytes.iter().enumerate().filter(|(_, byte)| !is_break(byte)) {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => places = (places + 1) % 4,
            b'=' if places >= 2 => {
                let mut rest = (at + 1..bytes.len()).filter(|at| !is_break(&bytes[*at]));
                if places == 2 {
                    match rest.next() {
                        None => return bytes.len(),
                        Some(next) if bytes[next] != b'=' => return next - 1,
                        Some(_) => {}
                    }
                }
                return rest.next().unwrap_or(bytes.len());
            }
            _ => return at,
        }
    }
    bytes.len() - places
}

/// The type of a schema in a CustomResourceDefinition.
pub(crate) const fn schema_props() -> TypeId {
    crate::tables::JSON_SCHEMA_PROPS
}
/// Keeps the text of an object of unknown type where it is not what would be
/// written for it.
fn with_source(mut value: crate::Value, text: &[u8]) -> crate::Value {
    if value.is_object() {
        let mut written = Vec::with_capacity(text.len());
        encode_json_any(&value, &mut written);
        if written != text
            && let (crate::Value::Object(members), Ok(text)) =
                (&mut value, std::str::from_utf8(text))
        {
            members.set_source(text);
        }
    }
    value
}
