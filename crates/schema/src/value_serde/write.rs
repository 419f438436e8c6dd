//! Trees from structs.

use serde::ser::{self, Serialize};

use super::{ValueError, serialize_value};
use crate::{Key, Object, Value};

/// Makes trees.
pub(super) struct ToValue;

/// A list, or the data of a variant of that name.
pub(super) struct ToArray {
    variant: Option<&'static str>,
    items: Vec<Value>,
}

/// A map or struct, or the data of a variant of that name.
pub(super) struct ToObject {
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
