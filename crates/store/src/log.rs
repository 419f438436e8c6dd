//! The write-ahead log: numbered segments of a fixed size, appended to frame by
//! frame. One owner, the writer thread.
//!
//! A segment's space is reserved when it is made, and its blocks are written
//! once before they are used (a recycled segment's have been), so that making a
//! frame durable changes no metadata of the file system: one write, one flush.
//!
//! It is written in whole blocks past the page cache, which would write out much
//! more around a small frame. The bytes of earlier frames in a block are written
//! again as they were, so that a torn block still holds them.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::blocks::{BLOCK, Blocks};
use crate::disk::{Disk, DiskFile};
use crate::error::write_error;
use crate::format::{self, SEGMENT_DATA, SegmentHeader};
use crate::{Result, Revision};

/// How far ahead of the frames a new segment's blocks are written.
const ZERO_AHEAD_BYTES: u64 = 1 << 20;

/// Segments that are kept to be used again instead of removed.
const SPARES_MAX: usize = 2;

#[repr(align(4096))]
struct Zeros([u8; 64 << 10]);

static ZEROS: Zeros = Zeros([0; 64 << 10]);

/// A segment on disk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Segment {
    pub(crate) number: u64,
    /// The store's revision before it.
    pub(crate) base_revision: Revision,
}

pub(crate) struct Log {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    segment_bytes: u64,
    /// All segments, oldest first; the last one is written.
    segments: VecDeque<Segment>,
    spares: Vec<PathBuf>,
    file: Box<dyn DiskFile>,
    path: PathBuf,
    header: SegmentHeader,
    /// Where the next frame goes.
    cursor: u64,
    /// The block that the next frame begins in.
    blocks: Blocks,
    /// Blocks before this have been written once.
    zeroed: u64,
    capacity: u64,
    /// The next frame's sequence number.
    sequence: u64,
    /// A frame that was refused may stand at the cursor.
    leftover: bool,
}

/// Where recovery found the log's end.
pub(crate) struct Tail {
    pub(crate) file: Box<dyn DiskFile>,
    pub(crate) path: PathBuf,
    pub(crate) header: SegmentHeader,
    pub(crate) cursor: u64,
    pub(crate) sequence: u64,
}

impl Log {
    /// Starts the log of a new store.
    pub(crate) fn create(
        disk: Arc<dyn Disk>,
        dir: PathBuf,
        segment_bytes: u64,
        store: u64,
        base_revision: Revision,
    ) -> Result<Log> {
        let header = SegmentHeader {
            store,
            number: 1,
            first_sequence: 1,
            base_revision,
        };
        let made = make_segment(&*disk, &dir, segment_bytes, header, None)?;
        Ok(Log {
            disk,
            dir,
            segment_bytes,
            segments: VecDeque::from([Segment {
                number: 1,
                base_revision,
            }]),
            spares: Vec::new(),
            file: made.file,
            path: made.path,
            header,
            cursor: SEGMENT_DATA,
            blocks: Blocks::default(),
            zeroed: made.zeroed,
            capacity: segment_bytes,
            sequence: 1,
            leftover: false,
        })
    }

    /// Goes on with a log that recovery has read.
    pub(crate) fn resume(
        disk: Arc<dyn Disk>,
        dir: PathBuf,
        segment_bytes: u64,
        segments: VecDeque<Segment>,
        spares: Vec<PathBuf>,
        mut tail: Tail,
    ) -> Result<Log> {
        let failed = |error| write_error(&tail.path, error);
        let capacity = tail.file.size().map_err(failed)?;
        // What was recovered may have been written by a process that was
        // killed before it had synced it. From here on it is promised.
        tail.file.sync().map_err(failed)?;
        let since_block = (tail.cursor % BLOCK as u64) as usize;
        let mut block = [0; BLOCK];
        let read = tail
            .file
            .read_at(&mut block[..since_block], tail.cursor - since_block as u64)
            .map_err(failed)?;
        let blocks = Blocks::ending_with(&block[..read]);
        tail.file.bypass_cache();
        let mut log = Log {
            disk,
            dir,
            segment_bytes,
            segments,
            spares: Vec::new(),
            file: tail.file,
            path: tail.path,
            header: tail.header,
            cursor: tail.cursor,
            blocks,
            zeroed: capacity,
            capacity,
            sequence: tail.sequence,
            leftover: false,
        };
        for spare in spares {
            log.keep_spare(spare);
        }
        Ok(log)
    }

