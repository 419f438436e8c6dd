//! SPDY/3.1: many streams over one connection.
//!
//! kubectl and client-go speak it for port-forward (inside a WebSocket since
//! 1.31) and, to old servers, for exec and attach. Flow control windows are not
//! used by these peers; what holds a fast sender back is that reading stops
//! while a stream's buffer is full.

mod frame;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::{mpsc, oneshot};

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
/// RST_STREAM: CANCEL.
const CANCEL: u32 = 5;
/// How long the peer may take to accept a stream.
const ACCEPT_TIMEOUT: Duration = Duration::from_secs(30);

/// A stream of a connection.
pub struct Stream {
    headers: frame::Headers,
    /// Its content, both ways. Shutting it down ends our half.
    pub io: DuplexStream,
}

impl Stream {
    /// A header's value; names are compared without regard to case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

enum Write {
    Open { id: u32, headers: frame::Headers },
    Reply(u32),
    Data { id: u32, fin: bool, content: Bytes },
    Ping(u32),
    Reset { id: u32, status: u32 },
}

/// What comes for a stream, until the peer has ended its half.
struct Incoming {
    pieces: mpsc::Sender<Bytes>,
    /// Told when the peer accepts a stream that we opened.
    accepted: Option<oneshot::Sender<()>>,
}

type Streams = Arc<Mutex<HashMap<u32, Incoming>>>;

/// Serves a connection; gives the streams that the peer opens, in their order.
/// The connection ends when the peer ends it, or when the receiver is dropped
/// and every stream is done.
pub fn accept<T>(io: T) -> mpsc::Receiver<Stream>
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
        let reader = Reader {
            streams: Streams::default(),
            // The connection must outlive the last stream: streams yet to be opened need it.
            _alive: Some(writes.clone()),
            writes: writes.downgrade(),
            opened: Some(opened),
        };
        drop(writes);
        if let Err(error) = reader.run(read).await {
            tracing::debug!(%error, "a SPDY connection broke");
        }
    });
    streams
}

/// A connection on which we open streams. It ends when it and every stream of
/// it have been dropped.
pub struct Connection {
    streams: Streams,
    writes: mpsc::Sender<Write>,
    /// The id of the next stream. Ids must go out in their order.
    next: tokio::sync::Mutex<u32>,
}

/// Uses a connection that has switched to SPDY.
pub fn connect<T>(io: T) -> Connection
where
    T: AsyncRead + AsyncWrite + Send + 'static,
{
    let (read, write) = tokio::io::split(io);
    let (writes, to_write) = mpsc::channel(WRITES_MAX);
    let streams = Streams::default();
    let reader = Reader {
        streams: Arc::clone(&streams),
        writes: writes.downgrade(),
        _alive: None,
        opened: None,
    };
    let of_task = Arc::clone(&streams);
    tokio::spawn(async move {
        // Whichever ends first ends the connection: the peer, or the last of our users.
        let ended = tokio::select! {
            ended = reader.run(read) => ended,
            ended = write_frames(write, to_write) => ended,
        };
        of_task.lock().clear();
        if let Err(error) = ended {
            tracing::debug!(%error, "a SPDY connection broke");
        }
    });
    Connection {
        streams,
        writes,
        next: tokio::sync::Mutex::new(1),
    }
}

impl Connection {
    /// Opens a stream and waits until the peer has accepted it.
    ///
    /// # Errors
    /// When the connection is over, or the peer refuses or does not answer.
    pub async fn open(&self, headers: &[(&str, &str)]) -> io::Result<Stream> {
        let headers: frame::Headers = headers
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), (*value).to_owned()))
            .collect();
        let (accepted, accepting) = oneshot::channel();
        let stream = {
            let mut next = self.next.lock().await;
            let id = *next;
            if self.streams.lock().len() >= STREAMS_MAX || id > u32::MAX / 2 - 2 {
                return Err(io::Error::other("too many streams on one connection"));
            }
            let room = self.writes.reserve().await.map_err(|_| gone())?;
            *next += 2;
            let (stream, pieces) = start(id, headers.clone(), self.writes.clone(), true);
            let incoming = Incoming {
                pieces,
                accepted: Some(accepted),
            };
            self.streams.lock().insert(id, incoming);
            room.send(Write::Open { id, headers });
            stream
        };
        tokio::select! {
            answer = tokio::time::timeout(ACCEPT_TIMEOUT, accepting) => match answer {
                Ok(Ok(())) => Ok(stream),
                Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::ConnectionRefused, "the peer refused a stream")),
                Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the peer does not answer")),
            },
            () = self.writes.closed() => Err(gone()),
        }
    }

    /// Whether the connection is over.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.writes.is_closed()
    }

    /// Waits until the connection is over.
    pub async fn closed(&self) {
        self.writes.closed().await;
    }
}

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "the connection is over")
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
            Write::Open { id, headers } => {
                let headers: Vec<(&str, &str)> = headers
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect();
                encoder.syn_stream(id, &headers, &mut out)?;
            }
            Write::Reply(id) => encoder.syn_reply(id, &mut out)?,
            Write::Data { id, fin, content } => frame::data(id, fin, &content, &mut out),
            Write::Ping(id) => frame::ping(id, &mut out),
            Write::Reset { id, status } => frame::reset(id, status, &mut out),
        }
        io.write_all(&out).await?;
        io.flush().await?;
    }
    io.shutdown().await
}

struct Reader {
    streams: Streams,
    writes: mpsc::WeakSender<Write>,
    _alive: Option<mpsc::Sender<Write>>,
    /// Takes the streams that the peer opens; where we open them, the peer must not.
    opened: Option<mpsc::Sender<Stream>>,
}

