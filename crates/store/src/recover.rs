//! Opening a data folder: the newest snapshot, then the log after it.
//!
//! A crash can leave one thing behind: a last frame that is not whole, since
//! no frame is written before the one ahead of it was synced. That one was
//! acknowledged to nobody and is dropped. Anything else that does not read is
//! damage, and the store refuses to open rather than lose what it promised.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::{self, Disk};
use crate::error::{corrupt, open_error};
use crate::format::{self, Damage, FORMAT, SEGMENT_DATA, SegmentHeader, SnapshotHeader};
use crate::log::{self, Log, Name, Segment, Tail};
use crate::memory::State;
use crate::record::{self, Record, Records};
use crate::snapshot::{self, snapshot_name};
use crate::{Clock, Error, Result, Revision};

/// What a data folder held.
pub(crate) struct Recovered {
    pub(crate) state: State,
    pub(crate) log: Log,
    pub(crate) snapshot: Option<Revision>,
    pub(crate) snapshot_bytes: u64,
}

/// Reads the folder, or makes a new store in it. The caller holds its lock.
pub(crate) fn recover(
    disk: Arc<dyn Disk>,
    dir: &Path,
    segment_bytes: u64,
    clock: &dyn Clock,
) -> Result<Recovered> {
    let Some(read) = read(&*disk, dir, clock)? else {
        let state = State::new();
        let log = Log::create(
            disk,
            dir.to_path_buf(),
            segment_bytes,
            random_id(),
            state.revision,
        )?;
        return Ok(Recovered {
            state,
            log,
            snapshot: None,
            snapshot_bytes: 0,
        });
    };
    let Read {
        state,
        header,
        snapshot_bytes,
        segments,
        tail,
        first,
        names,
    } = read;

    // What a crash between two steps left lying about.
    for revision in names.snapshots.iter().rev().skip(1) {
        drop(disk.remove(&dir.join(snapshot_name(*revision))));
    }
    for number in names.segments.iter().filter(|number| **number < first) {
        drop(disk.remove(&dir.join(log::segment_name(*number))));
    }
    let log = Log::resume(
        disk,
        dir.to_path_buf(),
        segment_bytes,
        segments,
        names.spares,
        tail,
    )?;
    Ok(Recovered {
        state,
        log,
        snapshot: header.map(|header| header.revision),
        snapshot_bytes,
    })
}

/// What the files of a folder say.
pub(crate) struct Read {
    pub(crate) state: State,
    header: Option<SnapshotHeader>,
    snapshot_bytes: u64,
    segments: VecDeque<Segment>,
    tail: Tail,
    first: u64,
    names: Names,
}

/// Reads the files of a store that exists, and changes nothing but what a crash
/// left lying about.
pub(crate) fn read(disk: &dyn Disk, dir: &Path, clock: &dyn Clock) -> Result<Option<Read>> {
    let names = Names::read(disk, dir)?;
    if names.segments.is_empty() && names.snapshots.is_empty() {
        return Ok(None);
    }
    let mut snapshot_bytes = 0;
    let (header, state) = match names.snapshots.last() {
        Some(revision) => {
            let path = dir.join(snapshot_name(*revision));
            let (header, state) = snapshot::load(disk, &path, clock)?;
            snapshot_bytes = disk.open(&path).and_then(|file| file.size()).unwrap_or(0);
            (Some(header), state)
        }
        None => (None, State::new()),
    };

    let mut replay = Replay {
        clock,
        dir,
        state,
        store: header.map(|header| header.store),
        position: None,
        segments: VecDeque::new(),
        tail: None,
        ended_leases: false,
    };
    let first = header.map_or(1, |header| header.replay_from);
    let last = names.segments.last().copied().unwrap_or(0).max(first);
    for number in first..=last {
        replay.segment(disk, number, number == last)?;
    }
    let Replay {
        mut state,
        segments,
        tail,
        position,
        ended_leases,
        ..
    } = replay;
    let (Some(tail), Some(position)) = (tail, position) else {
        return Err(corrupt(dir, 0, "it has no log", MISSING));
    };
    if position.revision < state.revision {
        let what = "the log ends before the snapshot that was made of it";
        return Err(damaged_log(&position.path, position.offset, what));
    }

    // A snapshot may have leases that were granted again after the log saw them
    // end: what it says of their keys was lost with that.
    if header.is_some() && ended_leases {
        state.attach_all();
    }

    Ok(Some(Read {
        state,
        header,
        snapshot_bytes,
        segments,
        tail,
        first,
        names,
    }))
}

struct Names {
    segments: Vec<u64>,
    snapshots: Vec<Revision>,
    spares: Vec<PathBuf>,
}

impl Names {
    fn read(disk: &dyn Disk, dir: &Path) -> Result<Names> {
        let mut names = Names {
            segments: Vec::new(),
            snapshots: Vec::new(),
            spares: Vec::new(),
        };
        for name in disk.list(dir).map_err(|error| open_error(dir, error))? {
            match log::parse_name(&name) {
                Name::Segment(number) => names.segments.push(number),
                Name::Snapshot(revision) => names.snapshots.push(revision),
                Name::Spare => names.spares.push(dir.join(name)),
                Name::Temporary => drop(disk.remove(&dir.join(name))),
                Name::Other => {}
            }
        }
        names.segments.sort_unstable();
        names.snapshots.sort_unstable();
        Ok(names)
    }
}

struct Replay<'a> {
    clock: &'a dyn Clock,
    dir: &'a Path,
    state: State,
    store: Option<u64>,
    position: Option<Position>,
    segments: VecDeque<Segment>,
    tail: Option<Tail>,
    /// A lease has ended.
    ended_leases: bool,
}

