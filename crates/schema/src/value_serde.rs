//! Between trees and any struct with serde: what custom kinds travel by.

use std::fmt;

use serde::de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, Visitor};
use serde::ser::{self, Serialize};

use crate::{Key, Object, Value};

/// A struct does not fit a tree, or the other way round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueError {
    path: String,
    message: String,
}

impl ValueError {
    fn new(message: impl fmt::Display) -> Self {
        Self {
            path: String::new(),
            message: message.to_string(),
        }
    }

    /// The error as seen from the field above.
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

    /// The way to the field, from the tree's root on; empty for the root.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for ValueError {}

impl de::Error for ValueError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message)
    }
}

impl ser::Error for ValueError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message)
    }
}

/// A struct from a tree, by serde.
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Spec { replicas: i32 }
/// let spec: Spec = skeg_schema::deserialize_value(skeg_schema::json!({"replicas": 3}))?;
/// assert_eq!(spec.replicas, 3);
/// # Ok::<(), skeg_schema::ValueError>(())
/// ```
///
/// # Errors
/// The tree does not have the form of the struct; the error names the field.
pub fn deserialize_value<T: DeserializeOwned>(value: Value) -> Result<T, ValueError> {
    T::deserialize(value)
}

/// A tree from a struct, by serde.
///
/// ```
/// #[derive(serde::Serialize)]
/// struct Spec { replicas: i32 }
/// let tree = skeg_schema::serialize_value(&Spec { replicas: 3 })?;
/// assert_eq!(tree, skeg_schema::json!({"replicas": 3}));
/// # Ok::<(), skeg_schema::ValueError>(())
/// ```
///
/// # Errors
/// The struct has something that JSON does not: a map whose keys are no texts
/// or numbers.
pub fn serialize_value<T: Serialize + ?Sized>(data: &T) -> Result<Value, ValueError> {
    data.serialize(ToValue)
}

impl<'de> IntoDeserializer<'de, ValueError> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

fn unexpected<'a>(value: &'a Value) -> de::Unexpected<'a> {
    match value {
        Value::Null => de::Unexpected::Unit,
        Value::Bool(truth) => de::Unexpected::Bool(*truth),
        Value::Int(number) => de::Unexpected::Signed(*number),
        Value::Float(number) => de::Unexpected::Float(*number),
        Value::String(text) => de::Unexpected::Str(text),
        Value::Array(_) => de::Unexpected::Seq,
        Value::Object(_) => de::Unexpected::Map,
    }
}

