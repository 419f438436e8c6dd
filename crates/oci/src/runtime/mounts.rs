//! Mounts of a container.
//!
//! Everything from the machine is opened as a detached mount before the container's root is
//! entered, and attached afterwards by paths of that root. So no link in an image can lead a
//! mount, or a folder made for it, out of the container.

use std::{
    fs, io,
    os::fd::{AsFd as _, OwnedFd},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{CWD, Mode, OFlags},
    mount::{
        MountFlags, MountPropagationFlags, MoveMountFlags, OpenTreeFlags, UnmountFlags, mount,
        mount_change, mount_remount, move_mount, open_tree,
    },
};

use super::{Context as _, Propagation, Result, Spec, StartError};
use crate::sys;

const PROC_SUPER_MAGIC: i64 = 0x9fa0;

/// A mount of the machine, on its way into the container.
pub(super) struct Detached {
    tree: OwnedFd,
    target: PathBuf,
    is_dir: bool,
    read_only: ReadOnly,
    propagation: Propagation,
}

/// What of a mount cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadOnly {
    No,
    /// The mount itself.
    Itself,
    /// And all below it.
    All,
}

impl ReadOnly {
    pub(super) fn of(mount: &super::ContainerMount) -> Self {
        match (mount.read_only, mount.recursive_read_only) {
            (false, _) => Self::No,
            (true, false) => Self::Itself,
            (true, true) => Self::All,
        }
    }
}

/// Opens a file or folder of the machine.
pub(super) fn detach(
    source: &Path,
    target: &Path,
    read_only: ReadOnly,
    propagation: Propagation,
) -> Result<Detached> {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE
        | OpenTreeFlags::OPEN_TREE_CLOEXEC
        | OpenTreeFlags::AT_RECURSIVE;
    let tree = open_tree(CWD, source, flags).doing(|| format!("mount {}", source.display()))?;
    let stat = rustix::fs::fstat(&tree).doing(|| format!("stat {}", source.display()))?;
    let is_dir = stat.st_mode & libc::S_IFMT == libc::S_IFDIR;
    Ok(Detached {
        tree,
        target: target.to_owned(),
        is_dir,
        read_only,
        propagation,
    })
}

/// Opens the root of another mount namespace's only mount.
pub(super) fn detach_root_of(namespace: &OwnedFd, target: &Path) -> Result<Detached> {
    let own = fs::File::open("/proc/self/ns/mnt").doing(|| "open own mount namespace".into())?;
    let mounts = nix::sched::CloneFlags::CLONE_NEWNS;
    nix::sched::setns(namespace, mounts).doing(|| "enter the pod's mounts".into())?;
    let detached = detach(Path::new("/"), target, ReadOnly::No, Propagation::Private);
    nix::sched::setns(own.as_fd(), mounts).doing(|| "leave the pod's mounts".into())?;
    detached
}

/// Attaches a mount at its place in this root.
pub(super) fn attach(detached: &Detached) -> Result<()> {
    let target = &detached.target;
    if !target.is_absolute() {
        let message = format!("mount target {} is not absolute", target.display());
        return Err(StartError::Invalid(message));
    }
    make_target(target, detached.is_dir)?;
    let place = rustix::fs::open(target, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())
        .doing(|| format!("open mount target {}", target.display()))?;
    let system = rustix::fs::fstatfs(&place).doing(|| format!("stat {}", target.display()))?;
    if system.f_type as i64 == PROC_SUPER_MAGIC {
        let message = format!("mount target {} lies in proc", target.display());
        return Err(StartError::Invalid(message));
    }
    let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH;
    move_mount(&detached.tree, "", &place, "", flags)
        .doing(|| format!("mount on {}", target.display()))?;
    let change = match detached.propagation {
        Propagation::Private => MountPropagationFlags::PRIVATE,
        Propagation::Slave => MountPropagationFlags::DOWNSTREAM,
        Propagation::Shared => MountPropagationFlags::SHARED,
    };
    mount_change(target, change | MountPropagationFlags::REC)
        .doing(|| format!("set propagation of {}", target.display()))?;
    match detached.read_only {
        ReadOnly::No => Ok(()),
        ReadOnly::Itself => make_read_only(&detached.tree, target, false),
        ReadOnly::All => make_read_only(&detached.tree, target, true),
    }
}

