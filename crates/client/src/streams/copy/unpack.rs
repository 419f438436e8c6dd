//! An archive as local files.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tar::{Archive, Entry, EntryType};

use super::{CopyError, CopySummary, Meter, OnProgress, paths};

/// How much is read at once.
const PIECE_BYTES: usize = 64 << 10;

/// Where an archive goes.
pub(super) struct Target {
    /// Where the file or folder will be.
    pub(super) root: PathBuf,
    /// Its name in the archive; all else must be in it.
    pub(super) name: String,
    pub(super) pod: String,
    pub(super) on_progress: Option<OnProgress>,
}

impl Target {
    pub(super) fn unpack(self, source: impl Read) -> Result<CopySummary, CopyError> {
        let mut unpacking = Unpacking {
            root: self.root.clone(),
            meter: Meter::new(self.on_progress.clone()),
            folders: Vec::new(),
        };
        let mut archive = Archive::new(source);
        let broken = |source| CopyError::Archive {
            pod: self.pod.clone(),
            source,
        };
        for entry in archive.entries().map_err(broken)? {
            let mut entry = entry.map_err(broken)?;
            let path = entry.path().map_err(broken)?.into_owned();
            let inside = self.inside(&path)?;
            unpacking.entry(&mut entry, &inside, &self)?;
        }
        unpacking.finish()
    }

    /// A path of the archive, within what is copied.
    fn inside(&self, path: &Path) -> Result<PathBuf, CopyError> {
        let clean = paths::clean(path)
            .ok_or_else(|| CopyError::refused(path, "the path leads out of the folder"))?;
        if self.name == "." {
            return Ok(clean);
        }
        clean
            .strip_prefix(&self.name)
            .map(Path::to_owned)
            .map_err(|_| CopyError::refused(path, format!("it is not in {}", self.name)))
    }
}

struct Unpacking {
    root: PathBuf,
    meter: Meter,
    /// Folders and their modes, set at the end: files must be written into them first.
    folders: Vec<(PathBuf, u32)>,
}

impl Unpacking {
    /// The local path; the folders above it are there and no links.
    fn place(&self, inside: &Path) -> Result<PathBuf, CopyError> {
        let mut local = self.root.clone();
        let mut parts = inside.components().peekable();
        while let Some(part) = parts.next() {
            local.push(part);
            if parts.peek().is_none() {
                break;
            }
            match fs::symlink_metadata(&local) {
                Ok(meta) if meta.is_dir() => {}
                Ok(_) => {
                    return Err(CopyError::refused(
                        inside,
                        format!("{} is no folder", local.display()),
                    ));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    fs::create_dir(&local).map_err(|error| CopyError::local(&local, error))?;
                }
                Err(error) => return Err(CopyError::local(&local, error)),
            }
        }
        Ok(local)
    }

