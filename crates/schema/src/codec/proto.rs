//! The wire format of protobuf.

use super::DecodeError;

type Result<T> = std::result::Result<T, DecodeError>;

/// Reads fields from bytes.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

#[cold]
fn eof<T>() -> Result<T> {
    Err(DecodeError::Protobuf("unexpected EOF".to_owned()))
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The bytes that are left.
    pub(crate) fn remaining(&self) -> &'a [u8] {
        self.rest
    }

    /// How many bytes are left.
    pub(crate) fn left(&self) -> usize {
        self.rest.len()
    }

    #[inline]
    pub(crate) fn varint(&mut self) -> Result<u64> {
        match self.rest {
            [byte, rest @ ..] if *byte < 0x80 => {
                self.rest = rest;
                Ok(u64::from(*byte))
            }
            // Lengths mostly have no more than two.
            [low, high, rest @ ..] if *high < 0x80 => {
                self.rest = rest;
                Ok(u64::from(low & 0x7f) | u64::from(*high) << 7)
            }
            _ => self.long_varint(),
        }
    }

    fn long_varint(&mut self) -> Result<u64> {
        let mut number = 0u64;
        for (at, &byte) in self.rest.iter().enumerate().take(10) {
            number |= u64::from(byte & 0x7f) << (7 * at);
            if byte < 0x80 {
                self.rest = &self.rest[at + 1..];
                return Ok(number);
            }
        }
        if self.rest.len() < 10 {
            eof()
        } else {
            Err(DecodeError::Protobuf("proto: integer overflow".to_owned()))
        }
    }

    /// The next field's number and wire type; `None` at the end.
    #[inline]
    pub(crate) fn tag(&mut self) -> Result<Option<(u32, u8)>> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let tag = self.varint()?;
        let number = u32::try_from(tag >> 3).ok().filter(|number| *number > 0);
        let Some(number) = number else {
            return Err(DecodeError::Protobuf(format!(
                "proto: illegal tag {}",
                tag >> 3
            )));
        };
        Ok(Some((number, (tag & 7) as u8)))
    }

    /// The bytes of a field with a length.
    #[inline]
    pub(crate) fn bytes(&mut self, wire: u8) -> Result<&'a [u8]> {
        if wire != 2 {
            return Err(DecodeError::Protobuf(format!(
                "proto: wrong wireType = {wire}"
            )));
        }
        let length = usize::try_from(self.varint()?).unwrap_or(usize::MAX);
        let Some((bytes, rest)) = self.rest.split_at_checked(length) else {
            return eof();
        };
        self.rest = rest;
        Ok(bytes)
    }

    /// A field that is a number.
    #[inline]
    pub(crate) fn number(&mut self, wire: u8) -> Result<u64> {
        if wire != 0 {
            return Err(DecodeError::Protobuf(format!(
                "proto: wrong wireType = {wire}"
            )));
        }
        self.varint()
    }

    /// A field of eight bytes.
    pub(crate) fn fixed64(&mut self, wire: u8) -> Result<u64> {
        if wire != 1 {
            return Err(DecodeError::Protobuf(format!(
                "proto: wrong wireType = {wire}"
            )));
        }
        let Some((bytes, rest)) = self.rest.split_first_chunk::<8>() else {
            return eof();
        };
        self.rest = rest;
        Ok(u64::from_le_bytes(*bytes))
    }

    /// Steps over a field.
    pub(crate) fn skip(&mut self, wire: u8) -> Result<()> {
        match wire {
            0 => {
                self.varint()?;
            }
            1 => {
                self.fixed64(1)?;
            }
            2 => {
                self.bytes(2)?;
            }
            5 => {
                let Some((_, rest)) = self.rest.split_at_checked(4) else {
                    return eof();
                };
                self.rest = rest;
            }
            _ => {
                return Err(DecodeError::Protobuf(format!(
                    "proto: illegal wireType {wire}"
                )));
            }
        }
        Ok(())
    }

    /// Whether the next field has this number and a length; if so its tag is taken.
    #[inline]
    pub(crate) fn another(&mut self, number: u32) -> bool {
        let tag = u64::from(number) << 3 | 2;
        let mut probe = Reader { rest: self.rest };
        match probe.varint() {
            Ok(next) if next == tag => {
                self.rest = probe.rest;
                true
            }
            _ => false,
        }
    }
}

#[inline]
pub(crate) fn put_varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(crate) fn put_tag(number: u32, wire: u8, out: &mut Vec<u8>) {
    put_varint(u64::from(number) << 3 | u64::from(wire), out);
}

pub(crate) fn put_bytes(number: u32, bytes: &[u8], out: &mut Vec<u8>) {
    put_tag(number, 2, out);
    put_varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

pub(crate) fn put_number(number: u32, value: u64, out: &mut Vec<u8>) {
    put_tag(number, 0, out);
    put_varint(value, out);
}

/// Writes a field whose length is known only after it is written.
pub(crate) fn put_nested(number: u32, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    put_tag(number, 2, out);
    let at = out.len();
    out.push(0);
    write(out);
    let length = out.len() - at - 1;
    if length < 0x80 {
        out[at] = length as u8;
        return;
    }
    // Most are short; the others make room for more bytes of length.
    let (end, more) = (out.len(), varint_len(length as u64) - 1);
    out.resize(end + more, 0);
    out.copy_within(at + 1..end, at + 1 + more);
    let mut rest = length;
    for place in &mut out[at..at + more] {
        *place = rest as u8 | 0x80;
        rest >>= 7;
    }
    out[at + more] = rest as u8;
}

fn varint_len(number: u64) -> usize {
    (64 - (number | 1).leading_zeros() as usize).div_ceil(7)
}

/// How long the tag and the length in front of a field of so many bytes are.
pub(crate) fn field_head_len(number: u32, len: usize) -> usize {
    varint_len(u64::from(number) << 3 | 2) + varint_len(len as u64)
}

/// Writes them.
pub(crate) fn put_head(number: u32, len: usize, out: &mut Vec<u8>) {
    put_tag(number, 2, out);
    put_varint(len as u64, out);
}
