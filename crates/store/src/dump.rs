//! A store's content at one revision, to be kept as a file or moved into another
//! store: what backup, restore, move, check and compact are made of.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use rustix::fs::FlockOperation;

use crate::clock::{Clock, SystemClock};
use crate::disk::{Disk, ReadOnlyDisk, SystemDisk};
use crate::engine::{SEGMENT_BYTES_MIN, lock};
use crate::error::{open_error, write_error};
use crate::format::SnapshotHeader;
use crate::log::Log;
use crate::memory::State;
use crate::recover::{self, random_id, recover};
use crate::snapshot::{self, SavedLease, snapshot_name};
use crate::{
    Error, Expect, Key, KeyRange, KeyValue, Lease, LeaseId, Options, RangeOptions, Result,
    Revision, Store,
};

/// Keys of a store are read so many at a time.
const PAGE_KEYS: usize = 1000;

/// A folder that is in use changes while it is read; then it is read again, so
/// often at most.
const READS_MAX: usize = 5;

/// Writes that are under way at once while a revision is caught up with.
const CATCHING_UP: usize = 64;

/// What a store holds at one revision.
#[derive(Debug, Clone, PartialEq)]
pub struct Dump {
    /// The revision.
    pub revision: Revision,
    /// All keys, in order.
    pub kvs: Vec<Arc<KeyValue>>,
    /// The leases that there were.
    pub leases: Vec<Lease>,
}

/// What compacting a folder changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compacted {
    /// The revision that is the oldest one now.
    pub revision: Revision,
    /// Bytes of files before.
    pub bytes_before: u64,
    /// Bytes of files now.
    pub bytes_after: u64,
}

