//! Between trees and any struct with serde: what custom kinds travel by.

mod read;
#[cfg(test)]
mod tests;
mod write;

use std::fmt;

use serde::de::{self, DeserializeOwned};
use serde::ser::{self, Serialize};

use crate::Value;

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
    data.serialize(write::ToValue)
}
