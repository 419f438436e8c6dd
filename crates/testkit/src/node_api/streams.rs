//! Exec over WebSocket, and port-forward.

use std::collections::HashMap;
use std::net::SocketAddr;

use bytes::{BufMut, Bytes, BytesMut};
use futures::{SinkExt, StreamExt};
use skeg_client::streams::websocket::{CLOSE, ERROR, STDERR, STDIN, STDOUT, Tunnel, over};
use skeg_client::streams::{spdy, websocket};
use skeg_schema::json;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};

use super::command::Commands;

/// SPDY in a WebSocket.
pub(super) const TUNNEL: &str = websocket::TUNNEL;
const BUFFER_BYTES: usize = 32 << 10;
/// Messages that wait to be written.
const WRITES_MAX: usize = 16;
/// Connections of which only one stream has come.
const HALVES_MAX: usize = 64;

/// The Status that ends an exec.
pub(super) fn status(code: i32) -> String {
    match code {
        0 => json!({"metadata": {}, "status": "Success"}).to_string(),
        code => json!({
            "metadata": {},
            "status": "Failure",
            "message": format!("command terminated with non-zero exit code: exit status {code}"),
            "reason": "NonZeroExitCode",
            "details": {"causes": [{"reason": "ExitCode", "message": code.to_string()}]},
        })
        .to_string(),
    }
}

fn message(channel: u8, content: &[u8]) -> Message {
    let mut bytes = BytesMut::with_capacity(content.len() + 1);
    bytes.put_u8(channel);
    bytes.put_slice(content);
    Message::Binary(bytes.freeze())
}

/// Runs one command for a client.
pub(super) async fn exec<T>(io: T, commands: Commands, command: Vec<String>, takes_input: bool)
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sink, mut source) = over(io, Role::Server).await.split();
    let (writes, mut to_write) = mpsc::channel::<Message>(WRITES_MAX);
    let (mut typed, stdin) = duplex(BUFFER_BYTES);
    let reading = tokio::spawn(async move {
        let mut open = takes_input;
        if !open {
            let _ = typed.shutdown().await;
        }
        while let Some(Ok(message)) = source.next().await {
            let content = match message {
                Message::Binary(content) => content,
                Message::Text(text) => Bytes::from(text),
                Message::Close(_) => return,
                _ => continue,
            };
            match content.split_first() {
                Some((&STDIN, content)) if open => {
                    open = typed.write_all(content).await.is_ok();
                }
                Some((&CLOSE, [STDIN])) => {
                    open = false;
                    let _ = typed.shutdown().await;
                }
                _ => {}
            }
        }
    });
    let pump = |channel: u8, mut from: DuplexStream| {
        let writes = writes.clone();
        tokio::spawn(async move {
            let mut piece = vec![0; BUFFER_BYTES];
            while let Ok(n @ 1..) = from.read(&mut piece).await {
                if writes.send(message(channel, &piece[..n])).await.is_err() {
                    return;
                }
            }
        })
    };
    let (stdout, out) = duplex(BUFFER_BYTES);
    let (stderr, err) = duplex(BUFFER_BYTES);
    let pumps = [pump(STDOUT, out), pump(STDERR, err)];
    let running = tokio::spawn(async move {
        let code = commands.run(&command, stdin, stdout, stderr).await;
        for pump in pumps {
            let _ = pump.await;
        }
        let _ = writes.send(message(ERROR, status(code).as_bytes())).await;
    });
    while let Some(message) = to_write.recv().await {
        if sink.send(message).await.is_err() {
            running.abort();
            break;
        }
    }
    let normal = CloseFrame {
        code: CloseCode::Normal,
        reason: "".into(),
    };
    let _ = sink.send(Message::Close(Some(normal))).await;
    let _ = sink.close().await;
    reading.abort();
}

/// Forwards connections to a pod over SPDY in a WebSocket.
pub(super) async fn tunnelled<T>(io: T, pod: String, ports: HashMap<u16, SocketAddr>)
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    forward(Tunnel::new(over(io, Role::Server).await), pod, ports).await;
}

/// Forwards connections to a pod: to the addresses that the script names, or to
/// an HTTP server that tells the pod's name.
pub(super) async fn forward<T>(io: T, pod: String, ports: HashMap<u16, SocketAddr>)
where
    T: AsyncRead + AsyncWrite + Send + 'static,
{
    let mut streams = spdy::accept(io);
    let mut halves: Vec<(String, spdy::Stream)> = Vec::new();
    while let Some(stream) = streams.recv().await {
        let id = stream.header("requestID").unwrap_or_default().to_owned();
        let Some(at) = halves.iter().position(|(other, _)| *other == id) else {
            if halves.len() < HALVES_MAX {
                halves.push((id, stream));
            }
            continue;
        };
        let (_, first) = halves.swap_remove(at);
        let (data, mut error) = match stream.header("streamType") {
            Some("data") => (stream, first),
            _ => (first, stream),
        };
        let port = data
            .header("port")
            .and_then(|port| port.parse::<u16>().ok());
        let target = port.and_then(|port| ports.get(&port).copied());
        let pod = pod.clone();
        tokio::spawn(async move {
            let mut data = data.io;
            let outcome = match target {
                None => tell_name(&mut data, &pod).await,
                Some(address) => match tokio::net::TcpStream::connect(address).await {
                    Ok(mut to) => tokio::io::copy_bidirectional(&mut data, &mut to)
                        .await
                        .map(drop),
                    Err(refused) => Err(refused),
                },
            };
            if let Err(why) = outcome {
                let _ = error.io.write_all(why.to_string().as_bytes()).await;
            }
            let _ = data.shutdown().await;
            let _ = error.io.shutdown().await;
        });
    }
}

/// Answers one HTTP request with the pod's name.
async fn tell_name(io: &mut DuplexStream, pod: &str) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut piece = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < BUFFER_BYTES {
        match io.read(&mut piece).await? {
            0 => break,
            n => head.extend_from_slice(&piece[..n]),
        }
    }
    let body = format!("{pod}\n");
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    io.write_all(answer.as_bytes()).await
}
