//! Dumps: what is kept as a file, restored, moved, checked and compacted.

use std::path::Path;
use std::time::Duration;

use skeg_store::dump::{Dump, compact_folder};
use skeg_store::{Embedded, Error, Expect, LATEST, Options, Store, WatchOptions};

use crate::{all, put, revision, runtime};

fn at(dir: &Path) -> Embedded {
    Embedded::open(dir, Options::default()).unwrap()
}

async fn filled(dir: &Path) -> Embedded {
    let store = at(dir);
    let lease = store.grant_lease(Duration::from_secs(600)).await.unwrap();
    for i in 0..2500 {
        let key = format!("/k/{:04}", i % 2000);
        put(&store, &key, vec![b'v'; i % 300]).await.unwrap();
    }
    store
        .put_if("/leased".into(), "v".into(), Expect::Absent, Some(lease.id))
        .await
        .unwrap();
    store
        .delete_if("/k/0007".into(), Expect::Any)
        .await
        .unwrap();
    store
}

#[test]
fn a_backup_of_a_running_store_is_restored_as_it_was() {
    let temporary = tempfile::tempdir().unwrap();
    let (from, to) = (temporary.path().join("from"), temporary.path().join("to"));
    let file = temporary.path().join("backup");
    runtime().block_on(async {
        let store = filled(&from).await;
        let dump = Dump::of_folder(&from).unwrap();
        let over = Dump::of_store(&store).await.unwrap();
        assert_eq!((over.revision, &over.kvs), (dump.revision, &dump.kvs));
        assert_eq!(over.leases.len(), 1);
        dump.write_file(&file).unwrap();
        let read = Dump::read_file(&file).unwrap();
        assert_eq!((read.revision, &read.kvs), (dump.revision, &dump.kvs));
        read.restore_into(&to).unwrap();

        let restored = at(&to);
        assert_eq!(revision(&restored), revision(&store));
        assert_eq!(all(&restored), all(&store));
        let kv = restored.get(b"/leased", LATEST).await.unwrap().unwrap();
        let lease = restored.lease(kv.lease.unwrap()).await.unwrap();
        assert_eq!((lease.keys, lease.ttl), (1, Duration::from_secs(600)));
        assert!(lease.remaining <= Duration::from_secs(600));
        let next = put(&restored, "/k/0007", "again").await.unwrap();
        assert_eq!(next, dump.revision + 1);
        let new = restored.grant_lease(Duration::from_secs(9)).await.unwrap();
        assert_ne!(Some(new.id), kv.lease);
        drop(restored);
        assert_eq!(revision(&at(&to)), next);
        // Not over what is there.
        let taken = read.restore_into(&to).unwrap_err();
        assert!(format!("{taken:?}").contains("already"), "{taken:?}");
    });
}

#[test]
fn damage_is_told_with_file_and_place() {
    let temporary = tempfile::tempdir().unwrap();
    let dir = temporary.path().join("store");
    runtime().block_on(async { drop(filled(&dir).await) });
    let before = Dump::of_folder(&dir).unwrap();
    assert_eq!(before.kvs.len(), 2000);
    let wal = std::fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().contains("wal-"))
        .unwrap();
    let mut bytes = std::fs::read(&wal).unwrap();
    bytes[20_000] ^= 1;
    std::fs::write(&wal, &bytes).unwrap();
    let Err(Error::Corrupt { file, offset, .. }) = Dump::of_folder(&dir) else {
        panic!("damage was not seen");
    };
    assert_eq!(file, wal);
    assert!(offset <= 20_000 && offset > 19_000, "{offset}");
    // Looking has changed nothing.
    assert_eq!(std::fs::read(&wal).unwrap(), bytes);

    let file = temporary.path().join("backup");
    before.write_file(&file).unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    assert!(matches!(Dump::read_file(&file), Err(Error::Corrupt { .. })));
    assert!(Dump::of_folder(temporary.path().join("none")).is_err());
}

#[test]
fn compacting_a_folder_keeps_the_present() {
    let temporary = tempfile::tempdir().unwrap();
    let dir = temporary.path().join("store");
    runtime().block_on(async {
        let store = filled(&dir).await;
        assert!(matches!(compact_folder(&dir), Err(Error::Locked { .. })));
        let before = Dump::of_folder(&dir).unwrap();
        drop(store);
        for _ in 0..3 {
            let compacted = compact_folder(&dir).unwrap();
            assert_eq!(compacted.revision, before.revision);
        }
        let after = Dump::of_folder(&dir).unwrap();
        assert_eq!((after.revision, &after.kvs), (before.revision, &before.kvs));
        let store = at(&dir);
        let old = store.get(b"/k/0001", before.revision - 1).await;
        assert!(old.unwrap_err().is_compacted());
        let next = put(&store, "/k/0001", "new").await.unwrap();
        let range = skeg_store::KeyRange::prefix("/k/");
        let from = WatchOptions { from: next };
        let mut watch = store.watch(range, from).await.unwrap();
        assert_eq!(watch.next().await.unwrap().unwrap().events.len(), 1);
    });
    assert!(compact_folder(temporary.path().join("none")).is_err());
}

#[test]
fn a_dump_is_replayed_into_an_empty_store() {
    let temporary = tempfile::tempdir().unwrap();
    runtime().block_on(async {
        let store = filled(&temporary.path().join("store")).await;
        let dump = Dump::of_store(&store).await.unwrap();
        let target = Embedded::in_memory();
        let reached = dump.replay_into(&target).await.unwrap();
        assert!(reached >= dump.revision);
        assert_eq!(revision(&target), reached);
        let plain = |store: &Embedded| -> Vec<_> {
            let kvs = all(store).into_iter();
            kvs.map(|kv| (kv.key.clone(), kv.value.clone())).collect()
        };
        assert_eq!(plain(&target), plain(&store));
        let mut order: Vec<_> = all(&target).into_iter().zip(all(&store)).collect();
        order.sort_by_key(|(new, _)| new.mod_revision);
        assert!(order.is_sorted_by_key(|(_, old)| old.mod_revision));
        let again = dump.replay_into(&target).await;
        assert!(matches!(again, Err(Error::Refused { .. })));
    });
}
