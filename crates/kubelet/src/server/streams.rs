//! Joins what a client sees of an exec, attach or port-forward with what the
//! runtime gives, whatever protocol lies between.

use skeg_client::streams::spdy;
use skeg_cri::{Error, ReadStream, Session, TerminalSize, WriteStream};
use tokio::io::{AsyncWriteExt, copy};
use tokio::sync::mpsc;

/// How many sizes of a terminal wait to be applied.
pub(crate) const RESIZES_MAX: usize = 4;

/// Which streams a client asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) stdin: bool,
    pub(crate) stdout: bool,
    pub(crate) stderr: bool,
    pub(crate) tty: bool,
}

/// A client's side of an exec or attach.
pub(crate) struct RemoteStreams {
    pub(crate) stdin: Option<ReadStream>,
    pub(crate) stdout: Option<WriteStream>,
    pub(crate) stderr: Option<WriteStream>,
    /// Takes one Status in JSON at the end.
    pub(crate) error: WriteStream,
    pub(crate) resize: Option<mpsc::Receiver<TerminalSize>>,
}

/// Moves content until the process has ended and its output is through, then
/// tells the client how it ended.
pub(crate) async fn join(mut remote: RemoteStreams, session: Result<Session, Error>) {
    let outcome = match session {
        Ok(session) => run(&mut remote, session).await,
        Err(error) => Err(error),
    };
    let status = status(&outcome);
    // A client that has gone needs no telling.
    drop(remote.error.write_all(status.to_string().as_bytes()).await);
    drop(remote.error.shutdown().await);
}

async fn run(remote: &mut RemoteStreams, session: Session) -> Result<i32, Error> {
    let Session {
        stdin,
        stdout,
        stderr,
        resize,
        exit,
    } = session;
    let input = remote.stdin.take().zip(stdin).map(|(mut from, mut to)| {
        tokio::spawn(async move {
            // Either end may go first; the process decides when the session is over.
            drop(copy(&mut from, &mut to).await);
            drop(to.shutdown().await);
        })
    });
    let resizing = remote.resize.take().zip(resize).map(|(mut from, to)| {
        tokio::spawn(async move {
            while let Some(size) = from.recv().await {
                if to.send(size).await.is_err() {
                    return;
                }
            }
        })
    });
    let output = async |from: Option<ReadStream>, to: &mut Option<WriteStream>| {
        if let Some((mut from, to)) = from.zip(to.as_mut()) {
            // A client that does not read any more must not keep the process from ending.
            if copy(&mut from, to).await.is_err() {
                drop(copy(&mut from, &mut tokio::io::sink()).await);
            }
            drop(to.shutdown().await);
        }
    };
    let ((), (), code) = tokio::join!(
        output(stdout, &mut remote.stdout),
        output(stderr, &mut remote.stderr),
        exit
    );
    for task in [input, resizing].into_iter().flatten() {
        task.abort();
    }
    code
}

/// The Status that ends an exec (`remotecommand` protocol, version 4).
fn status(outcome: &Result<i32, Error>) -> serde_json::Value {
    match outcome {
        Ok(0) => serde_json::json!({"metadata": {}, "status": "Success"}),
        Ok(code) => serde_json::json!({
            "metadata": {},
            "status": "Failure",
            "message": format!("command terminated with non-zero exit code: exit status {code}"),
            "reason": "NonZeroExitCode",
            "details": {"causes": [{"reason": "ExitCode", "message": code.to_string()}]},
        }),
        Err(error) => serde_json::json!({
            "metadata": {},
            "status": "Failure",
            "message": format!("Internal error occurred: error executing command in container: {}", error.full()),
            "reason": "InternalError",
            "details": {"causes": [{"message": format!("error executing command in container: {}", error.full())}]},
            "code": 500,
        }),
    }
}

