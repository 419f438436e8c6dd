//! What those are told who count the values that are encrypted and decrypted.

use std::sync::Arc;
use std::time::Duration;

use super::GroupResource;

/// Which way a value went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// It was read: decrypted.
    FromStorage,
    /// It was written: encrypted.
    ToStorage,
}

impl Direction {
    /// As metrics name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FromStorage => "from_storage",
            Self::ToStorage => "to_storage",
        }
    }
}

/// A value that was encrypted or decrypted, or could not be.
#[derive(Debug)]
pub struct Transformation<'a> {
    /// Whose it is.
    pub resource: &'a GroupResource,
    /// Which way.
    pub direction: Direction,
    /// What the values of the key that did it begin with: `k8s:enc:aescbc:v1:NAME:`. Of plain
    /// values it is empty when they are written and `identity` when they are read; `unknown` if
    /// nobody could read it.
    pub prefix: &'a str,
    /// How long it took.
    pub took: Duration,
    /// Whether it could be done.
    pub is_ok: bool,
}

/// Is told of each.
pub type Observer = Arc<dyn Fn(&Transformation<'_>) + Send + Sync>;
