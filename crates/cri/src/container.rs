//! Containers.

use std::{collections::BTreeMap, path::PathBuf, time::SystemTime};

use serde::{Deserialize, Serialize};

use crate::{ContainerId, SandboxId};

/// Which container of its pod this is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ContainerMetadata {
    /// Name within the pod.
    pub name: String,
    /// How often it was restarted before.
    pub attempt: u32,
}

/// How mounts below a mounted folder travel between machine and container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MountPropagation {
    /// They do not.
    #[default]
    Private,
    /// From the machine to the container (`rslave`).
    HostToContainer,
    /// Both ways (`rshared`).
    Bidirectional,
}

/// A file or folder of the machine, shown in the container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    /// Absolute path in the container; made when absent.
    pub container_path: PathBuf,
    /// Absolute path on the machine; must exist. A symbolic link is followed.
    pub host_path: PathBuf,
    /// Not writable.
    pub read_only: bool,
    /// Nor are mounts below it; with `read_only`.
    #[serde(default)]
    pub recursive_read_only: bool,
    /// How mounts travel.
    pub propagation: MountPropagation,
}

/// Limits and weights. A field left out is left as it is (or unlimited at creation).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resources {
    /// Weight of CPU time, 2–262144 (1024 a core).
    pub cpu_shares: Option<u64>,
    /// Microseconds of CPU time in a period; with `cpu_period_us`. Negative is no limit.
    pub cpu_quota_us: Option<i64>,
    /// The period; 100000 when left out.
    pub cpu_period_us: Option<u64>,
    /// CPUs that may be used: `0-2,4`.
    pub cpuset_cpus: Option<String>,
    /// Bytes of memory. Negative is no limit.
    pub memory_limit_bytes: Option<i64>,
    /// Number of processes and threads. The engine sets a default of its own when left out, so
    /// that no container can take the whole machine's. Negative is no limit.
    pub pids_limit: Option<i64>,
    /// oom_score_adj of the container's processes, -1000–1000; clamped to what the host allows.
    pub oom_score_adj: Option<i32>,
}

/// Which system calls are allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SeccompProfile {
    /// All that the kernel has.
    #[default]
    Unconfined,
    /// The runtime's list.
    RuntimeDefault,
    /// A profile in the OCI's JSON form on the machine. A file that is absent, unreadable or
    /// not understood fails the container's creation.
    Localhost(PathBuf),
}

/// Capabilities to add to and drop from the runtime's default set. Names without `CAP_`; `ALL`
/// stands for all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// Added.
    pub add: Vec<String>,
    /// Dropped; an addition of the same name wins over `ALL`.
    pub drop: Vec<String>,
}

/// Security settings of a container.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ContainerSecurity {
    /// All capabilities, all devices, no masked paths, no seccomp.
    pub privileged: bool,
    /// Changes to the default set of capabilities.
    pub capabilities: Capabilities,
    /// Numeric user; goes before `run_as_username` and the image's.
    pub run_as_user: Option<u32>,
    /// Numeric group; needs a user.
    pub run_as_group: Option<u32>,
    /// User by name, looked up in the image's passwd.
    pub run_as_username: Option<String>,
    /// Supplementary groups.
    pub supplemental_groups: Vec<u32>,
    /// Leaves out the groups that the image's group file gives the user.
    pub supplemental_groups_strict: bool,
    /// The root file system is not writable.
    pub read_only_rootfs: bool,
    /// No set-uid program may raise privileges.
    pub no_new_privileges: bool,
    /// Which system calls are allowed.
    pub seccomp: SeccompProfile,
    /// Paths that are hidden. `None` is the runtime's list; an empty list hides none.
    pub masked_paths: Option<Vec<PathBuf>>,
    /// Paths that are not writable. `None` is the runtime's list.
    pub readonly_paths: Option<Vec<PathBuf>>,
}

