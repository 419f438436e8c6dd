//! Typed structs, seen by the engine as rows of fields.
//!
//! A struct implements [`Message`] through [`message!`](crate::message), which
//! only says where each field is. What a field can do stands once per Rust
//! type in [`FieldValue`], so that a thousand structs need no code of their own
//! for encoding, decoding, printing or serde.

use std::any::Any;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::codec::proto_typed::{self, Taken, Wire};
use crate::codec::{self, DecodeError, DecodeOptions};
use crate::quantity::Quantity;
use crate::{FieldDesc, FieldType, Key, Object, TypeId, Value};

/// A typed struct of the API.
pub trait Message: Any + Send + Sync {
    /// Its type in the tables.
    fn message_type(&self) -> TypeId;
    /// The field at a place of [`crate::MessageDesc::typed_fields`].
    fn field(&self, at: usize) -> &dyn FieldValue;
    /// The field at a place of [`crate::MessageDesc::typed_fields`], to be changed.
    fn field_mut(&mut self, at: usize) -> &mut dyn FieldValue;
}

/// A message whose type is known without a value.
pub trait StaticMessage: Message + Default {
    /// Its type in the tables.
    const TYPE: TypeId;
}

impl<T: Message> Message for Box<T> {
    fn message_type(&self) -> TypeId {
        (**self).message_type()
    }

    fn field(&self, at: usize) -> &dyn FieldValue {
        (**self).field(at)
    }

    fn field_mut(&mut self, at: usize) -> &mut dyn FieldValue {
        (**self).field_mut(at)
    }
}

/// What a field of a typed struct can do.
pub trait FieldValue {
    /// The field as a tree; `null` where there is nothing. Fields below that
    /// hold nothing are left out.
    fn to_value(&self) -> Value;
    /// Whether the field certainly holds what absent means, told without making a
    /// tree. Only asked of fields themselves, where a pointer is an `Option`.
    fn is_unset(&self) -> bool {
        false
    }
    /// Sets the field from a tree; `null` empties it.
    ///
    /// # Errors
    /// The tree has another type than the field.
    fn set(&mut self, value: Value) -> Result<(), Mismatch>;
    /// Sets the field from protobuf; of a list or a map, adds one element.
    /// A field that does not know how says so, and is set from a tree.
    ///
    /// # Errors
    /// The bytes are not such a field.
    fn read(&mut self, wire: Wire<'_>) -> Result<Taken, DecodeError> {
        let _ = wire;
        Ok(Taken::No)
    }
}

/// A tree did not have the type of the field it was meant for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    path: String,
    expected: &'static str,
}

impl Mismatch {
    /// A mismatch at the field itself.
    #[must_use]
    pub fn new(expected: &'static str) -> Self {
        Self {
            path: String::new(),
            expected,
        }
    }

    /// The mismatch as seen from the field above.
    #[must_use]
    pub fn under(mut self, name: &str) -> Self {
        let joint = if self.path.is_empty() || self.path.starts_with('[') {
            ""
        } else {
            "."
        };
        self.path = format!("{name}{joint}{}", self.path);
        self
    }

    /// The way to the field, from the object on.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: not {}",
            if self.path.is_empty() {
                "object"
            } else {
                &self.path
            },
            self.expected
        )
    }
}

impl std::error::Error for Mismatch {}

/// Whether a time is the one that Go takes for unset; a pointer to it prints `null`.
pub(crate) fn is_unset_time(text: &str) -> bool {
    text.starts_with("0001-01-01T00:00:00")
        && text.trim_end_matches(['0', 'Z', '.']) == "0001-01-01T00:00:"
}

/// Whether a tree is what Go calls the zero value of a field's type.
#[must_use]
pub(crate) fn is_zero(ty: &FieldType, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(truth) => {
            !truth
                && !matches!(
                    ty,
                    FieldType::SchemaOrBool
                        | FieldType::Any
                        | FieldType::Json
                        | FieldType::RawExtension
                )
        }
        Value::Int(number) => {
            *number == 0
                && !matches!(
                    ty,
                    FieldType::Any | FieldType::Json | FieldType::RawExtension
                )
        }
        Value::Float(number) => *number == 0.0 && matches!(ty, FieldType::Double),
        Value::String(text) => match ty {
            FieldType::String => text.is_empty(),
            FieldType::Time | FieldType::MicroTime => text.is_empty() || is_unset_time(text),
            FieldType::Quantity => text.is_empty() || text == "0",
            _ => false,
        },
        Value::Array(items) => {
            items.is_empty() && matches!(ty, FieldType::List(_) | FieldType::Strings)
        }
        Value::Object(object) => {
            object.is_empty() && matches!(ty, FieldType::Message(_) | FieldType::Map(_))
        }
    }
}

