//! The writer thread: takes what has come, works out what it does, makes it
//! durable with one flush, shows it to readers and watches, answers. Ends
//! leases, compacts and has snapshots made in passing; when there is nothing to
//! do it sleeps until the next lease ends.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::disk::Disk;
use crate::engine::Shared;
use crate::format::{self, SnapshotHeader};
use crate::log::Log;
use crate::queue::{Command, SnapshotDone};
use crate::snapshot::{self, SavedLease, snapshot_name};
use crate::stage::{Change, Done, Stage};
use crate::{Error, Event, KeyRange, Result, Revision};

/// After a failed write, housekeeping (leases, compaction, snapshots) waits so
/// long before it tries again. Callers' writes try at once.
const RETRY: Duration = Duration::from_secs(10);

/// When and how much history to give up, and when to make a snapshot.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub(crate) history: Duration,
    pub(crate) history_bytes_max: u64,
    pub(crate) snapshot_after_bytes: u64,
}

/// The durable half of a store on disk.
pub(crate) struct Durable {
    pub(crate) log: Log,
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) dir: PathBuf,
    pub(crate) snapshot: Option<Revision>,
    pub(crate) snapshot_bytes: u64,
    /// Held until the writer has ended.
    pub(crate) _lock: Box<dyn Send + Sync>,
}

pub(crate) struct Writer {
    shared: Arc<Shared>,
    limits: Limits,
    durable: Option<Durable>,
    waiting: VecDeque<Command>,
    /// The store's revision at some past times, oldest first.
    marks: VecDeque<(Duration, Revision)>,
    retry_at: Duration,
    snapshotting: Option<JoinHandle<()>>,
    cancel_snapshot: Arc<AtomicBool>,
    frame: Vec<u8>,
}

impl Writer {
    pub(crate) fn new(shared: Arc<Shared>, limits: Limits, durable: Option<Durable>) -> Writer {
        Writer {
            shared,
            limits,
            durable,
            waiting: VecDeque::new(),
            marks: VecDeque::new(),
            retry_at: Duration::ZERO,
            snapshotting: None,
            cancel_snapshot: Arc::default(),
            frame: Vec::new(),
        }
    }

    /// Works until the queue is closed and empty.
    pub(crate) fn run(self) {
        // However this thread ends, nobody waits for it any longer; dropped
        // after the writer, so that whoever was told can open the folder again.
        let _closer = Closer(self.shared.clone());
        let mut writer = self;
        writer.work();
    }

    fn work(&mut self) {
        self.report_disk_bytes();
        let mut taken = Vec::new();
        loop {
            let timeout = if self.waiting.is_empty() {
                self.timeout()
            } else {
                Some(Duration::ZERO)
            };
            self.shared.queue.take(&mut taken, timeout);
            self.waiting.extend(taken.drain(..));
            if self.waiting.is_empty() && !self.shared.queue.is_open() {
                break;
            }
            self.round();
        }
        self.cancel_snapshot.store(true, Ordering::Relaxed);
        if let Some(thread) = self.snapshotting.take()
            && thread.join().is_err()
        {
            tracing::error!("the snapshot thread panicked");
        }
    }

    /// How long nothing needs to be done, if nobody asks for anything.
    fn timeout(&self) -> Option<Duration> {
        let (deadline, _) = self.shared.state.read().next_deadline()?;
        let now = self.shared.clock.monotonic();
        Some(deadline.max(self.retry_at).saturating_sub(now))
    }

    fn round(&mut self) {
        let shared = self.shared.clone();
        let now = shared.clock.monotonic();
        format::begin_frame(&mut self.frame);
        let mut frame = std::mem::take(&mut self.frame);
        let empty = frame.len();

        let state = shared.state.read();
        let base_revision = state.revision;
        let mut stage = Stage::new(&state, now, shared.clock.unix_millis(), &mut frame);
        let upkeep = now >= self.retry_at;
        if upkeep {
            stage.end_expired_leases();
        }
        while !stage.is_full() {
            match self.waiting.pop_front() {
                Some(Command::Commit(txn, answer)) => stage.commit(txn, answer),
                Some(Command::Transact(decide, answer)) => stage.transact_by(decide, answer),
                Some(Command::GrantLease(id, ttl, answer)) => stage.grant_lease(id, ttl, answer),
                Some(Command::KeepLeaseAlive(id, answer)) => stage.keep_lease_alive(id, answer),
                Some(Command::RevokeLease(id, answer)) => stage.revoke_lease(id, answer),
                Some(Command::Compact(revision, answer)) => stage.compact(revision, answer),
                Some(Command::SnapshotDone(result)) => self.snapshot_done(result, now),
                None => break,
            }
        }
        // Compaction goes along with what is written anyway.
        if upkeep && stage.has_changes() {
            let by_bytes = state.compaction_for(self.limits.history_bytes_max);
            stage.compact_to(self.outdated(now, base_revision).max(by_bytes));
        }
        let (changes, done) = stage.finish();
        drop(state);

        let written = match &mut self.durable {
            Some(durable) if frame.len() > empty => durable.log.append(&mut frame, base_revision),
            _ => Ok(()),
        };
        frame.clear();
        frame.shrink_to(4 << 20);
        self.frame = frame;
        match written {
            Ok(()) => self.publish(changes, done),
            Err(error) => {
                self.failed(&error, now);
                for done in done {
                    done.fail(&error);
                }
            }
        }
        self.maybe_snapshot(now);
        self.report_disk_bytes();
    }