    fn entry<R: Read>(
        &mut self,
        entry: &mut Entry<'_, R>,
        inside: &Path,
        target: &Target,
    ) -> Result<(), CopyError> {
        if let Some(above) = self.root.parent().filter(|above| !above.exists()) {
            fs::create_dir_all(above).map_err(|error| CopyError::local(above, error))?;
        }
        let kind = entry.header().entry_type();
        let whole = inside.as_os_str().is_empty();
        if whole && !kind.is_dir() && self.root.is_dir() {
            // A file goes into a folder that is there.
            self.root.push(&target.name);
        }
        let mode = entry.header().mode().unwrap_or(0o644) & 0o777;
        match kind {
            EntryType::Directory => {
                self.meter.entry(inside);
                self.folder(inside, mode)
            }
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                self.meter.entry(inside);
                let local = self.place(inside)?;
                self.file(entry, &local, mode, target)
            }
            EntryType::Symlink | EntryType::Link => self.link(entry, inside, kind, target),
            _ => {
                self.meter.skipped(inside);
                Ok(())
            }
        }
    }

    fn folder(&mut self, inside: &Path, mode: u32) -> Result<(), CopyError> {
        let local = self.place(inside)?;
        let failed = |error| CopyError::local(&local, error);
        // The target itself may be a link to a folder: that is the caller's wish.
        let there = if inside.as_os_str().is_empty() {
            local.is_dir()
        } else {
            match fs::symlink_metadata(&local) {
                Ok(meta) if meta.is_dir() => true,
                Ok(_) => {
                    fs::remove_file(&local).map_err(failed)?;
                    false
                }
                Err(_) => false,
            }
        };
        if !there {
            fs::create_dir(&local).map_err(failed)?;
            self.folders.push((local, mode));
        }
        Ok(())
    }

    fn file<R: Read>(
        &mut self,
        entry: &mut Entry<'_, R>,
        local: &Path,
        mode: u32,
        target: &Target,
    ) -> Result<(), CopyError> {
        let failed = |error| CopyError::local(local, error);
        clear(local).map_err(failed)?;
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .open(local)
            .map_err(failed)?;
        let mut buffer = vec![0; PIECE_BYTES];
        loop {
            let n = entry
                .read(&mut buffer)
                .map_err(|source| CopyError::Archive {
                    pod: target.pod.clone(),
                    source,
                })?;
            if n == 0 {
                break;
            }
            file.write_all(&buffer[..n]).map_err(failed)?;
            self.meter.bytes(n);
        }
        set_mode(local, mode).map_err(failed)?;
        if let Ok(seconds) = entry.header().mtime() {
            let time = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
            if let Some(time) = time {
                // Not every file system keeps times.
                drop(file.set_modified(time));
            }
        }
        Ok(())
    }

    fn link<R: Read>(
        &mut self,
        entry: &Entry<'_, R>,
        inside: &Path,
        kind: EntryType,
        target: &Target,
    ) -> Result<(), CopyError> {
        let broken = |source| CopyError::Archive {
            pod: target.pod.clone(),
            source,
        };
        let Some(to) = entry.link_name().map_err(broken)? else {
            return Err(CopyError::refused(inside, "the link leads nowhere"));
        };
        let to = to.into_owned();
        if kind == EntryType::Link {
            self.meter.entry(inside);
            let source = self.place(&target.inside(&to)?)?;
            let local = self.place(inside)?;
            clear(&local).map_err(|error| CopyError::local(&local, error))?;
            // It leads to a file of the archive, never through a link.
            return fs::hard_link(&source, &local).map_err(|error| CopyError::local(&local, error));
        }
        if inside.as_os_str().is_empty() {
            let reason = format!("it is a link, to {}", to.display());
            return Err(CopyError::refused(&target.root, reason));
        }
        if !paths::stays(inside, &to) {
            tracing::warn!(path = %inside.display(), to = %to.display(), "a link that leads out is not copied");
            self.meter.skipped(inside);
            return Ok(());
        }
        self.meter.entry(inside);
        let local = self.place(inside)?;
        clear(&local).map_err(|error| CopyError::local(&local, error))?;
        symlink(&to, &local).map_err(|error| CopyError::local(&local, error))
    }

    fn finish(mut self) -> Result<CopySummary, CopyError> {
        // The innermost first: a folder that cannot be entered any more is done with.
        while let Some((path, mode)) = self.folders.pop() {
            set_mode(&path, mode).map_err(|error| CopyError::local(&path, error))?;
        }
        Ok(self.meter.summary())
    }
}