impl Dump {
    /// Reads the folder of an embedded store, also of one in use: then it is the
    /// state of some moment during the call. Every byte that counts is checked;
    /// nothing is changed.
    ///
    /// # Errors
    /// `Corrupt` and `UnknownFormat` with file and place; `Open` if something
    /// cannot be read, or there is no store.
    pub fn of_folder(dir: impl AsRef<Path>) -> Result<Dump> {
        let dir = dir.as_ref();
        let clock = SystemClock::new();
        let mut tries = 0;
        loop {
            tries += 1;
            match recover::read(&ReadOnlyDisk, dir, &clock) {
                Ok(Some(read)) => return Ok(Dump::of_state(&read.state, &clock)),
                Ok(None) => {
                    let none = std::io::Error::new(
                        std::io::ErrorKind::NotFound,
                        "there is no store in this folder",
                    );
                    return Err(open_error(dir, none));
                }
                Err(_) if tries < READS_MAX && is_in_use(dir) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn of_state(state: &State, clock: &dyn Clock) -> Dump {
        let now = clock.monotonic();
        let mut leases: Vec<Lease> = state
            .leases()
            .filter_map(|(id, _, _)| state.lease(id, now))
            .collect();
        leases.sort_by_key(|lease| lease.id);
        Dump {
            revision: state.revision,
            kvs: state
                .live(&KeyRange::all(), state.revision)
                .cloned()
                .collect(),
            leases,
        }
    }

    /// Reads all of a store, page by page at one revision.
    ///
    /// # Errors
    /// As [`Store::range`].
    pub async fn of_store(store: &dyn Store) -> Result<Dump> {
        let revision = store.current_revision().await?;
        let options = RangeOptions {
            limit: PAGE_KEYS,
            revision,
        };
        let mut range = KeyRange::all();
        let mut kvs: Vec<Arc<KeyValue>> = Vec::new();
        loop {
            let page = store.range(&range, options.clone()).await?;
            let more = page.more();
            kvs.extend(page.kvs);
            match kvs.last() {
                Some(last) if more => range = range.after(&last.key),
                _ => break,
            }
        }
        let mut ids: Vec<LeaseId> = kvs.iter().filter_map(|kv| kv.lease).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut leases = Vec::new();
        for id in ids {
            match store.lease(id).await {
                Ok(lease) => leases.push(lease),
                // It ended since: so will its keys, as of the lease's last second.
                Err(Error::LeaseNotFound { .. }) => leases.push(Lease {
                    id,
                    ttl: Duration::from_secs(1),
                    remaining: Duration::ZERO,
                    keys: 0,
                }),
                Err(error) => return Err(error),
            }
        }
        Ok(Dump {
            revision,
            kvs,
            leases,
        })
    }

    fn saved_leases(&self, clock: &dyn Clock) -> Vec<SavedLease> {
        let now = clock.unix_millis();
        let saved = |lease: &Lease| {
            let left = u64::try_from(lease.remaining.as_millis()).unwrap_or(u64::MAX);
            (lease.id, lease.ttl, now.saturating_add(left))
        };
        self.leases.iter().map(saved).collect()
    }

    fn header(&self, store: u64, replay_from: u64) -> SnapshotHeader {
        SnapshotHeader {
            store,
            revision: self.revision,
            replay_from,
            last_lease: self
                .leases
                .iter()
                .map(|lease| lease.id)
                .filter(|id| *id <= crate::memory::LEASE_COUNTED_MAX)
                .max()
                .unwrap_or(0),
        }
    }

    fn write_to(&self, dir: &Path, header: &SnapshotHeader) -> Result<u64> {
        let leases = self.saved_leases(&SystemClock::new());
        let cancelled = AtomicBool::new(false);
        snapshot::write(&SystemDisk, dir, header, &leases, &self.kvs, &cancelled)
    }

    /// Writes the dump into a file, durably; its size. The file is checked as a
    /// whole when it is read.
    ///
    /// # Errors
    /// `Write` and `NoSpace`.
    pub fn write_file(&self, path: impl AsRef<Path>) -> Result<u64> {
        let path = path.as_ref();
        let leases = self.saved_leases(&SystemClock::new());
        let bytes = snapshot::write_as(
            &SystemDisk,
            path,
            &self.header(random_id(), 1),
            &leases,
            &self.kvs,
        )
        .map_err(|error| write_error(path, error))?;
        // Secrets are in here.
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(path, mode).map_err(|error| write_error(path, error))?;
        Ok(bytes)
    }

    /// Reads a file that [`Dump::write_file`] wrote.
    ///
    /// # Errors
    /// `Corrupt` with the place, `UnknownFormat`, `Open`.
    pub fn read_file(path: impl AsRef<Path>) -> Result<Dump> {
        let clock = SystemClock::new();
        let (_, state) = snapshot::load(&ReadOnlyDisk, path.as_ref(), &clock)?;
        Ok(Dump::of_state(&state, &clock))
    }

    /// Makes an embedded store of the dump in a folder that has none. Keys have
    /// the revisions and leases that they had; history begins here.
    ///
    /// # Errors
    /// `Open` if there is a store already; `Locked`, `Write` and `NoSpace`.
    pub fn restore_into(&self, dir: impl AsRef<Path>) -> Result<()> {
        let dir = dir.as_ref();
        let disk: Arc<dyn Disk> = Arc::new(SystemDisk);
        disk.create_dir(dir)
            .map_err(|error| open_error(dir, error))?;
        let _lock = lock(&*disk, dir)?;
        let clock = SystemClock::new();
        if recover::read(&ReadOnlyDisk, dir, &clock)?.is_some() {
            let taken = std::io::Error::new(
                std::io::ErrorKind::AlreadyExists,
                "there is a store in this folder already",
            );
            return Err(open_error(dir, taken));
        }
        let store = random_id();
        // The log last: a snapshot alone is not taken for a whole store.
        self.write_to(dir, &self.header(store, 1))?;
        let bytes = Options::default().segment_bytes.max(SEGMENT_BYTES_MIN);
        Log::create(disk, dir.to_path_buf(), bytes, store, self.revision)?;
        Ok(())
    }

    /// Writes the dump into a store without keys: in the order in which they were
    /// changed last, each with a lease of what is left of its own, until the
    /// store's revision is no less than the dump's. Clients that knew the old
    /// store see revisions grow; those of single keys are new.
    ///
    /// # Errors
    /// `Refused` if the store has keys; and as [`Store::commit`].
    pub async fn replay_into(&self, store: &dyn Store) -> Result<Revision> {
        if store.count(&KeyRange::all(), crate::LATEST).await? > 0 {
            return Err(Error::Refused {
                reason: "the store is not empty".to_owned(),
            });
        }
        let mut leases = std::collections::HashMap::new();
        for lease in &self.leases {
            let left = lease.remaining.max(Duration::from_secs(1));
            leases.insert(lease.id, store.grant_lease(left).await?.id);
        }
        let mut kvs: Vec<_> = self.kvs.iter().collect();
        kvs.sort_by_key(|kv| kv.mod_revision);
        let mut revision = 0;
        for kv in kvs {
            let lease = kv.lease.and_then(|id| leases.get(&id).copied());
            revision = store
                .put_if(kv.key.clone(), kv.value.clone(), Expect::Absent, lease)
                .await?;
        }
        catch_up(store, revision, self.revision).await
    }
}

/// Raises a store's revision to at least `wanted` by writes to a key that is
/// removed in the end.
async fn catch_up(store: &dyn Store, revision: Revision, wanted: Revision) -> Result<Revision> {
    let current = match revision {
        0 => store.current_revision().await?,
        revision => revision,
    };
    if current >= wanted {
        return Ok(current);
    }
    let key = Key::from("\0skeg/catching-up");
    let missing = wanted - current;
    let writes = (0..missing).map(|_| {
        let value = bytes::Bytes::new();
        store.put_if(key.clone(), value, Expect::Any, None)
    });
    let mut writes =
        futures::stream::StreamExt::buffer_unordered(futures::stream::iter(writes), CATCHING_UP);
    while let Some(written) = futures::stream::StreamExt::next(&mut writes).await {
        written?;
    }
    drop(writes);
    Ok(store.delete_if(key, Expect::Any).await?.revision)
}

/// Gives up all history of a store that is not in use, and the space of it on
/// disk.
///
/// # Errors
/// `Locked` if it is in use; as [`Embedded::open`](crate::Embedded::open).
pub fn compact_folder(dir: impl AsRef<Path>) -> Result<Compacted> {
    let dir = dir.as_ref();
    // Not to be made by looking at it.
    std::fs::read_dir(dir).map_err(|error| open_error(dir, error))?;
    let disk: Arc<dyn Disk> = Arc::new(SystemDisk);
    let _lock = lock(&*disk, dir)?;
    let clock = SystemClock::new();
    let segment_bytes = Options::default().segment_bytes;
    let bytes_before = bytes_of(dir)?;
    let mut recovered = recover(disk.clone(), dir, segment_bytes, &clock)?;
    let dump = Dump::of_state(&recovered.state, &clock);
    // Until the snapshot has its name the log before it counts.
    let replay_from = recovered.log.begin_segment(dump.revision)?;
    let mut header = dump.header(recovered.log.store_id(), replay_from);
    header.last_lease = recovered.state.last_lease;
    dump.write_to(dir, &header)?;
    if let Some(old) = recovered.snapshot
        && old != dump.revision
    {
        drop(disk.remove(&dir.join(snapshot_name(old))));
    }
    recovered.log.release(replay_from);
    recovered.log.drop_spares();
    Ok(Compacted {
        revision: dump.revision,
        bytes_before,
        bytes_after: bytes_of(dir)?,
    })
}

fn bytes_of(dir: &Path) -> Result<u64> {
    let failed = |error| open_error(dir, error);
    let mut bytes = 0;
    for entry in std::fs::read_dir(dir).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        bytes += entry.metadata().map_err(failed)?.len();
    }
    Ok(bytes)
}

/// Whether another process has the folder of an embedded store open.
pub fn is_in_use(dir: impl AsRef<Path>) -> bool {
    let Ok(file) = std::fs::File::open(dir.as_ref().join("LOCK")) else {
        return false;
    };
    rustix::fs::flock(&file, FlockOperation::NonBlockingLockShared).is_err()
}
