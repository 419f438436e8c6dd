//! A blocking netlink socket.

use std::{
    io,
    os::fd::{AsFd, AsRawFd, OwnedFd},
};

use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sys::socket::{
        AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, bind, recv, send,
        setsockopt, socket, sockopt,
    },
};

use super::{
    Attrs, HEADER_LEN, Message, Messages, NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST, NLMSG_DONE,
    NLMSG_ERROR, Writer, align4,
};
use crate::{Error, sys};

/// How long the kernel may take for an answer before the socket is given up.
const ANSWER_TIMEOUT_MS: u16 = 20_000;
/// A dump's part never exceeds this (the kernel's limit is 32 KiB).
const RECEIVE_BYTES: usize = 64 * 1024;
/// `SO_RCVBUF`: errors of a large batch must not be lost.
const RECEIVE_BUFFER_BYTES: usize = 4 * 1024 * 1024;

const SOL_NETLINK: i32 = 270;
const NETLINK_CAP_ACK: i32 = 10;
const NETLINK_EXT_ACK: i32 = 11;
const NLMSGERR_ATTR_MSG: u16 = 1;
const NLM_F_CAPPED: u16 = 0x100;

/// A netlink family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Links, addresses, routes, neighbours.
    Route,
    /// nftables and connection tracking.
    Netfilter,
}

/// The kernel's refusal.
#[derive(Debug, thiserror::Error)]
#[error("{source}{}", detail.as_deref().map(|d| format!(" ({d})")).unwrap_or_default())]
pub struct NetlinkError {
    source: io::Error,
    detail: Option<String>,
    /// The sequence number of the refused message.
    pub seq: u32,
}

impl NetlinkError {
    fn io(source: impl Into<io::Error>) -> Self {
        Self {
            source: source.into(),
            detail: None,
            seq: 0,
        }
    }

    pub(crate) fn from_errno(errno: i32) -> Self {
        Self::io(io::Error::from_raw_os_error(errno))
    }

    /// The error number, when the kernel gave one.
    pub fn errno(&self) -> Option<i32> {
        self.source.raw_os_error()
    }

    /// Whether the object does not exist.
    pub fn is_absent(&self) -> bool {
        matches!(
            self.errno(),
            Some(libc::ENOENT | libc::ENODEV | libc::ESRCH | libc::EADDRNOTAVAIL | libc::ENXIO)
        )
    }

    /// Whether the kernel does not have the subsystem or the address family.
    pub fn is_unsupported(&self) -> bool {
        matches!(self.errno(), Some(libc::EOPNOTSUPP | libc::EAFNOSUPPORT))
    }

    /// Whether the object exists already.
    pub fn is_present(&self) -> bool {
        self.errno() == Some(libc::EEXIST)
    }
}

/// A netlink socket, bound to the network namespace of the thread that opened it.
#[derive(Debug)]
pub struct Socket {
    fd: OwnedFd,
    seq: u32,
    buf: Vec<u8>,
    send_buffer: usize,
}

impl Socket {
    /// Opens a socket in this thread's network namespace.
    pub fn open(family: Family) -> Result<Self, Error> {
        Self::try_open(family).map_err(|errno| Error::Open {
            family: match family {
                Family::Route => "NETLINK_ROUTE",
                Family::Netfilter => "NETLINK_NETFILTER",
            },
            source: errno.into(),
        })
    }

