//! Watching one object.

use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt};
use skeg_client::{Api, Error};
use skeg_meta::Object;

use super::{Step, Watcher, WatcherOptions};
use crate::source::ApiSource;

/// Watches one object: as it is whenever that changes, none when it is not there.
///
/// The first item comes once the server has said how it is. As for
/// [`watcher`](crate::watcher), the stream resumes by itself and never ends. To wait
/// until it is as it should be, see [`skeg_client::wait`].
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
