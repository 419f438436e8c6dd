//! Values while an expression is evaluated.
//!
//! Trees are wrapped, not copied: a value borrows from the tree that it was
//! made of, and only what is asked for is looked at.

mod collections;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use skeg_schema::{FieldType, Object, Value};

use crate::amount::Amount;
use crate::authz::Authz;
use crate::decl::{DeclType, ListKind, Shape};
use crate::error::EvalError;
use crate::lib_format::Format;
use crate::semver::Version;
use crate::time::{self, Duration, Timestamp};
use crate::types::Type;
use crate::url::Url;

/// A value.
#[derive(Clone, Debug)]
pub enum Val<'a> {
    /// `null`.
    Null,
    /// A truth value.
    Bool(bool),
    /// 64 bits with a sign.
    Int(i64),
    /// 64 bits without a sign.
    Uint(u64),
    /// A float.
    Double(f64),
    /// Text.
    String(Text<'a>),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// A point in time.
    Timestamp(Timestamp),
    /// A length of time.
    Duration(Duration),
    /// A list.
    List(List<'a>),
    /// A map, or a message that came as a tree.
    Map(Map<'a>),
    /// A type.
    Type(Type),
    /// A value that may be there.
    Optional(Option<Arc<Val<'a>>>),
    /// A message that the expression made.
    Message(Arc<Message<'a>>),
    /// A quantity.
    Quantity(Arc<Amount>),
    /// An address.
    Ip(IpAddr),
    /// A range of addresses: an address in it and how many bits are the range's.
    Cidr(IpAddr, u8),
    /// A URL.
    Url(Arc<Url>),
    /// A semantic version.
    Semver(Arc<Version>),
    /// A named format.
    Format(&'static Format),
    /// The authorizer, or a question to it.
    Authz(Arc<Authz>),
}

/// A text, borrowed or shared.
#[derive(Clone)]
pub enum Text<'a> {
    /// Of a tree.
    Borrowed(&'a str),
    /// Made on the way.
    Shared(Arc<str>),
}

impl std::ops::Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Shared(text) => text,
        }
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// A list: part of a tree, or made on the way.
#[derive(Clone, Debug)]
pub enum List<'a> {
    /// Part of a tree.
    Tree(&'a [Value], Part<'a>),
    /// Made on the way.
    Items(Arc<Vec<Val<'a>>>),
    /// Made on the way out of a set or a map, which it still is.
    Kept(Arc<Vec<Val<'a>>>, Arc<ListKind>),
}

/// A map: part of a tree, or made on the way.
#[derive(Clone, Debug)]
pub enum Map<'a> {
    /// Part of a tree.
    Tree(&'a Object, Part<'a>),
    /// Made on the way.
    Entries(Arc<Entries<'a>>),
}

/// What is declared of a part of a tree.
#[derive(Clone, Debug, Default)]
pub enum Part<'a> {
    /// Nothing.
    #[default]
    Free,
    /// A declared type.
    Declared(&'a DeclType),
    /// A field of the static tables.
    Static(&'static FieldType),
}

/// The entries of a map that was made on the way, in their order.
#[derive(Clone, Debug, Default)]
pub struct Entries<'a> {
    items: Vec<(Val<'a>, Val<'a>)>,
    index: HashMap<KeyForm, usize>,
    default: Option<Box<Val<'a>>>,
}

/// A message that an expression made.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// Its type's name.
    pub name: Arc<str>,
    /// The fields that were given.
    pub fields: Vec<(Arc<str>, Val<'a>)>,
}

/// A key as it is compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum KeyForm {
    Bool(bool),
    Number(i128),
    Text(String),
}

fn key_form(key: &Val<'_>) -> Option<KeyForm> {
    Some(match key {
        Val::Bool(value) => KeyForm::Bool(*value),
        Val::Int(value) => KeyForm::Number(i128::from(*value)),
        Val::Uint(value) => KeyForm::Number(i128::from(*value)),
        #[expect(clippy::cast_possible_truncation, reason = "it has no fraction")]
        Val::Double(value) if value.fract() == 0.0 && value.abs() < 1e30 => {
            KeyForm::Number(*value as i128)
        }
        Val::String(text) => KeyForm::Text(text.to_string()),
        _ => return None,
    })
}

impl<'a> Entries<'a> {
    /// Entries among which a key that is not there has this value.
    #[must_use]
    pub fn with_default(value: Val<'a>) -> Self {
        Self {
            default: Some(Box::new(value)),
            ..Self::default()
        }
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &Val<'_>) -> Option<&Val<'a>> {
        match self.index.get(&key_form(key)?) {
            Some(at) => Some(&self.items[*at].1),
            None => self.default.as_deref(),
        }
    }

    /// Adds an entry; false when the key is there already or can be none.
    pub fn insert(&mut self, key: Val<'a>, value: Val<'a>) -> bool {
        let Some(form) = key_form(&key) else {
            return false;
        };
        if self.index.contains_key(&form) {
            return false;
        }
        self.index.insert(form, self.items.len());
        self.items.push((key, value));
        true
    }

    /// Adds an entry, or gives its key another value; false when the key can be none.
    pub(crate) fn set(&mut self, key: Val<'a>, value: Val<'a>) -> bool {
        let Some(form) = key_form(&key) else {
            return false;
        };
        match self.index.get(&form) {
            Some(at) => self.items[*at].1 = value,
            None => {
                self.index.insert(form, self.items.len());
                self.items.push((key, value));
            }
        }
        true
    }

    /// The entries in their order.
    pub fn iter(&self) -> impl Iterator<Item = &(Val<'a>, Val<'a>)> {
        self.items.iter()
    }
}

impl<'a> Part<'a> {
    fn element(&self) -> Part<'a> {
        match self {
            Self::Declared(decl) => decl.element().map_or(Self::Free, Self::Declared),
            Self::Static(FieldType::List(item) | FieldType::Map(item)) => Self::Static(item),
            _ => Self::Free,
        }
    }

    /// The kind of a list.
    fn list_kind(&self) -> &'a ListKind {
        match self {
            Self::Declared(decl) => match decl.shape() {
                Shape::List(_, kind) => kind,
                _ => &ListKind::Atomic,
            },
            _ => &ListKind::Atomic,
        }
    }
}

impl<'a> From<&'a str> for Val<'a> {
    fn from(text: &'a str) -> Self {
        Self::String(Text::Borrowed(text))
    }
}

impl From<String> for Val<'_> {
    fn from(text: String) -> Self {
        Self::String(Text::Shared(text.into()))
    }
}

impl From<bool> for Val<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Val<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl<'a> From<Vec<Val<'a>>> for Val<'a> {
    fn from(items: Vec<Val<'a>>) -> Self {
        Self::List(List::Items(Arc::new(items)))
    }
}

