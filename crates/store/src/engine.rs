//! The embedded engine: the handle, and what its threads share.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;

use crate::blocks::BLOCK;
use crate::clock::{Clock, SystemClock};
use crate::disk::{Disk, SystemDisk};
use crate::error::open_error;
use crate::memory::State;
use crate::queue::{Command, Queue};
use crate::recover::recover;
use crate::view::{Decide, View};
use crate::watchers::{Source, Watchers};
use crate::writer::{Durable, Limits, Writer};
use crate::{
    Committed, Error, Expect, Key, KeyRange, KeyValue, Lease, LeaseId, Op, RangeOptions,
    RangeResult, Reply, Result, Revision, Status, Store, Txn, Watch, WatchOptions,
};

/// Segments are never smaller.
pub(crate) const SEGMENT_BYTES_MIN: u64 = 16 << 10;

/// How an embedded store is kept.
#[derive(Clone)]
pub struct Options {
    /// Size of a log segment; reserved as a whole. Default 16 MiB.
    pub segment_bytes: u64,
    /// For how long superseded versions are kept, for watches that resume and
    /// lists that page. Default 5 minutes.
    pub history: Duration,
    /// How many bytes of superseded versions are kept at most, whatever their
    /// age. Default 64 MiB.
    pub history_bytes_max: u64,
    /// A snapshot is made when it frees so many bytes of the log, and no fewer
    /// than the live data has. Default 32 MiB.
    pub snapshot_after_bytes: u64,
    /// The largest transaction, counted in keys and values. Default 8 MiB.
    pub txn_bytes_max: usize,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The disk.
    pub disk: Arc<dyn Disk>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            segment_bytes: 16 << 20,
            history: Duration::from_secs(300),
            history_bytes_max: 64 << 20,
            snapshot_after_bytes: 32 << 20,
            txn_bytes_max: 8 << 20,
            clock: Arc::new(SystemClock::new()),
            disk: Arc::new(SystemDisk),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("segment_bytes", &self.segment_bytes)
            .field("history", &self.history)
            .field("history_bytes_max", &self.history_bytes_max)
            .field("snapshot_after_bytes", &self.snapshot_after_bytes)
            .field("txn_bytes_max", &self.txn_bytes_max)
            .finish_non_exhaustive()
    }
}

/// The store for one machine: everything in memory, a write-ahead log on disk.
///
/// Reads and watches take what is in memory. Writes go to one thread, which
/// makes all that waits durable with a single flush and then answers. Dropping
/// the store closes it, after what was accepted is written.
pub struct Embedded {
    shared: Arc<Shared>,
    txn_bytes_max: usize,
    thread: Option<JoinHandle<()>>,
}

/// What the handle, the writer and the watches share.
pub(crate) struct Shared {
    pub(crate) state: RwLock<State>,
    pub(crate) queue: Queue,
    pub(crate) watchers: Watchers,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) disk_bytes: AtomicU64,
    failing: Mutex<Option<String>>,
    closed: AtomicBool,
    ended: watch::Sender<bool>,
}

impl Shared {
    fn new(state: State, clock: Arc<dyn Clock>) -> Arc<Shared> {
        Arc::new(Shared {
            state: RwLock::new(state),
            queue: Queue::new(),
            watchers: Watchers::default(),
            clock,
            disk_bytes: AtomicU64::new(0),
            failing: Mutex::new(None),
            closed: AtomicBool::new(false),
            ended: watch::Sender::new(false),
        })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Notes whether writes fail; whether that is news.
    pub(crate) fn set_failing(&self, error: Option<&Error>) -> bool {
        let mut failing = self.failing.lock();
        if error.is_none() && failing.is_none() {
            return false;
        }
        let text = error.map(crate::error::chain);
        let news = *failing != text;
        *failing = text;
        news
    }

    /// The writer has ended: nothing more will happen.
    pub(crate) fn end(&self) {
        self.queue.close();
        self.queue.clear();
        self.closed.store(true, Ordering::Release);
        self.watchers.wake_all();
        self.ended.send_replace(true);
    }
}

impl Embedded {
    /// Opens the store in a folder, or makes a new one there.
    ///
    /// # Errors
    /// `Locked` if another process has it open; `Corrupt` or `UnknownFormat`
    /// with the file, the place and the remedy if a file does not read; `Open`,
    /// `Write` and `NoSpace` as the system says.
    pub fn open(dir: impl AsRef<Path>, options: Options) -> Result<Embedded> {
        let dir = dir.as_ref();
        let disk = options.disk.clone();
        disk.create_dir(dir)
            .map_err(|error| open_error(dir, error))?;
        let lock = lock(&*disk, dir)?;
        let segment_bytes = options
            .segment_bytes
            .max(SEGMENT_BYTES_MIN)
            .next_multiple_of(BLOCK as u64);
        let recovered = recover(disk.clone(), dir, segment_bytes, &*options.clock)?;
        let durable = Durable {
            log: recovered.log,
            disk,
            dir: dir.to_path_buf(),
            snapshot: recovered.snapshot,
            snapshot_bytes: recovered.snapshot_bytes,
            _lock: lock,
        };
        Embedded::start(recovered.state, options, Some(durable))
            .map_err(|error| open_error(dir, error))
    }

