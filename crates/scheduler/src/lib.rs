//! The Kubernetes scheduler: which node a pod goes to.
//!
//! [`schedule`] is a pure function of a [`Snapshot`] and a pod. What decides
//! stands in one table, [`PLUGINS`]; the snapshot is kept up incrementally;
//! the [`Queue`] holds pods back until something has changed that concerns
//! them. [`run`] joins this to the API.
//!
//! It must not know the store, nor HTTP.

mod devices;
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

pub use devices::{ClaimKey, Claims, Devices, Wanted};
pub use plugins::{
    Candidate, PLUGINS, Plugin, Rejection, SCORE_MAX, Scale, matches_required, tolerates,
};
pub use preempt::{Preemption, preempt};
pub use queue::{BACKOFF_FIRST, BACKOFF_MAX, Change, Moment, Queue, UNSCHEDULABLE_MAX};
pub use resources::{PodRequest, Resources};
pub use run::{Context, NAME, run};
pub use schedule::{Decision, Unschedulable, schedule};
pub use snapshot::{HostPort, Namespaces, NodeInfo, PlacedPod, Snapshot};
pub use volumes::{Step, Volumes};
