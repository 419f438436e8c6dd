//! What the runtime tells without being asked.

use std::time::SystemTime;

use crate::{ContainerId, SandboxId};

/// How many events a slow listener may lag behind; after that it has to list again.
pub const EVENT_QUEUE_LEN_MAX: usize = 4096;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A container was made.
    ContainerCreated,
    /// A container runs.
    ContainerStarted,
    /// A container has ended; its status tells how.
    ContainerStopped,
    /// A container was removed.
    ContainerDeleted,
    /// A sandbox is ready.
    SandboxStarted,
    /// A sandbox ended, by request or by itself.
    SandboxStopped,
    /// A sandbox was removed.
    SandboxDeleted,
}

/// An event. Events of one sandbox come in the order in which things happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// To which sandbox.
    pub sandbox_id: SandboxId,
    /// UID of the sandbox's pod, so that a listener need not look it up.
    pub pod_uid: String,
    /// To which of its containers; none for sandbox events.
    pub container_id: Option<ContainerId>,
    /// When.
    pub at: SystemTime,
}