    /// A store that is gone when it is dropped, for tests.
    pub fn in_memory() -> Embedded {
        Embedded::in_memory_with(Options::default())
    }

    /// [`Embedded::in_memory`] with another clock or other bounds.
    pub fn in_memory_with(options: Options) -> Embedded {
        Embedded::start(State::new(), options, None).expect("the system has a thread left")
    }

    /// Decides on the writer's thread what to write, seeing the state as it is
    /// then: nothing happens in between. What `decide` returns besides its writes
    /// is given back once these are durable. It must not take long, nor panic.
    ///
    /// `bytes` is about how large the writes will be.
    ///
    /// # Errors
    /// What `decide` says, and as [`Store::commit`].
    pub async fn transact<T: Send + 'static>(
        &self,
        bytes: usize,
        decide: impl FnOnce(&View<'_>) -> Result<(Vec<Op>, T)> + Send + 'static,
    ) -> Result<(Committed, T)> {
        let max = self.txn_bytes_max;
        if bytes > max {
            return Err(Error::TooLarge { bytes, max });
        }
        let said = Arc::new(Mutex::new(None));
        let saying = said.clone();
        let decide: Decide = Box::new(move |view| {
            let (ops, besides) = decide(view)?;
            *saying.lock() = Some(besides);
            Ok(ops)
        });
        let committed = self
            .shared
            .queue
            .ask(bytes, |answer| Command::Transact(decide, answer))
            .await?;
        let besides = said.lock().take().expect("what was committed was decided");
        Ok((committed, besides))
    }

    /// Makes a lease with a name that the caller chose; never 0.
    ///
    /// # Errors
    /// `LeaseExists`.
    pub async fn grant_lease_named(&self, id: LeaseId, ttl: Duration) -> Result<Lease> {
        self.shared
            .queue
            .ask(0, move |answer| Command::GrantLease(Some(id), ttl, answer))
            .await
    }

    /// Whether everything that was asked of the store is done, and everybody
    /// who waited for it has been woken. Leases whose time has come count as
    /// asked for once the clock says so ([`Clock::on_move`]).
    pub fn is_idle(&self) -> bool {
        self.shared.queue.is_idle()
    }

    /// How long until the next lease ends; `None` without any.
    pub fn next_lease_end(&self) -> Option<Duration> {
        let (deadline, _) = self.shared.state.read().next_deadline()?;
        Some(deadline.saturating_sub(self.shared.clock.monotonic()))
    }

    /// The names of all leases, in order.
    pub fn leases(&self) -> Vec<LeaseId> {
        let state = self.shared.state.read();
        let mut ids: Vec<LeaseId> = state.leases().map(|(id, _, _)| id).collect();
        ids.sort_unstable();
        ids
    }

    /// The keys that end with a lease, in order.
    pub fn lease_keys(&self, id: LeaseId) -> Vec<Key> {
        self.shared.state.read().lease_keys(id)
    }

    fn start(
        state: State,
        options: Options,
        durable: Option<Durable>,
    ) -> std::io::Result<Embedded> {
        let shared = Shared::new(state, options.clock.clone());
        let weak = Arc::downgrade(&shared);
        options.clock.on_move(Arc::new(move || {
            if let Some(shared) = weak.upgrade() {
                shared.queue.nudge();
            }
        }));
        let limits = Limits {
            history: options.history,
            history_bytes_max: options.history_bytes_max,
            snapshot_after_bytes: options.snapshot_after_bytes,
        };
        let writer = Writer::new(shared.clone(), limits, durable);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer.run())?;
        Ok(Embedded {
            shared,
            txn_bytes_max: options.txn_bytes_max,
            thread: Some(thread),
        })
    }

    /// Reads the state, if the store is open.
    fn read<T>(&self, read: impl FnOnce(&State) -> Result<T>) -> Reply<'static, T> {
        if self.shared.is_closed() {
            return Reply::ready(Err(Error::Closed));
        }
        Reply::ready(read(&self.shared.state.read()))
    }
}

pub(crate) fn lock(disk: &dyn Disk, dir: &Path) -> Result<Box<dyn Send + Sync>> {
    let path = dir.join("LOCK");
    disk.lock(&path).map_err(|error| {
        if error.kind() != std::io::ErrorKind::WouldBlock {
            return open_error(&path, error);
        }
        let holder = disk
            .open(&path)
            .and_then(|file| crate::disk::read_all(&*file))
            .ok();
        let holder = holder.and_then(|pid| String::from_utf8(pid).ok()?.trim().parse().ok());
        Error::Locked {
            dir: dir.to_path_buf(),
            holder,
        }
    })
}