impl<'de> de::Deserializer<'de> for Value {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self {
            Value::Null => visitor.visit_unit(),
            Value::Bool(truth) => visitor.visit_bool(truth),
            Value::Int(number) => visitor.visit_i64(number),
            Value::Float(number) => visitor.visit_f64(number),
            Value::String(text) => visitor.visit_string(text),
            Value::Array(items) => {
                let mut items = Items {
                    at: 0,
                    items: items.into_iter(),
                };
                let made = visitor.visit_seq(&mut items)?;
                match items.items.len() {
                    0 => Ok(made),
                    more => Err(ValueError::new(format_args!("{more} items too many"))),
                }
            }
            Value::Object(members) => visitor.visit_map(Members {
                members: members.into_iter(),
                value: None,
            }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self {
            Value::Null => visitor.visit_none(),
            value => visitor.visit_some(value),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        match self {
            Value::String(name) => visitor.visit_enum(Variant {
                name: Key::Owned(name),
                data: None,
            }),
            Value::Object(members) if members.len() == 1 => {
                let (name, data) = members
                    .into_iter()
                    .next()
                    .ok_or_else(|| ValueError::new("an empty object"))?;
                visitor.visit_enum(Variant {
                    name,
                    data: Some(data),
                })
            }
            other => Err(de::Error::invalid_type(
                unexpected(&other),
                &"a name, or an object with one member",
            )),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

struct Items {
    at: usize,
    items: std::vec::IntoIter<Value>,
}

impl<'de> de::SeqAccess<'de> for &mut Items {
    type Error = ValueError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ValueError> {
        let Some(item) = self.items.next() else {
            return Ok(None);
        };
        let at = self.at;
        self.at += 1;
        seed.deserialize(item)
            .map(Some)
            .map_err(|error| error.under(&format!("[{at}]")))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Members<I> {
    members: I,
    value: Option<(Key, Value)>,
}

impl<'de, I: Iterator<Item = (Key, Value)>> de::MapAccess<'de> for Members<I> {
    type Error = ValueError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ValueError> {
        let Some((key, value)) = self.members.next() else {
            return Ok(None);
        };
        let made = seed.deserialize(MemberName(key.clone()))?;
        self.value = Some((key, value));
        Ok(Some(made))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, ValueError> {
        let (key, value) = self
            .value
            .take()
            .ok_or_else(|| ValueError::new("a value before its key"))?;
        seed.deserialize(value).map_err(|error| error.under(&key))
    }
}

/// A member's name: a text, which may stand for a number or a truth.
struct MemberName(Key);

macro_rules! parsed {
    ($($method:ident $visit:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
            match self.0.parse() {
                Ok(parsed) => visitor.$visit(parsed),
                Err(_) => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> de::Deserializer<'de> for MemberName {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self.0 {
            Key::Borrowed(name) => visitor.visit_borrowed_str(name),
            Key::Owned(name) => visitor.visit_string(name),
        }
    }

    parsed! {
        deserialize_bool visit_bool
        deserialize_i8 visit_i8 deserialize_i16 visit_i16 deserialize_i32 visit_i32 deserialize_i64 visit_i64
        deserialize_u8 visit_u8 deserialize_u16 visit_u16 deserialize_u32 visit_u32 deserialize_u64 visit_u64
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_enum(Variant {
            name: self.0,
            data: None,
        })
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

struct Variant {
    name: Key,
    data: Option<Value>,
}

impl<'de> de::EnumAccess<'de> for Variant {
    type Error = ValueError;
    type Variant = VariantData;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, VariantData), ValueError> {
        let data = VariantData {
            name: self.name.clone(),
            data: self.data,
        };
        Ok((seed.deserialize(MemberName(self.name))?, data))
    }
}

struct VariantData {
    name: Key,
    data: Option<Value>,
}

impl VariantData {
    fn data(self) -> (Key, Value) {
        (self.name, self.data.unwrap_or_default())
    }
}

impl<'de> de::VariantAccess<'de> for VariantData {
    type Error = ValueError;

    fn unit_variant(self) -> Result<(), ValueError> {
        match self.data {
            None | Some(Value::Null) => Ok(()),
            Some(other) => Err(de::Error::invalid_type(unexpected(&other), &"no data"))
                .map_err(|error: ValueError| error.under(&self.name)),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, ValueError> {
        let (name, data) = self.data();
        seed.deserialize(data).map_err(|error| error.under(&name))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ValueError> {
        let (name, data) = self.data();
        de::Deserializer::deserialize_any(data, visitor).map_err(|error| error.under(&name))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        self.tuple_variant(0, visitor)
    }
}

/// Makes trees.
struct ToValue;

/// A list, or the data of a variant of that name.
struct ToArray {
    variant: Option<&'static str>,
    items: Vec<Value>,
}

/// A map or struct, or the data of a variant of that name.
struct ToObject {
    variant: Option<&'static str>,
    members: Object,
    key: Option<String>,
}

fn tagged(variant: Option<&'static str>, data: Value) -> Value {
    match variant {
        None => data,
        Some(name) => {
            let mut members = Object::with_capacity(1);
            members.push(Key::Borrowed(name), data);
            Value::Object(members)
        }
    }
}

fn to_array(variant: Option<&'static str>, len: Option<usize>) -> ToArray {
    ToArray {
        variant,
        // A length is only a hint of who wrote the `Serialize`.
        items: Vec::with_capacity(len.unwrap_or_default().min(1024)),
    }
}

fn to_object(variant: Option<&'static str>) -> ToObject {
    ToObject {
        variant,
        members: Object::new(),
        key: None,
    }
}

macro_rules! as_int {
    ($($method:ident $ty:ty)*) => {$(
        fn $method(self, number: $ty) -> Result<Value, ValueError> {
            Ok(i64::try_from(number).map_or(Value::from(number as f64), Value::Int))
        }
    )*};
}

impl ser::Serializer for ToValue {
    type Ok = Value;
    type Error = ValueError;
    type SerializeSeq = ToArray;
    type SerializeTuple = ToArray;
    type SerializeTupleStruct = ToArray;
    type SerializeTupleVariant = ToArray;
    type SerializeMap = ToObject;
    type SerializeStruct = ToObject;
    type SerializeStructVariant = ToObject;

    as_int! {
        serialize_i8 i8 serialize_i16 i16 serialize_i32 i32 serialize_i64 i64
        serialize_u8 u8 serialize_u16 u16 serialize_u32 u32 serialize_u64 u64
    }

    fn serialize_bool(self, truth: bool) -> Result<Value, ValueError> {
        Ok(Value::Bool(truth))
    }

    fn serialize_f32(self, number: f32) -> Result<Value, ValueError> {
        self.serialize_f64(f64::from(number))
    }

    fn serialize_f64(self, number: f64) -> Result<Value, ValueError> {
        Ok(if number.is_finite() {
            Value::Float(number)
        } else {
            Value::Null
        })
    }

    fn serialize_char(self, letter: char) -> Result<Value, ValueError> {
        Ok(Value::String(letter.to_string()))
    }

    fn serialize_str(self, text: &str) -> Result<Value, ValueError> {
        Ok(Value::String(text.to_owned()))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Value, ValueError> {
        Ok(Value::Array(
            bytes
                .iter()
                .map(|byte| Value::Int(i64::from(*byte)))
                .collect(),
        ))
    }

    fn serialize_none(self) -> Result<Value, ValueError> {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, data: &T) -> Result<Value, ValueError> {
        data.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, ValueError> {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, ValueError> {
        Ok(Value::Null)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Value, ValueError> {
        Ok(Value::String(variant.to_owned()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        data: &T,
    ) -> Result<Value, ValueError> {
        data.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        data: &T,
    ) -> Result<Value, ValueError> {
        data.serialize(self)
            .map(|data| tagged(Some(variant), data))
            .map_err(|error| error.under(variant))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<ToArray, ValueError> {
        Ok(to_array(None, len))
    }

    fn serialize_tuple(self, len: usize) -> Result<ToArray, ValueError> {
        Ok(to_array(None, Some(len)))
    }

    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<ToArray, ValueError> {
        Ok(to_array(None, Some(len)))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<ToArray, ValueError> {
        Ok(to_array(Some(variant), Some(len)))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<ToObject, ValueError> {
        Ok(to_object(None))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<ToObject, ValueError> {
        Ok(to_object(None))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<ToObject, ValueError> {
        Ok(to_object(Some(variant)))
    }
}

impl ToArray {
    fn add<T: Serialize + ?Sized>(&mut self, data: &T) -> Result<(), ValueError> {
        let at = self.items.len();
        let item = serialize_value(data).map_err(|error| error.under(&format!("[{at}]")))?;
        self.items.push(item);
        Ok(())
    }

    fn done(self) -> Value {
        tagged(self.variant, Value::Array(self.items))
    }
}

macro_rules! array_of {
    ($($of:ident $method:ident)*) => {$(
        impl ser::$of for ToArray {
            type Ok = Value;
            type Error = ValueError;

            fn $method<T: Serialize + ?Sized>(&mut self, data: &T) -> Result<(), ValueError> {
                self.add(data)
            }

            fn end(self) -> Result<Value, ValueError> {
                Ok(self.done())
            }
        }
    )*};
}

array_of! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
}

impl ser::SerializeMap for ToObject {
    type Ok = Value;
    type Error = ValueError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), ValueError> {
        self.key = Some(match serialize_value(key)? {
            Value::String(text) => text,
            Value::Int(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            _ => return Err(ValueError::new("the key of a map must be a text")),
        });
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, data: &T) -> Result<(), ValueError> {
        let key = self
            .key
            .take()
            .ok_or_else(|| ValueError::new("a value before its key"))?;
        let value = serialize_value(data).map_err(|error| error.under(&key))?;
        self.members.insert(key, value);
        Ok(())
    }

    fn end(self) -> Result<Value, ValueError> {
        Ok(tagged(self.variant, Value::Object(self.members)))
    }
}

macro_rules! object_of {
    ($($of:ident)*) => {$(
        impl ser::$of for ToObject {
            type Ok = Value;
            type Error = ValueError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                data: &T,
            ) -> Result<(), ValueError> {
                let value = serialize_value(data).map_err(|error| error.under(key))?;
                self.members.push(Key::Borrowed(key), value);
                Ok(())
            }

            fn end(self) -> Result<Value, ValueError> {
                Ok(tagged(self.variant, Value::Object(self.members)))
            }
        }
    )*};
}

object_of! { SerializeStruct SerializeStructVariant }

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::json;

    #[derive(Debug, Serialize, Deserialize, PartialEq)]
    enum Shape {
        Dot,
        Circle(f64),
        Rect { w: u32, h: u32 },
        Line(i8, i8),
    }

    #[derive(Debug, Serialize, Deserialize, PartialEq)]
    #[serde(tag = "kind", rename_all = "camelCase")]
    enum Tagged {
        File { path: String },
        Nothing,
    }

    #[derive(Debug, Serialize, Deserialize, PartialEq)]
    #[serde(rename_all = "camelCase")]
    struct Everything {
        shapes: Vec<Shape>,
        tagged: Vec<Tagged>,
        by_number: BTreeMap<u16, bool>,
        pair: (String, Option<i64>),
        letter: char,
        #[serde(flatten)]
        rest: BTreeMap<String, Value>,
        unit: (),
    }

    fn everything() -> Everything {
        Everything {
            shapes: vec![
                Shape::Dot,
                Shape::Circle(1.5),
                Shape::Rect { w: 1, h: 2 },
                Shape::Line(-1, 1),
            ],
            tagged: vec![
                Tagged::File {
                    path: "/a".to_owned(),
                },
                Tagged::Nothing,
            ],
            by_number: BTreeMap::from([(80, true)]),
            pair: ("a".to_owned(), None),
            letter: 'ß',
            rest: BTreeMap::from([("more".to_owned(), json!({"a": [1, 2.5, null]}))]),
            unit: (),
        }
    }

    #[test]
    fn structs_become_trees_and_structs_again() {
        let tree = serialize_value(&everything()).expect("a tree");
        assert_eq!(
            tree,
            json!({
                "shapes": ["Dot", {"Circle": 1.5}, {"Rect": {"w": 1, "h": 2}}, {"Line": [-1, 1]}],
                "tagged": [{"kind": "file", "path": "/a"}, {"kind": "nothing"}],
                "byNumber": {"80": true}, "pair": ["a", null], "letter": "ß",
                "more": {"a": [1, 2.5, null]}, "unit": null,
            })
        );
        // The same as by way of text.
        let text: Value = serde_json::to_value(everything()).expect("JSON").into();
        assert_eq!(text, tree);
        assert_eq!(
            deserialize_value::<Everything>(tree).expect("a struct"),
            everything()
        );
    }

    #[test]
    fn errors_name_the_field() {
        fn check<T: DeserializeOwned + fmt::Debug>(tree: Value, expect: &str) {
            let error = deserialize_value::<T>(tree).expect_err("does not fit");
            assert_eq!(error.to_string(), expect);
        }
        check::<BTreeMap<String, Vec<Shape>>>(
            json!({"a": ["Dot", {"Rect": {"w": "x", "h": 2}}]}),
            "a[1].Rect.w: invalid type: string \"x\", expected u32",
        );
        check::<Vec<Shape>>(
            json!(["Oval"]),
            "[0]: unknown variant `Oval`, expected one of `Dot`, `Circle`, `Rect`, `Line`",
        );
        check::<Vec<Shape>>(
            json!([3]),
            "[0]: invalid type: integer `3`, expected a name, or an object with one member",
        );
        check::<(i32, i32)>(json!([1, 2, 3]), "1 items too many");
        check::<Vec<Shape>>(
            json!([{"Dot": 1}]),
            "[0].Dot: invalid type: integer `1`, expected no data",
        );
        let maps = BTreeMap::from([(vec![1], 1)]);
        assert_eq!(
            serialize_value(&maps).expect_err("no such key").to_string(),
            "the key of a map must be a text"
        );
    }

    #[test]
    fn numbers_beyond_the_tree_become_floats() {
        assert_eq!(
            serialize_value(&u64::MAX),
            Ok(Value::Float(u64::MAX as f64))
        );
        assert_eq!(serialize_value(&f64::NAN), Ok(Value::Null));
        assert_eq!(deserialize_value::<f64>(json!(3)), Ok(3.0));
    }
}