    fn try_open(family: Family) -> Result<Self, Errno> {
        let protocol = match family {
            Family::Route => SockProtocol::NetlinkRoute,
            Family::Netfilter => SockProtocol::NetlinkNetFilter,
        };
        let fd = socket(
            AddressFamily::Netlink,
            SockType::Raw,
            SockFlag::SOCK_CLOEXEC,
            protocol,
        )?;
        // Better messages where the kernel has them; it works without.
        let _ = sys::set_socket_option(&fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
        let _ = sys::set_socket_option(&fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
        let _ = setsockopt(&fd, sockopt::RcvBufForce, &RECEIVE_BUFFER_BYTES);
        bind(fd.as_raw_fd(), &NetlinkAddr::new(0, 0))?;
        Ok(Self {
            fd,
            seq: 1,
            buf: vec![0; RECEIVE_BYTES],
            send_buffer: 0,
        })
    }

    /// The next `count` sequence numbers; the first of them.
    pub fn take_seq(&mut self, count: u32) -> u32 {
        // Zero is the kernel's own (notifications).
        if self.seq.checked_add(count).is_none() {
            self.seq = 1;
        }
        let first = self.seq;
        self.seq += count;
        first
    }

    /// Sends one message and waits for its acknowledgement.
    pub fn request(
        &mut self,
        ty: u16,
        flags: u16,
        body: impl FnOnce(&mut Writer),
    ) -> Result<(), NetlinkError> {
        let seq = self.take_seq(1);
        let mut w = Writer::new();
        w.message(ty, flags | NLM_F_REQUEST | NLM_F_ACK, seq, body);
        self.send(w.as_bytes())?;
        self.wait_ack(seq, seq)
    }

    /// Asks for one object or a dump and gives each message of the answer to `each`.
    pub fn query(
        &mut self,
        ty: u16,
        dump: bool,
        body: impl FnOnce(&mut Writer),
        mut each: impl FnMut(Message<'_>),
    ) -> Result<(), NetlinkError> {
        let seq = self.take_seq(1);
        let mut w = Writer::new();
        let flags = if dump { NLM_F_DUMP } else { NLM_F_ACK };
        w.message(ty, flags | NLM_F_REQUEST, seq, body);
        self.send(w.as_bytes())?;
        loop {
            let len = self.receive()?;
            for message in Messages::new(&self.buf[..len]) {
                if message.seq != seq {
                    continue;
                }
                match message.ty {
                    NLMSG_DONE => return Ok(()),
                    NLMSG_ERROR => return decode_error(&message),
                    _ => each(message),
                }
            }
        }
    }

    /// Sends a batch and waits until its last message (`last_seq`) is acknowledged. The first
    /// refusal of any message from `first_seq` on is returned.
    pub fn batch(
        &mut self,
        bytes: &[u8],
        first_seq: u32,
        last_seq: u32,
    ) -> Result<(), NetlinkError> {
        self.send(bytes)?;
        let result = self.wait_ack(first_seq, last_seq);
        if result.is_err() {
            self.drain();
        }
        result
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), NetlinkError> {
        // The kernel takes a batch only whole, and compares it with the buffer's size.
        if bytes.len() > 128 * 1024 && bytes.len() > self.send_buffer {
            let size = bytes.len() + 64 * 1024;
            setsockopt(&self.fd, sockopt::SndBufForce, &size).map_err(NetlinkError::io)?;
            self.send_buffer = size;
        }
        loop {
            match send(self.fd.as_raw_fd(), bytes, MsgFlags::empty()) {
                Ok(_) => return Ok(()),
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(NetlinkError::io(errno)),
            }
        }
    }

    fn receive(&mut self) -> Result<usize, NetlinkError> {
        loop {
            let mut fds = [PollFd::new(self.fd.as_fd(), PollFlags::POLLIN)];
            match poll(&mut fds, PollTimeout::from(ANSWER_TIMEOUT_MS)) {
                Ok(0) => return Err(NetlinkError::io(Errno::ETIMEDOUT)),
                Ok(_) => {}
                Err(Errno::EINTR) => continue,
                Err(errno) => return Err(NetlinkError::io(errno)),
            }
            match recv(self.fd.as_raw_fd(), &mut self.buf, MsgFlags::MSG_DONTWAIT) {
                Ok(len) => return Ok(len),
                Err(Errno::EINTR | Errno::EAGAIN) => {}
                Err(errno) => return Err(NetlinkError::io(errno)),
            }
        }
    }

    fn wait_ack(&mut self, first_seq: u32, last_seq: u32) -> Result<(), NetlinkError> {
        loop {
            let len = self.receive()?;
            let mut done = false;
            for message in Messages::new(&self.buf[..len]) {
                if message.ty != NLMSG_ERROR || !(first_seq..=last_seq).contains(&message.seq) {
                    continue;
                }
                decode_error(&message)?;
                done |= message.seq == last_seq;
            }
            if done {
                return Ok(());
            }
        }
    }

    /// Drops what is left of a refused batch's answers.
    fn drain(&mut self) {
        while recv(self.fd.as_raw_fd(), &mut self.buf, MsgFlags::MSG_DONTWAIT).is_ok() {}
    }
}

fn decode_error(message: &Message<'_>) -> Result<(), NetlinkError> {
    let code = message
        .payload
        .get(..4)
        .and_then(|b| b.try_into().ok())
        .map(i32::from_ne_bytes);
    match code {
        Some(0) => Ok(()),
        Some(code) => {
            let detail = error_text(message).map(str::to_owned);
            let source = io::Error::from_raw_os_error(code.saturating_neg());
            Err(NetlinkError {
                source,
                detail,
                seq: message.seq,
            })
        }
        None => Err(NetlinkError::io(io::Error::from(
            io::ErrorKind::InvalidData,
        ))),
    }
}

/// The sentence that newer kernels add to a refusal, behind the (maybe cut) original message.
fn error_text<'a>(message: &Message<'a>) -> Option<&'a str> {
    let original = u32::from_ne_bytes(message.payload.get(4..8)?.try_into().ok()?) as usize;
    let skip = if message.flags & NLM_F_CAPPED != 0 {
        HEADER_LEN
    } else {
        align4(original)
    };
    Attrs::new(message.payload.get(4 + skip..)?).text(NLMSGERR_ATTR_MSG)
}