fn txn_bytes(txn: &Txn) -> usize {
    let expected: usize = txn.expect.iter().map(|(key, _)| key.len()).sum();
    let written: usize = txn
        .ops
        .iter()
        .map(|op| match op {
            Op::Put { key, value, .. } => key.len() + value.len(),
            Op::Delete { key } => key.len(),
            Op::DeleteRange { range } => range.start.len(),
        })
        .sum();
    expected + written
}

impl Store for Embedded {
    fn current_revision(&self) -> Reply<'_, Revision> {
        self.read(|state| Ok(state.revision))
    }

    fn get(&self, key: &[u8], revision: Revision) -> Reply<'_, Option<Arc<KeyValue>>> {
        self.read(|state| state.get(key, revision))
    }

    fn range(&self, range: &KeyRange, options: RangeOptions) -> Reply<'_, RangeResult> {
        self.read(|state| state.range(range, &options))
    }

    fn count(&self, range: &KeyRange, revision: Revision) -> Reply<'_, usize> {
        self.read(|state| state.count(range, revision))
    }

    fn commit(&self, txn: Txn) -> Reply<'_, Committed> {
        let (bytes, max) = (txn_bytes(&txn), self.txn_bytes_max);
        if bytes > max {
            return Reply::ready(Err(Error::TooLarge { bytes, max }));
        }
        Reply::pending(
            self.shared
                .queue
                .ask(bytes, |answer| Command::Commit(txn, answer)),
        )
    }

    fn put_if(
        &self,
        key: Key,
        value: Bytes,
        expect: Expect,
        lease: Option<LeaseId>,
    ) -> Reply<'_, Revision> {
        let (bytes, max) = (2 * key.len() + value.len(), self.txn_bytes_max);
        if bytes > max {
            return Reply::ready(Err(Error::TooLarge { bytes, max }));
        }
        Reply::pending(async move {
            let expect = vec![(key.clone(), expect)];
            let txn = Txn {
                expect,
                ops: vec![Op::Put { key, value, lease }],
            };
            let commit = self
                .shared
                .queue
                .ask(bytes, |answer| Command::Commit(txn, answer));
            Ok(commit.await?.revision)
        })
    }

    fn watch(&self, range: KeyRange, options: WatchOptions) -> Reply<'_, Watch> {
        self.read(|state| {
            Ok(Watch::new(Source::new(
                &self.shared,
                state,
                range,
                options.from,
            )?))
        })
    }

    fn compact(&self, revision: Revision) -> Reply<'_, ()> {
        Reply::pending(
            self.shared
                .queue
                .ask(0, move |answer| Command::Compact(revision, answer)),
        )
    }

    fn grant_lease(&self, ttl: Duration) -> Reply<'_, Lease> {
        Reply::pending(
            self.shared
                .queue
                .ask(0, move |answer| Command::GrantLease(None, ttl, answer)),
        )
    }

    fn keep_lease_alive(&self, id: LeaseId) -> Reply<'_, Lease> {
        Reply::pending(
            self.shared
                .queue
                .ask(0, move |answer| Command::KeepLeaseAlive(id, answer)),
        )
    }

    fn revoke_lease(&self, id: LeaseId) -> Reply<'_, Committed> {
        Reply::pending(
            self.shared
                .queue
                .ask(0, move |answer| Command::RevokeLease(id, answer)),
        )
    }

    fn lease(&self, id: LeaseId) -> Reply<'_, Lease> {
        let now = self.shared.clock.monotonic();
        self.read(|state| state.lease(id, now).ok_or(Error::LeaseNotFound { id }))
    }

    fn status(&self) -> Reply<'_, Status> {
        let shared = &self.shared;
        self.read(|state| {
            Ok(Status {
                revision: state.revision,
                compacted: state.compacted,
                keys: state.live_keys,
                live_bytes: state.live_bytes,
                history_bytes: state.history_bytes,
                disk_bytes: shared.disk_bytes.load(Ordering::Relaxed),
                watches: shared.watchers.len(),
                leases: state.lease_count(),
                failing: shared.failing.lock().clone(),
            })
        })
    }

    fn close(&self) -> Reply<'_, ()> {
        self.shared.queue.close();
        let mut ended = self.shared.ended.subscribe();
        Reply::pending(async move {
            // The sender lives as long as this handle.
            ended
                .wait_for(|ended| *ended)
                .await
                .map(drop)
                .map_err(|_| Error::Closed)
        })
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.shared.queue.close();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the store's writer thread panicked");
        }
    }
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embedded").finish_non_exhaustive()
    }
}