/// Removes what stands in the way, unless it is a folder.
fn clear(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(meta) if !meta.is_dir() => fs::remove_file(path),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn symlink(to: &Path, at: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(to, at)
}

#[cfg(not(unix))]
fn symlink(_to: &Path, _at: &Path) -> io::Result<()> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "symbolic links are not made here",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tar::{Builder, Header};

    struct Made(Builder<Vec<u8>>);

    impl Made {
        fn new() -> Self {
            Self(Builder::new(Vec::new()))
        }

        /// Paths as a hostile archive has them: unchecked.
        fn add(mut self, path: &str, kind: EntryType, to: &str, content: &[u8]) -> Self {
            let mut header = Header::new_gnu();
            header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
            header.as_old_mut().linkname[..to.len()].copy_from_slice(to.as_bytes());
            header.set_entry_type(kind);
            header.set_mode(0o640);
            header.set_mtime(1_000_000_000);
            header.set_size(content.len() as u64);
            header.set_cksum();
            self.0.append(&header, content).expect("an entry");
            self
        }

        fn unpack(self, root: &Path) -> Result<CopySummary, CopyError> {
            let archive = self.0.into_inner().expect("an archive");
            let target = Target {
                root: root.to_owned(),
                name: "top".to_owned(),
                pod: "p".to_owned(),
                on_progress: None,
            };
            target.unpack(archive.as_slice())
        }
    }

    const DIR: EntryType = EntryType::Directory;
    const FILE: EntryType = EntryType::Regular;
    const LINK: EntryType = EntryType::Symlink;
    const HARD: EntryType = EntryType::Link;

    #[test]
    fn files_folders_and_links_are_made() {
        let dir = tempfile::tempdir().expect("a folder");
        let root = dir.path().join("here");
        let summary = Made::new()
            .add("./top/", DIR, "", b"")
            .add("./top/a", FILE, "", b"text")
            .add("./top/d/", DIR, "", b"")
            .add("./top/d/l", LINK, "../a", b"")
            .add("./top/h", HARD, "./top/a", b"")
            .add("./top/pipe", EntryType::Fifo, "", b"")
            .unpack(&root)
            .expect("unpacked");
        assert_eq!((summary.entries, summary.bytes), (5, 4));
        assert_eq!(summary.skipped, [Path::new("pipe")]);
        assert_eq!(fs::read(root.join("d/l")).expect("a link"), b"text");
        assert_eq!(fs::read(root.join("h")).expect("a file"), b"text");
        let meta = fs::metadata(root.join("a")).expect("a file");
        assert_eq!(
            meta.modified().expect("a time"),
            SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(meta.permissions().mode() & 0o777, 0o640);
        }
    }

    #[test]
    fn a_file_goes_to_the_target_or_into_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let made = || Made::new().add("top", FILE, "", b"x");
        made().unpack(&dir.path().join("f")).expect("to the target");
        assert_eq!(fs::read(dir.path().join("f")).expect("a file"), b"x");
        made().unpack(dir.path()).expect("into the target");
        assert_eq!(fs::read(dir.path().join("top")).expect("a file"), b"x");
    }

    #[test]
    fn what_leads_out_is_refused_and_writes_nothing() {
        let check = |made: Made| {
            let dir = tempfile::tempdir().expect("a folder");
            let victim = dir.path().join("victim");
            fs::write(&victim, b"safe").expect("a file");
            let error = made.unpack(&dir.path().join("root")).expect_err("refused");
            assert!(matches!(error, CopyError::Refused { .. }), "{error}");
            assert_eq!(fs::read(&victim).expect("a file"), b"safe");
        };
        let top = || Made::new().add("top/", DIR, "", b"");
        check(top().add("top/../../victim", FILE, "", b"evil"));
        check(top().add("../victim", FILE, "", b"evil"));
        check(top().add("/victim", FILE, "", b"evil"));
        check(top().add("elsewhere", FILE, "", b"evil"));
        check(top().add("top/h", HARD, "../victim", b""));
        check(top().add("top/h", HARD, "/victim", b""));
        // A link within, then a file through it.
        check(
            top()
                .add("top/d/", DIR, "", b"")
                .add("top/l", LINK, "d", b"")
                .add("top/l/victim", FILE, "", b"evil"),
        );
        check(Made::new().add("top", LINK, "victim", b""));
    }

    #[test]
    fn links_that_lead_out_are_left_out() {
        let dir = tempfile::tempdir().expect("a folder");
        let victim = dir.path().join("victim");
        fs::write(&victim, b"safe").expect("a file");
        // The folders above are made.
        let root = dir.path().join("above/root");
        let summary = Made::new()
            .add("top/", DIR, "", b"")
            .add("top/access.log", LINK, "/dev/stdout", b"")
            .add("top/up", LINK, "../../victim", b"")
            .add("top/round", LINK, "x/../../../victim", b"")
            .add("top/a", FILE, "", b"text")
            // What goes through one goes into a folder of its name.
            .add("top/out", LINK, "../..", b"")
            .add("top/out/victim", FILE, "", b"evil")
            .unpack(&root)
            .expect("unpacked");
        let skipped = ["access.log", "up", "round", "out"].map(Path::new);
        assert_eq!(summary.skipped, skipped);
        assert_eq!((summary.entries, summary.bytes), (3, 8));
        assert_eq!(fs::read(root.join("a")).expect("a file"), b"text");
        assert!(fs::symlink_metadata(root.join("access.log")).is_err());
        assert_eq!(fs::read(&victim).expect("a file"), b"safe");
    }

    #[test]
    fn a_link_that_is_there_is_not_written_through() {
        let dir = tempfile::tempdir().expect("a folder");
        let (victim, root) = (dir.path().join("victim"), dir.path().join("root"));
        fs::write(&victim, b"safe").expect("a file");
        fs::create_dir(&root).expect("a folder");
        symlink(&victim, &root.join("a")).expect("a link");
        Made::new()
            .add("top/", DIR, "", b"")
            .add("top/a", FILE, "", b"new")
            .unpack(&root)
            .expect("unpacked");
        assert_eq!(fs::read(&victim).expect("a file"), b"safe");
        assert_eq!(fs::read(root.join("a")).expect("a file"), b"new");
    }
}
