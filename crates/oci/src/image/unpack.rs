//! Layers onto disk, in the form that an overlay takes.
//!
//! A layer is untrusted: every path is resolved by the kernel inside the target folder
//! (`RESOLVE_IN_ROOT`), so that neither `..` nor absolute paths nor links lead out of it.

use std::{
    collections::HashSet,
    ffi::OsStr,
    fs::File,
    io::{self, BufReader, Read},
    os::{
        fd::{AsFd as _, OwnedFd},
        unix::ffi::OsStrExt as _,
    },
    path::{Component, Path, PathBuf},
};

use rustix::fs::{AtFlags, FileType, Gid, Mode, OFlags, ResolveFlags, Uid, XattrFlags};

use super::{Digest, ImageError, digest::HashingReader};

/// Bounds of one layer.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Unpacked bytes.
    pub bytes: u64,
    /// Files, folders and links.
    pub entries: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 128 << 30,
            entries: 4_000_000,
        }
    }
}

const WHITEOUT: &[u8] = b".wh.";
const OPAQUE: &[u8] = b".wh..wh..opq";
const PATH_DEPTH_MAX: usize = 256;

/// Unpacks a layer (plain, gzip or zstd) into an empty folder, and answers the digest of the
/// plain form. `lower` are the layers below, the topmost first: hard links may lead there.
pub fn unpack(
    source: impl Read,
    target: &Path,
    lower: &[PathBuf],
    limits: Limits,
) -> io::Result<Digest> {
    let mut reader = HashingReader::new(decompress(source)?);
    let root = rustix::fs::open(target, OFlags::PATH | OFlags::DIRECTORY, Mode::empty())?;
    let mut unpacker = Unpacker {
        root,
        lower,
        limits,
        bytes: 0,
        entries: 0,
        folders: Vec::new(),
        own: HashSet::new(),
    };
    let mut archive = tar::Archive::new(&mut reader);
    archive.set_ignore_zeros(false);
    for entry in archive.entries()? {
        unpacker.entry(entry?)?;
    }
    unpacker.finish()?;
    reader.finish()
}

/// Looks at the first bytes for how it is packed.
pub(super) fn decompress<'a>(source: impl Read + 'a) -> io::Result<Box<dyn Read + 'a>> {
    let mut source = BufReader::with_capacity(128 << 10, source);
    let head = io::BufRead::fill_buf(&mut source)?;
    Ok(if head.starts_with(&[0x1f, 0x8b]) {
        Box::new(flate2::bufread::MultiGzDecoder::new(source))
    } else if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        Box::new(zstd::Decoder::with_buffer(source)?)
    } else {
        Box::new(source)
    })
}

pub(super) fn bad_layer(layer: &Digest, error: io::Error) -> ImageError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ImageError::File {
            operation: "unpack layer",
            path: PathBuf::from(layer.to_string()),
            source: error,
        },
        _ => ImageError::BadLayer {
            layer: layer.to_string(),
            reason: error.to_string(),
        },
    }
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

/// A path of the archive as parts below the root.
fn parts(path: &[u8]) -> io::Result<PathBuf> {
    let shown = || {
        String::from_utf8_lossy(path)
            .chars()
            .take(200)
            .collect::<String>()
    };
    if path.contains(&0) {
        return Err(invalid(format!("path {:?} contains NUL", shown())));
    }
    let mut clean = PathBuf::new();
    for component in Path::new(OsStr::from_bytes(path)).components() {
        match component {
            Component::Normal(part) => clean.push(part),
            Component::RootDir | Component::CurDir => {}
            Component::ParentDir | Component::Prefix(_) => {
                return Err(invalid(format!(
                    "path {:?} climbs out of its root",
                    shown()
                )));
            }
        }
    }
    if clean.components().count() > PATH_DEPTH_MAX {
        return Err(invalid(format!("path {:?} is too deep", shown())));
    }
    Ok(clean)
}

struct Unpacker<'a> {
    root: OwnedFd,
    lower: &'a [PathBuf],
    limits: Limits,
    bytes: u64,
    entries: u64,
    /// Folders whose times are set at the end: what is put into them changes the times.
    folders: Vec<(PathBuf, u64)>,
    /// What this layer brought itself; an opaque mark hides only what is below.
    own: HashSet<PathBuf>,
}

