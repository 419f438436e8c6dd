//! Streams between callers and containers. The shim hands descriptors over; bytes flow
//! between them and us without it.

use std::{
    io,
    os::fd::{AsFd as _, OwnedFd},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf},
    net::{TcpStream, unix::pipe},
    sync::mpsc,
};

use super::{
    Engine,
    client::{self, Conversation},
    containers::start_error,
    internal,
};
use crate::{
    AttachRequest, ContainerId, DuplexStream, Error, ErrorKind, ExecRequest, ExecResult, Result,
    SandboxId, Session, TerminalSize,
    shim::protocol::{ExecOptions, Reply, Request},
};

/// Sizes of a terminal that may wait.
const RESIZE_QUEUE_LEN: usize = 8;
/// How long output is taken after a program's end, when another holds its pipes open.
const DRAIN_TIMEOUT: Duration = Duration::from_millis(500);

impl Engine {
    pub(super) async fn exec_now(&self, id: &ContainerId, request: ExecRequest) -> Result<Session> {
        let record = self.running_container(id)?;
        let wanted = [request.stdin, request.stdout, request.stderr];
        let streams = if request.tty { [false; 3] } else { wanted };
        let mut theirs = Vec::new();
        let mut pipes = Pipes::default();
        if streams[0] {
            let (read, write) = new_pipe()?;
            theirs.push(read);
            pipes.stdin = Some(write);
        }
        if streams[1] {
            let (read, write) = new_pipe()?;
            theirs.push(write);
            pipes.stdout = Some(read);
        }
        if streams[2] {
            let (read, write) = new_pipe()?;
            theirs.push(write);
            pipes.stderr = Some(read);
        }
        let options = ExecOptions {
            container: id.as_str().to_owned(),
            args: request.command,
            tty: request.tty,
            size: request.size.map(|size| (size.width, size.height)),
            streams,
        };
        let folder = self.sandbox_folder(&SandboxId::new(record.sandbox));
        let fds: Vec<_> = theirs.iter().map(OwnedFd::as_fd).collect();
        let mut conversation = Conversation::begin(&folder, &Request::Exec(options), &fds)
            .map_err(internal("ask the pod's shim"))?;
        drop(theirs);
        let answer = conversation
            .expect()
            .await
            .map_err(internal("ask the pod's shim"))?;
        let terminal = match answer {
            (Reply::Started(_), mut fds) => fds.pop(),
            (Reply::Failed(message), _) => {
                let error = start_error(message);
                let text = format!("failed to start exec: {error}");
                return Err(Error::new(ErrorKind::StartFailed, text));
            }
            (other, _) => {
                let message = format!("the shim answered {other:?}");
                return Err(Error::new(ErrorKind::Internal, message));
            }
        };
        let mut session = match terminal {
            Some(terminal) if request.tty => terminal_session(terminal, wanted)?,
            _ => pipes.session()?,
        };
        session.exit = Box::pin(exit_of(conversation));
        Ok(session)
    }

    pub(super) async fn attach_now(
        &self,
        id: &ContainerId,
        request: AttachRequest,
    ) -> Result<Session> {
        let record = self.running_container(id)?;
        let tty = record.config.tty;
        let streams = [request.stdout, request.stderr && !tty];
        let mut theirs = Vec::new();
        let mut pipes = Pipes::default();
        if streams[0] {
            let (read, write) = new_pipe()?;
            theirs.push(write);
            pipes.stdout = Some(read);
        }
        if streams[1] {
            let (read, write) = new_pipe()?;
            theirs.push(write);
            pipes.stderr = Some(read);
        }
        let container = id.as_str().to_owned();
        let ask = Request::Attach {
            container: container.clone(),
            stdin: request.stdin,
            streams,
        };
        let folder = self.sandbox_folder(&SandboxId::new(record.sandbox));
        let fds: Vec<_> = theirs.iter().map(OwnedFd::as_fd).collect();
        let mut conversation =
            Conversation::begin(&folder, &ask, &fds).map_err(internal("ask the pod's shim"))?;
        drop(theirs);
        let answer = conversation
            .expect()
            .await
            .map_err(internal("ask the pod's shim"))?;
        let input = match answer {
            (Reply::Failed(message), _) => {
                return Err(Error::new(ErrorKind::FailedPrecondition, message));
            }
            (_, mut fds) => fds.pop(),
        };
        let mut session = pipes.session()?;
        match input {
            Some(terminal) if tty => {
                let (writer, _, resize) = split_terminal(terminal)?;
                session.resize = Some(resize);
                session.stdin = request.stdin.then(|| Box::pin(writer) as _);
            }
            Some(stdin) if request.stdin => {
                let sender = pipe::Sender::from_owned_fd(stdin);
                let sender = sender.map_err(internal("attach standard input"))?;
                let at_end = record.config.stdin_once.then_some((folder, container));
                session.stdin = Some(Box::pin(AttachedStdin {
                    sender: Some(sender),
                    at_end,
                }));
            }
            _ => {}
        }
        session.exit = Box::pin(async { exit_of(conversation).await.map(|_| 0) });
        Ok(session)
    }

