//! What controllers stand on: reflectors and shared informers with indexes,
//! work queues, the controller loop, expectations, event recording and leader
//! election.
//!
//! Everything works on [`skeg_client`] alone, against any API server, and
//! holds no timer while there is nothing to do. Time is injected ([`Clock`]).
//!
//! It must not know any server, nor any one controller.

mod backoff;
mod builder;
mod cached;
mod clock;
mod clusters;
mod controller;
mod dynamic;
mod ensure;
mod events;
mod expectations;
mod finalizer;
mod informer;
mod leader;
mod limit;
mod manager;
mod metrics;
mod name;
mod owner;
mod partial;
mod predicate;
mod queue;
mod reflector;
mod serve;
mod source;
mod store;
pub mod testing;
mod watcher;
#[cfg(feature = "webhook")]
pub mod webhook;

pub use backoff::{Backoff, BackoffPolicy};
pub use builder::{ControllerBuilder, ControllerError, PreparedController};
pub use cached::Cached;
pub use clusters::{Cluster, ClusterChange, ClusterObject, ClusterProvider, Clusters};
pub use clock::{Clock, ManualClock, SystemClock};
pub use controller::{Controller, Next, ReconcileError};
pub use ensure::{
    EnsureError, Ensured, create_or_patch, create_or_update, patch_status_if_changed,
    update_status_if_changed,
};
pub use events::{EventApi, EventRecorder, EventType, reference};
pub use expectations::Expectations;
pub use finalizer::{
    Finalize, FinalizerError, add_finalizer, finalize, has_finalizer, remove_finalizer,
};
pub use dynamic::DynamicObject;
pub use informer::{Delta, Informer, InformerBuilder, SharedInformerFactory, Subscription};
pub use leader::{LeaderElector, LeaderError, LeaderOptions, unique_identity};
pub use name::ObjectName;
pub use owner::{
    OwnerError, adopt, has_owner, is_controlled_by, refers_to, release, remove_owner_reference,
    set_controller_reference, set_owner_reference,
};
pub use partial::PartialObject;
pub use limit::{Bucket, Exponential, FastSlow, MaxOf, RateLimit, RateLimiter};
pub use manager::{Manager, ManagerError, ManagerHandle};
pub use metrics::{ControllerMetrics, Counter, Gauge, Histogram, Labels, Metrics, QueueMetrics};
pub use predicate::Predicate;
pub use queue::{LOW_PRIORITY, QueueItem, Work, WorkQueue};
pub use reflector::{Reflector, Sink};
pub use serve::{Check, HealthChecks, MetricsGuard};
pub use skeg_meta::conditions::{ConditionFields, Conditions, SetCondition};
pub use source::{ApiSource, SharedEvents, Source};
pub use store::{IndexFn, IndexKey, Store, TypedIndex};
pub use watcher::{
    Step, WaitError, Watcher, WatcherEvent, WatcherOptions, wait_until, watch_object, watcher,
};

/// The programs of the README are compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