fn make_read_only(tree: &OwnedFd, target: &Path, recursive: bool) -> Result<()> {
    match sys::mount_setattr_read_only(tree, recursive) {
        // What must hold for all below cannot be had from an old kernel.
        Err(error) if error.raw_os_error() == Some(libc::ENOSYS) && !recursive => {
            remount_read_only(target).doing(|| format!("make {} read-only", target.display()))
        }
        other => other.doing(|| format!("make {} read-only", target.display())),
    }
}

/// Makes one mount read-only, keeping its other flags.
fn remount_read_only(target: &Path) -> io::Result<()> {
    let flags = MountFlags::BIND | MountFlags::RDONLY;
    let all = [
        MountFlags::empty(),
        MountFlags::NOSUID | MountFlags::NODEV,
        MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC,
    ];
    let mut last = Ok(());
    for kept in all {
        last = mount_remount(target, flags | kept, c"").map_err(io::Error::from);
        if last.is_ok() {
            break;
        }
    }
    last
}

fn make_target(target: &Path, is_dir: bool) -> Result<()> {
    if fs::metadata(target).is_ok() {
        return Ok(());
    }
    let what = || format!("create mount target {}", target.display());
    if is_dir {
        return fs::create_dir_all(target).doing(what);
    }
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent).doing(what)?;
    }
    fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(target)
        .map(drop)
        .doing(what)
}

/// A folder of this root for one of the kernel's file systems. A link there is refused: the
/// paths that are hidden later must be those of this mount.
fn system_folder(path: &str) -> Result<()> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => Ok(()),
        Ok(_) => Err(StartError::Invalid(format!(
            "the image's {path} is not a folder"
        ))),
        Err(_) => fs::create_dir(path).doing(|| format!("create {path}")),
    }
}

/// Mounts what every container has: `/proc`, `/dev`, `/sys`.
pub(super) fn mount_system(spec: &Spec, cgroups: Vec<Detached>) -> Result<()> {
    let none = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    system_folder("/proc")?;
    mount("proc", "/proc", "proc", none, None::<&std::ffi::CStr>).doing(|| "mount /proc".into())?;
    system_folder("/dev")?;
    super::dev::populate()?;
    if !spec.host_ipc {
        fs::create_dir("/dev/mqueue").doing(|| "create /dev/mqueue".into())?;
        // A kernel may be built without message queues.
        let _ = mount(
            "mqueue",
            "/dev/mqueue",
            "mqueue",
            none,
            None::<&std::ffi::CStr>,
        );
    }
    system_folder("/sys")?;
    let read_only = if spec.privileged {
        MountFlags::empty()
    } else {
        MountFlags::RDONLY
    };
    mount(
        "sysfs",
        "/sys",
        "sysfs",
        none | read_only,
        None::<&std::ffi::CStr>,
    )
    .doing(|| "mount /sys".into())?;
    mount_cgroups(spec, cgroups)
}

fn mount_cgroups(spec: &Spec, cgroups: Vec<Detached>) -> Result<()> {
    let unified = cgroups
        .iter()
        .any(|view| view.target == Path::new("/sys/fs/cgroup"));
    if cgroups.is_empty() || !Path::new("/sys/fs/cgroup").is_dir() {
        return Ok(());
    }
    if !unified {
        let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
        mount(
            "tmpfs",
            "/sys/fs/cgroup",
            "tmpfs",
            flags,
            Some(c"mode=755,size=64k"),
        )
        .doing(|| "mount /sys/fs/cgroup".into())?;
    }
    for mut view in cgroups {
        view.read_only = match spec.privileged {
            true => ReadOnly::No,
            false => ReadOnly::Itself,
        };
        attach(&view)?;
    }
    Ok(())
}

