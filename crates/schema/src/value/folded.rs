//! Objects that are kept with the text that they came from, or as nothing else.

use std::borrow::Cow;

use super::{Entries, Key, Object, Value};

/// The name under which the text of a raw object is kept with its members: see
/// [`Object::source`]. Only this very string counts, so that no member of a
/// request can pass for it.
static SOURCE: &str = "\u{0}source";

pub(crate) fn is_source(key: &Key) -> bool {
    matches!(key, Cow::Borrowed(name) if std::ptr::eq(*name, SOURCE))
}

/// Neither order nor the text that an object came from matters when objects are
/// compared.
impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        for (one, another) in [(self, other), (other, self)] {
            if let Some(unfolded) = one.unfolded() {
                return unfolded.as_object() == Some(another);
            }
        }
        let own = |object: &Self| object.len() - usize::from(object.source().is_some());
        own(self) == own(other)
            && self
                .iter()
                .filter(|(key, _)| !is_source(key))
                .all(|(key, value)| other.get(key) == Some(value))
    }
}

impl Object {
    /// The text from which an object of unknown type was read, kept by the codec
    /// where it is not what would be written: upstream stores such bytes as they
    /// came and compares them.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        let (_, text) = self
            .entries
            .as_slice()
            .last()
            .filter(|(key, _)| is_source(key))?;
        text.as_str()
    }

    /// An object that is told by its JSON alone, compact and in Go's spelling: it
    /// is written as it stands, and has no members until it is read with
    /// [`Object::unfolded`]. Only for what is on its way out.
    #[must_use]
    pub fn folded(json: String) -> Self {
        Self {
            entries: Entries::of(vec![(Cow::Borrowed(SOURCE), Value::String(json))]),
        }
    }

    /// Whether there is but the text.
    #[must_use]
    pub fn is_folded(&self) -> bool {
        matches!(self.entries.as_slice(), [(key, _)] if is_source(key))
    }

    /// What the text of a folded object says; `None`: it is not folded, or its
    /// text is no object.
    #[must_use]
    pub fn unfolded(&self) -> Option<Value> {
        let text = self.is_folded().then(|| self.source())??;
        let value = crate::decode_json_any(text.as_bytes()).ok()?;
        value.is_object().then_some(value)
    }

    pub(crate) fn set_source(&mut self, text: &str) {
        self.entries
            .push(Cow::Borrowed(SOURCE), Value::String(text.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folded_object_is_what_its_text_says() {
        let fold = |text: &str| Value::Object(Object::folded(text.to_owned()));
        let value = crate::json!({"a": {"b": 1}, "c": []});
        let folded = fold(r#"{"a":{"b":1},"c":[]}"#);
        assert_eq!(folded, value);
        assert_eq!(value, folded);
        assert_eq!(folded, fold(r#"{"c":[],"a":{"b":1}}"#));
        assert_ne!(folded, fold("{}"));
        assert_ne!(folded, crate::json!({}));
        assert_eq!(folded.to_string(), value.to_string());
        assert_eq!(
            serde_json::to_string(&folded).expect("written"),
            value.to_string()
        );
        assert_eq!(
            serde_json::Value::from(&folded),
            serde_json::Value::from(&value)
        );
        assert_ne!(fold("no JSON"), value);
        assert_eq!(fold("no JSON"), fold("no JSON"));
    }
}
