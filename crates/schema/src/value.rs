//! The tree that every part of the server works on.

mod entries;
mod folded;

use std::borrow::Cow;
use std::fmt;

use entries::Entries;
pub(crate) use folded::is_source;

/// A member's name: borrowed from the tables where it comes from there.
pub type Key = Cow<'static, str>;

/// An object of the API, or a part of one, as a tree.
///
/// Byte strings are base64 strings, times RFC 3339 strings, quantities
/// strings; an int-or-string is either. Numbers keep what Go would keep:
/// `1` is an [`Value::Int`], `1.0` a [`Value::Float`], and they differ.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number; never NaN or infinite.
    Float(f64),
    /// Text.
    String(String),
    /// A list.
    Array(Vec<Value>),
    /// Members in the order in which they were added.
    Object(Object),
}

/// The members of an object, in the order in which they were added. Objects
/// of the API are small, so that a member is found by looking at each; of maps
/// that are not small it is known where each member stands.
#[derive(Clone, Debug, Default)]
pub struct Object {
    entries: Entries,
}

/// Whether two names are the same. Most that are not differ in length or in
/// their last letter, and most that are the same are short: neither costs a call.
#[inline]
pub(crate) fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() || a.last() != b.last() {
        return false;
    }
    match (a, b) {
        ([], []) | ([_], [_]) => true,
        ([x, _], [y, _]) => x == y,
        ([x, y, _], [v, w, _]) => x == v && y == w,
        _ if a.len() > 16 => a == b,
        _ => match (
            a.first_chunk(),
            a.last_chunk(),
            b.first_chunk(),
            b.last_chunk(),
        ) {
            (Some(a), Some(ends), Some(b), Some(end)) => {
                u64::from_ne_bytes(*a) == u64::from_ne_bytes(*b)
                    && u64::from_ne_bytes(*ends) == u64::from_ne_bytes(*end)
            }
            _ => a.first_chunk::<4>() == b.first_chunk() && a.last_chunk::<4>() == b.last_chunk(),
        },
    }
}

/// Mixes the ends of a name, which tell those of one object apart nearly always. Names can be
/// chosen to clash: only for so few of them that this does not matter.
#[inline]
pub(crate) fn hash(name: &str) -> usize {
    const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
    let name = name.as_bytes();
    let (head, tail) = match (name.first_chunk(), name.last_chunk()) {
        (Some(head), Some(tail)) => (u32::from_le_bytes(*head), u32::from_le_bytes(*tail)),
        _ => match (name.first(), name.last()) {
            (Some(head), Some(tail)) => (u32::from(*head), u32::from(*tail)),
            _ => (0, 0),
        },
    };
    let ends = u64::from(head) << 32 | u64::from(tail);
    ((ends ^ name.len() as u64).wrapping_mul(ODD) >> 32) as usize
}

