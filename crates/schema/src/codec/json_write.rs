//! Trees to JSON, byte for byte as upstream's serializer writes it.

use super::places::Places;
use super::schema_props;
use crate::message::{is_unset_time, is_zero};
use crate::{FieldDesc, FieldType, Key, Object, Omit, TypeId, Value};

/// Writes an object of a type, fields in Go's order, omitted as Go omits them.
/// Members that the type does not know are left out.
pub fn encode_json(value: &Value, ty: TypeId, out: &mut Vec<u8>) {
    message(value, ty, out);
}

/// Writes any tree, members in the order in which they stand.
pub fn encode_json_any(value: &Value, out: &mut Vec<u8>) {
    any::<false>(value, out);
}

/// The same as a client may have sent it: a number that was read as one with a
/// fraction keeps one, `3.0`.
pub fn encode_json_sent(value: &Value, out: &mut Vec<u8>) {
    any::<true>(value, out);
}

fn any<const SENT: bool>(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Int(number) => int(*number, out),
        Value::Float(number) => {
            let start = out.len();
            crate::go::write_float(*number, out);
            if SENT && !out[start..].iter().any(|byte| matches!(byte, b'.' | b'e')) {
                out.extend_from_slice(b".0");
            }
        }
        Value::String(text) => string(text, out),
        Value::Array(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                any::<SENT>(item, out);
            }
            out.push(b']');
        }
        Value::Object(members) if members.is_folded() => {
            out.extend_from_slice(members.source().unwrap_or("{}").as_bytes());
        }
        Value::Object(members) => {
            out.push(b'{');
            let own = members.iter();
            let own = own.filter(|(key, _)| !crate::value::is_source(key));
            for (at, (key, value)) in own.enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                string(key, out);
                out.push(b':');
                any::<SENT>(value, out);
            }
            out.push(b'}');
        }
    }
}

/// Compact JSON with line breaks and two spaces a level put in, as upstream
/// writes for browsers: without a line feed at the end.
#[must_use]
pub fn encode_json_pretty(compact: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(compact.len() * 3 / 2);
    let mut depth = 0usize;
    let mut at = 0;
    let line = |out: &mut Vec<u8>, depth: usize| {
        out.push(b'\n');
        out.resize(out.len() + depth * 2, b' ');
    };
    while let Some(&byte) = compact.get(at) {
        at += 1;
        match byte {
            b'"' => {
                let start = at - 1;
                while let Some(&byte) = compact.get(at) {
                    at += if byte == b'\\' { 2 } else { 1 };
                    if byte == b'"' {
                        break;
                    }
                }
                at = at.min(compact.len());
                out.extend_from_slice(&compact[start..at]);
            }
            b'{' | b'[' => {
                out.push(byte);
                if let Some(close @ (b'}' | b']')) = compact.get(at) {
                    out.push(*close);
                    at += 1;
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                line(&mut out, depth);
            }
            b':' => out.extend_from_slice(b": "),
            b'\n' => {}
            _ => out.push(byte),
        }
    }
    out
}

pub(super) fn int(number: i64, out: &mut Vec<u8>) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    let mut rest = number.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}

/// Bytes that need no second look in a string; 0xE2 may begin U+2028 or U+2029.
static PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let mut byte = 0;
    while byte < 0x20 {
        plain[byte] = false;
        byte += 1;
    }
    let odd = b"\"\\<>&\xE2";
    let mut at = 0;
    while at < odd.len() {
        plain[odd[at] as usize] = false;
        at += 1;
    }
    plain
};

/// Whether a text is certainly written as it stands: printable ASCII that is escaped nowhere,
/// which nearly all text is. Looks at eight bytes at a time.
#[inline]
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    if let Some(last) = bytes.last_chunk() {
        let (words, _) = bytes.as_chunks();
        let odd = words
            .iter()
            .fold(odd_bytes(last), |odd, word| odd | odd_bytes(word));
        return odd == 0;
    }
    bytes
        .iter()
        .all(|byte| byte.is_ascii() && PLAIN[usize::from(*byte)])
}