    /// Appends the records in `buffer` (begun with [`format::begin_frame`]) as
    /// one frame; when it returns they are durable. After an error the log is
    /// as it was, and may be tried again.
    pub(crate) fn append(&mut self, buffer: &mut Vec<u8>, base_revision: Revision) -> Result<()> {
        let len = buffer.len().next_multiple_of(format::FRAME_ALIGN) as u64;
        if self.cursor + len > self.capacity {
            self.rotate(base_revision, len)?;
        }
        format::seal_frame(buffer, &self.header, self.sequence, base_revision);
        // What could not be written as a whole may be there as a whole all the same.
        self.leftover = true;
        self.write(buffer)
            .map_err(|error| write_error(&self.path, error))?;
        self.leftover = false;
        self.blocks.appended(buffer);
        self.cursor += len;
        self.sequence += 1;
        Ok(())
    }

    /// Makes sure that nothing stands behind the last frame that was acknowledged.
    fn forget_leftover(&mut self) -> Result<()> {
        if self.leftover {
            self.write(&[0; format::FRAME_HEADER])
                .map_err(|error| write_error(&self.path, error))?;
            self.leftover = false;
        }
        Ok(())
    }

    fn write(&mut self, frame: &[u8]) -> std::io::Result<()> {
        let end = (self.cursor + frame.len() as u64).next_multiple_of(BLOCK as u64);
        if end > self.zeroed {
            let ahead = end.next_multiple_of(ZERO_AHEAD_BYTES).min(self.capacity);
            write_zeros(&*self.file, end, ahead)?;
            self.zeroed = ahead.max(end);
        }
        let start = self.cursor - self.blocks.tail_len() as u64;
        self.file.write_at(self.blocks.with(frame), start)?;
        self.file.sync()
    }

    /// Begins the next segment now, so that a snapshot can stand for all before
    /// it; its number.
    pub(crate) fn begin_segment(&mut self, base_revision: Revision) -> Result<u64> {
        self.rotate(base_revision, 0)?;
        Ok(self.header.number)
    }

    /// Gives up what is kept to be used again.
    pub(crate) fn drop_spares(&mut self) {
        for spare in self.spares.drain(..) {
            drop(self.disk.remove(&spare));
        }
    }

    /// Begins the next segment. The one before is durable as a whole: every
    /// frame of it was synced when it was appended.
    fn rotate(&mut self, base_revision: Revision, frame_len: u64) -> Result<()> {
        self.forget_leftover()?;
        let header = SegmentHeader {
            store: self.header.store,
            number: self.header.number + 1,
            first_sequence: self.sequence,
            base_revision,
        };
        // A batch that is larger than a segment gets one of its own size.
        let needed = (SEGMENT_DATA + frame_len).next_multiple_of(BLOCK as u64);
        let capacity = self.segment_bytes.max(needed);
        let spare = if capacity == self.segment_bytes {
            self.spares.pop()
        } else {
            None
        };
        let made = make_segment(&*self.disk, &self.dir, capacity, header, spare)?;
        self.file = made.file;
        self.path = made.path;
        self.zeroed = made.zeroed;
        self.capacity = capacity;
        self.header = header;
        self.cursor = SEGMENT_DATA;
        self.blocks = Blocks::default();
        self.segments.push_back(Segment {
            number: header.number,
            base_revision,
        });
        Ok(())
    }

    /// The first segment that holds something after `revision`.
    pub(crate) fn needed_from(&self, revision: Revision) -> u64 {
        self.segments
            .iter()
            .rev()
            .find(|segment| segment.base_revision <= revision)
            .or(self.segments.front())
            .map_or(self.header.number, |segment| segment.number)
    }

    /// Bytes of segments that hold nothing after `revision`.
    pub(crate) fn reclaimable_bytes(&self, revision: Revision) -> u64 {
        let first = self.segments.front().map_or(0, |segment| segment.number);
        (self.needed_from(revision) - first) * self.segment_bytes
    }

    /// Bytes of all segments, spares included.
    pub(crate) fn disk_bytes(&self) -> u64 {
        (self.segments.len() + self.spares.len()) as u64 * self.segment_bytes
    }

    /// The store's random id, which all its files bear.
    pub(crate) fn store_id(&self) -> u64 {
        self.header.store
    }