/// How far the log has been read.
struct Position {
    path: PathBuf,
    offset: u64,
    /// The next frame's sequence number.
    sequence: u64,
    /// The log's revision, which a snapshot may be ahead of.
    revision: Revision,
}

impl Replay<'_> {
    fn segment(&mut self, disk: &dyn Disk, number: u64, is_last: bool) -> Result<()> {
        let path = self.dir.join(log::segment_name(number));
        let file = match disk.open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(corrupt(
                    &path,
                    0,
                    "this part of the log is missing",
                    MISSING,
                ));
            }
            Err(error) => return Err(open_error(&path, error)),
        };
        let data = disk::read_all(&*file).map_err(|error| open_error(&path, error))?;
        let header = SegmentHeader::decode(&data).map_err(|damage| match damage {
            Damage::Format(found) => Error::UnknownFormat {
                file: path.clone(),
                found,
                supported: FORMAT,
            },
            Damage::Wrong(what) => corrupt(&path, 0, what, MISSING),
        })?;
        if *self.store.get_or_insert(header.store) != header.store || header.number != number {
            return Err(corrupt(
                &path,
                0,
                "it belongs to another store or place",
                MISSING,
            ));
        }

        let body = data.get(SEGMENT_DATA as usize..).unwrap_or_default();
        match &self.position {
            None if header.base_revision > self.state.revision => {
                return Err(corrupt(
                    &path,
                    0,
                    "it begins after the snapshot's end",
                    MISSING,
                ));
            }
            None => {}
            // Left behind by a rotation that could not be completed; the log
            // went on in the segment before it.
            Some(position)
                if is_last
                    && header.first_sequence < position.sequence
                    && format::find_frame(body, &header, 0).is_none() =>
            {
                drop(disk.remove(&path));
                return Ok(());
            }
            Some(position)
                if header.first_sequence != position.sequence
                    || header.base_revision != position.revision =>
            {
                let what = format!(
                    "the log breaks off here, {} begins {} batches later",
                    path.display(),
                    header.first_sequence.saturating_sub(position.sequence)
                );
                return Err(damaged_log(&position.path, position.offset, &what));
            }
            Some(_) => {}
        }

        let (offset, sequence, revision) = self.frames(&path, body, &header, is_last)?;
        self.segments.push_back(Segment {
            number,
            base_revision: header.base_revision,
        });
        self.position = Some(Position {
            path: path.clone(),
            offset,
            sequence,
            revision,
        });
        self.tail = Some(Tail {
            file,
            path,
            header,
            cursor: offset,
            sequence,
        });
        Ok(())
    }

    fn frames(
        &mut self,
        path: &Path,
        body: &[u8],
        header: &SegmentHeader,
        is_last: bool,
    ) -> Result<(u64, u64, Revision)> {
        let mut sequence = header.first_sequence;
        let mut revision = header.base_revision;
        let mut cursor = 0;
        while let Some(frame) = body
            .get(cursor..)
            .and_then(|rest| format::read_frame(rest, header))
        {
            let offset = SEGMENT_DATA + cursor as u64;
            if frame.sequence != sequence || frame.base_revision != revision {
                return Err(damaged_log(path, offset, "a batch is not the next one"));
            }
            for record in Records::new(frame.payload) {
                let record = record
                    .ok_or_else(|| damaged_log(path, offset, "a record of the batch is unknown"))?;
                self.record(record, &mut revision)
                    .map_err(|what| damaged_log(path, offset, what))?;
            }
            sequence += 1;
            cursor += frame.len;
        }
        let cursor = cursor.min(body.len());
        let offset = SEGMENT_DATA + cursor as u64;
        let rest = &body[cursor..];
        if is_last {
            if let Some((skipped, _)) = format::find_frame(rest, header, sequence + 1) {
                let what = format!(
                    "a batch's checksum is wrong, a good one follows {skipped} bytes later"
                );
                return Err(damaged_log(path, offset, &what));
            }
            if format::begins_frame(rest, sequence) {
                tracing::info!(path = %path.display(), offset, "dropped an unfinished write at the log's end");
            }
        }
        Ok((offset, sequence, revision))
    }

    fn record(&mut self, record: Record, revision: &mut Revision) -> Result<(), &'static str> {
        match record {
            Record::Txn(writes) => {
                *revision += 1;
                // The snapshot may have it already.
                if *revision > self.state.revision {
                    let events =
                        record::replay(writes, *revision, |key| self.state.latest(key).cloned());
                    if *revision != self.state.revision + 1 || events.is_empty() {
                        return Err("a transaction does not follow the one before");
                    }
                    self.state.apply(events);
                }
            }
            Record::Lease {
                id,
                ttl,
                ends_unix_millis,
            } => {
                let deadline = snapshot::deadline(self.clock, ttl, ends_unix_millis);
                self.state.set_lease(id, ttl, deadline);
            }
            Record::LeaseEnd { id } => {
                self.state.remove_lease(id);
                self.ended_leases = true;
            }
            Record::Compact { revision } => {
                drop(self.state.compact(revision.min(self.state.revision)));
            }
            Record::KeyValue(_) | Record::End { .. } => return Err("a record is not one of a log"),
        }
        Ok(())
    }
}

const MISSING: &str = "restore the data folder from a backup";

fn damaged_log(path: &Path, offset: u64, what: &str) -> Error {
    let remedy = format!(
        "restore the data folder from a backup; or, to go on without what was written from here \
         on, move all wal files after this one away and run `truncate --size={offset} {}`",
        path.display()
    );
    corrupt(path, offset, what, &remedy)
}

/// A number that no other store has: the standard library's hash keys are
/// random in every process, and differ with every call.
pub(crate) fn random_id() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    hasher.finish()
}
