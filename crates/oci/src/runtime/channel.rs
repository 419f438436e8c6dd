//! Reports from a starting process to the one that forked it.

use std::{
    io::{self, IoSlice, IoSliceMut},
    mem::MaybeUninit,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
};

use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType,
};
use serde::{Deserialize, Serialize};

use super::Credentials;

/// The longest report.
const REPORT_BYTES_MAX: usize = 16 << 10;

/// One end of the channel.
#[derive(Debug)]
pub struct Channel(OwnedFd);

/// What a starting process reports. The channel's end without a failure says that the program
/// was executed.
#[derive(Debug, Serialize, Deserialize)]
pub enum Report {
    /// Who it will run as.
    Credentials(Credentials),
    /// Its terminal, the emulator's end of which comes along.
    Terminal,
    /// It could not be started.
    Failed(String),
}

impl Channel {
    /// Two connected ends; both are closed when a program is executed.
    pub fn pair() -> io::Result<(Self, Self)> {
        let (a, b) = rustix::net::socketpair(
            AddressFamily::UNIX,
            SocketType::SEQPACKET,
            SocketFlags::CLOEXEC,
            None,
        )?;
        Ok((Self(a), Self(b)))
    }

    /// Sends a report, with a descriptor where given.
    pub fn send(&self, report: &Report, fd: Option<BorrowedFd<'_>>) -> io::Result<()> {
        let mut bytes = serde_json::to_vec(report)?;
        if bytes.len() > REPORT_BYTES_MAX {
            bytes = serde_json::to_vec(&Report::Failed("message too long".into()))?;
        }
        let fds = fd.as_slice();
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        if !fds.is_empty() {
            control.push(SendAncillaryMessage::ScmRights(fds));
        }
        let flags = SendFlags::NOSIGNAL;
        rustix::net::sendmsg(&self.0, &[IoSlice::new(&bytes)], &mut control, flags)?;
        Ok(())
    }

    /// Receives a report; `None` at the end. `WouldBlock` when there is nothing yet and
    /// `wait` is false.
    pub fn receive(&self, wait: bool) -> io::Result<Option<(Report, Option<OwnedFd>)>> {
        let mut bytes = vec![0; REPORT_BYTES_MAX];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut flags = RecvFlags::CMSG_CLOEXEC;
        if !wait {
            flags |= RecvFlags::DONTWAIT;
        }
        let mut slices = [IoSliceMut::new(&mut bytes)];
        let received = match rustix::net::recvmsg(&self.0, &mut slices, &mut control, flags) {
            // The other side was killed with reports unread.
            Err(rustix::io::Errno::CONNRESET) => return Ok(None),
            other => other?,
        };
        let mut fd = None;
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(mut fds) = message {
                fd = fds.next();
            }
        }
        if received.bytes == 0 {
            return Ok(None);
        }
        let report = serde_json::from_slice(&bytes[..received.bytes])?;
        Ok(Some((report, fd)))
    }
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
