//! What a fresh cluster holds, kept from the first cluster of its kind in this
//! process: the others begin with a copy, instead of making the same two
//! hundred objects again.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use parking_lot::Mutex;
use skeg_store::{Embedded, Expect, Key, KeyRange, Op, RangeOptions, Store, Txn};

/// Kinds of clusters whose beginnings are kept.
const IMAGES_MAX: usize = 16;
/// What happened to the first cluster did not happen to its copies.
const LEFT_OUT: [&str; 2] = ["/registry/events/", "/registry/leases/"];

/// The objects of a fresh cluster, as they are stored.
pub(crate) struct Image {
    objects: Vec<(Key, Bytes)>,
}

static IMAGES: LazyLock<Mutex<HashMap<String, Arc<Image>>>> = LazyLock::new(Mutex::default);

/// The image of a kind of cluster.
pub(crate) fn find(kind: &str) -> Option<Arc<Image>> {
    IMAGES.lock().get(kind).cloned()
}

/// Keeps what a store holds as the image of a kind of cluster.
pub(crate) async fn keep(kind: &str, store: &Embedded) -> skeg_store::Result<()> {
    let all = store
        .range(&KeyRange::prefix("/registry/"), RangeOptions::default())
        .await?;
    let objects = all
        .kvs
        .iter()
        .filter(|kv| {
            let key = String::from_utf8_lossy(kv.key.as_bytes());
            !LEFT_OUT.iter().any(|prefix| key.starts_with(prefix))
        })
        .map(|kv| (kv.key.clone(), kv.value.clone()))
        .collect();
    let mut images = IMAGES.lock();
    if images.len() < IMAGES_MAX {
        images.insert(kind.to_owned(), Arc::new(Image { objects }));
    }
    Ok(())
}

impl Image {
    /// Fills an empty store, at one revision.
    pub(crate) async fn fill(&self, store: &Embedded) -> skeg_store::Result<()> {
        let mut txn = Txn::default();
        if let Some((key, _)) = self.objects.first() {
            txn.expect.push((key.clone(), Expect::Absent));
        }
        txn.ops = self
            .objects
            .iter()
            .map(|(key, value)| Op::Put {
                key: key.clone(),
                value: value.clone(),
                lease: None,
            })
            .collect();
        store.commit(txn).await.map(drop)
    }
}
