//! Schemas of the types of the language and of this crate.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use super::{JsonSchema, Seen, build};
use crate::quantity::Quantity;
use crate::{ByteString, Value, json};

macro_rules! simple {
    ($($ty:ty => $schema:tt)*) => {$(
        impl JsonSchema for $ty {
            fn json_schema(_: &mut Seen) -> Value {
                json!($schema)
            }
        }
    )*};
}

// The server knows the formats int32 and int64 and warns of every other.
simple! {
    bool => {"type": "boolean"}
    i8 => {"type": "integer", "format": "int32", "minimum": -128, "maximum": 127}
    i16 => {"type": "integer", "format": "int32", "minimum": -32768, "maximum": 32767}
    i32 => {"type": "integer", "format": "int32"}
    i64 => {"type": "integer", "format": "int64"}
    isize => {"type": "integer", "format": "int64"}
    u8 => {"type": "integer", "format": "int32", "minimum": 0, "maximum": 255}
    u16 => {"type": "integer", "format": "int32", "minimum": 0, "maximum": 65535}
    u32 => {"type": "integer", "format": "int64", "minimum": 0, "maximum": 4_294_967_295_i64}
    u64 => {"type": "integer", "format": "int64", "minimum": 0}
    usize => {"type": "integer", "format": "int64", "minimum": 0}
    f32 => {"type": "number", "format": "float"}
    f64 => {"type": "number", "format": "double"}
    std::num::NonZeroI8 => {"type": "integer", "format": "int32", "minimum": -128, "maximum": 127, "not": {"enum": [0]}}
    std::num::NonZeroI16 => {"type": "integer", "format": "int32", "minimum": -32768, "maximum": 32767, "not": {"enum": [0]}}
    std::num::NonZeroI32 => {"type": "integer", "format": "int32", "not": {"enum": [0]}}
    std::num::NonZeroI64 => {"type": "integer", "format": "int64", "not": {"enum": [0]}}
    std::num::NonZeroIsize => {"type": "integer", "format": "int64", "not": {"enum": [0]}}
    std::num::NonZeroU8 => {"type": "integer", "format": "int32", "minimum": 1, "maximum": 255}
    std::num::NonZeroU16 => {"type": "integer", "format": "int32", "minimum": 1, "maximum": 65535}
    std::num::NonZeroU32 => {"type": "integer", "format": "int64", "minimum": 1, "maximum": 4_294_967_295_i64}
    std::num::NonZeroU64 => {"type": "integer", "format": "int64", "minimum": 1}
    std::num::NonZeroUsize => {"type": "integer", "format": "int64", "minimum": 1}
    char => {"type": "string", "minLength": 1, "maxLength": 1}
    str => {"type": "string"}
    String => {"type": "string"}
    std::path::PathBuf => {"type": "string"}
    std::net::IpAddr => {"type": "string"}
    std::net::Ipv4Addr => {"type": "string", "format": "ipv4"}
    std::net::Ipv6Addr => {"type": "string", "format": "ipv6"}
    std::net::SocketAddr => {"type": "string"}
    jiff::Timestamp => {"type": "string", "format": "date-time"}
    jiff::civil::Date => {"type": "string", "format": "date"}
    jiff::SignedDuration => {"type": "string"}
    jiff::Span => {"type": "string"}
    ByteString => {"type": "string", "format": "byte"}
    Value => {"x-kubernetes-preserve-unknown-fields": true}
    serde_json::Value => {"x-kubernetes-preserve-unknown-fields": true}
    serde_json::Map<String, serde_json::Value> => {"type": "object", "x-kubernetes-preserve-unknown-fields": true}
    () => {"type": "object", "nullable": true}
}

/// As serde writes it: whole seconds, and what is left of one. Kubernetes' own
/// form, `1h30m`, is `skeg_meta::Duration`.
impl JsonSchema for std::time::Duration {
    fn json_schema(seen: &mut Seen) -> Value {
        let (secs, nanos) = (
            seen.schema::<u64>(),
            json!({
                "type": "integer", "format": "int32", "minimum": 0, "maximum": 999_999_999,
            }),
        );
        json!({
            "type": "object",
            "properties": {"secs": secs, "nanos": nanos},
            "required": ["secs", "nanos"],
        })
    }
}

