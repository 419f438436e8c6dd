//! What is said over a shim's socket: length, JSON, and descriptors along with it.

use std::{
    io::{self, IoSlice, IoSliceMut},
    mem::MaybeUninit,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::PathBuf,
};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use skeg_oci::runtime::Credentials;

/// The longest message; commands of an exec are the largest part of one.
const MESSAGE_BYTES_MAX: usize = 4 << 20;
const FDS_MAX: usize = 4;

/// Whose PID namespace a container gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum PidMode {
    Own,
    Pod,
    Host,
    /// That of another container, which must be running.
    Of(String),
}

/// What a shim has to know to start a container; the rest is in the container's spec file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StartOptions {
    pub container: String,
    pub pid: PidMode,
    pub tty: bool,
    pub stdin: bool,
    pub log_path: PathBuf,
    pub cgroup: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ExecOptions {
    pub container: String,
    pub args: Vec<String>,
    pub tty: bool,
    pub size: Option<(u16, u16)>,
    /// Which of the standard streams come along as descriptors, in their order.
    pub streams: [bool; 3],
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Request {
    /// Answers `Containers`, then `Changed` for every change, as long as the connection lasts.
    Subscribe,
    /// Answers `Started` or `Failed`.
    Start(StartOptions),
    /// Sends a signal to the first process, or KILL to all processes when `everyone`.
    Signal {
        container: String,
        signal: i32,
        everyone: bool,
    },
    /// Answers `Started` (with the terminal), later `Exited`. Closing the connection kills it.
    Exec(ExecOptions),
    /// Answers `Done` (with standard input when asked for and there is one), later `Exited`.
    /// The descriptors of standard output and error come along.
    Attach {
        container: String,
        stdin: bool,
        streams: [bool; 2],
    },
    CloseStdin {
        container: String,
    },
    /// Answers `Done` with a connecting socket.
    PortForward {
        port: u16,
    },
    ReopenLog {
        container: String,
    },
    /// Drops the records of an exited container.
    Forget {
        container: String,
    },
    /// Kills everything and ends.
    Shutdown,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Reply {
    Done,
    Failed(String),
    Started(Box<Record>),
    Exited(i32),
    Containers(Vec<Record>),
    Changed(Box<Record>),
}

/// How far a container has come; also the content of its state file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub container: String,
    pub pid: i32,
    pub started_unix_nanos: u64,
    pub finished_unix_nanos: Option<u64>,
    pub exit_code: Option<i32>,
    pub signal: Option<i32>,
    pub oom_killed: bool,
    /// Why it could not be started.
    pub failure: Option<String>,
    pub credentials: Option<Credentials>,
}

/// Writes one message; `WouldBlock` counts as a failure of the connection on the shim's side.
pub(crate) fn send(
    socket: impl AsFd,
    message: &impl Serialize,
    fds: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let body = serde_json::to_vec(message)?;
    if body.len() > MESSAGE_BYTES_MAX {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "message too long",
        ));
    }
    let mut frame = Vec::with_capacity(body.len() + 4);
    frame.extend_from_slice(&(body.len() as u32).to_le_bytes());
    frame.extend_from_slice(&body);
    let mut fds = fds;
    let mut rest = &frame[..];
    while !rest.is_empty() {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FDS_MAX))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        if !fds.is_empty() {
            control.push(SendAncillaryMessage::ScmRights(fds));
        }
        let slices = [IoSlice::new(rest)];
        match rustix::net::sendmsg(&socket, &slices, &mut control, SendFlags::NOSIGNAL) {
            Ok(sent) => {
                rest = &rest[sent..];
                fds = &[];
            }
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Collects the pieces of messages.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    bytes: Vec<u8>,
    fds: Vec<OwnedFd>,
}

impl Inbox {
    /// Reads what is there. False at the end.
    pub fn fill(&mut self, socket: impl AsFd) -> io::Result<bool> {
        let mut buffer = [0; 8192];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FDS_MAX))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT;
        let mut slices = [IoSliceMut::new(&mut buffer)];
        let received = rustix::net::recvmsg(&socket, &mut slices, &mut control, flags)?;
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(fds) = message {
                self.fds.extend(fds);
            }
        }
        self.bytes.extend_from_slice(&buffer[..received.bytes]);
        Ok(received.bytes > 0)
    }

    /// The next whole message with the descriptors that came along.
    pub fn next<M: DeserializeOwned>(&mut self) -> io::Result<Option<(M, Vec<OwnedFd>)>> {
        let Some(head) = self.bytes.first_chunk::<4>() else {
            return Ok(None);
        };
        let length = u32::from_le_bytes(*head) as usize;
        if length > MESSAGE_BYTES_MAX {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "message too long",
            ));
        }
        let Some(body) = self.bytes.get(4..4 + length) else {
            return Ok(None);
        };
        let message = serde_json::from_slice(body)?;
        self.bytes.drain(..4 + length);
        if self.bytes.is_empty() {
            self.bytes = Vec::new();
        }
        Ok(Some((message, std::mem::take(&mut self.fds))))
    }
}
