//! A disk in memory, with what real disks do on bad days.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use crate::blocks::BLOCK;
use crate::{Disk, DiskFile};

/// What reaches the medium at once.
const SECTOR: usize = 512;

/// A disk in memory. Clones are the same disk.
///
/// What was not synced is only in the cache: [`MemoryDisk::after_power_cut`]
/// gives the disk as it may be found afterwards, with some of the unsynced
/// sectors and names written and others not.
#[derive(Clone)]
pub struct MemoryDisk(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    /// The folder as processes see it.
    names: BTreeMap<PathBuf, usize>,
    /// The folder as it is on the medium.
    synced_names: BTreeMap<PathBuf, usize>,
    files: Vec<FileData>,
    locks: BTreeSet<PathBuf>,
    capacity: Option<u64>,
    fail: Option<io::ErrorKind>,
    fail_syncs: bool,
    syncs: u64,
    bytes_written: u64,
}

#[derive(Default, Clone)]
struct FileData {
    cached: Vec<u8>,
    synced: Vec<u8>,
    /// Sectors that differ between the two.
    dirty: BTreeSet<usize>,
}

impl MemoryDisk {
    /// An empty disk without bounds.
    pub fn new() -> MemoryDisk {
        MemoryDisk(Arc::default())
    }

    /// Lets the disk hold so many bytes, or any number again.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.0.lock().capacity = bytes;
    }

    /// Lets every write and sync fail from now on, or succeed again.
    pub fn set_failing(&self, kind: Option<io::ErrorKind>) {
        self.0.lock().fail = kind;
    }

    /// Lets every sync of a file fail from now on, though writes go to the
    /// cache, or succeed again.
    pub fn set_failing_syncs(&self, fail: bool) {
        self.0.lock().fail_syncs = fail;
    }

    /// How often something was synced.
    pub fn syncs(&self) -> u64 {
        self.0.lock().syncs
    }

    /// How many bytes were written.
    pub fn bytes_written(&self) -> u64 {
        self.0.lock().bytes_written
    }

    /// Bytes that files take.
    pub fn used(&self) -> u64 {
        self.0.lock().used()
    }

    /// Names of all files, in order.
    pub fn files(&self) -> Vec<PathBuf> {
        self.0.lock().names.keys().cloned().collect()
    }

    /// A file's content.
    pub fn content(&self, path: &Path) -> Option<Vec<u8>> {
        let inner = self.0.lock();
        Some(inner.files[*inner.names.get(path)?].cached.clone())
    }

    /// Puts other content into a file, on the medium too; makes it if it is not
    /// there.
    pub fn set_content(&self, path: &Path, content: Vec<u8>) {
        let mut inner = self.0.lock();
        let data = FileData {
            cached: content.clone(),
            synced: content,
            dirty: BTreeSet::new(),
        };
        inner.files.push(data);
        let index = inner.files.len() - 1;
        inner.names.insert(path.to_path_buf(), index);
        inner.synced_names.insert(path.to_path_buf(), index);
    }

    /// Another disk with the same content, nobody using it.
    pub fn copy(&self) -> MemoryDisk {
        let inner = self.0.lock();
        let copy = Inner {
            names: inner.names.clone(),
            synced_names: inner.synced_names.clone(),
            files: inner.files.clone(),
            ..Inner::default()
        };
        MemoryDisk(Arc::new(Mutex::new(copy)))
    }

    /// The disk after the power failed: of what was not synced, `survives`
    /// decides for each sector and each name whether it had been written.
    pub fn after_power_cut(&self, mut survives: impl FnMut() -> bool) -> MemoryDisk {
        let inner = self.0.lock();
        let mut names = inner.synced_names.clone();
        let changed: BTreeSet<_> = inner
            .names
            .keys()
            .chain(inner.synced_names.keys())
            .collect();
        for path in changed {
            if inner.names.get(path) != inner.synced_names.get(path) && survives() {
                match inner.names.get(path) {
                    Some(index) => drop(names.insert(path.clone(), *index)),
                    None => drop(names.remove(path)),
                }
            }
        }
        let files: Vec<FileData> = inner
            .files
            .iter()
            .map(|file| {
                let mut content = file.synced.clone();
                // A length is metadata; it may have been written or not.
                if file.cached.len() > content.len() && survives() {
                    content.resize(file.cached.len(), 0);
                }
                for sector in &file.dirty {
                    let start = sector * SECTOR;
                    let end = (start + SECTOR).min(file.cached.len()).min(content.len());
                    if start < end && survives() {
                        content[start..end].copy_from_slice(&file.cached[start..end]);
                    }
                }
                FileData {
                    cached: content.clone(),
                    synced: content,
                    dirty: BTreeSet::new(),
                }
            })
            .collect();
        let synced_names = names.clone();
        let after = Inner {
            names,
            synced_names,
            files,
            ..Inner::default()
        };
        MemoryDisk(Arc::new(Mutex::new(after)))
    }
}

impl Default for MemoryDisk {
    fn default() -> MemoryDisk {
        MemoryDisk::new()
    }
}

