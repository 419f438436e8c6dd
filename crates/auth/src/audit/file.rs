//! Events to a file, a line each, that is put aside when it has grown.

use parking_lot::Mutex;
use skeg_meta::Time;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// When files are put aside, and which are kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rotation {
    pub size_bytes_max: u64,
    pub backups_max: usize,
    pub age_max: Option<Duration>,
    pub compress: bool,
}

enum Target {
    Stdout,
    File {
        path: PathBuf,
        file: Option<File>,
        len: u64,
    },
}

/// The file.
pub(super) struct LogFile {
    target: Mutex<Target>,
    rotation: Rotation,
}

impl LogFile {
    /// Opens `path` for appending; `-` is the standard output.
    pub(super) fn open(path: &Path, rotation: Rotation) -> io::Result<Self> {
        let target = if path.as_os_str() == "-" {
            Target::Stdout
        } else {
            if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder)?;
            }
            let file = append(path)?;
            let len = file.metadata()?.len();
            Target::File {
                path: path.to_owned(),
                file: Some(file),
                len,
            }
        };
        Ok(Self {
            target: Mutex::new(target),
            rotation,
        })
    }

    /// Appends whole lines.
    pub(super) fn write(&self, lines: &[u8]) -> io::Result<()> {
        match &mut *self.target.lock() {
            Target::Stdout => io::stdout().lock().write_all(lines),
            Target::File { path, file, len } => {
                let limit = self.rotation.size_bytes_max;
                if limit > 0 && *len > 0 && *len + lines.len() as u64 > limit {
                    *file = None;
                    self.put_aside(path)?;
                    *len = 0;
                }
                let open = match file {
                    Some(open) => open,
                    None => file.insert(append(path)?),
                };
                open.write_all(lines)?;
                *len += lines.len() as u64;
                Ok(())
            }
        }
    }

    fn put_aside(&self, path: &Path) -> io::Result<()> {
        let (stem, extension) = parts(path);
        let mut time = Time::now().0;
        let aside = loop {
            let aside = path.with_file_name(format!("{stem}-{}{extension}", stamp(time)));
            let packed = path.with_file_name(format!("{stem}-{}{extension}.gz", stamp(time)));
            if !aside.exists() && !packed.exists() {
                break aside;
            }
            time += jiff::SignedDuration::from_millis(1);
        };
        std::fs::rename(path, &aside)?;
        let (path, rotation) = (path.to_owned(), self.rotation);
        // Old files are no request's concern.
        std::thread::Builder::new()
            .name("audit-files".to_owned())
            .spawn(move || {
                if rotation.compress
                    && let Err(error) = compress(&aside)
                {
                    tracing::warn!(%error, path = %aside.display(), "an audit file cannot be compressed");
                }
                if let Err(error) = remove_old(&path, rotation) {
                    tracing::warn!(%error, path = %path.display(), "old audit files cannot be removed");
                }
            })?;
        Ok(())
    }
}

/// The time in names of files that were put aside, as lumberjack writes it, so that
/// whoever looks after such files knows them.
fn stamp(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H-%M-%S%.3f").to_string()
}

fn append(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
}

/// `audit` and `.log` of `audit.log`.
fn parts(path: &Path) -> (String, String) {
    let text = |part: Option<&std::ffi::OsStr>| {
        part.map(|p| p.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    let extension = text(path.extension());
    let extension = if extension.is_empty() {
        extension
    } else {
        format!(".{extension}")
    };
    (text(path.file_stem()), extension)
}

fn compress(path: &Path) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".gz");
    let mut from = File::open(path)?;
    let mut encoder = flate2::write::GzEncoder::new(append(Path::new(&name))?, Default::default());
    io::copy(&mut from, &mut encoder)?;
    encoder.finish()?.sync_all()?;
    std::fs::remove_file(path)
}

/// Removes files that were put aside and are too many or too old.
fn remove_old(path: &Path, rotation: Rotation) -> io::Result<()> {
    let (stem, extension) = parts(path);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut aside: Vec<(String, PathBuf, SystemTime)> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let bare = name.strip_suffix(".gz").unwrap_or(&name);
        let dated = bare
            .strip_prefix(&format!("{stem}-"))
            .and_then(|rest| rest.strip_suffix(&extension))
            .is_some_and(|date| date.starts_with(|c: char| c.is_ascii_digit()));
        if dated {
            // Another thread that tidies up may have been quicker.
            if let Some(metadata) = unless_gone(entry.metadata())? {
                aside.push((name, entry.path(), metadata.modified()?));
            }
        }
    }
    aside.sort_by(|a, b| b.0.cmp(&a.0));
    let now = SystemTime::now();
    for (at, (_, path, changed)) in aside.into_iter().enumerate() {
        let old = rotation
            .age_max
            .is_some_and(|max| now.duration_since(changed).is_ok_and(|age| age > max));
        if old || (rotation.backups_max > 0 && at >= rotation.backups_max) {
            unless_gone(std::fs::remove_file(path))?;
        }
    }
    Ok(())
}

/// The result of an operation on a file; nothing when there is no such file.
fn unless_gone<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_put_aside_and_the_oldest_go() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("audit.log");
        let rotation = Rotation {
            size_bytes_max: 10,
            backups_max: 2,
            age_max: None,
            compress: false,
        };
        let file = LogFile::open(&path, rotation).unwrap();
        for line in ["first\n", "secnd\n", "third\n", "forth\n"] {
            file.write(line.as_bytes()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "forth\n");
        // The threads that tidy up may still run: what they do may be done again.
        remove_old(&path, rotation).unwrap();
        let mut kept: Vec<String> = std::fs::read_dir(dir.path())
            .unwrap()
            .map(|e| std::fs::read_to_string(e.unwrap().path()).unwrap())
            .collect();
        kept.sort();
        assert_eq!(kept, ["forth\n", "secnd\n", "third\n"]);
        // What was there is appended to.
        drop(file);
        let again = LogFile::open(&path, rotation).unwrap();
        again.write(b"x\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "forth\nx\n");
    }

    #[test]
    fn many_tidy_up_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("audit.log");
        let rotation = Rotation {
            size_bytes_max: 1,
            backups_max: 1,
            age_max: None,
            compress: false,
        };
        for round in 0..20 {
            for at in 0..50 {
                std::fs::write(dir.path().join(format!("audit-{round:02}{at:02}.log")), "x")
                    .unwrap();
            }
            std::thread::scope(|scope| {
                let tidying: Vec<_> = (0..4)
                    .map(|_| scope.spawn(|| remove_old(&path, rotation)))
                    .collect();
                for one in tidying {
                    one.join().unwrap().unwrap();
                }
            });
            assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        }
    }

    #[test]
    fn compressed_files_hold_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a-1.log");
        std::fs::write(&path, "text").unwrap();
        compress(&path).unwrap();
        assert!(!path.exists());
        let packed = File::open(dir.path().join("a-1.log.gz")).unwrap();
        let text = io::read_to_string(flate2::read::GzDecoder::new(packed)).unwrap();
        assert_eq!(text, "text");
    }
}
