//! Cuts the body of a watch into frames.

use bytes::{Buf, Bytes, BytesMut};
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt};

use crate::codec::Format;
use crate::error::Error;
use crate::payload::BoxError;

/// The longest frame that is taken. Objects are at most a few MiB.
const FRAME_LEN_MAX: usize = 64 << 20;

/// Frames of a body: lines of JSON, or protobuf behind its length.
pub(crate) struct Frames {
    body: BoxStream<'static, Result<Bytes, BoxError>>,
    format: Format,
    buffer: BytesMut,
    /// How far the buffer has been searched for the end of a line.
    searched: usize,
    ended: bool,
}

impl Frames {
    pub(crate) fn new(body: BoxStream<'static, Result<Bytes, BoxError>>, format: Format) -> Self {
        Self {
            body,
            format,
            buffer: BytesMut::new(),
            searched: 0,
            ended: false,
        }
    }

    /// The next frame; none when the body has ended. A last frame that was cut
    /// off is not given.
    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, BoxError>> {
        loop {
            match self.cut() {
                Ok(Some(frame)) => return Some(Ok(frame)),
                Ok(None) => {}
                Err(error) => {
                    self.ended = true;
                    self.buffer.clear();
                    self.searched = 0;
                    return Some(Err(error));
                }
            }
            if self.ended {
                return None;
            }
            match self.body.next().await {
                Some(Ok(bytes)) => self.buffer.extend_from_slice(&bytes),
                Some(Err(error)) => {
                    self.ended = true;
                    return Some(Err(error));
                }
                None => self.ended = true,
            }
        }
    }

    /// What the frames decode to, as a stream. After an error nothing comes.
    pub(crate) fn decoded<E: Send + 'static>(
        self,
        decode: impl Fn(&[u8]) -> Result<E, BoxError> + Send + 'static,
        target: String,
    ) -> impl Stream<Item = Result<E, Error>> + Send + 'static {
        stream::unfold(Some((self, decode, target)), |state| async move {
            let (mut frames, decode, target) = state?;
            match frames.next().await? {
                Ok(frame) => match decode(&frame) {
                    Ok(event) => Some((Ok(event), Some((frames, decode, target)))),
                    Err(error) => Some((Err(Error::decode(target, error)), None)),
                },
                Err(source) => Some((Err(Error::Body { target, source }), None)),
            }
        })
    }

    fn cut(&mut self) -> Result<Option<Bytes>, BoxError> {
        match self.format {
            Format::Protobuf => {
                let Some(prefix) = self.buffer.first_chunk::<4>() else {
                    return Ok(None);
                };
                let len = usize::try_from(u32::from_be_bytes(*prefix)).unwrap_or(usize::MAX);
                if len > FRAME_LEN_MAX {
                    return Err(too_long());
                }
                if self.buffer.len() < 4 + len {
                    return Ok(None);
                }
                self.buffer.advance(4);
                Ok(Some(self.buffer.split_to(len).freeze()))
            }
            Format::Json => loop {
                let Some(at) = self.buffer[self.searched..]
                    .iter()
                    .position(|&byte| byte == b'\n')
                else {
                    self.searched = self.buffer.len();
                    return if self.searched > FRAME_LEN_MAX {
                        Err(too_long())
                    } else {
                        Ok(None)
                    };
                };
                let line = self.buffer.split_to(self.searched + at + 1).freeze();
                self.searched = 0;
                if line.iter().any(|byte| !byte.is_ascii_whitespace()) {
                    return Ok(Some(line));
                }
            },
        }
    }
}

fn too_long() -> BoxError {
    format!("a frame of more than {FRAME_LEN_MAX} bytes").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;

    async fn frames(format: Format, pieces: &[&[u8]]) -> Vec<Result<Vec<u8>, String>> {
        let pieces: Vec<_> = pieces
            .iter()
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .collect();
        let mut frames = Frames::new(stream::iter(pieces).boxed(), format);
        let mut found = Vec::new();
        while let Some(frame) = frames.next().await {
            found.push(
                frame
                    .map(|frame| frame.to_vec())
                    .map_err(|error| error.to_string()),
            );
        }
        found
    }

    #[tokio::test]
    async fn lines_may_be_cut_anywhere() {
        let found = frames(
            Format::Json,
            &[b"{\"a\"", b":1}\n{\"b\":", b"2}\n\n{\"c\":3}", b"\n{\"cut"],
        )
        .await;
        assert_eq!(
            found,
            [
                Ok(b"{\"a\":1}\n".to_vec()),
                Ok(b"{\"b\":2}\n".to_vec()),
                Ok(b"{\"c\":3}\n".to_vec())
            ]
        );
    }

    #[tokio::test]
    async fn lengths_may_be_cut_anywhere() {
        let found = frames(
            Format::Protobuf,
            &[&[0, 0], &[0, 2, 7], &[8, 0, 0, 0, 0, 0], &[0, 0, 1, 9, 0]],
        )
        .await;
        assert_eq!(found, [Ok(vec![7, 8]), Ok(vec![]), Ok(vec![9])]);
    }

    #[tokio::test]
    async fn a_peer_cannot_make_us_hoard() {
        let found = frames(Format::Protobuf, &[&[255, 255, 255, 255, 1]]).await;
        assert!(found.len() == 1 && found[0].is_err());
    }
}