    pub(super) async fn exec_sync_now(
        &self,
        id: &ContainerId,
        command: &[String],
        timeout: Option<Duration>,
    ) -> Result<ExecResult> {
        let request = ExecRequest {
            command: command.to_vec(),
            stdout: true,
            stderr: true,
            ..ExecRequest::default()
        };
        // The session ends, and with it the program, when this future is dropped.
        let run = async {
            let Session {
                stdout,
                stderr,
                exit,
                ..
            } = self.exec_now(id, request).await?;
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let exit_code = {
                let reading = async {
                    tokio::join!(collect(stdout, &mut out), collect(stderr, &mut err));
                };
                tokio::pin!(reading);
                tokio::pin!(exit);
                tokio::select! {
                    () = &mut reading => exit.await?,
                    code = &mut exit => {
                        let _ = tokio::time::timeout(DRAIN_TIMEOUT, &mut reading).await;
                        code?
                    }
                }
            };
            Ok(ExecResult {
                stdout: out,
                stderr: err,
                exit_code,
            })
        };
        match timeout {
            None => run.await,
            Some(timeout) => tokio::time::timeout(timeout, run)
                .await
                .unwrap_or_else(|_| {
                    let message = format!("command {command:?} timed out");
                    Err(Error::new(ErrorKind::Timeout, message))
                }),
        }
    }

    pub(super) async fn port_forward_now(&self, id: &SandboxId, port: u16) -> Result<DuplexStream> {
        self.sandbox_record(id)?;
        let request = Request::PortForward { port };
        let asked = client::ask(&self.sandbox_folder(id), &request).await;
        let fds = asked.map_err(internal("ask the pod's shim"))?;
        let fds = fds.map_err(|message| Error::new(ErrorKind::FailedPrecondition, message))?;
        let socket = fds
            .into_iter()
            .next()
            .ok_or_else(|| Error::new(ErrorKind::Internal, "the shim handed no socket over"))?;
        let stream = std::net::TcpStream::from(socket);
        let stream = stream
            .set_nonblocking(true)
            .and_then(|()| TcpStream::from_std(stream));
        Ok(Box::pin(stream.map_err(internal("take the socket over"))?))
    }
}

/// Our ends of a program's pipes.
#[derive(Default)]
struct Pipes {
    stdin: Option<OwnedFd>,
    stdout: Option<OwnedFd>,
    stderr: Option<OwnedFd>,
}

impl Pipes {
    fn session(self) -> Result<Session> {
        let read = |fd: Option<OwnedFd>| -> Result<Option<crate::ReadStream>> {
            let Some(fd) = fd else { return Ok(None) };
            let receiver = pipe::Receiver::from_owned_fd(fd).map_err(internal("read a pipe"))?;
            Ok(Some(Box::pin(receiver)))
        };
        let stdin: Option<crate::WriteStream> = match self.stdin {
            None => None,
            Some(fd) => {
                let sender = pipe::Sender::from_owned_fd(fd).map_err(internal("write a pipe"))?;
                Some(Box::pin(AttachedStdin {
                    sender: Some(sender),
                    at_end: None,
                }))
            }
        };
        Ok(Session {
            stdin,
            stdout: read(self.stdout)?,
            stderr: read(self.stderr)?,
            resize: None,
            exit: Box::pin(std::future::pending()),
        })
    }
}

