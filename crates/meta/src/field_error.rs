//! What is wrong with which field, worded as upstream words it.

use std::fmt;

use skeg_schema::Value;
use skeg_schema::go::{print_float, quote};

/// A way to a field: `spec.containers[0].env[KEY]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldPath(String);

impl FieldPath {
    /// A path of one name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The path of a field below.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        Self(if self.0.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.0)
        })
    }

    /// The path of an element.
    #[must_use]
    pub fn index(&self, at: usize) -> Self {
        Self(format!("{}[{at}]", self.0))
    }

    /// The path of a value in a map.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        Self(format!("{}[{key}]", self.0))
    }
}

/// A path to nothing prints as Go's nil.
impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "<nil>" } else { &self.0 })
    }
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldErrorKind {
    /// It refers to something that is not there.
    NotFound,
    /// It must be set.
    Required,
    /// It must be unique.
    Duplicate,
    /// It breaks a rule.
    Invalid,
    /// It is none of the values that are known.
    NotSupported,
    /// It may not be set.
    Forbidden,
    /// It is too long.
    TooLong,
    /// It has too many items.
    TooMany,
    /// The server failed.
    InternalError,
    /// It has the wrong type.
    TypeInvalid,
}

impl FieldErrorKind {
    /// The reason in a [`StatusCause`](crate::StatusCause).
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NotFound => "FieldValueNotFound",
            Self::Required => "FieldValueRequired",
            Self::Duplicate => "FieldValueDuplicate",
            Self::Invalid => "FieldValueInvalid",
            Self::NotSupported => "FieldValueNotSupported",
            Self::Forbidden => "FieldValueForbidden",
            Self::TooLong => "FieldValueTooLong",
            Self::TooMany => "FieldValueTooMany",
            Self::InternalError => "InternalError",
            Self::TypeInvalid => "FieldValueTypeInvalid",
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::NotFound => "Not found",
            Self::Required => "Required value",
            Self::Duplicate => "Duplicate value",
            Self::Invalid | Self::TypeInvalid => "Invalid value",
            Self::NotSupported => "Unsupported value",
            Self::Forbidden => "Forbidden",
            Self::TooLong => "Too long",
            Self::TooMany => "Too many",
            Self::InternalError => "Internal error",
        }
    }
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldError {
    /// What is wrong.
    pub kind: FieldErrorKind,
    /// The way to the field.
    pub field: String,
    /// The value that is wrong, where one is shown.
    pub bad_value: Value,
    /// More words; may be empty.
    pub detail: String,
}

/// What [`FieldError::omitted_value`] is made of; no text of a request can be equal.
const OMITTED: &str = "\u{FFFF}omitted\u{FFFF}";

