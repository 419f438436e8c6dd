//! The bytes on disk: headers, frames, records. No IO.
//!
//! All numbers are little-endian; `varint` is LEB128. Every file begins with a
//! magic and a format version; every frame and block has a CRC-32 over all that
//! follows it, begun with the store's id and the segment's number, so that what
//! a recycled file held before, or another store's file, never passes for data.

use crate::{LeaseId, Revision};

/// The version that this code writes, and the newest that it reads.
pub(crate) const FORMAT: u32 = 1;

/// Frames begin here: the header has the first page for itself, so that
/// appending never rewrites it.
pub(crate) const SEGMENT_DATA: u64 = 4096;

/// Frames begin at multiples of this.
pub(crate) const FRAME_ALIGN: usize = 8;

/// Bytes of a frame before its payload.
pub(crate) const FRAME_HEADER: usize = 32;

const SEGMENT_MAGIC: &[u8; 8] = b"SKEGWAL\0";
const SNAPSHOT_MAGIC: &[u8; 8] = b"SKEGSNAP";
const FRAME_MAGIC: u32 = 0x4257_4b53;

/// A snapshot's blocks begin here.
pub(crate) const SNAPSHOT_DATA: u64 = 64;

/// Bytes of a block before its payload.
pub(crate) const BLOCK_HEADER: usize = 8;

/// Why bytes are not what they should be.
#[derive(Debug, PartialEq)]
pub(crate) enum Damage {
    /// Too short, wrong magic, wrong checksum, impossible content.
    Wrong(&'static str),
    /// Written by a newer release.
    Format(u32),
}

/// The first page of a log segment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SegmentHeader {
    /// Random, the same in all files of one store.
    pub(crate) store: u64,
    pub(crate) number: u64,
    /// The sequence number of the first frame.
    pub(crate) first_sequence: u64,
    /// The store's revision before the first frame.
    pub(crate) base_revision: Revision,
}

impl SegmentHeader {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut page = Vec::with_capacity(SEGMENT_DATA as usize);
        page.extend_from_slice(SEGMENT_MAGIC);
        page.extend_from_slice(&FORMAT.to_le_bytes());
        page.extend_from_slice(&[0; 4]);
        for number in [
            self.store,
            self.number,
            self.first_sequence,
            self.base_revision,
        ] {
            page.extend_from_slice(&number.to_le_bytes());
        }
        let crc = crc32fast::hash(&page[16..]);
        page[12..16].copy_from_slice(&crc.to_le_bytes());
        page.resize(SEGMENT_DATA as usize, 0);
        page
    }

    pub(crate) fn decode(page: &[u8]) -> Result<SegmentHeader, Damage> {
        header(page, SEGMENT_MAGIC, 48)?;
        Ok(SegmentHeader {
            store: u64_at(page, 16),
            number: u64_at(page, 24),
            first_sequence: u64_at(page, 32),
            base_revision: u64_at(page, 40),
        })
    }
}

/// The beginning of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SnapshotHeader {
    pub(crate) store: u64,
    /// The state in it is the one at this revision.
    pub(crate) revision: Revision,
    /// The number of the first log segment that is needed besides.
    pub(crate) replay_from: u64,
    pub(crate) last_lease: LeaseId,
}

impl SnapshotHeader {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut page = Vec::with_capacity(SNAPSHOT_DATA as usize);
        page.extend_from_slice(SNAPSHOT_MAGIC);
        page.extend_from_slice(&FORMAT.to_le_bytes());
        page.extend_from_slice(&[0; 4]);
        for number in [self.store, self.revision, self.replay_from, self.last_lease] {
            page.extend_from_slice(&number.to_le_bytes());
        }
        let crc = crc32fast::hash(&page[16..]);
        page[12..16].copy_from_slice(&crc.to_le_bytes());
        page.resize(SNAPSHOT_DATA as usize, 0);
        page
    }

    pub(crate) fn decode(page: &[u8]) -> Result<SnapshotHeader, Damage> {
        header(page, SNAPSHOT_MAGIC, 48)?;
        Ok(SnapshotHeader {
            store: u64_at(page, 16),
            revision: u64_at(page, 24),
            replay_from: u64_at(page, 32),
            last_lease: u64_at(page, 40),
        })
    }
}

