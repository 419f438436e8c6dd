//! The root file system: layers merged by the kernel, or copied where it cannot.

use std::{
    fs, io,
    os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _},
    path::Path,
};

use rustix::{
    fs::{AtFlags, CWD, Gid, Timespec, Timestamps, Uid, XattrFlags},
    mount::{MountFlags, MountPropagationFlags, UnmountFlags},
};

use super::{Context as _, Result, Root, StartError};

/// Mounts the root file system and makes it this process's `/`. The mount namespace must be
/// this process's own, its mounts not shared with another.
pub(super) fn enter(root: &Root) -> Result<()> {
    match root {
        Root::Overlay {
            layers,
            lowers,
            upper,
            work,
            mountpoint,
        } => {
            let lowers: Vec<&str> = lowers.iter().rev().map(String::as_str).collect();
            // Names relative to the layers' folder keep many of them within the page that
            // mount(2) takes; paths through descriptors need no escapes.
            let upper_fd = fs::File::open(upper).doing(|| format!("open {}", upper.display()))?;
            let work_fd = fs::File::open(work).doing(|| format!("open {}", work.display()))?;
            rustix::process::chdir(layers).doing(|| format!("enter {}", layers.display()))?;
            let options = overlay_options(&lowers, &upper_fd, &work_fd)?;
            mount_overlay(mountpoint, &options)?;
            pivot(mountpoint)
        }
        Root::Folder { path } => {
            rustix::mount::mount_bind(path, path)
                .doing(|| format!("bind {} on itself", path.display()))?;
            pivot(path)
        }
    }
}

fn overlay_options(
    lowers: &[&str],
    upper: &impl std::os::fd::AsRawFd,
    work: &impl std::os::fd::AsRawFd,
) -> Result<std::ffi::CString> {
    let (upper, work) = (upper.as_raw_fd(), work.as_raw_fd());
    let options = format!(
        "lowerdir={},upperdir=/proc/self/fd/{upper},workdir=/proc/self/fd/{work}",
        lowers.join(":")
    );
    if options.len() >= 4095 {
        let message = format!("too many layers to mount: {}", lowers.len());
        return Err(StartError::Invalid(message));
    }
    std::ffi::CString::new(options).map_err(|_| StartError::Invalid("NUL in layer name".into()))
}

fn mount_overlay(mountpoint: &Path, options: &std::ffi::CStr) -> Result<()> {
    rustix::mount::mount(
        "overlay",
        mountpoint,
        "overlay",
        MountFlags::NODEV,
        Some(options),
    )
    .doing(|| format!("mount overlay on {}", mountpoint.display()))
}

fn pivot(path: &Path) -> Result<()> {
    rustix::process::chdir(path).doing(|| format!("enter {}", path.display()))?;
    rustix::process::pivot_root(".", ".").doing(|| "pivot_root".into())?;
    // The old root lies on top of the new one now.
    rustix::mount::mount_change(
        ".",
        MountPropagationFlags::DOWNSTREAM | MountPropagationFlags::REC,
    )
    .doing(|| "detach the old root's mounts".into())?;
    rustix::mount::unmount(".", UnmountFlags::DETACH).doing(|| "unmount the old root".into())?;
    rustix::process::chdir("/").doing(|| "enter /".into())
}

/// Whether the kernel can mount an overlay in a folder. Runs in a process of its own, for it
/// enters a mount namespace of its own; nothing is left behind.
pub fn probe_overlay(folder: &Path) -> Result<()> {
    nix::sched::unshare(nix::sched::CloneFlags::CLONE_NEWNS).doing(|| "unshare mounts".into())?;
    let change = MountPropagationFlags::DOWNSTREAM | MountPropagationFlags::REC;
    rustix::mount::mount_change("/", change).doing(|| "make mounts private".into())?;
    let part = |name: &str| -> Result<std::path::PathBuf> {
        let path = folder.join(name);
        fs::create_dir_all(&path).doing(|| format!("create {}", path.display()))?;
        Ok(path)
    };
    let (upper, work, merged) = (part("upper")?, part("work")?, part("merged")?);
    part("lower")?;
    let upper = fs::File::open(&upper).doing(|| format!("open {}", upper.display()))?;
    let work = fs::File::open(&work).doing(|| format!("open {}", work.display()))?;
    rustix::process::chdir(folder).doing(|| format!("enter {}", folder.display()))?;
    mount_overlay(&merged, &overlay_options(&["lower"], &upper, &work)?)
}

/// Copies layers on top of each other into a folder: what an overlay would show. For machines
/// whose kernel or file system has no overlay.
pub fn copy_layers(layers: &Path, lowers: &[String], target: &Path) -> io::Result<()> {
    fs::create_dir_all(target)?;
    for layer in lowers {
        copy_folder(&layers.join(layer), target)?;
    }
    Ok(())
}

fn copy_folder(source: &Path, target: &Path) -> io::Result<()> {
    for entry in fs::read_dir(source)? {
        let entry = entry?;
        let (from, to) = (entry.path(), target.join(entry.file_name()));
        let metadata = fs::symlink_metadata(&from)?;
        let kind = metadata.file_type();
        let old = fs::symlink_metadata(&to).ok();
        if kind.is_char_device() && metadata.rdev() == 0 {
            remove(&to)?;
            continue;
        }
        let opaque = kind.is_dir() && is_opaque(&from);
        if old.is_some_and(|old| !(old.is_dir() && kind.is_dir()) || opaque) {
            remove(&to)?;
        }
        if kind.is_dir() {
            if !to.exists() {
                fs::create_dir(&to)?;
            }
            copy_folder(&from, &to)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&from)?, &to)?;
        } else if kind.is_file() {
            fs::copy(&from, &to)?;
        } else if kind.is_fifo() {
            let mode = rustix::fs::Mode::from_raw_mode(metadata.mode());
            rustix::fs::mknodat(CWD, &to, rustix::fs::FileType::Fifo, mode, 0)?;
        } else {
            continue;
        }
        copy_attributes(&from, &to, &metadata)?;
    }
    Ok(())
}

fn copy_attributes(from: &Path, to: &Path, metadata: &fs::Metadata) -> io::Result<()> {
    let (uid, gid) = (Uid::from_raw(metadata.uid()), Gid::from_raw(metadata.gid()));
    rustix::fs::chownat(CWD, to, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW)?;
    if metadata.is_symlink() {
        return Ok(());
    }
    fs::set_permissions(to, fs::Permissions::from_mode(metadata.mode() & 0o7777))?;
    let mut value = [0; 1024];
    let name = "security.capability";
    if let Ok(length) = rustix::fs::lgetxattr(from, name, &mut value) {
        rustix::fs::lsetxattr(to, name, &value[..length], XattrFlags::empty())?;
    }
    let stamp = |sec, nsec| Timespec {
        tv_sec: sec,
        tv_nsec: nsec,
    };
    let times = Timestamps {
        last_access: stamp(metadata.atime(), metadata.atime_nsec()),
        last_modification: stamp(metadata.mtime(), metadata.mtime_nsec()),
    };
    rustix::fs::utimensat(CWD, to, &times, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(())
}

fn is_opaque(folder: &Path) -> bool {
    let mut value = [0; 8];
    rustix::fs::lgetxattr(folder, "trusted.overlay.opaque", &mut value)
        .is_ok_and(|length| &value[..length] == b"y")
}

fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