impl Object {
    /// An object without members.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            entries: Entries::new(),
        }
    }

    /// An object without members, with room for some.
    #[must_use]
    pub fn with_capacity(members: usize) -> Self {
        Self {
            entries: Entries::with_capacity(members),
        }
    }

    fn position(&self, key: &str) -> Option<usize> {
        self.entries.position(key)
    }

    /// A member's value.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        let at = self.position(key)?;
        Some(&self.entries.as_slice()[at].1)
    }

    /// A member's value, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        let at = self.position(key)?;
        Some(&mut self.entries.as_mut_slice()[at].1)
    }

    /// Whether there is such a member.
    #[must_use]
    pub fn contains_key(&self, key: &str) -> bool {
        self.position(key).is_some()
    }

    /// Sets a member, in its place when it is there already, and gives its old value.
    pub fn insert(&mut self, key: impl Into<Key>, value: impl Into<Value>) -> Option<Value> {
        let (key, value) = (key.into(), value.into());
        match self.get_mut(&key) {
            Some(held) => Some(std::mem::replace(held, value)),
            None => {
                self.entries.push(key, value);
                None
            }
        }
    }

    /// Adds a member that the caller knows to be new.
    pub fn push(&mut self, key: Key, value: Value) {
        debug_assert!(!self.contains_key(&key), "{key} is there already");
        self.entries.push(key, value);
    }

    /// The members as they stand.
    pub(crate) fn entries(&self) -> &[(Key, Value)] {
        self.entries.as_slice()
    }

    /// The value of the member at a place, to be changed.
    pub(crate) fn value_mut(&mut self, at: usize) -> Option<&mut Value> {
        let (_, value) = self.entries.as_mut_slice().get_mut(at)?;
        Some(value)
    }

    /// The name of the last member.
    pub(crate) fn last_key(&self) -> Option<&str> {
        self.entries.as_slice().last().map(|(key, _)| &**key)
    }

    /// Adds a member whose name is known to be greater than the others'.
    pub(crate) fn push_last(&mut self, key: Key, value: Value) {
        self.entries.push(key, value);
    }

    /// Moves another object's members behind these; none may be there already.
    pub(crate) fn append(&mut self, other: &mut Object) {
        let mut others = std::mem::take(&mut other.entries).into_vec();
        self.entries.change(|members| members.append(&mut others));
    }

    /// Takes a member out; the others keep their order.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let at = self.position(key)?;
        Some(self.entries.change(|members| members.remove(at)).1)
    }

    /// A member's value; it is made when there is none.
    pub fn entry_or_insert_with(
        &mut self,
        key: impl Into<Key>,
        make: impl FnOnce() -> Value,
    ) -> &mut Value {
        let key = key.into();
        let at = self.position(&key).unwrap_or_else(|| {
            self.entries.push(key, make());
            self.len() - 1
        });
        &mut self.entries.as_mut_slice()[at].1
    }

    /// The members in their order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Key, &Value)> + ExactSizeIterator {
        self.entries
            .as_slice()
            .iter()
            .map(|(key, value)| (key, value))
    }

    /// The members in their order, their values to be changed.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&Key, &mut Value)> {
        self.entries
            .as_mut_slice()
            .iter_mut()
            .map(|(key, value)| (&*key, value))
    }

    /// The names in their order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Key> {
        self.entries.as_slice().iter().map(|(key, _)| key)
    }

    /// The values in their order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Value> {
        self.entries.as_slice().iter().map(|(_, value)| value)
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.as_slice().len()
    }

    /// Whether there is no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.as_slice().is_empty()
    }

    /// Keeps the members for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &mut Value) -> bool) {
        self.entries
            .change(|members| members.retain_mut(|(key, value)| keep(key, value)));
    }

    /// Puts the members into the order of their names.
    pub fn sort_keys(&mut self) {
        self.entries
            .change(|members| members.sort_by(|(a, _), (b, _)| a.cmp(b)));
    }

    /// Takes all members out.
    pub fn clear(&mut self) {
        self.entries = Entries::new();
    }
}

impl FromIterator<(Key, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (Key, Value)>>(members: I) -> Self {
        let mut object = Self::new();
        for (key, value) in members {
            object.insert(key, value);
        }
        object
    }
}

impl IntoIterator for Object {
    type Item = (Key, Value);
    type IntoIter = std::vec::IntoIter<(Key, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_vec().into_iter()
    }
}

impl<'a> IntoIterator for &'a Object {
    type Item = &'a (Key, Value);
    type IntoIter = std::slice::Iter<'a, (Key, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.as_slice().iter()
    }
}

/// What a missing member reads as.
static NULL: Value = Value::Null;

impl Value {
    /// Puts the members of all objects within in the order of their names, as Go writes maps.
    pub fn sort(&mut self) {
        match self {
            Self::Object(members) => {
                members.sort_keys();
                members.iter_mut().for_each(|(_, member)| member.sort());
            }
            Self::Array(items) => items.iter_mut().for_each(Self::sort),
            _ => {}
        }
    }

    /// A copy in which the members of all objects are in the order of their names.
    #[must_use]
    pub fn sorted(&self) -> Self {
        let mut copy = self.clone();
        copy.sort();
        copy
    }

    /// An object without members.
    #[must_use]
    pub const fn object() -> Self {
        Self::Object(Object::new())
    }

