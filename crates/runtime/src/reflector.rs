//! Keeps something in step with the server.

use std::sync::Arc;

use skeg_client::Error;
use skeg_meta::SharedObject;

use crate::backoff::BackoffPolicy;
use crate::clock::Clock;
use crate::source::Source;
use crate::watcher::{Step, Watcher, WatcherOptions};

/// What a reflector feeds.
pub trait Sink: Send + Sync + 'static {
    /// These are all the objects there are.
    fn replace(&self, objects: Vec<SharedObject>);
    /// An object was added or changed.
    fn apply(&self, object: SharedObject);
    /// An object is gone.
    fn remove(&self, object: SharedObject);
    /// Reading failed, and is tried again. Logged besides.
    fn failed(&self, error: &Error) {
        let _ = error;
    }
}

/// Keeps a [`Sink`] in step with a [`Source`], as a [`Watcher`] reads it.
pub struct Reflector {
    watcher: Watcher,
    sink: Arc<dyn Sink>,
}

impl Reflector {
    /// A reflector from a source to a sink.
    #[must_use]
    pub fn new(
        source: Arc<dyn Source>,
        sink: Arc<dyn Sink>,
        clock: Arc<dyn Clock>,
        backoff: BackoffPolicy,
    ) -> Self {
        let options = WatcherOptions::of(&*source).clock(clock).backoff(backoff);
        Self::over(Watcher::new(source, options), sink)
    }

    /// A reflector from a watcher to a sink.
    #[must_use]
    pub fn over(watcher: Watcher, sink: Arc<dyn Sink>) -> Self {
        Self { watcher, sink }
    }

    /// Runs until it is dropped.
    pub async fn run(mut self) -> std::convert::Infallible {
        let mut objects = Vec::new();
        loop {
            match self.watcher.step().await {
                Step::Restarted => objects.clear(),
                Step::Initial(object) => objects.push(object),
                Step::InitialGone(gone) => objects.retain(|object: &SharedObject| {
                    object.name() != gone.name() || object.namespace() != gone.namespace()
                }),
                Step::Ready => self.sink.replace(std::mem::take(&mut objects)),
                Step::Applied(object) => self.sink.apply(object),
                Step::Deleted(object) => self.sink.remove(object),
                Step::Failed(error, pause) => {
                    tracing::warn!(
                        resource = self.watcher.what(),
                        error = error.chain(),
                        ?pause,
                        "cannot read"
                    );
                    self.sink.failed(&error);
                }
            }
        }
    }
}
