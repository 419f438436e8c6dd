//! The revisioned store of a Kubernetes API server: trait, contract suite,
//! embedded engine.
//!
//! The [`Store`] trait has etcd's guarantees, because Kubernetes is built on
//! them: one global revision, compare-and-swap on a key's mod revision,
//! ordered reads at a revision, watches that start in the past, compaction and
//! leases. What a store must do is written down as code in [`contract`] and
//! runs against every engine.
//!
//! [`Embedded`] is the engine for one machine: everything in memory, a
//! write-ahead log with group commit on disk, acknowledged after it is durable.
//!
//! **Must not know:** kinds, objects, HTTP. Keys and values are bytes here.
//!
//! # Examples
//!
//! ```
//! use skeg_store::{Embedded, Expect, KeyRange, RangeOptions, Store};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let store = Embedded::in_memory();
//! let created = store
//!     .put_if("/registry/pods/default/a".into(), "v1".into(), Expect::Absent, None)
//!     .await?;
//! store
//!     .put_if("/registry/pods/default/a".into(), "v2".into(), Expect::ModRevision(created), None)
//!     .await?;
//! let pods = store
//!     .range(&KeyRange::prefix("/registry/pods/"), RangeOptions::default())
//!     .await?;
//! assert_eq!(pods.kvs[0].value, "v2");
//! # Ok::<(), skeg_store::Error>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod blocks;
mod clock;
pub mod contract;
mod disk;
pub mod dump;
pub mod encryption;
mod engine;
mod error;
mod format;
mod key;
mod log;
mod memory;
mod queue;
mod record;
mod recover;
mod reply;
mod snapshot;
mod stage;
pub mod testing;
mod traits;
mod view;
mod watch;
mod watchers;
mod writer;

pub use clock::{Clock, OnMove, SystemClock};
pub use disk::{Disk, DiskFile, SystemDisk, UnsyncedDisk};
pub use engine::{Embedded, Options};

pub use error::{Error, Result};
pub use key::{Key, KeyRange};
pub use reply::Reply;
pub use traits::{
    Committed, Expect, KeyValue, LATEST, Lease, LeaseId, Op, RangeOptions, RangeResult, Revision,
    Status, Store, Txn,
};
pub use view::View;
pub use watch::{Event, EventKind, Watch, WatchBatch, WatchOptions, WatchSource};
