//! Frames of SPDY/3.1, as far as Kubernetes uses them (SPDY protocol, draft 3.1, section 2).

use std::io;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// The dictionary with which both sides prime the compression of headers (draft 3.1, section 2.6.10.1).
const DICTIONARY: &[u8] = include_bytes!("dictionary.bin");

/// No frame that a peer sends may be larger.
pub(super) const FRAME_BYTES_MAX: usize = 1 << 20;
/// No header block may be larger once decompressed.
const HEADERS_BYTES_MAX: usize = 64 << 10;
/// How many headers a stream may have.
const HEADERS_MAX: usize = 64;

const VERSION: u16 = 3;
const FLAG_FIN: u8 = 1;
/// The length of what stands before a frame's content.
const HEAD_BYTES: usize = 8;

/// Names and values; names are lower case on the wire.
pub(crate) type Headers = Vec<(String, String)>;

/// A frame that means something to us.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// The peer opens a stream.
    SynStream {
        id: u32,
        fin: bool,
        headers: Headers,
    },
    /// The stream that we opened is accepted.
    SynReply { id: u32, fin: bool },
    /// A stream is broken off.
    Reset { id: u32, status: u32 },
    /// To be sent back as it is.
    Ping { id: u32 },
    /// No stream will be opened any more.
    GoAway { last: u32 },
    /// Content of a stream.
    Data { id: u32, fin: bool, content: Bytes },
    /// Settings, window updates and late headers, which Kubernetes' peers do not use.
    Other,
}

fn invalid(what: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.into())
}

/// Reads frames from bytes as they come.
pub(super) struct Decoder {
    headers: Decompress,
}

impl Decoder {
    pub(super) fn new() -> Self {
        Self {
            headers: Decompress::new(true),
        }
    }

    /// Takes one frame off the front of what was received, or `None` when more must come first.
    ///
    /// # Errors
    /// When the bytes are not SPDY/3.1, or a bound is exceeded; the connection is lost then.
    pub(super) fn decode(&mut self, received: &mut BytesMut) -> io::Result<Option<Frame>> {
        let Some(head) = received.get(..HEAD_BYTES) else {
            return Ok(None);
        };
        let control = head[0] & 0x80 != 0;
        let first = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        let flags = head[4];
        let len = u32::from_be_bytes([0, head[5], head[6], head[7]]) as usize;
        if len > FRAME_BYTES_MAX {
            return Err(invalid(format!(
                "a SPDY frame of {len} bytes; at most {FRAME_BYTES_MAX} are taken"
            )));
        }
        if received.len() < HEAD_BYTES + len {
            received.reserve(HEAD_BYTES + len - received.len());
            return Ok(None);
        }
        received.advance(HEAD_BYTES);
        let mut content = received.split_to(len).freeze();
        let fin = flags & FLAG_FIN != 0;
        if !control {
            return Ok(Some(Frame::Data {
                id: first,
                fin,
                content,
            }));
        }
        let version = (first >> 16) as u16 & 0x7fff;
        if version != VERSION {
            return Err(invalid(format!("SPDY version {version}; only 3 is spoken")));
        }
        let kind = first as u16;
        let needed = match kind {
            1 => 10,
            3 | 7 => 8,
            2 | 6 => 4,
            _ => 0,
        };
        if content.len() < needed {
            return Err(invalid(format!(
                "a SPDY frame of type {kind} with {} bytes",
                content.len()
            )));
        }
        Ok(Some(match kind {
            1 => {
                let id = content.get_u32() & 0x7fff_ffff;
                content.advance(6);
                Frame::SynStream {
                    id,
                    fin,
                    headers: self.headers(&content)?,
                }
            }
            2 => {
                let id = content.get_u32() & 0x7fff_ffff;
                // The block must go through the decompressor, whose state both sides share.
                self.headers(&content)?;
                Frame::SynReply { id, fin }
            }
            3 => Frame::Reset {
                id: content.get_u32() & 0x7fff_ffff,
                status: content.get_u32(),
            },
            6 => Frame::Ping {
                id: content.get_u32(),
            },
            7 => Frame::GoAway {
                last: content.get_u32() & 0x7fff_ffff,
            },
            8 => {
                if content.len() < 4 {
                    return Err(invalid("a SPDY HEADERS frame without a stream"));
                }
                content.advance(4);
                self.headers(&content)?;
                Frame::Other
            }
            _ => Frame::Other,
        }))
    }