/// A message as a tree. Fields that hold Go's zero value are left out, as is
/// everything that absent means already; `kind` and `apiVersion` come first
/// where the type is a registered kind.
#[must_use]
pub fn message_to_value(message: &dyn Message) -> Value {
    let desc = message.message_type().desc();
    let Value::Object(mut members) = fields_to_value(message) else {
        return Value::Null;
    };
    if desc.type_meta && desc.root {
        let mut whole = Object::with_capacity(members.len() + 2);
        whole.push(Key::Borrowed("kind"), Value::String(desc.go.to_owned()));
        whole.push(
            Key::Borrowed("apiVersion"),
            Value::String(desc.api_version()),
        );
        whole.append(&mut members);
        members = whole;
    }
    Value::Object(members)
}

fn fields_to_value(message: &dyn Message) -> Value {
    let fields = message.message_type().desc().typed_fields();
    let mut members = Object::new();
    for (at, desc) in fields.iter().enumerate() {
        let field = message.field(at);
        if field.is_unset() {
            continue;
        }
        let value = field.to_value();
        // A struct does not tell no bytes from unset ones.
        let no_bytes = desc.ty == FieldType::Bytes && value.as_str() == Some("");
        if value.is_null() || (!desc.pointer && (no_bytes || is_zero(&desc.ty, &value))) {
            continue;
        }
        members.push(Key::Borrowed(desc.json), value);
    }
    Value::Object(members)
}

/// Sets a message from a tree. Members that the type does not know, `kind` and
/// `apiVersion` among them, are passed over; fields without a member keep what they have.
///
/// # Errors
/// A member has another type than its field.
pub fn message_from_value(value: Value, message: &mut dyn Message) -> Result<(), Mismatch> {
    let fields: &'static [FieldDesc] = message.message_type().desc().typed_fields();
    let Value::Object(members) = value else {
        return Err(Mismatch::new("an object"));
    };
    let mut hint = 0;
    for (key, value) in members {
        let place = match fields.get(hint) {
            Some(field) if field.json == key => Some(hint),
            _ => fields.iter().position(|field| field.json == key),
        };
        let Some(at) = place else { continue };
        hint = at + 1;
        message
            .field_mut(at)
            .set(value)
            .map_err(|error| error.under(fields[at].json))?;
    }
    Ok(())
}

/// A typed message from a tree.
///
/// # Errors
/// A member has another type than its field.
pub fn from_value<T: Message + Default>(value: Value) -> Result<T, Mismatch> {
    let mut message = T::default();
    message_from_value(value, &mut message)?;
    Ok(message)
}

/// Writes a message as JSON, byte for byte as upstream's serializer would.
pub fn message_to_json(message: &dyn Message, out: &mut Vec<u8>) {
    codec::encode_json(&message_to_value(message), message.message_type(), out);
}

/// Sets a message from JSON; unknown members are passed over.
///
/// # Errors
/// The bytes are not JSON, or a member has another type than its field.
pub fn message_from_json(bytes: &[u8], message: &mut dyn Message) -> Result<(), DecodeError> {
    let decoded = codec::decode_json(bytes, message.message_type(), &DecodeOptions::default())?;
    message_from_value(decoded.value, message).map_err(DecodeError::from)
}

/// Writes a message as protobuf, without an envelope.
pub fn message_to_protobuf(message: &dyn Message, out: &mut Vec<u8>) {
    codec::encode_protobuf(&message_to_value(message), message.message_type(), out);
}

/// Sets a message from protobuf, without an envelope.
///
/// # Errors
/// The bytes are not a message of this type.
pub fn message_from_protobuf(bytes: &[u8], message: &mut dyn Message) -> Result<(), DecodeError> {
    proto_typed::message_from_protobuf(bytes, message)
}

/// Prints a message as its JSON; what `Debug` of typed structs does.
///
/// # Errors
/// The formatter's.
pub fn fmt_message(message: &dyn Message, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(
        f,
        "{} {}",
        message.message_type().desc().go,
        fields_to_value(message)
    )
}

