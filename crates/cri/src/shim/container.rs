//! A container as its shim sees it: a process, its streams, its record.

use std::{
    fs, io,
    os::fd::{AsFd, OwnedFd},
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use rustix::{event::PollFlags, io::Errno};
use skeg_oci::runtime::Channel;

use super::{
    RECORD_FILE,
    log::{Log, Stream},
    protocol::{PidMode, Record},
};

/// How much is read from a container at once.
const READ_BYTES: usize = 16 << 10;

/// An attached client's pipe. What it does not take at once waits here, and the container's
/// stream waits with it.
#[derive(Debug)]
pub(super) struct Sink {
    pub connection: u64,
    pub stream: Stream,
    pub fd: OwnedFd,
    pub pending: Vec<u8>,
}

impl Sink {
    /// Writes what waits. False when the client is gone.
    pub fn flush(&mut self) -> bool {
        while !self.pending.is_empty() {
            match rustix::io::write(&self.fd, &self.pending) {
                Ok(written) => drop(self.pending.drain(..written)),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return true,
                Err(_) => return false,
            }
        }
        self.pending = Vec::new();
        true
    }
}

/// A container from its start to its removal.
#[derive(Debug)]
pub(super) struct Container {
    pub record: Record,
    pub pid_mode: PidMode,
    pub cgroup: String,
    pub tty: bool,
    /// Where a starting container reports, until its program runs; and who asked for it.
    pub starting: Option<(Channel, u64)>,
    pub stdout: Option<OwnedFd>,
    pub stderr: Option<OwnedFd>,
    pub terminal: Option<OwnedFd>,
    /// Our end of standard input.
    pub stdin: Option<OwnedFd>,
    pub log: Log,
    pub sinks: Vec<Sink>,
}

impl Container {
    pub fn is_running(&self) -> bool {
        self.record.finished_unix_nanos.is_none()
    }

    /// Where a stream comes from.
    pub fn source(&self, stream: Stream) -> Option<&OwnedFd> {
        match stream {
            Stream::Stdout => self.terminal.as_ref().or(self.stdout.as_ref()),
            Stream::Stderr => self.stderr.as_ref(),
        }
    }

    /// Whether more of a stream can be taken now.
    pub fn wants(&self, stream: Stream) -> bool {
        !self
            .sinks
            .iter()
            .any(|sink| sink.stream == stream && !sink.pending.is_empty())
    }

    /// Takes what a stream has, once. False when it has nothing now or has ended.
    pub fn pump(&mut self, stream: Stream) -> bool {
        let Some(source) = self.source(stream) else {
            return false;
        };
        let mut buffer = [0; READ_BYTES];
        match rustix::io::read(source, &mut buffer) {
            Err(Errno::AGAIN) => false,
            Err(Errno::INTR) => true,
            // A terminal whose last user has gone answers EIO. For a container that runs on
            // it may come back (a program that closes and opens it again).
            Err(Errno::IO) if self.terminal.is_some() && self.is_running() => false,
            Ok(0) | Err(_) => {
                match stream {
                    Stream::Stdout => (self.terminal, self.stdout) = (None, None),
                    Stream::Stderr => self.stderr = None,
                }
                // A sink ends with its stream, so that the client sees the end.
                self.sinks
                    .retain(|sink| sink.stream != stream || !sink.pending.is_empty());
                false
            }
            Ok(length) => {
                let data = &buffer[..length];
                self.log.write(stream, data);
                self.sinks.retain_mut(|sink| {
                    if sink.stream != stream {
                        return true;
                    }
                    sink.pending.extend_from_slice(data);
                    sink.flush()
                });
                true
            }
        }
    }

    /// Takes what is left of all streams after the end, and closes them.
    pub fn drain(&mut self) {
        for stream in [Stream::Stdout, Stream::Stderr] {
            // A process elsewhere that holds the pipe must not keep us: no more than a full
            // pipe's worth is taken.
            for _ in 0..(1 << 20) / READ_BYTES {
                if !self.pump(stream) {
                    break;
                }
            }
        }
        (self.stdout, self.stderr, self.terminal, self.stdin) = (None, None, None, None);
        self.log.finish();
        self.sinks.retain(|sink| !sink.pending.is_empty());
    }

    /// Keeps the record on disk.
    pub fn save(&self, folder: &Path) -> io::Result<()> {
        let temporary = folder.join("state.json.new");
        fs::write(&temporary, serde_json::to_vec(&self.record)?)?;
        fs::rename(temporary, folder.join(RECORD_FILE))
    }
}

/// A further program in a container.
#[derive(Debug)]
pub(super) struct Exec {
    pub pid: i32,
    /// Where it reports, until its program runs.
    pub starting: Option<Channel>,
    pub terminal: Option<OwnedFd>,
    pub failure: Option<String>,
    pub exit: Option<i32>,
}

/// Nanoseconds since 1970.
pub(super) fn now_unix_nanos() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// A pipe whose end that stays here does not block: reading end first.
pub(super) fn pipe(ours_is_read: bool) -> io::Result<(OwnedFd, OwnedFd)> {
    let (read, write) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
    set_nonblocking(if ours_is_read { &read } else { &write })?;
    Ok((read, write))
}

pub(super) fn set_nonblocking(fd: impl AsFd) -> io::Result<()> {
    let flags = rustix::fs::fcntl_getfl(&fd)?;
    rustix::fs::fcntl_setfl(&fd, flags | rustix::fs::OFlags::NONBLOCK)?;
    Ok(())
}

/// Whether a poll's answer says that reading or writing would tell something.
pub(super) fn is_ready(flags: PollFlags) -> bool {
    !flags.is_empty()
}
