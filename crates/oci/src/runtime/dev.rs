//! `/dev` of a container.

use std::{fs, path::Path};

use rustix::{
    fs::{CWD, FileType, Mode},
    mount::{MountFlags, mount},
};

use super::{Context as _, Result};

/// Name, major, minor.
const NODES: &[(&str, u32, u32)] = &[
    ("null", 1, 3),
    ("zero", 1, 5),
    ("full", 1, 7),
    ("random", 1, 8),
    ("urandom", 1, 9),
    ("tty", 5, 0),
];

const LINKS: &[(&str, &str)] = &[
    ("/proc/self/fd", "/dev/fd"),
    ("/proc/self/fd/0", "/dev/stdin"),
    ("/proc/self/fd/1", "/dev/stdout"),
    ("/proc/self/fd/2", "/dev/stderr"),
    ("pts/ptmx", "/dev/ptmx"),
];

/// Mounts and fills `/dev` of this root.
pub(super) fn populate() -> Result<()> {
    let flags = MountFlags::NOSUID | MountFlags::STRICTATIME;
    let options = c"mode=755,size=65536k";
    mount("tmpfs", "/dev", "tmpfs", flags, Some(options)).doing(|| "mount /dev".into())?;
    let old = rustix::process::umask(Mode::empty());
    let made = nodes();
    rustix::process::umask(old);
    made?;
    for (target, link) in LINKS {
        std::os::unix::fs::symlink(target, link).doing(|| format!("create {link}"))?;
    }
    fs::create_dir("/dev/pts").doing(|| "create /dev/pts".into())?;
    let flags = MountFlags::NOSUID | MountFlags::NOEXEC;
    let options = c"newinstance,ptmxmode=0666,mode=0620,gid=5";
    mount("devpts", "/dev/pts", "devpts", flags, Some(options)).doing(|| "mount /dev/pts".into())
}

fn nodes() -> Result<()> {
    for (name, major, minor) in NODES {
        let path = Path::new("/dev").join(name);
        let device = rustix::fs::makedev(*major, *minor);
        let mode = Mode::from_raw_mode(0o666);
        rustix::fs::mknodat(CWD, &path, FileType::CharacterDevice, mode, device)
            .doing(|| format!("create {}", path.display()))?;
    }
    Ok(())
}
