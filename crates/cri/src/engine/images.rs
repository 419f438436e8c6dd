//! The engine as an image service.

use std::sync::Arc;

use async_trait::async_trait;
use skeg_oci::image::{Credentials, ImageError, ImageRecord, Progress, Reference};
use tokio::sync::mpsc;

use super::{Engine, internal};
use crate::{
    Error, ErrorKind, FilesystemUsage, ImageInfo, ImageService, ImageSummary, PullProgress,
    PullRequest, Result,
};

/// An image error in the runtime's terms.
pub(super) fn error_of(error: ImageError) -> Error {
    let kind = match &error {
        _ if error.is_no_space() => ErrorKind::NoSpace,
        ImageError::InvalidName { .. } => ErrorKind::InvalidImageName,
        ImageError::DigestMismatch { .. }
        | ImageError::BadLayer { .. }
        | ImageError::BadImage(_)
        | ImageError::NoPlatform(_) => ErrorKind::InvalidImage,
        ImageError::LocalOnly(_) | ImageError::NotFound { .. } => ErrorKind::NotFound,
        ImageError::Unauthorized { .. } => ErrorKind::Unauthorized,
        ImageError::Unavailable { .. } => ErrorKind::RegistryUnavailable,
        ImageError::File { .. } => ErrorKind::Internal,
    };
    Error::new(kind, error.full())
}

fn summary_of(record: &ImageRecord) -> ImageSummary {
    ImageSummary {
        id: record.id.clone(),
        repo_tags: record.tags.iter().cloned().collect(),
        repo_digests: record.digests.iter().cloned().collect(),
        size_bytes: record.size_bytes,
        pinned: record.pinned,
    }
}

fn info_of(record: &ImageRecord) -> ImageInfo {
    let run = record.config.config.clone().unwrap_or_default();
    let user = run.user.unwrap_or_default();
    let user = user.split(':').next().unwrap_or_default();
    let uid = user.parse().ok();
    ImageInfo {
        summary: summary_of(record),
        uid,
        username: if uid.is_some() {
            String::new()
        } else {
            user.to_owned()
        },
        entrypoint: run.entrypoint.unwrap_or_default(),
        cmd: run.cmd.unwrap_or_default(),
    }
}

impl Engine {
    /// Makes the layer of the built-in image when that is what is wanted.
    pub(super) async fn materialize(&self, image: &ImageRecord) -> Result<()> {
        let Some(builtin) = self.inner.config.builtin.clone().filter(|_| image.pinned) else {
            return Ok(());
        };
        let store = self.inner.images.clone();
        let made = tokio::task::spawn_blocking(move || builtin.materialize(&store)).await;
        let made = made.map_err(|error| {
            Error::new(
                ErrorKind::Internal,
                format!("make the toolbox image: {error}"),
            )
        })?;
        made.map_err(error_of)
    }

    /// One pull of a name at a time: the next finds the layers there.
    fn pull_lock(&self, name: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut pulls = self.inner.pulls.lock();
        pulls.retain(|_, lock| Arc::strong_count(lock) > 1);
        pulls.entry(name.to_owned()).or_default().clone()
    }
}

#[async_trait]
impl ImageService for Engine {
    async fn list_images(&self) -> Result<Vec<ImageSummary>> {
        Ok(self
            .inner
            .images
            .list()
            .iter()
            .map(|record| summary_of(record))
            .collect())
    }

    async fn image_status(&self, image: &str) -> Result<Option<ImageInfo>> {
        let record = self.inner.images.get(image).map_err(error_of)?;
        Ok(record.map(|record| info_of(&record)))
    }

    async fn pull_image(
        &self,
        request: PullRequest,
        progress: Option<mpsc::Sender<PullProgress>>,
    ) -> Result<String> {
        let reference = Reference::parse(&request.image).map_err(error_of)?;
        if reference.is_local()
            && let Some(present) = self.inner.images.get(&request.image).map_err(error_of)?
        {
            return Ok(present.id.clone());
        }
        let lock = self.pull_lock(&reference.to_string());
        let _alone = lock.lock().await;
        let credentials: Vec<_> = request.auth.into_iter().map(Credentials::from).collect();
        let report = |at: Progress| {
            if let Some(progress) = &progress {
                // A slow watcher misses reports, the pull does not wait for it.
                let _ = progress.try_send(PullProgress {
                    done_bytes: at.done_bytes,
                    total_bytes: at.total_bytes,
                    phase: at.phase,
                });
            }
        };
        let images = &self.inner.images;
        let pulled = self
            .inner
            .registry
            .pull(images, &reference, &credentials, report)
            .await;
        pulled.map(|record| record.id.clone()).map_err(error_of)
    }

    async fn remove_image(&self, image: &str) -> Result<()> {
        let (store, image, in_use) = (
            self.inner.images.clone(),
            image.to_owned(),
            self.layers_in_use(),
        );
        let removed = tokio::task::spawn_blocking(move || store.remove(&image, &in_use)).await;
        let removed = removed
            .map_err(|error| Error::new(ErrorKind::Internal, format!("remove image: {error}")))?;
        removed.map(drop).map_err(error_of)
    }

    async fn image_fs_info(&self) -> Result<FilesystemUsage> {
        let usage = self.inner.images.usage();
        let folder = self.inner.images.root();
        let system = rustix::fs::statvfs(folder)
            .map_err(|error| internal("look at the image folder")(error.into()))?;
        Ok(FilesystemUsage {
            mountpoint: folder.to_owned(),
            used_bytes: usage.bytes,
            inodes_used: usage.inodes,
            capacity_bytes: system.f_blocks * system.f_frsize,
            available_bytes: system.f_bavail * system.f_frsize,
            inodes: system.f_files,
            inodes_free: system.f_ffree,
        })
    }
}