fn new_pipe() -> Result<(OwnedFd, OwnedFd)> {
    rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)
        .map_err(|error| internal("make a pipe")(error.into()))
}

fn terminal_session(terminal: OwnedFd, wanted: [bool; 3]) -> Result<Session> {
    let (writer, reader, resize) = split_terminal(terminal)?;
    Ok(Session {
        stdin: wanted[0].then(|| Box::pin(writer) as _),
        stdout: wanted[1].then(|| Box::pin(reader) as _),
        stderr: None,
        resize: Some(resize),
        exit: Box::pin(std::future::pending()),
    })
}

/// Sets sizes on a terminal as they come.
fn resizer(terminal: OwnedFd) -> mpsc::Sender<TerminalSize> {
    let (sender, mut sizes) = mpsc::channel::<TerminalSize>(RESIZE_QUEUE_LEN);
    tokio::spawn(async move {
        while let Some(size) = sizes.recv().await {
            // The program may have ended meanwhile.
            let _ = skeg_oci::sys::set_size(&terminal, size.width, size.height);
        }
    });
    sender
}

async fn exit_of(mut conversation: Conversation) -> Result<i32> {
    loop {
        match conversation
            .expect()
            .await
            .map_err(internal("wait for the program"))?
        {
            (Reply::Exited(code), _) => return Ok(code),
            (Reply::Failed(message), _) => return Err(Error::new(ErrorKind::Internal, message)),
            _ => {}
        }
    }
}

/// Keeps the first of what a stream has, and lets the rest pass by.
async fn collect(stream: Option<crate::ReadStream>, into: &mut Vec<u8>) {
    let Some(mut stream) = stream else { return };
    let mut buffer = vec![0; 16 << 10];
    while let Ok(length) = stream.read(&mut buffer).await {
        if length == 0 {
            return;
        }
        let room = ExecResult::STREAM_BYTES_MAX - into.len();
        into.extend_from_slice(&buffer[..length.min(room)]);
    }
}

/// Reads from our end of a pseudo-terminal.
struct TerminalReader(pipe::Receiver);

/// Splits our end of a terminal: to write, to read, to resize. To the runtime each is a
/// descriptor that becomes ready, as a pipe does.
fn split_terminal(
    terminal: OwnedFd,
) -> Result<(pipe::Sender, TerminalReader, mpsc::Sender<TerminalSize>)> {
    let split = || -> io::Result<_> {
        let flags = rustix::fs::fcntl_getfl(&terminal)?;
        rustix::fs::fcntl_setfl(&terminal, flags | rustix::fs::OFlags::NONBLOCK)?;
        let sender = pipe::Sender::from_owned_fd_unchecked(terminal.try_clone()?)?;
        let receiver = pipe::Receiver::from_owned_fd_unchecked(terminal.try_clone()?)?;
        Ok((sender, TerminalReader(receiver)))
    };
    let (sender, reader) = split().map_err(internal("use the terminal"))?;
    Ok((sender, reader, resizer(terminal)))
}

impl AsyncRead for TerminalReader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match ready!(Pin::new(&mut self.0).poll_read(context, buffer)) {
            // The last program has closed its end.
            Err(error) if error.raw_os_error() == Some(nix::libc::EIO) => Poll::Ready(Ok(())),
            other => Poll::Ready(other),
        }
    }
}

/// A pipe into a program. Its shutdown closes it, and tells the shim where the container is to
/// see the end although the shim keeps an end of its own.
struct AttachedStdin {
    sender: Option<pipe::Sender>,
    at_end: Option<(std::path::PathBuf, String)>,
}

impl AttachedStdin {
    fn end(&mut self) {
        self.sender = None;
        if let Some((folder, container)) = self.at_end.take()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(async move {
                // A container that is gone has no input to close.
                let _ = client::ask(&folder, &Request::CloseStdin { container }).await;
            });
        }
    }
}

impl Drop for AttachedStdin {
    fn drop(&mut self) {
        self.end();
    }
}

impl AsyncWrite for AttachedStdin {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.sender {
            Some(sender) => Pin::new(sender).poll_write(context, data),
            None => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.end();
        Poll::Ready(Ok(()))
    }
}
