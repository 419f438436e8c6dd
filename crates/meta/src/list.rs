//! Lists of any kind.

use skeg_schema::{FieldValue, Message, StaticMessage, TypeId};

use crate::{BuiltIn, ListMeta};

/// A list of objects of a built-in kind.
#[derive(Clone, PartialEq)]
pub struct List<K> {
    /// The list's own metadata.
    pub metadata: ListMeta,
    /// The objects.
    pub items: Vec<K>,
}

impl<K> Default for List<K> {
    fn default() -> Self {
        Self {
            metadata: ListMeta::default(),
            items: Vec::new(),
        }
    }
}

impl<K: BuiltIn> Message for List<K> {
    fn message_type(&self) -> TypeId {
        K::LIST
    }

    fn field(&self, at: usize) -> &dyn FieldValue {
        match at {
            0 => &self.metadata,
            1 => &self.items,
            _ => skeg_schema::no_such_field(at),
        }
    }

    fn field_mut(&mut self, at: usize) -> &mut dyn FieldValue {
        match at {
            0 => &mut self.metadata,
            1 => &mut self.items,
            _ => skeg_schema::no_such_field(at),
        }
    }
}

impl<K: BuiltIn> StaticMessage for List<K> {
    const TYPE: TypeId = K::LIST;
}

impl<K: BuiltIn> std::fmt::Debug for List<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        skeg_schema::fmt_message(self, f)
    }
}

impl<K: BuiltIn> serde::Serialize for List<K> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        skeg_schema::serialize_message(self, serializer)
    }
}

impl<'de, K: BuiltIn> serde::Deserialize<'de> for List<K> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut list = Self::default();
        skeg_schema::deserialize_message(&mut list, deserializer)?;
        Ok(list)
    }
}

impl<K> IntoIterator for List<K> {
    type Item = K;
    type IntoIter = std::vec::IntoIter<K>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}
