//! The store's integration tests.

#![allow(clippy::unwrap_used)]

mod contract;
mod crash;
mod damage;
mod dump;
mod encryption;
mod faults;
mod kms;
mod model;
mod power;
mod small_writes;
mod upkeep;

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use skeg_store::testing::MemoryDisk;
use skeg_store::{
    Embedded, Error, Expect, KeyRange, KeyValue, LATEST, Options, RangeOptions, Result, Revision,
    Store,
};

/// Where stores live on a disk in memory.
const DIR: &str = "/store";

/// Small files, so that few writes cross many of them.
fn small(disk: &MemoryDisk) -> Options {
    Options {
        segment_bytes: 16 << 10,
        snapshot_after_bytes: 48 << 10,
        disk: Arc::new(disk.clone()),
        ..Options::default()
    }
}

fn open(disk: &MemoryDisk) -> Embedded {
    Embedded::open(DIR, small(disk)).unwrap()
}

fn open_error(disk: &MemoryDisk) -> Error {
    Embedded::open(DIR, small(disk)).unwrap_err()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

async fn put(store: &Embedded, key: &str, value: impl Into<Bytes>) -> Result<Revision> {
    store
        .put_if(key.into(), value.into(), Expect::Any, None)
        .await
}

fn all(store: &Embedded) -> Vec<Arc<KeyValue>> {
    store
        .range(&KeyRange::all(), RangeOptions::default())
        .now()
        .unwrap()
        .unwrap()
        .kvs
}

fn revision(store: &Embedded) -> Revision {
    store.current_revision().now().unwrap().unwrap()
}

fn value(store: &Embedded, key: &str) -> Option<Bytes> {
    let kv = store.get(key.as_bytes(), LATEST).now().unwrap().unwrap();
    kv.map(|kv| kv.value.clone())
}

/// Names of the store's files that begin so.
fn files(disk: &MemoryDisk, prefix: &str) -> Vec<std::path::PathBuf> {
    let named = |path: &Path| {
        path.file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with(prefix)
    };
    disk.files()
        .into_iter()
        .filter(|path| named(path))
        .collect()
}