    fn headers(&mut self, block: &[u8]) -> io::Result<Headers> {
        let plain = self.inflate(block)?;
        let mut plain = plain.as_slice();
        let count = take_u32(&mut plain)? as usize;
        if count > HEADERS_MAX {
            return Err(invalid(format!(
                "{count} headers on a stream; at most {HEADERS_MAX} are taken"
            )));
        }
        (0..count)
            .map(|_| Ok((take_text(&mut plain)?, take_text(&mut plain)?)))
            .collect()
    }

    fn inflate(&mut self, mut block: &[u8]) -> io::Result<Vec<u8>> {
        let mut plain = Vec::with_capacity(1024);
        loop {
            let (before_in, before_out) = (self.headers.total_in(), self.headers.total_out());
            if plain.len() == plain.capacity() {
                plain.reserve(1024);
            }
            let result = self
                .headers
                .decompress_vec(block, &mut plain, FlushDecompress::Sync);
            let taken = usize::try_from(self.headers.total_in() - before_in).unwrap_or(usize::MAX);
            block = block.get(taken..).unwrap_or_default();
            match result {
                Err(error) if error.needs_dictionary().is_some() => {
                    self.headers
                        .set_dictionary(DICTIONARY)
                        .map_err(|error| invalid(error.to_string()))?;
                    continue;
                }
                Err(error) => return Err(invalid(format!("compressed SPDY headers: {error}"))),
                Ok(Status::StreamEnd) => return Ok(plain),
                Ok(_) => {}
            }
            if plain.len() > HEADERS_BYTES_MAX {
                return Err(invalid(format!(
                    "SPDY headers of over {HEADERS_BYTES_MAX} bytes"
                )));
            }
            let stuck = taken == 0 && self.headers.total_out() == before_out;
            if block.is_empty() && plain.len() < plain.capacity() || stuck {
                return Ok(plain);
            }
        }
    }
}

fn take_u32(bytes: &mut &[u8]) -> io::Result<u32> {
    if bytes.len() < 4 {
        return Err(invalid("SPDY headers end too early"));
    }
    Ok(bytes.get_u32())
}

fn take_text(bytes: &mut &[u8]) -> io::Result<String> {
    let len = take_u32(bytes)? as usize;
    let text = bytes
        .get(..len)
        .ok_or_else(|| invalid("SPDY headers end too early"))?;
    let text = std::str::from_utf8(text)
        .map_err(|_| invalid("a SPDY header is not UTF-8"))?
        .to_owned();
    bytes.advance(len);
    Ok(text)
}

/// Writes frames.
pub(super) struct Encoder {
    headers: Compress,
}

impl Encoder {
    /// # Errors
    /// When the compressor cannot be primed.
    pub(super) fn new() -> io::Result<Self> {
        let mut headers = Compress::new(Compression::default(), true);
        headers
            .set_dictionary(DICTIONARY)
            .map_err(|error| invalid(error.to_string()))?;
        Ok(Self { headers })
    }

    /// Accepts a stream, without headers of our own.
    ///
    /// # Errors
    /// When the compressor fails.
    pub(super) fn syn_reply(&mut self, id: u32, out: &mut BytesMut) -> io::Result<()> {
        let block = self.block(&[])?;
        control(out, 2, 0, 4 + block.len());
        out.put_u32(id);
        out.put_slice(&block);
        Ok(())
    }

    /// Opens a stream. Names of headers must be lower case.
    ///
    /// # Errors
    /// When the compressor fails.
    pub(super) fn syn_stream(
        &mut self,
        id: u32,
        headers: &[(&str, &str)],
        out: &mut BytesMut,
    ) -> io::Result<()> {
        let block = self.block(headers)?;
        control(out, 1, 0, 10 + block.len());
        out.put_u32(id);
        out.put_slice(&[0; 6]);
        out.put_slice(&block);
        Ok(())
    }

