//! The engine's side of a shim's socket.

use std::{
    fs::File,
    io,
    os::{
        fd::{AsRawFd as _, BorrowedFd, OwnedFd},
        unix::net::UnixStream as StdUnixStream,
    },
    path::Path,
    time::Duration,
};

use tokio::{io::Interest, net::UnixStream};

use crate::shim::{
    SOCKET_FILE,
    protocol::{self, Inbox, Reply, Request},
};

/// A shim takes requests at once; one that does not for this long hangs.
const SEND_TIMEOUT: Duration = Duration::from_secs(5);

/// One conversation with a shim.
pub(super) struct Conversation {
    stream: UnixStream,
    inbox: Inbox,
}

impl Conversation {
    /// Connects to the shim of a sandbox's folder and sends a request.
    pub fn begin(folder: &Path, request: &Request, fds: &[BorrowedFd<'_>]) -> io::Result<Self> {
        // By the folder's descriptor: an address has room for 107 bytes only.
        let folder = File::open(folder)?;
        let address = format!("/proc/self/fd/{}/{SOCKET_FILE}", folder.as_raw_fd());
        let stream = StdUnixStream::connect(address)?;
        stream.set_write_timeout(Some(SEND_TIMEOUT))?;
        protocol::send(&stream, request, fds)?;
        stream.set_nonblocking(true)?;
        Ok(Self {
            stream: UnixStream::from_std(stream)?,
            inbox: Inbox::default(),
        })
    }

    /// The next answer; `None` when the shim is gone or has hung up.
    pub async fn next(&mut self) -> io::Result<Option<(Reply, Vec<OwnedFd>)>> {
        loop {
            if let Some(answer) = self.inbox.next()? {
                return Ok(Some(answer));
            }
            self.stream.readable().await?;
            let (stream, inbox) = (&self.stream, &mut self.inbox);
            match stream.try_io(Interest::READABLE, || inbox.fill(stream)) {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    /// The next answer of a shim that must still be there.
    pub async fn expect(&mut self) -> io::Result<(Reply, Vec<OwnedFd>)> {
        let gone = || io::Error::new(io::ErrorKind::UnexpectedEof, "the pod's shim is gone");
        self.next().await?.ok_or_else(gone)
    }
}

/// Asks for something that is done at once. The outer error is the conversation's.
pub(super) async fn ask(
    folder: &Path,
    request: &Request,
) -> io::Result<Result<Vec<OwnedFd>, String>> {
    let mut conversation = Conversation::begin(folder, request, &[])?;
    match conversation.expect().await? {
        (Reply::Failed(message), _) => Ok(Err(message)),
        (_, fds) => Ok(Ok(fds)),
    }
}
