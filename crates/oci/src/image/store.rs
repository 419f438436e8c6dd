//! The images of a machine: an index, unpacked layers, and content on its way in.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fs,
    io::{self, Read},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde::{Deserialize, Serialize};

use super::{
    Digest, ImageConfig, ImageError, Limits, OnFile as _, Reference, Result,
    manifest::chain_ids,
    unpack::{bad_layer, unpack},
};

/// An image that is present.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImageRecord {
    /// Digest of the configuration.
    pub id: String,
    /// Complete names with tags.
    pub tags: BTreeSet<String>,
    /// Complete names with the manifest's digest.
    pub digests: BTreeSet<String>,
    /// Names of the layers' folders, the lowest first.
    pub layers: Vec<String>,
    /// Bytes of the packed layers.
    pub size_bytes: u64,
    /// How to run it, and more.
    pub config: ImageConfig,
    /// Not to be removed for want of space.
    pub pinned: bool,
}

/// Space that a store takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes on disk.
    pub bytes: u64,
    /// Files and folders.
    pub inodes: u64,
}

#[derive(Default, Serialize, Deserialize)]
struct Index {
    images: BTreeMap<String, Arc<ImageRecord>>,
    /// Space of each unpacked layer, measured once.
    layers: BTreeMap<String, (u64, u64)>,
}

/// The images of a machine. Its methods block; all may be called from several threads.
pub struct ImageStore {
    root: PathBuf,
    index: Mutex<Index>,
    /// One layer is unpacked at a time, so that none is unpacked twice.
    unpacking: Mutex<()>,
    /// Holds that live; nothing is swept while there are any.
    holds: AtomicUsize,
}

/// Keeps content that nothing names yet: while one lives, nothing is swept.
pub struct Hold<'a>(&'a ImageStore);

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.0.holds.fetch_sub(1, Ordering::AcqRel);
    }
}

const INDEX_FILE: &str = "index.json";

