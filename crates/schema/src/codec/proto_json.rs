//! Protobuf straight to JSON, without a tree between: what lists, watches and
//! gets of stored objects mostly need.

use super::json_write::{int, is_plain, is_raw, string};
use super::proto::Reader;
use super::scan::Scanner;
use super::{DecodeError, MAX_DEPTH};
use crate::time::Instant;
use crate::{FieldDesc, FieldType, MessageDesc, Omit, TypeId, WireEntry};

/// Writes an encoded object of a type (without its envelope) as JSON, byte for
/// byte as upstream would. `type_meta` is the apiVersion and kind, which only
/// the envelope has.
///
/// # Errors
/// The bytes are not a message of this type.
pub fn protobuf_to_json(
    bytes: &[u8],
    ty: TypeId,
    type_meta: Option<(&str, &str)>,
    out: &mut Vec<u8>,
) -> Result<(), DecodeError> {
    written(bytes, ty, type_meta, None, out)
}

/// The same with another resource version than the one in the bytes, if there is metadata.
///
/// # Errors
/// The bytes are not a message of this type.
pub fn protobuf_to_json_at(
    bytes: &[u8],
    ty: TypeId,
    type_meta: Option<(&str, &str)>,
    version: &str,
    out: &mut Vec<u8>,
) -> Result<(), DecodeError> {
    written(bytes, ty, type_meta, Some(version), out)
}

fn written<'a>(
    bytes: &'a [u8],
    ty: TypeId,
    type_meta: Option<(&str, &str)>,
    version: Option<&'a str>,
    out: &mut Vec<u8>,
) -> Result<(), DecodeError> {
    let start = out.len();
    let mut writer = Writer {
        out,
        slots: Vec::with_capacity(128),
        version,
    };
    match writer.message(bytes, ty.desc(), type_meta, None, 0) {
        Ok(()) => Ok(()),
        Err(Stop::Broken(error)) => Err(error),
        Err(Stop::Unusual) => {
            out.truncate(start);
            match version {
                Some(version) => {
                    let bytes = crate::envelope::with_resource_version(bytes, ty, version)?;
                    slowly(&bytes, ty, type_meta, out)
                }
                None => slowly(bytes, ty, type_meta, out),
            }
        }
    }
}

/// By way of a tree, which takes fields in any order.
fn slowly(
    bytes: &[u8],
    ty: TypeId,
    type_meta: Option<(&str, &str)>,
    out: &mut Vec<u8>,
) -> Result<(), DecodeError> {
    let mut value = super::decode_protobuf(bytes, ty)?;
    if let Some(members) = value.as_object_mut().filter(|_| ty.desc().type_meta) {
        match type_meta {
            Some((api_version, kind)) => {
                members.insert("kind", kind);
                members.insert("apiVersion", api_version);
            }
            None => {
                members.remove("kind");
                members.remove("apiVersion");
            }
        }
    }
    super::encode_json(&value, ty, out);
    Ok(())
}

/// Why the straight way ends.
enum Stop {
    Broken(DecodeError),
    /// The bytes are not as upstream writes them: fields or keys out of order.
    Unusual,
}

impl From<DecodeError> for Stop {
    fn from(error: DecodeError) -> Self {
        Self::Broken(error)
    }
}

type Step = Result<(), Stop>;

/// Where a field was found.
#[derive(Clone, Copy)]
enum Slot<'a> {
    Absent,
    Number(u64),
    /// The first value, and what stands behind it.
    Bytes(&'a [u8], &'a [u8]),
}

