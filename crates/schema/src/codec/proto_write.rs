//! Trees to protobuf, byte for byte as upstream's generated code writes it.

use super::places::Places;
use super::proto::{put_bytes, put_nested, put_number, put_tag};
use super::schema_props;
use crate::{FieldDesc, FieldType, Key, Object, TypeId, Value, WireEntry};

/// Writes an object of a type, without an envelope.
pub fn encode_protobuf(value: &Value, ty: TypeId, out: &mut Vec<u8>) {
    message(value, ty, out);
}

static EMPTY: Object = Object::new();

fn message(value: &Value, ty: TypeId, out: &mut Vec<u8>) {
    let desc = ty.desc();
    let members = value.as_object().unwrap_or(&EMPTY);
    fields(&Places::of(members, desc), desc.fields, desc.wire, out);
}

fn fields(
    members: &Places<'_>,
    table: &'static [FieldDesc],
    layout: &'static [WireEntry],
    out: &mut Vec<u8>,
) {
    for entry in layout {
        match entry {
            WireEntry::Embed(number, inner) => {
                put_nested(*number, out, |out| fields(members, table, inner, out))
            }
            WireEntry::Field(number, at) => {
                let at = usize::from(*at);
                let field = &table[at];
                let raw = field.pointer && super::json_write::is_raw(&field.ty);
                let value = members.get(at).filter(|value| raw || !value.is_null());
                match (value, &field.ty) {
                    (Some(Value::Array(items)), FieldType::List(inner)) => {
                        for item in items {
                            single(*number, item, inner, out);
                        }
                    }
                    (Some(Value::Object(map)), FieldType::Map(inner)) => {
                        write_map(*number, map, inner, out)
                    }
                    (_, FieldType::List(_) | FieldType::Map(_)) => {}
                    // Go writes these only when they are not nil.
                    (None, FieldType::Bytes | FieldType::Strings) => {}
                    (Some(value), ty) => single(*number, value, ty, out),
                    (None, _) if field.pointer => {}
                    (None, ty) => single(*number, &Value::Null, ty, out),
                }
            }
        }
    }
}

fn write_map(number: u32, map: &Object, inner: &FieldType, out: &mut Vec<u8>) {
    let mut sorted: Vec<(&Key, &Value)> = map.iter().collect();
    if !sorted.is_sorted_by(|a, b| a.0 <= b.0) {
        sorted.sort_by(|a, b| a.0.cmp(b.0));
    }
    for (key, value) in sorted {
        put_nested(number, out, |out| {
            put_bytes(1, key.as_bytes(), out);
            match (inner, value) {
                (FieldType::Bytes, Value::Null) => {}
                (FieldType::Strings, Value::Array(items)) if items.is_empty() => {}
                (FieldType::List(_), _) => {}
                _ => single(2, value, inner, out),
            }
        });
    }
}

/// Writes one value; `null` as Go's zero value.
fn single(number: u32, value: &Value, ty: &FieldType, out: &mut Vec<u8>) {
    match ty {
        FieldType::String => put_bytes(number, value.as_str().unwrap_or_default().as_bytes(), out),
        FieldType::Bool => put_number(number, u64::from(value.as_bool().unwrap_or_default()), out),
        FieldType::Int32 | FieldType::Int64 => {
            put_number(number, value.as_i64().unwrap_or_default() as u64, out)
        }
        FieldType::Double => {
            put_tag(number, 1, out);
            out.extend_from_slice(&value.as_f64().unwrap_or_default().to_bits().to_le_bytes());
        }
        FieldType::Bytes => {
            let bytes =
                super::base64_decode(value.as_str().unwrap_or_default()).unwrap_or_default();
            put_bytes(number, &bytes, out);
        }
        FieldType::Message(id) => put_nested(number, out, |out| message(value, *id, out)),
        FieldType::Time | FieldType::MicroTime => {
            let micro = *ty == FieldType::MicroTime;
            let instant = value
                .as_str()
                .and_then(|text| crate::time::parse(text, micro).ok());
            put_nested(number, out, |out| {
                if let Some(instant) = instant.filter(|instant| !instant.is_zero()) {
                    put_number(1, instant.seconds as u64, out);
                    let nanos = if micro {
                        instant.nanos / 1000 * 1000
                    } else {
                        0
                    };
                    put_number(2, u64::from(nanos), out);
                }
            });
        }
        FieldType::Quantity => {
            let text = match value {
                Value::String(text) if !text.is_empty() => crate::quantity::shown(text).ok(),
                Value::Int(number) => crate::quantity::shown(&number.to_string()).ok(),
                _ => None,
            };
            put_nested(number, out, |out| {
                put_bytes(1, text.as_deref().unwrap_or("0").as_bytes(), out)
            });
        }
        FieldType::IntOrString => put_nested(number, out, |out| {
            let text = value.as_str();
            put_number(1, u64::from(text.is_some()), out);
            put_number(2, value.as_i64().unwrap_or_default() as u64, out);
            put_bytes(3, text.unwrap_or_default().as_bytes(), out);
        }),
        FieldType::RawExtension | FieldType::FieldsV1 | FieldType::Json => {
            put_nested(number, out, |out| {
                if let Some(source) = value.as_object().and_then(crate::Object::source) {
                    put_bytes(1, source.as_bytes(), out);
                } else if !value.is_null() {
                    let mut json = Vec::new();
                    super::encode_json_any(value, &mut json);
                    put_bytes(1, &json, out);
                }
            })
        }
        FieldType::Strings => put_nested(number, out, |out| {
            for item in value.as_array().map(Vec::as_slice).unwrap_or_default() {
                put_bytes(1, item.as_str().unwrap_or_default().as_bytes(), out);
            }
        }),
        FieldType::SchemaOrArray => put_nested(number, out, |out| match value {
            Value::Array(items) => {
                for item in items {
                    put_nested(2, out, |out| message(item, schema_props(), out));
                }
            }
            Value::Object(_) => put_nested(1, out, |out| message(value, schema_props(), out)),
            _ => {}
        }),
        FieldType::SchemaOrBool => put_nested(number, out, |out| {
            put_number(
                1,
                u64::from(value.as_bool().unwrap_or(value.is_object())),
                out,
            );
            if value.is_object() {
                put_nested(2, out, |out| message(value, schema_props(), out));
            }
        }),
        FieldType::SchemaOrStrings => put_nested(number, out, |out| match value {
            Value::Array(items) => {
                for item in items {
                    put_bytes(2, item.as_str().unwrap_or_default().as_bytes(), out);
                }
            }
            Value::Object(_) => put_nested(1, out, |out| message(value, schema_props(), out)),
            _ => {}
        }),
        FieldType::Any | FieldType::List(_) | FieldType::Map(_) => {}
    }
}
