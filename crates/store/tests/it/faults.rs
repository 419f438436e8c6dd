//! Disks that are full or fail, folders that are in use.

use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use skeg_store::testing::{ManualClock, MemoryDisk};
use skeg_store::{Embedded, Error, Expect, KeyRange, LATEST, Options, Store, WatchOptions};

use crate::{all, open, put, revision, runtime, small, value};

/// Writes until the disk is full; how many writes were taken.
async fn fill(store: &Embedded, from: usize) -> usize {
    for i in from.. {
        match put(store, &format!("/fill/{i:06}"), vec![b'f'; 3000]).await {
            Ok(_) => {}
            Err(Error::NoSpace { path }) => {
                assert!(path.starts_with("/store") || path.is_absolute());
                return i;
            }
            Err(error) => panic!("{error}"),
        }
    }
    unreachable!("the disk is not endless")
}

async fn status(store: &Embedded) -> skeg_store::Status {
    store.status().await.unwrap()
}

#[test]
fn a_full_disk_refuses_writes_and_heals() {
    runtime().block_on(async {
        let disk = MemoryDisk::new();
        let store = open(&disk);
        let mut watch = store
            .watch(KeyRange::all(), WatchOptions { from: 2 })
            .await
            .unwrap();
        disk.set_capacity(Some(100 << 10));
        let taken = fill(&store, 0).await;
        assert!(taken > 5, "{taken}");

        // Reads, watches and conflicts go on, nothing of the refused is seen.
        assert_eq!(all(&store).len(), taken);
        let at = revision(&store);
        assert_eq!(at, 1 + taken as u64);
        let conflict = store
            .put_if("/fill/000000".into(), "x".into(), Expect::Absent, None)
            .await;
        assert!(conflict.unwrap_err().is_conflict());
        assert!(
            status(&store)
                .await
                .failing
                .unwrap()
                .contains("no space left")
        );
        assert!(
            put(&store, "/fill/x", vec![0; 3000])
                .await
                .unwrap_err()
                .is_no_space()
        );
        let mut seen = 0;
        while seen < taken {
            seen += watch.next().await.unwrap().unwrap().events.len();
        }
        assert_eq!(seen, taken);

        // A crash in this state loses nothing either.
        let crashed = open(&disk.after_power_cut(|| false));
        assert_eq!((all(&crashed).len(), revision(&crashed)), (taken, at));

        disk.set_capacity(None);
        assert_eq!(put(&store, "/after", "1").await.unwrap(), at + 1);
        assert_eq!(status(&store).await.failing, None);
        drop(store);
        let store = open(&disk);
        assert_eq!((all(&store).len(), revision(&store)), (taken + 1, at + 1));
    });
}

#[test]
fn a_failing_disk_refuses_writes_and_heals() {
    runtime().block_on(async {
        let disk = MemoryDisk::new();
        let store = open(&disk);
        put(&store, "/a", "1").await.unwrap();
        for kind in [io::ErrorKind::Other, io::ErrorKind::PermissionDenied] {
            disk.set_failing(Some(kind));
            let Err(Error::Write { path, .. }) = put(&store, "/a", "lost").await else {
                panic!("written to a failing disk");
            };
            assert!(path.to_str().unwrap().contains("wal-"));
            assert!(
                status(&store)
                    .await
                    .failing
                    .unwrap()
                    .contains("told to fail")
            );
            assert_eq!(value(&store, "/a").unwrap(), "1");
            disk.set_failing(None);
        }
        put(&store, "/a", "2").await.unwrap();
        drop(store);
        assert_eq!(value(&open(&disk), "/a").unwrap(), "2");
        assert_eq!(revision(&open(&disk)), 3);
    });
}

#[test]
fn segments_that_cannot_be_made_leave_no_gap() {
    // The disk fails in bursts, also in the middle of beginning a segment.
    runtime().block_on(async {
        let disk = MemoryDisk::new();
        let mut store = open(&disk);
        let mut random = fastrand::Rng::with_seed(3);
        let mut taken = 0u64;
        for i in 0..400 {
            if random.u8(..4) == 0 {
                disk.set_capacity(Some(disk.used() + random.u64(..20_000)));
            }
            let len = random.usize(..4000);
            match put(&store, "/k", vec![b'x'; len]).await {
                Ok(_) => taken += 1,
                Err(error) => {
                    assert!(error.is_no_space(), "{error}");
                    disk.set_capacity(None);
                }
            }
            if i % 40 == 0 {
                disk.set_capacity(None);
                drop(store);
                store = open(&disk);
                assert_eq!(revision(&store), 1 + taken, "after {i}");
            }
        }
        assert!(taken > 200);
    });
}

