//! What every kind has.

use std::sync::Arc;

use skeg_schema::{
    DecodeError, FieldValue, Mismatch, StaticMessage, Taken, TypeId, Value, Wire, raw_of,
};

use crate::{GroupVersionKind, GroupVersionResource, ObjectError, ObjectMeta, OwnerReference};

/// A kind of objects: a typed struct with metadata.
///
/// Every built-in kind is one, and every struct that `#[derive(CustomResource)]`
/// makes. What only built-in kinds have is in [`BuiltIn`].
pub trait Object: Clone + Send + Sync + 'static {
    /// Its group, version and kind.
    const GVK: GroupVersionKind;
    /// Its resource in paths.
    const PLURAL: &'static str;
    /// Whether its objects stand in namespaces.
    const NAMESPACED: bool;

    /// Its type in the tables; `None` for custom kinds, which travel as JSON only.
    #[must_use]
    fn type_id() -> Option<TypeId>;

    /// The object's metadata.
    fn meta(&self) -> &ObjectMeta;
    /// The object's metadata, to be changed.
    fn meta_mut(&mut self) -> &mut ObjectMeta;

    /// The object as a tree, with its kind and API version.
    fn to_tree(&self) -> Value;
    /// The object from a tree; kind and API version may be missing.
    ///
    /// # Errors
    /// The tree does not fit the struct.
    fn from_tree(tree: Value) -> Result<Self, ObjectError>;
    /// The object from JSON.
    ///
    /// # Errors
    /// The bytes are not JSON, or do not fit the struct.
    fn from_json(bytes: &[u8]) -> Result<Self, ObjectError> {
        Self::from_tree(skeg_schema::decode_json_any(bytes)?)
    }
    /// The object from protobuf without its envelope.
    ///
    /// # Errors
    /// The bytes are no such message, or the kind has no protobuf form.
    fn from_protobuf(bytes: &[u8]) -> Result<Self, ObjectError> {
        let _ = bytes;
        Err(ObjectError::NoProtobuf)
    }

    /// The same, made where it is to be shared from.
    ///
    /// # Errors
    /// As [`Object::from_protobuf`].
    fn shared_from_protobuf(bytes: &[u8]) -> Result<Arc<Self>, ObjectError> {
        Self::from_protobuf(bytes).map(Arc::new)
    }

    /// Its group, version and resource.
    fn gvr() -> GroupVersionResource {
        let gvk = Self::GVK;
        GroupVersionResource {
            group: gvk.group,
            version: gvk.version,
            resource: Self::PLURAL.into(),
        }
    }

    /// A reference by which this object, as its controller, owns another.
    fn controller_reference(&self) -> OwnerReference {
        OwnerReference {
            api_version: Self::GVK.api_version(),
            kind: Self::GVK.kind.into_owned(),
            name: self.meta().name.clone(),
            uid: self.meta().uid.clone(),
            controller: Some(true),
            block_owner_deletion: Some(true),
        }
    }
}

/// A kind of the tables: its struct is a row of fields that the codec walks.
pub trait BuiltIn: Object + StaticMessage {
    /// The type of its lists.
    const LIST: TypeId;
}

impl ObjectMeta {
    /// With a name and a namespace.
    pub fn named(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            namespace: namespace.into(),
            ..Self::default()
        }
    }

    /// The owner that controls the object.
    #[must_use]
    pub fn controller(&self) -> Option<&OwnerReference> {
        self.owner_references
            .iter()
            .find(|owner| owner.controller == Some(true))
    }

    /// Whether the object is being deleted.
    #[must_use]
    pub fn is_deleting(&self) -> bool {
        self.deletion_timestamp.is_some()
    }
}

/// A set of fields. It is kept as the JSON in which it came: most who hold
/// objects never look at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldsV1 {
    json: Box<str>,
}

