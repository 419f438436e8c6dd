//! The fake as an image service.

use async_trait::async_trait;
use tokio::sync::mpsc;

use super::{Fake, image_of};
use crate::{
    Error, ErrorKind, FilesystemUsage, ImageInfo, ImageService, ImageSummary, PullProgress,
    PullRequest, Result,
};

#[async_trait]
impl ImageService for Fake {
    async fn list_images(&self) -> Result<Vec<ImageSummary>> {
        Ok(self
            .inner
            .state
            .lock()
            .images
            .values()
            .map(|i| i.summary.clone())
            .collect())
    }

    async fn image_status(&self, image: &str) -> Result<Option<ImageInfo>> {
        if image.is_empty() || image.chars().any(|c| c.is_whitespace() || c.is_uppercase()) {
            let message = format!("couldn't parse image name {image:?}: invalid reference format");
            return Err(Error::new(ErrorKind::InvalidImageName, message));
        }
        let state = self.inner.state.lock();
        let by_id = || state.images.values().find(|i| i.summary.id == image);
        Ok(state.images.get(image).or_else(by_id).cloned())
    }

    async fn pull_image(
        &self,
        request: PullRequest,
        progress: Option<mpsc::Sender<PullProgress>>,
    ) -> Result<String> {
        self.enter("pull_image", &request.image)?;
        let failure = self
            .inner
            .state
            .lock()
            .pull_failures
            .get(&request.image)
            .cloned();
        if let Some((kind, message)) = failure {
            return Err(Error::new(kind, message));
        }
        let info = image_of(&request.image);
        if let Some(progress) = progress {
            let size = info.summary.size_bytes;
            let report = PullProgress {
                done_bytes: size,
                total_bytes: size,
                phase: "done",
            };
            let _ = progress.try_send(report);
        }
        let id = info.summary.id.clone();
        self.inner
            .state
            .lock()
            .images
            .entry(request.image)
            .or_insert(info);
        self.inner.changed.notify_waiters();
        Ok(id)
    }

    async fn remove_image(&self, image: &str) -> Result<()> {
        self.enter("remove_image", image)?;
        let mut state = self.inner.state.lock();
        state
            .images
            .retain(|name, info| name != image && info.summary.id != image);
        Ok(())
    }

    async fn image_fs_info(&self) -> Result<FilesystemUsage> {
        Ok(FilesystemUsage {
            capacity_bytes: 100 << 30,
            available_bytes: 50 << 30,
            inodes: 1 << 20,
            inodes_free: 1 << 19,
            ..FilesystemUsage::default()
        })
    }
}
