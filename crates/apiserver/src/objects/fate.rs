//! Writes and deletions of objects that have something beside themselves, such as a service
//! its addresses: what was begun for them is ended also when nobody waits any more, and when
//! the store does not say what became of them.

use bytes::Bytes;
use skeg_registry::strategy::Finish;
use skeg_store::{Committed, Error, Expect, Key, LeaseId, Result, Revision};
use std::time::Duration;
use tokio::sync::oneshot;

use super::read;
use crate::ApiServer;
use crate::served::Served;

/// When a write that was not answered is looked for: an etcd has given it up by then.
const LOOK_AFTER: Duration = Duration::from_secs(10);

/// One write to the store.
pub(super) struct Put {
    pub key: Key,
    pub bytes: Bytes,
    pub expect: Expect,
    pub lease: Option<LeaseId>,
}

/// One deletion.
pub(super) struct Removal {
    pub key: Key,
    pub expect: Expect,
}

/// Writes, and ends what was begun for it. Where there is such a thing, both happen even if
/// nobody waits any more: the store writes what it was asked to, and what was given to the
/// object is its own then.
pub(super) async fn put(
    server: &ApiServer,
    served: &Served,
    put: Put,
    finish: Option<Finish>,
) -> Result<Revision> {
    let store = server.inner.store.clone();
    let key = put.key.clone();
    let written = async move {
        store
            .put_if(put.key, put.bytes, put.expect, put.lease)
            .await
    };
    match finish {
        None => written.await,
        Some(finish) => ended(server, served, key, written, finish).await,
    }
}

/// Deletes, and ends what was begun for it, as [`put`] does.
pub(super) async fn remove(
    server: &ApiServer,
    served: &Served,
    removal: Removal,
    finish: Option<Finish>,
) -> Result<Committed> {
    let store = server.inner.store.clone();
    let key = removal.key.clone();
    let removed = async move { store.delete_if(removal.key, removal.expect).await };
    match finish {
        None => removed.await,
        Some(finish) => ended(server, served, key, removed, finish).await,
    }
}

async fn ended<T: Send + 'static>(
    server: &ApiServer,
    served: &Served,
    key: Key,
    work: impl Future<Output = Result<T>> + Send + 'static,
    finish: Finish,
) -> Result<T> {
    let (answer, answered) = oneshot::channel();
    let (group, resource) = served.group_resource();
    let (group, resource) = (group.to_owned(), resource.to_owned());
    let server = server.clone();
    tokio::spawn(async move {
        let outcome = work.await;
        let doubtful = outcome.as_ref().err().is_some_and(is_doubtful);
        if !doubtful {
            finish.done(outcome.is_ok());
            drop(answer.send(outcome));
            return;
        }
        drop(answer.send(outcome));
        let cancel = server.inner.cancel.clone();
        tokio::select! {
            () = cancel.cancelled() => {}
            () = look(&server, &group, &resource, &key, finish) => {}
        }
    });
    answered.await.unwrap_or(Err(Error::Closed))
}

/// It may have been written all the same.
fn is_doubtful(error: &Error) -> bool {
    matches!(error, Error::Unavailable { .. } | Error::Write { .. })
}

/// Ends a write whose end is not known by what is stored a while later. Until then all
/// that it was about has a holder.
async fn look(server: &ApiServer, group: &str, resource: &str, key: &Key, finish: Finish) {
    let text = String::from_utf8_lossy(key);
    loop {
        tokio::time::sleep(LOOK_AFTER).await;
        let Some(served) = server.inner.table().find_any(group, resource).cloned() else {
            return finish.forget();
        };
        match read::get_by_key(server, &served, &text).await {
            Ok(object) => {
                return finish.settle(object.map(|object| object.value()).as_deref());
            }
            Err(error) => {
                tracing::debug!(key = %text, %error, "what became of a write is not known yet");
            }
        }
    }
}