/// Serializes a message; what `serde::Serialize` of typed structs does.
///
/// # Errors
/// The serializer's.
pub fn serialize_message<S: Serializer>(
    message: &dyn Message,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut value = message_to_value(message);
    crate::fill(&mut value, message.message_type());
    value.serialize(serializer)
}

/// Deserializes a message; what `serde::Deserialize` of typed structs does.
///
/// # Errors
/// The deserializer's, or a member has another type than its field.
pub fn deserialize_message<'de, D: Deserializer<'de>>(
    message: &mut dyn Message,
    deserializer: D,
) -> Result<(), D::Error> {
    let value = Value::deserialize(deserializer)?;
    message_from_value(value, message).map_err(serde::de::Error::custom)
}

impl<T: Message> FieldValue for T {
    fn to_value(&self) -> Value {
        fields_to_value(self)
    }

    fn set(&mut self, value: Value) -> Result<(), Mismatch> {
        if value.is_null() {
            Ok(())
        } else {
            message_from_value(value, self)
        }
    }

    fn read(&mut self, wire: Wire<'_>) -> Result<Taken, DecodeError> {
        let Wire::Bytes(bytes, depth) = wire else {
            return Ok(Taken::No);
        };
        proto_typed::read_message(bytes, self, depth)?;
        Ok(Taken::Yes)
    }
}

impl<T: FieldValue + Default> FieldValue for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, FieldValue::to_value)
    }

    fn is_unset(&self) -> bool {
        self.is_none()
    }

    fn set(&mut self, value: Value) -> Result<(), Mismatch> {
        *self = None;
        if !value.is_null() {
            let mut inner = T::default();
            inner.set(value)?;
            *self = Some(inner);
        }
        Ok(())
    }

    fn read(&mut self, wire: Wire<'_>) -> Result<Taken, DecodeError> {
        if self.is_some() {
            let mut inner = T::default();
            let taken = inner.read(wire)?;
            if taken == Taken::Yes {
                *self = Some(inner);
            }
            return Ok(taken);
        }
        // Large structs are made where they stay, instead of being moved there.
        let taken = self.insert(T::default()).read(wire)?;
        if taken == Taken::No {
            *self = None;
        }
        Ok(taken)
    }
}

impl<T: FieldValue + Default> FieldValue for Vec<T> {
    fn to_value(&self) -> Value {
        Value::Array(self.iter().map(FieldValue::to_value).collect())
    }

    fn is_unset(&self) -> bool {
        self.is_empty()
    }

    fn set(&mut self, value: Value) -> Result<(), Mismatch> {
        self.clear();
        match value {
            Value::Null => Ok(()),
            Value::Array(items) => {
                self.reserve_exact(items.len());
                for (at, item) in items.into_iter().enumerate() {
                    let mut element = T::default();
                    element
                        .set(item)
                        .map_err(|error| error.under(&format!("[{at}]")))?;
                    self.push(element);
                }
                Ok(())
            }
            _ => Err(Mismatch::new("a list")),
        }
    }

    fn read(&mut self, wire: Wire<'_>) -> Result<Taken, DecodeError> {
        // Most lists have one element, and are kept for long.
        if self.len() == self.capacity() {
            self.reserve_exact(self.len() / 2 + 1);
        }
        // Large structs are made where they stay, instead of being moved there.
        self.push(T::default());
        let taken = match self.last_mut() {
            Some(element) => element.read(wire)?,
            None => Taken::No,
        };
        if taken == Taken::No {
            self.pop();
        }
        Ok(taken)
    }
}

impl<T: FieldValue + Default> FieldValue for BTreeMap<String, T> {
    fn to_value(&self) -> Value {
        let mut members = Object::with_capacity(self.len());
        for (key, value) in self {
            members.push(Key::Owned(key.clone()), value.to_value());
        }
        Value::Object(members)
    }

    fn is_unset(&self) -> bool {
        self.is_empty()
    }

    fn set(&mut self, value: Value) -> Result<(), Mismatch> {
        self.clear();
        match value {
            Value::Null => Ok(()),
            Value::Object(members) => {
                for (key, item) in members {
                    let mut element = T::default();
                    element
                        .set(item)
                        .map_err(|error| error.under(&format!("[{key}]")))?;
                    self.insert(key.into_owned(), element);
                }
                Ok(())
            }
            _ => Err(Mismatch::new("an object")),
        }
    }

