//! Patches from differences: what must be sent so that an object that looks
//! like one tree comes to look like another.
//!
//! [`json()`], [`merge()`] and [`strategic`] compare two trees; [`ThreeWay`] is
//! `kubectl apply`'s comparison of what was applied last, what is wanted and
//! what is there.

mod json;
mod merge;
mod strategic;
#[cfg(test)]
mod tests;
mod three_way;

use skeg_schema::patch::Tables;
use skeg_schema::{TypeId, Value};

use crate::patch::JsonPatch;

pub use three_way::{LAST_APPLIED, ThreeWay, last_applied, stamp_last_applied};

/// Why there is no patch from one tree to another.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DiffError {
    /// An element of a list lacks the key by which the list is merged.
    #[error("{path}: an element does not contain the declared merge key: {key}")]
    NoMergeKey {
        /// The list.
        path: String,
        /// The key.
        key: String,
    },
    /// A list that is merged holds objects and other things at once.
    #[error("{path}: the elements of the list are not of one type")]
    MixedList {
        /// The list.
        path: String,
    },
    /// The patch would turn the object into another one.
    #[error("At least one of apiVersion, kind and name was changed")]
    OtherObject,
    /// What another has changed since the last apply would be overwritten.
    #[error(
        "{path}: was changed by another since the last apply; apply again with overwrite to take it"
    )]
    Conflict {
        /// The first such field.
        path: String,
    },
    /// The two halves of a three-way patch contradict each other.
    #[error("{path}: would be both changed and deleted")]
    Contradiction {
        /// The field.
        path: String,
    },
    /// What was applied last cannot be read.
    #[error("the annotation {LAST_APPLIED} is not a JSON object; remove it and apply again")]
    LastApplied,
}

/// The JSON patch that turns `old` into `new`.
#[must_use]
pub fn json(old: &Value, new: &Value) -> JsonPatch {
    json::between(old, new)
}

/// The merge patch that turns `old` into `new`, as far as a merge patch can:
/// it cannot say that a member is `null`.
#[must_use]
pub fn merge(old: &Value, new: &Value) -> Value {
    merge::between(old, new).unwrap_or_else(Value::object)
}

/// The strategic merge patch that turns `old` into `new`, by the merge keys of
/// a type. It cannot keep elements of a list apart that share a merge key: a
/// server puts them side by side.
///
/// # Errors
/// An element of a list lacks the key by which the list is merged.
pub fn strategic(old: &Value, new: &Value, ty: TypeId) -> Result<Value, DiffError> {
    strategic::between(old, new, Tables(ty), strategic::Options::TWO_WAY)
}

/// The way to a member, for messages.
fn under(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
