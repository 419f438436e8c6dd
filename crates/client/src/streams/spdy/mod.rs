//! SPDY/3.1: many streams over one connection.
//!
//! kubectl and client-go speak it for port-forward (inside a WebSocket since
//! 1.31) and, to old servers, for exec and attach. Flow control windows are not
//! used by these peers; what holds a fast sender back is that reading stops
//! while a stream's buffer is full.
//!
//! Whoever has opened a connection sends pings over it, as client-go does, and
//! gives up a peer that answers none for a minute.

mod frame;
mod pulse;

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;

use frame::{Decoder, Encoder, Frame};
use pulse::{PING_INTERVAL, Pulse, SILENCE_MAX};

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
    /// Its content, both ways. Shutting it down ends our half. Reading ends
    /// when nothing more will come; [`Stream::ending`] tells whether that is all.
    pub io: DuplexStream,
    ending: Ending,
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

    /// What tells how the peer's half has ended.
    #[must_use]
    pub fn ending(&self) -> Ending {
        self.ending.clone()
    }
}

/// How the peer's half of a stream has ended: to be asked once its content has
/// been read.
#[derive(Clone)]
pub struct Ending {
    half: Arc<OnceLock<Half>>,
    connection: Arc<OnceLock<Broken>>,
}

#[derive(Clone, Copy)]
enum Half {
    Ended,
    BrokenOff,
}

impl Ending {
    fn of(connection: &Arc<OnceLock<Broken>>) -> Self {
        Self {
            half: Arc::default(),
            connection: Arc::clone(connection),
        }
    }

    fn is(&self, half: Half) {
        // What came first counts.
        let _ = self.half.set(half);
    }

    /// Why something is missing: the peer has broken its half off, or the
    /// connection broke before it was complete. None when it is complete, and
    /// while it goes on.
    #[must_use]
    pub fn broken(&self) -> Option<io::Error> {
        match self.half.get() {
            Some(Half::Ended) => None,
            Some(Half::BrokenOff) => Some(io::Error::new(
                io::ErrorKind::ConnectionReset,
                "the peer broke the stream off",
            )),
            None => self.connection.get().map(Broken::error),
        }
    }
}

/// Why a connection is over.
struct Broken {
    kind: io::ErrorKind,
    why: String,
}

impl Broken {
    fn of(ended: &io::Result<()>) -> Self {
        match ended {
            Ok(()) => Self {
                kind: io::ErrorKind::UnexpectedEof,
                why: "the peer closed the connection".to_owned(),
            },
            Err(error) => Self {
                kind: error.kind(),
                why: format!("the connection broke: {error}"),
            },
        }
    }

    fn error(&self) -> io::Error {
        io::Error::new(self.kind, self.why.as_str())
    }
}

fn gone(broken: &OnceLock<Broken>) -> io::Error {
    broken.get().map_or_else(over, Broken::error)
}

fn over() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "the connection is over")
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
    ending: Ending,
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
        if let Err(error) = write_frames(write, to_write, None).await {
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
            broken: Arc::default(),
            pulse: None,
        };
        drop(writes);
        let ended = reader.run(read).await;
        let _ = reader.broken.set(Broken::of(&ended));
        if let Err(error) = ended {
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
    broken: Arc<OnceLock<Broken>>,
}

/// Uses a connection that has switched to SPDY.
pub fn connect<T>(io: T) -> Connection
where
    T: AsyncRead + AsyncWrite + Send + 'static,
{
    let (read, write) = tokio::io::split(io);
    let (writes, to_write) = mpsc::channel(WRITES_MAX);
    let (streams, broken) = (Streams::default(), Arc::<OnceLock<Broken>>::default());
    let pulse = Arc::new(Pulse::default());
    let reader = Reader {
        streams: Arc::clone(&streams),
        writes: writes.downgrade(),
        _alive: None,
        opened: None,
        broken: Arc::clone(&broken),
        pulse: Some(Arc::clone(&pulse)),
    };
    let (of_task, why) = (Arc::clone(&streams), Arc::clone(&broken));
    tokio::spawn(async move {
        // Whichever ends first ends the connection: the peer, or the last of our users.
        let ended = tokio::select! {
            ended = reader.run(read) => ended,
            ended = write_frames(write, to_write, Some(pulse)) => ended,
        };
        // Before its streams end, whose readers ask for it.
        let _ = why.set(Broken::of(&ended));
        of_task.lock().clear();
        if let Err(error) = ended {
            tracing::debug!(%error, "a SPDY connection broke");
        }
    });
    Connection {
        streams,
        writes,
        next: tokio::sync::Mutex::new(1),
        broken,
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
            let room = self.writes.reserve().await;
            let room = room.map_err(|_| gone(&self.broken))?;
            *next += 2;
            let ending = Ending::of(&self.broken);
            let (stream, pieces) = start(id, headers.clone(), &ending, self.writes.clone(), true);
            let incoming = Incoming {
                pieces,
                accepted: Some(accepted),
                ending,
            };
            self.streams.lock().insert(id, incoming);
            room.send(Write::Open { id, headers });
            stream
        };
        tokio::select! {
            answer = tokio::time::timeout(ACCEPT_TIMEOUT, accepting) => match answer {
                Ok(Ok(())) => Ok(stream),
                Ok(Err(_)) if self.broken.get().is_some() => Err(gone(&self.broken)),
                Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::ConnectionRefused, "the peer refused a stream")),
                Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the peer does not answer")),
            },
            () = self.writes.closed() => Err(gone(&self.broken)),
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

