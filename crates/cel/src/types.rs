//! Types as the checker knows them.

use std::fmt;
use std::sync::Arc;

use crate::decl::DeclType;

/// The type of an expression.
#[derive(Clone, Debug)]
pub enum Type {
    /// Anything; checked when it is evaluated.
    Dyn,
    /// What could not be checked.
    Error,
    /// `null`.
    Null,
    /// A truth value.
    Bool,
    /// 64 bits with a sign.
    Int,
    /// 64 bits without a sign.
    Uint,
    /// A float.
    Double,
    /// Text.
    String,
    /// Bytes.
    Bytes,
    /// A point in time.
    Timestamp,
    /// A length of time.
    Duration,
    /// A list of one type.
    List(Arc<Type>),
    /// A map: its keys' and its values' types.
    Map(Arc<Type>, Arc<Type>),
    /// A message; its fields where they are declared.
    Struct(Arc<str>, Option<DeclType>),
    /// A type that only functions know: `optional_type(int)`, `net.IP`.
    Opaque(Arc<str>, Arc<[Type]>),
    /// The type of a type.
    Type(Option<Arc<Type>>),
    /// A type that is to be found.
    Param(Arc<str>),
}

impl PartialEq for Type {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Map(a, b), Self::Map(c, d)) => a == c && b == d,
            (Self::Struct(a, _), Self::Struct(b, _)) | (Self::Param(a), Self::Param(b)) => a == b,
            (Self::Opaque(a, b), Self::Opaque(c, d)) => a == c && b == d,
            (Self::Type(a), Self::Type(b)) => a == b,
            _ => !self.has_parts() && std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

/// The name of the optional type.
pub(crate) const OPTIONAL: &str = "optional_type";

impl Type {
    /// A list of a type.
    #[must_use]
    pub fn list(item: Type) -> Self {
        Self::List(Arc::new(item))
    }

    /// A map.
    #[must_use]
    pub fn map(key: Type, value: Type) -> Self {
        Self::Map(Arc::new(key), Arc::new(value))
    }

    /// A value that may be there.
    #[must_use]
    pub fn optional(inner: Type) -> Self {
        Self::Opaque(OPTIONAL.into(), Arc::from([inner]))
    }

    /// A message whose fields are not declared.
    pub(crate) fn named(name: &str) -> Self {
        Self::Struct(name.into(), None)
    }

    fn has_parts(&self) -> bool {
        matches!(
            self,
            Self::List(_)
                | Self::Map(..)
                | Self::Struct(..)
                | Self::Opaque(..)
                | Self::Type(_)
                | Self::Param(_)
        )
    }

    /// What an optional holds.
    pub(crate) fn unwrap_optional(&self) -> Option<&Type> {
        match self {
            Self::Opaque(name, parts) if &**name == OPTIONAL => parts.first(),
            _ => None,
        }
    }

    pub(crate) fn is_dyn(&self) -> bool {
        matches!(self, Self::Dyn)
    }

    /// The name of the type without its parts, as `type()` gives it.
    pub(crate) fn runtime_name(&self) -> &str {
        match self {
            Self::Dyn => "dyn",
            Self::Error => "!error!",
            Self::Null => "null_type",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Double => "double",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Timestamp => "google.protobuf.Timestamp",
            Self::Duration => "google.protobuf.Duration",
            Self::List(_) => "list",
            Self::Map(..) => "map",
            Self::Struct(name, _) | Self::Opaque(name, _) | Self::Param(name) => name,
            Self::Type(_) => "type",
        }
    }

    /// How messages of Kubernetes name what an expression evaluates to.
    #[must_use]
    pub fn result_name(&self) -> String {
        match self {
            Self::Null => "null_type".to_owned(),
            Self::Timestamp => "google.protobuf.Timestamp".to_owned(),
            Self::Duration => "google.protobuf.Duration".to_owned(),
            Self::List(item) => format!("list({})", item.result_name()),
            Self::Map(key, value) => {
                format!("map({}, {})", key.result_name(), value.result_name())
            }
            Self::Opaque(name, parts) if !parts.is_empty() => {
                let parts: Vec<String> = parts.iter().map(Self::result_name).collect();
                format!("{name}({})", parts.join(", "))
            }
            other => other.to_string(),
        }
    }
}

/// As errors of the checker print types.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Timestamp => f.write_str("timestamp"),
            Self::Duration => f.write_str("duration"),
            Self::List(item) => write!(f, "list({item})"),
            Self::Map(key, value) => write!(f, "map({key}, {value})"),
            Self::Opaque(name, parts) if !parts.is_empty() => {
                write!(f, "{name}(")?;
                for (at, part) in parts.iter().enumerate() {
                    if at > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{part}")?;
                }
                f.write_str(")")
            }
            Self::Type(Some(inner)) => write!(f, "type({inner})"),
            other => f.write_str(other.runtime_name()),
        }
    }
}

/// Reads a type of the tables of functions: `int`, `list(T)`, `map(K,V)`,
/// `optional(T)`, `type(T)`; a single capital letter is a parameter, a name
/// with a colon before it an opaque type, any other name a message.
pub(crate) fn parse(text: &str) -> Type {
    let mut reader = Reader { text, at: 0 };
    reader.read()
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn read(&mut self) -> Type {
        let rest = &self.text[self.at..];
        let end = rest.find(['(', ')', ',']).unwrap_or(rest.len());
        let name = &rest[..end];
        self.at += end;
        let mut parts = Vec::new();
        if self.text[self.at..].starts_with('(') {
            loop {
                self.at += 1;
                parts.push(self.read());
                if !self.text[self.at..].starts_with(',') {
                    break;
                }
            }
            self.at += 1;
        }
        let mut parts = parts.into_iter();
        match name {
            "dyn" => Type::Dyn,
            "null" => Type::Null,
            "bool" => Type::Bool,
            "int" => Type::Int,
            "uint" => Type::Uint,
            "double" => Type::Double,
            "string" => Type::String,
            "bytes" => Type::Bytes,
            "timestamp" => Type::Timestamp,
            "duration" => Type::Duration,
            "list" => Type::list(parts.next().unwrap_or(Type::Dyn)),
            "map" => {
                let key = parts.next().unwrap_or(Type::Dyn);
                Type::map(key, parts.next().unwrap_or(Type::Dyn))
            }
            "optional" => Type::optional(parts.next().unwrap_or(Type::Dyn)),
            "type" => Type::Type(parts.next().map(Arc::new)),
            _ if name.len() == 1 => Type::Param(name.into()),
            _ => match name.strip_prefix(':') {
                Some(opaque) => Type::Opaque(opaque.into(), Arc::from([])),
                None => Type::named(name),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_tables_read_as_they_print() {
        for text in ["int", "list(T)", "map(K, list(V))", "type(T)", "net.IP"] {
            assert_eq!(parse(&text.replace(' ', "")).to_string(), text);
        }
        assert_eq!(parse("optional(int)").to_string(), "optional_type(int)");
        assert_eq!(parse("null").result_name(), "null_type");
    }
}
