//! Expressions in configuration files (CEL): compiled once, evaluated over
//! trees. Which engine does it is for the caller to say.

use std::sync::Arc;

use skeg_schema::Value;

/// A compiled expression.
pub trait Expression: Send + Sync {
    /// Its value, given those of the variables it was compiled with.
    ///
    /// # Errors
    /// It cannot be evaluated, in the engine's words.
    fn evaluate(&self, variables: &[(&str, &Value)]) -> Result<Value, String>;
}

/// What the value of an expression must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A truth value.
    Bool,
    /// A text.
    Text,
    /// A text, a list of them, or nothing.
    Texts,
}

/// Compiles expressions.
pub trait Compiler: Send + Sync {
    /// Compiles `text`, in which the names in `variables` are known.
    ///
    /// # Errors
    /// It is not valid or not of the wanted type, in the engine's words.
    fn compile(
        &self,
        text: &str,
        variables: &[&str],
        wanted: Wanted,
    ) -> Result<Arc<dyn Expression>, String>;
}
