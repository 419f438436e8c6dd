//! YAML to trees: the events of the parser become JSON's values, as
//! `sigs.k8s.io/yaml` converts them.

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, Tag};

use super::{DecodeError, DecodeOptions, Decoded, MAX_DEPTH, decode_json};
use crate::{Key, Object, TypeId, Value};

/// The most values that aliases may make of a document; stops the "billion laughs".
const NODES_MAX: usize = 1_000_000;

/// Reads the first document, as an object of a type where one is given.
///
/// # Errors
/// The bytes are not YAML, are too many or nest too deep, or a value has
/// another type than its field.
pub fn decode_yaml(
    bytes: &[u8],
    ty: Option<TypeId>,
    options: &DecodeOptions,
) -> Result<Decoded, DecodeError> {
    if bytes.len() > options.max_bytes {
        return Err(DecodeError::TooLarge {
            limit: options.max_bytes,
        });
    }
    let mut reader = Reader::new(text(bytes)?, options.strict);
    let mut value = reader.document()?.unwrap_or_default();
    let duplicates = std::mem::take(&mut reader.duplicates);
    let Some(ty) = ty else {
        let complaints = already_set(&duplicates).into_iter().collect();
        let duplicates = duplicates.into_iter().map(|twice| twice.key).collect();
        return Ok(Decoded {
            value,
            unknown: Vec::new(),
            duplicates,
            complaints,
        });
    };
    // From here on it is JSON, as upstream does it, so that types, names and
    // messages are looked after in one place; upstream's has sorted keys, which
    // is the order of the complaints.
    value.sort();
    let mut json = Vec::with_capacity(bytes.len() * 2);
    super::encode_json_any(&value, &mut json);
    let mut decoded = decode_json(&json, ty, options)?;
    if options.strict {
        if let Some(complaint) = already_set(&duplicates) {
            decoded.complaints.insert(0, complaint);
        }
        let keys = duplicates.into_iter().map(|twice| twice.key);
        decoded.duplicates.splice(0..0, keys);
    }
    Ok(decoded)
}

/// A key that stands twice in a map.
struct Twice {
    /// Where its value begins.
    line: usize,
    key: String,
    /// As Go prints it.
    shown: String,
}

/// What is said of keys that stand twice: of all at once.
fn already_set(duplicates: &[Twice]) -> Option<String> {
    let lines: Vec<String> = duplicates
        .iter()
        .map(|Twice { line, shown, .. }| format!("\n  line {line}: key {shown} already set in map"))
        .collect();
    (!lines.is_empty()).then(|| format!("yaml: unmarshal errors:{}", lines.concat()))
}

/// Reads the first document as any tree.
///
/// # Errors
/// The bytes are not YAML or nest too deep.
pub fn decode_yaml_any(bytes: &[u8]) -> Result<Value, DecodeError> {
    Ok(Reader::new(text(bytes)?, false)
        .document()?
        .unwrap_or_default())
}

/// Reads every document of a stream; empty ones are passed over.
///
/// # Errors
/// The bytes are not YAML or nest too deep.
pub fn decode_yaml_documents(bytes: &[u8]) -> Result<Vec<Value>, DecodeError> {
    let mut reader = Reader::new(text(bytes)?, false);
    let mut documents = Vec::new();
    while let Some(document) = reader.document()? {
        if !document.is_null() {
            documents.push(document);
        }
    }
    Ok(documents)
}

fn text(bytes: &[u8]) -> Result<&str, DecodeError> {
    let control = |c: &char| matches!(*c as u32, 0..=8 | 0xB | 0xC | 0xE..=0x1F | 0x7F);
    let refused = |what: &str| Err(DecodeError::Yaml(format!("yaml: {what}")));
    // Of two faults the first is told.
    let head = bytes.utf8_chunks().next();
    let head = head.as_ref().map_or("", |chunk| chunk.valid());
    if head.chars().any(|c| control(&c)) {
        return refused("control characters are not allowed");
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text)),
        Err(_) => refused("invalid UTF-8"),
    }
}

struct Reader<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    anchors: HashMap<usize, (Value, usize)>,
    nodes: usize,
    strict: bool,
    duplicates: Vec<Twice>,
}

type Read<T> = Result<T, DecodeError>;