    /// Shows a durable batch to everybody.
    fn publish(&mut self, changes: Vec<Change>, done: Vec<Done>) {
        let mut forgotten = Vec::new();
        let mut woken = Vec::new();
        if !changes.is_empty() {
            if self.durable.is_some() {
                self.shared.set_failing(None);
            }
            let mut state = self.shared.state.write();
            let events = changes.iter().flat_map(events_of);
            woken = self.shared.watchers.note(events);
            for change in changes {
                match change {
                    Change::Revision(events) => state.apply(events),
                    Change::Lease { id, ttl, deadline } => state.set_lease(id, ttl, deadline),
                    Change::LeaseEnd(id) => state.remove_lease(id),
                    Change::Compact(revision) => forgotten.push(state.compact(revision)),
                }
            }
        }
        for done in done {
            done.send();
        }
        // Who has written may have read what a watch would tell.
        for watcher in woken {
            watcher.wake_if_behind();
        }
        // By now, callers are at work again.
        drop(forgotten);
    }

    /// The newest revision that is older than history is kept.
    fn outdated(&mut self, now: Duration, revision: Revision) -> Revision {
        let grain = self.limits.history / 10;
        if self
            .marks
            .back()
            .is_none_or(|(time, _)| now.saturating_sub(*time) >= grain)
        {
            self.marks.push_back((now, revision));
        }
        let mut target = 0;
        while let Some((time, revision)) = self.marks.front().copied()
            && now.saturating_sub(time) > self.limits.history
        {
            target = revision;
            self.marks.pop_front();
        }
        target
    }

    fn failed(&mut self, error: &Error, now: Duration) {
        self.retry_at = now.saturating_add(RETRY);
        if self.shared.set_failing(Some(error)) {
            tracing::error!(error = %crate::error::chain(error), "a write could not be made durable");
        }
    }

    /// Has a snapshot made when that frees enough of the log.
    fn maybe_snapshot(&mut self, now: Duration) {
        let Some(durable) = &mut self.durable else {
            return;
        };
        if self.snapshotting.is_some() || now < self.retry_at {
            return;
        }
        let state = self.shared.state.read();
        let worth = self.limits.snapshot_after_bytes.max(state.live_bytes);
        if durable.log.reclaimable_bytes(state.compacted) < worth {
            return;
        }
        let header = SnapshotHeader {
            store: durable.log.store_id(),
            revision: state.compacted,
            replay_from: durable.log.needed_from(state.compacted),
            last_lease: state.last_lease,
        };
        let unix_millis = self.shared.clock.unix_millis();
        let leases: Vec<SavedLease> = state
            .leases()
            .map(|(id, ttl, deadline)| {
                let left = deadline
                    .saturating_sub(self.shared.clock.monotonic())
                    .as_millis();
                let left = u64::try_from(left).unwrap_or(u64::MAX);
                (id, ttl, unix_millis.saturating_add(left))
            })
            .collect();
        // Only pointers; what they point to is shared.
        let kvs: Vec<_> = state
            .live(&KeyRange::all(), header.revision)
            .cloned()
            .collect();
        drop(state);

        let (disk, dir) = (durable.disk.clone(), durable.dir.clone());
        let (shared, cancelled) = (self.shared.clone(), self.cancel_snapshot.clone());
        let work = move || {
            let written = snapshot::write(&*disk, &dir, &header, &leases, &kvs, &cancelled);
            let SnapshotHeader {
                revision,
                replay_from,
                ..
            } = header;
            let done = written.map(|bytes| SnapshotDone {
                revision,
                bytes,
                replay_from,
            });
            // If the store is being closed, the next start finds the snapshot.
            drop(shared.queue.push(Command::SnapshotDone(done)));
        };
        match std::thread::Builder::new()
            .name("store-snapshot".to_owned())
            .spawn(work)
        {
            Ok(thread) => self.snapshotting = Some(thread),
            Err(error) => {
                tracing::warn!(%error, "cannot start the snapshot thread");
                self.retry_at = now.saturating_add(RETRY);
            }
        }
    }

    fn snapshot_done(&mut self, result: Result<SnapshotDone>, now: Duration) {
        self.snapshotting = None;
        match (result, &mut self.durable) {
            (Ok(done), Some(durable)) => {
                if let Some(old) = durable.snapshot.replace(done.revision)
                    && old != done.revision
                {
                    drop(durable.disk.remove(&durable.dir.join(snapshot_name(old))));
                }
                durable.snapshot_bytes = done.bytes;
                durable.log.release(done.replay_from);
                tracing::debug!(
                    revision = done.revision,
                    bytes = done.bytes,
                    "wrote a snapshot"
                );
            }
            (Ok(_), None) => {}
            (Err(error), _) => self.failed(&error, now),
        }
    }

    fn report_disk_bytes(&self) {
        if let Some(durable) = &self.durable {
            let bytes = durable.log.disk_bytes() + durable.snapshot_bytes;
            self.shared.disk_bytes.store(bytes, Ordering::Relaxed);
        }
    }
}

fn events_of(change: &Change) -> &[Event] {
    match change {
        Change::Revision(events) => events,
        _ => &[],
    }
}

/// Ends everything that waits for the writer.
struct Closer(Arc<Shared>);

impl Drop for Closer {
    fn drop(&mut self) {
        self.0.end();
    }
}
