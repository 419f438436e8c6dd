//! JSON to trees.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::scan::Scanner;
use super::{DecodeError, DecodeOptions, Decoded, embedded, go_base64, schema_props};
use crate::message::is_zero;
use crate::{FieldDesc, FieldType, Key, MessageDesc, Object, Omit, TypeId, Value};

/// A step on the way to a value. Names of fields are borrowed, keys of maps owned.
enum Step {
    Key(Cow<'static, str>),
    Index(usize),
}

/// The most complaints that are kept, as upstream.
const COMPLAINTS_MAX: usize = 100;

/// Reads an object of a type.
///
/// # Errors
/// The bytes are not JSON, are too many or nest too deep, or a value has
/// another type than its field; in Go's words.
pub fn decode_json(
    bytes: &[u8],
    ty: TypeId,
    options: &DecodeOptions,
) -> Result<Decoded, DecodeError> {
    if bytes.len() > options.max_bytes {
        return Err(DecodeError::TooLarge {
            limit: options.max_bytes,
        });
    }
    let mut reader = Reader {
        scan: Scanner::new(bytes),
        strict: options.strict,
        keep_empty: options.keep_empty,
        path: Vec::with_capacity(16),
        root: Some(ty.desc()),
        owner: None,
        wrong: None,
        refused: None,
        decoded: Decoded::default(),
    };
    let value = reader.message(ty, &GoType::Message(ty.desc()))?;
    reader.scan.end()?;
    if let Some(error) = reader.refused.or(reader.wrong) {
        return Err(error);
    }
    Ok(Decoded {
        value: if value.is_null() {
            Value::object()
        } else {
            value
        },
        ..reader.decoded
    })
}

/// Reads any JSON; of a key that stands twice the last value counts.
///
/// # Errors
/// The bytes are not JSON or nest too deep; in Go's words.
pub fn decode_json_any(bytes: &[u8]) -> Result<Value, DecodeError> {
    let mut scan = Scanner::new(bytes);
    let value = scan.any()?;
    scan.end()?;
    Ok(value)
}

/// Reads any JSON and tells of keys that stand twice, whose last value counts.
///
/// # Errors
/// The bytes are not JSON or nest too deep; in Go's words.
pub fn decode_json_free(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    let mut reader = Reader {
        scan: Scanner::new(bytes),
        strict: true,
        keep_empty: true,
        path: Vec::with_capacity(16),
        root: None,
        owner: None,
        wrong: None,
        refused: None,
        decoded: Decoded::default(),
    };
    let value = reader.free()?;
    reader.scan.end()?;
    Ok(Decoded {
        value,
        ..reader.decoded
    })
}

/// How Go would name the type of a place.
enum GoType {
    Message(&'static MessageDesc),
    Field(&'static FieldDesc),
    /// An element so many lists and maps below a field.
    Element(&'static FieldDesc, usize),
    Text(&'static str),
}

impl GoType {
    fn element(&self) -> GoType {
        match self {
            Self::Field(field) => Self::Element(field, 1),
            Self::Element(field, depth) => Self::Element(field, depth + 1),
            _ => Self::Text("string"),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Message(desc) => message_name(desc),
            Self::Text(text) => (*text).to_owned(),
            Self::Field(field) => field.go_type.to_owned(),
            Self::Element(field, depth) => {
                let mut text = field.go_type;
                for _ in 0..*depth {
                    text = match text.strip_prefix("[]") {
                        Some(rest) => rest,
                        None => text.split_once(']').map_or(text, |(_, rest)| rest),
                    };
                }
                text.trim_start_matches('*').to_owned()
            }
        }
    }
}

fn message_name(desc: &MessageDesc) -> String {
    format!("{}.{}", desc.version, desc.go)
}

struct Reader<'a> {
    scan: Scanner<'a>,
    strict: bool,
    keep_empty: bool,
    path: Vec<Step>,
    /// The type of the whole.
    root: Option<&'static MessageDesc>,
    /// The struct whose field is being read.
    owner: Option<&'static MessageDesc>,
    /// The first value of a wrong type; Go goes on and tells at the end.
    wrong: Option<DecodeError>,
    /// The first value that its type refused; Go stops there.
    refused: Option<DecodeError>,
    decoded: Decoded,
}

type Read<T> = Result<T, DecodeError>;

fn path_text(path: &[Step], last: Option<&str>) -> String {
    let mut out = String::new();
    for step in path {
        match step {
            Step::Key(key) => {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(key);
            }
            Step::Index(at) => write!(out, "[{at}]").expect("writing to a string cannot fail"),
        }
    }
    if let Some(last) = last {
        if !out.is_empty() {
            out.push('.');
        }
        out.push_str(last);
    }
    out
}

impl<'a> Reader<'a> {
    #[cold]
    fn complain(&mut self, unknown: bool, key: &str) {
        if !self.strict || self.decoded.complaints.len() >= COMPLAINTS_MAX {
            return;
        }
        let path = path_text(&self.path, Some(key));
        let (word, list) = if unknown {
            ("unknown", &mut self.decoded.unknown)
        } else {
            ("duplicate", &mut self.decoded.duplicates)
        };
        if !list.contains(&path) {
            self.decoded
                .complaints
                .push(format!("{word} field {}", crate::go::quote(&path)));
            list.push(path);
        }
    }

    /// The JSON type of what comes next.
    fn found(&mut self) -> &'static str {
        match self.scan.peek() {
            b'{' => "object",
            b'[' => "array",
            b'"' => "string",
            b't' | b'f' => "bool",
            _ => "number",
        }
    }

    /// The same of a type that reads itself, where Go reads no further.
    #[cold]
    fn refuse_type(&mut self, go: &str) -> Read<Value> {
        let found = self.found();
        self.scan.skip()?;
        let why = self.unmarshal_error(found, go);
        self.refuse(why);
        Ok(Value::Null)
    }

    /// Notes that what comes next has the wrong type, and steps over it.
    #[cold]
    fn mismatch(&mut self, go: &GoType, number_text: bool) -> Read<Value> {
        let start = {
            self.scan.peek();
            self.scan.position()
        };
        let found = self.found();
        self.scan.skip()?;
        if self.wrong.is_none() {
            let mut what = found.to_owned();
            if number_text && found == "number" {
                what = format!("number {}", String::from_utf8_lossy(self.scan.since(start)));
            }
            self.wrong = Some(DecodeError::Type(self.unmarshal_error(&what, &go.name())));
        }
        Ok(Value::Null)
    }

    fn unmarshal_error(&self, what: &str, go: &str) -> String {
        match self.owner {
            Some(owner) => {
                // Go's path has the fields of structs only; keys of maps are owned.
                let mut names = String::new();
                let mut within = self.root;
                for step in &self.path {
                    if let Step::Key(Cow::Borrowed(key)) = step {
                        if !names.is_empty() {
                            names.push('.');
                        }
                        names.push_str(within.map_or("", |it| embedded::before(it.go, key)));
                        names.push_str(key);
                        within = within.and_then(|it| embedded::below(it, key));
                    }
                }
                format!(
                    "json: cannot unmarshal {what} into Go struct field {}.{names} of type {go}",
                    owner.go
                )
            }
            None => format!("json: cannot unmarshal {what} into Go value of type {go}"),
        }
    }

    #[cold]
    fn refuse(&mut self, message: String) {
        if self.refused.is_none() {
            self.refused = Some(DecodeError::Type(message));
        }
    }

    fn free(&mut self) -> Read<Value> {
        match self.scan.peek() {
            b'{' => {
                self.scan.open()?;
                let mut members = Object::new();
                let mut first = true;
                while let Some(key) = self.scan.key(first)? {
                    first = false;
                    if members.contains_key(&key) {
                        self.complain(false, &key);
                    }
                    self.path.push(Step::Key(Cow::Owned(key.into_owned())));
                    let value = self.free()?;
                    if let Some(Step::Key(name)) = self.path.pop() {
                        members.insert(name, value);
                    }
                }
                Ok(Value::Object(members))
            }
            b'[' => {
                self.scan.open()?;
                let mut items = Vec::new();
                while self.scan.element(items.is_empty())? {
                    self.path.push(Step::Index(items.len()));
                    items.push(self.free()?);
                    self.path.pop();
                }
                Ok(Value::Array(items))
            }
            _ => self.scan.any(),
        }
    }

    fn null(&mut self) -> Read<bool> {
        if self.scan.peek() == b'n' {
            self.scan.literal()?;
            return Ok(true);
        }
        Ok(false)
    }

    fn message(&mut self, ty: TypeId, go: &GoType) -> Read<Value> {
        if self.scan.peek() != b'{' {
            return if self.null()? {
                Ok(Value::Null)
            } else {
                self.mismatch(go, false)
            };
        }
        let desc = ty.desc();
        self.scan.open()?;
        let outer = self.owner.replace(desc);
        let mut members = Object::new();
        let (mut seen, mut hint, mut first) = (0u128, 0, true);
        while let Some(key) = self.scan.key(first)? {
            first = false;
            let Some((at, field)) = desc.find(&key, hint) else {
                self.complain(true, &key);
                self.scan.skip()?;
                continue;
            };
            hint = at + 1;
            let twice = seen & (1 << at) != 0;
            seen |= 1 << at;
            if twice {
                self.complain(false, &key);
            }
            self.path.push(Step::Key(Cow::Borrowed(field.json)));
            let value = self.value(&field.ty, &GoType::Field(field))?;
            self.path.pop();
            if twice {
                merge(&mut members, field, value);
                continue;
            }
            let absent = value.is_null() || (!field.pointer && is_zero(&field.ty, &value));
            if absent && !(self.keep_empty && shows_empty(desc, field, &value)) {
                continue;
            }
            members.push(Key::Borrowed(field.json), value);
        }
        self.owner = outer;
        Ok(Value::Object(members))
    }

    /// Not part of `value`, whose frames lie on the stack once a level.
    #[inline(never)]
    fn raw_extension(&mut self) -> Read<Value> {
        self.scan.peek();
        let start = self.scan.position();
        let value = self.scan.any()?;
        Ok(super::with_source(value, self.scan.since(start)))
    }

    fn value(&mut self, ty: &'static FieldType, go: &GoType) -> Read<Value> {
        match ty {
            FieldType::Message(id) => self.message(*id, go),
            FieldType::List(inner) => self.list(inner, go),
            FieldType::Map(inner) => self.map(inner, go),
            FieldType::Strings => self.list(&FieldType::String, go),
            FieldType::RawExtension => self.raw_extension(),
            FieldType::FieldsV1 | FieldType::Json | FieldType::Any => {
                // Kept as it stands: upstream looks into it later, if ever.
                self.scan.any()
            }
            FieldType::SchemaOrArray | FieldType::SchemaOrBool | FieldType::SchemaOrStrings => {
                self.apart(ty, go)
            }
            _ => self.scalar(ty, go),
        }
    }

    /// What Go reads with a decoder of its own: one that is not strict, and an error of which is
    /// told before those of the rest.
    fn apart(&mut self, ty: &'static FieldType, go: &GoType) -> Read<Value> {
        let strict = std::mem::replace(&mut self.strict, false);
        let before = self.wrong.take();
        let value = match (ty, self.scan.peek()) {
            (FieldType::SchemaOrArray, b'[') => self.list(&SCHEMA, go),
            (FieldType::SchemaOrStrings, b'[') => self.list(&FieldType::String, go),
            (FieldType::SchemaOrBool, b't' | b'f') => self.scan.literal(),
            (_, b'{' | b'n') => self.message(schema_props(), go),
            (ty, _) => {
                self.scan.skip()?;
                // Neither form of the others is none of them.
                if *ty == FieldType::SchemaOrBool {
                    self.refuse("boolean or JSON schema expected".to_owned());
                }
                Ok(Value::Null)
            }
        };
        self.strict = strict;
        let within = std::mem::replace(&mut self.wrong, before);
        self.refused = self.refused.take().or(within);
        value
    }

    fn scalar(&mut self, ty: &FieldType, go: &GoType) -> Read<Value> {
        let first = self.scan.peek();
        match (ty, first) {
            (_, b'n') => self.scan.literal(),
            (FieldType::String, b'"') => Ok(Value::String(self.scan.string()?.into_owned())),
            (FieldType::Bool, b't' | b'f') => self.scan.literal(),
            (FieldType::Int32 | FieldType::Int64 | FieldType::IntOrString, b'-' | b'0'..=b'9') => {
                let start = self.scan.position();
                let number = self.scan.number()?;
                let value = if number.whole {
                    number.text.parse::<i64>().ok()
                } else {
                    None
                };
                let wide = *ty == FieldType::Int64;
                match value.filter(|value| wide || i32::try_from(*value).is_ok()) {
                    Some(value) => Ok(Value::Int(value)),
                    None => {
                        let what =
                            format!("number {}", String::from_utf8_lossy(self.scan.since(start)));
                        let why = match ty {
                            FieldType::IntOrString => self.unmarshal_error(&what, "int32"),
                            _ => self.unmarshal_error(&what, &go.name()),
                        };
                        if *ty == FieldType::IntOrString {
                            self.refuse(why);
                        } else if self.wrong.is_none() {
                            self.wrong = Some(DecodeError::Type(why));
                        }
                        Ok(Value::Null)
                    }
                }
            }
            (FieldType::IntOrString, b'"') => Ok(Value::String(self.scan.string()?.into_owned())),
            (FieldType::IntOrString, _) => self.refuse_type("int32"),
            (FieldType::Double, b'-' | b'0'..=b'9') => {
                let start = self.scan.position();
                let number = self.scan.number()?;
                match number
                    .text
                    .parse::<f64>()
                    .ok()
                    .filter(|number| number.is_finite())
                {
                    // A whole number stays one in the tree, as it does in any other tree.
                    Some(float) => Ok(number.value().unwrap_or(Value::Float(float))),
                    None => {
                        let what =
                            format!("number {}", String::from_utf8_lossy(self.scan.since(start)));
                        if self.wrong.is_none() {
                            self.wrong =
                                Some(DecodeError::Type(self.unmarshal_error(&what, "float64")));
                        }
                        Ok(Value::Null)
                    }
                }
            }
            (FieldType::Quantity, b'"' | b'-' | b'0'..=b'9') => {
                let text = if first == b'"' {
                    self.scan.string()?
                } else {
                    Cow::Borrowed(self.scan.number()?.text)
                };
                let trimmed = text.trim();
                match crate::quantity::shown(trimmed) {
                    Ok(text) => Ok(Value::String(text)),
                    Err(error) => {
                        self.refuse(error.to_string());
                        Ok(Value::Null)
                    }
                }
            }
            (FieldType::Quantity, _) => {
                self.refuse(crate::quantity::ParseQuantityError::Format.to_string());
                self.scan.skip()?;
                Ok(Value::Null)
            }
            (FieldType::Time | FieldType::MicroTime, b'"') => {
                let text = self.scan.string()?;
                let micro = *ty == FieldType::MicroTime;
                match crate::time::parse(&text, micro) {
                    Ok(instant) => Ok(Value::String(if micro {
                        instant.to_micro_text()
                    } else {
                        instant.to_seconds_text()
                    })),
                    Err(message) => {
                        self.refuse(message);
                        Ok(Value::Null)
                    }
                }
            }
            (FieldType::Time | FieldType::MicroTime, _) => self.refuse_type("string"),
            (FieldType::Bytes, b'"') => {
                let text = self.scan.string()?;
                match go_base64(&text) {
                    Ok(_) if !text.contains(['\n', '\r']) => Ok(Value::String(text.into_owned())),
                    Ok(bytes) => Ok(Value::String(super::base64_encode(&bytes))),
                    Err(message) => {
                        if self.wrong.is_none() {
                            self.wrong = Some(DecodeError::Type(message));
                        }
                        Ok(Value::Null)
                    }
                }
            }
            (FieldType::Bytes, b'[') => self.bytes(),
            (FieldType::Int32 | FieldType::Int64 | FieldType::Double, _)
            | (FieldType::String | FieldType::Bool | FieldType::Bytes, _) => {
                self.mismatch(go, false)
            }
            _ => self.scan.literal(),
        }
    }

    /// Bytes as Go takes them too: numbers in a list.
    fn bytes(&mut self) -> Read<Value> {
        self.scan.open()?;
        let mut bytes = Vec::new();
        let mut first = true;
        while self.scan.element(first)? {
            first = false;
            let byte = match self.scan.peek() {
                b'-' | b'0'..=b'9' => {
                    let start = self.scan.position();
                    let byte = self.scan.number()?.text.parse::<u8>().ok();
                    if byte.is_none() && self.wrong.is_none() {
                        let what =
                            format!("number {}", String::from_utf8_lossy(self.scan.since(start)));
                        self.wrong = Some(DecodeError::Type(self.unmarshal_error(&what, "uint8")));
                    }
                    byte
                }
                _ if self.null()? => None,
                _ => {
                    self.mismatch(&GoType::Text("uint8"), false)?;
                    None
                }
            };
            bytes.push(byte.unwrap_or_default());
        }
        Ok(Value::String(super::base64_encode(&bytes)))
    }

    fn list(&mut self, inner: &'static FieldType, go: &GoType) -> Read<Value> {
        if self.scan.peek() != b'[' {
            return if self.null()? {
                Ok(Value::Null)
            } else {
                self.mismatch(go, false)
            };
        }
        self.scan.open()?;
        let element = go.element();
        let mut items = Vec::new();
        while self.scan.element(items.is_empty())? {
            self.path.push(Step::Index(items.len()));
            let value = self.value(inner, &element)?;
            self.path.pop();
            items.push(if value.is_null() { zero(inner) } else { value });
        }
        Ok(Value::Array(items))
    }

    fn map(&mut self, inner: &'static FieldType, go: &GoType) -> Read<Value> {
        if self.scan.peek() != b'{' {
            return if self.null()? {
                Ok(Value::Null)
            } else {
                self.mismatch(go, false)
            };
        }
        self.scan.open()?;
        let element = go.element();
        let mut members = Object::new();
        let mut first = true;
        while let Some(key) = self.scan.key(first)? {
            first = false;
            if members.contains_key(&key) {
                self.complain(false, &key);
            }
            // Owned, which tells it from the name of a field.
            self.path.push(Step::Key(Cow::Owned(key.into_owned())));
            let value = self.value(inner, &element)?;
            let value = if value.is_null() { zero(inner) } else { value };
            if let Some(Step::Key(name)) = self.path.pop() {
                members.insert(name, value);
            }
        }
        Ok(Value::Object(members))
    }
}

static SCHEMA: FieldType = FieldType::Message(crate::tables::JSON_SCHEMA_PROPS);

/// What stands for `null` in a list or map: Go's zero value.
pub(super) fn zero(ty: &FieldType) -> Value {
    match ty {
        FieldType::String => Value::String(String::new()),
        FieldType::Bool => Value::Bool(false),
        FieldType::Int32 | FieldType::Int64 | FieldType::IntOrString => Value::Int(0),
        FieldType::Double => Value::Int(0),
        FieldType::Quantity => Value::String("0".to_owned()),
        FieldType::Message(_) => Value::object(),
        FieldType::List(_) | FieldType::Strings => Value::Array(Vec::new()),
        FieldType::Map(_) => Value::object(),
        _ => Value::Null,
    }
}

/// Lists that may be left out, but are given a default only when they are: an
/// empty one is refused.
const TELLING: &[(&str, &str)] = &[("autoscaling/v2.HPAScalingRules", "policies")];

/// Whether Go's JSON tells an empty list or map from an unset one here.
pub(super) fn shows_empty(desc: &MessageDesc, field: &FieldDesc, value: &Value) -> bool {
    (field.omit == Omit::Never || TELLING.contains(&(desc.name, field.json)))
        && matches!(value, Value::Array(_) | Value::Object(_))
        && !matches!(field.ty, FieldType::Message(_))
}

/// A field came again: as in Go, objects are read into what is there.
fn merge(members: &mut Object, field: &'static FieldDesc, value: Value) {
    match (members.get_mut(field.json), value) {
        (Some(Value::Object(held)), Value::Object(next)) => {
            for (key, value) in next {
                held.insert(key, value);
            }
        }
        (_, Value::Null) => {}
        (_, value) => {
            members.insert(Key::Borrowed(field.json), value);
        }
    }
}