/// Collects the SPDY streams of an exec or attach; each says by its header
/// `streamType` what it is. `None` when the peer ends before all are there.
pub(crate) async fn from_spdy(
    mut streams: mpsc::Receiver<spdy::Stream>,
    wanted: &Wanted,
) -> Option<RemoteStreams> {
    let mut expected = 1 + [
        wanted.stdin,
        wanted.stdout,
        wanted.stderr && !wanted.tty,
        wanted.tty,
    ]
    .into_iter()
    .filter(|wanted| *wanted)
    .count();
    let (mut stdin, mut stdout, mut stderr, mut error, mut resize) = (None, None, None, None, None);
    while expected > 0 {
        let stream = streams.recv().await?;
        expected -= 1;
        match stream.header("streamType") {
            Some("stdin") => stdin = Some(Box::pin(stream.io) as ReadStream),
            Some("stdout") => stdout = Some(Box::pin(stream.io) as WriteStream),
            Some("stderr") => stderr = Some(Box::pin(stream.io) as WriteStream),
            Some("error") => error = Some(Box::pin(stream.io) as WriteStream),
            Some("resize") => resize = Some(resizes(stream)),
            other => {
                tracing::debug!(?other, "a stream of an unknown type");
                expected += 1;
            }
        }
    }
    Some(RemoteStreams {
        stdin,
        stdout,
        stderr,
        error: error?,
        resize,
    })
}

/// Sizes come one JSON object after another.
fn resizes(mut stream: spdy::Stream) -> mpsc::Receiver<TerminalSize> {
    use tokio::io::AsyncReadExt;
    let (sizes, receiver) = mpsc::channel(RESIZES_MAX);
    tokio::spawn(async move {
        let mut buffer = Vec::new();
        let mut piece = [0; 256];
        while let Ok(n @ 1..) = stream.io.read(&mut piece).await {
            buffer.extend_from_slice(&piece[..n]);
            while let Some(end) = buffer.iter().position(|byte| *byte == b'}') {
                let object: Vec<u8> = buffer.drain(..=end).collect();
                if let Some(size) = super::websocket::terminal_size(&object) {
                    let _ = sizes.try_send(size);
                }
            }
            if buffer.len() > 1024 {
                return;
            }
        }
    });
    receiver
}

/// Forwards connections: the peer opens a pair of streams for each, of type
/// `error` and `data`, with the port and an id that joins them.
pub(crate) async fn forward_ports<F, Fut>(mut streams: mpsc::Receiver<spdy::Stream>, connect: F)
where
    F: Fn(u16) -> Fut,
    Fut: Future<Output = Result<skeg_cri::DuplexStream, Error>> + Send + 'static,
{
    /// How many connections may wait for the second of their streams.
    const HALVES_MAX: usize = 256;
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
        let (data, mut error) = if stream.header("streamType") == Some("data") {
            (stream, first)
        } else {
            (first, stream)
        };
        let port = data.header("port").unwrap_or_default().to_owned();
        let Ok(number) = port.parse::<u16>() else {
            drop(
                error
                    .io
                    .write_all(format!("{port:?} is not a port").as_bytes())
                    .await,
            );
            continue;
        };
        let connecting = connect(number);
        tokio::spawn(async move {
            let mut data = data.io;
            match connecting.await {
                Ok(mut target) => {
                    // Either end may break the connection; the other sees its end.
                    drop(tokio::io::copy_bidirectional(&mut data, &mut target).await);
                }
                Err(problem) => {
                    let text = format!("error forwarding port {number} to pod: {}", problem.full());
                    drop(error.io.write_all(text.as_bytes()).await);
                }
            }
            drop(error.io.shutdown().await);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_are_told_as_kubectl_expects_them() {
        assert_eq!(status(&Ok(0))["status"], "Success");
        let failed = status(&Ok(7));
        assert_eq!(failed["reason"], "NonZeroExitCode");
        assert_eq!(
            failed["details"]["causes"][0],
            serde_json::json!({"reason": "ExitCode", "message": "7"})
        );
    }
}