impl Reader {
    async fn run(self, mut io: impl AsyncRead + Unpin) -> io::Result<()> {
        let mut decoder = Decoder::new();
        let mut received = BytesMut::with_capacity(16 << 10);
        loop {
            while let Some(frame) = decoder.decode(&mut received)? {
                self.take(frame).await?;
            }
            if io.read_buf(&mut received).await? == 0 {
                return Ok(());
            }
        }
    }

    async fn take(&self, frame: Frame) -> io::Result<()> {
        match frame {
            Frame::SynStream { id, fin, headers } => self.opened(id, fin, headers).await?,
            Frame::SynReply { id, fin } => {
                let mut streams = self.streams.lock();
                if let Some(incoming) = streams.get_mut(&id) {
                    if let Some(accepted) = incoming.accepted.take() {
                        // Whoever opened it may have given up.
                        let _ = accepted.send(());
                    }
                    if fin {
                        streams.remove(&id);
                    }
                }
            }
            Frame::Data { id, fin, content } => {
                let pieces = self.streams.lock().get(&id).map(|of| of.pieces.clone());
                if let Some(pieces) = pieces
                    && !content.is_empty()
                {
                    // A stream whose user is gone takes nothing; its content is for nobody.
                    drop(pieces.send(content).await);
                }
                if fin {
                    self.streams.lock().remove(&id);
                }
            }
            Frame::Reset { id, status } => {
                tracing::trace!(id, status, "the peer broke off a stream");
                self.streams.lock().remove(&id);
            }
            // Of the two sides, each numbers its pings by its own parity; the peer's go back to it.
            Frame::Ping { id } if (id % 2 == 1) == self.opened.is_some() => {
                self.send(Write::Ping(id)).await?;
            }
            Frame::GoAway { last } => tracing::trace!(last, "the peer opens no more streams"),
            Frame::Ping { .. } | Frame::Other => {}
        }
        Ok(())
    }

    async fn opened(&self, id: u32, fin: bool, headers: frame::Headers) -> io::Result<()> {
        let refused = {
            let mut streams = self.streams.lock();
            streams.retain(|_, incoming| !incoming.pieces.is_closed());
            streams.len() >= STREAMS_MAX || streams.contains_key(&id)
        };
        let (Some(opened), false) = (&self.opened, refused) else {
            return self
                .send(Write::Reset {
                    id,
                    status: REFUSED,
                })
                .await;
        };
        let writes = self.writes.upgrade().ok_or_else(gone)?;
        let (stream, pieces) = start(id, headers, writes, false);
        self.send(Write::Reply(id)).await?;
        if !fin {
            let incoming = Incoming {
                pieces,
                accepted: None,
            };
            self.streams.lock().insert(id, incoming);
        }
        // Nobody listens for streams any more: the new one is dropped, and so ended.
        drop(opened.send(stream).await);
        Ok(())
    }

    async fn send(&self, write: Write) -> io::Result<()> {
        let writes = self.writes.upgrade().ok_or_else(gone)?;
        writes.send(write).await.map_err(|_| gone())
    }
}

/// Makes a stream, and two tasks that move its content. With `cancels` the peer
/// is told when nobody wants what it sends.
fn start(
    id: u32,
    headers: frame::Headers,
    writes: mpsc::Sender<Write>,
    cancels: bool,
) -> (Stream, mpsc::Sender<Bytes>) {
    let (user, ours) = duplex(BUFFER_BYTES);
    let (mut from_user, mut to_user) = tokio::io::split(ours);
    let (pieces, mut arriving) = mpsc::channel::<Bytes>(PIECES_MAX);
    let weak = writes.downgrade();
    tokio::spawn(async move {
        while let Some(piece) = arriving.recv().await {
            if to_user.write_all(&piece).await.is_err() {
                if cancels && let Some(writes) = weak.upgrade() {
                    let status = CANCEL;
                    // A connection that is over needs no telling.
                    drop(writes.send(Write::Reset { id, status }).await);
                }
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

    #[tokio::test]
    async fn both_ends_of_a_connection_understand_each_other() {
        let (client, served) = duplex(1 << 16);
        let mut streams = accept(served);
        let connection = connect(client);
        for n in 0..3 {
            let id = n.to_string();
            let headers = [("streamType", "data"), ("requestID", id.as_str())];
            let (opened, accepted) = tokio::join!(connection.open(&headers), streams.recv());
            let (mut ours, mut theirs) = (opened.unwrap(), accepted.unwrap());
            assert_eq!(theirs.header("requestID"), Some(id.as_str()));
            let long = vec![b'a'; 300_000];
            let sending = async {
                ours.io.write_all(&long).await.unwrap();
                ours.io.shutdown().await.unwrap();
            };
            let mut got = Vec::new();
            let (received, ()) = tokio::join!(theirs.io.read_to_end(&mut got), sending);
            received.unwrap();
            assert!(got == long);
            theirs.io.write_all(b"thanks").await.unwrap();
            drop(theirs);
            let mut answer = String::new();
            ours.io.read_to_string(&mut answer).await.unwrap();
            assert_eq!(answer, "thanks");
        }
        drop(connection);
        assert!(streams.recv().await.is_none(), "the connection is closed");
    }

    #[tokio::test]
    async fn a_peer_that_goes_ends_every_stream() {
        let (client, served) = duplex(1 << 16);
        let mut streams = accept(served);
        let connection = connect(client);
        let (opened, accepted) = tokio::join!(connection.open(&[]), streams.recv());
        drop(streams);
        drop(accepted);
        let mut rest = Vec::new();
        opened.unwrap().io.read_to_end(&mut rest).await.unwrap();
        assert!(rest.is_empty());
        let (client, served) = duplex(1 << 16);
        let connection = connect(client);
        drop(served);
        connection.closed().await;
        assert!(connection.open(&[]).await.is_err());
    }
}