/// What `create_container` is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ContainerConfig {
    /// Name and attempt.
    pub metadata: ContainerMetadata,
    /// Reference or identity of an image that is present.
    pub image: String,
    /// Replaces the image's entry point when not empty.
    pub command: Vec<String>,
    /// Replaces the image's arguments when not empty (they are also dropped when `command` is given).
    pub args: Vec<String>,
    /// Replaces the image's working directory when not empty; made when absent.
    pub working_dir: String,
    /// Set in addition to the image's; of two with one name the later wins, and both go before the image's.
    pub env: Vec<(String, String)>,
    /// In the order given; later ones may lie below earlier ones.
    pub mounts: Vec<Mount>,
    /// Devices of the machine to show: path on the machine, path in the container.
    pub devices: Vec<(PathBuf, PathBuf)>,
    /// Stored as given.
    pub labels: BTreeMap<String, String>,
    /// Stored as given.
    pub annotations: BTreeMap<String, String>,
    /// Log file, relative to the sandbox's `log_directory`.
    pub log_path: PathBuf,
    /// Standard input stays open for `attach`.
    pub stdin: bool,
    /// The first attached standard input that ends closes the container's.
    pub stdin_once: bool,
    /// A terminal in place of pipes.
    pub tty: bool,
    /// Limits.
    pub resources: Resources,
    /// Another container of the sandbox, which must be running: this one sees its processes, and
    /// those started in it. Goes before what the sandbox says of PID namespaces.
    #[serde(default)]
    pub pid_target: Option<ContainerId>,
    /// Users, capabilities and the like.
    pub security: ContainerSecurity,
    /// Name or number of the signal that `stop_container` sends; none is the image's, or TERM.
    pub stop_signal: Option<String>,
}

/// Where a container is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ContainerState {
    /// Made, not started.
    Created,
    /// Runs.
    Running,
    /// Has ended, or could not be started.
    Exited,
    /// Its holder is gone and left no record.
    Unknown,
}

/// A row of `list_containers`.
#[derive(Clone, Debug, PartialEq)]
pub struct ContainerSummary {
    /// Identity.
    pub id: ContainerId,
    /// Its sandbox.
    pub sandbox_id: SandboxId,
    /// Name and attempt.
    pub metadata: ContainerMetadata,
    /// As given in the configuration.
    pub image: String,
    /// Identity of the image (digest of its configuration).
    pub image_id: String,
    /// Where it is in its life.
    pub state: ContainerState,
    /// When it was made.
    pub created_at: SystemTime,
    /// As given.
    pub labels: BTreeMap<String, String>,
    /// As given.
    pub annotations: BTreeMap<String, String>,
}

/// The answer to `container_status`.
#[derive(Clone, Debug, PartialEq)]
pub struct ContainerStatus {
    /// Identity.
    pub id: ContainerId,
    /// Its sandbox.
    pub sandbox_id: SandboxId,
    /// Name and attempt.
    pub metadata: ContainerMetadata,
    /// Where it is in its life.
    pub state: ContainerState,
    /// When it was made.
    pub created_at: SystemTime,
    /// When it was started.
    pub started_at: Option<SystemTime>,
    /// When it ended.
    pub finished_at: Option<SystemTime>,
    /// Its exit code; 128 + n after signal n.
    pub exit_code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// `Completed`, `Error`, `OOMKilled`, `StartError`, `ContainerStatusUnknown`; empty while it runs.
    pub reason: String,
    /// More about the reason, for people.
    pub message: String,
    /// As given in the configuration.
    pub image: String,
    /// Identity of the image (digest of its configuration).
    pub image_id: String,
    /// `repository@digest` where known, else the identity: what a pod's status shows as `imageID`.
    pub image_ref: String,
    /// As given.
    pub labels: BTreeMap<String, String>,
    /// As given.
    pub annotations: BTreeMap<String, String>,
    /// As given.
    pub mounts: Vec<Mount>,
    /// Absolute path of the log.
    pub log_path: PathBuf,
    /// User, group and supplementary groups of the first process, once it was started.
    pub user: Option<(u32, u32, Vec<u32>)>,
    /// Limits now in force.
    pub resources: Resources,
    /// Process id on the machine while it runs.
    pub pid: Option<u32>,
}

/// Which containers to list; every given criterion has to hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContainerFilter {
    /// Only this one.
    pub id: Option<ContainerId>,
    /// Only in this sandbox.
    pub sandbox_id: Option<SandboxId>,
    /// Only in this state.
    pub state: Option<ContainerState>,
    /// Only with these labels.
    pub labels: BTreeMap<String, String>,
}

/// What a container uses, read from its cgroup; no figure is computed by walking files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContainerStats {
    /// CPU time used since the start.
    pub cpu_usage_nanos: u64,
    /// Memory charged, caches included.
    pub memory_usage_bytes: u64,
    /// Memory that cannot be dropped at once: usage without inactive file pages.
    pub memory_working_set_bytes: u64,
    /// Anonymous memory.
    pub memory_rss_bytes: u64,
    /// Limit, where there is one.
    pub memory_limit_bytes: Option<u64>,
    /// Processes and threads.
    pub pids: u64,
    /// How often a process was killed for want of memory.
    pub oom_kills: u64,
}
