//! Where a list that was read in pages goes on.

use serde::{Deserialize, Serialize};

/// What `metadata.continue` says: URL-safe base64 of a small JSON, as upstream's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContinueToken {
    /// The form of the token.
    #[serde(rename = "v", default)]
    api_version: String,
    /// The revision at which the list is read; -1 for the newest.
    #[serde(rename = "rv", default)]
    pub revision: i64,
    /// The key at which to go on, below the resource's prefix.
    #[serde(rename = "start", default)]
    pub start: String,
}

/// The form that is written and read.
const FORM: &str = "meta.k8s.io/v1";

impl ContinueToken {
    /// A token for the next page.
    #[must_use]
    pub fn new(revision: i64, start: impl Into<String>) -> Self {
        Self {
            api_version: FORM.to_owned(),
            revision,
            start: start.into(),
        }
    }

    /// The text for `metadata.continue`.
    #[must_use]
    pub fn encode(&self) -> String {
        let json = serde_json::to_vec(self).expect("three plain fields can be written");
        base64_url(&json)
    }

    /// Reads a token.
    ///
    /// # Errors
    /// It is none of ours; in upstream's words, which stand behind `invalid continue token: `.
    pub fn decode(text: &str) -> Result<Self, String> {
        let bytes = un_base64_url(text).map_err(|at| {
            format!("continue key is not valid: illegal base64 data at input byte {at}")
        })?;
        let token: Self = serde_json::from_slice(&bytes)
            .map_err(|error| format!("continue key is not valid: {error}"))?;
        if token.api_version != FORM {
            return Err(format!(
                "continue key is not valid: server does not recognize this encoded version \"{}\"",
                token.api_version
            ));
        }
        if token.revision == 0 {
            return Err("continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)".to_owned());
        }
        if token.start.is_empty() {
            return Err(
                "continue key is not valid: encoded start key empty (version meta.k8s.io/v1)"
                    .to_owned(),
            );
        }
        // A key that climbs out of its prefix was made by somebody else.
        let climbs = token
            .start
            .split('/')
            .any(|part| part == ".." || part == ".");
        if climbs || token.start.starts_with('/') {
            return Err(format!("continue key is not valid: {}", token.start));
        }
        Ok(token)
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64 for URLs, without padding.
fn base64_url(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 4 / 3 + 3);
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .fold(0u32, |word, byte| word << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            out.push(char::from(
                ALPHABET[(word >> (18 - 6 * place) & 63) as usize],
            ));
        }
    }
    out
}

/// The bytes, or the place of the first byte that is wrong.
fn un_base64_url(text: &str) -> Result<Vec<u8>, usize> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut word, mut bits) = (0u32, 0);
    for (at, byte) in text.bytes().enumerate() {
        let digit = ALPHABET.iter().position(|known| *known == byte).ok_or(at)? as u32;
        word = word << 6 | digit;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((word >> bits) as u8);
            word &= (1 << bits) - 1;
        }
    }
    // One digit alone is no byte.
    if bits >= 6 { Err(text.len()) } else { Ok(out) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back() {
        for start in ["a\0", "ns/name\0", "é"] {
            let token = ContinueToken::new(1234, start);
            assert_eq!(ContinueToken::decode(&token.encode()), Ok(token));
        }
    }

    #[test]
    fn others_are_refused() {
        assert_eq!(
            ContinueToken::decode("!"),
            Err("continue key is not valid: illegal base64 data at input byte 0".to_owned())
        );
        assert!(ContinueToken::decode(&ContinueToken::new(5, "../secrets").encode()).is_err());
        assert!(ContinueToken::decode("e30").is_err());
    }
}
