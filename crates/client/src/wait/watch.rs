//! One object as it changes.

use std::collections::VecDeque;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use skeg_meta::{Object, SharedObject};

use crate::api::{Api, typed};
use crate::dynamic::DynamicApi;
use crate::error::Error;
use crate::options::{ListOptions, WatchOptions};
use crate::pauses::Pauses;
use crate::payload::SharedEvent;
use crate::scope::Scope;

use super::{WaitError, seen};

/// How often in a row answers that cannot be read are asked for again. A proxy
/// may have cut one short, or put its own page in its place.
const GARBLED_MAX: u32 = 5;

type Events = BoxStream<'static, Result<SharedEvent, Error>>;

enum State {
    /// The object must be looked up.
    Start,
    /// It is known up to this version.
    Known(String),
    Watching(Watching),
}

struct Watching {
    events: Events,
    version: String,
    /// By the client's clock.
    begun: Duration,
    /// Whether it has led on from the version at which it began.
    gave: bool,
}

pub(super) struct ScopeWatch {
    scope: Scope,
    name: String,
    state: State,
    pauses: Pauses,
    /// A pause before the next attempt.
    pause: Option<BoxFuture<'static, ()>>,
    /// How many answers in a row could not be read.
    garbled: u32,
    /// States that came in one go.
    ahead: VecDeque<Option<SharedObject>>,
}

/// What a failure means for the watch.
enum Trouble {
    /// Begin anew from a list.
    Again,
    /// Go on from where it was.
    On,
}

impl ScopeWatch {
    pub(super) fn new(scope: &Scope, name: &str) -> Self {
        Self {
            scope: scope.clone(),
            name: name.to_owned(),
            state: State::Start,
            pauses: Pauses::default(),
            pause: None,
            garbled: 0,
            ahead: VecDeque::new(),
        }
    }

    fn target(&self) -> String {
        format!("{} {}", self.scope.resource.plural, self.name)
    }

    fn selector(&self) -> String {
        format!("metadata.name={}", self.name)
    }

    pub(super) async fn next(&mut self) -> Result<Option<SharedObject>, WaitError> {
        if self.name.is_empty() {
            let source = Error::Request {
                target: self.target(),
                message: "an object must have a name".to_owned(),
            };
            return Err(WaitError::watch(self.target(), source));
        }
        loop {
            if let Some(object) = self.ahead.pop_front() {
                seen::note(|| self.target(), object.as_ref());
                return Ok(object);
            }
            if let Some(pause) = &mut self.pause {
                pause.await;
                self.pause = None;
            }
            let outcome = match std::mem::replace(&mut self.state, State::Start) {
                State::Start => self.list().await,
                State::Known(version) => self.watch(version).await,
                State::Watching(watching) => self.event(watching).await,
            };
            if let Err((error, trouble)) = outcome {
                self.after(error, trouble)?;
            }
        }
    }

    async fn list(&mut self) -> Result<(), (Error, Trouble)> {
        let options = ListOptions::default().fields(self.selector());
        let list = self
            .scope
            .list_shared(&options, Arc::clone(&self.scope.decoder))
            .await;
        let mut list = list.map_err(|error| (error, Trouble::Again))?;
        self.state = State::Known(list.resource_version);
        let named = |object: &SharedObject| object.name() == self.name;
        let found = list.items.iter().position(named);
        self.ahead
            .push_back(found.map(|at| list.items.swap_remove(at)));
        Ok(())
    }

    async fn watch(&mut self, version: String) -> Result<(), (Error, Trouble)> {
        let options = WatchOptions {
            field_selector: self.selector(),
            resource_version: version.clone(),
            bookmarks: true,
            ..WatchOptions::default()
        };
        let decoder = Arc::clone(&self.scope.decoder);
        match self.scope.watch_shared(&options, decoder).await {
            Ok(events) => {
                self.state = State::Watching(Watching {
                    events,
                    version,
                    begun: self.scope.client.clock().monotonic(),
                    gave: false,
                });
                Ok(())
            }
            Err(error) => {
                let trouble = Self::trouble(&error);
                self.state = State::Known(version);
                Err((error, trouble))
            }
        }
    }