async fn write_frames(
    mut io: impl AsyncWrite + Unpin,
    mut writes: mpsc::Receiver<Write>,
    pulse: Option<Arc<Pulse>>,
) -> io::Result<()> {
    let mut encoder = Encoder::new()?;
    let mut out = BytesMut::new();
    let mut pings = tokio::time::interval(PING_INTERVAL);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings.reset();
    loop {
        let write = tokio::select! {
            write = writes.recv() => match write {
                Some(write) => write,
                None => break,
            },
            id = ping(pulse.as_deref(), &mut pings) => Write::Ping(id),
        };
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
            Write::Data { id, fin, content } => {
                if let Some(pulse) = &pulse
                    && !content.is_empty()
                {
                    pulse.writes();
                }
                frame::data(id, fin, &content, &mut out);
            }
            Write::Ping(id) => frame::ping(id, &mut out),
            Write::Reset { id, status } => frame::reset(id, status, &mut out),
        }
        io.write_all(&out).await?;
        io.flush().await?;
    }
    io.shutdown().await
}

/// The next ping that is due; never where the peer is the one to ask.
async fn ping(pulse: Option<&Pulse>, pings: &mut tokio::time::Interval) -> u32 {
    let Some(pulse) = pulse else {
        return std::future::pending().await;
    };
    pings.tick().await;
    pulse.ping()
}

struct Reader {
    streams: Streams,
    writes: mpsc::WeakSender<Write>,
    _alive: Option<mpsc::Sender<Write>>,
    /// Takes the streams that the peer opens; where we open them, the peer must not.
    opened: Option<mpsc::Sender<Stream>>,
    broken: Arc<OnceLock<Broken>>,
    /// Where we ask for signs of life.
    pulse: Option<Arc<Pulse>>,
}

impl Reader {
    async fn run(&self, mut io: impl AsyncRead + Unpin) -> io::Result<()> {
        let mut decoder = Decoder::new();
        let mut received = BytesMut::with_capacity(16 << 10);
        loop {
            while let Some(frame) = decoder.decode(&mut received)? {
                self.take(frame).await?;
            }
            if self.received(&mut io, &mut received).await? == 0 {
                return Ok(());
            }
        }
    }

    async fn received(
        &self,
        io: &mut (impl AsyncRead + Unpin),
        into: &mut BytesMut,
    ) -> io::Result<usize> {
        let Some(pulse) = &self.pulse else {
            return io.read_buf(into).await;
        };
        loop {
            match tokio::time::timeout(SILENCE_MAX, io.read_buf(into)).await {
                Ok(read) => return read,
                Err(_) if pulse.is_excused() => {}
                Err(_) => {
                    return Err(io::Error::new(
                        io::ErrorKind::TimedOut,
                        "the peer gives no sign of life",
                    ));
                }
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
                        incoming.ending.is(Half::Ended);
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
                    self.end(id, Half::Ended);
                }
            }
            Frame::Reset { id, status } => {
                tracing::trace!(id, status, "the peer broke off a stream");
                self.end(id, Half::BrokenOff);
            }
            // Of the two sides, each numbers its pings by its own parity; the peer's go back to it.
            Frame::Ping { id } if (id % 2 == 1) == self.opened.is_some() => {
                self.send(Write::Ping(id)).await?;
            }
            Frame::Ping { id } => {
                if let Some(pulse) = &self.pulse {
                    pulse.answered(id);
                }
            }
            Frame::GoAway { last } => tracing::trace!(last, "the peer opens no more streams"),
            Frame::Other => {}
        }
        Ok(())
    }

    fn end(&self, id: u32, half: Half) {
        if let Some(incoming) = self.streams.lock().remove(&id) {
            // Before the end can be read.
            incoming.ending.is(half);
        }
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
        let writes = self.writes.upgrade().ok_or_else(over)?;
        let ending = Ending::of(&self.broken);
        let (stream, pieces) = start(id, headers, &ending, writes, false);
        self.send(Write::Reply(id)).await?;
        if fin {
            ending.is(Half::Ended);
            drop(pieces);
        } else {
            let incoming = Incoming {
                pieces,
                accepted: None,
                ending,
            };
            self.streams.lock().insert(id, incoming);
        }
        // Nobody listens for streams any more: the new one is dropped, and so ended.
        drop(opened.send(stream).await);
        Ok(())
    }

    async fn send(&self, write: Write) -> io::Result<()> {
        let writes = self.writes.upgrade().ok_or_else(over)?;
        writes.send(write).await.map_err(|_| over())
    }
}

/// Makes a stream, and two tasks that move its content. With `cancels` the peer
/// is told when nobody wants what it sends.
fn start(
    id: u32,
    headers: frame::Headers,
    ending: &Ending,
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
    let stream = Stream {
        headers,
        io: user,
        ending: ending.clone(),
    };
    (stream, pieces)
}

#[cfg(test)]
mod tests;