/// Hides paths and makes others read-only. Absent ones need neither.
pub(super) fn restrict_paths(spec: &Spec) -> Result<()> {
    for path in &spec.readonly_paths {
        if fs::symlink_metadata(path).is_err() {
            continue;
        }
        let what = || format!("make {} read-only", path.display());
        rustix::mount::mount_bind_recursive(path, path).doing(what)?;
        remount_read_only(path).doing(what)?;
    }
    for path in &spec.masked_paths {
        let Ok(metadata) = fs::metadata(path) else {
            continue;
        };
        let what = || format!("hide {}", path.display());
        if metadata.is_dir() {
            let flags = MountFlags::RDONLY;
            mount("tmpfs", path, "tmpfs", flags, Some(c"size=0k,nr_inodes=2")).doing(what)?;
        } else {
            rustix::mount::mount_bind("/dev/null", path).doing(what)?;
        }
    }
    Ok(())
}

/// Makes the root read-only; mounts in it stay as they are.
pub(super) fn make_root_read_only() -> Result<()> {
    let flags = MountFlags::BIND | MountFlags::RDONLY | MountFlags::NODEV;
    mount_remount("/", flags, c"").doing(|| "make the root file system read-only".into())
}

/// Makes the mounts of a new namespace deaf to and silent for the machine's.
pub(super) fn isolate() -> Result<()> {
    let change = MountPropagationFlags::DOWNSTREAM | MountPropagationFlags::REC;
    mount_change("/", change).doing(|| "separate the mounts".into())
}

/// Shows devices of the machine by binding their nodes.
pub(super) fn detach_devices(spec: &Spec) -> Result<Vec<Detached>> {
    let listed = spec
        .devices
        .iter()
        .map(|(from, to)| (from.clone(), to.clone()));
    let mut devices: Vec<_> = listed.collect();
    if spec.privileged {
        let known = [
            "null", "zero", "full", "random", "urandom", "tty", "ptmx", "console",
        ];
        for entry in fs::read_dir("/dev").into_iter().flatten().flatten() {
            use std::os::unix::fs::FileTypeExt as _;
            let is_device = entry
                .file_type()
                .is_ok_and(|kind| kind.is_char_device() || kind.is_block_device());
            let name = entry.file_name();
            if is_device
                && !known
                    .iter()
                    .any(|known| name.as_encoded_bytes() == known.as_bytes())
            {
                devices.push((entry.path(), entry.path()));
            }
        }
    }
    devices
        .iter()
        .map(|(from, to)| detach(from, to, ReadOnly::No, Propagation::Private))
        .collect()
}

/// Opens the machine's `/dev/shm` and `/dev/mqueue` for pods that share its IPC namespace.
pub(super) fn detach_host_ipc() -> Result<Vec<Detached>> {
    let mut found = Vec::new();
    for path in ["/dev/shm", "/dev/mqueue"] {
        if Path::new(path).is_dir() {
            found.push(detach(
                Path::new(path),
                Path::new(path),
                ReadOnly::No,
                Propagation::Private,
            )?);
        }
    }
    Ok(found)
}

/// Makes a file system of this pod's own: an empty tmpfs that is the only mount of a new mount
/// namespace, entered by this process. `folder` is any empty folder to begin at.
pub fn enter_shared_memory(folder: &Path, bytes: u64) -> io::Result<()> {
    nix::sched::unshare(nix::sched::CloneFlags::CLONE_NEWNS)?;
    mount_change(
        "/",
        MountPropagationFlags::DOWNSTREAM | MountPropagationFlags::REC,
    )?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    let options = std::ffi::CString::new(format!("mode=1777,size={bytes}"))?;
    mount("shm", folder, "tmpfs", flags, Some(options.as_c_str()))?;
    rustix::process::chdir(folder)?;
    rustix::process::pivot_root(".", ".")?;
    rustix::mount::unmount(".", UnmountFlags::DETACH)?;
    rustix::process::chdir("/")?;
    Ok(())
}
