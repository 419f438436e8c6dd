//! Reading messages, in place and without trust in their lengths.

use super::{HEADER_LEN, NLA_TYPE_MASK, align4};

/// One message.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Its type.
    pub ty: u16,
    /// Its flags.
    pub flags: u16,
    /// The sequence number of the request that it answers.
    pub seq: u32,
    /// What follows the netlink header.
    pub payload: &'a [u8],
}

/// The messages in a buffer. Ends at the first that is cut short.
#[derive(Clone, Debug)]
pub struct Messages<'a>(&'a [u8]);

impl<'a> Messages<'a> {
    /// Reads `buf` from its beginning.
    pub fn new(buf: &'a [u8]) -> Self {
        Self(buf)
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = Message<'a>;

    fn next(&mut self) -> Option<Message<'a>> {
        let header = self.0.get(..HEADER_LEN)?;
        let len = u32::from_ne_bytes(header[0..4].try_into().ok()?) as usize;
        let payload = self.0.get(HEADER_LEN..len)?;
        self.0 = self.0.get(align4(len)..).unwrap_or_default();
        Some(Message {
            ty: u16::from_ne_bytes(header[4..6].try_into().ok()?),
            flags: u16::from_ne_bytes(header[6..8].try_into().ok()?),
            seq: u32::from_ne_bytes(header[8..12].try_into().ok()?),
            payload,
        })
    }
}

/// The attributes in a buffer: type without its flag bits, and value.
#[derive(Clone, Debug)]
pub struct Attrs<'a>(&'a [u8]);

impl<'a> Attrs<'a> {
    /// Reads `buf` from its beginning.
    pub fn new(buf: &'a [u8]) -> Self {
        Self(buf)
    }

    /// Reads what follows a fixed header of `skip` bytes.
    pub fn after(payload: &'a [u8], skip: usize) -> Self {
        Self(payload.get(align4(skip)..).unwrap_or_default())
    }

    /// The first attribute of a type.
    pub fn find(&self, ty: u16) -> Option<&'a [u8]> {
        self.clone()
            .find_map(|(t, value)| (t == ty).then_some(value))
    }

    /// The attributes inside the first attribute of a type.
    pub fn nested(&self, ty: u16) -> Attrs<'a> {
        Attrs(self.find(ty).unwrap_or_default())
    }

    /// A number in the machine's order.
    pub fn u32(&self, ty: u16) -> Option<u32> {
        Some(u32::from_ne_bytes(
            self.find(ty)?.get(..4)?.try_into().ok()?,
        ))
    }

    /// A number in network order.
    pub fn be32(&self, ty: u16) -> Option<u32> {
        Some(u32::from_be_bytes(
            self.find(ty)?.get(..4)?.try_into().ok()?,
        ))
    }

    /// A 16-bit number in network order.
    pub fn be16(&self, ty: u16) -> Option<u16> {
        Some(u16::from_be_bytes(
            self.find(ty)?.get(..2)?.try_into().ok()?,
        ))
    }

    /// A text, without the zero byte at its end.
    pub fn text(&self, ty: u16) -> Option<&'a str> {
        let bytes = self.find(ty)?;
        let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
        std::str::from_utf8(&bytes[..end]).ok()
    }
}

impl<'a> Iterator for Attrs<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<(u16, &'a [u8])> {
        let header = self.0.get(..4)?;
        let len = usize::from(u16::from_ne_bytes([header[0], header[1]]));
        let ty = u16::from_ne_bytes([header[2], header[3]]) & NLA_TYPE_MASK;
        let value = self.0.get(4..len)?;
        self.0 = self.0.get(align4(len)..).unwrap_or_default();
        Some((ty, value))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Writer;
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut w = Writer::new();
        w.message(7, 1, 42, |w| {
            w.raw(&[1, 2, 3, 4]);
            w.attr_str(3, "eth0");
            w.nested(4, |w| {
                w.attr_be32(1, 80);
                w.attr(2, &[9]);
            });
        });
        w.message(8, 0, 43, |_| ());
        let messages: Vec<_> = Messages::new(w.as_bytes()).collect();
        assert_eq!(messages.len(), 2);
        assert_eq!((messages[0].ty, messages[0].seq), (7, 42));
        let attrs = Attrs::after(messages[0].payload, 4);
        assert_eq!(attrs.text(3), Some("eth0"));
        assert_eq!(attrs.nested(4).be32(1), Some(80));
        assert_eq!(attrs.nested(4).find(2), Some(&[9][..]));
        assert!(messages[1].payload.is_empty());
    }

    #[test]
    fn garbage_ends_the_iteration() {
        // Lengths of zero, of less than a header, and beyond the buffer.
        for len in [0_u32, 5, 15, 4000, u32::MAX] {
            let mut buf = len.to_ne_bytes().to_vec();
            buf.resize(40, 0xff);
            assert_eq!(Messages::new(&buf).count(), 0);
        }
        for len in [0_u16, 3, 200, u16::MAX] {
            let mut buf = len.to_ne_bytes().to_vec();
            buf.resize(40, 0xff);
            assert_eq!(Attrs::new(&buf).count(), 0);
        }
        assert_eq!(Attrs::after(&[1, 2], 8).count(), 0);
    }
}