/// Not 0 when one of the bytes is not printed, or is one of `"&<>\`.
#[inline]
fn odd_bytes(bytes: &[u8; 8]) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    let word = u64::from_le_bytes(*bytes);
    let below = |word: u64, byte: u8| word.wrapping_sub(ONES * u64::from(byte)) & !word;
    // `"` and `&`, as `<` and `>`, differ in one bit.
    let quotes = (word | (ONES * 0x04)) ^ (ONES * u64::from(b'&'));
    let angles = (word | (ONES * 0x02)) ^ (ONES * u64::from(b'>'));
    let slashes = word ^ (ONES * u64::from(b'\\'));
    let found = below(word, 0x20) | below(quotes, 1) | below(angles, 1) | below(slashes, 1);
    (found | word) & HIGH
}

/// What texts are written into.
trait Sink {
    fn put(&mut self, text: &str);
}

impl Sink for Vec<u8> {
    #[inline]
    fn put(&mut self, text: &str) {
        self.extend_from_slice(text.as_bytes());
    }
}

impl Sink for String {
    #[inline]
    fn put(&mut self, text: &str) {
        self.push_str(text);
    }
}

/// Writes what stands between the quotes of a text in JSON, with Go's escapes.
pub fn escape_json(text: &str, out: &mut String) {
    escape(text, out);
}

/// A string with Go's escapes.
pub(super) fn string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    escape(text, out);
    out.push(b'"');
}

#[inline]
fn escape(text: &str, out: &mut impl Sink) {
    const HEX: [&str; 16] = [
        "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f",
    ];
    let bytes = text.as_bytes();
    if is_plain(bytes) {
        return out.put(text);
    }
    let mut start = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if PLAIN[usize::from(byte)] {
            continue;
        }
        if byte == 0xE2 {
            // U+2028 and U+2029 end lines in JavaScript.
            if let [0xE2, 0x80, last @ (0xA8 | 0xA9), ..] = &bytes[at..] {
                out.put(&text[start..at]);
                out.put(if *last == 0xA8 { "\\u2028" } else { "\\u2029" });
                start = at + 3;
            }
            continue;
        }
        out.put(&text[start..at]);
        start = at + 1;
        match byte {
            b'"' => out.put("\\\""),
            b'\\' => out.put("\\\\"),
            8 => out.put("\\b"),
            12 => out.put("\\f"),
            b'\n' => out.put("\\n"),
            b'\r' => out.put("\\r"),
            b'\t' => out.put("\\t"),
            _ => {
                out.put("\\u00");
                out.put(HEX[usize::from(byte >> 4)]);
                out.put(HEX[usize::from(byte & 15)]);
            }
        }
    }
    out.put(&text[start..]);
}

/// Whether Go prints a field that has this value.
pub(super) fn printed(field: &FieldDesc, value: Option<&Value>) -> bool {
    let absent = match value {
        Some(Value::Null) => !(field.pointer && is_raw(&field.ty)),
        None => true,
        // Go tells no bytes from unset ones, but leaves both out.
        Some(Value::String(text)) if field.ty == FieldType::Bytes && field.omit != Omit::Never => {
            text.is_empty()
        }
        Some(value) => !field.pointer && is_zero(&field.ty, value),
    };
    match field.omit {
        Omit::Never => true,
        Omit::Zero => !absent,
        // A struct that stands in place is never empty to Go.
        Omit::Empty => !absent || (!field.pointer && is_struct(&field.ty)),
    }
}

/// Types that may hold nothing behind a pointer, which a tree shows as `null`.
pub(super) fn is_raw(ty: &FieldType) -> bool {
    matches!(
        ty,
        FieldType::RawExtension | FieldType::FieldsV1 | FieldType::Json | FieldType::SchemaOrArray
    )
}

pub(super) fn is_struct(ty: &FieldType) -> bool {
    matches!(
        ty,
        FieldType::Message(_)
            | FieldType::Time
            | FieldType::MicroTime
            | FieldType::Quantity
            | FieldType::IntOrString
            | FieldType::RawExtension
            | FieldType::FieldsV1
            | FieldType::Json
    )
}

