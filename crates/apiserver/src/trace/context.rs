//! Which trace a request belongs to: W3C Trace Context.

use http::{HeaderMap, HeaderValue};
use std::fmt;

/// The header that carries it.
pub(crate) const HEADER: &str = "traceparent";
/// Whether a span is recorded, in the last byte of the header.
const SAMPLED: u8 = 1;

/// A span of a trace, as others refer to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SpanContext {
    pub trace: [u8; 16],
    pub span: [u8; 8],
    pub sampled: bool,
}

impl SpanContext {
    /// Reads the header of a request. What is not well formed counts as absent.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get(HEADER)?.to_str().ok()?;
        let mut parts = text.split('-');
        let version = bytes::<1>(parts.next()?)?;
        let trace = bytes::<16>(parts.next()?)?;
        let span = bytes::<8>(parts.next()?)?;
        let flags = bytes::<1>(parts.next()?)?;
        let known_end = version[0] != 0 || parts.next().is_none();
        let valid = version[0] != 0xff && trace != [0; 16] && span != [0; 8] && known_end;
        valid.then_some(Self {
            trace,
            span,
            sampled: flags[0] & SAMPLED != 0,
        })
    }

    /// The header for a request that is made on the way.
    pub fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.to_string()).ok()
    }
}

impl fmt::Display for SpanContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("00-")?;
        self.trace.iter().try_for_each(|b| write!(f, "{b:02x}"))?;
        f.write_str("-")?;
        self.span.iter().try_for_each(|b| write!(f, "{b:02x}"))?;
        write!(f, "-{:02x}", u8::from(self.sampled))
    }
}

/// Lower-case hexadecimal digits, neither more nor fewer.
fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    if text.len() != 2 * N {
        return None;
    }
    let mut out = [0; N];
    for (byte, pair) in out.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &'static str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, HeaderValue::from_static(text));
        SpanContext::of(&headers).map(|context| context.to_string())
    }

    #[test]
    fn well_formed_contexts_are_read() {
        let sampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(read(sampled).as_deref(), Some(sampled));
        // A later version may say more.
        assert_eq!(
            read("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more").as_deref(),
            Some(sampled)
        );
        assert_eq!(
            read("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")
                .map(|text| text.ends_with("-00")),
            Some(true)
        );
    }

    #[test]
    fn others_count_as_absent() {
        for text in [
            "",
            "00",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
