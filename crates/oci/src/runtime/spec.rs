//! What the low-level runtime is told about a container.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::seccomp::Seccomp;

/// Hidden from containers, as container engines agree: what tells of or changes the machine.
pub const DEFAULT_MASKED_PATHS: &[&str] = &[
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
];

/// Not writable in containers.
pub const DEFAULT_READONLY_PATHS: &[&str] = &[
    "/proc/bus",
    "/proc/fs",
    "/proc/irq",
    "/proc/sys",
    "/proc/sysrq-trigger",
];

/// The root file system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Root {
    /// Layers under a writable one, merged by the kernel.
    Overlay {
        /// Folder that the layers' names are relative to.
        layers: PathBuf,
        /// The layers, the lowest first.
        lowers: Vec<String>,
        /// What the container writes.
        upper: PathBuf,
        /// The kernel's work folder, on the same file system.
        work: PathBuf,
        /// An empty folder to mount on.
        mountpoint: PathBuf,
    },
    /// A folder with the whole content.
    Folder {
        /// The folder.
        path: PathBuf,
    },
}

/// How mounts below a mounted folder travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Propagation {
    /// They do not.
    #[default]
    Private,
    /// From the machine into the container.
    Slave,
    /// Both ways.
    Shared,
}

/// A file or folder of the machine, shown in the container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerMount {
    /// On the machine.
    pub source: PathBuf,
    /// In the container.
    pub target: PathBuf,
    /// Not writable.
    pub read_only: bool,
    /// Nor are mounts below it; with `read_only`.
    #[serde(default)]
    pub recursive_read_only: bool,
    /// How mounts travel.
    pub propagation: Propagation,
}

/// Who the program runs as, before names are looked up in the container's files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSpec {
    /// `user`, `uid`, either with `:group` or `:gid`; empty is root.
    pub user: String,
    /// Goes before the group in `user` and that of the user's entry.
    pub gid: Option<u32>,
    /// Supplementary groups.
    pub supplemental: Vec<u32>,
    /// Leaves out the groups that the container's group file gives the user.
    pub strict: bool,
}

/// Who the program runs as.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// User.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Supplementary groups, the group among them.
    pub groups: Vec<u32>,
}

/// Everything that the low-level runtime is told about a container. Namespaces of network, IPC
/// and host name are those of the process that starts it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spec {
    /// The root file system.
    pub root: Root,
    /// The root file system is not writable.
    pub read_only_root: bool,
    /// Program and arguments.
    pub args: Vec<String>,
    /// `NAME=value`.
    pub env: Vec<String>,
    /// Working directory; made when absent.
    pub cwd: String,
    /// Who it runs as.
    pub user: UserSpec,
    /// In this order.
    pub mounts: Vec<ContainerMount>,
    /// Devices: path on the machine, path in the container.
    pub devices: Vec<(PathBuf, PathBuf)>,
    /// All devices, writable `/sys`, nothing masked.
    pub privileged: bool,
    /// Bits of the capabilities it may have.
    pub capabilities: u64,
    /// No set-uid program may raise privileges.
    pub no_new_privileges: bool,
    /// Filter of system calls.
    pub seccomp: Seccomp,
    /// Hidden paths.
    pub masked_paths: Vec<PathBuf>,
    /// Paths that are not writable.
    pub readonly_paths: Vec<PathBuf>,
    /// Wanted oom_score_adj; clamped to what the host allows.
    pub oom_score_adj: Option<i32>,
    /// Wanted number of open files; clamped to what the host allows.
    pub open_files: Option<u64>,
    /// The container's own groups: name below `/sys/fs/cgroup` and folder on the machine.
    pub cgroup_views: Vec<(String, PathBuf)>,
    /// The machine's IPC namespace is used, so its `/dev/shm` and `/dev/mqueue` are.
    pub host_ipc: bool,
}