    fn block(&mut self, headers: &[(&str, &str)]) -> io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        plain.put_u32(u32::try_from(headers.len()).unwrap_or(u32::MAX));
        for text in headers.iter().flat_map(|(name, value)| [name, value]) {
            plain.put_u32(u32::try_from(text.len()).unwrap_or(u32::MAX));
            plain.put_slice(text.as_bytes());
        }
        let mut block = Vec::with_capacity(plain.len() + 64);
        let start = self.headers.total_in();
        loop {
            let taken = usize::try_from(self.headers.total_in() - start).unwrap_or(usize::MAX);
            let rest = plain.get(taken..).unwrap_or_default();
            self.headers
                .compress_vec(rest, &mut block, FlushCompress::Sync)
                .map_err(|error| invalid(error.to_string()))?;
            if block.len() < block.capacity() {
                return Ok(block);
            }
            block.reserve(256);
        }
    }
}

pub(super) fn reset(id: u32, status: u32, out: &mut BytesMut) {
    control(out, 3, 0, 8);
    out.put_u32(id);
    out.put_u32(status);
}

pub(super) fn ping(id: u32, out: &mut BytesMut) {
    control(out, 6, 0, 4);
    out.put_u32(id);
}

/// Content of a stream; content must be under 16 MiB, as ours always is.
pub(super) fn data(id: u32, fin: bool, content: &[u8], out: &mut BytesMut) {
    debug_assert!(content.len() < 1 << 24);
    out.reserve(HEAD_BYTES + content.len());
    out.put_u32(id & 0x7fff_ffff);
    out.put_u32(u32::from(if fin { FLAG_FIN } else { 0 }) << 24 | content.len() as u32);
    out.put_slice(content);
}

fn control(out: &mut BytesMut, kind: u16, flags: u8, len: usize) {
    out.reserve(HEAD_BYTES + len);
    out.put_u16(0x8000 | VERSION);
    out.put_u16(kind);
    out.put_u32(u32::from(flags) << 24 | len as u32);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_go_over_and_back_and_share_one_compression() {
        let (mut encoder, mut decoder) = (Encoder::new().unwrap(), Decoder::new());
        for id in [1, 3, 5] {
            let mut wire = BytesMut::new();
            let headers = [
                ("streamtype", "error"),
                ("port", "8080"),
                ("requestid", "0"),
            ];
            encoder.syn_stream(id, &headers, &mut wire).unwrap();
            let whole = wire.clone();
            for cut in 0..whole.len() {
                assert_eq!(decoder_sees(&whole[..cut]), None, "cut at {cut}");
            }
            let frame = decoder.decode(&mut wire).unwrap().unwrap();
            let expected = headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec();
            assert_eq!(
                frame,
                Frame::SynStream {
                    id,
                    fin: false,
                    headers: expected
                }
            );
            assert!(wire.is_empty());
        }
    }

    /// What a fresh decoder makes of bytes that end too early: it must ask for more.
    fn decoder_sees(bytes: &[u8]) -> Option<Frame> {
        Decoder::new().decode(&mut BytesMut::from(bytes)).unwrap()
    }

    #[test]
    fn data_and_pings_go_over_and_back() {
        let mut wire = BytesMut::new();
        data(7, true, b"hello", &mut wire);
        ping(2, &mut wire);
        reset(7, 5, &mut wire);
        let mut decoder = Decoder::new();
        let mut next = || decoder.decode(&mut wire).unwrap().unwrap();
        assert_eq!(
            next(),
            Frame::Data {
                id: 7,
                fin: true,
                content: Bytes::from_static(b"hello")
            }
        );
        assert_eq!(next(), Frame::Ping { id: 2 });
        assert_eq!(next(), Frame::Reset { id: 7, status: 5 });
    }

    #[test]
    fn nonsense_is_refused_and_never_panics() {
        let frame = |bytes: &[u8]| Decoder::new().decode(&mut BytesMut::from(bytes));
        assert!(
            frame(&[0x80, 2, 0, 1, 0, 0, 0, 0]).is_err(),
            "another version"
        );
        assert!(
            frame(&[0x80, 3, 0, 1, 0, 0, 0, 2, 0, 0]).is_err(),
            "too short for its type"
        );
        assert!(
            frame(&[0, 0, 0, 1, 0, 0xff, 0xff, 0xff]).is_err(),
            "too large"
        );
        assert!(
            frame(&[
                0x80, 3, 0, 1, 0, 0, 0, 12, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 9, 9
            ])
            .is_err(),
            "not compressed"
        );
    }
}
