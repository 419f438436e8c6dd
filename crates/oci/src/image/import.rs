//! Images from files: OCI layouts (folder or archive) and `docker save` archives.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use serde::Deserialize;

use super::{
    Digest, ImageConfig, ImageError, ImageRecord, ImageStore, OnFile as _, Reference, Result,
    digest::HashingReader,
    manifest::{DOCUMENT_BYTES_MAX, Descriptor, Document, Manifest},
    store::{layer_names, remove_all},
    unpack::decompress,
};

const MEMBERS_MAX: usize = 10_000;
const LINKS_MAX: usize = 8;

/// Imports all images of an archive or of an OCI layout's folder, and answers them. `name`
/// names the image where there is only one, in place of its own names.
pub fn import(
    store: &ImageStore,
    path: &Path,
    name: Option<&str>,
) -> Result<Vec<Arc<ImageRecord>>> {
    let name = name.map(Reference::parse).transpose()?;
    let _hold = store.hold();
    if path.is_dir() {
        return Source::folder(path).import(store, name.as_ref());
    }
    let scratch = store.scratch()?;
    let source = extract(path, &scratch);
    let imported = source.and_then(|source| source.import(store, name.as_ref()));
    let _ = remove_all(&scratch);
    imported
}

/// The files of an archive by their names in it.
struct Source {
    folder: PathBuf,
    /// Names in the archive to files in the folder; none: the names are the files'.
    members: Option<BTreeMap<PathBuf, PathBuf>>,
}

fn bad(message: impl Into<String>) -> ImageError {
    ImageError::BadImage(message.into())
}

/// Extracts an archive's files flat, under numbers: no name of the archive becomes a path.
fn extract(path: &Path, scratch: &Path) -> Result<Source> {
    let file = File::open(path).on("open", path)?;
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::StorageFull => ImageError::File {
            operation: "extract",
            path: path.to_owned(),
            source: error,
        },
        _ => bad(format!(
            "{} is not a readable archive: {error}",
            path.display()
        )),
    };
    let mut archive = tar::Archive::new(decompress(file).map_err(unreadable)?);
    let mut members = BTreeMap::new();
    let mut links = Vec::new();
    for (number, entry) in archive.entries().map_err(unreadable)?.enumerate() {
        let mut entry = entry.map_err(unreadable)?;
        if number >= MEMBERS_MAX {
            return Err(bad(format!("more than {MEMBERS_MAX} files in the archive")));
        }
        let name = clean(&entry.path().map_err(unreadable)?);
        let kind = entry.header().entry_type();
        if kind.is_file() {
            let target = scratch.join(number.to_string());
            let mut file = File::create(&target).on("create", &target)?;
            io::copy(&mut entry, &mut file).map_err(unreadable)?;
            members.insert(name, target);
        } else if (kind.is_symlink() || kind.is_hard_link())
            && let Some(link) = entry.link_name().map_err(unreadable)?
        {
            let base = name.parent().unwrap_or(Path::new(""));
            let to = if kind.is_symlink() {
                clean(&base.join(link))
            } else {
                clean(&link)
            };
            links.push((name, to));
        }
    }
    // Archives of old engines share a layer by a link to it.
    for _ in 0..LINKS_MAX {
        for (name, to) in &links {
            if let Some(file) = members.get(to).cloned() {
                members.entry(name.clone()).or_insert(file);
            }
        }
    }
    Ok(Source {
        folder: scratch.to_owned(),
        members: Some(members),
    })
}

/// A name without `.` and with `..` resolved by text, never above the top.
fn clean(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => clean.push(part),
            Component::ParentDir => drop(clean.pop()),
            _ => {}
        }
    }
    clean
}

/// An entry of `docker save`'s manifest.json.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SavedImage {
    config: PathBuf,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    #[serde(default)]
    layers: Vec<PathBuf>,
}

