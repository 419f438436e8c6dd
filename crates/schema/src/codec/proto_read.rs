//! Protobuf to trees.

use super::proto::Reader;
use super::proto_json::is_compact_set;
use super::proto_typed::text;
use super::{DecodeError, MAX_DEPTH, schema_props};
use crate::message::is_zero;
use crate::time::Instant;
use crate::{FieldDesc, FieldType, Key, Object, TypeId, Value, WireEntry};

type Result<T> = std::result::Result<T, DecodeError>;

/// Reads an object of a type, without its envelope. `kind` and `apiVersion` of
/// a registered kind are put in, since only the envelope has them.
///
/// # Errors
/// The bytes are not such a message.
pub fn decode_protobuf(bytes: &[u8], ty: TypeId) -> Result<Value> {
    decode(bytes, ty, Way::at(0))
}

/// The same, but sets of fields (`fieldsV1`) that are written as upstream writes them are
/// told by their text: see [`Object::folded`].
///
/// # Errors
/// The bytes are not such a message.
pub fn decode_protobuf_folded(bytes: &[u8], ty: TypeId) -> Result<Value> {
    let folds = true;
    decode(bytes, ty, Way { depth: 0, folds })
}

fn decode(bytes: &[u8], ty: TypeId, way: Way) -> Result<Value> {
    let desc = ty.desc();
    let mut members = Object::with_capacity(6);
    if desc.root && desc.type_meta {
        members.push(Key::Borrowed("kind"), Value::String(desc.go.to_owned()));
        members.push(
            Key::Borrowed("apiVersion"),
            Value::String(desc.api_version()),
        );
    }
    fields_into(bytes, desc.fields, desc.wire, &mut members, way, true)?;
    Ok(Value::Object(members))
}

/// How, and how deep inside, a message is read.
#[derive(Clone, Copy)]
pub(super) struct Way {
    depth: usize,
    /// Sets of fields are kept as text.
    folds: bool,
}

impl Way {
    /// So deep inside, everything as a tree.
    pub(super) fn at(depth: usize) -> Self {
        Self {
            depth,
            folds: false,
        }
    }

    fn below(self) -> Self {
        Self {
            depth: self.depth + 1,
            ..self
        }
    }
}

fn message(bytes: &[u8], ty: TypeId, way: Way) -> Result<Value> {
    let desc = ty.desc();
    let mut members = Object::with_capacity(count(bytes));
    fields_into(bytes, desc.fields, desc.wire, &mut members, way, true)?;
    Ok(Value::Object(members))
}

/// How many fields there are at most, so that the members get their room at once.
fn count(bytes: &[u8]) -> usize {
    let mut reader = Reader::new(bytes);
    let (mut count, mut last) = (0, 0);
    while let Ok(Some((number, wire))) = reader.tag() {
        if reader.skip(wire).is_err() {
            break;
        }
        count += usize::from(number != last);
        last = number;
    }
    count.min(64)
}

pub(super) fn entry(
    layout: &'static [WireEntry],
    number: u32,
    hint: &mut usize,
) -> Option<&'static WireEntry> {
    let is = |entry: &WireEntry| match entry {
        WireEntry::Field(known, _) | WireEntry::Embed(known, _) => *known == number,
    };
    // Most messages count their fields from one, without a gap.
    let guess = layout.get((number as usize).wrapping_sub(1));
    if let Some(entry) = guess.filter(|entry| is(entry)) {
        return Some(entry);
    }
    // Fields come by ascending number, mostly the next one.
    for (at, entry) in layout.iter().enumerate().skip(*hint) {
        if is(entry) {
            *hint = at;
            return Some(entry);
        }
    }
    layout.iter().find(|entry| is(entry))
}

