//! Watching one object, and waiting for something to become true of it.

use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt};
use skeg_client::{Api, Error};
use skeg_meta::Object;

use super::{Step, Watcher, WatcherOptions};
use crate::source::ApiSource;

/// Watches one object: as it is whenever that changes, none when it is not there.
///
/// The first item comes once the server has said how it is. As for
/// [`watcher`](crate::watcher), the stream resumes by itself and never ends.
pub fn watch_object<K: Object>(
    api: Api<K>,
    name: &str,
) -> BoxStream<'static, Result<Option<Arc<K>>, Error>> {
    let source = ApiSource::new(api).fields(&format!("metadata.name={name}"));
    let options = WatcherOptions::of(&source);
    single(Watcher::new(Arc::new(source), options))
}

fn single<K: Object>(watcher: Watcher) -> BoxStream<'static, Result<Option<Arc<K>>, Error>> {
    struct State<K> {
        watcher: Watcher,
        /// What the list has shown so far.
        listed: Option<Arc<K>>,
    }
    let state = State {
        watcher,
        listed: None,
    };
    let typed = |object: &skeg_meta::SharedObject| {
        object.typed::<K>().map_err(|error| Error::Decode {
            target: object.name().to_owned(),
            source: error.into(),
        })
    };
    stream::unfold(state, move |mut state| async move {
        loop {
            let item = match state.watcher.step().await {
                Step::Restarted | Step::InitialGone(_) => {
                    state.listed = None;
                    continue;
                }
                Step::Initial(object) => match typed(&object) {
                    Ok(object) => {
                        state.listed = Some(object);
                        continue;
                    }
                    Err(error) => Err(error),
                },
                Step::Ready => Ok(state.listed.take()),
                Step::Applied(object) => typed(&object).map(Some),
                Step::Deleted(_) => Ok(None),
                Step::Failed(error, _) => Err(error),
            };
            return Some((item, state));
        }
    })
    .boxed()
}

/// Why waiting for an object came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum WaitError {
    /// The server refuses to show the object.
    #[error("cannot watch the object")]
    Watch(#[source] Error),
}

/// Waits until something holds of an object, or of its absence, and gives the
/// object as it was then. Bound it with a timeout of the runtime's.
///
/// ```no_run
/// use skeg_api::batch::v1::Job;
/// use skeg_client::{Api, Client};
/// use skeg_runtime::wait_until;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let jobs = Api::<Job>::namespaced(Client::from_environment()?, "default");
/// let done = |job: Option<&Job>| job.is_some_and(|job| job.status.succeeded > 0);
/// let job = wait_until(jobs, "backup", done).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// The server does not let the object be watched; other failures are tried again.
pub async fn wait_until<K: Object>(
    api: Api<K>,
    name: &str,
    mut holds: impl FnMut(Option<&K>) -> bool,
) -> Result<Option<Arc<K>>, WaitError> {
    let mut states = watch_object(api, name);
    while let Some(state) = states.next().await {
        match state {
            Ok(object) if holds(object.as_deref()) => return Ok(object),
            Ok(_) => {}
            Err(error) if error.is_forbidden() || error.is_unauthorized() => {
                return Err(WaitError::Watch(error));
            }
            Err(error) => {
                tracing::debug!(name, error = error.chain(), "waiting for an object");
            }
        }
    }
    Ok(None)
}
