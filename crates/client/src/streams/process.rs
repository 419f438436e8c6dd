//! A process in a container, as its caller sees it.

use std::any::Any;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use skeg_meta::Status;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};
use tokio::sync::{mpsc, oneshot};

use crate::error::Error;

/// How many bytes the word about a process's end may have.
pub(super) const STATUS_BYTES_MAX: usize = 64 << 10;
/// How many bytes wait between the connection and a stream's user.
pub(super) const BUFFER_BYTES: usize = 64 << 10;
/// How many sizes of a terminal wait to be sent.
pub(super) const SIZES_MAX: usize = 4;
/// How much output is kept in memory.
const OUTPUT_BYTES_MAX: usize = 256 << 20;

/// The size of a terminal, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalSize {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl TerminalSize {
    /// As both protocols carry it.
    pub(super) fn to_json(self) -> String {
        format!(r#"{{"Width":{},"Height":{}}}"#, self.width, self.height)
    }
}

/// Keeps a connection open until the last of its users is gone.
pub(super) type Alive = Arc<dyn Any + Send + Sync>;

/// The standard input of a process. Shutting it down, or dropping it, ends the input.
pub struct ProcessInput {
    io: DuplexStream,
    _alive: Alive,
}

/// An output of a process. When it is not read, the process will have to wait;
/// when it is dropped, the output is thrown away.
pub struct ProcessOutput {
    io: DuplexStream,
    _alive: Alive,
}

impl ProcessInput {
    pub(super) fn new(io: DuplexStream, alive: &Alive) -> Self {
        Self {
            io,
            _alive: Arc::clone(alive),
        }
    }
}

impl ProcessOutput {
    pub(super) fn new(io: DuplexStream, alive: &Alive) -> Self {
        Self {
            io,
            _alive: Arc::clone(alive),
        }
    }
}

impl AsyncWrite for ProcessInput {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

impl AsyncRead for ProcessOutput {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

/// How a process has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExitStatus {
    code: i32,
    message: String,
}

impl ExitStatus {
    /// The exit code.
    #[must_use]
    pub fn code(&self) -> i32 {
        self.code
    }

    /// Whether the exit code is 0.
    #[must_use]
    pub fn success(&self) -> bool {
        self.code == 0
    }

    /// The signal that ended the process, as shells and container runtimes
    /// write it into the exit code (128 and the signal's number).
    #[must_use]
    pub fn signal(&self) -> Option<i32> {
        (129..=192).contains(&self.code).then(|| self.code - 128)
    }

    /// The server's words; empty for a success.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Reads what came on the error channel.
    pub(super) fn read(bytes: &[u8], what: &str) -> Result<Self, Error> {
        if bytes.is_empty() {
            return Err(Error::Body {
                target: what.to_owned(),
                source: "the connection ended before the process did".into(),
            });
        }
        let Some(status) = skeg_schema::decode_json_any(bytes)
            .ok()
            // It comes without its kind.
            .and_then(|value| skeg_schema::from_value::<Status>(value).ok())
            .filter(|status| !status.status.is_empty())
        else {
            // What a kubelet or runtime says when it fails early.
            let text = String::from_utf8_lossy(bytes).trim().to_owned();
            return Err(Status::failure(500, "InternalError", text).into());
        };
        if status.status == "Success" {
            return Ok(Self {
                code: 0,
                message: String::new(),
            });
        }
        if status.reason == "NonZeroExitCode" {
            let causes = status.details.iter().flat_map(|details| &details.causes);
            let code = causes
                .filter(|cause| cause.reason == "ExitCode")
                .find_map(|cause| cause.message.parse().ok());
            if let Some(code) = code {
                return Ok(Self {
                    code,
                    message: status.message,
                });
            }
        }
        Err(status.into())
    }
}

impl fmt::Display for ExitStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit code {}", self.code)
    }
}

/// What a process has written, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessResult {
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote to its standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to its standard error output.
    pub stderr: Vec<u8>,
}

impl ProcessResult {
    /// The standard output as text; what is no UTF-8 is replaced.
    #[must_use]
    pub fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// The standard error output as text; what is no UTF-8 is replaced.
    #[must_use]
    pub fn stderr_text(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }
}

/// A process in a container. Its streams are there when they were asked for;
/// take them out to use them in tasks of their own.
///
/// The outputs share one connection: a process whose one output is not read
/// will sooner or later hold up the other, too.
pub struct Process {
    /// Its standard input.
    pub stdin: Option<ProcessInput>,
    /// Its standard output.
    pub stdout: Option<ProcessOutput>,
    /// Its standard error output.
    pub stderr: Option<ProcessOutput>,
    pub(super) sizes: Option<mpsc::Sender<TerminalSize>>,
    pub(super) exit: oneshot::Receiver<Result<ExitStatus, Error>>,
    pub(super) protocol: &'static str,
    pub(super) what: String,
    pub(super) _alive: Alive,
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process")
            .field("what", &self.what)
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}

