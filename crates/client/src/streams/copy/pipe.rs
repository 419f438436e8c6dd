//! Between the asynchronous connection and a thread that reads or writes archives.

use std::io::{self, Read, Write};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;

/// How many pieces wait.
const PIECES_MAX: usize = 8;
/// How large a piece is.
const PIECE_BYTES: usize = 64 << 10;

/// What a thread reads.
pub(super) struct PipeReader {
    pieces: mpsc::Receiver<io::Result<Bytes>>,
    rest: Bytes,
}

/// What feeds it.
pub(super) struct Feed(mpsc::Sender<io::Result<Bytes>>);

pub(super) fn reader() -> (PipeReader, Feed) {
    let (sender, pieces) = mpsc::channel(PIECES_MAX);
    let rest = Bytes::new();
    (PipeReader { pieces, rest }, Feed(sender))
}

impl Feed {
    /// Feeds until the source ends, or the thread reads no more.
    pub(super) async fn from(self, mut source: impl AsyncRead + Unpin) {
        loop {
            let mut buffer = bytes::BytesMut::with_capacity(PIECE_BYTES);
            let piece = match source.read_buf(&mut buffer).await {
                Ok(0) => return,
                Ok(_) => Ok(buffer.freeze()),
                Err(error) => Err(error),
            };
            let last = piece.is_err();
            if self.0.send(piece).await.is_err() || last {
                return;
            }
        }
    }
}

impl Read for PipeReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.pieces.blocking_recv() {
                Some(piece) => self.rest = piece?,
                None => return Ok(0),
            }
        }
        let n = into.len().min(self.rest.len());
        into[..n].copy_from_slice(&self.rest[..n]);
        self.rest.advance(n);
        Ok(n)
    }
}

/// What a thread writes.
pub(super) struct PipeWriter(mpsc::Sender<Bytes>);

/// What drains it.
pub(super) struct Drain(mpsc::Receiver<Bytes>);

pub(super) fn writer() -> (io::BufWriter<PipeWriter>, Drain) {
    let (sender, pieces) = mpsc::channel(PIECES_MAX);
    let writer = io::BufWriter::with_capacity(PIECE_BYTES, PipeWriter(sender));
    (writer, Drain(pieces))
}

impl Drain {
    /// Drains until the thread is done.
    pub(super) async fn into(mut self, target: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        while let Some(piece) = self.0.recv().await {
            target.write_all(&piece).await?;
        }
        target.flush().await
    }
}

impl Write for PipeWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .blocking_send(Bytes::copy_from_slice(bytes))
            .map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
