//! Writing messages.

use super::{HEADER_LEN, NLA_F_NESTED, align4};

/// Writes netlink messages, one after the other, into one buffer.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    buf: Vec<u8>,
}

impl Writer {
    /// An empty writer.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty writer with room for `bytes`.
    pub fn with_capacity(bytes: usize) -> Self {
        Self {
            buf: Vec::with_capacity(bytes),
        }
    }

    /// All messages so far.
    pub fn as_bytes(&self) -> &[u8] {
        &self.buf
    }

    /// How many bytes are written.
    pub fn len(&self) -> usize {
        self.buf.len()
    }

    /// Whether nothing is written yet.
    pub fn is_empty(&self) -> bool {
        self.buf.is_empty()
    }

    /// Writes one message; `body` adds the fixed header of its family and its attributes.
    pub fn message(&mut self, ty: u16, flags: u16, seq: u32, body: impl FnOnce(&mut Self)) {
        let start = self.buf.len();
        self.buf.extend_from_slice(&[0; 4]);
        self.buf.extend_from_slice(&ty.to_ne_bytes());
        self.buf.extend_from_slice(&flags.to_ne_bytes());
        self.buf.extend_from_slice(&seq.to_ne_bytes());
        self.buf.extend_from_slice(&0_u32.to_ne_bytes());
        debug_assert_eq!(self.buf.len() - start, HEADER_LEN);
        body(self);
        let len = u32::try_from(self.buf.len() - start).expect("a message is shorter than 4 GiB");
        self.buf[start..start + 4].copy_from_slice(&len.to_ne_bytes());
        self.pad();
    }

    /// Writes bytes as they stand: the fixed header of a family.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.buf.extend_from_slice(bytes);
        self.pad();
    }

    /// Writes an attribute.
    pub fn attr(&mut self, ty: u16, value: &[u8]) {
        let len = u16::try_from(value.len() + 4).expect("an attribute is shorter than 64 KiB");
        self.buf.extend_from_slice(&len.to_ne_bytes());
        self.buf.extend_from_slice(&ty.to_ne_bytes());
        self.buf.extend_from_slice(value);
        self.pad();
    }

    /// Writes a text attribute, ended by a zero byte.
    pub fn attr_str(&mut self, ty: u16, value: &str) {
        let len = u16::try_from(value.len() + 5).expect("a name is shorter than 64 KiB");
        self.buf.extend_from_slice(&len.to_ne_bytes());
        self.buf.extend_from_slice(&ty.to_ne_bytes());
        self.buf.extend_from_slice(value.as_bytes());
        self.buf.push(0);
        self.pad();
    }

    /// Writes a number in the machine's order (rtnetlink's habit).
    pub fn attr_u32(&mut self, ty: u16, value: u32) {
        self.attr(ty, &value.to_ne_bytes());
    }

    /// Writes a number in network order (netfilter's habit).
    pub fn attr_be32(&mut self, ty: u16, value: u32) {
        self.attr(ty, &value.to_be_bytes());
    }

    /// Writes an attribute that holds attributes.
    ///
    /// # Panics
    ///
    /// When the content is longer than 64 KiB, which callers that write lists prevent.
    pub fn nested(&mut self, ty: u16, body: impl FnOnce(&mut Self)) {
        let start = self.buf.len();
        self.buf.extend_from_slice(&[0; 2]);
        self.buf
            .extend_from_slice(&(ty | NLA_F_NESTED).to_ne_bytes());
        body(self);
        let len = u16::try_from(self.buf.len() - start).expect("nested attributes fit in 64 KiB");
        self.buf[start..start + 2].copy_from_slice(&len.to_ne_bytes());
    }

    /// Adds `first` to the sequence number of every message, for messages written before
    /// their numbers were known.
    pub fn shift_sequence(&mut self, first: u32) {
        let mut at = 0;
        while let Some(header) = self.buf.get_mut(at..at + HEADER_LEN) {
            let word = |range: std::ops::Range<usize>| {
                header[range]
                    .try_into()
                    .map(u32::from_ne_bytes)
                    .unwrap_or_default()
            };
            let (len, seq) = (word(0..4), word(8..12));
            header[8..12].copy_from_slice(&seq.wrapping_add(first).to_ne_bytes());
            at += align4(len.max(HEADER_LEN as u32) as usize);
        }
    }

    fn pad(&mut self) {
        self.buf.resize(align4(self.buf.len()), 0);
    }
}