fn message(value: &Value, ty: TypeId, out: &mut Vec<u8>) {
    static EMPTY: Object = Object::new();
    let members = value.as_object().unwrap_or(&EMPTY);
    out.push(b'{');
    let mut first = true;
    let desc = ty.desc();
    let places = Places::of(members, desc);
    for (at, field) in desc.fields.iter().enumerate() {
        let member = places.get(at);
        if !printed(field, member) {
            continue;
        }
        if !first {
            out.push(b',');
        }
        first = false;
        out.push(b'"');
        out.extend_from_slice(field.json.as_bytes());
        out.extend_from_slice(b"\":");
        match member {
            Some(value) if !value.is_null() => typed(value, &field.ty, field.pointer, out),
            _ => absent(field, out),
        }
    }
    out.push(b'}');
}

fn absent(field: &FieldDesc, out: &mut Vec<u8>) {
    if field.pointer {
        out.extend_from_slice(b"null");
        return;
    }
    absent_value(&field.ty, out);
}

fn absent_value(ty: &FieldType, out: &mut Vec<u8>) {
    match ty {
        FieldType::String => out.extend_from_slice(b"\"\""),
        FieldType::Bool => out.extend_from_slice(b"false"),
        FieldType::Int32 | FieldType::Int64 | FieldType::Double | FieldType::IntOrString => {
            out.push(b'0')
        }
        FieldType::Quantity => out.extend_from_slice(b"\"0\""),
        FieldType::Message(id) => message(&Value::Null, *id, out),
        _ => out.extend_from_slice(b"null"),
    }
}

fn typed(value: &Value, ty: &FieldType, keep_empty: bool, out: &mut Vec<u8>) {
    match (ty, value) {
        (_, Value::Null) => absent_value(ty, out),
        (FieldType::Message(id), Value::Object(_)) => message(value, *id, out),
        (FieldType::List(inner), Value::Array(items)) => list(items, inner, keep_empty, out),
        (FieldType::Strings, Value::Array(items)) => list(items, &FieldType::String, true, out),
        (FieldType::Map(inner), Value::Object(members)) => {
            let mut sorted: Vec<(&Key, &Value)> = members.iter().collect();
            if !sorted.is_sorted_by(|a, b| a.0 <= b.0) {
                sorted.sort_by(|a, b| a.0.cmp(b.0));
            }
            out.push(b'{');
            for (at, (key, value)) in sorted.into_iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                string(key, out);
                out.push(b':');
                typed(value, inner, false, out);
            }
            out.push(b'}');
        }
        (
            FieldType::SchemaOrArray | FieldType::SchemaOrBool | FieldType::SchemaOrStrings,
            Value::Object(_),
        ) => {
            message(value, schema_props(), out);
        }
        (FieldType::SchemaOrArray, Value::Array(items)) => {
            list(items, &FieldType::Message(schema_props()), true, out);
        }
        (FieldType::Double, Value::Int(number)) => int(*number, out),
        (FieldType::Time | FieldType::MicroTime, Value::String(text)) if is_unset_time(text) => {
            out.extend_from_slice(b"null");
        }
        _ => encode_json_any(value, out),
    }
}

fn list(items: &[Value], inner: &FieldType, _keep_empty: bool, out: &mut Vec<u8>) {
    out.push(b'[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        typed(item, inner, false, out);
    }
    out.push(b']');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_that_an_object_came_from_is_no_member_of_it() {
        let mut value = crate::json!({"b": 1, "a": 2});
        if let Value::Object(members) = &mut value {
            members.set_source("{ }");
            members.sort_keys();
        }
        let mut out = Vec::new();
        encode_json_any(&value, &mut out);
        assert_eq!(out, br#"{"a":2,"b":1}"#);
    }

    #[test]
    fn plain_text_is_told_from_what_is_escaped_wherever_it_stands() {
        for len in 1..20 {
            for at in 0..len {
                for byte in 0..=u8::MAX {
                    let mut bytes = vec![b'a'; len];
                    bytes[at] = byte;
                    let expect = byte.is_ascii() && PLAIN[usize::from(byte)];
                    assert_eq!(is_plain(&bytes), expect, "{byte} at {at} of {len}");
                }
            }
        }
        assert!(is_plain(b""));
        let mut out = Vec::new();
        string("a long text that is plain, and its \u{2028} end", &mut out);
        assert_eq!(out, b"\"a long text that is plain, and its \\u2028 end\"");
    }
}
