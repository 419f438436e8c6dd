//! Shared informers: one watch and one copy of the objects for a whole process.

mod build;
mod factory;
mod feed;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use skeg_client::telemetry::Recorder;
use skeg_meta::SharedObject;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::cached::Cached;
use crate::name::ObjectName;
use crate::store::Store;

pub use build::InformerBuilder;
use build::Plan;
pub use factory::SharedInformerFactory;

/// What has become of an object, as told to a handler.
#[derive(Debug)]
pub enum Delta<'a, K> {
    /// It is there.
    Added {
        /// The object.
        object: &'a Arc<K>,
        /// Whether it was there before the handler was.
        initial: bool,
    },
    /// It has changed.
    Updated {
        /// As it was.
        old: &'a Arc<K>,
        /// As it is.
        new: &'a Arc<K>,
    },
    /// It is gone, or another of the same name has taken its place.
    Deleted {
        /// As it was last known.
        object: &'a Arc<K>,
    },
}

impl<'a, K> Delta<'a, K> {
    /// The object as it is, or was last.
    #[must_use]
    pub fn object(&self) -> &'a Arc<K> {
        match self {
            Delta::Added { object, .. } | Delta::Deleted { object } => object,
            Delta::Updated { new, .. } => new,
        }
    }

    /// The object as it was before a change.
    #[must_use]
    pub fn old(&self) -> Option<&'a Arc<K>> {
        match self {
            Delta::Updated { old, .. } => Some(old),
            _ => None,
        }
    }
}

type Call<K> = Box<dyn Fn(Delta<'_, K>) + Send + Sync>;

struct Handler<K> {
    call: Call<K>,
    /// Cleared when nobody wants the handler called any more.
    wanted: Arc<AtomicBool>,
}

type OnError = Arc<dyn Fn(&skeg_client::Error) + Send + Sync>;

/// An informer that follows nothing any more, because a function that it was
/// given panicked: an index, a transformation, a hook for errors.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the informer of {what} panicked: {message}")]
pub struct InformerPanic {
    /// What it read.
    pub what: String,
    /// What was said with the panic.
    pub message: String,
}

/// The objects of one kind, kept in step with the server. Cheap to clone.
///
/// A panic in a function that makes or indexes objects ends the informer: to go
/// on without the object would show everybody a cluster in which it does not
/// exist. What it knows stays as it was, it never counts as synced if it did
/// not before, and [`Informer::panicked`] tells why. A
/// [`Manager`](crate::Manager) ends with the process, and controllers that run
/// alone end as well, as client-go's `HandleCrash` has it; whoever uses a
/// factory without them waits for [`SharedInformerFactory::panicked`].
pub struct Informer<K> {
    inner: Arc<Inner<K>>,
    /// Of an informer that ends when nobody uses it: ends it.
    lease: Option<Arc<DropGuard>>,
}

impl<K> Clone for Informer<K> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            lease: self.lease.clone(),
        }
    }
}

struct Inner<K> {
    store: Store<K>,
    /// Held while the store changes and the handlers are told, so that a new
    /// handler sees each object exactly once.
    handlers: Mutex<Vec<Handler<K>>>,
    synced: watch::Sender<bool>,
    transform: Option<Decode<K>>,
    on_error: Option<OnError>,
    /// What is read, for messages.
    what: String,
    /// Of how many parts not everything was read yet.
    unread: AtomicUsize,
    /// The last error since everything was read, by the namespace it was met in.
    trouble: Mutex<BTreeMap<Option<String>, String>>,
    recorder: Option<Arc<dyn Recorder>>,
    stop: CancellationToken,
    panicked: OnceLock<InformerPanic>,
}

/// Makes the form that is kept from an object.
type Decode<K> = Arc<dyn Fn(&SharedObject) -> Result<Arc<K>, skeg_client::BoxError> + Send + Sync>;

/// A handler that an informer calls. Dropping it ends that.
#[must_use = "dropping it takes the handler away"]
pub struct Subscription {
    wanted: Arc<AtomicBool>,
    sweep: Box<dyn Fn() + Send + Sync>,
}

impl Subscription {
    /// Leaves the handler in place for as long as the informer lives.
    pub fn keep(self) {
        // Nothing is swept while it is wanted; the rest is freed here.
        self.wanted.store(true, Ordering::Relaxed);
        let mut this = self;
        this.wanted = Arc::new(AtomicBool::new(true));
        this.sweep = Box::new(|| {});
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.wanted.store(false, Ordering::Relaxed);
        (self.sweep)();
    }
}