    fn read(&mut self, wire: Wire<'_>) -> Result<Taken, DecodeError> {
        let Wire::Bytes(bytes, depth) = wire else {
            return Ok(Taken::No);
        };
        let (key, value) = proto_typed::map_entry(bytes, depth)?;
        let mut element = T::default();
        if element.read(value.unwrap_or(Wire::Bytes(&[], depth)))? == Taken::No {
            return Ok(Taken::No);
        }
        self.insert(key, element);
        Ok(Taken::Yes)
    }
}

impl FieldValue for String {
    fn to_value(&self) -> Value {
        Value::String(self.clone())
    }

    fn is_unset(&self) -> bool {
        self.is_empty()
    }

    fn set(&mut self, value: Value) -> Result<(), Mismatch> {
        match value {
            Value::Null => self.clear(),
            Value::String(text) => *self = text,
            _ => return Err(Mismatch::new("a string")),
        }
        Ok(())
    }

    fn read(&mut self, wire: Wire<'_>) -> Result<Taken, DecodeError> {
        let Wire::Bytes(bytes, _) = wire else {
            return Ok(Taken::No);
        };
        *self = proto_typed::text(bytes);
        Ok(Taken::Yes)
    }
}

impl FieldValue for Cow<'static, str> {
    fn to_value(&self) -> Value {
        Value::String(self.clone().into_owned())
    }

    fn set(&mut self, value: Value) -> Result<(), Mismatch> {
        match value {
            Value::Null => *self = Cow::Borrowed(""),
            Value::String(text) => *self = Cow::Owned(text),
            _ => return Err(Mismatch::new("a string")),
        }
        Ok(())
    }
}

impl FieldValue for bool {
    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }

    fn is_unset(&self) -> bool {
        !*self
    }

    fn set(&mut self, value: Value) -> Result<(), Mismatch> {
        match value {
            Value::Null => *self = false,
            Value::Bool(truth) => *self = truth,
            _ => return Err(Mismatch::new("a bool")),
        }
        Ok(())
    }

    fn read(&mut self, wire: Wire<'_>) -> Result<Taken, DecodeError> {
        let Wire::Number(number) = wire else {
            return Ok(Taken::No);
        };
        *self = number != 0;
        Ok(Taken::Yes)
    }
}

impl FieldValue for i32 {
    fn to_value(&self) -> Value {
        Value::Int(i64::from(*self))
    }

    fn is_unset(&self) -> bool {
        *self == 0
    }

    fn set(&mut self, value: Value) -> Result<(), Mismatch> {
        *self = match value {
            Value::Null => 0,
            Value::Int(number) => {
                Self::try_from(number).map_err(|_| Mismatch::new("a number of 32 bits"))?
            }
            _ => return Err(Mismatch::new("a whole number")),
        };
        Ok(())
    }

    fn read(&mut self, wire: Wire<'_>) -> Result<Taken, DecodeError> {
        let Wire::Number(number) = wire else {
            return Ok(Taken::No);
        };
        *self = number as i32;
        Ok(Taken::Yes)
    }
}

impl FieldValue for i64 {
    fn to_value(&self) -> Value {
        Value::Int(*self)
    }

    fn is_unset(&self) -> bool {
        *self == 0
    }

    fn set(&mut self, value: Value) -> Result<(), Mismatch> {
        *self = match value {
            Value::Null => 0,
            Value::Int(number) => number,
            _ => return Err(Mismatch::new("a whole number")),
        };
        Ok(())
    }

    fn read(&mut self, wire: Wire<'_>) -> Result<Taken, DecodeError> {
        let Wire::Number(number) = wire else {
            return Ok(Taken::No);
        };
        *self = number as i64;
        Ok(Taken::Yes)
    }
}

impl FieldValue for f64 {
    fn to_value(&self) -> Value {
        // A whole number is one in trees, as it is when it comes from JSON.
        if self.fract() == 0.0 && self.abs() < 9e15 {
            Value::Int(*self as i64)
        } else {
            Value::from(*self)
        }
    }

    fn set(&mut self, value: Value) -> Result<(), Mismatch> {
        *self = if value.is_null() {
            0.0
        } else {
            value.as_f64().ok_or_else(|| Mismatch::new("a number"))?
        };
        Ok(())
    }
}