impl<'a> Val<'a> {
    /// A part of a tree, with what is declared of it.
    #[must_use]
    pub fn tree(value: &'a Value, decl: Option<&'a DeclType>) -> Self {
        Self::part(value, decl.map_or(Part::Free, Part::Declared)).unwrap_or_else(|_| {
            // What does not fit its declaration is taken as it is.
            Self::part(value, Part::Free).expect("a tree without declaration has every form")
        })
    }

    /// A value that is there.
    #[must_use]
    pub fn some(value: Val<'a>) -> Self {
        Self::Optional(Some(Arc::new(value)))
    }

    /// A value that is not there.
    #[must_use]
    pub fn none() -> Self {
        Self::Optional(None)
    }

    pub(crate) fn part(value: &'a Value, part: Part<'a>) -> Result<Self, EvalError> {
        let part = match part {
            Part::Declared(decl) => match decl.shape() {
                Shape::Optional(inner) => Part::Declared(inner),
                _ => part,
            },
            part => part,
        };
        Ok(match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) => {
                if part.is_double() {
                    #[expect(clippy::cast_precision_loss, reason = "it is declared a float")]
                    let double = *value as f64;
                    Self::Double(double)
                } else {
                    Self::Int(*value)
                }
            }
            Value::Float(value) => Self::Double(*value),
            Value::String(text) => return part.text(text),
            Value::Array(items) => Self::List(List::Tree(items, part)),
            Value::Object(object) => Self::Map(Map::Tree(object, part)),
        })
    }

    /// A truth value.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// A text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The name of its type in cel-go, which some messages tell.
    pub(crate) fn go_name(&self) -> &'static str {
        match self {
            Self::Null => "types.Null",
            Self::Bool(_) => "types.Bool",
            Self::Int(_) => "types.Int",
            Self::Uint(_) => "types.Uint",
            Self::Double(_) => "types.Double",
            Self::String(_) => "types.String",
            Self::Bytes(_) => "types.Bytes",
            Self::Timestamp(_) => "types.Timestamp",
            Self::Duration(_) => "types.Duration",
            Self::List(_) => "*types.baseList",
            Self::Map(_) | Self::Message(_) => "*types.baseMap",
            Self::Type(_) => "*types.Type",
            Self::Optional(_) => "*types.Optional",
            Self::Quantity(_) => "cel.Quantity",
            Self::Ip(_) => "cel.IP",
            Self::Cidr(..) => "cel.CIDR",
            Self::Url(_) => "cel.URL",
            Self::Semver(_) => "cel.Semver",
            Self::Format(_) => "cel.Format",
            Self::Authz(_) => "library.authorizerVal",
        }
    }

    /// The value's type.
    #[must_use]
    pub fn type_of(&self) -> Type {
        match self {
            Self::Null => Type::Null,
            Self::Bool(_) => Type::Bool,
            Self::Int(_) => Type::Int,
            Self::Uint(_) => Type::Uint,
            Self::Double(_) => Type::Double,
            Self::String(_) => Type::String,
            Self::Bytes(_) => Type::Bytes,
            Self::Timestamp(_) => Type::Timestamp,
            Self::Duration(_) => Type::Duration,
            Self::List(_) => Type::list(Type::Dyn),
            Self::Map(_) => Type::map(Type::Dyn, Type::Dyn),
            Self::Type(_) => Type::Type(None),
            Self::Optional(_) => Type::optional(Type::Dyn),
            Self::Message(message) => Type::named(&message.name),
            Self::Quantity(_) => Type::named("kubernetes.Quantity"),
            Self::Ip(_) => crate::types::parse(":net.IP"),
            Self::Cidr(..) => crate::types::parse(":net.CIDR"),
            Self::Url(_) => Type::named("kubernetes.URL"),
            Self::Semver(_) => Type::named("kubernetes.Semver"),
            Self::Format(_) => Type::named("kubernetes.NamedFormat"),
            Self::Authz(authz) => Type::named(authz.type_name()),
        }
    }

    /// How many elements, characters or bytes it has.
    pub(crate) fn size(&self) -> Option<usize> {
        Some(match self {
            Self::String(text) => text.chars().count(),
            Self::Bytes(bytes) => bytes.len(),
            Self::List(list) => list.len(),
            Self::Map(map) => map.len(),
            _ => return None,
        })
    }

    /// Whether it is empty or zero.
    pub(crate) fn is_zero(&self) -> bool {
        match self {
            Self::Null | Self::Optional(None) => true,
            Self::Bool(value) => !value,
            Self::Int(value) => *value == 0,
            Self::Uint(value) => *value == 0,
            Self::Double(value) => *value == 0.0,
            Self::Timestamp(value) => value.is_zero(),
            Self::Duration(value) => value.0 == 0,
            Self::Message(message) => message.fields.is_empty(),
            other => other.size() == Some(0),
        }
    }

    /// The tree of a value; `None` where it has none.
    #[must_use]
    pub fn to_value(&self) -> Option<Value> {
        Some(match self {
            Self::Null | Self::Optional(None) => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(value) => Value::Int(*value),
            Self::Uint(value) => match i64::try_from(*value) {
                Ok(value) => Value::Int(value),
                #[expect(clippy::cast_precision_loss, reason = "JSON has no larger numbers")]
                Err(_) => Value::Float(*value as f64),
            },
            Self::Double(value) => Value::Float(*value),
            Self::String(text) => Value::String(text.to_string()),
            Self::Bytes(bytes) => Value::String(STANDARD.encode(bytes)),
            Self::Timestamp(value) => Value::String(value.to_string()),
            Self::Duration(value) => Value::String(value.to_string()),
            Self::List(list) => Value::Array(
                list.iter()
                    .map(|item| item.ok()?.to_value())
                    .collect::<Option<_>>()?,
            ),
            Self::Map(Map::Tree(object, _)) => Value::Object((*object).clone()),
            Self::Map(Map::Entries(entries)) => Value::Object(
                entries
                    .iter()
                    .map(|(key, value)| Some((key.as_str()?.to_owned().into(), value.to_value()?)))
                    .collect::<Option<Object>>()?,
            ),
            Self::Message(message) => Value::Object(
                message
                    .fields
                    .iter()
                    .map(|(name, value)| Some((name.to_string().into(), value.to_value()?)))
                    .collect::<Option<Object>>()?,
            ),
            Self::Optional(Some(value)) => return value.to_value(),
            Self::Quantity(quantity) => Value::String(quantity.to_string()),
            Self::Ip(address) => Value::String(address.to_string()),
            Self::Cidr(address, bits) => Value::String(format!("{address}/{bits}")),
            Self::Url(url) => Value::String(url.to_string()),
            Self::Semver(version) => Value::String(version.to_string()),
            Self::Type(ty) => Value::String(ty.runtime_name().to_owned()),
            Self::Format(_) | Self::Authz(_) => return None,
        })
    }

    /// Whether two values are known to be equal; values of different kinds never are.
    pub(crate) fn equals(&self, other: &Val<'_>) -> bool {
        self.same(other).unwrap_or(false)
    }

    /// Whether two values are equal.
    ///
    /// # Errors
    ///
    /// A part of a schema's object does not fit its declaration, or an object,
    /// a map or a list of a schema, or a library's value, stands beside
    /// something else.
    pub(crate) fn same(&self, other: &Val<'_>) -> Result<bool, EvalError> {
        Ok(match (self, other) {
            (Self::Null, Val::Null) => true,
            (Self::Null, _) | (_, Val::Null) => false,
            (Self::Bool(a), Val::Bool(b)) => a == b,
            (
                Self::Int(_) | Self::Uint(_) | Self::Double(_),
                Val::Int(_) | Val::Uint(_) | Val::Double(_),
            ) => self.compare_numbers(other) == Some(Ordering::Equal),
            (Self::String(a), Val::String(b)) => **a == **b,
            (Self::Bytes(a), Val::Bytes(b)) => a == b,
            (Self::Timestamp(a), Val::Timestamp(b)) => a == b,
            (Self::Duration(a), Val::Duration(b)) => a == b,
            (Self::List(a), Val::List(b)) => return a.same(b),
            (Self::Map(a), Val::Map(b)) => return a.same(b),
            (Self::List(List::Tree(_, part)) | Self::Map(Map::Tree(_, part)), _)
                if part.is_structural() =>
            {
                return Err(EvalError::no_such_overload());
            }
            (
                Self::Ip(_)
                | Self::Cidr(..)
                | Self::Quantity(_)
                | Self::Semver(_)
                | Self::Url(_)
                | Self::Format(_),
                other,
            ) if self.type_of().runtime_name() != other.type_of().runtime_name() => {
                return Err(EvalError::no_such_overload());
            }
            (Self::Type(a), Val::Type(b)) => a.runtime_name() == b.runtime_name(),
            (Self::Optional(a), Val::Optional(b)) => match (a, b) {
                (Some(a), Some(b)) => return a.same(b),
                (None, None) => true,
                _ => false,
            },
            (Self::Message(a), Val::Message(b)) => {
                a.name == b.name
                    && a.fields.len() == b.fields.len()
                    && a.fields.iter().all(|(name, value)| {
                        b.fields
                            .iter()
                            .any(|(other, held)| other == name && value.equals(held))
                    })
            }
            (Self::Quantity(_), Val::Quantity(b)) if b.is_computed() => {
                return Err(EvalError::no_such_overload());
            }
            (Self::Quantity(a), Val::Quantity(b)) => ***a == ***b,
            (Self::Ip(a), Val::Ip(b)) => a == b,
            (Self::Cidr(a, m), Val::Cidr(b, n)) => a == b && m == n,
            (Self::Url(a), Val::Url(b)) => a.to_string() == b.to_string(),
            (Self::Semver(a), Val::Semver(b)) => a.compare(b) == Ordering::Equal,
            (Self::Format(a), Val::Format(b)) => a.name == b.name,
            (Self::Authz(a), Val::Authz(b)) => Arc::ptr_eq(a, b),
            _ => false,
        })
    }

    fn compare_numbers(&self, other: &Val<'_>) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(a), Val::Int(b)) => Some(a.cmp(b)),
            (Self::Uint(a), Val::Uint(b)) => Some(a.cmp(b)),
            (Self::Double(a), Val::Double(b)) => a.partial_cmp(b),
            (Self::Int(a), Val::Uint(b)) => Some(i128::from(*a).cmp(&i128::from(*b))),
            (Self::Uint(a), Val::Int(b)) => Some(i128::from(*a).cmp(&i128::from(*b))),
            (Self::Int(a), Val::Double(b)) => compare_with_double(i128::from(*a), *b),
            (Self::Uint(a), Val::Double(b)) => compare_with_double(i128::from(*a), *b),
            (Self::Double(a), Val::Int(b)) => {
                compare_with_double(i128::from(*b), *a).map(Ordering::reverse)
            }
            (Self::Double(a), Val::Uint(b)) => {
                compare_with_double(i128::from(*b), *a).map(Ordering::reverse)
            }
            _ => None,
        }
    }

    /// The order of two values.
    pub(crate) fn compare(&self, other: &Val<'_>) -> Result<Ordering, EvalError> {
        Ok(match (self, other) {
            (
                Self::Int(_) | Self::Uint(_) | Self::Double(_),
                Val::Int(_) | Val::Uint(_) | Val::Double(_),
            ) => {
                return self
                    .compare_numbers(other)
                    .ok_or_else(|| EvalError::new("NaN values cannot be ordered"));
            }
            (Self::Bool(a), Val::Bool(b)) => a.cmp(b),
            (Self::String(a), Val::String(b)) => (**a).cmp(&**b),
            (Self::Bytes(a), Val::Bytes(b)) => a.cmp(b),
            (Self::Timestamp(a), Val::Timestamp(b)) => a.cmp(b),
            (Self::Duration(a), Val::Duration(b)) => a.cmp(b),
            _ => return Err(EvalError::no_such_overload()),
        })
    }
}