fn header(page: &[u8], magic: &[u8; 8], len: usize) -> Result<(), Damage> {
    if page.len() < len {
        return Err(Damage::Wrong("the header is cut off"));
    }
    if &page[..8] != magic {
        return Err(Damage::Wrong("it does not begin as such a file does"));
    }
    if u32_at(page, 12) != crc32fast::hash(&page[16..len]) {
        return Err(Damage::Wrong("the header's checksum is wrong"));
    }
    match u32_at(page, 8) {
        FORMAT => Ok(()),
        format => Err(Damage::Format(format)),
    }
}

/// A batch of records that became durable together: the unit of the log.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Frame<'a> {
    /// Counts frames over all segments; the first is 1.
    pub(crate) sequence: u64,
    /// The store's revision before the frame.
    pub(crate) base_revision: Revision,
    pub(crate) payload: &'a [u8],
    /// Where the next frame begins, relative to this one.
    pub(crate) len: usize,
}

/// Makes room for a frame's header at the beginning of an empty buffer.
pub(crate) fn begin_frame(buffer: &mut Vec<u8>) {
    buffer.clear();
    buffer.resize(FRAME_HEADER, 0);
}

/// Fills the header of the frame in `buffer` in and pads it.
pub(crate) fn seal_frame(
    buffer: &mut Vec<u8>,
    segment: &SegmentHeader,
    sequence: u64,
    base: Revision,
) {
    let payload = buffer.len() - FRAME_HEADER;
    let payload = u32::try_from(payload).expect("a batch's size is bounded");
    buffer[0..4].copy_from_slice(&FRAME_MAGIC.to_le_bytes());
    buffer[8..12].copy_from_slice(&payload.to_le_bytes());
    buffer[16..24].copy_from_slice(&sequence.to_le_bytes());
    buffer[24..32].copy_from_slice(&base.to_le_bytes());
    let crc = frame_crc(segment, &buffer[8..]);
    buffer[4..8].copy_from_slice(&crc.to_le_bytes());
    buffer.resize(buffer.len().next_multiple_of(FRAME_ALIGN), 0);
}

/// The frame that begins at `data[0]`, if a whole and undamaged one does.
pub(crate) fn read_frame<'a>(data: &'a [u8], segment: &SegmentHeader) -> Option<Frame<'a>> {
    if data.len() < FRAME_HEADER || u32_at(data, 0) != FRAME_MAGIC {
        return None;
    }
    let end = FRAME_HEADER.checked_add(u32_at(data, 8) as usize)?;
    if end > data.len() || frame_crc(segment, &data[8..end]) != u32_at(data, 4) {
        return None;
    }
    Some(Frame {
        sequence: u64_at(data, 16),
        base_revision: u64_at(data, 24),
        payload: &data[FRAME_HEADER..end],
        len: end.next_multiple_of(FRAME_ALIGN),
    })
}

/// Whether the header of a frame with this sequence number stands at `data[0]`,
/// whatever its checksum says.
pub(crate) fn begins_frame(data: &[u8], sequence: u64) -> bool {
    data.len() >= FRAME_HEADER && u32_at(data, 0) == FRAME_MAGIC && u64_at(data, 16) == sequence
}

/// The first undamaged frame in `data` with at least this sequence number.
pub(crate) fn find_frame(
    data: &[u8],
    segment: &SegmentHeader,
    sequence: u64,
) -> Option<(usize, u64)> {
    (0..data.len()).step_by(FRAME_ALIGN).find_map(|offset| {
        let frame = read_frame(&data[offset..], segment)?;
        (frame.sequence >= sequence).then_some((offset, frame.sequence))
    })
}

fn frame_crc(segment: &SegmentHeader, data: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&segment.store.to_le_bytes());
    crc.update(&segment.number.to_le_bytes());
    crc.update(data);
    crc.finalize()
}