impl FieldsV1 {
    /// The set as its tree; `null` where there is none.
    #[must_use]
    pub fn value(&self) -> Value {
        skeg_schema::decode_json_any(self.json.as_bytes()).unwrap_or_default()
    }

    /// The JSON.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }
}

impl From<Value> for FieldsV1 {
    fn from(value: Value) -> Self {
        Self {
            json: if value.is_null() {
                Box::default()
            } else {
                value.to_string().into()
            },
        }
    }
}

impl FieldValue for FieldsV1 {
    fn to_value(&self) -> Value {
        self.value()
    }

    fn set(&mut self, value: Value) -> Result<(), Mismatch> {
        *self = value.into();
        Ok(())
    }

    fn read(&mut self, wire: Wire<'_>) -> Result<Taken, DecodeError> {
        let Wire::Bytes(bytes, _) = wire else {
            return Ok(Taken::No);
        };
        match raw_of(bytes).map(std::str::from_utf8) {
            Some(Ok(json)) if !json.is_empty() => self.json = json.into(),
            _ => return Ok(Taken::No),
        }
        Ok(Taken::Yes)
    }
}

/// A resource version: opaque to clients, which may only compare for equality.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ResourceVersion(pub String);

impl ResourceVersion {
    /// The store's revision, for those who may know.
    #[must_use]
    pub fn revision(&self) -> Option<u64> {
        self.0.parse().ok()
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_unset(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<u64> for ResourceVersion {
    fn from(revision: u64) -> Self {
        Self(if revision == 0 {
            String::new()
        } else {
            revision.to_string()
        })
    }
}

impl std::fmt::Display for ResourceVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Makes a message an [`Object`](crate::Object); used by generated code.
#[macro_export]
macro_rules! object {
    ($name:ident, $group:literal, $version:literal, $plural:literal, $namespaced:literal, $list:literal) => {
        impl $crate::Object for $name {
            const GVK: $crate::GroupVersionKind =
                $crate::GroupVersionKind::of($group, $version, ::std::stringify!($name));
            const PLURAL: &'static str = $plural;
            const NAMESPACED: bool = $namespaced;

            fn type_id() -> ::std::option::Option<$crate::schema::TypeId> {
                ::std::option::Option::Some(<$name as $crate::schema::StaticMessage>::TYPE)
            }
            fn meta(&self) -> &$crate::ObjectMeta {
                &self.metadata
            }
            fn meta_mut(&mut self) -> &mut $crate::ObjectMeta {
                &mut self.metadata
            }
            fn to_tree(&self) -> $crate::schema::Value {
                $crate::schema::message_to_value(self)
            }
            fn from_tree(
                tree: $crate::schema::Value,
            ) -> ::std::result::Result<Self, $crate::ObjectError> {
                $crate::schema::from_value(tree).map_err($crate::ObjectError::Mismatch)
            }
            fn from_json(bytes: &[u8]) -> ::std::result::Result<Self, $crate::ObjectError> {
                let mut object = Self::default();
                $crate::schema::message_from_json(bytes, &mut object)?;
                Ok(object)
            }
            fn from_protobuf(bytes: &[u8]) -> ::std::result::Result<Self, $crate::ObjectError> {
                let mut object = Self::default();
                $crate::schema::message_from_protobuf(bytes, &mut object)?;
                Ok(object)
            }
            fn shared_from_protobuf(
                bytes: &[u8],
            ) -> ::std::result::Result<::std::sync::Arc<Self>, $crate::ObjectError> {
                // Made where it stays, instead of being moved there.
                let mut object = ::std::sync::Arc::<Self>::default();
                // Nobody else has it yet.
                let own = ::std::sync::Arc::make_mut(&mut object);
                $crate::schema::message_from_protobuf(bytes, own)?;
                Ok(object)
            }
        }
        impl $crate::BuiltIn for $name {
            const LIST: $crate::schema::TypeId = $crate::schema::TypeId($list);
        }
    };
}