fn compare_with_double(whole: i128, double: f64) -> Option<Ordering> {
    if double.is_nan() {
        return None;
    }
    if double >= 1e30 {
        return Some(Ordering::Less);
    }
    if double <= -1e30 {
        return Some(Ordering::Greater);
    }
    #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
    let floor = double.floor() as i128;
    Some(match whole.cmp(&floor) {
        Ordering::Equal if double.fract() != 0.0 => Ordering::Less,
        order => order,
    })
}

/// The place of what is no base64 in a text, counted as Go counts it.
fn bad_byte(text: &str, error: &base64::DecodeError) -> usize {
    match error {
        base64::DecodeError::InvalidByte(at, _) | base64::DecodeError::InvalidLastSymbol(at, _) => {
            *at
        }
        _ => text.len(),
    }
}

impl<'a> Part<'a> {
    fn is_double(&self) -> bool {
        match self {
            Self::Declared(decl) => matches!(decl.shape(), Shape::Double),
            Self::Static(ty) => matches!(ty, FieldType::Double),
            Self::Free => false,
        }
    }

    /// Whether a schema says what it is: an object, a map or a list of one.
    fn is_structural(&self) -> bool {
        match self {
            Self::Declared(decl) => matches!(
                decl.shape(),
                Shape::Object(_) | Shape::Map(_) | Shape::List(..)
            ),
            _ => false,
        }
    }

