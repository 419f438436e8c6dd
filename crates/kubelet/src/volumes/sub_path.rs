//! Parts of a volume, mounted so that a container cannot lead the mount out of
//! its volume by a link it made.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{Mode, OFlags, ResolveFlags};

/// Binds the part of a volume at `sub_path` to a place of ours, and gives that
/// place. The part is made, as a folder, when it is not there.
///
/// # Errors
/// When the path leaves the volume, or something cannot be made.
pub(crate) fn bind(volume: &Path, sub_path: &str, target: &Path) -> io::Result<PathBuf> {
    let relative = Path::new(sub_path);
    if !relative
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
    {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("subPath {sub_path:?} leaves its volume"),
        ));
    }
    let part = open(volume, relative)?;
    let folder = rustix::fs::fstat(&part)?;
    let is_folder = rustix::fs::FileType::from_raw_mode(folder.st_mode).is_dir();
    if let Some(parent) = target.parent() {
        std::fs::create_dir_all(parent)?;
    }
    if is_folder {
        std::fs::create_dir_all(target)?;
    } else {
        std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(target)?;
    }
    // The descriptor names what was checked, whatever the path leads to by now.
    let held = format!("/proc/self/fd/{}", part.as_raw_fd());
    rustix::mount::mount_bind(held, target)?;
    Ok(target.to_path_buf())
}

fn open(volume: &Path, relative: &Path) -> io::Result<OwnedFd> {
    let root = rustix::fs::open(
        volume,
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    let open = |path: &Path| {
        rustix::fs::openat2(
            &root,
            path,
            OFlags::PATH | OFlags::CLOEXEC,
            Mode::empty(),
            beneath,
        )
    };
    match open(relative) {
        Err(rustix::io::Errno::NOENT) => {}
        other => return Ok(other?),
    }
    // Whoever may write to the volume may write to its parts.
    let mode = Mode::from_raw_mode(rustix::fs::fstat(&root)?.st_mode & 0o7777);
    let mut at = PathBuf::from(".");
    for part in relative.components() {
        let above = open(&at)?;
        at.push(part);
        let name = Path::new(part.as_os_str());
        match rustix::fs::mkdirat(&above, name, mode) {
            Ok(()) => {
                // The process' mask does not count. A container may put something else there
                // meanwhile: by the descriptor, it is a folder of the volume in any case.
                let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
                let made = rustix::fs::openat2(&root, &at, flags, Mode::empty(), beneath)?;
                rustix::fs::fchmod(&made, mode)?;
            }
            Err(rustix::io::Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(open(relative)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn parts_are_opened_or_made_and_never_outside() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/etc", dir.path().join("out")).unwrap();
        assert!(open(dir.path(), Path::new("a/b")).is_ok());
        assert!(dir.path().join("a/b").is_dir());
        let mode = std::fs::Permissions::from_mode(0o2777);
        std::fs::set_permissions(dir.path(), mode).unwrap();
        assert!(open(dir.path(), Path::new("c/d")).is_ok());
        for part in ["c", "c/d"] {
            let made = std::fs::metadata(dir.path().join(part)).unwrap();
            assert_eq!(made.permissions().mode() & 0o7777, 0o2777, "{part}");
        }
        assert!(open(dir.path(), Path::new("out/passwd")).is_err());
        assert!(bind(dir.path(), "../x", &dir.path().join("t")).is_err());
        assert!(bind(dir.path(), "/etc", &dir.path().join("t")).is_err());
    }
}