/// Reads fields into an object; `fresh` says that it has none of them yet.
pub(super) fn fields_into(
    bytes: &[u8],
    table: &'static [FieldDesc],
    layout: &'static [WireEntry],
    members: &mut Object,
    way: Way,
    fresh: bool,
) -> Result<()> {
    if way.depth > MAX_DEPTH {
        return Err(DecodeError::TooDeep);
    }
    let mut reader = Reader::new(bytes);
    let (mut hint, mut last) = (0, 0);
    while let Some((number, wire)) = reader.tag()? {
        // Upstream writes by ascending number, so that a greater one is new.
        let mut new = number > last;
        last = number.max(last);
        let field = match entry(layout, number, &mut hint) {
            None => {
                reader.skip(wire)?;
                continue;
            }
            Some(WireEntry::Embed(_, inner)) => {
                fields_into(
                    reader.bytes(wire)?,
                    table,
                    inner,
                    members,
                    way.below(),
                    fresh,
                )?;
                continue;
            }
            Some(WireEntry::Field(_, at)) => &table[usize::from(*at)],
        };
        new = new && (fresh || !members.contains_key(field.json));
        match &field.ty {
            FieldType::List(inner) => {
                let mut items = match members.get_mut(field.json).filter(|_| !new) {
                    Some(Value::Array(items)) => std::mem::take(items),
                    _ => Vec::new(),
                };
                list(&mut reader, number, wire, inner, &mut items, way)?;
                put(members, new, field, Value::Array(items));
            }
            FieldType::Map(inner) => {
                let mut map = match members.get_mut(field.json).filter(|_| !new) {
                    Some(Value::Object(map)) => std::mem::take(map),
                    _ => Object::new(),
                };
                let mut bytes = reader.bytes(wire)?;
                loop {
                    let (key, value) = map_entry(bytes, inner, way)?;
                    if map.last_key().is_none_or(|last| last < key.as_str()) {
                        map.push_last(Key::Owned(key), value);
                    } else {
                        map.insert(Key::Owned(key), value);
                    }
                    if !reader.another(number) {
                        break;
                    }
                    bytes = reader.bytes(2)?;
                }
                put(members, new, field, Value::Object(map));
            }
            ty => {
                let value = single(&mut reader, wire, ty, way)?;
                let nothing = value.is_null() && !(field.pointer && super::json_write::is_raw(ty));
                if nothing || (!field.pointer && is_zero(ty, &value)) {
                    continue;
                }
                put(members, new, field, value);
            }
        }
    }
    Ok(())
}

#[inline]
fn put(members: &mut Object, new: bool, field: &'static FieldDesc, value: Value) {
    if new {
        members.push_last(Key::Borrowed(field.json), value);
    } else {
        members.insert(Key::Borrowed(field.json), value);
    }
}

fn list(
    reader: &mut Reader<'_>,
    number: u32,
    wire: u8,
    inner: &FieldType,
    items: &mut Vec<Value>,
    way: Way,
) -> Result<()> {
    let numbers = matches!(inner, FieldType::Int32 | FieldType::Int64 | FieldType::Bool);
    if numbers && wire == 2 {
        let mut packed = Reader::new(reader.bytes(wire)?);
        while !packed.is_empty() {
            items.push(single(&mut packed, 0, inner, way)?);
        }
        return Ok(());
    }
    items.push(element(single(reader, wire, inner, way)?, inner));
    while wire == 2 && reader.another(number) {
        items.push(element(single(reader, 2, inner, way)?, inner));
    }
    Ok(())
}

fn element(value: Value, ty: &FieldType) -> Value {
    if value.is_null() {
        super::json_read::zero(ty)
    } else {
        value
    }
}

fn map_entry(bytes: &[u8], inner: &FieldType, way: Way) -> Result<(String, Value)> {
    let mut reader = Reader::new(bytes);
    let (mut key, mut value) = (String::new(), Value::Null);
    while let Some((number, wire)) = reader.tag()? {
        match number {
            1 => key = text(reader.bytes(wire)?),
            2 => value = single(&mut reader, wire, inner, way)?,
            _ => reader.skip(wire)?,
        }
    }
    Ok((key, element(value, inner)))
}

pub(super) fn raw_bytes(bytes: &[u8]) -> Result<&[u8]> {
    let mut reader = Reader::new(bytes);
    let mut raw = &b""[..];
    while let Some((number, wire)) = reader.tag()? {
        if number == 1 {
            raw = reader.bytes(wire)?;
        } else {
            reader.skip(wire)?;
        }
    }
    Ok(raw)
}

/// Not part of `single`, whose frames lie on the stack once a level.
#[inline(never)]
fn raw(bytes: &[u8], ty: &FieldType, way: Way) -> Result<Value> {
    let raw = raw_bytes(bytes)?;
    if raw.is_empty() {
        return Ok(Value::Null);
    }
    if way.folds && *ty == FieldType::FieldsV1 && is_compact_set(raw) {
        return Ok(Value::Object(Object::folded(text(raw))));
    }
    let value = super::decode_json_any(raw)?;
    Ok(match ty {
        FieldType::RawExtension => super::with_source(value, raw),
        _ => value,
    })
}

