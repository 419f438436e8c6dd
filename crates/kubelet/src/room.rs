//! Whether the disk takes a write.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

/// With so much free there is plenty of room.
const PLENTY_BYTES: u64 = 1 << 30;
/// So many files must be possible besides.
const PLENTY_FILES: u64 = 10_000;
/// With plenty of room it is tried so often: making and removing a file writes
/// several blocks, and figures do not tell of quotas.
const SELDOM: Duration = Duration::from_secs(300);

/// Remembers when it was tried last.
#[derive(Debug, Default)]
pub(crate) struct Room(Mutex<Option<(Instant, bool)>>);

impl Room {
    /// Whether a write in `folder` fails for want of room, whatever the figures
    /// say.
    pub(crate) fn is_none_left(&self, folder: &Path) -> bool {
        let mut last = self.0.lock();
        if let Some((tried, false)) = *last
            && tried.elapsed() < SELDOM
            && has_plenty(folder)
        {
            return false;
        }
        let probe = folder.join(".room");
        let written = std::fs::write(&probe, [0; 4096]);
        drop(std::fs::remove_file(&probe));
        let full = written.is_err_and(|error| error.kind() == ErrorKind::StorageFull);
        *last = Some((Instant::now(), full));
        full
    }
}

fn has_plenty(folder: &Path) -> bool {
    rustix::fs::statvfs(folder).is_ok_and(|stat| {
        // Some file systems have no fixed number of files and say 0 of 0.
        let files = stat.f_files == 0 || stat.f_favail >= PLENTY_FILES;
        files && stat.f_bavail.saturating_mul(stat.f_frsize) >= PLENTY_BYTES
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn plenty_of_room_is_tried_seldom() {
        let folder = tempfile::tempdir().unwrap();
        let room = Room::default();
        assert!(!room.is_none_left(folder.path()));
        assert!(!folder.path().join(".room").exists());
        let tried = room.0.lock().unwrap().0;
        tokio::time::advance(Duration::from_secs(10)).await;
        assert!(!room.is_none_left(folder.path()));
        if has_plenty(folder.path()) {
            assert_eq!(room.0.lock().unwrap().0, tried);
        }
        tokio::time::advance(SELDOM).await;
        assert!(!room.is_none_left(folder.path()));
        assert!(room.0.lock().unwrap().0 > tried);
        // What cannot be written for another reason is no want of room.
        assert!(!Room::default().is_none_left(Path::new("/nowhere")));
    }
}
