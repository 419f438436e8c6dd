//! Files that several processes keep for each other: read whole, and replaced
//! whole.

use std::fs;
use std::io;
use std::path::Path;

/// A file's content; none where there is no file, or one longer than this.
pub(crate) fn read(path: &Path, len_max: usize) -> Option<Vec<u8>> {
    let len = usize::try_from(fs::metadata(path).ok()?.len()).ok()?;
    if len > len_max {
        return None;
    }
    fs::read(path).ok()
}

/// Puts a file in place of what is there; its folder is made. Others may read
/// at any time, and write too.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let (Some(dir), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    fs::create_dir_all(dir)?;
    let temporary = dir.join(format!(".{}.{}", name.display(), fastrand::u64(..)));
    let outcome = fs::write(&temporary, content).and_then(|()| fs::rename(&temporary, path));
    if outcome.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    outcome
}
