//! WebSocket as kubectl speaks it: channels for exec and attach
//! (`v5.channel.k8s.io`, KEP-4006), and a tunnel for SPDY
//! (`SPDY/3.1+portforward.k8s.io`, KEP-4006).

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use futures::{Sink, SinkExt, Stream, StreamExt};
use tokio::io::{
    AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf, duplex,
};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use skeg_cri::TerminalSize;

use super::streams::{RESIZES_MAX, RemoteStreams, Wanted};

/// No message that a peer sends may be larger.
const MESSAGE_BYTES_MAX: usize = 1 << 20;
/// How much waits between a channel and its user.
const BUFFER_BYTES: usize = 32 << 10;
/// How many messages wait to be written.
const WRITES_MAX: usize = 16;

/// The subprotocol in which SPDY is tunnelled.
pub(crate) const TUNNEL: &str = "SPDY/3.1+portforward.k8s.io";
/// The subprotocols of exec and attach that are spoken, the best first.
pub(crate) const CHANNELS: [&str; 2] = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

const STDIN: u8 = 0;
const STDOUT: u8 = 1;
const STDERR: u8 = 2;
const ERROR: u8 = 3;
const RESIZE: u8 = 4;
/// Since v5: the peer ends one of its channels.
const CLOSE: u8 = 255;

/// A connection that has been upgraded, as a WebSocket of which we are the server.
pub(crate) async fn server<T: AsyncRead + AsyncWrite + Unpin>(io: T) -> WebSocketStream<T> {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_BYTES_MAX))
        .max_frame_size(Some(MESSAGE_BYTES_MAX));
    WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await
}

/// The channels of an exec or attach as streams. Tasks move what comes and
/// goes until either side ends.
pub(crate) fn channels<T>(socket: WebSocketStream<T>, wanted: &Wanted) -> RemoteStreams
where
    T: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (sink, source) = socket.split();
    let (writes, to_write) = mpsc::channel(WRITES_MAX);
    tokio::spawn(write_messages(sink, to_write));
    let (stdin_user, stdin) = duplex(BUFFER_BYTES);
    let (resizes, resize) = mpsc::channel(RESIZES_MAX);
    tokio::spawn(read_messages(
        source,
        wanted.stdin.then_some(stdin),
        resizes,
        writes.clone(),
    ));
    let output = |channel, wanted: bool| {
        wanted.then(|| {
            let (user, ours) = duplex(BUFFER_BYTES);
            tokio::spawn(pump(channel, ours, writes.clone()));
            Box::pin(user) as _
        })
    };
    RemoteStreams {
        stdin: wanted.stdin.then(|| Box::pin(stdin_user) as _),
        stdout: output(STDOUT, wanted.stdout),
        stderr: output(STDERR, wanted.stderr && !wanted.tty),
        error: output(ERROR, true).expect("the error channel is always wanted"),
        resize: Some(resize),
    }
}

async fn pump(channel: u8, mut from: DuplexStream, writes: mpsc::Sender<Message>) {
    let mut buffer = BytesMut::with_capacity(BUFFER_BYTES);
    loop {
        buffer.reserve(BUFFER_BYTES);
        buffer.extend_from_slice(&[channel]);
        match from.read_buf(&mut buffer).await {
            Ok(n) if n > 0 => {}
            _ => return,
        }
        if writes
            .send(Message::Binary(buffer.split().freeze()))
            .await
            .is_err()
        {
            return;
        }
    }
}

/// Writes until every sender is gone, then says good-bye.
async fn write_messages<S>(mut sink: S, mut writes: mpsc::Receiver<Message>)
where
    S: Sink<Message, Error = tokio_tungstenite::tungstenite::Error> + Unpin,
{
    while let Some(message) = writes.recv().await {
        if sink.send(message).await.is_err() {
            return;
        }
    }
    // The peer may be gone already, which ends the connection as well.
    let normal = CloseFrame {
        code: CloseCode::Normal,
        reason: Utf8Bytes::default(),
    };
    drop(sink.send(Message::Close(Some(normal))).await);
    drop(sink.close().await);
}

async fn read_messages<S>(
    mut source: S,
    mut stdin: Option<DuplexStream>,
    resizes: mpsc::Sender<TerminalSize>,
    writes: mpsc::Sender<Message>,
) where
    S: Stream<Item = Result<Message, tokio_tungstenite::tungstenite::Error>> + Unpin,
{
    // The writer ends when all pumps have ended; this sender must not keep it.
    let weak = writes.downgrade();
    drop(writes);
    while let Some(Ok(message)) = source.next().await {
        let content = match message {
            Message::Binary(content) => content,
            Message::Text(text) => Bytes::from(text),
            Message::Ping(content) => {
                if let Some(writes) = weak.upgrade() {
                    drop(writes.send(Message::Pong(content)).await);
                }
                continue;
            }
            Message::Close(_) => return,
            Message::Pong(_) | Message::Frame(_) => continue,
        };
        let Some((channel, content)) = content.split_first() else {
            continue;
        };
        match *channel {
            STDIN => {
                if let Some(to) = &mut stdin
                    && to.write_all(content).await.is_err()
                {
                    stdin = None;
                }
            }
            CLOSE if content == [STDIN] => stdin = None,
            RESIZE => {
                if let Some(size) = terminal_size(content) {
                    // Nobody may be interested, and a newer size follows anyway.
                    let _ = resizes.try_send(size);
                }
            }
            _ => {}
        }
    }
}

