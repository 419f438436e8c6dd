//! Snapshots: the whole state at one revision, so that the log before it can
//! go. Written beside the running store, named when complete.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::disk::{Disk, DiskFile};
use crate::error::{corrupt, open_error, write_error};
use crate::format::{self, BLOCK_HEADER, Damage, FORMAT, SNAPSHOT_DATA, SnapshotHeader};
use crate::memory::State;
use crate::record::{self, Record, Records};
use crate::{Clock, Error, KeyValue, LeaseId, Result, Revision};

/// A block is written when it has so many bytes.
const BLOCK_BYTES: usize = 256 << 10;

/// No block is larger: a block ends after the record that fills it, and a
/// record is bounded by a transaction's size.
const BLOCK_BYTES_MAX: usize = 256 << 20;

const REMEDY: &str =
    "restore the data folder from a backup; its log alone does not have what this file has";

/// A lease as a snapshot has it: name, time to live, end in Unix milliseconds.
pub(crate) type SavedLease = (LeaseId, Duration, u64);

/// Writes a snapshot and gives it its name; returns its size. After an error
/// there is none, nor when `cancelled` was set in between.
pub(crate) fn write(
    disk: &dyn Disk,
    dir: &Path,
    header: &SnapshotHeader,
    leases: &[SavedLease],
    kvs: &[Arc<KeyValue>],
    cancelled: &AtomicBool,
) -> Result<u64> {
    let path = dir.join(snapshot_name(header.revision));
    let temporary = dir.join("snapshot.tmp");
    publish(disk, &temporary, &path, header, leases, kvs, cancelled)
        .map_err(|error| write_error(&path, error))
}

/// Writes a snapshot that belongs to no running store under a name of its own.
pub(crate) fn write_as(
    disk: &dyn Disk,
    path: &Path,
    header: &SnapshotHeader,
    leases: &[SavedLease],
    kvs: &[Arc<KeyValue>],
) -> std::io::Result<u64> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".tmp");
    let cancelled = AtomicBool::new(false);
    publish(
        disk,
        Path::new(&temporary),
        path,
        header,
        leases,
        kvs,
        &cancelled,
    )
}

fn publish(
    disk: &dyn Disk,
    temporary: &Path,
    path: &Path,
    header: &SnapshotHeader,
    leases: &[SavedLease],
    kvs: &[Arc<KeyValue>],
    cancelled: &AtomicBool,
) -> std::io::Result<u64> {
    let dir = path
        .parent()
        .filter(|dir| !dir.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let write = || {
        let file = disk.create(temporary)?;
        let bytes = write_blocks(&*file, header, leases, kvs, cancelled)?;
        file.sync()?;
        disk.rename(temporary, path)?;
        disk.sync_dir(dir)?;
        Ok(bytes)
    };
    write().inspect_err(|_| drop(disk.remove(temporary)))
}

fn write_blocks(
    file: &dyn DiskFile,
    header: &SnapshotHeader,
    leases: &[SavedLease],
    kvs: &[Arc<KeyValue>],
    cancelled: &AtomicBool,
) -> std::io::Result<u64> {
    file.write_at(&header.encode(), 0)?;
    let mut offset = SNAPSHOT_DATA;
    let mut index = 0;
    let mut block = vec![0; BLOCK_HEADER];
    let mut flush = |block: &mut Vec<u8>, offset: &mut u64| {
        if cancelled.load(Ordering::Relaxed) {
            return Err(std::io::Error::other("the store is being closed"));
        }
        format::seal_block(block, header, index);
        file.write_at(block, *offset)?;
        *offset += block.len() as u64;
        index += 1;
        block.truncate(BLOCK_HEADER);
        std::io::Result::Ok(())
    };
    for (id, ttl, ends) in leases {
        record::put_lease(&mut block, *id, *ttl, *ends);
    }
    for kv in kvs {
        if block.len() >= BLOCK_BYTES {
            flush(&mut block, &mut offset)?;
        }
        record::put_key_value(&mut block, kv);
    }
    record::put_end(&mut block, kvs.len() as u64);
    flush(&mut block, &mut offset)?;
    Ok(offset)
}

/// Reads a snapshot.
pub(crate) fn load(
    disk: &dyn Disk,
    path: &Path,
    clock: &dyn Clock,
) -> Result<(SnapshotHeader, State)> {
    let file = disk.open(path).map_err(|error| open_error(path, error))?;
    let mut first = [0; SNAPSHOT_DATA as usize];
    let read = file
        .read_at(&mut first, 0)
        .map_err(|error| open_error(path, error))?;
    let header = SnapshotHeader::decode(&first[..read]).map_err(|damage| match damage {
        Damage::Format(found) => Error::UnknownFormat {
            file: path.to_path_buf(),
            found,
            supported: FORMAT,
        },
        Damage::Wrong(what) => corrupt(path, 0, what, REMEDY),
    })?;

    let mut state = State::at(header.revision);
    state.last_lease = header.last_lease;
    let mut offset = SNAPSHOT_DATA;
    let mut block = Vec::new();
    let mut index = 0;
    loop {
        let wrong = |what: &str| corrupt(path, offset, what, REMEDY);
        read_block(&*file, offset, &mut block).map_err(|error| open_error(path, error))?;
        let payload = format::read_block(&block, &header, index)
            .ok_or_else(|| wrong("a block's checksum is wrong, or it is cut off"))?;
        for record in Records::new(payload) {
            match record {
                Some(Record::Lease {
                    id,
                    ttl,
                    ends_unix_millis,
                }) => {
                    state.set_lease(id, ttl, deadline(clock, ttl, ends_unix_millis));
                }
                Some(Record::KeyValue(kv)) => state.load(kv),
                Some(Record::End { keys }) if keys == state.live_keys as u64 => {
                    return Ok((header, state));
                }
                Some(Record::End { .. }) => return Err(wrong("it has fewer keys than it says")),
                _ => return Err(wrong("a record is not one of a snapshot")),
            }
        }
        offset += block.len() as u64;
        index += 1;
    }
}

/// Reads the block at `offset` into `block`; what is there of it.
fn read_block(file: &dyn DiskFile, offset: u64, block: &mut Vec<u8>) -> std::io::Result<()> {
    block.resize(BLOCK_HEADER, 0);
    let read = file.read_at(block, offset)?;
    block.truncate(read);
    let Some(len) = block.first_chunk::<4>() else {
        return Ok(());
    };
    let len = u32::from_le_bytes(*len) as usize;
    let rest = file.size()?.saturating_sub(offset);
    if read < BLOCK_HEADER || len > BLOCK_BYTES_MAX || (BLOCK_HEADER + len) as u64 > rest {
        return Ok(());
    }
    block.resize(BLOCK_HEADER + len, 0);
    let read = file.read_at(block, offset)?;
    block.truncate(read);
    Ok(())
}

/// When a lease ends by the process' clock. The date may have been changed
/// while the store was closed: what is left is between nothing and all.
pub(crate) fn deadline(clock: &dyn Clock, ttl: Duration, ends_unix_millis: u64) -> Duration {
    let left = Duration::from_millis(ends_unix_millis.saturating_sub(clock.unix_millis()));
    clock.monotonic() + left.min(ttl)
}

pub(crate) fn snapshot_name(revision: Revision) -> String {
    format!("snapshot-{revision:016x}.snap")
}
