//! Streams into and out of containers.

use std::pin::Pin;

use futures::future::BoxFuture;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::mpsc,
};

use crate::Result;

/// Bytes out of a container.
pub type ReadStream = Pin<Box<dyn AsyncRead + Send>>;

/// Bytes into a container. Shutting it down closes the container's end.
pub type WriteStream = Pin<Box<dyn AsyncWrite + Send>>;

/// Bytes both ways, as a forwarded port has them.
pub type DuplexStream = Pin<Box<dyn ReadWrite>>;

/// `AsyncRead` and `AsyncWrite` in one.
pub trait ReadWrite: AsyncRead + AsyncWrite + Send {}

impl<T: AsyncRead + AsyncWrite + Send> ReadWrite for T {}

/// Size of a terminal in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TerminalSize {
    /// Columns.
    pub width: u16,
    /// Lines.
    pub height: u16,
}

/// A program to run in a running container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecRequest {
    /// Program and arguments.
    pub command: Vec<String>,
    /// With a standard input.
    pub stdin: bool,
    /// With a standard output.
    pub stdout: bool,
    /// With a standard error; not together with `tty`.
    pub stderr: bool,
    /// With a terminal.
    pub tty: bool,
    /// First size of the terminal, where known.
    pub size: Option<TerminalSize>,
}

/// Which of a running container's streams to join.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttachRequest {
    /// Its standard input (when it was made with one).
    pub stdin: bool,
    /// What it writes from now on.
    pub stdout: bool,
    /// What it writes to standard error from now on; not together with `tty`.
    pub stderr: bool,
    /// It has a terminal.
    pub tty: bool,
}

/// A running exec or attach. Dropping it gives the streams up; an exec's program is then
/// killed, an attached container goes on.
pub struct Session {
    /// Present when asked for.
    pub stdin: Option<WriteStream>,
    /// Present when asked for; ends when no process holds it any longer.
    pub stdout: Option<ReadStream>,
    /// Present when asked for and no terminal is used.
    pub stderr: Option<ReadStream>,
    /// New sizes of the terminal; present with a terminal. A full queue may drop sizes.
    pub resize: Option<mpsc::Sender<TerminalSize>>,
    /// Resolves to the exit code of an exec's program. For attach it is 0 once the container has
    /// ended: how it ended is told by its status.
    pub exit: BoxFuture<'static, Result<i32>>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("stdin", &self.stdin.is_some())
            .field("stdout", &self.stdout.is_some())
            .field("stderr", &self.stderr.is_some())
            .field("tty", &self.resize.is_some())
            .finish_non_exhaustive()
    }
}

/// What a program run by `exec_sync` left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecResult {
    /// The first 16 MiB of what it wrote.
    pub stdout: Vec<u8>,
    /// The first 16 MiB of what it wrote to standard error.
    pub stderr: Vec<u8>,
    /// Its exit code.
    pub exit_code: i32,
}

impl ExecResult {
    /// The most that is kept of one stream.
    pub const STREAM_BYTES_MAX: usize = 16 << 20;
}