fn gather<'a>(
    bytes: &'a [u8],
    table: &[FieldDesc],
    layout: &[WireEntry],
    slots: &mut [Slot<'a>],
) -> Step {
    let mut reader = Reader::new(bytes);
    let mut hint = 0;
    while let Some((number, wire)) = reader.tag()? {
        let is = |entry: &WireEntry| match entry {
            WireEntry::Field(known, _) | WireEntry::Embed(known, _) => *known == number,
        };
        // Most messages count their fields from one, without a gap.
        let guess = (number as usize).wrapping_sub(1);
        let found = match layout.get(guess) {
            Some(entry) if guess >= hint && is(entry) => Some((guess, entry)),
            _ => (layout.iter().enumerate().skip(hint)).find(|(_, entry)| is(entry)),
        };
        let Some((at, entry)) = found else {
            // Known but behind us, or unknown.
            if layout[..hint].iter().any(is) {
                return Err(Stop::Unusual);
            }
            reader.skip(wire)?;
            continue;
        };
        hint = at + 1;
        match entry {
            WireEntry::Embed(_, inner) => gather(reader.bytes(wire)?, table, inner, slots)?,
            WireEntry::Field(_, at) => {
                let at = usize::from(*at);
                if wire != 2 && matches!(table[at].ty, FieldType::List(_)) {
                    return Err(Stop::Unusual);
                }
                slots[at] = match wire {
                    0 => Slot::Number(reader.varint()?),
                    1 => Slot::Number(reader.fixed64(wire)?),
                    2 => {
                        let value = reader.bytes(wire)?;
                        let behind = reader.remaining();
                        if matches!(table[at].ty, FieldType::List(_) | FieldType::Map(_)) {
                            while reader.another(number) {
                                reader.bytes(2)?;
                            }
                        }
                        Slot::Bytes(value, behind)
                    }
                    _ => return Err(Stop::Unusual),
                };
            }
        }
    }
    Ok(())
}

struct Writer<'o, 'a> {
    out: &'o mut Vec<u8>,
    /// The fields of the message that is being written, behind those of the messages around it.
    slots: Vec<Slot<'a>>,
    /// The resource version that the metadata is to tell.
    version: Option<&'a str>,
}