impl JsonSchema for Quantity {
    fn json_schema(_: &mut Seen) -> Value {
        build::quantity()
    }
}

/// A number or a text, for the schema of types that are written as either:
/// `#[schema(as = IntOrText)]`.
#[derive(Debug)]
pub enum IntOrText {}

impl JsonSchema for IntOrText {
    fn json_schema(_: &mut Seen) -> Value {
        build::int_or_string()
    }
}

impl<T: JsonSchema> JsonSchema for Option<T> {
    fn json_schema(seen: &mut Seen) -> Value {
        let mut schema = seen.schema::<T>();
        build::set(&mut schema, "nullable", Value::Bool(true));
        // The list of what is allowed is asked of null too.
        if let Some(Value::Array(allowed)) = schema.get_mut("enum")
            && !allowed.contains(&Value::Null)
        {
            allowed.push(Value::Null);
        }
        schema
    }

    fn is_optional() -> bool {
        true
    }
}

macro_rules! transparent {
    ($($ty:ident)*) => {$(
        impl<T: JsonSchema + ?Sized> JsonSchema for $ty<T> {
            fn json_schema(seen: &mut Seen) -> Value {
                T::json_schema(seen)
            }
            fn is_optional() -> bool {
                T::is_optional()
            }
        }
    )*};
}

transparent! { Box Rc Arc }

impl<T: JsonSchema + ToOwned + ?Sized> JsonSchema for Cow<'_, T> {
    fn json_schema(seen: &mut Seen) -> Value {
        T::json_schema(seen)
    }
}

fn list<T: JsonSchema>(seen: &mut Seen) -> Value {
    json!({"type": "array", "items": seen.schema::<T>()})
}

fn set<T: JsonSchema>(seen: &mut Seen) -> Value {
    let mut schema = list::<T>(seen);
    // Objects of a set would have to be atomic.
    let items = schema["items"]["type"].as_str().unwrap_or_default();
    if !matches!(items, "" | "object" | "array") {
        build::set(&mut schema, "x-kubernetes-list-type", "set".into());
    }
    schema
}

macro_rules! lists {
    ($($ty:ident)*) => {$(
        impl<T: JsonSchema> JsonSchema for $ty<T> {
            fn json_schema(seen: &mut Seen) -> Value {
                list::<T>(seen)
            }
        }
    )*};
}

lists! { Vec VecDeque }

impl<T: JsonSchema> JsonSchema for [T] {
    fn json_schema(seen: &mut Seen) -> Value {
        list::<T>(seen)
    }
}

impl<T: JsonSchema, const N: usize> JsonSchema for [T; N] {
    fn json_schema(seen: &mut Seen) -> Value {
        let mut schema = list::<T>(seen);
        let len = Value::from(i64::try_from(N).unwrap_or(i64::MAX));
        build::set(&mut schema, "minItems", len.clone());
        build::set(&mut schema, "maxItems", len);
        schema
    }
}

impl<T: JsonSchema> JsonSchema for BTreeSet<T> {
    fn json_schema(seen: &mut Seen) -> Value {
        set::<T>(seen)
    }
}

impl<T: JsonSchema, S> JsonSchema for HashSet<T, S> {
    fn json_schema(seen: &mut Seen) -> Value {
        set::<T>(seen)
    }
}

fn map<V: JsonSchema>(seen: &mut Seen) -> Value {
    json!({"type": "object", "additionalProperties": seen.schema::<V>()})
}

impl<K, V: JsonSchema> JsonSchema for BTreeMap<K, V> {
    fn json_schema(seen: &mut Seen) -> Value {
        map::<V>(seen)
    }
}

impl<K, V: JsonSchema, S> JsonSchema for HashMap<K, V, S> {
    fn json_schema(seen: &mut Seen) -> Value {
        map::<V>(seen)
    }
}