/// Fills the header of the snapshot's block in `buffer` in.
pub(crate) fn seal_block(buffer: &mut [u8], snapshot: &SnapshotHeader, index: u64) {
    let payload = u32::try_from(buffer.len() - BLOCK_HEADER).expect("blocks are small");
    let crc = block_crc(snapshot, index, &buffer[BLOCK_HEADER..]);
    buffer[0..4].copy_from_slice(&payload.to_le_bytes());
    buffer[4..8].copy_from_slice(&crc.to_le_bytes());
}

/// The payload of the block that begins at `data[0]`.
pub(crate) fn read_block<'a>(
    data: &'a [u8],
    snapshot: &SnapshotHeader,
    index: u64,
) -> Option<&'a [u8]> {
    if data.len() < BLOCK_HEADER {
        return None;
    }
    let end = BLOCK_HEADER.checked_add(u32_at(data, 0) as usize)?;
    let payload = data.get(BLOCK_HEADER..end)?;
    (block_crc(snapshot, index, payload) == u32_at(data, 4)).then_some(payload)
}

fn block_crc(snapshot: &SnapshotHeader, index: u64, payload: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&snapshot.store.to_le_bytes());
    crc.update(&snapshot.revision.to_le_bytes());
    crc.update(&index.to_le_bytes());
    crc.update(payload);
    crc.finalize()
}

fn u32_at(data: &[u8], offset: usize) -> u32 {
    let bytes = data[offset..offset + 4].try_into().expect("four bytes");
    u32::from_le_bytes(bytes)
}

fn u64_at(data: &[u8], offset: usize) -> u64 {
    let bytes = data[offset..offset + 8].try_into().expect("eight bytes");
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Record, Records, put_compact};

    const SEGMENT: SegmentHeader = SegmentHeader {
        store: 7,
        number: 3,
        first_sequence: 12,
        base_revision: 40,
    };

    fn frame(sequence: u64, segment: &SegmentHeader) -> Vec<u8> {
        let mut buffer = Vec::new();
        begin_frame(&mut buffer);
        put_compact(&mut buffer, 300);
        seal_frame(&mut buffer, segment, sequence, 41);
        buffer
    }

    #[test]
    fn headers_round_trip_and_notice_every_changed_byte() {
        let page = SEGMENT.encode();
        assert_eq!(SegmentHeader::decode(&page), Ok(SEGMENT));
        for i in 0..48 {
            let mut bad = page.clone();
            bad[i] ^= 1;
            assert!(SegmentHeader::decode(&bad).is_err(), "byte {i}");
        }
        let snapshot = SnapshotHeader {
            store: 7,
            revision: 9,
            replay_from: 2,
            last_lease: 5,
        };
        assert_eq!(SnapshotHeader::decode(&snapshot.encode()), Ok(snapshot));
        assert!(SnapshotHeader::decode(&page).is_err());
    }

    #[test]
    fn frames_notice_every_changed_byte_and_foreign_segments() {
        let good = frame(12, &SEGMENT);
        let read = read_frame(&good, &SEGMENT).expect("a frame");
        assert_eq!(
            (read.sequence, read.base_revision, read.len),
            (12, 41, good.len())
        );
        let records: Vec<_> = Records::new(read.payload).collect();
        assert_eq!(records, [Some(Record::Compact { revision: 300 })]);

        let payload_end = FRAME_HEADER + read.payload.len();
        for i in 0..payload_end {
            let mut bad = good.clone();
            bad[i] ^= 1;
            assert_eq!(read_frame(&bad, &SEGMENT), None, "byte {i}");
        }
        for len in 0..payload_end {
            assert_eq!(read_frame(&good[..len], &SEGMENT), None, "length {len}");
        }
        let recycled = SegmentHeader {
            number: 4,
            ..SEGMENT
        };
        assert_eq!(read_frame(&good, &recycled), None);
    }

    #[test]
    fn later_frames_are_found() {
        let mut data = vec![0; 64];
        data.extend(frame(12, &SEGMENT));
        let second = data.len();
        data.extend(frame(13, &SEGMENT));
        assert_eq!(find_frame(&data, &SEGMENT, 12), Some((64, 12)));
        assert_eq!(find_frame(&data, &SEGMENT, 13), Some((second, 13)));
        assert_eq!(find_frame(&data, &SEGMENT, 14), None);
    }
}
