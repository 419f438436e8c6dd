//! The Kubernetes scheduler: which node a pod goes to.
//!
//! [`schedule`] is a pure function of a [`Snapshot`] and a pod. What decides
//! stands in one table, [`PLUGINS`]; the snapshot is kept up incrementally;
//! the [`Queue`] holds pods back until something has changed that concerns
//! them. [`run`] joins this to the API.
//!
//! It must not know the store, nor HTTP.

mod config;
mod crowds;
mod devices;
mod extender;
mod plugins;
mod preempt;
mod queue;
mod resources;
mod run;
mod schedule;
mod snapshot;
#[cfg(test)]
mod testing;
mod volumes;
mod workloads;

pub use config::{
    Args, ConfigError, Configuration, ExtenderConfig, FitStrategy, Profile, ShapePoint, TlsConfig,
};
pub use devices::{ClaimKey, Claims, Devices, Wanted};
pub use plugins::{Candidate, PLUGINS, Plugin, Rejection, SCORE_MAX, Scale, matches_required};
pub use preempt::{Preemption, Trouble, preempt};
pub use queue::{BACKOFF_FIRST, BACKOFF_MAX, Change, Moment, Queue, UNSCHEDULABLE_MAX};
pub use resources::{PodRequest, Resources};
pub use run::{Context, NAME, run, run_configured};
pub use schedule::{Decision, Turn, Unschedulable, schedule};
pub use snapshot::{HostPort, Namespaces, NodeInfo, PlacedPod, Snapshot};
pub use volumes::{Step, Volumes};
pub use workloads::Workloads;
