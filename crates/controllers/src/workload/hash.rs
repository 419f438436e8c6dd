//! Short, stable hashes that may stand in names and labels.

use skeg_api::core::v1::PodTemplateSpec;
use skeg_schema::message_to_protobuf;

/// Letters and digits that make no words and are not mistaken for each other.
const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

fn fnv1a(bytes: impl IntoIterator<Item = u8>) -> u32 {
    bytes.into_iter().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// A hash of bytes, made different by a count of collisions.
pub(crate) fn safe_hash(bytes: &[u8], collisions: Option<i32>) -> String {
    let probe = collisions
        .map(|count| count.to_string())
        .unwrap_or_default();
    let number = fnv1a(bytes.iter().copied().chain(probe.bytes()));
    number
        .to_string()
        .bytes()
        .map(|digit| char::from(ALPHABET[usize::from(digit) % ALPHABET.len()]))
        .collect()
}

/// The hash of a pod template: the value of `pod-template-hash`.
pub(crate) fn template_hash(template: &PodTemplateSpec, collisions: Option<i32>) -> String {
    let mut bytes = Vec::with_capacity(512);
    message_to_protobuf(template, &mut bytes);
    safe_hash(&bytes, collisions)
}

#[cfg(test)]
mod tests {
    use super::*;

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