impl FieldValue for Value {
    fn to_value(&self) -> Value {
        self.clone()
    }

    fn set(&mut self, value: Value) -> Result<(), Mismatch> {
        *self = value;
        Ok(())
    }
}

impl FieldValue for Quantity {
    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }

    fn set(&mut self, value: Value) -> Result<(), Mismatch> {
        *self = match value {
            Value::Null => Self::ZERO,
            Value::String(text) => text.parse().map_err(|_| Mismatch::new("a quantity"))?,
            Value::Int(number) => Self::new(number, crate::quantity::Format::DecimalSi),
            Value::Float(number) => number
                .to_string()
                .parse()
                .map_err(|_| Mismatch::new("a quantity"))?,
            _ => return Err(Mismatch::new("a quantity")),
        };
        Ok(())
    }

    fn read(&mut self, wire: Wire<'_>) -> Result<Taken, DecodeError> {
        let Wire::Bytes(bytes, _) = wire else {
            return Ok(Taken::No);
        };
        // What is no quantity is refused by who reads the tree.
        match proto_typed::quantity_text(bytes).map(str::parse) {
            Some(Ok(quantity)) => *self = quantity,
            _ => return Ok(Taken::No),
        }
        Ok(Taken::Yes)
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut quantity = Self::ZERO;
        quantity
            .set(Value::deserialize(deserializer)?)
            .map_err(serde::de::Error::custom)?;
        Ok(quantity)
    }
}

/// Bytes of a typed struct; base64 in JSON.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ByteString(pub Vec<u8>);

impl fmt::Debug for ByteString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl std::ops::Deref for ByteString {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for ByteString {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&str> for ByteString {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl FieldValue for ByteString {
    fn to_value(&self) -> Value {
        Value::String(codec::base64_encode(&self.0))
    }

    fn set(&mut self, value: Value) -> Result<(), Mismatch> {
        self.0 = match value {
            Value::Null => Vec::new(),
            Value::String(text) => {
                codec::base64_decode(&text).ok_or_else(|| Mismatch::new("base64"))?
            }
            _ => return Err(Mismatch::new("base64")),
        };
        Ok(())
    }

    fn read(&mut self, wire: Wire<'_>) -> Result<Taken, DecodeError> {
        let Wire::Bytes(bytes, _) = wire else {
            return Ok(Taken::No);
        };
        self.0 = bytes.to_vec();
        Ok(Taken::Yes)
    }
}

impl Serialize for ByteString {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&codec::base64_encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for ByteString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        codec::base64_decode(&text)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("not base64"))
    }
}

/// The engine asked for a field that the struct does not have.
#[doc(hidden)]
#[cold]
pub fn no_such_field(at: usize) -> ! {
    panic!("the tables and the struct disagree: no field {at}")
}

/// Makes a struct a [`Message`](crate::Message) of the type with a number, with
/// its fields in the order of the table, and gives it `Debug` and serde.
#[macro_export]
macro_rules! message {
    ($name:ident = $id:literal { $($at:literal $field:ident),* $(,)? }) => {
        impl $crate::Message for $name {
            #[inline]
            fn message_type(&self) -> $crate::TypeId {
                $crate::TypeId($id)
            }
            fn field(&self, at: usize) -> &dyn $crate::FieldValue {
                match at {
                    $($at => &self.$field,)*
                    _ => $crate::no_such_field(at),
                }
            }
            fn field_mut(&mut self, at: usize) -> &mut dyn $crate::FieldValue {
                match at {
                    $($at => &mut self.$field,)*
                    _ => $crate::no_such_field(at),
                }
            }
        }
        impl $crate::StaticMessage for $name {
            const TYPE: $crate::TypeId = $crate::TypeId($id);
        }
        impl $crate::structural::JsonSchema for $name {
            fn json_schema(_: &mut $crate::structural::Seen) -> $crate::Value {
                $crate::structural::of_message($crate::TypeId($id))
            }
        }
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::fmt_message(self, f)
            }
        }
        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, to: S) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::serialize_message(self, to)
            }
        }
        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(from: D) -> ::std::result::Result<Self, D::Error> {
                let mut message = Self::default();
                $crate::deserialize_message(&mut message, from)?;
                Ok(message)
            }
        }
    };
}