/// `{"Width":80,"Height":24}`, as `remotecommand.TerminalSize` is written.
pub(super) fn terminal_size(content: &[u8]) -> Option<TerminalSize> {
    let value: serde_json::Value = serde_json::from_slice(content).ok()?;
    let field = |name: &str| u16::try_from(value.get(name)?.as_u64()?).ok();
    Some(TerminalSize {
        width: field("Width")?,
        height: field("Height")?,
    })
}

/// A WebSocket whose binary messages are one stream of bytes.
pub(crate) struct Tunnel<T> {
    socket: WebSocketStream<T>,
    unread: Bytes,
}

impl<T> Tunnel<T> {
    pub(crate) const fn new(socket: WebSocketStream<T>) -> Self {
        Self {
            socket,
            unread: Bytes::new(),
        }
    }
}

fn broken(error: tokio_tungstenite::tungstenite::Error) -> io::Error {
    match error {
        tokio_tungstenite::tungstenite::Error::Io(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, other),
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncRead for Tunnel<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.unread.is_empty() {
            match ready!(self.socket.poll_next_unpin(cx)) {
                Some(Ok(Message::Binary(content))) => self.unread = content,
                Some(Ok(Message::Close(_))) | None => return Poll::Ready(Ok(())),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Poll::Ready(Err(broken(error))),
            }
        }
        let n = self.unread.len().min(into.remaining());
        into.put_slice(&self.unread[..n]);
        self.unread.advance(n);
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Tunnel<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        content: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.socket.poll_ready_unpin(cx)).map_err(broken)?;
        let piece = &content[..content.len().min(BUFFER_BYTES)];
        self.socket
            .start_send_unpin(Message::Binary(Bytes::copy_from_slice(piece)))
            .map_err(broken)?;
        Poll::Ready(Ok(piece.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket.poll_flush_unpin(cx).map_err(broken)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket.poll_close_unpin(cx).map_err(broken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_nonsense_is_not() {
        assert_eq!(
            terminal_size(br#"{"Width":80,"Height":24}"#),
            Some(TerminalSize {
                width: 80,
                height: 24
            })
        );
        assert_eq!(terminal_size(br#"{"Width":-1,"Height":24}"#), None);
        assert_eq!(terminal_size(b"wide"), None);
    }

    #[tokio::test]
    async fn channels_carry_standard_streams() {
        let (client, served) = duplex(1 << 16);
        let mut client = WebSocketStream::from_raw_socket(client, Role::Client, None).await;
        let wanted = Wanted {
            stdin: true,
            stdout: true,
            stderr: true,
            tty: false,
        };
        let mut remote = channels(server(served).await, &wanted);
        client
            .send(Message::Binary(Bytes::from_static(b"\0typed")))
            .await
            .unwrap();
        client
            .send(Message::Binary(Bytes::from_static(
                b"\x04{\"Width\":9,\"Height\":8}",
            )))
            .await
            .unwrap();
        client
            .send(Message::Binary(Bytes::from_static(&[CLOSE, STDIN])))
            .await
            .unwrap();
        let mut typed = String::new();
        remote
            .stdin
            .as_mut()
            .unwrap()
            .read_to_string(&mut typed)
            .await
            .unwrap();
        assert_eq!(typed, "typed");
        let size = remote.resize.as_mut().unwrap().recv().await;
        assert_eq!(
            size,
            Some(TerminalSize {
                width: 9,
                height: 8
            })
        );

        remote
            .stdout
            .as_mut()
            .unwrap()
            .write_all(b"out")
            .await
            .unwrap();
        assert_eq!(
            client.next().await.unwrap().unwrap(),
            Message::Binary(Bytes::from_static(b"\x01out"))
        );
        remote.error.write_all(b"{}").await.unwrap();
        assert_eq!(
            client.next().await.unwrap().unwrap(),
            Message::Binary(Bytes::from_static(b"\x03{}"))
        );
        drop(remote);
        let Message::Close(Some(frame)) = client.next().await.unwrap().unwrap() else {
            panic!("no good-bye")
        };
        assert_eq!(frame.code, CloseCode::Normal);
    }
}