impl Process {
    /// The protocol that is spoken (`v5.channel.k8s.io`, or `SPDY/3.1`).
    #[must_use]
    pub fn protocol(&self) -> &str {
        self.protocol
    }

    /// Tells the process of its terminal's new size.
    ///
    /// # Errors
    /// There is no terminal, or the connection is over.
    pub async fn resize(&self, width: u16, height: u16) -> io::Result<()> {
        let sizes = self.sizes.as_ref().ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "the process has no terminal")
        })?;
        let size = TerminalSize { width, height };
        let sent = sizes.send(size).await;
        sent.map_err(|_| io::Error::new(io::ErrorKind::BrokenPipe, "the connection is over"))
    }

    /// A sender of the terminal's sizes, for a task of its own; none without a terminal.
    #[must_use]
    pub fn resizer(&self) -> Option<mpsc::Sender<TerminalSize>> {
        self.sizes.clone()
    }

    /// Waits for the end of the process. Its input, unless taken out, is ended;
    /// outputs that were not taken out are thrown away.
    ///
    /// # Errors
    /// The process could not be started, or the connection was lost before its end.
    pub async fn wait(mut self) -> Result<ExitStatus, Error> {
        drop(self.stdin.take());
        let (status, (), ()) = tokio::join!(
            ended(&mut self.exit, &self.what),
            discard(self.stdout.take()),
            discard(self.stderr.take())
        );
        status
    }

    /// Waits for the end of the process, and keeps what it writes.
    ///
    /// # Errors
    /// As [`Process::wait`]; the output is larger than 256 MiB.
    pub async fn output(self) -> Result<ProcessResult, Error> {
        self.output_of(&[]).await
    }

    /// The same, with this as its whole standard input.
    ///
    /// # Errors
    /// As [`Process::output`].
    pub async fn output_of(mut self, input: &[u8]) -> Result<ProcessResult, Error> {
        let stdin = self.stdin.take();
        let feed = async {
            if let Some(mut stdin) = stdin {
                // A process may end without having read everything.
                drop(stdin.write_all(input).await);
                drop(stdin.shutdown().await);
            }
        };
        let (status, stdout, stderr, ()) = tokio::join!(
            ended(&mut self.exit, &self.what),
            keep(self.stdout.take(), &self.what),
            keep(self.stderr.take(), &self.what),
            feed
        );
        Ok(ProcessResult {
            status: status?,
            stdout: stdout?,
            stderr: stderr?,
        })
    }
}

async fn ended(
    exit: &mut oneshot::Receiver<Result<ExitStatus, Error>>,
    what: &str,
) -> Result<ExitStatus, Error> {
    exit.await.unwrap_or_else(|_| ExitStatus::read(&[], what))
}

async fn discard(output: Option<ProcessOutput>) {
    if let Some(mut output) = output {
        // A broken connection shows in how the process ended.
        drop(tokio::io::copy(&mut output, &mut tokio::io::sink()).await);
    }
}

async fn keep(output: Option<ProcessOutput>, what: &str) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    if let Some(output) = output {
        let mut output = output.take(OUTPUT_BYTES_MAX as u64 + 1);
        let read = output.read_to_end(&mut bytes).await;
        let problem = match read {
            Ok(_) if bytes.len() > OUTPUT_BYTES_MAX => {
                Some(format!("more than {OUTPUT_BYTES_MAX} bytes of output").into())
            }
            Ok(_) => None,
            Err(error) => Some(error.into()),
        };
        if let Some(source) = problem {
            return Err(Error::Body {
                target: what.to_owned(),
                source,
            });
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ExitStatus, Error> {
        ExitStatus::read(text.as_bytes(), "exec")
    }

    #[test]
    fn the_status_says_how_a_process_ended() {
        let success = read(r#"{"metadata":{},"status":"Success"}"#).expect("a success");
        assert!(success.success() && success.message().is_empty());
        let failed = read(
            r#"{"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"137"}]}}"#,
        )
        .expect("an end");
        assert_eq!((failed.code(), failed.signal()), (137, Some(9)));
        let error = read(
            r#"{"metadata":{},"status":"Failure","message":"no such file","reason":"InternalError","code":500}"#,
        )
        .expect_err("no start");
        assert_eq!(
            (error.code(), error.to_string().as_str()),
            (500, "no such file")
        );
        assert!(matches!(read(""), Err(Error::Body { .. })));
        assert_eq!(
            read("plain words").expect_err("words").to_string(),
            "plain words"
        );
    }
}