impl<K: Cached> Informer<K> {
    fn new(stop: CancellationToken, plan: &Plan<K>, on_error: Option<OnError>) -> Self {
        let (synced, _) = watch::channel(false);
        Self {
            inner: Arc::new(Inner {
                store: Store::default(),
                handlers: Mutex::new(Vec::new()),
                synced,
                transform: plan.transform.clone(),
                on_error,
                what: plan.what().to_owned(),
                unread: AtomicUsize::new(plan.parts.len()),
                trouble: Mutex::default(),
                recorder: plan.recorder(),
                stop,
                panicked: OnceLock::new(),
            }),
            lease: None,
        }
    }

    /// The objects.
    #[must_use]
    pub fn store(&self) -> &Store<K> {
        &self.inner.store
    }

    /// The object of a name.
    #[must_use]
    pub fn get(&self, namespace: &str, name: &str) -> Option<Arc<K>> {
        self.inner.store.get(&ObjectName::new(namespace, name))
    }

    /// Calls a handler for everything that happens from now on, after calling
    /// it for every object that is there already.
    ///
    /// Handlers are called one after another, in the order of events. They
    /// must be quick, typically adding to a queue, and must not add handlers.
    /// A panic in one is caught and logged.
    pub fn on_change(&self, handler: impl Fn(Delta<'_, K>) + Send + Sync + 'static) {
        self.subscribe(handler).keep();
    }

    /// As [`Informer::on_change`], until what is given back is dropped.
    pub fn subscribe(
        &self,
        handler: impl Fn(Delta<'_, K>) + Send + Sync + 'static,
    ) -> Subscription {
        let wanted = Arc::new(AtomicBool::new(true));
        let handler = Handler {
            call: Box::new(handler),
            wanted: Arc::clone(&wanted),
        };
        let mut handlers = self.inner.handlers.lock();
        for object in self.inner.store.list() {
            handler.call(Delta::Added {
                object: &object,
                initial: true,
            });
        }
        // One that has ended has nothing more to tell.
        if !self.inner.stop.is_cancelled() {
            handlers.push(handler);
        }
        drop(handlers);
        let informer = self.clone();
        Subscription {
            wanted,
            sweep: Box::new(move || {
                // All of it, so that the informer counts as used.
                let informer = &informer;
                // A handler may drop its own subscription; the next event sweeps then.
                if let Some(mut handlers) = informer.inner.handlers.try_lock() {
                    handlers.retain(Handler::is_wanted);
                }
            }),
        }
    }

    /// Whether everything that was there at the start has been read.
    #[must_use]
    pub fn has_synced(&self) -> bool {
        *self.inner.synced.borrow()
    }

    /// Waits until everything that was there at the start has been read, or
    /// the informer has been stopped.
    pub async fn synced(&self) {
        let mut synced = self.inner.synced.subscribe();
        let synced = synced.wait_for(|synced| *synced);
        // The sender lives in the informer itself.
        let _ = self.inner.stop.run_until_cancelled(synced).await;
    }

    /// Stops reading, for everybody who uses this informer. What it knows stays
    /// as it is. Who asks the factory for the same informer gets a new one.
    pub fn stop(&self) {
        self.inner.stop.cancel();
    }

    /// Whether it has been stopped.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.inner.stop.is_cancelled()
    }

    /// The panic that has ended it, if one has.
    #[must_use]
    pub fn panicked(&self) -> Option<&InformerPanic> {
        self.inner.panicked.get()
    }

    /// What is read, and what was wrong with it last while it was not: for messages.
    pub(crate) fn missing(&self) -> String {
        match &*self.inner.trouble.lock() {
            troubles if troubles.is_empty() => self.inner.what.clone(),
            troubles => {
                let all: Vec<&str> = troubles.values().map(String::as_str).collect();
                format!("{} ({})", self.inner.what, all.join("; "))
            }
        }
    }

    /// Tells every handler of every object once more, as an update from itself
    /// to itself.
    pub fn resync(&self) {
        let handlers = self.inner.handlers.lock();
        for object in self.inner.store.list() {
            self.inner.tell(&handlers, || Delta::Updated {
                old: &object,
                new: &object,
            });
        }
    }
}

impl<K> Handler<K> {
    fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }

    fn call(&self, delta: Delta<'_, K>) {
        if catch_unwind(AssertUnwindSafe(|| (self.call)(delta))).is_err() {
            tracing::error!(kind = std::any::type_name::<K>(), "a handler panicked");
        }
    }
}
