//! What controllers stand on: reflectors and shared informers with indexes,
//! work queues, the controller loop, expectations, event recording and leader
//! election.
//!
//! Everything works on [`skeg_client`] alone, against any API server, and
//! holds no timer while there is nothing to do. Time is injected ([`Clock`]).
//!
//! It must not know any server, nor any one controller.

mod backoff;
mod cached;
mod clock;
mod controller;
mod events;
mod expectations;
mod informer;
mod leader;
mod name;
mod owner;
mod partial;
mod queue;
mod reflector;
mod source;
mod store;
pub mod testing;

pub use backoff::{Backoff, BackoffPolicy};
pub use cached::Cached;
pub use clock::{Clock, ManualClock, SystemClock};
pub use controller::{Controller, Next, ReconcileError};
pub use events::{EventApi, EventRecorder, EventType, reference};
pub use expectations::Expectations;
pub use informer::{Delta, Informer, SharedInformerFactory};
pub use leader::{LeaderElector, LeaderOptions};
pub use name::ObjectName;
pub use owner::{is_controlled_by, refers_to};
pub use partial::PartialObject;
pub use queue::{QueueItem, RateLimit, Work, WorkQueue};
pub use reflector::{Reflector, Sink};
pub use source::{SharedEvents, Source};
pub use store::{IndexFn, Store};