fn single(reader: &mut Reader<'_>, wire: u8, ty: &FieldType, way: Way) -> Result<Value> {
    Ok(match ty {
        FieldType::String => Value::String(text(reader.bytes(wire)?)),
        FieldType::Bool => Value::Bool(reader.number(wire)? != 0),
        // Only the lower half counts, as in Go.
        FieldType::Int32 => Value::Int(i64::from(reader.number(wire)? as i32)),
        FieldType::Int64 => Value::Int(reader.number(wire)? as i64),
        FieldType::Double => {
            let number = f64::from_bits(reader.fixed64(wire)?);
            whole_or_float(number)
        }
        FieldType::Bytes => Value::String(super::base64_encode(reader.bytes(wire)?)),
        FieldType::Message(id) => message(reader.bytes(wire)?, *id, way.below())?,
        FieldType::Time | FieldType::MicroTime => {
            let mut inner = Reader::new(reader.bytes(wire)?);
            // Nothing inside means unset, which is not the same as no pointer.
            let (mut seconds, mut nanos) = (
                if inner.is_empty() {
                    crate::time::ZERO_SECONDS
                } else {
                    0
                },
                0u32,
            );
            while let Some((number, wire)) = inner.tag()? {
                match number {
                    1 => seconds = inner.number(wire)? as i64,
                    2 => nanos = inner.number(wire)? as u32,
                    _ => inner.skip(wire)?,
                }
            }
            let instant = Instant {
                seconds,
                nanos: nanos.min(999_999_999),
            };
            let micro = *ty == FieldType::MicroTime;
            Value::String(if micro {
                instant.to_micro_text()
            } else {
                instant.to_seconds_text()
            })
        }
        FieldType::Quantity => {
            let mut inner = Reader::new(reader.bytes(wire)?);
            let mut number_text = String::new();
            while let Some((number, wire)) = inner.tag()? {
                match number {
                    1 => number_text = text(inner.bytes(wire)?),
                    _ => inner.skip(wire)?,
                }
            }
            if number_text.is_empty() {
                return Ok(Value::String("0".to_owned()));
            }
            let shown = crate::quantity::shown(&number_text);
            Value::String(shown.map_err(|error| DecodeError::Protobuf(error.to_string()))?)
        }
        FieldType::IntOrString => {
            let mut inner = Reader::new(reader.bytes(wire)?);
            let (mut kind, mut number_value, mut text_value) = (0, 0i32, String::new());
            while let Some((number, wire)) = inner.tag()? {
                match number {
                    1 => kind = inner.number(wire)?,
                    2 => number_value = inner.number(wire)? as i32,
                    3 => text_value = text(inner.bytes(wire)?),
                    _ => inner.skip(wire)?,
                }
            }
            if kind == 0 {
                Value::Int(i64::from(number_value))
            } else {
                Value::String(text_value)
            }
        }
        FieldType::RawExtension | FieldType::FieldsV1 | FieldType::Json => {
            raw(reader.bytes(wire)?, ty, way)?
        }
        FieldType::Strings => {
            let mut inner = Reader::new(reader.bytes(wire)?);
            let mut items = Vec::new();
            while let Some((number, wire)) = inner.tag()? {
                match number {
                    1 => items.push(Value::String(text(inner.bytes(wire)?))),
                    _ => inner.skip(wire)?,
                }
            }
            Value::Array(items)
        }
        FieldType::SchemaOrArray | FieldType::SchemaOrBool | FieldType::SchemaOrStrings => {
            either(reader.bytes(wire)?, ty, way)?
        }
        FieldType::Any | FieldType::List(_) | FieldType::Map(_) => {
            reader.skip(wire)?;
            Value::Null
        }
    })
}

/// A float; whole ones are whole numbers in the tree, as when they come from JSON.
fn whole_or_float(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        Value::Int(number as i64)
    } else {
        Value::from(number)
    }
}

fn either(bytes: &[u8], ty: &FieldType, way: Way) -> Result<Value> {
    let mut reader = Reader::new(bytes);
    let mut schema = None;
    let mut other = Vec::new();
    let mut allows = false;
    let schema_number = if *ty == FieldType::SchemaOrBool { 2 } else { 1 };
    while let Some((number, wire)) = reader.tag()? {
        if number == schema_number {
            schema = Some(message(reader.bytes(wire)?, schema_props(), way.below())?);
            continue;
        }
        match (ty, number) {
            (FieldType::SchemaOrBool, 1) => allows = reader.number(wire)? != 0,
            (FieldType::SchemaOrArray, 2) => {
                other.push(message(reader.bytes(wire)?, schema_props(), way.below())?)
            }
            (FieldType::SchemaOrStrings, 2) => other.push(Value::String(text(reader.bytes(wire)?))),
            _ => reader.skip(wire)?,
        }
    }
    Ok(match (ty, schema) {
        (FieldType::SchemaOrBool, None) => Value::Bool(allows),
        (FieldType::SchemaOrArray | FieldType::SchemaOrStrings, schema)
            if !other.is_empty() || schema.is_none() =>
        {
            if other.is_empty() {
                Value::Null
            } else {
                Value::Array(other)
            }
        }
        (_, schema) => schema.unwrap_or_default(),
    })
}
