//! The history of an etcd is dropped by the API servers on it.

use std::time::Duration;

use bytes::Bytes;
use skeg_store::{Error, Expect, Key, LATEST, Result, Revision, Store};

/// By this key they agree who does it; kube-apiserver's go by it too.
const KEY: &[u8] = b"compact_rev_key";

/// What a round leaves for the next one.
#[derive(Debug, PartialEq, Eq)]
struct Round {
    /// How the key was left.
    left: Expect,
    /// What was the newest then; 0 before the first round.
    revision: Revision,
}

/// One round: whoever finds the key as it was left drops what is older than the
/// round before. Of several servers that is one, as each changes the key.
async fn round(store: &dyn Store, last: &Round) -> Result<Round> {
    let value = Bytes::from(last.revision.to_string());
    let put = store.put_if(Key::from(KEY.to_vec()), value, last.left, None);
    match put.await {
        Ok(revision) => {
            if last.revision > 0 {
                match store.compact(last.revision).await {
                    // Somebody else did, by hand.
                    Ok(()) | Err(Error::Compacted { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(Round {
                left: Expect::ModRevision(revision),
                revision,
            })
        }
        Err(error) if error.is_conflict() => {
            let held = store.get(KEY, LATEST).await?;
            Ok(Round {
                left: held.map_or(Expect::Absent, |held| {
                    Expect::ModRevision(held.mod_revision)
                }),
                revision: store.current_revision().await?,
            })
        }
        Err(error) => Err(error),
    }
}

/// Drops history that is between one and two times `every` old, for ever.
/// Cancelling it leaves the rest to others and to the next start.
pub async fn compact_history(store: &dyn Store, every: Duration) {
    let mut last = Round {
        left: Expect::Absent,
        revision: 0,
    };
    loop {
        tokio::time::sleep(every).await;
        match round(store, &last).await {
            Ok(next) => last = next,
            Err(error) => tracing::warn!(%error, "the store's history cannot be dropped"),
        }
    }
}

#[cfg(test)]
mod tests {
    use skeg_store::{Embedded, Options};

    use super::*;

    #[tokio::test]
    async fn one_of_several_drops_what_is_older_than_the_round_before() {
        let folder = tempfile::tempdir().unwrap();
        let store = Embedded::open(folder.path(), Options::default()).unwrap();
        let put = async |text: &'static str| {
            let key = Key::from(b"k".to_vec());
            let put = store.put_if(key, Bytes::from_static(text.as_bytes()), Expect::Any, None);
            put.await.unwrap()
        };
        let start = || Round {
            left: Expect::Absent,
            revision: 0,
        };
        let old = put("old").await;
        put("new").await;
        let first = round(&store, &start()).await.unwrap();
        let other = round(&store, &start()).await.unwrap();
        assert!(store.get(b"k", old).await.is_ok());
        let second = round(&store, &first).await.unwrap();
        assert!(matches!(
            store.get(b"k", old).await,
            Err(Error::Compacted { .. })
        ));
        // The other one comes too late, and knows how the key is now.
        let late = round(&store, &other).await.unwrap();
        assert_eq!(late.left, second.left);
        assert_eq!(store.get(b"k", LATEST).await.unwrap().unwrap().value, "new");
    }
}