impl<'a> Writer<'_, 'a> {
    fn message(
        &mut self,
        bytes: &'a [u8],
        desc: &'static MessageDesc,
        type_meta: Option<(&str, &str)>,
        version: Option<&'a str>,
        depth: usize,
    ) -> Step {
        if depth > MAX_DEPTH {
            return Err(DecodeError::TooDeep.into());
        }
        let base = self.slots.len();
        self.slots.resize(base + desc.fields.len(), Slot::Absent);
        gather(bytes, desc.fields, desc.wire, &mut self.slots[base..])?;
        if let Some(version) = version
            && let Some((at, _)) = desc.find("resourceVersion", 0)
        {
            self.slots[base + at] = Slot::Bytes(version.as_bytes(), &[]);
        }
        self.out.push(b'{');
        let begin = self.out.len();
        if let Some((api_version, kind)) = type_meta.filter(|_| desc.type_meta) {
            self.out.extend_from_slice(b"\"kind\":");
            string(kind, self.out);
            self.out.extend_from_slice(b",\"apiVersion\":");
            string(api_version, self.out);
        }
        for at in if desc.type_meta { 2 } else { 0 }..desc.fields.len() {
            let (field, slot) = (&desc.fields[at], self.slots[base + at]);
            if !printed(field, slot) {
                continue;
            }
            if self.out.len() > begin {
                self.out.push(b',');
            }
            self.out.push(b'"');
            self.out.extend_from_slice(field.json.as_bytes());
            self.out.extend_from_slice(b"\":");
            match (&field.ty, slot) {
                (FieldType::Message(id), Slot::Bytes(value, _))
                    if depth == 0 && field.json == "metadata" =>
                {
                    self.message(value, id.desc(), None, self.version, 1)?;
                }
                _ => self.field(field, slot, depth)?,
            }
        }
        self.out.push(b'}');
        self.slots.truncate(base);
        Ok(())
    }

    fn field(&mut self, field: &'static FieldDesc, slot: Slot<'a>, depth: usize) -> Step {
        match (&field.ty, slot) {
            (_, Slot::Absent) if field.pointer => self.out.extend_from_slice(b"null"),
            (ty, Slot::Absent) => self.absent(ty, depth)?,
            (FieldType::List(inner), Slot::Bytes(first, behind)) => {
                if matches!(
                    **inner,
                    FieldType::Int32 | FieldType::Int64 | FieldType::Bool | FieldType::Double
                ) {
                    return Err(Stop::Unusual);
                }
                self.out.push(b'[');
                self.single(inner, Slot::Bytes(first, &[]), depth)?;
                let mut reader = Reader::new(behind);
                while reader.another(field.number) {
                    self.out.push(b',');
                    self.single(inner, Slot::Bytes(reader.bytes(2)?, &[]), depth)?;
                }
                self.out.push(b']');
            }
            (FieldType::Map(inner), Slot::Bytes(first, behind)) => {
                self.map(field.number, inner, first, behind, depth)?
            }
            (ty, slot) => self.single(ty, slot, depth)?,
        }
        Ok(())
    }

    fn absent(&mut self, ty: &FieldType, depth: usize) -> Step {
        match ty {
            FieldType::Message(id) => return self.message(&[], id.desc(), None, None, depth + 1),
            FieldType::String => self.out.extend_from_slice(b"\"\""),
            FieldType::Bool => self.out.extend_from_slice(b"false"),
            FieldType::Int32 | FieldType::Int64 | FieldType::Double | FieldType::IntOrString => {
                self.out.push(b'0')
            }
            FieldType::Quantity => self.out.extend_from_slice(b"\"0\""),
            _ => self.out.extend_from_slice(b"null"),
        }
        Ok(())
    }

    fn map(
        &mut self,
        number: u32,
        inner: &FieldType,
        first: &'a [u8],
        behind: &'a [u8],
        depth: usize,
    ) -> Step {
        let mut reader = Reader::new(behind);
        let mut last: Option<&[u8]> = None;
        let mut bytes = first;
        self.out.push(b'{');
        loop {
            let (mut key, mut value) = (&b""[..], Slot::Absent);
            let mut entry = Reader::new(bytes);
            while let Some((number, wire)) = entry.tag()? {
                match (number, wire) {
                    (1, _) => key = entry.bytes(wire)?,
                    (2, 2) => value = Slot::Bytes(entry.bytes(wire)?, &[]),
                    (2, 0) => value = Slot::Number(entry.varint()?),
                    _ => entry.skip(wire)?,
                }
            }
            if let Some(last) = last {
                if last >= key {
                    return Err(Stop::Unusual);
                }
                self.out.push(b',');
            }
            last = Some(key);
            text(key, self.out);
            self.out.push(b':');
            match value {
                Slot::Absent => self.absent(inner, depth)?,
                value => self.single(inner, value, depth)?,
            }
            if !reader.another(number) {
                break;
            }
            bytes = reader.bytes(2)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn single(&mut self, ty: &FieldType, slot: Slot<'a>, depth: usize) -> Step {
        match (ty, slot) {
            (FieldType::String, Slot::Bytes(value, _)) => text(value, self.out),
            (FieldType::Bool, Slot::Number(number)) => {
                self.out
                    .extend_from_slice(if number == 0 { b"false" } else { b"true" });
            }
            (FieldType::Int32, Slot::Number(number)) => int(i64::from(number as i32), self.out),
            (FieldType::Int64, Slot::Number(number)) => int(number as i64, self.out),
            (FieldType::Message(id), Slot::Bytes(value, _)) => {
                self.message(value, id.desc(), None, None, depth + 1)?
            }
            (FieldType::Bytes, Slot::Bytes(value, _)) => {
                self.out.push(b'"');
                self.out
                    .extend_from_slice(super::base64_encode(value).as_bytes());
                self.out.push(b'"');
            }
            (FieldType::Time | FieldType::MicroTime, Slot::Bytes(value, _)) => {
                if value.is_empty() {
                    self.out.extend_from_slice(b"null");
                    return Ok(());
                }
                let mut inner = Reader::new(value);
                let (mut seconds, mut nanos) = (0i64, 0u32);
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
                if seconds == crate::time::ZERO_SECONDS {
                    return Err(Stop::Unusual);
                }
                self.out.push(b'"');
                let written = if *ty == FieldType::MicroTime {
                    instant.to_micro_text()
                } else {
                    instant.to_seconds_text()
                };
                self.out.extend_from_slice(written.as_bytes());
                self.out.push(b'"');
            }
            (FieldType::Quantity, Slot::Bytes(value, _)) => {
                let mut inner = Reader::new(value);
                let mut written = &b""[..];
                while let Some((number, wire)) = inner.tag()? {
                    match number {
                        1 => written = inner.bytes(wire)?,
                        _ => inner.skip(wire)?,
                    }
                }
                let written = std::str::from_utf8(written).map_err(|_| Stop::Unusual)?;
                if crate::quantity::is_canonical(written) {
                    self.out.push(b'"');
                    self.out.extend_from_slice(written.as_bytes());
                    self.out.push(b'"');
                } else if written.is_empty() {
                    self.out.extend_from_slice(b"\"0\"");
                } else {
                    string(
                        &crate::quantity::shown(written).map_err(|_| Stop::Unusual)?,
                        self.out,
                    );
                }
            }
            (FieldType::IntOrString, Slot::Bytes(value, _)) => {
                let mut inner = Reader::new(value);
                let (mut kind, mut number_value, mut text_value) = (0, 0i32, &b""[..]);
                while let Some((number, wire)) = inner.tag()? {
                    match number {
                        1 => kind = inner.number(wire)?,
                        2 => number_value = inner.number(wire)? as i32,
                        3 => text_value = inner.bytes(wire)?,
                        _ => inner.skip(wire)?,
                    }
                }
                if kind == 0 {
                    int(i64::from(number_value), self.out)
                } else {
                    text(text_value, self.out)
                }
            }
            (
                FieldType::RawExtension | FieldType::FieldsV1 | FieldType::Json,
                Slot::Bytes(value, _),
            ) => {
                debug_assert!(is_raw(ty));
                let mut inner = Reader::new(value);
                let mut raw = &b""[..];
                while let Some((number, wire)) = inner.tag()? {
                    match number {
                        1 => raw = inner.bytes(wire)?,
                        _ => inner.skip(wire)?,
                    }
                }
                if raw.is_empty() {
                    self.out.extend_from_slice(b"null")
                } else {
                    compact(raw, self.out)?
                }
            }
            // Schemas and the few others go by way of the tree.
            _ => return Err(Stop::Unusual),
        }
        Ok(())
    }
}

fn printed(field: &FieldDesc, slot: Slot<'_>) -> bool {
    if field.omit == Omit::Never {
        return true;
    }
    match slot {
        Slot::Absent => {
            !field.pointer && field.omit == Omit::Empty && super::json_write::is_struct(&field.ty)
        }
        _ if field.pointer => true,
        Slot::Number(number) => number != 0,
        Slot::Bytes(value, _) => match field.ty {
            FieldType::String | FieldType::Bytes | FieldType::Time | FieldType::MicroTime => {
                !value.is_empty()
                    || (field.omit == Omit::Empty && super::json_write::is_struct(&field.ty))
            }
            FieldType::Strings => !value.is_empty(),
            _ => true,
        },
    }
}

#[inline]
fn text(bytes: &[u8], out: &mut Vec<u8>) {
    if is_plain(bytes) {
        out.push(b'"');
        out.extend_from_slice(bytes);
        out.push(b'"');
        return;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => string(text, out),
        Err(_) => string(&String::from_utf8_lossy(bytes), out),
    }
}

/// How deep sets of fields are looked at by [`is_compact_set`].
const SET_DEPTH_MAX: usize = MAX_DEPTH / 2;

/// Whether JSON is a set of fields just as it is to be written: objects in
/// objects and nothing else, which is what nearly all of it is. `false` says
/// nothing.
pub(super) fn is_compact_set(raw: &[u8]) -> bool {
    let [b'{', rest @ ..] = raw else { return false };
    let mut bytes = rest.iter();
    let (mut depth, mut first) = (1, true);
    while let Some(byte) = bytes.next() {
        match byte {
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return bytes.as_slice().is_empty();
                }
                first = false;
                continue;
            }
            b',' if !first => {
                if bytes.next() != Some(&b'"') {
                    return false;
                }
            }
            b'"' if first => {}
            _ => return false,
        }
        loop {
            match bytes.next() {
                Some(b'"') => break,
                Some(b'\\') if matches!(bytes.next(), Some(b'"' | b'\\')) => {}
                Some(b'\\' | b'<' | b'>' | b'&') | None => return false,
                Some(b' '..=b'~') => {}
                Some(_) => return false,
            }
        }
        depth += 1;
        if bytes.next() != Some(&b':') || bytes.next() != Some(&b'{') || depth > SET_DEPTH_MAX {
            return false;
        }
        first = true;
    }
    false
}

