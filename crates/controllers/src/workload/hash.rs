//! Short, stable hashes that may stand in names and labels.

use skeg_api::core::v1::PodTemplateSpec;
use skeg_schema::{Value, encode_json_any, message_to_protobuf};

/// Letters and digits that make no words and are not mistaken for each other.
const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

const OFFSET: u32 = 0x811c_9dc5;
const PRIME: u32 = 0x0100_0193;

/// FNV-1a.
fn fnv1a(bytes: impl IntoIterator<Item = u8>) -> u32 {
    let step = |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(PRIME);
    bytes.into_iter().fold(OFFSET, step)
}

/// FNV-1.
fn fnv1(bytes: impl IntoIterator<Item = u8>) -> u32 {
    let step = |hash: u32, byte| hash.wrapping_mul(PRIME) ^ u32::from(byte);
    bytes.into_iter().fold(OFFSET, step)
}

/// A number in letters that are safe in names.
fn safe(number: u32) -> String {
    number
        .to_string()
        .bytes()
        .map(|digit| char::from(ALPHABET[usize::from(digit) % ALPHABET.len()]))
        .collect()
}

/// The hash of what a revision keeps, as upstream's `HashControllerRevision` makes it.
pub(crate) fn revision_hash(data: &Value, collisions: i32) -> String {
    let mut bytes = Vec::with_capacity(512);
    encode_json_any(data, &mut bytes);
    bytes.extend_from_slice(collisions.to_string().as_bytes());
    safe(fnv1(bytes))
}

/// The hash of a pod template: the value of `pod-template-hash`.
pub(crate) fn template_hash(template: &PodTemplateSpec, collisions: Option<i32>) -> String {
    let mut bytes = Vec::with_capacity(512);
    message_to_protobuf(template, &mut bytes);
    if let Some(count) = collisions {
        bytes.extend_from_slice(count.to_string().as_bytes());
    }
    safe(fnv1a(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reckoned from the definition of the hash, apart from this code.
    #[test]
    fn a_revision_hashes_as_upstream_has_it() {
        let data = skeg_schema::json!({"a": 1});
        assert_eq!(revision_hash(&data, 0), "d55c4ff5f");
    }

    #[test]
    fn differs_by_content_and_collisions() {
        let mut template = PodTemplateSpec::default();
        let plain = template_hash(&template, None);
        assert_eq!(plain, template_hash(&template, None));
        assert_ne!(plain, template_hash(&template, Some(1)));
        template
            .metadata
            .labels
            .insert("a".to_owned(), "b".to_owned());
        assert_ne!(plain, template_hash(&template, None));
        assert!(plain.bytes().all(|byte| ALPHABET.contains(&byte)));
    }
}
