//! Unpacks an answer while it comes.

use std::io::Write;

use bytes::Bytes;
use flate2::write::MultiGzDecoder;

use crate::payload::BoxError;

/// How much may come of one piece. Pieces are frames of HTTP/2 or reads of a
/// socket, so that this is far beyond what honest servers send.
const PIECE_LEN_MAX: usize = 64 << 20;

pub(super) struct Gunzip(MultiGzDecoder<Unpacked>);

/// What has been unpacked, and is bounded.
struct Unpacked(Vec<u8>);

impl Write for Unpacked {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > PIECE_LEN_MAX {
            return Err(std::io::Error::other("the answer unpacks to too much"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Gunzip {
    pub(super) fn new() -> Self {
        Self(MultiGzDecoder::new(Unpacked(Vec::new())))
    }

    /// What a piece unpacks to, which may be nothing as yet.
    pub(super) fn feed(&mut self, packed: &[u8]) -> Result<Bytes, BoxError> {
        self.0.write_all(packed)?;
        self.0.flush()?;
        Ok(std::mem::take(&mut self.0.get_mut().0).into())
    }

    /// What is left when the last piece has been fed.
    pub(super) fn finish(self) -> Result<Bytes, BoxError> {
        let rest = self
            .0
            .finish()
            .map_err(|error| format!("the packed answer is cut off: {error}"))?;
        Ok(rest.0.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).expect("pack");
        encoder.finish().expect("pack")
    }

    #[test]
    fn pieces_may_be_cut_anywhere() {
        let text: Vec<u8> = (0..20_000u32).flat_map(u32::to_le_bytes).collect();
        let packed = packed(&text);
        for len in [1, 7, 4096, packed.len()] {
            let mut gunzip = Gunzip::new();
            let mut found = Vec::new();
            for piece in packed.chunks(len) {
                found.extend_from_slice(&gunzip.feed(piece).expect("a piece"));
            }
            found.extend_from_slice(&gunzip.finish().expect("the end"));
            assert!(found == text, "in pieces of {len}");
        }
    }

    #[test]
    fn what_is_cut_off_or_no_gzip_is_told() {
        let packed = packed(b"some text that is packed");
        let mut gunzip = Gunzip::new();
        gunzip.feed(&packed[..packed.len() - 6]).expect("a piece");
        assert!(gunzip.finish().is_err());
        assert!(Gunzip::new().feed(b"plain text, surely").is_err());
    }
}
