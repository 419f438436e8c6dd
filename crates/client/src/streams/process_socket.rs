//! A process over the channels of a WebSocket.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::{Sink, SinkExt, Stream, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::payload::BoxError;

use super::connect::Switched;
use super::exec::Wanted;
use super::process::{
    Alive, BUFFER_BYTES, ExitStatus, Process, ProcessInput, ProcessOutput, SIZES_MAX,
    STATUS_BYTES_MAX, TerminalSize,
};
use super::websocket::{CLOSE, ERROR, RESIZE, STDERR, STDIN, STDOUT, V5, over};

type WsError = tokio_tungstenite::tungstenite::Error;

/// How many messages wait to be written.
const WRITES_MAX: usize = 16;
/// How often the server is asked for a sign of life.
const PING_INTERVAL: Duration = Duration::from_secs(15);
/// How long the server may give none.
const SILENCE_MAX: Duration = Duration::from_secs(60);
/// How long the server may take to close after the process has ended.
const CLOSING_MAX: Duration = Duration::from_secs(10);

pub(super) async fn start(switched: Switched, wanted: &Wanted, what: String) -> Process {
    let socket = over(switched.io, Role::Client).await;
    let (sink, source) = socket.split();
    let (writes, to_write) = mpsc::channel(WRITES_MAX);
    let token = CancellationToken::new();
    let alive: Alive = Arc::new(token.clone().drop_guard());
    let (tell, exit) = oneshot::channel();

    let mut stdin = None;
    if wanted.stdin {
        let (user, ours) = duplex(BUFFER_BYTES);
        stdin = Some(ProcessInput::new(user, &alive));
        let can_end = switched.protocol == V5;
        tokio::spawn(input(ours, writes.clone(), can_end));
    }
    let output = |wanted: bool| {
        let pair = wanted.then(|| duplex(BUFFER_BYTES));
        pair.map(|(user, ours)| (ProcessOutput::new(user, &alive), ours))
            .unzip()
    };
    let (stdout, stdout_ours) = output(wanted.stdout);
    let (stderr, stderr_ours) = output(wanted.separate_stderr());
    let mut sizes = None;
    if wanted.tty {
        let (sender, receiver) = mpsc::channel(SIZES_MAX);
        if let Some(size) = wanted.size {
            // There is room for the first one.
            let _ = sender.try_send(size);
        }
        tokio::spawn(resizes(receiver, writes.clone()));
        sizes = Some(sender);
    }

    let name = what.clone();
    tokio::spawn(async move {
        let reading = Reading {
            stdout: stdout_ours,
            stderr: stderr_ours,
            status: Vec::new(),
            tell: Some(tell),
            what: name,
        };
        let session = async {
            let reading = reading.run(source);
            let writing = write(sink, to_write);
            tokio::pin!(reading, writing);
            // A connection that cannot be written to may still have things to read.
            tokio::select! {
                () = &mut reading => return,
                () = &mut writing => {}
            }
            reading.await;
        };
        tokio::select! {
            () = session => {}
            () = token.cancelled() => {}
        }
    });
    Process {
        stdin,
        stdout,
        stderr,
        sizes,
        exit,
        protocol: switched.protocol,
        what,
        _alive: alive,
    }
}

async fn input(mut from: DuplexStream, writes: mpsc::Sender<Message>, can_end: bool) {
    let mut buffer = BytesMut::with_capacity(BUFFER_BYTES);
    loop {
        buffer.reserve(BUFFER_BYTES / 2);
        buffer.extend_from_slice(&[STDIN]);
        match from.read_buf(&mut buffer).await {
            Ok(n) if n > 0 => {}
            _ => break,
        }
        let message = Message::Binary(buffer.split().freeze());
        if writes.send(message).await.is_err() {
            return;
        }
    }
    if can_end {
        let message = Message::Binary(Bytes::from_static(&[CLOSE, STDIN]));
        // The process may have ended already.
        drop(writes.send(message).await);
    }
}