    /// A member of an object; `None` for anything else.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_object()?.get(key)
    }

    /// A member of an object, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.as_object_mut()?.get_mut(key)
    }

    /// What lies at the end of a path of member names.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }

    /// What lies at the end of a path of member names, to be changed.
    pub fn at_mut(&mut self, path: &[&str]) -> Option<&mut Value> {
        path.iter().try_fold(self, |value, key| value.get_mut(key))
    }

    /// Sets a member at the end of a path; objects on the way are made where
    /// there is nothing or `null`. Does nothing where the path meets something else.
    pub fn set_at(&mut self, path: &[&'static str], value: impl Into<Value>) {
        let Some((last, way)) = path.split_last() else {
            *self = value.into();
            return;
        };
        let mut place = self;
        for key in way {
            if place.is_null() {
                *place = Self::object();
            }
            let Self::Object(object) = place else { return };
            place = object.entry_or_insert_with(*key, || Self::Null);
        }
        if place.is_null() {
            *place = Self::object();
        }
        if let Self::Object(object) = place {
            object.insert(*last, value);
        }
    }

    /// Takes out the member at the end of a path.
    pub fn remove_at(&mut self, path: &[&str]) -> Option<Value> {
        let (last, way) = path.split_last()?;
        self.at_mut(way)?.as_object_mut()?.remove(last)
    }

    /// What an RFC 6901 pointer names.
    #[must_use]
    pub fn pointer(&self, pointer: &str) -> Option<&Value> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer
            .strip_prefix('/')?
            .split('/')
            .try_fold(self, |value, token| {
                let token = token.replace("~1", "/").replace("~0", "~");
                match value {
                    Self::Object(object) => object.get(&token),
                    Self::Array(items) => items.get(token.parse::<usize>().ok()?),
                    _ => None,
                }
            })
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// Any number.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }

    /// A truth value.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    /// The items of a list.
    #[must_use]
    pub fn as_array(&self) -> Option<&Vec<Value>> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The items of a list, to be changed.
    pub fn as_array_mut(&mut self) -> Option<&mut Vec<Value>> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members of an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The members of an object, to be changed.
    pub fn as_object_mut(&mut self) -> Option<&mut Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Whether this is `null`.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether this is an object.
    #[must_use]
    pub const fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// Whether this is a list.
    #[must_use]
    pub const fn is_array(&self) -> bool {
        matches!(self, Self::Array(_))
    }

    /// Whether this is text.
    #[must_use]
    pub const fn is_string(&self) -> bool {
        matches!(self, Self::String(_))
    }

    /// Leaves `null` behind and gives what was there.
    pub fn take(&mut self) -> Value {
        std::mem::take(self)
    }
}

impl std::ops::Index<&str> for Value {
    type Output = Value;

    /// A member, or `null` where there is none.
    fn index(&self, key: &str) -> &Value {
        self.get(key).unwrap_or(&NULL)
    }
}

impl std::ops::Index<usize> for Value {
    type Output = Value;

    /// An item, or `null` where there is none.
    fn index(&self, at: usize) -> &Value {
        self.as_array()
            .and_then(|items| items.get(at))
            .unwrap_or(&NULL)
    }
}

macro_rules! from {
    ($($from:ty, $value:ident => $make:expr;)*) => {
        $(impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $make
            }
        })*
    };
}

from! {
    bool, value => Self::Bool(value);
    i32, value => Self::Int(i64::from(value));
    i64, value => Self::Int(value);
    u16, value => Self::Int(i64::from(value));
    u32, value => Self::Int(i64::from(value));
    f64, value => if value.is_finite() { Self::Float(value) } else { Self::Null };
    &str, value => Self::String(value.to_owned());
    &String, value => Self::String(value.clone());
    String, value => Self::String(value);
    Cow<'_, str>, value => Self::String(value.into_owned());
    Object, value => Self::Object(value);
    &Value, value => value.clone();
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl FromIterator<Value> for Value {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Self {
        Self::Array(items.into_iter().collect())
    }
}

impl PartialEq<str> for Value {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == Some(other)
    }
}

impl PartialEq<&str> for Value {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == Some(*other)
    }
}

impl PartialEq<i64> for Value {
    fn eq(&self, other: &i64) -> bool {
        self.as_i64() == Some(*other)
    }
}

impl PartialEq<bool> for Value {
    fn eq(&self, other: &bool) -> bool {
        self.as_bool() == Some(*other)
    }
}

/// Compact JSON with the members as they stand.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Vec::new();
        crate::encode_json_any(self, &mut out);
        f.write_str(&String::from_utf8_lossy(&out))
    }
}

impl serde::Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::{SerializeMap as _, SerializeSeq as _};
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(truth) => serializer.serialize_bool(*truth),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Object(members) => {
                if let Some(unfolded) = members.unfolded() {
                    return unfolded.serialize(serializer);
                }
                let hidden = usize::from(members.source().is_some());
                let mut map = serializer.serialize_map(Some(members.len() - hidden))?;
                for (key, value) in members.iter().take(members.len() - hidden) {
                    map.serialize_entry(&**key, value)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> serde::Deserialize<'de> for Value {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_json::Value::deserialize(deserializer).map(Self::from)
    }
}

impl From<&Value> for serde_json::Value {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Bool(*truth),
            Value::Int(number) => Self::from(*number),
            Value::Float(number) => Self::from(*number),
            Value::String(text) => Self::String(text.clone()),
            Value::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            Value::Object(object) if object.is_folded() => object.unfolded().map_or_else(
                || Self::Object(Default::default()),
                |value| Self::from(&value),
            ),
            Value::Object(object) => Self::Object(
                object
                    .iter()
                    .filter(|(key, _)| !is_source(key))
                    .map(|(key, value)| (key.to_string(), Self::from(value)))
                    .collect(),
            ),
        }
    }
}

impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(truth) => Self::Bool(truth),
            serde_json::Value::Number(number) => match number.as_i64() {
                Some(number) => Self::Int(number),
                None => number.as_f64().map_or(Self::Null, Self::from),
            },
            serde_json::Value::String(text) => Self::String(text),
            serde_json::Value::Array(items) => items.into_iter().map(Self::from).collect(),
            serde_json::Value::Object(members) => Self::Object(
                members
                    .into_iter()
                    .map(|(key, value)| (Key::Owned(key), Self::from(value)))
                    .collect(),
            ),
        }
    }
}

/// Builds a [`Value`] from something that looks like JSON, as `serde_json::json!` does.
///
/// ```
/// use skeg_schema::json;
/// let replicas = 3;
/// let value = json!({"spec": {"replicas": replicas, "paused": false}, "items": [1, null]});
/// assert_eq!(value.at(&["spec", "replicas"]), Some(&json!(3)));
/// ```
#[macro_export]
macro_rules! json {
    (@array [$($done:expr,)*]) => { $crate::Value::Array(vec![$($done,)*]) };
    (@array [$($done:expr,)*] , $($rest:tt)*) => { $crate::json!(@array [$($done,)*] $($rest)*) };
    (@array [$($done:expr,)*] null $($rest:tt)*) => { $crate::json!(@array [$($done,)* $crate::Value::Null,] $($rest)*) };
    (@array [$($done:expr,)*] [$($inner:tt)*] $($rest:tt)*) => { $crate::json!(@array [$($done,)* $crate::json!([$($inner)*]),] $($rest)*) };
    (@array [$($done:expr,)*] {$($inner:tt)*} $($rest:tt)*) => { $crate::json!(@array [$($done,)* $crate::json!({$($inner)*}),] $($rest)*) };
    (@array [$($done:expr,)*] $next:expr, $($rest:tt)*) => { $crate::json!(@array [$($done,)* $crate::Value::from($next),] $($rest)*) };
    (@array [$($done:expr,)*] $last:expr) => { $crate::json!(@array [$($done,)* $crate::Value::from($last),]) };

    (@object $object:ident) => {};
    (@object $object:ident , $($rest:tt)*) => { $crate::json!(@object $object $($rest)*); };
    (@object $object:ident $key:tt : null $($rest:tt)*) => { $object.insert($key, $crate::Value::Null); $crate::json!(@object $object $($rest)*); };
    (@object $object:ident $key:tt : [$($inner:tt)*] $($rest:tt)*) => { $object.insert($key, $crate::json!([$($inner)*])); $crate::json!(@object $object $($rest)*); };
    (@object $object:ident $key:tt : {$($inner:tt)*} $($rest:tt)*) => { $object.insert($key, $crate::json!({$($inner)*})); $crate::json!(@object $object $($rest)*); };
    (@object $object:ident $key:tt : $value:expr, $($rest:tt)*) => { $object.insert($key, $crate::Value::from($value)); $crate::json!(@object $object $($rest)*); };
    (@object $object:ident $key:tt : $value:expr) => { $object.insert($key, $crate::Value::from($value)); };

    (null) => { $crate::Value::Null };
    ([]) => { $crate::Value::Array(Vec::new()) };
    ([ $($items:tt)+ ]) => { $crate::json!(@array [] $($items)+) };
    ({}) => { $crate::Value::Object($crate::Object::new()) };
    ({ $($members:tt)+ }) => {{
        let mut object = $crate::Object::new();
        $crate::json!(@object object $($members)+);
        $crate::Value::Object(object)
    }};
    ($value:expr) => { $crate::Value::from($value) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_looks_like_json() {
        let name = "n";
        let value =
            json!({"a": [1, -2, null, {"b": name}], "c": {}, "d": [], "e": 1.5, "f": Some("x")});
        assert_eq!(
            value.to_string(),
            r#"{"a":[1,-2,null,{"b":"n"}],"c":{},"d":[],"e":1.5,"f":"x"}"#
        );
        assert_eq!(Value::from(serde_json::Value::from(&value)), value);
    }

    #[test]
    fn paths_are_followed_and_made() {
        let mut value = json!({"a": {"b": [10, 20]}});
        assert_eq!(value.pointer("/a/b/1"), Some(&json!(20)));
        value.set_at(&["x", "y"], 1);
        assert_eq!(value["x"]["y"], json!(1));
        assert_eq!(value["nothing"]["at all"], Value::Null);
        assert_eq!(value.remove_at(&["a", "b"]), Some(json!([10, 20])));
        assert!(value.at(&["a", "b"]).is_none());
    }

    #[test]
    fn a_whole_number_is_not_a_float() {
        assert_ne!(json!(1), json!(1.0));
        assert_eq!(json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1}));
    }
}
