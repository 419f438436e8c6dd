//! Values that cannot be read: of a key that is lost, or no object at all.

use skeg_store::{Error, Key, KeyRange, KeyValue, LATEST, RangeOptions, Result, Revision, Store};
use std::sync::Arc;

/// Keys that are read at once where a value among them cannot be decrypted.
const PIECE_LEN: usize = 500;

/// What a range holds.
pub(crate) struct Found {
    /// Keys and values in order.
    pub kvs: Vec<Arc<KeyValue>>,
    /// Keys whose values cannot be decrypted, with the reasons.
    pub sealed: Vec<(Key, String)>,
    /// When that was so.
    pub revision: Revision,
}

/// Reads a range, past what cannot be decrypted.
pub(crate) async fn read(
    store: &dyn Store,
    range: &KeyRange,
    options: RangeOptions,
) -> Result<Found> {
    match store.range(range, options.clone()).await {
        Err(Error::Encryption { .. }) => piecewise(store, range, options).await,
        found => found.map(|found| Found {
            kvs: found.kvs,
            sealed: Vec::new(),
            revision: found.revision,
        }),
    }
}

async fn piecewise(store: &dyn Store, range: &KeyRange, options: RangeOptions) -> Result<Found> {
    let revision = match options.revision {
        LATEST => store.current_revision().await?,
        revision => revision,
    };
    let mut found = Found {
        kvs: Vec::new(),
        sealed: Vec::new(),
        revision,
    };
    let mut rest = range.clone();
    let mut until = range.end.clone();
    loop {
        let wanted = match options.limit {
            0 => PIECE_LEN,
            limit => PIECE_LEN.min(limit - found.kvs.len()),
        };
        if wanted == 0 {
            return Ok(found);
        }
        let piece = KeyRange {
            start: rest.start.clone(),
            end: until.clone(),
        };
        let options = RangeOptions {
            limit: wanted,
            revision,
        };
        match store.range(&piece, options).await {
            Ok(read) => {
                let more = read.more();
                let last = read.kvs.last().map(|kv| kv.key.clone());
                found.kvs.extend(read.kvs);
                match last {
                    Some(last) if more => rest = rest.after(&last),
                    // All before the one that cannot be read: on behind that.
                    _ if until != range.end => {
                        if let Some((key, _)) = found.sealed.last() {
                            rest = rest.after(key);
                        }
                        until = range.end.clone();
                    }
                    _ => return Ok(found),
                }
            }
            Err(Error::Encryption { key, reason }) if piece.contains(&key) => {
                until = Some(key.clone());
                found.sealed.push((key, reason));
            }
            Err(error) => return Err(error),
        }
    }
}