    /// A text as its declaration has it: some are times, durations or bytes.
    fn text(&self, text: &'a str) -> Result<Val<'a>, EvalError> {
        let shape = match self {
            Self::Declared(decl) => decl.shape(),
            Self::Static(FieldType::Bytes) => &Shape::Bytes,
            Self::Static(FieldType::Time | FieldType::MicroTime) => &Shape::Timestamp,
            _ => return Ok(Val::from(text)),
        };
        Ok(match shape {
            Shape::Timestamp => Val::Timestamp(time::parse_date_time(text).ok_or_else(|| {
                EvalError::new(format!("Invalid date-time formatted string {text}"))
            })?),
            Shape::Date => {
                Val::Timestamp(time::parse_date(text).ok_or_else(|| {
                    EvalError::new(format!("Invalid date formatted string {text}"))
                })?)
            }
            Shape::Duration => Val::Duration(
                Duration::parse(text)
                    .ok_or_else(|| EvalError::new(format!("Invalid duration {text}")))?,
            ),
            Shape::Bytes => Val::Bytes(
                // A schema's bytes are read with the alphabet of URLs.
                match self {
                    Self::Declared(_) => URL_SAFE.decode(text),
                    _ => STANDARD.decode(text),
                }
                .map_err(|error| {
                    EvalError::new(format!(
                        "Invalid byte formatted string {text}: illegal base64 data at input byte {}",
                        bad_byte(text, &error)
                    ))
                })?
                .into(),
            ),
            _ => Val::from(text),
        })
    }
}
