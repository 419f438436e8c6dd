//! WebSocket as kubectl speaks it: channels for exec and attach
//! (`v5.channel.k8s.io`, KEP-4006, and its elders), and a tunnel for SPDY
//! (`SPDY/3.1+portforward.k8s.io`, KEP-4006).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use futures::{Sink, SinkExt, Stream, StreamExt};
use skeg_client::streams::websocket::{CLOSE, ERROR, RESIZE, STDERR, STDIN, STDOUT, over};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use skeg_cri::TerminalSize;

use super::streams::{RESIZES_MAX, RemoteStreams, Wanted};

/// How much waits between a channel and its user.
const BUFFER_BYTES: usize = 32 << 10;
/// How many messages wait to be written.
const WRITES_MAX: usize = 16;

/// The most that is told of a failure in the oldest form.
const FAILURE_BYTES_MAX: u64 = 64 << 10;

/// The protocols of channels, the best first; the last is what who names none speaks.
pub(super) const SPOKEN: [&str; 6] = [
    "v5.channel.k8s.io",
    "v4.channel.k8s.io",
    "v4.base64.channel.k8s.io",
    "channel.k8s.io",
    "base64.channel.k8s.io",
    "",
];

/// How a protocol writes its channels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Form {
    /// As text: the channel's digit and base64.
    text: bool,
    /// How it ended is told in words, and only when it went wrong.
    words: bool,
}

impl Form {
    /// The form of one of [`SPOKEN`].
    pub(crate) fn of(protocol: &str) -> Self {
        Self {
            text: protocol.contains("base64"),
            words: !protocol.starts_with('v'),
        }
    }

    fn message(self, content: Bytes) -> Message {
        match content.split_first() {
            Some((channel, rest)) if self.text => {
                Message::Text(format!("{channel}{}", STANDARD.encode(rest)).into())
            }
            _ => Message::Binary(content),
        }
    }

    fn content(self, content: Bytes) -> Option<Bytes> {
        if !self.text {
            return Some(content);
        }
        let (digit, rest) = content.split_first()?;
        let mut out = vec![digit.checked_sub(b'0')?];
        STANDARD.decode_vec(rest, &mut out).ok()?;
        Some(out.into())
    }
}

/// A connection that has been upgraded, as a WebSocket of which we are the server.
pub(crate) async fn server<T: AsyncRead + AsyncWrite + Unpin>(io: T) -> WebSocketStream<T> {
    over(io, Role::Server).await
}

/// The channels of an exec or attach as streams. Tasks move what comes and
/// goes until either side ends.
pub(crate) fn channels<T>(socket: WebSocketStream<T>, wanted: &Wanted, form: Form) -> RemoteStreams
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
        form,
    ));
    let output = |channel, wanted: bool| {
        wanted.then(|| {
            let (user, ours) = duplex(BUFFER_BYTES);
            if channel == ERROR && form.words {
                tokio::spawn(tell_failure(ours, writes.clone(), form));
            } else {
                tokio::spawn(pump(channel, ours, writes.clone(), form));
            }
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

/// Tells in words how it went wrong; of what went well nothing is said.
async fn tell_failure(from: DuplexStream, writes: mpsc::Sender<Message>, form: Form) {
    let mut status = Vec::new();
    if (from.take(FAILURE_BYTES_MAX).read_to_end(&mut status).await).is_err() {
        return;
    }
    let Ok(status) = serde_json::from_slice::<serde_json::Value>(&status) else {
        return;
    };
    if status["status"] == "Success" {
        return;
    }
    let words = status["message"].as_str().unwrap_or_default();
    let content = [&[ERROR], words.as_bytes()].concat();
    // Who is gone needs no words.
    drop(writes.send(form.message(content.into())).await);
}

async fn pump(channel: u8, mut from: DuplexStream, writes: mpsc::Sender<Message>, form: Form) {
    let mut buffer = BytesMut::with_capacity(BUFFER_BYTES);
    loop {
        buffer.reserve(BUFFER_BYTES);
        buffer.extend_from_slice(&[channel]);
        match from.read_buf(&mut buffer).await {
            Ok(n) if n > 0 => {}
            _ => return,
        }
        if writes
            .send(form.message(buffer.split().freeze()))
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
    form: Form,
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
        let Some(content) = form.content(content) else {
            continue;
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
        let mut remote = channels(server(served).await, &wanted, Form::of("v5.channel.k8s.io"));
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

    #[tokio::test]
    async fn older_protocols_write_their_own_way() {
        for (protocol, out, failure) in [
            (
                "channel.k8s.io",
                Message::binary(&b"\x01out"[..]),
                Message::binary(&b"\x03no"[..]),
            ),
            (
                "base64.channel.k8s.io",
                Message::text("1b3V0"),
                Message::text("3bm8="),
            ),
        ] {
            let (client, served) = duplex(1 << 16);
            let mut client = WebSocketStream::from_raw_socket(client, Role::Client, None).await;
            let wanted = Wanted {
                stdin: true,
                stdout: true,
                stderr: false,
                tty: false,
            };
            let mut remote = channels(server(served).await, &wanted, Form::of(protocol));
            let typed = if protocol.contains("64") {
                Message::text("0dHlwZWQ=")
            } else {
                Message::binary(&b"\0typed"[..])
            };
            client.send(typed).await.unwrap();
            let mut typed = [0; 5];
            let stdin = remote.stdin.as_mut().unwrap();
            stdin.read_exact(&mut typed).await.unwrap();
            assert_eq!(&typed, b"typed");
            let stdout = remote.stdout.as_mut().unwrap();
            stdout.write_all(b"out").await.unwrap();
            assert_eq!(client.next().await.unwrap().unwrap(), out);
            let status = br#"{"status":"Failure","message":"no"}"#;
            remote.error.write_all(status).await.unwrap();
            drop(remote);
            assert_eq!(client.next().await.unwrap().unwrap(), failure);
        }
    }
}