impl fmt::Debug for MemoryDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryDisk")
            .field("files", &self.files())
            .finish()
    }
}

impl Inner {
    fn used(&self) -> u64 {
        self.names
            .values()
            .map(|index| self.files[*index].cached.len() as u64)
            .sum()
    }

    fn check(&self, more: u64) -> io::Result<()> {
        if let Some(kind) = self.fail {
            return Err(io::Error::new(kind, "the disk was told to fail"));
        }
        match self.capacity {
            Some(capacity) if self.used() + more > capacity => Err(io::Error::new(
                io::ErrorKind::StorageFull,
                "the disk is full",
            )),
            _ => Ok(()),
        }
    }

    fn index(&self, path: &Path) -> io::Result<usize> {
        self.names
            .get(path)
            .copied()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Disk for MemoryDisk {
    fn create_dir(&self, _dir: &Path) -> io::Result<()> {
        Ok(())
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let index = self.0.lock().index(path)?;
        Ok(Box::new(MemoryFile {
            disk: self.clone(),
            index,
            whole_blocks: false,
        }))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let mut inner = self.0.lock();
        inner.check(0)?;
        inner.files.push(FileData::default());
        let index = inner.files.len() - 1;
        inner.names.insert(path.to_path_buf(), index);
        Ok(Box::new(MemoryFile {
            disk: self.clone(),
            index,
            whole_blocks: false,
        }))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let inner = self.0.lock();
        let inside = inner.names.keys().filter(|path| path.parent() == Some(dir));
        Ok(inside
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut inner = self.0.lock();
        let index = inner.index(from)?;
        inner.names.remove(from);
        inner.names.insert(to.to_path_buf(), index);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut inner = self.0.lock();
        inner
            .names
            .remove(path)
            .map(drop)
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn sync_dir(&self, _dir: &Path) -> io::Result<()> {
        let mut inner = self.0.lock();
        inner.check(0)?;
        inner.synced_names = inner.names.clone();
        inner.syncs += 1;
        Ok(())
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send + Sync>> {
        if !self.0.lock().locks.insert(path.to_path_buf()) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(Box::new(Unlock {
            disk: self.clone(),
            path: path.to_path_buf(),
        }))
    }
}

struct Unlock {
    disk: MemoryDisk,
    path: PathBuf,
}

impl Drop for Unlock {
    fn drop(&mut self) {
        self.disk.0.lock().locks.remove(&self.path);
    }
}

struct MemoryFile {
    disk: MemoryDisk,
    index: usize,
    /// What the file was told to expect; anything else is a mistake.
    whole_blocks: bool,
}

impl DiskFile for MemoryFile {
    fn size(&self) -> io::Result<u64> {
        Ok(self.disk.0.lock().files[self.index].cached.len() as u64)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let inner = self.disk.0.lock();
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        let rest = inner.files[self.index]
            .cached
            .get(offset..)
            .unwrap_or_default();
        let len = rest.len().min(buffer.len());
        buffer[..len].copy_from_slice(&rest[..len]);
        Ok(len)
    }

    fn write_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        let in_blocks = data.len().is_multiple_of(BLOCK)
            && offset.is_multiple_of(BLOCK as u64)
            && data.as_ptr().align_offset(BLOCK) == 0;
        assert!(
            in_blocks || !self.whole_blocks,
            "only whole blocks are written past the cache"
        );
        let mut inner = self.disk.0.lock();
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        let end = offset + data.len();
        let grows = end.saturating_sub(inner.files[self.index].cached.len()) as u64;
        inner.check(grows)?;
        inner.bytes_written += data.len() as u64;
        let file = &mut inner.files[self.index];
        if end > file.cached.len() {
            file.cached.resize(end, 0);
        }
        file.cached[offset..end].copy_from_slice(data);
        file.dirty.extend(offset / SECTOR..end.div_ceil(SECTOR));
        Ok(())
    }

    fn allocate(&self, len: u64) -> io::Result<()> {
        let mut inner = self.disk.0.lock();
        let len = usize::try_from(len).map_err(io::Error::other)?;
        let grows = len.saturating_sub(inner.files[self.index].cached.len()) as u64;
        inner.check(grows)?;
        let file = &mut inner.files[self.index];
        if len > file.cached.len() {
            file.cached.resize(len, 0);
        }
        Ok(())
    }

    fn bypass_cache(&mut self) {
        self.whole_blocks = true;
    }

    fn sync(&self) -> io::Result<()> {
        let mut inner = self.disk.0.lock();
        inner.check(0)?;
        if inner.fail_syncs {
            return Err(io::Error::other("the disk was told to fail"));
        }
        inner.syncs += 1;
        let file = &mut inner.files[self.index];
        file.synced.resize(file.cached.len(), 0);
        for sector in std::mem::take(&mut file.dirty) {
            let start = sector * SECTOR;
            let end = (start + SECTOR).min(file.cached.len());
            if start < end {
                let (cached, synced) = (&file.cached[start..end], start..end);
                file.synced[synced].copy_from_slice(cached);
            }
        }
        Ok(())
    }
}