    /// Gives up the segments before number `needed`; a snapshot has replaced
    /// them. Failures are harmless: recovery does it again.
    pub(crate) fn release(&mut self, needed: u64) {
        while let Some(first) = self.segments.front().copied()
            && first.number < needed.min(self.header.number)
        {
            self.segments.pop_front();
            let path = self.dir.join(segment_name(first.number));
            if self.spares.len() < SPARES_MAX {
                let spare = self.dir.join(spare_name(first.number));
                if self.disk.rename(&path, &spare).is_ok() {
                    self.spares.push(spare);
                }
            } else if let Err(error) = self.disk.remove(&path) {
                tracing::warn!(path = %path.display(), %error, "cannot remove an old log segment");
            }
        }
    }

    fn keep_spare(&mut self, path: PathBuf) {
        if self.spares.len() < SPARES_MAX {
            self.spares.push(path);
        } else {
            drop(self.disk.remove(&path));
        }
    }
}

struct Made {
    file: Box<dyn DiskFile>,
    path: PathBuf,
    zeroed: u64,
}

/// Makes a segment, of a spare if there is one. It gets its name last, when
/// its space is reserved and its header durable.
fn make_segment(
    disk: &dyn Disk,
    dir: &Path,
    bytes: u64,
    header: SegmentHeader,
    spare: Option<PathBuf>,
) -> Result<Made> {
    let recycled = spare.and_then(|path| {
        let file = disk.open(&path).ok()?;
        if file.size().is_ok_and(|len| len == bytes) {
            return Some((file, path, bytes));
        }
        drop(disk.remove(&path));
        None
    });
    let (mut file, temporary, zeroed) = match recycled {
        Some(recycled) => recycled,
        None => {
            let path = dir.join(spare_name(header.number));
            let made = new_file(disk, &path, bytes);
            let (file, zeroed) = made.map_err(|error| {
                drop(disk.remove(&path));
                write_error(&path, error)
            })?;
            (file, path, zeroed)
        }
    };
    let path = dir.join(segment_name(header.number));
    file.bypass_cache();
    let publish = || {
        file.write_at(Blocks::default().with(&header.encode()), 0)?;
        file.sync()?;
        disk.rename(&temporary, &path)?;
        disk.sync_dir(dir)
    };
    match publish() {
        Ok(()) => Ok(Made { file, path, zeroed }),
        Err(error) => {
            drop(disk.remove(&temporary));
            Err(write_error(&path, error))
        }
    }
}

fn new_file(disk: &dyn Disk, path: &Path, bytes: u64) -> std::io::Result<(Box<dyn DiskFile>, u64)> {
    let mut file = disk.create(path)?;
    file.allocate(bytes)?;
    file.bypass_cache();
    let zeroed = ZERO_AHEAD_BYTES.min(bytes);
    write_zeros(&*file, 0, zeroed)?;
    Ok((file, zeroed))
}

fn write_zeros(file: &dyn DiskFile, from: u64, to: u64) -> std::io::Result<()> {
    let mut offset = from;
    while offset < to {
        let len = (to - offset).min(ZEROS.0.len() as u64) as usize;
        file.write_at(&ZEROS.0[..len], offset)?;
        offset += len as u64;
    }
    Ok(())
}

pub(crate) fn segment_name(number: u64) -> String {
    format!("wal-{number:016x}.log")
}

fn spare_name(number: u64) -> String {
    format!("spare-{number:016x}.log")
}

/// What a file's name says.
#[derive(Debug, PartialEq)]
pub(crate) enum Name {
    Segment(u64),
    Spare,
    Snapshot(Revision),
    Temporary,
    Other,
}

pub(crate) fn parse_name(name: &str) -> Name {
    let number = |prefix: &str, suffix: &str| {
        let digits = name.strip_prefix(prefix)?.strip_suffix(suffix)?;
        (digits.len() == 16).then(|| u64::from_str_radix(digits, 16).ok())?
    };
    if name.ends_with(".tmp") {
        Name::Temporary
    } else if let Some(number) = number("wal-", ".log") {
        Name::Segment(number)
    } else if number("spare-", ".log").is_some() {
        Name::Spare
    } else if let Some(revision) = number("snapshot-", ".snap") {
        Name::Snapshot(revision)
    } else {
        Name::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::snapshot_name;

    #[test]
    fn names_say_what_they_were_made_of() {
        assert_eq!(parse_name(&segment_name(258)), Name::Segment(258));
        assert_eq!(parse_name(&spare_name(3)), Name::Spare);
        assert_eq!(parse_name(&snapshot_name(77)), Name::Snapshot(77));
        assert_eq!(parse_name("snapshot.tmp"), Name::Temporary);
        assert_eq!(parse_name("wal-1.log"), Name::Other);
        assert_eq!(parse_name("LOCK"), Name::Other);
    }
}
