//! Local files as an archive.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use tar::{Builder, EntryType, Header};

use super::{CopyError, CopySummary, Meter, OnProgress};

/// Writes a file or folder under this name.
pub(super) fn pack(
    root: &Path,
    name: &str,
    writer: impl Write,
    on_progress: Option<OnProgress>,
) -> Result<CopySummary, CopyError> {
    let mut packing = Packing {
        root,
        name,
        archive: Builder::new(writer),
        meter: Meter::new(on_progress),
    };
    // What is named is meant, also when a link leads there.
    let meta = fs::metadata(root).map_err(|error| CopyError::local(root, error))?;
    let mut ahead = vec![(PathBuf::new(), meta)];
    while let Some((path, meta)) = ahead.pop() {
        packing.entry(&path, &meta)?;
        if meta.is_dir() {
            packing.list(&path, &mut ahead)?;
        }
    }
    packing.archive.finish().map_err(broken)?;
    let mut writer = packing.archive.into_inner().map_err(broken)?;
    writer.flush().map_err(broken)?;
    Ok(packing.meter.summary())
}

/// The other end of the pipe is gone; it is known there why.
fn broken(source: io::Error) -> CopyError {
    CopyError::Archive {
        pod: String::new(),
        source,
    }
}

struct Packing<'a, W: Write> {
    root: &'a Path,
    name: &'a str,
    archive: Builder<W>,
    meter: Meter,
}

impl<W: Write> Packing<'_, W> {
    fn local(&self, path: &Path) -> PathBuf {
        if path.as_os_str().is_empty() {
            self.root.to_owned()
        } else {
            self.root.join(path)
        }
    }

    fn list(&self, path: &Path, ahead: &mut Vec<(PathBuf, Metadata)>) -> Result<(), CopyError> {
        let local = self.local(path);
        let failed = |error| CopyError::local(&local, error);
        let mut found = Vec::new();
        for entry in fs::read_dir(&local).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let path = path.join(entry.file_name());
            let meta = fs::symlink_metadata(entry.path()).map_err(failed)?;
            found.push((path, meta));
        }
        // Taken from the end; so in the order of their names.
        found.sort_by(|(a, _), (b, _)| b.cmp(a));
        ahead.append(&mut found);
        Ok(())
    }

    fn entry(&mut self, path: &Path, meta: &Metadata) -> Result<(), CopyError> {
        let local = self.local(path);
        let inside = if path.as_os_str().is_empty() {
            PathBuf::from(self.name)
        } else {
            Path::new(self.name).join(path)
        };
        let mut header = Header::new_gnu();
        header.set_mode(mode(meta));
        header.set_mtime(modified(meta));
        header.set_uid(0);
        header.set_gid(0);
        header.set_size(0);
        if meta.is_dir() {
            self.meter.entry(path);
            header.set_entry_type(EntryType::Directory);
            let appended = self
                .archive
                .append_data(&mut header, inside.join(""), io::empty());
            return appended.map_err(broken);
        }
        if meta.is_symlink() {
            let target = fs::read_link(&local).map_err(|error| CopyError::local(&local, error))?;
            self.meter.entry(path);
            header.set_entry_type(EntryType::Symlink);
            let appended = self.archive.append_link(&mut header, inside, target);
            return appended.map_err(broken);
        }
        if !meta.is_file() {
            self.meter.skipped(path);
            return Ok(());
        }
        self.meter.entry(path);
        let file = File::open(&local).map_err(|error| CopyError::local(&local, error))?;
        // Its size now: it may have grown, or shrunk, since it was listed.
        let meta = file
            .metadata()
            .map_err(|error| CopyError::local(&local, error))?;
        let size = meta.len();
        header.set_size(size);
        let mut counted = Counted {
            file: file.take(size),
            meter: &mut self.meter,
            left: size,
            failure: None,
        };
        let appended = self.archive.append_data(&mut header, inside, &mut counted);
        match (counted.failure.take(), appended) {
            (Some(error), _) => Err(CopyError::local(&local, error)),
            (None, Err(error)) => Err(broken(error)),
            (None, Ok(())) => Ok(()),
        }
    }
}

#[cfg(unix)]
fn mode(meta: &Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode() & 0o777
}

#[cfg(not(unix))]
fn mode(meta: &Metadata) -> u32 {
    match (meta.is_dir(), meta.permissions().readonly()) {
        (true, _) => 0o755,
        (false, true) => 0o444,
        (false, false) => 0o644,
    }
}

fn modified(meta: &Metadata) -> u64 {
    let since = meta.modified().ok();
    let since = since.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |since| since.as_secs())
}

/// Reads exactly as much as was announced, and counts it.
struct Counted<'a> {
    file: io::Take<File>,
    meter: &'a mut Meter,
    left: u64,
    failure: Option<io::Error>,
}

impl Read for Counted<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = match self.file.read(into) {
            Ok(0) if self.left > 0 => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the file has shrunk while it was copied",
            )),
            other => other,
        };
        match n {
            Ok(n) => {
                self.left -= n as u64;
                self.meter.bytes(n);
                Ok(n)
            }
            Err(error) => {
                let kind = error.kind();
                self.failure = Some(error);
                Err(kind.into())
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn links_are_sent_as_they_are() {
        let dir = tempfile::tempdir().expect("a folder");
        fs::write(dir.path().join("a"), b"text").expect("a file");
        let links = [("absolute", "/etc/hosts"), ("inside", "a"), ("up", "../x")];
        for (name, to) in links {
            std::os::unix::fs::symlink(to, dir.path().join(name)).expect("a link");
        }
        let mut archive = Vec::new();
        let summary = pack(dir.path(), "top", &mut archive, None).expect("packed");
        assert_eq!((summary.entries, summary.bytes), (5, 4));
        assert_eq!(summary.skipped, Vec::<PathBuf>::new());
        let mut archive = tar::Archive::new(archive.as_slice());
        let mut sent = Vec::new();
        for entry in archive.entries().expect("entries") {
            let entry = entry.expect("an entry");
            if let Some(to) = entry.link_name().expect("a name") {
                let path = entry.path().expect("a path");
                sent.push((path.display().to_string(), to.display().to_string()));
            }
        }
        let wanted = links.map(|(name, to)| (format!("top/{name}"), to.to_owned()));
        assert_eq!(sent, wanted);
    }
}