#[test]
fn leases_that_end_on_a_full_disk_end_later() {
    runtime().block_on(async {
        let (disk, clock) = (MemoryDisk::new(), ManualClock::new());
        let options = Options {
            clock: Arc::new(clock.clone()),
            ..small(&disk)
        };
        let store = Embedded::open("/store", options).unwrap();
        let lease = store.grant_lease(Duration::from_secs(60)).await.unwrap().id;
        store
            .put_if("/e".into(), "v".into(), Expect::Absent, Some(lease))
            .await
            .unwrap();
        let mut watch = store
            .watch(KeyRange::all(), WatchOptions::default())
            .await
            .unwrap();
        disk.set_failing(Some(io::ErrorKind::StorageFull));
        clock.advance(Duration::from_secs(61));
        while status(&store).await.failing.is_none() {
            tokio::task::yield_now().await;
        }
        assert!(value(&store, "/e").is_some());
        disk.set_failing(None);
        // It does not try all the time, but it does try.
        clock.advance(Duration::from_secs(11));
        let batch = watch.next().await.unwrap().unwrap();
        assert_eq!(batch.events[0].kv.key.as_str(), Some("/e"));
        assert_eq!(status(&store).await.failing, None);
    });
}

#[test]
fn a_folder_is_opened_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = Embedded::open(dir.path(), Options::default()).unwrap();
    let error = Embedded::open(dir.path(), Options::default()).unwrap_err();
    let Error::Locked { holder, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(*holder, Some(std::process::id()));
    assert!(error.to_string().contains("stop it first"), "{error}");
    drop(store);
    Embedded::open(dir.path(), Options::default()).unwrap();
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = Embedded::open(file.join("store"), Options::default()).unwrap_err();
    assert!(error.to_string().contains("file/store"), "{error}");
}

#[test]
fn what_is_too_large_is_refused() {
    runtime().block_on(async {
        let store = Embedded::in_memory_with(Options {
            txn_bytes_max: 1000,
            ..Options::default()
        });
        let Err(Error::TooLarge { bytes, max }) = put(&store, "/k", vec![0; 1000]).await else {
            panic!("written");
        };
        assert!(bytes > max && max == 1000);
        put(&store, "/k", vec![0; 900]).await.unwrap();
    });
}

/// A file system of its own in memory, with a size.
struct Tmpfs(tempfile::TempDir);

impl Tmpfs {
    /// `None` where mounting is not allowed.
    fn mount(size: &str) -> Option<Tmpfs> {
        let dir = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args([
                "-t",
                "tmpfs",
                "-o",
                &format!("size={size}"),
                "skeg-store-test",
            ])
            .arg(dir.path())
            .output();
        mounted
            .is_ok_and(|output| output.status.success())
            .then_some(Tmpfs(dir))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        Command::new("umount").arg(self.path()).status().ok();
    }
}

#[test]
fn a_full_file_system_refuses_writes_and_heals() {
    let Some(tmpfs) = Tmpfs::mount("6m") else {
        eprintln!("not allowed to mount: the same is tested on a disk in memory");
        return;
    };
    let options = || Options {
        segment_bytes: 1 << 20,
        ..Options::default()
    };
    runtime().block_on(async {
        let ballast = tmpfs.path().join("ballast");
        std::fs::write(&ballast, vec![1; 2 << 20]).unwrap();
        let dir = tmpfs.path().join("store");
        let store = Embedded::open(&dir, options()).unwrap();
        let taken = fill(&store, 0).await;
        assert!(taken > 500, "{taken}");
        assert_eq!(all(&store).len(), taken);
        assert!(
            put(&store, "/fill/x", vec![0; 3000])
                .await
                .unwrap_err()
                .is_no_space()
        );

        std::fs::remove_file(&ballast).unwrap();
        let more = fill(&store, taken).await;
        assert!(more > taken + 500, "{taken} and then {more}");
        drop(store);
        // It opens on the full disk, too, and has all.
        let store = Embedded::open(&dir, options()).unwrap();
        assert_eq!(
            (all(&store).len(), revision(&store)),
            (more, 1 + more as u64)
        );
        let last = store
            .get(format!("/fill/{:06}", more - 1).as_bytes(), LATEST)
            .await
            .unwrap();
        assert_eq!(last.unwrap().value.len(), 3000);
    });
}
