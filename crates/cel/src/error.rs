//! What can go wrong while an expression is evaluated.

use std::fmt;
use std::sync::Arc;

use crate::authz::Check;

/// Why an expression has no value.
#[derive(Clone, Debug)]
pub enum EvalError {
    /// The expression failed; the text is cel-go's.
    Failed(Arc<str>),
    /// The expression cost more than it may.
    Budget,
    /// An answer of the authorizer is not known yet: ask, remember, evaluate again.
    Pending(Arc<Check>),
}

impl EvalError {
    /// An error with a text.
    pub fn new(message: impl Into<String>) -> Self {
        Self::Failed(message.into().into())
    }

    pub(crate) fn no_such_overload() -> Self {
        Self::new("no such overload")
    }

    pub(crate) fn no_such_key(key: impl fmt::Display) -> Self {
        Self::new(format!("no such key: {key}"))
    }

    /// Whether the cost ran out.
    #[must_use]
    pub fn is_budget(&self) -> bool {
        matches!(self, Self::Budget)
    }

    /// Whether logic operators may ignore it when the other side decides.
    pub(crate) fn is_absorbed(&self) -> bool {
        matches!(self, Self::Failed(_))
    }
}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(message) => f.write_str(message),
            Self::Budget => f.write_str("operation cancelled: actual cost limit exceeded"),
            Self::Pending(_) => f.write_str("the authorizer has not answered yet"),
        }
    }
}

impl std::error::Error for EvalError {}