/// Copies JSON without the white space between its tokens, escaped as Go does.
fn compact(raw: &[u8], out: &mut Vec<u8>) -> Step {
    if is_compact_set(raw) {
        out.extend_from_slice(raw);
        return Ok(());
    }
    let mut scan = Scanner::new(raw);
    scan.skip()?;
    scan.end()?;
    let (mut start, mut inside, mut at) = (0, false, 0);
    while let Some(&byte) = raw.get(at) {
        if inside {
            match byte {
                b'"' => inside = false,
                b'\\' => at += 1,
                b'<' | b'>' | b'&' => {
                    out.extend_from_slice(&raw[start..at]);
                    out.extend_from_slice(match byte {
                        b'<' => b"\\u003c",
                        b'>' => b"\\u003e",
                        _ => b"\\u0026",
                    });
                    start = at + 1;
                }
                0xE2 => {
                    if let [_, 0x80, last @ (0xA8 | 0xA9), ..] = &raw[at..] {
                        out.extend_from_slice(&raw[start..at]);
                        out.extend_from_slice(if *last == 0xA8 {
                            b"\\u2028"
                        } else {
                            b"\\u2029"
                        });
                        start = at + 3;
                    }
                }
                _ => {}
            }
        } else if byte == b'"' {
            inside = true;
        } else if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
            out.extend_from_slice(&raw[start..at]);
            start = at + 1;
        }
        at += 1;
    }
    out.extend_from_slice(&raw[start..]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_fields_are_known_when_they_are_compact() {
        for (text, expect) in [
            ("{}", true),
            (r#"{"f:data":{".":{},"f:k":{}},"f:m":{}}"#, true),
            (r#"{"f:c":{"k:{\"name\":\"a\"}":{".":{}}}}"#, true),
            (r#"{"v:\"\\\"":{}}"#, true),
            ("", false),
            ("{", false),
            ("[]", false),
            ("{}{}", false),
            ("{ }", false),
            ("{,}", false),
            (r#"{"a":{},}"#, false),
            (r#"{"a":{}"b":{}}"#, false),
            (r#"{"a": {}}"#, false),
            (r#"{"a":1}"#, false),
            (r#"{"a<":{}}"#, false),
            (r#"{"\u0061":{}}"#, false),
            ("{\"\u{e4}\":{}}", false),
            (r#"{"a":{}"#, false),
        ] {
            assert_eq!(is_compact_set(text.as_bytes()), expect, "{text}");
        }
        let deep = "{\"a\":".repeat(SET_DEPTH_MAX) + "{}" + &"}".repeat(SET_DEPTH_MAX);
        assert!(!is_compact_set(deep.as_bytes()));
        let mut out = Vec::new();
        assert!(compact(deep.as_bytes(), &mut out).is_ok());
        assert_eq!(out, deep.as_bytes());
    }

    #[test]
    fn another_version_is_told_as_if_it_stood_in_the_bytes() {
        let ty = TypeId::by_gvk("", "v1", "PodTemplate").expect("kind");
        for metadata in [
            crate::json!({"name": "a"}),
            crate::json!({"name": "a", "resourceVersion": "7", "labels": {"a": "b"}}),
            crate::json!({"resourceVersion": "7"}),
        ] {
            let inner = crate::json!({"name": "b", "resourceVersion": "9"});
            let tree = crate::json!({"metadata": (metadata), "template": {"metadata": (inner)}});
            let mut raw = Vec::new();
            crate::encode_protobuf(&tree, ty, &mut raw);
            for version in ["", "8", "123456789"] {
                let with = crate::envelope::with_resource_version(&raw, ty, version).expect("read");
                let (mut expect, mut found) = (Vec::new(), Vec::new());
                protobuf_to_json(&with, ty, None, &mut expect).expect("written");
                protobuf_to_json_at(&raw, ty, None, version, &mut found).expect("written");
                assert_eq!(found, expect, "{version}: {tree}");
            }
        }
    }

    #[test]
    fn what_is_not_compact_is_made_so() {
        let mut out = Vec::new();
        let given = r#"{ "f:a<" : {"f:b":{}} ,"v:1":{}}"#;
        assert!(compact(given.as_bytes(), &mut out).is_ok());
        assert_eq!(out, br#"{"f:a\u003c":{"f:b":{}},"v:1":{}}"#);
        assert!(compact(b"{\"a\":{}", &mut Vec::new()).is_err());
    }
}
