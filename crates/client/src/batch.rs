//! Many requests, so many at a time.

use std::convert::Infallible;
use std::sync::Arc;

use futures::stream::{self, StreamExt};
use skeg_meta::Object;

use crate::api::Api;
use crate::error::Error;
use crate::options::{CreateOptions, DeleteOptions, PatchOptions};
use crate::patch::Patch;
use crate::scope::Deleted;

/// Work on many items, so many at a time, with the results in the order of the
/// items.
///
/// ```
/// use skeg_client::Batch;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let results = Batch::new(8).run(0..100, |n| async move { n * 2 }).await;
/// assert_eq!(results[99], 198);
/// # });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    concurrency: usize,
}

impl Default for Batch {
    /// Sixteen at a time.
    fn default() -> Self {
        Self::new(16)
    }
}

impl Batch {
    /// So many at a time, but at least one.
    #[must_use]
    pub fn new(concurrency: usize) -> Self {
        Self {
            concurrency: concurrency.max(1),
        }
    }

    /// Does the work for each item. A slow item keeps none but itself waiting.
    /// Dropping the future gives up what has not been done.
    pub async fn run<I, T, W>(
        &self,
        items: impl IntoIterator<Item = I>,
        work: impl Fn(I) -> W,
    ) -> Vec<T>
    where
        W: Future<Output = T>,
    {
        let infallible = |item| {
            let working = work(item);
            async move { Ok::<T, Infallible>(working.await) }
        };
        match self.try_run(items, infallible).await {
            Ok(results) => results,
            Err((_, never)) => match never {},
        }
    }

    /// Does the work for each item until one fails. What has been begun by then
    /// is given up, though the server may carry it out.
    ///
    /// # Errors
    /// The first failure, and the place of its item.
    pub async fn try_run<I, T, E, W>(
        &self,
        items: impl IntoIterator<Item = I>,
        work: impl Fn(I) -> W,
    ) -> Result<Vec<T>, (usize, E)>
    where
        W: Future<Output = Result<T, E>>,
    {
        let mut results: Vec<Option<T>> = Vec::new();
        let mut done = stream::iter(items.into_iter().enumerate())
            .map(|(at, item)| {
                let working = work(item);
                async move { (at, working.await) }
            })
            .buffer_unordered(self.concurrency);
        while let Some((at, result)) = done.next().await {
            let result = result.map_err(|error| (at, error))?;
            if results.len() <= at {
                results.resize_with(at + 1, || None);
            }
            results[at] = Some(result);
        }
        // Each item has been done, so that nothing is left out here.
        Ok(results.into_iter().flatten().collect())
    }
}

impl<K: Object> Api<K> {
    /// Creates many objects; the results are in their order.
    pub async fn create_all(
        &self,
        objects: impl IntoIterator<Item = impl Into<Arc<K>>>,
        options: &CreateOptions,
        batch: Batch,
    ) -> Vec<Result<Arc<K>, Error>> {
        batch
            .run(objects, |object| self.create_with(object, options))
            .await
    }

    /// Patches many objects by name; the results are in their order.
    pub async fn patch_all(
        &self,
        patches: impl IntoIterator<Item = (String, Patch)>,
        options: &PatchOptions,
        batch: Batch,
    ) -> Vec<Result<Arc<K>, Error>> {
        batch
            .run(patches, |(name, patch)| async move {
                self.patch(&name, &patch, options).await
            })
            .await
    }

    /// Deletes many objects by name; the results are in their order.
    pub async fn delete_all(
        &self,
        names: impl IntoIterator<Item = impl Into<String>>,
        options: &DeleteOptions,
        batch: Batch,
    ) -> Vec<Result<Deleted<Arc<K>>, Error>> {
        batch
            .run(names, |name| {
                let name: String = name.into();
                async move { self.delete(&name, options).await }
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn in_order_and_bounded() {
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let begun = tokio::time::Instant::now();
        let results = Batch::new(3)
            .run(0..9u64, |n| {
                let (running, most) = (&running, &most);
                async move {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    // The first is by far the slowest and keeps nobody waiting.
                    let millis = if n == 0 { 40 } else { 10 };
                    tokio::time::sleep(Duration::from_millis(millis)).await;
                    running.fetch_sub(1, Ordering::SeqCst);
                    n
                }
            })
            .await;
        assert_eq!(results, (0..9).collect::<Vec<_>>());
        assert_eq!(most.load(Ordering::SeqCst), 3);
        assert!(
            begun.elapsed() < Duration::from_millis(50),
            "{:?}",
            begun.elapsed()
        );
    }

    #[tokio::test]
    async fn the_first_failure_ends_it() {
        let begun = AtomicUsize::new(0);
        let failed = Batch::new(2)
            .try_run(0..100, |n| {
                begun.fetch_add(1, Ordering::SeqCst);
                async move { if n == 5 { Err("five") } else { Ok(n) } }
            })
            .await;
        assert_eq!(failed, Err((5, "five")));
        assert!(begun.load(Ordering::SeqCst) < 10);
        let all = Batch::default()
            .try_run(0..3, |n| async move { Ok::<_, ()>(n) })
            .await;
        assert_eq!(all, Ok(vec![0, 1, 2]));
    }
}
