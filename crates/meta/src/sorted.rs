//! Custom resources as JSON in the order of their members' names.

use bytes::Bytes;
use skeg_schema::Value;

/// The JSON of a custom resource with its members in alphabetical order.
#[derive(Clone)]
pub(crate) struct Sorted {
    pub(crate) text: Bytes,
    /// Where its resource version belongs; `None`: it is told already.
    pub(crate) version_at: Option<usize>,
}

impl Sorted {
    /// Of a tree that was read from stored bytes, which are shared where nothing
    /// but the resource version was added to them.
    pub(crate) fn of(tree: &Value, version: &str, stored: &Bytes) -> Self {
        let mut text = Vec::with_capacity(stored.len() + 32);
        write_sorted(tree, &mut text);
        let added = version_member(version);
        if text.len() == stored.len() + added.len() {
            let alike = text.iter().zip(&**stored).take_while(|(a, b)| a == b);
            let differs = alike.count();
            // Both may go on alike for a while: members begin alike.
            for at in (differs.saturating_sub(added.len())..=differs).rev() {
                if text[at..].starts_with(&added)
                    && text[..at] == stored[..at]
                    && text[at + added.len()..] == stored[at..]
                {
                    return Self {
                        text: stored.clone(),
                        version_at: Some(at),
                    };
                }
            }
        }
        Self {
            text: Bytes::from(text.into_boxed_slice()),
            version_at: None,
        }
    }

    /// The JSON with a resource version.
    pub(crate) fn json(&self, version: &str) -> Bytes {
        let Some(at) = self.version_at else {
            return self.text.clone();
        };
        let added = version_member(version);
        let mut out = Vec::with_capacity(self.text.len() + added.len());
        out.extend_from_slice(&self.text[..at]);
        out.extend_from_slice(&added);
        out.extend_from_slice(&self.text[at..]);
        Bytes::from(out)
    }
}

/// The resource version as a member with others behind it.
fn version_member(version: &str) -> Vec<u8> {
    format!("\"resourceVersion\":\"{version}\",").into_bytes()
}

/// Writes JSON as Go writes maps.
pub(crate) fn write_sorted(value: &Value, out: &mut Vec<u8>) {
    skeg_schema::encode_json_any(&value.sorted(), out);
}
