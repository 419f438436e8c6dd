//! A process over the streams of SPDY.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::upgrade::Upgraded;

use super::exec::Wanted;
use super::process::{
    ExitStatus, Process, ProcessInput, ProcessOutput, SIZES_MAX, STATUS_BYTES_MAX, TerminalSize,
};
use super::spdy::{self, Stream};

const STREAM_TYPE: &str = "streamType";

pub(super) async fn start(io: Upgraded, wanted: &Wanted, what: String) -> Result<Process, Error> {
    let connection = spdy::connect(io);
    let open = async |kind: &str, wanted: bool| {
        if !wanted {
            return Ok(None);
        }
        let opened = connection.open(&[(STREAM_TYPE, kind)]).await;
        opened.map(Some).map_err(|error| Error::Body {
            target: what.clone(),
            source: error.into(),
        })
    };
    // The server starts once it has them all, in whatever order.
    let error = open("error", true).await?;
    let stdin = open("stdin", wanted.stdin).await?;
    let stdout = open("stdout", wanted.stdout).await?;
    let stderr = open("stderr", wanted.separate_stderr()).await?;
    let resize = open("resize", wanted.tty).await?;

    let token = CancellationToken::new();
    let (tell, exit) = oneshot::channel();
    if let Some(error) = error {
        let (name, token) = (what.clone(), token.clone());
        tokio::spawn(async move {
            tokio::select! {
                end = end(error, &name) => drop(tell.send(end)),
                () = token.cancelled() => {}
            }
        });
    }
    let mut sizes = None;
    if let Some(resize) = resize {
        let (sender, receiver) = mpsc::channel(SIZES_MAX);
        if let Some(size) = wanted.size {
            // There is room for the first one.
            let _ = sender.try_send(size);
        }
        tokio::spawn(resizes(receiver, resize));
        sizes = Some(sender);
    }
    let alive: super::process::Alive = Arc::new((connection, token.drop_guard()));
    Ok(Process {
        stdin: stdin.map(|stream| ProcessInput::new(stream.io, &alive)),
        stdout: stdout.map(|stream| ProcessOutput::new(stream.io, &alive)),
        stderr: stderr.map(|stream| ProcessOutput::new(stream.io, &alive)),
        sizes,
        exit,
        protocol: "SPDY/3.1",
        what,
        _alive: alive,
    })
}

async fn end(error: Stream, what: &str) -> Result<ExitStatus, Error> {
    let mut status = Vec::new();
    let ending = error.ending();
    let mut io = error.io.take(STATUS_BYTES_MAX as u64);
    // What was read before the connection broke may be all there is.
    drop(io.read_to_end(&mut status).await);
    if status.is_empty()
        && let Some(broken) = ending.broken()
    {
        return Err(Error::Body {
            target: what.to_owned(),
            source: broken.into(),
        });
    }
    ExitStatus::read(&status, what)
}

async fn resizes(mut sizes: mpsc::Receiver<TerminalSize>, mut stream: Stream) {
    while let Some(size) = sizes.recv().await {
        if stream
            .io
            .write_all(size.to_json().as_bytes())
            .await
            .is_err()
        {
            return;
        }
    }
}
