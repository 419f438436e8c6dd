//! What derived code calls.

pub use serde;
pub use skeg_meta as meta;
pub use skeg_schema as schema;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use skeg_meta::{Object, ObjectError, ObjectMeta};
use skeg_schema::{Key, Object as Members, Value, ValueError};

/// The beginning of an object's tree.
#[must_use]
pub fn head<K: Object>(metadata: &ObjectMeta) -> Members {
    let mut tree = Members::with_capacity(5);
    tree.push(Key::Borrowed("apiVersion"), K::GVK.api_version().into());
    tree.push(Key::Borrowed("kind"), K::GVK.kind.into_owned().into());
    tree.push(
        Key::Borrowed("metadata"),
        skeg_schema::message_to_value(metadata),
    );
    tree
}

/// Adds a part of an object. One that JSON cannot say is left out; the server
/// then tells what is missing.
pub fn put<T: Serialize>(tree: &mut Members, key: &'static str, part: &T) {
    match skeg_schema::serialize_value(part) {
        Ok(value) => tree.push(Key::Borrowed(key), value),
        Err(error) => {
            tracing::error!(part = key, %error, "cannot write a part of a custom resource")
        }
    }
}

/// The members of an object's tree.
///
/// # Errors
/// The tree is no object.
pub fn members(tree: Value) -> Result<Members, ObjectError> {
    match tree {
        Value::Object(members) => Ok(members),
        // Says that an object was expected.
        other => Err(
            skeg_schema::deserialize_value::<std::collections::BTreeMap<String, Value>>(other)
                .err()
                .map_or(ObjectError::NoProtobuf, ObjectError::Custom),
        ),
    }
}

/// The metadata of an object.
///
/// # Errors
/// It is not metadata.
pub fn metadata(tree: &mut Members) -> Result<ObjectMeta, ObjectError> {
    let mut metadata = ObjectMeta::default();
    if let Some(value) = tree.remove("metadata")
        && !value.is_null()
    {
        skeg_schema::message_from_value(value, &mut metadata)
            .map_err(|error| error.under("metadata"))?;
    }
    Ok(metadata)
}

fn part<T: DeserializeOwned>(value: Value, name: &str) -> Result<T, ObjectError> {
    skeg_schema::deserialize_value(value)
        .map_err(|error: ValueError| ObjectError::Custom(error.under(name)))
}

/// The spec of an object. One that is missing is an empty one, where all of it
/// has defaults.
///
/// # Errors
/// It does not fit the struct.
pub fn spec<T: DeserializeOwned>(tree: &mut Members) -> Result<T, ObjectError> {
    part(tree.remove("spec").unwrap_or_else(Value::object), "spec")
}

/// The status of an object.
///
/// # Errors
/// It does not fit the struct.
pub fn status<T: DeserializeOwned>(tree: &mut Members) -> Result<Option<T>, ObjectError> {
    match tree.remove("status") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => part(value, "status").map(Some),
    }
}

/// An object by serde.
///
/// # Errors
/// The deserializer's, or the tree does not fit the struct.
pub fn deserialize<'de, K: Object, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<K, D::Error> {
    K::from_tree(Value::deserialize(deserializer)?).map_err(|error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        serde::de::Error::custom(cause.unwrap_or_else(|| error.to_string()))
    })
}
