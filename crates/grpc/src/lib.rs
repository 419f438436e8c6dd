//! gRPC over HTTP/2, both ends: messages in frames of five bytes and themselves,
//! a status in the trailers. Messages are `prost`'s, written by hand; there is no
//! compression, no reflection, no generated code.
//!
//! **Must not know:** any service.

pub mod client;
pub mod server;
mod status;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use prost::Message;

pub use status::{Code, Status};

/// Bytes before a message: whether it is compressed, and its length.
const PREFIX: usize = 5;

/// A message in its frame.
pub fn frame(message: &impl Message) -> Bytes {
    let len = message.encoded_len();
    let mut out = BytesMut::with_capacity(PREFIX + len);
    out.put_u8(0);
    out.put_u32(u32::try_from(len).expect("messages are far smaller than 4 GiB"));
    message
        .encode(&mut out)
        .expect("the buffer grows as needed");
    out.freeze()
}

/// Takes messages out of what came over a connection.
#[derive(Debug, Default)]
pub struct Deframer {
    buffer: BytesMut,
}

impl Deframer {
    /// What has come.
    pub fn push(&mut self, data: &[u8]) {
        self.buffer.extend_from_slice(data);
    }

    /// Whether nothing is left over.
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// The next message, if all of it is there. `max` bounds its size.
    ///
    /// # Errors
    /// It is larger, compressed, or no such message.
    pub fn next<M: Message + Default>(&mut self, max: usize) -> Result<Option<M>, Status> {
        let Some(prefix) = self.buffer.first_chunk::<PREFIX>() else {
            return Ok(None);
        };
        if prefix[0] != 0 {
            return Err(Status::new(
                Code::Unimplemented,
                "compressed messages are not supported",
            ));
        }
        let len = u32::from_be_bytes([prefix[1], prefix[2], prefix[3], prefix[4]]) as usize;
        if len > max {
            return Err(Status::new(
                Code::ResourceExhausted,
                format!("grpc: received message larger than max ({len} vs. {max})"),
            ));
        }
        if self.buffer.len() < PREFIX + len {
            return Ok(None);
        }
        self.buffer.advance(PREFIX);
        let message = self.buffer.split_to(len).freeze();
        M::decode(message)
            .map(Some)
            .map_err(|error| Status::new(Code::Internal, format!("grpc: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, PartialEq, Message)]
    struct PutRequest {
        #[prost(bytes = "bytes", tag = "1")]
        key: Bytes,
        #[prost(int64, tag = "3")]
        lease: i64,
    }

    #[test]
    fn messages_come_out_as_they_went_in_however_they_are_cut() {
        let messages: Vec<PutRequest> = (0..3)
            .map(|i| PutRequest {
                key: vec![b'k'; i].into(),
                lease: i as i64,
            })
            .collect();
        let wire: Vec<u8> = messages.iter().flat_map(frame).collect();
        for cut in 0..wire.len() {
            let mut deframer = Deframer::default();
            let mut seen = Vec::new();
            for part in [&wire[..cut], &wire[cut..]] {
                deframer.push(part);
                while let Some(message) = deframer.next::<PutRequest>(100).expect("whole") {
                    seen.push(message);
                }
            }
            assert_eq!(seen, messages);
            assert!(deframer.is_empty());
        }
    }

    #[test]
    fn what_is_too_large_or_compressed_is_refused() {
        let mut deframer = Deframer::default();
        deframer.push(&[0, 0, 0, 1, 0]);
        let refused = deframer.next::<PutRequest>(255).expect_err("too large");
        assert_eq!(refused.code, Code::ResourceExhausted);
        let mut deframer = Deframer::default();
        deframer.push(&[1, 0, 0, 0, 0]);
        let refused = deframer.next::<PutRequest>(255).expect_err("compressed");
        assert_eq!(refused.code, Code::Unimplemented);
    }
}
