//! Facts of the Kubernetes API as static tables, and the codec that runs on them.
//!
//! The tables say of every message type its fields with their JSON names,
//! protobuf numbers, types, list types, merge keys and markers
//! ([`MessageDesc`], [`FieldDesc`]), and of every resource its names, verbs,
//! scope, subresources and printed columns ([`resources`]). One engine turns
//! JSON, protobuf and YAML into trees ([`Value`]) and back, byte for byte as
//! upstream does; typed structs ride on it through [`Message`].
//!
//! ```
//! use skeg_schema::{DecodeOptions, TypeId, decode_json, encode_json};
//!
//! let pod = TypeId::by_gvk("", "v1", "Pod").expect("pods are known");
//! let body = br#"{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"},"spec":{"foo":1}}"#;
//! let decoded = decode_json(body, pod, &DecodeOptions::strict())?;
//! assert_eq!(decoded.complaints, [r#"unknown field "spec.foo""#]);
//!
//! let mut out = Vec::new();
//! encode_json(&decoded.value, pod, &mut out);
//! assert_eq!(
//!     String::from_utf8_lossy(&out),
//!     r#"{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"},"spec":{"containers":null},"status":{}}"#,
//! );
//! # Ok::<(), skeg_schema::DecodeError>(())
//! ```
//!
//! Trees are *lean*: what Go's structs cannot tell from absent is left out of
//! decoded trees, whichever form they came in. [`fill`] makes a tree what
//! upstream's JSON shows, [`lean`] makes it lean again.
//!
//! This crate must not know HTTP, storage or any one kind.

#![deny(missing_docs)]

mod codec;
mod desc;
pub mod dynamic;
pub mod envelope;
pub mod go;
mod message;
pub mod openapi;
pub mod patch;
pub mod quantity;
pub mod resources;
mod slots;
pub mod structural;
mod tables;
pub mod time;
mod value;
mod value_serde;

pub use codec::proto_typed::{Depth, Taken, Wire, raw_of, time_of};
pub use codec::{
    DecodeError, DecodeOptions, Decoded, MAX_DEPTH, Places, conform, decode_json, decode_json_any,
    decode_json_free, decode_protobuf, decode_protobuf_folded, decode_yaml, decode_yaml_any,
    decode_yaml_documents, encode_json, encode_json_any, encode_json_pretty, encode_json_sent,
    encode_protobuf, encode_yaml, escape_json, fill, holds_kinds, lean, lean_but_lists,
    protobuf_to_json, protobuf_to_json_at, restore_kinds,
};
pub use desc::{FieldDesc, FieldType, ListType, MessageDesc, Omit, TypeId, WireEntry};
pub use message::{
    ByteString, FieldValue, Message, Mismatch, StaticMessage, from_value, message_from_json,
    message_from_protobuf, message_from_value, message_to_json, message_to_protobuf,
    message_to_value,
};
#[doc(hidden)]
pub use message::{deserialize_message, fmt_message, no_such_field, serialize_message};
#[doc(hidden)]
pub use serde;

pub use value::{Key, Object, Value};
pub use value_serde::{ValueError, deserialize_value, serialize_value};

/// The programs of the README are compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