impl Unpacker<'_> {
    fn entry<R: Read>(&mut self, mut entry: tar::Entry<'_, R>) -> io::Result<()> {
        self.entries += 1;
        if self.entries > self.limits.entries {
            return Err(invalid(format!(
                "more than {} entries",
                self.limits.entries
            )));
        }
        let path = parts(&entry.path_bytes())?;
        let kind = entry.header().entry_type();
        if kind.is_pax_global_extensions() {
            return Ok(());
        }
        let Some(name) = path.file_name().map(OsStr::to_owned) else {
            // The root itself: only its attributes.
            if kind.is_dir() {
                let root = self.open_folder(Path::new(""), false)?;
                return self.set_attributes(&root, Path::new("."), &mut entry, &path, true);
            }
            return Ok(());
        };
        let parent_path = path.parent().unwrap_or(Path::new(""));
        let parent = self.open_folder(parent_path, true)?;
        let name_bytes = name.as_bytes();
        if name_bytes == OPAQUE {
            let here = rustix::fs::openat(
                &parent,
                ".",
                OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
                Mode::empty(),
            )?;
            let flags = XattrFlags::empty();
            rustix::fs::fsetxattr(&here, "trusted.overlay.opaque", b"y", flags)?;
            return Ok(());
        }
        if let Some(hidden) = name_bytes.strip_prefix(WHITEOUT) {
            if hidden.is_empty() || hidden == b"." || hidden == b".." {
                return Err(invalid(format!("bad whiteout {}", path.display())));
            }
            let hidden = Path::new(OsStr::from_bytes(hidden));
            // A whiteout of what this layer brings itself has nothing below to hide.
            if !self.own.contains(&parent_path.join(hidden)) {
                self.remove(&parent, hidden)?;
                let kind = FileType::CharacterDevice;
                rustix::fs::mknodat(&parent, hidden, kind, Mode::empty(), 0)?;
            }
            return Ok(());
        }
        let name = Path::new(&name);
        self.own.insert(path.clone());
        match kind {
            tar::EntryType::Directory => self.folder(&parent, name, &mut entry, &path),
            tar::EntryType::Regular | tar::EntryType::Continuous | tar::EntryType::GNUSparse => {
                self.file(&parent, name, &mut entry, &path)
            }
            tar::EntryType::Symlink => {
                let link = entry.link_name_bytes();
                let link = link.ok_or_else(|| invalid(format!("empty link {}", path.display())))?;
                self.remove(&parent, name)?;
                rustix::fs::symlinkat(OsStr::from_bytes(&link), &parent, name)?;
                self.set_attributes(&parent, name, &mut entry, &path, false)
            }
            tar::EntryType::Link => self.hard_link(&parent, name, &entry, &path),
            tar::EntryType::Fifo => {
                self.remove(&parent, name)?;
                let mode = Mode::from_raw_mode(0o600);
                rustix::fs::mknodat(&parent, name, FileType::Fifo, mode, 0)?;
                self.set_attributes(&parent, name, &mut entry, &path, false)
            }
            // A container's devices are those of its own /dev; an image's are never shown.
            tar::EntryType::Char | tar::EntryType::Block => Ok(()),
            other => Err(invalid(format!(
                "{}: unknown kind {other:?}",
                path.display()
            ))),
        }
    }

    /// Opens a folder of the layer, following links as if the layer were the root. Missing
    /// folders are made.
    fn open_folder(&self, path: &Path, make: bool) -> io::Result<OwnedFd> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let inside = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        let whole = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        let explain = |error: rustix::io::Errno| {
            let error = io::Error::from(error);
            io::Error::new(error.kind(), format!("open {}: {error}", path.display()))
        };
        match rustix::fs::openat2(&self.root, whole, flags, Mode::empty(), inside) {
            Ok(fd) => return Ok(fd),
            Err(rustix::io::Errno::NOENT) if make => {}
            Err(error) => return Err(explain(error)),
        }
        let mut so_far = PathBuf::new();
        let mut folder = self.open_folder(Path::new(""), false)?;
        for part in path.components() {
            so_far.push(part);
            folder = match rustix::fs::openat2(&self.root, &so_far, flags, Mode::empty(), inside) {
                Ok(fd) => fd,
                Err(rustix::io::Errno::NOENT) => {
                    let mode = Mode::from_raw_mode(0o755);
                    rustix::fs::mkdirat(&folder, part.as_os_str(), mode).map_err(explain)?;
                    self.adopt(&folder, part.as_os_str(), &so_far)?;
                    rustix::fs::openat2(&self.root, &so_far, flags, Mode::empty(), inside)
                        .map_err(explain)?
                }
                Err(error) => return Err(explain(error)),
            };
        }
        Ok(folder)
    }

    /// A folder that this layer only implies is what the layers below make of it: as the
    /// topmost it would hide their owner and mode.
    fn adopt(&self, parent: &OwnedFd, name: &OsStr, path: &Path) -> io::Result<()> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let inside = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        for layer in self.lower {
            let root = rustix::fs::open(layer, flags, Mode::empty())?;
            let found = match rustix::fs::openat2(&root, path, flags, Mode::empty(), inside) {
                Ok(found) => found,
                Err(rustix::io::Errno::NOENT) => continue,
                // A mark that it is gone, or something else of that name.
                Err(_) => break,
            };
            let stat = rustix::fs::fstat(&found)?;
            let (uid, gid) = (Uid::from_raw(stat.st_uid), Gid::from_raw(stat.st_gid));
            let no_follow = AtFlags::SYMLINK_NOFOLLOW;
            rustix::fs::chownat(parent, name, Some(uid), Some(gid), no_follow)?;
            let mode = Mode::from_raw_mode(stat.st_mode & 0o7777);
            rustix::fs::chmodat(parent, name, mode, AtFlags::empty())?;
            break;
        }
        Ok(())
    }

    fn folder<R: Read>(
        &mut self,
        parent: &OwnedFd,
        name: &Path,
        entry: &mut tar::Entry<'_, R>,
        path: &Path,
    ) -> io::Result<()> {
        let old = rustix::fs::statat(parent, name, AtFlags::SYMLINK_NOFOLLOW);
        let is_dir = old.is_ok_and(|s| FileType::from_raw_mode(s.st_mode) == FileType::Directory);
        if !is_dir {
            self.remove(parent, name)?;
            rustix::fs::mkdirat(parent, name, Mode::from_raw_mode(0o755))?;
        }
        self.set_attributes(parent, name, entry, path, true)?;
        self.folders
            .push((path.to_owned(), entry.header().mtime().unwrap_or(0)));
        Ok(())
    }

    fn file<R: Read>(
        &mut self,
        parent: &OwnedFd,
        name: &Path,
        entry: &mut tar::Entry<'_, R>,
        path: &Path,
    ) -> io::Result<()> {
        self.bytes = self.bytes.saturating_add(entry.size());
        if self.bytes > self.limits.bytes {
            return Err(invalid(format!("more than {} bytes", self.limits.bytes)));
        }
        self.remove(parent, name)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(0o600);
        let file = rustix::fs::openat(parent, name, flags | OFlags::NOFOLLOW, mode)?;
        let mut file = File::from(file);
        let written = io::copy(entry, &mut file)?;
        if written < entry.size() && entry.header().entry_type().is_file() {
            return Err(invalid(format!("{} is cut off", path.display())));
        }
        self.set_attributes(parent, name, entry, path, true)
    }

    fn hard_link<R: Read>(
        &mut self,
        parent: &OwnedFd,
        name: &Path,
        entry: &tar::Entry<'_, R>,
        path: &Path,
    ) -> io::Result<()> {
        let link = entry.link_name_bytes();
        let link = link.ok_or_else(|| invalid(format!("empty link {}", path.display())))?;
        let target = parts(&link)?;
        if target == path {
            return Ok(());
        }
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let inside = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        self.remove(parent, name)?;
        match rustix::fs::openat2(&self.root, &target, flags, Mode::empty(), inside) {
            Ok(source) => {
                let stat = rustix::fs::fstat(&source)?;
                let kind = FileType::from_raw_mode(stat.st_mode);
                if kind == FileType::Directory || kind == FileType::CharacterDevice {
                    let message = format!("{} links to {}", path.display(), target.display());
                    return Err(invalid(message));
                }
                rustix::fs::linkat(&source, "", parent, name, AtFlags::EMPTY_PATH)?;
                Ok(())
            }
            Err(rustix::io::Errno::NOENT) => self.copy_from_lower(&target, parent, name, path),
            Err(error) => Err(error.into()),
        }
    }

    /// A link to a file of a layer below becomes a copy of it.
    fn copy_from_lower(
        &mut self,
        target: &Path,
        parent: &OwnedFd,
        name: &Path,
        path: &Path,
    ) -> io::Result<()> {
        let inside = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        for layer in self.lower {
            let root = rustix::fs::open(layer, OFlags::PATH | OFlags::DIRECTORY, Mode::empty())?;
            let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
            let Ok(source) = rustix::fs::openat2(&root, target, flags, Mode::empty(), inside)
            else {
                continue;
            };
            let stat = rustix::fs::fstat(&source)?;
            if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
                break;
            }
            self.bytes = self.bytes.saturating_add(stat.st_size as u64);
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
            let copy = rustix::fs::openat(parent, name, flags, Mode::from_raw_mode(0o600))?;
            let mut copy = File::from(copy);
            io::copy(&mut File::from(source), &mut copy)?;
            let (uid, gid) = (Uid::from_raw(stat.st_uid), Gid::from_raw(stat.st_gid));
            rustix::fs::fchown(&copy, Some(uid), Some(gid))?;
            rustix::fs::fchmod(&copy, Mode::from_raw_mode(stat.st_mode & 0o7777))?;
            return Ok(());
        }
        let message = format!(
            "{} links to {}, which is nowhere",
            path.display(),
            target.display()
        );
        Err(invalid(message))
    }

    fn set_attributes<R: Read>(
        &self,
        parent: &OwnedFd,
        name: &Path,
        entry: &mut tar::Entry<'_, R>,
        path: &Path,
        has_mode: bool,
    ) -> io::Result<()> {
        let header = entry.header();
        // Some writers leave the owner blank, which stands for root.
        let blank = |field: &[u8]| field.iter().all(|byte| matches!(byte, 0 | b' '));
        let id = |field: &[u8], value: io::Result<u64>| -> io::Result<u32> {
            if blank(field) {
                return Ok(0);
            }
            let too_large = || invalid(format!("{}: owner out of range", path.display()));
            value.and_then(|id| u32::try_from(id).map_err(|_| too_large()))
        };
        let uid = Uid::from_raw(id(&header.as_old().uid, header.uid())?);
        let gid = Gid::from_raw(id(&header.as_old().gid, header.gid())?);
        let no_follow = AtFlags::SYMLINK_NOFOLLOW;
        rustix::fs::chownat(parent, name, Some(uid), Some(gid), no_follow)?;
        if has_mode {
            // Opened without following a link, so that the path cannot be another file's.
            let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let fd = rustix::fs::openat(parent, name, flags, Mode::empty())?;
            let mode = entry.header().mode()? & 0o7777;
            rustix::fs::fchmod(&fd, Mode::from_raw_mode(mode))?;
            self.set_xattrs(&fd, entry)?;
        }
        let mtime = entry.header().mtime().unwrap_or(0);
        set_times(parent, name, mtime)
    }

    /// Only what may matter to programs and cannot fool the overlay.
    fn set_xattrs<R: Read>(&self, fd: &OwnedFd, entry: &mut tar::Entry<'_, R>) -> io::Result<()> {
        let Some(extensions) = entry.pax_extensions()? else {
            return Ok(());
        };
        for extension in extensions {
            let extension = extension?;
            let Some(name) = extension.key_bytes().strip_prefix(b"SCHILY.xattr.") else {
                continue;
            };
            if name == b"security.capability" || name.starts_with(b"user.") {
                let (name, value) = (OsStr::from_bytes(name), extension.value_bytes());
                match rustix::fs::fsetxattr(fd, name, value, XattrFlags::empty()) {
                    // A file system without them is no reason to refuse the image.
                    Ok(()) | Err(rustix::io::Errno::NOTSUP) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(())
    }

    fn remove(&self, parent: &OwnedFd, name: &Path) -> io::Result<()> {
        match rustix::fs::unlinkat(parent, name, AtFlags::empty()) {
            Ok(()) | Err(rustix::io::Errno::NOENT) => Ok(()),
            Err(rustix::io::Errno::ISDIR | rustix::io::Errno::PERM) => remove_folder(parent, name),
            Err(error) => Err(error.into()),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        for (path, mtime) in std::mem::take(&mut self.folders).into_iter().rev() {
            let (Some(name), parent) = (path.file_name(), path.parent()) else {
                continue;
            };
            let Ok(parent) = self.open_folder(parent.unwrap_or(Path::new("")), false) else {
                continue;
            };
            match set_times(&parent, Path::new(name), mtime) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        rustix::fs::syncfs(rustix::fs::openat(
            self.root.as_fd(),
            ".",
            OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        )?)?;
        Ok(())
    }
}

fn set_times(parent: &OwnedFd, name: &Path, mtime: u64) -> io::Result<()> {
    let stamp = rustix::fs::Timespec {
        tv_sec: i64::try_from(mtime).unwrap_or(0),
        tv_nsec: 0,
    };
    let times = rustix::fs::Timestamps {
        last_access: stamp,
        last_modification: stamp,
    };
    rustix::fs::utimensat(parent, name, &times, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(())
}

fn remove_folder(parent: &OwnedFd, name: &Path) -> io::Result<()> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = rustix::fs::openat(parent, name, flags, Mode::empty())?;
    let mut names = Vec::new();
    for entry in rustix::fs::Dir::read_from(&folder)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name != b"." && name != b".." {
            names.push(OsStr::from_bytes(name).to_owned());
        }
    }
    for name in names {
        let name = Path::new(&name);
        match rustix::fs::unlinkat(&folder, name, AtFlags::empty()) {
            Ok(()) => {}
            Err(rustix::io::Errno::ISDIR | rustix::io::Errno::PERM) => {
                remove_folder(&folder, name)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    rustix::fs::unlinkat(parent, name, AtFlags::REMOVEDIR)?;
    Ok(())
}

#[cfg(test)]
mod tests;
