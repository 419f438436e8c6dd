//! Files that are cut off or changed: what a crash explains is repaired
//! silently, everything else is refused with the place and the remedy.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use skeg_store::testing::MemoryDisk;
use skeg_store::{Embedded, Error, Store};

use crate::{DIR, all, files, open, open_error, put, revision, runtime, small, value};

/// Bytes of a frame's header.
const FRAME_HEADER: usize = 32;

/// A store whose only segment holds one frame a write.
struct Written {
    disk: MemoryDisk,
    segment: PathBuf,
    /// Where each write's frame begins, and where the last one ends.
    frames: Vec<usize>,
    /// Where each frame's payload ends; what follows pads.
    ends: Vec<usize>,
}

fn write(values: &[&'static str]) -> Written {
    let disk = MemoryDisk::new();
    let store = open(&disk);
    runtime().block_on(async {
        for (i, value) in values.iter().enumerate() {
            put(&store, &format!("/k{i}"), *value).await.unwrap();
        }
    });
    drop(store);
    let segment = files(&disk, "wal-").remove(0);
    let data = disk.content(&segment).unwrap();
    let (mut frames, mut ends) = (vec![4096], Vec::new());
    for _ in values {
        let start = *frames.last().unwrap();
        let len = u32::from_le_bytes(data[start + 8..start + 12].try_into().unwrap()) as usize;
        ends.push(start + FRAME_HEADER + len);
        frames.push((start + FRAME_HEADER + len).next_multiple_of(8));
    }
    Written {
        disk,
        segment,
        frames,
        ends,
    }
}

impl Written {
    fn with(&self, change: impl FnOnce(&mut Vec<u8>)) -> MemoryDisk {
        let disk = self.disk.copy();
        let mut data = disk.content(&self.segment).unwrap();
        change(&mut data);
        disk.set_content(&self.segment, data);
        disk
    }
}

/// Opens a store with so many of the writes, writes on, and opens it again.
fn expect_writes(disk: &MemoryDisk, count: usize, why: &str) {
    let store = open(disk);
    assert_eq!(all(&store).len(), count, "{why}");
    assert_eq!(revision(&store), 1 + count as u64, "{why}");
    let written = runtime()
        .block_on(put(&store, "/next", "after the crash"))
        .unwrap();
    assert_eq!(written, 2 + count as u64, "{why}");
    drop(store);
    let store = open(disk);
    assert_eq!(all(&store).len(), count + 1, "{why}");
    assert_eq!(value(&store, "/next").unwrap(), "after the crash", "{why}");
}

#[test]
fn a_tail_cut_off_anywhere_is_dropped() {
    let written = write(&["one", "two", "a somewhat longer third value"]);
    for cut in written.frames[2]..=written.frames[3] {
        let whole = cut >= written.ends[2];
        let count = if whole { 3 } else { 2 };
        let zeroed = written.with(|data| data[cut..].fill(0));
        expect_writes(&zeroed, count, &format!("zeros from byte {cut} on"));
        let truncated = written.with(|data| data.truncate(cut));
        expect_writes(&truncated, count, &format!("cut off at byte {cut}"));
        let garbage = written.with(|data| data[cut..].fill(0xa5));
        expect_writes(&garbage, count, &format!("garbage from byte {cut} on"));
    }
}

#[test]
fn any_wrong_byte_of_the_last_write_drops_it() {
    let written = write(&["one", "two", "three"]);
    for at in written.frames[2]..written.frames[3] {
        let count = if at < written.ends[2] { 2 } else { 3 };
        for flip in [1, 0x80, 0xff] {
            let disk = written.with(|data| data[at] ^= flip);
            expect_writes(&disk, count, &format!("byte {at} xor {flip}"));
        }
    }
}

#[test]
fn any_wrong_byte_before_a_good_write_is_refused() {
    let written = write(&["one", "two", "three"]);
    for (frame, end) in written.ends.iter().enumerate().take(2) {
        for at in written.frames[frame]..*end {
            let disk = written.with(|data| data[at] ^= 0x10);
            let Error::Corrupt {
                file,
                offset,
                remedy,
                ..
            } = open_error(&disk)
            else {
                panic!("byte {at}: not corrupt");
            };
            assert_eq!(
                (&file, offset),
                (&written.segment, written.frames[frame] as u64)
            );
            assert!(
                remedy.contains("backup") && remedy.contains("truncate"),
                "{remedy}"
            );
            // What was refused was not touched, and the remedy works.
            let mut data = disk.content(&file).unwrap();
            data.truncate(offset as usize);
            disk.set_content(&file, data);
            expect_writes(&disk, frame, &format!("byte {at} repaired"));
        }
    }
}

#[test]
fn a_wrong_header_is_refused() {
    let written = write(&["one"]);
    for at in 0..48 {
        let disk = written.with(|data| data[at] ^= 2);
        match open_error(&disk) {
            Error::Corrupt {
                file, offset: 0, ..
            } => assert_eq!(file, written.segment),
            Error::UnknownFormat {
                found, supported, ..
            } => {
                assert!((8..12).contains(&at) && found != supported, "byte {at}");
            }
            error => panic!("byte {at}: {error}"),
        }
    }
    let message = open_error(&written.with(|data| data[8] = 9)).to_string();
    assert!(
        message.contains("has format 9") && message.contains("release"),
        "{message}"
    );
}

/// A store with a snapshot and several segments after it.
fn with_snapshot() -> (MemoryDisk, usize) {
    let disk = MemoryDisk::new();
    let store = open(&disk);
    let keys = 40;
    runtime().block_on(async {
        for round in 0..8 {
            for i in 0..keys {
                put(&store, &format!("/k{i:02}"), vec![round; 400])
                    .await
                    .unwrap();
            }
            store.compact(revision(&store) - 20).await.unwrap();
        }
    });
    drop(store);
    // The snapshot may still have been in the making.
    let store = open(&disk);
    runtime().block_on(async {
        while files(&disk, "snapshot-").is_empty() {
            put(&store, "/k00", vec![9; 400]).await.unwrap();
        }
    });
    drop(store);
    assert_eq!(all(&open(&disk)).len(), keys);
    assert!(files(&disk, "wal-").len() >= 2);
    (disk, keys)
}

#[test]
fn a_damaged_snapshot_is_refused() {
    let (disk, _) = with_snapshot();
    let path = files(&disk, "snapshot-").remove(0);
    let data = disk.content(&path).unwrap();
    for at in (0..48).chain((64..data.len()).step_by(97)) {
        let mut bad = data.clone();
        bad[at] ^= 4;
        let copy = disk.copy();
        copy.set_content(&path, bad);
        match open_error(&copy) {
            Error::Corrupt { file, remedy, .. } => {
                assert!(file == path && remedy.contains("backup"), "byte {at}");
            }
            Error::UnknownFormat { .. } => assert!((8..12).contains(&at), "byte {at}"),
            error => panic!("byte {at}: {error}"),
        }
    }
    for len in (0..data.len()).step_by(211) {
        let copy = disk.copy();
        copy.set_content(&path, data[..len].to_vec());
        assert!(
            matches!(open_error(&copy), Error::Corrupt { .. }),
            "{len} bytes"
        );
    }
}

#[test]
fn damage_anywhere_is_refused_or_at_the_tail() {
    let (disk, _) = with_snapshot();
    // A few more writes, and what is true after each of them.
    let store = open(&disk);
    let mut truth = BTreeMap::from([(revision(&store), all(&store))]);
    runtime().block_on(async {
        for i in 0..40 {
            put(&store, &format!("/k{:02}", i % 7), vec![i; 300])
                .await
                .unwrap();
            truth.insert(revision(&store), all(&store));
        }
    });
    let last = revision(&store);
    drop(store);

    let paths: Vec<_> = files(&disk, "wal-")
        .into_iter()
        .chain(files(&disk, "snapshot-"))
        .collect();
    let tail = files(&disk, "wal-").pop().unwrap();
    let (mut refused, mut opened) = (0, 0);
    for seed in 0..400 {
        let mut random = fastrand::Rng::with_seed(seed);
        let copy = disk.copy();
        let path = &paths[random.usize(..paths.len())];
        let mut data = copy.content(path).unwrap();
        let start = random.usize(..data.len());
        let end = (start + random.usize(1..200)).min(data.len());
        for byte in &mut data[start..end] {
            *byte = if random.bool() { 0 } else { random.u8(..) };
        }
        // A last segment that is cut off is like one that was never written on.
        if random.u8(..4) == 0 && *path != tail {
            data.truncate(end);
        }
        copy.set_content(path, data);
        match Embedded::open(DIR, small(&copy)) {
            Ok(store) => {
                opened += 1;
                // At most the two writes that the damage touched are missing.
                assert!(revision(&store) >= last - 2, "seed {seed}");
                assert_eq!(all(&store), truth[&revision(&store)], "seed {seed}");
            }
            Err(Error::Corrupt {
                file,
                offset,
                remedy,
                ..
            }) => {
                refused += 1;
                assert!(paths.contains(&file) && !remedy.is_empty(), "seed {seed}");
                assert!(offset <= 1 << 20, "seed {seed}");
            }
            Err(Error::UnknownFormat { .. }) => refused += 1,
            Err(error) => panic!("seed {seed}: {error}"),
        }
    }
    assert!(
        refused > 20 && opened > 20,
        "{refused} refused, {opened} opened"
    );
}

#[test]
fn a_missing_file_is_refused() {
    let (disk, _) = with_snapshot();
    let without = |path: &Path| {
        let copy = disk.copy();
        skeg_store::Disk::remove(&copy, path).unwrap();
        open_error(&copy)
    };
    let segments = files(&disk, "wal-");
    let first = &segments[0];
    let Error::Corrupt { file, what, .. } = without(first) else {
        panic!("opened")
    };
    assert!(file == *first && what.contains("missing"), "{what}");
    let snapshot = files(&disk, "snapshot-").remove(0);
    assert!(matches!(without(&snapshot), Error::Corrupt { .. }));
}

#[test]
fn a_log_that_breaks_off_in_the_middle_is_refused() {
    let disk = MemoryDisk::new();
    let store = open(&disk);
    runtime().block_on(async {
        let lease = store
            .grant_lease(Duration::from_secs(3600))
            .await
            .unwrap()
            .id;
        // Frames with a revision and without, over three segments.
        while files(&disk, "wal-").len() < 3 {
            store.keep_lease_alive(lease).await.unwrap();
            put(&store, "/k", vec![b'x'; 700]).await.unwrap();
            store.keep_lease_alive(lease).await.unwrap();
        }
    });
    drop(store);
    let segment = files(&disk, "wal-").remove(1);
    let data = disk.content(&segment).unwrap();
    let mut frames = vec![4096];
    while let Some(length) = data
        .get(frames[frames.len() - 1] + 8..)
        .filter(|rest| rest.len() > 24)
    {
        let length = u32::from_le_bytes(length[..4].try_into().unwrap()) as usize;
        if length == 0 {
            break;
        }
        frames.push((frames[frames.len() - 1] + FRAME_HEADER + length).next_multiple_of(8));
    }
    assert!(frames.len() > 10);
    for start in &frames[..frames.len() - 1] {
        let copy = disk.copy();
        let mut data = data.clone();
        data[*start..].fill(0);
        copy.set_content(&segment, data);
        let Error::Corrupt {
            file, offset, what, ..
        } = open_error(&copy)
        else {
            panic!("opened")
        };
        assert_eq!((&file, offset), (&segment, *start as u64), "{what}");
    }
}

#[test]
fn another_stores_segment_is_refused() {
    let one = write(&["one"]);
    let (disk, _) = with_snapshot();
    let last = files(&disk, "wal-").pop().unwrap();
    disk.set_content(&last, one.disk.content(&one.segment).unwrap());
    let Error::Corrupt { file, what, .. } = open_error(&disk) else {
        panic!("opened")
    };
    assert!(file == last && what.contains("another store"), "{what}");
}

#[test]
fn leftovers_of_a_crash_are_cleared() {
    let written = write(&["one", "two"]);
    let disk = written.disk.copy();
    disk.set_content(
        &Path::new(DIR).join("snapshot.tmp"),
        b"half a snap".to_vec(),
    );
    disk.set_content(
        &Path::new(DIR).join("spare-00000000000000ff.log"),
        vec![1; 100],
    );
    disk.set_content(&Path::new(DIR).join("notes.txt"), b"not ours".to_vec());
    let store = Embedded::open(DIR, small(&disk)).unwrap();
    runtime().block_on(async {
        for i in 0..100 {
            put(&store, "/k", vec![i; 1000]).await.unwrap();
        }
    });
    drop(store);
    assert_eq!(all(&open(&disk)).len(), 3);
    let names = disk.files();
    assert!(!names.contains(&Path::new(DIR).join("snapshot.tmp")));
    assert!(
        names.contains(&Path::new(DIR).join("notes.txt")),
        "touched a file that is not ours"
    );
}