async fn resizes(mut sizes: mpsc::Receiver<TerminalSize>, writes: mpsc::Sender<Message>) {
    while let Some(size) = sizes.recv().await {
        let mut content = vec![RESIZE];
        content.extend_from_slice(size.to_json().as_bytes());
        if writes.send(Message::Binary(content.into())).await.is_err() {
            return;
        }
    }
}

/// Writes for as long as the connection can be written to.
async fn write(
    mut sink: impl Sink<Message, Error = WsError> + Unpin,
    mut writes: mpsc::Receiver<Message>,
) {
    let mut pings = tokio::time::interval(PING_INTERVAL);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings.reset();
    let mut more = true;
    loop {
        let message = tokio::select! {
            message = writes.recv(), if more => match message {
                Some(message) => message,
                None => {
                    more = false;
                    continue;
                }
            },
            _ = pings.tick() => Message::Ping(Bytes::new()),
        };
        if sink.send(message).await.is_err() {
            return;
        }
    }
}

struct Reading {
    stdout: Option<DuplexStream>,
    stderr: Option<DuplexStream>,
    status: Vec<u8>,
    tell: Option<oneshot::Sender<Result<ExitStatus, Error>>>,
    what: String,
}

impl Reading {
    async fn run(mut self, mut source: impl Stream<Item = Result<Message, WsError>> + Unpin) {
        let outcome = loop {
            let patience = if self.tell.is_none() {
                CLOSING_MAX
            } else {
                SILENCE_MAX
            };
            let content = match tokio::time::timeout(patience, source.next()).await {
                Err(_) => break Err("the server gives no sign of life".into()),
                Ok(None) => break Ok(()),
                Ok(Some(Err(error))) => break Err(readable(error)),
                Ok(Some(Ok(Message::Close(frame)))) => {
                    let reason = frame.map(|frame| frame.reason.to_string());
                    match reason.filter(|reason| !reason.is_empty()) {
                        Some(reason) => break Err(reason.into()),
                        None => break Ok(()),
                    }
                }
                Ok(Some(Ok(Message::Binary(content)))) => content,
                Ok(Some(Ok(Message::Text(text)))) => Bytes::from(text),
                Ok(Some(Ok(_))) => continue,
            };
            if let Some((channel, content)) = content.split_first() {
                self.take(*channel, content).await;
            }
        };
        let status = std::mem::take(&mut self.status);
        let end = match outcome {
            Err(source) if status.is_empty() => Err(Error::Body {
                target: self.what.clone(),
                source,
            }),
            _ => ExitStatus::read(&status, &self.what),
        };
        self.tell(end);
    }

    fn tell(&mut self, end: Result<ExitStatus, Error>) {
        if let Some(tell) = self.tell.take() {
            // Nobody may care how it ended.
            let _ = tell.send(end);
        }
    }

    async fn take(&mut self, channel: u8, content: &[u8]) {
        let output = match channel {
            STDOUT => &mut self.stdout,
            STDERR => &mut self.stderr,
            ERROR => {
                let room = STATUS_BYTES_MAX - self.status.len().min(STATUS_BYTES_MAX);
                self.status
                    .extend_from_slice(&content[..content.len().min(room)]);
                // The Status comes whole, and is the last that a process says.
                if skeg_schema::decode_json_any(&self.status).is_ok() {
                    let end = ExitStatus::read(&self.status, &self.what);
                    self.tell(end);
                }
                return;
            }
            CLOSE => {
                match content {
                    [STDOUT] => self.stdout = None,
                    [STDERR] => self.stderr = None,
                    _ => {}
                }
                return;
            }
            _ => return,
        };
        if let Some(to) = output
            && to.write_all(content).await.is_err()
        {
            // Nobody reads it any more.
            *output = None;
        }
    }
}

fn readable(error: WsError) -> BoxError {
    match error {
        WsError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            "the connection broke".into()
        }
        other => Box::new(other),
    }
}