    async fn event(&mut self, mut watching: Watching) -> Result<(), (Error, Trouble)> {
        let Some(event) = watching.events.next().await else {
            let clock = self.scope.client.clock();
            let lasted = clock.monotonic().saturating_sub(watching.begun);
            let pause = self.pauses.after_watch(lasted, watching.gave);
            self.pause = pause.map(|pause| clock.sleep(pause));
            self.state = State::Known(watching.version);
            return Ok(());
        };
        let event = match event {
            Ok(SharedEvent::Error(status)) => Err(Error::Api(status)),
            other => other,
        };
        let (object, version) = match event {
            Err(error) => {
                self.state = State::Known(watching.version);
                let trouble = Self::trouble(&error);
                return Err((error, trouble));
            }
            Ok(SharedEvent::Bookmark {
                resource_version, ..
            }) => (None, resource_version),
            Ok(SharedEvent::Added(object) | SharedEvent::Modified(object)) => {
                let version = object.resource_version().to_string();
                (Some(Some(object)), version)
            }
            Ok(SharedEvent::Deleted(object)) => (Some(None), object.resource_version().to_string()),
            Ok(SharedEvent::Error(_)) => (None, watching.version.clone()),
        };
        if version != watching.version {
            watching.version = version;
            watching.gave = true;
            self.garbled = 0;
            self.pauses.reset();
        }
        self.ahead.extend(object);
        self.state = State::Watching(watching);
        Ok(())
    }

    fn trouble(error: &Error) -> Trouble {
        // The event that cannot be read would come again; a list passes it by.
        let is_garbled = matches!(error, Error::Decode { .. });
        if is_garbled || error.is_expired() || error.is_too_large_resource_version() {
            Trouble::Again
        } else {
            Trouble::On
        }
    }

    fn after(&mut self, error: Error, trouble: Trouble) -> Result<(), WaitError> {
        if matches!(trouble, Trouble::Again) {
            self.state = State::Start;
        }
        let mut passes = error.is_transient() || error.is_expired() || error.is_timeout();
        if matches!(error, Error::Decode { .. }) {
            self.garbled += 1;
            passes = self.garbled <= GARBLED_MAX;
        }
        if !passes {
            return Err(WaitError::watch(self.target(), error));
        }
        let pause = self.pauses.next();
        let pause = error.retry_after().unwrap_or(pause);
        tracing::debug!(target = self.target(), error = %error.chain(), ?pause, "a watch is taken up again");
        self.pause = Some(self.scope.client.clock().sleep(pause));
        Ok(())
    }
}

/// One object as it changes: first as it is, then each change. Lost watches are
/// taken up again.
pub struct ObjectWatch<K> {
    watch: ScopeWatch,
    kind: PhantomData<fn() -> K>,
}

impl<K: Object> ObjectWatch<K> {
    /// Watches the object of this name. Nothing is sent before the first
    /// [`ObjectWatch::next`].
    #[must_use]
    pub fn new(api: &Api<K>, name: &str) -> Self {
        Self {
            watch: ScopeWatch::new(&api.core, name),
            kind: PhantomData,
        }
    }

    /// The object as it is next; none when it does not exist (any more).
    ///
    /// # Errors
    /// A refusal that a later attempt would meet as well.
    pub async fn next(&mut self) -> Result<Option<Arc<K>>, WaitError> {
        let object = self.watch.next().await?;
        let object = object.map(|object| typed::<K>(&object)).transpose();
        object.map_err(|error| WaitError::watch(self.watch.target(), error))
    }
}

/// The same for a kind that is known only at run time.
pub struct DynamicWatch(ScopeWatch);

impl DynamicWatch {
    /// Watches the object of this name. Nothing is sent before the first
    /// [`DynamicWatch::next`].
    #[must_use]
    pub fn new(api: &DynamicApi, name: &str) -> Self {
        Self(ScopeWatch::new(&api.core, name))
    }

    /// The object as it is next; none when it does not exist (any more).
    ///
    /// # Errors
    /// A refusal that a later attempt would meet as well.
    pub async fn next(&mut self) -> Result<Option<SharedObject>, WaitError> {
        self.0.next().await
    }
}
