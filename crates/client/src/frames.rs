//! Cuts the body of a watch into frames.

use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use futures::Stream;
use futures::stream::BoxStream;

use crate::codec::Format;
use crate::error::Error;
use crate::payload::BoxError;

/// The longest frame that is taken. Objects are at most a few MiB.
const FRAME_LEN_MAX: usize = 64 << 20;

/// Frames of a body: lines of JSON, or protobuf behind its length.
pub(crate) struct Frames {
    body: BoxStream<'static, Result<Bytes, BoxError>>,
    format: Format,
    /// What came last, as far as its frames were not taken; whole frames are
    /// read where they are.
    piece: Bytes,
    /// The beginning of a frame whose end has not come. The piece is empty then.
    buffer: BytesMut,
    /// How far the one or the other has been searched for the end of a line.
    searched: usize,
    ended: bool,
}

impl Frames {
    pub(crate) fn new(body: BoxStream<'static, Result<Bytes, BoxError>>, format: Format) -> Self {
        Self {
            body,
            format,
            piece: Bytes::new(),
            buffer: BytesMut::new(),
            searched: 0,
            ended: false,
        }
    }

    /// What the next frame is read as; none when the body has ended. A last
    /// line may lack its end; a last frame that was cut off is an error, and
    /// nothing comes after an error.
    fn poll<E>(
        &mut self,
        cx: &mut Context<'_>,
        mut read: impl FnMut(&[u8]) -> E,
    ) -> Poll<Option<Result<E, BoxError>>> {
        loop {
            match self.find() {
                Ok(Some(frame)) => {
                    let found = read(self.held().get(frame.clone()).unwrap_or_default());
                    self.advance(frame.end);
                    return Poll::Ready(Some(Ok(found)));
                }
                Ok(None) => self.keep_rest(),
                Err(error) => {
                    self.ended = true;
                    self.piece.clear();
                    self.buffer.clear();
                    self.searched = 0;
                    return Poll::Ready(Some(Err(error)));
                }
            }
            if self.ended {
                return Poll::Ready(self.last(read));
            }
            match ready!(self.body.as_mut().poll_next(cx)) {
                Some(Ok(bytes)) if self.buffer.is_empty() => self.piece = bytes,
                Some(Ok(bytes)) => self.buffer.extend_from_slice(&bytes),
                Some(Err(error)) => {
                    self.ended = true;
                    return Poll::Ready(Some(Err(error)));
                }
                None => self.ended = true,
            }
        }
    }

    /// What is left when the body has ended.
    fn last<E>(&mut self, mut read: impl FnMut(&[u8]) -> E) -> Option<Result<E, BoxError>> {
        let rest = std::mem::take(&mut self.buffer);
        self.searched = 0;
        if rest.iter().all(u8::is_ascii_whitespace) && self.format == Format::Json
            || rest.is_empty()
        {
            return None;
        }
        let is_whole = self.format == Format::Json && skeg_schema::decode_json_any(&rest).is_ok();
        Some(if is_whole {
            Ok(read(&rest))
        } else {
            Err("it ended within an event".into())
        })
    }

    /// What has come and was not read.
    fn held(&self) -> &[u8] {
        if self.piece.is_empty() {
            &self.buffer
        } else {
            &self.piece
        }
    }

    fn advance(&mut self, by: usize) {
        if self.piece.is_empty() {
            self.buffer.advance(by);
        } else {
            self.piece.advance(by);
        }
    }

    /// Keeps what is left of the piece until the rest of its frame comes.
    fn keep_rest(&mut self) {
        if !self.piece.is_empty() {
            self.buffer.extend_from_slice(&self.piece);
            self.piece.clear();
        }
    }

