//! Structs from trees.

use serde::de::{self, DeserializeSeed, IntoDeserializer, Visitor};

use super::ValueError;
use crate::{Key, Value};

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
