//! A number or a text.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use skeg_schema::{FieldValue, Mismatch, Value};

/// A number or a text: a port by number or name, an amount or a percentage.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IntOrString {
    /// A number.
    Int(i32),
    /// A text.
    String(String),
}

impl Default for IntOrString {
    fn default() -> Self {
        Self::Int(0)
    }
}

impl IntOrString {
    /// The number itself, or the percentage of a total that the text names.
    ///
    /// # Errors
    /// The text is no percentage; in upstream's words.
    pub fn scaled(&self, total: i32, round_up: bool) -> Result<i32, String> {
        match self {
            Self::Int(number) => Ok(*number),
            Self::String(text) => {
                let refuse = || {
                    format!(
                        "invalid value for IntOrString: invalid value {}: invalid type: string is not a percentage",
                        skeg_schema::go::quote(text)
                    )
                };
                let percent: i128 = text
                    .strip_suffix('%')
                    .ok_or_else(refuse)?
                    .parse::<i32>()
                    .map_err(|_| refuse())?
                    .into();
                let product = percent * i128::from(total);
                let up = round_up && product.rem_euclid(100) != 0;
                i32::try_from(product.div_euclid(100) + i128::from(up)).map_err(|_| refuse())
            }
        }
    }

    /// As a tree.
    #[must_use]
    pub fn to_value(&self) -> Value {
        FieldValue::to_value(self)
    }
}

impl fmt::Display for IntOrString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(number) => write!(f, "{number}"),
            Self::String(text) => f.write_str(text),
        }
    }
}

impl From<i32> for IntOrString {
    fn from(number: i32) -> Self {
        Self::Int(number)
    }
}

impl From<&str> for IntOrString {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for IntOrString {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl FieldValue for IntOrString {
    fn to_value(&self) -> Value {
        match self {
            Self::Int(number) => Value::from(*number),
            Self::String(text) => Value::from(text),
        }
    }

    fn set(&mut self, value: Value) -> Result<(), Mismatch> {
        *self = match value {
            Value::Null => Self::default(),
            Value::Int(number) => Self::Int(
                i32::try_from(number)
                    .map_err(|_| Mismatch::new("a number of 32 bits or a string"))?,
            ),
            Value::String(text) => Self::String(text),
            _ => return Err(Mismatch::new("a number or a string")),
        };
        Ok(())
    }
}

impl Serialize for IntOrString {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        FieldValue::to_value(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for IntOrString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut this = Self::default();
        this.set(Value::deserialize(deserializer)?)
            .map_err(serde::de::Error::custom)?;
        Ok(this)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages() {
        assert_eq!(IntOrString::from("25%").scaled(10, true), Ok(3));
        assert_eq!(IntOrString::from("25%").scaled(10, false), Ok(2));
        assert_eq!(IntOrString::Int(7).scaled(10, false), Ok(7));
        assert!(IntOrString::from("x").scaled(10, false).is_err());
        assert!(IntOrString::from("99999999999%").scaled(10, false).is_err());
        assert!(
            IntOrString::from("2147483647%")
                .scaled(i32::MAX, true)
                .is_err()
        );
    }
}