    /// Where in what is held the next frame is; all before its end is done with.
    fn find(&mut self) -> Result<Option<Range<usize>>, BoxError> {
        match self.format {
            Format::Protobuf => {
                let held = self.held();
                let Some(prefix) = held.first_chunk::<4>() else {
                    return Ok(None);
                };
                let len = usize::try_from(u32::from_be_bytes(*prefix)).unwrap_or(usize::MAX);
                if len > FRAME_LEN_MAX {
                    return Err(too_long());
                }
                Ok((held.len() >= 4 + len).then_some(4..4 + len))
            }
            Format::Json => loop {
                let held = self.held();
                let Some(at) = held[self.searched..].iter().position(|&byte| byte == b'\n') else {
                    self.searched = held.len();
                    return if self.searched > FRAME_LEN_MAX {
                        Err(too_long())
                    } else {
                        Ok(None)
                    };
                };
                let end = self.searched + at + 1;
                let is_blank = held[..end].iter().all(u8::is_ascii_whitespace);
                self.searched = 0;
                if is_blank {
                    self.advance(end);
                } else {
                    return Ok(Some(0..end));
                }
            },
        }
    }

    /// What the frames decode to, as a stream. After an error nothing comes.
    pub(crate) fn decoded<D>(self, decode: D, target: String) -> Decoded<D> {
        Decoded {
            frames: self,
            decode,
            target,
            failed: false,
        }
    }
}

/// Frames as what they decode to.
pub(crate) struct Decoded<D> {
    frames: Frames,
    decode: D,
    target: String,
    failed: bool,
}

impl<E, D> Stream for Decoded<D>
where
    D: Fn(&[u8]) -> Result<E, BoxError> + Unpin,
{
    type Item = Result<E, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.failed {
            return Poll::Ready(None);
        }
        let error = match ready!(this.frames.poll(cx, &this.decode)) {
            None => return Poll::Ready(None),
            Some(Ok(Ok(event))) => return Poll::Ready(Some(Ok(event))),
            Some(Ok(Err(error))) => Error::decode(std::mem::take(&mut this.target), error),
            Some(Err(source)) => Error::Body {
                target: std::mem::take(&mut this.target),
                source,
            },
        };
        this.failed = true;
        Poll::Ready(Some(Err(error)))
    }
}

fn too_long() -> BoxError {
    format!("a frame of more than {FRAME_LEN_MAX} bytes").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{StreamExt, stream};

    async fn frames(format: Format, pieces: &[&[u8]]) -> Vec<Result<Vec<u8>, String>> {
        let pieces: Vec<_> = pieces
            .iter()
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .collect();
        let mut frames = Frames::new(stream::iter(pieces).boxed(), format);
        let mut found = Vec::new();
        let mut next = async || std::future::poll_fn(|cx| frames.poll(cx, <[u8]>::to_vec)).await;
        while let Some(frame) = next().await {
            found.push(frame.map_err(|error| error.to_string()));
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
                Ok(b"{\"c\":3}\n".to_vec()),
                Err("it ended within an event".to_owned()),
            ]
        );
    }

    #[tokio::test]
    async fn the_last_line_may_lack_its_end() {
        let found = frames(Format::Json, &[b"{\"a\":1}\n{\"b\"", b":2}"]).await;
        assert_eq!(
            found,
            [Ok(b"{\"a\":1}\n".to_vec()), Ok(b"{\"b\":2}".to_vec())]
        );
        let found = frames(Format::Json, &[b"{\"a\":1}\n \n"]).await;
        assert_eq!(found.len(), 1);
    }

    #[tokio::test]
    async fn lengths_may_be_cut_anywhere() {
        let found = frames(
            Format::Protobuf,
            &[&[0, 0], &[0, 2, 7], &[8, 0, 0, 0, 0, 0], &[0, 0, 1, 9, 0]],
        )
        .await;
        assert_eq!(
            found,
            [
                Ok(vec![7, 8]),
                Ok(vec![]),
                Ok(vec![9]),
                Err("it ended within an event".to_owned()),
            ]
        );
    }

    #[tokio::test]
    async fn a_peer_cannot_make_us_hoard() {
        let found = frames(Format::Protobuf, &[&[255, 255, 255, 255, 1]]).await;
        assert!(found.len() == 1 && found[0].is_err());
    }
}
