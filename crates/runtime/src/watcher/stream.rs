//! The watcher as a stream of typed events.

use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt};
use skeg_client::Error;
use skeg_meta::SharedObject;

use super::{Step, Watcher, WatcherOptions};
use crate::cached::Cached;
use crate::source::Source;

/// What has become of the objects of a resource.
#[derive(Clone, Debug, PartialEq)]
pub enum WatcherEvent<K> {
    /// The list begins, or begins again: keep what comes until
    /// [`WatcherEvent::InitDone`], and take it for all there is.
    Init,
    /// An object of the list.
    InitApply(K),
    /// The list is complete. What was known and did not come is gone.
    InitDone,
    /// An object was added or changed.
    Apply(K),
    /// An object is gone; this is how it was last. Between
    /// [`WatcherEvent::Init`] and [`WatcherEvent::InitDone`] it takes an object
    /// out of the list.
    Delete(K),
}

impl<K> WatcherEvent<K> {
    /// The object that is there, with whatever changed in it.
    #[must_use]
    pub fn applied(self) -> Option<K> {
        match self {
            WatcherEvent::Apply(object) | WatcherEvent::InitApply(object) => Some(object),
            _ => None,
        }
    }

    /// The object that was touched, be it that it is gone now.
    #[must_use]
    pub fn touched(self) -> Option<K> {
        match self {
            WatcherEvent::Apply(object)
            | WatcherEvent::InitApply(object)
            | WatcherEvent::Delete(object) => Some(object),
            WatcherEvent::Init | WatcherEvent::InitDone => None,
        }
    }
}

/// Watches a resource for ever, as a stream that never ends by itself.
///
/// Watches that break off are resumed where they were, so that no event is lost
/// and none comes twice. When the server no longer knows that place, the list
/// comes again between [`WatcherEvent::Init`] and [`WatcherEvent::InitDone`].
/// An error in the stream is for information: the next poll tries again, after
/// a pause that grows.
///
/// ```no_run
/// use futures::StreamExt;
/// use skeg_api::core::v1::Pod;
/// use skeg_client::{Api, Client};
/// use skeg_runtime::{ApiSource, watcher};
///
/// # async fn example() -> Result<(), skeg_client::Error> {
/// let pods = Api::<Pod>::all(Client::from_environment()?);
/// let mut events = watcher::<Pod>(ApiSource::new(pods).labels("app=web"));
/// while let Some(event) = events.next().await {
///     match event {
///         Ok(event) => {
///             if let Some(pod) = event.touched() {
///                 println!("{}", pod.metadata.name);
///             }
///         }
///         Err(error) => eprintln!("{}", error.chain()),
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub fn watcher<K: Cached>(
    source: impl Source,
) -> BoxStream<'static, Result<WatcherEvent<Arc<K>>, Error>> {
    let options = WatcherOptions::of(&source);
    Watcher::new(Arc::new(source), options).into_stream()
}

fn decode<K: Cached>(object: &SharedObject) -> Result<Arc<K>, Error> {
    K::from_shared(object).map_err(|source| Error::Decode {
        target: format!("{}/{}", object.namespace(), object.name()),
        source,
    })
}

impl Watcher {
    /// This watcher as a stream of typed events; see [`watcher`].
    pub fn into_stream<K: Cached>(self) -> BoxStream<'static, Result<WatcherEvent<Arc<K>>, Error>> {
        let steps = stream::unfold(self, |mut watcher| async move {
            let event = match watcher.step().await {
                Step::Restarted => Ok(WatcherEvent::Init),
                Step::Initial(object) => decode(&object).map(WatcherEvent::InitApply),
                Step::Ready => Ok(WatcherEvent::InitDone),
                Step::Applied(object) => decode(&object).map(WatcherEvent::Apply),
                Step::Deleted(object) | Step::InitialGone(object) => {
                    decode(&object).map(WatcherEvent::Delete)
                }
                Step::Failed(error, _) => Err(error),
            };
            Some((event, watcher))
        });
        steps.boxed()
    }
}