impl FieldError {
    /// Anything.
    pub fn new(
        kind: FieldErrorKind,
        field: impl fmt::Display,
        bad_value: impl Into<Value>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            field: field.to_string(),
            bad_value: bad_value.into(),
            detail: detail.into(),
        }
    }

    /// A field must be set.
    pub fn required(field: impl fmt::Display, detail: impl Into<String>) -> Self {
        Self::new(FieldErrorKind::Required, field, Value::Null, detail)
    }

    /// A field breaks a rule.
    pub fn invalid(
        field: impl fmt::Display,
        bad_value: impl Into<Value>,
        detail: impl Into<String>,
    ) -> Self {
        Self::new(FieldErrorKind::Invalid, field, bad_value, detail)
    }

    /// A field has none of the values that are known; they are told in the order given.
    pub fn not_supported(
        field: impl fmt::Display,
        bad_value: impl Into<Value>,
        supported: &[&str],
    ) -> Self {
        let quoted: Vec<String> = supported.iter().map(|value| quote(value)).collect();
        let detail = if quoted.is_empty() {
            String::new()
        } else {
            format!("supported values: {}", quoted.join(", "))
        };
        Self::new(FieldErrorKind::NotSupported, field, bad_value, detail)
    }

    /// A field may not be set.
    pub fn forbidden(field: impl fmt::Display, detail: impl Into<String>) -> Self {
        Self::new(FieldErrorKind::Forbidden, field, Value::Null, detail)
    }

    /// A value stands there twice.
    pub fn duplicate(field: impl fmt::Display, bad_value: impl Into<Value>) -> Self {
        Self::new(FieldErrorKind::Duplicate, field, bad_value, "")
    }

    /// A field refers to nothing.
    pub fn not_found(field: impl fmt::Display, bad_value: impl Into<Value>) -> Self {
        Self::new(FieldErrorKind::NotFound, field, bad_value, "")
    }

    /// A text is too long.
    pub fn too_long(field: impl fmt::Display, max_bytes: usize) -> Self {
        let unit = if max_bytes == 1 { "byte" } else { "bytes" };
        Self::new(
            FieldErrorKind::TooLong,
            field,
            Value::Null,
            format!("may not be more than {max_bytes} {unit}"),
        )
    }

    /// A list is too long.
    pub fn too_many(field: impl fmt::Display, actual: usize, max: usize) -> Self {
        let unit = if max == 1 { "item" } else { "items" };
        let actual = i64::try_from(actual).unwrap_or(i64::MAX);
        Self::new(
            FieldErrorKind::TooMany,
            field,
            actual,
            format!("must have at most {max} {unit}"),
        )
    }

    /// The server failed to look.
    pub fn internal(field: impl fmt::Display, detail: impl Into<String>) -> Self {
        Self::new(FieldErrorKind::InternalError, field, Value::Null, detail)
    }

    /// A field has the wrong type.
    pub fn type_invalid(
        field: impl fmt::Display,
        bad_value: impl Into<Value>,
        detail: impl Into<String>,
    ) -> Self {
        Self::new(FieldErrorKind::TypeInvalid, field, bad_value, detail)
    }

    /// Stands for a bad value that is not to be shown.
    #[must_use]
    pub fn omitted_value() -> Value {
        Value::from(OMITTED)
    }

    /// The error without the field: `Invalid value: "x": must be no more than 63 bytes`.
    #[must_use]
    pub fn body(&self) -> String {
        let mut out = self.kind.text().to_owned();
        let shown = match self.kind {
            FieldErrorKind::Required
            | FieldErrorKind::Forbidden
            | FieldErrorKind::TooLong
            | FieldErrorKind::InternalError => false,
            _ => self.bad_value.as_str() != Some(OMITTED),
        };
        if shown {
            out.push_str(": ");
            match &self.bad_value {
                Value::String(text) => out.push_str(&quote(text)),
                Value::Float(number) => out.push_str(&print_float(*number)),
                other => out.push_str(&other.to_string()),
            }
        }
        if !self.detail.is_empty() {
            out.push_str(": ");
            out.push_str(&self.detail);
        }
        out
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.body())
    }
}

impl std::error::Error for FieldError {}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn worded_as_upstream_words_it() {
        let spec = FieldPath::new("spec");
        for (error, text) in [
            (
                FieldError::required(spec.child("name"), ""),
                "spec.name: Required value",
            ),
            (
                FieldError::invalid(spec.child("c").index(0), "x", "is bad"),
                "spec.c[0]: Invalid value: \"x\": is bad",
            ),
            (
                FieldError::invalid(spec.key("k"), Value::Null, "no"),
                "spec[k]: Invalid value: null: no",
            ),
            (
                FieldError::invalid("a", 70000, "must be between 1 and 65535, inclusive"),
                "a: Invalid value: 70000: must be between 1 and 65535, inclusive",
            ),
            (
                FieldError::not_supported("type", "Foo", &["A", "B"]),
                "type: Unsupported value: \"Foo\": supported values: \"A\", \"B\"",
            ),
            (
                FieldError::forbidden("x", "not now"),
                "x: Forbidden: not now",
            ),
            (FieldError::duplicate("x", "a"), "x: Duplicate value: \"a\""),
            (
                FieldError::too_long("data", 128),
                "data: Too long: may not be more than 128 bytes",
            ),
            (
                FieldError::too_many("l", 3, 2),
                "l: Too many: 3: must have at most 2 items",
            ),
            (FieldError::not_found("v", "v"), "v: Not found: \"v\""),
            (
                FieldError::invalid("o", json!({"Key": "a"}), ""),
                "o: Invalid value: {\"Key\":\"a\"}",
            ),
            (
                FieldError::invalid(FieldPath::default(), FieldError::omitted_value(), "d"),
                "<nil>: Invalid value: d",
            ),
        ] {
            assert_eq!(error.to_string(), text);
        }
    }
}