impl Source {
    fn folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            members: None,
        }
    }

    fn path(&self, name: &Path) -> Option<PathBuf> {
        match &self.members {
            Some(members) => members.get(&clean(name)).cloned(),
            None => Some(self.folder.join(clean(name))).filter(|path| path.is_file()),
        }
    }

    fn read(&self, name: &Path) -> Result<Option<Vec<u8>>> {
        let Some(path) = self.path(name) else {
            return Ok(None);
        };
        let file = File::open(&path).on("open", &path)?;
        let mut bytes = Vec::new();
        file.take(DOCUMENT_BYTES_MAX + 1)
            .read_to_end(&mut bytes)
            .on("read", &path)?;
        if bytes.len() as u64 > DOCUMENT_BYTES_MAX {
            return Err(bad(format!("{} is too long", name.display())));
        }
        Ok(Some(bytes))
    }

    fn import(
        &self,
        store: &ImageStore,
        name: Option<&Reference>,
    ) -> Result<Vec<Arc<ImageRecord>>> {
        if let Some(index) = self.read(Path::new("index.json"))? {
            let index = Document::parse(&index)?;
            // An archive may carry both; docker's own list knows all names then.
            let saved = self.read(Path::new("manifest.json"))?;
            return self.import_layout(store, &index, saved.as_deref(), name);
        }
        if let Some(saved) = self.read(Path::new("manifest.json"))? {
            return self.import_saved(store, &saved, name);
        }
        Err(bad(
            "neither index.json (OCI layout) nor manifest.json (docker save) is in it",
        ))
    }

    fn import_layout(
        &self,
        store: &ImageStore,
        index: &Document,
        saved: Option<&[u8]>,
        name: Option<&Reference>,
    ) -> Result<Vec<Arc<ImageRecord>>> {
        let mut images = Vec::new();
        for descriptor in &index.manifests {
            let attestation = descriptor
                .platform
                .as_ref()
                .is_some_and(|p| p.os == "unknown");
            if attestation {
                continue;
            }
            let names = match name {
                Some(name) => vec![name.clone()],
                None => names_of(descriptor),
            };
            let (manifest, digest) = self.manifest(descriptor, 0)?;
            let config = self.blob(&manifest.config)?;
            let config = ImageConfig::parse(&config, manifest.layers.len())?;
            for (place, layer) in manifest.layers.iter().enumerate() {
                store.add_layer(&config.rootfs.diff_ids, place, || self.open_blob(layer))?;
            }
            let id = manifest.config.digest.to_string();
            let record = ImageRecord {
                id,
                tags: names
                    .iter()
                    .filter(|n| n.tag().is_some())
                    .map(tag_name)
                    .collect(),
                digests: names.iter().map(|name| name.with_digest(digest)).collect(),
                layers: layer_names(&config.rootfs.diff_ids),
                size_bytes: manifest.layers.iter().map(|layer| layer.size).sum(),
                config,
                pinned: false,
            };
            images.push(record);
        }
        if images.is_empty() {
            return Err(bad("the index names no image"));
        }
        if name.is_none()
            && let Some(saved) = saved
        {
            add_saved_names(&mut images, saved)?;
        }
        images
            .into_iter()
            .map(|record| store.insert(record))
            .collect()
    }

    /// Follows indexes down to the manifest for this machine.
    fn manifest(&self, descriptor: &Descriptor, depth: usize) -> Result<(Manifest, Digest)> {
        if depth > 4 {
            return Err(bad("indexes within indexes"));
        }
        let document = Document::parse(&self.blob(descriptor)?)?;
        if document.config.is_none() {
            let (manifest, inner) = self.manifest(document.for_this_machine()?, depth + 1)?;
            // The image is named by what was asked for: the index.
            let digest = if depth == 0 { descriptor.digest } else { inner };
            return Ok((manifest, digest));
        }
        let manifest = document
            .manifest()?
            .ok_or_else(|| bad("no configuration"))?;
        Ok((manifest, descriptor.digest))
    }

    fn blob(&self, descriptor: &Descriptor) -> Result<Vec<u8>> {
        let name = Path::new("blobs/sha256").join(descriptor.digest.hex());
        let bytes = self.read(&name)?;
        let bytes = bytes.ok_or_else(|| bad(format!("{} is missing", name.display())))?;
        let found = Digest::of(&bytes);
        if found != descriptor.digest {
            let (what, expected) = (name.display().to_string(), descriptor.digest);
            return Err(ImageError::DigestMismatch {
                what,
                expected,
                found,
            });
        }
        Ok(bytes)
    }

    fn open_blob(&self, descriptor: &Descriptor) -> Result<Box<dyn Read>> {
        let name = Path::new("blobs/sha256").join(descriptor.digest.hex());
        let path = self.path(&name);
        let path = path.ok_or_else(|| bad(format!("{} is missing", name.display())))?;
        let file = File::open(&path).on("open", &path)?;
        let found = HashingReader::new(file).finish().on("read", &path)?;
        if found != descriptor.digest {
            let (what, expected) = (name.display().to_string(), descriptor.digest);
            return Err(ImageError::DigestMismatch {
                what,
                expected,
                found,
            });
        }
        Ok(Box::new(File::open(&path).on("open", &path)?))
    }

    fn import_saved(
        &self,
        store: &ImageStore,
        saved: &[u8],
        name: Option<&Reference>,
    ) -> Result<Vec<Arc<ImageRecord>>> {
        let images: Vec<SavedImage> = parse_saved(saved)?;
        let mut records = Vec::new();
        for image in images {
            let missing = |path: &Path| bad(format!("{} is missing", path.display()));
            let bytes = self
                .read(&image.config)?
                .ok_or_else(|| missing(&image.config))?;
            let config = ImageConfig::parse(&bytes, image.layers.len())?;
            let mut size_bytes = 0;
            for (place, layer) in image.layers.iter().enumerate() {
                let path = self.path(layer).ok_or_else(|| missing(layer))?;
                size_bytes += fs::metadata(&path).on("stat", &path)?.len();
                store.add_layer(&config.rootfs.diff_ids, place, || {
                    let file = File::open(&path).on("open", &path)?;
                    Ok(Box::new(file) as Box<dyn Read>)
                })?;
            }
            let own = image.repo_tags.unwrap_or_default();
            let names = match name {
                Some(name) => vec![name.clone()],
                None => own
                    .iter()
                    .map(|n| Reference::parse(n))
                    .collect::<Result<_>>()?,
            };
            let record = ImageRecord {
                id: Digest::of(&bytes).to_string(),
                tags: names.iter().map(tag_name).collect(),
                digests: Default::default(),
                layers: layer_names(&config.rootfs.diff_ids),
                size_bytes,
                config,
                pinned: false,
            };
            records.push(store.insert(record)?);
        }
        if records.is_empty() {
            return Err(bad("manifest.json names no image"));
        }
        Ok(records)
    }
}

