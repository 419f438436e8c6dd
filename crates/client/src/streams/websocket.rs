//! WebSocket as Kubernetes speaks it: channels for exec and attach
//! (`v5.channel.k8s.io`, KEP-4006), and a tunnel for SPDY
//! (`SPDY/3.1+portforward.k8s.io`, KEP-4006).

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

/// No message that a peer sends may be larger.
pub const MESSAGE_BYTES_MAX: usize = 1 << 20;
/// How much goes into one message of a tunnel.
const PIECE_BYTES_MAX: usize = 32 << 10;

/// The subprotocol in which SPDY is tunnelled.
pub const TUNNEL: &str = "SPDY/3.1+portforward.k8s.io";
/// Exec and attach, where each side can end a channel.
pub const V5: &str = "v5.channel.k8s.io";
/// Exec and attach as they were before.
pub const V4: &str = "v4.channel.k8s.io";
/// The subprotocols of exec and attach that are spoken, the best first.
pub const CHANNELS: [&str; 2] = [V5, V4];

/// The channel of the standard input.
pub const STDIN: u8 = 0;
/// The channel of the standard output.
pub const STDOUT: u8 = 1;
/// The channel of the standard error output.
pub const STDERR: u8 = 2;
/// The channel of the Status that ends it all.
pub const ERROR: u8 = 3;
/// The channel of the terminal's sizes.
pub const RESIZE: u8 = 4;
/// Since v5: the peer ends one of its channels.
pub const CLOSE: u8 = 255;

/// A connection that has switched to WebSocket, of which we are this side.
pub async fn over<T: AsyncRead + AsyncWrite + Unpin>(io: T, role: Role) -> WebSocketStream<T> {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_BYTES_MAX))
        .max_frame_size(Some(MESSAGE_BYTES_MAX));
    WebSocketStream::from_raw_socket(io, role, Some(config)).await
}

/// A WebSocket whose binary messages are one stream of bytes.
pub struct Tunnel<T> {
    socket: WebSocketStream<T>,
    unread: Bytes,
}

impl<T> Tunnel<T> {
    /// The stream of this WebSocket.
    #[must_use]
    pub const fn new(socket: WebSocketStream<T>) -> Self {
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
        let piece = &content[..content.len().min(PIECE_BYTES_MAX)];
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
