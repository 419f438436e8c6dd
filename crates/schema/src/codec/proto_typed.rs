//! Protobuf straight into typed structs. What has no way of its own goes by
//! way of a tree, field by field.

use super::proto::Reader;
use super::proto_read::{Way, entry, fields_into};
use super::{DecodeError, MAX_DEPTH};
use crate::{FieldDesc, FieldType, Message, Object, WireEntry};

type Result<T> = std::result::Result<T, DecodeError>;

/// A field as it stands in protobuf.
#[derive(Clone, Copy, Debug)]
pub enum Wire<'a> {
    /// A number.
    Number(u64),
    /// What has a length: text, bytes, a message, an entry of a map.
    Bytes(&'a [u8], Depth),
}

/// How deep a message lies.
#[derive(Clone, Copy, Debug)]
pub struct Depth(usize);

/// What a field made of its protobuf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was read.
    Yes,
    /// It can only be read from a tree; nothing was changed.
    No,
}

/// Sets a message from protobuf, without an envelope.
///
/// # Errors
/// The bytes are not a message of this type.
pub fn message_from_protobuf(bytes: &[u8], message: &mut dyn Message) -> Result<()> {
    read_message(bytes, message, Depth(0))
}

/// The same of a message inside of another.
pub(crate) fn read_message(bytes: &[u8], message: &mut dyn Message, depth: Depth) -> Result<()> {
    let desc = message.message_type().desc();
    let mut rest = None;
    let skipped = desc.fields.len() - desc.typed_fields().len();
    let mut target = Target {
        message,
        fields: desc.fields,
        skipped,
        rest: &mut rest,
    };
    target.read(bytes, desc.wire, depth.0)?;
    let Some(rest) = rest else {
        return Ok(());
    };
    let rest = crate::Value::Object(rest);
    crate::message::message_from_value(rest, message).map_err(DecodeError::from)
}

struct Target<'m> {
    message: &'m mut dyn Message,
    fields: &'static [FieldDesc],
    /// `kind` and `apiVersion`, which structs do not have.
    skipped: usize,
    /// Fields that are read from a tree; most messages have none.
    rest: &'m mut Option<Object>,
}

impl Target<'_> {
    fn read(&mut self, bytes: &[u8], layout: &'static [WireEntry], depth: usize) -> Result<()> {
        if depth > MAX_DEPTH {
            return Err(DecodeError::TooDeep);
        }
        let mut reader = Reader::new(bytes);
        let mut hint = 0;
        loop {
            let before = reader.remaining();
            let Some((number, wire)) = reader.tag()? else {
                return Ok(());
            };
            let at = match entry(layout, number, &mut hint) {
                None => {
                    reader.skip(wire)?;
                    continue;
                }
                Some(WireEntry::Embed(_, inner)) => {
                    self.read(reader.bytes(wire)?, inner, depth + 1)?;
                    continue;
                }
                Some(WireEntry::Field(_, at)) => usize::from(*at),
            };
            let field = &self.fields[at];
            if let Some(typed) = at.checked_sub(self.skipped)
                && is_direct(&field.ty, wire)
            {
                let value = match wire {
                    0 => Wire::Number(reader.varint()?),
                    _ => Wire::Bytes(reader.bytes(wire)?, Depth(depth + 1)),
                };
                if self.message.field_mut(typed).read(value)? == Taken::Yes {
                    continue;
                }
            } else {
                reader.skip(wire)?;
            }
            if wire == 2 {
                while reader.another(number) {
                    reader.bytes(wire)?;
                }
            }
            let these = &before[..before.len() - reader.left()];
            let rest = self.rest.get_or_insert_default();
            fields_into(these, self.fields, layout, rest, Way::at(depth), false)?;
        }
    }
}

/// Whether a field of this type may read its protobuf itself.
fn is_direct(ty: &FieldType, wire: u8) -> bool {
    match ty {
        FieldType::String
        | FieldType::Message(_)
        | FieldType::Bytes
        | FieldType::Time
        | FieldType::MicroTime
        | FieldType::Quantity
        | FieldType::FieldsV1 => wire == 2,
        FieldType::Bool | FieldType::Int32 | FieldType::Int64 => wire == 0,
        FieldType::Map(inner) => {
            wire == 2
                && matches!(
                    **inner,
                    FieldType::String
                        | FieldType::Bytes
                        | FieldType::Quantity
                        | FieldType::Message(_)
                )
        }
        FieldType::List(inner) => {
            wire == 2 && matches!(**inner, FieldType::String | FieldType::Message(_))
        }
        _ => false,
    }
}

/// Text; what is not UTF-8 in it is replaced.
pub(crate) fn text(bytes: &[u8]) -> String {
    // Upstream writes texts that are empty.
    if bytes.is_empty() {
        return String::new();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Key and value of an entry of a map.
pub(crate) fn map_entry(bytes: &[u8], depth: Depth) -> Result<(String, Option<Wire<'_>>)> {
    let mut reader = Reader::new(bytes);
    let (mut key, mut value) = (String::new(), None);
    while let Some((number, wire)) = reader.tag()? {
        match (number, wire) {
            (1, 2) => key = text(reader.bytes(wire)?),
            (2, 2) => value = Some(Wire::Bytes(reader.bytes(wire)?, depth)),
            (2, 0) => value = Some(Wire::Number(reader.varint()?)),
            _ => reader.skip(wire)?,
        }
    }
    Ok((key, value))
}

/// The text of a quantity; `None` where there is none, or more than that.
pub(crate) fn quantity_text(bytes: &[u8]) -> Option<&str> {
    let mut reader = Reader::new(bytes);
    let (1, 2) = reader.tag().ok()?? else {
        return None;
    };
    let text = std::str::from_utf8(reader.bytes(2).ok()?).ok()?;
    reader.is_empty().then_some(text)
}

/// Seconds and nanoseconds of a time; `None` of one that is unset or no time.
#[must_use]
pub fn time_of(bytes: &[u8]) -> Option<(i64, u32)> {
    let mut reader = Reader::new(bytes);
    if reader.is_empty() {
        return None;
    }
    let (mut seconds, mut nanos) = (0, 0);
    while let Some((number, wire)) = reader.tag().ok()? {
        match number {
            1 => seconds = reader.number(wire).ok()? as i64,
            2 => nanos = reader.number(wire).ok()? as u32,
            _ => reader.skip(wire).ok()?,
        }
    }
    (seconds != crate::time::ZERO_SECONDS && nanos < 1_000_000_000).then_some((seconds, nanos))
}

/// The bytes that a message of bytes (`RawExtension`, `FieldsV1`) holds.
#[must_use]
pub fn raw_of(bytes: &[u8]) -> Option<&[u8]> {
    super::proto_read::raw_bytes(bytes).ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn times() {
        assert_eq!(super::time_of(&[]), None);
        assert_eq!(super::time_of(&[8, 5, 16, 7]), Some((5, 7)));
        assert_eq!(super::time_of(&[8, 5, 16]), None);
    }
}