fn parse_saved(saved: &[u8]) -> Result<Vec<SavedImage>> {
    serde_json::from_slice(saved).map_err(|error| bad(format!("unreadable manifest.json: {error}")))
}

/// Names that an index gives an image; a mere tag is no name.
fn names_of(descriptor: &Descriptor) -> Vec<Reference> {
    let keys = [
        "io.containerd.image.name",
        "org.opencontainers.image.ref.name",
    ];
    let names = keys
        .iter()
        .filter_map(|key| descriptor.annotations.get(*key));
    let named = names.filter(|name| name.contains(['/', ':']));
    named
        .filter_map(|name| Reference::parse(name).ok())
        .take(1)
        .collect()
}

fn add_saved_names(images: &mut [ImageRecord], saved: &[u8]) -> Result<()> {
    for image in parse_saved(saved)? {
        let hex = image
            .config
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        let id = format!("sha256:{}", hex.unwrap_or_default());
        for record in images.iter_mut().filter(|record| record.id == id) {
            for name in image.repo_tags.iter().flatten() {
                record.tags.insert(tag_name(&Reference::parse(name)?));
            }
        }
    }
    Ok(())
}

fn tag_name(reference: &Reference) -> String {
    format!(
        "{}:{}",
        reference.name(),
        reference.tag().unwrap_or("latest")
    )
}