/// The parser's complaint in go-yaml's words. There the parser counts lines
/// from zero and says nothing of the first, the scanner counts from one.
fn broken(error: &ScanError) -> DecodeError {
    let info = error.info();
    let problem = match info.split_once(", ") {
        Some((context, problem)) if context.starts_with("while ") => problem,
        _ => info,
    };
    let (scanner, problem) = match problem {
        _ if problem.starts_with("tabs disallowed")
            || problem.starts_with("unexpected character") =>
        {
            (
                true,
                "found character that cannot start any token".to_owned(),
            )
        }
        "simple key expected" => (true, "could not find expected ':'".to_owned()),
        "found unknown anchor" => {
            return DecodeError::Yaml("yaml: unknown anchor referenced".to_owned());
        }
        _ if problem.starts_with("invalid trailing content") => {
            (false, "did not find expected key".to_owned())
        }
        _ if problem.starts_with("expected ") => (false, format!("did not find {problem}")),
        _ => (
            !problem.starts_with("did not find expected "),
            problem.to_owned(),
        ),
    };
    let line = error.marker().line();
    let line = if scanner {
        line
    } else {
        line.saturating_sub(1)
    };
    DecodeError::Yaml(if line == 0 {
        format!("yaml: {problem}")
    } else {
        format!("yaml: line {line}: {problem}")
    })
}

fn wrong(at: &Marker, what: &str) -> DecodeError {
    DecodeError::Yaml(format!("yaml: line {}: {what}", at.line()))
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, strict: bool) -> Self {
        Self {
            parser: Parser::new_from_str(text),
            anchors: HashMap::new(),
            nodes: 0,
            strict,
            duplicates: Vec::new(),
        }
    }

    fn next(&mut self) -> Read<(Event<'a>, Span)> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(broken(&error)),
            None => Err(DecodeError::Yaml(
                "yaml: unexpected end of stream".to_owned(),
            )),
        }
    }

    /// The next document; `None` at the end of the stream.
    fn document(&mut self) -> Read<Option<Value>> {
        loop {
            match self.parser.next_event() {
                None => return Ok(None),
                Some(Err(error)) => return Err(broken(&error)),
                Some(Ok((Event::DocumentStart(_), _))) => {
                    self.anchors.clear();
                    let (event, span) = self.next()?;
                    if matches!(event, Event::DocumentEnd) {
                        return Ok(Some(Value::Null));
                    }
                    let (value, _) = self.node(event, span, 0)?;
                    return Ok(Some(value));
                }
                Some(Ok((Event::StreamEnd, _))) => return Ok(None),
                Some(Ok(_)) => {}
            }
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Read<(Value, usize)> {
        if depth > MAX_DEPTH {
            return Err(DecodeError::TooDeep);
        }
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            return Err(DecodeError::Yaml(
                "yaml: document contains excessive aliasing".to_owned(),
            ));
        }
        let before = self.nodes;
        let (value, anchor) = match event {
            Event::Alias(id) => {
                let Some((value, size)) = self.anchors.get(&id) else {
                    return Err(wrong(&span.start, "unknown anchor referenced"));
                };
                let (value, size) = (value.clone(), *size);
                self.nodes += size;
                if self.nodes > NODES_MAX {
                    return Err(DecodeError::Yaml(
                        "yaml: document contains excessive aliasing".to_owned(),
                    ));
                }
                return Ok((value, size));
            }
            Event::Scalar(text, style, anchor, tag) => {
                (scalar(&text, style, tag.as_deref(), &span.start)?, anchor)
            }
            Event::SequenceStart(anchor, _) => {
                let mut items = Vec::new();
                loop {
                    let (event, span) = self.next()?;
                    if matches!(event, Event::SequenceEnd) {
                        break;
                    }
                    items.push(self.node(event, span, depth + 1)?.0);
                }
                (Value::Array(items), anchor)
            }
            Event::MappingStart(anchor, _) => (self.mapping(depth)?, anchor),
            _ => return Err(wrong(&span.start, "did not find expected node content")),
        };
        let size = self.nodes - before + 1;
        if anchor > 0 {
            self.anchors.insert(anchor, (value.clone(), size));
        }
        Ok((value, size))
    }

    fn mapping(&mut self, depth: usize) -> Read<Value> {
        let mut members = Object::new();
        let mut merged: Vec<Value> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                break;
            }
            let plain =
                matches!(&event, Event::Scalar(text, ScalarStyle::Plain, ..) if text == "<<");
            let (key, shown) = match self.node(event, span, depth + 1)?.0 {
                Value::String(text) => {
                    let shown = crate::go::quote(&text);
                    (text, shown)
                }
                Value::Null => ("null".to_owned(), "<nil>".to_owned()),
                Value::Array(_) | Value::Object(_) => {
                    return Err(wrong(&span.start, "invalid map key"));
                }
                other => (other.to_string(), other.to_string()),
            };
            let (event, span) = self.next()?;
            let line = span.start.line();
            let value = self.node(event, span, depth + 1)?.0;
            if plain {
                merged.push(value);
                continue;
            }
            if members.contains_key(&key) && self.strict && self.duplicates.len() < 100 {
                let key = key.clone();
                self.duplicates.push(Twice { line, key, shown });
            }
            members.insert(Key::Owned(key), value);
        }
        for value in merged {
            let maps = match value {
                Value::Array(maps) => maps,
                one => vec![one],
            };
            for map in maps {
                let Value::Object(map) = map else {
                    return Err(DecodeError::Yaml(
                        "yaml: map merge requires map or sequence of maps as the value".to_owned(),
                    ));
                };
                for (key, value) in map {
                    if !members.contains_key(&key) {
                        members.push(key, value);
                    }
                }
            }
        }
        Ok(Value::Object(members))
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>, at: &Marker) -> Read<Value> {
    let tag = tag
        .filter(|tag| tag.handle.contains("yaml.org") || tag.handle == "!!")
        .map(|tag| tag.suffix.as_str());
    match tag {
        Some("str" | "binary" | "timestamp") => return Ok(Value::String(text.to_owned())),
        Some("int" | "float" | "bool" | "null") => {
            let value = plain(text);
            return if value.is_string() {
                Err(wrong(
                    at,
                    &format!(
                        "cannot decode !!str `{text}` as a !!{}",
                        tag.unwrap_or_default()
                    ),
                ))
            } else {
                Ok(value)
            };
        }
        _ => {}
    }
    Ok(if style == ScalarStyle::Plain {
        plain(text)
    } else {
        Value::String(text.to_owned())
    })
}

