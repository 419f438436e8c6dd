//! The accepting side of SPDY/3.1: many streams over one connection.
//!
//! kubectl and client-go speak it for port-forward (inside a WebSocket since
//! 1.31) and, in older versions, for exec and attach. Flow control windows are
//! not used by these peers; what holds a fast sender back is that reading stops
//! while a stream's buffer is full.

mod frame;

use std::collections::HashMap;
use std::io;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::mpsc;

use frame::{Decoder, Encoder, Frame};

/// How many streams may be open on one connection.
const STREAMS_MAX: usize = 1024;
/// How many pieces wait for a stream's reader before the connection waits for it.
const PIECES_MAX: usize = 32;
/// How much waits between a stream and its user, each way.
const BUFFER_BYTES: usize = 64 << 10;
/// How many frames wait to be written.
const WRITES_MAX: usize = 64;
/// RST_STREAM: REFUSED_STREAM.
const REFUSED: u32 = 3;

/// A stream that the peer opened.
pub(crate) struct Stream {
    headers: frame::Headers,
    /// Its content, both ways. Shutting it down ends our half.
    pub(crate) io: DuplexStream,
}

impl Stream {
    /// A header's value; names are compared without regard to case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

enum Write {
    Reply(u32),
    Data { id: u32, fin: bool, content: Bytes },
    Ping(u32),
    Refuse(u32),
}

/// Serves a connection; gives the streams that the peer opens, in their order.
/// The connection ends when the peer ends it, or when the receiver is dropped
/// and every stream is done.
pub(crate) fn accept<T>(io: T) -> mpsc::Receiver<Stream>
where
    T: AsyncRead + AsyncWrite + Send + 'static,
{
    let (read, write) = tokio::io::split(io);
    let (opened, streams) = mpsc::channel(PIECES_MAX);
    let (writes, to_write) = mpsc::channel(WRITES_MAX);
    tokio::spawn(async move {
        if let Err(error) = write_frames(write, to_write).await {
            tracing::debug!(%error, "a SPDY connection cannot be written to");
        }
    });
    tokio::spawn(async move {
        if let Err(error) = read_frames(read, opened, writes).await {
            tracing::debug!(%error, "a SPDY connection broke");
        }
    });
    streams
}

async fn write_frames(
    mut io: impl AsyncWrite + Unpin,
    mut writes: mpsc::Receiver<Write>,
) -> io::Result<()> {
    let mut encoder = Encoder::new()?;
    let mut out = BytesMut::new();
    while let Some(write) = writes.recv().await {
        out.clear();
        match write {
            Write::Reply(id) => encoder.syn_reply(id, &mut out)?,
            Write::Data { id, fin, content } => frame::data(id, fin, &content, &mut out),
            Write::Ping(id) => frame::ping(id, &mut out),
            Write::Refuse(id) => frame::reset(id, REFUSED, &mut out),
        }
        io.write_all(&out).await?;
        io.flush().await?;
    }
    io.shutdown().await
}

async fn read_frames(
    mut io: impl AsyncRead + Unpin,
    opened: mpsc::Sender<Stream>,
    writes: mpsc::Sender<Write>,
) -> io::Result<()> {
    let mut decoder = Decoder::new();
    let mut received = BytesMut::with_capacity(16 << 10);
    // A stream's entry is gone once the peer has ended its half.
    let mut incoming: HashMap<u32, mpsc::Sender<Bytes>> = HashMap::new();
    loop {
        while let Some(frame) = decoder.decode(&mut received)? {
            match frame {
                Frame::SynStream { id, fin, headers } => {
                    incoming.retain(|_, pieces| !pieces.is_closed());
                    if incoming.len() >= STREAMS_MAX || incoming.contains_key(&id) {
                        send(&writes, Write::Refuse(id)).await?;
                        continue;
                    }
                    let (stream, pieces) = open(id, headers, writes.clone());
                    send(&writes, Write::Reply(id)).await?;
                    if !fin {
                        incoming.insert(id, pieces);
                    }
                    // Nobody listens for streams any more: the new one is dropped, and so ended.
                    drop(opened.send(stream).await);
                }
                Frame::Data { id, fin, content } => {
                    if let Some(pieces) = incoming.get(&id)
                        && !content.is_empty()
                    {
                        // A stream whose user is gone takes nothing; its content is for nobody.
                        drop(pieces.send(content).await);
                    }
                    if fin {
                        incoming.remove(&id);
                    }
                }
                Frame::Reset { id, status } => {
                    tracing::trace!(id, status, "the peer broke off a stream");
                    incoming.remove(&id);
                }
                // Ours would be even; the peer's come back to it.
                Frame::Ping { id } if id % 2 == 1 => send(&writes, Write::Ping(id)).await?,
                Frame::GoAway { last } => tracing::trace!(last, "the peer opens no more streams"),
                Frame::Ping { .. } | Frame::SynReply { .. } | Frame::Other => {}
            }
        }
        if io.read_buf(&mut received).await? == 0 {
            return Ok(());
        }
    }
}

async fn send(writes: &mpsc::Sender<Write>, write: Write) -> io::Result<()> {
    writes
        .send(write)
        .await
        .map_err(|_| io::ErrorKind::BrokenPipe.into())
}

/// Makes a stream, and two tasks that move its content.
fn open(
    id: u32,
    headers: frame::Headers,
    writes: mpsc::Sender<Write>,
) -> (Stream, mpsc::Sender<Bytes>) {
    let (user, ours) = duplex(BUFFER_BYTES);
    let (mut from_user, mut to_user) = tokio::io::split(ours);
    let (pieces, mut arriving) = mpsc::channel::<Bytes>(PIECES_MAX);
    tokio::spawn(async move {
        while let Some(piece) = arriving.recv().await {
            if to_user.write_all(&piece).await.is_err() {
                return;
            }
        }
        // The user may be gone, which is as good as told.
        drop(to_user.shutdown().await);
    });
    tokio::spawn(async move {
        let mut buffer = BytesMut::with_capacity(BUFFER_BYTES);
        loop {
            let fin = !matches!(from_user.read_buf(&mut buffer).await, Ok(n) if n > 0);
            let content = buffer.split().freeze();
            if writes.send(Write::Data { id, fin, content }).await.is_err() || fin {
                return;
            }
            buffer.reserve(BUFFER_BYTES);
        }
    });
    (Stream { headers, io: user }, pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn next(io: &mut DuplexStream, decoder: &mut Decoder, received: &mut BytesMut) -> Frame {
        loop {
            if let Some(frame) = decoder.decode(received).unwrap() {
                return frame;
            }
            assert!(
                io.read_buf(received).await.unwrap() > 0,
                "the connection ended"
            );
        }
    }

    #[tokio::test]
    async fn a_stream_is_accepted_and_carries_content_both_ways() {
        let (mut peer, served) = duplex(1 << 16);
        let mut streams = accept(served);
        let (mut encoder, mut decoder, mut received) =
            (Encoder::new().unwrap(), Decoder::new(), BytesMut::new());
        let mut out = BytesMut::new();
        encoder
            .syn_stream(1, &[("streamtype", "data"), ("port", "80")], &mut out)
            .unwrap();
        frame::data(1, true, b"question", &mut out);
        peer.write_all(&out).await.unwrap();

        let mut stream = streams.recv().await.unwrap();
        assert_eq!(stream.header("streamType"), Some("data"));
        let mut asked = String::new();
        stream.io.read_to_string(&mut asked).await.unwrap();
        assert_eq!(asked, "question");
        stream.io.write_all(b"answer").await.unwrap();
        stream.io.shutdown().await.unwrap();

        assert_eq!(
            next(&mut peer, &mut decoder, &mut received).await,
            Frame::SynReply { id: 1, fin: false }
        );
        let mut answer = Vec::new();
        loop {
            let Frame::Data {
                id: 1,
                fin,
                content,
            } = next(&mut peer, &mut decoder, &mut received).await
            else {
                panic!("another frame")
            };
            answer.extend_from_slice(&content);
            if fin {
                break;
            }
        }
        assert_eq!(answer, b"answer");
    }

    #[tokio::test]
    async fn a_broken_peer_ends_its_connection_only() {
        let (mut peer, served) = duplex(1 << 16);
        let mut streams = accept(served);
        peer.write_all(&[0x80, 9, 0, 1, 0, 0, 0, 0]).await.unwrap();
        assert!(streams.recv().await.is_none());
    }
}
