//! The way to the writer thread: a bounded queue that it empties at once, so
//! that all that came while the disk was busy shares the next flush.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::view::Decide;
use crate::{Committed, Error, Lease, LeaseId, Result, Revision, Txn};

/// Bytes of keys and values that wait or are being written; who comes then
/// waits before the queue.
const QUEUE_BYTES_MAX: usize = 32 << 20;

/// One unit of the bound.
const SLOT_BYTES: usize = 1 << 10;

/// What the writer is asked to do.
pub(crate) enum Command {
    Commit(Txn, Answer<Committed>),
    Transact(Decide, Answer<Committed>),
    GrantLease(Option<LeaseId>, Duration, Answer<Lease>),
    KeepLeaseAlive(LeaseId, Answer<Lease>),
    RevokeLease(LeaseId, Answer<Committed>),
    Compact(Revision, Answer<()>),
    /// From the snapshot thread.
    SnapshotDone(Result<SnapshotDone>),
}

/// A snapshot that has its name.
pub(crate) struct SnapshotDone {
    pub(crate) revision: Revision,
    pub(crate) bytes: u64,
    pub(crate) replay_from: u64,
}

/// Where an answer goes; holds the command's place in the queue.
pub(crate) struct Answer<T> {
    sender: oneshot::Sender<Result<T>>,
    _slots: OwnedSemaphorePermit,
}

impl<T> Answer<T> {
    pub(crate) fn send(self, result: Result<T>) {
        // Nobody may be waiting any more.
        drop(self.sender.send(result));
    }
}

pub(crate) struct Queue {
    inner: Mutex<Inner>,
    filled: Condvar,
    slots: Arc<Semaphore>,
}

struct Inner {
    commands: Vec<Command>,
    open: bool,
    nudged: bool,
    /// Whether the writer has nothing to do and waits.
    waits: bool,
}

impl Queue {
    pub(crate) fn new() -> Queue {
        Queue {
            inner: Mutex::new(Inner {
                commands: Vec::new(),
                open: true,
                nudged: false,
                waits: false,
            }),
            filled: Condvar::new(),
            slots: Arc::new(Semaphore::new(QUEUE_BYTES_MAX / SLOT_BYTES)),
        }
    }

    /// Has the writer do something that is `bytes` large, and waits for its
    /// answer.
    pub(crate) async fn ask<T>(
        &self,
        bytes: usize,
        command: impl FnOnce(Answer<T>) -> Command,
    ) -> Result<T> {
        let slots = (1 + bytes / SLOT_BYTES).min(QUEUE_BYTES_MAX / SLOT_BYTES) as u32;
        let slots = self
            .slots
            .clone()
            .acquire_many_owned(slots)
            .await
            .map_err(|_| Error::Closed)?;
        let (sender, receiver) = oneshot::channel();
        self.push(command(Answer {
            sender,
            _slots: slots,
        }))?;
        receiver.await.map_err(|_| Error::Closed)?
    }

    pub(crate) fn push(&self, command: Command) -> Result<()> {
        let mut inner = self.inner.lock();
        if !inner.open {
            return Err(Error::Closed);
        }
        inner.commands.push(command);
        let first = inner.commands.len() == 1;
        drop(inner);
        if first {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// Lets the writer look at the time again.
    pub(crate) fn nudge(&self) {
        self.inner.lock().nudged = true;
        self.filled.notify_one();
    }

    /// Takes no more commands; those that are here will be done.
    pub(crate) fn close(&self) {
        self.inner.lock().open = false;
        self.slots.close();
        self.filled.notify_one();
    }

    /// Drops what nobody will do any more.
    pub(crate) fn clear(&self) {
        let commands = std::mem::take(&mut self.inner.lock().commands);
        drop(commands);
    }

    /// Whether all that was asked for is done.
    pub(crate) fn is_idle(&self) -> bool {
        let inner = self.inner.lock();
        inner.commands.is_empty() && !inner.nudged && (inner.waits || !inner.open)
    }

    pub(crate) fn is_open(&self) -> bool {
        self.inner.lock().open
    }

    /// Moves all commands to `taken` (empty before). If there is none, waits
    /// for one, a nudge, the queue's end, or the timeout.
    pub(crate) fn take(&self, taken: &mut Vec<Command>, timeout: Option<Duration>) {
        let mut inner = self.inner.lock();
        if inner.commands.is_empty() && inner.open && !inner.nudged {
            inner.waits = true;
            match timeout {
                Some(timeout) => drop(self.filled.wait_for(&mut inner, timeout)),
                None => self.filled.wait(&mut inner),
            }
        }
        inner.waits = false;
        inner.nudged = false;
        std::mem::swap(&mut inner.commands, taken);
    }
}