/// A plain scalar, resolved as YAML 1.1 in the part that `go-yaml` keeps of it.
pub(super) fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" | "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => {
            return Value::Bool(true);
        }
        "false" | "False" | "FALSE" | "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => {
            return Value::Bool(false);
        }
        _ => {}
    }
    number(text).unwrap_or_else(|| Value::String(text.to_owned()))
}

fn number(text: &str) -> Option<Value> {
    let bytes = text.as_bytes();
    if !matches!(bytes.first(), Some(b'0'..=b'9' | b'+' | b'-' | b'.')) {
        return None;
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let negative = text.starts_with('-');
    let joined = unsigned.replace('_', "");
    let radix = |digits: &str, radix: u32| -> Option<Value> {
        if digits.is_empty() || digits.starts_with(['+', '-']) {
            return None;
        }
        let magnitude = i128::from_str_radix(digits, radix).ok()?;
        i64::try_from(if negative { -magnitude } else { magnitude })
            .ok()
            .map(Value::Int)
    };
    if let Some(digits) = joined
        .strip_prefix("0x")
        .or_else(|| joined.strip_prefix("0X"))
    {
        return radix(digits, 16);
    }
    if let Some(digits) = joined
        .strip_prefix("0b")
        .or_else(|| joined.strip_prefix("0B"))
    {
        return radix(digits, 2);
    }
    if let Some(digits) = joined
        .strip_prefix("0o")
        .or_else(|| joined.strip_prefix("0O"))
    {
        return radix(digits, 8);
    }
    if !joined.is_empty()
        && joined.bytes().all(|byte| byte.is_ascii_digit())
        && !unsigned.starts_with('_')
    {
        // A leading zero makes it octal, where it can be.
        if joined.len() > 1 && joined.starts_with('0') {
            if let Some(value) = radix(&joined, 8) {
                return Some(value);
            }
        } else if let Some(value) = radix(&joined, 10) {
            return Some(value);
        }
    }
    let float = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && joined.bytes().any(|byte| byte.is_ascii_digit())
        && joined
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    if !float {
        return None;
    }
    let value: f64 = joined
        .parse()
        .ok()
        .filter(|value: &f64| value.is_finite())?;
    let value = if negative { -value } else { value };
    // JSON has one kind of number: 1e3 and 1.0 become 1000 and 1, as Go prints them.
    Some(if value.fract() == 0.0 && value.abs() < 9e15 {
        Value::Int(value as i64)
    } else {
        Value::Float(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn check(yaml: &str, expect: Value) {
        assert_eq!(decode_yaml_any(yaml.as_bytes()), Ok(expect), "{yaml}");
    }

    #[test]
    fn scalars_and_collections() {
        check(
            "a: 1\nb: [x, 'y', \"z\"]\nc:\n- d: true\n  e: null\n",
            json!({"a": 1, "b": ["x", "y", "z"], "c": [{"d": true, "e": null}]}),
        );
        check(
            "a: 0644\nb: 0x1f\nc: 1_000\nd: -5\ne: 1.5\nf: 1e3\ng: 089",
            json!({"a": 420, "b": 31, "c": 1000, "d": -5, "e": 1.5, "f": 1000, "g": 89}),
        );
        check(
            "a: \"1\"\nb: yes\nc: no\nd: 1.2.3\ne: 10m\nf:\n-\ng: 2026-01-02",
            json!({"a": "1", "b": true, "c": false, "d": "1.2.3", "e": "10m", "f": [null], "g": "2026-01-02"}),
        );
        check(
            "a: |\n  one\n  two\nb: >-\n  x\n  y\n",
            json!({"a": "one\ntwo\n", "b": "x y"}),
        );
        check("1: a\ntrue: b\n", json!({"1": "a", "true": "b"}));
        check("a: !!str 5\nb: !!int \"7\"\n", json!({"a": "5", "b": 7}));
    }

    #[test]
    fn refusals_are_worded_as_go_yaml_words_them() {
        for (yaml, words) in [
            (
                "metadata:\n\tname: a",
                "yaml: line 2: found character that cannot start any token",
            ),
            (
                "a: @b",
                "yaml: line 1: found character that cannot start any token",
            ),
            (
                "a: b: c",
                "yaml: line 1: mapping values are not allowed in this context",
            ),
            (
                "- a\nb: c",
                "yaml: line 1: did not find expected '-' indicator",
            ),
            ("{", "yaml: line 1: did not find expected node content"),
            ("a: [1", "yaml: line 1: did not find expected ',' or ']'"),
        ] {
            assert_eq!(
                decode_yaml_any(yaml.as_bytes()),
                Err(DecodeError::Yaml(words.to_owned())),
                "{yaml}"
            );
        }
    }

    #[test]
    fn keys_may_be_truths() {
        check("n: 1\nyes: 2\n", json!({"false": 1, "true": 2}));
    }

    #[test]
    fn anchors_and_merges() {
        check(
            "base: &b {x: 1, z: 2}\nuse:\n  <<: *b\n  z: 3\n",
            json!({"base": {"x": 1, "z": 2}, "use": {"z": 3, "x": 1}}),
        );
    }

    #[test]
    fn documents() {
        let documents = decode_yaml_documents(b"---\na: 1\n---\n---\nb: 2\n...\n").unwrap();
        assert_eq!(documents, vec![json!({"a": 1}), json!({"b": 2})]);
        assert_eq!(decode_yaml_any(b"a: 1\n---\nb: 2\n"), Ok(json!({"a": 1})));
        assert_eq!(decode_yaml_any(b""), Ok(Value::Null));
    }

    #[test]
    fn a_small_document_may_not_become_a_large_one() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..10 {
            let refs = vec![format!("*a{}", level - 1); 10].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{refs}]\n"));
        }
        assert!(matches!(
            decode_yaml_any(text.as_bytes()),
            Err(DecodeError::Yaml(_))
        ));
        let deep = "[".repeat(10_000);
        assert!(decode_yaml_any(deep.as_bytes()).is_err());
    }

    #[test]
    fn duplicates_are_found() {
        let ty = TypeId::by_name("core/v1.ConfigMap").unwrap();
        let text = "metadata: {name: a}\nfoo: 1\ndata:\n  k: x\n  k: z\nn: 1\nn:\n  a: 2\n";
        let decoded = decode_yaml(text.as_bytes(), Some(ty), &DecodeOptions::strict()).unwrap();
        assert_eq!(
            decoded.complaints,
            [
                "yaml: unmarshal errors:\n  line 5: key \"k\" already set in map\n  line 8: key false already set in map",
                "unknown field \"false\"",
                "unknown field \"foo\""
            ]
        );
        assert_eq!(decoded.value.at(&["data", "k"]), Some(&json!("z")));
    }
}
