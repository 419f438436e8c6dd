//! Keys and ranges of keys.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A key: bytes, cheap to clone, ordered by bytes. Kubernetes' keys are text
/// (`/registry/pods/default/web`), but the store does not insist.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Arc<[u8]>);

impl Key {
    /// The key as text, if it is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The key's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Deref for Key {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Borrow<[u8]> for Key {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Key {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Key {
        Key(text.as_bytes().into())
    }
}

impl From<String> for Key {
    fn from(text: String) -> Key {
        Key(text.into_bytes().into())
    }
}

impl From<&[u8]> for Key {
    fn from(bytes: &[u8]) -> Key {
        Key(bytes.into())
    }
}

impl From<Vec<u8>> for Key {
    fn from(bytes: Vec<u8>) -> Key {
        Key(bytes.into())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        String::from_utf8_lossy(&self.0).fmt(f)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

/// A half-open range of keys, `start <= key < end`.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRange {
    /// First key that is inside.
    pub start: Key,
    /// First key that is outside; `None` is the end of all keys.
    pub end: Option<Key>,
}

impl KeyRange {
    /// Every key.
    pub fn all() -> KeyRange {
        KeyRange {
            start: Key::from(&b""[..]),
            end: None,
        }
    }

    /// Every key that begins with `prefix`.
    pub fn prefix(prefix: impl AsRef<[u8]>) -> KeyRange {
        let prefix = prefix.as_ref();
        KeyRange {
            start: Key::from(prefix),
            end: prefix_end(prefix),
        }
    }

    /// The one key `key`.
    pub fn one(key: impl AsRef<[u8]>) -> KeyRange {
        let key = key.as_ref();
        let mut end = key.to_vec();
        end.push(0);
        KeyRange {
            start: Key::from(key),
            end: Some(Key::from(end)),
        }
    }

    /// `start <= key < end`.
    pub fn between(start: impl Into<Key>, end: impl Into<Key>) -> KeyRange {
        KeyRange {
            start: start.into(),
            end: Some(end.into()),
        }
    }

    /// The part of this range that comes after `key`: where the next page of
    /// a list begins.
    pub fn after(&self, key: impl AsRef<[u8]>) -> KeyRange {
        let mut start = key.as_ref().to_vec();
        start.push(0);
        let start = Key::from(start).max(self.start.clone());
        KeyRange {
            start,
            end: self.end.clone(),
        }
    }

    /// Whether `key` is inside.
    pub fn contains(&self, key: &[u8]) -> bool {
        key >= self.start.as_bytes() && self.end.as_ref().is_none_or(|end| key < end.as_bytes())
    }

    /// Whether no key can be inside.
    pub fn is_empty(&self) -> bool {
        self.end.as_ref().is_some_and(|end| *end <= self.start)
    }
}

impl fmt::Debug for KeyRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.end {
            Some(end) => write!(f, "{:?}..{:?}", self.start, end),
            None => write!(f, "{:?}..", self.start),
        }
    }
}

/// The first key after all keys with this prefix; `None` if there is none.
fn prefix_end(prefix: &[u8]) -> Option<Key> {
    let last = prefix.iter().rposition(|byte| *byte != 0xff)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(Key::from(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefix_ranges() {
        let check = |prefix: &[u8], end: Option<&[u8]>| {
            assert_eq!(KeyRange::prefix(prefix).end.as_deref(), end);
        };
        check(b"/registry/pods/", Some(b"/registry/pods0"));
        check(b"a\xff\xff", Some(b"b"));
        check(b"\xff", None);
        check(b"", None);
    }

    #[test]
    fn containment() {
        let pods = KeyRange::prefix("/registry/pods/");
        assert!(pods.contains(b"/registry/pods/default/a"));
        assert!(!pods.contains(b"/registry/podtemplates/x"));
        assert!(!pods.contains(b"/registry/pods"));
        let one = KeyRange::one("k");
        assert!(one.contains(b"k"));
        assert!(!one.contains(b"k\0"));
        assert!(!one.contains(b"ka"));
        assert!(KeyRange::between("b", "a").is_empty());
        let rest = pods.after("/registry/pods/default/a");
        assert!(!rest.contains(b"/registry/pods/default/a"));
        assert!(rest.contains(b"/registry/pods/default/aa"));
        assert!(pods.after("/a") == pods);
    }
}