impl ImageStore {
    /// Opens a store, making it when absent. What an interrupted run left half-done is removed.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self> {
        let root = root.into();
        for name in ["layers", "blobs", "tmp"] {
            let folder = root.join(name);
            fs::create_dir_all(&folder).on("create", folder)?;
        }
        let path = root.join(INDEX_FILE);
        let index = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                let message = format!(
                    "{} is damaged ({error}); remove it and import the images again",
                    path.display()
                );
                ImageError::BadImage(message)
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Index::default(),
            Err(error) => return Err(error).on("read", path),
        };
        let store = Self {
            root,
            index: Mutex::new(index),
            unpacking: Mutex::new(()),
            holds: AtomicUsize::new(0),
        };
        let tmp = store.root.join("tmp");
        for entry in fs::read_dir(&tmp).on("list", &tmp)?.flatten() {
            let _ = remove_all(&entry.path());
        }
        Ok(store)
    }

    /// The folder that layers' names are relative to.
    pub fn layers_dir(&self) -> PathBuf {
        self.root.join("layers")
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where content with a digest is kept while it is needed.
    pub fn blob_path(&self, digest: &Digest) -> PathBuf {
        self.root.join("blobs").join(digest.hex())
    }

    /// Keeps everything that is there or comes, until it is named by an image or a container.
    pub fn hold(&self) -> Hold<'_> {
        self.holds.fetch_add(1, Ordering::AcqRel);
        Hold(self)
    }

    /// A new empty folder that is removed when the store is opened next, if not before.
    pub(super) fn scratch(&self) -> Result<PathBuf> {
        let folder = self.root.join("tmp").join(unique());
        fs::create_dir(&folder).on("create", &folder)?;
        Ok(folder)
    }

    /// All images.
    pub fn list(&self) -> Vec<Arc<ImageRecord>> {
        self.lock().images.values().cloned().collect()
    }

    /// An image by name, or by identity (also its first 12 or more hexadecimal digits).
    pub fn get(&self, image: &str) -> Result<Option<Arc<ImageRecord>>> {
        let index = self.lock();
        if let Some(found) = index.images.get(image) {
            return Ok(Some(found.clone()));
        }
        let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        if image.len() >= 12 && image.chars().all(is_hex) {
            let prefix = format!("sha256:{image}");
            let found = index
                .images
                .values()
                .find(|record| record.id.starts_with(&prefix));
            if let Some(found) = found {
                return Ok(Some(found.clone()));
            }
        }
        let reference = Reference::parse(image)?;
        let by_digest = reference
            .digest()
            .map(|digest| reference.with_digest(digest));
        let name = reference.to_string();
        let found = index.images.values().find(|record| match &by_digest {
            Some(name) => record.digests.contains(name),
            None => record.tags.contains(&name),
        });
        Ok(found.cloned())
    }

    /// How many of a configuration's layers, from the lowest on, are there already.
    pub(super) fn layers_present(&self, diff_ids: &[Digest]) -> usize {
        // Not in the middle of a sweep, which began before the caller's hold.
        let _no_sweep = self
            .unpacking
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let folder = self.layers_dir();
        let chain = chain_ids(diff_ids);
        chain
            .iter()
            .take_while(|id| folder.join(layer_name(id)).is_dir())
            .count()
    }

    /// Unpacks the layer at a place in the list of layers, unless it is there. `open` opens its
    /// packed form. The layers below must be there.
    pub(super) fn add_layer(
        &self,
        diff_ids: &[Digest],
        place: usize,
        open: impl FnOnce() -> Result<Box<dyn Read>>,
    ) -> Result<()> {
        let chain = chain_ids(diff_ids);
        let (Some(diff_id), Some(id)) = (diff_ids.get(place), chain.get(place)) else {
            return Err(ImageError::BadImage("layer out of range".into()));
        };
        let name = layer_name(id);
        let target = self.layers_dir().join(&name);
        let _one_at_a_time = self
            .unpacking
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if target.is_dir() {
            return Ok(());
        }
        let scratch = self.scratch()?;
        let lower: Vec<PathBuf> = chain[..place]
            .iter()
            .rev()
            .map(|id| self.layers_dir().join(layer_name(id)))
            .collect();
        let unpacked = open().and_then(|source| {
            let found = unpack(source, &scratch, &lower, Limits::default())
                .map_err(|error| bad_layer(diff_id, error))?;
            if found != *diff_id {
                let what = "the layer's content".to_owned();
                return Err(ImageError::DigestMismatch {
                    what,
                    expected: *diff_id,
                    found,
                });
            }
            Ok(())
        });
        if let Err(error) = unpacked {
            let _ = remove_all(&scratch);
            return Err(error);
        }
        self.adopt_layer(&scratch, &name)
    }

    /// Makes a finished folder a layer of the store.
    pub(super) fn adopt_layer(&self, folder: &Path, name: &str) -> Result<()> {
        let target = self.layers_dir().join(name);
        let space = measure(folder);
        fs::rename(folder, &target).on("rename", folder)?;
        self.lock().layers.insert(name.to_owned(), space);
        Ok(())
    }

    /// Adds an image, or more names to one that is there. A tag leaves the image that had it.
    pub(super) fn insert(&self, record: ImageRecord) -> Result<Arc<ImageRecord>> {
        let mut index = self.lock();
        for other in index.images.values_mut() {
            if other.id != record.id && !other.tags.is_disjoint(&record.tags) {
                let other = Arc::make_mut(other);
                other.tags.retain(|tag| !record.tags.contains(tag));
            }
        }
        let slot = index.images.entry(record.id.clone()).or_default();
        let merged = Arc::make_mut(slot);
        let (tags, digests) = (
            std::mem::take(&mut merged.tags),
            std::mem::take(&mut merged.digests),
        );
        *merged = record;
        merged.tags.extend(tags);
        merged.digests.extend(digests);
        let result = slot.clone();
        self.save(&index)?;
        Ok(result)
    }

    /// Removes a name, and with its last name the image; an identity removes the image with all
    /// names. Layers that neither an image nor `in_use` names are removed from disk. False: there
    /// was no such image.
    pub fn remove(&self, image: &str, in_use: &HashSet<String>) -> Result<bool> {
        let Some(found) = self.get(image)? else {
            return Ok(false);
        };
        {
            let mut index = self.lock();
            let by_id = found.id == image || found.id.strip_prefix("sha256:") == Some(image);
            let mut last = true;
            if !by_id && let Some(slot) = index.images.get_mut(&found.id) {
                let record = Arc::make_mut(slot);
                let reference = Reference::parse(image)?;
                match reference.digest() {
                    Some(digest) => drop(record.digests.remove(&reference.with_digest(digest))),
                    None => drop(record.tags.remove(&reference.to_string())),
                }
                // Digests come along with tags; they keep an image only when nothing else did.
                last = record.tags.is_empty();
            }
            if last {
                index.images.remove(&found.id);
            }
            self.save(&index)?;
        }
        self.sweep(in_use)?;
        Ok(true)
    }

    /// Takes pinned images other than one out of the index: built-in ones of programs that were
    /// replaced. Their layers go with the next sweep that finds them unused.
    pub(super) fn drop_pinned_but(&self, id: &str) -> Result<()> {
        let mut index = self.lock();
        let before = index.images.len();
        index
            .images
            .retain(|_, record| !record.pinned || record.id == id);
        if index.images.len() < before {
            self.save(&index)?;
        }
        Ok(())
    }

    /// Removes layers that neither an image nor `in_use` names, and content left over. While
    /// something is on its way in nothing is removed: a later sweep does.
    pub fn sweep(&self, in_use: &HashSet<String>) -> Result<()> {
        // The removal itself may take long, and nobody has to wait for it.
        for trash in self.throw_away(in_use)? {
            remove_all(&trash).on("remove", trash)?;
        }
        Ok(())
    }

    /// Renames what is not wanted: half a layer must never look like a whole one.
    fn throw_away(&self, in_use: &HashSet<String>) -> Result<Vec<PathBuf>> {
        let _no_unpacking = self
            .unpacking
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Whoever begins a hold from here on looks at layers only after this sweep.
        if self.holds.load(Ordering::Acquire) > 0 {
            return Ok(Vec::new());
        }
        let mut index = self.lock();
        let wanted: HashSet<String> = index
            .images
            .values()
            .flat_map(|record| record.layers.iter().cloned())
            .collect();
        let mut thrown = Vec::new();
        let mut throw = |path: PathBuf| -> Result<()> {
            let trash = self.root.join("tmp").join(unique());
            fs::rename(&path, &trash).on("rename", path)?;
            thrown.push(trash);
            Ok(())
        };
        let folder = self.layers_dir();
        let mut changed = false;
        for entry in fs::read_dir(&folder).on("list", &folder)?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if !wanted.contains(&name) && !in_use.contains(&name) {
                throw(entry.path())?;
                index.layers.remove(&name);
                changed = true;
            }
        }
        let folder = self.root.join("blobs");
        for entry in fs::read_dir(&folder).on("list", &folder)?.flatten() {
            throw(entry.path())?;
        }
        if changed {
            self.save(&index)?;
        }
        Ok(thrown)
    }

    /// Space that the layers take.
    pub fn usage(&self) -> Usage {
        let index = self.lock();
        let sum = |usage: Usage, (bytes, inodes): &(u64, u64)| Usage {
            bytes: usage.bytes + bytes,
            inodes: usage.inodes + inodes,
        };
        index.layers.values().fold(Usage::default(), sum)
    }

    fn save(&self, index: &Index) -> Result<()> {
        let path = self.root.join(INDEX_FILE);
        let new = self.root.join("index.json.new");
        let bytes = serde_json::to_vec_pretty(index)
            .map_err(|error| ImageError::BadImage(error.to_string()))?;
        let write = || -> io::Result<()> {
            let mut file = fs::File::create(&new)?;
            io::Write::write_all(&mut file, &bytes)?;
            file.sync_data()?;
            fs::rename(&new, &path)
        };
        write().on("write", path.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The folder of a layer: 16 digits of its chain's identity. Short, for the kernel takes all
/// names of an overlay's layers within one page.
pub(super) fn layer_name(chain_id: &Digest) -> String {
    chain_id.hex()[..16].to_owned()
}

pub(super) fn layer_names(diff_ids: &[Digest]) -> Vec<String> {
    chain_ids(diff_ids).iter().map(layer_name).collect()
}

fn unique() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!(
        "{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}

fn measure(folder: &Path) -> (u64, u64) {
    let mut sum = (0, 1);
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        if metadata.is_dir() {
            let (bytes, inodes) = measure(&entry.path());
            sum = (sum.0 + bytes, sum.1 + inodes);
        } else {
            sum = (sum.0 + metadata.blocks() * 512, sum.1 + 1);
        }
    }
    sum
}

pub(super) fn remove_all(path: &Path) -> io::Result<()> {
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
